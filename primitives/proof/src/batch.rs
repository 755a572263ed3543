//! Many proofs under one key.
//!
//! Each proof's equation is raised to a random power and all are multiplied (Bellare, Garay and
//! Rabin, "Fast batch verification", 1998): N + 3 Miller loops and one final exponentiation. The
//! powers have 128 bits and come from a hash of the key, all proofs and all statements, so whoever
//! makes a proof cannot know its power before the batch is fixed; a false proof passes with a
//! chance of 2^-128.

use alloc::vec::Vec;
use ark_bn254::{Bn254, Fr, G1Affine, G1Projective};
use ark_ec::{
	pairing::{MillerLoopOutput, Pairing},
	AffineRepr, CurveGroup,
};
use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField, Zero};
use codec::Encode;

use crate::{
	key::{expect_inputs, prepared, PreparedKey},
	parallel::map_runs,
	verify::{verify_prepared, Proof},
	Reason, Statement,
};

/// The most proofs of one batch.
pub const MAX_BATCH: usize = 256;

const CONTEXT: &[u8] = b"pogcs/batch/1";

/// A batch's refusals: the index of each proof that was refused, ascending, and why.
pub type Refusals = Vec<(u32, Reason)>;

/// One proof that can be read, with its public input and its power.
struct Entry {
	index: u32,
	proof: Proof,
	input: Fr,
	power: u128,
}

/// Verifies pairs of a proof and a SCALE-encoded statement under one compressed key.
///
/// All pass, or the bad ones are named. A bad key refuses every proof; proofs beyond
/// [`MAX_BATCH`] are refused unread. An empty batch claims nothing and passes. A bad proof costs
/// about `2 log2(N)` more checks, so charge by proof for the worst case.
pub fn verify_batch(key: &[u8], items: &[(&[u8], &[u8])]) -> Result<(), Refusals> {
	if items.is_empty() {
		return Ok(());
	}
	let key_checked = prepared(key).and_then(|key| expect_inputs(&key.inputs, 1).map(|()| key));
	let key_prepared = match key_checked {
		Ok(key) => key,
		Err(reason) => return Err((0..).zip(items).map(|(index, _)| (index, reason)).collect()),
	};
	let seed = seed(key, items);

	let mut refused = Refusals::new();
	let mut entries = Vec::with_capacity(items.len().min(MAX_BATCH));
	let (taken, beyond) = items.split_at(items.len().min(MAX_BATCH));
	let read = map_runs(taken, |_, run| run.iter().map(read).collect::<Vec<_>>());
	for (index, result) in (0u32..).zip(read.into_iter().flatten()) {
		match result {
			Ok((proof, input)) => {
				entries.push(Entry { index, proof, input, power: power(&seed, index) });
			}
			Err(reason) => refused.push((index, reason)),
		}
	}
	let indices = (0u32..).zip(items).skip(taken.len()).take(beyond.len());
	refused.extend(indices.map(|(index, _)| (index, Reason::BatchTooLarge)));
	bisect(&key_prepared, &entries, &mut refused);

	if refused.is_empty() {
		Ok(())
	} else {
		refused.sort_unstable_by_key(|(index, _)| *index);
		Err(refused)
	}
}

fn read((proof, statement): &(&[u8], &[u8])) -> Result<(Proof, Fr), Reason> {
	let input = Statement::from_bytes(statement)?.public_input()?;
	Ok((Proof::from_bytes(proof)?, input))
}

/// SCALE puts a length before each part, so that no two batches hash alike.
fn seed(key: &[u8], items: &[(&[u8], &[u8])]) -> [u8; 32] {
	sp_crypto_hashing::blake2_256(&(CONTEXT, key, items).encode())
}

fn power(seed: &[u8; 32], index: u32) -> u128 {
	u128::from_le_bytes(sp_crypto_hashing::blake2_128(&(seed, index).encode()))
}

/// Halves a batch that fails until single proofs are left, which are checked on their own.
fn bisect(key: &PreparedKey, entries: &[Entry], refused: &mut Refusals) {
	if let [entry] = entries {
		if let Err(reason) = verify_prepared(key, &entry.proof, &[entry.input]) {
			refused.push((entry.index, reason));
		}
	} else if !holds(key, entries) {
		let (left, right) = entries.split_at(entries.len() / 2);
		bisect(key, left, refused);
		bisect(key, right, refused);
	}
}

/// What a run of entries gives to the product.
struct Part {
	/// Sum of the powers.
	powers: Fr,
	/// Sum of the powers times the public inputs.
	weighted: Fr,
	/// Sum of the powers times C.
	c: G1Projective,
	/// Product of the Miller loops of A and B.
	loops: <Bn254 as Pairing>::TargetField,
}

fn part(entries: &[Entry]) -> Part {
	let mut part =
		Part { powers: Fr::ZERO, weighted: Fr::ZERO, c: G1Projective::ZERO, loops: Field::ONE };
	let mut a = Vec::with_capacity(entries.len());
	for entry in entries {
		let power = Fr::from(entry.power);
		part.powers += power;
		part.weighted += power * entry.input;
		let limbs = power.into_bigint();
		a.push(entry.proof.a.mul_bigint(limbs));
		part.c += entry.proof.c.mul_bigint(limbs);
	}
	let b = entries.iter().map(|entry| entry.proof.b);
	part.loops = Bn254::multi_miller_loop(G1Projective::normalize_batch(&a), b).0;
	part
}

/// Whether the product of all equations, each raised to its power, holds.
fn holds(key: &PreparedKey, entries: &[Entry]) -> bool {
	let [constant, factor] = key.inputs[..] else { return false };
	let parts = map_runs(entries, |_, run| part(run));
	let powers: Fr = parts.iter().map(|part| part.powers).sum();
	let weighted: Fr = parts.iter().map(|part| part.weighted).sum();
	let c: G1Projective = parts.iter().map(|part| part.c).sum();
	let times = |point: G1Affine, scalar: Fr| -> G1Projective {
		let limbs: BigInt<4> = scalar.into_bigint();
		point.mul_bigint(limbs)
	};
	let first = [times(constant, powers) + times(factor, weighted), c, -times(key.alpha, powers)];
	let second = [key.gamma_negated.clone(), key.delta_negated.clone(), key.beta.clone()];
	let last = Bn254::multi_miller_loop(G1Projective::normalize_batch(&first), second).0;
	let product = parts.iter().fold(last, |product, part| product * part.loops);
	Bn254::final_exponentiation(MillerLoopOutput(product)).is_some_and(|gt| gt.is_zero())
}
