//! What a proven offence costs, whom, and how long it is remembered.

use frame_support::traits::Get;
use pallet_pogcs::Pallet as Pogcs;
use sp_runtime::{
	traits::{SaturatedConversion, Saturating, Zero},
	DispatchError,
};

use crate::{
	fraction::slash_fraction,
	types::{Charge, Offender, Period},
	Cases, Config, Error, Event, Open, Pallet,
};

impl<T: Config> Pallet<T> {
	/// Punishes the offender, and lets those who were caught in the same period before pay the
	/// difference to what it costs now. Tells how many they are.
	pub(crate) fn punish(charge: Charge<T>) -> Result<u32, DispatchError> {
		let Charge { period, seat, total } = charge;
		let mut case = Self::case(period)?;
		let offender = seat.account.clone();
		case.offenders
			.try_push(Offender {
				account: seat.account,
				weight: seat.weight,
				stake: seat.stake,
				claimed: Zero::zero(),
			})
			.map_err(|_| Error::<T>::Full)?;
		let weight =
			case.offenders.iter().fold(0u64, |sum, other| sum.saturating_add(other.weight));
		let fraction = slash_fraction(weight, total, T::LeastSlash::get());
		// Nobody earns on an offence of its own period.
		let reporter = T::BlockAuthor::get()
			.filter(|author| case.offenders.iter().all(|other| other.account != *author));
		for other in case.offenders.iter_mut() {
			let due = fraction.mul_ceil(other.stake);
			let more = due.saturating_sub(other.claimed);
			if more.is_zero() {
				continue;
			}
			let share = T::ReporterShare::get();
			Pogcs::<T>::slash(&other.account, more, reporter.as_ref(), share)?;
			other.claimed = due;
		}
		let count = case.offenders.len().saturated_into();
		case.fraction = fraction;
		Cases::<T>::insert(period, case);
		Pogcs::<T>::cool(&offender, T::CoolingEpochs::get());
		Self::deposit_event(Event::Equivocated {
			offender,
			period,
			weight,
			total,
			fraction,
			reporter,
		});
		Ok(count)
	}

	/// The period's case, opened if it is the first of it. Forgets all that are too old, so that
	/// there is room: there are as many places as recent periods.
	fn case(period: Period) -> Result<crate::CaseOf<T>, Error<T>> {
		if let Some(case) = Cases::<T>::get(period) {
			return Ok(case);
		}
		Open::<T>::try_mutate(|open| {
			open.retain(|other| {
				let recent = Self::is_recent(*other);
				if !recent {
					Cases::<T>::remove(other);
				}
				recent
			});
			open.try_push(period).map_err(|_| Error::<T>::Full)
		})?;
		Ok(Default::default())
	}

	/// Whether evidence for the period is still taken.
	pub(crate) fn is_recent(period: Period) -> bool {
		match period {
			Period::Epoch(interval) => Pogcs::<T>::is_recent(interval),
			Period::VoterSet(set) => Pogcs::<T>::is_recent_set(set),
		}
	}

	/// Forgets one case that is too old to add to.
	pub(crate) fn forget_one() {
		let open = Open::<T>::get();
		let Some(place) = open.iter().position(|period| !Self::is_recent(*period)) else { return };
		Open::<T>::mutate(|open| Cases::<T>::remove(open.remove(place)));
	}
}
