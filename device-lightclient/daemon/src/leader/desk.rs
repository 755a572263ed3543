//! What devices say to a leader, and what it answers: everything that comes in here is hostile until it
//! is proven.
//!
//! Work that a stranger can cause is bounded. A request has a few kilobytes and ten seconds; addresses
//! are counted. A signature is checked against the key that the device had last, if the leader knows it:
//! only then does it wait in the wide lane to have its device looked up on chain. Everybody else shares
//! a narrow lane, and is sent away when that is full.

use std::{
	collections::{BTreeMap, HashMap},
	sync::{Arc, Mutex},
};

use pogcs_light_core::{
	batch::{ensure_opens, leaf, Fault, Opening, Receipt, Wish},
	crypto::{verify, DeviceKey},
	keys as places,
	tasks::Device,
	Hash,
};
use pogcs_primitives::{
	batch::Node as Root,
	records::{ClassRecord, DeviceState},
	wire::{ChainId, PublicKey, Signature},
	DeviceId, Interval, PoolId,
};
use serde_json::json;
use tokio::sync::{mpsc, oneshot, watch, Semaphore};

use super::{
	api,
	machine::{Machine, Stage},
	refusal::Refusal,
	shelf::{Shelf, Signed},
	sky::Sky,
};
use crate::{
	chain::{
		node::Node,
		proven::{decode, Proven},
	},
	error::Error,
	hexed,
	http::{Answer, Request},
};

/// How many requests of devices that the leader knows are looked up at a time.
const WIDE: usize = 64;
/// How many of others.
const NARROW: usize = 4;
/// How many openings are read from the disk at a time.
const READERS: usize = 8;
/// The most reports that wait to be written.
const WAITING: usize = 256;
/// The most devices that are remembered.
const MOST_KNOWN: usize = 262_144;

/// A final block's state, and the node that proves it.
#[derive(Clone)]
pub struct Window {
	/// Asked for proofs.
	pub node: Arc<Node>,
	/// The block.
	pub block: Hash,
	/// Its state root.
	pub root: Hash,
	/// The interval that runs in it.
	pub current: Interval,
	/// The sun, by the chain's clock.
	pub sky: Option<Sky>,
}

/// Whom the leader serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
	/// These devices only.
	pub devices: Option<Vec<u32>>,
	/// The members of this pool only.
	pub pool: Option<PoolId>,
}

/// What the chain knows of a device, in one interval.
#[derive(Clone)]
struct Facts {
	device: Device,
	class: ClassRecord,
	pool: Option<PoolId>,
}

/// Devices that were looked up.
#[derive(Default)]
struct Known {
	/// In this interval.
	at: Interval,
	facts: HashMap<DeviceId, Facts>,
	/// Ever: the key that each had last.
	keys: HashMap<DeviceId, PublicKey>,
}

/// A report on its way to the disk.
struct Append {
	signed: Signed,
	done: oneshot::Sender<bool>,
}

/// What all requests share.
pub struct Desk {
	chain: ChainId,
	key: Arc<DeviceKey>,
	submit_after: u8,
	served: Served,
	machine: Arc<Mutex<Machine>>,
	shelf: Shelf,
	window: watch::Receiver<Option<Window>>,
	journal: mpsc::Sender<Append>,
	known: Mutex<Known>,
	wide: Semaphore,
	narrow: Semaphore,
	readers: Semaphore,
}

impl Desk {
	/// Opens it, and the journal behind it.
	pub fn open(
		chain: ChainId,
		key: Arc<DeviceKey>,
		submit_after: u8,
		served: Served,
		machine: Arc<Mutex<Machine>>,
		shelf: Shelf,
		window: watch::Receiver<Option<Window>>,
	) -> Arc<Self> {
		let (journal, waiting) = mpsc::channel(WAITING);
		let writer = shelf.clone();
		tokio::task::spawn_blocking(move || keep_journal(&writer, waiting));
		Arc::new(Self {
			chain,
			key,
			submit_after,
			served,
			machine,
			shelf,
			window,
			journal,
			known: Mutex::default(),
			wide: Semaphore::new(WIDE),
			narrow: Semaphore::new(NARROW),
			readers: Semaphore::new(READERS),
		})
	}

	/// Answers a request.
	pub async fn answer(&self, request: Request) -> Answer {
		let answered = match (request.method.as_str(), request.path.as_str()) {
			("POST", api::REPORTS) => self.hand_in(&request.body).await,
			("POST", api::PATHS) => self.path(&request.body).await,
			("POST", api::OPENS) => self.open_report(&request.body).await,
			("GET", api::LEADER) => Ok(self.leader()),
			_ => return Answer::refusal(404, "there is nothing at this address", false),
		};
		answered.unwrap_or_else(|refused| match refused {
			Said::No(refusal) => refusal.answer(),
			Said::Nonsense(words) => Answer::refusal(400, &words, false),
		})
	}

	/// Who it is, and what it takes.
	fn leader(&self) -> Answer {
		let (open, collected) = match self.machine.lock() {
			Ok(machine) => (machine.open().map(|of| of.0), machine.collected()),
			Err(_) => (None, 0),
		};
		let body = json!({
			"leader": hexed::show(self.key.public()),
			"genesis": hexed::show(self.chain),
			"takes": open,
			"collected": collected,
			"after": self.submit_after,
		});
		Answer { code: 200, body: body.to_string().into_bytes() }
	}

	async fn hand_in(&self, body: &[u8]) -> Result<Answer, Said> {
		let (report, signature) = api::read_hand_in(body)?;
		// What costs nothing comes first.
		self.with(|machine| machine.admits(report.interval))??;
		let payload = report.signing_payload(&self.chain);
		let (facts, window) = self.facts(report.device, &payload, &signature).await?;
		if report.interval.checked_add(1) != Some(window.current) {
			return Err(Refusal::Closed(report.interval).into());
		}
		self.judge(&facts, &window, &Signed { report, signature })?;
		let signed = Signed { report, signature };
		if self.with(|machine| machine.take(signed))?? {
			let (done, written) = oneshot::channel();
			let queued = self.journal.send(Append { signed, done }).await.is_ok();
			if !(queued && written.await.unwrap_or(false)) {
				self.with(|machine| machine.give_up(report.device, report.interval))?;
				return Err(Refusal::Failed.into());
			}
		}
		let receipt = Receipt::sign(&self.key, &self.chain, leaf(&report, &signature).hash);
		Ok(api::took(&receipt, self.submit_after))
	}

	/// Whether the leader can answer for a report with its deposit.
	fn judge(&self, facts: &Facts, window: &Window, signed: &Signed) -> Result<(), Refusal> {
		let Facts { device, class, pool } = facts;
		let Signed { report, signature } = signed;
		if let Some(devices) = &self.served.devices {
			if !devices.contains(&report.device.0) {
				return Err(Refusal::NotServed);
			}
		}
		if let Some(wanted) = self.served.pool {
			if *pool != Some(wanted) {
				return Err(Refusal::NotInPool(wanted));
			}
		}
		if device.state == DeviceState::Leaving {
			return Err(Refusal::Leaving);
		}
		if device.certified_until.is_some_and(|until| window.current > until) {
			return Err(Refusal::Fault(Fault::Suspended));
		}
		ensure_opens(&self.chain, report, signature, device, class).map_err(Refusal::Fault)?;
		let most = window
			.sky
			.and_then(|sky| sky.ceiling(device.cell, class, report.interval))
			.ok_or(Refusal::UnknownSky)?;
		if report.generation > most {
			return Err(Refusal::NoSun);
		}
		Ok(())
	}

	async fn path(&self, body: &[u8]) -> Result<Answer, Said> {
		let (device, interval) = self.wish(Wish::Path, body).await?;
		let (root, from) = self.with(|machine| {
			let round = machine.round(interval);
			match round.map(|round| (round.root, round.from(), round.stage)) {
				Some((_, _, Stage::Lost(_))) => Err(Refusal::NoBatch(interval)),
				Some((root, Some(from), _)) => Ok((root, from)),
				// It is being collected, or a batch of it may still be made.
				_ if machine.current() == interval.checked_add(1) => Err(Refusal::NotYet(interval)),
				_ => Err(Refusal::NoBatch(interval)),
			}
		})??;
		let opening = self.read(interval, root, device).await?;
		Ok(api::told(&opening.path, from))
	}

	async fn open_report(&self, body: &[u8]) -> Result<Answer, Said> {
		let (device, interval) = self.wish(Wish::Open, body).await?;
		let root = self.with(|machine| machine.round(interval).map(|round| round.root))?;
		let root = root.ok_or(Refusal::NoBatch(interval))?;
		// Only what is there can be opened.
		self.read(interval, root, device).await?;
		self.with(|machine| machine.ask(device, interval))??;
		Ok(api::opens("the leader puts the report on record"))
	}

	/// Which report of which device is asked about, once that device's key has signed it.
	async fn wish(&self, wish: Wish, body: &[u8]) -> Result<(DeviceId, Interval), Said> {
		let (device, interval, signature) = api::read_wish(body)?;
		let payload = wish.payload(&self.chain, device, interval);
		// The key that it had last is good enough for that, and costs no look at the chain.
		let known = self.known.lock().ok().and_then(|known| known.keys.get(&device).copied());
		if known.is_some_and(|key| verify(&key, &payload, &signature)) {
			return Ok((device, interval));
		}
		let (facts, _) = self.facts(device, &payload, &signature).await?;
		if !verify(&facts.device.key, &payload, &signature) {
			return Err(Refusal::NotSigned.into());
		}
		Ok((device, interval))
	}

	/// What the chain knows of a device, and where the chain stands. `payload` and `signature` are what
	/// the device is to have signed.
	async fn facts(
		&self,
		device: DeviceId,
		payload: &[u8],
		signature: &Signature,
	) -> Result<(Facts, Window), Said> {
		let window = self.window.borrow().clone().ok_or(Refusal::Behind)?;
		let failed = || Said::from(Refusal::Failed);
		let key = {
			let mut known = self.known.lock().map_err(|_| failed())?;
			if known.at != window.current {
				known.at = window.current;
				known.facts.clear();
			}
			if let Some(facts) = known.facts.get(&device) {
				return Ok((facts.clone(), window));
			}
			known.keys.get(&device).copied()
		};
		let _lane = if key.is_some_and(|key| verify(&key, payload, signature)) {
			self.wide.acquire().await.map_err(|_| failed())?
		} else {
			self.narrow.try_acquire().map_err(|_| Refusal::Busy)?
		};
		let found = look_up(&window, device).await.map_err(|_| failed())?;
		let facts = found.ok_or(Refusal::Unknown(device))?;
		let mut known = self.known.lock().map_err(|_| failed())?;
		// Only who holds the key is remembered: a stranger fills no memory.
		if verify(&facts.device.key, payload, signature) {
			if known.keys.len() >= MOST_KNOWN {
				known.keys.clear();
			}
			known.keys.insert(device, facts.device.key);
			if known.at == window.current && known.facts.len() < MOST_KNOWN {
				known.facts.insert(device, facts.clone());
			}
		}
		drop(known);
		Ok((facts, window))
	}

	/// The report of a device in a batch.
	async fn read(
		&self,
		interval: Interval,
		root: Root,
		device: DeviceId,
	) -> Result<Opening, Said> {
		let failed = || Said::from(Refusal::Failed);
		let _reader = self.readers.acquire().await.map_err(|_| failed())?;
		let shelf = self.shelf.clone();
		let read = tokio::task::spawn_blocking(move || shelf.opening(interval, &root, device));
		let found = read.await.map_err(|_| failed())?.map_err(|_| failed())?;
		Ok(found.ok_or(Refusal::NoBatch(interval))?)
	}

	fn with<T>(&self, of: impl FnOnce(&mut Machine) -> T) -> Result<T, Said> {
		let mut machine = self.machine.lock().map_err(|_| Said::from(Refusal::Failed))?;
		Ok(of(&mut machine))
	}
}

/// Why there is no answer.
#[derive(Debug)]
enum Said {
	/// It was refused.
	No(Refusal),
	/// It makes no sense.
	Nonsense(String),
}

impl From<Refusal> for Said {
	fn from(refusal: Refusal) -> Self {
		Self::No(refusal)
	}
}

impl From<Error> for Said {
	fn from(error: Error) -> Self {
		Self::Nonsense(match error {
			Error::Answer(words) | Error::Hex(words) => words,
			_ => "the request makes no sense".into(),
		})
	}
}

/// Reads what the chain knows of a device, by storage proof.
async fn look_up(window: &Window, device: DeviceId) -> Result<Option<Facts>, Error> {
	let state = Proven::new(&window.node, window.block, window.root);
	let Some(record) = state.get::<Device>(places::device(device)).await? else { return Ok(None) };
	let mut values =
		state.read_all(&[places::class(record.class), places::pool_of(device)]).await?.into_iter();
	let class = values.next().flatten();
	let pool = values.next().flatten();
	let Some(class) = class else { return Ok(None) };
	let class = decode::<ClassRecord>(&class)?;
	let pool = pool.map(|bytes| decode::<PoolId>(&bytes)).transpose()?;
	Ok(Some(Facts { device: record, class, pool }))
}

/// Writes reports to the disk, as many as wait at a time with one write, until nobody brings any more.
fn keep_journal(shelf: &Shelf, mut waiting: mpsc::Receiver<Append>) {
	while let Some(first) = waiting.blocking_recv() {
		let mut batch = vec![first];
		while batch.len() < WAITING {
			let Ok(next) = waiting.try_recv() else { break };
			batch.push(next);
		}
		// Around the end of an interval they can be of two.
		let mut groups = BTreeMap::<Interval, Vec<Append>>::new();
		for append in batch {
			groups.entry(append.signed.report.interval).or_default().push(append);
		}
		for (interval, group) in groups {
			let signed: Vec<_> = group.iter().map(|append| append.signed).collect();
			let written = shelf.append(interval, &signed);
			if let Err(error) = &written {
				eprintln!("pogcs-device: {error}");
			}
			for append in group {
				// Who asked may have gone.
				let _ = append.done.send(written.is_ok());
			}
		}
	}
}
