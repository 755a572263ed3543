//! What must hold between any two calls.

use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use pogcs_primitives::records::DeviceState;
use sp_runtime::{traits::Saturating, TryRuntimeError};

use crate::{is_finest, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the registry.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut held = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		let mut count = 0usize;
		for (device, record) in Devices::<T>::iter() {
			count = count.saturating_add(1);
			ensure!(device < NextDevice::<T>::get(), "a device has an id not given out yet");
			ensure!(ByKey::<T>::get(record.key) == Some(device), "a key is not indexed");
			ensure!(ByCell::<T>::get(record.cell) == Some(device), "a cell is not indexed");
			ensure!(
				ByCommitment::<T>::get(record.commitment) == Some(device),
				"a commitment is not indexed"
			);
			ensure!(Owned::<T>::contains_key(&record.owner, device), "an owner is not indexed");
			ensure!(Classes::<T>::contains_key(record.class), "a device has no class");
			ensure!(Makers::<T>::contains_key(record.maker), "a device has no maker");
			ensure!(is_finest(record.cell), "a device stands in no cell");
			ensure!(record.commitment.is_canonical(), "a commitment is not canonical");
			let sum = held.entry(record.owner).or_default();
			*sum = sum.saturating_add(record.deposit);
		}
		ensure!(ByKey::<T>::iter().count() == count, "a key is indexed without a device");
		ensure!(ByCell::<T>::iter().count() == count, "a cell is indexed without a device");
		ensure!(ByCommitment::<T>::iter().count() == count, "a commitment without a device");
		ensure!(Owned::<T>::iter().count() == count, "an owner is indexed without a device");
		for (device, _) in Suspensions::<T>::iter() {
			let state = Devices::<T>::get(device).map(|record| record.state);
			ensure!(state == Some(DeviceState::Suspended), "a stopped device is not suspended");
		}
		for (owner, sum) in held {
			let on_hold = T::Currency::balance_on_hold(&HoldReason::Registration.into(), &owner);
			ensure!(on_hold == sum, "what an owner has on hold is not the sum of deposits");
		}
		Ok(())
	}
}
