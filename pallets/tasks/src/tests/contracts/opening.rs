//! Opening contracts.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	contracts::{Method, Portion},
	jobs::JobKind,
	records::ChunkState,
	traits::HourLedger,
	units::GramsPerGpuHour,
	ClassId, MicroGpuHours,
};

use super::*;

#[test]
fn open_contract_should_buy_and_lock_the_hours_and_open_the_task() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 2);
		let asked = Requirement { tip: 10, ..requirement(proven(3), 12) };
		let before = free(BUYER);
		let task = ask(asked.clone());
		// 500 at 2, 500 at 3, ... up to 7.
		let cost = 500 * (2 + 3 + 4 + 5 + 6 + 7);
		assert_eq!(locked(CLASS, 12, BUYER), 3_000);
		assert_eq!(on_hold(HoldReason::Reward, BUYER), 30);
		// Contract, interval and three chunks.
		assert_eq!(on_hold(HoldReason::Storage, BUYER), 7 + 3 + 15);
		assert_eq!(free(BUYER), before - cost - 30 - 25);
		let contract = Tasks::contract(task).unwrap();
		assert_eq!(contract.plan.to_vec(), Tasks::plan_of_contract(task));
		assert_eq!(contract.plan[0], Portion { interval: Interval(12), chunks: 3, resold: 0 });
		assert_eq!((contract.claims, contract.work), (CLASS, MicroGpuHours(1_000)));
		assert_eq!(contract.method, Method::Proof { model: 0 });
		// Proofs are taken for some time after.
		let record = Tasks::task(task).unwrap();
		assert_eq!((record.unpaid, record.deadline), (3, Interval(12 + RESULT_TIME)));
		assert_eq!(Tasks::chunk(task, 2).unwrap().state, ChunkState::Open);
		let booking = Tasks::booking(task, Interval(12)).unwrap();
		assert_eq!((booking.bought.0, booking.asked.0, booking.cost), (3_000, 3_000, cost));
		assert_eq!(Tasks::asked(CLASS, Interval(12)), MicroGpuHours(3_000));
		let hours = MicroGpuHours(3_000);
		System::assert_has_event(
			Event::HoursBought { task, interval: Interval(12), hours, cost }.into(),
		);
		System::assert_last_event(
			Event::ContractOpened {
				task,
				client: BUYER,
				kind: JobKind::Inference,
				class: CLASS,
				claims: CLASS,
				chunks: 3,
				hours,
				deadline: Interval(12),
			}
			.into(),
		);
	});
}

#[test]
fn open_contract_should_buy_the_hours_of_all_copies() {
	on_chain(|| {
		let task = ask_replicated(2, 3);
		assert_eq!(locked(CLASS, HOUR, BUYER), 2 * 3 * WORK);
		let contract = Tasks::contract(task).unwrap();
		assert_eq!((contract.left, contract.work.0, contract.reserve), (2, WORK, BOND));
		assert_eq!(on_hold(HoldReason::Reward, BUYER), 2 * BOND);
		assert_eq!(on_hold(HoldReason::Storage, BUYER), 7 + 3 + 2 * 11);
		assert_eq!(Tasks::task(task), None);
		assert_eq!(Tasks::replicated_chunk(task, 0), None);
		assert_eq!(Tasks::round(task, 1), Some((Interval(HOUR), vec![])));
		assert_eq!(Tasks::asked(CLASS, Interval(HOUR)).0, 6 * WORK);
	});
}

#[test]
fn open_contract_should_take_claims_on_any_compute_when_it_need_not_be_green() {
	on_chain(|| {
		let any = ClassId(CLASS.0 + ANY);
		promise(DEVICE, any, 12, 2_000, 1);
		let asked = Requirement { green: false, ..requirement(proven(1), 12) };
		let task = ask(asked);
		assert_eq!((locked(any, 12, BUYER), locked(CLASS, 12, BUYER)), (1_000, 0));
		assert_eq!(Tasks::contract(task).unwrap().claims, any);
	});
}

#[test]
fn steady_contract_should_take_the_same_in_each_interval() {
	on_chain(|| {
		for interval in 12..=14 {
			// The last one is dear.
			promise(DEVICE, CLASS, interval, 5_000, if interval == 14 { 90 } else { 1 });
		}
		let steady = |chunks| Requirement {
			deadline: Interval(14),
			pace: Pace::Steady,
			..requirement(proven(chunks), 12)
		};
		assert_noop!(try_ask(steady(4)), Error::<Test>::Uneven);
		assert_noop!(try_ask(steady(1)), Error::<Test>::Uneven);
		let task = ask(steady(3));
		let plan = Tasks::plan_of_contract(task);
		let plan: Vec<_> = plan.iter().map(|of| (of.interval.0, of.chunks)).collect();
		assert_eq!(plan, [(12, 1), (13, 1), (14, 1)]);
	});
}

#[test]
fn flexible_contract_should_go_where_hours_are_cheap() {
	on_chain(|| {
		for (interval, price) in [(12, 30), (13, 1), (14, 3)] {
			promise(DEVICE, CLASS, interval, 9_000, price);
		}
		let task = ask(Requirement { deadline: Interval(14), ..requirement(proven(3), 12) });
		let plan = Tasks::plan_of_contract(task);
		let plan: Vec<_> = plan.iter().map(|of| (of.interval.0, of.chunks)).collect();
		assert_eq!(plan, [(13, 2), (14, 1)]);
		let quoted = Tasks::booking(task, Interval(13)).unwrap().cost;
		assert_eq!(quoted, 500 * (1 + 2 + 3 + 4));
	});
}

#[test]
fn quote_should_say_what_opening_buys_and_holds() {
	on_chain(|| {
		promise_all(6);
		for work in [proven(2), replicated(2, 2)] {
			let asked = Requirement { tip: 12, ..requirement(work, HOUR) };
			let quote = Tasks::quote(asked.clone()).unwrap();
			let (before, held) = (free(BUYER), on_hold(HoldReason::Reward, BUYER));
			let deposits = on_hold(HoldReason::Storage, BUYER);
			let task = ask(asked);
			let put = on_hold(HoldReason::Reward, BUYER) - held
				+ on_hold(HoldReason::Storage, BUYER)
				- deposits;
			assert_eq!(quote.held, put);
			assert_eq!(before - free(BUYER), put + quote.cost);
			assert_eq!(quote.plan, Tasks::plan_of_contract(task));
			assert_eq!(quote.hours, Tasks::booking(task, Interval(HOUR)).unwrap().bought);
		}
		assert_eq!(Tasks::quote(requirement(proven(2), 9)), None);
		assert_eq!(Tasks::quote(requirement(proven(2), 40)), None);
	});
}

#[test]
fn open_contract_should_refuse_times_that_cannot_be() {
	on_chain(|| {
		promise(DEVICE, CLASS, 11, 5_000, 1);
		let from = |earliest, deadline| Requirement {
			earliest: Interval(earliest),
			deadline: Interval(deadline),
			..requirement(proven(1), 11)
		};
		// Running, past, none, too long, too far.
		for (earliest, deadline) in [(10, 11), (9, 11), (12, 11), (11, 23), (55, 59)] {
			assert_noop!(try_ask(from(earliest, deadline)), Error::<Test>::BadDeadline);
		}
		assert_ok!(try_ask(from(11, 22)));
		// A draw takes three intervals.
		promise(DEVICE, CLASS, 12, 5_000, 1);
		promise(DEVICE, CLASS, HOUR, 5_000, 1);
		let early = try_ask(requirement(replicated(1, 2), 12));
		assert_noop!(early, Error::<Test>::NoTimeToDraw);
		assert_ok!(try_ask(requirement(replicated(1, 2), HOUR)));
	});
}

#[test]
fn open_contract_should_refuse_work_that_is_none() {
	on_chain(|| {
		promise_all(6);
		let refused = |work, error: Error<Test>| {
			assert_noop!(try_ask(requirement(work, HOUR)), error);
		};
		refused(proven(0), Error::Empty);
		let mut bright = images();
		bright[3] = 17;
		let inputs: Inputs<Test> = vec![bright].try_into().unwrap();
		refused(Work::Proven { model: 0, inputs: inputs.clone() }, Error::BadPixel);
		let inputs: Inputs<Test> = vec![images()].try_into().unwrap();
		refused(Work::Proven { model: 7, inputs }, Error::UnknownModel);
		KeyUsable::set(false);
		refused(proven(1), Error::KeyNotInUse);
		KeyUsable::set(true);

		let of = |job, first, chunks, copies| Work::Replicated { job, first, chunks, copies };
		let Job::Inference(inner) = job() else { unreachable!() };
		let broken = Job::Inference(Inference { rows: 0, ..inner });
		refused(of(broken, 0, 1, 2), Error::BadJob);
		refused(of(job(), 0, 0, 2), Error::Empty);
		refused(of(job(), 2, 3, 2), Error::UnknownChunk);
		refused(of(job(), u32::MAX, 3, 2), Error::Overflow);
		refused(of(job(), 0, 1, 1), Error::BadCopies);
		refused(of(job(), 0, 1, 4), Error::BadCopies);
		let small = Job::Inference(Inference { batch: 100, ..inner });
		refused(of(small, 0, 5, 2), Error::TooManyChunks);
		// 21 times as many rows in a chunk.
		let large = Job::Inference(Inference { rows: 42_000, batch: 21_000, ..inner });
		refused(of(large, 0, 1, 2), Error::ChunkTooLarge);
		let nobody = Requirement { class: ClassId(9), ..requirement(proven(1), HOUR) };
		assert_noop!(try_ask(nobody), Error::<Test>::UnknownClass);
	});
}

#[test]
fn open_contract_should_refuse_a_price_that_does_not_reach() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 2_000, 1);
		// 500 at 1 and 500 at 2.
		let at = |max_price| Requirement { max_price, ..requirement(proven(1), 12) };
		assert_noop!(try_ask(at(1_499)), Error::<Test>::Overpriced);
		assert_noop!(try_ask(requirement(proven(3), 12)), Error::<Test>::NoHours);
		assert_noop!(try_ask(requirement(proven(1), 13)), Error::<Test>::NoHours);
		assert_noop!(
			try_ask(Requirement { tip: 9, ..requirement(proven(1), 12) }),
			Error::<Test>::LowReward
		);
		// Who cannot pay: for the hours, or for what is on hold.
		let poor = Tasks::open_contract(signed(STRANGER), Box::new(at(1_500)));
		assert_noop!(poor, Error::<Test>::Funds);
		assert_ok!(try_ask(at(1_500)));
	});
}

#[test]
fn open_contract_should_refuse_when_deposits_cannot_be_held() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 2_000, 1);
		let asked = requirement(proven(1), 12);
		// 1,500 for the hours and 15 on hold.
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), STRANGER, 1_510));
		let refused = Tasks::open_contract(signed(STRANGER), Box::new(asked.clone()));
		assert_noop!(refused, sp_runtime::TokenError::FundsUnavailable);
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), STRANGER, 1_516));
		assert_ok!(Tasks::open_contract(signed(STRANGER), Box::new(asked)));
	});
}

#[test]
fn open_contract_should_refuse_a_ceiling_that_nobody_promised_to_keep() {
	on_chain(|| {
		promise_all(6);
		promise(DEVICE, ClassId(CLASS.0 + ANY), HOUR, 5_000, 1);
		let with = |work, green, grams| Requirement {
			green,
			carbon: Some(GramsPerGpuHour(grams)),
			..requirement(work, HOUR)
		};
		// 100 mWh at 41 g/kWh, up, and 3 mg of rounding: 8 mg for a thousandth of a GPU-hour.
		assert_noop!(try_ask(with(proven(1), true, 7)), Error::<Test>::CeilingTooLow);
		assert_ok!(try_ask(with(proven(1), true, 8)));
		// 25 mWh: 5 mg for 242 µGPU-h.
		assert_noop!(try_ask(with(replicated(1, 2), true, 20)), Error::<Test>::CeilingTooLow);
		assert_ok!(try_ask(with(replicated(1, 2), true, 21)));
		// Who sold any compute promised no such thing.
		let any = try_ask(with(proven(1), false, 1_000));
		assert_noop!(any, Error::<Test>::CeilingNeedsGreen);
	});
}

#[test]
fn open_contract_should_refuse_when_all_ids_are_taken() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 2_000, 1);
		NextTask::<Test>::put(TaskId(u64::MAX));
		assert_noop!(try_ask(requirement(proven(1), 12)), Error::<Test>::Exhausted);
	});
}

#[test]
fn contracts_should_share_a_clients_claims_and_each_have_their_own() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 1);
		let (first, second) = (ask(requirement(proven(1), 12)), ask(requirement(proven(2), 12)));
		assert_eq!(locked(CLASS, 12, BUYER), 3_000);
		for (task, hours) in [(first, 1_000), (second, 2_000)] {
			assert_eq!(Tasks::booking(task, Interval(12)).unwrap().bought.0, hours);
		}
		assert_eq!(Tasks::asked(CLASS, Interval(12)).0, 3_000);
		let held = <Hours as HourLedger<u64>>::held(CLASS, Interval(12), &BUYER);
		assert_eq!(held, MicroGpuHours(3_000));
	});
}
