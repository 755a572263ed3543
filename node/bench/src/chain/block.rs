//! What all chains do with a block.

use futures::executor::block_on;
use pogcs_runtime::opaque::Header;
use sc_block_builder::{BlockBuilderApi, BlockBuilderBuilder};
use sc_consensus::{
	import_queue::{import_single_block, BlockImportStatus, IncomingBlock, Verifier},
	BlockImport,
};
use sp_api::{CallApiAt, ProvideRuntimeApi};
use sp_blockchain::{ApplyExtrinsicFailed, Error as BlockchainError, HeaderBackend};
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_inherents::InherentData;
use sp_runtime::{generic::Digest, traits::Block as _, DigestItem, OpaqueExtrinsic};
use sp_timestamp::{Timestamp, INHERENT_IDENTIFIER};

use super::Block;
use crate::Error;

/// A block on top of the best one, without its seal.
pub struct Unsealed {
	pub header: Header,
	pub body: Vec<OpaqueExtrinsic>,
	/// How many of the transfers it holds.
	pub taken: usize,
}

/// Executes a block with this claim, this time and as many of the transfers as fit.
pub fn build<C>(
	client: &C,
	claim: DigestItem,
	time: Timestamp,
	transfers: impl Iterator<Item = OpaqueExtrinsic>,
) -> Result<Unsealed, Error>
where
	C: HeaderBackend<Block> + CallApiAt<Block> + ProvideRuntimeApi<Block>,
	C::Api: BlockBuilderApi<Block>,
{
	let info = client.info();
	let mut builder = BlockBuilderBuilder::new(client)
		.on_parent_block(info.best_hash)
		.with_parent_block_number(info.best_number)
		.with_inherent_digests(Digest { logs: vec![claim] })
		.build()?;
	let mut inherents = InherentData::new();
	inherents.put_data(INHERENT_IDENTIFIER, &time)?;
	for inherent in builder.create_inherents(inherents)? {
		builder.push(inherent)?;
	}
	let mut taken = 0;
	for transfer in transfers {
		match builder.push(transfer) {
			Ok(()) => taken += 1,
			Err(BlockchainError::ApplyExtrinsicFailed(ApplyExtrinsicFailed::Validity(reason)))
				if reason.exhausted_resources() =>
			{
				break
			}
			Err(error) => {
				let number = info.best_number.saturating_add(1);
				return Err(format!("block {number}, transfer {taken}: {error}").into());
			}
		}
	}
	let (header, body) = builder.build()?.block.deconstruct();
	Ok(Unsealed { header, body, taken })
}

/// What the import queue does with a block from the network.
pub fn import<C, I, V>(
	client: &C,
	mut block_import: I,
	verifier: &V,
	block: Block,
) -> Result<(), Error>
where
	C: HeaderBackend<Block>,
	I: BlockImport<Block, Error = ConsensusError>,
	V: Verifier<Block>,
{
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
	let origin = BlockOrigin::NetworkBroadcast;
	let imported = block_on(import_single_block(&mut block_import, origin, incoming, verifier))?;
	match imported {
		BlockImportStatus::ImportedUnknown(..) if client.info().best_hash == hash => Ok(()),
		other => Err(format!("block {hash:?} did not become the best: {other:?}").into()),
	}
}
