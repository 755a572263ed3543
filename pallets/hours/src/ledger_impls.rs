//! What is done to claims. Each function checks everything before it writes anything.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	traits::{ClaimTotals, ClaimsError, IntervalClock},
	ClassId, Interval, MicroGpuHours,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Claims can be moved, locked and burnt until their interval begins.
	fn ensure_open(interval: Interval) -> Result<(), ClaimsError> {
		ensure!(interval > T::Clock::current(), ClaimsError::Closed);
		Ok(())
	}

	fn ensure_worthwhile(holding: &Holding<T>) -> Result<(), ClaimsError> {
		ensure!(holding.held() >= T::MinimumHolding::get(), ClaimsError::Dust);
		Ok(())
	}

	pub(crate) fn holding(class: ClassId, interval: Interval, of: &T::AccountId) -> Holding<T> {
		Holdings::<T>::get((interval, of, class)).unwrap_or_default()
	}

	/// Writes a holding, or removes an empty one.
	fn store(class: ClassId, interval: Interval, of: &T::AccountId, holding: Holding<T>) {
		if holding.held() == MicroGpuHours::ZERO {
			Holdings::<T>::remove((interval, of, class));
		} else {
			Holdings::<T>::insert((interval, of, class), holding);
		}
	}

	pub(crate) fn do_mint(
		class: ClassId,
		interval: Interval,
		to: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::ensure_open(interval)?;
		ensure!(interval.since(T::Clock::current()) <= T::Horizon::get(), ClaimsError::TooFar);
		if amount == MicroGpuHours::ZERO {
			return Ok(());
		}
		let mut totals = Products::<T>::get(interval, class);
		totals.minted = totals.minted.checked_add(amount).ok_or(ClaimsError::Overflow)?;
		let mut holding = Self::holding(class, interval, to);
		holding.add(amount)?;
		Self::ensure_worthwhile(&holding)?;
		Products::<T>::insert(interval, class, totals);
		Self::store(class, interval, to, holding);
		Self::deposit_event(Event::Minted { class, interval, to: to.clone(), amount });
		Ok(())
	}

	pub(crate) fn do_burn(
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::ensure_open(interval)?;
		let burn = |totals: &mut ClaimTotals| {
			totals.burnt = totals.burnt.checked_add(amount)?;
			Some(())
		};
		if Self::consume(class, interval, from, Part::Free, amount, burn)? {
			Self::deposit_event(Event::Burnt { class, interval, from: from.clone(), amount });
		}
		Ok(())
	}

	pub(crate) fn do_redeem(
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		part: Part<T::LockReason>,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		ensure!(interval == T::Clock::current(), ClaimsError::NotRunning);
		let redeem = |totals: &mut ClaimTotals| {
			totals.redeemed = totals.redeemed.checked_add(amount)?;
			Some(())
		};
		if Self::consume(class, interval, from, part, amount, redeem)? {
			Self::deposit_event(Event::Redeemed { class, interval, from: from.clone(), amount });
		}
		Ok(())
	}

	/// Takes claims out of the world and counts them. Dust may be left: it made no new entry, and
	/// it goes with its interval. Whether anything was taken.
	fn consume(
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		part: Part<T::LockReason>,
		amount: MicroGpuHours,
		count: impl FnOnce(&mut ClaimTotals) -> Option<()>,
	) -> Result<bool, ClaimsError> {
		if amount == MicroGpuHours::ZERO {
			return Ok(false);
		}
		let mut holding = Self::holding(class, interval, from);
		holding.take(part, amount)?;
		let mut totals = Products::<T>::get(interval, class);
		count(&mut totals).ok_or(ClaimsError::Overflow)?;
		Products::<T>::insert(interval, class, totals);
		Self::store(class, interval, from, holding);
		Ok(true)
	}

	pub(crate) fn do_transfer(
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		part: Part<T::LockReason>,
		to: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::ensure_open(interval)?;
		if amount == MicroGpuHours::ZERO {
			return Ok(());
		}
		let mut source = Self::holding(class, interval, from);
		source.take(part, amount)?;
		if from == to {
			source.add(amount)?;
			Self::store(class, interval, from, source);
		} else {
			if source.held() != MicroGpuHours::ZERO {
				Self::ensure_worthwhile(&source)?;
			}
			let mut target = Self::holding(class, interval, to);
			target.add(amount)?;
			Self::ensure_worthwhile(&target)?;
			Self::store(class, interval, from, source);
			Self::store(class, interval, to, target);
		}
		Self::deposit_event(Event::Transferred {
			class,
			interval,
			from: from.clone(),
			to: to.clone(),
			amount,
		});
		Ok(())
	}

	pub(crate) fn do_lock(
		reason: T::LockReason,
		class: ClassId,
		interval: Interval,
		who: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::ensure_open(interval)?;
		if amount == MicroGpuHours::ZERO {
			return Ok(());
		}
		let mut holding = Self::holding(class, interval, who);
		holding.lock(reason, amount)?;
		Self::store(class, interval, who, holding);
		let who = who.clone();
		Self::deposit_event(Event::Locked { class, interval, who, reason, amount });
		Ok(())
	}

	/// In whatever interval: a pallet must always be able to let go.
	pub(crate) fn do_unlock(
		reason: T::LockReason,
		class: ClassId,
		interval: Interval,
		who: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		if amount == MicroGpuHours::ZERO {
			return Ok(());
		}
		let mut holding = Self::holding(class, interval, who);
		holding.take(Part::Locked(reason), amount)?;
		holding.add(amount)?;
		Self::store(class, interval, who, holding);
		let who = who.clone();
		Self::deposit_event(Event::Unlocked { class, interval, who, reason, amount });
		Ok(())
	}
}
