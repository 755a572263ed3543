//! Hour claims.

use frame_support::{parameter_types, traits::ConstU32};
use pogcs_primitives::MicroGpuHours;

use crate::{Pogcs, Runtime, RuntimeHoldReason};

parameter_types! {
	/// The least that an account holds of a product: as much as the least promise of a pool.
	pub const LeastHours: MicroGpuHours = MicroGpuHours(10);
}

impl pallet_hours::Config for Runtime {
	type Clock = Pogcs;
	type LockReason = RuntimeHoldReason;
	type MaxLocks = ConstU32<4>;
	type MinimumHolding = LeastHours;
	// Two weeks of hours: longer than any pool promises ahead.
	type Horizon = ConstU32<336>;
	// Until the shortfalls of the interval are final.
	type Grace = ConstU32<216>;
	type TotalsKept = ConstU32<336>;
	type MaxPage = ConstU32<48>;
	type WeightInfo = crate::weights::pallet_hours::WeightInfo<Runtime>;
}
