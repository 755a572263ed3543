//! Giving hours up again.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::MicroGpuHours;

use super::*;

fn resell(task: TaskId, interval: u32, chunks: u32, least: u128) -> DispatchResult {
	Tasks::resell(signed(BUYER), task, Interval(interval), chunks, least)
}

#[test]
fn resell_should_sell_the_last_chunks_of_an_interval_and_release_their_tips() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 1);
		let task = ask(Requirement { tip: 10, ..requirement(proven(3), 12) });
		let before = free(BUYER);
		assert_ok!(resell(task, 12, 2, 0));
		// What was paid for the last 2,000: 3, 4, 5 and 6.
		let received = 500 * (3 + 4 + 5 + 6);
		assert_eq!(free(BUYER), before + received + 20);
		assert_eq!(locked(CLASS, 12, BUYER), 1_000);
		assert_eq!(Tasks::asked(CLASS, Interval(12)).0, 1_000);
		let booking = Tasks::booking(task, Interval(12)).unwrap();
		assert_eq!((booking.bought.0, booking.resold.0, booking.asked.0), (3_000, 2_000, 1_000));
		System::assert_last_event(
			Event::Resold {
				task,
				interval: Interval(12),
				chunks: 2,
				hours: MicroGpuHours(2_000),
				received,
			}
			.into(),
		);
		assert!(Tasks::chunk(task, 0).is_some() && Tasks::chunk(task, 1).is_none());
		assert_eq!(Tasks::task(task).unwrap().unpaid, 1);
		// What is left is done as ever, and what is gone is not.
		at(12);
		let accept = |chunk| Tasks::accept(signed(KEY), DEVICE, task, chunk);
		assert_noop!(accept(1), Error::<Test>::UnknownChunk);
		assert_ok!(accept(0));
		at(12 + RESULT_TIME + 1);
		assert_ok!(Tasks::expire(signed(STRANGER), task));
		assert_eq!(on_hold(HoldReason::Reward, BUYER), 0);
	});
}

#[test]
fn resell_should_take_the_hours_of_the_interval_that_is_named() {
	on_chain(|| {
		for interval in [11, 12, 13] {
			promise(DEVICE, CLASS, interval, 1_000, 1);
		}
		let task = ask(Requirement { deadline: Interval(13), ..requirement(proven(3), 11) });
		assert_ok!(resell(task, 12, 1, 1_500));
		// All of it: nothing of this interval is left to settle.
		assert_eq!(Tasks::booking(task, Interval(12)), None);
		assert_eq!(Tasks::contract(task).unwrap().bookings, 2);
		let there = [0, 1, 2].map(|chunk| Tasks::chunk(task, chunk).is_some());
		assert_eq!(there, [true, false, true]);
		assert_noop!(resell(task, 12, 1, 0), Error::<Test>::NotBooked);
	});
}

#[test]
fn contract_should_end_when_all_of_it_is_given_up() {
	on_chain(|| {
		promise_all(6);
		let before = free(BUYER);
		for work in [proven(2), replicated(2, 2)] {
			let task = ask(Requirement { tip: 10, ..requirement(work, HOUR) });
			assert_ok!(resell(task, HOUR, 1, 0));
			assert_ok!(resell(task, HOUR, 1, 0));
			assert_ok!(Tasks::close(signed(BUYER), task));
			assert_eq!(Tasks::contract(task), None);
			assert_eq!(free(BUYER), before, "this market buys back at its price");
		}
		assert_eq!(Asked::<Test>::iter().count(), 0);
	});
}

#[test]
fn resell_should_refuse_by_name() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 1);
		let task = ask(requirement(proven(2), 12));
		assert_noop!(resell(TaskId(9), 12, 1, 0), Error::<Test>::UnknownTask);
		let other = Tasks::resell(signed(STRANGER), task, Interval(12), 1, 0);
		assert_noop!(other, Error::<Test>::NotYours);
		assert_noop!(resell(task, 12, 0, 0), Error::<Test>::Empty);
		assert_noop!(resell(task, 12, 3, 0), Error::<Test>::NotBooked);
		assert_noop!(resell(task, 13, 1, 0), Error::<Test>::NotBooked);
		assert_noop!(resell(task, 12, 1, 3_501), Error::<Test>::Underpriced);
		at(12);
		assert_noop!(resell(task, 12, 1, 0), Error::<Test>::GateClosed);
		at(11);
		assert_ok!(resell(task, 12, 1, 3_500));
	});
}

#[test]
fn resell_should_be_refused_when_the_draw_can_be_seen() {
	on_chain(|| {
		let task = ask_replicated(2, 2);
		// The seed is made in this interval, and known in the next.
		at(HOUR - 2);
		assert_noop!(resell(task, HOUR, 1, 0), Error::<Test>::GateClosed);
		at(HOUR - 3);
		assert_ok!(resell(task, HOUR, 1, 0));
		assert_eq!(Tasks::contract(task).unwrap().left, 1);
		assert_eq!(on_hold(HoldReason::Reward, BUYER), BOND);
		at(HOUR - 1);
		assert_noop!(enter(fleet(0), task, 1), Error::<Test>::UnknownChunk);
		assert_ok!(enter(fleet(0), task, 0));
	});
}
