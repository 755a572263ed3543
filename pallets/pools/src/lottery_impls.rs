//! Random entry: applications, the draw, tickets, places (B3). The README says why it is fair.

use codec::Encode;
use frame_support::{ensure, traits::Get};
use pogcs_primitives::{traits::IntervalClock, DeviceId, Interval, PoolId};
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchResult, SaturatedConversion};

use crate::{pallet::*, types::*};

/// What sets a ticket's hash apart from every other.
const CONTEXT: &[u8] = b"pogcs/lottery/1";

impl<T: Config> Pallet<T> {
	pub(crate) fn do_apply(who: T::AccountId, pool: PoolId, device: DeviceId) -> DispatchResult {
		let info = Self::run_by(&who, device)?;
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		let (places, applications) = Self::lottery_of(pool).ok_or(Error::<T>::NoLottery)?;
		ensure!(!Applications::<T>::contains_key(device), Error::<T>::AlreadyApplied);
		Self::ensure_member(pool, &record, device, &info)?;
		let now = T::Clock::current();
		let mut round = match Rounds::<T>::get(pool) {
			Some(round) => {
				ensure!(!Self::is_over(pool, &round), Error::<T>::RoundOver);
				ensure!(now <= round.closes, Error::<T>::RoundClosed);
				round
			}
			None => {
				ensure!(
					Pending::<T>::get(pool).is_none_or(|p| !Self::waits_for_round(&p.change)),
					Error::<T>::ConditionsChanging
				);
				let number = record.next_round;
				record.next_round = number.checked_add(1).ok_or(Error::<T>::Exhausted)?;
				Pools::<T>::insert(pool, record);
				let closes = now.checked_add(applications).ok_or(Error::<T>::Overflow)?;
				Round { number, closes, places, applicants: 0, draw: None }
			}
		};
		round.applicants = round.applicants.checked_add(1).ok_or(Error::<T>::Overflow)?;
		let deposit = T::ApplicationDeposit::get();
		Self::hold(HoldReason::Application, &who, deposit)?;
		let (number, closes) = (round.number, round.closes);
		Applications::<T>::insert(
			device,
			Application { pool, round: number, by: who, deposit, claimed: false },
		);
		Rounds::<T>::insert(pool, round);
		Self::deposit_event(Event::Applied { pool, round: number, device, closes, deposit });
		Ok(())
	}

	pub(crate) fn do_retract(who: T::AccountId, device: DeviceId) -> DispatchResult {
		let application = Applications::<T>::get(device).ok_or(Error::<T>::NotApplied)?;
		Self::may_end(&who, &application.by, device)?;
		if let Some(mut round) = Self::round_of(&application) {
			ensure!(T::Clock::current() <= round.closes, Error::<T>::RoundRunning);
			round.applicants = round.applicants.saturating_sub(1);
			Rounds::<T>::insert(application.pool, round);
		}
		Self::end_application(device, &application)?;
		Self::deposit_event(Event::Retracted {
			pool: application.pool,
			device,
			deposit: application.deposit,
		});
		Ok(())
	}

	/// Removes an application and gives its deposit back.
	fn end_application(
		device: DeviceId,
		application: &Application<T::AccountId>,
	) -> DispatchResult {
		Self::release(HoldReason::Application, &application.by, application.deposit)?;
		Applications::<T>::remove(device);
		Ok(())
	}

	/// The round of an application, if it is still running or not cleared.
	fn round_of(application: &Application<T::AccountId>) -> Option<Round> {
		Rounds::<T>::get(application.pool).filter(|round| round.number == application.round)
	}

	/// The first interval whose randomness may draw a round, and the last one in which it may be
	/// drawn.
	fn draw_times(round: &Round) -> Option<(Interval, Interval)> {
		let of = round.closes.checked_add(T::DrawDelay::get())?;
		Some((of, of.checked_add(T::DrawWindow::get())?))
	}

	pub(crate) fn do_draw(pool: PoolId) -> DispatchResult {
		let record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		let mut round = Rounds::<T>::get(pool).ok_or(Error::<T>::NoRound)?;
		ensure!(round.draw.is_none(), Error::<T>::AlreadyDrawn);
		let now = T::Clock::current();
		let (first, last) = Self::draw_times(&round).ok_or(Error::<T>::Overflow)?;
		ensure!(now > first, Error::<T>::TooEarly);
		ensure!(now <= last, Error::<T>::TooLate);
		// The clock keeps randomness for longer than the window, so an interval that has ended and
		// has none was passed over, and whoever draws finds the same one.
		let (of, seed) = (first.0..now.0)
			.find_map(|of| T::Clock::randomness_of(Interval(of)).map(|seed| (Interval(of), seed)))
			.ok_or(Error::<T>::TooEarly)?;
		let free = record.terms.capacity.saturating_sub(record.members);
		round.places = round.places.min(free);
		let claims_until = now.checked_add(T::ClaimWindow::get()).ok_or(Error::<T>::Overflow)?;
		let take_until =
			claims_until.checked_add(T::TakeWindow::get()).ok_or(Error::<T>::Overflow)?;
		round.draw = Some(Draw { seed, of, claims_until, take_until });
		let (number, places) = (round.number, round.places);
		Rounds::<T>::insert(pool, round);
		Self::deposit_event(Event::Drawn {
			pool,
			round: number,
			of,
			seed,
			places,
			claims_until,
			take_until,
		});
		Ok(())
	}

	/// A device's ticket: nothing of it can be chosen but the device, and that before the seed.
	fn ticket_for(pool: PoolId, round: u32, device: DeviceId, seed: &[u8; 32]) -> Ticket {
		let number = (CONTEXT, seed, pool, round, device).using_encoded(blake2_256);
		Ticket { number, device }
	}

	pub(crate) fn do_claim(device: DeviceId) -> DispatchResult {
		let mut application = Applications::<T>::get(device).ok_or(Error::<T>::NotApplied)?;
		let pool = application.pool;
		let round = Self::round_of(&application).ok_or(Error::<T>::NoRound)?;
		let draw = round.draw.ok_or(Error::<T>::TooEarly)?;
		ensure!(T::Clock::current() <= draw.claims_until, Error::<T>::TooLate);
		ensure!(!application.claimed, Error::<T>::AlreadyClaimed);
		let ticket = Self::ticket_for(pool, round.number, device, &draw.seed);
		let places: usize = round.places.saturated_into();
		let mut lowest = Lowest::<T>::get(pool);
		let at = lowest.partition_point(|other| *other < ticket);
		let listed = at < places;
		if listed {
			lowest.truncate(places.saturating_sub(1));
			lowest.try_insert(at, ticket).map_err(|_| Error::<T>::Overflow)?;
			Lowest::<T>::insert(pool, lowest);
		}
		application.claimed = true;
		Applications::<T>::insert(device, application);
		Self::deposit_event(Event::Claimed { pool, device, number: ticket.number, listed });
		Ok(())
	}

	/// Whether nothing can happen in a round any more but its end.
	fn is_over(pool: PoolId, round: &Round) -> bool {
		let now = T::Clock::current();
		match round.draw {
			// Once every winner has joined there is nothing to wait for.
			Some(draw) => {
				now > draw.take_until || now > draw.claims_until && !Lowest::<T>::contains_key(pool)
			}
			None => Self::draw_times(round).is_none_or(|(_, last)| now > last),
		}
	}

	pub(crate) fn do_end_round(pool: PoolId) -> DispatchResult {
		ensure!(Pools::<T>::contains_key(pool), Error::<T>::UnknownPool);
		let round = Rounds::<T>::get(pool).ok_or(Error::<T>::NoRound)?;
		ensure!(Self::is_over(pool, &round), Error::<T>::RoundRunning);
		let mut forfeited = 0u32;
		// At most `MaxPlaces`.
		for Ticket { device, .. } in Lowest::<T>::take(pool) {
			if let Some(application) = Applications::<T>::take(device) {
				let Application { by, deposit, .. } = application;
				Self::forfeit(HoldReason::Application, &by, deposit);
				forfeited = forfeited.saturating_add(1);
				Self::deposit_event(Event::PlaceForfeited { pool, device, deposit });
			}
		}
		Rounds::<T>::remove(pool);
		Self::deposit_event(Event::RoundEnded {
			pool,
			round: round.number,
			drawn: round.draw.is_some(),
			forfeited,
		});
		Ok(())
	}

	/// Takes the place that a device won.
	pub(crate) fn take_place(pool: PoolId, device: DeviceId) -> DispatchResult {
		let application = Applications::<T>::get(device)
			.filter(|application| application.pool == pool)
			.ok_or(Error::<T>::NotDrawn)?;
		let round = Self::round_of(&application).ok_or(Error::<T>::NotWinner)?;
		let draw = round.draw.ok_or(Error::<T>::NotDrawn)?;
		let now = T::Clock::current();
		ensure!(now > draw.claims_until, Error::<T>::StillClaiming);
		ensure!(now <= draw.take_until, Error::<T>::NotWinner);
		Lowest::<T>::try_mutate_exists(pool, |entry| {
			let lowest = entry.as_mut().ok_or(Error::<T>::NotWinner)?;
			let at = lowest
				.iter()
				.position(|ticket| ticket.device == device)
				.ok_or(Error::<T>::NotWinner)?;
			lowest.remove(at);
			if lowest.is_empty() {
				*entry = None;
			}
			Ok::<_, Error<T>>(())
		})?;
		Self::end_application(device, &application)
	}

	/// A device's ticket, once its round is drawn.
	pub(crate) fn ticket_of(device: DeviceId) -> Option<Ticket> {
		let application = Applications::<T>::get(device)?;
		let round = Self::round_of(&application)?;
		let draw = round.draw?;
		Some(Self::ticket_for(application.pool, round.number, device, &draw.seed))
	}

	/// How many listed tickets are lower than a device's.
	pub(crate) fn rank_of(device: DeviceId) -> Option<u32> {
		let ticket = Self::ticket_of(device)?;
		let pool = Applications::<T>::get(device)?.pool;
		let lower = Lowest::<T>::get(pool).partition_point(|other| *other < ticket);
		Some(lower.saturated_into())
	}
}
