//! What must hold between any two calls.

use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{ensure, traits::Get};
use pogcs_primitives::{traits::IntervalClock, ClassId, Interval, MicroGpuHours};
use sp_runtime::TryRuntimeError;

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the ledger.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let now = T::Clock::current();
		let swept = SweptUntil::<T>::get();
		let closed = ClosedUntil::<T>::get();
		ensure!(closed <= swept, "totals were closed before what expires was counted");
		ensure!(swept <= Self::holdings_horizon(), "holdings were swept before their time");
		ensure!(swept == begin_of(swept), "a span is swept in part");
		ensure!(closed <= Self::totals_horizon(), "totals were closed before their time");

		let mut sums = BTreeMap::<(Interval, ClassId), (u64, MicroGpuHours)>::new();
		let mut all = Vec::new();
		for ((span, _, class), holdings) in Holdings::<T>::iter() {
			ensure!(!holdings.is_empty(), "an empty span is stored");
			let places = holdings.iter().map(|(place, _)| *place);
			let next = places.clone().skip(1);
			ensure!(
				places.clone().zip(next).all(|(one, two)| one < two),
				"places are not in order"
			);
			ensure!(places.clone().all(|place| u32::from(place) < SPAN), "a place beyond its span");
			for (place, holding) in holdings {
				all.push((interval_at(span, place), class, holding));
			}
		}
		for (interval, class, holding) in all {
			ensure!(interval >= swept, "a holding outlived its sweep");
			ensure!(interval.since(now) <= T::Horizon::get(), "a holding is beyond the horizon");
			for (at, (reason, amount)) in holding.locks.iter().enumerate() {
				ensure!(*amount != MicroGpuHours::ZERO, "a lock holds nothing");
				let twice = holding.locks.iter().skip(at).skip(1).any(|(other, _)| other == reason);
				ensure!(!twice, "a reason locks twice");
			}
			let mut held = holding.free;
			for (_, amount) in &holding.locks {
				held = held.checked_add(*amount).ok_or("a holding overflows")?;
			}
			ensure!(held != MicroGpuHours::ZERO, "an empty holding is stored");
			let (count, sum) = sums.entry((interval, class)).or_default();
			*count = count.saturating_add(1);
			*sum = sum.checked_add(held).ok_or("the claims of a product overflow")?;
		}
		for (interval, class, totals) in Products::<T>::iter() {
			ensure!(interval >= closed, "totals outlived their closing");
			let (count, sum) = sums.remove(&(interval, class)).unwrap_or_default();
			ensure!(
				totals.outstanding() == Some(sum),
				"the claims are not what was made less what is gone"
			);
			// Each holding took at least this much to make, and what is left of it may be less only
			// by what was redeemed or burnt.
			ensure!(
				T::MinimumHolding::get().0.checked_mul(count).is_some_and(|n| n <= totals.minted.0),
				"there are more holdings than the claims that were made can pay for"
			);
			ensure!(
				interval <= now || totals.redeemed == MicroGpuHours::ZERO,
				"claims of the future were redeemed"
			);
			ensure!(
				begin_of(interval) <= swept || totals.expired == MicroGpuHours::ZERO,
				"claims expired before they were swept"
			);
		}
		ensure!(sums.is_empty(), "claims have no totals");
		for (_, totals) in ClosedTotals::<T>::iter() {
			ensure!(
				totals.outstanding() == Some(MicroGpuHours::ZERO),
				"claims of a closed product still stand"
			);
		}
		Ok(())
	}
}
