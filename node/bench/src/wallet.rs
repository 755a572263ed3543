//! Signing transactions. The peer's transactions have the encoding of PoGCS's, so that one wallet serves
//! both chains.

use codec::Encode;
use pogcs_runtime::{
	token, Hash, Runtime, RuntimeCall, SignedPayload, TxExtension, UncheckedExtrinsic,
};
use sp_core::{
	sr25519::{Pair, Public},
	Pair as _,
};
use sp_runtime::{generic::Era, MultiAddress, MultiSignature, OpaqueExtrinsic};

use crate::Error;

/// A transfer, to be signed and put into a block.
#[derive(Clone, Copy)]
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

/// What a wallet knows of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Wallet {
	/// Hash of the genesis block.
	pub genesis: Hash,
	/// Version of the runtime.
	pub spec_version: u32,
	/// Version of the transactions.
	pub transaction_version: u32,
}

impl Wallet {
	/// The signed `transfer_keep_alive`.
	pub fn transfer(&self, transfer: &Transfer) -> OpaqueExtrinsic {
		let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
			dest: MultiAddress::Id(transfer.to.into()),
			value: token::UNIT * u128::from(transfer.amount),
		});
		self.sign(call, transfer.from, transfer.nonce).into()
	}

	/// The signed transaction with this call.
	pub fn sign(&self, call: RuntimeCall, from: &Pair, nonce: u32) -> UncheckedExtrinsic {
		let extension: TxExtension = (
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(Era::Immortal),
			frame_system::CheckNonce::from(nonce),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(0).into(),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		);
		// `SignedPayload::new` would ask a runtime's storage for this.
		let known = (
			(),
			(),
			self.spec_version,
			self.transaction_version,
			self.genesis,
			self.genesis,
			(),
			(),
			(),
			None,
			(),
		);
		let payload = SignedPayload::from_raw(call, extension, known);
		let signature = payload.using_encoded(|bytes| from.sign(bytes));
		let (call, extension, _) = payload.deconstruct();
		let from = MultiAddress::Id(from.public().into());
		UncheckedExtrinsic::new_signed(call, from, MultiSignature::from(signature), extension)
	}
}

/// The development account that is rich at genesis.
///
/// # Errors
/// None that is known; the key is derived from a constant.
pub fn alice() -> Result<Pair, Error> {
	Pair::from_string("//Alice", None)
		.map_err(|error| format!("the key of Alice: {error:?}").into())
}

/// Accounts of the benchmarks, which own nothing at genesis.
pub fn accounts(count: u32) -> Vec<Pair> {
	(0..count)
		.map(|index| {
			Pair::from_seed(&(b"pogcs-bench", index).using_encoded(sp_crypto_hashing::blake2_256))
		})
		.collect()
}
