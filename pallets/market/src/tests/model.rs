//! Any sequence of calls: nobody gains but by what he sells, no money and no hour is lost or made, and
//! every invariant holds after every call.

use frame_support::{storage::with_storage_layer, traits::Hooks, weights::Weight};
use pogcs_primitives::{
	traits::{HourClaims, HourLedger},
	Interval, MicroGpuHours,
};
use proptest::prelude::*;
use sp_runtime::{DispatchError, Permill};

use crate::mock::*;

const TRADERS: [AccountId; 3] = [ALICE, BOB, CAROL];

#[derive(Clone, Debug)]
enum Step {
	Give { who: usize, at: u32, amount: u64 },
	Buy { who: usize, at: u32, amount: u64 },
	Sell { who: usize, at: u32, amount: u64 },
	BuyEach { who: usize, at: u32, length: u32, amount: u64 },
	SellEach { who: usize, at: u32, length: u32, amount: u64 },
	Flexible { who: usize, at: u32, length: u32, amount: u64 },
	Pool { at: u32, amount: u64 },
	Deposit { who: usize, amount: u128 },
	Withdraw { who: usize, part: u32 },
	WithdrawLane { who: usize, lane: u8, part: u32 },
	Claim { who: usize },
	Order { who: usize, sells: bool, at: u32, amount: u64, limit: u128 },
	Fill { which: usize },
	Cancel { who: usize, which: usize },
	Halt { at: u32, halted: bool },
	Block { weight: bool },
	Interval { passed: u32 },
}

fn step() -> impl Strategy<Value = Step> {
	let who = || 0usize..3;
	// Over the first three days, mostly the same few hours.
	let at = || prop_oneof![4 => 0u32..4, 2 => 0u32..72, 1 => 0u32..220];
	let amount = || {
		prop_oneof![
			1 => 0u64..25,
			4 => 1u64..50 * GPU_HOUR,
			2 => (1u64..100).prop_map(|hours| hours * GPU_HOUR),
			1 => Just(u64::MAX),
		]
	};
	let length = || prop_oneof![1u32..4, 1u32..60, 160u32..170];
	prop_oneof![
		6 => (who(), at(), 10u64..200 * GPU_HOUR)
			.prop_map(|(who, at, amount)| Step::Give { who, at, amount }),
		6 => (who(), at(), amount()).prop_map(|(who, at, amount)| Step::Buy { who, at, amount }),
		8 => (who(), at(), amount()).prop_map(|(who, at, amount)| Step::Sell { who, at, amount }),
		2 => (who(), at(), length(), amount())
			.prop_map(|(who, at, length, amount)| Step::BuyEach { who, at, length, amount }),
		2 => (who(), at(), length(), amount())
			.prop_map(|(who, at, length, amount)| Step::SellEach { who, at, length, amount }),
		4 => (who(), at(), length(), amount())
			.prop_map(|(who, at, length, amount)| Step::Flexible { who, at, length, amount }),
		2 => (at(), 1u64..20 * GPU_HOUR).prop_map(|(at, amount)| Step::Pool { at, amount }),
		2 => (who(), 1u128..10_000).prop_map(|(who, units)| {
			Step::Deposit { who, amount: units * UNIT + units }
		}),
		2 => (who(), 0u32..=1_000_000).prop_map(|(who, part)| Step::Withdraw { who, part }),
		1 => (who(), 0u8..9, 0u32..=1_000_000)
			.prop_map(|(who, lane, part)| Step::WithdrawLane { who, lane, part }),
		2 => who().prop_map(|who| Step::Claim { who }),
		3 => (who(), any::<bool>(), at(), amount(), UNIT / 10..2 * UNIT)
			.prop_map(|(who, sells, at, amount, limit)| {
				Step::Order { who, sells, at, amount, limit }
			}),
		2 => (0usize..8).prop_map(|which| Step::Fill { which }),
		1 => (who(), 0usize..8).prop_map(|(who, which)| Step::Cancel { who, which }),
		1 => (at(), any::<bool>()).prop_map(|(at, halted)| Step::Halt { at, halted }),
		4 => any::<bool>().prop_map(|weight| Step::Block { weight }),
		3 => prop_oneof![5 => 1u32..5, 2 => 20u32..30, 1 => 150u32..200]
			.prop_map(|passed| Step::Interval { passed }),
	]
}

fn run(step: &Step) -> Result<(), DispatchError> {
	let at = |ahead: u32| Interval(FIRST.0 + ahead);
	let signed = |who: usize| RuntimeOrigin::signed(TRADERS[who]);
	let lp = |who: usize| RuntimeOrigin::signed(LPS[who]);
	let hours = MicroGpuHours;
	let limit = Balance::MAX;
	match *step {
		Step::Give { who, at: ahead, amount } => {
			Claims::mint(CLASS, at(ahead), &TRADERS[who], hours(amount))
				.map_err(|_| DispatchError::Other("the ledger's own"))
		}
		Step::Buy { who, at: ahead, amount } => {
			Market::buy(signed(who), CLASS, at(ahead), hours(amount), limit, u64::MAX)
		}
		Step::Sell { who, at: ahead, amount } => {
			Market::sell(signed(who), CLASS, at(ahead), hours(amount), 0, u64::MAX)
		}
		Step::BuyEach { who, at: from, length, amount } => {
			let until = at(from + length - 1);
			Market::buy_each(signed(who), CLASS, at(from), until, hours(amount), limit, u64::MAX)
		}
		Step::SellEach { who, at: from, length, amount } => {
			let until = at(from + length - 1);
			Market::sell_each(signed(who), CLASS, at(from), until, hours(amount), 0, u64::MAX)
		}
		Step::Flexible { who, at: from, length, amount } => {
			let (from, until, amount) = (at(from), at(from + length - 1), hours(amount));
			let quote = Market::quote_flexible(CLASS, from, until, amount);
			let before = money_of(TRADERS[who]);
			let done =
				Market::buy_flexible(signed(who), CLASS, from, until, amount, limit, u64::MAX);
			if done.is_ok() {
				assert_eq!(before - money_of(TRADERS[who]), quote.unwrap().1);
			}
			done.map(|_| ()).map_err(|error| error.error)
		}
		Step::Pool { at: ahead, amount } => {
			let (to, amount) = (pool_account(POOL), hours(amount.max(LEAST_HOURS)));
			Claims::mint(CLASS, at(ahead), &to, amount)
				.map_err(|_| DispatchError::Other("the ledger's own"))?;
			Market::sell_pool(signed(0), POOL, at(ahead), amount, 0, u64::MAX)
		}
		Step::Deposit { who, amount } => Market::deposit(lp(who), CLASS, amount),
		Step::Withdraw { who, part } => Market::withdraw(lp(who), CLASS, Permill::from_parts(part)),
		Step::WithdrawLane { who, lane, part } => {
			let shares = if lane < 7 { shares_of(LPS[who], lane) } else { 1 };
			let shares = Permill::from_parts(part).mul_floor(shares);
			Market::withdraw_lane(lp(who), CLASS, LaneId(lane), shares)
		}
		Step::Claim { who } => Market::claim(signed(0), LPS[who], CLASS),
		Step::Order { who, sells, at: ahead, amount, limit } => {
			let side = if sells { Side::Sell } else { Side::Buy };
			Market::place_order(signed(who), side, CLASS, at(ahead), hours(amount), limit)
		}
		Step::Fill { which } => match Orders::<Test>::iter_keys().nth(which) {
			Some((owner, order)) => Market::fill_order(signed(0), owner, order),
			None => Ok(()),
		},
		Step::Cancel { who, which } => match Orders::<Test>::iter_keys().nth(which) {
			Some((owner, order)) => Market::cancel_order(signed(who), owner, order),
			None => Ok(()),
		},
		Step::Halt { at: ahead, halted } => {
			let day = Day(at(ahead).0 / HOURS);
			Market::set_halted(RuntimeOrigin::root(), CLASS, day, halted)
		}
		Step::Block { weight } => {
			next_block();
			if weight {
				idle();
			}
			Ok(())
		}
		Step::Interval { passed } => {
			Now::set(Interval(Now::get().0 + passed));
			next_block();
			idle();
			Claims::on_idle(System::block_number(), Weight::MAX);
			Ok(())
		}
	}
}

/// All money of everybody, and all hours of every product.
fn issued() -> Balance {
	Balances::total_issuance()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1_000))]

	#[test]
	fn invariants_should_hold_whatever_is_done(steps in prop::collection::vec(step(), 1..30)) {
		open_ext().execute_with(|| {
			let money = issued();
			for step in steps {
				// As a call is dispatched: what fails is rolled back.
				let _ = with_storage_layer(|| run(&step));
				assert_eq!(issued(), money, "money was made or lost: {step:?}");
				check();
			}
		});
	}

	/// Whoever only trades, and ends with no more hours than he began with, has no more money: over any
	/// trades, blocks and intervals within a day on which nobody else trades.
	#[test]
	fn trading_alone_should_never_gain(
		steps in prop::collection::vec((0u32..4, any::<bool>(), 10u64..30 * GPU_HOUR, 0u8..8), 1..25),
	) {
		open_ext().execute_with(|| {
			// Somebody else's hours are in stock.
			for at in 0..4 {
				stock_up(Interval(FIRST.0 + at), 40 * GPU_HOUR);
			}
			next_block();
			let start = money_of(ALICE);
			for (at, buys, amount, pass) in steps {
				let interval = Interval(FIRST.0 + at);
				if buys {
					let _ = buy(ALICE, interval, amount);
				} else {
					let _ = sell(ALICE, interval, amount.min(hours_of(ALICE, interval)));
				}
				match pass {
					0 => next_block(),
					1 if Now::get().0 + 1 < FIRST.0 - 2 => go_to(Interval(Now::get().0 + 1)),
					_ => (),
				}
			}
			for at in 0..4 {
				let interval = Interval(FIRST.0 + at);
				let left = hours_of(ALICE, interval);
				if left > 0 {
					sell(ALICE, interval, left).unwrap();
				}
			}
			assert!(money_of(ALICE) <= start, "{} more", money_of(ALICE) - start);
			check();
		});
	}

	/// No split of a flexible fill over the same hours that is drawn is cheaper, with every rounding
	/// and fee of the pallet.
	#[test]
	fn flexible_fill_should_never_be_dearer_than_feasible_splits(
		stocks in prop::collection::vec(0u64..30 * GPU_HOUR, 2..7),
		part in 0.01f64..1.0,
		weights in prop::collection::vec(prop::collection::vec(0.0f64..1.0, 7), 3),
	) {
		open_ext().execute_with(|| {
			for (at, stock) in (0..).zip(&stocks) {
				if *stock >= LEAST_HOURS {
					stock_up(Interval(FIRST.0 + 5 * at), *stock);
				}
			}
			next_block();
			let until = Interval(FIRST.0 + 5 * u32::try_from(stocks.len()).unwrap());
			let all: u64 = stocks.iter().filter(|stock| **stock >= LEAST_HOURS).sum();
			let amount = (all as f64 * part) as u64;
			let Ok((_, best)) =
				Market::quote_flexible(CLASS, FIRST, until, MicroGpuHours(amount))
			else {
				return;
			};
			for weights in weights {
				let sum: f64 = stocks.iter().zip(&weights).map(|(s, w)| *s as f64 * w).sum();
				let mut missing = amount;
				let mut cost = 0;
				let mut whole = true;
				for (at, (stock, weight)) in (0..).zip(stocks.iter().zip(&weights)) {
					let wish = *stock as f64 * weight * amount as f64 / sum.max(1.0);
					let take = (wish as u64).min(*stock).min(missing);
					let take = if at as usize + 1 == stocks.len() { missing } else { take };
					if take == 0 {
						continue;
					}
					let at = Interval(FIRST.0 + 5 * at);
					match Market::quote_buy(CLASS, at, MicroGpuHours(take)) {
						Ok(paid) => cost += paid,
						Err(_) => whole = false,
					}
					missing = missing.saturating_sub(take);
				}
				// Ten units of each hour are what dust may cost.
				let dust = 20 * 7 * OPENING / u128::from(GPU_HOUR);
				assert!(!whole || missing > 0 || best <= cost + dust, "{best} > {cost}");
			}
		});
	}
}

#[test]
fn model_should_reach_every_kind_of_step() {
	// A model in which nearly every call fails would prove nothing.
	open_ext().build_and_execute(|| {
		let mut done = 0;
		let steps = [
			Step::Give { who: 0, at: 0, amount: 50 * GPU_HOUR },
			Step::Sell { who: 0, at: 0, amount: 20 * GPU_HOUR },
			Step::Buy { who: 1, at: 0, amount: 5 * GPU_HOUR },
			Step::Flexible { who: 1, at: 0, length: 168, amount: 5 * GPU_HOUR },
			Step::BuyEach { who: 2, at: 0, length: 1, amount: GPU_HOUR },
			Step::SellEach { who: 2, at: 0, length: 1, amount: GPU_HOUR },
			Step::Pool { at: 1, amount: GPU_HOUR },
			Step::Deposit { who: 1, amount: 700 * UNIT },
			Step::Claim { who: 0 },
			Step::Withdraw { who: 0, part: 500_000 },
			Step::WithdrawLane { who: 0, lane: 2, part: 500_000 },
			Step::Order { who: 0, sells: true, at: 0, amount: GPU_HOUR, limit: UNIT / 10 },
			Step::Order { who: 1, sells: false, at: 1, amount: GPU_HOUR, limit: 2 * UNIT },
			Step::Block { weight: false },
			Step::Fill { which: 0 },
			Step::Fill { which: 0 },
			Step::Order { who: 1, sells: false, at: 1, amount: GPU_HOUR, limit: UNIT / 10 },
			Step::Cancel { who: 1, which: 0 },
			Step::Halt { at: 0, halted: true },
			Step::Interval { passed: 30 },
		];
		for step in steps {
			run(&step).unwrap_or_else(|error| panic!("{step:?}: {error:?}"));
			done += 1;
			check();
		}
		assert_eq!(done, 20);
		assert_eq!(<Claims as HourLedger<_>>::totals(CLASS, FIRST).minted.0, 50 * GPU_HOUR);
	});
}
