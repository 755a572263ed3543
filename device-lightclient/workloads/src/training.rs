//! Training: stochastic gradient descent in fixed point.
//!
//! | what | fractional bits | at most |
//! |---|---|---|
//! | weights | 22 | 32 |
//! | inputs, hidden values, scores | 16 | 64 |
//! | errors | 20 | 4 |
//!
//! A sum of products has 64 bits and cannot leave them: 8,193 products below 2^27 * 2^22 (a weight and
//! a value, or a weight and an error), or 65,535 below 2^22 * 2^22 (an error and a value). Only then is
//! it rounded, to the nearest, halves up, and held within bounds. So no order of adding matters.
//!
//! Hidden values are rectified. The scores' softmax is compared with the answer (cross-entropy): the
//! error of a score is its share less one for the right answer. The error of a hidden value that stands
//! at a bound is zero. After each batch a weight goes down by `rate` times its mean gradient.

use alloc::vec::Vec;

use pogcs_primitives::jobs::{Network, Source, Training};

use crate::{
	contents::fetch, fixed, room, stream::Stream, zeroes, Failure, Job, Need, Output, Setting,
	What, Workload,
};

/// Fractional bits.
const WEIGHT: u32 = 22;
const VALUE: u32 = 16;
const ERROR: u32 = 20;
/// Bounds.
const MAX_WEIGHT: i32 = 1 << 27;
const MAX_VALUE: i32 = 1 << 22;
const MAX_ERROR: i32 = 1 << 22;
/// One, as a value.
const ONE: i32 = 1 << VALUE;
/// Bits of a mean gradient that are kept for the step.
const STEP: u32 = 30;

/// `sum` without its last `bits`, rounded to the nearest.
fn rounded(sum: i64, bits: u32) -> i64 {
	let half = 1i64.checked_shl(bits).unwrap_or(0) >> 1;
	sum.wrapping_add(half).checked_shr(bits).unwrap_or(0)
}

fn held(value: i64, least: i32, most: i32) -> i32 {
	i32::try_from(value.clamp(i64::from(least), i64::from(most))).unwrap_or(0)
}

fn product(left: i32, right: i32) -> i64 {
	i64::from(left).wrapping_mul(i64::from(right))
}

/// One layer, and what it has in hand of the row that is looked at.
struct Layer {
	/// Values that come in, without the bias.
	inputs: usize,
	/// A row for each neuron, the bias last.
	weights: Vec<i32>,
	/// Sums over the batch.
	gradient: Vec<i64>,
	values: Vec<i32>,
	errors: Vec<i32>,
	sums: Vec<i64>,
}

impl Layer {
	fn columns(&self) -> usize {
		self.inputs.saturating_add(1)
	}

	/// The neurons' values for what comes in, between `least` and [`MAX_VALUE`].
	fn forward(&mut self, input: &[i32], least: i32) {
		let columns = self.columns();
		for (value, row) in self.values.iter_mut().zip(self.weights.chunks_exact(columns)) {
			let (bias, row) = row.split_last().unwrap_or((&0, &[]));
			let pairs = row.iter().zip(input);
			let sum = pairs.fold(product(*bias, ONE), |sum, (weight, value)| {
				sum.wrapping_add(product(*weight, *value))
			});
			*value = held(rounded(sum, WEIGHT), least, MAX_VALUE);
		}
	}

	/// Adds this row's part of the gradient.
	fn gather(&mut self, input: &[i32]) {
		let columns = self.columns();
		for (error, row) in self.errors.iter().zip(self.gradient.chunks_exact_mut(columns)) {
			if *error == 0 {
				continue;
			}
			if let Some((bias, row)) = row.split_last_mut() {
				*bias = bias.wrapping_add(product(*error, ONE));
				for (sum, value) in row.iter_mut().zip(input) {
					*sum = sum.wrapping_add(product(*error, *value));
				}
			}
		}
	}

	/// The errors of the layer before.
	fn back(&self, before: &mut Self) {
		before.sums.fill(0);
		for (error, row) in self.errors.iter().zip(self.weights.chunks_exact(self.columns())) {
			for (sum, weight) in before.sums.iter_mut().zip(row) {
				*sum = sum.wrapping_add(product(*weight, *error));
			}
		}
		let values = before.values.iter().zip(&before.sums);
		for (to, (value, sum)) in before.errors.iter_mut().zip(values) {
			let is_free = (1..MAX_VALUE).contains(value);
			*to = if is_free { held(rounded(*sum, WEIGHT), -MAX_ERROR, MAX_ERROR) } else { 0 };
		}
	}

	/// Goes down the mean gradient of `rows` rows.
	fn descend(&mut self, rate: u32, rows: i64) {
		for (weight, sum) in self.weights.iter_mut().zip(self.gradient.iter_mut()) {
			let mean = sum.wrapping_add(rows >> 1).checked_div_euclid(rows).unwrap_or(0);
			let kept = rounded(mean, (ERROR + VALUE) - STEP);
			let step = rounded(kept.wrapping_mul(i64::from(rate)), STEP + 16 - WEIGHT);
			*weight = held(i64::from(*weight).wrapping_sub(step), -MAX_WEIGHT, MAX_WEIGHT);
			*sum = 0;
		}
	}
}

/// A network that is being trained.
struct Trained {
	layers: Vec<Layer>,
	input: Vec<i32>,
	scale: u32,
}

/// Neurons and inputs of each layer.
fn shapes(network: &Network) -> impl Iterator<Item = (u64, u64)> {
	let width = u64::from(network.width);
	let first = (width, u64::from(network.inputs));
	let between = (1..network.depth).map(move |_| (width, width));
	core::iter::once(first)
		.chain(between)
		.chain(core::iter::once((u64::from(network.outputs), width)))
}

impl Trained {
	/// Takes the network up with these weights, one after the other. `learns` says whether it needs
	/// room for gradients.
	fn new(
		network: &Network,
		scale: u8,
		learns: bool,
		mut next: impl FnMut(u64, bool) -> i32,
	) -> Result<Self, Failure> {
		let mut layers = Vec::new();
		for (neurons, inputs) in shapes(network) {
			let all = inputs.saturating_add(1).saturating_mul(neurons);
			let mut weights = room(all)?;
			for _ in 0..neurons {
				weights.extend((0..inputs).map(|_| next(inputs, false)));
				weights.push(next(inputs, true));
			}
			let columns = usize::try_from(inputs).map_err(|_| Failure::Memory(inputs))?;
			layers.push(Layer {
				inputs: columns,
				weights,
				gradient: zeroes(if learns { all } else { 0 })?,
				values: zeroes(neurons)?,
				errors: zeroes(neurons)?,
				sums: zeroes(neurons)?,
			});
		}
		Ok(Self { layers, input: zeroes(u64::from(network.inputs))?, scale: scale.into() })
	}

	/// With the weights of a content.
	fn read(network: &Network, scale: u8, learns: bool, bytes: &[u8]) -> Result<Self, Failure> {
		let mut words = bytes.as_chunks().0.iter().map(|word| i32::from_le_bytes(*word));
		let mut is_good = true;
		let trained = Self::new(network, scale, learns, |_, _| {
			let weight = words.next().unwrap_or(i32::MIN);
			is_good &= (-MAX_WEIGHT..=MAX_WEIGHT).contains(&weight);
			weight
		})?;
		if !is_good {
			return Err(Failure::Useless(What::Weights, "a weight is not between -32 and 32"));
		}
		Ok(trained)
	}

	/// With random weights between plus and minus the root of six parts in the neuron's inputs (He et
	/// al., "Delving Deep into Rectifiers", 2015), and no bias.
	fn random(network: &Network, scale: u8, seed: &[u8; 32]) -> Result<Self, Failure> {
		let mut stream = Stream::new(b"weights\0", seed, 0);
		Self::new(network, scale, true, |inputs, is_bias| {
			if is_bias {
				return 0;
			}
			let squared = (6u64 << (2 * WEIGHT)).checked_div(inputs).unwrap_or(0);
			let bound = i32::try_from(squared.isqrt()).unwrap_or(MAX_WEIGHT);
			let drawn = i32::from_le_bytes(stream.word().to_le_bytes());
			held(product(drawn, bound) >> 31, -MAX_WEIGHT, MAX_WEIGHT)
		})
	}

	/// The scores of a row, in the last layer's values.
	fn forward(&mut self, row: &[u8]) {
		for (to, byte) in self.input.iter_mut().zip(row) {
			*to = (i32::from(*byte) << VALUE).checked_shr(self.scale).unwrap_or(0);
		}
		let mut before: &[i32] = &self.input;
		let last = self.layers.len().saturating_sub(1);
		for (index, layer) in self.layers.iter_mut().enumerate() {
			layer.forward(before, if index == last { -MAX_VALUE } else { 0 });
			before = &layer.values;
		}
	}

	/// Adds the gradient of the row that [`Self::forward`] looked at.
	fn gather(&mut self, answer: u8) {
		if let Some(last) = self.layers.last_mut() {
			softmax_errors(&last.values, &mut last.errors, answer);
		}
		let mut rest = &mut self.layers[..];
		while let Some((layer, before)) = rest.split_last_mut() {
			match before.last_mut() {
				Some(below) => {
					layer.gather(&below.values);
					layer.back(below);
				}
				None => layer.gather(&self.input),
			}
			rest = before;
		}
	}

	fn descend(&mut self, rate: u32, rows: usize) {
		let rows = i64::try_from(rows).unwrap_or(i64::MAX);
		self.layers.iter_mut().for_each(|layer| layer.descend(rate, rows));
	}

	fn bytes(&self, count: u64) -> Result<Vec<u8>, Failure> {
		let mut bytes = room(count)?;
		let weights = self.layers.iter().flat_map(|layer| &layer.weights);
		bytes.extend(weights.flat_map(|weight| weight.to_le_bytes()));
		Ok(bytes)
	}

	/// The index of the highest score, the lowest on a tie.
	fn guess(&self) -> u8 {
		let scores = self.layers.last().map_or(&[][..], |layer| &layer.values);
		let mut best = (i32::MIN, 0);
		for (index, score) in (0u8..=u8::MAX).zip(scores) {
			if *score > best.0 {
				best = (*score, index);
			}
		}
		best.1
	}
}

/// Each score's share of the exponentials, less one for the answer.
fn softmax_errors(scores: &[i32], errors: &mut [i32], answer: u8) {
	let most = scores.iter().copied().max().unwrap_or(0);
	let power = |score: i32| fixed::exp_neg(most.wrapping_sub(score).unsigned_abs());
	// At most 256 powers of at most 2^30, and one is 2^30.
	let sum = scores.iter().fold(0u64, |sum, score| sum.wrapping_add(power(*score)));
	for (index, (error, score)) in errors.iter_mut().zip(scores).enumerate() {
		let share = (power(*score) << ERROR).checked_div(sum).unwrap_or(0);
		let share = i32::try_from(share).unwrap_or(0);
		let right = if index == usize::from(answer) { 1 << ERROR } else { 0 };
		*error = share.wrapping_sub(right);
	}
}

/// The places `0..rows` in the order of this epoch (Fisher and Yates).
fn order(seed: &[u8; 32], epoch: u32, rows: u32) -> Result<Vec<u32>, Failure> {
	let mut order = room(u64::from(rows))?;
	order.extend(0..rows);
	let mut stream = Stream::new(b"order\0\0\0", seed, u64::from(epoch));
	for (last, left) in (0..order.len()).rev().zip((1..=rows).rev()) {
		let other = usize::try_from(stream.below(left)).unwrap_or(last);
		order.swap(last, other.min(last));
	}
	Ok(order)
}

/// A made-up row: an answer, and inputs of which three quarters are that answer's own and a quarter is
/// noise. Job and held-out rows alike have a place: rows at other places are new.
pub fn made_up_row(seed: &[u8; 32], inputs: u16, outputs: u16, place: u32) -> Vec<u8> {
	let mut stream = Stream::new(b"row\0\0\0\0\0", seed, u64::from(place));
	let answer = u8::try_from(stream.below(outputs.into())).unwrap_or(0);
	let mut centre = Stream::new(b"centre\0\0", seed, u64::from(answer));
	let mut row = Vec::new();
	for _ in 0..inputs {
		let mixed =
			u16::from(centre.byte()).wrapping_mul(3).wrapping_add(stream.byte().into()) >> 2;
		row.push(u8::try_from(mixed).unwrap_or(u8::MAX));
	}
	row.push(answer);
	row
}

/// The mean of what the chunks of one round gave, each counting by its rows, rounded to the nearest:
/// the first weights of the next round. `None` if they are not of one size, or there are no rows.
pub fn average(parts: &[(u32, &[u8])]) -> Option<Vec<u8>> {
	let (_, first) = parts.first()?;
	let rows: i128 = parts.iter().map(|(rows, _)| i128::from(*rows)).sum();
	if rows == 0 || parts.iter().any(|(_, bytes)| bytes.len() != first.len()) {
		return None;
	}
	let mut sums = alloc::vec![0i128; first.len() / 4];
	for (count, bytes) in parts {
		for (sum, word) in sums.iter_mut().zip(bytes.as_chunks().0) {
			let weight = i128::from(i32::from_le_bytes(*word));
			*sum = sum.wrapping_add(weight.wrapping_mul(i128::from(*count)));
		}
	}
	let mut bytes = Vec::new();
	for sum in sums {
		let mean = sum.wrapping_add(rows >> 1).checked_div_euclid(rows)?;
		bytes.extend(i32::try_from(mean).ok()?.to_le_bytes());
	}
	Some(bytes)
}

/// How many of `rows` (inputs and the answer, as in a job) the network reads right, and how many there
/// are.
///
/// # Errors
/// Weights of another size, or out of range.
pub fn right(job: &Training, weights: &[u8], rows: &[u8]) -> Result<(u32, u32), Failure> {
	Job::Training(*job).check()?;
	let (need, _) = needs(job);
	if u64::try_from(weights.len()) != Ok(need.bytes) {
		return Err(Failure::Forged(need));
	}
	let mut trained = Trained::read(&job.network, job.scale, false, weights)?;
	let (mut right, mut all) = (0u32, 0u32);
	for row in rows.chunks_exact(usize::from(job.network.inputs).saturating_add(1)) {
		let Some((answer, inputs)) = row.split_last() else { continue };
		trained.forward(inputs);
		all = all.saturating_add(1);
		right = right.saturating_add(u32::from(trained.guess() == *answer));
	}
	Ok((right, all))
}

fn needs(job: &Training) -> (Need, Need) {
	let weights = Need { what: What::Weights, source: job.weights, bytes: job.weights_bytes() };
	let rows = Need { what: What::Rows, source: job.data, bytes: job.data_bytes() };
	(weights, rows)
}

/// The rows of a chunk.
fn rows(job: &Training, chunk: u32, setting: &Setting) -> Result<Vec<u8>, Failure> {
	let no_chunk = || Failure::NoSuchChunk { chunk, chunks: Job::Training(*job).chunks() };
	let (first, count) = job.part(chunk).ok_or_else(no_chunk)?;
	let row = job.row_bytes();
	let mut rows = room(row.saturating_mul(count.into()))?;
	match &job.data {
		Source::Seed(seed) => {
			let Network { inputs, outputs, .. } = job.network;
			let places = first..first.saturating_add(count);
			rows.extend(places.flat_map(|place| made_up_row(seed, inputs, outputs, place)));
		}
		Source::Content(hash) => {
			let all = fetch(setting.contents, needs(job).1, hash)?;
			let usize = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
			let skipped = usize(row.saturating_mul(first.into()));
			let own = all.iter().skip(skipped).take(usize(row.saturating_mul(count.into())));
			rows.extend(own.copied());
		}
	}
	let width = usize::try_from(row).unwrap_or(usize::MAX);
	let mut answers = rows.chunks_exact(width).filter_map(|row| row.last());
	if answers.any(|answer| u16::from(*answer) >= job.network.outputs) {
		return Err(Failure::Useless(What::Rows, "an answer is not one of the network's outputs"));
	}
	Ok(rows)
}

impl Workload for Training {
	fn job(&self) -> Job {
		Job::Training(*self)
	}

	fn needs(&self) -> Vec<Need> {
		let (weights, rows) = needs(self);
		alloc::vec![weights, rows]
	}

	/// The weights as they come, as they are trained and as they go, their gradients; all rows, the
	/// chunk's and their order; and five numbers for each neuron.
	fn memory(&self) -> u64 {
		let neurons = u64::from(self.network.width)
			.saturating_mul(u64::from(self.network.depth))
			.saturating_add(u64::from(self.network.inputs))
			.saturating_add(u64::from(self.network.outputs));
		let weights = self.network.weights().saturating_mul(4 + 4 + 4 + 8);
		let rows = self.data_bytes().saturating_mul(2);
		weights
			.saturating_add(rows)
			.saturating_add(u64::from(self.rows).saturating_mul(4))
			.saturating_add(neurons.saturating_mul(5 * 8))
	}

	fn compute(&self, chunk: u32, setting: &mut Setting) -> Result<Output, Failure> {
		let rows = rows(self, chunk, setting)?;
		let mut trained = match &self.weights {
			Source::Seed(seed) => Trained::random(&self.network, self.scale, seed)?,
			Source::Content(hash) => {
				let bytes = fetch(setting.contents, needs(self).0, hash)?;
				Trained::read(&self.network, self.scale, true, &bytes)?
			}
		};
		let row = usize::try_from(self.row_bytes()).unwrap_or(usize::MAX);
		let count = u32::try_from(rows.len().checked_div(row).unwrap_or(0)).unwrap_or(0);
		let of = u64::from(count).saturating_mul(u64::from(self.epochs));
		let mut done = 0u64;
		setting.step(done, of)?;
		for epoch in 0..u32::from(self.epochs) {
			let order = order(&self.seed, self.before.saturating_add(epoch), count)?;
			for batch in order.chunks(usize::from(self.batch).max(1)) {
				for place in batch {
					let begin = usize::try_from(*place).unwrap_or(0).saturating_mul(row);
					let own = rows.get(begin..).and_then(|rows| rows.get(..row));
					if let Some((answer, inputs)) = own.and_then(|row| row.split_last()) {
						trained.forward(inputs);
						trained.gather(*answer);
					}
					done = done.saturating_add(1);
					setting.step(done, of)?;
				}
				trained.descend(self.rate, batch.len());
			}
		}
		let bytes = trained.bytes(self.weights_bytes())?;
		// Nothing in it depends on the data.
		let operations = self.job().operations(chunk).unwrap_or(0);
		Ok(Output { bytes, operations })
	}
}
