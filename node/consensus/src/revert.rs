//! Taking back what the engine keeps of blocks that are reverted. Otherwise epochs that the reverted
//! blocks announced would stay in the tree, and the chain could not go another way.
//!
//! As `sc_consensus_babe::revert` does it.

use std::{collections::HashSet, sync::Arc};

use sc_client_api::{AuxStore, Backend as BackendT};
use sc_consensus_epochs::{descendent_query, EpochChangesFor};
use sp_blockchain::{
	tree_route, Backend as _, Error as ClientError, HeaderBackend, HeaderMetadata,
};
use sp_runtime::traits::{Block as BlockT, NumberFor, Zero};

use crate::{
	aux::{epoch_changes_entries, load_epoch_changes, standing_key},
	Epoch,
};

/// Forgets the epochs and the standings of the last `blocks` blocks, at most of those that are not
/// final. Call it before the blocks themselves are reverted: their headers are needed.
///
/// # Errors
/// A database that lacks headers or cannot be written.
pub fn revert<B, C, BE>(
	client: &Arc<C>,
	backend: &Arc<BE>,
	blocks: NumberFor<B>,
) -> Result<(), ClientError>
where
	B: BlockT,
	C: AuxStore + HeaderBackend<B> + HeaderMetadata<B, Error = ClientError>,
	BE: BackendT<B>,
{
	let info = client.info();
	let revertible = blocks.min(info.best_number - info.finalized_number);
	if revertible.is_zero() {
		return Ok(());
	}
	let number = info.best_number - revertible;
	let hash = client
		.hash(number)?
		.ok_or_else(|| ClientError::Backend(format!("the hash of block {number} is missing")))?;

	let epoch_changes = load_epoch_changes::<B, _>(&**client)?;
	let mut changes = epoch_changes.shared_data();
	if number.is_zero() {
		// Genesis announces no epoch: block 1 starts the tree.
		*changes = EpochChangesFor::<B, Epoch>::default();
	} else {
		changes.revert(descendent_query(&**client), hash, number);
	}

	let mut standings = HashSet::new();
	for leaf in backend.blockchain().leaves()? {
		if !tree_route(&**client, hash, leaf)?.retracted().is_empty() {
			continue;
		}
		let mut at = leaf;
		loop {
			let block = client.header_metadata(at)?;
			if block.number <= number || !standings.insert(standing_key(at)) {
				break;
			}
			at = block.parent;
		}
	}

	let entries = epoch_changes_entries::<B>(&changes);
	let entries: Vec<_> = entries.iter().map(|(key, value)| (&key[..], &value[..])).collect();
	let standings: Vec<_> = standings.iter().map(|key| &key[..]).collect();
	client.insert_aux(&entries, &standings)
}
