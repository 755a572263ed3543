//! Promising hours ahead, and taking them back.

use frame_support::{assert_noop, assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{
	records::PoolKind, traits::HourLedger, ClassId, DeviceId, Interval, MicroGpuHours,
};
use sp_runtime::DispatchResult;

use crate::mock::*;

fn joined(kind: PoolKind) {
	let pool = found(kind);
	join(pool, A).unwrap();
	join(pool, B).unwrap();
}

fn promise_range(from: u32, until: u32, amount: u64) -> DispatchResult {
	Pools::promise(signed(ALICE), A, Interval(from), Interval(until), Units(amount))
}

fn take_back(device: DeviceId, interval: u32, amount: u64) -> DispatchResult {
	let who = owner_of(device);
	Pools::take_back(signed(who), device, Interval(interval), Units(amount))
}

fn claims(class: ClassId, interval: u32) -> u64 {
	claims_of(class, Interval(interval), Pools::account_of(POOL))
}

#[test]
fn promise_should_make_claims_when_the_deposit_is_there() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_ok!(promise_range(21, 24, 101));
		// Half a planck each, rounded up: 51 for each interval.
		assert_eq!(on_hold(HoldReason::Promise, ALICE), 4 * 51);
		System::assert_last_event(
			Event::Promised {
				pool: POOL,
				device: A,
				from: Interval(21),
				until: Interval(24),
				amount: Units(101),
				deposit: 204,
			}
			.into(),
		);
		for interval in 21..=24 {
			assert_eq!(claims(HOME, interval), 101);
			let book = Pools::book(POOL, Interval(interval)).unwrap();
			assert_eq!((book.promised, book.promises), (Units(101), 1));
			let ledger = Pools::ledger(HOME, Interval(interval)).unwrap();
			assert_eq!((ledger.promised, ledger.open), (Units(101), 1));
		}
		assert_eq!(claims(HOME, 25), 0);
		assert_eq!(Pools::pool(POOL).unwrap().books, 4);
		// More, and another member's.
		assert_ok!(promise(A, 21, 49));
		assert_ok!(promise(B, 21, 50));
		assert_eq!(Pools::promised(A, Interval(21)).map(|p| p.promised), Some(Units(150)));
		assert_eq!(claims(HOME, 21), 200);
		assert_eq!(Pools::member(A).unwrap().1.promises, 4);
	});
}

#[test]
fn promise_should_make_claims_on_compute_alone_when_the_pool_is_not_green() {
	on_chain(|| {
		joined(PoolKind::Compute);
		assert_ok!(promise(A, 21, 100));
		assert_eq!((claims(HOME, 21), claims(ClassId(1_001), 21)), (0, 100));
	});
}

#[test]
fn promise_should_make_no_claims_when_it_is_of_energy() {
	on_chain(|| {
		joined(PoolKind::Energy);
		// What a panel of the class generates at most.
		assert_noop!(promise(A, 21, 5_001), Error::<Test>::BeyondCapability);
		assert_ok!(promise(A, 21, 5_000));
		assert_eq!((claims(HOME, 21), claims(ClassId(1_001), 21)), (0, 0));
		assert_eq!(on_hold(HoldReason::Promise, ALICE), 2_500);
	});
}

#[test]
fn promise_should_be_refused_when_it_is_not_ahead() {
	on_chain(|| {
		joined(PoolKind::Green);
		for past in [19, 20] {
			assert_noop!(promise(A, past, 100), Error::<Test>::Past);
		}
		assert_noop!(promise_range(20, 22, 100), Error::<Test>::Past);
		assert_noop!(promise(A, 41, 100), Error::<Test>::TooFar);
		assert_noop!(promise_range(24, 23, 100), Error::<Test>::BadRange);
		assert_noop!(promise_range(21, 33, 100), Error::<Test>::BadRange);
		assert_ok!(promise_range(29, 40, 100));
	});
}

#[test]
fn promise_should_be_refused_when_the_device_cannot_keep_it() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_noop!(promise(A, 21, MOST + 1), Error::<Test>::BeyondCapability);
		assert_ok!(promise(A, 21, MOST - 50));
		assert_noop!(promise(A, 21, 51), Error::<Test>::BeyondCapability);
		assert_ok!(promise(A, 21, 50));
		Resting::set(vec![(A, Interval(23))]);
		// All or nothing.
		assert_noop!(promise_range(22, 24, 100), Error::<Test>::InMaintenance);
		assert_noop!(promise(A, 22, 9), Error::<Test>::Dust);
	});
}

#[test]
fn promise_should_be_refused_when_it_is_not_the_callers() {
	on_chain(|| {
		let one = |who, device| {
			Pools::promise(signed(who), device, Interval(21), Interval(21), Units(100))
		};
		assert_noop!(one(ALICE, A), Error::<Test>::NotMember);
		joined(PoolKind::Green);
		assert_noop!(one(BOB, A), Error::<Test>::NotYours);
		assert_noop!(one(BOB, DeviceId(77)), Error::<Test>::UnknownDevice);
		// Whoever promises puts up the deposit, and two never share one.
		assert_ok!(one(MANAGER, A));
		assert_eq!(on_hold(HoldReason::Promise, MANAGER), 50);
		assert_noop!(one(ALICE, A), Error::<Test>::OtherDepositor);
		assert_ok!(one(MANAGER, A));
	});
}

#[test]
fn promise_should_be_refused_when_too_many_are_open() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_ok!(promise_range(21, 32, 10));
		assert_ok!(promise_range(33, 40, 10));
		at(25);
		assert_ok!(promise_range(41, 44, 10));
		assert_noop!(promise(A, 45, 10), Error::<Test>::TooManyPromises);
		assert_ok!(settle(A, 21));
		assert_ok!(promise(A, 45, 10));
	});
}

#[test]
fn promise_should_be_refused_when_the_deposit_is_missing() {
	on_chain(|| {
		let list = vec![Condition::Stake(RICH - 200)];
		let pool = found_with(PoolKind::Green, terms(), list, None);
		assert_ok!(join(pool, A));
		assert!(promise(A, 21, 300).is_err());
		assert_eq!((claims(HOME, 21), Pools::book(pool, Interval(21))), (0, None));
	});
}

#[test]
fn take_back_should_burn_claims_when_nobody_bought_them() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_ok!(promise(A, 25, 101));
		assert_ok!(promise(B, 25, 100));
		assert_ok!(take_back(A, 25, 50));
		// 51 were on hold; a part of 50/101 is 25.2.
		System::assert_last_event(
			Event::TakenBack {
				pool: POOL,
				device: A,
				interval: Interval(25),
				amount: Units(50),
				deposit: 25,
			}
			.into(),
		);
		assert_eq!(on_hold(HoldReason::Promise, ALICE), 26);
		assert_eq!(claims(HOME, 25), 151);
		assert_eq!(Pools::book(POOL, Interval(25)).unwrap().promised, Units(151));
		assert_ok!(take_back(A, 25, 51));
		assert_eq!(on_hold(HoldReason::Promise, ALICE), 0);
		assert_eq!(Pools::member(A).unwrap().1.promises, 0);
		assert_ok!(take_back(B, 25, 100));
		assert_eq!(Pools::book(POOL, Interval(25)), None);
		assert_eq!(Pools::ledger(HOME, Interval(25)), None);
		assert_eq!(Pools::pool(POOL).unwrap().books, 0);
		assert_eq!(claims_made(HOME, Interval(25)), (201, 201));
	});
}

#[test]
fn take_back_should_be_refused_when_the_hours_are_sold() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_ok!(promise(A, 25, 100));
		sell(POOL, Interval(25), 60);
		assert_noop!(take_back(A, 25, 41), Error::<Test>::Sold);
		assert_ok!(take_back(A, 25, 40));
		assert_noop!(take_back(A, 25, 50), Error::<Test>::Sold);
		assert_eq!(claims_of(HOME, Interval(25), CLIENT), 60);
	});
}

#[test]
fn take_back_should_be_refused_when_it_is_wrong() {
	on_chain(|| {
		assert_noop!(take_back(A, 25, 10), Error::<Test>::NotMember);
		joined(PoolKind::Green);
		assert_ok!(promise(A, 25, 100));
		assert_noop!(take_back(A, 26, 10), Error::<Test>::NotPromised);
		assert_noop!(take_back(A, 25, 101), Error::<Test>::NotPromised);
		assert_noop!(take_back(A, 25, 0), Error::<Test>::Empty);
		assert_noop!(take_back(A, 25, 91), Error::<Test>::Dust);
		let other = Pools::take_back(signed(BOB), A, Interval(25), Units(10));
		assert_noop!(other, Error::<Test>::NotYours);
		at(25);
		assert_noop!(take_back(A, 25, 10), Error::<Test>::Past);
	});
}

#[test]
fn take_back_should_leave_what_was_earned_to_those_who_stay() {
	on_chain(|| {
		joined(PoolKind::Energy);
		assert_ok!(promise(A, 25, 300));
		assert_ok!(promise(B, 25, 100));
		assert_ok!(pay_in(POOL, 25, 4_000));
		assert_eq!(Pools::outlook(A, Interval(25)).map(|s| s.forfeited), Some(3_000));
		assert_ok!(take_back(A, 25, 300));
		at(25);
		meter(B, 25, 100);
		at(29);
		assert_ok!(settle(B, 25));
		assert_eq!(settled(B, 25).income, 4_000);
	});
}

#[test]
fn promise_should_be_refused_when_the_ledger_of_claims_refuses() {
	on_chain(|| {
		joined(PoolKind::Green);
		ClaimsHorizon::set(4);
		assert_ok!(promise(A, 24, 100));
		assert_noop!(promise(A, 25, 100), Error::<Test>::ClaimsRefused);
		// A ledger whose interval has begun.
		Skew::set(1);
		assert_noop!(promise(A, 21, 100), Error::<Test>::ClaimsClosed);
	});
}

#[test]
fn take_back_should_be_refused_when_the_claims_are_set_aside() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_ok!(promise(A, 25, 100));
		let account = Pools::account_of(POOL);
		// A market offers 60 of them.
		Claims::lock(1, HOME, Interval(25), &account, MicroGpuHours(60)).unwrap();
		assert_noop!(take_back(A, 25, 50), Error::<Test>::Sold);
		assert_ok!(take_back(A, 25, 40));
		Claims::unlock(1, HOME, Interval(25), &account, MicroGpuHours(60)).unwrap();
		assert_ok!(take_back(A, 25, 60));
	});
}

#[test]
fn claims_should_expire_with_their_interval_when_nobody_used_them() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_ok!(promise(A, 25, 100));
		sell(POOL, Interval(25), 60);
		at(25);
		// The buyer uses half of what it has; what is delivered is counted by work, not by claims.
		Claims::redeem(HOME, Interval(25), &CLIENT, MicroGpuHours(30)).unwrap();
		deliver(A, 25, 100);
		at(34);
		assert_ok!(settle(A, 25));
		assert_eq!(settled(A, 25).penalty, 0);
		// The ledger sweeps the claims of a day, 24 to 47, once the last of them may go.
		at(56);
		Claims::on_idle(1, Weight::MAX);
		let totals = Claims::totals(HOME, Interval(25));
		assert_eq!((totals.minted.0, totals.redeemed.0, totals.expired.0), (100, 30, 70));
	});
}
