//! `pogcs-node`: runs a PoGCS chain.

#![forbid(unsafe_code)]

fn main() -> sc_cli::Result<()> {
	pogcs_node::command::run()
}
