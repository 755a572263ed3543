//! Small things that several files share.

use pogcs_primitives::{traits::Obligations, Commitment, DeviceId, TaskId};

use crate::pallet::*;

/// Whether these bytes are the one encoding of a field element.
pub(crate) fn is_canonical(commitment: &Commitment) -> bool {
	pogcs_proof::field::from_commitment(commitment).is_ok()
}

impl<T: Config> Pallet<T> {
	/// Takes a chunk off a device's list.
	pub(crate) fn unassign(device: DeviceId, task: TaskId, chunk: u32) {
		Assignments::<T>::mutate_exists(device, |entry| {
			if let Some(list) = entry {
				list.retain(|assignment| assignment.task != task || assignment.chunk != chunk);
				if list.is_empty() {
					*entry = None;
				}
			}
		});
	}
}

impl<T: Config> Obligations for Pallet<T> {
	fn has_obligations(device: DeviceId) -> bool {
		Assignments::<T>::contains_key(device)
	}
}
