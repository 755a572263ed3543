//! Writes Poseidon's constants to standard output: `cargo run -p pogcs-proof --release --example
//! poseidon-table > primitives/proof/src/poseidon.bin`.

use std::io::Write;

#[path = "../tests/support/grain.rs"]
mod grain;

fn main() -> std::io::Result<()> {
	std::io::stdout().write_all(&grain::table())
}
