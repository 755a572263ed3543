//! `leader.toml`.

use std::{
	net::SocketAddr,
	path::{Path, PathBuf},
};

use pogcs_light_core::batch::MOST_REPORTS;
use pogcs_primitives::PoolId;
use serde::Deserialize;

use super::{desk::Served, machine};
use crate::{error::Error, files, http::Limits};

/// A leader's configuration. Paths are relative to the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaderConfig {
	/// WebSocket addresses of nodes, in the order in which they are tried. None is trusted.
	pub nodes: Vec<String>,
	/// The keys file of the account that pays deposits and fees, mode 0600.
	#[serde(default = "keys_file")]
	pub keys: PathBuf,
	/// The checkpoint file of the chain.
	#[serde(default = "checkpoint_file")]
	pub checkpoint: PathBuf,
	/// Where state, trees and status are kept.
	#[serde(default = "state_directory")]
	pub state: PathBuf,
	/// Where devices come.
	#[serde(default = "listen")]
	pub listen: SocketAddr,
	/// The most reports of a batch.
	#[serde(default = "most")]
	pub most: u32,
	/// After so many hundredths of the interval the batch is closed and submitted.
	#[serde(default = "submit_after")]
	pub submit_after: u8,
	/// How many reports are put on record on demand in an interval, at the leader's cost.
	#[serde(default = "opens")]
	pub opens: u32,
	/// Only these devices are served; without it, any.
	pub devices: Option<Vec<u32>>,
	/// Only the members of this pool are served; without it, any.
	pub pool: Option<u32>,
	/// Connections at a time.
	#[serde(default = "connections")]
	pub connections: usize,
	/// Of them from one address.
	#[serde(default = "connections_each")]
	pub connections_each: u32,
	/// Requests in a minute from one address.
	#[serde(default = "requests_each")]
	pub requests_each: u32,
	/// For how many blocks an extrinsic lives.
	#[serde(default = "period")]
	pub period: u32,
	/// How long to wait for news from the node before asking again, in seconds.
	#[serde(default = "poll_seconds")]
	pub poll_seconds: u64,
	/// The port on 127.0.0.1 that serves Prometheus metrics.
	pub metrics_port: Option<u16>,
}

fn keys_file() -> PathBuf {
	"leader.keys".into()
}
fn checkpoint_file() -> PathBuf {
	"checkpoint.json".into()
}
fn state_directory() -> PathBuf {
	"leader".into()
}
fn listen() -> SocketAddr {
	SocketAddr::from(([127, 0, 0, 1], 9_617))
}
fn most() -> u32 {
	10_000
}
fn submit_after() -> u8 {
	40
}
fn opens() -> u32 {
	16
}
fn connections() -> usize {
	256
}
fn connections_each() -> u32 {
	16
}
fn requests_each() -> u32 {
	120
}
fn period() -> u32 {
	64
}
fn poll_seconds() -> u64 {
	3
}

impl LeaderConfig {
	/// Reads and checks the file.
	pub fn load(path: &Path) -> Result<Self, Error> {
		let text = String::from_utf8(files::read(path)?)
			.map_err(|_| Error::Config(format!("{} is not text", path.display())))?;
		let mut config = Self::parse(&text)?;
		let base = path.parent().unwrap_or(Path::new("."));
		for path in [&mut config.keys, &mut config.checkpoint, &mut config.state] {
			*path = base.join(&*path);
		}
		Ok(config)
	}

	fn parse(text: &str) -> Result<Self, Error> {
		let config: Self =
			toml::from_str(text).map_err(|error| Error::Config(error.to_string()))?;
		let wrong = |words: String| Err(Error::Config(words));
		if config.nodes.is_empty() {
			return wrong("nodes is empty: name at least one node".into());
		}
		if !config.nodes.iter().all(|url| url.starts_with("ws://") || url.starts_with("wss://")) {
			return wrong("a node's address has to start with ws:// or wss://".into());
		}
		if !(1..=MOST_REPORTS).contains(&config.most) {
			return wrong(format!("a batch has 1 to {MOST_REPORTS} reports: most"));
		}
		if !(1..=60).contains(&config.submit_after) {
			return wrong(
				"submit_after is a share of the interval from 1 to 60, in hundredths: later the devices \
				 no longer wait"
					.into(),
			);
		}
		let limits = [config.connections_each, config.requests_each];
		if config.connections == 0 || limits.contains(&0) {
			return wrong("connections, connections_each and requests_each are at least 1".into());
		}
		Ok(config)
	}

	/// Whom it serves.
	pub fn served(&self) -> Served {
		Served { devices: self.devices.clone(), pool: self.pool.map(PoolId) }
	}

	/// How much it serves.
	pub fn limits(&self) -> Limits {
		Limits {
			connections: self.connections,
			connections_each: self.connections_each,
			requests_each: self.requests_each,
		}
	}

	/// What its logic has to know.
	pub fn settings(&self, account: [u8; 32]) -> machine::Settings {
		machine::Settings {
			account,
			most: usize::try_from(self.most).unwrap_or(usize::MAX),
			submit_after: self.submit_after,
			opens: self.opens,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn config_should_have_defaults_when_only_a_node_is_named() {
		let config = LeaderConfig::parse("nodes = ['ws://127.0.0.1:9944']").unwrap();
		assert!(config.listen.ip().is_loopback() && config.listen.port() == 9_617);
		assert_eq!((config.most, config.submit_after, config.opens), (10_000, 40, 16));
		assert_eq!(config.served(), Served::default());
		let config =
			LeaderConfig::parse("nodes = ['wss://x']\npool = 3\ndevices = [1, 2]").unwrap();
		let (devices, pool) = (Some(vec![1, 2]), Some(PoolId(3)));
		assert_eq!(config.served(), Served { devices, pool });
	}

	#[test]
	fn config_should_be_refused_when_wrong() {
		for text in [
			"",
			"nodes = []",
			"nodes = ['http://x']",
			"nodes = ['ws://x']\nunknown = 1",
			"nodes = ['ws://x']\nlisten = 'nowhere'",
			"nodes = ['ws://x']\nmost = 0",
			"nodes = ['ws://x']\nmost = 131073",
			"nodes = ['ws://x']\nsubmit_after = 61",
			"nodes = ['ws://x']\nrequests_each = 0",
			"nodes = ['ws://x']\nconnections = 0",
		] {
			assert!(matches!(LeaderConfig::parse(text), Err(Error::Config(_))), "{text}");
		}
	}
}
