//! The whole device against a served chain.

use std::{collections::BTreeMap, num::NonZeroU32};

use codec::{Compact, Decode, Encode};
use pogcs_light_core::{
	batch::Quota,
	calls::CallIndices,
	crypto::{blake2_256, verify},
	extrinsic::{Mortality, Signing},
	keys as places,
	registry::{Challenge, Intent, Standing},
	tasks::{Device, Task},
	Hash,
};
use pogcs_primitives::{
	challenge::{self, Kernel, Seed, Work},
	ledger::Stored,
	records::{
		Assignment, BatteryRecord, ChunkRecord, ChunkState, ClassRecord, DeviceState, EnergyRecord,
		ModelRecord,
	},
	units::GramsPerKwh,
	wire::{EnergyReport, Submission},
	CellId, ClassId, Commitment, DeviceId, Interval, KeyId, MicroGpuHours, MilliWattHours,
	MilligramsCo2, TaskId,
};
use pogcs_zk::Model;

use super::*;
use crate::testing::{directory, serve, Chain, FakeNode, Lie};

mod contracts;

const ID: DeviceId = DeviceId(3);
const NEED: u64 = 20_000;

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

fn task(deadline: u32) -> Task {
	Task {
		client: [6; 32],
		model: 0,
		class: ClassId(1),
		reward_per_chunk: 10,
		deposit: 1,
		chunks: 1,
		unpaid: 1,
		deadline: Interval(deadline),
	}
}

/// The state of a chain in interval `current` with this device in it.
fn state(keys: &Keys, current: u32) -> Pairs {
	let device = Device {
		owner: [1; 32],
		manager: None,
		key: keys.device.public(),
		maker: [3; 32],
		certified_until: None,
		class: ClassId(1),
		cell: CellId(0),
		validator: [4; 32],
		commitment: keys.commitment(),
		state: DeviceState::Online,
		deposit: 1,
		since: Interval(0),
	};
	let class = ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(10_000_000),
		storage: MilliWattHours(2_000_000),
		storage_efficiency: 900_000,
		throughput: 1_000,
		max_draw: MilliWattHours(1_000_000),
	};
	let model = ModelRecord {
		commitment: Model::digits().commitment(),
		key: KeyId(0),
		work: MicroGpuHours(1_000),
		energy: MilliWattHours(NEED),
	};
	let mut account = 5u32.encode();
	account.extend([0; 76]);
	let mut pairs = Pairs::new();
	pairs.insert(places::current_interval(), Interval(current).encode());
	pairs.insert(places::account(&keys.device.public()), account);
	pairs.insert(places::last_runtime_upgrade(), (Compact(1u32), "pogcs").encode());
	pairs.insert(places::device_by_key(&keys.device.public()), ID.encode());
	pairs.insert(places::device(ID), device.encode());
	pairs.insert(places::class(ClassId(1)), class.encode());
	pairs.insert(places::model(0), model.encode());
	pairs
}

/// A report of an interval without green compute.
fn nothing_green() -> EnergyRecord {
	EnergyRecord {
		generation: MilliWattHours(1),
		compute_draw: MilliWattHours(0),
		green_supply: MilliWattHours(1),
		green_draw: MilliWattHours(0),
		root: Commitment::default(),
		available: MilliWattHours(0),
		carbon: MilligramsCo2(0),
		cell: CellId(0),
	}
}

fn with_chunk(pairs: &mut Pairs, state: ChunkState, mine: bool) {
	let chunk = ChunkRecord { input: [8; 256], state };
	pairs.insert(places::next_task(), TaskId(1).encode());
	pairs.insert(places::task(TaskId(0)), task(30).encode());
	pairs.insert(places::chunk(TaskId(0), 0), chunk.encode());
	if mine {
		let list = vec![Assignment { task: TaskId(0), chunk: 0 }];
		pairs.insert(places::assignments(ID), list.encode());
	}
}

/// Serves a chain with that state and writes the device's files.
async fn prepare(directory: &std::path::Path, pairs: &Pairs, spec: u32) -> FakeNode {
	let chain = Chain::new(12, 5, pairs);
	let checkpoint = chain.checkpoint();
	let file = CheckpointFile {
		genesis_hash: hexed::show(checkpoint.genesis),
		hash: hexed::show(checkpoint.hash),
		number: 0,
		set_id: 0,
		authorities: checkpoint
			.authorities
			.iter()
			.map(|authority| (hexed::show(authority.key), authority.weight))
			.collect(),
		spec_version: spec,
		transaction_version: 1,
		metadata_hash: Some(hexed::show([2; 32])),
	};
	file.save(&directory.join("checkpoint.json")).unwrap();
	let served = serve(chain).await;
	let config = format!("nodes = ['ws://127.0.0.1:1', '{}']", served.url);
	std::fs::write(directory.join("device.toml"), config).unwrap();
	served
}

/// Runs the device once; hands back the calls that it submitted, after checking each extrinsic.
async fn run(directory: &std::path::Path, served: &FakeNode) -> (Vec<Vec<u8>>, Status) {
	let config = Config::load(&directory.join("device.toml")).unwrap();
	let agent = Agent::new(config, true).unwrap();
	let (key, image) = (agent.keys.device.public(), agent.image.clone());
	let before = agent.state.in_flight.clone();
	agent.run(true).await.unwrap();
	let status = Status::load(&directory.join("state")).unwrap();
	let submitted = std::mem::take(&mut served.chain.lock().unwrap().submitted);
	let first = if status.in_flight > submitted.len() { before.next_nonce(5) } else { 5 };
	let mut calls = Vec::new();
	for (nonce, bytes) in (first..).zip(submitted) {
		let body = Vec::<u8>::decode(&mut &bytes[..]).unwrap();
		assert_eq!((&body[..2], &body[2..34]), (&[0x84, 0][..], &key[..]));
		// Era of two bytes, nonce and tip of one, metadata mode.
		let call = &body[104..];
		let birth_hash = hexed::parse_array(&status.finalised_hash, "").unwrap();
		let signing = Signing {
			spec_version: image.spec_version,
			transaction_version: 1,
			genesis: image.checkpoint.genesis,
			mortality: Mortality { birth: status.finalised, birth_hash, period: 64 },
			nonce,
			tip: 0,
			metadata_hash: image.metadata_hash,
		};
		assert_eq!(body[103], u8::from(image.metadata_hash.is_some()));
		let signature: [u8; 64] = body[35..99].try_into().unwrap();
		assert!(verify(&key, &signing.payload(call), &signature));
		calls.push(call.to_vec());
	}
	(calls, status)
}

fn new_device(name: &str) -> (PathBuf, Keys) {
	let directory = directory(name);
	let keys = Keys::create(&directory.join("device.keys"), Some([9; 32])).unwrap();
	(directory, keys)
}

#[tokio::test]
async fn device_should_say_so_when_it_is_not_registered() {
	let (directory, keys) = new_device("unregistered");
	let mut pairs = state(&keys, 4);
	pairs.remove(&places::device_by_key(&keys.device.public()));
	let served = prepare(&directory, &pairs, 1).await;
	let (calls, status) = run(&directory, &served).await;
	assert!(calls.is_empty());
	assert_eq!((status.finalised, status.set), (12, 2));
	assert!(status.words().contains("the owner has to call Devices.register"));
}

#[tokio::test]
async fn device_should_report_and_accept_when_there_is_work() {
	let (directory, keys) = new_device("accepts");
	let mut pairs = state(&keys, 4);
	with_chunk(&mut pairs, ChunkState::Open, false);
	let served = prepare(&directory, &pairs, 1).await;
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls.len(), 2);
	assert_eq!(calls[0][..2], CallIndices::POGCS.report);
	let report = EnergyReport::decode(&mut &calls[0][2..]).unwrap();
	assert_eq!((report.device, report.interval), (ID, Interval(3)));
	assert!(report.generation.0 > 0);
	let genesis = CheckpointFile::load(&directory.join("checkpoint.json")).unwrap();
	let payload = report.signing_payload(&genesis.checkpoint.genesis);
	let signature: [u8; 64] = calls[0][calls[0].len() - 64..].try_into().unwrap();
	assert!(verify(&keys.device.public(), &payload, &signature));
	let expected = (CallIndices::POGCS.accept, ID, TaskId(0), 0u32).encode();
	assert_eq!(calls[1], expected);
	assert_eq!(status.in_flight, 2);

	// Started again, it remembers what is on its way and sends nothing twice.
	let (calls, _) = run(&directory, &served).await;
	assert!(calls.is_empty());
}

#[tokio::test]
async fn device_should_sign_nothing_when_the_runtime_was_upgraded() {
	let (directory, keys) = new_device("upgraded");
	let served = prepare(&directory, &state(&keys, 4), 9).await;
	let (calls, status) = run(&directory, &served).await;
	assert!(calls.is_empty());
	let words = status.words();
	assert!(words.contains("TROUBLE: the chain's runtime is now version 1"), "{words}");
	assert!(words.contains("checkpoint is for 9") && words.contains("signs nothing"), "{words}");
	assert!(words.contains("write a new checkpoint file"), "{words}");

	// What the words ask for helps, and nothing is lost: the state stays, the new hash is signed.
	let path = directory.join("checkpoint.json");
	let text = std::fs::read_to_string(&path).unwrap();
	let mut file: CheckpointFile = serde_json::from_str(&text).unwrap();
	(file.spec_version, file.metadata_hash) = (1, Some(hexed::show([4; 32])));
	file.save(&path).unwrap();
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1, "{}", status.words());
	assert_eq!(calls[0][..2], CallIndices::POGCS.report);
	assert_eq!(status.trouble, None);
	assert!(status.words().contains("bound to the metadata hash 0x0404"), "{}", status.words());
}

#[tokio::test]
async fn device_should_sign_for_any_layout_when_its_checkpoint_has_no_metadata_hash() {
	let (directory, keys) = new_device("unbound");
	let served = prepare(&directory, &state(&keys, 4), 1).await;
	let path = directory.join("checkpoint.json");
	let text = std::fs::read_to_string(&path).unwrap();
	let mut file: CheckpointFile = serde_json::from_str(&text).unwrap();
	file.metadata_hash = None;
	file.save(&path).unwrap();
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1);
	assert!(status.words().contains("NOT bound to a metadata hash"), "{}", status.words());
}

#[tokio::test]
async fn device_should_commit_and_then_prove_when_it_has_a_chunk() {
	let (directory, keys) = new_device("proves");
	let mut pairs = state(&keys, 4);
	pairs.insert(places::energy_report(ID, Interval(3)), nothing_green().encode());
	with_chunk(
		&mut pairs,
		ChunkState::Assigned { device: ID, interval: Interval(4), given: false },
		true,
	);
	let served = prepare(&directory, &pairs, 1).await;
	let (calls, _) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1);
	assert_eq!(calls[0][..2], CallIndices::POGCS.commit);
	let (task, chunk, work) = <(TaskId, u32, Commitment)>::decode(&mut &calls[0][2..]).unwrap();
	assert_eq!((task, chunk), (TaskId(0), 0));
	assert_eq!(Some(work), Model::digits().run(&[8; 256]).work_commitment());

	// The chain takes it in interval 4, and interval 5 opens: the report is due.
	let mut pairs = state(&keys, 5);
	let committed = ChunkState::Committed { device: ID, interval: Interval(4), work, given: false };
	with_chunk(&mut pairs, committed.clone(), true);
	served.chain.lock().unwrap().extend(3, &pairs);
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(calls.len(), 1);
	let report = EnergyReport::decode(&mut &calls[0][2..]).unwrap();
	assert_eq!(report.interval, Interval(4));
	assert!(report.green_draw.0 >= NEED, "{}", report.green_draw);
	assert!(status.words().contains("waits for the energy report of interval 4"));
	assert_eq!(status.committed, 1);

	// It stands, and the randomness is drawn: the proof is due. The device checks it itself the
	// way that the chain will.
	let mut pairs = state(&keys, 5);
	with_chunk(&mut pairs, committed, true);
	let record = EnergyRecord {
		generation: report.generation,
		compute_draw: report.compute_draw,
		green_supply: report.green_supply,
		green_draw: report.green_draw,
		root: report.root,
		available: report.green_draw,
		carbon: MilligramsCo2(1),
		cell: CellId(0),
	};
	pairs.insert(places::energy_report(ID, Interval(4)), record.encode());
	pairs.insert(places::interval_randomness(Interval(4)), blake2_256(b"luck").encode());
	served.chain.lock().unwrap().extend(3, &pairs);
	let (calls, status) = run(&directory, &served).await;
	assert_eq!(status.reported, 1);
	assert_eq!(calls.len(), 1, "{}", status.words());
	assert_eq!(calls[0][..2], CallIndices::POGCS.prove);
	let (task, chunk, submission) =
		<(TaskId, u32, Submission)>::decode(&mut &calls[0][2..]).unwrap();
	assert_eq!((task, chunk, submission.green), (TaskId(0), 0, MilliWattHours(NEED)));
	assert_eq!(submission.nullifier, pogcs_proof::nullifier(&keys.secret, task, chunk));
	assert_eq!(submission.scores, Model::digits().run(&[8; 256]).scores);
}

#[tokio::test]
async fn battery_should_count_as_the_chain_has_it_when_a_report_is_made() {
	// Interval 14 is the hour before midnight, and the device's battery is half full.
	let stored = |green| {
		let (level, green) = (MilliWattHours(700_000), MilliWattHours(green));
		let stored = Stored { level, green, ..Stored::default() };
		BatteryRecord { stored, through: Interval(13) }.encode()
	};
	for (name, known, forecast) in
		[("unknown", None, 0), ("brown", Some(0), 0), ("green", Some(700_000), 250_000)]
	{
		let (directory, keys) = new_device(&format!("battery-{name}"));
		let mut pairs = state(&keys, 15);
		if let Some(green) = known {
			pairs.insert(places::battery(ID), stored(green));
		}
		let committed = ChunkState::Committed {
			device: ID,
			interval: Interval(14),
			work: Commitment([1; 32]),
			given: false,
		};
		with_chunk(&mut pairs, committed, true);
		let served = prepare(&directory, &pairs, 1).await;
		let (calls, status) = run(&directory, &served).await;
		assert_eq!(calls[0][..2], CallIndices::POGCS.report);
		let report = EnergyReport::decode(&mut &calls[0][2..]).unwrap();
		assert_eq!((report.interval, report.generation), (Interval(14), MilliWattHours(0)));
		// Compute drew what it had promised; what of it is green is the chain's to know.
		assert!(report.compute_draw.0 >= NEED && report.grid_import.0 > 0);
		assert_eq!(report.storage_out, report.compute_draw);
		let green = if forecast > 0 { report.compute_draw } else { MilliWattHours(0) };
		assert_eq!((report.green_supply, report.green_draw), (green, green));
		assert!(status.forecast_mwh >= forecast, "{name}: {}", status.forecast_mwh);
		assert_eq!(status.forecast_mwh == 0, forecast == 0, "{name}");
		assert_eq!(status.green_mwh, known.unwrap_or(0));
	}
}

#[tokio::test]
async fn refusal_should_be_explained_when_the_chain_took_the_fee_and_did_nothing() {
	let (directory, keys) = new_device("refused");
	let mut pairs = state(&keys, 4);
	with_chunk(&mut pairs, ChunkState::Open, false);
	let served = prepare(&directory, &pairs, 1).await;
	let config = Config::load(&directory.join("device.toml")).unwrap();
	Agent::new(config, true).unwrap().run(true).await.unwrap();

	// Both are included: the report stands, and accepting fails with error 5 of pallet 33.
	let mut pairs = state(&keys, 4);
	with_chunk(&mut pairs, ChunkState::Open, false);
	let mut account = 7u32.encode();
	account.extend([0; 76]);
	pairs.insert(places::account(&keys.device.public()), account);
	pairs.insert(places::energy_report(ID, Interval(3)), nothing_green().encode());
	let failed = (0u8, 1u32, 0u8, 1u8, 3u8, 33u8, [5u8, 0, 0, 0]).encode();
	pairs.insert(places::prefix("System", "Events"), failed);
	{
		let mut chain = served.chain.lock().unwrap();
		chain.extend(1, &pairs);
		let submitted = std::mem::take(&mut chain.submitted);
		assert_eq!(submitted.len(), 2);
		chain.include(submitted);
	}
	let (calls, status) = run(&directory, &served).await;
	assert!(calls.is_empty(), "it waits before it tries again");
	assert_eq!((status.reported, status.refused, status.in_flight), (1, 1, 0));
	let words = status.words();
	// Pallet 33 is tasks, whose sixth error this is; the node is not asked for words.
	let expected =
		"REFUSED 0 s ago: refused by the chain: accept chunk 0 of task 0; the numbers are";
	assert!(words.contains(expected) && words.contains("error tasks.Overflow"), "{words}");
	assert!(
		words.contains("Accepted") && words.contains("accepted by the chain: report"),
		"{words}"
	);
}

#[tokio::test]
async fn other_node_should_be_asked_when_one_lies() {
	let (directory, keys) = new_device("liar");
	let served = prepare(&directory, &state(&keys, 4), 1).await;
	// The same chain's keys, but its node makes up signatures.
	let mut liar = Chain::new(12, 5, &state(&keys, 4));
	liar.lie = Lie::Finality;
	let liar = serve(liar).await;
	let config = format!("nodes = ['{}', '{}']", liar.url, served.url);
	std::fs::write(directory.join("device.toml"), config).unwrap();
	let (calls, status) = run(&directory, &served).await;
	assert_eq!((calls.len(), status.finalised), (1, 12));
	assert!(status.words().contains(&format!("left {}: the node is not believed", liar.url)));
}

/// Adds a home in which compute earns nothing and the house takes all the sun.
fn with_thrifty_home(directory: &std::path::Path) {
	let path = directory.join("device.toml");
	let text = std::fs::read_to_string(&path).unwrap();
	let home = "\n[home]\ncompute_per_kwh = 0.0\nhouse_watts = 2000.0";
	std::fs::write(path, text + home).unwrap();
}

#[tokio::test]
async fn device_should_wait_for_a_better_hour_when_the_home_says_so() {
	let (directory, keys) = new_device("home");
	let mut pairs = state(&keys, 4);
	with_chunk(&mut pairs, ChunkState::Open, false);
	let served = prepare(&directory, &pairs, 1).await;
	with_thrifty_home(&directory);
	let (calls, status) = run(&directory, &served).await;
	// The report is due all the same.
	assert_eq!(calls.len(), 1, "{}", status.words());
	assert_eq!(calls[0][..2], CallIndices::POGCS.report);
	assert_eq!(status.forecast_mwh, 0);
	assert!(status.words().contains("Home: in interval 4 compute may draw 0 Wh"));
}

#[tokio::test]
async fn device_should_not_lose_an_accepted_chunk_when_the_home_says_to_wait() {
	for (name, deadline, commits) in [("home-early", 30, 0), ("home-urgent", 6, 1)] {
		let (directory, keys) = new_device(name);
		let mut pairs = state(&keys, 4);
		let assigned = ChunkState::Assigned { device: ID, interval: Interval(4), given: false };
		with_chunk(&mut pairs, assigned, true);
		pairs.insert(places::task(TaskId(0)), task(deadline).encode());
		let served = prepare(&directory, &pairs, 1).await;
		with_thrifty_home(&directory);
		let (calls, status) = run(&directory, &served).await;
		let commit = CallIndices::POGCS.commit;
		let found = calls.iter().filter(|call| call[..2] == commit).count();
		assert_eq!(found, commits, "{}", status.words());
	}
}

/// What the registry has of this device: Pending, unless it passed its challenge.
fn with_standing(pairs: &mut Pairs, keys: &Keys, state: DeviceState, standing: Standing) {
	let mut device: Device = Device::decode(&mut &pairs[&places::device(ID)][..]).unwrap();
	assert_eq!(device.key, keys.device.public());
	device.state = state;
	pairs.insert(places::device(ID), device.encode());
	pairs.insert(places::standing(ID), standing.encode());
}

fn standing(benched: Option<u32>) -> Standing {
	Standing {
		intent: Intent::Offer,
		benched: benched.map(Interval),
		lapsed: false,
		work: 0,
		placed: Interval(0),
		tried: None,
	}
}

/// A pending device whose report stands.
fn pending(keys: &Keys) -> Pairs {
	let mut pairs = state(keys, 4);
	with_standing(&mut pairs, keys, DeviceState::Pending, standing(None));
	pairs.insert(places::energy_report(ID, Interval(3)), nothing_green().encode());
	pairs
}

fn with_challenge(
	pairs: &Pairs,
	(count, draw, until): (u32, u32, u32),
	committed: Option<([u8; 32], [u8; 32])>,
	drawn: Option<[u8; 32]>,
) -> Pairs {
	let count = NonZeroU32::new(count).unwrap();
	let challenge = Challenge { count, draw, until, committed };
	let mut pairs = pairs.clone();
	pairs.insert(places::challenge(ID), challenge.encode());
	if let Some(drawn) = drawn {
		pairs.insert(places::block_randomness(draw), drawn.encode());
	}
	pairs
}

/// Opens the agent's files.
fn load(directory: &std::path::Path) -> Agent {
	Agent::new(Config::load(&directory.join("device.toml")).unwrap(), true).unwrap()
}

/// The calls that were submitted, each born in `birth` for `period` blocks, with their nonces.
fn taken(served: &FakeNode, agent: &Agent, birth: (u32, Hash), period: u32) -> Vec<(u32, Vec<u8>)> {
	let submitted = std::mem::take(&mut served.chain.lock().unwrap().submitted);
	let mut calls = Vec::new();
	for bytes in submitted {
		let body = Vec::<u8>::decode(&mut &bytes[..]).unwrap();
		let nonce = Compact::<u32>::decode(&mut &body[101..]).unwrap().0;
		let signing = Signing {
			spec_version: agent.image.spec_version,
			transaction_version: 1,
			genesis: agent.image.checkpoint.genesis,
			mortality: Mortality { birth: birth.0, birth_hash: birth.1, period },
			nonce,
			tip: 0,
			metadata_hash: agent.image.metadata_hash,
		};
		let signature: [u8; 64] = body[35..99].try_into().unwrap();
		let key = agent.keys.device.public();
		assert!(verify(&key, &signing.payload(&body[104..]), &signature), "born elsewhere");
		calls.push((nonce, body[104..].to_vec()));
	}
	calls
}

/// The root of `count` leaves with the seed that `drawn` makes.
fn root_of(agent: &Agent, count: u32, drawn: &[u8; 32]) -> (Seed, [u8; 32]) {
	let seed = Seed::new(&agent.image.checkpoint.genesis, ID, drawn);
	let work = Work::new(seed, NonZeroU32::new(count).unwrap(), 0);
	(seed, work.run().root())
}

fn committed(root: [u8; 32]) -> Vec<u8> {
	(CallIndices::POGCS.commit_challenge, ID, root).encode()
}

#[tokio::test]
async fn challenge_should_be_passed_when_the_device_is_pending() {
	let (directory, keys) = new_device("challenge");
	let base = pending(&keys);
	let served = prepare(&directory, &base, 1).await;
	let mut agent = load(&directory);
	agent.with_node(&served.url, true).await.unwrap();
	let head = served.chain.lock().unwrap().best();
	let request = (CallIndices::POGCS.request_challenge, ID).encode();
	assert_eq!(taken(&served, &agent, head, 64), [(5, request)]);

	// It is asked for in block 13, and block 14 makes the seed. Neither is final.
	let (one, other) = ([1; 32], [2; 32]);
	{
		let mut chain = served.chain.lock().unwrap();
		chain.author(0, &with_challenge(&base, (20, 14, 24), None, None));
		chain.author(0, &with_challenge(&base, (20, 14, 24), None, Some(one)));
	}
	agent.with_node(&served.url, true).await.unwrap();
	let born = served.chain.lock().unwrap().best();
	let root = root_of(&agent, 20, &one).1;
	assert_eq!(taken(&served, &agent, born, 10), [(6, committed(root))]);
	// Once is enough.
	agent.with_node(&served.url, true).await.unwrap();
	assert!(taken(&served, &agent, born, 10).is_empty());

	// The chain goes another way: what was sent counts nowhere, and another takes its place.
	{
		let mut chain = served.chain.lock().unwrap();
		chain.reorganise();
		chain.author(1, &with_challenge(&base, (20, 14, 24), None, None));
		chain.author(1, &with_challenge(&base, (20, 14, 24), None, Some(other)));
	}
	agent.with_node(&served.url, true).await.unwrap();
	let born = served.chain.lock().unwrap().best();
	let (seed, root) = root_of(&agent, 20, &other);
	assert_eq!(taken(&served, &agent, born, 10), [(6, committed(root))]);

	// That is taken, and block 16 draws. The device was started again in between.
	{
		let mut chain = served.chain.lock().unwrap();
		chain.finalise();
		let mut after = with_challenge(&base, (20, 16, 36), Some((seed.0, root)), Some([3; 32]));
		let mut account = 7u32.encode();
		account.extend([0; 76]);
		after.insert(places::account(&keys.device.public()), account);
		chain.extend(2, &after);
	}
	drop(agent);
	let mut agent = load(&directory);
	agent.with_node(&served.url, true).await.unwrap();
	let head = served.chain.lock().unwrap().best();
	let calls = taken(&served, &agent, head, 64);
	assert_eq!(calls.len(), 1);
	assert_eq!((calls[0].0, &calls[0].1[..2]), (7, &CallIndices::POGCS.open_challenge[..]));
	let (device, nodes) = <(DeviceId, Vec<[u8; 32]>)>::decode(&mut &calls[0].1[2..]).unwrap();
	let count = NonZeroU32::new(20).unwrap();
	assert_eq!(device, ID);
	assert_eq!(challenge::verify(&Kernel::new(seed), count, &root, &[3; 32], &nodes), Ok(()));

	// Passed.
	let mut after = state(&keys, 4);
	with_standing(&mut after, &keys, DeviceState::Online, standing(Some(4)));
	after.insert(places::energy_report(ID, Interval(3)), nothing_green().encode());
	served.chain.lock().unwrap().extend(1, &after);
	agent.with_node(&served.url, true).await.unwrap();
	let status = Status::load(&directory.join("state")).unwrap();
	assert_eq!((status.passed, status.state.as_deref()), (1, Some("Online")));
	assert!(status.words().contains("Online: it takes work"), "{}", status.words());
}

#[tokio::test]
async fn challenge_should_be_read_in_the_block_that_makes_its_seed() {
	let (directory, keys) = new_device("challenge-made-up");
	let base = pending(&keys);
	let served = prepare(&directory, &base, 1).await;
	let mut agent = load(&directory);
	agent.with_node(&served.url, true).await.unwrap();
	served.chain.lock().unwrap().submitted.clear();
	let born = {
		let mut chain = served.chain.lock().unwrap();
		chain.author(0, &with_challenge(&base, (20, 13, 23), None, Some([1; 32])));
		let born = chain.best();
		// A block on top can say what it likes: the root is born in the one that made the seed.
		chain.author(0, &with_challenge(&base, (30, 13, 23), None, Some([2; 32])));
		born
	};
	agent.with_node(&served.url, true).await.unwrap();
	let root = root_of(&agent, 20, &[1; 32]).1;
	assert_eq!(taken(&served, &agent, born, 10), [(6, committed(root))]);
}

#[tokio::test]
async fn challenge_should_not_be_begun_when_no_chain_can_have_it() {
	let (directory, keys) = new_device("challenge-implausible");
	let base = pending(&keys);
	let served = prepare(&directory, &base, 1).await;
	let mut agent = load(&directory);
	agent.with_node(&served.url, true).await.unwrap();
	served.chain.lock().unwrap().submitted.clear();
	// The class has 1,000 leaves in a second, and no challenge lasts longer than 40.
	let huge = with_challenge(&base, (40_001, 13, 23), None, Some([1; 32]));
	served.chain.lock().unwrap().author(0, &huge);
	agent.with_node(&served.url, true).await.unwrap();
	assert!(served.chain.lock().unwrap().submitted.is_empty());
	assert!(!agent.benchmark.is_busy() && agent.benchmark.root().is_none());

	// A block that does not follow the final one is no block of this chain.
	let small = with_challenge(&base, (20, 13, 23), None, Some([1; 32]));
	{
		let mut chain = served.chain.lock().unwrap();
		chain.reorganise();
		chain.author_on([7; 32], 0, &small);
	}
	let error = agent.with_node(&served.url, true).await.unwrap_err();
	assert!(error.is_peer() && error.to_string().contains("does not follow"), "{error}");
	assert!(agent.benchmark.root().is_none());
}

#[tokio::test]
async fn made_up_blocks_should_not_keep_the_device_from_the_final_one() {
	let (directory, keys) = new_device("challenge-guesses");
	let base = pending(&keys);
	let served = prepare(&directory, &base, 1).await;
	let mut agent = load(&directory);
	agent.with_node(&served.url, true).await.unwrap();
	for salt in 0..6u8 {
		let mut chain = served.chain.lock().unwrap();
		chain.reorganise();
		chain.author(salt, &with_challenge(&base, (20, 13, 23), None, Some([salt; 32])));
		drop(chain);
		agent.with_node(&served.url, true).await.unwrap();
	}
	// Four were evaluated, and the others were not.
	assert_eq!(agent.benchmark.root(), Some(root_of(&agent, 20, &[3; 32]).1));
	served.chain.lock().unwrap().submitted.clear();
	served.chain.lock().unwrap().finalise();
	agent.with_node(&served.url, true).await.unwrap();
	let head = served.chain.lock().unwrap().best();
	let root = root_of(&agent, 20, &[5; 32]).1;
	assert_eq!(taken(&served, &agent, head, 64), [(6, committed(root))]);
}

#[tokio::test]
async fn challenge_should_be_answered_when_it_was_demanded() {
	for (name, own) in [("demanded", true), ("demanded-silent", false)] {
		let (directory, keys) = new_device(name);
		let base = pending(&keys);
		let served =
			prepare(&directory, &with_challenge(&base, (20, 12, 13), None, Some([1; 32])), 1).await;
		if !own {
			let path = directory.join("device.toml");
			let text = std::fs::read_to_string(&path).unwrap();
			std::fs::write(path, text + "\nrequest_challenge = false").unwrap();
		}
		let mut agent = load(&directory);
		agent.with_node(&served.url, true).await.unwrap();
		let head = served.chain.lock().unwrap().best();
		let root = root_of(&agent, 20, &[1; 32]).1;
		assert_eq!(taken(&served, &agent, head, 64), [(5, committed(root))]);

		// It came too late: that is told, and only who is told to asks again.
		let late = with_challenge(&base, (20, 12, 13), None, Some([1; 32]));
		served.chain.lock().unwrap().extend(1, &late);
		agent.with_node(&served.url, true).await.unwrap();
		let status = Status::load(&directory.join("state")).unwrap();
		let words = status.words();
		assert!(words.contains("ran out at block 13 and was not passed"), "{words}");
		let head = served.chain.lock().unwrap().best();
		let calls = taken(&served, &agent, head, 64);
		assert_eq!(calls.len(), usize::from(own), "{words}");
		assert_eq!(words.contains("devices.requestChallenge(3)"), !own, "{words}");
	}
}

#[tokio::test]
async fn leaving_device_should_report_nothing_when_it_owes_nothing() {
	for (name, work, reports) in [("leaves", 0, 0), ("leaves-later", 1, 1)] {
		let (directory, keys) = new_device(name);
		let mut pairs = state(&keys, 4);
		let intent = Intent::Leave { since: Interval(2) };
		let standing = Standing { intent, work, ..standing(Some(1)) };
		with_standing(&mut pairs, &keys, DeviceState::Leaving, standing);
		let served = prepare(&directory, &pairs, 1).await;
		let (calls, status) = run(&directory, &served).await;
		assert_eq!(calls.len(), reports, "{}", status.words());
		assert_eq!(status.words().contains("reports nothing more"), reports == 0);
	}
}

/// Reports that are paid for ahead, for this account, and what the device itself has.
fn with_quota(pairs: &mut Pairs, left: u32, account: [u8; 32], key: [u8; 32], free: u128) {
	let quota = Quota { left, account, payer: [1; 32], deposit: 1 };
	pairs.insert(places::quota(ID), quota.encode());
	let own = (5u32, [0u32; 3], free, [0u128; 3]).encode();
	pairs.insert(places::account(&key), own);
}

/// So many of the 20 slots of interval 4 have passed.
fn with_slot(pairs: &mut Pairs, slot: u64) {
	pairs.insert(places::genesis_slot(), 7u64.encode());
	pairs.insert(places::current_slot(), (7 + 4 * 20 + slot).encode());
	pairs.insert(places::chain_parameters(), (20u64, 0u64).encode());
}

#[tokio::test]
async fn report_should_go_without_a_fee_when_it_is_paid_for_ahead() {
	for (name, left, other, prepaid, words) in [
		("prepaid", 60, false, true, "60 prepaid reports are left, enough for as many"),
		("prepaid-few", 5, false, true, "Only 5 prepaid reports are left"),
		("prepaid-none", 0, false, false, "No prepaid report is left"),
		("prepaid-moved", 5, true, false, "energy.buyQuota(3, 1) moves them"),
	] {
		let (directory, keys) = new_device(name);
		let mut pairs = state(&keys, 4);
		let key = keys.device.public();
		with_quota(&mut pairs, left, if other { [9; 32] } else { key }, key, 1_000_000_000_000);
		let served = prepare(&directory, &pairs, 1).await;
		let (calls, status) = run(&directory, &served).await;
		assert_eq!(calls.len(), 1, "{}", status.words());
		let indices = CallIndices::POGCS;
		let expected = if prepaid { indices.report_prepaid } else { indices.report };
		assert_eq!(calls[0][..2], expected);
		let report = EnergyReport::decode(&mut &calls[0][2..]).unwrap();
		assert_eq!((report.device, report.interval), (ID, Interval(3)));
		// Without a signature of its own: the extrinsic's is the device's.
		assert_eq!(calls[0].len() == 2 + report.encode().len(), prepaid);
		assert!(status.words().contains(words), "{}", status.words());
		assert_eq!(status.prepaid, Some(if other { 0 } else { left }));
	}
}

#[tokio::test]
async fn refusal_should_be_explained_when_a_prepaid_report_was_used_up() {
	let (directory, keys) = new_device("prepaid-refused");
	let (mut pairs, key) = (state(&keys, 4), keys.device.public());
	with_quota(&mut pairs, 9, key, key, 0);
	let served = prepare(&directory, &pairs, 1).await;
	let config = Config::load(&directory.join("device.toml")).unwrap();
	Agent::new(config, true).unwrap().run(true).await.unwrap();

	// The extrinsic succeeds, and the report is refused with error 10 of pallet 31.
	let mut pairs = state(&keys, 4);
	with_quota(&mut pairs, 8, key, key, 0);
	let own = (6u32, [0u32; 3], 0u128, [0u128; 3]).encode();
	pairs.insert(places::account(&key), own);
	let mut events = (0u8, 0u32, 31u8, 1u8, ID, Interval(3)).encode();
	events.extend((3u8, 31u8, [10u8, 0, 0, 0], 8u32, 0u8).encode());
	events.extend((0u8, 0u32, 0u8, 0u8, [1u8; 4], 0u8).encode());
	pairs.insert(places::prefix("System", "Events"), events);
	{
		let mut chain = served.chain.lock().unwrap();
		chain.extend(1, &pairs);
		let submitted = std::mem::take(&mut chain.submitted);
		chain.include(submitted);
	}
	let (calls, status) = run(&directory, &served).await;
	assert!(calls.is_empty(), "it waits before it tries again");
	assert_eq!((status.reported, status.refused), (0, 1));
	let words = status.words();
	for part in [
		"REFUSED 0 s ago: refused by the chain: report the energy of interval 3",
		"error energy.NoSun",
		"a prepaid report was used up, and 8 are left",
	] {
		assert!(words.contains(part), "{part}: {words}");
	}
}

#[tokio::test]
async fn report_should_be_paid_for_when_the_prepaid_one_is_not_included_in_time() {
	for (name, free, paid) in [("prepaid-late", 1_000, true), ("prepaid-poor", 0, false)] {
		let (directory, keys) = new_device(name);
		let (mut pairs, key) = (state(&keys, 4), keys.device.public());
		with_quota(&mut pairs, 9, key, key, free);
		with_slot(&mut pairs, 1);
		let served = prepare(&directory, &pairs, 1).await;
		let mut agent = load(&directory);
		let look = |agent: &Agent| {
			let head = served.chain.lock().unwrap().best();
			taken(&served, agent, head, 64)
		};
		agent.with_node(&served.url, true).await.unwrap();
		let first = look(&agent);
		assert_eq!((first.len(), first[0].0), (1, 5));
		assert_eq!(first[0].1[..2], CallIndices::POGCS.report_prepaid);

		// There is time, or it was sent just now.
		for (blocks, slot) in [(5, 11), (1, 12)] {
			with_slot(&mut pairs, slot);
			if blocks == 1 {
				// As if it had been sent in the block before.
				agent.prepaid = Some((Interval(3), 17));
			}
			served.chain.lock().unwrap().extend(blocks, &pairs);
			agent.with_node(&served.url, true).await.unwrap();
			assert_eq!(look(&agent), vec![]);
		}
		// In its place, with its nonce, goes one that has a fee. Once.
		served.chain.lock().unwrap().extend(4, &pairs);
		agent.with_node(&served.url, true).await.unwrap();
		let second = look(&agent);
		assert_eq!(second.len(), usize::from(paid));
		if paid {
			assert_eq!(second[0].0, 5);
			assert_eq!(second[0].1[..2], CallIndices::POGCS.report);
		}
		served.chain.lock().unwrap().extend(1, &pairs);
		agent.with_node(&served.url, true).await.unwrap();
		assert_eq!(look(&agent), vec![]);
	}
}

#[tokio::test]
async fn report_should_be_paid_for_when_the_network_does_not_take_it_for_free() {
	let (directory, keys) = new_device("prepaid-gone");
	let (mut pairs, key) = (state(&keys, 4), keys.device.public());
	with_quota(&mut pairs, 9, key, key, 1_000);
	let served = prepare(&directory, &pairs, 1).await;
	served.chain.lock().unwrap().refuses = 1;
	let mut agent = load(&directory);
	agent.with_node(&served.url, true).await.unwrap();
	assert!(served.chain.lock().unwrap().submitted.is_empty());
	served.chain.lock().unwrap().extend(4, &pairs);
	agent.with_node(&served.url, true).await.unwrap();
	let head = served.chain.lock().unwrap().best();
	let calls = taken(&served, &agent, head, 64);
	assert_eq!(calls.len(), 1);
	assert_eq!(calls[0].1[..2], CallIndices::POGCS.report);
}
