//! What only this pallet's calls and views take and give.

use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{traits::ConstU32, BoundedVec};
use pogcs_primitives::{
	contracts::{ContractRecord, Entrant, Pace, Portion, ReplicatedChunk, Run},
	jobs::Job,
	units::GramsPerGpuHour,
	ClassId, Interval, MicroGpuHours,
};
use scale_info::TypeInfo;

use crate::pallet::{BalanceOf, Config, Inputs};

/// The most devices whose tickets are kept for one draw: the drawn, and who stands in for them.
pub const MAX_ENTRANTS: u32 = 8;
/// The most devices that do one chunk, in all its rounds.
pub const MAX_RUNS: u32 = 8;
/// The most devices that do a chunk at once: with the further ones there is room for all.
pub const MOST_COPIES: u32 = 5;

/// A contract of this runtime.
pub type ContractOf<T> = ContractRecord<
	<T as frame_system::Config>::AccountId,
	BalanceOf<T>,
	BoundedVec<Portion, <T as Config>::MaxSpan>,
>;

/// Who would do a chunk.
pub type EntrantsOf<T> =
	BoundedVec<Entrant<<T as frame_system::Config>::AccountId>, ConstU32<MAX_ENTRANTS>>;

/// One device doing one chunk.
pub type RunOf<T> = Run<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// Who did a chunk.
pub type RunsOf<T> = BoundedVec<RunOf<T>, ConstU32<MAX_RUNS>>;

/// A chunk that several devices do.
pub type ReplicatedOf<T> = ReplicatedChunk<EntrantsOf<T>, RunsOf<T>>;

/// What a client asks for.
pub type RequirementOf<T> = Requirement<BalanceOf<T>, Inputs<T>>;

/// The work of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Work<Inputs> {
	/// Inference by a registered model, a chunk for each input. Each is proven.
	#[codec(index = 0)]
	Proven {
		/// The model.
		model: u32,
		/// What it is to read.
		inputs: Inputs,
	},
	/// Chunks of a job: training, inference or rendering. Each is done by several devices.
	#[codec(index = 1)]
	Replicated {
		/// The job.
		job: Job,
		/// The first of its chunks that is asked for.
		first: u32,
		/// How many.
		chunks: u32,
		/// How many devices do each, two at least.
		copies: u8,
	},
}

/// What a client asks for (D1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Requirement<Balance, Inputs> {
	/// What is to be done.
	pub work: Work<Inputs>,
	/// The class of devices that is to do it.
	pub class: ClassId,
	/// Whether on green compute, or on any.
	pub green: bool,
	/// The first interval in which it can be done.
	pub earliest: Interval,
	/// The last one.
	pub deadline: Interval,
	/// The same in each interval, or where it costs least.
	pub pace: Pace,
	/// Work that emits more is not accepted. Only with green compute, and not less than the class
	/// emits on its own panel and battery.
	pub carbon: Option<GramsPerGpuHour>,
	/// What all the hours may cost at most.
	pub max_price: Balance,
	/// What the owner of each device that delivers a chunk gets beside the pool's income; may be
	/// nothing.
	pub tip: Balance,
}

/// What a contract would buy now.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Quote<Balance> {
	/// When how many chunks would be done.
	pub plan: alloc::vec::Vec<Portion>,
	/// All hours that takes.
	pub hours: MicroGpuHours,
	/// What they cost, by the market's word.
	pub cost: Balance,
	/// What would be put on hold beside: tips, what further devices are paid from, deposits.
	pub held: Balance,
}
