//! Where a flexible fill lands: water-filling.
//!
//! To buy `d_h` of hour `h` costs `c_h (e^(d_h / D_h) - 1)`, which is convex; so a split of the amount
//! is the cheapest if no hour that something is bought of costs more at the margin than another that
//! has something left (Boyd and Vandenberghe: "Convex Optimization", section 5.5.3). With `l_h` the
//! logarithm of what hour `h` costs at the margin now, its margin is at the level `L` once
//! `(L - l_h) D_h` of it is bought. The level at which the hours add up to the amount is found by
//! passing over the points at which an hour begins or ends to give, in order.

use alloc::vec::Vec;

use super::{Level, LEVEL_BITS, MAX_DEPTH, MAX_FALL};

/// What one hour has for sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vessel {
	/// The logarithm of what the first unit costs, with fees.
	pub level: Level,
	/// How much is bought before the price has risen e-fold.
	pub depth: u64,
	/// How much there is.
	pub stock: u64,
}

/// Whether anything can be bought of an hour, within the numbers that buckets keep to.
fn usable(vessel: &Vessel) -> bool {
	let most = vessel.depth.saturating_mul(MAX_FALL);
	vessel.stock > 0 && vessel.depth <= MAX_DEPTH && vessel.stock <= most
}

/// A point at which an hour begins or ends to give.
struct Turn {
	level: Level,
	depth: u64,
	/// What the hour would have given by its end if levels were exact, less what it has; in units of
	/// 2^-56. `None` where it begins.
	over: Option<u128>,
}

/// How much to take of each hour so that `amount` costs the least. `None` if there is less.
///
/// Nothing is taken, nor left, that is less than `least`, where that can be avoided by taking the
/// difference of another hour; where it cannot, the answer is `None`, too. Such differences, and those
/// of rounding to whole units, are what the fill is off the optimum by.
pub fn fill(vessels: &[Vessel], amount: u64, least: u64) -> Option<Vec<u64>> {
	let all = vessels.iter().filter(|vessel| usable(vessel)).map(|vessel| u128::from(vessel.stock));
	if all.sum::<u128>() < u128::from(amount) {
		return None;
	}
	let mut turns = Vec::with_capacity(vessels.len().saturating_mul(2));
	for vessel in vessels.iter().filter(|vessel| usable(vessel)) {
		let stock = u128::from(vessel.stock).checked_shl(LEVEL_BITS)?;
		let rise = stock.div_ceil(u128::from(vessel.depth));
		let end = vessel.level.checked_add(i64::try_from(rise).ok()?)?;
		let over = rise.checked_mul(u128::from(vessel.depth))?.checked_sub(stock)?;
		turns.push(Turn { level: vessel.level, depth: vessel.depth, over: None });
		turns.push(Turn { level: end, depth: vessel.depth, over: Some(over) });
	}
	turns.sort_unstable_by_key(|turn| turn.level);

	// Everything in units of 2^-56 µGPU-h. With at most 2^10 hours of at most 2^48 depth, levels
	// within 2^63 of each other and stocks below 2^52, all stays below 2^122.
	let wanted = u128::from(amount).checked_shl(LEVEL_BITS)?;
	let mut level = turns.first()?.level;
	let (mut taken, mut slope) = (0u128, 0u128);
	for turn in &turns {
		let rise = u128::try_from(turn.level.checked_sub(level)?).ok()?;
		let next = slope.checked_mul(rise)?.checked_add(taken)?;
		if next >= wanted {
			break;
		}
		(taken, level) = (next, turn.level);
		match turn.over {
			None => slope = slope.checked_add(u128::from(turn.depth))?,
			Some(over) => {
				slope = slope.checked_sub(u128::from(turn.depth))?;
				taken = taken.checked_sub(over)?;
			}
		}
	}
	// Once every hour has given all it has, nothing rises any more.
	let rest = wanted.saturating_sub(taken).checked_div(slope).unwrap_or_default();
	let level = level.checked_add(i64::try_from(rest).ok()?)?;
	let mut taken: Vec<u64> = vessels
		.iter()
		.map(|vessel| match usable(vessel) {
			true => {
				super::reach(level.saturating_sub(vessel.level), vessel.depth).min(vessel.stock)
			}
			false => 0,
		})
		.collect();
	trim(&mut taken, vessels, amount, least);
	let mut missing = amount.checked_sub(taken.iter().sum())?;
	top_up(&mut taken, vessels, least, &mut missing);
	if missing > 0 {
		let mut order: Vec<usize> = (0..vessels.len()).collect();
		order.retain(|at| vessels.get(*at).is_some_and(usable));
		order.sort_by_key(|at| vessels.get(*at).map(|vessel| vessel.level));
		let reached = order.iter().filter(|at| vessels.get(**at).is_some_and(|v| v.level <= level));
		let share = missing.div_ceil(u64::try_from(reached.count().max(1)).ok()?).max(least);
		give(&mut taken, vessels, &order, least, share, &mut missing);
		give(&mut taken, vessels, &order, least, u64::MAX, &mut missing);
	}
	(missing == 0).then_some(taken)
}

/// Takes away what is dust, what leaves any, and what is above `amount` in all: the rounding of levels
/// can add up to that.
fn trim(taken: &mut [u64], vessels: &[Vessel], amount: u64, least: u64) {
	let mut sum = 0u64;
	for (part, vessel) in taken.iter_mut().zip(vessels) {
		*part = clean(*part, vessel.stock, least);
		sum = sum.saturating_add(*part);
	}
	for (part, vessel) in taken.iter_mut().zip(vessels) {
		let Some(excess) = sum.checked_sub(amount).filter(|excess| *excess > 0) else { break };
		let left = clean(part.saturating_sub(excess), vessel.stock, least);
		sum = sum.saturating_sub(part.saturating_sub(left));
		*part = left;
	}
}

/// Shares what is missing among the hours that something is taken of and that have more: the cheapest.
fn top_up(taken: &mut [u64], vessels: &[Vessel], least: u64, missing: &mut u64) {
	let has_more = |part: u64, vessel: &Vessel| part > 0 && part < vessel.stock;
	let open = taken.iter().zip(vessels).filter(|(part, vessel)| has_more(**part, vessel)).count();
	let Ok(open) = u64::try_from(open) else { return };
	let share = missing.div_ceil(open.max(1));
	for (part, vessel) in taken.iter_mut().zip(vessels) {
		if *missing == 0 {
			return;
		}
		if has_more(*part, vessel) {
			add(part, vessel, least, share, missing);
		}
	}
}

/// Gives each hour up to `share` of what is missing, in `order`.
fn give(
	taken: &mut [u64],
	vessels: &[Vessel],
	order: &[usize],
	least: u64,
	share: u64,
	missing: &mut u64,
) {
	for at in order {
		if *missing == 0 {
			return;
		}
		if let (Some(part), Some(vessel)) = (taken.get_mut(*at), vessels.get(*at)) {
			add(part, vessel, least, share, missing);
		}
	}
}

fn add(part: &mut u64, vessel: &Vessel, least: u64, share: u64, missing: &mut u64) {
	let wish = share.min(*missing).saturating_add(*part).min(vessel.stock);
	let more = clean(wish, vessel.stock, least).saturating_sub(*part);
	*part = part.saturating_add(more);
	*missing = missing.saturating_sub(more);
}

/// The most up to `part` that neither is dust nor leaves any.
fn clean(part: u64, stock: u64, least: u64) -> u64 {
	let left = stock.saturating_sub(part);
	let part = if left > 0 && left < least { stock.saturating_sub(least) } else { part };
	if part < least {
		0
	} else {
		part
	}
}
