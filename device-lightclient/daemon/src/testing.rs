//! Helpers of the tests: a directory, and a node that serves a chain whose keys are known and that
//! can be made to lie.

use std::{
	collections::BTreeMap,
	path::PathBuf,
	sync::{Arc, Mutex},
};

use codec::{Compact, Encode};
use frame_metadata::{v15, RuntimeMetadataPrefixed};
use jsonrpsee::{
	core::RpcResult,
	server::{RpcModule, Server, ServerHandle, SubscriptionMessage},
	types::ErrorObjectOwned,
};
use pogcs_light_core::{
	crypto::{blake2_256, DeviceKey},
	extrinsic::EXTENSIONS,
	finality::{AuthoritySet, Checkpoint},
	headers::{encode_header, Header, GRANDPA_ENGINE},
	testing::{
		chain::{change_log, encode_justification, justify, voters_from},
		trie,
	},
	Hash,
};
use pogcs_primitives::{
	batch::{Node, Step},
	wire::{EnergyReport, Signature, Submission},
	Commitment, DeviceId, Interval, TaskId,
};
use scale_info::{meta_type, MetaType, TypeInfo};
use serde_json::{json, Value};

use crate::hexed;

/// An empty directory of this test process.
pub fn directory(name: &str) -> PathBuf {
	let path = std::env::temp_dir().join(format!("pogcs-device-{}-{name}", std::process::id()));
	let _ = std::fs::remove_dir_all(&path);
	std::fs::create_dir_all(&path).expect("a directory for the test");
	path
}

/// The fields or variants of a type in the source of another crate, without their documentation.
pub fn fields(source: &str, kind: &str, name: &str) -> String {
	let start = |end: char| format!("pub {kind} {name}{end}");
	let at = [' ', '<'].into_iter().find_map(|end| source.find(&start(end)));
	let (_, body) = source[at.expect(name)..].split_once("{\n").expect("a body");
	let (body, _) = body.split_once("\n}").expect("an end");
	let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("//"));
	lines.map(|line| line.trim_start_matches("pub ")).collect::<Vec<_>>().join(" ")
}

/// The calls of a runtime, as its metadata shows them.
#[allow(dead_code, non_camel_case_types)]
mod calls {
	use super::*;

	#[derive(TypeInfo)]
	pub enum Energy {
		#[codec(index = 0)]
		report { report: EnergyReport, signature: Signature },
		#[codec(index = 1)]
		report_prepaid { report: EnergyReport },
		#[codec(index = 5)]
		submit_batch { interval: Interval, root: Node },
		#[codec(index = 6)]
		show_batch { batch: u64, openings: Vec<Opening> },
		#[codec(index = 7)]
		open_report { batch: u64, opening: Box<Opening> },
	}

	#[derive(TypeInfo)]
	pub struct Path(Vec<Step>);

	#[derive(TypeInfo)]
	pub struct Opening {
		report: EnergyReport,
		signature: Signature,
		path: Path,
	}

	#[derive(TypeInfo)]
	pub enum Devices {
		#[codec(index = 21)]
		request_challenge { device: DeviceId },
		#[codec(index = 22)]
		commit_challenge { device: DeviceId, root: Hash },
		#[codec(index = 23)]
		open_challenge { device: DeviceId, nodes: Nodes },
	}

	/// A bounded list has the type information of one that is not.
	#[derive(TypeInfo)]
	pub struct Nodes(Vec<Hash>);

	#[derive(TypeInfo)]
	pub enum Tasks {
		#[codec(index = 2)]
		accept { device: DeviceId, task: TaskId, chunk: u32 },
		#[codec(index = 4)]
		commit { task: TaskId, chunk: u32, work: Commitment },
		#[codec(index = 5)]
		prove { task: TaskId, chunk: u32, submission: Box<Submission> },
		#[codec(index = 3)]
		release { task: TaskId, chunk: u32 },
		#[codec(index = 10)]
		enter { device: DeviceId, task: TaskId, chunk: u32 },
		#[codec(index = 11)]
		commit_answer { device: DeviceId, task: TaskId, chunk: u32, commitment: Hash },
		#[codec(index = 12)]
		open_answer { device: DeviceId, task: TaskId, chunk: u32, answer: Hash, salt: Hash },
		#[codec(index = 13)]
		conclude { task: TaskId, chunk: u32 },
	}

	#[derive(TypeInfo)]
	pub enum Runtime {
		#[codec(index = 30)]
		Devices(Devices),
		#[codec(index = 31)]
		Energy(Energy),
		#[codec(index = 33)]
		Tasks(Tasks),
	}
}

/// Metadata of a runtime with the calls and the extensions of PoGCS, and nothing else.
pub fn metadata() -> v15::RuntimeMetadataV15 {
	fn pallet(name: &'static str, index: u8, calls: Option<MetaType>) -> v15::PalletMetadata {
		v15::PalletMetadata {
			name,
			storage: None,
			calls: calls.map(Into::into),
			event: None,
			constants: Vec::new(),
			error: None,
			index,
			docs: Vec::new(),
		}
	}
	fn extension(identifier: &'static str) -> v15::SignedExtensionMetadata {
		let none = meta_type::<()>();
		v15::SignedExtensionMetadata { identifier, ty: none, additional_signed: none }
	}
	let mut system = pallet("System", 0, None);
	system.constants.push(v15::PalletConstantMetadata {
		name: "SS58Prefix",
		ty: meta_type::<u16>(),
		value: 7_389u16.encode(),
		docs: Vec::new(),
	});
	let devices = pallet("Devices", 30, Some(meta_type::<calls::Devices>()));
	let energy = pallet("Energy", 31, Some(meta_type::<calls::Energy>()));
	let tasks = pallet("Tasks", 33, Some(meta_type::<calls::Tasks>()));
	let none = meta_type::<()>();
	let extrinsic: v15::ExtrinsicMetadata = v15::ExtrinsicMetadata {
		version: 4,
		address_ty: none,
		call_ty: meta_type::<calls::Runtime>(),
		signature_ty: none,
		extra_ty: none,
		signed_extensions: EXTENSIONS.into_iter().map(extension).collect(),
	};
	let outer: v15::OuterEnums = v15::OuterEnums {
		call_enum_ty: meta_type::<calls::Runtime>(),
		event_enum_ty: none,
		error_enum_ty: none,
	};
	let custom = v15::CustomMetadata { map: BTreeMap::new() };
	let pallets = vec![system, devices, energy, tasks];
	v15::RuntimeMetadataV15::new(pallets, extrinsic, none, Vec::new(), outer, custom)
}

/// Encoded the way that a runtime does.
pub fn encode_metadata(metadata: v15::RuntimeMetadataV15) -> Vec<u8> {
	RuntimeMetadataPrefixed::from(metadata).encode()
}

/// [`metadata`], encoded.
pub fn encoded_metadata() -> Vec<u8> {
	encode_metadata(metadata())
}

/// What the node does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
	/// Nothing.
	None,
	/// It changes a value in storage proofs.
	State,
	/// It leaves the last node of storage proofs out.
	Omission,
	/// It makes up signatures.
	Finality,
	/// It serves another header than was asked for.
	Header,
	/// It names more blocks than were asked for.
	Blocks,
}

struct Block {
	header: Header,
	bytes: Vec<u8>,
	logs: Vec<Vec<u8>>,
	state: Vec<Vec<u8>>,
	extrinsics: Vec<Vec<u8>>,
}

/// A chain and its sets: set `n` finalises up to and with block `(n + 1) * term`.
pub struct Chain {
	blocks: Vec<Block>,
	/// Authored on top of them, and not final.
	ahead: Vec<Block>,
	keys: Vec<Vec<DeviceKey>>,
	first: AuthoritySet,
	term: u32,
	pub lie: Lie,
	pub submitted: Vec<Vec<u8>>,
	/// How many extrinsics its pool refuses from now on.
	pub refuses: u32,
	/// The runtime's metadata, if it has any of the version that is asked for.
	pub metadata: Option<Vec<u8>>,
}

impl Chain {
	/// Genesis without state, and `length` blocks above it with the state `pairs`.
	pub fn new(length: u32, term: u32, pairs: &BTreeMap<Vec<u8>, Vec<u8>>) -> Self {
		let (keys, first) = voters_from(1, 0, &[4, 3, 3]);
		let (blocks, keys) = (Vec::new(), vec![keys]);
		let (lie, submitted, metadata) = (Lie::None, Vec::new(), Some(encoded_metadata()));
		let ahead = Vec::new();
		let refuses = 0;
		let mut chain =
			Self { blocks, ahead, keys, first, term, lie, submitted, refuses, metadata };
		chain.extend(1, &BTreeMap::new());
		chain.extend(length, pairs);
		chain
	}

	/// Adds `count` blocks with the state `pairs`.
	pub fn extend(&mut self, count: u32, pairs: &BTreeMap<Vec<u8>, Vec<u8>>) {
		let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
		let (root, state) = trie::build(&pairs);
		let start = self.blocks.len() as u32;
		for number in start..start + count {
			let mut logs = Vec::new();
			if number > 0 && number % self.term == 0 {
				let set = number / self.term;
				// Sets apart by more than their size, so that no two in a row share a key.
				let seed = (set.wrapping_mul(10) as u8).wrapping_add(1);
				let (keys, next) = voters_from(seed, set.into(), &[3, 2, 2]);
				self.keys.push(keys);
				logs.push((4u8, GRANDPA_ENGINE, change_log(&next, 0, None)).encode());
			}
			let parent = self.blocks.last().map_or([0; 32], |block| block.header.hash);
			let bytes = encode_header(&parent, number, &root, &[0; 32], &logs);
			let header = Header::decode(&bytes).expect("a header");
			let (state, extrinsics) = (state.clone(), Vec::new());
			self.blocks.push(Block { header, bytes, logs, state, extrinsics });
		}
	}

	/// Puts extrinsics into the newest block.
	pub fn include(&mut self, extrinsics: Vec<Vec<u8>>) {
		self.blocks.last_mut().expect("there is genesis").extrinsics = extrinsics;
	}

	pub fn checkpoint(&self) -> Checkpoint {
		Checkpoint {
			genesis: self.blocks[0].header.hash,
			hash: self.blocks[0].header.hash,
			number: 0,
			set_id: 0,
			authorities: self.first.authorities().to_vec(),
		}
	}

	fn find(&self, hash: &str) -> Option<&Block> {
		let hash: Hash = hexed::parse_array(hash, "a hash").ok()?;
		self.all().find(|block| block.header.hash == hash)
	}

	/// All blocks of the best chain.
	fn all(&self) -> impl Iterator<Item = &Block> {
		self.blocks.iter().chain(&self.ahead)
	}

	/// Adds a block with the state `pairs` that is not final. `salt` makes it another than its twin.
	/// It announces no set, so it has to lie within a term.
	pub fn author(&mut self, salt: u8, pairs: &BTreeMap<Vec<u8>, Vec<u8>>) {
		let parent = self.best().1;
		self.author_on(parent, salt, pairs);
	}

	/// The same on a parent that it names, of which there need be none.
	pub fn author_on(&mut self, parent: Hash, salt: u8, pairs: &BTreeMap<Vec<u8>, Vec<u8>>) {
		let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
		let (root, state) = trie::build(&pairs);
		let logs = vec![(0u8, vec![salt]).encode()];
		let number = self.best().0 + 1;
		assert_ne!(number % self.term, 0, "a set would change");
		let bytes = encode_header(&parent, number, &root, &[0; 32], &logs);
		let header = Header::decode(&bytes).expect("a header");
		self.ahead.push(Block { header, bytes, logs, state, extrinsics: Vec::new() });
	}

	/// Takes back all blocks that are not final.
	pub fn reorganise(&mut self) {
		self.ahead.clear();
	}

	/// Number and hash of the newest block, final or not.
	pub fn best(&self) -> (u32, Hash) {
		self.all().last().map_or((0, [0; 32]), |block| (block.header.number, block.header.hash))
	}

	/// Makes all blocks final.
	pub fn finalise(&mut self) {
		self.blocks.append(&mut self.ahead);
	}

	pub fn justification(&self, number: u32) -> Vec<u8> {
		let set = (number.max(1) - 1) / self.term;
		let block = &self.blocks[number as usize].header;
		let mut claim = justify(1, set.into(), block, &self.keys[set as usize], block, &[]);
		if self.lie == Lie::Finality {
			claim.precommits[0].signature = [7; 64];
		}
		encode_justification(&claim, &[])
	}

	/// Like the SDK's node, it proves nothing of the first set while that lasts.
	fn prove_finality(&self, number: u32) -> Option<Vec<u8>> {
		let newest = u32::try_from(self.blocks.len()).ok()? - 1;
		if number > newest || newest < self.term {
			return None;
		}
		let target = (number.div_ceil(self.term) * self.term).min(newest);
		let headers = &self.blocks[number as usize + 1..=target as usize];
		let mut out = (
			self.blocks[target as usize].header.hash,
			self.justification(target),
			Compact(headers.len() as u32),
		)
			.encode();
		for block in headers {
			out.extend(&block.bytes);
		}
		Some(out)
	}

	fn header_json(&self, hash: &str) -> Option<Value> {
		let mut block = self.find(hash)?;
		if self.lie == Lie::Header {
			block = self.blocks.last()?;
		}
		let header = &block.header;
		Some(json!({
			"parentHash": hexed::show(header.parent_hash),
			"number": format!("{:#x}", header.number),
			"stateRoot": hexed::show(header.state_root),
			"extrinsicsRoot": hexed::show(header.extrinsics_root),
			"digest": { "logs": block.logs.iter().map(hexed::show).collect::<Vec<_>>() },
		}))
	}
}

/// A running node.
pub struct FakeNode {
	pub url: String,
	pub chain: Arc<Mutex<Chain>>,
	_server: ServerHandle,
}

/// Serves `chain` on a free port.
pub async fn serve(chain: Chain) -> FakeNode {
	let server = Server::builder().build("127.0.0.1:0").await.expect("a free port");
	let url = format!("ws://{}", server.local_addr().expect("an address"));
	let chain = Arc::new(Mutex::new(chain));
	let mut module = RpcModule::new(chain.clone());
	type Shared = Arc<Mutex<Chain>>;

	fn method<F>(module: &mut RpcModule<Shared>, name: &'static str, answer: F)
	where
		F: Fn(&mut Chain, Vec<Value>) -> Option<Value> + Send + Sync + 'static,
	{
		module
			.register_method(name, move |params, chain, _| -> RpcResult<Value> {
				let params: Vec<Value> = params.parse().unwrap_or_default();
				let mut chain = chain.lock().expect("no test panics with it");
				answer(&mut chain, params)
					.ok_or_else(|| ErrorObjectOwned::owned(1, "refused", None::<()>))
			})
			.expect("a name once");
	}

	method(&mut module, "chain_getBlockHash", |chain, params| {
		let hash = |number: &Value| {
			let block = chain.all().nth(usize::try_from(number.as_u64()?).ok()?);
			Some(block.map_or(Value::Null, |block| json!(hexed::show(block.header.hash))))
		};
		let Some(asked) = params.first() else {
			return chain.all().last().map(|block| json!(hexed::show(block.header.hash)));
		};
		match asked {
			Value::Array(numbers) => {
				let more = usize::from(chain.lie == Lie::Blocks);
				let numbers = numbers.iter().chain(numbers.iter().take(more));
				numbers.map(hash).collect()
			}
			number => hash(number),
		}
	});
	method(&mut module, "chain_getFinalizedHead", |chain, _| {
		Some(json!(hexed::show(chain.blocks.last()?.header.hash)))
	});
	method(&mut module, "chain_getHeader", |chain, params| {
		Some(chain.header_json(params[0].as_str()?).unwrap_or(Value::Null))
	});
	method(&mut module, "grandpa_proveFinality", |chain, params| {
		let number = u32::try_from(params[0].as_u64()?).ok()?;
		chain.prove_finality(number).map(|bytes| json!(hexed::show(bytes)))
	});
	method(&mut module, "state_getReadProof", |chain, params| {
		let lie = chain.lie;
		let mut nodes = chain.find(params[1].as_str()?)?.state.clone();
		match lie {
			Lie::State => nodes.iter_mut().for_each(|node| {
				if let Some(last) = node.last_mut() {
					*last ^= 1;
				}
			}),
			// The root comes last from the builder.
			Lie::Omission => drop(nodes.pop()),
			_ => {}
		}
		let nodes: Vec<_> = nodes.iter().map(hexed::show).collect();
		Some(json!({ "at": params[1], "proof": nodes }))
	});
	method(&mut module, "author_submitExtrinsic", |chain, params| {
		let bytes = hexed::parse(params[0].as_str()?, "an extrinsic").ok()?;
		let hash = blake2_256(&bytes);
		if chain.refuses > 0 {
			chain.refuses -= 1;
			return None;
		}
		chain.submitted.push(bytes);
		Some(json!(hexed::show(hash)))
	});
	method(&mut module, "chain_getBlock", |chain, params| {
		let block = chain.find(params[0].as_str()?)?;
		let extrinsics: Vec<_> = block.extrinsics.iter().map(hexed::show).collect();
		Some(json!({ "block": { "extrinsics": extrinsics } }))
	});
	method(&mut module, "state_getRuntimeVersion", |_, _| {
		Some(json!({ "specName": "pogcs", "specVersion": 1, "transactionVersion": 1 }))
	});
	method(&mut module, "state_call", |chain, params| {
		let asked = (params[0].as_str()?, params[1].as_str()?);
		let known = asked == ("Metadata_metadata_at_version", "0x0f000000");
		known.then(|| json!(hexed::show(chain.metadata.encode())))
	});
	module
		.register_subscription(
			"grandpa_subscribeJustifications",
			"grandpa_justifications",
			"grandpa_unsubscribeJustifications",
			|_, pending, chain, _| async move {
				let Ok(sink) = pending.accept().await else { return };
				let newest = {
					let chain = chain.lock().expect("no test panics with it");
					let number = chain.blocks.len() as u32 - 1;
					hexed::show(chain.justification(number))
				};
				if let Ok(message) = SubscriptionMessage::from_json(&newest) {
					let _ = sink.send(message).await;
				}
				sink.closed().await;
			},
		)
		.expect("a name once");
	FakeNode { url, chain, _server: server.start(module) }
}
