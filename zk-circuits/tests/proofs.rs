//! The circuit, its key and its proofs, from the witness to the chain's verifier.

use std::{collections::BTreeMap, sync::OnceLock};

use ark_bn254::{Bn254, Fr};
use ark_ff::{AdditiveGroup, PrimeField};
use ark_groth16::{Groth16, Proof, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use codec::Encode;
use pogcs_primitives::{Commitment, Interval, MicroGpuHours, MilliWattHours, TaskId};
use pogcs_proof::{
	check_key, field::to_commitment, onchain, verify, verify_batch, Reason, Secret, Statement,
};
use pogcs_zk::{
	circuit::{builder::Row, shape, synthesise},
	dev_keys, prove, snarkjs, ProofBytes, ProveError, ProvingKey, Request, Witness,
	DEVELOPMENT_KEY,
};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

fn key() -> &'static ProvingKey {
	static KEY: OnceLock<ProvingKey> = OnceLock::new();
	KEY.get_or_init(|| dev_keys().unwrap().0)
}

/// One honest proof that most tests share.
fn honest() -> &'static (Witness, ProofBytes) {
	static HONEST: OnceLock<(Witness, ProofBytes)> = OnceLock::new();
	HONEST.get_or_init(|| {
		let witness = Request::sample().witness();
		let proof = prove(key(), &witness).unwrap();
		(witness, proof)
	})
}

fn verdict(proof: &[u8], statement: &Statement) -> Result<(), Reason> {
	verify(DEVELOPMENT_KEY, proof, &statement.encode())
}

/// What the witness breaks, or `None` if it satisfies all constraints.
fn broken(witness: &Witness) -> Option<&'static str> {
	let (values, _) = synthesise(witness, false).unwrap();
	shape().broken(&values)
}

/// A witness whose statement says whatever makes its hash right, as a cheat would write it.
fn refit(witness: &mut Witness) {
	witness.statement.work_commitment = witness.run.work_commitment().unwrap();
	witness.statement.scores = witness.run.scores;
}

#[test]
fn circuit_should_be_satisfied_and_small_when_the_witness_is_honest() {
	let (witness, _) = honest();
	let (values, recorded) = synthesise(witness, true).unwrap();
	let recorded = recorded.unwrap();
	println!("{} constraints, {} variables", recorded.constraints(), recorded.variables);
	assert_eq!(broken(witness), None);
	assert_eq!(values.len(), recorded.variables);
	// The shape must not depend on the witness, and has to leave room below 2^15.
	assert!(recorded == *shape());
	assert!(recorded.constraints() < 23_000);
}

#[test]
fn proof_should_verify_when_the_witness_is_honest() {
	let (witness, proof) = honest();
	assert_eq!(verdict(proof, &witness.statement), Ok(()));
	let statement = witness.statement.encode();
	assert_eq!(onchain::verify(DEVELOPMENT_KEY, proof, &statement), Ok(()));
}

#[test]
fn shipped_sample_should_be_the_requests_and_verify() {
	// The runtime's benchmarks verify it; `pogcs-zk sample` and `pogcs-zk prove` make it.
	let statement = include_bytes!("../sample/statement.scale");
	assert_eq!(Request::sample().witness().statement.encode(), statement);
	assert_eq!(verify(DEVELOPMENT_KEY, include_bytes!("../sample/proof.bin"), statement), Ok(()));
}

#[test]
fn proof_should_be_refused_when_any_field_of_the_statement_is_another() {
	let (witness, proof) = honest();
	let other = to_commitment(Fr::from(1u64));
	let changes: [(&str, fn(&mut Statement, Commitment)); 17] = [
		("chain", |s, _| s.chain[31] ^= 1),
		("task", |s, _| s.task = TaskId(s.task.0 + 1)),
		("chunk", |s, _| s.chunk += 1),
		("device", |s, c| s.device = c),
		("interval", |s, _| s.interval = Interval(s.interval.0 + 1)),
		("model", |s, c| s.model = c),
		("input", |s, _| s.input[200] ^= 1),
		("score", |s, _| s.scores[39] += 1),
		("digits", |s, _| s.scores.swap(0, 4)),
		("work commitment", |s, c| s.work_commitment = c),
		("challenge", |s, _| s.challenge[0] ^= 1),
		("root", |s, c| s.energy_root = c),
		("supply", |s, _| s.green_supply = MilliWattHours(s.green_supply.0 + 1)),
		("draw", |s, _| s.green_draw = MilliWattHours(s.green_draw.0 - 1)),
		("green", |s, _| s.green = MilliWattHours(s.green.0 + 1)),
		("work", |s, _| s.work = MicroGpuHours(s.work.0 + 1)),
		("nullifier", |s, c| s.nullifier = c),
	];
	for (name, change) in changes {
		let mut statement = witness.statement.clone();
		change(&mut statement, other);
		assert_eq!(verdict(proof, &statement), Err(Reason::Refused), "{name}");
		// Nor can the witness be proven to say it.
		let cheat = Witness { statement, ..witness.clone() };
		// Chain, interval, challenge and work bind nothing else: another value of those is
		// another honest statement, as long as it is proven anew. So is less green energy.
		let free = ["chain", "interval", "challenge", "work", "green"].contains(&name);
		assert_eq!(broken(&cheat).is_none(), free, "{name}");
	}
}

#[test]
fn nullifier_should_be_refused_when_the_order_is_added() {
	let (witness, proof) = honest();
	let mut statement = witness.statement.clone();
	let mut carry = 0u16;
	let order = Fr::MODULUS.0.into_iter().flat_map(u64::to_le_bytes);
	for (byte, add) in statement.nullifier.0.iter_mut().zip(order) {
		let sum = u16::from(*byte) + u16::from(add) + carry;
		*byte = sum.to_le_bytes()[0];
		carry = sum >> 8;
	}
	assert_eq!(carry, 0);
	assert_eq!(verdict(proof, &statement), Err(Reason::NonCanonical));
}

#[test]
fn proof_should_still_verify_when_it_is_re_randomised() {
	// Anybody can do this, without the secret. Payment hangs on the nullifier for that reason.
	let (witness, proof) = honest();
	let parsed = Proof::<Bn254>::deserialize_compressed(&proof[..]).unwrap();
	let vk = VerifyingKey::<Bn254>::deserialize_compressed(DEVELOPMENT_KEY).unwrap();
	let mut rng = ChaCha20Rng::from_seed([3; 32]);
	let again = Groth16::<Bn254>::rerandomize_proof(&vk, &parsed, &mut rng);
	let mut bytes = Vec::new();
	again.serialize_compressed(&mut bytes).unwrap();
	assert_ne!(bytes, proof);
	assert_eq!(verdict(&bytes, &witness.statement), Ok(()));
}

#[test]
fn batch_should_name_the_bad_proof_when_real_ones_surround_it() {
	let mut request = Request::sample();
	let mut items = Vec::new();
	for chunk in 0..3 {
		request.chunk = chunk;
		let witness = request.witness();
		items.push((prove(key(), &witness).unwrap(), witness.statement.encode()));
	}
	let batch = |items: &[(ProofBytes, Vec<u8>)]| {
		let items: Vec<(&[u8], &[u8])> = items.iter().map(|(p, s)| (&p[..], &s[..])).collect();
		verify_batch(DEVELOPMENT_KEY, &items)
	};
	assert_eq!(batch(&items), Ok(()));
	items[1].0 = items[2].0;
	assert_eq!(batch(&items), Err(vec![(1, Reason::Refused)]));
}

#[test]
fn network_should_be_unprovable_when_a_score_is_wrong() {
	for index in [0, 17, 39] {
		let mut cheat = honest().0.clone();
		cheat.run.scores[index] += 1;
		refit(&mut cheat);
		let expected = "the scores are the second layer's";
		assert_eq!(broken(&cheat), Some(expected));
		assert_eq!(prove(key(), &cheat), Err(ProveError::Unsatisfied(expected)));
	}
}

#[test]
fn network_should_be_unprovable_when_a_pre_activation_is_wrong() {
	for index in [0, 33, 63] {
		let mut cheat = honest().0.clone();
		cheat.run.pre[index] -= 1;
		refit(&mut cheat);
		assert_eq!(broken(&cheat), Some("the pre-activations are the first layer's"));
	}
}

#[test]
fn network_should_be_unprovable_when_errors_would_cancel() {
	// The same error with opposite signs in two images: only the challenge tells them apart.
	let mut cheat = honest().0.clone();
	cheat.run.scores[2] += 5;
	cheat.run.scores[12] -= 5;
	refit(&mut cheat);
	assert_eq!(broken(&cheat), Some("the scores are the second layer's"));
}

#[test]
fn network_should_be_unprovable_when_a_weight_is_another() {
	let mut cheat = honest().0.clone();
	cheat.model.second[9][16] += 1;
	assert_eq!(broken(&cheat), Some("everything proven is what the statement says"));
	// With its own commitment, the scores are no longer the network's.
	cheat.statement.model = cheat.model.commitment();
	assert_eq!(broken(&cheat), Some("the scores are the second layer's"));
}

#[test]
fn network_should_be_provable_when_every_bound_is_touched() {
	// Weights and pixels at their limits: saturation, rectification and the largest sums.
	let mut request = Request::sample();
	for (pixel, value) in request.input.iter_mut().zip([16u8, 0, 15, 1].into_iter().cycle()) {
		*pixel = value;
	}
	for (index, row) in request.model.first.iter_mut().enumerate() {
		row.fill([127, -128, 1, 0][index % 4]);
	}
	for (index, row) in request.model.second.iter_mut().enumerate() {
		row.fill([127, -128, 0][index % 3]);
	}
	assert_eq!(broken(&request.witness()), None);
	request.input.fill(16);
	let witness = request.witness();
	assert_eq!(witness.run.pre.iter().min(), Some(&(-128 * 65 * 16)));
	assert_eq!(broken(&witness), None);
}

#[test]
fn energy_should_be_unprovable_when_draw_exceeds_supply() {
	let mut request = Request::sample();
	request.green_draw.fill(501);
	assert_eq!(
		prove(key(), &request.witness()),
		Err(ProveError::Unsatisfied("compute drew no more than the renewable energy supplied"))
	);
	// Equal sums are the limit.
	request.green_draw.fill(500);
	assert_eq!(broken(&request.witness()), None);
}

#[test]
fn energy_should_be_unprovable_when_green_exceeds_draw() {
	let mut request = Request::sample();
	request.green = MilliWattHours(32 * 400);
	assert_eq!(broken(&request.witness()), None);
	let expected = Some("the green energy claimed is no more than compute drew");
	request.green = MilliWattHours(32 * 400 + 1);
	assert_eq!(broken(&request.witness()), expected);
	request.green = MilliWattHours(u64::MAX);
	assert_eq!(broken(&request.witness()), expected);
}

#[test]
fn energy_should_be_provable_when_readings_are_at_their_limits() {
	let mut request = Request::sample();
	request.green_supply.fill(u32::MAX);
	request.green_draw.fill(u32::MAX);
	request.green = MilliWattHours(32 * u64::from(u32::MAX));
	request.task = TaskId(u64::MAX);
	request.chunk = u32::MAX;
	request.interval = Interval(u32::MAX);
	request.work = MicroGpuHours(u64::MAX);
	assert_eq!(broken(&request.witness()), None);
}

#[test]
fn identity_should_be_unprovable_when_the_secret_is_anothers() {
	let mut cheat = honest().0.clone();
	cheat.secret = Secret::from_entropy(&[8; 32]);
	assert_eq!(broken(&cheat), Some("everything proven is what the statement says"));
}

#[test]
fn constraints_should_break_when_any_variable_is_changed() {
	let (witness, _) = honest();
	let (values, _) = synthesise(witness, false).unwrap();
	let shape = shape();
	let rows = shape.constraints();
	let dot = |row: &Row| row.iter().map(|(c, v)| *c * values[*v]).sum::<Fr>();
	let sums: Vec<[Fr; 3]> =
		(0..rows).map(|at| [0, 1, 2].map(|m| dot(&shape.matrices[m][at]))).collect();
	// What each variable adds to the three sides of each constraint that has it.
	let mut uses = vec![BTreeMap::<usize, [Fr; 3]>::new(); values.len()];
	for (side, matrix) in shape.matrices.iter().enumerate() {
		for (at, row) in matrix.iter().enumerate() {
			for (factor, variable) in row {
				uses[*variable].entry(at).or_default()[side] += factor;
			}
		}
	}
	let change = Fr::from(3u64);
	let breaks = |(at, factors): (&usize, &[Fr; 3])| {
		let [a, b, c] = [0, 1, 2].map(|side| sums[*at][side] + factors[side] * change);
		a * b != c
	};
	let free = uses.iter().filter(|uses| !uses.iter().any(breaks)).count();
	// The inverse of zero is the one choice that a prover has and that decides nothing: it is
	// asked for wherever no bit saturates an activation.
	let unsaturated = witness.run.pre.iter().filter(|pre| ((**pre + (1 << 23)) & 0x7f_c000) == 0);
	assert_eq!(free, unsaturated.count());
}

#[test]
fn development_key_should_be_the_seeds_when_made_again() {
	let (_, cached) = dev_keys().unwrap();
	assert_eq!(cached, DEVELOPMENT_KEY);
	let fresh = ProvingKey::from_seed(pogcs_zk::keys::DEVELOPMENT_SEED).unwrap();
	assert_eq!(fresh.verifying_key(), DEVELOPMENT_KEY);
	assert_eq!(check_key(DEVELOPMENT_KEY), Ok(()));
}

#[test]
fn proving_key_should_be_refused_when_its_bytes_are_damaged() {
	let bytes = key().to_bytes();
	assert!(ProvingKey::from_bytes(&bytes).is_ok());
	let mut damaged = bytes.clone();
	damaged[bytes.len() / 2] ^= 1;
	assert!(ProvingKey::from_bytes(&damaged).is_err());
	assert!(ProvingKey::from_bytes(&bytes[..bytes.len() - 1]).is_err());
	assert!(ProvingKey::from_bytes(&[]).is_err());
}

#[test]
fn key_should_return_when_it_goes_through_snarkjs() {
	let text = snarkjs::export_key(DEVELOPMENT_KEY).unwrap();
	assert_eq!(snarkjs::import_key(&text).unwrap(), DEVELOPMENT_KEY);
}

#[test]
fn key_of_snarkjs_should_be_refused_when_it_is_not_canonical() {
	let text = snarkjs::export_key(DEVELOPMENT_KEY).unwrap();
	let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
	let import = |json: &serde_json::Value| snarkjs::import_key(&json.to_string());

	json["curve"] = "bls12381".into();
	assert!(matches!(import(&json), Err(snarkjs::SnarkjsError::OtherSystem(_))));
	json["curve"] = "bn128".into();
	json["nPublic"] = 2.into();
	let count = snarkjs::SnarkjsError::Count { inputs: 2, points: 2 };
	assert_eq!(import(&json), Err(count));
	json["nPublic"] = 1.into();
	let x = json["vk_alpha_1"][0].as_str().unwrap().to_owned();
	json["vk_alpha_1"][0] = format!("0{x}").into();
	let point = Err(snarkjs::SnarkjsError::Point("vk_alpha_1"));
	assert_eq!(import(&json), point);
	let order = ark_bn254::Fq::MODULUS;
	json["vk_alpha_1"][0] = order.to_string().into();
	assert_eq!(import(&json), point);
	json["vk_alpha_1"][0] = "1".into();
	assert_eq!(import(&json), point);
	json["vk_alpha_1"][0] = x.into();
	assert_eq!(import(&json).unwrap(), DEVELOPMENT_KEY);
	assert!(snarkjs::import_key("{}").is_err());
}

#[test]
fn proof_should_be_refused_when_its_encoding_is_malformed() {
	let (witness, proof) = honest();
	let statement = &witness.statement;
	assert_eq!(verdict(&proof[..127], statement), Err(Reason::MalformedProof));
	assert_eq!(verdict(&[&proof[..], &[0]].concat(), statement), Err(Reason::MalformedProof));
	let mut flagged = *proof;
	flagged[31] |= 0xc0;
	assert_eq!(verdict(&flagged, statement), Err(Reason::NonCanonical));
	let input = statement.public_input().unwrap();
	let inputs = |inputs: &[Fr]| pogcs_proof::verify_inputs(DEVELOPMENT_KEY, proof, inputs);
	assert_eq!(inputs(&[input]), Ok(()));
	assert_eq!(inputs(&[]), Err(Reason::TooFewInputs));
	assert_eq!(inputs(&[input, Fr::ZERO]), Err(Reason::TooManyInputs));
}
