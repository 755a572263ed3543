//! PoGCS, as `pogcs-node --dev` opens it.

use std::{
	path::Path,
	time::{Duration, Instant},
};

use pogcs_node::{
	cli::Cli,
	service::{new_partial, FullClient, Service},
};
use pogcs_runtime::VERSION;
use sc_cli::SubstrateCli;
use sc_consensus_pogcs::{
	authorship::{claim_slot, sign_header},
	digest::{key_type, pre_runtime},
	verifier::{epoch_of_child, PogcsVerifier},
};
use sp_blockchain::HeaderBackend;
use sp_consensus_slots::Slot;
use sp_keystore::Keystore;
use sp_runtime::traits::{Block as _, Header as _};
use sp_timestamp::Timestamp;
use tokio::runtime::Runtime;

use super::{
	block::{self, Unsealed},
	Block, Chain, PAST,
};
use crate::{
	wallet::{Transfer, Wallet},
	Error,
};

/// One node: what the node's own commands work with, and its verifier.
struct Node {
	service: Service,
	verifier: PogcsVerifier<Block, FullClient>,
}

impl Node {
	fn open(directory: &Path, runtime: &Runtime) -> Result<Self, Error> {
		let directory = directory.to_str().ok_or("the temporary directory's name is no text")?;
		let cli = Cli::from_iter(["pogcs-node", "--dev", "--base-path", directory]);
		let config = cli.create_configuration(&cli.run, runtime.handle().clone())?;
		let service = new_partial(&config)?;
		let verifier = PogcsVerifier::new(service.client.clone(), service.other.1.clone());
		Ok(Self { service, verifier })
	}

	fn import(&self, block: Block) -> Result<(), Error> {
		let Service { client, other: (block_import, ..), .. } = &self.service;
		block::import(&**client, block_import.clone(), &self.verifier, block)
	}
}

/// The chain under test.
pub struct Pogcs {
	author: Node,
	importer: Node,
	slot: Slot,
	wallet: Wallet,
	// Last, because the nodes' tasks run on it.
	_runtime: Runtime,
}

impl Pogcs {
	/// A new chain with its databases in `directory`. The development key of Alice is rich.
	///
	/// # Errors
	/// Databases or a runtime that cannot be opened.
	pub fn start(directory: &Path) -> Result<Self, Error> {
		let runtime = sc_cli::build_runtime()?;
		let author = Node::open(&directory.join("author"), &runtime)?;
		let importer = Node::open(&directory.join("importer"), &runtime)?;
		author
			.service
			.keystore_container
			.keystore()
			.sr25519_generate_new(key_type(), Some("//Alice"))
			.map_err(|error| format!("the keystore does not take Alice's key: {error}"))?;
		let link = &author.service.other.1;
		let now = Slot::from_timestamp(Timestamp::current(), link.slot_duration());
		let wallet = Wallet {
			genesis: author.service.client.info().genesis_hash,
			spec_version: VERSION.spec_version,
			transaction_version: VERSION.transaction_version,
		};
		let slot = now.saturating_sub(PAST);
		Ok(Self { author, importer, slot, wallet, _runtime: runtime })
	}
}

impl Chain for Pogcs {
	fn takes_transfers(&self) -> Result<bool, Error> {
		let Service { client, other: (_, link, ..), .. } = &self.author.service;
		let info = client.info();
		let (_, epoch) =
			epoch_of_child(link, &**client, info.best_hash, info.best_number, self.slot + 1)?;
		// The session pallet gives the first block of an epoch the weight of a whole block.
		Ok(epoch.start_slot <= *self.slot)
	}

	fn author(&mut self, transfers: &[Transfer]) -> Result<(Block, usize), Error> {
		self.slot = self.slot + 1;
		let Service { client, keystore_container, other: (_, link, ..), .. } = &self.author.service;
		let keystore = keystore_container.keystore();
		let info = client.info();
		let (_, epoch) =
			epoch_of_child(link, &**client, info.best_hash, info.best_number, self.slot)?;
		let (claim, author) = claim_slot(self.slot, &epoch, &*keystore)
			.ok_or_else(|| format!("Alice may not author slot {}", self.slot))?;
		let time = self.slot.timestamp(link.slot_duration()).ok_or("the slot is beyond time")?;

		let signed = transfers.iter().map(|transfer| self.wallet.transfer(transfer));
		let Unsealed { mut header, body, taken } =
			block::build(&**client, pre_runtime(&claim), time, signed)?;
		let seal = sign_header(header.hash().as_ref(), author, &*keystore)?;
		header.digest_mut().push(seal);
		let block = Block::new(header, body);
		self.author.import(block.clone())?;
		Ok((block, taken))
	}

	fn import(&mut self, block: Block) -> Result<Duration, Error> {
		let start = Instant::now();
		self.importer.import(block)?;
		Ok(start.elapsed())
	}
}

#[cfg(test)]
mod tests {
	use pogcs_runtime::Hash;
	use sc_service::BasePath;
	use sp_core::Pair;

	use super::*;
	use crate::wallet::{accounts, alice};

	#[test]
	fn a_block_should_become_the_best_when_the_other_node_imports_it() {
		let directory = BasePath::new_temp_dir().unwrap().path().join("pogcs");
		let mut chain = Pogcs::start(&directory).unwrap();
		let alice = alice().unwrap();
		let to = accounts(1)[0].public();
		let mut nonce = 0;
		// Past the end of an epoch, which has 20 slots.
		for _ in 0..25 {
			let transfer = Transfer { from: &alice, nonce, to, amount: 1 };
			let transfers = if chain.takes_transfers().unwrap() { vec![transfer] } else { vec![] };
			let (block, taken) = chain.author(&transfers).unwrap();
			assert_eq!(taken, transfers.len());
			// The time, and the transfer.
			assert_eq!(block.extrinsics().len(), 1 + taken);
			nonce += u32::try_from(taken).unwrap();
			chain.import(block).unwrap();
		}
		assert_eq!(nonce, 23, "all blocks but those that open an epoch took a transfer");
		assert_eq!(chain.importer.service.client.info().best_number, 25);

		let (mut forged, _) = chain.author(&[]).unwrap();
		forged.header.state_root = Hash::zero();
		assert!(chain.import(forged).is_err(), "its seal is of another header");
		let again = Transfer { from: &alice, nonce: 0, to, amount: 1 };
		assert!(chain.author(&[again]).is_err(), "a nonce counts once");
	}
}
