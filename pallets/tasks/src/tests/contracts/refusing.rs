//! Refusals that need somebody else to refuse, or to have changed since.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	contracts::{answer, Outcome},
	traits::{HourLedger, MarketError},
	MicroGpuHours,
};
use sp_runtime::Permill;

use super::*;

fn resell(task: TaskId, interval: u32) -> DispatchResult {
	Tasks::resell(signed(BUYER), task, Interval(interval), 1, 0)
}

/// Takes hours out of a contract's lock behind its back, or puts them back.
fn unlock(interval: u32, hours: u64, back: bool) {
	let (reason, at) = (HoldReason::Hours.into(), Interval(interval));
	let hours = MicroGpuHours(hours);
	if back {
		// Only hours that are ahead can be locked.
		let now = Now::get();
		Now::set(Interval(interval - 1));
		<Hours as HourLedger<u64>>::lock(reason, CLASS, at, &BUYER, hours).unwrap();
		Now::set(now);
	} else {
		<Hours as HourLedger<u64>>::unlock(reason, CLASS, at, &BUYER, hours).unwrap();
	}
}

#[test]
fn markets_refusals_should_be_told_by_name_when_opening() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 1);
		for (refusal, error) in [
			(MarketError::OutOfStock, Error::<Test>::NoHours),
			(MarketError::NotOpen, Error::NoHours),
			(MarketError::Overpriced, Error::Overpriced),
			(MarketError::GateClosed, Error::GateClosed),
			(MarketError::Funds, Error::Funds),
			(MarketError::Tripped, Error::MarketRefused),
			(MarketError::Dust, Error::MarketRefused),
		] {
			Refuses::set(Some(refusal));
			assert_noop!(try_ask(requirement(proven(1), 12)), error);
			assert_eq!(Tasks::quote(requirement(proven(1), 12)), None);
		}
		Refuses::set(None);
		assert_ok!(try_ask(requirement(proven(1), 12)));
	});
}

#[test]
fn markets_refusals_should_be_told_by_name_when_selling_again() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 1);
		let task = ask(requirement(proven(1), 12));
		for (refusal, error) in [
			(MarketError::Underpriced, Error::<Test>::Underpriced),
			(MarketError::GateClosed, Error::GateClosed),
			(MarketError::Tripped, Error::MarketRefused),
		] {
			Refuses::set(Some(refusal));
			assert_noop!(resell(task, 12), error);
		}
		Refuses::set(None);
		assert_ok!(resell(task, 12));
	});
}

#[test]
fn hours_that_are_not_there_should_be_refused() {
	on_chain(|| {
		promise(DEVICE, CLASS, 12, 9_000, 1);
		// Who is paid and gives nothing.
		Cheats::set(true);
		assert_noop!(try_ask(requirement(proven(1), 12)), Error::<Test>::ClaimsRefused);
		Cheats::set(false);
		let task = ask(requirement(proven(1), 12));
		unlock(12, 1_000, false);
		assert_noop!(resell(task, 12), Error::<Test>::ClaimsRefused);
		at(12);
		assert_ok!(Tasks::accept(signed(KEY), DEVICE, task, 0));
		let commit = || Tasks::commit(signed(KEY), task, 0, Commitment([5; 32]));
		assert_noop!(commit(), Error::<Test>::ClaimsRefused);
		unlock(12, 1_000, true);
		assert_ok!(commit());
	});
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		unlock(HOUR, 2 * WORK, false);
		assert_noop!(bind(drawn[0], task, 0, &truth(), 0), Error::<Test>::ClaimsRefused);
		unlock(HOUR, 2 * WORK, true);
		assert_ok!(bind(drawn[0], task, 0, &truth(), 0));
	});
}

#[test]
fn device_should_be_refused_when_it_is_new_gone_or_of_another_class() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		at(HOUR - 1);
		let device = fleet(0);
		Since::set(Interval(HOUR));
		assert_noop!(enter(device, task, 0), Error::<Test>::Fresh);
		Since::set(Interval(0));
		assert_ok!(enter(device, task, 0));
		at(HOUR);
		Since::set(Interval(HOUR));
		assert_noop!(bind(device, task, 0, &truth(), 0), Error::<Test>::Fresh);
		Since::set(Interval(0));
		Made::set(vec![(DeviceId(1_000), OWNER)]);
		Elapsed::set(Permill::from_percent(50));
		let other = Tasks::commit_answer(signed(OWNER), DeviceId(1_000), task, 0, [1; 32]);
		assert_noop!(other, Error::<Test>::WrongClass);
		Gone::set(vec![device]);
		assert_noop!(bind(device, task, 0, &truth(), 0), Error::<Test>::UnknownDevice);
		Gone::set(vec![]);
		assert_ok!(bind(device, task, 0, &truth(), 0));
		at(HOUR + 1);
		Gone::set(vec![device]);
		assert_noop!(open(device, task, 0, &truth(), 0), Error::<Test>::UnknownDevice);
		Gone::set(vec![]);
		assert_ok!(open(device, task, 0, &truth(), 0));
	});
}

#[test]
fn proven_work_should_be_refused_by_calls_for_what_is_compared() {
	on_chain(|| {
		let task = ask_proven();
		at(11);
		assert_noop!(bind(fleet(0), task, 0, &truth(), 0), Error::<Test>::NotReplicated);
		assert_noop!(open(fleet(0), task, 0, &truth(), 0), Error::<Test>::NotReplicated);
		assert_noop!(open(fleet(0), TaskId(9), 0, &truth(), 0), Error::<Test>::UnknownTask);
		// And the other way round.
		at(10);
		let drawn = ask_replicated(1, 2);
		at(HOUR);
		let accept = Tasks::accept(signed(owner(fleet(0))), fleet(0), drawn, 0);
		assert_noop!(accept, Error::<Test>::UnknownTask);
	});
}

#[test]
fn judged_chunk_should_be_nobodys_any_more() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = done(task, 0);
		assert_ok!(conclude(task, 0));
		let decided = || Error::<Test>::Decided;
		assert_noop!(open(drawn[0], task, 0, &truth(), 1), decided());
		at(HOUR);
		assert_noop!(bind(fleet(0), task, 0, &truth(), 0), decided());
		at(HOUR - 1);
		assert_noop!(enter(fleet(0), task, 0), decided());
		at(HOUR + 1);
	});
}

#[test]
fn owner_should_not_be_asked_again_as_a_further_one() {
	on_chain(|| {
		let task = ask_replicated(1, 2);
		let drawn = draw(6, task, 0);
		for (device, result) in drawn.iter().zip([truth(), lie(1)]) {
			assert_ok!(bind(*device, task, 0, &result, 0));
		}
		at(HOUR + 1);
		assert_ok!(open(drawn[0], task, 0, &truth(), 0));
		assert_ok!(open(drawn[1], task, 0, &lie(1), 0));
		assert_ok!(conclude(task, 0));
		let interval = chunk_of(task, 0).interval.0;
		at(interval - 1);
		assert_noop!(enter(drawn[1], task, 0), Error::<Test>::OwnerTwice);
		let other = (0..FLEET_SIZE).map(fleet).find(|device| !drawn.contains(device)).unwrap();
		assert_ok!(enter(other, task, 0));
		at(interval);
		Elapsed::set(Permill::one());
		assert_noop!(bind(drawn[1], task, 0, &lie(1), 1), Error::<Test>::OwnerTwice);
		// Who did not enter cannot come in a further round at all.
		let absent = (0..FLEET_SIZE).map(fleet).find(|of| !drawn.contains(of) && *of != other);
		assert_noop!(bind(absent.unwrap(), task, 0, &truth(), 1), Error::<Test>::NotDrawn);
		assert_ok!(bind(other, task, 0, &truth(), 1));
		at(interval + 1);
		for (device, result) in [(drawn[0], truth()), (drawn[1], lie(1)), (other, truth())] {
			assert_ok!(open(device, task, 0, &result, 1));
		}
		assert_ok!(conclude(task, 0));
		let right = Outcome::Agreed { layer: 1, answer: answer(&truth(), 1) };
		assert_eq!(chunk_of(task, 0).outcome, Some(right));
	});
}
