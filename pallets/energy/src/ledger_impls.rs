//! The ledger: records, their sums, and what other pallets may do with them.

use frame_support::ensure;
use pogcs_primitives::{
	records::EnergyRecord,
	traits::{Energy, EnergyError, IntervalEnergy},
	DeviceId, Interval, MilliWattHours,
};
use sp_runtime::DispatchError;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Adds a record, its index, what of it is the owner's, and its sums.
	pub(crate) fn insert(
		device: DeviceId,
		interval: Interval,
		record: EnergyRecord,
		surplus: Surplus,
		sums: &Totals,
	) -> Result<(), DispatchError> {
		let totals =
			IntervalTotals::<T>::get(interval).checked_add(sums).ok_or(Error::<T>::Overflow)?;
		IntervalTotals::<T>::insert(interval, totals);
		Reporters::<T>::insert(interval, device, ());
		Reports::<T>::insert(device, interval, record);
		Self::put_surplus(device, interval, surplus);
		Ok(())
	}

	/// Notes what of an interval is the owner's; nothing is not noted.
	pub(crate) fn put_surplus(device: DeviceId, interval: Interval, surplus: Surplus) {
		if surplus.is_empty() {
			Surpluses::<T>::remove(device, interval);
		} else {
			Surpluses::<T>::insert(device, interval, surplus);
		}
	}

	/// What of the green energy that proofs have not used came out of the battery. Proofs use what
	/// came from the panel first.
	pub(crate) fn stored_part(record: &EnergyRecord) -> MilliWattHours {
		let direct = record.generation.min(record.compute_draw).min(record.green_draw);
		record.green_draw.checked_sub(direct).unwrap_or_default().min(record.available)
	}
}

impl<T: Config> Energy for Pallet<T> {
	fn interval(device: DeviceId, interval: Interval) -> Option<IntervalEnergy> {
		let EnergyRecord {
			green_supply, green_draw, root, available, compute_draw, carbon, ..
		} = Reports::<T>::get(device, interval)?;
		Some(IntervalEnergy { green_supply, green_draw, root, available, compute_draw, carbon })
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
		green_supply: MilliWattHours,
		green_draw: MilliWattHours,
		root: pogcs_primitives::Commitment,
	) {
		// As from a panel; a grid would have more.
		let carbon = pogcs_primitives::units::GramsPerKwh(40).of(green_draw);
		let record = EnergyRecord {
			generation: green_supply,
			compute_draw: green_draw,
			green_supply,
			green_draw,
			root,
			available: green_draw,
			carbon,
			cell: Default::default(),
		};
		let production = green_supply.checked_sub(green_draw).unwrap_or_default();
		let sums = Totals {
			reports: 1,
			generation: green_supply,
			compute_draw: green_draw,
			green: green_draw,
			surplus: production,
			carbon,
			..Totals::default()
		};
		let surplus = Surplus { production, ..Surplus::default() };
		Self::insert(device, interval, record, surplus, &sums).expect("a benchmark reports little");
	}
}
