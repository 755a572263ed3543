//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What the calls and the steps of the sweep cost.
pub trait WeightInfo {
	/// Weight of `report`: one signature is verified, the battery and the sky are looked up, and
	/// `Config::Lifecycle` and `Config::Delivered` are told.
	fn report() -> Weight;
	/// Weight of `report_prepaid`: no signature, but the quota.
	fn report_prepaid() -> Weight;
	/// Weight of `buy_quota`.
	fn buy_quota() -> Weight;
	/// Weight of `close_quota`.
	fn close_quota() -> Weight;
	/// Weight of `forget`.
	fn forget() -> Weight;
	/// Weight of `submit_batch`.
	fn submit_batch() -> Weight;
	/// Weight of `show_batch` with as many reports as are drawn, each on the longest path.
	fn show_batch() -> Weight;
	/// Weight of `open_report` on the longest path.
	fn open_report() -> Weight;
	/// Weight of `claim` from both sources.
	fn claim() -> Weight;
	/// Weight of `transfer` that ends one entry and begins another.
	fn transfer() -> Weight;
	/// Weight of `retire` of all that is held.
	fn retire() -> Weight;
	/// Weight of `forget_retirement`.
	fn forget_retirement() -> Weight;
	/// Weight of `expire`.
	fn expire() -> Weight;
	/// Weight of `set_zone`.
	fn set_zone() -> Weight;
	/// Weight of seeing whether anything is to be swept, and of noting how far it went.
	fn sweep_look() -> Weight;
	/// Weight of sweeping one record, or the sums of one interval.
	fn sweep_step() -> Weight;
	/// Weight of voiding or removing one batch.
	fn sweep_batch() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(30_000_000, 4_096)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// One signature, and one path of twenty hashes.
fn opening() -> Weight {
	Weight::from_parts(120_000_000, 4_096)
}

impl WeightInfo for () {
	// Of which two reads and a write are for a device that leaves, and six and four for a pool that it
	// has promised energy to; the same where a report comes in another way.
	fn report() -> Weight {
		by_hand(23, 10).saturating_add(Weight::from_parts(120_000_000, 8_192))
	}
	fn report_prepaid() -> Weight {
		by_hand(24, 11).saturating_add(Weight::from_parts(50_000_000, 8_192))
	}
	fn buy_quota() -> Weight {
		by_hand(7, 5)
	}
	fn close_quota() -> Weight {
		by_hand(6, 4)
	}
	fn forget() -> Weight {
		by_hand(8, 6)
	}
	fn submit_batch() -> Weight {
		by_hand(5, 4)
	}
	fn show_batch() -> Weight {
		by_hand(48, 3).saturating_add(opening().saturating_mul(8))
	}
	fn open_report() -> Weight {
		by_hand(25, 10).saturating_add(opening())
	}
	fn claim() -> Weight {
		by_hand(13, 11)
	}
	fn transfer() -> Weight {
		by_hand(6, 6)
	}
	fn retire() -> Weight {
		by_hand(8, 7)
	}
	fn forget_retirement() -> Weight {
		by_hand(3, 3)
	}
	fn expire() -> Weight {
		by_hand(6, 5)
	}
	fn set_zone() -> Weight {
		by_hand(2, 2)
	}
	fn sweep_look() -> Weight {
		by_hand(3, 2)
	}
	fn sweep_step() -> Weight {
		by_hand(3, 4)
	}
	fn sweep_batch() -> Weight {
		by_hand(28, 4)
	}
}
