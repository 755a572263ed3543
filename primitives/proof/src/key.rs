//! The verifying key: its bytes, its checks, and its form for the pairing.
//!
//! The bytes are arkworks' compressed form: alpha (G1), beta, gamma, delta (G2), the number of
//! input points as a 64-bit little-endian integer, and those points (G1).

use alloc::vec::Vec;
use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::{
	pairing::{Pairing, PairingOutput},
	AffineRepr,
};

use crate::{
	point::{g1, g2, G1_BYTES, G2_BYTES},
	Reason,
};

/// Bytes of a key for one public input, which is what the task circuit has.
pub const KEY_BYTES: usize = HEADER + COUNT + 2 * G1_BYTES;

/// The most public inputs of any key that this verifier reads.
pub const MAX_INPUTS: usize = 64;

const HEADER: usize = G1_BYTES + 3 * G2_BYTES;
const COUNT: usize = 8;

type G2Prepared = <Bn254 as Pairing>::G2Prepared;

/// A checked verifying key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
	pub(crate) alpha: G1Affine,
	pub(crate) beta: G2Affine,
	pub(crate) gamma: G2Affine,
	pub(crate) delta: G2Affine,
	/// One point more than there are public inputs.
	pub(crate) inputs: Vec<G1Affine>,
}

/// A key with its constant pairing computed.
#[derive(Clone, Debug)]
pub struct PreparedKey {
	pub(crate) alpha: G1Affine,
	pub(crate) inputs: Vec<G1Affine>,
	pub(crate) alpha_beta: PairingOutput<Bn254>,
	pub(crate) beta: G2Prepared,
	pub(crate) gamma_negated: G2Prepared,
	pub(crate) delta_negated: G2Prepared,
}

/// Whether `key` may be registered for the task circuit.
///
/// Fails if it cannot be read ([`Reason::MalformedKey`], or what is wrong with a point), would
/// accept false proofs ([`Reason::DegenerateKey`]), or has not exactly one public input.
pub fn check_key(key: &[u8]) -> Result<(), Reason> {
	Key::from_bytes(key)?.expect_inputs(1)
}

impl Key {
	/// Reads and checks a key with any number of public inputs up to [`MAX_INPUTS`].
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, Reason> {
		let mut rest = bytes;
		let alpha = g1(take(&mut rest)?)?;
		let beta = g2(take(&mut rest)?)?;
		let gamma = g2(take(&mut rest)?)?;
		let delta = g2(take(&mut rest)?)?;
		let count = u64::from_le_bytes(*take::<COUNT>(&mut rest)?);
		let count = usize::try_from(count).map_err(|_| Reason::MalformedKey)?;
		// Nothing is allocated for a count that the bytes do not bear out.
		if count == 0 || count > MAX_INPUTS + 1 || rest.len() != count * G1_BYTES {
			return Err(Reason::MalformedKey);
		}
		let mut inputs = Vec::with_capacity(count);
		while !rest.is_empty() {
			inputs.push(g1(take(&mut rest)?)?);
		}
		let key = Self { alpha, beta, gamma, delta, inputs };
		if key.is_degenerate() {
			return Err(Reason::DegenerateKey);
		}
		Ok(key)
	}

	/// Whether a ceremony went wrong such that false proofs could pass: an identity takes a term
	/// out of the equation, and with gamma = delta a prover can move inputs into its own part.
	fn is_degenerate(&self) -> bool {
		self.gamma == self.delta
			|| self.alpha.is_zero()
			|| [self.beta, self.gamma, self.delta].iter().any(AffineRepr::is_zero)
			|| self.inputs.iter().any(AffineRepr::is_zero)
	}

	pub(crate) fn expect_inputs(&self, count: usize) -> Result<(), Reason> {
		expect_inputs(&self.inputs, count)
	}

	/// Computes the constant pairing.
	pub fn prepare(&self) -> PreparedKey {
		PreparedKey {
			alpha: self.alpha,
			inputs: self.inputs.clone(),
			alpha_beta: Bn254::pairing(self.alpha, self.beta),
			beta: self.beta.into(),
			gamma_negated: (-self.gamma).into(),
			delta_negated: (-self.delta).into(),
		}
	}
}

/// Names too few and too many public inputs, which a pairing check alone would not tell apart.
pub(crate) fn expect_inputs(points: &[G1Affine], count: usize) -> Result<(), Reason> {
	match (count + 1).cmp(&points.len()) {
		core::cmp::Ordering::Less => Err(Reason::TooFewInputs),
		core::cmp::Ordering::Equal => Ok(()),
		core::cmp::Ordering::Greater => Err(Reason::TooManyInputs),
	}
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Result<&'a [u8; N], Reason> {
	let (head, tail) = bytes.split_first_chunk().ok_or(Reason::MalformedKey)?;
	*bytes = tail;
	Ok(head)
}

#[cfg(feature = "std")]
mod cache {
	//! Preparing a key costs as much as a third of a verification, and a chain has few keys.

	use super::{Key, PreparedKey};
	use crate::Reason;
	use std::sync::{Arc, Mutex};

	/// Keys that are kept, about 60 kB each.
	const CAPACITY: usize = 16;

	/// The least recently used first. Found by their bytes, so that no hash can collide.
	static CACHE: Mutex<Vec<(Vec<u8>, Arc<PreparedKey>)>> = Mutex::new(Vec::new());

	pub fn prepared(bytes: &[u8]) -> Result<Arc<PreparedKey>, Reason> {
		// A poisoned cache is still a list of good keys: entries are only pushed whole.
		let mut kept = CACHE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
		if let Some(index) = kept.iter().position(|(known, _)| known == bytes) {
			let entry = kept.remove(index);
			let key = entry.1.clone();
			kept.push(entry);
			return Ok(key);
		}
		drop(kept);
		let key = Arc::new(Key::from_bytes(bytes)?.prepare());
		let mut kept = CACHE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
		if !kept.iter().any(|(known, _)| known == bytes) {
			if kept.len() >= CAPACITY {
				kept.remove(0);
			}
			kept.push((bytes.to_vec(), key.clone()));
		}
		Ok(key)
	}
}

#[cfg(not(feature = "std"))]
mod cache {
	use super::{Key, PreparedKey};
	use crate::Reason;
	use alloc::boxed::Box;

	pub fn prepared(bytes: &[u8]) -> Result<Box<PreparedKey>, Reason> {
		Ok(Box::new(Key::from_bytes(bytes)?.prepare()))
	}
}

pub(crate) use cache::prepared;
