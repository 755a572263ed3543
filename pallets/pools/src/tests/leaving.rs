//! Leaving with notice, being suspended, and where a member is (A3).

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{DeviceState, PoolKind},
	DeviceId, Interval,
};

use crate::mock::*;

fn joined() {
	let pool = found(PoolKind::Green);
	join(pool, A).unwrap();
}

#[test]
fn leave_should_take_effect_after_the_notice_when_asked_for() {
	on_chain(|| {
		joined();
		assert_ok!(Pools::leave(signed(MANAGER), A));
		let until = Interval(23);
		System::assert_last_event(Event::LeaveBegun { pool: POOL, device: A, until }.into());
		assert_eq!(Pools::state(A), Some(MemberState::Leaving { until }));
		assert_noop!(Pools::leave(signed(ALICE), A), Error::<Test>::AlreadyLeaving);
		// It promises nothing new, not even within its notice.
		assert_noop!(promise(A, 22, 100), Error::<Test>::NotOnline);
		at(23);
		assert_noop!(Pools::exit(signed(ALICE), A), Error::<Test>::NoticeNotOver);
		at(24);
		// Anybody can end it: it only gives back.
		assert_ok!(Pools::exit(signed(STRANGER), A));
		System::assert_last_event(Event::Exited { pool: POOL, device: A, released: 100 }.into());
		assert_eq!((Pools::member(A), free(ALICE)), (None, RICH));
		assert_eq!(Pools::pool(POOL).unwrap().members, 0);
	});
}

#[test]
fn leave_should_be_refused_when_sent_by_another() {
	on_chain(|| {
		assert_noop!(Pools::leave(signed(ALICE), A), Error::<Test>::NotMember);
		joined();
		assert_noop!(Pools::leave(signed(BOB), A), Error::<Test>::NotYours);
	});
}

#[test]
fn exit_should_be_refused_when_promises_are_open() {
	on_chain(|| {
		joined();
		assert_noop!(Pools::exit(signed(ALICE), DeviceId(77)), Error::<Test>::NotMember);
		assert_noop!(Pools::exit(signed(ALICE), A), Error::<Test>::NoticeNotOver);
		assert_ok!(promise(A, 30, 100));
		assert_ok!(Pools::leave(signed(ALICE), A));
		// Long after the notice: what was promised must be kept or paid for.
		at(33);
		assert_noop!(Pools::exit(signed(ALICE), A), Error::<Test>::PromisesOpen);
		at(34);
		assert_noop!(Pools::exit(signed(ALICE), A), Error::<Test>::PromisesOpen);
		assert_ok!(settle(A, 30));
		assert_ok!(Pools::exit(signed(ALICE), A));
		assert_eq!(free(ALICE), RICH - 50);
	});
}

#[test]
fn member_should_get_out_when_its_device_is_gone() {
	on_chain(|| {
		joined();
		assert_ok!(promise(A, 25, 100));
		remove(A);
		// The market sees it at once.
		assert_eq!(Pools::state(A), Some(MemberState::Suspended { until: Interval(20) }));
		assert_noop!(Pools::leave(signed(MANAGER), A), Error::<Test>::NotYours);
		assert_ok!(Pools::leave(signed(ALICE), A));
		at(29);
		assert_ok!(settle(A, 25));
		assert_ok!(Pools::exit(signed(ALICE), A));
		assert_eq!(on_hold(HoldReason::Promise, ALICE), 0);
		assert_eq!(on_hold(HoldReason::Membership, ALICE), 0);
	});
}

#[test]
fn state_should_follow_the_registry_when_the_device_changes() {
	on_chain(|| {
		assert_eq!(Pools::state(A), None);
		joined();
		let now = Interval(20);
		for (device, seen) in [
			(DeviceState::Online, MemberState::Online),
			(DeviceState::Running, MemberState::Online),
			(DeviceState::Leaving, MemberState::Leaving { until: now }),
			(DeviceState::Suspended, MemberState::Suspended { until: now }),
			(DeviceState::Pending, MemberState::Suspended { until: now }),
		] {
			change(A, |info| info.state = device);
			assert_eq!(Pools::state(A), Some(seen));
			let may = matches!(device, DeviceState::Online | DeviceState::Running);
			if !may {
				assert_noop!(promise(A, 22, 100), Error::<Test>::Offline);
			}
		}
	});
}

/// Misses what it promised for an interval.
fn miss(interval: u32) {
	at(interval - 1);
	assert_ok!(promise(A, interval, 100));
	at(interval + 4);
	assert_ok!(settle(A, interval));
}

#[test]
fn member_should_be_suspended_when_it_misses_too_often() {
	on_chain(|| {
		joined();
		miss(22);
		assert_eq!(Pools::state(A), Some(MemberState::Online));
		assert_noop!(Pools::resume(signed(ALICE), A), Error::<Test>::NotSuspended);
		miss(28);
		let until = Interval(37);
		System::assert_last_event(Event::Suspended { pool: POOL, device: A, until }.into());
		assert_eq!(Pools::state(A), Some(MemberState::Suspended { until }));
		assert_noop!(promise(A, 39, 100), Error::<Test>::NotOnline);
		at(37);
		assert_noop!(Pools::resume(signed(ALICE), A), Error::<Test>::StillSuspended);
		at(38);
		assert_noop!(Pools::resume(signed(BOB), A), Error::<Test>::NotYours);
		assert_ok!(Pools::resume(signed(ALICE), A));
		System::assert_last_event(Event::Resumed { pool: POOL, device: A }.into());
		assert_ok!(promise(A, 39, 100));
	});
}

#[test]
fn strikes_should_wear_off_when_promises_are_kept() {
	on_chain(|| {
		joined();
		for start in [22, 34] {
			miss(start);
			at(start + 5);
			assert_ok!(promise(A, start + 6, 100));
			at(start + 6);
			deliver(A, start + 6, 100);
			at(start + 10);
			assert_ok!(settle(A, start + 6));
			assert_eq!(Pools::member(A).unwrap().1.strikes, 0);
		}
		assert_eq!(Pools::state(A), Some(MemberState::Online));
	});
}

#[test]
fn suspended_member_should_be_able_to_leave_when_it_wants() {
	on_chain(|| {
		joined();
		miss(22);
		miss(28);
		assert_ok!(Pools::leave(signed(ALICE), A));
		assert_noop!(Pools::resume(signed(ALICE), A), Error::<Test>::NotSuspended);
		// The notice ends with 35, but the suspension with 37: coming back is no way around it.
		let until = Interval(37);
		System::assert_last_event(Event::LeaveBegun { pool: POOL, device: A, until }.into());
		at(37);
		assert_noop!(Pools::exit(signed(ALICE), A), Error::<Test>::NoticeNotOver);
		at(38);
		assert_ok!(Pools::exit(signed(ALICE), A));
	});
}

#[test]
fn idle_member_should_be_shown_out_when_it_did_nothing_for_two_periods() {
	on_chain(|| {
		at(25);
		joined();
		for early in [30, 40, 49] {
			at(early);
			assert_noop!(Pools::exit(signed(STRANGER), A), Error::<Test>::NoticeNotOver);
		}
		at(50);
		assert_ok!(Pools::exit(signed(STRANGER), A));
		assert_eq!(free(ALICE), RICH);
	});
	on_chain(|| {
		joined();
		at(31);
		assert_ok!(promise(A, 32, 100));
		at(32);
		deliver(A, 32, 100);
		at(36);
		assert_ok!(settle(A, 32));
		at(59);
		assert_noop!(Pools::exit(signed(STRANGER), A), Error::<Test>::NoticeNotOver);
		assert_ok!(promise(A, 62, 100));
		at(60);
		assert_noop!(Pools::exit(signed(STRANGER), A), Error::<Test>::PromisesOpen);
		assert_ok!(Pools::take_back(signed(ALICE), A, Interval(62), Units(100)));
		assert_ok!(Pools::exit(signed(STRANGER), A));
	});
}

#[test]
fn suspended_guest_should_stay_until_its_suspension_is_over() {
	on_chain(|| {
		let pool = found_with(PoolKind::Compute, Terms { guests: 1, ..terms() }, vec![], None);
		let hours = (Interval(21), Interval(22));
		assert_ok!(Pools::join_by_hour(signed(CAROL), pool, CENTRAL, hours.0, hours.1));
		for interval in [21, 22] {
			assert_ok!(promise(CENTRAL, interval, 100));
		}
		at(26);
		for interval in [21, 22] {
			assert_ok!(settle(CENTRAL, interval));
		}
		let until = Interval(31);
		assert_eq!(Pools::state(CENTRAL), Some(MemberState::Suspended { until }));
		at(31);
		assert_noop!(Pools::exit(signed(CAROL), CENTRAL), Error::<Test>::StillSuspended);
		at(32);
		assert_ok!(Pools::exit(signed(CAROL), CENTRAL));
	});
}

#[test]
fn leave_should_be_refused_when_the_notice_would_outlast_the_clock() {
	on_chain(|| {
		joined();
		at(u32::MAX - 2);
		assert_noop!(Pools::leave(signed(ALICE), A), Error::<Test>::Overflow);
	});
}

/// A and B are members; A delivers in each of the periods, B promises and delivers nothing. What
/// buyers ask for A delivers alone.
fn free_ride() {
	joined();
	join(POOL, B).unwrap();
	Owed::set(Some(100));
	for interval in [25, 35, 45] {
		at(interval - 1);
		promise(A, interval, 100).unwrap();
		promise(B, interval, 100).unwrap();
		at(interval);
		deliver(A, interval, 100);
		at(interval + 4);
		settle(A, interval).unwrap();
		settle(B, interval).unwrap();
	}
}

#[test]
fn idle_member_should_promise_nothing_more_when_others_work() {
	on_chain(|| {
		free_ride();
		assert_ok!(promise(B, 51, 100));
		at(50);
		assert_noop!(promise(B, 52, 100), Error::<Test>::Idle);
		assert_ok!(promise(A, 52, 100));
		// Nobody has to wait for it to go.
		at(55);
		assert_ok!(settle(B, 51));
		assert_ok!(Pools::exit(signed(STRANGER), B));
		assert_ok!(join(POOL, B));
		assert_ok!(promise(B, 56, 100));
	});
}

#[test]
fn idle_member_should_promise_on_when_it_works_again() {
	on_chain(|| {
		free_ride();
		assert_ok!(promise(B, 51, 100));
		at(51);
		deliver(B, 51, 1);
		assert_ok!(promise(B, 52, 100));
	});
}
