//! What the submissions of an interval that is over come to.

use alloc::vec::Vec;
use frame_support::{
	dispatch::DispatchResultWithPostInfo,
	ensure,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use pogcs_primitives::{grid::FeedId, traits::IntervalClock, Interval};

use crate::{
	math::{is_outlier, outcome, Outcome},
	pallet::*,
	types::*,
	WeightInfo,
};

impl<T: Config> Pallet<T> {
	/// The feed's unsettled round, if its interval is over, and what it comes to.
	pub(crate) fn closed_round(feed: FeedId, record: &FeedRecord) -> Option<(RoundOf<T>, Outcome)> {
		let interval = record.open.filter(|open| *open < T::Clock::current())?;
		let round = Rounds::<T>::get(interval, feed);
		let levels: Vec<_> = round.iter().map(|submission| submission.level).collect();
		let outcome = outcome(&record.policy, record.last, interval, &levels);
		Some((round, outcome))
	}

	/// Settles the feed's round if its interval is over; the caller stores the record. How many
	/// submissions it had.
	pub(crate) fn settle_closed(feed: FeedId, record: &mut FeedRecord) -> Option<u32> {
		let (round, outcome) = Self::closed_round(feed, record)?;
		let interval = record.open.take()?;
		Rounds::<T>::remove(interval, feed);
		match outcome {
			Outcome::Accepted { value, jump } => {
				record.last = Some(value);
				History::<T>::insert(feed, Self::slot(interval), value);
				Self::deposit_event(Event::Accepted {
					feed,
					interval,
					reading: value.level.reading(feed.quantity),
					submissions: value.submissions,
					agreeing: value.agreeing,
					jump,
				});
			}
			Outcome::Refused(refusal) => {
				Self::deposit_event(Event::Refused { feed, interval, refusal });
			}
		}
		if let Some(value) = outcome.evidence(&record.policy) {
			for submission in &round {
				Self::score(feed, &record.policy, submission, value);
			}
		}
		u32::try_from(round.len()).ok()
	}

	/// The score of a feeder after one more submission.
	pub(crate) fn score_after(score: u32, outlier: bool) -> u32 {
		if outlier {
			score.saturating_add(T::StrikePenalty::get())
		} else {
			score.saturating_sub(1)
		}
	}

	/// Counts a submission for or against its feeder.
	fn score(
		feed: FeedId,
		policy: &Policy,
		submission: &Submission<T::AccountId>,
		value: Accepted,
	) {
		let Submission { level, feeder } = submission;
		let Some(mut seat) = Seats::<T>::get(feed, feeder) else { return };
		let outlier = is_outlier(policy, *level, value.level);
		let score = Self::score_after(seat.score, outlier);
		if score == seat.score || seat.suspicion.is_some() {
			return;
		}
		seat.score = score;
		let interval = value.interval;
		if outlier {
			Self::deposit_event(Event::Struck { feed, feeder: feeder.clone(), interval, score });
		}
		if outlier && score >= T::StrikeLimit::get() {
			let cause = Cause::Outlier {
				interval,
				submitted: *level,
				accepted: value.level,
				agreeing: value.agreeing,
			};
			seat.suspicion = Some(Suspicion { since: T::Clock::current(), cause });
			Self::deposit_event(Event::Suspended { feed, feeder: feeder.clone(), cause });
		}
		Seats::<T>::insert(feed, feeder, seat);
	}

	/// Where the value of an interval stands in the history.
	pub(crate) fn slot(interval: Interval) -> u32 {
		interval.0.checked_rem(T::HistoryLength::get()).unwrap_or_default()
	}

	fn round_weight() -> Weight {
		T::WeightInfo::settle_round(T::MaxSeats::get())
	}

	/// What settling `limit` rounds costs at most.
	pub(crate) fn settle_weight(limit: u32) -> Weight {
		let step = T::WeightInfo::settle_look().saturating_add(Self::round_weight());
		T::WeightInfo::settle_look().saturating_add(step.saturating_mul(limit.into()))
	}

	/// Settles rounds of intervals that are over, until there are none or `meter` is used up. How
	/// many steps that took.
	pub(crate) fn settle_due(meter: &mut WeightMeter) -> u32 {
		if meter.try_consume(T::WeightInfo::settle_look()).is_err() {
			return 0;
		}
		let now = T::Clock::current();
		let start = SettledUntil::<T>::get();
		let mut at = start;
		let mut steps = 0u32;
		while at < now && meter.try_consume(T::WeightInfo::settle_look()).is_ok() {
			if let Some(feed) = Rounds::<T>::iter_key_prefix(at).next() {
				if meter.try_consume(Self::round_weight()).is_err() {
					break;
				}
				Self::settle_round(at, feed);
			} else {
				// An interval without a successor has never ended.
				let Some(next) = at.checked_add(1) else { break };
				at = next;
			}
			steps = steps.saturating_add(1);
		}
		if at != start {
			SettledUntil::<T>::put(at);
		}
		steps
	}

	/// Settles one round of an interval that is over.
	pub(crate) fn settle_round(at: Interval, feed: FeedId) {
		match Feeds::<T>::get(feed) {
			Some(mut record) if record.open == Some(at) => {
				Self::settle_closed(feed, &mut record);
				Feeds::<T>::insert(feed, record);
			}
			// Never so while the invariants hold; a round that nobody knows would block the rest.
			_ => Rounds::<T>::remove(at, feed),
		}
	}

	pub(crate) fn do_settle(limit: u32) -> DispatchResultWithPostInfo {
		let mut meter = WeightMeter::with_limit(Self::settle_weight(limit));
		ensure!(Self::settle_due(&mut meter) > 0, Error::<T>::NothingDue);
		Ok(Some(meter.consumed()).into())
	}
}
