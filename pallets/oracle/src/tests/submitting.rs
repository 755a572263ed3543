//! A feeder says once for each interval what it knows, free of charge.

use frame_support::{assert_noop, assert_ok, dispatch::CheckIfFeeless};
use pogcs_primitives::{
	grid::Reading,
	units::{GramsPerKwh, MicrosPerKwh},
	Interval, ZoneId,
};

use crate::{mock::*, Call, Error, Event};

fn grams(grams: u32) -> Reading {
	Reading::Carbon(GramsPerKwh(grams))
}

fn is_free(who: u64, interval: Interval, reading: Reading) -> bool {
	let call = RuntimeCall::Oracle(Call::submit { zone: ZONE, interval, reading });
	call.is_feeless(&RuntimeOrigin::signed(who))
}

#[test]
fn submit_should_be_on_record_when_the_feeder_may() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(submit(2, 120));
		System::assert_last_event(
			Event::Submitted { feeder: 2, zone: ZONE, interval: START, reading: grams(120) }.into(),
		);
		assert_ok!(submit(1, 130));
		assert_ok!(submit(3, 110));
		let shown = vec![(3, grams(110)), (2, grams(120)), (1, grams(130))];
		assert_eq!(Oracle::submissions(CARBON), shown);
		assert_eq!(Oracle::submissions(PRICE), vec![]);
	});
}

#[test]
fn submit_should_take_prices_below_zero() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(submit_price(1, -500_000));
		assert_eq!(Oracle::submissions(PRICE), vec![(1, Reading::Price(MicrosPerKwh(-500_000)))]);
	});
}

#[test]
fn submit_should_be_refused_when_early_or_late() {
	new_test_ext().build_and_execute(|| {
		let at = |interval: u32| submit_of(1, Interval(interval), grams(100));
		assert_noop!(at(START.0 - 1), Error::<Test>::PastInterval);
		assert_noop!(at(START.0 + 1), Error::<Test>::FutureInterval);
		assert_ok!(at(START.0));
	});
}

#[test]
fn submit_should_be_refused_when_sent_twice() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(submit(1, 100));
		assert_noop!(submit(1, 100), Error::<Test>::AlreadySubmitted);
		// Nor can it be taken back for another value.
		assert_noop!(submit(1, 101), Error::<Test>::AlreadySubmitted);
		pass(1);
		assert_ok!(submit(1, 100));
	});
}

#[test]
fn submit_should_be_refused_when_out_of_bounds() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(submit(1, 1_001), Error::<Test>::OutOfBounds);
		assert_ok!(submit(1, 1_000));
		assert_noop!(submit_price(1, -500_001), Error::<Test>::OutOfBounds);
		assert_noop!(submit_price(1, 4_000_001), Error::<Test>::OutOfBounds);
	});
}

#[test]
fn submit_should_be_refused_when_the_sender_may_not() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(submit(STRANGER, 100), Error::<Test>::NotAssigned);
		assert_noop!(
			Oracle::submit(RuntimeOrigin::signed(1), ZoneId(2), START, grams(100)),
			Error::<Test>::UnknownFeed
		);
		assert_noop!(
			Oracle::submit(RuntimeOrigin::root(), ZONE, START, grams(100)),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn submit_should_be_refused_when_a_slash_left_too_little_bond() {
	new_test_ext().build_and_execute(|| {
		suspend_five();
		let slash = sp_runtime::Perbill::from_percent(10);
		assert_ok!(Oracle::judge(RuntimeOrigin::root(), CARBON, 5, slash));
		assert_noop!(submit_price(5, 100), Error::<Test>::NotBonded);
		assert_ok!(Oracle::bond(RuntimeOrigin::signed(5)));
		assert_eq!(on_hold(5), BOND);
		assert_ok!(submit_price(5, 100));
	});
}

#[test]
fn submit_should_be_free_only_when_it_would_be_taken() {
	new_test_ext().build_and_execute(|| {
		assert!(is_free(1, START, grams(100)));
		assert!(!is_free(1, START, grams(1_001)));
		assert!(!is_free(1, Interval(START.0 - 1), grams(100)));
		assert!(!is_free(1, Interval(START.0 + 1), grams(100)));
		assert!(!is_free(STRANGER, START, grams(100)));
		assert_ok!(submit(1, 100));
		// The quota is one for each feed and interval.
		assert!(!is_free(1, START, grams(100)));
		assert!(is_free(1, START, Reading::Price(MicrosPerKwh(1))));
	});
}

#[test]
fn submit_should_be_neither_free_nor_taken_when_the_last_round_suspends_the_sender() {
	new_test_ext().build_and_execute(|| {
		for _ in 0..LIMIT / PENALTY {
			round(&[100, 100, 100, 100, 300]);
		}
		// Nobody has settled the last round yet: what came before in the block decides nothing.
		assert!(!is_suspended(5));
		assert!(!is_free(5, Now::get(), grams(100)));
		assert_noop!(submit(5, 100), Error::<Test>::Suspended);
		assert_ok!(submit(1, 100));
		assert!(is_suspended(5));
		assert_noop!(submit(5, 100), Error::<Test>::Suspended);
	});
}

#[test]
fn due_should_list_what_a_feeder_has_not_submitted() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(Oracle::due(1), vec![CARBON, PRICE]);
		submit(1, 100).unwrap();
		assert_eq!(Oracle::due(1), vec![PRICE]);
		submit_price(1, 100).unwrap();
		assert_eq!(Oracle::due(1), vec![]);
		assert_eq!(Oracle::due(STRANGER), vec![]);
		pass(1);
		assert_eq!(Oracle::due(1), vec![CARBON, PRICE]);
	});
}
