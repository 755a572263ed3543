//! A runtime with the oracle alone; the clock is what the test says.

use frame_support::{
	derive_impl, dispatch::DispatchResultWithPostInfo, parameter_types, traits::Hooks,
	weights::Weight,
};
use frame_system::EnsureRoot;
use pogcs_primitives::{
	grid::{CurrencyCode, FeedId, Quantity, Reading},
	traits::{GridOracle, IntervalClock},
	units::{GramsPerKwh, MicrosPerKwh},
	Interval, ZoneId,
};
use sp_io::TestExternalities;
use sp_runtime::{traits::ConstU32, BuildStorage, Perbill};

use crate::{self as pallet_oracle, types::*, SettledUntil};

pub const START: Interval = Interval(10);
pub const ZONE: ZoneId = ZoneId(1);
pub const CARBON: FeedId = FeedId { zone: ZONE, quantity: Quantity::Carbon };
pub const PRICE: FeedId = FeedId { zone: ZONE, quantity: Quantity::Price };
pub const EUR: CurrencyCode = CurrencyCode(*b"EUR");
/// Accounts 1 to 5 feed both feeds of the zone; 6 to 9 have money.
pub const FEEDERS: u64 = 5;
pub const STRANGER: u64 = 6;
pub const POOR: u64 = 50;
pub const INSURANCE: u64 = 99;
pub const BALANCE: u64 = 1_000;
pub const BOND: u64 = 101;
pub const HISTORY: u32 = 6;
pub const PENALTY: u32 = 4;
pub const LIMIT: u32 = 12;
pub const DECISION: u32 = 5;
pub const NOTICE: u32 = 3;
pub const SEATS: u32 = 7;

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
	pub type Oracle = pallet_oracle::Pallet<Test>;
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
	pub static Now: Interval = START;
	pub const Insurance: u64 = INSURANCE;
	pub const Bond: u64 = BOND;
	pub const MaxSlash: Perbill = Perbill::from_percent(50);
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

impl pallet_oracle::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<u64>;
	type Clock = Clock;
	type Insurance = Insurance;
	type Bond = Bond;
	type MaxSlash = MaxSlash;
	type MaxNameLength = ConstU32<16>;
	type MaxZones = ConstU32<3>;
	type MaxFeeders = ConstU32<20>;
	type MaxSeats = ConstU32<SEATS>;
	type MaxFeeds = ConstU32<3>;
	type MinQuorum = ConstU32<2>;
	type MaxStaleness = ConstU32<4>;
	type HistoryLength = ConstU32<HISTORY>;
	type StrikePenalty = ConstU32<PENALTY>;
	type StrikeLimit = ConstU32<LIMIT>;
	type DecisionPeriod = ConstU32<DECISION>;
	type Notice = ConstU32<NOTICE>;
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
			Oracle::do_try_state().expect("every invariant holds after the test");
		});
	}
}

pub fn name(of: &str) -> NameOf<Test> {
	NameOf::<Test>::truncate_from(of.as_bytes().to_vec())
}

/// 0 to 1000 g/kWh, steps of 50, three for a value, four for a jump, two intervals without.
pub fn carbon_policy() -> Policy {
	Policy {
		least: Level(0),
		most: Level(1_000),
		max_step: Distance(50),
		tolerance: Distance(20),
		quorum: 3,
		jump_quorum: 4,
		staleness: 2,
	}
}

/// The same for prices, which may be negative.
pub fn price_policy() -> Policy {
	Policy { least: Level(-500_000), most: Level(4_000_000), ..carbon_policy() }
}

/// A chain in interval 10 with a zone, two feeds and five feeders.
pub fn new_test_ext() -> TestExternalities {
	Now::set(START);
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: (1..=9).map(|who| (who, BALANCE)).chain([(INSURANCE, 1)]).collect(),
			..Default::default()
		},
		oracle: pallet_oracle::GenesisConfig {
			zones: vec![(ZONE, b"DE-LU".to_vec(), EUR)],
			feeds: vec![(CARBON, carbon_policy()), (PRICE, price_policy())],
			feeders: (1..=FEEDERS)
				.map(|who| (who, format!("feeder {who}").into_bytes(), vec![CARBON, PRICE]))
				.collect(),
		},
		..Default::default()
	}
	.build_storage()
	.expect("the genesis is valid");
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		SettledUntil::<Test>::put(START);
	});
	ext
}

/// Submits a carbon intensity of the interval that runs.
pub fn submit(who: u64, grams: u32) -> DispatchResultWithPostInfo {
	submit_of(who, Now::get(), Reading::Carbon(GramsPerKwh(grams)))
}

/// Submits a price of the interval that runs.
pub fn submit_price(who: u64, micros: i64) -> DispatchResultWithPostInfo {
	submit_of(who, Now::get(), Reading::Price(MicrosPerKwh(micros)))
}

pub fn submit_of(who: u64, interval: Interval, reading: Reading) -> DispatchResultWithPostInfo {
	Oracle::submit(RuntimeOrigin::signed(who), ZONE, interval, reading)
}

/// Feeders 1, 2, ... submit these carbon intensities, and the interval ends.
pub fn round(grams: &[u32]) -> Interval {
	let interval = Now::get();
	for (who, grams) in (1u64..).zip(grams) {
		submit(who, *grams).unwrap();
	}
	pass(1);
	interval
}

/// Time goes on.
pub fn pass(intervals: u32) {
	Now::mutate(|now| now.0 += intervals);
}

/// Blocks have weight to spare.
pub fn idle() {
	Oracle::on_idle(1, Weight::from_parts(u64::MAX, u64::MAX));
}

/// What the oracle says of the zone's carbon intensity.
pub fn carbon(interval: Interval) -> Option<u32> {
	<Oracle as GridOracle>::carbon(ZONE, interval).map(|carbon| carbon.0)
}

pub fn score(who: u64) -> u32 {
	Oracle::seat(CARBON, who).map_or(0, |seat| seat.score)
}

pub fn is_suspended(who: u64) -> bool {
	Oracle::seat(CARBON, who).is_some_and(|seat| seat.suspicion.is_some())
}

pub fn on_hold(who: u64) -> u64 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::Feeder.into(), &who)
}

/// Makes feeder 5 stray until it is suspended, three intervals long.
pub fn suspend_five() {
	for _ in 0..LIMIT / PENALTY {
		round(&[100, 100, 100, 100, 300]);
	}
	idle();
	assert!(is_suspended(5));
}
