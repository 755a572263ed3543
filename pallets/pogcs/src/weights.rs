//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Weight of `bond`.
	fn bond() -> Weight;
	/// Weight of `unbond`.
	fn unbond() -> Weight;
	/// Weight of `withdraw`.
	fn withdraw() -> Weight;
	/// Weight of `return_to_duty`.
	fn return_to_duty() -> Weight;
	/// Weight of `declare_maintenance`.
	fn declare_maintenance() -> Weight;
	/// Weight of `cancel_maintenance`.
	fn cancel_maintenance() -> Weight;
	/// Weight of what every block does.
	fn on_block() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(30_000_000, 4_096)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn bond() -> Weight {
		by_hand(4, 4)
	}
	fn unbond() -> Weight {
		by_hand(2, 1)
	}
	fn withdraw() -> Weight {
		by_hand(4, 4)
	}
	fn return_to_duty() -> Weight {
		by_hand(2, 1)
	}
	fn declare_maintenance() -> Weight {
		by_hand(2, 1)
	}
	fn cancel_maintenance() -> Weight {
		by_hand(2, 1)
	}
	fn on_block() -> Weight {
		by_hand(9, 8)
	}
}
