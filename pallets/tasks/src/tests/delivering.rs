//! Telling of work that was delivered.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	traits::Dispatch, units::GramsPerKwh, Commitment, Interval, MicroGpuHours, MilligramsCo2,
	TaskId,
};
use sp_runtime::DispatchResult;

use crate::{
	mock::{Tasks, *},
	*,
};

fn prove(task: TaskId) -> DispatchResult {
	Tasks::prove(RuntimeOrigin::signed(STRANGER), task, 0, Box::new(submission()))
}

fn told() -> Vec<Told> {
	DELIVERED.with_borrow(Clone::clone)
}

#[test]
fn delivery_should_be_told_once_when_a_chunk_is_paid() {
	on_chain(|| {
		let task = committed();
		assert_eq!(told(), []);
		assert_ok!(prove(task));
		let delivery = Told {
			device: DEVICE,
			client: CLIENT,
			// When it was done, not when it was proven.
			interval: Interval(10),
			work: MicroGpuHours(1_000),
			// 400 mWh at 40 g/kWh.
			carbon: MilligramsCo2(16),
			green: true,
			assigned: false,
		};
		assert_eq!(told(), [delivery]);
		assert_noop!(prove(task), Error::<Test>::Spent);
		assert_ok!(Tasks::close(RuntimeOrigin::signed(CLIENT), task));
		assert_eq!(told().len(), 1);
	});
}

#[test]
fn delivery_should_not_be_told_when_the_proof_is_refused_or_never_comes() {
	on_chain(|| {
		let task = committed();
		Verdict::set(Err(pogcs_primitives::traits::Refusal::Spent));
		assert_noop!(prove(task), Error::<Test>::Spent);
		Now::set(Interval(21));
		assert_ok!(Tasks::expire(RuntimeOrigin::signed(STRANGER), task));
		assert_eq!(told(), []);
	});
}

#[test]
fn delivery_should_say_that_it_was_assigned_only_when_the_device_had_it_from_its_leader() {
	on_chain(|| {
		let key = || RuntimeOrigin::signed(KEY);
		let task = open(1);
		// Given, given back, then taken by the device itself: that one is its own.
		assert_ok!(Tasks::assign(DEVICE, task, 0));
		assert_ok!(Tasks::release(key(), task, 0));
		assert_ok!(Tasks::accept(key(), DEVICE, task, 0));
		assert_ok!(Tasks::commit(key(), task, 0, Commitment([5; 32])));
		let given = open(1);
		assert_ok!(Tasks::assign(DEVICE, given, 0));
		assert_ok!(Tasks::commit(key(), given, 0, Commitment([5; 32])));
		Now::set(Interval(11));
		assert_ok!(prove(task));
		assert_ok!(prove(given));
		let assigned: Vec<_> = told().into_iter().map(|told| told.assigned).collect();
		assert_eq!(assigned, [false, true]);
	});
}

#[test]
fn work_should_have_its_intervals_carbon_when_compute_drew_from_the_grid_too() {
	on_chain(|| {
		// A fifth of it was not green: what a proof uses is green, what the work emitted is the mean.
		let task = committed();
		Carbon::set(165);
		assert_ok!(prove(task));
		assert_eq!(CREDITED.with_borrow(|list| list[0].2), GramsPerKwh(132));
		assert_eq!(told()[0].carbon, MilligramsCo2(53));
	});
}

#[test]
fn work_should_have_its_classs_carbon_when_compute_drew_nothing() {
	on_chain(|| {
		let task = committed();
		ComputeDraw::set(0);
		assert_ok!(prove(task));
		assert_eq!(CREDITED.with_borrow(|list| list[0].2), GramsPerKwh(41));
		assert_eq!(told()[0].carbon, MilligramsCo2(17));
	});
}
