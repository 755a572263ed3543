//! The network in exact integers: what the device runs, the circuit proves and the tests compare with
//! the trainer. A layer's integers are those of [`pogcs_primitives::workload`].
//!
//! ```text
//! pre    = W1 * [image; 16]                 W1: 16 x 65, int8
//! hidden = clamp(max(pre, 0) >> 7, 0, 127)
//! scores = W2 * [hidden; 127]               W2: 10 x 17, int8
//! ```
//!
//! The last column of each matrix is a bias; what it multiplies is the largest value of that
//! layer's input. |pre| is at most 65 * 128 * 16 and |score| at most 17 * 128 * 127, so both fit
//! 24 bits with sign.

pub use pogcs_primitives::workload::{FIRST_BIAS, HIDDEN_BIAS as SECOND_BIAS, SHIFT};
use pogcs_primitives::{
	workload::{self, layer, Images, Scores, BATCH, CLASSES, HIDDEN, PIXELS},
	Commitment,
};
use pogcs_proof::{
	field::to_commitment,
	pack::{offset_i24, offset_i8, pack, SCORE_BITS, WEIGHT_BITS},
	poseidon::hash_many,
};

/// Columns of the first matrix: the pixels and the bias.
pub const FIRST: usize = PIXELS + 1;
/// Columns of the second matrix: the hidden neurons and the bias.
pub const SECOND: usize = HIDDEN + 1;
/// Bytes of a model: one for each weight.
pub const MODEL_BYTES: usize = HIDDEN * FIRST + CLASSES * SECOND;

/// Domain of the model's commitment: "model/01" in ASCII, read as a little-endian number.
pub const MODEL_DOMAIN: u64 = u64::from_le_bytes(*b"model/01");
/// Domain of the work commitment: "work/001" in ASCII, read as a little-endian number.
pub const WORK_DOMAIN: u64 = u64::from_le_bytes(*b"work/001");

/// The pre-activations of one chunk: `HIDDEN` for each image, image by image.
pub type Pre = [i32; BATCH * HIDDEN];

/// Both weight matrices, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
	/// `HIDDEN` rows of `PIXELS` weights and a bias.
	pub first: [[i8; FIRST]; HIDDEN],
	/// `CLASSES` rows of `HIDDEN` weights and a bias.
	pub second: [[i8; SECOND]; CLASSES],
}

/// Everything that the network computed on one chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
	/// Before the activation.
	pub pre: Pre,
	/// The result.
	pub scores: Scores,
}

impl Model {
	/// The network for handwritten digits that is shipped with the source: see `model/`.
	pub fn digits() -> Self {
		Self::from_bytes(include_bytes!("../model/digits.bin"))
	}

	/// Reads a model: the first matrix row by row, then the second, one byte for each weight.
	pub fn from_bytes(bytes: &[u8; MODEL_BYTES]) -> Self {
		let mut weights = bytes.iter().map(|byte| i8::from_le_bytes([*byte]));
		let mut next = || weights.next().unwrap_or_default();
		let first = [(); HIDDEN].map(|()| [(); FIRST].map(|()| next()));
		let second = [(); CLASSES].map(|()| [(); SECOND].map(|()| next()));
		Self { first, second }
	}

	/// The bytes that [`Self::from_bytes`] reads.
	pub fn to_bytes(&self) -> [u8; MODEL_BYTES] {
		let mut bytes = [0u8; MODEL_BYTES];
		for (byte, weight) in bytes.iter_mut().zip(self.weights()) {
			*byte = weight.to_le_bytes()[0];
		}
		bytes
	}

	/// All weights in the order of the bytes.
	pub fn weights(&self) -> impl Iterator<Item = i8> + '_ {
		self.first.iter().flatten().chain(self.second.iter().flatten()).copied()
	}

	/// Poseidon commitment to the weights.
	pub fn commitment(&self) -> Commitment {
		// Offset int8 always fits eight bits.
		let packed = pack(WEIGHT_BITS, self.weights().map(offset_i8)).unwrap_or_default();
		to_commitment(hash_many(MODEL_DOMAIN, &packed))
	}

	/// Runs the network. Total: pixels above 16 are computed too, though no proof is possible.
	pub fn run(&self, input: &Images) -> Run {
		let mut pre: Pre = [0; BATCH * HIDDEN];
		let mut scores: Scores = [0; BATCH * CLASSES];
		for ((image, pre), scores) in input
			.chunks_exact(PIXELS)
			.zip(pre.chunks_exact_mut(HIDDEN))
			.zip(scores.chunks_exact_mut(CLASSES))
		{
			layer(self.first.as_flattened(), image, FIRST_BIAS, pre);
			let mut hidden = [0u8; HIDDEN];
			for (value, sum) in hidden.iter_mut().zip(pre.iter()) {
				*value = activate(*sum);
			}
			layer(self.second.as_flattened(), &hidden, SECOND_BIAS, scores);
		}
		Run { pre, scores }
	}
}

impl Run {
	/// Poseidon commitment to all that was computed, to be sent before the challenge is known.
	///
	/// `None` if a value does not fit 24 bits, which no run of a model gives.
	pub fn work_commitment(&self) -> Option<Commitment> {
		let packed = |values: &[i32]| {
			let shifted: Result<Vec<u64>, _> = values.iter().map(|v| offset_i24(*v)).collect();
			pack(SCORE_BITS, shifted.ok()?).ok()
		};
		let mut elements = packed(&self.pre)?;
		elements.extend(packed(&self.scores)?);
		Some(to_commitment(hash_many(WORK_DOMAIN, &elements)))
	}
}

/// The activation of this network.
pub fn activate(pre: i32) -> u8 {
	workload::activate(pre, SHIFT)
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_primitives::workload::digits;

	const IMAGES: &[u8] = include_bytes!("../model/images.bin");
	const SCORES: &[u8] = include_bytes!("../model/scores.bin");

	#[test]
	fn model_should_return_when_read_back() {
		let model = Model::digits();
		assert_eq!(&model.to_bytes(), include_bytes!("../model/digits.bin"));
		assert_eq!(Model::from_bytes(&model.to_bytes()), model);
		let mut other = model.to_bytes();
		other[MODEL_BYTES - 1] ^= 1;
		assert_ne!(Model::from_bytes(&other).commitment(), model.commitment());
	}

	#[test]
	fn scores_should_be_the_trainers_when_the_sample_is_run() {
		let model = Model::digits();
		let rows: Vec<&[u8]> = IMAGES.chunks_exact(PIXELS + 1).collect();
		assert_eq!(rows.len(), 64);
		let expected: Vec<i32> = SCORES
			.chunks_exact(4)
			.map(|word| i32::from_le_bytes(word.try_into().unwrap()))
			.collect();
		let mut scores = Vec::new();
		let mut right = 0;
		for batch in rows.chunks_exact(BATCH) {
			let images: Vec<u8> = batch.iter().flat_map(|row| &row[..PIXELS]).copied().collect();
			let run = model.run(&images.try_into().unwrap());
			let labels = batch.iter().map(|row| row[PIXELS]);
			right += digits(&run.scores).into_iter().zip(labels).filter(|(a, b)| a == b).count();
			scores.extend(run.scores);
		}
		assert_eq!(scores, expected);
		assert!(right >= 58, "{right} of 64 are right, at least nine in ten expected");
	}

	#[test]
	fn run_should_be_worked_out_by_hand_when_small() {
		let mut model = Model::from_bytes(&[0; MODEL_BYTES]);
		model.first[3][5] = 100;
		model.first[3][FIRST - 1] = -2;
		model.second[7][3] = -3;
		model.second[7][SECOND - 1] = 1;
		let mut images: Images = [0; BATCH * PIXELS];
		images[PIXELS + 5] = 16;
		let run = model.run(&images);
		// Second image: 100 * 16 - 2 * 16 = 1568; 1568 >> 7 = 12; -3 * 12 + 127 = 91.
		assert_eq!((run.pre[3], run.pre[HIDDEN + 3]), (-32, 1568));
		assert_eq!((run.scores[7], run.scores[CLASSES + 7], run.scores[0]), (127, 91, 0));
	}
}
