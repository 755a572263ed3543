//! What devices do before they prove: accept, release, commit.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	records::{Assignment, ChunkState, DeviceState},
	traits::{DeviceInfo, Devices, IntervalClock},
	Commitment, DeviceId, TaskId,
};
use sp_runtime::{traits::Convert, DispatchError, DispatchResult};

use crate::{pallet::*, utility_impls::is_canonical};

impl<T: Config> Pallet<T> {
	/// The device, if `who` is its key's account or its owner.
	fn device_of(
		who: &T::AccountId,
		device: DeviceId,
	) -> Result<DeviceInfo<T::AccountId>, DispatchError> {
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(
			*who == info.owner || *who == T::DeviceAccount::convert(info.key),
			Error::<T>::NotYours
		);
		Ok(info)
	}

	pub(crate) fn do_accept(
		who: T::AccountId,
		device: DeviceId,
		task: TaskId,
		chunk: u32,
	) -> DispatchResult {
		let info = Self::device_of(&who, device)?;
		ensure!(info.state == DeviceState::Online, Error::<T>::Offline);
		let now = T::Clock::current();
		// Its meter counts from the first whole interval on, so this one's work could not be paid.
		ensure!(now > info.since, Error::<T>::Fresh);
		let record = Tasks::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		ensure!(now <= record.deadline, Error::<T>::Expired);
		ensure!(info.class == record.class, Error::<T>::WrongClass);
		Chunks::<T>::try_mutate(task, chunk, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownChunk)?;
			ensure!(entry.state == ChunkState::Open, Error::<T>::Taken);
			entry.state = ChunkState::Assigned { device, interval: now };
			Assignments::<T>::try_append(device, Assignment { task, chunk })
				.map_err(|()| Error::<T>::Busy)
		})?;
		Self::deposit_event(Event::Accepted { task, chunk, device });
		Ok(())
	}

	pub(crate) fn do_release(who: T::AccountId, task: TaskId, chunk: u32) -> DispatchResult {
		let device = Chunks::<T>::try_mutate(task, chunk, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownChunk)?;
			let ChunkState::Assigned { device, interval } = entry.state else {
				return Err(DispatchError::from(Error::<T>::NotAssigned));
			};
			let waited = T::Clock::current().since(interval) > T::CommitWindow::get();
			ensure!(waited || Self::device_of(&who, device).is_ok(), Error::<T>::TooSoon);
			entry.state = ChunkState::Open;
			Ok(device)
		})?;
		Self::unassign(device, task, chunk);
		Self::deposit_event(Event::Released { task, chunk, device });
		Ok(())
	}

	pub(crate) fn do_commit(
		who: T::AccountId,
		task: TaskId,
		chunk: u32,
		work: Commitment,
	) -> DispatchResult {
		ensure!(is_canonical(&work), Error::<T>::NonCanonical);
		let record = Tasks::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		let interval = T::Clock::current();
		// The proof can come in the next interval at the earliest.
		ensure!(interval < record.deadline, Error::<T>::Expired);
		let device = Chunks::<T>::try_mutate(task, chunk, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownChunk)?;
			let ChunkState::Assigned { device, .. } = entry.state else {
				return Err(DispatchError::from(Error::<T>::NotAssigned));
			};
			Self::device_of(&who, device)?;
			entry.state = ChunkState::Committed { device, interval, work };
			Ok(device)
		})?;
		Self::deposit_event(Event::Committed { task, chunk, device, interval, work });
		Ok(())
	}
}
