//! One node, reached over WebSocket. Its answers are decoded and bounded here, and believed
//! nowhere.

use std::{ops::RangeInclusive, time::Duration};

use codec::{DecodeAll, Encode};
use futures::future::try_join_all;
use jsonrpsee::{
	core::client::{ClientT, Error as RpcError, Subscription, SubscriptionClientT},
	rpc_params,
	ws_client::{WsClient, WsClientBuilder},
};
use pogcs_light_core::{
	headers::{encode_header, Header, MAX_DIGEST_ITEMS},
	BlockNumber, Hash,
};
use serde::Deserialize;

use crate::{error::Error, hexed};

/// The largest answer: a finality proof has the headers of a whole era in it.
const MAX_ANSWER: u32 = 64 * 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(20);
/// How many headers are under way at once. One request each: not every node takes batches.
const BATCH: usize = 32;

/// A connection.
pub struct Node {
	client: WsClient,
	url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonHeader {
	parent_hash: String,
	number: String,
	state_root: String,
	extrinsics_root: String,
	digest: JsonDigest,
}

#[derive(Deserialize)]
struct JsonDigest {
	logs: Vec<String>,
}

#[derive(Deserialize)]
struct JsonProof {
	proof: Vec<String>,
}

/// What a runtime calls itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuntimeVersion {
	/// Name of the chain's rules.
	pub spec_name: String,
	/// Their version.
	pub spec_version: u32,
	/// Version of the layout of transactions.
	pub transaction_version: u32,
}

impl Node {
	/// Connects.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		let client = WsClientBuilder::default()
			.connection_timeout(TIMEOUT)
			.request_timeout(TIMEOUT)
			.max_response_size(MAX_ANSWER)
			.build(url)
			.await
			.map_err(|error| Error::Link(format!("{url}: {error}")))?;
		Ok(Self { client, url: url.into() })
	}

	/// Its address.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// Whether the connection stands.
	pub fn is_connected(&self) -> bool {
		self.client.is_connected()
	}

	fn failed(&self, error: RpcError) -> Error {
		match error {
			RpcError::ParseError(error) => Error::Answer(error.to_string()),
			other => Error::Link(format!("{}: {other}", self.url)),
		}
	}

	/// Hash of the block at `number` on what the node takes for the best chain.
	pub async fn block_hash(&self, number: BlockNumber) -> Result<Option<Hash>, Error> {
		let answer: Option<String> = self
			.client
			.request("chain_getBlockHash", rpc_params![number])
			.await
			.map_err(|error| self.failed(error))?;
		answer.map(|text| hexed::parse_array(&text, "a block hash")).transpose()
	}

	/// What the node takes for the newest finalised block.
	pub async fn finalised_hash(&self) -> Result<Hash, Error> {
		let text: String = self
			.client
			.request("chain_getFinalizedHead", rpc_params![])
			.await
			.map_err(|error| self.failed(error))?;
		hexed::parse_array(&text, "a block hash")
	}

	/// What the node takes for the newest block.
	pub async fn best_hash(&self) -> Result<Hash, Error> {
		let text: String = self
			.client
			.request("chain_getBlockHash", rpc_params![])
			.await
			.map_err(|error| self.failed(error))?;
		hexed::parse_array(&text, "a block hash")
	}

	/// A header by its hash, which it is checked against.
	pub async fn header(&self, hash: &Hash) -> Result<Header, Error> {
		let answer: Option<JsonHeader> = self
			.client
			.request("chain_getHeader", rpc_params![hexed::show(hash)])
			.await
			.map_err(|error| self.failed(error))?;
		let json = answer.ok_or_else(|| Error::Answer("it does not know the block".into()))?;
		let header = decode_header(&json)?;
		if header.hash != *hash {
			return Err(Error::Answer("the header is not the one that was asked for".into()));
		}
		Ok(header)
	}

	/// The headers of the blocks `numbers` on what the node takes for the best chain, in rising
	/// order, asked for many at once. Each is what its hash says; that they are one chain is for
	/// the caller to check.
	pub async fn headers(
		&self,
		numbers: RangeInclusive<BlockNumber>,
	) -> Result<Vec<Header>, Error> {
		let numbers: Vec<_> = numbers.collect();
		let mut headers = Vec::with_capacity(numbers.len());
		for numbers in numbers.chunks(BATCH) {
			let hashes: Vec<Option<String>> = self
				.client
				.request("chain_getBlockHash", rpc_params![numbers])
				.await
				.map_err(|error| self.failed(error))?;
			if hashes.len() != numbers.len() {
				return Err(Error::Answer("it names more or fewer blocks than asked for".into()));
			}
			let hashes = hashes
				.into_iter()
				.map(|hash| {
					let hash =
						hash.ok_or_else(|| Error::Answer("it does not know the block".into()))?;
					hexed::parse_array(&hash, "a block hash")
				})
				.collect::<Result<Vec<Hash>, _>>()?;
			headers.extend(try_join_all(hashes.iter().map(|hash| self.header(hash))).await?);
		}
		Ok(headers)
	}

	/// `FinalityProof` for the set that finalised the block at `number`, SCALE-encoded; `None` if
	/// the node has none.
	pub async fn prove_finality(&self, number: BlockNumber) -> Result<Option<Vec<u8>>, Error> {
		let answer: Result<Option<String>, _> =
			self.client.request("grandpa_proveFinality", rpc_params![number]).await;
		match answer {
			Ok(text) => text.map(|text| hexed::parse(&text, "a finality proof")).transpose(),
			// "Not yet finalised" is an answer, not a failure.
			Err(RpcError::Call(_)) => Ok(None),
			Err(error) => Err(self.failed(error)),
		}
	}

	/// The nodes that prove `keys` in the state of `block`.
	pub async fn read_proof(&self, keys: &[Vec<u8>], block: &Hash) -> Result<Vec<Vec<u8>>, Error> {
		let keys: Vec<_> = keys.iter().map(hexed::show).collect();
		let answer: JsonProof = self
			.client
			.request("state_getReadProof", rpc_params![keys, hexed::show(block)])
			.await
			.map_err(|error| self.failed(error))?;
		answer.proof.iter().map(|node| hexed::parse(node, "a trie node")).collect()
	}

	/// Hands an extrinsic to the network. A refusal comes back in the node's words.
	pub async fn submit(&self, extrinsic: &[u8]) -> Result<Hash, Error> {
		let answer: Result<String, _> = self
			.client
			.request("author_submitExtrinsic", rpc_params![hexed::show(extrinsic)])
			.await;
		match answer {
			Ok(text) => hexed::parse_array(&text, "an extrinsic hash"),
			Err(RpcError::Call(error)) => {
				let data = error.data().map(|data| data.get()).unwrap_or_default();
				let words = format!("{} {data}", error.message());
				Err(Error::Refused(match advice(&words) {
					Some(advice) => format!("{words}; {advice}"),
					None => words,
				}))
			}
			Err(error) => Err(self.failed(error)),
		}
	}

	/// Extrinsics of a block, encoded, as the node tells them.
	pub async fn extrinsics(&self, block: &Hash) -> Result<Vec<Vec<u8>>, Error> {
		#[derive(Deserialize)]
		struct Signed {
			block: Block,
		}
		#[derive(Deserialize)]
		struct Block {
			extrinsics: Vec<String>,
		}
		let answer: Option<Signed> = self
			.client
			.request("chain_getBlock", rpc_params![hexed::show(block)])
			.await
			.map_err(|error| self.failed(error))?;
		let signed = answer.ok_or_else(|| Error::Answer("it does not know the block".into()))?;
		signed.block.extrinsics.iter().map(|text| hexed::parse(text, "an extrinsic")).collect()
	}

	/// The runtime's metadata, encoded and unproven: its words are shown and decide nothing.
	pub async fn metadata(&self) -> Result<Vec<u8>, Error> {
		let text: String = self
			.client
			.request("state_getMetadata", rpc_params![])
			.await
			.map_err(|error| self.failed(error))?;
		hexed::parse(&text, "the metadata")
	}

	/// The runtime's version at `block`, unproven: for writing checkpoints only.
	pub async fn version(&self, block: &Hash) -> Result<RuntimeVersion, Error> {
		self.client
			.request("state_getRuntimeVersion", rpc_params![hexed::show(block)])
			.await
			.map_err(|error| self.failed(error))
	}

	/// The runtime's metadata of one version at `block`, unproven: for writing checkpoints only.
	/// `None` if the runtime has none of that version.
	pub async fn metadata_at_version(
		&self,
		version: u32,
		block: &Hash,
	) -> Result<Option<Vec<u8>>, Error> {
		let version = hexed::show(version.encode());
		let params = rpc_params!["Metadata_metadata_at_version", version, hexed::show(block)];
		let text: String =
			self.client.request("state_call", params).await.map_err(|error| self.failed(error))?;
		let bytes = hexed::parse(&text, "the metadata")?;
		DecodeAll::decode_all(&mut &bytes[..])
			.map_err(|_| Error::Answer("the metadata does not decode".into()))
	}

	/// News of justifications, each SCALE-encoded in hex.
	pub async fn subscribe(&self) -> Result<Subscription<String>, Error> {
		self.client
			.subscribe(
				"grandpa_subscribeJustifications",
				rpc_params![],
				"grandpa_unsubscribeJustifications",
			)
			.await
			.map_err(|error| self.failed(error))
	}
}

/// What the owner can do about the common refusals of a transaction pool.
fn advice(words: &str) -> Option<&'static str> {
	const KNOWN: [(&str, &str); 4] = [
		("Inability to pay", "send a little money to the device's account, which is its key"),
		(
			"bad signature",
			"the device's checkpoint is not of this runtime: write a new one with \
			 `pogcs-device checkpoint`",
		),
		(
			"CannotLookup",
			"this runtime was built without a metadata hash: set metadata_hash to null in the \
			 checkpoint file, on a development chain only",
		),
		("ancient birth block", "the node's clock of blocks is ahead: it is tried again"),
	];
	KNOWN.iter().find(|(sign, _)| words.contains(sign)).map(|(_, advice)| *advice)
}

fn decode_header(json: &JsonHeader) -> Result<Header, Error> {
	if json.digest.logs.len() > MAX_DIGEST_ITEMS {
		return Err(Error::Answer("the header has too many digest items".into()));
	}
	let digits = json.number.trim_start_matches("0x");
	let number = u32::from_str_radix(digits, 16)
		.map_err(|_| Error::Answer("a block number is not hex".into()))?;
	let logs = json
		.digest
		.logs
		.iter()
		.map(|log| hexed::parse(log, "a digest item"))
		.collect::<Result<Vec<_>, _>>()?;
	let bytes = encode_header(
		&hexed::parse_array(&json.parent_hash, "a parent hash")?,
		number,
		&hexed::parse_array(&json.state_root, "a state root")?,
		&hexed::parse_array(&json.extrinsics_root, "an extrinsics root")?,
		&logs,
	);
	Header::decode(&bytes).map_err(|error| Error::Answer(format!("a header: {error}")))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn refusal_should_come_with_advice_when_it_is_a_common_one() {
		let words = "Invalid Transaction \"Inability to pay some fees\"";
		assert!(advice(words).is_some_and(|advice| advice.contains("send a little money")));
		let words = "Invalid Transaction \"Transaction has a bad signature\"";
		assert!(advice(words).is_some_and(|advice| advice.contains("write a new one")));
		assert_eq!(advice("something else"), None);
	}

	#[test]
	fn header_should_have_the_hash_of_its_encoding_when_decoded_from_json() {
		let log = (6u8, *b"PGCS", vec![1u8, 2, 3]).encode();
		let bytes = encode_header(&[1; 32], 300, &[2; 32], &[3; 32], std::slice::from_ref(&log));
		let mut json: JsonHeader = serde_json::from_value(serde_json::json!({
			"parentHash": hexed::show([1; 32]),
			"number": "0x12c",
			"stateRoot": hexed::show([2; 32]),
			"extrinsicsRoot": hexed::show([3; 32]),
			"digest": { "logs": [hexed::show(&log)] },
		}))
		.unwrap();
		assert_eq!(decode_header(&json).unwrap(), Header::decode(&bytes).unwrap());
		json.number = "0xzz".into();
		assert!(matches!(decode_header(&json), Err(Error::Answer(_))));
		json.number = "0x1".into();
		json.digest.logs = vec!["0x01".into(); 65];
		assert!(matches!(decode_header(&json), Err(Error::Answer(_))));
	}
}
