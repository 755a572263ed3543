//! The function that is evaluated for each leaf.

use super::{Hash, Seed};
use sp_crypto_hashing::{blake2_256, blake2_512};

/// Rows and columns of the weights.
const WIDTH: usize = 64;
/// Columns of a leaf's matrix.
const COLUMNS: usize = 8;
/// How often the weights are applied.
const ROUNDS: usize = 4;

/// Multiplications of one leaf, for who compares it with the figures of a processor.
pub const MULTIPLICATIONS: usize = WIDTH * WIDTH * COLUMNS * ROUNDS;

const WEIGHTS: u8 = 0;
const INPUT: u8 = 1;
const OUTPUT: u8 = 2;

/// Seed, domain, index, number.
const HEADER: usize = 32 + 1 + 4 + 1;

type Column = [i8; WIDTH];

/// The kernel of one challenge.
#[derive(Clone)]
pub struct Kernel {
	seed: Seed,
	weights: [Column; WIDTH],
}

fn header(seed: &Seed, domain: u8, index: u32, number: u8) -> [u8; HEADER] {
	let mut bytes = [number; HEADER];
	let index = index.to_le_bytes();
	let parts = seed.0.iter().chain(core::iter::once(&domain)).chain(&index);
	bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
	bytes
}

fn block(seed: &Seed, domain: u8, index: u32, number: u8) -> Column {
	blake2_512(&header(seed, domain, index, number)).map(|byte| i8::from_le_bytes([byte]))
}

/// The sum of 64 products is less than 2^21 away from 0, so nothing wraps.
fn product(weights: &Column, column: &Column) -> i32 {
	weights.iter().zip(column).fold(0i32, |sum, (weight, value)| {
		sum.wrapping_add(i32::from(*weight).wrapping_mul(i32::from(*value)))
	})
}

impl Kernel {
	/// Makes the weights.
	pub fn new(seed: Seed) -> Self {
		let mut weights = [[0; WIDTH]; WIDTH];
		for (row, at) in (0u32..).zip(weights.iter_mut()) {
			*at = block(&seed, WEIGHTS, row, 0);
		}
		Self { seed, weights }
	}

	/// What it is made from.
	pub fn seed(&self) -> &Seed {
		&self.seed
	}

	/// The leaf with this index.
	pub fn leaf(&self, index: u32) -> Hash {
		let mut output = [0u8; HEADER + WIDTH * COLUMNS];
		let (front, columns) = output.split_at_mut(HEADER);
		front.copy_from_slice(&header(&self.seed, OUTPUT, index, 0));
		for (number, bytes) in (0u8..).zip(columns.chunks_exact_mut(WIDTH)) {
			let mut column = block(&self.seed, INPUT, index, number);
			for _ in 0..ROUNDS {
				column = self.applied(&column);
			}
			bytes.iter_mut().zip(column).for_each(|(to, from)| [*to] = from.to_le_bytes());
		}
		blake2_256(&output)
	}

	fn applied(&self, column: &Column) -> Column {
		let mut next = [0; WIDTH];
		for (to, weights) in next.iter_mut().zip(&self.weights) {
			let [_, kept, ..] = product(weights, column).to_le_bytes();
			*to = i8::from_le_bytes([kept]);
		}
		next
	}
}
