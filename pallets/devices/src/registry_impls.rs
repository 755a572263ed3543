//! The registry and its indices, and what other pallets see of it.

use frame_support::ensure;
use pogcs_primitives::{
	traits::{DeviceInfo, Devices as DeviceRegistry},
	ClassId, DeviceId,
};
use sp_runtime::DispatchError;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Adds a device under the next id and indexes it.
	pub(crate) fn insert(record: DeviceRecordOf<T>) -> Result<DeviceId, DispatchError> {
		let device = NextDevice::<T>::get();
		let next = device.0.checked_add(1).ok_or(Error::<T>::Exhausted)?;
		ensure!(!Devices::<T>::contains_key(device), Error::<T>::Exhausted);
		NextDevice::<T>::put(DeviceId(next));
		ByKey::<T>::insert(record.key, device);
		ByCell::<T>::insert(record.cell, device);
		ByCommitment::<T>::insert(record.commitment, device);
		Owned::<T>::insert(&record.owner, device, ());
		Devices::<T>::insert(device, record);
		Ok(device)
	}

	/// Removes a device and what indexes it.
	pub(crate) fn remove(device: DeviceId, record: &DeviceRecordOf<T>) {
		ByKey::<T>::remove(record.key);
		ByCell::<T>::remove(record.cell);
		ByCommitment::<T>::remove(record.commitment);
		Owned::<T>::remove(&record.owner, device);
		Devices::<T>::remove(device);
	}
}

impl<T: Config> DeviceRegistry<T::AccountId> for Pallet<T> {
	fn device(id: DeviceId) -> Option<DeviceInfo<T::AccountId>> {
		let record = Devices::<T>::get(id)?;
		let class = Classes::<T>::get(record.class)?;
		Some(DeviceInfo {
			owner: record.owner,
			key: record.key,
			class: record.class,
			cell: record.cell,
			validator: record.validator,
			commitment: record.commitment,
			carbon: class.carbon,
			max_generation: class.max_generation,
			state: record.state,
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
