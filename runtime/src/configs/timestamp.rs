//! Time: a block's must lie in its slot, which the engine checks.

use frame_support::traits::ConstU64;

use crate::{Pogcs, Runtime, SLOT_DURATION};

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Pogcs;
	type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
	type WeightInfo = crate::weights::pallet_timestamp::WeightInfo<Runtime>;
}
