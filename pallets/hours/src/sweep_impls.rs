//! Removing what has expired, a bounded step at a time.

use frame_support::{traits::Get, weights::WeightMeter};
use pogcs_primitives::{
	traits::{ClaimTotals, IntervalClock},
	Interval, MicroGpuHours,
};

use crate::{pallet::*, types::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// The first interval whose holdings must stand.
	pub(crate) fn holdings_horizon() -> Interval {
		T::Clock::current().saturating_sub(T::Grace::get())
	}

	/// The first interval whose holdings are not swept yet if all that is due has been: a span goes when
	/// the last of it may.
	pub(crate) fn sweep_horizon() -> Interval {
		begin_of(Self::holdings_horizon())
	}

	/// The first interval whose totals must stand.
	pub(crate) fn totals_horizon() -> Interval {
		Self::holdings_horizon().saturating_sub(T::TotalsKept::get())
	}

	/// Removes holdings and then totals that are old enough, until there are none or `meter` is
	/// used up. How many steps that took.
	pub(crate) fn sweep_due(meter: &mut WeightMeter) -> u32 {
		if meter.try_consume(T::WeightInfo::sweep_look()).is_err() {
			return 0;
		}
		let mut steps = 0u32;
		let mut run = |start: Interval, end: Interval, step: fn(Interval) -> Option<Interval>| {
			let mut at = start;
			while at < end && meter.try_consume(T::WeightInfo::sweep_step()).is_ok() {
				// An interval without a successor has never ended.
				let Some(next) = step(at) else { break };
				at = next;
				steps = steps.saturating_add(1);
			}
			at
		};
		let start = SweptUntil::<T>::get();
		let swept = run(start, Self::sweep_horizon(), Self::sweep_span);
		if swept != start {
			SweptUntil::<T>::put(swept);
		}
		// What expires is counted in the totals, so they go last.
		let start = ClosedUntil::<T>::get();
		let closed = run(start, Self::totals_horizon().min(swept), Self::sweep_totals);
		if closed != start {
			ClosedUntil::<T>::put(closed);
		}
		steps
	}

	/// Removes what one account holds of one class in the span that begins with `at`. The interval to go
	/// on with.
	pub(crate) fn sweep_span(at: Interval) -> Option<Interval> {
		let (span, _) = place_of(at);
		let Some(((who, class), holdings)) = Holdings::<T>::iter_prefix((span,)).next() else {
			return at.checked_add(SPAN);
		};
		Holdings::<T>::remove((span, &who, class));
		for (place, holding) in holdings {
			let (interval, amount) = (interval_at(span, place), holding.held());
			Products::<T>::mutate(interval, class, |totals| {
				// Never more than was made, so this does not reach the largest value.
				totals.expired = totals.expired.saturating_add(amount);
			});
			let who = who.clone();
			Self::deposit_event(Event::Expired { class, interval, who, amount });
		}
		Some(at)
	}

	/// Removes the totals of one product of `at`. The interval to go on with.
	pub(crate) fn sweep_totals(at: Interval) -> Option<Interval> {
		let Some((class, totals)) = Products::<T>::iter_prefix(at).next() else {
			return at.checked_add(1);
		};
		Products::<T>::remove(at, class);
		ClosedTotals::<T>::mutate(class, |all| {
			// Past 2^64 µGPU-h of all time the sums stand still; no money hangs on them.
			*all = sum(all, &totals).unwrap_or(*all);
		});
		Self::deposit_event(Event::ProductClosed { class, interval: at, totals });
		Some(at)
	}
}

/// The sum, or `None` if any part of it overflows.
fn sum(one: &ClaimTotals, other: &ClaimTotals) -> Option<ClaimTotals> {
	let add = |one: MicroGpuHours, other: MicroGpuHours| one.checked_add(other);
	Some(ClaimTotals {
		minted: add(one.minted, other.minted)?,
		redeemed: add(one.redeemed, other.redeemed)?,
		burnt: add(one.burnt, other.burnt)?,
		expired: add(one.expired, other.expired)?,
	})
}
