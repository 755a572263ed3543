//! What a program that is made from this library puts over the node's parts.
//!
//! `pogcs-node` puts nothing over them: `()`. A test that needs a node which breaks the rules takes
//! this node and changes the one part that it is about, so that everything else is the real thing.

use std::sync::Arc;

use pogcs_runtime::opaque::Block;
use sc_consensus::BoxBlockImport;
use sc_consensus_pogcs::PogcsLink;
use sc_network::NotificationService;
use sc_network_sync::SyncingService;
use sp_keystore::KeystorePtr;

use crate::service::{EngineBlockImport, FullClient};

/// What an overlay may work with.
#[derive(Clone)]
pub struct Parts {
	/// The client.
	pub client: Arc<FullClient>,
	/// The node's keys.
	pub keystore: KeystorePtr,
	/// What authoring, verification and import share.
	pub link: PogcsLink<Block>,
	/// Tells other nodes of blocks.
	pub sync: Arc<SyncingService<Block>>,
}

/// The parts that can be covered. Boxed, so that the node is compiled once and not again by each
/// program that is made from this library.
pub trait Overlay: Send + 'static {
	/// Takes the blocks that this node authors, given the engine's import.
	fn own_blocks(&self, import: EngineBlockImport, parts: &Parts) -> BoxBlockImport<Block>;

	/// What carries finality's messages, given the network's protocol for them.
	fn votes(
		&self,
		network: Box<dyn NotificationService>,
		parts: &Parts,
	) -> Box<dyn NotificationService>;
}

/// The node as it is.
impl Overlay for () {
	fn own_blocks(&self, import: EngineBlockImport, _: &Parts) -> BoxBlockImport<Block> {
		Box::new(import)
	}

	fn votes(
		&self,
		network: Box<dyn NotificationService>,
		_: &Parts,
	) -> Box<dyn NotificationService> {
		network
	}
}
