//! Formulas of the market: no storage, no clock.
//!
//! Whatever is rounded is rounded for the pool: what it is paid up, what it pays down.

pub mod learning;
pub mod search;
pub mod shares;

use pogcs_math::{expm1, ln, ln1p, one_minus_exp_neg, Bounds, Fixed, SignedFixed};

use crate::types::Balance;

/// µGPU-h of a GPU-hour, and parts of a rate.
pub const MILLION: u128 = 1_000_000;

/// The deepest that a bucket is, in µGPU-h. Depths, stocks and levels multiply in 128 bits.
pub const MAX_DEPTH: u64 = 1 << 48;

/// A bucket holds at most so many times its depth, so that its price falls to no less than `e^-16`,
/// a nine-millionth, of the opening price.
pub const MAX_FALL: u64 = 16;

/// Fractional bits of a [`Level`].
pub const LEVEL_BITS: u32 = 56;

/// A logarithm, in units of 2^-56.
pub type Level = i64;

/// `amount / depth`, within 2^-128. `None` if the depth is 0.
///
/// Long division by a single limb, several times faster than that of 256 bits.
pub fn exponent(amount: u64, depth: u64) -> Option<Bounds<Fixed>> {
	let whole = amount.checked_div(depth)?;
	let divisor = u128::from(depth);
	let step = |rest: u128| -> Option<(u64, u128)> {
		// The rest is below the depth, so that the quotient is below 2^64.
		let shifted = rest.checked_shl(64)?;
		Some((u64::try_from(shifted.checked_div(divisor)?).ok()?, shifted.checked_rem(divisor)?))
	};
	let (high, rest) = step(u128::from(amount.checked_rem(depth)?))?;
	let (low, rest) = step(rest)?;
	let down = Fixed::from_parts([low, high, whole, 0]);
	let up = if rest == 0 { down } else { down.checked_add(Fixed::UNIT)? };
	Some(Bounds { down, up })
}

/// What `amount` costs out of a bucket with the reserve `y`: `y (e^(amount/depth) - 1)`, rounded up.
pub fn buy_cost(y: Balance, depth: u64, amount: u64) -> Option<Balance> {
	let growth = expm1(exponent(amount, depth)?.up)?.up;
	Some(growth.mul_int(y)?.up)
}

/// What a bucket with the reserve `y` pays for `amount`: `y (1 - e^-(amount/depth))`, rounded down.
pub fn sell_proceeds(y: Balance, depth: u64, amount: u64) -> Option<Balance> {
	let loss = one_minus_exp_neg(exponent(amount, depth)?.down).down;
	Some(loss.mul_int(y)?.down)
}

/// The fee on `amount` at `rate` millionths, rounded up: fees are the pool's.
pub fn fee(amount: Balance, rate: u32) -> Option<Balance> {
	Some(amount.checked_mul(u128::from(rate))?.div_ceil(MILLION))
}

/// `part` of `whole` in millionths, rounded down; a million or more if `part` is `whole` or more.
pub fn millionths(part: u128, whole: u128) -> u32 {
	let exact = pogcs_math::mul_div(part, MILLION, whole).map(|found| found.down);
	exact.and_then(|exact| u32::try_from(exact).ok()).unwrap_or(if part == 0 {
		0
	} else {
		u32::MAX
	})
}

/// The marginal price for a GPU-hour, `y / depth` for a millionth of one, rounded down.
pub fn price(y: Balance, depth: u64) -> Option<Balance> {
	Some(pogcs_math::mul_div(y, MILLION, u128::from(depth))?.down)
}

/// What `amount` comes to at `price` for a GPU-hour.
pub fn value(price: Balance, amount: u64) -> Option<Bounds<Balance>> {
	pogcs_math::mul_div(price, u128::from(amount), MILLION)
}

/// A logarithm in units of 2^-56, cut off. It only has to be the same everywhere: what hangs on it
/// is where a fill lands, never what it costs.
fn cut(x: SignedFixed) -> Option<Level> {
	let [_, fraction, whole, rest] = x.magnitude().to_parts();
	// 8 whole bits at most, and the upper 56 of the fraction.
	if rest != 0 || whole >= 64 {
		return None;
	}
	let magnitude = i64::try_from((whole << LEVEL_BITS) | (fraction >> (64 - LEVEL_BITS))).ok()?;
	if x.is_negative() {
		magnitude.checked_neg()
	} else {
		Some(magnitude)
	}
}

/// `ln(n / d)`. `None` if either is 0.
pub fn level(n: u128, d: u128) -> Option<Level> {
	cut(ln(Fixed::from_ratio(n, d)?.down)?.down)
}

/// `ln(1 + rate)`: how far a buyer's fee lifts a level.
pub fn lift(rate: u32) -> Option<Level> {
	let rate = Fixed::from_ratio(u128::from(rate), MILLION)?.down;
	cut(ln1p(rate)?.down.into())
}

/// `-ln(1 - rate)`: how far a seller's fee lowers a level. `None` if it takes everything.
pub fn drop(rate: u32) -> Option<Level> {
	let left = MILLION.checked_sub(u128::from(rate))?;
	level(left, MILLION)?.checked_neg()
}

/// How far `stock` has pushed a level down: `stock / depth`.
pub fn fall(stock: u64, depth: u64) -> Option<Level> {
	let shifted = u128::from(stock).checked_shl(LEVEL_BITS)?;
	i64::try_from(shifted.checked_div(u128::from(depth))?).ok()
}

/// How much moves a level by `by`: `by * depth`, rounded down.
pub fn reach(by: Level, depth: u64) -> u64 {
	let Ok(by) = u128::try_from(by) else { return 0 };
	// Below 2^63 * 2^48.
	let units = by.saturating_mul(u128::from(depth)) >> LEVEL_BITS;
	u64::try_from(units).unwrap_or(u64::MAX)
}
