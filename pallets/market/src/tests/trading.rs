//! Buying and selling, and what is refused.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	traits::{HourFill, HourMarket, MarketError},
	ClassId, Interval, MicroGpuHours,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::mock::*;

const SECOND: Interval = Interval(FIRST.0 + 1);

fn limited_buy(amount: u64, max_cost: Balance, deadline: u64) -> DispatchResult {
	let origin = RuntimeOrigin::signed(ALICE);
	Market::buy(origin, CLASS, FIRST, MicroGpuHours(amount), max_cost, deadline)
}

fn limited_sell(amount: u64, min_received: Balance, deadline: u64) -> DispatchResult {
	let origin = RuntimeOrigin::signed(ALICE);
	Market::sell(origin, CLASS, FIRST, MicroGpuHours(amount), min_received, deadline)
}

fn buy_each(
	from: Interval,
	until: Interval,
	amount: u64,
	max_cost: Balance,
) -> Result<(), DispatchError> {
	let origin = RuntimeOrigin::signed(ALICE);
	Market::buy_each(origin, CLASS, from, until, MicroGpuHours(amount), max_cost, u64::MAX)
}

#[test]
fn buy_should_move_money_and_hours_when_there_is_stock() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, 2 * GPU_HOUR);
		let before = bucket(FIRST);
		let quote = Market::quote_buy(CLASS, FIRST, MicroGpuHours(GPU_HOUR)).unwrap();
		let cost = buy(ALICE, FIRST, GPU_HOUR).unwrap();
		assert_eq!(cost, quote);
		assert_eq!(hours_of(ALICE, FIRST), GPU_HOUR);
		assert_eq!(held_of(Market::account_of_market(), FIRST), GPU_HOUR);
		let after = bucket(FIRST);
		assert_eq!(after.stock, GPU_HOUR);
		assert_eq!(after.y - before.y + after.fees - before.fees, cost);
		// A GPU-hour at about the opening price, with the fee of 0.3 per cent.
		assert!(cost > OPENING * 97 / 100 && cost < OPENING * 101 / 100, "{cost}");
		System::assert_last_event(
			Event::Bought {
				who: ALICE,
				class: CLASS,
				fills: vec![HourFill { interval: FIRST, amount: MicroGpuHours(GPU_HOUR), cost }],
				cost,
			}
			.into(),
		);
	});
}

#[test]
fn buy_should_return_to_the_opening_price_when_all_stock_is_bought() {
	open_ext().build_and_execute(|| {
		let opened = bucket(FIRST);
		let received = stock_up(FIRST, GPU_HOUR);
		let cost = buy(ALICE, FIRST, GPU_HOUR).unwrap();
		assert!(cost > received);
		let after = bucket(FIRST);
		assert_eq!(after.stock, 0);
		assert!(after.y >= opened.y && after.y <= opened.y + 1);
		assert_eq!(held_of(Market::account_of_market(), FIRST), 0);
	});
}

#[test]
fn sell_should_pay_along_the_curve_when_hours_are_free() {
	open_ext().build_and_execute(|| {
		give_hours(ALICE, FIRST, 10 * GPU_HOUR);
		let quote = Market::quote_sell(CLASS, FIRST, MicroGpuHours(10 * GPU_HOUR)).unwrap();
		let received = sell(ALICE, FIRST, 10 * GPU_HOUR).unwrap();
		assert_eq!(received, quote);
		// 10 GPU-hours into a depth of 100 / 1.2: 100 (1 - e^-0.12), less 0.3 per cent.
		let exact = RESERVE as f64 * (1.0 - (-0.12f64).exp()) * 0.997;
		assert!((received as f64 / exact - 1.0).abs() < 1e-6, "{received} {exact}");
		let bucket = bucket(FIRST);
		assert_eq!((bucket.stock, bucket.sold), (10 * GPU_HOUR, 10 * GPU_HOUR));
		let fills = vec![HourFill {
			interval: FIRST,
			amount: MicroGpuHours(10 * GPU_HOUR),
			cost: received,
		}];
		System::assert_last_event(Event::Sold { who: ALICE, class: CLASS, fills, received }.into());
	});
}

#[test]
fn trades_should_be_refused_when_they_miss_their_limit() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, 2 * GPU_HOUR);
		give_hours(ALICE, FIRST, GPU_HOUR);
		let cost = Market::quote_buy(CLASS, FIRST, MicroGpuHours(GPU_HOUR)).unwrap();
		assert_noop!(limited_buy(GPU_HOUR, cost - 1, u64::MAX), Error::<Test>::Overpriced);
		assert_ok!(limited_buy(GPU_HOUR, cost, u64::MAX));
		let received = Market::quote_sell(CLASS, FIRST, MicroGpuHours(GPU_HOUR)).unwrap();
		assert_noop!(limited_sell(GPU_HOUR, received + 1, u64::MAX), Error::<Test>::Underpriced);
		assert_ok!(limited_sell(GPU_HOUR, received, u64::MAX));
	});
}

#[test]
fn trades_should_be_refused_when_their_deadline_is_past() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, 2 * GPU_HOUR);
		give_hours(ALICE, FIRST, GPU_HOUR);
		let block = System::block_number();
		let late = || Error::<Test>::Expired;
		assert_noop!(limited_buy(GPU_HOUR, Balance::MAX, block - 1), late());
		assert_noop!(limited_sell(GPU_HOUR, 0, block - 1), late());
		let amount = MicroGpuHours(GPU_HOUR);
		let origin = || RuntimeOrigin::signed(ALICE);
		assert_noop!(
			Market::buy_flexible(origin(), CLASS, FIRST, SECOND, amount, Balance::MAX, block - 1),
			late()
		);
		assert_noop!(
			Market::buy_each(origin(), CLASS, FIRST, SECOND, amount, Balance::MAX, block - 1),
			late()
		);
		assert_noop!(
			Market::sell_each(origin(), CLASS, FIRST, SECOND, amount, 0, block - 1),
			late()
		);
		assert_noop!(Market::sell_pool(origin(), POOL, FIRST, amount, 0, block - 1), late());
		assert_ok!(limited_buy(GPU_HOUR, Balance::MAX, block));
		assert_ok!(limited_sell(GPU_HOUR, 0, block));
	});
}

#[test]
fn trades_should_be_refused_when_amounts_are_wrong() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, GPU_HOUR);
		give_hours(ALICE, FIRST, 100);
		assert_noop!(buy(ALICE, FIRST, 0), Error::<Test>::Zero);
		assert_noop!(sell(ALICE, FIRST, 0), Error::<Test>::Zero);
		assert_noop!(buy(ALICE, FIRST, LEAST_HOURS - 1), Error::<Test>::Dust);
		assert_noop!(sell(ALICE, FIRST, LEAST_HOURS - 1), Error::<Test>::Dust);
		assert_noop!(buy(ALICE, FIRST, GPU_HOUR + 1), Error::<Test>::OutOfStock);
		assert_noop!(buy(ALICE, FIRST, u64::MAX), Error::<Test>::OutOfStock);
		// What would be left of the stock, or with the seller.
		assert_noop!(buy(ALICE, FIRST, GPU_HOUR - 1), Error::<Test>::Dust);
		assert_noop!(sell(ALICE, FIRST, 95), Error::<Test>::Dust);
		assert_noop!(sell(ALICE, FIRST, 101), Error::<Test>::Claims);
		assert_ok!(sell(ALICE, FIRST, 90));
	});
}

#[test]
fn trades_should_be_refused_when_no_book_is_open() {
	open_ext().build_and_execute(|| {
		let missing = || Error::<Test>::NotOpen;
		// This day's book was never opened; the days after the seventh are not yet.
		let after = Interval(FIRST.0 + DAYS * HOURS);
		for interval in [Interval(START.0 + 5), after] {
			give_hours(ALICE, interval, GPU_HOUR);
			assert_noop!(buy(ALICE, interval, GPU_HOUR), missing());
			assert_noop!(sell(ALICE, interval, GPU_HOUR), missing());
		}
		let amount = MicroGpuHours(GPU_HOUR);
		assert_noop!(
			Market::buy(
				RuntimeOrigin::signed(ALICE),
				OTHER_CLASS,
				FIRST,
				amount,
				Balance::MAX,
				u64::MAX
			),
			missing()
		);
		assert_noop!(
			Market::buy_flexible(
				RuntimeOrigin::signed(ALICE),
				ClassId(9),
				FIRST,
				SECOND,
				amount,
				Balance::MAX,
				u64::MAX
			),
			missing()
		);
	});
}

#[test]
fn trades_should_be_refused_when_the_gate_is_closed() {
	open_ext().build_and_execute(|| {
		let at = Interval(FIRST.0 + 5);
		stock_up(at, 10 * GPU_HOUR);
		give_hours(ALICE, at, GPU_HOUR);
		// Sellers: an interval earlier than buyers.
		go_to(Interval(at.0 - 1));
		assert_noop!(sell(ALICE, at, GPU_HOUR), Error::<Test>::GateClosed);
		assert_ok!(buy(BOB, at, GPU_HOUR));
		let view = Market::price(CLASS, at).unwrap();
		assert!(view.buyable && !view.sellable);
		go_to(at);
		assert_noop!(buy(ALICE, at, GPU_HOUR), Error::<Test>::GateClosed);
		assert_noop!(sell(ALICE, at, GPU_HOUR), Error::<Test>::GateClosed);
		go_to(Interval(at.0 + 1));
		assert_noop!(buy(ALICE, at, GPU_HOUR), Error::<Test>::GateClosed);
		assert_noop!(sell(ALICE, at, GPU_HOUR), Error::<Test>::GateClosed);
		// A range that begins too late is refused, however late it ends.
		assert_noop!(buy_each(at, Interval(at.0 + 3), 100, RICH), Error::<Test>::GateClosed);
		assert_noop!(
			Market::buy_flexible(
				RuntimeOrigin::signed(ALICE),
				CLASS,
				at,
				Interval(at.0 + 3),
				MicroGpuHours(100),
				RICH,
				u64::MAX
			),
			Error::<Test>::GateClosed
		);
	});
}

#[test]
fn ranges_should_be_refused_when_empty_or_too_long() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, GPU_HOUR);
		let bad = || Error::<Test>::BadRange;
		assert_noop!(buy_each(SECOND, FIRST, 100, RICH), bad());
		let end = Interval(FIRST.0 + DAYS * HOURS);
		assert_noop!(buy_each(FIRST, end, 100, RICH), bad());
		assert_noop!(buy_each(FIRST, Interval(u32::MAX), 100, RICH), bad());
		let flexible = |from, until| {
			let origin = RuntimeOrigin::signed(ALICE);
			Market::buy_flexible(origin, CLASS, from, until, MicroGpuHours(100), RICH, u64::MAX)
				.map_err(|error| error.error)
		};
		assert_noop!(flexible(SECOND, FIRST), bad());
		assert_noop!(flexible(FIRST, end), bad());
		assert_ok!(flexible(FIRST, Interval(end.0 - 1)));
	});
}

#[test]
fn trades_should_be_refused_when_the_account_cannot_pay() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, 5 * GPU_HOUR);
		Balances::force_set_balance(RuntimeOrigin::root(), BOB, UNIT).unwrap();
		assert_noop!(buy(BOB, FIRST, GPU_HOUR), Error::<Test>::Funds);
		assert_ok!(buy(BOB, FIRST, GPU_HOUR / 4));
	});
}

#[test]
fn buy_each_should_buy_all_or_nothing_when_one_interval_is_short() {
	open_ext().build_and_execute(|| {
		let last = Interval(FIRST.0 + 30);
		for at in FIRST.0..=last.0 {
			stock_up(Interval(at), 2 * GPU_HOUR);
		}
		let (fills, quote) =
			Market::quote_each(CLASS, FIRST, last, MicroGpuHours(GPU_HOUR)).unwrap();
		assert_eq!(fills.len(), 31);
		let before = money_of(ALICE);
		assert_ok!(buy_each(FIRST, last, GPU_HOUR, quote));
		assert_eq!(before - money_of(ALICE), quote);
		for at in FIRST.0..=last.0 {
			assert_eq!(hours_of(ALICE, Interval(at)), GPU_HOUR);
		}
		// Somebody else takes one of them.
		buy(BOB, SECOND, GPU_HOUR / 2).unwrap();
		assert_noop!(buy_each(FIRST, last, GPU_HOUR, RICH), Error::<Test>::OutOfStock);
		assert_noop!(buy_each(FIRST, last, 1, RICH), Error::<Test>::Dust);
		assert_noop!(buy_each(FIRST, last, 0, RICH), Error::<Test>::Zero);
		assert_noop!(buy_each(FIRST, last, 100, 0), Error::<Test>::Overpriced);
	});
}

#[test]
fn resale_should_work_for_any_part_of_a_block_that_was_bought() {
	open_ext().build_and_execute(|| {
		let last = Interval(FIRST.0 + 7);
		for at in FIRST.0..=last.0 {
			stock_up(Interval(at), 2 * GPU_HOUR);
		}
		let start = money_of(ALICE);
		assert_ok!(buy_each(FIRST, last, GPU_HOUR, RICH));
		// Three hours out of the middle, and a third of the last one.
		let (from, until) = (Interval(FIRST.0 + 2), Interval(FIRST.0 + 4));
		let amount = MicroGpuHours(GPU_HOUR);
		let (_, quote) = Market::quote_sell_each(CLASS, from, until, amount).unwrap();
		let sell_each = |min_received| {
			let origin = RuntimeOrigin::signed(ALICE);
			Market::sell_each(origin, CLASS, from, until, amount, min_received, u64::MAX)
		};
		assert_noop!(sell_each(quote + 1), Error::<Test>::Underpriced);
		assert_ok!(sell_each(quote));
		assert_noop!(sell_each(0), Error::<Test>::Claims);
		sell(ALICE, last, GPU_HOUR / 3).unwrap();
		assert_eq!(hours_of(ALICE, Interval(FIRST.0 + 3)), 0);
		assert_eq!(hours_of(ALICE, last), GPU_HOUR - GPU_HOUR / 3);
		// Going in and out costs, whatever is sold again.
		sell(ALICE, last, GPU_HOUR - GPU_HOUR / 3).unwrap();
		for at in [0, 1, 5, 6] {
			sell(ALICE, Interval(FIRST.0 + at), GPU_HOUR).unwrap();
		}
		assert!(money_of(ALICE) < start);
	});
}

#[test]
fn sell_should_be_refused_when_hours_are_locked() {
	use pogcs_primitives::traits::HourLedger;
	open_ext().build_and_execute(|| {
		give_hours(ALICE, FIRST, GPU_HOUR);
		let reason = RuntimeHoldReason::Market(HoldReason::Order);
		Claims::lock(reason, CLASS, FIRST, &ALICE, MicroGpuHours(GPU_HOUR - 100)).unwrap();
		assert_noop!(sell(ALICE, FIRST, GPU_HOUR), Error::<Test>::Claims);
		assert_ok!(sell(ALICE, FIRST, 100));
		Claims::unlock(reason, CLASS, FIRST, &ALICE, MicroGpuHours(GPU_HOUR - 100)).unwrap();
	});
}

#[test]
fn sell_should_be_refused_when_the_price_has_nowhere_to_fall() {
	let mut ext = new_test_ext();
	ext.execute_with(|| {
		let terms = Terms { breaker: sp_runtime::Permill::one(), ..TERMS };
		make_class(CLASS, SHARES, terms).unwrap();
		let all = LANE * u128::from(DAYS);
		Market::deposit(RuntimeOrigin::signed(LPS[0]), CLASS, all).unwrap();
		idle();
	});
	ext.build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		give_hours(ALICE, FIRST, depth * 17);
		assert_noop!(sell(ALICE, FIRST, depth * math::MAX_FALL + 1), Error::<Test>::Saturated);
		let received = sell(ALICE, FIRST, depth * math::MAX_FALL).unwrap();
		assert!(received < bucket(FIRST).base && bucket(FIRST).y > 0);
		assert_noop!(sell(ALICE, FIRST, depth), Error::<Test>::Saturated);
	});
}

#[test]
fn flexible_fill_should_take_the_cheapest_hours_when_there_are_many() {
	open_ext().build_and_execute(|| {
		// The more is in stock, the cheaper.
		for (at, hours) in [(0, 1), (1, 8), (2, 4), (30, 6), (100, 2)] {
			stock_up(Interval(FIRST.0 + at), hours * GPU_HOUR);
		}
		let until = Interval(FIRST.0 + DAYS * HOURS - 1);
		let amount = MicroGpuHours(6 * GPU_HOUR);
		let (fills, quote) = Market::quote_flexible(CLASS, FIRST, until, amount).unwrap();
		let flexible = |max_cost| {
			let origin = RuntimeOrigin::signed(ALICE);
			Market::buy_flexible(origin, CLASS, FIRST, until, amount, max_cost, u64::MAX)
				.map_err(|error| error.error)
		};
		assert_noop!(flexible(quote - 1), Error::<Test>::Overpriced);
		let before = money_of(ALICE);
		assert_ok!(flexible(quote));
		assert_eq!(before - money_of(ALICE), quote);
		// All of them cost the same at the margin now: 8 - 4, 6 - 2 and 4 are left.
		let left = |at: u32| bucket(Interval(FIRST.0 + at)).stock;
		let even = 4 * GPU_HOUR;
		for at in [1, 2, 30] {
			assert!(left(at).abs_diff(even) < 20, "{at}: {}", left(at));
		}
		assert_eq!((left(0), left(100)), (GPU_HOUR, 2 * GPU_HOUR));
		assert_eq!(fills.iter().map(|fill| fill.amount.0).sum::<u64>(), amount.0);
		let held: u64 = (FIRST.0..=until.0).map(|at| hours_of(ALICE, Interval(at))).sum();
		assert_eq!(held, amount.0);
	});
}

#[test]
fn flexible_fill_should_be_refused_when_too_little_is_for_sale() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, GPU_HOUR);
		stock_up(SECOND, GPU_HOUR);
		let flexible = |amount| {
			let origin = RuntimeOrigin::signed(ALICE);
			Market::buy_flexible(
				origin,
				CLASS,
				FIRST,
				SECOND,
				MicroGpuHours(amount),
				Balance::MAX,
				u64::MAX,
			)
			.map_err(|error| error.error)
		};
		assert_noop!(flexible(0), Error::<Test>::Zero);
		assert_noop!(flexible(LEAST_HOURS - 1), Error::<Test>::Dust);
		assert_noop!(flexible(2 * GPU_HOUR + 1), Error::<Test>::OutOfStock);
		assert_noop!(flexible(u64::MAX), Error::<Test>::OutOfStock);
		// One unit would be left somewhere.
		assert_noop!(flexible(2 * GPU_HOUR - 1), Error::<Test>::Dust);
		assert_ok!(flexible(2 * GPU_HOUR));
	});
}

#[test]
fn flexible_fill_should_pass_over_halted_books_and_days_without_one() {
	open_ext().build_and_execute(|| {
		let next_day = Interval(FIRST.0 + HOURS);
		stock_up(FIRST, 4 * GPU_HOUR);
		stock_up(next_day, GPU_HOUR);
		Market::set_halted(RuntimeOrigin::root(), CLASS, Day(FIRST.0 / HOURS), true).unwrap();
		let amount = MicroGpuHours(GPU_HOUR / 2);
		// From this day on, which has no book.
		let from = Interval(START.0 + 1);
		let (fills, _) = Market::quote_flexible(CLASS, from, next_day, amount).unwrap();
		assert_eq!(fills.len(), 1);
		assert_eq!(fills[0].interval, next_day);
		let all = MicroGpuHours(2 * GPU_HOUR);
		assert_eq!(
			Market::quote_flexible(CLASS, from, next_day, all),
			Err(MarketError::OutOfStock)
		);
	});
}

#[test]
fn market_should_do_for_other_pallets_what_calls_do() {
	open_ext().build_and_execute(|| {
		for at in 0..4 {
			stock_up(Interval(FIRST.0 + at), 4 * GPU_HOUR);
		}
		let until = Interval(FIRST.0 + 3);
		let amount = MicroGpuHours(2 * GPU_HOUR);
		type M = Market;
		let (quoted, cost) =
			<M as HourMarket<_, _>>::quote_flexible(CLASS, FIRST, until, amount).unwrap();
		assert_noop!(
			<M as HourMarket<_, _>>::buy_flexible(&ALICE, CLASS, FIRST, until, amount, cost - 1),
			MarketError::Overpriced
		);
		assert_eq!(
			<M as HourMarket<_, _>>::buy_flexible(&ALICE, CLASS, FIRST, until, amount, cost),
			Ok(quoted)
		);
		let (each, cost) =
			<M as HourMarket<_, _>>::quote_each(CLASS, FIRST, until, amount).unwrap();
		assert_noop!(
			<M as HourMarket<_, _>>::buy_each(&ALICE, CLASS, FIRST, until, amount, cost - 1),
			MarketError::Overpriced
		);
		assert_eq!(
			<M as HourMarket<_, _>>::buy_each(&ALICE, CLASS, FIRST, until, amount, cost),
			Ok(each)
		);
		let before = money_of(ALICE);
		let received = <M as HourMarket<_, _>>::sell(&ALICE, CLASS, FIRST, amount, 0).unwrap();
		assert_eq!(money_of(ALICE) - before, received);
		assert_noop!(
			<M as HourMarket<_, _>>::sell(&ALICE, CLASS, FIRST, amount, RICH),
			MarketError::Underpriced
		);
		// Money is moved before hours: what fails late leaves nothing behind.
		let few = MicroGpuHours(100);
		assert_noop!(
			<M as HourMarket<_, _>>::buy_each(&NOBODY, CLASS, FIRST, until, few, RICH),
			MarketError::Funds
		);
	});
}

#[test]
fn buy_should_give_the_rest_to_the_buyer_when_somebody_sent_the_market_dust() {
	open_ext().build_and_execute(|| {
		stock_up(FIRST, GPU_HOUR);
		give_hours(BOB, FIRST, 100);
		let market = Market::account_of_market();
		let gift = MicroGpuHours(5);
		Claims::transfer(RuntimeOrigin::signed(BOB), market, CLASS, FIRST, gift).unwrap();
		// The ledger would keep less than its least holding with the market.
		buy(ALICE, FIRST, GPU_HOUR).unwrap();
		assert_eq!(hours_of(ALICE, FIRST), GPU_HOUR + 5);
		assert_eq!(bucket(FIRST).stock, 0);
	});
}

/// The numbers of the README's example.
#[test]
fn worked_example_should_be_what_the_market_does() {
	open_ext().build_and_execute(|| {
		let near = |found: Balance, exact: f64| {
			let found = found as f64 / UNIT as f64;
			assert!((found - exact).abs() < 0.005, "{found} {exact}");
		};
		let state = |reserve: f64, price: f64| {
			near(bucket(FIRST).y, reserve);
			near(bucket(FIRST).price(), price);
		};
		state(100.0, 1.2);
		near(stock_up(FIRST, 10 * GPU_HOUR), 11.27);
		state(88.69, 1.064);
		near(buy(ALICE, FIRST, 4 * GPU_HOUR).unwrap(), 4.37);
		state(93.05, 1.117);
		near(buy(ALICE, FIRST, 6 * GPU_HOUR).unwrap(), 6.97);
		state(100.0, 1.2);
	});
}
