//! What only this pallet stores or shows.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::Get, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{ClassId, Interval, MicroGpuHours};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::Permill;

use crate::{
	math::{self, Level},
	pallet::Config,
};

/// Money, in plancks.
pub type Balance = u128;

/// A delivery day: so many intervals. Day `n` begins with interval `n * IntervalsPerDay`.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Day(pub u32);

/// A lane: the cash behind the books of every `Days`-th day.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct LaneId(pub u8);

/// A resting order.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct OrderId(pub u64);

/// How a class is traded. Governance sets it within [`Terms::are_sound`]; a book keeps to those under
/// which it was opened. Prices are for a GPU-hour.
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
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
	/// No bucket opens at less.
	pub min_price: Balance,
	/// No bucket opens at more.
	pub max_price: Balance,
	/// How far above the forecast a bucket opens: its opening price is the highest it can have.
	pub headroom: Permill,
	/// What part of a lane's cash a book is opened with: the most that the lane can lose in a day.
	pub deployed: Permill,
	/// With less than this a lane opens no book.
	pub min_book: Balance,
	/// The fee of a quiet book, on buying and selling alike.
	pub fee: Permill,
	/// What is added to it for each unit of realised volatility.
	pub fee_slope: Permill,
	/// What the two come to at most.
	pub max_fee: Permill,
	/// The most that is taken from sellers on top of it for stock that is not sold again.
	pub max_risk: Permill,
	/// What part of a book's opening reserve can flow out in one interval.
	pub breaker: Permill,
	/// How far a day moves an hour's forecast and its risk towards what was seen.
	pub learning: Permill,
	/// What part of a bucket's reserve must be bought for all of that.
	pub full_volume: Permill,
	/// How far a forecast rises in a day at most, for each part of the reserve that was paid in fees. Up
	/// to a third, nobody can push it up for less than what he could then take from the pool.
	pub rise: Permill,
	/// Hedge's learning rate.
	pub hedge: Permill,
	/// The profit or loss, as a part of the liquidity, that is as good or as bad as any to Hedge.
	pub range: Permill,
	/// What part of the liquidity all hours share alike.
	pub explore: Permill,
	/// How far below the previous block's price the hours of a pool may be sold by others.
	pub slippage: Permill,
}

/// A class that is traded.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ClassRecord {
	/// How it is traded.
	pub terms: Terms,
	/// Whether books are opened.
	pub open: bool,
	/// The asset of the first lane's shares; those of the others follow.
	pub shares: u32,
}

/// What was learnt of an hour of the day.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct HourProfile {
	/// What a GPU-hour is expected to fetch.
	pub price: Balance,
	/// What part of what sellers are paid does not come back, in millionths.
	pub risk: u32,
	/// The logarithm of its weight, in units of 2^-56; 0 for the best hour.
	pub weight: Level,
}

/// The market for one interval.
///
/// Its marginal price is `y / depth` for a µGPU-h: the slope `k` of the curve is `1 / depth`.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Bucket {
	/// The reserve.
	pub y: Balance,
	/// How much moves the price by a factor of e. Zero in a bucket that was not opened.
	pub depth: u64,
	/// What is for sale.
	pub stock: u64,
	/// The reserve that it opened with.
	pub base: Balance,
	/// The reserve when the last block ended before the one in which the book was last used.
	pub before: Balance,
	/// The logarithm of the opening price of a µGPU-h.
	pub level: Level,
	/// What left the reserve to sellers.
	pub paid: Balance,
	/// What was sold to the bucket.
	pub sold: u64,
	/// Fees taken.
	pub fees: Balance,
	/// What sellers pay on top of the fee, in millionths.
	pub risk: u32,
}

/// What the buckets of a book have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Head<BlockNumber> {
	/// The block in which the book was last used.
	pub block: BlockNumber,
	/// The interval in which it was last used.
	pub interval: Interval,
	/// All reserves.
	pub total: Balance,
	/// What they do not fall below in that interval.
	pub floor: Balance,
	/// What can flow out in an interval.
	pub outflow: Balance,
	/// The fee now, in millionths.
	pub fee: u32,
	/// How far that fee lifts what buyers pay at the margin.
	pub lift: Level,
	/// How far prices moved in this interval, block by block, in millionths.
	pub moved: u32,
	/// The average of that over the intervals before.
	pub volatility: u32,
	/// The fee when nothing moves.
	pub base_fee: u32,
	/// What the fee rises by for each unit of volatility.
	pub fee_slope: u32,
	/// The most that it rises to.
	pub max_fee: u32,
	/// Whether trading is halted.
	pub halted: bool,
}

/// All buckets of a class for one day: one item of storage.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Book<T: Config> {
	/// What they have in common.
	pub head: Head<BlockNumberFor<T>>,
	/// One for each interval of the day.
	pub buckets: BoundedVec<Bucket, T::IntervalsPerDay>,
}

/// A lane of a class.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Lane {
	/// Money that is in no book.
	pub cash: Balance,
	/// All shares of it.
	pub shares: Balance,
	/// The day of its book, if one is open.
	pub day: Option<Day>,
	/// The number of the roll that comes next.
	pub roll: u32,
	/// Money that gets shares then.
	pub deposits: Balance,
	/// Shares that are paid then.
	pub withdrawals: Balance,
	/// How many requests these are.
	pub requests: u32,
}

/// What a roll did to the requests that waited for it, until the last of them is claimed.
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
pub struct Roll {
	/// What the lane was worth.
	pub value: Balance,
	/// How many shares it had.
	pub shares: Balance,
	/// At what rate deposits got shares; `None` if they are given back.
	pub minted: Option<(Balance, Balance)>,
	/// How many requests are not claimed.
	pub requests: u32,
	/// The money that waits for them.
	pub money: Balance,
	/// The shares that wait for them.
	pub tokens: Balance,
}

/// What somebody asked of a lane. Each part waits for one roll.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Request {
	/// The roll that it waits for.
	pub roll: u32,
	/// Money for shares.
	pub deposit: Balance,
	/// Shares for money.
	pub withdrawal: Balance,
}

/// Which way an order trades.
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
pub enum Side {
	/// Buys hours.
	Buy,
	/// Sells hours.
	Sell,
}

/// A limit order that rests until the gate of its interval closes.
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
pub struct Order {
	/// Which way.
	pub side: Side,
	/// Of which class.
	pub class: ClassId,
	/// For which interval.
	pub interval: Interval,
	/// What is not filled yet.
	pub amount: MicroGpuHours,
	/// The most that a GPU-hour may cost, or the least that it must bring, with fees.
	pub limit: Balance,
	/// The logarithm of that for a µGPU-h.
	pub level: Level,
	/// Money on hold for what is not filled yet. None for a seller, whose hours are locked.
	pub held: Balance,
	/// The deposit for its place.
	pub deposit: Balance,
}

/// Why an order is gone.
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
pub enum OrderEnd {
	/// All of it is filled.
	Filled,
	/// Its owner took it back.
	Cancelled,
	/// Its gate closed.
	Expired,
}

/// How far the market's own work is.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Agenda {
	/// The interval whose work this is.
	pub interval: Interval,
	/// The class in the list that comes next; as many as there are classes when all are done.
	pub next: u32,
	/// Sales of pools before this interval are forgotten.
	pub forgotten: Interval,
}

/// The price of a product, as a wallet shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct PriceView {
	/// What a GPU-hour costs at the margin, without fees.
	pub now: Balance,
	/// What it cost when the previous block ended.
	pub before: Balance,
	/// What it cost when the book was opened: the most it can cost.
	pub opening: Balance,
	/// What is for sale.
	pub stock: MicroGpuHours,
	/// What buyers pay on top, in millionths.
	pub buy_fee: u32,
	/// What is taken from sellers, in millionths.
	pub sell_fee: u32,
	/// Whether it can be bought now.
	pub buyable: bool,
	/// Whether it can be sold now.
	pub sellable: bool,
}

/// A lane, as a wallet shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct LaneView {
	/// The asset of its shares.
	pub asset: u32,
	/// Its state.
	pub lane: Lane,
	/// What it would be worth if its book were closed now, the hours in stock counted as nothing.
	pub value: Balance,
	/// From when on it rolls, if a book is open; otherwise it does as soon as anybody asks.
	pub rolls: Option<Interval>,
}

/// What somebody has in a lane, as a wallet shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ShareView {
	/// Shares.
	pub shares: Balance,
	/// What they would be worth if the lane's book were closed now.
	pub value: Balance,
	/// Money that waits for the lane to roll.
	pub deposit: Balance,
	/// Shares that wait for the lane to roll.
	pub withdrawal: Balance,
	/// Shares that can be claimed.
	pub claimable_shares: Balance,
	/// Money that can be claimed.
	pub claimable_money: Balance,
}

/// A trade that could be made now, and its cost or proceeds with fees.
pub type Quote = (Vec<pogcs_primitives::traits::HourFill<Balance>>, Balance);

impl Terms {
	/// Whether they make a market at all. What they are set to within this is for governance to
	/// judge; no value within it can make a pool insolvent or a call fail for good.
	pub fn are_sound(&self) -> bool {
		const HIGHEST: Balance = 1 << 80;
		let most = self.max_fee.deconstruct().saturating_add(self.max_risk.deconstruct());
		let some = [self.deployed, self.breaker, self.full_volume, self.range];
		self.min_price > 0
			&& self.min_price <= self.max_price
			&& self.max_price <= HIGHEST
			&& self.min_book > 0
			&& self.fee <= self.max_fee
			// Sellers keep a tenth at least.
			&& most <= 900_000
			&& some.iter().all(|part| !part.is_zero())
			&& self.deployed < Permill::one()
	}
}

impl Bucket {
	/// Whether it was opened.
	pub fn is_open(&self) -> bool {
		self.depth > 0
	}

	/// The marginal price for a GPU-hour, rounded down.
	pub fn price(&self) -> Balance {
		math::price(self.y, self.depth).unwrap_or_default()
	}

	/// The logarithm of the marginal price of a µGPU-h.
	pub fn margin(&self) -> Level {
		let fall = math::fall(self.stock, self.depth).unwrap_or_default();
		self.level.saturating_sub(fall)
	}

	/// What it has, should it be closed now.
	pub fn value(&self) -> Balance {
		self.y.saturating_add(self.fees)
	}
}

impl<BlockNumber> Head<BlockNumber> {
	/// What is taken from sellers to a bucket with such a risk, in millionths.
	pub fn sell_fee(&self, risk: u32) -> u32 {
		self.fee.saturating_add(risk)
	}
}

impl<T: Config> Book<T> {
	/// The market for an interval of its day.
	pub fn bucket(&self, interval: Interval) -> Option<&Bucket> {
		self.buckets.get(Self::place(interval)?)
	}

	/// The same, to trade with.
	pub(crate) fn bucket_mut(&mut self, interval: Interval) -> Option<&mut Bucket> {
		self.buckets.get_mut(Self::place(interval)?)
	}

	fn place(interval: Interval) -> Option<usize> {
		usize::try_from(interval.0.checked_rem(T::IntervalsPerDay::get())?).ok()
	}

	/// What all of it is worth should it be closed now.
	pub fn value(&self) -> Balance {
		self.buckets.iter().fold(0, |sum: Balance, bucket| sum.saturating_add(bucket.value()))
	}
}
