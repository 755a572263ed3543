//! The runtime APIs.

use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	weights::Weight,
};
use pogcs_primitives::{
	traits::{HourFill, HourPrices, MarketError},
	ClassId, Interval, MicroGpuHours,
};
use sp_api::impl_runtime_apis;
use sp_consensus_pogcs::{
	AuthorityId, Configuration, Epoch, EquivocationProof, OpaqueKeyOwnershipProof, ValidatorWeight,
};
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

use super::{
	AccountId, Accountability, Balance, Block, Executive, Grandpa, InherentDataExt, Market, Nonce,
	Pogcs, Runtime, RuntimeCall, RuntimeGenesisConfig, Session, SessionKeys, System,
	TransactionPayment,
};

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			System::runtime_version()
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block)
		}

		fn initialize_block(
			header: &<Block as BlockT>::Header,
		) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: frame_support::view_functions::ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(
			data: sp_inherents::InherentData,
		) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_pogcs::PogcsApi<Block, AccountId> for Runtime {
		fn configuration() -> Configuration {
			Pogcs::configuration()
		}

		fn current_epoch() -> Epoch {
			Pogcs::current_epoch()
		}

		fn next_epoch() -> Epoch {
			Pogcs::next_epoch()
		}

		fn validator_weights() -> Vec<ValidatorWeight<AccountId>> {
			Pogcs::validator_weights(|account| Session::load_keys(account).map(|k| k.pogcs.into()))
		}

		// Who owned a key is on chain; the proof only names the account.
		fn generate_key_ownership_proof(
			slot: u64,
			authority: AuthorityId,
		) -> Option<OpaqueKeyOwnershipProof> {
			let owner = Accountability::owner_of_author(slot, authority)?;
			Some(OpaqueKeyOwnershipProof::new(owner.encode()))
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			proof: EquivocationProof<<Block as BlockT>::Header>,
			owner: OpaqueKeyOwnershipProof,
		) -> Option<()> {
			let named: AccountId = owner.decode()?;
			let owner = Accountability::owner_of_author(*proof.slot, proof.offender.clone())?;
			(owner == named).then_some(())?;
			Accountability::submit_block_equivocation(proof)
		}
	}

	impl pallet_market::runtime_api::HourMarketApi<Block, Balance> for Runtime {
		fn price(class: ClassId, interval: Interval) -> Option<Balance> {
			Market::price(class, interval).map(|view| view.now)
		}

		fn oracle_price(class: ClassId, interval: Interval) -> Option<Balance> {
			<Market as HourPrices<Balance>>::price(class, interval)
		}

		fn quote_buy(
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
		) -> Result<Balance, MarketError> {
			Market::quote_buy(class, interval, amount)
		}

		fn quote_sell(
			class: ClassId,
			interval: Interval,
			amount: MicroGpuHours,
		) -> Result<Balance, MarketError> {
			Market::quote_sell(class, interval, amount)
		}

		fn quote_flexible(
			class: ClassId,
			from: Interval,
			until: Interval,
			amount: MicroGpuHours,
		) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError> {
			Market::quote_flexible(class, from, until, amount)
		}

		fn quote_each(
			class: ClassId,
			from: Interval,
			until: Interval,
			amount_each: MicroGpuHours,
		) -> Result<(Vec<HourFill<Balance>>, Balance), MarketError> {
			Market::quote_each(class, from, until, amount_each)
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(
			owner: Vec<u8>,
			seed: Option<Vec<u8>>,
		) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			Grandpa::current_set_id()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			proof: sp_consensus_grandpa::EquivocationProof<
				<Block as BlockT>::Hash,
				NumberFor<Block>,
			>,
			owner: OpaqueKeyOwnershipProof,
		) -> Option<()> {
			let named: AccountId = owner.decode()?;
			let owner = Accountability::owner_of_voter(proof.set_id(), proof.offender().clone())?;
			(owner == named).then_some(())?;
			Accountability::submit_vote_equivocation(proof)
		}

		fn generate_key_ownership_proof(
			set: sp_consensus_grandpa::SetId,
			authority: sp_consensus_grandpa::AuthorityId,
		) -> Option<OpaqueKeyOwnershipProof> {
			let owner = Accountability::owner_of_voter(set, authority)?;
			Some(OpaqueKeyOwnershipProof::new(owner.encode()))
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
		for Runtime
	{
		fn query_info(
			xt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> pallet_transaction_payment_rpc_runtime_api::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(xt, len)
		}

		fn query_fee_details(
			xt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_fee_details(xt, len)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<
		Block,
		Balance,
		RuntimeCall,
	> for Runtime
	{
		fn query_call_info(
			call: RuntimeCall,
			len: u32,
		) -> pallet_transaction_payment::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, len)
		}

		fn query_call_fee_details(
			call: RuntimeCall,
			len: u32,
		) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, len)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, crate::genesis::preset)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			crate::genesis::preset_names()
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(
			extra: bool,
		) -> (
			Vec<frame_benchmarking::BenchmarkList>,
			Vec<frame_support::traits::StorageInfo>,
		) {
			use frame_benchmarking::BenchmarkList;
			use frame_support::traits::StorageInfoTrait;
			use frame_system_benchmarking::{
				extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench,
			};
			let mut list = Vec::<BenchmarkList>::new();
			list_benchmarks!(list, extra);
			(list, crate::AllPalletsWithSystem::storage_info())
		}

		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			use frame_benchmarking::BenchmarkBatch;
			use frame_support::traits::WhitelistedStorageKeys;
			use frame_system_benchmarking::{
				extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench,
			};
			let whitelist = crate::AllPalletsWithSystem::whitelisted_storage_keys();
			let mut batches = Vec::<BenchmarkBatch>::new();
			let params = (&config, &whitelist);
			add_benchmarks!(params, batches);
			Ok(batches)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(
			checks: frame_try_runtime::UpgradeCheckSelect,
		) -> (Weight, Weight) {
			let weight = Executive::try_runtime_upgrade(checks)
				.expect("a failed upgrade must stop the tool that tries it");
			(weight, super::configs::system::BlockWeights::get().max_block)
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select)
				.expect("a failed block must stop the tool that tries it")
		}
	}
}
