//! Metered energy.

use frame_support::traits::ConstU32;

use crate::{Devices, Pogcs, Runtime};

impl pallet_energy::Config for Runtime {
	type Devices = Devices;
	type Clock = Pogcs;
	// As long as the randomness that a proof needs is kept.
	type Retention = ConstU32<48>;
	type WeightInfo = crate::weights::pallet_energy::WeightInfo<Runtime>;
}
