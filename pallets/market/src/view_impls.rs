//! What wallets are shown.

use alloc::vec::Vec;
use frame_support::traits::fungibles::Inspect;
use pogcs_primitives::{ClassId, Interval, MicroGpuHours};

use crate::{math::shares, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn price_of(class: ClassId, interval: Interval) -> Option<PriceView> {
		let book = Self::book_now(class, Self::day_of(interval))?;
		let bucket = book.bucket(interval).filter(|bucket| bucket.is_open())?;
		let (buyable, sellable) = Self::gates(interval);
		Some(PriceView {
			now: bucket.price(),
			before: crate::math::price(bucket.before, bucket.depth).unwrap_or_default(),
			opening: crate::math::price(bucket.base, bucket.depth).unwrap_or_default(),
			stock: MicroGpuHours(bucket.stock),
			buy_fee: book.head.fee,
			sell_fee: book.head.sell_fee(bucket.risk),
			buyable: buyable && !book.head.halted,
			sellable: sellable && !book.head.halted,
		})
	}

	fn worth(class: ClassId, lane: &Lane) -> Balance {
		let book = lane.day.and_then(|day| Books::<T>::get(class, day));
		lane.cash.saturating_add(book.map_or(0, |book| book.value()))
	}

	pub(crate) fn value_of(class: ClassId, id: LaneId) -> Balance {
		let lanes = Lanes::<T>::get(class);
		lanes.get(usize::from(id.0)).map_or(0, |lane| Self::worth(class, lane))
	}

	pub(crate) fn lanes_of(class: ClassId) -> Vec<LaneView> {
		let Some(record) = Classes::<T>::get(class) else { return Vec::new() };
		let lanes = Lanes::<T>::get(class);
		let view = |(lane, id): (&Lane, LaneId)| LaneView {
			asset: Self::asset_of(&record, id).unwrap_or_default(),
			lane: *lane,
			value: Self::worth(class, lane),
			rolls: lane.day.map(Self::end_of),
		};
		lanes.iter().zip(Self::lane_ids()).map(view).collect()
	}

	pub(crate) fn share_views(class: ClassId, who: &T::AccountId) -> Vec<ShareView> {
		let Some(record) = Classes::<T>::get(class) else { return Vec::new() };
		let lanes = Lanes::<T>::get(class);
		let requests = Requests::<T>::get(class, who);
		let view = |(at, (lane, id)): (usize, (&Lane, LaneId))| {
			let asset = Self::asset_of(&record, id).unwrap_or_default();
			let owned = T::Shares::balance(asset, who);
			let value = shares::paid(owned, lane.shares, Self::worth(class, lane));
			let request = requests.get(at).copied().unwrap_or_default();
			let waits = request.roll == lane.roll;
			let due = match Rolls::<T>::get(class, (id, request.roll)) {
				Some(roll) if !waits => roll.due(&request).unwrap_or_default(),
				_ => (0, 0),
			};
			ShareView {
				shares: owned,
				value: value.unwrap_or_default(),
				deposit: if waits { request.deposit } else { 0 },
				withdrawal: if waits { request.withdrawal } else { 0 },
				claimable_shares: due.0,
				claimable_money: due.1,
			}
		};
		lanes.iter().zip(Self::lane_ids()).enumerate().map(view).collect()
	}
}
