//! What the engine and wallets ask of the runtime.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
#[cfg(feature = "std")]
use serde::{Deserialize, Serialize};

use crate::{AuthorityId, AuthorityKey, Configuration, Epoch, EquivocationProof, Weight};

/// Whose key it was, in the runtime's own terms: what [`PogcsApi::generate_key_ownership_proof`]
/// gives and [`PogcsApi::submit_report_equivocation_unsigned_extrinsic`] takes.
pub type OpaqueKeyOwnershipProof = sp_runtime::OpaqueValue;

/// Where one validator's weight comes from.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "std", serde(rename_all = "camelCase"))]
pub struct ValidatorWeight<AccountId> {
	/// The validator's account.
	pub validator: AccountId,
	/// Its authorship key.
	pub key: AuthorityKey,
	/// Weight in the epoch that runs; zero if it is not in that set.
	pub current: Weight,
	/// Weight in the next epoch.
	pub next: Weight,
	/// Average of verified green compute, in µGPU-h.
	pub average: u128,
	/// Green compute verified in the epoch that runs, in µGPU-h, scaled by carbon.
	pub delivered: u64,
	/// Stake on hold, in plancks.
	pub stake: u128,
	/// The most that the stake lets it weigh, in µGPU-h.
	pub cap: u128,
	/// Whether it shares the bootstrap weight of a young network.
	pub genesis: bool,
}

sp_api::decl_runtime_apis! {
	/// The engine's view of the chain.
	pub trait PogcsApi<AccountId> where AccountId: codec::Codec {
		/// The configuration as it was at genesis.
		fn configuration() -> Configuration;
		/// The epoch that runs.
		fn current_epoch() -> Epoch;
		/// The epoch after it, as announced.
		fn next_epoch() -> Epoch;
		/// All validators with their weights and where they come from.
		fn validator_weights() -> Vec<ValidatorWeight<AccountId>>;
		/// Who had `authority` as its authorship key in the epoch of `slot`.
		///
		/// `None` if nobody did, or if the epoch is too old to be accused of anything. Ask at the
		/// best block: the runtime remembers past sets with their keys.
		fn generate_key_ownership_proof(
			slot: u64,
			authority: AuthorityId,
		) -> Option<OpaqueKeyOwnershipProof>;
		/// Submits evidence of two blocks for one slot to this node's own transaction pool.
		///
		/// The transaction is not propagated: it is a block's author that includes it. `None` if
		/// the evidence would be refused, or if the pool refuses it. Call it at the best block, with
		/// the pool registered as an extension: without one the call fails.
		fn submit_report_equivocation_unsigned_extrinsic(
			proof: EquivocationProof<Block::Header>,
			owner: OpaqueKeyOwnershipProof,
		) -> Option<()>;
	}
}
