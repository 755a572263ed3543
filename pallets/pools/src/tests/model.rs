//! Any sequence of calls, beside a model that is computed another way.

use std::collections::BTreeMap;

use frame_support::traits::Hooks;
use pogcs_primitives::{records::PoolKind, DeviceId, Interval, PoolId, TaskId};
use proptest::prelude::*;

use crate::mock::*;

/// What is done, to which device, with which amount, how many intervals ahead.
#[derive(Clone, Debug)]
struct Step {
	kind: u8,
	device: u32,
	amount: u64,
	ahead: u32,
}

fn steps(kinds: u8) -> impl Strategy<Value = Vec<Step>> {
	let step = (0..kinds, 1u32..4, 1u64..400, 0u32..6)
		.prop_map(|(kind, device, amount, ahead)| Step { kind, device, amount, ahead });
	prop::collection::vec(step, 1..120)
}

/// A promise of the model. Its part of the revenue is a fraction, not a rate.
#[derive(Default)]
struct Promised {
	promised: u64,
	delivered: u64,
	earned: f64,
}

#[derive(Default)]
struct Model {
	promises: BTreeMap<(Interval, DeviceId), Promised>,
	minted: BTreeMap<Interval, u64>,
	burnt: BTreeMap<Interval, u64>,
	/// How often something was taken back: each time a planck may be shared out too much.
	rounded: BTreeMap<Interval, u32>,
	came_in: Balance,
	went_out: Balance,
	to_insurance: Balance,
	penalties: Balance,
}

impl Model {
	fn share(&mut self, interval: Interval, amount: f64) {
		let of = |key: &(Interval, DeviceId)| key.0 == interval;
		let all: u64 =
			self.promises.iter().filter(|(key, _)| of(key)).map(|(_, p)| p.promised).sum();
		for (_, promise) in self.promises.iter_mut().filter(|(key, _)| of(key)) {
			promise.earned += amount * promise.promised as f64 / all as f64;
		}
	}

	fn step(&mut self, pool: PoolId, step: &Step) {
		let Step { kind, device, amount, ahead } = *step;
		let device = DeviceId(device);
		let who = owner_of(device);
		let now = Now::get();
		let ahead = Interval(now.0 + ahead);
		let behind = Interval(now.0.saturating_sub(4));
		match kind {
			0 | 1 => {
				if promise(device, ahead.0, amount).is_ok() {
					assert!(ahead > now && amount >= 10);
					let promise = self.promises.entry((ahead, device)).or_default();
					promise.promised += amount;
					assert!(promise.promised <= MOST);
					*self.minted.entry(ahead).or_default() += amount;
				}
			}
			2 => {
				let taken = Pools::take_back(signed(who), device, ahead, Units(amount));
				if taken.is_ok() {
					let promise = self.promises.get_mut(&(ahead, device)).unwrap();
					let lost = promise.earned * amount as f64 / promise.promised as f64;
					promise.earned -= lost;
					promise.promised -= amount;
					if promise.promised == 0 {
						self.promises.remove(&(ahead, device));
					}
					self.share(ahead, lost);
					*self.burnt.entry(ahead).or_default() += amount;
					*self.rounded.entry(ahead).or_default() += 1;
				}
			}
			3 | 4 => {
				if pay_in(pool, ahead.0, amount.into()).is_ok() {
					self.came_in += Balance::from(amount);
					self.share(ahead, amount as f64);
				}
			}
			5 | 6 => {
				let before = Pools::promised(device, now).map(|promise| promise.delivered.0);
				deliver(device, now.0, amount);
				if let Some(promise) = self.promises.get_mut(&(now, device)) {
					let counted = amount.min(promise.promised - promise.delivered);
					promise.delivered += counted;
					let after = Pools::promised(device, now).map(|promise| promise.delivered.0);
					assert_eq!(after, before.map(|before| before + counted));
				}
			}
			7 | 8 => {
				at(now.0 + 1);
				Pools::on_idle(1, frame_support::weights::Weight::MAX);
				Claims::on_idle(1, frame_support::weights::Weight::MAX);
			}
			9 => self.settle(device, behind),
			10 => self.settle(device, Interval(now.0 - 4 - (amount % 8) as u32)),
			11 => {
				let held = claims_of(HOME, ahead, Pools::account_of(pool));
				let _ = try_sell(pool, ahead, held.min(amount));
			}
			12 => {
				let _ = Pools::leave(signed(who), device);
			}
			13 => {
				if Pools::exit(signed(who), device).is_ok() {
					assert!(self.promises.keys().all(|(_, of)| *of != device));
				}
			}
			14 => {
				let _ = join(pool, device);
			}
			15 => {
				let left = Pools::book(pool, behind).map(|book| book.left);
				if Pools::close_book(signed(who), pool, behind).is_ok() {
					self.to_insurance += left.unwrap();
				}
			}
			_ => {
				let _ = Pools::resume(signed(who), device);
			}
		}
	}

	fn settle(&mut self, device: DeviceId, interval: Interval) {
		let (free_before, insured_before) = (free(owner_of(device)), insured());
		let held_before = on_hold(HoldReason::Promise, owner_of(device));
		let result = settle(device, interval.0);
		let Some(promise) = self.promises.remove(&(interval, device)) else {
			assert!(result.is_err());
			return;
		};
		result.unwrap();
		let found = settled(device, interval.0);
		// Everything is owed here, so what counts is what was delivered.
		let missed = promise.promised - promise.delivered;
		assert_eq!(found.missed, Units(missed));
		let kept = promise.delivered as f64 / promise.promised as f64;
		let exact = promise.earned * kept;
		let rounded = f64::from(self.rounded.get(&interval).copied().unwrap_or_default());
		let income = found.income as f64;
		assert!(income <= exact + rounded + 1e-6, "{income} is more than {exact}");
		assert!(income > exact - rounded - 3.0, "{income} is less than {exact}");
		// Half a planck each; several promises may each have been rounded up.
		assert!(found.penalty * 2 >= Balance::from(missed));
		// The account of the money: from hold and pool to owner and insurance.
		let held = held_before - on_hold(HoldReason::Promise, owner_of(device));
		assert_eq!(free(owner_of(device)) - free_before, held - found.penalty + found.income);
		assert_eq!(insured() - insured_before, found.penalty + found.forfeited);
		self.went_out += found.income + found.fee;
		self.to_insurance += found.forfeited;
		self.penalties += found.penalty;
	}

	/// Money in is money out and money held; claims are what was promised less what was taken back.
	fn check(&self, pool: PoolId) {
		let held = free(Pools::account_of(pool)) - LEAST;
		assert_eq!(self.came_in, self.went_out + self.to_insurance + held);
		assert_eq!(insured(), self.to_insurance + self.penalties);
		for (interval, minted) in &self.minted {
			let burnt = self.burnt.get(interval).copied().unwrap_or_default();
			assert_eq!(claims_made(HOME, *interval), (*minted, burnt));
		}
		for ((interval, device), promise) in &self.promises {
			let found = Pools::promised(*device, *interval).unwrap();
			assert_eq!(found.promised, Units(promise.promised));
			// What is on hold covers what missing all of it costs.
			assert!(found.deposit * 2 >= Balance::from(promise.promised));
		}
		for (interval, _, entry) in Ledger::<Test>::iter() {
			let burnt = self.burnt.get(&interval).copied().unwrap_or_default();
			assert_eq!(entry.promised, Units(self.minted[&interval] - burnt));
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(192))]

	#[test]
	fn pool_should_match_the_model_whatever_members_do(steps in steps(17)) {
		new_test_ext().execute_with(|| {
			let pool = found(PoolKind::Green);
			for device in [A, B, C] {
				join(pool, device).unwrap();
			}
			let issued = Balances::total_issuance();
			let mut model = Model::default();
			for step in &steps {
				model.step(pool, step);
				model.check(pool);
				check_all();
				assert_eq!(Balances::total_issuance(), issued);
			}
			// In the end everybody gets out, and nothing is left on hold.
			at(Now::get().0 + 20);
			let open: Vec<_> = model.promises.keys().copied().collect();
			for (interval, device) in open {
				model.settle(device, interval);
			}
			model.check(pool);
			for device in [A, B, C] {
				let _ = Pools::leave(signed(owner_of(device)), device);
			}
			at(Now::get().0 + 20);
			for device in [A, B, C] {
				let _ = Pools::exit(signed(STRANGER), device);
				assert_eq!(Pools::member(device), None);
				assert_eq!(on_hold(HoldReason::Promise, owner_of(device)), 0);
				assert_eq!(on_hold(HoldReason::Membership, owner_of(device)), 0);
			}
			check_all();
		});
	}

	#[test]
	fn pool_should_keep_its_invariants_whatever_anybody_does(steps in steps(26)) {
		new_test_ext().execute_with(|| {
			let lottery = Condition::Lottery { places: 2, applications: 1 };
			let terms = Terms { guests: 2, capacity: 3, notice: 1, ..terms() };
			let pool = found_with(PoolKind::Compute, terms.clone(), vec![lottery], Some(REGIONAL));
			let issued = Balances::total_issuance();
			for step in &steps {
				anything(pool, &terms, step);
				check_all();
				assert_eq!(Balances::total_issuance(), issued);
			}
		});
	}
}

/// Calls something. Whether it works is not the question.
fn anything(pool: PoolId, terms: &Terms, step: &Step) {
	let Step { kind, device, amount, ahead } = *step;
	let device = if amount % 5 == 0 { CENTRAL } else { DeviceId(device) };
	let who = signed(owner_of(device));
	let now = Now::get().0;
	let then = Interval(now + ahead);
	let number = (amount % 3) as u32;
	let _ = match kind {
		0..=2 => {
			at(now + 1);
			Ok(())
		}
		3 | 4 => Pools::apply(who, pool, device),
		5 => Pools::retract(who, device),
		6 => Pools::draw(who, pool),
		7 | 8 => Pools::claim(who, device),
		9 => Pools::end_round(who, pool),
		10 | 11 => Pools::join(who, pool, device),
		12 => Pools::join_by_hour(who, pool, device, Interval(now + 1), then),
		13 => Pools::leave(who, device),
		14 => Pools::exit(who, device),
		15 => Pools::promise(who, device, Interval(now + 1), then, Units(amount)),
		16 => {
			for interval in now.saturating_sub(ahead)..=now {
				tell(device, CLIENT, interval, amount, amount % 2 == 0);
			}
			Ok(())
		}
		17 => Pools::take_back(who, device, then, Units(amount)),
		18 => {
			let settle = |back| settle(device, now.saturating_sub(back));
			(4..12).filter(|back| settle(*back).is_ok()).for_each(drop);
			Ok(())
		}
		19 => pay_in(pool, then.0, amount.into()),
		20 => Pools::pay_in(signed(CLIENT), pool, then, amount.into(), Shares::Equal),
		21 => {
			let change = match number {
				0 => Change::Terms(Terms { capacity: 2, ..terms.clone() }),
				1 => Change::Conditions(conditions(vec![])),
				_ => Change::Leader((ahead % 2 == 0).then_some(REGIONAL)),
			};
			Pools::propose(who, device, change)
		}
		22 => {
			let next = Pools::pool(pool).map_or(0, |record| record.next_proposal);
			let latest = next.saturating_sub(1 + number);
			let _ = Pools::vote(who, device, latest, amount % 4 != 0);
			Pools::close_proposal(signed(STRANGER), pool, latest)
		}
		23 => Pools::enact(who, pool),
		24 if amount % 2 == 0 => Pools::stand_down(signed(LEAD), pool, REGIONAL),
		24 => Pools::stand(signed(LEAD), pool, REGIONAL),
		_ => {
			let chunk = (amount % 64) as u32;
			let parts = vec![(chunk, device)].try_into().unwrap();
			Pools::split(signed(LEAD), pool, REGIONAL, TaskId(amount % 10), parts)
		}
	};
}
