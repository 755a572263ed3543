//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What each call costs.
pub trait WeightInfo {
	/// Weight of `create`, with a leader.
	fn create() -> Weight;
	/// Weight of `dissolve`.
	fn dissolve() -> Weight;
	/// Weight of `apply`.
	fn apply() -> Weight;
	/// Weight of `retract`.
	fn retract() -> Weight;
	/// Weight of `draw` when `n` intervals have no randomness.
	fn draw(n: u32) -> Weight;
	/// Weight of `claim`.
	fn claim() -> Weight;
	/// Weight of `end_round` with `n` places that nobody took.
	fn end_round(n: u32) -> Weight;
	/// Weight of `join`, with a place that was won.
	fn join() -> Weight;
	/// Weight of `join_by_hour`.
	fn join_by_hour() -> Weight;
	/// Weight of `leave`.
	fn leave() -> Weight;
	/// Weight of `resume`.
	fn resume() -> Weight;
	/// Weight of `exit`.
	fn exit() -> Weight;
	/// Weight of `promise` for `n` intervals.
	fn promise(n: u32) -> Weight;
	/// Weight of `take_back`.
	fn take_back() -> Weight;
	/// Weight of `settle` for `n` intervals.
	fn settle(n: u32) -> Weight;
	/// Weight of `close_book`.
	fn close_book() -> Weight;
	/// Weight of `pay_in`.
	fn pay_in() -> Weight;
	/// Weight of `propose`.
	fn propose() -> Weight;
	/// Weight of `vote`.
	fn vote() -> Weight;
	/// Weight of `close_proposal`.
	fn close_proposal() -> Weight;
	/// Weight of `enact`.
	fn enact() -> Weight;
	/// Weight of `stand`.
	fn stand() -> Weight;
	/// Weight of `stand_down`.
	fn stand_down() -> Weight;
	/// Weight of `split` into `n` parts.
	fn split(n: u32) -> Weight;
	/// Weight of counting one delivery: part of the weight of whatever call tells of it.
	fn delivered() -> Weight;
	/// Weight of looking whether there is anything to sweep.
	fn sweep_look() -> Weight;
	/// Weight of one step of sweeping.
	fn sweep_step() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(40_000_000, 8_192)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// `n` times what one step costs.
fn each(n: u32, reads: u64, writes: u64) -> Weight {
	by_hand(reads, writes).saturating_mul(u64::from(n))
}

impl WeightInfo for () {
	fn create() -> Weight {
		by_hand(10, 8)
	}
	fn dissolve() -> Weight {
		by_hand(6, 7)
	}
	fn apply() -> Weight {
		by_hand(14, 5)
	}
	fn retract() -> Weight {
		by_hand(6, 4)
	}
	fn draw(n: u32) -> Weight {
		by_hand(4, 1).saturating_add(each(n, 1, 0))
	}
	fn claim() -> Weight {
		by_hand(4, 2)
	}
	fn end_round(n: u32) -> Weight {
		by_hand(4, 2).saturating_add(each(n, 3, 3))
	}
	fn join() -> Weight {
		by_hand(16, 8)
	}
	fn join_by_hour() -> Weight {
		by_hand(12, 5)
	}
	fn leave() -> Weight {
		by_hand(6, 1)
	}
	fn resume() -> Weight {
		by_hand(5, 1)
	}
	fn exit() -> Weight {
		by_hand(5, 5)
	}
	fn promise(n: u32) -> Weight {
		by_hand(14, 4).saturating_add(each(n, 6, 5))
	}
	fn take_back() -> Weight {
		by_hand(12, 9)
	}
	fn settle(n: u32) -> Weight {
		by_hand(4, 2).saturating_add(each(n, 13, 8))
	}
	fn close_book() -> Weight {
		by_hand(6, 4)
	}
	fn pay_in() -> Weight {
		by_hand(5, 3)
	}
	fn propose() -> Weight {
		by_hand(12, 4)
	}
	fn vote() -> Weight {
		by_hand(12, 2)
	}
	fn close_proposal() -> Weight {
		by_hand(6, 6)
	}
	fn enact() -> Weight {
		by_hand(5, 3)
	}
	fn stand() -> Weight {
		by_hand(7, 4)
	}
	fn stand_down() -> Weight {
		by_hand(7, 4)
	}
	fn split(n: u32) -> Weight {
		by_hand(5, 0).saturating_add(each(n, 8, 4))
	}
	fn delivered() -> Weight {
		by_hand(6, 5)
	}
	fn sweep_look() -> Weight {
		by_hand(2, 1)
	}
	fn sweep_step() -> Weight {
		by_hand(1, 1)
	}
}
