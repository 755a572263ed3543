//! The command line: a node's own options.

use pogcs_bench_aura_runtime::WASM_BINARY;
use sc_cli::{RunCmd, SubstrateCli};
use sc_service::{ChainType, GenericChainSpec};

use crate::service;

/// Runs the peer.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// How to run the node.
	#[clap(flatten)]
	pub run: RunCmd,
}

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"PoGCS Bench Aura".into()
	}

	fn impl_version() -> String {
		env!("CARGO_PKG_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"docs/figures.md".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		if id != "dev" {
			return Err(format!("there is no chain {id:?}; the only one is `dev`"));
		}
		let wasm = WASM_BINARY.ok_or(
			"this program was built without the runtime's wasm (SKIP_WASM_BUILD); build it again",
		)?;
		let spec = GenericChainSpec::<sc_service::NoExtension>::builder(wasm, None)
			.with_name("PoGCS Bench Aura")
			.with_id("pogcs_bench_aura")
			.with_protocol_id("pogcs-bench-aura")
			.with_chain_type(ChainType::Development)
			.with_genesis_config_preset_name("development")
			.build();
		Ok(Box::new(spec))
	}
}

/// Parses the command line and runs a node.
///
/// # Errors
/// Options that do not fit, a database or a port that cannot be opened.
pub fn run() -> sc_cli::Result<()> {
	let cli = Cli::from_args();
	let runner = cli.create_runner(&cli.run)?;
	runner.run_node_until_exit(|config| async move {
		service::new_full::<sc_network::Litep2pNetworkBackend>(config)
			.map_err(sc_cli::Error::Service)
	})
}
