//! A runtime with the ledger and balances; registry, clock, sky and grid are what the test says.

use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::Credit, Imbalance, OnUnbalanced},
};
use frame_system::EnsureRoot;
use pogcs_geo::{PartsPerMillion, Span};
use pogcs_primitives::{
	batch::{Node, Tree},
	records::{ClassRecord, DeviceState},
	traits::{DeliveredEnergy, DeviceInfo, Devices, GridOracle, IntervalClock, Lifecycle},
	units::GramsPerKwh,
	wire::{EnergyReport, PublicKey, Signature},
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours, WattHours, ZoneId,
};
use sp_core::{ed25519, Pair};
use sp_io::{hashing::blake2_256, TestExternalities};
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::{
	traits::{ConstU128, ConstU32, ConstU64, Convert},
	BuildStorage, DispatchResult,
};

use crate::{self as pallet_energy, CertificateId, ClearSky, Opening, Source, SteadyClock};

pub const PAYER: u64 = 1;
pub const OWNER: u64 = 2;
pub const OTHER_OWNER: u64 = 3;
pub const MANAGER: u64 = 4;
pub const LEADER: u64 = 5;
pub const BUYER: u64 = 6;
pub const STRANGER: u64 = 7;
pub const DEVICE: DeviceId = DeviceId(3);
pub const OTHER_DEVICE: DeviceId = DeviceId(4);
/// No such device.
pub const NO_DEVICE: DeviceId = DeviceId(99);
pub const ZONE: ZoneId = ZoneId(8);
/// A place in Berlin, and the cell of resolution 3 about it.
pub const PLACE: CellId = CellId(0x8f1f1d48945d998);
pub const AREA: CellId = CellId(0x831f1dfffffffff);
pub const RICH: u128 = 1_000_000;

pub const RETENTION: u32 = 6;
pub const LOCK: u32 = 3;
pub const LIFE: u32 = 20;
/// Interval 0 begins with the summer solstice of 2026, in UTC.
pub const START: u64 = 1_782_000_000;
pub const CHECKS: u32 = 4;
pub const CHECK_BLOCKS: u64 = 20;
pub const MAX_GENERATION: u64 = 5_000_000;
pub const MAX_DRAW: u64 = 3_000_000;
pub const CAPACITY: u64 = 2_000_000;

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
	pub type Energy = pallet_energy::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u128>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = u128;
	type ExistentialDeposit = ConstU128<1>;
	type AccountStore = System;
}

pub const CLASS: ClassRecord = ClassRecord {
	carbon: GramsPerKwh(40),
	max_generation: MilliWattHours(MAX_GENERATION),
	storage: MilliWattHours(CAPACITY),
	storage_efficiency: 900_000,
	throughput: 1_000,
	max_draw: MilliWattHours(MAX_DRAW),
};

parameter_types! {
	pub static Now: Interval = Interval(10);
	/// What an interval's blocks drew, once it is over.
	pub static Luck: [u8; 32] = [4; 32];
	pub static Kind: ClassRecord = CLASS;
	pub static State: DeviceState = DeviceState::Online;
	pub static Since: Interval = Interval(2);
	/// Where all devices stand.
	pub static Where: CellId = PLACE;
	/// The first interval after these that has blocks, and so randomness.
	pub static SilentUntil: Interval = Interval(0);
	/// Which devices there are, and by which seed their keys are made.
	pub static Registered: Vec<(DeviceId, u64, u32)> = Vec::new();
	/// Millionths of rated power under a clear sky; `None` if nobody knows.
	pub static SkyShare: Option<u32> = Some(1_000_000);
	/// When the sky was last asked for.
	pub static AskedSpan: Option<Span> = None;
	pub static GridCarbon: Option<GramsPerKwh> = Some(GramsPerKwh(500));
	pub static BenchmarkKey: Option<PublicKey> = None;
	pub static Fees: u128 = 0;
	pub static Slashed: u128 = 0;
	/// What was told of each interval of each device, in the order in which it was told.
	pub static Told: Vec<(DeviceId, Interval, MilliWattHours)> = Vec::new();
	/// Devices that were credited with something, each time that they were.
	pub static Earned: Vec<DeviceId> = Vec::new();
	pub const DefaultCarbon: GramsPerKwh = GramsPerKwh(1_000);
}

pub struct World;

impl IntervalClock for World {
	fn current() -> Interval {
		Now::get()
	}

	fn randomness_of(interval: Interval) -> Option<[u8; 32]> {
		(SilentUntil::get()..Now::get()).contains(&interval).then(Luck::get)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(current: Interval, randomness: [u8; 32]) {
		Now::set(current);
		Luck::set(randomness);
	}
}

impl Devices<u64> for World {
	fn device(id: DeviceId) -> Option<DeviceInfo<u64>> {
		let (_, owner, seed) = Registered::get().into_iter().find(|(of, ..)| *of == id)?;
		Some(DeviceInfo {
			owner,
			manager: Some(MANAGER),
			key: BenchmarkKey::get().unwrap_or(key_from(seed).public().0),
			class: ClassId(0),
			cell: Where::get(),
			validator: 10,
			commitment: Commitment([7; 32]),
			record: Kind::get(),
			state: State::get(),
			since: Since::get(),
		})
	}

	fn has_class(class: ClassId) -> bool {
		class == ClassId(0)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(owner: &u64, key: PublicKey, _: Commitment) -> DeviceId {
		BenchmarkKey::set(Some(key));
		Since::set(Interval(0));
		let mut devices = Registered::get();
		let device = DeviceId(1_000 + u32::try_from(devices.len()).unwrap());
		devices.push((device, *owner, 0));
		Registered::set(devices);
		device
	}
}

impl Lifecycle for World {
	fn begin(_: DeviceId) {
		unreachable!("energy is no work");
	}

	fn finish(_: DeviceId) {
		unreachable!("energy is no work");
	}

	fn earned(device: DeviceId) {
		Earned::mutate(|list| list.push(device));
	}
}

impl DeliveredEnergy for World {
	fn metered(device: DeviceId, interval: Interval, surplus: MilliWattHours) {
		let mut told = Told::get();
		let before = told.iter().any(|(of, at, _)| (*of, *at) == (device, interval));
		assert!(!before, "an interval of a device is told once");
		told.push((device, interval, surplus));
		Told::set(told);
	}
}

impl ClearSky for World {
	fn most_output(cell: CellId, span: Span) -> Option<PartsPerMillion> {
		assert_eq!(cell, Where::get());
		AskedSpan::set(Some(span));
		SkyShare::get().map(PartsPerMillion)
	}
}

impl GridOracle for World {
	fn carbon(zone: ZoneId, _: Interval) -> Option<GramsPerKwh> {
		assert_eq!(zone, ZONE);
		GridCarbon::get()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(_: ZoneId, _: Interval, carbon: GramsPerKwh) {
		GridCarbon::set(Some(carbon));
	}
}

/// A key's account: its first eight bytes.
impl Convert<PublicKey, u64> for World {
	fn convert(key: PublicKey) -> u64 {
		let mut low = [0; 8];
		low.copy_from_slice(&key[..8]);
		u64::from_le_bytes(low)
	}
}

pub struct ToFees;
impl OnUnbalanced<Credit<u64, Balances>> for ToFees {
	fn on_nonzero_unbalanced(amount: Credit<u64, Balances>) {
		Fees::mutate(|sum| *sum += amount.peek());
	}
}

pub struct ToInsurance;
impl OnUnbalanced<Credit<u64, Balances>> for ToInsurance {
	fn on_nonzero_unbalanced(amount: Credit<u64, Balances>) {
		Slashed::mutate(|sum| *sum += amount.peek());
	}
}

impl pallet_energy::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Devices = World;
	type Lifecycle = World;
	type Delivered = World;
	type ForceOrigin = EnsureRoot<u64>;
	type DeviceAccount = World;
	type Clock = World;
	type SolarClock = SteadyClock<ConstU64<START>, ConstU32<3_600>>;
	type Sky = World;
	type Grid = World;
	type DefaultCarbon = DefaultCarbon;
	type MaxZoned = ConstU32<3>;
	type Retention = ConstU32<RETENTION>;
	type Lock = ConstU32<LOCK>;
	type CertificateLife = ConstU32<LIFE>;
	type HoldingDeposit = ConstU128<7>;
	type RetirementDeposit = ConstU128<5>;
	type QuotaPrice = ConstU128<3>;
	type QuotaDeposit = ConstU128<11>;
	type MaxQuota = ConstU32<100>;
	type FeeDestination = ToFees;
	type BatchDeposit = ConstU128<100>;
	type DepositPerReport = ConstU128<2>;
	type MaxBatch = ConstU32<64>;
	type Checks = ConstU32<CHECKS>;
	type CheckBlocks = ConstU64<CHECK_BLOCKS>;
	type SlashDestination = ToInsurance;
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

/// A chain in interval 10 with two devices.
pub fn new_test_ext() -> TestExternalities {
	Now::set(Interval(10));
	Luck::set([4; 32]);
	Kind::set(CLASS);
	State::set(DeviceState::Online);
	Since::set(Interval(2));
	Where::set(PLACE);
	SilentUntil::set(Interval(0));
	Registered::set(vec![(DEVICE, OWNER, DEVICE.0), (OTHER_DEVICE, OTHER_OWNER, OTHER_DEVICE.0)]);
	SkyShare::set(Some(1_000_000));
	GridCarbon::set(Some(GramsPerKwh(500)));
	BenchmarkKey::set(None);
	Fees::set(0);
	Slashed::set(0);
	Told::set(Vec::new());
	Earned::set(Vec::new());
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: (PAYER..=STRANGER).map(|account| (account, RICH)).collect(),
			..Default::default()
		},
		energy: pallet_energy::GenesisConfig { zones: vec![(AREA, ZONE)], ..Default::default() },
		..Default::default()
	};
	let mut ext = TestExternalities::new(genesis.build_storage().expect("the genesis is valid"));
	// Benchmarks sign with keys that they generate.
	ext.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	ext.execute_with(|| System::set_block_number(1));
	ext
}

pub fn key_from(seed: u32) -> ed25519::Pair {
	let mut bytes = [0; 32];
	bytes[..4].copy_from_slice(&seed.to_le_bytes());
	ed25519::Pair::from_seed(&bytes)
}

pub fn key_of(device: DeviceId) -> ed25519::Pair {
	key_from(device.0)
}

/// The account of a device's key.
pub fn account_of(device: DeviceId) -> u64 {
	World::convert(key_of(device).public().0)
}

pub fn mwh(value: u64) -> MilliWattHours {
	MilliWattHours(value)
}

pub fn wh(value: u64) -> WattHours {
	WattHours(value)
}

/// The interval that can be reported.
pub fn closed() -> Interval {
	Interval(Now::get().0 - 1)
}

/// A report of the interval that has just ended: 1,000 mWh from the panel, 900 into compute.
pub fn report() -> EnergyReport {
	EnergyReport {
		device: DEVICE,
		interval: closed(),
		generation: mwh(1_000),
		storage_in: mwh(0),
		storage_out: mwh(0),
		grid_import: mwh(0),
		grid_export: mwh(0),
		compute_draw: mwh(900),
		green_supply: mwh(1_000),
		green_draw: mwh(900),
		root: Commitment([5; 32]),
	}
}

/// What a device meters, as it knows itself: generation, storage in, storage out, compute. The grid
/// gives what is missing. It claims all the green energy that the ledger lets it.
pub fn metered(generation: u64, storage_in: u64, storage_out: u64, compute: u64) -> EnergyReport {
	metered_by(DEVICE, generation, storage_in, storage_out, compute)
}

pub fn metered_by(
	device: DeviceId,
	generation: u64,
	storage_in: u64,
	storage_out: u64,
	compute: u64,
) -> EnergyReport {
	let came = generation + storage_out;
	let went = storage_in + compute;
	let mut report = EnergyReport {
		device,
		generation: mwh(generation),
		storage_in: mwh(storage_in),
		storage_out: mwh(storage_out),
		grid_import: mwh(went.saturating_sub(came)),
		grid_export: mwh(came.saturating_sub(went)),
		compute_draw: mwh(compute),
		..report()
	};
	let settled = Energy::battery(device).stored.settle(
		&(&report).into(),
		&(&Kind::get()).into(),
		GramsPerKwh(0),
	);
	(report.green_supply, report.green_draw) = (settled.most_supply, settled.most_draw);
	report
}

pub fn sign(report: &EnergyReport, key: &ed25519::Pair) -> Signature {
	key.sign(&report.signing_payload(&Energy::chain_id())).0
}

/// Sends the report, signed by the device that it names.
pub fn send(report: EnergyReport) -> DispatchResult {
	send_signed_by(report, key_of(report.device))
}

pub fn send_signed_by(report: EnergyReport, key: ed25519::Pair) -> DispatchResult {
	let signature = sign(&report, &key);
	Energy::report(RuntimeOrigin::signed(PAYER), report, signature)
}

pub fn certificate(interval: Interval, source: Source) -> CertificateId {
	CertificateId { device: DEVICE, interval, source }
}

/// Lets `intervals` go by, with a block in each.
pub fn pass(intervals: u32) {
	for _ in 0..intervals {
		Now::set(Interval(Now::get().0 + 1));
		System::set_block_number(System::block_number() + 1);
	}
}

/// A leader's reports, signed, with their tree.
pub struct Reports {
	pub signed: Vec<(EnergyReport, Signature)>,
	pub tree: Tree,
}

impl Reports {
	/// Signs reports, which are in the order of their devices.
	pub fn new(reports: Vec<EnergyReport>) -> Self {
		let signed =
			reports.into_iter().map(|report| (report, sign(&report, &key_of(report.device))));
		Self::of(signed.collect())
	}

	pub fn of(signed: Vec<(EnergyReport, Signature)>) -> Self {
		let leaves =
			signed.iter().map(|(report, signature)| Node::leaf(report, signature, blake2_256));
		let tree = Tree::new(leaves.collect(), blake2_256).expect("reports are in order");
		Self { signed, tree }
	}

	pub fn root(&self) -> Node {
		*self.tree.root().expect("there are reports")
	}

	pub fn opening(&self, index: usize) -> Opening {
		let (report, signature) = self.signed[index];
		let path = self.tree.path(index).expect("there is such a report");
		Opening { report, signature, path: path.try_into().expect("the tree is low") }
	}

	/// What the chain wants to see.
	pub fn drawn(&self, batch: u64) -> Vec<Opening> {
		let places = Energy::drawn(batch).expect("they are drawn");
		let index = |place| self.tree.at(place).expect("the place is in the tree");
		places.into_iter().map(|place| self.opening(index(place))).collect()
	}
}
