//! `pogcs-device`: the light client on a Linux gateway.
//!
//! It trusts no node: what it believes it has verified against its checkpoint. See
//! `pogcs-device --help`.

#![deny(missing_docs)]

mod agent;
mod benchmark;
mod chain;
mod checkpoint;
mod commands;
mod config;
mod error;
mod events;
mod explain;
mod files;
mod hexed;
mod home;
mod http;
mod jobs;
mod keys;
mod leader;
mod lifecycle;
mod metadata;
mod meter;
mod metrics;
mod refusals;
mod state;
mod status;
#[cfg(test)]
mod testing;
mod work;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
	match commands::run(commands::Cli::parse()).await {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("pogcs-device: {error}");
			ExitCode::FAILURE
		}
	}
}
