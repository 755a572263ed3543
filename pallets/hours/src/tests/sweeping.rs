//! What nobody used goes, in bounded steps, and is counted.

use frame_support::{assert_noop, assert_ok, weights::Weight};
use pogcs_primitives::{
	traits::{ClaimTotals, HourClaims, HourLedger},
	Interval, MicroGpuHours,
};

use crate::{mock::*, ClosedTotals, ClosedUntil, Error, Event, Products, SweptUntil, WeightInfo};

/// The first interval in which holdings of `NEXT` go, and that in which their totals do.
const DUE: Interval = Interval(NEXT.0 + GRACE + 1);
const CLOSING: Interval = Interval(DUE.0 + TOTALS_KEPT);

fn sweep(limit: u32) -> frame_support::dispatch::DispatchResultWithPostInfo {
	Hours::sweep(RuntimeOrigin::signed(BOB), limit)
}

#[test]
fn sweep_should_remove_holdings_when_their_grace_is_over() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Hours::lock(Why::Loan, CLASS, NEXT, &ALICE, MicroGpuHours(50)).unwrap();
		mint(BOB, 100).unwrap();
		Now::set(Interval(DUE.0 - 1));
		idle(1_000);
		// Whoever pays for undelivered hours can still see who held them.
		assert_eq!((held(ALICE), held(BOB)), (250, 100));
		Now::set(DUE);
		idle(1_000);
		assert_eq!((held(ALICE), held(BOB)), (0, 0));
		assert_eq!(totals(), (350, 0, 0, 350));
		System::assert_has_event(
			Event::Expired { class: CLASS, interval: NEXT, who: ALICE, amount: MicroGpuHours(250) }
				.into(),
		);
	});
}

#[test]
fn sweep_should_close_totals_when_their_time_is_over() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Now::set(NEXT);
		Hours::redeem(CLASS, NEXT, &ALICE, MicroGpuHours(50)).unwrap();
		Now::set(Interval(CLOSING.0 - 1));
		idle(1_000);
		assert_eq!(totals(), (250, 50, 0, 200));
		Now::set(CLOSING);
		idle(1_000);
		assert_eq!(Products::<Test>::iter().count(), 0);
		let totals = ClaimTotals {
			minted: MicroGpuHours(250),
			redeemed: MicroGpuHours(50),
			burnt: MicroGpuHours(0),
			expired: MicroGpuHours(200),
		};
		assert_eq!(ClosedTotals::<Test>::get(CLASS), totals);
		System::assert_last_event(
			Event::ProductClosed { class: CLASS, interval: NEXT, totals }.into(),
		);
	});
}

#[test]
fn sweep_should_carry_on_in_the_next_block_when_weight_runs_out() {
	new_test_ext().build_and_execute(|| {
		for who in 0..20 {
			mint(who, LEAST).unwrap();
		}
		Now::set(DUE);
		SweptUntil::<Test>::put(Interval(0));
		let used = idle(8);
		assert_eq!(
			used,
			<() as WeightInfo>::sweep_look() + <() as WeightInfo>::sweep_step().saturating_mul(8)
		);
		assert_eq!(totals(), (2_000, 0, 0, 800));
		Hours::do_try_state().unwrap();
		idle(12);
		assert_eq!(totals(), (2_000, 0, 0, 2_000));
		assert_eq!(SweptUntil::<Test>::get(), Interval(0));
		idle(1);
		assert_eq!(SweptUntil::<Test>::get(), DUE.checked_sub(GRACE).unwrap());
	});
}

#[test]
fn sweep_should_keep_a_span_until_the_last_of_it_may_go() {
	new_test_ext().build_and_execute(|| {
		Now::set(NEXT);
		for interval in [Interval(24), Interval(27)] {
			<Hours as HourClaims<u64>>::mint(CLASS, interval, &ALICE, MicroGpuHours(100)).unwrap();
		}
		Now::set(Interval(47 + GRACE));
		idle(1_000);
		let held = |at| <Hours as HourLedger<u64>>::held(CLASS, Interval(at), &ALICE).0;
		assert_eq!((held(24), held(27)), (100, 100));
		Now::set(Interval(48 + GRACE));
		idle(2);
		assert_eq!((held(24), held(27)), (0, 0));
		// One step for all that an account held of a class in a span.
		for interval in [Interval(24), Interval(27)] {
			let expired = <Hours as HourLedger<u64>>::totals(CLASS, interval).expired;
			assert_eq!(expired, MicroGpuHours(100));
		}
	});
}

#[test]
fn sweep_should_do_nothing_when_there_is_no_weight() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Now::set(CLOSING);
		use frame_support::traits::Hooks;
		assert_eq!(Hours::on_idle(1, Weight::zero()), Weight::zero());
		assert_eq!(held(ALICE), 250);
	});
}

#[test]
fn sweep_should_not_close_totals_when_holdings_still_stand() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		mint(BOB, 250).unwrap();
		Now::set(Interval(CLOSING.0 + 100));
		SweptUntil::<Test>::put(Interval(0));
		ClosedUntil::<Test>::put(Interval(0));
		idle(1);
		assert_eq!(totals(), (500, 0, 0, 250));
		assert_eq!(ClosedUntil::<Test>::get(), Interval(0));
	});
}

#[test]
fn sweep_should_catch_up_when_intervals_were_skipped() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Now::set(Interval(5_000));
		for _ in 0..11 {
			idle(1_000);
		}
		// The span of 4,998, the first interval whose holdings must stand, is kept whole.
		assert_eq!(SweptUntil::<Test>::get(), Interval(4_992));
		assert_eq!(ClosedUntil::<Test>::get(), Interval(4_992));
		assert_eq!(ClosedTotals::<Test>::get(CLASS).expired, MicroGpuHours(250));
	});
}

#[test]
fn sweep_call_should_do_what_blocks_have_no_weight_for() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Now::set(DUE);
		SweptUntil::<Test>::put(Interval(0));
		ClosedUntil::<Test>::put(Hours::totals_horizon());
		let post = sweep(100).unwrap();
		// One holding and the end of its interval: what was not used is given back.
		let steps = <() as WeightInfo>::sweep_step().saturating_mul(2);
		assert_eq!(post.actual_weight, Some(<() as WeightInfo>::sweep_look() + steps));
		assert_eq!(held(ALICE), 0);
		assert_noop!(sweep(100), Error::<Test>::NothingDue);
	});
}

#[test]
fn sweep_call_should_be_refused_when_the_limit_is_zero() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Now::set(DUE);
		assert_noop!(sweep(0), Error::<Test>::NothingDue);
		assert_ok!(sweep(1));
	});
}
