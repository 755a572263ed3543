//! Who tries to gain by cheating, and what it brings. The README's threat table names these.

use frame_support::{assert_noop, assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{
	contracts::{answer, Outcome, DRAW_LEAD, MAX_FURTHER},
	traits::HourContracts,
	MicroGpuHours,
};
use sp_runtime::Permill;

use super::*;

fn outcome(task: TaskId) -> Option<Outcome> {
	chunk_of(task, 0).outcome
}

fn booking(task: TaskId) -> pogcs_primitives::contracts::Booking<u128> {
	Tasks::booking(task, Interval(HOUR)).unwrap()
}

fn asked() -> u64 {
	<Tasks as HourContracts>::asked(CLASS, Interval(HOUR)).0
}

/// What an owner of the fleet has, on hold or not.
fn money(device: DeviceId) -> u128 {
	free(owner(device)) + on_hold(HoldReason::Bond, owner(device))
}

/// Binds a device of `OWNER` to a lie.
fn lies_for_owner(device: DeviceId, task: TaskId) -> DispatchResult {
	let bound = commitment(task, 0, device, &answer(&lie(1), 0), &salt(device));
	Tasks::commit_answer(signed(OWNER), device, task, 0, bound)
}

/// Lets honest devices decide: further ones are drawn until the chunk is judged. `earlier` open their
/// next layers with these results.
fn judged_by_honest(task: TaskId, mut earlier: Vec<(DeviceId, Hash)>) {
	while outcome(task).is_none() {
		let round = chunk_of(task, 0).round;
		let device = draw(FLEET_SIZE, task, 0)[0];
		assert_ok!(bind(device, task, 0, &truth(), round));
		earlier.push((device, truth()));
		at(Now::get().0 + 1);
		for (device, result) in &earlier {
			assert_ok!(open(*device, task, 0, result, round));
		}
		assert_ok!(conclude(task, 0));
	}
}

#[test]
fn buyer_should_not_check_his_own_work_with_his_own_devices() {
	on_chain(|| {
		promise_all(6);
		for device in [DEVICE, OTHER_DEVICE] {
			promise(device, CLASS, HOUR, 1_000, 1);
		}
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), OWNER, 100_000));
		let task = NextTask::<Test>::get();
		let asked = requirement(replicated(1, 2), HOUR);
		assert_ok!(Tasks::open_contract(signed(OWNER), Box::new(asked)));
		at(HOUR - 1);
		for device in [DEVICE, OTHER_DEVICE] {
			let enter = Tasks::enter(signed(OWNER), device, task, 0);
			assert_noop!(enter, Error::<Test>::OwnWork);
		}
		// Late he can take both places that he paid for. None of his answers has a vote.
		at(HOUR);
		Elapsed::set(Permill::from_percent(50));
		for device in [DEVICE, OTHER_DEVICE] {
			assert_ok!(lies_for_owner(device, task));
		}
		at(HOUR + 1);
		for device in [DEVICE, OTHER_DEVICE] {
			assert_ok!(open(device, task, 0, &lie(1), 0));
		}
		assert_ok!(conclude(task, 0));
		let insurance = free(INSURANCE);
		judged_by_honest(task, vec![(DEVICE, lie(1)), (OTHER_DEVICE, lie(1))]);
		assert!(matches!(outcome(task), Some(Outcome::Agreed { answer: right, .. })
			if right == answer(&truth(), 2)));
		assert_eq!(on_hold(HoldReason::Bond, OWNER), 0);
		// Two bonds, of which two further devices had their parts.
		assert_eq!(free(INSURANCE), insurance + 2 * BOND - 2 * FURTHER);
		assert_eq!(booking(task).delivered, MicroGpuHours::ZERO);
	});
}

#[test]
fn buyer_should_have_no_vote_with_a_device_that_he_buys_when_it_is_drawn() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		Sold::set(Some((drawn[0], BUYER)));
		let bound = commitment(task, 0, drawn[0], &answer(&lie(1), 0), &salt(drawn[0]));
		assert_ok!(Tasks::commit_answer(signed(BUYER), drawn[0], task, 0, bound));
		assert_ok!(bind(drawn[1], task, 0, &truth(), 0));
		let votes = chunk_of(task, 0).runs.into_iter().map(|run| run.drawn).collect::<Vec<_>>();
		assert_eq!(votes, [false, true]);
		Sold::set(None);
	});
}

#[test]
fn devices_of_one_owner_should_not_agree_with_each_other() {
	on_chain(|| {
		promise_all(6);
		for device in [DEVICE, OTHER_DEVICE] {
			promise(device, CLASS, HOUR, 1_000, 1);
		}
		let task = ask(requirement(replicated(1, 2), HOUR));
		// They are alone: nobody else enters.
		at(HOUR - 1);
		assert_ok!(Tasks::enter(signed(OWNER), DEVICE, task, 0));
		at(HOUR);
		Elapsed::set(Permill::from_percent(50));
		for device in [DEVICE, OTHER_DEVICE] {
			assert_ok!(lies_for_owner(device, task));
		}
		let drawn =
			|device| chunk_of(task, 0).runs.iter().any(|run| run.device == device && run.drawn);
		assert!(drawn(DEVICE) && !drawn(OTHER_DEVICE));
		at(HOUR + 1);
		for device in [DEVICE, OTHER_DEVICE] {
			assert_ok!(open(device, task, 0, &lie(1), 0));
		}
		assert_ok!(conclude(task, 0));
		assert_eq!(outcome(task), None, "one vote is no agreement");
		judged_by_honest(task, vec![(DEVICE, lie(1)), (OTHER_DEVICE, lie(1))]);
		assert!(matches!(outcome(task), Some(Outcome::Agreed { layer: 2, .. })));
		assert_eq!((free(OWNER), on_hold(HoldReason::Bond, OWNER)), (100 - 2 * BOND, 0));
	});
}

#[test]
fn colluders_should_lose_when_they_hold_one_of_the_drawn_places() {
	on_chain(|| {
		let task = ask_replicated(1, 3);
		// Two are drawn of three places: one liar. Its friend takes the third place late.
		let drawn = draw(2, task, 0);
		assert_ok!(bind(drawn[0], task, 0, &lie(1), 0));
		assert_ok!(bind(drawn[1], task, 0, &truth(), 0));
		Elapsed::set(Permill::from_percent(50));
		let friend = fleet(9);
		assert_ok!(bind(friend, task, 0, &lie(1), 0));
		at(HOUR + 1);
		let all = vec![(drawn[0], lie(1)), (drawn[1], truth()), (friend, lie(1))];
		for (device, result) in &all {
			assert_ok!(open(*device, task, 0, result, 0));
		}
		// Two of three answers are the lie, and one of two votes.
		assert_ok!(conclude(task, 0));
		assert_eq!(outcome(task), None);
		judged_by_honest(task, all);
		let right = Outcome::Agreed { layer: 1, answer: answer(&truth(), 1) };
		assert_eq!(outcome(task), Some(right));
		assert_eq!((money(drawn[0]), money(friend)), (1_000 - BOND, 1_000 - BOND));
		assert_eq!(booking(task).delivered, MicroGpuHours(WORK));
	});
}

#[test]
fn nobody_should_gain_by_taking_places_with_rubbish() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		// Until it is late the places are for the drawn.
		assert_noop!(bind(fleet(9), task, 0, &lie(1), 0), Error::<Test>::NotDrawn);
		Elapsed::set(Permill::from_percent(50));
		let bad = [fleet(9), fleet(10)];
		for (device, result) in bad.into_iter().zip([lie(1), lie(0)]) {
			assert_ok!(bind(device, task, 0, &result, 0));
		}
		assert_noop!(bind(drawn[0], task, 0, &truth(), 0), Error::<Test>::Taken);
		at(HOUR + 1);
		let all = vec![(bad[0], lie(1)), (bad[1], lie(0))];
		for (device, result) in &all {
			assert_ok!(open(*device, task, 0, result, 0));
		}
		assert_ok!(conclude(task, 0));
		judged_by_honest(task, all);
		assert!(matches!(outcome(task), Some(Outcome::Agreed { .. })));
		assert!(bad.iter().all(|device| money(*device) == 1_000 - BOND));
		// The client has the right answer, and is paid for the hours.
		at(HOUR + RESULT_TIME + 1);
		settle(CLASS, HOUR);
		let client = free(BUYER);
		assert_ok!(refund(task, HOUR));
		assert_eq!(free(BUYER), client + u128::from(2 * WORK) * COVERED);
	});
}

#[test]
fn nobody_should_gain_by_withholding_what_he_is_bound_to() {
	on_chain(|| {
		promise_all(6);
		let work = Work::Replicated { job: job_with_content(), first: 0, chunks: 1, copies: 2 };
		let task = ask(Requirement { tip: 10, ..requirement(work, HOUR) });
		let drawn = draw(6, task, 0);
		for device in &drawn {
			assert_ok!(bind(*device, task, 0, &truth(), 0));
		}
		at(HOUR + OPEN_TIME + 1);
		for device in &drawn {
			assert_noop!(open(*device, task, 0, &truth(), 0), Error::<Test>::TooLate);
		}
		let (client, insurance) = (free(BUYER), free(INSURANCE));
		assert_ok!(conclude(task, 0));
		assert_eq!(outcome(task), Some(Outcome::Missed));
		assert!(drawn.iter().all(|device| money(*device) == 1_000 - BOND));
		assert_eq!(free(INSURANCE), insurance + 2 * BOND);
		// No tip was paid; the hours were redeemed, and are missed all the same.
		assert_eq!(free(BUYER), client + 20 + BOND);
		assert_eq!((booking(task).redeemed.0, booking(task).delivered.0), (2 * WORK, 0));
		at(HOUR + RESULT_TIME + 1);
		settle(CLASS, HOUR);
		assert_ok!(refund(task, HOUR));
		let due = u128::from(2 * WORK) * COVERED;
		assert_eq!(free(BUYER), client + 20 + BOND + due);
		assert_eq!(free(INSURANCE), insurance + 2 * BOND - due);
	});
}

#[test]
fn refund_should_be_paid_once_for_each_interval_whatever_is_tried() {
	on_chain(|| {
		for interval in [12, 14] {
			promise(DEVICE, CLASS, interval, 1_000, 1);
		}
		let two = Requirement { deadline: Interval(14), ..requirement(proven(2), 12) };
		let task = ask(two);
		at(14 + RESULT_TIME + 1);
		settle(CLASS, 12);
		settle(CLASS, 14);
		let (client, deposits) = (free(BUYER), on_hold(HoldReason::Storage, BUYER));
		assert_ok!(refund(task, 12));
		assert_noop!(refund(task, 12), Error::<Test>::NotBooked);
		// Nor in another way.
		let resell = Tasks::resell(signed(BUYER), task, Interval(12), 1, 0);
		assert_noop!(resell, Error::<Test>::NotBooked);
		assert_eq!(free(BUYER), client + 1_000 * COVERED);
		assert_ok!(refund(task, 14));
		assert_noop!(refund(task, 14), Error::<Test>::NotBooked);
		assert_ok!(Tasks::expire(signed(STRANGER), task));
		assert_noop!(refund(task, 12), Error::<Test>::UnknownTask);
		assert_noop!(Tasks::expire(signed(STRANGER), task), Error::<Test>::UnknownTask);
		assert_eq!(free(BUYER), client + 2_000 * COVERED + deposits);
	});
}

#[test]
fn hours_should_be_redeemed_once_for_each_chunk_and_of_its_own_contract() {
	on_chain(|| {
		promise(DEVICE, CLASS, HOUR, 9_000, 1);
		let (first, second) =
			(ask(requirement(proven(1), HOUR)), ask(requirement(proven(1), HOUR)));
		let third = ask_replicated(1, 2);
		let drawn = draw(6, third, 0);
		let commit = || Tasks::commit(signed(KEY), first, 0, Commitment([5; 32]));
		assert_ok!(Tasks::accept(signed(KEY), DEVICE, first, 0));
		assert_ok!(commit());
		// Not again, by anybody.
		assert_noop!(commit(), Error::<Test>::NotAssigned);
		assert_noop!(Tasks::release(signed(KEY), first, 0), Error::<Test>::NotAssigned);
		let again = Tasks::accept(signed(KEY), OTHER_DEVICE, first, 0);
		assert_noop!(again, Error::<Test>::Taken);
		for device in &drawn {
			assert_ok!(bind(*device, third, 0, &truth(), 0));
		}
		Elapsed::set(Permill::one());
		assert_noop!(bind(fleet(9), third, 0, &truth(), 0), Error::<Test>::Taken);
		// All claims of a client lie in one place, and each contract has redeemed its own.
		assert_eq!(locked(CLASS, HOUR, BUYER), 1_000);
		let redeemed = |task| Tasks::booking(task, Interval(HOUR)).unwrap().redeemed.0;
		assert_eq!([first, second, third].map(redeemed), [1_000, 0, 2 * WORK]);
	});
}

#[test]
fn hours_should_not_be_sold_again_when_they_begin_or_were_delivered() {
	on_chain(|| {
		promise(DEVICE, CLASS, 11, 9_000, 1);
		let task = ask(requirement(proven(2), 11));
		let resell = || Tasks::resell(signed(BUYER), task, Interval(11), 1, 0);
		at(11);
		assert_noop!(resell(), Error::<Test>::GateClosed);
		deliver_proven(DEVICE, task, 0);
		assert_noop!(resell(), Error::<Test>::GateClosed);
		at(12);
		assert_noop!(resell(), Error::<Test>::GateClosed);
		at(11 + RESULT_TIME + 1);
		settle(CLASS, 11);
		assert_ok!(refund(task, 11));
		assert_noop!(resell(), Error::<Test>::NotBooked);
	});
}

#[test]
fn dust_should_neither_be_bought_nor_get_stuck() {
	on_chain(|| {
		promise_all(6);
		// 16 rows of 1,210 weights: 4 µGPU-h for each device, the least holding is 10.
		let Job::Inference(inner) = job() else { unreachable!() };
		let small = Job::Inference(Inference { rows: 64, batch: 16, ..inner });
		let of = |chunks| {
			let work = Work::Replicated { job: small, first: 0, chunks, copies: 2 };
			requirement(work, HOUR)
		};
		assert_noop!(try_ask(of(1)), Error::<Test>::MarketRefused);
		let task = ask(of(2));
		assert_eq!(locked(CLASS, HOUR, BUYER), 16);
		// Half of it would leave dust with the client.
		let resell = |chunks| Tasks::resell(signed(BUYER), task, Interval(HOUR), chunks, 0);
		assert_noop!(resell(1), Error::<Test>::MarketRefused);
		// What is redeemed may leave any rest: it is used like the rest, down to nothing.
		for chunk in 0..2 {
			at(HOUR - 1);
			for device in (0..6).map(fleet) {
				assert_ok!(enter(device, task, chunk));
			}
			at(HOUR);
			for device in Tasks::round(task, chunk).unwrap().1 {
				assert_ok!(bind(device, task, chunk, &truth(), 0));
			}
		}
		assert_eq!(locked(CLASS, HOUR, BUYER), 0);
	});
	on_chain(|| {
		promise_all(6);
		let Job::Inference(inner) = job() else { unreachable!() };
		let small = Job::Inference(Inference { rows: 64, batch: 16, ..inner });
		let work = Work::Replicated { job: small, first: 0, chunks: 2, copies: 2 };
		let task = ask(requirement(work, HOUR));
		// All of it can be sold again.
		assert_ok!(Tasks::resell(signed(BUYER), task, Interval(HOUR), 2, 0));
	});
}

#[test]
fn bonds_should_come_back_however_late_and_never_stay_behind() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = done(task, 0);
		// Nobody concludes for a year. Nobody can take the chunk away from under the bonds either.
		at(10_000);
		assert_noop!(Tasks::expire(signed(BUYER), task), Error::<Test>::NotOver);
		assert_ok!(refund(task, HOUR));
		assert!(Tasks::contract(task).is_some());
		assert!(drawn.iter().all(|device| on_hold(HoldReason::Bond, owner(*device)) == BOND));
		// Who has a bond can end it himself.
		assert_ok!(Tasks::conclude(signed(owner(drawn[0])), task, 0));
		assert!(drawn.iter().all(|device| money(*device) == 1_000));
		assert!(drawn.iter().all(|device| on_hold(HoldReason::Bond, owner(*device)) == 0));
		assert_ok!(Tasks::expire(signed(STRANGER), task));
		assert_eq!(Tasks::contract(task), None);
	});
}

#[test]
fn rounds_should_end_when_liars_go_on_for_ever() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		let mut all: Vec<_> = drawn.iter().zip([lie(0), lie(1)]).map(|(d, r)| (*d, r)).collect();
		for (device, result) in &all {
			assert_ok!(bind(*device, task, 0, result, 0));
		}
		at(HOUR + 1);
		for (device, result) in &all {
			assert_ok!(open(*device, task, 0, result, 0));
		}
		let mut rounds = 0;
		while outcome(task).is_none() {
			assert_ok!(conclude(task, 0));
			if outcome(task).is_some() {
				break;
			}
			rounds += 1;
			let device = draw(FLEET_SIZE, task, 0)[0];
			let result = lie(2 + rounds);
			assert_ok!(bind(device, task, 0, &result, rounds));
			all.push((device, result));
			at(Now::get().0 + 1);
			for (device, result) in &all {
				assert_ok!(open(*device, task, 0, result, rounds));
			}
		}
		assert_eq!(rounds, MAX_FURTHER);
		let longest = HOUR + 1 + u32::from(MAX_FURTHER) * (DRAW_LEAD + 1);
		assert!(Now::get().0 <= longest);
		// The longest that a chunk can take is within the time that results are taken.
		assert!(longest - HOUR <= RESULT_TIME);
	});
}

#[test]
fn device_should_answer_for_no_more_content_than_it_owes_hours() {
	on_chain(|| {
		promise_all(6);
		let work = Work::Replicated { job: job_with_content(), first: 0, chunks: 4, copies: 2 };
		let task = ask(requirement(work, HOUR));
		// A client's friend with one chunk's hours, who alone has the content.
		let friend = fleet(7);
		owe(friend, CLASS, Interval(HOUR), WORK);
		at(HOUR - 1);
		for chunk in 0..4 {
			assert_ok!(enter(friend, task, chunk));
		}
		assert_eq!(asked(), WORK, "of all the chunks one is asked for");
		assert_eq!(AnsweredFor::<Test>::get(friend).unwrap().1 .0, WORK);
		// Who owes more answers for more: 1,000 are four chunks.
		for chunk in 0..4 {
			assert_ok!(enter(fleet(0), task, chunk));
		}
		assert_eq!(asked(), 5 * WORK);
		assert_eq!(booking(task).asked.0, 5 * WORK);
		let places = [0, 1, 2, 3].map(|chunk| chunk_of(task, chunk).asked);
		assert_eq!(places, [2, 1, 1, 1]);
		// In another interval it begins anew.
		at(HOUR - 3);
		promise(friend, CLASS, HOUR + 1, 8 * WORK, 1);
		let work = Work::Replicated { job: job_with_content(), first: 0, chunks: 1, copies: 2 };
		let later = ask(requirement(work, HOUR + 1));
		at(HOUR);
		assert_ok!(enter(friend, later, 0));
		assert_eq!(Tasks::asked(CLASS, Interval(HOUR + 1)).0, WORK);
		assert_eq!(
			AnsweredFor::<Test>::get(friend),
			Some((Interval(HOUR + 1), MicroGpuHours(WORK)))
		);
	});
}

#[test]
fn sweep_should_do_a_bounded_number_of_steps_however_long_nobody_swept() {
	on_chain(|| {
		let _ = ask_proven();
		at(100_000);
		let steps = crate::sweep_impls::SWEEP_STEPS;
		Tasks::on_idle(1, Weight::MAX);
		// One step removed what was asked for in 11; all others went on to the next interval.
		assert_eq!(AskedSince::<Test>::get(), Interval(steps - 1));
		assert_eq!(Asked::<Test>::iter().count(), 0);
		let used = Tasks::on_idle(1, Weight::MAX);
		let most = <() as WeightInfo>::sweep_look()
			+ <() as WeightInfo>::sweep_step().saturating_mul(steps.into());
		assert_eq!(used, most);
	});
}
