//! What must hold between any two calls.

use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use pogcs_primitives::traits::IntervalClock;
use sp_runtime::TryRuntimeError;

use crate::pallet::*;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the oracle.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_zones()?;
		Self::check_feeders()?;
		Self::check_seats()?;
		Self::check_rounds()?;
		Self::check_history()
	}

	fn check_zones() -> Result<(), TryRuntimeError> {
		ensure!(Zones::<T>::count() <= T::MaxZones::get(), "there are too many zones");
		for (zone, record) in Zones::<T>::iter() {
			ensure!(record.currency.is_well_formed(), "a currency is not three letters");
			let feeds = Feeds::<T>::iter_keys().filter(|feed| feed.zone == zone).count();
			ensure!(usize::try_from(record.feeds) == Ok(feeds), "a zone miscounts its feeds");
		}
		for (feed, record) in Feeds::<T>::iter() {
			ensure!(Zones::<T>::contains_key(feed.zone), "a feed has no zone");
			ensure!(!Closing::<T>::contains_key(feed), "a feed that stands is being removed");
			Self::ensure_sound(feed.quantity, &record.policy)
				.map_err(|_| "a feed's rules make no sense")?;
			let seats = Seats::<T>::iter_key_prefix(feed).count();
			ensure!(usize::try_from(record.seats) == Ok(seats), "a feed miscounts its seats");
			ensure!(record.seats <= T::MaxSeats::get(), "a feed has too many seats");
		}
		Ok(())
	}

	fn check_feeders() -> Result<(), TryRuntimeError> {
		ensure!(Feeders::<T>::count() <= T::MaxFeeders::get(), "there are too many feeders");
		for (who, record) in Feeders::<T>::iter() {
			let held = T::Currency::balance_on_hold(&HoldReason::Feeder.into(), &who);
			ensure!(held == record.bond, "a feeder's bond is not what is on hold");
			for (at, feed) in record.feeds.iter().enumerate() {
				ensure!(Seats::<T>::contains_key(feed, &who), "a feeder lists a seat it has not");
				let twice = record.feeds.iter().skip(at).skip(1).any(|other| other == feed);
				ensure!(!twice, "a feeder lists a seat twice");
			}
		}
		Ok(())
	}

	fn check_seats() -> Result<(), TryRuntimeError> {
		let now = T::Clock::current();
		for (feed, who, seat) in Seats::<T>::iter() {
			let feeder = Feeders::<T>::get(&who).ok_or("a seat has no feeder")?;
			ensure!(feeder.feeds.contains(&feed), "a feeder does not list a seat it has");
			ensure!(
				Feeds::<T>::contains_key(feed) || Closing::<T>::contains_key(feed),
				"a seat has no feed"
			);
			match seat.suspicion {
				Some(suspicion) => ensure!(suspicion.since <= now, "a suspicion of the future"),
				None => ensure!(
					seat.score < T::StrikeLimit::get(),
					"a feeder far from the others too often is not suspended"
				),
			}
		}
		Ok(())
	}

	fn check_rounds() -> Result<(), TryRuntimeError> {
		let now = T::Clock::current();
		let settled = SettledUntil::<T>::get();
		ensure!(settled <= now, "an interval was settled before it was over");
		for (interval, feed, round) in Rounds::<T>::iter() {
			ensure!(interval >= settled, "a round outlived its settling");
			ensure!(interval <= now, "a round of the future");
			ensure!(!round.is_empty(), "an empty round is stored");
			let record = Feeds::<T>::get(feed).ok_or("a round has no feed")?;
			ensure!(record.open == Some(interval), "a feed does not know its round");
			let sorted = round.windows(2).all(|two| match two {
				[one, other] => one < other,
				_ => false,
			});
			ensure!(sorted, "a round is not sorted");
			for (at, submission) in round.iter().enumerate() {
				let twice =
					round.iter().skip(at).skip(1).any(|other| other.feeder == submission.feeder);
				ensure!(!twice, "a feeder is in a round twice");
			}
			if interval == now {
				for submission in &round {
					let seat = Seats::<T>::get(feed, &submission.feeder);
					ensure!(
						seat.is_some_and(|seat| seat.suspicion.is_none()),
						"a round that runs has a submission of somebody who may not submit"
					);
				}
			}
		}
		for (feed, record) in Feeds::<T>::iter() {
			if let Some(open) = record.open {
				ensure!(Rounds::<T>::contains_key(open, feed), "a feed has lost its round");
				ensure!(
					record.last.is_none_or(|last| last.interval < open),
					"a round is older than the last value"
				);
			}
		}
		Ok(())
	}

	fn check_history() -> Result<(), TryRuntimeError> {
		for (feed, slot, value) in History::<T>::iter() {
			ensure!(slot == Self::slot(value.interval), "a value stands in the wrong place");
			ensure!(value.agreeing <= value.submissions, "more agree than submitted");
			ensure!(value.submissions <= T::MaxSeats::get(), "more submitted than have seats");
			match Feeds::<T>::get(feed) {
				Some(record) => ensure!(
					record.last.is_some_and(|last| last.interval >= value.interval),
					"a value is newer than the last one"
				),
				None => ensure!(Closing::<T>::contains_key(feed), "a value has no feed"),
			}
		}
		for (feed, record) in Feeds::<T>::iter() {
			if let Some(last) = record.last {
				let kept = History::<T>::get(feed, Self::slot(last.interval));
				ensure!(kept == Some(last), "the last value is not in the history");
				ensure!(last.interval < T::Clock::current(), "a value of an interval not over");
			}
		}
		Ok(())
	}
}
