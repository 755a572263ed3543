//! Sine, cosine and arctangent by CORDIC: additions, shifts and one table, and one multiplication or
//! division for what is left when an arc and its tangent no longer differ.
//!
//! J. E. Volder, "The CORDIC trigonometric computing technique", IRE Transactions on Electronic
//! Computers EC-8(3), 1959; J. S. Walther, "A unified algorithm for elementary functions", AFIPS
//! Spring Joint Computer Conference, 1971.
//!
//! Every result is off by less than 2^-52 (for an angle: radians). Each of the 31 steps rounds a
//! coordinate by at most one unit of 2^-60, which later steps stretch by at most the gain of 1.65, so
//! in all by less than 2^-54; the table's entries are off by less than 2^-61 each. What is left is an
//! angle of at most 2^-30, whose sine and tangent are it to 2^-90, and whose cosine is 1 to 2^-61.

use crate::Fixed;

/// An angle in units of 2^-64 of a turn. It wraps where a full turn does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Angle(u64);

const QUARTER: u64 = 1 << 62;
/// Ten-millionths of a degree in a turn.
const TURN_E7: i128 = 3_600_000_000;
/// Units of an angle in one radian: `2^64 / (2 pi)`.
const PER_RADIAN: i128 = 2_935_890_503_282_001_226;
/// Units of a number, 2^-60, in 2^60 units of an angle: `2^60 * 2 pi / 16`.
const RADIANS: i128 = 452_751_216_129_820_178;

impl Angle {
	/// No angle.
	pub const ZERO: Self = Self(0);
	/// Half a turn.
	pub const HALF: Self = Self(1 << 63);

	/// The angle of that many units.
	pub const fn from_bits(units: u64) -> Self {
		Self(units)
	}

	/// How many units it has.
	pub const fn to_bits(self) -> u64 {
		self.0
	}

	/// From degrees times 10^7.
	pub fn from_degrees_e7(degrees: i32) -> Self {
		Self::wrapped((i128::from(degrees) << 64).div_euclid(TURN_E7))
	}

	/// From radians.
	pub fn from_radians(radians: Fixed) -> Self {
		let units = i128::from(radians.to_bits()).saturating_mul(PER_RADIAN);
		Self::wrapped(units >> Fixed::FRACTION)
	}

	/// `part / whole` of a turn, rounded down; no angle if `whole` is nothing.
	pub fn from_fraction(part: u64, whole: u64) -> Self {
		let rest = u128::from(part.checked_rem(whole).unwrap_or(0));
		let units = (rest << 64).checked_div(u128::from(whole)).unwrap_or(0);
		// Less than 2^64, because the rest is less than the whole.
		Self(u64::try_from(units).unwrap_or(0))
	}

	/// Degrees times 10^7, rounded to the nearest, from -180 to 180 degrees.
	pub fn degrees_e7(self) -> i32 {
		let scaled = i128::from(self.0.cast_signed()).saturating_mul(TURN_E7);
		let rounded = scaled.saturating_add(1 << 63) >> 64;
		// At most 1.8 * 10^9 either way.
		i32::try_from(rounded).unwrap_or(0)
	}

	/// The sum.
	pub fn plus(self, other: Self) -> Self {
		Self(self.0.wrapping_add(other.0))
	}

	/// The difference.
	pub fn minus(self, other: Self) -> Self {
		Self(self.0.wrapping_sub(other.0))
	}

	/// The angle between this one and none, whichever way round is shorter: at most half a turn.
	pub fn magnitude(self) -> u64 {
		self.0.cast_signed().unsigned_abs()
	}

	/// Units modulo a turn.
	fn wrapped(units: i128) -> Self {
		Self(u64::try_from(units.rem_euclid(1 << 64)).unwrap_or(0))
	}
}

/// `atan(2^-k)` for `k` from 0, in units of an angle.
#[rustfmt::skip]
const ARCTANGENTS: [i64; 31] = [
	2_305_843_009_213_693_952, 1_361_218_612_134_873_190, 719_230_530_580_881_038,
	365_092_647_525_521_947, 183_254_791_493_294_829, 91_716_730_292_036_216,
	45_869_556_482_713_130, 22_936_177_926_750_895, 11_468_263_948_075_831, 5_734_153_847_876_408,
	2_867_079_658_191_483, 1_433_540_170_878_135, 716_770_128_161_890, 358_385_069_421_298,
	179_192_535_378_193, 89_596_267_772_540, 44_798_133_896_700, 22_399_066_949_654,
	11_199_533_474_990, 5_599_766_737_515, 2_799_883_368_760, 1_399_941_684_380, 699_970_842_190,
	349_985_421_095, 174_992_710_548, 87_496_355_274, 43_748_177_637, 21_874_088_818,
	10_937_044_409, 5_468_522_205, 2_734_261_102,
];

/// The product of all `cos(atan(2^-k))`: what the steps stretch a vector by, inverted.
const INVERSE_GAIN: i64 = 700_114_967_507_363_239;

/// Turns signs as that of `by`, without a branch: the signs of the steps are as good as random, and
/// a processor that guesses them wrong takes ten times as long.
fn signed(by: i64) -> impl Fn(i64) -> i64 {
	let negative = by >> 63;
	move |value| (value ^ negative).wrapping_sub(negative)
}

/// Sine and cosine, each from -1 to 1.
pub fn sin_cos(angle: Angle) -> (Fixed, Fixed) {
	// Rotate (1, 0), shortened by the gain, through what is left of the angle within its quarter.
	let (mut x, mut y) = (INVERSE_GAIN, 0i64);
	let mut rest = (angle.0 & QUARTER.wrapping_sub(1)).cast_signed();
	for (shift, arctangent) in (0u32..).zip(ARCTANGENTS) {
		let way = signed(rest);
		let (dx, dy) = (way(y.wrapping_shr(shift)), way(x.wrapping_shr(shift)));
		// No overflow: the vector grows to length 1 at the last step.
		(x, y) = (x.wrapping_sub(dx), y.wrapping_add(dy));
		rest = rest.wrapping_sub(way(arctangent));
	}
	let rest = Fixed::narrowed(i128::from(rest).saturating_mul(RADIANS) >> Fixed::FRACTION);
	let (x, y) = (Fixed::from_bits(x), Fixed::from_bits(y));
	let within = |value: Fixed| value.clamp(Fixed::ZERO, Fixed::ONE);
	let (sin, cos) = (within(y.plus(x.times(rest))), within(x.minus(y.times(rest))));
	match angle.0 >> 62 {
		0 => (sin, cos),
		1 => (cos, sin.negated()),
		2 => (sin.negated(), cos.negated()),
		_ => (cos.negated(), sin),
	}
}

/// The angle of the vector `(x, y)` from the x axis; none for the zero vector.
pub fn atan2(y: Fixed, x: Fixed) -> Angle {
	let size = y.to_bits().unsigned_abs().max(x.to_bits().unsigned_abs());
	if size == 0 {
		return Angle::ZERO;
	}
	// Scale the larger coordinate to 1..2: a short vector loses no precision, and a long one, of at
	// most 2 * sqrt(2), stays below 8 when the steps stretch it.
	let zeros = size.leading_zeros();
	let scaled = |value: i64| {
		value.wrapping_shl(zeros.saturating_sub(3)).wrapping_shr(3u32.saturating_sub(zeros))
	};
	let (mut x, mut y) = (scaled(x.to_bits()), scaled(y.to_bits()));
	let mut angle = 0i64;
	if x < 0 {
		(x, y) = (x.wrapping_neg(), y.wrapping_neg());
		angle = i64::MIN;
	}
	for (shift, arctangent) in (0u32..).zip(ARCTANGENTS) {
		let way = signed(y);
		let (dx, dy) = (way(y.wrapping_shr(shift)), way(x.wrapping_shr(shift)));
		(x, y) = (x.wrapping_add(dx), y.wrapping_sub(dy));
		angle = angle.wrapping_add(way(arctangent));
	}
	let rest = i128::from(y).saturating_mul(PER_RADIAN).checked_div(i128::from(x)).unwrap_or(0);
	Angle(angle.cast_unsigned()).plus(Angle::wrapped(rest))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use rand::{Rng, SeedableRng};
	use rand_chacha::ChaCha8Rng;
	use std::f64::consts::{PI, TAU};

	/// The stated bound, and the error of a float of size 1 besides.
	const BOUND: f64 = 2.0 / (1u64 << 52) as f64;

	fn float(value: Fixed) -> f64 {
		value.to_bits() as f64 / Fixed::ONE.to_bits() as f64
	}

	fn radians(angle: Angle) -> f64 {
		angle.0.cast_signed() as f64 / 2f64.powi(64) * TAU
	}

	#[test]
	fn sin_cos_should_agree_with_floats_when_random() {
		let mut rng = ChaCha8Rng::seed_from_u64(1);
		let mut worst = 0f64;
		for _ in 0..100_000 {
			// 53 bits, so that the float is the same angle.
			let angle = Angle(rng.gen::<u64>() & !0x7ff);
			let (sin, cos) = sin_cos(angle);
			worst = worst.max((float(sin) - radians(angle).sin()).abs());
			worst = worst.max((float(cos) - radians(angle).cos()).abs());
		}
		assert!(worst < BOUND, "{worst:e}");
	}

	#[test]
	fn atan2_should_agree_with_floats_when_random() {
		let mut rng = ChaCha8Rng::seed_from_u64(2);
		let mut worst = 0f64;
		for _ in 0..100_000 {
			// Lengths from 2^-60 to 8.
			let shift = rng.gen_range(0..62);
			let (y, x) = (rng.gen::<i64>() >> shift, rng.gen::<i64>() >> shift);
			let found = radians(atan2(Fixed::from_bits(y), Fixed::from_bits(x)));
			let off = (found - (y as f64).atan2(x as f64)).abs();
			worst = worst.max(off.min((off - TAU).abs()));
		}
		assert!(worst < 2.0 * BOUND, "{worst:e}");
	}

	#[test]
	fn sin_cos_should_be_exact_enough_when_the_angle_is_a_known_one() {
		// sin 30, sin 45 and sin 60 degrees to 60 bits: 1/2, sqrt(1/2), sqrt(3)/2.
		for (degrees, expected) in [
			(0, 0),
			(30, 1i64 << 59),
			(45, 815_238_614_083_298_888),
			(60, 998_459_311_558_907_193),
			(90, 1 << 60),
		] {
			let (sin, _) = sin_cos(Angle::from_degrees_e7(degrees * 10_000_000));
			let (_, cos) = sin_cos(Angle::from_degrees_e7((90 - degrees) * 10_000_000));
			assert!((sin.to_bits() - expected).abs() < 1 << 8, "sin {degrees}");
			assert!((cos.to_bits() - expected).abs() < 1 << 8, "cos {degrees}");
		}
	}

	#[test]
	fn atan2_should_find_the_axis_when_on_one() {
		let (zero, one, minus) = (Fixed::ZERO, Fixed::ONE, Fixed::ONE.negated());
		for (y, x, degrees) in
			[(zero, one, 0), (one, zero, 90), (zero, minus, 180), (minus, zero, -90)]
		{
			let found = atan2(y, x).degrees_e7();
			assert_eq!(
				found.rem_euclid(1_800_000_000),
				(degrees * 10_000_000i32).rem_euclid(1_800_000_000)
			);
		}
		assert_eq!(atan2(zero, zero), Angle::ZERO);
	}

	#[test]
	fn angle_should_be_a_part_of_a_turn_when_a_fraction() {
		assert_eq!(Angle::from_fraction(21_600, 86_400).0, QUARTER);
		assert_eq!(Angle::from_fraction(86_400 + 43_200, 86_400), Angle::HALF);
		assert_eq!(Angle::from_fraction(5, 0), Angle::ZERO);
		let radians = Fixed::from_bits((PI / 2.0 * (1u64 << 60) as f64) as i64);
		assert!(Angle::from_radians(radians).minus(Angle(QUARTER)).magnitude() < 1 << 14);
	}

	proptest! {
		#[test]
		fn atan2_should_undo_sin_cos(units: u64) {
			let angle = Angle(units);
			let (sin, cos) = sin_cos(angle);
			prop_assert!(atan2(sin, cos).minus(angle).magnitude() < 1 << 12);
		}

		#[test]
		fn squares_should_add_up_to_one(units: u64) {
			let (sin, cos) = sin_cos(Angle(units));
			prop_assert!((sin.hypot(cos).to_bits() - Fixed::ONE.to_bits()).abs() < 1 << 8);
		}

		#[test]
		fn degrees_should_survive_when_turned_into_an_angle(degrees in -1_799_999_999i32..1_800_000_000) {
			prop_assert_eq!(Angle::from_degrees_e7(degrees).degrees_e7(), degrees);
		}

		#[test]
		fn functions_should_not_panic_when_given_any_bits(a: i64, b: i64, c: u64, d: u64, e: i32) {
			let _ = (atan2(Fixed::from_bits(a), Fixed::from_bits(b)), sin_cos(Angle(c)));
			let _ = (Angle::from_fraction(c, d), Angle::from_degrees_e7(e));
			let _ = (Angle::from_radians(Fixed::from_bits(a)), Angle(c).degrees_e7());
		}
	}
}
