//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Weight of `register_model`.
	fn register_model() -> Weight;
	/// Weight of `open` with `n` chunks.
	fn open(n: u32) -> Weight;
	/// Weight of `accept`, with what the device's state takes.
	fn accept() -> Weight;
	/// Weight of `release`, with what the device's state takes.
	fn release() -> Weight;
	/// Weight of `commit`.
	fn commit() -> Weight;
	/// Weight of `prove`, with verification, payment, credit, what the device's state takes and what
	/// `Config::Delivered` does.
	fn prove() -> Weight;
	/// Weight of `expire` or `close` with `n` chunks, each of which is on another device's list.
	fn expire(n: u32) -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(40_000_000, 4_096)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn register_model() -> Weight {
		by_hand(1, 2)
	}
	fn open(n: u32) -> Weight {
		let n = u64::from(n);
		by_hand(6, 6).saturating_add(by_hand(0, 1).saturating_mul(n))
	}
	fn accept() -> Weight {
		by_hand(10, 4)
	}
	fn release() -> Weight {
		by_hand(9, 4)
	}
	fn commit() -> Weight {
		by_hand(5, 1)
	}
	fn prove() -> Weight {
		// Of which six reads and four writes are for a pool that the device has promised work to.
		by_hand(26, 18).saturating_add(Weight::from_parts(10_000_000_000, 16_384))
	}
	fn expire(n: u32) -> Weight {
		let n = u64::from(n);
		by_hand(5, 5).saturating_add(by_hand(6, 4).saturating_mul(n))
	}
}
