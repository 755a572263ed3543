use super::{run, run_with};
use crate::{
	digits, samples,
	training::{average, made_up_row, right},
	Failure, Source, What,
};
use alloc::vec::Vec;
use pogcs_primitives::jobs::{Network, Training};
use proptest::prelude::*;

/// Of the 450 digits that nothing learnt from.
fn score(job: &Training, weights: &[u8]) -> u32 {
	let (right, all) = right(job, weights, digits::TEST).unwrap();
	assert_eq!(all, 450);
	right
}

#[test]
fn network_should_learn_epoch_by_epoch_when_trained_on_digits() {
	let mut shelf = samples::shelf();
	let mut job = samples::digits_training();
	let mut scores = Vec::new();
	for epoch in 0..6 {
		job.before = epoch;
		let output = run_with(&job, 0, &shelf).unwrap().bytes;
		scores.push(score(&job, &output));
		job.weights = shelf.source(output);
	}
	// Guessing reads 45. What is learnt goes on growing, and is of use on digits never seen.
	assert!(scores[0] >= 300 && scores[5] > scores[0] && scores[5] >= 415, "{scores:?}");
}

#[test]
fn network_should_learn_round_by_round_when_parts_are_averaged() {
	let mut shelf = samples::shelf();
	let mut job = Training { parts: 4, ..samples::digits_training() };
	let mut scores = Vec::new();
	for round in 0..4 {
		job.before = round;
		let outputs: Vec<(u32, Vec<u8>)> = (0..4)
			.map(|chunk| {
				let (_, rows) = job.part(chunk).unwrap();
				(rows, run_with(&job, chunk, &shelf).unwrap().bytes)
			})
			.collect();
		let parts: Vec<(u32, &[u8])> =
			outputs.iter().map(|(rows, bytes)| (*rows, &bytes[..])).collect();
		let mean = average(&parts).unwrap();
		scores.push(score(&job, &mean));
		job.weights = shelf.source(mean);
	}
	assert!(scores[3] > scores[0] && scores[3] >= 380, "{scores:?}");
}

#[test]
fn epochs_should_be_the_same_at_once_and_one_by_one() {
	let mut shelf = samples::shelf();
	let job = Training {
		network: Network { inputs: 20, width: 9, depth: 2, outputs: 4 },
		data: Source::Seed([8; 32]),
		rows: 50,
		batch: 6,
		scale: 8,
		..samples::digits_training()
	};
	let whole = run(&Training { epochs: 3, ..job }, 0).unwrap();
	let mut weights = job.weights;
	let mut operations = 0;
	for before in 0..3 {
		let one = run_with(&Training { before, weights, ..job }, 0, &shelf).unwrap();
		operations += one.operations;
		weights = shelf.source(one.bytes);
	}
	assert_eq!(weights, shelf.source(whole.bytes.clone()));
	assert_eq!(whole.operations, operations);
	// Another order of the rows, or another part of them, is another result.
	for other in [Training { seed: [9; 32], ..job }, Training { before: 1, ..job }] {
		assert_ne!(run(&other, 0).unwrap().bytes, run(&job, 0).unwrap().bytes);
	}
	let parts = Training { parts: 2, ..job };
	assert_ne!(run(&parts, 0).unwrap().bytes, run(&parts, 1).unwrap().bytes);
}

#[test]
fn rows_should_be_the_same_when_made_up_or_given() {
	let mut shelf = samples::shelf();
	let seed = [4; 32];
	let network = Network { inputs: 12, width: 5, depth: 1, outputs: 3 };
	let job = Training {
		network,
		data: Source::Seed(seed),
		rows: 31,
		parts: 3,
		scale: 8,
		..samples::digits_training()
	};
	let rows: Vec<u8> = (0..31).flat_map(|place| made_up_row(&seed, 12, 3, place)).collect();
	let given = Training { data: shelf.source(rows), ..job };
	for chunk in 0..3 {
		assert_eq!(run(&job, chunk).unwrap().bytes, run_with(&given, chunk, &shelf).unwrap().bytes);
	}
}

#[test]
fn weights_should_be_refused_when_they_or_the_answers_are_out_of_range() {
	let mut shelf = samples::shelf();
	let job = samples::digits_training();
	for weight in [(32 << 22) + 1, i32::MIN] {
		let mut bytes = alloc::vec![0; 4 * 1_210];
		bytes[8..12].copy_from_slice(&i32::to_le_bytes(weight));
		let bad = Training { weights: shelf.source(bytes), ..job };
		let failure = run_with(&bad, 0, &shelf).unwrap_err();
		assert!(matches!(failure, Failure::Useless(What::Weights, _)), "{failure}");
	}
	let mut rows = digits::TRAINING.to_vec();
	rows[digits::ROW - 1] = 10;
	let bad = Training { data: shelf.source(rows), ..job };
	let failure = run_with(&bad, 0, &shelf).unwrap_err();
	assert!(matches!(failure, Failure::Useless(What::Rows, _)), "{failure}");
	assert!(matches!(right(&job, &[0; 8], &[]), Err(Failure::Forged(_))));
}

#[test]
fn average_should_be_worked_out_by_hand_when_small() {
	let bytes = |weights: [i32; 2]| weights.map(i32::to_le_bytes).concat();
	let (left, right) = (bytes([10, -7]), bytes([20, 8]));
	// (3 * 10 + 20) / 4 = 12.5; (3 * -7 + 8) / 4 = -3.25.
	assert_eq!(average(&[(3, &left), (1, &right)]), Some(bytes([13, -3])));
	assert_eq!(average(&[(3, &left)]), Some(left.clone()));
	assert_eq!(average(&[(0, &left)]), None);
	assert_eq!(average(&[(1, &left), (1, &right[..4])]), None);
	assert_eq!(average(&[]), None);
}

/// The mean cross-entropy of a network with one hidden layer on these rows, in floating point: for
/// comparison only.
fn loss(job: &Training, weights: &[f64], rows: &[u8]) -> f64 {
	let Network { inputs, width, outputs, .. } = job.network;
	let (inputs, width, outputs) = (usize::from(inputs), usize::from(width), usize::from(outputs));
	let (first, second) = weights.split_at((inputs + 1) * width);
	let affine = |weights: &[f64], values: &[f64]| -> Vec<f64> {
		weights
			.chunks_exact(values.len() + 1)
			.map(|row| row.iter().zip(values.iter().chain([&1.0])).map(|(w, v)| w * v).sum())
			.collect()
	};
	let all = rows.chunks_exact(inputs + 1);
	let count = f64::from(u32::try_from(all.len()).unwrap());
	let sum: f64 = all
		.map(|row| {
			let scale = f64::from(1u32 << job.scale);
			let values: Vec<f64> = row[..inputs].iter().map(|v| f64::from(*v) / scale).collect();
			let hidden: Vec<f64> = affine(first, &values).into_iter().map(|v| v.max(0.0)).collect();
			let scores = affine(second, &hidden);
			assert_eq!(scores.len(), outputs);
			let powers: f64 = scores.iter().map(|score| score.exp()).sum();
			powers.ln() - scores[usize::from(row[inputs])]
		})
		.sum();
	sum / count
}

/// What a step does is minus the rate times the slope of the loss: each weight's slope is measured by
/// nudging it, in floating point, and compared with the step that the fixed-point code took.
#[test]
fn step_should_go_down_the_measured_slope_of_the_loss() {
	let mut shelf = samples::shelf();
	let network = Network { inputs: 6, width: 5, depth: 1, outputs: 4 };
	let rows: Vec<u8> = (0..16).flat_map(|place| made_up_row(&[3; 32], 6, 4, place)).collect();
	let mut job = Training {
		network,
		data: shelf.source(rows.clone()),
		rows: 16,
		batch: 16,
		scale: 8,
		rate: 1,
		..samples::digits_training()
	};
	// A rate of next to nothing leaves the first weights as they are: so they can be read.
	let begin = run_with(&job, 0, &shelf).unwrap().bytes;
	job.weights = shelf.source(begin.clone());
	job.rate = 1 << 16;
	let end = run_with(&job, 0, &shelf).unwrap().bytes;
	let read = |bytes: &[u8]| -> Vec<f64> {
		let words = bytes.as_chunks().0.iter().map(|word| i32::from_le_bytes(*word));
		words.map(|weight| f64::from(weight) / f64::from(1 << 22)).collect()
	};
	let (begin, end) = (read(&begin), read(&end));
	let mut largest = 0f64;
	for index in 0..begin.len() {
		let nudged = |by: f64| {
			let mut weights = begin.clone();
			weights[index] += by;
			loss(&job, &weights, &rows)
		};
		let slope = (nudged(1e-5) - nudged(-1e-5)) / 2e-5;
		let step = end[index] - begin[index];
		assert!((step + slope).abs() < 2e-4, "weight {index}: slope {slope}, step {step}");
		largest = largest.max(step.abs());
	}
	assert!(largest > 0.05, "{largest}");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(60))]

	/// Whatever the numbers, the same again, and within bounds.
	#[test]
	fn weights_should_stay_in_bounds_when_learning_wildly(
		inputs in 1u16..12, width in 1u16..9, depth in 1u8..6, outputs in 2u16..6, rows in 1u32..30,
		batch in 1u16..40, rate in 1u32..=16 << 16, scale in 2u8..9, seed: [u8; 32],
	) {
		let job = Training {
			network: Network { inputs, width, depth, outputs },
			weights: Source::Seed(seed),
			data: Source::Seed(seed),
			rows, parts: 1, epochs: 3, before: 0, batch, rate, scale, seed,
		};
		let first = run(&job, 0).unwrap();
		prop_assert_eq!(&run(&job, 0).unwrap(), &first);
		let words = first.bytes.as_chunks().0.iter().map(|word| i32::from_le_bytes(*word));
		prop_assert!(words.into_iter().all(|weight| weight.abs() <= 32 << 22));
	}
}
