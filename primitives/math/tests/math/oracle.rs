//! The functions by dashu-float, an arbitrary-precision library, at points over their domains.

use core::ops::RangeInclusive;
use dashu_float::FBig;
use pogcs_math::{
	exp, exp_neg, expm1, ln, ln1p, one_minus_exp_neg, pow, Bounds, Fixed, SignedFixed,
};

/// Bits with which the library computes: many more than the numbers compared have.
const PRECISION: usize = 384;

/// A number as the library has it.
pub type Exact = FBig;

/// `x` without any error.
pub fn exact(x: Fixed) -> Exact {
	let [a, b, c, d] = x.to_parts().map(u128::from);
	let low = FBig::from_parts((b << 64 | a).into(), -128);
	let high = FBig::from_parts((d << 64 | c).into(), 0);
	(low.with_precision(PRECISION).value() + high).with_precision(PRECISION).value()
}

/// `x` without any error.
pub fn exact_signed(x: SignedFixed) -> Exact {
	let magnitude = exact(x.magnitude());
	if x.is_negative() {
		-magnitude
	} else {
		magnitude
	}
}

/// `2^n`.
pub fn power_of_two(n: isize) -> Exact {
	FBig::from_parts(1.into(), n).with_precision(PRECISION).value()
}

/// A function under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
	Exp,
	ExpNeg,
	Expm1,
	OneMinusExpNeg,
	Ln,
	Ln1p,
	Pow,
}

impl Function {
	/// All of them, by name.
	pub const ALL: [(&'static str, Self); 7] = [
		("exp", Self::Exp),
		("exp_neg", Self::ExpNeg),
		("expm1", Self::Expm1),
		("one_minus_exp_neg", Self::OneMinusExpNeg),
		("ln", Self::Ln),
		("ln1p", Self::Ln1p),
		("pow", Self::Pow),
	];

	/// Its bounds. `None` if it does not fit.
	pub fn bounds(self, x: Fixed, y: Fixed) -> Option<Bounds<SignedFixed>> {
		match self {
			Self::Exp => exp(x).map(signed),
			Self::ExpNeg => Some(signed(exp_neg(x))),
			Self::Expm1 => expm1(x).map(signed),
			Self::OneMinusExpNeg => Some(signed(one_minus_exp_neg(x))),
			Self::Ln => ln(x),
			Self::Ln1p => ln1p(x).map(signed),
			Self::Pow => pow(x, y).map(signed),
		}
	}

	/// Its value by the library.
	pub fn value(self, x: Fixed, y: Fixed) -> Exact {
		let x = exact(x);
		match self {
			Self::Exp => x.exp(),
			Self::ExpNeg => (-x).exp(),
			Self::Expm1 => x.exp_m1(),
			Self::OneMinusExpNeg => -(-x).exp_m1(),
			Self::Ln => x.ln(),
			Self::Ln1p => x.ln_1p(),
			Self::Pow => (x.ln() * exact(y)).exp(),
		}
	}

	/// A point of its domain, and for `pow` an exponent.
	pub fn sample(self, random: &mut Random) -> (Fixed, Fixed) {
		let none = Fixed::ZERO;
		match self {
			// Up to 128 ln 2, where the result no longer fits; all magnitudes, and the large evenly.
			Self::Exp | Self::Expm1 => match random.below(2) {
				0 => (random.of_bits(1..=134), none),
				_ => (random.upto(89), none),
			},
			Self::ExpNeg | Self::OneMinusExpNeg => match random.below(2) {
				0 => (random.of_bits(1..=136), none),
				_ => (random.upto(100), none),
			},
			Self::Ln => match random.below(3) {
				0 => (random.of_bits(1..=256), none),
				1 => (random.near_one(), none),
				_ => (random.upto(3), none),
			},
			Self::Ln1p => (random.of_bits(1..=255), none),
			Self::Pow => {
				let base = match random.below(3) {
					0 => random.of_bits(1..=256),
					1 => random.near_one(),
					_ => random.upto(3),
				};
				// Mostly an exponent with which the result is neither too large nor nearly 0.
				let logarithm = ln(base).map_or(Fixed::ONE, |ln| ln.up.magnitude());
				let power = random.upto(89);
				let exponent = power.div(logarithm).map_or(power, |exponent| exponent.down);
				(base, if random.below(4) == 0 { random.of_bits(1..=140) } else { exponent })
			}
		}
	}
}

fn signed(bounds: Bounds<Fixed>) -> Bounds<SignedFixed> {
	bounds.map(SignedFixed::from)
}

/// What a comparison of many points found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Worst {
	/// Points at which there was a result.
	pub points: u64,
	/// The largest relative distance of an end from the exact value, where that is at least 2^-77.
	pub relative: f64,
	/// The most units between the ends, where the exact value, and for `pow` that times the exponent,
	/// is below 2^50.
	pub units: u64,
}

impl Worst {
	/// One more point. Fails if the bounds do not hold.
	pub fn add(&mut self, function: Function, x: Fixed, y: Fixed) -> Result<(), String> {
		let Some(bounds) = function.bounds(x, y) else {
			return Ok(());
		};
		let value = function.value(x, y);
		let (down, up) = (exact_signed(bounds.down), exact_signed(bounds.up));
		if down > value || value > up {
			return Err(format!("{function:?}({x:?}, {y:?}): {bounds:?} do not hold {value}"));
		}
		let magnitude = if value < Exact::ZERO { -value.clone() } else { value.clone() };
		let distance = (&up - &value).max(&value - &down);
		if magnitude >= power_of_two(-77) {
			self.relative = self.relative.max((distance / &magnitude).to_f64().value());
		}
		let factor = match function {
			Function::Pow => exact(y) + Exact::ONE,
			_ => Exact::ONE,
		};
		if magnitude * factor < power_of_two(50) {
			let units = ((up - down) * power_of_two(128)).to_f64().value();
			self.units = self.units.max(units as u64);
		}
		self.points += 1;
		Ok(())
	}
}

/// The SplitMix64 generator: the same points each time.
pub struct Random(u64);

impl Random {
	/// From a seed.
	pub fn new(seed: u64) -> Self {
		Self(seed)
	}

	/// Any number.
	pub fn any(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ (z >> 31)
	}

	/// Below `n`.
	pub fn below(&mut self, n: u64) -> u64 {
		self.any() % n
	}

	/// A number with so many bits, the highest of them set.
	pub fn of_bits(&mut self, bits: RangeInclusive<u64>) -> Fixed {
		let bits = bits.start() + self.below(bits.end() - bits.start() + 1);
		let mut limbs = [0; 4];
		for (i, limb) in (0u64..).zip(&mut limbs) {
			let low = i * 64;
			*limb = match bits.checked_sub(low) {
				None | Some(0) => 0,
				Some(rest @ 1..=64) => (self.any() | 1 << 63) >> (64 - rest),
				Some(_) => self.any(),
			};
		}
		Fixed::from_parts(limbs)
	}

	/// Evenly from 0 to `whole`.
	pub fn upto(&mut self, whole: u64) -> Fixed {
		let limbs = [self.any(), self.any(), self.below(whole), 0];
		Fixed::from_parts(limbs)
	}

	/// A number that differs from 1 by any magnitude below 1/2.
	pub fn near_one(&mut self) -> Fixed {
		let difference = self.of_bits(1..=127);
		match self.below(2) {
			0 => Fixed::ONE.saturating_add(difference),
			_ => Fixed::ONE.saturating_sub(difference),
		}
	}
}
