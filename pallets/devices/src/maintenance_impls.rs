//! Maintenance: declared ahead, within a quota.

use frame_support::{ensure, traits::Get, BoundedVec};
use pogcs_primitives::{
	traits::{IntervalClock, Maintenance},
	DeviceId, Interval,
};
use sp_runtime::DispatchResult;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_declare_maintenance(
		who: T::AccountId,
		device: DeviceId,
		from: Interval,
		intervals: u32,
	) -> DispatchResult {
		Self::managed(&who, device)?;
		let rules = Parameters::<T>::get().maintenance;
		let now = T::Clock::current();
		let earliest = Self::after(now, rules.ahead)?;
		let latest = Self::after(earliest, rules.period)?;
		ensure!(intervals > 0 && earliest <= from && from <= latest, Error::<T>::BadWindow);
		let until = Self::after(from, intervals)?;
		let mut windows = Maintenances::<T>::get(device);
		// Whoever asks later whether a device was there is answered for a period, however short
		// governance makes it for at least as long as promises can be open.
		let horizon = now.saturating_sub(rules.period.max(T::MaintenanceMemory::get()));
		windows.retain(|window| window.until > horizon);
		ensure!(windows.iter().all(|window| window.until <= from), Error::<T>::BadWindow);
		// Windows stand in order, and a stretch of a period has the most of them where it ends with
		// one: what holds here for every window holds for every stretch.
		let start = until.saturating_sub(rules.period);
		let used = windows
			.iter()
			.fold(intervals, |sum, window| sum.saturating_add(window.overlap(start, until)));
		ensure!(used <= rules.quota, Error::<T>::QuotaSpent);
		windows.try_push(Window { from, until }).map_err(|_| Error::<T>::TooManyWindows)?;
		Maintenances::<T>::insert(device, windows);
		Self::deposit_event(Event::MaintenanceDeclared { device, from, until, used });
		Ok(())
	}

	pub(crate) fn do_cancel_maintenance(who: T::AccountId, device: DeviceId) -> DispatchResult {
		Self::managed(&who, device)?;
		let next = Self::after(T::Clock::current(), 1)?;
		let mut windows: BoundedVec<_, _> = Maintenances::<T>::get(device);
		let last =
			windows.pop().filter(|last| last.until > next).ok_or(Error::<T>::NoMaintenance)?;
		let until = if last.from < next {
			windows
				.try_push(Window { until: next, ..last })
				.map_err(|_| Error::<T>::TooManyWindows)?;
			next
		} else {
			last.from
		};
		if windows.is_empty() {
			Maintenances::<T>::remove(device);
		} else {
			Maintenances::<T>::insert(device, windows);
		}
		Self::deposit_event(Event::MaintenanceCancelled { device, until });
		Ok(())
	}
}

impl<T: Config> Maintenance for Pallet<T> {
	fn in_maintenance(device: DeviceId, interval: Interval) -> bool {
		Maintenances::<T>::get(device).iter().any(|window| window.covers(interval))
	}
}
