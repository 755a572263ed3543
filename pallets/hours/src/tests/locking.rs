//! Other pallets set claims aside, each under its own reason.

use frame_support::{assert_storage_noop, BoundedVec};
use pogcs_primitives::{
	traits::{ClaimsError, HourClaims, HourLedger},
	Interval, MicroGpuHours,
};

use sp_runtime::DispatchError;

use crate::{mock::*, Error, Event, Holding};

fn lock(why: Why, amount: u64) -> Result<(), ClaimsError> {
	Hours::lock(why, CLASS, NEXT, &ALICE, MicroGpuHours(amount))
}

fn unlock(why: Why, amount: u64) -> Result<(), ClaimsError> {
	Hours::unlock(why, CLASS, NEXT, &ALICE, MicroGpuHours(amount))
}

fn send_locked(why: Why, to: u64, amount: u64) -> Result<(), ClaimsError> {
	Hours::transfer_locked(why, CLASS, NEXT, &ALICE, &to, MicroGpuHours(amount))
}

fn locked(why: Why) -> u64 {
	<Hours as HourLedger<u64>>::locked(why, CLASS, NEXT, &ALICE).0
}

#[test]
fn lock_should_set_claims_aside_when_they_are_free() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_eq!(lock(Why::Sale, 100), Ok(()));
		System::assert_last_event(
			Event::Locked {
				class: CLASS,
				interval: NEXT,
				who: ALICE,
				reason: Why::Sale,
				amount: MicroGpuHours(100),
			}
			.into(),
		);
		assert_eq!(lock(Why::Sale, 20), Ok(()));
		assert_eq!(lock(Why::Loan, 30), Ok(()));
		assert_eq!((free(ALICE), held(ALICE)), (100, 250));
		assert_eq!((locked(Why::Sale), locked(Why::Loan), locked(Why::Contract)), (120, 30, 0));
		let locks = vec![(Why::Sale, MicroGpuHours(120)), (Why::Loan, MicroGpuHours(30))];
		assert_eq!(
			Hours::holding_of(ALICE, CLASS, NEXT),
			Some(Holding { free: MicroGpuHours(100), locks: BoundedVec::truncate_from(locks) })
		);
	});
}

#[test]
fn lock_should_be_refused_when_too_much_too_late_or_for_too_many_reasons() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_storage_noop!(assert_eq!(lock(Why::Sale, 251), Err(ClaimsError::Insufficient)));
		assert_storage_noop!(assert_eq!(lock(Why::Sale, 0), Ok(())));
		lock(Why::Sale, 1).unwrap();
		lock(Why::Loan, 1).unwrap();
		assert_storage_noop!(assert_eq!(lock(Why::Contract, 1), Err(ClaimsError::Crowded)));
		Now::set(NEXT);
		assert_storage_noop!(assert_eq!(lock(Why::Sale, 1), Err(ClaimsError::Closed)));
	});
}

#[test]
fn unlock_should_open_only_its_own_lock() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		lock(Why::Sale, 100).unwrap();
		lock(Why::Loan, 50).unwrap();
		assert_storage_noop!(assert_eq!(unlock(Why::Loan, 51), Err(ClaimsError::Insufficient)));
		assert_storage_noop!(assert_eq!(unlock(Why::Contract, 1), Err(ClaimsError::Insufficient)));
		assert_storage_noop!(assert_eq!(unlock(Why::Sale, 0), Ok(())));
		assert_eq!(unlock(Why::Loan, 50), Ok(()));
		assert_eq!((free(ALICE), locked(Why::Sale), locked(Why::Loan)), (150, 100, 0));
		System::assert_last_event(
			Event::Unlocked {
				class: CLASS,
				interval: NEXT,
				who: ALICE,
				reason: Why::Loan,
				amount: MicroGpuHours(50),
			}
			.into(),
		);
		// A reason that is gone makes room for another.
		assert_eq!(lock(Why::Contract, 1), Ok(()));
	});
}

#[test]
fn unlock_should_go_on_when_the_interval_has_begun_or_is_over() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		lock(Why::Sale, 100).unwrap();
		Now::set(NEXT);
		assert_eq!(unlock(Why::Sale, 40), Ok(()));
		Now::set(Interval(NEXT.0 + 1));
		assert_eq!(unlock(Why::Sale, 60), Ok(()));
		assert_eq!(free(ALICE), 250);
	});
}

#[test]
fn transfer_locked_should_free_claims_with_the_receiver() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		lock(Why::Sale, 150).unwrap();
		assert_storage_noop!(assert_eq!(
			send_locked(Why::Sale, BOB, 151),
			Err(ClaimsError::Insufficient)
		));
		assert_storage_noop!(assert_eq!(
			send_locked(Why::Loan, BOB, 100),
			Err(ClaimsError::Insufficient)
		));
		assert_storage_noop!(assert_eq!(
			send_locked(Why::Sale, BOB, LEAST - 1),
			Err(ClaimsError::Dust)
		));
		assert_eq!(send_locked(Why::Sale, BOB, 120), Ok(()));
		assert_eq!((free(ALICE), locked(Why::Sale), free(BOB)), (100, 30, 120));
		// To oneself: it is unlocked.
		assert_eq!(send_locked(Why::Sale, ALICE, 30), Ok(()));
		assert_eq!((free(ALICE), locked(Why::Sale)), (130, 0));
	});
}

#[test]
fn transfer_locked_should_be_refused_when_the_interval_has_begun() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		lock(Why::Sale, 150).unwrap();
		Now::set(NEXT);
		assert_storage_noop!(assert_eq!(
			send_locked(Why::Sale, BOB, 120),
			Err(ClaimsError::Closed)
		));
	});
}

#[test]
fn burn_should_leave_locked_claims_alone() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		lock(Why::Sale, 150).unwrap();
		assert_storage_noop!(assert_eq!(
			<Hours as HourClaims<u64>>::burn(CLASS, NEXT, &ALICE, MicroGpuHours(101)),
			Err(ClaimsError::Insufficient)
		));
	});
}

#[test]
fn refusal_should_have_a_name_of_its_own_when_it_becomes_an_error() {
	let pairs = [
		(ClaimsError::Closed, Error::Closed),
		(ClaimsError::Insufficient, Error::Insufficient),
		(ClaimsError::Overflow, Error::Overflow),
		(ClaimsError::TooFar, Error::TooFar),
		(ClaimsError::Dust, Error::Dust),
		(ClaimsError::Crowded, Error::Crowded),
		(ClaimsError::NotRunning, Error::<Test>::NotRunning),
	];
	for (refusal, error) in pairs {
		assert_eq!(DispatchError::from(Error::<Test>::from(refusal)), error.into());
	}
}
