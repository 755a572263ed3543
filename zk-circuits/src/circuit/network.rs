//! Both layers of the network by Freivalds' check.
//!
//! To check `P = W * X` it is enough that `P * v = W * (X * v)` for a vector v that was not known
//! when P, W and X were fixed (Freivalds, "Probabilistic machines can use less running time",
//! 1977). Here v = (1, r, r^2, r^3) over the images of the batch, with r a hash of all three: a
//! wrong entry makes a polynomial of degree at most 3 in r that is not zero, so it passes for at
//! most 3 of about 2^254 values of r in each of the 26 rows.
//!
//! The check is one of field elements. It is one of integers as well, because every entry is
//! range-checked: both sides of each row are below 2^25 in size, which is far from the field's
//! order, and integers that close to zero are equal if they are equal modulo the order.

use ark_bn254::Fr;
use ark_ff::Field;
use pogcs_primitives::workload::{Images, BATCH, CLASSES, HIDDEN, PIXELS};
use pogcs_proof::pack::{PIXEL_BITS, SCORE_BITS, WEIGHT_BITS};

use super::{
	builder::{join, pack, Builder, Lc},
	poseidon::hash_many,
};
use crate::network::{
	Model, Run, FIRST, FIRST_BIAS, MODEL_DOMAIN, SECOND, SECOND_BIAS, SHIFT, WORK_DOMAIN,
};

/// Range-checked values of the network, before the check of what they have to do with each other.
pub struct Network {
	/// Commitment to the weights.
	pub model: Lc,
	/// Commitment to pre-activations and scores.
	pub work: Lc,
	/// Packed pixels.
	pub input: Vec<Lc>,
	/// Packed scores.
	pub scores: Vec<Lc>,
	first: Vec<Lc>,
	second: Vec<Lc>,
	pixels: Vec<Lc>,
	pre: Vec<Lc>,
	hidden: Vec<Lc>,
	results: Vec<Lc>,
}

/// Takes the values in, proves their ranges and commits to them.
pub fn commit(cs: &mut Builder, model: &Model, input: &Images, run: &Run) -> Network {
	cs.section("each weight is an int8");
	let shifted: Vec<Lc> = model
		.weights()
		.map(|weight| cs.number(signed(i32::from(weight)) + half(WEIGHT_BITS), WEIGHT_BITS))
		.collect();
	let commitment = hash_many(cs, MODEL_DOMAIN, &pack(WEIGHT_BITS, &shifted));
	let mut first = centre(cs, &shifted, WEIGHT_BITS);
	let second = first.split_off(HIDDEN * FIRST);

	cs.section("each pixel is at most 16");
	let pixels: Vec<Lc> = input.iter().map(|value| pixel(cs, *value)).collect();

	cs.section("each pre-activation has 24 bits");
	let (pre_shifted, hidden): (Vec<Lc>, Vec<Lc>) =
		run.pre.iter().map(|value| pre_activation(cs, *value)).unzip();

	cs.section("each score has 24 bits");
	let scores_shifted: Vec<Lc> = run
		.scores
		.iter()
		.map(|value| cs.number(signed(*value) + half(SCORE_BITS), SCORE_BITS))
		.collect();

	let scores = pack(SCORE_BITS, &scores_shifted);
	let mut work = pack(SCORE_BITS, &pre_shifted);
	work.extend(scores.iter().cloned());
	Network {
		model: commitment,
		work: hash_many(cs, WORK_DOMAIN, &work),
		input: pack(PIXEL_BITS, &pixels),
		scores,
		pre: centre(cs, &pre_shifted, SCORE_BITS),
		results: centre(cs, &scores_shifted, SCORE_BITS),
		first,
		second,
		pixels,
		hidden,
	}
}

impl Network {
	/// Proves both layers with the challenge `r`.
	pub fn check(&self, cs: &mut Builder, r: &Lc) {
		cs.section("the pre-activations are the first layer's");
		let square = cs.multiply(r, r);
		let cube = cs.multiply(&square, r);
		let powers = [cs.constant(1u64), r.clone(), square, cube];
		layer(cs, &self.first, &self.pixels, PIXELS, FIRST_BIAS, &self.pre, HIDDEN, &powers);
		cs.section("the scores are the second layer's");
		layer(cs, &self.second, &self.hidden, HIDDEN, SECOND_BIAS, &self.results, CLASSES, &powers);
	}
}

/// `rows` rows of `width` weights and a bias; `values` and `results` image by image.
#[allow(clippy::too_many_arguments)]
fn layer(
	cs: &mut Builder,
	weights: &[Lc],
	values: &[Lc],
	width: usize,
	bias: u8,
	results: &[Lc],
	rows: usize,
	powers: &[Lc; BATCH],
) {
	let mut folded: Vec<Lc> = (0..width).map(|k| fold(cs, values, width, k, powers)).collect();
	let all = Lc::sum(powers.iter().map(|power| (Fr::from(bias), power)));
	folded.push(all);
	for (row, line) in weights.chunks_exact(width + 1).enumerate() {
		let products: Vec<Lc> =
			line.iter().zip(&folded).map(|(weight, value)| cs.multiply(weight, value)).collect();
		let sum = Lc::sum(products.iter().map(|product| (Fr::ONE, product)));
		let claimed = fold(cs, results, rows, row, powers);
		cs.enforce_equal(&claimed, &sum);
	}
}

/// `sum over images of values[image][column] * powers[image]`; the first power is one.
fn fold(cs: &mut Builder, values: &[Lc], width: usize, column: usize, powers: &[Lc]) -> Lc {
	let entries: Vec<Lc> = values
		.chunks_exact(width)
		.zip(powers)
		.enumerate()
		.map(|(image, (row, power))| match image {
			0 => row[column].clone(),
			_ => cs.multiply(&row[column], power),
		})
		.collect();
	Lc::sum(entries.iter().map(|entry| (Fr::ONE, entry)))
}

/// Five bits; with the highest set (16) no other may be.
fn pixel(cs: &mut Builder, value: u8) -> Lc {
	let bits = cs.bits(Fr::from(value), PIXEL_BITS);
	let (top, low) = (&bits[PIXEL_BITS - 1], join(&bits[..PIXEL_BITS - 1]));
	let zero = cs.constant(0u64);
	cs.enforce(top, &low, &zero);
	join(&bits)
}

/// A pre-activation shifted into 0..2^24, and the hidden value that follows from its bits.
///
/// Shifting by 2^23 makes the highest bit say "not negative"; then bits 7..=13 are the value after
/// the shift by 7, and any bit above them saturates it.
fn pre_activation(cs: &mut Builder, value: i32) -> (Lc, Lc) {
	const SIGN: usize = SCORE_BITS - 1;
	let shift = usize::try_from(SHIFT).unwrap_or(usize::MAX);
	let bits = cs.bits(signed(value) + half(SCORE_BITS), SCORE_BITS);
	let low = join(&bits[shift..shift + 7]);
	let above = Lc::sum(bits[shift + 7..SIGN].iter().map(|bit| (Fr::ONE, bit)));
	let saturated = cs.is_set(&above);
	let limit = cs.constant(u64::from(SECOND_BIAS));
	let raised = cs.multiply(&saturated, &limit.minus(&low));
	let hidden = cs.multiply(&bits[SIGN], &low.plus(&raised));
	(join(&bits), hidden)
}

fn centre(cs: &Builder, shifted: &[Lc], bits: usize) -> Vec<Lc> {
	let half = cs.constant(half(bits));
	shifted.iter().map(|value| value.minus(&half)).collect()
}

fn half(bits: usize) -> Fr {
	Fr::from(1u64 << (bits - 1))
}

fn signed(value: i32) -> Fr {
	Fr::from(value)
}

// The layers' widths are the model's.
const _: () = assert!(FIRST == PIXELS + 1 && SECOND == HIDDEN + 1);
