//! Reports, and every way of reporting wrongly.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{DeviceState, EnergyRecord},
	traits::{Energy as _, IntervalEnergy},
	wire::EnergyReport,
	Commitment, Interval, MilligramsCo2,
};
use sp_core::Pair;
use sp_runtime::traits::BadOrigin;

use crate::{mock::*, Error, Event, Totals};

#[test]
fn report_should_stand_with_all_that_follows_from_it_when_valid() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		System::assert_last_event(
			Event::Reported {
				device: DEVICE,
				interval: Interval(9),
				generation: mwh(1_000),
				compute_draw: mwh(900),
				available: mwh(900),
				surplus: mwh(100),
				// 900 mWh at 40 g/kWh.
				carbon: MilligramsCo2(36),
			}
			.into(),
		);
		assert_eq!(
			Energy::record(DEVICE, Interval(9)),
			Some(EnergyRecord {
				generation: mwh(1_000),
				compute_draw: mwh(900),
				green_supply: mwh(1_000),
				green_draw: mwh(900),
				root: report().root,
				available: mwh(900),
				carbon: MilligramsCo2(36),
				cell: PLACE,
			})
		);
		assert_eq!(
			Energy::interval(DEVICE, Interval(9)),
			Some(IntervalEnergy {
				green_supply: mwh(1_000),
				green_draw: mwh(900),
				root: report().root,
				available: mwh(900),
				compute_draw: mwh(900),
				carbon: MilligramsCo2(36),
			})
		);
	});
}

#[test]
fn less_should_be_available_when_the_device_claims_less() {
	new_test_ext().build_and_execute(|| {
		let modest = EnergyReport { green_supply: mwh(600), green_draw: mwh(500), ..report() };
		assert_ok!(send(modest));
		let record = Energy::record(DEVICE, Interval(9)).expect("it is on record");
		assert_eq!(record.available, mwh(500));
		// What it does not claim for compute is its owner's; compute's rest counts as the grid's.
		let totals = Energy::totals_of(Interval(9)).expect("one reported");
		assert_eq!((totals.green, totals.surplus), (mwh(500), mwh(500)));
		assert_eq!(record.carbon, MilligramsCo2(20 + 200));
	});
}

#[test]
fn totals_should_add_up_when_two_devices_report() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(Energy::totals_of(Interval(9)), None);
		assert_ok!(send(report()));
		assert_ok!(send(EnergyReport { device: OTHER_DEVICE, ..report() }));
		assert_eq!(
			Energy::totals_of(Interval(9)),
			Some(Totals {
				reports: 2,
				generation: mwh(2_000),
				compute_draw: mwh(1_800),
				green: mwh(1_800),
				surplus: mwh(200),
				carbon: MilligramsCo2(72),
				..Totals::default()
			})
		);
	});
}

#[test]
fn report_should_be_refused_when_signed_by_another_key() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(send_signed_by(report(), key_of(OTHER_DEVICE)), Error::<Test>::BadSignature);
	});
}

#[test]
fn report_should_be_refused_when_changed_after_signing() {
	new_test_ext().build_and_execute(|| {
		let signature = key_of(DEVICE).sign(&report().signing_payload(&Energy::chain_id())).0;
		let more = EnergyReport { generation: mwh(1_001), ..report() };
		let root = EnergyReport { root: Commitment([6; 32]), ..report() };
		for changed in [more, root] {
			assert_noop!(
				Energy::report(RuntimeOrigin::signed(PAYER), changed, signature),
				Error::<Test>::BadSignature
			);
		}
	});
}

#[test]
fn report_should_be_refused_when_signed_for_another_chain() {
	new_test_ext().build_and_execute(|| {
		let signature = key_of(DEVICE).sign(&report().signing_payload(&[9; 32])).0;
		assert_noop!(
			Energy::report(RuntimeOrigin::signed(PAYER), report(), signature),
			Error::<Test>::BadSignature
		);
	});
}

#[test]
fn report_should_be_refused_when_of_a_past_interval() {
	new_test_ext().build_and_execute(|| {
		for interval in [Interval(8), Interval(3)] {
			assert_noop!(send(EnergyReport { interval, ..report() }), Error::<Test>::PastInterval);
		}
	});
}

#[test]
fn report_should_be_refused_when_of_a_future_interval() {
	new_test_ext().build_and_execute(|| {
		for interval in [Interval(10), Interval(11), Interval(u32::MAX)] {
			assert_noop!(
				send(EnergyReport { interval, ..report() }),
				Error::<Test>::FutureInterval
			);
		}
	});
}

#[test]
fn report_should_be_refused_when_sent_twice() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(send(report()));
		assert_noop!(send(report()), Error::<Test>::AlreadyReported);
		let better = EnergyReport { generation: mwh(2_000), ..report() };
		assert_noop!(send(better), Error::<Test>::AlreadyReported);
	});
}

#[test]
fn report_should_be_refused_when_the_device_is_unknown() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			send(EnergyReport { device: NO_DEVICE, ..report() }),
			Error::<Test>::UnknownDevice
		);
	});
}

#[test]
fn report_should_depend_on_the_state_when_the_device_is_not_online() {
	new_test_ext().build_and_execute(|| {
		State::set(DeviceState::Suspended);
		assert_noop!(send(report()), Error::<Test>::Suspended);
	});
	// One that has not proven its throughput has a panel all the same; one that is leaving has work
	// to finish.
	for state in [DeviceState::Pending, DeviceState::Running, DeviceState::Leaving] {
		new_test_ext().build_and_execute(|| {
			State::set(state);
			assert_ok!(send(report()));
		});
	}
}

#[test]
fn report_should_be_refused_when_not_registered_for_the_whole_interval() {
	new_test_ext().build_and_execute(|| {
		Since::set(Interval(9));
		assert_noop!(send(report()), Error::<Test>::BeforeRegistration);
		Since::set(Interval(8));
		assert_ok!(send(report()));
	});
}

#[test]
fn report_should_be_refused_when_nobody_signs_the_transaction() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(Energy::report(RuntimeOrigin::none(), report(), [0; 64]), BadOrigin);
	});
}

#[test]
fn nothing_should_be_reportable_when_the_first_interval_has_not_ended() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(Energy::reportable(), Some(Interval(9)));
		Now::set(Interval(0));
		assert_eq!(Energy::reportable(), None);
		let first = EnergyReport { interval: Interval(0), ..report_of_ten() };
		assert_noop!(send(first), Error::<Test>::FutureInterval);
	});
}

fn report_of_ten() -> EnergyReport {
	Now::set(Interval(10));
	let report = report();
	Now::set(Interval(0));
	report
}
