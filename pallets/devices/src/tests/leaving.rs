//! Taking a device out of the registry, and what must not be left behind by it.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{
		DeviceState::{self, Leaving, Online, Retired},
		StateReason,
	},
	traits::{Devices as _, Lifecycle},
	wire::PublicKey,
	DeviceId, Interval,
};
use sp_runtime::DispatchResult;

use crate::{mock::*, Error, Event, Intent, SuspensionReason};

const NOTICE: u32 = PARAMETERS.terms.notice;

fn set(state: DeviceState) -> DispatchResult {
	Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, state)
}

fn deregister() -> DispatchResult {
	Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE)
}

fn barred(key: PublicKey) -> bool {
	crate::BarredKeys::<Test>::contains_key(key)
}

/// A device whose notice is over.
fn left() {
	online();
	assert_ok!(set(Leaving));
	pass(NOTICE);
}

#[test]
fn deregister_should_free_everything_when_nothing_is_owed() {
	new_test_ext().build_and_execute(|| {
		left();
		assert_ok!(deregister());
		System::assert_last_event(
			Event::Deregistered {
				device: DEVICE,
				owner: OWNER,
				deposit: DEPOSIT,
				slashed: 0,
				barred: false,
			}
			.into(),
		);
		assert_eq!(last_change(), (Leaving, Retired, StateReason::Deregistered));
		assert_eq!(on_hold(OWNER), 0);
		assert_eq!(Balances::free_balance(OWNER), BALANCE);
		assert_eq!(Devices::device(DEVICE), None);
		assert_eq!(Devices::standing(DEVICE), None);
		assert_eq!(Devices::devices_of(OWNER), vec![]);
		assert_eq!(Devices::occupant(CELL), None);
		assert_eq!(Devices::device_by_key(key_of(1)), None);
		assert_eq!(crate::Density::<Test>::iter().count(), 0);
		assert_eq!(crate::Expiring::<Test>::iter().count(), 0);
		assert!(!barred(key_of(1)));
	});
}

#[test]
fn deregister_should_be_refused_when_the_notice_runs() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(deregister(), Error::<Test>::NotLeaving);
		assert_ok!(set(Leaving));
		assert_noop!(deregister(), Error::<Test>::InNotice);
		pass(NOTICE - 1);
		assert_noop!(deregister(), Error::<Test>::InNotice);

		// Who changes its mind begins again.
		assert_ok!(set(Online));
		pass(NOTICE);
		assert_noop!(deregister(), Error::<Test>::NotLeaving);
		assert_ok!(set(Leaving));
		assert_noop!(deregister(), Error::<Test>::InNotice);
		pass(NOTICE);
		assert_ok!(deregister());
	});
}

#[test]
fn deregister_should_be_refused_when_the_device_rests() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(set(DeviceState::Suspended));
		pass(100);
		assert_noop!(deregister(), Error::<Test>::NotLeaving);
	});
}

#[test]
fn device_should_return_under_a_new_id_when_registered_again() {
	new_test_ext().build_and_execute(|| {
		left();
		assert_ok!(deregister());
		let sold = Registration {
			owner: OTHER,
			consent: consent(&device_key(1), OTHER, COMMITMENT),
			..Registration::valid()
		};
		assert_eq!(sold.done(), DeviceId(1));
		let seen = Devices::device(DeviceId(1)).expect("it is registered");
		// What it metered before belongs to the old id, and is not reported again.
		assert_eq!((seen.owner, seen.since), (OTHER, Interval(START.0 + NOTICE)));
		// It has everything to prove again.
		assert_eq!(seen.state, DeviceState::Pending);
		assert_eq!(Devices::device(DEVICE), None);
	});
}

#[test]
fn old_consent_should_be_refused_when_its_owner_has_sold_the_device() {
	new_test_ext().build_and_execute(|| {
		// All that the seller needs stands on chain for ever.
		let seen = Registration::valid();
		left();
		assert_ok!(deregister());
		assert_noop!(seen.send(), Error::<Test>::StaleConsent);
	});
}

#[test]
fn deregister_should_be_refused_when_work_is_owed() {
	new_test_ext().build_and_execute(|| {
		left();
		// To who gave it.
		Obliged::set(vec![DEVICE]);
		assert_noop!(deregister(), Error::<Test>::Obliged);
		Obliged::set(vec![]);
		// To who began it.
		Devices::begin(DEVICE);
		assert_noop!(deregister(), Error::<Test>::Obliged);
		Devices::finish(DEVICE);
		pass(NOTICE);
		assert_ok!(deregister());
	});
}

#[test]
fn notice_should_begin_anew_when_a_leaving_device_still_earns() {
	new_test_ext().build_and_execute(|| {
		let earn: [fn(); 2] = [
			|| Devices::earned(DEVICE),
			|| {
				Devices::begin(DEVICE);
				Devices::finish(DEVICE);
			},
		];
		left();
		for earn in earn {
			// Its notice is over, and the next call would take it out of reach.
			earn();
			let intent = Intent::Leave { since: Now::get() };
			System::assert_has_event(Event::IntentSet { device: DEVICE, intent }.into());
			assert_noop!(deregister(), Error::<Test>::InNotice);
			pass(NOTICE - 1);
			assert_noop!(deregister(), Error::<Test>::InNotice);
			pass(1);
		}
		assert_ok!(deregister());
	});
}

#[test]
fn nothing_should_change_when_a_device_earns_that_does_not_leave() {
	new_test_ext().build_and_execute(|| {
		online();
		for intent in [Online, DeviceState::Suspended] {
			if intent != Online {
				assert_ok!(set(intent));
			}
			let (standing, events) = (Devices::standing(DEVICE), System::event_count());
			Devices::earned(DEVICE);
			assert_eq!((Devices::standing(DEVICE), System::event_count()), (standing, events));
		}
		// Nor if there is none.
		Devices::earned(DeviceId(9));
		assert_eq!(Devices::standing(DeviceId(9)), None);
		// Once is enough in an interval.
		assert_ok!(set(Leaving));
		let events = System::event_count();
		Devices::earned(DEVICE);
		assert_eq!(System::event_count(), events);
	});
}

#[test]
fn deregister_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		left();
		let owner = RuntimeOrigin::signed(OWNER);
		assert_ok!(Devices::set_manager(owner, DEVICE, Some(MANAGER)));
		for who in [OTHER, MANAGER] {
			assert_noop!(
				Devices::deregister(RuntimeOrigin::signed(who), DEVICE),
				Error::<Test>::NotOwner
			);
		}
	});
}

#[test]
fn deregister_should_be_refused_when_there_is_no_device() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(deregister(), Error::<Test>::UnknownDevice);
	});
}

#[test]
fn stopped_device_should_not_leave_when_its_notice_is_over() {
	new_test_ext().build_and_execute(|| {
		left();
		let reason = SuspensionReason::FalseLocation;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
		assert_noop!(deregister(), Error::<Test>::Stopped);
		// Nor while the committee can expel it.
		pass(PARAMETERS.terms.appeal + PARAMETERS.terms.expulsion);
		assert_noop!(deregister(), Error::<Test>::Stopped);
		// But nothing is locked up for ever. The key is.
		pass(1);
		assert_ok!(deregister());
		System::assert_last_event(
			Event::Deregistered {
				device: DEVICE,
				owner: OWNER,
				deposit: DEPOSIT - FEE,
				slashed: FEE,
				barred: true,
			}
			.into(),
		);
		assert_eq!(insured(), FEE);
		assert!(barred(key_of(1)));
		assert_noop!(Registration::valid().send(), Error::<Test>::KeyBarred);
	});
}

#[test]
fn challenge_maintenance_and_offer_should_go_with_the_device() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let owner = || RuntimeOrigin::signed(OWNER);
		assert_ok!(set(Leaving));
		assert_ok!(Devices::request_challenge(owner(), DEVICE));
		assert_ok!(Devices::declare_maintenance(owner(), DEVICE, Interval(8), 2));
		assert_ok!(Devices::offer_transfer(owner(), DEVICE, OTHER));
		pass(NOTICE);
		// The invariants, checked after each test, say that nothing is left.
		assert_ok!(deregister());
	});
}
