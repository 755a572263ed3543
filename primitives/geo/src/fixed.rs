//! Numbers with 60 fractional bits.

/// A number from -8 to 8 in units of 2^-60. What would leave that range stays at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed(i64);

impl Fixed {
	/// Fractional bits.
	pub const FRACTION: u32 = 60;
	/// Nothing.
	pub const ZERO: Self = Self(0);
	/// The number 1.
	pub const ONE: Self = Self(1 << Self::FRACTION);

	/// The number of that many units.
	pub const fn from_bits(units: i64) -> Self {
		Self(units)
	}

	/// How many units it has.
	pub const fn to_bits(self) -> i64 {
		self.0
	}

	/// The sum.
	pub fn plus(self, other: Self) -> Self {
		Self(self.0.saturating_add(other.0))
	}

	/// The difference.
	pub fn minus(self, other: Self) -> Self {
		Self(self.0.saturating_sub(other.0))
	}

	/// The number with its sign turned.
	pub fn negated(self) -> Self {
		Self(self.0.saturating_neg())
	}

	/// The product, rounded down.
	pub fn times(self, other: Self) -> Self {
		Self::narrowed(i128::from(self.0).saturating_mul(i128::from(other.0)) >> Self::FRACTION)
	}

	/// `sqrt(self^2 + other^2)`, rounded down.
	pub fn hypot(self, other: Self) -> Self {
		let square = |leg: Self| {
			let leg = u128::from(leg.0.unsigned_abs());
			leg.saturating_mul(leg)
		};
		// Two squares of at most 2^126 each.
		let root = square(self).saturating_add(square(other)).isqrt();
		Self(i64::try_from(root).unwrap_or(i64::MAX))
	}

	/// The sum of each number times its coefficient in millionths, rounded down.
	pub(crate) fn weighted(terms: &[(i64, Self)]) -> Self {
		let sum = terms.iter().fold(0i128, |sum, (millionths, number)| {
			sum.saturating_add(i128::from(*millionths).saturating_mul(i128::from(number.0)))
		});
		Self::narrowed(sum.div_euclid(1_000_000))
	}

	/// The same number of units in 64 bits.
	pub(crate) fn narrowed(units: i128) -> Self {
		let end = if units < 0 { i64::MIN } else { i64::MAX };
		Self(i64::try_from(units).unwrap_or(end))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn fixed(value: f64) -> Fixed {
		Fixed::from_bits((value * Fixed::ONE.0 as f64) as i64)
	}

	fn float(value: Fixed) -> f64 {
		value.0 as f64 / Fixed::ONE.0 as f64
	}

	#[test]
	fn product_should_round_down_when_below_a_unit() {
		let unit = Fixed::from_bits(1);
		assert_eq!(unit.times(unit), Fixed::ZERO);
		assert_eq!(unit.times(unit.negated()), Fixed::from_bits(-1));
	}

	#[test]
	fn number_should_stay_at_the_end_when_it_would_leave_the_range() {
		let (least, most) = (Fixed::from_bits(i64::MIN), Fixed::from_bits(i64::MAX));
		assert_eq!(most.plus(Fixed::ONE), most);
		assert_eq!(least.minus(Fixed::ONE), least);
		assert_eq!(least.negated(), most);
		assert_eq!(most.times(most), most);
		assert_eq!(least.times(most), least);
		assert_eq!(least.hypot(least), most);
	}

	proptest! {
		#[test]
		fn arithmetic_should_agree_with_floats_when_in_range(
			a in -2.5f64..2.5, b in -2.5f64..2.5, c in -500_000i64..500_000,
		) {
			let (x, y) = (fixed(a), fixed(b));
			prop_assert!((float(x.plus(y)) - (a + b)).abs() < 1e-14);
			prop_assert!((float(x.minus(y)) - (a - b)).abs() < 1e-14);
			prop_assert!((float(x.times(y)) - a * b).abs() < 1e-14);
			prop_assert!((float(x.hypot(y)) - a.hypot(b)).abs() < 1e-14);
			let sum = Fixed::weighted(&[(c, x), (-c, y)]);
			prop_assert!((float(sum) - c as f64 / 1e6 * (a - b)).abs() < 1e-14);
		}

		#[test]
		fn arithmetic_should_not_panic_when_given_any_bits(a: i64, b: i64, c: i64) {
			let (x, y) = (Fixed::from_bits(a), Fixed::from_bits(b));
			let _ = (x.plus(y), x.minus(y), x.negated(), x.times(y), x.hypot(y));
			let _ = Fixed::weighted(&[(c, x), (a, y), (b, y)]);
		}
	}
}
