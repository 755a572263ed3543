//! PoGCS, proof of green compute stake: what node, runtime and device share of the engine.
//!
//! * [`digest`]: what a header carries.
//! * [`election`]: who may author a slot. Integers only, the same code everywhere.
//! * [`weight`]: how verified green compute and stake become weight.
//! * [`epoch`]: an epoch and the engine's configuration.
//! * `api`, `crypto`, `equivocation`, `vrf`: what needs Substrate (feature `substrate`).

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

pub mod digest;
pub mod election;
pub mod epoch;
pub mod weight;

#[cfg(feature = "substrate")]
mod api;
#[cfg(feature = "substrate")]
pub mod crypto;
#[cfg(feature = "substrate")]
pub mod equivocation;
#[cfg(feature = "substrate")]
pub mod vrf;

#[cfg(feature = "substrate")]
pub use api::*;
#[cfg(feature = "substrate")]
pub use crypto::{AuthorityId, AuthorityPair, AuthoritySignature};
pub use digest::{AuthorityKey, Claim, ConsensusLog, NextEpoch, PreDigest, VrfOutput};
pub use epoch::{Configuration, Epoch};
#[cfg(feature = "substrate")]
pub use equivocation::EquivocationProof;

/// The engine's id in header digests.
pub const ENGINE_ID: [u8; 4] = *b"PGCS";

/// Voting and authorship weight of one authority.
pub type Weight = u64;

/// An epoch's randomness.
pub type Randomness = [u8; 32];
