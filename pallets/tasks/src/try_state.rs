//! What must always hold.

use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use pogcs_primitives::records::{Assignment, ChunkState};
use sp_runtime::{
	traits::{CheckedMul, Saturating, Zero},
	TryRuntimeError,
};

use crate::pallet::*;

impl<T: Config> Pallet<T> {
	/// What is on hold is what clients owe; unpaid counts are right; each device's list has exactly
	/// the chunks that name it.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut owed = BTreeMap::<T::AccountId, (BalanceOf<T>, BalanceOf<T>)>::new();
		let mut assigned = 0usize;
		let mut chunks = 0usize;
		for (task, record) in Tasks::<T>::iter() {
			ensure!(task < NextTask::<T>::get(), "a task has an id that was given out");
			let mut unpaid = 0u32;
			for chunk in 0..record.chunks {
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
					}
				}
				unpaid = unpaid.saturating_add(1);
			}
			ensure!(unpaid == record.unpaid, "unpaid chunks are counted");
			let reward = record
				.reward_per_chunk
				.checked_mul(&unpaid.into())
				.ok_or("a reward that was held fits")?;
			let sums = owed.entry(record.client).or_insert((Zero::zero(), Zero::zero()));
			sums.0 = sums.0.saturating_add(reward);
			sums.1 = sums.1.saturating_add(record.deposit);
		}
		ensure!(Chunks::<T>::iter().count() == chunks, "a chunk has a task");
		let listed: usize = Assignments::<T>::iter().map(|(_, list)| list.len()).sum();
		ensure!(listed == assigned, "a list has no chunk twice or too many");
		for (client, (reward, deposit)) in owed {
			let held = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), &client);
			ensure!(held(HoldReason::Reward) == reward, "rewards are on hold");
			ensure!(held(HoldReason::Storage) == deposit, "deposits are on hold");
		}
		Ok(())
	}
}
