//! Demand contracts.

use frame_support::traits::{ConstU128, ConstU32};
use frame_system::EnsureRoot;
use pogcs_primitives::wire::PublicKey;
use sp_runtime::traits::Convert;

use crate::{
	token::{deposit, MILLI},
	AccountId, Balances, Devices, Energy, Pogcs, Proofs, Runtime, RuntimeHoldReason,
};

/// A device's ed25519 key is its account.
pub struct DeviceAccount;

impl Convert<PublicKey, AccountId> for DeviceAccount {
	fn convert(key: PublicKey) -> AccountId {
		key.into()
	}
}

impl pallet_tasks::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Clock = Pogcs;
	type Devices = Devices;
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
	type WeightInfo = ();
}
