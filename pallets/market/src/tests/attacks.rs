//! Who tries to gain by the rules of the market: each test is a line of the README's table.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{Interval, MicroGpuHours};
use proptest::prelude::*;
use sp_runtime::Permill;

use crate::mock::*;

/// What somebody has in the end, with the hours of the first four intervals at nothing.
fn gain(who: AccountId, play: impl FnOnce()) -> i128 {
	let before = money_of(who);
	play();
	i128::try_from(money_of(who)).unwrap() - i128::try_from(before).unwrap()
}

#[test]
fn sandwich_should_cost_the_victim_no_more_than_its_limit() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		stock_up(FIRST, depth / 2);
		next_block();
		let amount = MicroGpuHours(depth / 20);
		let quote = Market::quote_buy(CLASS, FIRST, amount).unwrap();
		let limit = quote + quote / 200;
		let victim = |deadline| {
			let origin = RuntimeOrigin::signed(ALICE);
			Market::buy(origin, CLASS, FIRST, amount, limit, deadline)
		};
		// The attacker moves the price by a hundredth: the victim's limit refuses the trade.
		buy(BOB, FIRST, depth / 100).unwrap();
		assert_noop!(victim(u64::MAX), Error::<Test>::Overpriced);
		sell(BOB, FIRST, depth / 100).unwrap();
		assert_ok!(victim(u64::MAX));
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1_000))]

	/// Trades are worth the same in whatever order, so what a sandwich takes is what the victim pays more
	/// than its quote: no more than its limit allows, and fees on top.
	#[test]
	fn sandwich_should_take_no_more_than_the_victims_limit_allows(
		front in 0.001f64..0.3, size in 0.001f64..0.1, allowed in 0u128..30,
	) {
		open_ext().execute_with(|| {
			let depth = bucket(FIRST).depth;
			stock_up(FIRST, depth);
			next_block();
			let units = |part: f64| (depth as f64 * part) as u64;
			let amount = MicroGpuHours(units(size));
			let quote = Market::quote_buy(CLASS, FIRST, amount).unwrap();
			let limit = quote + quote * allowed / 1_000;
			let found = gain(BOB, || {
				buy(BOB, FIRST, units(front)).unwrap();
				let origin = RuntimeOrigin::signed(ALICE);
				let _ = Market::buy(origin, CLASS, FIRST, amount, limit, u64::MAX);
				sell(BOB, FIRST, units(front)).unwrap();
			});
			prop_assert!(found <= i128::try_from(limit - quote).unwrap(), "{}", found);
			prop_assert!(allowed > 0 || found < 0);
			Ok(())
		})?;
	}
}

#[test]
fn money_that_comes_late_should_earn_nothing_of_a_day() {
	// Just-in-time liquidity: a deposit enters when its lane is cash, and no earlier.
	open_ext().build_and_execute(|| {
		Market::claim(RuntimeOrigin::signed(ALICE), LPS[0], CLASS).unwrap();
		let depth = bucket(FIRST).depth;
		go_to(Interval(FIRST.0 - 3));
		// Right before a large trade, and right after it.
		let late = RuntimeOrigin::signed(LPS[1]);
		Market::deposit(late, CLASS, 100 * LANE * u128::from(DAYS)).unwrap();
		stock_up(FIRST, depth / 2);
		buy(BOB, FIRST, depth / 2).unwrap();
		let fees = bucket(FIRST).fees;
		assert!(fees > 0);
		go_to(Interval(FIRST.0 + HOURS));
		Market::claim(RuntimeOrigin::signed(ALICE), LPS[1], CLASS).unwrap();
		let worth = |who: usize| Market::shares_of(CLASS, LPS[who])[4].value;
		assert!(worth(0) >= LANE + fees * 99 / 100);
		assert!(worth(1) <= 100 * LANE);
	});
}

#[test]
fn trading_with_oneself_should_cost_more_than_the_liquidity_it_moves() {
	open_ext().build_and_execute(|| {
		let at = Interval(FIRST.0 + 5);
		let depth = bucket(at).depth;
		give_hours(ALICE, at, depth / 10);
		let paid = -gain(ALICE, || {
			for _ in 0..40 {
				sell(ALICE, at, depth / 10).unwrap();
				buy(ALICE, at, depth / 10).unwrap();
			}
		});
		assert!(paid > i128::try_from(RESERVE / 50).unwrap());
		go_to(Interval(FIRST.0 + HOURS));
		let new = Market::book(CLASS, Day(FIRST.0 / HOURS + DAYS)).unwrap();
		// Forty times there and back: the hour has a twentieth more than any other, for one day in seven.
		let (hour, other) = (new.buckets[5].y, new.buckets[6].y);
		assert!(hour > other && hour < other + other / 10);
		// And its forecast rose by less than a third of what was paid.
		let rise = Market::profile(CLASS)[5].price - PRICE;
		assert!(rise * 3 * RESERVE <= u128::try_from(paid).unwrap() * PRICE);
	});
}

#[test]
fn dumping_before_the_gate_should_be_bounded_and_be_paid_for_by_sellers_later() {
	open_ext().build_and_execute(|| {
		let at = Interval(FIRST.0 + 12);
		go_to(Interval(at.0 - 2));
		let depth = bucket(at).depth;
		let received = stock_up(at, depth);
		// At most the bucket's reserve, and along its curve.
		assert!(received < RESERVE * 64 / 100);
		// Later than that nobody sells, while buyers can still come.
		go_to(Interval(at.0 - 1));
		give_hours(ALICE, at, depth);
		assert_noop!(sell(ALICE, at, depth), Error::<Test>::GateClosed);
		assert_ok!(buy(BOB, at, depth / 2));
		go_to(Interval(FIRST.0 + HOURS));
		let next = Market::price(CLASS, Interval(at.0 + DAYS * HOURS)).unwrap();
		assert!(next.opening < OPENING && next.sell_fee > 100_000);
	});
}

#[test]
fn stale_price_should_cost_a_lane_no_more_than_its_book() {
	// Hours are worth nothing any more, and everybody sells whatever the books take.
	open_ext().build_and_execute(|| {
		let all = || (0..7).map(|lane| Market::lane_value(CLASS, LaneId(lane))).sum::<u128>();
		let before = all();
		let day = |step: u32| {
			for at in 0..HOURS {
				let interval = Interval(FIRST.0 + step * HOURS + at);
				if let Some(view) = Market::price(CLASS, interval).filter(|view| view.sellable) {
					let depth = bucket(interval).depth;
					give_hours(CAROL, interval, depth);
					let _ = sell(CAROL, interval, depth);
					let _ = view;
				}
			}
		};
		let mut worth = vec![before];
		for step in 0..14 {
			day(step);
			go_to(Interval(FIRST.0 + step * HOURS + HOURS));
			worth.push(all());
		}
		// No day took more than half of one lane, and it learnt: of the second week's days each took less
		// than the same lane's in the first, because opening prices fell and the risk was charged.
		for (one, next) in worth.iter().zip(&worth[1..]) {
			assert!(one - next.min(one) <= before / 14, "{one} {next}");
		}
		let (first, second) = (worth[0] - worth[7], worth[7] - worth[14]);
		assert!(second < first * 3 / 4, "{first} {second}");
	});
}

#[test]
fn withdrawing_should_not_dodge_a_loss_that_is_under_way() {
	open_ext().build_and_execute(|| {
		Market::claim(RuntimeOrigin::signed(ALICE), LPS[0], CLASS).unwrap();
		let late = RuntimeOrigin::signed(LPS[1]);
		Market::deposit(late, CLASS, LANE * u128::from(DAYS)).unwrap();
		go_to(Interval(FIRST.0 + HOURS));
		// Both have half of lane 4 now; its book of day 18 goes badly, and one asks for his money.
		Market::claim(RuntimeOrigin::signed(ALICE), LPS[1], CLASS).unwrap();
		let at = Interval(FIRST.0 + DAYS * HOURS);
		let depth = bucket(at).depth;
		stock_up(at, depth);
		Market::withdraw(RuntimeOrigin::signed(LPS[1]), CLASS, Permill::one()).unwrap();
		go_to(Interval(at.0 + HOURS));
		let view = Market::shares_of(CLASS, LPS[1])[4];
		let stays = Market::shares_of(CLASS, LPS[0])[4];
		assert!(view.claimable_money < LANE * 99 / 100);
		assert!(view.claimable_money.abs_diff(stays.value) < UNIT / 1_000);
	});
}
