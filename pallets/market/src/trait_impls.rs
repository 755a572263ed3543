//! What other pallets see of the market.

use alloc::vec::Vec;
use frame_support::storage::with_storage_layer;
use pogcs_primitives::{
	traits::{HourFill, HourMarket, HourPrices, MarketError},
	ClassId, Interval, MicroGpuHours,
};
use sp_runtime::DispatchError;

use crate::{pallet::*, types::*};

/// An error, or that the layers of storage are used up.
struct Refused(MarketError);

impl From<DispatchError> for Refused {
	fn from(_: DispatchError) -> Self {
		Self(MarketError::Overflow)
	}
}

/// All or nothing, whatever the caller does with an error.
fn whole<R>(trade: impl FnOnce() -> Result<R, MarketError>) -> Result<R, MarketError> {
	with_storage_layer(|| trade().map_err(Refused)).map_err(|Refused(error)| error)
}

impl<T: Config> HourMarket<T::AccountId, Balance> for Pallet<T> {
	fn buy_flexible(
		who: &T::AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
		max_cost: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		whole(|| Self::do_buy_flexible(who, class, from, until, amount, max_cost))
	}

	fn buy_each(
		who: &T::AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount_each: MicroGpuHours,
		max_cost: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		whole(|| Self::do_buy_each(who, class, from, until, amount_each, max_cost))
	}

	fn sell(
		who: &T::AccountId,
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
		min_received: Balance,
	) -> Result<Balance, MarketError> {
		whole(|| Self::do_sell_each(who, class, interval, interval, amount, min_received))
	}

	fn quote_flexible(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError> {
		Self::quote_flexible_of(class, from, until, amount)
	}

	fn quote_each(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount_each: MicroGpuHours,
	) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError> {
		Self::quote_each_of(class, from, until, amount_each)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) {
		crate::benchmarking::stock_up::<T>(class, from, until, amount.0);
	}
}

impl<T: Config> HourPrices<Balance> for Pallet<T> {
	fn price(class: ClassId, interval: Interval) -> Option<Balance> {
		Self::price_of(class, interval).map(|view| view.before)
	}
}
