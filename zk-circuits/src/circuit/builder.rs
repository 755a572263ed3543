//! A thin builder of rank-1 constraints.
//!
//! Linear combinations are kept reduced (one term for each variable, in order) while they are
//! built, and carry their value. A builder that only assigns keeps no terms at all, so that a
//! prover that knows the shape already pays for values only.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

/// A sparse row: coefficients and variables, in order of the variables.
pub type Row = Vec<(Fr, usize)>;

/// The variable that is always one.
pub const ONE: usize = 0;
/// The public input.
pub const INPUT: usize = 1;

/// A linear combination of variables, with its value.
#[derive(Clone, Debug, Default)]
pub struct Lc {
	value: Fr,
	terms: Row,
}

impl Lc {
	/// Its value under the assignment that is being built.
	pub fn value(&self) -> Fr {
		self.value
	}

	/// `sum of factor * combination`.
	pub fn sum<'a>(parts: impl IntoIterator<Item = (Fr, &'a Lc)>) -> Self {
		let mut value = Fr::ZERO;
		let mut terms = Row::new();
		for (factor, part) in parts {
			value += factor * part.value;
			terms.extend(part.terms.iter().map(|(c, variable)| (factor * c, *variable)));
		}
		terms.sort_unstable_by_key(|(_, variable)| *variable);
		terms.dedup_by(|next, kept| {
			let same = next.1 == kept.1;
			if same {
				kept.0 += next.0;
			}
			same
		});
		terms.retain(|(c, _)| *c != Fr::ZERO);
		Self { value, terms }
	}

	/// `self + other`.
	pub fn plus(&self, other: &Lc) -> Self {
		Self::sum([(Fr::ONE, self), (Fr::ONE, other)])
	}

	/// `self - other`.
	pub fn minus(&self, other: &Lc) -> Self {
		Self::sum([(Fr::ONE, self), (-Fr::ONE, other)])
	}

	/// `self * factor`.
	pub fn times(&self, factor: Fr) -> Self {
		Self::sum([(factor, self)])
	}
}

/// The constraints, which are the same for every witness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
	/// How many variables there are, the one and the input among them.
	pub variables: usize,
	/// Left, right and product of each constraint.
	pub matrices: [Vec<Row>; 3],
	/// What the circuit was proving from this constraint on.
	pub sections: Vec<(usize, &'static str)>,
}

impl Shape {
	/// How many constraints there are.
	pub fn constraints(&self) -> usize {
		self.matrices[0].len()
	}

	/// The section of the first constraint that `values` break, or `None` if all hold.
	pub fn broken(&self, values: &[Fr]) -> Option<&'static str> {
		let [left, right, product] = &self.matrices;
		let at = left
			.iter()
			.zip(right)
			.zip(product)
			.position(|((a, b), c)| dot(a, values) * dot(b, values) != dot(c, values))?;
		let section = self.sections.iter().rev().find(|(start, _)| *start <= at);
		Some(section.map_or("the circuit", |(_, name)| name))
	}
}

fn dot(row: &Row, values: &[Fr]) -> Fr {
	row.iter().map(|(c, v)| values.get(*v).map_or(Fr::ZERO, |value| *c * value)).sum()
}

/// Assigns variables and, if asked to, records constraints.
#[derive(Debug)]
pub struct Builder {
	values: Vec<Fr>,
	shape: Option<Shape>,
}

impl Builder {
	/// A builder with its public input; with `record` it also keeps the shape.
	pub fn new(input: Fr, record: bool) -> Self {
		Self { values: vec![Fr::ONE, input], shape: record.then(Shape::default) }
	}

	/// The assignment, and the shape if it was recorded.
	pub fn finish(self) -> (Vec<Fr>, Option<Shape>) {
		let variables = self.values.len();
		(self.values, self.shape.map(|shape| Shape { variables, ..shape }))
	}

	/// Names what the constraints from here on prove.
	pub fn section(&mut self, name: &'static str) {
		if let Some(shape) = &mut self.shape {
			shape.sections.push((shape.constraints(), name));
		}
	}

	/// The public input.
	pub fn input(&self) -> Lc {
		self.variable(INPUT, self.values[INPUT])
	}

	/// A constant.
	pub fn constant(&self, value: impl Into<Fr>) -> Lc {
		let value = value.into();
		let terms = match self.shape {
			Some(_) if value != Fr::ZERO => vec![(value, ONE)],
			_ => Row::new(),
		};
		Lc { value, terms }
	}

	/// A new variable, which nothing constrains yet.
	pub fn witness(&mut self, value: Fr) -> Lc {
		self.values.push(value);
		self.variable(self.values.len() - 1, value)
	}

	fn variable(&self, index: usize, value: Fr) -> Lc {
		let terms = if self.shape.is_some() { vec![(Fr::ONE, index)] } else { Row::new() };
		Lc { value, terms }
	}

	/// Requires `a * b = c`.
	pub fn enforce(&mut self, a: &Lc, b: &Lc, c: &Lc) {
		if let Some(shape) = &mut self.shape {
			for (rows, row) in shape.matrices.iter_mut().zip([a, b, c]) {
				rows.push(row.terms.clone());
			}
		}
	}

	/// Requires `a = b`.
	pub fn enforce_equal(&mut self, a: &Lc, b: &Lc) {
		let one = self.constant(1u64);
		self.enforce(&a.minus(b), &one, &self.constant(0u64));
	}

	/// A new variable that is `a * b`.
	pub fn multiply(&mut self, a: &Lc, b: &Lc) -> Lc {
		let product = self.witness(a.value * b.value);
		self.enforce(a, b, &product);
		product
	}

	/// New bits, lowest first, of a number that is thereby proven below `2^count`.
	///
	/// A larger value is cut, which some later constraint must then break.
	pub fn bits(&mut self, value: Fr, count: usize) -> Vec<Lc> {
		let number = value.into_bigint();
		let one = self.constant(1u64);
		let zero = self.constant(0u64);
		let bit = |index| {
			let bit = self.witness(Fr::from(number.get_bit(index)));
			self.enforce(&bit, &bit.minus(&one), &zero);
			bit
		};
		(0..count).map(bit).collect()
	}

	/// A number below `2^count`: the sum of new bits, so that it costs no constraint of its own.
	pub fn number(&mut self, value: Fr, count: usize) -> Lc {
		join(&self.bits(value, count))
	}

	/// Requires `value < 2^count`.
	pub fn enforce_range(&mut self, value: &Lc, count: usize) {
		let number = self.number(value.value, count);
		self.enforce_equal(value, &number);
	}

	/// One if `value` is not zero, and zero if it is.
	///
	/// `flag = value * inverse` and `value * (1 - flag) = 0` leave no other choice.
	pub fn is_set(&mut self, value: &Lc) -> Lc {
		let inverse = self.witness(value.value.inverse().unwrap_or(Fr::ZERO));
		let flag = self.multiply(value, &inverse);
		let rest = self.constant(1u64).minus(&flag);
		self.enforce(value, &rest, &self.constant(0u64));
		flag
	}
}

/// The number that bits stand for, lowest first.
pub fn join(bits: &[Lc]) -> Lc {
	let powers = core::iter::successors(Some(Fr::ONE), |power| Some(power.double()));
	Lc::sum(powers.zip(bits))
}

/// Packs numbers of `bits` bits into elements exactly as `pogcs_proof::pack` does.
pub fn pack(bits: usize, numbers: &[Lc]) -> Vec<Lc> {
	let step = Fr::from(2u64).pow([u64::try_from(bits).unwrap_or(u64::MAX)]);
	numbers
		.chunks(pogcs_proof::pack::per_element(bits))
		.map(|chunk| {
			let powers = core::iter::successors(Some(Fr::ONE), |power| Some(*power * step));
			Lc::sum(powers.zip(chunk))
		})
		.collect()
}
