//! Small things that several files share.

use frame_support::{
	ensure,
	traits::{
		fungible::{Balanced, BalancedHold, Inspect, Mutate, MutateHold},
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
};
use pogcs_primitives::{
	records::{ClassRecord, DeviceState, PoolKind},
	traits::{DeviceInfo, Devices, IntervalClock},
	units::grams_per_gpu_hour,
	DeviceId, MicroGpuHours, MilligramsCo2, PoolId,
};
use sp_runtime::{
	traits::{AccountIdConversion, Convert},
	DispatchError, DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// The account of a pool's claims and its money.
	pub fn account(pool: PoolId) -> T::AccountId {
		T::PalletId::get().into_sub_account_truncating(pool)
	}

	/// The device, if `who` is its owner or manager.
	pub(crate) fn run_by(
		who: &T::AccountId,
		device: DeviceId,
	) -> Result<DeviceInfo<T::AccountId>, DispatchError> {
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(Self::runs(who, &info), Error::<T>::NotYours);
		Ok(info)
	}

	pub(crate) fn runs(who: &T::AccountId, info: &DeviceInfo<T::AccountId>) -> bool {
		*who == info.owner || Some(who) == info.manager.as_ref()
	}

	/// Whether `who` may end what `by` has money on hold for: `by`, and who runs the device.
	pub(crate) fn may_end(
		who: &T::AccountId,
		by: &T::AccountId,
		device: DeviceId,
	) -> DispatchResult {
		ensure!(who == by || Self::run_by(who, device).is_ok(), Error::<T>::NotYours);
		Ok(())
	}

	/// Where a device is a member.
	pub(crate) fn membership(device: DeviceId) -> Option<(PoolId, MemberOf<T>)> {
		let pool = PoolOf::<T>::get(device)?;
		Some((pool, Members::<T>::get(pool, device)?))
	}

	/// Where a member is now: what the registry and the clock say goes before what it said itself.
	pub(crate) fn effective_state(device: DeviceId) -> Option<MemberState> {
		let (_, member) = Self::membership(device)?;
		let now = T::Clock::current();
		Some(match T::Devices::device(device).map(|info| info.state) {
			Some(DeviceState::Online | DeviceState::Running) => match member.hours {
				Some(hours) if now > hours.until && member.state == MemberState::Online => {
					MemberState::Leaving { until: hours.until }
				}
				_ => member.state,
			},
			Some(DeviceState::Leaving) => match member.state {
				MemberState::Online => MemberState::Leaving { until: now },
				state => state,
			},
			_ => match member.state {
				MemberState::Suspended { until } => MemberState::Suspended { until },
				_ => MemberState::Suspended { until: now },
			},
		})
	}

	/// Whether a device can deliver now.
	pub(crate) fn is_online(info: &DeviceInfo<T::AccountId>) -> bool {
		matches!(info.state, DeviceState::Online | DeviceState::Running)
	}

	/// The most that a device can deliver in one interval.
	pub(crate) fn most(kind: PoolKind, class: ClassRecord) -> Units {
		match kind {
			PoolKind::Energy => Units(class.max_generation.0),
			PoolKind::Compute | PoolKind::Green => Units(T::Capability::convert(class).0),
		}
	}

	/// The period that runs.
	pub(crate) fn period() -> u32 {
		T::Clock::current().0.checked_div(T::Period::get()).unwrap_or(0)
	}

	/// Carbon efficiency of what a pool delivered in the period that runs and the one before it.
	pub(crate) fn carbon_of(pool: PoolId) -> Option<GramsPerGpuHour> {
		let pool = Pools::<T>::get(pool)?;
		let period = Self::period();
		let sum = |sums: &Recent| {
			let before = period.checked_sub(1).map_or(0, |before| sums.of(before));
			sums.of(period).saturating_add(before)
		};
		let carbon = MilligramsCo2(sum(&pool.carbon));
		grams_per_gpu_hour(carbon, MicroGpuHours(sum(&pool.work))).map(GramsPerGpuHour)
	}

	/// Pays out of a pool's account, and says how much: all or, if the account that it is for
	/// does not exist and cannot be made with so little, nothing.
	///
	/// It must not fail: whoever is paid could otherwise keep a promise from being settled.
	pub(crate) fn pay(pool: PoolId, to: &T::AccountId, amount: Balance) -> Balance {
		let from = Self::account(pool);
		if amount == 0 || *to == from {
			return 0;
		}
		T::Currency::transfer(&from, to, amount, Preservation::Preserve).unwrap_or(0)
	}

	/// Gives money of a pool's account to the insurance.
	pub(crate) fn insure(pool: PoolId, amount: Balance) -> DispatchResult {
		if amount > 0 {
			T::Insurance::on_unbalanced(T::Currency::withdraw(
				&Self::account(pool),
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)?);
		}
		Ok(())
	}

	/// Gives money on hold to the insurance.
	pub(crate) fn forfeit(reason: HoldReason, who: &T::AccountId, amount: Balance) {
		if amount > 0 {
			let (credit, _missing) = T::Currency::slash(&reason.into(), who, amount);
			T::Insurance::on_unbalanced(credit);
		}
	}

	/// Puts money on hold. Nothing is no hold.
	pub(crate) fn hold(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::hold(&reason.into(), who, amount)
	}

	/// Gives back money on hold.
	pub(crate) fn release(
		reason: HoldReason,
		who: &T::AccountId,
		amount: Balance,
	) -> DispatchResult {
		if amount > 0 {
			T::Currency::release(&reason.into(), who, amount, Precision::Exact)?;
		}
		Ok(())
	}

	/// What an account must have.
	pub(crate) fn least() -> Balance {
		T::Currency::minimum_balance()
	}
}
