//! Being there: counting blocks, marking who is absent, coming back, maintenance.
//!
//! None of it costs stake: an honest outage is not an offence (C3).

use frame_support::{ensure, traits::Get};
use pogcs_primitives::Interval;
use sp_runtime::{traits::SaturatedConversion, DispatchResult};

use crate::{
	Authorities, Authors, Barred, BlocksMade, Config, CurrentAuthor, CurrentInterval, Duty, Error,
	Event, Maintenance, Pallet, Quota, Validators,
};

/// Fewer expected blocks than this say nothing about whether an authority is there.
///
/// A set's slots are drawn at random: an authority that is there, and of which exactly five blocks
/// are expected, has none with a chance of e^-5, 0.7 % an epoch; with ten expected it is e^-10. The
/// price of that error is a call, `return_to_duty`, and two epochs out of the set.
pub(crate) const EXPECTED: u64 = 5;

/// A declaration must be two epochs ahead: the sets of the epoch that runs and of the next one are
/// announced. What is planned next is the set of the epoch after them.
const LOOKBACK: u32 = 2;

impl<T: Config> Pallet<T> {
	/// Counts the block for its author.
	///
	/// At the end of the block: in the first block of an epoch the session has turned by then, so
	/// the place is one of the set that the block belongs to.
	pub(crate) fn count_block() {
		let Some(place) = CurrentAuthor::<T>::take().and_then(|at| usize::try_from(at).ok()) else {
			return;
		};
		BlocksMade::<T>::mutate(|made| {
			if let Some(count) = made.get_mut(place) {
				*count = count.saturating_add(1);
			}
		});
	}

	/// Marks who made no block in the epoch that ends although its share of them was at least
	/// [`EXPECTED`].
	///
	/// Not who could not: whoever is barred or in maintenance is in the set only because it was
	/// announced before, and whoever came back during the epoch was not there for all of it.
	pub(crate) fn mark_absent() {
		let interval = CurrentInterval::<T>::get();
		let made = BlocksMade::<T>::get();
		let barred = Barred::<T>::get();
		let authorities = Authorities::<T>::get();
		let total = sp_consensus_pogcs::election::total_weight(&authorities);
		let blocks = made.iter().fold(0u32, |sum, count| sum.saturating_add(*count));
		let seats = Authors::<T>::get().into_iter().zip(authorities).zip(made);
		for (place, ((validator, (_, weight)), made)) in (0u32..).zip(seats) {
			let expected = u64::from(blocks).saturating_mul(weight).checked_div(total).unwrap_or(0);
			if made > 0 || expected < EXPECTED || barred.contains(&place) {
				continue;
			}
			let marked = Validators::<T>::mutate(&validator, |entry| {
				entry.as_mut().is_some_and(|entry| {
					let was_there = entry.duty == Duty::Present
						|| matches!(entry.duty, Duty::Back(at) if at < interval);
					let excused = entry.is_cooling(interval) || entry.is_in_maintenance(interval);
					let marked = was_there && !excused;
					if marked {
						entry.duty = Duty::Absent;
					}
					marked
				})
			});
			if marked {
				let expected = expected.saturated_into();
				Self::deposit_event(Event::MarkedAbsent { validator, interval, expected, blocks });
			}
		}
	}

	pub(crate) fn do_return_to_duty(who: T::AccountId) -> DispatchResult {
		let now = CurrentInterval::<T>::get();
		Validators::<T>::try_mutate(&who, |entry| {
			let validator = entry.as_mut().ok_or(Error::<T>::NotBonded)?;
			ensure!(validator.duty == Duty::Absent, Error::<T>::OnDuty);
			validator.duty = Duty::Back(now);
			Ok::<_, Error<T>>(())
		})?;
		Self::deposit_event(Event::Returned { validator: who });
		Ok(())
	}

	pub(crate) fn do_declare_maintenance(
		who: T::AccountId,
		from: Interval,
		epochs: u32,
	) -> DispatchResult {
		ensure!(epochs > 0, Error::<T>::Zero);
		let now = CurrentInterval::<T>::get();
		let earliest = now.checked_add(LOOKBACK).ok_or(Error::<T>::Overflow)?;
		ensure!(from >= earliest, Error::<T>::TooSoon);
		let until = from.checked_add(epochs).ok_or(Error::<T>::Overflow)?;
		let used = Validators::<T>::try_mutate(&who, |entry| {
			let validator = entry.as_mut().ok_or(Error::<T>::NotBonded)?;
			let pending = validator.maintenance.is_some_and(|declared| declared.until > now);
			ensure!(!pending, Error::<T>::Declared);
			let before = validator.quota;
			let over = from.since(before.since) >= T::MaintenancePeriod::get();
			let (since, spent) =
				if over || before.used == 0 { (from, 0) } else { (before.since, before.used) };
			let used = spent.checked_add(epochs).ok_or(Error::<T>::QuotaSpent)?;
			ensure!(used <= T::MaintenanceEpochs::get(), Error::<T>::QuotaSpent);
			validator.quota = Quota { since, used };
			validator.maintenance = Some(Maintenance { from, until, before });
			Ok::<_, Error<T>>(used)
		})?;
		Self::deposit_event(Event::MaintenanceDeclared { validator: who, from, until, used });
		Ok(())
	}

	pub(crate) fn do_cancel_maintenance(who: T::AccountId) -> DispatchResult {
		let now = CurrentInterval::<T>::get();
		let earliest = now.checked_add(LOOKBACK).ok_or(Error::<T>::Overflow)?;
		let (back, used) = Validators::<T>::try_mutate(&who, |entry| {
			let validator = entry.as_mut().ok_or(Error::<T>::NotBonded)?;
			let declared = validator.maintenance.ok_or(Error::<T>::NoMaintenance)?;
			ensure!(declared.until > earliest, Error::<T>::NoMaintenance);
			let unused = declared.until.since(earliest.max(declared.from));
			if earliest <= declared.from {
				// No set has been planned without it: as if it had never been declared.
				validator.maintenance = None;
				validator.quota = declared.before;
			} else {
				validator.maintenance = Some(Maintenance { until: earliest, ..declared });
				validator.quota.used = validator.quota.used.saturating_sub(unused);
			}
			Ok::<_, Error<T>>((earliest, validator.quota.used))
		})?;
		Self::deposit_event(Event::MaintenanceCancelled { validator: who, back, used });
		Ok(())
	}
}
