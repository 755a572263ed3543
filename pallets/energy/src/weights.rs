//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What the call and the steps of the sweep cost.
pub trait WeightInfo {
	/// Weight of `report`: one signature is verified.
	fn report() -> Weight;
	/// Weight of seeing whether anything is to be swept, and of noting how far it went.
	fn sweep_look() -> Weight;
	/// Weight of sweeping one record, or the sums of one interval.
	fn sweep_step() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(30_000_000, 4_096)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn report() -> Weight {
		by_hand(6, 3).saturating_add(Weight::from_parts(70_000_000, 4_096))
	}
	fn sweep_look() -> Weight {
		by_hand(2, 1)
	}
	fn sweep_step() -> Weight {
		by_hand(3, 3)
	}
}
