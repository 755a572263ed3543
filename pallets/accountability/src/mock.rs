//! A runtime of the engine's pallet with sessions and real keys, on which authorities can be made to
//! sign twice.

use codec::Encode;
use frame_support::{
	derive_impl,
	dispatch::{DispatchResult, RawOrigin},
	parameter_types,
	traits::{fungible::InspectHold, ConstU128, ConstU32, ConstU64, OnFinalize, OnInitialize},
};
use frame_system::offchain::{
	CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase,
};
use pallet_pogcs::{ChainParameters, FinalitySet, HasSessionKeys, History};
use pogcs_primitives::{units::GramsPerKwh, Interval, MicroGpuHours};
use sp_consensus_grandpa::AuthorityList;
use sp_consensus_pogcs::{AuthoritySignature, Claim, PreDigest, VrfOutput, ENGINE_ID};
use sp_core::{crypto::Pair, ed25519, sr25519, H256};
use sp_runtime::{
	generic,
	testing::UintAuthorityId,
	traits::{BlakeTwo256, ConvertInto, Dispatchable, Header as _},
	BuildStorage, Digest, DigestItem, Perbill,
};

use crate::{self as pallet_accountability, BlockEquivocation, Call, VoteEquivocation};

pub type AccountId = u64;
pub type Balance = u128;
pub type Header = generic::Header<u64, BlakeTwo256>;
pub type Extension = (frame_system::AuthorizeCall<Test>,);
pub type Extrinsic =
	generic::UncheckedExtrinsic<AccountId, RuntimeCall, UintAuthorityId, Extension>;

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
	#[runtime::pallet_index(4)]
	pub type Accountability = pallet_accountability;
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
	type Block = generic::Block<Header, Extrinsic>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<10>;
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

parameter_types! {
	pub const PrimaryShare: (u64, u64) = (1, 4);
	pub const CarbonReference: GramsPerKwh = GramsPerKwh(41);
	pub const LeastSlash: Perbill = Perbill::from_percent(5);
	pub const ReporterShare: Perbill = Perbill::from_percent(10);
	/// The finality sets after the genesis set.
	pub static Sets: u64 = 0;
	/// Who authors the block that is being executed.
	pub static Author: Option<AccountId> = None;
}

pub struct Finality;
impl FinalitySet for Finality {
	fn change(_: AuthorityList, _: u32) -> Result<(), ()> {
		Sets::mutate(|sets| *sets += 1);
		Ok(())
	}

	fn extend(_: u32) {}

	fn session() -> u32 {
		pallet_session::CurrentIndex::<Test>::get()
	}

	fn set_id() -> u64 {
		Sets::get()
	}
}

pub struct Keys;
impl HasSessionKeys<AccountId> for Keys {
	fn has_keys(account: &AccountId) -> bool {
		Session::load_keys(account).is_some()
	}
}

impl pallet_pogcs::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SessionKeys = Keys;
	type Finality = Finality;
	type SlotDuration = ConstU64<3_000>;
	type PrimaryShare = PrimaryShare;
	type CarbonReference = CarbonReference;
	type MaxValidators = ConstU32<12>;
	type MinStake = ConstU128<100>;
	type UnbondingEpochs = ConstU32<9>;
	type MaxUnlocking = ConstU32<4>;
	type RandomnessHistory = ConstU32<4>;
	type BlockRandomnessHistory = ConstU32<8>;
	type EvidenceEpochs = ConstU32<EVIDENCE>;
	type MaintenanceEpochs = ConstU32<3>;
	type MaintenancePeriod = ConstU32<20>;
	type WeightInfo = ();
}

impl pallet_accountability::Config for Test {
	type BlockAuthor = Author;
	type LeastSlash = LeastSlash;
	type ReporterShare = ReporterShare;
	type CoolingEpochs = ConstU32<COOLING>;
	type MaxEvidence = ConstU32<4_096>;
	type WeightInfo = ();
}

impl CreateTransactionBase<Call<Test>> for Test {
	type Extrinsic = Extrinsic;
	type RuntimeCall = RuntimeCall;
}

impl CreateTransaction<Call<Test>> for Test {
	type Extension = Extension;

	fn create_transaction(call: RuntimeCall, extension: Extension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl CreateAuthorizedTransaction<Call<Test>> for Test {
	fn create_extension() -> Extension {
		(frame_system::AuthorizeCall::new(),)
	}
}

pub const EPOCH: u64 = 10;
pub const EVIDENCE: u32 = 5;
pub const COOLING: u32 = 4;
/// The slot of block 1.
pub const START: u64 = 1_000;
/// Accounts 1 to 10 are genesis validators.
pub const VALIDATORS: u64 = 10;
/// With this stake each.
pub const STAKE: Balance = 1_000;
/// Not a validator.
pub const REPORTER: AccountId = 50;

pub fn author_pair(who: AccountId) -> sr25519::Pair {
	let mut seed = [0; 32];
	seed[..8].copy_from_slice(&who.to_le_bytes());
	sr25519::Pair::from_seed(&seed)
}

pub fn voter_pair(who: AccountId) -> ed25519::Pair {
	let mut seed = [0; 32];
	seed[..8].copy_from_slice(&who.to_le_bytes());
	ed25519::Pair::from_seed(&seed)
}

pub fn keys(who: AccountId) -> SessionKeys {
	SessionKeys {
		pogcs: author_pair(who).public().into(),
		grandpa: voter_pair(who).public().into(),
	}
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	Sets::set(0);
	Author::set(None);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: (1..=VALIDATORS + 2).chain([REPORTER]).map(|who| (who, 100_000)).collect(),
			..Default::default()
		},
		pogcs: pallet_pogcs::GenesisConfig {
			validators: (1..=VALIDATORS).map(|who| (who, STAKE)).collect(),
			randomness: [9; 32],
			parameters: ChainParameters {
				epoch_length: EPOCH,
				epochs_per_era: 2,
				half_life: 2,
				min_authorities: 2,
				weight_floor: MicroGpuHours(1_000),
				kappa: (1, 1),
			},
		},
		session: pallet_session::GenesisConfig {
			keys: (1..=VALIDATORS).map(|who| (who, who, keys(who))).collect(),
			..Default::default()
		},
		system: Default::default(),
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| block_at(START));
	ext
}

/// Runs `test` on a new chain after block 1, and checks what must always hold after it.
pub fn on_chain(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Pogcs::do_try_state().unwrap();
		Accountability::do_try_state().unwrap();
	});
}

/// Executes an empty block in `slot` by the first author that is not barred.
pub fn block_at(slot: u64) {
	let number = System::block_number() + 1;
	let opens = Pogcs::current_epoch().end_slot() <= slot;
	let place = if opens {
		let next = pallet_pogcs::NextSeats::<Test>::get();
		let cooling = |who| {
			pallet_pogcs::Validators::<Test>::get(who)
				.is_some_and(|validator| validator.cooling_until.0 as u64 > (slot - START) / EPOCH)
		};
		// If all are cooling, the last one may go on.
		next.iter().position(|seat| !cooling(seat.account)).unwrap_or(next.len() - 1)
	} else {
		let barred = pallet_pogcs::Barred::<Test>::get();
		(0..).find(|place| !barred.contains(place)).unwrap() as usize
	};
	let vrf = VrfOutput { pre_output: [0; 32], proof: [0; 64] };
	let claim = Claim { authority: place as u32, slot, vrf };
	let item = DigestItem::PreRuntime(ENGINE_ID, PreDigest::Fallback(claim).encode());
	System::reset_events();
	System::initialize(&number, &Default::default(), &Digest { logs: vec![item] });
	Pogcs::on_initialize(number);
	Session::on_initialize(number);
	Accountability::on_initialize(number);
	Pogcs::on_finalize(number);
}

/// Executes the first block of the epoch `index`.
pub fn open_epoch(index: u64) {
	block_at(START + index * EPOCH);
}

/// The place of `who` in the set of the epoch that `slot` belongs to.
pub fn place_of(who: AccountId, slot: u64) -> u32 {
	let interval = Interval(((slot - START) / EPOCH) as u32);
	let seats = History::<Test>::get(interval).unwrap();
	seats.iter().position(|seat| seat.account == who).unwrap() as u32
}

/// A header for `slot` that claims `place`, sealed by `pair`; `salt` makes it another block.
pub fn header(slot: u64, place: u32, salt: u8, pair: &sr25519::Pair) -> Header {
	let vrf = VrfOutput { pre_output: [1; 32], proof: [2; 64] };
	let claim = PreDigest::Primary(Claim { authority: place, slot, vrf });
	let logs = vec![DigestItem::PreRuntime(ENGINE_ID, claim.encode())];
	let (root, parent) = (H256::zero(), H256::repeat_byte(salt));
	let mut header = Header::new(7, root, root, parent, Digest { logs });
	let seal = AuthoritySignature::from(pair.sign(header.hash().as_ref()));
	header.digest_mut().push(DigestItem::Seal(ENGINE_ID, seal.encode()));
	header
}

/// Two blocks by `who` for `slot`.
pub fn blocks(who: AccountId, slot: u64) -> BlockEquivocation<Test> {
	let (place, pair) = (place_of(who, slot), author_pair(who));
	BlockEquivocation::<Test> {
		offender: pair.public().into(),
		slot: slot.into(),
		first_header: header(slot, place, 1, &pair),
		second_header: header(slot, place, 2, &pair),
	}
}

/// A vote in `round` of `set` for a block that is told by `salt`.
fn vote(
	pair: &ed25519::Pair,
	set: u64,
	round: u64,
	salt: u8,
) -> (finality_grandpa::Prevote<H256, u64>, sp_consensus_grandpa::AuthoritySignature) {
	let prevote =
		finality_grandpa::Prevote { target_hash: H256::repeat_byte(salt), target_number: 5u64 };
	let message = finality_grandpa::Message::Prevote(prevote.clone());
	let payload = sp_consensus_grandpa::localized_payload(round, set, &message);
	(prevote, pair.sign(&payload).into())
}

/// Votes by `who` in `round` of `set` for the blocks told by `first` and `second`, under the name of
/// `named`.
pub fn votes_as(
	named: AccountId,
	who: AccountId,
	set: u64,
	round: u64,
	(first, second): (u8, u8),
) -> VoteEquivocation<Test> {
	let pair = voter_pair(who);
	let equivocation = finality_grandpa::Equivocation {
		round_number: round,
		identity: voter_pair(named).public().into(),
		first: vote(&pair, set, round, first),
		second: vote(&pair, set, round, second),
	};
	VoteEquivocation::<Test>::new(set, equivocation.into())
}

/// Two votes by `who` in `round` of `set`.
pub fn votes(who: AccountId, set: u64, round: u64) -> VoteEquivocation<Test> {
	votes_as(who, who, set, round, (1, 2))
}

/// Dispatches a call as the extension that authorised it does; what fails leaves no trace.
pub fn authorized(call: Call<Test>) -> DispatchResult {
	RuntimeCall::from(call)
		.dispatch(RawOrigin::Authorized.into())
		.map(|_| ())
		.map_err(|refused| refused.error)
}

pub fn report_blocks(proof: BlockEquivocation<Test>) -> DispatchResult {
	authorized(Call::report_block_equivocation { proof: Box::new(proof) })
}

pub fn report_votes(proof: VoteEquivocation<Test>) -> DispatchResult {
	authorized(Call::report_vote_equivocation { proof: Box::new(proof) })
}

pub fn held(who: AccountId) -> Balance {
	Balances::balance_on_hold(&pallet_pogcs::HoldReason::Stake.into(), &who)
}

/// What `who` has lost of its first stake.
pub fn lost(who: AccountId) -> Balance {
	STAKE - held(who)
}
