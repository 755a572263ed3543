//! Handing a device over in two steps.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::DeviceState::{Leaving, Online},
	traits::{Devices as _, Lifecycle},
	DeviceId, Interval,
};
use sp_core::Pair;
use sp_runtime::DispatchResult;

use crate::{mock::*, Error, Event, HoldReason, MakerReason, SuspensionReason};

fn offer() -> DispatchResult {
	Devices::offer_transfer(RuntimeOrigin::signed(OWNER), DEVICE, OTHER)
}

fn accept(who: u64, max_deposit: u64) -> DispatchResult {
	Devices::accept_transfer(RuntimeOrigin::signed(who), DEVICE, max_deposit)
}

#[test]
fn device_should_move_with_place_and_deposit_when_taken() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(Devices::set_manager(RuntimeOrigin::signed(OWNER), DEVICE, Some(MANAGER)));
		let before = Devices::device(DEVICE).expect("it is registered");
		assert_ok!(offer());
		let until = Interval(START.0 + PARAMETERS.terms.offer);
		System::assert_last_event(
			Event::TransferOffered { device: DEVICE, to: OTHER, until }.into(),
		);
		// Nothing happens to who is offered something.
		assert_eq!(on_hold(OTHER), 0);
		pass(3);
		assert_ok!(accept(OTHER, DEPOSIT));
		System::assert_last_event(
			Event::Transferred { device: DEVICE, from: OWNER, to: OTHER, deposit: DEPOSIT }.into(),
		);
		assert_eq!((on_hold(OWNER), on_hold(OTHER)), (0, DEPOSIT));
		assert_eq!(Devices::devices_of(OWNER), vec![]);
		assert_eq!(Devices::devices_of(OTHER), vec![DEVICE]);
		assert_eq!(Devices::occupant(CELL), Some(DEVICE));
		let after = Devices::device(DEVICE).expect("it is registered");
		// Everything else is as it was; what it meters goes on.
		let expected =
			pogcs_primitives::traits::DeviceInfo { owner: OTHER, manager: None, ..before };
		assert_eq!(after, expected);
		// Who was something is nothing.
		for who in [OWNER, MANAGER] {
			assert_noop!(
				Devices::set_state(RuntimeOrigin::signed(who), DEVICE, Leaving),
				Error::<Test>::NotOperator
			);
		}
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::NoOffer);
	});
}

#[test]
fn deposit_should_be_what_the_place_costs_now_when_taken() {
	new_test_ext().build_and_execute(|| {
		let first = Registration::of(OWNER, 1, site(0)).done();
		for n in 1..5u8 {
			Registration::of(OWNER, 1 + n, site(n.into())).done();
		}
		assert_eq!(Devices::device_record(first).map(|record| record.deposit), Some(DEPOSIT));
		assert_ok!(offer());
		// Four others are near, of whom two are free.
		assert_noop!(accept(OTHER, DEPOSIT + 19), Error::<Test>::Dearer);
		assert_ok!(accept(OTHER, DEPOSIT + 20));
		assert_eq!(on_hold(OTHER), DEPOSIT + 20);
	});
}

#[test]
fn offer_should_be_refused_when_it_is_nobodys_to_make() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(offer(), Error::<Test>::UnknownDevice);
		online();
		assert_noop!(
			Devices::offer_transfer(RuntimeOrigin::signed(OTHER), DEVICE, OTHER),
			Error::<Test>::NotOwner
		);
		assert_noop!(
			Devices::offer_transfer(RuntimeOrigin::signed(OWNER), DEVICE, OWNER),
			Error::<Test>::Unchanged
		);
		let reason = SuspensionReason::FalseLocation;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
		assert_noop!(offer(), Error::<Test>::Stopped);
	});
}

#[test]
fn transfer_should_be_refused_when_offered_to_another_or_no_longer() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::NoOffer);
		assert_ok!(offer());
		assert_noop!(accept(MANAGER, DEPOSIT), Error::<Test>::NoOffer);
		assert_ok!(Devices::withdraw_offer(RuntimeOrigin::signed(OWNER), DEVICE));
		System::assert_last_event(Event::OfferWithdrawn { device: DEVICE }.into());
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::NoOffer);
		assert_noop!(
			Devices::withdraw_offer(RuntimeOrigin::signed(OWNER), DEVICE),
			Error::<Test>::NoOffer
		);
		assert_ok!(offer());
		// A new offer is in place of the old one.
		assert_ok!(Devices::offer_transfer(RuntimeOrigin::signed(OWNER), DEVICE, MANAGER));
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::NoOffer);
		pass(PARAMETERS.terms.offer);
		assert_ok!(offer());
		pass(PARAMETERS.terms.offer + 1);
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::OfferExpired);
		assert_noop!(
			Devices::accept_transfer(RuntimeOrigin::signed(OTHER), DeviceId(9), DEPOSIT),
			Error::<Test>::UnknownDevice
		);
	});
}

#[test]
fn transfer_should_be_refused_when_work_is_owed() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(offer());
		Devices::begin(DEVICE);
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::Obliged);
		Devices::finish(DEVICE);
		Obliged::set(vec![DEVICE]);
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::Obliged);
	});
}

#[test]
fn offer_should_be_off_when_the_device_is_stopped() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(offer());
		let reason = SuspensionReason::FalseLocation;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
		// Nobody gets rid of a device that is about to be expelled.
		assert_noop!(accept(OTHER, DEPOSIT), Error::<Test>::NoOffer);
	});
}

#[test]
fn notice_should_begin_anew_when_a_leaving_device_is_taken() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, Leaving));
		assert_ok!(offer());
		pass(PARAMETERS.terms.notice);
		// The longest word that the seller can have of the device.
		let longest = Interval(Now::get().0 + PARAMETERS.terms.consent);
		let word = consent_until(&device_key(1), OWNER, OTHER_COMMITMENT, longest);
		assert_ok!(accept(OTHER, DEPOSIT));
		let leave = || Devices::deregister(RuntimeOrigin::signed(OTHER), DEVICE);
		assert_noop!(leave(), Error::<Test>::InNotice);
		pass(PARAMETERS.terms.notice);
		assert_ok!(leave());
		// It has run out before the buyer could leave.
		let back =
			Registration { consent: word, commitment: OTHER_COMMITMENT, ..Registration::valid() };
		assert_noop!(back.send(), Error::<Test>::StaleConsent);
	});
}

#[test]
fn rescue_bond_should_change_hands_when_the_device_vouches_for_itself() {
	new_test_ext().build_and_execute(|| {
		online();
		let reason = MakerReason::Lapsed;
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), maker().public().0, reason, 0));
		let owner = || RuntimeOrigin::signed(OWNER);
		let signature = rescue_signature(DEVICE, 1, OWNER);
		assert_ok!(Devices::request_rescue(owner(), DEVICE, signature));
		assert_ok!(offer());
		// Not in the middle of it.
		assert_noop!(accept(OTHER, BALANCE), Error::<Test>::RescueRuns);
		pass(PARAMETERS.terms.rescue);
		assert_ok!(Devices::complete_rescue(owner(), DEVICE));
		assert_ok!(offer());
		assert_noop!(accept(OTHER, DEPOSIT + RESCUE - 1), Error::<Test>::Dearer);
		assert_ok!(accept(OTHER, DEPOSIT + RESCUE));
		assert_eq!(held(HoldReason::Rescue, OWNER), 0);
		assert_eq!(held(HoldReason::Rescue, OTHER), RESCUE);
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}
