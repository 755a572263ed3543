//! Claims change hands before their interval, and never leave dust.

use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use pogcs_primitives::{
	traits::{ClaimsError, HourLedger},
	Interval, MicroGpuHours,
};
use sp_runtime::DispatchResult;

use crate::{mock::*, Error, Event};

fn send(amount: u64) -> DispatchResult {
	Hours::transfer(RuntimeOrigin::signed(ALICE), BOB, CLASS, NEXT, MicroGpuHours(amount))
}

#[test]
fn transfer_should_move_claims_when_both_sides_keep_enough() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_ok!(send(150));
		assert_eq!((free(ALICE), free(BOB)), (100, 150));
		assert_eq!(totals(), (250, 0, 0, 0));
		System::assert_last_event(
			Event::Transferred {
				class: CLASS,
				interval: NEXT,
				from: ALICE,
				to: BOB,
				amount: MicroGpuHours(150),
			}
			.into(),
		);
	});
}

#[test]
fn transfer_should_remove_the_senders_holding_when_all_is_sent() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_ok!(send(250));
		assert_eq!(Hours::holding_of(ALICE, CLASS, NEXT), None);
		assert_eq!(free(BOB), 250);
	});
}

#[test]
fn transfer_should_be_refused_when_the_receiver_would_hold_dust() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_noop!(send(LEAST - 1), Error::<Test>::Dust);
		// Whoever holds enough may get little.
		mint(BOB, LEAST).unwrap();
		assert_ok!(send(1));
	});
}

#[test]
fn transfer_should_be_refused_when_the_sender_would_keep_dust() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_noop!(send(151), Error::<Test>::Dust);
		assert_noop!(send(249), Error::<Test>::Dust);
	});
}

#[test]
fn transfer_should_be_refused_when_the_interval_has_begun() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		for now in [NEXT, Interval(NEXT.0 + 1)] {
			Now::set(now);
			assert_noop!(send(150), Error::<Test>::Closed);
		}
	});
}

#[test]
fn transfer_should_be_refused_when_nothing_or_too_much_is_sent() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		assert_noop!(send(0), Error::<Test>::Zero);
		assert_noop!(send(251), Error::<Test>::Insufficient);
		assert_noop!(
			Hours::transfer(
				RuntimeOrigin::signed(ALICE),
				BOB,
				OTHER_CLASS,
				NEXT,
				MicroGpuHours(100)
			),
			Error::<Test>::Insufficient
		);
	});
}

#[test]
fn transfer_should_be_refused_when_claims_are_locked() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Hours::lock(Why::Loan, CLASS, NEXT, &ALICE, MicroGpuHours(200)).unwrap();
		assert_noop!(send(51), Error::<Test>::Insufficient);
		// What is locked counts for what the sender keeps; the receiver must get enough.
		mint(BOB, LEAST).unwrap();
		assert_ok!(send(50));
	});
}

#[test]
fn transfer_should_change_nothing_when_sent_to_oneself() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		let to_self = |amount| {
			Hours::transfer(RuntimeOrigin::signed(ALICE), ALICE, CLASS, NEXT, MicroGpuHours(amount))
		};
		assert_ok!(to_self(200));
		assert_ok!(to_self(1));
		assert_eq!(held(ALICE), 250);
		assert_noop!(to_self(251), Error::<Test>::Insufficient);
	});
}

#[test]
fn transfer_should_change_nothing_when_a_pallet_moves_zero() {
	new_test_ext().build_and_execute(|| {
		assert_storage_noop!(assert_eq!(
			<Hours as HourLedger<u64>>::transfer(CLASS, NEXT, &ALICE, &BOB, MicroGpuHours(0)),
			Ok(())
		));
		assert_storage_noop!(assert_eq!(
			<Hours as HourLedger<u64>>::transfer(CLASS, START, &ALICE, &BOB, MicroGpuHours(0)),
			Err(ClaimsError::Closed)
		));
	});
}

#[test]
fn transfer_each_should_move_all_or_nothing_over_spans() {
	use pogcs_primitives::traits::HourClaims;
	new_test_ext().build_and_execute(|| {
		// The last of one span and the first two of the next.
		let at = [NEXT, Interval(NEXT.0 + 1), Interval(NEXT.0 + 2)];
		for interval in at {
			<Hours as HourClaims<u64>>::mint(CLASS, interval, &ALICE, MicroGpuHours(250)).unwrap();
		}
		let parts = |last: u64| {
			let amounts = [150, 100, last].map(MicroGpuHours);
			at.into_iter().zip(amounts).collect::<Vec<_>>()
		};
		let send = |parts: &[_]| Hours::transfer_each(CLASS, &ALICE, &BOB, parts);
		assert_noop!(send(&parts(251)), ClaimsError::Insufficient);
		assert_noop!(send(&parts(200)), ClaimsError::Dust);
		assert_ok!(send(&parts(250)));
		let of = |who, at| <Hours as HourLedger<u64>>::held(CLASS, at, &who).0;
		assert_eq!(at.map(|at| of(ALICE, at)), [100, 150, 0]);
		assert_eq!(at.map(|at| of(BOB, at)), [150, 100, 250]);
		System::assert_last_event(
			Event::TransferredEach { class: CLASS, from: ALICE, to: BOB, parts: parts(250) }.into(),
		);
		assert_storage_noop!(assert_ok!(send(&[
			(NEXT, MicroGpuHours(0)),
			(at[1], MicroGpuHours(0))
		])));
		Now::set(NEXT);
		assert_noop!(send(&parts(0)), ClaimsError::Closed);
	});
}
