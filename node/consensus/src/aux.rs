//! What the engine keeps beside the chain: the tree of epochs, and how many primary blocks lead to
//! each block that is not yet finalised.

use std::collections::HashSet;

use codec::{Decode, Encode};
use sc_client_api::{backend::AuxStore, AuxDataOperations, FinalityNotification};
use sc_consensus_epochs::{EpochChangesFor, SharedEpochChanges};
use sp_blockchain::{Error as ClientError, HeaderBackend, HeaderMetadata};
use sp_runtime::traits::Block as BlockT;

use crate::{Epoch, LOG_TARGET};

const EPOCH_CHANGES: &[u8] = b"pogcs_epoch_changes";
const VERSION: &[u8] = b"pogcs_aux_version";
const CURRENT_VERSION: u32 = 1;

fn primaries_key<H: Encode>(hash: H) -> Vec<u8> {
	(b"pogcs_primaries", hash).encode()
}

fn load<T: Decode>(backend: &impl AuxStore, key: &[u8]) -> Result<Option<T>, ClientError> {
	backend
		.get_aux(key)?
		.map(|bytes| T::decode(&mut &bytes[..]))
		.transpose()
		.map_err(|e| ClientError::Backend(format!("the engine's data is corrupt: {e}")))
}

/// The tree of epochs; empty on a new database.
pub(crate) fn load_epoch_changes<B: BlockT, A: AuxStore>(
	backend: &A,
) -> Result<SharedEpochChanges<B, Epoch>, ClientError> {
	let changes = match load::<u32>(backend, VERSION)? {
		None => {
			log::info!(target: LOG_TARGET, "first start: no epochs are known yet");
			EpochChangesFor::<B, Epoch>::default()
		}
		Some(CURRENT_VERSION) => load(backend, EPOCH_CHANGES)?.unwrap_or_default(),
		Some(other) => {
			return Err(ClientError::Backend(format!(
				"the database was written by a newer node (version {other} of the engine's data)"
			)))
		}
	};
	Ok(SharedEpochChanges::<B, Epoch>::new(changes))
}

/// The entries that store the tree.
pub(crate) fn epoch_changes_entries<B: BlockT>(
	changes: &EpochChangesFor<B, Epoch>,
) -> [(Vec<u8>, Vec<u8>); 2] {
	[(EPOCH_CHANGES.to_vec(), changes.encode()), (VERSION.to_vec(), CURRENT_VERSION.encode())]
}

/// The entry that stores how many primary blocks lead to `hash`.
pub(crate) fn primaries_entry<H: Encode>(hash: H, primaries: u64) -> (Vec<u8>, Vec<u8>) {
	(primaries_key(hash), primaries.encode())
}

/// How many primary blocks lead to `hash`; `None` for a block that is unknown or long final.
pub(crate) fn load_primaries<H: Encode>(
	backend: &impl AuxStore,
	hash: H,
) -> Result<Option<u64>, ClientError> {
	load(backend, &primaries_key(hash))
}

/// Forgets the counts of blocks that a finalised one has passed or displaced. The finalised block
/// itself keeps its count: its children need it.
pub(crate) fn obsolete_primaries<B: BlockT>(
	client: &(impl HeaderMetadata<B> + HeaderBackend<B>),
	notification: &FinalityNotification<B>,
) -> AuxDataOperations {
	let first = notification.tree_route.first().unwrap_or(&notification.hash);
	let mut hashes: HashSet<_> =
		client.header_metadata(*first).map(|meta| meta.parent).into_iter().collect();
	hashes.extend(notification.tree_route.iter().filter(|hash| **hash != notification.hash));
	hashes.extend(notification.stale_blocks.iter().map(|block| block.hash));
	hashes.into_iter().map(|hash| (primaries_key(hash), None)).collect()
}
