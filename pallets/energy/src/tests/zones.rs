//! Which place is in which zone of the grid.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{CellId, ZoneId};
use sp_runtime::{traits::BadOrigin, DispatchResult};

use crate::{mock::*, Error, Event, Zones};

/// Cells about Berlin of resolutions 0, 5 and 6.
const CONTINENT: CellId = CellId(0x801ffffffffffff);
const CITY: CellId = CellId(0x851f1d4bfffffff);
const QUARTER: CellId = CellId(0x861f1d48fffffff);

fn set(cell: CellId, zone: Option<ZoneId>) -> DispatchResult {
	Energy::set_zone(RuntimeOrigin::root(), cell, zone)
}

#[test]
fn smallest_cell_should_count_when_several_are_about_a_place() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(Energy::zone_of(PLACE), Some(ZONE));
		assert_ok!(set(CONTINENT, Some(ZoneId(1))));
		assert_eq!(Energy::zone_of(PLACE), Some(ZONE));
		assert_ok!(set(CITY, Some(ZoneId(2))));
		System::assert_last_event(Event::ZoneSet { cell: CITY, zone: Some(ZoneId(2)) }.into());
		assert_eq!(Energy::zone_of(PLACE), Some(ZoneId(2)));
		// Singapore is in none of them, and no cell is in any.
		assert_eq!(Energy::zone_of(CellId(0x8f652636d876620)), None);
		assert_eq!(Energy::zone_of(CellId(17)), None);
		assert_ok!(set(CITY, None));
		System::assert_last_event(Event::ZoneSet { cell: CITY, zone: None }.into());
		assert_ok!(set(AREA, None));
		assert_eq!(Energy::zone_of(PLACE), Some(ZoneId(1)));
	});
}

#[test]
fn zone_should_be_refused_when_the_cell_is_none_or_too_fine() {
	new_test_ext().build_and_execute(|| {
		for cell in [CellId(17), QUARTER, PLACE] {
			assert_noop!(set(cell, Some(ZONE)), Error::<Test>::BadCell);
		}
		assert_noop!(set(CITY, None), Error::<Test>::NotZoned);
		for who in [RuntimeOrigin::signed(OWNER), RuntimeOrigin::none()] {
			assert_noop!(Energy::set_zone(who, CITY, Some(ZONE)), BadOrigin);
		}
	});
}

#[test]
fn zone_should_be_refused_when_too_many_cells_are_in_one() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(set(CONTINENT, Some(ZONE)));
		assert_ok!(set(CITY, Some(ZONE)));
		assert_eq!(Zones::<Test>::count(), 3);
		let other = CellId(0x8001fffffffffff);
		assert_noop!(set(other, Some(ZONE)), Error::<Test>::TooManyZoned);
		// One that is in a zone can be put into another.
		assert_ok!(set(CITY, Some(ZoneId(5))));
		assert_ok!(set(AREA, None));
		assert_ok!(set(other, Some(ZONE)));
	});
}
