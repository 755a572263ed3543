//! Bonding, unbonding and withdrawing stake; crediting verified work.

use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use pogcs_primitives::{
	traits::{Validators as ValidatorsTrait, WorkCredit},
	units::GramsPerKwh,
	MicroGpuHours,
};
use sp_consensus_pogcs::weight::carbon_scaled;
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, Saturating, Zero},
	DispatchError, DispatchResult,
};

use crate::{BalanceOf, Config, CurrentInterval, Error, Event, HoldReason, Pallet, Validators};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_bond(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::Zero);
		let known = Validators::<T>::get(&who);
		ensure!(
			known.is_some() || Validators::<T>::count() < T::MaxValidators::get(),
			Error::<T>::Full
		);
		let mut validator = known.unwrap_or_default();
		validator.stake = validator.stake.checked_add(&amount).ok_or(Error::<T>::Overflow)?;
		ensure!(validator.stake >= T::MinStake::get(), Error::<T>::Insufficient);
		T::Currency::hold(&HoldReason::Stake.into(), &who, amount)?;
		let stake = validator.stake;
		Validators::<T>::insert(&who, validator);
		Self::deposit_event(Event::Bonded { validator: who, amount, stake });
		Ok(())
	}

	pub(crate) fn do_unbond(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::Zero);
		let withdrawable = CurrentInterval::<T>::get()
			.checked_add(T::UnbondingEpochs::get())
			.ok_or(Error::<T>::Overflow)?;
		Validators::<T>::try_mutate(&who, |entry| {
			let validator = entry.as_mut().ok_or(Error::<T>::NotBonded)?;
			let left = validator.stake.checked_sub(&amount).ok_or(Error::<T>::Excessive)?;
			ensure!(left.is_zero() || left >= T::MinStake::get(), Error::<T>::Insufficient);
			validator.stake = left;
			validator
				.unlocking
				.try_push((withdrawable, amount))
				.map_err(|_| Error::<T>::Crowded)?;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::Unbonded { validator: who, amount, withdrawable });
		Ok(())
	}

	pub(crate) fn do_withdraw(who: T::AccountId) -> DispatchResult {
		let now = CurrentInterval::<T>::get();
		let amount = Validators::<T>::try_mutate_exists(&who, |entry| {
			let validator = entry.as_mut().ok_or(Error::<T>::NotBonded)?;
			let mut amount = BalanceOf::<T>::zero();
			validator.unlocking.retain(|(interval, part)| {
				let due = *interval <= now;
				if due {
					amount = amount.saturating_add(*part);
				}
				!due
			});
			ensure!(!amount.is_zero(), Error::<T>::Locked);
			if validator.stake.is_zero() && validator.unlocking.is_empty() {
				*entry = None;
			}
			Ok::<_, DispatchError>(amount)
		})?;
		T::Currency::release(&HoldReason::Stake.into(), &who, amount, Precision::Exact)?;
		Self::deposit_event(Event::Withdrawn { validator: who, amount });
		Ok(())
	}
}

impl<T: Config> WorkCredit<T::AccountId> for Pallet<T> {
	fn credit(who: &T::AccountId, work: MicroGpuHours, carbon: GramsPerKwh) {
		let counted = carbon_scaled(work, carbon, T::CarbonReference::get());
		// A validator that has left gets nothing: its devices' owners bind to another one.
		let Some(mut validator) = Validators::<T>::get(who) else { return };
		validator.delivered = validator.delivered.saturating_add(counted);
		Validators::<T>::insert(who, validator);
		Self::deposit_event(Event::WorkCredited { validator: who.clone(), work, counted });
	}
}

impl<T: Config> ValidatorsTrait<T::AccountId> for Pallet<T> {
	fn is_validator(account: &T::AccountId) -> bool {
		Validators::<T>::get(account).is_some_and(|v| !v.stake.is_zero())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(account: &T::AccountId) {
		use crate::Validator;
		Validators::<T>::insert(
			account,
			Validator { stake: T::MinStake::get().max(1u32.into()), ..Default::default() },
		);
	}
}
