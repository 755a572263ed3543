//! Orders that rest until the gate of their interval closes.

use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::InspectHold, Hooks},
	weights::Weight,
};
use pogcs_primitives::{traits::HourLedger, ClassId, Interval, MicroGpuHours};
use sp_runtime::DispatchResult;

use crate::{mock::*, LastOrder};

const REASON: RuntimeHoldReason = RuntimeHoldReason::Market(HoldReason::Order);

fn place(who: AccountId, side: Side, amount: u64, limit: Balance) -> DispatchResult {
	let amount = MicroGpuHours(amount);
	Market::place_order(RuntimeOrigin::signed(who), side, CLASS, FIRST, amount, limit)
}

fn fill(owner: AccountId, order: u64) -> DispatchResult {
	Market::fill_order(RuntimeOrigin::signed(CAROL), owner, OrderId(order))
}

fn cancel(who: AccountId, owner: AccountId, order: u64) -> DispatchResult {
	Market::cancel_order(RuntimeOrigin::signed(who), owner, OrderId(order))
}

fn on_hold(who: AccountId) -> Balance {
	Balances::balance_on_hold(&REASON, &who)
}

fn locked(who: AccountId) -> u64 {
	Claims::locked(REASON, CLASS, FIRST, &who).0
}

#[test]
fn buy_order_should_rest_with_its_money_on_hold_and_be_filled_when_the_price_falls() {
	open_ext().build_and_execute(|| {
		let limit = PRICE;
		assert_ok!(place(ALICE, Side::Buy, 10 * GPU_HOUR, limit));
		System::assert_last_event(
			Event::OrderPlaced {
				who: ALICE,
				order: OrderId(0),
				side: Side::Buy,
				class: CLASS,
				interval: FIRST,
				amount: MicroGpuHours(10 * GPU_HOUR),
				limit,
			}
			.into(),
		);
		assert_eq!(on_hold(ALICE), 10 * limit + ORDER_DEPOSIT);
		assert_noop!(fill(ALICE, 0), Error::<Test>::Unmet);
		// Down to about 0.83 of the forecast, so that more is in stock than it wants below its limit.
		let depth = bucket(FIRST).depth;
		stock_up(FIRST, depth * 36 / 100);
		let before = money_of(ALICE);
		assert_ok!(fill(ALICE, 0));
		assert_eq!(hours_of(ALICE, FIRST), 10 * GPU_HOUR);
		assert_eq!(on_hold(ALICE), 0);
		// It cost the pool's price, not its limit; the rest came back.
		let back = money_of(ALICE) - before - ORDER_DEPOSIT;
		assert!(back > 10 * limit / 10, "{back}");
		assert!(Orders::<Test>::iter().next().is_none());
		System::assert_last_event(
			Event::OrderEnded { who: ALICE, order: OrderId(0), end: OrderEnd::Filled }.into(),
		);
		assert_noop!(fill(ALICE, 0), Error::<Test>::UnknownOrder);
	});
}

#[test]
fn sell_order_should_rest_with_its_hours_locked_and_be_filled_when_the_price_rises() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		stock_up(FIRST, depth / 2);
		next_block();
		give_hours(ALICE, FIRST, 10 * GPU_HOUR);
		let limit = PRICE;
		assert_ok!(place(ALICE, Side::Sell, 10 * GPU_HOUR, limit));
		assert_eq!((locked(ALICE), hours_of(ALICE, FIRST)), (10 * GPU_HOUR, 0));
		assert_eq!(on_hold(ALICE), ORDER_DEPOSIT);
		assert_noop!(fill(ALICE, 0), Error::<Test>::Unmet);
		buy(BOB, FIRST, depth / 2).unwrap();
		let before = money_of(ALICE);
		assert_ok!(fill(ALICE, 0));
		let received = money_of(ALICE) - before - ORDER_DEPOSIT;
		assert!(received >= 10 * limit, "{received}");
		assert_eq!((locked(ALICE), held_of(ALICE, FIRST)), (0, 0));
	});
}

#[test]
fn order_should_be_filled_in_part_up_to_its_limit_and_rest_on() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		// In stock below the price of 1.0: what lies between ln(1.2) and a quarter of the depth.
		assert_ok!(place(ALICE, Side::Buy, 80 * GPU_HOUR, PRICE));
		stock_up(FIRST, depth / 4);
		assert_ok!(fill(ALICE, 0));
		let got = hours_of(ALICE, FIRST);
		let exact = depth as f64 * (0.25 - 1.2f64.ln() - 1.003f64.ln());
		assert!((got as f64 - exact).abs() < 100.0, "{got} {exact}");
		let order = Orders::<Test>::get(ALICE, OrderId(0)).unwrap();
		assert_eq!(order.amount.0, 80 * GPU_HOUR - got);
		assert_eq!(on_hold(ALICE), order.held + ORDER_DEPOSIT);
		// The marginal price with the fee is at the limit now.
		let view = Market::price(CLASS, FIRST).unwrap();
		let margin = view.now + view.now * u128::from(view.buy_fee) / 1_000_000;
		assert!(margin.abs_diff(PRICE) < PRICE / 1_000_000, "{margin}");
		next_block();
		assert_noop!(fill(ALICE, 0), Error::<Test>::Unmet);
		stock_up(FIRST, depth / 4);
		assert_ok!(fill(ALICE, 0));
		assert!(hours_of(ALICE, FIRST) > got);
		assert_eq!(Market::orders_of(ALICE).len(), 1);
	});
}

#[test]
fn order_should_not_be_filled_at_a_price_that_was_made_within_the_block() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		stock_up(FIRST, depth / 2);
		next_block();
		assert_ok!(place(ALICE, Side::Buy, 10 * GPU_HOUR, OPENING * 2));
		// Somebody pushes the price up in front of it, to sell to it.
		buy(BOB, FIRST, depth / 4).unwrap();
		assert_noop!(fill(ALICE, 0), Error::<Test>::Unmet);
		sell(BOB, FIRST, depth / 4).unwrap();
		// Back where it was, up to a planck of rounding; below it would do.
		stock_up(FIRST, 1_000);
		assert_ok!(fill(ALICE, 0));
		// The same for sellers.
		give_hours(ALICE, FIRST, 10 * GPU_HOUR);
		assert_ok!(place(ALICE, Side::Sell, 10 * GPU_HOUR, PRICE / 100));
		next_block();
		stock_up(FIRST, depth / 4);
		assert_noop!(fill(ALICE, 1), Error::<Test>::Unmet);
		next_block();
		assert_ok!(fill(ALICE, 1));
	});
}

#[test]
fn cancel_should_give_everything_back_and_be_the_owners_alone() {
	open_ext().build_and_execute(|| {
		let before = money_of(ALICE);
		give_hours(ALICE, FIRST, 10 * GPU_HOUR);
		assert_ok!(place(ALICE, Side::Buy, 10 * GPU_HOUR, PRICE));
		assert_ok!(place(ALICE, Side::Sell, 10 * GPU_HOUR, PRICE));
		assert_noop!(cancel(BOB, ALICE, 0), Error::<Test>::NotOwner);
		assert_noop!(cancel(ALICE, ALICE, 7), Error::<Test>::UnknownOrder);
		assert_ok!(cancel(ALICE, ALICE, 0));
		System::assert_last_event(
			Event::OrderEnded { who: ALICE, order: OrderId(0), end: OrderEnd::Cancelled }.into(),
		);
		assert_ok!(cancel(ALICE, ALICE, 1));
		assert_eq!(money_of(ALICE), before);
		assert_eq!(hours_of(ALICE, FIRST), 10 * GPU_HOUR);
	});
}

#[test]
fn order_should_be_refused_when_it_makes_no_sense_or_cannot_be_paid() {
	open_ext().build_and_execute(|| {
		assert_noop!(place(ALICE, Side::Buy, 0, PRICE), Error::<Test>::Zero);
		assert_noop!(place(ALICE, Side::Buy, GPU_HOUR, 0), Error::<Test>::Zero);
		assert_noop!(place(ALICE, Side::Buy, LEAST_HOURS - 1, PRICE), Error::<Test>::Dust);
		assert_noop!(place(ALICE, Side::Buy, u64::MAX, u128::MAX), Error::<Test>::Overflow);
		assert_noop!(place(ALICE, Side::Buy, GPU_HOUR, 2 * RICH), Error::<Test>::Funds);
		assert_noop!(place(NOBODY, Side::Sell, GPU_HOUR, PRICE), Error::<Test>::Funds);
		assert_noop!(place(ALICE, Side::Sell, GPU_HOUR, PRICE), Error::<Test>::Claims);
		let order = |class, interval: u32| {
			let amount = MicroGpuHours(GPU_HOUR);
			let origin = RuntimeOrigin::signed(ALICE);
			Market::place_order(origin, Side::Buy, class, Interval(interval), amount, PRICE)
		};
		assert_noop!(order(ClassId(9), FIRST.0), Error::<Test>::UnknownClass);
		assert_noop!(order(CLASS, START.0), Error::<Test>::GateClosed);
		assert_noop!(order(CLASS, 0), Error::<Test>::GateClosed);
		assert_noop!(order(CLASS, START.0 + 8 * HOURS + 1), Error::<Test>::NotOpen);
		// For a day whose book is not open yet an order can wait.
		assert_ok!(order(CLASS, START.0 + 8 * HOURS));
		assert_noop!(fill(ALICE, 0), Error::<Test>::NotOpen);
	});
}

#[test]
fn orders_should_be_removed_when_their_gate_closes() {
	open_ext().build_and_execute(|| {
		let before = money_of(ALICE);
		give_hours(ALICE, FIRST, 10 * GPU_HOUR);
		assert_ok!(place(ALICE, Side::Sell, 10 * GPU_HOUR, 2 * PRICE));
		assert_ok!(place(ALICE, Side::Buy, 10 * GPU_HOUR, PRICE / 2));
		// The seller's gate.
		go_to(Interval(FIRST.0 - 1));
		assert_eq!(Market::orders_of(ALICE).len(), 1);
		assert_eq!(hours_of(ALICE, FIRST), 10 * GPU_HOUR);
		System::assert_has_event(
			Event::OrderEnded { who: ALICE, order: OrderId(0), end: OrderEnd::Expired }.into(),
		);
		// Without work of the block anybody can do it.
		Now::set(FIRST);
		next_block();
		assert_noop!(fill(ALICE, 1), Error::<Test>::GateClosed);
		assert_ok!(cancel(BOB, ALICE, 1));
		assert_eq!(money_of(ALICE), before);
	});
}

#[test]
fn expired_order_should_be_removed_when_its_hours_were_swept() {
	open_ext().build_and_execute(|| {
		give_hours(ALICE, FIRST, GPU_HOUR);
		assert_ok!(place(ALICE, Side::Sell, GPU_HOUR, 2 * PRICE));
		for _ in 0..60 {
			Now::set(Interval(Now::get().0 + 1));
			Claims::on_idle(System::block_number(), Weight::MAX);
		}
		Now::set(Interval(FIRST.0 + HOURS + 50));
		Claims::on_idle(System::block_number(), Weight::MAX);
		assert_eq!(held_of(ALICE, FIRST), 0);
		assert_ok!(cancel(ALICE, ALICE, 0));
		assert_eq!(on_hold(ALICE), 0);
	});
}

#[test]
fn blocks_should_fill_orders_by_themselves_in_turn() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		for who in [ALICE, BOB, CAROL] {
			for _ in 0..3 {
				assert_ok!(place(who, Side::Buy, GPU_HOUR, PRICE));
			}
		}
		// Nine orders, four looked at in each block: nothing to fill, and the cursor goes round.
		for _ in 0..3 {
			next_block();
			idle();
		}
		assert!(LastOrder::<Test>::get().is_none());
		stock_up(FIRST, depth / 2);
		let mut blocks = 0;
		while Orders::<Test>::iter().next().is_some() {
			next_block();
			idle();
			// In a block of sellers all could be filled; alone, the first moves the price.
			stock_up(FIRST, 2 * GPU_HOUR);
			check();
			blocks += 1;
			assert!(blocks < 60, "orders are filled in turn");
		}
		for who in [ALICE, BOB, CAROL] {
			assert_eq!(hours_of(who, FIRST), 3 * GPU_HOUR);
		}
	});
}

#[test]
fn blocks_should_leave_orders_alone_when_no_weight_is_left() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		stock_up(FIRST, depth / 2);
		next_block();
		assert_ok!(place(ALICE, Side::Buy, GPU_HOUR, PRICE));
		Market::on_idle(System::block_number(), Weight::zero());
		assert_eq!(Market::orders_of(ALICE).len(), 1);
		idle();
		assert_eq!(Market::orders_of(ALICE).len(), 0);
	});
}
