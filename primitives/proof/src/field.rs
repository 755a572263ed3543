//! Field elements and their one byte form.

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};
use pogcs_primitives::Commitment;

use crate::Reason;

/// Reads a commitment as a field element.
///
/// Fails with [`Reason::NonCanonical`] for a number of at least the field's order: reducing it
/// would give one value two encodings, and one nullifier two payments.
pub fn from_commitment(commitment: &Commitment) -> Result<Fr, Reason> {
	Fr::from_bigint(BigInt(limbs(&commitment.0))).ok_or(Reason::NonCanonical)
}

/// The canonical little-endian bytes of a field element.
pub fn to_commitment(element: Fr) -> Commitment {
	let mut bytes = [0u8; 32];
	for (chunk, limb) in bytes.chunks_exact_mut(8).zip(element.into_bigint().0) {
		chunk.copy_from_slice(&limb.to_le_bytes());
	}
	Commitment(bytes)
}

/// A 32-byte hash as two elements of 128 bits, the low half of its little-endian number first.
///
/// A hash is not a field element (four in five are beyond the field's order),
/// so it is split and never reduced.
pub fn hash_limbs(hash: &[u8; 32]) -> [Fr; 2] {
	let [a, b, c, d] = limbs(hash);
	[small([a, b, 0]), small([c, d, 0])]
}

/// `words[0] + words[1] * 2^64 + words[2] * 2^128`, which is below the field's order.
pub fn small(words: [u64; 3]) -> Fr {
	let [a, b, c] = words;
	Fr::new(BigInt([a, b, c, 0]))
}

fn limbs(bytes: &[u8; 32]) -> [u64; 4] {
	let mut limbs = [0u64; 4];
	for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
		*limb = chunk.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
	}
	limbs
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::Field;

	#[test]
	fn commitment_should_be_refused_when_not_below_the_order() {
		let mut order = Commitment([0; 32]);
		for (chunk, limb) in order.0.chunks_exact_mut(8).zip(Fr::MODULUS.0) {
			chunk.copy_from_slice(&limb.to_le_bytes());
		}
		assert_eq!(from_commitment(&order), Err(Reason::NonCanonical));
		assert_eq!(from_commitment(&Commitment([255; 32])), Err(Reason::NonCanonical));
		// The largest element is one below.
		order.0[0] -= 1;
		assert_eq!(from_commitment(&order), Ok(-Fr::ONE));
	}

	#[test]
	fn commitment_should_return_when_read_back() {
		for element in [Fr::from(0u64), Fr::from(u128::MAX), -Fr::from(77u64)] {
			assert_eq!(from_commitment(&to_commitment(element)), Ok(element));
		}
	}

	#[test]
	fn limbs_should_join_to_the_number_when_split() {
		let mut hash = [7u8; 32];
		hash[31] = 1;
		let [low, high] = hash_limbs(&hash);
		let joined = low + high * Fr::from(2u64).pow([128]);
		assert_eq!(from_commitment(&Commitment(hash)), Ok(joined));
	}
}
