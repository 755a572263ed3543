//! Who is paid and who loses, once answers are compared.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	contracts::{answer, Outcome, DRAW_LEAD, MAX_FURTHER},
	traits::Obligations,
	MicroGpuHours,
};
use sp_runtime::Permill;

use super::*;

fn outcome(task: TaskId) -> Option<Outcome> {
	chunk_of(task, 0).outcome
}

fn delivered(task: TaskId) -> u64 {
	Tasks::booking(task, Interval(HOUR)).unwrap().delivered.0
}

/// A contract with a tip of 10, of one chunk that `copies` do.
fn asked(copies: u8) -> TaskId {
	promise_all(6);
	ask(Requirement { tip: 10, ..requirement(replicated(1, copies), HOUR) })
}

/// Two devices do the chunk of a contract and answer as is said. It is the interval after.
fn answered(results: [Hash; 2]) -> (TaskId, Vec<DeviceId>) {
	let task = asked(2);
	let drawn = draw(6, task, 0);
	for (device, result) in drawn.iter().zip(&results) {
		bind(*device, task, 0, result, 0).unwrap();
	}
	at(HOUR + 1);
	for (device, result) in drawn.iter().zip(&results) {
		open(*device, task, 0, result, 0).unwrap();
	}
	(task, drawn)
}

/// Goes on to a further device, which does the chunk. It is the interval after. Who.
fn further(task: TaskId, result: &Hash, layer: u8) -> DeviceId {
	let device = draw(FLEET_SIZE, task, 0)[0];
	bind(device, task, 0, result, layer).unwrap();
	at(Now::get().0 + 1);
	open(device, task, 0, result, layer).unwrap();
	device
}

fn money(device: DeviceId) -> u128 {
	free(owner(device)) + on_hold(HoldReason::Bond, owner(device))
}

#[test]
fn equal_answers_should_be_delivered_and_paid() {
	on_chain(|| {
		let (task, drawn) = answered([truth(); 2]);
		let before: Vec<_> = drawn.iter().map(|device| money(*device)).collect();
		let client = free(BUYER);
		assert_ok!(conclude(task, 0));
		let right = Outcome::Agreed { layer: 0, answer: answer(&truth(), 0) };
		assert_eq!(outcome(task), Some(right));
		assert_eq!(Tasks::answer(task, 0), Some((0, answer(&truth(), 0))));
		System::assert_last_event(
			Event::Concluded { task, chunk: 0, outcome: right, delivered: 2, refunded: BOND }
				.into(),
		);
		assert_eq!(delivered(task), 2 * WORK);
		assert_eq!(counted(CLASS, Interval(HOUR)), 2 * WORK);
		for (device, before) in drawn.iter().zip(before) {
			assert_eq!(money(*device), before + 10);
			assert_eq!(on_hold(HoldReason::Bond, owner(*device)), 0);
			assert!(!Tasks::has_obligations(*device));
			assert_eq!(running(*device), 0);
		}
		// What further devices would have been paid from.
		assert_eq!(free(BUYER), client + BOND);
		assert_eq!(on_hold(HoldReason::Reward, BUYER), 0);
		assert_eq!(Tasks::contract(task).unwrap().left, 0);
		assert_noop!(conclude(task, 0), Error::<Test>::Decided);
	});
}

#[test]
fn delivery_should_be_told_to_pools_and_give_no_weight_in_consensus() {
	on_chain(|| {
		let (task, drawn) = answered([truth(); 2]);
		assert_eq!(DELIVERED.with_borrow(Vec::len), 0);
		assert_ok!(conclude(task, 0));
		let told = DELIVERED.with_borrow(Clone::clone);
		let first = Told {
			device: drawn[0],
			client: BUYER,
			interval: Interval(HOUR),
			work: MicroGpuHours(WORK),
			carbon: pogcs_primitives::MilligramsCo2(1),
			green: true,
			assigned: false,
		};
		assert_eq!(told.len(), 2);
		assert_eq!(told[0], first);
		assert!(CREDITED.with_borrow(Vec::is_empty));
	});
}

#[test]
fn unequal_answers_should_ask_a_further_device_and_the_odd_one_should_lose() {
	on_chain(|| {
		let (task, drawn) = answered([truth(), lie(1)]);
		let before: Vec<_> = drawn.iter().map(|device| money(*device)).collect();
		let (client, insurance) = (free(BUYER), free(INSURANCE));
		assert_ok!(conclude(task, 0));
		let interval = Interval(HOUR + 1 + DRAW_LEAD);
		System::assert_last_event(
			Event::FurtherAsked { task, chunk: 0, round: 1, interval }.into(),
		);
		assert_eq!((outcome(task), delivered(task)), (None, 0));
		assert_noop!(conclude(task, 0), Error::<Test>::TooEarly);

		let third = draw(FLEET_SIZE, task, 0)[0];
		assert!(!drawn.contains(&third), "an owner is asked once");
		let third_before = money(third);
		assert_ok!(bind(third, task, 0, &truth(), 1));
		at(interval.0 + 1);
		// Everybody opens the next layer: none is of use to who has not done the work.
		assert_ok!(open(third, task, 0, &truth(), 1));
		assert_ok!(open(drawn[0], task, 0, &truth(), 1));
		assert_noop!(conclude(task, 0), Error::<Test>::TooEarly);
		assert_ok!(open(drawn[1], task, 0, &lie(1), 1));
		assert_ok!(conclude(task, 0));
		let right = Outcome::Agreed { layer: 1, answer: answer(&truth(), 1) };
		assert_eq!(outcome(task), Some(right));
		assert_eq!(delivered(task), WORK, "the further device used no hours of the contract");
		assert_eq!(money(drawn[0]), before[0] + 10);
		assert_eq!(money(drawn[1]), before[1] - BOND);
		assert_eq!(money(third), third_before + FURTHER);
		assert_eq!(free(INSURANCE), insurance + BOND - FURTHER);
		// One tip was paid, the other came back with what further devices would be paid from.
		assert_eq!(free(BUYER), client + 10 + BOND);
		System::assert_has_event(
			Event::BondLost {
				task,
				chunk: 0,
				device: drawn[1],
				bond: BOND,
				insured: BOND - FURTHER,
			}
			.into(),
		);
		assert!([drawn[0], drawn[1], third].iter().all(|device| running(*device) == 0));
	});
}

#[test]
fn further_device_should_not_be_able_to_take_an_answer_that_was_opened() {
	on_chain(|| {
		let (task, _) = answered([truth(), lie(1)]);
		assert_ok!(conclude(task, 0));
		let third = draw(FLEET_SIZE, task, 0)[0];
		// It did no work: all it has is what everybody can read.
		let seen = answer(&truth(), 0);
		let bound = commitment(task, 0, third, &seen, &salt(third));
		assert_ok!(Tasks::commit_answer(signed(owner(third)), third, task, 0, bound));
		at(Now::get().0 + 1);
		let copied = Tasks::open_answer(signed(KEY), third, task, 0, seen, salt(third));
		// It may open it: as an answer of layer 1 it is not anybody's.
		assert_ok!(copied);
		for device in chunk_of(task, 0).runs.iter().filter(|run| run.round == 0) {
			let (truth, lie) = (open(device.device, task, 0, &truth(), 1), lie(1));
			if truth.is_err() {
				assert_ok!(open(device.device, task, 0, &lie, 1));
			}
		}
		assert_ok!(conclude(task, 0));
		// Three that differ.
		System::assert_last_event(
			Event::FurtherAsked {
				task,
				chunk: 0,
				round: 2,
				interval: Interval(Now::get().0 + DRAW_LEAD),
			}
			.into(),
		);
	});
}

#[test]
fn device_that_does_not_open_should_lose_and_the_other_be_checked_by_a_further_one() {
	on_chain(|| {
		let task = asked(2);
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		at(HOUR + 1);
		assert_ok!(open(drawn[0], task, 0, &truth(), 0));
		assert_noop!(conclude(task, 0), Error::<Test>::TooEarly);
		at(HOUR + OPEN_TIME);
		assert_noop!(conclude(task, 0), Error::<Test>::TooEarly);
		at(HOUR + OPEN_TIME + 1);
		let (insurance, client) = (free(INSURANCE), free(BUYER));
		assert_ok!(conclude(task, 0));
		assert_eq!(free(INSURANCE), insurance + BOND);
		assert_eq!(running(drawn[1]), 0);
		let third = further(task, &truth(), 1);
		assert_ok!(open(drawn[0], task, 0, &truth(), 1));
		assert_ok!(conclude(task, 0));
		assert!(matches!(outcome(task), Some(Outcome::Agreed { layer: 1, .. })));
		assert_eq!(delivered(task), WORK);
		// Nobody's bond was left to pay it from: the client's reserve was.
		assert_eq!(free(owner(third)), 1_000 + FURTHER);
		assert_eq!(free(BUYER), client + BOND - FURTHER + 10);
	});
}

#[test]
fn answer_should_count_no_more_when_its_next_layer_is_not_opened() {
	on_chain(|| {
		let (task, drawn) = answered([truth(), lie(1)]);
		assert_ok!(conclude(task, 0));
		let third = further(task, &truth(), 1);
		assert_ok!(open(drawn[1], task, 0, &lie(1), 1));
		// The honest one is away.
		at(Now::get().0 + OPEN_TIME);
		assert_ok!(conclude(task, 0));
		assert_eq!(chunk_of(task, 0).round, 2);
		assert_eq!(on_hold(HoldReason::Bond, owner(drawn[0])), 0);
		let fourth = further(task, &truth(), 2);
		assert_ok!(open(third, task, 0, &truth(), 2));
		assert_ok!(open(drawn[1], task, 0, &lie(1), 2));
		assert_ok!(conclude(task, 0));
		assert!(matches!(outcome(task), Some(Outcome::Agreed { layer: 2, .. })));
		// Both further devices were right, and are paid from what the liar lost.
		for device in [third, fourth] {
			assert_eq!(free(owner(device)), 1_000 + FURTHER);
		}
		assert_eq!(delivered(task), 0);
	});
}

#[test]
fn chunk_should_be_missed_when_nobody_does_it() {
	on_chain(|| {
		let task = asked(2);
		at(HOUR);
		assert_noop!(conclude(task, 0), Error::<Test>::TooEarly);
		at(HOUR + 1);
		let client = free(BUYER);
		assert_ok!(conclude(task, 0));
		assert_eq!(outcome(task), Some(Outcome::Missed));
		assert_eq!(free(BUYER), client + 20 + BOND);
		assert_eq!(Tasks::answer(task, 0), None);
	});
}

#[test]
fn only_owner_of_a_class_should_not_be_punished_for_being_alone() {
	on_chain(|| {
		// All hours were promised by one owner, and nobody else is there.
		promise(DEVICE, CLASS, HOUR, 1_000, 1);
		promise(OTHER_DEVICE, CLASS, HOUR, 1_000, 1);
		let task = ask(Requirement { tip: 10, ..requirement(replicated(1, 2), HOUR) });
		at(HOUR - 1);
		let by =
			|device, call: fn(u64, DeviceId, TaskId) -> DispatchResult| call(OWNER, device, task);
		let enters: fn(u64, DeviceId, TaskId) -> DispatchResult =
			|who, device, task| Tasks::enter(signed(who), device, task, 0);
		assert_ok!(by(DEVICE, enters));
		at(HOUR);
		Elapsed::set(Permill::from_percent(50));
		for device in [DEVICE, OTHER_DEVICE] {
			let bound = commitment(task, 0, device, &answer(&truth(), 0), &salt(device));
			assert_ok!(Tasks::commit_answer(signed(OWNER), device, task, 0, bound));
		}
		at(HOUR + 1);
		for device in [DEVICE, OTHER_DEVICE] {
			assert_ok!(open(device, task, 0, &truth(), 0));
		}
		// Others are asked, and nobody comes.
		for _ in 0..MAX_FURTHER {
			assert_ok!(conclude(task, 0));
			assert_eq!(outcome(task), None);
			at(chunk_of(task, 0).interval.0 + 1);
		}
		assert_ok!(conclude(task, 0));
		let right = Outcome::Unchecked { layer: 0, answer: answer(&truth(), 0) };
		assert_eq!(outcome(task), Some(right));
		// The hours that could be given were given; whether for the truth nobody knows, so no tip.
		assert_eq!(delivered(task), 2 * WORK);
		assert_eq!(counted(CLASS, Interval(HOUR)), 2 * WORK);
		assert_eq!(on_hold(HoldReason::Bond, OWNER), 0);
		assert_eq!(free(OWNER), 100);
	});
}

#[test]
fn late_copies_should_be_judged_by_those_that_were_drawn() {
	on_chain(|| {
		let task = asked(3);
		let drawn = draw(2, task, 0);
		assert_eq!(drawn.len(), 2);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		Elapsed::set(Permill::from_percent(50));
		assert_ok!(bind(fleet(8), task, 0, &lie(1), 0));
		at(HOUR + 1);
		for device in &drawn {
			assert_ok!(open(*device, task, 0, &truth(), 0));
		}
		assert_ok!(open(fleet(8), task, 0, &lie(1), 0));
		assert_ok!(conclude(task, 0));
		assert!(matches!(outcome(task), Some(Outcome::Agreed { .. })));
		assert_eq!(money(fleet(8)), 1_000 - BOND);
		assert_eq!(delivered(task), 2 * WORK);
	});
}

#[test]
fn chunk_should_be_void_when_all_answers_differ_to_the_last() {
	on_chain(|| {
		let (task, drawn) = answered([truth(), lie(1)]);
		let mut results = vec![(drawn[0], truth()), (drawn[1], lie(1))];
		for layer in 1..=MAX_FURTHER {
			assert_ok!(conclude(task, 0));
			let result = lie(1 + layer);
			let device = draw(FLEET_SIZE, task, 0)[0];
			assert_ok!(bind(device, task, 0, &result, layer));
			results.push((device, result));
			at(Now::get().0 + 1);
			for (device, result) in &results {
				assert_ok!(open(*device, task, 0, result, layer));
			}
		}
		let client = free(BUYER);
		assert_ok!(conclude(task, 0));
		assert_eq!(outcome(task), Some(Outcome::Void));
		// Nobody can say who was wrong.
		for (device, _) in results {
			assert_eq!(money(device), 1_000);
			assert_eq!(on_hold(HoldReason::Bond, owner(device)), 0);
		}
		assert_eq!(free(BUYER), client + 20 + BOND);
		assert_eq!(delivered(task), 0);
	});
}

#[test]
fn right_answer_on_the_wrong_energy_should_not_be_delivered() {
	on_chain(|| {
		let task = asked(2);
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		at(HOUR + 1);
		Meters::mutate(|all| all.insert(drawn[0], Some([0, 100, 4])));
		for device in &drawn {
			assert_ok!(open(*device, task, 0, &truth(), 0));
		}
		assert_ok!(conclude(task, 0));
		// Its answer counted, and it keeps its bond; it has no tip, and its hours are missed.
		assert!(matches!(outcome(task), Some(Outcome::Agreed { .. })));
		assert_eq!((money(drawn[0]), money(drawn[1])), (1_000, 1_010));
		assert_eq!(delivered(task), WORK);
		assert_eq!(counted(CLASS, Interval(HOUR)), WORK);
	});
}

#[test]
fn conclude_should_come_to_an_end_when_results_are_no_longer_taken() {
	on_chain(|| {
		let (task, drawn) = answered([truth(), lie(1)]);
		// Nobody looked for long: the hours are settled as missed, and no further device is asked.
		at(HOUR + RESULT_TIME + 1);
		settle(CLASS, HOUR);
		assert_ok!(refund(task, HOUR));
		assert_ok!(conclude(task, 0));
		assert_eq!(outcome(task), Some(Outcome::Void));
		assert!(drawn.iter().all(|device| money(*device) == 1_000));
		assert_ok!(Tasks::expire(signed(STRANGER), task));
		assert_eq!(Tasks::contract(task), None);
	});
	on_chain(|| {
		let (task, drawn) = answered([truth(); 2]);
		at(HOUR + RESULT_TIME + 1);
		settle(CLASS, HOUR);
		let client = free(BUYER);
		assert_ok!(refund(task, HOUR));
		assert_eq!(free(BUYER), client + u128::from(2 * WORK) * COVERED);
		// They agree, and it is too late to count: the client has been paid for it.
		assert_ok!(conclude(task, 0));
		assert!(matches!(outcome(task), Some(Outcome::Agreed { .. })));
		assert!(drawn.iter().all(|device| money(*device) == 1_000));
		assert_eq!(DELIVERED.with_borrow(Vec::len), 0);
		assert_eq!(free(BUYER), client + u128::from(2 * WORK) * COVERED + 20 + BOND);
	});
}

#[test]
fn payment_that_cannot_be_made_should_not_keep_a_chunk_from_being_settled() {
	on_chain(|| {
		let task = asked(2);
		let drawn = draw(6, task, 0);
		for device in &drawn {
			// The bond is the device's own money, not its owner's.
			let bound = commitment(task, 0, *device, &answer(&truth(), 0), &salt(*device));
			assert_ok!(Tasks::commit_answer(signed(KEY), *device, task, 0, bound));
		}
		at(HOUR + 1);
		for device in &drawn {
			assert_ok!(open(*device, task, 0, &truth(), 0));
		}
		// One owner can take nothing more.
		let full = u128::MAX;
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), owner(drawn[0]), full));
		let client = free(BUYER);
		assert_ok!(conclude(task, 0));
		assert_eq!((free(owner(drawn[0])), free(owner(drawn[1]))), (full, 1_010));
		assert_eq!(delivered(task), 2 * WORK);
		assert_eq!(free(KEY), 100);
		// What it did not take is the client's again.
		assert_eq!(free(BUYER), client + 10 + BOND);
	});
}

#[test]
fn clear_should_wait_for_what_is_not_judged_and_free_the_rest() {
	on_chain(|| {
		let task = ask_replicated(2, 2);
		done(task, 0);
		at(HOUR - 1);
		assert_ok!(enter(fleet(0), task, 1));
		at(HOUR + RESULT_TIME);
		assert_noop!(Tasks::expire(signed(STRANGER), task), Error::<Test>::NotOver);
		at(HOUR + RESULT_TIME + 1);
		// Bonds of devices hang on chunk 0; on chunk 1 nothing does.
		assert_noop!(Tasks::expire(signed(STRANGER), task), Error::<Test>::NotOver);
		assert_ok!(conclude(task, 0));
		assert_noop!(Tasks::close(signed(CLIENT), task), Error::<Test>::NotOver);
		assert_ok!(Tasks::expire(signed(STRANGER), task));
		System::assert_last_event(Event::Closed { task, unpaid: 1, refunded: BOND }.into());
		assert_eq!(Replicated::<Test>::iter().count(), 0);
		assert_eq!(on_hold(HoldReason::Reward, BUYER), 0);
		assert_noop!(conclude(task, 1), Error::<Test>::UnknownTask);
		assert_noop!(Tasks::expire(signed(STRANGER), task), Error::<Test>::UnknownTask);
	});
}

#[test]
fn close_should_be_the_clients_as_soon_as_all_is_judged() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		done(task, 0);
		assert_noop!(Tasks::close(signed(BUYER), task), Error::<Test>::NotOver);
		assert_ok!(conclude(task, 0));
		assert_noop!(Tasks::close(signed(STRANGER), task), Error::<Test>::NotOver);
		assert_ok!(Tasks::close(signed(BUYER), task));
		assert_ok!(refund(task, HOUR));
		assert_eq!(Tasks::contract(task), None);
		assert_eq!(on_hold(HoldReason::Storage, BUYER), 0);
	});
}

#[test]
fn conclude_should_refuse_by_name() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		assert_noop!(conclude(TaskId(9), 0), Error::<Test>::UnknownTask);
		assert_noop!(conclude(task, 1), Error::<Test>::UnknownChunk);
		assert_noop!(conclude(task, 0), Error::<Test>::TooEarly);
		let proven = ask_proven();
		assert_noop!(conclude(proven, 0), Error::<Test>::NotReplicated);
	});
}
