//! The identity, the nullifier, and the hash that is the public input.

use ark_bn254::Fr;
use ark_ff::Field;
use pogcs_proof::{field::hash_limbs, statement::STATEMENT_DOMAIN, Secret, Statement};

use super::{
	builder::{Builder, Lc},
	energy::Energy,
	network::Network,
	poseidon::{hash2, hash3, hash_many},
};

/// Who proves, and which chunk.
pub struct Identity {
	device: Lc,
	nullifier: Lc,
	place: Lc,
}

/// Proves that the device's commitment and the nullifier are of one secret.
///
/// Task and chunk are range-checked, because the statement packs them into one element and the
/// nullifier takes them apart: without it another pair could pack to the same element.
pub fn identity(cs: &mut Builder, secret: &Secret, statement: &Statement) -> Identity {
	cs.section("the nullifier is of this device, task and chunk");
	let task = cs.number(Fr::from(statement.task.0), 64);
	let chunk = cs.number(Fr::from(statement.chunk), 32);
	let interval = cs.number(Fr::from(statement.interval.0), 32);
	let work = cs.number(Fr::from(statement.work.0), 64);
	let secret = cs.witness(secret.element());
	let one = cs.constant(1u64);
	let device = hash2(cs, [&secret, &one]);
	let nullifier = hash3(cs, [&secret, &task, &chunk]);
	let place = join_at([(&task, 0), (&chunk, 64), (&interval, 96), (&work, 128)]);
	Identity { device, nullifier, place }
}

/// Hashes the statement, requires that to be the public input, and returns it.
///
/// The order is that of `Statement::elements`. Chain and challenge bind nothing else, so they need
/// no range: the hash fixes them.
pub fn bind(
	cs: &mut Builder,
	statement: &Statement,
	identity: Identity,
	energy: Energy,
	network: &Network,
) -> Lc {
	cs.section("everything proven is what the statement says");
	let [chain_low, chain_high] = hash_limbs(&statement.chain).map(|limb| cs.witness(limb));
	let [low, high] = hash_limbs(&statement.challenge).map(|limb| cs.witness(limb));
	let used = join_at([(&energy.green_supply, 0), (&energy.green_draw, 64), (&energy.green, 128)]);
	let mut elements = vec![
		chain_low,
		chain_high,
		identity.place,
		used,
		identity.device,
		identity.nullifier,
		energy.root,
		network.model.clone(),
		network.work.clone(),
		low,
		high,
	];
	elements.extend(network.input.iter().cloned());
	elements.extend(network.scores.iter().cloned());
	let digest = hash_many(cs, STATEMENT_DOMAIN, &elements);
	let input = cs.input();
	cs.enforce_equal(&digest, &input);
	input
}

/// `sum of part * 2^at`.
fn join_at<const N: usize>(parts: [(&Lc, u64); N]) -> Lc {
	Lc::sum(parts.map(|(part, at)| (Fr::from(2u64).pow([at]), part)))
}
