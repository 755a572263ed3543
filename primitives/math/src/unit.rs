//! Numbers in `0..=1` with 192 fractional bits, and `1 - (1 - c)^x` over them.

use primitive_types::{U256, U512};

/// Fractional bits of [`UnitInterval`].
///
/// 192 leave 64 integer bits in a `U256`, and 64 bits below the 128 that callers ask for: room for
/// the rounding of every term of a series.
pub(crate) const FRACTION: usize = 192;

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

	/// Rounded down to 192 fractional bits.
	pub(crate) fn fixed(self) -> U256 {
		(U256::from(self.numerator) << FRACTION) / U256::from(self.denominator)
	}
}

/// A number in `0..=1` in units of 2^-128, known up to an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitInterval {
	/// At most the exact value. `u128::MAX` stands for anything from `1 - 2^-128` up.
	pub down: u128,
	/// At least the exact value, unless that is above `u128::MAX` units.
	pub up: u128,
}

/// `a * b` of two fixed-point numbers, rounded down.
pub(crate) fn mul(a: U256, b: U256) -> U256 {
	let wide: U512 = a.full_mul(b) >> FRACTION;
	// Both factors are below 2^193 here, so the product is below 2^194.
	U256::try_from(wide).unwrap_or(U256::MAX)
}

/// `-ln(1 - c)` for `c <= 1/2`: at most the exact value, and less than 2^-184 below it.
///
/// `-ln(1 - c) = 2 atanh(c / (2 - c))`, and `atanh(z) = z + z^3/3 + z^5/5 + ...` (Abramowitz and
/// Stegun 4.6.22). With `z <= 1/3` each term is at most a ninth of the last, so 61 terms reach
/// below 2^-192; each loses at most three units to rounding, in all fewer than 2^8.
fn neg_ln_one_minus(c: Ratio) -> U256 {
	// 2 * denominator - numerator cannot overflow 65 bits.
	let below = (U256::from(c.denominator) << 1) - U256::from(c.numerator);
	let z = (U256::from(c.numerator) << FRACTION) / below;
	let square = mul(z, z);
	let mut power = z;
	let mut sum = U256::zero();
	let mut odd = 1u64;
	while !power.is_zero() && odd < 256 {
		sum += power / U256::from(odd);
		power = mul(power, square);
		odd += 2;
	}
	sum << 1
}

/// `e^-x` for `x` in `0..=1` with 192 fractional bits, off by less than 2^-184 either way.
///
/// The alternating series of the exponential; with `x <= 1` term `k` is below `1/k!`, so that 60
/// terms reach below 2^-192, and each is off by at most three units.
pub(crate) fn exp_neg(x: U256) -> U256 {
	let one = U256::one() << FRACTION;
	let (mut plus, mut minus) = (one, U256::zero());
	let mut term = one;
	for k in 1u64..64 {
		term = mul(term, x) / U256::from(k);
		if term.is_zero() {
			break;
		}
		if k % 2 == 1 {
			minus += term;
		} else {
			plus += term;
		}
	}
	plus.saturating_sub(minus)
}

/// `1 - (1 - c)^share` for `c` in `0..=1/2`, in units of 2^-128.
///
/// This is the chance that an authority with `share` of the weight wins a slot (David, Gazi,
/// Kiayias, Russell: "Ouroboros Praos", section 3.2). It is computed as
/// `1 - e^(-share * -ln(1 - c))`; the three steps are together off by less than 2^-180, so
/// `up - down <= 2` units, and `down <= exact <= up`.
///
/// `None` if `c` is above one half, where the series would converge too slowly.
pub fn one_minus_pow(c: Ratio, share: Ratio) -> Option<UnitInterval> {
	if u128::from(c.numerator) * 2 > u128::from(c.denominator) {
		return None;
	}
	if share.numerator == 0 || c.numerator == 0 {
		return Some(UnitInterval { down: 0, up: 0 });
	}
	let x = mul(neg_ln_one_minus(c), share.fixed());
	let one = U256::one() << FRACTION;
	let value = one.saturating_sub(exp_neg(x));
	// The error of `value` in units of 2^-192, see above: 2^12 of them are 2^-180.
	let slack = U256::from(1u64 << 12);
	let units = |value: U256| u128::try_from(value >> (FRACTION - 128)).unwrap_or(u128::MAX);
	let down = units(value.saturating_sub(slack));
	let up = units(value + slack).saturating_add(1);
	Some(UnitInterval { down, up })
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
