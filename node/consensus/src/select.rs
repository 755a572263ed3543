//! The block to build on: the best one, or, while its chain has an equivocation that is not final,
//! the last block before that.

use std::sync::Arc;

use sc_client_api::backend::AuxStore;
use sp_blockchain::HeaderBackend;
use sp_consensus::{Error as ConsensusError, SelectChain};
use sp_runtime::traits::{Block as BlockT, Header, NumberFor};

use crate::aux::load_standing;

/// Selects like `inner`, but never builds on one of two blocks by one author for one slot before
/// one of them is final.
#[derive(Debug)]
pub struct SelectUntainted<C, SC> {
	client: Arc<C>,
	inner: SC,
}

impl<C, SC: Clone> Clone for SelectUntainted<C, SC> {
	fn clone(&self) -> Self {
		Self { client: self.client.clone(), inner: self.inner.clone() }
	}
}

impl<C, SC> SelectUntainted<C, SC> {
	/// Selects among what `inner` selects.
	pub fn new(client: Arc<C>, inner: SC) -> Self {
		Self { client, inner }
	}

	/// `head`, or its last ancestor whose chain has no equivocation that is not final.
	fn below_taint<B>(&self, head: B::Header) -> Result<B::Header, ConsensusError>
	where
		B: BlockT,
		C: HeaderBackend<B> + AuxStore,
	{
		let lookup = |e: sp_blockchain::Error| ConsensusError::ChainLookup(e.to_string());
		let finalized = self.client.info().finalized_number;
		let mut header = head;
		while *header.number() > finalized {
			let standing = load_standing::<B>(&*self.client, header.hash()).map_err(lookup)?;
			if !standing.is_some_and(|standing| standing.is_tainted(finalized)) {
				break;
			}
			let parent = *header.parent_hash();
			header = self.client.header(parent).map_err(lookup)?.ok_or_else(|| {
				ConsensusError::ChainLookup(format!("the header of {parent:?} is missing"))
			})?;
		}
		Ok(header)
	}
}

#[async_trait::async_trait]
impl<B, C, SC> SelectChain<B> for SelectUntainted<C, SC>
where
	B: BlockT,
	C: HeaderBackend<B> + AuxStore + Send + Sync,
	SC: SelectChain<B>,
{
	async fn leaves(&self) -> Result<Vec<B::Hash>, ConsensusError> {
		self.inner.leaves().await
	}

	async fn best_chain(&self) -> Result<B::Header, ConsensusError> {
		self.below_taint::<B>(self.inner.best_chain().await?)
	}

	async fn finality_target(
		&self,
		base: B::Hash,
		limit: Option<NumberFor<B>>,
	) -> Result<B::Hash, ConsensusError> {
		self.inner.finality_target(base, limit).await
	}
}
