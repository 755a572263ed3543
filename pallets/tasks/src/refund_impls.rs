//! Refunds, interval by interval, of hours that were asked for and not delivered.

use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation, Get},
};
use pogcs_primitives::{
	contracts::Booking,
	traits::{IntervalClock, Shortfalls},
	ClassId, Interval, MicroGpuHours, TaskId,
};
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding as mul_div, traits::Zero, DispatchResult,
	Rounding, SaturatedConversion,
};

use crate::pallet::*;

impl<T: Config> Pallet<T> {
	/// Settles one interval of a contract.
	pub(crate) fn do_refund(task: TaskId, interval: Interval) -> DispatchResult {
		let mut contract = Contracts::<T>::get(task).ok_or(Error::<T>::UnknownTask)?;
		let booking = Bookings::<T>::get(task, interval).ok_or(Error::<T>::NotBooked)?;
		let (missed, amount) = Self::settlement(contract.claims, interval, &booking)?;
		if !amount.is_zero() {
			let insurance = T::InsuranceAccount::get();
			T::Currency::transfer(&insurance, &contract.client, amount, Preservation::Preserve)
				.map_err(|_| Error::<T>::Uninsured)?;
		}
		Bookings::<T>::remove(task, interval);
		contract.bookings = contract.bookings.checked_sub(1).ok_or(Error::<T>::Overflow)?;
		Self::deposit_event(Event::Settled {
			task,
			interval,
			client: contract.client.clone(),
			booking,
			missed,
			amount,
		});
		Self::put_contract(task, contract)
	}

	/// What a booking misses, and what the client is due for that, once both are known.
	pub(crate) fn settlement(
		claims: ClassId,
		interval: Interval,
		booking: &Booking<BalanceOf<T>>,
	) -> Result<(MicroGpuHours, BalanceOf<T>), Error<T>> {
		ensure!(Self::is_decided(interval, booking), Error::<T>::NotOver);
		let missed = booking.asked.checked_sub(booking.delivered).ok_or(Error::<T>::Overflow)?;
		let amount = if missed > MicroGpuHours::ZERO {
			Self::due(claims, interval, missed).ok_or(Error::<T>::NotSettled)?
		} else {
			Zero::zero()
		};
		Ok((missed, amount))
	}

	/// Whether nothing of a contract's interval can be delivered any more.
	fn is_decided(interval: Interval, booking: &Booking<BalanceOf<T>>) -> bool {
		let now = T::Clock::current();
		now > interval
			&& (booking.delivered == booking.asked || now.since(interval) > T::ResultTime::get())
	}

	/// What is due for `missed` hours: the part of what is covered that they are of all hours missed,
	/// rounded down. All contracts together missed no more than the pools, so that all parts together
	/// are no more than is covered.
	///
	/// `None` while it may still become known. Nothing if it is too late for that.
	fn due(claims: ClassId, interval: Interval, missed: MicroGpuHours) -> Option<BalanceOf<T>> {
		match T::Shortfalls::shortfall(claims, interval) {
			Some(shortfall) if shortfall.settled => {
				let part = missed.min(shortfall.missed);
				let due = mul_div(
					shortfall.covered.saturated_into(),
					part.0.into(),
					shortfall.missed.0.into(),
					Rounding::Down,
				);
				Some(due.unwrap_or_default().saturated_into())
			}
			_ if T::Clock::current().since(interval) > T::RefundTime::get() => Some(Zero::zero()),
			_ => None,
		}
	}
}
