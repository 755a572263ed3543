//! Removing what is left of a closed feed, a bounded step at a time.

use frame_support::weights::WeightMeter;
use pogcs_primitives::grid::FeedId;

use crate::{pallet::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// Removes what is left of closed feeds until there is nothing, `meter` is used up, or a seat
	/// waits for a decision.
	pub(crate) fn sweep_closed(meter: &mut WeightMeter) {
		while meter.try_consume(T::WeightInfo::sweep_step()).is_ok() {
			let Some(feed) = Closing::<T>::iter_keys().next() else { break };
			if !Self::sweep_step(feed) {
				break;
			}
		}
	}

	/// Removes one value or one seat of a closed feed, or the feed's name when it has no more.
	/// Nothing while a suspended feeder's seat waits for a decision: at most `DecisionPeriod`.
	pub(crate) fn sweep_step(feed: FeedId) -> bool {
		if let Some(slot) = History::<T>::iter_key_prefix(feed).next() {
			History::<T>::remove(feed, slot);
		} else if let Some((who, seat)) = Seats::<T>::iter_prefix(feed).next() {
			if seat.suspicion.is_some_and(|suspicion| !Self::has_lapsed(&suspicion)) {
				return false;
			}
			Self::remove_seat(feed, &who);
		} else {
			Closing::<T>::remove(feed);
			Self::deposit_event(Event::FeedSwept { feed });
		}
		true
	}
}
