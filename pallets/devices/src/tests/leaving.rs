//! Taking a device out of the registry.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{records::DeviceState, traits::Devices as _, DeviceId, Interval};
use sp_core::Pair;

use crate::{mock::*, Error, Event};

const DEVICE: DeviceId = DeviceId(0);

fn leave() {
	assert_ok!(Registration::valid().send());
	let origin = RuntimeOrigin::signed(OWNER);
	assert_ok!(Devices::set_state(origin, DEVICE, DeviceState::Leaving));
}

#[test]
fn deregister_should_free_everything_when_nothing_is_owed() {
	new_test_ext().build_and_execute(|| {
		leave();
		assert_ok!(Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE));
		System::assert_last_event(
			Event::Deregistered { device: DEVICE, owner: OWNER, deposit: DEPOSIT }.into(),
		);
		assert_eq!(on_hold(OWNER), 0);
		assert_eq!(Balances::free_balance(OWNER), BALANCE);
		assert_eq!(Devices::device(DEVICE), None);
		assert_eq!(Devices::devices_of(OWNER), vec![]);
		assert_eq!(Devices::occupant(CELL), None);
		assert_eq!(Devices::device_by_key(device_key(1).public().0), None);
	});
}

#[test]
fn device_should_return_under_a_new_id_when_sold() {
	new_test_ext().build_and_execute(|| {
		leave();
		assert_ok!(Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE));
		Now::set(Interval(6));
		let sold = Registration {
			owner: OTHER,
			consent: consent(&device_key(1), OTHER, COMMITMENT),
			..Registration::valid()
		};
		assert_ok!(sold.send());
		let seen = Devices::device(DeviceId(1)).expect("it is registered");
		// What it metered before belongs to the old id, and is not reported again.
		assert_eq!((seen.owner, seen.since), (OTHER, Interval(6)));
		assert_eq!(Devices::device(DEVICE), None);
	});
}

#[test]
fn deregister_should_be_refused_when_online() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_noop!(
			Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE),
			Error::<Test>::StillOnline
		);
	});
}

#[test]
fn deregister_should_be_refused_when_work_is_owed() {
	new_test_ext().build_and_execute(|| {
		leave();
		Obliged::set(vec![DEVICE]);
		assert_noop!(
			Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE),
			Error::<Test>::Obliged
		);
	});
}

#[test]
fn deregister_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		leave();
		assert_noop!(
			Devices::deregister(RuntimeOrigin::signed(OTHER), DEVICE),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn deregister_should_be_refused_when_there_is_no_device() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE),
			Error::<Test>::UnknownDevice
		);
	});
}
