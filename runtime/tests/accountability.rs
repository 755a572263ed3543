//! Authorities that sign twice, on the whole runtime: evidence made with real keys goes through the
//! runtime API, the transaction pool's validation and a block, as a node sends it.

use std::{
	cell::RefCell,
	panic::{catch_unwind, AssertUnwindSafe},
};

use codec::{Decode, Encode};
use frame_support::{assert_ok, storage::with_transaction, traits::fungible::InspectHold};
use pallet_accountability::Period;
use pallet_pogcs::{Authors, HoldReason, NextSeats, Seat, Validators};
use pogcs_primitives::Interval;
use pogcs_runtime::{
	genesis, token::UNIT, AccountId, Accountability, Balances, Block, Executive, Header, Pogcs,
	Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System,
	UncheckedExtrinsic, SLOT_DURATION,
};
use sp_consensus_grandpa::runtime_decl_for_grandpa_api::GrandpaApiV3 as GrandpaApi;
use sp_consensus_pogcs::{
	runtime_decl_for_pogcs_api::PogcsApiV1 as PogcsApi, AuthoritySignature, Claim,
	OpaqueKeyOwnershipProof, PreDigest, VrfOutput, ENGINE_ID,
};
use sp_core::{
	ed25519,
	offchain::{testing::TestTransactionPoolExt, TransactionPoolExt},
	sr25519, Pair, H256,
};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use sp_runtime::{
	traits::{Dispatchable, Header as _},
	transaction_validity::{
		InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError,
	},
	BuildStorage, Digest, DigestItem, DispatchError, Perbill, TransactionOutcome,
};

type BlockEvidence = sp_consensus_pogcs::EquivocationProof<Header>;
type VoteEvidence = sp_consensus_grandpa::EquivocationProof<H256, u32>;

/// Slots of an epoch in every chain here.
const EPOCH: u64 = 20;
/// The slot of block 1.
const FIRST_SLOT: u64 = 1_000;
/// What each of the ten bonds.
const STAKE: u128 = 10_000 * UNIT;

/// One of ten validators of a chain without development keys.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Who(u8);

const OFFENDER: Who = Who(3);
const OTHER: Who = Who(5);

impl Who {
	fn seed(self, purpose: u8) -> [u8; 32] {
		let mut seed = [purpose; 32];
		seed[0] = self.0;
		seed
	}

	fn account(self) -> AccountId {
		sr25519::Pair::from_seed(&self.seed(b'a')).public().into()
	}

	fn author(self) -> sr25519::Pair {
		sr25519::Pair::from_seed(&self.seed(b'p'))
	}

	fn voter(self) -> ed25519::Pair {
		ed25519::Pair::from_seed(&self.seed(b'g'))
	}

	/// Its place in the set that runs.
	fn place(self) -> u32 {
		let account = self.account();
		let place = Authors::<Runtime>::get().iter().position(|author| *author == account);
		place.expect("it is in the set").try_into().unwrap()
	}

	fn held(self) -> u128 {
		held(&self.account())
	}

	fn lost(self) -> u128 {
		STAKE - self.held()
	}

	fn is_next(self) -> bool {
		NextSeats::<Runtime>::get().iter().any(|seat| seat.account == self.account())
	}
}

fn held(who: &AccountId) -> u128 {
	Balances::balance_on_hold(&HoldReason::Stake.into(), who)
}

fn from_patch(patch: serde_json::Value) -> sp_io::TestExternalities {
	let mut value = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	genesis::merge(&mut value, patch);
	let config: RuntimeGenesisConfig = serde_json::from_value(value).unwrap();
	config.build_storage().unwrap().into()
}

/// A production genesis of ten validators, at the pace of a development chain.
fn ten() -> sp_io::TestExternalities {
	let validators: Vec<_> = (0..10)
		.map(|n| {
			let who = Who(n);
			serde_json::json!({
				"account": who.account(),
				"pogcs": sp_consensus_pogcs::AuthorityId::from(who.author().public()),
				"grandpa": sp_consensus_grandpa::AuthorityId::from(who.voter().public()),
				"stake": STAKE as u64,
			})
		})
		.collect();
	let balances: Vec<_> = (0..10).map(|n| (Who(n).account(), (2 * STAKE) as u64)).collect();
	from_patch(
		genesis::production(serde_json::json!({
			"validators": validators,
			"balances": balances,
			"parameters": {
				"epochLength": EPOCH, "epochsPerEra": 4, "halfLife": 24, "minAuthorities": 4,
				"weightFloor": 2_000, "kappa": [1, 1_000_000_000],
			},
		}))
		.unwrap(),
	)
}

/// Opens the block of `slot` by the author at `place`: its claim is in the digest, and the first
/// extrinsic sets the time.
fn open_block(slot: u64, place: u32) {
	let number = System::block_number() + 1;
	let parent = H256::from_low_u64_be(number.into());
	let vrf = VrfOutput { pre_output: [slot as u8; 32], proof: [0; 64] };
	let claim = PreDigest::Fallback(Claim { authority: place, slot, vrf });
	let digest = Digest { logs: vec![DigestItem::PreRuntime(ENGINE_ID, claim.encode())] };
	let header = Header::new(number, H256::zero(), H256::zero(), parent, digest);
	Executive::initialize_block(&header);
	let time = pallet_timestamp::Call::set { now: slot * SLOT_DURATION };
	let time = UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(time));
	assert_ok!(Executive::apply_extrinsic(time).expect("an inherent is always valid"));
}

/// The slot of the block that is being executed.
fn slot() -> u64 {
	pallet_pogcs::CurrentSlot::<Runtime>::get()
}

fn close_block() {
	Executive::finalize_block();
}

/// Ends the block and opens the next one, by the author at `place`.
fn next_block(place: u32) {
	let next = slot() + 1;
	close_block();
	open_block(next, place);
}

/// Ends the block and opens the first one of the next epoch, by somebody who is not the offender.
fn next_epoch() {
	let next = Pogcs::current_epoch().end_slot();
	let offender = OFFENDER.account();
	let seats = NextSeats::<Runtime>::get();
	let place = seats.iter().position(|seat| seat.account != offender).unwrap_or(0);
	close_block();
	open_block(next, place as u32);
}

/// Empties the node's transaction pool.
type Pool = Box<dyn Fn() -> Vec<Vec<u8>>>;

thread_local! {
	static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

/// Takes all transactions out of the pool.
fn taken_from_pool() -> Vec<UncheckedExtrinsic> {
	let bytes = POOL.with_borrow(|pool| pool.as_ref().expect("the chain has a pool")());
	bytes.iter().map(|bytes| UncheckedExtrinsic::decode(&mut &bytes[..]).unwrap()).collect()
}

/// Runs `test` inside a block of epoch 1, whose author is at place 0, ends the block and checks what
/// must always hold.
fn on(mut chain: sp_io::TestExternalities, test: impl FnOnce()) {
	let (pool, state) = TestTransactionPoolExt::new();
	chain.register_extension(TransactionPoolExt::new(pool));
	POOL.set(Some(Box::new(move || std::mem::take(&mut state.write().transactions))));
	chain.execute_with(|| {
		open_block(FIRST_SLOT, 0);
		close_block();
		open_block(FIRST_SLOT + EPOCH, 0);
		test();
		close_block();
		Pogcs::do_try_state().unwrap();
		Accountability::do_try_state().unwrap();
	});
}

/// A sealed header for `slot` at `place`; `salt` makes it another block.
fn header(slot: u64, place: u32, salt: u8, pair: &sr25519::Pair) -> Header {
	let vrf = VrfOutput { pre_output: [1; 32], proof: [2; 64] };
	let claim = PreDigest::Primary(Claim { authority: place, slot, vrf });
	let logs = vec![DigestItem::PreRuntime(ENGINE_ID, claim.encode())];
	let (root, parent) = (H256::zero(), H256::repeat_byte(salt));
	let mut header = Header::new(9, root, root, parent, Digest { logs });
	let seal = AuthoritySignature::from(pair.sign(header.hash().as_ref()));
	header.digest_mut().push(DigestItem::Seal(ENGINE_ID, seal.encode()));
	header
}

/// Two blocks by `who` for `slot` of the epoch that runs.
fn blocks_at(who: Who, slot: u64) -> BlockEvidence {
	let (place, pair) = (who.place(), who.author());
	BlockEvidence {
		offender: pair.public().into(),
		slot: slot.into(),
		first_header: header(slot, place, 1, &pair),
		second_header: header(slot, place, 2, &pair),
	}
}

/// Two blocks by `who` for the slot that runs.
fn blocks(who: Who) -> BlockEvidence {
	blocks_at(who, slot())
}

/// Two precommits by the key of `who` in a round of `set`, under the name of `named`.
fn votes(named: &ed25519::Pair, who: &ed25519::Pair, set: u64, targets: (u8, u8)) -> VoteEvidence {
	let round = 7;
	let vote = |target: u8| {
		let precommit = finality_grandpa::Precommit {
			target_hash: H256::repeat_byte(target),
			target_number: 5u32,
		};
		let message = finality_grandpa::Message::Precommit(precommit.clone());
		let payload = sp_consensus_grandpa::localized_payload(round, set, &message);
		(precommit, sp_consensus_grandpa::AuthoritySignature::from(who.sign(&payload)))
	};
	let equivocation = finality_grandpa::Equivocation {
		round_number: round,
		identity: named.public().into(),
		first: vote(targets.0),
		second: vote(targets.1),
	};
	VoteEvidence::new(set, equivocation.into())
}

/// What a node does with two blocks: asks who the author was, and reports.
fn node_reports_blocks(proof: BlockEvidence) -> Option<()> {
	let owner = <Runtime as PogcsApi<Block, AccountId>>::generate_key_ownership_proof(
		*proof.slot,
		proof.offender.clone(),
	)?;
	submit_blocks(proof, owner)
}

fn submit_blocks(proof: BlockEvidence, owner: OpaqueKeyOwnershipProof) -> Option<()> {
	<Runtime as PogcsApi<Block, AccountId>>::submit_report_equivocation_unsigned_extrinsic(
		proof, owner,
	)
}

/// What the finality gadget does with two votes.
fn node_reports_votes(proof: VoteEvidence) -> Option<()> {
	let owner = <Runtime as GrandpaApi<Block>>::generate_key_ownership_proof(
		proof.set_id(),
		proof.offender().clone(),
	)?;
	<Runtime as GrandpaApi<Block>>::submit_report_equivocation_unsigned_extrinsic(proof, owner)
}

/// Validates as a pool does, which leaves no trace in the state.
fn validated(source: TransactionSource, transaction: UncheckedExtrinsic) -> TransactionValidity {
	let hash = System::parent_hash();
	with_transaction(|| {
		let validity = Executive::validate_transaction(source, transaction, hash);
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(validity))
	})
	.unwrap()
}

/// Validates as the pool of this very node does, and puts the transaction into the block.
fn include(transaction: UncheckedExtrinsic) -> Result<(), TransactionValidityError> {
	let valid = validated(TransactionSource::Local, transaction.clone())?;
	assert_eq!((valid.priority, valid.propagate), (u64::MAX, false));
	assert_ok!(Executive::apply_extrinsic(transaction)?);
	Ok(())
}

fn report(proof: BlockEvidence) {
	assert_eq!(node_reports_blocks(proof), Some(()));
	let [transaction] = <[_; 1]>::try_from(taken_from_pool()).expect("one report");
	assert_ok!(include(transaction));
}

/// A transaction with this evidence, as a dishonest author would make it.
fn forced(proof: BlockEvidence) -> UncheckedExtrinsic {
	use frame_system::offchain::CreateAuthorizedTransaction;
	let call = pallet_accountability::Call::report_block_equivocation { proof: Box::new(proof) };
	<Runtime as CreateAuthorizedTransaction<pallet_accountability::Call<Runtime>>>::create_authorized_transaction(call.into())
}

/// Neither does a node report it, nor is it taken if an author puts it into a block.
fn assert_refused(proof: BlockEvidence, why: InvalidTransaction) {
	assert_eq!(node_reports_blocks(proof.clone()), None);
	assert!(taken_from_pool().is_empty());
	let refused = Executive::apply_extrinsic(forced(proof));
	assert_eq!(refused, Err(why.into()));
}

#[test]
fn an_author_of_two_blocks_should_lose_stake_and_place_and_the_blocks_author_be_paid() {
	on(ten(), || {
		next_block(OTHER.place());
		let (issuance, free) =
			(Balances::total_issuance(), Balances::free_balance(OTHER.account()));
		report(blocks(OFFENDER));
		// A tenth of the weight: nine hundredths of the stake, of which a tenth is the reporter's.
		let slash = STAKE * 9 / 100;
		assert_eq!(OFFENDER.lost(), slash);
		assert_eq!(Balances::free_balance(OTHER.account()), free + slash / 10);
		assert_eq!(Balances::total_issuance(), issuance - slash * 9 / 10);
		System::assert_has_event(RuntimeEvent::Accountability(
			pallet_accountability::Event::Equivocated {
				offender: OFFENDER.account(),
				period: Period::Epoch(Interval(1)),
				weight: 6_553,
				total: 65_530,
				fraction: Perbill::from_percent(9),
				reporter: Some(OTHER.account()),
			},
		));
		for n in (0..10).filter(|n| Who(*n) != OFFENDER) {
			assert_eq!(Who(n).lost(), 0);
		}

		// The set of epoch 2 was announced before; that of 3 is planned without it, and it comes
		// back when it has cooled.
		assert!(OFFENDER.is_next());
		next_epoch();
		assert!(!OFFENDER.is_next());
		let until = Validators::<Runtime>::get(OFFENDER.account()).unwrap().cooling_until;
		assert_eq!(until, Interval(1 + 48));
		for _ in 3..48 {
			next_epoch();
			assert!(!OFFENDER.is_next());
		}
		next_epoch();
		assert!(OFFENDER.is_next(), "planned in 48 for 49");
	});
}

#[test]
fn blocks_of_an_offender_should_be_refused_from_the_next_one_on() {
	on(ten(), || {
		let place = OFFENDER.place();
		report(blocks(OFFENDER));
		let told = System::digest().logs.iter().any(|item| match item {
			DigestItem::Consensus(ENGINE_ID, data) => {
				sp_consensus_pogcs::ConsensusLog::decode(&mut &data[..])
					== Ok(sp_consensus_pogcs::ConsensusLog::Disabled(place))
			}
			_ => false,
		});
		assert!(told, "the engine is told");
		let next = slot() + 1;
		close_block();
		let refused = catch_unwind(AssertUnwindSafe(|| open_block(next, place)));
		let message = refused.unwrap_err();
		let message = message.downcast_ref::<String>().unwrap();
		assert!(message.contains("is barred for an offence"), "{message}");
		open_block(next, OTHER.place());
	});
}

#[test]
fn a_voter_for_two_blocks_should_lose_stake_and_leave_the_next_finality_set() {
	on(ten(), || {
		let proof = votes(&OFFENDER.voter(), &OFFENDER.voter(), 0, (1, 2));
		assert_eq!(node_reports_votes(proof.clone()), Some(()));
		let [transaction] = <[_; 1]>::try_from(taken_from_pool()).unwrap();
		assert_ok!(include(transaction.clone()));
		assert_eq!(OFFENDER.lost(), STAKE * 9 / 100);
		// A second time costs nothing and is not taken.
		assert_eq!(node_reports_votes(proof), None);
		assert_eq!(include(transaction), Err(InvalidTransaction::Stale.into()));
		// Set 1 votes from epoch 4 on.
		(2..=4).for_each(|_| next_epoch());
		let key = sp_consensus_grandpa::AuthorityId::from(OFFENDER.voter().public());
		assert_eq!(pogcs_runtime::Grandpa::current_set_id(), 1);
		next_block(0);
		let voters = pogcs_runtime::Grandpa::grandpa_authorities();
		assert!(voters.len() == 9 && voters.iter().all(|(other, _)| *other != key));
	});
}

#[test]
fn votes_that_prove_nothing_should_be_refused() {
	on(ten(), || {
		let (offender, innocent) = (OFFENDER.voter(), OTHER.voter());
		// One vote twice, votes of another, a set that has not come, a stranger.
		assert_eq!(node_reports_votes(votes(&offender, &offender, 0, (1, 1))), None);
		assert_eq!(node_reports_votes(votes(&innocent, &offender, 0, (1, 2))), None);
		assert_eq!(node_reports_votes(votes(&offender, &offender, 1, (1, 2))), None);
		let stranger = Who(77).voter();
		assert_eq!(node_reports_votes(votes(&stranger, &stranger, 0, (1, 2))), None);
		assert!(taken_from_pool().is_empty());
		assert!((0..10).all(|n| Who(n).lost() == 0));
	});
}

#[test]
fn blocks_that_prove_nothing_should_be_refused() {
	on(ten(), || {
		let bad = InvalidTransaction::BadProof;
		let honest = || blocks(OTHER);
		let mut same = honest();
		same.second_header = same.first_header.clone();
		assert_refused(same, bad);
		let mut other_slot = honest();
		other_slot.second_header = header(slot() + 1, OTHER.place(), 2, &OTHER.author());
		assert_refused(other_slot, bad);
		let mut forged = honest();
		forged.second_header = header(slot(), OTHER.place(), 2, &OFFENDER.author());
		assert_refused(forged, bad);
		let mut longer_seal = honest();
		longer_seal.second_header = longer_seal.first_header.clone();
		if let Some(DigestItem::Seal(_, data)) = longer_seal.second_header.digest.logs.last_mut() {
			data.push(0);
		}
		assert_refused(longer_seal, bad);
		let mut wrong_key = blocks(OFFENDER);
		wrong_key.offender = OTHER.author().public().into();
		assert_refused(wrong_key, bad);
		let mut stranger = honest();
		stranger.offender = Who(77).author().public().into();
		assert_refused(stranger, bad);
		assert!((0..10).all(|n| Who(n).lost() == 0));
	});
}

#[test]
fn a_report_should_be_refused_when_it_names_another_owner() {
	on(ten(), || {
		let owner = OpaqueKeyOwnershipProof::new(OTHER.account().encode());
		assert_eq!(submit_blocks(blocks(OFFENDER), owner), None);
		let nonsense = OpaqueKeyOwnershipProof::new(vec![1, 2, 3]);
		assert_eq!(submit_blocks(blocks(OFFENDER), nonsense), None);
		let owner = OpaqueKeyOwnershipProof::new(OFFENDER.account().encode());
		assert_eq!(submit_blocks(blocks(OFFENDER), owner), Some(()));
		taken_from_pool();
	});
}

#[test]
fn a_report_should_be_refused_when_it_was_made_before() {
	on(ten(), || {
		assert_eq!(node_reports_blocks(blocks(OFFENDER)), Some(()));
		assert_eq!(node_reports_blocks(blocks(OFFENDER)), Some(()), "it is not in a block yet");
		let [first, second] = <[_; 2]>::try_from(taken_from_pool()).unwrap();
		assert_ok!(include(first));
		assert_eq!(include(second), Err(InvalidTransaction::Stale.into()));
		// Nor once more for the same epoch.
		assert_refused(blocks_at(OFFENDER, slot() + 1), InvalidTransaction::Stale);
		assert_eq!(OFFENDER.lost(), STAKE * 9 / 100);
	});
}

#[test]
fn a_report_should_be_refused_when_it_is_out_of_the_window() {
	on(ten(), || {
		let proof = blocks(OFFENDER);
		let mut early = proof.clone();
		early.slot = Pogcs::current_epoch().end_slot().into();
		assert_refused(early, InvalidTransaction::Future);
		for _ in 1..84 {
			next_epoch();
		}
		let recent = node_reports_blocks(proof.clone());
		assert_eq!(recent, Some(()), "83 epochs later it is taken");
		taken_from_pool();
		next_epoch();
		assert_refused(proof, InvalidTransaction::Stale);
		assert_eq!(pallet_pogcs::HistoryKept::<Runtime>::get().len(), 84);
		assert_eq!(pallet_pogcs::History::<Runtime>::iter().count(), 84);
	});
}

#[test]
fn an_offender_should_be_caught_under_the_keys_that_it_had() {
	on(ten(), || {
		let proof = blocks(OFFENDER);
		// It registers other keys, and an accomplice does so too.
		for who in [OFFENDER, OTHER] {
			let keys = pogcs_runtime::SessionKeys {
				pogcs: Who(who.0 + 100).author().public().into(),
				grandpa: Who(who.0 + 100).voter().public().into(),
			};
			pallet_session::NextKeys::<Runtime>::insert(who.account(), keys);
		}
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(OFFENDER.account()), STAKE));
		next_epoch();
		next_epoch();
		report(proof);
		assert_eq!(OFFENDER.lost(), STAKE * 9 / 100);
	});
}

#[test]
fn a_report_should_be_refused_when_it_comes_from_the_network_or_from_somebody() {
	on(ten(), || {
		let transaction = forced(blocks(OFFENDER));
		let refused = validated(TransactionSource::External, transaction);
		assert_eq!(refused, Err(InvalidTransaction::Call.into()));
		let proof = Box::new(blocks(OFFENDER));
		let call =
			RuntimeCall::from(pallet_accountability::Call::report_block_equivocation { proof });
		for origin in [RuntimeOrigin::signed(OTHER.account()), RuntimeOrigin::root()] {
			assert!(call.clone().dispatch(origin).is_err());
		}
		let bare = UncheckedExtrinsic::new_bare(call);
		assert_ne!(Executive::apply_extrinsic(bare), Ok(Ok(())), "nobody authorised it");
		assert_eq!(OFFENDER.lost(), 0);
	});
}

#[test]
fn a_report_should_cost_nobody_a_fee() {
	on(ten(), || {
		let balances = || (0..10).map(|n| Balances::free_balance(Who(n).account())).sum::<u128>();
		let before = balances();
		report(blocks(OFFENDER));
		assert_eq!(balances(), before + STAKE * 9 / 1_000, "only the reporter's share moves");
	});
}

#[test]
fn many_offenders_should_lose_everything_and_the_chain_go_on() {
	on(ten(), || {
		for n in 1..5 {
			report(blocks(Who(n)));
		}
		assert!((1..5).all(|n| Who(n).held() == 0));
		// Six are left in the set after the next.
		next_epoch_by(Who(0));
		next_epoch_by(Who(0));
		assert_eq!(Authors::<Runtime>::get().len(), 6);
	});
}

/// Ends the block and opens the first one of the next epoch, by `who`.
fn next_epoch_by(who: Who) {
	let next = Pogcs::current_epoch().end_slot();
	let seats = NextSeats::<Runtime>::get();
	let place = seats.iter().position(|seat: &Seat<_, _>| seat.account == who.account()).unwrap();
	close_block();
	open_block(next, place as u32);
}

/// The chain with one validator, Alice, whose keys everybody knows.
#[test]
fn the_only_validator_should_lose_its_stake_and_go_on() {
	let patch = genesis::preset(&DEV_RUNTIME_PRESET.into()).unwrap();
	let chain = from_patch(serde_json::from_slice(&patch).unwrap());
	on(chain, || {
		let pair = sr25519::Pair::from_string("//Alice", None).unwrap();
		let alice = Authors::<Runtime>::get()[0].clone();
		let proof = BlockEvidence {
			offender: pair.public().into(),
			slot: slot().into(),
			first_header: header(slot(), 0, 1, &pair),
			second_header: header(slot(), 0, 2, &pair),
		};
		let (held, free) = (held(&alice), Balances::free_balance(&alice));
		assert!(held > 0);
		report(proof);
		assert_eq!(self::held(&alice), 0);
		assert_eq!(Balances::free_balance(&alice), free, "it is not paid for itself");
		for _ in 0..3 {
			next_block(0);
			next_epoch();
		}
		assert_eq!(Authors::<Runtime>::get().to_vec(), [alice]);
	});
}
