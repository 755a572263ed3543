//! What becomes of a feeder that was far from the others too often.

use frame_support::{
	ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use pogcs_primitives::{grid::FeedId, traits::IntervalClock};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult, Perbill,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_accuse(feed: FeedId, who: T::AccountId) -> DispatchResult {
		let mut record = Feeds::<T>::get(feed).ok_or(Error::<T>::UnknownFeed)?;
		Self::settle_closed(feed, &mut record);
		let mut seat = Seats::<T>::get(feed, &who).ok_or(Error::<T>::NotAssigned)?;
		ensure!(seat.suspicion.is_none(), Error::<T>::Suspended);
		Self::drop_from_running(feed, &mut record, &who);
		Feeds::<T>::insert(feed, record);
		let cause = Cause::Accused;
		seat.suspicion = Some(Suspicion { since: T::Clock::current(), cause });
		Seats::<T>::insert(feed, &who, seat);
		Self::deposit_event(Event::Suspended { feed, feeder: who, cause });
		Ok(())
	}

	pub(crate) fn do_judge(feed: FeedId, who: T::AccountId, slash: Perbill) -> DispatchResult {
		Self::suspicion(feed, &who)?;
		ensure!(slash <= T::MaxSlash::get(), Error::<T>::Excessive);
		if slash.is_zero() {
			Seats::<T>::insert(feed, &who, Seat::default());
			Self::deposit_event(Event::Reinstated { feed, feeder: who });
			return Ok(());
		}
		let mut record = Feeders::<T>::get(&who).ok_or(Error::<T>::UnknownFeeder)?;
		// Up: what is slashed is never less than what was decided.
		let amount = slash.mul_ceil(record.bond);
		if !amount.is_zero() {
			T::Currency::transfer_on_hold(
				&HoldReason::Feeder.into(),
				&who,
				&T::Insurance::get(),
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)?;
		}
		record.bond = record.bond.saturating_sub(amount);
		if record.standing == Standing::Active {
			record.standing = Standing::Admitted;
		}
		Feeders::<T>::insert(&who, record);
		Self::remove_seat(feed, &who);
		Self::deposit_event(Event::Slashed { feed, feeder: who, amount });
		Ok(())
	}

	pub(crate) fn do_resume(feed: FeedId, who: T::AccountId) -> DispatchResult {
		let suspicion = Self::suspicion(feed, &who)?;
		ensure!(Self::has_lapsed(&suspicion), Error::<T>::Undecided);
		Seats::<T>::insert(feed, &who, Seat::default());
		Self::deposit_event(Event::Reinstated { feed, feeder: who });
		Ok(())
	}

	/// Whether nobody decided in time.
	pub(crate) fn has_lapsed(suspicion: &Suspicion) -> bool {
		T::Clock::current().since(suspicion.since) >= T::DecisionPeriod::get()
	}

	/// What a feeder is suspended from a feed for. Also of a feed that was closed since: to stop what
	/// it says must not let off whoever made it say so.
	fn suspicion(feed: FeedId, who: &T::AccountId) -> Result<Suspicion, Error<T>> {
		let known = Feeds::<T>::contains_key(feed) || Closing::<T>::contains_key(feed);
		ensure!(known, Error::<T>::UnknownFeed);
		let seat = Seats::<T>::get(feed, who).ok_or(Error::<T>::NotAssigned)?;
		seat.suspicion.ok_or(Error::<T>::NotSuspended)
	}
}
