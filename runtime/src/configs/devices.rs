//! The registry of devices.

use frame_support::traits::{ConstU128, ConstU32};
use frame_system::EnsureRoot;

use crate::{token::UNIT, AccountId, Balances, Pogcs, Runtime, RuntimeHoldReason, Tasks};

impl pallet_devices::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Clock = Pogcs;
	type Validators = Pogcs;
	type Obligations = Tasks;
	type Deposit = ConstU128<{ 10 * UNIT }>;
	type MaxNameLength = ConstU32<64>;
	type WeightInfo = crate::weights::pallet_devices::WeightInfo<Runtime>;
}
