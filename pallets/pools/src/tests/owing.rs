//! Who owes what, and the least price of a pool: what the market and contracts ask.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::PoolKind,
	traits::{Pools as PoolsTrait, PromisedHours},
	ClassId, DeviceId, Interval, PoolId,
};

use crate::mock::*;

fn owes(device: DeviceId, class: ClassId, interval: u32) -> u64 {
	<Pools as PromisedHours>::owes(device, class, Interval(interval)).0
}

fn price(pool: PoolId) -> Option<Balance> {
	<Pools as PoolsTrait<_, _>>::reserve_price(pool)
}

#[test]
fn member_should_owe_what_it_promised_and_did_not_deliver() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_eq!(owes(A, HOME, 22), 0);
		assert_eq!(<Pools as PromisedHours>::pool_of(A), None);
		assert_ok!(join(pool, A));
		assert_eq!(<Pools as PromisedHours>::pool_of(A), Some(pool));
		assert_ok!(promise(A, 22, 300));
		assert_eq!(owes(A, HOME, 22), 300);
		assert_eq!(Pools::owes(A, HOME, Interval(22)).0, 300);
		// Not in another interval, nor by another device, nor of other claims.
		assert_eq!((owes(A, HOME, 23), owes(B, HOME, 22)), (0, 0));
		assert_eq!(owes(A, ClassId(1_001), 22), 0);
		assert_ok!(Pools::take_back(signed(ALICE), A, Interval(22), Units(100)));
		assert_eq!(owes(A, HOME, 22), 200);
		at(22);
		deliver(A, 22, 150);
		assert_eq!(owes(A, HOME, 22), 50);
		// More than was promised is no debt of somebody else's.
		deliver(A, 22, 150);
		assert_eq!(owes(A, HOME, 22), 0);
	});
}

#[test]
fn member_should_owe_nothing_when_it_is_settled() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		assert_ok!(promise(A, 21, 300));
		at(25);
		assert_eq!(owes(A, HOME, 21), 300);
		assert_ok!(settle(A, 21));
		assert_eq!(owes(A, HOME, 21), 0);
	});
}

#[test]
fn member_should_owe_claims_of_its_pools_kind_only() {
	on_chain(|| {
		let compute = found(PoolKind::Compute);
		let energy = found(PoolKind::Energy);
		assert_ok!(join(compute, A));
		assert_ok!(join(energy, B));
		assert_ok!(promise(A, 22, 300));
		assert_ok!(promise(B, 22, 300));
		assert_eq!((owes(A, ClassId(1_001), 22), owes(A, HOME, 22)), (300, 0));
		assert_eq!((owes(B, ClassId(1_001), 22), owes(B, HOME, 22)), (0, 0));
	});
}

#[test]
fn reserve_price_should_be_told_of_pools_that_sell_claims() {
	on_chain(|| {
		let (green, energy) = (found(PoolKind::Green), found(PoolKind::Energy));
		assert_eq!(price(green), Some(40));
		assert_eq!(price(energy), None);
		assert_eq!(price(PoolId(9)), None);
	});
}

#[test]
fn reserve_price_should_change_by_vote_and_after_the_delay() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		at(24);
		assert_ok!(promise(A, 25, 100));
		at(25);
		deliver(A, 25, 100);
		at(30);
		let change = Change::Terms(Terms { reserve_price: 1_000, ..terms() });
		assert_ok!(Pools::propose(signed(ALICE), A, change));
		assert_ok!(Pools::vote(signed(ALICE), A, 0, true));
		at(36);
		assert_ok!(Pools::close_proposal(signed(STRANGER), pool, 0));
		assert_eq!(price(pool), Some(40));
		assert_noop!(Pools::enact(signed(STRANGER), pool), Error::<Test>::NotYet);
		at(40);
		assert_ok!(Pools::enact(signed(STRANGER), pool));
		assert_eq!(price(pool), Some(1_000));
	});
}
