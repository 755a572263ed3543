//! The three keys of a device: owner, manager, and its own, which can be changed.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{
		DeviceState::{Online, Pending, Suspended},
		StateReason,
	},
	traits::{Devices as _, Lifecycle},
	wire::{Consent, MakerCertificate},
	ClassId, Commitment, DeviceId, Interval,
};
use sp_core::Pair;
use sp_runtime::{traits::Convert, DispatchError, DispatchResult};

use crate::{mock::*, Error, Event, HoldReason, MakerReason, SuspensionReason, Voucher};

fn new_voucher() -> Voucher {
	Voucher::Maker(certificate(&maker(), &device_key(3)))
}

fn new_consent() -> Consent {
	consent(&device_key(3), OWNER, OTHER_COMMITMENT)
}

fn rotate_with(voucher: Voucher, commitment: Commitment, consent: Consent) -> DispatchResult {
	Devices::rotate_key(RuntimeOrigin::signed(OWNER), DEVICE, voucher, commitment, consent)
}

fn rotate() -> DispatchResult {
	rotate_with(new_voucher(), OTHER_COMMITMENT, new_consent())
}

fn suspend(reason: SuspensionReason) {
	assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
}

/// A device of [`OWNER`] that vouches for itself.
fn self_certified() {
	online();
	let reason = MakerReason::Lapsed;
	assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), maker().public().0, reason, 0));
	let signature = rescue_signature(DEVICE, 1, OWNER);
	assert_ok!(Devices::request_rescue(RuntimeOrigin::signed(OWNER), DEVICE, signature));
	pass(PARAMETERS.terms.rescue);
	assert_ok!(Devices::complete_rescue(RuntimeOrigin::signed(OTHER), DEVICE));
}

#[test]
fn manager_should_run_the_device_but_not_own_it() {
	new_test_ext().build_and_execute(|| {
		online();
		let owner = || RuntimeOrigin::signed(OWNER);
		let manager = || RuntimeOrigin::signed(MANAGER);
		assert_ok!(Devices::set_manager(owner(), DEVICE, Some(MANAGER)));
		System::assert_last_event(
			Event::ManagerSet { device: DEVICE, manager: Some(MANAGER) }.into(),
		);
		assert_eq!(Devices::device(DEVICE).and_then(|device| device.manager), Some(MANAGER));
		assert_ok!(Devices::set_state(manager(), DEVICE, Suspended));
		assert_ok!(Devices::declare_maintenance(manager(), DEVICE, Interval(8), 1));
		assert_ok!(Devices::cancel_maintenance(manager(), DEVICE));

		let refused = DispatchError::from(Error::<Test>::NotOwner);
		assert_noop!(Devices::bind(manager(), DEVICE, OTHER_VALIDATOR), refused);
		assert_noop!(Devices::set_manager(manager(), DEVICE, None), refused);
		assert_noop!(Devices::offer_transfer(manager(), DEVICE, MANAGER), refused);
		assert_noop!(Devices::withdraw_offer(manager(), DEVICE), refused);
		assert_noop!(Devices::move_device(manager(), DEVICE, site(1), BALANCE), refused);
		assert_noop!(Devices::reprice(manager(), DEVICE, BALANCE), refused);
		assert_noop!(Devices::appeal(manager(), DEVICE, [0; 32]), refused);
		assert_noop!(Devices::request_rescue(manager(), DEVICE, [0; 64]), refused);
		assert_noop!(Devices::cancel_rescue(manager(), DEVICE), refused);
		assert_noop!(
			Devices::rotate_key(manager(), DEVICE, new_voucher(), COMMITMENT, new_consent()),
			refused
		);

		// Whoever was manager is nobody.
		assert_ok!(Devices::set_manager(owner(), DEVICE, None));
		assert_noop!(Devices::set_state(manager(), DEVICE, Online), Error::<Test>::NotOperator);
	});
}

#[test]
fn set_manager_should_be_refused_when_nothing_changes() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(
			Devices::set_manager(RuntimeOrigin::signed(OWNER), DEVICE, None),
			Error::<Test>::Unchanged
		);
		assert_noop!(
			Devices::set_manager(RuntimeOrigin::signed(OWNER), DeviceId(9), None),
			Error::<Test>::UnknownDevice
		);
	});
}

#[test]
fn rotate_key_should_start_the_device_anew_when_the_maker_vouches() {
	new_test_ext().build_and_execute(|| {
		online();
		pass(9);
		assert_ok!(rotate());
		let (from, to) = (key_of(1), key_of(3));
		System::assert_has_event(Event::KeyRotated { device: DEVICE, from, to, fee: FEE }.into());
		assert_eq!(last_change(), (Online, Pending, StateReason::KeyRotated));
		let seen = Devices::device(DEVICE).expect("the id stays");
		assert_eq!((seen.key, seen.commitment), (to, OTHER_COMMITMENT));
		// Nothing that the old key metered in this interval counts.
		assert_eq!(seen.since, Interval(START.0 + 9));
		assert_eq!(Devices::device_by_key(to), Some(DEVICE));
		assert_eq!(Devices::device_by_key(from), None);
		assert_eq!(insured(), FEE);
		assert_eq!(on_hold(OWNER), DEPOSIT);
	});
}

#[test]
fn old_key_should_never_come_back_when_it_was_replaced() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(rotate());
		// Its certificate stands on chain, and whoever has cloned the key can consent.
		let clone = Registration {
			owner: OTHER,
			certificate: certificate(&maker(), &device_key(1)),
			consent: consent(&device_key(1), OTHER, COMMITMENT),
			cell: OTHER_CELL,
			..Registration::valid()
		};
		assert_noop!(clone.send(), Error::<Test>::KeyBarred);
		let back = Voucher::Maker(certificate(&maker(), &device_key(1)));
		let word = consent(&device_key(1), OWNER, COMMITMENT);
		assert_noop!(rotate_with(back, COMMITMENT, word), Error::<Test>::KeyBarred);
		// The account of the old key is nobody.
		let old = RuntimeOrigin::signed(KeyAccount::convert(key_of(1)));
		assert_noop!(Devices::request_challenge(old, DEVICE), Error::<Test>::NotOperator);
	});
}

#[test]
fn rotate_key_should_be_refused_when_work_is_owed() {
	new_test_ext().build_and_execute(|| {
		online();
		Devices::begin(DEVICE);
		assert_noop!(rotate(), Error::<Test>::Obliged);
		Devices::finish(DEVICE);
		Obliged::set(vec![DEVICE]);
		assert_noop!(rotate(), Error::<Test>::Obliged);
	});
}

#[test]
fn rotate_key_should_be_refused_when_the_voucher_is_no_good() {
	new_test_ext().build_and_execute(|| {
		online();
		let with = |voucher| rotate_with(voucher, OTHER_COMMITMENT, new_consent());
		let valid = certificate(&maker(), &device_key(3));
		// Another maker's, another class's, one that nobody signed, one that has run out.
		let other = Voucher::Maker(certificate(&other_maker(), &device_key(3)));
		assert_noop!(with(other), Error::<Test>::NotCertified);
		let class = Voucher::Maker(MakerCertificate { class: ClassId(2), ..valid });
		assert_noop!(with(class), Error::<Test>::BadCertificate);
		let forged = Voucher::Maker(MakerCertificate { expires: Interval(999), ..valid });
		assert_noop!(with(forged), Error::<Test>::BadCertificate);
		let past = certificate_until(&maker(), &device_key(3), Interval(4));
		assert_noop!(with(Voucher::Maker(past)), Error::<Test>::ExpiredCertificate);
		// The key itself does not vouch while its maker does.
		assert_noop!(with(hand_over(DEVICE, 1, 3)), Error::<Test>::NotCertified);
		let taken_back =
			Devices::revoke_certificate(RuntimeOrigin::signed(MAKER), valid.maker, key_of(3));
		assert_ok!(taken_back);
		assert_noop!(rotate(), Error::<Test>::RevokedCertificate);
	});
}

#[test]
fn rotate_key_should_be_refused_when_key_or_secret_are_not_new() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(Registration::second().send());
		let others = Voucher::Maker(certificate(&maker(), &device_key(2)));
		let commitment = Commitment([9; 32]);
		let word = consent(&device_key(2), OWNER, commitment);
		assert_noop!(rotate_with(others, commitment, word), Error::<Test>::KeyTaken);
		let word = consent(&device_key(3), OWNER, COMMITMENT);
		assert_noop!(rotate_with(new_voucher(), COMMITMENT, word), Error::<Test>::CommitmentTaken);
		let wild = Commitment([0xff; 32]);
		let word = consent(&device_key(3), OWNER, wild);
		assert_noop!(rotate_with(new_voucher(), wild, word), Error::<Test>::NonCanonical);
	});
}

#[test]
fn rotate_key_should_be_refused_when_the_new_key_did_not_consent() {
	new_test_ext().build_and_execute(|| {
		online();
		let commitment = OTHER_COMMITMENT;
		let old = consent(&device_key(1), OWNER, commitment);
		assert_noop!(rotate_with(new_voucher(), commitment, old), Error::<Test>::BadConsent);
		let past = consent_until(&device_key(3), OWNER, commitment, Interval(4));
		assert_noop!(rotate_with(new_voucher(), commitment, past), Error::<Test>::StaleConsent);
	});
}

#[test]
fn rotate_key_should_lift_a_suspension_when_that_was_because_of_the_key() {
	new_test_ext().build_and_execute(|| {
		online();
		suspend(SuspensionReason::CompromisedKey);
		assert_ok!(Devices::appeal(RuntimeOrigin::signed(OWNER), DEVICE, [1; 32]));
		assert_ok!(rotate());
		assert_eq!(last_change(), (Suspended, Pending, StateReason::KeyRotated));
		assert_eq!(Devices::suspension(DEVICE), None);
		assert_eq!(held(HoldReason::Appeal, OWNER), 0);
	});
}

#[test]
fn rotate_key_should_lift_a_suspension_when_the_maker_took_the_old_certificate_back() {
	new_test_ext().build_and_execute(|| {
		online();
		let origin = || RuntimeOrigin::signed(MAKER);
		let key = maker().public().0;
		assert_ok!(Devices::revoke_certificate(origin(), key, key_of(1)));
		assert_ok!(rotate());
		assert_eq!(state_of(DEVICE), Some(Pending));
		// The maker has its deposit for a key that cannot come back anyway.
		assert_ok!(Devices::restore_certificate(origin(), key, key_of(1)));
		assert_eq!(held(HoldReason::Revocation, MAKER), 0);
	});
}

#[test]
fn rotate_key_should_be_refused_when_stopped_for_anything_else() {
	new_test_ext().build_and_execute(|| {
		online();
		for reason in [
			SuspensionReason::FalseLocation,
			SuspensionReason::ImplausibleReadings,
			SuspensionReason::FalseCertificate,
		] {
			suspend(reason);
			assert_noop!(rotate(), Error::<Test>::Stopped);
			assert_ok!(Devices::reinstate(RuntimeOrigin::signed(COMMITTEE), DEVICE));
		}
		// Nor against what was decided.
		suspend(SuspensionReason::CompromisedKey);
		assert_ok!(Devices::appeal(RuntimeOrigin::signed(OWNER), DEVICE, [1; 32]));
		assert_ok!(Devices::decide_appeal(RuntimeOrigin::signed(COMMITTEE), DEVICE, false));
		assert_noop!(rotate(), Error::<Test>::Stopped);
	});
}

#[test]
fn rotate_key_should_drop_the_offer_when_the_device_is_for_sale() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(Devices::offer_transfer(RuntimeOrigin::signed(OWNER), DEVICE, OTHER));
		// The buyer would get another key than it has seen.
		assert_ok!(rotate());
		System::assert_has_event(Event::OfferWithdrawn { device: DEVICE }.into());
		assert_noop!(
			Devices::accept_transfer(RuntimeOrigin::signed(OTHER), DEVICE, BALANCE),
			Error::<Test>::NoOffer
		);
	});
}

#[test]
fn old_key_should_vouch_for_the_new_one_when_the_device_vouches_for_itself() {
	new_test_ext().build_and_execute(|| {
		self_certified();
		let with = |voucher| rotate_with(voucher, OTHER_COMMITMENT, new_consent());
		// Signed by another key, or for another device or key.
		assert_noop!(with(hand_over(DEVICE, 2, 3)), Error::<Test>::BadSignature);
		assert_noop!(with(hand_over(DeviceId(1), 1, 3)), Error::<Test>::BadSignature);
		let Voucher::OldKey { signature, .. } = hand_over(DEVICE, 1, 4) else { unreachable!() };
		let moved = Voucher::OldKey { key: key_of(3), signature };
		assert_noop!(with(moved), Error::<Test>::BadSignature);

		assert_ok!(with(hand_over(DEVICE, 1, 3)));
		assert_eq!(state_of(DEVICE), Some(Pending));
		assert_eq!(Devices::certified_until(DEVICE), None);
		assert_eq!(held(HoldReason::Rescue, OWNER), RESCUE);
	});
}

#[test]
fn old_key_should_not_vouch_when_others_may_have_it() {
	new_test_ext().build_and_execute(|| {
		self_certified();
		suspend(SuspensionReason::CompromisedKey);
		assert_noop!(
			rotate_with(hand_over(DEVICE, 1, 3), OTHER_COMMITMENT, new_consent()),
			Error::<Test>::Stopped
		);
	});
}

#[test]
fn rescue_should_end_when_the_maker_vouches_for_a_new_key() {
	new_test_ext().build_and_execute(|| {
		self_certified();
		let (root, key) = (RuntimeOrigin::root(), maker().public().0);
		assert_ok!(Devices::register_maker(root, key, Default::default(), MAKER));
		assert_ok!(rotate());
		assert_eq!(held(HoldReason::Rescue, OWNER), 0);
		assert_eq!(Devices::certified_until(DEVICE), Some(EXPIRES));
	});
}
