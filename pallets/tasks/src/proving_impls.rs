//! Proof and payment.

use frame_support::{
	ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use pogcs_primitives::{
	records::ChunkState,
	traits::{
		DeliveredWork, Delivery, Devices, Energy, EnergyError, IntervalClock, Refusal, TaskProofs,
		WorkCredit,
	},
	wire::Submission,
	workload::digits,
	TaskId,
};
use pogcs_proof::{Reason, Statement};
use sp_runtime::{traits::Zero, DispatchResult};

use crate::{hours_impls::Done, pallet::*, utility_impls::is_canonical};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_prove(task: TaskId, chunk: u32, submission: &Submission) -> DispatchResult {
		let mut record = Tasks::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		let mut entry = Chunks::<T>::get(task, chunk).ok_or(Error::<T>::UnknownChunk)?;
		let now = T::Clock::current();
		ensure!(now <= record.deadline, Error::<T>::Expired);
		let (device, interval, work_commitment, given) = match entry.state {
			ChunkState::Committed { device, interval, work, given } => {
				(device, interval, work, given)
			}
			ChunkState::Paid { .. } => return Err(Error::<T>::Spent.into()),
			_ => return Err(Error::<T>::NotCommitted.into()),
		};
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		let model = Models::<T>::get(record.model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(is_canonical(&submission.nullifier), Error::<T>::NonCanonical);
		ensure!(submission.green >= model.energy, Error::<T>::LittleEnergy);
		ensure!(now > interval, Error::<T>::TooEarly);
		let challenge = T::Clock::randomness_of(interval).ok_or(Error::<T>::TooLate)?;
		let metered = T::Energy::interval(device, interval).ok_or(Error::<T>::NoReport)?;
		// The class's own where compute drew nothing: then the work used nothing either.
		let class = info.record.carbon;
		let intensity = metered.intensity().unwrap_or(class);
		let carbon = metered.carbon_of(submission.green).unwrap_or(class.of(submission.green));
		let contract = Contracts::<T>::get(task);
		if let Some(contract) = &contract {
			// Later its hours count as missed.
			ensure!(now.since(interval) <= T::ResultTime::get(), Error::<T>::TooLate);
			ensure!(Self::is_clean(contract, carbon), Error::<T>::TooMuchCarbon);
		}

		let statement = Statement {
			chain: frame_system::Pallet::<T>::block_hash(
				frame_system::pallet_prelude::BlockNumberFor::<T>::zero(),
			)
			.into(),
			task,
			chunk,
			device: info.commitment,
			interval,
			model: model.commitment,
			input: entry.input,
			scores: submission.scores,
			work_commitment,
			challenge,
			energy_root: metered.root,
			green_supply: metered.green_supply,
			green_draw: metered.green_draw,
			green: submission.green,
			work: model.work,
			nullifier: submission.nullifier,
		};
		// The cheap refusal before the dear one.
		T::Energy::draw_down(device, interval, submission.green).map_err(|e| match e {
			EnergyError::NotReported => Error::<T>::NoReport,
			EnergyError::Insufficient => Error::<T>::Insufficient,
		})?;
		T::Proofs::verify_and_consume(model.key, &submission.proof, &statement)
			.map_err(refused::<T>)?;

		// A contract need not give a tip.
		if !record.reward_per_chunk.is_zero() {
			T::Currency::transfer_on_hold(
				&HoldReason::Reward.into(),
				&record.client,
				&info.owner,
				record.reward_per_chunk,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Polite,
			)?;
		}
		T::WorkCredit::credit(&info.validator, model.work, intensity);

		entry.state = ChunkState::Paid {
			device,
			interval,
			scores: submission.scores,
			energy: submission.green,
		};
		Chunks::<T>::insert(task, chunk, entry);
		record.unpaid = record.unpaid.checked_sub(1).ok_or(Error::<T>::Overflow)?;
		let amount = record.reward_per_chunk;
		Tasks::<T>::insert(task, &record);
		Self::unassign(device, task, chunk);
		// The green energy was drawn down above.
		match &contract {
			Some(contract) => {
				let done = Done { device, interval, carbon, green: true, assigned: given };
				Self::deliver(task, contract, done)?;
			}
			None => T::Spot::delivered(Delivery {
				device,
				client: &record.client,
				interval,
				work: model.work,
				carbon,
				green: true,
				assigned: given,
			}),
		}
		Self::deposit_event(Event::Paid {
			task,
			chunk,
			device,
			owner: info.owner,
			amount,
			digits: digits(&submission.scores),
			work: model.work,
			energy: submission.green,
			carbon,
		});
		Ok(())
	}
}

/// A refusal as a named error of this pallet.
fn refused<T: Config>(refusal: Refusal<Reason>) -> Error<T> {
	match refusal {
		Refusal::UnknownKey | Refusal::InactiveKey | Refusal::DevelopmentKey => {
			Error::<T>::KeyNotInUse
		}
		Refusal::Spent => Error::<T>::Spent,
		Refusal::Invalid(Reason::OutOfRange) => Error::<T>::OutOfRange,
		Refusal::Invalid(Reason::Refused) => Error::<T>::ProofRefused,
		Refusal::Invalid(_) => Error::<T>::MalformedProof,
	}
}
