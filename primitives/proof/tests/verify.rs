//! The verification rules, one test each, on proofs made with a known trapdoor.

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ff::{AdditiveGroup, PrimeField};
use codec::Encode;
use forge::{push, statement, Trapdoor};
use pogcs_primitives::Commitment;
use pogcs_proof::{
	check_key, onchain, verify, verify_batch, verify_inputs, Fr, Reason, Statement, KEY_BYTES,
	MAX_BATCH, PROOF_BYTES,
};
use proptest::prelude::*;

#[path = "support/forge.rs"]
mod forge;

type Item = (Vec<u8>, Vec<u8>);

fn slices(items: &[Item]) -> Vec<(&[u8], &[u8])> {
	items.iter().map(|(proof, statement)| (&proof[..], &statement[..])).collect()
}

fn with(bytes: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
	let mut bytes = bytes.to_vec();
	bytes[at..at + part.len()].copy_from_slice(part);
	bytes
}

fn compressed<T: ark_serialize::CanonicalSerialize>(value: &T) -> Vec<u8> {
	let mut out = Vec::new();
	push(&mut out, value);
	out
}

/// `x` of no point of G1.
fn off_curve() -> [u8; 32] {
	let x = (0u64..).find(|x| G1Affine::get_point_from_x_unchecked(Fq::from(*x), true).is_none());
	let mut bytes = [0u8; 32];
	bytes[..8].copy_from_slice(&x.unwrap().to_le_bytes());
	bytes
}

/// A point of the curve that holds G2, but not of G2.
fn off_subgroup() -> Vec<u8> {
	let points = (1u64..).filter_map(|x| {
		G2Affine::get_point_from_x_unchecked(ark_bn254::Fq2::new(Fq::from(x), Fq::ZERO), true)
	});
	compressed(&points.into_iter().find(|p| !p.is_in_correct_subgroup_assuming_on_curve()).unwrap())
}

/// The same number plus the field's order, in 32 bytes.
fn plus_order(value: [u8; 32], order: &[u64; 4]) -> [u8; 32] {
	let mut carry = 0u16;
	let mut out = [0u8; 32];
	let order = order.iter().flat_map(|limb| limb.to_le_bytes());
	for ((out, a), b) in out.iter_mut().zip(value).zip(order) {
		let sum = u16::from(a) + u16::from(b) + carry;
		*out = sum.to_le_bytes()[0];
		carry = sum >> 8;
	}
	assert_eq!(carry, 0);
	out
}

#[test]
fn proof_should_pass_when_it_is_of_the_statement() {
	let trapdoor = Trapdoor::new(1);
	let key = trapdoor.key();
	assert_eq!((key.len(), trapdoor.item(0).0.len()), (KEY_BYTES, PROOF_BYTES));
	assert_eq!(check_key(&key), Ok(()));
	for index in 0..3 {
		let (proof, statement) = trapdoor.item(index);
		assert_eq!(verify(&key, &proof, &statement), Ok(()));
		assert_eq!(onchain::verify(&key, &proof, &statement), Ok(()));
	}
}

#[test]
fn proof_should_be_refused_when_it_is_of_another_statement() {
	let trapdoor = Trapdoor::new(1);
	let (proof, _) = trapdoor.item(0);
	let (_, other) = trapdoor.item(1);
	assert_eq!(verify(&trapdoor.key(), &proof, &other), Err(Reason::Refused));
}

#[test]
fn public_input_should_change_when_any_byte_of_the_statement_changes() {
	let honest = statement(0);
	let input = honest.public_input().unwrap();
	let encoded = honest.encode();
	for at in 0..encoded.len() {
		let mut other = encoded.clone();
		other[at] ^= 1;
		// Flipping a low bit of a 16 makes 17, which is refused; a score stays in 24 bits.
		match Statement::from_bytes(&other).unwrap().public_input() {
			Ok(found) => assert_ne!(found, input, "byte {at}"),
			Err(reason) => assert_eq!(reason, Reason::OutOfRange, "byte {at}"),
		}
	}
}

#[test]
fn statement_should_be_refused_when_a_value_is_out_of_range() {
	let mut bright = statement(0);
	bright.input[255] = 17;
	assert_eq!(bright.public_input(), Err(Reason::OutOfRange));
	let mut large = statement(0);
	large.scores[39] = 1 << 23;
	assert_eq!(large.public_input(), Err(Reason::OutOfRange));
	large.scores[39] = (1 << 23) - 1;
	assert!(large.public_input().is_ok());
}

#[test]
fn statement_should_be_refused_when_not_exactly_its_bytes() {
	let trapdoor = Trapdoor::new(1);
	let (proof, statement) = trapdoor.item(0);
	let trailing = [&statement[..], &[0]].concat();
	for bytes in [&trailing[..], &statement[..statement.len() - 1], &[]] {
		assert_eq!(verify(&trapdoor.key(), &proof, bytes), Err(Reason::MalformedStatement));
	}
}

#[test]
fn commitment_should_be_refused_when_the_order_is_added() {
	let fields: [fn(&mut Statement) -> &mut Commitment; 5] = [
		|s| &mut s.nullifier,
		|s| &mut s.device,
		|s| &mut s.model,
		|s| &mut s.work_commitment,
		|s| &mut s.energy_root,
	];
	for field in fields {
		let mut twin = statement(0);
		let value = field(&mut twin);
		value.0 = plus_order(value.0, &Fr::MODULUS.0);
		assert_eq!(twin.public_input(), Err(Reason::NonCanonical));
	}
}

#[test]
fn key_should_be_refused_when_degenerate() {
	let good = Trapdoor::new(1);
	let zero = Fr::ZERO;
	let bad = [
		Trapdoor { delta: good.gamma, ..good.clone() },
		Trapdoor { alpha: zero, ..good.clone() },
		Trapdoor { beta: zero, ..good.clone() },
		Trapdoor { gamma: zero, ..good.clone() },
		Trapdoor { delta: zero, ..good.clone() },
		Trapdoor { inputs: vec![zero, Fr::from(2u64)], ..good.clone() },
		Trapdoor { inputs: vec![Fr::from(2u64), zero], ..good.clone() },
	];
	for trapdoor in bad {
		assert_eq!(check_key(&trapdoor.key()), Err(Reason::DegenerateKey));
	}
}

#[test]
fn key_should_be_refused_when_its_inputs_are_not_one() {
	assert_eq!(check_key(&Trapdoor::new(0).key()), Err(Reason::TooManyInputs));
	assert_eq!(check_key(&Trapdoor::new(2).key()), Err(Reason::TooFewInputs));
	let empty = Trapdoor { inputs: Vec::new(), ..Trapdoor::new(1) };
	assert_eq!(check_key(&empty.key()), Err(Reason::MalformedKey));
}

#[test]
fn key_should_be_refused_when_malformed() {
	let key = Trapdoor::new(1).key();
	let trailing = [&key[..], &[0]].concat();
	let huge = with(&key, 224, &u64::MAX.to_le_bytes());
	for bytes in [&trailing[..], &key[..KEY_BYTES - 1], &key[..224], &[], &huge] {
		assert_eq!(check_key(bytes), Err(Reason::MalformedKey));
	}
	assert_eq!(check_key(&with(&key, 0, &off_curve())), Err(Reason::OffCurve));
	assert_eq!(check_key(&with(&key, 32, &off_subgroup())), Err(Reason::OffSubgroup));
	assert_eq!(check_key(&with(&key, 264, &[255; 32])), Err(Reason::NonCanonical));
}

#[test]
fn inputs_should_be_refused_when_too_few_or_too_many() {
	let trapdoor = Trapdoor::new(2);
	let inputs = [5u64, 6].map(Fr::from);
	let (key, proof) = (trapdoor.key(), trapdoor.prove(&inputs, 3));
	assert_eq!(verify_inputs(&key, &proof, &inputs), Ok(()));
	assert_eq!(verify_inputs(&key, &proof, &inputs[..1]), Err(Reason::TooFewInputs));
	assert_eq!(verify_inputs(&key, &proof, &[]), Err(Reason::TooFewInputs));
	let more = [inputs[0], inputs[1], Fr::ZERO];
	assert_eq!(verify_inputs(&key, &proof, &more), Err(Reason::TooManyInputs));
	// A statement has one input, whatever else the key could prove.
	let (_, statement) = Trapdoor::new(1).item(0);
	assert_eq!(verify(&key, &proof, &statement), Err(Reason::TooFewInputs));
}

#[test]
fn proof_should_be_refused_when_malformed() {
	let trapdoor = Trapdoor::new(1);
	let (proof, statement) = trapdoor.item(0);
	let key = trapdoor.key();
	let result = |proof: &[u8]| verify(&key, proof, &statement);
	let trailing = [&proof[..], &[0]].concat();
	for bytes in [&trailing[..], &proof[..127], &[]] {
		assert_eq!(result(bytes), Err(Reason::MalformedProof));
	}
	assert_eq!(result(&with(&proof, 0, &off_curve())), Err(Reason::OffCurve));
	assert_eq!(result(&with(&proof, 96, &off_curve())), Err(Reason::OffCurve));
	assert_eq!(result(&with(&proof, 32, &off_subgroup())), Err(Reason::OffSubgroup));

	// Second encodings: x plus the order, both flags, an identity with a leftover x.
	let mut x = [0u8; 32];
	x.copy_from_slice(&proof[..32]);
	let flags = x[31] & 0xc0;
	x[31] &= 0x3f;
	if x[31] < 0x0f {
		let mut twin = plus_order(x, &Fq::MODULUS.0);
		twin[31] |= flags;
		assert_eq!(result(&with(&proof, 0, &twin)), Err(Reason::NonCanonical));
	}
	assert_eq!(result(&with(&proof, 31, &[proof[31] | 0xc0])), Err(Reason::NonCanonical));
	let identity = compressed(&G1Affine::identity());
	let mut leftover = identity.clone();
	leftover[0] = 1;
	assert_eq!(result(&with(&proof, 0, &leftover)), Err(Reason::NonCanonical));
	assert_eq!(result(&with(&proof, 0, &identity)), Err(Reason::Refused));
	assert_eq!(result(&with(&proof, 0, &[255; 32])), Err(Reason::NonCanonical));
	// The opposite point is a good point of a bad proof.
	assert_eq!(result(&with(&proof, 31, &[proof[31] ^ 0x80])), Err(Reason::Refused));
}

#[test]
fn batch_should_pass_when_all_are_good() {
	let trapdoor = Trapdoor::new(1);
	let items: Vec<Item> = (0..5).map(|index| trapdoor.item(index)).collect();
	for count in 0..=5 {
		assert_eq!(verify_batch(&trapdoor.key(), &slices(&items[..count])), Ok(()));
	}
	assert_eq!(onchain::verify_batch(&trapdoor.key(), &items), Ok(()));
}

#[test]
fn batch_should_name_the_bad_when_some_are() {
	let trapdoor = Trapdoor::new(1);
	let key = trapdoor.key();
	let mut items: Vec<Item> = (0..9).map(|index| trapdoor.item(index)).collect();
	items[2].1 = items[3].1.clone();
	items[4].0.pop();
	items[8].0 = items[0].0.clone();
	items[6].1.push(0);
	let expected = vec![
		(2, Reason::Refused),
		(4, Reason::MalformedProof),
		(6, Reason::MalformedStatement),
		(8, Reason::Refused),
	];
	assert_eq!(verify_batch(&key, &slices(&items)), Err(expected.clone()));
	assert_eq!(onchain::verify_batch(&key, &items), Err(expected));
}

#[test]
fn batch_should_be_refused_when_errors_would_cancel() {
	// Swapping the C of two proofs keeps the sum of all C: without random powers it would pass.
	let trapdoor = Trapdoor::new(1);
	let mut items: Vec<Item> = (0..2).map(|index| trapdoor.item(index)).collect();
	let (first, second) = items.split_at_mut(1);
	first[0].0[96..].swap_with_slice(&mut second[0].0[96..]);
	let expected = Err(vec![(0, Reason::Refused), (1, Reason::Refused)]);
	assert_eq!(verify_batch(&trapdoor.key(), &slices(&items)), expected);
}

#[test]
fn batch_should_be_refused_when_the_key_is_bad_or_it_is_too_large() {
	let trapdoor = Trapdoor::new(1);
	let items = vec![trapdoor.item(0); 2];
	let expected = Err(vec![(0, Reason::MalformedKey), (1, Reason::MalformedKey)]);
	assert_eq!(verify_batch(&[], &slices(&items)), expected);
	let other = Trapdoor::new(2).key();
	let expected = Err(vec![(0, Reason::TooFewInputs), (1, Reason::TooFewInputs)]);
	assert_eq!(verify_batch(&other, &slices(&items)), expected);

	let many = vec![items[0].clone(); MAX_BATCH + 1];
	let beyond = u32::try_from(MAX_BATCH).unwrap();
	let expected = Err(vec![(beyond, Reason::BatchTooLarge)]);
	assert_eq!(verify_batch(&trapdoor.key(), &slices(&many)), expected);
}

#[test]
fn verdict_should_not_depend_on_the_cache_when_many_keys_are_used() {
	let (proof, statement) = Trapdoor::new(1).item(0);
	for round in 0..40u64 {
		let mut trapdoor = Trapdoor::new(1);
		trapdoor.alpha += Fr::from(round % 20);
		let expected = if round % 20 == 0 { Ok(()) } else { Err(Reason::Refused) };
		assert_eq!(verify(&trapdoor.key(), &proof, &statement), expected);
	}
}

/// What a batch of one must say: the same as a single verification.
fn agree(key: &[u8], proof: &[u8], statement: &[u8]) -> Result<(), Reason> {
	let single = verify(key, proof, statement);
	let batch = verify_batch(key, &[(proof, statement)]);
	// A batch looks at the key first, a single verification at the statement.
	match (&single, &batch) {
		(Ok(()), Ok(())) => {}
		(Err(_), Err(refused)) => assert_eq!(refused.len(), 1),
		_ => panic!("single {single:?}, batch {batch:?}"),
	}
	assert_eq!(onchain::verify(key, proof, statement), single);
	assert_eq!(onchain::builtin::verify(key, proof, statement), single);
	let owned = [(proof.to_vec(), statement.to_vec())];
	assert_eq!(onchain::verify_batch(key, &owned), batch);
	assert_eq!(onchain::builtin::verify_batch(key, &owned), batch);
	single
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

	#[test]
	fn verifier_should_refuse_and_not_panic_when_bytes_are_random(
		key in proptest::collection::vec(any::<u8>(), 0..400),
		proof in proptest::collection::vec(any::<u8>(), 0..200),
		statement in proptest::collection::vec(any::<u8>(), 0..800),
	) {
		prop_assert!(check_key(&key).is_err());
		prop_assert!(agree(&key, &proof, &statement).is_err());
	}

	#[test]
	fn verifier_should_refuse_and_not_panic_when_a_bit_is_flipped(
		part in 0usize..3,
		at in any::<prop::sample::Index>(),
		bit in 0u32..8,
	) {
		let trapdoor = Trapdoor::new(1);
		let (proof, statement) = trapdoor.item(0);
		let mut parts = [trapdoor.key(), proof, statement];
		prop_assert_eq!(agree(&parts[0], &parts[1], &parts[2]), Ok(()));
		let at = at.index(parts[part].len());
		parts[part][at] ^= 1 << bit;
		prop_assert!(agree(&parts[0], &parts[1], &parts[2]).is_err());
	}
}
