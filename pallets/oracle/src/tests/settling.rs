//! What the submissions of an interval come to once it is over.

use frame_support::{
	assert_noop, assert_ok,
	traits::Hooks,
	weights::{Weight, WeightMeter},
};
use pogcs_primitives::{grid::Reading, units::GramsPerKwh, Interval};

use crate::{mock::*, types::*, Error, Event, History, Rounds, SettledUntil, WeightInfo};

fn accepted(interval: Interval, grams: u32, submissions: u32, agreeing: u32, jump: bool) {
	System::assert_has_event(
		Event::Accepted {
			feed: CARBON,
			interval,
			reading: Reading::Carbon(GramsPerKwh(grams)),
			submissions,
			agreeing,
			jump,
		}
		.into(),
	);
}

fn refused(interval: Interval, refusal: Refusal) {
	System::assert_has_event(Event::Refused { feed: CARBON, interval, refusal }.into());
}

#[test]
fn settle_should_accept_the_median_when_a_quorum_submitted() {
	new_test_ext().build_and_execute(|| {
		let first = round(&[100, 104, 110, 90, 95]);
		idle();
		assert_eq!(carbon(first), Some(100));
		accepted(first, 100, 5, 5, true);
		let second = round(&[130, 120, 140]);
		idle();
		assert_eq!(carbon(second), Some(130));
		accepted(second, 130, 3, 3, false);
		assert_eq!(Rounds::<Test>::iter().count(), 0);
		assert_eq!(SettledUntil::<Test>::get(), Now::get());
	});
}

#[test]
fn settle_should_round_up_when_the_median_lies_between_two() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 101, 104, 90]);
		assert_eq!(carbon(interval), Some(101));
		idle();
		accepted(interval, 101, 4, 4, true);
	});
}

#[test]
fn settle_should_refuse_when_too_few_submitted() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100]);
		let interval = round(&[110, 110]);
		idle();
		refused(interval, Refusal::NoQuorum { submissions: 2 });
		// The last value stands in.
		assert_eq!(carbon(interval), Some(100));
	});
}

#[test]
fn first_value_should_need_the_quorum_of_a_jump() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 100]);
		idle();
		refused(interval, Refusal::Unconfirmed { median: Level(100), agreeing: 3 });
		assert_eq!(carbon(interval), None);
		let next = round(&[100, 100, 100, 100]);
		assert_eq!(carbon(next), Some(100));
	});
}

#[test]
fn jump_should_be_accepted_when_enough_agree() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100]);
		let interval = round(&[400, 410, 405, 395, 100]);
		idle();
		accepted(interval, 400, 5, 4, true);
		assert_eq!(carbon(interval), Some(400));
	});
}

#[test]
fn jump_should_be_refused_when_too_few_agree() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100]);
		let interval = round(&[400, 400, 400, 100, 100]);
		idle();
		refused(interval, Refusal::Unconfirmed { median: Level(400), agreeing: 3 });
		assert_eq!(carbon(interval), Some(100));
		// Nobody is to blame for a value that was not accepted.
		assert_eq!((1..=5).map(score).sum::<u32>(), 0);
	});
}

#[test]
fn step_should_be_accepted_up_to_the_last_gram() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100]);
		let step = round(&[150, 150, 150]);
		assert_eq!(carbon(step), Some(150));
		let beyond = round(&[201, 201, 201]);
		assert_eq!(carbon(beyond), Some(150));
		let down = round(&[100, 100, 100]);
		assert_eq!(carbon(down), Some(100));
	});
}

#[test]
fn step_should_widen_with_each_interval_without_a_value() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100]);
		assert_eq!(carbon(round(&[250, 250, 250])), Some(100));
		assert_eq!(carbon(round(&[250, 250, 250])), Some(100));
		// Three intervals: three steps.
		assert_eq!(carbon(round(&[250, 250, 250])), Some(250));
	});
}

#[test]
fn settle_should_refuse_when_bounds_were_narrowed_meanwhile() {
	new_test_ext().build_and_execute(|| {
		for who in 1..=4 {
			submit(who, 900).unwrap();
		}
		let policy = Policy { most: Level(800), ..carbon_policy() };
		assert_ok!(Oracle::set_feed(RuntimeOrigin::root(), CARBON, policy));
		pass(1);
		idle();
		refused(START, Refusal::OutOfBounds { median: Level(900) });
	});
}

#[test]
fn settle_should_come_with_the_next_submission_when_blocks_are_full() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 100, 100]);
		assert_eq!(Oracle::feed(CARBON).unwrap().open, Some(interval));
		let post = submit(5, 100).unwrap();
		let weight = <() as WeightInfo>::submit() + <() as WeightInfo>::settle_round(4);
		assert_eq!(post.actual_weight, Some(weight));
		assert_eq!(Oracle::feed(CARBON).unwrap().open, Some(Now::get()));
		accepted(interval, 100, 4, 4, true);
		// The second one has nothing to settle and costs less.
		assert_eq!(submit(1, 100).unwrap().actual_weight, Some(<() as WeightInfo>::submit()));
	});
}

#[test]
fn settle_should_go_on_in_the_next_block_when_weight_runs_out() {
	new_test_ext().build_and_execute(|| {
		for who in 1..=4 {
			submit(who, 100).unwrap();
			submit_price(who, 100).unwrap();
		}
		pass(1);
		let look = <() as WeightInfo>::settle_look();
		let round = <() as WeightInfo>::settle_round(SEATS);
		assert_eq!(Oracle::on_idle(1, Weight::zero()), Weight::zero());
		let mut meter = WeightMeter::with_limit(look.saturating_mul(3) + round);
		assert_eq!(Oracle::settle_due(&mut meter), 1);
		assert_eq!(Rounds::<Test>::iter().count(), 1);
		assert_eq!(SettledUntil::<Test>::get(), START);
		Oracle::do_try_state().unwrap();
		let mut meter = WeightMeter::with_limit(look.saturating_mul(3) + round);
		assert_eq!(Oracle::settle_due(&mut meter), 2);
		assert_eq!(SettledUntil::<Test>::get(), Now::get());
	});
}

#[test]
fn settle_call_should_do_what_blocks_have_no_weight_for() {
	new_test_ext().build_and_execute(|| {
		let settle = |limit| Oracle::settle(RuntimeOrigin::signed(STRANGER), limit);
		assert_noop!(settle(1), Error::<Test>::NothingDue);
		round(&[100, 100, 100, 100]);
		assert_noop!(settle(0), Error::<Test>::NothingDue);
		let post = settle(3).unwrap();
		let look = <() as WeightInfo>::settle_look();
		let weight = look.saturating_mul(3) + <() as WeightInfo>::settle_round(SEATS);
		assert_eq!(post.actual_weight, Some(weight));
		assert_eq!(SettledUntil::<Test>::get(), Now::get());
		assert_noop!(settle(1), Error::<Test>::NothingDue);
	});
}

#[test]
fn settle_should_catch_up_when_intervals_were_skipped() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 100, 100]);
		pass(4_000);
		assert_eq!(carbon(interval), Some(100));
		idle();
		assert_eq!(SettledUntil::<Test>::get(), Now::get());
		assert_eq!(carbon(interval), Some(100));
	});
}

#[test]
fn history_should_be_bounded_when_time_goes_on() {
	new_test_ext().build_and_execute(|| {
		for _ in 0..3 * HISTORY {
			round(&[100, 100, 100, 100]);
		}
		idle();
		assert_eq!(History::<Test>::iter().count(), HISTORY as usize);
	});
}
