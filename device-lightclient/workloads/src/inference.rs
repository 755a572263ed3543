//! Inference of int8 networks.
//!
//! A layer's integers are those of [`workload::layer`] and [`workload::activate`], of which the network
//! is made that the first circuit proves: a chunk of [`Inference::digits`] has the scores that a proof
//! has. All is exact: there is no rounding but the shift.

use alloc::{borrow::Cow, vec::Vec};

use pogcs_primitives::{
	jobs::{Inference, Source},
	workload::{self, HIDDEN_BIAS},
};

use crate::{
	contents::fetch, room, stream::Stream, zeroes, Failure, Job, Need, Output, Setting, What,
	Workload,
};

fn needs(job: &Inference) -> (Need, Need) {
	let weights = Need { what: What::Weights, source: job.weights, bytes: job.weights_bytes() };
	let rows = Need { what: What::Rows, source: job.data, bytes: job.data_bytes() };
	(weights, rows)
}

fn weights(job: &Inference, setting: &Setting) -> Result<Vec<i8>, Failure> {
	let mut weights = room(job.weights_bytes())?;
	match &job.weights {
		Source::Seed(seed) => {
			let mut stream = Stream::new(b"int8\0\0\0\0", seed, 0);
			let count = job.weights_bytes();
			weights.extend((0..count).map(|_| i8::from_le_bytes([stream.byte()])));
		}
		Source::Content(hash) => {
			let bytes = fetch(setting.contents, needs(job).0, hash)?;
			weights.extend(bytes.iter().map(|byte| i8::from_le_bytes([*byte])));
		}
	}
	Ok(weights)
}

/// A network ready to run: its layers' weights one after the other, and room for their values.
struct Int8<'a> {
	job: &'a Inference,
	weights: &'a [i8],
	values: Vec<u8>,
	sums: Vec<i32>,
}

impl Int8<'_> {
	/// Appends the scores of a row.
	fn run(&mut self, row: &[u8], scores: &mut Vec<u8>, last: &mut [i32]) {
		let Inference { network, bias, shift, .. } = self.job;
		let width = usize::from(network.width);
		let mut rest = self.weights;
		for index in 0..network.depth {
			let is_first = index == 0;
			let input = if is_first { row } else { &self.values };
			let size = input.len().saturating_add(1).saturating_mul(width);
			let (own, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
			let bias = if is_first { *bias } else { HIDDEN_BIAS };
			workload::layer(own, input, bias, &mut self.sums);
			for (value, sum) in self.values.iter_mut().zip(&self.sums) {
				*value = workload::activate(*sum, (*shift).into());
			}
			rest = after;
		}
		workload::layer(rest, &self.values, HIDDEN_BIAS, last);
		scores.extend(last.iter().flat_map(|score| score.to_le_bytes()));
	}
}

/// The scores in an output.
pub fn scores(output: &[u8]) -> Vec<i32> {
	output.as_chunks().0.iter().map(|word| i32::from_le_bytes(*word)).collect()
}

/// The index of each row's highest score, the lowest on a tie.
pub fn answers(output: &[u8], outputs: u16) -> Vec<u16> {
	let scores = scores(output);
	let best = |row: &[i32]| {
		let mut best = (i32::MIN, 0);
		for (index, score) in (0u16..).zip(row) {
			if *score > best.0 {
				best = (*score, index);
			}
		}
		best.1
	};
	scores.chunks_exact(usize::from(outputs).max(1)).map(best).collect()
}

impl Workload for Inference {
	fn job(&self) -> Job {
		Job::Inference(*self)
	}

	fn needs(&self) -> Vec<Need> {
		let (weights, rows) = needs(self);
		alloc::vec![weights, rows]
	}

	/// The weights as they come and as they are used, all rows, the values of a layer, the scores.
	fn memory(&self) -> u64 {
		let scores = self.job().output_bytes(0).unwrap_or(u64::MAX);
		let values = u64::from(self.network.width).saturating_mul(5);
		self.weights_bytes()
			.saturating_mul(2)
			.saturating_add(self.data_bytes())
			.saturating_add(values)
			.saturating_add(scores)
			.saturating_add(u64::from(self.network.outputs).saturating_mul(4))
	}

	fn compute(&self, chunk: u32, setting: &mut Setting) -> Result<Output, Failure> {
		let no_chunk = || Failure::NoSuchChunk { chunk, chunks: self.chunks() };
		let (first, count) = self.part(chunk).ok_or_else(no_chunk)?;
		let weights = weights(self, setting)?;
		let inputs = usize::from(self.network.inputs);
		let contents = setting.contents;
		let data = match &self.data {
			Source::Content(hash) => Some(fetch(contents, needs(self).1, hash)?),
			Source::Seed(_) => None,
		};
		let row = |place: u32| -> Cow<'_, [u8]> {
			match (&self.data, &data) {
				(_, Some(bytes)) => {
					let begin = usize::try_from(place).unwrap_or(0).saturating_mul(inputs);
					let own = bytes.get(begin..).and_then(|bytes| bytes.get(..inputs));
					Cow::Borrowed(own.unwrap_or(&[]))
				}
				(Source::Seed(seed) | Source::Content(seed), None) => {
					let mut stream = Stream::new(b"input\0\0\0", seed, place.into());
					Cow::Owned((0..inputs).map(|_| stream.byte()).collect())
				}
			}
		};
		let width = u64::from(self.network.width);
		let mut network =
			Int8 { job: self, weights: &weights, values: zeroes(width)?, sums: zeroes(width)? };
		let mut last = zeroes(u64::from(self.network.outputs))?;
		let mut bytes = room(self.job().output_bytes(chunk).unwrap_or(0))?;
		setting.step(0, count.into())?;
		for index in 0..count {
			network.run(&row(first.saturating_add(index)), &mut bytes, &mut last);
			setting.step(u64::from(index).saturating_add(1), count.into())?;
		}
		let operations = self.job().operations(chunk).unwrap_or(0);
		Ok(Output { bytes, operations })
	}
}
