//! A runtime with the registry of keys alone.

use frame_support::{derive_impl, parameter_types};
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_runtime::BuildStorage;

use crate as pallet_proofs;

/// The key that the development prover proves under.
pub const KEY: &[u8] = include_bytes!("../../../zk-circuits/keys/development.vk");

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
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Proofs = pallet_proofs;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
	pub DevelopmentKeys: Vec<H256> = vec![sp_io::hashing::blake2_256(KEY).into()];
}

impl pallet_proofs::Config for Test {
	type ForceOrigin = EnsureRoot<u64>;
	type DevelopmentKeys = DevelopmentKeys;
	type WeightInfo = ();
}

/// Runs `test` on a chain that accepts development keys or not, and checks what must hold after.
pub fn on_chain(development: bool, test: impl FnOnce()) {
	let genesis = RuntimeGenesisConfig {
		proofs: crate::GenesisConfig { allow_development_keys: development, ..Default::default() },
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| {
		System::set_block_number(1);
		test();
		Proofs::do_try_state().unwrap();
	});
}
