//! Who may speak for a device: its manager, and its key.

use frame_support::ensure;
use pogcs_primitives::{
	records::StateReason,
	traits::IntervalClock,
	wire::{rotation_payload, Consent},
	Commitment, DeviceId, Interval,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{certificate_impls::signed_by, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_manager(
		owner: T::AccountId,
		device: DeviceId,
		manager: Option<T::AccountId>,
	) -> DispatchResult {
		let mut entry = Self::owned(&owner, device)?;
		ensure!(entry.record.manager != manager, Error::<T>::Unchanged);
		entry.record.manager = manager.clone();
		Devices::<T>::insert(device, entry.record);
		Self::deposit_event(Event::ManagerSet { device, manager });
		Ok(())
	}

	/// Whether a suspension is because of a device's key, so that another key lifts it.
	fn is_about_key(reason: StateReason) -> bool {
		matches!(reason, StateReason::CompromisedKey | StateReason::CertificateRevoked)
	}

	/// Checks who vouches for a new key: until when, or for ever if the old key does.
	fn check_voucher(
		entry: &Entry<T>,
		voucher: &Voucher,
		stopped: bool,
	) -> Result<Option<Interval>, DispatchError> {
		match voucher {
			Voucher::Maker(certificate) => {
				// Another maker would free a device from the one that knows what was wrong with it.
				ensure!(certificate.maker == entry.record.maker, Error::<T>::NotCertified);
				ensure!(certificate.class == entry.record.class, Error::<T>::BadCertificate);
				Ok(Some(Self::check(certificate)?))
			}
			Voucher::OldKey { key, signature } => {
				ensure!(entry.record.certified_until.is_none(), Error::<T>::NotCertified);
				// A key that others may have vouches for nothing.
				ensure!(!stopped, Error::<T>::Stopped);
				let payload = rotation_payload(&Self::chain_id(), entry.id, key);
				let signed = signed_by(entry.record.key, &payload, *signature);
				ensure!(signed, Error::<T>::BadSignature);
				Ok(None)
			}
		}
	}

	pub(crate) fn do_rotate_key(
		owner: T::AccountId,
		device: DeviceId,
		voucher: Voucher,
		commitment: Commitment,
		consent: Consent,
	) -> DispatchResult {
		let mut entry = Self::owned(&owner, device)?;
		let stopped = Suspensions::<T>::get(device);
		if let Some(suspension) = &stopped {
			ensure!(Self::is_about_key(suspension.reason), Error::<T>::Stopped);
			// What was decided stays decided.
			let rejected = matches!(suspension.appeal, Appeal::Rejected { .. });
			ensure!(!rejected, Error::<T>::Stopped);
		}
		Self::ensure_free(&entry)?;
		Self::ensure_no_running_rescue(device)?;
		let key = match &voucher {
			Voucher::Maker(certificate) => certificate.device_key,
			Voucher::OldKey { key, .. } => *key,
		};
		Self::ensure_new_key(&key)?;
		Self::ensure_new_commitment(&commitment)?;
		let until = Self::check_voucher(&entry, &voucher, stopped.is_some())?;
		Self::check_consent(key, &owner, &commitment, &consent)?;

		let fee = Self::charge(&owner, Parameters::<T>::get().deposits.barred_key)?;
		if until.is_some() {
			Self::end_rescue(&entry)?;
		}
		Self::forget_overruled(&entry.record)?;
		Self::forget_offer(device);
		Challenges::<T>::remove(device);
		let from = core::mem::replace(&mut entry.record.key, key);
		ByKey::<T>::remove(from);
		BarredKeys::<T>::insert(from, device);
		ByKey::<T>::insert(key, device);
		ByCommitment::<T>::remove(entry.record.commitment);
		ByCommitment::<T>::insert(commitment, device);
		entry.record.commitment = commitment;
		entry.record.since = T::Clock::current();
		entry.standing.benched = None;
		entry.standing.tried = None;
		Self::set_certified(&mut entry, until, false);
		Self::deposit_event(Event::KeyRotated { device, from, to: key, fee });
		if stopped.is_some() {
			Self::lift(entry, StateReason::KeyRotated)
		} else {
			Self::settle(entry, StateReason::KeyRotated);
			Ok(())
		}
	}
}
