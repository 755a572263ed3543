//! What must always hold.

use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::fungible::InspectHold};
use pogcs_primitives::{
	contracts::{hour_of, Method},
	records::{Assignment, ChunkState},
	traits::{HourLedger, IntervalClock},
	ClassId, DeviceId, Interval, MicroGpuHours, TaskId,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

use crate::pallet::*;

/// What records add up to.
struct Sums<T: Config> {
	/// Rewards, deposits and bonds of each account.
	owed: BTreeMap<T::AccountId, [BalanceOf<T>; 3]>,
	/// Those of whom that was checked.
	known: BTreeSet<T::AccountId>,
	/// Hours of contracts that each device has underway.
	underway: BTreeMap<(DeviceId, Interval), u64>,
	/// Hours that contracts hold and have not redeemed, by who holds the claims.
	locked: BTreeMap<(T::AccountId, ClassId, Interval), u64>,
	/// Hours that contracts ask for.
	asked: BTreeMap<(Interval, ClassId), u64>,
}

impl<T: Config> Sums<T> {
	fn owe(&mut self, who: &T::AccountId, what: usize, amount: BalanceOf<T>) {
		let sums = self.owed.entry(who.clone()).or_insert([Zero::zero(); 3]);
		if let Some(sum) = sums.get_mut(what) {
			*sum = sum.saturating_add(amount);
		}
	}
}

const REWARD: usize = 0;
const STORAGE: usize = 1;
const BOND: usize = 2;

impl<T: Config> Pallet<T> {
	/// What is on hold is what is owed; unpaid counts are right; each device's list has exactly the
	/// chunks that name it; hours bought are somewhere, and nowhere twice.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut sums = Sums::<T> {
			owed: BTreeMap::new(),
			known: BTreeSet::new(),
			underway: BTreeMap::new(),
			locked: BTreeMap::new(),
			asked: BTreeMap::new(),
		};
		Self::check_tasks(&mut sums)?;
		Self::check_replicated(&mut sums)?;
		Self::check_contracts(&mut sums)?;
		for (client, [reward, deposit, bond]) in sums.owed {
			let held = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), &client);
			ensure!(held(HoldReason::Reward) == reward, "rewards are on hold");
			ensure!(held(HoldReason::Storage) == deposit, "deposits are on hold");
			ensure!(held(HoldReason::Bond) == bond, "bonds are on hold");
			sums.known.insert(client);
		}
		for who in frame_system::Account::<T>::iter_keys().filter(|who| !sums.known.contains(who)) {
			for reason in [HoldReason::Reward, HoldReason::Storage, HoldReason::Bond] {
				let held = T::Currency::balance_on_hold(&reason.into(), &who);
				ensure!(held.is_zero(), "nothing is on hold for nothing");
			}
		}
		for (device, interval, hours) in Underway::<T>::iter() {
			let sum = sums.underway.remove(&(device, interval)).unwrap_or_default();
			ensure!(hours.0 == sum, "what is underway is on a list");
		}
		ensure!(sums.underway.is_empty(), "what is on a list is underway");
		Ok(())
	}

	/// Tasks, their chunks, and the lists of devices.
	fn check_tasks(sums: &mut Sums<T>) -> Result<(), TryRuntimeError> {
		let mut assigned = 0usize;
		let mut chunks = 0usize;
		for (task, record) in Tasks::<T>::iter() {
			ensure!(task < NextTask::<T>::get(), "a task has an id that was given out");
			let contract = Contracts::<T>::get(task);
			let mut unpaid = 0u32;
			for chunk in 0..record.chunks {
				let hour = contract.as_ref().map(|contract| hour_of(&contract.plan, chunk));
				if hour == Some(None) {
					ensure!(!Chunks::<T>::contains_key(task, chunk), "what is given up is gone");
					continue;
				}
				chunks = chunks.saturating_add(1);
				let state = Chunks::<T>::get(task, chunk).ok_or("a task has its chunks")?.state;
				match state {
					ChunkState::Paid { .. } => continue,
					ChunkState::Open => {}
					ChunkState::Assigned { device, .. } | ChunkState::Committed { device, .. } => {
						assigned = assigned.saturating_add(1);
						ensure!(
							Assignments::<T>::get(device).contains(&Assignment { task, chunk }),
							"an assigned chunk is on its device's list"
						);
						if let (Some(contract), Some(Some(hour))) = (&contract, hour) {
							*sums.underway.entry((device, hour)).or_default() += contract.work.0;
						}
					}
				}
				unpaid = unpaid.saturating_add(1);
			}
			ensure!(unpaid == record.unpaid, "unpaid chunks are counted");
			let reward = Self::times(record.reward_per_chunk, unpaid)
				.map_err(|_| "a reward that was held fits")?;
			sums.owe(&record.client, REWARD, reward);
			sums.owe(&record.client, STORAGE, record.deposit);
		}
		ensure!(Chunks::<T>::iter().count() == chunks, "a chunk has a task");
		let listed: usize = Assignments::<T>::iter().map(|(_, list)| list.len()).sum();
		ensure!(listed == assigned, "a list has no chunk twice or too many");
		Ok(())
	}

	/// Chunks that several devices do, and the lists of these.
	fn check_replicated(sums: &mut Sums<T>) -> Result<(), TryRuntimeError> {
		let mut engaged = BTreeSet::<(DeviceId, TaskId, u32)>::new();
		for (task, chunk, record) in Replicated::<T>::iter() {
			let contract = Contracts::<T>::get(task).ok_or("a chunk has a contract")?;
			let hour = hour_of(&contract.plan, chunk).ok_or("a chunk has an hour")?;
			ensure!(record.entrants.is_sorted_by_key(|one| one.ticket), "tickets are in order");
			let owners: BTreeSet<_> = record.entrants.iter().map(|one| &one.owner).collect();
			ensure!(owners.len() == record.entrants.len(), "an owner enters once");
			ensure!(!owners.contains(&contract.client), "a client does not check his own work");
			ensure!(record.asked <= contract.method.copies(), "no more is asked for than places");
			for round in 0..=record.round {
				let here = record.runs.iter().filter(|run| run.round == round).count();
				let places = usize::from(Self::places(&contract, round));
				ensure!(here <= places, "a round has no more devices than places");
			}
			let drawn = record.runs.iter().filter(|run| run.drawn);
			let owners: BTreeSet<_> = drawn.clone().map(|run| &run.owner).collect();
			ensure!(!owners.contains(&contract.client), "a client has no vote");
			ensure!(owners.len() == drawn.count(), "no two that are drawn are of one owner");
			if record.outcome.is_some() {
				ensure!(record.runs.is_empty(), "what is judged is over");
			}
			for run in &record.runs {
				ensure!(run.round <= record.round, "nobody is ahead of the round");
				ensure!(engaged.insert((run.device, task, chunk)), "a device does a chunk once");
				sums.owe(&run.by, BOND, run.bond);
				if run.round == 0 {
					*sums.underway.entry((run.device, hour)).or_default() += contract.work.0;
				}
			}
		}
		for (interval, hours) in AnsweredFor::<T>::iter_values() {
			ensure!(hours > MicroGpuHours::ZERO, "who answers for nothing has no entry");
			let ahead = interval.since(T::Clock::current());
			ensure!(ahead <= 1, "devices enter for the next interval");
		}
		for (device, list) in Engagements::<T>::iter() {
			ensure!(!list.is_empty(), "an empty list is none");
			for Assignment { task, chunk } in list {
				ensure!(engaged.remove(&(device, task, chunk)), "a list has what its device does");
			}
		}
		ensure!(engaged.is_empty(), "what a device does is on its list");
		Ok(())
	}

	/// Contracts and their hours.
	fn check_contracts(sums: &mut Sums<T>) -> Result<(), TryRuntimeError> {
		let now = T::Clock::current();
		let mut bookings = 0usize;
		for (task, contract) in Contracts::<T>::iter() {
			ensure!(task < NextTask::<T>::get(), "a contract has an id that was given out");
			let proven = matches!(contract.method, Method::Proof { .. });
			let over = if proven { !Tasks::<T>::contains_key(task) } else { contract.cleared };
			ensure!(over == contract.cleared, "a contract knows whether its chunks are over");
			ensure!(!contract.cleared || contract.bookings > 0, "a contract that is over is gone");
			sums.owe(&contract.client, STORAGE, contract.deposit);
			let held = Self::held_for_chunks(&contract, contract.left)
				.map_err(|_| "what was held fits")?;
			sums.owe(&contract.client, REWARD, held);
			ensure!(contract.plan.is_sorted_by_key(|portion| portion.interval), "hours in order");

			let mut open = 0u32;
			let mut count = 0u32;
			let mut first = 0u32;
			for portion in &contract.plan {
				let end = first.saturating_add(portion.chunks);
				ensure!(portion.chunks > 0, "a portion has chunks");
				ensure!(portion.resold <= portion.chunks, "no more is given up than there is");
				ensure!(
					(contract.earliest..=contract.deadline).contains(&portion.interval),
					"hours are in the contract's time"
				);
				for chunk in first..end.saturating_sub(portion.resold) {
					let over = Replicated::<T>::get(task, chunk)
						.is_some_and(|record| record.outcome.is_some());
					open = open.saturating_add(u32::from(!over));
				}
				first = end;
				if let Some(booking) = Bookings::<T>::get(task, portion.interval) {
					count = count.saturating_add(1);
					let whole = Self::hours_of(&contract, portion.chunks)
						.map_err(|_| "hours that were bought fit")?;
					let resold = Self::hours_of(&contract, portion.resold)
						.map_err(|_| "hours that were bought fit")?;
					ensure!(booking.bought == whole, "chunks have their hours");
					ensure!(booking.resold == resold, "what is given up is sold");
					let kept = booking.bought.0.saturating_sub(booking.resold.0);
					ensure!(booking.asked.0 <= kept, "no more is asked for than there is");
					ensure!(booking.redeemed.0 <= kept, "no more is redeemed than there is");
					ensure!(booking.redeemed <= booking.asked, "what is redeemed was asked for");
					ensure!(booking.delivered <= booking.redeemed, "what is delivered was used");
					ensure!(
						!contract.method.is_open() || booking.asked.0 == kept,
						"all that can be done is asked for"
					);
					if !contract.method.is_open() && !contract.cleared {
						let places: u64 = (first.saturating_sub(portion.chunks)
							..first.saturating_sub(portion.resold))
							.filter_map(|chunk| Replicated::<T>::get(task, chunk))
							.map(|record| u64::from(record.asked))
							.sum();
						ensure!(
							booking.asked.0 == contract.work.0.saturating_mul(places),
							"what is asked for is of some place"
						);
					}
					if portion.interval >= now {
						let key = (contract.client.clone(), contract.claims, portion.interval);
						*sums.locked.entry(key).or_default() +=
							kept.saturating_sub(booking.redeemed.0);
					}
					if portion.interval >= AskedSince::<T>::get() {
						let key = (portion.interval, contract.claims);
						*sums.asked.entry(key).or_default() += booking.asked.0;
					}
				}
			}
			ensure!(first == contract.chunks, "every chunk has its hour");
			ensure!(count == contract.bookings, "a contract counts its intervals");
			bookings = bookings.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
			if !proven && !contract.cleared {
				ensure!(open == contract.left, "a contract counts its chunks");
			} else {
				ensure!(contract.left == 0, "a contract counts its chunks");
			}
		}
		ensure!(Bookings::<T>::iter().count() == bookings, "a booking has a contract");
		for ((who, claims, interval), hours) in &sums.locked {
			let reason = HoldReason::Hours.into();
			let locked = T::Claims::locked(reason, *claims, *interval, who);
			ensure!(locked == MicroGpuHours(*hours), "a contract's hours are locked");
		}
		for ((interval, claims), hours) in &sums.asked {
			// What is settled was asked for as well.
			let asked = Asked::<T>::get(interval, claims).0;
			ensure!(asked >= *hours, "what contracts ask for is counted");
			ensure!(*interval <= now || asked == *hours, "nothing else is counted");
		}
		for (interval, _, asked) in Asked::<T>::iter() {
			ensure!(interval >= AskedSince::<T>::get(), "what was asked for is swept");
			ensure!(asked > MicroGpuHours::ZERO, "nothing is asked for by nobody");
		}
		Ok(())
	}
}
