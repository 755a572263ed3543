//! Work that several devices do: running chunks in the background, and keeping what was answered. What is
//! to be done is decided in the core; here is its I/O.
//!
//! Chunks run on threads of their own, on fewer than there are cores, so that finality, reports and proofs
//! go on beside them. The timed challenge has a few seconds on all cores: while it is evaluated nothing
//! else is, and what was begun is begun again.

use std::{
	fs,
	path::{Path, PathBuf},
	sync::Arc,
	thread,
	time::Duration,
};

use codec::{DecodeAll, Encode};
use pogcs_light_core::{
	answers::{salt, Answer, Answers, News},
	tasks::{Plan, Replica, Rules, View},
};
use pogcs_primitives::{contracts::Unfit, records::Assignment, Interval, MilliWattHours};
use pogcs_workloads::{Failure, Job, Workload};
use serde_json::json;
use tokio::time::sleep;

use super::Agent;
use crate::{
	config::{Config, WorkConfig},
	error::Error,
	files,
	jobs::{
		contents::Store,
		runner::{Done, Finished, Limits, Runner, Trouble},
	},
	status,
};

/// The folder of answers, one file for each.
const ANSWERS: &str = "answers";
/// The folder of what was computed, one file for each chunk.
const OUTPUTS: &str = "outputs";
/// How many outputs are kept.
const MOST_OUTPUTS: usize = 64;
/// How often a device that is run once looks for its result.
const LOOK: Duration = Duration::from_millis(50);

/// A chunk that is being computed.
struct Running {
	at: Assignment,
	job: Job,
	part: u32,
	interval: Interval,
	energy: MilliWattHours,
}

/// A chunk that could not be computed.
struct Failed {
	at: Assignment,
	interval: Interval,
}

/// Work that several devices do.
pub(super) struct Toil {
	runner: Runner,
	store: Arc<Store>,
	answers: Answers,
	running: Vec<Running>,
	failed: Vec<Failed>,
	folder: PathBuf,
	outputs: PathBuf,
	/// What became of it so far.
	tally: status::Toil,
}

/// How many chunks run at a time: one core is left for everything else.
fn threads(config: &WorkConfig) -> usize {
	let cores = || thread::available_parallelism().map_or(1, usize::from);
	config.threads.unwrap_or_else(|| cores().saturating_sub(1)).max(1)
}

impl Toil {
	/// With what was written down before.
	pub(super) fn open(config: &Config, tally: status::Toil) -> Result<Self, Error> {
		let (folder, outputs) = (config.state.join(ANSWERS), config.state.join(OUTPUTS));
		for path in [&folder, &outputs] {
			fs::create_dir_all(path)
				.map_err(|error| Error::File(path.clone(), error.to_string()))?;
		}
		let limits = Limits {
			memory: config.work.memory_mb.saturating_mul(1 << 20),
			time: Duration::from_secs(config.work.minutes.saturating_mul(60)),
		};
		let store = Arc::new(Store::new(config.work.contents.clone()));
		let runner = Runner::new(store.clone(), limits, Some(threads(&config.work)));
		let answers = Answers::new(load(&folder)?);
		let (running, failed) = (Vec::new(), Vec::new());
		Ok(Self { runner, store, answers, running, failed, folder, outputs, tally })
	}

	/// What was answered.
	pub(super) fn answers(&self) -> &Answers {
		&self.answers
	}

	/// The energy of what was computed in an interval.
	pub(super) fn energy(&self, interval: Interval) -> MilliWattHours {
		self.answers.energy(interval)
	}

	/// Whether anything is being computed.
	pub(super) fn is_busy(&self) -> bool {
		self.runner.is_busy()
	}

	/// What of it the status shows.
	pub(super) fn tally(&self) -> status::Toil {
		let running = self.running.len();
		let percent = self.runner.share() * 100.0 / running.max(1) as f64;
		status::Toil {
			running: u32::try_from(running).unwrap_or(u32::MAX),
			// From 0 to 100.
			percent: percent as u32,
			bound: u32::try_from(self.answers.bound()).unwrap_or(u32::MAX),
			..self.tally.clone()
		}
	}

	/// Writes down what changed. Only when it is on the disk anything is sent that rests on it.
	fn save(&mut self) -> Result<(), Error> {
		for at in self.answers.take_changed() {
			let path = self.folder.join(format!("{}-{}.answer", at.task, at.chunk));
			match self.answers.get(&at) {
				Some(answer) => files::keep(&path, &answer.encode(), 0o600)?,
				None => {
					// That it is there is no harm: it is forgotten again when it is looked at.
					let _ = fs::remove_file(path);
				}
			}
		}
		Ok(())
	}

	/// Why this device cannot do a chunk, if it cannot.
	fn lacks(&self, replica: &Replica) -> bool {
		let job = &replica.job;
		job.check().is_err()
			|| !self.runner.fits(job)
			|| !job.needs().iter().all(|need| self.store.has(need))
			|| self.failed.iter().any(|failed| failed.at == replica.at)
	}

	/// Keeps what a chunk gave; the client gets it from the owner, who finds it here.
	fn put_out(&self, at: &Assignment, bytes: &[u8]) -> Result<PathBuf, Error> {
		let path = self.outputs.join(format!("{}-{}", at.task, at.chunk));
		files::replace(&path, bytes, 0o600)?;
		let failed = |error: std::io::Error| Error::File(self.outputs.clone(), error.to_string());
		let mut found = Vec::new();
		for entry in fs::read_dir(&self.outputs).map_err(failed)? {
			let entry = entry.map_err(failed)?;
			let time = entry.metadata().and_then(|data| data.modified()).map_err(failed)?;
			found.push((time, entry.path()));
		}
		found.sort();
		let more = found.len().saturating_sub(MOST_OUTPUTS);
		for (_, old) in found.into_iter().take(more) {
			let _ = fs::remove_file(old);
		}
		Ok(path)
	}
}

/// The answers in the folder. What does not decode is left alone: it may be another version's.
fn load(folder: &Path) -> Result<Vec<Answer>, Error> {
	let failed = |error: std::io::Error| Error::File(folder.to_owned(), error.to_string());
	let mut found = Vec::new();
	for entry in fs::read_dir(folder).map_err(failed)? {
		let path = entry.map_err(failed)?.path();
		if path.extension().is_none_or(|extension| extension != "answer") {
			continue;
		}
		if let Ok(answer) = Answer::decode_all(&mut &files::read(&path)?[..]) {
			found.push(answer);
		}
	}
	Ok(found)
}

impl Agent {
	/// Looks what became of this device's answers, and tells.
	pub(super) fn follow_answers(&mut self, view: &View) -> Result<(), Error> {
		self.toil.answers.look(view, Rules::POGCS.open_time);
		// What failed is tried again when another device is asked.
		let current = view.current;
		self.toil.failed.retain(|failed| failed.interval == current);
		self.tell_answers()
	}

	/// Tells what happened, and writes it down.
	fn tell_answers(&mut self) -> Result<(), Error> {
		self.toil.save()?;
		for news in self.toil.answers.take_news() {
			let tally = &mut self.toil.tally;
			let (step, count) = match news {
				News::Computed(_) => ("computed", Some(&mut tally.computed)),
				News::Differs(_) => ("differs", None),
				News::Opened(..) => ("opened", None),
				News::Unfit(_, Unfit::Energy | Unfit::Carbon) => ("unfit", Some(&mut tally.unfit)),
				News::Agreed(_) => ("agreed", Some(&mut tally.agreed)),
				News::Unchecked(_) => ("unchecked", Some(&mut tally.unchecked)),
				News::Wrong(_) => ("wrong", Some(&mut tally.wrong)),
				News::Late(_) => ("late", Some(&mut tally.late)),
				News::Void(_) => ("void", Some(&mut tally.void)),
				News::Over(_) => ("over", None),
				News::Unused(_) => ("unused", None),
			};
			if let Some(count) = count {
				*count = count.saturating_add(1);
			}
			let at = news.at();
			let data = json!({ "step": step, "task": at.task.0, "chunk": at.chunk });
			let text = news.to_string();
			if news.is_bad() {
				self.record.refused(&text);
			} else if matches!(news, News::Agreed(_) | News::Unchecked(_)) {
				self.record.accepted(&text);
			}
			self.events.note("answer", text, data);
		}
		Ok(())
	}

	/// Chunks that this device cannot do.
	pub(super) fn lacking(&self, view: &View) -> Vec<Assignment> {
		let lacks = |replica: &&Replica| self.toil.lacks(replica);
		view.replicas.iter().filter(lacks).map(|replica| replica.at).collect()
	}

	/// Begins with what is to be computed now.
	pub(super) fn compute(&mut self, view: &View, plan: &Plan) {
		if self.benchmark.is_busy() {
			self.toil.runner.stop();
			return;
		}
		for at in &plan.runs {
			let toil = &mut self.toil;
			let running = toil.running.iter().any(|running| running.at == *at);
			let Some(replica) = view.replicas.iter().find(|replica| replica.at == *at) else {
				continue;
			};
			if running || toil.lacks(replica) {
				continue;
			}
			if !toil.runner.start(replica.job, replica.part) {
				break;
			}
			toil.running.push(Running {
				at: *at,
				job: replica.job,
				part: replica.part,
				interval: view.current,
				energy: Rules::POGCS.energy(replica.work),
			});
			let text = format!(
				"computes chunk {} of task {}, which several devices do",
				at.chunk, at.task
			);
			let data = json!({ "step": "begun", "task": at.task.0, "chunk": at.chunk });
			self.events.note("answer", text, data);
		}
	}

	/// Takes up what has been computed since; whether anything was.
	pub(super) fn hear_runs(&mut self) -> Result<bool, Error> {
		let mut heard = false;
		while let Some(finished) = self.toil.runner.poll() {
			heard = true;
			self.take_up(finished);
		}
		if heard {
			self.tell_answers()?;
		}
		Ok(heard)
	}

	/// Takes up what a chunk gave: for all contracts that ask for the same.
	fn take_up(&mut self, finished: Finished) {
		let Finished { job, chunk, result } = finished;
		let (mine, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.toil.running)
			.into_iter()
			.partition(|running| (running.job, running.part) == (job, chunk));
		self.toil.running = rest;
		let result = result.and_then(|done| {
			// Whoever counts otherwise than the job allows has another program, or a broken one.
			if done.receipt.is_plausible(&job, chunk) {
				Ok(done)
			} else {
				Err(Trouble::Lost)
			}
		});
		for running in mine {
			match &result {
				Ok(done) => self.keep_result(&running, done),
				// It makes way for a challenge, and begins again.
				Err(Trouble::Failure(Failure::Stopped)) => {}
				Err(trouble) => {
					let Running { at, interval, .. } = running;
					let text = format!(
						"could not compute chunk {} of task {}: {trouble}",
						at.chunk, at.task
					);
					self.record.refused(&text);
					let data = json!({ "step": "failed", "task": at.task.0, "chunk": at.chunk });
					self.events.note("answer", text, data);
					self.toil.failed.push(Failed { at, interval });
				}
			}
		}
	}

	fn keep_result(&mut self, running: &Running, done: &Done) {
		let Running { at, interval, energy, .. } = *running;
		let salt = salt(&self.keys.device, self.state.follower.genesis(), &at);
		let (sent, bound, opened) = (false, false, None);
		let result = done.result;
		let answer = Answer { at, result, salt, interval, energy, sent, bound, opened };
		self.toil.answers.keep(answer);
		let words = match self.toil.put_out(&at, &done.output.bytes) {
			Ok(path) => format!("its output is in {}", path.display()),
			Err(error) => format!("its output could not be kept: {error}"),
		};
		let text =
			format!("chunk {} of task {} took {:.1} s; {words}", at.chunk, at.task, done.seconds);
		let data = json!({
			"step": "output",
			"task": at.task.0,
			"chunk": at.chunk,
			"seconds": done.seconds,
			"result": crate::hexed::show(done.result),
		});
		self.events.note("answer", text, data);
	}

	/// Waits for what is being computed, at most so long; whether anything came of it.
	pub(super) async fn wait_for_runs(&mut self, most: Duration) -> Result<bool, Error> {
		let begin = std::time::Instant::now();
		let mut heard = self.hear_runs()?;
		while self.toil.is_busy() && begin.elapsed() < most {
			sleep(LOOK).await;
			heard |= self.hear_runs()?;
		}
		Ok(heard)
	}

	/// The commitment to send: it is on the disk before.
	pub(super) fn bind(
		&mut self,
		at: &Assignment,
		view: &View,
		round: u8,
	) -> Result<Option<[u8; 32]>, Error> {
		let Some((id, _)) = view.device else { return Ok(None) };
		let commitment = self.toil.answers.bind(at, id, round);
		self.toil.save()?;
		Ok(commitment)
	}

	/// What opens the answer in a round: the answer's layer, and the salt.
	pub(super) fn open_answer(&self, at: &Assignment, round: u8) -> Option<([u8; 32], [u8; 32])> {
		let answer = self.toil.answers.get(at)?;
		Some((answer.layer(round), answer.salt))
	}
}
