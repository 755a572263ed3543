//! Who may feed, with what bond, and which feeds.

use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use pogcs_primitives::{grid::FeedId, traits::IntervalClock};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_admit(who: T::AccountId, name: NameOf<T>) -> DispatchResult {
		ensure!(!name.is_empty(), Error::<T>::NoName);
		ensure!(!Feeders::<T>::contains_key(&who), Error::<T>::FeederExists);
		ensure!(Feeders::<T>::count() < T::MaxFeeders::get(), Error::<T>::TooManyFeeders);
		let record = FeederRecord {
			name: name.clone(),
			bond: Zero::zero(),
			standing: Standing::Admitted,
			feeds: Default::default(),
		};
		Feeders::<T>::insert(&who, record);
		Self::deposit_event(Event::Admitted { feeder: who, name });
		Ok(())
	}

	pub(crate) fn do_bond(who: T::AccountId) -> DispatchResult {
		let mut record = Feeders::<T>::get(&who).ok_or(Error::<T>::UnknownFeeder)?;
		let missing = T::Bond::get().saturating_sub(record.bond);
		match record.standing {
			Standing::Admitted => (),
			Standing::Active => ensure!(!missing.is_zero(), Error::<T>::FullyBonded),
			Standing::Leaving { .. } => return Err(Error::<T>::Left.into()),
		}
		if !missing.is_zero() {
			T::Currency::hold(&HoldReason::Feeder.into(), &who, missing)?;
		}
		record.bond = record.bond.saturating_add(missing);
		record.standing = Standing::Active;
		let bond = record.bond;
		Feeders::<T>::insert(&who, record);
		Self::deposit_event(Event::Bonded { feeder: who, amount: missing, bond });
		Ok(())
	}

	/// By the feeder itself or by governance.
	pub(crate) fn do_leave(who: T::AccountId) -> DispatchResult {
		let mut record = Feeders::<T>::get(&who).ok_or(Error::<T>::UnknownFeeder)?;
		let left = matches!(record.standing, Standing::Leaving { .. });
		ensure!(!left, Error::<T>::Left);
		let since = T::Clock::current();
		let until = since.checked_add(T::Notice::get()).ok_or(Error::<T>::Overflow)?;
		record.standing = Standing::Leaving { since, until };
		Feeders::<T>::insert(&who, record);
		Self::deposit_event(Event::Leaving { feeder: who, until });
		Ok(())
	}

	pub(crate) fn do_withdraw(who: T::AccountId) -> DispatchResult {
		let record = Feeders::<T>::get(&who).ok_or(Error::<T>::UnknownFeeder)?;
		let Standing::Leaving { since, until } = record.standing else {
			return Err(Error::<T>::NotLeaving.into());
		};
		ensure!(T::Clock::current() >= until, Error::<T>::TooSoon);
		// The last interval that it fed may still be held against it.
		ensure!(SettledUntil::<T>::get() > since, Error::<T>::Unsettled);
		for feed in &record.feeds {
			let seat = Seats::<T>::get(feed, &who).unwrap_or_default();
			ensure!(seat.suspicion.is_none(), Error::<T>::Suspended);
		}
		if !record.bond.is_zero() {
			T::Currency::release(&HoldReason::Feeder.into(), &who, record.bond, Precision::Exact)?;
		}
		for feed in &record.feeds {
			Self::vacate(*feed, &who);
		}
		Feeders::<T>::remove(&who);
		Self::deposit_event(Event::Withdrawn { feeder: who, amount: record.bond });
		Ok(())
	}

	pub(crate) fn do_assign(feed: FeedId, who: T::AccountId) -> DispatchResult {
		let mut record = Feeds::<T>::get(feed).ok_or(Error::<T>::UnknownFeed)?;
		let mut feeder = Feeders::<T>::get(&who).ok_or(Error::<T>::UnknownFeeder)?;
		Self::ensure_active(&feeder)?;
		ensure!(!Seats::<T>::contains_key(feed, &who), Error::<T>::AlreadyAssigned);
		ensure!(record.seats < T::MaxSeats::get(), Error::<T>::FeedFull);
		feeder.feeds.try_push(feed).map_err(|_| Error::<T>::TooManyFeeds)?;
		record.seats = record.seats.checked_add(1).ok_or(Error::<T>::Overflow)?;
		Feeds::<T>::insert(feed, record);
		Feeders::<T>::insert(&who, feeder);
		Seats::<T>::insert(feed, &who, Seat::default());
		Self::deposit_event(Event::Assigned { feed, feeder: who });
		Ok(())
	}

	pub(crate) fn do_unassign(feed: FeedId, who: T::AccountId) -> DispatchResult {
		let mut record = Feeds::<T>::get(feed).ok_or(Error::<T>::UnknownFeed)?;
		Self::settle_closed(feed, &mut record);
		let seat = Seats::<T>::get(feed, &who).ok_or(Error::<T>::NotAssigned)?;
		ensure!(seat.suspicion.is_none(), Error::<T>::Suspended);
		Self::drop_from_running(feed, &mut record, &who);
		Feeds::<T>::insert(feed, record);
		Self::remove_seat(feed, &who);
		Self::deposit_event(Event::Unassigned { feed, feeder: who });
		Ok(())
	}

	pub(crate) fn ensure_active(feeder: &FeederRecord<T>) -> Result<(), Error<T>> {
		match feeder.standing {
			Standing::Active => Ok(()),
			Standing::Admitted => Err(Error::<T>::NotBonded),
			Standing::Leaving { .. } => Err(Error::<T>::Left),
		}
	}

	/// Frees a place in a feed, if the feed still stands.
	fn vacate(feed: FeedId, who: &T::AccountId) {
		Seats::<T>::remove(feed, who);
		Feeds::<T>::mutate(feed, |record| {
			if let Some(record) = record {
				record.seats = record.seats.saturating_sub(1);
			}
		});
	}

	/// Frees a place in a feed and takes it off the feeder's list.
	pub(crate) fn remove_seat(feed: FeedId, who: &T::AccountId) {
		Self::vacate(feed, who);
		Feeders::<T>::mutate(who, |record| {
			if let Some(record) = record {
				record.feeds.retain(|of| *of != feed);
			}
		});
	}
}
