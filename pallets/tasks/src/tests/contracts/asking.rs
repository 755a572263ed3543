//! What was asked for while it could be delivered: what the market owes buyers for.

use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{traits::HourContracts, ClassId};
use sp_runtime::Permill;

use super::*;

fn asked(interval: u32) -> u64 {
	<Tasks as HourContracts>::asked(CLASS, Interval(interval)).0
}

fn with_content(chunks: u32) -> TaskId {
	promise_all(6);
	let work = Work::Replicated { job: job_with_content(), first: 0, chunks, copies: 2 };
	ask(requirement(work, HOUR))
}

#[test]
fn all_should_be_asked_for_when_anybody_can_do_it_and_stand_when_the_interval_is_over() {
	on_chain(|| {
		let proven = ask_proven();
		let drawn = ask_replicated(2, 3);
		assert_eq!((asked(11), asked(HOUR)), (1_000, 6 * WORK));
		assert_eq!(<Tasks as HourContracts>::asked(ClassId(9), Interval(11)).0, 0);
		// Nobody does anything of it.
		at(HOUR + RESULT_TIME + 1);
		for chunk in 0..2 {
			assert_ok!(conclude(drawn, chunk));
		}
		assert_ok!(Tasks::expire(signed(STRANGER), proven));
		assert_ok!(Tasks::expire(signed(STRANGER), drawn));
		settle(CLASS, 11);
		settle(CLASS, HOUR);
		assert_ok!(refund(proven, 11));
		assert_ok!(refund(drawn, HOUR));
		assert_eq!(Contracts::<Test>::iter().count(), 0);
		assert_eq!((asked(11), asked(HOUR)), (1_000, 6 * WORK));
	});
}

#[test]
fn work_on_content_should_be_asked_for_as_far_as_somebody_has_it() {
	on_chain(|| {
		let task = with_content(2);
		assert_eq!(asked(HOUR), 0);
		at(HOUR - 1);
		for (device, sum) in [(0, 1), (1, 2), (2, 2), (3, 2)] {
			assert_ok!(enter(fleet(device), task, 0));
			assert_eq!(asked(HOUR), sum * WORK);
		}
		assert_ok!(enter(fleet(4), task, 1));
		assert_eq!(asked(HOUR), 3 * WORK);
		let booking = Tasks::booking(task, Interval(HOUR)).unwrap();
		assert_eq!((booking.bought.0, booking.asked.0), (4 * WORK, 3 * WORK));
	});
}

#[test]
fn work_on_content_should_be_asked_for_when_it_is_done_by_who_did_not_enter() {
	on_chain(|| {
		let task = with_content(2);
		at(HOUR - 1);
		assert_ok!(enter(fleet(0), task, 0));
		at(HOUR);
		Elapsed::set(Permill::from_percent(50));
		// In the place of who entered.
		assert_ok!(bind(fleet(1), task, 0, &truth(), 0));
		assert_eq!(asked(HOUR), WORK);
		// In one that nobody had.
		assert_ok!(bind(fleet(2), task, 0, &truth(), 0));
		assert_eq!(asked(HOUR), 2 * WORK);
		assert_ok!(bind(fleet(3), task, 1, &truth(), 0));
		assert_eq!(asked(HOUR), 3 * WORK);
	});
}

#[test]
fn nothing_should_be_owed_for_content_that_its_client_keeps_to_himself() {
	on_chain(|| {
		let task = with_content(1);
		at(HOUR + 1);
		// Nothing was asked for, so nothing was missed.
		let before = free(BUYER);
		assert_ok!(refund(task, HOUR));
		assert_eq!(free(BUYER), before);
		System::assert_last_event(
			Event::Settled {
				task,
				interval: Interval(HOUR),
				client: BUYER,
				booking: pogcs_primitives::contracts::Booking {
					bought: pogcs_primitives::MicroGpuHours(2 * WORK),
					// 484 at 1.
					cost: 484,
					..Default::default()
				},
				missed: pogcs_primitives::MicroGpuHours::ZERO,
				amount: 0,
			}
			.into(),
		);
	});
}

#[test]
fn sweep_should_forget_what_was_asked_for_when_nobody_can_be_paid_for_it() {
	on_chain(|| {
		let task = ask_proven();
		let later = ask_replicated(1, 2);
		at(11 + REFUND_TIME);
		Tasks::on_idle(1, Weight::MAX);
		assert_eq!(asked(11), 1_000);
		at(11 + REFUND_TIME + 1);
		// Too little weight for anything.
		Tasks::on_idle(1, Weight::zero());
		assert_eq!(asked(11), 1_000);
		Tasks::on_idle(1, Weight::MAX);
		assert_eq!((asked(11), asked(HOUR)), (0, 2 * WORK));
		assert_eq!(AskedSince::<Test>::get(), Interval(12));
		at(100);
		let limit = <() as WeightInfo>::sweep_look() + <() as WeightInfo>::sweep_step();
		// A step at a time.
		Tasks::on_idle(1, limit);
		assert_eq!(AskedSince::<Test>::get(), Interval(13));
		Tasks::on_idle(1, Weight::MAX);
		assert_eq!(Asked::<Test>::iter().count(), 0);
		assert!(Tasks::contract(task).is_some() && Tasks::contract(later).is_some());
	});
}
