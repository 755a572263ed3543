//! What other pallets see of pools.

use pogcs_primitives::{
	traits::{
		Obligations, Pools as PoolsTrait, PromisedHours, RevenueError, Shortfall, Shortfalls,
	},
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

	fn reserve_price(pool: PoolId) -> Option<Balance> {
		let record = Pools::<T>::get(pool)?;
		// Without claims there is nothing to sell.
		record.claims.map(|_| record.terms.reserve_price)
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

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
	) -> Option<PoolId> {
		crate::benchmarking::stocked::<T>(class, interval, amount).ok()
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

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(
		class: ClassId,
		interval: Interval,
		missed: MicroGpuHours,
		covered: Balance,
	) {
		let missed = Units(missed.0);
		let entry = LedgerEntry {
			promised: missed,
			missed,
			penalties: covered,
			covered,
			..Default::default()
		};
		Ledger::<T>::insert(interval, class, entry);
	}
}

impl<T: Config> Pallet<T> {
	/// What a device promised of claims of `class` for `interval` and has not delivered.
	pub(crate) fn owed_by(device: DeviceId, class: ClassId, interval: Interval) -> MicroGpuHours {
		let owed = || {
			let record = Pools::<T>::get(PoolOf::<T>::get(device)?)?;
			// Energy, and compute of another kind, is something else.
			if record.claims != Some(class) {
				return None;
			}
			let promise = Promises::<T>::get(device, interval)?;
			Some(MicroGpuHours(promise.promised.saturating_sub(promise.delivered).0))
		};
		owed().unwrap_or_default()
	}
}

impl<T: Config> PromisedHours for Pallet<T> {
	fn owes(device: DeviceId, class: ClassId, interval: Interval) -> MicroGpuHours {
		Self::owed_by(device, class, interval)
	}

	fn pool_of(device: DeviceId) -> Option<PoolId> {
		PoolOf::<T>::get(device)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(
		device: DeviceId,
		class: ClassId,
		interval: Interval,
		hours: MicroGpuHours,
	) {
		crate::benchmarking::owe::<T>(device, class, interval, Units(hours.0))
			.expect("a benchmark's owner is rich, and its device may be a member");
	}
}
