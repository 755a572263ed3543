use super::{run, run_with};
use crate::{
	contents::Shelf,
	digits,
	inference::{answers, scores},
	samples, Source,
};
use alloc::vec::Vec;
use pogcs_primitives::{
	jobs::{Inference, Network},
	workload::activate,
};
use proptest::prelude::*;

#[test]
fn digits_should_be_read_as_well_as_the_trainer_says() {
	let job = samples::digits_inference();
	let mut read = Vec::new();
	for chunk in 0..113 {
		read.extend(answers(&run(&job, chunk).unwrap().bytes, 10));
	}
	let expected = digits::answers(digits::TEST);
	let right = read.iter().zip(&expected).filter(|(a, b)| **a == u16::from(**b)).count();
	// 96.0 % in zk-circuits/model/README.md.
	assert_eq!((right, expected.len()), (432, 450));
}

#[test]
fn scores_should_be_the_trainers_when_the_sample_is_run() {
	let expected = scores(include_bytes!("../../../../zk-circuits/model/scores.bin"));
	let mut found = Vec::new();
	for chunk in 0..16 {
		found.extend(scores(&run(&samples::digits_inference(), chunk).unwrap().bytes));
	}
	assert_eq!(found, expected);
}

/// The same by another way: a sum for each neuron, written down as the formula has it.
fn plainly(job: &Inference, weights: &[u8], row: &[u8]) -> Vec<i32> {
	let Network { inputs, width, depth, outputs } = job.network;
	let mut values: Vec<i64> = row.iter().map(|byte| i64::from(*byte)).collect();
	values.push(i64::from(job.bias));
	assert_eq!(values.len(), usize::from(inputs) + 1);
	let mut at = 0;
	let mut neuron = |values: &[i64]| {
		let own = &weights[at..at + values.len()];
		at += values.len();
		own.iter()
			.zip(values)
			.map(|(weight, value)| i64::from(i8::from_le_bytes([*weight])) * value)
			.sum::<i64>()
	};
	for _ in 0..depth {
		let sums: Vec<i64> = (0..width).map(|_| neuron(&values)).collect();
		values = sums
			.into_iter()
			.map(|sum| activate(i32::try_from(sum).unwrap(), job.shift.into()).into())
			.collect();
		values.push(127);
	}
	(0..outputs).map(|_| i32::try_from(neuron(&values)).unwrap()).collect()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn scores_should_be_those_of_the_formula(
		inputs in 1u16..40, width in 1u16..20, depth in 1u8..5, outputs in 2u16..12,
		rows in 1u32..9, batch in 1u32..10, bias: u8, shift in 0u8..12, seed: [u8; 32],
	) {
		let network = Network { inputs, width, depth, outputs };
		let mut stream = crate::stream::Stream::new(b"test\0\0\0\0", &seed, 0);
		let mut bytes = |count: u64| -> Vec<u8> { (0..count).map(|_| stream.byte()).collect() };
		let mut job = Inference {
			network, rows, batch, bias, shift,
			weights: Source::Seed(seed), data: Source::Seed(seed),
		};
		let (weights, data) = (bytes(job.weights_bytes()), bytes(job.data_bytes()));
		let mut shelf = Shelf::default();
		(job.weights, job.data) = (shelf.source(weights.clone()), shelf.source(data.clone()));
		let expected: Vec<i32> = data
			.chunks_exact(inputs.into())
			.flat_map(|row| plainly(&job, &weights, row))
			.collect();
		let mut found = Vec::new();
		for chunk in 0..rows.div_ceil(batch) {
			found.extend(scores(&run_with(&job, chunk, &shelf).unwrap().bytes));
		}
		// Whatever the chunks are, and so is the whole.
		prop_assert_eq!(&found, &expected);
		let whole = Inference { batch: rows, ..job };
		prop_assert_eq!(scores(&run_with(&whole, 0, &shelf).unwrap().bytes), expected);
	}
}
