//! What a pallet calls: the host's verifier, or the same code inside the runtime.
//!
//! With the `host-function` feature a runtime asks its node, which is several times faster. With
//! `builtin-verifier`, or without `host-function`, the runtime carries the verifier itself, for
//! tools that do not know the host function. Both answer alike on every input.

#[cfg(all(feature = "host-function", not(feature = "builtin-verifier")))]
pub use crate::host::{verify, verify_batch};
#[cfg(any(not(feature = "host-function"), feature = "builtin-verifier"))]
pub use builtin::{verify, verify_batch};

/// The verifier as part of the runtime.
pub mod builtin {
	use crate::{batch::Refusals, Reason};
	use alloc::vec::Vec;

	/// Verifies one proof of a SCALE-encoded statement: see [`crate::verify()`].
	pub fn verify(key: &[u8], proof: &[u8], statement: &[u8]) -> Result<(), Reason> {
		crate::verify(key, proof, statement)
	}

	/// Verifies many, each a proof and a SCALE-encoded statement: see [`crate::verify_batch`].
	pub fn verify_batch(key: &[u8], items: &[(Vec<u8>, Vec<u8>)]) -> Result<(), Refusals> {
		let items: Vec<(&[u8], &[u8])> =
			items.iter().map(|(proof, statement)| (&proof[..], &statement[..])).collect();
		crate::verify_batch(key, &items)
	}
}
