//! The ledger against a plain map: any sequence of operations gives the same answers and leaves the
//! same claims.

use std::collections::BTreeMap;

use pogcs_primitives::{
	traits::{ClaimTotals, ClaimsError, HourClaims, HourLedger},
	ClassId, Interval, MicroGpuHours,
};
use proptest::prelude::*;

use crate::{mock::*, types::begin_of, ClosedUntil, SweptUntil};

const ACCOUNTS: u64 = 4;
const CLASSES: u16 = 2;

/// What is done to the claims of one product.
#[derive(Clone, Debug)]
enum Action {
	Mint { to: u64, amount: u64 },
	Burn { from: u64, amount: u64 },
	Transfer { from: u64, to: u64, amount: u64 },
	TransferEach { from: u64, to: u64, amount: u64 },
	Lock { why: Why, who: u64, amount: u64 },
	Unlock { why: Why, who: u64, amount: u64 },
	TransferLocked { why: Why, from: u64, to: u64, amount: u64 },
	Redeem { from: u64, amount: u64 },
	RedeemLocked { why: Why, from: u64, amount: u64 },
}

#[derive(Clone, Debug)]
enum Step {
	/// Does something to the product of this class and of the interval this far from two before now.
	Act { class: u16, ahead: u32, action: Action },
	/// Time goes on, and a block has this many steps to spare for the sweep.
	Pass { intervals: u32, steps: u64 },
}

fn step() -> impl Strategy<Value = Step> {
	let who = || 1..=ACCOUNTS;
	let amount = || prop_oneof![Just(0u64), 1..LEAST, Just(LEAST), 1..=3 * LEAST, Just(u64::MAX)];
	let why = || prop_oneof![Just(Why::Sale), Just(Why::Contract), Just(Why::Loan)];
	let action = prop_oneof![
		4 => (who(), amount()).prop_map(|(to, amount)| Action::Mint { to, amount }),
		1 => (who(), amount()).prop_map(|(from, amount)| Action::Burn { from, amount }),
		3 => (who(), who(), amount())
			.prop_map(|(from, to, amount)| Action::Transfer { from, to, amount }),
		2 => (who(), who(), amount())
			.prop_map(|(from, to, amount)| Action::TransferEach { from, to, amount }),
		3 => (why(), who(), amount())
			.prop_map(|(why, who, amount)| Action::Lock { why, who, amount }),
		2 => (why(), who(), amount())
			.prop_map(|(why, who, amount)| Action::Unlock { why, who, amount }),
		2 => (why(), who(), who(), amount())
			.prop_map(|(why, from, to, amount)| Action::TransferLocked { why, from, to, amount }),
		3 => (who(), amount()).prop_map(|(from, amount)| Action::Redeem { from, amount }),
		2 => (why(), who(), amount())
			.prop_map(|(why, from, amount)| Action::RedeemLocked { why, from, amount }),
	];
	prop_oneof![
		12 => (0..CLASSES, 0..HORIZON + 4, action)
			.prop_map(|(class, ahead, action)| Step::Act { class, ahead, action }),
		1 => (0..9u32, 0..12u64).prop_map(|(intervals, steps)| Step::Pass { intervals, steps }),
	]
}

/// The specification: what is free and what is locked, in maps.
#[derive(Clone, Default)]
struct Model {
	now: u32,
	free: BTreeMap<(u32, u16, u64), u64>,
	locked: BTreeMap<(u32, u16, u64, Why), u64>,
	gone: BTreeMap<(u32, u16), ClaimTotals>,
}

impl Model {
	fn free(&self, key: (u32, u16, u64)) -> u64 {
		self.free.get(&key).copied().unwrap_or_default()
	}

	fn locks(&self, (interval, class, who): (u32, u16, u64)) -> Vec<(Why, u64)> {
		let range = (interval, class, who, Why::Sale)..=(interval, class, who, Why::Loan);
		let locks = self.locked.range(range).filter(|(_, amount)| **amount > 0);
		locks.map(|((_, _, _, why), amount)| (*why, *amount)).collect()
	}

	fn held(&self, key: (u32, u16, u64)) -> u64 {
		self.free(key) + self.locks(key).into_iter().map(|(_, amount)| amount).sum::<u64>()
	}

	fn take(&mut self, key: (u32, u16, u64), why: Option<Why>, n: u64) -> Result<(), ClaimsError> {
		let part = match why {
			None => self.free.entry(key).or_default(),
			Some(why) => self.locked.entry((key.0, key.1, key.2, why)).or_default(),
		};
		*part = part.checked_sub(n).ok_or(ClaimsError::Insufficient)?;
		Ok(())
	}

	fn send(
		&mut self,
		from: (u32, u16, u64),
		to: (u32, u16, u64),
		why: Option<Why>,
		n: u64,
	) -> Result<(), ClaimsError> {
		self.take(from, why, n)?;
		*self.free.entry(to).or_default() += n;
		let kept = self.held(from);
		if from != to && (self.held(to) < LEAST || (kept > 0 && kept < LEAST)) {
			return Err(ClaimsError::Dust);
		}
		Ok(())
	}

	/// What should come of an action. The model is left changed when it fails: the caller works on
	/// a copy.
	fn act(&mut self, class: u16, interval: u32, action: &Action) -> Result<(), ClaimsError> {
		use Action::*;
		let timely = match action {
			Redeem { .. } | RedeemLocked { .. } if interval != self.now => {
				Err(ClaimsError::NotRunning)
			}
			Redeem { .. } | RedeemLocked { .. } | Unlock { .. } => Ok(()),
			_ if interval <= self.now => Err(ClaimsError::Closed),
			Mint { .. } if interval > self.now + HORIZON => Err(ClaimsError::TooFar),
			_ => Ok(()),
		};
		timely?;
		let totals = self.gone.entry((interval, class)).or_default();
		let add = |sum: &mut MicroGpuHours, n: u64| {
			sum.0 = sum.0.checked_add(n).ok_or(ClaimsError::Overflow)?;
			Ok::<_, ClaimsError>(())
		};
		let key = |who: u64| (interval, class, who);
		match *action {
			Mint { amount: 0, .. }
			| Burn { amount: 0, .. }
			| Transfer { amount: 0, .. }
			| TransferEach { amount: 0, .. }
			| Lock { amount: 0, .. }
			| Unlock { amount: 0, .. }
			| TransferLocked { amount: 0, .. }
			| Redeem { amount: 0, .. }
			| RedeemLocked { amount: 0, .. } => Ok(()),
			Mint { to, amount } => {
				add(&mut totals.minted, amount)?;
				*self.free.entry(key(to)).or_default() += amount;
				if self.held(key(to)) < LEAST {
					return Err(ClaimsError::Dust);
				}
				Ok(())
			}
			Burn { from, amount } => {
				let result = add(&mut totals.burnt, amount);
				self.take(key(from), None, amount)?;
				result
			}
			Redeem { from, amount } => {
				let result = add(&mut totals.redeemed, amount);
				self.take(key(from), None, amount)?;
				result
			}
			RedeemLocked { why, from, amount } => {
				let result = add(&mut totals.redeemed, amount);
				self.take(key(from), Some(why), amount)?;
				result
			}
			Transfer { from, to, amount } => self.send(key(from), key(to), None, amount),
			// The same of this interval and of the next, or nothing.
			TransferEach { from, to, amount } => {
				self.send(key(from), key(to), None, amount)?;
				let next = |who: u64| (interval + 1, class, who);
				self.send(next(from), next(to), None, amount)
			}
			TransferLocked { why, from, to, amount } => {
				self.send(key(from), key(to), Some(why), amount)
			}
			Lock { why, who, amount } => {
				self.take(key(who), None, amount)?;
				*self.locked.entry((interval, class, who, why)).or_default() += amount;
				if self.locks(key(who)).len() > 2 {
					return Err(ClaimsError::Crowded);
				}
				Ok(())
			}
			Unlock { why, who, amount } => {
				self.take(key(who), Some(why), amount)?;
				*self.free.entry(key(who)).or_default() += amount;
				Ok(())
			}
		}
	}
}

fn act(class: ClassId, interval: Interval, action: &Action) -> Result<(), ClaimsError> {
	use Action::*;
	let n = |amount: u64| MicroGpuHours(amount);
	match *action {
		Mint { to, amount } => <Hours as HourClaims<u64>>::mint(class, interval, &to, n(amount)),
		Burn { from, amount } => {
			<Hours as HourClaims<u64>>::burn(class, interval, &from, n(amount))
		}
		Transfer { from, to, amount } => {
			<Hours as HourLedger<u64>>::transfer(class, interval, &from, &to, n(amount))
		}
		TransferEach { from, to, amount } => {
			let next = Interval(interval.0 + 1);
			let parts = [(interval, n(amount)), (next, n(amount))];
			// In memory first: what is refused has changed nothing.
			Hours::transfer_each(class, &from, &to, &parts)
		}
		Lock { why, who, amount } => Hours::lock(why, class, interval, &who, n(amount)),
		Unlock { why, who, amount } => Hours::unlock(why, class, interval, &who, n(amount)),
		TransferLocked { why, from, to, amount } => {
			Hours::transfer_locked(why, class, interval, &from, &to, n(amount))
		}
		Redeem { from, amount } => Hours::redeem(class, interval, &from, n(amount)),
		RedeemLocked { why, from, amount } => {
			Hours::redeem_locked(why, class, interval, &from, n(amount))
		}
	}
}

/// Every claim that has not been swept is where the model has it, and no others are.
fn compare(model: &Model) {
	let swept = SweptUntil::<Test>::get().0;
	let oldest = model.now.saturating_sub(GRACE + TOTALS_KEPT + 9);
	for interval in oldest..model.now + HORIZON + 4 {
		for class in 0..CLASSES {
			let (at, of) = (Interval(interval), ClassId(class));
			let mut swept_away = 0;
			for who in 1..=ACCOUNTS {
				let key = (interval, class, who);
				let Some(holding) = Hours::holding_of(who, of, at) else {
					assert!(
						model.held(key) == 0 || begin_of(at).0 <= swept,
						"a holding is lost: {key:?}"
					);
					swept_away += model.held(key);
					continue;
				};
				let mut locks: Vec<_> = holding.locks.iter().map(|(why, n)| (*why, n.0)).collect();
				locks.sort_unstable();
				assert_eq!((holding.free.0, locks), (model.free(key), model.locks(key)), "{key:?}");
			}
			let totals = <Hours as HourLedger<u64>>::totals(of, at);
			let gone = model.gone.get(&(interval, class)).copied().unwrap_or_default();
			if totals.minted.0 > 0 {
				let expired = MicroGpuHours(swept_away);
				assert_eq!(totals, ClaimTotals { expired, ..gone });
			} else {
				assert!(gone.minted.0 == 0 || interval < swept, "totals are lost");
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1_000))]

	#[test]
	fn ledger_should_agree_with_the_model_when_anything_is_done(
		steps in prop::collection::vec(step(), 1..150),
	) {
		new_test_ext().build_and_execute(|| {
			let mut model = Model { now: START.0, ..Default::default() };
			SweptUntil::<Test>::put(Hours::sweep_horizon());
			ClosedUntil::<Test>::put(Hours::totals_horizon().min(Hours::sweep_horizon()));
			for step in steps {
				match step {
					Step::Act { class, ahead, action } => {
						let interval = model.now - 2 + ahead;
						if interval < Hours::holdings_horizon().0 {
							continue;
						}
						let mut after = model.clone();
						let expected = after.act(class, interval, &action);
						let found = act(ClassId(class), Interval(interval), &action);
						assert_eq!(found, expected, "{action:?} at {interval} in {}", model.now);
						if expected.is_ok() {
							model = after;
						}
					},
					Step::Pass { intervals, steps } => {
						model.now += intervals;
						Now::set(Interval(model.now));
						idle(steps);
						Hours::do_try_state().expect("every invariant holds at every interval");
					},
				}
				compare(&model);
			}
		});
	}
}
