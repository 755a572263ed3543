//! Becoming a member, or a guest by the hour.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{DeviceState, PoolKind},
	traits::Obligations,
	DeviceId, Interval, PoolId,
};
use sp_runtime::DispatchResult;

use crate::mock::*;

fn hosting() -> PoolId {
	found_with(PoolKind::Compute, Terms { guests: 1, ..terms() }, vec![], None)
}

fn visit(pool: PoolId, from: u32, until: u32) -> DispatchResult {
	Pools::join_by_hour(signed(CAROL), pool, CENTRAL, Interval(from), Interval(until))
}

#[test]
fn join_should_make_a_member_when_the_owner_asks() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert!(!<Pools as Obligations>::has_obligations(A));
		assert_ok!(join(pool, A));
		System::assert_last_event(
			Event::Joined {
				pool,
				device: A,
				owner: ALICE,
				by: ALICE,
				deposit: 100,
				stake: 0,
				hours: None,
			}
			.into(),
		);
		assert_eq!(Pools::state(A), Some(MemberState::Online));
		assert_eq!(Pools::pool(pool).unwrap().members, 1);
		assert_eq!(on_hold(HoldReason::Membership, ALICE), 100);
		// It cannot be sold or leave the registry meanwhile.
		assert!(<Pools as Obligations>::has_obligations(A));
	});
}

#[test]
fn join_should_hold_the_managers_money_when_the_manager_asks() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(Pools::join(signed(MANAGER), pool, A));
		let (_, member) = Pools::member(A).unwrap();
		// The owner is paid all the same.
		assert_eq!((member.owner, member.by), (ALICE, MANAGER));
		assert_eq!(on_hold(HoldReason::Membership, MANAGER), 100);
		assert_eq!(on_hold(HoldReason::Membership, ALICE), 0);
	});
}

#[test]
fn join_should_be_refused_when_it_is_not_the_callers_device() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_noop!(Pools::join(signed(BOB), pool, A), Error::<Test>::NotYours);
		let unknown = Pools::join(signed(BOB), pool, DeviceId(77));
		assert_noop!(unknown, Error::<Test>::UnknownDevice);
		assert_noop!(join(PoolId(9), A), Error::<Test>::UnknownPool);
	});
}

#[test]
fn join_should_be_refused_when_the_device_cannot_deliver() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		for state in [DeviceState::Pending, DeviceState::Leaving, DeviceState::Suspended] {
			change(A, |info| info.state = state);
			assert_noop!(join(pool, A), Error::<Test>::Offline);
		}
		change(A, |info| info.state = DeviceState::Running);
		assert_ok!(join(pool, A));
	});
}

#[test]
fn join_should_be_refused_when_the_class_is_another() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_noop!(join(pool, REGIONAL), Error::<Test>::WrongClass);
		for kind in [PoolKind::Green, PoolKind::Compute, PoolKind::Energy] {
			let pool = found(kind);
			assert_noop!(join(pool, CENTRAL), Error::<Test>::NoPanel);
		}
	});
}

#[test]
fn join_should_be_refused_when_the_device_is_in_a_pool() {
	on_chain(|| {
		let (pool, other) = (found(PoolKind::Green), found(PoolKind::Energy));
		assert_ok!(join(pool, A));
		// What it promised here it cannot promise there once more.
		for pool in [pool, other] {
			assert_noop!(join(pool, A), Error::<Test>::AlreadyMember);
		}
	});
}

#[test]
fn join_should_be_refused_when_the_pool_is_full() {
	on_chain(|| {
		let pool = found_with(PoolKind::Green, Terms { capacity: 1, ..terms() }, vec![], None);
		assert_ok!(join(pool, A));
		assert_noop!(join(pool, B), Error::<Test>::Full);
	});
}

#[test]
fn guest_should_join_when_the_pool_takes_central_capacity() {
	on_chain(|| {
		let pool = hosting();
		assert_ok!(visit(pool, 22, 24));
		let hours = Some(Hours { from: Interval(22), until: Interval(24) });
		let (_, member) = Pools::member(CENTRAL).unwrap();
		assert_eq!(member.hours, hours);
		let record = Pools::pool(pool).unwrap();
		assert_eq!((record.members, record.guests), (0, 1));
		// Its hours and no other.
		for wrong in [21, 25] {
			assert_noop!(promise(CENTRAL, wrong, 100), Error::<Test>::OutsideHours);
		}
		assert_ok!(promise(CENTRAL, 24, 100));
		at(25);
		let left = MemberState::Leaving { until: Interval(24) };
		assert_eq!(Pools::state(CENTRAL), Some(left));
	});
}

#[test]
fn guest_should_be_refused_when_the_pool_is_not_for_it() {
	on_chain(|| {
		for kind in [PoolKind::Green, PoolKind::Energy, PoolKind::Compute] {
			// A compute pool takes none either unless its terms say so.
			let pool = found(kind);
			assert_noop!(visit(pool, 22, 24), Error::<Test>::NoGuests);
		}
		assert_noop!(visit(PoolId(9), 22, 24), Error::<Test>::UnknownPool);
		let pool = hosting();
		let with_panel = Pools::join_by_hour(signed(ALICE), pool, A, Interval(22), Interval(24));
		assert_noop!(with_panel, Error::<Test>::HasPanel);
		let other = Pools::join_by_hour(signed(ALICE), pool, CENTRAL, Interval(22), Interval(24));
		assert_noop!(other, Error::<Test>::NotYours);
		change(CENTRAL, |info| info.state = DeviceState::Suspended);
		assert_noop!(visit(pool, 22, 24), Error::<Test>::Offline);
	});
}

#[test]
fn guest_should_be_refused_when_its_hours_are_wrong() {
	on_chain(|| {
		let pool = hosting();
		assert_noop!(visit(pool, 20, 22), Error::<Test>::Past);
		assert_noop!(visit(pool, 24, 23), Error::<Test>::BadRange);
		assert_noop!(visit(pool, 22, 27), Error::<Test>::BadRange);
		assert_noop!(visit(pool, 37, 41), Error::<Test>::TooFar);
		assert_ok!(visit(pool, 22, 26));
		assert_noop!(visit(pool, 22, 26), Error::<Test>::AlreadyMember);
		place(DeviceId(31), CAROL, CENTRAL_CLASS);
		let second = DeviceId(31);
		let full = Pools::join_by_hour(signed(CAROL), pool, second, Interval(22), Interval(22));
		assert_noop!(full, Error::<Test>::Full);
	});
}

#[test]
fn guest_should_meet_conditions_but_the_lottery_when_there_are_some() {
	on_chain(|| {
		let list = vec![
			Condition::Lottery { places: 1, applications: 1 },
			Condition::BenchmarkSince(Interval(5)),
			Condition::Stake(300),
		];
		let pool = found_with(PoolKind::Compute, Terms { guests: 1, ..terms() }, list, None);
		assert_noop!(visit(pool, 22, 24), Error::<Test>::BenchmarkTooOld);
		Passed::set(vec![(CENTRAL, Interval(6))]);
		assert_ok!(visit(pool, 22, 24));
		assert_eq!(on_hold(HoldReason::Membership, CAROL), 400);
	});
}
