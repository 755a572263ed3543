//! What the engine keeps beside the chain: the tree of epochs, and where each block that is not yet
//! finalised stands in fork choice.

use std::collections::HashSet;

use codec::{Decode, Encode};
use sc_client_api::{backend::AuxStore, AuxDataOperations, FinalityNotification};
use sc_consensus_epochs::{EpochChangesFor, SharedEpochChanges};
use sp_blockchain::{Error as ClientError, HeaderBackend, HeaderMetadata};
use sp_runtime::traits::{Block as BlockT, NumberFor};

use crate::{Epoch, LOG_TARGET};

const EPOCH_CHANGES: &[u8] = b"pogcs_epoch_changes";
const VERSION: &[u8] = b"pogcs_aux_version";
const CURRENT_VERSION: u32 = 2;

pub(crate) fn standing_key<H: Encode>(hash: H) -> Vec<u8> {
	(b"pogcs_standing", hash).encode()
}

/// Where a block stands in fork choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Standing<Number> {
	/// How many primary blocks lead to it, itself included.
	pub primaries: u64,
	/// The highest block, among itself and its ancestors, whose author made another one for the same
	/// slot.
	pub tainted_at: Option<Number>,
}

impl<Number: PartialOrd> Standing<Number> {
	/// Whether its chain has an equivocation above the finalised block. What is final is beyond
	/// doubt, whoever made it.
	pub fn is_tainted(&self, finalized: Number) -> bool {
		self.tainted_at.as_ref().is_some_and(|number| *number > finalized)
	}
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
				"the database was written by another version of the node ({other} of the engine's data, \
				 not {CURRENT_VERSION}): purge it with `pogcs-node purge-chain` and sync again"
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

/// The entry that stores where `hash` stands.
pub(crate) fn standing_entry<B: BlockT>(
	hash: B::Hash,
	standing: Standing<NumberFor<B>>,
) -> (Vec<u8>, Vec<u8>) {
	(standing_key(hash), standing.encode())
}

/// Where `hash` stands; `None` for a block that is unknown or long final.
pub fn load_standing<B: BlockT>(
	backend: &impl AuxStore,
	hash: B::Hash,
) -> Result<Option<Standing<NumberFor<B>>>, ClientError> {
	load(backend, &standing_key(hash))
}

/// Forgets where blocks stood that a finalised one has passed or displaced. The finalised block
/// itself is kept: its children need it.
pub(crate) fn obsolete_standings<B: BlockT>(
	client: &(impl HeaderMetadata<B> + HeaderBackend<B>),
	notification: &FinalityNotification<B>,
) -> AuxDataOperations {
	let first = notification.tree_route.first().unwrap_or(&notification.hash);
	let mut hashes: HashSet<_> =
		client.header_metadata(*first).map(|meta| meta.parent).into_iter().collect();
	hashes.extend(notification.tree_route.iter().filter(|hash| **hash != notification.hash));
	hashes.extend(notification.stale_blocks.iter().map(|block| block.hash));
	hashes.into_iter().map(|hash| (standing_key(hash), None)).collect()
}
