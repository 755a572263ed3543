//! Poseidon over BN254 with circomlib's parameters.
//!
//! Grassi and others, "Poseidon: a new hash function for zero-knowledge proof systems" (2021),
//! with S-box x^5, 8 full rounds, and constants from the Grain LFSR for a field of 254 bits. The
//! capacity is one element, which starts as zero and ends as the digest, as in circomlib.
//!
//! Rounds are in the equivalent form of the paper's appendix B: the partial rounds' constants are
//! moved into one element and their matrix is factored into a sparse one, which saves nine in ten
//! multiplications of a wide permutation. `poseidon.bin` holds that form (Montgomery limbs, so
//! that reading it costs nothing); a test derives it again from the LFSR.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, Field};

/// Full rounds, half of them at each end.
pub const FULL_ROUNDS: usize = 8;

/// The constants of one width, ready for the sparse form. All matrices are row by row.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
	/// Elements of the state: the arity plus one.
	pub width: usize,
	/// What is added before each of the four full rounds at the start.
	pub start: &'static [Fr],
	/// What is added to the first element before each partial round.
	pub partial: &'static [Fr],
	/// What is added before each of the four full rounds at the end.
	pub end: &'static [Fr],
	/// The MDS matrix.
	pub mds: &'static [Fr],
	/// The matrix that takes its place in the last of the full rounds at the start.
	pub pre_sparse: &'static [Fr],
	/// For each partial round the first row, then the first column without its first element, of
	/// a matrix that is the identity everywhere else.
	pub sparse: &'static [Fr],
}

/// How many constants a width has in the table.
const fn length(width: usize, partial: usize) -> usize {
	FULL_ROUNDS * width + partial + 2 * width * width + partial * (2 * width - 1)
}

const PARTIAL_3: usize = 57;
const PARTIAL_4: usize = 56;
const PARTIAL_17: usize = 68;
const TABLE: usize = length(3, PARTIAL_3) + length(4, PARTIAL_4) + length(17, PARTIAL_17);

static CONSTANTS: [Fr; TABLE] = table(include_bytes!("poseidon.bin"));

/// For two inputs.
pub static WIDTH_3: Parameters = parameters(3, PARTIAL_3, 0);
/// For three inputs.
pub static WIDTH_4: Parameters = parameters(4, PARTIAL_4, length(3, PARTIAL_3));
/// For sixteen inputs.
pub static WIDTH_17: Parameters =
	parameters(17, PARTIAL_17, length(3, PARTIAL_3) + length(4, PARTIAL_4));

const fn table(bytes: &[u8; TABLE * 32]) -> [Fr; TABLE] {
	let mut constants = [Fr::ZERO; TABLE];
	let mut index = 0;
	while index < TABLE {
		let mut limbs = [0u64; 4];
		let mut byte = 0;
		while byte < 32 {
			// Widening only, and `From` is not usable in a constant.
			limbs[byte / 8] |= (bytes[index * 32 + byte] as u64) << (8 * (byte % 8));
			byte += 1;
		}
		constants[index] = Fr::new_unchecked(BigInt(limbs));
		index += 1;
	}
	constants
}

const fn parameters(width: usize, rounds: usize, at: usize) -> Parameters {
	let half = FULL_ROUNDS / 2 * width;
	let (_, rest) = CONSTANTS_REF.split_at(at);
	let (start, rest) = rest.split_at(half);
	let (partial, rest) = rest.split_at(rounds);
	let (end, rest) = rest.split_at(half);
	let (mds, rest) = rest.split_at(width * width);
	let (pre_sparse, rest) = rest.split_at(width * width);
	let (sparse, _) = rest.split_at(rounds * (2 * width - 1));
	Parameters { width, start, partial, end, mds, pre_sparse, sparse }
}

const CONSTANTS_REF: &[Fr] = &CONSTANTS;

/// Poseidon of two elements.
pub fn hash2(inputs: [Fr; 2]) -> Fr {
	let [a, b] = inputs;
	first(permute(&WIDTH_3, [Fr::ZERO, a, b]))
}

/// Poseidon of three elements.
pub fn hash3(inputs: [Fr; 3]) -> Fr {
	let [a, b, c] = inputs;
	first(permute(&WIDTH_4, [Fr::ZERO, a, b, c]))
}

/// Poseidon of sixteen elements.
pub fn hash16(inputs: [Fr; 16]) -> Fr {
	let mut state = [Fr::ZERO; 17];
	for (slot, input) in state.iter_mut().skip(1).zip(inputs) {
		*slot = input;
	}
	first(permute(&WIDTH_17, state))
}

/// The first word of [`hash_many`]: `domain * 2^64 + length`.
pub fn tag(domain: u64, length: usize) -> Fr {
	let length = u64::try_from(length).unwrap_or(u64::MAX);
	crate::field::small([length, domain, 0])
}

/// Hashes any number of elements: a chain of Poseidon-16 over 15 elements at a time.
///
/// The first call starts with [`tag`], each later one with the digest before it; the last is
/// padded with zeros, which the length in the tag tells apart from elements. A digest that looks
/// like a tag would have to be below 2^128, which takes 2^126 attempts.
pub fn hash_many(domain: u64, elements: &[Fr]) -> Fr {
	let mut digest = tag(domain, elements.len());
	// An empty list is hashed as well, so that no digest is ever a bare tag.
	let empty: &[Fr] = &[];
	let first = elements.is_empty().then_some(empty);
	for chunk in first.into_iter().chain(elements.chunks(15)) {
		let mut inputs = [Fr::ZERO; 16];
		let words = core::iter::once(&digest).chain(chunk);
		for (slot, word) in inputs.iter_mut().zip(words) {
			*slot = *word;
		}
		digest = hash16(inputs);
	}
	digest
}

fn first<const T: usize>(state: [Fr; T]) -> Fr {
	state.first().copied().unwrap_or(Fr::ZERO)
}

fn quintic(x: Fr) -> Fr {
	x.square().square() * x
}

fn dot<const T: usize>(row: &[Fr], state: &[Fr; T]) -> Fr {
	// Rows come from the table in pieces of `T`, so that the conversion always succeeds.
	match <&[Fr; T]>::try_from(row) {
		Ok(row) => Fr::sum_of_products(row, state),
		Err(_) => row.iter().zip(state).map(|(a, b)| *a * b).sum(),
	}
}

fn full<const T: usize>(state: [Fr; T], constants: &[Fr], matrix: &[Fr]) -> [Fr; T] {
	let mut boxed = state;
	for (word, constant) in boxed.iter_mut().zip(constants) {
		*word = quintic(*word + constant);
	}
	let mut mixed = state;
	for (word, row) in mixed.iter_mut().zip(matrix.chunks_exact(T)) {
		*word = dot(row, &boxed);
	}
	mixed
}

/// The permutation.
fn permute<const T: usize>(p: &Parameters, mut state: [Fr; T]) -> [Fr; T] {
	let last = FULL_ROUNDS / 2 - 1;
	for (round, constants) in p.start.chunks_exact(T).enumerate() {
		state = full(state, constants, if round == last { p.pre_sparse } else { p.mds });
	}
	for (constant, sparse) in p.partial.iter().zip(p.sparse.chunks_exact(2 * T - 1)) {
		let (row, column) = sparse.split_at(T);
		let boxed = quintic(first(state) + constant);
		if let Some(word) = state.first_mut() {
			*word = boxed;
		}
		let mixed = dot(row, &state);
		for (word, factor) in state.iter_mut().skip(1).zip(column) {
			*word += boxed * factor;
		}
		if let Some(word) = state.first_mut() {
			*word = mixed;
		}
	}
	for constants in p.end.chunks_exact(T) {
		state = full(state, constants, p.mds);
	}
	state
}

#[cfg(test)]
mod tests {
	use super::*;
	use core::str::FromStr;

	fn number(text: &str) -> Fr {
		Fr::from_str(text).unwrap()
	}

	fn counted<const N: usize>(from: u64) -> [Fr; N] {
		let mut from = from;
		[(); N].map(|()| {
			from += 1;
			Fr::from(from - 1)
		})
	}

	#[test]
	fn hash2_should_be_circomlibs_when_given_one_and_two() {
		let expected =
			"7853200120776062878684798364095072458815029376092732009249414926327459813530";
		assert_eq!(hash2(counted(1)), number(expected));
	}

	#[test]
	fn hash_many_should_differ_when_only_the_padding_differs() {
		let zero = Fr::ZERO;
		let digests = [
			hash_many(1, &[]),
			hash_many(1, &[zero]),
			hash_many(1, &[zero; 15]),
			hash_many(1, &[zero; 16]),
			hash_many(2, &[zero]),
		];
		for (index, digest) in digests.iter().enumerate() {
			assert!(!digests[..index].contains(digest), "{index}");
		}
	}

	#[test]
	fn hash_many_should_chain_when_longer_than_one_call() {
		let elements: [Fr; 16] = counted(5);
		let mut words = [Fr::ZERO; 16];
		words[0] = tag(9, 16);
		words[1..].copy_from_slice(&elements[..15]);
		let mut next = [Fr::ZERO; 16];
		next[0] = hash16(words);
		next[1] = elements[15];
		assert_eq!(hash_many(9, &elements), hash16(next));
	}
}
