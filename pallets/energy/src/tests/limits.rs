//! Numbers that do not fit are refused, and change nothing.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::Interval;

use crate::{
	mock::{Reports, *},
	AllCertificates, Batteries, Error, IntervalTotals, NextBatch, NextRetirement, Source,
	SweptTotals,
};

const AT: Interval = Interval(9);

#[test]
fn report_should_be_refused_when_the_sums_do_not_fit() {
	new_test_ext().build_and_execute(|| {
		IntervalTotals::<Test>::mutate(AT, |totals| totals.generation = mwh(u64::MAX - 999));
		assert_noop!(send(report()), Error::<Test>::Overflow);
		IntervalTotals::<Test>::remove(AT);
		assert_ok!(send(report()));
	});
}

#[test]
fn batch_should_be_refused_when_no_number_or_block_is_left() {
	new_test_ext().build_and_execute(|| {
		let root = Reports::new(vec![report()]).root();
		let submit = || Energy::submit_batch(RuntimeOrigin::signed(LEADER), AT, root);
		NextBatch::<Test>::put(u64::MAX);
		assert_noop!(submit(), Error::<Test>::Overflow);
		NextBatch::<Test>::kill();
		System::set_block_number(u64::MAX);
		assert_noop!(submit(), Error::<Test>::Overflow);
		System::set_block_number(1);
		assert_ok!(submit());
	});
}

#[test]
fn certificates_should_stay_when_their_numbers_do_not_fit() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(10_000, 0, 0, 0)));
		let claim = || Energy::claim(RuntimeOrigin::signed(OWNER), DEVICE, AT);
		AllCertificates::<Test>::mutate(|all| all.issued = wh(u64::MAX - 9));
		assert_noop!(claim(), Error::<Test>::Overflow);
		AllCertificates::<Test>::kill();
		assert_ok!(claim());
		let id = certificate(AT, Source::Production);
		let retire = || Energy::retire(RuntimeOrigin::signed(OWNER), id, wh(1), BUYER, [1; 32]);
		NextRetirement::<Test>::put(u64::MAX);
		assert_noop!(retire(), Error::<Test>::Overflow);
		NextRetirement::<Test>::kill();
		assert_ok!(retire());
	});
}

#[test]
fn battery_should_stay_when_what_is_lost_does_not_fit() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(1_000, 1_000, 0, 0)));
		let registered = Registered::take();
		let forget = || Energy::forget(RuntimeOrigin::signed(STRANGER), DEVICE);
		SweptTotals::<Test>::mutate(|all| all.lost = mwh(u64::MAX - 899));
		assert_noop!(forget(), Error::<Test>::Overflow);
		SweptTotals::<Test>::kill();
		assert!(Batteries::<Test>::contains_key(DEVICE));
		assert_ok!(forget());
		Registered::set(registered);
	});
}
