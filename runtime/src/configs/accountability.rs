//! What equivocation costs, and how a node makes a report of it.

use frame_support::{
	parameter_types,
	traits::{ConstU32, Get},
};
use frame_system::offchain::{
	CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase,
};
use sp_runtime::{generic::Era, Perbill};

use crate::{AccountId, Authorship, Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic};

parameter_types! {
	/// Of the stake: what a single misconfigured machine loses.
	pub const LeastSlash: Perbill = Perbill::from_percent(5);
	/// Little enough that nobody equivocates for it, enough to be worth a place in a block.
	pub const ReporterShare: Perbill = Perbill::from_percent(10);
}

/// The author of the block that is being executed.
pub struct BlockAuthor;

impl Get<Option<AccountId>> for BlockAuthor {
	fn get() -> Option<AccountId> {
		Authorship::author()
	}
}

impl pallet_accountability::Config for Runtime {
	type BlockAuthor = BlockAuthor;
	type LeastSlash = LeastSlash;
	type ReporterShare = ReporterShare;
	// Two days of hours: an offender's operator has to look before it weighs again.
	type CoolingEpochs = ConstU32<48>;
	// A header that opens an era announces two sets of a hundred authorities: 8 kB.
	type MaxEvidence = ConstU32<{ 64 * 1024 }>;
	type WeightInfo = crate::weights::pallet_accountability::WeightInfo<Runtime>;
}

impl<Call> CreateTransactionBase<Call> for Runtime
where
	RuntimeCall: From<Call>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<Call> CreateTransaction<Call> for Runtime
where
	RuntimeCall: From<Call>,
{
	type Extension = TxExtension;

	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_transaction(call, extension)
	}
}

impl<Call> CreateAuthorizedTransaction<Call> for Runtime
where
	RuntimeCall: From<Call>,
{
	/// Nobody signs: no nonce is used and no fee or tip is paid.
	fn create_extension() -> TxExtension {
		(
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(Era::Immortal),
			frame_system::CheckNonce::from(0),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(0).into(),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		)
	}
}
