//! Binding oneself to an answer, and opening it.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	contracts::Unfit, records::DeviceState, traits::Obligations, units::GramsPerGpuHour,
	MicroGpuHours,
};
use sp_runtime::{Permill, TokenError};

use super::*;

#[test]
fn commit_answer_should_redeem_the_hours_and_hold_a_bond() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		assert_ok!(bind(drawn[0], task, 0, &truth(), 0));
		assert_eq!(locked(CLASS, HOUR, BUYER), WORK);
		assert_eq!(Tasks::booking(task, Interval(HOUR)).unwrap().redeemed.0, WORK);
		assert_eq!(on_hold(HoldReason::Bond, owner(drawn[0])), BOND);
		assert_eq!(Tasks::bond_for(MicroGpuHours(WORK)), Some(BOND));
		assert_eq!(Underway::<Test>::get(drawn[0], Interval(HOUR)).0, WORK);
		assert!(Tasks::has_obligations(drawn[0]));
		assert_eq!(running(drawn[0]), 1);
		System::assert_last_event(
			Event::Bound {
				task,
				chunk: 0,
				round: 0,
				device: drawn[0],
				interval: Interval(HOUR),
				drawn: true,
			}
			.into(),
		);
		assert_noop!(bind(drawn[0], task, 0, &truth(), 0), Error::<Test>::OwnerTwice);
		assert_ok!(bind(drawn[1], task, 0, &truth(), 0));
		assert_eq!(locked(CLASS, HOUR, BUYER), 0);
	});
}

#[test]
fn commit_answer_should_be_for_the_drawn_first_and_then_for_who_stands_in() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(5, task, 0);
		let listed = chunk_of(task, 0).entrants;
		let other = listed.iter().find(|one| !drawn.contains(&one.device)).unwrap().device;
		assert_noop!(bind(other, task, 0, &truth(), 0), Error::<Test>::NotDrawn);
		assert_noop!(bind(fleet(5), task, 0, &truth(), 0), Error::<Test>::NotDrawn);
		assert_ok!(bind(drawn[1], task, 0, &truth(), 0));
		Elapsed::set(Permill::from_percent(50));
		// One place is left: whoever comes first has it.
		assert_ok!(bind(other, task, 0, &truth(), 0));
		assert_noop!(bind(drawn[0], task, 0, &truth(), 0), Error::<Test>::Taken);
		assert!(chunk_of(task, 0).runs.iter().all(|run| run.drawn));
	});
}

#[test]
fn late_device_that_did_not_enter_should_have_no_vote() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		at(HOUR);
		Elapsed::set(Permill::from_percent(50));
		assert_ok!(bind(fleet(5), task, 0, &truth(), 0));
		// It need not owe hours, and may be of the same owner.
		for device in [DEVICE, OTHER_DEVICE] {
			let done = Tasks::commit_answer(signed(OWNER), device, task, 0, [7; 32]);
			if device == DEVICE {
				assert_ok!(done);
			} else {
				assert_eq!(done, Err(Error::<Test>::Taken.into()));
			}
		}
		assert!(chunk_of(task, 0).runs.iter().all(|run| !run.drawn));
	});
}

#[test]
fn commit_answer_should_refuse_by_name() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		let device = drawn[0];
		at(HOUR - 1);
		assert_noop!(bind(device, task, 0, &truth(), 0), Error::<Test>::NotItsHour);
		at(HOUR + 1);
		assert_noop!(bind(device, task, 0, &truth(), 0), Error::<Test>::NotItsHour);
		at(HOUR);
		let by_other = Tasks::commit_answer(signed(STRANGER), device, task, 0, [1; 32]);
		assert_noop!(by_other, Error::<Test>::NotYours);
		assert_noop!(bind(device, task, 1, &truth(), 0), Error::<Test>::UnknownChunk);
		assert_noop!(bind(device, TaskId(9), 0, &truth(), 0), Error::<Test>::UnknownTask);
		States::mutate(|states| states.insert(device, DeviceState::Suspended));
		assert_noop!(bind(device, task, 0, &truth(), 0), Error::<Test>::Offline);
		// Who entered and then said that it leaves does this first.
		States::mutate(|states| states.insert(device, DeviceState::Leaving));
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), owner(device), BOND));
		let poor = bind(device, task, 0, &truth(), 0);
		assert_noop!(poor, TokenError::FundsUnavailable);
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), owner(device), BOND + 1));
		assert_ok!(bind(device, task, 0, &truth(), 0));
	});
}

#[test]
fn device_should_be_bound_to_few_chunks_at_a_time() {
	on_chain(|| {
		let tasks = [0; 3].map(|_| ask_replicated(1, 2));
		at(HOUR - 1);
		for task in tasks {
			assert_ok!(enter(fleet(0), task, 0));
		}
		at(HOUR);
		assert_ok!(bind(fleet(0), tasks[0], 0, &truth(), 0));
		assert_ok!(bind(fleet(0), tasks[1], 0, &truth(), 0));
		assert_noop!(bind(fleet(0), tasks[2], 0, &truth(), 0), Error::<Test>::Busy);
	});
}

#[test]
fn device_should_take_no_proven_chunk_for_hours_that_it_uses_otherwise() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		promise(DEVICE, CLASS, HOUR, 3_000, 1);
		let proven = ask(requirement(proven(1), HOUR));
		let drawn = draw(6, task, 0);
		let accept = |device| Tasks::accept(signed(KEY), device, proven, 0);
		// It promised 1,000, of which 242 are underway.
		assert_ok!(bind(drawn[0], task, 0, &truth(), 0));
		assert_noop!(accept(drawn[0]), Error::<Test>::NotOwed);
		assert_ok!(accept(drawn[1]));
	});
}

#[test]
fn open_answer_should_wait_until_nobody_can_commit_any_more() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		assert_noop!(open(drawn[0], task, 0, &truth(), 0), Error::<Test>::TooEarly);
		at(HOUR + 1);
		let answer = pogcs_primitives::contracts::answer(&truth(), 0);
		assert_ok!(open(drawn[0], task, 0, &truth(), 0));
		System::assert_last_event(
			Event::AnswerOpened { task, chunk: 0, device: drawn[0], layer: 0, answer, unfit: None }
				.into(),
		);
		assert_noop!(open(drawn[0], task, 0, &truth(), 0), Error::<Test>::NotAwaited);
		at(HOUR + OPEN_TIME + 1);
		assert_noop!(open(drawn[1], task, 0, &truth(), 0), Error::<Test>::TooLate);
		at(HOUR + OPEN_TIME);
		assert_ok!(open(drawn[1], task, 0, &truth(), 0));
	});
}

#[test]
fn open_answer_should_refuse_what_the_device_is_not_bound_to() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		at(HOUR + 1);
		let wrong = || Error::<Test>::WrongAnswer;
		assert_noop!(open(drawn[0], task, 0, &lie(1), 0), wrong());
		// Another layer, another salt, another device.
		assert_noop!(open(drawn[0], task, 0, &truth(), 1), wrong());
		let right = pogcs_primitives::contracts::answer(&truth(), 0);
		let by = |device, salt| Tasks::open_answer(signed(KEY), device, task, 0, right, salt);
		assert_noop!(by(drawn[0], [0; 32]), wrong());
		assert_noop!(by(drawn[0], salt(drawn[1])), wrong());
		assert_noop!(by(DEVICE, salt(drawn[0])), Error::<Test>::NotBound);
		assert_noop!(open(drawn[0], task, 1, &truth(), 0), Error::<Test>::UnknownChunk);
		assert_ok!(by(drawn[0], salt(drawn[0])));
	});
}

#[test]
fn copied_commitment_should_be_of_no_use() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		assert_ok!(bind(drawn[0], task, 0, &truth(), 0));
		let seen = chunk_of(task, 0).runs[0].commitment;
		let copier = drawn[1];
		assert_ok!(Tasks::commit_answer(signed(owner(copier)), copier, task, 0, seen));
		at(HOUR + 1);
		assert_ok!(open(drawn[0], task, 0, &truth(), 0));
		// Now it knows answer and salt, and is bound to something that it cannot open.
		let answer = pogcs_primitives::contracts::answer(&truth(), 0);
		let copied = Tasks::open_answer(signed(STRANGER), copier, task, 0, answer, salt(drawn[0]));
		assert_noop!(copied, Error::<Test>::WrongAnswer);
	});
}

#[test]
fn open_answer_should_use_up_the_green_energy_of_the_work() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		at(HOUR + 1);
		let meter = |device: DeviceId, meter| Meters::mutate(|all| all.insert(device, meter));
		meter(drawn[0], None);
		assert_noop!(open(drawn[0], task, 0, &truth(), 0), Error::<Test>::NoReport);
		// 242 µGPU-h take 25 mWh.
		meter(drawn[0], Some([25, 25, 1]));
		assert_ok!(open(drawn[0], task, 0, &truth(), 0));
		assert_eq!(Meters::get()[&drawn[0]], Some([0, 25, 1]));
		assert_eq!(chunk_of(task, 0).runs[0].carbon.0, 1);
		meter(drawn[1], Some([24, 1_000, 40]));
		assert_ok!(open(drawn[1], task, 0, &truth(), 0));
		let run = chunk_of(task, 0).runs.into_iter().find(|run| run.device == drawn[1]).unwrap();
		// The answer stands, and the hours are not delivered.
		assert_eq!(run.unfit, Some(Unfit::Energy));
		assert!(run.answer.is_some());
	});
}

#[test]
fn open_answer_should_find_work_unfit_that_emitted_too_much() {
	on_chain(|| {
		promise_all(6);
		let ceiling = Some(GramsPerGpuHour(21));
		let task = ask(Requirement { carbon: ceiling, ..requirement(replicated(1, 2), HOUR) });
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		at(HOUR + 1);
		// 25 of 1,000 mWh: 5 mg are within 21 g per GPU-h of 242 µGPU-h, 6 mg are not.
		Meters::mutate(|all| {
			all.insert(drawn[0], Some([1_000, 1_000, 200]));
			all.insert(drawn[1], Some([1_000, 1_000, 201]));
		});
		for device in &drawn {
			assert_ok!(open(*device, task, 0, &truth(), 0));
		}
		let unfit = |device| {
			let runs = chunk_of(task, 0).runs;
			let run = runs.iter().find(|run| run.device == device).unwrap();
			run.unfit
		};
		assert_eq!((unfit(drawn[0]), unfit(drawn[1])), (None, Some(Unfit::Carbon)));
	});
}

#[test]
fn work_on_any_compute_should_need_energy_and_none_of_it_green() {
	on_chain(|| {
		let any = pogcs_primitives::ClassId(CLASS.0 + ANY);
		for device in (0..4).map(fleet) {
			promise(device, any, HOUR, 1_000, 1);
		}
		let task = ask(Requirement { green: false, ..requirement(replicated(1, 2), HOUR) });
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		at(HOUR + 1);
		Meters::mutate(|all| {
			all.insert(drawn[0], Some([0, 25, 12]));
			all.insert(drawn[1], Some([0, 24, 12]));
		});
		for device in &drawn {
			assert_ok!(open(*device, task, 0, &truth(), 0));
		}
		let runs = chunk_of(task, 0).runs;
		let of = |device| runs.iter().find(|run| run.device == device).unwrap();
		assert_eq!((of(drawn[0]).unfit, of(drawn[0]).carbon.0), (None, 12));
		assert_eq!(of(drawn[1]).unfit, Some(Unfit::Energy));
	});
}
