//! A device's state, which follows from what its owner wants, its benchmark, its certificate, its
//! work and whether it was stopped. Nothing else sets it, so that every change has one event.

use frame_support::ensure;
use pogcs_primitives::{
	records::{DeviceState, StateReason},
	traits::{IntervalClock, Lifecycle, Obligations},
	DeviceId,
};
use sp_runtime::{
	traits::{Convert, Zero},
	DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// A device, as it is stored.
	pub(crate) fn entry(id: DeviceId) -> Result<Entry<T>, Error<T>> {
		let record = Devices::<T>::get(id).ok_or(Error::<T>::UnknownDevice)?;
		let standing = Standings::<T>::get(id).ok_or(Error::<T>::UnknownDevice)?;
		Ok(Entry { id, record, standing })
	}

	/// A device of `owner`.
	pub(crate) fn owned(owner: &T::AccountId, id: DeviceId) -> Result<Entry<T>, Error<T>> {
		let entry = Self::entry(id)?;
		ensure!(entry.record.owner == *owner, Error::<T>::NotOwner);
		Ok(entry)
	}

	/// A device that `who` owns or manages.
	pub(crate) fn managed(who: &T::AccountId, id: DeviceId) -> Result<Entry<T>, Error<T>> {
		let entry = Self::entry(id)?;
		let DeviceRecordOf::<T> { owner, manager, .. } = &entry.record;
		ensure!(who == owner || Some(who) == manager.as_ref(), Error::<T>::NotOperator);
		Ok(entry)
	}

	/// A device that `who` is, owns or manages.
	pub(crate) fn operated(who: &T::AccountId, id: DeviceId) -> Result<Entry<T>, Error<T>> {
		let entry = Self::entry(id)?;
		if T::DeviceAccount::convert(entry.record.key) == *who {
			return Ok(entry);
		}
		Self::managed(who, id)
	}

	/// Refuses a device that was stopped.
	pub(crate) fn ensure_not_stopped(id: DeviceId) -> Result<(), Error<T>> {
		ensure!(!Suspensions::<T>::contains_key(id), Error::<T>::Stopped);
		Ok(())
	}

	/// Refuses a device that owes work.
	pub(crate) fn ensure_free(entry: &Entry<T>) -> Result<(), Error<T>> {
		let owes = !entry.standing.work.is_zero() || T::Obligations::has_obligations(entry.id);
		ensure!(!owes, Error::<T>::Obliged);
		Ok(())
	}

	/// Stores a device with the state that follows, and tells of it if that is another.
	pub(crate) fn settle(mut entry: Entry<T>, reason: StateReason) {
		let stopped = Suspensions::<T>::contains_key(entry.id);
		let to = entry.standing.state(stopped);
		let from = core::mem::replace(&mut entry.record.state, to);
		let device = entry.id;
		Standings::<T>::insert(device, entry.standing);
		Devices::<T>::insert(device, entry.record);
		if from != to {
			Self::deposit_event(Event::StateChanged { device, from, to, reason });
		}
	}

	pub(crate) fn do_set_state(
		who: T::AccountId,
		device: DeviceId,
		to: DeviceState,
	) -> DispatchResult {
		let mut entry = Self::managed(&who, device)?;
		let since = T::Clock::current();
		let intent = match to {
			DeviceState::Online => Intent::Offer,
			DeviceState::Suspended => Intent::Pause,
			DeviceState::Leaving => Intent::Leave { since },
			DeviceState::Pending | DeviceState::Running | DeviceState::Retired => {
				return Err(Error::<T>::NotSettable.into())
			}
		};
		Self::ensure_not_stopped(device)?;
		let before = core::mem::replace(&mut entry.standing.intent, intent);
		let same = core::mem::discriminant(&before) == core::mem::discriminant(&intent);
		ensure!(!same, Error::<T>::Unchanged);
		Self::deposit_event(Event::IntentSet { device, intent });
		Self::settle(entry, StateReason::Requested);
		Ok(())
	}

	/// Lets a notice that runs begin anew, so that what was earned last is judged as long as what was
	/// earned first. Does not store the device.
	pub(crate) fn renew_notice(entry: &mut Entry<T>) {
		let intent = Intent::Leave { since: T::Clock::current() };
		let leaves = matches!(entry.standing.intent, Intent::Leave { .. });
		if leaves && entry.standing.intent != intent {
			entry.standing.intent = intent;
			Self::deposit_event(Event::IntentSet { device: entry.id, intent });
		}
	}
}

/// A device that is not there has no work: obligations keep it from leaving before.
impl<T: Config> Lifecycle for Pallet<T> {
	fn begin(device: DeviceId) {
		if let Ok(mut entry) = Self::entry(device) {
			entry.standing.work = entry.standing.work.saturating_add(1);
			Self::settle(entry, StateReason::WorkBegan);
		}
	}

	fn finish(device: DeviceId) {
		let Ok(mut entry) = Self::entry(device) else { return };
		if let Some(work) = entry.standing.work.checked_sub(1) {
			entry.standing.work = work;
			Self::renew_notice(&mut entry);
			Self::settle(entry, StateReason::WorkEnded);
		}
	}

	fn earned(device: DeviceId) {
		if let Ok(mut entry) = Self::entry(device) {
			let before = entry.standing;
			Self::renew_notice(&mut entry);
			if entry.standing != before {
				Standings::<T>::insert(device, entry.standing);
			}
		}
	}
}
