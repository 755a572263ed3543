//! The light client of a device: state machines that are handed bytes and time and hand back
//! decisions. No I/O, no clock, no FRAME; `no_std` with an allocator.
//!
//! What it believes rests on three things only: a [`finality::Checkpoint`] in its image, the
//! signatures of the finality set that follows from it, and storage proofs against the state root
//! of a finalised header. A node is a courier, never a witness.
//!
//! * [`reader`]: SCALE input with every length bounded before anything is allocated.
//! * [`headers`]: block headers and the finality set changes in their digests.
//! * [`finality`]: weighted GRANDPA justifications, set changes followed one fragment at a time.
//! * [`storage`]: trie proofs; present, absent and incomplete are three answers.
//! * [`keys`]: where on chain the records stand.
//! * [`calls`] and [`extrinsic`]: the short fixed list of calls, built and signed offline.
//! * [`energy`]: the interval log and its commitment.
//! * [`batch`]: many reports under one root, by a leader that is not trusted.
//! * [`relay`]: handing reports to such a leader, and going without it in time.
//! * [`registry`]: why its state is what it is, and how far its timed challenge is.
//! * [`answers`]: what it answered to chunks that others do too, and is bound to.
//! * [`tasks`]: what is assigned to this device and what it owes next.
//! * [`store`]: what survives a power cut.
//! * [`platform`]: the one trait that the outside world implements.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

pub mod answers;
pub mod batch;
pub mod calls;
pub mod crypto;
pub mod energy;
pub mod extrinsic;
pub mod finality;
pub mod headers;
pub mod keys;
pub mod platform;
pub mod reader;
pub mod registry;
pub mod relay;
pub mod storage;
pub mod store;
pub mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

/// A blake2b-256 hash: of a header, a trie node, a payload.
pub type Hash = [u8; 32];

/// A block's number.
pub type BlockNumber = u32;

/// Account ids are 32 bytes; a device's is its ed25519 key.
pub type AccountId = [u8; 32];

/// Money, in plancks.
pub type Balance = u128;
