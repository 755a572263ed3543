//! Removing what is too old, a bounded step at a time.

use frame_support::{traits::Get, weights::WeightMeter};
use pogcs_primitives::{traits::IntervalClock, DeviceId, Interval};

use crate::{pallet::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// The first interval whose reports must stand.
	pub(crate) fn horizon() -> Interval {
		T::Clock::current().saturating_sub(T::Retention::get())
	}

	/// Removes records from before the horizon until there are none or `meter` is used up.
	pub(crate) fn sweep(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::sweep_look()).is_err() {
			return;
		}
		let horizon = Self::horizon();
		let start = SweptUntil::<T>::get();
		let mut at = start;
		while at < horizon {
			let Some(next) = Self::sweep_step(at, meter) else { break };
			at = next;
		}
		if at != start {
			SweptUntil::<T>::put(at);
		}
	}

	/// Removes one record of `at`, or its sums once it has no more. The interval to go on with, or
	/// `None` if `meter` is used up.
	pub(crate) fn sweep_step(at: Interval, meter: &mut WeightMeter) -> Option<Interval> {
		meter.try_consume(T::WeightInfo::sweep_step()).ok()?;
		if let Some(device) = Reporters::<T>::iter_key_prefix(at).next() {
			Self::forget(device, at);
			return Some(at);
		}
		if let Ok(totals) = IntervalTotals::<T>::try_get(at) {
			IntervalTotals::<T>::remove(at);
			SweptTotals::<T>::mutate(|all| {
				// Past 2^64 mWh of all time the sums stand still; no money hangs on them.
				*all = all.checked_add(&totals).unwrap_or(*all);
			});
			Self::deposit_event(Event::Swept { interval: at, totals });
		}
		at.checked_add(1)
	}

	fn forget(device: DeviceId, interval: Interval) {
		Reporters::<T>::remove(interval, device);
		Reports::<T>::remove(device, interval);
	}
}
