//! What is refused without a real proof.

use frame_support::{assert_err, assert_ok};
use pogcs_primitives::{
	traits::{Refusal, TaskProofs},
	workload::{BATCH, CLASSES, PIXELS},
	Commitment, Interval, KeyId, MicroGpuHours, MilliWattHours, TaskId,
};
use pogcs_proof::{Reason, Statement, PROOF_BYTES};

use crate::{mock::*, *};

fn statement() -> Statement {
	Statement {
		chain: [1; 32],
		task: TaskId(1),
		chunk: 2,
		device: Commitment([3; 32]),
		interval: Interval(4),
		model: Commitment([5; 32]),
		input: [6; BATCH * PIXELS],
		scores: [7; BATCH * CLASSES],
		work_commitment: Commitment([8; 32]),
		challenge: [9; 32],
		energy_root: Commitment([10; 32]),
		green_supply: MilliWattHours(100),
		green_draw: MilliWattHours(50),
		green: MilliWattHours(10),
		work: MicroGpuHours(1),
		nullifier: Commitment([11; 32]),
	}
}

fn verify(proof: &[u8], statement: &Statement) -> Result<(), Refusal<Reason>> {
	<Proofs as TaskProofs<_, _>>::verify_and_consume(KeyId(0), proof, statement)
}

fn with_key(test: impl FnOnce()) {
	on_chain(true, || {
		assert_ok!(Proofs::register_key(RuntimeOrigin::root(), KEY.to_vec().try_into().unwrap()));
		test();
		assert_eq!(Nullifiers::<Test>::iter().count(), 0, "a refusal spends nothing");
	});
}

#[test]
fn a_proof_should_be_refused_when_its_key_is_unknown_or_not_in_use() {
	on_chain(true, || {
		assert_err!(verify(&[0; PROOF_BYTES], &statement()), Refusal::UnknownKey);
	});
	with_key(|| {
		assert_ok!(Proofs::set_active(RuntimeOrigin::root(), KeyId(0), false));
		assert_err!(verify(&[0; PROOF_BYTES], &statement()), Refusal::InactiveKey);
		assert!(!<Proofs as TaskProofs<Statement, Reason>>::is_usable(KeyId(0)));
	});
}

#[test]
fn a_proof_should_be_refused_when_its_key_became_a_known_one() {
	with_key(|| {
		AllowDevelopmentKeys::<Test>::put(false);
		assert_err!(verify(&[0; PROOF_BYTES], &statement()), Refusal::DevelopmentKey);
		AllowDevelopmentKeys::<Test>::put(true);
	});
}

#[test]
fn a_proof_should_be_refused_when_its_bytes_are_none() {
	with_key(|| {
		let short = verify(&[0; PROOF_BYTES - 1], &statement());
		assert_err!(short, Refusal::Invalid(Reason::MalformedProof));
		assert!(matches!(verify(&[0; PROOF_BYTES], &statement()), Err(Refusal::Invalid(_))));
	});
}

#[test]
fn a_proof_should_be_refused_when_a_number_is_not_canonical() {
	with_key(|| {
		// The order of the field and more: every byte 0xff is above it.
		let beyond = Statement { nullifier: Commitment([0xff; 32]), ..statement() };
		let refused = verify(&[0; PROOF_BYTES], &beyond);
		assert!(matches!(refused, Err(Refusal::Invalid(Reason::NonCanonical | Reason::OffCurve))));
	});
}

#[test]
fn a_spent_nullifier_should_be_refused_before_the_proof_is_looked_at() {
	on_chain(true, || {
		assert_ok!(Proofs::register_key(RuntimeOrigin::root(), KEY.to_vec().try_into().unwrap()));
		Nullifiers::<Test>::insert(statement().nullifier, (TaskId(0), 0));
		assert_err!(verify(&[], &statement()), Refusal::Spent);
		assert_eq!(Proofs::spent_on(statement().nullifier), Some((TaskId(0), 0)));
	});
}
