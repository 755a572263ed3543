//! A runtime with tasks and balances; devices, energy, proofs and clock are what the test says.

use std::cell::RefCell;

use frame_support::{derive_impl, parameter_types};
use frame_system::EnsureRoot;
use pogcs_primitives::{
	records::{ClassRecord, DeviceState, ModelRecord},
	traits::{
		DeviceInfo, Devices, Energy, EnergyError, IntervalClock, IntervalEnergy, Refusal,
		TaskProofs, WorkCredit,
	},
	units::GramsPerKwh,
	wire::{PublicKey, Submission},
	workload::{Images, BATCH, CLASSES, PIXELS},
	CellId, ClassId, Commitment, DeviceId, Interval, KeyId, MicroGpuHours, MilliWattHours, TaskId,
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
	pub static KeyUsable: bool = true;
	pub static Verdict: Result<(), Refusal<Reason>> = Ok(());
}

thread_local! {
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
		class == CLASS || class == OTHER_CLASS
	}

	fn device(id: DeviceId) -> Option<DeviceInfo<u64>> {
		(id == DEVICE || id == DeviceId(8)).then(|| DeviceInfo {
			owner: OWNER,
			manager: None,
			key: [70; 32],
			class: CLASS,
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
	fn create_for_benchmark(_: &u64, _: PublicKey, _: Commitment) -> DeviceId {
		DEVICE
	}
}

impl Energy for World {
	fn interval(_: DeviceId, _: Interval) -> Option<IntervalEnergy> {
		Available::get().map(|available| IntervalEnergy {
			green_supply: MilliWattHours(2_000),
			green_draw: MilliWattHours(1_000),
			root: Commitment([3; 32]),
			available: MilliWattHours(available),
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
		_: MilliWattHours,
		_: Commitment,
	) {
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

/// Runs `test` on a new chain with one model, and checks what must hold after it.
pub fn on_chain(test: impl FnOnce()) {
	Now::set(Interval(10));
	State::set(DeviceState::Online);
	Randomness::set(Some([4; 32]));
	Available::set(Some(1_000));
	KeyUsable::set(true);
	Verdict::set(Ok(()));
	CREDITED.with_borrow_mut(Vec::clear);
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
	ext.execute_with(|| {
		System::set_block_number(1);
		test();
		Tasks::do_try_state().unwrap();
	});
}
