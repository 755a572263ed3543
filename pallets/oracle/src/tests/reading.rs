//! What readers are told, and that it does not change.

use pogcs_primitives::{
	grid::{ElectricityPrice, Quantity, Reading},
	traits::{GridOracle, GridPrices},
	units::{GramsPerKwh, MicrosPerKwh},
	Interval, ZoneId,
};

use crate::{mock::*, Answer};

#[test]
fn carbon_should_be_known_only_when_the_interval_is_over() {
	new_test_ext().build_and_execute(|| {
		for who in 1..=5 {
			submit(who, 100).unwrap();
		}
		assert_eq!(carbon(START), None);
		pass(1);
		assert_eq!(carbon(START), Some(100));
		assert_eq!(carbon(Now::get()), None);
		assert_eq!(carbon(Interval(u32::MAX)), None);
		assert_eq!(<Oracle as GridOracle>::carbon(ZoneId(2), START), None);
	});
}

#[test]
fn carbon_should_be_the_same_when_settled_or_not() {
	new_test_ext().build_and_execute(|| {
		let first = round(&[100, 100, 100, 100]);
		let second = round(&[140, 140, 140]);
		assert_eq!((carbon(first), carbon(second)), (Some(100), Some(140)));
		idle();
		assert_eq!((carbon(first), carbon(second)), (Some(100), Some(140)));
	});
}

#[test]
fn carbon_should_be_stale_when_no_value_came_for_too_long() {
	new_test_ext().build_and_execute(|| {
		let interval = round(&[100, 100, 100, 100]);
		pass(5);
		for late in 0..=2 {
			assert_eq!(carbon(interval.checked_add(late).unwrap()), Some(100));
		}
		assert_eq!(carbon(interval.checked_add(3).unwrap()), None);
		assert_eq!(carbon(interval.checked_sub(1).unwrap()), None);
		let answer = Oracle::value(ZONE, Quantity::Carbon, interval.checked_add(2).unwrap());
		assert_eq!(answer.unwrap().interval, interval);
	});
}

#[test]
fn carbon_should_be_found_in_the_history_when_there_are_newer_values() {
	new_test_ext().build_and_execute(|| {
		let first = round(&[100, 100, 100, 100]);
		let missing = round(&[]);
		let third = round(&[130, 130, 130]);
		let fourth = round(&[150, 150, 150]);
		for _ in 0..2 {
			assert_eq!(carbon(first), Some(100));
			assert_eq!(carbon(missing), Some(100));
			assert_eq!(carbon(third), Some(130));
			assert_eq!(carbon(fourth), Some(150));
			idle();
		}
	});
}

#[test]
fn carbon_should_be_forgotten_when_its_place_is_taken() {
	new_test_ext().build_and_execute(|| {
		let first = round(&[100, 100, 100, 100]);
		for _ in 1..HISTORY {
			round(&[110, 110, 110]);
		}
		idle();
		assert_eq!(carbon(first), Some(100));
		round(&[110, 110, 110]);
		idle();
		assert_eq!(carbon(first), None);
	});
}

#[test]
fn price_should_come_with_its_currency() {
	new_test_ext().build_and_execute(|| {
		for (who, micros) in (1..).zip([-30, -25, -10, -40]) {
			submit_price(who, micros).unwrap();
		}
		pass(1);
		// The mean of -30 and -25, rounded up.
		let price = ElectricityPrice { amount: MicrosPerKwh(-27), currency: EUR };
		assert_eq!(<Oracle as GridPrices>::price(ZONE, START), Some(price));
		assert_eq!(<Oracle as GridPrices>::price(ZONE, Now::get()), None);
		assert_eq!(carbon(START), None);
	});
}

#[test]
fn latest_should_be_the_value_of_the_last_interval() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(Oracle::latest(ZONE, Quantity::Carbon), None);
		let interval = round(&[100, 100, 110, 100, 300]);
		let answer = Answer {
			reading: Reading::Carbon(GramsPerKwh(100)),
			currency: EUR,
			interval,
			submissions: 5,
			agreeing: 4,
		};
		assert_eq!(Oracle::latest(ZONE, Quantity::Carbon), Some(answer));
		Now::set(Interval(0));
		assert_eq!(Oracle::latest(ZONE, Quantity::Carbon), None);
		Now::set(interval.checked_add(1).unwrap());
	});
}
