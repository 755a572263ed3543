//! Handwritten digits of 8x8 pixels, each 0 to 16: what the network of the first circuit was trained
//! and tested on. See `data/LICENCE.md`.

use alloc::vec::Vec;

use pogcs_primitives::workload::PIXELS;

/// Bytes of a row: the pixels, and the digit.
pub const ROW: usize = PIXELS + 1;
/// Rows to learn from.
pub const TRAINING: &[u8; 1_347 * ROW] = include_bytes!("../data/training.bin");
/// Rows that nothing learns from.
pub const TEST: &[u8; 450 * ROW] = include_bytes!("../data/test.bin");

/// The int8 weights of the network that the first circuit proves, trained on [`TRAINING`].
pub const WEIGHTS: &[u8; 1_210] = include_bytes!("../../../zk-circuits/model/digits.bin");

/// The pixels of rows, without the digits: the input of an inference.
pub fn pixels(rows: &[u8]) -> Vec<u8> {
	rows.chunks_exact(ROW).filter_map(|row| row.get(..PIXELS)).flatten().copied().collect()
}

/// The digits of rows, without the pixels.
pub fn answers(rows: &[u8]) -> Vec<u8> {
	rows.chunks_exact(ROW).filter_map(|row| row.last()).copied().collect()
}
