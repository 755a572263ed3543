//! The PoGCS runtime: composition only. Each pallet's configuration is a file in `configs/`, the
//! runtime APIs are in `apis.rs`, the genesis presets in `genesis.rs`.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]
// The macros of FRAME and of the runtime APIs expand to undocumented items.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

// Its macros are used in `apis`.
#[cfg(feature = "runtime-benchmarks")]
#[macro_use]
mod benchmarks;
mod apis;
pub mod configs;
pub mod genesis;
pub mod genesis_development;
pub mod weights;

use alloc::{borrow::Cow, vec::Vec};
pub use apis::RuntimeApi;
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

/// A signature of any of the three schemes; devices use ed25519.
pub type Signature = MultiSignature;
/// An account.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Money, in plancks.
pub type Balance = u128;
/// An account's transactions.
pub type Nonce = u32;
/// A block's number.
pub type BlockNumber = u32;
/// A hash.
pub type Hash = sp_core::H256;
/// An account in a call.
pub type Address = MultiAddress<AccountId, ()>;
/// A header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;

/// What every signed transaction carries besides its call, in this order.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_energy::UnlessFree<pallet_transaction_payment::ChargeTransactionPayment<Runtime>>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);
/// A transaction.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// What is signed.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// Runs blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

/// Types for the node, which does not look inside extrinsics.
pub mod opaque {
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;
	use sp_runtime::{generic, traits::BlakeTwo256};

	/// A header.
	pub type Header = generic::Header<super::BlockNumber, BlakeTwo256>;
	/// A block.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
}

sp_runtime::impl_opaque_keys! {
	/// What a validator signs with: blocks and finality votes.
	pub struct SessionKeys {
		pub pogcs: Pogcs,
		pub grandpa: Grandpa,
	}
}

/// The token: one GCS is 10^12 plancks.
pub mod token {
	use super::Balance;

	/// One token.
	pub const UNIT: Balance = 1_000_000_000_000;
	/// A thousandth of a token, and the least that an account must hold.
	pub const MILLI: Balance = UNIT / 1_000;
	/// A millionth of a token.
	pub const MICRO: Balance = MILLI / 1_000;
	/// Decimals; the metadata hash binds them.
	pub const DECIMALS: u32 = 12;
	/// Symbol; the metadata hash binds it.
	pub const SYMBOL: &str = "GCS";
	/// Prefix of addresses.
	pub const SS58_PREFIX: u16 = 7_389;

	/// The deposit for storing `items` entries of `bytes` bytes together.
	pub const fn deposit(items: u32, bytes: u32) -> Balance {
		// Widening casts: `From` is not const.
		items as Balance * 50 * MILLI + bytes as Balance * 100 * MICRO
	}
}

#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("pogcs"),
	impl_name: Cow::Borrowed("pogcs"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// Length of a slot, in milliseconds. An epoch's length in slots is a chain parameter.
pub const SLOT_DURATION: u64 = 3_000;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(3)]
	pub type TransactionPayment = pallet_transaction_payment;

	// Consensus. Pogcs reads the slot before Session asks it whether the epoch is over.
	#[runtime::pallet_index(4)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(5)]
	pub type Pogcs = pallet_pogcs;
	#[runtime::pallet_index(7)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(8)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(9)]
	pub type Accountability = pallet_accountability;

	// Conveniences for accounts.
	#[runtime::pallet_index(10)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(11)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(12)]
	pub type Multisig = pallet_multisig;
	#[runtime::pallet_index(13)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(14)]
	pub type Scheduler = pallet_scheduler;

	// Decides on devices that were stopped.
	#[runtime::pallet_index(15)]
	pub type Committee = pallet_collective::Pallet<Runtime, Instance1>;

	// Money beside the native token.
	#[runtime::pallet_index(20)]
	pub type Assets = pallet_assets;
	#[runtime::pallet_index(21)]
	pub type Nfts = pallet_nfts;

	// The loop.
	#[runtime::pallet_index(30)]
	pub type Devices = pallet_devices;
	#[runtime::pallet_index(31)]
	pub type Energy = pallet_energy;
	#[runtime::pallet_index(32)]
	pub type Proofs = pallet_proofs;
	#[runtime::pallet_index(33)]
	pub type Tasks = pallet_tasks;
	#[runtime::pallet_index(34)]
	pub type Oracle = pallet_oracle;
	#[runtime::pallet_index(35)]
	pub type Hours = pallet_hours;
	#[runtime::pallet_index(36)]
	pub type Pools = pallet_pools;
	#[runtime::pallet_index(37)]
	pub type Credentials = pallet_credentials;
	#[runtime::pallet_index(38)]
	pub type Market = pallet_market;

	// Has a key only where a development preset sets one.
	#[runtime::pallet_index(250)]
	pub type Sudo = pallet_sudo;
}
