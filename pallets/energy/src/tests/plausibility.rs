//! What a meter cannot have seen.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{records::ClassRecord, wire::EnergyReport, Commitment, Interval};

use pogcs_geo::{Moment, Span};

use crate::{mock::*, Error};

#[test]
fn report_should_be_refused_when_the_class_generates_less() {
	new_test_ext().build_and_execute(|| {
		let most = EnergyReport { grid_export: mwh(0), ..metered(MAX_GENERATION, 0, 0, 0) };
		let more = EnergyReport { generation: mwh(MAX_GENERATION + 1), ..most };
		assert_noop!(send(more), Error::<Test>::Implausible);
		assert_ok!(send(most));
	});
}

#[test]
fn report_should_be_refused_when_the_sun_gives_less() {
	new_test_ext().build_and_execute(|| {
		// A fifth of the rated power, rounded up to whole mWh.
		SkyShare::set(Some(200_001));
		let most = MAX_GENERATION / 5 + 5;
		assert_eq!(Energy::most_generation(DEVICE, closed()), Some(mwh(most)));
		assert_noop!(send(metered(most + 1, 0, 0, 0)), Error::<Test>::NoSun);
		assert_ok!(send(metered(most, 0, 0, 0)));
		// The sky of interval 9, on a clock whose intervals are hours.
		let span = Span::new(Moment(START + 9 * 3_600), 3_600);
		assert_eq!(AskedSpan::get(), span);
	});
}

#[test]
fn nothing_should_be_generated_when_it_is_night() {
	new_test_ext().build_and_execute(|| {
		SkyShare::set(Some(0));
		assert_noop!(send(metered(1, 0, 0, 0)), Error::<Test>::NoSun);
		assert_ok!(send(metered(0, 0, 0, 0)));
	});
}

#[test]
fn class_should_bound_generation_when_the_sky_would_allow_more() {
	new_test_ext().build_and_execute(|| {
		SkyShare::set(Some(3_000_000));
		assert_eq!(Energy::most_generation(DEVICE, closed()), Some(mwh(MAX_GENERATION)));
		assert_noop!(send(metered(MAX_GENERATION + 1, 0, 0, 0)), Error::<Test>::Implausible);
	});
}

#[test]
fn report_should_be_refused_when_nobody_knows_where_the_sun_was() {
	new_test_ext().build_and_execute(|| {
		SkyShare::set(None);
		assert_eq!(Energy::most_generation(DEVICE, closed()), None);
		assert_noop!(send(report()), Error::<Test>::UnknownSky);
	});
}

#[test]
fn report_should_be_refused_when_32_readings_cannot_add_up_to_it() {
	new_test_ext().build_and_execute(|| {
		// A class without limits leaves only those of the readings.
		Kind::set(ClassRecord {
			max_generation: mwh(u64::MAX),
			max_draw: mwh(u64::MAX),
			storage: mwh(u64::MAX),
			..CLASS
		});
		let most = mwh(u64::from(u32::MAX) * 32);
		let more = mwh(u64::from(u32::MAX) * 32 + 1);
		let valid = report();
		for too_large in [
			EnergyReport { generation: more, ..valid },
			EnergyReport { storage_in: more, ..valid },
			EnergyReport { storage_out: more, ..valid },
			EnergyReport { grid_import: more, ..valid },
			EnergyReport { grid_export: more, ..valid },
			EnergyReport { compute_draw: more, ..valid },
			EnergyReport { green_supply: more, ..valid },
			EnergyReport { green_draw: more, ..valid },
		] {
			assert_noop!(send(too_large), Error::<Test>::TooLarge);
		}
		assert_ok!(send(EnergyReport { grid_import: most, ..valid }));
	});
}

#[test]
fn report_should_be_refused_when_the_root_is_not_canonical() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			send(EnergyReport { root: Commitment([0xff; 32]), ..report() }),
			Error::<Test>::NonCanonicalRoot
		);
	});
}

#[test]
fn report_should_be_refused_when_energy_is_not_conserved() {
	// 1,000 come and 900 are drawn: the household has 100, or the grid, or the battery.
	for export in [0, 100] {
		new_test_ext().build_and_execute(|| {
			assert_ok!(send(EnergyReport { grid_export: mwh(export), ..report() }));
		});
	}
	new_test_ext().build_and_execute(|| {
		let exported = EnergyReport { grid_export: mwh(101), ..report() };
		let stored = EnergyReport { storage_in: mwh(101), ..report() };
		let drawn = EnergyReport { compute_draw: mwh(1_001), ..report() };
		for too_much in [exported, stored, drawn] {
			assert_noop!(send(too_much), Error::<Test>::NotConserved);
		}
		assert_ok!(send(EnergyReport { grid_import: mwh(1), ..exported }));
	});
}

#[test]
fn report_should_be_refused_when_compute_draws_more_than_its_class() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(send(metered(0, 0, 0, MAX_DRAW + 1)), Error::<Test>::ImplausibleDraw);
		assert_ok!(send(metered(0, 0, 0, MAX_DRAW)));
	});
}

#[test]
fn report_should_be_refused_when_the_battery_is_too_small_for_it() {
	new_test_ext().build_and_execute(|| {
		// Nine tenths of what goes in are kept.
		assert_noop!(send(metered(0, 0, CAPACITY + 1, 0)), Error::<Test>::ImplausibleStorage);
		assert_noop!(send(metered(0, 10, CAPACITY + 10, 0)), Error::<Test>::ImplausibleStorage);
		let all = CAPACITY * 10 / 9;
		assert_noop!(send(metered(0, all + 2, 0, 0)), Error::<Test>::ImplausibleStorage);
		assert_ok!(send(metered(0, 10, CAPACITY + 9, 0)));
		assert_ok!(send(metered_by(OTHER_DEVICE, 0, all + 2, 1, 0)));
	});
}

#[test]
fn report_should_be_refused_when_it_claims_green_energy_that_is_not_there() {
	new_test_ext().build_and_execute(|| {
		let valid = report();
		let draw = EnergyReport { green_draw: mwh(901), ..valid };
		assert_noop!(send(draw), Error::<Test>::UnbackedDraw);
		let supply = EnergyReport { green_supply: mwh(1_001), ..valid };
		assert_noop!(send(supply), Error::<Test>::UnbackedSupply);
		let crossed = EnergyReport { green_supply: mwh(899), ..valid };
		assert_noop!(send(crossed), Error::<Test>::DrawAboveSupply);
		// What went into the battery is no supply.
		let stored = EnergyReport { storage_in: mwh(60), ..valid };
		assert_noop!(send(stored), Error::<Test>::UnbackedSupply);
		assert_ok!(send(EnergyReport { green_supply: mwh(940), ..stored }));
		// Power from the grid is not green.
		let grid = metered_by(OTHER_DEVICE, 0, 0, 0, 500);
		let claimed = EnergyReport { green_supply: mwh(1), green_draw: mwh(1), ..grid };
		assert_noop!(send(claimed), Error::<Test>::UnbackedSupply);
		assert_ok!(send(grid));
		assert_eq!(Energy::record(OTHER_DEVICE, Interval(9)).map(|r| r.available), Some(mwh(0)));
	});
}

/// The real sky: on the longest day at 48 degrees north it is light from about 4 to 20 hours.
#[test]
fn sky_should_be_dark_at_night_and_bright_at_noon_when_it_is_the_real_one() {
	use crate::{ClearSky, GeoSky, SolarClock};
	use pogcs_primitives::CellId;

	let clock = <<Test as crate::Config>::SolarClock as SolarClock>::span;
	// Berlin: noon is at about 11 hours UTC.
	let berlin = CellId(0x8f1f1d48945d998);
	let share = |hour: u32| {
		let span = clock(Interval(hour)).expect("within a century");
		GeoSky::most_output(berlin, span).expect("there is such a cell").0
	};
	assert_eq!(share(24 * 180), 0, "midnight in winter");
	assert!(share(11) > 1_000_000, "noon in summer");
	assert!(share(3) < share(6) && share(6) < share(11) && share(11) > share(17));
	assert_eq!(GeoSky::most_output(CellId(17), clock(Interval(0)).expect("now")), None);
	// The clock ends before the sun's formulas do.
	assert_eq!(clock(Interval(u32::MAX)), None);
}
