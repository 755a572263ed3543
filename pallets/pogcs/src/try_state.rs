//! What must always hold.

use alloc::collections::BTreeSet;
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use sp_runtime::{traits::Saturating, TryRuntimeError};

use crate::{
	Authorities, Authors, Config, HoldReason, IntervalRandomness, NextAuthorities, Pallet,
	RandomnessKept, Validators,
};

impl<T: Config> Pallet<T> {
	/// Stake and what waits for withdrawal are what is on hold; sets have weights, keys and
	/// accounts, each once; the randomness kept is the randomness listed.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (account, validator) in Validators::<T>::iter() {
			let owed = validator
				.unlocking
				.iter()
				.fold(validator.stake, |sum, (_, amount)| sum.saturating_add(*amount));
			let held = T::Currency::balance_on_hold(&HoldReason::Stake.into(), &account);
			ensure!(owed == held, "a validator's stake is on hold");
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
		Ok(())
	}
}
