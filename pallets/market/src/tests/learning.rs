//! What days that are over teach: forecast, risk, and Hedge with its bound.

use pogcs_primitives::Interval;
use proptest::prelude::*;

use crate::{math::learning, mock::*};

fn profile(hour: usize) -> HourProfile {
	Market::profile(CLASS)[hour]
}

/// Trades the first day: the hour `at` gets `sold` depths and loses `bought` of them again.
fn day_with(at: u32, sold: f64, bought: f64) {
	let interval = Interval(FIRST.0 + at);
	let depth = bucket(interval).depth;
	let units = |depths: f64| (depth as f64 * depths) as u64;
	stock_up(interval, units(sold));
	if bought > 0.0 {
		buy(BOB, interval, units(bought)).unwrap();
	}
	go_to(Interval(FIRST.0 + HOURS));
}

#[test]
fn forecast_should_follow_what_buyers_paid() {
	open_ext().build_and_execute(|| {
		// Down by half a depth and bought back up by a fifth: at about 0.6 of the opening price.
		day_with(3, 0.5, 0.2);
		let paid = 1.2 * ((-0.3f64).exp() - (-0.5f64).exp()) / 0.2;
		let exact = 1.0 + 0.2 * (paid - 1.0);
		let found = profile(3).price as f64 / PRICE as f64;
		assert!((found - exact).abs() < 1e-3, "{found} {exact}");
		// Of hours in which nothing happened nothing is learnt.
		assert_eq!(profile(4).price, PRICE);
		assert_eq!(profile(4).risk, 0);
	});
}

#[test]
fn forecast_should_rise_when_all_is_bought_at_the_top() {
	open_ext().build_and_execute(|| {
		day_with(3, 0.2, 0.2);
		assert!(profile(3).price > PRICE);
		assert_eq!(profile(3).risk, 0);
		let next = Market::price(CLASS, Interval(FIRST.0 + DAYS * HOURS + 3)).unwrap();
		assert!(next.opening > OPENING);
	});
}

#[test]
fn forecast_should_fall_to_where_sellers_left_it_when_nobody_buys() {
	open_ext().build_and_execute(|| {
		day_with(3, 0.5, 0.0);
		let closing = 1.2 * (-0.5f64).exp();
		let exact = 1.0 + 0.2 * (closing - 1.0);
		let found = profile(3).price as f64 / PRICE as f64;
		assert!((found - exact).abs() < 1e-3, "{found} {exact}");
		// Nothing came back of what sellers were paid: the fifth of the way to that is learnt.
		assert_eq!(profile(3).risk, 200_000);
	});
}

#[test]
fn risk_should_be_what_did_not_come_back_and_be_taken_from_sellers() {
	open_ext().build_and_execute(|| {
		day_with(3, 0.5, 0.2);
		let lost = 1.0 - ((-0.3f64).exp() - (-0.5f64).exp()) / (1.0 - (-0.5f64).exp());
		let exact = (0.2 * lost * 1e6) as u32;
		assert!(profile(3).risk.abs_diff(exact) < 100, "{} {exact}", profile(3).risk);
		let next = Interval(FIRST.0 + DAYS * HOURS + 3);
		let view = Market::price(CLASS, next).unwrap();
		assert_eq!(view.buy_fee, TERMS.fee.deconstruct());
		assert_eq!(view.sell_fee, TERMS.fee.deconstruct() + profile(3).risk);
		// The pool breaks even on a day like the one that it learnt from, once it has learnt.
		let other = Market::price(CLASS, Interval(next.0 + 1)).unwrap();
		assert_eq!(other.sell_fee, TERMS.fee.deconstruct());
	});
}

#[test]
fn little_should_be_learnt_when_little_is_traded() {
	open_ext().build_and_execute(|| {
		// A thousandth of the reserve, a hundredth of what counts in full.
		day_with(3, 0.001, 0.001);
		let moved = profile(3).price.abs_diff(PRICE);
		assert!(moved > 0 && moved < PRICE / 2_000, "{moved}");
	});
}

#[test]
fn forecast_should_stay_within_bounds() {
	let mut ext = new_test_ext();
	ext.execute_with(|| {
		let terms = Terms { min_price: PRICE * 9 / 10, max_price: PRICE * 11 / 10, ..TERMS };
		make_class(CLASS, SHARES, terms).unwrap();
		let all = LANE * u128::from(DAYS);
		Market::deposit(RuntimeOrigin::signed(LPS[0]), CLASS, all).unwrap();
		idle();
	});
	ext.build_and_execute(|| {
		assert!(Market::price(CLASS, FIRST).unwrap().opening <= PRICE * 11 / 10);
		day_with(4, 0.9, 0.0);
		assert!(profile(4).price >= PRICE * 9 / 10);
	});
}

#[test]
fn liquidity_should_move_to_the_hours_that_earn() {
	open_ext().build_and_execute(|| {
		let depth = bucket(FIRST).depth;
		// Hour 7 turns over a lot; hour 9 is left with stock.
		for _ in 0..20 {
			stock_up(Interval(FIRST.0 + 7), depth / 4);
			buy(BOB, Interval(FIRST.0 + 7), depth / 4).unwrap();
		}
		day_with(9, 0.1, 0.0);
		let (best, worst) = (profile(7).weight, profile(9).weight);
		assert_eq!(best, 0);
		let new = Market::book(CLASS, Day(FIRST.0 / HOURS + DAYS)).unwrap();
		let quiet = new.buckets[12].y;
		assert!(new.buckets[7].y > quiet && new.buckets[9].y < quiet);
		assert!(worst < profile(12).weight);
		// What is explored all hours have alike.
		let total = new.head.total;
		assert!(new.buckets.iter().all(|bucket| bucket.y >= total / 5 / 24));
	});
}

#[test]
fn days_should_be_replayable() {
	let run = || {
		let mut result = None;
		open_ext().build_and_execute(|| {
			day_with(3, 0.5, 0.2);
			result = Some((Market::profile(CLASS), Market::book(CLASS, Day(18))));
		});
		result.unwrap()
	};
	assert_eq!(run(), run());
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1_000))]

	/// The bound of the README: with gains in 0..=1 that are known `delay` days late, the best hour in
	/// hindsight is ahead of the split by no more than
	/// `ln N / eta + eta T (2 delay + 1) / 8 + explore T`, whoever chooses the gains.
	#[test]
	fn regret_should_stay_within_its_bound(
		days in 1usize..120,
		delay in 0usize..7,
		rate in 10_000u32..1_000_000,
		explore in 0u32..300_000,
		seed in any::<u64>(),
		style in 0u8..4,
	) {
		let hours = 24;
		let mut state = seed | 1;
		let mut draw = || {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			state
		};
		let mut weights = vec![0; hours];
		let mut waiting = std::collections::VecDeque::new();
		let (mut earned, mut each) = (0.0, vec![0.0; hours]);
		for day in 0..days {
			let parts = learning::split(&weights, explore);
			let given: u64 = parts.iter().sum();
			prop_assert!(given <= learning::PARTS);
			prop_assert!(given + 1_000 > learning::PARTS, "next to nothing is lost to rounding");
			let richest = (0..hours).max_by_key(|hour| parts[*hour]).unwrap();
			let gains: Vec<u32> = (0..hours)
				.map(|hour| match style {
					// Anything; a best hour; against the split; or in turns as long as the delay.
					0 => (draw() % 1_000_001) as u32,
					1 => if hour == 5 { 1_000_000 } else { (draw() % 700_000) as u32 },
					2 => if hour == richest { 0 } else { 1_000_000 },
					_ => if (day / (delay + 1)) % 2 == hour % 2 { 1_000_000 } else { 0 },
				})
				.collect();
			for (hour, gain) in gains.iter().enumerate() {
				let gain = f64::from(*gain) / 1e6;
				each[hour] += gain;
				earned += gain * parts[hour] as f64 / learning::PARTS as f64;
			}
			waiting.push_back(gains);
			if waiting.len() > delay {
				learning::hedge(&mut weights, &waiting.pop_front().unwrap(), rate);
			}
		}
		let best = each.iter().copied().fold(0.0, f64::max);
		let (eta, time) = (f64::from(rate) / 1e6, days as f64);
		let bound = (hours as f64).ln() / eta
			+ eta * time * (2.0 * delay as f64 + 1.0) / 8.0
			+ f64::from(explore) / 1e6 * time;
		prop_assert!(best - earned <= bound + 1e-6, "{} > {}", best - earned, bound);
	}

	#[test]
	fn gain_should_be_half_for_nothing_and_rise_with_profit(
		base in 1u128..1 << 90, end in 0u128..1 << 90, more in 0u128..1 << 80,
		range in 1u32..1_000_000,
	) {
		prop_assert_eq!(learning::gain(base, base, range), 500_000);
		let (low, high) = (learning::gain(base, end, range), learning::gain(base, end + more, range));
		prop_assert!(low <= high && high <= 1_000_000);
		prop_assert_eq!(learning::gain(0, end, range), 500_000);
	}

	#[test]
	fn blend_should_stay_between(old in 0u128..1 << 100, target in 0u128..1 << 100, rate: u32) {
		let found = learning::blend(old, target, rate);
		prop_assert!(found >= old.min(target) && found <= old.max(target));
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	/// However somebody pays fees to push a forecast up, he pays more than the seven books that are
	/// open at that price can then be relieved of.
	#[test]
	fn pushing_a_forecast_up_should_cost_more_than_it_brings(
		fees in prop::collection::vec(0u128..UNIT, 1..200),
		price in 1_000_000u128..1 << 60,
	) {
		let base = 10 * UNIT;
		let rise = sp_runtime::Permill::from_parts(333_333);
		let mut pushed = price;
		for fee in &fees {
			pushed = learning::most(pushed, *fee, base, rise);
		}
		let d = pushed as f64 / price as f64 - 1.0;
		let paid = fees.iter().sum::<u128>() as f64 / base as f64;
		let taken = 7.0 * (d - d.ln_1p()) / (1.0 + d);
		prop_assert!(taken <= paid, "{} for {}", taken, paid);
	}
}
