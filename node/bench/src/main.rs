//! `pogcs-bench`: figures of the node's parts, measured in this process, and of a running node.
//!
//! | module | concern |
//! |---|---|
//! | [`chain`] | the chains under test: PoGCS, and the peer that it is compared with |
//! | [`import`] | how long a block takes to import |
//! | [`header`] | what the engine itself costs for a header |
//! | [`fleet`] | what a hundred thousand devices cost the runtime |
//! | [`throughput`] | transfers per second of a running node |
//! | [`verifier`] | verifying a proof inside a runtime |
//! | [`wallet`] | signing transfers |
//! | [`figure`] | names, and how figures are printed |
//!
//! The peer, a node of Aura and GRANDPA, is built with the feature `aura` only, which `scripts/bench`
//! sets; without it figures of chains stand alone.

#![forbid(unsafe_code)]

mod chain;
mod figure;
mod fleet;
mod header;
mod import;
mod throughput;
mod verifier;
mod wallet;

use std::{path::PathBuf, process::ExitCode};

use chain::Chains;
use clap::Parser;
use figure::{Figure, Name};

/// Why something could not be measured.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Measures block import, the engine, a running node, a fleet of devices and proof verification on this machine
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

	/// WebSocket address of the node whose throughput is measured
	#[arg(long, value_name = "URL")]
	node: Option<String>,
}

fn imports(
	name: Name,
	measure: fn(&mut Chains) -> Result<Vec<f64>, Error>,
) -> Result<Figure, Error> {
	let mut chains = Chains::start(&name.to_string())?;
	let values = measure(&mut chains)?;
	Figure::beside(name, &values, "ms", chains.peer)
}

fn measure(name: Name, arguments: &Arguments) -> Result<Figure, Error> {
	match name {
		Name::EmptyBlockImportMs => imports(name, import::empty),
		Name::Transfers500BlockImportMs => imports(name, import::transfers),
		Name::FullBlockImportMs => imports(name, import::full),
		Name::HeaderCheckUs4 => {
			let [four] = header::microseconds([4])?;
			Ok(Figure::alone(name, four, "us"))
		}
		Name::HeaderCheckUs1000 => {
			let [four, thousand] = header::microseconds([4, 1_000])?;
			Ok(Figure::alone(name, thousand, "us").against("4 authorities", four))
		}
		Name::SustainedTps => {
			let url = arguments.node.as_deref().ok_or(
				"sustained_tps needs --node with the address of a development node whose pool is \
				 large; `scripts/bench` starts one",
			)?;
			Ok(Figure::alone(name, throughput::transfers_per_second(url)?, "tx/s"))
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
		Name::DeviceIntervalWeightUs => {
			let fleet::Measured { batched, single, .. } = fleet::measured()?;
			let figure = Figure::alone(name, batched.weight, "us");
			Ok(figure.against("a transaction each", single.weight))
		}
		Name::DeviceIntervalBytes => {
			let fleet::Measured { batched, single, .. } = fleet::measured()?;
			let figure = Figure::alone(name, batched.bytes, "B");
			Ok(figure.against("a transaction each", single.bytes))
		}
		Name::Rollover100kMs => {
			let fleet::Measured { rollover, tenfold, .. } = fleet::measured()?;
			Ok(Figure::alone(name, rollover, "ms").against("1,000,000 devices", tenfold))
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
