//! Which reports a transaction pool takes, and how a node makes one.

use codec::{Decode, Encode};
use frame_support::{
	assert_ok,
	pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityError, Weight},
	traits::Authorize,
};
use pogcs_primitives::Interval;
use sp_core::{
	offchain::{testing::TestTransactionPoolExt, TransactionPoolExt},
	Pair,
};
use sp_runtime::{
	traits::{Applyable, Checkable},
	transaction_validity::ValidTransaction,
};

use crate::{mock::*, Call, Period};

const SLOT: u64 = START + 3;

fn call(who: AccountId) -> Call<Test> {
	Call::report_block_equivocation { proof: Box::new(blocks(who, SLOT)) }
}

fn authorize(
	call: &Call<Test>,
	source: TransactionSource,
) -> Result<ValidTransaction, TransactionValidityError> {
	let (valid, refund) = call.authorize(source).expect("a report can be authorised")?;
	assert_eq!(refund, Weight::zero());
	Ok(valid)
}

#[test]
fn a_report_should_come_first_stay_here_and_stand_once_for_an_offender() {
	on_chain(|| {
		for source in [TransactionSource::Local, TransactionSource::InBlock] {
			let valid = authorize(&call(4), source).unwrap();
			assert_eq!((valid.priority, valid.propagate), (u64::MAX, false));
			assert_eq!(valid.longevity, EPOCH * u64::from(EVIDENCE));
			let tag = ("Equivocation", (Period::Epoch(Interval(0)), 4u64)).encode();
			assert_eq!(valid.provides, [tag]);
		}
		let votes = Call::report_vote_equivocation { proof: Box::new(votes(4, 0, 9)) };
		let valid = authorize(&votes, TransactionSource::Local).unwrap();
		assert_eq!(valid.provides, [("Equivocation", (Period::VoterSet(0), 4u64)).encode()]);
	});
}

#[test]
fn a_report_should_be_refused_when_it_comes_from_outside() {
	on_chain(|| {
		let refused = Err(InvalidTransaction::Call.into());
		assert_eq!(authorize(&call(4), TransactionSource::External), refused);
		let votes = Call::report_vote_equivocation { proof: Box::new(votes(4, 0, 9)) };
		assert_eq!(authorize(&votes, TransactionSource::External), refused);
	});
}

#[test]
fn a_report_should_be_refused_before_it_is_in_a_block_when_it_is_no_good() {
	on_chain(|| {
		let local = TransactionSource::Local;
		let early = {
			let mut proof = blocks(4, SLOT);
			proof.slot = (START + EPOCH).into();
			Call::report_block_equivocation { proof: Box::new(proof) }
		};
		assert_eq!(authorize(&early, local), Err(InvalidTransaction::Future.into()));
		let forged = {
			let mut proof = blocks(4, SLOT);
			proof.second_header.number = 8;
			Call::report_block_equivocation { proof: Box::new(proof) }
		};
		assert_eq!(authorize(&forged, local), Err(InvalidTransaction::BadProof.into()));
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(authorize(&call(4), local), Err(InvalidTransaction::Stale.into()));
		let five = call(5);
		assert_ok!(authorize(&five, local));
		(1..=5).for_each(open_epoch);
		assert_eq!(authorize(&five, local), Err(InvalidTransaction::Stale.into()));
	});
}

#[test]
fn a_node_should_make_a_transaction_that_is_executed() {
	let (pool, state) = TestTransactionPoolExt::new();
	let mut ext = new_test_ext();
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.execute_with(|| {
		assert_eq!(Accountability::submit_block_equivocation(blocks(4, SLOT)), Some(()));
		assert_eq!(Accountability::submit_vote_equivocation(votes(5, 0, 9)), Some(()));
		let transactions = std::mem::take(&mut state.write().transactions);
		assert_eq!(transactions.len(), 2);
		for bytes in transactions {
			let transaction = Extrinsic::decode(&mut &bytes[..]).unwrap();
			let info = frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&transaction);
			let context = frame_system::ChainContext::<Test>::default();
			let checked = transaction.check(&context).unwrap();
			assert_ok!(checked.validate::<Test>(TransactionSource::Local, &info, bytes.len()));
			assert_ok!(checked.apply::<Test>(&info, bytes.len()).unwrap());
		}
		assert_eq!((lost(4), lost(5)), (90, 90));
	});
}

#[test]
fn a_node_should_make_no_transaction_that_would_be_refused() {
	let (pool, state) = TestTransactionPoolExt::new();
	let mut ext = new_test_ext();
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.execute_with(|| {
		let mut same = blocks(4, SLOT);
		same.second_header = same.first_header.clone();
		assert_eq!(Accountability::submit_block_equivocation(same), None);
		assert_eq!(Accountability::submit_vote_equivocation(votes(4, 7, 9)), None);
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(Accountability::submit_block_equivocation(blocks(4, SLOT + 1)), None);
		assert!(state.read().transactions.is_empty());
	});
}

#[test]
fn an_owner_should_be_told_while_it_can_be_accused() {
	on_chain(|| {
		let author = |slot| Accountability::owner_of_author(slot, author_pair(4).public().into());
		let voter = |set| Accountability::owner_of_voter(set, voter_pair(4).public().into());
		assert_eq!((author(SLOT), author(START + EPOCH)), (Some(4), None));
		assert_eq!((voter(0), voter(1)), (Some(4), None));
		assert_eq!(Accountability::owner_of_author(SLOT, author_pair(77).public().into()), None);
		assert_eq!(Accountability::owner_of_voter(0, voter_pair(77).public().into()), None);
		(1..=6).for_each(open_epoch);
		assert_eq!((author(SLOT), voter(0)), (None, None));
	});
}
