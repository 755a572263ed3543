//! A running node, reached over WebSocket: what the sender asks of it.

use std::time::Duration;

use codec::{Decode, Encode};
use frame_support::{
	dispatch::{DispatchClass, PerDispatchClass},
	weights::Weight,
};
use frame_system::AccountInfo;
use jsonrpsee::{
	core::{
		client::ClientT,
		params::{ArrayParams, BatchRequestBuilder},
	},
	rpc_params,
	ws_client::{WsClient, WsClientBuilder},
};
use pallet_balances::AccountData;
use pogcs_runtime::{
	configs::system::BlockWeights, token, Balance, Hash, Nonce, RuntimeCall, UncheckedExtrinsic,
};
use serde_json::Value;
use sp_core::sr25519::Public;
use sp_crypto_hashing::{blake2_128, twox_128};
use sp_runtime::generic::Preamble;

use crate::{wallet::Wallet, Error};

/// The largest request or answer: a batch, or a full block in hexadecimal.
const LARGEST: u32 = 64 * 1024 * 1024;

/// How long a busy node may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Accounts that one request asks for.
const PAGE: usize = 500;

/// What is counted of a block.
#[derive(Clone, Debug)]
pub struct BlockFacts {
	/// Its hash.
	pub hash: Hash,
	/// Transfers in it.
	pub transfers: usize,
	/// Its time in milliseconds.
	pub time: u64,
	/// The part, 0 to 1, of what transactions may weigh.
	pub fullness: f64,
}

/// Bytes as the node's methods take them.
pub fn hex(value: &impl Encode) -> String {
	format!("0x{}", hex::encode(value.encode()))
}

fn bytes(text: &str) -> Result<Vec<u8>, Error> {
	let digits = text.strip_prefix("0x").ok_or("the node's answer is not hexadecimal")?;
	Ok(hex::decode(digits)?)
}

fn system_key(item: &str) -> Vec<u8> {
	[twox_128(b"System"), twox_128(item.as_bytes())].concat()
}

fn account_key(account: &Public) -> String {
	let key = [&system_key("Account")[..], &blake2_128(&account.0), &account.0].concat();
	format!("0x{}", hex::encode(key))
}

/// A connection.
pub struct Node(WsClient);

impl Node {
	/// Connects.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		let client = WsClientBuilder::default()
			.max_request_size(LARGEST)
			.max_response_size(LARGEST)
			.request_timeout(TIMEOUT)
			.build(url)
			.await
			.map_err(|error| format!("{url}: {error}"))?;
		Ok(Self(client))
	}

	async fn ask(&self, method: &str, params: ArrayParams) -> Result<Value, Error> {
		let answer = self.0.request(method, params).await;
		answer.map_err(|error| format!("{method}: {error}").into())
	}

	/// What the node calls itself.
	pub async fn name(&self) -> Result<String, Error> {
		let name = self.ask("system_name", rpc_params![]).await?;
		Ok(name.as_str().unwrap_or_default().into())
	}

	/// What a wallet must know of its chain.
	pub async fn wallet(&self) -> Result<Wallet, Error> {
		let version = self.ask("state_getRuntimeVersion", rpc_params![]).await?;
		let number = |name: &str| -> Result<u32, Error> {
			let value = version[name].as_u64().ok_or_else(|| format!("no {name}"))?;
			Ok(value.try_into()?)
		};
		let genesis = self.hash_of(0).await?.ok_or("the node has no genesis block")?;
		Ok(Wallet {
			genesis,
			spec_version: number("specVersion")?,
			transaction_version: number("transactionVersion")?,
		})
	}

	async fn hash_of(&self, number: u32) -> Result<Option<Hash>, Error> {
		let hash = self.ask("chain_getBlockHash", rpc_params![number]).await?;
		match hash.as_str() {
			Some(text) => Ok(Some(Hash::from_slice(&bytes(text)?))),
			None => Ok(None),
		}
	}

	/// Number of the best block.
	pub async fn best(&self) -> Result<u32, Error> {
		let header = self.ask("chain_getHeader", rpc_params![]).await?;
		let number = header["number"].as_str().and_then(|text| text.strip_prefix("0x"));
		Ok(u32::from_str_radix(number.ok_or("a header without a number")?, 16)?)
	}

	/// Puts transactions into the pool.
	///
	/// # Errors
	/// The first one that is refused.
	pub async fn submit(&self, signed: &[String]) -> Result<(), Error> {
		let mut batch = BatchRequestBuilder::new();
		for transaction in signed {
			batch.insert("author_submitExtrinsic", rpc_params![transaction])?;
		}
		for answer in self.0.batch_request::<String>(batch).await? {
			if let Err(refusal) = answer {
				return Err(format!("the pool refuses a transfer: {refusal}").into());
			}
		}
		Ok(())
	}

	/// The block of this number, once there is one.
	pub async fn block(&self, number: u32) -> Result<Option<BlockFacts>, Error> {
		let Some(hash) = self.hash_of(number).await? else { return Ok(None) };
		let answer = self.ask("chain_getBlock", rpc_params![hash]).await?;
		let body = answer["block"]["extrinsics"].as_array().ok_or("a block without a body")?;
		let (mut transfers, mut time) = (0, None);
		for extrinsic in body {
			let encoded = bytes(extrinsic.as_str().unwrap_or_default())?;
			let extrinsic = UncheckedExtrinsic::decode(&mut &encoded[..])
				.map_err(|error| format!("a transaction of block {number}: {error}"))?;
			match (extrinsic.preamble, extrinsic.function) {
				(
					Preamble::Signed(..),
					RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { .. }),
				) => transfers += 1,
				(_, RuntimeCall::Timestamp(pallet_timestamp::Call::set { now })) => {
					time = Some(now)
				}
				_ => {}
			}
		}
		let time = time.ok_or("a block without a time")?;
		let fullness = self.fullness(hash).await?;
		Ok(Some(BlockFacts { hash, transfers, time, fullness }))
	}

	async fn fullness(&self, block: Hash) -> Result<f64, Error> {
		let key = format!("0x{}", hex::encode(system_key("BlockWeight")));
		let value = self.ask("state_getStorage", rpc_params![key, block]).await?;
		let encoded = bytes(value.as_str().ok_or("a block without a weight")?)?;
		let weight = PerDispatchClass::<Weight>::decode(&mut &encoded[..])?;
		let limits = BlockWeights::get();
		let limit = limits.get(DispatchClass::Normal).max_total.unwrap_or(limits.max_block);
		Ok(weight.get(DispatchClass::Normal).ref_time() as f64 / limit.ref_time() as f64)
	}

	/// Checks that these accounts own a token for each transfer that got into a block.
	///
	/// # Errors
	/// How many transfers failed.
	pub async fn check_paid(
		&self,
		receivers: &[Public],
		transfers: usize,
		at: Hash,
	) -> Result<(), Error> {
		let mut paid: Balance = 0;
		for page in receivers.chunks(PAGE) {
			let keys: Vec<_> = page.iter().map(account_key).collect();
			let answer = self.ask("state_queryStorageAt", rpc_params![keys, at]).await?;
			for change in answer[0]["changes"].as_array().ok_or("no accounts")? {
				let Some(value) = change[1].as_str() else { continue };
				let account =
					AccountInfo::<Nonce, AccountData<Balance>>::decode(&mut &bytes(value)?[..])?;
				paid += account.data.free / token::UNIT;
			}
		}
		if paid != Balance::try_from(transfers)? {
			return Err(format!("of {transfers} transfers in blocks only {paid} succeeded").into());
		}
		Ok(())
	}
}
