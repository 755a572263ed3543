//! A runtime with tasks and balances; devices, energy, proofs and clock are what the test says.

use std::cell::RefCell;

use codec::Encode;
use frame_support::{derive_impl, parameter_types, storage::unhashed};
use frame_system::EnsureRoot;
use pogcs_primitives::{
	records::{ClassRecord, DeviceState, ModelRecord},
	traits::{
		DeliveredWork, Delivery, DeviceInfo, Devices, Energy, EnergyError, IntervalClock,
		IntervalEnergy, Lifecycle, Refusal, TaskProofs, WorkCredit,
	},
	units::GramsPerKwh,
	wire::{PublicKey, Submission},
	workload::{Images, BATCH, CLASSES, PIXELS},
	CellId, ClassId, Commitment, DeviceId, Interval, KeyId, MicroGpuHours, MilliWattHours,
	MilligramsCo2, TaskId,
};
use pogcs_proof::{Reason, Statement};
use sp_runtime::{
	traits::{ConstU128, ConstU32, Convert},
	BuildStorage,
};

use crate as pallet_tasks;

pub const CLIENT: u64 = 1;
pub const OWNER: u64 = 2;
pub const STRANGER: u64 = 3;
/// The account that the device's key controls.
pub const KEY: u64 = 70;
pub const DEVICE: DeviceId = DeviceId(7);
pub const OTHER_DEVICE: DeviceId = DeviceId(8);
pub const CLASS: ClassId = ClassId(1);
pub const OTHER_CLASS: ClassId = ClassId(2);
pub const REWARD: u128 = 50;

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
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Tasks = pallet_tasks;
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

parameter_types! {
	pub static Now: Interval = Interval(10);
	pub static State: DeviceState = DeviceState::Online;
	pub static Randomness: Option<[u8; 32]> = Some([4; 32]);
	/// Green energy left of the interval of the commitment; `None` before the report.
	pub static Available: Option<u64> = Some(1_000);
	/// What compute drew in it, and the carbon of that: 40 g/kWh.
	pub static ComputeDraw: u64 = 1_250;
	pub static Carbon: u64 = 50;
	/// Devices that benchmarks made, of class 0, and their owners.
	pub static Made: Vec<(DeviceId, u64)> = Vec::new();
	pub static KeyUsable: bool = true;
	pub static Verdict: Result<(), Refusal<Reason>> = Ok(());
}

/// One delivery, as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
	pub device: DeviceId,
	pub client: u64,
	pub interval: Interval,
	pub work: MicroGpuHours,
	pub carbon: MilligramsCo2,
	pub green: bool,
	pub assigned: bool,
}

thread_local! {
	pub static DELIVERED: RefCell<Vec<Told>> = const { RefCell::new(Vec::new()) };
	pub static CREDITED: RefCell<Vec<(u64, MicroGpuHours, GramsPerKwh)>> =
		const { RefCell::new(Vec::new()) };
	pub static STATEMENTS: RefCell<Vec<Statement>> = const { RefCell::new(Vec::new()) };
}

pub struct World;

impl IntervalClock for World {
	fn current() -> Interval {
		Now::get()
	}

	fn randomness_of(interval: Interval) -> Option<[u8; 32]> {
		Randomness::get().filter(|_| interval < Now::get())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(current: Interval, _: [u8; 32]) {
		Now::set(current);
	}
}

impl Devices<u64> for World {
	fn has_class(class: ClassId) -> bool {
		class <= OTHER_CLASS
	}

	fn device(id: DeviceId) -> Option<DeviceInfo<u64>> {
		let made = Made::get().into_iter().find(|(device, _)| *device == id);
		let (owner, class) = match made {
			Some((_, owner)) => (owner, ClassId(0)),
			None if id == DEVICE || id == OTHER_DEVICE => (OWNER, CLASS),
			None => return None,
		};
		Some(DeviceInfo {
			owner,
			manager: None,
			key: [70; 32],
			class,
			cell: CellId(5),
			validator: 90,
			commitment: Commitment([6; 32]),
			record: ClassRecord {
				carbon: GramsPerKwh(41),
				max_generation: MilliWattHours(1_000_000),
				storage: MilliWattHours(0),
				storage_efficiency: 0,
				throughput: 1_000,
				max_draw: MilliWattHours(1_000_000),
			},
			state: State::get(),
			since: Interval(0),
		})
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(owner: &u64, _: PublicKey, _: Commitment) -> DeviceId {
		let mut made = Made::get();
		let device = DeviceId(1_000 + u32::try_from(made.len()).unwrap());
		made.push((device, *owner));
		Made::set(made);
		device
	}
}

impl Energy for World {
	fn interval(_: DeviceId, _: Interval) -> Option<IntervalEnergy> {
		Available::get().map(|available| IntervalEnergy {
			green_supply: MilliWattHours(2_000),
			green_draw: MilliWattHours(1_000),
			root: Commitment([3; 32]),
			available: MilliWattHours(available),
			compute_draw: MilliWattHours(ComputeDraw::get()),
			carbon: MilligramsCo2(Carbon::get()),
		})
	}

	fn draw_down(_: DeviceId, _: Interval, amount: MilliWattHours) -> Result<(), EnergyError> {
		let left = Available::get().ok_or(EnergyError::NotReported)?;
		Available::set(Some(left.checked_sub(amount.0).ok_or(EnergyError::Insufficient)?));
		Ok(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		_: DeviceId,
		_: Interval,
		_: MilliWattHours,
		green_draw: MilliWattHours,
		_: Commitment,
	) {
		Available::set(Some(green_draw.0));
	}
}

impl TaskProofs<Statement, Reason> for World {
	fn is_usable(_: KeyId) -> bool {
		KeyUsable::get()
	}

	fn verify_and_consume(
		_: KeyId,
		_: &[u8],
		statement: &Statement,
	) -> Result<(), Refusal<Reason>> {
		STATEMENTS.with_borrow_mut(|list| list.push(statement.clone()));
		Verdict::get()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark() -> KeyId {
		KeyId(0)
	}
}

impl WorkCredit<u64> for World {
	fn credit(validator: &u64, work: MicroGpuHours, carbon: GramsPerKwh) {
		CREDITED.with_borrow_mut(|list| list.push((*validator, work, carbon)));
	}
}

/// How many pieces of work a device has, as the registry counts them. In storage, so that what is
/// refused counts for nothing.
pub fn running(device: DeviceId) -> u32 {
	unhashed::get_or_default(&(b"running", device).encode())
}

fn set_running(device: DeviceId, count: Option<u32>) {
	let count = count.expect("what ends has begun");
	let key = (b"running", device).encode();
	if count == 0 {
		unhashed::kill(&key);
	} else {
		unhashed::put(&key, &count);
	}
}

impl Lifecycle for World {
	fn begin(device: DeviceId) {
		set_running(device, running(device).checked_add(1));
	}

	fn finish(device: DeviceId) {
		set_running(device, running(device).checked_sub(1));
	}
}

impl DeliveredWork<u64> for World {
	fn delivered(delivery: Delivery<'_, u64>) {
		let Delivery { device, client, interval, work, carbon, green, assigned } = delivery;
		let client = *client;
		let told = Told { device, client, interval, work, carbon, green, assigned };
		DELIVERED.with_borrow_mut(|list| list.push(told));
	}
}

impl Convert<PublicKey, u64> for World {
	fn convert(key: PublicKey) -> u64 {
		u64::from(key[0])
	}
}

impl pallet_tasks::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<u64>;
	type Clock = World;
	type Devices = World;
	type Energy = World;
	type Proofs = World;
	type WorkCredit = World;
	type Lifecycle = World;
	type Delivered = World;
	type DeviceAccount = World;
	type MinReward = ConstU128<10>;
	type DepositPerChunk = ConstU128<5>;
	type MaxChunks = ConstU32<4>;
	type MaxAssignments = ConstU32<2>;
	type MaxHorizon = ConstU32<20>;
	type CommitWindow = ConstU32<2>;
	type WeightInfo = ();
}

/// Model 0.
pub fn model() -> ModelRecord {
	ModelRecord {
		commitment: Commitment([2; 32]),
		key: KeyId(0),
		work: MicroGpuHours(1_000),
		energy: MilliWattHours(100),
	}
}

pub fn images() -> Images {
	[9; BATCH * PIXELS]
}

pub fn submission() -> Submission {
	let mut scores = [0; BATCH * CLASSES];
	scores[3] = 5;
	Submission {
		proof: [1; 128],
		scores,
		green: MilliWattHours(400),
		nullifier: Commitment([8; 32]),
	}
}

/// Opens a task of `chunks` chunks for the client, with a deadline in interval 20.
pub fn open(chunks: usize) -> TaskId {
	let task = crate::NextTask::<Test>::get();
	let inputs = vec![images(); chunks].try_into().unwrap();
	Tasks::open(RuntimeOrigin::signed(CLIENT), 0, CLASS, inputs, REWARD, Interval(20)).unwrap();
	task
}

/// Opens a task of one chunk and brings it up to its commitment, an interval ago.
pub fn committed() -> TaskId {
	let task = open(1);
	let key = || RuntimeOrigin::signed(KEY);
	Tasks::accept(key(), DEVICE, task, 0).unwrap();
	Tasks::commit(key(), task, 0, Commitment([5; 32])).unwrap();
	Now::set(Interval(11));
	task
}

/// What must hold between any two calls, here and with whom this pallet tells.
pub fn check() {
	Tasks::do_try_state().unwrap();
	for device in [DEVICE, OTHER_DEVICE] {
		let listed = crate::Assignments::<Test>::get(device).len();
		assert_eq!(running(device) as usize, listed, "what began and has not ended is on the list");
	}
}

/// Runs `test` on a new chain with one model, and checks what must hold after it.
pub fn on_chain(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		check();
	});
}

/// A new chain with one model.
pub fn new_test_ext() -> sp_io::TestExternalities {
	Now::set(Interval(10));
	State::set(DeviceState::Online);
	Randomness::set(Some([4; 32]));
	Available::set(Some(1_000));
	KeyUsable::set(true);
	Verdict::set(Ok(()));
	Made::set(Vec::new());
	ComputeDraw::set(1_250);
	Carbon::set(50);
	CREDITED.with_borrow_mut(Vec::clear);
	DELIVERED.with_borrow_mut(Vec::clear);
	STATEMENTS.with_borrow_mut(Vec::clear);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![(CLIENT, 1_000), (OWNER, 100), (STRANGER, 100), (KEY, 100)],
			..Default::default()
		},
		tasks: crate::GenesisConfig { models: vec![model()], ..Default::default() },
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}
