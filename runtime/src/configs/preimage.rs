//! Calls kept for later.

use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, LinearStoragePrice},
};
use frame_system::EnsureRoot;

use crate::{token, AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeHoldReason};

parameter_types! {
	pub const Base: Balance = token::deposit(2, 64);
	pub const PerByte: Balance = token::deposit(0, 1);
	pub const Reason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = crate::weights::pallet_preimage::WeightInfo<Runtime>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type Consideration =
		HoldConsideration<AccountId, Balances, Reason, LinearStoragePrice<Base, PerByte, Balance>>;
}
