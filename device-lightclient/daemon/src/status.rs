//! The status file: what the device is, what it does, what it waits for and what happened last.

use std::path::Path;

use pogcs_primitives::{ledger::Stored, MilliWattHours};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{error::Error, events::now, files};

/// The name of the status file in the state directory.
pub const FILE: &str = "status.json";

/// The file's contents.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
	/// When it was written, in seconds since 1970.
	pub time: u64,
	/// The device's key and account.
	pub key: String,
	/// Its id on chain.
	pub device: Option<u32>,
	/// `Pending`, `Online`, `Running`, `Leaving` or `Suspended`.
	pub state: Option<String>,
	/// Where it is in its life, why, until when, and what to do.
	pub lifecycle: Vec<String>,
	/// Whether that asks the owner for something.
	pub asks: bool,
	/// How many intervals its certificate still counts.
	pub certificate_left: Option<u32>,
	/// How many intervals of its notice are left, if it is leaving.
	pub notice_left: Option<u32>,
	/// How far its timed challenge is: 0 none runs, 1 before the seed, 2 being evaluated, 3 before the
	/// draw, 4 to be opened.
	pub challenge: u32,
	/// How many reports are paid for ahead; nothing if none ever were.
	pub prepaid: Option<u32>,
	/// What is with its leader, in words; nothing if it has none.
	pub leader: Vec<String>,
	/// How many reports stand in batches and are not on record.
	pub batched: u32,
	/// Work that several devices do.
	pub toil: Toil,
	/// Whether a challenge is being evaluated.
	pub evaluating: bool,
	/// The node that it talks to.
	pub node: Option<String>,
	/// Height of the newest block that it verified as final.
	pub finalised: u32,
	/// That block's hash.
	pub finalised_hash: String,
	/// Number of the finality set.
	pub set: u64,
	/// How many voters it has.
	pub voters: usize,
	/// The runtime's spec version that it signs for.
	pub runtime: u32,
	/// The metadata hash that its signatures are bound to.
	pub metadata_hash: Option<String>,
	/// The interval being delivered.
	pub interval: u32,
	/// The battery's charge in mWh.
	pub charge_mwh: u64,
	/// What the chain knows to be in the battery, in mWh.
	pub level_mwh: u64,
	/// What of that is green, in mWh.
	pub green_mwh: u64,
	/// Green energy that the interval can still supply to compute, in mWh.
	pub forecast_mwh: u64,
	/// What the home's schedule says of this interval, in words.
	pub home: Option<String>,
	/// What the car still needs, by the schedule, in mWh.
	pub car_mwh: u64,
	/// What is on its way.
	pub in_flight: usize,
	/// Counts since the first start.
	pub reported: u64,
	/// Chunks accepted.
	pub accepted: u64,
	/// Chunks committed.
	pub committed: u64,
	/// Chunks proven and paid.
	pub proven: u64,
	/// Refused extrinsics.
	pub refused: u64,
	/// Expired extrinsics.
	pub expired: u64,
	/// Timed challenges passed.
	pub passed: u64,
	/// What was accepted and refused last.
	pub record: Record,
	/// What it waits for, in words.
	pub waits: Vec<String>,
	/// What it cannot get around by itself, in words.
	pub trouble: Option<String>,
	/// The last events.
	pub events: Vec<Value>,
}

/// What became of work that several devices do, since the first start; and what is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Toil {
	/// Chunks computed.
	pub computed: u64,
	/// Answers that stand.
	pub agreed: u64,
	/// Answers that were the only ones.
	pub unchecked: u64,
	/// Chunks whose answers differed until the end.
	pub void: u64,
	/// Answers that were wrong.
	pub wrong: u64,
	/// Answers that were not opened in time.
	pub late: u64,
	/// Right answers whose work does not count, for its energy or its carbon.
	pub unfit: u64,
	/// Chunks that are being computed.
	pub running: u32,
	/// How far they are, in hundredths of all.
	pub percent: u32,
	/// Answers that the device is bound to.
	pub bound: u32,
}

impl Toil {
	/// In words; nothing if there was never any.
	pub fn words(&self) -> Option<String> {
		if *self == Self::default() {
			return None;
		}
		let Self { computed, agreed, unchecked, void, wrong, late, unfit, .. } = self;
		let mut text = format!(
			"{computed} chunks computed; {agreed} answers stand, {unchecked} were the only ones, \
			 {wrong} were wrong, {late} not opened in time, {unfit} without the energy that counts, \
			 {void} undecided"
		);
		if self.bound > 0 {
			text.push_str(&format!("; bound to {} answers", self.bound));
		}
		if self.running > 0 {
			text.push_str(&format!("; computing {} chunks, {} %", self.running, self.percent));
		}
		Some(text)
	}
}

/// How many are remembered of each.
const REMEMBERED: usize = 5;

/// Something that was accepted or refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
	/// In seconds since 1970.
	pub time: u64,
	/// What, and why.
	pub text: String,
}

/// What was accepted and refused last, oldest first; it outlives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
	/// What the chain accepted.
	pub accepted: Vec<Entry>,
	/// What the chain or the network refused, why, and what to do.
	pub refused: Vec<Entry>,
}

impl Record {
	/// Notes what was accepted.
	pub fn accepted(&mut self, text: &str) {
		Self::note(&mut self.accepted, text);
	}

	/// Notes what was refused.
	pub fn refused(&mut self, text: &str) {
		Self::note(&mut self.refused, text);
	}

	/// The same once more takes the place of what was said before.
	fn note(list: &mut Vec<Entry>, text: &str) {
		list.retain(|entry| entry.text != text);
		if list.len() >= REMEMBERED {
			list.remove(0);
		}
		list.push(Entry { time: now(), text: text.into() });
	}
}

impl Status {
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

	/// What the chain knew to be in the battery when it was written.
	pub fn stored(&self) -> Stored {
		Stored {
			level: MilliWattHours(self.level_mwh),
			green: MilliWattHours(self.green_mwh),
			..Stored::default()
		}
	}

	/// In words, for the owner.
	pub fn words(&self) -> String {
		let mut out = String::new();
		let mut line = |text: String| {
			out.push_str(&text);
			out.push('\n');
		};
		let age = now().saturating_sub(self.time);
		if age > 120 {
			line(format!("The device last wrote this {age} seconds ago: is it running?"));
		}
		line(match (&self.device, &self.state) {
			(Some(id), Some(state)) => format!("Device {id}, {state}; key {}", self.key),
			_ => format!("Not registered; key {}", self.key),
		});
		for words in &self.lifecycle {
			line(format!("  {words}"));
		}
		line(match &self.node {
			Some(node) => format!("Connected to {node}, which is not trusted"),
			None => "Not connected to any node".into(),
		});
		line(format!(
			"Verified as final: block {} {} by set {} of {} voters",
			self.finalised, self.finalised_hash, self.set, self.voters
		));
		let bound = match &self.metadata_hash {
			Some(hash) => format!("bound to the metadata hash {hash}"),
			None => "NOT bound to a metadata hash: write a new checkpoint file with \
			         `pogcs-device checkpoint`"
				.into(),
		};
		line(format!("Signs for runtime version {}, {bound}", self.runtime));
		line(format!(
			"Interval {}: battery {} Wh, of which the chain knows {} Wh, {} Wh of them green; {} Wh of \
			 green energy left for compute",
			self.interval,
			self.charge_mwh / 1_000,
			self.level_mwh / 1_000,
			self.green_mwh / 1_000,
			self.forecast_mwh / 1_000
		));
		for words in &self.leader {
			line(format!("Leader: {words}"));
		}
		if let Some(home) = &self.home {
			line(format!("Home: {home}"));
		}
		line(format!(
			"Since the first start: {} intervals reported, {} chunks accepted, {} committed, \
			 {} proven and paid; {} extrinsics refused, {} expired, {} on their way",
			self.reported,
			self.accepted,
			self.committed,
			self.proven,
			self.refused,
			self.expired,
			self.in_flight
		));
		if let Some(words) = self.toil.words() {
			line(format!("Work that is compared: {words}"));
		}
		if let Some(trouble) = &self.trouble {
			line(format!("TROUBLE: {trouble}"));
		}
		for wait in &self.waits {
			line(format!("Waiting: {wait}"));
		}
		for (what, list) in [("Accepted", &self.record.accepted), ("REFUSED", &self.record.refused)]
		{
			for entry in list {
				let age = now().saturating_sub(entry.time);
				line(format!("{what} {age} s ago: {}", entry.text));
			}
		}
		for event in self.events.iter().rev().take(10).rev() {
			if let (Some(time), Some(text)) = (event["time"].as_u64(), event["text"].as_str()) {
				line(format!("{:>5} s ago: {text}", now().saturating_sub(time)));
			}
		}
		out
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn record_should_keep_the_last_of_each_when_there_are_many() {
		let mut record = Record::default();
		for number in 0..8 {
			record.refused(&format!("refused {number}"));
		}
		record.refused("refused 4");
		record.accepted("a report");
		let texts: Vec<_> = record.refused.iter().map(|entry| entry.text.as_str()).collect();
		assert_eq!(texts, ["refused 3", "refused 5", "refused 6", "refused 7", "refused 4"]);
		let status = Status { record, lifecycle: vec!["Pending: so".into()], ..Status::default() };
		let words = status.words();
		assert!(words.contains("Accepted 0 s ago: a report"), "{words}");
		assert!(words.contains("REFUSED 0 s ago: refused 7") && words.contains("  Pending: so"));
	}

	#[test]
	fn status_should_tell_of_work_that_is_compared_when_there_was_any() {
		assert!(!Status::default().words().contains("compared"));
		let toil = Toil { computed: 3, agreed: 2, running: 1, percent: 40, ..Toil::default() };
		let words = Status { toil, ..Status::default() }.words();
		let line = "Work that is compared: 3 chunks computed; 2 answers stand";
		assert!(words.contains(line) && words.contains("computing 1 chunks, 40 %"), "{words}");
		assert!(!words.contains("bound to 0"), "{words}");
	}

	#[test]
	fn status_should_say_what_is_wrong_when_read_back() {
		let directory = crate::testing::directory("status");
		let status = Status {
			time: now(),
			key: "0x12".into(),
			trouble: Some("no sun".into()),
			waits: vec!["for rain".into()],
			..Status::default()
		};
		status.save(&directory).unwrap();
		let words = Status::load(&directory).unwrap().words();
		assert!(words.contains("Not registered; key 0x12"));
		assert!(words.contains("TROUBLE: no sun") && words.contains("Waiting: for rain"));
		assert!(!words.contains("is it running"));
		let old = Status { time: 1, ..status };
		assert!(old.words().contains("is it running"));
	}
}
