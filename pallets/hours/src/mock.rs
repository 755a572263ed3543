//! A runtime with the ledger alone; the clock is what the test says.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{derive_impl, parameter_types, traits::Hooks, weights::Weight};
use pogcs_primitives::{
	traits::{ClaimsError, HourClaims, HourLedger, IntervalClock},
	ClassId, Interval, MicroGpuHours,
};
use scale_info::TypeInfo;
use sp_io::TestExternalities;
use sp_runtime::{traits::ConstU32, BuildStorage};

use crate::{self as pallet_hours, WeightInfo};

pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
pub const CLASS: ClassId = ClassId(3);
pub const OTHER_CLASS: ClassId = ClassId(4);
pub const LEAST: u64 = 100;
pub const HORIZON: u32 = 5;
pub const GRACE: u32 = 2;
pub const TOTALS_KEPT: u32 = 3;
pub const PAGE: u32 = 4;
/// The last interval but one of a span, and the last.
pub const START: Interval = Interval(22);
pub const NEXT: Interval = Interval(23);

/// What the mock's pallets lock claims for.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Why {
	Sale,
	Contract,
	Loan,
}

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
	pub type Hours = pallet_hours::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
	pub static Now: Interval = START;
	pub const MinimumHolding: MicroGpuHours = MicroGpuHours(LEAST);
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

impl pallet_hours::Config for Test {
	type Clock = Clock;
	type LockReason = Why;
	type MaxLocks = ConstU32<2>;
	type MinimumHolding = MinimumHolding;
	type Horizon = ConstU32<HORIZON>;
	type Grace = ConstU32<GRACE>;
	type TotalsKept = ConstU32<TOTALS_KEPT>;
	type MaxPage = ConstU32<PAGE>;
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
			Hours::do_try_state().expect("every invariant holds after the test");
		});
	}
}

/// A chain in interval 22.
pub fn new_test_ext() -> TestExternalities {
	Now::set(START);
	let storage = RuntimeGenesisConfig::default().build_storage().expect("the genesis is valid");
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Mints claims of the next interval.
pub fn mint(to: u64, amount: u64) -> Result<(), ClaimsError> {
	<Hours as HourClaims<u64>>::mint(CLASS, NEXT, &to, MicroGpuHours(amount))
}

/// What an account has free of the next interval.
pub fn free(who: u64) -> u64 {
	<Hours as HourClaims<u64>>::balance(CLASS, NEXT, &who).0
}

/// What an account holds of the next interval.
pub fn held(who: u64) -> u64 {
	<Hours as HourLedger<u64>>::held(CLASS, NEXT, &who).0
}

/// Minted, redeemed, burnt and expired claims of the next interval.
pub fn totals() -> (u64, u64, u64, u64) {
	let totals = <Hours as HourLedger<u64>>::totals(CLASS, NEXT);
	(totals.minted.0, totals.redeemed.0, totals.burnt.0, totals.expired.0)
}

/// Gives the sweep the weight of one look and `steps` steps.
pub fn idle(steps: u64) -> Weight {
	let limit =
		<() as WeightInfo>::sweep_look() + <() as WeightInfo>::sweep_step().saturating_mul(steps);
	Hours::on_idle(1, limit)
}
