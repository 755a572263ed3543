#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod evidence;
mod fraction;
#[cfg(test)]
mod mock;
mod punish;
mod submit;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

pub use fraction::slash_fraction;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::boxed::Box;
	use frame_support::pallet_prelude::*;
	use frame_system::{ensure_authorized, pallet_prelude::*};
	use sp_runtime::Perbill;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The engine's pallet knows past sets and holds the stake; this one judges.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>> + pallet_pogcs::Config
	{
		/// The author of the block that is being executed.
		type BlockAuthor: Get<Option<Self::AccountId>>;

		/// The least part of the stake that an equivocation costs.
		#[pallet::constant]
		type LeastSlash: Get<Perbill>;

		/// What of a slash goes to the author of the block that has the report.
		#[pallet::constant]
		type ReporterShare: Get<Perbill>;

		/// Epochs for which an offender has no weight.
		#[pallet::constant]
		type CoolingEpochs: Get<u32>;

		/// The longest evidence that is looked at, in bytes.
		#[pallet::constant]
		type MaxEvidence: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Who was caught in a period, and what it cost them.
	#[pallet::storage]
	pub type Cases<T: Config> = StorageMap<_, Twox64Concat, Period, CaseOf<T>, OptionQuery>;

	/// The periods in [`Cases`].
	#[pallet::storage]
	pub type Open<T: Config> = StorageValue<_, BoundedVec<Period, MostCases<T>>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An authority was caught signing twice. What each offender of the period lost for it is
		/// told by `pogcs.Slashed`.
		Equivocated {
			/// Who.
			offender: T::AccountId,
			/// When: the epoch of two blocks, the finality set of two votes.
			period: Period,
			/// What all offenders of the period weigh together.
			weight: u64,
			/// What the whole set weighs.
			total: u64,
			/// The part of its stake that each of them loses.
			fraction: Perbill,
			/// Who has its share for reporting it: the author of the block, unless it is an offender
			/// of the period itself.
			reporter: Option<T::AccountId>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The evidence is longer than any honest one: send two headers or two votes, nothing else.
		TooLarge,
		/// Both headers are the same block: find the other one.
		SameHeader,
		/// A header has no claim to a slot, or more than one: it is no header of this chain.
		NoClaim,
		/// The headers claim other slots than the evidence names: two blocks for two slots are no
		/// offence.
		OtherSlot,
		/// The headers claim different places in the set: they are by two authorities.
		OtherAuthority,
		/// A header is not sealed by the accused key: take it as it came from the network, and name
		/// the key at the place that it claims.
		BadSeal,
		/// The votes are for the same block, or one of them is not signed by the accused key for
		/// this set and round.
		BadVotes,
		/// The accused key had no seat in the set, or not the one that the headers claim: check slot
		/// or set.
		UnknownKey,
		/// The set has not come yet, or never was: check slot or set.
		UnknownSet,
		/// So long ago that nobody is accused of it any more.
		TooOld,
		/// This authority is punished for that epoch or finality set already; a second time in it
		/// costs nothing more.
		Known,
		/// As many were caught as a set has seats. This cannot be.
		Full,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::forget_one();
			<T as Config>::WeightInfo::on_block()
		}

		fn integrity_test() {
			assert!(!T::LeastSlash::get().is_zero(), "an offence costs something");
			assert!(
				T::ReporterShare::get() <= Perbill::from_percent(50),
				"two who share out a slash among themselves lose by it"
			);
			assert!(T::CoolingEpochs::get() > 1, "an offender misses a set that is not announced");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Reports that an authority sealed two blocks for one slot. Unsigned: a node makes it by
		/// the runtime API `submit_report_equivocation_unsigned_extrinsic`, and only for itself.
		///
		/// Origin: authorised. Event: `Equivocated`. Errors: all but `BadVotes`.
		#[pallet::call_index(0)]
		#[pallet::weight((
			<T as Config>::WeightInfo::report_block_equivocation(T::MaxValidators::get()),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::authorize(|source, proof| Self::authorize_blocks(source, proof))]
		#[pallet::weight_of_authorize(<T as Config>::WeightInfo::authorize_block_equivocation())]
		pub fn report_block_equivocation(
			origin: OriginFor<T>,
			proof: Box<BlockEquivocation<T>>,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			let charge = Self::check_blocks(&proof)?;
			let offenders = Self::punish(charge)?;
			let weight = <T as Config>::WeightInfo::report_block_equivocation(offenders);
			Ok((Some(weight), Pays::No).into())
		}

		/// Reports that an authority voted twice in one round of finality. Unsigned: a node's
		/// finality gadget makes it, and only for itself.
		///
		/// Origin: authorised. Event: `Equivocated`. Errors: `TooLarge`, `BadVotes`, `UnknownKey`,
		/// `UnknownSet`, `TooOld`, `Known`, `Full`.
		#[pallet::call_index(1)]
		#[pallet::weight((
			<T as Config>::WeightInfo::report_vote_equivocation(T::MaxValidators::get()),
			DispatchClass::Operational,
			Pays::No,
		))]
		#[pallet::authorize(|source, proof| Self::authorize_votes(source, proof))]
		#[pallet::weight_of_authorize(<T as Config>::WeightInfo::authorize_vote_equivocation())]
		pub fn report_vote_equivocation(
			origin: OriginFor<T>,
			proof: Box<VoteEquivocation<T>>,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			let charge = Self::check_votes(&proof)?;
			let offenders = Self::punish(charge)?;
			let weight = <T as Config>::WeightInfo::report_vote_equivocation(offenders);
			Ok((Some(weight), Pays::No).into())
		}
	}
}
