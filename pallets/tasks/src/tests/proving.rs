//! Proof and payment.

use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use pogcs_primitives::{
	records::ChunkState, traits::Refusal, units::GramsPerKwh, wire::Submission, Commitment,
	Interval, MicroGpuHours, MilliWattHours, MilligramsCo2, TaskId,
};
use pogcs_proof::Reason;
use sp_runtime::DispatchResult;

use crate::{
	mock::{Tasks, *},
	*,
};

fn prove(task: TaskId, submission: Submission) -> DispatchResult {
	// Anybody may send a proof.
	Tasks::prove(RuntimeOrigin::signed(STRANGER), task, 0, Box::new(submission))
}

#[test]
fn prove_should_pay_the_owner_and_credit_the_validator() {
	on_chain(|| {
		let task = committed();
		assert_ok!(prove(task, submission()));
		assert_eq!(Balances::free_balance(OWNER), 100 + REWARD);
		assert_eq!(Balances::balance_on_hold(&HoldReason::Reward.into(), &CLIENT), 0);
		assert_eq!(Available::get(), Some(600));
		let credited = CREDITED.with_borrow(Clone::clone);
		// At what its own interval's energy emits, which is not the class's 41.
		assert_eq!(credited, [(90, MicroGpuHours(1_000), GramsPerKwh(40))]);
		assert!(!Assignments::<Test>::contains_key(DEVICE));
		System::assert_last_event(
			Event::Paid {
				task,
				chunk: 0,
				device: DEVICE,
				owner: OWNER,
				amount: REWARD,
				digits: [3, 0, 0, 0],
				work: MicroGpuHours(1_000),
				energy: MilliWattHours(400),
				carbon: MilligramsCo2(16),
			}
			.into(),
		);
		let state = Tasks::chunk(task, 0).unwrap().state;
		assert!(matches!(state, ChunkState::Paid { interval: Interval(10), .. }));
	});
}

#[test]
fn the_statement_should_be_the_chains_own() {
	on_chain(|| {
		let task = committed();
		assert_ok!(prove(task, submission()));
		let statement = STATEMENTS.with_borrow(|list| list[0].clone());
		assert_eq!(statement.chain, <[u8; 32]>::from(System::block_hash(0)));
		assert_eq!((statement.task, statement.chunk), (task, 0));
		assert_eq!(statement.interval, Interval(10));
		assert_eq!(statement.device, Commitment([6; 32]));
		assert_eq!(statement.model, model().commitment);
		assert_eq!(statement.input, images());
		assert_eq!(statement.work_commitment, Commitment([5; 32]));
		assert_eq!(statement.challenge, [4; 32]);
		assert_eq!(statement.energy_root, Commitment([3; 32]));
		assert_eq!(statement.green_supply, MilliWattHours(2_000));
		assert_eq!(statement.green_draw, MilliWattHours(1_000));
		assert_eq!(statement.work, MicroGpuHours(1_000));
	});
}

#[test]
fn prove_should_refuse_by_name_and_change_nothing_when_it_comes_too_early_or_too_late() {
	on_chain(|| {
		let task = open(1);
		assert_noop!(prove(TaskId(9), submission()), Error::<Test>::UnknownTask);
		assert_noop!(prove(task, submission()), Error::<Test>::NotCommitted);
		let key = || RuntimeOrigin::signed(KEY);
		assert_ok!(Tasks::accept(key(), DEVICE, task, 0));
		assert_noop!(prove(task, submission()), Error::<Test>::NotCommitted);
		assert_ok!(Tasks::commit(key(), task, 0, Commitment([5; 32])));
		assert_noop!(prove(task, submission()), Error::<Test>::TooEarly);
		Now::set(Interval(11));
		Randomness::set(None);
		assert_noop!(prove(task, submission()), Error::<Test>::TooLate);
		Randomness::set(Some([4; 32]));
		Now::set(Interval(21));
		assert_noop!(prove(task, submission()), Error::<Test>::Expired);
		assert!(STATEMENTS.with_borrow(Vec::is_empty), "no proof was looked at");
	});
}

#[test]
fn prove_should_refuse_when_the_energy_is_not_there() {
	on_chain(|| {
		let task = committed();
		let with = |green| Submission { green: MilliWattHours(green), ..submission() };
		assert_noop!(prove(task, with(99)), Error::<Test>::LittleEnergy);
		assert_noop!(prove(task, with(1_001)), Error::<Test>::Insufficient);
		Available::set(None);
		assert_noop!(prove(task, submission()), Error::<Test>::NoReport);
		assert_eq!(Balances::free_balance(OWNER), 100);
		assert!(CREDITED.with_borrow(Vec::is_empty));
	});
}

#[test]
fn prove_should_pass_on_why_a_proof_was_refused() {
	let cases = [
		(Refusal::Spent, Error::<Test>::Spent),
		(Refusal::UnknownKey, Error::<Test>::KeyNotInUse),
		(Refusal::InactiveKey, Error::<Test>::KeyNotInUse),
		(Refusal::DevelopmentKey, Error::<Test>::KeyNotInUse),
		(Refusal::Invalid(Reason::OutOfRange), Error::<Test>::OutOfRange),
		(Refusal::Invalid(Reason::Refused), Error::<Test>::ProofRefused),
		(Refusal::Invalid(Reason::MalformedProof), Error::<Test>::MalformedProof),
	];
	for (refusal, error) in cases {
		on_chain(|| {
			let task = committed();
			Verdict::set(Err(refusal));
			assert_noop!(prove(task, submission()), error);
			assert!(CREDITED.with_borrow(Vec::is_empty));
			assert_eq!(Balances::free_balance(OWNER), 100, "nobody is paid");
			// The mock's energy is not storage, so it does not roll back; the ledger's is.
			Available::set(Some(1_000));
		});
	}
}

#[test]
fn prove_should_refuse_when_the_nullifier_is_not_canonical() {
	on_chain(|| {
		let task = committed();
		let beyond = Submission { nullifier: Commitment([0xff; 32]), ..submission() };
		assert_noop!(prove(task, beyond), Error::<Test>::NonCanonical);
	});
}

#[test]
fn prove_should_refuse_when_the_chunk_is_paid() {
	on_chain(|| {
		let task = committed();
		assert_ok!(prove(task, submission()));
		assert_noop!(prove(task, submission()), Error::<Test>::Spent);
		assert_eq!(Balances::free_balance(OWNER), 100 + REWARD);
	});
}
