//! What is left of a closed feed goes in bounded steps.

use frame_support::{assert_noop, assert_ok, traits::Hooks};

use crate::{mock::*, Closing, Error, Event, History, Seats, WeightInfo};

#[test]
fn sweep_should_remove_everything_of_a_closed_feed_step_by_step() {
	new_test_ext().build_and_execute(|| {
		for _ in 0..HISTORY {
			round(&[100, 100, 100, 100]);
		}
		idle();
		assert_ok!(Oracle::close_feed(RuntimeOrigin::root(), CARBON));
		let left = || {
			Seats::<Test>::iter_key_prefix(CARBON).count()
				+ History::<Test>::iter_key_prefix(CARBON).count()
		};
		assert_eq!(left(), 11);
		let look = <() as WeightInfo>::settle_look();
		let steps = |n: u64| look + <() as WeightInfo>::sweep_step().saturating_mul(n);
		assert_eq!(Oracle::on_idle(1, steps(4)), steps(4));
		assert_eq!(left(), 7);
		Oracle::do_try_state().unwrap();
		Oracle::on_idle(1, steps(7));
		assert_eq!(left(), 0);
		assert!(Closing::<Test>::contains_key(CARBON));
		Oracle::on_idle(1, steps(1));
		System::assert_last_event(Event::FeedSwept { feed: CARBON }.into());
		assert_eq!(Oracle::feeder(1).unwrap().feeds.into_inner(), vec![PRICE]);
		// It can be made again, and knows nothing of what was.
		assert_ok!(Oracle::set_feed(RuntimeOrigin::root(), CARBON, carbon_policy()));
		assert_eq!(Oracle::feed(CARBON).unwrap().last, None);
	});
}

#[test]
fn sweep_should_wait_for_a_decision_when_a_feeder_of_the_closed_feed_is_suspended() {
	new_test_ext().build_and_execute(|| {
		suspend_five();
		assert_ok!(Oracle::leave(RuntimeOrigin::signed(5)));
		assert_ok!(Oracle::close_feed(RuntimeOrigin::root(), CARBON));
		pass(NOTICE);
		idle();
		// Closing the feed lets nobody off.
		assert_noop!(Oracle::withdraw(RuntimeOrigin::signed(5), 5), Error::<Test>::Suspended);
		pass(DECISION - NOTICE);
		idle();
		System::assert_last_event(Event::FeedSwept { feed: CARBON }.into());
		assert_ok!(Oracle::withdraw(RuntimeOrigin::signed(5), 5));
		assert_eq!(Balances::free_balance(5), BALANCE);
	});
}
