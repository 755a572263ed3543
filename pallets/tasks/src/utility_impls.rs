//! Small things that several files share.

use pogcs_primitives::{
	contracts::hour_of,
	traits::{Lifecycle, Obligations},
	Commitment, DeviceId, TaskId,
};

use crate::pallet::*;

/// Whether these bytes are the one encoding of a field element.
pub(crate) fn is_canonical(commitment: &Commitment) -> bool {
	pogcs_proof::field::from_commitment(commitment).is_ok()
}

impl<T: Config> Pallet<T> {
	/// Takes a chunk off a device's list: the device is done with it, whatever became of it.
	pub(crate) fn unassign(device: DeviceId, task: TaskId, chunk: u32) {
		let was_listed = Assignments::<T>::mutate_exists(device, |entry| {
			let Some(list) = entry else { return false };
			let before = list.len();
			list.retain(|assignment| assignment.task != task || assignment.chunk != chunk);
			let was_listed = list.len() < before;
			if list.is_empty() {
				*entry = None;
			}
			was_listed
		});
		// Once for each time it began, which is when the list got its entry.
		if was_listed {
			if let Some(contract) = Contracts::<T>::get(task) {
				if let Some(hour) = hour_of(&contract.plan, chunk) {
					Self::count_underway(device, hour, contract.work, false);
				}
			}
			T::Lifecycle::finish(device);
		}
	}
}

impl<T: Config> Obligations for Pallet<T> {
	fn has_obligations(device: DeviceId) -> bool {
		Assignments::<T>::contains_key(device) || Engagements::<T>::contains_key(device)
	}
}
