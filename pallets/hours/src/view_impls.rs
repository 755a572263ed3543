//! What wallets are shown.

use alloc::vec::Vec;
use frame_support::traits::Get;
use pogcs_primitives::{
	traits::{ClaimTotals, IntervalClock},
	ClassId, Interval, MicroGpuHours,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn phase(interval: Interval) -> Phase {
		let now = T::Clock::current();
		if interval < now {
			Phase::Past
		} else if interval == now {
			Phase::Running
		} else if interval.since(now) <= T::Horizon::get() {
			Phase::Open
		} else {
			Phase::Distant
		}
	}

	pub(crate) fn transferable_of(
		who: &T::AccountId,
		class: ClassId,
		interval: Interval,
	) -> MicroGpuHours {
		match Self::phase(interval) {
			Phase::Open | Phase::Distant => Self::holding(class, interval, who).free,
			Phase::Running | Phase::Past => MicroGpuHours::ZERO,
		}
	}

	pub(crate) fn page_of(who: &T::AccountId, from: Interval, until: Interval) -> Page<T> {
		let mut entries = Vec::new();
		let next = from.checked_add(T::MaxPage::get()).filter(|at| *at <= until);
		let last = next.map_or(until, |next| next.saturating_sub(1));
		if from > last {
			return Page { entries, next: None };
		}
		for span in place_of(from).0..=place_of(last).0 {
			for (class, holdings) in Holdings::<T>::iter_prefix((span, who)) {
				for (place, holding) in holdings {
					let interval = interval_at(span, place);
					if interval >= from && interval <= last {
						entries.push(Entry { interval, class, holding });
					}
				}
			}
		}
		entries.sort_by_key(|entry| (entry.interval, entry.class));
		Page { entries, next }
	}

	pub(crate) fn product_of(class: ClassId, interval: Interval) -> Product {
		Product { phase: Self::phase(interval), totals: Products::<T>::get(interval, class) }
	}

	pub(crate) fn classes_of(interval: Interval) -> Vec<(ClassId, ClaimTotals)> {
		let mut found: Vec<_> = Products::<T>::iter_prefix(interval).collect();
		found.sort_by_key(|(class, _)| *class);
		found
	}
}
