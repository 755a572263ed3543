//! Whatever anybody does, in whatever order, what must hold in each pallet holds.
//!
//! Owners, strangers, leaders, feeders and root make random calls with arguments out of small sets, so
//! that they meet: of the same devices, pools, tasks and intervals. Devices sign, answer challenges
//! and prove for real. `POGCS_SEED` starts another run than the fixed one.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use frame_support::{
	dispatch::GetDispatchInfo,
	traits::{fungible::Inspect, GetCallMetadata},
};
use pallet_credentials::{Reason, Terms as Said};
use pallet_devices::{SuspensionReason, Voucher};
use pallet_energy::{CertificateId, Opening, Source};
use pallet_market::{Day, LaneId, Side};
use pallet_oracle::{Distance, Level, Policy};
use pallet_pools::{Change, Condition, GramsPerGpuHour, Shares, Terms, Units};
use pallet_tasks::{Requirement, Work as Asked};
use pogcs_primitives::{
	batch::{Node, Tree},
	challenge::{self, Seed, Work},
	contracts::{answer, commitment, Method, Pace},
	grid::{CurrencyCode, FeedId, Quantity, Reading},
	jobs::{Hash, Inference, Job, Network, Receipt, Source as Content},
	records::{ChunkState, DeviceState, PoolKind},
	traits::{BlockRandomness, PromisedHours},
	units::{GramsPerKwh, MicrosPerKwh},
	wire::{
		consent_payload, rescue_payload, rotation_payload, Consent, EnergyReport, MakerCertificate,
		Submission, READINGS,
	},
	CellId, ClassId, Commitment, CredentialKind, DeviceId, Interval, MicroGpuHours, MilliWattHours,
	PoolId, TaskId, WattHours, ZoneId,
};
use pogcs_runtime::{
	genesis,
	genesis_development::{CLASS, MAKER},
	token::UNIT,
	AccountId, Accountability, Balances, Credentials, Devices, Energy, Hours, Market, Oracle,
	Pogcs, Pools, Proofs, Runtime, RuntimeCall, RuntimeOrigin, Tasks,
};
use pogcs_zk::Model;
use rand_chacha::{
	rand_core::{RngCore, SeedableRng},
	ChaCha8Rng,
};
use sp_core::{ed25519, Pair};
use sp_io::hashing::blake2_256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, Perbill, Permill};

use support::{certify, certify_until, images, CELLS, CHAIN};

/// At least so many different calls must have succeeded.
const LEAST: usize = 60;

const OPERATIONS: usize = 10_000;
/// Calls between two looks at all pallets.
const LOOK_EVERY: usize = 100;
/// Devices that may register. Their keys are known from their numbers.
const DEVICES: u8 = 60;
/// Intervals of a day of the market.
const HOURS_OF_DAY: u32 = 24;
/// The class of claims on any compute of the development class.
const ANY_COMPUTE: ClassId = ClassId(0x8001);
/// What compute draws of it.
const DRAW: [u32; READINGS] = [40; READINGS];
/// Proofs take a second each.
const PROOFS: u32 = 8;

/// A report in a batch, as its leader keeps it.
type Signed = (EnergyReport, [u8; 64]);

struct World {
	random: ChaCha8Rng,
	people: Vec<AccountId>,
	/// Number of the key of each device.
	keys: BTreeMap<DeviceId, u8>,
	/// Trees of challenges, by their seeds.
	answers: BTreeMap<[u8; 32], challenge::Tree>,
	batches: BTreeMap<u64, Vec<Signed>>,
	/// What devices are bound to: the name of the result and the salt.
	bound: BTreeMap<(DeviceId, TaskId, u32), (Hash, Hash)>,
	proofs: u32,
	/// What became of each call.
	made: BTreeMap<(String, String), Made>,
}

/// What became of all calls of one kind.
#[derive(Default)]
struct Made {
	succeeded: u32,
	/// How often it was refused, by the errors' names.
	refused: BTreeMap<&'static str, u32>,
}

impl Made {
	fn count(&self) -> u32 {
		self.succeeded + self.refused.values().sum::<u32>()
	}

	/// The error that was met most.
	fn reason(&self) -> &'static str {
		self.refused.iter().max_by_key(|(_, count)| **count).map_or("", |(name, _)| name)
	}
}

impl World {
	fn new(seed: u64) -> Self {
		use Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};
		Self {
			random: ChaCha8Rng::seed_from_u64(seed),
			people: [Alice, Bob, Charlie, Dave, Eve, Ferdie]
				.map(|who| who.to_account_id())
				.to_vec(),
			keys: BTreeMap::new(),
			answers: BTreeMap::new(),
			batches: BTreeMap::new(),
			bound: BTreeMap::new(),
			proofs: PROOFS,
			made: BTreeMap::new(),
		}
	}

	fn below(&mut self, end: u64) -> u64 {
		self.random.next_u64() % end
	}

	fn chance(&mut self, percent: u64) -> bool {
		self.below(100) < percent
	}

	fn pick<T: Clone>(&mut self, among: &[T]) -> T {
		let index = self.below(among.len() as u64) as usize;
		among[index].clone()
	}

	fn person(&mut self) -> AccountId {
		let people = self.people.clone();
		self.pick(&people)
	}

	/// A device, mostly one that exists.
	fn device(&mut self) -> DeviceId {
		let all: Vec<_> = pallet_devices::Devices::<Runtime>::iter_keys().collect();
		if all.is_empty() || self.chance(3) {
			return DeviceId(self.below(40) as u32);
		}
		let online: Vec<_> = all.iter().copied().filter(|device| is_online(*device)).collect();
		if online.is_empty() || self.chance(40) {
			return self.pick(&all);
		}
		self.pick(&online)
	}

	/// A certificate of the development maker: a few of them for a short time only.
	fn certificate(&mut self, key: [u8; 32]) -> MakerCertificate {
		let expires = if self.chance(80) {
			Interval(10_000)
		} else {
			Interval(support::now().0 + 1 + self.below(20) as u32)
		};
		certify_until(&support::maker(), key, expires)
	}

	/// Who may speak for a device, mostly.
	fn owner_of(&mut self, device: DeviceId) -> AccountId {
		let record = pallet_devices::Devices::<Runtime>::get(device);
		match record {
			Some(record) if !self.chance(5) => record.owner,
			_ => self.person(),
		}
	}

	fn owned(&mut self) -> (DeviceId, AccountId) {
		let device = self.device();
		(device, self.owner_of(device))
	}

	/// A device that is stopped.
	fn stopped(&mut self) -> Option<DeviceId> {
		let all: Vec<_> = pallet_devices::Suspensions::<Runtime>::iter_keys().collect();
		(!all.is_empty()).then(|| self.pick(&all))
	}

	/// The secret key of a device.
	fn pair(&self, device: DeviceId) -> ed25519::Pair {
		pair(self.keys.get(&device).copied().unwrap_or(0xff))
	}

	fn cell(&mut self) -> CellId {
		let CellId(cell) = self.pick(&CELLS);
		// Another site of the same town: digits 10, 11 and 12 of the index.
		let digits = self.below(7) << 9 | self.below(7) << 12 | self.below(7) << 15;
		CellId(cell & !(0x1ff << 9) | digits)
	}

	fn interval(&mut self) -> Interval {
		Interval((support::now().0 + self.below(12) as u32).saturating_sub(4))
	}

	fn past(&mut self) -> Interval {
		Interval(support::now().0.saturating_sub(1 + self.below(4) as u32))
	}

	fn ahead(&mut self) -> Interval {
		Interval(support::now().0 + 1 + self.below(6) as u32)
	}

	fn pool(&mut self) -> PoolId {
		let all: Vec<_> = pallet_pools::Pools::<Runtime>::iter_keys().collect();
		if all.is_empty() || self.chance(3) {
			return PoolId(self.below(20) as u32);
		}
		self.pick(&all)
	}

	/// A member and its pool.
	fn member(&mut self) -> (PoolId, DeviceId, AccountId) {
		let all: Vec<_> = pallet_pools::PoolOf::<Runtime>::iter().collect();
		let (device, pool) = if all.is_empty() || self.chance(5) {
			(self.device(), self.pool())
		} else {
			self.pick(&all)
		};
		(pool, device, self.owner_of(device))
	}

	fn chunk(&mut self) -> (TaskId, u32) {
		let all: Vec<_> = pallet_tasks::Chunks::<Runtime>::iter_keys().collect();
		if all.is_empty() || self.chance(3) {
			return (TaskId(self.below(30)), self.below(3) as u32);
		}
		self.pick(&all)
	}

	/// A chunk that a device has, and has committed to or not.
	fn taken(&mut self, committed: bool) -> (TaskId, u32) {
		let all: Vec<_> = pallet_tasks::Chunks::<Runtime>::iter()
			.filter(|(_, _, chunk)| match chunk.state {
				ChunkState::Assigned { .. } => !committed,
				ChunkState::Committed { .. } => committed,
				_ => false,
			})
			.map(|(task, chunk, _)| (task, chunk))
			.collect();
		if all.is_empty() || self.chance(5) {
			return self.chunk();
		}
		self.pick(&all)
	}

	fn feed(&mut self) -> FeedId {
		let quantity = self.pick(&[Quantity::Carbon, Quantity::Price]);
		FeedId { zone: ZoneId(self.below(5) as u16), quantity }
	}

	fn policy(&mut self) -> Policy {
		Policy {
			least: Level(0),
			most: Level(1_500),
			max_step: Distance(self.below(400)),
			tolerance: Distance(self.below(100)),
			quorum: 1 + self.below(2) as u32,
			jump_quorum: 2 + self.below(2) as u32,
			staleness: self.below(30) as u32,
		}
	}

	fn terms(&mut self) -> Terms {
		Terms {
			leader_fee: Permill::from_percent(self.below(12) as u32),
			penalty: (1 + u128::from(self.below(50))) * UNIT,
			capacity: self.below(8) as u32,
			guests: self.below(4) as u32,
			notice: self.below(6) as u32,
			reserve_price: u128::from(self.below(3)) * UNIT,
		}
	}

	fn conditions(&mut self) -> Vec<Condition<AccountId>> {
		let all = [
			Condition::Stake(u128::from(self.below(20)) * UNIT),
			Condition::CarbonPerKwh(GramsPerKwh(41)),
			Condition::CarbonPerGpuHour(GramsPerGpuHour(1_000_000_000)),
			Condition::BenchmarkSince(self.past()),
			Condition::Region(self.cell()),
			Condition::Credential { issuer: self.person(), kind: self.kind() },
			Condition::Lottery { places: 1 + self.below(3) as u32, applications: 1 },
		];
		let count = self.below(3);
		(0..count).map(|_| self.pick(&all)).collect()
	}

	/// A pool that anybody can join, one by lot, and one that takes guests.
	fn found_pools(&mut self) {
		let lottery = Condition::Lottery { places: 2, applications: 1 };
		for (kind, guests, condition) in [
			(PoolKind::Green, 0, None),
			(PoolKind::Green, 0, Some(lottery)),
			(PoolKind::Compute, 3, None),
		] {
			let terms = Terms { capacity: 8, guests, ..self.terms() };
			let conditions: Vec<_> = condition.into_iter().collect();
			let conditions = conditions.try_into().unwrap();
			let (who, leader) = (self.person(), None);
			let call = pallet_pools::Call::create { kind, class: CLASS, terms, conditions, leader };
			self.signed(who, call);
		}
	}

	/// Makes a call. Whatever fails leaves the storage as it was, as in a block.
	fn call(&mut self, origin: RuntimeOrigin, call: impl Into<RuntimeCall>) -> bool {
		let call = call.into();
		let name = call.get_call_metadata();
		let name = (name.pallet_name.to_owned(), name.function_name.to_owned());
		assert!(call.get_dispatch_info().call_weight.ref_time() > 0, "{name:?} has a weight");
		// Hashing the state takes long.
		let before = self.chance(2).then(root);
		let outcome = call.dispatch(origin);
		if outcome.is_err() {
			assert!(
				before.is_none_or(|before| before == root()),
				"{name:?} failed and left a trace"
			);
		}
		let made = self.made.entry(name).or_default();
		match outcome {
			Ok(_) => made.succeeded += 1,
			Err(refusal) => *made.refused.entry(refusal.error.into()).or_default() += 1,
		}
		outcome.is_ok()
	}

	fn signed(&mut self, who: AccountId, call: impl Into<RuntimeCall>) -> bool {
		self.call(RuntimeOrigin::signed(who), call)
	}

	/// Governance, or somebody who has nothing to say.
	fn governed(&mut self, call: impl Into<RuntimeCall>) -> bool {
		if self.chance(10) {
			let who = self.person();
			return self.signed(who, call);
		}
		self.call(RuntimeOrigin::root(), call)
	}

	/// What a device reports of an interval: sometimes more than can be.
	fn reading(&mut self, device: DeviceId, interval: Interval) -> Signed {
		let known = support::Device {
			pair: self.pair(device),
			secret: secret(self.keys.get(&device).copied().unwrap_or(0xff)),
			id: device,
			generation: generation(device),
			compute_draw: DRAW,
		};
		let mut report = known.report(interval);
		match self.below(20) {
			0 => report.grid_export = MilliWattHours(self.below(1_000_000)),
			1 => report.generation = MilliWattHours(self.below(20_000_000)),
			2 => report.storage_in = MilliWattHours(self.below(50)),
			3 => report.storage_out = MilliWattHours(self.below(50)),
			_ => {}
		}
		let signature = known.sign(&report);
		(report, signature)
	}

	fn operate(&mut self) {
		match self.below(100) {
			0..20 => self.on_devices(),
			20..34 => self.on_energy(),
			34..44 => self.on_tasks(),
			44..49 => self.on_oracle(),
			49..51 => self.on_hours(),
			51..54 => self.on_credentials(),
			54..66 => self.on_market(),
			66..80 => self.on_contracts(),
			_ => self.on_pools(),
		}
	}

	fn register(&mut self) {
		let number = self.below(DEVICES.into()) as u8;
		let owner = self.person();
		let key = pair(number);
		let certificate = if self.chance(95) {
			self.certificate(key.public().0)
		} else {
			certify(&pair(0xee), key.public().0)
		};
		let commitment = pogcs_proof::device_commitment(&secret(number));
		let until = Interval(support::now().0 + self.below(7) as u32);
		let payload = consent_payload(&CHAIN, &owner, &commitment, until);
		let id = pallet_devices::NextDevice::<Runtime>::get();
		let (cell, validator) = (self.cell(), self.person());
		let registered = self.signed(
			owner,
			pallet_devices::Call::register {
				certificate,
				cell,
				validator,
				commitment,
				consent: Consent { until, signature: key.sign(&payload).0 },
				max_deposit: 30 * UNIT,
			},
		);
		if registered {
			self.keys.insert(id, number);
			if self.chance(80) {
				self.bench(id);
			}
		}
	}

	/// The device passes its challenge, block by block, and goes online.
	fn bench(&mut self, device: DeviceId) {
		for _ in 0..6 {
			self.answer(device);
			support::next_block();
		}
		let owner = self.owner_of(device);
		let state = DeviceState::Online;
		self.signed(owner, pallet_devices::Call::set_state { device, state });
	}

	/// The device does the next step of its challenge, if it has one.
	fn answer(&mut self, device: DeviceId) {
		let account: AccountId = self.pair(device).public().0.into();
		let Some(open) = pallet_devices::Challenges::<Runtime>::get(device) else {
			self.signed(account, pallet_devices::Call::request_challenge { device });
			return;
		};
		let Some(randomness) = Pogcs::randomness_of_block(open.draw) else { return };
		match open.committed {
			None => {
				let seed = Seed::new(&CHAIN, device, &randomness);
				let tree = Work::new(seed, open.count, 4).run();
				let root = if self.chance(95) { tree.root() } else { [1; 32] };
				self.answers.insert(seed.0, tree);
				self.signed(account, pallet_devices::Call::commit_challenge { device, root });
			}
			Some((seed, _)) => {
				let Some(tree) = self.answers.get(&seed) else { return };
				let nodes = tree.open(&randomness).try_into().unwrap();
				self.signed(account, pallet_devices::Call::open_challenge { device, nodes });
			}
		}
	}

	fn on_devices(&mut self) {
		use pallet_devices::Call;
		let (device, owner) = self.owned();
		let maker: AccountId = MAKER.into();
		let max_deposit = 40 * UNIT;
		match self.below(38) {
			0..=5 => self.register(),
			6..=13 => {
				let open: Vec<_> = pallet_devices::Challenges::<Runtime>::iter_keys().collect();
				let next =
					if open.is_empty() || self.chance(30) { device } else { self.pick(&open) };
				self.answer(next)
			}
			14 | 15 => {
				let states = [
					DeviceState::Online,
					DeviceState::Leaving,
					DeviceState::Suspended,
					DeviceState::Pending,
				];
				let state = self.pick(&states);
				_ = self.signed(owner, Call::set_state { device, state });
			}
			16 => {
				let leaving: Vec<_> = pallet_devices::Devices::<Runtime>::iter()
					.filter(|(_, record)| record.state == DeviceState::Leaving)
					.map(|(device, _)| device)
					.collect();
				let device = if leaving.is_empty() { device } else { self.pick(&leaving) };
				let owner = self.owner_of(device);
				_ = self.signed(owner, Call::deregister { device });
			}
			17 if self.chance(30) => {
				let reason = self.pick(&[
					SuspensionReason::ImplausibleReadings,
					SuspensionReason::CompromisedKey,
				]);
				_ = self.governed(Call::suspend { device, reason });
			}
			17 | 18 => {
				let device = self.stopped().unwrap_or(device);
				_ = self.governed(Call::reinstate { device });
			}
			19 => {
				let validator = self.person();
				_ = self.signed(owner, Call::bind { device, validator });
			}
			20 if self.chance(30) => {
				let key = self.pair(device).public().0;
				_ = self.signed(maker, Call::revoke_certificate { maker: MAKER, key });
			}
			20 | 21 => {
				let revoked: Vec<_> = pallet_devices::Revocations::<Runtime>::iter_keys().collect();
				let key = match self.below(4) {
					0 => self.pair(device).public().0,
					_ if revoked.is_empty() => return,
					_ => self.pick(&revoked).1,
				};
				_ = self.signed(maker, Call::restore_certificate { maker: MAKER, key });
			}
			22 => {
				let certificate = self.certificate(self.pair(device).public().0);
				_ = self.signed(owner, Call::renew { device, certificate });
			}
			23 => _ = self.signed(owner, Call::check_certificate { device }),
			24 => {
				let manager = if self.chance(70) { Some(self.person()) } else { None };
				_ = self.signed(owner, Call::set_manager { device, manager });
			}
			25 => self.rotate(device, owner),
			26 => {
				let to = self.person();
				_ = self.signed(owner, Call::offer_transfer { device, to });
			}
			27 => _ = self.signed(owner, Call::withdraw_offer { device }),
			28 => {
				let offer = pallet_devices::Offers::<Runtime>::get(device);
				let who = offer.map_or(owner, |offer| offer.to);
				_ = self.signed(who, Call::accept_transfer { device, max_deposit });
			}
			29 => {
				let cell = self.cell();
				_ = self.signed(owner, Call::move_device { device, cell, max_deposit });
			}
			30 => _ = self.signed(owner, Call::reprice { device, max_deposit }),
			31 => {
				let (from, intervals) = (self.ahead(), 1 + self.below(3) as u32);
				_ = self.signed(owner, Call::declare_maintenance { device, from, intervals });
			}
			32 => _ = self.signed(owner, Call::cancel_maintenance { device }),
			33 => {
				let device = self.stopped().unwrap_or(device);
				let owner = self.owner_of(device);
				let _ = self.signed(owner, Call::appeal { device, evidence: [9; 32] });
				let upheld = self.chance(50);
				match self.below(3) {
					0 => _ = self.governed(Call::decide_appeal { device, upheld }),
					1 => _ = self.signed(maker, Call::close_appeal { device }),
					_ => {}
				}
			}
			34 => {
				if self.chance(20) {
					_ = self.governed(Call::expel { device });
				} else {
					_ = self.governed(Call::demand_benchmark { device });
				}
			}
			_ => self.rescue(device, owner),
		}
	}

	fn rotate(&mut self, device: DeviceId, owner: AccountId) {
		let number = self.below(DEVICES.into()) as u8 + 100;
		let key = pair(number);
		let commitment = pogcs_proof::device_commitment(&secret(number));
		let until = Interval(support::now().0 + 3);
		let payload = consent_payload(&CHAIN, &owner, &commitment, until);
		let consent = Consent { until, signature: key.sign(&payload).0 };
		let voucher = if self.chance(70) {
			Voucher::Maker(certify(&support::maker(), key.public().0))
		} else {
			let payload = rotation_payload(&CHAIN, device, &key.public().0);
			let signature = self.pair(device).sign(&payload).0;
			Voucher::OldKey { key: key.public().0, signature }
		};
		let call = pallet_devices::Call::rotate_key { device, voucher, commitment, consent };
		if self.signed(owner, call) {
			self.keys.insert(device, number);
		}
	}

	fn rescue(&mut self, device: DeviceId, owner: AccountId) {
		use pallet_devices::Call;
		let maker: AccountId = MAKER.into();
		let waiting: Vec<_> = pallet_devices::Rescues::<Runtime>::iter_keys().collect();
		let (device, owner) = if waiting.is_empty() || self.chance(30) {
			let now = support::now();
			let gone: Vec<_> = pallet_devices::Devices::<Runtime>::iter()
				.filter(|(_, record)| record.certified_until.is_some_and(|until| until < now))
				.map(|(device, _)| device)
				.collect();
			let device = if gone.is_empty() { device } else { self.pick(&gone) };
			(device, owner)
		} else {
			let device = self.pick(&waiting);
			(device, self.owner_of(device))
		};
		match self.below(5) {
			0 => {
				let payload = rescue_payload(&CHAIN, device, &owner);
				let signature = self.pair(device).sign(&payload).0;
				_ = self.signed(owner, Call::request_rescue { device, signature });
			}
			1 => _ = self.signed(maker, Call::contest_rescue { device }),
			2 => {
				let granted = self.chance(50);
				_ = self.governed(Call::decide_rescue { device, granted });
			}
			3 => _ = self.signed(owner, Call::complete_rescue { device }),
			_ => _ = self.signed(owner, Call::cancel_rescue { device }),
		}
	}

	/// A certificate that somebody has, and whoever has it.
	fn holding(&mut self) -> (CertificateId, AccountId) {
		let all: Vec<_> = pallet_energy::Holdings::<Runtime>::iter_keys().collect();
		if all.is_empty() || self.chance(5) {
			let (device, interval) = (self.device(), self.past());
			return (CertificateId { device, interval, source: Source::Production }, self.person());
		}
		let (holder, certificate) = self.pick(&all);
		(certificate, holder)
	}

	fn on_energy(&mut self) {
		use pallet_energy::Call;
		let (device, owner) = self.owned();
		match self.below(24) {
			0..=6 => {
				let interval = if self.chance(85) {
					Interval(support::now().0.saturating_sub(1))
				} else {
					self.interval()
				};
				let (report, signature) = self.reading(device, interval);
				let who = self.person();
				_ = self.signed(who, Call::report { report, signature });
			}
			7 | 8 => {
				let (report, _) =
					self.reading(device, Interval(support::now().0.saturating_sub(1)));
				let account = self.pair(device).public().0.into();
				_ = self.signed(account, Call::report_prepaid { report });
			}
			9 => {
				let reports = self.below(30) as u32;
				_ = self.signed(owner, Call::buy_quota { device, reports });
			}
			10 => _ = self.signed(owner, Call::close_quota { device }),
			11 => {
				let device = DeviceId(self.below(40) as u32);
				_ = self.signed(owner, Call::forget { device });
			}
			12 | 13 => self.batch(),
			14..=16 => self.show(),
			17 | 18 => {
				let all: Vec<_> = pallet_energy::Reports::<Runtime>::iter_keys().collect();
				let (device, interval) =
					if all.is_empty() { (device, self.past()) } else { self.pick(&all) };
				let owner = self.owner_of(device);
				_ = self.signed(owner, Call::claim { device, interval });
			}
			19 | 20 => {
				let ((certificate, holder), to) = (self.holding(), self.person());
				let amount = WattHours(self.below(3));
				_ = self.signed(holder, Call::transfer { certificate, to, amount });
			}
			21 => {
				let ((certificate, holder), beneficiary) = (self.holding(), self.person());
				let (amount, reason) = (WattHours(self.below(3)), [3; 32]);
				_ = self.signed(holder, Call::retire { certificate, amount, beneficiary, reason });
			}
			22 => {
				let (beneficiary, retirement) = (self.person(), self.below(20));
				let who = self.person();
				_ = self.signed(who, Call::forget_retirement { beneficiary, retirement });
				let (certificate, holder) = self.holding();
				let who = self.person();
				_ = self.signed(who, Call::expire { certificate, holder });
			}
			_ => {
				let zone = if self.chance(70) { Some(ZoneId(self.below(5) as u16)) } else { None };
				let cell = region(self.cell());
				_ = self.governed(Call::set_zone { cell, zone });
			}
		}
	}

	/// The last interval's reports of all devices under one root.
	fn batch(&mut self) {
		let interval = Interval(support::now().0.saturating_sub(1));
		let devices: BTreeSet<_> = pallet_devices::Devices::<Runtime>::iter_keys().collect();
		let signed: Vec<_> =
			devices.into_iter().map(|device| self.reading(device, interval)).collect();
		let Some(tree) = tree(&signed) else { return };
		let Some(root) = tree.root().copied() else { return };
		let number = pallet_energy::NextBatch::<Runtime>::get();
		let leader = self.person();
		if self.signed(leader, pallet_energy::Call::submit_batch { interval, root }) {
			self.batches.insert(number, signed);
		}
	}

	/// Shows what was drawn of a batch, or opens a report of it.
	fn show(&mut self) {
		let known: Vec<_> = self.batches.keys().copied().collect();
		if known.is_empty() {
			return;
		}
		let batch = self.pick(&known);
		let Some(record) = pallet_energy::Batches::<Runtime>::get(batch) else { return };
		let signed = self.batches[&batch].clone();
		let tree = tree(&signed).expect("it was submitted");
		let opening = |index: usize| Opening {
			report: signed[index].0,
			signature: signed[index].1,
			path: tree.path(index).unwrap().try_into().unwrap(),
		};
		if self.chance(60) {
			let Some(places) = Energy::drawn(batch) else { return };
			let openings: Vec<_> =
				places.into_iter().map(|place| opening(tree.at(place).unwrap())).collect();
			let openings = openings.try_into().unwrap();
			self.signed(record.leader, pallet_energy::Call::show_batch { batch, openings });
		} else {
			let index = self.below(signed.len() as u64) as usize;
			let opening = Box::new(opening(index));
			self.signed(record.leader, pallet_energy::Call::open_report { batch, opening });
		}
	}

	fn on_tasks(&mut self) {
		use pallet_tasks::Call;
		let (device, owner) = self.owned();
		let (task, chunk) = self.chunk();
		match self.below(16) {
			0..=2 => {
				let count = 1 + self.below(3) as u32;
				let inputs = (0..count).map(images).collect::<Vec<_>>().try_into().unwrap();
				let deadline = Interval(support::now().0 + 2 + self.below(16) as u32);
				let client = self.person();
				_ = self.signed(
					client,
					Call::open {
						model: self.pick_model(),
						class: CLASS,
						inputs,
						reward_per_chunk: support::REWARD,
						deadline,
					},
				);
			}
			3..=6 => _ = self.signed(owner, Call::accept { device, task, chunk }),
			7 => {
				let who = self.worker(task, chunk).map_or(owner, |(_, who)| who);
				_ = self.signed(who, Call::release { task, chunk });
			}
			8..=10 => {
				let (task, chunk) = self.taken(false);
				let Some((_, who)) = self.worker(task, chunk) else { return };
				let work = Model::digits().run(&images(chunk)).work_commitment().unwrap();
				_ = self.signed(who, Call::commit { task, chunk, work });
			}
			11..=13 => {
				let (task, chunk) = self.taken(true);
				self.prove(task, chunk);
			}
			14 if self.chance(50) => _ = self.signed(owner, Call::expire { task }),
			_ => {
				let client = pallet_tasks::Tasks::<Runtime>::get(task).map(|task| task.client);
				_ = self.signed(client.unwrap_or(owner), Call::close { task });
			}
		}
	}

	fn pick_model(&self) -> u32 {
		0
	}

	/// The device that has a chunk, and its owner.
	fn worker(&mut self, task: TaskId, chunk: u32) -> Option<(DeviceId, AccountId)> {
		let device = match pallet_tasks::Chunks::<Runtime>::get(task, chunk)?.state {
			ChunkState::Assigned { device, .. } | ChunkState::Committed { device, .. } => device,
			_ => return None,
		};
		Some((device, self.owner_of(device)))
	}

	/// Proves a committed chunk for real, as long as there is time for it; otherwise with nonsense.
	fn prove(&mut self, task: TaskId, chunk: u32) {
		let Some((device, who)) = self.worker(task, chunk) else { return };
		let record = pallet_tasks::Chunks::<Runtime>::get(task, chunk).unwrap();
		if let ChunkState::Committed { interval, .. } = record.state {
			if interval < support::now() && self.chance(80) {
				let (report, signature) = self.reading(device, interval);
				let call = pallet_energy::Call::report { report, signature };
				self.signed(who.clone(), call);
			}
		}
		let ready = match record.state {
			ChunkState::Committed { interval, .. } => {
				pallet_energy::Reports::<Runtime>::contains_key(device, interval)
					&& pallet_pogcs::IntervalRandomness::<Runtime>::contains_key(interval)
			}
			_ => false,
		};
		let known = self.keys.get(&device).copied();
		let submission = match known.filter(|_| ready && self.proofs > 0) {
			Some(number) => {
				self.proofs -= 1;
				let device = support::Device {
					pair: pair(number),
					secret: secret(number),
					id: device,
					generation: generation(device),
					compute_draw: DRAW,
				};
				support::proven(&device.request(task, chunk)).1
			}
			None => Submission {
				proof: [1; 128],
				scores: [0; 40],
				green: support::GREEN,
				nullifier: Commitment([1; 32]),
			},
		};
		let submission = Box::new(submission);
		self.signed(who, pallet_tasks::Call::prove { task, chunk, submission });
	}

	fn on_oracle(&mut self) {
		use pallet_oracle::Call;
		let feed = self.feed();
		let feeder = self.person();
		match self.below(28) {
			0 => {
				let name = b"zone".to_vec().try_into().unwrap();
				let zone = feed.zone;
				_ = self.governed(Call::set_zone { zone, name, currency: CurrencyCode(*b"EUR") });
			}
			1 if self.chance(15) => _ = self.governed(Call::remove_zone { zone: feed.zone }),
			2 | 3 => {
				let policy = self.policy();
				_ = self.governed(Call::set_feed { feed, policy });
			}
			4 if self.chance(15) => _ = self.governed(Call::close_feed { feed }),
			5 | 6 => {
				let name = b"feeder".to_vec().try_into().unwrap();
				_ = self.governed(Call::admit { feeder, name });
			}
			7 if self.chance(10) => _ = self.governed(Call::dismiss { feeder }),
			8..=10 => _ = self.governed(Call::assign { feed, feeder }),
			11 => _ = self.governed(Call::unassign { feed, feeder }),
			12 => {
				let slash = Perbill::from_percent(self.below(60) as u32);
				if self.chance(50) {
					_ = self.governed(Call::accuse { feed, feeder });
				} else {
					_ = self.governed(Call::judge { feed, feeder, slash });
				}
			}
			13 => _ = self.signed(feeder, Call::bond {}),
			14 if self.chance(15) => _ = self.signed(feeder, Call::leave {}),
			15 => {
				let who = self.person();
				_ = self.signed(who, Call::withdraw { feeder });
			}
			16 => _ = self.signed(feeder, Call::resume { feed }),
			17 => {
				let limit = self.below(4) as u32;
				_ = self.signed(feeder, Call::settle { limit });
			}
			_ => {
				let reading = match feed.quantity {
					Quantity::Carbon => Reading::Carbon(GramsPerKwh(self.below(600) as u32)),
					Quantity::Price => Reading::Price(MicrosPerKwh(self.below(900) as i64)),
				};
				let interval = support::now();
				_ = self.signed(feeder, Call::submit { zone: feed.zone, interval, reading });
			}
		}
	}

	fn on_hours(&mut self) {
		let to = self.person();
		let Some((holder, class, interval, _)) = self.held(0).filter(|_| !self.chance(20)) else {
			let limit = self.below(4) as u32;
			self.signed(to, pallet_hours::Call::sweep { limit });
			return;
		};
		let amount = MicroGpuHours(self.below(100));
		self.signed(holder, pallet_hours::Call::transfer { to, class, interval, amount });
	}

	/// Hours that somebody with a key has free, of an interval more than `ahead` intervals ahead if
	/// there are any.
	fn held(&mut self, ahead: u32) -> Option<(AccountId, ClassId, Interval, u64)> {
		let all: Vec<_> =
			free_hours().into_iter().filter(|(who, ..)| self.people.contains(who)).collect();
		let now = support::now();
		let some: Vec<_> =
			all.iter().filter(|(_, _, interval, _)| interval.since(now) > ahead).cloned().collect();
		match (some.is_empty(), all.is_empty()) {
			(false, _) => Some(self.pick(&some)),
			(true, false) => Some(self.pick(&all)),
			(true, true) => None,
		}
	}

	/// A product, mostly one of which hours are for sale.
	fn product(&mut self, ahead: u32) -> (ClassId, Interval, u64) {
		let now = support::now();
		let mut all = Vec::new();
		for (class, day, book) in pallet_market::Books::<Runtime>::iter() {
			for (at, bucket) in (day.0 * HOURS_OF_DAY..).zip(&book.buckets) {
				if bucket.stock > 0 && Interval(at).since(now) > ahead {
					all.push((class, Interval(at), bucket.stock));
				}
			}
		}
		if all.is_empty() || self.chance(5) {
			let class = self.pick(&[CLASS, ANY_COMPUTE, ClassId(9)]);
			return (class, self.ahead(), self.below(3_000));
		}
		self.pick(&all)
	}

	/// A limit or an amount of money: mostly no limit at all.
	fn money(&mut self, usual: u128) -> u128 {
		match self.below(10) {
			0 => u128::from(self.below(1_000_000)),
			_ => usual,
		}
	}

	fn on_market(&mut self) {
		use pallet_market::Call;
		let who = self.person();
		let deadline = if self.chance(97) { u32::MAX } else { 0 };
		let max_cost = self.money(1_000 * UNIT);
		let min_received = if self.chance(5) { 1_000 * UNIT } else { 0 };
		match self.below(48) {
			0..=13 => {
				let pools: BTreeMap<AccountId, PoolId> =
					pallet_pools::Pools::<Runtime>::iter_keys()
						.map(|pool| (Pools::account_of(pool), pool))
						.collect();
				let now = support::now();
				let all: Vec<_> = free_hours()
					.into_iter()
					.filter(|(_, _, interval, free)| interval.since(now) > 1 && *free > 0)
					.filter_map(|(who, _, interval, free)| {
						Some((*pools.get(&who)?, interval, free))
					})
					.collect();
				let (pool, interval, free) = if all.is_empty() {
					(self.pool(), self.ahead(), 1_000)
				} else {
					self.pick(&all)
				};
				let amount = self.part(free);
				_ = self.signed(
					who,
					Call::sell_pool { pool, interval, amount, min_received, deadline },
				);
			}
			14..=16 => {
				let (class, interval, stock) = self.product(0);
				let amount = self.part(stock);
				_ = self.signed(who, Call::buy { class, interval, amount, max_cost, deadline });
			}
			17 | 18 => {
				let (class, interval, stock) = self.product(0);
				let (from, until) = (Interval(support::now().0 + 1), Interval(interval.0 + 6));
				let amount = self.part(stock + 500);
				let call = Call::buy_flexible { class, from, until, amount, max_cost, deadline };
				_ = self.signed(who, call);
			}
			19 | 20 => {
				let (class, from, stock) = self.product(0);
				let until = Interval(from.0 + self.below(2) as u32);
				let amount_each = self.part(stock);
				let call = Call::buy_each { class, from, until, amount_each, max_cost, deadline };
				_ = self.signed(who, call);
			}
			21..=24 => {
				let Some((who, class, interval, free)) = self.held(1) else { return };
				let amount = self.part(free);
				if self.chance(60) {
					let call = Call::sell { class, interval, amount, min_received, deadline };
					_ = self.signed(who, call);
				} else {
					let (from, until) = (interval, Interval(interval.0 + self.below(2) as u32));
					let amount_each = amount;
					let call =
						Call::sell_each { class, from, until, amount_each, min_received, deadline };
					_ = self.signed(who, call);
				}
			}
			25..=28 => {
				let limit = u128::from(1 + self.below(30)) * UNIT;
				if self.chance(50) {
					let (class, interval, stock) = self.product(1);
					let amount = self.part(stock);
					let side = Side::Buy;
					let call = Call::place_order { side, class, interval, amount, limit };
					_ = self.signed(who, call);
				} else {
					let Some((who, class, interval, free)) = self.held(1) else { return };
					let (amount, side) = (self.part(free), Side::Sell);
					let call = Call::place_order { side, class, interval, amount, limit };
					_ = self.signed(who, call);
				}
			}
			29..=32 => {
				let all: Vec<_> = pallet_market::Orders::<Runtime>::iter_keys().collect();
				let (owner, order) = if all.is_empty() {
					(who.clone(), pallet_market::OrderId(self.below(9)))
				} else {
					self.pick(&all)
				};
				if self.chance(50) {
					let who = if self.chance(70) { owner.clone() } else { who };
					_ = self.signed(who, Call::cancel_order { owner, order });
				} else {
					_ = self.signed(who, Call::fill_order { owner, order });
				}
			}
			33..=38 => self.on_liquidity(who),
			39..=41 => {
				let limit = self.below(4) as u32;
				_ = self.signed(who, Call::advance { limit });
			}
			_ => self.on_classes(),
		}
	}

	/// Some of an amount: mostly all of it, or what leaves no dust.
	fn part(&mut self, all: u64) -> MicroGpuHours {
		MicroGpuHours(match self.below(6) {
			0 => self.below(all + 20),
			1 | 2 => all / 2,
			_ => all,
		})
	}

	/// People put money behind lanes and take it out again.
	fn on_liquidity(&mut self, who: AccountId) {
		use pallet_market::Call;
		let class = self.pick(&[CLASS, ANY_COMPUTE]);
		let waiting: Vec<_> = pallet_market::Requests::<Runtime>::iter_keys().collect();
		match self.below(6) {
			0 | 1 => {
				let usual = u128::from(1 + self.below(50)) * UNIT;
				let amount = self.money(usual);
				_ = self.signed(who, Call::deposit { class, amount });
			}
			2 => {
				let part = Permill::from_percent(1 + self.below(100) as u32);
				_ = self.signed(who, Call::withdraw { class, part });
			}
			3 => {
				let lane = LaneId(self.below(8) as u8);
				let shares = u128::from(1 + self.below(3)) * UNIT;
				_ = self.signed(who, Call::withdraw_lane { class, lane, shares });
			}
			_ if waiting.is_empty() => {}
			_ => {
				let (class, of) = self.pick(&waiting);
				_ = self.signed(who, Call::claim { who: of, class });
			}
		}
	}

	/// Governance makes classes, and trades them under other terms.
	fn on_classes(&mut self) {
		use pallet_market::{Call, Classes};
		let all: Vec<_> = Classes::<Runtime>::iter_keys().collect();
		let class = self.pick(&all);
		let mut terms = Classes::<Runtime>::get(class).unwrap().terms;
		match self.below(8) {
			0 => {
				let (class, shares) =
					(ClassId(self.below(12) as u16), 2_000 + self.below(90) as u32);
				_ = self.governed(Call::make_class { class, shares, price: 2 * UNIT, terms });
			}
			1 | 2 => {
				// More than everything is refused.
				terms.fee = Permill::from_percent(self.below(4) as u32);
				terms.breaker = Permill::from_percent(self.below(60) as u32);
				terms.headroom = Permill::from_percent(self.below(60) as u32);
				_ = self.governed(Call::set_terms { class, terms });
			}
			3 => {
				let open = self.chance(80);
				_ = self.governed(Call::set_open { class, open });
			}
			_ => {
				let days: Vec<_> =
					pallet_market::Books::<Runtime>::iter_key_prefix(class).collect();
				let day = if days.is_empty() { Day(3) } else { self.pick(&days) };
				let halted = self.chance(25);
				_ = self.governed(Call::set_halted { class, day, halted });
			}
		}
	}

	fn on_contracts(&mut self) {
		match self.below(32) {
			0..=5 => self.ask(),
			6 => {
				let ahead: Vec<_> = pallet_tasks::Bookings::<Runtime>::iter_keys()
					.filter(|(_, interval)| *interval > support::now())
					.collect();
				if ahead.is_empty() {
					return;
				}
				let (task, interval) = self.pick(&ahead);
				let client = self.client_of(task);
				let chunks = 1 + self.below(2) as u32;
				let min_received = if self.chance(10) { UNIT } else { 0 };
				let call = pallet_tasks::Call::resell { task, interval, chunks, min_received };
				_ = self.signed(client, call);
			}
			7..=10 => self.take(),
			11..=16 => self.enter(),
			17..=21 => self.bind(),
			22..=25 => self.reveal(),
			26..=28 => {
				let over: Vec<_> = pallet_tasks::Replicated::<Runtime>::iter()
					.filter(|(_, _, chunk)| {
						chunk.outcome.is_none() && chunk.interval < support::now()
					})
					.map(|(task, chunk, _)| (task, chunk))
					.collect();
				let (task, chunk) =
					if over.is_empty() { self.chunk_asked() } else { self.pick(&over) };
				let who = self.person();
				_ = self.signed(who, pallet_tasks::Call::conclude { task, chunk });
			}
			29 => {
				let all: Vec<_> = pallet_tasks::Contracts::<Runtime>::iter_keys().collect();
				let task = if all.is_empty() { TaskId(self.below(9)) } else { self.pick(&all) };
				let client = self.client_of(task);
				_ = self.signed(client, pallet_tasks::Call::expire { task });
			}
			_ => {
				let past: Vec<_> = pallet_tasks::Bookings::<Runtime>::iter_keys()
					.filter(|(_, interval)| *interval < support::now())
					.collect();
				let (task, interval) = if past.is_empty() {
					(TaskId(self.below(9)), self.past())
				} else {
					self.pick(&past)
				};
				let who = self.person();
				_ = self.signed(who, pallet_tasks::Call::refund { task, interval });
			}
		}
	}

	fn client_of(&mut self, task: TaskId) -> AccountId {
		match pallet_tasks::Contracts::<Runtime>::get(task) {
			Some(contract) if !self.chance(5) => contract.client,
			_ => self.person(),
		}
	}

	/// A chunk of a contract that several devices do.
	fn chunk_asked(&mut self) -> (TaskId, u32) {
		let all: Vec<_> = pallet_tasks::Contracts::<Runtime>::iter()
			.filter(|(_, contract)| matches!(contract.method, Method::Replication { .. }))
			.flat_map(|(task, contract)| (0..contract.chunks).map(move |chunk| (task, chunk)))
			.collect();
		if all.is_empty() || self.chance(3) {
			return (TaskId(self.below(30)), self.below(2) as u32);
		}
		self.pick(&all)
	}

	/// The same, of which the work is done in `interval`.
	fn chunk_of(&mut self, interval: Interval) -> (TaskId, u32) {
		let all: Vec<_> = pallet_tasks::Contracts::<Runtime>::iter()
			.filter(|(_, contract)| matches!(contract.method, Method::Replication { .. }))
			.flat_map(|(task, contract)| (0..contract.chunks).map(move |chunk| (task, chunk)))
			.filter(|(task, chunk)| {
				Tasks::round(*task, *chunk).is_some_and(|(at, _)| at == interval)
			})
			.collect();
		if all.is_empty() {
			return self.chunk_asked();
		}
		self.pick(&all)
	}

	/// Somebody asks for work in hours that are for sale.
	fn ask(&mut self) {
		let replicated = self.chance(70);
		let (claims, at, _) = self.product(if replicated { 2 } else { 0 });
		let chunks = 1 + self.below(2) as u32;
		let work = if replicated {
			let data =
				if self.chance(70) { Content::Seed([2; 32]) } else { Content::Content([3; 32]) };
			let copies = 2 + self.below(2) as u8;
			Asked::Replicated { job: job(data), first: 0, chunks, copies }
		} else {
			let inputs = (0..chunks).map(images).collect::<Vec<_>>().try_into().unwrap();
			Asked::Proven { model: 0, inputs }
		};
		let (pace, length) = if self.chance(70) {
			(Pace::Flexible, self.below(4) as u32)
		} else {
			(Pace::Steady, self.below(2) as u32)
		};
		let requirement = Requirement {
			work,
			class: CLASS,
			green: claims == CLASS,
			earliest: at,
			deadline: Interval(at.0 + length),
			pace,
			carbon: (claims == CLASS && self.chance(20)).then_some(GramsPerGpuHour(100_000_000)),
			max_price: self.money(100 * UNIT),
			tip: if self.chance(40) { UNIT / 100 } else { 0 },
		};
		let client = self.person();
		let requirement = Box::new(requirement);
		self.signed(client, pallet_tasks::Call::open_contract { requirement });
	}

	/// A device takes a proven chunk in its hour.
	fn take(&mut self) {
		let now = support::now();
		let mut all = Vec::new();
		for (task, contract) in pallet_tasks::Contracts::<Runtime>::iter() {
			for chunk in 0..contract.chunks {
				let record = pallet_tasks::Chunks::<Runtime>::get(task, chunk);
				let open = record.is_some_and(|chunk| chunk.state == ChunkState::Open);
				let hour = pogcs_primitives::contracts::hour_of(&contract.plan, chunk);
				if open && hour == Some(now) {
					all.push((task, chunk));
				}
			}
		}
		let (task, chunk) = if all.is_empty() { self.chunk() } else { self.pick(&all) };
		let (device, owner) = self.debtor(now);
		self.signed(owner, pallet_tasks::Call::accept { device, task, chunk });
	}

	/// A device that promised hours of an interval.
	fn debtor(&mut self, interval: Interval) -> (DeviceId, AccountId) {
		let all: Vec<_> = pallet_pools::Promises::<Runtime>::iter_keys()
			.filter(|(device, at)| {
				*at == interval
					&& <Pools as PromisedHours>::owes(*device, CLASS, interval)
						> MicroGpuHours::ZERO
			})
			.map(|(device, _)| device)
			.collect();
		if all.is_empty() || self.chance(5) {
			return self.owned();
		}
		let device = self.pick(&all);
		(device, self.owner_of(device))
	}

	/// Devices enter for work of the next interval.
	fn enter(&mut self) {
		let next = Interval(support::now().0 + 1);
		let (task, chunk) = self.chunk_of(next);
		for _ in 0..2 {
			let (device, owner) = self.debtor(next);
			self.signed(owner, pallet_tasks::Call::enter { device, task, chunk });
		}
	}

	/// A device binds itself to an answer: mostly the right one.
	fn bind(&mut self) {
		let now = support::now();
		let (task, chunk) = self.chunk_of(now);
		let drawn = Tasks::round(task, chunk).map(|(_, drawn)| drawn).unwrap_or_default();
		let (device, owner) = if drawn.is_empty() || self.chance(20) {
			self.debtor(now)
		} else {
			let device = self.pick(&drawn);
			(device, self.owner_of(device))
		};
		let number = if self.chance(85) { 0 } else { self.below(3) as u8 };
		let name = Receipt::new(&[number], 7).result(&job(Content::Seed([2; 32])), chunk);
		let salt = [self.below(250) as u8; 32];
		let round = pallet_tasks::Replicated::<Runtime>::get(task, chunk).map_or(0, |c| c.round);
		let bound = commitment(task, chunk, device, &answer(&name, round), &salt);
		let call = pallet_tasks::Call::commit_answer { device, task, chunk, commitment: bound };
		if self.signed(owner, call) {
			self.bound.insert((device, task, chunk), (name, salt));
		}
	}

	/// A device opens its answer, after it reported its energy.
	fn reveal(&mut self) {
		let mut all = Vec::new();
		for (task, chunk, record) in pallet_tasks::Replicated::<Runtime>::iter() {
			if record.outcome.is_some() || record.interval >= support::now() {
				continue;
			}
			for run in record.runs {
				if run.answer.is_none_or(|(layer, _)| layer < record.round) {
					all.push((task, chunk, run.device, record.round, record.interval));
				}
			}
		}
		if all.is_empty() {
			return;
		}
		let (task, chunk, device, round, interval) = self.pick(&all);
		if self.chance(90) {
			let (report, signature) = self.reading(device, interval);
			let who = self.person();
			self.signed(who, pallet_energy::Call::report { report, signature });
		}
		let Some((name, salt)) = self.bound.get(&(device, task, chunk)).copied() else { return };
		let answer = if self.chance(97) { answer(&name, round) } else { [1; 32] };
		let who = self.person();
		let call = pallet_tasks::Call::open_answer { device, task, chunk, answer, salt };
		self.signed(who, call);
	}

	/// A kind of credential, in its issuer's numbering.
	fn kind(&mut self) -> CredentialKind {
		CredentialKind(self.below(3) as u32)
	}

	/// An offer or a credential that is there: issuer, subject, kind.
	fn issued(&mut self) -> (AccountId, AccountId, CredentialKind) {
		let all: Vec<_> = pallet_credentials::Issued::<Runtime>::iter_keys().collect();
		if all.is_empty() || self.chance(10) {
			return (self.person(), self.person(), self.kind());
		}
		self.pick(&all)
	}

	fn on_credentials(&mut self) {
		use pallet_credentials::Call;
		let (issuer, subject, kind) = self.issued();
		match self.below(24) {
			0 => {
				let name = self.pick(&["Issuer", "Another", " "]).as_bytes().to_vec();
				let (name, url) = (name.try_into().unwrap(), Default::default());
				_ = self.signed(issuer, Call::publish { name, url });
			}
			1 if self.chance(50) => _ = self.signed(issuer, Call::unpublish {}),
			1 | 2 => {
				let (who, kind) = (self.person(), self.kind());
				let name = b"Installer".to_vec().try_into().unwrap();
				_ = self.signed(who, Call::describe { kind, name, document: Some([4; 32]) });
			}
			3..=8 => {
				let subject = if self.chance(30) { subject } else { self.person() };
				let all: Vec<_> = pallet_credentials::Kinds::<Runtime>::iter_keys().collect();
				let described = !all.is_empty() && self.chance(90);
				let (issuer, kind) = if described { self.pick(&all) } else { (issuer, kind) };
				let ahead = support::now().0 + self.below(200) as u32;
				let until = if self.chance(70) { Some(Interval(ahead)) } else { None };
				let terms = Said { until, document: None };
				_ = self.signed(issuer, Call::issue { subject, kind, terms });
			}
			9 => _ = self.signed(issuer, Call::withdraw { subject, kind }),
			10 | 11 => {
				let reason = self.pick(&[Reason::Changed, Reason::Mistaken]);
				_ = self.signed(issuer, Call::revoke { subject, kind, reason });
			}
			12 => _ = self.signed(subject, Call::decline { issuer, kind }),
			13 => _ = self.signed(subject, Call::give_up { issuer, kind }),
			14..=16 => {
				let who = self.person();
				_ = self.signed(who, Call::remove { subject, issuer, kind });
			}
			_ => {
				let key = (subject.clone(), issuer.clone(), kind);
				let offer = pallet_credentials::Offers::<Runtime>::get(key);
				let none = Said { until: None, document: None };
				let terms = offer.map_or(none, |offer| offer.terms);
				_ = self.signed(subject, Call::accept { issuer, kind, terms });
			}
		}
	}

	fn on_pools(&mut self) {
		use pallet_pools::Call;
		let (device, owner) = self.owned();
		let pool = self.pool();
		match self.below(48) {
			0 => {
				let kind = self.pick(&[PoolKind::Energy, PoolKind::Compute, PoolKind::Green]);
				let leader = if self.chance(30) { Some(device) } else { None };
				let (terms, conditions) = (self.terms(), self.conditions());
				let conditions = conditions.try_into().unwrap();
				let class = if self.chance(95) { CLASS } else { ClassId(9) };
				_ = self.signed(owner, Call::create { kind, class, terms, conditions, leader });
			}
			1 if self.chance(15) => {
				let creator = pallet_pools::Pools::<Runtime>::get(pool).map(|pool| pool.creator);
				_ = self.signed(creator.unwrap_or(owner), Call::dissolve { pool });
			}
			1..=4 => _ = self.signed(owner, Call::apply { pool, device }),
			5 | 8..=10 => {
				let all: Vec<_> = pallet_pools::Applications::<Runtime>::iter_keys().collect();
				let device = if all.is_empty() { device } else { self.pick(&all) };
				let owner = self.owner_of(device);
				if self.chance(20) {
					_ = self.signed(owner, Call::retract { device });
				} else {
					_ = self.signed(owner, Call::claim { device });
				}
			}
			6 | 7 | 11 => {
				let all: Vec<_> = pallet_pools::Rounds::<Runtime>::iter_keys().collect();
				let pool = if all.is_empty() { pool } else { self.pick(&all) };
				if self.chance(60) {
					_ = self.signed(owner, Call::draw { pool });
				} else {
					_ = self.signed(owner, Call::end_round { pool });
				}
			}
			12..=16 => _ = self.signed(owner, Call::join { pool, device }),
			17 => {
				let (from, until) = (self.ahead(), self.ahead());
				_ = self.signed(owner, Call::join_by_hour { pool, device, from, until });
			}
			18 => {
				let (_, device, owner) = self.member();
				_ = self.signed(owner, Call::leave { device });
			}
			19 => {
				let (_, device, owner) = self.member();
				_ = self.signed(owner, Call::resume { device });
			}
			20 => {
				let (_, device, owner) = self.member();
				_ = self.signed(owner, Call::exit { device });
			}
			21..=26 => {
				let (_, device, owner) = self.member();
				let (from, until) = (self.ahead(), self.ahead());
				let amount = Units(self.below(1_500));
				_ = self.signed(owner, Call::promise { device, from, until, amount });
			}
			27 => {
				let (_, device, owner) = self.member();
				let (interval, amount) = (self.ahead(), Units(self.below(800)));
				_ = self.signed(owner, Call::take_back { device, interval, amount });
			}
			28..=32 => {
				let (_, device, owner) = self.member();
				let all = pallet_pools::Promises::<Runtime>::iter_key_prefix(device);
				let some: Vec<_> = all.take(4).collect();
				let intervals = some.try_into().unwrap();
				_ = self.signed(owner, Call::settle { device, intervals });
			}
			33 => {
				let books: Vec<_> = pallet_pools::Books::<Runtime>::iter_keys().collect();
				let (pool, interval) =
					if books.is_empty() { (pool, self.past()) } else { self.pick(&books) };
				_ = self.signed(owner, Call::close_book { pool, interval });
			}
			34..=36 => {
				let books: Vec<_> = pallet_pools::Books::<Runtime>::iter_keys().collect();
				let (pool, interval) =
					if books.is_empty() { (pool, self.ahead()) } else { self.pick(&books) };
				let shares = self.pick(&[Shares::ByWork, Shares::Equal]);
				let amount = u128::from(self.below(5)) * UNIT;
				_ = self.signed(owner, Call::pay_in { pool, interval, amount, shares });
			}
			37 | 38 => {
				let (_, device, owner) = self.member();
				let change = match self.below(3) {
					0 => Change::Terms(self.terms()),
					1 => Change::Conditions(self.conditions().try_into().unwrap()),
					_ => Change::Leader(Some(self.device())),
				};
				_ = self.signed(owner, Call::propose { device, change });
			}
			39 | 40 => {
				let (pool, device, owner) = self.member();
				let open: Vec<_> =
					pallet_pools::Proposals::<Runtime>::iter_key_prefix(pool).collect();
				let proposal = if open.is_empty() { 0 } else { self.pick(&open) };
				let aye = self.chance(70);
				_ = self.signed(owner, Call::vote { device, proposal, aye });
			}
			41 => {
				let open: Vec<_> = pallet_pools::Proposals::<Runtime>::iter_keys().collect();
				let (pool, proposal) = if open.is_empty() { (pool, 0) } else { self.pick(&open) };
				_ = self.signed(owner, Call::close_proposal { pool, proposal });
			}
			42 => _ = self.signed(owner, Call::enact { pool }),
			43 | 44 => _ = self.signed(owner, Call::stand { pool, device }),
			45 => _ = self.signed(owner, Call::stand_down { pool, device }),
			_ => {
				let record = pallet_pools::Pools::<Runtime>::get(pool);
				let leader = record.and_then(|pool| pool.leader).unwrap_or(device);
				let (task, chunk) = self.chunk();
				let members: Vec<_> = pallet_pools::PoolOf::<Runtime>::iter()
					.filter(|(member, of)| *of == pool && is_online(*member))
					.map(|(member, _)| member)
					.collect();
				let member = if members.is_empty() { device } else { self.pick(&members) };
				let parts = vec![(chunk, member)].try_into().unwrap();
				let who = self.owner_of(leader);
				_ = self.signed(who, Call::split { pool, leader, task, parts });
			}
		}
	}
}

/// What accounts have free of each product.
fn free_hours() -> Vec<(AccountId, ClassId, Interval, u64)> {
	let mut all = Vec::new();
	for ((span, who, class), places) in pallet_hours::Holdings::<Runtime>::iter() {
		for (place, holding) in places {
			let interval = Interval(span * pallet_hours::SPAN + u32::from(place));
			all.push((who.clone(), class, interval, holding.free.0));
		}
	}
	all
}

/// A job of four chunks of some 460 µGPU-h each, at an operation of a leaf's 262,144th.
fn job(data: Content) -> Job {
	Job::Inference(Inference {
		network: Network::DIGITS,
		weights: Content::Seed([1; 32]),
		data,
		rows: 200_000,
		batch: 50_000,
		bias: 16,
		shift: 7,
	})
}

/// What the panel of a device generates: less than a certificate, or a few.
fn generation(device: DeviceId) -> [u32; READINGS] {
	[if device.0 % 2 == 0 { 50 } else { 500 }; READINGS]
}

fn is_online(device: DeviceId) -> bool {
	pallet_devices::Devices::<Runtime>::get(device)
		.is_some_and(|record| record.state == DeviceState::Online)
}

fn root() -> Vec<u8> {
	sp_io::storage::root(sp_core::storage::StateVersion::V1)
}

fn pair(number: u8) -> ed25519::Pair {
	ed25519::Pair::from_seed(&[number.wrapping_add(1); 32])
}

fn secret(number: u8) -> pogcs_proof::Secret {
	pogcs_proof::Secret::from_entropy(&[number.wrapping_add(1); 32])
}

fn region(cell: CellId) -> CellId {
	use pogcs_primitives::traits::Places;
	<Runtime as pallet_pools::Config>::Places::ancestor(cell, 5).unwrap_or(cell)
}

fn tree(signed: &[Signed]) -> Option<Tree> {
	let leaves = signed.iter().map(|(report, signature)| Node::leaf(report, signature, blake2_256));
	Tree::new(leaves.collect(), blake2_256)
}

/// What must hold of all of them together.
fn look(at: usize) {
	let all = [
		("accountability", Accountability::do_try_state()),
		("credentials", Credentials::do_try_state()),
		("devices", Devices::do_try_state()),
		("energy", Energy::do_try_state()),
		("hours", Hours::do_try_state()),
		("market", Market::do_try_state()),
		("oracle", Oracle::do_try_state()),
		("pogcs", Pogcs::do_try_state()),
		("pools", Pools::do_try_state()),
		("proofs", Proofs::do_try_state()),
		("tasks", Tasks::do_try_state()),
	];
	for (pallet, state) in all {
		assert_eq!(state, Ok(()), "{pallet} after {at} calls");
	}
	let owned: u128 = frame_system::Account::<Runtime>::iter()
		.map(|(_, account)| account.data.free + account.data.reserved)
		.sum();
	assert_eq!(owned, <Balances as Inspect<AccountId>>::total_issuance(), "after {at} calls");
}

#[test]
fn every_pallet_should_hold_when_ten_thousand_random_calls_were_made() {
	let seed = std::env::var("POGCS_SEED").map_or(7_389, |seed| seed.parse().expect("a number"));
	println!("POGCS_SEED={seed}");
	let mut world = World::new(seed);
	support::state(genesis::LOCAL).execute_with(|| {
		support::begin();
		// A maker stands by what it says with deposits.
		let maker: AccountId = MAKER.into();
		world.call(
			RuntimeOrigin::root(),
			pallet_balances::Call::force_set_balance {
				who: maker.into(),
				new_free: 1_000_000 * UNIT,
			},
		);
		world.found_pools();
		for number in 0..OPERATIONS {
			world.operate();
			match world.below(3_000) {
				0 => support::pass(60),
				1..=60 => support::pass(1),
				61..=260 => support::next_block(),
				_ => {}
			}
			if number % LOOK_EVERY == 0 {
				look(number);
			}
		}
		look(OPERATIONS);
	});
	for ((pallet, call), made) in &world.made {
		let (count, succeeded, reason) = (made.count(), made.succeeded, made.reason());
		println!("{pallet:>10}.{call:<24} {count:>6} made, {succeeded:>6} succeeded; {reason}");
	}
	// A call that never succeeds shows nothing. Some need a sequence that hardly comes about by chance;
	// they have tests of their own.
	let succeeded = world.made.values().filter(|made| made.succeeded > 0).count();
	assert!(succeeded >= LEAST, "only {succeeded} calls of {} ever succeeded", world.made.len());
}
