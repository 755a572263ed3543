//! A runtime with the ledger alone; registry and clock are what the test says.

use frame_support::{derive_impl, parameter_types};
use pogcs_primitives::{
	records::DeviceState,
	traits::{DeviceInfo, Devices, IntervalClock},
	units::GramsPerKwh,
	wire::{EnergyReport, PublicKey},
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours,
};
use sp_core::{ed25519, Pair};
use sp_io::TestExternalities;
use sp_runtime::{traits::ConstU32, BuildStorage, DispatchResult};

use crate as pallet_energy;

pub const PAYER: u64 = 1;
pub const DEVICE: DeviceId = DeviceId(3);
pub const OTHER_DEVICE: DeviceId = DeviceId(4);
pub const RETENTION: u32 = 3;
pub const MAX_GENERATION: u64 = 5_000_000;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;
	#[runtime::pallet_index(1)]
	pub type Energy = pallet_energy::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
	pub static Now: Interval = Interval(10);
	pub static State: DeviceState = DeviceState::Online;
	pub static Since: Interval = Interval(2);
	pub static BenchmarkKey: Option<PublicKey> = None;
}

pub struct Clock;
impl IntervalClock for Clock {
	fn current() -> Interval {
		Now::get()
	}

	fn randomness_of(_: Interval) -> Option<[u8; 32]> {
		None
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(current: Interval, _: [u8; 32]) {
		Now::set(current);
	}
}

/// Two devices, each with the key of its own id.
pub struct Registry;
impl Devices<u64> for Registry {
	fn device(id: DeviceId) -> Option<DeviceInfo<u64>> {
		if id != DEVICE && id != OTHER_DEVICE {
			return None;
		}
		Some(DeviceInfo {
			owner: 9,
			key: BenchmarkKey::get().unwrap_or(key_of(id).public().0),
			class: ClassId(0),
			cell: CellId(0),
			validator: 10,
			commitment: Commitment([7; 32]),
			carbon: GramsPerKwh(41),
			max_generation: MilliWattHours(MAX_GENERATION),
			state: State::get(),
			since: Since::get(),
		})
	}

	fn has_class(class: ClassId) -> bool {
		class == ClassId(0)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(_: &u64, key: PublicKey, _: Commitment) -> DeviceId {
		BenchmarkKey::set(Some(key));
		DEVICE
	}
}

impl pallet_energy::Config for Test {
	type Devices = Registry;
	type Clock = Clock;
	type Retention = ConstU32<RETENTION>;
	type WeightInfo = ();
}

/// Runs the closure with the invariants checked after it.
pub trait BuildAndExecute {
	fn build_and_execute(self, test: impl FnOnce());
}

impl BuildAndExecute for TestExternalities {
	fn build_and_execute(mut self, test: impl FnOnce()) {
		self.execute_with(|| {
			test();
			Energy::do_try_state().expect("every invariant holds after the test");
		});
	}
}

/// A chain in interval 10.
pub fn new_test_ext() -> TestExternalities {
	Now::set(Interval(10));
	State::set(DeviceState::Online);
	Since::set(Interval(2));
	BenchmarkKey::set(None);
	let storage = RuntimeGenesisConfig::default().build_storage().expect("the genesis is valid");
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

pub fn key_of(device: DeviceId) -> ed25519::Pair {
	let mut seed = [0; 32];
	seed[..4].copy_from_slice(&device.0.to_le_bytes());
	ed25519::Pair::from_seed(&seed)
}

/// A report of 900 mWh green out of 1000, of the interval that has just ended.
pub fn report() -> EnergyReport {
	EnergyReport {
		device: DEVICE,
		interval: Interval(Now::get().0 - 1),
		generation: MilliWattHours(1_000),
		compute_draw: MilliWattHours(900),
		root: Commitment([5; 32]),
	}
}

/// Sends the report, signed by the device that it names.
pub fn send(report: EnergyReport) -> DispatchResult {
	send_signed_by(report, key_of(report.device))
}

pub fn send_signed_by(report: EnergyReport, key: ed25519::Pair) -> DispatchResult {
	let signature = key.sign(&report.signing_payload(&Energy::chain_id())).0;
	Energy::report(RuntimeOrigin::signed(PAYER), report, signature)
}
