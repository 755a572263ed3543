//! Old reports go, a step at a time.

use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{traits::Energy as _, wire::EnergyReport, Interval, MilliWattHours};

use crate::{mock::*, Event, Reporters, Source, Surpluses, SweptTotals, SweptUntil, WeightInfo};

const AT: Interval = Interval(9);

fn idle(limit: Weight) -> Weight {
	let used = Energy::on_idle(1, limit);
	assert!(used.all_lte(limit), "a hook uses no more than it was given");
	Energy::do_try_state().expect("every invariant holds after each step");
	used
}

#[test]
fn sweep_should_leave_a_report_when_it_can_still_be_used() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		// The last interval in which it stands.
		Now::set(Interval(AT.0 + RETENTION));
		idle(Weight::MAX);
		assert!(Energy::interval(DEVICE, AT).is_some());
		assert_eq!(SweptUntil::<Test>::get(), AT);
	});
}

#[test]
fn sweep_should_remove_reports_and_keep_their_sums_when_too_old() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		assert_ok!(send(EnergyReport { device: OTHER_DEVICE, ..report() }));
		assert_ok!(Energy::draw_down(DEVICE, AT, MilliWattHours(600)));
		let totals = Energy::totals_of(AT).expect("two reported");
		Now::set(Interval(AT.0 + RETENTION + 1));
		idle(Weight::MAX);
		System::assert_last_event(Event::Swept { interval: AT, totals }.into());
		assert_eq!(Energy::interval(DEVICE, AT), None);
		assert_eq!(Energy::interval(OTHER_DEVICE, AT), None);
		assert_eq!(Energy::totals_of(AT), None);
		assert_eq!(SweptTotals::<Test>::get(), totals);
		assert_eq!(Surpluses::<Test>::iter().count(), 0);
	});
}

#[test]
fn sweep_should_go_on_in_the_next_block_when_the_weight_is_used_up() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		assert_ok!(send(EnergyReport { device: OTHER_DEVICE, ..report() }));
		SweptUntil::<Test>::put(AT);
		Now::set(Interval(AT.0 + RETENTION + 1));
		// One look at batches and one at reports.
		let looks = <() as WeightInfo>::sweep_look().saturating_mul(2);
		let step = looks + <() as WeightInfo>::sweep_step();
		let left = || Reporters::<Test>::iter().count();
		idle(step);
		assert_eq!(left(), 1);
		idle(step);
		assert_eq!(left(), 0);
		assert!(Energy::totals_of(AT).is_some());
		idle(step);
		assert_eq!(Energy::totals_of(AT), None);
		assert_eq!(SweptUntil::<Test>::get(), Interval(AT.0 + 1));
	});
}

#[test]
fn sweep_should_do_nothing_when_there_is_no_weight() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		Now::set(Interval(1_000));
		assert_eq!(idle(Weight::zero()), Weight::zero());
		assert!(Energy::interval(DEVICE, AT).is_some());
	});
}

#[test]
fn sweep_should_catch_up_in_bounded_steps_when_many_intervals_were_skipped() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		Now::set(Interval(5_000));
		let block = <() as WeightInfo>::sweep_look().saturating_mul(2)
			+ <() as WeightInfo>::sweep_step().saturating_mul(1_000);
		for _ in 0..4 {
			idle(block);
		}
		assert!(SweptUntil::<Test>::get() < Interval(5_000 - RETENTION));
		idle(block);
		assert_eq!(SweptUntil::<Test>::get(), Interval(5_000 - RETENTION));
		assert_eq!(Energy::interval(DEVICE, AT), None);
	});
}

#[test]
fn certificates_should_stay_when_their_report_is_swept() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(9_000, 0, 0, 0)));
		assert_ok!(Energy::claim(RuntimeOrigin::signed(OWNER), DEVICE, AT));
		Now::set(Interval(AT.0 + RETENTION + 1));
		idle(Weight::MAX);
		assert_eq!(Energy::interval(DEVICE, AT), None);
		let certificate = certificate(AT, Source::Production);
		assert_eq!(Energy::holdings(OWNER), vec![(certificate, wh(9))]);
		assert_ok!(Energy::retire(
			RuntimeOrigin::signed(OWNER),
			certificate,
			wh(9),
			BUYER,
			[1; 32]
		));
	});
}

#[test]
fn battery_should_stay_when_the_reports_that_filled_it_are_swept() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(1_000, 1_000, 0, 0)));
		Now::set(Interval(AT.0 + RETENTION + 1));
		idle(Weight::MAX);
		assert_eq!(Energy::battery(DEVICE).stored.green, mwh(900));
		assert_ok!(send(metered(0, 0, 900, 900)));
		assert_eq!(Energy::interval(DEVICE, closed()).map(|e| e.available), Some(mwh(900)));
	});
}
