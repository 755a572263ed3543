//! Reports without a fee, within what was paid ahead.

use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Balanced, MutateHold},
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use pogcs_primitives::{
	traits::{DeviceInfo, Devices},
	wire::EnergyReport,
	DeviceId, MilliWattHours,
};
use sp_runtime::{
	traits::{CheckedMul, Convert},
	DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// The account of a device's key.
	fn account_of(info: &DeviceInfo<T::AccountId>) -> T::AccountId {
		T::DeviceAccount::convert(info.key)
	}

	/// Whether a prepaid report is taken without a fee: reads and compares, nothing dear. What is
	/// true here leads to a report used up in [`Self::do_report_prepaid`], whatever becomes of it,
	/// and one interval is only ever free until it is on record.
	pub(crate) fn is_prepaid(origin: &OriginFor<T>, report: &EnergyReport) -> bool {
		let Ok(who) = ensure_signed(origin.clone()) else { return false };
		let Some(quota) = Quotas::<T>::get(report.device) else { return false };
		quota.left > 0
			&& quota.account == who
			&& Self::ensure_just_ended(report.interval).is_ok()
			&& !Reports::<T>::contains_key(report.device, report.interval)
			&& T::Devices::device(report.device).is_some_and(|info| Self::account_of(&info) == who)
	}

	pub(crate) fn do_report_prepaid(who: T::AccountId, report: &EnergyReport) -> DispatchResult {
		let EnergyReport { device, interval, .. } = *report;
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(Self::account_of(&info) == who, Error::<T>::NotDevice);
		let mut quota = Quotas::<T>::get(device).ok_or(Error::<T>::NoQuota)?;
		quota.left = quota.left.checked_sub(1).ok_or(Error::<T>::NoQuota)?;
		let left = quota.left;
		Quotas::<T>::insert(device, quota);
		// An error would give back what this costs and take no fee either: the call succeeds.
		if let Err(error) = with_storage_layer(|| Self::do_report(report, None)) {
			Self::deposit_event(Event::ReportRefused { device, interval, error, left });
		}
		Ok(())
	}

	pub(crate) fn do_buy_quota(
		who: T::AccountId,
		device: DeviceId,
		reports: u32,
	) -> DispatchResult {
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(info.owner == who || info.manager.as_ref() == Some(&who), Error::<T>::NotOwner);
		ensure!(reports > 0, Error::<T>::ZeroAmount);
		let account = Self::account_of(&info);
		let mut quota = match Quotas::<T>::get(device) {
			Some(quota) => quota,
			None => {
				let deposit = T::QuotaDeposit::get();
				T::Currency::hold(&HoldReason::Quota.into(), &who, deposit)?;
				frame_system::Pallet::<T>::inc_sufficients(&account);
				Quota { left: 0, account: account.clone(), payer: who.clone(), deposit }
			}
		};
		quota.left = quota.left.checked_add(reports).ok_or(Error::<T>::FullQuota)?;
		ensure!(quota.left <= T::MaxQuota::get(), Error::<T>::FullQuota);
		if quota.account != account {
			// The device has another key since.
			frame_system::Pallet::<T>::inc_sufficients(&account);
			frame_system::Pallet::<T>::dec_sufficients(&quota.account);
			quota.account = account;
		}
		let price =
			T::QuotaPrice::get().checked_mul(&reports.into()).ok_or(Error::<T>::Overflow)?;
		let paid = T::Currency::withdraw(
			&who,
			price,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::FeeDestination::on_unbalanced(paid);
		let left = quota.left;
		Quotas::<T>::insert(device, quota);
		Self::deposit_event(Event::QuotaBought { device, payer: who, reports, left, price });
		Ok(())
	}

	pub(crate) fn do_close_quota(who: T::AccountId, device: DeviceId) -> DispatchResult {
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(info.owner == who, Error::<T>::NotOwner);
		let quota = Quotas::<T>::get(device).ok_or(Error::<T>::NoQuota)?;
		Self::close(device, quota)
	}

	pub(crate) fn do_forget(device: DeviceId) -> DispatchResult {
		ensure!(T::Devices::device(device).is_none(), Error::<T>::StillRegistered);
		let quota = Quotas::<T>::get(device);
		let battery = Batteries::<T>::take(device);
		ensure!(quota.is_some() || battery.is_some(), Error::<T>::NothingKept);
		let lost = battery.map_or(MilliWattHours::ZERO, |battery| battery.stored.green);
		SweptTotals::<T>::try_mutate(|all| {
			all.lost = all.lost.checked_add(lost).ok_or(Error::<T>::Overflow)?;
			Ok::<_, Error<T>>(())
		})?;
		if let Some(quota) = quota {
			Self::close(device, quota)?;
		}
		Self::deposit_event(Event::Forgotten { device, lost });
		Ok(())
	}

	fn close(device: DeviceId, quota: QuotaOf<T>) -> DispatchResult {
		let Quota { left, account, payer, deposit } = quota;
		T::Currency::release(&HoldReason::Quota.into(), &payer, deposit, Precision::Exact)?;
		frame_system::Pallet::<T>::dec_sufficients(&account);
		Quotas::<T>::remove(device);
		Self::deposit_event(Event::QuotaClosed { device, left, payer });
		Ok(())
	}
}
