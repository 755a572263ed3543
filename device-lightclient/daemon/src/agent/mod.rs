//! The running device: it follows finality, meters its intervals, decides and acts.

mod act;
mod challenge;
mod meter;
mod relay;
#[cfg(test)]
mod tests;
mod toil;

pub use relay::standing;

use std::{
	path::PathBuf,
	sync::{Arc, RwLock},
	time::{Duration, Instant},
};

use pogcs_light_core::{
	store::Store,
	tasks::{decide, Action, Hold, Own, Plan, Rules, View},
	BlockNumber,
};
use pogcs_primitives::{records::Assignment, Interval, MilliWattHours};
use serde_json::{json, Value};
use tokio::{
	signal::unix::{signal, SignalKind},
	time::sleep,
};

use crate::{
	benchmark::Benchmark,
	chain::{
		node::Node,
		proven::Proven,
		session::{Session, Turns},
		sync, view,
	},
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

/// How long a device that is run once waits for its challenge.
const ONCE: Duration = Duration::from_secs(120);

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
	/// Work that several devices do.
	toil: toil::Toil,
	/// What is with the leader, if there is one.
	leader: Option<relay::Link>,
	/// The last report that was sent without a fee, and when.
	prepaid: Option<(Interval, BlockNumber)>,
	/// The interval whose report has to be paid for, whatever is left of those paid ahead.
	dear: Option<Interval>,
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
		let old = Status::load(&config.state).unwrap_or_default();
		let record = old.record;
		let toil = toil::Toil::open(&config, old.toil)?;
		let benchmark = Benchmark::new(config.challenge_threads, config.challenge_mb);
		let leader = relay::Link::open(&config)?;
		Ok(Self {
			benchmark,
			toil,
			leader,
			prepaid: None,
			dear: None,
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
			let shared = self.shared.clone();
			let page = move || shared.read().map(|of| metrics::page(&of)).unwrap_or_default();
			metrics::serve(port, page).await?;
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
		let mut turns = Turns::default();
		loop {
			let nodes = self.config.nodes.len();
			let url = self.config.nodes[turns.index(nodes)].clone();
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
			} else if once && turns.is_over(nodes) {
				return Err(error);
			}
			sleep(turns.next(nodes, begin.elapsed())).await;
		}
	}

	async fn with_node(&mut self, url: &str, once: bool) -> Result<(), Error> {
		let mut session = Session::connect(url, &mut self.events).await?;
		let name = session.node().url().to_owned();
		self.change_status(|status| status.node = Some(name));
		session.catch_up(&mut self.state.follower, &mut self.events).await?;
		self.act(session.node()).await?;
		self.look_ahead(session.node()).await?;
		if once {
			if let Some(finished) = self.benchmark.wait(ONCE).await {
				self.tell_finished(&finished);
			}
			// It may have been done before it was waited for. A leader's answer is waited for, too, and
			// what is being computed.
			let heard = self.wait_for_runs(ONCE).await?;
			if heard || self.benchmark.root().is_some() || self.hear_leader().await {
				self.act(session.node()).await?;
				self.look_ahead(session.node()).await?;
				self.hear_leader().await;
				self.save()?;
			}
			return Ok(());
		}
		loop {
			// A challenge waits for nobody, and a leader's answer and a result for little.
			let soon = self.looks_ahead() || self.awaits_leader() || self.toil.is_busy();
			let wait = if soon { 1 } else { self.config.poll_seconds.max(1) };
			let wait = Duration::from_secs(wait);
			let moved = session.next(&mut self.state.follower, &mut self.events, wait).await?;
			let heard = self.hear_runs()?;
			if moved || heard || self.is_answered() {
				self.act(session.node()).await?;
			}
			self.look_ahead(session.node()).await?;
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
		let watched = self.toil.answers().watched();
		view::read_replicas(&proven, &mut view, &watched, self.config.scan).await?;
		let trouble = self.image.trouble(around.spec_version);

		self.tell_evaluated();
		self.look_at_batches(&proven, &mut view).await?;
		self.settle(node, &proven, &view).await?;
		self.watch_challenge(&view, &around, trouble.is_none());
		self.meter_closed(&view, &around)?;
		// After it was metered what was computed.
		self.follow_answers(&view)?;
		let lacking = self.lacking(&view);
		let forecast = self.forecast(&view, &around);
		let logs: Vec<Interval> = self.state.logs.iter().map(|log| log.interval()).collect();
		if trouble.is_none() {
			self.hand_over(&view, &around);
		}
		let (route, opens) = self.by_leader(&view, &around, &logs);
		let own = Own {
			logs: &logs,
			forecast: MilliWattHours(forecast),
			capacity: self.config.capacity,
			least_reward: self.config.least_reward.into(),
			asks: self.config.request_challenge,
			root: self.benchmark.root(),
			route,
			opens: &opens.now,
			rules: Rules::POGCS,
			answers: self.toil.answers(),
			lacking: &lacking,
		};
		let plan = decide(&view, &own);
		self.tell_waits(&plan);
		if trouble.is_none() {
			self.compute(&view, &plan);
			self.carry_out(node, &view, &around, &plan).await?;
			self.ask_leader(&view, &plan, &opens.wished);
		}
		self.save()?;

		let settings = lifecycle::Settings {
			asks: self.config.request_challenge,
			warning: self.config.certificate_warning,
			quota_warning: self.config.quota_warning,
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
			prepaid: life.prepaid,
			leader: self.leader_words(),
			batched: self.standing_reports(),
			toil: self.toil.tally(),
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
				Action::Report(_) | Action::OpenReport(_) => Some(&mut totals.reported),
				Action::Accept(_) => Some(&mut totals.accepted),
				Action::Commit(_) => Some(&mut totals.committed),
				Action::Prove(..) => Some(&mut totals.proven),
				Action::OpenChallenge(_) => Some(&mut totals.passed),
				Action::RequestChallenge | Action::CommitChallenge(_) => None,
				// What becomes of these is told with the answers.
				Action::Release(_)
				| Action::Enter(..)
				| Action::CommitAnswer(..)
				| Action::OpenAnswer(..)
				| Action::Conclude(..) => None,
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
				let report = match (&action, &view.device) {
					(Action::Report(interval), Some((id, _))) => Some((*id, *interval)),
					_ => None,
				};
				why = explain::explain(node, self.state.follower.head(), &hash, report).await?;
			}
			if let Action::OpenReport(interval) = action {
				self.unopened(interval);
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
		Action::OpenReport(of) => json!({ "action": "open_report", "interval": of.0 }),
		Action::Release(at) => json!({ "action": "release", "task": at.task.0, "chunk": at.chunk }),
		Action::Enter(at, round) => replica("enter", at, *round),
		Action::CommitAnswer(at, round) => replica("commit_answer", at, *round),
		Action::OpenAnswer(at, round) => replica("open_answer", at, *round),
		Action::Conclude(at, round) => replica("conclude", at, *round),
	}
}

/// The same of an action about a chunk that several devices do.
fn replica(action: &str, at: &Assignment, round: u8) -> Value {
	json!({ "action": action, "task": at.task.0, "chunk": at.chunk, "round": round })
}
