//! Small jobs whose results are known: whoever gets these gets what all others get.
//!
//! A device runs them before it takes work on whose results are compared; the tests run them on every
//! kind of machine that there is.

use alloc::{vec, vec::Vec};

use hex_literal::hex;
use pogcs_primitives::jobs::{Camera, Inference, Network, Rendering, Training};

use crate::{
	contents::Shelf,
	digits,
	rendering::{scene_hash, STILL_LIFE},
	Failure, Hash, Job, Setting, Source, Workload,
};

/// A chunk and the name of its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
	/// What it is.
	pub name: &'static str,
	/// The job.
	pub job: Job,
	/// The chunk of it.
	pub chunk: u32,
	/// The name of its result.
	pub result: Hash,
}

impl Sample {
	/// Runs it.
	///
	/// # Errors
	/// Why there is no result.
	pub fn run(&self, setting: &mut Setting) -> Result<Hash, Failure> {
		let output = self.job.run(self.chunk, setting)?;
		Ok(output.receipt().result(&self.job, self.chunk))
	}
}

/// What comes with the program: the digits' rows, pixels and weights, and a scene.
pub fn shelf() -> Shelf {
	let mut shelf = Shelf::default();
	for bytes in [
		digits::TRAINING.to_vec(),
		digits::pixels(digits::TEST),
		digits::WEIGHTS.to_vec(),
		scene_hash(&STILL_LIFE).0,
	] {
		shelf.put(bytes);
	}
	shelf
}

/// One epoch over the digits, from random weights.
pub fn digits_training() -> Training {
	Training {
		network: Network::DIGITS,
		weights: Source::Seed([1; 32]),
		data: Shelf::default().source(digits::TRAINING.to_vec()),
		rows: 1_347,
		parts: 1,
		epochs: 1,
		before: 0,
		batch: 8,
		rate: 6_554,
		scale: 4,
		seed: [2; 32],
	}
}

/// The digits that nothing learnt from, read by the network that the first circuit proves.
pub fn digits_inference() -> Inference {
	let mut shelf = Shelf::default();
	let weights = shelf.source(digits::WEIGHTS.to_vec());
	let data = shelf.source(digits::pixels(digits::TEST));
	Inference::digits(weights, data, 450)
}

/// A picture of [`STILL_LIFE`].
pub fn still_life() -> Rendering {
	Rendering {
		scene: Source::Content(scene_hash(&STILL_LIFE).1),
		shapes: 8,
		camera: Camera {
			eye: [-(1 << 15), 301_466, -491_520],
			target: [0, 45_875, 0],
			zoom: 150_000,
		},
		light: [-52_429, 45_875, 22_938],
		width: 640,
		height: 400,
		tile: 64,
		grid: 2,
		steps: 160,
		shadow: 64,
		probes: 5,
	}
}

/// All of them.
pub fn all() -> Vec<Sample> {
	let training = digits_training();
	let deep = Network { inputs: 40, width: 24, depth: 3, outputs: 5 };
	let int8 = Network { inputs: 200, width: 96, depth: 4, outputs: 20 };
	let picture = Rendering { width: 96, height: 60, tile: 24, ..still_life() };
	let made_up = Source::Seed([5; 32]);
	let sample = |name, job, chunk, result| Sample { name, job, chunk, result };
	vec![
		sample(
			"training the digits network, the third of eight parts",
			Job::Training(Training { parts: 8, ..training }),
			2,
			hex!("8ff73d6be433f14145a873c5a20b89d834c663a62658e7fe07802233ce40b44e"),
		),
		sample(
			"training three hidden layers on made-up rows, two epochs",
			Job::Training(Training {
				network: deep,
				data: made_up,
				rows: 60,
				epochs: 2,
				before: 7,
				batch: 7,
				scale: 8,
				..training
			}),
			0,
			hex!("7fd35f3ce7325c6c2262e5f60f87271cccb52fbd55933280764aaea9c112f273"),
		),
		sample(
			"reading digits as the circuit proves it",
			Job::Inference(digits_inference()),
			5,
			hex!("6247d9c644aef37791809f96b9ec6f33bfeec64f496a3bda595a4193649aed73"),
		),
		sample(
			"four hidden int8 layers on made-up rows",
			Job::Inference(Inference {
				network: int8,
				weights: made_up,
				data: made_up,
				rows: 12,
				batch: 5,
				bias: 255,
				shift: 12,
			}),
			2,
			hex!("b8fae61fe4b402204b997c28e990b8d0bb882e2b91dc8b0c332a90082d94c42d"),
		),
		sample(
			"a tile of things on a table",
			Job::Rendering(picture),
			6,
			hex!("b978e00d8e6f9bef837c034a9e3c5f96a22748b92e0b81103593f4b0e802174d"),
		),
		sample(
			"a tile of a made-up scene, one ray for a pixel",
			Job::Rendering(Rendering {
				scene: made_up,
				shapes: 24,
				grid: 1,
				camera: Camera { eye: [3 << 16, 4 << 16, -9 << 16], ..picture.camera },
				..picture
			}),
			10,
			hex!("6f274b4d8e7788ad8e6000a6d6204b8a0e8217d54e920307ed5f95fa0aef5e6f"),
		),
	]
}
