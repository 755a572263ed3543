//! What one proof says, and the one field element that stands for it.

use alloc::vec::Vec;
use ark_bn254::Fr;
use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode, MaxEncodedLen};
use pogcs_primitives::{
	workload::{Images, Scores, BATCH, CLASSES, MAX_PIXEL},
	Commitment, Interval, MicroGpuHours, MilliWattHours, TaskId,
};
use scale_info::TypeInfo;

use crate::{
	field::{from_commitment, hash_limbs, small},
	pack::{offset_i24, pack, PIXEL_BITS, SCORE_BITS},
	poseidon::hash_many,
	Reason,
};

/// Domain of the statement's hash: "state/01" in ASCII, read as a little-endian number. A change
/// of the fields or of their order takes a new domain.
pub const STATEMENT_DOMAIN: u64 = u64::from_le_bytes(*b"state/01");

/// What one proof says, for one device, one chunk and one interval.
///
/// The chain fills each field from what it knows, never from what the prover sends.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Statement {
	/// The genesis hash.
	pub chain: [u8; 32],
	/// The demand contract.
	pub task: TaskId,
	/// Which of its chunks.
	pub chunk: u32,
	/// The device's commitment in the registry.
	pub device: Commitment,
	/// The interval whose energy the work used.
	pub interval: Interval,
	/// Commitment to the network's weights.
	pub model: Commitment,
	/// The images, pixels 0..=16.
	pub input: Images,
	/// The network's scores, each of 24 bits with sign.
	pub scores: Scores,
	/// Commitment to all that the network computed, made before `challenge` was known.
	pub work_commitment: Commitment,
	/// The chain's randomness of after the commitment.
	pub challenge: [u8; 32],
	/// Commitment to the interval's readings, as the device reported it.
	pub energy_root: Commitment,
	/// Renewable energy that was there for compute: the sum of the supply readings.
	pub green_supply: MilliWattHours,
	/// What of it compute drew: the sum of the draw readings; at most `green_supply`.
	pub green_draw: MilliWattHours,
	/// Green energy that this chunk uses up; at most `green_draw`.
	pub green: MilliWattHours,
	/// What the chunk counts for.
	pub work: MicroGpuHours,
	/// `Poseidon(secret, task, chunk)`.
	pub nullifier: Commitment,
}

impl Statement {
	/// Reads a statement from all of `bytes`.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, Reason> {
		let mut bytes = bytes;
		Self::decode_all(&mut bytes).map_err(|_| Reason::MalformedStatement)
	}

	/// The elements that are hashed, in the order that the circuit hashes them in.
	///
	/// Fails if a commitment is not canonical, or a pixel or score is out of range.
	pub fn elements(&self) -> Result<Vec<Fr>, Reason> {
		if self.input.iter().any(|pixel| *pixel > MAX_PIXEL) {
			return Err(Reason::OutOfRange);
		}
		let mut scores = [0u64; BATCH * CLASSES];
		for (shifted, score) in scores.iter_mut().zip(&self.scores) {
			*shifted = offset_i24(*score)?;
		}
		let [chain_low, chain_high] = hash_limbs(&self.chain);
		let [challenge_low, challenge_high] = hash_limbs(&self.challenge);
		let place = u64::from(self.chunk) | u64::from(self.interval.0) << 32;
		let mut elements = alloc::vec![
			chain_low,
			chain_high,
			small([self.task.0, place, self.work.0]),
			small([self.green_supply.0, self.green_draw.0, self.green.0]),
			from_commitment(&self.device)?,
			from_commitment(&self.nullifier)?,
			from_commitment(&self.energy_root)?,
			from_commitment(&self.model)?,
			from_commitment(&self.work_commitment)?,
			challenge_low,
			challenge_high,
		];
		elements.extend(pack(PIXEL_BITS, self.input.iter().map(|pixel| u64::from(*pixel)))?);
		elements.extend(pack(SCORE_BITS, scores)?);
		Ok(elements)
	}

	/// The proof's one public input: the hash of [`Self::elements`].
	pub fn public_input(&self) -> Result<Fr, Reason> {
		Ok(hash_many(STATEMENT_DOMAIN, &self.elements()?))
	}
}
