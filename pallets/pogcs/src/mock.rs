//! A runtime of the pallet with sessions, and a chain that can be driven slot by slot.

use std::cell::RefCell;

use codec::Encode;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, ConstU64, OnFinalize, OnInitialize},
};

use pogcs_primitives::{units::GramsPerKwh, MicroGpuHours};
use sp_consensus_grandpa::AuthorityList;
use sp_consensus_pogcs::{Claim, PreDigest, VrfOutput, ENGINE_ID};
use sp_core::{crypto::Pair, ed25519, sr25519};
use sp_runtime::{testing::UintAuthorityId, traits::ConvertInto, BuildStorage, Digest, DigestItem};

use crate as pallet_pogcs;
use crate::{ChainParameters, FinalitySet, HasSessionKeys};

type Block = frame_system::mocking::MockBlock<Test>;
pub type AccountId = u64;
pub type Balance = u128;

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
	pub type Pogcs = pallet_pogcs;
	#[runtime::pallet_index(3)]
	pub type Session = pallet_session;
}

pub struct GrandpaKeys;
impl sp_runtime::BoundToRuntimeAppPublic for GrandpaKeys {
	type Public = sp_consensus_grandpa::AuthorityId;
}

sp_runtime::impl_opaque_keys! {
	pub struct SessionKeys {
		pub pogcs: Pogcs,
		pub grandpa: GrandpaKeys,
	}
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
	type AccountStore = System;
}

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Pogcs;
	type NextSessionRotation = Pogcs;
	type SessionManager = Pogcs;
	type SessionHandler = Pogcs;
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = ();
	type Currency = Balances;
	type KeyDeposit = ConstU128<0>;
}

thread_local! {
	/// Sets that finality was given, with the session.
	pub static FINALITY: RefCell<Vec<(AuthorityList, u32)>> = const { RefCell::new(Vec::new()) };
	/// Whether finality refuses a change.
	pub static REFUSE: RefCell<bool> = const { RefCell::new(false) };
}

/// The genesis set, and each that was given after it.
fn sets() -> u64 {
	FINALITY.with_borrow(|sets| sets.len().try_into().unwrap())
}

pub struct Finality;
impl FinalitySet for Finality {
	fn change(voters: AuthorityList, session: u32) -> Result<(), ()> {
		if REFUSE.with_borrow(|refuse| *refuse) {
			return Err(());
		}
		FINALITY.with_borrow_mut(|sets| sets.push((voters, session)));
		Ok(())
	}

	fn extend(_: u32) {}

	fn session() -> u32 {
		pallet_session::CurrentIndex::<Test>::get()
	}

	fn set_id() -> u64 {
		sets()
	}
}

pub struct Keys;
impl HasSessionKeys<AccountId> for Keys {
	fn has_keys(account: &AccountId) -> bool {
		Session::load_keys(account).is_some()
	}
}

parameter_types! {
	pub const PrimaryShare: (u64, u64) = (1, 4);
	pub const CarbonReference: GramsPerKwh = GramsPerKwh(41);
}

impl pallet_pogcs::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SessionKeys = Keys;
	type Finality = Finality;
	type SlotDuration = ConstU64<3_000>;
	type PrimaryShare = PrimaryShare;
	type CarbonReference = CarbonReference;
	type MaxValidators = ConstU32<6>;
	type MinStake = ConstU128<100>;
	type UnbondingEpochs = ConstU32<UNBONDING>;
	type MaxUnlocking = ConstU32<2>;
	type RandomnessHistory = ConstU32<4>;
	type BlockRandomnessHistory = ConstU32<8>;
	type EvidenceEpochs = ConstU32<EVIDENCE>;
	type MaintenanceEpochs = ConstU32<3>;
	type MaintenancePeriod = ConstU32<20>;
	type WeightInfo = ();
}

pub const EPOCH: u64 = 10;
pub const EVIDENCE: u32 = 5;
pub const UNBONDING: u32 = 9;
/// The slot of block 1.
pub const START: u64 = 1_000;

pub fn keys(who: AccountId) -> SessionKeys {
	let seed = UintAuthorityId(who).0;
	let mut bytes = [0u8; 32];
	bytes[..8].copy_from_slice(&seed.to_le_bytes());
	SessionKeys {
		pogcs: sr25519::Pair::from_seed(&bytes).public().into(),
		grandpa: ed25519::Pair::from_seed(&bytes).public().into(),
	}
}

/// Accounts 1 to 3 are genesis validators with stakes of 1,000; 4 to 9 own 100,000.
pub fn parameters() -> ChainParameters {
	ChainParameters {
		epoch_length: EPOCH,
		epochs_per_era: 2,
		half_life: 2,
		min_authorities: 2,
		weight_floor: MicroGpuHours(1_000),
		kappa: (1, 1),
	}
}

/// Runs `test` on a new chain after block 1, and checks what must always hold after it.
pub fn on_chain(test: impl FnOnce()) {
	FINALITY.with_borrow_mut(Vec::clear);
	REFUSE.set(false);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: (1..10).map(|who| (who, 100_000)).collect(),
			..Default::default()
		},
		pogcs: crate::GenesisConfig {
			validators: (1..4).map(|who| (who, 1_000)).collect(),
			randomness: [9; 32],
			parameters: parameters(),
		},
		session: pallet_session::GenesisConfig {
			keys: (1..4).map(|who| (who, who, keys(who))).collect(),
			..Default::default()
		},
		system: Default::default(),
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| {
		block_at(START);
		test();
		Pogcs::do_try_state().unwrap();
	});
}

/// Executes an empty block in `slot`, whose author is the first of the set.
pub fn block_at(slot: u64) {
	block_by(slot, 0);
}

/// Executes an empty block in `slot`, whose author is at `place` in the set.
pub fn block_by(slot: u64, place: u32) {
	open_block(slot, place);
	close_block();
}

/// Ends the block.
pub fn close_block() {
	Pogcs::on_finalize(System::block_number());
}

/// Opens a block in `slot`, whose author is at `place` in the set.
pub fn open_block(slot: u64, place: u32) {
	let number = System::block_number() + 1;
	let mut pre_output = [0u8; 32];
	pre_output[..8].copy_from_slice(&slot.to_le_bytes());
	let vrf = VrfOutput { pre_output, proof: [0; 64] };
	let claim = PreDigest::Fallback(Claim { authority: place, slot, vrf });
	let logs = vec![DigestItem::PreRuntime(ENGINE_ID, claim.encode())];
	System::reset_events();
	System::initialize(&number, &Default::default(), &Digest { logs });
	Pogcs::on_initialize(number);
	Session::on_initialize(number);
}

/// Executes the first block of the epoch `index`.
pub fn open_epoch(index: u64) {
	block_at(START + index * EPOCH);
}

/// Digest items of the engine in the last block.
pub fn announced() -> Option<sp_consensus_pogcs::NextEpoch> {
	System::digest().logs.iter().find_map(|item| match item {
		DigestItem::Consensus(ENGINE_ID, data) => match codec::Decode::decode(&mut &data[..]) {
			Ok(sp_consensus_pogcs::ConsensusLog::NextEpoch(next)) => Some(next),
			_ => None,
		},
		_ => None,
	})
}
