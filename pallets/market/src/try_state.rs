//! What must hold between any two calls.

use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold},
		fungibles::Inspect as InspectShares,
		Get,
	},
};
use pogcs_math::exp_neg;
use pogcs_primitives::{
	traits::{HourLedger, IntervalClock},
	ClassId, Interval, MicroGpuHours,
};
use sp_runtime::{traits::Zero, TryRuntimeError};

use crate::{math, pallet::*, types::*};

fn add(sum: Balance, more: Balance) -> Result<Balance, TryRuntimeError> {
	sum.checked_add(more).ok_or("a sum of money overflows".into())
}

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the market.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let market = Self::account();
		let owed = Self::owed_to_all()?;
		// More than that is what anybody sent there, and the least that an account must have.
		ensure!(T::Money::balance(&market) >= owed, "the market owes more money than it has");
		let list = ClassList::<T>::get();
		ensure!(Classes::<T>::iter_keys().count() == list.len(), "a class is not in the list");
		for class in &list {
			Self::check_class(*class)?;
		}
		for (class, day, book) in Books::<T>::iter() {
			Self::check_book(class, day, &book)?;
		}
		Self::check_requests()?;
		Self::check_orders()?;
		Self::check_sales()
	}

	/// All that the market owes: reserves and fees of open books, cash of lanes, money that waits for a
	/// roll, and money that can be claimed.
	pub fn owed_to_all() -> Result<Balance, TryRuntimeError> {
		let mut sum = 0;
		for (_, _, book) in Books::<T>::iter() {
			sum = add(sum, book.value())?;
		}
		for (_, lanes) in Lanes::<T>::iter() {
			for lane in lanes {
				sum = add(add(sum, lane.cash)?, lane.deposits)?;
			}
		}
		for (_, _, roll) in Rolls::<T>::iter() {
			sum = add(sum, roll.money)?;
		}
		Ok(sum)
	}

	fn check_class(class: ClassId) -> Result<(), TryRuntimeError> {
		let record = Classes::<T>::get(class).ok_or("a class of the list is missing")?;
		ensure!(record.terms.are_sound(), "terms are not sound");
		let profile = Profiles::<T>::get(class);
		let lanes = Lanes::<T>::get(class);
		ensure!(u32::try_from(profile.len()) == Ok(T::IntervalsPerDay::get()), "hours are missing");
		ensure!(u32::try_from(lanes.len()) == Ok(T::Days::get()), "lanes are missing");
		ensure!(profile.iter().any(|hour| hour.weight == 0), "no hour has the best weight");
		for hour in &profile {
			ensure!(hour.weight <= 0, "an hour is better than the best");
			ensure!(hour.risk <= 1_000_000, "more than everything is lost");
		}
		for (lane, id) in lanes.iter().zip(Self::lane_ids()) {
			let asset = Self::asset_of(&record, id).ok_or("a lane has no shares")?;
			ensure!(
				T::Shares::total_issuance(asset) == lane.shares,
				"a lane's shares are not those that there are"
			);
			let mut waiting = lane.withdrawals;
			for (key, roll) in Rolls::<T>::iter_prefix(class) {
				if key.0 == id {
					ensure!(key.1 < lane.roll, "a roll of the future");
					waiting = add(waiting, roll.tokens)?;
				}
			}
			let dead = if lane.shares == 0 { 0 } else { Self::least_shares() };
			ensure!(
				T::Shares::balance(asset, &Self::account()) >= add(waiting, dead)?,
				"shares that wait for their owners are not there"
			);
			if let Some(day) = lane.day {
				ensure!(Books::<T>::contains_key(class, day), "a lane's book is not open");
				ensure!(
					day.0.checked_rem(T::Days::get()) == Some(id.0.into()),
					"a book is another lane's"
				);
			}
		}
		let books = Books::<T>::iter_key_prefix(class).count();
		let open = lanes.iter().filter(|lane| lane.day.is_some()).count();
		ensure!(books == open, "a book is no lane's");
		Ok(())
	}

	fn check_book(class: ClassId, day: Day, book: &Book<T>) -> Result<(), TryRuntimeError> {
		let now = T::Clock::current();
		let hours = T::IntervalsPerDay::get();
		ensure!(u32::try_from(book.buckets.len()) == Ok(hours), "buckets are missing");
		let (mut total, mut opened) = (0, 0);
		for (at, bucket) in (Self::first_of(day).0..).map(Interval).zip(&book.buckets) {
			total = add(total, bucket.y)?;
			opened = add(opened, bucket.base)?;
			if !bucket.is_open() {
				ensure!(*bucket == Bucket::default(), "a bucket is half open");
				continue;
			}
			ensure!(bucket.depth <= math::MAX_DEPTH, "a bucket is too deep");
			ensure!(
				bucket.stock <= bucket.depth.saturating_mul(math::MAX_FALL),
				"a bucket took too much"
			);
			// Whatever was traded, the pool is on its curve or above it.
			let x = math::exponent(bucket.stock, bucket.depth).ok_or("a bucket without depth")?;
			let least = exp_neg(x.up).down.mul_int(bucket.base).ok_or("a reserve overflows")?;
			ensure!(bucket.y >= least.down, "a bucket paid more than its curve");
			ensure!(bucket.sold >= bucket.stock, "more is in stock than was sold");
			ensure!(add(bucket.y, bucket.paid)? >= bucket.base, "money is gone from a bucket");
			if at > now {
				let held = T::Hours::held(class, at, &Self::account());
				ensure!(held.0 >= bucket.stock, "hours in stock are not there");
			}
		}
		ensure!(total == book.head.total, "a book's total is not the sum of its reserves");
		ensure!(book.head.fee <= book.head.max_fee, "a fee is too high");
		ensure!(
			book.head.halted || book.head.total >= book.head.floor,
			"more flowed out than the circuit breaker lets"
		);
		ensure!(opened > 0, "an empty book is open");
		Ok(())
	}

	fn check_requests() -> Result<(), TryRuntimeError> {
		type Sums = (u32, Balance, Balance);
		let mut sums = BTreeMap::<(ClassId, u8, u32), Sums>::new();
		let mut least = BTreeMap::<(ClassId, u8, u32), (Balance, Balance)>::new();
		for (class, _, requests) in Requests::<T>::iter() {
			ensure!(
				requests.iter().any(|request| request.deposit > 0 || request.withdrawal > 0),
				"an empty request is stored"
			);
			for (request, id) in requests.iter().zip(Self::lane_ids()) {
				if request.deposit == 0 && request.withdrawal == 0 {
					continue;
				}
				let key = (class, id.0, request.roll);
				let sum = sums.entry(key).or_default();
				sum.0 = sum.0.saturating_add(1);
				sum.1 = add(sum.1, request.deposit)?;
				sum.2 = add(sum.2, request.withdrawal)?;
				if let Some(roll) = Rolls::<T>::get(class, (id, request.roll)) {
					let (tokens, money) = roll.due(request).ok_or("a claim overflows")?;
					let due = least.entry(key).or_default();
					*due = (add(due.0, tokens)?, add(due.1, money)?);
				}
			}
		}
		for class in ClassList::<T>::get() {
			for (lane, id) in Lanes::<T>::get(class).iter().zip(Self::lane_ids()) {
				let found = sums.remove(&(class, id.0, lane.roll)).unwrap_or_default();
				let kept = (lane.requests, lane.deposits, lane.withdrawals);
				ensure!(found == kept, "a lane does not know what waits for it");
			}
		}
		for (class, (id, number), roll) in Rolls::<T>::iter() {
			let key = (class, id.0, number);
			let (count, ..) = sums.remove(&key).unwrap_or_default();
			ensure!(count == roll.requests && count > 0, "a roll does not know who waits for it");
			let (tokens, money) = least.remove(&key).unwrap_or_default();
			ensure!(tokens <= roll.tokens, "a roll owes more shares than it has");
			ensure!(money <= roll.money, "a roll owes more money than it has");
		}
		ensure!(sums.is_empty(), "a request waits for nothing");
		Ok(())
	}

	fn check_orders() -> Result<(), TryRuntimeError> {
		let reason: T::RuntimeHoldReason = HoldReason::Order.into();
		let mut held = BTreeMap::<_, Balance>::new();
		let mut locked = BTreeMap::<_, u64>::new();
		let next = NextOrder::<T>::get();
		for (who, id, order) in Orders::<T>::iter() {
			ensure!(id < next, "an order of the future");
			ensure!(!order.amount.0.is_zero(), "an order for nothing");
			let sum = held.entry(codec::Encode::encode(&who)).or_default();
			*sum = add(add(*sum, order.held)?, order.deposit)?;
			let on_hold = T::Money::balance_on_hold(&reason, &who);
			ensure!(on_hold >= *sum, "money for an order is not on hold");
			if order.side == Side::Sell && order.interval > T::Clock::current() {
				let key = codec::Encode::encode(&(&who, order.class, order.interval));
				let sum = locked.entry(key).or_default();
				*sum = sum.saturating_add(order.amount.0);
				let found =
					T::Hours::locked(HoldReason::Order.into(), order.class, order.interval, &who);
				ensure!(found.0 >= *sum, "hours of an order are not locked");
			}
		}
		Ok(())
	}

	fn check_sales() -> Result<(), TryRuntimeError> {
		let forgotten = Progress::<T>::get().forgotten;
		ensure!(forgotten <= Self::known_from(), "sales were forgotten too early");
		let mut sums = BTreeMap::<(Interval, ClassId), MicroGpuHours>::new();
		for (interval, _, (class, sold)) in PoolSales::<T>::iter() {
			ensure!(interval >= forgotten, "a sale outlived its time");
			let sum = sums.entry((interval, class)).or_default();
			*sum = sum.checked_add(sold).ok_or("sales overflow")?;
		}
		for (interval, class, sum) in Sales::<T>::iter() {
			// While an interval is being forgotten, pools go first.
			let found = sums.remove(&(interval, class)).unwrap_or_default();
			ensure!(found == sum || interval == forgotten, "sales do not add up");
		}
		ensure!(sums.is_empty(), "a pool's sale is in no sum");
		Ok(())
	}
}
