//! Which of two chains is better: never below finality; then the one without an equivocation that is
//! not final; then the one with more primary blocks; then the lower VRF output at the first differing
//! block.

use sc_client_api::backend::AuxStore;
use sp_blockchain::{tree_route, HeaderBackend, HeaderMetadata};
use sp_consensus_pogcs::election::score;
use sp_runtime::traits::{Block as BlockT, Header, NumberFor};

use crate::{
	aux::{load_standing, Standing},
	digest::find_claim,
	Error,
};

/// A chain that competes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender {
	/// Whether it has, above the finalised block, one of two blocks by one author for one slot.
	pub tainted: bool,
	/// Primary blocks up to its head.
	pub primaries: u64,
	/// VRF score of its first block after the fork; `None` if the fork is its head, which is so
	/// when the other chain extends it.
	pub first: Option<u128>,
}

/// Whether `new` is better than `best`.
pub fn is_better(new: Contender, best: Contender) -> bool {
	if new.tainted != best.tainted {
		return best.tainted;
	}
	if new.primaries != best.primaries {
		return new.primaries > best.primaries;
	}
	match (new.first, best.first) {
		// It extends the best chain.
		(_, None) => true,
		// It is part of the best chain.
		(None, Some(_)) => false,
		(Some(new), Some(best)) => new < best,
	}
}

/// Whether the block of `header`, whose parent is in the database, becomes the best.
///
/// # Errors
/// A database that lacks headers or counts that it should have.
pub fn becomes_best<B, C>(
	client: &C,
	header: &B::Header,
	standing: Standing<NumberFor<B>>,
) -> Result<bool, Error<B>>
where
	B: BlockT,
	C: HeaderBackend<B> + HeaderMetadata<B, Error = sp_blockchain::Error> + AuxStore,
{
	let info = client.info();
	let parent = *header.parent_hash();
	let best = if info.best_hash == info.genesis_hash {
		Standing::default()
	} else {
		load_standing::<B>(client, info.best_hash)?.ok_or(Error::NoStanding(info.best_hash))?
	};
	let (tainted, best_tainted) =
		(standing.is_tainted(info.finalized_number), best.is_tainted(info.finalized_number));
	if parent == info.best_hash {
		return Ok(!tainted || best_tainted);
	}
	let route = tree_route(client, info.best_hash, parent)?;
	if route.common_block().number < info.finalized_number {
		return Ok(false);
	}
	let score_of = |hash: B::Hash| -> Result<u128, Error<B>> {
		let header = client.header(hash)?.ok_or(Error::UnknownParent(hash))?;
		Ok(score(&find_claim::<B>(&header)?.claim().vrf.pre_output))
	};
	// `retracted` runs from the best block down to the fork, `enacted` up from it.
	let first_of_best = route.retracted().last().map(|block| score_of(block.hash)).transpose()?;
	let first_of_new = match route.enacted().first() {
		Some(block) => score_of(block.hash)?,
		None => score(&find_claim::<B>(header)?.claim().vrf.pre_output),
	};
	Ok(is_better(
		Contender { tainted, primaries: standing.primaries, first: Some(first_of_new) },
		Contender { tainted: best_tainted, primaries: best.primaries, first: first_of_best },
	))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn contender(primaries: u64, first: impl Into<Option<u128>>) -> Contender {
		Contender { tainted: false, primaries, first: first.into() }
	}

	#[test]
	fn a_chain_without_equivocation_should_win_when_the_other_has_one() {
		let tainted = Contender { tainted: true, ..contender(9, 1) };
		assert!(is_better(contender(2, 5), tainted));
		assert!(!is_better(tainted, contender(2, 5)));
		assert!(is_better(Contender { primaries: 10, ..tainted }, tainted));
	}

	#[test]
	fn more_primaries_should_win_when_counts_differ() {
		assert!(is_better(contender(3, 9), contender(2, 1)));
		assert!(!is_better(contender(2, 1), contender(3, 9)));
	}

	#[test]
	fn the_lower_output_should_win_when_counts_tie() {
		assert!(is_better(contender(2, 1), contender(2, 9)));
		assert!(!is_better(contender(2, 9), contender(2, 1)));
		assert!(!is_better(contender(2, 9), contender(2, 9)));
	}

	#[test]
	fn an_extension_should_win_when_it_adds_only_fallback_blocks() {
		assert!(is_better(contender(2, 7), contender(2, None)));
		assert!(!is_better(contender(2, None), contender(2, 7)));
	}
}
