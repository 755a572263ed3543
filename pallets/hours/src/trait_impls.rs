//! What other pallets may do with the ledger.

use pogcs_primitives::{
	traits::{ClaimTotals, ClaimsError, HourClaims, HourLedger},
	ClassId, Interval, MicroGpuHours,
};

use crate::{pallet::*, types::*};

impl<T: Config> HourClaims<T::AccountId> for Pallet<T> {
	fn mint(
		class: ClassId,
		interval: Interval,
		to: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_mint(class, interval, to, amount)
	}

	fn burn(
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_burn(class, interval, from, amount)
	}

	/// What is not locked: what `burn` and `transfer` could take.
	fn balance(class: ClassId, interval: Interval, of: &T::AccountId) -> MicroGpuHours {
		Self::holding(class, interval, of).free
	}
}

impl<T: Config> HourLedger<T::AccountId> for Pallet<T> {
	type Reason = T::LockReason;

	fn transfer(
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_transfer(class, interval, from, Part::Free, to, amount)
	}

	fn transfer_each(
		class: ClassId,
		from: &T::AccountId,
		to: &T::AccountId,
		parts: &[(Interval, MicroGpuHours)],
	) -> Result<(), ClaimsError> {
		Self::do_transfer_each(class, from, to, parts)
	}

	fn lock(
		reason: T::LockReason,
		class: ClassId,
		interval: Interval,
		who: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_lock(reason, class, interval, who, amount)
	}

	fn unlock(
		reason: T::LockReason,
		class: ClassId,
		interval: Interval,
		who: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_unlock(reason, class, interval, who, amount)
	}

	fn transfer_locked(
		reason: T::LockReason,
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		to: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_transfer(class, interval, from, Part::Locked(reason), to, amount)
	}

	fn redeem(
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_redeem(class, interval, from, Part::Free, amount)
	}

	fn redeem_locked(
		reason: T::LockReason,
		class: ClassId,
		interval: Interval,
		from: &T::AccountId,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		Self::do_redeem(class, interval, from, Part::Locked(reason), amount)
	}

	fn locked(
		reason: T::LockReason,
		class: ClassId,
		interval: Interval,
		of: &T::AccountId,
	) -> MicroGpuHours {
		Self::holding(class, interval, of).locked(reason)
	}

	fn held(class: ClassId, interval: Interval, of: &T::AccountId) -> MicroGpuHours {
		Self::holding(class, interval, of).held()
	}

	fn totals(class: ClassId, interval: Interval) -> ClaimTotals {
		Products::<T>::get(interval, class)
	}
}

impl<T> From<ClaimsError> for Error<T> {
	fn from(error: ClaimsError) -> Self {
		match error {
			ClaimsError::Closed => Self::Closed,
			ClaimsError::Insufficient => Self::Insufficient,
			ClaimsError::Overflow => Self::Overflow,
			ClaimsError::TooFar => Self::TooFar,
			ClaimsError::Dust => Self::Dust,
			ClaimsError::Crowded => Self::Crowded,
			ClaimsError::NotRunning => Self::NotRunning,
		}
	}
}
