//! The leader's status file: what it holds, and what happened last.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::machine::{Loss, Machine, Stage};
use crate::{
	error::Error,
	events::now,
	files,
	status::{Record, FILE},
};

/// The file's contents.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeaderStatus {
	/// When it was written, in seconds since 1970.
	pub time: u64,
	/// The account that pays.
	pub account: String,
	/// The node that it talks to.
	pub node: Option<String>,
	/// Height of the newest block that it verified as final.
	pub finalised: u32,
	/// The interval being delivered.
	pub interval: u32,
	/// What the account can spend, in thousandths of a token.
	pub free_milli: u64,
	/// For how many reports that pays the deposit.
	pub affords: u64,
	/// The interval whose reports are taken.
	pub takes: Option<u32>,
	/// How many it has of them.
	pub collected: u64,
	/// Batches that are closed, newest first.
	pub batches: Vec<BatchLine>,
	/// What was accepted and refused last.
	pub record: Record,
	/// What it cannot get around by itself, in words.
	pub trouble: Option<String>,
	/// The last events.
	pub events: Vec<Value>,
}

/// A batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLine {
	/// The interval that its reports are of.
	pub interval: u32,
	/// How many.
	pub reports: u32,
	/// Its number on chain.
	pub batch: Option<u64>,
	/// `sealed`, `submitted`, `drawn`, `shown`, `late` or `void`.
	pub stage: String,
}

/// How many batches are listed.
const LISTED: usize = 12;
/// Plancks of a thousandth of a token.
const MILLI: u128 = 1_000_000_000;

impl LeaderStatus {
	/// What the machine has.
	pub fn of(machine: &Machine) -> Self {
		let mut batches: Vec<_> = machine
			.rounds()
			.map(|round| BatchLine {
				interval: round.interval.0,
				reports: round.root.count,
				batch: round.batch(),
				stage: match round.stage {
					Stage::Sealed(_) => "sealed",
					Stage::Submitted(_) => "submitted",
					Stage::Drawn(..) => "drawn",
					Stage::Shown(_) => "shown",
					Stage::Lost(Loss::Late) => "late",
					Stage::Lost(Loss::Voided) => "void",
				}
				.into(),
			})
			.collect();
		batches.reverse();
		let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
		Self {
			free_milli: u64::try_from(machine.free() / MILLI).unwrap_or(u64::MAX),
			affords: number(machine.affords()),
			takes: machine.open().map(|of| of.0),
			collected: number(machine.collected()),
			batches,
			..Self::default()
		}
	}

	/// Writes the file.
	pub fn save(&self, directory: &Path) -> Result<(), Error> {
		let text =
			serde_json::to_vec_pretty(self).map_err(|error| Error::Config(error.to_string()))?;
		files::replace(&directory.join(FILE), &text, 0o644)
	}

	/// Reads the file.
	pub fn load(directory: &Path) -> Result<Self, Error> {
		let path = directory.join(FILE);
		serde_json::from_slice(&files::read(&path)?)
			.map_err(|error| Error::File(path, error.to_string()))
	}

	fn count(&self, stage: &str) -> u64 {
		let count = self.batches.iter().filter(|line| line.stage == stage).count();
		u64::try_from(count).unwrap_or(u64::MAX)
	}

	/// In words, for the operator.
	pub fn words(&self) -> String {
		let mut lines = Vec::new();
		let age = now().saturating_sub(self.time);
		if age > 120 {
			lines.push(format!("The leader last wrote this {age} seconds ago: is it running?"));
		}
		let (tokens, milli) = (self.free_milli / 1_000, self.free_milli % 1_000);
		lines.push(format!(
			"Leader {}; {tokens}.{milli:03} GCS free, enough for the deposit of {} more reports",
			self.account, self.affords
		));
		lines.push(match &self.node {
			Some(node) => format!("Connected to {node}, which is not trusted"),
			None => "Not connected to any node: nothing is promised".into(),
		});
		lines.push(format!(
			"Verified as final: block {}, interval {}",
			self.finalised, self.interval
		));
		lines.push(match self.takes {
			Some(of) => format!("Takes reports of interval {of}: has {}", self.collected),
			None => "Takes no reports until the interval has ended".into(),
		});
		if let Some(trouble) = &self.trouble {
			lines.push(format!("TROUBLE: {trouble}"));
		}
		if self.affords == 0 {
			lines.push(
				"TROUBLE: the account cannot pay the deposit of a batch: send it money, or wait until \
				 earlier batches are shown"
					.into(),
			);
		}
		for line in self.batches.iter().take(LISTED) {
			let BatchLine { interval, reports, batch, stage } = line;
			let number = batch.map_or_else(String::new, |batch| format!(", batch {batch}"));
			lines.push(format!("Interval {interval}: {reports} reports, {stage}{number}"));
		}
		for (what, list) in [("Accepted", &self.record.accepted), ("REFUSED", &self.record.refused)]
		{
			for entry in list {
				let age = now().saturating_sub(entry.time);
				lines.push(format!("{what} {age} s ago: {}", entry.text));
			}
		}
		lines.join("\n") + "\n"
	}

	/// The metrics page.
	pub fn metrics(&self) -> String {
		let mut out = String::new();
		let mut gauge = |name: &str, help: &str, value: u64| {
			out.push_str(&format!(
				"# HELP pogcs_leader_{name} {help}\n# TYPE pogcs_leader_{name} gauge\n\
				 pogcs_leader_{name} {value}\n"
			));
		};
		let finalised = u64::from(self.finalised);
		gauge("finalised_block", "Height of the newest verified final block.", finalised);
		gauge("interval", "The delivery interval.", self.interval.into());
		gauge("connected", "Whether a node is connected.", self.node.is_some().into());
		gauge("collected_reports", "Reports collected for the next batch.", self.collected);
		gauge("affordable_reports", "Reports whose deposit the account can pay.", self.affords);
		let pending = self
			.count("sealed")
			.saturating_add(self.count("submitted"))
			.saturating_add(self.count("drawn"));
		gauge("pending_batches", "Batches whose deposit is on hold.", pending);
		gauge("shown_batches", "Batches whose reports can be opened.", self.count("shown"));
		gauge("void_batches", "Batches that were lately voided.", self.count("void"));
		gauge("late_batches", "Batches that lately came too late.", self.count("late"));
		gauge(
			"trouble",
			"Whether the operator has to do something.",
			self.trouble.is_some().into(),
		);
		out
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn status_should_say_what_is_wrong_when_read_back() {
		let directory = crate::testing::directory("leader-status");
		let line = |interval, stage: &str| BatchLine {
			interval,
			reports: 3,
			batch: Some(7),
			stage: stage.into(),
		};
		let status = LeaderStatus {
			time: now(),
			free_milli: 12_345,
			affords: 1,
			takes: Some(9),
			collected: 2,
			batches: vec![line(8, "submitted"), line(7, "shown"), line(6, "void")],
			..LeaderStatus::default()
		};
		status.save(&directory).unwrap();
		let words = LeaderStatus::load(&directory).unwrap().words();
		for part in [
			"12.345 GCS free",
			"Takes reports of interval 9: has 2",
			"Interval 8: 3 reports, submitted, batch 7",
			"Not connected to any node",
		] {
			assert!(words.contains(part), "{words}");
		}
		assert!(!words.contains("TROUBLE"), "{words}");
		let poor = LeaderStatus { affords: 0, ..status.clone() };
		assert!(poor.words().contains("TROUBLE: the account cannot pay the deposit"));
		let page = status.metrics();
		for part in
			["pending_batches 1\n", "shown_batches 1\n", "void_batches 1\n", "connected 0\n"]
		{
			assert!(page.contains(&format!("pogcs_leader_{part}")), "{page}");
		}
	}
}
