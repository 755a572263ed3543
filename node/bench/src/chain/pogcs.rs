//! PoGCS, as `pogcs-node --dev` opens it.

use std::{
	path::Path,
	time::{Duration, Instant},
};

use codec::Encode;
use futures::executor::block_on;
use pogcs_node::{
	cli::Cli,
	service::{new_partial, FullClient, Service},
};
use pogcs_runtime::{
	opaque::Block, token, Hash, RuntimeCall, SignedPayload, TxExtension, UncheckedExtrinsic,
	VERSION,
};
use sc_block_builder::BlockBuilderBuilder;
use sc_cli::SubstrateCli;
use sc_consensus::import_queue::{import_single_block, BlockImportStatus, IncomingBlock};
use sc_consensus_pogcs::{
	authorship::{claim_slot, sign_header},
	digest::{key_type, pre_runtime},
	verifier::{epoch_of_child, PogcsVerifier},
};
use sp_blockchain::HeaderBackend;
use sp_consensus::BlockOrigin;
use sp_consensus_slots::Slot;
use sp_core::Pair;
use sp_inherents::InherentData;
use sp_keystore::Keystore;
use sp_runtime::{
	generic::{Digest, Era},
	traits::{Block as _, Header as _},
	MultiAddress, MultiSignature, OpaqueExtrinsic,
};
use sp_timestamp::{Timestamp, INHERENT_IDENTIFIER};
use tokio::runtime::Runtime;

use super::{Chain, Transfer};
use crate::Error;

/// Slots that the chain starts in the past, since nobody accepts blocks from the future. More than
/// any benchmark has blocks.
const PAST: u64 = 1_000;

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

	/// What the import queue does with a block from the network.
	fn import(&self, block: Block) -> Result<(), Error> {
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
		let mut block_import = self.service.other.0.clone();
		let imported = block_on(import_single_block(
			&mut block_import,
			BlockOrigin::NetworkBroadcast,
			incoming,
			&self.verifier,
		))?;
		match imported {
			BlockImportStatus::ImportedUnknown(..)
				if self.service.client.info().best_hash == hash =>
			{
				Ok(())
			}
			other => Err(format!("block {hash:?} did not become the best: {other:?}").into()),
		}
	}
}

/// The chain under test.
pub struct Pogcs {
	author: Node,
	importer: Node,
	slot: Slot,
	genesis: Hash,
	// Last, because the nodes' tasks run on it.
	_runtime: Runtime,
}

impl Pogcs {
	fn sign(&self, transfer: &Transfer) -> OpaqueExtrinsic {
		let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
			dest: MultiAddress::Id(transfer.to.into()),
			value: token::UNIT * u128::from(transfer.amount),
		});
		let extension: TxExtension = (
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(Era::Immortal),
			frame_system::CheckNonce::from(transfer.nonce),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(0),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		);
		// What a wallet knows of the chain: `SignedPayload::new` would ask a runtime's storage.
		let known = (
			(),
			(),
			VERSION.spec_version,
			VERSION.transaction_version,
			self.genesis,
			self.genesis,
			(),
			(),
			(),
			None,
			(),
		);
		let payload = SignedPayload::from_raw(call, extension, known);
		let signature = payload.using_encoded(|bytes| transfer.from.sign(bytes));
		let (call, extension, _) = payload.deconstruct();
		let from = MultiAddress::Id(transfer.from.public().into());
		UncheckedExtrinsic::new_signed(call, from, MultiSignature::from(signature), extension)
			.into()
	}
}

impl Chain for Pogcs {
	type Block = Block;

	fn start(directory: &Path) -> Result<Self, Error> {
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
		let slot = now.saturating_sub(PAST);
		let genesis = author.service.client.info().genesis_hash;
		Ok(Self { author, importer, slot, genesis, _runtime: runtime })
	}

	fn takes_transfers(&self) -> Result<bool, Error> {
		let Service { client, other: (_, link, ..), .. } = &self.author.service;
		let info = client.info();
		let (_, epoch) =
			epoch_of_child(link, &**client, info.best_hash, info.best_number, self.slot + 1)?;
		// The session pallet gives the first block of an epoch the weight of a whole block.
		Ok(epoch.start_slot <= *self.slot)
	}

	fn author(&mut self, transfers: &[Transfer]) -> Result<Block, Error> {
		self.slot = self.slot + 1;
		let Service { client, keystore_container, other: (_, link, ..), .. } = &self.author.service;
		let keystore = keystore_container.keystore();
		let info = client.info();
		let (parent, number) = (info.best_hash, info.best_number);

		let (_, epoch) = epoch_of_child(link, &**client, parent, number, self.slot)?;
		let (claim, author) = claim_slot(self.slot, &epoch, &*keystore)
			.ok_or_else(|| format!("Alice may not author slot {}", self.slot))?;
		let time = self.slot.timestamp(link.slot_duration()).ok_or("the slot is beyond time")?;

		let mut builder = BlockBuilderBuilder::new(&**client)
			.on_parent_block(parent)
			.with_parent_block_number(number)
			.with_inherent_digests(Digest { logs: vec![pre_runtime(&claim)] })
			.build()?;
		let mut inherents = InherentData::new();
		inherents.put_data(INHERENT_IDENTIFIER, &time)?;
		for inherent in builder.create_inherents(inherents)? {
			builder.push(inherent)?;
		}
		for (index, transfer) in transfers.iter().enumerate() {
			builder.push(self.sign(transfer)).map_err(|error| {
				format!("block {}, transfer {index} of {}: {error}", number + 1, transfers.len())
			})?;
		}
		let (mut header, body) = builder.build()?.block.deconstruct();
		let seal = sign_header(header.hash().as_ref(), author, &*keystore)?;
		header.digest_mut().push(seal);
		let block = Block::new(header, body);
		self.author.import(block.clone())?;
		Ok(block)
	}

	fn import(&mut self, block: Block) -> Result<Duration, Error> {
		let start = Instant::now();
		self.importer.import(block)?;
		Ok(start.elapsed())
	}
}

#[cfg(test)]
mod tests {
	use sc_service::BasePath;
	use sp_core::sr25519;

	use super::*;

	#[test]
	fn a_block_should_become_the_best_when_the_other_node_imports_it() {
		let directory = BasePath::new_temp_dir().unwrap().path().join("pogcs");
		let mut chain = Pogcs::start(&directory).unwrap();
		let alice = sr25519::Pair::from_string("//Alice", None).unwrap();
		let to = sr25519::Pair::from_string("//Bob", None).unwrap().public();
		let mut nonce = 0;
		// Past the end of an epoch, which has 20 slots.
		for _ in 0..25 {
			let transfer = Transfer { from: &alice, nonce, to, amount: 1 };
			let transfers = if chain.takes_transfers().unwrap() { vec![transfer] } else { vec![] };
			let block = chain.author(&transfers).unwrap();
			// The time, and the transfer.
			assert_eq!(block.extrinsics().len(), 1 + transfers.len());
			nonce += u32::try_from(transfers.len()).unwrap();
			chain.import(block).unwrap();
		}
		assert_eq!(nonce, 23, "all blocks but those that open an epoch took a transfer");
		assert_eq!(chain.importer.service.client.info().best_number, 25);
		let again = Transfer { from: &alice, nonce: 0, to, amount: 1 };
		assert!(chain.author(&[again]).is_err(), "a nonce counts once");
	}
}
