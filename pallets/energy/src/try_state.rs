//! What must hold between any two calls.

use alloc::collections::BTreeMap;
use frame_support::ensure;
use pogcs_primitives::{traits::IntervalClock, Interval, MilliWattHours};
use sp_runtime::TryRuntimeError;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the ledger.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let swept = SweptUntil::<T>::get();
		let mut sums = BTreeMap::<Interval, (Totals, MilliWattHours)>::new();
		for (device, interval, record) in Reports::<T>::iter() {
			ensure!(Reporters::<T>::contains_key(interval, device), "a report is not indexed");
			ensure!(interval >= swept, "a report outlived its sweep");
			ensure!(interval < T::Clock::current(), "a report of an interval that has not ended");
			ensure!(record.root.is_canonical(), "a root is not canonical");
			let green = Self::green(&record);
			ensure!(record.available <= green, "more green energy is left than was metered");
			let (sum, available) = sums.entry(interval).or_default();
			let one = Totals {
				reports: 1,
				generation: record.generation,
				compute_draw: record.compute_draw,
				green,
				retired: green.checked_sub(record.available).unwrap_or_default(),
			};
			*sum = sum.checked_add(&one).ok_or("the sums of an interval overflow")?;
			*available = available.saturating_add(record.available);
		}
		ensure!(
			Reporters::<T>::iter().count() == Reports::<T>::iter().count(),
			"a report is indexed that does not stand"
		);
		for (interval, totals) in IntervalTotals::<T>::iter() {
			ensure!(totals.retired <= totals.green, "more was retired than was green");
			ensure!(totals.green <= totals.generation, "more was green than was generated");
			let (sum, available) = sums.remove(&interval).unwrap_or_default();
			// A sweep may have removed part of this one; its totals stay until it is done.
			if interval > swept || (interval == swept && swept >= Self::horizon()) {
				ensure!(sum == totals, "the sums of an interval are not those of its reports");
				ensure!(
					available.checked_add(totals.retired) == Some(totals.green),
					"what is left and what was retired are not what was green"
				);
			}
		}
		ensure!(sums.is_empty(), "reports have no sums");
		Ok(())
	}
}
