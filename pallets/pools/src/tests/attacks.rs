//! Who would gain by lying, and does not.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{records::PoolKind, traits::Shortfalls, DeviceId, Interval};

use crate::mock::*;

#[test]
fn late_promise_should_earn_nothing_of_what_was_sold_before() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		for device in [A, B] {
			assert_ok!(join(pool, device));
		}
		assert_ok!(promise(A, 25, 100));
		sell(pool, Interval(25), 100);
		assert_ok!(pay_in(pool, 25, 1_000));
		// B sees the sale and promises ten times as much, all of which it does.
		assert_ok!(promise(B, 25, 1_000));
		at(25);
		deliver(A, 25, 100);
		deliver(B, 25, 1_000);
		at(29);
		assert_ok!(settle(B, 25));
		assert_ok!(settle(A, 25));
		assert_eq!((settled(A, 25).income, settled(B, 25).income), (1_000, 0));
	});
}

#[test]
fn first_member_should_gain_nothing_by_a_gift_to_the_pool() {
	// What robs the second depositor of a vault whose shares are rounded down.
	on_chain(|| {
		let pool = found(PoolKind::Green);
		for device in [A, B] {
			assert_ok!(join(pool, device));
		}
		assert_ok!(promise(A, 25, 10));
		let account = Pools::account_of(pool);
		assert_ok!(Balances::transfer_keep_alive(signed(ALICE), account, 100_000));
		assert_ok!(Pools::pay_in(signed(ALICE), pool, Interval(25), 100_000, Shares::ByWork));
		assert_ok!(promise(B, 25, 1_000));
		assert_ok!(pay_in(pool, 25, 10_100));
		at(25);
		deliver(A, 25, 10);
		deliver(B, 25, 1_000);
		at(29);
		assert_ok!(settle(A, 25));
		assert_ok!(settle(B, 25));
		// B has its part of what came after it promised, to the planck.
		assert_eq!(settled(B, 25).income, 10_000);
		assert_eq!(settled(A, 25).income, 100_100);
		// A's gift is nobody's.
		assert_eq!(free(account), LEAST + 100_000);
	});
}

#[test]
fn leaving_should_not_dodge_a_penalty() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		assert_ok!(promise(A, 30, 100));
		sell(pool, Interval(30), 100);
		assert_ok!(Pools::leave(signed(ALICE), A));
		let back = Pools::take_back(signed(ALICE), A, Interval(30), Units(100));
		assert_noop!(back, Error::<Test>::Sold);
		// Not even by leaving the registry, if that could be done.
		remove(A);
		for early in [24, 30, 33] {
			at(early);
			assert_noop!(Pools::exit(signed(ALICE), A), Error::<Test>::PromisesOpen);
		}
		at(34);
		assert_ok!(settle(A, 30));
		assert_ok!(Pools::exit(signed(ALICE), A));
		assert_eq!(free(ALICE), RICH - 50);
	});
}

#[test]
fn what_cannot_be_delivered_should_cost_more_than_nothing() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		assert_noop!(promise(A, 25, MOST + 1), Error::<Test>::BeyondCapability);
		assert_ok!(promise(A, 25, MOST));
		assert_ok!(pay_in(pool, 25, 10_000));
		at(29);
		assert_ok!(settle(A, 25));
		// No income, the whole deposit gone, and a strike.
		let found = settled(A, 25);
		assert_eq!((found.income, found.penalty, found.forfeited), (0, 500, 10_000));
		assert_eq!(Pools::member(A).unwrap().1.strikes, 1);
	});
}

#[test]
fn promise_should_not_be_made_twice_with_one_device() {
	on_chain(|| {
		let (pool, other) = (found(PoolKind::Green), found(PoolKind::Compute));
		assert_ok!(join(pool, A));
		assert_ok!(promise(A, 25, MOST));
		assert_noop!(join(other, A), Error::<Test>::AlreadyMember);
		assert_noop!(promise(A, 25, 10), Error::<Test>::BeyondCapability);
	});
}

#[test]
fn rejoining_should_give_no_second_vote() {
	on_chain(|| {
		let pool = found_with(PoolKind::Green, Terms { notice: 1, ..terms() }, vec![], None);
		for device in [A, B] {
			assert_ok!(join(pool, device));
			assert_ok!(promise(device, 25, 100));
		}
		at(25);
		deliver(A, 25, 100);
		deliver(B, 25, 100);
		at(29);
		assert_ok!(settle(A, 25));
		assert_ok!(Pools::leave(signed(ALICE), A));
		at(31);
		let change = Change::Terms(Terms { notice: 2, ..terms() });
		assert_ok!(Pools::propose(signed(BOB), B, change));
		assert_ok!(Pools::vote(signed(ALICE), A, 0, true));
		assert_ok!(Pools::exit(signed(ALICE), A));
		assert_ok!(join(pool, A));
		// Its work went with its first membership.
		assert_noop!(Pools::vote(signed(ALICE), A, 0, true), Error::<Test>::NoWeight);
		assert_eq!(Proposals::<Test>::get(pool, 0).map(|p| p.ayes), Some(Units(100)));
	});
}

#[test]
fn central_capacity_should_have_no_vote_and_never_be_green() {
	on_chain(|| {
		let pool = found_with(PoolKind::Compute, Terms { guests: 1, ..terms() }, vec![], None);
		assert_ok!(join(pool, A));
		let (from, until) = (Interval(25), Interval(26));
		assert_ok!(Pools::join_by_hour(signed(CAROL), pool, CENTRAL, from, until));
		assert_ok!(promise(A, 25, 100));
		assert_ok!(promise(CENTRAL, 25, 10_000));
		at(25);
		tell(CENTRAL, CLIENT, 25, 10_000, false);
		deliver(A, 25, 100);
		assert_eq!(Pools::pool(pool).unwrap().votes.of(2), 100);
		at(30);
		let change = Change::Terms(terms());
		let propose = Pools::propose(signed(CAROL), CENTRAL, change);
		assert_noop!(propose, Error::<Test>::NoWeight);
		// What it is claimed by is not what green compute is claimed by.
		assert_eq!(claims_of(HOME, Interval(25), Pools::account_of(pool)), 0);
		assert_ok!(settle(CENTRAL, 25));
		assert_ok!(Pools::exit(signed(STRANGER), CENTRAL));
	});
}

#[test]
fn many_devices_should_win_in_proportion_and_pay_for_each() {
	on_chain(|| {
		let lottery = Condition::Lottery { places: 2, applications: 2 };
		let pool = found_with(PoolKind::Green, terms(), vec![lottery], None);
		for index in 0..20 {
			place(DeviceId(100 + index), ALICE, HOME);
			assert_ok!(Pools::apply(signed(ALICE), pool, DeviceId(100 + index)));
		}
		assert_eq!(on_hold(HoldReason::Application, ALICE), 20 * 50);
	});
}

#[test]
fn spam_should_not_keep_the_pool_from_changing() {
	on_chain(|| {
		// Two members that did next to nothing fill the list of proposals.
		let pool = found(PoolKind::Green);
		for (device, amount) in [(A, 10), (B, 10), (C, 980)] {
			assert_ok!(join(pool, device));
			assert_ok!(promise(device, 25, amount));
			at(25);
			deliver(device, 25, amount);
			at(20);
		}
		at(30);
		let change = Change::Terms(Terms { notice: 2, ..terms() });
		for (who, device) in [(ALICE, A), (BOB, B)] {
			assert_ok!(Pools::propose(signed(who), device, change.clone()));
		}
		at(36);
		for proposal in [0, 1] {
			assert_ok!(Pools::close_proposal(signed(CAROL), pool, proposal));
		}
		// It cost them their deposits, and now there is room.
		assert_eq!(insured(), 120);
		assert_ok!(Pools::propose(signed(CAROL), C, change));
	});
}

#[test]
fn leader_should_get_no_fee_for_work_that_members_found_themselves() {
	on_chain(|| {
		let pool = found_with(PoolKind::Green, terms(), vec![], Some(REGIONAL));
		assert_ok!(join(pool, A));
		assert_ok!(promise(A, 25, 100));
		assert_ok!(pay_in(pool, 25, 1_000));
		at(25);
		// The leader gives A nothing; A works all the same.
		deliver(A, 25, 100);
		at(29);
		assert_ok!(settle(A, 25));
		assert_eq!((settled(A, 25).income, settled(A, 25).fee), (1_000, 0));
	});
}

#[test]
fn founder_of_a_cheap_pool_should_not_be_paid_from_what_others_missed() {
	on_chain(|| {
		// B founds a pool that takes next to nothing for what is missed, and keeps its claims.
		let honest = found(PoolKind::Green);
		let cheap = found_with(PoolKind::Green, Terms { penalty: 1_000, ..terms() }, vec![], None);
		assert_ok!(join(honest, A));
		assert_ok!(join(cheap, B));
		for device in [A, B] {
			assert_ok!(promise(device, 25, MOST));
		}
		sell(cheap, Interval(25), MOST);
		assert_ok!(pay_in(honest, 25, 2_000));
		at(29);
		for device in [A, B] {
			assert_ok!(settle(device, 25));
		}
		assert_eq!((settled(A, 25).penalty, settled(B, 25).penalty), (500, 1));
		let shortfall = <Pools as Shortfalls<_>>::shortfall(HOME, Interval(25)).unwrap();
		assert_eq!((shortfall.missed.0, shortfall.taken), (2 * MOST, 2_501));
		// For all that it missed it is paid no more than it lost for it.
		assert_eq!(shortfall.covered, 2);
		let paid = math::share(shortfall.covered, Units(MOST), Units(shortfall.missed.0)).unwrap();
		assert!(paid <= settled(B, 25).penalty);
	});
}
