//! Contracts: opening, giving hours up again, and their end.

use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use pogcs_primitives::{
	contracts::{Booking, Method, DRAW_LEAD},
	jobs::JobKind,
	ledger::Battery,
	records::{ChunkRecord, ChunkState, ClassRecord, ModelRecord, PoolKind, TaskRecord},
	traits::{DeviceClasses, HourLedger, HourMarket, IntervalClock, TaskProofs},
	units::{grams_per_gpu_hour, GramsPerGpuHour},
	workload::{Images, MAX_PIXEL},
	Interval, MicroGpuHours, MilliWattHours, MilligramsCo2, TaskId,
};
use sp_runtime::{
	traits::{CheckedAdd, CheckedMul, Convert, Zero},
	BoundedVec, DispatchError, DispatchResult,
};

use crate::{pallet::*, plan_impls::Wanted, types::*};

/// What a requirement comes to before anything is bought.
pub(crate) struct Terms<T: Config> {
	wanted: Wanted,
	method: Method,
	kind: JobKind,
	/// Hours of a chunk, for each device that does it.
	work: MicroGpuHours,
	/// On hold for each chunk, for further devices.
	reserve: BalanceOf<T>,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_open_contract(
		client: T::AccountId,
		requirement: RequirementOf<T>,
	) -> DispatchResult {
		let now = T::Clock::current();
		let terms = Self::terms(&requirement, now)?;
		let Terms { wanted, method, kind, work, reserve } = terms;
		let (plan, cost) = Self::plan(&wanted)?;
		ensure!(cost <= requirement.max_price, Error::<T>::Overpriced);
		let plan: BoundedVec<_, T::MaxSpan> =
			plan.try_into().map_err(|_| Error::<T>::BadDeadline)?;
		let bookings = u32::try_from(plan.len()).map_err(|_| Error::<T>::Overflow)?;
		let costs = Self::buy(&client, &wanted, &plan, requirement.max_price)?;

		let task = NextTask::<T>::get();
		NextTask::<T>::put(TaskId(task.0.checked_add(1).ok_or(Error::<T>::Exhausted)?));
		let chunks = wanted.chunks;
		let deposit = Self::contract_deposit(&method, chunks, bookings)?;
		let contract = ContractOf::<T> {
			client: client.clone(),
			class: requirement.class,
			claims: wanted.claims,
			green: requirement.green,
			method,
			chunks,
			work,
			pace: requirement.pace,
			earliest: requirement.earliest,
			deadline: requirement.deadline,
			carbon: requirement.carbon,
			opened: now,
			tip: requirement.tip,
			reserve,
			deposit,
			plan,
			left: if matches!(method, Method::Proof { .. }) { 0 } else { chunks },
			bookings,
			cleared: false,
		};
		Self::hold_for(&client, HoldReason::Storage, deposit)?;
		match requirement.work {
			Work::Proven { model, inputs } => Self::open_proven(task, &contract, model, inputs)?,
			Work::Replicated { .. } => {
				let held = Self::held_for_chunks(&contract, chunks)?;
				Self::hold_for(&client, HoldReason::Reward, held)?;
			}
		}
		for (portion, cost) in contract.plan.iter().zip(costs) {
			let hours = Self::hours_of(&contract, portion.chunks)?;
			let asked = if method.is_open() { hours } else { MicroGpuHours::ZERO };
			let booking = Booking { bought: hours, cost, asked, ..Default::default() };
			Bookings::<T>::insert(task, portion.interval, booking);
			Self::ask(contract.claims, portion.interval, asked)?;
			let interval = portion.interval;
			Self::deposit_event(Event::HoursBought { task, interval, hours, cost });
		}
		let hours = Self::hours_of(&contract, chunks)?;
		Self::deposit_event(Event::ContractOpened {
			task,
			client,
			kind,
			class: contract.class,
			claims: contract.claims,
			chunks,
			hours,
			deadline: contract.deadline,
		});
		Contracts::<T>::insert(task, contract);
		Ok(())
	}

	/// Checks a requirement.
	pub(crate) fn terms(
		requirement: &RequirementOf<T>,
		now: Interval,
	) -> Result<Terms<T>, Error<T>> {
		let Requirement { earliest, deadline, tip, class, .. } = requirement;
		ensure!(
			earliest > &now
				&& deadline >= earliest
				&& deadline.since(*earliest) < T::MaxSpan::get()
				&& deadline.since(now) <= T::MaxAhead::get(),
			Error::<T>::BadDeadline
		);
		ensure!(tip.is_zero() || *tip >= T::MinReward::get(), Error::<T>::LowReward);
		let record = T::Classes::class(*class).ok_or(Error::<T>::UnknownClass)?;
		let kind = if requirement.green { PoolKind::Green } else { PoolKind::Compute };
		let claims = T::ClaimClass::convert((kind, *class)).ok_or(Error::<T>::UnknownClass)?;
		let (method, kind, chunks, work, energy) = match &requirement.work {
			Work::Proven { model, inputs } => {
				let record = Self::usable_model(*model, inputs)?;
				let chunks = u32::try_from(inputs.len()).map_err(|_| Error::<T>::Overflow)?;
				let method = Method::Proof { model: *model };
				(method, JobKind::Inference, chunks, record.work, record.energy)
			}
			Work::Replicated { job, first, chunks, copies } => {
				ensure!(job.check().is_ok(), Error::<T>::BadJob);
				ensure!(*chunks > 0, Error::<T>::Empty);
				let end = u32::checked_add(*first, *chunks).ok_or(Error::<T>::Overflow)?;
				ensure!(end <= job.chunks(), Error::<T>::UnknownChunk);
				ensure!(*chunks <= T::MaxChunks::get(), Error::<T>::TooManyChunks);
				let most = T::MaxCopies::get();
				ensure!((2..=most).contains(&u32::from(*copies)), Error::<T>::BadCopies);
				ensure!(earliest.since(now) >= DRAW_LEAD, Error::<T>::NoTimeToDraw);
				// The first chunk of a job takes no less than any other.
				let work = job.cost(0, T::JobUnit::get()).ok_or(Error::<T>::Overflow)?;
				let method = Method::Replication { job: *job, first: *first, copies: *copies };
				(method, job.kind(), *chunks, work, T::JobEnergy::convert(work))
			}
		};
		ensure!(work <= T::MaxChunkWork::get(), Error::<T>::ChunkTooLarge);
		if let Some(ceiling) = requirement.carbon {
			// Who sold compute on any energy never promised less carbon.
			ensure!(requirement.green, Error::<T>::CeilingNeedsGreen);
			let least = Self::least_carbon(&record, energy, work).ok_or(Error::<T>::Overflow)?;
			ensure!(ceiling >= least, Error::<T>::CeilingTooLow);
		}
		let unit = work.0.checked_mul(method.copies().into()).ok_or(Error::<T>::Overflow)?;
		let reserve = match method {
			Method::Proof { .. } => Zero::zero(),
			Method::Replication { .. } => Self::bond(work)?,
		};
		let wanted = Wanted {
			claims,
			from: *earliest,
			until: *deadline,
			pace: requirement.pace,
			chunks,
			unit: MicroGpuHours(unit),
		};
		Ok(Terms { wanted, method, kind, work, reserve })
	}

	/// What work emits at most if its device runs on its own panel and battery alone: what whoever
	/// promised green compute can keep. All rounding of the energy ledger is up, by less than 3 mg.
	fn least_carbon(
		class: &ClassRecord,
		energy: MilliWattHours,
		work: MicroGpuHours,
	) -> Option<GramsPerGpuHour> {
		const ROUNDED: MilligramsCo2 = MilligramsCo2(3);
		let battery = Battery { capacity: class.storage, efficiency: class.storage_efficiency };
		let through = if class.storage_efficiency > 0 { battery.needed(energy) } else { energy };
		let carbon = class.carbon.of(through).saturating_add(ROUNDED);
		grams_per_gpu_hour(carbon, work).map(GramsPerGpuHour)
	}

	/// A model that work can be opened for, with inputs that it reads.
	pub(crate) fn usable_model(model: u32, inputs: &[Images]) -> Result<ModelRecord, Error<T>> {
		ensure!(!inputs.is_empty(), Error::<T>::Empty);
		ensure!(
			inputs.iter().all(|images| images.iter().all(|pixel| *pixel <= MAX_PIXEL)),
			Error::<T>::BadPixel
		);
		let record = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(T::Proofs::is_usable(record.key), Error::<T>::KeyNotInUse);
		Ok(record)
	}

	/// Opens the task of a contract whose chunks are proven: its reward is the tip.
	fn open_proven(
		task: TaskId,
		contract: &ContractOf<T>,
		model: u32,
		inputs: Inputs<T>,
	) -> DispatchResult {
		let deadline =
			contract.deadline.checked_add(T::ResultTime::get()).ok_or(Error::<T>::Overflow)?;
		let record = TaskRecord {
			client: contract.client.clone(),
			model,
			class: contract.class,
			reward_per_chunk: contract.tip,
			deposit: Self::times(T::DepositPerChunk::get(), contract.chunks)?,
			chunks: contract.chunks,
			unpaid: contract.chunks,
			deadline,
		};
		Self::insert_task(task, record, inputs)
	}

	/// Writes a task and its chunks, and holds what it owes.
	pub(crate) fn insert_task(
		task: TaskId,
		record: TaskOf<T>,
		inputs: Inputs<T>,
	) -> DispatchResult {
		let reward = Self::times(record.reward_per_chunk, record.chunks)?;
		Self::hold_for(&record.client, HoldReason::Reward, reward)?;
		Self::hold_for(&record.client, HoldReason::Storage, record.deposit)?;
		for (chunk, input) in (0u32..).zip(inputs) {
			Chunks::<T>::insert(task, chunk, ChunkRecord { input, state: ChunkState::Open });
		}
		Tasks::<T>::insert(task, record);
		Ok(())
	}

	fn contract_deposit(
		method: &Method,
		chunks: u32,
		bookings: u32,
	) -> Result<BalanceOf<T>, Error<T>> {
		let overflow = Error::<T>::Overflow;
		let bookings = Self::times(T::DepositPerBooking::get(), bookings)?;
		let chunks = match method {
			// The task has one of its own.
			Method::Proof { .. } => Zero::zero(),
			Method::Replication { .. } => Self::times(T::DepositPerReplica::get(), chunks)?,
		};
		T::DepositPerContract::get()
			.checked_add(&bookings)
			.and_then(|sum| sum.checked_add(&chunks))
			.ok_or(overflow)
	}

	/// What is on hold for the tips and further devices of so many chunks that several devices do.
	pub(crate) fn held_for_chunks(
		contract: &ContractOf<T>,
		chunks: u32,
	) -> Result<BalanceOf<T>, Error<T>> {
		let tips = Self::times(contract.tip, contract.method.copies().into())?;
		let each = tips.checked_add(&contract.reserve).ok_or(Error::<T>::Overflow)?;
		Self::times(each, chunks)
	}

	/// Hours of so many chunks, by all devices that do them.
	pub(crate) fn hours_of(
		contract: &ContractOf<T>,
		chunks: u32,
	) -> Result<MicroGpuHours, Error<T>> {
		let hours = contract.work.0.checked_mul(contract.method.copies().into());
		let hours = hours.and_then(|hours| hours.checked_mul(chunks.into()));
		hours.map(MicroGpuHours).ok_or(Error::<T>::Overflow)
	}

	pub(crate) fn times(amount: BalanceOf<T>, count: u32) -> Result<BalanceOf<T>, Error<T>> {
		amount.checked_mul(&count.into()).ok_or(Error::<T>::Overflow)
	}

	/// What a requirement would buy now.
	pub(crate) fn do_quote(requirement: &RequirementOf<T>) -> Option<Quote<BalanceOf<T>>> {
		let terms = Self::terms(requirement, T::Clock::current()).ok()?;
		let (plan, cost) = Self::plan(&terms.wanted).ok()?;
		let chunks = terms.wanted.chunks;
		let hours = terms.wanted.unit.0.checked_mul(chunks.into()).map(MicroGpuHours)?;
		let bookings = u32::try_from(plan.len()).ok()?;
		let deposit = Self::contract_deposit(&terms.method, chunks, bookings).ok()?;
		let tips = Self::times(requirement.tip, terms.method.copies().into()).ok()?;
		let each = tips.checked_add(&terms.reserve)?;
		let task = match terms.method {
			Method::Proof { .. } => Self::times(T::DepositPerChunk::get(), chunks).ok()?,
			Method::Replication { .. } => Zero::zero(),
		};
		let held = Self::times(each, chunks).ok()?.checked_add(&deposit)?.checked_add(&task)?;
		Some(Quote { plan, hours, cost, held })
	}

	pub(crate) fn do_resell(
		who: T::AccountId,
		task: TaskId,
		interval: Interval,
		chunks: u32,
		min_received: BalanceOf<T>,
	) -> DispatchResult {
		let mut contract = Contracts::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		ensure!(who == contract.client, Error::<T>::NotYours);
		ensure!(chunks > 0, Error::<T>::Empty);
		let mut booking = Bookings::<T>::get(task, interval).ok_or(Error::<T>::NotBooked)?;
		// Who sees the draw and then gives the hours up has chosen its devices.
		let gate = match contract.method {
			Method::Proof { .. } => 0,
			Method::Replication { .. } => DRAW_LEAD.saturating_sub(1),
		};
		ensure!(interval.since(T::Clock::current()) > gate, Error::<T>::GateClosed);
		let mut first = 0u32;
		let mut given_up = None;
		for portion in &mut contract.plan {
			let end = first.checked_add(portion.chunks).ok_or(Error::<T>::Overflow)?;
			if portion.interval == interval {
				let kept = end.checked_sub(portion.resold).ok_or(Error::<T>::Overflow)?;
				let from = kept.checked_sub(chunks).filter(|from| *from >= first);
				given_up = Some(from.ok_or(Error::<T>::NotBooked)?..kept);
				portion.resold = portion.resold.checked_add(chunks).ok_or(Error::<T>::Overflow)?;
				break;
			}
			first = end;
		}
		let given_up = given_up.ok_or(Error::<T>::NotBooked)?;

		let hours = Self::hours_of(&contract, chunks)?;
		T::Claims::unlock(HoldReason::Hours.into(), contract.claims, interval, &who, hours)
			.map_err(|_| Error::<T>::ClaimsRefused)?;
		let received = T::Market::sell(&who, contract.claims, interval, hours, min_received)
			.map_err(Self::market_refused)?;
		let overflow = Error::<T>::Overflow;
		booking.resold = booking.resold.checked_add(hours).ok_or(overflow)?;
		if contract.method.is_open() {
			booking.asked = booking
				.asked
				.checked_sub(hours)
				.ok_or(DispatchError::from(Error::<T>::Overflow))?;
			Self::ask_less(contract.claims, interval, hours)?;
		}
		match contract.method {
			Method::Proof { .. } => {
				let mut record = Tasks::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
				// At most `MaxChunks`.
				for chunk in given_up {
					Chunks::<T>::remove(task, chunk);
				}
				record.unpaid = record.unpaid.checked_sub(chunks).ok_or(Error::<T>::Overflow)?;
				let tips = Self::times(record.reward_per_chunk, chunks)?;
				Self::release_for(&who, HoldReason::Reward, tips)?;
				Tasks::<T>::insert(task, record);
			}
			Method::Replication { .. } => {
				let held = Self::held_for_chunks(&contract, chunks)?;
				Self::release_for(&who, HoldReason::Reward, held)?;
				contract.left = contract.left.checked_sub(chunks).ok_or(Error::<T>::Overflow)?;
			}
		}
		if booking.resold == booking.bought {
			Bookings::<T>::remove(task, interval);
			contract.bookings = contract.bookings.checked_sub(1).ok_or(Error::<T>::Overflow)?;
		} else {
			Bookings::<T>::insert(task, interval, booking);
		}
		Self::deposit_event(Event::Resold { task, interval, chunks, hours, received });
		Self::put_contract(task, contract)
	}

	/// Frees the storage of the chunks that several devices did, when all are over.
	pub(crate) fn clear(task: TaskId, mut contract: ContractOf<T>) -> DispatchResult {
		ensure!(!contract.cleared, Error::<T>::UnknownTask);
		// At most `MaxChunks`.
		for chunk in 0..contract.chunks {
			if let Some(record) = Replicated::<T>::take(task, chunk) {
				// Money of devices hangs on it.
				ensure!(record.outcome.is_some() || record.runs.is_empty(), Error::<T>::NotOver);
			}
		}
		let unpaid = contract.left;
		let refunded = Self::held_for_chunks(&contract, unpaid)?;
		Self::release_for(&contract.client, HoldReason::Reward, refunded)?;
		contract.left = 0;
		contract.cleared = true;
		Self::deposit_event(Event::Closed { task, unpaid, refunded });
		Self::put_contract(task, contract)
	}

	/// Writes a contract, or ends it if nothing of it is left.
	pub(crate) fn put_contract(task: TaskId, contract: ContractOf<T>) -> DispatchResult {
		if contract.cleared && contract.bookings == 0 {
			Self::release_for(&contract.client, HoldReason::Storage, contract.deposit)?;
			Contracts::<T>::remove(task);
			Self::deposit_event(Event::ContractEnded { task, deposit: contract.deposit });
		} else {
			Contracts::<T>::insert(task, contract);
		}
		Ok(())
	}

	/// Puts money on hold. Nothing is no hold.
	pub(crate) fn hold_for(
		who: &T::AccountId,
		reason: HoldReason,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		T::Currency::hold(&reason.into(), who, amount)
	}

	/// Gives money on hold back.
	pub(crate) fn release_for(
		who: &T::AccountId,
		reason: HoldReason,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		if !amount.is_zero() {
			T::Currency::release(&reason.into(), who, amount, Precision::Exact)?;
		}
		Ok(())
	}

	/// All portions of a contract, or none.
	pub(crate) fn plan_of(task: TaskId) -> Vec<pogcs_primitives::contracts::Portion> {
		Contracts::<T>::get(task).map(|contract| contract.plan.into_inner()).unwrap_or_default()
	}
}
