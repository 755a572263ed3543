//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use codec::Encode;
use pogcs_light_core::{
	batch::Wish,
	calls::{Call, CallIndices},
	crypto::DeviceKey,
	finality::Follower,
	headers::read_authorities,
	keys as places,
	reader::Reader,
	registry::Parameters,
	relay::Reply,
	Hash,
};
use pogcs_primitives::{
	ledger::Stored,
	wire::{consent_payload, MakerCertificate},
	ClassId, Interval,
};
use serde_json::{json, Value};

use crate::{
	agent::{standing, Agent},
	chain::{node::Node, proven::Proven, sync},
	checkpoint::CheckpointFile,
	config::Config,
	error::Error,
	files::{self, FileSlots},
	hexed,
	home::cells,
	http::Address,
	jobs::command::Work,
	keys::Keys,
	leader::{api, Leader, LeaderConfig, LeaderStatus},
	metadata,
	meter::Plant,
	state::State,
	status::Status,
};

/// The light client of a PoGCS device.
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Makes the device's keys and prints what may be known of them.
	Keygen {
		/// The file to write; it is never overwritten.
		#[arg(long)]
		out: PathBuf,
		/// A fixed seed in hex, for development chains only.
		#[arg(long)]
		seed: Option<String>,
	},
	/// Prints the public half of the keys.
	Inspect {
		/// The keys file.
		#[arg(long)]
		keys: PathBuf,
	},
	/// Runs the device.
	Run {
		/// The configuration.
		#[arg(long, default_value = "device.toml")]
		config: PathBuf,
		/// Catch up, act a single time and end.
		#[arg(long)]
		once: bool,
		/// Print events as JSON lines.
		#[arg(long)]
		json: bool,
		/// Hand reports to the leader at this address, instead of the one in the configuration.
		#[arg(long)]
		leader: Option<String>,
	},
	/// Leads: takes reports of home devices and puts them on chain in batches.
	Lead {
		/// The configuration.
		#[arg(long, default_value = "leader.toml")]
		config: PathBuf,
		/// Print events as JSON lines.
		#[arg(long)]
		json: bool,
		/// Only say what the running leader does, and what was refused.
		#[arg(long)]
		status: bool,
	},
	/// Asks the leader to put an interval's report on record, and prints the call that does it without
	/// the leader.
	Open {
		/// The configuration.
		#[arg(long, default_value = "device.toml")]
		config: PathBuf,
		/// Which interval.
		#[arg(long)]
		interval: u32,
		/// Only print the call.
		#[arg(long)]
		offline: bool,
	},
	/// Says what the device does, what it waits for and what was refused.
	Status {
		/// The configuration.
		#[arg(long, default_value = "device.toml")]
		config: PathBuf,
		/// As JSON.
		#[arg(long)]
		json: bool,
	},
	/// Prints what the home's schedule has for the next 24 hours.
	Plan {
		/// The configuration.
		#[arg(long, default_value = "device.toml")]
		config: PathBuf,
	},
	/// Signs the device's consent to be registered by an owner, after it has verified which interval
	/// runs.
	Consent {
		/// The configuration.
		#[arg(long, default_value = "device.toml")]
		config: PathBuf,
		/// The owner's account, 32 bytes in hex.
		#[arg(long)]
		owner: String,
		/// The last interval in which the consent counts; without it, as long as `consent_ahead` and
		/// the chain allow.
		#[arg(long)]
		until: Option<u32>,
	},
	/// Writes a checkpoint from a node that you trust now, so that devices need not trust any later.
	Checkpoint {
		/// The node's WebSocket address.
		#[arg(long, default_value = "ws://127.0.0.1:9944")]
		node: String,
		/// The file to write.
		#[arg(long)]
		out: PathBuf,
		/// Start from genesis instead of the node's newest finalised block: the device then checks
		/// every change of the finality set since.
		#[arg(long)]
		from_genesis: bool,
		/// The runtime's metadata hash in hex, if you know it: any other is refused.
		#[arg(long)]
		metadata_hash: Option<String>,
	},
	/// Runs a job on this machine: trains, infers or renders; says what it counts for.
	Work {
		/// What to do.
		#[command(subcommand)]
		work: Work,
	},
	/// For makers: certifies a device's key.
	Certify {
		/// A file with the maker's ed25519 seed in hex, readable by its owner only.
		#[arg(long)]
		maker: PathBuf,
		/// The device's public key in hex.
		#[arg(long)]
		device_key: String,
		/// What was built.
		#[arg(long)]
		class: u16,
		/// The last interval in which the maker stands by it.
		#[arg(long)]
		expires: u32,
	},
}

/// Runs one command.
pub async fn run(cli: Cli) -> Result<(), Error> {
	match cli.command {
		Command::Keygen { out, seed } => {
			let seed = seed.map(|text| hexed::parse_array(&text, "the seed")).transpose()?;
			print_keys(&Keys::create(&out, seed)?);
		}
		Command::Inspect { keys } => print_keys(&Keys::load(&keys)?),
		Command::Run { config, once, json, leader } => {
			let mut config = Config::load(&config)?;
			if leader.is_some() {
				config.leader = leader;
			}
			Agent::new(config, json)?.run(once).await?
		}
		Command::Lead { config, json, status } => {
			let config = LeaderConfig::load(&config)?;
			if !status {
				Leader::new(config, json)?.run().await?;
			} else if json {
				let status = LeaderStatus::load(&config.state)?;
				print_json(&serde_json::to_value(&status).unwrap_or_default());
			} else {
				print!("{}", LeaderStatus::load(&config.state)?.words());
			}
		}
		Command::Open { config, interval, offline } => {
			print_json(&open(&Config::load(&config)?, Interval(interval), offline).await?);
		}
		Command::Status { config, json } => {
			let status = Status::load(&Config::load(&config)?.state)?;
			if json {
				print_json(&serde_json::to_value(&status).unwrap_or_default());
			} else {
				print!("{}", status.words());
			}
		}
		Command::Plan { config } => print!("{}", plan(&Config::load(&config)?)?),
		Command::Consent { config, owner, until } => {
			let owner = hexed::parse_array(&owner, "the owner")?;
			print_json(&consent(&Config::load(&config)?, &owner, until).await?);
		}
		Command::Checkpoint { node, out, from_genesis, metadata_hash } => {
			let expected = metadata_hash
				.map(|text| hexed::parse_array(&text, "the metadata hash"))
				.transpose()?;
			let start = if from_genesis { Start::Genesis } else { Start::Newest };
			let file = checkpoint(&node, start, expected).await?;
			file.save(&out)?;
			print_json(&json!({
				"number": file.number,
				"hash": file.hash,
				"specVersion": file.spec_version,
				"metadataHash": file.metadata_hash,
			}));
		}
		Command::Work { work } => work.run().await?,
		Command::Certify { maker, device_key, class, expires } => {
			if files::is_exposed(&maker)? {
				return Err(Error::Exposed(maker));
			}
			let seed = String::from_utf8(files::read(&maker)?)
				.map_err(|_| Error::Config("the maker's seed is not hex".into()))?;
			let maker = DeviceKey::from_seed(hexed::parse_array(&seed, "the maker's seed")?);
			let device_key = hexed::parse_array(&device_key, "the device's key")?;
			let certificate = certify(&maker, device_key, class, expires);
			print_json(&json!({
				"maker": hexed::show(certificate.maker),
				"deviceKey": hexed::show(certificate.device_key),
				"class": class,
				"expires": expires,
				"signature": hexed::show(certificate.signature),
				"scale": hexed::show(certificate.encode()),
			}));
		}
	}
	Ok(())
}

fn print_keys(keys: &Keys) {
	print_json(&json!({
		"key": hexed::show(keys.device.public()),
		"commitment": hexed::show(keys.commitment().0),
	}));
}

fn print_json(value: &Value) {
	println!("{value:#}");
}

fn certify(maker: &DeviceKey, device_key: [u8; 32], class: u16, expires: u32) -> MakerCertificate {
	let (class, expires) = (ClassId(class), Interval(expires));
	let payload = MakerCertificate::signing_payload(&maker.public(), &device_key, class, expires);
	let signature = maker.sign(&payload);
	MakerCertificate { maker: maker.public(), device_key, class, expires, signature }
}

/// Asks the leader to open a report that stands in its batch. The call does the same from the account of
/// the device, its owner or its manager, for a fee.
async fn open(config: &Config, interval: Interval, offline: bool) -> Result<Value, Error> {
	let keys = Keys::load(&config.keys)?;
	let image = CheckpointFile::load(&config.checkpoint)?;
	let (batch, opening) = standing(config, interval)?;
	let device = opening.report.device;
	let call = Call::OpenReport { batch, opening: Box::new(opening) };
	let mut answer = json!({
		"batch": batch,
		"device": device.0,
		"interval": interval.0,
		"call": hexed::show(call.encode(&CallIndices::POGCS)),
	});
	if let (false, Some(url)) = (offline, &config.leader) {
		let payload = Wish::Open.payload(&image.checkpoint.genesis, device, interval);
		let signature = keys.device.sign(&payload);
		let request = api::Request::wish(Wish::Open, device, interval, &signature);
		answer["leader"] = match api::ask(&Address::parse(url)?, &request).await {
			Reply::Opens => json!("it puts the report on record"),
			Reply::Later(words) | Reply::Refused(words) => json!(format!("it did not: {words}")),
			_ => json!("its answer makes no sense"),
		};
	}
	Ok(answer)
}

/// The interval that runs and the longest consent that the chain takes, proven by the first node that
/// can. Nothing is written: the device may be running.
async fn verified(config: &Config) -> Result<(Hash, Interval, Option<u32>), Error> {
	let image = CheckpointFile::load(&config.checkpoint)?;
	let charge = Plant::new(config.meter.clone()).start_charge();
	let mut slots = FileSlots::new(&config.state)?;
	let (_, mut state) = State::load(&mut slots, image.checkpoint, charge)?;
	let mut last = Error::Config("nodes is empty".into());
	for url in &config.nodes {
		match current(url, &mut state.follower).await {
			Ok((interval, longest)) => return Ok((*state.follower.genesis(), interval, longest)),
			Err(error) if error.is_peer() => last = error,
			Err(error) => return Err(error),
		}
	}
	Err(last)
}

async fn current(url: &str, follower: &mut Follower) -> Result<(Interval, Option<u32>), Error> {
	let node = Node::connect(url).await?;
	let mut news = node.subscribe().await?;
	sync::catch_up(&node, &mut news, follower, |_, _| {}).await?;
	let root = sync::complete_head(&node, follower).await?;
	let state = Proven::new(&node, follower.head().hash, root);
	let interval = state.get::<Interval>(places::current_interval()).await?.unwrap_or_default();
	let rules = state.get::<Parameters>(places::registry_parameters()).await?;
	Ok((interval, rules.map(|rules| rules.terms.consent)))
}

/// The last interval of a consent: as it was asked for, if that is not longer than `ahead` and the
/// chain allow.
fn last_interval(
	current: Interval,
	until: Option<u32>,
	ahead: u32,
	longest: Option<u32>,
) -> Result<Interval, Error> {
	let most = longest.map_or(ahead, |longest| ahead.min(longest));
	let last = current.0.saturating_add(most);
	match until {
		None => Ok(Interval(last)),
		Some(until) if (current.0..=last).contains(&until) => Ok(Interval(until)),
		Some(until) => Err(Error::Consent { until, current: current.0, most }),
	}
}

async fn consent(config: &Config, owner: &[u8; 32], until: Option<u32>) -> Result<Value, Error> {
	let keys = Keys::load(&config.keys)?;
	let (chain, current, longest) = verified(config).await?;
	let until = last_interval(current, until, config.consent_ahead, longest)?;
	let payload = consent_payload(&chain, owner, &keys.commitment(), until);
	Ok(json!({
		"owner": hexed::show(owner),
		"commitment": hexed::show(keys.commitment().0),
		"consent": {
			"until": until.0,
			"signature": hexed::show(keys.device.sign(&payload)),
		},
	}))
}

/// Where a device begins to verify.
enum Start {
	Genesis,
	/// The newest block that the node says is final.
	Newest,
}

/// The block's hash and the runtime's metadata are taken on trust; the finality set is proven from
/// the block's state.
async fn checkpoint(
	url: &str,
	start: Start,
	expected: Option<Hash>,
) -> Result<CheckpointFile, Error> {
	let node = Node::connect(url).await?;
	let genesis =
		node.block_hash(0).await?.ok_or_else(|| Error::Answer("there is no genesis".into()))?;
	let newest = node.finalised_hash().await?;
	let hash = match start {
		Start::Genesis => genesis,
		Start::Newest => newest,
	};
	let header = node.header(&hash).await?;
	let state = Proven::new(&node, hash, header.state_root);
	let set_id = state.get::<u64>(places::finality_set_id()).await?.unwrap_or_default();
	let list = state.read_all(&[places::finality_authorities()]).await?.pop().flatten();
	let list = list.ok_or_else(|| Error::Answer("the chain has no finality set".into()))?;
	let mut reader = Reader::new(&list);
	let unusable = |error| Error::Answer(format!("the finality set: {error}"));
	let authorities = read_authorities(&mut reader).map_err(unusable)?;
	reader.finish().map_err(unusable)?;
	// Wherever the device starts from, it signs for the runtime that is in force now.
	let version = node.version(&newest).await?;
	let computed = match node.metadata_at_version(metadata::VERSION, &newest).await? {
		Some(bytes) => {
			let metadata = metadata::decode(&bytes)?;
			metadata::check(&metadata)?;
			Some(metadata::hash(metadata, &version)?)
		}
		None => None,
	};
	let metadata_hash = metadata::agree(computed, expected)?;
	Ok(CheckpointFile {
		genesis_hash: hexed::show(genesis),
		hash: hexed::show(hash),
		number: header.number,
		set_id,
		authorities: authorities
			.iter()
			.map(|authority| (hexed::show(authority.key), authority.weight))
			.collect(),
		spec_version: version.spec_version,
		transaction_version: version.transaction_version,
		metadata_hash: Some(hexed::show(metadata_hash)),
	})
}

/// The schedule from where the running device stands, or from its first interval.
fn plan(config: &Config) -> Result<String, Error> {
	let mut home = config.home()?.ok_or_else(|| {
		Error::Config("there is no [home] section, so nothing is scheduled".into())
	})?;
	let plant = Plant::new(config.meter.clone());
	let (interval, charge, stored) = match Status::load(&config.state) {
		Ok(status) => {
			home.resume(Interval(status.interval), status.car_mwh);
			(Interval(status.interval), status.charge_mwh, status.stored())
		}
		Err(_) => (Interval(0), plant.start_charge(), Stored::default()),
	};
	home.table(&plant, interval, cells(charge, &stored))
		.map_err(|error| Error::Config(error.to_string()))
}

#[cfg(test)]
mod tests {
	use std::collections::BTreeMap;

	use super::*;
	use crate::testing::{self, serve, Chain};
	use clap::CommandFactory;
	use pogcs_light_core::crypto::verify;

	fn chain() -> Chain {
		let mut pairs = BTreeMap::new();
		pairs.insert(places::finality_set_id(), 2u64.encode());
		pairs.insert(places::finality_authorities(), vec![([7u8; 32], 5u64)].encode());
		Chain::new(12, 5, &pairs)
	}

	#[tokio::test]
	async fn checkpoint_should_bind_to_the_runtime_when_the_node_tells_its_metadata() {
		let served = serve(chain()).await;
		let file = checkpoint(&served.url, Start::Newest, None).await.unwrap();
		assert_eq!((file.number, file.set_id, file.spec_version), (12, 2, 1));
		let version = Node::connect(&served.url).await.unwrap().version(&[0; 32]).await.unwrap();
		let expected = metadata::hash(testing::metadata(), &version).unwrap();
		assert_eq!(file.metadata_hash, Some(hexed::show(expected)));

		checkpoint(&served.url, Start::Newest, Some(expected)).await.unwrap();
		let error = checkpoint(&served.url, Start::Newest, Some([1; 32])).await.unwrap_err();
		assert!(matches!(error, Error::MetadataHash { .. }), "{error}");
	}

	#[tokio::test]
	async fn checkpoint_should_be_refused_when_the_runtime_is_another_or_tells_nothing() {
		let served = serve(chain()).await;
		let mut other = testing::metadata();
		other.pallets.iter_mut().for_each(|pallet| pallet.index = 7);
		served.chain.lock().unwrap().metadata = Some(testing::encode_metadata(other));
		let error = checkpoint(&served.url, Start::Newest, None).await.unwrap_err();
		assert!(matches!(error, Error::Foreign(_)), "{error}");

		served.chain.lock().unwrap().metadata = None;
		let error = checkpoint(&served.url, Start::Newest, None).await.unwrap_err();
		assert!(error.to_string().contains("--metadata-hash"), "{error}");
		let file = checkpoint(&served.url, Start::Newest, Some([1; 32])).await.unwrap();
		assert_eq!(file.metadata_hash, Some(hexed::show([1; 32])));
	}

	#[tokio::test]
	async fn consent_should_be_signed_only_for_the_near_intervals_that_were_verified() {
		let mut pairs = BTreeMap::new();
		pairs.insert(places::current_interval(), Interval(7).encode());
		let chain = Chain::new(12, 5, &pairs);
		let checkpoint = chain.checkpoint();
		let file = CheckpointFile {
			genesis_hash: hexed::show(checkpoint.genesis),
			hash: hexed::show(checkpoint.hash),
			number: 0,
			set_id: 0,
			authorities: checkpoint
				.authorities
				.iter()
				.map(|authority| (hexed::show(authority.key), authority.weight))
				.collect(),
			spec_version: 1,
			transaction_version: 1,
			metadata_hash: None,
		};
		let served = serve(chain).await;
		let directory = testing::directory("consent");
		file.save(&directory.join("checkpoint.json")).unwrap();
		let keys = Keys::create(&directory.join("device.keys"), Some([9; 32])).unwrap();
		let text = format!(
			"nodes = ['ws://127.0.0.1:1', '{}']\nconsent_ahead = 4\ncheckpoint = 'checkpoint.json'",
			served.url
		);
		std::fs::write(directory.join("device.toml"), text).unwrap();
		let config = Config::load(&directory.join("device.toml")).unwrap();

		let signed = consent(&config, &[5; 32], None).await.unwrap();
		assert_eq!(signed["consent"]["until"], 11);
		let payload =
			consent_payload(&checkpoint.genesis, &[5u8; 32], &keys.commitment(), Interval(11));
		let signature =
			hexed::parse_array(signed["consent"]["signature"].as_str().unwrap(), "").unwrap();
		assert!(verify(&keys.device.public(), &payload, &signature));
		let signed = consent(&config, &[5; 32], Some(7)).await.unwrap();
		assert_eq!(signed["consent"]["until"], 7);
		for until in [6, 12] {
			let error = consent(&config, &[5; 32], Some(until)).await.unwrap_err();
			assert!(error.to_string().contains("interval 7 runs"), "{error}");
		}
		// A node that lies about the interval is not believed.
		served.chain.lock().unwrap().lie = testing::Lie::State;
		let error = consent(&config, &[5; 32], None).await.unwrap_err();
		assert!(error.is_peer(), "{error}");
		assert_eq!(last_interval(Interval(7), None, 72, Some(5)).unwrap(), Interval(12));
		assert!(last_interval(Interval(7), Some(13), 72, Some(5)).is_err());
	}

	#[test]
	fn command_line_should_be_consistent_when_built() {
		Cli::command().debug_assert();
	}

	#[test]
	fn certificate_should_verify_when_made() {
		let maker = DeviceKey::from_seed([1; 32]);
		let certificate = certify(&maker, [2; 32], 3, 40);
		let payload = |class, expires| {
			let (class, expires) = (ClassId(class), Interval(expires));
			MakerCertificate::signing_payload(&certificate.maker, &[2; 32], class, expires)
		};
		assert!(verify(&maker.public(), &payload(3, 40), &certificate.signature));
		assert!(!verify(&maker.public(), &payload(4, 40), &certificate.signature));
		assert!(!verify(&maker.public(), &payload(3, 41), &certificate.signature));
	}
}
