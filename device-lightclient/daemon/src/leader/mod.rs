//! A leader: it takes signed reports of home devices, puts their root on chain in one transaction, shows
//! what is drawn, and puts single reports on record on demand.
//!
//! Who may lead? The chain asks for a deposit and nothing else, so anybody with an account may: a pool's
//! leader, an owner of many devices, a village. No device trusts it.
//!
//! * [`machine`]: what it does, without I/O.
//! * [`desk`]: what devices say to it, and what it answers; [`api`] is the language of both sides.
//! * [`shelf`]: journal and trees on disk.
//! * [`sky`]: the sun, as the chain sees it.
//! * here: the light client that tells the machine what the chain has, and does what it orders.

pub mod api;
mod config;
mod desk;
mod machine;
mod refusal;
mod shelf;
mod sky;
mod status;
#[cfg(test)]
mod tests;

pub use config::LeaderConfig;
pub use status::LeaderStatus;

use std::{
	net::SocketAddr,
	sync::{Arc, Mutex, MutexGuard},
	time::{Duration, Instant},
};

use codec::{Decode, Encode};
use pogcs_light_core::{
	calls::{Call, CallIndices},
	crypto::DeviceKey,
	extrinsic::{hash, Mortality},
	finality::{Checkpoint, Follower},
	keys as places,
	store::Store,
	Hash,
};
use pogcs_primitives::{DeviceId, Interval};
use serde_json::{json, Value};
use tokio::{
	net::TcpListener,
	signal::unix::{signal, SignalKind},
	sync::watch,
	task::spawn_blocking,
	time::sleep,
};

use crate::{
	chain::{
		node::Node,
		proven::Proven,
		session::{Session, Turns},
		sync,
		view::{self, Base},
	},
	checkpoint::{CheckpointFile, Image},
	error::Error,
	events::{now, Events},
	explain,
	files::FileSlots,
	hexed, http,
	keys::Keys,
	metrics,
	status::Record,
};
use desk::{Desk, Window};
use machine::{Deed, Machine, News, Order, Saved, Seen};
use shelf::Shelf;
use sky::Sky;

/// How many extrinsic hashes are kept, to look up why one failed.
const HASHES: usize = 64;
/// The most steps that are made for one block: sealing is followed by submitting.
const STEPS: usize = 4;

/// Everything that survives a restart.
#[derive(Clone, Debug, Encode, Decode)]
struct State {
	follower: Follower,
	saved: Saved,
	hashes: Vec<(Deed, Hash)>,
}

impl State {
	/// Loads the state, or starts at the checkpoint. A checkpoint above the stored head replaces it.
	fn load(slots: &mut FileSlots, checkpoint: Checkpoint) -> Result<(Store, Self), Error> {
		let (store, stored) = Store::load::<Self>(slots)?;
		let mut state = match stored {
			Some(state) => state,
			None => Self {
				follower: Follower::new(checkpoint.clone())?,
				saved: Saved::default(),
				hashes: Vec::new(),
			},
		};
		let genesis = *state.follower.genesis();
		if genesis != checkpoint.genesis || checkpoint.number > state.follower.head().number {
			state.follower.rebase(checkpoint)?;
		}
		Ok((store, state))
	}
}

/// The running leader.
pub struct Leader {
	config: LeaderConfig,
	image: Image,
	key: Arc<DeviceKey>,
	slots: FileSlots,
	store: Store,
	state: State,
	machine: Arc<Mutex<Machine>>,
	shelf: Shelf,
	window: watch::Sender<Option<Window>>,
	events: Events,
	record: Record,
	status: Arc<Mutex<LeaderStatus>>,
}

impl Leader {
	/// Loads everything that the configuration names, and what was collected before a restart.
	pub fn new(config: LeaderConfig, json: bool) -> Result<Self, Error> {
		let key = Arc::new(Keys::load(&config.keys)?.device);
		let image = CheckpointFile::load(&config.checkpoint)?;
		let mut slots = FileSlots::new(&config.state)?;
		let (store, state) = State::load(&mut slots, image.checkpoint.clone())?;
		let shelf = Shelf::new(&config.state.join("batches"))?;
		let settings = config.settings(key.public());
		let mut machine = Machine::new(settings, state.saved.clone());
		let mut journals = shelf.journals()?;
		if let Some(newest) = journals.pop() {
			// What older ones promised is lost, or in a tree by now.
			journals.into_iter().for_each(|interval| shelf.drop_journal(interval));
			machine.resume(newest, shelf.journal(newest)?);
			if machine.round(newest).is_some() {
				shelf.drop_journal(newest);
			}
		}
		let record = LeaderStatus::load(&config.state).map(|old| old.record).unwrap_or_default();
		let status = LeaderStatus { account: hexed::show(key.public()), ..Default::default() };
		Ok(Self {
			config,
			image,
			key,
			slots,
			store,
			state,
			machine: Arc::new(Mutex::new(machine)),
			shelf,
			window: watch::Sender::new(None),
			events: Events::new(json),
			record,
			status: Arc::new(Mutex::new(status)),
		})
	}

	/// Runs until it is told to stop.
	pub async fn run(mut self) -> Result<(), Error> {
		let address = self.listen().await?;
		if let Some(port) = self.config.metrics_port {
			let status = self.status.clone();
			let page = move || status.lock().map(|of| of.metrics()).unwrap_or_default();
			metrics::serve(port, page).await?;
		}
		let account = hexed::show(self.key.public());
		let text = format!("leader {account} takes reports at http://{address}");
		let data = json!({ "account": account, "address": address.to_string() });
		self.events.note("started", text, data);
		let failed = |error: std::io::Error| Error::Config(error.to_string());
		let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
		let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
		let result = tokio::select! {
			result = self.serve() => result,
			_ = terminate.recv() => Ok(()),
			_ = interrupt.recv() => Ok(()),
		};
		self.save()?;
		result
	}

	/// Opens the desk; requests are then answered until the program ends.
	async fn listen(&self) -> Result<SocketAddr, Error> {
		let failed = |error: std::io::Error| {
			Error::Config(format!("listen {}: {error}", self.config.listen))
		};
		let listener = TcpListener::bind(self.config.listen).await.map_err(failed)?;
		let address = listener.local_addr().map_err(failed)?;
		let desk = Desk::open(
			self.image.checkpoint.genesis,
			self.key.clone(),
			self.config.submit_after,
			self.config.served(),
			self.machine.clone(),
			self.shelf.clone(),
			self.window.subscribe(),
		);
		tokio::spawn(http::serve(listener, self.config.limits(), move |request| {
			let desk = desk.clone();
			async move { desk.answer(request).await }
		}));
		Ok(address)
	}

	/// Goes from node to node: one that cannot be reached, lies or falls behind is left.
	async fn serve(&mut self) -> Result<(), Error> {
		let mut turns = Turns::default();
		loop {
			let nodes = self.config.nodes.len();
			let url = self.config.nodes[turns.index(nodes)].clone();
			let begin = Instant::now();
			let Err(error) = self.with_node(&url, false).await else { return Ok(()) };
			self.events.note("peer", format!("left {url}: {error}"), Value::Null);
			// Without a node nothing can be proven, and nothing is promised.
			self.window.send_replace(None);
			let words = (!error.is_peer()).then(|| error.to_string());
			self.change_status(|status| {
				(status.node, status.trouble) = (None, words.or(status.trouble.take()));
			});
			if matches!(error, Error::Forced(_)) {
				return Err(error);
			}
			sleep(turns.next(nodes, begin.elapsed())).await;
		}
	}

	async fn with_node(&mut self, url: &str, once: bool) -> Result<(), Error> {
		let mut session = Session::connect(url, &mut self.events).await?;
		session.catch_up(&mut self.state.follower, &mut self.events).await?;
		// Its own connection: the desk's questions do not hold up the leader's.
		let desk = Arc::new(Node::connect(url).await?);
		self.act(session.node(), &desk).await?;
		while !once {
			let wait = Duration::from_secs(self.config.poll_seconds.max(1));
			if session.next(&mut self.state.follower, &mut self.events, wait).await? {
				self.act(session.node(), &desk).await?;
			}
		}
		Ok(())
	}

	/// One look at the chain: what it has, what is to be done, and doing it.
	async fn act(&mut self, node: &Node, desk: &Arc<Node>) -> Result<(), Error> {
		let root = sync::complete_head(node, &mut self.state.follower).await?;
		let head = *self.state.follower.head();
		let proven = Proven::new(node, head.hash, root);
		let base = view::read_base(&proven, &self.key.public()).await?;
		let next_batch = view::read_next_batch(&proven).await?;
		let trouble = self.trouble(&base);
		let sky = base.interval_slots.and_then(|slots| Sky::new(base.genesis_slot, slots));
		let window =
			Window { node: desk.clone(), block: head.hash, root, current: base.current, sky };
		self.window.send_replace(trouble.is_none().then_some(window));

		for _ in 0..STEPS {
			let seen = self.look(&proven, &base, next_batch).await?;
			let step = self.machine()?.step(&seen);
			for news in step.news {
				self.tell(news);
			}
			self.tell_settled(node, step.settled).await?;
			self.save()?;
			let mut sealed = false;
			for order in step.orders {
				match order {
					Order::Discard(interval) => self.shelf.discard(interval),
					Order::Seal(interval) => sealed |= self.seal(interval).await?,
					Order::Send(_) if trouble.is_some() => {}
					Order::Send(deed) => self.carry_out(node, &base, deed).await?,
				}
			}
			if !sealed {
				break;
			}
		}
		self.show_status(node, &base, trouble);
		Ok(())
	}

	fn machine(&self) -> Result<MutexGuard<'_, Machine>, Error> {
		self.machine.lock().map_err(|_| Error::Work("a request failed badly: start again".into()))
	}

	/// What keeps the leader from signing anything.
	fn trouble(&self, base: &Base) -> Option<Error> {
		let clockless = base.spec_version.is_some() && base.elapsed.is_none();
		let words =
			"the chain does not say how far its interval is, so no batch can be closed in time";
		let clock = clockless.then(|| Error::Work(words.into()));
		self.image.trouble(base.spec_version).or(clock)
	}

	/// Looks up what the machine wants to know.
	async fn look(&self, proven: &Proven<'_>, base: &Base, next_batch: u64) -> Result<Seen, Error> {
		let wanted = self.machine()?.wanted(base.current, next_batch);
		let numbers: Vec<_> = wanted.batches.iter().map(|batch| places::batch(*batch)).collect();
		let batches = proven.get_all(&numbers).await?;
		let intervals: Vec<_> =
			wanted.randomness.iter().map(|of| places::interval_randomness(*of)).collect();
		let randomness = proven.get_all::<[u8; 32]>(&intervals).await?;
		let reports: Vec<_> =
			wanted.records.iter().map(|(id, of)| places::energy_report(*id, *of)).collect();
		let records = proven.read_all(&reports).await?;
		let found = |(of, value): (Interval, Option<[u8; 32]>)| Some((of, value?));
		let stands = |(of, value): ((DeviceId, Interval), Option<Vec<u8>>)| value.map(|_| of);
		Ok(Seen {
			head: self.state.follower.head().number,
			current: base.current,
			elapsed: base.elapsed,
			nonce: base.nonce,
			free: base.free,
			next_batch,
			batches: wanted.batches.into_iter().zip(batches).collect(),
			randomness: wanted.randomness.into_iter().zip(randomness).filter_map(found).collect(),
			on_record: wanted.records.into_iter().zip(records).filter_map(stands).collect(),
		})
	}

	/// Writes the tree of a batch; whether that went well.
	async fn seal(&mut self, interval: Interval) -> Result<bool, Error> {
		let Some(reports) = self.machine()?.seal(interval) else { return Ok(false) };
		let shelf = self.shelf.clone();
		let written = spawn_blocking(move || shelf.seal(interval, &reports)).await;
		match written.map_err(|error| Error::Work(error.to_string())).and_then(|root| root) {
			Ok(root) => {
				let news = self.machine()?.sealed(interval, root);
				self.tell(news);
				// Before the journal goes, it is known to whom the tree belongs.
				self.save()?;
				self.shelf.drop_journal(interval);
				Ok(true)
			}
			Err(error) => {
				self.machine()?.unsealed(interval);
				let text = format!("could not close the batch of interval {interval}: {error}");
				self.record.refused(&text);
				self.events.note("refused", text, json!({ "interval": interval.0 }));
				Ok(false)
			}
		}
	}

	/// Sends what is due. What fails by itself is told and tried again later; only a node that fails
	/// ends it.
	async fn carry_out(&mut self, node: &Node, base: &Base, deed: Deed) -> Result<(), Error> {
		let call = match self.prepare(deed).await {
			Ok(call) => call,
			Err(error) => {
				self.machine()?.refused(deed);
				self.tell_refused(deed, &format!("could not {deed}: {error}"));
				return Ok(());
			}
		};
		let head = *self.state.follower.head();
		let mortality =
			Mortality { birth: head.number, birth_hash: head.hash, period: self.config.period };
		let nonce = self.machine()?.nonce(base.nonce);
		let signing = self.image.signing(mortality, nonce);
		let extrinsic = signing.sign(&self.key, &call.encode(&CallIndices::POGCS));
		// Written down before it is sent: after a power cut it is not sent twice.
		self.machine()?.sent(deed, nonce, mortality.death());
		self.state.hashes.retain(|(of, _)| *of != deed);
		if self.state.hashes.len() >= HASHES {
			self.state.hashes.remove(0);
		}
		self.state.hashes.push((deed, hash(&extrinsic)));
		self.save()?;
		match node.submit(&extrinsic).await {
			Ok(_) => {
				let mut data = about(&deed);
				data["extrinsic"] = json!(hexed::show(hash(&extrinsic)));
				self.events.note("sent", format!("asked the chain to {deed}"), data);
				Ok(())
			}
			Err(error) => {
				self.machine()?.refused(deed);
				self.tell_refused(deed, &format!("could not {deed}: {error}"));
				if matches!(error, Error::Refused(_)) {
					Ok(())
				} else {
					Err(error)
				}
			}
		}
	}

	async fn prepare(&self, deed: Deed) -> Result<Call, Error> {
		let gone = || Error::Work("the chain's state changed".into());
		let of = match deed {
			Deed::Submit(of) | Deed::Show(of) | Deed::Open(of, _) => of,
		};
		let round = self.machine()?.round(of).cloned().ok_or_else(gone)?;
		let (shelf, root) = (self.shelf.clone(), round.root);
		if let Deed::Submit(interval) = deed {
			return Ok(Call::SubmitBatch { interval, root });
		}
		let batch = round.batch().ok_or_else(gone)?;
		let read = spawn_blocking(move || match deed {
			Deed::Open(_, device) => {
				let opening = shelf.opening(of, &root, device)?.ok_or_else(gone)?;
				Ok(Call::OpenReport { batch, opening: Box::new(opening) })
			}
			_ => {
				let places = round.places().ok_or_else(gone)?;
				let openings = places
					.into_iter()
					.map(|place| shelf.at(of, &root, place))
					.collect::<Result<_, Error>>()?;
				Ok(Call::ShowBatch { batch, openings })
			}
		});
		read.await.map_err(|error| Error::Work(error.to_string()))?
	}

	/// Tells what became of what was sent.
	async fn tell_settled(
		&mut self,
		node: &Node,
		settled: pogcs_light_core::tasks::Settled<Deed>,
	) -> Result<(), Error> {
		for deed in settled.done {
			let text = format!("accepted by the chain: {deed}");
			self.record.accepted(&text);
			self.events.note("done", text, about(&deed));
		}
		for deed in settled.failed {
			let mut why = None;
			if let Some((_, hash)) = self.state.hashes.iter().find(|(of, _)| *of == deed) {
				why = explain::explain(node, self.state.follower.head(), hash, None).await?;
			}
			if let Deed::Open(interval, device) = deed {
				// It costs a fee each time.
				self.machine()?.drop_ask(device, interval);
			}
			let why = why.unwrap_or_else(|| "the reason was not found".into());
			self.tell_refused(deed, &format!("refused by the chain: {deed}; {why}"));
		}
		for deed in settled.expired {
			let text = format!("was not included in time, and is tried again: {deed}");
			self.events.note("expired", text, about(&deed));
		}
		for deed in settled.gone {
			self.events.note("lost", format!("is not asked for any more: {deed}"), about(&deed));
		}
		Ok(())
	}

	fn tell_refused(&mut self, deed: Deed, text: &str) {
		self.record.refused(text);
		self.events.note("refused", text, about(&deed));
	}

	fn tell(&mut self, news: News) {
		let text = news.to_string();
		if news.is_bad() {
			self.record.refused(&text);
		}
		let data = match news {
			News::Opened(of) => json!({ "step": "opened", "interval": of.0 }),
			News::Sealed(of, count) => {
				json!({ "step": "sealed", "interval": of.0, "reports": count })
			}
			News::Submitted(of, batch) => {
				json!({ "step": "submitted", "interval": of.0, "batch": batch })
			}
			News::Drawn(of, batch) => json!({ "step": "drawn", "interval": of.0, "batch": batch }),
			News::Shown(of, batch) => json!({ "step": "shown", "interval": of.0, "batch": batch }),
			News::Lost(of, _) => json!({ "step": "lost", "interval": of.0 }),
			News::Broken(of, count) => {
				json!({ "step": "broken", "interval": of.0, "reports": count })
			}
			News::OnRecord(device, of) => {
				json!({ "step": "on_record", "interval": of.0, "device": device.0 })
			}
		};
		self.events.note("batch", text, data);
	}

	fn save(&mut self) -> Result<(), Error> {
		let saved = self.machine()?.saved();
		self.state.saved = saved;
		self.store.save(&mut self.slots, &self.state)?;
		Ok(())
	}

	fn show_status(&mut self, node: &Node, base: &Base, trouble: Option<Error>) {
		let head = *self.state.follower.head();
		let Ok(machine) = self.machine.lock() else { return };
		let mut status = LeaderStatus::of(&machine);
		drop(machine);
		status.account = hexed::show(self.key.public());
		status.node = Some(node.url().to_owned());
		(status.finalised, status.interval) = (head.number, base.current.0);
		status.record = self.record.clone();
		status.trouble = trouble.map(|error| error.to_string());
		self.change_status(|old| *old = status);
	}

	fn change_status(&mut self, change: impl FnOnce(&mut LeaderStatus)) {
		let Ok(mut status) = self.status.lock() else { return };
		change(&mut status);
		status.time = now();
		status.events = self
			.events
			.kept()
			.iter()
			.filter_map(|event| serde_json::to_value(event).ok())
			.collect();
		// The status file is for people: that it cannot be written stops no batch.
		let _ = status.save(&self.config.state);
	}
}

/// A deed's numbers, for the view.
fn about(deed: &Deed) -> Value {
	match deed {
		Deed::Submit(of) => json!({ "action": "submit_batch", "interval": of.0 }),
		Deed::Show(of) => json!({ "action": "show_batch", "interval": of.0 }),
		Deed::Open(of, device) => {
			json!({ "action": "open_report", "interval": of.0, "device": device.0 })
		}
	}
}
