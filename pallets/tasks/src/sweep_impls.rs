//! Forgetting what was asked for long ago, a bounded step at a time.

use frame_support::{traits::Get, weights::WeightMeter};
use pogcs_primitives::{traits::IntervalClock, Interval};

use crate::{pallet::*, WeightInfo};

/// The most steps in a block, however much of it is free.
pub(crate) const SWEEP_STEPS: u32 = 64;

impl<T: Config> Pallet<T> {
	/// The first interval whose entries must stand.
	pub(crate) fn horizon() -> Interval {
		T::Clock::current().saturating_sub(T::RefundTime::get())
	}

	/// Removes entries from before the horizon: [`SWEEP_STEPS`] at most, and until `meter` is used up.
	pub(crate) fn sweep(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::sweep_look()).is_err() {
			return;
		}
		let horizon = Self::horizon();
		let start = AskedSince::<T>::get();
		let mut at = start;
		for _ in 0..SWEEP_STEPS {
			if at >= horizon {
				break;
			}
			let Some(next) = Self::sweep_step(at, meter) else { break };
			at = next;
		}
		if at != start {
			AskedSince::<T>::put(at);
		}
	}

	/// Removes one entry of `at`, or goes on to the next interval once it has no more. `None` if
	/// `meter` is used up.
	pub(crate) fn sweep_step(at: Interval, meter: &mut WeightMeter) -> Option<Interval> {
		meter.try_consume(T::WeightInfo::sweep_step()).ok()?;
		if let Some(class) = Asked::<T>::iter_key_prefix(at).next() {
			Asked::<T>::remove(at, class);
			return Some(at);
		}
		at.checked_add(1)
	}
}
