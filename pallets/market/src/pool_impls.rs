//! Hours of pools: sold for them by anybody, and counted, so that it is known what a pool owes.

use frame_support::{ensure, traits::Get, weights::WeightMeter};
use pogcs_math::mul_div;
use pogcs_primitives::{
	traits::{HourContracts, HourDemand, HourLedger, IntervalClock, Pools},
	ClassId, Interval, MicroGpuHours, PoolId,
};
use sp_runtime::DispatchResult;

use crate::{math, pallet::*, trade_impls::Desk, types::*, WeightInfo};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_sell_pool(
		pool: PoolId,
		interval: Interval,
		amount: MicroGpuHours,
		min_received: Balance,
	) -> DispatchResult {
		let class = T::Pools::claims(pool).ok_or(Error::<T>::NotForSale)?;
		let reserve = T::Pools::reserve_price(pool).ok_or(Error::<T>::NotForSale)?;
		let record = Classes::<T>::get(class).ok_or(Error::<T>::UnknownClass)?;
		let mut desk = Desk::<T>::open(class, interval, interval).map_err(Error::<T>::from)?;
		let before = desk.before(interval).ok_or(Error::<T>::NotOpen)?;
		let fill = desk.sell(interval, amount).map_err(Error::<T>::from)?;
		ensure!(fill.cost >= min_received, Error::<T>::Underpriced);
		// Both up: the pool never gets less than it asks for.
		let least = math::value(reserve, amount.0).ok_or(Error::<T>::Overflow)?.up;
		let usual = math::value(before, amount.0).ok_or(Error::<T>::Overflow)?.up;
		let slip = record.terms.slippage.mul_floor(usual);
		let usual = usual.saturating_sub(slip);
		ensure!(fill.cost >= least && fill.cost >= usual, Error::<T>::BelowReserve);

		let market = Self::account();
		T::Hours::transfer(class, interval, &T::Pools::account(pool), &market, amount)
			.map_err(|_| Error::<T>::Claims)?;
		T::Pools::pay_in(pool, interval, &market, fill.cost)
			.map_err(|_| Error::<T>::PoolRefused)?;
		Self::close_desk(desk);
		Self::count_sale(pool, class, interval, amount)?;
		let received = fill.cost;
		Self::deposit_event(Event::PoolSold { pool, class, interval, amount, received });
		Ok(())
	}

	fn count_sale(
		pool: PoolId,
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
	) -> DispatchResult {
		let add = |sum: MicroGpuHours| sum.checked_add(amount).ok_or(Error::<T>::Overflow);
		let sold = match PoolSales::<T>::get(interval, pool) {
			// A pool's claims stay of the same class.
			Some((of, sold)) if of == class => sold,
			Some(_) => return Err(Error::<T>::NotForSale.into()),
			None => MicroGpuHours::ZERO,
		};
		PoolSales::<T>::insert(interval, pool, (class, add(sold)?));
		Sales::<T>::try_mutate(interval, class, |sum| {
			*sum = add(*sum)?;
			Ok::<_, Error<T>>(())
		})?;
		Ok(())
	}

	pub(crate) fn sold_by(pool: PoolId, interval: Interval) -> MicroGpuHours {
		PoolSales::<T>::get(interval, pool).map_or(MicroGpuHours::ZERO, |(_, sold)| sold)
	}

	/// The first interval of which sales must be known.
	pub(crate) fn known_from() -> Interval {
		T::Clock::current().saturating_sub(T::Retention::get())
	}

	/// Forgets what is too old, step by step. How many steps that took.
	pub(crate) fn forget_due(agenda: &mut Agenda, meter: &mut WeightMeter) -> u32 {
		let end = Self::known_from();
		let mut steps = 0u32;
		while agenda.forgotten < end && meter.try_consume(T::WeightInfo::forget()).is_ok() {
			if !Self::forget_one(agenda.forgotten) {
				let Some(next) = agenda.forgotten.checked_add(1) else { break };
				agenda.forgotten = next;
			}
			steps = steps.saturating_add(1);
		}
		steps
	}

	/// Forgets one sum of an interval. Whether there was one.
	pub(crate) fn forget_one(at: Interval) -> bool {
		if let Some(pool) = PoolSales::<T>::iter_key_prefix(at).next() {
			PoolSales::<T>::remove(at, pool);
			return true;
		}
		if let Some(class) = Sales::<T>::iter_key_prefix(at).next() {
			Sales::<T>::remove(at, class);
			return true;
		}
		false
	}
}

/// A pool owes what was sold of its hours, as far as contracts asked for the hours that were sold.
/// Claims of a class are alike, so that what was asked for is every pool's in proportion to its sales.
impl<T: Config> HourDemand for Pallet<T> {
	fn owed(pool: PoolId, interval: Interval, promised: MicroGpuHours) -> MicroGpuHours {
		if interval < Progress::<T>::get().forgotten {
			// Too late to know. Who waits that long to have a promise settled gains nothing by it.
			return promised;
		}
		let Some((class, sold)) = PoolSales::<T>::get(interval, pool) else {
			return MicroGpuHours::ZERO;
		};
		let all = Sales::<T>::get(interval, class);
		let asked = T::Contracts::asked(class, interval).min(all);
		// Up: what is owed to buyers is never lost between pools.
		let owed = mul_div(sold.0.into(), asked.0.into(), all.0.into());
		let owed = owed.and_then(|owed| u64::try_from(owed.up).ok()).map_or(sold, MicroGpuHours);
		owed.min(promised)
	}
}
