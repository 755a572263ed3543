//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Weight of `register_model`.
	fn register_model() -> Weight;
	/// Weight of `open` with `n` chunks.
	fn open(n: u32) -> Weight;
	/// Weight of `accept`, of a contract's chunk, with what the device's state takes.
	fn accept() -> Weight;
	/// Weight of `release`, with what the device's state takes.
	fn release() -> Weight;
	/// Weight of `commit`, with a contract's hours.
	fn commit() -> Weight;
	/// Weight of `prove`, with verification, payment, credit, what the device's state takes and what
	/// `Config::Delivered` does.
	fn prove() -> Weight;
	/// Weight of `expire` or `close` with `n` chunks, each of which is on another device's list.
	fn expire(n: u32) -> Weight;
	/// Weight of `open_contract` of `m` chunks over `n` intervals, with what the market does.
	fn open_contract(n: u32, m: u32) -> Weight;
	/// Weight of `resell` of `n` chunks, with what the market does.
	fn resell(n: u32) -> Weight;
	/// Weight of `enter`, when the list is full.
	fn enter() -> Weight;
	/// Weight of `commit_answer`, with what the device's state takes.
	fn commit_answer() -> Weight;
	/// Weight of `open_answer`, with what the energy ledger does.
	fn open_answer() -> Weight;
	/// Weight of `conclude` with as many devices as do a chunk at most, with what the devices' states
	/// take and what `Config::Delivered` does.
	fn conclude() -> Weight;
	/// Weight of `refund`, which ends the contract.
	fn refund() -> Weight;
	/// Weight of looking whether there is anything to sweep.
	fn sweep_look() -> Weight;
	/// Weight of one step of sweeping.
	fn sweep_step() -> Weight;
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
		// Of which four reads are what the device owes and has underway.
		by_hand(15, 5)
	}
	fn release() -> Weight {
		by_hand(11, 5)
	}
	fn commit() -> Weight {
		by_hand(9, 4)
	}
	fn prove() -> Weight {
		// Of which ten reads and four writes are for a pool that the device has promised work to.
		by_hand(34, 20).saturating_add(Weight::from_parts(10_000_000_000, 16_384))
	}
	fn expire(n: u32) -> Weight {
		let n = u64::from(n);
		by_hand(7, 7).saturating_add(by_hand(8, 5).saturating_mul(n))
	}
	fn open_contract(n: u32, m: u32) -> Weight {
		let (n, m) = (u64::from(n), u64::from(m));
		// Two quotes and a purchase for each interval, and a quote for each chunk that was cut.
		by_hand(16, 8)
			.saturating_add(by_hand(20, 12).saturating_mul(n))
			.saturating_add(by_hand(1, 1).saturating_mul(m))
	}
	fn resell(n: u32) -> Weight {
		let n = u64::from(n);
		by_hand(20, 16).saturating_add(by_hand(0, 1).saturating_mul(n))
	}
	fn enter() -> Weight {
		by_hand(17, 6)
	}
	fn commit_answer() -> Weight {
		by_hand(18, 12)
	}
	fn open_answer() -> Weight {
		by_hand(10, 4)
	}
	fn conclude() -> Weight {
		let runs = u64::from(crate::MAX_RUNS);
		by_hand(8, 6).saturating_add(by_hand(24, 16).saturating_mul(runs))
	}
	fn refund() -> Weight {
		by_hand(10, 6)
	}
	fn sweep_look() -> Weight {
		by_hand(2, 1)
	}
	fn sweep_step() -> Weight {
		by_hand(1, 1)
	}
}
