//! Bonding, unbonding, withdrawing.

use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use pogcs_primitives::{traits::Validators as _, Interval};

use crate::{mock::*, *};

fn held(who: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::Stake.into(), &who)
}

fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

#[test]
fn bond_should_hold_the_stake_and_make_a_validator() {
	on_chain(|| {
		assert!(!Pogcs::is_validator(&4));
		assert_ok!(Pogcs::bond(signed(4), 100));
		assert_ok!(Pogcs::bond(signed(4), 50));
		System::assert_last_event(Event::Bonded { validator: 4, amount: 50, stake: 150 }.into());
		assert_eq!(held(4), 150);
		assert!(Pogcs::is_validator(&4));
	});
}

#[test]
fn bond_should_refuse_when_nothing_too_little_or_too_much_is_bonded() {
	on_chain(|| {
		assert_noop!(Pogcs::bond(signed(4), 0), Error::<Test>::Zero);
		assert_noop!(Pogcs::bond(signed(4), 99), Error::<Test>::Insufficient);
		assert_noop!(Pogcs::bond(signed(4), 1_000_000), sp_runtime::TokenError::FundsUnavailable);
		assert_noop!(Pogcs::bond(signed(1), Balance::MAX), Error::<Test>::Overflow);
	});
}

#[test]
fn bond_should_refuse_when_all_places_are_taken() {
	on_chain(|| {
		for who in 4..7 {
			assert_ok!(Pogcs::bond(signed(who), 100));
		}
		assert_noop!(Pogcs::bond(signed(7), 100), Error::<Test>::Full);
		assert_ok!(Pogcs::bond(signed(6), 100));
	});
}

#[test]
fn withdraw_should_wait_for_the_unbonding_time() {
	on_chain(|| {
		assert_ok!(Pogcs::unbond(signed(1), 400));
		System::assert_last_event(
			Event::Unbonded { validator: 1, amount: 400, withdrawable: Interval(UNBONDING) }.into(),
		);
		assert_eq!(held(1), 1_000, "what is unbonded stays on hold");
		assert_noop!(Pogcs::withdraw(signed(1)), Error::<Test>::Locked);
		(1..UNBONDING.into()).for_each(open_epoch);
		assert_noop!(Pogcs::withdraw(signed(1)), Error::<Test>::Locked);
		open_epoch(UNBONDING.into());
		assert_ok!(Pogcs::withdraw(signed(1)));
		System::assert_last_event(Event::Withdrawn { validator: 1, amount: 400 }.into());
		assert_eq!(held(1), 600);
		assert_noop!(Pogcs::withdraw(signed(1)), Error::<Test>::Locked);
	});
}

#[test]
fn a_validator_should_be_gone_when_everything_is_withdrawn() {
	on_chain(|| {
		assert_ok!(Pogcs::bond(signed(4), 100));
		assert_ok!(Pogcs::unbond(signed(4), 100));
		assert!(!Pogcs::is_validator(&4), "devices cannot bind to it any more");
		open_epoch(UNBONDING.into());
		assert_ok!(Pogcs::withdraw(signed(4)));
		assert!(!Validators::<Test>::contains_key(4));
		assert_eq!(held(4), 0);
		assert_noop!(Pogcs::withdraw(signed(4)), Error::<Test>::NotBonded);
	});
}

#[test]
fn unbond_should_refuse_when_the_rest_or_the_amount_is_wrong() {
	on_chain(|| {
		assert_noop!(Pogcs::unbond(signed(5), 1), Error::<Test>::NotBonded);
		assert_noop!(Pogcs::unbond(signed(1), 0), Error::<Test>::Zero);
		assert_noop!(Pogcs::unbond(signed(1), 1_001), Error::<Test>::Excessive);
		assert_noop!(Pogcs::unbond(signed(1), 901), Error::<Test>::Insufficient);
		assert_ok!(Pogcs::unbond(signed(1), 1));
		assert_ok!(Pogcs::unbond(signed(1), 1));
		assert_noop!(Pogcs::unbond(signed(1), 1), Error::<Test>::Crowded);
	});
}

#[test]
fn calls_should_refuse_when_not_signed() {
	on_chain(|| {
		let bad = sp_runtime::DispatchError::BadOrigin;
		assert_noop!(Pogcs::bond(RuntimeOrigin::none(), 100), bad);
		assert_noop!(Pogcs::unbond(RuntimeOrigin::root(), 100), bad);
		assert_noop!(Pogcs::withdraw(RuntimeOrigin::none()), bad);
	});
}
