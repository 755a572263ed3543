//! A runtime with the registry alone; clock, validators and obligations are what the test says.

use frame_support::{derive_impl, parameter_types};
use frame_system::EnsureRoot;
use pogcs_primitives::{
	records::{ClassRecord, DeviceState},
	traits::{IntervalClock, Obligations, Validators},
	units::GramsPerKwh,
	wire::{consent_payload, MakerCertificate},
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours,
};
use sp_core::{ed25519, Pair};
use sp_io::TestExternalities;
use sp_runtime::{traits::ConstU32, BuildStorage, DispatchResult};

use crate as pallet_devices;

pub const OWNER: u64 = 1;
pub const OTHER: u64 = 2;
pub const POOR: u64 = 3;
pub const VALIDATOR: u64 = 10;
pub const OTHER_VALIDATOR: u64 = 11;
pub const BALANCE: u64 = 1_000;
pub const DEPOSIT: u64 = 100;
pub const CLASS: ClassId = ClassId(1);
pub const CELL: CellId = CellId(0x8f65_2636_d876_620);
pub const OTHER_CELL: CellId = CellId(0x8f1f_1d48_945d_998);
pub const COMMITMENT: Commitment = Commitment([7; 32]);
pub const OTHER_COMMITMENT: Commitment = Commitment([8; 32]);

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
	pub type Balances = pallet_balances::Pallet<Test>;
	#[runtime::pallet_index(2)]
	pub type Devices = pallet_devices::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

parameter_types! {
	pub static Now: Interval = Interval(5);
	pub static Stakers: Vec<u64> = vec![VALIDATOR, OTHER_VALIDATOR];
	pub static Obliged: Vec<DeviceId> = vec![];
	pub const Deposit: u64 = DEPOSIT;
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

pub struct Staking;
impl Validators<u64> for Staking {
	fn is_validator(account: &u64) -> bool {
		Stakers::get().contains(account)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(account: &u64) {
		Stakers::mutate(|stakers| stakers.push(*account));
	}
}

pub struct Work;
impl Obligations for Work {
	fn has_obligations(device: DeviceId) -> bool {
		Obliged::get().contains(&device)
	}
}

impl pallet_devices::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<u64>;
	type Clock = Clock;
	type Validators = Staking;
	type Obligations = Work;
	type Deposit = Deposit;
	type MaxNameLength = ConstU32<32>;
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
			Devices::do_try_state().expect("every invariant holds after the test");
		});
	}
}

/// A chain with one maker and one class.
pub fn new_test_ext() -> TestExternalities {
	Now::set(Interval(5));
	Stakers::set(vec![VALIDATOR, OTHER_VALIDATOR]);
	Obliged::set(vec![]);
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![(OWNER, BALANCE), (OTHER, BALANCE), (POOR, DEPOSIT)],
			..Default::default()
		},
		devices: pallet_devices::GenesisConfig {
			makers: vec![(maker().public().0, b"Sunbox".to_vec())],
			classes: vec![(CLASS, GramsPerKwh(41), MilliWattHours(5_000_000))],
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.expect("the genesis is valid");
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

pub fn class_record() -> ClassRecord {
	ClassRecord { carbon: GramsPerKwh(41), max_generation: MilliWattHours(5_000_000) }
}

pub fn maker() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[100; 32])
}

pub fn device_key(seed: u8) -> ed25519::Pair {
	ed25519::Pair::from_seed(&[seed; 32])
}

pub fn certificate(maker: &ed25519::Pair, device: &ed25519::Pair) -> MakerCertificate {
	let (maker_key, device_key) = (maker.public().0, device.public().0);
	let payload = MakerCertificate::signing_payload(&maker_key, &device_key, CLASS);
	MakerCertificate {
		maker: maker_key,
		device_key,
		class: CLASS,
		signature: maker.sign(&payload).0,
	}
}

pub fn consent(device: &ed25519::Pair, owner: u64, commitment: Commitment) -> [u8; 64] {
	device.sign(&consent_payload(&Devices::chain_id(), &owner, &commitment)).0
}

/// What a registration says; a test changes one thing in it.
#[derive(Clone)]
pub struct Registration {
	pub owner: u64,
	pub certificate: MakerCertificate,
	pub cell: CellId,
	pub validator: u64,
	pub commitment: Commitment,
	pub consent: [u8; 64],
}

impl Registration {
	pub fn valid() -> Self {
		Self {
			owner: OWNER,
			certificate: certificate(&maker(), &device_key(1)),
			cell: CELL,
			validator: VALIDATOR,
			commitment: COMMITMENT,
			consent: consent(&device_key(1), OWNER, COMMITMENT),
		}
	}

	/// As valid as the first, of another device that shares nothing with it.
	pub fn second() -> Self {
		Self {
			owner: OTHER,
			certificate: certificate(&maker(), &device_key(2)),
			cell: OTHER_CELL,
			validator: VALIDATOR,
			commitment: OTHER_COMMITMENT,
			consent: consent(&device_key(2), OTHER, OTHER_COMMITMENT),
		}
	}

	pub fn send(self) -> DispatchResult {
		Devices::register(
			RuntimeOrigin::signed(self.owner),
			self.certificate,
			self.cell,
			self.validator,
			self.commitment,
			self.consent,
		)
	}
}

pub fn state_of(device: DeviceId) -> Option<DeviceState> {
	Devices::device_record(device).map(|record| record.state)
}

pub fn on_hold(who: u64) -> u64 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::Registration.into(), &who)
}
