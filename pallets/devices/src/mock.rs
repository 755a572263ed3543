//! A runtime with the registry alone; clock, validators and obligations are what the test says.

use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{Balanced, InspectHold},
		Hooks, OnUnbalanced,
	},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use pogcs_primitives::{
	challenge::{Seed, Tree, Work},
	records::{ClassRecord, DeviceState, StateReason},
	traits::{BlockRandomness, IntervalClock, Obligations, Validators},
	units::GramsPerKwh,
	wire::{
		consent_payload, rescue_payload, rotation_payload, Consent, MakerCertificate, PublicKey,
	},
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours,
};
use sp_core::{ed25519, Pair};
use sp_io::{hashing::blake2_256, TestExternalities};
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::{
	traits::{ConstU32, ConstU64, Convert},
	BuildStorage, DispatchResult,
};

use crate::{
	self as pallet_devices,
	parameters::{
		BenchmarkRules, Crowding, Deposits, MaintenanceRules, Parameters, PlaceRules, Terms,
	},
	CreditOf, HoldReason, Voucher,
};

pub const OWNER: u64 = 1;
pub const OTHER: u64 = 2;
pub const POOR: u64 = 3;
pub const MANAGER: u64 = 4;
pub const MAKER: u64 = 5;
pub const OTHER_MAKER: u64 = 6;
pub const COMMITTEE: u64 = 7;
pub const INSURANCE: u64 = 8;
pub const VALIDATOR: u64 = 10;
pub const OTHER_VALIDATOR: u64 = 11;

pub const BALANCE: u64 = 100_000;
pub const DEPOSIT: u64 = 100;
pub const APPEAL: u64 = 50;
pub const RESCUE: u64 = 70;
pub const OBJECTION: u64 = 60;
pub const REVOCATION: u64 = 30;
pub const FEE: u64 = 20;

/// The interval in which a test begins.
pub const START: Interval = Interval(5);
/// Until when the mock's certificates count.
pub const EXPIRES: Interval = Interval(105);

pub const CLASS: ClassId = ClassId(1);
pub const CELL: CellId = CellId(0x08f6_5263_6d87_6620);
pub const OTHER_CELL: CellId = CellId(0x08f1_f1d4_8945_d998);
pub const COMMITMENT: Commitment = Commitment([7; 32]);
pub const OTHER_COMMITMENT: Commitment = Commitment([8; 32]);
/// The first device that a test registers.
pub const DEVICE: DeviceId = DeviceId(0);

/// For how many intervals a window of maintenance is remembered at least.
pub const MEMORY: u32 = 20;

pub const PARAMETERS: Parameters<u64> = Parameters {
	deposits: Deposits {
		registration: DEPOSIT,
		appeal: APPEAL,
		rescue: RESCUE,
		objection: OBJECTION,
		revocation: REVOCATION,
		barred_key: FEE,
	},
	place: PlaceRules {
		near: Crowding { free: 2, step: 10, most: 8 },
		far: Crowding { free: 5, step: 1, most: 12 },
		metres_per_interval: 50_000,
		cooldown: 3,
	},
	terms: Terms {
		notice: 4,
		offer: 6,
		appeal: 8,
		decision: 10,
		expulsion: 12,
		rescue: 7,
		certificate: 1_000,
		consent: 3,
	},
	maintenance: MaintenanceRules { ahead: 2, quota: 6, period: 30 },
	benchmark: BenchmarkRules { delay: 2, window: 5, seconds: 4, opening: 6, cooldown: 3 },
};

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
	pub type Devices = pallet_devices::Pallet<Test>;
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
	pub static Stakers: Vec<u64> = vec![VALIDATOR, OTHER_VALIDATOR];
	pub static Obliged: Vec<DeviceId> = vec![];
	/// Blocks whose randomness the chain does not have.
	pub static Lost: Vec<u64> = vec![];
	pub const DefaultParameters: Parameters<u64> = PARAMETERS;
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

pub struct Blocks;
impl BlockRandomness<u64> for Blocks {
	fn randomness_of_block(number: u64) -> Option<[u8; 32]> {
		let known = number <= System::block_number() && !Lost::get().contains(&number);
		known.then(|| blake2_256(&number.to_le_bytes()))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(_: u64, _: [u8; 32]) {}
}

pub struct Staking;
impl Validators<u64> for Staking {
	fn is_validator(account: &u64) -> bool {
		Stakers::get().contains(account)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(account: &u64) {
		Stakers::mutate(|stakers| stakers.push(*account));
	}
}

pub struct OtherWork;
impl Obligations for OtherWork {
	fn has_obligations(device: DeviceId) -> bool {
		Obliged::get().contains(&device)
	}
}

/// Whoever is slashed pays into one account, so that a test sees all of it.
pub struct Insurance;
impl OnUnbalanced<CreditOf<Test>> for Insurance {
	fn on_nonzero_unbalanced(amount: CreditOf<Test>) {
		Balances::resolve(&INSURANCE, amount).expect("the account is there");
	}
}

pub struct KeyAccount;
impl Convert<PublicKey, u64> for KeyAccount {
	fn convert(key: PublicKey) -> u64 {
		u64::from_le_bytes(key[..8].try_into().expect("eight of them"))
	}
}

impl pallet_devices::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Slashed = Insurance;
	type ForceOrigin = EnsureRoot<u64>;
	type CommitteeOrigin = EnsureSignedBy<CommitteeMember, u64>;
	type Clock = Clock;
	type BlockRandomness = Blocks;
	type Validators = Staking;
	type Obligations = OtherWork;
	type DeviceAccount = KeyAccount;
	type DefaultParameters = DefaultParameters;
	type MaxNameLength = ConstU32<32>;
	type MaxWindows = ConstU32<4>;
	type MaintenanceMemory = ConstU32<MEMORY>;
	type WeightInfo = ();
}

frame_support::ord_parameter_types! {
	pub const CommitteeMember: u64 = COMMITTEE;
}

/// Everybody that has money.
const RICH: [u64; 8] = [OWNER, OTHER, MANAGER, MAKER, OTHER_MAKER, COMMITTEE, INSURANCE, VALIDATOR];

/// What there is in all.
pub const ISSUANCE: u64 = 8 * BALANCE + DEPOSIT;

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

/// Every invariant: the pallet's, and that money neither came nor went.
pub fn check() {
	Devices::do_try_state().expect("every invariant holds");
	assert_eq!(pallet_balances::TotalIssuance::<Test>::get(), ISSUANCE, "money came or went");
	// Nothing is on hold but what records say.
	let records = crate::Devices::<Test>::iter().collect::<Vec<_>>();
	let deposits: u64 = records.iter().map(|(_, record)| record.deposit).sum();
	let held: u64 = RICH.iter().map(|who| held(HoldReason::Registration, *who)).sum();
	assert_eq!(deposits, held + self::held(HoldReason::Registration, POOR));
	let bonds: u64 = crate::Rescues::<Test>::iter().map(|(_, rescue)| rescue.bond).sum();
	assert_eq!(bonds, RICH.iter().map(|who| self::held(HoldReason::Rescue, *who)).sum::<u64>());
	let kept: u64 = crate::Revocations::<Test>::iter().map(|(_, _, kept)| kept.deposit).sum();
	assert_eq!(kept, RICH.iter().map(|who| self::held(HoldReason::Revocation, *who)).sum::<u64>());
	let appeals: u64 = crate::Suspensions::<Test>::iter()
		.map(|(_, suspension)| match suspension.appeal {
			crate::Appeal::Open { bond, .. } => bond,
			_ => 0,
		})
		.sum();
	assert_eq!(appeals, RICH.iter().map(|who| self::held(HoldReason::Appeal, *who)).sum::<u64>());
	let objections: u64 = crate::Rescues::<Test>::iter()
		.map(|(_, rescue)| match rescue.stage {
			crate::RescueStage::Contested { bond, .. } => bond,
			_ => 0,
		})
		.sum();
	let held: u64 = RICH.iter().map(|who| self::held(HoldReason::Objection, *who)).sum();
	assert_eq!(objections, held);
}

/// A chain with two makers and one class.
pub fn new_test_ext() -> TestExternalities {
	Now::set(START);
	Stakers::set(vec![VALIDATOR, OTHER_VALIDATOR]);
	Obliged::set(vec![]);
	Lost::set(vec![]);
	let mut balances: Vec<_> = RICH.iter().map(|who| (*who, BALANCE)).collect();
	balances.push((POOR, DEPOSIT));
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		devices: pallet_devices::GenesisConfig {
			makers: vec![
				(maker().public().0, b"Sunbox".to_vec(), MAKER),
				(other_maker().public().0, b"Moonbox".to_vec(), OTHER_MAKER),
			],
			classes: vec![(CLASS, class_record())],
			parameters: None,
		},
		..Default::default()
	}
	.build_storage()
	.expect("the genesis is valid");
	let mut ext = TestExternalities::new(storage);
	// Benchmarks sign with keys that it makes.
	ext.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	ext.execute_with(|| System::set_block_number(1));
	ext
}

pub fn class_record() -> ClassRecord {
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(5_000_000),
		storage: MilliWattHours(10_000_000),
		storage_efficiency: 900_000,
		throughput: 3,
		max_draw: MilliWattHours(300_000),
	}
}

pub fn maker() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[100; 32])
}

pub fn other_maker() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[101; 32])
}

pub fn device_key(seed: u8) -> ed25519::Pair {
	ed25519::Pair::from_seed(&[seed; 32])
}

pub fn key_of(seed: u8) -> PublicKey {
	device_key(seed).public().0
}

pub fn certificate_until(
	maker: &ed25519::Pair,
	device: &ed25519::Pair,
	expires: Interval,
) -> MakerCertificate {
	let (maker_key, device_key) = (maker.public().0, device.public().0);
	let payload = MakerCertificate::signing_payload(&maker_key, &device_key, CLASS, expires);
	MakerCertificate {
		maker: maker_key,
		device_key,
		class: CLASS,
		expires,
		signature: maker.sign(&payload).0,
	}
}

pub fn certificate(maker: &ed25519::Pair, device: &ed25519::Pair) -> MakerCertificate {
	certificate_until(maker, device, EXPIRES)
}

pub fn consent_until(
	device: &ed25519::Pair,
	owner: u64,
	commitment: Commitment,
	until: Interval,
) -> Consent {
	let payload = consent_payload(&Devices::chain_id(), &owner, &commitment, until);
	Consent { until, signature: device.sign(&payload).0 }
}

pub fn consent(device: &ed25519::Pair, owner: u64, commitment: Commitment) -> Consent {
	consent_until(device, owner, commitment, Now::get())
}

pub fn rescue_signature(device: DeviceId, key: u8, owner: u64) -> [u8; 64] {
	device_key(key).sign(&rescue_payload(&Devices::chain_id(), device, &owner)).0
}

pub fn hand_over(device: DeviceId, old: u8, new: u8) -> Voucher {
	let key = key_of(new);
	let payload = rotation_payload(&Devices::chain_id(), device, &key);
	Voucher::OldKey { key, signature: device_key(old).sign(&payload).0 }
}

/// The `n`th site, of 343, in the cell of resolution 9 around [`CELL`].
pub fn site(n: u64) -> CellId {
	let digits = (n % 7) << 9 | (n / 7 % 7) << 12 | (n / 49 % 7) << 15;
	CellId((CELL.0 & !(0o777 << 9)) | digits)
}

/// A site in the `n`th cell of resolution 9, of 49, in the cell of resolution 7 around [`CELL`].
pub fn quarter(n: u64) -> CellId {
	CellId((CELL.0 & !(0o77 << 18)) | (n % 7) << 18 | (n / 7 % 7) << 21)
}

/// What a registration says; a test changes one thing in it.
#[derive(Clone)]
pub struct Registration {
	pub owner: u64,
	pub certificate: MakerCertificate,
	pub cell: CellId,
	pub validator: u64,
	pub commitment: Commitment,
	pub consent: Consent,
	pub max_deposit: u64,
}

impl Registration {
	pub fn valid() -> Self {
		Self::of(OWNER, 1, CELL)
	}

	/// As valid as the first, of another device that shares nothing with it.
	pub fn second() -> Self {
		Self::of(OTHER, 2, OTHER_CELL)
	}

	/// A valid one of the device with this key.
	pub fn of(owner: u64, key: u8, cell: CellId) -> Self {
		let commitment = Commitment([key.saturating_add(6).min(47); 32]);
		Self {
			owner,
			certificate: certificate(&maker(), &device_key(key)),
			cell,
			validator: VALIDATOR,
			commitment,
			consent: consent(&device_key(key), owner, commitment),
			max_deposit: 10 * DEPOSIT,
		}
	}

	pub fn send(self) -> DispatchResult {
		Devices::register(
			RuntimeOrigin::signed(self.owner),
			self.certificate,
			self.cell,
			self.validator,
			self.commitment,
			self.consent,
			self.max_deposit,
		)
	}

	/// Registers it: its id.
	pub fn done(self) -> DeviceId {
		let device = crate::NextDevice::<Test>::get();
		self.send().expect("the registration is valid");
		device
	}
}

/// A registered device of [`OWNER`], online.
pub fn online() -> DeviceId {
	let device = Registration::valid().done();
	bench(device);
	device
}

/// Takes a device's throughput as proven.
pub fn bench(device: DeviceId) {
	let mut entry = Devices::entry(device).expect("it is registered");
	entry.standing.benched = Some(Now::get());
	crate::Challenges::<Test>::remove(device);
	Devices::settle(entry, StateReason::BenchmarkPassed);
}

/// Lets so many intervals pass, and nobody look.
pub fn pass(intervals: u32) {
	Now::mutate(|now| now.0 += intervals);
}

/// Ends a block with all the time in the world.
pub fn idle() {
	Devices::on_idle(System::block_number(), Weight::MAX);
}

/// What the device would work out for its challenge.
pub fn work(device: DeviceId, seed_block: u64, count: u32) -> Tree {
	let randomness = blake2_256(&seed_block.to_le_bytes());
	let seed = Seed::new(&Devices::chain_id(), device, &randomness);
	Work::new(seed, count.try_into().expect("a challenge has leaves"), 1).run()
}

pub fn state_of(device: DeviceId) -> Option<DeviceState> {
	Devices::state(device)
}

pub fn held(reason: HoldReason, who: u64) -> u64 {
	Balances::balance_on_hold(&reason.into(), &who)
}

pub fn on_hold(who: u64) -> u64 {
	held(HoldReason::Registration, who)
}

/// What was slashed since the beginning.
pub fn insured() -> u64 {
	Balances::free_balance(INSURANCE) - BALANCE
}

/// All changes of state since the beginning, of all devices.
pub fn changes() -> Vec<(DeviceState, DeviceState, StateReason)> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Devices(crate::Event::StateChanged { from, to, reason, .. }) => {
				Some((from, to, reason))
			}
			_ => None,
		})
		.collect()
}

/// The last change of state.
pub fn last_change() -> (DeviceState, DeviceState, StateReason) {
	changes().pop().expect("a state changed")
}
