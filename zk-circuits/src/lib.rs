#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod circuit;
pub mod keys;
pub mod network;
pub mod prover;
pub mod request;
pub mod snarkjs;

pub use circuit::Witness;
pub use keys::{dev_keys, ProvingKey, DEVELOPMENT_KEY};
pub use network::{Model, Run};
pub use prover::{prove, ProofBytes, ProveError};
pub use request::Request;
