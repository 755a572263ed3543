//! The `pogcs-zk` command: keys, proofs, and their exchange with snarkjs.

#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
	match cli::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(message) => {
			eprintln!("pogcs-zk: {message}");
			ExitCode::FAILURE
		}
	}
}
