//! Two blocks of one author for one slot.
//!
//! The second is evidence: it is reported to the chain, which slashes. Neither is built upon until
//! one is final, so that an author who sends different blocks to different peers wins nothing but
//! the loss of its slot (FRC-0051 shows what an engine loses that builds on them).
//!
//! What was already built upon when the second one came stays as it is: otherwise an author could
//! keep a second block back, release it late, and have everybody drop the honest blocks on top of
//! its first. Nodes that saw them in another order may disagree until finality, as about any fork.
//!
//! Evidence is bounded: one header for each author and slot is kept, for about a thousand slots
//! (`sc_consensus_slots::check_equivocation`), and a mark for each block that is not yet final.

use std::sync::Arc;

use sc_client_api::backend::AuxStore;
use sc_consensus::block_import::BlockImportParams;
use sc_consensus_slots::check_equivocation;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::{tree_route, HeaderBackend, HeaderMetadata};
use sp_consensus::BlockOrigin;
use sp_consensus_pogcs::{AuthorityId, EquivocationProof, PogcsApi};
use sp_consensus_slots::{Slot, SlotDuration};
use sp_runtime::traits::{Block as BlockT, Header};
use sp_timestamp::Timestamp;

use crate::{
	aux::{load_standing, standing_entry, Standing},
	metrics::Metrics,
	Error, PogcsLink, LOG_TARGET,
};

/// Looks for equivocations among imported blocks and reports them.
pub struct Watch<B: BlockT, C> {
	client: Arc<C>,
	pool: OffchainTransactionPoolFactory<B>,
	slot_duration: SlotDuration,
	metrics: Metrics,
}

impl<B: BlockT, C> Clone for Watch<B, C> {
	fn clone(&self) -> Self {
		Self {
			client: self.client.clone(),
			pool: self.pool.clone(),
			slot_duration: self.slot_duration,
			metrics: self.metrics.clone(),
		}
	}
}

impl<B: BlockT, C> Watch<B, C> {
	/// A watch that reports through `pool`.
	pub fn new(
		client: Arc<C>,
		pool: OffchainTransactionPoolFactory<B>,
		link: &PogcsLink<B>,
	) -> Self {
		Self { client, pool, slot_duration: link.slot_duration(), metrics: link.metrics.clone() }
	}
}

impl<B, C> Watch<B, C>
where
	B: BlockT,
	C: HeaderBackend<B>
		+ HeaderMetadata<B, Error = sp_blockchain::Error>
		+ AuxStore
		+ ProvideRuntimeApi<B>,
	C::Api: PogcsApi<B, sp_runtime::AccountId32>,
{
	/// Notes who authored the block. Returns whether it is a second one for its slot; the first is
	/// then marked as well, if nothing was built upon it, and both are reported.
	///
	/// # Errors
	/// A database that cannot be read or written. A report that fails is logged only: the block
	/// must be judged all the same.
	pub fn notice(
		&self,
		block: &BlockImportParams<B>,
		slot: Slot,
		author: &AuthorityId,
	) -> Result<bool, Error<B>> {
		// What is old was reported when it was new, or its time is over.
		if block.origin == BlockOrigin::NetworkInitialSync {
			return Ok(false);
		}
		let now = Slot::from_timestamp(Timestamp::current(), self.slot_duration);
		let header = block.post_header();
		let Some(proof) = check_equivocation(&*self.client, now, slot, &header, author)? else {
			return Ok(false);
		};
		log::warn!(
			target: LOG_TARGET,
			"{author:?} made two blocks for slot {slot}: {:?} and {:?}",
			proof.first_header.hash(),
			proof.second_header.hash(),
		);
		self.metrics.equivocation();
		self.taint(&proof.first_header)?;
		if let Err(error) = self.report(proof) {
			log::warn!(target: LOG_TARGET, "the equivocation could not be reported: {error}");
		}
		Ok(true)
	}

	/// Marks the first of two blocks, unless the best chain has gone on from it.
	fn taint(&self, first: &B::Header) -> Result<(), Error<B>> {
		let hash = first.hash();
		let Some(standing) = load_standing::<B>(&*self.client, hash)? else {
			// It never got into the database, or is long final.
			return Ok(());
		};
		let info = self.client.info();
		let route = tree_route(&*self.client, hash, info.best_hash)?;
		let built_upon = route.retracted().is_empty() && !route.enacted().is_empty();
		if built_upon {
			return Ok(());
		}
		let marked = Standing { tainted_at: Some(*first.number()), ..standing };
		let (key, value) = standing_entry::<B>(hash, marked);
		self.client.insert_aux(&[(&key[..], &value[..])], &[])?;
		Ok(())
	}

	/// Puts the report into this node's pool. Asked at the best block: that is where the runtime
	/// remembers whose key it was, however far back the slot is.
	fn report(&self, proof: EquivocationProof<B::Header>) -> Result<(), Error<B>> {
		let best = self.client.info().best_hash;
		let mut api = self.client.runtime_api();
		let offender = proof.offender.clone();
		let Some(owner) = api.generate_key_ownership_proof(best, *proof.slot, offender)? else {
			log::debug!(target: LOG_TARGET, "the equivocator is beyond accusation");
			return Ok(());
		};
		api.register_extension(self.pool.offchain_transaction_pool(best));
		match api.submit_report_equivocation_unsigned_extrinsic(best, proof, owner)? {
			Some(()) => log::info!(target: LOG_TARGET, "reported the equivocation"),
			None => log::debug!(target: LOG_TARGET, "the report is known, or the pool refused it"),
		}
		Ok(())
	}
}
