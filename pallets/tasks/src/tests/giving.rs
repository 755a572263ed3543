//! Chunks that a leader gives: the same checks as for what a device takes, and no cost for it.

use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use pogcs_primitives::{
	records::{ChunkState, DeviceState},
	traits::{Dispatch, DispatchRefusal, Obligations},
	Commitment, DeviceId, Interval, MicroGpuHours, TaskId,
};

use crate::{
	mock::{Tasks, *},
	*,
};

const WORK: Commitment = Commitment([5; 32]);

fn by(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn state(task: TaskId, chunk: u32) -> ChunkState {
	Chunks::<Test>::get(task, chunk).unwrap().state
}

fn is_free(who: u64, task: TaskId, chunk: u32) -> bool {
	RuntimeCall::Tasks(Call::release { task, chunk }).is_feeless(&by(who))
}

#[test]
fn assign_should_put_a_chunk_on_the_devices_list_and_say_what_it_counts_for() {
	on_chain(|| {
		let task = open(2);
		assert_eq!(Tasks::assign(DEVICE, task, 1), Ok(MicroGpuHours(1_000)));
		let interval = Interval(10);
		let given = ChunkState::Assigned { device: DEVICE, interval, given: true };
		assert_eq!(state(task, 1), given);
		assert!(Tasks::has_obligations(DEVICE));
		assert_eq!(running(DEVICE), 1);
		let accepted = Event::Accepted { task, chunk: 1, device: DEVICE, given: true };
		System::assert_last_event(accepted.into());
		// It is done as any other, and remembered as given.
		assert_ok!(Tasks::commit(by(KEY), task, 1, WORK));
		let bound = ChunkState::Committed { device: DEVICE, interval, work: WORK, given: true };
		assert_eq!(state(task, 1), bound);
	});
}

#[test]
fn assign_should_refuse_what_accept_would_and_change_nothing() {
	on_chain(|| {
		let task = open(4);
		let unable = DispatchRefusal::Unable;
		assert_noop!(Tasks::assign(DeviceId(1), task, 0), unable);
		assert_noop!(Tasks::assign(DEVICE, TaskId(9), 0), DispatchRefusal::Unknown);
		assert_noop!(Tasks::assign(DEVICE, task, 4), DispatchRefusal::Unknown);
		for state in [DeviceState::Pending, DeviceState::Leaving, DeviceState::Suspended] {
			State::set(state);
			assert_noop!(Tasks::assign(DEVICE, task, 0), unable);
		}
		State::set(DeviceState::Online);
		Now::set(Interval(0));
		assert_noop!(Tasks::assign(DEVICE, task, 0), unable);
		Now::set(Interval(10));
		assert_ok!(Tasks::accept(by(KEY), OTHER_DEVICE, task, 0));
		assert_noop!(Tasks::assign(DEVICE, task, 0), DispatchRefusal::Taken);
		// Twice would be two pieces of work for one.
		assert_noop!(Tasks::assign(OTHER_DEVICE, task, 0), DispatchRefusal::Taken);
		Now::set(Interval(21));
		assert_noop!(Tasks::assign(DEVICE, task, 1), DispatchRefusal::Unknown);
		Now::set(Interval(10));
		let inputs: Inputs<Test> = vec![images()].try_into().unwrap();
		let other = NextTask::<Test>::get();
		assert_ok!(Tasks::open(by(CLIENT), 0, OTHER_CLASS, inputs, REWARD, Interval(20)));
		assert_noop!(Tasks::assign(DEVICE, other, 0), unable);
	});
}

#[test]
fn leader_should_pile_up_no_more_than_a_device_may_have() {
	on_chain(|| {
		let task = open(4);
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		assert_ok!(Tasks::assign(DEVICE, task, 1));
		assert_noop!(Tasks::assign(DEVICE, task, 2), DispatchRefusal::Unable);
		// What it lets go of makes room.
		assert_ok!(Tasks::release(by(KEY), task, 1));
		assert_ok!(Tasks::assign(DEVICE, task, 2));
	});
}

#[test]
fn given_chunk_should_cost_the_device_nothing_when_it_is_given_back() {
	on_chain(|| {
		let task = open(2);
		assert_ok!(Tasks::assign(DEVICE, task, 0));
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 1));
		// No fee for the device and its owner; for a stranger, and for what the device took, there is.
		assert!(is_free(KEY, task, 0) && is_free(OWNER, task, 0));
		assert!(!is_free(STRANGER, task, 0));
		assert!(!is_free(KEY, task, 1));
		assert!(!is_free(KEY, task, 2) && !is_free(KEY, TaskId(9), 0));
		let call = RuntimeCall::Tasks(Call::release { task, chunk: 0 });
		assert!(!call.is_feeless(&RuntimeOrigin::root()));
		let before = Balances::free_balance(OWNER);
		assert_ok!(Tasks::release(by(KEY), task, 0));
		System::assert_last_event(Event::Released { task, chunk: 0, device: DEVICE }.into());
		assert_eq!((state(task, 0), running(DEVICE)), (ChunkState::Open, 1));
		assert_eq!(Balances::free_balance(OWNER), before);
		// Once for each gift.
		assert!(!is_free(KEY, task, 0));
		assert_noop!(Tasks::release(by(KEY), task, 0), Error::<Test>::NotAssigned);
	});
}

#[test]
fn given_chunk_should_stay_when_the_device_has_committed() {
	on_chain(|| {
		let task = open(1);
		assert_ok!(Tasks::assign(DEVICE, task, 0));
		assert_ok!(Tasks::commit(by(KEY), task, 0, WORK));
		// Bound is bound: another commitment could be made to fit the challenge.
		assert!(!is_free(KEY, task, 0));
		assert_noop!(Tasks::release(by(KEY), task, 0), Error::<Test>::NotAssigned);
	});
}

#[test]
fn given_chunk_should_cost_the_device_nothing_when_its_deadline_passes() {
	on_chain(|| {
		let task = open(2);
		assert_ok!(Tasks::assign(DEVICE, task, 0));
		assert_ok!(Tasks::assign(DEVICE, task, 1));
		assert_ok!(Tasks::commit(by(KEY), task, 1, WORK));
		let (owner, key) = (Balances::free_balance(OWNER), Balances::free_balance(KEY));
		Now::set(Interval(21));
		assert_ok!(Tasks::expire(by(STRANGER), task));
		assert_eq!((Balances::free_balance(OWNER), Balances::free_balance(KEY)), (owner, key));
		assert_eq!(Balances::free_balance(CLIENT), 1_000);
		assert!(!Tasks::has_obligations(DEVICE));
		assert_eq!(running(DEVICE), 0);
	});
}

#[test]
fn given_chunk_should_be_anybodys_to_release_when_the_window_is_over() {
	on_chain(|| {
		let task = open(1);
		assert_ok!(Tasks::assign(DEVICE, task, 0));
		Now::set(Interval(12));
		assert_noop!(Tasks::release(by(STRANGER), task, 0), Error::<Test>::TooSoon);
		Now::set(Interval(13));
		assert_ok!(Tasks::release(by(STRANGER), task, 0));
	});
}
