//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Weight of `report_block_equivocation`, where `n` offenders of the epoch pay.
	fn report_block_equivocation(n: u32) -> Weight;
	/// Weight of checking it before it is in a block.
	fn authorize_block_equivocation() -> Weight;
	/// Weight of `report_vote_equivocation`, where `n` offenders of the finality set pay.
	fn report_vote_equivocation(n: u32) -> Weight;
	/// Weight of checking it before it is in a block.
	fn authorize_vote_equivocation() -> Weight;
	/// Weight of what every block does.
	fn on_block() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(30_000_000, 4_096)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// Two signatures, two hashes of headers, a set of 12 kB to decode.
fn check() -> Weight {
	by_hand(6, 0).saturating_add(Weight::from_parts(250_000_000, 32_768))
}

/// Each offender: its entry, its account and its holds, and the reporter's account.
fn punish(offenders: u32) -> Weight {
	by_hand(10, 10).saturating_add(by_hand(4, 4).saturating_mul(offenders.into()))
}

impl WeightInfo for () {
	fn report_block_equivocation(n: u32) -> Weight {
		check().saturating_add(punish(n))
	}
	fn authorize_block_equivocation() -> Weight {
		check()
	}
	fn report_vote_equivocation(n: u32) -> Weight {
		check().saturating_add(punish(n))
	}
	fn authorize_vote_equivocation() -> Weight {
		check()
	}
	fn on_block() -> Weight {
		by_hand(4, 2)
	}
}
