//! What is told of a job.

use pogcs_primitives::{
	challenge::MULTIPLICATIONS,
	jobs::{Inference, Network, Rendering, Training, OPERATIONS_PER_MICRO_GPU_HOUR},
};
use pogcs_workloads::Job;

/// What a chunk that is bought counts as, where intervals are an hour and where they are not.
const LEAF: u64 = 2 * MULTIPLICATIONS as u64;

/// A number with its thousands apart.
pub fn thousands(number: u64) -> String {
	let digits = number.to_string();
	let mut text = String::new();
	for (index, digit) in digits.char_indices() {
		if index > 0 && (digits.len() - index) % 3 == 0 {
			text.push(',');
		}
		text.push(digit);
	}
	text
}

/// Operations in µGPU-h, to three digits.
pub fn hours(operations: u64) -> String {
	let hours = operations as f64 / OPERATIONS_PER_MICRO_GPU_HOUR as f64;
	if hours >= 100.0 {
		return format!("{hours:.0} µGPU-h");
	}
	let places = if hours > 0.0 { (2.0 - hours.log10().floor()).clamp(0.0, 12.0) } else { 0.0 };
	format!("{hours:.*} µGPU-h", places as usize)
}

/// What has to be bought for these chunks, in µGPU-h of `unit` operations.
fn price(job: &Job, chunks: &[u32], unit: u64) -> u64 {
	let unit = std::num::NonZeroU64::new(unit).unwrap_or(std::num::NonZeroU64::MIN);
	let costs = chunks.iter().filter_map(|chunk| job.cost(*chunk, unit));
	costs.fold(0, |sum, cost| sum.saturating_add(cost.0))
}

/// What has to be bought for these chunks, in words.
pub fn cost(job: &Job, chunks: &[u32]) -> String {
	let most = chunks.iter().filter_map(|chunk| job.operations(*chunk)).max().unwrap_or(0);
	format!(
		"To have it done, {} µGPU-h have to be bought: each chunk may take {}, and a chunk takes whole \
		 ones. (On a development chain, where a leaf of the timed challenge is one: {}.)",
		thousands(price(job, chunks, OPERATIONS_PER_MICRO_GPU_HOUR)),
		hours(most),
		thousands(price(job, chunks, LEAF)),
	)
}

fn several(count: u64, one: &str) -> String {
	let many = if count == 1 { "" } else { "s" };
	format!("{} {one}{many}", thousands(count))
}

fn network(network: &Network) -> String {
	let Network { inputs, width, depth, outputs } = network;
	let hidden = format!("-{width}").repeat(usize::from(*depth));
	format!("{inputs}{hidden}-{outputs}")
}

/// What a job is.
pub fn job(job: &Job) -> String {
	let chunks = several(job.chunks().into(), "chunk");
	match job {
		Job::Training(training) => {
			let Training { rows, parts, epochs, batch, rate, before, .. } = training;
			let parts = match parts {
				1 => String::new(),
				parts => format!(", split into {parts} parts that are trained each by itself"),
			};
			let before = match before {
				0 => String::new(),
				before => format!(" after the first {before}"),
			};
			format!(
				"Training: {}{before} of a network {} on {}{parts}, in batches of {batch} at a rate \
				 of {:.4}; {chunks}",
				several((*epochs).into(), "epoch"),
				network(&training.network),
				several((*rows).into(), "row"),
				f64::from(*rate) / 65_536.0,
			)
		}
		Job::Inference(inference) => {
			let Inference { rows, batch, .. } = inference;
			let proof = if inference.is_provable() { ", which a proof could show too" } else { "" };
			format!(
				"Inference: an int8 network {} on {}, {batch} to a chunk; {chunks}{proof}",
				network(&inference.network),
				several((*rows).into(), "row"),
			)
		}
		Job::Rendering(rendering) => {
			let Rendering { shapes, width, height, tile, grid, .. } = rendering;
			format!(
				"Rendering: a picture of {width} x {height} pixels of a scene of {}, {} through a \
				 pixel, in tiles of {tile}; {chunks}",
				several((*shapes).into(), "shape"),
				several(u64::from(*grid) * u64::from(*grid), "ray"),
			)
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_workloads::samples;

	#[test]
	fn numbers_should_be_readable() {
		let numbers = [0, 999, 1_000, 12_345, 1_234_567];
		assert_eq!(numbers.map(thousands), ["0", "999", "1,000", "12,345", "1,234,567"]);
		let unit = OPERATIONS_PER_MICRO_GPU_HOUR;
		let operations = [0, unit / 3_000, unit / 3, unit, 5 * unit / 2, 300 * unit];
		let expected = ["0", "0.000333", "0.333", "1.00", "2.50", "300"];
		for (operations, expected) in operations.into_iter().zip(expected) {
			assert_eq!(hours(operations), format!("{expected} µGPU-h"));
		}
	}

	#[test]
	fn job_should_be_told_in_words() {
		let training = Training { parts: 4, before: 2, ..samples::digits_training() };
		let words = job(&Job::Training(training));
		assert_eq!(
			words,
			"Training: 1 epoch after the first 2 of a network 64-16-10 on 1,347 rows, split into 4 \
			 parts that are trained each by itself, in batches of 8 at a rate of 0.1000; 4 chunks"
		);
		let words = job(&Job::Inference(samples::digits_inference()));
		assert!(
			words.ends_with("4 to a chunk; 113 chunks, which a proof could show too"),
			"{words}"
		);
		let words = job(&Job::Rendering(samples::still_life()));
		assert!(words.contains("640 x 400 pixels of a scene of 8 shapes, 4 rays"), "{words}");
		// 70 tiles, each less than one.
		let words = cost(&Job::Rendering(samples::still_life()), &(0..70).collect::<Vec<_>>());
		assert!(words.starts_with("To have it done, 70 µGPU-h have to be bought"), "{words}");
	}
}
