//! One preset: the development accounts are rich, and Alice is the only authority.

use alloc::{string::String, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

use crate::{AuraConfig, Balance, BalancesConfig, GrandpaConfig, RuntimeGenesisConfig};

/// What each development account owns, as on a development chain of PoGCS.
const ENDOWMENT: Balance = 10_000_000_000_000_000_000;

/// The preset of that name, as a JSON patch.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	if id != DEV_RUNTIME_PRESET {
		return None;
	}
	let balances = Sr25519Keyring::iter()
		.filter(|who| !matches!(who, Sr25519Keyring::One | Sr25519Keyring::Two))
		.map(|who| (who.to_account_id(), ENDOWMENT))
		.collect::<Vec<_>>();
	let value = build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances },
		aura: AuraConfig { authorities: vec![Sr25519Keyring::Alice.public().into()] },
		grandpa: GrandpaConfig { authorities: vec![(Ed25519Keyring::Alice.public().into(), 1)] },
	});
	serde_json::to_string(&value).ok().map(String::into_bytes)
}

/// The names of all presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEV_RUNTIME_PRESET)]
}
