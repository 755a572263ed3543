//! Hours of pools: who may sell them at what price, and what a pool owes.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{traits::HourDemand, Interval, MicroGpuHours, PoolId};
use proptest::prelude::*;
use sp_runtime::DispatchResult;

use crate::mock::*;

fn sell_pool(pool: PoolId, amount: u64, min_received: Balance) -> DispatchResult {
	let amount = MicroGpuHours(amount);
	// Anybody may, even who has no hours and next to no money.
	Market::sell_pool(RuntimeOrigin::signed(BOB), pool, FIRST, amount, min_received, u64::MAX)
}

fn stocked_pool(pool: PoolId, amount: u64) {
	give_hours(pool_account(pool), FIRST, amount);
}

fn owed(pool: PoolId, promised: u64) -> u64 {
	<Market as HourDemand>::owed(pool, FIRST, MicroGpuHours(promised)).0
}

#[test]
fn pool_hours_should_be_sold_for_the_pool_when_anybody_brings_them() {
	open_ext().build_and_execute(|| {
		stocked_pool(POOL, 10 * GPU_HOUR);
		let quote = Market::quote_sell(CLASS, FIRST, MicroGpuHours(GPU_HOUR)).unwrap();
		let before = money_of(pool_account(POOL));
		assert_noop!(sell_pool(POOL, GPU_HOUR, quote + 1), Error::<Test>::Underpriced);
		assert_ok!(sell_pool(POOL, GPU_HOUR, quote));
		assert_eq!(money_of(pool_account(POOL)) - before, quote);
		assert_eq!(Income::get().get(&(POOL, FIRST)), Some(&quote));
		assert_eq!(hours_of(pool_account(POOL), FIRST), 9 * GPU_HOUR);
		assert_eq!(Market::sold_of(POOL, FIRST), MicroGpuHours(GPU_HOUR));
		let event = Event::PoolSold {
			pool: POOL,
			class: CLASS,
			interval: FIRST,
			amount: MicroGpuHours(GPU_HOUR),
			received: quote,
		};
		System::assert_last_event(event.into());
	});
}

#[test]
fn pool_hours_should_not_be_sold_below_the_pools_reserve_price() {
	open_ext().build_and_execute(|| {
		stocked_pool(POOL, 10 * GPU_HOUR);
		PoolPrice::set(Some(OPENING));
		assert_noop!(sell_pool(POOL, GPU_HOUR, 0), Error::<Test>::BelowReserve);
		PoolPrice::set(Some(OPENING * 9 / 10));
		assert_ok!(sell_pool(POOL, GPU_HOUR, 0));
		PoolPrice::set(None);
		assert_noop!(sell_pool(POOL, GPU_HOUR, 0), Error::<Test>::NotForSale);
	});
}

#[test]
fn pool_hours_should_not_be_sold_far_below_the_previous_blocks_price() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		stocked_pool(POOL, depth);
		// On average a tenth below the oracle is the most: about a fifth of the depth at once.
		assert_noop!(sell_pool(POOL, depth / 4, 0), Error::<Test>::BelowReserve);
		assert_ok!(sell_pool(POOL, depth / 10, 0));
		// The same block, the same oracle: what was sold counts.
		assert_noop!(sell_pool(POOL, depth / 10, 0), Error::<Test>::BelowReserve);
		// Who pushes the price down first gains nothing by it.
		next_block();
		stock_up(FIRST, depth / 5);
		assert_noop!(sell_pool(POOL, 100, 0), Error::<Test>::BelowReserve);
		next_block();
		assert_ok!(sell_pool(POOL, 100, 0));
	});
}

#[test]
fn pool_sale_should_be_refused_when_hours_pool_or_book_are_missing() {
	open_ext().build_and_execute(|| {
		assert_noop!(sell_pool(PoolId(1), GPU_HOUR, 0), Error::<Test>::NotForSale);
		assert_noop!(sell_pool(POOL, GPU_HOUR, 0), Error::<Test>::Claims);
		stocked_pool(POOL, 2 * GPU_HOUR);
		PoolOpen::set(false);
		assert_noop!(sell_pool(POOL, GPU_HOUR, 0), Error::<Test>::PoolRefused);
		PoolOpen::set(true);
		assert_noop!(sell_pool(POOL, 0, 0), Error::<Test>::Zero);
		let at = |interval| {
			let amount = MicroGpuHours(GPU_HOUR);
			Market::sell_pool(RuntimeOrigin::signed(BOB), POOL, interval, amount, 0, u64::MAX)
		};
		assert_noop!(at(START), Error::<Test>::NotOpen);
		go_to(Interval(FIRST.0 - 1));
		assert_noop!(at(FIRST), Error::<Test>::GateClosed);
	});
}

#[test]
fn owed_should_be_what_was_sold_as_far_as_it_was_asked_for() {
	open_ext().build_and_execute(|| {
		stocked_pool(POOL, 10 * GPU_HOUR);
		stocked_pool(OTHER_POOL, 10 * GPU_HOUR);
		assert_eq!(owed(POOL, 10 * GPU_HOUR), 0);
		sell_pool(POOL, 3 * GPU_HOUR, 0).unwrap();
		sell_pool(OTHER_POOL, GPU_HOUR, 0).unwrap();
		// Everything that was sold, as long as contracts say nothing else.
		assert_eq!(owed(POOL, 10 * GPU_HOUR), 3 * GPU_HOUR);
		// Resales are no sales of pools.
		buy(ALICE, FIRST, 2 * GPU_HOUR).unwrap();
		sell(ALICE, FIRST, GPU_HOUR).unwrap();
		assert_eq!(owed(POOL, 10 * GPU_HOUR), 3 * GPU_HOUR);
		Asked::set(Some(GPU_HOUR + 2));
		assert_eq!(owed(POOL, 10 * GPU_HOUR), (3 * (GPU_HOUR + 2)).div_ceil(4));
		assert_eq!(owed(OTHER_POOL, 10 * GPU_HOUR), (GPU_HOUR + 2).div_ceil(4));
		// Never more than was promised.
		assert_eq!(owed(POOL, 100), 100);
		Asked::set(Some(0));
		assert_eq!(owed(POOL, 10 * GPU_HOUR), 0);
	});
}

#[test]
fn sales_should_be_known_until_they_are_forgotten() {
	open_ext().build_and_execute(|| {
		stocked_pool(POOL, 10 * GPU_HOUR);
		sell_pool(POOL, GPU_HOUR, 0).unwrap();
		go_to(Interval(FIRST.0 + RETENTION));
		assert_eq!(owed(POOL, 10 * GPU_HOUR), GPU_HOUR);
		go_to(Interval(FIRST.0 + RETENTION + 1));
		assert!(PoolSales::<Test>::iter().next().is_none());
		assert!(Sales::<Test>::iter().next().is_none());
		// Who waited that long owes all that was promised.
		assert_eq!(owed(POOL, 10 * GPU_HOUR), 10 * GPU_HOUR);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1_000))]

	/// What pools owe in all is what was asked for, up to a unit each; never less.
	#[test]
	fn pools_should_owe_in_all_what_was_asked_for(
		one in 1u64..1 << 45, other in 1u64..1 << 45, asked in 0u64..1 << 46,
	) {
		open_ext().execute_with(|| {
			let class = CLASS;
			PoolSales::<Test>::insert(FIRST, POOL, (class, MicroGpuHours(one)));
			PoolSales::<Test>::insert(FIRST, OTHER_POOL, (class, MicroGpuHours(other)));
			Sales::<Test>::insert(FIRST, class, MicroGpuHours(one + other));
			Asked::set(Some(asked));
			let all = owed(POOL, u64::MAX) + owed(OTHER_POOL, u64::MAX);
			let asked = asked.min(one + other);
			assert!(all >= asked && all <= asked + 2);
			assert!(owed(POOL, u64::MAX) <= one && owed(OTHER_POOL, u64::MAX) <= other);
		});
	}
}
