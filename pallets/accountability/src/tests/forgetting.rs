//! How long a case is kept.

use frame_support::assert_ok;
use pogcs_primitives::Interval;

use crate::{mock::*, Cases, Open, Period};

#[test]
fn a_case_should_be_forgotten_when_nobody_can_be_added_to_it() {
	on_chain(|| {
		assert_ok!(report_blocks(blocks(4, START)));
		assert_ok!(report_votes(votes(5, 0, 9)));
		(1..=4).for_each(open_epoch);
		assert_eq!(Open::<Test>::get().len(), 2);
		// One for each block.
		open_epoch(5);
		assert_eq!(Open::<Test>::get().into_inner(), [Period::VoterSet(0)]);
		assert_eq!(Cases::<Test>::get(Period::Epoch(Interval(0))), None);
		open_epoch(6);
		assert!(Open::<Test>::get().is_empty());
		assert_eq!(Cases::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_report_should_find_room_when_a_pause_made_many_cases_old() {
	on_chain(|| {
		for epoch in 0..5 {
			if epoch > 0 {
				open_epoch(epoch);
			}
			assert_ok!(report_blocks(blocks(epoch + 1, START + epoch * EPOCH)));
		}
		open_epoch(100);
		assert_eq!(Open::<Test>::get().len(), 4);
		assert_ok!(report_blocks(blocks(7, START + 100 * EPOCH)));
		assert_eq!(Open::<Test>::get().into_inner(), [Period::Epoch(Interval(100))]);
	});
}
