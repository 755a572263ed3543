//! Claims are made and burnt before their interval.

use frame_support::assert_storage_noop;
use pogcs_primitives::{
	traits::{ClaimsError, HourClaims},
	Interval, MicroGpuHours,
};

use crate::{mock::*, Event};

fn mint_at(interval: u32, amount: u64) -> Result<(), ClaimsError> {
	<Hours as HourClaims<u64>>::mint(CLASS, Interval(interval), &ALICE, MicroGpuHours(amount))
}

fn burn(amount: u64) -> Result<(), ClaimsError> {
	<Hours as HourClaims<u64>>::burn(CLASS, NEXT, &ALICE, MicroGpuHours(amount))
}

#[test]
fn mint_should_add_to_holding_and_totals_when_the_interval_is_ahead() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(mint(ALICE, 150), Ok(()));
		assert_eq!(mint(ALICE, 30), Ok(()));
		assert_eq!(mint(BOB, 100), Ok(()));
		assert_eq!((free(ALICE), free(BOB)), (180, 100));
		assert_eq!(totals(), (280, 0, 0, 0));
		System::assert_last_event(
			Event::Minted { class: CLASS, interval: NEXT, to: BOB, amount: MicroGpuHours(100) }
				.into(),
		);
	});
}

#[test]
fn mint_should_reach_the_horizon_and_no_further() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(mint_at(START.0 + HORIZON, 100), Ok(()));
		let beyond = START.0 + HORIZON + 1;
		assert_storage_noop!(assert_eq!(mint_at(beyond, 100), Err(ClaimsError::TooFar)));
		assert_storage_noop!(assert_eq!(mint_at(u32::MAX, 100), Err(ClaimsError::TooFar)));
	});
}

#[test]
fn mint_should_be_refused_when_the_interval_has_begun() {
	new_test_ext().build_and_execute(|| {
		assert_storage_noop!(assert_eq!(mint_at(START.0, 100), Err(ClaimsError::Closed)));
		assert_storage_noop!(assert_eq!(mint_at(START.0 - 1, 100), Err(ClaimsError::Closed)));
		assert_storage_noop!(assert_eq!(mint_at(START.0, 0), Err(ClaimsError::Closed)));
	});
}

#[test]
fn mint_should_be_refused_when_it_would_leave_dust() {
	new_test_ext().build_and_execute(|| {
		assert_storage_noop!(assert_eq!(mint(ALICE, LEAST - 1), Err(ClaimsError::Dust)));
		assert_eq!(mint(ALICE, LEAST), Ok(()));
		assert_eq!(mint(ALICE, 1), Ok(()));
	});
}

#[test]
fn mint_should_be_refused_when_the_product_overflows() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(mint(ALICE, u64::MAX - 100), Ok(()));
		assert_storage_noop!(assert_eq!(mint(BOB, 101), Err(ClaimsError::Overflow)));
		assert_eq!(mint(BOB, 100), Ok(()));
	});
}

#[test]
fn mint_should_change_nothing_when_the_amount_is_zero() {
	new_test_ext().build_and_execute(|| {
		assert_storage_noop!(assert_eq!(mint(ALICE, 0), Ok(())));
	});
}

#[test]
fn burn_should_take_out_of_holding_and_count_when_the_interval_is_ahead() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 150).unwrap();
		// Dust may be left: the entry was paid for.
		assert_eq!(burn(149), Ok(()));
		assert_eq!(totals(), (150, 0, 149, 0));
		System::assert_last_event(
			Event::Burnt { class: CLASS, interval: NEXT, from: ALICE, amount: MicroGpuHours(149) }
				.into(),
		);
		assert_eq!(burn(1), Ok(()));
		assert_eq!(Hours::holding_of(ALICE, CLASS, NEXT), None);
	});
}

#[test]
fn burn_should_be_refused_when_more_than_is_held() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 150).unwrap();
		assert_storage_noop!(assert_eq!(burn(151), Err(ClaimsError::Insufficient)));
		assert_storage_noop!(assert_eq!(burn(0), Ok(())));
	});
}

#[test]
fn burn_should_be_refused_when_the_interval_has_begun() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 150).unwrap();
		for now in [NEXT, Interval(NEXT.0 + 1)] {
			Now::set(now);
			assert_storage_noop!(assert_eq!(burn(1), Err(ClaimsError::Closed)));
		}
	});
}
