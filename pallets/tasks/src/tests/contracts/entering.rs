//! Entering for chunks that several devices do, and the draw.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{contracts::ticket, records::DeviceState, traits::IntervalClock};

use super::*;

fn entrants(task: TaskId, chunk: u32) -> Vec<DeviceId> {
	chunk_of(task, chunk).entrants.into_iter().map(|entrant| entrant.device).collect()
}

#[test]
fn enter_should_list_tickets_in_order_and_draw_the_lowest_of_different_pools() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		at(HOUR - 1);
		for device in [3, 0, 5, 1].map(fleet) {
			assert_ok!(enter(device, task, 0));
		}
		let mut devices = entrants(task, 0);
		let tickets: Vec<_> =
			devices.iter().map(|device| Tasks::ticket(*device, task, 0).unwrap()).collect();
		assert!(tickets.is_sorted());
		assert_eq!(tickets[0], ticket(&[4; 32], task, 0, 0, devices[0]));
		let drawn = Tasks::round(task, 0).unwrap().1;
		assert_eq!(drawn[0], devices[0]);
		// The fleet's pools are its numbers modulo three: 0 and 3 are of one.
		let pool = |device: &DeviceId| (device.0 - FLEET) % 3;
		let next = devices.iter().find(|device| pool(device) != pool(&devices[0])).unwrap();
		assert_eq!(drawn[1], *next);
		System::assert_last_event(
			Event::Entered {
				task,
				chunk: 0,
				round: 0,
				device: fleet(1),
				ticket: Tasks::ticket(fleet(1), task, 0).unwrap(),
			}
			.into(),
		);
		devices.sort();
		assert_eq!(devices, [0, 1, 3, 5].map(fleet));
	});
}

#[test]
fn enter_should_be_in_the_interval_before_the_work() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		assert_noop!(enter(fleet(0), task, 0), Error::<Test>::EntryNotOpen);
		at(HOUR - 2);
		assert_noop!(enter(fleet(0), task, 0), Error::<Test>::EntryNotOpen);
		at(HOUR);
		assert_noop!(enter(fleet(0), task, 0), Error::<Test>::EntryOver);
		at(HOUR - 1);
		assert_ok!(enter(fleet(0), task, 0));
		assert_noop!(enter(fleet(0), task, 0), Error::<Test>::Outdrawn);
	});
}

#[test]
fn enter_should_refuse_who_cannot_do_it() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		at(HOUR - 1);
		let device = fleet(0);
		let by_other = Tasks::enter(signed(STRANGER), device, task, 0);
		assert_noop!(by_other, Error::<Test>::NotYours);
		let nobody = Tasks::enter(signed(OWNER), DeviceId(1), task, 0);
		assert_noop!(nobody, Error::<Test>::UnknownDevice);
		assert_noop!(enter(device, TaskId(9), 0), Error::<Test>::UnknownTask);
		assert_noop!(enter(device, task, 1), Error::<Test>::UnknownChunk);
		for state in [DeviceState::Leaving, DeviceState::Suspended, DeviceState::Pending] {
			State::set(state);
			assert_noop!(enter(device, task, 0), Error::<Test>::Offline);
		}
		State::set(DeviceState::Online);
		// Promised nothing for this hour, or too little for a chunk.
		assert_noop!(enter(fleet(7), task, 0), Error::<Test>::NotOwed);
		owe(fleet(7), CLASS, Interval(HOUR), WORK - 1);
		assert_noop!(enter(fleet(7), task, 0), Error::<Test>::NotOwed);
		owe(fleet(7), CLASS, Interval(HOUR), 1);
		assert_ok!(enter(fleet(7), task, 0));
		Made::set(vec![(DeviceId(1_000), OWNER)]);
		let class = Tasks::enter(signed(OWNER), DeviceId(1_000), task, 0);
		assert_noop!(class, Error::<Test>::WrongClass);
		// What is proven is accepted.
		promise(DEVICE, CLASS, HOUR, 3_000, 1);
		let proven = ask(requirement(proven(1), HOUR));
		let enter = Tasks::enter(signed(KEY), DEVICE, proven, 0);
		assert_noop!(enter, Error::<Test>::NotReplicated);
	});
}

#[test]
fn list_should_keep_the_lowest_tickets_and_one_of_each_owner() {
	on_chain(|| {
		let task = ask_replicated(2, 2);
		for n in 6..FLEET_SIZE {
			owe(fleet(n), CLASS, Interval(HOUR), 1_000);
		}
		// Two of one owner.
		for device in [DEVICE, OTHER_DEVICE] {
			owe(device, CLASS, Interval(HOUR), 1_000);
		}
		at(HOUR - 1);
		for chunk in 0..2 {
			let mut all: Vec<_> = (0..FLEET_SIZE).map(fleet).collect();
			for device in &all {
				let _ = enter(*device, task, chunk);
			}
			all.sort_by_key(|device| Tasks::ticket(*device, task, chunk));
			assert_eq!(entrants(task, chunk), all[..MAX_ENTRANTS as usize]);
			let late = enter(all[MAX_ENTRANTS as usize], task, chunk);
			assert_noop!(late, Error::<Test>::Outdrawn);
		}
		let task = {
			at(10);
			ask(requirement(replicated(1, 2), HOUR))
		};
		at(HOUR - 1);
		let mut mine = [DEVICE, OTHER_DEVICE];
		mine.sort_by_key(|device| Tasks::ticket(*device, task, 0));
		assert_ok!(Tasks::enter(signed(OWNER), mine[1], task, 0));
		assert_eq!(entrants(task, 0), [mine[1]]);
		assert_ok!(Tasks::enter(signed(OWNER), mine[0], task, 0));
		assert_eq!(entrants(task, 0), [mine[0]]);
		let worse = Tasks::enter(signed(OWNER), mine[1], task, 0);
		assert_noop!(worse, Error::<Test>::Outdrawn);
	});
}

#[test]
fn seed_should_be_of_an_interval_that_began_after_the_contract_was_opened() {
	on_chain(|| {
		Salt::set(1);
		let task = ask_replicated(1, 2);
		at(HOUR - 1);
		let device = fleet(2);
		let seed = |interval| World::randomness_of(Interval(interval)).unwrap();
		let expected = ticket(&seed(HOUR - 2), task, 0, 0, device);
		assert_eq!(Tasks::ticket(device, task, 0), Some(expected));
		// Without a block in that interval there is none: an earlier one was known to the client.
		Skipped::set(vec![Interval(HOUR - 2)]);
		assert_eq!(Tasks::ticket(device, task, 0), None);
		assert_noop!(enter(device, task, 0), Error::<Test>::NoSeed);
		Skipped::set(vec![]);
		// A contract that was opened before has more to choose from.
		at(10);
		promise(fleet(2), CLASS, 16, 1_000, 1);
		let early = ask(requirement(replicated(1, 2), 16));
		at(15);
		Skipped::set(vec![Interval(14), Interval(13)]);
		let expected = ticket(&seed(12), early, 0, 0, device);
		assert_eq!(Tasks::ticket(device, early, 0), Some(expected));
		Skipped::set((11..=14).map(Interval).collect());
		assert_eq!(Tasks::ticket(device, early, 0), None);
	});
}
