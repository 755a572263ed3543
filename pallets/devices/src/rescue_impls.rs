//! Self-rescue: a device that has been paid for outlives its maker.

use frame_support::ensure;
use pogcs_primitives::{
	records::StateReason,
	traits::IntervalClock,
	wire::{rescue_payload, Signature},
	DeviceId,
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

use crate::{certificate_impls::signed_by, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Refuses a device whose rescue is not granted yet.
	pub(crate) fn ensure_no_running_rescue(device: DeviceId) -> Result<(), Error<T>> {
		let runs =
			Rescues::<T>::get(device).is_some_and(|rescue| rescue.stage != RescueStage::Granted);
		ensure!(!runs, Error::<T>::RescueRuns);
		Ok(())
	}

	/// Frees what a maker has on hold for an objection.
	fn free_objection(stage: &RescueStage<T::AccountId, BalanceOf<T>>) -> DispatchResult {
		match stage {
			RescueStage::Contested { by, bond, .. } => {
				Self::release(HoldReason::Objection, by, *bond)
			}
			RescueStage::Waiting { .. } | RescueStage::Granted => Ok(()),
		}
	}

	/// Ends a device's rescue, if there is one, and frees all bonds.
	pub(crate) fn end_rescue(entry: &Entry<T>) -> DispatchResult {
		let Some(rescue) = Rescues::<T>::take(entry.id) else { return Ok(()) };
		Self::free_objection(&rescue.stage)?;
		Self::release(HoldReason::Rescue, &entry.record.owner, rescue.bond)?;
		let slashed = Zero::zero();
		Self::deposit_event(Event::RescueEnded { device: entry.id, slashed });
		Ok(())
	}

	/// Ends a device's rescue, if there is one, and takes the owner's bond: how much that was.
	pub(crate) fn forfeit_rescue(entry: &Entry<T>) -> Result<BalanceOf<T>, DispatchError> {
		let Some(rescue) = Rescues::<T>::take(entry.id) else { return Ok(Zero::zero()) };
		Self::free_objection(&rescue.stage)?;
		let slashed = Self::slash(HoldReason::Rescue, &entry.record.owner, rescue.bond);
		Self::deposit_event(Event::RescueEnded { device: entry.id, slashed });
		Ok(slashed)
	}

	/// A device whose bond is lost no longer vouches for itself.
	pub(crate) fn abandon_rescue(mut entry: Entry<T>) {
		if entry.record.certified_until.is_none() {
			let past = T::Clock::current().saturating_sub(1);
			Self::set_certified(&mut entry, Some(past), true);
			// It is stopped: its state is the same.
			Self::settle(entry, StateReason::CertificateExpired);
		}
	}

	pub(crate) fn do_request_rescue(
		owner: T::AccountId,
		device: DeviceId,
		signature: Signature,
	) -> DispatchResult {
		let entry = Self::owned(&owner, device)?;
		Self::ensure_not_stopped(device)?;
		ensure!(!Rescues::<T>::contains_key(device), Error::<T>::RescueMade);
		let now = T::Clock::current();
		let gone = Self::has_run_out(&entry.record, now)
			|| Self::active_maker(&entry.record.maker).is_err();
		ensure!(gone, Error::<T>::StillCertified);
		let payload = rescue_payload(&Self::chain_id(), device, &owner);
		ensure!(signed_by(entry.record.key, &payload, signature), Error::<T>::BadSignature);
		let parameters = Parameters::<T>::get();
		let bond = parameters.deposits.rescue;
		let ready = Self::after(now, parameters.terms.rescue)?;
		Self::hold(HoldReason::Rescue, &owner, bond)?;
		Rescues::<T>::insert(device, Rescue { bond, stage: RescueStage::Waiting { ready } });
		Self::deposit_event(Event::RescueRequested { device, bond, ready });
		Ok(())
	}

	pub(crate) fn do_contest_rescue(who: T::AccountId, device: DeviceId) -> DispatchResult {
		let entry = Self::entry(device)?;
		let rescue = Rescues::<T>::get(device).ok_or(Error::<T>::NoRescue)?;
		let RescueStage::Waiting { ready } = rescue.stage else {
			return Err(Error::<T>::NoRescue.into());
		};
		let now = T::Clock::current();
		ensure!(now < ready, Error::<T>::TooLate);
		// One that is gone has nothing to say any more.
		let maker = Self::active_maker(&entry.record.maker)?;
		ensure!(maker.account == who, Error::<T>::NotMaker);
		let parameters = Parameters::<T>::get();
		let bond = parameters.deposits.objection;
		let deadline = Self::after(now, parameters.terms.decision)?;
		Self::hold(HoldReason::Objection, &who, bond)?;
		let stage = RescueStage::Contested { by: who.clone(), bond, deadline };
		Rescues::<T>::insert(device, RescueOf::<T> { stage, ..rescue });
		Self::deposit_event(Event::RescueContested { device, by: who, bond, deadline });
		Ok(())
	}

	/// Lets a device vouch for itself.
	fn grant(mut entry: Entry<T>, rescue: RescueOf<T>, slashed: BalanceOf<T>) {
		let device = entry.id;
		let granted = Rescue { stage: RescueStage::Granted, ..rescue };
		Rescues::<T>::insert(device, granted);
		Self::set_certified(&mut entry, None, false);
		Self::deposit_event(Event::RescueGranted { device, slashed });
		Self::settle(entry, StateReason::Rescued);
	}

	pub(crate) fn do_decide_rescue(device: DeviceId, granted: bool) -> DispatchResult {
		let entry = Self::entry(device)?;
		Self::ensure_not_stopped(device)?;
		let rescue = Rescues::<T>::get(device).ok_or(Error::<T>::NoRescue)?;
		let now = T::Clock::current();
		let open = match &rescue.stage {
			RescueStage::Waiting { ready } => now < *ready,
			RescueStage::Contested { deadline, .. } => now <= *deadline,
			RescueStage::Granted => return Err(Error::<T>::NoRescue.into()),
		};
		ensure!(open, Error::<T>::Decided);
		if !granted {
			Self::forfeit_rescue(&entry)?;
			return Ok(());
		}
		let slashed = match &rescue.stage {
			RescueStage::Contested { by, bond, .. } => {
				Self::slash(HoldReason::Objection, by, *bond)
			}
			RescueStage::Waiting { .. } | RescueStage::Granted => Zero::zero(),
		};
		Self::grant(entry, rescue, slashed);
		Ok(())
	}

	pub(crate) fn do_complete_rescue(device: DeviceId) -> DispatchResult {
		let entry = Self::entry(device)?;
		Self::ensure_not_stopped(device)?;
		let rescue = Rescues::<T>::get(device).ok_or(Error::<T>::NoRescue)?;
		let now = T::Clock::current();
		match &rescue.stage {
			RescueStage::Waiting { ready } => ensure!(now >= *ready, Error::<T>::TooEarly),
			RescueStage::Contested { deadline, .. } => {
				ensure!(now > *deadline, Error::<T>::Undecided);
			}
			RescueStage::Granted => return Err(Error::<T>::NoRescue.into()),
		}
		Self::free_objection(&rescue.stage)?;
		Self::grant(entry, rescue, Zero::zero());
		Ok(())
	}

	pub(crate) fn do_cancel_rescue(owner: T::AccountId, device: DeviceId) -> DispatchResult {
		let entry = Self::owned(&owner, device)?;
		// What a suspension may still take stays where it is.
		Self::ensure_not_stopped(device)?;
		let waits = Rescues::<T>::get(device)
			.is_some_and(|rescue| matches!(rescue.stage, RescueStage::Waiting { .. }));
		ensure!(waits, Error::<T>::NoRescue);
		Self::end_rescue(&entry)
	}
}
