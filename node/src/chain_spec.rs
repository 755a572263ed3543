//! Chain specifications: the two development chains, and production chains from a file.
//!
//! The genesis itself is the runtime's (`runtime/src/genesis.rs`); here are name, properties and the
//! rule that a production chain has no development keys.

use std::path::PathBuf;

use pogcs_runtime::{genesis, token, WASM_BINARY};
use sc_service::{ChainType, Properties};

/// A chain specification of this chain.
pub type ChainSpec = sc_service::GenericChainSpec;

fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), token::SYMBOL.into());
	properties.insert("tokenDecimals".into(), token::DECIMALS.into());
	properties.insert("ss58Format".into(), token::SS58_PREFIX.into());
	properties
}

fn wasm() -> Result<&'static [u8], String> {
	WASM_BINARY.ok_or_else(|| {
		"this node was built without the runtime's wasm (SKIP_WASM_BUILD); build it again".into()
	})
}

fn preset(id: &str, name: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
	Ok(ChainSpec::builder(wasm()?, None)
		.with_name(name)
		.with_id(id)
		.with_protocol_id("pogcs")
		.with_chain_type(kind)
		.with_properties(properties())
		.with_genesis_config_preset_name(preset)
		.build())
}

/// A production chain from a genesis file in JSON, see `docs/operators.md`.
///
/// # Errors
/// A file that cannot be read, or a genesis with a development key in it.
fn production(path: PathBuf) -> Result<ChainSpec, String> {
	let text = std::fs::read_to_string(&path)
		.map_err(|e| format!("the genesis file {} cannot be read: {e}", path.display()))?;
	let patch: serde_json::Value = serde_json::from_str(&text)
		.map_err(|e| format!("the genesis file {} is no JSON: {e}", path.display()))?;
	let genesis = genesis::production(patch)?;
	Ok(ChainSpec::builder(wasm()?, None)
		.with_name("PoGCS")
		.with_id("pogcs")
		.with_protocol_id("pogcs")
		.with_chain_type(ChainType::Live)
		.with_properties(properties())
		.with_genesis_config_patch(genesis)
		.build())
}

/// The specification that `--chain` names: `dev`, `local`, `production=GENESIS.json`, or the file of
/// a specification.
pub fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"dev" => preset("pogcs_dev", "PoGCS Development", ChainType::Development, "development"),
		"" | "local" => preset("pogcs_local", "PoGCS Local", ChainType::Local, genesis::LOCAL),
		other => match other.strip_prefix("production=") {
			Some(path) => production(path.into()),
			None => ChainSpec::from_json_file(other.into()).map_err(|e| {
				format!(
					"{other} is neither `dev`, `local`, `production=GENESIS.json` nor the file of a \
					 chain specification: {e}"
				)
			}),
		},
	}
}
