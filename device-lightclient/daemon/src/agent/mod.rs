//! The running device: it follows finality, meters its intervals, decides and acts.

mod act;
mod challenge;
mod meter;
#[cfg(test)]
mod tests;

use std::{
	path::PathBuf,
	sync::{Arc, RwLock},
	time::{Duration, Instant},
};

use pogcs_light_core::{
	finality::{Follower, Progress},
	store::Store,
	tasks::{decide, Action, Hold, Own, Plan, View},
};
use pogcs_primitives::{Interval, MilliWattHours};
use serde_json::{json, Value};
use tokio::{
	signal::unix::{signal, SignalKind},
	time::{sleep, timeout},
};

use crate::{
	benchmark::Benchmark,
	chain::{node::Node, proven::Proven, sync, view, view::Surroundings},
	checkpoint::{CheckpointFile, Image},
	config::Config,
	error::Error,
	events::{now, Events},
	explain,
	files::FileSlots,
	hexed,
	home::Home,
	keys::Keys,
	lifecycle,
	meter::Plant,
	metrics,
	state::State,
	status::{Record, Status},
	work::Worker,
};

/// How long a node may have nothing new before the next one is tried.
const STALE: Duration = Duration::from_secs(60);
/// How long a device that is run once waits for its challenge.
const ONCE: Duration = Duration::from_secs(120);
/// The longest wait between two attempts to connect.
const LONGEST_WAIT: u64 = 30;

/// The device.
pub struct Agent {
	config: Config,
	image: Image,
	keys: Keys,
	worker: Arc<Worker>,
	plant: Plant,
	home: Option<Home>,
	slots: FileSlots,
	store: Store,
	state: State,
	events: Events,
	shared: metrics::Shared,
	benchmark: Benchmark,
	ahead: challenge::Ahead,
	/// What was accepted and refused last.
	record: Record,
	/// What it waited for when it last looked, so that a change is told and nothing twice.
	waits: Vec<String>,
	directory: PathBuf,
}

impl Agent {
	/// Loads everything that the configuration names.
	pub fn new(config: Config, json: bool) -> Result<Self, Error> {
		let keys = Keys::load(&config.keys)?;
		let image = CheckpointFile::load(&config.checkpoint)?;
		let worker = Worker::load(&config.models, config.proving_key.as_ref())?;
		let plant = Plant::new(config.meter.clone());
		let home = config.home()?;
		let mut slots = FileSlots::new(&config.state)?;
		let (store, state) =
			State::load(&mut slots, image.checkpoint.clone(), plant.start_charge())?;
		let (head, set) = (state.follower.head(), state.follower.set());
		let status = Status {
			key: hexed::show(keys.device.public()),
			finalised: head.number,
			finalised_hash: hexed::show(head.hash),
			set: set.id(),
			voters: set.authorities().len(),
			runtime: image.spec_version,
			metadata_hash: image.metadata_hash.map(hexed::show),
			charge_mwh: state.charge,
			..Status::default()
		};
		let record = Status::load(&config.state).map(|old| old.record).unwrap_or_default();
		let benchmark = Benchmark::new(config.challenge_threads, config.challenge_mb);
		Ok(Self {
			benchmark,
			ahead: challenge::Ahead::default(),
			record,
			directory: config.state.clone(),
			config,
			image,
			keys,
			worker: Arc::new(worker),
			plant,
			home,
			slots,
			store,
			state,
			events: Events::new(json),
			shared: Arc::new(RwLock::new(status)),
			waits: Vec::new(),
		})
	}

	/// Runs until it is told to stop; with `once` until it has caught up and acted a single time.
	pub async fn run(mut self, once: bool) -> Result<(), Error> {
		if let Some(port) = self.config.metrics_port {
			metrics::serve(port, self.shared.clone()).await?;
		}
		let key = hexed::show(self.keys.device.public());
		let data = json!({ "key": key, "commitment": hexed::show(self.keys.commitment().0) });
		self.events.note("started", format!("device {key}"), data);
		let failed = |error: std::io::Error| Error::Config(error.to_string());
		let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
		let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
		let result = tokio::select! {
			result = self.serve(once) => result,
			_ = terminate.recv() => Ok(()),
			_ = interrupt.recv() => Ok(()),
		};
		self.save()?;
		result
	}

	/// Goes from node to node: one that cannot be reached, lies or falls behind is left.
	async fn serve(&mut self, once: bool) -> Result<(), Error> {
		let mut attempts = 0u64;
		loop {
			let count = u64::try_from(self.config.nodes.len()).unwrap_or(1);
			let index = usize::try_from(attempts % count).unwrap_or_default();
			let url = self.config.nodes[index].clone();
			let begin = Instant::now();
			let error = match self.with_node(&url, once).await {
				Ok(()) => return Ok(()),
				Err(error) => error,
			};
			self.events.note("peer", format!("left {url}: {error}"), Value::Null);
			self.change_status(|status| status.node = None);
			if !error.is_peer() {
				let words = error.to_string();
				self.change_status(|status| status.trouble = Some(words));
				// What an upgrade of the image mends, waiting does not.
				if once || matches!(error, Error::Forced(_)) {
					return Err(error);
				}
			} else if once && attempts + 1 >= count {
				return Err(error);
			}
			attempts = if begin.elapsed() > STALE { index as u64 + 1 } else { attempts + 1 };
			let round = attempts / count;
			sleep(Duration::from_secs((1 << round.min(5)).min(LONGEST_WAIT))).await;
		}
	}

	async fn with_node(&mut self, url: &str, once: bool) -> Result<(), Error> {
		let node = Node::connect(url).await?;
		self.events.note("peer", format!("connected to {url}, which is not trusted"), Value::Null);
		let name = node.url().to_owned();
		self.change_status(|status| status.node = Some(name));
		let mut news = node.subscribe().await?;
		let begin = Instant::now();
		let first = self.state.follower.head().number;
		let events = &mut self.events;
		let say = |follower: &Follower, progress| tell(events, follower, progress);
		sync::catch_up(&node, &mut news, &mut self.state.follower, say).await?;
		sync::complete_head(&node, &mut self.state.follower).await?;
		let head = self.state.follower.head().number;
		let seconds = begin.elapsed().as_secs_f64();
		self.events.note(
			"synced",
			format!("verified finality from block {first} to {head} in {seconds:.2} s"),
			json!({ "from": first, "to": head, "seconds": seconds }),
		);
		self.act(&node).await?;
		self.look_ahead(&node).await?;
		if once {
			if let Some(finished) = self.benchmark.wait(ONCE).await {
				self.tell_finished(&finished);
			}
			// It may have been done before it was waited for.
			if self.benchmark.root().is_some() {
				self.act(&node).await?;
				self.look_ahead(&node).await?;
				self.save()?;
			}
			return Ok(());
		}
		let mut last_progress = Instant::now();
		loop {
			// A challenge waits for nobody.
			let wait = if self.looks_ahead() { 1 } else { self.config.poll_seconds.max(1) };
			let wait = Duration::from_secs(wait);
			let progress = match timeout(wait, news.next()).await {
				Ok(Some(Ok(justification))) => {
					sync::follow(&node, &mut self.state.follower, &justification).await?
				}
				Ok(_) => return Err(Error::Link(format!("{url} closed the connection"))),
				Err(_) => sync::step(&node, &mut self.state.follower).await?,
			};
			match progress {
				Some(progress) => {
					last_progress = Instant::now();
					tell(&mut self.events, &self.state.follower, progress);
					self.act(&node).await?;
				}
				None if !node.is_connected() => {
					return Err(Error::Link(format!("{url} closed the connection")))
				}
				None if last_progress.elapsed() > STALE => {
					return Err(Error::Link(format!("{url} has nothing newly finalised")))
				}
				None => {}
			}
			self.look_ahead(&node).await?;
		}
	}

	/// One look at the chain: meter, decide, act, and write down what came of it.
	async fn act(&mut self, node: &Node) -> Result<(), Error> {
		let root = sync::complete_head(node, &mut self.state.follower).await?;
		let head = *self.state.follower.head();
		let proven = Proven::new(node, head.hash, root);
		let account = self.keys.device.public();
		let (mut view, around) = view::read(&proven, head.number, &account).await?;
		// Offers are many keys: they are read only where they can matter.
		if view.jobs.len() < self.config.capacity || !self.state.in_flight.is_empty() {
			view::read_offers(&proven, &mut view, self.config.scan).await?;
		}
		let trouble = self.trouble(&around);

		self.tell_evaluated();
		self.settle(node, &proven, &view).await?;
		self.watch_challenge(&view, &around, trouble.is_none());
		self.meter_closed(&view, &around)?;
		let forecast = self.forecast(&view, &around);
		let logs: Vec<Interval> = self.state.logs.iter().map(|log| log.interval()).collect();
		let own = Own {
			logs: &logs,
			forecast: MilliWattHours(forecast),
			capacity: self.config.capacity,
			least_reward: self.config.least_reward.into(),
			asks: self.config.request_challenge,
			root: self.benchmark.root(),
		};
		let plan = decide(&view, &own);
		self.tell_waits(&plan);
		if trouble.is_none() {
			self.carry_out(node, &view, &around, &plan).await?;
		}
		self.save()?;

		let settings = lifecycle::Settings {
			asks: self.config.request_challenge,
			warning: self.config.certificate_warning,
		};
		let life = lifecycle::describe(&view, around.class.as_ref(), settings);
		let state = &self.state;
		let (follower, totals) = (&state.follower, state.totals);
		let status = Status {
			time: now(),
			key: hexed::show(account),
			device: view.device.as_ref().map(|(id, _)| id.0),
			state: view.state().map(|state| format!("{state:?}")),
			lifecycle: life.words,
			asks: life.asks,
			certificate_left: life.certificate_left,
			notice_left: life.notice_left,
			challenge: life.challenge,
			evaluating: self.benchmark.is_busy(),
			record: self.record.clone(),
			node: Some(node.url().to_owned()),
			finalised: head.number,
			finalised_hash: hexed::show(head.hash),
			set: follower.set().id(),
			voters: follower.set().authorities().len(),
			runtime: self.image.spec_version,
			metadata_hash: self.image.metadata_hash.map(hexed::show),
			interval: view.current.0,
			charge_mwh: state.charge,
			level_mwh: around.stored.level.0,
			green_mwh: around.stored.green.0,
			forecast_mwh: forecast,
			home: self.home.as_ref().and_then(Home::words),
			car_mwh: self.home.as_ref().map_or(0, Home::car),
			in_flight: state.in_flight.len(),
			reported: totals.reported,
			accepted: totals.accepted,
			committed: totals.committed,
			proven: totals.proven,
			refused: totals.refused,
			expired: totals.expired,
			passed: totals.passed,
			waits: self.waits.clone(),
			trouble: trouble.map(|error| error.to_string()),
			events: Vec::new(),
		};
		self.change_status(|old| *old = status);
		Ok(())
	}

	/// What keeps the device from signing anything.
	fn trouble(&self, around: &Surroundings) -> Option<Error> {
		let now = around.spec_version?;
		let built = self.image.spec_version;
		(now != built).then_some(Error::Upgraded { now, built })
	}

	/// Tells what became of the extrinsics that were on their way.
	async fn settle(&mut self, node: &Node, proven: &Proven<'_>, view: &View) -> Result<(), Error> {
		let settled = self.state.in_flight.settle(view);
		let mut done = settled.done;
		for action in settled.gone {
			if view::took_effect(proven, view, &action).await? {
				done.push(action);
			} else {
				let text = match action {
					Action::RequestChallenge
					| Action::CommitChallenge(_)
					| Action::OpenChallenge(_) => format!("is not asked for any more: {action}"),
					_ => format!("came too late, or another device was faster: {action}"),
				};
				self.events.note("lost", text, about(&action));
			}
		}
		for action in done {
			let totals = &mut self.state.totals;
			let count = match action {
				Action::Report(_) => Some(&mut totals.reported),
				Action::Accept(_) => Some(&mut totals.accepted),
				Action::Commit(_) => Some(&mut totals.committed),
				Action::Prove(..) => Some(&mut totals.proven),
				Action::OpenChallenge(_) => Some(&mut totals.passed),
				Action::RequestChallenge | Action::CommitChallenge(_) => None,
			};
			if let Some(count) = count {
				*count = count.saturating_add(1);
			}
			let text = format!("accepted by the chain: {action}");
			self.record.accepted(&text);
			self.events.note("done", text, about(&action));
		}
		for action in settled.failed {
			self.state.totals.refused = self.state.totals.refused.saturating_add(1);
			let mut why = None;
			if let Some(hash) = self.state.hash_of(&action) {
				why = explain::explain(node, self.state.follower.head(), &hash).await?;
			}
			let why = why.unwrap_or_else(|| "the reason was not found".into());
			let text = format!("refused by the chain: {action}; {why}");
			self.record.refused(&text);
			self.events.note("refused", text, about(&action));
		}
		for action in settled.expired {
			self.state.totals.expired = self.state.totals.expired.saturating_add(1);
			let text = format!("was not included in time, and is tried again: {action}");
			self.events.note("expired", text, about(&action));
		}
		Ok(())
	}

	/// Tells what waits, when it changes.
	fn tell_waits(&mut self, plan: &Plan) {
		let waits: Vec<String> = plan.holds.iter().map(Hold::to_string).collect();
		for (text, hold) in waits.iter().zip(&plan.holds) {
			if !self.waits.contains(text) {
				let kind = if hold.is_final() { "lost" } else { "waits" };
				self.events.note(kind, text.clone(), Value::Null);
			}
		}
		self.waits = waits;
	}

	fn save(&mut self) -> Result<(), Error> {
		self.store.save(&mut self.slots, &self.state)?;
		Ok(())
	}

	fn change_status(&mut self, change: impl FnOnce(&mut Status)) {
		let Ok(mut status) = self.shared.write() else { return };
		change(&mut status);
		status.time = now();
		status.events = self
			.events
			.kept()
			.iter()
			.filter_map(|event| serde_json::to_value(event).ok())
			.collect();
		// The status file is for people: that it cannot be written stops no work.
		let _ = status.save(&self.directory);
	}
}

/// Notes what has become final.
fn tell(events: &mut Events, follower: &Follower, progress: Progress) {
	let head = *follower.head();
	let hash = hexed::show(head.hash);
	if let Some(set) = progress.new_set {
		let voters = follower.set().authorities().len();
		let text = format!("block {}: finality set {set} of {voters} voters", head.number);
		events.note("set", text, json!({ "set": set, "voters": voters }));
	}
	let text = format!("block {} {hash} is final", head.number);
	events.note("finalised", text, json!({ "number": head.number, "hash": hash }));
}

/// An action's numbers, for the view.
fn about(action: &Action) -> Value {
	match action {
		Action::Report(interval) => json!({ "action": "report", "interval": interval.0 }),
		Action::Accept(at) => json!({ "action": "accept", "task": at.task.0, "chunk": at.chunk }),
		Action::Commit(at) => json!({ "action": "commit", "task": at.task.0, "chunk": at.chunk }),
		Action::Prove(at, interval, green) => json!({
			"action": "prove",
			"task": at.task.0,
			"chunk": at.chunk,
			"interval": interval.0,
			"green_mwh": green.0,
		}),
		Action::RequestChallenge => json!({ "action": "request_challenge" }),
		Action::CommitChallenge(draw) => json!({ "action": "commit_challenge", "block": draw }),
		Action::OpenChallenge(draw) => json!({ "action": "open_challenge", "block": draw }),
	}
}
