//! What calls and the market's own work cost, at their worst.

use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin, Get,
	},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use pogcs_primitives::{
	traits::{HourClaims, IntervalClock, Pools},
	ClassId, Interval, MicroGpuHours,
};
use sp_runtime::{traits::Bounded, Permill};

use crate::{math, *};

const CLASS: ClassId = ClassId(0);
/// The asset of the first lane's shares.
const SHARES: u32 = 70_000;
/// The forecast.
const PRICE: Balance = 1 << 40;
/// How deep benchmarks' buckets are, in µGPU-h.
const DEPTH: u64 = 1 << 34;

fn terms() -> Terms {
	Terms {
		min_price: PRICE / 1_000,
		max_price: PRICE * 1_000,
		headroom: Permill::from_percent(20),
		deployed: Permill::from_percent(50),
		min_book: 1,
		fee: Permill::from_parts(3_000),
		fee_slope: Permill::from_percent(10),
		max_fee: Permill::from_percent(3),
		max_risk: Permill::from_percent(50),
		breaker: Permill::one(),
		learning: Permill::from_percent(20),
		full_volume: Permill::from_percent(10),
		rise: Permill::from_percent(33),
		hedge: Permill::from_percent(50),
		range: Permill::from_percent(10),
		explore: Permill::from_percent(20),
		slippage: Permill::one(),
	}
}

/// The first interval of a day, before any gate of it closes.
fn tomorrow<T: Config>() -> Interval {
	let day = T::IntervalsPerDay::get();
	let first = Interval(day.saturating_mul(10));
	let ahead = T::SellGate::get().saturating_add(1);
	T::Clock::set_for_benchmark(Interval(first.0.saturating_sub(ahead)), [1; 32]);
	first
}

fn amount<T: Config>() -> MicroGpuHours {
	MicroGpuHours(T::LeastHours::get().0.saturating_mul(100))
}

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who: T::AccountId = account(name, 0, 0);
	T::Money::set_balance(&who, 1 << 90);
	who
}

/// A book of which each bucket has `amount` in stock; those in `cheap` for a hundredth of the price.
fn stock_book<T: Config>(class: ClassId, day: Day, amount: u64, cheap: &[Interval]) {
	let market = Pallet::<T>::account();
	let mut buckets = BoundedVec::new();
	let mut total: Balance = 0;
	let first = Pallet::<T>::first_of(day);
	for at in (first.0..Pallet::<T>::end_of(day).0).map(Interval) {
		let price = if cheap.contains(&at) { PRICE / 100 } else { PRICE };
		let base = math::value(price, DEPTH).map_or(0, |found| found.down);
		let paid = math::sell_proceeds(base, DEPTH, amount).unwrap_or_default();
		let y = base.saturating_sub(paid);
		total = total.saturating_add(y);
		let bucket = Bucket {
			y,
			depth: DEPTH,
			stock: amount,
			base,
			before: y,
			level: math::level(base, DEPTH.into()).unwrap_or_default(),
			paid,
			sold: amount,
			fees: 0,
			risk: 100_000,
		};
		if T::Hours::mint(class, at, &market, MicroGpuHours(amount)).is_err() {
			// An interval that has begun: nothing can be made of it, nor bought.
			let _ = buckets.try_push(Bucket::default());
			continue;
		}
		let _ = buckets.try_push(bucket);
	}
	let _ = T::Money::mint_into(&market, total.saturating_add(T::Money::minimum_balance()));
	let mut head = Head {
		block: BlockNumberFor::<T>::default(),
		interval: Interval(0),
		total,
		floor: 0,
		outflow: total,
		fee: 0,
		lift: 0,
		moved: 0,
		volatility: 10_000,
		base_fee: 3_000,
		fee_slope: 100_000,
		max_fee: 30_000,
		halted: false,
	};
	Pallet::<T>::set_fee(&mut head);
	Books::<T>::insert(class, day, Book { head, buckets });
}

/// Books in which at least `amount` of each interval from `from` to `until` is for sale.
pub(crate) fn stock_up<T: Config>(class: ClassId, from: Interval, until: Interval, amount: u64) {
	let least = T::LeastHours::get().0;
	let amount = amount.saturating_add(least);
	for day in Pallet::<T>::day_of(from).0..=Pallet::<T>::day_of(until).0 {
		stock_book::<T>(class, Day(day), amount, &[]);
	}
}

/// A class with its lanes.
fn prepare<T: Config>() -> Result<(), BenchmarkError> {
	Pallet::<T>::do_make_class(CLASS, SHARES, PRICE, terms())?;
	Ok(())
}

fn roll_all<T: Config>() -> Result<(), BenchmarkError> {
	for lane in Pallet::<T>::lane_ids() {
		Pallet::<T>::roll(CLASS, lane, T::Clock::current())?;
	}
	Ok(())
}

fn money<T: Config>() -> Balance {
	T::LeastDeposit::get().saturating_mul(1_000).saturating_mul(T::Days::get().into())
}

/// Somebody whose deposits in all lanes wait to be claimed, and who has shares of all lanes.
fn depositor<T: Config>() -> Result<T::AccountId, BenchmarkError> {
	tomorrow::<T>();
	prepare::<T>()?;
	let who = rich::<T>("depositor");
	for _ in 0..2 {
		Pallet::<T>::do_deposit(who.clone(), CLASS, money::<T>())?;
		roll_all::<T>()?;
	}
	Ok(who)
}

fn never<T: Config>() -> BlockNumberFor<T> {
	BlockNumberFor::<T>::max_value()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn buy() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		let (who, amount) = (rich::<T>("buyer"), amount::<T>());
		stock_up::<T>(CLASS, at, at, amount.0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS, at, amount, Balance::MAX, never::<T>());
		assert_eq!(T::Hours::balance(CLASS, at, &who), amount);
		Ok(())
	}

	#[benchmark]
	fn sell() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		let (who, amount) = (rich::<T>("seller"), amount::<T>());
		stock_up::<T>(CLASS, at, at, amount.0);
		let twice = amount.saturating_add(amount);
		T::Hours::mint(CLASS, at, &who, twice)
			.map_err(|_| BenchmarkError::Stop("hours of tomorrow can be made"))?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS, at, amount, 0, never::<T>());
		assert_eq!(T::Hours::balance(CLASS, at, &who), amount);
		Ok(())
	}

	/// All intervals of `b` books are in the search, and `n` of the first book are filled.
	#[benchmark]
	fn buy_flexible(b: Linear<1, 7>, n: Linear<1, 24>) -> Result<(), BenchmarkError> {
		let from = tomorrow::<T>();
		let day = T::IntervalsPerDay::get();
		let (who, amount) = (rich::<T>("buyer"), amount::<T>());
		let cheap: Vec<_> = (0..n.min(day)).filter_map(|ahead| from.checked_add(ahead)).collect();
		for ahead in 0..b.min(T::Days::get()) {
			let day = Day(Pallet::<T>::day_of(from).0.saturating_add(ahead));
			stock_book::<T>(CLASS, day, amount.0.saturating_mul(2), &cheap);
		}
		let longest = b.min(T::Days::get()).saturating_mul(day);
		let until = Interval(from.0.saturating_add(longest).saturating_sub(1));
		let all = MicroGpuHours(amount.0.saturating_mul(n.min(day).into()));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS, from, until, all, Balance::MAX, never::<T>());
		for at in cheap {
			assert!(T::Hours::balance(CLASS, at, &who) > MicroGpuHours::ZERO);
		}
		Ok(())
	}

	/// The range begins with the last interval of a day, so that it is over as many books as it can be.
	#[benchmark]
	fn buy_each(n: Linear<1, 168>) -> Result<(), BenchmarkError> {
		let day = T::IntervalsPerDay::get();
		let from = Interval(tomorrow::<T>().0.saturating_add(day).saturating_sub(1));
		let n = n.min(day.saturating_mul(T::Days::get()));
		let until = Interval(from.0.saturating_add(n).saturating_sub(1));
		let (who, amount) = (rich::<T>("buyer"), amount::<T>());
		stock_up::<T>(CLASS, from, until, amount.0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS, from, until, amount, Balance::MAX, never::<T>());
		assert_eq!(T::Hours::balance(CLASS, until, &who), amount);
		Ok(())
	}

	#[benchmark]
	fn sell_each(n: Linear<1, 168>) -> Result<(), BenchmarkError> {
		let day = T::IntervalsPerDay::get();
		let from = Interval(tomorrow::<T>().0.saturating_add(day).saturating_sub(1));
		let n = n.min(day.saturating_mul(T::Days::get()));
		let until = Interval(from.0.saturating_add(n).saturating_sub(1));
		let (who, amount) = (rich::<T>("seller"), amount::<T>());
		stock_up::<T>(CLASS, from, until, amount.0);
		let twice = amount.saturating_add(amount);
		for at in (from.0..=until.0).map(Interval) {
			T::Hours::mint(CLASS, at, &who, twice)
				.map_err(|_| BenchmarkError::Stop("hours of the next days can be made"))?;
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS, from, until, amount, 0, never::<T>());
		assert_eq!(T::Hours::balance(CLASS, until, &who), amount);
		Ok(())
	}

	#[benchmark]
	fn sell_pool() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		prepare::<T>()?;
		let (who, amount) = (rich::<T>("anybody"), amount::<T>());
		stock_up::<T>(CLASS, at, at, amount.0);
		let Some(pool) = T::Pools::create_for_benchmark(CLASS, at, amount) else {
			let by_hand = <() as WeightInfo>::sell_pool();
			return Err(BenchmarkError::Override(BenchmarkResult::from_weight(by_hand)));
		};
		#[extrinsic_call]
		_(RawOrigin::Signed(who), pool, at, amount, 0, never::<T>());
		assert_eq!(Pallet::<T>::sold_by(pool, at), amount);
		Ok(())
	}

	#[benchmark]
	fn deposit() -> Result<(), BenchmarkError> {
		let who = depositor::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS, money::<T>());
		assert!(Requests::<T>::get(CLASS, who).iter().all(|request| request.deposit > 0));
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let who = depositor::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS, Permill::from_percent(50));
		assert!(Requests::<T>::get(CLASS, who).iter().all(|request| request.withdrawal > 0));
		Ok(())
	}

	#[benchmark]
	fn claim() -> Result<(), BenchmarkError> {
		let who = depositor::<T>()?;
		let caller = rich::<T>("anybody");
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), who.clone(), CLASS);
		assert!(!Requests::<T>::contains_key(CLASS, who));
		Ok(())
	}

	#[benchmark]
	fn place_order() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		prepare::<T>()?;
		let (who, amount) = (rich::<T>("seller"), amount::<T>());
		T::Hours::mint(CLASS, at, &who, amount)
			.map_err(|_| BenchmarkError::Stop("hours of tomorrow can be made"))?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Side::Sell, CLASS, at, amount, PRICE);
		assert!(Orders::<T>::contains_key(who, OrderId(0)));
		Ok(())
	}

	#[benchmark]
	fn cancel_order() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		prepare::<T>()?;
		let (who, amount) = (rich::<T>("seller"), amount::<T>());
		T::Hours::mint(CLASS, at, &who, amount)
			.map_err(|_| BenchmarkError::Stop("hours of tomorrow can be made"))?;
		Pallet::<T>::do_place_order(who.clone(), Side::Sell, CLASS, at, amount, PRICE)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), who.clone(), OrderId(0));
		assert!(!Orders::<T>::contains_key(who, OrderId(0)));
		Ok(())
	}

	#[benchmark]
	fn fill_order() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		prepare::<T>()?;
		let (who, amount) = (rich::<T>("buyer"), amount::<T>());
		stock_up::<T>(CLASS, at, at, amount.0);
		Pallet::<T>::do_place_order(who.clone(), Side::Buy, CLASS, at, amount, 2 * PRICE)?;
		let caller = rich::<T>("anybody");
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), who.clone(), OrderId(0));
		assert!(!Orders::<T>::contains_key(who, OrderId(0)));
		Ok(())
	}

	#[benchmark]
	fn make_class() -> Result<(), BenchmarkError> {
		for class in 1..T::MaxClasses::get() {
			let class = ClassId(u16::try_from(class).unwrap_or(u16::MAX));
			ClassList::<T>::mutate(|list| list.try_push(class))
				.map_err(|_| BenchmarkError::Stop("there is room for one more"))?;
		}
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CLASS, SHARES, PRICE, terms());
		assert!(Classes::<T>::contains_key(CLASS));
		Ok(())
	}

	#[benchmark]
	fn set_terms() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		stock_up::<T>(CLASS, at, at, amount::<T>().0);
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		set_halted(origin as T::RuntimeOrigin, CLASS, Pallet::<T>::day_of(at), true);
		assert!(Books::<T>::get(CLASS, Pallet::<T>::day_of(at)).is_some_and(|b| b.head.halted));
		Ok(())
	}

	#[benchmark]
	fn work_look() -> Result<(), BenchmarkError> {
		let now = tomorrow::<T>();
		let forgotten = Pallet::<T>::known_from();
		Progress::<T>::put(Agenda { interval: Interval(0), next: u32::MAX, forgotten });
		#[block]
		{
			Pallet::<T>::work(&mut WeightMeter::new());
		}
		assert!(Progress::<T>::get().interval < now);
		Ok(())
	}

	#[benchmark]
	fn class_look() -> Result<(), BenchmarkError> {
		tomorrow::<T>();
		prepare::<T>()?;
		let found;
		#[block]
		{
			found = Pallet::<T>::due_lane(CLASS, T::Clock::current());
		}
		assert_eq!(found, None);
		Ok(())
	}

	/// A traded book is closed, shares are minted and burnt, and a new book is opened.
	#[benchmark]
	fn roll() -> Result<(), BenchmarkError> {
		let who = depositor::<T>()?;
		Pallet::<T>::do_claim(who.clone(), CLASS)?;
		Pallet::<T>::do_withdraw(who.clone(), CLASS, Permill::from_percent(50))?;
		Pallet::<T>::do_deposit(who, CLASS, money::<T>())?;
		let lane = LaneId(0);
		let day = Lanes::<T>::get(CLASS)
			.first()
			.and_then(|lane| lane.day)
			.ok_or(BenchmarkError::Stop("every lane has a book"))?;
		Books::<T>::mutate(CLASS, day, |book| {
			if let Some(book) = book {
				for (at, bucket) in (1u64..).zip(&mut book.buckets) {
					bucket.sold = bucket.depth / 2;
					bucket.stock = bucket.depth / at.saturating_add(2);
					bucket.paid = bucket.base;
					bucket.fees = bucket.base / 100;
				}
			}
		});
		#[block]
		{
			Pallet::<T>::roll(CLASS, lane, T::Clock::current())?;
		}
		assert!(Rolls::<T>::iter_prefix(CLASS).count() > 0);
		Ok(())
	}

	#[benchmark]
	fn forget() -> Result<(), BenchmarkError> {
		let at = Interval(1);
		for pool in (0..100).map(pogcs_primitives::PoolId) {
			PoolSales::<T>::insert(at, pool, (CLASS, MicroGpuHours(1)));
		}
		#[block]
		{
			Pallet::<T>::forget_one(at);
		}
		assert_eq!(PoolSales::<T>::iter_prefix(at).count(), 99);
		Ok(())
	}

	#[benchmark]
	fn orders_look() -> Result<(), BenchmarkError> {
		LastOrder::<T>::put((account::<T::AccountId>("owner", 0, 0), OrderId(1)));
		// Enough for the look alone.
		let mut meter = WeightMeter::with_limit(T::WeightInfo::orders_look());
		#[block]
		{
			Pallet::<T>::try_orders(&mut meter);
		}
		assert!(LastOrder::<T>::exists());
		Ok(())
	}

	#[benchmark]
	fn try_order() -> Result<(), BenchmarkError> {
		let at = tomorrow::<T>();
		prepare::<T>()?;
		let (who, amount) = (rich::<T>("buyer"), amount::<T>());
		stock_up::<T>(CLASS, at, at, amount.0);
		Pallet::<T>::do_place_order(who.clone(), Side::Buy, CLASS, at, amount, 2 * PRICE)?;
		let limit = T::WeightInfo::orders_look().saturating_add(T::WeightInfo::try_order());
		let mut meter = WeightMeter::with_limit(limit);
		#[block]
		{
			Pallet::<T>::try_orders(&mut meter);
		}
		assert!(!Orders::<T>::contains_key(who, OrderId(0)));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
