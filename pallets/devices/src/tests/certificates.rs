//! Certificates that run out, are renewed, taken back and given back.

use frame_support::{assert_noop, assert_ok, dispatch::Pays, weights::Weight};
use pogcs_primitives::{
	records::{
		DeviceState::{Online, Suspended},
		StateReason,
	},
	wire::MakerCertificate,
	ClassId, DeviceId, Interval,
};
use sp_core::Pair;
use sp_runtime::{DispatchResult, TokenError};

use crate::{mock::*, Error, Event, HoldReason, MakerReason, SuspensionReason, WeightInfo};

fn key() -> [u8; 32] {
	maker().public().0
}

fn renew(certificate: MakerCertificate) -> DispatchResult {
	Devices::renew(RuntimeOrigin::signed(OWNER), DEVICE, certificate)
}

fn longer() -> MakerCertificate {
	certificate_until(&maker(), &device_key(1), Interval(300))
}

fn revoke() -> DispatchResult {
	Devices::revoke_certificate(RuntimeOrigin::signed(MAKER), key(), key_of(1))
}

fn restore() -> DispatchResult {
	Devices::restore_certificate(RuntimeOrigin::signed(MAKER), key(), key_of(1))
}

#[test]
fn device_should_be_suspended_when_its_certificate_ran_out() {
	new_test_ext().build_and_execute(|| {
		online();
		Now::set(EXPIRES);
		idle();
		assert_eq!(last_change().2, StateReason::BenchmarkPassed);
		pass(1);
		idle();
		assert_eq!(last_change(), (Online, Suspended, StateReason::CertificateExpired));
		assert_eq!(crate::Expiring::<Test>::iter().count(), 0);
		assert_eq!(crate::SweptUntil::<Test>::get(), Now::get());
	});
}

#[test]
fn sweep_should_go_on_where_it_stopped_when_weight_is_short() {
	new_test_ext().build_and_execute(|| {
		for n in 0..3u8 {
			Registration::of(OWNER, 1 + n, site(n.into())).done();
		}
		Now::set(Interval(EXPIRES.0 + 1));
		let look = <() as WeightInfo>::sweep_look();
		let step = <() as WeightInfo>::sweep_step();
		let budget = |steps| look.saturating_add(step.saturating_mul(steps));
		let block = |weight: Weight| {
			use frame_support::traits::Hooks;
			let used = Devices::on_idle(1, weight);
			assert!(used.all_lte(weight));
			changes().iter().filter(|change| change.1 == Suspended).count()
		};
		assert_eq!(block(Weight::zero()), 0);
		assert_eq!(block(look), 0);
		// Intervals 0 to 105, none of which but the last has certificates.
		assert_eq!(block(budget(50)), 0);
		assert_eq!(crate::SweptUntil::<Test>::get(), Interval(50));
		assert_eq!(block(budget(55)), 0);
		assert_eq!(block(budget(2)), 2);
		assert_eq!(block(budget(9)), 3);
		assert_eq!(crate::SweptUntil::<Test>::get(), Now::get());
	});
}

#[test]
fn renew_should_let_the_device_go_on_when_it_ran_out() {
	new_test_ext().build_and_execute(|| {
		online();
		Now::set(Interval(EXPIRES.0 + 1));
		idle();
		assert_ok!(renew(longer()));
		System::assert_has_event(
			Event::CertificateRenewed { device: DEVICE, maker: key(), until: Interval(300) }.into(),
		);
		assert_eq!(last_change(), (Suspended, Online, StateReason::CertificateRenewed));
	});
}

#[test]
fn renew_should_let_the_device_go_on_when_nobody_noticed_that_it_ran_out() {
	new_test_ext().build_and_execute(|| {
		online();
		Now::set(Interval(EXPIRES.0 + 1));
		assert_ok!(renew(longer()));
		idle();
		assert_eq!(state_of(DEVICE), Some(Online));
		assert_eq!(last_change().2, StateReason::BenchmarkPassed);
	});
}

#[test]
fn another_maker_should_vouch_when_the_first_is_gone() {
	new_test_ext().build_and_execute(|| {
		online();
		let reason = MakerReason::Lapsed;
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, 0));
		assert_noop!(renew(longer()), Error::<Test>::RevokedMaker);
		// Which counts as long as what the first signed, and longer than what still counts of it.
		assert_ok!(renew(certificate(&other_maker(), &device_key(1))));
		assert_eq!(Devices::certified_until(DEVICE), Some(EXPIRES));
		pass(1);
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}

#[test]
fn renew_should_be_refused_when_the_certificate_is_of_no_use() {
	new_test_ext().build_and_execute(|| {
		online();
		// The same, and a shorter one.
		assert_noop!(renew(certificate(&maker(), &device_key(1))), Error::<Test>::NotLonger);
		let shorter = certificate_until(&maker(), &device_key(1), Interval(50));
		assert_noop!(renew(shorter), Error::<Test>::NotLonger);
		let past = certificate_until(&maker(), &device_key(1), Interval(4));
		assert_noop!(renew(past), Error::<Test>::ExpiredCertificate);
		// Another device's, another class's, and one that nobody signed.
		let others = certificate_until(&maker(), &device_key(2), Interval(300));
		let class = MakerCertificate { class: ClassId(2), ..longer() };
		let forged = MakerCertificate { expires: Interval(301), ..longer() };
		for certificate in [others, class, forged] {
			assert_noop!(renew(certificate), Error::<Test>::BadCertificate);
		}
		let stranger = certificate_until(&device_key(66), &device_key(1), Interval(300));
		assert_noop!(renew(stranger), Error::<Test>::UnknownMaker);
	});
}

#[test]
fn renew_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		online();
		// Or a colluding maker could make itself the maker of any device.
		let captured = certificate_until(&other_maker(), &device_key(1), Interval(300));
		let origin = RuntimeOrigin::signed(OTHER_MAKER);
		assert_noop!(Devices::renew(origin, DEVICE, captured), Error::<Test>::NotOperator);
		let origin = RuntimeOrigin::signed(OWNER);
		assert_ok!(Devices::set_manager(origin, DEVICE, Some(MANAGER)));
		assert_ok!(Devices::renew(RuntimeOrigin::signed(MANAGER), DEVICE, longer()));
	});
}

#[test]
fn renew_should_be_refused_when_the_device_was_stopped() {
	new_test_ext().build_and_execute(|| {
		online();
		let reason = SuspensionReason::FalseCertificate;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
		assert_noop!(renew(longer()), Error::<Test>::Stopped);
	});
}

#[test]
fn check_certificate_should_be_free_when_it_was_needed() {
	new_test_ext().build_and_execute(|| {
		online();
		let check = || Devices::check_certificate(RuntimeOrigin::signed(OTHER), DEVICE);
		assert_noop!(check(), Error::<Test>::Unchanged);
		let reason = MakerReason::Lapsed;
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, 2));
		pass(3);
		assert_eq!(check().map(|info| info.pays_fee), Ok(Pays::No));
		assert_eq!(last_change(), (Online, Suspended, StateReason::CertificateExpired));
		assert_noop!(check(), Error::<Test>::Unchanged);
		// The maker is back, and what it signed counts again.
		let name = Default::default();
		assert_ok!(Devices::register_maker(RuntimeOrigin::root(), key(), name, MAKER));
		assert_ok!(check());
		assert_eq!(last_change(), (Suspended, Online, StateReason::CertificateRenewed));
		// And runs out as if nothing had been.
		Now::set(Interval(EXPIRES.0 + 1));
		idle();
		assert_eq!(last_change(), (Online, Suspended, StateReason::CertificateExpired));
		assert_noop!(
			Devices::check_certificate(RuntimeOrigin::signed(OTHER), DeviceId(9)),
			Error::<Test>::UnknownDevice
		);
	});
}

#[test]
fn device_should_stop_when_its_maker_takes_the_certificate_back() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(revoke());
		System::assert_has_event(
			Event::CertificateRevoked { maker: key(), key: key_of(1), deposit: REVOCATION }.into(),
		);
		assert_eq!(last_change(), (Online, Suspended, StateReason::CertificateRevoked));
		assert_eq!(held(HoldReason::Revocation, MAKER), REVOCATION);
		assert_noop!(revoke(), Error::<Test>::RevokedCertificate);

		assert_ok!(restore());
		System::assert_has_event(
			Event::CertificateRestored { maker: key(), key: key_of(1), deposit: REVOCATION }.into(),
		);
		assert_eq!(last_change(), (Suspended, Online, StateReason::CertificateRenewed));
		assert_eq!(held(HoldReason::Revocation, MAKER), 0);
		assert_noop!(restore(), Error::<Test>::NotRevoked);
	});
}

#[test]
fn appeal_bond_should_come_back_when_the_maker_gives_the_certificate_back() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(revoke());
		assert_ok!(Devices::appeal(RuntimeOrigin::signed(OWNER), DEVICE, [1; 32]));
		assert_ok!(restore());
		assert_eq!(held(HoldReason::Appeal, OWNER), 0);
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}

#[test]
fn taking_back_should_be_refused_when_another_does_it() {
	new_test_ext().build_and_execute(|| {
		online();
		let revoke =
			|who, maker| Devices::revoke_certificate(RuntimeOrigin::signed(who), maker, key_of(1));
		let restore =
			|who, maker| Devices::restore_certificate(RuntimeOrigin::signed(who), maker, key_of(1));
		assert_noop!(revoke(OTHER_MAKER, key()), Error::<Test>::NotMaker);
		assert_noop!(revoke(MAKER, [9; 32]), Error::<Test>::UnknownMaker);
		assert_noop!(restore(OTHER_MAKER, key()), Error::<Test>::NotMaker);
		assert_noop!(restore(MAKER, [9; 32]), Error::<Test>::UnknownMaker);
		// Another maker takes back what it never gave: the device goes on.
		assert_ok!(revoke(OTHER_MAKER, other_maker().public().0));
		assert_eq!(state_of(DEVICE), Some(Online));
		// A maker that is gone takes nothing back.
		let reason = MakerReason::CompromisedKey;
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, 9));
		assert_noop!(revoke(MAKER, key()), Error::<Test>::RevokedMaker);
	});
}

#[test]
fn taking_back_should_be_refused_when_the_maker_cannot_pay() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Devices::register_maker(
			RuntimeOrigin::root(),
			key_of(50),
			Default::default(),
			99
		));
		assert_noop!(
			Devices::revoke_certificate(RuntimeOrigin::signed(99), key_of(50), key_of(1)),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn maker_should_lose_its_deposit_when_an_appeal_against_it_is_upheld() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(revoke());
		assert_ok!(Devices::appeal(RuntimeOrigin::signed(OWNER), DEVICE, [1; 32]));
		assert_ok!(Devices::decide_appeal(RuntimeOrigin::signed(COMMITTEE), DEVICE, true));
		System::assert_has_event(
			Event::RevocationOverruled { maker: key(), key: key_of(1), slashed: REVOCATION }.into(),
		);
		assert_eq!(last_change(), (Suspended, Online, StateReason::AppealUpheld));
		assert_eq!(insured(), REVOCATION);
		// It cannot try again while the device is there, nor clear the way to it.
		assert_noop!(revoke(), Error::<Test>::Overruled);
		assert_noop!(restore(), Error::<Test>::Overruled);
		// Showing the certificate again does not reopen the case.
		assert_ok!(renew(longer()));
		assert_noop!(revoke(), Error::<Test>::Overruled);
	});
}

#[test]
fn maker_should_keep_its_deposit_when_nobody_decided_against_it() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(revoke());
		assert_ok!(Devices::reinstate(RuntimeOrigin::signed(COMMITTEE), DEVICE));
		assert_eq!(held(HoldReason::Revocation, MAKER), REVOCATION);
		assert_noop!(revoke(), Error::<Test>::Overruled);
		// It comes back when another maker vouches for the device.
		let other = certificate_until(&other_maker(), &device_key(1), Interval(300));
		assert_ok!(renew(other));
		assert_eq!(held(HoldReason::Revocation, MAKER), 0);
		assert_eq!(insured(), 0);
	});
}

#[test]
fn device_should_stay_stopped_when_it_was_taken_back_meanwhile() {
	new_test_ext().build_and_execute(|| {
		online();
		let reason = SuspensionReason::FalseLocation;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
		pass(5);
		assert_ok!(revoke());
		let why = || Devices::suspension(DEVICE).map(|suspension| suspension.reason);
		assert_eq!(why(), Some(StateReason::FalseLocation));
		assert_ok!(Devices::reinstate(RuntimeOrigin::signed(COMMITTEE), DEVICE));
		// With a time of its own to appeal.
		System::assert_has_event(
			Event::Stopped {
				device: DEVICE,
				reason: StateReason::CertificateRevoked,
				appeal_until: Interval(10 + PARAMETERS.terms.appeal),
			}
			.into(),
		);
		assert_eq!(why(), Some(StateReason::CertificateRevoked));
		assert_eq!(state_of(DEVICE), Some(Suspended));
		assert_ok!(Devices::reinstate(RuntimeOrigin::signed(COMMITTEE), DEVICE));
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}
