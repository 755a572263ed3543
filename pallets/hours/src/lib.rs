#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod dispatchable_impls;
mod ledger_impls;
mod sweep_impls;
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
	use frame_support::{pallet_prelude::*, traits::StorageVersion, weights::WeightMeter};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		traits::{ClaimTotals, IntervalClock},
		ClassId, Interval, MicroGpuHours,
	};

	use crate::{types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the ledger needs.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The chain's clock.
		type Clock: IntervalClock;

		/// Why claims are locked: one for each use. The runtime's reasons for a hold do.
		type LockReason: Parameter + Member + MaxEncodedLen + Copy;

		/// For how many reasons one holding can be locked at a time.
		#[pallet::constant]
		type MaxLocks: Get<u32>;

		/// The least that an account holds of a product, if it holds any: what keeps others from
		/// filling the ledger with dust.
		#[pallet::constant]
		type MinimumHolding: Get<MicroGpuHours>;

		/// How many intervals ahead claims are made.
		#[pallet::constant]
		type Horizon: Get<u32>;

		/// For how many intervals after its own a holding stays on record, so that whoever held
		/// claims that nobody delivered can be paid for them. Then it is removed.
		#[pallet::constant]
		type Grace: Get<u32>;

		/// For how many intervals after that the totals of a product stay.
		#[pallet::constant]
		type TotalsKept: Get<u32>;

		/// The most intervals that one page of a view covers.
		#[pallet::constant]
		type MaxPage: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Who holds what, by spans of intervals. The span comes first, so that what has expired is found at
	/// once, then the account, so that a wallet finds its own.
	#[pallet::storage]
	pub type Holdings<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, u32>,
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Twox64Concat, ClassId>,
		),
		Span<T>,
		ValueQuery,
	>;

	/// What became of each product's claims.
	#[pallet::storage]
	pub type Products<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Interval, Twox64Concat, ClassId, ClaimTotals, ValueQuery>;

	/// Sums over all products of a class that are not on record any more.
	#[pallet::storage]
	pub type ClosedTotals<T: Config> =
		StorageMap<_, Twox64Concat, ClassId, ClaimTotals, ValueQuery>;

	/// The first interval whose holdings are not swept: nobody holds anything of an earlier one. The first
	/// of a span.
	#[pallet::storage]
	pub type SweptUntil<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// The first interval whose totals are not closed. Never after `SweptUntil`.
	#[pallet::storage]
	pub type ClosedUntil<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Claims were made.
		Minted {
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// Who holds them.
			to: T::AccountId,
			/// How many.
			amount: MicroGpuHours,
		},
		/// Claims were taken back before their interval.
		Burnt {
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// Who held them.
			from: T::AccountId,
			/// How many.
			amount: MicroGpuHours,
		},
		/// Claims changed hands.
		Transferred {
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// Who held them.
			from: T::AccountId,
			/// Who holds them.
			to: T::AccountId,
			/// How many.
			amount: MicroGpuHours,
		},
		/// Claims of several intervals changed hands.
		TransferredEach {
			/// Of which class.
			class: ClassId,
			/// Who held them.
			from: T::AccountId,
			/// Who holds them.
			to: T::AccountId,
			/// How many of which interval.
			parts: Vec<(Interval, MicroGpuHours)>,
		},
		/// Claims were set aside.
		Locked {
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// Who holds them.
			who: T::AccountId,
			/// Why.
			reason: T::LockReason,
			/// How many.
			amount: MicroGpuHours,
		},
		/// Claims that were set aside are their holder's to use again.
		Unlocked {
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// Who holds them.
			who: T::AccountId,
			/// Why they were set aside.
			reason: T::LockReason,
			/// How many.
			amount: MicroGpuHours,
		},
		/// Claims were used in their interval.
		Redeemed {
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// Who held them.
			from: T::AccountId,
			/// How many.
			amount: MicroGpuHours,
		},
		/// A holding was removed because nobody used it in its interval.
		Expired {
			/// Of which class.
			class: ClassId,
			/// For which interval.
			interval: Interval,
			/// Who held it.
			who: T::AccountId,
			/// How much, free and locked.
			amount: MicroGpuHours,
		},
		/// A product's totals are final and were removed.
		ProductClosed {
			/// Which class.
			class: ClassId,
			/// Which interval.
			interval: Interval,
			/// What became of its claims.
			totals: ClaimTotals,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// Nothing to transfer. Name an amount above zero.
		Zero,
		/// The interval has begun or is over. Only claims of a future interval can be moved.
		Closed,
		/// The account has less than that free. Look at its holding: some may be locked.
		Insufficient,
		/// The numbers do not fit. Take a smaller amount.
		Overflow,
		/// The interval is further ahead than claims are made.
		TooFar,
		/// Either side would be left with less than `MinimumHolding`. Send more, or everything.
		Dust,
		/// The holding is locked for `MaxLocks` reasons already. Have one of them unlocked.
		Crowded,
		/// Only claims of the running interval can be redeemed.
		NotRunning,
		/// Nothing is old enough to be removed.
		NothingDue,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::sweep_due(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(
				T::MinimumHolding::get() > MicroGpuHours::ZERO,
				"without a least holding dust costs nothing"
			);
			assert!(T::Horizon::get() > 0, "claims are made for the future");
			assert!(T::MaxLocks::get() > 0, "a market locks what it sells");
			assert!(T::MaxPage::get() > 0, "an empty page shows nothing");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Moves claims of a future interval to another account.
		///
		/// - `to`: who gets them.
		/// - `class`, `interval`: which product.
		/// - `amount`: how many; neither side may be left with less than `MinimumHolding`, except
		///   the sender with nothing.
		///
		/// Origin: signed, the holder. Event: `Transferred`. Errors: `Zero`, `Closed`,
		/// `Insufficient`, `Dust`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::transfer())]
		pub fn transfer(
			origin: OriginFor<T>,
			to: T::AccountId,
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
		) -> DispatchResult {
			let from = ensure_signed(origin)?;
			Self::do_transfer_call(from, to, class, interval, amount)
		}

		/// Removes up to `limit` holdings, totals or empty intervals that are old enough. Blocks do
		/// this by themselves with the weight that they have left; the call is for a chain whose
		/// blocks have none left.
		///
		/// Origin: signed, anybody. Events: `Expired`, `ProductClosed`. Error: `NothingDue`.
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::sweep_weight(*limit))]
		pub fn sweep(origin: OriginFor<T>, limit: u32) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_sweep(limit)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What an account holds of one product.
		pub fn holding_of(
			who: T::AccountId,
			class: ClassId,
			interval: Interval,
		) -> Option<Holding<T>> {
			let holding = Self::holding(class, interval, &who);
			(holding.held() > MicroGpuHours::ZERO).then_some(holding)
		}

		/// What an account could send of one product now: nothing once the interval has begun.
		pub fn transferable(
			who: T::AccountId,
			class: ClassId,
			interval: Interval,
		) -> MicroGpuHours {
			Self::transferable_of(&who, class, interval)
		}

		/// All that an account holds of the intervals `from` to `until`, both included. A page
		/// covers at most `MaxPage` intervals and names the one to go on with.
		pub fn holdings_of(who: T::AccountId, from: Interval, until: Interval) -> Page<T> {
			Self::page_of(&who, from, until)
		}

		/// One product: its phase and what became of its claims.
		pub fn product(class: ClassId, interval: Interval) -> Product {
			Self::product_of(class, interval)
		}

		/// The products of one interval that claims were made of, in the order of their classes.
		pub fn products_of(interval: Interval) -> Vec<(ClassId, ClaimTotals)> {
			Self::classes_of(interval)
		}

		/// Sums over all products of a class that are not on record any more.
		pub fn closed_totals(class: ClassId) -> ClaimTotals {
			ClosedTotals::<T>::get(class)
		}
	}
}
