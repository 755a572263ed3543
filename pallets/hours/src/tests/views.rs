//! What a wallet is shown.

use pogcs_primitives::{
	traits::{HourClaims, HourLedger},
	ClassId, Interval, MicroGpuHours,
};

use crate::{mock::*, Phase};

fn mint_of(class: ClassId, interval: u32, who: u64, amount: u64) {
	<Hours as HourClaims<u64>>::mint(class, Interval(interval), &who, MicroGpuHours(amount))
		.unwrap();
}

fn shown(from: u32, until: u32) -> (Vec<(u32, u16, u64)>, Option<u32>) {
	let page = Hours::holdings_of(ALICE, Interval(from), Interval(until));
	let entries = page.entries.into_iter();
	let shown = entries.map(|e| (e.interval.0, e.class.0, e.holding.held().0)).collect();
	(shown, page.next.map(|at| at.0))
}

#[test]
fn holdings_of_should_list_an_accounts_holdings_in_order() {
	new_test_ext().build_and_execute(|| {
		mint_of(OTHER_CLASS, 23, ALICE, 100);
		mint_of(CLASS, 23, ALICE, 200);
		mint_of(CLASS, 24, BOB, 300);
		mint_of(CLASS, 25, ALICE, 400);
		assert_eq!(shown(23, 25), (vec![(23, 3, 200), (23, 4, 100), (25, 3, 400)], None));
		assert_eq!(shown(24, 24), (vec![], None));
		assert_eq!(shown(25, 23), (vec![], None));
	});
}

#[test]
fn holdings_of_should_name_the_next_interval_when_the_range_is_longer_than_a_page() {
	new_test_ext().build_and_execute(|| {
		mint_of(CLASS, 23, ALICE, 100);
		mint_of(CLASS, 27, ALICE, 200);
		assert_eq!(shown(23, 27), (vec![(23, 3, 100)], Some(27)));
		assert_eq!(shown(27, 27), (vec![(27, 3, 200)], None));
		assert_eq!(shown(23, 22 + PAGE), (vec![(23, 3, 100)], None));
		assert_eq!(shown(0, u32::MAX), (vec![], Some(PAGE)));
		assert_eq!(shown(u32::MAX - 1, u32::MAX), (vec![], None));
	});
}

#[test]
fn product_should_tell_phase_and_totals() {
	new_test_ext().build_and_execute(|| {
		mint_of(CLASS, 23, ALICE, 100);
		let phase = |interval| Hours::product(CLASS, Interval(interval)).phase;
		assert_eq!(phase(21), Phase::Past);
		assert_eq!(phase(22), Phase::Running);
		assert_eq!(phase(23), Phase::Open);
		assert_eq!(phase(22 + HORIZON), Phase::Open);
		assert_eq!(phase(23 + HORIZON), Phase::Distant);
		let totals = Hours::product(CLASS, NEXT).totals;
		assert_eq!(totals.outstanding(), Some(MicroGpuHours(100)));
		mint_of(ClassId(1), 23, BOB, 150);
		let minted = Hours::products_of(NEXT).into_iter().map(|(c, t)| (c.0, t.minted.0));
		assert_eq!(minted.collect::<Vec<_>>(), vec![(1, 150), (3, 100)]);
		assert_eq!(Hours::products_of(START), vec![]);
	});
}

#[test]
fn transferable_should_be_what_is_free_until_the_interval_begins() {
	new_test_ext().build_and_execute(|| {
		mint(ALICE, 250).unwrap();
		Hours::lock(Why::Sale, CLASS, NEXT, &ALICE, MicroGpuHours(100)).unwrap();
		assert_eq!(Hours::transferable(ALICE, CLASS, NEXT), MicroGpuHours(150));
		assert_eq!(Hours::transferable(BOB, CLASS, NEXT), MicroGpuHours(0));
		Now::set(NEXT);
		assert_eq!(Hours::transferable(ALICE, CLASS, NEXT), MicroGpuHours(0));
	});
}
