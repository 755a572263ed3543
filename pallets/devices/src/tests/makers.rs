//! Makers, classes and parameters.

use frame_support::{assert_noop, assert_ok, BoundedVec};
use pogcs_primitives::{
	records::{ClassRecord, DeviceState},
	traits::Devices as _,
	units::GramsPerKwh,
	ClassId, Interval, MilliWattHours,
};
use sp_core::Pair;
use sp_runtime::{traits::BadOrigin, DispatchError};

use crate::{
	mock::*,
	parameters::{Crowding, Parameters, LARGEST_THROUGHPUT, LONGEST_STEP, LONGEST_TERM},
	Error, Event, MakerReason, SuspensionReason,
};

const REASON: SuspensionReason = SuspensionReason::ImplausibleReadings;

fn key() -> [u8; 32] {
	maker().public().0
}

fn name() -> BoundedVec<u8, <Test as crate::Config>::MaxNameLength> {
	BoundedVec::truncate_from(b"Sunbox".to_vec())
}

#[test]
fn governance_should_be_refused_when_signed_by_others() {
	new_test_ext().build_and_execute(|| {
		online();
		for who in [OWNER, COMMITTEE] {
			let signed = || RuntimeOrigin::signed(who);
			assert_noop!(Devices::register_maker(signed(), [1; 32], name(), 9), BadOrigin);
			let lapsed = MakerReason::Lapsed;
			assert_noop!(Devices::revoke_maker(signed(), key(), lapsed, 0), BadOrigin);
			assert_noop!(Devices::set_class(signed(), CLASS, class_record()), BadOrigin);
			assert_noop!(Devices::set_parameters(signed(), PARAMETERS), BadOrigin);
		}
	});
}

#[test]
fn committee_should_be_refused_when_signed_by_others() {
	new_test_ext().build_and_execute(|| {
		online();
		for origin in [RuntimeOrigin::signed(OWNER), RuntimeOrigin::root()] {
			let origin = || origin.clone();
			assert_noop!(Devices::suspend(origin(), DEVICE, REASON), BadOrigin);
			assert_noop!(Devices::reinstate(origin(), DEVICE), BadOrigin);
			assert_noop!(Devices::decide_appeal(origin(), DEVICE, true), BadOrigin);
			assert_noop!(Devices::decide_rescue(origin(), DEVICE, true), BadOrigin);
			assert_noop!(Devices::demand_benchmark(origin(), DEVICE), BadOrigin);
			assert_noop!(Devices::expel(origin(), DEVICE), BadOrigin);
		}
	});
}

#[test]
fn maker_should_certify_again_when_registered_after_a_revocation() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			Devices::register_maker(RuntimeOrigin::root(), key(), name(), MAKER),
			Error::<Test>::MakerExists
		);
		let reason = MakerReason::Lapsed;
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, 3));
		System::assert_last_event(
			Event::MakerRevoked { maker: key(), reason, honoured_until: Interval(8) }.into(),
		);
		assert_noop!(
			Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, 3),
			Error::<Test>::RevokedMaker
		);
		assert_ok!(Devices::register_maker(RuntimeOrigin::root(), key(), name(), OTHER));
		System::assert_last_event(
			Event::MakerRegistered { maker: key(), name: name(), account: OTHER }.into(),
		);
		assert_ok!(Registration::valid().send());
		// Another account speaks for it now.
		assert_eq!(Devices::maker(key()).map(|maker| maker.account), Some(OTHER));
		assert_noop!(
			Devices::revoke_certificate(RuntimeOrigin::signed(MAKER), key(), key_of(1)),
			Error::<Test>::NotMaker
		);
	});
}

#[test]
fn revoke_maker_should_be_refused_when_there_is_none_or_time_ends() {
	new_test_ext().build_and_execute(|| {
		let reason = MakerReason::Lapsed;
		assert_noop!(
			Devices::revoke_maker(RuntimeOrigin::root(), [1; 32], reason, 0),
			Error::<Test>::UnknownMaker
		);
		assert_noop!(
			Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, u32::MAX),
			Error::<Test>::Overflow
		);
	});
}

#[test]
fn device_should_go_on_for_the_grace_when_its_maker_is_revoked() {
	new_test_ext().build_and_execute(|| {
		online();
		let other = Registration {
			certificate: certificate(&other_maker(), &device_key(2)),
			..Registration::second()
		};
		let other = other.done();
		let reason = MakerReason::Lapsed;
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, 10));
		assert_eq!(Devices::certified_until(DEVICE), Some(Interval(15)));
		assert_eq!(state_of(DEVICE), Some(DeviceState::Online));
		pass(10);
		assert_eq!(state_of(DEVICE), Some(DeviceState::Online));
		pass(1);
		assert_eq!(state_of(DEVICE), Some(DeviceState::Suspended));
		// Another maker's devices are not concerned.
		assert_eq!(state_of(other), Some(DeviceState::Pending));
		assert_eq!(Devices::certified_until(other), Some(EXPIRES));
	});
}

#[test]
fn all_devices_should_stop_at_once_when_their_maker_colluded() {
	new_test_ext().build_and_execute(|| {
		online();
		let reason = MakerReason::FalseCertificates;
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), key(), reason, 0));
		pass(1);
		assert_eq!(state_of(DEVICE), Some(DeviceState::Suspended));
	});
}

#[test]
fn class_should_apply_to_its_devices_when_changed() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let record = ClassRecord {
			carbon: GramsPerKwh(11),
			max_generation: MilliWattHours(9_000),
			..class_record()
		};
		assert_ok!(Devices::set_class(RuntimeOrigin::root(), CLASS, record));
		System::assert_last_event(Event::ClassSet { class: CLASS, record }.into());
		assert_eq!(Devices::device(DEVICE).map(|device| device.record), Some(record));
		assert_eq!(Devices::class(CLASS), Some(record));
		assert!(Devices::has_class(CLASS));
		assert!(!Devices::has_class(ClassId(77)));
	});
}

#[test]
fn set_class_should_be_refused_when_no_device_could_have_it() {
	new_test_ext().build_and_execute(|| {
		let valid = class_record();
		for record in [
			ClassRecord { max_generation: MilliWattHours::ZERO, ..valid },
			ClassRecord { throughput: 0, ..valid },
			ClassRecord { throughput: LARGEST_THROUGHPUT + 1, ..valid },
			ClassRecord { storage_efficiency: 1_000_001, ..valid },
		] {
			assert_noop!(
				Devices::set_class(RuntimeOrigin::root(), CLASS, record),
				Error::<Test>::BadClass
			);
		}
		let largest = ClassRecord {
			throughput: LARGEST_THROUGHPUT,
			storage_efficiency: 1_000_000,
			storage: MilliWattHours::ZERO,
			..valid
		};
		assert_ok!(Devices::set_class(RuntimeOrigin::root(), CLASS, largest));
	});
}

#[test]
fn parameters_should_hold_for_what_comes_when_set() {
	new_test_ext().build_and_execute(|| {
		let before = Registration::valid().done();
		let mut parameters = PARAMETERS;
		parameters.deposits.registration = 500;
		assert_ok!(Devices::set_parameters(RuntimeOrigin::root(), parameters));
		System::assert_last_event(Event::ParametersSet { parameters }.into());
		assert_eq!(Devices::parameters(), parameters);
		assert_ok!(Registration::second().send());
		assert_eq!((on_hold(OWNER), on_hold(OTHER)), (DEPOSIT, 500));
		// Until who has an old deposit wants the new one.
		assert_ok!(Devices::reprice(RuntimeOrigin::signed(OWNER), before, 500));
		assert_eq!(on_hold(OWNER), 500);
	});
}

type Change = fn(&mut Parameters<u64>);

#[test]
fn parameters_should_be_refused_when_out_of_bounds() {
	new_test_ext().build_and_execute(|| {
		let cases: Vec<(Error<Test>, Change)> = vec![
			(Error::BadDeposits, |p| p.deposits.registration = 0),
			(Error::BadDeposits, |p| p.deposits.appeal = 0),
			(Error::BadDeposits, |p| p.deposits.rescue = 0),
			(Error::BadDeposits, |p| p.deposits.objection = 0),
			(Error::BadDeposits, |p| p.deposits.revocation = 0),
			(Error::BadDeposits, |p| p.deposits.barred_key = 0),
			(Error::BadDeposits, |p| p.deposits.barred_key = p.deposits.registration + 1),
			(Error::BadPlaceRules, |p| p.place.near.step = 0),
			(Error::BadPlaceRules, |p| p.place.far.step = 0),
			(Error::BadPlaceRules, |p| p.place.near = Crowding { free: 0, step: 1, most: 0 }),
			(Error::BadPlaceRules, |p| p.place.far.free = p.place.far.most + 1),
			(Error::BadPlaceRules, |p| p.place.metres_per_interval = 0),
			(Error::BadPlaceRules, |p| p.place.cooldown = 0),
			(Error::BadTerms, |p| p.terms.notice = 0),
			(Error::BadTerms, |p| p.terms.offer = 0),
			(Error::BadTerms, |p| p.terms.appeal = 0),
			(Error::BadTerms, |p| p.terms.decision = LONGEST_TERM + 1),
			(Error::BadTerms, |p| p.terms.expulsion = 0),
			(Error::BadTerms, |p| p.terms.rescue = 0),
			(Error::BadTerms, |p| p.terms.certificate = 0),
			(Error::BadTerms, |p| p.terms.consent = 0),
			(Error::BadTerms, |p| p.terms.consent = p.terms.notice),
			(Error::BadMaintenanceRules, |p| p.maintenance.ahead = 0),
			(Error::BadMaintenanceRules, |p| p.maintenance.quota = 0),
			(Error::BadMaintenanceRules, |p| p.maintenance.quota = p.maintenance.period + 1),
			(Error::BadMaintenanceRules, |p| p.maintenance.period = LONGEST_TERM + 1),
			(Error::BadBenchmarkRules, |p| p.benchmark.delay = 0),
			(Error::BadBenchmarkRules, |p| p.benchmark.window = LONGEST_STEP + 1),
			(Error::BadBenchmarkRules, |p| p.benchmark.opening = 0),
			(Error::BadBenchmarkRules, |p| p.benchmark.seconds = 0),
			(Error::BadBenchmarkRules, |p| p.benchmark.seconds = 41),
			(Error::BadBenchmarkRules, |p| p.benchmark.cooldown = 0),
		];
		for (error, change) in cases {
			let mut parameters = PARAMETERS;
			change(&mut parameters);
			let origin = RuntimeOrigin::root();
			let error: DispatchError = error.into();
			assert_noop!(Devices::set_parameters(origin, parameters), error);
		}
	});
}

#[test]
fn largest_challenge_should_fit_when_class_and_time_are_the_largest() {
	assert!(LARGEST_THROUGHPUT.checked_mul(crate::parameters::LONGEST_CHALLENGE).is_some());
}
