//! Authoring: claim a slot, propose a block, seal it.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use futures::TryFutureExt;
use sc_consensus::block_import::{BlockImport, BlockImportParams, StateAction};
use sc_consensus_epochs::{descendent_query, ViableEpochDescriptor};
use sc_consensus_slots::{
	BackoffAuthoringBlocksStrategy, InherentDataProviderExt, SimpleSlotWorkerToSlotWorker,
	SlotInfo, SlotProportion, StorageChanges,
};
use sc_telemetry::TelemetryHandle;
use sp_blockchain::{HeaderBackend, HeaderMetadata};
use sp_consensus::{
	BlockOrigin, Environment, Error as ConsensusError, Proposer, SelectChain, SyncOracle,
};
use sp_consensus_pogcs::{AuthorityId, PreDigest};
use sp_consensus_slots::Slot;
use sp_inherents::CreateInherentDataProviders;
use sp_keystore::KeystorePtr;
use sp_runtime::{
	traits::{Block as BlockT, Header, NumberFor},
	DigestItem,
};

use crate::{
	authorship::{claim_slot, sign_header},
	digest::{find_claim, pre_runtime},
	Epoch, Intermediate, PogcsLink, INTERMEDIATE_KEY, LOG_TARGET,
};

/// What authoring needs.
pub struct WorkerParams<B: BlockT, C, SC, E, I, SO, L, CIDP, BS> {
	/// Where the keys are.
	pub keystore: KeystorePtr,
	/// The client.
	pub client: Arc<C>,
	/// Finds the block to build on.
	pub select_chain: SC,
	/// Makes proposers.
	pub env: E,
	/// Takes our own blocks: the engine's block import.
	pub block_import: I,
	/// Knows whether we are in sync.
	pub sync_oracle: SO,
	/// Controls justification sync.
	pub justification_sync_link: L,
	/// Makes the inherents.
	pub create_inherent_data_providers: CIDP,
	/// Author even when offline.
	pub force_authoring: bool,
	/// When to pause because finality lags.
	pub backoff: Option<BS>,
	/// What is shared with import.
	pub link: PogcsLink<B>,
	/// The share of a slot for proposing.
	pub block_proposal_slot_portion: SlotProportion,
	/// Telemetry.
	pub telemetry: Option<TelemetryHandle>,
}

/// Runs the worker until the node stops.
pub fn start<B, C, SC, E, I, SO, CIDP, BS, L, Error>(
	params: WorkerParams<B, C, SC, E, I, SO, L, CIDP, BS>,
) -> impl Future<Output = ()>
where
	B: BlockT,
	C: HeaderBackend<B> + HeaderMetadata<B, Error = sp_blockchain::Error> + Send + Sync + 'static,
	SC: SelectChain<B> + 'static,
	E: Environment<B, Error = Error> + Send + Sync + 'static,
	E::Proposer: Proposer<B, Error = Error>,
	I: BlockImport<B, Error = ConsensusError> + Send + Sync + 'static,
	SO: SyncOracle + Send + Sync + Clone + 'static,
	L: sc_consensus::JustificationSyncLink<B> + 'static,
	CIDP: CreateInherentDataProviders<B, ()> + Send + Sync + 'static,
	CIDP::InherentDataProviders: InherentDataProviderExt + Send,
	BS: BackoffAuthoringBlocksStrategy<NumberFor<B>> + Send + Sync + 'static,
	Error: std::error::Error + Send + From<ConsensusError> + From<I::Error> + 'static,
{
	let WorkerParams {
		keystore,
		client,
		select_chain,
		env,
		block_import,
		sync_oracle,
		justification_sync_link,
		create_inherent_data_providers,
		force_authoring,
		backoff,
		link,
		block_proposal_slot_portion,
		telemetry,
	} = params;
	let slot_duration = link.slot_duration();
	let worker = Worker {
		client,
		block_import,
		env,
		sync_oracle: sync_oracle.clone(),
		justification_sync_link,
		force_authoring,
		backoff,
		keystore,
		link,
		block_proposal_slot_portion,
		telemetry,
	};
	sc_consensus_slots::start_slot_worker(
		slot_duration,
		select_chain,
		SimpleSlotWorkerToSlotWorker(worker),
		sync_oracle,
		create_inherent_data_providers,
	)
}

struct Worker<B: BlockT, C, E, I, SO, L, BS> {
	client: Arc<C>,
	block_import: I,
	env: E,
	sync_oracle: SO,
	justification_sync_link: L,
	force_authoring: bool,
	backoff: Option<BS>,
	keystore: KeystorePtr,
	link: PogcsLink<B>,
	block_proposal_slot_portion: SlotProportion,
	telemetry: Option<TelemetryHandle>,
}

#[async_trait::async_trait]
impl<B, C, E, I, Error, SO, L, BS> sc_consensus_slots::SimpleSlotWorker<B>
	for Worker<B, C, E, I, SO, L, BS>
where
	B: BlockT,
	C: HeaderBackend<B> + HeaderMetadata<B, Error = sp_blockchain::Error> + Send + Sync,
	E: Environment<B, Error = Error> + Send + Sync,
	E::Proposer: Proposer<B, Error = Error>,
	I: BlockImport<B> + Send + Sync + 'static,
	SO: SyncOracle + Send + Clone + Sync,
	L: sc_consensus::JustificationSyncLink<B>,
	BS: BackoffAuthoringBlocksStrategy<NumberFor<B>> + Send + Sync,
	Error: std::error::Error + Send + From<ConsensusError> + From<I::Error> + 'static,
{
	type Claim = (PreDigest, AuthorityId);
	type SyncOracle = SO;
	type JustificationSyncLink = L;
	type CreateProposer =
		Pin<Box<dyn Future<Output = Result<E::Proposer, ConsensusError>> + Send + 'static>>;
	type Proposer = E::Proposer;
	type BlockImport = I;
	type AuxData = ViableEpochDescriptor<B::Hash, NumberFor<B>, Epoch>;

	fn logging_target(&self) -> &'static str {
		LOG_TARGET
	}

	fn block_import(&mut self) -> &mut Self::BlockImport {
		&mut self.block_import
	}

	fn aux_data(&self, parent: &B::Header, slot: Slot) -> Result<Self::AuxData, ConsensusError> {
		self.link
			.epoch_changes
			.shared_data()
			.epoch_descriptor_for_child_of(
				descendent_query(&*self.client),
				&parent.hash(),
				*parent.number(),
				slot,
			)
			.map_err(|e| ConsensusError::ChainLookup(e.to_string()))?
			.ok_or(ConsensusError::InvalidAuthoritiesSet)
	}

	fn authorities_len(&self, descriptor: &Self::AuxData) -> Option<usize> {
		self.link
			.epoch_changes
			.shared_data()
			.viable_epoch(descriptor, |slot| self.link.genesis(slot))
			.map(|epoch| epoch.as_ref().0.authorities.len())
	}

	async fn claim_slot(
		&mut self,
		_parent: &B::Header,
		slot: Slot,
		descriptor: &Self::AuxData,
	) -> Option<Self::Claim> {
		let epoch = self
			.link
			.epoch_changes
			.shared_data()
			.viable_epoch(descriptor, |slot| self.link.genesis(slot))?
			.as_ref()
			.0
			.clone();
		self.link.metrics.epoch(&epoch, slot);
		self.link.metrics.own_weight(&epoch, &*self.keystore);
		claim_slot(slot, &epoch, &*self.keystore)
			.inspect(|(claim, _)| self.link.metrics.claimed(claim))
	}

	fn pre_digest_data(&self, _: Slot, claim: &Self::Claim) -> Vec<DigestItem> {
		vec![pre_runtime(&claim.0)]
	}

	async fn block_import_params(
		&self,
		header: B::Header,
		header_hash: &B::Hash,
		body: Vec<B::Extrinsic>,
		storage_changes: StorageChanges<B>,
		(_, author): Self::Claim,
		epoch_descriptor: Self::AuxData,
	) -> Result<BlockImportParams<B>, ConsensusError> {
		let seal = sign_header(header_hash.as_ref(), author.clone(), &*self.keystore)?;
		let mut block = BlockImportParams::new(BlockOrigin::Own, header);
		block.post_digests.push(seal);
		block.body = Some(body);
		block.state_action =
			StateAction::ApplyChanges(sc_consensus::StorageChanges::Changes(storage_changes));
		block.insert_intermediate(INTERMEDIATE_KEY, Intermediate::<B> { epoch_descriptor, author });
		Ok(block)
	}

	fn force_authoring(&self) -> bool {
		self.force_authoring
	}

	fn should_backoff(&self, slot: Slot, head: &B::Header) -> bool {
		let (Some(strategy), Ok(claim)) = (&self.backoff, find_claim::<B>(head)) else {
			return false;
		};
		strategy.should_backoff(
			*head.number(),
			claim.claim().slot.into(),
			self.client.info().finalized_number,
			slot,
			LOG_TARGET,
		)
	}

	fn sync_oracle(&mut self) -> &mut Self::SyncOracle {
		&mut self.sync_oracle
	}

	fn justification_sync_link(&mut self) -> &mut Self::JustificationSyncLink {
		&mut self.justification_sync_link
	}

	fn proposer(&mut self, block: &B::Header) -> Self::CreateProposer {
		Box::pin(self.env.init(block).map_err(|e| ConsensusError::ClientImport(e.to_string())))
	}

	fn telemetry(&self) -> Option<TelemetryHandle> {
		self.telemetry.clone()
	}

	fn proposing_remaining_duration(&self, slot_info: &SlotInfo<B>) -> Duration {
		let parent_slot =
			find_claim::<B>(&slot_info.chain_head).ok().map(|claim| claim.claim().slot.into());
		sc_consensus_slots::proposing_remaining_duration(
			parent_slot,
			slot_info,
			&self.block_proposal_slot_portion,
			None,
			sc_consensus_slots::SlotLenienceType::Exponential,
			LOG_TARGET,
		)
	}
}
