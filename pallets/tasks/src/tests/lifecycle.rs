//! Telling the registry when work begins and ends.

use std::collections::BTreeMap;

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{ChunkState, DeviceState},
	traits::{Dispatch, DispatchRefusal},
	Commitment, DeviceId, Interval, TaskId,
};
use proptest::prelude::*;

use crate::{
	mock::{Tasks, *},
	*,
};

const WORK: Commitment = Commitment([5; 32]);
const DEVICES: [DeviceId; 2] = [DEVICE, OTHER_DEVICE];

fn by(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

#[test]
fn work_should_begin_and_end_once_however_it_ends() {
	on_chain(|| {
		// Paid.
		let task = committed();
		assert_eq!(running(DEVICE), 1);
		assert_ok!(Tasks::prove(by(KEY), task, 0, Box::new(submission())));
		assert_eq!(running(DEVICE), 0);
		// Released.
		let task = open(2);
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 1));
		assert_eq!(running(DEVICE), 2);
		assert_ok!(Tasks::release(by(OWNER), task, 0));
		assert_eq!(running(DEVICE), 1);
		// Expired.
		Now::set(Interval(21));
		assert_ok!(Tasks::expire(by(STRANGER), task));
		assert_eq!(running(DEVICE), 0);
	});
}

#[test]
fn running_device_should_accept_more() {
	on_chain(|| {
		State::set(DeviceState::Running);
		let task = open(2);
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		assert_ok!(Tasks::assign(DEVICE, task, 1));
	});
}

#[test]
fn leaving_device_should_finish_and_take_nothing_new() {
	on_chain(|| {
		let task = open(4);
		assert_ok!(Tasks::accept(by(KEY), DEVICE, task, 0));
		assert_ok!(Tasks::assign(DEVICE, task, 1));
		State::set(DeviceState::Leaving);
		assert_noop!(Tasks::accept(by(KEY), DEVICE, task, 2), Error::<Test>::Offline);
		assert_noop!(Tasks::assign(DEVICE, task, 2), DispatchRefusal::Unable);
		assert_ok!(Tasks::release(by(KEY), task, 1));
		assert_ok!(Tasks::commit(by(KEY), task, 0, WORK));
		Now::set(Interval(11));
		assert_ok!(Tasks::prove(by(KEY), task, 0, Box::new(submission())));
		assert_eq!(Balances::free_balance(OWNER), 100 + REWARD);
		assert_eq!(running(DEVICE), 0);
	});
}

#[derive(Clone, Debug)]
enum Step {
	Open { chunks: usize },
	Take { device: usize, task: u64, chunk: u32, given: bool },
	Release { task: u64, chunk: u32, stranger: bool },
	Commit { task: u64, chunk: u32 },
	Prove { task: u64, chunk: u32, refused: bool },
	Expire { task: u64 },
	Close { task: u64 },
	Pass { intervals: u32 },
	Become { state: DeviceState },
}

fn steps() -> impl Strategy<Value = Step> {
	let task = || 0u64..4;
	let chunk = || 0u32..3;
	let states = vec![
		DeviceState::Online,
		DeviceState::Running,
		DeviceState::Leaving,
		DeviceState::Suspended,
	];
	prop_oneof![
		2 => (1usize..4).prop_map(|chunks| Step::Open { chunks }),
		6 => (0usize..2, task(), chunk(), any::<bool>())
			.prop_map(|(device, task, chunk, given)| Step::Take { device, task, chunk, given }),
		2 => (task(), chunk(), any::<bool>())
			.prop_map(|(task, chunk, stranger)| Step::Release { task, chunk, stranger }),
		4 => (task(), chunk()).prop_map(|(task, chunk)| Step::Commit { task, chunk }),
		4 => (task(), chunk(), prop::bool::weighted(0.2))
			.prop_map(|(task, chunk, refused)| Step::Prove { task, chunk, refused }),
		1 => task().prop_map(|task| Step::Expire { task }),
		1 => task().prop_map(|task| Step::Close { task }),
		3 => prop_oneof![6 => Just(1u32), 1 => 2u32..12]
			.prop_map(|intervals| Step::Pass { intervals }),
		1 => prop::sample::select(states).prop_map(|state| Step::Become { state }),
	]
}

/// Chunks that somebody has: who, and whether it was given.
type Held = BTreeMap<(TaskId, u32), (DeviceId, bool)>;

fn run(step: Step, held: &mut Held) {
	// Refusals are part of it.
	match step {
		Step::Open { chunks } => {
			let inputs = vec![images(); chunks].try_into().unwrap();
			let deadline = Interval(Now::get().0 + 9);
			let _ = Tasks::open(by(CLIENT), 0, CLASS, inputs, 10, deadline);
		}
		Step::Take { device, task, chunk, given } => {
			let (device, task) = (DEVICES[device], TaskId(task));
			let taken = if given {
				Tasks::assign(device, task, chunk).is_ok()
			} else {
				Tasks::accept(by(KEY), device, task, chunk).is_ok()
			};
			if taken {
				assert!(matches!(State::get(), DeviceState::Online | DeviceState::Running));
				assert_eq!(held.insert((task, chunk), (device, given)), None, "it was free");
			}
		}
		Step::Release { task, chunk, stranger } => {
			let who = if stranger { STRANGER } else { OWNER };
			let call = RuntimeCall::Tasks(Call::release { task: TaskId(task), chunk });
			let free = frame_support::dispatch::CheckIfFeeless::is_feeless(&call, &by(who));
			let released = Tasks::release(by(who), TaskId(task), chunk).is_ok();
			assert!(released || !free, "what is free goes through");
			if released {
				let (_, given) = held.remove(&(TaskId(task), chunk)).expect("somebody had it");
				assert_eq!(free, given && !stranger);
			}
		}
		Step::Commit { task, chunk } => {
			let _ = Tasks::commit(by(KEY), TaskId(task), chunk, WORK);
		}
		Step::Prove { task, chunk, refused } => {
			let task = TaskId(task);
			Available::set(Some(1_000));
			let refusal = pogcs_primitives::traits::Refusal::Spent;
			Verdict::set(if refused { Err(refusal) } else { Ok(()) });
			let before = DELIVERED.with_borrow(Vec::len);
			let proven = Tasks::prove(by(STRANGER), task, chunk, Box::new(submission()));
			let told = DELIVERED.with_borrow(|list| list[before..].to_vec());
			assert_eq!(told.len(), usize::from(proven.is_ok()), "each is told once");
			if let [told] = &told[..] {
				let (device, given) = held.remove(&(task, chunk)).expect("somebody had it");
				assert_eq!((told.device, told.assigned), (device, given));
			}
		}
		Step::Expire { task } => {
			if Tasks::expire(by(STRANGER), TaskId(task)).is_ok() {
				held.retain(|(of, _), _| *of != TaskId(task));
			}
		}
		Step::Close { task } => {
			if Tasks::close(by(CLIENT), TaskId(task)).is_ok() {
				assert!(held.keys().all(|(of, _)| *of != TaskId(task)), "all of it was paid");
			}
		}
		Step::Pass { intervals } => Now::mutate(|now| now.0 += intervals),
		Step::Become { state } => State::set(state),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn what_begins_should_end_exactly_once_when_anything_happens(
		steps in prop::collection::vec(steps(), 1..100),
	) {
		on_chain(|| {
			let mut held = Held::new();
			for step in steps {
				run(step, &mut held);
				for device in DEVICES {
					let has = held.values().filter(|(of, _)| *of == device).count();
					assert_eq!(running(device) as usize, has);
				}
				for ((task, chunk), (holder, was_given)) in &held {
					let entry = Chunks::<Test>::get(task, chunk).unwrap();
					assert!(matches!(
						entry.state,
						ChunkState::Assigned { device, given, .. }
							| ChunkState::Committed { device, given, .. }
							if device == *holder && given == *was_given
					));
				}
				check();
			}
			// In the end nothing is left to end.
			Now::set(Interval(1_000));
			let tasks: Vec<_> = crate::Tasks::<Test>::iter_keys().collect();
			for task in tasks {
				assert_ok!(Tasks::expire(by(STRANGER), task));
			}
			assert_eq!(DEVICES.map(running), [0, 0]);
		});
	}
}
