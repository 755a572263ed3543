//! The circuit breaker, halts, the oracle's price, and fees that follow volatility.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{traits::HourPrices, Interval};

use crate::mock::*;

fn oracle(interval: Interval) -> Balance {
	<Market as HourPrices<Balance>>::price(CLASS, interval).unwrap()
}

#[test]
fn breaker_should_refuse_sales_when_as_much_flowed_out_as_may_in_an_interval() {
	open_ext().build_and_execute(|| {
		let book = Market::book(CLASS, Day(FIRST.0 / HOURS)).unwrap();
		let most = book.head.outflow;
		assert_eq!(most, book.head.total * 3 / 10);
		// A dozen hours, each sold down by 5/6 of its reserve: 30 per cent are reached in the ninth.
		let depth = book.buckets[0].depth;
		let mut tripped = None;
		for at in 0..12 {
			let interval = Interval(FIRST.0 + at);
			give_hours(ALICE, interval, 4 * depth);
			if sell(ALICE, interval, 2 * depth).is_err() {
				tripped = Some(interval);
				break;
			}
		}
		let tripped = tripped.expect("the breaker trips");
		assert_noop!(sell(ALICE, tripped, 2 * depth), Error::<Test>::Tripped);
		let left = Market::book(CLASS, Day(FIRST.0 / HOURS)).unwrap();
		assert!(left.head.total >= book.head.total - most);
		// Less can still be sold; what buyers pay makes room again; other days are not touched.
		assert_ok!(buy(BOB, FIRST, 2 * depth));
		assert_ok!(sell(ALICE, tripped, 2 * depth));
		let elsewhere = Interval(FIRST.0 + HOURS);
		give_hours(ALICE, elsewhere, depth);
		assert_ok!(sell(ALICE, elsewhere, depth));
		// The next interval begins anew.
		let again = Interval(FIRST.0 + 13);
		give_hours(ALICE, again, 2 * depth);
		assert_noop!(sell(ALICE, again, 2 * depth), Error::<Test>::Tripped);
		go_to(Interval(START.0 + 1));
		assert_ok!(sell(ALICE, again, 2 * depth));
	});
}

#[test]
fn halt_should_stop_trading_in_one_book_until_it_is_lifted() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, 4 * GPU_HOUR);
		give_hours(ALICE, FIRST, GPU_HOUR);
		let day = Day(FIRST.0 / HOURS);
		let signed = RuntimeOrigin::signed(ALICE);
		assert_noop!(
			Market::set_halted(signed, CLASS, day, true),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_ok!(Market::set_halted(RuntimeOrigin::root(), CLASS, day, true));
		System::assert_last_event(Event::HaltSet { class: CLASS, day, halted: true }.into());
		assert_noop!(buy(ALICE, FIRST, GPU_HOUR), Error::<Test>::Halted);
		assert_noop!(sell(ALICE, FIRST, GPU_HOUR), Error::<Test>::Halted);
		let view = Market::price(CLASS, FIRST).unwrap();
		assert!(!view.buyable && !view.sellable);
		assert_ok!(Market::set_halted(RuntimeOrigin::root(), CLASS, day, false));
		assert_ok!(buy(ALICE, FIRST, GPU_HOUR));
		let missing = Day(day.0 + DAYS);
		assert_noop!(
			Market::set_halted(RuntimeOrigin::root(), CLASS, missing, true),
			Error::<Test>::NotOpen
		);
	});
}

#[test]
fn oracle_should_not_move_within_the_block_whatever_is_traded() {
	open_ext().build_and_execute(|| {
		let opening = oracle(FIRST);
		assert_eq!(opening, Market::price(CLASS, FIRST).unwrap().opening);
		let depth = bucket(FIRST).depth;
		stock_up(FIRST, depth / 2);
		assert_eq!(oracle(FIRST), opening);
		buy(ALICE, FIRST, depth / 4).unwrap();
		stock_up(FIRST, depth / 8);
		assert_eq!(oracle(FIRST), opening);
		let now = Market::price(CLASS, FIRST).unwrap().now;
		assert!(now < opening);
		next_block();
		assert_eq!(oracle(FIRST), now);
		buy(ALICE, FIRST, depth / 4).unwrap();
		assert_eq!(oracle(FIRST), now);
		// Blocks without a trade change nothing.
		let after = Market::price(CLASS, FIRST).unwrap().now;
		next_block();
		next_block();
		assert_eq!(oracle(FIRST), after);
		assert_eq!(<Market as HourPrices<Balance>>::price(CLASS, START), None);
	});
}

#[test]
fn fee_should_rise_with_volatility_and_fall_when_it_is_quiet() {
	open_ext().build_and_execute(|| {
		let quiet = Market::price(CLASS, FIRST).unwrap().buy_fee;
		assert_eq!(quiet, TERMS.fee.deconstruct());
		let depth = bucket(FIRST).depth;
		// Every hour of the day goes down and up again by a fifth, block by block.
		for at in 0..HOURS {
			stock_up(Interval(FIRST.0 + at), depth / 5);
		}
		// The same fee for whatever happens in this block and in this interval.
		assert_eq!(Market::price(CLASS, FIRST).unwrap().buy_fee, quiet);
		next_block();
		for at in 0..HOURS {
			buy(ALICE, Interval(FIRST.0 + at), depth / 5).unwrap();
		}
		next_block();
		assert_eq!(Market::price(CLASS, FIRST).unwrap().buy_fee, quiet);
		go_to(Interval(START.0 + 1));
		let shaken = Market::price(CLASS, FIRST).unwrap().buy_fee;
		// It moved by about 2 times 18 per cent, a quarter of that counts, a tenth of it is the slope.
		assert!((10_000..14_000).contains(&shaken), "{shaken}");
		assert!(shaken <= TERMS.max_fee.deconstruct());
		let next_day = Interval(FIRST.0 + HOURS);
		assert_eq!(Market::price(CLASS, next_day).unwrap().buy_fee, quiet);
		// Somebody trades a little, much later.
		go_to(Interval(START.0 + 10));
		let calmer = Market::price(CLASS, FIRST).unwrap().buy_fee;
		assert!(calmer < quiet + (shaken - quiet) / 8, "{calmer}");
	});
}

#[test]
fn round_trips_within_a_block_should_not_raise_the_fee() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		give_hours(ALICE, FIRST, depth);
		for _ in 0..4 {
			sell(ALICE, FIRST, depth).unwrap();
			buy(ALICE, FIRST, depth).unwrap();
		}
		go_to(Interval(START.0 + 1));
		assert_eq!(Market::price(CLASS, FIRST).unwrap().buy_fee, TERMS.fee.deconstruct());
	});
}
