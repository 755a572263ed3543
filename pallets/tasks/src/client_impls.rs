//! What clients do: open, expire, close.

use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use pogcs_primitives::{
	records::{ChunkRecord, ChunkState, ModelRecord, TaskRecord},
	traits::{Devices, IntervalClock, TaskProofs},
	workload::MAX_PIXEL,
	ClassId, Interval, TaskId,
};
use sp_runtime::{
	traits::{CheckedMul, Zero},
	DispatchResult,
};

use crate::{pallet::*, utility_impls::is_canonical};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_model(record: ModelRecord) -> DispatchResult {
		ensure!(is_canonical(&record.commitment), Error::<T>::BadModel);
		let model = NextModel::<T>::get();
		NextModel::<T>::put(model.checked_add(1).ok_or(Error::<T>::Exhausted)?);
		Models::<T>::insert(model, record);
		Self::deposit_event(Event::ModelRegistered { model, commitment: record.commitment });
		Ok(())
	}

	pub(crate) fn do_open(
		client: T::AccountId,
		model: u32,
		class: ClassId,
		inputs: Inputs<T>,
		reward_per_chunk: BalanceOf<T>,
		deadline: Interval,
	) -> DispatchResult {
		ensure!(!reward_per_chunk.is_zero(), Error::<T>::NoReward);
		ensure!(reward_per_chunk >= T::MinReward::get(), Error::<T>::LowReward);
		ensure!(!inputs.is_empty(), Error::<T>::Empty);
		ensure!(
			inputs.iter().all(|images| images.iter().all(|pixel| *pixel <= MAX_PIXEL)),
			Error::<T>::BadPixel
		);
		let now = T::Clock::current();
		let horizon = now.checked_add(T::MaxHorizon::get()).ok_or(Error::<T>::Overflow)?;
		ensure!(deadline > now && deadline <= horizon, Error::<T>::BadDeadline);
		ensure!(T::Devices::has_class(class), Error::<T>::UnknownClass);
		let record = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(T::Proofs::is_usable(record.key), Error::<T>::KeyNotInUse);

		let chunks = u32::try_from(inputs.len()).map_err(|_| Error::<T>::Overflow)?;
		let times =
			|amount: BalanceOf<T>| amount.checked_mul(&chunks.into()).ok_or(Error::<T>::Overflow);
		let deposit = times(T::DepositPerChunk::get())?;
		T::Currency::hold(&HoldReason::Reward.into(), &client, times(reward_per_chunk)?)?;
		T::Currency::hold(&HoldReason::Storage.into(), &client, deposit)?;

		let task = NextTask::<T>::get();
		NextTask::<T>::put(TaskId(task.0.checked_add(1).ok_or(Error::<T>::Exhausted)?));
		for (chunk, input) in (0u32..).zip(inputs) {
			Chunks::<T>::insert(task, chunk, ChunkRecord { input, state: ChunkState::Open });
		}
		Tasks::<T>::insert(
			task,
			TaskRecord {
				client: client.clone(),
				model,
				class,
				reward_per_chunk,
				deposit,
				chunks,
				unpaid: chunks,
				deadline,
			},
		);
		Self::deposit_event(Event::Opened {
			task,
			client,
			model,
			chunks,
			reward_per_chunk,
			deadline,
		});
		Ok(())
	}

	pub(crate) fn do_expire(task: TaskId) -> DispatchResult {
		let record = Tasks::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		ensure!(T::Clock::current() > record.deadline, Error::<T>::NotOver);
		Self::end(task, record)
	}

	pub(crate) fn do_close(who: T::AccountId, task: TaskId) -> DispatchResult {
		let record = Tasks::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		let over = T::Clock::current() > record.deadline;
		ensure!(record.unpaid == 0 && (who == record.client || over), Error::<T>::NotOver);
		Self::end(task, record)
	}

	/// Gives back what is left and frees the storage: at most `MaxChunks` entries.
	fn end(task: TaskId, record: TaskOf<T>) -> DispatchResult {
		for chunk in 0..record.chunks {
			match Chunks::<T>::take(task, chunk).map(|chunk| chunk.state) {
				Some(
					ChunkState::Assigned { device, .. } | ChunkState::Committed { device, .. },
				) => Self::unassign(device, task, chunk),
				_ => {}
			}
		}
		let refunded = record
			.reward_per_chunk
			.checked_mul(&record.unpaid.into())
			.ok_or(Error::<T>::Overflow)?;
		let client = &record.client;
		T::Currency::release(&HoldReason::Reward.into(), client, refunded, Precision::Exact)?;
		T::Currency::release(
			&HoldReason::Storage.into(),
			client,
			record.deposit,
			Precision::Exact,
		)?;
		Tasks::<T>::remove(task);
		Self::deposit_event(Event::Closed { task, unpaid: record.unpaid, refunded });
		Ok(())
	}
}
