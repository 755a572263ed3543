//! What the oracle says.

use alloc::vec::Vec;
use pogcs_primitives::{
	grid::{ElectricityPrice, FeedId, Quantity, Reading},
	traits::{GridOracle, GridPrices, IntervalClock},
	units::{GramsPerKwh, MicrosPerKwh},
	Interval, ZoneId,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// The value of an interval that is over: its own, or the last one before it that is not stale.
	///
	/// It is the same whether the round was settled or not, and so at whatever time it is asked for
	/// after the interval.
	pub(crate) fn value_of(feed: FeedId, interval: Interval) -> Option<Accepted> {
		if interval >= T::Clock::current() {
			return None;
		}
		let record = Feeds::<T>::get(feed)?;
		let staleness = record.policy.staleness;
		let pending = Self::closed_round(feed, &record).and_then(|(_, outcome)| outcome.value());
		let mut newest = [pending, record.last].into_iter().flatten();
		if let Some(value) = newest.find(|value| value.interval <= interval) {
			return (interval.since(value.interval) <= staleness).then_some(value);
		}
		(0..=staleness).find_map(|back| {
			let at = interval.checked_sub(back)?;
			History::<T>::get(feed, Self::slot(at)).filter(|value| value.interval == at)
		})
	}

	pub(crate) fn answer(zone: ZoneId, quantity: Quantity, interval: Interval) -> Option<Answer> {
		let value = Self::value_of(FeedId { zone, quantity }, interval)?;
		let currency = Zones::<T>::get(zone)?.currency;
		let Accepted { interval, level, submissions, agreeing } = value;
		let reading = level.reading(quantity);
		Some(Answer { reading, currency, interval, submissions, agreeing })
	}

	/// What was submitted of the interval that runs.
	pub(crate) fn running(feed: FeedId) -> Vec<(T::AccountId, Reading)> {
		let round = Rounds::<T>::get(T::Clock::current(), feed).into_iter();
		round
			.map(|submission| (submission.feeder, submission.level.reading(feed.quantity)))
			.collect()
	}

	/// The feeds that wait for a feeder's submission of the interval that runs.
	pub(crate) fn due_of(who: &T::AccountId) -> Vec<FeedId> {
		let Some(feeder) = Feeders::<T>::get(who) else { return Vec::new() };
		let now = T::Clock::current();
		let waits = |feed: &FeedId| {
			// Any value within bounds shows whether one would be taken.
			Feeds::<T>::get(feed).is_some_and(|record| {
				let reading = record.policy.least.reading(feed.quantity);
				Self::check(who, feed.zone, now, reading).is_ok()
			})
		};
		feeder.feeds.into_iter().filter(waits).collect()
	}
}

impl<T: Config> GridOracle for Pallet<T> {
	fn carbon(zone: ZoneId, interval: Interval) -> Option<GramsPerKwh> {
		let feed = FeedId { zone, quantity: Quantity::Carbon };
		Self::value_of(feed, interval).map(|value| value.level.carbon())
	}

	/// The interval must be over when it is read.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(zone: ZoneId, interval: Interval, carbon: GramsPerKwh) {
		let feed = FeedId { zone, quantity: Quantity::Carbon };
		let level = Level::of(Reading::Carbon(carbon));
		let policy = Policy {
			least: Level(0),
			most: Level(u32::MAX.into()),
			max_step: Distance(u64::MAX),
			tolerance: Distance(0),
			quorum: 1,
			jump_quorum: 1,
			staleness: 0,
		};
		let value = Accepted { interval, level, submissions: 1, agreeing: 1 };
		History::<T>::insert(feed, Self::slot(interval), value);
		Feeds::<T>::insert(feed, FeedRecord { policy, seats: 0, open: None, last: Some(value) });
	}
}

impl<T: Config> GridPrices for Pallet<T> {
	fn price(zone: ZoneId, interval: Interval) -> Option<ElectricityPrice> {
		let feed = FeedId { zone, quantity: Quantity::Price };
		let value = Self::value_of(feed, interval)?;
		let currency = Zones::<T>::get(zone)?.currency;
		Some(ElectricityPrice { amount: MicrosPerKwh(value.level.0), currency })
	}
}
