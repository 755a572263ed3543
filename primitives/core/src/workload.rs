//! The shape of the work that the first circuit proves: int8 inference of a two-layer network on a
//! batch of 8x8 images, `result = W2 * relu(W1 * [image, 1])`.
//!
//! Storage, wire and circuit agree on these numbers because they all take them from here.

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

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn digits_should_take_the_lowest_index_when_scores_tie() {
		let mut scores: Scores = [0; BATCH * CLASSES];
		scores[3] = 7;
		scores[8] = 7;
		scores[CLASSES + 9] = 1;
		assert_eq!(digits(&scores), [3, 9, 0, 0]);
	}
}
