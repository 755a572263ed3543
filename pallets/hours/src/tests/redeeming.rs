//! Claims are used in their own interval, and only there.

use frame_support::assert_storage_noop;
use pogcs_primitives::{
	traits::{ClaimsError, HourLedger},
	Interval, MicroGpuHours,
};

use crate::{mock::*, Event};

fn redeem(amount: u64) -> Result<(), ClaimsError> {
	Hours::redeem(CLASS, NEXT, &ALICE, MicroGpuHours(amount))
}

fn redeem_locked(why: Why, amount: u64) -> Result<(), ClaimsError> {
	Hours::redeem_locked(why, CLASS, NEXT, &ALICE, MicroGpuHours(amount))
}

#[test]
fn redeem_should_use_claims_when_their_interval_runs() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Now::set(NEXT);
		assert_eq!(redeem(240), Ok(()));
		assert_eq!(held(ALICE), 10);
		assert_eq!(totals(), (250, 240, 0, 0));
		System::assert_last_event(
			Event::Redeemed {
				class: CLASS,
				interval: NEXT,
				from: ALICE,
				amount: MicroGpuHours(240),
			}
			.into(),
		);
		assert_eq!(redeem(10), Ok(()));
		assert_eq!(Hours::holding_of(ALICE, CLASS, NEXT), None);
	});
}

#[test]
fn redeem_should_be_refused_when_the_interval_does_not_run() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_storage_noop!(assert_eq!(redeem(1), Err(ClaimsError::NotRunning)));
		Now::set(Interval(NEXT.0 + 1));
		assert_storage_noop!(assert_eq!(redeem(1), Err(ClaimsError::NotRunning)));
		assert_storage_noop!(assert_eq!(
			redeem_locked(Why::Contract, 1),
			Err(ClaimsError::NotRunning)
		));
	});
}

#[test]
fn redeem_should_be_refused_when_more_than_is_free() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Hours::lock(Why::Contract, CLASS, NEXT, &ALICE, MicroGpuHours(150)).unwrap();
		Now::set(NEXT);
		assert_storage_noop!(assert_eq!(redeem(101), Err(ClaimsError::Insufficient)));
		assert_storage_noop!(assert_eq!(redeem(0), Ok(())));
	});
}

#[test]
fn redeem_locked_should_use_what_its_reason_locked() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Hours::lock(Why::Contract, CLASS, NEXT, &ALICE, MicroGpuHours(150)).unwrap();
		Hours::lock(Why::Loan, CLASS, NEXT, &ALICE, MicroGpuHours(50)).unwrap();
		Now::set(NEXT);
		assert_storage_noop!(assert_eq!(
			redeem_locked(Why::Contract, 151),
			Err(ClaimsError::Insufficient)
		));
		assert_eq!(redeem_locked(Why::Contract, 150), Ok(()));
		assert_eq!((free(ALICE), held(ALICE)), (50, 100));
		assert_eq!(totals(), (250, 150, 0, 0));
	});
}
