//! Using green energy up.

use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use pogcs_primitives::{
	traits::{Energy as _, EnergyError},
	Interval, MilliWattHours,
};
use proptest::prelude::*;

use crate::{mock::*, Event};

const AT: Interval = Interval(9);

#[test]
fn draw_down_should_leave_the_rest_when_there_is_enough() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		assert_ok!(Energy::draw_down(DEVICE, AT, MilliWattHours(600)));
		System::assert_last_event(
			Event::Retired {
				device: DEVICE,
				interval: AT,
				amount: MilliWattHours(600),
				left: MilliWattHours(300),
			}
			.into(),
		);
		assert_ok!(Energy::draw_down(DEVICE, AT, MilliWattHours(300)));
		let seen = Energy::interval(DEVICE, AT).expect("it is on record");
		assert_eq!(seen.available, MilliWattHours(0));
		// What was metered does not change.
		assert_eq!((seen.green_supply, seen.green_draw), (mwh(1_000), mwh(900)));
		assert_eq!(Energy::totals_of(AT).map(|t| t.retired), Some(MilliWattHours(900)));
	});
}

#[test]
fn draw_down_should_be_refused_when_more_than_was_metered() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		for amount in [901, 1_000, u64::MAX] {
			assert_noop!(
				Energy::draw_down(DEVICE, AT, MilliWattHours(amount)),
				EnergyError::Insufficient
			);
		}
	});
}

#[test]
fn draw_down_should_be_refused_when_used_before() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		assert_ok!(Energy::draw_down(DEVICE, AT, MilliWattHours(900)));
		assert_noop!(Energy::draw_down(DEVICE, AT, MilliWattHours(1)), EnergyError::Insufficient);
	});
}

#[test]
fn draw_down_should_be_refused_when_not_reported() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		// Another device's energy, and another interval's.
		for (device, interval) in [(OTHER_DEVICE, AT), (DEVICE, Interval(8))] {
			assert_noop!(
				Energy::draw_down(device, interval, MilliWattHours(1)),
				EnergyError::NotReported
			);
			assert_eq!(Energy::interval(device, interval), None);
		}
	});
}

proptest! {
	#[test]
	fn energy_should_never_be_used_twice_when_drawn_in_any_amounts(
		amounts in prop::collection::vec(0u64..500, 1..30),
	) {
		new_test_ext().build_and_execute(|| {
			send(report()).expect("the report is valid");
			let mut left = 900u64;
			for amount in amounts {
				let outcome = Energy::draw_down(DEVICE, AT, MilliWattHours(amount));
				assert_eq!(outcome.is_ok(), amount <= left);
				if outcome.is_ok() {
					left -= amount;
				} else {
					assert_storage_noop!(assert!(
						Energy::draw_down(DEVICE, AT, MilliWattHours(amount)).is_err()
					));
				}
				let seen = Energy::interval(DEVICE, AT).expect("it is on record");
				assert_eq!(seen.available, MilliWattHours(left));
			}
		});
	}
}
