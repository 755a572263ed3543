//! Demand contracts.

use frame_support::{
	traits::{ConstU128, ConstU32},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_proofs::WeightInfo as _;
use pogcs_primitives::wire::PublicKey;
use sp_runtime::traits::Convert;

use crate::{
	token::{deposit, MILLI},
	weights::host_verification::VERIFICATION,
	AccountId, Balances, Devices, Energy, Pogcs, Pools, Proofs, Runtime, RuntimeHoldReason,
};

/// A device's ed25519 key is its account.
pub struct DeviceAccount;

impl Convert<PublicKey, AccountId> for DeviceAccount {
	fn convert(key: PublicKey) -> AccountId {
		key.into()
	}
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
}

impl pallet_tasks::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Clock = Pogcs;
	type Devices = Devices;
	type Lifecycle = Devices;
	type Delivered = Pools;
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
	type WeightInfo = Weights;
}
