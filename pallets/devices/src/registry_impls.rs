//! The registry and its indices, and what other pallets see of it.

use pogcs_primitives::{
	records::{ClassRecord, DeviceState},
	traits::{DeviceClasses, DeviceInfo, Devices as DeviceRegistry, IntervalClock},
	wire::ChainId,
	ClassId, DeviceId, Interval,
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// The genesis hash, which never leaves storage.
	pub(crate) fn chain_id() -> ChainId {
		frame_system::Pallet::<T>::block_hash(
			frame_system::pallet_prelude::BlockNumberFor::<T>::zero(),
		)
		.into()
	}

	/// `intervals` after `from`.
	pub(crate) fn after(from: Interval, intervals: u32) -> Result<Interval, Error<T>> {
		from.checked_add(intervals).ok_or(Error::<T>::Overflow)
	}

	/// Adds a device under the next id and indexes it.
	pub(crate) fn insert(
		record: DeviceRecordOf<T>,
		standing: Standing,
	) -> Result<DeviceId, DispatchError> {
		let device = NextDevice::<T>::get();
		let next = device.0.checked_add(1).ok_or(Error::<T>::Exhausted)?;
		NextDevice::<T>::put(DeviceId(next));
		ByKey::<T>::insert(record.key, device);
		ByCommitment::<T>::insert(record.commitment, device);
		Owned::<T>::insert(&record.owner, device, ());
		Self::claim(device, record.cell)?;
		if let Some(until) = record.certified_until {
			Expiring::<T>::insert(until, device, ());
		}
		Standings::<T>::insert(device, standing);
		Devices::<T>::insert(device, record);
		Ok(device)
	}

	/// Removes a device and everything that hangs on it, except money.
	pub(crate) fn remove(entry: &Entry<T>) -> DispatchResult {
		let Entry { id, record, .. } = entry;
		ByKey::<T>::remove(record.key);
		ByCommitment::<T>::remove(record.commitment);
		Owned::<T>::remove(&record.owner, id);
		Self::unclaim(record.cell);
		if let Some(until) = record.certified_until {
			Expiring::<T>::remove(until, id);
		}
		Self::forget_overruled(record)?;
		Suspensions::<T>::remove(id);
		Rescues::<T>::remove(id);
		Offers::<T>::remove(id);
		Challenges::<T>::remove(id);
		Maintenances::<T>::remove(id);
		Standings::<T>::remove(id);
		Devices::<T>::remove(id);
		Ok(())
	}

	/// The state as others see it.
	pub(crate) fn seen_state(record: &DeviceRecordOf<T>) -> DeviceState {
		if Self::has_run_out(record, T::Clock::current()) {
			DeviceState::Suspended
		} else {
			record.state
		}
	}
}

impl<T: Config> DeviceRegistry<T::AccountId> for Pallet<T> {
	fn device(id: DeviceId) -> Option<DeviceInfo<T::AccountId>> {
		let record = Devices::<T>::get(id)?;
		let class = Classes::<T>::get(record.class)?;
		let state = Self::seen_state(&record);
		Some(DeviceInfo {
			owner: record.owner,
			manager: record.manager,
			key: record.key,
			class: record.class,
			cell: record.cell,
			validator: record.validator,
			commitment: record.commitment,
			record: class,
			state,
			since: record.since,
		})
	}

	fn has_class(class: ClassId) -> bool {
		Classes::<T>::contains_key(class)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		owner: &T::AccountId,
		key: pogcs_primitives::wire::PublicKey,
		commitment: pogcs_primitives::Commitment,
	) -> DeviceId {
		crate::benchmarking::create::<T>(owner, key, commitment)
	}
}

impl<T: Config> DeviceClasses for Pallet<T> {
	fn class(class: ClassId) -> Option<ClassRecord> {
		Classes::<T>::get(class)
	}
}
