//! Refunds of what was asked for and not delivered.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::MicroGpuHours;

use super::*;

/// A contract of three chunks in interval 11, of which one is delivered. It is interval 11.
fn partly_delivered() -> TaskId {
	promise(DEVICE, CLASS, 11, 9_000, 1);
	let task = ask(requirement(proven(3), 11));
	at(11);
	deliver_proven(DEVICE, task, 0);
	task
}

#[test]
fn refund_should_pay_for_what_was_missed_once_it_is_settled() {
	on_chain(|| {
		let task = partly_delivered();
		at(11 + RESULT_TIME);
		assert_noop!(refund(task, 11), Error::<Test>::NotOver);
		at(11 + RESULT_TIME + 1);
		assert_noop!(refund(task, 11), Error::<Test>::NotSettled);
		assert_eq!(Tasks::refund_due(task, Interval(11)), None);
		settle(CLASS, 11);
		let due = 2_000 * COVERED;
		assert_eq!(Tasks::refund_due(task, Interval(11)), Some(due));
		let (client, insurance) = (free(BUYER), free(INSURANCE));
		let booking = Tasks::booking(task, Interval(11)).unwrap();
		assert_ok!(refund(task, 11));
		assert_eq!(free(BUYER), client + due);
		assert_eq!(free(INSURANCE), insurance - due);
		System::assert_last_event(
			Event::Settled {
				task,
				interval: Interval(11),
				client: BUYER,
				booking,
				missed: MicroGpuHours(2_000),
				amount: due,
			}
			.into(),
		);
		// Once.
		assert_noop!(refund(task, 11), Error::<Test>::NotBooked);
		assert_ok!(Tasks::expire(signed(STRANGER), task));
		assert_noop!(refund(task, 11), Error::<Test>::UnknownTask);
	});
}

#[test]
fn interval_should_be_settled_at_once_when_all_of_it_was_delivered() {
	on_chain(|| {
		let task = ask_proven();
		at(11);
		assert_noop!(refund(task, 11), Error::<Test>::NotOver);
		deliver_proven(DEVICE, task, 0);
		assert_noop!(refund(task, 11), Error::<Test>::NotOver);
		assert_eq!(Tasks::refund_due(task, Interval(11)), None);
		at(12);
		assert_eq!(Tasks::refund_due(task, Interval(11)), Some(0));
		let client = free(BUYER);
		assert_ok!(refund(task, 11));
		assert_eq!(free(BUYER), client);
	});
}

#[test]
fn hours_that_were_redeemed_and_never_proven_should_be_refunded() {
	on_chain(|| {
		let task = ask_proven();
		at(11);
		assert_ok!(Tasks::accept(signed(KEY), DEVICE, task, 0));
		assert_ok!(Tasks::commit(signed(KEY), task, 0, Commitment([5; 32])));
		at(11 + RESULT_TIME + 1);
		settle(CLASS, 11);
		let client = free(BUYER);
		assert_ok!(refund(task, 11));
		assert_eq!(free(BUYER), client + 1_000 * COVERED);
		// The proof that comes now is too late.
		let prove = Tasks::prove(signed(STRANGER), task, 0, Box::new(submission()));
		assert_noop!(prove, Error::<Test>::Expired);
	});
}

#[test]
fn hours_that_were_sold_again_should_not_be_refunded() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 1);
		let task = ask(requirement(proven(3), 12));
		assert_ok!(Tasks::resell(signed(BUYER), task, Interval(12), 2, 0));
		at(12 + RESULT_TIME + 1);
		settle(CLASS, 12);
		let client = free(BUYER);
		assert_ok!(refund(task, 12));
		assert_eq!(free(BUYER), client + 1_000 * COVERED);
	});
}

#[test]
fn hours_should_be_written_off_when_nobody_says_what_is_due_for_them() {
	on_chain(|| {
		let task = partly_delivered();
		at(11 + REFUND_TIME);
		assert_noop!(refund(task, 11), Error::<Test>::NotSettled);
		at(11 + REFUND_TIME + 1);
		let client = free(BUYER);
		assert_ok!(refund(task, 11));
		assert_eq!(free(BUYER), client);
	});
}

#[test]
fn refund_should_wait_when_the_insurance_cannot_pay() {
	on_chain(|| {
		let task = partly_delivered();
		at(11 + RESULT_TIME + 1);
		settle(CLASS, 11);
		let due = 2_000 * COVERED;
		let set = |amount| Balances::force_set_balance(RuntimeOrigin::root(), INSURANCE, amount);
		// It keeps what an account must have.
		assert_ok!(set(due));
		assert_noop!(refund(task, 11), Error::<Test>::Uninsured);
		assert!(Tasks::booking(task, Interval(11)).is_some());
		assert_ok!(set(due + 1));
		assert_ok!(refund(task, 11));
	});
}

#[test]
fn contracts_should_share_what_is_covered_by_what_each_missed() {
	on_chain(|| {
		promise(DEVICE, CLASS, 11, 9_000, 1);
		promise(OTHER_DEVICE, CLASS, 11, 9_000, 1);
		let first = ask(requirement(proven(1), 11));
		let second = ask(requirement(proven(3), 11));
		at(11);
		// Of the second one chunk is delivered: 3,000 of 4,000 are missed.
		deliver_proven(DEVICE, second, 1);
		at(11 + RESULT_TIME + 1);
		settle(CLASS, 11);
		let (client, insurance) = (free(BUYER), free(INSURANCE));
		assert_ok!(refund(first, 11));
		assert_eq!(free(BUYER), client + 1_000 * COVERED);
		assert_ok!(refund(second, 11));
		assert_eq!(free(BUYER), client + 3_000 * COVERED);
		assert_eq!(free(INSURANCE), insurance - 3_000 * COVERED);
	});
}

#[test]
fn refund_should_refuse_by_name() {
	on_chain(|| {
		let task = ask_proven();
		assert_noop!(refund(TaskId(9), 11), Error::<Test>::UnknownTask);
		assert_noop!(refund(task, 12), Error::<Test>::NotBooked);
		// A task with a reward has no hours.
		let plain = crate::mock::open(1);
		assert_noop!(refund(plain, 11), Error::<Test>::UnknownTask);
	});
}
