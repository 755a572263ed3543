//! A runtime with tasks, the real pools and the real ledger of claims. The market is one account that
//! sells what pools' accounts hold, pays it in, and tells the pools what they owe, as the hour market
//! does. Clock, devices and energy are those of the other mock.

use std::cell::RefCell;

use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	storage::unhashed,
	traits::{fungible::Inspect, tokens::imbalance::ResolveTo},
	PalletId,
};
use frame_system::EnsureRoot;
use pallet_pools::{Balance, Terms, Units};
use pogcs_primitives::{
	records::{ClassRecord, PoolKind},
	traits::{
		DeliveredWork, Delivery, DeviceInfo, Devices, HourClaims, HourContracts, HourDemand,
		HourFill, HourLedger, HourMarket, MarketError, Places, Pools as PoolsTrait, WorkCredit,
	},
	units::GramsPerKwh,
	wire::PublicKey,
	CellId, ClassId, DeviceId, Interval, MicroGpuHours, PoolId,
};
use sp_runtime::{
	traits::{ConstU128, ConstU32, Convert, IdentityLookup},
	BuildStorage, Permill,
};

use crate::{self as pallet_tasks, mock};

pub type AccountId = u128;

pub const BUYER: AccountId = 5;
pub const INSURANCE: AccountId = 99;
pub const FOUNDER: AccountId = 6;
pub const STRANGER: AccountId = 7;
pub const CLASS: ClassId = mock::CLASS;
/// What a µGPU-h costs.
pub const PRICE: Balance = 4;
/// For how many intervals after its own work counts for a promise.
pub const LAG: u32 = 6;
/// For how many results are taken: they are all in when promises are settled.
pub const RESULT_TIME: u32 = 5;

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
	pub struct Whole;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Tasks = pallet_tasks;
	#[runtime::pallet_index(3)]
	pub type Hours = pallet_hours;
	#[runtime::pallet_index(4)]
	pub type Pools = pallet_pools;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Whole {
	type Block = frame_system::mocking::MockBlock<Whole>;
	// Wide enough for the accounts of two pools to differ.
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Whole {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
	type AccountStore = System;
}

parameter_types! {
	pub const MinimumHolding: MicroGpuHours = MicroGpuHours(mock::DUST);
	pub const InsuranceAccount: AccountId = INSURANCE;
	pub const Id: PalletId = PalletId(*b"pg/pools");
	pub const MinPromise: Units = Units(100);
	pub const Fifth: Permill = Permill::from_percent(20);
	pub const Half: Permill = Permill::from_percent(50);
	pub const Most: Permill = Permill::from_percent(60);
	pub const OpenAfter: Permill = Permill::from_percent(50);
	pub const MaxChunkWork: MicroGpuHours = MicroGpuHours(5_000);
	pub const JobUnit: core::num::NonZeroU64 = core::num::NonZeroU64::new(10_000).unwrap();
}

/// What the other mock says, for these accounts.
pub struct W;

impl Devices<AccountId> for W {
	fn device(id: DeviceId) -> Option<DeviceInfo<AccountId>> {
		let info = <mock::World as Devices<u64>>::device(id)?;
		Some(DeviceInfo {
			owner: info.owner.into(),
			manager: None,
			key: info.key,
			class: info.class,
			cell: info.cell,
			validator: info.validator.into(),
			commitment: info.commitment,
			record: info.record,
			state: info.state,
			since: info.since,
		})
	}

	fn has_class(class: ClassId) -> bool {
		<mock::World as Devices<u64>>::has_class(class)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(
		_: &AccountId,
		_: PublicKey,
		_: pogcs_primitives::Commitment,
	) -> DeviceId {
		unreachable!("this runtime is not measured")
	}
}

impl WorkCredit<AccountId> for W {
	fn credit(_: &AccountId, _: MicroGpuHours, _: GramsPerKwh) {}
}

impl Convert<PublicKey, AccountId> for W {
	fn convert(key: PublicKey) -> AccountId {
		key[0].into()
	}
}

impl Convert<ClassRecord, MicroGpuHours> for W {
	fn convert(_: ClassRecord) -> MicroGpuHours {
		MicroGpuHours(100_000)
	}
}

impl Places for W {
	fn resolution(_: CellId) -> Option<u8> {
		Some(0)
	}

	fn ancestor(cell: CellId, _: u8) -> Option<CellId> {
		Some(cell)
	}
}

thread_local! {
	/// What was told to pools: it is what they may count.
	pub static TOLD: RefCell<u64> = const { RefCell::new(0) };
}

pub struct Listen;

impl DeliveredWork<AccountId> for Listen {
	fn delivered(delivery: Delivery<'_, AccountId>) {
		TOLD.with_borrow_mut(|told| *told += delivery.work.0);
		Pools::delivered(delivery);
	}
}

/// The market: what a pool sold, and all pools.
pub struct Market;

fn sold_key(pool: Option<PoolId>, interval: Interval) -> Vec<u8> {
	(b"sold", pool, interval).encode()
}

pub fn sold(pool: Option<PoolId>, interval: Interval) -> u64 {
	unhashed::get_or_default(&sold_key(pool, interval))
}

fn count(interval: Interval, pool: PoolId, amount: i64) {
	for of in [Some(pool), None] {
		let after = sold(of, interval).checked_add_signed(amount).unwrap();
		unhashed::put(&sold_key(of, interval), &after);
	}
}

fn pools() -> impl Iterator<Item = PoolId> {
	pallet_pools::Pools::<Whole>::iter_keys()
}

fn stock(interval: Interval, pool: PoolId) -> u64 {
	<Hours as HourClaims<AccountId>>::balance(CLASS, interval, &Pools::account_of(pool)).0
}

impl HourDemand for Market {
	/// As the hour market says it: the pool's part of what was asked for, rounded up.
	fn owed(pool: PoolId, interval: Interval, _: MicroGpuHours) -> MicroGpuHours {
		let asked = <Tasks as HourContracts>::asked(CLASS, interval).0;
		let all = sold(None, interval);
		if all == 0 {
			return MicroGpuHours(0);
		}
		MicroGpuHours((sold(Some(pool), interval) * asked).div_ceil(all))
	}
}

impl HourMarket<AccountId, Balance> for Market {
	fn buy_flexible(
		_: &AccountId,
		_: ClassId,
		_: Interval,
		_: Interval,
		_: MicroGpuHours,
		_: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		unreachable!("contracts buy what they planned")
	}

	fn buy_each(
		who: &AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
		max_cost: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		let (fills, cost) = Self::quote_each(class, from, until, amount)?;
		if cost > max_cost {
			return Err(MarketError::Overpriced);
		}
		for interval in (from.0..=until.0).map(Interval) {
			let mut left = amount.0;
			for pool in pools().collect::<Vec<_>>() {
				// No dust on either side.
				let part = left.min(stock(interval, pool));
				if part == 0 {
					continue;
				}
				left -= part;
				let account = Pools::account_of(pool);
				let hours = MicroGpuHours(part);
				<Hours as HourLedger<AccountId>>::transfer(class, interval, &account, who, hours)
					.map_err(|_| MarketError::Dust)?;
				<Pools as PoolsTrait<_, _>>::pay_in(pool, interval, who, PRICE * u128::from(part))
					.map_err(|_| MarketError::Funds)?;
				count(interval, pool, part.try_into().unwrap());
			}
		}
		Ok(fills)
	}

	fn sell(
		_: &AccountId,
		_: ClassId,
		_: Interval,
		_: MicroGpuHours,
		_: Balance,
	) -> Result<Balance, MarketError> {
		Err(MarketError::NotOpen)
	}

	fn quote_flexible(
		_: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError> {
		let mut left = amount.0;
		let mut fills = Vec::new();
		for interval in (from.0..=until.0).map(Interval) {
			let here = left.min(pools().map(|pool| stock(interval, pool)).sum());
			if here > 0 {
				left -= here;
				let cost = PRICE * u128::from(here);
				fills.push(HourFill { interval, amount: MicroGpuHours(here), cost });
			}
		}
		let cost = fills.iter().map(|fill| fill.cost).sum();
		(left == 0).then_some((fills, cost)).ok_or(MarketError::OutOfStock)
	}

	fn quote_each(
		_: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError> {
		let mut fills = Vec::new();
		for interval in (from.0..=until.0).map(Interval) {
			if pools().map(|pool| stock(interval, pool)).sum::<u64>() < amount.0 {
				return Err(MarketError::OutOfStock);
			}
			fills.push(HourFill { interval, amount, cost: PRICE * u128::from(amount.0) });
		}
		let cost = fills.iter().map(|fill| fill.cost).sum();
		Ok((fills, cost))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(_: ClassId, _: Interval, _: Interval, _: MicroGpuHours) {}
}

impl pallet_hours::Config for Whole {
	type Clock = mock::World;
	type LockReason = RuntimeHoldReason;
	type MaxLocks = ConstU32<4>;
	type MinimumHolding = MinimumHolding;
	type Horizon = ConstU32<50>;
	type Grace = ConstU32<20>;
	type TotalsKept = ConstU32<1_000>;
	type MaxPage = ConstU32<24>;
	type WeightInfo = ();
}

impl pallet_pools::Config for Whole {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Clock = mock::World;
	type Devices = W;
	type Maintenance = ();
	type Benchmarks = ();
	type Credentials = ();
	type Places = W;
	type Claims = Hours;
	type ClaimClass = mock::World;
	type Demand = Market;
	type Dispatch = Tasks;
	type Capability = W;
	type DeviceAccount = W;
	type Insurance = ResolveTo<InsuranceAccount, Balances>;
	type PalletId = Id;
	type PoolDeposit = ConstU128<100>;
	type MemberDeposit = ConstU128<100>;
	type ApplicationDeposit = ConstU128<50>;
	type ProposalDeposit = ConstU128<60>;
	type LeaderDeposit = ConstU128<200>;
	// For a µGPU-h: one planck at least, and ten at most.
	type MinPenalty = ConstU128<1_000_000>;
	type MaxPenalty = ConstU128<10_000_000>;
	type MaxLeaderFee = Fifth;
	type MaxReservePrice = ConstU128<1_000_000>;
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
	type DeliveryLag = ConstU32<LAG>;
	type Retention = ConstU32<40>;
	type MaxPromises = ConstU32<24>;
	type MaxSpan = ConstU32<12>;
	type MaxSettle = ConstU32<12>;
	type MaxParts = ConstU32<8>;
	type MaxProposals = ConstU32<2>;
	type Period = ConstU32<1_000>;
	type VotingTime = ConstU32<5>;
	type ChangeDelay = ConstU32<4>;
	type Quorum = Half;
	type Majority = Most;
	// Who misses goes on promising: there is more to count.
	type MaxStrikes = ConstU32<1_000>;
	type SuspensionTime = ConstU32<5>;
	type MinLeaderThroughput = ConstU32<1_000>;
	type WeightInfo = ();
}

impl pallet_tasks::Config for Whole {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Clock = mock::World;
	type Devices = W;
	type Energy = mock::World;
	type Proofs = mock::World;
	type WorkCredit = W;
	type Lifecycle = ();
	type Delivered = Listen;
	type Spot = ();
	type Market = Market;
	type Claims = Hours;
	type Promised = Pools;
	type Classes = mock::World;
	type ClaimClass = mock::World;
	type Shortfalls = Pools;
	type InsuranceAccount = InsuranceAccount;
	type Elapsed = mock::Elapsed;
	type JobUnit = JobUnit;
	type JobEnergy = mock::World;
	type DeviceAccount = W;
	type MinReward = ConstU128<10>;
	type DepositPerChunk = ConstU128<5>;
	type MaxChunks = ConstU32<4>;
	type MaxAssignments = ConstU32<8>;
	type MaxHorizon = ConstU32<20>;
	type CommitWindow = ConstU32<2>;
	type MaxSpan = ConstU32<12>;
	type MaxAhead = ConstU32<20>;
	type ResultTime = ConstU32<RESULT_TIME>;
	type OpenTime = ConstU32<1>;
	type RefundTime = ConstU32<30>;
	type OpenAfter = OpenAfter;
	type MaxCopies = ConstU32<3>;
	type MaxChunkWork = MaxChunkWork;
	type MinBond = ConstU128<20>;
	type BondPerGpuHour = ConstU128<10_000>;
	type DepositPerContract = ConstU128<7>;
	type DepositPerBooking = ConstU128<3>;
	type DepositPerReplica = ConstU128<11>;
	type WeightInfo = ();
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn free(who: AccountId) -> Balance {
	Balances::balance(&who)
}

pub fn owner(device: DeviceId) -> AccountId {
	W::device(device).unwrap().owner
}

/// A pool of green compute whose members lose `penalty` for each µGPU-h.
pub fn found(penalty: Balance) -> PoolId {
	let pool = pallet_pools::NextPool::<Whole>::get();
	let terms = Terms {
		leader_fee: Permill::zero(),
		penalty: penalty * 1_000_000,
		capacity: 100,
		guests: 0,
		notice: 1,
		reserve_price: 0,
	};
	let none = Default::default();
	Pools::create(signed(FOUNDER), PoolKind::Green, CLASS, terms, none, None).unwrap();
	pool
}

/// Runs `test` on a new chain with one model, and checks what must hold after it.
pub fn on_whole_chain(test: impl FnOnce()) {
	// It sets the world that both share.
	drop(mock::new_test_ext());
	TOLD.set(0);
	let who = (0..16).chain([INSURANCE]).chain((0..12).map(|n| u128::from(mock::OWNERS) + n));
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: who.map(|who| (who, 1_000_000_000)).collect(),
			..Default::default()
		},
		tasks: crate::GenesisConfig { models: vec![mock::model()], ..Default::default() },
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = storage.build_storage().unwrap().into();
	ext.execute_with(|| {
		System::set_block_number(1);
		let issued = Balances::total_issuance();
		test();
		check_all();
		assert_eq!(Balances::total_issuance(), issued, "no money is made or lost");
	});
}

/// What must hold in each pallet.
pub fn check_all() {
	Tasks::do_try_state().unwrap();
	Hours::do_try_state().unwrap();
	Pools::do_try_state().unwrap();
}
