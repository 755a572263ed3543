//! Removing what is too old, a bounded step at a time.

use frame_support::{traits::Get, weights::WeightMeter};
use pogcs_primitives::{traits::IntervalClock, Interval};

use crate::{pallet::*, types::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// The first interval whose reports must stand.
	pub(crate) fn horizon() -> Interval {
		T::Clock::current().saturating_sub(T::Retention::get())
	}

	/// Voids and removes batches, then removes records from before the horizon, until there are none
	/// or `meter` is used up.
	pub(crate) fn sweep(meter: &mut WeightMeter) {
		Self::sweep_batches(meter);
		if meter.try_consume(T::WeightInfo::sweep_look()).is_err() {
			return;
		}
		let horizon = Self::horizon();
		let start = SweptUntil::<T>::get();
		let mut at = start;
		while at < horizon && Self::sweep_interval(at, meter) {
			let Some(next) = at.checked_add(1) else { break };
			at = next;
		}
		if at != start {
			SweptUntil::<T>::put(at);
		}
	}

	/// Removes the records of `at` and then its sums. Whether all are gone: if not, `meter` is used up.
	pub(crate) fn sweep_interval(at: Interval, meter: &mut WeightMeter) -> bool {
		// One walk for all of them. A walk that began anew for each would pass by every key that was
		// removed in this block before it found one that was not.
		let mut reporters = Reporters::<T>::drain_prefix(at);
		loop {
			if meter.try_consume(T::WeightInfo::sweep_step()).is_err() {
				return false;
			}
			let Some((device, ())) = reporters.next() else { break };
			Reports::<T>::remove(device, at);
			Surpluses::<T>::remove(device, at);
		}
		if let Ok(totals) = IntervalTotals::<T>::try_get(at) {
			IntervalTotals::<T>::remove(at);
			SweptTotals::<T>::mutate(|all| {
				// Past 2^64 mWh of all time, nine years of all the panels on earth, the sums stand
				// still; no money hangs on them.
				*all = all.checked_add(&totals).unwrap_or(*all);
			});
			Self::deposit_event(Event::Swept { interval: at, totals });
		}
		true
	}

	/// Voids batches that were not shown in time, and removes those whose interval is too old. Batches
	/// are numbered in the order in which both fall due, so each list has one end to look at.
	pub(crate) fn sweep_batches(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::sweep_look()).is_err() {
			return;
		}
		let (next, horizon) = (NextBatch::<T>::get(), Self::horizon());
		let start = FirstPending::<T>::get();
		let pending = Self::walk(start, next, meter, |id, batch| {
			if batch.state == BatchState::Sound {
				return true;
			}
			let void = Self::is_void(&batch);
			if void {
				Self::void(id, batch);
			}
			void
		});
		if pending != start {
			FirstPending::<T>::put(pending);
		}
		let start = FirstBatch::<T>::get();
		let first = Self::walk(start, pending, meter, |id, batch| {
			let old = batch.interval < horizon;
			if old {
				Batches::<T>::remove(id);
			}
			old
		});
		if first != start {
			FirstBatch::<T>::put(first);
		}
	}

	/// Goes through the batches from `at` to before `end` while `done` says that one is dealt with and
	/// `meter` lasts. Where it stopped.
	fn walk(
		mut at: u64,
		end: u64,
		meter: &mut WeightMeter,
		done: impl Fn(u64, BatchOf<T>) -> bool,
	) -> u64 {
		while at < end && meter.try_consume(T::WeightInfo::sweep_batch()).is_ok() {
			if Batches::<T>::get(at).is_some_and(|batch| !done(at, batch)) {
				break;
			}
			at = at.saturating_add(1);
		}
		at
	}
}
