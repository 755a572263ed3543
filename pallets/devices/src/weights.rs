//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What each call costs.
pub trait WeightInfo {
	/// Weight of `register_maker`.
	fn register_maker() -> Weight;
	/// Weight of `revoke_maker`.
	fn revoke_maker() -> Weight;
	/// Weight of `set_class`.
	fn set_class() -> Weight;
	/// Weight of `register`: two signatures are verified.
	fn register() -> Weight;
	/// Weight of `bind`.
	fn bind() -> Weight;
	/// Weight of `set_state`.
	fn set_state() -> Weight;
	/// Weight of `deregister`.
	fn deregister() -> Weight;
	/// Weight of `suspend`.
	fn suspend() -> Weight;
	/// Weight of `reinstate`.
	fn reinstate() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(30_000_000, 4_096)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn register_maker() -> Weight {
		by_hand(1, 1)
	}
	fn revoke_maker() -> Weight {
		by_hand(1, 1)
	}
	fn set_class() -> Weight {
		by_hand(0, 1)
	}
	fn register() -> Weight {
		by_hand(12, 9).saturating_add(Weight::from_parts(150_000_000, 16_384))
	}
	fn bind() -> Weight {
		by_hand(2, 1)
	}
	fn set_state() -> Weight {
		by_hand(2, 1)
	}
	fn deregister() -> Weight {
		by_hand(6, 8)
	}
	fn suspend() -> Weight {
		by_hand(2, 2)
	}
	fn reinstate() -> Weight {
		by_hand(2, 2)
	}
}
