//! `pogcs-faulty-node`: a node that signs twice.
//!
//! | module | concern |
//! |---|---|
//! | [`blocks`] | two blocks for one slot |
//! | [`votes`] | two votes in one round |

#![forbid(unsafe_code)]

mod blocks;
mod votes;

use clap::Parser;
use pogcs_node::{
	cli::Cli,
	command,
	overlay::{Overlay, Parts},
	service::EngineBlockImport,
};
use pogcs_runtime::opaque::Block;
use sc_consensus::BoxBlockImport;
use sc_network::NotificationService;

use crate::{blocks::Twofold, votes::TwoVotes};

/// Runs a node that signs twice, for tests.
#[derive(Debug, Parser)]
struct FaultyCli {
	/// Make a second block for each slot, and send both.
	#[arg(long)]
	equivocate_blocks: bool,

	/// Cast a second vote in each round of finality, and send both.
	#[arg(long)]
	equivocate_votes: bool,

	#[clap(flatten)]
	node: Cli,
}

/// What is done twice.
struct Faults {
	blocks: bool,
	votes: bool,
}

impl Overlay for Faults {
	fn own_blocks(&self, import: EngineBlockImport, parts: &Parts) -> BoxBlockImport<Block> {
		if self.blocks {
			Box::new(Twofold::new(import, parts.clone()))
		} else {
			Box::new(import)
		}
	}

	fn votes(
		&self,
		network: Box<dyn NotificationService>,
		parts: &Parts,
	) -> Box<dyn NotificationService> {
		if self.votes {
			Box::new(TwoVotes::new(network, parts.clone()))
		} else {
			network
		}
	}
}

fn main() -> sc_cli::Result<()> {
	let FaultyCli { equivocate_blocks: blocks, equivocate_votes: votes, node } = FaultyCli::parse();
	command::run_with(node, Box::new(Faults { blocks, votes }))
}
