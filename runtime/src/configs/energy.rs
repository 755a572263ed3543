//! Metered energy.

use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, Get},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_energy::{GeoSky, Moment, SolarClock, Span};
use pallet_pogcs::{GenesisSlot, Parameters};
use pogcs_primitives::{units::GramsPerKwh, Interval};
use sp_runtime::SaturatedConversion;

use super::{
	insurance::Insurance,
	pogcs::is_hourly,
	tasks::{delivered, DeviceAccount},
};
use crate::{
	token::{deposit, MILLI, UNIT},
	AccountId, Balances, BlockNumber, Devices, Oracle, Pogcs, Pools, Runtime, RuntimeHoldReason,
	SLOT_DURATION,
};

/// Seconds of an hour.
const HOUR: u32 = 3_600;

/// 2026-06-21, 8 o'clock UTC.
const MIDSUMMER: u64 = 1_782_028_800;

/// Where an interval lasts an hour the sun is where it is. Where it lasts less, as on a development
/// chain, each plays an hour, the first of them on a morning in June.
pub struct Sun;

impl SolarClock for Sun {
	fn span(at: Interval) -> Option<Span> {
		let start = if is_hourly() {
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

/// Reports of a batch that are drawn: a quarter made up is found with 99 %.
const CHECKS: u32 = 16;

/// The measured weights, with what a pool does when it is told: in the benchmarks the device is in
/// none.
pub struct Weights;

type Measured = crate::weights::pallet_energy::WeightInfo<Runtime>;

impl pallet_energy::WeightInfo for Weights {
	fn report() -> Weight {
		Measured::report().saturating_add(delivered())
	}
	fn report_prepaid() -> Weight {
		Measured::report_prepaid().saturating_add(delivered())
	}
	fn buy_quota() -> Weight {
		Measured::buy_quota()
	}
	fn close_quota() -> Weight {
		Measured::close_quota()
	}
	fn forget() -> Weight {
		Measured::forget()
	}
	fn submit_batch() -> Weight {
		Measured::submit_batch()
	}
	fn show_batch() -> Weight {
		Measured::show_batch().saturating_add(delivered().saturating_mul(CHECKS.into()))
	}
	fn open_report() -> Weight {
		Measured::open_report().saturating_add(delivered())
	}
	fn claim() -> Weight {
		Measured::claim()
	}
	fn transfer() -> Weight {
		Measured::transfer()
	}
	fn retire() -> Weight {
		Measured::retire()
	}
	fn forget_retirement() -> Weight {
		Measured::forget_retirement()
	}
	fn expire() -> Weight {
		Measured::expire()
	}
	fn set_zone() -> Weight {
		Measured::set_zone()
	}
	fn sweep_look() -> Weight {
		Measured::sweep_look()
	}
	fn sweep_step() -> Weight {
		Measured::sweep_step()
	}
	fn sweep_batch() -> Weight {
		Measured::sweep_batch()
	}
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
	type QuotaPrice = ConstU128<{ 5 * MILLI }>;
	type QuotaDeposit = ConstU128<{ deposit(1, 120) }>;
	type MaxQuota = ConstU32<10_000>;
	// Burnt, as fees are.
	type FeeDestination = ();
	type BatchDeposit = ConstU128<{ 10 * UNIT }>;
	type DepositPerReport = ConstU128<{ 10 * MILLI }>;
	type MaxBatch = ConstU32<131_072>;
	type Checks = ConstU32<CHECKS>;
	type CheckBlocks = FourIntervals;
	type SlashDestination = Insurance;
	type WeightInfo = Weights;
}
