//! `pogcs-bench`: figures of the node's parts, measured in this process.
//!
//! | module | concern |
//! |---|---|
//! | [`chain`] | the chain under test; a peer to compare with is another implementation of its trait |
//! | [`import`] | how long a block takes to import |
//! | [`verifier`] | verifying a proof inside a runtime |
//! | [`figure`] | names, and how figures are printed |

#![forbid(unsafe_code)]

mod chain;
mod figure;
mod import;
mod verifier;

use std::{path::PathBuf, process::ExitCode};

use chain::pogcs::Pogcs;
use clap::Parser;
use figure::{Figure, Name};

/// Why something could not be measured.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Measures block import and proof verification on this machine
#[derive(Parser)]
#[command(name = "pogcs-bench", version)]
struct Arguments {
	/// What to measure; everything if left out
	names: Vec<Name>,

	/// Print one JSON object a line
	#[arg(long)]
	json: bool,

	/// The verifier as a runtime, as `scripts/bench` builds it
	#[arg(long, value_name = "FILE")]
	verifier_wasm: Option<PathBuf>,
}

fn measure(name: Name, arguments: &Arguments) -> Result<Figure, Error> {
	match name {
		Name::EmptyBlockImportMs => Ok(Figure::alone(name, import::empty::<Pogcs>()?, "ms")),
		Name::Transfers500BlockImportMs => {
			Ok(Figure::alone(name, import::transfers::<Pogcs>()?, "ms"))
		}
		Name::Groth16VerifyWasmMs => {
			let path = arguments.verifier_wasm.as_deref().ok_or(
				"groth16_verify_wasm_ms needs --verifier-wasm; `scripts/bench` builds that file",
			)?;
			let [inside, by_host] = verifier::milliseconds(path)?;
			Ok(Figure::alone(name, inside, "ms").against("the host function", by_host))
		}
		Name::RuntimeWasmKb => {
			let wasm = pogcs_runtime::WASM_BINARY
				.ok_or("this program was built without the runtime's wasm (SKIP_WASM_BUILD)")?;
			// A precise count of bytes: far below 2^52.
			Ok(Figure::alone(name, wasm.len() as f64 / 1_000.0, "kB"))
		}
	}
}

fn main() -> ExitCode {
	let arguments = Arguments::parse();
	let names = if arguments.names.is_empty() { Name::ALL } else { &arguments.names };
	for name in names {
		match measure(*name, &arguments) {
			Ok(figure) if arguments.json => println!("{}", figure.json()),
			Ok(figure) => println!("{figure}"),
			Err(error) => {
				eprintln!("pogcs-bench: {name}: {error}");
				return ExitCode::FAILURE;
			}
		}
	}
	ExitCode::SUCCESS
}
