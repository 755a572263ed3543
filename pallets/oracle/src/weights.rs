//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What the calls and the steps of the hook cost.
pub trait WeightInfo {
	/// Weight of `set_zone`.
	fn set_zone() -> Weight;
	/// Weight of `remove_zone`.
	fn remove_zone() -> Weight;
	/// Weight of `set_feed`, without settling.
	fn set_feed() -> Weight;
	/// Weight of `close_feed`.
	fn close_feed() -> Weight;
	/// Weight of `admit`.
	fn admit() -> Weight;
	/// Weight of `assign`.
	fn assign() -> Weight;
	/// Weight of `unassign`, without settling.
	fn unassign() -> Weight;
	/// Weight of `accuse`, without settling.
	fn accuse() -> Weight;
	/// Weight of `judge`.
	fn judge() -> Weight;
	/// Weight of `bond`.
	fn bond() -> Weight;
	/// Weight of `leave` and of `dismiss`.
	fn leave() -> Weight;
	/// Weight of `withdraw` by a feeder of `n` feeds.
	fn withdraw(n: u32) -> Weight;
	/// Weight of `submit`, without settling.
	fn submit() -> Weight;
	/// Weight of `resume`.
	fn resume() -> Weight;
	/// Weight of seeing whether an interval has a round, and of noting how far settling went.
	fn settle_look() -> Weight;
	/// Weight of settling a round of `n` submissions.
	fn settle_round(n: u32) -> Weight;
	/// Weight of removing one thing of a closed feed.
	fn sweep_step() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(30_000_000, 4_096)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn set_zone() -> Weight {
		by_hand(4, 2)
	}
	fn remove_zone() -> Weight {
		by_hand(2, 2)
	}
	fn set_feed() -> Weight {
		by_hand(3, 2)
	}
	fn close_feed() -> Weight {
		by_hand(2, 4)
	}
	fn admit() -> Weight {
		by_hand(2, 2)
	}
	fn assign() -> Weight {
		by_hand(3, 3)
	}
	fn unassign() -> Weight {
		by_hand(4, 4)
	}
	fn accuse() -> Weight {
		by_hand(3, 3)
	}
	fn judge() -> Weight {
		by_hand(6, 6)
	}
	fn bond() -> Weight {
		by_hand(3, 3)
	}
	fn leave() -> Weight {
		by_hand(2, 1)
	}
	fn withdraw(n: u32) -> Weight {
		by_hand(4, 4).saturating_add(by_hand(2, 2).saturating_mul(n.into()))
	}
	fn submit() -> Weight {
		by_hand(5, 2)
	}
	fn resume() -> Weight {
		by_hand(3, 1)
	}
	fn settle_look() -> Weight {
		by_hand(2, 1)
	}
	fn settle_round(n: u32) -> Weight {
		by_hand(2, 3).saturating_add(by_hand(1, 1).saturating_mul(n.into()))
	}
	fn sweep_step() -> Weight {
		by_hand(5, 4)
	}
}
