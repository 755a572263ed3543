//! Being stopped, appealing, and being expelled.

use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use pogcs_primitives::{
	records::{
		DeviceState::{Leaving, Online, Retired, Suspended},
		StateReason,
	},
	traits::{Devices as _, Lifecycle},
	DeviceId, Interval,
};
use sp_core::Pair;
use sp_runtime::{DispatchResult, TokenError};

use crate::{
	mock::*,
	Error, Event, HoldReason, MakerReason,
	SuspensionReason::{
		self, CompromisedKey, FalseCertificate, FalseLocation, ImplausibleReadings,
	},
};

const TERM: u32 = PARAMETERS.terms.appeal;
const DECISION: u32 = PARAMETERS.terms.decision;

fn committee() -> RuntimeOrigin {
	RuntimeOrigin::signed(COMMITTEE)
}

fn suspend(reason: SuspensionReason) -> DispatchResult {
	Devices::suspend(committee(), DEVICE, reason)
}

fn appeal() -> DispatchResult {
	Devices::appeal(RuntimeOrigin::signed(OWNER), DEVICE, [7; 32])
}

fn decide(upheld: bool) -> DispatchResult {
	Devices::decide_appeal(committee(), DEVICE, upheld)
}

fn close() -> DispatchResult {
	let info = Devices::close_appeal(RuntimeOrigin::signed(OTHER), DEVICE);
	info.map(|info| assert_eq!(info.pays_fee, Pays::No)).map_err(|error| error.error)
}

fn expel() -> DispatchResult {
	Devices::expel(committee(), DEVICE)
}

#[test]
fn suspension_should_bind_the_owner_when_the_committee_ordered_it() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(ImplausibleReadings));
		System::assert_has_event(
			Event::Stopped {
				device: DEVICE,
				reason: StateReason::ImplausibleReadings,
				appeal_until: Interval(START.0 + TERM),
			}
			.into(),
		);
		assert_eq!(last_change(), (Online, Suspended, StateReason::ImplausibleReadings));
		for state in [Online, Leaving] {
			assert_noop!(
				Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, state),
				Error::<Test>::Stopped
			);
		}
		assert_noop!(suspend(FalseLocation), Error::<Test>::Stopped);

		assert_ok!(Devices::reinstate(committee(), DEVICE));
		assert_eq!(last_change(), (Suspended, Online, StateReason::Reinstated));
		assert_eq!(Devices::suspension(DEVICE), None);
	});
}

#[test]
fn every_reason_should_be_shown_with_its_own_code() {
	new_test_ext().build_and_execute(|| {
		online();
		for (reason, code) in [
			(ImplausibleReadings, StateReason::ImplausibleReadings),
			(FalseLocation, StateReason::FalseLocation),
			(CompromisedKey, StateReason::CompromisedKey),
			(FalseCertificate, StateReason::FalseCertificate),
		] {
			assert_ok!(suspend(reason));
			assert_eq!(last_change(), (Online, Suspended, code));
			assert_ok!(Devices::reinstate(committee(), DEVICE));
		}
	});
}

#[test]
fn device_should_be_what_its_owner_wanted_when_it_goes_on() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, Leaving));
		let before = changes().len();
		assert_ok!(suspend(FalseLocation));
		assert_ok!(Devices::reinstate(committee(), DEVICE));
		assert_eq!(
			changes()[before..],
			[
				(Leaving, Suspended, StateReason::FalseLocation),
				(Suspended, Leaving, StateReason::Reinstated)
			]
		);
	});
}

#[test]
fn reinstate_should_be_refused_when_the_owner_suspended_it() {
	new_test_ext().build_and_execute(|| {
		online();
		let origin = RuntimeOrigin::signed(OWNER);
		assert_ok!(Devices::set_state(origin, DEVICE, Suspended));
		assert_noop!(Devices::reinstate(committee(), DEVICE), Error::<Test>::NotStopped);
	});
}

#[test]
fn committee_should_be_refused_when_there_is_no_device_or_no_suspension() {
	new_test_ext().build_and_execute(|| {
		let calls: [fn() -> DispatchResult; 7] = [
			|| suspend(FalseLocation),
			|| Devices::reinstate(committee(), DEVICE),
			appeal,
			|| decide(true),
			|| decide(false),
			close,
			expel,
		];
		for call in calls {
			assert_noop!(call(), Error::<Test>::UnknownDevice);
		}
		online();
		for call in &calls[1..] {
			assert_noop!(call(), Error::<Test>::NotStopped);
		}
	});
}

#[test]
fn device_should_go_on_when_the_appeal_is_upheld() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		pass(TERM);
		assert_ok!(appeal());
		let deadline = Interval(START.0 + TERM + DECISION);
		System::assert_last_event(
			Event::Appealed { device: DEVICE, evidence: [7; 32], bond: APPEAL, deadline }.into(),
		);
		assert_eq!(held(HoldReason::Appeal, OWNER), APPEAL);
		assert_noop!(appeal(), Error::<Test>::AppealMade);
		pass(DECISION);
		assert_noop!(close(), Error::<Test>::Undecided);
		assert_ok!(decide(true));
		System::assert_has_event(
			Event::AppealDecided { device: DEVICE, upheld: true, slashed: 0 }.into(),
		);
		assert_eq!(last_change(), (Suspended, Online, StateReason::AppealUpheld));
		assert_eq!(Balances::free_balance(OWNER), BALANCE - DEPOSIT);
	});
}

#[test]
fn device_should_stay_stopped_when_the_appeal_is_rejected() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		assert_ok!(appeal());
		assert_ok!(decide(false));
		System::assert_has_event(
			Event::AppealDecided { device: DEVICE, upheld: false, slashed: APPEAL }.into(),
		);
		assert_eq!(state_of(DEVICE), Some(Suspended));
		assert_eq!(insured(), APPEAL);
		assert_eq!(held(HoldReason::Appeal, OWNER), 0);
		// Once is enough: spam costs a bond and stops.
		assert_noop!(appeal(), Error::<Test>::AppealMade);
		assert_noop!(decide(true), Error::<Test>::NoAppeal);
		pass(100);
		assert_noop!(close(), Error::<Test>::NoAppeal);
		// The committee may still think better of it.
		assert_ok!(Devices::reinstate(committee(), DEVICE));
		assert_eq!(state_of(DEVICE), Some(Online));
		// A new suspension is a new case.
		assert_ok!(suspend(FalseLocation));
		assert_ok!(appeal());
	});
}

#[test]
fn device_should_go_on_when_nobody_decided_in_time() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		assert_noop!(close(), Error::<Test>::NoAppeal);
		assert_ok!(appeal());
		pass(DECISION + 1);
		// Too late to reject it now.
		assert_noop!(decide(false), Error::<Test>::Decided);
		assert_noop!(decide(true), Error::<Test>::Decided);
		assert_ok!(close());
		assert_eq!(last_change(), (Suspended, Online, StateReason::AppealUndecided));
		assert_eq!(held(HoldReason::Appeal, OWNER), 0);
		assert_eq!(insured(), 0);
	});
}

#[test]
fn appeal_should_be_refused_when_late_or_sent_by_another_or_unpaid() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		assert_noop!(
			Devices::appeal(RuntimeOrigin::signed(OTHER), DEVICE, [7; 32]),
			Error::<Test>::NotOwner
		);
		let mut dear = PARAMETERS;
		dear.deposits.appeal = BALANCE;
		assert_ok!(Devices::set_parameters(RuntimeOrigin::root(), dear));
		assert_noop!(appeal(), TokenError::FundsUnavailable);
		pass(TERM + 1);
		assert_noop!(appeal(), Error::<Test>::AppealOver);
	});
}

#[test]
fn open_appeal_should_end_when_the_device_is_reinstated() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		assert_ok!(appeal());
		assert_ok!(Devices::reinstate(committee(), DEVICE));
		assert_eq!(held(HoldReason::Appeal, OWNER), 0);
	});
}

#[test]
fn deposit_should_be_lost_when_the_device_is_expelled() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		pass(TERM);
		assert_noop!(expel(), Error::<Test>::NotFinal);
		pass(1);
		assert_ok!(expel());
		System::assert_last_event(
			Event::Deregistered {
				device: DEVICE,
				owner: OWNER,
				deposit: 0,
				slashed: DEPOSIT,
				barred: true,
			}
			.into(),
		);
		assert_eq!(last_change(), (Suspended, Retired, StateReason::FalseLocation));
		assert_eq!((insured(), on_hold(OWNER)), (DEPOSIT, 0));
		assert_eq!(Devices::device(DEVICE), None);
		// Neither it nor anybody else comes back with this key; the place is free.
		let again = Registration {
			owner: OTHER,
			consent: consent(&device_key(1), OTHER, COMMITMENT),
			..Registration::valid()
		};
		assert_noop!(again.send(), Error::<Test>::KeyBarred);
		assert_ok!(Registration { cell: CELL, ..Registration::second() }.send());
	});
}

#[test]
fn expel_should_wait_until_the_appeal_is_rejected() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		assert_ok!(appeal());
		pass(TERM + 1);
		// There is an appeal, so the end of the time to appeal makes nothing final.
		assert_noop!(expel(), Error::<Test>::NotFinal);
		assert_ok!(decide(false));
		Devices::begin(DEVICE);
		assert_noop!(expel(), Error::<Test>::Obliged);
		Devices::finish(DEVICE);
		assert_ok!(expel());
		assert_eq!(insured(), APPEAL + DEPOSIT);
	});
}

#[test]
fn owner_should_not_leave_when_an_appeal_is_open() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(suspend(FalseLocation));
		assert_ok!(appeal());
		pass(100);
		let leave = || Devices::deregister(RuntimeOrigin::signed(OWNER), DEVICE);
		assert_noop!(leave(), Error::<Test>::Stopped);
		assert_ok!(close());
		assert_noop!(leave(), Error::<Test>::NotLeaving);
	});
}

#[test]
fn rescue_bond_should_be_lost_when_an_appeal_is_rejected() {
	new_test_ext().build_and_execute(|| {
		online();
		let (root, reason) = (RuntimeOrigin::root(), MakerReason::Lapsed);
		assert_ok!(Devices::revoke_maker(root, maker().public().0, reason, 0));
		let signature = rescue_signature(DEVICE, 1, OWNER);
		assert_ok!(Devices::request_rescue(RuntimeOrigin::signed(OWNER), DEVICE, signature));
		pass(PARAMETERS.terms.rescue);
		assert_ok!(Devices::complete_rescue(RuntimeOrigin::signed(OWNER), DEVICE));
		assert_ok!(suspend(ImplausibleReadings));
		assert_ok!(appeal());
		assert_ok!(decide(false));
		System::assert_has_event(
			Event::AppealDecided { device: DEVICE, upheld: false, slashed: APPEAL + RESCUE }.into(),
		);
		assert_eq!(insured(), APPEAL + RESCUE);
		assert_eq!(Devices::rescue(DEVICE), None);
		// Reinstated, it has nobody to vouch for it.
		assert_ok!(Devices::reinstate(committee(), DEVICE));
		assert_eq!(state_of(DEVICE), Some(Suspended));
		let other = certificate(&other_maker(), &device_key(1));
		assert_ok!(Devices::renew(RuntimeOrigin::signed(OWNER), DEVICE, other));
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}

#[test]
fn rescue_bond_should_be_lost_when_the_device_is_expelled_or_leaves_in_disgrace() {
	for expelled in [true, false] {
		new_test_ext().build_and_execute(|| {
			online();
			let (root, reason) = (RuntimeOrigin::root(), MakerReason::Lapsed);
			assert_ok!(Devices::revoke_maker(root, maker().public().0, reason, 0));
			let owner = || RuntimeOrigin::signed(OWNER);
			let signature = rescue_signature(DEVICE, 1, OWNER);
			assert_ok!(Devices::request_rescue(owner(), DEVICE, signature));
			pass(PARAMETERS.terms.rescue);
			assert_ok!(Devices::complete_rescue(owner(), DEVICE));
			assert_ok!(suspend(ImplausibleReadings));
			pass(TERM + PARAMETERS.terms.expulsion + 1);
			let lost = if expelled {
				assert_ok!(expel());
				DEPOSIT + RESCUE
			} else {
				assert_ok!(Devices::deregister(owner(), DEVICE));
				FEE + RESCUE
			};
			assert_eq!(insured(), lost);
			assert_eq!(held(HoldReason::Rescue, OWNER), 0);
			assert_eq!(Devices::device(DeviceId(0)), None);
		});
	}
}
