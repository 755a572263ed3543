//! Derives the table of Poseidon's constants from the Grain LFSR, and the plain permutation that
//! the table's form is equivalent to.

use ark_bn254::Fr;
use ark_crypto_primitives::sponge::poseidon::find_poseidon_ark_and_mds;
use ark_ff::{AdditiveGroup, Field};

type Matrix = Vec<Vec<Fr>>;

/// Width and partial rounds, as in circomlib.
pub const WIDTHS: [(usize, usize); 3] = [(3, 57), (4, 56), (17, 68)];
const HALF: usize = 4;

/// Round constants and MDS matrix of a width.
pub fn plain(width: usize, partial: usize) -> (Matrix, Matrix) {
	find_poseidon_ark_and_mds(254, width - 1, 8, u64::try_from(partial).unwrap(), 0)
}

/// The permutation as the paper defines it.
#[allow(dead_code)]
pub fn permute(width: usize, partial: usize, mut state: Vec<Fr>) -> Vec<Fr> {
	let (constants, mds) = plain(width, partial);
	for (round, row) in constants.iter().enumerate() {
		for (word, constant) in state.iter_mut().zip(row) {
			*word += constant;
		}
		let boxed = if round < HALF || round >= HALF + partial { width } else { 1 };
		for word in state.iter_mut().take(boxed) {
			*word = word.pow([5]);
		}
		state = apply(&mds, &state);
	}
	state
}

/// The bytes of `src/poseidon.bin`.
#[allow(dead_code)]
pub fn table() -> Vec<u8> {
	let constants = WIDTHS.iter().flat_map(|(width, partial)| of_width(*width, *partial));
	// Montgomery limbs, little-endian: what `Fr::new_unchecked` takes.
	constants.flat_map(|c| c.0 .0).flat_map(u64::to_le_bytes).collect()
}

fn of_width(width: usize, partial: usize) -> Vec<Fr> {
	let (mut constants, mds) = plain(width, partial);

	// All but the first constant of a partial round pass its S-box untouched, and so through the
	// matrix into the next round.
	let mut scalars = Vec::new();
	for round in HALF..HALF + partial {
		let mut rest = std::mem::replace(&mut constants[round], vec![Fr::ZERO; width]);
		scalars.push(rest[0]);
		rest[0] = Fr::ZERO;
		for (next, moved) in constants[round + 1].iter_mut().zip(apply(&mds, &rest)) {
			*next += moved;
		}
	}

	// From the last partial round back: matrix = sparse * inner, where `inner` leaves the first
	// element alone, so that it passes the S-box before it and joins that round's matrix.
	let mut sparse = Vec::new();
	let mut matrix = mds.clone();
	for _ in 0..partial {
		let hat: Matrix = matrix[1..].iter().map(|row| row[1..].to_vec()).collect();
		let inverse = invert(&hat);
		let mut words = vec![matrix[0][0]];
		for column in 0..width - 1 {
			words.push((0..width - 1).map(|k| matrix[0][k + 1] * inverse[k][column]).sum());
		}
		words.extend(matrix[1..].iter().map(|row| row[0]));
		sparse.push(words);

		let mut inner = vec![vec![Fr::ZERO; width]; width];
		inner[0][0] = Fr::ONE;
		for (row, hat) in inner[1..].iter_mut().zip(&hat) {
			row[1..].copy_from_slice(hat);
		}
		matrix = multiply(&inner, &mds);
	}
	sparse.reverse();

	let mut out: Vec<Fr> = constants[..HALF].concat();
	out.extend(scalars);
	out.extend(constants[HALF + partial..].concat());
	out.extend(mds.concat());
	out.extend(matrix.concat());
	out.extend(sparse.concat());
	out
}

fn apply(matrix: &Matrix, vector: &[Fr]) -> Vec<Fr> {
	matrix.iter().map(|row| row.iter().zip(vector).map(|(a, b)| *a * b).sum()).collect()
}

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
	let cell = |row: &Vec<Fr>, j: usize| row.iter().zip(b).map(|(x, r)| *x * r[j]).sum();
	a.iter().map(|row| (0..b[0].len()).map(|j| cell(row, j)).collect()).collect()
}

/// Gauss-Jordan; every square part of an MDS matrix is invertible.
fn invert(matrix: &Matrix) -> Matrix {
	let size = matrix.len();
	let mut rows: Matrix = matrix.clone();
	for (index, row) in rows.iter_mut().enumerate() {
		row.extend((0..size).map(|k| if k == index { Fr::ONE } else { Fr::ZERO }));
	}
	for column in 0..size {
		let pivot = (column..size).find(|r| rows[*r][column] != Fr::ZERO).unwrap();
		rows.swap(column, pivot);
		let factor = rows[column][column].inverse().unwrap();
		rows[column].iter_mut().for_each(|x| *x *= factor);
		let line = rows[column].clone();
		for (_, row) in rows.iter_mut().enumerate().filter(|(index, _)| *index != column) {
			let factor = row[column];
			row.iter_mut().zip(&line).for_each(|(x, y)| *x -= factor * y);
		}
	}
	rows.into_iter().map(|row| row[size..].to_vec()).collect()
}
