//! Acting: building, signing and sending the extrinsics that the plan asks for.

use pogcs_light_core::{
	calls::{Call, CallIndices},
	energy::sign_report,
	extrinsic::{hash, Mortality},
	tasks::{Action, Job, Plan, View},
	BlockNumber,
};
use pogcs_primitives::{challenge::Seed, records::Assignment, Interval};
use serde_json::json;

use super::{about, meter::battery, Agent};

/// A report that was paid for ahead has no tip: where blocks are full it waits. It is not waited for it
/// longer than for so many blocks...
const PREPAID_WAIT: BlockNumber = 5;
/// ...when so many hundredths of the interval have passed.
const PREPAID_UNTIL: u8 = 60;
use crate::{
	chain::{node::Node, view::Surroundings},
	error::Error,
	hexed,
};

impl Agent {
	/// Carries out what is due. What fails by itself is told and tried again later; only a node
	/// that fails ends it.
	pub(super) async fn carry_out(
		&mut self,
		node: &Node,
		view: &View,
		around: &Surroundings,
		plan: &Plan,
	) -> Result<(), Error> {
		for action in &plan.actions {
			if !self.is_due(action, view) && !self.hastens(action, view) {
				continue;
			}
			let call = match self.prepare(action, view, around).await {
				Ok(call) => call,
				Err(error) => {
					self.refused(action, view, &error);
					continue;
				}
			};
			let head = *self.state.follower.head();
			let mortality =
				Mortality { birth: head.number, birth_hash: head.hash, period: self.config.period };
			match self.send(node, action, &call, view, mortality).await {
				Err(error @ Error::Refused(_)) => self.refused(action, view, &error),
				other => other?,
			}
		}
		Ok(())
	}

	/// Whether a report that was sent without a fee is to be paid for instead, because it was not
	/// included and time is running out.
	fn hastens(&mut self, action: &Action, view: &View) -> bool {
		let (Action::Report(interval), Some((of, sent))) = (action, self.prepaid) else {
			return false;
		};
		let late = *interval == of
			&& self.dear != Some(of)
			&& view.free > 0
			&& self.state.in_flight.contains(action)
			&& view.head >= sent.saturating_add(PREPAID_WAIT)
			&& view.elapsed.is_some_and(|elapsed| elapsed.reached(PREPAID_UNTIL));
		if late {
			self.dear = Some(of);
			let text = format!(
				"the prepaid report of interval {of} was not included yet: the device pays for one that \
				 comes first"
			);
			self.events.note("prepaid", text, json!({ "interval": of.0 }));
		}
		late
	}

	/// Whether this interval's report goes without a fee.
	fn is_free(&self, view: &View, interval: Interval) -> bool {
		view.prepaid() > 0 && self.dear != Some(interval)
	}

	fn refused(&mut self, action: &Action, view: &View, error: &Error) {
		if let (Action::Report(interval), Some((of, _))) = (action, self.prepaid) {
			// The network does not take it for free, whatever the last final block said.
			if *interval == of && view.free > 0 {
				self.dear = Some(of);
			}
		}
		if !matches!(error, Error::Refused(_)) {
			self.state.in_flight.refused(*action, view.head);
		}
		self.refused_by_network(action, error);
	}

	/// Tells that an action could not even be sent.
	pub(super) fn refused_by_network(&mut self, action: &Action, error: &Error) {
		self.state.totals.refused = self.state.totals.refused.saturating_add(1);
		let text = format!("could not {action}: {error}");
		self.record.refused(&text);
		self.events.note("refused", text, about(action));
	}

	async fn prepare(
		&mut self,
		action: &Action,
		view: &View,
		around: &Surroundings,
	) -> Result<Call, Error> {
		let gone = || Error::Work("the chain's state changed".into());
		let (id, _) = view.device.as_ref().ok_or_else(gone)?;
		let job = |at: &Assignment| -> Result<Job, Error> {
			view.jobs.iter().find(|job| job.assignment == *at).cloned().ok_or_else(gone)
		};
		Ok(match action {
			Action::Report(interval) => {
				// Anew for each attempt: what the battery held may have been read before another
				// report of this device stood.
				let stored = self.stored_when_sent(around);
				let free = self.is_free(view, *interval);
				let log = self.state.log_mut(*interval).ok_or_else(gone)?;
				log.settle(&stored, &battery(around));
				let report = log.report(*id);
				if free {
					self.prepaid = Some((*interval, view.head));
					Call::ReportPrepaid { report }
				} else {
					let chain = self.state.follower.genesis();
					let signature = sign_report(&self.keys.device, chain, &report);
					Call::Report { report, signature }
				}
			}
			Action::OpenReport(interval) => {
				let (batch, opening) = self.opening(*interval).ok_or_else(gone)?;
				Call::OpenReport { batch, opening: Box::new(opening) }
			}
			Action::Accept(at) => Call::Accept { device: *id, task: at.task, chunk: at.chunk },
			Action::Commit(at) => {
				let work = self.worker.run(&job(at)?)?;
				let text = format!("ran chunk {} of task {}", at.chunk, at.task);
				self.events.note("worked", text, about(action));
				Call::Commit { task: at.task, chunk: at.chunk, work }
			}
			Action::Release(at) => Call::Release { task: at.task, chunk: at.chunk },
			Action::Enter(at, _) => Call::Enter { device: *id, task: at.task, chunk: at.chunk },
			Action::CommitAnswer(at, round) => Call::CommitAnswer {
				device: *id,
				task: at.task,
				chunk: at.chunk,
				commitment: self.bind(at, view, *round)?.ok_or_else(gone)?,
			},
			Action::OpenAnswer(at, round) => {
				let (answer, salt) = self.open_answer(at, *round).ok_or_else(gone)?;
				Call::OpenAnswer { device: *id, task: at.task, chunk: at.chunk, answer, salt }
			}
			Action::Conclude(at, _) => Call::Conclude { task: at.task, chunk: at.chunk },
			Action::RequestChallenge => Call::RequestChallenge { device: *id },
			// It is sent by who looks ahead, and never planned.
			Action::CommitChallenge(_) => return Err(gone()),
			Action::OpenChallenge(_) => {
				let registration = view.registration.as_ref().ok_or_else(gone)?;
				let challenge = registration.challenge.ok_or_else(gone)?;
				let (seed, _) = challenge.committed.ok_or_else(gone)?;
				let drawn = registration.drawn.ok_or_else(gone)?;
				let tree = self.benchmark.tree(&Seed(seed)).ok_or_else(gone)?;
				Call::OpenChallenge { device: *id, nodes: tree.open(&drawn) }
			}
			Action::Prove(at, interval, green) => {
				let (job, green) = (job(at)?, *green);
				let log = self.state.log(*interval).cloned().ok_or_else(gone)?;
				let reported = job.energy.as_ref().map(|energy| energy.root);
				if reported != Some(log.report(*id).root) {
					return Err(Error::Work(format!(
						"the readings of interval {interval} are not those that were reported"
					)));
				}
				let (worker, secret) = (self.worker.clone(), self.keys.secret.clone());
				let chain = *self.state.follower.genesis();
				let proved = tokio::task::spawn_blocking(move || {
					worker.prove(&secret, &chain, &job, &log, green)
				})
				.await
				.map_err(|error| Error::Work(error.to_string()))??;
				let mut data = about(action);
				data["digits"] = json!(proved.digits);
				data["seconds"] = json!(proved.seconds);
				let text = format!(
					"proved chunk {} of task {} in {:.2} s; it shows {:?}",
					at.chunk, at.task, proved.seconds, proved.digits
				);
				self.events.note("proved", text, data);
				Call::Prove {
					task: at.task,
					chunk: at.chunk,
					submission: Box::new(proved.submission),
				}
			}
		})
	}

	pub(super) async fn send(
		&mut self,
		node: &Node,
		action: &Action,
		call: &Call,
		view: &View,
		mortality: Mortality,
	) -> Result<(), Error> {
		// One that takes another's place has its nonce, so that none is left out.
		let in_flight = &self.state.in_flight;
		let nonce = in_flight.nonce_of(action).unwrap_or_else(|| in_flight.next_nonce(view.nonce));
		let signing = self.image.signing(mortality, nonce);
		let extrinsic = signing.sign(&self.keys.device, &call.encode(&CallIndices::POGCS));
		// Written down before it is sent: after a power cut it is not sent twice.
		self.state.sent(*action, nonce, mortality.death(), hash(&extrinsic));
		self.save()?;
		if let Err(error) = node.submit(&extrinsic).await {
			// If it arrived all the same, the next one has the same nonce: only one is included.
			self.state.in_flight.refused(*action, view.head);
			return Err(error);
		}
		let mut data = about(action);
		data["extrinsic"] = json!(hexed::show(hash(&extrinsic)));
		if let Call::ReportPrepaid { .. } = call {
			data["prepaid"] = json!(true);
		}
		self.events.note("sent", format!("asked the chain to {action}"), data);
		Ok(())
	}
}
