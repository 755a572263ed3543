//! A runtime with pools, balances and the ledger of hour claims; devices, clock, places and the rest
//! are what the test says.

use std::{cell::RefCell, collections::BTreeMap};

use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	storage::unhashed,
	traits::{
		fungible::{Inspect, InspectHold},
		tokens::imbalance::ResolveTo,
	},
	PalletId,
};
use pogcs_primitives::{
	records::{ClassRecord, DeviceState, PoolKind},
	traits::{
		Benchmarks, ClaimsError, Credentials, DeliveredEnergy, DeliveredWork, Delivery, DeviceInfo,
		Devices, Dispatch, DispatchRefusal, HourClaims, HourDemand, HourLedger, IntervalClock,
		Maintenance, Places,
	},
	units::GramsPerKwh,
	wire::PublicKey,
	CellId, ClassId, Commitment, CredentialKind, DeviceId, Interval, MicroGpuHours, MilliWattHours,
	MilligramsCo2, PoolId, TaskId,
};
use sp_runtime::{
	traits::{ConstU128, ConstU32, Convert, IdentityLookup},
	BuildStorage, DispatchResult, Permill,
};

use crate as pallet_pools;
pub use crate::{
	math, types::*, weights::WeightInfo, Error, Event, HoldReason, Ledger, Lowest, NextPool,
	Pending, Proposals, SweptUntil,
};

pub type AccountId = u128;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
pub const CAROL: AccountId = 3;
/// Who manages Alice's devices.
pub const MANAGER: AccountId = 4;
/// Who owns the regional node.
pub const LEAD: AccountId = 5;
/// Who pays.
pub const CLIENT: AccountId = 6;
/// Whoever comes along.
pub const STRANGER: AccountId = 7;
/// Who has nothing, and is no account.
pub const NOBODY: AccountId = 8;
pub const INSURANCE: AccountId = 99;
pub const RICH: Balance = 1_000_000;
pub const LEAST: Balance = 10;

/// Home devices of the class that most tests are about.
pub const A: DeviceId = DeviceId(1);
pub const B: DeviceId = DeviceId(2);
pub const C: DeviceId = DeviceId(3);
/// A regional node.
pub const REGIONAL: DeviceId = DeviceId(20);
/// Central capacity, without a panel.
pub const CENTRAL: DeviceId = DeviceId(30);

pub const HOME: ClassId = ClassId(1);
pub const REGION_CLASS: ClassId = ClassId(2);
pub const CENTRAL_CLASS: ClassId = ClassId(3);

/// The most that a home device delivers in an interval.
pub const MOST: u64 = 1_000;
/// What a chunk counts for.
pub const CHUNK: u64 = 100;

pub const POOL: PoolId = PoolId(0);
/// Berlin, a cell of resolution 15.
pub const BERLIN: CellId = CellId(0x08f1_f1d4_8945_d998);
/// Sydney, a cell of resolution 15.
pub const SYDNEY: CellId = CellId(0x08fb_e0e3_5c27_2530);

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
	pub type Pools = pallet_pools::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type Claims = pallet_hours::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	// Wide enough for the accounts of two pools to differ.
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<LEAST>;
	type AccountStore = System;
}

parameter_types! {
	pub static Now: Interval = Interval(20);
	/// How many intervals the clock of the ledger of claims goes ahead.
	pub static Skew: u32 = 0;
	/// How many intervals ahead that ledger makes claims.
	pub static ClaimsHorizon: u32 = 20;
	pub const MinimumHolding: MicroGpuHours = MicroGpuHours(10);
	/// Intervals that were passed over.
	pub static Skipped: Vec<Interval> = vec![];
	/// What buyers are owed; everything if nothing is said.
	pub static Owed: Option<u64> = None;
	pub static Resting: Vec<(DeviceId, Interval)> = vec![];
	pub static Passed: Vec<(DeviceId, Interval)> = vec![];
	pub static Given: Vec<(AccountId, AccountId, CredentialKind)> = vec![];
	/// What else goes into the randomness of every interval.
	pub static Salt: u32 = 0;
	pub const InsuranceAccount: AccountId = INSURANCE;
	pub const Id: PalletId = PalletId(*b"pg/pools");
	pub const MinPromise: Units = Units(10);
	pub const MaxLeaderFee: Permill = Permill::from_percent(20);
	pub const Half: Permill = Permill::from_percent(50);
	pub const Quorum: Permill = Permill::from_percent(40);
	pub const Majority: Permill = Permill::from_percent(60);
}

thread_local! {
	pub static DEVICES: RefCell<BTreeMap<DeviceId, DeviceInfo<AccountId>>> =
		const { RefCell::new(BTreeMap::new()) };
}

pub struct World;

impl IntervalClock for World {
	fn current() -> Interval {
		Now::get()
	}

	fn randomness_of(interval: Interval) -> Option<[u8; 32]> {
		let now = Now::get();
		let kept = interval < now && now.since(interval) <= 12;
		(kept && !Skipped::get().contains(&interval))
			.then(|| (interval, Salt::get()).using_encoded(sp_io::hashing::blake2_256))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(current: Interval, _: [u8; 32]) {
		// As in the chain: the interval before has randomness, those before it may have none.
		Skipped::set((0..current.0.saturating_sub(1)).map(Interval).collect());
		Now::set(current);
	}
}

pub fn class_record(class: ClassId) -> ClassRecord {
	let (throughput, panel) = match class {
		HOME => (100, 5_000),
		REGION_CLASS => (1_000, 50_000),
		_ => (5_000, 0),
	};
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(panel),
		storage: MilliWattHours(panel),
		storage_efficiency: 900_000,
		throughput,
		max_draw: MilliWattHours(300),
	}
}

impl Devices<AccountId> for World {
	fn has_class(class: ClassId) -> bool {
		class.0 < 4
	}

	fn device(id: DeviceId) -> Option<DeviceInfo<AccountId>> {
		DEVICES.with_borrow(|devices| devices.get(&id).cloned())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(owner: &AccountId, key: PublicKey, _: Commitment) -> DeviceId {
		let id = DEVICES.with_borrow(|devices| DeviceId(devices.len() as u32 + 100));
		place(id, *owner, ClassId(0));
		change(id, |info| {
			info.key = key;
			info.record = class_record(REGION_CLASS);
		});
		id
	}
}

impl Maintenance for World {
	fn in_maintenance(device: DeviceId, interval: Interval) -> bool {
		Resting::get().contains(&(device, interval))
	}
}

impl Benchmarks for World {
	fn last_passed(device: DeviceId) -> Option<Interval> {
		Passed::get().iter().filter(|(of, _)| *of == device).map(|(_, at)| *at).max()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(device: DeviceId, interval: Interval) {
		Passed::mutate(|passed| passed.push((device, interval)));
	}
}

impl Credentials<AccountId> for World {
	fn has(who: &AccountId, issuer: &AccountId, kind: CredentialKind) -> bool {
		Given::get().contains(&(*who, *issuer, kind))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(who: &AccountId, issuer: &AccountId, kind: CredentialKind) {
		Given::mutate(|given| given.push((*who, *issuer, kind)));
	}
}

/// Prefixes of H3 indices: the digits below a resolution are all ones.
impl Places for World {
	fn resolution(cell: CellId) -> Option<u8> {
		(cell.0 >> 59 == 1).then_some(((cell.0 >> 52) & 0xf) as u8)
	}

	fn ancestor(cell: CellId, resolution: u8) -> Option<CellId> {
		let own = Self::resolution(cell)?;
		let below = (1u64 << (3 * (15 - u32::from(resolution)))) - 1;
		let finer = cell.0 & !(0xf << 52) | (u64::from(resolution) << 52) | below;
		(resolution <= own).then_some(CellId(finer))
	}
}

/// Sums over all accounts: what was made and what was taken out of the world.
pub fn claims_made(class: ClassId, interval: Interval) -> (u64, u64) {
	let totals = Claims::totals(class, interval);
	(totals.minted.0, totals.burnt.0)
}

/// What an account may use of the claims that it holds.
pub fn claims_of(class: ClassId, interval: Interval, who: AccountId) -> u64 {
	<Claims as HourClaims<AccountId>>::balance(class, interval, &who).0
}

/// As a market would: claims move from the pool to a buyer.
pub fn try_sell(pool: PoolId, interval: Interval, amount: u64) -> Result<(), ClaimsError> {
	let class = Pools::pool(pool).and_then(|pool| pool.claims).unwrap();
	let (from, amount) = (Pools::account_of(pool), MicroGpuHours(amount));
	<Claims as HourLedger<AccountId>>::transfer(class, interval, &from, &CLIENT, amount)
}

pub fn sell(pool: PoolId, interval: Interval, amount: u64) {
	try_sell(pool, interval, amount).unwrap();
}

impl HourDemand for World {
	fn owed(_: PoolId, _: Interval, promised: MicroGpuHours) -> MicroGpuHours {
		Owed::get().map_or(promised, MicroGpuHours)
	}
}

fn chunk_key(task: TaskId, chunk: u32) -> Vec<u8> {
	(b"chunk", task, chunk).encode()
}

/// Whom a chunk was given to.
pub fn chunk_of(task: TaskId, chunk: u32) -> Option<DeviceId> {
	unhashed::get(&chunk_key(task, chunk))
}

/// Tasks 0 to 9 have chunks 0 to 63.
impl Dispatch for World {
	fn assign(
		device: DeviceId,
		task: TaskId,
		chunk: u32,
	) -> Result<MicroGpuHours, DispatchRefusal> {
		let info = Self::device(device).ok_or(DispatchRefusal::Unable)?;
		if task.0 > 9 || chunk > 63 {
			return Err(DispatchRefusal::Unknown);
		}
		if chunk_of(task, chunk).is_some() {
			return Err(DispatchRefusal::Taken);
		}
		if !matches!(info.state, DeviceState::Online | DeviceState::Running) {
			return Err(DispatchRefusal::Unable);
		}
		unhashed::put(&chunk_key(task, chunk), &device);
		Ok(MicroGpuHours(CHUNK))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(_: ClassId, _: u32) -> TaskId {
		TaskId(0)
	}
}

impl Convert<ClassRecord, MicroGpuHours> for World {
	fn convert(class: ClassRecord) -> MicroGpuHours {
		MicroGpuHours(u64::from(class.throughput) * 10)
	}
}

impl Convert<(PoolKind, ClassId), Option<ClassId>> for World {
	fn convert((kind, class): (PoolKind, ClassId)) -> Option<ClassId> {
		match kind {
			PoolKind::Energy => None,
			PoolKind::Compute => class.0.checked_add(1_000).map(ClassId),
			PoolKind::Green => Some(class),
		}
	}
}

impl Convert<PublicKey, AccountId> for World {
	fn convert(key: PublicKey) -> AccountId {
		AccountId::from(key[0]) + 1_000
	}
}

pub struct LedgerClock;

impl IntervalClock for LedgerClock {
	fn current() -> Interval {
		Interval(Now::get().0 + Skew::get())
	}

	fn randomness_of(_: Interval) -> Option<[u8; 32]> {
		None
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(_: Interval, _: [u8; 32]) {}
}

impl pallet_hours::Config for Test {
	type Clock = LedgerClock;
	type LockReason = u8;
	type MaxLocks = ConstU32<2>;
	type MinimumHolding = MinimumHolding;
	type Horizon = ClaimsHorizon;
	type Grace = ConstU32<8>;
	type TotalsKept = ConstU32<1_000>;
	type MaxPage = ConstU32<24>;
	type WeightInfo = ();
}

impl pallet_pools::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Clock = World;
	type Devices = World;
	type Maintenance = World;
	type Benchmarks = World;
	type Credentials = World;
	type Places = World;
	type Claims = Claims;
	type ClaimClass = World;
	type Demand = World;
	type Dispatch = World;
	type Capability = World;
	type DeviceAccount = World;
	type Insurance = ResolveTo<InsuranceAccount, Balances>;
	type PalletId = Id;
	type PoolDeposit = ConstU128<1_000>;
	type MemberDeposit = ConstU128<100>;
	type ApplicationDeposit = ConstU128<50>;
	type ProposalDeposit = ConstU128<60>;
	type LeaderDeposit = ConstU128<200>;
	type MinPenalty = ConstU128<1_000>;
	type MaxPenalty = ConstU128<10_000_000>;
	type MaxLeaderFee = MaxLeaderFee;
	type MaxReservePrice = ConstU128<1_000>;
	type MinPromise = MinPromise;
	type EqualShareFloor = Half;
	type MaxMembers = ConstU32<100>;
	type MaxGuests = ConstU32<10>;
	type MaxGuestHours = ConstU32<5>;
	type MaxNotice = ConstU32<10>;
	type MaxConditions = ConstU32<8>;
	type MaxPlaces = ConstU32<4>;
	type MaxApplications = ConstU32<6>;
	type DrawDelay = ConstU32<3>;
	type DrawWindow = ConstU32<8>;
	type ClaimWindow = ConstU32<2>;
	type TakeWindow = ConstU32<3>;
	type Horizon = ConstU32<20>;
	type DeliveryLag = ConstU32<3>;
	type Retention = ConstU32<5>;
	type MaxPromises = ConstU32<24>;
	type MaxSpan = ConstU32<12>;
	type MaxSettle = ConstU32<12>;
	type MaxParts = ConstU32<8>;
	type MaxProposals = ConstU32<2>;
	type Period = ConstU32<10>;
	type VotingTime = ConstU32<5>;
	type ChangeDelay = ConstU32<4>;
	type Quorum = Quorum;
	type Majority = Majority;
	type MaxStrikes = ConstU32<2>;
	type SuspensionTime = ConstU32<5>;
	type MinLeaderThroughput = ConstU32<1_000>;
	type WeightInfo = ();
}

/// Puts a device of `class` into the world, in Berlin and online.
pub fn place(id: DeviceId, owner: AccountId, class: ClassId) {
	let info = DeviceInfo {
		owner,
		manager: (owner == ALICE).then_some(MANAGER),
		key: [id.0 as u8; 32],
		class,
		cell: BERLIN,
		validator: 90,
		commitment: Commitment([6; 32]),
		record: class_record(class),
		state: DeviceState::Online,
		since: Interval(0),
	};
	DEVICES.with_borrow_mut(|devices| devices.insert(id, info));
}

/// Changes a device.
pub fn change(id: DeviceId, how: impl FnOnce(&mut DeviceInfo<AccountId>)) {
	DEVICES.with_borrow_mut(|devices| how(devices.get_mut(&id).unwrap()));
}

/// Takes a device out of the world.
pub fn remove(id: DeviceId) {
	DEVICES.with_borrow_mut(|devices| devices.remove(&id));
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn at(interval: u32) {
	Now::set(Interval(interval));
}

/// Half a planck for a unit that is missed.
pub fn terms() -> Terms {
	Terms {
		leader_fee: Permill::from_percent(10),
		penalty: 500_000,
		capacity: 10,
		guests: 0,
		notice: 3,
		reserve_price: 40,
	}
}

pub fn conditions(list: Vec<Condition<AccountId>>) -> ConditionsOf<Test> {
	list.try_into().unwrap()
}

/// Founds a pool of home devices.
pub fn found_with(
	kind: PoolKind,
	terms: Terms,
	list: Vec<Condition<AccountId>>,
	leader: Option<DeviceId>,
) -> PoolId {
	let pool = NextPool::<Test>::get();
	// Who founds it owns the regional node.
	Pools::create(signed(LEAD), kind, HOME, terms, conditions(list), leader).unwrap();
	pool
}

pub fn found(kind: PoolKind) -> PoolId {
	found_with(kind, terms(), vec![], None)
}

pub fn owner_of(device: DeviceId) -> AccountId {
	World::device(device).unwrap().owner
}

pub fn join(pool: PoolId, device: DeviceId) -> DispatchResult {
	Pools::join(signed(owner_of(device)), pool, device)
}

/// Promises for one interval.
pub fn promise(device: DeviceId, interval: u32, amount: u64) -> DispatchResult {
	let interval = Interval(interval);
	Pools::promise(signed(owner_of(device)), device, interval, interval, Units(amount))
}

/// Tells pools that a device delivered green work to the client.
pub fn deliver(device: DeviceId, interval: u32, work: u64) {
	tell(device, CLIENT, interval, work, true);
}

pub fn tell(device: DeviceId, client: AccountId, interval: u32, work: u64, green: bool) {
	tell_all(device, client, interval, work, green, false);
}

/// Tells pools that a device delivered green work that its leader gave it.
pub fn deliver_given(device: DeviceId, interval: u32, work: u64) {
	tell_all(device, CLIENT, interval, work, true, true);
}

fn tell_all(
	device: DeviceId,
	client: AccountId,
	interval: u32,
	work: u64,
	green: bool,
	assigned: bool,
) {
	<Pools as DeliveredWork<AccountId>>::delivered(Delivery {
		device,
		client: &client,
		interval: Interval(interval),
		work: MicroGpuHours(work),
		carbon: MilligramsCo2(work * 2),
		green,
		assigned,
	});
}

pub fn meter(device: DeviceId, interval: u32, surplus: u64) {
	<Pools as DeliveredEnergy>::metered(device, Interval(interval), MilliWattHours(surplus));
}

pub fn pay_in(pool: PoolId, interval: u32, amount: Balance) -> DispatchResult {
	Pools::pay_in(signed(CLIENT), pool, Interval(interval), amount, Shares::ByWork)
}

pub fn settle(device: DeviceId, interval: u32) -> DispatchResult {
	let intervals = vec![Interval(interval)].try_into().unwrap();
	Pools::settle(signed(STRANGER), device, intervals)
}

/// What a settlement said.
pub fn settled(device: DeviceId, interval: u32) -> Settlement {
	System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			RuntimeEvent::Pools(Event::Settled {
				device: of, interval: at, settlement, ..
			}) if of == device && at == Interval(interval) => Some(settlement),
			_ => None,
		})
		.unwrap()
}

pub fn on_hold(reason: HoldReason, who: AccountId) -> Balance {
	Balances::balance_on_hold(&reason.into(), &who)
}

pub fn free(who: AccountId) -> Balance {
	Balances::balance(&who)
}

/// What came to the insurance beside what it had.
pub fn insured() -> Balance {
	free(INSURANCE) - RICH
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	at(20);
	Skew::set(0);
	ClaimsHorizon::set(20);
	Skipped::set(vec![]);
	Owed::set(None);
	Resting::set(vec![]);
	Passed::set(vec![]);
	Given::set(vec![]);
	Salt::set(0);
	DEVICES.with_borrow_mut(BTreeMap::clear);
	for (device, owner) in [(A, ALICE), (B, BOB), (C, CAROL)] {
		place(device, owner, HOME);
	}
	place(REGIONAL, LEAD, REGION_CLASS);
	place(CENTRAL, CAROL, CENTRAL_CLASS);
	let who = [ALICE, BOB, CAROL, MANAGER, LEAD, CLIENT, STRANGER, INSURANCE];
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: who.map(|who| (who, RICH)).to_vec(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = storage.build_storage().unwrap().into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Checks what must hold in each pallet and between them.
pub fn check_all() {
	Pools::do_try_state().unwrap();
	Claims::do_try_state().unwrap();
	// Whatever was sold to whom: what can be asked for is what is promised.
	for (interval, class, entry) in Ledger::<Test>::iter() {
		if interval > Now::get() {
			let standing = Claims::totals(class, interval).outstanding().unwrap();
			assert_eq!(standing.0, entry.promised.0, "each hour is promised once and sold once");
		}
	}
}

/// Runs `test` on a new chain and checks what must hold after it.
pub fn on_chain(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		let issued = Balances::total_issuance();
		test();
		check_all();
		assert_eq!(Balances::total_issuance(), issued, "no money is made or lost");
	});
}
