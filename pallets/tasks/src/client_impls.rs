//! What clients do: open, expire, close.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	records::{ChunkState, ModelRecord, TaskRecord},
	traits::{Devices, IntervalClock},
	ClassId, Interval, TaskId,
};
use sp_runtime::{traits::Zero, DispatchResult};

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
		let now = T::Clock::current();
		let horizon = now.checked_add(T::MaxHorizon::get()).ok_or(Error::<T>::Overflow)?;
		ensure!(deadline > now && deadline <= horizon, Error::<T>::BadDeadline);
		ensure!(T::Devices::has_class(class), Error::<T>::UnknownClass);
		Self::usable_model(model, &inputs)?;

		let chunks = u32::try_from(inputs.len()).map_err(|_| Error::<T>::Overflow)?;
		let task = NextTask::<T>::get();
		NextTask::<T>::put(TaskId(task.0.checked_add(1).ok_or(Error::<T>::Exhausted)?));
		let record = TaskRecord {
			client: client.clone(),
			model,
			class,
			reward_per_chunk,
			deposit: Self::times(T::DepositPerChunk::get(), chunks)?,
			chunks,
			unpaid: chunks,
			deadline,
		};
		Self::insert_task(task, record, inputs)?;
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
		let now = T::Clock::current();
		if let Some(record) = Tasks::<T>::get(task) {
			ensure!(now > record.deadline, Error::<T>::NotOver);
			return Self::end(task, record);
		}
		let contract = Contracts::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		let late = now.since(contract.deadline) > T::ResultTime::get();
		ensure!(late, Error::<T>::NotOver);
		Self::clear(task, contract)
	}

	pub(crate) fn do_close(who: T::AccountId, task: TaskId) -> DispatchResult {
		let now = T::Clock::current();
		if let Some(record) = Tasks::<T>::get(task) {
			let over = now > record.deadline;
			ensure!(record.unpaid == 0 && (who == record.client || over), Error::<T>::NotOver);
			return Self::end(task, record);
		}
		let contract = Contracts::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		let over = now.since(contract.deadline) > T::ResultTime::get();
		ensure!(contract.left == 0 && (who == contract.client || over), Error::<T>::NotOver);
		Self::clear(task, contract)
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
		let refunded = Self::times(record.reward_per_chunk, record.unpaid)?;
		let client = &record.client;
		Self::release_for(client, HoldReason::Reward, refunded)?;
		Self::release_for(client, HoldReason::Storage, record.deposit)?;
		Tasks::<T>::remove(task);
		Self::deposit_event(Event::Closed { task, unpaid: record.unpaid, refunded });
		if let Some(mut contract) = Contracts::<T>::get(task) {
			// What is not settled of its hours goes on.
			contract.cleared = true;
			Self::put_contract(task, contract)?;
		}
		Ok(())
	}
}
