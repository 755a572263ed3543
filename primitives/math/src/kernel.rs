//! The exponential and the logarithm on one binade, and between bounds on all of them.
//!
//! Both reduce their argument by factors `1 + 2^-k` (J. E. Meggitt, "Pseudo Division and Pseudo
//! Multiplication Processes", IBM Journal, 1962; J.-M. Muller, *Elementary Functions*, chapter 8), and
//! end with a short series. `docs/math.md` derives every error bound in here, in units of 2^-192.

use primitive_types::U256;

use crate::{
	fraction::{add, mul, shift, sub, Fraction},
	tables::{EXPONENTIAL, LN_2, LOGARITHM, LOGARITHMS},
};

/// Fractional bits in here.
pub(crate) const FRACTION: u32 = 192;

/// [`Power::up`] above [`Power::down`], without what the argument was off by.
const POWER_ERROR: u64 = 128;

/// [`Logarithm::up`] above [`Logarithm::down`], at most.
pub(crate) const LOGARITHM_ERROR: u64 = 128;

/// What [`neg_ln`] may be above the exact value.
const NEG_LN_ABOVE: u64 = 40;

/// What [`neg_ln`] may be below the exact value.
const NEG_LN_BELOW: u64 = 44;

/// `s + c[0] s^2 + c[1] s^3 + c[2] s^4 + c[3] s^5`, rounded down by at most 10 units, for `s` below
/// 2^-32 and `c` at most 1/2.
fn series(s: Fraction, c: &[Fraction; 4]) -> Fraction {
	let [first, rest @ ..] = c;
	// What is multiplied by s^2, that is by less than 2^-64, needs a limb less.
	let two_limbs = |[_, b, c]: Fraction| [b, c];
	let step = |sum, c: &Fraction| mul(two_limbs(s), add(two_limbs(*c), sum).0);
	let [low, high] = rest.iter().rev().fold([0; 2], step);
	add(s, mul(s, mul(s, add(*first, [0, low, high]).0))).0
}

/// `e^r / 2` for `0 <= r < ln 2`, rounded down by at most 84 units.
fn half_exp(r: Fraction) -> Fraction {
	let (mut rest, mut product) = (r, [0, 0, 1 << 63]);
	for (k, logarithm) in (1..).zip(&LOGARITHMS) {
		// A unit more than the logarithm rounded down: what is left is never too much.
		let (less, negative) = sub(rest, *logarithm, true);
		if !negative {
			rest = less;
			product = add(product, shift(product, k)).0;
		}
	}
	add(product, mul(product, series(rest, &EXPONENTIAL))).0
}

/// `-ln m` for `1/2 <= m < 1`, at most [`NEG_LN_ABOVE`] or [`NEG_LN_BELOW`] units off.
fn neg_ln(m: Fraction) -> Fraction {
	let (mut product, mut sum) = (m, [0; 3]);
	for (k, logarithm) in (1..).zip(&LOGARITHMS) {
		let (more, over) = add(product, shift(product, k));
		if !over {
			product = more;
			sum = add(sum, *logarithm).0;
		}
	}
	let below_one = sub([0; 3], product, false).0;
	add(sum, series(below_one, &LOGARITHM)).0
}

/// `count * ln 2`, rounded down by at most 2 units.
pub(crate) fn times_ln_2(count: u32) -> U256 {
	let count = u64::from(count);
	let (_, carry) = LN_2[0].carrying_mul(count, 0);
	let (a, carry) = LN_2[1].carrying_mul(count, carry);
	let (b, carry) = LN_2[2].carrying_mul(count, carry);
	let (c, d) = LN_2[3].carrying_mul(count, carry);
	U256([a, b, c, d])
}

/// A power of e: `down * 2^exponent <= exact <= up * 2^exponent`, with `down` in `[1/2, 1)`.
#[derive(Clone, Copy)]
pub(crate) struct Power {
	pub(crate) exponent: i32,
	pub(crate) down: U256,
	pub(crate) up: U256,
}

impl Power {
	/// `2^exponent * e^rest / 2`, for a `rest` that may be 4 units too small.
	fn new(exponent: i32, rest: U256) -> Self {
		let [a, b, c, _] = rest.0;
		let [a, b, c] = half_exp([a, b, c]);
		let down = U256([a, b, c, 0]);
		Self { exponent, down, up: down.saturating_add(POWER_ERROR.into()) }
	}

	/// `t / ln 2` as a whole number: rounded down, or one less. `None` from `t = 128` on.
	fn binades(t: U256) -> Option<i32> {
		/// `2^24 / ln 2`, rounded down.
		const PER_LN_2: u64 = 24_204_406;
		let [_, _, fraction, whole] = t.0;
		let upper = (whole < 128).then_some((whole << 32) | (fraction >> 32))?;
		i32::try_from(upper.saturating_mul(PER_LN_2) >> 56).ok()
	}

	/// `e^t`, for a `t` that may be up to `spread` too small. `None` from `t = 128` on.
	pub(crate) fn of(t: U256, spread: U256) -> Option<Self> {
		let mut count = Self::binades(t)?;
		let mut rest = t;
		if count > 0 {
			rest = rest.saturating_sub(times_ln_2(count.unsigned_abs()).saturating_add(2.into()));
		}
		// By one unit above ln 2, and by none below: what is left is below it.
		let ln_2 = times_ln_2(1).saturating_add(U256::one());
		if rest >= ln_2 {
			rest = rest.saturating_sub(ln_2);
			count = count.saturating_add(1);
		}
		let Self { exponent, down, up } = Self::new(count.saturating_add(1), rest);
		// e^spread <= 1 + 2 spread
		Some(Self { exponent, down, up: up.saturating_add(spread << 1) })
	}

	/// `e^-t`, for a `t` that may be up to `spread` too small. `None` from `t = 128` on.
	pub(crate) fn of_negative(t: U256, spread: U256) -> Option<Self> {
		let mut count = Self::binades(t)?.saturating_add(1);
		let mut rest = times_ln_2(count.unsigned_abs()).checked_sub(t);
		if rest.is_none() {
			count = count.saturating_add(1);
			rest = times_ln_2(count.unsigned_abs()).checked_sub(t);
		}
		let Self { exponent, down, up } = Self::new(1i32.saturating_sub(count), rest?);
		// e^-spread >= 1 - spread
		Some(Self { exponent, down: down.saturating_sub(spread), up })
	}
}

/// A logarithm: `down <= |exact| <= up`.
#[derive(Clone, Copy)]
pub(crate) struct Logarithm {
	/// Whether the exact value is below 0.
	pub(crate) negative: bool,
	pub(crate) down: U256,
	pub(crate) up: U256,
}

impl Logarithm {
	/// `ln(value * 2^-places)`, for a `value` that may be a unit of 2^-192 of itself too small.
	/// `None` for 0.
	pub(crate) fn of(value: U256, places: u32) -> Option<Self> {
		if value.is_zero() {
			return None;
		}
		// m * 2^bits, with m in [1/2, 1)
		let zeros = value.leading_zeros();
		let bits = 256u32.saturating_sub(zeros);
		let [_, a, b, c] = (value << zeros).0;
		let [a, b, c] = neg_ln([a, b, c]);
		let neg_ln = U256([a, b, c, 0]);
		let low = neg_ln.saturating_sub(NEG_LN_ABOVE.into());
		let high = neg_ln.saturating_add(NEG_LN_BELOW.into());
		let twos = times_ln_2(bits.abs_diff(places));
		let twos_up = twos.saturating_add(2.into());
		Some(if bits > places {
			let (down, up) = (twos.saturating_sub(high), twos_up.saturating_sub(low));
			Self { negative: false, down, up }
		} else {
			let (down, up) = (twos.saturating_add(low), twos_up.saturating_add(high));
			Self { negative: true, down, up }
		})
	}
}
