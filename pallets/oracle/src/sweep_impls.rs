//! Removing what is left of a closed feed, a bounded step at a time.

use frame_support::weights::WeightMeter;
use pogcs_primitives::grid::FeedId;

use crate::{pallet::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// Removes what is left of closed feeds until there is nothing or `meter` is used up.
	pub(crate) fn sweep_closed(meter: &mut WeightMeter) {
		while meter.try_consume(T::WeightInfo::sweep_step()).is_ok() {
			let Some(feed) = Closing::<T>::iter_keys().next() else { break };
			Self::sweep_step(feed);
		}
	}

	/// Removes one seat or one value of a closed feed, or the feed's name when it has no more.
	pub(crate) fn sweep_step(feed: FeedId) {
		if let Some(who) = Seats::<T>::iter_key_prefix(feed).next() {
			Self::remove_seat(feed, &who);
		} else if let Some(slot) = History::<T>::iter_key_prefix(feed).next() {
			History::<T>::remove(feed, slot);
		} else {
			Closing::<T>::remove(feed);
			Self::deposit_event(Event::FeedSwept { feed });
		}
	}
}
