//! Who does a chunk that several devices do: devices enter, and chance chooses.

use frame_support::ensure;
use pogcs_primitives::{
	contracts::{drawn, hour_of, ticket, Entrant, Method},
	jobs::Hash,
	records::DeviceState,
	traits::{IntervalClock, PromisedHours},
	DeviceId, Interval, MicroGpuHours, TaskId,
};
use sp_runtime::DispatchResult;

use crate::{pallet::*, types::*};

/// How many intervals before the draw's own are tried, if it passed without a block.
const SEEDS: u32 = 4;

impl<T: Config> Pallet<T> {
	/// A contract whose chunks several devices do, with a chunk of it.
	pub(crate) fn replicated(
		task: TaskId,
		chunk: u32,
	) -> Result<(ContractOf<T>, ReplicatedOf<T>), Error<T>> {
		let contract = Contracts::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		ensure!(matches!(contract.method, Method::Replication { .. }), Error::<T>::NotReplicated);
		ensure!(!contract.cleared, Error::<T>::UnknownTask);
		let interval = hour_of(&contract.plan, chunk).ok_or(Error::<T>::UnknownChunk)?;
		let record = Replicated::<T>::get(task, chunk).unwrap_or_else(|| ReplicatedOf::<T> {
			round: 0,
			interval,
			since: contract.opened,
			asked: if contract.method.is_open() { contract.method.copies() } else { 0 },
			entrants: Default::default(),
			runs: Default::default(),
			outcome: None,
		});
		Ok((contract, record))
	}

	/// The seed of a round's draw: what the blocks fixed of the interval two before its own. If the
	/// chain was down then, of the last one before it; never of one in which the round was not fixed
	/// yet.
	pub(crate) fn seed(record: &ReplicatedOf<T>) -> Option<Hash> {
		(0..SEEDS)
			.filter_map(|back| record.interval.checked_sub(back.saturating_add(2)))
			.filter(|interval| *interval > record.since)
			.find_map(T::Clock::randomness_of)
	}

	/// Places of the round that runs.
	pub(crate) fn places(contract: &ContractOf<T>, round: u8) -> u8 {
		if round == 0 {
			contract.method.copies()
		} else {
			1
		}
	}

	/// Who is drawn of those that entered.
	pub(crate) fn drawn_of(
		contract: &ContractOf<T>,
		record: &ReplicatedOf<T>,
	) -> alloc::vec::Vec<DeviceId> {
		drawn(&record.entrants, Self::places(contract, record.round).into())
	}

	/// A device's ticket for the round that runs, once the seed is known.
	pub(crate) fn ticket_of(device: DeviceId, task: TaskId, chunk: u32) -> Option<Hash> {
		let (_, record) = Self::replicated(task, chunk).ok()?;
		let seed = Self::seed(&record)?;
		Some(ticket(&seed, task, chunk, record.round, device))
	}

	pub(crate) fn do_enter(
		who: T::AccountId,
		device: DeviceId,
		task: TaskId,
		chunk: u32,
	) -> DispatchResult {
		let info = Self::device_of(&who, device)?;
		ensure!(
			matches!(info.state, DeviceState::Online | DeviceState::Running),
			Error::<T>::Offline
		);
		let (contract, mut record) = Self::replicated(task, chunk)?;
		ensure!(record.outcome.is_none(), Error::<T>::Decided);
		ensure!(info.class == contract.class, Error::<T>::WrongClass);
		ensure!(info.owner != contract.client, Error::<T>::OwnWork);
		let (now, interval) = (T::Clock::current(), record.interval);
		ensure!(now < interval, Error::<T>::EntryOver);
		ensure!(now.checked_add(1) == Some(interval), Error::<T>::EntryNotOpen);
		ensure!(interval > info.since, Error::<T>::Fresh);
		let owes = T::Promised::owes(device, contract.claims, interval);
		ensure!(record.round > 0 || owes >= contract.work, Error::<T>::NotOwed);
		let ran = record.runs.iter().any(|run| run.owner == info.owner);
		ensure!(!ran, Error::<T>::OwnerTwice);
		let seed = Self::seed(&record).ok_or(Error::<T>::NoSeed)?;
		let round = record.round;
		let ticket = ticket(&seed, task, chunk, round, device);

		let listed = record.entrants.iter().any(|other| other.owner == info.owner);
		if let Some(at) = record.entrants.iter().position(|other| other.owner == info.owner) {
			// Of one owner's devices the one with the lowest ticket.
			let higher = record.entrants.get(at).is_some_and(|other| ticket < other.ticket);
			ensure!(higher, Error::<T>::Outdrawn);
			record.entrants.remove(at);
		} else if record.entrants.is_full() {
			let higher = record.entrants.last().is_some_and(|other| ticket < other.ticket);
			ensure!(higher, Error::<T>::Outdrawn);
			record.entrants.pop();
		}
		let pool = T::Promised::pool_of(device);
		let at = record.entrants.partition_point(|other| other.ticket < ticket);
		record
			.entrants
			.try_insert(at, Entrant { ticket, device, owner: info.owner, pool })
			.map_err(|_| Error::<T>::Overflow)?;
		if round == 0 && !listed && record.asked < contract.method.copies() {
			Self::answer_for(device, task, &contract, &mut record, owes)?;
		}
		Replicated::<T>::insert(task, chunk, record);
		Self::deposit_event(Event::Entered { task, chunk, round, device, ticket });
		Ok(())
	}

	/// Work that takes content is asked for as far as somebody says that he has it, by entering, who
	/// owes as many hours himself. Otherwise one small device could say so of all the work there is.
	fn answer_for(
		device: DeviceId,
		task: TaskId,
		contract: &ContractOf<T>,
		record: &mut ReplicatedOf<T>,
		owes: MicroGpuHours,
	) -> DispatchResult {
		let interval = record.interval;
		// Devices enter for one interval only, the next.
		let before = AnsweredFor::<T>::get(device).filter(|(of, _)| *of == interval);
		let hours = before.map_or(MicroGpuHours::ZERO, |(_, hours)| hours);
		let after = hours.saturating_add(contract.work);
		if after > owes {
			return Ok(());
		}
		AnsweredFor::<T>::insert(device, (interval, after));
		Self::ask_for_place(task, contract, record, interval)
	}

	/// Counts the hours of one more place of a chunk as asked for.
	pub(crate) fn ask_for_place(
		task: TaskId,
		contract: &ContractOf<T>,
		record: &mut ReplicatedOf<T>,
		interval: Interval,
	) -> DispatchResult {
		record.asked = record.asked.checked_add(1).ok_or(Error::<T>::Overflow)?;
		Self::try_book(task, interval, |booking| {
			booking.asked = booking.asked.checked_add(contract.work)?;
			Some(())
		})?;
		Self::ask(contract.claims, interval, contract.work)
	}

	/// A round's interval and who may do its work now, for whoever wants to know.
	pub(crate) fn round_of(
		task: TaskId,
		chunk: u32,
	) -> Option<(Interval, alloc::vec::Vec<DeviceId>)> {
		let (contract, record) = Self::replicated(task, chunk).ok()?;
		let drawn = Self::drawn_of(&contract, &record);
		Some((record.interval, drawn))
	}
}
