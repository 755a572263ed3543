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
	traits::{CheckedAdd, CheckedMul, Convert, Saturating, Zero},
	DispatchResult,
};

use crate::{pallet::*, types::*};

/// How many intervals without a block are passed by in the search for one that draws.
pub(crate) const MOST_SKIPPED: u32 = 24;

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
			drawn_by: T::Clock::current().checked_add(1).ok_or(Error::<T>::Overflow)?,
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
			// A leader knows who came into this interval: it can leave them out.
			ensure!(info.since != report.interval, Error::<T>::BeforeRegistration);
			// Who changed its key or moved since cannot make an honest leader lose its deposit. Its
			// report cannot be opened any more either.
			if info.since < report.interval {
				Self::ensure_sunny(report, &info)?;
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

	pub(crate) fn do_open_report(
		who: T::AccountId,
		batch: u64,
		opening: &Opening,
	) -> DispatchResult {
		let record = Batches::<T>::get(batch).ok_or(Error::<T>::UnknownBatch)?;
		ensure!(!Self::is_void(&record), Error::<T>::Void);
		let info = T::Devices::device(opening.report.device).ok_or(Error::<T>::UnknownDevice)?;
		// In which order a device's intervals come on record decides what its battery has: a stranger
		// could open a later one first.
		ensure!(
			who == record.leader
				|| who == info.owner
				|| info.manager.as_ref() == Some(&who)
				|| who == T::DeviceAccount::convert(info.key),
			Error::<T>::NotOpener
		);
		ensure!(record.interval >= Self::horizon(), Error::<T>::PastInterval);
		Self::find(&record, opening)?;
		Self::take(&opening.report, Some(&opening.signature))?;
		Self::deposit_event(Event::Opened { batch, device: opening.report.device });
		Ok(())
	}

	/// What draws from a batch: the randomness of the first interval that began after it was submitted.
	/// In the one in which it was submitted, whoever wrote the last block knew all randomness before it
	/// chose what to submit. An interval without a block has none, and the next one takes its place.
	fn randomness_for(record: &BatchOf<T>) -> Option<[u8; 32]> {
		let end = T::Clock::current().0.min(record.drawn_by.0.saturating_add(MOST_SKIPPED));
		(record.drawn_by.0..end).find_map(|interval| T::Clock::randomness_of(Interval(interval)))
	}

	/// The places that were drawn from a batch, in order; `None` before they are.
	pub(crate) fn places_of(batch: u64, record: &BatchOf<T>) -> Option<Vec<u64>> {
		let randomness = Self::randomness_for(record)?;
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

	/// Ends a batch that was not shown in time, and takes the leader's deposit. If nothing was drawn, as
	/// when the chain stood still for long, there was nothing to show and the deposit goes back.
	pub(crate) fn void(batch: u64, record: BatchOf<T>) {
		let reason = HoldReason::Batch.into();
		let drawn = Self::randomness_for(&record).is_some();
		let Batch { leader, deposit, .. } = record;
		let lost = if drawn {
			let (credit, missing) = T::Currency::slash(&reason, &leader, deposit);
			T::SlashDestination::on_unbalanced(credit);
			// Nothing is missing: the deposit is on hold.
			deposit.saturating_sub(missing)
		} else {
			// As above; and what cannot be released stays on hold, where it does no harm.
			let _ = T::Currency::release(&reason, &leader, deposit, Precision::BestEffort);
			Zero::zero()
		};
		Batches::<T>::remove(batch);
		Self::deposit_event(Event::BatchVoided { batch, leader, lost });
	}
}
