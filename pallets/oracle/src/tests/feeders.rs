//! Feeders are admitted, bond, take seats, leave and get their bond back.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	grid::{FeedId, Quantity},
	Interval, ZoneId,
};
use sp_runtime::{DispatchResult, TokenError};

use crate::{mock::*, types::*, Error, Event};

fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

fn admit(who: u64) -> DispatchResult {
	Oracle::admit(root(), who, name("TSO"))
}

fn bond(who: u64) -> DispatchResult {
	Oracle::bond(RuntimeOrigin::signed(who))
}

fn leave(who: u64) -> DispatchResult {
	Oracle::leave(RuntimeOrigin::signed(who))
}

fn withdraw(who: u64) -> DispatchResult {
	Oracle::withdraw(RuntimeOrigin::signed(STRANGER), who)
}

fn standing(who: u64) -> Standing {
	Oracle::feeder(who).unwrap().standing
}

#[test]
fn admit_should_make_a_feeder_that_must_still_bond() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(admit(STRANGER));
		System::assert_last_event(Event::Admitted { feeder: STRANGER, name: name("TSO") }.into());
		assert_eq!((standing(STRANGER), on_hold(STRANGER)), (Standing::Admitted, 0));
		assert_noop!(Oracle::assign(root(), CARBON, STRANGER), Error::<Test>::NotBonded);
		assert_ok!(bond(STRANGER));
		System::assert_last_event(
			Event::Bonded { feeder: STRANGER, amount: BOND, bond: BOND }.into(),
		);
		assert_eq!((standing(STRANGER), on_hold(STRANGER)), (Standing::Active, BOND));
	});
}

#[test]
fn admit_should_be_refused_when_known_nameless_or_too_many() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(admit(1), Error::<Test>::FeederExists);
		assert_noop!(Oracle::admit(root(), STRANGER, name("")), Error::<Test>::NoName);
		for who in 6..=20 {
			assert_ok!(admit(who));
		}
		assert_noop!(admit(POOR), Error::<Test>::TooManyFeeders);
	});
}

#[test]
fn bond_should_be_refused_when_it_cannot_or_need_not_be() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(bond(STRANGER), Error::<Test>::UnknownFeeder);
		assert_noop!(bond(1), Error::<Test>::FullyBonded);
		assert_ok!(admit(POOR));
		assert_noop!(bond(POOR), TokenError::FundsUnavailable);
		assert_ok!(leave(1));
		assert_noop!(bond(1), Error::<Test>::Left);
	});
}

#[test]
fn assign_should_give_a_seat_and_the_right_to_submit() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(admit(STRANGER));
		assert_ok!(bond(STRANGER));
		assert_noop!(submit(STRANGER, 100), Error::<Test>::NotAssigned);
		assert_ok!(Oracle::assign(root(), CARBON, STRANGER));
		System::assert_last_event(Event::Assigned { feed: CARBON, feeder: STRANGER }.into());
		assert_ok!(submit(STRANGER, 100));
		assert_eq!(Oracle::feed(CARBON).unwrap().seats, 6);
		// Carbon only: whoever knows one does not know the other.
		assert_noop!(submit_price(STRANGER, 100), Error::<Test>::NotAssigned);
	});
}

#[test]
fn assign_should_be_refused_when_something_is_wrong() {
	new_test_ext().build_and_execute(|| {
		let elsewhere = FeedId { zone: ZoneId(2), quantity: Quantity::Carbon };
		assert_noop!(Oracle::assign(root(), elsewhere, 1), Error::<Test>::UnknownFeed);
		assert_noop!(Oracle::assign(root(), CARBON, STRANGER), Error::<Test>::UnknownFeeder);
		assert_noop!(Oracle::assign(root(), CARBON, 1), Error::<Test>::AlreadyAssigned);
		for who in 6..=8 {
			assert_ok!(admit(who));
			assert_ok!(bond(who));
		}
		assert_ok!(Oracle::assign(root(), CARBON, 6));
		assert_ok!(Oracle::assign(root(), CARBON, 7));
		assert_noop!(Oracle::assign(root(), CARBON, 8), Error::<Test>::FeedFull);
		assert_ok!(leave(8));
		assert_noop!(Oracle::assign(root(), PRICE, 8), Error::<Test>::Left);
	});
}

#[test]
fn assign_should_be_refused_when_the_feeder_has_too_many_feeds() {
	new_test_ext().build_and_execute(|| {
		let currency = EUR;
		assert_ok!(Oracle::set_zone(root(), ZoneId(2), name("FR"), currency));
		for quantity in [Quantity::Carbon, Quantity::Price] {
			let feed = FeedId { zone: ZoneId(2), quantity };
			assert_ok!(Oracle::set_feed(root(), feed, carbon_policy()));
		}
		let feed = |quantity| FeedId { zone: ZoneId(2), quantity };
		assert_ok!(Oracle::assign(root(), feed(Quantity::Carbon), 1));
		assert_noop!(Oracle::assign(root(), feed(Quantity::Price), 1), Error::<Test>::TooManyFeeds);
	});
}

#[test]
fn unassign_should_take_the_seat_and_what_was_submitted_of_the_running_interval() {
	new_test_ext().build_and_execute(|| {
		for who in 1..=4 {
			submit(who, 100).unwrap();
		}
		submit(5, 120).unwrap();
		assert_ok!(Oracle::unassign(root(), CARBON, 5));
		System::assert_last_event(Event::Unassigned { feed: CARBON, feeder: 5 }.into());
		assert_eq!(Oracle::submissions(CARBON).len(), 4);
		assert_noop!(submit(5, 120), Error::<Test>::NotAssigned);
		assert_noop!(Oracle::unassign(root(), CARBON, 5), Error::<Test>::NotAssigned);
		assert_eq!(Oracle::feeder(5).unwrap().feeds.into_inner(), vec![PRICE]);
		assert_eq!(Oracle::feed(CARBON).unwrap().seats, 4);
	});
}

#[test]
fn unassign_should_leave_a_closed_round_as_it_is() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 110, 110]);
		assert_eq!(carbon(interval), Some(105));
		assert_ok!(Oracle::unassign(root(), CARBON, 4));
		assert_eq!(carbon(interval), Some(105));
	});
}

#[test]
fn unassign_should_forget_the_round_when_it_becomes_empty() {
	new_test_ext().build_and_execute(|| {
		submit(5, 120).unwrap();
		assert_ok!(Oracle::unassign(root(), CARBON, 5));
		assert_eq!(Oracle::feed(CARBON).unwrap().open, None);
	});
}

#[test]
fn leave_should_stop_submissions_and_keep_the_bond_for_a_while() {
	new_test_ext().build_and_execute(|| {
		submit(1, 100).unwrap();
		assert_ok!(leave(1));
		let until = START.checked_add(NOTICE).unwrap();
		System::assert_last_event(Event::Leaving { feeder: 1, until }.into());
		assert_noop!(submit_price(1, 100), Error::<Test>::Left);
		assert_noop!(leave(1), Error::<Test>::Left);
		assert_noop!(leave(STRANGER), Error::<Test>::UnknownFeeder);
		assert_eq!(Oracle::submissions(CARBON).len(), 1);
		pass(NOTICE - 1);
		idle();
		assert_noop!(withdraw(1), Error::<Test>::TooSoon);
		pass(1);
		assert_ok!(withdraw(1));
		System::assert_last_event(Event::Withdrawn { feeder: 1, amount: BOND }.into());
		assert_eq!((on_hold(1), Balances::free_balance(1)), (0, BALANCE));
		assert_eq!(Oracle::feeder(1), None);
		assert_eq!(Oracle::feed(CARBON).unwrap().seats, 4);
	});
}

#[test]
fn withdraw_should_be_refused_when_not_leaving_or_not_settled() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
		assert_noop!(withdraw(STRANGER), Error::<Test>::UnknownFeeder);
		submit(1, 100).unwrap();
		assert_ok!(leave(1));
		pass(NOTICE);
		// What it fed last may still be held against it.
		assert_noop!(withdraw(1), Error::<Test>::Unsettled);
		assert_ok!(Oracle::settle(RuntimeOrigin::signed(STRANGER), 4));
		assert_ok!(withdraw(1));
	});
}

#[test]
fn withdraw_should_be_refused_when_a_decision_is_open() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(leave(1));
		// What the chain cannot see can be accused until the bond is gone.
		assert_ok!(Oracle::accuse(root(), CARBON, 1));
		pass(DECISION);
		idle();
		assert_noop!(withdraw(1), Error::<Test>::Suspended);
		assert_ok!(Oracle::resume(RuntimeOrigin::signed(1), CARBON));
		assert_ok!(withdraw(1));
	});
}

#[test]
fn dismiss_should_make_a_feeder_leave() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Oracle::dismiss(root(), 1));
		assert_noop!(submit(1, 100), Error::<Test>::Left);
		assert_noop!(Oracle::dismiss(root(), 1), Error::<Test>::Left);
		assert_noop!(Oracle::dismiss(root(), STRANGER), Error::<Test>::UnknownFeeder);
		// One that never bonded makes room all the same.
		assert_ok!(admit(STRANGER));
		assert_ok!(Oracle::dismiss(root(), STRANGER));
		pass(NOTICE);
		idle();
		assert_ok!(withdraw(STRANGER));
		assert_eq!(Oracle::feeder(STRANGER), None);
	});
}

#[test]
fn leave_should_be_refused_when_the_notice_would_outlast_the_clock() {
	new_test_ext().build_and_execute(|| {
		Now::set(Interval(u32::MAX));
		assert_noop!(Oracle::leave(RuntimeOrigin::signed(1)), Error::<Test>::Overflow);
	});
}
