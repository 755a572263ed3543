//! The timed challenge.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	challenge::Tree,
	records::{
		ClassRecord,
		DeviceState::{Online, Pending, Running, Suspended},
		StateReason,
	},
	traits::Lifecycle,
	DeviceId,
};
use sp_runtime::{
	traits::{ConstU32, Convert},
	BoundedVec, DispatchError, DispatchResult,
};

use crate::{mock::*, Error, Event, SuspensionReason};

/// Three leaves a second for four seconds.
const COUNT: u32 = 12;
const DELAY: u64 = 2;
const WINDOW: u64 = 5;
const OPENING: u64 = 6;

fn device_account() -> u64 {
	KeyAccount::convert(key_of(1))
}

fn request() -> DispatchResult {
	Devices::request_challenge(RuntimeOrigin::signed(device_account()), DEVICE)
}

fn commit(root: [u8; 32]) -> DispatchResult {
	Devices::commit_challenge(RuntimeOrigin::signed(device_account()), DEVICE, root)
}

fn nodes(tree: &Tree, draw_block: u64) -> BoundedVec<[u8; 32], ConstU32<512>> {
	let randomness = sp_io::hashing::blake2_256(&draw_block.to_le_bytes());
	BoundedVec::truncate_from(tree.open(&randomness))
}

fn open(nodes: BoundedVec<[u8; 32], ConstU32<512>>) -> DispatchResult {
	Devices::open_challenge(RuntimeOrigin::signed(device_account()), DEVICE, nodes)
}

fn at(block: u64) {
	System::set_block_number(block);
}

/// A pending device, whose challenge was asked for in block 10.
fn requested() {
	Registration::valid().done();
	at(10);
	assert_ok!(request());
}

#[test]
fn device_should_be_online_when_it_did_the_work_in_time() {
	new_test_ext().build_and_execute(|| {
		requested();
		System::assert_last_event(
			Event::ChallengeRequested {
				device: DEVICE,
				count: COUNT,
				seed_block: 12,
				root_until: 17,
			}
			.into(),
		);
		at(17);
		let tree = work(DEVICE, 12, COUNT);
		assert_ok!(commit(tree.root()));
		System::assert_last_event(
			Event::ChallengeCommitted {
				device: DEVICE,
				root: tree.root(),
				draw_block: 19,
				opening_until: 25,
			}
			.into(),
		);
		at(25);
		pass(1);
		assert_eq!(Devices::last_passed(DEVICE), None);
		assert_ok!(open(nodes(&tree, 19)));
		assert_eq!(Devices::last_passed(DEVICE), Some(Now::get()));
		System::assert_has_event(Event::ChallengePassed { device: DEVICE, count: COUNT }.into());
		assert_eq!(last_change(), (Pending, Online, StateReason::BenchmarkPassed));
		assert_eq!(Devices::challenge(DEVICE), None);
		assert_noop!(request(), Error::<Test>::Benched);
	});
}

#[test]
fn root_should_be_refused_when_early_or_late() {
	new_test_ext().build_and_execute(|| {
		Registration::valid().done();
		assert_noop!(commit([1; 32]), Error::<Test>::NoChallenge);
		at(10);
		assert_ok!(request());
		for block in [10, 10 + DELAY] {
			at(block);
			assert_noop!(commit([1; 32]), Error::<Test>::TooEarly);
		}
		at(10 + DELAY + WINDOW + 1);
		assert_noop!(commit([1; 32]), Error::<Test>::TooLate);
		at(10 + DELAY + 1);
		Lost::set(vec![10 + DELAY]);
		assert_noop!(commit([1; 32]), Error::<Test>::NoRandomness);
		Lost::set(vec![]);
		assert_ok!(commit([1; 32]));
		// A root is a root: there is no second thought once the draw is known.
		assert_noop!(commit([2; 32]), Error::<Test>::NoChallenge);
	});
}

#[test]
fn opening_should_be_refused_when_early_or_late() {
	new_test_ext().build_and_execute(|| {
		requested();
		let none = BoundedVec::new;
		assert_noop!(open(none()), Error::<Test>::NoChallenge);
		at(13);
		let tree = work(DEVICE, 12, COUNT);
		assert_ok!(commit(tree.root()));
		for block in [13, 13 + DELAY] {
			at(block);
			assert_noop!(open(nodes(&tree, 15)), Error::<Test>::TooEarly);
		}
		at(13 + DELAY + OPENING + 1);
		assert_noop!(open(nodes(&tree, 15)), Error::<Test>::TooLate);
		at(13 + DELAY + 1);
		Lost::set(vec![15]);
		assert_noop!(open(nodes(&tree, 15)), Error::<Test>::NoRandomness);
		Lost::set(vec![]);
		assert_ok!(open(nodes(&tree, 15)));
	});
}

#[test]
fn opening_should_be_refused_when_it_is_of_something_else() {
	new_test_ext().build_and_execute(|| {
		requested();
		at(13);
		let tree = work(DEVICE, 12, COUNT);
		assert_ok!(commit(tree.root()));
		at(16);
		let good = nodes(&tree, 15);
		// Leaves that another block would have drawn.
		assert_noop!(open(nodes(&tree, 16)), Error::<Test>::BadOpening);
		// Another device's work, for the same randomness.
		let others = work(DeviceId(1), 12, COUNT);
		assert_noop!(open(nodes(&others, 15)), Error::<Test>::BadOpening);
		let mut shorter = good.clone();
		shorter.pop();
		assert_noop!(open(shorter), Error::<Test>::BadLength);
		let mut longer = good.clone();
		longer.try_push([0; 32]).expect("there is room");
		assert_noop!(open(longer), Error::<Test>::BadLength);
		// What was refused can be put right in time.
		assert_ok!(open(good));
	});
}

#[test]
fn opening_should_be_refused_when_less_was_done() {
	new_test_ext().build_and_execute(|| {
		requested();
		at(13);
		// Half of the leaves: the tree over them is not of the size that is asked for.
		let half = work(DEVICE, 12, COUNT / 2);
		assert_ok!(commit(half.root()));
		at(16);
		assert_noop!(open(nodes(&half, 15)), Error::<Test>::BadLength);
		// With paths of the right length it still leads elsewhere.
		let full = work(DEVICE, 12, COUNT);
		assert_noop!(open(nodes(&full, 15)), Error::<Test>::BadOpening);
	});
}

#[test]
fn size_should_be_that_of_the_request_when_the_class_is_changed() {
	new_test_ext().build_and_execute(|| {
		requested();
		let faster = ClassRecord { throughput: 30, ..class_record() };
		assert_ok!(Devices::set_class(RuntimeOrigin::root(), CLASS, faster));
		at(13);
		let tree = work(DEVICE, 12, COUNT);
		assert_ok!(commit(tree.root()));
		at(16);
		assert_ok!(open(nodes(&tree, 15)));
	});
}

#[test]
fn request_should_be_refused_when_one_runs_or_was_just_made() {
	new_test_ext().build_and_execute(|| {
		requested();
		at(17);
		pass(PARAMETERS.benchmark.cooldown);
		assert_noop!(request(), Error::<Test>::ChallengeRuns);
		// It runs out, and then it is a matter of the cooldown.
		at(18);
		Now::set(START);
		assert_noop!(request(), Error::<Test>::TooSoon);
		pass(PARAMETERS.benchmark.cooldown);
		assert_ok!(request());
		at(21);
		assert_ok!(commit([1; 32]));
		pass(PARAMETERS.benchmark.cooldown);
		at(21 + DELAY + OPENING);
		assert_noop!(request(), Error::<Test>::ChallengeRuns);
		at(21 + DELAY + OPENING + 1);
		assert_ok!(request());
	});
}

#[test]
fn challenge_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(request(), Error::<Test>::UnknownDevice);
		requested();
		let other = || RuntimeOrigin::signed(OTHER);
		let refused = DispatchError::from(Error::<Test>::NotOperator);
		assert_noop!(Devices::request_challenge(other(), DEVICE), refused);
		assert_noop!(Devices::commit_challenge(other(), DEVICE, [1; 32]), refused);
		assert_noop!(Devices::open_challenge(other(), DEVICE, BoundedVec::new()), refused);
		// Owner and manager can send what the device has worked out.
		let owner = || RuntimeOrigin::signed(OWNER);
		assert_ok!(Devices::set_manager(owner(), DEVICE, Some(MANAGER)));
		at(13);
		let tree = work(DEVICE, 12, COUNT);
		let manager = RuntimeOrigin::signed(MANAGER);
		assert_ok!(Devices::commit_challenge(manager, DEVICE, tree.root()));
		at(16);
		assert_ok!(Devices::open_challenge(owner(), DEVICE, nodes(&tree, 15)));
	});
}

#[test]
fn request_should_be_refused_when_the_device_was_stopped() {
	new_test_ext().build_and_execute(|| {
		Registration::valid().done();
		let reason = SuspensionReason::FalseLocation;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
		assert_noop!(request(), Error::<Test>::Stopped);
	});
}

#[test]
fn device_should_be_pending_again_when_the_committee_doubts_its_speed() {
	new_test_ext().build_and_execute(|| {
		requested();
		let committee = || RuntimeOrigin::signed(COMMITTEE);
		let demand = |device| Devices::demand_benchmark(committee(), device);
		assert_noop!(demand(DEVICE), Error::<Test>::NotBenched);
		assert_noop!(demand(DeviceId(9)), Error::<Test>::UnknownDevice);
		bench(DEVICE);
		at(100);
		Devices::begin(DEVICE);
		assert_ok!(demand(DEVICE));
		assert_eq!(last_change(), (Running, Pending, StateReason::BenchmarkDemanded));
		assert_eq!(Devices::last_passed(DEVICE), None);
		assert_noop!(demand(DEVICE), Error::<Test>::NotBenched);
		Devices::finish(DEVICE);
		assert_eq!(state_of(DEVICE), Some(Pending));
	});
}

#[test]
fn challenges_should_begin_together_when_the_committee_demands_them() {
	new_test_ext().build_and_execute(|| {
		let devices = [Registration::valid().done(), Registration::second().done()];
		devices.into_iter().for_each(bench);
		at(100);
		for device in devices {
			assert_ok!(Devices::demand_benchmark(RuntimeOrigin::signed(COMMITTEE), device));
			System::assert_has_event(
				Event::ChallengeRequested {
					device,
					count: COUNT,
					seed_block: 102,
					root_until: 107,
				}
				.into(),
			);
		}
		// One machine has the time for one of them: it works on the first and not on the second.
		assert_noop!(request(), Error::<Test>::ChallengeRuns);
		at(107);
		let tree = work(DEVICE, 102, COUNT);
		assert_ok!(commit(tree.root()));
		at(110);
		assert_ok!(open(nodes(&tree, 109)));
		assert_eq!(devices.map(state_of), [Some(Online), Some(Pending)]);
		let second =
			|root| Devices::commit_challenge(RuntimeOrigin::signed(OTHER), devices[1], root);
		assert_noop!(second([1; 32]), Error::<Test>::TooLate);
		// An honest one that missed it can ask again, a while after.
		let again = || Devices::request_challenge(RuntimeOrigin::signed(OTHER), devices[1]);
		assert_noop!(again(), Error::<Test>::TooSoon);
		pass(PARAMETERS.benchmark.cooldown);
		assert_ok!(again());
	});
}

#[test]
fn step_should_end_as_it_began_when_the_rules_change_meanwhile() {
	new_test_ext().build_and_execute(|| {
		requested();
		let mut other = PARAMETERS;
		other.benchmark.delay = 1;
		other.benchmark.window = 1;
		other.benchmark.opening = 1;
		assert_ok!(Devices::set_parameters(RuntimeOrigin::root(), other));
		at(12);
		// Block 11 would have drawn another seed.
		assert_noop!(commit([1; 32]), Error::<Test>::TooEarly);
		at(17);
		let tree = work(DEVICE, 12, COUNT);
		assert_ok!(commit(tree.root()));
		assert_ok!(Devices::set_parameters(RuntimeOrigin::root(), PARAMETERS));
		at(20);
		assert_noop!(open(nodes(&tree, 18)), Error::<Test>::TooLate);
		at(19);
		assert_ok!(open(nodes(&tree, 18)));
	});
}

#[test]
fn challenge_should_count_when_it_is_passed_while_the_device_rests() {
	new_test_ext().build_and_execute(|| {
		requested();
		assert_ok!(Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, Suspended));
		at(13);
		let tree = work(DEVICE, 12, COUNT);
		assert_ok!(commit(tree.root()));
		at(16);
		assert_ok!(open(nodes(&tree, 15)));
		assert_eq!(state_of(DEVICE), Some(Suspended));
		assert_ok!(Devices::set_state(RuntimeOrigin::signed(OWNER), DEVICE, Online));
		assert_eq!(state_of(DEVICE), Some(Online));
	});
}
