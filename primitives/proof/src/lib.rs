#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code, missing_docs)]

extern crate alloc;

pub mod batch;
pub mod device;
pub mod field;
#[cfg(feature = "host-function")]
pub mod host;
pub mod key;
pub mod onchain;
pub mod pack;
mod parallel;
mod point;
pub mod poseidon;
pub mod reason;
pub mod statement;
pub mod verify;

pub use ark_bn254::Fr;
pub use batch::{verify_batch, MAX_BATCH};
pub use device::{device_commitment, energy_root, nullifier, Secret};
#[cfg(all(feature = "host-function", not(substrate_runtime)))]
pub use host::task_proofs::HostFunctions;
pub use key::{check_key, KEY_BYTES};
pub use reason::Reason;
pub use statement::Statement;
pub use verify::{verify, verify_inputs, PROOF_BYTES};
