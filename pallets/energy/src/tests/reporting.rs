//! Reports, and every way of reporting wrongly.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::DeviceState, wire::EnergyReport, Commitment, DeviceId, Interval, MilliWattHours,
};
use sp_core::Pair;
use sp_runtime::traits::BadOrigin;

use crate::{mock::*, Error, Event, Totals};

#[test]
fn report_should_make_the_lesser_of_both_sums_available_when_valid() {
	for (generation, draw, available) in
		[(1_000, 900, 900), (900, 1_000, 900), (0, 1_000, 0), (1_000, 0, 0)]
	{
		new_test_ext().build_and_execute(|| {
			let report = EnergyReport {
				generation: MilliWattHours(generation),
				compute_draw: MilliWattHours(draw),
				..report()
			};
			assert_ok!(send(report));
			System::assert_last_event(
				Event::Reported {
					device: DEVICE,
					interval: Interval(9),
					generation: MilliWattHours(generation),
					compute_draw: MilliWattHours(draw),
					available: MilliWattHours(available),
				}
				.into(),
			);
			let record = Energy::record(DEVICE, Interval(9)).expect("it is on record");
			assert_eq!(record.available, MilliWattHours(available));
			assert_eq!(record.root, report.root);
		});
	}
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
				generation: MilliWattHours(2_000),
				compute_draw: MilliWattHours(1_800),
				green: MilliWattHours(1_800),
				retired: MilliWattHours(0),
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
		let more = EnergyReport { generation: MilliWattHours(1_001), ..report() };
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
		let better = EnergyReport { generation: MilliWattHours(2_000), ..report() };
		assert_noop!(send(better), Error::<Test>::AlreadyReported);
	});
}

#[test]
fn report_should_be_refused_when_more_than_the_class_can_supply() {
	new_test_ext().build_and_execute(|| {
		let generation = MilliWattHours(MAX_GENERATION + 1);
		assert_noop!(send(EnergyReport { generation, ..report() }), Error::<Test>::Implausible);
		let generation = MilliWattHours(MAX_GENERATION);
		assert_ok!(send(EnergyReport { generation, ..report() }));
	});
}

#[test]
fn report_should_be_refused_when_32_readings_cannot_add_up_to_it() {
	new_test_ext().build_and_execute(|| {
		let most = u64::from(u32::MAX) * 32;
		let compute_draw = MilliWattHours(most + 1);
		assert_noop!(send(EnergyReport { compute_draw, ..report() }), Error::<Test>::Implausible);
		let compute_draw = MilliWattHours(most);
		assert_ok!(send(EnergyReport { compute_draw, ..report() }));
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
fn report_should_be_refused_when_the_device_is_unknown() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			send(EnergyReport { device: DeviceId(99), ..report() }),
			Error::<Test>::UnknownDevice
		);
	});
}

#[test]
fn report_should_depend_on_the_state_when_the_device_is_not_online() {
	new_test_ext().build_and_execute(|| {
		State::set(DeviceState::Suspended);
		assert_noop!(send(report()), Error::<Test>::Suspended);
		// It still has work to finish.
		State::set(DeviceState::Leaving);
		assert_ok!(send(report()));
	});
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
