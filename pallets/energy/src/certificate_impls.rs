//! Hourly certificates: claimed, transferred, retired, expired.

use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use pogcs_primitives::{
	ledger::Battery,
	records::{DeviceState, EnergyRecord},
	traits::{DeviceInfo, Devices, IntervalClock, Lifecycle},
	units::GramsPerKwh,
	CellId, DeviceId, Interval, MilliWattHours, WattHours,
};
use sp_runtime::{traits::Zero, DispatchResult};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// A standing record, and what its owner can claim of it now. What compute drew and no proof used
	/// is the owner's once no proof can come for it.
	pub(crate) fn unclaimed(
		device: DeviceId,
		interval: Interval,
	) -> Option<(EnergyRecord, Surplus)> {
		let record = Reports::<T>::get(device, interval)?;
		let mut surplus = Surpluses::<T>::get(device, interval).unwrap_or_default();
		if T::Clock::current().since(interval) > T::Lock::get() {
			let storage = Self::stored_part(&record);
			let production = record.available.checked_sub(storage)?;
			surplus.production = surplus.production.checked_add(production)?;
			surplus.storage = surplus.storage.checked_add(storage)?;
		}
		Some((record, surplus))
	}

	pub(crate) fn do_claim(
		owner: T::AccountId,
		device: DeviceId,
		interval: Interval,
	) -> DispatchResult {
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(info.owner == owner, Error::<T>::NotOwner);
		// Whoever is under suspicion of false readings sells nothing of them until it is cleared.
		ensure!(info.state != DeviceState::Suspended, Error::<T>::Suspended);
		let (mut record, surplus) =
			Self::unclaimed(device, interval).ok_or(Error::<T>::NotReported)?;
		// Down: what is left of a watt-hour stays with the record and goes when it goes.
		let (production, storage) = (surplus.production.whole(), surplus.storage.whole());
		ensure!(
			!(production == WattHours::ZERO && storage == WattHours::ZERO),
			Error::<T>::NothingToClaim
		);

		let mut totals = IntervalTotals::<T>::get(interval);
		if T::Clock::current().since(interval) > T::Lock::get() {
			let unlocked = core::mem::take(&mut record.available);
			totals.unlocked = totals.unlocked.checked_add(unlocked).ok_or(Error::<T>::Overflow)?;
			Reports::<T>::insert(device, interval, record);
		}
		let rest = |all: MilliWattHours, whole: WattHours| {
			all.checked_sub(whole.milli()).ok_or(Error::<T>::Overflow)
		};
		let left = Surplus {
			production: rest(surplus.production, production)?,
			storage: rest(surplus.storage, storage)?,
		};
		Self::put_surplus(device, interval, left);
		for (source, amount) in [(Source::Production, production), (Source::Storage, storage)] {
			if amount != WattHours::ZERO {
				totals.claimed =
					totals.claimed.checked_add(amount.milli()).ok_or(Error::<T>::Overflow)?;
				let certificate = CertificateId { device, interval, source };
				Self::issue(certificate, &info, record.cell, &owner, amount)?;
			}
		}
		IntervalTotals::<T>::insert(interval, totals);
		T::Lifecycle::earned(device);
		Self::deposit_event(Event::Claimed { device, interval, owner, production, storage });
		Ok(())
	}

	fn issue(
		certificate: CertificateId,
		info: &DeviceInfo<T::AccountId>,
		cell: CellId,
		owner: &T::AccountId,
		amount: WattHours,
	) -> DispatchResult {
		let mut record = match Certificates::<T>::get(certificate) {
			Some(record) => record,
			None => CertificateRecord {
				class: info.class,
				cell,
				carbon: Self::intensity(info, certificate.source),
				expires: certificate
					.interval
					.checked_add(T::CertificateLife::get())
					.ok_or(Error::<T>::Overflow)?,
				issued: WattHours::ZERO,
				held: WattHours::ZERO,
				retired: WattHours::ZERO,
				expired: WattHours::ZERO,
			},
		};
		record.issued = record.issued.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		record.held = record.held.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		Certificates::<T>::insert(certificate, record);
		AllCertificates::<T>::try_mutate(|all| {
			all.issued = all.issued.checked_add(amount).ok_or(Error::<T>::Overflow)?;
			all.held = all.held.checked_add(amount).ok_or(Error::<T>::Overflow)?;
			Ok::<_, Error<T>>(())
		})?;
		Self::give(certificate, owner, owner, amount)
	}

	/// Carbon intensity of certified energy. What comes out of a battery carries what was lost on the
	/// way in.
	fn intensity(info: &DeviceInfo<T::AccountId>, source: Source) -> GramsPerKwh {
		let class = info.record.carbon;
		match source {
			Source::Production => class,
			Source::Storage => {
				let grams = MilliWattHours(u64::from(class.0));
				let needed = Battery::from(&info.record).needed(grams);
				GramsPerKwh(u32::try_from(needed.0).unwrap_or(u32::MAX))
			}
		}
	}

	pub(crate) fn do_transfer(
		from: T::AccountId,
		certificate: CertificateId,
		to: T::AccountId,
		amount: WattHours,
	) -> DispatchResult {
		ensure!(amount != WattHours::ZERO, Error::<T>::ZeroAmount);
		ensure!(from != to, Error::<T>::SameAccount);
		Self::ensure_alive(certificate)?;
		Self::collect(certificate, &from, amount)?;
		Self::give(certificate, &to, &from, amount)?;
		Self::deposit_event(Event::Transferred { certificate, from, to, amount });
		Ok(())
	}

	pub(crate) fn do_retire(
		by: T::AccountId,
		certificate: CertificateId,
		amount: WattHours,
		beneficiary: T::AccountId,
		reason: [u8; 32],
	) -> DispatchResult {
		ensure!(amount != WattHours::ZERO, Error::<T>::ZeroAmount);
		Self::ensure_alive(certificate)?;
		Self::collect(certificate, &by, amount)?;
		Self::leave(certificate, amount, |record, all| {
			record.retired = record.retired.checked_add(amount)?;
			all.retired = all.retired.checked_add(amount)?;
			Some(())
		})?;
		let deposit = T::RetirementDeposit::get();
		T::Currency::hold(&HoldReason::Retirement.into(), &by, deposit)?;
		let retirement = NextRetirement::<T>::get();
		NextRetirement::<T>::put(retirement.checked_add(1).ok_or(Error::<T>::Overflow)?);
		let at = T::Clock::current();
		let record = Retirement { certificate, amount, by: by.clone(), reason, at, deposit };
		Retirements::<T>::insert(&beneficiary, retirement, record);
		Self::deposit_event(Event::CertificateRetired {
			retirement,
			certificate,
			amount,
			by,
			beneficiary,
			reason,
		});
		Ok(())
	}

	pub(crate) fn do_forget_retirement(
		by: T::AccountId,
		beneficiary: T::AccountId,
		retirement: u64,
	) -> DispatchResult {
		let record =
			Retirements::<T>::get(&beneficiary, retirement).ok_or(Error::<T>::UnknownRetirement)?;
		ensure!(record.by == by, Error::<T>::NotYours);
		let reason = HoldReason::Retirement.into();
		T::Currency::release(&reason, &by, record.deposit, Precision::Exact)?;
		Retirements::<T>::remove(&beneficiary, retirement);
		Self::deposit_event(Event::RetirementForgotten { retirement, beneficiary });
		Ok(())
	}

	pub(crate) fn do_expire(certificate: CertificateId, holder: T::AccountId) -> DispatchResult {
		let holding = Holdings::<T>::get(&holder, certificate).ok_or(Error::<T>::Insufficient)?;
		ensure!(Self::ensure_alive(certificate).is_err(), Error::<T>::NotExpired);
		let amount = holding.amount;
		Self::collect(certificate, &holder, amount)?;
		Self::leave(certificate, amount, |record, all| {
			record.expired = record.expired.checked_add(amount)?;
			all.expired = all.expired.checked_add(amount)?;
			Some(())
		})?;
		Self::deposit_event(Event::CertificateExpired { certificate, holder, amount });
		Ok(())
	}

	/// Whether a certificate can still be used. Of one that is not there, nobody holds anything.
	fn ensure_alive(certificate: CertificateId) -> Result<(), Error<T>> {
		let record = Certificates::<T>::get(certificate).ok_or(Error::<T>::Insufficient)?;
		ensure!(T::Clock::current() <= record.expires, Error::<T>::Expired);
		Ok(())
	}

	/// Takes certificates from an account; with the last of them its entry goes.
	fn collect(
		certificate: CertificateId,
		from: &T::AccountId,
		amount: WattHours,
	) -> DispatchResult {
		let mut holding = Holdings::<T>::get(from, certificate).ok_or(Error::<T>::Insufficient)?;
		holding.amount = holding.amount.checked_sub(amount).ok_or(Error::<T>::Insufficient)?;
		if holding.amount == WattHours::ZERO {
			let reason = HoldReason::Certificate.into();
			T::Currency::release(&reason, &holding.payer, holding.deposit, Precision::Exact)?;
			Holdings::<T>::remove(from, certificate);
		} else {
			Holdings::<T>::insert(from, certificate, holding);
		}
		Ok(())
	}

	/// Gives certificates to an account; `payer` has the deposit for a new entry.
	pub(crate) fn give(
		certificate: CertificateId,
		to: &T::AccountId,
		payer: &T::AccountId,
		amount: WattHours,
	) -> DispatchResult {
		let mut holding = match Holdings::<T>::get(to, certificate) {
			Some(holding) => holding,
			None => {
				let deposit = T::HoldingDeposit::get();
				T::Currency::hold(&HoldReason::Certificate.into(), payer, deposit)?;
				Holding { amount: WattHours::ZERO, payer: payer.clone(), deposit }
			}
		};
		holding.amount = holding.amount.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		Holdings::<T>::insert(to, certificate, holding);
		Ok(())
	}

	/// Counts certificates that nobody holds any more; `count` says as what.
	fn leave(
		certificate: CertificateId,
		amount: WattHours,
		count: impl FnOnce(&mut CertificateRecord, &mut CertificateTotals) -> Option<()>,
	) -> Result<(), Error<T>> {
		let mut record = Certificates::<T>::get(certificate).ok_or(Error::<T>::Insufficient)?;
		let mut all = AllCertificates::<T>::get();
		record.held = record.held.checked_sub(amount).ok_or(Error::<T>::Insufficient)?;
		all.held = all.held.checked_sub(amount).ok_or(Error::<T>::Insufficient)?;
		count(&mut record, &mut all).ok_or(Error::<T>::Overflow)?;
		AllCertificates::<T>::put(all);
		if record.held.0.is_zero() {
			Certificates::<T>::remove(certificate);
		} else {
			Certificates::<T>::insert(certificate, record);
		}
		Ok(())
	}
}
