//! What counts against promises.

use frame_support::traits::Get;
use pogcs_primitives::{
	records::PoolKind,
	traits::{DeliveredEnergy, DeliveredWork, Delivery, IntervalClock},
	DeviceId, Interval, MilliWattHours, MilligramsCo2, PoolId,
};

use crate::{math, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Whether work of `interval` still counts.
	pub(crate) fn is_open(interval: Interval) -> bool {
		let now = T::Clock::current();
		now >= interval && now.since(interval) <= T::DeliveryLag::get()
	}

	/// Counts what a member delivered, as far as it had promised it.
	fn count(
		device: DeviceId,
		interval: Interval,
		units: Units,
		carbon: MilligramsCo2,
		assigned: bool,
		counts: impl FnOnce(&PoolRecordOf<T>, &MemberOf<T>) -> bool,
	) {
		let Some((pool, mut member)) = Self::membership(device) else { return };
		let Some(mut promise) = Promises::<T>::get(device, interval) else { return };
		let (Some(mut record), Some(mut book)) =
			(Pools::<T>::get(pool), Books::<T>::get(pool, interval))
		else {
			return;
		};
		let room = promise.promised.saturating_sub(promise.delivered);
		let counted = units.min(room);
		if counted == Units::ZERO
			|| book.missed.is_some()
			|| !Self::is_open(interval)
			|| !counts(&record, &member)
		{
			return;
		}
		promise.delivered = promise.delivered.saturating_add(counted);
		if assigned {
			// What the leader gave is bounded by what was promised.
			promise.done = promise.done.saturating_add(counted).min(promise.led);
		}
		book.delivered = book.delivered.saturating_add(counted);
		if math::is_equal(&promise) {
			book.kept = book.kept.saturating_add(1);
		}
		if let Some(class) = record.claims {
			Ledger::<T>::mutate_exists(interval, class, |entry| {
				if let Some(entry) = entry {
					entry.delivered = entry.delivered.saturating_add(counted);
				}
			});
		}
		let period = Self::period();
		// Central capacity has no say in the pool it visits.
		if member.hours.is_none() {
			member.work.add(period, counted.0);
			record.votes.add(period, counted.0);
		}
		if record.kind != PoolKind::Energy {
			record.work.add(period, counted.0);
			let part = math::share_up(u128::from(carbon.0), counted, units)
				.and_then(|part| u64::try_from(part).ok())
				.unwrap_or(carbon.0);
			record.carbon.add(period, part);
		}
		Self::store_count(pool, device, interval, promise, book, member, record);
		Self::deposit_event(Event::Delivered { pool, device, interval, counted });
	}

	fn store_count(
		pool: PoolId,
		device: DeviceId,
		interval: Interval,
		promise: PromiseOf<T>,
		book: Book,
		member: MemberOf<T>,
		record: PoolRecordOf<T>,
	) {
		Promises::<T>::insert(device, interval, promise);
		Books::<T>::insert(pool, interval, book);
		Members::<T>::insert(pool, device, member);
		Pools::<T>::insert(pool, record);
	}
}

impl<T: Config> DeliveredWork<T::AccountId> for Pallet<T> {
	fn delivered(delivery: Delivery<'_, T::AccountId>) {
		let Delivery { device, client, interval, work, carbon, green, assigned } = delivery;
		Self::count(device, interval, Units(work.0), carbon, assigned, |pool, member| {
			// Work for oneself under one's own name serves no buyer.
			let for_others = *client != member.owner && *client != member.by;
			let of_kind = match pool.kind {
				PoolKind::Energy => false,
				PoolKind::Compute => true,
				PoolKind::Green => green,
			};
			for_others && of_kind
		});
	}
}

impl<T: Config> DeliveredEnergy for Pallet<T> {
	fn metered(device: DeviceId, interval: Interval, surplus: MilliWattHours) {
		let units = Units(surplus.0);
		Self::count(device, interval, units, MilligramsCo2::ZERO, false, |pool, _| {
			pool.kind == PoolKind::Energy
		});
	}
}
