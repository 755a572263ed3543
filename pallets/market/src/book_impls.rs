//! A book between trades: what a new block and a new interval change in it.

use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{traits::IntervalClock, ClassId, Interval};

use crate::{math, pallet::*, types::*};

/// How much of the volatility that was known is forgotten in an interval, in millionths.
const FORGET: u32 = 250_000;

/// After so many quiet intervals nothing is left of it: 0.75^64 is less than a millionth.
const FORGOTTEN: u32 = 64;

impl<T: Config> Pallet<T> {
	/// The day of an interval.
	pub(crate) fn day_of(interval: Interval) -> Day {
		Day(interval.0.checked_div(T::IntervalsPerDay::get()).unwrap_or_default())
	}

	/// The first interval of a day.
	pub(crate) fn first_of(day: Day) -> Interval {
		Interval(day.0.saturating_mul(T::IntervalsPerDay::get()))
	}

	/// The first interval after a day.
	pub(crate) fn end_of(day: Day) -> Interval {
		Self::first_of(Day(day.0.saturating_add(1)))
	}

	/// A book as it is used in this block.
	pub(crate) fn book_now(class: ClassId, day: Day) -> Option<Book<T>> {
		let mut book = Books::<T>::get(class, day)?;
		book.touch(frame_system::Pallet::<T>::block_number(), T::Clock::current());
		Some(book)
	}

	/// The fee of a book and how far it lifts what buyers pay.
	pub(crate) fn set_fee(head: &mut Head<BlockNumberFor<T>>) {
		let more = u128::from(head.fee_slope).saturating_mul(u128::from(head.volatility));
		let more = u32::try_from(more / math::MILLION).unwrap_or(u32::MAX);
		head.fee = head.base_fee.saturating_add(more).min(head.max_fee);
		head.lift = math::lift(head.fee).unwrap_or_default();
	}
}

impl<T: Config> Book<T> {
	/// Takes note of the block and the interval, before anything is traded in them.
	///
	/// In a new block the reserves are what they were when the last one ended, which is the oracle's
	/// price and what volatility is measured by: within a block nobody moves either. In a new interval
	/// the fee follows the volatility of the last one, and the circuit breaker is set anew.
	pub(crate) fn touch(&mut self, block: BlockNumberFor<T>, interval: Interval) {
		if self.head.block != block {
			let mut moved: Balance = 0;
			for bucket in &mut self.buckets {
				moved = moved.saturating_add(bucket.y.abs_diff(bucket.before));
				bucket.before = bucket.y;
			}
			let moved = math::millionths(moved, self.head.total);
			self.head.moved = self.head.moved.saturating_add(moved);
			self.head.block = block;
		}
		let passed = interval.since(self.head.interval);
		if passed > 0 {
			let blend = |old: u32, seen: u32| {
				let new = math::learning::blend(u128::from(old), u128::from(seen), FORGET);
				u32::try_from(new).unwrap_or(old)
			};
			self.head.volatility = blend(self.head.volatility, self.head.moved);
			// Nothing moved in the intervals since.
			for _ in 1..passed.min(FORGOTTEN) {
				self.head.volatility = blend(self.head.volatility, 0);
			}
			if passed >= FORGOTTEN {
				self.head.volatility = 0;
			}
			self.head.moved = 0;
			self.head.interval = interval;
			self.head.floor = self.head.total.saturating_sub(self.head.outflow);
			Pallet::<T>::set_fee(&mut self.head);
		}
	}
}
