//! The task circuit: one public input, the hash of the statement. See the README for what it says.

pub mod builder;
mod energy;
mod network;
mod poseidon;
mod statement;

use std::sync::{Arc, OnceLock};

use ark_bn254::Fr;
use blake2::{Blake2b512, Digest};
use pogcs_primitives::{
	wire::READINGS,
	workload::{BATCH, CLASSES, HIDDEN, PIXELS},
	Commitment, Interval, MicroGpuHours, MilliWattHours, TaskId,
};
use pogcs_proof::{Reason, Secret, Statement};

use crate::network::{Model, Run};
use builder::{Builder, Shape};

/// Everything that a proof is made of.
#[derive(Clone, Debug)]
pub struct Witness {
	/// What is proven; the chain knows it too.
	pub statement: Statement,
	/// The device's secret.
	pub secret: Secret,
	/// The network.
	pub model: Model,
	/// What the network computed on `statement.input`.
	pub run: Run,
	/// The interval's readings of renewable energy supplied, mWh.
	pub green_supply: [u32; READINGS],
	/// The interval's readings of what of it compute drew, mWh.
	pub green_draw: [u32; READINGS],
}

/// Assigns all variables; with `record` the constraints are kept as well.
///
/// A dishonest witness is assigned too, and breaks a constraint. Fails only for a statement that
/// has no public input.
pub fn synthesise(witness: &Witness, record: bool) -> Result<(Vec<Fr>, Option<Shape>), Reason> {
	Ok(synthesise_for(witness, witness.statement.public_input()?, record))
}

fn synthesise_for(witness: &Witness, input: Fr, record: bool) -> (Vec<Fr>, Option<Shape>) {
	let Witness { statement, secret, model, run, green_supply, green_draw } = witness;
	let mut builder = Builder::new(input, record);
	let cs = &mut builder;
	let identity = statement::identity(cs, secret, statement);
	let energy = energy::prove(cs, green_supply, green_draw, statement.green.0);
	let network = network::commit(cs, model, &statement.input, run);
	// The statement's hash is a hash of the model, the input, the work commitment and the chain's
	// randomness, and of all else: it is the challenge, and costs no further hash.
	let challenge = statement::bind(cs, statement, identity, energy, &network);
	network.check(cs, &challenge);
	builder.finish()
}

/// The circuit's constraints, built once.
pub fn shape() -> Arc<Shape> {
	static SHAPE: OnceLock<Arc<Shape>> = OnceLock::new();
	SHAPE
		.get_or_init(|| {
			let (_, shape) = synthesise_for(&blank(), Fr::from(0u64), true);
			Arc::new(shape.unwrap_or_default())
		})
		.clone()
}

/// Names a circuit: a key belongs to the one shape that it was made for.
pub fn digest(shape: &Shape) -> [u8; 32] {
	let mut hash = Blake2b512::new();
	hash.update(b"pogcs/circuit/1");
	for row in shape.matrices.iter().flatten() {
		hash.update(row.len().to_le_bytes());
		for (factor, variable) in row {
			hash.update(variable.to_le_bytes());
			factor.0 .0.iter().for_each(|limb| hash.update(limb.to_le_bytes()));
		}
	}
	let mut short = [0u8; 32];
	short.copy_from_slice(&hash.finalize()[..32]);
	short
}

/// Any values at all: the shape depends on none of them.
fn blank() -> Witness {
	let nothing = Commitment([0; 32]);
	Witness {
		statement: Statement {
			chain: [0; 32],
			task: TaskId(0),
			chunk: 0,
			device: nothing,
			interval: Interval(0),
			model: nothing,
			input: [0; BATCH * PIXELS],
			scores: [0; BATCH * CLASSES],
			work_commitment: nothing,
			challenge: [0; 32],
			energy_root: nothing,
			green_supply: MilliWattHours(0),
			green_draw: MilliWattHours(0),
			green: MilliWattHours(0),
			work: MicroGpuHours(0),
			nullifier: nothing,
		},
		secret: Secret::from_entropy(&[0; 32]),
		model: Model::from_bytes(&[0; crate::network::MODEL_BYTES]),
		run: Run { pre: [0; BATCH * HIDDEN], scores: [0; BATCH * CLASSES] },
		green_supply: [0; READINGS],
		green_draw: [0; READINGS],
	}
}
