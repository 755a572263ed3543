//! What the registry tells those who take a device at its word.

use pogcs_primitives::{traits::Benchmarks, DeviceId, Interval};

use crate::pallet::*;

impl<T: Config> Benchmarks for Pallet<T> {
	/// Only while it counts: a device that has to prove its throughput again, because its key was
	/// changed or the committee demanded it, has not.
	fn last_passed(device: DeviceId) -> Option<Interval> {
		Standings::<T>::get(device)?.benched
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(device: DeviceId, interval: Interval) {
		if let Ok(mut entry) = Self::entry(device) {
			entry.standing.benched = Some(interval);
			Challenges::<T>::remove(device);
			Self::settle(entry, pogcs_primitives::records::StateReason::BenchmarkPassed);
		}
	}
}
