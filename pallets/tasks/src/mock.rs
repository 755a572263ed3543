//! A runtime with tasks, balances and the ledger of hour claims; devices, energy, proofs and clock are
//! what the test says. The market is one account that sells what it holds at a price that rises with
//! what it sold ([`market`]); pools are what devices promised and delivered ([`pools`]).

mod market;
mod pools;

use std::{cell::RefCell, collections::BTreeMap, num::NonZeroU64};

use codec::Encode;
use frame_support::{derive_impl, parameter_types, storage::unhashed};
use frame_system::EnsureRoot;
use pogcs_primitives::{
	records::{ClassRecord, DeviceState, ModelRecord, PoolKind},
	traits::{
		DeliveredWork, Delivery, DeviceClasses, DeviceInfo, Devices, Energy, EnergyError,
		HourLedger, IntervalClock, IntervalEnergy, Lifecycle, MarketError, Refusal, TaskProofs,
		WorkCredit,
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
	BuildStorage, Permill,
};

use crate as pallet_tasks;
pub use market::*;
pub use pools::*;

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
/// The insurance.
pub const INSURANCE: u64 = 99;
pub const RICH: u128 = 1_000_000_000;
/// Claims on any compute of a class have a class of their own.
pub const ANY: u16 = 100;
/// Devices of `CLASS` that are drawn by lot, `FLEET + n`, each of its own owner `OWNERS + n`, in the
/// pool `n % 3`.
pub const FLEET: u32 = 100;
pub const OWNERS: u64 = 200;
pub const FLEET_SIZE: u32 = 12;
/// For how many intervals results are taken, and answers opened.
pub const RESULT_TIME: u32 = 20;
pub const OPEN_TIME: u32 = 2;
pub const REFUND_TIME: u32 = 40;
/// The least holding of claims.
pub const DUST: u64 = 10;

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
	#[runtime::pallet_index(3)]
	pub type Hours = pallet_hours;
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
	/// How much of the interval is over.
	pub static Elapsed: Permill = Permill::zero();
	/// Intervals that were passed over.
	pub static Skipped: Vec<Interval> = vec![];
	/// What else goes into the randomness of every interval.
	pub static Salt: u32 = 0;
	/// Devices whose energy is not what the others' is: green energy left, what compute drew, its
	/// carbon; nothing before the report.
	pub static Meters: BTreeMap<DeviceId, Option<[u64; 3]>> = BTreeMap::new();
	/// When all devices were registered.
	pub static Since: Interval = Interval(0);
	/// Devices that the registry does not know any more.
	pub static Gone: Vec<DeviceId> = Vec::new();
	/// A device that was sold, and to whom.
	pub static Sold: Option<(DeviceId, u64)> = None;
	/// What the market says to everybody, if it does not trade.
	pub static Refuses: Option<MarketError> = None;
	/// Whether the market takes the money and gives the hours to somebody else.
	pub static Cheats: bool = false;
	/// Devices whose state is not what the others' is.
	pub static States: BTreeMap<DeviceId, DeviceState> = BTreeMap::new();
	pub const MinimumHolding: MicroGpuHours = MicroGpuHours(DUST);
	pub const InsuranceAccount: u64 = INSURANCE;
	pub const OpenAfter: Permill = Permill::from_percent(50);
	pub const MaxChunkWork: MicroGpuHours = MicroGpuHours(5_000);
	pub const JobUnit: NonZeroU64 = NonZeroU64::new(10_000).unwrap();
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
		let known = interval < Now::get() && !Skipped::get().contains(&interval);
		// What is known of any interval goes into each: tests of proofs expect it as it is.
		let salted = |randomness| match Salt::get() {
			0 => randomness,
			salt => (randomness, salt, interval).using_encoded(sp_io::hashing::blake2_256),
		};
		Randomness::get().filter(|_| known).map(salted)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(current: Interval, _: [u8; 32]) {
		Now::set(current);
	}
}

pub fn class_record() -> ClassRecord {
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(1_000_000),
		storage: MilliWattHours(0),
		storage_efficiency: 0,
		throughput: 1_000,
		max_draw: MilliWattHours(1_000_000),
	}
}

impl DeviceClasses for World {
	fn class(class: ClassId) -> Option<ClassRecord> {
		Self::has_class(class).then(class_record)
	}
}

impl Convert<(PoolKind, ClassId), Option<ClassId>> for World {
	fn convert((kind, class): (PoolKind, ClassId)) -> Option<ClassId> {
		match kind {
			PoolKind::Energy => None,
			PoolKind::Compute => Some(ClassId(class.0 + ANY)),
			PoolKind::Green => Some(class),
		}
	}
}

/// A tenth of a mWh for a µGPU-h.
impl Convert<MicroGpuHours, MilliWattHours> for World {
	fn convert(work: MicroGpuHours) -> MilliWattHours {
		MilliWattHours(work.0.div_ceil(10))
	}
}

impl Devices<u64> for World {
	fn has_class(class: ClassId) -> bool {
		class <= OTHER_CLASS
	}

	fn device(id: DeviceId) -> Option<DeviceInfo<u64>> {
		if Gone::get().contains(&id) {
			return None;
		}
		let made = Made::get().into_iter().find(|(device, _)| *device == id);
		let of_fleet = id.0.checked_sub(FLEET).filter(|n| *n < FLEET_SIZE);
		let (owner, class) = match (made, of_fleet) {
			(Some((_, owner)), _) => (owner, ClassId(0)),
			(None, Some(n)) => (OWNERS + u64::from(n), CLASS),
			_ if id == DEVICE || id == OTHER_DEVICE => (OWNER, CLASS),
			_ => return None,
		};
		let owner = Sold::get().filter(|(sold, _)| *sold == id).map_or(owner, |(_, to)| to);
		Some(DeviceInfo {
			owner,
			manager: None,
			key: [70; 32],
			class,
			cell: CellId(5),
			validator: 90,
			commitment: Commitment([6; 32]),
			record: class_record(),
			state: States::get().get(&id).copied().unwrap_or(State::get()),
			since: Since::get(),
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
	fn interval(device: DeviceId, _: Interval) -> Option<IntervalEnergy> {
		let all = Available::get().map(|available| [available, ComputeDraw::get(), Carbon::get()]);
		let [available, compute_draw, carbon] =
			Meters::get().get(&device).copied().unwrap_or(all)?;
		Some(IntervalEnergy {
			green_supply: MilliWattHours(2_000),
			green_draw: MilliWattHours(1_000),
			root: Commitment([3; 32]),
			available: MilliWattHours(available),
			compute_draw: MilliWattHours(compute_draw),
			carbon: MilligramsCo2(carbon),
		})
	}

	fn draw_down(device: DeviceId, _: Interval, amount: MilliWattHours) -> Result<(), EnergyError> {
		if let Some(meter) = Meters::get().get(&device) {
			let [left, ..] = meter.ok_or(EnergyError::NotReported)?;
			let left = left.checked_sub(amount.0).ok_or(EnergyError::Insufficient)?;
			Meters::mutate(|meters| {
				if let Some(Some([available, ..])) = meters.get_mut(&device) {
					*available = left;
				}
			});
			return Ok(());
		}
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

/// Who hears of tasks with a reward: told like the others, and not counted by the pools.
pub struct Spot;

impl DeliveredWork<u64> for Spot {
	fn delivered(delivery: Delivery<'_, u64>) {
		World::delivered(delivery);
	}
}

impl Convert<PublicKey, u64> for World {
	fn convert(key: PublicKey) -> u64 {
		u64::from(key[0])
	}
}

impl pallet_hours::Config for Test {
	type Clock = World;
	type LockReason = RuntimeHoldReason;
	type MaxLocks = ConstU32<4>;
	type MinimumHolding = MinimumHolding;
	type Horizon = ConstU32<200>;
	type Grace = ConstU32<50>;
	type TotalsKept = ConstU32<1_000>;
	type MaxPage = ConstU32<24>;
	type WeightInfo = ();
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
	type Delivered = Pools;
	type Spot = Spot;
	type Market = Market;
	type Claims = Hours;
	type Promised = Pools;
	type Classes = World;
	type ClaimClass = World;
	type Shortfalls = Pools;
	type InsuranceAccount = InsuranceAccount;
	type Elapsed = Elapsed;
	type JobUnit = JobUnit;
	type JobEnergy = World;
	type MaxSpan = ConstU32<12>;
	type MaxAhead = ConstU32<48>;
	type ResultTime = ConstU32<RESULT_TIME>;
	type OpenTime = ConstU32<OPEN_TIME>;
	type RefundTime = ConstU32<REFUND_TIME>;
	type OpenAfter = OpenAfter;
	type MaxCopies = ConstU32<3>;
	type MaxChunkWork = MaxChunkWork;
	type MinBond = ConstU128<20>;
	type BondPerGpuHour = ConstU128<10_000>;
	type DepositPerContract = ConstU128<7>;
	type DepositPerBooking = ConstU128<3>;
	type DepositPerReplica = ConstU128<11>;
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

/// Every device that tests act for.
pub fn devices() -> impl Iterator<Item = DeviceId> {
	[DEVICE, OTHER_DEVICE].into_iter().chain((FLEET..FLEET + FLEET_SIZE).map(DeviceId))
}

/// Device `n` of the fleet.
pub fn fleet(n: u32) -> DeviceId {
	DeviceId(FLEET + n)
}

pub fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn at(interval: u32) {
	Now::set(Interval(interval));
	Elapsed::set(Permill::zero());
}

/// What an account has free.
pub fn free(who: u64) -> u128 {
	Balances::free_balance(who)
}

/// What an account has on hold.
pub fn on_hold(reason: crate::HoldReason, who: u64) -> u128 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&reason.into(), &who)
}

/// What an account has locked of claims for contracts.
pub fn locked(claims: ClassId, interval: u32, who: u64) -> u64 {
	let reason = crate::HoldReason::Hours.into();
	<Hours as HourLedger<u64>>::locked(reason, claims, Interval(interval), &who).0
}

/// What must hold between any two calls, here and with whom this pallet tells.
pub fn check() {
	Tasks::do_try_state().unwrap();
	Hours::do_try_state().unwrap();
	for device in devices() {
		let listed = crate::Assignments::<Test>::get(device).len()
			+ crate::Engagements::<Test>::get(device).len();
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
	Elapsed::set(Permill::zero());
	Skipped::set(vec![]);
	Salt::set(0);
	Since::set(Interval(0));
	Gone::set(Vec::new());
	Sold::set(None);
	Refuses::set(None);
	Cheats::set(false);
	Meters::set(BTreeMap::new());
	States::set(BTreeMap::new());
	CREDITED.with_borrow_mut(Vec::clear);
	DELIVERED.with_borrow_mut(Vec::clear);
	STATEMENTS.with_borrow_mut(Vec::clear);
	let mut balances = vec![(CLIENT, 1_000), (OWNER, 100), (STRANGER, 100), (KEY, 100)];
	balances.extend([(BUYER, RICH), (MARKET, 1), (INSURANCE, RICH)]);
	balances.extend((0..u64::from(FLEET_SIZE)).map(|n| (OWNERS + n, 1_000)));
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		tasks: crate::GenesisConfig { models: vec![model()], ..Default::default() },
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}
