//! Penalties, income, insurance, the ledger of shortfalls.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::PoolKind,
	traits::{RevenueError, Shortfall, Shortfalls},
	Interval, MicroGpuHours, PoolId,
};

use crate::mock::*;

/// Three members promised 400, 400 and 200 for interval 25.
fn promised(kind: PoolKind) {
	let pool = found(kind);
	for (device, amount) in [(A, 400), (B, 400), (C, 200)] {
		join(pool, device).unwrap();
		promise(device, 25, amount).unwrap();
	}
}

fn settle_all() {
	at(29);
	for device in [A, B, C] {
		assert_ok!(settle(device, 25));
	}
}

#[test]
fn settle_should_pay_by_work_when_all_is_delivered() {
	on_chain(|| {
		promised(PoolKind::Green);
		assert_ok!(pay_in(POOL, 25, 1_000));
		System::assert_last_event(
			Event::PaidIn {
				pool: POOL,
				interval: Interval(25),
				from: CLIENT,
				amount: 1_000,
				shares: Shares::ByWork,
			}
			.into(),
		);
		at(25);
		for (device, work) in [(A, 400), (B, 400), (C, 200)] {
			deliver(device, 25, work);
		}
		settle_all();
		for (device, who, income) in [(A, ALICE, 400), (B, BOB, 400), (C, CAROL, 200)] {
			let expected = Settlement { income, ..Settlement::default() };
			assert_eq!(settled(device, 25), expected);
			assert_eq!(free(who), RICH - 100 + income);
			assert_eq!(on_hold(HoldReason::Promise, who), 0);
		}
		assert_eq!(insured(), 0);
		// Nothing is left but the account's minimum.
		assert_eq!(free(Pools::account_of(POOL)), LEAST);
		assert_eq!(Pools::book(POOL, Interval(25)), None);
		assert_eq!(Pools::ledger(HOME, Interval(25)), None);
		assert_eq!(<Pools as Shortfalls<_>>::shortfall(HOME, Interval(25)), None);
	});
}

#[test]
fn settle_should_take_the_penalty_when_work_is_missing() {
	on_chain(|| {
		promised(PoolKind::Green);
		assert_ok!(pay_in(POOL, 25, 1_000));
		at(25);
		deliver(A, 25, 400);
		deliver(B, 25, 101);
		settle_all();
		assert_eq!(settled(A, 25), Settlement { income: 400, ..Settlement::default() });
		// 299 of 400 missed: of 200 on hold 149.5, rounded up. Of 400 earned 101 are paid.
		let of_b = settled(B, 25);
		assert_eq!(
			of_b,
			Settlement { missed: Units(299), penalty: 150, income: 101, fee: 0, forfeited: 299 }
		);
		let of_c = settled(C, 25);
		assert_eq!((of_c.missed, of_c.penalty, of_c.income), (Units(200), 100, 0));
		assert_eq!(free(BOB), RICH - 100 - 150 + 101);
		// Penalties and what was not earned lie with the insurance, and the ledger says for whom.
		assert_eq!(insured(), 150 + 299 + 100 + 200);
		assert_eq!(
			<Pools as Shortfalls<_>>::shortfall(HOME, Interval(25)),
			Some(Shortfall { missed: MicroGpuHours(499), taken: 749, covered: 0, settled: true })
		);
		assert_eq!(
			Pools::ledger(HOME, Interval(25)),
			Some(LedgerEntry {
				promised: Units(1_000),
				delivered: Units(501),
				missed: Units(499),
				excused: Units(0),
				penalties: 250,
				covered: 0,
				forfeited: 499,
				open: 0,
			})
		);
	});
}

#[test]
fn shortfall_should_be_open_when_not_all_is_settled() {
	on_chain(|| {
		promised(PoolKind::Green);
		at(29);
		assert_ok!(settle(A, 25));
		let shortfall = <Pools as Shortfalls<_>>::shortfall(HOME, Interval(25)).unwrap();
		assert_eq!((shortfall.missed, shortfall.taken), (MicroGpuHours(400), 200));
		assert!(!shortfall.settled);
	});
}

#[test]
fn settle_should_take_no_penalty_when_maintenance_excuses() {
	on_chain(|| {
		promised(PoolKind::Green);
		assert_ok!(pay_in(POOL, 25, 1_000));
		Resting::set(vec![(A, Interval(25)), (B, Interval(25))]);
		at(25);
		deliver(B, 25, 400);
		settle_all();
		let of_a = settled(A, 25);
		assert_eq!((of_a.missed, of_a.penalty, of_a.income), (Units(400), 0, 0));
		// Not paid for what it did not do, and no strike for it.
		assert_eq!(of_a.forfeited, 400);
		assert_eq!(Pools::member(A).unwrap().1.strikes, 0);
		assert_eq!(Pools::member(C).unwrap().1.strikes, 1);
		assert_eq!(settled(B, 25).income, 400);
		let entry = Pools::ledger(HOME, Interval(25)).unwrap();
		assert_eq!((entry.missed, entry.excused), (Units(600), Units(400)));
	});
}

#[test]
fn settle_should_ask_for_no_more_than_buyers_are_owed() {
	// Of 1,000 promised buyers asked for 300.
	on_chain(|| {
		promised(PoolKind::Green);
		assert_ok!(pay_in(POOL, 25, 1_000));
		Owed::set(Some(300));
		at(25);
		deliver(A, 25, 300);
		settle_all();
		// The pool delivered all that was asked for: nobody missed anything.
		for (device, income) in [(A, 400), (B, 400), (C, 200)] {
			assert_eq!(settled(device, 25), Settlement { income, ..Settlement::default() });
		}
		assert_eq!(insured(), 0);
	});
	on_chain(|| {
		promised(PoolKind::Green);
		Owed::set(Some(600));
		at(25);
		deliver(A, 25, 400);
		deliver(B, 25, 100);
		settle_all();
		// 100 are missing. B and C left 300 and 200 undone and bear 60 and 40 of it.
		assert_eq!(settled(A, 25).missed, Units(0));
		assert_eq!(settled(B, 25).missed, Units(60));
		assert_eq!(settled(C, 25).missed, Units(40));
		assert_eq!((settled(B, 25).penalty, settled(C, 25).penalty), (30, 20));
	});
	// A market that says more than was promised changes nothing.
	on_chain(|| {
		promised(PoolKind::Green);
		Owed::set(Some(9_999));
		settle_all();
		assert_eq!(settled(C, 25).missed, Units(200));
	});
}

#[test]
fn energy_should_be_owed_in_full_when_it_was_promised() {
	on_chain(|| {
		promised(PoolKind::Energy);
		Owed::set(Some(0));
		assert_ok!(pay_in(POOL, 25, 1_000));
		at(26);
		meter(A, 25, 400);
		meter(B, 25, 200);
		settle_all();
		assert_eq!(settled(A, 25).income, 400);
		assert_eq!((settled(B, 25).income, settled(B, 25).penalty), (200, 100));
		assert_eq!(settled(C, 25).penalty, 100);
		// No claims on energy, so no holders to pay.
		assert_eq!(Pools::ledger(HOME, Interval(25)), None);
		assert_eq!(insured(), 100 + 100 + 200 + 200);
	});
}

#[test]
fn settle_should_be_refused_when_it_is_not_time() {
	on_chain(|| {
		assert_noop!(settle(A, 25), Error::<Test>::NotMember);
		promised(PoolKind::Green);
		assert_noop!(settle(A, 26), Error::<Test>::NotPromised);
		for early in [20, 25, 28] {
			at(early);
			assert_noop!(settle(A, 25), Error::<Test>::NotFinal);
		}
		at(29);
		let none = Pools::settle(signed(ALICE), A, vec![].try_into().unwrap());
		assert_noop!(none, Error::<Test>::Empty);
		assert_ok!(settle(A, 25));
		assert_noop!(settle(A, 25), Error::<Test>::NotPromised);
	});
}

#[test]
fn settle_should_take_several_intervals_when_given() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		let (from, until) = (Interval(21), Interval(23));
		assert_ok!(Pools::promise(signed(ALICE), A, from, until, Units(100)));
		at(27);
		let list = |list: &[u32]| -> frame_support::BoundedVec<_, _> {
			list.iter().copied().map(Interval).collect::<Vec<_>>().try_into().unwrap()
		};
		assert_noop!(
			Pools::settle(signed(ALICE), A, list(&[21, 22, 21])),
			Error::<Test>::NotPromised
		);
		assert_ok!(Pools::settle(signed(ALICE), A, list(&[23, 21, 22])));
		assert_eq!(Pools::member(A).unwrap().1.promises, 0);
		assert_eq!(insured(), 150);
	});
}

#[test]
fn pay_in_should_be_refused_when_nobody_could_be_paid() {
	on_chain(|| {
		promised(PoolKind::Green);
		assert_noop!(pay_in(PoolId(9), 25, 5), Error::<Test>::UnknownPool);
		assert_noop!(pay_in(POOL, 26, 5), Error::<Test>::NothingPromised);
		assert_noop!(pay_in(POOL, 25, 0), Error::<Test>::Empty);
		assert!(pay_in(POOL, 25, RICH + 1).is_err());
		at(28);
		assert_ok!(pay_in(POOL, 25, 5));
		at(29);
		assert_noop!(pay_in(POOL, 25, 5), Error::<Test>::BookClosed);
	});
}

#[test]
fn market_should_be_told_why_when_a_pool_takes_no_money() {
	on_chain(|| {
		promised(PoolKind::Green);
		let pay = |pool, interval, from, amount| {
			<Pools as pogcs_primitives::traits::Pools<_, _>>::pay_in(
				pool,
				Interval(interval),
				&from,
				amount,
			)
		};
		assert_eq!(pay(POOL, 25, CLIENT, 7), Ok(()));
		assert_eq!(pay(PoolId(9), 25, CLIENT, 7), Err(RevenueError::NothingPromised));
		assert_eq!(pay(POOL, 26, CLIENT, 7), Err(RevenueError::NothingPromised));
		assert_eq!(pay(POOL, 25, NOBODY, 7), Err(RevenueError::Funds));
		// A pool that pays itself would owe more than it has.
		let account = <Pools as pogcs_primitives::traits::Pools<_, _>>::account(POOL);
		assert_eq!(pay(POOL, 25, account, 7), Err(RevenueError::Funds));
		at(29);
		assert_eq!(pay(POOL, 25, CLIENT, 7), Err(RevenueError::Closed));
	});
}

#[test]
fn equal_shares_should_go_to_who_kept_a_promise_of_some_size() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		// The floor is half of 1,000.
		for (device, amount) in [(A, 1_000), (B, 500), (C, 499)] {
			join(pool, device).unwrap();
			promise(device, 25, amount).unwrap();
		}
		let equal = || Pools::pay_in(signed(CLIENT), pool, Interval(25), 901, Shares::Equal);
		assert_ok!(equal());
		at(25);
		deliver(A, 25, 1_000);
		deliver(B, 25, 500);
		deliver(C, 25, 499);
		settle_all();
		assert_eq!(
			[settled(A, 25).income, settled(B, 25).income, settled(C, 25).income],
			[450, 450, 0]
		);
		// The odd one stays with the pool.
		assert_eq!(Pools::pool(pool).unwrap().reserve, 1);
	});
	on_chain(|| {
		promised(PoolKind::Green);
		assert_ok!(Pools::pay_in(signed(CLIENT), POOL, Interval(25), 901, Shares::Equal));
		at(25);
		deliver(A, 25, 399);
		settle_all();
		// Nobody kept such a promise.
		assert_eq!(settled(A, 25).income, 0);
		assert_eq!(insured(), 901 + 1 + 200 + 100);
	});
}

#[test]
fn settle_should_go_on_when_the_owner_cannot_be_paid() {
	on_chain(|| {
		place(A, NOBODY, HOME);
		change(A, |info| info.manager = Some(MANAGER));
		let pool = found(PoolKind::Green);
		assert_ok!(Pools::join(signed(MANAGER), pool, A));
		let one = Interval(25);
		assert_ok!(Pools::promise(signed(MANAGER), A, one, one, Units(100)));
		assert_ok!(pay_in(pool, 25, 8));
		at(25);
		deliver(A, 25, 50);
		at(29);
		// Four plancks make no account of ten; that must not keep the penalty from being taken.
		assert_ok!(settle(A, 25));
		let found = settled(A, 25);
		assert_eq!((found.income, found.penalty, found.forfeited), (0, 25, 4));
		assert_eq!(Pools::pool(pool).unwrap().reserve, 4);
	});
}

#[test]
fn outlook_should_say_what_settling_would_do() {
	on_chain(|| {
		promised(PoolKind::Green);
		assert_ok!(pay_in(POOL, 25, 1_000));
		at(25);
		deliver(B, 25, 200);
		at(29);
		let outlook = Pools::outlook(B, Interval(25)).unwrap();
		assert_ok!(settle(B, 25));
		assert_eq!(settled(B, 25), outlook);
		assert_eq!(Pools::outlook(B, Interval(25)), None);
	});
}

#[test]
fn close_book_should_clear_money_when_nobody_promises_any_more() {
	on_chain(|| {
		promised(PoolKind::Energy);
		assert_ok!(pay_in(POOL, 25, 1_000));
		for (who, device, amount) in [(ALICE, A, 400), (BOB, B, 400), (CAROL, C, 200)] {
			assert_ok!(Pools::take_back(signed(who), device, Interval(25), Units(amount)));
		}
		let close = |pool, interval| Pools::close_book(signed(STRANGER), pool, Interval(interval));
		assert_noop!(close(POOL, 25), Error::<Test>::NotFinal);
		assert_ok!(promise(A, 26, 400));
		at(30);
		assert_noop!(close(POOL, 26), Error::<Test>::Unsettled);
		assert_noop!(close(POOL, 24), Error::<Test>::NothingPromised);
		assert_noop!(close(PoolId(9), 25), Error::<Test>::NothingPromised);
		assert_ok!(close(POOL, 25));
		assert_eq!(insured(), 1_000);
		assert_noop!(close(POOL, 25), Error::<Test>::NothingPromised);
	});
}

#[test]
fn money_that_waited_should_not_be_had_by_promising_afterwards() {
	on_chain(|| {
		promised(PoolKind::Energy);
		assert_ok!(pay_in(POOL, 25, 1_000));
		for (who, device, amount) in [(ALICE, A, 400), (BOB, B, 400), (CAROL, C, 200)] {
			assert_ok!(Pools::take_back(signed(who), device, Interval(25), Units(amount)));
		}
		// The last one to leave took nothing along; who comes then has earned nothing of it.
		assert_ok!(promise(A, 25, 100));
		at(26);
		meter(A, 25, 100);
		at(29);
		assert_ok!(settle(A, 25));
		assert_eq!(settled(A, 25).income, 0);
		assert_eq!(Pools::pool(POOL).unwrap().reserve, 1_000);
	});
}
