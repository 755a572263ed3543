//! The shape of the work that the first circuit proves: int8 inference of a two-layer network on a
//! batch of 8x8 images, `result = W2 * relu(W1 * [image, 1])`.
//!
//! Storage, wire and circuit agree on these numbers because they all take them from here. [`layer`] and
//! [`activate`] are the one definition of an int8 layer's integers: the circuit's network is made of
//! them, and so is any other that devices run.

/// Images in one chunk.
pub const BATCH: usize = 4;
/// Pixels of one image, each 0..=16, row by row.
pub const PIXELS: usize = 64;
/// Neurons of the hidden layer.
pub const HIDDEN: usize = 16;
/// Outputs of the network: a score for each digit.
pub const CLASSES: usize = 10;
/// The largest value of a pixel.
pub const MAX_PIXEL: u8 = 16;

/// What the bias of the first layer multiplies: the largest value of its input.
pub const FIRST_BIAS: u8 = MAX_PIXEL;
/// What the bias of a later layer multiplies: the largest value of a hidden neuron.
pub const HIDDEN_BIAS: u8 = 127;
/// How far a sum of this network is shifted to make a hidden value.
pub const SHIFT: u32 = 7;

/// The input of one chunk: `BATCH` images one after the other.
pub type Images = [u8; BATCH * PIXELS];
/// The result of one chunk: `CLASSES` scores for each image, image by image.
pub type Scores = [i32; BATCH * CLASSES];

/// The digit that each image shows: the index of its highest score, the lowest index on a tie.
pub fn digits(scores: &Scores) -> [u8; BATCH] {
	let mut found = [0u8; BATCH];
	for (digit, image) in found.iter_mut().zip(scores.chunks_exact(CLASSES)) {
		let mut best = i32::MIN;
		for (index, score) in (0u8..).zip(image) {
			if *score > best {
				best = *score;
				*digit = index;
			}
		}
	}
	found
}

/// One layer: `sums = weights * [values; bias]`, exact for up to 65,535 values. A row of the weights
/// has one for each value, and that of the bias last.
pub fn layer(weights: &[i8], values: &[u8], bias: u8, sums: &mut [i32]) {
	for (sum, row) in sums.iter_mut().zip(weights.chunks_exact(values.len().saturating_add(1))) {
		// At most 65,536 * 128 * 255, less than 2^31.
		let product = |weight: i8, value: u8| i32::from(weight).wrapping_mul(i32::from(value));
		let (last, front) = row.split_last().unwrap_or((&0, &[]));
		let pairs = front.iter().zip(values);
		*sum = pairs.fold(product(*last, bias), |sum, (weight, value)| {
			sum.wrapping_add(product(*weight, *value))
		});
	}
}

/// The activation: rectify, shift, saturate.
pub fn activate(sum: i32, shift: u32) -> u8 {
	let kept = sum.max(0).checked_shr(shift).unwrap_or(0);
	u8::try_from(kept).unwrap_or(u8::MAX).min(HIDDEN_BIAS)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn activation_should_saturate_when_out_of_range() {
		assert_eq!(
			[-1, 0, 127, 128, 16_383, 16_384, i32::MAX].map(|sum| activate(sum, SHIFT)),
			[0, 0, 0, 1, 127, 127, 127]
		);
		assert_eq!([activate(i32::MIN, 0), activate(i32::MAX, 32)], [0, 0]);
	}

	#[test]
	fn layer_should_be_exact_when_at_its_bounds() {
		let mut sums = [0; 2];
		layer(&[1, -2, 3, 4, 5, -6], &[7, 8], 9, &mut sums);
		assert_eq!(sums, [7 - 16 + 27, 28 + 40 - 54]);
		let (weights, values) = (alloc::vec![-128; 65_536], alloc::vec![255; 65_535]);
		let mut sums = [0];
		layer(&weights, &values, 255, &mut sums);
		assert_eq!(sums, [-65_536 * 128 * 255]);
	}

	#[test]
	fn digits_should_take_the_lowest_index_when_scores_tie() {
		let mut scores: Scores = [0; BATCH * CLASSES];
		scores[3] = 7;
		scores[8] = 7;
		scores[CLASSES + 9] = 1;
		assert_eq!(digits(&scores), [3, 9, 0, 0]);
	}
}
