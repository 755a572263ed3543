//! Genesis: presets for development, and the production genesis from an operator's file.
//!
//! Only the development presets have a root key, well-known validators, a development maker and
//! development verifying keys. [`production`] refuses all of them.

use alloc::{collections::BTreeSet, format, string::String, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_pogcs::ChainParameters;
use pogcs_primitives::MicroGpuHours;
use serde_json::Value;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_consensus_pogcs::{
	weight::{shares, Candidate, PRECISION},
	AuthorityId,
};
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

use crate::{
	configs::{committee::MAX_MEMBERS, InsuranceAccount, MarketAccount},
	token::UNIT,
	AccountId, Balance, BalancesConfig, CommitteeConfig, GrandpaConfig, PogcsConfig,
	RuntimeGenesisConfig, SessionConfig, SessionKeys, SudoConfig,
};

/// Name of the preset with three validators.
pub const LOCAL: &str = "local";

/// What a development validator bonds.
const STAKE: Balance = 100_000 * UNIT;

/// What each development account owns.
const ENDOWMENT: Balance = 10_000_000 * UNIT;

/// One validator of a genesis.
pub struct GenesisValidator {
	/// Its account.
	pub account: AccountId,
	/// What it signs blocks and votes with.
	pub keys: SessionKeys,
	/// What it bonds from its balance.
	pub stake: Balance,
}

/// The pace of a development chain: an interval of a minute, an era of four, and a floor low
/// enough that a single device's work is seen.
fn development_parameters(min_authorities: u32) -> ChainParameters {
	ChainParameters {
		epoch_length: 20,
		epochs_per_era: 4,
		half_life: 24,
		min_authorities,
		weight_floor: MicroGpuHours(2_000),
		kappa: (1, 1_000_000_000),
	}
}

/// GRANDPA's first set: the weights that the engine's first set has.
fn voters(validators: &[GenesisValidator], parameters: &ChainParameters) -> Vec<(GrandpaId, u64)> {
	let candidates = vec![Candidate { earned: 0, genesis: true }; validators.len()];
	let floor = u128::from(parameters.weight_floor.0) << PRECISION;
	validators
		.iter()
		.zip(shares(&candidates, floor))
		.map(|(validator, share)| (validator.keys.grandpa.clone(), share.scaled))
		.collect()
}

/// A genesis with these validators, committee, balances and parameters, and nothing for development.
fn genesis(
	validators: Vec<GenesisValidator>,
	committee: Vec<AccountId>,
	balances: Vec<(AccountId, Balance)>,
	parameters: ChainParameters,
	root: Option<AccountId>,
) -> Value {
	let voters = voters(&validators, &parameters);
	let mut balances = balances;
	balances.push((InsuranceAccount::get(), UNIT));
	balances.push((MarketAccount::get(), UNIT));
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances },
		pogcs: PogcsConfig {
			validators: validators.iter().map(|v| (v.account.clone(), v.stake)).collect(),
			parameters,
		},
		session: SessionConfig {
			keys: validators
				.into_iter()
				.map(|v| (v.account.clone(), v.account, v.keys))
				.collect::<Vec<_>>(),
		},
		grandpa: GrandpaConfig { authorities: voters },
		committee: CommitteeConfig { members: committee, ..Default::default() },
		sudo: SudoConfig { key: root },
	})
}

fn keys(sr: Sr25519Keyring, ed: Ed25519Keyring) -> SessionKeys {
	SessionKeys { pogcs: AuthorityId::from(sr.public()), grandpa: GrandpaId::from(ed.public()) }
}

/// A development chain of the first `count` well-known accounts.
fn development(count: usize) -> Value {
	use {Ed25519Keyring as Ed, Sr25519Keyring as Sr};
	let known = [(Sr::Alice, Ed::Alice), (Sr::Bob, Ed::Bob), (Sr::Charlie, Ed::Charlie)];
	let validators: Vec<_> = known
		.iter()
		.take(count)
		.map(|(sr, ed)| GenesisValidator {
			account: sr.to_account_id(),
			keys: keys(*sr, *ed),
			stake: STAKE,
		})
		.collect();
	let balances = Sr::iter()
		.filter(|who| !matches!(who, Sr::One | Sr::Two))
		.map(|who| (who.to_account_id(), ENDOWMENT))
		.collect();
	let parameters = development_parameters(1);
	let committee = known.iter().map(|(sr, _)| sr.to_account_id()).collect();
	let root = Some(Sr::Alice.to_account_id());
	let mut value = genesis(validators, committee, balances, parameters, root);
	merge(&mut value, crate::genesis_development::patch());
	value
}

/// Puts the members of `patch` into `value`, object by object, as the genesis builder does.
pub fn merge(value: &mut Value, patch: Value) {
	match (value, patch) {
		(Value::Object(value), Value::Object(patch)) => {
			for (key, inner) in patch {
				merge(value.entry(key).or_insert(Value::Null), inner);
			}
		}
		(value, patch) => *value = patch,
	}
}

/// The preset of that name, as a JSON patch.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let value = match id.as_ref() {
		DEV_RUNTIME_PRESET => development(1),
		LOCAL => development(3),
		_ => return None,
	};
	serde_json::to_string(&value).ok().map(String::into_bytes)
}

/// The names of all presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEV_RUNTIME_PRESET), PresetId::from(LOCAL)]
}

/// What an operator writes into the genesis file of a production chain.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Production {
	validators: Vec<ProductionValidator>,
	#[serde(default)]
	committee: Vec<AccountId>,
	balances: Vec<(AccountId, Balance)>,
	#[serde(default)]
	parameters: ChainParameters,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProductionValidator {
	account: AccountId,
	pogcs: AuthorityId,
	grandpa: GrandpaId,
	stake: Balance,
}

/// The genesis of a production chain from an operator's file (`docs/operators.md` has an example).
///
/// # Errors
/// In words: what is missing or wrong, and any development key by its name.
pub fn production(file: Value) -> Result<Value, String> {
	let Production { validators, committee, balances, parameters } =
		serde_json::from_value(file).map_err(|e| format!("the genesis file: {e}"))?;
	parameters.check().map_err(|e| format!("the genesis file's parameters: {e}"))?;
	if u32::try_from(validators.len()).unwrap_or(u32::MAX) < parameters.min_authorities {
		return Err(format!(
			"a genesis needs at least {} validators, the file has {}",
			parameters.min_authorities,
			validators.len()
		));
	}
	let members: BTreeSet<_> = committee.iter().collect();
	if members.len() < committee.len() {
		return Err("the genesis file has a member of the committee twice".into());
	}
	if u32::try_from(members.len()).unwrap_or(u32::MAX) > MAX_MEMBERS {
		return Err(format!("the genesis file's committee has more than {MAX_MEMBERS} members"));
	}
	let accounts = balances.iter().map(|(account, _)| account.clone());
	let accounts = accounts.chain(validators.iter().map(|v| v.account.clone()));
	let accounts = accounts.chain(committee.iter().cloned());
	for account in accounts {
		refuse_known(account.as_ref())?;
	}
	for validator in &validators {
		refuse_known(validator.pogcs.as_ref())?;
		refuse_known(validator.grandpa.as_ref())?;
	}
	let validators = validators
		.into_iter()
		.map(|v| GenesisValidator {
			account: v.account,
			keys: SessionKeys { pogcs: v.pogcs, grandpa: v.grandpa },
			stake: v.stake,
		})
		.collect();
	Ok(genesis(validators, committee, balances, parameters, None))
}

/// Refuses the public keys that everybody knows the secrets of.
fn refuse_known(key: &[u8]) -> Result<(), String> {
	let sr = Sr25519Keyring::iter().map(|k| (k.to_raw_public(), format!("{k:?}")));
	let ed = Ed25519Keyring::iter().map(|k| (k.to_raw_public(), format!("{k:?}")));
	match sr.chain(ed).find(|(known, _)| &known[..] == key) {
		Some((_, name)) => Err(format!(
			"the genesis file has the development key of {name}, whose secret everybody knows; make \
			 your own with `pogcs-node key generate`"
		)),
		None => Ok(()),
	}
}
