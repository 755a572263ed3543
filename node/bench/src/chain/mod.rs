//! The chains under test: [`pogcs`], and the peer, if it was built (feature `aura`).

use std::{path::Path, time::Duration};

use sc_service::BasePath;

use crate::{wallet::Transfer, Error};

#[cfg(feature = "aura")]
pub mod aura;
mod block;
pub mod pogcs;

/// A block as a node sees it; the same type on all chains.
pub use pogcs_runtime::opaque::Block;

/// Slots that a chain starts in the past, since nobody accepts blocks from the future. More than any
/// benchmark has blocks, and few enough that both engines look for equivocations.
const PAST: u64 = 900;

/// Name of the peer.
#[cfg(feature = "aura")]
const PEER: &str = "Aura + GRANDPA";
#[cfg(not(feature = "aura"))]
const PEER: &str = "";

/// A chain of two nodes without a network: one authors at any pace, the other imports what is
/// measured. Everything else is as in its real nodes: database, executor, runtime, verification.
pub trait Chain {
	/// Whether the next block may hold transfers; not so where a block has other things to do.
	///
	/// # Errors
	/// A database that does not know.
	fn takes_transfers(&self) -> Result<bool, Error>;

	/// Authors the next block in the next slot, with as many of these transfers as it holds, from
	/// the first on. Returns the block and how many they are.
	///
	/// # Errors
	/// A transfer that the chain refuses; a slot that cannot be claimed.
	fn author(&mut self, transfers: &[Transfer]) -> Result<(Block, usize), Error>;

	/// Verifies and imports the block, as if it had come from the network, and tells how long that
	/// took.
	///
	/// # Errors
	/// A block that is refused or does not become the best.
	fn import(&mut self, block: Block) -> Result<Duration, Error>;
}

/// PoGCS and, if it was built, the peer, both new.
pub struct Chains {
	/// PoGCS first.
	pub all: Vec<Box<dyn Chain>>,
	/// Name of the second.
	pub peer: &'static str,
}

impl Chains {
	/// Starts them; their databases lie in directories that are deleted when the program ends.
	///
	/// # Errors
	/// Databases or runtimes that cannot be opened.
	pub fn start(name: &str) -> Result<Self, Error> {
		let directory = BasePath::new_temp_dir()?.path().join(name);
		Ok(Self { all: Self::open(&directory)?, peer: PEER })
	}

	#[cfg(feature = "aura")]
	fn open(directory: &Path) -> Result<Vec<Box<dyn Chain>>, Error> {
		let pogcs = pogcs::Pogcs::start(&directory.join("pogcs"))?;
		let aura = aura::Aura::start(&directory.join("aura"))?;
		Ok(vec![Box::new(pogcs), Box::new(aura)])
	}

	#[cfg(not(feature = "aura"))]
	fn open(directory: &Path) -> Result<Vec<Box<dyn Chain>>, Error> {
		Ok(vec![Box::new(pogcs::Pogcs::start(&directory.join("pogcs"))?)])
	}
}
