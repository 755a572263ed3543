//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use codec::Encode;
use pogcs_light_core::{
	crypto::DeviceKey, headers::read_authorities, keys as places, reader::Reader, Hash,
};
use pogcs_primitives::{
	ledger::Stored,
	wire::{consent_payload, MakerCertificate},
	ClassId, Interval,
};
use serde_json::json;

use crate::{
	agent::Agent,
	chain::{node::Node, proven::Proven},
	checkpoint::CheckpointFile,
	config::Config,
	error::Error,
	files, hexed,
	home::cells,
	keys::Keys,
	metadata,
	meter::Plant,
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
	/// Signs the device's consent to be registered by an owner.
	Consent {
		/// The keys file.
		#[arg(long)]
		keys: PathBuf,
		/// The owner's account, 32 bytes in hex.
		#[arg(long)]
		owner: String,
		/// The checkpoint of the chain to be registered on.
		#[arg(long)]
		checkpoint: PathBuf,
		/// The last interval in which the consent counts: the chain takes it up to some intervals
		/// ahead of its own.
		#[arg(long)]
		until: u32,
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
		Command::Run { config, once, json } => {
			Agent::new(Config::load(&config)?, json)?.run(once).await?
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
		Command::Consent { keys, owner, checkpoint, until } => {
			let keys = Keys::load(&keys)?;
			let owner: [u8; 32] = hexed::parse_array(&owner, "the owner")?;
			let chain = CheckpointFile::load(&checkpoint)?.checkpoint.genesis;
			let payload = consent_payload(&chain, &owner, &keys.commitment(), Interval(until));
			print_json(&json!({
				"owner": hexed::show(owner),
				"commitment": hexed::show(keys.commitment().0),
				"consent": {
					"until": until,
					"signature": hexed::show(keys.device.sign(&payload)),
				},
			}));
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

fn print_json(value: &serde_json::Value) {
	println!("{value:#}");
}

fn certify(maker: &DeviceKey, device_key: [u8; 32], class: u16, expires: u32) -> MakerCertificate {
	let (class, expires) = (ClassId(class), Interval(expires));
	let payload = MakerCertificate::signing_payload(&maker.public(), &device_key, class, expires);
	let signature = maker.sign(&payload);
	MakerCertificate { maker: maker.public(), device_key, class, expires, signature }
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
