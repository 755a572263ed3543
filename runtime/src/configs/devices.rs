//! The registry of devices.

use frame_support::{parameter_types, traits::ConstU32};
use frame_system::EnsureRoot;
use pallet_devices::parameters::{
	BenchmarkRules, Crowding, Deposits, MaintenanceRules, Parameters, PlaceRules, Terms,
};

use super::{committee::CommitteeOrigin, insurance::Insurance, tasks::DeviceAccount};
use crate::{
	token::UNIT, AccountId, Balance, Balances, Pogcs, Pools, Runtime, RuntimeHoldReason, Tasks,
};

parameter_types! {
	/// Those of a production chain, whose intervals are hours; a genesis can have others.
	pub const DeviceParameters: Parameters<Balance> = Parameters {
		deposits: Deposits {
			registration: 10 * UNIT,
			appeal: 50 * UNIT,
			rescue: 20 * UNIT,
			objection: 50 * UNIT,
			revocation: 10 * UNIT,
			barred_key: UNIT,
		},
		place: PlaceRules {
			// A dense street has some fifty houses in 0.7 km² that have panels of their own.
			near: Crowding { free: 50, step: UNIT / 2, most: 1_000 },
			far: Crowding { free: 2_000, step: UNIT / 100, most: 50_000 },
			// A lorry on a motorway.
			metres_per_interval: 100_000,
			cooldown: 24,
		},
		terms: Terms {
			// A week: longer than anybody takes to look at readings that stand out.
			notice: 168,
			offer: 168,
			appeal: 168,
			decision: 336,
			expulsion: 720,
			rescue: 336,
			// Three years.
			certificate: 26_280,
			// Three days, less than the notice.
			consent: 72,
		},
		// Two days a month, announced a day before.
		maintenance: MaintenanceRules { ahead: 24, quota: 48, period: 720 },
		// Twenty seconds of work in thirty: the rest is for the network. An opening has a minute.
		benchmark: BenchmarkRules { delay: 2, window: 10, seconds: 20, opening: 20, cooldown: 1 },
	};
}

impl pallet_devices::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Slashed = Insurance;
	type ForceOrigin = EnsureRoot<AccountId>;
	type CommitteeOrigin = CommitteeOrigin;
	type Clock = Pogcs;
	type BlockRandomness = Pogcs;
	type Validators = Pogcs;
	type Obligations = (Tasks, Pools);
	type DeviceAccount = DeviceAccount;
	type DefaultParameters = DeviceParameters;
	type MaxNameLength = ConstU32<64>;
	type MaxWindows = ConstU32<16>;
	// Until every promise that it could excuse is settled.
	type MaintenanceMemory = ConstU32<216>;
	type WeightInfo = crate::weights::pallet_devices::WeightInfo<Runtime>;
}
