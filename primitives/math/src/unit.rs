//! `1 - (1 - c)^share` for ratios.

use primitive_types::U256;

use crate::{
	kernel::{Logarithm, Power, FRACTION, LOGARITHM_ERROR},
	Bounds, Fixed,
};

/// A ratio of two integers in `0..=1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
	/// Numerator, at most the denominator.
	pub numerator: u64,
	/// Denominator, not zero.
	pub denominator: u64,
}

impl Ratio {
	/// `numerator / denominator`, or `None` unless `0 <= numerator <= denominator` and
	/// `denominator > 0`.
	pub fn new(numerator: u64, denominator: u64) -> Option<Self> {
		(denominator > 0 && numerator <= denominator).then_some(Self { numerator, denominator })
	}

	/// `1 - self` in units of 2^-192, rounded down.
	fn complement(self) -> Option<U256> {
		let rest = self.denominator.checked_sub(self.numerator)?;
		(U256::from(rest) << FRACTION).checked_div(self.denominator.into())
	}
}

/// A number in `0..=1` in units of 2^-128, of which `u128::MAX` stands for 1 as well.
pub type UnitInterval = Bounds<u128>;

/// `1 - (1 - c)^share` for `c` in `0..=1/2`, in units of 2^-128, with `up - down <= 2`.
///
/// This is the chance that an authority with `share` of the weight wins a slot (David, Gazi,
/// Kiayias, Russell: "Ouroboros Praos", section 3.2).
///
/// `None` if `c` is above one half, or a ratio is none.
pub fn one_minus_pow(c: Ratio, share: Ratio) -> Option<UnitInterval> {
	if u128::from(c.numerator) * 2 > u128::from(c.denominator) {
		return None;
	}
	if share.numerator == 0 || c.numerator == 0 {
		return Some(Bounds::exact(0));
	}
	// At most ln 2, so that the product fits.
	let logarithm = Logarithm::of(c.complement()?, FRACTION)?.down;
	let t = logarithm.checked_mul(share.numerator.into())?.checked_div(share.denominator.into())?;
	let spread = LOGARITHM_ERROR.saturating_add(1).into();
	let power = Power::fixed_below_one(Power::of_negative(t, spread));
	let Bounds { down, up } = power.map(|end| Fixed::ONE.saturating_sub(end).0);
	Some(Bounds { down: up, up: down }.map(|end| u128::try_from(end).unwrap_or(u128::MAX)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use num_bigint::BigUint;
	use proptest::prelude::*;

	/// An oracle of another make: `(1 - c)^(n/d)` by big-integer roots, at 400 bits. It checks
	/// `(1 - value)^d == (1 - c)^n` from both sides, with no series at all.
	fn bracket_holds(c: Ratio, share: Ratio, found: UnitInterval) -> bool {
		let (n, d) = (share.numerator as u32, share.denominator as u32);
		let two = BigUint::from(2u8).pow(128);
		// (2^128 - units)^d * cd^n  compared with  (2^128)^d * (cd - cn)^n
		let right = two.pow(d) * BigUint::from(c.denominator - c.numerator).pow(n);
		let left = |units: u128| {
			(&two - BigUint::from(units)).pow(d) * BigUint::from(c.denominator).pow(n)
		};
		left(found.down) >= right && left(found.up) <= right
	}

	#[test]
	fn one_minus_pow_should_be_c_when_the_share_is_whole() {
		let c = Ratio::new(1, 4).unwrap();
		let found = one_minus_pow(c, Ratio::new(7, 7).unwrap()).unwrap();
		assert!(found.down <= 1 << 126 && found.up >= 1 << 126);
		assert!(found.up - found.down <= 2);
	}

	#[test]
	fn one_minus_pow_should_be_zero_when_the_share_is_zero() {
		let c = Ratio::new(1, 4).unwrap();
		let found = one_minus_pow(c, Ratio::new(0, 9).unwrap()).unwrap();
		assert_eq!(found, UnitInterval { down: 0, up: 0 });
	}

	#[test]
	fn one_minus_pow_should_refuse_when_c_is_above_one_half() {
		let share = Ratio::new(1, 2).unwrap();
		assert_eq!(one_minus_pow(Ratio::new(51, 100).unwrap(), share), None);
		assert!(one_minus_pow(Ratio::new(1, 2).unwrap(), share).is_some());
	}

	#[test]
	fn ratio_should_refuse_when_above_one_or_without_denominator() {
		assert_eq!(Ratio::new(2, 1), None);
		assert_eq!(Ratio::new(0, 0), None);
	}

	proptest! {
		#[test]
		fn one_minus_pow_should_bracket_the_exact_root(
			cd in 2u64..1000, cn_share in 0.0f64..0.5, d in 1u64..40, n_share in 0.0f64..1.0,
		) {
			let c = Ratio::new((cd as f64 * cn_share) as u64, cd).unwrap();
			let share = Ratio::new((d as f64 * n_share) as u64, d).unwrap();
			let found = one_minus_pow(c, share).unwrap();
			prop_assert!(found.up - found.down <= 2);
			prop_assert!(bracket_holds(c, share, found));
		}

		#[test]
		fn one_minus_pow_should_grow_with_the_share(q in 1u64..65_535, total in 65_536u64..1 << 40) {
			let c = Ratio::new(1, 4).unwrap();
			let small = one_minus_pow(c, Ratio::new(q, total).unwrap()).unwrap();
			let large = one_minus_pow(c, Ratio::new(q + 1, total).unwrap()).unwrap();
			prop_assert!(small.down < large.down);
		}
	}
}
