//! Verifying keys and nullifiers.

use alloc::{vec, vec::Vec};
use frame_support::traits::Get;
use frame_system::EnsureRoot;
use sp_core::H256;

use crate::{genesis_development, AccountId, Runtime};

/// Keys whose toxic waste everybody knows.
pub struct DevelopmentKeys;

impl Get<Vec<H256>> for DevelopmentKeys {
	fn get() -> Vec<H256> {
		vec![sp_io::hashing::blake2_256(genesis_development::VERIFYING_KEY).into()]
	}
}

impl pallet_proofs::Config for Runtime {
	type ForceOrigin = EnsureRoot<AccountId>;
	type DevelopmentKeys = DevelopmentKeys;
	type WeightInfo = crate::weights::pallet_proofs::WeightInfo<Runtime>;
}
