//! The PoGCS engine: authoring, verification, import and fork choice.
//!
//! It has the shape of BABE (`sc-consensus-babe`), on `sc-consensus-slots` and
//! `sc-consensus-epochs`, and differs where weight is concerned:
//!
//! * the lottery's threshold is integer arithmetic, shared with runtime and device;
//! * the fallback author is drawn over cumulative weights;
//! * a tie in fork choice goes to the lower VRF output at the first differing block.
//!
//! | module | concern |
//! |---|---|
//! | [`authorship`] | which of our keys may author a slot |
//! | [`worker`] | authoring blocks |
//! | [`verifier`] | checking headers |
//! | [`import`] | epochs, inherents, fork choice of imported blocks |
//! | [`equivocation`] | two blocks of one author in one slot: evidence, report, what not to build on |
//! | [`fork_choice`] | which of two chains is better |
//! | [`metrics`] | what Prometheus is told |
//! | [`select`] | the block to build on |
//! | [`revert`] | taking back what is kept of reverted blocks |
//! | [`rpc`] | `pogcs_epoch`, `pogcs_authorities` |

#![forbid(unsafe_code)]
#![deny(missing_docs)]

use std::sync::Arc;

use sc_client_api::{backend::AuxStore, AuxDataOperations, FinalityNotification, PreCommitActions};
use sc_consensus_epochs::{Epoch as EpochT, SharedEpochChanges};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::{HeaderBackend, HeaderMetadata};
use sp_consensus_pogcs::{AuthorityId, NextEpoch, PogcsApi};
use sp_consensus_slots::Slot;
use sp_runtime::traits::Block as BlockT;

pub mod authorship;
mod aux;
pub mod digest;
pub mod equivocation;
mod error;
pub mod fork_choice;
pub mod import;
pub mod inherents;
pub mod metrics;
pub mod revert;
pub mod rpc;
pub mod select;
pub mod verifier;
pub mod worker;

pub use error::Error;
pub use import::{import_queue, PogcsBlockImport};
pub use sp_consensus_pogcs::Configuration;
pub use sp_consensus_slots::SlotDuration;
pub use worker::{start, WorkerParams};

/// Target of the engine's log lines.
pub const LOG_TARGET: &str = "pogcs";

/// An epoch, as the tree of epoch changes keeps it.
#[derive(Clone, Debug, PartialEq, Eq, codec::Encode, codec::Decode)]
pub struct Epoch(pub sp_consensus_pogcs::Epoch);

impl EpochT for Epoch {
	type NextEpochDescriptor = NextEpoch;
	type Slot = Slot;

	fn increment(&self, next: NextEpoch) -> Self {
		Self(self.0.increment(next))
	}

	fn start_slot(&self) -> Slot {
		self.0.start_slot.into()
	}

	fn end_slot(&self) -> Slot {
		self.0.end_slot().into()
	}
}

/// What authoring, verification and import share.
#[derive(Clone)]
pub struct PogcsLink<Block: BlockT> {
	/// The tree of announced epochs.
	pub epoch_changes: SharedEpochChanges<Block, Epoch>,
	/// The configuration at genesis.
	pub config: Arc<Configuration>,
	/// What Prometheus is told.
	pub metrics: metrics::Metrics,
}

impl<Block: BlockT> PogcsLink<Block> {
	/// The length of a slot.
	pub fn slot_duration(&self) -> SlotDuration {
		SlotDuration::from_millis(self.config.slot_duration)
	}

	/// Epoch 0, had it opened with `slot`.
	pub(crate) fn genesis(&self, slot: Slot) -> Epoch {
		Epoch(sp_consensus_pogcs::Epoch::genesis(&self.config, *slot))
	}
}

/// What travels with a block from verification to import.
pub(crate) struct Intermediate<B: BlockT> {
	pub(crate) epoch_descriptor: sc_consensus_epochs::ViableEpochDescriptor<
		B::Hash,
		sp_runtime::traits::NumberFor<B>,
		Epoch,
	>,
	pub(crate) author: AuthorityId,
}

pub(crate) const INTERMEDIATE_KEY: &[u8] = b"pogcs0";

/// Reads the configuration from the genesis state.
///
/// A node that holds no genesis state (after warp sync and pruning) reads it at its best block:
/// slot duration, epoch length and `c` do not change, and the genesis set is only used for blocks
/// that such a node does not verify.
pub fn configuration<B, C, AccountId>(client: &C) -> Result<Configuration, sp_blockchain::Error>
where
	B: BlockT,
	AccountId: codec::Codec,
	C: ProvideRuntimeApi<B> + HeaderBackend<B>,
	C::Api: PogcsApi<B, AccountId>,
{
	let info = client.info();
	let at = if info.finalized_state.is_some() { info.best_hash } else { info.genesis_hash };
	client
		.runtime_api()
		.configuration(info.genesis_hash)
		.or_else(|_| client.runtime_api().configuration(at))
		.map_err(Into::into)
}

/// Makes the block import and the link that worker and queue need.
pub fn block_import<B, C, I, CIDP>(
	config: Configuration,
	inner: I,
	client: Arc<C>,
	create_inherent_data_providers: CIDP,
	pool: OffchainTransactionPoolFactory<B>,
	registry: Option<&substrate_prometheus_endpoint::Registry>,
) -> Result<(PogcsBlockImport<B, C, I, CIDP>, PogcsLink<B>), sp_blockchain::Error>
where
	B: BlockT,
	C: AuxStore
		+ HeaderBackend<B>
		+ HeaderMetadata<B, Error = sp_blockchain::Error>
		+ PreCommitActions<B>
		+ 'static,
{
	let epoch_changes = aux::load_epoch_changes::<B, _>(&*client)?;
	let link = PogcsLink {
		epoch_changes,
		config: Arc::new(config),
		metrics: metrics::Metrics::new(registry),
	};
	import::prune_finalized(&*client, &mut link.epoch_changes.shared_data())
		.map_err(|e| sp_blockchain::Error::Backend(e.to_string()))?;

	let weak = Arc::downgrade(&client);
	client.register_finality_action(Box::new(move |notification: &FinalityNotification<B>| {
		weak.upgrade().map_or_else(AuxDataOperations::new, |client| {
			aux::obsolete_standings(&*client, notification)
		})
	}));

	let watch = equivocation::Watch::new(client.clone(), pool, &link);
	let import =
		PogcsBlockImport::new(inner, client, link.clone(), create_inherent_data_providers, watch);
	Ok((import, link))
}
