//! What must hold between any two calls.

use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use pogcs_geo::Cell;
use pogcs_primitives::{traits::IntervalClock, Interval, MilliWattHours, MilligramsCo2, WattHours};
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

use crate::{pallet::*, types::*, FINEST_ZONED};

/// What a walk over the reports of one interval finds.
#[derive(Default)]
struct Found {
	reports: u64,
	generation: MilliWattHours,
	compute_draw: MilliWattHours,
	green: MilliWattHours,
	carbon: MilligramsCo2,
	available: MilliWattHours,
	surplus: MilliWattHours,
}

type Checked = Result<(), TryRuntimeError>;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the ledger.
	pub fn do_try_state() -> Checked {
		Self::check_reports()?;
		Self::check_batteries()?;
		Self::check_certificates()?;
		Self::check_quotas()?;
		Self::check_batches()?;
		Self::check_zones()?;
		Self::check_holds()
	}

	/// Reports are indexed and add up to the sums of their interval; in each interval green energy is
	/// in one place.
	fn check_reports() -> Checked {
		let swept = SweptUntil::<T>::get();
		let mut found = BTreeMap::<Interval, Found>::new();
		for (device, interval, record) in Reports::<T>::iter() {
			ensure!(Reporters::<T>::contains_key(interval, device), "a report is not indexed");
			ensure!(interval >= swept, "a report outlived its sweep");
			ensure!(interval < T::Clock::current(), "a report of an interval that has not ended");
			ensure!(record.root.is_canonical(), "a root is not canonical");
			ensure!(record.available <= record.green_draw, "more is left than was drawn");
			ensure!(record.green_draw <= record.green_supply, "more was drawn than there was");
			ensure!(record.green_draw <= record.compute_draw, "more was green than was drawn");
			let surplus = Surpluses::<T>::get(device, interval).unwrap_or_default();
			let sums = found.entry(interval).or_default();
			sums.reports = sums.reports.saturating_add(1);
			sums.generation = sums.generation.saturating_add(record.generation);
			sums.compute_draw = sums.compute_draw.saturating_add(record.compute_draw);
			sums.green = sums.green.saturating_add(record.green_draw);
			sums.carbon = sums.carbon.saturating_add(record.carbon);
			sums.available = sums.available.saturating_add(record.available);
			sums.surplus =
				sums.surplus.saturating_add(surplus.production).saturating_add(surplus.storage);
		}
		ensure!(
			Reporters::<T>::iter().count() == Reports::<T>::iter().count(),
			"a report is indexed that does not stand"
		);
		for (device, interval, surplus) in Surpluses::<T>::iter() {
			ensure!(Reports::<T>::contains_key(device, interval), "a surplus has no report");
			ensure!(!surplus.is_empty(), "a surplus of nothing is stored");
		}
		for (interval, totals) in IntervalTotals::<T>::iter() {
			Self::check_totals(&totals)?;
			let sums = found.remove(&interval).unwrap_or_default();
			// A sweep may have removed part of this one; its totals stay until it is done.
			if interval == swept && swept < Self::horizon() {
				continue;
			}
			ensure!(
				(sums.reports, sums.generation, sums.compute_draw, sums.green, sums.carbon)
					== (
						totals.reports,
						totals.generation,
						totals.compute_draw,
						totals.green,
						totals.carbon
					),
				"the sums of an interval are not those of its reports"
			);
			let used = totals.retired.saturating_add(totals.unlocked);
			ensure!(
				sums.available.checked_add(used) == Some(totals.green),
				"what is left and what was used are not what compute drew"
			);
			ensure!(
				sums.surplus.checked_add(totals.claimed)
					== totals.surplus.checked_add(totals.unlocked),
				"what owners claimed and what they can claim are not what is theirs"
			);
		}
		ensure!(found.is_empty(), "reports have no sums");
		Self::check_totals(&SweptTotals::<T>::get())
	}

	/// Green energy that came to the bus is in one place.
	fn check_totals(totals: &Totals) -> Checked {
		let came = totals.generation.checked_add(totals.released);
		let went = totals
			.green
			.checked_add(totals.charged)
			.and_then(|sum| sum.checked_add(totals.surplus));
		ensure!(came.is_some() && came == went, "green energy is in two places or in none");
		ensure!(totals.kept <= totals.charged, "a battery kept more than it took");
		let used = totals.retired.saturating_add(totals.unlocked);
		ensure!(used <= totals.green, "more was used than compute drew");
		ensure!(
			totals.claimed <= totals.surplus.saturating_add(totals.unlocked),
			"more was claimed than is the owners'"
		);
		Ok(())
	}

	/// What went into batteries is in them, came out, or was struck off.
	fn check_batteries() -> Checked {
		let mut green = 0u128;
		for (_, battery) in Batteries::<T>::iter() {
			let stored = battery.stored;
			ensure!(stored.green <= stored.level, "a battery holds more green energy than energy");
			ensure!(
				stored.green < stored.level || stored.carbon == MilligramsCo2::ZERO,
				"green energy alone has no grid's carbon"
			);
			ensure!(battery.through < T::Clock::current(), "a battery is ahead of the clock");
			green = green.saturating_add(u128::from(stored.green.0));
		}
		let (mut into, mut out) = (0u128, 0u128);
		let mut count = |totals: &Totals| {
			into = into.saturating_add(u128::from(totals.kept.0));
			out = out
				.saturating_add(u128::from(totals.released.0))
				.saturating_add(u128::from(totals.lost.0));
		};
		count(&SweptTotals::<T>::get());
		for (_, totals) in IntervalTotals::<T>::iter() {
			count(&totals);
		}
		ensure!(
			out.checked_add(green) == Some(into),
			"what batteries hold is not what went in and did not come out"
		);
		Ok(())
	}

	/// One watt-hour is issued, held, retired or expired: numbers that always add up, and never more
	/// than owners claimed.
	fn check_certificates() -> Checked {
		let mut held = BTreeMap::<CertificateId, WattHours>::new();
		for (_, certificate, holding) in Holdings::<T>::iter() {
			ensure!(holding.amount > WattHours::ZERO, "an entry holds nothing");
			let sum = held.entry(certificate).or_default();
			*sum = sum.saturating_add(holding.amount);
		}
		let mut all = WattHours::ZERO;
		for (certificate, record) in Certificates::<T>::iter() {
			ensure!(
				held.remove(&certificate) == Some(record.held),
				"what is held of a certificate is not what its record says"
			);
			let gone = record.retired.saturating_add(record.expired);
			ensure!(
				record.held.checked_add(gone) == Some(record.issued),
				"a certificate's numbers do not add up"
			);
			all = all.saturating_add(record.held);
		}
		ensure!(held.is_empty(), "somebody holds a certificate that is none");
		let totals = AllCertificates::<T>::get();
		let gone = totals.retired.saturating_add(totals.expired);
		ensure!(
			totals.held == all && all.checked_add(gone) == Some(totals.issued),
			"the numbers of all certificates do not add up"
		);
		let claimed = IntervalTotals::<T>::iter()
			.fold(SweptTotals::<T>::get().claimed, |sum, (_, totals)| {
				sum.saturating_add(totals.claimed)
			});
		ensure!(claimed == totals.issued.milli(), "certificates were issued that nobody claimed");
		for (_, retirement, _) in Retirements::<T>::iter() {
			ensure!(retirement < NextRetirement::<T>::get(), "a retirement has a future number");
		}
		Ok(())
	}

	/// Entries of prepaid reports are within bounds and keep their accounts alive.
	fn check_quotas() -> Checked {
		for (_, quota) in Quotas::<T>::iter() {
			ensure!(quota.left <= T::MaxQuota::get(), "more is prepaid than may be");
			ensure!(
				frame_system::Pallet::<T>::sufficients(&quota.account) > 0,
				"the account of a device with prepaid reports is not kept alive"
			);
		}
		Ok(())
	}

	/// Batches stand between their two ends, and a shown one has its deposit back.
	fn check_batches() -> Checked {
		let (first, pending) = (FirstBatch::<T>::get(), FirstPending::<T>::get());
		ensure!(first <= pending && pending <= NextBatch::<T>::get(), "ends are out of order");
		for (id, batch) in Batches::<T>::iter() {
			ensure!(
				(first..NextBatch::<T>::get()).contains(&id),
				"a batch stands outside the ends"
			);
			let is_pending = batch.state == BatchState::Pending;
			ensure!(!is_pending || id >= pending, "a batch behind the end is pending");
			ensure!(batch.deposit.is_zero() != is_pending, "a deposit stands for a pending batch");
			ensure!(
				(1..=T::MaxBatch::get()).contains(&batch.root.count),
				"a batch is empty or too large"
			);
			// It was submitted in the interval after its own, and is drawn by the next one.
			ensure!(
				batch.interval.checked_add(2) == Some(batch.drawn_by),
				"a batch is drawn by an interval in which it could still be chosen"
			);
		}
		Ok(())
	}

	/// Cells that are in zones are few, and are cells.
	fn check_zones() -> Checked {
		let zoned = Zones::<T>::count();
		ensure!(zoned <= T::MaxZoned::get(), "more cells are in zones than may be");
		let mut seen = 0u32;
		for (cell, _) in Zones::<T>::iter() {
			seen = seen.saturating_add(1);
			let known = Cell::new(cell);
			ensure!(
				known.is_some_and(|cell| cell.resolution().get() <= FINEST_ZONED),
				"something is in a zone that is no cell, or too small a one"
			);
		}
		ensure!(seen == zoned, "cells in zones are miscounted");
		Ok(())
	}

	/// What is on hold is what stands for something.
	fn check_holds() -> Checked {
		let mut owed = BTreeMap::<(u8, T::AccountId), BalanceOf<T>>::new();
		let mut owe = |kind: u8, who: T::AccountId, amount: BalanceOf<T>| {
			let sum = owed.entry((kind, who)).or_default();
			*sum = sum.saturating_add(amount);
		};
		for (_, _, holding) in Holdings::<T>::iter() {
			owe(0, holding.payer, holding.deposit);
		}
		for (_, _, retirement) in Retirements::<T>::iter() {
			owe(1, retirement.by, retirement.deposit);
		}
		for (_, quota) in Quotas::<T>::iter() {
			owe(2, quota.payer, quota.deposit);
		}
		for (_, batch) in Batches::<T>::iter() {
			owe(3, batch.leader, batch.deposit);
		}
		for ((kind, who), sum) in owed {
			let reason = match kind {
				0 => HoldReason::Certificate,
				1 => HoldReason::Retirement,
				2 => HoldReason::Quota,
				_ => HoldReason::Batch,
			};
			ensure!(
				T::Currency::balance_on_hold(&reason.into(), &who) == sum,
				"what is on hold is not the sum of deposits"
			);
		}
		Ok(())
	}
}
