//! Money: held for a reason, released, taken.

use frame_support::traits::{
	fungible::{Balanced, BalancedHold, MutateHold},
	tokens::{Fortitude, Precision, Preservation},
	Imbalance, OnUnbalanced,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Puts `amount` on hold.
	pub(crate) fn hold(
		reason: HoldReason,
		who: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		T::Currency::hold(&reason.into(), who, amount)
	}

	/// Frees `amount`, all of which is on hold.
	pub(crate) fn release(
		reason: HoldReason,
		who: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		// A hold of nothing does not exist.
		if !amount.is_zero() {
			T::Currency::release(&reason.into(), who, amount, Precision::Exact)?;
		}
		Ok(())
	}

	/// Makes what is on hold `to` instead of `from`.
	pub(crate) fn refit(
		reason: HoldReason,
		who: &T::AccountId,
		from: BalanceOf<T>,
		to: BalanceOf<T>,
	) -> DispatchResult {
		if to > from {
			Self::hold(reason, who, to.saturating_sub(from))
		} else {
			Self::release(reason, who, from.saturating_sub(to))
		}
	}

	/// Takes what is on hold for cause: how much it came to.
	pub(crate) fn slash(
		reason: HoldReason,
		who: &T::AccountId,
		amount: BalanceOf<T>,
	) -> BalanceOf<T> {
		let (credit, _) = <T::Currency as BalancedHold<_>>::slash(&reason.into(), who, amount);
		let taken = credit.peek();
		T::Slashed::on_unbalanced(credit);
		taken
	}

	/// Takes a fee.
	pub(crate) fn charge(
		who: &T::AccountId,
		amount: BalanceOf<T>,
	) -> Result<BalanceOf<T>, DispatchError> {
		let credit = <T::Currency as Balanced<_>>::withdraw(
			who,
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::Slashed::on_unbalanced(credit);
		Ok(amount)
	}
}
