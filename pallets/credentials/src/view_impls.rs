//! What wallets are shown.

use alloc::vec::Vec;
use frame_support::traits::Get;
use pogcs_primitives::{traits::IntervalClock, CredentialKind};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn stands(
		subject: &T::AccountId,
		issuer: &T::AccountId,
		kind: CredentialKind,
	) -> bool {
		Credentials::<T>::get((subject, issuer, kind))
			.is_some_and(|it| it.standing(T::Clock::current()) == Standing::Stands)
	}

	pub(crate) fn standing_of(
		subject: &T::AccountId,
		issuer: &T::AccountId,
		kind: CredentialKind,
	) -> Standing {
		let now = T::Clock::current();
		let standing = Credentials::<T>::get((subject, issuer, kind))
			.map_or(Standing::Unknown, |credential| credential.standing(now));
		if standing == Standing::Stands {
			return standing;
		}
		match Offers::<T>::get((subject, issuer, kind)) {
			Some(offer) if now <= offer.lapses => Standing::Offered,
			_ => standing,
		}
	}

	fn entry<Record>(
		issuer: T::AccountId,
		kind: CredentialKind,
		record: Record,
	) -> Entry<T::AccountId, NameOf<T>, Record> {
		let issuer_name = Issuers::<T>::get(&issuer).map(|record| record.name);
		let kind_name = Kinds::<T>::get(&issuer, kind).map(|record| record.name);
		Entry { issuer, issuer_name, kind, kind_name, record }
	}

	pub(crate) fn accepted(subject: &T::AccountId) -> Vec<CredentialEntryOf<T>> {
		let now = T::Clock::current();
		Credentials::<T>::iter_prefix((subject,))
			.map(|((issuer, kind), credential)| {
				let standing = credential.standing(now);
				Self::entry(issuer, kind, (credential, standing))
			})
			.collect()
	}

	/// The first items of `all`, each with what to go on after it with.
	fn page<Item, Cursor>(all: impl Iterator<Item = (Cursor, Item)>) -> Page<Item, Cursor> {
		let (mut all, mut items, mut last) = (all, Vec::new(), None);
		for _ in 0..T::MaxPage::get() {
			let Some((cursor, item)) = all.next() else { return Page { items, next: None } };
			items.push(item);
			last = Some(cursor);
		}
		Page { items, next: all.next().and(last) }
	}

	pub(crate) fn offers_page(
		subject: T::AccountId,
		after: Option<(T::AccountId, CredentialKind)>,
	) -> OffersPageOf<T> {
		let all = match after {
			Some((issuer, kind)) => {
				let after = Offers::<T>::hashed_key_for((&subject, issuer, kind));
				Offers::<T>::iter_prefix_from((subject,), after)
			}
			None => Offers::<T>::iter_prefix((subject,)),
		};
		Self::page(all.map(|(cursor, offer)| {
			let (issuer, kind) = cursor.clone();
			(cursor, Self::entry(issuer, kind, offer))
		}))
	}

	pub(crate) fn issued_page(
		issuer: T::AccountId,
		after: Option<(T::AccountId, CredentialKind)>,
	) -> IssuedPageOf<T> {
		let all = match after {
			Some((subject, kind)) => {
				let after = Issued::<T>::hashed_key_for((&issuer, subject, kind));
				Issued::<T>::iter_key_prefix_from((&issuer,), after)
			}
			None => Issued::<T>::iter_key_prefix((&issuer,)),
		};
		Self::page(all.map(|(subject, kind)| {
			let key = (&subject, &issuer, kind);
			let (offer, credential) = (Offers::<T>::get(key), Credentials::<T>::get(key));
			((subject.clone(), kind), Issue { subject, kind, offer, credential })
		}))
	}

	pub(crate) fn kinds_page(
		issuer: T::AccountId,
		after: Option<CredentialKind>,
	) -> KindsPageOf<T> {
		let all = match after {
			Some(kind) => {
				let after = Kinds::<T>::hashed_key_for(&issuer, kind);
				Kinds::<T>::iter_prefix_from(&issuer, after)
			}
			None => Kinds::<T>::iter_prefix(&issuer),
		};
		Self::page(all.map(|(kind, record)| (kind, (kind, record))))
	}
}
