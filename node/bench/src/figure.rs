//! Figures: what can be measured, and how it is printed.

use std::{fmt, time::Duration};

use clap::ValueEnum;
use serde_json::{json, Value};

use crate::Error;

/// What this program measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Name {
	/// Verifying and importing a block without transactions
	EmptyBlockImportMs,
	/// The same with 500 signed transfers in it
	#[value(name = "transfers500_block_import_ms")]
	Transfers500BlockImportMs,
	/// The same with as many as a block holds
	FullBlockImportMs,
	/// Checking one header's claim and seal in an epoch of 4 authorities
	#[value(name = "header_check_us_4")]
	HeaderCheckUs4,
	/// The same with 1,000 authorities
	#[value(name = "header_check_us_1000")]
	HeaderCheckUs1000,
	/// Transfers in the blocks of a running node
	SustainedTps,
	/// Verifying one proof inside a runtime
	#[value(name = "groth16_verify_wasm_ms")]
	Groth16VerifyWasmMs,
	/// Size of the compressed runtime
	RuntimeWasmKb,
	/// Weight of a device's report of an interval, in a batch of 100,000
	DeviceIntervalWeightUs,
	/// Bytes of it in blocks
	DeviceIntervalBytes,
	/// Hooks of all blocks that roll over an interval of 100,000 devices
	#[value(name = "rollover_100k_ms")]
	Rollover100kMs,
}

impl Name {
	/// Everything, in the order in which it is measured.
	pub const ALL: &'static [Self] = &[
		Self::EmptyBlockImportMs,
		Self::Transfers500BlockImportMs,
		Self::FullBlockImportMs,
		Self::HeaderCheckUs4,
		Self::HeaderCheckUs1000,
		Self::SustainedTps,
		Self::Groth16VerifyWasmMs,
		Self::RuntimeWasmKb,
		Self::DeviceIntervalWeightUs,
		Self::DeviceIntervalBytes,
		Self::Rollover100kMs,
	];
}

impl fmt::Display for Name {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let value = self.to_possible_value();
		f.write_str(value.as_ref().map_or("", |value| value.get_name()))
	}
}

/// A figure, and the figure of what it is compared with.
pub struct Figure {
	name: Name,
	value: f64,
	unit: &'static str,
	peer: Option<(&'static str, f64)>,
}

impl Figure {
	/// A figure that is compared with nothing.
	pub fn alone(name: Name, value: f64, unit: &'static str) -> Self {
		Self { name, value, unit, peer: None }
	}

	/// The same figure, with that of `peer` beside it.
	pub fn against(self, peer: &'static str, value: f64) -> Self {
		Self { peer: Some((peer, value)), ..self }
	}

	/// The first of these values, with that of `peer` beside it if there is a second one.
	///
	/// # Errors
	/// No value.
	pub fn beside(
		name: Name,
		values: &[f64],
		unit: &'static str,
		peer: &'static str,
	) -> Result<Self, Error> {
		match values {
			[value] => Ok(Self::alone(name, *value, unit)),
			[value, other] => Ok(Self::alone(name, *value, unit).against(peer, *other)),
			_ => Err(format!("{} chains were measured", values.len()).into()),
		}
	}

	/// How many times the peer's figure this one is.
	fn ratio(&self) -> Option<f64> {
		self.peer.map(|(_, value)| self.value / value)
	}

	/// The figure as `scripts/bench --json` prints it.
	pub fn json(&self) -> Value {
		json!({
			"name": self.name.to_string(),
			"value": self.value,
			"unit": self.unit,
			"peer": self.peer.map(|(name, _)| name),
			"peer_value": self.peer.map(|(_, value)| value),
			"ratio": self.ratio(),
			"command": format!("scripts/bench {}", self.name),
		})
	}
}

impl fmt::Display for Figure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { name, value, unit, peer } = self;
		write!(f, "{:<30}{value:>12.3} {unit:<4}", name.to_string())?;
		if let (Some((peer, value)), Some(ratio)) = (peer, self.ratio()) {
			write!(f, "  {peer}: {value:.3} {unit}, {ratio:.2} times")?;
		}
		Ok(())
	}
}

/// The time in the middle, in milliseconds.
///
/// # Errors
/// Nothing was measured.
pub fn median(mut times: Vec<Duration>) -> Result<f64, Error> {
	times.sort_unstable();
	let middle = times.get(times.len() / 2).ok_or("nothing was measured")?;
	Ok(middle.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn json_should_have_the_keys_of_the_record_when_there_is_a_peer_or_none() {
		let alone = Figure::alone(Name::EmptyBlockImportMs, 3.0, "ms");
		assert_eq!(
			alone.json(),
			json!({
				"name": "empty_block_import_ms", "value": 3.0, "unit": "ms",
				"peer": null, "peer_value": null, "ratio": null,
				"command": "scripts/bench empty_block_import_ms",
			})
		);
		let compared = alone.against("another", 2.0).json();
		assert_eq!(compared["peer"], "another");
		assert_eq!(compared["peer_value"], 2.0);
		assert_eq!(compared["ratio"], 1.5);
		let beside = |values| Figure::beside(Name::EmptyBlockImportMs, values, "ms", "another");
		assert_eq!(beside(&[3.0, 2.0]).unwrap().json(), compared);
		assert_eq!(beside(&[3.0]).unwrap().json()["peer"], Value::Null);
		assert!(beside(&[]).is_err());
	}

	#[test]
	fn names_should_be_those_of_the_record() {
		let names: Vec<_> = Name::ALL.iter().map(ToString::to_string).collect();
		assert_eq!(
			names,
			[
				"empty_block_import_ms",
				"transfers500_block_import_ms",
				"full_block_import_ms",
				"header_check_us_4",
				"header_check_us_1000",
				"sustained_tps",
				"groth16_verify_wasm_ms",
				"runtime_wasm_kb",
				"device_interval_weight_us",
				"device_interval_bytes",
				"rollover_100k_ms",
			]
		);
	}

	#[test]
	fn median_should_be_the_middle_when_times_are_in_any_order() {
		let times = [9, 1, 4].map(Duration::from_millis).to_vec();
		assert_eq!(median(times).unwrap(), 4.0);
		assert!(median(Vec::new()).is_err());
	}
}
