//! What a device computes about itself. Only hashes, so that a device without `std` has them too.

use alloc::vec::Vec;
use ark_bn254::Fr;
use ark_ff::PrimeField;
use pogcs_primitives::{wire::READINGS, Commitment, TaskId};

use crate::{
	field::{from_commitment, to_commitment},
	pack::{pack, READING_BITS},
	poseidon::{hash2, hash3, hash_many},
	Reason,
};

/// Domain of the energy root: "energy/1" in ASCII, read as a little-endian number.
pub const ENERGY_DOMAIN: u64 = u64::from_le_bytes(*b"energy/1");

const SECRET_CONTEXT: &[u8] = b"pogcs/secret/1";

/// The secret that a device's proofs know: one field element.
///
/// Whoever has it can make the device's nullifiers, so it never leaves the device.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Fr);

impl Secret {
	/// Derives a secret from 32 bytes of entropy: blake2b-512 with a context, reduced, which is
	/// as good as uniform (its bias is below 2^-250).
	pub fn from_entropy(entropy: &[u8; 32]) -> Self {
		let mut bytes = Vec::from(SECRET_CONTEXT);
		bytes.extend_from_slice(entropy);
		Self(Fr::from_le_bytes_mod_order(&sp_crypto_hashing::blake2_512(&bytes)))
	}

	/// Reads a stored secret; [`Reason::NonCanonical`] if it is no field element.
	pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Reason> {
		from_commitment(&Commitment(*bytes)).map(Self)
	}

	/// The bytes to store.
	pub fn to_bytes(&self) -> [u8; 32] {
		to_commitment(self.0).0
	}

	/// The element itself, for the circuit's witness.
	pub fn element(&self) -> Fr {
		self.0
	}
}

impl core::fmt::Debug for Secret {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Secret(..)")
	}
}

/// What stands for the device in the registry: `Poseidon(secret, 1)`.
pub fn device_commitment(secret: &Secret) -> Commitment {
	to_commitment(hash2([secret.0, Fr::from(1u64)]))
}

/// What makes a payment unique: `Poseidon(secret, task, chunk)`.
///
/// It can be computed only with the secret, and a device has just one for each chunk.
pub fn nullifier(secret: &Secret, task: TaskId, chunk: u32) -> Commitment {
	to_commitment(hash3([secret.0, Fr::from(task.0), Fr::from(chunk)]))
}

/// The commitment to one interval's readings in mWh, green supply first, each part in order of time.
pub fn energy_root(green_supply: &[u32; READINGS], green_draw: &[u32; READINGS]) -> Commitment {
	let readings = green_supply.iter().chain(green_draw).map(|reading| u64::from(*reading));
	// 32-bit readings always fit 32 bits.
	let packed = pack(READING_BITS, readings).unwrap_or_default();
	to_commitment(hash_many(ENERGY_DOMAIN, &packed))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn secret_should_return_when_stored() {
		let secret = Secret::from_entropy(&[7; 32]);
		assert_eq!(Secret::from_bytes(&secret.to_bytes()), Ok(secret.clone()));
		assert_ne!(secret, Secret::from_entropy(&[8; 32]));
		assert_eq!(Secret::from_bytes(&[255; 32]), Err(Reason::NonCanonical));
	}

	#[test]
	fn secret_should_stay_hidden_when_printed() {
		assert_eq!(alloc::format!("{:?}", Secret::from_entropy(&[7; 32])), "Secret(..)");
	}

	#[test]
	fn nullifier_should_differ_when_task_chunk_or_secret_differs() {
		let (a, b) = (Secret::from_entropy(&[1; 32]), Secret::from_entropy(&[2; 32]));
		let all = [
			nullifier(&a, TaskId(1), 2),
			nullifier(&a, TaskId(2), 1),
			nullifier(&a, TaskId(1), 3),
			nullifier(&b, TaskId(1), 2),
		];
		for (index, one) in all.iter().enumerate() {
			assert!(!all[..index].contains(one), "{index}");
		}
	}

	#[test]
	fn energy_root_should_change_when_any_reading_changes() {
		let (green_supply, draw) = ([u32::MAX; READINGS], [3; READINGS]);
		let root = energy_root(&green_supply, &draw);
		for index in 0..READINGS {
			let mut other = green_supply;
			other[index] -= 1;
			assert_ne!(energy_root(&other, &draw), root);
			let mut other = draw;
			other[index] -= 1;
			assert_ne!(energy_root(&green_supply, &other), root);
		}
		assert_ne!(energy_root(&draw, &green_supply), root);
	}
}
