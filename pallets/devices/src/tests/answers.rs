//! What others are told of a device: when it proved its throughput, and when it was away.

use frame_support::assert_ok;
use pogcs_primitives::{
	traits::{Benchmarks, Maintenance},
	DeviceId, Interval,
};
use sp_runtime::{BoundedVec, DispatchResult};

use crate::{
	mock::*,
	parameters::{MaintenanceRules, Parameters},
};

/// Three leaves a second for four seconds.
const COUNT: u32 = 12;

fn owner() -> RuntimeOrigin {
	RuntimeOrigin::signed(OWNER)
}

/// When the device passed, as pools are told.
fn passed(device: DeviceId) -> Option<Interval> {
	<Devices as Benchmarks>::last_passed(device)
}

/// The device asks for a challenge in block `from` and passes it.
fn pass_challenge(from: u64) {
	System::set_block_number(from);
	assert_ok!(Devices::request_challenge(owner(), DEVICE));
	prove(from);
}

/// The device passes the challenge that began in block `from`.
fn prove(from: u64) {
	System::set_block_number(from + 3);
	let tree = work(DEVICE, from + 2, COUNT);
	assert_ok!(Devices::commit_challenge(owner(), DEVICE, tree.root()));
	System::set_block_number(from + 6);
	let randomness = sp_io::hashing::blake2_256(&(from + 5).to_le_bytes());
	let nodes = BoundedVec::truncate_from(tree.open(&randomness));
	assert_ok!(Devices::open_challenge(owner(), DEVICE, nodes));
}

#[test]
fn challenge_should_be_known_by_the_interval_in_which_it_was_passed() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(passed(DEVICE), None);
		Registration::valid().done();
		assert_eq!(passed(DEVICE), None);
		Now::set(Interval(8));
		pass_challenge(10);
		pass(4);
		assert_eq!(passed(DEVICE), Some(Interval(8)));
		assert_eq!(passed(DeviceId(9)), None);
	});
}

#[test]
fn challenge_should_not_count_when_another_is_demanded_until_that_is_passed() {
	new_test_ext().build_and_execute(|| {
		Registration::valid().done();
		pass_challenge(10);
		assert_eq!(passed(DEVICE), Some(Now::get()));
		pass(10);
		System::set_block_number(100);
		assert_ok!(Devices::demand_benchmark(RuntimeOrigin::signed(COMMITTEE), DEVICE));
		assert_eq!(passed(DEVICE), None);
		prove(100);
		assert_eq!(passed(DEVICE), Some(Now::get()));
	});
}

fn declare(from: u32, intervals: u32) -> DispatchResult {
	Devices::declare_maintenance(owner(), DEVICE, Interval(from), intervals)
}

fn away(interval: u32) -> bool {
	Devices::in_maintenance(DEVICE, Interval(interval))
}

#[test]
fn maintenance_should_be_remembered_as_long_as_promises_last_when_the_period_is_short() {
	new_test_ext().build_and_execute(|| {
		online();
		let maintenance = MaintenanceRules { ahead: 2, quota: 2, period: 3 };
		let short = Parameters { maintenance, ..PARAMETERS };
		assert_ok!(Devices::set_parameters(RuntimeOrigin::root(), short));
		assert_ok!(declare(7, 1));
		// The last interval in which it has to be known.
		Now::set(Interval(7 + MEMORY));
		assert_ok!(declare(9 + MEMORY, 1));
		assert!(away(7));
		// And the first in which it can be forgotten.
		pass(1);
		assert_ok!(declare(10 + MEMORY, 1));
		assert!(!away(7));
		assert!(away(9 + MEMORY) && away(10 + MEMORY));
	});
}

#[test]
fn maintenance_should_be_remembered_for_a_period_when_that_is_longer() {
	new_test_ext().build_and_execute(|| {
		online();
		let period = PARAMETERS.maintenance.period;
		assert!(period > MEMORY);
		assert_ok!(declare(7, 1));
		Now::set(Interval(7 + period));
		assert_ok!(declare(9 + period, 1));
		assert!(away(7));
	});
}
