//! Poseidon in constraints: three for each S-box, none for the linear layers.

use ark_bn254::Fr;
use pogcs_proof::poseidon::{tag, Parameters, FULL_ROUNDS, WIDTH_17, WIDTH_3, WIDTH_4};

use super::builder::{Builder, Lc};

/// `Poseidon(a, b)`: 243 constraints.
pub fn hash2(cs: &mut Builder, inputs: [&Lc; 2]) -> Lc {
	hash(cs, &WIDTH_3, &inputs)
}

/// `Poseidon(a, b, c)`: 264 constraints.
pub fn hash3(cs: &mut Builder, inputs: [&Lc; 3]) -> Lc {
	hash(cs, &WIDTH_4, &inputs)
}

/// The chain of `pogcs_proof::poseidon::hash_many`: 612 constraints for each 15 elements.
pub fn hash_many(cs: &mut Builder, domain: u64, elements: &[Lc]) -> Lc {
	let mut digest = cs.constant(tag(domain, elements.len()));
	for chunk in elements.chunks(15) {
		let words: Vec<&Lc> = core::iter::once(&digest).chain(chunk).collect();
		digest = hash(cs, &WIDTH_17, &words);
	}
	digest
}

fn quintic(cs: &mut Builder, x: &Lc) -> Lc {
	let square = cs.multiply(x, x);
	let fourth = cs.multiply(&square, &square);
	cs.multiply(&fourth, x)
}

fn mix(state: &[Lc], matrix: &[Fr]) -> Vec<Lc> {
	let row = |row: &[Fr]| Lc::sum(row.iter().copied().zip(state));
	matrix.chunks_exact(state.len()).map(row).collect()
}

fn full(cs: &mut Builder, state: Vec<Lc>, constants: &[Fr], matrix: &[Fr]) -> Vec<Lc> {
	let boxed: Vec<Lc> = state
		.iter()
		.zip(constants)
		.map(|(word, constant)| {
			let sum = word.plus(&cs.constant(*constant));
			quintic(cs, &sum)
		})
		.collect();
	mix(&boxed, matrix)
}

/// The same rounds as `pogcs_proof::poseidon`; missing inputs are zero.
fn hash(cs: &mut Builder, p: &Parameters, inputs: &[&Lc]) -> Lc {
	let mut state = vec![cs.constant(0u64); p.width];
	for (slot, input) in state.iter_mut().skip(1).zip(inputs) {
		*slot = (*input).clone();
	}
	let last = FULL_ROUNDS / 2 - 1;
	for (round, constants) in p.start.chunks_exact(p.width).enumerate() {
		let matrix = if round == last { p.pre_sparse } else { p.mds };
		state = full(cs, state, constants, matrix);
	}
	for (constant, sparse) in p.partial.iter().zip(p.sparse.chunks_exact(2 * p.width - 1)) {
		let (row, column) = sparse.split_at(p.width);
		let sum = state[0].plus(&cs.constant(*constant));
		state[0] = quintic(cs, &sum);
		let mixed = Lc::sum(row.iter().copied().zip(&state));
		let boxed = std::mem::replace(&mut state[0], mixed);
		for (word, factor) in state.iter_mut().skip(1).zip(column) {
			*word = word.plus(&boxed.times(*factor));
		}
	}
	for constants in p.end.chunks_exact(p.width) {
		state = full(cs, state, constants, p.mds);
	}
	state.swap_remove(0)
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::AdditiveGroup;
	use pogcs_proof::poseidon as native;

	fn numbers(cs: &mut Builder, count: u64) -> (Vec<Fr>, Vec<Lc>) {
		let values: Vec<Fr> = (0..count).map(|n| Fr::from(n) * Fr::from(u128::MAX)).collect();
		let words = values.iter().map(|value| cs.witness(*value)).collect();
		(values, words)
	}

	#[test]
	fn circuit_should_be_the_hash_when_compared_with_the_native_one() {
		let mut cs = Builder::new(Fr::ZERO, true);
		let (values, words) = numbers(&mut cs, 40);
		assert_eq!(
			hash2(&mut cs, [&words[1], &words[2]]).value(),
			native::hash2([values[1], values[2]])
		);
		assert_eq!(
			hash3(&mut cs, [&words[1], &words[2], &words[3]]).value(),
			native::hash3([values[1], values[2], values[3]])
		);
		for length in [1, 15, 16, 40] {
			assert_eq!(
				hash_many(&mut cs, 5, &words[..length]).value(),
				native::hash_many(5, &values[..length])
			);
		}
		let (values, shape) = cs.finish();
		let shape = shape.unwrap();
		assert_eq!(shape.constraints(), 243 + 264 + (1 + 1 + 2 + 3) * 612);
		assert_eq!(shape.broken(&values), None);
	}

	#[test]
	fn circuit_should_break_when_any_variable_is_changed() {
		let mut cs = Builder::new(Fr::ZERO, true);
		let (_, words) = numbers(&mut cs, 2);
		let digest = hash2(&mut cs, [&words[0], &words[1]]);
		let expected = cs.constant(digest.value());
		cs.enforce_equal(&digest, &expected);
		let (values, shape) = cs.finish();
		let shape = shape.unwrap();
		for index in 2..values.len() {
			let mut other = values.clone();
			other[index] += Fr::from(1u64);
			assert!(shape.broken(&other).is_some(), "{index}");
		}
	}
}
