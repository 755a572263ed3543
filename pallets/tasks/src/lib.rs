#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod client_impls;
mod device_impls;
#[cfg(test)]
mod mock;
mod proving_impls;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod utility_impls;
pub mod weights;

pub use pallet::*;
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
	use pogcs_primitives::{
		records::{Assignment, ChunkRecord, ModelRecord, TaskRecord},
		traits::{
			DeliveredWork, Devices, Energy, IntervalClock, Lifecycle, TaskProofs, WorkCredit,
		},
		wire::{PublicKey, Submission},
		workload::{Images, BATCH},
		ClassId, Commitment, DeviceId, Interval, MicroGpuHours, MilliWattHours, MilligramsCo2,
		TaskId,
	};
	use pogcs_proof::{Reason, Statement};
	use sp_runtime::traits::Convert;

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

		/// The runtime's reasons for a hold.
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

		/// Who counts verified work against what was promised. What that takes is part of
		/// [`WeightInfo::prove`].
		type Delivered: DeliveredWork<Self::AccountId>;

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

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why a client's funds are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Rewards of chunks that are not yet paid.
		#[codec(index = 0)]
		Reward,
		/// The deposit for a task's storage.
		#[codec(index = 1)]
		Storage,
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
		fn integrity_test() {
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

		/// Takes a chunk on, for `device`.
		///
		/// Origin: signed, the account of the device's key or its owner. Event: `Accepted`. Errors:
		/// `UnknownDevice`, `NotYours`, `Offline`, `Fresh`, `UnknownTask`, `Expired`, `WrongClass`,
		/// `UnknownChunk`, `Taken`, `Busy`.
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

		/// Binds the device to everything that the network computed for a chunk.
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

		/// Ends a task after its deadline: refunds the chunks that were not proven.
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
