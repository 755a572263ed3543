//! Certificates: claimed, held, transferred, retired, expired.

use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{InspectHold, Mutate},
};
use pogcs_primitives::{
	records::{ClassRecord, DeviceState},
	traits::Energy as _,
	units::GramsPerKwh,
	CellId, ClassId, Interval, WattHours,
};
use sp_runtime::{DispatchResult, TokenError};

use crate::{
	mock::*, AllCertificates, CertificateRecord, CertificateTotals, Certificates, Error, Event,
	HoldReason, Holdings, Retirement, Retirements, Source, Surpluses,
};

const AT: Interval = Interval(9);
const REASON: [u8; 32] = [0xaa; 32];

fn claim(owner: u64, interval: Interval) -> DispatchResult {
	Energy::claim(RuntimeOrigin::signed(owner), DEVICE, interval)
}

fn transfer(from: u64, to: u64, amount: u64) -> DispatchResult {
	let certificate = certificate(AT, Source::Production);
	Energy::transfer(RuntimeOrigin::signed(from), certificate, to, wh(amount))
}

fn retire(by: u64, amount: u64) -> DispatchResult {
	let certificate = certificate(AT, Source::Production);
	Energy::retire(RuntimeOrigin::signed(by), certificate, wh(amount), BUYER, REASON)
}

fn expire(holder: u64) -> DispatchResult {
	let certificate = certificate(AT, Source::Production);
	Energy::expire(RuntimeOrigin::signed(STRANGER), certificate, holder)
}

fn held(who: u64) -> u64 {
	let certificate = certificate(AT, Source::Production);
	Holdings::<Test>::get(who, certificate).map_or(0, |holding| holding.amount.0)
}

fn on_hold(reason: HoldReason, who: u64) -> u128 {
	Balances::balance_on_hold(&reason.into(), &who)
}

/// 10,999 mWh of surplus: ten certificates, claimed.
fn claimed() {
	assert_ok!(send(metered(10_999, 0, 0, 0)));
	assert_ok!(claim(OWNER, AT));
}

#[test]
fn claim_should_issue_whole_watt_hours_when_there_is_a_surplus() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(11_899, 0, 0, 900)));
		assert_eq!(Energy::claimable(DEVICE, AT), Some((wh(10), wh(0))));
		assert_ok!(claim(OWNER, AT));
		System::assert_last_event(
			Event::Claimed {
				device: DEVICE,
				interval: AT,
				owner: OWNER,
				production: wh(10),
				storage: wh(0),
			}
			.into(),
		);
		let id = certificate(AT, Source::Production);
		assert_eq!(
			Energy::certificate(id),
			Some(CertificateRecord {
				class: ClassId(0),
				cell: PLACE,
				carbon: GramsPerKwh(40),
				expires: Interval(AT.0 + LIFE),
				issued: wh(10),
				held: wh(10),
				retired: wh(0),
				expired: wh(0),
			})
		);
		assert_eq!(Energy::holdings(OWNER), vec![(id, wh(10))]);
		assert_eq!(on_hold(HoldReason::Certificate, OWNER), 7);
		// The rest of a watt-hour stays, and is not enough for another one.
		assert_eq!(Surpluses::<Test>::get(DEVICE, AT).map(|s| s.production), Some(mwh(999)));
		assert_noop!(claim(OWNER, AT), Error::<Test>::NothingToClaim);
		assert_eq!(Energy::totals_of(AT).map(|t| t.claimed), Some(mwh(10_000)));
	});
}

#[test]
fn claim_should_be_refused_when_it_is_not_the_callers_or_nothing_is_there() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(claim(OWNER, AT), Error::<Test>::NotReported);
		assert_ok!(send(metered(999, 0, 0, 0)));
		assert_noop!(claim(STRANGER, AT), Error::<Test>::NotOwner);
		assert_noop!(claim(MANAGER, AT), Error::<Test>::NotOwner);
		assert_noop!(claim(OWNER, AT), Error::<Test>::NothingToClaim);
		assert_noop!(
			Energy::claim(RuntimeOrigin::signed(OWNER), NO_DEVICE, AT),
			Error::<Test>::UnknownDevice
		);
	});
}

#[test]
fn claim_should_wait_when_the_device_is_suspended() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(10_000, 0, 0, 0)));
		State::set(DeviceState::Suspended);
		assert_noop!(claim(OWNER, AT), Error::<Test>::Suspended);
		State::set(DeviceState::Online);
		assert_ok!(claim(OWNER, AT));
	});
}

#[test]
fn certificate_should_say_where_the_device_stood_when_it_has_moved_since() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(10_000, 0, 0, 0)));
		pass(1);
		Where::set(CellId(0x8f652636d876620));
		Since::set(Now::get());
		assert_ok!(claim(OWNER, AT));
		let record = Energy::certificate(certificate(AT, Source::Production)).expect("held");
		assert_eq!(record.cell, PLACE);
	});
}

#[test]
fn claim_should_be_refused_when_the_owner_cannot_pay_the_deposit() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(10_000, 0, 0, 0)));
		Balances::set_balance(&OWNER, 5);
		assert_noop!(claim(OWNER, AT), TokenError::FundsUnavailable);
	});
}

#[test]
fn energy_of_compute_should_be_locked_when_a_proof_may_still_come() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(5_000, 0, 0, 5_000)));
		assert_ok!(Energy::draw_down(DEVICE, AT, mwh(1_500)));
		pass(LOCK - 1);
		assert_noop!(claim(OWNER, AT), Error::<Test>::NothingToClaim);
		pass(1);
		// What a proof used is retired; the owner has the rest.
		assert_eq!(Energy::claimable(DEVICE, AT), Some((wh(3), wh(0))));
		assert_ok!(claim(OWNER, AT));
		assert_eq!(held(OWNER), 3);
		let totals = Energy::totals_of(AT).expect("it stands");
		assert_eq!(
			(totals.retired, totals.unlocked, totals.claimed),
			(mwh(1_500), mwh(3_500), mwh(3_000))
		);
		// And no proof can have it any more.
		assert!(Energy::draw_down(DEVICE, AT, mwh(1)).is_err());
	});
}

#[test]
fn two_claims_should_add_up_when_the_second_comes_after_the_lock() {
	new_test_ext().build_and_execute(|| {
		// 600 mWh are the owner's at once; 1,500 after the lock, which makes two watt-hours.
		assert_ok!(send(metered(7_100, 0, 0, 1_500)));
		assert_ok!(claim(OWNER, AT));
		assert_eq!(held(OWNER), 5);
		assert_ok!(transfer(OWNER, BUYER, 5));
		pass(LOCK);
		assert_ok!(claim(OWNER, AT));
		assert_eq!((held(OWNER), held(BUYER)), (2, 5));
		let record = Energy::certificate(certificate(AT, Source::Production)).expect("held");
		assert_eq!((record.issued, record.held), (wh(7), wh(7)));
	});
}

#[test]
fn certificate_should_say_where_from_when_it_came_out_of_the_battery() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(10_000, 10_000, 0, 0)));
		// Energy in the battery has no certificate.
		assert_noop!(claim(OWNER, AT), Error::<Test>::NothingToClaim);
		pass(1);
		assert_ok!(send(metered(3_000, 0, 8_000, 4_000)));
		// 3,000 of the panel went to compute, and 1,000 of the battery; 7,000 are left.
		assert_ok!(claim(OWNER, Interval(10)));
		let id = certificate(Interval(10), Source::Storage);
		assert_eq!(Energy::holdings(OWNER), vec![(id, wh(7))]);
		// 40 g/kWh, and a tenth was lost: 44.4, up.
		assert_eq!(Energy::certificate(id).map(|c| c.carbon), Some(GramsPerKwh(45)));
		pass(LOCK);
		// What proofs leave of the battery's part is the battery's.
		assert_ok!(Energy::draw_down(DEVICE, Interval(10), mwh(3_000)));
		assert_eq!(Energy::claimable(DEVICE, Interval(10)), Some((wh(0), wh(1))));
		assert_ok!(claim(OWNER, Interval(10)));
		assert_eq!(Energy::holdings(OWNER), vec![(id, wh(8))]);
	});
}

#[test]
fn claims_should_come_from_both_sources_when_panel_and_battery_gave() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(10_000, 10_000, 0, 0)));
		pass(1);
		assert_ok!(send(metered(5_500, 0, 4_500, 0)));
		assert_ok!(claim(OWNER, Interval(10)));
		let mut holdings = Energy::holdings(OWNER);
		holdings.sort();
		let of = |source| certificate(Interval(10), source);
		assert_eq!(holdings, vec![(of(Source::Production), wh(5)), (of(Source::Storage), wh(4))]);
		assert_eq!(on_hold(HoldReason::Certificate, OWNER), 14);
	});
}

#[test]
fn transfer_should_move_certificates_and_deposit_when_the_holder_gives_them() {
	new_test_ext().build_and_execute(|| {
		claimed();
		assert_ok!(transfer(OWNER, BUYER, 4));
		System::assert_last_event(
			Event::Transferred {
				certificate: certificate(AT, Source::Production),
				from: OWNER,
				to: BUYER,
				amount: wh(4),
			}
			.into(),
		);
		assert_eq!((held(OWNER), held(BUYER)), (6, 4));
		// Who brings an entry into being pays for it; more of the same costs nothing.
		assert_eq!(on_hold(HoldReason::Certificate, OWNER), 14);
		assert_ok!(transfer(OWNER, BUYER, 1));
		assert_eq!(on_hold(HoldReason::Certificate, OWNER), 14);
		assert_ok!(transfer(OWNER, BUYER, 5));
		assert_eq!((held(OWNER), held(BUYER)), (0, 10));
		assert_eq!(on_hold(HoldReason::Certificate, OWNER), 7);
		// The buyer uses them up: the deposit goes back to who paid it.
		assert_ok!(retire(BUYER, 10));
		assert_eq!(on_hold(HoldReason::Certificate, OWNER), 0);
		assert_eq!(on_hold(HoldReason::Certificate, BUYER), 0);
	});
}

#[test]
fn transfer_should_be_refused_when_it_is_nothing_or_too_much() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(transfer(OWNER, BUYER, 1), Error::<Test>::Insufficient);
		claimed();
		assert_noop!(transfer(OWNER, BUYER, 0), Error::<Test>::ZeroAmount);
		assert_noop!(transfer(OWNER, OWNER, 1), Error::<Test>::SameAccount);
		assert_noop!(transfer(OWNER, BUYER, 11), Error::<Test>::Insufficient);
		assert_noop!(transfer(STRANGER, BUYER, 1), Error::<Test>::Insufficient);
		Balances::set_balance(&OWNER, 3);
		assert_noop!(transfer(OWNER, BUYER, 1), TokenError::FundsUnavailable);
		// The entry that ends pays for the one that begins.
		assert_ok!(transfer(OWNER, BUYER, 10));
	});
}

#[test]
fn retire_should_leave_a_record_for_the_beneficiary_when_done() {
	new_test_ext().build_and_execute(|| {
		claimed();
		assert_ok!(retire(OWNER, 3));
		let id = certificate(AT, Source::Production);
		System::assert_last_event(
			Event::CertificateRetired {
				retirement: 0,
				certificate: id,
				amount: wh(3),
				by: OWNER,
				beneficiary: BUYER,
				reason: REASON,
			}
			.into(),
		);
		let record = Retirement {
			certificate: id,
			amount: wh(3),
			by: OWNER,
			reason: REASON,
			at: Interval(10),
			deposit: 5,
		};
		assert_eq!(Energy::retired_for(BUYER), vec![(0, record)]);
		assert_eq!(on_hold(HoldReason::Retirement, OWNER), 5);
		let certificate = Energy::certificate(id).expect("seven are held");
		assert_eq!(
			(certificate.issued, certificate.held, certificate.retired),
			(wh(10), wh(7), wh(3))
		);
		// Once nobody holds any, only the sums are left.
		assert_ok!(retire(OWNER, 7));
		assert_eq!(Certificates::<Test>::get(id), None);
		assert_eq!(
			AllCertificates::<Test>::get(),
			CertificateTotals { issued: wh(10), held: wh(0), retired: wh(10), expired: wh(0) }
		);
		assert_noop!(retire(OWNER, 1), Error::<Test>::Insufficient);
	});
}

#[test]
fn retire_should_be_refused_when_it_is_nothing_or_too_much() {
	new_test_ext().build_and_execute(|| {
		claimed();
		assert_noop!(retire(OWNER, 0), Error::<Test>::ZeroAmount);
		assert_noop!(retire(OWNER, 11), Error::<Test>::Insufficient);
		assert_noop!(retire(BUYER, 1), Error::<Test>::Insufficient);
		Balances::set_balance(&OWNER, 3);
		assert_noop!(retire(OWNER, 1), TokenError::FundsUnavailable);
	});
}

#[test]
fn retirement_should_be_forgotten_only_by_who_made_it_when_asked() {
	new_test_ext().build_and_execute(|| {
		claimed();
		assert_ok!(retire(OWNER, 10));
		let forget = |by, retirement| {
			Energy::forget_retirement(RuntimeOrigin::signed(by), BUYER, retirement)
		};
		assert_noop!(forget(BUYER, 0), Error::<Test>::NotYours);
		assert_noop!(forget(OWNER, 1), Error::<Test>::UnknownRetirement);
		assert_ok!(forget(OWNER, 0));
		System::assert_last_event(
			Event::RetirementForgotten { retirement: 0, beneficiary: BUYER }.into(),
		);
		assert_eq!(on_hold(HoldReason::Retirement, OWNER), 0);
		assert_eq!(Retirements::<Test>::iter().count(), 0);
		// The energy stays retired.
		assert_eq!(AllCertificates::<Test>::get().retired, wh(10));
		assert_noop!(forget(OWNER, 0), Error::<Test>::UnknownRetirement);
	});
}

#[test]
fn certificate_should_only_run_out_when_its_life_is_over() {
	new_test_ext().build_and_execute(|| {
		claimed();
		assert_ok!(transfer(OWNER, BUYER, 4));
		Now::set(Interval(AT.0 + LIFE));
		assert_noop!(expire(BUYER), Error::<Test>::NotExpired);
		assert_ok!(retire(BUYER, 1));
		pass(1);
		assert_noop!(transfer(OWNER, BUYER, 1), Error::<Test>::Expired);
		assert_noop!(retire(OWNER, 1), Error::<Test>::Expired);
		assert_noop!(expire(STRANGER), Error::<Test>::Insufficient);
		assert_ok!(expire(BUYER));
		System::assert_last_event(
			Event::CertificateExpired {
				certificate: certificate(AT, Source::Production),
				holder: BUYER,
				amount: wh(3),
			}
			.into(),
		);
		assert_ok!(expire(OWNER));
		assert_eq!(on_hold(HoldReason::Certificate, OWNER), 0);
		assert_eq!(
			AllCertificates::<Test>::get(),
			CertificateTotals { issued: wh(10), held: wh(0), retired: wh(1), expired: wh(9) }
		);
	});
}

#[test]
fn certificate_should_keep_its_intensity_when_the_class_changes() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(7_000, 0, 0, 2_000)));
		assert_ok!(claim(OWNER, AT));
		Kind::set(ClassRecord { carbon: GramsPerKwh(10), ..CLASS });
		pass(LOCK);
		assert_ok!(claim(OWNER, AT));
		let record = Energy::certificate(certificate(AT, Source::Production)).expect("held");
		assert_eq!((record.carbon, record.held), (GramsPerKwh(40), WattHours(7)));
	});
}
