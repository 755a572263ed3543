//! Import: inherents, the order of slots, epochs, fork choice.

use std::sync::Arc;

use sc_client_api::backend::AuxStore;
use sc_consensus::{
	block_import::{
		BlockCheckParams, BlockImport, BlockImportParams, ForkChoiceStrategy, ImportResult,
	},
	import_queue::{BasicQueue, BoxJustificationImport, DefaultImportQueue},
};
use sc_consensus_epochs::{descendent_query, EpochChangesFor, ViableEpochDescriptor};
use sp_api::ProvideRuntimeApi;
use sp_block_builder::BlockBuilder as BlockBuilderApi;
use sp_blockchain::{BlockStatus, HeaderBackend, HeaderMetadata};
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_consensus_pogcs::{NextEpoch, PogcsApi};
use sp_consensus_slots::Slot;
use sp_core::traits::SpawnEssentialNamed;
use sp_inherents::{CreateInherentDataProviders, InherentDataProvider};
use sp_runtime::traits::{Block as BlockT, Header, NumberFor, Zero};

use crate::{
	aux::{self, Standing},
	digest::{find_claim, find_next_epoch},
	equivocation::Watch,
	fork_choice,
	verifier::{fills_gap, is_proven_otherwise, PogcsVerifier},
	Epoch, Error, Intermediate, PogcsLink, INTERMEDIATE_KEY, LOG_TARGET,
};

/// Imports blocks of the engine and hands them on to the block import inside.
pub struct PogcsBlockImport<B: BlockT, C, I, CIDP> {
	inner: I,
	client: Arc<C>,
	link: PogcsLink<B>,
	create_inherent_data_providers: CIDP,
	watch: Watch<B, C>,
}

impl<B: BlockT, C, I: Clone, CIDP: Clone> Clone for PogcsBlockImport<B, C, I, CIDP> {
	fn clone(&self) -> Self {
		Self {
			inner: self.inner.clone(),
			client: self.client.clone(),
			link: self.link.clone(),
			create_inherent_data_providers: self.create_inherent_data_providers.clone(),
			watch: self.watch.clone(),
		}
	}
}

impl<B: BlockT, C, I, CIDP> PogcsBlockImport<B, C, I, CIDP> {
	pub(crate) fn new(
		inner: I,
		client: Arc<C>,
		link: PogcsLink<B>,
		create_inherent_data_providers: CIDP,
		watch: Watch<B, C>,
	) -> Self {
		Self { inner, client, link, create_inherent_data_providers, watch }
	}
}

type Descriptor<B> = ViableEpochDescriptor<<B as BlockT>::Hash, NumberFor<B>, Epoch>;

impl<B, C, I, CIDP> PogcsBlockImport<B, C, I, CIDP>
where
	B: BlockT,
	I: BlockImport<B> + Send + Sync,
	I::Error: Into<ConsensusError>,
	C: HeaderBackend<B>
		+ HeaderMetadata<B, Error = sp_blockchain::Error>
		+ AuxStore
		+ ProvideRuntimeApi<B>
		+ Send
		+ Sync,
	C::Api: BlockBuilderApi<B>,
	CIDP: CreateInherentDataProviders<B, ()>,
{
	/// Whether the runtime accepts the block's inherents against our clock.
	async fn check_inherents(
		&self,
		block: &mut BlockImportParams<B>,
	) -> Result<(), ConsensusError> {
		if is_proven_otherwise(&*self.client, block) || block.state_action.skip_execution_checks() {
			return Ok(());
		}
		let Some(body) = block.body.take() else { return Ok(()) };
		let parent = *block.header.parent_hash();
		let providers =
			self.create_inherent_data_providers.create_inherent_data_providers(parent, ()).await?;
		let data = providers
			.create_inherent_data()
			.await
			.map_err(|e| Error::<B>::Inherents(e.to_string()))?;
		let whole = B::new(block.header.clone(), body);
		sp_block_builder::check_inherents_with_data(
			self.client.clone(),
			parent,
			whole.clone(),
			&providers,
			data,
		)
		.await
		.map_err(|e| Error::<B>::Inherents(format!("{e:?}")))?;
		block.body = Some(whole.deconstruct().1);
		Ok(())
	}

	/// The parent's slot and where it stands, for a block of `slot`.
	fn parent(
		&self,
		header: &B::Header,
		slot: Slot,
	) -> Result<(Slot, Standing<NumberFor<B>>), Error<B>> {
		let hash = *header.parent_hash();
		let parent = self.client.header(hash)?.ok_or(Error::UnknownParent(hash))?;
		let parent_slot = Slot::from(find_claim::<B>(&parent)?.claim().slot);
		if slot <= parent_slot {
			return Err(Error::SlotMustIncrease(parent_slot, slot));
		}
		let standing = if parent.number().is_zero() {
			Standing::default()
		} else {
			aux::load_standing::<B>(&*self.client, hash)?.ok_or(Error::NoStanding(hash))?
		};
		Ok((parent_slot, standing))
	}

	/// Puts the epoch that the block announces into the tree.
	fn launch(
		&self,
		changes: &mut EpochChangesFor<B, Epoch>,
		block: &BlockImportParams<B>,
		descriptor: &Descriptor<B>,
		slot: Slot,
		next: NextEpoch,
	) -> Result<(), Error<B>> {
		let hash = block.post_hash();
		let parent = *block.header.parent_hash();
		let mut epoch = changes
			.viable_epoch(descriptor, |slot| self.link.genesis(slot))
			.ok_or(Error::NoEpoch(parent))?
			.into_cloned();
		if epoch.as_ref().0.end_slot() <= *slot {
			// Whole epochs had no block. Only this copy moves on: a fork on which the epoch was
			// not skipped still needs the tree's own.
			let moved = epoch.as_ref().0.at_slot(*slot);
			log::warn!(
				target: LOG_TARGET,
				"epochs without a block: from {} to {}", epoch.as_ref().0.index, moved.index,
			);
			epoch.as_mut().0 = moved;
		}
		let level = match block.origin {
			BlockOrigin::NetworkInitialSync => log::Level::Debug,
			_ => log::Level::Info,
		};
		log::log!(
			target: LOG_TARGET, level,
			"epoch {} opens with {} authorities", epoch.as_ref().0.index,
			epoch.as_ref().0.authorities.len(),
		);
		let next = epoch.increment(next);
		prune_finalized(&*self.client, changes)?;
		changes
			.import(descendent_query(&*self.client), hash, *block.header.number(), parent, next)
			.map_err(|e| Error::ForkTree(e.to_string()))
	}

	/// What must be right before a block can go to the database: the epoch that it announces, if it
	/// opens one, and its place in fork choice. May leave `changes` half done if it fails.
	#[allow(clippy::too_many_arguments)]
	fn prepare(
		&self,
		changes: &mut EpochChangesFor<B, Epoch>,
		block: &mut BlockImportParams<B>,
		descriptor: &Descriptor<B>,
		slot: Slot,
		opens: bool,
		announced: Option<NextEpoch>,
		standing: Standing<NumberFor<B>>,
	) -> Result<(), Error<B>> {
		let hash = block.post_hash();
		match (opens, announced) {
			(true, Some(next)) => {
				self.launch(changes, block, descriptor, slot, next)?;
				let entries = aux::epoch_changes_entries::<B>(changes);
				block.auxiliary.extend(entries.into_iter().map(|(k, v)| (k, Some(v))));
			}
			(true, None) => return Err(Error::EpochExpected(hash)),
			(false, Some(_)) => return Err(Error::EpochUnexpected(hash)),
			(false, None) => {}
		}
		let (key, value) = aux::standing_entry::<B>(hash, standing);
		block.auxiliary.push((key, Some(value)));
		let best = fork_choice::becomes_best(&*self.client, &block.header, standing)?;
		block.fork_choice = Some(ForkChoiceStrategy::Custom(best));
		Ok(())
	}

	/// Imports a whole state after warp sync and reads the epochs from it.
	async fn import_state(
		&self,
		mut block: BlockImportParams<B>,
	) -> Result<ImportResult, ConsensusError>
	where
		C::Api: PogcsApi<B, sp_runtime::AccountId32>,
	{
		let hash = block.post_hash();
		let parent = *block.header.parent_hash();
		let number = *block.header.number();
		block.fork_choice = Some(ForkChoiceStrategy::Custom(true));
		// Counts are compared among descendants of a finalised block only, so any base will do.
		let (key, value) = aux::standing_entry::<B>(hash, Standing::default());
		block.auxiliary.push((key, Some(value)));
		let result = self.inner.import_block(block).await.map_err(Into::into)?;
		let ImportResult::Imported(_) = &result else {
			return Err(ConsensusError::ClientImport(format!("the state: {result:?}")));
		};
		let api = self.client.runtime_api();
		let failed = |e: sp_api::ApiError| ConsensusError::ClientImport(e.to_string());
		let current = api.current_epoch(hash).map_err(failed)?;
		let next = api.next_epoch(hash).map_err(failed)?;
		let mut changes = self.link.epoch_changes.shared_data_locked();
		changes.reset(parent, hash, number, Epoch(current), Epoch(next));
		let entries = aux::epoch_changes_entries::<B>(&changes);
		let entries: Vec<_> = entries.iter().map(|(k, v)| (&k[..], &v[..])).collect();
		self.client
			.insert_aux(&entries, &[])
			.map_err(|e| ConsensusError::ClientImport(e.to_string()))?;
		Ok(result)
	}
}

#[async_trait::async_trait]
impl<B, C, I, CIDP> BlockImport<B> for PogcsBlockImport<B, C, I, CIDP>
where
	B: BlockT,
	I: BlockImport<B> + Send + Sync,
	I::Error: Into<ConsensusError>,
	C: HeaderBackend<B>
		+ HeaderMetadata<B, Error = sp_blockchain::Error>
		+ AuxStore
		+ ProvideRuntimeApi<B>
		+ Send
		+ Sync,
	C::Api: BlockBuilderApi<B> + PogcsApi<B, sp_runtime::AccountId32>,
	CIDP: CreateInherentDataProviders<B, ()>,
	CIDP::InherentDataProviders: Send + Sync,
{
	type Error = ConsensusError;

	async fn import_block(
		&self,
		mut block: BlockImportParams<B>,
	) -> Result<ImportResult, ConsensusError> {
		let hash = block.post_hash();
		let number = *block.header.number();
		self.check_inherents(&mut block).await?;

		let status =
			self.client.status(hash).map_err(|e| ConsensusError::ClientImport(e.to_string()))?;
		if fills_gap(&*self.client, number) || status == BlockStatus::InChain {
			// Its epoch is long known, or was proven by warp sync.
			let _ = block.remove_intermediate::<Intermediate<B>>(INTERMEDIATE_KEY);
			block.fork_choice = Some(ForkChoiceStrategy::Custom(false));
			return self.inner.import_block(block).await.map_err(Into::into);
		}
		if block.with_state() {
			return self.import_state(block).await;
		}
		if block.origin == BlockOrigin::WarpSync {
			block.fork_choice = Some(ForkChoiceStrategy::Custom(false));
			return self.inner.import_block(block).await.map_err(Into::into);
		}

		let claim = find_claim::<B>(&block.header)?;
		let slot = Slot::from(claim.claim().slot);
		let (parent_slot, parent_standing) = self.parent(&block.header, slot)?;
		let Intermediate { epoch_descriptor: descriptor, author } =
			block.remove_intermediate::<Intermediate<B>>(INTERMEDIATE_KEY)?;
		let equivocates = self.watch.notice(&block, slot, &author)?;
		let standing = Standing {
			primaries: parent_standing.primaries.saturating_add(u64::from(claim.is_primary())),
			tainted_at: if equivocates { Some(number) } else { parent_standing.tainted_at },
		};
		let opens = parent_slot < descriptor.start_slot();
		let announced = find_next_epoch::<B>(&block.header)?;

		// The tree stays locked until the block is in the database or refused.
		let (locked, before) = {
			let mut changes = self.link.epoch_changes.shared_data_locked();
			let before = announced.is_some().then(|| changes.clone());
			if let Err(error) = self.prepare(
				&mut changes,
				&mut block,
				&descriptor,
				slot,
				opens,
				announced,
				standing,
			) {
				if let Some(before) = before {
					*changes = before;
				}
				return Err(error.into());
			}
			(changes.release_mutex(), before)
		};
		let origin = block.origin;
		let result = self.inner.import_block(block).await.map_err(Into::into);
		self.link.metrics.imported(&result, &claim, origin);
		if result.is_err() {
			if let Some(before) = before {
				let mut locked = locked;
				*locked.upgrade() = before;
			}
		}
		result
	}

	async fn check_block(
		&self,
		block: BlockCheckParams<B>,
	) -> Result<ImportResult, ConsensusError> {
		self.inner.check_block(block).await.map_err(Into::into)
	}
}

/// Forgets epochs that ended before the finalised block or lie on displaced forks.
pub(crate) fn prune_finalized<B, C>(
	client: &C,
	changes: &mut EpochChangesFor<B, Epoch>,
) -> Result<(), Error<B>>
where
	B: BlockT,
	C: HeaderBackend<B> + HeaderMetadata<B, Error = sp_blockchain::Error>,
{
	let info = client.info();
	let Some(header) = client.header(info.finalized_hash)? else { return Ok(()) };
	let slot = Slot::from(find_claim::<B>(&header)?.claim().slot);
	changes
		.prune_finalized(
			descendent_query(client),
			&info.finalized_hash,
			info.finalized_number,
			slot,
		)
		.map_err(|e| Error::ForkTree(e.to_string()))
}

/// The queue that network and authoring put blocks into.
pub fn import_queue<B, C, I, CIDP>(
	import: PogcsBlockImport<B, C, I, CIDP>,
	justification_import: Option<BoxJustificationImport<B>>,
	client: Arc<C>,
	link: PogcsLink<B>,
	spawner: &impl SpawnEssentialNamed,
	registry: Option<&substrate_prometheus_endpoint::Registry>,
) -> DefaultImportQueue<B>
where
	B: BlockT,
	PogcsBlockImport<B, C, I, CIDP>: BlockImport<B, Error = ConsensusError> + Send + Sync + 'static,
	C: HeaderBackend<B> + HeaderMetadata<B, Error = sp_blockchain::Error> + Send + Sync + 'static,
{
	BasicQueue::new(
		PogcsVerifier::new(client, link),
		Box::new(import),
		justification_import,
		spawner,
		registry,
	)
}
