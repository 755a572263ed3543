//! Submitting a value of the interval that runs.

use frame_support::{dispatch::DispatchResultWithPostInfo, ensure, traits::Get};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use pogcs_primitives::{
	grid::{FeedId, Reading},
	traits::IntervalClock,
	Interval, ZoneId,
};

use crate::{math, pallet::*, types::*, WeightInfo};

impl<T: Config> Pallet<T> {
	/// Whether `who` may submit `reading` now. As though the interval before were settled: whether a
	/// submission is taken must not depend on what came before it in the block.
	pub(crate) fn check(
		who: &T::AccountId,
		zone: ZoneId,
		interval: Interval,
		reading: Reading,
	) -> Result<(FeedId, FeedRecord), Error<T>> {
		let feed = FeedId { zone, quantity: reading.quantity() };
		let record = Feeds::<T>::get(feed).ok_or(Error::<T>::UnknownFeed)?;
		let now = T::Clock::current();
		ensure!(interval >= now, Error::<T>::PastInterval);
		ensure!(interval <= now, Error::<T>::FutureInterval);
		let seat = Seats::<T>::get(feed, who).ok_or(Error::<T>::NotAssigned)?;
		let feeder = Feeders::<T>::get(who).ok_or(Error::<T>::UnknownFeeder)?;
		Self::ensure_active(&feeder)?;
		ensure!(seat.suspicion.is_none(), Error::<T>::Suspended);
		ensure!(!Self::would_suspend(feed, &record, who, &seat), Error::<T>::Suspended);
		let level = Level::of(reading);
		ensure!(level >= record.policy.least, Error::<T>::OutOfBounds);
		ensure!(level <= record.policy.most, Error::<T>::OutOfBounds);
		if record.open == Some(now) {
			let round = Rounds::<T>::get(now, feed);
			let again = round.iter().any(|submission| submission.feeder == *who);
			ensure!(!again, Error::<T>::AlreadySubmitted);
		}
		Ok((feed, record))
	}

	/// Whether settling the feed's closed round would suspend `who`.
	fn would_suspend(feed: FeedId, record: &FeedRecord, who: &T::AccountId, seat: &Seat) -> bool {
		let Some((round, outcome)) = Self::closed_round(feed, record) else { return false };
		let Some(value) = outcome.evidence(&record.policy) else { return false };
		let Some(submission) = round.iter().find(|submission| submission.feeder == *who) else {
			return false;
		};
		let outlier = math::is_outlier(&record.policy, submission.level, value.level);
		outlier && Self::score_after(seat.score, true) >= T::StrikeLimit::get()
	}

	/// A submission costs nothing if it is taken: each feeder has one for each of its feeds and
	/// intervals, and its bond vouches for it.
	pub(crate) fn is_free(
		origin: &OriginFor<T>,
		zone: ZoneId,
		interval: Interval,
		reading: Reading,
	) -> bool {
		ensure_signed(origin.clone())
			.is_ok_and(|who| Self::check(&who, zone, interval, reading).is_ok())
	}

	pub(crate) fn do_submit(
		who: T::AccountId,
		zone: ZoneId,
		interval: Interval,
		reading: Reading,
	) -> DispatchResultWithPostInfo {
		let (feed, mut record) = Self::check(&who, zone, interval, reading)?;
		let mut weight = T::WeightInfo::submit();
		if let Some(settled) = Self::settle_closed(feed, &mut record) {
			weight = weight.saturating_add(T::WeightInfo::settle_round(settled));
		}
		let submission = Submission { level: Level::of(reading), feeder: who.clone() };
		let mut round = Rounds::<T>::get(interval, feed);
		// A feeder is in it once, so that the place is never taken.
		let place = round.binary_search(&submission).unwrap_or_else(|place| place);
		round.try_insert(place, submission).map_err(|_| Error::<T>::FeedFull)?;
		Rounds::<T>::insert(interval, feed, round);
		record.open = Some(interval);
		Feeds::<T>::insert(feed, record);
		Self::deposit_event(Event::Submitted { feeder: who, zone, interval, reading });
		Ok(Some(weight).into())
	}

	/// Takes a feeder's submission out of the round that runs. Closed rounds stay what they are.
	pub(crate) fn drop_from_running(feed: FeedId, record: &mut FeedRecord, who: &T::AccountId) {
		let now = T::Clock::current();
		if record.open != Some(now) {
			return;
		}
		let mut round = Rounds::<T>::get(now, feed);
		round.retain(|submission| submission.feeder != *who);
		if round.is_empty() {
			Rounds::<T>::remove(now, feed);
			record.open = None;
		} else {
			Rounds::<T>::insert(now, feed, round);
		}
	}
}
