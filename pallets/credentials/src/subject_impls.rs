//! What subjects do.

use frame_support::{
	ensure,
	traits::{fungible::MutateHold, Get},
};
use pogcs_primitives::{traits::IntervalClock, CredentialKind};
use sp_runtime::DispatchResult;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_accept(
		subject: T::AccountId,
		issuer: T::AccountId,
		kind: CredentialKind,
		terms: Terms,
	) -> DispatchResult {
		let key = (subject.clone(), issuer.clone(), kind);
		let offer = Offers::<T>::get(&key).ok_or(Error::<T>::NoOffer)?;
		ensure!(T::Clock::current() <= offer.lapses, Error::<T>::Lapsed);
		ensure!(offer.terms == terms, Error::<T>::OtherTerms);
		let deposit = T::Deposit::get();
		let before = Credentials::<T>::get(&key);
		let replaced = before.is_some();
		match before {
			Some(before) => {
				Self::refit(HoldReason::Credential, &subject, before.deposit, deposit)?;
			}
			None => {
				let count = Counts::<T>::get(&subject);
				ensure!(count < T::MaxCredentials::get(), Error::<T>::TooMany);
				T::Currency::hold(&HoldReason::Credential.into(), &subject, deposit)?;
				Counts::<T>::insert(&subject, count.saturating_add(1));
			}
		}
		Self::release(HoldReason::Offer, &issuer, offer.deposit)?;
		Offers::<T>::remove(&key);
		let credential = Credential { terms, issued: offer.issued, revoked: None, deposit };
		Credentials::<T>::insert(&key, credential);
		Self::deposit_event(Event::Accepted { issuer, subject, kind, terms, replaced });
		Ok(())
	}

	pub(crate) fn do_decline(
		subject: T::AccountId,
		issuer: T::AccountId,
		kind: CredentialKind,
	) -> DispatchResult {
		let key = (subject, issuer, kind);
		Self::drop_offer(&key)?;
		let (subject, issuer, kind) = key;
		Self::deposit_event(Event::Declined { issuer, subject, kind });
		Ok(())
	}

	pub(crate) fn do_give_up(
		subject: T::AccountId,
		issuer: T::AccountId,
		kind: CredentialKind,
	) -> DispatchResult {
		let key = (subject, issuer, kind);
		Self::drop_credential(&key)?;
		let (subject, issuer, kind) = key;
		Self::deposit_event(Event::GivenUp { issuer, subject, kind });
		Ok(())
	}
}
