//! Who may take a proven chunk of a contract, and when.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::DeviceState,
	traits::{Dispatch, DispatchRefusal, Obligations},
	ClassId, MicroGpuHours,
};
use sp_runtime::Permill;

use super::*;

fn accept(device: DeviceId, task: TaskId, chunk: u32) -> DispatchResult {
	Tasks::accept(signed(KEY), device, task, chunk)
}

#[test]
fn accept_should_be_for_the_chunks_own_hour() {
	on_chain(|| {
		for interval in [11, 12] {
			promise(DEVICE, CLASS, interval, 1_000, 1);
		}
		let two = Requirement { deadline: Interval(12), ..requirement(proven(2), 11) };
		let task = ask(two);
		assert_noop!(accept(DEVICE, task, 0), Error::<Test>::NotItsHour);
		at(11);
		assert!(Tasks::is_turn(DEVICE, task, 0) && !Tasks::is_turn(DEVICE, task, 1));
		assert_noop!(accept(DEVICE, task, 1), Error::<Test>::NotItsHour);
		assert_ok!(accept(DEVICE, task, 0));
		at(12);
		assert_ok!(accept(DEVICE, task, 1));
		at(13);
		assert_ok!(Tasks::release(signed(KEY), task, 1));
		// Past its hour nobody can use it.
		assert_noop!(accept(DEVICE, task, 1), Error::<Test>::NotItsHour);
	});
}

#[test]
fn accept_should_be_for_who_owes_hours_first() {
	on_chain(|| {
		promise(DEVICE, CLASS, 11, 3_000, 1);
		// Owes hours of another interval, and of other claims.
		owe(OTHER_DEVICE, CLASS, Interval(12), 5_000);
		owe(OTHER_DEVICE, ClassId(CLASS.0 + ANY), Interval(11), 5_000);
		let task = ask(requirement(proven(3), 11));
		at(11);
		assert_noop!(accept(OTHER_DEVICE, task, 0), Error::<Test>::NotOwed);
		assert!(!Tasks::is_turn(OTHER_DEVICE, task, 0));
		assert_ok!(accept(DEVICE, task, 0));
		// After a part of the interval anybody able may.
		Elapsed::set(Permill::from_parts(499_999));
		assert_noop!(accept(OTHER_DEVICE, task, 1), Error::<Test>::NotOwed);
		Elapsed::set(Permill::from_percent(50));
		assert_ok!(accept(OTHER_DEVICE, task, 1));
		States::mutate(|states| states.insert(OTHER_DEVICE, DeviceState::Suspended));
		assert_noop!(accept(OTHER_DEVICE, task, 2), Error::<Test>::Offline);
	});
}

#[test]
fn device_should_take_no_more_than_it_owes_until_it_is_late() {
	on_chain(|| {
		promise(DEVICE, CLASS, 11, 1_999, 1);
		promise(OTHER_DEVICE, CLASS, 11, 1_001, 1);
		let task = ask(requirement(proven(3), 11));
		at(11);
		assert_ok!(accept(DEVICE, task, 0));
		assert_eq!(Underway::<Test>::get(DEVICE, Interval(11)), MicroGpuHours(1_000));
		assert_noop!(accept(DEVICE, task, 1), Error::<Test>::NotOwed);
		// What it lets go it can take again.
		assert_ok!(Tasks::release(signed(KEY), task, 0));
		assert!(!Underway::<Test>::contains_key(DEVICE, Interval(11)));
		assert_ok!(accept(DEVICE, task, 1));
		assert_ok!(accept(OTHER_DEVICE, task, 0));
		assert_noop!(accept(DEVICE, task, 2), Error::<Test>::NotOwed);
		Elapsed::set(Permill::from_percent(50));
		assert_ok!(accept(DEVICE, task, 2));
		assert_eq!(Underway::<Test>::get(DEVICE, Interval(11)), MicroGpuHours(2_000));
		assert!(Tasks::has_obligations(DEVICE));
	});
}

#[test]
fn leader_should_give_contracts_chunks_to_who_owes_them() {
	on_chain(|| {
		let task = ask_proven();
		assert_noop!(Tasks::assign(DEVICE, task, 0), DispatchRefusal::Unable);
		at(11);
		assert_noop!(Tasks::assign(OTHER_DEVICE, task, 0), DispatchRefusal::Unable);
		assert_eq!(Tasks::assign(DEVICE, task, 0), Ok(MicroGpuHours(1_000)));
		assert_noop!(Tasks::assign(DEVICE, task, 0), DispatchRefusal::Taken);
		// Chunks that several devices do are drawn by lot, not given.
		at(10);
		let drawn = ask_replicated(1, 2);
		at(HOUR);
		assert_noop!(Tasks::assign(fleet(0), drawn, 0), DispatchRefusal::Unknown);
	});
}

#[test]
fn commit_should_redeem_the_hours_in_their_interval_only() {
	on_chain(|| {
		promise(DEVICE, CLASS, 11, 3_000, 1);
		let task = ask(requirement(proven(2), 11));
		at(11);
		assert_ok!(accept(DEVICE, task, 0));
		assert_ok!(accept(DEVICE, task, 1));
		assert_ok!(Tasks::commit(signed(KEY), task, 0, Commitment([5; 32])));
		assert_eq!(locked(CLASS, 11, BUYER), 1_000);
		assert_eq!(Tasks::booking(task, Interval(11)).unwrap().redeemed.0, 1_000);
		at(12);
		let late = Tasks::commit(signed(KEY), task, 1, Commitment([5; 32]));
		assert_noop!(late, Error::<Test>::NotItsHour);
	});
}

#[test]
fn contract_without_an_hour_left_should_not_stop_tasks_with_a_reward() {
	on_chain(|| {
		let contract = ask_proven();
		let task = crate::mock::open(1);
		assert_ok!(accept(DEVICE, task, 0));
		assert_ok!(Tasks::commit(signed(KEY), task, 0, Commitment([5; 32])));
		assert!(!Tasks::is_turn(DEVICE, task, 0));
		assert_eq!(Underway::<Test>::iter().count(), 0);
		assert_eq!(locked(CLASS, 11, BUYER), 1_000);
		assert!(Tasks::contract(contract).is_some() && Tasks::contract(task).is_none());
	});
}
