//! What is stored and shown.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::fungible::{Credit, Inspect},
	BoundedVec,
};
use pogcs_primitives::{CredentialKind, Interval};
use scale_info::TypeInfo;

use crate::pallet::Config;

/// Digest of a document off the chain. Whoever can guess the document can check the guess: give it a
/// random number.
pub type Digest = [u8; 32];

/// Money.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Money that was taken and not given to anybody yet.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// A name, in UTF-8.
pub type NameOf<T> = BoundedVec<u8, <T as Config>::MaxNameLength>;

/// The address of a document.
pub type UrlOf<T> = BoundedVec<u8, <T as Config>::MaxUrlLength>;

/// What an issuer calls itself, in a runtime.
pub type IssuerRecordOf<T> = IssuerRecord<NameOf<T>, UrlOf<T>, BalanceOf<T>>;

/// What a kind means, in a runtime.
pub type KindRecordOf<T> = KindRecord<NameOf<T>>;

/// An offer, in a runtime.
pub type OfferOf<T> = Offer<BalanceOf<T>>;

/// A credential, in a runtime.
pub type CredentialOf<T> = Credential<BalanceOf<T>>;

/// A credential as its subject's wallet shows it, in a runtime.
pub type CredentialEntryOf<T> =
	Entry<<T as frame_system::Config>::AccountId, NameOf<T>, (CredentialOf<T>, Standing)>;

/// An offer as its subject's wallet shows it, in a runtime.
pub type OfferEntryOf<T> = Entry<<T as frame_system::Config>::AccountId, NameOf<T>, OfferOf<T>>;

/// Some of the offers to a subject, in a runtime.
pub type OffersPageOf<T> =
	Page<OfferEntryOf<T>, (<T as frame_system::Config>::AccountId, CredentialKind)>;

/// Some of what an issuer has issued, in a runtime.
pub type IssuedPageOf<T> = Page<
	Issue<<T as frame_system::Config>::AccountId, OfferOf<T>, CredentialOf<T>>,
	(<T as frame_system::Config>::AccountId, CredentialKind),
>;

/// Some of an issuer's kinds, in a runtime.
pub type KindsPageOf<T> = Page<(CredentialKind, KindRecordOf<T>), CredentialKind>;

/// Subject, issuer and kind: what an offer and a credential are found by.
pub(crate) type KeyOf<T> = (
	<T as frame_system::Config>::AccountId,
	<T as frame_system::Config>::AccountId,
	CredentialKind,
);

/// What an issuer says beside the kind.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Terms {
	/// The last interval in which it counts; without end if there is none.
	pub until: Option<Interval>,
	/// Digest of the document that it was issued on.
	pub document: Option<Digest>,
}

impl Terms {
	/// Whether it would still count.
	pub fn lasts(&self, now: Interval) -> bool {
		self.until.is_none_or(|until| until >= now)
	}
}

/// Why an issuer does not stand by a credential any more, after the reasons of X.509 (RFC 5280,
/// 5.3.1). The number never changes its meaning.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Reason {
	/// The issuer does not say.
	#[codec(index = 0)]
	Unspecified,
	/// The subject's key is in other hands.
	#[codec(index = 1)]
	KeyCompromised,
	/// The issuer's key was in other hands when this was issued.
	#[codec(index = 2)]
	IssuerCompromised,
	/// What was said is not so any more.
	#[codec(index = 3)]
	Changed,
	/// Another credential takes its place.
	#[codec(index = 4)]
	Superseded,
	/// The issuer does not stand by any credential of this kind any more.
	#[codec(index = 5)]
	Ceased,
	/// The subject does not do what the issuer asks of it.
	#[codec(index = 6)]
	Withdrawn,
	/// It was a mistake.
	#[codec(index = 7)]
	Mistaken,
	/// The subject deceived the issuer.
	#[codec(index = 8)]
	Deceived,
}

/// What an issuer calls itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct IssuerRecord<Name, Url, Balance> {
	/// Its name, which nobody has checked.
	pub name: Name,
	/// Where more is to be read, if anywhere.
	pub url: Url,
	/// What it has on hold for this.
	pub deposit: Balance,
}

/// What a kind means.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct KindRecord<Name> {
	/// In a few words.
	pub name: Name,
	/// Digest of the document that says it in full.
	pub document: Option<Digest>,
}

/// What a subject was offered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offer<Balance> {
	/// Until when it would count, and of which document.
	pub terms: Terms,
	/// When the issuer said so.
	pub issued: Interval,
	/// The last interval in which it can be accepted.
	pub lapses: Interval,
	/// What the issuer has on hold for this.
	pub deposit: Balance,
}

/// When and why a credential was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Revocation {
	/// Why.
	pub reason: Reason,
	/// Since when it does not stand.
	pub since: Interval,
}

/// What an issuer said of a subject, and the subject accepted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Credential<Balance> {
	/// Until when it counts, and of which document.
	pub terms: Terms,
	/// When the issuer said so.
	pub issued: Interval,
	/// Whether the issuer has revoked it.
	pub revoked: Option<Revocation>,
	/// What the subject has on hold for this.
	pub deposit: Balance,
}

impl<Balance> Credential<Balance> {
	/// Where it is: one of `Stands`, `Expired` and `Revoked`.
	pub fn standing(&self, now: Interval) -> Standing {
		match self.revoked {
			Some(revocation) => Standing::Revoked(revocation),
			None if self.terms.lasts(now) => Standing::Stands,
			None => Standing::Expired,
		}
	}

	/// Whether anybody may remove it.
	pub(crate) fn is_over(&self, now: Interval, retention: u32) -> bool {
		match self.standing(now) {
			Standing::Revoked(revocation) => now.since(revocation.since) >= retention,
			standing => standing == Standing::Expired,
		}
	}
}

/// What there is of a kind between an issuer and a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Standing {
	/// Nothing.
	Unknown,
	/// Nothing that stands, but the subject can accept an offer.
	Offered,
	/// The issuer stands by it.
	Stands,
	/// It has run out.
	Expired,
	/// The issuer revoked it.
	Revoked(Revocation),
}

/// What a subject's wallet shows, with the words for it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Entry<AccountId, Name, Record> {
	/// Who says so.
	pub issuer: AccountId,
	/// What the issuer calls itself, which nobody has checked.
	pub issuer_name: Option<Name>,
	/// What it says, in its own numbering.
	pub kind: CredentialKind,
	/// What the kind means.
	pub kind_name: Option<Name>,
	/// The credential and where it is, or the offer.
	pub record: Record,
}

/// What an issuer's wallet shows.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Issue<AccountId, Offer, Credential> {
	/// Of whom it says so.
	pub subject: AccountId,
	/// What it says.
	pub kind: CredentialKind,
	/// What it offers, if anything.
	pub offer: Option<Offer>,
	/// What the subject has accepted, if anything.
	pub credential: Option<Credential>,
}

/// Some of a longer list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Page<Item, Cursor> {
	/// At most `MaxPage`.
	pub items: Vec<Item>,
	/// What to ask for the rest with, if there is any.
	pub next: Option<Cursor>,
}
