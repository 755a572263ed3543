//! Fixed point: what training and rendering share, and the numbers of rendering.
//!
//! Nothing here panics: what cannot be is 0 or the largest number, the same everywhere.

use core::{
	iter::Sum,
	ops::{Add, Mul, Neg, Shl, Shr, Sub},
};

/// Fractional bits of [`exp_neg`].
const EXP: u32 = 30;
/// The base-2 logarithm of e, and the natural one of 2, in 2^-30.
const LOG2_E: u64 = 1_549_082_005;
const LN_2: u64 = 744_261_118;
/// Terms of the series: what they leave out is below 2^-30.
const TERMS: u64 = 11;

/// `e^-x` in 2^-30, for `x` in 2^-16: `2^-n * e^-(f ln 2)`, where `n` and `f` are the whole and the
/// fractional part of `x / ln 2`; the series of the exponential, by Horner's rule, each step rounded
/// down.
pub fn exp_neg(x: u32) -> u64 {
	let one = 1u64 << EXP;
	// 46 fractional bits.
	let turns = u64::from(x).wrapping_mul(LOG2_E);
	let whole = u32::try_from(turns >> (EXP + 16)).unwrap_or(u32::MAX);
	let part = (turns >> 16) & (one - 1);
	let x = part.wrapping_mul(LN_2) >> EXP;
	let series = (1..=TERMS).rev().fold(one, |rest, term| {
		let next = (x.wrapping_mul(rest) >> EXP).checked_div(term).unwrap_or(0);
		one.wrapping_sub(next)
	});
	series.checked_shr(whole).unwrap_or(0)
}

/// A number with 16 fractional bits and 64 in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix(pub i64);

const FRACTION: u32 = 16;

impl Fix {
	pub const ZERO: Self = Self(0);
	pub const ONE: Self = Self(1 << FRACTION);
	pub const MAX: Self = Self(i64::MAX);

	/// `numerator / denominator`, rounded towards zero.
	pub const fn ratio(numerator: i64, denominator: i64) -> Self {
		let raised = numerator.wrapping_shl(FRACTION);
		match raised.checked_div(denominator) {
			Some(value) => Self(value),
			None => Self::MAX,
		}
	}

	pub const fn whole(number: i64) -> Self {
		Self(number.wrapping_shl(FRACTION))
	}

	/// Rounded towards zero; the largest number for a division by zero.
	pub const fn over(self, other: Self) -> Self {
		Self::ratio(self.0, other.0)
	}

	pub const fn abs(self) -> Self {
		Self(self.0.wrapping_abs())
	}

	pub fn squared(self) -> Self {
		self * self
	}

	/// Rounded down; 0 of a negative number.
	pub fn root(self) -> Self {
		Self(root(self.0.wrapping_shl(FRACTION)))
	}

	pub fn unit(self) -> Self {
		self.clamp(Self::ZERO, Self::ONE)
	}

	/// The largest whole number that is not above it.
	pub const fn floor(self) -> i64 {
		self.0 >> FRACTION
	}
}

fn root(number: i64) -> i64 {
	let root = u64::try_from(number).unwrap_or(0).isqrt();
	i64::try_from(root).unwrap_or(i64::MAX)
}

impl Add for Fix {
	type Output = Self;
	fn add(self, other: Self) -> Self {
		Self(self.0.wrapping_add(other.0))
	}
}

impl Sub for Fix {
	type Output = Self;
	fn sub(self, other: Self) -> Self {
		Self(self.0.wrapping_sub(other.0))
	}
}

/// Rounded down.
impl Mul for Fix {
	type Output = Self;
	fn mul(self, other: Self) -> Self {
		Self(self.0.wrapping_mul(other.0) >> FRACTION)
	}
}

impl Neg for Fix {
	type Output = Self;
	fn neg(self) -> Self {
		Self(self.0.wrapping_neg())
	}
}

impl Shr<u32> for Fix {
	type Output = Self;
	fn shr(self, bits: u32) -> Self {
		Self(self.0.wrapping_shr(bits))
	}
}

impl Shl<u32> for Fix {
	type Output = Self;
	fn shl(self, bits: u32) -> Self {
		Self(self.0.wrapping_shl(bits))
	}
}

impl Sum for Fix {
	fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
		all.fold(Self::ZERO, Add::add)
	}
}

/// A point or direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vector(pub [Fix; 3]);

impl Vector {
	pub fn new(of: [i32; 3]) -> Self {
		Self(of.map(|value| Fix(value.into())))
	}

	pub fn map(self, f: impl Fn(Fix) -> Fix) -> Self {
		Self(self.0.map(f))
	}

	fn with(self, other: Self, f: impl Fn(Fix, Fix) -> Fix) -> Self {
		let ([a, b, c], [x, y, z]) = (self.0, other.0);
		Self([f(a, x), f(b, y), f(c, z)])
	}

	/// Component by component.
	pub fn times(self, other: Self) -> Self {
		self.with(other, Mul::mul)
	}

	pub fn dot(self, other: Self) -> Fix {
		self.times(other).0.into_iter().sum()
	}

	pub fn cross(self, other: Self) -> Self {
		let ([a, b, c], [x, y, z]) = (self.0, other.0);
		Self([b * z - c * y, c * x - a * z, a * y - b * x])
	}

	/// Exact but for the root, which is rounded down.
	pub fn length(self) -> Fix {
		length(self.0)
	}

	/// Of length one, to 16 bits; zero of zero. Short vectors are made long first, for their directions
	/// to be as exact as others'.
	pub fn direction(self) -> Self {
		let most = self.0.iter().fold(0, |most, Fix(value)| most | value.unsigned_abs());
		if most == 0 {
			return Self::default();
		}
		// The largest component then has bit 29, and the sum of squares less than 62 bits.
		let zeroes = most.leading_zeros();
		let long = match zeroes.checked_sub(34) {
			Some(left) => self.map(|value| value << left),
			None => self.map(|value| value >> 34u32.saturating_sub(zeroes)),
		};
		let length = long.length();
		long.map(|value| value.over(length))
	}
}

/// The root of the sum of squares, of any number of components.
pub fn length<const N: usize>(components: [Fix; N]) -> Fix {
	let squares = components
		.into_iter()
		.fold(0i64, |sum, Fix(value)| sum.wrapping_add(value.wrapping_mul(value)));
	Fix(root(squares))
}

impl Add for Vector {
	type Output = Self;
	fn add(self, other: Self) -> Self {
		self.with(other, Add::add)
	}
}

impl Sub for Vector {
	type Output = Self;
	fn sub(self, other: Self) -> Self {
		self.with(other, Sub::sub)
	}
}

impl Mul<Fix> for Vector {
	type Output = Self;
	fn mul(self, by: Fix) -> Self {
		self.map(|value| value * by)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	/// What floating point says, for comparison only.
	fn float(x: u32) -> f64 {
		(-f64::from(x) / 65_536.0).exp()
	}

	fn number(value: i64) -> f64 {
		value as f64
	}

	#[test]
	fn exp_should_be_exact_to_a_part_in_a_hundred_million() {
		assert_eq!(exp_neg(0), 1 << 30);
		assert_eq!(exp_neg(u32::MAX), 0);
		for x in (0..1u32 << 20).step_by(97) {
			let found = exp_neg(x) as f64 / f64::from(1u32 << 30);
			assert!((found - float(x)).abs() < 1e-8, "{x}: {found} {}", float(x));
		}
		for x in 0..1u32 << 16 {
			assert!(exp_neg(x) >= exp_neg(x + 1));
		}
	}

	#[test]
	fn numbers_should_round_as_they_say_when_small() {
		assert_eq!(Fix(-1) * Fix(1), Fix(-1));
		assert_eq!(Fix::ratio(-1, 3), Fix(-21_845));
		assert_eq!(Fix::whole(-3).over(Fix::ZERO), Fix::MAX);
		assert_eq!((Fix(-1).floor(), Fix(65_535).floor()), (-1, 0));
		assert_eq!((Fix::whole(2).root(), Fix::whole(-2).root()), (Fix(92_681), Fix::ZERO));
		assert_eq!(Vector::default().direction(), Vector::default());
		assert_eq!(Vector::new([3, 0, -4]).direction().0, [Fix(39_321), Fix::ZERO, Fix(-52_428)]);
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(2_000))]

		#[test]
		fn direction_should_have_length_one(of in any::<[i32; 3]>(), bits in 0u32..32) {
			let of = of.map(|value| value >> bits);
			prop_assume!(of != [0; 3]);
			let direction = Vector::new(of).direction();
			let length = direction.length();
			prop_assert!((length.0 - 65_536).abs() <= 4, "{length:?}");
			// It points where it did.
			let exact = of.map(|value| f64::from(value));
			let long = exact.iter().map(|value| value * value).sum::<f64>().sqrt();
			for (Fix(found), exact) in direction.0.into_iter().zip(exact) {
				prop_assert!((number(found) / 65_536.0 - exact / long).abs() < 1e-4);
			}
		}

		#[test]
		fn nothing_should_panic_when_numbers_are_hostile(a in any::<i64>(), b in any::<i64>()) {
			let (a, b) = (Fix(a), Fix(b));
			let _ = (a + b, a - b, a * b, -a, a.over(b), a.abs(), a.root(), a << 3, b >> 3, a.floor());
			let _ = Vector([a, b, a]).direction();
			let _ = Vector([a, b, a]).cross(Vector([b, b, a])).length();
		}
	}
}
