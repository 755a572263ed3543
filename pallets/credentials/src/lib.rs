#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod issuer_impls;
mod money_impls;
mod removal_impls;
mod subject_impls;
mod text;
mod trait_impls;
mod types;
mod view_impls;
pub mod weights;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, Mutate, MutateHold},
			OnUnbalanced, StorageVersion,
		},
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{traits::IntervalClock, CredentialKind, Interval};
	use sp_runtime::traits::Zero;

	use crate::{types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What credentials need.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The currency of deposits.
		type Currency: Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// Who gets what descriptions of kinds cost.
		type Income: OnUnbalanced<CreditOf<Self>>;

		/// The chain's clock.
		type Clock: IntervalClock;

		/// What is on hold for an offer, from its issuer, and for a credential, from its subject.
		#[pallet::constant]
		type Deposit: Get<BalanceOf<Self>>;

		/// What an issuer that publishes its name has on hold.
		#[pallet::constant]
		type IssuerDeposit: Get<BalanceOf<Self>>;

		/// The price of describing a kind: the description stays for ever.
		#[pallet::constant]
		type KindPrice: Get<BalanceOf<Self>>;

		/// The longest name of an issuer or a kind, in bytes.
		#[pallet::constant]
		type MaxNameLength: Get<u32>;

		/// The longest address of a document, in bytes.
		#[pallet::constant]
		type MaxUrlLength: Get<u32>;

		/// The most credentials that a subject has, those included that do not stand any more and
		/// are not removed.
		#[pallet::constant]
		type MaxCredentials: Get<u32>;

		/// For how many intervals after the one in which it was made an offer can be accepted.
		#[pallet::constant]
		type OfferTerm: Get<u32>;

		/// For how many intervals a revoked credential tells its subject why, unless the subject
		/// removes it.
		#[pallet::constant]
		type Retention: Get<u32>;

		/// The most entries of a page of a view.
		#[pallet::constant]
		type MaxPage: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// An issuer's deposit for an offer that nobody has accepted yet.
		#[codec(index = 0)]
		Offer,
		/// A subject's deposit for a credential.
		#[codec(index = 1)]
		Credential,
		/// An issuer's deposit for its name.
		#[codec(index = 2)]
		Issuer,
	}

	/// What issuers call themselves.
	#[pallet::storage]
	pub type Issuers<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, IssuerRecordOf<T>, OptionQuery>;

	/// What an issuer's kinds mean. What stands here never changes.
	#[pallet::storage]
	pub type Kinds<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		CredentialKind,
		KindRecordOf<T>,
		OptionQuery,
	>;

	/// What subjects were offered and have not accepted: subject, issuer, kind.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Twox64Concat, CredentialKind>,
		),
		OfferOf<T>,
		OptionQuery,
	>;

	/// What subjects accepted: subject, issuer, kind.
	#[pallet::storage]
	pub type Credentials<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Twox64Concat, CredentialKind>,
		),
		CredentialOf<T>,
		OptionQuery,
	>;

	/// The same from the issuer's side, of offers and credentials: issuer, subject, kind.
	#[pallet::storage]
	pub type Issued<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Twox64Concat, CredentialKind>,
		),
		(),
		OptionQuery,
	>;

	/// How many credentials a subject has.
	#[pallet::storage]
	pub type Counts<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An issuer published what it calls itself.
		Published {
			/// Who.
			issuer: T::AccountId,
			/// Its name.
			name: NameOf<T>,
			/// Where more is to be read.
			url: UrlOf<T>,
		},
		/// An issuer took its name back.
		Unpublished {
			/// Who.
			issuer: T::AccountId,
		},
		/// An issuer said what a kind means, once and for all.
		Described {
			/// Who.
			issuer: T::AccountId,
			/// The kind, in its numbering.
			kind: CredentialKind,
			/// In a few words.
			name: NameOf<T>,
			/// Digest of the document that says it in full.
			document: Option<Digest>,
		},
		/// An issuer offered a credential, or other terms than it had offered before.
		Offered {
			/// Who says so.
			issuer: T::AccountId,
			/// Of whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
			/// Until when, and of which document.
			terms: Terms,
			/// The last interval in which the subject can accept.
			lapses: Interval,
		},
		/// An issuer took an offer back.
		Withdrawn {
			/// Who offered.
			issuer: T::AccountId,
			/// To whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
		},
		/// A subject does not want what it was offered.
		Declined {
			/// Who offered.
			issuer: T::AccountId,
			/// To whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
		},
		/// A subject accepted: the credential stands.
		Accepted {
			/// Who says so.
			issuer: T::AccountId,
			/// Of whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
			/// Until when, and of which document.
			terms: Terms,
			/// Whether it took the place of an earlier one.
			replaced: bool,
		},
		/// An issuer does not stand by a credential any more.
		Revoked {
			/// Who said so.
			issuer: T::AccountId,
			/// Of whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
			/// Why not any more.
			reason: Reason,
		},
		/// A subject gave a credential up.
		GivenUp {
			/// Who said so.
			issuer: T::AccountId,
			/// Of whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
		},
		/// An offer that nobody accepted in time was removed.
		OfferRemoved {
			/// Who offered.
			issuer: T::AccountId,
			/// To whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
		},
		/// A credential that ran out, or was revoked long ago, was removed.
		CredentialRemoved {
			/// Who said so.
			issuer: T::AccountId,
			/// Of whom.
			subject: T::AccountId,
			/// What.
			kind: CredentialKind,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// A name is words in UTF-8, not blank, with no blanks around them and nothing that cannot be
		/// seen.
		BadName,
		/// An address begins with `https://` or `ipfs://` and goes on in visible ASCII.
		BadUrl,
		/// The issuer has published no name.
		NotPublished,
		/// The kind is described, and descriptions never change. Take another number.
		KindExists,
		/// The issuer has not described this kind. Call `describe` first.
		UnknownKind,
		/// The last interval in which it should count is over. Name a later one, or none.
		Past,
		/// There is no such offer. Ask the issuer for one; it may have taken it back.
		NoOffer,
		/// The offer was not accepted in time. Ask the issuer for another one.
		Lapsed,
		/// The offer has other terms than those that were accepted. Look at it again.
		OtherTerms,
		/// The subject has `MaxCredentials`. Give one up that is not needed.
		TooMany,
		/// The subject has no such credential.
		NoCredential,
		/// Nothing is offered, and nothing stands that could be revoked.
		NothingToRevoke,
		/// Nothing was offered or accepted under these names.
		NotFound,
		/// What is there has not run out yet, or was revoked less than `Retention` intervals ago.
		NotOver,
		/// The numbers do not fit.
		Overflow,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(!T::Deposit::get().is_zero(), "a credential takes room, which is paid for");
			assert!(!T::IssuerDeposit::get().is_zero(), "a name takes room, which is paid for");
			assert!(!T::KindPrice::get().is_zero(), "a description takes room for ever");
			assert!(T::MaxNameLength::get() > 0, "a name has letters");
			assert!(T::MaxUrlLength::get() > 8, "an address is longer than https://");
			assert!(T::MaxCredentials::get() > 0, "a subject can have a credential");
			assert!(T::OfferTerm::get() > 0, "an offer can be thought over");
			assert!(T::Retention::get() > 0, "a subject can be told why");
			assert!(T::MaxPage::get() > 0, "an empty page shows nothing");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Publishes what the caller calls itself, or changes it. Nobody checks that it is so.
		///
		/// - `name`: for wallets to show, beside the account.
		/// - `url`: where more is to be read; it may be empty.
		///
		/// Origin: signed, an issuer. Event: `Published`. Errors: `BadName`, `BadUrl`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::publish())]
		pub fn publish(origin: OriginFor<T>, name: NameOf<T>, url: UrlOf<T>) -> DispatchResult {
			let issuer = ensure_signed(origin)?;
			Self::do_publish(issuer, name, url)
		}

		/// Takes the caller's name back, and its deposit. What it issued stands.
		///
		/// Origin: signed, an issuer. Event: `Unpublished`. Error: `NotPublished`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unpublish())]
		pub fn unpublish(origin: OriginFor<T>) -> DispatchResult {
			let issuer = ensure_signed(origin)?;
			Self::do_unpublish(issuer)
		}

		/// Says what one of the caller's kinds means, once and for all, for `KindPrice`.
		///
		/// - `kind`: a number of the caller's choice.
		/// - `name`: what it means, in a few words.
		/// - `document`: digest of the document that says it in full.
		///
		/// Origin: signed, an issuer. Event: `Described`. Errors: `BadName`, `KindExists`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::describe())]
		pub fn describe(
			origin: OriginFor<T>,
			kind: CredentialKind,
			name: NameOf<T>,
			document: Option<Digest>,
		) -> DispatchResult {
			let issuer = ensure_signed(origin)?;
			Self::do_describe(issuer, kind, name, document)
		}

		/// Offers a credential to its subject, against a deposit. It counts once the subject accepts.
		/// An earlier offer of the same kind is replaced; an earlier credential stands until then.
		///
		/// - `subject`: of whom the caller says it.
		/// - `kind`: what it says, a kind that it has described.
		/// - `terms`: until when, and of which document.
		///
		/// Origin: signed, an issuer. Event: `Offered`. Errors: `UnknownKind`, `Past`, `Overflow`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::issue())]
		pub fn issue(
			origin: OriginFor<T>,
			subject: T::AccountId,
			kind: CredentialKind,
			terms: Terms,
		) -> DispatchResult {
			let issuer = ensure_signed(origin)?;
			Self::do_issue(issuer, subject, kind, terms)
		}

		/// Takes an offer back, and its deposit. A credential that the subject has stands.
		///
		/// Origin: signed, the issuer. Event: `Withdrawn`. Error: `NoOffer`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(
			origin: OriginFor<T>,
			subject: T::AccountId,
			kind: CredentialKind,
		) -> DispatchResult {
			let issuer = ensure_signed(origin)?;
			Self::do_withdraw(issuer, subject, kind)
		}

		/// Ends a credential now, whether the subject has accepted it or not: what stands is
		/// revoked, what is offered is taken back.
		///
		/// - `reason`: why, which the subject and its wallet are shown.
		///
		/// Origin: signed, the issuer. Events: `Withdrawn`, `Revoked`. Error: `NothingToRevoke`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::revoke())]
		pub fn revoke(
			origin: OriginFor<T>,
			subject: T::AccountId,
			kind: CredentialKind,
			reason: Reason,
		) -> DispatchResult {
			let issuer = ensure_signed(origin)?;
			Self::do_revoke(issuer, subject, kind, reason)
		}

		/// Accepts an offer, against a deposit: the credential stands from now on, in the place of
		/// any earlier one. The issuer has its deposit back.
		///
		/// - `terms`: those of the offer, so that no others are accepted.
		///
		/// Origin: signed, the subject. Event: `Accepted`. Errors: `NoOffer`, `Lapsed`,
		/// `OtherTerms`, `TooMany`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(
			origin: OriginFor<T>,
			issuer: T::AccountId,
			kind: CredentialKind,
			terms: Terms,
		) -> DispatchResult {
			let subject = ensure_signed(origin)?;
			Self::do_accept(subject, issuer, kind, terms)
		}

		/// Declines an offer. The issuer has its deposit back; a credential that the subject has
		/// stands.
		///
		/// Origin: signed, the subject. Event: `Declined`. Error: `NoOffer`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::decline())]
		pub fn decline(
			origin: OriginFor<T>,
			issuer: T::AccountId,
			kind: CredentialKind,
		) -> DispatchResult {
			let subject = ensure_signed(origin)?;
			Self::do_decline(subject, issuer, kind)
		}

		/// Removes a credential of the caller's own, whether it stands or not, and gives the deposit
		/// back.
		///
		/// Origin: signed, the subject. Event: `GivenUp`. Error: `NoCredential`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::give_up())]
		pub fn give_up(
			origin: OriginFor<T>,
			issuer: T::AccountId,
			kind: CredentialKind,
		) -> DispatchResult {
			let subject = ensure_signed(origin)?;
			Self::do_give_up(subject, issuer, kind)
		}

		/// Removes what is over: an offer that lapsed, a credential that ran out or was revoked
		/// `Retention` intervals ago. Deposits go back to who paid them. Free of charge when it was
		/// due.
		///
		/// Origin: signed, anybody. Events: `OfferRemoved`, `CredentialRemoved`. Errors: `NotFound`,
		/// `NotOver`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::remove())]
		pub fn remove(
			origin: OriginFor<T>,
			subject: T::AccountId,
			issuer: T::AccountId,
			kind: CredentialKind,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_remove(subject, issuer, kind)?;
			Ok(Pays::No.into())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Whether `issuer` stands by a credential of `kind` for `subject` now.
		pub fn has(subject: T::AccountId, issuer: T::AccountId, kind: CredentialKind) -> bool {
			Self::stands(&subject, &issuer, kind)
		}

		/// The same with what is known if the answer is no: whether it is offered, revoked or has run
		/// out.
		pub fn standing(
			subject: T::AccountId,
			issuer: T::AccountId,
			kind: CredentialKind,
		) -> Standing {
			Self::standing_of(&subject, &issuer, kind)
		}

		/// All that a subject has accepted and not given up, with the words for it. Those that do not
		/// stand any more are marked.
		pub fn credentials_of(subject: T::AccountId) -> Vec<CredentialEntryOf<T>> {
			Self::accepted(&subject)
		}

		/// One credential, whether it stands or not.
		pub fn credential(
			subject: T::AccountId,
			issuer: T::AccountId,
			kind: CredentialKind,
		) -> Option<CredentialOf<T>> {
			Credentials::<T>::get((subject, issuer, kind))
		}

		/// One offer, which may have lapsed.
		pub fn offer(
			subject: T::AccountId,
			issuer: T::AccountId,
			kind: CredentialKind,
		) -> Option<OfferOf<T>> {
			Offers::<T>::get((subject, issuer, kind))
		}

		/// What a subject is offered, from the issuer and kind on that the page before named. In the
		/// order of storage.
		pub fn offers_to(
			subject: T::AccountId,
			after: Option<(T::AccountId, CredentialKind)>,
		) -> OffersPageOf<T> {
			Self::offers_page(subject, after)
		}

		/// What an issuer has offered and what was accepted of it, from the subject and kind on that
		/// the page before named. In the order of storage.
		pub fn issued_by(
			issuer: T::AccountId,
			after: Option<(T::AccountId, CredentialKind)>,
		) -> IssuedPageOf<T> {
			Self::issued_page(issuer, after)
		}

		/// What an issuer calls itself. Nobody has checked it.
		pub fn issuer(issuer: T::AccountId) -> Option<IssuerRecordOf<T>> {
			Issuers::<T>::get(issuer)
		}

		/// What an issuer's kind means, and has meant ever since it was described.
		pub fn kind(issuer: T::AccountId, kind: CredentialKind) -> Option<KindRecordOf<T>> {
			Kinds::<T>::get(issuer, kind)
		}

		/// The kinds that an issuer has described, from the one on that the page before named. In the
		/// order of storage.
		pub fn kinds_of(issuer: T::AccountId, after: Option<CredentialKind>) -> KindsPageOf<T> {
			Self::kinds_page(issuer, after)
		}
	}
}
