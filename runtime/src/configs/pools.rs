//! Pools of devices.

use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, Get},
	PalletId,
};
use pallet_pogcs::Parameters;
use pallet_pools::Units;
use pogcs_geo::{Cell, Resolution};
use pogcs_primitives::{
	challenge::MULTIPLICATIONS,
	records::{ClassRecord, PoolKind},
	traits::Places,
	CellId, ClassId, MicroGpuHours,
};
use sp_runtime::{traits::Convert, Permill};

use super::{hours::LeastHours, insurance::Insurance, pogcs::is_hourly, tasks::DeviceAccount};
use crate::{
	token::{deposit, MILLI, UNIT},
	Balances, Credentials, Devices, Hours, Market, Pogcs, Runtime, RuntimeHoldReason, Tasks,
	SLOT_DURATION,
};

/// The grid of location cells: H3.
pub struct H3;

impl Places for H3 {
	fn resolution(cell: CellId) -> Option<u8> {
		Some(Cell::new(cell)?.resolution().get())
	}

	fn ancestor(cell: CellId, resolution: u8) -> Option<CellId> {
		Some(Cell::new(cell)?.parent(Resolution::new(resolution)?)?.id())
	}
}

/// Marks the classes of claims on any compute of a class, beside those on green compute of it.
const ANY_COMPUTE: u16 = 1 << 15;

/// Claims on green compute are of the device class; those on any compute of it have a class of their
/// own, since nobody who bought the one can be served with the other. Energy is not sold by the hour.
pub struct ClaimClass;

impl Convert<(PoolKind, ClassId), Option<ClassId>> for ClaimClass {
	fn convert((kind, class): (PoolKind, ClassId)) -> Option<ClassId> {
		match kind {
			_ if class.0 & ANY_COMPUTE != 0 => None,
			PoolKind::Energy => None,
			PoolKind::Compute => Some(ClassId(class.0 | ANY_COMPUTE)),
			PoolKind::Green => Some(class),
		}
	}
}

/// What the reference card does in a millionth of an hour, in int8 operations: 624 * 10^12 a second
/// ("NVIDIA A100 Tensor Core GPU", datasheet of June 2021, INT8 without sparsity), for 3.6 ms.
pub const OPERATIONS: u64 = 624_000_000_000_000 / 1_000_000 * 3_600;

/// The same of a leaf of the challenge: a multiplication and an addition each. (Widening: `From` is
/// not const.)
pub const OPERATIONS_OF_LEAF: u64 = 2 * MULTIPLICATIONS as u64;

/// What a class can deliver: the leaves of the challenge that it evaluates in an interval, counted
/// by their multiplications and additions. Where an interval is not an hour, as on a development
/// chain, a leaf counts as one µGPU-h, so that what small devices promise is seen.
pub struct Capability;

impl Convert<ClassRecord, MicroGpuHours> for Capability {
	fn convert(class: ClassRecord) -> MicroGpuHours {
		let length =
			Parameters::<Runtime>::get().epoch_length.saturating_mul(SLOT_DURATION) / 1_000;
		let leaves = u64::from(class.throughput).saturating_mul(length);
		if !is_hourly() {
			return MicroGpuHours(leaves);
		}
		let operations = u128::from(leaves) * u128::from(OPERATIONS_OF_LEAF);
		let whole = operations / u128::from(OPERATIONS);
		MicroGpuHours(u64::try_from(whole).unwrap_or(u64::MAX))
	}
}

parameter_types! {
	pub const PoolsId: PalletId = PalletId(*b"pg/pools");
	/// A leader serves; what it earns by it is little beside what its members do.
	pub const MaxLeaderFee: Permill = Permill::from_percent(10);
	/// What is shared by delivered work alone is at most half of what was promised alike.
	pub const EqualShareFloor: Permill = Permill::from_percent(50);
	pub const Quorum: Permill = Permill::from_percent(40);
	pub const Majority: Permill = Permill::from_percent(66);
}

/// The least promise: as much as a chunk of work may take, or buyers could ask for what no member can
/// deliver alone. Where an interval is not an hour, a chunk of the development model.
pub struct LeastPromise;

impl Get<Units> for LeastPromise {
	fn get() -> Units {
		Units(if is_hourly() { LeastHours::get().0 } else { 1_000 })
	}
}

/// The most promises that a device has open: one for each interval until it is settled.
const MAX_PROMISES: u32 = 256;

impl pallet_pools::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Clock = Pogcs;
	type Devices = Devices;
	type Maintenance = Devices;
	type Benchmarks = Devices;
	type Credentials = Credentials;
	type Places = H3;
	type Claims = Hours;
	type ClaimClass = ClaimClass;
	// What contracts asked for of what was sold.
	type Demand = Market;
	type Dispatch = Tasks;
	type Capability = Capability;
	type DeviceAccount = DeviceAccount;
	type Insurance = Insurance;
	type PalletId = PoolsId;
	type PoolDeposit = ConstU128<{ 100 * UNIT }>;
	type MemberDeposit = ConstU128<{ deposit(2 + MAX_PROMISES, 300 + 200 * MAX_PROMISES) }>;
	type ApplicationDeposit = ConstU128<{ 5 * UNIT }>;
	type ProposalDeposit = ConstU128<{ 10 * UNIT }>;
	type LeaderDeposit = ConstU128<{ 100 * UNIT }>;
	// For a GPU-hour, or a kWh.
	type MinPenalty = ConstU128<{ 100 * MILLI }>;
	type MaxPenalty = ConstU128<{ 100 * UNIT }>;
	type MaxLeaderFee = MaxLeaderFee;
	// As much as missing an hour can cost.
	type MaxReservePrice = ConstU128<{ 100 * UNIT }>;
	type MinPromise = LeastPromise;
	type EqualShareFloor = EqualShareFloor;
	type MaxMembers = ConstU32<10_000>;
	type MaxGuests = ConstU32<100>;
	// A week.
	type MaxGuestHours = ConstU32<168>;
	type MaxNotice = ConstU32<168>;
	type MaxConditions = ConstU32<8>;
	type MaxPlaces = ConstU32<32>;
	type MaxApplications = ConstU32<168>;
	type DrawDelay = ConstU32<3>;
	// Randomness is kept for 48 intervals.
	type DrawWindow = ConstU32<40>;
	type ClaimWindow = ConstU32<24>;
	type TakeWindow = ConstU32<48>;
	type Horizon = ConstU32<168>;
	// Work of an interval can be proven for 47 intervals after it.
	type DeliveryLag = ConstU32<48>;
	type Retention = ConstU32<168>;
	type MaxPromises = ConstU32<MAX_PROMISES>;
	type MaxSpan = ConstU32<24>;
	type MaxSettle = ConstU32<24>;
	type MaxParts = ConstU32<16>;
	type MaxProposals = ConstU32<8>;
	type Period = ConstU32<168>;
	type VotingTime = ConstU32<72>;
	type ChangeDelay = ConstU32<168>;
	type Quorum = Quorum;
	type Majority = Majority;
	type MaxStrikes = ConstU32<5>;
	type SuspensionTime = ConstU32<72>;
	// A small computer with an accelerator.
	type MinLeaderThroughput = ConstU32<10_000>;
	type WeightInfo = crate::weights::pallet_pools::WeightInfo<Runtime>;
}
