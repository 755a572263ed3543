//! Accepting, releasing, committing.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{ChunkState, DeviceState},
	traits::Obligations,
	Commitment, DeviceId, Interval, TaskId,
};

use crate::{
	mock::{Tasks, *},
	*,
};

fn by(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn state(task: TaskId, chunk: u32) -> ChunkState {
	Chunks::<Test>::get(task, chunk).unwrap().state
}

const WORK: Commitment = Commitment([5; 32]);

#[test]
fn accept_should_assign_when_signed_by_the_device_or_its_owner() {
	on_chain(|| {
		let task = open(2);
		assert!(!Tasks::has_obligations(DEVICE));
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		assert_ok!(Tasks::accept(by(OWNER), DEVICE, task, 1));
		let interval = Interval(10);
		let assigned = ChunkState::Assigned { device: DEVICE, interval, given: false };
		assert_eq!(state(task, 0), assigned);
		assert!(Tasks::has_obligations(DEVICE));
		let accepted = Event::Accepted { task, chunk: 1, device: DEVICE, given: false };
		System::assert_last_event(accepted.into());
	});
}

#[test]
fn accept_should_refuse_by_name() {
	on_chain(|| {
		let task = open(4);
		let accept = |who, device, task, chunk| Tasks::accept(by(who), device, task, chunk);
		assert_noop!(accept(STRANGER, DEVICE, task, 0), Error::<Test>::NotYours);
		assert_noop!(accept(OWNER, DeviceId(1), task, 0), Error::<Test>::UnknownDevice);
		assert_noop!(accept(KEY, DEVICE, TaskId(9), 0), Error::<Test>::UnknownTask);
		assert_noop!(accept(KEY, DEVICE, task, 4), Error::<Test>::UnknownChunk);
		for offline in [DeviceState::Pending, DeviceState::Leaving, DeviceState::Suspended] {
			State::set(offline);
			assert_noop!(accept(KEY, DEVICE, task, 0), Error::<Test>::Offline);
		}
		State::set(DeviceState::Online);
		Now::set(Interval(0));
		assert_noop!(accept(KEY, DEVICE, task, 0), Error::<Test>::Fresh);
		Now::set(Interval(10));
		assert_ok!(accept(KEY, DEVICE, task, 0));
		assert_noop!(accept(OWNER, DeviceId(8), task, 0), Error::<Test>::Taken);
		assert_ok!(accept(KEY, DEVICE, task, 1));
		assert_noop!(accept(KEY, DEVICE, task, 2), Error::<Test>::Busy);
		Now::set(Interval(21));
		assert_noop!(accept(OWNER, DeviceId(8), task, 3), Error::<Test>::Expired);
	});
}

#[test]
fn accept_should_refuse_when_the_task_wants_another_class() {
	on_chain(|| {
		let inputs: Inputs<Test> = vec![images()].try_into().unwrap();
		assert_ok!(Tasks::open(by(CLIENT), 0, OTHER_CLASS, inputs, REWARD, Interval(20)));
		assert_noop!(Tasks::accept(by(KEY), DEVICE, TaskId(0), 0), Error::<Test>::WrongClass);
	});
}

#[test]
fn release_should_be_the_devices_at_once_and_anybodys_after_the_window() {
	on_chain(|| {
		let task = open(2);
		assert_noop!(Tasks::release(by(STRANGER), task, 0), Error::<Test>::NotAssigned);
		assert_noop!(Tasks::release(by(STRANGER), task, 7), Error::<Test>::UnknownChunk);
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		assert_ok!(Tasks::release(by(KEY), task, 0));
		assert_eq!(state(task, 0), ChunkState::Open);
		assert!(!Tasks::has_obligations(DEVICE));
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		Now::set(Interval(12));
		assert_noop!(Tasks::release(by(STRANGER), task, 0), Error::<Test>::TooSoon);
		Now::set(Interval(13));
		assert_ok!(Tasks::release(by(STRANGER), task, 0));
		System::assert_last_event(Event::Released { task, chunk: 0, device: DEVICE }.into());
	});
}

#[test]
fn commit_should_bind_the_device_to_this_interval() {
	on_chain(|| {
		let task = open(1);
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		Now::set(Interval(12));
		assert_ok!(Tasks::commit(by(KEY), task, 0, WORK));
		let interval = Interval(12);
		let bound = ChunkState::Committed { device: DEVICE, interval, work: WORK, given: false };
		assert_eq!(state(task, 0), bound);
		// Once: a second commitment could be made to fit the challenge.
		assert_noop!(Tasks::commit(by(KEY), task, 0, WORK), Error::<Test>::NotAssigned);
		assert_noop!(Tasks::release(by(KEY), task, 0), Error::<Test>::NotAssigned);
	});
}

#[test]
fn commit_should_refuse_by_name() {
	on_chain(|| {
		let task = open(1);
		assert_noop!(Tasks::commit(by(KEY), task, 0, WORK), Error::<Test>::NotAssigned);
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		assert_noop!(Tasks::commit(by(STRANGER), task, 0, WORK), Error::<Test>::NotYours);
		let beyond = Commitment([0xff; 32]);
		assert_noop!(Tasks::commit(by(KEY), task, 0, beyond), Error::<Test>::NonCanonical);
		assert_noop!(Tasks::commit(by(KEY), TaskId(5), 0, WORK), Error::<Test>::UnknownTask);
		assert_noop!(Tasks::commit(by(KEY), task, 5, WORK), Error::<Test>::UnknownChunk);
		Now::set(Interval(20));
		assert_noop!(Tasks::commit(by(KEY), task, 0, WORK), Error::<Test>::Expired);
	});
}
