//! Forgetting shortfalls that are too old, a bounded step at a time.

use frame_support::{traits::Get, weights::WeightMeter};
use pogcs_primitives::{traits::IntervalClock, Interval};

use crate::{pallet::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// The first interval whose entries must stand.
	pub(crate) fn horizon() -> Interval {
		let kept = T::DeliveryLag::get().saturating_add(T::Retention::get());
		T::Clock::current().saturating_sub(kept)
	}

	/// Removes entries from before the horizon until there are none or `meter` is used up.
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

	/// Removes one entry of `at`, or goes on to the next interval once it has no more. `None` if
	/// `meter` is used up.
	pub(crate) fn sweep_step(at: Interval, meter: &mut WeightMeter) -> Option<Interval> {
		meter.try_consume(T::WeightInfo::sweep_step()).ok()?;
		if let Some(class) = Ledger::<T>::iter_key_prefix(at).next() {
			Ledger::<T>::remove(at, class);
			Self::deposit_event(Event::Swept { interval: at, class });
			return Some(at);
		}
		at.checked_add(1)
	}
}
