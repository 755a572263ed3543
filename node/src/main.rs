//! `pogcs-node`: runs a PoGCS chain.

#![forbid(unsafe_code)]

mod chain_spec;
mod cli;
mod command;
mod process;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
	command::run()
}
