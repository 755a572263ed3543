//! What a device's state follows from.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{
		DeviceState::{self, Leaving, Online, Pending, Retired, Running, Suspended},
		StateReason,
	},
	traits::{Devices as _, Lifecycle},
	DeviceId, Interval,
};
use proptest::prelude::*;
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{mock::*, Error, Event, Intent, Standing};

fn set(who: u64, state: DeviceState) -> DispatchResult {
	Devices::set_state(RuntimeOrigin::signed(who), DEVICE, state)
}

#[test]
fn state_should_follow_the_owner_when_it_changes() {
	new_test_ext().build_and_execute(|| {
		online();
		let mut from = Online;
		for to in [Leaving, Online, Suspended, Leaving, Suspended, Online] {
			assert_ok!(set(OWNER, to));
			assert_eq!(state_of(DEVICE), Some(to));
			assert_eq!(last_change(), (from, to, StateReason::Requested));
			from = to;
		}
	});
}

#[test]
fn state_should_follow_the_manager_when_there_is_one() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(set(MANAGER, Leaving), Error::<Test>::NotOperator);
		let owner = RuntimeOrigin::signed(OWNER);
		assert_ok!(Devices::set_manager(owner, DEVICE, Some(MANAGER)));
		assert_ok!(set(MANAGER, Leaving));
		assert_eq!(state_of(DEVICE), Some(Leaving));
	});
}

#[test]
fn set_state_should_be_refused_when_nothing_changes() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(set(OWNER, Online), Error::<Test>::Unchanged);
		assert_ok!(set(OWNER, Leaving));
		pass(1);
		// The notice that runs does not begin again by accident.
		assert_noop!(set(OWNER, Leaving), Error::<Test>::Unchanged);
	});
}

#[test]
fn set_state_should_be_refused_when_the_state_follows_by_itself() {
	new_test_ext().build_and_execute(|| {
		online();
		for state in [Pending, Running, Retired] {
			assert_noop!(set(OWNER, state), Error::<Test>::NotSettable);
		}
	});
}

#[test]
fn set_state_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(set(OTHER, Suspended), Error::<Test>::NotOperator);
		// The device itself does its work, and not its owner's business.
		let device = KeyAccount::convert(key_of(1));
		assert_noop!(set(device, Suspended), Error::<Test>::NotOperator);
	});
}

#[test]
fn set_state_should_be_refused_when_there_is_no_device() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(set(OWNER, Leaving), Error::<Test>::UnknownDevice);
	});
}

#[test]
fn pending_device_should_stay_so_when_it_is_offered() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_ok!(set(OWNER, Leaving));
		assert_eq!(state_of(DEVICE), Some(Leaving));
		assert_ok!(set(OWNER, Online));
		System::assert_has_event(Event::IntentSet { device: DEVICE, intent: Intent::Offer }.into());
		assert_eq!(last_change(), (Leaving, Pending, StateReason::Requested));
	});
}

#[test]
fn device_should_run_from_its_first_work_to_its_last() {
	new_test_ext().build_and_execute(|| {
		online();
		let before = changes().len();
		for _ in 0..3 {
			Devices::begin(DEVICE);
			assert_eq!(state_of(DEVICE), Some(Running));
		}
		for _ in 0..2 {
			Devices::finish(DEVICE);
			assert_eq!(state_of(DEVICE), Some(Running));
		}
		Devices::finish(DEVICE);
		assert_eq!(state_of(DEVICE), Some(Online));
		assert_eq!(
			changes()[before..],
			[(Online, Running, StateReason::WorkBegan), (Running, Online, StateReason::WorkEnded)]
		);
	});
}

#[test]
fn leaving_device_should_stay_so_when_it_works_on() {
	new_test_ext().build_and_execute(|| {
		online();
		Devices::begin(DEVICE);
		assert_ok!(set(OWNER, Leaving));
		Devices::begin(DEVICE);
		Devices::finish(DEVICE);
		assert_eq!(state_of(DEVICE), Some(Leaving));
		// What it still owes is not forgotten.
		assert_ok!(set(OWNER, Online));
		assert_eq!(state_of(DEVICE), Some(Running));
		Devices::finish(DEVICE);
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}

#[test]
fn work_should_change_nothing_when_there_is_no_device_or_no_work() {
	new_test_ext().build_and_execute(|| {
		Devices::begin(DeviceId(9));
		Devices::finish(DeviceId(9));
		online();
		Devices::finish(DEVICE);
		assert_eq!(state_of(DEVICE), Some(Online));
		assert_eq!(Devices::standing(DEVICE).map(|standing| standing.work), Some(0));
	});
}

#[test]
fn others_should_see_it_suspended_when_the_certificate_has_run_out_unnoticed() {
	new_test_ext().build_and_execute(|| {
		online();
		Now::set(EXPIRES);
		let seen = || Devices::device(DEVICE).map(|device| device.state);
		assert_eq!(seen(), Some(Online));
		pass(1);
		assert_eq!(seen(), Some(Suspended));
		assert_eq!(state_of(DEVICE), Some(Suspended));
		// What stands in storage is put right later, with an event.
		assert_eq!(Devices::device_record(DEVICE).map(|record| record.state), Some(Online));
	});
}

fn intent() -> impl Strategy<Value = Intent> {
	prop_oneof![
		Just(Intent::Offer),
		Just(Intent::Pause),
		any::<u32>().prop_map(|since| Intent::Leave { since: Interval(since) }),
	]
}

proptest! {
	#[test]
	fn only_an_offered_proven_certified_device_should_take_work(
		intent in intent(),
		benched: bool,
		lapsed: bool,
		stopped: bool,
		work in 0..3u32,
	) {
		let standing =
			Standing { intent, benched: benched.then_some(Interval(1)), lapsed, work, placed: Interval(0), tried: None };
		let state = standing.state(stopped);
		let takes = intent == Intent::Offer && benched && !lapsed && !stopped;
		prop_assert_eq!(matches!(state, Online | Running), takes);
		prop_assert_eq!(state == Running, takes && work > 0);
		prop_assert_eq!(state == Suspended, stopped || lapsed || intent == Intent::Pause);
		prop_assert_ne!(state, Retired);
	}
}
