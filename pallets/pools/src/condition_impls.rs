//! Terms and entry conditions: which are well formed, and who meets them.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	records::{ClassRecord, PoolKind},
	traits::{Benchmarks, Credentials, DeviceInfo, Devices, Places},
	units::{grams_per_gpu_hour, GramsPerKwh},
	CellId, DeviceId, MilliWattHours, PoolId,
};
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Checks terms against the chain's bounds.
	pub(crate) fn ensure_terms(kind: PoolKind, terms: &Terms) -> DispatchResult {
		ensure!(
			terms.penalty >= T::MinPenalty::get() && terms.penalty <= T::MaxPenalty::get(),
			Error::<T>::BadPenalty
		);
		ensure!(terms.leader_fee <= T::MaxLeaderFee::get(), Error::<T>::BadFee);
		ensure!(
			terms.capacity > 0
				&& terms.capacity <= T::MaxMembers::get()
				&& terms.guests <= T::MaxGuests::get(),
			Error::<T>::BadCapacity
		);
		ensure!(kind == PoolKind::Compute || terms.guests == 0, Error::<T>::NoGuests);
		ensure!(terms.notice > 0 && terms.notice <= T::MaxNotice::get(), Error::<T>::BadNotice);
		ensure!(terms.reserve_price <= T::MaxReservePrice::get(), Error::<T>::BadReservePrice);
		Ok(())
	}

	/// Checks that conditions are sound, each by itself and together.
	pub(crate) fn ensure_conditions(conditions: &ConditionsOf<T>) -> DispatchResult {
		for (index, condition) in conditions.iter().enumerate() {
			let sound = match condition {
				Condition::Stake(stake) => *stake > 0,
				Condition::CarbonPerKwh(_) | Condition::CarbonPerGpuHour(_) => true,
				Condition::BenchmarkSince(_) | Condition::Credential { .. } => true,
				Condition::Region(cell) => T::Places::resolution(*cell).is_some(),
				Condition::Lottery { places, applications } => {
					(1..=T::MaxPlaces::get()).contains(places)
						&& (1..=T::MaxApplications::get()).contains(applications)
				}
			};
			ensure!(sound, Error::<T>::BadCondition);
			let twice = conditions.iter().skip(index.saturating_add(1)).any(|other| {
				let same = core::mem::discriminant(other) == core::mem::discriminant(condition);
				same && (!matches!(condition, Condition::Credential { .. }) || other == condition)
			});
			ensure!(!twice, Error::<T>::ConditionTwice);
		}
		Ok(())
	}

	/// Whether `cell` lies in `region`.
	fn lies_in(cell: CellId, region: CellId) -> bool {
		T::Places::resolution(region)
			.is_some_and(|resolution| T::Places::ancestor(cell, resolution) == Some(region))
	}

	/// Grams per GPU-hour of a class at full draw, rounded up.
	pub(crate) fn class_carbon(class: &ClassRecord) -> Option<GramsPerGpuHour> {
		let work = T::Capability::convert(*class);
		grams_per_gpu_hour(class.carbon.of(class.max_draw), work).map(GramsPerGpuHour)
	}

	/// Whether a device meets one condition, or which it fails. Stake and lot are asked elsewhere.
	fn meets(
		condition: &ConditionOf<T>,
		device: DeviceId,
		info: &DeviceInfo<T::AccountId>,
	) -> Result<(), Error<T>> {
		let (met, error) = match condition {
			Condition::Stake(_) | Condition::Lottery { .. } => return Ok(()),
			Condition::CarbonPerKwh(GramsPerKwh(most)) => {
				(info.record.carbon.0 <= *most, Error::<T>::TooMuchCarbonPerKwh)
			}
			Condition::CarbonPerGpuHour(most) => (
				Self::class_carbon(&info.record).is_some_and(|carbon| carbon <= *most),
				Error::<T>::TooMuchCarbonPerGpuHour,
			),
			Condition::BenchmarkSince(since) => (
				T::Benchmarks::last_passed(device).is_some_and(|passed| passed >= *since),
				Error::<T>::BenchmarkTooOld,
			),
			Condition::Credential { issuer, kind } => {
				(T::Credentials::has(&info.owner, issuer, *kind), Error::<T>::NoCredential)
			}
			Condition::Region(region) => {
				(Self::lies_in(info.cell, *region), Error::<T>::WrongRegion)
			}
		};
		met.then_some(()).ok_or(error)
	}

	/// Checks what a pool tells its buyers of its members: asked at entry and with every promise.
	pub(crate) fn ensure_meets(
		pool: PoolId,
		device: DeviceId,
		info: &DeviceInfo<T::AccountId>,
	) -> DispatchResult {
		for condition in &Conditions::<T>::get(pool) {
			Self::meets(condition, device, info)?;
		}
		Ok(())
	}

	/// Checks the region alone: all that is asked of a leader, which lends no compute.
	pub(crate) fn ensure_region(pool: PoolId, info: &DeviceInfo<T::AccountId>) -> DispatchResult {
		for condition in &Conditions::<T>::get(pool) {
			if let Condition::Region(region) = condition {
				ensure!(Self::lies_in(info.cell, *region), Error::<T>::WrongRegion);
			}
		}
		Ok(())
	}

	/// Checks whether a device may be a full member: of the class, with a panel, online, in no
	/// other pool.
	pub(crate) fn ensure_member(
		pool: PoolId,
		record: &PoolRecordOf<T>,
		device: DeviceId,
		info: &DeviceInfo<T::AccountId>,
	) -> DispatchResult {
		ensure!(!PoolOf::<T>::contains_key(device), Error::<T>::AlreadyMember);
		ensure!(Self::is_online(info), Error::<T>::Offline);
		ensure!(Self::has_panel(&info.record), Error::<T>::NoPanel);
		ensure!(info.class == record.class, Error::<T>::WrongClass);
		Self::ensure_meets(pool, device, info)
	}

	/// Whether devices of a class generate anything themselves.
	pub(crate) fn has_panel(class: &ClassRecord) -> bool {
		class.max_generation > MilliWattHours::ZERO
	}

	/// The stake that a pool asks for.
	pub(crate) fn stake_of(pool: PoolId) -> Balance {
		Conditions::<T>::get(pool)
			.iter()
			.find_map(|condition| match condition {
				Condition::Stake(stake) => Some(*stake),
				_ => None,
			})
			.unwrap_or(0)
	}

	/// The lottery that a pool asks for: places and intervals of application.
	pub(crate) fn lottery_of(pool: PoolId) -> Option<(u32, u32)> {
		Conditions::<T>::get(pool).iter().find_map(|condition| match condition {
			Condition::Lottery { places, applications } => Some((*places, *applications)),
			_ => None,
		})
	}

	/// The conditions that a device does not meet.
	pub(crate) fn unmet_conditions(pool: PoolId, device: DeviceId) -> ConditionsOf<T> {
		let mut conditions = Conditions::<T>::get(pool);
		if let Some(info) = T::Devices::device(device) {
			conditions.retain(|condition| Self::meets(condition, device, &info).is_err());
		}
		conditions
	}
}
