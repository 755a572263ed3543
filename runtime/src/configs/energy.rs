//! Metered energy.

use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, Get},
};
use frame_system::EnsureRoot;
use pallet_energy::{GeoSky, Moment, SolarClock, Span};
use pallet_pogcs::{GenesisSlot, Parameters};
use pogcs_primitives::{units::GramsPerKwh, Interval};
use sp_runtime::SaturatedConversion;

use super::{insurance::Insurance, tasks::DeviceAccount};
use crate::{
	token::{deposit, MILLI, UNIT},
	AccountId, Balances, BlockNumber, Devices, Oracle, Pogcs, Pools, Runtime, RuntimeHoldReason,
	SLOT_DURATION,
};

/// Seconds of an hour.
const HOUR: u32 = 3_600;

/// 2026-06-21, 8 o'clock UTC.
const MIDSUMMER: u64 = 1_782_028_800;

/// An interval's length in milliseconds.
fn interval() -> u64 {
	Parameters::<Runtime>::get().epoch_length.saturating_mul(SLOT_DURATION)
}

/// Where an interval lasts an hour the sun is where it is. Where it lasts less, as on a development
/// chain, each plays an hour, the first of them on a morning in June.
pub struct Sun;

impl SolarClock for Sun {
	fn span(at: Interval) -> Option<Span> {
		let start = if interval() == u64::from(HOUR) * 1_000 {
			GenesisSlot::<Runtime>::get()?.checked_mul(SLOT_DURATION)? / 1_000
		} else {
			MIDSUMMER
		};
		let since = u64::from(at.0).checked_mul(HOUR.into())?;
		Span::new(Moment(start.checked_add(since)?), HOUR)
	}
}

/// As many blocks as four intervals can have.
pub struct FourIntervals;

impl Get<BlockNumber> for FourIntervals {
	fn get() -> BlockNumber {
		Parameters::<Runtime>::get().epoch_length.saturating_mul(4).saturated_into()
	}
}

parameter_types! {
	/// Coal and more: no grid is dirtier, so nobody gains where the oracle does not know.
	pub const DefaultCarbon: GramsPerKwh = GramsPerKwh(1_000);
}

impl pallet_energy::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Devices = Devices;
	type Lifecycle = Devices;
	type Delivered = Pools;
	type DeviceAccount = DeviceAccount;
	type Clock = Pogcs;
	type SolarClock = Sun;
	type Sky = GeoSky;
	type Grid = Oracle;
	type DefaultCarbon = DefaultCarbon;
	type MaxZoned = ConstU32<10_000>;
	// As long as the randomness that a proof needs is kept.
	type Lock = ConstU32<48>;
	// A week: longer than an appeal should take.
	type Retention = ConstU32<168>;
	// A year of hours.
	type CertificateLife = ConstU32<8_760>;
	type HoldingDeposit = ConstU128<{ deposit(2, 200) }>;
	type RetirementDeposit = ConstU128<{ deposit(1, 200) }>;
	// Twice what a report costs while blocks are no more than half full.
	type QuotaPrice = ConstU128<{ 2 * MILLI }>;
	type QuotaDeposit = ConstU128<{ deposit(1, 120) }>;
	type MaxQuota = ConstU32<10_000>;
	// Burnt, as fees are.
	type FeeDestination = ();
	type BatchDeposit = ConstU128<{ 10 * UNIT }>;
	type DepositPerReport = ConstU128<{ 10 * MILLI }>;
	type MaxBatch = ConstU32<131_072>;
	// A quarter made up is found with 99 %.
	type Checks = ConstU32<16>;
	type CheckBlocks = FourIntervals;
	type SlashDestination = Insurance;
	// By hand until it is measured again.
	type WeightInfo = ();
}
