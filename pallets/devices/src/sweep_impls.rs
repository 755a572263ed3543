//! Noticing certificates that ran out, a bounded step at a time.

use frame_support::weights::WeightMeter;
use pogcs_primitives::{traits::IntervalClock, Interval};

use crate::{pallet::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// Looks through the intervals before the current one until there are none or `meter` is used up.
	pub(crate) fn sweep(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::sweep_look()).is_err() {
			return;
		}
		let now = T::Clock::current();
		let start = SweptUntil::<T>::get();
		let mut at = start;
		while at < now {
			let Some(next) = Self::sweep_step(at, now, meter) else { break };
			at = next;
		}
		if at != start {
			SweptUntil::<T>::put(at);
		}
	}

	/// Notices one certificate that ran out with `at`. The interval to go on with, or `None` if
	/// `meter` is used up.
	pub(crate) fn sweep_step(
		at: Interval,
		now: Interval,
		meter: &mut WeightMeter,
	) -> Option<Interval> {
		meter.try_consume(T::WeightInfo::sweep_step()).ok()?;
		let Some(device) = Expiring::<T>::iter_key_prefix(at).next() else {
			return at.checked_add(1);
		};
		match Self::entry(device) {
			Ok(entry) if Self::is_stale(&entry, now) => Self::catch_up(entry),
			// Not possible; but what cannot be handled must not be met again.
			_ => Expiring::<T>::remove(at, device),
		}
		Some(at)
	}
}
