//! The whole device against a served chain.

use std::collections::BTreeMap;

use codec::{Compact, Decode, Encode};
use pogcs_light_core::{
	calls::CallIndices,
	crypto::{blake2_256, verify},
	extrinsic::{Mortality, Signing},
	keys as places,
	tasks::{Device, Task},
};
use pogcs_primitives::{
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
