//! Makers, classes and suspensions.

use frame_support::{assert_noop, assert_ok, BoundedVec};
use pogcs_primitives::{
	records::{ClassRecord, DeviceState},
	traits::Devices as _,
	units::GramsPerKwh,
	ClassId, DeviceId, MilliWattHours,
};
use sp_core::Pair;
use sp_runtime::traits::BadOrigin;

use crate::{mock::*, Error, SuspensionReason};

const DEVICE: DeviceId = DeviceId(0);
const REASON: SuspensionReason = SuspensionReason::ImplausibleReadings;

#[test]
fn governance_should_be_refused_when_signed_by_an_account() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let signed = || RuntimeOrigin::signed(OWNER);
		let name = BoundedVec::truncate_from(b"Fake".to_vec());
		assert_noop!(Devices::register_maker(signed(), [1; 32], name), BadOrigin);
		assert_noop!(Devices::revoke_maker(signed(), maker().public().0), BadOrigin);
		assert_noop!(Devices::set_class(signed(), CLASS, class_record()), BadOrigin);
		assert_noop!(Devices::suspend(signed(), DEVICE, REASON), BadOrigin);
		assert_noop!(Devices::reinstate(signed(), DEVICE), BadOrigin);
	});
}

#[test]
fn maker_should_certify_again_when_registered_after_a_revocation() {
	new_test_ext().build_and_execute(|| {
		let key = maker().public().0;
		let name = BoundedVec::truncate_from(b"Sunbox".to_vec());
		assert_noop!(
			Devices::register_maker(RuntimeOrigin::root(), key, name.clone()),
			Error::<Test>::MakerExists
		);
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), key));
		assert_noop!(
			Devices::revoke_maker(RuntimeOrigin::root(), key),
			Error::<Test>::RevokedMaker
		);
		assert_ok!(Devices::register_maker(RuntimeOrigin::root(), key, name));
		assert_ok!(Registration::valid().send());
	});
}

#[test]
fn revoke_maker_should_be_refused_when_there_is_none() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			Devices::revoke_maker(RuntimeOrigin::root(), [1; 32]),
			Error::<Test>::UnknownMaker
		);
	});
}

#[test]
fn device_should_stay_when_its_maker_is_revoked() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), maker().public().0));
		assert_eq!(state_of(DEVICE), Some(DeviceState::Online));
		assert_ok!(Devices::bind(RuntimeOrigin::signed(OWNER), DEVICE, OTHER_VALIDATOR));
	});
}

#[test]
fn class_should_apply_to_its_devices_when_changed() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let record = ClassRecord { carbon: GramsPerKwh(11), max_generation: MilliWattHours(9_000) };
		assert_ok!(Devices::set_class(RuntimeOrigin::root(), CLASS, record));
		let seen = Devices::device(DEVICE).expect("it is registered");
		assert_eq!((seen.carbon, seen.max_generation), (record.carbon, record.max_generation));
		assert!(Devices::has_class(CLASS));
		assert!(!Devices::has_class(ClassId(77)));
	});
}

#[test]
fn set_class_should_be_refused_when_it_can_generate_nothing() {
	new_test_ext().build_and_execute(|| {
		let record = ClassRecord { max_generation: MilliWattHours::ZERO, ..class_record() };
		assert_noop!(
			Devices::set_class(RuntimeOrigin::root(), CLASS, record),
			Error::<Test>::EmptyClass
		);
	});
}

#[test]
fn suspension_should_bind_the_owner_when_governance_ordered_it() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_ok!(Devices::suspend(RuntimeOrigin::root(), DEVICE, REASON));
		assert_eq!(Devices::suspension(DEVICE), Some(REASON));
		assert_eq!(state_of(DEVICE), Some(DeviceState::Suspended));
		assert_noop!(
			Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, DeviceState::Online),
			Error::<Test>::Stopped
		);
		assert_noop!(
			Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE),
			Error::<Test>::Stopped
		);
		assert_noop!(
			Devices::suspend(RuntimeOrigin::root(), DEVICE, REASON),
			Error::<Test>::Stopped
		);

		assert_ok!(Devices::reinstate(RuntimeOrigin::root(), DEVICE));
		assert_eq!(Devices::suspension(DEVICE), None);
		assert_eq!(state_of(DEVICE), Some(DeviceState::Leaving));
		assert_ok!(Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, DeviceState::Online));
	});
}

#[test]
fn reinstate_should_be_refused_when_the_owner_suspended_it() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let origin = RuntimeOrigin::signed(OWNER);
		assert_ok!(Devices::set_state(origin, DEVICE, DeviceState::Suspended));
		assert_noop!(Devices::reinstate(RuntimeOrigin::root(), DEVICE), Error::<Test>::NotStopped);
	});
}

#[test]
fn suspend_should_be_refused_when_there_is_no_device() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			Devices::suspend(RuntimeOrigin::root(), DEVICE, REASON),
			Error::<Test>::UnknownDevice
		);
		assert_noop!(
			Devices::reinstate(RuntimeOrigin::root(), DEVICE),
			Error::<Test>::UnknownDevice
		);
	});
}
