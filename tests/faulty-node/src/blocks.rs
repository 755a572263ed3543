//! Two blocks for one slot.

use pogcs_node::{overlay::Parts, service::EngineBlockImport};
use pogcs_runtime::opaque::{Block, Header};
use sc_block_builder::BlockBuilderBuilder;
use sc_consensus::{
	import_queue::{import_single_block, BlockImportStatus, IncomingBlock},
	BlockCheckParams, BlockImport, BlockImportParams, ImportResult,
};
use sc_consensus_pogcs::{
	authorship::sign_header,
	digest::find_claim,
	verifier::{epoch_of_child, PogcsVerifier},
	LOG_TARGET,
};
use sc_network::NetworkBlock;
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_inherents::InherentData;
use sp_runtime::{
	generic::{Digest, DigestItem},
	traits::{Block as _, Header as _},
};
use sp_timestamp::{Timestamp, INHERENT_IDENTIFIER};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Takes this node's own blocks, and follows each by a second one.
pub struct Twofold {
	inner: EngineBlockImport,
	parts: Parts,
}

impl Twofold {
	/// Blocks go to `inner`.
	pub fn new(inner: EngineBlockImport, parts: Parts) -> Self {
		Self { inner, parts }
	}

	/// Another block than the one with this header, on its parent and by its claim. It has no
	/// transactions, and its time is now: later in the same slot.
	fn second(&self, first: &Header) -> Result<Block, Error> {
		let Parts { client, keystore, link, .. } = &self.parts;
		let parent = *first.parent_hash();
		let parent_number = first.number().checked_sub(1).ok_or("genesis is nobody's block")?;
		let claim = find_claim::<Block>(first)?;
		let (authority, slot) = (claim.claim().authority, claim.claim().slot);
		let (_, epoch) = epoch_of_child(link, &**client, parent, parent_number, slot.into())?;
		let (author, _) = epoch
			.authorities
			.get(usize::try_from(authority)?)
			.ok_or("the first block's author is not in the set")?;

		let logs = first.digest().logs().iter();
		let claims = logs.filter(|log| matches!(log, DigestItem::PreRuntime(..))).cloned();
		let mut builder = BlockBuilderBuilder::new(&**client)
			.on_parent_block(parent)
			.with_parent_block_number(parent_number)
			.with_inherent_digests(Digest { logs: claims.collect() })
			.build()?;
		let mut inherents = InherentData::new();
		inherents.put_data(INHERENT_IDENTIFIER, &Timestamp::current())?;
		for inherent in builder.create_inherents(inherents)? {
			builder.push(inherent)?;
		}
		let (mut header, body) = builder.build()?.block.deconstruct();
		let seal = sign_header(header.hash().as_ref(), (*author).into(), &**keystore)?;
		header.digest_mut().push(seal);
		Ok(Block::new(header, body))
	}

	/// Makes a second block, so that peers can fetch it here, and tells them of it.
	async fn equivocate(&self, first: Header) -> Result<(), Error> {
		let block = self.second(&first)?;
		let hash = block.hash();
		let (header, body) = block.deconstruct();
		let incoming = IncomingBlock::<Block> {
			hash,
			header: Some(header),
			body: Some(body),
			indexed_body: None,
			justifications: None,
			origin: None,
			allow_missing_state: false,
			skip_execution: false,
			import_existing: false,
			state: None,
		};
		let verifier = PogcsVerifier::new(self.parts.client.clone(), self.parts.link.clone());
		// The engine looks for evidence in new blocks only: this node does not accuse itself.
		let origin = BlockOrigin::NetworkInitialSync;
		let imported =
			import_single_block(&mut self.inner.clone(), origin, incoming, &verifier).await?;
		if !matches!(imported, BlockImportStatus::ImportedUnknown(..)) {
			return Err(format!("the import says {imported:?}").into());
		}
		self.parts.sync.announce_block(hash, None);
		log::warn!(target: LOG_TARGET, "made a second block for the slot: {hash:?}");
		Ok(())
	}
}

#[async_trait::async_trait]
impl BlockImport<Block> for Twofold {
	type Error = ConsensusError;

	async fn import_block(
		&self,
		block: BlockImportParams<Block>,
	) -> Result<ImportResult, ConsensusError> {
		let first = block.header.clone();
		let result = self.inner.import_block(block).await?;
		if matches!(result, ImportResult::Imported(_)) {
			if let Err(error) = self.equivocate(first).await {
				log::error!(target: LOG_TARGET, "no second block: {error}");
			}
		}
		Ok(result)
	}

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, ConsensusError> {
		self.inner.check_block(block).await
	}
}
