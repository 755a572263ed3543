//! Weights of the pallet's calls. Those of `()` are rounded up by hand, for tests and for runtimes that
//! have not measured; PoGCS uses what `scripts/weights` measured (`runtime/src/weights/`).

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What each call and each step of the market's own work costs.
pub trait WeightInfo {
	/// Weight of `buy`.
	fn buy() -> Weight;
	/// Weight of `sell`.
	fn sell() -> Weight;
	/// Weight of `buy_flexible` that searches `b` books and fills `n` intervals.
	fn buy_flexible(b: u32, n: u32) -> Weight;
	/// Weight of `buy_each` over `n` intervals.
	fn buy_each(n: u32) -> Weight;
	/// Weight of `sell_each` over `n` intervals.
	fn sell_each(n: u32) -> Weight;
	/// Weight of `sell_pool`.
	fn sell_pool() -> Weight;
	/// Weight of `deposit`, with requests in all lanes to be claimed.
	fn deposit() -> Weight;
	/// Weight of `withdraw` from all lanes, with requests in all of them to be claimed.
	fn withdraw() -> Weight;
	/// Weight of `claim` for all lanes.
	fn claim() -> Weight;
	/// Weight of `place_order`.
	fn place_order() -> Weight;
	/// Weight of `cancel_order`.
	fn cancel_order() -> Weight;
	/// Weight of `fill_order` that fills all of it.
	fn fill_order() -> Weight;
	/// Weight of `make_class`.
	fn make_class() -> Weight;
	/// Weight of `set_terms`, `set_open` and `set_halted`.
	fn set_terms() -> Weight;
	/// Weight of looking whether there is work to do, and of noting how far it went.
	fn work_look() -> Weight;
	/// Weight of looking whether any lane of a class is due.
	fn class_look() -> Weight;
	/// Weight of closing a book, rolling its lane with requests, and opening its next book.
	fn roll() -> Weight;
	/// Weight of forgetting one sum of old sales.
	fn forget() -> Weight;
	/// Weight of looking whether there are resting orders.
	fn orders_look() -> Weight;
	/// Weight of filling or removing one of them.
	fn try_order() -> Weight;
}

fn by_hand(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), 8_192)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// A trade that reads and writes `b` books, and moves hours of `n` intervals.
fn over(b: u32, n: u32) -> Weight {
	let (b, n) = (u64::from(b), u64::from(n));
	by_hand(60, 4, 2)
		.saturating_add(by_hand(20, 1, 1).saturating_mul(b))
		.saturating_add(by_hand(15, 2, 2).saturating_mul(n))
}

impl WeightInfo for () {
	fn buy() -> Weight {
		over(1, 1)
	}
	fn sell() -> Weight {
		over(1, 1)
	}
	fn buy_flexible(b: u32, n: u32) -> Weight {
		over(b, n)
	}
	fn buy_each(n: u32) -> Weight {
		over(n / 24 + 2, n)
	}
	fn sell_each(n: u32) -> Weight {
		over(n / 24 + 2, n)
	}
	fn sell_pool() -> Weight {
		by_hand(120, 12, 9)
	}
	fn deposit() -> Weight {
		by_hand(600, 40, 36)
	}
	fn withdraw() -> Weight {
		by_hand(900, 60, 50)
	}
	fn claim() -> Weight {
		by_hand(500, 36, 32)
	}
	fn place_order() -> Weight {
		by_hand(80, 7, 6)
	}
	fn cancel_order() -> Weight {
		by_hand(70, 5, 5)
	}
	fn fill_order() -> Weight {
		by_hand(150, 11, 9)
	}
	fn make_class() -> Weight {
		by_hand(200, 20, 20)
	}
	fn set_terms() -> Weight {
		by_hand(30, 1, 1)
	}
	fn work_look() -> Weight {
		by_hand(10, 3, 1)
	}
	fn class_look() -> Weight {
		by_hand(10, 2, 0)
	}
	fn roll() -> Weight {
		by_hand(400, 12, 12)
	}
	fn forget() -> Weight {
		by_hand(20, 3, 1)
	}
	fn orders_look() -> Weight {
		by_hand(10, 2, 1)
	}
	fn try_order() -> Weight {
		by_hand(160, 12, 9)
	}
}
