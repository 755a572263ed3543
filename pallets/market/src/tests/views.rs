//! What wallets are shown, which is what calls do.

use pogcs_primitives::{traits::MarketError, Interval, MicroGpuHours};

use crate::mock::*;

#[test]
fn price_should_show_what_is_paid_received_and_left() {
	open_ext().build_and_execute(|| {
		let view = Market::price(CLASS, FIRST).unwrap();
		assert_eq!((view.now, view.before), (view.opening, view.opening));
		assert_eq!((view.buy_fee, view.sell_fee), (3_000, 3_000));
		assert!(view.buyable && view.sellable);
		assert_eq!(view.stock, MicroGpuHours(0));
		stock_up(FIRST, 10 * GPU_HOUR);
		let after = Market::price(CLASS, FIRST).unwrap();
		assert!(after.now < view.now && after.before == view.now);
		assert_eq!(after.stock.0, 10 * GPU_HOUR);
		// Ten GPU-hours into a depth of 83.3: down by a factor of e^-0.12.
		let exact = view.now as f64 * (-0.12f64).exp();
		assert!((after.now as f64 / exact - 1.0).abs() < 1e-6);
		assert_eq!(Market::price(CLASS, START), None);
		assert_eq!(Market::price(OTHER_CLASS, FIRST), None);
	});
}

#[test]
fn quotes_should_be_what_trades_then_do_even_after_quiet_intervals() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		for at in 0..HOURS {
			stock_up(Interval(FIRST.0 + at), depth / 5);
		}
		next_block();
		stock_up(FIRST, depth / 5);
		// The fee changes with the interval, before anybody has used the book in it.
		for ahead in [1, 2, 7] {
			go_to(Interval(START.0 + ahead));
			let amount = MicroGpuHours(GPU_HOUR);
			let quote = Market::quote_buy(CLASS, FIRST, amount).unwrap();
			assert_eq!(buy(ALICE, FIRST, GPU_HOUR).unwrap(), quote);
			let quote = Market::quote_sell(CLASS, FIRST, amount).unwrap();
			assert_eq!(sell(ALICE, FIRST, GPU_HOUR).unwrap(), quote);
		}
	});
}

#[test]
fn quotes_should_name_the_error_that_a_trade_would() {
	open_ext().build_and_execute(|| {
		let amount = MicroGpuHours(GPU_HOUR);
		assert_eq!(Market::quote_buy(CLASS, FIRST, amount), Err(MarketError::OutOfStock));
		assert_eq!(Market::quote_buy(CLASS, START, amount), Err(MarketError::GateClosed));
		let late = Interval(FIRST.0 + DAYS * HOURS);
		assert_eq!(Market::quote_sell(CLASS, late, amount), Err(MarketError::NotOpen));
		let none = MicroGpuHours(0);
		assert_eq!(Market::quote_flexible(CLASS, FIRST, FIRST, none), Err(MarketError::Zero));
		assert_eq!(Market::quote_each(CLASS, FIRST, START, amount), Err(MarketError::BadRange));
	});
}

#[test]
fn lanes_and_shares_should_show_what_a_share_is_worth() {
	open_ext().build_and_execute(|| {
		let lanes = Market::lanes(CLASS);
		assert_eq!(lanes.len(), 7);
		assert_eq!(lanes[4].asset, SHARES + 4);
		assert_eq!(lanes[4].rolls, Some(Interval(FIRST.0 + HOURS)));
		assert_eq!(lanes[4].value, LANE);
		Market::claim(RuntimeOrigin::signed(ALICE), LPS[0], CLASS).unwrap();
		let view = Market::shares_of(CLASS, LPS[0])[4];
		assert_eq!(view.value, view.shares);
		// Stock that nobody has bought counts as nothing.
		let before = Market::lane_value(CLASS, LaneId(4));
		let received = stock_up(FIRST, 10 * GPU_HOUR);
		assert_eq!(Market::lane_value(CLASS, LaneId(4)), before - received);
		assert!(Market::shares_of(CLASS, LPS[0])[4].value < view.value);
		assert_eq!(Market::lane_value(CLASS, LaneId(9)), 0);
		assert!(Market::lanes(OTHER_CLASS).is_empty());
		assert!(Market::shares_of(OTHER_CLASS, ALICE).is_empty());
	});
}

#[test]
fn book_should_show_all_buckets_of_a_day() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, GPU_HOUR);
		let book = Market::book(CLASS, Day(FIRST.0 / HOURS)).unwrap();
		assert_eq!(book.buckets.len(), 24);
		assert_eq!(book.buckets[0].stock, GPU_HOUR);
		assert_eq!(
			book.value(),
			Market::lane_value(CLASS, LaneId(4)) - Lanes::<Test>::get(CLASS)[4].cash
		);
		assert!(Market::book(CLASS, Day(0)).is_none());
	});
}
