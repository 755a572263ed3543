#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

mod accused;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod duty;
mod epoch;
#[cfg(test)]
mod mock;
mod session;
mod stake;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{Inspect, InspectHold, Mutate, MutateHold},
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{units::GramsPerKwh, Interval, MicroGpuHours};
	use sp_consensus_grandpa::SetId;
	use sp_consensus_pogcs::{AuthorityKey, Randomness, VrfOutput};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The token that validators bond.
		type Currency: Inspect<Self::AccountId, Balance: Into<u128>>
			+ InspectHold<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The overarching hold reason.
		type RuntimeHoldReason: From<HoldReason>;

		/// Who holds session keys: only these can enter the set.
		type SessionKeys: HasSessionKeys<Self::AccountId>;

		/// The finality gadget's authority set.
		type Finality: FinalitySet;

		/// Milliseconds of a slot.
		#[pallet::constant]
		type SlotDuration: Get<u64>;

		/// The share of slots with a primary author, as `(numerator, denominator)`; at most 1/2.
		#[pallet::constant]
		type PrimaryShare: Get<(u64, u64)>;

		/// Carbon intensity up to which compute counts in full.
		#[pallet::constant]
		type CarbonReference: Get<GramsPerKwh>;

		/// The most validators that can bond.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// The least stake of a validator.
		#[pallet::constant]
		type MinStake: Get<BalanceOf<Self>>;

		/// Epochs between unbonding and withdrawal.
		#[pallet::constant]
		type UnbondingEpochs: Get<u32>;

		/// The most withdrawals that can wait for one validator.
		#[pallet::constant]
		type MaxUnlocking: Get<u32>;

		/// How many intervals' randomness is kept.
		#[pallet::constant]
		type RandomnessHistory: Get<u32>;

		/// How many blocks' randomness is kept.
		#[pallet::constant]
		type BlockRandomnessHistory: Get<u32>;

		/// How many epochs back somebody can be accused. Sets with keys, weights and stake are kept
		/// that long.
		#[pallet::constant]
		type EvidenceEpochs: Get<u32>;

		/// The most epochs of maintenance that a validator can declare in a period.
		#[pallet::constant]
		type MaintenanceEpochs: Get<u32>;

		/// Epochs of that period.
		#[pallet::constant]
		type MaintenancePeriod: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why a validator's funds are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Bonded as stake, or waiting to be withdrawn.
		#[codec(index = 0)]
		Stake,
	}

	/// How this chain keeps time and weighs; set at genesis.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageValue<_, ChainParameters, ValueQuery>;

	/// Everyone who bonds, with stake, average and what the running epoch delivered.
	#[pallet::storage]
	pub type Validators<T: Config> =
		CountedStorageMap<_, Twox64Concat, T::AccountId, ValidatorOf<T>, OptionQuery>;

	/// The set planned last: accounts with their scaled weights, none zero, and the stake behind them.
	#[pallet::storage]
	pub type Planned<T: Config> = StorageValue<
		_,
		BoundedVec<(T::AccountId, u64, BalanceOf<T>), T::MaxValidators>,
		ValueQuery,
	>;

	/// The accounts behind [`Authorities`], in the same order.
	#[pallet::storage]
	pub type Authors<T: Config> =
		StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// Authorities of the epoch that runs.
	#[pallet::storage]
	pub type Authorities<T: Config> =
		StorageValue<_, BoundedVec<(AuthorityKey, u64), T::MaxValidators>, ValueQuery>;

	/// Authorities of the next epoch, as announced.
	#[pallet::storage]
	pub type NextAuthorities<T: Config> =
		StorageValue<_, BoundedVec<(AuthorityKey, u64), T::MaxValidators>, ValueQuery>;

	/// [`NextAuthorities`] with the accounts and the stake behind them, in the same order.
	#[pallet::storage]
	pub type NextSeats<T: Config> = StorageValue<_, SeatsOf<T>, ValueQuery>;

	/// The set of each epoch in [`HistoryKept`].
	#[pallet::storage]
	pub type History<T: Config> = StorageMap<_, Twox64Concat, Interval, SeatsOf<T>, OptionQuery>;

	/// The epochs in [`History`], oldest first; the last one runs.
	#[pallet::storage]
	pub type HistoryKept<T: Config> =
		StorageValue<_, BoundedVec<Interval, T::EvidenceEpochs>, ValueQuery>;

	/// Each finality set in [`VotersKept`].
	#[pallet::storage]
	pub type VoterHistory<T: Config> = StorageMap<_, Twox64Concat, SetId, SeatsOf<T>, OptionQuery>;

	/// The finality sets in [`VoterHistory`], oldest first, with the last epoch of each; the last
	/// one votes.
	#[pallet::storage]
	pub type VotersKept<T: Config> =
		StorageValue<_, BoundedVec<(SetId, Interval), T::EvidenceEpochs>, ValueQuery>;

	/// Places in [`Authorities`] whose blocks are refused, in ascending order.
	#[pallet::storage]
	pub type Barred<T: Config> = StorageValue<_, BoundedVec<u32, T::MaxValidators>, ValueQuery>;

	/// Blocks of the epoch that runs, by the author's place in [`Authorities`].
	#[pallet::storage]
	pub type BlocksMade<T: Config> = StorageValue<_, BoundedVec<u32, T::MaxValidators>, ValueQuery>;

	/// The place of the author of the block that is being executed.
	#[pallet::storage]
	pub type CurrentAuthor<T: Config> = StorageValue<_, u32, OptionQuery>;

	/// The delivery interval, which is the epoch, that runs.
	#[pallet::storage]
	pub type CurrentInterval<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// The era that runs: the finality set was last changed where it opened.
	#[pallet::storage]
	pub type CurrentEra<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// The slot of block 1, at which epoch 0 starts.
	#[pallet::storage]
	pub type GenesisSlot<T: Config> = StorageValue<_, u64, OptionQuery>;

	/// The slot of the block that is being executed.
	#[pallet::storage]
	pub type CurrentSlot<T: Config> = StorageValue<_, u64, ValueQuery>;

	/// What the author of the block that is being executed revealed.
	#[pallet::storage]
	pub type Revealed<T: Config> = StorageValue<_, VrfOutput, OptionQuery>;

	/// A hash chain over what the authors of this epoch revealed.
	#[pallet::storage]
	pub type Accumulator<T: Config> = StorageValue<_, Randomness, ValueQuery>;

	/// Randomness of the epoch that runs.
	#[pallet::storage]
	pub type CurrentRandomness<T: Config> = StorageValue<_, Randomness, ValueQuery>;

	/// Randomness of the next epoch.
	#[pallet::storage]
	pub type NextRandomness<T: Config> = StorageValue<_, Randomness, ValueQuery>;

	/// Randomness that the blocks of an interval fixed; kept for `RandomnessHistory` intervals.
	///
	/// Read by devices against storage proofs.
	#[pallet::storage]
	pub type IntervalRandomness<T: Config> =
		StorageMap<_, Twox64Concat, Interval, Randomness, OptionQuery>;

	/// The intervals in [`IntervalRandomness`], oldest first.
	#[pallet::storage]
	pub type RandomnessKept<T: Config> =
		StorageValue<_, BoundedVec<Interval, T::RandomnessHistory>, ValueQuery>;

	/// A hash chain over what the authors of all blocks revealed, at each of the last
	/// `BlockRandomnessHistory` blocks.
	///
	/// Read by devices against storage proofs.
	#[pallet::storage]
	pub type BlockMixes<T: Config> =
		StorageMap<_, Twox64Concat, BlockNumberFor<T>, Randomness, OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Stake was bonded.
		Bonded {
			/// Whose.
			validator: T::AccountId,
			/// How much was added, in plancks.
			amount: BalanceOf<T>,
			/// The stake after it.
			stake: BalanceOf<T>,
		},
		/// Stake was unbonded: it gives no weight any more and can be withdrawn later.
		Unbonded {
			/// Whose.
			validator: T::AccountId,
			/// How much, in plancks.
			amount: BalanceOf<T>,
			/// The interval from which it can be withdrawn.
			withdrawable: Interval,
		},
		/// Unbonded stake was withdrawn.
		Withdrawn {
			/// Whose.
			validator: T::AccountId,
			/// How much, in plancks.
			amount: BalanceOf<T>,
		},
		/// Verified green compute was credited to a validator.
		WorkCredited {
			/// To whom.
			validator: T::AccountId,
			/// The work as verified.
			work: MicroGpuHours,
			/// What it counts for, after scaling by carbon.
			counted: MicroGpuHours,
		},
		/// A new epoch, which is a delivery interval, opened.
		EpochOpened {
			/// Which.
			interval: Interval,
			/// How many authorities it has.
			authorities: u32,
		},
		/// The set of the epoch after the one that opens was computed.
		SetPlanned {
			/// How many authorities it has.
			authorities: u32,
			/// Weight from verified work, in µGPU-h.
			earned: u128,
			/// Weight lent to genesis validators, in µGPU-h.
			bootstrap: u128,
		},
		/// Too few validators weigh anything: the last set stays.
		SetKept {
			/// How many candidates had weight and session keys.
			candidates: u32,
		},
		/// An era opened and the finality set follows the epoch's weights.
		EraOpened {
			/// Which.
			era: u32,
			/// How many voters the set has.
			voters: u32,
		},
		/// The finality set could not be changed at an era's boundary; the next boundary tries
		/// again.
		FinalityChangeFailed {
			/// Which era.
			era: u32,
		},
		/// A validator lost stake for cause.
		Slashed {
			/// Whose stake.
			validator: T::AccountId,
			/// How much it lost, in plancks.
			taken: BalanceOf<T>,
			/// What of it went to the reporter; the rest was burnt.
			rewarded: BalanceOf<T>,
			/// The stake after it, without what waits to be withdrawn.
			stake: BalanceOf<T>,
		},
		/// A validator lost its weight for cause.
		Cooled {
			/// Whose.
			validator: T::AccountId,
			/// The first interval whose set it can be in again.
			until: Interval,
		},
		/// Blocks of an authority are refused for the rest of the epoch.
		AuthorBarred {
			/// Whose.
			validator: T::AccountId,
			/// Its place in the set.
			place: u32,
		},
		/// An authority made no block in an epoch in which several were expected. It stays out of
		/// the sets planned from now on, until it says that it is back.
		MarkedAbsent {
			/// Which.
			validator: T::AccountId,
			/// The epoch.
			interval: Interval,
			/// How many blocks it should have made by its share, rounded down.
			expected: u32,
			/// How many the whole set made.
			blocks: u32,
		},
		/// A validator that was marked absent is back: the next set that is planned can have it.
		Returned {
			/// Which.
			validator: T::AccountId,
		},
		/// A validator declared maintenance: it stays out of the set for that time.
		MaintenanceDeclared {
			/// Which.
			validator: T::AccountId,
			/// The first interval of it.
			from: Interval,
			/// The first interval after it.
			until: Interval,
			/// Epochs declared in the period that runs, with these.
			used: u32,
		},
		/// A validator ended its maintenance early.
		MaintenanceCancelled {
			/// Which.
			validator: T::AccountId,
			/// The first interval whose set it can be in again.
			back: Interval,
			/// Epochs that still count against the quota of the period.
			used: u32,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The amount or the number of epochs is zero: name how much.
		Zero,
		/// Less than the minimum stake would be left: unbond everything or less.
		Insufficient,
		/// The account has no stake: bond first.
		NotBonded,
		/// As many validators as the chain allows have bonded: wait for a place.
		Full,
		/// More than the account's stake: unbond at most that.
		Excessive,
		/// Too many withdrawals are waiting: withdraw first.
		Crowded,
		/// Nothing can be withdrawn yet: wait for the interval named when it was unbonded.
		Locked,
		/// The sum does not fit a balance or the clock: name less.
		Overflow,
		/// The validator is not marked absent: there is nothing to return from.
		OnDuty,
		/// The sets of this epoch and the next are announced already: declare maintenance at least
		/// two epochs ahead.
		TooSoon,
		/// More maintenance than the quota of a period allows: declare less, or wait for the next
		/// period.
		QuotaSpent,
		/// A maintenance is declared and not over: cancel it or wait for its end.
		Declared,
		/// No maintenance is declared that cancelling would shorten: nothing to do.
		NoMaintenance,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The genesis validators and the stake that each bonds from its balance.
		pub validators: Vec<(T::AccountId, BalanceOf<T>)>,
		/// Randomness of the first two epochs.
		pub randomness: Randomness,
		/// How the chain keeps time and weighs.
		pub parameters: ChainParameters,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// Genesis is built on the machine of whoever makes the chain specification, where a
			// panic is the way to refuse it.
			for (validator, stake) in &self.validators {
				T::Currency::hold(&HoldReason::Stake.into(), validator, *stake)
					.expect("a genesis validator owns its stake");
				Validators::<T>::insert(
					validator,
					Validator { stake: *stake, genesis: true, ..Default::default() },
				);
			}
			self.parameters.check().expect("genesis parameters make sense");
			Parameters::<T>::put(&self.parameters);
			CurrentRandomness::<T>::put(self.randomness);
			NextRandomness::<T>::put(self.randomness);
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::open_block();
			T::WeightInfo::on_block()
		}

		fn on_finalize(_: BlockNumberFor<T>) {
			Self::close_block();
		}

		fn integrity_test() {
			let (numerator, denominator) = T::PrimaryShare::get();
			assert!(
				numerator > 0 && numerator.saturating_mul(2) <= denominator,
				"the share of primary slots lies in 0..=1/2"
			);
			assert!(T::SlotDuration::get() > 0, "time passes");
			assert!(T::RandomnessHistory::get() > 1, "a challenge outlives its interval");
			assert!(T::EvidenceEpochs::get() > 0, "somebody can be accused");
			assert!(
				T::UnbondingEpochs::get() > T::EvidenceEpochs::get().saturating_add(2),
				"stake is on hold until nobody can be accused any more of what it stood for"
			);
			assert!(
				T::MaintenanceEpochs::get() <= T::MaintenancePeriod::get(),
				"maintenance is a part of its period"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Bonds `amount` more as stake, and thereby becomes a validator.
		///
		/// Needs session keys too before it can enter the set (`session.setKeys`).
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::bond())]
		pub fn bond(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
			let validator = ensure_signed(origin)?;
			Self::do_bond(validator, amount)
		}

		/// Takes `amount` out of the stake. It stays on hold for `UnbondingEpochs`, so that nobody
		/// withdraws before being caught; longer while a set that it stands for goes on.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unbond())]
		pub fn unbond(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
			let validator = ensure_signed(origin)?;
			Self::do_unbond(validator, amount)
		}

		/// Frees what was unbonded long enough ago.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
			let validator = ensure_signed(origin)?;
			Self::do_withdraw(validator)
		}

		/// Says that the caller, who was marked absent, is back. The next set that is planned can
		/// have it: two epochs from now.
		///
		/// Origin: signed, the validator. Event: `Returned`. Errors: `NotBonded`, `OnDuty`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::return_to_duty())]
		pub fn return_to_duty(origin: OriginFor<T>) -> DispatchResult {
			let validator = ensure_signed(origin)?;
			Self::do_return_to_duty(validator)
		}

		/// Declares that the caller will be away for `epochs` epochs from `from` on. It is left out
		/// of their sets, is not marked absent, and comes back by itself.
		///
		/// Origin: signed, the validator. Event: `MaintenanceDeclared`. Errors: `Zero`, `TooSoon`,
		/// `NotBonded`, `Declared`, `QuotaSpent`, `Overflow`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::declare_maintenance())]
		pub fn declare_maintenance(
			origin: OriginFor<T>,
			from: Interval,
			epochs: u32,
		) -> DispatchResult {
			let validator = ensure_signed(origin)?;
			Self::do_declare_maintenance(validator, from, epochs)
		}

		/// Ends the caller's maintenance as early as the lookback allows: the sets of this epoch and
		/// the next are made. Epochs that are not used count no longer.
		///
		/// Origin: signed, the validator. Event: `MaintenanceCancelled`. Errors: `NotBonded`,
		/// `NoMaintenance`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::cancel_maintenance())]
		pub fn cancel_maintenance(origin: OriginFor<T>) -> DispatchResult {
			let validator = ensure_signed(origin)?;
			Self::do_cancel_maintenance(validator)
		}
	}
}
