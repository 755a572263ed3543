//! Green energy that is carried over in a battery, and never counted twice.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	ledger::Stored, records::BatteryRecord, records::ClassRecord, wire::EnergyReport, DeviceId,
	Interval, MilligramsCo2,
};

use crate::{mock::*, Batteries, Error, Event, SweptTotals};

fn stored() -> Stored {
	Energy::battery(DEVICE).stored
}

fn available(interval: u32) -> u64 {
	Energy::record(DEVICE, Interval(interval)).expect("it is on record").available.0
}

#[test]
fn sun_of_the_day_should_feed_compute_at_night_when_it_was_stored() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(1_000, 1_000, 0, 0)));
		assert_eq!(available(9), 0);
		assert_eq!(Energy::claimable(DEVICE, Interval(9)), Some((wh(0), wh(0))));
		let full = Stored { level: mwh(900), green: mwh(900), carbon: MilligramsCo2(0) };
		assert_eq!(Energy::battery(DEVICE), BatteryRecord { stored: full, through: Interval(9) });
		pass(1);
		SkyShare::set(Some(0));
		assert_ok!(send(metered(0, 0, 600, 600)));
		assert_eq!(available(10), 600);
		assert_eq!(stored().green, mwh(300));
		pass(1);
		// No more than is in it.
		let report = metered(0, 0, 600, 600);
		assert_eq!(report.green_draw, mwh(300));
		let greedy = EnergyReport { green_supply: mwh(301), green_draw: mwh(301), ..report };
		assert_noop!(send(greedy), Error::<Test>::UnbackedSupply);
		assert_ok!(send(report));
		assert_eq!(stored(), Stored::default());
	});
}

#[test]
fn battery_should_give_a_mixture_when_the_grid_charged_it_too() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(500, 1_000, 0, 0)));
		assert_eq!(stored().green, mwh(450));
		assert_eq!(stored().level, mwh(900));
		assert_eq!(stored().carbon, MilligramsCo2(250));
		pass(1);
		assert_ok!(send(metered(0, 0, 400, 400)));
		assert_eq!(available(10), 200);
		// Half of what compute drew carries the grid's carbon of the hour in which it was stored:
		// 200 of 450 mWh with 250 mg; and the sun's what was lost: 223 mWh at 40 g/kWh.
		assert_eq!(
			Energy::record(DEVICE, Interval(10)).map(|r| r.carbon),
			Some(MilligramsCo2(112 + 9))
		);
	});
}

#[test]
fn owner_should_get_what_compute_leaves_when_the_battery_gives_more() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(1_000_000, 1_000_000, 0, 0)));
		pass(1);
		assert_ok!(send(metered(0, 0, 700_000, 200_000)));
		assert_eq!(available(10), 200_000);
		assert_eq!(Energy::claimable(DEVICE, Interval(10)), Some((wh(0), wh(500))));
	});
}

#[test]
fn nothing_should_be_green_when_more_comes_out_than_ever_went_in() {
	new_test_ext().build_and_execute(|| {
		// The real battery was full when the device was registered; nobody metered with what.
		let report = metered(0, 0, 500, 500);
		assert_eq!(report.green_draw, mwh(0));
		let claimed = EnergyReport { green_supply: mwh(1), green_draw: mwh(1), ..report };
		assert_noop!(send(claimed), Error::<Test>::UnbackedSupply);
		assert_ok!(send(report));
		assert_eq!(Batteries::<Test>::get(DEVICE), None);
	});
}

#[test]
fn silent_hour_should_not_pay_when_the_battery_was_used_in_it() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(2_000_000, 2_000_000, 0, 0)));
		assert_eq!(stored().green, mwh(1_800_000));
		// It is emptied in an hour that is not reported, and filled from the grid in the next.
		pass(2);
		assert_ok!(send(metered(0, 2_000_000, 0, 0)));
		let after = stored();
		// What does not fit is taken from the green part.
		assert_eq!(after.level, mwh(CAPACITY));
		assert_eq!(after.green, mwh(200_000));
		assert_eq!(Energy::totals_of(Interval(11)).map(|t| t.lost), Some(mwh(1_600_000)));
	});
}

#[test]
fn green_part_should_shrink_when_the_class_turns_out_smaller() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(1_000, 1_000, 0, 0)));
		Kind::set(ClassRecord { storage: mwh(500), ..CLASS });
		pass(1);
		assert_ok!(send(metered(0, 0, 0, 0)));
		assert_eq!((stored().level, stored().green), (mwh(500), mwh(500)));
		Kind::set(ClassRecord { storage_efficiency: 0, ..CLASS });
		pass(1);
		assert_ok!(send(metered(1_000, 1_000, 0, 0)));
		assert_eq!(stored().green, mwh(500), "a battery of no use keeps nothing");
	});
}

#[test]
fn battery_should_be_forgotten_when_its_device_left_the_registry() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(metered(1_000, 1_000, 0, 0)));
		let forget = |device: DeviceId| Energy::forget(RuntimeOrigin::signed(STRANGER), device);
		assert_noop!(forget(DEVICE), Error::<Test>::StillRegistered);
		assert_noop!(forget(NO_DEVICE), Error::<Test>::NothingKept);
		Registered::mutate(|devices| devices.retain(|(device, ..)| *device != DEVICE));
		assert_ok!(forget(DEVICE));
		System::assert_last_event(Event::Forgotten { device: DEVICE, lost: mwh(900) }.into());
		assert_eq!(Batteries::<Test>::get(DEVICE), None);
		assert_eq!(SweptTotals::<Test>::get().lost, mwh(900));
		assert_noop!(forget(DEVICE), Error::<Test>::NothingKept);
	});
}
