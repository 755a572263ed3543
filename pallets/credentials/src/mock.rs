//! A runtime with credentials and balances; the clock is what the test says.

use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::InspectHold, tokens::imbalance::ResolveTo},
};
use pogcs_primitives::{
	traits::{Credentials as CredentialsTrait, IntervalClock},
	CredentialKind, Interval,
};
use sp_io::TestExternalities;
use sp_runtime::{
	traits::{ConstU32, ConstU64},
	BuildStorage, DispatchResult,
};

use crate::{self as pallet_credentials, HoldReason, NameOf, Reason, Terms, UrlOf};

/// Says things of others.
pub const ISSUER: u64 = 1;
pub const OTHER_ISSUER: u64 = 2;
pub const SUBJECT: u64 = 3;
pub const OTHER_SUBJECT: u64 = 4;
/// Has nothing to do with any of it.
pub const STRANGER: u64 = 5;
/// Has less than a deposit.
pub const POOR: u64 = 6;
/// Gets what descriptions cost.
pub const TREASURY: u64 = 7;
/// Everybody.
pub const ALL: [u64; 7] = [ISSUER, OTHER_ISSUER, SUBJECT, OTHER_SUBJECT, STRANGER, POOR, TREASURY];

pub const BALANCE: u64 = 10_000;
pub const DEPOSIT: u64 = 100;
pub const ISSUER_DEPOSIT: u64 = 70;
pub const PRICE: u64 = 30;
pub const ISSUANCE: u64 = 6 * BALANCE + DEPOSIT;

pub const START: Interval = Interval(50);
pub const TERM: u32 = 10;
pub const RETENTION: u32 = 4;
pub const MOST: u32 = 3;
pub const PAGE: u32 = 2;

/// Kinds that both issuers have described.
pub const KIND: CredentialKind = CredentialKind(7);
pub const OTHER_KIND: CredentialKind = CredentialKind(8);
pub const MORE_KINDS: [CredentialKind; 2] = [CredentialKind(9), CredentialKind(10)];
/// One that nobody has.
pub const UNKNOWN: CredentialKind = CredentialKind(99);

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
	pub type Credentials = pallet_credentials::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ConstU64<1>;
}

parameter_types! {
	pub static Now: Interval = START;
	/// What is on hold for an offer or a credential; an upgrade may change it.
	pub static Room: u64 = DEPOSIT;
	pub const Treasury: u64 = TREASURY;
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

impl pallet_credentials::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Income = ResolveTo<Treasury, Balances>;
	type Clock = Clock;
	type Deposit = Room;
	type IssuerDeposit = ConstU64<ISSUER_DEPOSIT>;
	type KindPrice = ConstU64<PRICE>;
	type MaxNameLength = ConstU32<32>;
	type MaxUrlLength = ConstU32<40>;
	type MaxCredentials = ConstU32<MOST>;
	type OfferTerm = ConstU32<TERM>;
	type Retention = ConstU32<RETENTION>;
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
			check();
		});
	}
}

/// Every invariant: the pallet's, that money neither came nor went, and that nobody has on hold what
/// no record names.
pub fn check() {
	Credentials::do_try_state().expect("every invariant holds");
	assert_eq!(pallet_balances::TotalIssuance::<Test>::get(), ISSUANCE, "money came or went");
	for who in ALL {
		let offers = crate::Offers::<Test>::iter().filter(|((_, issuer, _), _)| *issuer == who);
		assert_eq!(
			held(HoldReason::Offer, who),
			offers.map(|(_, offer)| offer.deposit).sum::<u64>()
		);
		let accepted = crate::Credentials::<Test>::iter().filter(|(key, _)| key.0 == who);
		assert_eq!(
			held(HoldReason::Credential, who),
			accepted.map(|(_, it)| it.deposit).sum::<u64>()
		);
		let name = crate::Issuers::<Test>::get(who).map_or(0, |record| record.deposit);
		assert_eq!(held(HoldReason::Issuer, who), name);
	}
}

/// A chain on which both issuers have described their kinds.
pub fn new_test_ext() -> TestExternalities {
	Now::set(START);
	Room::set(DEPOSIT);
	let mut balances: Vec<_> = ALL.iter().map(|who| (*who, BALANCE)).collect();
	balances[5].1 = DEPOSIT;
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		..Default::default()
	}
	.build_storage()
	.expect("the genesis is valid");
	let mut ext = TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		for issuer in [ISSUER, OTHER_ISSUER] {
			for kind in [&[KIND, OTHER_KIND][..], &MORE_KINDS].concat() {
				describe(issuer, kind, "Installer").expect("a kind can be described");
			}
		}
	});
	ext
}

pub fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn name(words: &str) -> NameOf<Test> {
	words.as_bytes().to_vec().try_into().expect("a name fits")
}

pub fn url(address: &str) -> UrlOf<Test> {
	address.as_bytes().to_vec().try_into().expect("an address fits")
}

/// Terms of a certain document, until a number of intervals after the start.
pub fn terms(intervals: u32) -> Terms {
	Terms { until: START.checked_add(intervals), document: Some([1; 32]) }
}

pub const FOR_EVER: Terms = Terms { until: None, document: None };

pub fn describe(issuer: u64, kind: CredentialKind, words: &str) -> DispatchResult {
	Credentials::describe(signed(issuer), kind, name(words), Some([9; 32]))
}

pub fn issue(terms: Terms) -> DispatchResult {
	Credentials::issue(signed(ISSUER), SUBJECT, KIND, terms)
}

pub fn accept(terms: Terms) -> DispatchResult {
	Credentials::accept(signed(SUBJECT), ISSUER, KIND, terms)
}

pub fn revoke(reason: Reason) -> DispatchResult {
	Credentials::revoke(signed(ISSUER), SUBJECT, KIND, reason)
}

/// The credential of the kind and between the accounts that most tests are about.
pub fn grant(terms: Terms) {
	issue(terms).expect("an issuer can issue");
	accept(terms).expect("a subject can accept");
}

/// Whether it stands, as other pallets ask.
pub fn stands() -> bool {
	<Credentials as CredentialsTrait<u64>>::has(&SUBJECT, &ISSUER, KIND)
}

pub fn held(reason: HoldReason, who: u64) -> u64 {
	Balances::balance_on_hold(&reason.into(), &who)
}

/// Time goes on.
pub fn pass(intervals: u32) {
	Now::set(Now::get().checked_add(intervals).expect("time does not end"));
}
