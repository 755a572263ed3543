//! What the owner may do to a device's state.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::DeviceState::{self, Leaving, Online, Suspended},
	DeviceId,
};

use crate::{mock::*, Error, Event};

const DEVICE: DeviceId = DeviceId(0);

#[test]
fn state_should_follow_the_owner_when_it_changes() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let mut from = Online;
		for to in [Leaving, Online, Suspended, Leaving, Suspended, Online] {
			assert_ok!(Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, to));
			assert_eq!(state_of(DEVICE), Some(to));
			System::assert_last_event(Event::StateSet { device: DEVICE, from, to }.into());
			from = to;
		}
	});
}

#[test]
fn set_state_should_be_refused_when_nothing_changes() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_noop!(
			Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, Online),
			Error::<Test>::Unchanged
		);
	});
}

#[test]
fn set_state_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_noop!(
			Devices::set_state(RuntimeOrigin::signed(OTHER), DEVICE, DeviceState::Suspended),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn set_state_should_be_refused_when_there_is_no_device() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, Leaving),
			Error::<Test>::UnknownDevice
		);
	});
}
