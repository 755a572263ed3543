//! Orders that rest until the gate of their interval closes.
//!
//! An order trades with the pool, at the pool's price, once that meets its limit at the margin; so it
//! is never filled at its limit while the pool is better, and who fills it gains nothing. It is not
//! filled at a price that was made within the block: only if the pool is no worse for it than when the
//! previous block ended.

use alloc::vec::Vec;
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
	weights::WeightMeter,
};
use pogcs_primitives::{
	traits::{ClaimsError, HourFill, HourLedger, IntervalClock},
	ClassId, Interval, MicroGpuHours,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{math, pallet::*, trade_impls::Desk, types::*, WeightInfo};

impl<T: Config> Pallet<T> {
	fn reason() -> T::RuntimeHoldReason {
		HoldReason::Order.into()
	}

	/// Whether an order's gate is closed.
	fn is_late(order: &Order) -> bool {
		let gate = match order.side {
			Side::Buy => T::BuyGate::get(),
			Side::Sell => T::SellGate::get(),
		};
		order.interval.since(T::Clock::current()) <= gate
	}

	pub(crate) fn do_place_order(
		who: T::AccountId,
		side: Side,
		class: ClassId,
		interval: Interval,
		amount: MicroGpuHours,
		limit: Balance,
	) -> DispatchResult {
		ensure!(amount > MicroGpuHours::ZERO && limit > 0, Error::<T>::Zero);
		ensure!(amount >= T::LeastHours::get(), Error::<T>::Dust);
		ensure!(Classes::<T>::contains_key(class), Error::<T>::UnknownClass);
		// The level's unit is the price of a µGPU-h.
		let level = math::level(limit, math::MILLION).ok_or(Error::<T>::Overflow)?;
		let held = match side {
			Side::Buy => math::value(limit, amount.0).ok_or(Error::<T>::Overflow)?.up,
			Side::Sell => 0,
		};
		let deposit = T::OrderDeposit::get();
		let order = Order { side, class, interval, amount, limit, level, held, deposit };
		ensure!(!Self::is_late(&order), Error::<T>::GateClosed);
		let furthest = T::IntervalsPerDay::get().saturating_mul(T::Days::get().saturating_add(1));
		ensure!(interval.since(T::Clock::current()) <= furthest, Error::<T>::NotOpen);

		let all = held.checked_add(deposit).ok_or(Error::<T>::Overflow)?;
		T::Money::hold(&Self::reason(), &who, all).map_err(|_| Error::<T>::Funds)?;
		if side == Side::Sell {
			T::Hours::lock(Self::reason(), class, interval, &who, amount).map_err(|error| {
				match error {
					ClaimsError::Closed => Error::<T>::GateClosed,
					_ => Error::<T>::Claims,
				}
			})?;
		}
		let id = NextOrder::<T>::get();
		let next = id.0.checked_add(1).ok_or(Error::<T>::Overflow)?;
		NextOrder::<T>::put(OrderId(next));
		Orders::<T>::insert(&who, id, order);
		Self::deposit_event(Event::OrderPlaced {
			who,
			order: id,
			side,
			class,
			interval,
			amount,
			limit,
		});
		Ok(())
	}

	pub(crate) fn do_cancel_order(
		who: T::AccountId,
		owner: T::AccountId,
		id: OrderId,
	) -> DispatchResult {
		let order = Orders::<T>::get(&owner, id).ok_or(Error::<T>::UnknownOrder)?;
		let late = Self::is_late(&order);
		ensure!(who == owner || late, Error::<T>::NotOwner);
		let end = if late { OrderEnd::Expired } else { OrderEnd::Cancelled };
		Self::end_order(owner, id, &order, end)
	}

	/// Gives back what is on hold and locked for an order, and removes it.
	fn end_order(owner: T::AccountId, id: OrderId, order: &Order, end: OrderEnd) -> DispatchResult {
		let all = order.held.checked_add(order.deposit).ok_or(Error::<T>::Overflow)?;
		T::Money::release(&Self::reason(), &owner, all, Precision::BestEffort)?;
		if order.side == Side::Sell {
			let (class, interval) = (order.class, order.interval);
			// Nothing is locked any more if the ledger has swept it: then it expired long ago.
			let _ = T::Hours::unlock(Self::reason(), class, interval, &owner, order.amount);
		}
		Orders::<T>::remove(&owner, id);
		Self::deposit_event(Event::OrderEnded { who: owner, order: id, end });
		Ok(())
	}

	/// How much of an order the pool's price meets its limit for.
	fn fillable(desk: &Desk<T>, order: &Order) -> Option<MicroGpuHours> {
		let (head, bucket) = desk.bucket(order.interval)?;
		let least = T::LeastHours::get().0;
		let (reach, most) = match order.side {
			Side::Buy => {
				if bucket.y > bucket.before {
					return None;
				}
				let price = bucket.margin().saturating_add(head.lift);
				(order.level.saturating_sub(price), bucket.stock)
			}
			Side::Sell => {
				if bucket.y < bucket.before {
					return None;
				}
				let lowered = math::drop(head.sell_fee(bucket.risk))?;
				let price = bucket.margin().saturating_sub(lowered);
				let room = bucket.depth.saturating_mul(math::MAX_FALL);
				(price.saturating_sub(order.level), room.saturating_sub(bucket.stock))
			}
		};
		let amount = math::reach(reach, bucket.depth).min(most).min(order.amount.0);
		// Neither what is bought, nor what is left of the stock or of the order may be dust.
		let dusty = |whole: u64, part: u64| {
			let left = whole.saturating_sub(part);
			left > 0 && left < least
		};
		let mut amount = amount;
		for whole in [order.amount.0, if order.side == Side::Buy { bucket.stock } else { 0 }] {
			if dusty(whole, amount) {
				amount = whole.saturating_sub(least);
			}
		}
		let bad = amount < least
			|| dusty(order.amount.0, amount)
			|| (order.side == Side::Buy && dusty(bucket.stock, amount));
		(!bad).then_some(MicroGpuHours(amount))
	}

	pub(crate) fn do_fill_order(owner: T::AccountId, id: OrderId) -> DispatchResult {
		let mut order = Orders::<T>::get(&owner, id).ok_or(Error::<T>::UnknownOrder)?;
		ensure!(!Self::is_late(&order), Error::<T>::GateClosed);
		let (class, interval) = (order.class, order.interval);
		let mut desk = Desk::<T>::open(class, interval, interval).map_err(Error::<T>::from)?;
		ensure!(desk.bucket(interval).is_some(), Error::<T>::NotOpen);
		let amount = Self::fillable(&desk, &order).ok_or(Error::<T>::Unmet)?;
		let left = order.amount.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
		match order.side {
			Side::Buy => {
				let fill = desk.buy(interval, amount).map_err(Error::<T>::from)?;
				let rest = math::value(order.limit, left.0).ok_or(Error::<T>::Overflow)?.up;
				let free = order.held.checked_sub(rest).ok_or(Error::<T>::Overflow)?;
				// What is on hold for this part pays for it, and the rest is the owner's again.
				let saved = free.checked_sub(fill.cost).ok_or(Error::<T>::Unmet)?;
				Self::pay_from_hold(&owner, fill.cost, saved)?;
				order.held = rest;
				Self::hand_over(&owner, desk, &[fill], fill.cost).map_err(Error::<T>::from)?;
			}
			Side::Sell => {
				let fill = desk.sell(interval, amount).map_err(Error::<T>::from)?;
				let least = math::value(order.limit, amount.0).ok_or(Error::<T>::Overflow)?.up;
				ensure!(fill.cost >= least, Error::<T>::Unmet);
				let market = Self::account();
				T::Hours::transfer_locked(Self::reason(), class, interval, &owner, &market, amount)
					.map_err(|_| Error::<T>::Claims)?;
				let fills: Vec<HourFill<Balance>> = Vec::from([fill]);
				Self::settle_sell(&owner, desk, fills, fill.cost).map_err(Error::<T>::from)?;
			}
		}
		order.amount = left;
		let who = owner.clone();
		Self::deposit_event(Event::OrderFilled { who, order: id, amount, left });
		if left == MicroGpuHours::ZERO {
			return Self::end_order(owner, id, &order, OrderEnd::Filled);
		}
		Orders::<T>::insert(&owner, id, order);
		Ok(())
	}

	fn pay_from_hold(
		owner: &T::AccountId,
		cost: Balance,
		saved: Balance,
	) -> Result<(), DispatchError> {
		T::Money::transfer_on_hold(
			&Self::reason(),
			owner,
			&Self::account(),
			cost,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Polite,
		)
		.map_err(|_| Error::<T>::Funds)?;
		T::Money::release(&Self::reason(), owner, saved, Precision::Exact)
			.map_err(|_| Error::<T>::Funds)?;
		Ok(())
	}

	/// Looks at some resting orders in turn: fills what can be filled, and removes what came too late.
	pub(crate) fn try_orders(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::orders_look()).is_err() {
			return;
		}
		let last = LastOrder::<T>::get();
		let mut reached = last.clone();
		let mut iter = match &last {
			Some((owner, id)) => {
				let key = Orders::<T>::hashed_key_for(owner, id);
				Orders::<T>::iter_keys_from(key)
			}
			None => Orders::<T>::iter_keys(),
		};
		for _ in 0..T::OrdersPerBlock::get() {
			if !meter.can_consume(T::WeightInfo::try_order()) {
				break;
			}
			reached = iter.next();
			let Some((owner, id)) = reached.clone() else { break };
			meter.consume(T::WeightInfo::try_order());
			let Some(order) = Orders::<T>::get(&owner, id) else { continue };
			// What cannot be filled stays as it is.
			let _ = with_storage_layer(|| {
				if Self::is_late(&order) {
					Self::end_order(owner, id, &order, OrderEnd::Expired)
				} else {
					Self::do_fill_order(owner, id)
				}
			});
		}
		if reached != last {
			match reached {
				Some(reached) => LastOrder::<T>::put(reached),
				None => LastOrder::<T>::kill(),
			}
		}
	}

	pub(crate) fn order_list(who: &T::AccountId) -> Vec<(OrderId, Order)> {
		let mut orders: Vec<_> = Orders::<T>::iter_prefix(who).collect();
		orders.sort_by_key(|(id, _)| *id);
		orders
	}

	/// Whether an interval's gate lets hours be bought and sold.
	pub(crate) fn gates(interval: Interval) -> (bool, bool) {
		let ahead = interval.since(T::Clock::current());
		(ahead > T::BuyGate::get(), ahead > T::SellGate::get())
	}
}
