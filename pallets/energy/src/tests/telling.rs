//! Telling the registry that something was earned, and whoever promised energy that it is there.

use frame_support::{assert_noop, assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{wire::EnergyReport, Interval};

use crate::{
	mock::{Reports, *},
	Error,
};

const AT: Interval = Interval(9);

fn open(batch: u64, reports: &Reports) -> sp_runtime::DispatchResult {
	let opening = Box::new(reports.opening(0));
	Energy::open_report(RuntimeOrigin::signed(LEADER), batch, opening)
}

fn submit(reports: &Reports) -> u64 {
	let batch = crate::NextBatch::<Test>::get();
	let leader = RuntimeOrigin::signed(LEADER);
	assert_ok!(Energy::submit_batch(leader, reports.signed[0].0.interval, reports.root()));
	batch
}

#[test]
fn surplus_should_be_what_neither_compute_nor_the_battery_took() {
	new_test_ext().build_and_execute(|| {
		// 5,000 from the panel: 900 to compute, 3,000 into the battery.
		assert_ok!(send(metered(5_000, 3_000, 0, 900)));
		assert_eq!(Told::get(), [(DEVICE, AT, mwh(1_100))]);
		assert_eq!(Earned::get(), [DEVICE]);
		pass(1);
		// At night 2,000 of the 2,700 come out again, of which compute takes 600.
		assert_ok!(send(metered(0, 0, 2_000, 600)));
		assert_eq!(Told::get()[1], (DEVICE, Interval(10), mwh(1_400)));
	});
}

#[test]
fn interval_should_be_told_and_earn_nothing_when_there_was_no_green_energy() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(0, 0, 0, 900)));
		assert_eq!(Told::get(), [(DEVICE, AT, mwh(0))]);
		// A device can end its notice in the dark.
		assert_eq!(Earned::get(), []);
		pass(1);
		// What goes into the battery is nothing until it comes out.
		assert_ok!(send(metered(900, 900, 0, 0)));
		assert_eq!(Earned::get(), []);
	});
}

#[test]
fn energy_should_be_earned_when_compute_drew_all_of_it() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(900, 0, 0, 900)));
		assert_eq!(Told::get(), [(DEVICE, AT, mwh(0))]);
		assert_eq!(Earned::get(), [DEVICE]);
	});
}

#[test]
fn interval_should_be_told_once_when_its_report_comes_in_many_ways() {
	new_test_ext().build_and_execute(|| {
		let reports = Reports::new(vec![report()]);
		let (batch, twin) = (submit(&reports), submit(&reports));
		assert_eq!(Told::get(), [], "a batch by itself is nothing");
		assert_ok!(open(batch, &reports));
		assert_eq!(Told::get(), [(DEVICE, AT, mwh(100))]);
		assert_noop!(open(batch, &reports), Error::<Test>::AlreadyReported);
		assert_noop!(open(twin, &reports), Error::<Test>::AlreadyReported);
		assert_noop!(send(report()), Error::<Test>::AlreadyReported);
		assert_ok!(Energy::buy_quota(RuntimeOrigin::signed(OWNER), DEVICE, 1));
		let own = RuntimeOrigin::signed(account_of(DEVICE));
		assert_ok!(Energy::report_prepaid(own, report()));
		assert_eq!(Told::get().len(), 1);
		// Nor once more when the record is gone.
		pass(RETENTION + 1);
		Energy::on_idle(1, Weight::MAX);
		assert!(Energy::record(DEVICE, AT).is_none());
		assert!(open(twin, &reports).is_err());
		assert_eq!((Told::get().len(), Earned::get().len()), (1, 1));
	});
}

#[test]
fn nothing_should_be_told_when_a_report_is_refused() {
	new_test_ext().build_and_execute(|| {
		let greedy = EnergyReport { green_draw: mwh(901), ..report() };
		assert_noop!(send(greedy), Error::<Test>::UnbackedDraw);
		assert_noop!(send_signed_by(report(), key_of(OTHER_DEVICE)), Error::<Test>::BadSignature);
		assert_ok!(Energy::buy_quota(RuntimeOrigin::signed(OWNER), DEVICE, 1));
		assert_ok!(Energy::report_prepaid(RuntimeOrigin::signed(account_of(DEVICE)), greedy));
		assert_eq!((Told::get(), Earned::get()), (vec![], vec![]));
	});
}

#[test]
fn prepaid_report_should_be_told_as_any_other() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Energy::buy_quota(RuntimeOrigin::signed(OWNER), DEVICE, 1));
		assert_ok!(Energy::report_prepaid(RuntimeOrigin::signed(account_of(DEVICE)), report()));
		assert_eq!(Told::get(), [(DEVICE, AT, mwh(100))]);
		assert_eq!(Earned::get(), [DEVICE]);
	});
}

#[test]
fn claim_should_count_as_earned_and_be_told_to_nobody_else() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(10_000, 0, 0, 0)));
		let claim = || Energy::claim(RuntimeOrigin::signed(OWNER), DEVICE, AT);
		assert_ok!(claim());
		assert_eq!(Earned::get(), [DEVICE, DEVICE]);
		assert_noop!(claim(), Error::<Test>::NothingToClaim);
		assert_eq!((Told::get().len(), Earned::get().len()), (1, 2));
	});
}
