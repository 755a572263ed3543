//! The device's side of a leader: handing reports over, looking for their batch on chain, and going
//! without the leader in time. What is to be done is decided in the core's [`Relay`]; here is its I/O.

use std::{
	fs,
	path::{Path, PathBuf},
	time::Duration,
};

use codec::{DecodeAll, Encode};
use pogcs_light_core::{
	batch::{ensure_plausible, Opening, Wish},
	energy::sign_report,
	relay::{Ask, Handed, Ledger, News, Opens, Relay, Reply, Settings},
	tasks::{Action, Hold, Plan, Route, View},
};
use pogcs_primitives::{ledger::Stored, Interval};
use serde_json::{json, Value};
use tokio::{task::JoinHandle, time::timeout};

use super::{meter::battery, Agent};
use crate::{
	chain::{
		proven::Proven,
		view::{self, Surroundings},
	},
	config::Config,
	error::Error,
	files,
	http::Address,
	leader::api,
	refusals,
};

/// The folder of what stands in batches, one file for each interval.
const FOLDER: &str = "batched";
/// How long a device that is run once waits for its leader.
const ONCE: Duration = Duration::from_secs(12);

/// The leader, and what is with it.
pub(super) struct Link {
	relay: Relay,
	address: Address,
	folder: PathBuf,
	/// What it is being asked for.
	job: Option<(Ask, JoinHandle<Reply>)>,
	/// What it answered, until the next look.
	answer: Option<(Ask, Reply)>,
	/// Whether work waited for green energy when the device last looked.
	short: bool,
	/// The interval in which all that stands was looked at.
	seen: Option<Interval>,
	/// What it last said instead of what it was asked for.
	words: Option<String>,
}

impl Link {
	/// The link to the leader that is configured, with what was handed to it before.
	pub(super) fn open(config: &Config) -> Result<Option<Self>, Error> {
		let Some(url) = &config.leader else { return Ok(None) };
		let settings = Settings { until: config.leader_until, most_open: config.most_open };
		let folder = config.state.join(FOLDER);
		fs::create_dir_all(&folder)
			.map_err(|error| Error::File(folder.clone(), error.to_string()))?;
		let relay = Relay::new(settings, load(&folder)?);
		let address = Address::parse(url)?;
		Ok(Some(Self {
			relay,
			address,
			folder,
			job: None,
			answer: None,
			short: false,
			seen: None,
			words: None,
		}))
	}

	/// Writes down what changed.
	fn save(&mut self) -> Result<(), Error> {
		for interval in self.relay.take_changed() {
			let path = file(&self.folder, interval);
			match self.relay.handed(interval) {
				Some(handed) => files::replace(&path, &handed.encode(), 0o600)?,
				None => {
					// That it is there is no harm: it is forgotten again when it is too old.
					let _ = fs::remove_file(path);
				}
			}
		}
		Ok(())
	}
}

fn file(folder: &Path, interval: Interval) -> PathBuf {
	folder.join(format!("{interval}.report"))
}

/// What is in the folder. What does not decode is left alone: it may be another version's.
fn load(folder: &Path) -> Result<Vec<Handed>, Error> {
	let failed = |error: std::io::Error| Error::File(folder.to_owned(), error.to_string());
	let mut found = Vec::new();
	for entry in fs::read_dir(folder).map_err(failed)? {
		let path = entry.map_err(failed)?.path();
		if path.extension().is_none_or(|extension| extension != "report") {
			continue;
		}
		if let Ok(handed) = Handed::decode_all(&mut &files::read(&path)?[..]) {
			found.push(handed);
		}
	}
	Ok(found)
}

/// The report of `interval` that stands in a batch, and the batch's number, from the device's files.
pub fn standing(config: &Config, interval: Interval) -> Result<(u64, Opening), Error> {
	let missing = || {
		Error::Work(format!(
			"no report of interval {interval} stands in a batch: it went to the chain by itself, is on \
			 record already, or is too old"
		))
	};
	let settings = Settings { until: config.leader_until, most_open: config.most_open };
	let path = file(&config.state.join(FOLDER), interval);
	if !path.exists() {
		return Err(missing());
	}
	let handed = Handed::decode_all(&mut &files::read(&path)?[..])
		.map_err(|_| Error::File(path, "it is of another version".into()))?;
	Relay::new(settings, vec![handed]).opening(interval).ok_or_else(missing)
}

/// The ledger of the device's battery.
fn ledger(around: &Surroundings) -> Ledger {
	Ledger { stored: around.stored, through: around.through, battery: battery(around) }
}

impl Agent {
	/// Looks what became of reports that are with the leader, and takes its answer.
	pub(super) async fn look_at_batches(
		&mut self,
		proven: &Proven<'_>,
		view: &mut View,
	) -> Result<(), Error> {
		let Some(link) = &self.leader else { return Ok(()) };
		let all = link.seen != Some(view.current);
		let in_flight = &self.state.in_flight;
		let opening = |interval| in_flight.contains(&Action::OpenReport(interval));
		let watched = link.relay.watched(all, opening);
		view::read_batched(proven, view, &watched).await?;
		// The answer first: it may say where to look.
		if self.is_answered() {
			self.hear_leader().await;
		}
		let chain = *self.state.follower.genesis();
		let Some(link) = &mut self.leader else { return Ok(()) };
		if let Some((ask, reply)) = link.answer.take() {
			link.words = match &reply {
				Reply::Later(words) | Reply::Refused(words) => Some(words.clone()),
				_ => None,
			};
			link.relay.reply(&chain, view.head, ask, reply);
		}
		let mut batches = Vec::new();
		if link.relay.seeks() {
			let next = view::read_next_batch(proven).await?;
			batches = view::read_batches(proven, &link.relay.candidates(next)).await?;
		}
		link.relay.look(view, &batches);
		link.seen = Some(view.current);
		self.tell_leader()
	}

	/// Whether the leader's answer is waited for.
	pub(super) fn awaits_leader(&self) -> bool {
		self.leader.as_ref().is_some_and(|link| link.job.is_some())
	}

	/// Whether it is there, and was not looked at.
	pub(super) fn is_answered(&self) -> bool {
		let Some(link) = &self.leader else { return false };
		link.answer.is_some() || link.job.as_ref().is_some_and(|(_, job)| job.is_finished())
	}

	/// Waits for the leader's answer, for a while; whether it was waited for.
	pub(super) async fn hear_leader(&mut self) -> bool {
		let Some(link) = &mut self.leader else { return false };
		let Some((ask, job)) = link.job.take() else { return false };
		let reply = match timeout(ONCE, job).await {
			Ok(Ok(reply)) => reply,
			_ => Reply::Later("it did not answer in time".into()),
		};
		link.answer = Some((ask, reply));
		true
	}

	/// Tells what happened, and writes it down.
	fn tell_leader(&mut self) -> Result<(), Error> {
		let Some(link) = &mut self.leader else { return Ok(()) };
		link.save()?;
		for news in link.relay.take_news() {
			let (step, interval) = about(&news);
			let data = json!({ "step": step, "interval": interval.0 });
			let text = news.to_string();
			if news.is_bad() {
				self.record.refused(&text);
			} else if matches!(news, News::Stands(..)) {
				self.record.accepted(&text);
			}
			self.events.note("leader", text, data);
		}
		Ok(())
	}

	/// Signs the closed interval's report for the leader, if that is the way it goes.
	pub(super) fn hand_over(&mut self, view: &View, around: &Surroundings) {
		let Some(link) = &mut self.leader else { return };
		let Some(interval) = link.relay.wants(view) else { return };
		let (Some((id, _)), Some(class)) = (&view.device, &around.class) else { return };
		let stored = link.relay.base(&ledger(around), |_| true);
		let Some(log) = self.state.log_mut(interval) else { return };
		log.settle(&stored, &battery(around));
		let report = log.report(*id);
		if let Err(fault) = ensure_plausible(&report, class) {
			let text = match refusals::named("energy", fault.name()) {
				Some(refusal) => format!("interval {interval} is not handed over: {refusal}"),
				None => format!("interval {interval} is not handed over: {}", fault.name()),
			};
			if link.words.as_ref() != Some(&text) {
				self.events.note("leader", text.clone(), Value::Null);
				link.words = Some(text);
			}
			return;
		}
		let signature = sign_report(&self.keys.device, self.state.follower.genesis(), &report);
		link.relay.hand(report, signature);
	}

	/// Which way the closed interval's report goes, and what is opened.
	pub(super) fn by_leader(
		&self,
		view: &View,
		around: &Surroundings,
		logs: &[Interval],
	) -> (Route, Opens) {
		let Some(link) = &self.leader else { return (Route::Own, Opens::default()) };
		let route = link.relay.route(view);
		let closed = view.current.checked_sub(1).filter(|closed| logs.contains(closed));
		let own = closed.is_some() && !view.reported && route == Route::Own;
		(route, link.relay.opens(view, &ledger(around), own, link.short))
	}

	/// What is in the battery when a report is taken that is sent now: after those that are being opened.
	pub(super) fn stored_when_sent(&self, around: &Surroundings) -> Stored {
		let Some(link) = &self.leader else { return around.stored };
		let in_flight = &self.state.in_flight;
		let opening = |interval| in_flight.contains(&Action::OpenReport(interval));
		link.relay.base(&ledger(around), opening)
	}

	/// The report of `interval`, as it stands in a batch.
	pub(super) fn opening(&self, interval: Interval) -> Option<(u64, Opening)> {
		self.leader.as_ref()?.relay.opening(interval)
	}

	/// The chain did not let a report be opened.
	pub(super) fn unopened(&mut self, interval: Interval) {
		if let Some(link) = &mut self.leader {
			link.relay.unopened(interval);
		}
	}

	/// Asks the leader for what is to be asked for now.
	pub(super) fn ask_leader(&mut self, view: &View, plan: &Plan, wished: &[Interval]) {
		let chain = *self.state.follower.genesis();
		let Some(link) = &mut self.leader else { return };
		link.short = plan.holds.iter().any(|hold| matches!(hold, Hold::EnergyShort(..)));
		if link.job.is_some() {
			return;
		}
		let Some((id, _)) = view.device else { return };
		let Some(ask) = link.relay.ask(view, wished) else { return };
		let request = match ask {
			Ask::HandIn(interval) => {
				let Some(handed) = link.relay.handed(interval) else { return };
				api::Request::hand_in(&handed.report, &handed.signature)
			}
			Ask::Path(interval) | Ask::Open(interval) => {
				let wish = if ask == Ask::Path(interval) { Wish::Path } else { Wish::Open };
				let payload = wish.payload(&chain, id, interval);
				api::Request::wish(wish, id, interval, &self.keys.device.sign(&payload))
			}
		};
		// Written down before it is handed over: started again, the device hands over the same.
		if let Err(error) = link.save() {
			link.words = Some(error.to_string());
			return;
		}
		link.relay.asks(view);
		let address = link.address.clone();
		let job = tokio::spawn(async move { api::ask(&address, &request).await });
		link.job = Some((ask, job));
	}

	/// What is with the leader, in words.
	pub(super) fn leader_words(&self) -> Vec<String> {
		let Some(link) = &self.leader else { return Vec::new() };
		let standing = match link.relay.standing() {
			0 => "no report stands in a batch unopened".to_owned(),
			1 => "one report stands in a batch and is not on record".to_owned(),
			count => format!("{count} reports stand in batches and are not on record"),
		};
		let mut words = vec![format!("{standing} (`pogcs-device open` puts one there)")];
		words.extend(link.words.as_ref().map(|said| format!("it last said: {said}")));
		words
	}

	/// How many reports stand in batches.
	pub(super) fn standing_reports(&self) -> u32 {
		let count = self.leader.as_ref().map_or(0, |link| link.relay.standing());
		u32::try_from(count).unwrap_or(u32::MAX)
	}
}

/// A word for what happened, and the interval that it is about.
fn about(news: &News) -> (&'static str, Interval) {
	match news {
		News::Promised(of) => ("promised", *of),
		News::Stands(of, _) => ("stands", *of),
		News::Alone(of, _) => ("alone", *of),
		News::OnRecord(of) => ("on_record", *of),
		News::Voided(of, _) => ("voided", *of),
		News::Dropped(of) => ("dropped", *of),
	}
}
