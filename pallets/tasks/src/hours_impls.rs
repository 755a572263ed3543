//! What becomes of a contract's hours: who may use them, redeeming, delivery, and what was asked for.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	contracts::{hour_of, Booking},
	traits::{DeliveredWork, Delivery, HourContracts, HourLedger, IntervalClock, PromisedHours},
	ClassId, DeviceId, Interval, MicroGpuHours, MilligramsCo2, TaskId,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{pallet::*, types::*};

/// Work that was verified, and what else pools want to know of it.
pub(crate) struct Done {
	pub(crate) device: DeviceId,
	pub(crate) interval: Interval,
	pub(crate) carbon: MilligramsCo2,
	pub(crate) green: bool,
	pub(crate) assigned: bool,
}

impl<T: Config> Pallet<T> {
	/// Whether the part of the interval that is for those who owe its hours is over.
	pub(crate) fn is_late() -> bool {
		T::Elapsed::get() >= T::OpenAfter::get()
	}

	/// Checks whether a device may take a proven chunk of a contract now: in its hour, and first of
	/// all if it owes hours that it has no work for.
	pub(crate) fn ensure_turn(
		device: DeviceId,
		contract: &ContractOf<T>,
		chunk: u32,
	) -> Result<(), Error<T>> {
		let now = T::Clock::current();
		let hour = hour_of(&contract.plan, chunk).ok_or(Error::<T>::UnknownChunk)?;
		ensure!(hour == now, Error::<T>::NotItsHour);
		let busy = Underway::<T>::get(device, now).saturating_add(contract.work);
		let owes = T::Promised::owes(device, contract.claims, now);
		ensure!(owes >= busy || Self::is_late(), Error::<T>::NotOwed);
		Ok(())
	}

	/// Counts a contract's chunk as being done by a device, or no longer.
	pub(crate) fn count_underway(
		device: DeviceId,
		interval: Interval,
		work: MicroGpuHours,
		begins: bool,
	) {
		Underway::<T>::mutate_exists(device, interval, |entry| {
			let before = entry.unwrap_or_default();
			let after = if begins {
				before.saturating_add(work)
			} else {
				before.checked_sub(work).unwrap_or_default()
			};
			*entry = (after > MicroGpuHours::ZERO).then_some(after);
		});
	}

	/// Redeems the hours of one device's work: in their interval, or never.
	pub(crate) fn redeem(task: TaskId, contract: &ContractOf<T>) -> DispatchResult {
		let now = T::Clock::current();
		T::Claims::redeem_locked(
			HoldReason::Hours.into(),
			contract.claims,
			now,
			&contract.client,
			contract.work,
		)
		.map_err(|_| Error::<T>::ClaimsRefused)?;
		Self::try_book(task, now, |booking| {
			booking.redeemed = booking.redeemed.checked_add(contract.work)?;
			Some(())
		})
	}

	/// Counts verified work as hours delivered, and tells the pool that owed them.
	///
	/// Who does not owe hours of this product is not told of: the pool that it may be in sold other
	/// ones, and these would count for those.
	pub(crate) fn deliver(task: TaskId, contract: &ContractOf<T>, done: Done) -> DispatchResult {
		let Done { device, interval, carbon, green, assigned } = done;
		let work = contract.work;
		Self::try_book(task, interval, |booking| {
			booking.delivered = booking.delivered.checked_add(work)?;
			Some(())
		})?;
		if T::Promised::owes(device, contract.claims, interval) > MicroGpuHours::ZERO {
			let client = &contract.client;
			let delivery = Delivery { device, client, interval, work, carbon, green, assigned };
			T::Delivered::delivered(delivery);
		}
		Ok(())
	}

	/// Changes what became of a contract's hours.
	pub(crate) fn try_book(
		task: TaskId,
		interval: Interval,
		change: impl FnOnce(&mut Booking<BalanceOf<T>>) -> Option<()>,
	) -> DispatchResult {
		Bookings::<T>::try_mutate(task, interval, |entry| {
			let booking = entry.as_mut().ok_or(Error::<T>::NotBooked)?;
			change(booking).ok_or(Error::<T>::Overflow)?;
			Ok::<_, DispatchError>(())
		})
	}

	/// Counts hours as asked for.
	pub(crate) fn ask(claims: ClassId, interval: Interval, hours: MicroGpuHours) -> DispatchResult {
		if hours > MicroGpuHours::ZERO {
			Asked::<T>::try_mutate(interval, claims, |sum| {
				*sum = sum.checked_add(hours).ok_or(Error::<T>::Overflow)?;
				Ok::<_, DispatchError>(())
			})?;
		}
		Ok(())
	}

	/// Counts hours that were sold again as not asked for.
	pub(crate) fn ask_less(
		claims: ClassId,
		interval: Interval,
		hours: MicroGpuHours,
	) -> DispatchResult {
		Asked::<T>::try_mutate_exists(interval, claims, |entry| {
			let sum = entry.unwrap_or_default().checked_sub(hours).ok_or(Error::<T>::Overflow)?;
			*entry = (sum > MicroGpuHours::ZERO).then_some(sum);
			Ok(())
		})
	}
}

impl<T: Config> HourContracts for Pallet<T> {
	fn asked(class: ClassId, interval: Interval) -> MicroGpuHours {
		Asked::<T>::get(interval, class)
	}
}
