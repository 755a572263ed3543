//! What stands in chain storage and is read by others than the pallet that wrote it: the device
//! checks these against storage proofs, so it must decode exactly what the pallet encoded.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

use crate::{
	units::GramsPerKwh,
	wire::PublicKey,
	workload::{Images, Scores},
	CellId, ClassId, Commitment, DeviceId, Interval, KeyId, MicroGpuHours, MilliWattHours, TaskId,
};

/// Where a device is in its life (A3, B6).
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
pub enum DeviceState {
	/// May take new work.
	Online,
	/// Finishes what it accepted and takes nothing new.
	Leaving,
	/// Takes nothing: stopped by its owner or by governance.
	Suspended,
}

/// Storage `Devices::Devices`: twox64-concat of [`DeviceId`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct DeviceRecord<AccountId, Balance> {
	/// Who is paid for its work.
	pub owner: AccountId,
	/// Its ed25519 key, which is also its account.
	pub key: PublicKey,
	/// Who certified it.
	pub maker: PublicKey,
	/// Its class.
	pub class: ClassId,
	/// Where it stands.
	pub cell: CellId,
	/// The validator that its work gives weight to.
	pub validator: AccountId,
	/// Poseidon commitment to the secret that its proofs know.
	pub commitment: Commitment,
	/// Where it is in its life.
	pub state: DeviceState,
	/// What the owner has on hold for it.
	pub deposit: Balance,
	/// When it was registered.
	pub since: Interval,
}

/// Storage `Devices::Classes`: twox64-concat of [`ClassId`].
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
pub struct ClassRecord {
	/// Carbon intensity of the energy its panel supplies, over the panel's life.
	pub carbon: GramsPerKwh,
	/// The most renewable energy that one device can supply in one interval.
	pub max_generation: MilliWattHours,
}

/// Storage `Energy::Reports`: twox64-concat of [`DeviceId`], then twox64-concat of [`Interval`].
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
pub struct EnergyRecord {
	/// Renewable energy supplied.
	pub generation: MilliWattHours,
	/// Energy that compute drew.
	pub compute_draw: MilliWattHours,
	/// Commitment to the readings.
	pub root: Commitment,
	/// Green energy that no proof has used yet.
	pub available: MilliWattHours,
}

/// Storage `Tasks::Models`: twox64-concat of the model's index (`u32`).
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
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct ModelRecord {
	/// Poseidon commitment to the weights.
	pub commitment: Commitment,
	/// The key under which its work is proven.
	pub key: KeyId,
	/// What one chunk of its work counts for.
	pub work: MicroGpuHours,
	/// The least green energy that one chunk's proof must use.
	pub energy: MilliWattHours,
}

/// Storage `Tasks::Tasks`: twox64-concat of [`TaskId`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct TaskRecord<AccountId, Balance> {
	/// Who pays.
	pub client: AccountId,
	/// The model to run.
	pub model: u32,
	/// The class of device that may do the work.
	pub class: ClassId,
	/// Reward of one chunk, on hold from the client.
	pub reward_per_chunk: Balance,
	/// Deposit for the storage, on hold from the client, given back when the task is closed.
	pub deposit: Balance,
	/// How many chunks it was opened with.
	pub chunks: u32,
	/// How many of them are not yet paid.
	pub unpaid: u32,
	/// The last interval in which a proof is accepted.
	pub deadline: Interval,
}

/// Where a chunk is.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum ChunkState {
	/// Nobody has taken it.
	Open,
	/// A device has accepted it.
	Assigned {
		/// Who.
		device: DeviceId,
		/// When it accepted.
		interval: Interval,
	},
	/// The device has done the work and is bound to its result, which the proof will open.
	Committed {
		/// Who.
		device: DeviceId,
		/// The interval whose energy the work used, and whose randomness challenges the proof.
		interval: Interval,
		/// Poseidon commitment to everything the network computed.
		work: Commitment,
	},
	/// Proven and paid.
	Paid {
		/// Who.
		device: DeviceId,
		/// The interval whose energy the work used.
		interval: Interval,
		/// The network's scores.
		scores: Scores,
		/// Green energy that the proof used up.
		energy: MilliWattHours,
	},
}

/// Storage `Tasks::Chunks`: twox64-concat of [`TaskId`], then twox64-concat of the index (`u32`).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ChunkRecord {
	/// The images.
	pub input: Images,
	/// Where it is.
	pub state: ChunkState,
}

/// One entry of storage `Tasks::Assignments` (twox64-concat of [`DeviceId`]), a list of what a
/// device has accepted and not yet proven.
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
pub struct Assignment {
	/// The task.
	pub task: TaskId,
	/// Which of its chunks.
	pub chunk: u32,
}
