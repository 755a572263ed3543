//! Which validator gets the weight.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::traits::Devices as _;

use crate::{mock::*, Error, Event};

#[test]
fn bind_should_move_the_weight_when_the_validator_is_one() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_ok!(Devices::bind(RuntimeOrigin::signed(OWNER), DEVICE, OTHER_VALIDATOR));
		assert_eq!(Devices::device(DEVICE).map(|d| d.validator), Some(OTHER_VALIDATOR));
		System::assert_last_event(
			Event::Bound { device: DEVICE, validator: OTHER_VALIDATOR }.into(),
		);
	});
}

#[test]
fn bind_should_be_refused_when_the_account_is_no_validator() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_noop!(
			Devices::bind(RuntimeOrigin::signed(OWNER), DEVICE, OTHER),
			Error::<Test>::NotValidator
		);
	});
}

#[test]
fn bind_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_noop!(
			Devices::bind(RuntimeOrigin::signed(OTHER), DEVICE, OTHER_VALIDATOR),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn bind_should_be_refused_when_nothing_changes() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_noop!(
			Devices::bind(RuntimeOrigin::signed(OWNER), DEVICE, VALIDATOR),
			Error::<Test>::Unchanged
		);
	});
}

#[test]
fn bind_should_be_refused_when_there_is_no_device() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			Devices::bind(RuntimeOrigin::signed(OWNER), DEVICE, VALIDATOR),
			Error::<Test>::UnknownDevice
		);
	});
}
