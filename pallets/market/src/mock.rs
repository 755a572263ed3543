//! A runtime with the market, money, shares and the ledger of hour claims; the clock, pools and
//! contracts are what the test says.

use std::collections::BTreeMap;

use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::Inspect, AsEnsureOriginWithArg, Hooks},
	weights::Weight,
	PalletId,
};
use frame_system::{EnsureRoot, EnsureSigned};
use pogcs_primitives::{
	traits::{
		HourClaims, HourContracts, HourLedger, IntervalClock, Pools as PoolsTrait, RevenueError,
	},
	ClassId, Interval, MicroGpuHours, PoolId,
};
use sp_io::TestExternalities;
use sp_runtime::{
	traits::{ConstU128, ConstU32, IdentityLookup},
	BuildStorage, DispatchResult, Permill,
};

use crate as pallet_market;
pub use crate::{
	math, types::*, Books, Error, Event, HoldReason, Lanes, Orders, PoolSales, Progress, Requests,
	Rolls, Sales,
};

pub type AccountId = u128;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
pub const CAROL: AccountId = 3;
/// Who puts money behind lanes.
pub const LPS: [AccountId; 3] = [11, 12, 13];
/// Who has nothing, and is no account.
pub const NOBODY: AccountId = 8;

pub const CLASS: ClassId = ClassId(3);
pub const OTHER_CLASS: ClassId = ClassId(4);
pub const POOL: PoolId = PoolId(7);
pub const OTHER_POOL: PoolId = PoolId(8);

/// Hours of a day, and days that are traded.
pub const HOURS: u32 = 24;
pub const DAYS: u32 = 7;
/// µGPU-h of a GPU-hour.
pub const GPU_HOUR: u64 = 1_000_000;
/// A unit of money.
pub const UNIT: Balance = 1_000_000_000_000;
pub const RICH: Balance = 1_000_000_000 * UNIT;
pub const LEAST_MONEY: Balance = 1_000;
pub const LEAST_HOURS: u64 = 10;
pub const LEAST_DEPOSIT: Balance = UNIT;
pub const ORDER_DEPOSIT: Balance = UNIT / 10;
pub const SHARES: u32 = 100;
pub const RETENTION: u32 = 50;
/// The forecast that the class begins with.
pub const PRICE: Balance = UNIT;
/// The first interval of a day.
pub const START: Interval = Interval(240);

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
	pub type Assets = pallet_assets::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type Claims = pallet_hours::Pallet<Test>;
	#[runtime::pallet_index(4)]
	pub type Market = pallet_market::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<LEAST_MONEY>;
	type AccountStore = System;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = Balance;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Holder = ();
	type Freezer = ();
}

parameter_types! {
	pub static Now: Interval = START;
	/// The class of pools' claims.
	pub static PoolClass: ClassId = CLASS;
	/// What pools take for a GPU-hour; `None` if they are not for sale.
	pub static PoolPrice: Option<Balance> = Some(0);
	/// Whether pools take money.
	pub static PoolOpen: bool = true;
	pub static Income: BTreeMap<(PoolId, Interval), Balance> = BTreeMap::new();
	/// What contracts asked for; everything if nothing is said.
	pub static Asked: Option<u64> = None;
	pub const MinimumHours: MicroGpuHours = MicroGpuHours(LEAST_HOURS);
	pub const MarketId: PalletId = PalletId(*b"pg/mrket");
}

pub struct World;

impl IntervalClock for World {
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

/// The account of a pool.
pub fn pool_account(pool: PoolId) -> AccountId {
	1_000 + u128::from(pool.0)
}

impl PoolsTrait<AccountId, Balance> for World {
	fn claims(pool: PoolId) -> Option<ClassId> {
		(pool == POOL || pool == OTHER_POOL).then(PoolClass::get)
	}

	fn account(pool: PoolId) -> AccountId {
		pool_account(pool)
	}

	fn reserve_price(_: PoolId) -> Option<Balance> {
		PoolPrice::get()
	}

	fn pay_in(
		pool: PoolId,
		interval: Interval,
		from: &AccountId,
		amount: Balance,
	) -> Result<(), RevenueError> {
		use frame_support::traits::{fungible::Mutate, tokens::Preservation};
		if !PoolOpen::get() {
			return Err(RevenueError::NothingPromised);
		}
		Balances::transfer(from, &pool_account(pool), amount, Preservation::Preserve)
			.map_err(|_| RevenueError::Funds)?;
		Income::mutate(|income| *income.entry((pool, interval)).or_default() += amount);
		Ok(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
	) -> Option<PoolId> {
		PoolClass::set(class);
		Claims::mint(class, interval, &pool_account(POOL), amount).ok()?;
		Some(POOL)
	}
}

impl HourContracts for World {
	fn asked(_: ClassId, _: Interval) -> MicroGpuHours {
		MicroGpuHours(Asked::get().unwrap_or(u64::MAX))
	}
}

impl pallet_hours::Config for Test {
	type Clock = World;
	type LockReason = RuntimeHoldReason;
	type MaxLocks = ConstU32<4>;
	type MinimumHolding = MinimumHours;
	type Horizon = ConstU32<336>;
	type Grace = ConstU32<48>;
	type TotalsKept = ConstU32<48>;
	type MaxPage = ConstU32<48>;
	type WeightInfo = ();
}

impl pallet_market::Config for Test {
	type Money = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Shares = Assets;
	type Hours = Claims;
	type Pools = World;
	type Contracts = World;
	type Clock = World;
	type AdminOrigin = EnsureRoot<AccountId>;
	type PalletId = MarketId;
	type IntervalsPerDay = ConstU32<HOURS>;
	type Days = ConstU32<DAYS>;
	type MaxClasses = ConstU32<10>;
	type BuyGate = ConstU32<0>;
	type SellGate = ConstU32<1>;
	type LeastHours = MinimumHours;
	type LeastDeposit = ConstU128<LEAST_DEPOSIT>;
	type OrderDeposit = ConstU128<ORDER_DEPOSIT>;
	type OrdersPerBlock = ConstU32<4>;
	type Retention = ConstU32<RETENTION>;
	type WeightInfo = ();
}

/// Terms that a class could be traded under.
pub const TERMS: Terms = Terms {
	min_price: UNIT / 1_000,
	max_price: 1_000 * UNIT,
	headroom: Permill::from_percent(20),
	deployed: Permill::from_percent(50),
	min_book: UNIT,
	fee: Permill::from_parts(3_000),
	fee_slope: Permill::from_percent(10),
	max_fee: Permill::from_percent(3),
	max_risk: Permill::from_percent(50),
	breaker: Permill::from_percent(30),
	learning: Permill::from_percent(20),
	full_volume: Permill::from_percent(10),
	rise: Permill::from_percent(33),
	hedge: Permill::from_percent(50),
	range: Permill::from_percent(10),
	explore: Permill::from_percent(20),
	slippage: Permill::from_percent(10),
};

/// Runs the closure with the invariants checked after it.
pub trait BuildAndExecute {
	fn build_and_execute(self, test: impl FnOnce());
}

impl BuildAndExecute for TestExternalities {
	fn build_and_execute(mut self, test: impl FnOnce()) {
		self.execute_with(|| {
			test();
			check();
		});
	}
}

/// Every invariant of the market and of the ledger of claims; and no planck too many, as long as nobody
/// sent the market any.
pub fn check() {
	Market::do_try_state().expect("every invariant holds");
	Claims::do_try_state().expect("every claim is accounted for");
	let owed = Market::owed_to_all().expect("sums fit");
	let has = Balances::balance(&Market::account_of_market());
	assert_eq!(has, owed + if has > 0 { LEAST_MONEY } else { 0 }, "what the account holds is owed");
}

fn blank() -> TestExternalities {
	Now::set(START);
	PoolClass::set(CLASS);
	PoolPrice::set(Some(0));
	PoolOpen::set(true);
	Income::set(BTreeMap::new());
	Asked::set(None);
	let accounts = [ALICE, BOB, CAROL, pool_account(POOL), pool_account(OTHER_POOL)];
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: accounts.into_iter().chain(LPS).map(|who| (who, RICH)).collect(),
			..Default::default()
		},
		..Default::default()
	};
	let mut ext = TestExternalities::new(genesis.build_storage().expect("the genesis is valid"));
	ext.execute_with(|| {
		System::set_block_number(1);
		pallet_hours::SweptUntil::<Test>::put(Interval(START.0 - 48));
		pallet_hours::ClosedUntil::<Test>::put(Interval(START.0 - 96));
		Progress::<Test>::mutate(|agenda| agenda.forgotten = Interval(START.0 - RETENTION));
	});
	ext
}

/// A chain with a class that nobody has put money behind.
pub fn empty_ext() -> TestExternalities {
	let mut ext = blank();
	ext.execute_with(|| make_class(CLASS, SHARES, TERMS).unwrap());
	ext
}

/// A chain without any class.
pub fn new_test_ext() -> TestExternalities {
	blank()
}

/// What each lane of the class below begins with.
pub const LANE: Balance = 4_800 * UNIT;
/// The reserve of each of its buckets: half of the cash over 24 hours.
pub const RESERVE: Balance = 100 * UNIT;
/// Their opening price: a fifth above the forecast.
pub const OPENING: Balance = PRICE / 5 * 6;
/// The first interval of the first book.
pub const FIRST: Interval = Interval(START.0 + HOURS);

/// A chain whose class has open books for the seven days after this one.
pub fn open_ext() -> TestExternalities {
	let mut ext = empty_ext();
	ext.execute_with(|| {
		Market::deposit(RuntimeOrigin::signed(LPS[0]), CLASS, LANE * u128::from(DAYS)).unwrap();
		idle();
		next_block();
	});
	ext
}

pub fn make_class(class: ClassId, shares: u32, terms: Terms) -> DispatchResult {
	Market::make_class(RuntimeOrigin::root(), class, shares, PRICE, terms)
}

/// Gives the market's own work all the weight that it wants.
pub fn idle() -> Weight {
	Market::on_idle(System::block_number(), Weight::MAX)
}

pub fn next_block() {
	System::set_block_number(System::block_number() + 1);
}

/// Goes to an interval, a block in each, with the work of each done.
pub fn go_to(interval: Interval) {
	while Now::get() < interval {
		Now::set(Interval(Now::get().0 + 1));
		next_block();
		idle();
		Claims::on_idle(System::block_number(), Weight::MAX);
	}
}

pub fn give_hours(who: AccountId, interval: Interval, amount: u64) {
	Claims::mint(CLASS, interval, &who, MicroGpuHours(amount)).unwrap();
}

/// What an account has free of an interval.
pub fn hours_of(who: AccountId, interval: Interval) -> u64 {
	<Claims as HourClaims<AccountId>>::balance(CLASS, interval, &who).0
}

/// What an account holds of an interval, free and locked.
pub fn held_of(who: AccountId, interval: Interval) -> u64 {
	<Claims as HourLedger<AccountId>>::held(CLASS, interval, &who).0
}

pub fn money_of(who: AccountId) -> Balance {
	Balances::balance(&who)
}

pub fn shares_of(who: AccountId, lane: u8) -> Balance {
	Assets::balance(SHARES + u32::from(lane), who)
}

/// Mints hours for somebody and sells them to the pool. What was received.
pub fn stock_up(interval: Interval, amount: u64) -> Balance {
	give_hours(CAROL, interval, amount);
	sell(CAROL, interval, amount).unwrap()
}

pub fn sell(
	who: AccountId,
	interval: Interval,
	amount: u64,
) -> Result<Balance, sp_runtime::DispatchError> {
	let before = money_of(who);
	Market::sell(RuntimeOrigin::signed(who), CLASS, interval, MicroGpuHours(amount), 0, u64::MAX)?;
	Ok(money_of(who) - before)
}

pub fn buy(
	who: AccountId,
	interval: Interval,
	amount: u64,
) -> Result<Balance, sp_runtime::DispatchError> {
	let before = money_of(who);
	Market::buy(
		RuntimeOrigin::signed(who),
		CLASS,
		interval,
		MicroGpuHours(amount),
		Balance::MAX,
		u64::MAX,
	)?;
	Ok(before - money_of(who))
}

pub fn bucket(interval: Interval) -> Bucket {
	*Market::book(CLASS, Day(interval.0 / HOURS)).unwrap().bucket(interval).unwrap()
}
