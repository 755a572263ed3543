//! Removing offers and credentials: whoever paid for the room has the money back.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{traits::IntervalClock, CredentialKind};
use sp_runtime::DispatchResult;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Removes an offer.
	pub(crate) fn drop_offer(key: &KeyOf<T>) -> DispatchResult {
		let offer = Offers::<T>::get(key).ok_or(Error::<T>::NoOffer)?;
		Self::release(HoldReason::Offer, &key.1, offer.deposit)?;
		Offers::<T>::remove(key);
		if !Credentials::<T>::contains_key(key) {
			Self::unlist(key);
		}
		Ok(())
	}

	/// Removes a credential.
	pub(crate) fn drop_credential(key: &KeyOf<T>) -> DispatchResult {
		let credential = Credentials::<T>::get(key).ok_or(Error::<T>::NoCredential)?;
		Self::release(HoldReason::Credential, &key.0, credential.deposit)?;
		Credentials::<T>::remove(key);
		Counts::<T>::mutate_exists(&key.0, |count| {
			*count = count.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
		});
		if !Offers::<T>::contains_key(key) {
			Self::unlist(key);
		}
		Ok(())
	}

	/// Forgets what is neither offered nor accepted any more.
	fn unlist((subject, issuer, kind): &KeyOf<T>) {
		Issued::<T>::remove((issuer, subject, kind));
	}

	pub(crate) fn do_remove(
		subject: T::AccountId,
		issuer: T::AccountId,
		kind: CredentialKind,
	) -> DispatchResult {
		let now = T::Clock::current();
		let key = (subject.clone(), issuer.clone(), kind);
		let (offer, credential) = (Offers::<T>::get(&key), Credentials::<T>::get(&key));
		ensure!(offer.is_some() || credential.is_some(), Error::<T>::NotFound);
		let lapsed = offer.is_some_and(|offer| offer.lapses < now);
		let over = credential.is_some_and(|it| it.is_over(now, T::Retention::get()));
		ensure!(lapsed || over, Error::<T>::NotOver);
		if lapsed {
			Self::drop_offer(&key)?;
			let (issuer, subject) = (issuer.clone(), subject.clone());
			Self::deposit_event(Event::OfferRemoved { issuer, subject, kind });
		}
		if over {
			Self::drop_credential(&key)?;
			Self::deposit_event(Event::CredentialRemoved { issuer, subject, kind });
		}
		Ok(())
	}
}
