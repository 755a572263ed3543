//! `device.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{
	error::Error,
	files,
	home::{Home, HomeConfig},
	http::Address,
	meter::PlantConfig,
};

/// The device's configuration. Paths are relative to the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
	/// WebSocket addresses of nodes, in the order in which they are tried. None is trusted.
	pub nodes: Vec<String>,
	/// The keys file, mode 0600.
	#[serde(default = "keys_file")]
	pub keys: PathBuf,
	/// The checkpoint file of the chain.
	#[serde(default = "checkpoint_file")]
	pub checkpoint: PathBuf,
	/// Where state and status are kept.
	#[serde(default = "state_directory")]
	pub state: PathBuf,
	/// Weights of the models that this device can run; without any it runs the built-in one.
	#[serde(default)]
	pub models: Vec<PathBuf>,
	/// The proving key of a ceremony; without one the development key, which production chains
	/// refuse.
	pub proving_key: Option<PathBuf>,
	/// How many chunks are taken on at a time.
	#[serde(default = "capacity")]
	pub capacity: usize,
	/// The least reward for a chunk, in plancks.
	#[serde(default)]
	pub least_reward: u64,
	/// How many of the newest tasks are looked at for work.
	#[serde(default = "scan")]
	pub scan: u64,
	/// For how many blocks an extrinsic lives.
	#[serde(default = "period")]
	pub period: u32,
	/// How long to wait for news from the node before asking again, in seconds.
	#[serde(default = "poll_seconds")]
	pub poll_seconds: u64,
	/// Whether the device asks for the timed challenge of its class by itself.
	#[serde(default = "yes")]
	pub request_challenge: bool,
	/// How many threads evaluate a challenge; without it, as many as the machine has cores.
	pub challenge_threads: Option<usize>,
	/// The memory that a challenge may take, in MB.
	#[serde(default = "challenge_mb")]
	pub challenge_mb: usize,
	/// How many intervals ahead of the one that the device verified a consent may count.
	#[serde(default = "consent_ahead")]
	pub consent_ahead: u32,
	/// So many intervals before the certificate runs out the owner is told.
	#[serde(default = "certificate_warning")]
	pub certificate_warning: u32,
	/// With fewer prepaid reports than this the owner is told to buy more.
	#[serde(default = "quota_warning")]
	pub quota_warning: u32,
	/// The address of a leader that batches this device's reports; without one it sends them itself.
	pub leader: Option<String>,
	/// After so many hundredths of the interval a report whose batch is not on chain is sent by the
	/// device itself.
	#[serde(default = "leader_until")]
	pub leader_until: u8,
	/// How many reports are put on record out of batches at a time.
	#[serde(default = "most_open")]
	pub most_open: usize,
	/// The port on 127.0.0.1 that serves Prometheus metrics.
	pub metrics_port: Option<u16>,
	/// The plant.
	#[serde(default)]
	pub meter: PlantConfig,
	/// The home that the device keeps house for; without it, it does not.
	pub home: Option<HomeConfig>,
	/// Work whose results are compared.
	#[serde(default)]
	pub work: WorkConfig,
}

/// What training, inference and rendering may take of the device.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkConfig {
	/// A directory of weights, rows and scenes, each file named by its BLAKE2b-256 in hex.
	pub contents: Option<PathBuf>,
	/// The memory that all chunks at a time may take.
	pub memory_mb: u64,
	/// The time that a chunk may take.
	pub minutes: u64,
	/// Chunks at a time; without it, as many as the machine has cores.
	pub threads: Option<usize>,
}

impl Default for WorkConfig {
	fn default() -> Self {
		Self { contents: None, memory_mb: 512, minutes: 50, threads: None }
	}
}

fn keys_file() -> PathBuf {
	"device.keys".into()
}
fn checkpoint_file() -> PathBuf {
	"checkpoint.json".into()
}
fn state_directory() -> PathBuf {
	"state".into()
}
fn capacity() -> usize {
	4
}
fn scan() -> u64 {
	16
}
fn period() -> u32 {
	64
}
fn yes() -> bool {
	true
}
fn challenge_mb() -> usize {
	32
}
fn consent_ahead() -> u32 {
	72
}
fn certificate_warning() -> u32 {
	336
}
fn quota_warning() -> u32 {
	48
}
fn leader_until() -> u8 {
	70
}
fn most_open() -> usize {
	24
}
fn poll_seconds() -> u64 {
	3
}

impl Config {
	/// Reads and checks the file.
	pub fn load(path: &Path) -> Result<Self, Error> {
		let bytes = files::read(path)?;
		let text = String::from_utf8(bytes)
			.map_err(|_| Error::Config(format!("{} is not text", path.display())))?;
		let mut config = Self::parse(&text)?;
		let base = path.parent().unwrap_or(Path::new("."));
		let paths = [&mut config.keys, &mut config.checkpoint, &mut config.state];
		let more = config.proving_key.iter_mut().chain(&mut config.work.contents);
		for path in paths.into_iter().chain(&mut config.models).chain(more) {
			*path = base.join(&*path);
		}
		Ok(config)
	}

	/// The home, if there is one.
	pub fn home(&self) -> Result<Option<Home>, Error> {
		self.home.as_ref().map(|home| Home::new(home, &self.meter)).transpose()
	}

	fn parse(text: &str) -> Result<Self, Error> {
		let config: Self =
			toml::from_str(text).map_err(|error| Error::Config(error.to_string()))?;
		if config.nodes.is_empty() {
			return Err(Error::Config("nodes is empty: name at least one node".into()));
		}
		if !config.nodes.iter().all(|url| url.starts_with("ws://") || url.starts_with("wss://")) {
			return Err(Error::Config("a node's address has to start with ws:// or wss://".into()));
		}
		if config.challenge_threads == Some(0) || config.challenge_mb == 0 {
			return Err(Error::Config(
				"challenge_threads and challenge_mb are at least 1: to pass no challenge, set \
				 request_challenge = false"
					.into(),
			));
		}
		if config.work.threads == Some(0) || config.work.memory_mb == 0 || config.work.minutes == 0
		{
			return Err(Error::Config(
				"threads, memory_mb and minutes of [work] are at least 1".into(),
			));
		}
		if let Some(url) = &config.leader {
			Address::parse(url)?;
		}
		if !(1..=95).contains(&config.leader_until) || !(1..=48).contains(&config.most_open) {
			return Err(Error::Config(
				"leader_until is a share of the interval from 1 to 95, in hundredths, and most_open is \
				 from 1 to 48"
					.into(),
			));
		}
		config.meter.check().map_err(|words| Error::Config(words.into()))?;
		config.home()?;
		Ok(config)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn config_should_have_defaults_when_only_a_node_is_named() {
		let config = Config::parse("nodes = ['ws://127.0.0.1:9944']\n[meter]\nlatitude = 10.0")
			.expect("a configuration");
		assert_eq!(config.capacity, 4);
		assert!(config.request_challenge && config.challenge_threads.is_none());
		assert_eq!((config.challenge_mb, config.consent_ahead), (32, 72));
		assert_eq!(config.meter.latitude, 10.0);
		assert_eq!(config.meter.panel_watts, PlantConfig::default().panel_watts);
		assert!(config.home.is_none());
		assert_eq!((config.work.memory_mb, config.work.minutes), (512, 50));
		assert!(config.leader.is_none());
		assert_eq!((config.leader_until, config.quota_warning, config.most_open), (70, 48, 24));
	}

	#[test]
	fn config_should_be_refused_when_wrong() {
		for text in [
			"",
			"nodes = []",
			"nodes = ['http://x']",
			"nodes = ['ws://x']\nunknown = 1",
			"nodes = ['ws://x']\nchallenge_threads = 0",
			"nodes = ['ws://x']\nchallenge_mb = 0",
			"nodes = ['ws://x']\nleader = 'ws://x'",
			"nodes = ['ws://x']\nleader_until = 96",
			"nodes = ['ws://x']\nmost_open = 0",
			"nodes = ['ws://x']\n[meter]\nlatitude = 100.0",
			"nodes = ['ws://x']\n[home]\nunknown = 1",
			"nodes = ['ws://x']\n[work]\nunknown = 1",
			"nodes = ['ws://x']\n[work]\nminutes = 0",
			"nodes = ['ws://x']\n[home]\nhouse_watts = -1.0",
			"nodes = ['ws://x']\n[meter]\ntime_scale = 1.0\n[home]",
		] {
			assert!(matches!(Config::parse(text), Err(Error::Config(_))), "{text}");
		}
	}
}
