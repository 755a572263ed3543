//! The peer: Aura with GRANDPA, as `pogcs-bench-aura-node --dev` opens it.

use std::{
	path::Path,
	time::{Duration, Instant},
};

use pogcs_bench_aura::{
	cli::Cli,
	runtime::{SLOT_DURATION, VERSION},
	service::{new_partial, verifier, Service, Verifier},
};
use sc_cli::SubstrateCli;
use sc_consensus_aura::standalone::{pre_digest, seal};
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::sr25519::{AuthorityId, AuthorityPair};
use sp_consensus_slots::{Slot, SlotDuration};
use sp_core::crypto::key_types::AURA;
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

struct Node {
	service: Service,
	verifier: Verifier,
}

impl Node {
	fn open(directory: &Path, runtime: &Runtime) -> Result<Self, Error> {
		let directory = directory.to_str().ok_or("the temporary directory's name is no text")?;
		let cli = Cli::from_iter(["pogcs-bench-aura-node", "--dev", "--base-path", directory]);
		let config = cli.create_configuration(&cli.run, runtime.handle().clone())?;
		let service = new_partial(&config)?;
		let verifier = verifier(service.client.clone(), service.other.2);
		Ok(Self { service, verifier })
	}

	fn import(&self, block: Block) -> Result<(), Error> {
		let Service { client, other: (block_import, ..), .. } = &self.service;
		block::import(&**client, block_import.clone(), &self.verifier, block)
	}
}

/// The peer's chain.
pub struct Aura {
	author: Node,
	importer: Node,
	key: AuthorityId,
	slot: Slot,
	wallet: Wallet,
	// Last, because the nodes' tasks run on it.
	_runtime: Runtime,
}

impl Aura {
	/// A new chain with its databases in `directory`. The development key of Alice is rich.
	///
	/// # Errors
	/// Databases or a runtime that cannot be opened.
	pub fn start(directory: &Path) -> Result<Self, Error> {
		let runtime = sc_cli::build_runtime()?;
		let author = Node::open(&directory.join("author"), &runtime)?;
		let importer = Node::open(&directory.join("importer"), &runtime)?;
		let key = author
			.service
			.keystore_container
			.keystore()
			.sr25519_generate_new(AURA, Some("//Alice"))
			.map_err(|error| format!("the keystore does not take Alice's key: {error}"))?
			.into();
		let now = Slot::from_timestamp(Timestamp::current(), Self::slot_duration());
		let wallet = Wallet {
			genesis: author.service.client.info().genesis_hash,
			spec_version: VERSION.spec_version,
			transaction_version: VERSION.transaction_version,
		};
		let slot = now.saturating_sub(PAST);
		Ok(Self { author, importer, key, slot, wallet, _runtime: runtime })
	}

	fn slot_duration() -> SlotDuration {
		SlotDuration::from_millis(SLOT_DURATION)
	}
}

impl Chain for Aura {
	fn takes_transfers(&self) -> Result<bool, Error> {
		Ok(true)
	}

	fn author(&mut self, transfers: &[Transfer]) -> Result<(Block, usize), Error> {
		self.slot = self.slot + 1;
		let Service { client, keystore_container, .. } = &self.author.service;
		let time = self.slot.timestamp(Self::slot_duration()).ok_or("the slot is beyond time")?;
		let signed = transfers.iter().map(|transfer| self.wallet.transfer(transfer));
		let claim = pre_digest::<AuthorityPair>(self.slot);
		let Unsealed { mut header, body, taken } = block::build(&**client, claim, time, signed)?;
		let seal =
			seal::<_, AuthorityPair>(&header.hash(), &self.key, &keystore_container.keystore())?;
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
	use frame_support::weights::Weight;
	use pogcs_bench_aura::runtime;
	use pogcs_runtime::Hash;
	use sc_service::BasePath;
	use sp_core::Pair;

	use super::*;
	use crate::wallet::{accounts, alice};

	#[test]
	fn the_peer_should_have_the_limits_and_the_pace_of_pogcs() {
		let ours = pogcs_runtime::configs::system::BlockWeights::get();
		let peers = runtime::configs::BlockWeights::get();
		assert_eq!(format!("{ours:?}"), format!("{peers:?}"));
		let ours = pogcs_runtime::configs::system::BlockLength::get();
		let peers = runtime::configs::BlockLength::get();
		assert_eq!(format!("{ours:?}"), format!("{peers:?}"));
		assert_eq!(pogcs_runtime::SLOT_DURATION, SLOT_DURATION);
		assert_eq!(transfer::<pogcs_runtime::Runtime>(), transfer::<runtime::Runtime>());
	}

	/// What a transfer, its fee and its nonce weigh.
	fn transfer<R>() -> [Weight; 3]
	where
		R: pallet_balances::Config + pallet_transaction_payment::Config,
	{
		use frame_system::ExtensionsWeightInfo;
		use pallet_balances::WeightInfo;
		use pallet_transaction_payment::WeightInfo as _;
		[
			<R as pallet_balances::Config>::WeightInfo::transfer_keep_alive(),
			<R as pallet_transaction_payment::Config>::WeightInfo::charge_transaction_payment(),
			<R as frame_system::Config>::ExtensionsWeightInfo::check_nonce(),
		]
	}

	#[test]
	fn a_block_should_become_the_best_when_the_peers_other_node_imports_it() {
		let directory = BasePath::new_temp_dir().unwrap().path().join("aura");
		let mut chain = Aura::start(&directory).unwrap();
		let alice = alice().unwrap();
		let to = accounts(1)[0].public();
		for nonce in 0..3 {
			let transfer = Transfer { from: &alice, nonce, to, amount: 1 };
			let (block, taken) = chain.author(&[transfer]).unwrap();
			// The time, and the transfer that was signed with the types of PoGCS.
			assert_eq!((block.extrinsics().len(), taken), (2, 1));
			chain.import(block).unwrap();
		}
		assert_eq!(chain.importer.service.client.info().best_number, 3);
		let (mut forged, _) = chain.author(&[]).unwrap();
		forged.header.state_root = Hash::zero();
		assert!(chain.import(forged).is_err(), "its seal is of another header");
	}
}
