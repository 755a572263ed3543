//! What must hold between any two calls.

use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use pogcs_primitives::traits::IntervalClock;
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

use crate::{
	pallet::*,
	text::{is_name, is_url},
	types::*,
};

/// What accounts must have on hold for one reason.
struct Held<T: Config>(BTreeMap<T::AccountId, BalanceOf<T>>);

impl<T: Config> Held<T> {
	fn add(&mut self, who: &T::AccountId, amount: BalanceOf<T>) {
		let sum = self.0.entry(who.clone()).or_insert(Zero::zero());
		*sum = sum.saturating_add(amount);
	}

	/// Accounts that no record names are not looked at.
	fn check(&self, reason: HoldReason) -> Result<(), TryRuntimeError> {
		let reason = reason.into();
		for (who, sum) in &self.0 {
			let on_hold = T::Currency::balance_on_hold(&reason, who);
			ensure!(on_hold == *sum, "what is on hold is not the sum of what it is for");
		}
		Ok(())
	}
}

impl<T: Config> Pallet<T> {
	/// Checks every invariant.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_words()?;
		let offers = Self::check_offers()?;
		let credentials = Self::check_credentials()?;
		for ((issuer, subject, kind), ()) in Issued::<T>::iter() {
			let key = (subject, issuer, kind);
			ensure!(
				Offers::<T>::contains_key(&key) || Credentials::<T>::contains_key(&key),
				"the issuer's list has what is neither offered nor accepted"
			);
			ensure!(Kinds::<T>::contains_key(&key.1, kind), "a kind was issued and not described");
		}
		offers.check(HoldReason::Offer)?;
		credentials.check(HoldReason::Credential)
	}

	fn check_words() -> Result<(), TryRuntimeError> {
		let mut held = Held::<T>(BTreeMap::new());
		for (issuer, record) in Issuers::<T>::iter() {
			ensure!(is_name(&record.name) && is_url(&record.url), "an issuer has a bad name");
			held.add(&issuer, record.deposit);
		}
		for (_, _, record) in Kinds::<T>::iter() {
			ensure!(is_name(&record.name), "a kind has a bad name");
		}
		held.check(HoldReason::Issuer)
	}

	fn check_offers() -> Result<Held<T>, TryRuntimeError> {
		let now = T::Clock::current();
		let mut held = Held::<T>(BTreeMap::new());
		for ((subject, issuer, kind), offer) in Offers::<T>::iter() {
			ensure!(Issued::<T>::contains_key((&issuer, &subject, kind)), "an offer is not listed");
			ensure!(offer.issued <= now, "an offer is of the future");
			ensure!(offer.issued <= offer.lapses, "an offer lapsed before it was made");
			ensure!(offer.terms.lasts(offer.lapses), "an offer outlives what it offers");
			held.add(&issuer, offer.deposit);
		}
		Ok(held)
	}

	fn check_credentials() -> Result<Held<T>, TryRuntimeError> {
		let now = T::Clock::current();
		let mut held = Held::<T>(BTreeMap::new());
		let mut counts = BTreeMap::<T::AccountId, u32>::new();
		for ((subject, issuer, kind), credential) in Credentials::<T>::iter() {
			ensure!(Issued::<T>::contains_key((&issuer, &subject, kind)), "it is not listed");
			ensure!(credential.issued <= now, "a credential is of the future");
			ensure!(credential.terms.lasts(credential.issued), "it ran out before it was issued");
			if let Some(Revocation { since, .. }) = credential.revoked {
				ensure!(since <= now && since >= credential.issued, "revoked at a wrong time");
				ensure!(credential.terms.lasts(since), "revoked after it had run out");
			}
			held.add(&subject, credential.deposit);
			let count = counts.entry(subject).or_default();
			*count = count.saturating_add(1);
		}
		for (subject, count) in Counts::<T>::iter() {
			ensure!(counts.remove(&subject) == Some(count), "a count is not that of credentials");
			ensure!(count <= T::MaxCredentials::get(), "a subject has too many credentials");
		}
		ensure!(counts.is_empty(), "credentials are not counted");
		Ok(held)
	}
}
