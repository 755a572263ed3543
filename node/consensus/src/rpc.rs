//! `pogcs_epoch` and `pogcs_authorities`: who authors now, and where each weight comes from.

use std::sync::Arc;

use jsonrpsee::{core::RpcResult, proc_macros::rpc, types::ErrorObjectOwned};
use serde::{Deserialize, Serialize};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_consensus_pogcs::{election::total_weight, PogcsApi, ValidatorWeight};
use sp_runtime::{traits::Block as BlockT, AccountId32};

/// An epoch, as a wallet or explorer wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EpochInfo {
	/// Index, which is also the delivery interval's.
	pub index: u64,
	/// First slot.
	pub start_slot: u64,
	/// First slot after it.
	pub end_slot: u64,
	/// Milliseconds of a slot.
	pub slot_duration: u64,
	/// Authorities.
	pub authorities: usize,
	/// Sum of their weights.
	pub total_weight: u64,
	/// Randomness, in hex.
	pub randomness: String,
}

/// The engine's methods.
#[rpc(client, server)]
pub trait PogcsRpc<Hash> {
	/// The epoch that runs at a block; the best one if none is named.
	#[method(name = "pogcs_epoch")]
	fn epoch(&self, at: Option<Hash>) -> RpcResult<EpochInfo>;

	/// All validators with their weights and where they come from.
	#[method(name = "pogcs_authorities")]
	fn authorities(&self, at: Option<Hash>) -> RpcResult<Vec<ValidatorWeight<AccountId32>>>;
}

/// Answers from the runtime's state.
pub struct Pogcs<C, B> {
	client: Arc<C>,
	_block: std::marker::PhantomData<B>,
}

impl<C, B> Pogcs<C, B> {
	/// Answers from `client`.
	pub fn new(client: Arc<C>) -> Self {
		Self { client, _block: std::marker::PhantomData }
	}
}

fn failed(error: sp_api::ApiError) -> ErrorObjectOwned {
	ErrorObjectOwned::owned(
		1,
		"the state of that block is not here: it is unknown, or pruned; ask an archive node",
		Some(error.to_string()),
	)
}

impl<C, B> PogcsRpcServer<B::Hash> for Pogcs<C, B>
where
	B: BlockT,
	C: ProvideRuntimeApi<B> + HeaderBackend<B> + Send + Sync + 'static,
	C::Api: PogcsApi<B, AccountId32>,
{
	fn epoch(&self, at: Option<B::Hash>) -> RpcResult<EpochInfo> {
		let at = at.unwrap_or_else(|| self.client.info().best_hash);
		let api = self.client.runtime_api();
		let epoch = api.current_epoch(at).map_err(failed)?;
		let config = api.configuration(at).map_err(failed)?;
		Ok(EpochInfo {
			index: epoch.index,
			start_slot: epoch.start_slot,
			end_slot: epoch.end_slot(),
			slot_duration: config.slot_duration,
			authorities: epoch.authorities.len(),
			total_weight: total_weight(&epoch.authorities),
			randomness: sp_core::bytes::to_hex(&epoch.randomness, false),
		})
	}

	fn authorities(&self, at: Option<B::Hash>) -> RpcResult<Vec<ValidatorWeight<AccountId32>>> {
		let at = at.unwrap_or_else(|| self.client.info().best_hash);
		self.client.runtime_api().validator_weights(at).map_err(failed).map_err(Into::into)
	}
}
