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
	/// Weight of `register`: two signatures are verified and 14 cells counted.
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
	/// Weight of `set_parameters`.
	fn set_parameters() -> Weight;
	/// Weight of `revoke_certificate`.
	fn revoke_certificate() -> Weight;
	/// Weight of `restore_certificate`.
	fn restore_certificate() -> Weight;
	/// Weight of `renew`: a signature is verified.
	fn renew() -> Weight;
	/// Weight of `check_certificate`.
	fn check_certificate() -> Weight;
	/// Weight of `set_manager`.
	fn set_manager() -> Weight;
	/// Weight of `rotate_key`: two signatures are verified.
	fn rotate_key() -> Weight;
	/// Weight of `offer_transfer`.
	fn offer_transfer() -> Weight;
	/// Weight of `withdraw_offer`.
	fn withdraw_offer() -> Weight;
	/// Weight of `accept_transfer`: 14 cells are counted.
	fn accept_transfer() -> Weight;
	/// Weight of `move_device`: 14 cells are counted, and a distance is computed.
	fn move_device() -> Weight;
	/// Weight of `reprice`: 14 cells are counted.
	fn reprice() -> Weight;
	/// Weight of `request_challenge`.
	fn request_challenge() -> Weight;
	/// Weight of `commit_challenge`.
	fn commit_challenge() -> Weight;
	/// Weight of `open_challenge`: 16 leaves are evaluated, with a path of `l` levels each.
	fn open_challenge(l: u32) -> Weight;
	/// Weight of `demand_benchmark`.
	fn demand_benchmark() -> Weight;
	/// Weight of `declare_maintenance`.
	fn declare_maintenance() -> Weight;
	/// Weight of `cancel_maintenance`.
	fn cancel_maintenance() -> Weight;
	/// Weight of `appeal`.
	fn appeal() -> Weight;
	/// Weight of `decide_appeal`.
	fn decide_appeal() -> Weight;
	/// Weight of `close_appeal`.
	fn close_appeal() -> Weight;
	/// Weight of `expel`.
	fn expel() -> Weight;
	/// Weight of `request_rescue`: a signature is verified.
	fn request_rescue() -> Weight;
	/// Weight of `contest_rescue`.
	fn contest_rescue() -> Weight;
	/// Weight of `decide_rescue`.
	fn decide_rescue() -> Weight;
	/// Weight of `complete_rescue`.
	fn complete_rescue() -> Weight;
	/// Weight of `cancel_rescue`.
	fn cancel_rescue() -> Weight;
	/// Weight of looking whether there is something to sweep.
	fn sweep_look() -> Weight;
	/// Weight of noticing one certificate that ran out, or of going on to the next interval.
	fn sweep_step() -> Weight;
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
		by_hand(32, 14).saturating_add(Weight::from_parts(150_000_000, 16_384))
	}
	fn bind() -> Weight {
		by_hand(3, 1)
	}
	fn set_state() -> Weight {
		by_hand(3, 2)
	}
	fn deregister() -> Weight {
		by_hand(16, 18)
	}
	fn suspend() -> Weight {
		by_hand(5, 4)
	}
	fn reinstate() -> Weight {
		by_hand(7, 5)
	}
	fn set_parameters() -> Weight {
		by_hand(0, 1)
	}
	fn revoke_certificate() -> Weight {
		by_hand(9, 7)
	}
	fn restore_certificate() -> Weight {
		by_hand(8, 6)
	}
	fn renew() -> Weight {
		by_hand(10, 8).saturating_add(Weight::from_parts(75_000_000, 16_384))
	}
	fn check_certificate() -> Weight {
		by_hand(5, 3)
	}
	fn set_manager() -> Weight {
		by_hand(2, 1)
	}
	fn rotate_key() -> Weight {
		by_hand(18, 16).saturating_add(Weight::from_parts(150_000_000, 16_384))
	}
	fn offer_transfer() -> Weight {
		by_hand(4, 1)
	}
	fn withdraw_offer() -> Weight {
		by_hand(3, 1)
	}
	fn accept_transfer() -> Weight {
		by_hand(29, 10).saturating_add(Weight::from_parts(30_000_000, 16_384))
	}
	fn move_device() -> Weight {
		by_hand(28, 11).saturating_add(Weight::from_parts(60_000_000, 16_384))
	}
	fn reprice() -> Weight {
		by_hand(20, 3).saturating_add(Weight::from_parts(30_000_000, 16_384))
	}
	fn request_challenge() -> Weight {
		by_hand(7, 2)
	}
	fn commit_challenge() -> Weight {
		by_hand(6, 1)
	}
	fn open_challenge(l: u32) -> Weight {
		by_hand(7, 3)
			.saturating_add(Weight::from_parts(10_000_000_000, 32_768))
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(u64::from(l)))
	}
	fn demand_benchmark() -> Weight {
		by_hand(6, 3)
	}
	fn declare_maintenance() -> Weight {
		by_hand(4, 1)
	}
	fn cancel_maintenance() -> Weight {
		by_hand(3, 1)
	}
	fn appeal() -> Weight {
		by_hand(6, 3)
	}
	fn decide_appeal() -> Weight {
		by_hand(9, 8)
	}
	fn close_appeal() -> Weight {
		by_hand(8, 6)
	}
	fn expel() -> Weight {
		by_hand(16, 18)
	}
	fn request_rescue() -> Weight {
		by_hand(8, 3).saturating_add(Weight::from_parts(75_000_000, 16_384))
	}
	fn contest_rescue() -> Weight {
		by_hand(7, 3)
	}
	fn decide_rescue() -> Weight {
		by_hand(8, 6)
	}
	fn complete_rescue() -> Weight {
		by_hand(8, 6)
	}
	fn cancel_rescue() -> Weight {
		by_hand(6, 3)
	}
	fn sweep_look() -> Weight {
		by_hand(2, 1)
	}
	fn sweep_step() -> Weight {
		by_hand(5, 3)
	}
}
