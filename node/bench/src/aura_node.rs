//! `pogcs-bench-aura-node`: the peer as a node of its own.

#![forbid(unsafe_code)]

fn main() -> sc_cli::Result<()> {
	pogcs_bench_aura::cli::run()
}
