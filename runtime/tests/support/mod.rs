//! The whole runtime in a test: a chain with the `local` preset that moves on by real blocks, and a
//! device that meters, works and proves for real.

#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::OnceLock;

use codec::Encode;
use frame_support::{assert_ok, dispatch::DispatchResult, traits::fungible::InspectHold};
use num_bigint::BigUint;
use pogcs_primitives::{
	records::{ChunkState, DeviceState},
	wire::{
		consent_payload, ChainId, Consent, EnergyReport, MakerCertificate, Submission, READINGS,
	},
	workload::{Images, BATCH, PIXELS},
	CellId, Commitment, DeviceId, Interval, MicroGpuHours, MilliWattHours, TaskId,
};
use pogcs_runtime::{
	genesis, genesis_development::CLASS, token::UNIT, AccountId, Devices, Energy, Executive,
	Header, Hours, Market, Pogcs, Pools, Proofs, Runtime, RuntimeCall, RuntimeGenesisConfig,
	RuntimeOrigin, System, Tasks, UncheckedExtrinsic, SLOT_DURATION,
};
use pogcs_zk::{prove, Model, ProvingKey, Request, Witness};
use sp_consensus_pogcs::{Claim, PreDigest, VrfOutput, ENGINE_ID};
use sp_core::{ed25519, Pair, H256};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	traits::{Dispatchable, Header as _},
	BuildStorage, Digest, DigestItem,
};

/// A preset's genesis state.
pub fn state(preset: &str) -> sp_io::TestExternalities {
	let patch = genesis::preset(&preset.into()).expect("a preset of that name");
	from_patch(serde_json::from_slice(&patch).expect("a preset is JSON"))
}

/// The genesis state of a patch of the default genesis.
pub fn from_patch(patch: serde_json::Value) -> sp_io::TestExternalities {
	let mut value = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	genesis::merge(&mut value, patch);
	let config: RuntimeGenesisConfig = serde_json::from_value(value).unwrap();
	config.build_storage().unwrap().into()
}

/// The hash that this chain takes for its genesis's.
pub const CHAIN: ChainId = [0xc4; 32];
/// Slots of an interval in the development presets.
const EPOCH: u64 = 20;
/// The slot of block 1.
const FIRST_SLOT: u64 = 1_000;

/// The energy model of development: the least that a chunk takes.
pub const GREEN: MilliWattHours = MilliWattHours(100);
/// What a chunk of the development model counts for.
pub const WORK: MicroGpuHours = MicroGpuHours(1_000);
/// The reward of each chunk.
pub const REWARD: u128 = 5 * UNIT;

pub fn owner() -> AccountId {
	Sr25519Keyring::Dave.to_account_id()
}

pub fn client() -> AccountId {
	Sr25519Keyring::Eve.to_account_id()
}

pub fn validator() -> AccountId {
	Sr25519Keyring::Alice.to_account_id()
}

pub fn by(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Calls as a block executes them: whatever fails leaves the storage as it was.
pub trait Does {
	fn does(self, call: impl Into<RuntimeCall>) -> DispatchResult;
}

impl Does for RuntimeOrigin {
	fn does(self, call: impl Into<RuntimeCall>) -> DispatchResult {
		call.into().dispatch(self).map(|_| ()).map_err(|refused| refused.error)
	}
}

/// Opens the block of `slot` as a validator would: the digest has the author's claim, the first
/// extrinsic sets the time.
fn open_block(slot: u64) {
	let number = System::block_number() + 1;
	let parent = if number == 1 { H256(CHAIN) } else { H256::repeat_byte(number as u8) };
	let claim = Claim {
		authority: 0,
		slot,
		vrf: VrfOutput { pre_output: [slot as u8; 32], proof: [0; 64] },
	};
	let digest = Digest {
		logs: vec![DigestItem::PreRuntime(ENGINE_ID, PreDigest::Fallback(claim).encode())],
	};
	let header = Header::new(number, H256::zero(), H256::zero(), parent, digest);
	Executive::initialize_block(&header);
	let time = pallet_timestamp::Call::set { now: slot * SLOT_DURATION };
	let time = UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(time));
	assert_ok!(Executive::apply_extrinsic(time).expect("an inherent is always valid"));
}

/// Ends the block and opens the first one of the interval `ahead` intervals later.
pub fn pass(ahead: u32) {
	Executive::finalize_block();
	let interval = u64::from(now().0) + u64::from(ahead);
	open_block(FIRST_SLOT + interval * EPOCH);
}

/// Opens the first block of a new chain.
pub fn begin() {
	open_block(FIRST_SLOT);
}

/// Ends the block and opens one in the next slot.
pub fn next_block() {
	Executive::finalize_block();
	open_block(pallet_pogcs::CurrentSlot::<Runtime>::get() + 1);
}

/// The interval that runs.
pub fn now() -> Interval {
	pallet_pogcs::CurrentInterval::<Runtime>::get()
}

/// Runs `test` inside a block of interval 1 of a new chain, ends the block, and checks what must
/// hold in every pallet.
pub fn on_chain(test: impl FnOnce()) {
	state(genesis::LOCAL).execute_with(|| {
		open_block(FIRST_SLOT);
		pass(1);
		assert_eq!(now(), Interval(1));
		test();
		Executive::finalize_block();
		Devices::do_try_state().unwrap();
		Energy::do_try_state().unwrap();
		Hours::do_try_state().unwrap();
		Market::do_try_state().unwrap();
		Pools::do_try_state().unwrap();
		Pogcs::do_try_state().unwrap();
		Proofs::do_try_state().unwrap();
		Tasks::do_try_state().unwrap();
	});
}

/// The proving key, which takes seconds to read.
pub fn proving_key() -> &'static ProvingKey {
	static KEY: OnceLock<ProvingKey> = OnceLock::new();
	KEY.get_or_init(|| pogcs_zk::dev_keys().unwrap().0)
}

/// The maker that development presets know.
pub fn maker() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[0x4d; 32])
}

/// What `maker` gives a device's key, for a long time.
pub fn certify(maker: &ed25519::Pair, device_key: [u8; 32]) -> MakerCertificate {
	certify_until(maker, device_key, Interval(10_000))
}

/// What `maker` gives a device's key, until `expires`.
pub fn certify_until(
	maker: &ed25519::Pair,
	device_key: [u8; 32],
	expires: Interval,
) -> MakerCertificate {
	let key = maker.public().0;
	let payload = MakerCertificate::signing_payload(&key, &device_key, CLASS, expires);
	let signature = maker.sign(&payload).0;
	MakerCertificate { maker: key, device_key, class: CLASS, expires, signature }
}

/// Cells of resolution 15, from the reference library (h3 4.5.0).
pub const CELLS: [CellId; 3] =
	[CellId(0x8f38_2461_6212_0ab), CellId(0x8f40_e3ce_88f5_8e8), CellId(0x8f29_b6d3_0b45_a21)];

/// A device: its key, its secret and what its meter reads in every interval.
pub struct Device {
	pub pair: ed25519::Pair,
	pub secret: pogcs_proof::Secret,
	pub id: DeviceId,
	pub generation: [u32; READINGS],
	pub compute_draw: [u32; READINGS],
}

impl Device {
	/// Registers device number `n` at the `n`th cell; it may work from the next interval on. Its
	/// throughput is taken as proven.
	pub fn registered(n: u8) -> Self {
		Self::registered_for(n, owner())
	}

	/// The same, of somebody else.
	pub fn registered_for(n: u8, owner: AccountId) -> Self {
		let mut device = Self {
			pair: ed25519::Pair::from_seed(&[n + 1; 32]),
			secret: pogcs_proof::Secret::from_entropy(&[n + 1; 32]),
			id: pallet_devices::NextDevice::<Runtime>::get(),
			generation: [50; READINGS],
			compute_draw: [40; READINGS],
		};
		assert_ok!(device.register_for(owner, &maker(), CELLS[usize::from(n)]));
		device.id = pallet_devices::ByKey::<Runtime>::get(device.pair.public().0).unwrap();
		pallet_devices::Standings::<Runtime>::mutate(device.id, |standing| {
			standing.as_mut().unwrap().benched = Some(now());
		});
		pallet_devices::Devices::<Runtime>::mutate(device.id, |record| {
			record.as_mut().unwrap().state = DeviceState::Online;
		});
		device
	}

	/// Registers it with a certificate of `maker`.
	pub fn register(&self, maker: &ed25519::Pair, cell: CellId) -> DispatchResult {
		self.register_for(owner(), maker, cell)
	}

	/// The same, for `owner`.
	pub fn register_for(
		&self,
		owner: AccountId,
		maker: &ed25519::Pair,
		cell: CellId,
	) -> DispatchResult {
		let commitment = pogcs_proof::device_commitment(&self.secret);
		let until = now();
		let payload = consent_payload(&CHAIN, &owner, &commitment, until);
		let consent = Consent { until, signature: self.pair.sign(&payload).0 };
		let certificate = certify(maker, self.pair.public().0);
		let validator = validator();
		by(owner).does(pallet_devices::Call::register {
			certificate,
			cell,
			validator,
			commitment,
			consent,
			max_deposit: 20 * UNIT,
		})
	}

	/// What it reports of `interval`.
	pub fn report(&self, interval: Interval) -> EnergyReport {
		let total = |readings: &[u32; READINGS]| {
			MilliWattHours(readings.iter().map(|reading| u64::from(*reading)).sum())
		};
		EnergyReport {
			device: self.id,
			interval,
			generation: total(&self.generation),
			storage_in: MilliWattHours(0),
			storage_out: MilliWattHours(0),
			grid_import: MilliWattHours(0),
			grid_export: MilliWattHours(0),
			compute_draw: total(&self.compute_draw),
			// Without a battery all of both is green.
			green_supply: total(&self.generation),
			green_draw: total(&self.compute_draw),
			root: pogcs_proof::energy_root(&self.generation, &self.compute_draw),
		}
	}

	/// Signs a report for this chain.
	pub fn sign(&self, report: &EnergyReport) -> [u8; 64] {
		self.pair.sign(&report.signing_payload(&CHAIN)).0
	}

	/// Its account.
	pub fn account(&self) -> AccountId {
		self.pair.public().0.into()
	}

	/// Puts `interval` on record.
	pub fn reports(&self, interval: Interval) {
		let report = self.report(interval);
		assert_ok!(send_report(report, self.sign(&report)));
	}

	/// Accepts a chunk and commits to its result.
	pub fn commits(&self, task: TaskId, chunk: u32) {
		assert_ok!(Tasks::accept(by(owner()), self.id, task, chunk));
		let work = Model::digits().run(&images(chunk)).work_commitment().unwrap();
		assert_ok!(Tasks::commit(by(owner()), task, chunk, work));
	}

	/// What it would prove of a chunk that it has committed to: exactly what the chain knows.
	pub fn request(&self, task: TaskId, chunk: u32) -> Request {
		let interval = interval_of(task, chunk);
		Request {
			secret: self.secret.clone(),
			chain: CHAIN,
			task,
			chunk,
			interval,
			model: Model::digits(),
			input: images(chunk),
			challenge: pallet_pogcs::IntervalRandomness::<Runtime>::get(interval)
				.expect("the interval is over"),
			green_supply: self.generation,
			green_draw: self.compute_draw,
			green: GREEN,
			work: WORK,
		}
	}
}

/// The interval whose energy the commitment to this chunk named.
pub fn interval_of(task: TaskId, chunk: u32) -> Interval {
	match pallet_tasks::Chunks::<Runtime>::get(task, chunk).unwrap().state {
		ChunkState::Committed { interval, .. } => interval,
		state => panic!("chunk {chunk} is {state:?}, not committed"),
	}
}

/// The images of the `chunk`th chunk of every test's task: rows of the shipped sample.
pub fn images(chunk: u32) -> Images {
	let mut input: Images = [0; BATCH * PIXELS];
	let rows = include_bytes!("../../../zk-circuits/model/images.bin").chunks_exact(PIXELS + 1);
	let rows = rows.skip(BATCH * chunk as usize);
	for (image, row) in input.chunks_exact_mut(PIXELS).zip(rows) {
		image.copy_from_slice(&row[..PIXELS]);
	}
	input
}

/// Opens a task of `count` chunks.
pub fn open(count: u32) -> TaskId {
	let task = pallet_tasks::NextTask::<Runtime>::get();
	let inputs = (0..count).map(images).collect::<Vec<_>>().try_into().unwrap();
	let deadline = Interval(now().0 + 10);
	assert_ok!(Tasks::open(by(client()), 0, CLASS, inputs, REWARD, deadline));
	task
}

/// Proves a request for real.
pub fn proven(request: &Request) -> (Witness, Submission) {
	let witness = request.witness();
	let proof = prove(proving_key(), &witness).expect("the request is honest");
	let submission = Submission {
		proof,
		scores: witness.statement.scores,
		green: witness.statement.green,
		nullifier: witness.statement.nullifier,
	};
	(witness, submission)
}

/// Sends a proof.
pub fn submit(task: TaskId, chunk: u32, submission: Submission) -> DispatchResult {
	let submission = Box::new(submission);
	by(owner()).does(pallet_tasks::Call::prove { task, chunk, submission })
}

/// Sends a report; anybody may.
pub fn send_report(report: EnergyReport, signature: [u8; 64]) -> DispatchResult {
	by(client()).does(pallet_energy::Call::report { report, signature })
}

/// What a client has on hold for rewards.
pub fn staked() -> u128 {
	pogcs_runtime::Balances::balance_on_hold(&pallet_tasks::HoldReason::Reward.into(), &client())
}

pub fn free(who: &AccountId) -> u128 {
	pogcs_runtime::Balances::free_balance(who)
}

/// Adds the order of the field to a commitment: the same element, in other bytes.
pub fn plus_order(commitment: Commitment) -> Commitment {
	let order = BigUint::parse_bytes(
		b"21888242871839275222246405745257275088548364400416034343698204186575808495617",
		10,
	)
	.unwrap();
	let sum = (BigUint::from_bytes_le(&commitment.0) + order).to_bytes_le();
	let mut bytes = [0; 32];
	bytes[..sum.len()].copy_from_slice(&sum);
	Commitment(bytes)
}
