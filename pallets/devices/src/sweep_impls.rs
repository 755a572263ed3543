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
		while at < now && Self::sweep_interval(at, now, meter) {
			let Some(next) = at.checked_add(1) else { break };
			at = next;
		}
		if at != start {
			SweptUntil::<T>::put(at);
		}
	}

	/// Notices the certificates that ran out with `at`: whether `meter` was enough for all of them.
	pub(crate) fn sweep_interval(at: Interval, now: Interval, meter: &mut WeightMeter) -> bool {
		// One iterator for all of them: one begun anew passes over all that this block removed, which
		// makes the work of a block grow with the square of their number.
		let mut devices = Expiring::<T>::iter_key_prefix(at);
		while meter.try_consume(T::WeightInfo::sweep_step()).is_ok() {
			let Some(device) = devices.next() else { return true };
			match Self::entry(device) {
				Ok(entry) if Self::is_stale(&entry, now) => Self::catch_up(entry),
				// Not possible; but what cannot be handled must not be met again.
				_ => Expiring::<T>::remove(at, device),
			}
		}
		false
	}
}
