//! What is done to claims. Each function checks everything before it writes anything.

use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	traits::{ClaimTotals, ClaimsError, IntervalClock},
	ClassId, Interval, MicroGpuHours,
};

use crate::{pallet::*, types::*};

/// Where a holding is.
struct Spot<T: Config> {
	at: u32,
	place: u8,
	span: Span<T>,
}

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
		let (span, place) = place_of(interval);
		at_place(&Holdings::<T>::get((span, of, class)), place)
	}

	/// A holding, and the span in which it is.
	fn find(class: ClassId, interval: Interval, of: &T::AccountId) -> (Holding<T>, Spot<T>) {
		let (at, place) = place_of(interval);
		let span = Holdings::<T>::get((at, of, class));
		(at_place(&span, place), Spot { at, place, span })
	}

	/// Writes a holding where it was found, or removes an empty one.
	fn store(class: ClassId, of: &T::AccountId, spot: Spot<T>, holding: Holding<T>) {
		let Spot { at, place, mut span } = spot;
		put_at(&mut span, place, holding);
		Self::save(class, at, of, span);
	}

	/// Writes what an account holds in a span, or removes an empty one.
	fn save(class: ClassId, at: u32, of: &T::AccountId, span: Span<T>) {
		if span.is_empty() {
			Holdings::<T>::remove((at, of, class));
		} else {
			Holdings::<T>::insert((at, of, class), span);
		}
	}

	/// Moves what is free at a place of one account's span to that of another's.
	fn move_free(
		source: &mut Span<T>,
		target: &mut Span<T>,
		place: u8,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		let mut left = at_place(source, place);
		left.take(Part::Free, amount)?;
		if left.held() != MicroGpuHours::ZERO {
			Self::ensure_worthwhile(&left)?;
		}
		let mut more = at_place(target, place);
		more.add(amount)?;
		Self::ensure_worthwhile(&more)?;
		put_at(source, place, left);
		put_at(target, place, more);
		Ok(())
	}

	/// Moves claims of several intervals; each span is read and written once. All or nothing.
	pub(crate) fn do_transfer_each(
		class: ClassId,
		from: &T::AccountId,
		to: &T::AccountId,
		parts: &[(Interval, MicroGpuHours)],
	) -> Result<(), ClaimsError> {
		if let [(interval, amount)] = parts {
			return Self::do_transfer(class, *interval, from, Part::Free, to, *amount);
		}
		if from == to {
			for (interval, amount) in parts {
				Self::do_transfer(class, *interval, from, Part::Free, to, *amount)?;
			}
			return Ok(());
		}
		let now = T::Clock::current();
		let mut spans: Vec<(u32, Span<T>, Span<T>)> = Vec::new();
		for (interval, amount) in parts {
			ensure!(*interval > now, ClaimsError::Closed);
			if *amount == MicroGpuHours::ZERO {
				continue;
			}
			let (at, place) = place_of(*interval);
			// Mostly that of the interval before.
			let known = spans.iter().rposition(|(known, ..)| *known == at);
			let known = known.unwrap_or_else(|| {
				let source = Holdings::<T>::get((at, from, class));
				spans.push((at, source, Holdings::<T>::get((at, to, class))));
				spans.len().saturating_sub(1)
			});
			if let Some((_, source, target)) = spans.get_mut(known) {
				Self::move_free(source, target, place, *amount)?;
			}
		}
		for (at, source, target) in spans {
			Self::save(class, at, from, source);
			Self::save(class, at, to, target);
		}
		if parts.iter().any(|(_, amount)| *amount != MicroGpuHours::ZERO) {
			let parts = parts.to_vec();
			let (from, to) = (from.clone(), to.clone());
			Self::deposit_event(Event::TransferredEach { class, from, to, parts });
		}
		Ok(())
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
		let (mut holding, spot) = Self::find(class, interval, to);
		holding.add(amount)?;
		Self::ensure_worthwhile(&holding)?;
		Products::<T>::insert(interval, class, totals);
		Self::store(class, to, spot, holding);
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
		let (mut holding, spot) = Self::find(class, interval, from);
		holding.take(part, amount)?;
		let mut totals = Products::<T>::get(interval, class);
		count(&mut totals).ok_or(ClaimsError::Overflow)?;
		Products::<T>::insert(interval, class, totals);
		Self::store(class, from, spot, holding);
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
		let (mut source, left) = Self::find(class, interval, from);
		source.take(part, amount)?;
		if from == to {
			source.add(amount)?;
			Self::store(class, from, left, source);
		} else {
			if source.held() != MicroGpuHours::ZERO {
				Self::ensure_worthwhile(&source)?;
			}
			let (mut target, right) = Self::find(class, interval, to);
			target.add(amount)?;
			Self::ensure_worthwhile(&target)?;
			Self::store(class, from, left, source);
			Self::store(class, to, right, target);
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
		let (mut holding, spot) = Self::find(class, interval, who);
		holding.lock(reason, amount)?;
		Self::store(class, who, spot, holding);
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
		let (mut holding, spot) = Self::find(class, interval, who);
		holding.take(Part::Locked(reason), amount)?;
		holding.add(amount)?;
		Self::store(class, who, spot, holding);
		let who = who.clone();
		Self::deposit_event(Event::Unlocked { class, interval, who, reason, amount });
		Ok(())
	}
}
