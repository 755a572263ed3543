//! Certificates: whether they count, renewing them, and makers taking them back one by one.

use frame_support::ensure;
use pogcs_primitives::{
	records::StateReason,
	traits::IntervalClock,
	wire::{MakerCertificate, PublicKey, Signature},
	DeviceId, Interval,
};
use sp_core::ed25519;
use sp_runtime::{
	traits::{Verify, Zero},
	DispatchResult,
};

use crate::{pallet::*, types::*};

/// Whether `signature` over `message` is `signer`'s.
pub(crate) fn signed_by(signer: PublicKey, message: &[u8], signature: Signature) -> bool {
	ed25519::Signature::from_raw(signature).verify(message, &ed25519::Public::from_raw(signer))
}

impl<T: Config> Pallet<T> {
	/// The last interval in which a device's certificate counts; `None` if it vouches for itself.
	pub(crate) fn certified(record: &DeviceRecordOf<T>) -> Option<Interval> {
		let until = record.certified_until?;
		let revoked = Makers::<T>::get(record.maker).and_then(|maker| maker.revoked);
		Some(revoked.map_or(until, |revoked| until.min(revoked.honoured_until)))
	}

	/// Whether a device had a certificate that no longer counts.
	pub(crate) fn has_run_out(record: &DeviceRecordOf<T>, now: Interval) -> bool {
		Self::certified(record).is_some_and(|until| now > until)
	}

	/// Whether a maker took its certificates for a key back, and was not overruled.
	pub(crate) fn is_revoked(maker: &PublicKey, key: &PublicKey) -> bool {
		Revocations::<T>::get(maker, key).is_some_and(|revocation| !revocation.overruled)
	}

	/// Checks a certificate: the last interval in which it counts.
	pub(crate) fn check(certificate: &MakerCertificate) -> Result<Interval, Error<T>> {
		let MakerCertificate { maker, device_key, class, expires, signature } = *certificate;
		Self::active_maker(&maker)?;
		ensure!(!Self::is_revoked(&maker, &device_key), Error::<T>::RevokedCertificate);
		let now = T::Clock::current();
		ensure!(expires >= now, Error::<T>::ExpiredCertificate);
		let payload = MakerCertificate::signing_payload(&maker, &device_key, class, expires);
		ensure!(signed_by(maker, &payload, signature), Error::<T>::BadCertificate);
		// Otherwise a maker that is gone would vouch for ever.
		Ok(expires.min(Self::after(now, Parameters::<T>::get().terms.certificate)?))
	}

	/// Writes down until when a device is certified, and whether that is known to be over.
	pub(crate) fn set_certified(entry: &mut Entry<T>, until: Option<Interval>, lapsed: bool) {
		if let Some(before) = entry.record.certified_until {
			Expiring::<T>::remove(before, entry.id);
		}
		entry.record.certified_until = until;
		entry.standing.lapsed = lapsed;
		if let (Some(until), false) = (until, lapsed) {
			Expiring::<T>::insert(until, entry.id, ());
		}
	}

	/// Whether the record says something else of a device's certificate than is so.
	pub(crate) fn is_stale(entry: &Entry<T>, now: Interval) -> bool {
		Self::has_run_out(&entry.record, now) != entry.standing.lapsed
	}

	/// Makes the record say what is so.
	pub(crate) fn catch_up(mut entry: Entry<T>) {
		let lapsed = !entry.standing.lapsed;
		let until = entry.record.certified_until;
		Self::set_certified(&mut entry, until, lapsed);
		let reason =
			if lapsed { StateReason::CertificateExpired } else { StateReason::CertificateRenewed };
		Self::settle(entry, reason);
	}

	pub(crate) fn do_check_certificate(device: DeviceId) -> DispatchResult {
		let entry = Self::entry(device)?;
		ensure!(Self::is_stale(&entry, T::Clock::current()), Error::<T>::Unchanged);
		Self::catch_up(entry);
		Ok(())
	}

	pub(crate) fn do_renew(
		who: T::AccountId,
		device: DeviceId,
		certificate: MakerCertificate,
	) -> DispatchResult {
		let mut entry = Self::managed(&who, device)?;
		// What a suspension may still take stays where it is.
		Self::ensure_not_stopped(device)?;
		let MakerCertificate { maker, device_key, class, .. } = certificate;
		ensure!(
			device_key == entry.record.key && class == entry.record.class,
			Error::<T>::BadCertificate
		);
		let until = Self::check(&certificate)?;
		let longer = Self::certified(&entry.record).is_none_or(|before| until > before);
		ensure!(longer, Error::<T>::NotLonger);

		Self::end_rescue(&entry)?;
		// The same maker stays overruled: who shows a certificate again does not reopen the case.
		if maker != entry.record.maker {
			Self::forget_overruled(&entry.record)?;
			entry.record.maker = maker;
		}
		Self::set_certified(&mut entry, Some(until), false);
		Self::deposit_event(Event::CertificateRenewed { device, maker, until });
		Self::settle(entry, StateReason::CertificateRenewed);
		Ok(())
	}

	/// The account that speaks for a maker, if that is `who`.
	fn ensure_speaks(who: &T::AccountId, maker: &PublicKey) -> Result<MakerRecord<T>, Error<T>> {
		let record = Makers::<T>::get(maker).ok_or(Error::<T>::UnknownMaker)?;
		ensure!(record.account == *who, Error::<T>::NotMaker);
		Ok(record)
	}

	/// The device that a maker vouches for under this key, if there is one.
	fn vouched_for(maker: &PublicKey, key: &PublicKey) -> Option<Entry<T>> {
		let entry = Self::entry(ByKey::<T>::get(key)?).ok()?;
		let vouches = entry.record.maker == *maker && entry.record.certified_until.is_some();
		vouches.then_some(entry)
	}

	pub(crate) fn do_revoke_certificate(
		who: T::AccountId,
		maker: PublicKey,
		key: PublicKey,
	) -> DispatchResult {
		let record = Self::ensure_speaks(&who, &maker)?;
		ensure!(record.revoked.is_none(), Error::<T>::RevokedMaker);
		if let Some(revocation) = Revocations::<T>::get(maker, key) {
			ensure!(revocation.overruled, Error::<T>::RevokedCertificate);
			return Err(Error::<T>::Overruled.into());
		}
		let deposit = Parameters::<T>::get().deposits.revocation;
		Self::hold(HoldReason::Revocation, &who, deposit)?;
		let revocation = Revocation { account: who, deposit, overruled: false };
		Revocations::<T>::insert(maker, key, revocation);
		Self::deposit_event(Event::CertificateRevoked { maker, key, deposit });
		if let Some(entry) = Self::vouched_for(&maker, &key) {
			// Whoever is stopped already stays so for the reason that it knows; see `lift`.
			if !Suspensions::<T>::contains_key(entry.id) {
				Self::stop(entry, StateReason::CertificateRevoked)?;
			}
		}
		Ok(())
	}

	pub(crate) fn do_restore_certificate(
		who: T::AccountId,
		maker: PublicKey,
		key: PublicKey,
	) -> DispatchResult {
		Self::ensure_speaks(&who, &maker)?;
		let revocation = Revocations::<T>::get(maker, key).ok_or(Error::<T>::NotRevoked)?;
		let device = Self::vouched_for(&maker, &key);
		// Or the maker could take it back again at once.
		ensure!(!revocation.overruled || device.is_none(), Error::<T>::Overruled);
		Revocations::<T>::remove(maker, key);
		let deposit = revocation.deposit;
		Self::release(HoldReason::Revocation, &revocation.account, deposit)?;
		Self::deposit_event(Event::CertificateRestored { maker, key, deposit });
		if let Some(entry) = device {
			let stopped = Suspensions::<T>::get(entry.id);
			if stopped.is_some_and(|stopped| stopped.reason == StateReason::CertificateRevoked) {
				Self::lift(entry, StateReason::CertificateRenewed)?;
			}
		}
		Ok(())
	}

	/// Lets a certificate count for the device that has it although its maker took it back; takes the
	/// maker's deposit if it was wrong to do so.
	pub(crate) fn overrule(record: &DeviceRecordOf<T>, for_cause: bool) {
		let DeviceRecordOf::<T> { maker, key, .. } = *record;
		let Some(mut revocation) = Revocations::<T>::get(maker, key) else { return };
		let mut slashed = Zero::zero();
		if for_cause {
			let deposit = core::mem::take(&mut revocation.deposit);
			slashed = Self::slash(HoldReason::Revocation, &revocation.account, deposit);
		}
		revocation.overruled = true;
		Revocations::<T>::insert(maker, key, revocation);
		Self::deposit_event(Event::RevocationOverruled { maker, key, slashed });
	}

	/// Forgets that a maker was overruled about a device that leaves or has another certificate.
	pub(crate) fn forget_overruled(record: &DeviceRecordOf<T>) -> DispatchResult {
		let DeviceRecordOf::<T> { maker, key, .. } = *record;
		match Revocations::<T>::get(maker, key) {
			Some(revocation) if revocation.overruled => {
				Revocations::<T>::remove(maker, key);
				Self::release(HoldReason::Revocation, &revocation.account, revocation.deposit)
			}
			_ => Ok(()),
		}
	}
}
