//! What devices do before they prove: accept or be given, release, commit.

use frame_support::{ensure, traits::Get};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use pogcs_primitives::{
	contracts::hour_of,
	records::{Assignment, ChunkState, DeviceState},
	traits::{DeviceInfo, Devices, Dispatch, DispatchRefusal, IntervalClock, Lifecycle},
	Commitment, DeviceId, MicroGpuHours, TaskId,
};
use sp_runtime::{traits::Convert, DispatchError, DispatchResult};

use crate::{pallet::*, utility_impls::is_canonical};

impl<T: Config> Pallet<T> {
	/// The device, if `who` is its key's account or its owner.
	pub(crate) fn device_of(
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
		Ok(Self::take_on(device, &info, task, chunk, false)?)
	}

	/// Puts an open chunk on a device's list; nothing changes if that is refused.
	fn take_on(
		device: DeviceId,
		info: &DeviceInfo<T::AccountId>,
		task: TaskId,
		chunk: u32,
		given: bool,
	) -> Result<(), Error<T>> {
		ensure!(
			matches!(info.state, DeviceState::Online | DeviceState::Running),
			Error::<T>::Offline
		);
		let now = T::Clock::current();
		// Its meter counts from the first whole interval on, so this one's work could not be paid.
		ensure!(now > info.since, Error::<T>::Fresh);
		let record = Tasks::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		ensure!(now <= record.deadline, Error::<T>::Expired);
		ensure!(info.class == record.class, Error::<T>::WrongClass);
		let contract = Contracts::<T>::get(task);
		Chunks::<T>::try_mutate(task, chunk, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownChunk)?;
			ensure!(entry.state == ChunkState::Open, Error::<T>::Taken);
			if let Some(contract) = &contract {
				Self::ensure_turn(device, contract, chunk)?;
			}
			entry.state = ChunkState::Assigned { device, interval: now, given };
			Assignments::<T>::try_append(device, Assignment { task, chunk })
				.map_err(|()| Error::<T>::Busy)
		})?;
		if let Some(contract) = contract {
			// Its turn is in the chunk's hour.
			Self::count_underway(device, now, contract.work, true);
		}
		T::Lifecycle::begin(device);
		Self::deposit_event(Event::Accepted { task, chunk, device, given });
		Ok(())
	}

	/// Whether who signed has this chunk only because it was given, and can give it back: what is true
	/// here leads to a chunk released in [`Self::do_release`], so it is true once for each gift.
	pub(crate) fn is_gift(origin: &OriginFor<T>, task: TaskId, chunk: u32) -> bool {
		let Ok(who) = ensure_signed(origin.clone()) else { return false };
		match Chunks::<T>::get(task, chunk).map(|entry| entry.state) {
			Some(ChunkState::Assigned { device, given: true, .. }) => {
				Self::device_of(&who, device).is_ok()
			}
			_ => false,
		}
	}

	pub(crate) fn do_release(who: T::AccountId, task: TaskId, chunk: u32) -> DispatchResult {
		let device = Chunks::<T>::try_mutate(task, chunk, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownChunk)?;
			let ChunkState::Assigned { device, interval, .. } = entry.state else {
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
			let ChunkState::Assigned { device, given, .. } = entry.state else {
				return Err(DispatchError::from(Error::<T>::NotAssigned));
			};
			Self::device_of(&who, device)?;
			entry.state = ChunkState::Committed { device, interval, work, given };
			Ok(device)
		})?;
		if let Some(contract) = Contracts::<T>::get(task) {
			let hour = hour_of(&contract.plan, chunk).ok_or(Error::<T>::UnknownChunk)?;
			ensure!(hour == interval, Error::<T>::NotItsHour);
			Self::redeem(task, &contract)?;
		}
		Self::deposit_event(Event::Committed { task, chunk, device, interval, work });
		Ok(())
	}
}

impl<T: Config> Dispatch for Pallet<T> {
	fn assign(
		device: DeviceId,
		task: TaskId,
		chunk: u32,
	) -> Result<MicroGpuHours, DispatchRefusal> {
		let info = T::Devices::device(device).ok_or(DispatchRefusal::Unable)?;
		let work = Tasks::<T>::get(task)
			.and_then(|record| Models::<T>::get(record.model))
			.map(|model| model.work)
			.ok_or(DispatchRefusal::Unknown)?;
		Self::take_on(device, &info, task, chunk, true).map_err(|error| match error {
			Error::UnknownTask | Error::UnknownChunk | Error::Expired => DispatchRefusal::Unknown,
			Error::Taken => DispatchRefusal::Taken,
			_ => DispatchRefusal::Unable,
		})?;
		Ok(work)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(class: pogcs_primitives::ClassId, chunks: u32) -> TaskId {
		crate::benchmarking::create::<T>(class, chunks)
	}
}
