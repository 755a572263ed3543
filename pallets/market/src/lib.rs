#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod book_impls;
mod class_impls;
mod liquidity_impls;
pub mod math;
mod order_impls;
mod pool_impls;
mod roll_impls;
pub mod runtime_api;
mod trade_impls;
mod trait_impls;
mod types;
mod view_impls;
pub mod weights;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, fungibles, EnsureOrigin, StorageVersion},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		traits::{HourContracts, HourFill, HourLedger, IntervalClock, MarketError, Pools},
		ClassId, Interval, MicroGpuHours, PoolId,
	};
	use sp_runtime::Permill;

	use crate::{types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the market needs.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// What hours are paid in.
		type Money: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The overarching reason for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// The shares of lanes.
		type Shares: fungibles::Inspect<Self::AccountId, AssetId = u32, Balance = Balance>
			+ fungibles::Create<Self::AccountId>
			+ fungibles::Mutate<Self::AccountId>;

		/// The ledger of hour claims.
		type Hours: HourLedger<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The pools whose hours anybody can bring to the market.
		type Pools: Pools<Self::AccountId, Balance>;

		/// What contracts ask of the hours that they hold.
		type Contracts: HourContracts;

		/// The chain's clock.
		type Clock: IntervalClock;

		/// Who makes classes and sets their terms.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The market's account is made of it.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// How many intervals a day has.
		#[pallet::constant]
		type IntervalsPerDay: Get<u32>;

		/// How many days ahead books are open, and so how many lanes a class has.
		#[pallet::constant]
		type Days: Get<u32>;

		/// How many classes are traded at most.
		#[pallet::constant]
		type MaxClasses: Get<u32>;

		/// How many intervals before its own an interval is not bought any more; with 0, when it
		/// begins.
		#[pallet::constant]
		type BuyGate: Get<u32>;

		/// How many intervals before its own an interval is not sold any more: no earlier than it is
		/// bought, so that who sells late still meets buyers.
		#[pallet::constant]
		type SellGate: Get<u32>;

		/// The least that is traded of an interval: as much as the ledger of claims lets an account
		/// hold.
		#[pallet::constant]
		type LeastHours: Get<MicroGpuHours>;

		/// The least that a deposit puts into each lane.
		#[pallet::constant]
		type LeastDeposit: Get<Balance>;

		/// The deposit for the place of a resting order.
		#[pallet::constant]
		type OrderDeposit: Get<Balance>;

		/// How many resting orders a block looks at.
		#[pallet::constant]
		type OrdersPerBlock: Get<u32>;

		/// For how many intervals after its own it is known what pools sold of an interval: until it
		/// is settled what they owe.
		#[pallet::constant]
		type Retention: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why the market holds money, and why it locks hours.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A resting order: what it may cost, or the hours that it sells, and the deposit for its
		/// place.
		Order,
	}

	/// The classes that are traded.
	#[pallet::storage]
	pub type Classes<T: Config> = StorageMap<_, Twox64Concat, ClassId, ClassRecord, OptionQuery>;

	/// Their list, in the order in which they were made.
	#[pallet::storage]
	pub type ClassList<T: Config> = StorageValue<_, BoundedVec<ClassId, T::MaxClasses>, ValueQuery>;

	/// What was learnt of each hour of the day.
	#[pallet::storage]
	pub type Profiles<T: Config> = StorageMap<
		_,
		Twox64Concat,
		ClassId,
		BoundedVec<HourProfile, T::IntervalsPerDay>,
		ValueQuery,
	>;

	/// The lanes of a class.
	#[pallet::storage]
	pub type Lanes<T: Config> =
		StorageMap<_, Twox64Concat, ClassId, BoundedVec<Lane, T::Days>, ValueQuery>;

	/// The open books: all buckets of a class and a day are one item.
	#[pallet::storage]
	pub type Books<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ClassId, Twox64Concat, Day, Book<T>, OptionQuery>;

	/// Rolls whose requests are not all claimed.
	#[pallet::storage]
	pub type Rolls<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ClassId, Twox64Concat, (LaneId, u32), Roll, OptionQuery>;

	/// What somebody asked of the lanes of a class: one for each lane.
	#[pallet::storage]
	pub type Requests<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		ClassId,
		Blake2_128Concat,
		T::AccountId,
		BoundedVec<Request, T::Days>,
		ValueQuery,
	>;

	/// Resting orders, by owner.
	#[pallet::storage]
	pub type Orders<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		OrderId,
		Order,
		OptionQuery,
	>;

	/// The number of the next order.
	#[pallet::storage]
	pub type NextOrder<T: Config> = StorageValue<_, OrderId, ValueQuery>;

	/// The order that was looked at last.
	#[pallet::storage]
	pub type LastOrder<T: Config> = StorageValue<_, (T::AccountId, OrderId), OptionQuery>;

	/// What was sold of a pool's hours.
	#[pallet::storage]
	pub type PoolSales<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		Interval,
		Twox64Concat,
		PoolId,
		(ClassId, MicroGpuHours),
		OptionQuery,
	>;

	/// What was sold of all pools' hours of a product.
	#[pallet::storage]
	pub type Sales<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		Interval,
		Twox64Concat,
		ClassId,
		MicroGpuHours,
		ValueQuery,
	>;

	/// How far the market's own work is.
	#[pallet::storage]
	pub type Progress<T: Config> = StorageValue<_, Agenda, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A class is traded from now on.
		ClassMade {
			/// Which.
			class: ClassId,
			/// The asset of its first lane's shares; those of the others follow.
			shares: u32,
			/// The forecast that it begins with.
			price: Balance,
			/// How it is traded.
			terms: Terms,
		},
		/// Books that are opened from now on are traded under other terms.
		TermsSet {
			/// Of which class.
			class: ClassId,
			/// How it is traded.
			terms: Terms,
		},
		/// Books of a class are opened, or no more are.
		OpenSet {
			/// Which class.
			class: ClassId,
			/// Whether they are.
			open: bool,
		},
		/// Trading in a book was halted or goes on.
		HaltSet {
			/// Of which class.
			class: ClassId,
			/// The book of which day.
			day: Day,
			/// Whether it is halted.
			halted: bool,
		},
		/// Hours were bought.
		Bought {
			/// Who bought.
			who: T::AccountId,
			/// Of which class.
			class: ClassId,
			/// How much of which interval, and what it cost with the fee.
			fills: Vec<HourFill<Balance>>,
			/// What all of it cost, with fees.
			cost: Balance,
		},
		/// Hours were sold.
		Sold {
			/// Who sold.
			who: T::AccountId,
			/// Of which class.
			class: ClassId,
			/// How much of which interval, and what was received after fees.
			fills: Vec<HourFill<Balance>>,
			/// What was received in all.
			received: Balance,
		},
		/// Hours of a pool were sold for it.
		PoolSold {
			/// Which pool.
			pool: PoolId,
			/// Of which class.
			class: ClassId,
			/// Of which interval.
			interval: Interval,
			/// How much.
			amount: MicroGpuHours,
			/// What the pool received.
			received: Balance,
		},
		/// Money waits for the lanes to roll.
		Deposited {
			/// Whose.
			who: T::AccountId,
			/// Into the lanes of which class.
			class: ClassId,
			/// How much, over all lanes.
			amount: Balance,
		},
		/// Shares wait for their lane to roll.
		WithdrawalAsked {
			/// Whose.
			who: T::AccountId,
			/// Of which class.
			class: ClassId,
			/// Of which lane.
			lane: LaneId,
			/// How many.
			shares: Balance,
		},
		/// What a roll gave for a request was handed out.
		Claimed {
			/// To whom.
			who: T::AccountId,
			/// Of which class.
			class: ClassId,
			/// Of which lane.
			lane: LaneId,
			/// Shares for a deposit.
			shares: Balance,
			/// Money for shares, or a deposit that could not be taken.
			money: Balance,
		},
		/// A lane minted and burnt shares.
		Rolled {
			/// Of which class.
			class: ClassId,
			/// Which lane.
			lane: LaneId,
			/// The number of this roll.
			roll: u32,
			/// What the lane was worth before it.
			value: Balance,
			/// Its shares before it.
			shares: Balance,
			/// Shares minted.
			minted: Balance,
			/// Shares burnt.
			burnt: Balance,
			/// What is paid for those.
			paid: Balance,
		},
		/// A day is over.
		BookClosed {
			/// Of which class.
			class: ClassId,
			/// Which day.
			day: Day,
			/// What its buckets opened with.
			base: Balance,
			/// What the lane got back, without fees.
			reserves: Balance,
			/// Fees.
			fees: Balance,
		},
		/// A day is traded from now on.
		BookOpened {
			/// Of which class.
			class: ClassId,
			/// Which day.
			day: Day,
			/// Reserve and depth of each bucket; nothing of those that were not opened.
			buckets: Vec<(Balance, u64)>,
		},
		/// An order rests.
		OrderPlaced {
			/// Whose.
			who: T::AccountId,
			/// Its number.
			order: OrderId,
			/// Which way it trades.
			side: Side,
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// How much.
			amount: MicroGpuHours,
			/// The most that a GPU-hour may cost, or the least that it must bring, with fees.
			limit: Balance,
		},
		/// Some of an order was filled: `Bought` or `Sold` says at what price.
		OrderFilled {
			/// Whose.
			who: T::AccountId,
			/// Its number.
			order: OrderId,
			/// How much.
			amount: MicroGpuHours,
			/// What of it still rests.
			left: MicroGpuHours,
		},
		/// An order is gone; what was on hold for it is its owner's again.
		OrderEnded {
			/// Whose.
			who: T::AccountId,
			/// Its number.
			order: OrderId,
			/// Why.
			end: OrderEnd,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// Nothing to trade. Name an amount above zero.
		Zero,
		/// The range of intervals is empty or longer than the days that are traded. Name `from` and
		/// `until` in order, both included.
		BadRange,
		/// Too late: the gate of this interval is closed. Trade a later one.
		GateClosed,
		/// No book is open for this class and interval. Trade an earlier interval, or wait.
		NotOpen,
		/// Trading in this book is halted.
		Halted,
		/// Less is for sale than that. Ask for a quote, or let an order rest.
		OutOfStock,
		/// It costs more than the limit. Raise it, or let an order rest.
		Overpriced,
		/// It brings less than the limit. Lower it, or let an order rest.
		Underpriced,
		/// The pool takes no more of this hour.
		Saturated,
		/// The circuit breaker: as much has flowed out of this book as may in one interval. Sell less,
		/// or in the next interval.
		Tripped,
		/// Somebody would be left with less than the least holding. Trade a little more or less.
		Dust,
		/// The account does not have the money, or would not live on.
		Funds,
		/// The account does not have so many hours free.
		Claims,
		/// The numbers do not fit.
		Overflow,
		/// The deadline is past. Sign the trade anew.
		Expired,
		/// No such class.
		UnknownClass,
		/// The class is traded already.
		KnownClass,
		/// No more classes can be traded.
		TooManyClasses,
		/// The terms contradict each other, or leave the bounds of what a market can keep to.
		Unsound,
		/// The asset for the lanes' shares is taken, or cannot be made. Name another.
		BadAsset,
		/// No such lane.
		UnknownLane,
		/// Less than the least deposit in each lane.
		TooSmall,
		/// The account has no shares of that, or fewer.
		NoShares,
		/// No lane that this account waits for has rolled since.
		NothingToClaim,
		/// No such order.
		UnknownOrder,
		/// Only its owner may cancel an order before its gate closes.
		NotOwner,
		/// The market does not meet the order's limit now, or met it only within this block.
		Unmet,
		/// No such pool, or it does not let others sell its hours.
		NotForSale,
		/// Below the pool's reserve price, or too far below the previous block's price.
		BelowReserve,
		/// The pool could not be paid: it promised nothing for the interval any more.
		PoolRefused,
		/// No lane rolls now, and nothing is to be forgotten.
		NothingDue,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Classes that are traded from the first block on: each with the asset of its first lane's
		/// shares, what a GPU-hour is expected to fetch, and its terms.
		pub classes: Vec<(ClassId, u32, Balance, Terms)>,
		/// Who stands behind which of them from the start, and with how much.
		pub deposits: Vec<(T::AccountId, ClassId, Balance)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (class, shares, price, terms) in &self.classes {
				Pallet::<T>::do_make_class(*class, *shares, *price, *terms)
					.expect("a class is made once, of sound terms and assets that are free");
			}
			for (who, class, amount) in &self.deposits {
				Pallet::<T>::do_deposit(who.clone(), *class, *amount)
					.expect("who stands behind a class that is traded has the money");
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::work(&mut meter);
			Self::try_orders(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(T::IntervalsPerDay::get() > 0, "a day has intervals");
			assert!(T::IntervalsPerDay::get() <= 96, "a book is one item of storage");
			assert!(
				(2..=14).contains(&T::Days::get()),
				"a lane that rolls opens a day which has not begun, and a call passes over all lanes"
			);
			assert!(T::SellGate::get() >= T::BuyGate::get(), "who sells last must meet buyers");
			assert!(
				T::LeastHours::get() > MicroGpuHours::ZERO,
				"dust costs nothing without a least"
			);
			assert!(
				Self::least_shares() >= 1_000_000,
				"a deposit is much more than a share, or it could be rounded away"
			);
			assert!(T::MaxClasses::get() > 0, "a market trades something");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Buys hours of one interval.
		///
		/// - `class`, `interval`: which product.
		/// - `amount`: how much.
		/// - `max_cost`: the most that it may cost, with fees.
		/// - `deadline`: the last block in which this may happen.
		///
		/// Origin: signed, the buyer. Event: `Bought`. Errors: `Expired`, `Zero`, `Dust`,
		/// `GateClosed`, `NotOpen`, `Halted`, `OutOfStock`, `Overpriced`, `Funds`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::buy())]
		pub fn buy(
			origin: OriginFor<T>,
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
			max_cost: Balance,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_in_time(deadline)?;
			Self::do_buy_each(&who, class, interval, interval, amount, max_cost)
				.map_err(Error::<T>::from)?;
			Ok(())
		}

		/// Sells hours of one interval.
		///
		/// - `class`, `interval`, `amount`: as in `buy`; any part of what was bought can be sold again.
		/// - `min_received`: the least that it must bring, after fees.
		/// - `deadline`: the last block in which this may happen.
		///
		/// Origin: signed, the holder. Event: `Sold`. Errors: `Expired`, `Zero`, `Dust`, `GateClosed`,
		/// `NotOpen`, `Halted`, `Saturated`, `Tripped`, `Underpriced`, `Claims`, `Funds`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::sell())]
		pub fn sell(
			origin: OriginFor<T>,
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
			min_received: Balance,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_in_time(deadline)?;
			Self::do_sell_each(&who, class, interval, interval, amount, min_received)
				.map_err(Error::<T>::from)?;
			Ok(())
		}

		/// Buys hours over a range of intervals at the least cost, however they fall.
		///
		/// - `class`: of which class.
		/// - `from`, `until`: the intervals to choose from, both included.
		/// - `amount`: how much in all.
		/// - `max_cost`: the most that all of it may cost, with fees.
		/// - `deadline`: the last block in which this may happen.
		///
		/// Origin: signed, the buyer. Event: `Bought`. Errors: as of `buy`, and `BadRange`.
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::weight_of_search(*from, *until))]
		pub fn buy_flexible(
			origin: OriginFor<T>,
			class: ClassId,
			from: Interval,
			until: Interval,
			amount: MicroGpuHours,
			max_cost: Balance,
			deadline: BlockNumberFor<T>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::ensure_in_time(deadline)?;
			let fills = Self::do_buy_flexible(&who, class, from, until, amount, max_cost)
				.map_err(Error::<T>::from)?;
			Ok(Some(Self::weight_of_fills(from, until, fills.len())).into())
		}

		/// Buys the same amount in every interval of a range: steady load.
		///
		/// - `class`: of which class.
		/// - `from`, `until`: the intervals, both included.
		/// - `amount_each`: how much of each.
		/// - `max_cost`: the most that all of it may cost, with fees.
		/// - `deadline`: the last block in which this may happen.
		///
		/// Origin: signed, the buyer. Event: `Bought`. Errors: as of `buy`, and `BadRange`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::buy_each(Pallet::<T>::length(*from, *until)))]
		pub fn buy_each(
			origin: OriginFor<T>,
			class: ClassId,
			from: Interval,
			until: Interval,
			amount_each: MicroGpuHours,
			max_cost: Balance,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_in_time(deadline)?;
			Self::do_buy_each(&who, class, from, until, amount_each, max_cost)
				.map_err(Error::<T>::from)?;
			Ok(())
		}

		/// Sells the same amount in every interval of a range: a block that was bought, or any part.
		///
		/// - `class`: of which class.
		/// - `from`, `until`: the intervals, both included.
		/// - `amount_each`: how much of each.
		/// - `min_received`: the least that all of it must bring, after fees.
		/// - `deadline`: the last block in which this may happen.
		///
		/// Origin: signed, the holder. Event: `Sold`. Errors: as of `sell`, and `BadRange`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::sell_each(Pallet::<T>::length(*from, *until)))]
		pub fn sell_each(
			origin: OriginFor<T>,
			class: ClassId,
			from: Interval,
			until: Interval,
			amount_each: MicroGpuHours,
			min_received: Balance,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_in_time(deadline)?;
			Self::do_sell_each(&who, class, from, until, amount_each, min_received)
				.map_err(Error::<T>::from)?;
			Ok(())
		}

		/// Sells hours that lie free in a pool's account, for the pool: anybody may.
		///
		/// - `pool`, `interval`, `amount`: which hours.
		/// - `min_received`: the least that they must bring, after fees: above the pool's own reserve
		///   price and, within the terms' slippage, the price of the previous block.
		/// - `deadline`: the last block in which this may happen.
		///
		/// Origin: signed, anybody. Event: `PoolSold`. Errors: as of `sell`, `NotForSale`,
		/// `BelowReserve`, `PoolRefused`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::sell_pool())]
		pub fn sell_pool(
			origin: OriginFor<T>,
			pool: PoolId,
			interval: Interval,
			amount: MicroGpuHours,
			min_received: Balance,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::ensure_in_time(deadline)?;
			Self::do_sell_pool(pool, interval, amount, min_received)
		}

		/// Puts money behind all lanes of a class alike. Each part gets shares when its lane rolls.
		///
		/// - `class`: which class.
		/// - `amount`: how much in all, at least `LeastDeposit` for each lane.
		///
		/// Whoever is the first to deposit in any class gives the market's account the least that an
		/// account must have.
		///
		/// Origin: signed. Event: `Deposited`. Errors: `UnknownClass`, `TooSmall`, `Funds`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::deposit())]
		pub fn deposit(origin: OriginFor<T>, class: ClassId, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_deposit(who, class, amount)
		}

		/// Asks for the same part of one's shares of every lane back. Each is paid when its lane rolls.
		///
		/// - `class`: which class.
		/// - `part`: what part of the shares, rounded down; all of them for everything.
		///
		/// Origin: signed. Event: `WithdrawalAsked` for each lane. Errors: `UnknownClass`, `NoShares`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, class: ClassId, part: Permill) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(who, class, part)
		}

		/// Asks for shares of one lane back.
		///
		/// - `class`, `lane`: which lane.
		/// - `shares`: how many.
		///
		/// Origin: signed. Event: `WithdrawalAsked`. Errors: `UnknownClass`, `UnknownLane`, `NoShares`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw_lane(
			origin: OriginFor<T>,
			class: ClassId,
			lane: LaneId,
			shares: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_lane(who, class, lane, shares)
		}

		/// Hands out what rolls gave for somebody's requests.
		///
		/// - `who`: whose.
		/// - `class`: of which class.
		///
		/// Origin: signed, anybody. Event: `Claimed` for each lane. Errors: `NothingToClaim`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(origin: OriginFor<T>, who: T::AccountId, class: ClassId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(who, class)
		}

		/// Lets an order rest until the gate of its interval closes. It is filled, in parts or whole,
		/// once the pool's price meets its limit: never at a worse price, and mostly at a better.
		///
		/// - `side`: buys or sells.
		/// - `class`, `interval`, `amount`: what.
		/// - `limit`: the most that a GPU-hour may cost, or the least that it must bring, with fees.
		///
		/// What it may cost is put on hold, or the hours are locked; and a deposit for its place is on
		/// hold.
		///
		/// Origin: signed. Event: `OrderPlaced`. Errors: `Zero`, `Dust`, `UnknownClass`, `GateClosed`,
		/// `NotOpen`, `Funds`, `Claims`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::place_order())]
		pub fn place_order(
			origin: OriginFor<T>,
			side: Side,
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
			limit: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_place_order(who, side, class, interval, amount, limit)
		}

		/// Takes an order back. Once its gate is closed anybody may, so that it makes room.
		///
		/// - `owner`, `order`: which order.
		///
		/// Origin: signed. Event: `OrderEnded`. Errors: `UnknownOrder`, `NotOwner`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::cancel_order())]
		pub fn cancel_order(
			origin: OriginFor<T>,
			owner: T::AccountId,
			order: OrderId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_order(who, owner, order)
		}

		/// Fills as much of an order as the pool's price meets its limit for. Blocks do this by
		/// themselves with what weight they have left; nobody has to wait for that.
		///
		/// - `owner`, `order`: which order.
		///
		/// Origin: signed, anybody. Events: `OrderFilled`; `Bought` or `Sold`. Errors: `UnknownOrder`,
		/// `GateClosed`, `NotOpen`, `Halted`, `Unmet`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::fill_order())]
		pub fn fill_order(
			origin: OriginFor<T>,
			owner: T::AccountId,
			order: OrderId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_fill_order(owner, order)
		}

		/// Does up to `limit` steps of what blocks do with the weight that they have left: close books,
		/// roll lanes, open books, forget old sales. For a chain whose blocks have none left.
		///
		/// Origin: signed, anybody. Events: `BookClosed`, `Rolled`, `BookOpened`. Error: `NothingDue`.
		#[pallet::call_index(13)]
		#[pallet::weight(Pallet::<T>::advance_weight(*limit))]
		pub fn advance(origin: OriginFor<T>, limit: u32) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_advance(limit)
		}

		/// Makes a market for a class: lanes, their shares, and a forecast to begin with.
		///
		/// - `class`: which class.
		/// - `shares`: the asset of the first lane's shares; as many after it as there are lanes must be
		///   free.
		/// - `price`: what a GPU-hour is expected to fetch, whatever the hour.
		/// - `terms`: how it is traded.
		///
		/// Origin: `AdminOrigin`. Event: `ClassMade`. Errors: `KnownClass`, `TooManyClasses`, `Unsound`,
		/// `BadAsset`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::make_class())]
		pub fn make_class(
			origin: OriginFor<T>,
			class: ClassId,
			shares: u32,
			price: Balance,
			terms: Terms,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_make_class(class, shares, price, terms)
		}

		/// Sets the terms of books that are opened from now on, and of `sell_pool`.
		///
		/// - `class`: of which class.
		/// - `terms`: how it is traded.
		///
		/// Origin: `AdminOrigin`. Event: `TermsSet`. Errors: `UnknownClass`, `Unsound`.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::set_terms())]
		pub fn set_terms(origin: OriginFor<T>, class: ClassId, terms: Terms) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_terms(class, terms)
		}

		/// Opens no more books of a class, or does so again. Those that are open are traded to their
		/// end, and liquidity can be withdrawn.
		///
		/// - `class`: which class.
		/// - `open`: whether books are opened.
		///
		/// Origin: `AdminOrigin`. Event: `OpenSet`. Error: `UnknownClass`.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::set_terms())]
		pub fn set_open(origin: OriginFor<T>, class: ClassId, open: bool) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_open(class, open)
		}

		/// Halts trading in a book, or lets it go on. It closes at its day's end either way.
		///
		/// - `class`, `day`: which book.
		/// - `halted`: whether trading is halted.
		///
		/// Origin: `AdminOrigin`. Event: `HaltSet`. Error: `NotOpen`.
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::set_terms())]
		pub fn set_halted(
			origin: OriginFor<T>,
			class: ClassId,
			day: Day,
			halted: bool,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_halted(class, day, halted)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The market's account.
		pub fn account_of_market() -> T::AccountId {
			Self::account()
		}

		/// The classes that are traded.
		pub fn classes() -> Vec<ClassId> {
			ClassList::<T>::get().into_inner()
		}

		/// How a class is traded.
		pub fn class(class: ClassId) -> Option<ClassRecord> {
			Classes::<T>::get(class)
		}

		/// The price of a product, its fees and its stock. `None` if no bucket is open for it.
		pub fn price(class: ClassId, interval: Interval) -> Option<PriceView> {
			Self::price_of(class, interval)
		}

		/// All buckets of a day, as they would be used in this block.
		pub fn book(class: ClassId, day: Day) -> Option<Book<T>> {
			Self::book_now(class, day)
		}

		/// What was learnt of each hour of the day.
		pub fn profile(class: ClassId) -> Vec<HourProfile> {
			Profiles::<T>::get(class).into_inner()
		}

		/// The lanes of a class, and what they are worth.
		pub fn lanes(class: ClassId) -> Vec<LaneView> {
			Self::lanes_of(class)
		}

		/// What a lane would be worth if its book were closed now, the hours in stock counted as
		/// nothing.
		pub fn lane_value(class: ClassId, lane: LaneId) -> Balance {
			Self::value_of(class, lane)
		}

		/// What somebody has in each lane: shares, and what waits or can be claimed.
		pub fn shares_of(class: ClassId, who: T::AccountId) -> Vec<ShareView> {
			Self::share_views(class, &who)
		}

		/// What `buy` would cost now, with fees.
		pub fn quote_buy(
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
		) -> Result<Balance, MarketError> {
			Self::quote_each_of(class, interval, interval, amount).map(|(_, cost)| cost)
		}

		/// What `sell` would bring now, after fees.
		pub fn quote_sell(
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
		) -> Result<Balance, MarketError> {
			Self::quote_sell_of(class, interval, interval, amount).map(|(_, received)| received)
		}

		/// What `buy_flexible` would buy where, and what it would cost now, with fees.
		pub fn quote_flexible(
			class: ClassId,
			from: Interval,
			until: Interval,
			amount: MicroGpuHours,
		) -> Result<Quote, MarketError> {
			Self::quote_flexible_of(class, from, until, amount)
		}

		/// What `buy_each` would cost now, with fees.
		pub fn quote_each(
			class: ClassId,
			from: Interval,
			until: Interval,
			amount_each: MicroGpuHours,
		) -> Result<Quote, MarketError> {
			Self::quote_each_of(class, from, until, amount_each)
		}

		/// What `sell_each` would bring now, after fees.
		pub fn quote_sell_each(
			class: ClassId,
			from: Interval,
			until: Interval,
			amount_each: MicroGpuHours,
		) -> Result<Quote, MarketError> {
			Self::quote_sell_of(class, from, until, amount_each)
		}

		/// An account's resting orders.
		pub fn orders_of(who: T::AccountId) -> Vec<(OrderId, Order)> {
			Self::order_list(&who)
		}

		/// What was sold of a pool's hours of an interval.
		pub fn sold_of(pool: PoolId, interval: Interval) -> MicroGpuHours {
			Self::sold_by(pool, interval)
		}
	}
}
