//! Whatever is wrong with a trade, the error says what, and nothing has changed.

use frame_support::assert_noop;
use pogcs_primitives::{Interval, MicroGpuHours};
use proptest::prelude::*;
use sp_runtime::{DispatchError, DispatchResult};

use crate::mock::*;

#[derive(Clone, Copy, Debug)]
enum Call {
	Buy,
	Sell,
	Flexible,
	BuyEach,
	SellEach,
}

impl Call {
	fn sells(self) -> bool {
		matches!(self, Call::Sell | Call::SellEach)
	}

	fn has_range(self) -> bool {
		matches!(self, Call::Flexible | Call::BuyEach | Call::SellEach)
	}
}

#[derive(Clone, Copy, Debug)]
enum Wrong {
	Zero,
	Dust,
	Reversed,
	TooLong,
	Past,
	NoBook,
	Late,
	OverStock,
	OverBudget,
	Unaffordable,
}

/// What is asked for; a call for one interval has `from` only.
#[derive(Clone, Copy, Debug)]
struct Trade {
	call: Call,
	from: u32,
	until: u32,
	amount: u64,
	/// The most that buyers pay, or the least that sellers take.
	limit: Balance,
	deadline: u64,
}

impl Trade {
	fn run(self, who: AccountId) -> DispatchResult {
		let Trade { call, limit, deadline, .. } = self;
		let (from, until) = (Interval(self.from), Interval(self.until));
		let (by, amount) = (RuntimeOrigin::signed(who), MicroGpuHours(self.amount));
		match call {
			Call::Buy => Market::buy(by, CLASS, from, amount, limit, deadline),
			Call::Sell => Market::sell(by, CLASS, from, amount, limit, deadline),
			Call::Flexible => Market::buy_flexible(by, CLASS, from, until, amount, limit, deadline)
				.map(|_| ())
				.map_err(|error| error.error),
			Call::BuyEach => Market::buy_each(by, CLASS, from, until, amount, limit, deadline),
			Call::SellEach => Market::sell_each(by, CLASS, from, until, amount, limit, deadline),
		}
	}

	/// What it costs a buyer or brings a seller, as a wallet would ask before.
	fn quote(self) -> Balance {
		let (from, until) = (Interval(self.from), Interval(self.until));
		let amount = MicroGpuHours(self.amount);
		match self.call {
			Call::Buy => Market::quote_buy(CLASS, from, amount).unwrap(),
			Call::Sell => Market::quote_sell(CLASS, from, amount).unwrap(),
			Call::Flexible => Market::quote_flexible(CLASS, from, until, amount).unwrap().1,
			Call::BuyEach => Market::quote_each(CLASS, from, until, amount).unwrap().1,
			Call::SellEach => Market::quote_sell_each(CLASS, from, until, amount).unwrap().1,
		}
	}
}

fn call() -> impl Strategy<Value = Call> {
	prop::sample::select(vec![Call::Buy, Call::Sell, Call::Flexible, Call::BuyEach, Call::SellEach])
}

fn wrong() -> impl Strategy<Value = Wrong> {
	prop::sample::select(vec![
		Wrong::Zero,
		Wrong::Dust,
		Wrong::Reversed,
		Wrong::TooLong,
		Wrong::Past,
		Wrong::NoBook,
		Wrong::Late,
		Wrong::OverStock,
		Wrong::OverBudget,
		Wrong::Unaffordable,
	])
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	/// A trade that would do is spoilt in one way.
	#[test]
	fn wrong_trades_should_be_refused_by_name_and_change_nothing(
		call in call(),
		wrong in wrong(),
		stock in 1_000u64..20 * GPU_HOUR,
		length in 1u32..12,
		part in 0u64..1_000,
		draw in any::<u64>(),
	) {
		open_ext().execute_with(|| {
			// From `first` on, so that some intervals before it can be past.
			let first = FIRST.0 + 6;
			let last = first + if call.has_range() { length - 1 } else { 0 };
			for at in first..=last {
				stock_up(Interval(at), stock);
				give_hours(ALICE, Interval(at), stock);
			}
			next_block();
			let right = Trade {
				call,
				from: first,
				until: last,
				// Nothing less than the least is left, of the stock or with the seller.
				amount: LEAST_HOURS + part * (stock - 2 * LEAST_HOURS) / 1_000,
				limit: if call.sells() { 0 } else { Balance::MAX },
				deadline: u64::MAX,
			};
			let draw_of = |most: u64| draw % most.max(1);
			let ahead = u32::try_from(draw_of(u64::from(u32::MAX))).unwrap();
			let mut trade = right;
			let mut who = ALICE;
			let error: DispatchError = match wrong {
				Wrong::Zero => {
					trade.amount = 0;
					Error::<Test>::Zero.into()
				},
				Wrong::Dust => {
					trade.amount = 1 + draw_of(LEAST_HOURS - 1);
					Error::<Test>::Dust.into()
				},
				Wrong::Reversed | Wrong::TooLong if !call.has_range() => return,
				Wrong::Reversed => {
					trade.from = first + 1 + ahead % (DAYS * HOURS);
					trade.until = first + ahead % (trade.from - first);
					Error::<Test>::BadRange.into()
				},
				Wrong::TooLong => {
					trade.until = (first + DAYS * HOURS).saturating_add(ahead);
					Error::<Test>::BadRange.into()
				},
				Wrong::Past => {
					// Its day has a book, but its gate is closed.
					go_to(Interval(FIRST.0 + 5));
					trade.from = FIRST.0 + ahead % 6;
					trade.until = last.min(trade.from + DAYS * HOURS - 1);
					Error::<Test>::GateClosed.into()
				},
				Wrong::NoBook => {
					trade.from = FIRST.0 + DAYS * HOURS + ahead % 1_000;
					trade.until = trade.from;
					Error::<Test>::NotOpen.into()
				},
				Wrong::Late => {
					trade.deadline = draw_of(System::block_number());
					Error::<Test>::Expired.into()
				},
				Wrong::OverStock => {
					let all = match call {
						Call::Flexible => stock * u64::from(length),
						_ => stock,
					};
					trade.amount = if call.sells() {
						// Not so much that its price has nowhere to fall.
						all + 1 + draw_of(10 * GPU_HOUR)
					} else {
						all + 1 + draw_of(u64::MAX - all - 1)
					};
					if call.sells() {
						Error::<Test>::Claims.into()
					} else {
						Error::<Test>::OutOfStock.into()
					}
				},
				Wrong::OverBudget => {
					let quote = right.quote();
					// It would do at what was quoted.
					trade.limit = if call.sells() {
						quote + 1 + u128::from(draw)
					} else {
						u128::from(draw) % quote
					};
					if call.sells() {
						Error::<Test>::Underpriced.into()
					} else {
						Error::<Test>::Overpriced.into()
					}
				},
				Wrong::Unaffordable if call.sells() => {
					who = BOB;
					Error::<Test>::Claims.into()
				},
				Wrong::Unaffordable => {
					let less = u128::from(draw) % right.quote();
					Balances::force_set_balance(RuntimeOrigin::root(), BOB, less).unwrap();
					who = BOB;
					Error::<Test>::Funds.into()
				},
			};
			assert_noop!(trade.run(who), error);
			check();
			// Only that was wrong.
			if !matches!(wrong, Wrong::Past) {
				right.run(ALICE).unwrap();
				check();
			}
		});
	}
}
