//! The chain under test.

use std::{path::Path, time::Duration};

use sp_core::sr25519::{Pair, Public};

use crate::Error;

pub mod pogcs;

/// A signed transfer, to be put into a block.
pub struct Transfer<'a> {
	/// Who pays and signs.
	pub from: &'a Pair,
	/// How many transactions the payer has sent before.
	pub nonce: u32,
	/// Who is paid.
	pub to: Public,
	/// How much, in whole tokens.
	pub amount: u32,
}

/// A chain of two nodes without a network: one authors at any pace, the other imports what is
/// measured. Everything else is as in its real nodes: database, executor, runtime, verification.
pub trait Chain: Sized {
	/// A sealed block.
	type Block;

	/// A new chain with its databases in `directory`. The development key of Alice is rich.
	///
	/// # Errors
	/// Databases or a runtime that cannot be opened.
	fn start(directory: &Path) -> Result<Self, Error>;

	/// Whether the next block may hold transfers; not so where a block has other things to do.
	///
	/// # Errors
	/// A database that does not know.
	fn takes_transfers(&self) -> Result<bool, Error>;

	/// Authors the next block in the next slot, with exactly these transfers.
	///
	/// # Errors
	/// A transfer that the chain refuses; a slot that cannot be claimed.
	fn author(&mut self, transfers: &[Transfer]) -> Result<Self::Block, Error>;

	/// Verifies and imports the block, as if it had come from the network, and tells how long that
	/// took.
	///
	/// # Errors
	/// A block that is refused or does not become the best.
	fn import(&mut self, block: Self::Block) -> Result<Duration, Error>;
}
