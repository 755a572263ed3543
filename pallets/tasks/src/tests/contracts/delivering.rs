//! Proven work on a contract's hours.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	units::{GramsPerGpuHour, GramsPerKwh},
	wire::Submission,
	MicroGpuHours, MilliWattHours, MilligramsCo2,
};
use sp_runtime::Permill;

use super::*;

fn prove_with(task: TaskId, green: u64) -> DispatchResult {
	let submission = Submission { green: MilliWattHours(green), ..submission() };
	Tasks::prove(signed(STRANGER), task, 0, Box::new(submission))
}

/// A contract's chunk that is committed, an interval ago.
fn bound(requirement: RequirementOf<Test>) -> TaskId {
	promise(DEVICE, CLASS, 11, 3_000, 1);
	let task = ask(requirement);
	at(11);
	assert_ok!(Tasks::accept(signed(KEY), DEVICE, task, 0));
	assert_ok!(Tasks::commit(signed(KEY), task, 0, Commitment([5; 32])));
	at(12);
	task
}

#[test]
fn prove_should_deliver_the_hours_and_tell_the_pool_that_owed_them() {
	on_chain(|| {
		let task = bound(requirement(proven(1), 11));
		let before = free(OWNER);
		assert_ok!(prove_with(task, 400));
		let told = Told {
			device: DEVICE,
			client: BUYER,
			interval: Interval(11),
			work: MicroGpuHours(1_000),
			carbon: MilligramsCo2(16),
			green: true,
			assigned: false,
		};
		assert_eq!(DELIVERED.with_borrow(Clone::clone), [told]);
		assert_eq!(counted(CLASS, Interval(11)), 1_000);
		// A proof is a proof: it counts for consensus as any other.
		let credited = CREDITED.with_borrow(Clone::clone);
		assert_eq!(credited, [(90, MicroGpuHours(1_000), GramsPerKwh(40))]);
		assert_eq!(Tasks::booking(task, Interval(11)).unwrap().delivered.0, 1_000);
		assert!(!Underway::<Test>::contains_key(DEVICE, Interval(11)));
		// The pool pays, from what was paid on the market.
		assert_eq!(free(OWNER), before);
	});
}

#[test]
fn prove_should_pay_the_tip_beside() {
	on_chain(|| {
		let task = bound(Requirement { tip: 12, ..requirement(proven(1), 11) });
		let before = free(OWNER);
		assert_ok!(prove_with(task, 400));
		assert_eq!(free(OWNER), before + 12);
		assert_eq!(on_hold(HoldReason::Reward, BUYER), 0);
	});
}

#[test]
fn prove_should_refuse_work_that_emitted_more_than_the_contract_allows() {
	on_chain(|| {
		let ceiling = Some(GramsPerGpuHour(10));
		let task = bound(Requirement { carbon: ceiling, ..requirement(proven(1), 11) });
		// At 40 g/kWh: 16 mg in a thousandth of a GPU-hour.
		assert_noop!(prove_with(task, 400), Error::<Test>::TooMuchCarbon);
		// The same work on an interval half of whose energy came from the grid.
		Carbon::set(300);
		assert_noop!(prove_with(task, 100), Error::<Test>::TooMuchCarbon);
		Carbon::set(50);
		assert_ok!(prove_with(task, 100));
	});
}

#[test]
fn prove_should_refuse_when_the_hours_count_as_missed() {
	on_chain(|| {
		let task = bound(requirement(proven(1), 11));
		at(11 + RESULT_TIME + 1);
		assert_noop!(prove_with(task, 400), Error::<Test>::Expired);
		// The task lasts longer if others of its chunks come later.
		crate::Tasks::<Test>::mutate(task, |record| {
			record.as_mut().unwrap().deadline = Interval(100);
		});
		assert_noop!(prove_with(task, 400), Error::<Test>::TooLate);
		at(11 + RESULT_TIME);
		assert_ok!(prove_with(task, 400));
	});
}

#[test]
fn volunteer_should_deliver_to_the_client_and_not_for_what_its_own_pool_sold() {
	on_chain(|| {
		promise(DEVICE, CLASS, 11, 3_000, 1);
		// It owes compute of another kind in the same interval.
		let any = pogcs_primitives::ClassId(CLASS.0 + ANY);
		promise(OTHER_DEVICE, any, 11, 1_000, 1);
		let task = ask(Requirement { tip: 15, ..requirement(proven(1), 11) });
		at(11);
		Elapsed::set(Permill::from_percent(60));
		let before = free(OWNER);
		deliver_proven(OTHER_DEVICE, task, 0);
		assert_eq!(Tasks::booking(task, Interval(11)).unwrap().delivered.0, 1_000);
		assert_eq!(free(OWNER), before + 15);
		assert_eq!(DELIVERED.with_borrow(Vec::len), 0);
		assert_eq!((counted(any, Interval(11)), counted(CLASS, Interval(11))), (0, 0));
	});
}

#[test]
fn task_with_a_reward_should_not_count_for_hours_that_a_pool_sold() {
	on_chain(|| {
		owe(DEVICE, CLASS, Interval(10), 1_000);
		let task = committed();
		assert_ok!(Tasks::prove(signed(STRANGER), task, 0, Box::new(submission())));
		// It is told to whoever listens to these, not to the pools.
		assert_eq!(DELIVERED.with_borrow(Vec::len), 1);
		assert_eq!(counted(CLASS, Interval(10)), 0);
	});
}

#[test]
fn close_should_end_the_task_and_leave_the_hours_to_be_settled() {
	on_chain(|| {
		let task = bound(requirement(proven(1), 11));
		assert_ok!(prove_with(task, 400));
		assert_ok!(Tasks::close(signed(BUYER), task));
		assert_eq!(Tasks::task(task), None);
		let contract = Tasks::contract(task).unwrap();
		assert!(contract.cleared);
		assert_eq!(on_hold(HoldReason::Storage, BUYER), contract.deposit);
		assert_noop!(Tasks::close(signed(BUYER), task), Error::<Test>::UnknownTask);
		assert_ok!(refund(task, 11));
		assert_eq!(Tasks::contract(task), None);
		assert_eq!(on_hold(HoldReason::Storage, BUYER), 0);
	});
}
