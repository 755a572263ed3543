//! Batches: many reports under one root, a few of which are looked at.

use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{
		fungible::{BalancedHold, MutateHold},
		tokens::Precision,
		Get, OnUnbalanced,
	},
};
use pogcs_primitives::{
	batch::{climb, draw, Node, Shown},
	traits::{Devices, IntervalClock},
	Interval,
};
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{CheckedAdd, CheckedMul, Saturating},
	DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_submit_batch(
		leader: T::AccountId,
		interval: Interval,
		root: Node,
	) -> DispatchResult {
		Self::ensure_just_ended(interval)?;
		ensure!((1..=T::MaxBatch::get()).contains(&root.count), Error::<T>::BadSize);
		ensure!(root.places().is_some() && root.first <= root.last, Error::<T>::BadRoot);
		let deposit = T::DepositPerReport::get()
			.checked_mul(&root.count.into())
			.and_then(|deposit| deposit.checked_add(&T::BatchDeposit::get()))
			.ok_or(Error::<T>::Overflow)?;
		let due = frame_system::Pallet::<T>::block_number()
			.checked_add(&T::CheckBlocks::get())
			.ok_or(Error::<T>::Overflow)?;
		let batch = NextBatch::<T>::get();
		NextBatch::<T>::put(batch.checked_add(1).ok_or(Error::<T>::Overflow)?);
		T::Currency::hold(&HoldReason::Batch.into(), &leader, deposit)?;
		let record = Batch {
			leader: leader.clone(),
			interval,
			root,
			drawn_by: T::Clock::current(),
			due,
			deposit,
			state: BatchState::Pending,
		};
		Batches::<T>::insert(batch, record);
		Self::deposit_event(Event::BatchSubmitted { batch, leader, interval, root, due, deposit });
		Ok(())
	}

	pub(crate) fn do_show_batch(batch: u64, openings: &[Opening]) -> DispatchResult {
		let mut record = Batches::<T>::get(batch).ok_or(Error::<T>::UnknownBatch)?;
		ensure!(record.state == BatchState::Pending, Error::<T>::AlreadyShown);
		ensure!(!Self::is_void(&record), Error::<T>::Void);
		let places = Self::places_of(batch, &record).ok_or(Error::<T>::NotDrawn)?;
		ensure!(openings.len() == places.len(), Error::<T>::OtherReports);
		for (place, opening) in places.into_iter().zip(openings) {
			let (leaf, shown) = Self::find(&record, opening)?;
			let end = leaf.places().and_then(|places| shown.place.checked_add(places));
			ensure!(
				end.is_some_and(|end| (shown.place..end).contains(&place)),
				Error::<T>::OtherReports
			);
			let Opening { report, signature, .. } = opening;
			let info = T::Devices::device(report.device).ok_or(Error::<T>::UnknownDevice)?;
			Self::ensure_plausible(report, &info)?;
			// Who changed its key since cannot make an honest leader lose its deposit. Its report
			// cannot be opened any more either.
			if info.since < report.interval {
				Self::ensure_signed_by_device(report, signature, &info)?;
			}
		}
		let leader = record.leader.clone();
		let deposit = core::mem::take(&mut record.deposit);
		T::Currency::release(&HoldReason::Batch.into(), &leader, deposit, Precision::Exact)?;
		record.state = BatchState::Sound;
		Batches::<T>::insert(batch, record);
		Self::deposit_event(Event::BatchSound { batch, leader });
		Ok(())
	}

	pub(crate) fn do_open_report(batch: u64, opening: &Opening) -> DispatchResult {
		let record = Batches::<T>::get(batch).ok_or(Error::<T>::UnknownBatch)?;
		ensure!(!Self::is_void(&record), Error::<T>::Void);
		ensure!(record.interval >= Self::horizon(), Error::<T>::PastInterval);
		Self::find(&record, opening)?;
		Self::take(&opening.report, Some(&opening.signature))?;
		Self::deposit_event(Event::Opened { batch, device: opening.report.device });
		Ok(())
	}

	/// The places that were drawn from a batch, in order; `None` before they are.
	pub(crate) fn places_of(batch: u64, record: &BatchOf<T>) -> Option<Vec<u64>> {
		let randomness = T::Clock::randomness_of(record.drawn_by)?;
		let all = record.root.places()?;
		let places = (0..T::Checks::get())
			.map(|index| draw(&randomness, batch, index, all, blake2_256))
			.collect();
		Some(places)
	}

	/// The report's leaf, and where it stands in the batch.
	fn find(record: &BatchOf<T>, opening: &Opening) -> Result<(Node, Shown), Error<T>> {
		ensure!(opening.report.interval == record.interval, Error::<T>::OtherInterval);
		let leaf = Node::leaf(&opening.report, &opening.signature, blake2_256);
		let shown = climb(leaf, &opening.path, blake2_256).ok_or(Error::<T>::BadPath)?;
		ensure!(shown.root == record.root, Error::<T>::BadPath);
		Ok((leaf, shown))
	}

	/// Whether the time to show what was drawn is over.
	pub(crate) fn is_void(record: &BatchOf<T>) -> bool {
		record.state == BatchState::Pending
			&& frame_system::Pallet::<T>::block_number() > record.due
	}

	/// Takes the deposit of a leader that did not show what was drawn, and the batch with it.
	pub(crate) fn void(batch: u64, record: BatchOf<T>) {
		let Batch { leader, deposit, .. } = record;
		let (credit, missing) = T::Currency::slash(&HoldReason::Batch.into(), &leader, deposit);
		T::SlashDestination::on_unbalanced(credit);
		Batches::<T>::remove(batch);
		// Nothing is missing: the deposit is on hold.
		let lost = deposit.saturating_sub(missing);
		Self::deposit_event(Event::BatchVoided { batch, leader, lost });
	}
}
