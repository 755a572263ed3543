//! Demand contracts.

use core::num::NonZeroU64;

use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, Get},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_proofs::WeightInfo as _;
use pogcs_primitives::{wire::PublicKey, MicroGpuHours, MilliWattHours};
use sp_runtime::{traits::Convert, Permill};

use super::{
	insurance::InsuranceAccount,
	pogcs::is_hourly,
	pools::{ClaimClass, LeastPromise, OPERATIONS, OPERATIONS_OF_LEAF},
};

use crate::{
	token::{deposit, MILLI, UNIT},
	weights::host_verification::VERIFICATION,
	AccountId, Balances, Devices, Energy, Hours, Market, Pogcs, Pools, Proofs, Runtime,
	RuntimeHoldReason,
};

/// A device's ed25519 key is its account.
pub struct DeviceAccount;

impl Convert<PublicKey, AccountId> for DeviceAccount {
	fn convert(key: PublicKey) -> AccountId {
		key.into()
	}
}

/// Operations of a job that count as a µGPU-h: what the reference card does in a millionth of an hour.
/// On a chain whose intervals are shorter than an hour, those of a leaf of the timed challenge, as in
/// what pools take a device to be able to do.
pub struct JobUnit;

impl Get<NonZeroU64> for JobUnit {
	fn get() -> NonZeroU64 {
		let operations = if is_hourly() { OPERATIONS } else { OPERATIONS_OF_LEAF };
		NonZeroU64::new(operations).unwrap_or(NonZeroU64::MIN)
	}
}

/// The least energy that work takes: 100 W at the reference card's pace, a quarter of what that card
/// draws ("NVIDIA A100 Tensor Core GPU", datasheet of June 2021: 400 W). Rounded up.
pub struct JobEnergy;

impl Convert<MicroGpuHours, MilliWattHours> for JobEnergy {
	fn convert(work: MicroGpuHours) -> MilliWattHours {
		MilliWattHours(work.0.div_ceil(10))
	}
}

/// The most work of a chunk, of which the least promise must be able to do one.
pub struct MaxChunkWork;

impl Get<MicroGpuHours> for MaxChunkWork {
	fn get() -> MicroGpuHours {
		MicroGpuHours(LeastPromise::get().0)
	}
}

/// How much of the interval that runs is over.
pub struct Elapsed;

impl Get<Permill> for Elapsed {
	fn get() -> Permill {
		Pogcs::elapsed()
	}
}

parameter_types! {
	/// Who owes the hours has a third of the interval for himself.
	pub const OpenAfter: Permill = Permill::from_percent(33);
}

/// The measured weights, with the verification of a proof as this runtime does it.
///
/// They were measured with the verifier built into the runtime, because the tool does not know the
/// host function. Where the host verifies, what the verification took inside is replaced by what it
/// takes there.
pub struct Weights;

type Measured = crate::weights::pallet_tasks::WeightInfo<Runtime>;

/// What a pool does for a chunk that is paid: in the benchmark the device is in none.
pub fn delivered() -> Weight {
	<<Runtime as pallet_pools::Config>::WeightInfo as pallet_pools::WeightInfo>::delivered()
}

impl pallet_tasks::WeightInfo for Weights {
	fn register_model() -> Weight {
		Measured::register_model()
	}
	fn open(n: u32) -> Weight {
		Measured::open(n)
	}
	fn accept() -> Weight {
		Measured::accept()
	}
	fn release() -> Weight {
		Measured::release()
	}
	fn commit() -> Weight {
		Measured::commit()
	}
	fn prove() -> Weight {
		let inside = <Runtime as pallet_proofs::Config>::WeightInfo::verify_proof();
		let prove = Measured::prove().saturating_add(delivered());
		if cfg!(feature = "builtin-verifier") {
			prove
		} else {
			prove.saturating_sub(inside).saturating_add(VERIFICATION)
		}
	}
	fn expire(n: u32) -> Weight {
		Measured::expire(n)
	}
	fn open_contract(n: u32, m: u32) -> Weight {
		Measured::open_contract(n, m)
	}
	fn resell(n: u32) -> Weight {
		Measured::resell(n)
	}
	fn enter() -> Weight {
		Measured::enter()
	}
	fn commit_answer() -> Weight {
		Measured::commit_answer()
	}
	fn open_answer() -> Weight {
		Measured::open_answer()
	}
	fn conclude() -> Weight {
		Measured::conclude().saturating_add(delivered())
	}
	fn refund() -> Weight {
		Measured::refund()
	}
	fn sweep_look() -> Weight {
		Measured::sweep_look()
	}
	fn sweep_step() -> Weight {
		Measured::sweep_step()
	}
}

impl pallet_tasks::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Clock = Pogcs;
	type Devices = Devices;
	type Lifecycle = Devices;
	type Delivered = Pools;
	// What a member's hours were sold for is for whoever bought them: see `pallet_tasks`.
	type Spot = ();
	type Market = Market;
	type Claims = Hours;
	type Promised = Pools;
	type Classes = Devices;
	type ClaimClass = ClaimClass;
	type Shortfalls = Pools;
	type InsuranceAccount = InsuranceAccount;
	type Elapsed = Elapsed;
	type JobUnit = JobUnit;
	type JobEnergy = JobEnergy;
	type Energy = Energy;
	type Proofs = Proofs;
	type WorkCredit = Pogcs;
	type DeviceAccount = DeviceAccount;
	// As much as an account must hold, so that a payment can open its owner's account.
	type MinReward = ConstU128<{ MILLI }>;
	type DepositPerChunk = ConstU128<{ deposit(1, 500) }>;
	type MaxChunks = ConstU32<16>;
	type MaxAssignments = ConstU32<8>;
	// A proof must come while randomness and readings of its interval are kept.
	type MaxHorizon = ConstU32<47>;
	type CommitWindow = ConstU32<2>;
	// A week, as far as books are open.
	type MaxSpan = ConstU32<168>;
	type MaxAhead = ConstU32<192>;
	// As long as a proof can come, and pools count it.
	type ResultTime = ConstU32<47>;
	type OpenTime = ConstU32<2>;
	// As long as pools keep what was missed, and longer than the market asks what was asked for: or who
	// settles late would owe nothing.
	type RefundTime = ConstU32<240>;
	type OpenAfter = OpenAfter;
	type MaxCopies = ConstU32<3>;
	type MaxChunkWork = MaxChunkWork;
	type MinBond = ConstU128<{ 100 * MILLI }>;
	// As much as the most that missing an hour costs.
	type BondPerGpuHour = ConstU128<{ 100 * UNIT }>;
	type DepositPerContract = ConstU128<{ deposit(2, 600) }>;
	type DepositPerBooking = ConstU128<{ deposit(1, 120) }>;
	// The chunk with all who may enter and do it, and what three have underway.
	type DepositPerReplica = ConstU128<{ deposit(4, 2_100) }>;
	type WeightInfo = Weights;
}
