//! Expiring and closing.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{traits::Obligations, Interval, TaskId};

use crate::{
	mock::{Tasks, *},
	*,
};

fn by(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

#[test]
fn expire_should_refund_what_was_not_proven_and_free_everything() {
	on_chain(|| {
		let paid = committed();
		let task = open(2);
		assert_ok!(Tasks::prove(by(KEY), paid, 0, Box::new(submission())));
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 1));
		assert_noop!(Tasks::expire(by(STRANGER), task), Error::<Test>::NotOver);
		Now::set(Interval(20));
		assert_noop!(Tasks::expire(by(STRANGER), task), Error::<Test>::NotOver);
		Now::set(Interval(21));
		assert_ok!(Tasks::expire(by(STRANGER), task));
		System::assert_last_event(Event::Closed { task, unpaid: 2, refunded: 2 * REWARD }.into());
		assert_ok!(Tasks::expire(by(STRANGER), paid));
		assert_eq!(Balances::free_balance(CLIENT), 1_000 - REWARD);
		assert!(!Tasks::has_obligations(DEVICE));
		assert_eq!(Chunks::<Test>::iter().count(), 0);
		assert_noop!(Tasks::expire(by(STRANGER), task), Error::<Test>::UnknownTask);
	});
}

#[test]
fn close_should_wait_for_the_last_payment_and_be_the_clients() {
	on_chain(|| {
		let task = committed();
		assert_noop!(Tasks::close(by(CLIENT), task), Error::<Test>::NotOver);
		assert_ok!(Tasks::prove(by(KEY), task, 0, Box::new(submission())));
		assert_noop!(Tasks::close(by(STRANGER), task), Error::<Test>::NotOver);
		assert_ok!(Tasks::close(by(CLIENT), task));
		System::assert_last_event(Event::Closed { task, unpaid: 0, refunded: 0 }.into());
		assert_noop!(Tasks::close(by(CLIENT), TaskId(9)), Error::<Test>::UnknownTask);
	});
}

#[test]
fn close_should_be_anybodys_after_the_deadline() {
	on_chain(|| {
		let task = committed();
		assert_ok!(Tasks::prove(by(KEY), task, 0, Box::new(submission())));
		Now::set(Interval(21));
		assert_ok!(Tasks::close(by(STRANGER), task));
	});
}
