//! One account that sells what it holds. The price of a µGPU-h of a product rises by one planck with
//! each [`STEP`] that it sold, and falls again with what it buys back.

use codec::Encode;
use frame_support::{
	storage::unhashed,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::Preservation,
	},
};
use pogcs_primitives::{
	traits::{HourClaims, HourFill, HourLedger, HourMarket, IntervalClock, MarketError},
	ClassId, Interval, MicroGpuHours,
};

use super::*;

/// Who buys on the market.
pub const BUYER: u64 = 5;
pub const MARKET: u64 = 98;
/// So many µGPU-h cost the same.
pub const STEP: u64 = 500;

pub struct Market;

fn key(class: ClassId, interval: Interval) -> Vec<u8> {
	(b"book", class, interval).encode()
}

/// The first price of a product, and what was sold of it.
pub fn book(class: ClassId, interval: Interval) -> Option<(u128, u64)> {
	unhashed::get(&key(class, interval))
}

/// Puts hours on the market, at this price for a µGPU-h.
pub fn list(class: ClassId, interval: u32, hours: u64, price: u128) {
	let interval = Interval(interval);
	<Hours as HourClaims<u64>>::mint(class, interval, &MARKET, MicroGpuHours(hours)).unwrap();
	let (_, sold) = book(class, interval).unwrap_or_default();
	unhashed::put(&key(class, interval), &(price, sold));
}

fn stock(class: ClassId, interval: Interval) -> u64 {
	<Hours as HourClaims<u64>>::balance(class, interval, &MARKET).0
}

/// What the µGPU-h from `from` to `to` cost, one after the other.
fn cost(price: u128, from: u64, to: u64) -> u128 {
	let mut at = from;
	let mut sum = 0;
	while at < to {
		let end = ((at / STEP + 1) * STEP).min(to);
		sum += (price + u128::from(at / STEP)) * u128::from(end - at);
		at = end;
	}
	sum
}

/// The price of the next µGPU-h.
fn marginal(class: ClassId, interval: Interval, more: u64) -> Option<u128> {
	let (price, sold) = book(class, interval)?;
	Some(price + u128::from((sold + more) / STEP))
}

fn quote_one(
	class: ClassId,
	interval: Interval,
	amount: MicroGpuHours,
) -> Result<HourFill<u128>, MarketError> {
	if amount.0 == 0 {
		return Err(MarketError::Zero);
	}
	if interval <= World::current() {
		return Err(MarketError::GateClosed);
	}
	if let Some(refusal) = Refuses::get() {
		return Err(refusal);
	}
	let (price, sold) = book(class, interval).ok_or(MarketError::NotOpen)?;
	if stock(class, interval) < amount.0 {
		return Err(MarketError::OutOfStock);
	}
	Ok(HourFill { interval, amount, cost: cost(price, sold, sold + amount.0) })
}

fn range(from: Interval, until: Interval) -> impl Iterator<Item = Interval> {
	(from.0..=until.0).map(Interval)
}

fn take(who: u64, class: ClassId, fill: &HourFill<u128>) -> Result<(), MarketError> {
	let HourFill { interval, amount, cost } = *fill;
	<Balances as Mutate<u64>>::transfer(&who, &MARKET, cost, Preservation::Preserve)
		.map_err(|_| MarketError::Funds)?;
	let to = if Cheats::get() { STRANGER } else { who };
	<Hours as HourLedger<u64>>::transfer(class, interval, &MARKET, &to, amount)
		.map_err(|_| MarketError::Dust)?;
	let (price, sold) = book(class, interval).unwrap();
	unhashed::put(&key(class, interval), &(price, sold + amount.0));
	Ok(())
}

type Fills = Vec<HourFill<u128>>;

impl HourMarket<u64, u128> for Market {
	fn buy_flexible(
		who: &u64,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
		max_cost: u128,
	) -> Result<Fills, MarketError> {
		let (fills, cost) = Self::quote_flexible(class, from, until, amount)?;
		if cost > max_cost {
			return Err(MarketError::Overpriced);
		}
		fills.iter().try_for_each(|fill| take(*who, class, fill))?;
		Ok(fills)
	}

	fn buy_each(
		who: &u64,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount_each: MicroGpuHours,
		max_cost: u128,
	) -> Result<Fills, MarketError> {
		let (fills, cost) = Self::quote_each(class, from, until, amount_each)?;
		if cost > max_cost {
			return Err(MarketError::Overpriced);
		}
		fills.iter().try_for_each(|fill| take(*who, class, fill))?;
		Ok(fills)
	}

	fn sell(
		who: &u64,
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
		min_received: u128,
	) -> Result<u128, MarketError> {
		if interval <= World::current() {
			return Err(MarketError::GateClosed);
		}
		if let Some(refusal) = Refuses::get() {
			return Err(refusal);
		}
		let (price, sold) = book(class, interval).ok_or(MarketError::NotOpen)?;
		let before = sold.checked_sub(amount.0).ok_or(MarketError::Saturated)?;
		let received = cost(price, before, sold);
		if received < min_received {
			return Err(MarketError::Underpriced);
		}
		let left = Balances::balance(&MARKET);
		assert!(left > received, "what was paid in is there");
		<Balances as Mutate<u64>>::transfer(&MARKET, who, received, Preservation::Preserve)
			.map_err(|_| MarketError::Funds)?;
		<Hours as HourLedger<u64>>::transfer(class, interval, who, &MARKET, amount)
			.map_err(|_| MarketError::Claims)?;
		unhashed::put(&key(class, interval), &(price, before));
		Ok(received)
	}

	/// Where the next hours cost least, step by step; in pieces that fit no chunk.
	fn quote_flexible(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<(Fills, u128), MarketError> {
		if from > until {
			return Err(MarketError::BadRange);
		}
		let piece = 130;
		let mut left = amount.0;
		let mut fills = Fills::new();
		while left > 0 {
			let taken = |interval| {
				fills.iter().find(|fill| fill.interval == interval).map_or(0, |fill| fill.amount.0)
			};
			let (_, interval) = range(from, until)
				.filter(|interval| *interval > World::current())
				.filter(|interval| stock(class, *interval) > taken(*interval))
				.filter_map(|interval| {
					Some((marginal(class, interval, taken(interval))?, interval))
				})
				.min()
				.ok_or(MarketError::OutOfStock)?;
			let part = left.min(piece).min(stock(class, interval) - taken(interval));
			left -= part;
			match fills.iter_mut().find(|fill| fill.interval == interval) {
				Some(fill) => fill.amount.0 += part,
				None => fills.push(HourFill { interval, amount: MicroGpuHours(part), cost: 0 }),
			}
		}
		fills.sort_by_key(|fill| fill.interval);
		for fill in &mut fills {
			fill.cost = quote_one(class, fill.interval, fill.amount)?.cost;
		}
		let cost = fills.iter().map(|fill| fill.cost).sum();
		Ok((fills, cost))
	}

	fn quote_each(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount_each: MicroGpuHours,
	) -> Result<(Fills, u128), MarketError> {
		if from > until {
			return Err(MarketError::BadRange);
		}
		let fills = range(from, until)
			.map(|interval| quote_one(class, interval, amount_each))
			.collect::<Result<Fills, _>>()?;
		let cost = fills.iter().map(|fill| fill.cost).sum();
		Ok((fills, cost))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) {
		for interval in range(from, until) {
			list(class, interval.0, amount.0, 1);
		}
	}
}
