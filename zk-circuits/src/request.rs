//! What a device knows when it is asked for a proof, from which the witness follows.

use pogcs_primitives::{
	wire::READINGS,
	workload::{Images, BATCH, PIXELS},
	Interval, MicroGpuHours, MilliWattHours, TaskId,
};
use pogcs_proof::{device_commitment, energy_root, nullifier, Secret, Statement};

use crate::{circuit::Witness, Model};

/// What a device knows of a chunk that it has done and of the interval that it did it in.
#[derive(Clone, Debug)]
pub struct Request {
	/// The device's secret.
	pub secret: Secret,
	/// The genesis hash.
	pub chain: [u8; 32],
	/// The demand contract.
	pub task: TaskId,
	/// Which of its chunks.
	pub chunk: u32,
	/// The interval whose energy the work used.
	pub interval: Interval,
	/// The network.
	pub model: Model,
	/// The images.
	pub input: Images,
	/// The chain's randomness of after the work commitment.
	pub challenge: [u8; 32],
	/// The interval's readings of renewable energy supplied, mWh.
	pub green_supply: [u32; READINGS],
	/// The interval's readings of what of it compute drew, mWh.
	pub green_draw: [u32; READINGS],
	/// Green energy that the chunk uses up.
	pub green: MilliWattHours,
	/// What the chunk counts for.
	pub work: MicroGpuHours,
}

impl Request {
	/// A request over the shipped network and the first images of its sample, for trying out.
	pub fn sample() -> Self {
		let mut input: Images = [0; BATCH * PIXELS];
		let rows = include_bytes!("../model/images.bin").chunks_exact(PIXELS + 1);
		for (image, row) in input.chunks_exact_mut(PIXELS).zip(rows) {
			image.copy_from_slice(&row[..PIXELS]);
		}
		Self {
			secret: Secret::from_entropy(&[7; 32]),
			chain: [1; 32],
			task: TaskId(3),
			chunk: 5,
			interval: Interval(11),
			model: Model::digits(),
			input,
			challenge: [9; 32],
			green_supply: [500; READINGS],
			green_draw: [400; READINGS],
			green: MilliWattHours(9_000),
			work: MicroGpuHours(1_500),
		}
	}

	/// Runs the network and writes the statement that the chain will write as well.
	///
	/// Total, also for a dishonest request: its proof then fails.
	pub fn witness(&self) -> Witness {
		let run = self.model.run(&self.input);
		let total = |readings: &[u32; READINGS]| {
			MilliWattHours(readings.iter().map(|reading| u64::from(*reading)).sum())
		};
		let statement = Statement {
			chain: self.chain,
			task: self.task,
			chunk: self.chunk,
			device: device_commitment(&self.secret),
			interval: self.interval,
			model: self.model.commitment(),
			input: self.input,
			scores: run.scores,
			// A run of a model always fits, so that the default is never taken.
			work_commitment: run.work_commitment().unwrap_or_default(),
			challenge: self.challenge,
			energy_root: energy_root(&self.green_supply, &self.green_draw),
			green_supply: total(&self.green_supply),
			green_draw: total(&self.green_draw),
			green: self.green,
			work: self.work,
			nullifier: nullifier(&self.secret, self.task, self.chunk),
		};
		Witness {
			statement,
			secret: self.secret.clone(),
			model: self.model.clone(),
			run,
			green_supply: self.green_supply,
			green_draw: self.green_draw,
		}
	}
}
