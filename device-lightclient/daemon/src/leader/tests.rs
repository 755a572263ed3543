//! A leader and its devices against a served chain.

use std::{collections::BTreeMap, path::PathBuf};

use codec::{Compact, Decode, DecodeAll, Encode};
use pogcs_light_core::{
	batch::{Batch, BatchState, Opening, Wish},
	energy::sign_report,
	relay::{Reply, Told},
	tasks::Device,
	testing::reports::{self, class, device, key, signed},
};
use pogcs_primitives::{
	batch::{draw, Node as Root},
	records::{BatteryRecord, DeviceState, EnergyRecord},
	wire::{EnergyReport, Signature},
	Commitment, MilliWattHours, MilligramsCo2, PoolId,
};

use super::*;
use crate::{
	agent::Agent,
	config::Config,
	http::Address,
	status::Status,
	testing::{directory, serve, Chain, FakeNode},
};
use pogcs_light_core::crypto::blake2_256;

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

const TOKEN: u128 = 1_000_000_000_000;
/// The seed of the leader's account.
const SEED: [u8; 32] = [0x1e; 32];
/// Devices that are registered, and their neighbour that is about to leave.
const DEVICES: [u32; 4] = [3, 4, 5, 6];
const LEAVING: u32 = 6;

fn account(nonce: u32, free: u128) -> Vec<u8> {
	(nonce, [0u32; 3], free, [0u128; 3]).encode()
}

/// The state of a chain in slot `slot` of interval `current`, which has 20.
fn state(current: u32, slot: u64) -> Pairs {
	let mut pairs = Pairs::new();
	let genesis = 1_000u64;
	pairs.insert(places::current_interval(), Interval(current).encode());
	pairs.insert(places::genesis_slot(), genesis.encode());
	let now = genesis + u64::from(current) * 20 + slot;
	pairs.insert(places::current_slot(), now.encode());
	pairs.insert(places::chain_parameters(), (20u64, [0u32; 3]).encode());
	pairs.insert(places::last_runtime_upgrade(), (Compact(1u32), "pogcs").encode());
	let leader = DeviceKey::from_seed(SEED).public();
	pairs.insert(places::account(&leader), account(0, 1_000 * TOKEN));
	pairs.insert(places::class(device(3).class), class().encode());
	for id in DEVICES {
		let mut record = device(id);
		if id == LEAVING {
			record.state = DeviceState::Leaving;
		}
		pairs.insert(places::device(DeviceId(id)), record.encode());
		pairs.insert(places::device_by_key(&record.key), DeviceId(id).encode());
		pairs.insert(places::account(&record.key), account(5, TOKEN));
	}
	pairs
}

fn checkpoint(chain: &Chain, folder: &std::path::Path) {
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
		spec_version: 1,
		transaction_version: 1,
		metadata_hash: Some(hexed::show([2; 32])),
	};
	file.save(&folder.join("checkpoint.json")).unwrap();
}

/// A chain, and a leader that follows it.
struct World {
	folder: PathBuf,
	served: FakeNode,
	leader: Leader,
	address: Address,
	url: String,
}

impl World {
	async fn new(name: &str, more: &str) -> Self {
		let folder = directory(&format!("leader-{name}"));
		let chain = Chain::new(12, 50, &state(5, 1));
		checkpoint(&chain, &folder);
		let served = serve(chain).await;
		Keys::create(&folder.join("leader.keys"), Some(SEED)).unwrap();
		let config = format!("nodes = ['{}']\nlisten = '127.0.0.1:0'\n{more}", served.url);
		std::fs::write(folder.join("leader.toml"), config).unwrap();
		let leader = Self::load(&folder);
		let url = format!("http://{}", leader.listen().await.unwrap());
		let address = Address::parse(&url).unwrap();
		Self { folder, served, leader, address, url }
	}

	fn load(folder: &std::path::Path) -> Leader {
		Leader::new(LeaderConfig::load(&folder.join("leader.toml")).unwrap(), true).unwrap()
	}

	/// The power goes and comes back.
	async fn restart(&mut self) {
		self.leader = Self::load(&self.folder);
		self.url = format!("http://{}", self.leader.listen().await.unwrap());
		self.address = Address::parse(&self.url).unwrap();
	}

	fn genesis(&self) -> Hash {
		self.leader.image.checkpoint.genesis
	}

	/// The chain goes on to this state, and the leader looks at it; the calls that it makes.
	async fn look(&mut self, pairs: &Pairs) -> Vec<Vec<u8>> {
		self.served.chain.lock().unwrap().extend(1, pairs);
		let url = self.served.url.clone();
		self.leader.with_node(&url, true).await.unwrap();
		let submitted = std::mem::take(&mut self.served.chain.lock().unwrap().submitted);
		submitted.iter().map(|bytes| self.call(bytes)).collect()
	}

	/// The call in an extrinsic of the leader.
	fn call(&self, bytes: &[u8]) -> Vec<u8> {
		let body = Vec::<u8>::decode(&mut &bytes[..]).unwrap();
		let account = DeviceKey::from_seed(SEED).public();
		assert_eq!((&body[..2], &body[2..34]), (&[0x84, 0][..], &account[..]));
		// Era of two bytes, nonce and tip of one, metadata mode.
		body[104..].to_vec()
	}

	async fn hand_in(&self, report: &EnergyReport, signature: &Signature) -> Reply {
		api::ask(&self.address, &api::Request::hand_in(report, signature)).await
	}

	async fn wish(&self, wish: Wish, device: u32, interval: u32) -> Reply {
		self.wish_by(wish, device, interval, device).await
	}

	async fn wish_by(&self, wish: Wish, device: u32, interval: u32, signer: u32) -> Reply {
		let (device, interval) = (DeviceId(device), Interval(interval));
		let signature = key(signer).sign(&wish.payload(&self.genesis(), device, interval));
		api::ask(&self.address, &api::Request::wish(wish, device, interval, &signature)).await
	}
}

fn refused(reply: Reply) -> String {
	match reply {
		Reply::Refused(words) => words,
		other => panic!("{other:?}"),
	}
}

fn pending(root: Root) -> Batch {
	let leader = DeviceKey::from_seed(SEED).public();
	Batch { due: 500, ..reports::batch(leader, 4, root) }
}

/// The state once the batch stands under number 2, with its leader's deposit.
fn with_batch(mut pairs: Pairs, batch: &Batch, nonce: u32) -> Pairs {
	pairs.insert(places::next_batch(), 3u64.encode());
	pairs.insert(places::batch(2), batch.encode());
	let leader = DeviceKey::from_seed(SEED).public();
	pairs.insert(places::account(&leader), account(nonce, 900 * TOKEN));
	pairs
}

fn on_record() -> Vec<u8> {
	EnergyRecord {
		generation: MilliWattHours(1),
		compute_draw: MilliWattHours(0),
		green_supply: MilliWattHours(1),
		green_draw: MilliWattHours(0),
		root: Commitment::default(),
		available: MilliWattHours(0),
		carbon: MilligramsCo2(0),
		cell: device(3).cell,
	}
	.encode()
}

#[tokio::test]
async fn batch_should_be_submitted_shown_and_opened_also_when_the_power_goes() {
	let mut world = World::new("way", "opens = 1").await;
	let genesis = world.genesis();
	let (report, signature) = signed(&genesis, 3, 4);
	// Before it has looked at the chain it promises nothing.
	assert!(matches!(world.hand_in(&report, &signature).await, Reply::Later(_)));
	let mut base = state(5, 1);
	base.insert(places::next_batch(), 2u64.encode());
	assert_eq!(world.look(&base).await, Vec::<Vec<u8>>::new());
	for id in [3, 4, 5] {
		let (report, signature) = signed(&genesis, id, 4);
		let Reply::Took(receipt, after) = world.hand_in(&report, &signature).await else {
			panic!("{id} is refused")
		};
		assert!(receipt.is_for(&genesis, &report, &signature) && after == 40);
		assert_eq!(receipt.leader, DeviceKey::from_seed(SEED).public());
	}
	assert!(matches!(world.wish(Wish::Path, 3, 4).await, Reply::Later(_)));

	// What was promised is on disk.
	world.restart().await;
	let mut later = base.clone();
	later.insert(places::current_slot(), (1_000u64 + 5 * 20 + 8).encode());
	let calls = world.look(&later).await;
	assert_eq!(calls.len(), 1);
	assert_eq!(calls[0][..2], CallIndices::POGCS.submit_batch);
	let (interval, root) = <(Interval, Root)>::decode_all(&mut &calls[0][2..]).unwrap();
	assert_eq!((interval, root.count), (Interval(4), 3));
	assert_eq!(root.generation, MilliWattHours(12_000));

	// It is on its way, and is not sent again after a restart.
	world.restart().await;
	assert_eq!(world.look(&later).await, Vec::<Vec<u8>>::new());
	let Reply::Told(Told { path, from }) = world.wish(Wish::Path, 4, 4).await else {
		panic!("no path")
	};
	let (report, signature) = signed(&genesis, 4, 4);
	let opening = Opening { report, signature, path };
	assert_eq!(from, 2);
	assert!(opening.is_in(&pending(root)));
	let too_late = world.hand_in(&report, &signature).await;
	assert!(refused(too_late).contains("are not taken any more"));

	let standing = pending(root);
	let included = with_batch(later.clone(), &standing, 1);
	assert_eq!(world.look(&included).await, Vec::<Vec<u8>>::new());
	let status = LeaderStatus::load(&world.leader.config.state).unwrap();
	assert_eq!((status.batches[0].batch, &status.batches[0].stage[..]), (Some(2), "submitted"));

	// Interval 6 draws, once it is over.
	assert_eq!(world.look(&with_batch(state(6, 0), &standing, 1)).await, Vec::<Vec<u8>>::new());
	world.restart().await;
	let mut drawn = with_batch(state(7, 0), &standing, 1);
	drawn.insert(places::interval_randomness(Interval(6)), [9u8; 32].encode());
	let calls = world.look(&drawn).await;
	assert_eq!(calls.len(), 1);
	assert_eq!(calls[0][..2], CallIndices::POGCS.show_batch);
	let (number, openings) = <(u64, Vec<Opening>)>::decode_all(&mut &calls[0][2..]).unwrap();
	assert_eq!((number, openings.len()), (2, 16));
	let all = root.places().unwrap();
	for (index, opening) in (0u32..).zip(&openings) {
		assert!(opening.is_in(&standing));
		let begin = opening.shown().unwrap().place;
		let end = begin + opening.report.generation.0 + 1;
		let place = draw(&[9; 32], 2, index, all, blake2_256);
		assert!((begin..end).contains(&place), "{index}");
	}

	let sound = Batch { state: BatchState::Sound, ..standing };
	let shown = with_batch(state(7, 5), &sound, 2);
	assert_eq!(world.look(&shown).await, Vec::<Vec<u8>>::new());
	let status = LeaderStatus::load(&world.leader.config.state).unwrap();
	assert_eq!(status.batches[0].stage, "shown");
	assert!(status.words().contains("accepted by the chain: show what was drawn"));

	// One report is put on record on demand, and no more than was configured.
	assert_eq!(world.wish(Wish::Open, 5, 4).await, Reply::Opens);
	assert_eq!(world.wish(Wish::Open, 5, 4).await, Reply::Opens);
	let more = world.wish(Wish::Open, 4, 4).await;
	assert!(refused(more).contains("opens no more"));
	let calls = world.look(&shown).await;
	assert_eq!(calls[0][..2], CallIndices::POGCS.open_report);
	let (number, opening) = <(u64, Opening)>::decode_all(&mut &calls[0][2..]).unwrap();
	assert_eq!((number, opening.report.device), (2, DeviceId(5)));
	assert!(opening.is_in(&sound));
	let mut opened = with_batch(state(7, 8), &sound, 3);
	opened.insert(places::energy_report(DeviceId(5), Interval(4)), on_record());
	assert_eq!(world.look(&opened).await, Vec::<Vec<u8>>::new());
	let status = LeaderStatus::load(&world.leader.config.state).unwrap();
	assert!(status.words().contains("accepted by the chain: open the report of device 5"));
}

#[tokio::test]
async fn report_should_be_refused_when_the_leader_could_lose_its_deposit_by_it() {
	let mut world = World::new("refuses", "requests_each = 1000").await;
	let genesis = world.genesis();
	let mut pairs = state(5, 1);
	// One that moved in the very interval, one whose certificate ran out, one that is suspended.
	let mut change = |id: u32, change: fn(&mut Device)| {
		let mut record = device(id);
		change(&mut record);
		pairs.insert(places::device(DeviceId(id)), record.encode());
	};
	change(10, |record| record.since = Interval(4));
	change(11, |record| record.certified_until = Some(Interval(4)));
	change(12, |record| record.state = DeviceState::Suspended);
	change(13, |record| record.cell = pogcs_primitives::CellId(0));
	world.look(&pairs).await;
	for (id, words) in [
		(10, "error energy.BeforeRegistration"),
		(11, "error energy.Suspended"),
		(12, "error energy.Suspended"),
		(13, "error energy.UnknownSky"),
		(LEAVING, "is leaving"),
		(99, "no device 99 is registered"),
	] {
		let (report, signature) = signed(&genesis, id, 4);
		let said = refused(world.hand_in(&report, &signature).await);
		assert!(said.contains(words), "{id}: {said}");
	}
	let (report, signature) = signed(&genesis, 3, 4);
	let huge = EnergyReport { generation: MilliWattHours(10_000_001), ..report };
	let its = sign_report(&key(3), &genesis, &huge);
	assert!(refused(world.hand_in(&huge, &its).await).contains("error energy.Implausible"));
	let elsewhere = sign_report(&key(3), &[8; 32], &report);
	let said = refused(world.hand_in(&report, &elsewhere).await);
	assert!(said.contains("error energy.BadSignature"), "{said}");
	let said = refused(world.hand_in(&report, &sign_report(&key(4), &genesis, &report)).await);
	assert!(said.contains("error energy.BadSignature"), "{said}");
	let (old, its) = signed(&genesis, 3, 3);
	assert!(refused(world.hand_in(&old, &its).await).contains("are not taken any more"));
	let (early, its) = signed(&genesis, 3, 5);
	assert!(matches!(world.hand_in(&early, &its).await, Reply::Later(_)));
	// None of it is kept, and the honest one is taken all the same.
	assert_eq!(world.leader.machine().unwrap().collected(), 0);
	assert!(matches!(world.hand_in(&report, &signature).await, Reply::Took(..)));
	// What a device asks for has its own signature, not a neighbour's.
	let said = refused(world.wish_by(Wish::Open, 3, 4, 4).await);
	assert!(said.contains("did not sign this"), "{said}");
	assert!(refused(world.wish(Wish::Path, 3, 2).await).contains("no batch of interval 2"));

	// Interval 16 is midnight in Almería.
	world.look(&state(17, 1)).await;
	let (report, signature) = signed(&genesis, 3, 16);
	let said = refused(world.hand_in(&report, &signature).await);
	assert!(said.contains("error energy.NoSun"), "{said}");
	let dark = EnergyReport {
		generation: MilliWattHours(0),
		compute_draw: MilliWattHours(0),
		green_supply: MilliWattHours(0),
		green_draw: MilliWattHours(0),
		..report
	};
	let its = sign_report(&key(3), &genesis, &dark);
	assert!(matches!(world.hand_in(&dark, &its).await, Reply::Took(..)));
}

#[tokio::test]
async fn leader_should_serve_whom_it_was_told_to() {
	let mut world = World::new("serves", "devices = [3, 4]\npool = 7").await;
	let genesis = world.genesis();
	let mut pairs = state(5, 1);
	for (id, pool) in [(3, 7u32), (4, 8)] {
		pairs.insert(places::pool_of(DeviceId(id)), PoolId(pool).encode());
	}
	world.look(&pairs).await;
	for (id, words) in [(4, "members of pool 7 only"), (5, "does not serve this device")] {
		let (report, signature) = signed(&genesis, id, 4);
		assert!(refused(world.hand_in(&report, &signature).await).contains(words));
	}
	let (report, signature) = signed(&genesis, 3, 4);
	assert!(matches!(world.hand_in(&report, &signature).await, Reply::Took(..)));
}

#[tokio::test]
async fn desk_should_stay_sane_when_it_is_asked_nonsense() {
	let mut world = World::new("nonsense", "").await;
	world.look(&state(5, 1)).await;
	for (method, path, body, code) in [
		("GET", "/", &b""[..], 404),
		("GET", api::REPORTS, b"", 404),
		("POST", api::REPORTS, b"", 400),
		("POST", api::REPORTS, b"{}", 400),
		("POST", api::REPORTS, b"{\"report\":\"0x00\",\"signature\":\"0x00\"}", 400),
		("POST", api::REPORTS, &[0xff; 600], 400),
		("POST", api::PATHS, b"{\"device\":-1,\"interval\":1,\"signature\":\"0x\"}", 400),
		("POST", api::OPENS, b"[]", 400),
		("GET", api::LEADER, b"", 200),
	] {
		let answer = world.address.ask(method, path, body).await.unwrap();
		assert_eq!(answer.code, code, "{method} {path}");
	}
	let answer = world.address.ask("GET", api::LEADER, b"").await.unwrap();
	let body: Value = serde_json::from_slice(&answer.body).unwrap();
	assert_eq!(body["takes"], 4);
	assert_eq!(body["leader"], hexed::show(DeviceKey::from_seed(SEED).public()));
}

#[tokio::test]
async fn leader_should_sign_nothing_when_the_runtime_was_upgraded() {
	let mut world = World::new("upgraded", "").await;
	let genesis = world.genesis();
	world.look(&state(5, 1)).await;
	let (report, signature) = signed(&genesis, 3, 4);
	assert!(matches!(world.hand_in(&report, &signature).await, Reply::Took(..)));
	let mut other = state(5, 9);
	other.insert(places::last_runtime_upgrade(), (Compact(2u32), "pogcs").encode());
	assert_eq!(world.look(&other).await, Vec::<Vec<u8>>::new());
	let (report, signature) = signed(&genesis, 4, 4);
	assert!(matches!(
		world.hand_in(&report, &signature).await,
		Reply::Later(_) | Reply::Refused(_)
	));
	let words = LeaderStatus::load(&world.leader.config.state).unwrap().words();
	assert!(words.contains("TROUBLE: the chain's runtime is now version 2"), "{words}");
}

#[tokio::test]
async fn refusal_should_be_explained_when_the_chain_did_not_take_the_batch() {
	let mut world = World::new("explained", "").await;
	let genesis = world.genesis();
	world.look(&state(5, 1)).await;
	let (report, signature) = signed(&genesis, 3, 4);
	assert!(matches!(world.hand_in(&report, &signature).await, Reply::Took(..)));
	world.served.chain.lock().unwrap().extend(1, &state(5, 8));
	let url = world.served.url.clone();
	world.leader.with_node(&url, true).await.unwrap();
	let submitted = std::mem::take(&mut world.served.chain.lock().unwrap().submitted);
	assert_eq!(submitted.len(), 1);
	// It is included, and there is not enough money: DispatchError::Token.
	let mut failed = state(5, 9);
	let leader = DeviceKey::from_seed(SEED).public();
	failed.insert(places::account(&leader), account(1, 100 * TOKEN));
	let events = (0u8, 0u32, 0u8, 1u8, 7u8, 0u8, [0u8; 8]).encode();
	failed.insert(places::prefix("System", "Events"), events);
	{
		let mut chain = world.served.chain.lock().unwrap();
		chain.extend(1, &failed);
		chain.include(submitted);
	}
	world.leader.with_node(&url, true).await.unwrap();
	let words = LeaderStatus::load(&world.leader.config.state).unwrap().words();
	assert!(
		words.contains("submit the batch of interval 4; the account has too little money"),
		"{words}"
	);
}

/// A device of the world, with its own folder.
fn new_device(world: &World, id: u32, more: &str) -> PathBuf {
	let folder = world.folder.join(format!("device-{id}"));
	std::fs::create_dir_all(&folder).unwrap();
	let mut seed = [0xd0; 32];
	seed[..4].copy_from_slice(&id.to_le_bytes());
	let keys = Keys::create(&folder.join("device.keys"), Some(seed)).unwrap();
	assert_eq!(keys.device.public(), key(id).public());
	checkpoint(&world.served.chain.lock().unwrap(), &folder);
	let config = format!(
		"nodes = ['{}']\nleader = '{}'\n{more}\n[meter]\nlatitude = 36.84\nstart_hour = 7.8\n",
		world.served.url, world.url
	);
	std::fs::write(folder.join("device.toml"), config).unwrap();
	folder
}

/// The device is started, looks, and is stopped; the calls that it makes.
async fn run(world: &World, folder: &std::path::Path) -> (Vec<Vec<u8>>, Status) {
	let config = Config::load(&folder.join("device.toml")).unwrap();
	Agent::new(config, true).unwrap().run(true).await.unwrap();
	let submitted = std::mem::take(&mut world.served.chain.lock().unwrap().submitted);
	let calls = submitted
		.iter()
		.map(|bytes| Vec::<u8>::decode(&mut &bytes[..]).unwrap()[104..].to_vec())
		.collect();
	(calls, Status::load(&folder.join("state")).unwrap())
}

#[tokio::test]
async fn device_should_report_in_one_transaction_of_its_leader_and_see_it_stand() {
	let mut world = World::new("device", "").await;
	world.look(&state(5, 1)).await;
	let folders = [3, 4].map(|id| new_device(&world, id, ""));
	for folder in &folders {
		let (calls, status) = run(&world, folder).await;
		assert!(calls.is_empty(), "{}", status.words());
		let words = status.words();
		assert!(
			words.contains("the leader has promised to include the report of interval 4"),
			"{words}"
		);
	}
	// One transaction for all of them.
	let calls = world.look(&state(5, 8)).await;
	assert_eq!(calls.len(), 1);
	let (_, root) = <(Interval, Root)>::decode_all(&mut &calls[0][2..]).unwrap();
	assert_eq!(root.count, 2);
	for folder in &folders {
		let (calls, status) = run(&world, folder).await;
		assert!(calls.is_empty());
		assert!(
			status.waits.iter().any(|wait| wait.contains("is with the leader")),
			"{:?}",
			status.waits
		);
	}
	// The devices look for it on chain, whatever the leader says.
	let standing = pending(root);
	world.look(&with_batch(state(5, 12), &standing, 1)).await;
	for folder in &folders {
		let (calls, status) = run(&world, folder).await;
		assert!(calls.is_empty());
		let words = status.words();
		assert!(
			words.contains("the report of interval 4 stands in batch 2: seen on chain"),
			"{words}"
		);
		assert_eq!(status.batched, 1);
	}
	// The time is up, and they send nothing.
	world.look(&with_batch(state(5, 19), &standing, 1)).await;
	for folder in &folders {
		let (calls, status) = run(&world, folder).await;
		assert!(calls.is_empty(), "{}", status.words());
		assert!(status.words().contains("stands in batch 2 of the leader"), "{}", status.words());
	}
	// The owner has what is needed to open it without the leader.
	let config = Config::load(&folders[0].join("device.toml")).unwrap();
	let (batch, opening) = crate::agent::standing(&config, Interval(4)).unwrap();
	assert_eq!(batch, 2);
	assert!(opening.is_in(&standing) && opening.report.device == DeviceId(3));
	assert!(crate::agent::standing(&config, Interval(3)).is_err());

	// The leader does not show what was drawn: the device takes its report out before it is void.
	let head = world.served.chain.lock().unwrap().best().0;
	let threatened = Batch { due: head + 11, ..standing };
	let mut late = with_batch(state(8, 10), &threatened, 1);
	late.insert(places::energy_report(DeviceId(3), Interval(7)), on_record());
	world.served.chain.lock().unwrap().extend(1, &late);
	let (calls, status) = run(&world, &folders[0]).await;
	assert_eq!(calls.len(), 1, "{}", status.words());
	assert_eq!(calls[0][..2], CallIndices::POGCS.open_report);
	let (batch, opening) = <(u64, Opening)>::decode_all(&mut &calls[0][2..]).unwrap();
	assert!(batch == 2 && opening.is_in(&standing));
	late.insert(places::energy_report(DeviceId(3), Interval(4)), on_record());
	world.served.chain.lock().unwrap().extend(1, &late);
	let (_, status) = run(&world, &folders[0]).await;
	assert_eq!(status.batched, 0);
	assert!(status.words().contains("accepted by the chain: open the report of interval 4"));
}

#[tokio::test]
async fn device_should_report_by_itself_when_its_leader_withholds_or_is_gone() {
	let mut world = World::new("withholds", "").await;
	world.look(&state(5, 1)).await;
	let folder = new_device(&world, 3, "");
	let (calls, _) = run(&world, &folder).await;
	assert!(calls.is_empty());
	// It was promised, and nothing is on chain in time.
	for (slot, reports) in [(8, 0), (13, 0), (14, 1)] {
		world.served.chain.lock().unwrap().extend(1, &state(5, slot));
		let (calls, status) = run(&world, &folder).await;
		assert_eq!(calls.len(), reports, "{slot}: {}", status.words());
		if reports > 0 {
			assert_eq!(calls[0][..2], CallIndices::POGCS.report);
			let report = EnergyReport::decode(&mut &calls[0][2..]).unwrap();
			assert_eq!((report.device, report.interval), (DeviceId(3), Interval(4)));
			let words = status.words();
			assert!(
				words.contains("reports interval 4 by itself: no batch with it is on chain"),
				"{words}"
			);
		}
	}

	// Nobody is there at all.
	let gone = new_device(&world, 4, "");
	let path = gone.join("device.toml");
	let text = std::fs::read_to_string(&path).unwrap().replace(&world.url, "http://127.0.0.1:1");
	std::fs::write(&path, text).unwrap();
	let (calls, status) = run(&world, &gone).await;
	// It is past the time when it is started.
	assert_eq!(calls.len(), 1, "{}", status.words());
	assert_eq!(calls[0][..2], CallIndices::POGCS.report);
	world.served.chain.lock().unwrap().extend(1, &state(6, 1));
	let (calls, status) = run(&world, &gone).await;
	assert!(calls.is_empty());
	assert!(
		status.words().contains("it last said: the leader cannot be reached"),
		"{}",
		status.words()
	);

	// It says no: there is no need to wait.
	let leaving = new_device(&world, 5, "");
	let mut pairs = state(6, 2);
	let record = Device { certified_until: Some(Interval(5)), ..device(5) };
	pairs.insert(places::device(DeviceId(5)), record.encode());
	world.look(&pairs).await;
	pairs.insert(places::device(DeviceId(5)), device(5).encode());
	world.served.chain.lock().unwrap().extend(1, &pairs);
	let (calls, status) = run(&world, &leaving).await;
	assert_eq!(calls.len(), 1, "{}", status.words());
	assert!(
		status.words().contains("by itself: the leader said: the chain would refuse"),
		"{}",
		status.words()
	);
}

#[tokio::test]
async fn what_stands_should_be_opened_before_the_device_reports_by_itself() {
	let mut world = World::new("order", "").await;
	world.look(&state(5, 1)).await;
	let folder = new_device(&world, 3, "");
	run(&world, &folder).await;
	let calls = world.look(&state(5, 8)).await;
	let (_, root) = <(Interval, Root)>::decode_all(&mut &calls[0][2..]).unwrap();
	run(&world, &folder).await;
	let standing = pending(root);
	world.look(&with_batch(state(5, 12), &standing, 1)).await;
	run(&world, &folder).await;

	// Interval 5 is reported by the device, since no batch of it comes. The first has charged the
	// battery with green energy: it is opened before, in the same breath.
	let late = with_batch(state(6, 15), &standing, 1);
	world.served.chain.lock().unwrap().extend(1, &late);
	let (calls, status) = run(&world, &folder).await;
	assert_eq!(calls.len(), 2, "{}", status.words());
	assert_eq!(calls[0][..2], CallIndices::POGCS.open_report);
	assert_eq!(calls[1][..2], CallIndices::POGCS.report);
	let (_, opening) = <(u64, Opening)>::decode_all(&mut &calls[0][2..]).unwrap();
	assert!(opening.report.storage_in.0 > 0, "{:?}", opening.report);

	// On record both: the ledger counts as the device did.
	let battery = BatteryRecord { stored: Default::default(), through: Interval(5) };
	let mut after = with_batch(state(6, 17), &standing, 1);
	after.insert(places::energy_report(DeviceId(3), Interval(4)), on_record());
	after.insert(places::energy_report(DeviceId(3), Interval(5)), on_record());
	after.insert(places::battery(DeviceId(3)), battery.encode());
	after.insert(places::account(&key(3).public()), account(7, TOKEN));
	world.served.chain.lock().unwrap().extend(1, &after);
	let (calls, status) = run(&world, &folder).await;
	assert!(calls.is_empty());
	assert_eq!((status.reported, status.batched, status.in_flight), (2, 0, 0));
}
