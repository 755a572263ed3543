//! What other pallets see of pools.

use pogcs_primitives::{
	traits::{Obligations, Pools as PoolsTrait, RevenueError, Shortfall, Shortfalls},
	ClassId, DeviceId, Interval, MicroGpuHours, PoolId,
};
use sp_runtime::DispatchError;

use crate::{pallet::*, types::*};

/// A device in a pool cannot leave the registry, be sold or change its key: its promises and its
/// owner's deposits hang on it.
impl<T: Config> Obligations for Pallet<T> {
	fn has_obligations(device: DeviceId) -> bool {
		PoolOf::<T>::contains_key(device)
	}
}

impl<T: Config> PoolsTrait<T::AccountId, Balance> for Pallet<T> {
	fn claims(pool: PoolId) -> Option<ClassId> {
		Pools::<T>::get(pool)?.claims
	}

	fn account(pool: PoolId) -> T::AccountId {
		Self::account(pool)
	}

	fn pay_in(
		pool: PoolId,
		interval: Interval,
		from: &T::AccountId,
		amount: Balance,
	) -> Result<(), RevenueError> {
		let refused = |error: DispatchError| {
			let is = |named: Error<T>| error == named.into();
			if is(Error::<T>::BookClosed) {
				RevenueError::Closed
			} else if is(Error::<T>::NothingPromised) || is(Error::<T>::UnknownPool) {
				RevenueError::NothingPromised
			} else {
				RevenueError::Funds
			}
		};
		Self::do_pay_in(from.clone(), pool, interval, amount, Shares::ByWork).map_err(refused)
	}
}

impl<T: Config> Shortfalls<Balance> for Pallet<T> {
	fn shortfall(class: ClassId, interval: Interval) -> Option<Shortfall<Balance>> {
		let entry = Ledger::<T>::get(interval, class)?;
		(entry.missed > Units::ZERO).then(|| Shortfall {
			missed: MicroGpuHours(entry.missed.0),
			taken: entry.penalties.saturating_add(entry.forfeited),
			covered: entry.covered,
			settled: entry.open == 0,
		})
	}
}
