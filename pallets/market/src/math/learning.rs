//! What a day that is over teaches about the next: prices, the risk of unsold stock, and where
//! liquidity earns.

use alloc::vec::Vec;

use pogcs_math::{exp_neg, mul_div, Fixed};
use sp_runtime::Permill;

use super::{Level, LEVEL_BITS, MILLION};
use crate::types::Balance;

/// Parts that a lane's liquidity is split into.
pub const PARTS: u64 = 1 << 40;

/// No hour's logarithm of weight is further than this below that of the best. `e^-60` of the
/// liquidity is nothing; what such an hour still gets, it gets to be explored.
pub const LOWEST: Level = -(60 << LEVEL_BITS);

/// `old` moved towards `target` by `rate` millionths of the way. Rounded towards zero.
pub fn blend(old: u128, target: u128, rate: u32) -> u128 {
	let rate = u128::from(rate).min(MILLION);
	let step = |way: u128| mul_div(way, rate, MILLION).map_or(0, |found| found.down);
	match target.checked_sub(old) {
		Some(up) => old.saturating_add(step(up)),
		None => old.saturating_sub(step(old.saturating_sub(target))),
	}
}

/// `rate` millionths as far as `volume` goes of `full`: who trades little teaches little.
pub fn by_volume(rate: u32, volume: Balance, full: Balance) -> u32 {
	if volume >= full {
		return rate;
	}
	let part = mul_div(u128::from(rate), volume, full).map_or(0, |found| found.down);
	u32::try_from(part).unwrap_or(rate)
}

/// The most that a forecast rises to in a day in which `fees` were paid: by `rise` of what they are of
/// the reserve `base`.
///
/// Whoever trades with himself to push a forecast up by a factor of `1 + d` has then paid
/// `ln(1 + d) / rise` of the reserve in fees. Selling into a book that was opened at that price, down to
/// what hours are worth, brings `(d - ln(1 + d)) / (1 + d)` of the reserve more than they are worth; and
/// seven books are open. For `rise` up to a third the one is more than the other, whatever `d` is.
pub fn most(price: Balance, fees: Balance, base: Balance, rise: Permill) -> Balance {
	let more = mul_div(price, rise.mul_floor(fees), base).map_or(0, |found| found.down);
	price.saturating_add(more)
}

/// What an hour's liquidity earned, in millionths: half a million for nothing, more for a profit and
/// less for a loss, nothing or a million for `range` millionths of the liquidity or more.
pub fn gain(base: Balance, end: Balance, range: u32) -> u32 {
	const NEUTRAL: u32 = 500_000;
	if base == 0 || range == 0 {
		return NEUTRAL;
	}
	let part = super::millionths(end.abs_diff(base), base);
	let half = u64::from(part.min(range)).saturating_mul(u64::from(NEUTRAL)) / u64::from(range);
	let half = u32::try_from(half).unwrap_or(NEUTRAL);
	if end >= base {
		NEUTRAL.saturating_add(half)
	} else {
		NEUTRAL.saturating_sub(half)
	}
}

/// Hedge (Freund and Schapire 1997; Cesa-Bianchi and Lugosi: "Prediction, Learning, and Games",
/// section 2.2): each hour's weight is multiplied by `e^(rate * gain)`. Weights are kept as
/// logarithms, that of the best hour 0, so that nothing is lost to rounding but below 2^-56.
///
/// `rate` and the gains are in millionths.
pub fn hedge(logarithms: &mut [Level], gains: &[u32], rate: u32) {
	let mut best = Level::MIN;
	for (logarithm, gain) in logarithms.iter_mut().zip(gains) {
		// Both below 2^32.
		let product = u128::from(rate).saturating_mul(u128::from(*gain));
		let step = (product << LEVEL_BITS) / MILLION / MILLION;
		*logarithm = logarithm.saturating_add(Level::try_from(step).unwrap_or(0));
		best = best.max(*logarithm);
	}
	for logarithm in logarithms.iter_mut() {
		*logarithm = logarithm.saturating_sub(best).max(LOWEST);
	}
}

/// How liquidity is split over the hours, in [`PARTS`]: by weight, but for `explore` millionths, which
/// all hours share alike. Rounded down, so that no more is given than there is.
pub fn split(logarithms: &[Level], explore: u32) -> Vec<u64> {
	let weights: Vec<u128> = logarithms
		.iter()
		.map(|logarithm| {
			let below = logarithm.min(&0).unsigned_abs();
			let (whole, rest) = (below >> LEVEL_BITS, below << (64 - LEVEL_BITS));
			let [_, fraction, one, _] =
				exp_neg(Fixed::from_parts([0, rest, whole, 0])).down.to_parts();
			// At most one, in units of 2^-56.
			u128::from(one << LEVEL_BITS) | u128::from(fraction >> (64 - LEVEL_BITS))
		})
		.collect();
	// At most a thousand hours of weights below 2^57.
	let all = weights.iter().fold(0u128, |sum, weight| sum.saturating_add(*weight)).max(1);
	let explore = u128::from(explore).min(MILLION);
	let hours = u128::try_from(logarithms.len().max(1)).unwrap_or(1);
	let parts = u128::from(PARTS);
	let alike = parts.saturating_mul(explore) / MILLION / hours;
	let earned = parts.saturating_mul(MILLION.saturating_sub(explore));
	let part = |weight: u128| {
		// Below 2^57 * 2^60.
		let earned = weight.saturating_mul(earned) / all / MILLION;
		u64::try_from(earned.saturating_add(alike)).unwrap_or(0)
	};
	weights.into_iter().map(part).collect()
}
