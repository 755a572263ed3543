//! Who is far from the others too often is suspended; people decide about its bond.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::Interval;
use sp_runtime::{DispatchResult, Perbill};

use crate::{mock::*, types::*, Error, Event};

fn judge(who: u64, percent: u32) -> DispatchResult {
	Oracle::judge(RuntimeOrigin::root(), CARBON, who, Perbill::from_percent(percent))
}

fn resume(who: u64) -> DispatchResult {
	Oracle::resume(RuntimeOrigin::signed(who), CARBON)
}

fn accuse(who: u64) -> DispatchResult {
	Oracle::accuse(RuntimeOrigin::root(), CARBON, who)
}

#[test]
fn outlier_should_be_struck_when_a_quorum_agrees() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 110, 120, 121]);
		idle();
		// The median is 110, and 121 is within 20 of it.
		assert_eq!(score(5), 0);
		let next = round(&[100, 100, 100, 120, 121]);
		idle();
		assert_eq!((score(4), score(5)), (0, PENALTY));
		System::assert_has_event(
			Event::Struck { feed: CARBON, feeder: 5, interval: next, score: PENALTY }.into(),
		);
		assert!(interval < next);
	});
}

#[test]
fn outlier_should_not_be_struck_when_no_quorum_agrees() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100]);
		// Five opinions: the median is accepted, but nobody can say who is wrong.
		let interval = round(&[0, 50, 100, 150, 200]);
		idle();
		assert_eq!(carbon(interval), Some(100));
		assert_eq!((1..=5).map(score).sum::<u32>(), 0);
	});
}

#[test]
fn score_should_fall_with_each_interval_near_the_others() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100, 300]);
		round(&[100, 100, 100, 100, 300]);
		idle();
		assert_eq!(score(5), 2 * PENALTY);
		for left in (0..2 * PENALTY).rev() {
			round(&[100, 100, 100, 100, 100]);
			idle();
			assert_eq!(score(5), left);
		}
		round(&[100, 100, 100, 100, 100]);
		idle();
		assert_eq!(score(5), 0);
		assert!(!is_suspended(5));
	});
}

#[test]
fn score_should_stay_when_the_feeder_submits_nothing() {
	new_test_ext().build_and_execute(|| {
		round(&[100, 100, 100, 100, 300]);
		round(&[100, 100, 100, 100]);
		idle();
		assert_eq!(score(5), PENALTY);
	});
}

#[test]
fn outlier_should_be_suspended_when_it_repeats() {
	new_test_ext().build_and_execute(|| {
		suspend_five();
		let cause = Cause::Outlier {
			interval: Interval(Now::get().0 - 1),
			submitted: Level(300),
			accepted: Level(100),
			agreeing: 4,
		};
		System::assert_has_event(Event::Suspended { feed: CARBON, feeder: 5, cause }.into());
		let seat = Oracle::seat(CARBON, 5).unwrap();
		assert_eq!(seat.suspicion, Some(Suspicion { since: Now::get(), cause }));
		assert_noop!(submit(5, 100), Error::<Test>::Suspended);
		// Nothing is taken before somebody decides, and other feeds know nothing of it.
		assert_eq!(on_hold(5), BOND);
		assert_ok!(submit_price(5, 100));
	});
}

#[test]
fn suspended_feeder_should_keep_its_seat_until_it_is_judged() {
	new_test_ext().build_and_execute(|| {
		suspend_five();
		assert_noop!(Oracle::unassign(RuntimeOrigin::root(), CARBON, 5), Error::<Test>::Suspended);
	});
}

#[test]
fn judge_should_take_part_of_the_bond_when_guilty() {
	new_test_ext().build_and_execute(|| {
		suspend_five();
		assert_noop!(judge(5, 51), Error::<Test>::Excessive);
		assert_ok!(judge(5, 50));
		// Half of 101, rounded up.
		System::assert_last_event(Event::Slashed { feed: CARBON, feeder: 5, amount: 51 }.into());
		assert_eq!((on_hold(5), Balances::free_balance(INSURANCE)), (50, 52));
		assert_eq!(Oracle::seat(CARBON, 5), None);
		let feeder = Oracle::feeder(5).unwrap();
		assert_eq!((feeder.bond, feeder.standing), (50, Standing::Admitted));
		assert_eq!(feeder.feeds.into_inner(), vec![PRICE]);
		assert_noop!(judge(5, 50), Error::<Test>::NotAssigned);
	});
}

#[test]
fn judge_should_reinstate_when_innocent() {
	new_test_ext().build_and_execute(|| {
		suspend_five();
		assert_ok!(judge(5, 0));
		System::assert_last_event(Event::Reinstated { feed: CARBON, feeder: 5 }.into());
		assert_eq!(Oracle::seat(CARBON, 5), Some(Seat::default()));
		assert_eq!(on_hold(5), BOND);
		assert_ok!(submit(5, 100));
		assert_noop!(judge(5, 0), Error::<Test>::NotSuspended);
	});
}

#[test]
fn judge_should_slash_what_is_left_when_the_feeder_is_leaving() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Oracle::leave(RuntimeOrigin::signed(1)));
		assert_ok!(accuse(1));
		assert_ok!(judge(1, 50));
		pass(NOTICE);
		idle();
		assert_ok!(Oracle::withdraw(RuntimeOrigin::signed(1), 1));
		assert_eq!(Balances::free_balance(1), BALANCE - 51);
	});
}

#[test]
fn resume_should_reinstate_when_nobody_decided_in_time() {
	new_test_ext().build_and_execute(|| {
		suspend_five();
		pass(DECISION - 1);
		assert_noop!(resume(5), Error::<Test>::Undecided);
		pass(1);
		assert_ok!(resume(5));
		System::assert_last_event(Event::Reinstated { feed: CARBON, feeder: 5 }.into());
		assert_eq!(score(5), 0);
		assert_noop!(resume(5), Error::<Test>::NotSuspended);
		assert_noop!(resume(STRANGER), Error::<Test>::NotAssigned);
	});
}

#[test]
fn accuse_should_suspend_and_drop_what_was_submitted() {
	new_test_ext().build_and_execute(|| {
		for who in 1..=5 {
			submit(who, 900).unwrap();
		}
		for who in 1..=3 {
			assert_ok!(accuse(who));
		}
		System::assert_last_event(
			Event::Suspended { feed: CARBON, feeder: 3, cause: Cause::Accused }.into(),
		);
		assert_noop!(accuse(3), Error::<Test>::Suspended);
		assert_noop!(accuse(STRANGER), Error::<Test>::NotAssigned);
		assert_eq!(Oracle::submissions(CARBON).len(), 2);
		assert_noop!(submit(3, 100), Error::<Test>::Suspended);
		pass(1);
		assert_eq!(carbon(START), None);
	});
}

#[test]
fn judge_should_reach_a_suspended_feeder_when_its_feed_was_closed() {
	new_test_ext().build_and_execute(|| {
		for who in 1..=3 {
			assert_ok!(accuse(who));
		}
		assert_ok!(Oracle::close_feed(RuntimeOrigin::root(), CARBON));
		idle();
		assert_ok!(judge(1, 50));
		System::assert_last_event(Event::Slashed { feed: CARBON, feeder: 1, amount: 51 }.into());
		assert_ok!(judge(2, 0));
		assert_noop!(resume(3), Error::<Test>::Undecided);
		assert_noop!(
			Oracle::set_feed(RuntimeOrigin::root(), CARBON, carbon_policy()),
			Error::<Test>::FeedClosing
		);
		pass(DECISION);
		idle();
		// Nobody decided about the third: it has its bond, and the feed is gone.
		assert_noop!(judge(3, 50), Error::<Test>::UnknownFeed);
		assert_eq!((on_hold(1), on_hold(2), on_hold(3)), (50, BOND, BOND));
		assert_ok!(Oracle::set_feed(RuntimeOrigin::root(), CARBON, carbon_policy()));
	});
}

#[test]
fn calls_about_a_closed_feed_should_be_refused() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Oracle::close_feed(RuntimeOrigin::root(), CARBON));
		assert_noop!(judge(5, 10), Error::<Test>::NotSuspended);
		assert_noop!(resume(5), Error::<Test>::NotSuspended);
		assert_noop!(accuse(1), Error::<Test>::UnknownFeed);
		assert_noop!(
			Oracle::unassign(RuntimeOrigin::root(), CARBON, 1),
			Error::<Test>::UnknownFeed
		);
		idle();
		assert_noop!(judge(5, 10), Error::<Test>::UnknownFeed);
		assert_noop!(resume(5), Error::<Test>::UnknownFeed);
	});
}
