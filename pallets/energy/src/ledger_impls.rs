//! The ledger: records, their sums, and what other pallets may do with them.

use frame_support::ensure;
use pogcs_primitives::{
	records::EnergyRecord,
	traits::{Energy, EnergyError, IntervalEnergy},
	DeviceId, Interval, MilliWattHours,
};
use sp_runtime::{ArithmeticError, DispatchError};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Adds a record, its index and its sums.
	pub(crate) fn insert(
		device: DeviceId,
		interval: Interval,
		record: EnergyRecord,
	) -> Result<(), DispatchError> {
		let one = Totals {
			reports: 1,
			generation: record.generation,
			compute_draw: record.compute_draw,
			green: Self::green(&record),
			retired: MilliWattHours::ZERO,
		};
		let totals = IntervalTotals::<T>::get(interval)
			.checked_add(&one)
			.ok_or(ArithmeticError::Overflow)?;
		IntervalTotals::<T>::insert(interval, totals);
		Reporters::<T>::insert(interval, device, ());
		Reports::<T>::insert(device, interval, record);
		Ok(())
	}
}

impl<T: Config> Energy for Pallet<T> {
	fn interval(device: DeviceId, interval: Interval) -> Option<IntervalEnergy> {
		let EnergyRecord { generation, compute_draw, root, available } =
			Reports::<T>::get(device, interval)?;
		Some(IntervalEnergy { generation, compute_draw, root, available })
	}

	fn draw_down(
		device: DeviceId,
		interval: Interval,
		amount: MilliWattHours,
	) -> Result<(), EnergyError> {
		let mut record = Reports::<T>::get(device, interval).ok_or(EnergyError::NotReported)?;
		let mut totals = IntervalTotals::<T>::get(interval);
		let left = record.available.checked_sub(amount).ok_or(EnergyError::Insufficient)?;
		// Never more in sum than is green in sum, so this cannot fail where the line above did not.
		let retired = totals.retired.checked_add(amount).ok_or(EnergyError::Insufficient)?;
		ensure!(retired <= totals.green, EnergyError::Insufficient);
		record.available = left;
		totals.retired = retired;
		Reports::<T>::insert(device, interval, record);
		IntervalTotals::<T>::insert(interval, totals);
		Self::deposit_event(Event::Retired { device, interval, amount, left });
		Ok(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		device: DeviceId,
		interval: Interval,
		generation: MilliWattHours,
		compute_draw: MilliWattHours,
		root: pogcs_primitives::Commitment,
	) {
		let available = generation.min(compute_draw);
		let record = EnergyRecord { generation, compute_draw, root, available };
		Self::insert(device, interval, record).expect("a benchmark reports little");
	}
}
