//! Reports without a fee, within what was paid ahead.

use frame_support::{
	assert_noop, assert_ok, dispatch::CheckIfFeeless, traits::fungible::InspectHold,
};
use pogcs_primitives::{records::DeviceState, wire::EnergyReport, Interval};
use sp_runtime::{traits::Dispatchable, DispatchResult, TokenError};

use crate::{mock::*, Call, Error, Event, HoldReason, Quotas};

fn buy(who: u64, reports: u32) -> DispatchResult {
	Energy::buy_quota(RuntimeOrigin::signed(who), DEVICE, reports)
}

fn prepaid(who: u64, report: EnergyReport) -> DispatchResult {
	Energy::report_prepaid(RuntimeOrigin::signed(who), report)
}

fn is_free(origin: RuntimeOrigin, report: EnergyReport) -> bool {
	RuntimeCall::Energy(Call::report_prepaid { report }).is_feeless(&origin)
}

fn free(who: u64, report: EnergyReport) -> bool {
	is_free(RuntimeOrigin::signed(who), report)
}

fn device() -> u64 {
	account_of(DEVICE)
}

#[test]
fn quota_should_be_paid_and_keep_the_device_alive_when_bought() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(System::sufficients(&device()), 0);
		assert_ok!(buy(OWNER, 5));
		System::assert_last_event(
			Event::QuotaBought { device: DEVICE, payer: OWNER, reports: 5, left: 5, price: 15 }
				.into(),
		);
		assert_eq!(Energy::quota(DEVICE), 5);
		assert_eq!(System::sufficients(&device()), 1);
		assert_eq!(Balances::free_balance(OWNER), RICH - 15 - 11);
		assert_eq!(Balances::balance_on_hold(&HoldReason::Quota.into(), &OWNER), 11);
		assert_eq!(Fees::get(), 15);
		// The deposit is paid once.
		assert_ok!(buy(MANAGER, 2));
		assert_eq!(Energy::quota(DEVICE), 7);
		assert_eq!(Balances::free_balance(MANAGER), RICH - 6);
		assert_eq!(System::sufficients(&device()), 1);
	});
}

#[test]
fn quota_should_be_refused_when_it_is_not_the_buyers_or_too_much() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(buy(STRANGER, 5), Error::<Test>::NotOwner);
		assert_noop!(buy(OWNER, 0), Error::<Test>::ZeroAmount);
		assert_noop!(buy(OWNER, 101), Error::<Test>::FullQuota);
		assert_noop!(buy(OWNER, u32::MAX), Error::<Test>::FullQuota);
		assert_noop!(
			Energy::buy_quota(RuntimeOrigin::signed(OWNER), NO_DEVICE, 1),
			Error::<Test>::UnknownDevice
		);
		assert_ok!(buy(OWNER, 100));
		assert_noop!(buy(OWNER, 1), Error::<Test>::FullQuota);
	});
}

#[test]
fn quota_should_be_refused_when_the_buyer_is_poor() {
	new_test_ext().build_and_execute(|| {
		use frame_support::traits::fungible::Mutate;
		Balances::set_balance(&OWNER, 20);
		assert_noop!(buy(OWNER, 5), TokenError::FundsUnavailable);
		Balances::set_balance(&OWNER, 5);
		assert_noop!(buy(OWNER, 1), TokenError::FundsUnavailable);
	});
}

#[test]
fn report_should_be_free_when_prepaid_and_due() {
	new_test_ext().build_and_execute(|| {
		let report = report();
		assert!(!free(device(), report));
		assert_ok!(buy(OWNER, 2));
		assert!(free(device(), report));
		// Only to the device itself, for the interval that can be reported.
		assert!(!free(OWNER, report));
		assert!(!is_free(RuntimeOrigin::none(), report));
		assert!(!is_free(RuntimeOrigin::root(), report));
		assert!(!free(device(), EnergyReport { device: OTHER_DEVICE, ..report }));
		assert!(!free(device(), EnergyReport { interval: Interval(8), ..report }));
		assert!(!free(device(), EnergyReport { interval: Interval(10), ..report }));
		// Another call never is.
		let signature = sign(&report, &key_of(DEVICE));
		let paid = RuntimeCall::Energy(Call::report { report, signature });
		assert!(!paid.is_feeless(&RuntimeOrigin::signed(device())));

		assert_ok!(prepaid(device(), report));
		assert!(Energy::record(DEVICE, Interval(9)).is_some());
		assert_eq!(Energy::quota(DEVICE), 1);
		// Once it is on record, the next one of the same interval would pay.
		assert!(!free(device(), report));
		pass(1);
		assert!(free(device(), EnergyReport { interval: Interval(10), ..report }));
	});
}

#[test]
fn refused_report_should_use_the_quota_up_when_it_was_free() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(buy(OWNER, 2));
		for left in [1, 0] {
			let lie = EnergyReport { green_draw: mwh(901), ..report() };
			assert!(free(device(), lie));
			assert_ok!(prepaid(device(), lie));
			System::assert_last_event(
				Event::ReportRefused {
					device: DEVICE,
					interval: Interval(9),
					error: Error::<Test>::UnbackedDraw.into(),
					left,
				}
				.into(),
			);
			assert_eq!(Energy::record(DEVICE, Interval(9)), None);
		}
		// Nothing is free without it, however often it is sent.
		assert!(!free(device(), report()));
		assert_noop!(prepaid(device(), report()), Error::<Test>::NoQuota);
		// It can still be sent for a fee.
		assert_ok!(send(report()));
	});
}

#[test]
fn prepaid_report_should_be_refused_when_it_is_not_the_devices() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(prepaid(device(), report()), Error::<Test>::NoQuota);
		assert_ok!(buy(OWNER, 2));
		assert_noop!(prepaid(OWNER, report()), Error::<Test>::NotDevice);
		assert_noop!(
			prepaid(device(), EnergyReport { device: OTHER_DEVICE, ..report() }),
			Error::<Test>::NotDevice
		);
		assert_noop!(
			prepaid(device(), EnergyReport { device: NO_DEVICE, ..report() }),
			Error::<Test>::UnknownDevice
		);
	});
}

#[test]
fn suspended_device_should_use_quota_up_when_it_reports() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(buy(OWNER, 1));
		State::set(DeviceState::Suspended);
		assert_ok!(prepaid(device(), report()));
		assert_eq!(Energy::quota(DEVICE), 0);
		assert_eq!(Energy::record(DEVICE, Interval(9)), None);
	});
}

#[test]
fn quota_should_follow_the_device_when_its_key_changes() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(buy(OWNER, 2));
		let old = device();
		Registered::set(vec![(DEVICE, OWNER, 77)]);
		let new = <World as sp_runtime::traits::Convert<_, _>>::convert(
			sp_core::Pair::public(&key_from(77)).0,
		);
		// Neither the old account nor, before the owner says so, the new one.
		assert!(!free(old, report()));
		assert!(!free(new, report()));
		assert_ok!(buy(OWNER, 1));
		assert!(free(new, report()));
		assert!(!free(old, report()));
		assert_eq!((System::sufficients(&old), System::sufficients(&new)), (0, 1));
		assert_ok!(prepaid(new, report()));
		assert_eq!(Energy::quota(DEVICE), 2);
	});
}

#[test]
fn quota_should_be_closed_only_by_the_owner_when_asked() {
	new_test_ext().build_and_execute(|| {
		let close = |who| Energy::close_quota(RuntimeOrigin::signed(who), DEVICE);
		assert_noop!(close(OWNER), Error::<Test>::NoQuota);
		// The manager paid, the owner decides.
		assert_ok!(buy(MANAGER, 4));
		for who in [MANAGER, STRANGER] {
			assert_noop!(close(who), Error::<Test>::NotOwner);
		}
		assert_ok!(close(OWNER));
		System::assert_last_event(
			Event::QuotaClosed { device: DEVICE, left: 4, payer: MANAGER }.into(),
		);
		assert_eq!(Balances::free_balance(MANAGER), RICH - 12);
		assert_eq!(System::sufficients(&device()), 0);
		assert_eq!(Quotas::<Test>::get(DEVICE), None);
	});
}

#[test]
fn deposit_should_come_back_when_the_device_left_the_registry() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(buy(OWNER, 4));
		Registered::set(vec![]);
		assert_noop!(
			Energy::close_quota(RuntimeOrigin::signed(OWNER), DEVICE),
			Error::<Test>::UnknownDevice
		);
		assert_ok!(Energy::forget(RuntimeOrigin::signed(STRANGER), DEVICE));
		assert_eq!(Balances::free_balance(OWNER), RICH - 12);
		assert_eq!(System::sufficients(&device()), 0);
	});
}

#[test]
fn call_in_a_call_should_use_quota_up_when_it_is_dispatched() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(buy(OWNER, 1));
		let call = RuntimeCall::Energy(Call::report_prepaid { report: report() });
		assert_ok!(call.clone().dispatch(RuntimeOrigin::signed(device())));
		assert!(call.dispatch(RuntimeOrigin::signed(device())).is_err());
		assert_eq!(Energy::quota(DEVICE), 0);
	});
}
