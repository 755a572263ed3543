//! The end of a round: who is paid, who loses, or who else is asked.

use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use pogcs_primitives::{
	contracts::{hour_of, Outcome, DRAW_LEAD, MAX_FURTHER},
	jobs::Hash,
	traits::{IntervalClock, Lifecycle},
	DeviceId, Interval, TaskId,
};
use sp_runtime::{
	traits::{CheckedDiv, CheckedSub, Saturating, Zero},
	DispatchError, DispatchResult,
};

use crate::{
	hours_impls::Done,
	pallet::*,
	types::*,
	verdict::{judge, Opened, Verdict},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_conclude(task: TaskId, chunk: u32) -> DispatchResult {
		let (contract, mut record) = Self::replicated(task, chunk)?;
		ensure!(record.outcome.is_none(), Error::<T>::Decided);
		let (now, round) = (T::Clock::current(), record.round);
		ensure!(now > record.interval, Error::<T>::TooEarly);
		let layer = |run: &RunOf<T>| run.answer.map(|(layer, _)| layer);
		if record.runs.iter().any(|run| run.round == round) {
			let awaited = record.runs.iter().any(|run| layer(run) != Some(round));
			let waited = now.since(record.interval) > T::OpenTime::get();
			ensure!(waited || !awaited, Error::<T>::TooEarly);
			// Everybody had time: who did not open answers no more.
			let (kept, silent) = Self::split(record.runs, |run| layer(run) == Some(round));
			record.runs = kept;
			for run in silent {
				Self::forfeit(task, chunk, &run, run.bond);
				Self::end_run(task, chunk, &contract, &run)?;
			}
		}

		let hour = hour_of(&contract.plan, chunk).ok_or(Error::<T>::UnknownChunk)?;
		let next = now.checked_add(DRAW_LEAD).ok_or(Error::<T>::Overflow)?;
		// A further device's answer must be compared before results of this hour are no longer taken.
		let ready = next.checked_add(T::OpenTime::get()).ok_or(Error::<T>::Overflow)?;
		let last = round >= MAX_FURTHER || ready.since(hour) >= T::ResultTime::get();
		let opened: Vec<_> = record
			.runs
			.iter()
			.filter_map(|run| run.answer.map(|(_, answer)| Opened { answer, drawn: run.drawn }))
			.collect();
		// Without a new device the answers that were opened before are those that stand.
		let stand = record.runs.iter().filter_map(layer).max().unwrap_or(0);
		let outcome = match judge(&opened, last) {
			Verdict::Further => return Self::ask_further(task, chunk, record, next),
			Verdict::Agreed(answer) => Outcome::Agreed { layer: stand, answer },
			Verdict::Unchecked(answer) => Outcome::Unchecked { layer: stand, answer },
			Verdict::Void => Outcome::Void,
			Verdict::Missed => Outcome::Missed,
		};
		Self::decide(task, chunk, contract, record, outcome, hour)
	}

	/// Splits runs by whether they are kept.
	fn split(runs: RunsOf<T>, keep: impl Fn(&RunOf<T>) -> bool) -> (RunsOf<T>, Vec<RunOf<T>>) {
		let (kept, rest): (Vec<_>, Vec<_>) = runs.into_iter().partition(keep);
		// No longer than it was.
		(RunsOf::<T>::truncate_from(kept), rest)
	}

	/// Opens a round for a further device.
	fn ask_further(
		task: TaskId,
		chunk: u32,
		mut record: ReplicatedOf<T>,
		interval: Interval,
	) -> DispatchResult {
		record.round = record.round.checked_add(1).ok_or(Error::<T>::Overflow)?;
		record.interval = interval;
		record.since = T::Clock::current();
		record.entrants = Default::default();
		let round = record.round;
		Replicated::<T>::insert(task, chunk, record);
		Self::deposit_event(Event::FurtherAsked { task, chunk, round, interval });
		Ok(())
	}

	/// Settles a chunk.
	fn decide(
		task: TaskId,
		chunk: u32,
		mut contract: ContractOf<T>,
		mut record: ReplicatedOf<T>,
		outcome: Outcome,
		hour: Interval,
	) -> DispatchResult {
		let (answer, tip) = match outcome {
			Outcome::Agreed { answer, .. } => (Some(answer), contract.tip),
			// The hours were given, but nobody knows what for.
			Outcome::Unchecked { answer, .. } => (Some(answer), Zero::zero()),
			Outcome::Void | Outcome::Missed => (None, Zero::zero()),
		};
		let is_right = |run: &RunOf<T>| run.answer.map(|(_, of)| of) == answer;
		// What comes later was counted as missed.
		let in_time = T::Clock::current().since(hour) <= T::ResultTime::get();
		// If nobody is right, nobody is wrong.
		let (right, wrong) =
			Self::split(core::mem::take(&mut record.runs), |run| answer.is_none() || is_right(run));
		let held = Self::held_for_chunks(&contract, 1)?;
		let mut paid: BalanceOf<T> = Zero::zero();
		let mut delivered = 0u32;
		let mut pot: Vec<_> = wrong.iter().map(|run| (run.by.clone(), run.bond)).collect();
		let reward = contract.reserve.checked_div(&2u32.into()).unwrap_or_else(Zero::zero);
		let mut reserve = contract.reserve;
		for run in &right {
			Self::release_for(&run.by, HoldReason::Bond, run.bond)?;
			let mut got: BalanceOf<T> = Zero::zero();
			if answer.is_some() && run.round > 0 {
				let from_pot = Self::pay_from(&mut pot, &run.owner, reward);
				let rest = reward.saturating_sub(from_pot).min(reserve);
				let from_reserve =
					Self::pay_held(HoldReason::Reward, &contract.client, &run.owner, rest);
				reserve = reserve.saturating_sub(from_reserve);
				paid = paid.saturating_add(from_reserve);
				got = from_pot.saturating_add(from_reserve);
			} else if answer.is_some() && run.unfit.is_none() && in_time {
				Self::deliver(
					task,
					&contract,
					Done {
						device: run.device,
						interval: hour,
						carbon: run.carbon,
						green: contract.green,
						assigned: false,
					},
				)?;
				got = Self::pay_held(HoldReason::Reward, &contract.client, &run.owner, tip);
				paid = paid.saturating_add(got);
				delivered = delivered.saturating_add(1);
			}
			Self::end_run(task, chunk, &contract, run)?;
			if answer.is_some() {
				Self::deposit_event(Event::Rewarded {
					task,
					chunk,
					device: run.device,
					owner: run.owner.clone(),
					round: run.round,
					unfit: run.unfit,
					amount: got,
					carbon: run.carbon,
				});
			}
		}
		for (run, (_, rest)) in wrong.iter().zip(pot) {
			Self::forfeit(task, chunk, run, rest);
			Self::end_run(task, chunk, &contract, run)?;
		}
		let rest = held.checked_sub(&paid).ok_or(Error::<T>::Overflow)?;
		Self::release_for(&contract.client, HoldReason::Reward, rest)?;
		contract.left = contract.left.checked_sub(1).ok_or(Error::<T>::Overflow)?;
		record.entrants = Default::default();
		record.outcome = Some(outcome);
		Replicated::<T>::insert(task, chunk, record);
		Contracts::<T>::insert(task, contract);
		Self::deposit_event(Event::Concluded { task, chunk, outcome, delivered, refunded: rest });
		Ok(())
	}

	/// Pays out of what those lose that were wrong, the first ones first. How much was paid.
	fn pay_from(
		pot: &mut [(T::AccountId, BalanceOf<T>)],
		to: &T::AccountId,
		amount: BalanceOf<T>,
	) -> BalanceOf<T> {
		let mut paid: BalanceOf<T> = Zero::zero();
		for (by, left) in pot {
			let part = amount.saturating_sub(paid).min(*left);
			let moved = Self::pay_held(HoldReason::Bond, by, to, part);
			*left = left.saturating_sub(moved);
			paid = paid.saturating_add(moved);
		}
		paid
	}

	/// Pays out of what somebody has on hold: all or, if the account that it is for does not exist
	/// and cannot be made with so little, nothing. It must not fail, or whoever is paid could keep a
	/// chunk from being settled.
	fn pay_held(
		reason: HoldReason,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: BalanceOf<T>,
	) -> BalanceOf<T> {
		if amount.is_zero() {
			return amount;
		}
		frame_support::storage::with_storage_layer(|| {
			T::Currency::transfer_on_hold(
				&reason.into(),
				from,
				to,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Polite,
			)
		})
		.unwrap_or_else(|_: DispatchError| Zero::zero())
	}

	/// Gives what a device loses to the insurance.
	fn forfeit(task: TaskId, chunk: u32, run: &RunOf<T>, amount: BalanceOf<T>) {
		let insurance = T::InsuranceAccount::get();
		let lost = Self::pay_held(HoldReason::Bond, &run.by, &insurance, amount);
		// An insurance that cannot take it is no reason to keep it.
		let rest = amount.saturating_sub(lost);
		let _ =
			T::Currency::release(&HoldReason::Bond.into(), &run.by, rest, Precision::BestEffort);
		Self::deposit_event(Event::BondLost {
			task,
			chunk,
			device: run.device,
			bond: run.bond,
			insured: lost,
		});
	}

	/// A device is done with a chunk, however it ended.
	fn end_run(
		task: TaskId,
		chunk: u32,
		contract: &ContractOf<T>,
		run: &RunOf<T>,
	) -> DispatchResult {
		if run.round == 0 {
			if let Some(hour) = hour_of(&contract.plan, chunk) {
				Self::count_underway(run.device, hour, contract.work, false);
			}
		}
		Self::disengage(run.device, task, chunk);
		T::Lifecycle::finish(run.device);
		Ok(())
	}

	fn disengage(device: DeviceId, task: TaskId, chunk: u32) {
		Engagements::<T>::mutate_exists(device, |entry| {
			if let Some(list) = entry {
				list.retain(|one| one.task != task || one.chunk != chunk);
				if list.is_empty() {
					*entry = None;
				}
			}
		});
	}

	/// The answer that a chunk's devices gave in the end, and its layer.
	pub(crate) fn answer_of(task: TaskId, chunk: u32) -> Option<(u8, Hash)> {
		match Replicated::<T>::get(task, chunk)?.outcome? {
			Outcome::Agreed { layer, answer } | Outcome::Unchecked { layer, answer } => {
				Some((layer, answer))
			}
			Outcome::Void | Outcome::Missed => None,
		}
	}
}
