//! Chunks that several devices do, from the first look to the end.

use pogcs_light_core::{
	answers::salt,
	tasks::{
		contracts::{MOST_ENTRANTS, SEEDS},
		Contract, Entrant, Replicated, Rules, Run,
	},
};
use pogcs_primitives::{
	contracts::{answer, commitment, Method, Outcome, Pace, Portion},
	records::PoolKind,
	PoolId,
};
use pogcs_workloads::samples;

use super::*;
use crate::{jobs::contents::Store, testing::fields};

const AT: Assignment = Assignment { task: TaskId(0), chunk: 0 };
const HOUR: u32 = 4;
const WORK: MicroGpuHours = MicroGpuHours(500);
const OWNER: [u8; 32] = [1; 32];

fn contract(sample: &samples::Sample) -> Contract {
	Contract {
		client: [6; 32],
		class: ClassId(1),
		claims: ClassId(1),
		green: true,
		method: Method::Replication { job: sample.job, first: sample.chunk, copies: 2 },
		chunks: 1,
		work: WORK,
		pace: Pace::Flexible,
		earliest: Interval(HOUR),
		deadline: Interval(HOUR),
		carbon: None,
		opened: Interval(0),
		tip: 0,
		reserve: 10,
		deposit: 1,
		plan: vec![Portion { interval: Interval(HOUR), chunks: 1, resold: 0 }],
		left: 1,
		bookings: 1,
		cleared: false,
	}
}

/// The third of the samples: the digits, read as the circuit proves it.
fn sample() -> samples::Sample {
	samples::all().remove(2)
}

fn entrant(device: DeviceId, ticket: u8) -> Entrant {
	let owner = if device == ID { OWNER } else { [7; 32] };
	Entrant { ticket: [ticket; 32], device, owner, pool: None }
}

fn running(device: DeviceId, commitment: Hash) -> Run {
	let owner = if device == ID { OWNER } else { [7; 32] };
	Run {
		device,
		owner,
		by: owner,
		bond: 1,
		round: 0,
		drawn: true,
		commitment,
		answer: None,
		unfit: None,
		carbon: MilligramsCo2(0),
	}
}

fn replicated(entrants: Vec<Entrant>, runs: Vec<Run>, outcome: Option<Outcome>) -> Replicated {
	let (interval, since) = (Interval(HOUR), Interval(0));
	Replicated { round: 0, interval, since, asked: 2, entrants, runs, outcome }
}

/// A chain in interval `current` that asks for a chunk, and a device with money that owes twice as much
/// in a pool, whose last interval is on record.
fn asked(keys: &Keys, current: u32, record: Option<Replicated>) -> Pairs {
	let mut pairs = state(keys, current);
	let key = keys.device.public();
	pairs.insert(
		places::account(&key),
		(5u32, [0u32; 3], 10_000_000_000_000u128, [0u128; 3]).encode(),
	);
	with_standing(&mut pairs, keys, DeviceState::Online, standing(Some(1)));
	pairs.insert(places::energy_report(ID, Interval(current - 1)), nothing_green().encode());
	pairs.insert(places::pool_of(ID), PoolId(2).encode());
	let pool = ([9u8; 32], 1u128, PoolKind::Green, ClassId(1), Some(ClassId(1)), [0u8; 99]);
	pairs.insert(places::pool(PoolId(2)), pool.encode());
	let promise = (OWNER, 1u128, 2 * WORK.0, 0u64, [0u8; 99]);
	pairs.insert(places::promise(ID, Interval(HOUR)), promise.encode());
	pairs.insert(places::interval_randomness(Interval(HOUR - 2)), [5u8; 32].encode());
	pairs.insert(places::next_task(), TaskId(1).encode());
	pairs.insert(places::contract(TaskId(0)), contract(&sample()).encode());
	if let Some(record) = record {
		if record.runs.iter().any(|run| run.device == ID) {
			pairs.insert(places::engagements(ID), vec![AT].encode());
		}
		pairs.insert(places::replicated(TaskId(0), 0), record.encode());
	}
	pairs
}

fn drawn() -> Replicated {
	replicated(vec![entrant(ID, 1), entrant(DeviceId(8), 2)], vec![], None)
}

fn files(directory: &std::path::Path, folder: &str) -> Vec<String> {
	let entries = std::fs::read_dir(directory.join("state").join(folder)).unwrap();
	entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn device_should_enter_answer_open_and_be_told_when_a_contract_asks() {
	let (directory, keys) = new_device("contract");
	let served = prepare(&directory, &asked(&keys, HOUR - 1, None), 1).await;
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls, [(CallIndices::POGCS.enter, ID, AT).encode()], "{}", status.words());

	// Chance draws it: it computes, and binds itself.
	served.chain.lock().unwrap().extend(3, &asked(&keys, HOUR, Some(drawn())));
	let (calls, status) = run(&directory, &served).await;
	let words = status.words();
	assert_eq!(calls.len(), 1, "{words}");
	let CallIndices { commit_answer, open_answer, conclude, .. } = CallIndices::POGCS;
	let genesis = CheckpointFile::load(&directory.join("checkpoint.json")).unwrap();
	let genesis = genesis.checkpoint.genesis;
	let (salt, result) = (salt(&keys.device, &genesis, &AT), sample().result);
	let layer = answer(&result, 0);
	let bound = commitment(AT.task, AT.chunk, ID, &layer, &salt);
	assert_eq!(calls[0], (commit_answer, ID, AT, bound).encode());
	assert!(
		words.contains(" s ago: accepted by the chain: enter for chunk 0 of task 0"),
		"{words}"
	);
	assert_eq!((status.toil.computed, status.toil.running), (1, 0));
	assert_eq!(files(&directory, "answers"), ["0-0.answer"]);
	assert_eq!(files(&directory, "outputs"), ["0-0"]);
	let output = std::fs::read(directory.join("state/outputs/0-0")).unwrap();
	let own = crate::jobs::runner::run(
		&sample().job,
		sample().chunk,
		&Store::new(None),
		&crate::jobs::runner::Limits { memory: 64 << 20, time: Duration::from_secs(60) },
		&Default::default(),
	);
	assert_eq!(output, own.unwrap().output.bytes);
	// Nothing is sent twice.
	assert!(run(&directory, &served).await.0.is_empty());

	// The interval is over: first the report, then the answer.
	let mut runs = vec![running(ID, bound), running(DeviceId(8), [0; 32])];
	let mut pairs = asked(&keys, HOUR + 1, Some(replicated(vec![], runs.clone(), None)));
	pairs.remove(&places::energy_report(ID, Interval(HOUR)));
	served.chain.lock().unwrap().extend(3, &pairs);
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1, "{}", status.words());
	let report = EnergyReport::decode(&mut &calls[0][2..]).unwrap();
	let need = Rules::POGCS.energy(WORK);
	assert_eq!((report.interval, need), (Interval(HOUR), MilliWattHours(50)));
	assert!(report.compute_draw >= need && report.green_draw >= need, "{report:?}");
	assert!(status.words().contains("waits for the energy report of interval 4"));
	let pairs = asked(&keys, HOUR + 1, Some(replicated(vec![], runs.clone(), None)));
	served.chain.lock().unwrap().extend(3, &pairs);
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls, [(open_answer, ID, AT, layer, salt).encode()], "{}", status.words());
	assert_eq!(status.toil.bound, 1);

	// All are open: one of the two asks for the comparison, each in its turn.
	runs.iter_mut().for_each(|run| run.answer = Some((0, layer)));
	let mut concluded = Vec::new();
	for _ in 0..8 {
		let pairs = asked(&keys, HOUR + 1, Some(replicated(vec![], runs.clone(), None)));
		served.chain.lock().unwrap().extend(1, &pairs);
		let (calls, status) = run(&directory, &served).await;
		concluded.extend(calls.into_iter().map(|call| (status.finalised, call)));
	}
	// On its way for the rest of its turn.
	assert_eq!(concluded.len(), 1, "{concluded:?}");
	assert_eq!(concluded[0].1, (conclude, AT).encode());
	assert_eq!(concluded[0].0 / 4 % 2, 0);

	let outcome = Some(Outcome::Agreed { layer: 0, answer: layer });
	let mut pairs = asked(&keys, HOUR + 1, Some(replicated(vec![], vec![], outcome)));
	pairs.remove(&places::engagements(ID));
	served.chain.lock().unwrap().extend(1, &pairs);
	let (calls, status) = run(&directory, &served).await;
	let words = status.words();
	assert!(calls.is_empty(), "{words}");
	assert!(words.contains("1 answers stand"), "{words}");
	assert!(words.contains("the answer stands: what was delivered counts"), "{words}");
	assert!(files(&directory, "answers").is_empty());
	let page = metrics::page(&status);
	assert!(page.contains("pogcs_device_answers_agreed_total 1\n"), "{page}");
	assert!(page.contains("pogcs_device_answers_bound 0\n"), "{page}");
}

#[tokio::test]
async fn device_should_open_the_same_answer_when_all_but_its_key_is_lost() {
	let (directory, keys) = new_device("contract-lost");
	let served = prepare(&directory, &asked(&keys, HOUR, Some(drawn())), 1).await;
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1, "{}", status.words());
	let bound: Hash = calls[0][calls[0].len() - 32..].try_into().unwrap();

	// It was not included, and the device forgets that it was sent: the same is sent again.
	for slot in ["state.a", "state.b"] {
		let _ = std::fs::remove_file(directory.join("state").join(slot));
	}
	assert_eq!(run(&directory, &served).await.0, calls);

	std::fs::remove_dir_all(directory.join("state")).unwrap();
	let record = replicated(vec![], vec![running(ID, bound), running(DeviceId(8), [0; 32])], None);
	served.chain.lock().unwrap().extend(3, &asked(&keys, HOUR + 1, Some(record)));
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1, "{}", status.words());
	let (at, layer, salt) = <(Assignment, Hash, Hash)>::decode(&mut &calls[0][6..]).unwrap();
	assert_eq!((at, calls[0][..2].to_vec()), (AT, CallIndices::POGCS.open_answer.to_vec()));
	assert_eq!(commitment(AT.task, AT.chunk, ID, &layer, &salt), bound);
}

#[tokio::test]
async fn device_should_leave_work_alone_when_its_content_is_not_here() {
	let (directory, keys) = new_device("contract-content");
	let mut work = sample();
	let pogcs_workloads::Job::Inference(job) = &mut work.job else { panic!("it infers") };
	job.weights = pogcs_workloads::Source::Content([3; 32]);
	let mut pairs = asked(&keys, HOUR - 1, None);
	pairs.insert(places::contract(TaskId(0)), contract(&work).encode());
	let served = prepare(&directory, &pairs, 1).await;
	let (calls, status) = run(&directory, &served).await;
	assert!(calls.is_empty());
	assert!(status.words().contains("what it is made of is not here"), "{}", status.words());

	// Bytes that are not what their name says are found out when they are read.
	let contents = directory.join("contents");
	std::fs::create_dir_all(&contents).unwrap();
	let length = pogcs_workloads::digits::WEIGHTS.len();
	std::fs::write(contents.join(hex::encode([3; 32])), vec![1; length]).unwrap();
	let path = directory.join("device.toml");
	let text = std::fs::read_to_string(&path).unwrap();
	std::fs::write(&path, text + "\n[work]\ncontents = 'contents'\n").unwrap();
	let (calls, _) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1);
	let mut pairs = asked(&keys, HOUR, Some(drawn()));
	pairs.insert(places::contract(TaskId(0)), contract(&work).encode());
	served.chain.lock().unwrap().extend(3, &pairs);
	let (calls, status) = run(&directory, &served).await;
	let words = status.words();
	assert!(calls.is_empty(), "{words}");
	assert!(words.contains(" s ago: could not compute chunk 0 of task 0"), "{words}");
	assert!(files(&directory, "answers").is_empty() && files(&directory, "outputs").is_empty());
}

#[tokio::test]
async fn contract_that_is_proven_should_be_taken_in_its_hour_when_hours_are_owed() {
	let take = |owed: u64, hour: u32, reward: u128| async move {
		let (directory, keys) = new_device(&format!("contract-proven-{owed}-{hour}-{reward}"));
		let mut pairs = asked(&keys, HOUR, None);
		with_chunk(&mut pairs, ChunkState::Open, false);
		let plan = vec![Portion { interval: Interval(hour), chunks: 1, resold: 0 }];
		let method = Method::Proof { model: 0 };
		let contract = Contract { method, plan, ..contract(&sample()) };
		pairs.insert(places::contract(TaskId(0)), contract.encode());
		let promise = (OWNER, 1u128, owed, 0u64, [0u8; 99]);
		pairs.insert(places::promise(ID, Interval(HOUR)), promise.encode());
		pairs.insert(
			places::task(TaskId(0)),
			Task { reward_per_chunk: reward, ..task(30) }.encode(),
		);
		with_slot(&mut pairs, 10);
		let served = prepare(&directory, &pairs, 1).await;
		run(&directory, &served).await.0
	};
	let accept = vec![(CallIndices::POGCS.accept, ID, AT).encode()];
	// A chunk of the model is 1,000.
	assert_eq!(take(1_000, HOUR, 0).await, accept);
	assert!(take(1_000, HOUR + 1, 10).await.is_empty());
	assert!(take(999, HOUR, 0).await.is_empty());
	// Half of the interval is over: for the tip anybody may.
	assert_eq!(take(999, HOUR, 10).await, accept);
}

#[tokio::test]
async fn chunk_should_be_given_back_when_its_hour_has_passed() {
	let (directory, keys) = new_device("contract-late");
	let mut pairs = asked(&keys, HOUR + 1, None);
	let state = ChunkState::Assigned { device: ID, interval: Interval(HOUR), given: false };
	with_chunk(&mut pairs, state, true);
	let contract = Contract { method: Method::Proof { model: 0 }, ..contract(&sample()) };
	pairs.insert(places::contract(TaskId(0)), contract.encode());
	let served = prepare(&directory, &pairs, 1).await;
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls, [(CallIndices::POGCS.release, AT).encode()], "{}", status.words());
	assert!(status.words().contains("its hour, interval 4, has passed"), "{}", status.words());
}

/// What the device counts on is what the runtime and its pallets have.
#[test]
fn rules_should_be_those_of_the_runtime() {
	let tasks = include_str!("../../../../../runtime/src/configs/tasks.rs");
	let Rules { open_after, open_time, min_bond, bond_per_gpu_hour, most_bound, work_per_mwh } =
		Rules::POGCS;
	let (milli, unit) = (1_000_000_000u128, 1_000_000_000_000u128);
	for line in [
		format!("OpenAfter: Permill = Permill::from_percent({open_after});"),
		format!("type OpenTime = ConstU32<{open_time}>;"),
		format!("type MinBond = ConstU128<{{ {} * MILLI }}>;", min_bond / milli),
		format!("type BondPerGpuHour = ConstU128<{{ {} * UNIT }}>;", bond_per_gpu_hour / unit),
		format!("type MaxAssignments = ConstU32<{most_bound}>;"),
		format!("MilliWattHours(work.0.div_ceil({work_per_mwh}))"),
	] {
		assert!(tasks.contains(&line), "{line}");
	}
	let token = include_str!("../../../../../runtime/src/lib.rs");
	assert!(token.contains("UNIT: Balance = 1_000_000_000_000;"));
	let types = include_str!("../../../../../pallets/tasks/src/types.rs");
	assert!(types.contains(&format!("MAX_ENTRANTS: u32 = {MOST_ENTRANTS};")));
	let entries = include_str!("../../../../../pallets/tasks/src/entry_impls.rs");
	assert!(entries.contains(&format!("const SEEDS: u32 = {SEEDS};")));

	let pools = include_str!("../../../../../pallets/pools/src/types.rs");
	let pool = fields(pools, "struct", "PoolRecord");
	let start = "creator: AccountId, deposit: Balance, kind: PoolKind, class: ClassId, claims: \
	             Option<ClassId>, ";
	assert!(pool.starts_with(start), "{pool}");
	let promise = fields(pools, "struct", "Promise");
	let start = "by: AccountId, deposit: Balance, promised: Units, delivered: Units, ";
	assert!(promise.starts_with(start), "{promise}");
	assert!(pools.contains("pub struct Units(pub u64);"));
}
