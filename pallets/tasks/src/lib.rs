#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod client_impls;
mod conclude_impls;
mod contract_impls;
mod device_impls;
mod entry_impls;
mod hours_impls;
#[cfg(test)]
mod mock;
mod plan_impls;
mod proving_impls;
mod refund_impls;
mod run_impls;
mod sweep_impls;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod utility_impls;
pub mod verdict;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{boxed::Box, vec::Vec};
	use core::num::NonZeroU64;
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{Inspect, InspectHold, Mutate, MutateHold},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		contracts::{Booking, Outcome, Portion, Unfit, DRAW_LEAD, MAX_FURTHER},
		jobs::{Hash, JobKind},
		records::{Assignment, ChunkRecord, ModelRecord, PoolKind, TaskRecord},
		traits::{
			DeliveredWork, DeviceClasses, Devices, Energy, HourLedger, HourMarket, IntervalClock,
			Lifecycle, PromisedHours, Shortfalls, TaskProofs, WorkCredit,
		},
		wire::{PublicKey, Submission},
		workload::{Images, BATCH},
		ClassId, Commitment, DeviceId, Interval, MicroGpuHours, MilliWattHours, MilligramsCo2,
		TaskId,
	};
	use pogcs_proof::{Reason, Statement};
	use sp_runtime::{traits::Convert, Permill, SaturatedConversion};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The currency's balance.
	pub type BalanceOf<T> =
		<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

	/// A demand contract of this runtime.
	pub type TaskOf<T> = TaskRecord<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

	/// The inputs of a task's chunks.
	pub type Inputs<T> = BoundedVec<Images, <T as Config>::MaxChunks>;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash: Into<[u8; 32]>>
	{
		/// The currency of rewards and deposits.
		type Currency: Inspect<Self::AccountId>
			+ InspectHold<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for a hold, and for a lock on claims.
		type RuntimeHoldReason: From<HoldReason>;

		/// Who registers models.
		type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The chain's clock and randomness.
		type Clock: IntervalClock;

		/// The device registry.
		type Devices: Devices<Self::AccountId>;

		/// The ledger of metered energy.
		type Energy: Energy;

		/// The registry of keys and nullifiers.
		type Proofs: TaskProofs<Statement, Reason>;

		/// Who turns verified work into weight.
		type WorkCredit: WorkCredit<Self::AccountId>;

		/// Who keeps a device's state in step with the chunks that it has.
		type Lifecycle: Lifecycle;

		/// Who counts a contract's verified work against what was promised. What that takes is part of
		/// [`WeightInfo::prove`] and [`WeightInfo::conclude`].
		type Delivered: DeliveredWork<Self::AccountId>;

		/// Who counts the verified work of tasks with a reward against what was promised. `()` where
		/// hours are sold by a market: there a member who does such work in hours that his pool sold
		/// would be paid twice, and whoever bought the hours would get nothing.
		type Spot: DeliveredWork<Self::AccountId>;

		/// Where hours are bought and sold.
		type Market: HourMarket<Self::AccountId, BalanceOf<Self>>;

		/// The ledger of hour claims.
		type Claims: HourLedger<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// Who owes the hours.
		type Promised: PromisedHours;

		/// What classes of devices can do.
		type Classes: DeviceClasses;

		/// The class of the claims that pools of a kind and a class sell: the same as theirs.
		type ClaimClass: Convert<(PoolKind, ClassId), Option<ClassId>>;

		/// What buyers can be paid for what was missed.
		type Shortfalls: Shortfalls<BalanceOf<Self>>;

		/// The account that they are paid from, and that lost bonds go to.
		type InsuranceAccount: Get<Self::AccountId>;

		/// How much of the interval that runs is over.
		type Elapsed: Get<Permill>;

		/// Operations that count as a µGPU-h of a job.
		type JobUnit: Get<NonZeroU64>;

		/// The least energy that so much work of a job takes.
		type JobEnergy: Convert<MicroGpuHours, MilliWattHours>;

		/// The account that a device's key controls.
		type DeviceAccount: Convert<PublicKey, Self::AccountId>;

		/// The least reward of a chunk.
		#[pallet::constant]
		type MinReward: Get<BalanceOf<Self>>;

		/// What is on hold for the storage of each chunk.
		#[pallet::constant]
		type DepositPerChunk: Get<BalanceOf<Self>>;

		/// The most chunks of a task.
		#[pallet::constant]
		type MaxChunks: Get<u32>;

		/// The most chunks that a device may have accepted and not yet proven.
		#[pallet::constant]
		type MaxAssignments: Get<u32>;

		/// The most intervals that a deadline may lie ahead.
		#[pallet::constant]
		type MaxHorizon: Get<u32>;

		/// Intervals after which a chunk that was accepted and not committed is anybody's again.
		#[pallet::constant]
		type CommitWindow: Get<u32>;

		/// The most intervals from the first of a contract to the last.
		#[pallet::constant]
		type MaxSpan: Get<u32>;

		/// The most intervals that the last one of a contract may lie ahead: as far as hours are sold.
		#[pallet::constant]
		type MaxAhead: Get<u32>;

		/// For how many intervals after its hour a contract's chunk can still be verified. No longer
		/// than pools count work for a promise, and than the clock keeps randomness.
		#[pallet::constant]
		type ResultTime: Get<u32>;

		/// For how many intervals after the work answers are opened.
		#[pallet::constant]
		type OpenTime: Get<u32>;

		/// After how many intervals hours that were missed are written off, if pools have not said by
		/// then what is due for them. As long as they keep their ledger. What was asked for is
		/// remembered as long.
		#[pallet::constant]
		type RefundTime: Get<u32>;

		/// The part of an interval after which its hours can be delivered by anybody able.
		#[pallet::constant]
		type OpenAfter: Get<Permill>;

		/// The most devices that do one chunk at once: [`MOST_COPIES`] at most.
		#[pallet::constant]
		type MaxCopies: Get<u32>;

		/// The most hours of a chunk by one device. No more than the least promise of a pool: or hours
		/// could be asked for that no member can deliver alone.
		#[pallet::constant]
		type MaxChunkWork: Get<MicroGpuHours>;

		/// What a device has on hold for work that is compared, whatever its size.
		#[pallet::constant]
		type MinBond: Get<BalanceOf<Self>>;

		/// What it has on hold beside for each GPU-hour.
		#[pallet::constant]
		type BondPerGpuHour: Get<BalanceOf<Self>>;

		/// What is on hold for the storage of a contract.
		#[pallet::constant]
		type DepositPerContract: Get<BalanceOf<Self>>;

		/// What is on hold for the storage of each of its intervals.
		#[pallet::constant]
		type DepositPerBooking: Get<BalanceOf<Self>>;

		/// What is on hold for the storage of each chunk that several devices do.
		#[pallet::constant]
		type DepositPerReplica: Get<BalanceOf<Self>>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why funds are on hold, and claims locked.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Rewards of chunks that are not yet paid, tips, and what further devices are paid from.
		#[codec(index = 0)]
		Reward,
		/// The deposit for a task's storage.
		#[codec(index = 1)]
		Storage,
		/// Claims: the hours of a contract.
		#[codec(index = 2)]
		Hours,
		/// What a device loses if its answer is wrong, or never comes.
		#[codec(index = 3)]
		Bond,
	}

	/// The index that the next model gets.
	#[pallet::storage]
	pub type NextModel<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// Models that tasks can name.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Twox64Concat, u32, ModelRecord, OptionQuery>;

	/// The id that the next task gets.
	#[pallet::storage]
	pub type NextTask<T: Config> = StorageValue<_, TaskId, ValueQuery>;

	/// Demand contracts.
	#[pallet::storage]
	pub type Tasks<T: Config> = StorageMap<_, Twox64Concat, TaskId, TaskOf<T>, OptionQuery>;

	/// Their chunks.
	#[pallet::storage]
	pub type Chunks<T: Config> =
		StorageDoubleMap<_, Twox64Concat, TaskId, Twox64Concat, u32, ChunkRecord, OptionQuery>;

	/// What each device has accepted and not yet proven.
	#[pallet::storage]
	pub type Assignments<T: Config> = StorageMap<
		_,
		Twox64Concat,
		DeviceId,
		BoundedVec<Assignment, T::MaxAssignments>,
		ValueQuery,
	>;

	/// Tasks whose work is paid for by hours. If it is proven, there is a task of the same number.
	#[pallet::storage]
	pub type Contracts<T: Config> = StorageMap<_, Twox64Concat, TaskId, ContractOf<T>, OptionQuery>;

	/// What became of the hours that a contract bought of an interval.
	#[pallet::storage]
	pub type Bookings<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TaskId,
		Twox64Concat,
		Interval,
		Booking<BalanceOf<T>>,
		OptionQuery,
	>;

	/// Chunks of contracts that several devices do, from the first that enters on.
	#[pallet::storage]
	pub type Replicated<T: Config> =
		StorageDoubleMap<_, Twox64Concat, TaskId, Twox64Concat, u32, ReplicatedOf<T>, OptionQuery>;

	/// The chunks that each device is bound to an answer of, which is not judged yet.
	#[pallet::storage]
	pub type Engagements<T: Config> = StorageMap<
		_,
		Twox64Concat,
		DeviceId,
		BoundedVec<Assignment, T::MaxAssignments>,
		ValueQuery,
	>;

	/// Hours of contracts that a device took on in an interval and that are not verified yet.
	#[pallet::storage]
	pub type Underway<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		DeviceId,
		Twox64Concat,
		Interval,
		MicroGpuHours,
		ValueQuery,
	>;

	/// Hours of each product that contracts asked for while they could be delivered.
	#[pallet::storage]
	pub type Asked<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		Interval,
		Twox64Concat,
		ClassId,
		MicroGpuHours,
		ValueQuery,
	>;

	/// The last interval that a device entered for work on content in, and the hours of it that it
	/// answered for: that they can be done. No more than it owes.
	#[pallet::storage]
	pub type AnsweredFor<T: Config> =
		StorageMap<_, Twox64Concat, DeviceId, (Interval, MicroGpuHours), OptionQuery>;

	/// The first interval of which it is remembered what was asked for.
	#[pallet::storage]
	pub type AskedSince<T: Config> = StorageValue<_, Interval, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model was registered.
		ModelRegistered {
			/// Its index.
			model: u32,
			/// Commitment to its weights.
			commitment: Commitment,
		},
		/// A task was opened.
		Opened {
			/// Which.
			task: TaskId,
			/// Who pays.
			client: T::AccountId,
			/// The model to run.
			model: u32,
			/// How many chunks it has.
			chunks: u32,
			/// The reward of each, in plancks, now on hold.
			reward_per_chunk: BalanceOf<T>,
			/// The last interval in which a proof is accepted.
			deadline: Interval,
		},
		/// A device took a chunk on.
		Accepted {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// Who.
			device: DeviceId,
			/// Whether the device's leader gave it the chunk, and the device did not ask for it.
			given: bool,
		},
		/// A chunk that was accepted can be accepted by anybody again.
		Released {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// Who had it.
			device: DeviceId,
		},
		/// A device is bound to a chunk's result.
		Committed {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// Who.
			device: DeviceId,
			/// The interval whose energy the work uses.
			interval: Interval,
			/// Commitment to everything the network computed.
			work: Commitment,
		},
		/// A chunk was proven and paid.
		Paid {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// Who proved it.
			device: DeviceId,
			/// Who was paid.
			owner: T::AccountId,
			/// How much, in plancks.
			amount: BalanceOf<T>,
			/// The digits that the network read.
			digits: [u8; BATCH],
			/// What the work counts for.
			work: MicroGpuHours,
			/// Green energy that it used up.
			energy: MilliWattHours,
			/// What that energy emitted, at the mean of all that compute drew in its interval.
			carbon: MilligramsCo2,
		},
		/// A task is over: its storage is free and what was left went back to the client.
		Closed {
			/// Which.
			task: TaskId,
			/// Chunks that were never proven.
			unpaid: u32,
			/// Their rewards, in plancks, given back.
			refunded: BalanceOf<T>,
		},
		/// A contract was opened, and its hours are bought and locked.
		ContractOpened {
			/// Its task.
			task: TaskId,
			/// Who asked for the work.
			client: T::AccountId,
			/// What kind of work.
			kind: JobKind,
			/// The class of devices that may do it.
			class: ClassId,
			/// The class of the claims that it is done on.
			claims: ClassId,
			/// How many chunks it has.
			chunks: u32,
			/// All the hours that were bought.
			hours: MicroGpuHours,
			/// The last interval in which it is done.
			deadline: Interval,
		},
		/// Hours of an interval were bought for a contract.
		HoursBought {
			/// Its task.
			task: TaskId,
			/// Which interval.
			interval: Interval,
			/// How many.
			hours: MicroGpuHours,
			/// What they cost, in plancks.
			cost: BalanceOf<T>,
		},
		/// Chunks were given up, and their hours sold again.
		Resold {
			/// The contract's task.
			task: TaskId,
			/// Of which interval.
			interval: Interval,
			/// How many chunks: the last ones of the interval.
			chunks: u32,
			/// How many hours.
			hours: MicroGpuHours,
			/// What they brought, in plancks.
			received: BalanceOf<T>,
		},
		/// An interval of a contract is settled.
		Settled {
			/// The contract's task.
			task: TaskId,
			/// Which interval.
			interval: Interval,
			/// Who asked for the work.
			client: T::AccountId,
			/// What became of the hours.
			booking: Booking<BalanceOf<T>>,
			/// Hours that were asked for and not delivered.
			missed: MicroGpuHours,
			/// What the insurance paid for them, in plancks.
			amount: BalanceOf<T>,
		},
		/// Nothing of a contract is left.
		ContractEnded {
			/// Its task.
			task: TaskId,
			/// The deposit that was given back, in plancks.
			deposit: BalanceOf<T>,
		},
		/// A device would do a chunk.
		Entered {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// In which round.
			round: u8,
			/// Who.
			device: DeviceId,
			/// Its ticket.
			ticket: Hash,
		},
		/// A device did a chunk and is bound to its answer.
		Bound {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// In which round.
			round: u8,
			/// Who.
			device: DeviceId,
			/// The interval in which the work was done.
			interval: Interval,
			/// Whether chance chose it, so that its answer has a vote.
			drawn: bool,
		},
		/// A device opened its answer.
		AnswerOpened {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// Who.
			device: DeviceId,
			/// The answer's layer.
			layer: u8,
			/// The answer.
			answer: Hash,
			/// Why its work will not count as delivered, if so.
			unfit: Option<Unfit>,
		},
		/// Answers differ, or too few came: a further device is asked.
		FurtherAsked {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// The round that opens.
			round: u8,
			/// The interval in which its work is done. Devices enter in the one before.
			interval: Interval,
		},
		/// A device gave the answer that stands.
		Rewarded {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// Who.
			device: DeviceId,
			/// Whose it is.
			owner: T::AccountId,
			/// The round that it came in: in round 0 it used hours of the contract.
			round: u8,
			/// Why it does not count as delivered, if so.
			unfit: Option<Unfit>,
			/// What its owner got, in plancks, beside the pool's income.
			amount: BalanceOf<T>,
			/// What its energy emitted.
			carbon: MilligramsCo2,
		},
		/// A device's answer was wrong, or never came.
		BondLost {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// Who.
			device: DeviceId,
			/// The bond, in plancks.
			bond: BalanceOf<T>,
			/// What of it went to the insurance. The rest paid further devices.
			insured: BalanceOf<T>,
		},
		/// A chunk that several devices did is over.
		Concluded {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// What became of it.
			outcome: Outcome,
			/// How many devices delivered it on the contract's hours.
			delivered: u32,
			/// What the client got back of tips and of what further devices are paid from.
			refunded: BalanceOf<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// A task without a reward is not work for anybody: name one.
		NoReward,
		/// The reward is below the least that the chain allows.
		LowReward,
		/// A task has at least one chunk.
		Empty,
		/// A pixel is above 16: the network reads 0..=16.
		BadPixel,
		/// The deadline is past, now, or too far ahead.
		BadDeadline,
		/// The numbers do not fit.
		Overflow,
		/// All ids are taken.
		Exhausted,
		/// There is no such class of devices.
		UnknownClass,
		/// There is no such model.
		UnknownModel,
		/// The model's commitment is not a canonical field element.
		BadModel,
		/// There is no such task; it may have been closed.
		UnknownTask,
		/// The task has no such chunk.
		UnknownChunk,
		/// There is no such device.
		UnknownDevice,
		/// Only the device's own key or its owner may do this.
		NotYours,
		/// The device takes no work: it must be online, and not leaving. Its owner sets it online.
		Offline,
		/// The device was registered in this interval: it can take work from the next on.
		Fresh,
		/// The task wants devices of another class.
		WrongClass,
		/// Another device has this chunk, or it is done.
		Taken,
		/// The device has as many chunks as it may have: prove one first.
		Busy,
		/// The task's deadline has passed: it can only be expired.
		Expired,
		/// The deadline has not passed, or there is work left: the task cannot be closed yet.
		NotOver,
		/// The chunk is not assigned, so there is nothing to release.
		NotAssigned,
		/// The device still has time to commit.
		TooSoon,
		/// The commitment is not a canonical field element.
		NonCanonical,
		/// The device has not committed to a result of this chunk: commit first.
		NotCommitted,
		/// The interval of the commitment has not ended: its randomness is not fixed yet.
		TooEarly,
		/// The interval's randomness is no longer kept: the proof comes too late.
		TooLate,
		/// The device has not reported the interval of the commitment: report first.
		NoReport,
		/// Less green energy than a chunk of this model takes.
		LittleEnergy,
		/// More green energy than the interval has left.
		Insufficient,
		/// The model's verifying key is not, or no longer, in use.
		KeyNotInUse,
		/// This chunk's nullifier has been spent: it was proven before.
		Spent,
		/// The bytes are no proof: send it compressed and whole.
		MalformedProof,
		/// A score is outside the range that the circuit proves.
		OutOfRange,
		/// The proof does not prove this statement: prove again with the chain's values.
		ProofRefused,
		/// A steady contract has the same number of chunks in each interval: name as many chunks, or as
		/// many intervals, that they come out even, or make it flexible.
		Uneven,
		/// The market has not so many hours for sale in this range: widen it, or ask for less.
		NoHours,
		/// The hours cost more than the maximum price: raise it, widen the range, or wait.
		Overpriced,
		/// The hours would bring less than the least that was named: lower it, or wait.
		Underpriced,
		/// The gate of this interval is closed: its hours can no longer be bought, sold again or given
		/// up.
		GateClosed,
		/// The account cannot pay for the hours.
		Funds,
		/// The market does not trade this now: its view functions say why.
		MarketRefused,
		/// The ledger of claims does not have these hours, or not free.
		ClaimsRefused,
		/// The job cannot be done as it stands: its check says why.
		BadJob,
		/// More chunks than a task may have: split the job over several contracts.
		TooManyChunks,
		/// Each chunk is done by two devices at least, and by `MaxCopies` at most.
		BadCopies,
		/// Work that is compared is drawn by lot, which takes three intervals: begin later.
		NoTimeToDraw,
		/// A chunk takes more hours than one device must promise: make the job's chunks smaller.
		ChunkTooLarge,
		/// Who sells compute on any energy promises nothing of its carbon: ask for green compute.
		CeilingNeedsGreen,
		/// The class emits more than that on its own panel and battery: raise the ceiling, or take
		/// another class.
		CeilingTooLow,
		/// The contract has no such hours in this interval, or it is settled.
		NotBooked,
		/// This chunk has its hour in another interval.
		NotItsHour,
		/// First come devices that owe hours of this interval and have no work for them: come later.
		NotOwed,
		/// The device's energy emitted more than the contract allows.
		TooMuchCarbon,
		/// The pools have not settled what they missed in this interval: settle it there first.
		NotSettled,
		/// This task's chunks are proven: accept, commit and prove.
		NotReplicated,
		/// Devices enter in the interval before the work: it has not begun.
		EntryNotOpen,
		/// Devices enter in the interval before the work: it is over.
		EntryOver,
		/// What the draw is made from is not known.
		NoSeed,
		/// Other devices, or another one of this owner, have lower tickets.
		Outdrawn,
		/// The device did this chunk, or another one of its owner did.
		OwnerTwice,
		/// The chunk is judged.
		Decided,
		/// Others are drawn for this chunk. Who entered can stand in later in the interval, if they do
		/// not come.
		NotDrawn,
		/// The device is not bound to an answer of this chunk.
		NotBound,
		/// This is not the answer, or not the salt, that the device is bound to.
		WrongAnswer,
		/// The device has opened its answer, and nothing new came to compare it with.
		NotAwaited,
		/// Who asks for work does not check it: devices of the contract's client cannot enter.
		OwnWork,
		/// The insurance has not enough money for this refund now: try again when it has.
		Uninsured,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Models known from the first block.
		pub models: Vec<ModelRecord>,
		/// Nothing of the runtime is configured.
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for model in &self.models {
				Pallet::<T>::do_register_model(*model).expect("a genesis model is one");
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::sweep(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(T::MaxSpan::get() > 0, "a contract has an hour");
			assert!(T::MaxAhead::get() >= DRAW_LEAD, "work that is compared can be drawn by lot");
			assert!(T::OpenTime::get() > 0, "answers are opened after the work");
			assert!(
				T::ResultTime::get() > T::OpenTime::get(),
				"answers are compared while results are taken"
			);
			assert!(
				T::RefundTime::get() > T::ResultTime::get(),
				"nothing is written off before it is known"
			);
			assert!(
				(2..=MOST_COPIES).contains(&T::MaxCopies::get()),
				"one answer is compared with another"
			);
			assert!(
				MOST_COPIES.saturating_add(MAX_FURTHER.into()) <= MAX_RUNS,
				"there is room for further devices"
			);
			assert!(MOST_COPIES < MAX_ENTRANTS, "somebody can stand in for who stays away");
			assert!(T::MaxChunkWork::get() > MicroGpuHours::ZERO, "a chunk is of something");
			assert!(T::MinBond::get() > 0u32.into(), "a wrong answer costs something");
			assert!(T::MaxChunks::get() > 0 && T::MaxAssignments::get() > 0, "there is room");
			assert!(T::MaxHorizon::get() > 1, "a proof comes after its interval");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a model: commitment to its weights, the key its work is proven under, what a
		/// chunk counts for and the least energy that it takes.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_model())]
		pub fn register_model(origin: OriginFor<T>, model: ModelRecord) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_register_model(model)
		}

		/// Opens a task: one chunk for each of `inputs`, with `reward_per_chunk` for each.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::open(inputs.len().try_into().unwrap_or(u32::MAX)))]
		pub fn open(
			origin: OriginFor<T>,
			model: u32,
			class: ClassId,
			inputs: Inputs<T>,
			reward_per_chunk: BalanceOf<T>,
			deadline: Interval,
		) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_open(client, model, class, inputs, reward_per_chunk, deadline)
		}

		/// Takes a chunk on, for `device`. A contract's chunk in its own interval only, and first of
		/// all by devices that owe hours of that interval.
		///
		/// Origin: signed, the account of the device's key or its owner. Event: `Accepted`. Errors:
		/// `UnknownDevice`, `NotYours`, `Offline`, `Fresh`, `UnknownTask`, `Expired`, `WrongClass`,
		/// `UnknownChunk`, `Taken`, `NotItsHour`, `NotOwed`, `Busy`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(
			origin: OriginFor<T>,
			device: DeviceId,
			task: TaskId,
			chunk: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept(who, device, task, chunk)
		}

		/// Gives a chunk back that was accepted or given, and not committed: its device or owner at any
		/// time, anybody when `CommitWindow` intervals have gone by.
		///
		/// Without a fee for the device and its owner if the chunk was given, for whoever gave it paid
		/// for that.
		///
		/// Origin: signed. Event: `Released`. Errors: `UnknownChunk`, `NotAssigned`, `TooSoon`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::release())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, task: &TaskId, chunk: &u32| -> bool {
			Pallet::<T>::is_gift(origin, *task, *chunk)
		})]
		pub fn release(origin: OriginFor<T>, task: TaskId, chunk: u32) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_release(who, task, chunk)
		}

		/// Binds the device to everything that the network computed for a chunk. A contract's hours are
		/// redeemed for it.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::commit())]
		pub fn commit(
			origin: OriginFor<T>,
			task: TaskId,
			chunk: u32,
			work: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_commit(who, task, chunk, work)
		}

		/// Proves a chunk, and pays for it. Anybody may send the proof; the device's owner is paid.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::prove())]
		pub fn prove(
			origin: OriginFor<T>,
			task: TaskId,
			chunk: u32,
			submission: alloc::boxed::Box<Submission>,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_prove(task, chunk, &submission)
		}

		/// Ends a task after its deadline: refunds the chunks that were not proven. What is not settled
		/// of a contract's hours goes on.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::expire(T::MaxChunks::get()))]
		pub fn expire(origin: OriginFor<T>, task: TaskId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_expire(task)
		}

		/// Ends a task of which every chunk is paid: the client at any time, anybody after the
		/// deadline. Its results can be read until then.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::expire(T::MaxChunks::get()))]
		pub fn close(origin: OriginFor<T>, task: TaskId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_close(who, task)
		}

		/// Opens a contract: buys the hours that the work takes, for at most its maximum price, and
		/// locks them. Tips, what further devices are paid from, and the deposit are on hold.
		///
		/// Origin: signed, the client. Events: `HoursBought` for each interval, `ContractOpened`.
		/// Errors: `BadDeadline`, `LowReward`, `UnknownClass`, `Empty`, `BadPixel`, `UnknownModel`,
		/// `KeyNotInUse`, `BadJob`, `UnknownChunk`, `TooManyChunks`, `BadCopies`, `NoTimeToDraw`,
		/// `ChunkTooLarge`, `CeilingNeedsGreen`, `CeilingTooLow`, `Uneven`, `NoHours`, `Overpriced`,
		/// `GateClosed`, `Funds`, `MarketRefused`, `ClaimsRefused`, `Overflow`, `Exhausted`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::open_contract(
			requirement
				.deadline
				.since(requirement.earliest)
				.saturating_add(1)
				.min(T::MaxSpan::get()),
			match &requirement.work {
				Work::Proven { inputs, .. } => inputs.len().saturated_into(),
				Work::Replicated { chunks, .. } => T::MaxChunks::get().min(*chunks),
			},
		))]
		pub fn open_contract(
			origin: OriginFor<T>,
			requirement: Box<RequirementOf<T>>,
		) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_open_contract(client, *requirement)
		}

		/// Gives up the last `chunks` of an interval that has not begun and sells their hours again,
		/// for `min_received` at least. Work that is drawn by lot can be given up until devices enter.
		///
		/// Origin: signed, the client. Event: `Resold`. Errors: `UnknownTask`, `NotYours`, `Empty`,
		/// `NotBooked`, `GateClosed`, `Underpriced`, `MarketRefused`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::resell(*chunks))]
		pub fn resell(
			origin: OriginFor<T>,
			task: TaskId,
			interval: Interval,
			chunks: u32,
			min_received: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_resell(who, task, interval, chunks, min_received)
		}

		/// Says that `device` would do a chunk that several devices do: in the interval before the
		/// work. The lowest tickets of different owners, and of different pools if there are, are
		/// drawn.
		///
		/// Origin: signed, the account of the device's key or its owner. Event: `Entered`. Errors:
		/// `UnknownDevice`, `NotYours`, `Offline`, `UnknownTask`, `NotReplicated`, `UnknownChunk`,
		/// `Decided`, `WrongClass`, `OwnWork`, `EntryNotOpen`, `EntryOver`, `Fresh`, `NotOwed`, `OwnerTwice`,
		/// `NoSeed`, `Outdrawn`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::enter())]
		pub fn enter(
			origin: OriginFor<T>,
			device: DeviceId,
			task: TaskId,
			chunk: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_enter(who, device, task, chunk)
		}

		/// Binds `device` to its answer to a chunk that several devices do, in the interval of the
		/// work. `commitment` is of the device and a salt beside the answer, so that copying it is
		/// useless. The contract's hours are redeemed, and a bond is on hold from the caller.
		///
		/// Origin: signed, the account of the device's key or its owner. Event: `Bound`. Errors:
		/// `UnknownDevice`, `NotYours`, `UnknownTask`, `NotReplicated`, `UnknownChunk`, `Decided`,
		/// `NotItsHour`, `OwnerTwice`, `Taken`, `NotDrawn`, `Offline`, `WrongClass`, `Fresh`,
		/// `ClaimsRefused`, `Busy`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::commit_answer())]
		pub fn commit_answer(
			origin: OriginFor<T>,
			device: DeviceId,
			task: TaskId,
			chunk: u32,
			commitment: Hash,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_commit_answer(who, device, task, chunk, commitment)
		}

		/// Opens a device's answer, once nobody can commit any more: with its salt the first time, and
		/// the next layer of it each time that a further device was asked.
		///
		/// Origin: signed, anybody who knows it. Event: `AnswerOpened`. Errors: `UnknownTask`,
		/// `NotReplicated`, `UnknownChunk`, `Decided`, `TooEarly`, `TooLate`, `NotBound`,
		/// `WrongAnswer`, `NotAwaited`, `NoReport`, `UnknownDevice`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::open_answer())]
		pub fn open_answer(
			origin: OriginFor<T>,
			device: DeviceId,
			task: TaskId,
			chunk: u32,
			answer: Hash,
			salt: Hash,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_open_answer(device, task, chunk, answer, salt)
		}

		/// Compares the answers to a chunk that several devices do: pays who was right, or asks a
		/// further device.
		///
		/// Origin: signed, anybody. Events: `BondLost`, `FurtherAsked`, `Rewarded`, `Concluded`. Errors:
		/// `UnknownTask`, `NotReplicated`, `UnknownChunk`, `Decided`, `TooEarly`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::conclude())]
		pub fn conclude(origin: OriginFor<T>, task: TaskId, chunk: u32) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_conclude(task, chunk)
		}

		/// Settles one interval of a contract: the client is paid from the insurance for hours that
		/// were asked for and not delivered.
		///
		/// Origin: signed, anybody. Events: `Settled`, `ContractEnded`. Errors: `UnknownTask`,
		/// `NotBooked`, `NotOver`, `NotSettled`, `Uninsured`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::refund())]
		pub fn refund(origin: OriginFor<T>, task: TaskId, interval: Interval) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_refund(task, interval)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A task.
		pub fn task(task: TaskId) -> Option<TaskOf<T>> {
			Tasks::<T>::get(task)
		}

		/// A chunk of a task.
		pub fn chunk(task: TaskId, chunk: u32) -> Option<ChunkRecord> {
			Chunks::<T>::get(task, chunk)
		}

		/// A contract.
		pub fn contract(task: TaskId) -> Option<ContractOf<T>> {
			Contracts::<T>::get(task)
		}

		/// When which chunks of a contract are done.
		pub fn plan_of_contract(task: TaskId) -> Vec<Portion> {
			Self::plan_of(task)
		}

		/// What became of the hours that a contract bought of an interval; nothing once it is settled.
		pub fn booking(task: TaskId, interval: Interval) -> Option<Booking<BalanceOf<T>>> {
			Bookings::<T>::get(task, interval)
		}

		/// What a requirement would buy now, and what it would cost. Nothing if it would be refused.
		pub fn quote(requirement: RequirementOf<T>) -> Option<Quote<BalanceOf<T>>> {
			Self::do_quote(&requirement)
		}

		/// A chunk that several devices do. Nothing until the first one enters.
		pub fn replicated_chunk(task: TaskId, chunk: u32) -> Option<ReplicatedOf<T>> {
			Replicated::<T>::get(task, chunk)
		}

		/// When the work of a chunk's round is done, and who of those that entered is drawn so far.
		pub fn round(task: TaskId, chunk: u32) -> Option<(Interval, Vec<DeviceId>)> {
			Self::round_of(task, chunk)
		}

		/// A device's ticket for a chunk's round, once the seed is known: the lowest are drawn.
		pub fn ticket(device: DeviceId, task: TaskId, chunk: u32) -> Option<Hash> {
			Self::ticket_of(device, task, chunk)
		}

		/// What its devices answered in the end, and the answer's layer.
		pub fn answer(task: TaskId, chunk: u32) -> Option<(u8, Hash)> {
			Self::answer_of(task, chunk)
		}

		/// The bond for so much work that is compared.
		pub fn bond_for(work: MicroGpuHours) -> Option<BalanceOf<T>> {
			Self::bond(work).ok()
		}

		/// Whether a device may take a proven chunk of a contract now, as far as its hour and what the
		/// device owes are concerned.
		pub fn is_turn(device: DeviceId, task: TaskId, chunk: u32) -> bool {
			Contracts::<T>::get(task)
				.is_some_and(|contract| Self::ensure_turn(device, &contract, chunk).is_ok())
		}

		/// Hours of a product that contracts asked for while they could be delivered.
		pub fn asked(class: ClassId, interval: Interval) -> MicroGpuHours {
			Asked::<T>::get(interval, class)
		}

		/// What the client of a contract would be paid for what it misses of an interval if
		/// [`Pallet::refund`] were called now, 0 if it misses nothing. Nothing while that would be refused.
		pub fn refund_due(task: TaskId, interval: Interval) -> Option<BalanceOf<T>> {
			let contract = Contracts::<T>::get(task)?;
			let booking = Bookings::<T>::get(task, interval)?;
			let settlement = Self::settlement(contract.claims, interval, &booking).ok()?;
			Some(settlement.1)
		}

		/// Grams of CO2e per GPU-hour when this device does this model's work (A5), at the least
		/// energy that a chunk takes; rounded up.
		pub fn grams_per_gpu_hour(device: DeviceId, model: u32) -> Option<u64> {
			let (device, model) = (T::Devices::device(device)?, Models::<T>::get(model)?);
			pogcs_primitives::units::grams_per_gpu_hour(
				device.record.carbon.of(model.energy),
				model.work,
			)
		}
	}
}
