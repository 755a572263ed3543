//! What happened, as one line each: for people, or as JSON for a view.

use std::{
	collections::VecDeque,
	time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;
use serde_json::Value;

/// How many are kept for the status file.
const KEPT: usize = 50;

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
	/// Seconds since 1970.
	pub time: u64,
	/// A word to sort by: `started`, `peer`, `synced`, `finalised`, `set`, `interval`, `waits`,
	/// `worked`, `proved`, `answer`, `sent`, `done`, `refused`, `expired`, `lost`.
	pub kind: &'static str,
	/// In words.
	pub text: String,
	/// Numbers, where there are any.
	#[serde(skip_serializing_if = "Value::is_null")]
	pub data: Value,
}

/// Prints events and keeps the last ones.
#[derive(Debug)]
pub struct Events {
	json: bool,
	kept: VecDeque<Event>,
}

impl Events {
	/// Prints JSON lines, or words.
	pub fn new(json: bool) -> Self {
		Self { json, kept: VecDeque::new() }
	}

	/// Notes an event.
	pub fn note(&mut self, kind: &'static str, text: impl Into<String>, data: Value) {
		let event = Event { time: now(), kind, text: text.into(), data };
		if self.json {
			if let Ok(line) = serde_json::to_string(&event) {
				println!("{line}");
			}
		} else {
			let seconds = event.time % 86_400;
			let (hour, minute) = (seconds / 3_600, seconds / 60 % 60);
			println!("{hour:02}:{minute:02}:{:02} {}", seconds % 60, event.text);
		}
		// A finalised block every few seconds would push everything else out.
		if kind != "finalised" {
			if self.kept.len() >= KEPT {
				self.kept.pop_front();
			}
			self.kept.push_back(event);
		}
	}

	/// The last ones, oldest first.
	pub fn kept(&self) -> Vec<Event> {
		self.kept.iter().cloned().collect()
	}
}

/// Seconds since 1970.
pub fn now() -> u64 {
	SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn events_should_keep_the_last_when_there_are_many() {
		let mut events = Events::new(true);
		for number in 0..80 {
			events.note("sent", format!("{number}"), Value::Null);
			events.note("finalised", "block", Value::Null);
		}
		let kept = events.kept();
		assert_eq!(kept.len(), KEPT);
		assert_eq!(kept[0].text, "30");
		assert!(!serde_json::to_string(&kept[0]).unwrap().contains("data"));
	}
}
