//! What the chain refuses, shown with real proofs: each refusal has its name, and leaves nothing
//! stored and nothing lost. `assert_noop!` compares the storage root before and after.

mod support;

use ark_bn254::Bn254;
use ark_groth16::{Groth16, Proof, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use pallet_devices::Error as DevicesError;
use pallet_energy::Error as EnergyError;
use pallet_proofs::Error as ProofsError;
use pallet_tasks::Error as TasksError;
use pogcs_primitives::{
	records::ChunkState, wire::Submission, Commitment, Interval, MilliWattHours, TaskId,
};
use pogcs_proof::{onchain::builtin, Reason, Statement};
use pogcs_runtime::{genesis_development, AccountId, Runtime, RuntimeEvent, RuntimeOrigin, System};
use pogcs_zk::{prove, ProveError, Request};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring;
use support::*;

/// A device that has committed to the first `chunks` chunks of a task, whose interval is over and
/// reported: what is left to do is to prove.
fn ready(chunks: u32) -> (Device, TaskId) {
	let device = Device::registered(0);
	pass(1);
	let task = open(2);
	for chunk in 0..chunks {
		device.commits(task, chunk);
	}
	pass(1);
	device.reports(Interval(now().0 - 1));
	(device, task)
}

fn nullifiers() -> usize {
	pallet_proofs::Nullifiers::<Runtime>::iter().count()
}

fn available(device: &Device, interval: Interval) -> MilliWattHours {
	pallet_energy::Reports::<Runtime>::get(device.id, interval).unwrap().available
}

/// Host function and built-in verifier must not differ on anything that a test sends.
fn verdict(proof: &[u8], statement: &Statement) -> Result<(), Reason> {
	let (key, statement) = (genesis_development::VERIFYING_KEY, statement.encode());
	let inside = builtin::verify(key, proof, &statement);
	assert_eq!(pogcs_proof::host::verify(key, proof, &statement), inside);
	inside
}

#[test]
fn an_honest_proof_should_be_paid_credited_and_use_up_energy() {
	on_chain(|| {
		let (device, task) = ready(1);
		let interval = interval_of(task, 0);
		let (witness, submission) = proven(&device.request(task, 0));
		assert_eq!(verdict(&submission.proof, &witness.statement), Ok(()));
		let (paid, held) = (free(&owner()), staked());
		let metered = available(&device, interval);

		assert_ok!(submit(task, 0, submission));

		assert_eq!(free(&owner()) - paid, REWARD);
		assert_eq!(held - staked(), REWARD);
		assert_eq!(metered.0 - available(&device, interval).0, GREEN.0);
		let validator = pallet_pogcs::Validators::<Runtime>::get(validator()).unwrap();
		// 1.28 Wh at 41 g/kWh are 53 mg, rounded up, and so 42 g/kWh; the reference is 41.
		assert_eq!(validator.delivered.0, WORK.0 * 41 / 42);
		assert_eq!(
			pallet_proofs::Nullifiers::<Runtime>::get(submission.nullifier),
			Some((task, 0))
		);
		let labels = include_bytes!("../../zk-circuits/model/images.bin");
		let paid = System::events().into_iter().find_map(|record| match record.event {
			RuntimeEvent::Tasks(pallet_tasks::Event::Paid { digits, .. }) => Some(digits),
			_ => None,
		});
		assert_eq!(paid.unwrap(), [0, 1, 2, 3].map(|row: usize| labels[row * 65 + 64]));
	});
}

#[test]
fn a_proof_of_anything_else_should_be_refused() {
	on_chain(|| {
		let (device, task) = ready(1);
		let interval = interval_of(task, 0);
		let other = Device::registered(1);
		let changes: [(&str, fn(&mut Request)); 7] = [
			("task", |request| request.task.0 += 1),
			("chunk", |request| request.chunk += 1),
			("chain", |request| request.chain[31] ^= 1),
			("interval", |request| request.interval.0 += 1),
			("input", |request| request.input[0] ^= 1),
			("challenge", |request| request.challenge[0] ^= 1),
			("work", |request| request.work.0 += 1),
		];
		for (what, change) in changes {
			let mut request = device.request(task, 0);
			change(&mut request);
			let (witness, submission) = proven(&request);
			// It is a good proof of something; only not of what the chain knows.
			assert_eq!(verdict(&submission.proof, &witness.statement), Ok(()), "{what}");
			assert_noop!(submit(task, 0, submission), TasksError::<Runtime>::ProofRefused);
		}
		// Another device's secret, with that device's own commitment and nullifier.
		let request = Request { secret: other.secret, ..device.request(task, 0) };
		let (witness, submission) = proven(&request);
		assert_eq!(verdict(&submission.proof, &witness.statement), Ok(()));
		assert_noop!(submit(task, 0, submission), TasksError::<Runtime>::ProofRefused);

		assert_eq!(nullifiers(), 0);
		assert_eq!(available(&device, interval).0, 32 * 40);
		assert_eq!(staked(), 2 * REWARD);
		assert_ok!(submit(task, 0, proven(&device.request(task, 0)).1));
	});
}

#[test]
fn a_proof_of_one_chunk_or_task_should_not_pay_for_another() {
	on_chain(|| {
		let device = Device::registered(0);
		pass(1);
		let (first, second) = (open(2), open(2));
		for (task, chunk) in [(first, 0), (first, 1), (second, 0)] {
			device.commits(task, chunk);
		}
		pass(1);
		device.reports(Interval(now().0 - 1));
		let (_, submission) = proven(&device.request(first, 0));
		// The same images in another task, and other images in the same task.
		assert_noop!(submit(second, 0, submission), TasksError::<Runtime>::ProofRefused);
		assert_noop!(submit(first, 1, submission), TasksError::<Runtime>::ProofRefused);
		assert_ok!(submit(first, 0, submission));
		// Now its nullifier is spent, which is seen before any proof is looked at.
		assert_noop!(submit(second, 0, submission), TasksError::<Runtime>::Spent);
		assert_eq!(nullifiers(), 1);
	});
}

/// Another proof of the same statement, which anybody can make without the secret.
fn again(proof: &[u8]) -> [u8; 128] {
	let parsed = Proof::<Bn254>::deserialize_compressed(proof).unwrap();
	let key = VerifyingKey::<Bn254>::deserialize_compressed(genesis_development::VERIFYING_KEY);
	let mut rng = ChaCha20Rng::from_seed([3; 32]);
	let other = Groth16::<Bn254>::rerandomize_proof(&key.unwrap(), &parsed, &mut rng);
	let mut bytes = Vec::new();
	other.serialize_compressed(&mut bytes).unwrap();
	bytes.try_into().unwrap()
}

#[test]
fn a_proof_should_be_paid_once_also_re_randomised_or_with_a_larger_nullifier() {
	on_chain(|| {
		let (device, task) = ready(1);
		let (witness, submission) = proven(&device.request(task, 0));
		let larger = Submission { nullifier: plus_order(submission.nullifier), ..submission };
		assert_noop!(submit(task, 0, larger), TasksError::<Runtime>::NonCanonical);
		assert_ok!(submit(task, 0, submission));

		let paid = free(&owner());
		assert_noop!(submit(task, 0, submission), TasksError::<Runtime>::Spent);
		let other = Submission { proof: again(&submission.proof), ..submission };
		assert_ne!(other.proof, submission.proof);
		assert_eq!(verdict(&other.proof, &witness.statement), Ok(()));
		assert_noop!(submit(task, 0, other), TasksError::<Runtime>::Spent);
		assert_noop!(submit(task, 0, larger), TasksError::<Runtime>::Spent);
		assert_eq!(free(&owner()), paid);
		assert_eq!(nullifiers(), 1);
	});
}

/// A verifying key like the task circuit's, with `inputs` public inputs in place of one.
fn key_of(inputs: usize) -> Vec<u8> {
	let bytes = genesis_development::VERIFYING_KEY;
	let mut key = VerifyingKey::<Bn254>::deserialize_compressed(bytes).unwrap();
	let last = *key.gamma_abc_g1.last().unwrap();
	key.gamma_abc_g1.resize(inputs + 1, last);
	let mut out = Vec::new();
	key.serialize_compressed(&mut out).unwrap();
	out
}

#[test]
fn too_few_and_too_many_public_inputs_should_be_refused() {
	on_chain(|| {
		let (device, task) = ready(1);
		let (witness, submission) = proven(&device.request(task, 0));
		let input = witness.statement.public_input().unwrap();
		let key = genesis_development::VERIFYING_KEY;
		let verify = |inputs: &[_]| pogcs_proof::verify_inputs(key, &submission.proof, inputs);
		assert_eq!(verify(&[input]), Ok(()));
		assert_eq!(verify(&[]), Err(Reason::TooFewInputs));
		assert_eq!(verify(&[input, input]), Err(Reason::TooManyInputs));
		// A key under which a task's proof would have too few or too many is never registered.
		for inputs in [0, 2] {
			let key = key_of(inputs).try_into().unwrap();
			assert_noop!(
				RuntimeOrigin::root().does(pallet_proofs::Call::register_key { key }),
				ProofsError::<Runtime>::MalformedKey
			);
		}
	});
}

#[test]
fn more_energy_than_metered_should_be_refused() {
	on_chain(|| {
		let (device, task) = ready(2);
		let interval = interval_of(task, 0);
		// 50 mWh were generated and 40 drawn in each of 32 parts.
		assert_eq!(available(&device, interval), MilliWattHours(1_280));

		// The proof cannot be made.
		let request = Request { green: MilliWattHours(1_281), ..device.request(task, 0) };
		let refused = prove(proving_key(), &request.witness());
		assert!(matches!(refused, Err(ProveError::Unsatisfied(_))), "{refused:?}");
		// An honest proof with another number beside it is not of that number.
		let (_, submission) = proven(&device.request(task, 0));
		let more = Submission { green: MilliWattHours(1_280), ..submission };
		assert_noop!(submit(task, 0, more), TasksError::<Runtime>::ProofRefused);
		let more = Submission { green: MilliWattHours(1_281), ..submission };
		assert_noop!(submit(task, 0, more), TasksError::<Runtime>::Insufficient);
		let less = Submission { green: MilliWattHours(GREEN.0 - 1), ..submission };
		assert_noop!(submit(task, 0, less), TasksError::<Runtime>::LittleEnergy);

		// Two good proofs that together use more than was metered.
		let half = MilliWattHours(700);
		let first = Request { green: half, ..device.request(task, 0) };
		let second = Request { green: half, ..device.request(task, 1) };
		assert_ok!(submit(task, 0, proven(&first).1));
		assert_noop!(submit(task, 1, proven(&second).1), TasksError::<Runtime>::Insufficient);
		assert_eq!(available(&device, interval), MilliWattHours(580));
		assert_eq!(nullifiers(), 1);
	});
}

#[test]
fn a_report_should_be_its_devices_of_the_interval_that_just_ended_and_once() {
	on_chain(|| {
		let device = Device::registered(0);
		let stranger = ed25519::Pair::from_seed(&[99; 32]);
		pass(3);
		let last = Interval(now().0 - 1);
		let report = device.report(last);
		let signature = device.sign(&report);

		let forged = stranger.sign(&report.signing_payload(&CHAIN)).0;
		assert_noop!(send_report(report, forged), EnergyError::<Runtime>::BadSignature);
		let elsewhere = device.pair.sign(&report.signing_payload(&[0; 32])).0;
		assert_noop!(send_report(report, elsewhere), EnergyError::<Runtime>::BadSignature);
		let mut inflated = report;
		inflated.generation.0 += 1;
		assert_noop!(send_report(inflated, signature), EnergyError::<Runtime>::BadSignature);
		inflated.generation.0 = 10_000_001;
		let signed = device.sign(&inflated);
		assert_noop!(send_report(inflated, signed), EnergyError::<Runtime>::Implausible);
		for (interval, error) in [
			(Interval(last.0 - 1), EnergyError::<Runtime>::PastInterval),
			(now(), EnergyError::<Runtime>::FutureInterval),
			(Interval(now().0 + 1), EnergyError::<Runtime>::FutureInterval),
		] {
			let report = device.report(interval);
			assert_noop!(send_report(report, device.sign(&report)), error);
		}
		assert_eq!(pallet_energy::Reports::<Runtime>::iter().count(), 0);

		assert_ok!(send_report(report, signature));
		assert_noop!(send_report(report, signature), EnergyError::<Runtime>::AlreadyReported);
		assert_eq!(pallet_energy::Reports::<Runtime>::iter().count(), 1);
	});
}

#[test]
fn a_task_without_a_reward_should_be_refused() {
	on_chain(|| {
		let open = |reward_per_chunk| pallet_tasks::Call::<Runtime>::open {
			model: 0,
			class: genesis_development::CLASS,
			inputs: vec![images(0)].try_into().unwrap(),
			reward_per_chunk,
			deadline: Interval(now().0 + 2),
		};
		assert_noop!(by(client()).does(open(0)), TasksError::<Runtime>::NoReward);
		assert_noop!(by(client()).does(open(1)), TasksError::<Runtime>::LowReward);
		assert_eq!(staked(), 0);
		assert_ok!(by(client()).does(open(REWARD)));
	});
}

#[test]
fn only_the_device_that_proved_should_be_paid() {
	on_chain(|| {
		let (device, task) = ready(1);
		let (_, submission) = proven(&device.request(task, 0));
		let idle = Device::registered(1);
		pass(1);

		// Who has only accepted a chunk, or not even that, has proven nothing.
		assert_noop!(submit(task, 1, submission), TasksError::<Runtime>::NotCommitted);
		assert_ok!(by(idle.account()).does(pallet_tasks::Call::accept {
			device: idle.id,
			task,
			chunk: 1
		}));
		assert_noop!(submit(task, 1, submission), TasksError::<Runtime>::NotCommitted);
		// Nor can another device slip in between commitment and proof.
		let steal = pallet_tasks::Call::<Runtime>::accept { device: idle.id, task, chunk: 0 };
		assert_noop!(by(idle.account()).does(steal), TasksError::<Runtime>::Taken);
		let steal =
			pallet_tasks::Call::<Runtime>::commit { task, chunk: 0, work: Commitment([0; 32]) };
		assert_noop!(by(idle.account()).does(steal), TasksError::<Runtime>::NotAssigned);

		// A stranger who sees the proof and sends it first pays the device's owner.
		let stranger: AccountId = Sr25519Keyring::Ferdie.to_account_id();
		let (theirs, ours) = (free(&stranger), free(&owner()));
		let call = pallet_tasks::Call::prove { task, chunk: 0, submission: Box::new(submission) };
		assert_ok!(by(stranger.clone()).does(call));
		assert_eq!(free(&stranger), theirs);
		assert_eq!(free(&owner()) - ours, REWARD);
		let paid = pallet_tasks::Chunks::<Runtime>::get(task, 0).unwrap().state;
		assert!(matches!(paid, ChunkState::Paid { device: id, .. } if id == device.id));
	});
}

#[test]
fn a_proof_should_come_in_its_time_and_after_its_report() {
	on_chain(|| {
		let device = Device::registered(0);
		pass(1);
		let task = open(2);
		device.commits(task, 0);
		let (_, submission) = {
			// Nobody knows the challenge yet; any will do for a proof that comes too early.
			let request = Request { challenge: [0; 32], ..early_request(&device, task) };
			proven(&request)
		};
		assert_noop!(submit(task, 0, submission), TasksError::<Runtime>::TooEarly);
		pass(1);
		let (_, submission) = proven(&device.request(task, 0));
		assert_noop!(submit(task, 0, submission), TasksError::<Runtime>::NoReport);
		device.reports(Interval(now().0 - 1));
		let switch = |active| pallet_proofs::Call::<Runtime>::set_active {
			key: pogcs_primitives::KeyId(0),
			active,
		};
		assert_ok!(RuntimeOrigin::root().does(switch(false)));
		assert_noop!(submit(task, 0, submission), TasksError::<Runtime>::KeyNotInUse);
		assert_ok!(RuntimeOrigin::root().does(switch(true)));
		pass(20);
		assert_noop!(submit(task, 0, submission), TasksError::<Runtime>::Expired);
		assert_eq!(nullifiers(), 0);
	});
}

/// A request for chunk 0 before the chain's randomness is known.
fn early_request(device: &Device, task: TaskId) -> Request {
	Request {
		secret: device.secret.clone(),
		chain: CHAIN,
		task,
		chunk: 0,
		interval: now(),
		input: images(0),
		green_supply: device.generation,
		green_draw: device.compute_draw,
		green: GREEN,
		work: WORK,
		..Request::sample()
	}
}

#[test]
fn damaged_proofs_should_be_refused() {
	on_chain(|| {
		let (device, task) = ready(1);
		let (_, submission) = proven(&device.request(task, 0));
		let mut zeros = submission;
		zeros.proof = [0; 128];
		assert_noop!(submit(task, 0, zeros), TasksError::<Runtime>::MalformedProof);
		let mut swapped = submission;
		// A and C change places: both are points, the proof is none.
		let (a, c): ([u8; 32], [u8; 32]) = (
			submission.proof[..32].try_into().unwrap(),
			submission.proof[96..].try_into().unwrap(),
		);
		swapped.proof[..32].copy_from_slice(&c);
		swapped.proof[96..].copy_from_slice(&a);
		assert_noop!(submit(task, 0, swapped), TasksError::<Runtime>::ProofRefused);
		let mut wrong = submission;
		wrong.scores[0] += 1;
		assert_noop!(submit(task, 0, wrong), TasksError::<Runtime>::ProofRefused);
		wrong.scores[0] = i32::MAX;
		assert_noop!(submit(task, 0, wrong), TasksError::<Runtime>::OutOfRange);
	});
}

#[test]
fn an_unregistered_maker_and_a_second_device_on_one_key_should_be_refused() {
	on_chain(|| {
		let device = Device::registered(0);
		let held = free(&owner());
		assert_noop!(device.register(&maker(), CELLS[1]), DevicesError::<Runtime>::KeyTaken);
		let other = Device { pair: ed25519::Pair::from_seed(&[77; 32]), ..device };
		let unknown = ed25519::Pair::from_seed(&[78; 32]);
		assert_noop!(other.register(&unknown, CELLS[1]), DevicesError::<Runtime>::UnknownMaker);
		// The same secret behind another key would be one device with two names.
		assert_noop!(other.register(&maker(), CELLS[1]), DevicesError::<Runtime>::CommitmentTaken);
		assert_eq!(free(&owner()), held);
		assert_eq!(pallet_devices::Devices::<Runtime>::iter().count(), 1);
	});
}
