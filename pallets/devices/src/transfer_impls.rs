//! Handing a device over, in two steps.

use frame_support::ensure;
use pogcs_primitives::{traits::IntervalClock, DeviceId};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Drops an offer: what was offered is no longer what it was.
	pub(crate) fn forget_offer(device: DeviceId) {
		if Offers::<T>::take(device).is_some() {
			Self::deposit_event(Event::OfferWithdrawn { device });
		}
	}

	pub(crate) fn do_offer_transfer(
		owner: T::AccountId,
		device: DeviceId,
		to: T::AccountId,
	) -> DispatchResult {
		Self::owned(&owner, device)?;
		Self::ensure_not_stopped(device)?;
		ensure!(to != owner, Error::<T>::Unchanged);
		let term = Parameters::<T>::get().terms.offer;
		let until = Self::after(T::Clock::current(), term)?;
		Offers::<T>::insert(device, Offer { to: to.clone(), until });
		Self::deposit_event(Event::TransferOffered { device, to, until });
		Ok(())
	}

	pub(crate) fn do_withdraw_offer(owner: T::AccountId, device: DeviceId) -> DispatchResult {
		Self::owned(&owner, device)?;
		ensure!(Offers::<T>::contains_key(device), Error::<T>::NoOffer);
		Self::forget_offer(device);
		Ok(())
	}

	pub(crate) fn do_accept_transfer(
		who: T::AccountId,
		device: DeviceId,
		max_deposit: BalanceOf<T>,
	) -> DispatchResult {
		let mut entry = Self::entry(device)?;
		let offer = Offers::<T>::get(device).ok_or(Error::<T>::NoOffer)?;
		ensure!(offer.to == who, Error::<T>::NoOffer);
		ensure!(T::Clock::current() <= offer.until, Error::<T>::OfferExpired);
		// A suspension takes what its owner has on hold, and work that is owed pays its owner.
		Self::ensure_not_stopped(device)?;
		Self::ensure_free(&entry)?;
		Self::ensure_no_running_rescue(device)?;
		let deposit = Self::price_in_place(&entry)?;
		let bond = Rescues::<T>::get(device).map_or(Zero::zero(), |rescue| rescue.bond);
		ensure!(deposit.saturating_add(bond) <= max_deposit, Error::<T>::Dearer);

		let from = core::mem::replace(&mut entry.record.owner, who.clone());
		let before = core::mem::replace(&mut entry.record.deposit, deposit);
		Self::hold(HoldReason::Registration, &who, deposit)?;
		Self::release(HoldReason::Registration, &from, before)?;
		if !bond.is_zero() {
			Self::hold(HoldReason::Rescue, &who, bond)?;
			Self::release(HoldReason::Rescue, &from, bond)?;
		}
		entry.record.manager = None;
		// Whatever the old owner made the device sign has run out before the new one can leave.
		Self::renew_notice(&mut entry);
		Owned::<T>::remove(&from, device);
		Owned::<T>::insert(&who, device, ());
		Offers::<T>::remove(device);
		Standings::<T>::insert(device, entry.standing);
		Devices::<T>::insert(device, entry.record);
		Self::deposit_event(Event::Transferred { device, from, to: who, deposit });
		Ok(())
	}
}
