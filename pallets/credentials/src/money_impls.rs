//! Money: held for a reason, released, paid.

use frame_support::traits::{
	fungible::{Balanced, MutateHold},
	tokens::{Fortitude, Precision, Preservation},
	OnUnbalanced,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
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

	/// Makes what is on hold `to` instead of `from`: an upgrade may have changed the deposit.
	pub(crate) fn refit(
		reason: HoldReason,
		who: &T::AccountId,
		from: BalanceOf<T>,
		to: BalanceOf<T>,
	) -> DispatchResult {
		if to > from {
			return T::Currency::hold(&reason.into(), who, to.saturating_sub(from));
		}
		Self::release(reason, who, from.saturating_sub(to))
	}

	/// Takes a price.
	pub(crate) fn charge(who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		let credit = <T::Currency as Balanced<_>>::withdraw(
			who,
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::Income::on_unbalanced(credit);
		Ok(())
	}
}
