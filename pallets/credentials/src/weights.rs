//! Weights of the pallet's calls, rounded up by hand until `scripts/weights` measures them.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What each call costs.
pub trait WeightInfo {
	/// Weight of `publish`.
	fn publish() -> Weight;
	/// Weight of `unpublish`.
	fn unpublish() -> Weight;
	/// Weight of `describe`.
	fn describe() -> Weight;
	/// Weight of `issue`.
	fn issue() -> Weight;
	/// Weight of `withdraw`.
	fn withdraw() -> Weight;
	/// Weight of `revoke`, with an offer to take back.
	fn revoke() -> Weight;
	/// Weight of `accept`.
	fn accept() -> Weight;
	/// Weight of `decline`.
	fn decline() -> Weight;
	/// Weight of `give_up`.
	fn give_up() -> Weight;
	/// Weight of `remove`, of an offer and a credential.
	fn remove() -> Weight;
}

fn by_hand(reads: u64, writes: u64) -> Weight {
	Weight::from_parts(40_000_000, 8_192)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn publish() -> Weight {
		by_hand(3, 3)
	}
	fn unpublish() -> Weight {
		by_hand(3, 3)
	}
	fn describe() -> Weight {
		by_hand(3, 3)
	}
	fn issue() -> Weight {
		by_hand(5, 4)
	}
	fn withdraw() -> Weight {
		by_hand(4, 4)
	}
	fn revoke() -> Weight {
		by_hand(5, 5)
	}
	fn accept() -> Weight {
		by_hand(8, 7)
	}
	fn decline() -> Weight {
		by_hand(4, 4)
	}
	fn give_up() -> Weight {
		by_hand(5, 5)
	}
	fn remove() -> Weight {
		by_hand(8, 8)
	}
}
