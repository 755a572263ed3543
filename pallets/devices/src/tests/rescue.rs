//! A device that has been paid for outlives its maker.

use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use pogcs_primitives::{
	records::{
		DeviceState::{Leaving, Online, Suspended},
		StateReason,
	},
	DeviceId, Interval,
};
use sp_core::Pair;
use sp_runtime::{DispatchResult, TokenError};

use crate::{mock::*, Error, Event, HoldReason, MakerReason, SuspensionReason};

const DELAY: u32 = PARAMETERS.terms.rescue;
const DECISION: u32 = PARAMETERS.terms.decision;

fn owner() -> RuntimeOrigin {
	RuntimeOrigin::signed(OWNER)
}

fn request() -> DispatchResult {
	Devices::request_rescue(owner(), DEVICE, rescue_signature(DEVICE, 1, OWNER))
}

fn contest() -> DispatchResult {
	Devices::contest_rescue(RuntimeOrigin::signed(MAKER), DEVICE)
}

fn decide(granted: bool) -> DispatchResult {
	Devices::decide_rescue(RuntimeOrigin::signed(COMMITTEE), DEVICE, granted)
}

fn complete() -> DispatchResult {
	let info = Devices::complete_rescue(RuntimeOrigin::signed(OTHER), DEVICE);
	info.map(|info| assert_eq!(info.pays_fee, Pays::No)).map_err(|error| error.error)
}

fn cancel() -> DispatchResult {
	Devices::cancel_rescue(owner(), DEVICE)
}

/// An online device whose certificate runs out; nobody renews it.
fn run_out() {
	online();
	Now::set(Interval(EXPIRES.0 + 1));
	idle();
}

/// An online device whose maker is gone.
fn orphaned() {
	online();
	let (root, reason) = (RuntimeOrigin::root(), MakerReason::Lapsed);
	assert_ok!(Devices::revoke_maker(root, maker().public().0, reason, 0));
}

#[test]
fn device_should_vouch_for_itself_when_nobody_objects() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_ok!(request());
		let ready = Interval(EXPIRES.0 + 1 + DELAY);
		System::assert_last_event(
			Event::RescueRequested { device: DEVICE, bond: RESCUE, ready }.into(),
		);
		assert_eq!(held(HoldReason::Rescue, OWNER), RESCUE);
		assert_noop!(request(), Error::<Test>::RescueMade);
		// It does not work meanwhile.
		assert_eq!(state_of(DEVICE), Some(Suspended));
		pass(DELAY - 1);
		assert_noop!(complete(), Error::<Test>::TooEarly);
		pass(1);
		assert_ok!(complete());
		System::assert_has_event(Event::RescueGranted { device: DEVICE, slashed: 0 }.into());
		assert_eq!(last_change(), (Suspended, Online, StateReason::Rescued));
		assert_eq!(Devices::certified_until(DEVICE), None);
		// For as long as the bond stays, and nothing runs out.
		pass(10_000);
		idle();
		assert_eq!(state_of(DEVICE), Some(Online));
		assert_eq!(held(HoldReason::Rescue, OWNER), RESCUE);
		assert_noop!(complete(), Error::<Test>::NoRescue);
		assert_noop!(decide(false), Error::<Test>::NoRescue);
		assert_noop!(cancel(), Error::<Test>::NoRescue);
	});
}

#[test]
fn device_should_vouch_for_itself_when_its_maker_is_gone() {
	new_test_ext().build_and_execute(|| {
		orphaned();
		// Before what the maker signed has run out, so that not a day is lost.
		assert_ok!(request());
		assert_eq!(state_of(DEVICE), Some(Online));
		pass(DELAY);
		assert_eq!(state_of(DEVICE), Some(Suspended));
		assert_ok!(complete());
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}

#[test]
fn rescue_should_be_refused_when_the_certificate_counts() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(request(), Error::<Test>::StillCertified);
		Now::set(EXPIRES);
		assert_noop!(request(), Error::<Test>::StillCertified);
		pass(1);
		assert_ok!(request());
	});
}

#[test]
fn rescue_should_be_refused_when_the_device_did_not_sign() {
	new_test_ext().build_and_execute(|| {
		run_out();
		let with = |signature| Devices::request_rescue(owner(), DEVICE, signature);
		for signature in [
			rescue_signature(DEVICE, 2, OWNER),
			rescue_signature(DEVICE, 1, OTHER),
			rescue_signature(DeviceId(1), 1, OWNER),
		] {
			assert_noop!(with(signature), Error::<Test>::BadSignature);
		}
		let other = RuntimeOrigin::signed(OTHER);
		assert_noop!(
			Devices::request_rescue(other, DEVICE, rescue_signature(DEVICE, 1, OTHER)),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn rescue_should_be_refused_when_the_owner_cannot_pay_or_was_stopped() {
	new_test_ext().build_and_execute(|| {
		run_out();
		let mut dear = PARAMETERS;
		dear.deposits.rescue = BALANCE;
		assert_ok!(Devices::set_parameters(RuntimeOrigin::root(), dear));
		assert_noop!(request(), TokenError::FundsUnavailable);
		let committee = RuntimeOrigin::signed(COMMITTEE);
		assert_ok!(Devices::suspend(committee, DEVICE, SuspensionReason::FalseLocation));
		assert_noop!(request(), Error::<Test>::Stopped);
	});
}

#[test]
fn rescue_should_be_granted_when_the_committee_does_not_decide_about_an_objection() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_ok!(request());
		pass(DELAY - 1);
		assert_ok!(contest());
		let deadline = Interval(EXPIRES.0 + DELAY + DECISION);
		System::assert_last_event(
			Event::RescueContested { device: DEVICE, by: MAKER, bond: OBJECTION, deadline }.into(),
		);
		assert_eq!(held(HoldReason::Objection, MAKER), OBJECTION);
		assert_noop!(contest(), Error::<Test>::NoRescue);
		// There is no backing out of a case.
		assert_noop!(cancel(), Error::<Test>::NoRescue);
		pass(DECISION);
		assert_noop!(complete(), Error::<Test>::Undecided);
		pass(1);
		assert_noop!(decide(false), Error::<Test>::Decided);
		assert_ok!(complete());
		assert_eq!(state_of(DEVICE), Some(Online));
		assert_eq!(held(HoldReason::Objection, MAKER), 0);
		assert_eq!(insured(), 0);
	});
}

#[test]
fn maker_should_lose_its_bond_when_it_objected_for_nothing() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_ok!(request());
		assert_ok!(contest());
		assert_ok!(decide(true));
		System::assert_has_event(
			Event::RescueGranted { device: DEVICE, slashed: OBJECTION }.into(),
		);
		assert_eq!(insured(), OBJECTION);
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}

#[test]
fn owner_should_lose_its_bond_when_the_committee_refuses() {
	for contested in [true, false] {
		new_test_ext().build_and_execute(|| {
			run_out();
			assert_ok!(request());
			if contested {
				assert_ok!(contest());
			}
			assert_ok!(decide(false));
			System::assert_last_event(
				Event::RescueEnded { device: DEVICE, slashed: RESCUE }.into(),
			);
			assert_eq!(insured(), RESCUE);
			assert_eq!(held(HoldReason::Objection, MAKER), 0);
			assert_eq!(state_of(DEVICE), Some(Suspended));
			// It may have been a mistake; another try costs another bond.
			assert_ok!(request());
		});
	}
}

#[test]
fn rescue_should_be_granted_early_when_the_committee_says_so() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_ok!(request());
		assert_ok!(decide(true));
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}

#[test]
fn decision_should_be_refused_when_the_time_to_object_is_over() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_noop!(decide(true), Error::<Test>::NoRescue);
		assert_ok!(request());
		pass(DELAY);
		assert_noop!(decide(false), Error::<Test>::Decided);
		assert_noop!(contest(), Error::<Test>::TooLate);
		assert_ok!(complete());
	});
}

#[test]
fn objection_should_be_refused_when_it_is_not_the_makers() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_noop!(contest(), Error::<Test>::NoRescue);
		assert_ok!(request());
		for who in [OTHER, OTHER_MAKER, OWNER] {
			assert_noop!(
				Devices::contest_rescue(RuntimeOrigin::signed(who), DEVICE),
				Error::<Test>::NotMaker
			);
		}
		// A maker that is gone has nothing to say.
		let (root, reason) = (RuntimeOrigin::root(), MakerReason::Requested);
		assert_ok!(Devices::revoke_maker(root, maker().public().0, reason, 0));
		assert_noop!(contest(), Error::<Test>::RevokedMaker);
	});
}

#[test]
fn rescue_should_end_when_the_owner_calls_it_off() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_noop!(cancel(), Error::<Test>::NoRescue);
		assert_ok!(request());
		assert_noop!(
			Devices::cancel_rescue(RuntimeOrigin::signed(OTHER), DEVICE),
			Error::<Test>::NotOwner
		);
		assert_ok!(cancel());
		System::assert_last_event(Event::RescueEnded { device: DEVICE, slashed: 0 }.into());
		assert_eq!(held(HoldReason::Rescue, OWNER), 0);
	});
}

#[test]
fn rescue_should_end_when_a_maker_vouches_again() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_ok!(request());
		assert_ok!(contest());
		let renewed = certificate_until(&maker(), &device_key(1), Interval(900));
		assert_ok!(Devices::renew(owner(), DEVICE, renewed));
		assert_eq!(held(HoldReason::Rescue, OWNER), 0);
		assert_eq!(held(HoldReason::Objection, MAKER), 0);
		assert_eq!(state_of(DEVICE), Some(Online));
		assert_eq!(Devices::rescue(DEVICE), None);
	});
}

#[test]
fn bond_should_come_back_when_a_rescued_device_is_certified_again() {
	new_test_ext().build_and_execute(|| {
		orphaned();
		assert_ok!(request());
		pass(DELAY);
		assert_ok!(complete());
		let other = certificate(&other_maker(), &device_key(1));
		assert_ok!(Devices::renew(owner(), DEVICE, other));
		assert_eq!(held(HoldReason::Rescue, OWNER), 0);
		assert_eq!(Devices::certified_until(DEVICE), Some(EXPIRES));
	});
}

#[test]
fn rescue_should_wait_when_the_device_was_stopped() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_ok!(request());
		let committee = || RuntimeOrigin::signed(COMMITTEE);
		assert_ok!(Devices::suspend(committee(), DEVICE, SuspensionReason::FalseLocation));
		pass(DELAY);
		assert_noop!(complete(), Error::<Test>::Stopped);
		assert_noop!(decide(true), Error::<Test>::Stopped);
		assert_noop!(cancel(), Error::<Test>::Stopped);
		assert_ok!(Devices::reinstate(committee(), DEVICE));
		assert_ok!(complete());
	});
}

#[test]
fn bond_should_come_back_after_the_notice_when_a_rescued_device_leaves() {
	new_test_ext().build_and_execute(|| {
		orphaned();
		assert_ok!(request());
		pass(DELAY);
		assert_ok!(complete());
		assert_ok!(Devices::set_state(owner(), DEVICE, Leaving));
		assert_noop!(Devices::deregister(owner(), DEVICE), Error::<Test>::InNotice);
		assert_eq!(held(HoldReason::Rescue, OWNER), RESCUE);
		pass(PARAMETERS.terms.notice);
		assert_ok!(Devices::deregister(owner(), DEVICE));
		assert_eq!(Balances::free_balance(OWNER), BALANCE);
	});
}

#[test]
fn owner_should_not_leave_when_a_rescue_is_contested() {
	new_test_ext().build_and_execute(|| {
		run_out();
		assert_ok!(Devices::set_state(owner(), DEVICE, Leaving));
		assert_ok!(request());
		assert_ok!(contest());
		pass(PARAMETERS.terms.notice);
		assert_noop!(Devices::deregister(owner(), DEVICE), Error::<Test>::RescueRuns);
		pass(DECISION);
		assert_ok!(complete());
		assert_ok!(Devices::deregister(owner(), DEVICE));
	});
}

#[test]
fn rescue_should_be_refused_when_there_is_no_device() {
	new_test_ext().build_and_execute(|| {
		let calls: [fn() -> DispatchResult; 6] =
			[request, contest, || decide(true), || decide(false), complete, cancel];
		for call in calls {
			assert_noop!(call(), Error::<Test>::UnknownDevice);
		}
	});
}
