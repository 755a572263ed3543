//! What the command line takes.

use sc_cli::RunCmd;

/// Runs a PoGCS chain.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// What to do other than running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// How to run the node.
	#[clap(flatten)]
	pub run: RunCmd,
}

/// Tools beside the node.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Keys: generate, inspect, insert.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Print a chain specification.
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Print the raw chain specification of a chain.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Verify blocks again.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Write the state of a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Read blocks from a file.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Delete the chain's database.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Go back to an earlier block.
	Revert(sc_cli::RevertCmd),
}
