//! The calls.

use frame_support::{
	dispatch::DispatchResultWithPostInfo, ensure, weights::Weight, weights::WeightMeter,
};
use pogcs_primitives::{ClassId, Interval, MicroGpuHours};
use sp_runtime::DispatchResult;

use crate::{pallet::*, types::*, WeightInfo};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_transfer_call(
		from: T::AccountId,
		to: T::AccountId,
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
	) -> DispatchResult {
		ensure!(amount != MicroGpuHours::ZERO, Error::<T>::Zero);
		Self::do_transfer(class, interval, &from, Part::Free, &to, amount)
			.map_err(Error::<T>::from)?;
		Ok(())
	}

	/// What a sweep of `limit` steps costs at most.
	pub(crate) fn sweep_weight(limit: u32) -> Weight {
		let steps = T::WeightInfo::sweep_step().saturating_mul(limit.into());
		T::WeightInfo::sweep_look().saturating_add(steps)
	}

	pub(crate) fn do_sweep(limit: u32) -> DispatchResultWithPostInfo {
		let mut meter = WeightMeter::with_limit(Self::sweep_weight(limit));
		ensure!(Self::sweep_due(&mut meter) > 0, Error::<T>::NothingDue);
		Ok(Some(meter.consumed()).into())
	}
}
