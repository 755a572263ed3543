//! Governance makes zones and gives feeds their rules.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	grid::{CurrencyCode, FeedId, Quantity},
	ZoneId,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{mock::*, types::*, Error, Event, Feeds, Rounds, Zones};

fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

fn set_zone(zone: u16, currency: &[u8; 3]) -> DispatchResult {
	Oracle::set_zone(root(), ZoneId(zone), name("NO-1"), CurrencyCode(*currency))
}

fn feed(zone: u16) -> FeedId {
	FeedId { zone: ZoneId(zone), quantity: Quantity::Price }
}

#[test]
fn set_zone_should_make_and_rename_when_governance_says_so() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(set_zone(2, b"NOK"));
		System::assert_last_event(
			Event::ZoneSet { zone: ZoneId(2), name: name("NO-1"), currency: CurrencyCode(*b"NOK") }
				.into(),
		);
		assert_ok!(set_zone(1, b"EUR"));
		let zone = Oracle::zone(ZONE).unwrap();
		assert_eq!((zone.name, zone.feeds), (name("NO-1"), 2));
	});
}

#[test]
fn set_zone_should_be_refused_when_something_is_wrong() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(set_zone(1, b"NOK"), Error::<Test>::CurrencyFixed);
		assert_noop!(set_zone(2, b"nok"), Error::<Test>::BadCurrency);
		assert_noop!(Oracle::set_zone(root(), ZoneId(2), name(""), EUR), Error::<Test>::NoName);
		assert_ok!(set_zone(2, b"NOK"));
		assert_ok!(set_zone(3, b"SEK"));
		assert_noop!(set_zone(4, b"DKK"), Error::<Test>::TooManyZones);
		// One that stands can still be renamed.
		assert_ok!(set_zone(3, b"SEK"));
	});
}

#[test]
fn remove_zone_should_go_only_when_no_feed_hangs_on_it() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(Oracle::remove_zone(root(), ZoneId(2)), Error::<Test>::UnknownZone);
		assert_noop!(Oracle::remove_zone(root(), ZONE), Error::<Test>::ZoneInUse);
		assert_ok!(Oracle::close_feed(root(), CARBON));
		assert_noop!(Oracle::remove_zone(root(), ZONE), Error::<Test>::ZoneInUse);
		assert_ok!(Oracle::close_feed(root(), PRICE));
		assert_ok!(Oracle::remove_zone(root(), ZONE));
		System::assert_last_event(Event::ZoneRemoved { zone: ZONE }.into());
		// Prices in the old currency may still be there.
		assert_noop!(set_zone(1, b"USD"), Error::<Test>::FeedClosing);
		idle();
		assert_ok!(set_zone(1, b"USD"));
		assert_eq!(Zones::<Test>::count(), 1);
	});
}

#[test]
fn set_feed_should_make_and_change_when_governance_says_so() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(set_zone(2, b"NOK"));
		assert_ok!(Oracle::set_feed(root(), feed(2), price_policy()));
		System::assert_last_event(Event::FeedSet { feed: feed(2), policy: price_policy() }.into());
		assert_eq!(Oracle::zone(ZoneId(2)).unwrap().feeds, 1);
		let policy = Policy { staleness: 4, ..price_policy() };
		assert_ok!(Oracle::set_feed(root(), feed(2), policy));
		assert_eq!(Oracle::feed(feed(2)).unwrap().policy, policy);
		assert_eq!(Oracle::zone(ZoneId(2)).unwrap().feeds, 1);
	});
}

#[test]
fn set_feed_should_be_refused_when_the_rules_make_no_sense() {
	new_test_ext().build_and_execute(|| {
		let refused = |policy: Policy, error: Error<Test>| {
			assert_noop!(Oracle::set_feed(root(), CARBON, policy), error);
		};
		let good = carbon_policy();
		refused(Policy { least: Level(1_001), ..good }, Error::BadBounds);
		refused(Policy { least: Level(-1), ..good }, Error::BadBounds);
		refused(Policy { most: Level(1 << 32), ..good }, Error::BadBounds);
		refused(Policy { max_step: Distance(0), ..good }, Error::BadStep);
		refused(Policy { quorum: 1, ..good }, Error::BadQuorum);
		refused(Policy { jump_quorum: 3, ..good }, Error::BadQuorum);
		refused(Policy { jump_quorum: SEATS + 1, ..good }, Error::BadQuorum);
		refused(Policy { staleness: 5, ..good }, Error::BadStaleness);
		assert_noop!(Oracle::set_feed(root(), feed(2), good), Error::<Test>::UnknownZone);
		assert_ok!(Oracle::set_feed(
			root(),
			CARBON,
			Policy { most: Level((1 << 32) - 1), jump_quorum: SEATS, staleness: 4, ..good }
		));
	});
}

#[test]
fn set_feed_should_leave_what_an_interval_came_to_when_it_changes_the_rules() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 100, 100]);
		assert_eq!(carbon(interval), Some(100));
		let policy = Policy { quorum: 5, jump_quorum: 6, ..carbon_policy() };
		assert_ok!(Oracle::set_feed(root(), CARBON, policy));
		assert_eq!(carbon(interval), Some(100));
		let next = round(&[100, 100, 100, 100]);
		idle();
		assert_eq!(Oracle::feed(CARBON).unwrap().last.unwrap().interval, interval);
		assert_eq!(carbon(next), Some(100));
	});
}

#[test]
fn close_feed_should_silence_it_at_once() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 100, 100]);
		submit(1, 100).unwrap();
		assert_ok!(Oracle::close_feed(root(), CARBON));
		System::assert_last_event(Event::FeedClosed { feed: CARBON }.into());
		assert_eq!(carbon(interval), None);
		assert_noop!(submit(2, 100), Error::<Test>::UnknownFeed);
		assert_noop!(Oracle::close_feed(root(), CARBON), Error::<Test>::UnknownFeed);
		assert_noop!(Oracle::set_feed(root(), CARBON, carbon_policy()), Error::<Test>::FeedClosing);
		assert_eq!(Rounds::<Test>::iter().count(), 0);
		assert!(Feeds::<Test>::contains_key(PRICE));
	});
}

#[test]
fn governance_calls_should_be_refused_when_anybody_else_makes_them() {
	new_test_ext().build_and_execute(|| {
		let who = || RuntimeOrigin::signed(1);
		let bad = DispatchError::BadOrigin;
		assert_noop!(Oracle::set_zone(who(), ZONE, name("x"), EUR), bad);
		assert_noop!(Oracle::remove_zone(who(), ZONE), bad);
		assert_noop!(Oracle::set_feed(who(), CARBON, carbon_policy()), bad);
		assert_noop!(Oracle::close_feed(who(), CARBON), bad);
		assert_noop!(Oracle::admit(who(), STRANGER, name("x")), bad);
		assert_noop!(Oracle::dismiss(who(), 1), bad);
		assert_noop!(Oracle::assign(who(), CARBON, 1), bad);
		assert_noop!(Oracle::unassign(who(), CARBON, 1), bad);
		assert_noop!(Oracle::accuse(who(), CARBON, 2), bad);
		assert_noop!(Oracle::judge(who(), CARBON, 2, Default::default()), bad);
	});
}
