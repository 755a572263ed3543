//! What other pallets see of the hour market, and what it asks of those that use hours.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{ClassId, Interval, MicroGpuHours};

/// What was bought or sold of one interval, and what it came to with fees.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct HourFill<Balance> {
	/// Which interval.
	pub interval: Interval,
	/// How many hours.
	pub amount: MicroGpuHours,
	/// What the buyer pays for them, or the seller receives: fees included.
	pub cost: Balance,
}

/// Why the market did not trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum MarketError {
	/// Nothing to trade.
	Zero,
	/// The range is empty, or longer than one call covers.
	BadRange,
	/// Too late: the gate of this interval is closed.
	GateClosed,
	/// No book is open for this product.
	NotOpen,
	/// Trading in this book is halted.
	Halted,
	/// Less is for sale than was asked for.
	OutOfStock,
	/// It would cost more than the limit.
	Overpriced,
	/// It would bring less than the limit.
	Underpriced,
	/// The pool takes no more of this hour.
	Saturated,
	/// The circuit breaker: as much has flowed out of the book as may in one interval.
	Tripped,
	/// Either side would be left with less than the least holding.
	Dust,
	/// The account does not have the money.
	Funds,
	/// The account does not have the hours free.
	Claims,
	/// The numbers do not fit.
	Overflow,
}

/// The hour market, for pallets that buy hours for somebody or sell them again.
///
/// All or nothing: an error changes nothing.
pub trait HourMarket<AccountId, Balance> {
	/// Buys `amount` over the intervals `from` to `until`, both included, at the least cost. The
	/// claims come to `who`. What was bought where, and what it cost.
	fn buy_flexible(
		who: &AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
		max_cost: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError>;

	/// Buys `amount_each` in every interval from `from` to `until`, both included.
	fn buy_each(
		who: &AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount_each: MicroGpuHours,
		max_cost: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError>;

	/// Sells hours that are free with `who`. What was received.
	fn sell(
		who: &AccountId,
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
		min_received: Balance,
	) -> Result<Balance, MarketError>;

	/// What [`Self::buy_flexible`] would buy where, and what all of it would cost now.
	fn quote_flexible(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError>;

	/// What [`Self::buy_each`] would cost now.
	fn quote_each(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount_each: MicroGpuHours,
	) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError>;

	/// Makes a market in which at least `amount` of each interval from `from` to `until` is for
	/// sale, of which none is past.
	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(class: ClassId, from: Interval, until: Interval, amount: MicroGpuHours);
}

/// Prices that nobody can move within a block.
pub trait HourPrices<Balance> {
	/// What a GPU-hour of the product cost at the margin, without fees, when the previous block
	/// ended. `None` if there is no book for it.
	fn price(class: ClassId, interval: Interval) -> Option<Balance>;
}

/// What contracts ask of the hours that they hold.
pub trait HourContracts {
	/// How much of the claims of a product contracts hold and have asked to be delivered. The
	/// answer must stand once `interval` is over.
	fn asked(class: ClassId, interval: Interval) -> MicroGpuHours;
}

/// Without contracts, whoever bought hours counts as asking for them.
impl HourContracts for () {
	fn asked(_: ClassId, _: Interval) -> MicroGpuHours {
		MicroGpuHours(u64::MAX)
	}
}
