//! Quotes and prices for programmes that do not call view functions.

use alloc::vec::Vec;
use codec::Codec;
use pogcs_primitives::{
	traits::{HourFill, MarketError},
	ClassId, Interval, MicroGpuHours,
};

sp_api::decl_runtime_apis! {
	/// What the hour market would do now.
	pub trait HourMarketApi<Balance>
	where
		Balance: Codec,
	{
		/// What a GPU-hour costs at the margin, without fees. `None` if no bucket is open for it.
		fn price(class: ClassId, interval: Interval) -> Option<Balance>;

		/// What it cost when the previous block ended: the price that other pallets go by.
		fn oracle_price(class: ClassId, interval: Interval) -> Option<Balance>;

		/// What `buy` would cost, with fees.
		fn quote_buy(
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
		) -> Result<Balance, MarketError>;

		/// What `sell` would bring, after fees.
		fn quote_sell(
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
		) -> Result<Balance, MarketError>;

		/// What `buy_flexible` would buy where, and what all of it would cost, with fees.
		fn quote_flexible(
			class: ClassId,
			from: Interval,
			until: Interval,
			amount: MicroGpuHours,
		) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError>;

		/// What `buy_each` would cost, with fees.
		fn quote_each(
			class: ClassId,
			from: Interval,
			until: Interval,
			amount_each: MicroGpuHours,
		) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError>;
	}
}
