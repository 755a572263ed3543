//! What stands in chain storage and is read by others than the pallet that wrote it: the device
//! checks these against storage proofs, so it must decode exactly what the pallet encoded.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

use crate::{
	ledger::Stored,
	units::GramsPerKwh,
	wire::PublicKey,
	workload::{Images, Scores},
	CellId, ClassId, Commitment, DeviceId, Interval, KeyId, MicroGpuHours, MilliWattHours,
	MilligramsCo2, TaskId,
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
	/// Registered, and has not proven its class's throughput yet.
	Pending,
	/// May take new work.
	Online,
	/// Delivers work that it took, and may take more.
	Running,
	/// Finishes what it accepted and takes nothing new.
	Leaving,
	/// Takes nothing: stopped by its owner, by governance or by a rule.
	Suspended,
	/// Left the registry. No record has this; the event of its leaving does.
	Retired,
}

/// Why a device moved from one state to another (B6). The number is the reason code that a device
/// shows; it never changes its meaning.
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
pub enum StateReason {
	/// It was registered.
	#[codec(index = 0)]
	Registered,
	/// Its owner or manager said so.
	#[codec(index = 1)]
	Requested,
	/// It proved its class's throughput.
	#[codec(index = 2)]
	BenchmarkPassed,
	/// It took the first work of several.
	#[codec(index = 3)]
	WorkBegan,
	/// It finished the last of its work.
	#[codec(index = 4)]
	WorkEnded,
	/// Its maker's certificate ran out.
	#[codec(index = 5)]
	CertificateExpired,
	/// Its maker took the certificate back.
	#[codec(index = 6)]
	CertificateRevoked,
	/// Its readings contradict other evidence.
	#[codec(index = 7)]
	ImplausibleReadings,
	/// It is not where its cell says.
	#[codec(index = 8)]
	FalseLocation,
	/// Its key is known outside the device.
	#[codec(index = 9)]
	CompromisedKey,
	/// Its maker's certificate should not have been given.
	#[codec(index = 10)]
	FalseCertificate,
	/// The committee let it go on: its appeal was upheld.
	#[codec(index = 11)]
	AppealUpheld,
	/// The committee did not decide its appeal in time.
	#[codec(index = 12)]
	AppealUndecided,
	/// Governance let it go on.
	#[codec(index = 13)]
	Reinstated,
	/// Its owner took it out of the registry.
	#[codec(index = 14)]
	Deregistered,
	/// Its certificate counts again: it was renewed, or whoever took it back gave it back.
	#[codec(index = 15)]
	CertificateRenewed,
	/// It vouches for itself, against a bond, since no maker does.
	#[codec(index = 16)]
	Rescued,
	/// Its key was changed: it has to prove its class's throughput again.
	#[codec(index = 17)]
	KeyRotated,
	/// The committee wants its class's throughput proven again.
	#[codec(index = 18)]
	BenchmarkDemanded,
}

/// Storage `Devices::Devices`: twox64-concat of [`DeviceId`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct DeviceRecord<AccountId, Balance> {
	/// Who is paid for its work.
	pub owner: AccountId,
	/// Who may run it day by day beside its owner, if anybody.
	pub manager: Option<AccountId>,
	/// Its ed25519 key, which is also its account.
	pub key: PublicKey,
	/// Who certified it.
	pub maker: PublicKey,
	/// The last interval in which the certificate counts; nothing if it vouches for itself.
	pub certified_until: Option<Interval>,
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
	/// When it was registered, or its key was changed: it can meter whole intervals after this one.
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
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct ClassRecord {
	/// Carbon intensity of the energy its panel supplies, over the panel's life.
	pub carbon: GramsPerKwh,
	/// The most that its panel generates in one interval, in full sun.
	pub max_generation: MilliWattHours,
	/// What its battery holds.
	pub storage: MilliWattHours,
	/// What of the energy that goes into the battery comes out of it, in parts per million.
	pub storage_efficiency: u32,
	/// Leaves of the timed challenge that it evaluates in one second: its published benchmark.
	pub throughput: u32,
	/// What its compute draws at most in one interval.
	pub max_draw: MilliWattHours,
}

/// What a pool gathers (A4).
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum PoolKind {
	/// Renewable energy that compute did not use.
	Energy,
	/// Compute, on whatever energy.
	Compute,
	/// Compute and the renewable energy that feeds it, bound together by one device.
	Green,
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
	/// What the panel generated.
	pub generation: MilliWattHours,
	/// What compute drew, from whatever source.
	pub compute_draw: MilliWattHours,
	/// Renewable energy that was there for compute: the sum of the supply readings.
	pub green_supply: MilliWattHours,
	/// What of it compute drew: the sum of the draw readings.
	pub green_draw: MilliWattHours,
	/// Commitment to the readings.
	pub root: Commitment,
	/// Green energy that no proof has used yet.
	pub available: MilliWattHours,
	/// Carbon of all that compute drew, by the rule of the chain.
	pub carbon: MilligramsCo2,
	/// Where the device stood. It may have moved since.
	pub cell: CellId,
}

/// Storage `Energy::Batteries`: twox64-concat of [`DeviceId`]. A device that has none starts with an
/// empty battery, whatever is in the real one.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct BatteryRecord {
	/// What the ledger knows to be in it.
	pub stored: Stored,
	/// The last interval that it went through.
	pub through: Interval,
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
		/// Whether its leader gave it the chunk: it did not ask, and owes nothing for it.
		given: bool,
	},
	/// The device has done the work and is bound to its result, which the proof will open.
	Committed {
		/// Who.
		device: DeviceId,
		/// The interval whose energy the work used, and whose randomness challenges the proof.
		interval: Interval,
		/// Poseidon commitment to everything the network computed.
		work: Commitment,
		/// Whether its leader gave it the chunk.
		given: bool,
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
