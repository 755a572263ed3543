//! What must always hold.

use alloc::collections::BTreeSet;
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use sp_runtime::{traits::Saturating, TryRuntimeError};

use crate::{
	Authorities, Authors, Barred, BlockMixes, BlocksMade, Config, CurrentInterval, FinalitySet,
	History, HistoryKept, HoldReason, IntervalRandomness, NextAuthorities, NextSeats, Pallet,
	RandomnessKept, Validators, VoterHistory, VotersKept,
};

impl<T: Config> Pallet<T> {
	/// Stake and what waits for withdrawal are what is on hold; sets have weights, keys and
	/// accounts, each once; the randomness and the sets kept are those listed; somebody may author.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (account, validator) in Validators::<T>::iter() {
			let owed = validator
				.unlocking
				.iter()
				.fold(validator.stake, |sum, (_, amount)| sum.saturating_add(*amount));
			let held = T::Currency::balance_on_hold(&HoldReason::Stake.into(), &account);
			ensure!(owed == held, "a validator's stake is on hold");
			ensure!(
				validator.quota.used <= T::MaintenanceEpochs::get(),
				"nobody declares more maintenance than the quota"
			);
			ensure!(
				validator.maintenance.is_none_or(|declared| declared.from < declared.until),
				"a maintenance has a length"
			);
		}
		ensure!(Validators::<T>::count() <= T::MaxValidators::get(), "too many validators");
		ensure!(
			Authors::<T>::decode_len() == Authorities::<T>::decode_len(),
			"each authority has an account"
		);
		for set in [Authorities::<T>::get(), NextAuthorities::<T>::get()] {
			ensure!(set.iter().all(|(_, weight)| *weight > 0), "nobody in a set weighs nothing");
			let keys: BTreeSet<_> = set.iter().map(|(key, _)| *key).collect();
			ensure!(keys.len() == set.len(), "a key stands once in a set");
		}
		let kept = RandomnessKept::<T>::get();
		ensure!(
			kept.iter().all(IntervalRandomness::<T>::contains_key)
				&& IntervalRandomness::<T>::iter().count() == kept.len(),
			"randomness is kept for the intervals listed"
		);
		ensure!(
			BlockMixes::<T>::iter().count()
				<= usize::try_from(T::BlockRandomnessHistory::get()).unwrap_or(usize::MAX),
			"randomness is kept for so many blocks"
		);
		Self::try_history()?;
		let (barred, authors) = (Barred::<T>::get(), Authors::<T>::get());
		ensure!(barred.windows(2).all(|pair| pair[0] < pair[1]), "barred places are in order");
		ensure!(
			authors.is_empty() || barred.len() < authors.len(),
			"an authority is left that may author"
		);
		ensure!(
			barred
				.last()
				.is_none_or(|last| usize::try_from(*last).is_ok_and(|at| at < authors.len())),
			"who is barred is in the set"
		);
		ensure!(BlocksMade::<T>::get().len() == authors.len(), "each author's blocks are counted");
		Ok(())
	}

	/// The sets kept are those listed, and the last of them are the running ones.
	fn try_history() -> Result<(), TryRuntimeError> {
		let kept = HistoryKept::<T>::get();
		ensure!(kept.windows(2).all(|pair| pair[0] < pair[1]), "epochs are kept in order");
		ensure!(
			kept.iter().all(History::<T>::contains_key)
				&& History::<T>::iter().count() == kept.len(),
			"sets are kept for the epochs listed"
		);
		let voters = VotersKept::<T>::get();
		ensure!(
			voters.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1),
			"finality sets are kept in order"
		);
		ensure!(
			voters.iter().all(|(set, _)| VoterHistory::<T>::contains_key(set))
				&& VoterHistory::<T>::iter().count() == voters.len(),
			"finality sets are kept as listed"
		);
		let Some(last) = kept.last() else { return Ok(()) };
		ensure!(*last == CurrentInterval::<T>::get(), "the epoch that runs is kept");
		ensure!(
			voters.last() == Some(&(T::Finality::set_id(), *last)),
			"the finality set that votes is kept"
		);
		let seats = History::<T>::get(last).unwrap_or_default();
		let authorities = Authorities::<T>::get();
		ensure!(
			seats.len() == authorities.len()
				&& seats
					.iter()
					.zip(Authors::<T>::get())
					.all(|(seat, author)| seat.account == author)
				&& seats
					.iter()
					.zip(&authorities)
					.all(|(seat, (key, weight))| seat.key == key.0 && seat.weight == *weight),
			"the set kept of the epoch that runs is the running one"
		);
		ensure!(
			NextSeats::<T>::get()
				.iter()
				.map(|seat| (seat.key, seat.weight))
				.eq(NextAuthorities::<T>::get().iter().map(|(key, weight)| (key.0, *weight))),
			"the announced set is the one whose stake is known"
		);
		Ok(())
	}
}
