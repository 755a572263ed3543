//! Zones and their feeds: governance's calls.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	grid::{CurrencyCode, FeedId, Quantity},
	ZoneId,
};
use sp_runtime::DispatchResult;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_zone(
		zone: ZoneId,
		name: NameOf<T>,
		currency: CurrencyCode,
	) -> DispatchResult {
		ensure!(!name.is_empty(), Error::<T>::NoName);
		ensure!(currency.is_well_formed(), Error::<T>::BadCurrency);
		let feeds = match Zones::<T>::get(zone) {
			Some(record) => {
				// Prices that stand would mean something else.
				ensure!(record.currency == currency, Error::<T>::CurrencyFixed);
				record.feeds
			}
			None => {
				ensure!(Zones::<T>::count() < T::MaxZones::get(), Error::<T>::TooManyZones);
				// What is left of its feeds was in the currency that it had before.
				for quantity in [Quantity::Carbon, Quantity::Price] {
					let closing = Closing::<T>::contains_key(FeedId { zone, quantity });
					ensure!(!closing, Error::<T>::FeedClosing);
				}
				0
			}
		};
		Zones::<T>::insert(zone, ZoneRecord { name: name.clone(), currency, feeds });
		Self::deposit_event(Event::ZoneSet { zone, name, currency });
		Ok(())
	}

	pub(crate) fn do_remove_zone(zone: ZoneId) -> DispatchResult {
		let record = Zones::<T>::get(zone).ok_or(Error::<T>::UnknownZone)?;
		ensure!(record.feeds == 0, Error::<T>::ZoneInUse);
		Zones::<T>::remove(zone);
		Self::deposit_event(Event::ZoneRemoved { zone });
		Ok(())
	}

	/// Whether the rules make sense.
	pub(crate) fn ensure_sound(quantity: Quantity, policy: &Policy) -> Result<(), Error<T>> {
		ensure!(policy.least <= policy.most, Error::<T>::BadBounds);
		if quantity == Quantity::Carbon {
			ensure!(policy.least >= Level(0), Error::<T>::BadBounds);
			ensure!(policy.most <= Level(u32::MAX.into()), Error::<T>::BadBounds);
		}
		ensure!(policy.max_step > Distance(0), Error::<T>::BadStep);
		ensure!(policy.quorum >= T::MinQuorum::get(), Error::<T>::BadQuorum);
		ensure!(policy.jump_quorum > policy.quorum, Error::<T>::BadQuorum);
		ensure!(policy.jump_quorum <= T::MaxSeats::get(), Error::<T>::BadQuorum);
		ensure!(policy.staleness <= T::MaxStaleness::get(), Error::<T>::BadStaleness);
		Ok(())
	}

	pub(crate) fn do_set_feed(feed: FeedId, policy: Policy) -> DispatchResult {
		let mut zone = Zones::<T>::get(feed.zone).ok_or(Error::<T>::UnknownZone)?;
		ensure!(!Closing::<T>::contains_key(feed), Error::<T>::FeedClosing);
		Self::ensure_sound(feed.quantity, &policy)?;
		let record = match Feeds::<T>::get(feed) {
			Some(mut record) => {
				// What an interval came to follows from the rules that it had.
				Self::settle_closed(feed, &mut record);
				FeedRecord { policy, ..record }
			}
			None => {
				zone.feeds = zone.feeds.checked_add(1).ok_or(Error::<T>::Overflow)?;
				Zones::<T>::insert(feed.zone, zone);
				FeedRecord { policy, seats: 0, open: None, last: None }
			}
		};
		Feeds::<T>::insert(feed, record);
		Self::deposit_event(Event::FeedSet { feed, policy });
		Ok(())
	}

	pub(crate) fn do_close_feed(feed: FeedId) -> DispatchResult {
		let record = Feeds::<T>::take(feed).ok_or(Error::<T>::UnknownFeed)?;
		if let Some(open) = record.open {
			Rounds::<T>::remove(open, feed);
		}
		Zones::<T>::mutate(feed.zone, |zone| {
			if let Some(zone) = zone {
				zone.feeds = zone.feeds.saturating_sub(1);
			}
		});
		Closing::<T>::insert(feed, ());
		Self::deposit_event(Event::FeedClosed { feed });
		Ok(())
	}
}
