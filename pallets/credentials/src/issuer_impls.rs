//! What issuers do.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{traits::IntervalClock, CredentialKind};
use sp_runtime::{traits::Zero, DispatchResult};

use crate::{
	pallet::*,
	text::{is_name, is_url},
	types::*,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_publish(
		issuer: T::AccountId,
		name: NameOf<T>,
		url: UrlOf<T>,
	) -> DispatchResult {
		ensure!(is_name(&name), Error::<T>::BadName);
		ensure!(is_url(&url), Error::<T>::BadUrl);
		let before = Issuers::<T>::get(&issuer).map_or(Zero::zero(), |record| record.deposit);
		let deposit = T::IssuerDeposit::get();
		Self::refit(HoldReason::Issuer, &issuer, before, deposit)?;
		let record = IssuerRecord { name: name.clone(), url: url.clone(), deposit };
		Issuers::<T>::insert(&issuer, record);
		Self::deposit_event(Event::Published { issuer, name, url });
		Ok(())
	}

	pub(crate) fn do_unpublish(issuer: T::AccountId) -> DispatchResult {
		let record = Issuers::<T>::get(&issuer).ok_or(Error::<T>::NotPublished)?;
		Self::release(HoldReason::Issuer, &issuer, record.deposit)?;
		Issuers::<T>::remove(&issuer);
		Self::deposit_event(Event::Unpublished { issuer });
		Ok(())
	}

	pub(crate) fn do_describe(
		issuer: T::AccountId,
		kind: CredentialKind,
		name: NameOf<T>,
		document: Option<Digest>,
	) -> DispatchResult {
		ensure!(is_name(&name), Error::<T>::BadName);
		ensure!(!Kinds::<T>::contains_key(&issuer, kind), Error::<T>::KindExists);
		Self::charge(&issuer, T::KindPrice::get())?;
		Kinds::<T>::insert(&issuer, kind, KindRecord { name: name.clone(), document });
		Self::deposit_event(Event::Described { issuer, kind, name, document });
		Ok(())
	}

	pub(crate) fn do_issue(
		issuer: T::AccountId,
		subject: T::AccountId,
		kind: CredentialKind,
		terms: Terms,
	) -> DispatchResult {
		ensure!(Kinds::<T>::contains_key(&issuer, kind), Error::<T>::UnknownKind);
		let issued = T::Clock::current();
		ensure!(terms.lasts(issued), Error::<T>::Past);
		let term = issued.checked_add(T::OfferTerm::get()).ok_or(Error::<T>::Overflow)?;
		let lapses = terms.until.map_or(term, |until| until.min(term));
		let key = (subject, issuer, kind);
		let before = Offers::<T>::get(&key).map_or(Zero::zero(), |offer| offer.deposit);
		let deposit = T::Deposit::get();
		Self::refit(HoldReason::Offer, &key.1, before, deposit)?;
		Offers::<T>::insert(&key, Offer { terms, issued, lapses, deposit });
		let (subject, issuer, kind) = key;
		Issued::<T>::insert((&issuer, &subject, kind), ());
		Self::deposit_event(Event::Offered { issuer, subject, kind, terms, lapses });
		Ok(())
	}

	pub(crate) fn do_withdraw(
		issuer: T::AccountId,
		subject: T::AccountId,
		kind: CredentialKind,
	) -> DispatchResult {
		let key = (subject, issuer, kind);
		Self::drop_offer(&key)?;
		let (subject, issuer, kind) = key;
		Self::deposit_event(Event::Withdrawn { issuer, subject, kind });
		Ok(())
	}

	pub(crate) fn do_revoke(
		issuer: T::AccountId,
		subject: T::AccountId,
		kind: CredentialKind,
		reason: Reason,
	) -> DispatchResult {
		let since = T::Clock::current();
		let key = (subject.clone(), issuer.clone(), kind);
		let stands =
			Credentials::<T>::get(&key).filter(|it| it.standing(since) == Standing::Stands);
		let offered = Offers::<T>::contains_key(&key);
		ensure!(offered || stands.is_some(), Error::<T>::NothingToRevoke);
		// Or the subject would accept what was offered before, and it would stand again.
		if offered {
			Self::do_withdraw(issuer.clone(), subject.clone(), kind)?;
		}
		if let Some(mut credential) = stands {
			credential.revoked = Some(Revocation { reason, since });
			Credentials::<T>::insert(&key, credential);
			Self::deposit_event(Event::Revoked { issuer, subject, kind, reason });
		}
		Ok(())
	}
}
