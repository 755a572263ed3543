//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Weight of `register_key`: five points are checked, inside the runtime.
	fn register_key() -> Weight;
	/// Weight of `set_active`.
	fn set_active() -> Weight;
	/// Weight of verifying one proof, with reading its key and spending its nullifier.
	fn verify_proof() -> Weight;
}

impl WeightInfo for () {
	fn register_key() -> Weight {
		Weight::from_parts(50_000_000_000, 4_096)
			.saturating_add(RocksDbWeight::get().reads_writes(3, 3))
	}
	fn set_active() -> Weight {
		Weight::from_parts(30_000_000, 4_096)
			.saturating_add(RocksDbWeight::get().reads_writes(1, 1))
	}
	fn verify_proof() -> Weight {
		Weight::from_parts(10_000_000_000, 4_096)
			.saturating_add(RocksDbWeight::get().reads_writes(3, 1))
	}
}
