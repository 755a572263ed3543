//! What compute emits: the class's intensity for its green part, the grid's for the rest.

use frame_support::assert_ok;
use pogcs_primitives::{units::GramsPerKwh, Interval, MilligramsCo2};

use crate::mock::*;

fn carbon() -> MilligramsCo2 {
	Energy::record(DEVICE, Interval(9)).expect("it is on record").carbon
}

#[test]
fn grid_should_count_at_its_intensity_when_the_oracle_knows_it() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(400, 0, 0, 1_000)));
		// 400 at 40 and 600 at 500.
		assert_eq!(carbon(), MilligramsCo2(16 + 300));
	});
}

#[test]
fn grid_should_count_as_dirty_when_the_oracle_has_no_quorum() {
	new_test_ext().build_and_execute(|| {
		GridCarbon::set(None);
		assert_ok!(send(metered(400, 0, 0, 1_000)));
		assert_eq!(carbon(), MilligramsCo2(16 + 600));
	});
}

#[test]
fn grid_should_count_as_dirty_when_the_cell_is_in_no_zone() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Energy::set_zone(RuntimeOrigin::root(), AREA, None));
		assert_ok!(send(metered(0, 0, 0, 1_000)));
		assert_eq!(carbon(), MilligramsCo2(1_000));
	});
}

#[test]
fn carbon_should_round_up_when_not_whole() {
	new_test_ext().build_and_execute(|| {
		GridCarbon::set(Some(GramsPerKwh(1)));
		assert_ok!(send(metered(1, 0, 0, 2)));
		assert_eq!(carbon(), MilligramsCo2(2));
	});
}
