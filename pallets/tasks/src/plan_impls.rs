//! Which hours a contract takes, and buying them.

use alloc::vec::Vec;
use frame_support::ensure;
use pogcs_primitives::{
	contracts::{Pace, Portion},
	traits::{HourFill, HourLedger, HourMarket, MarketError},
	ClassId, Interval, MicroGpuHours,
};
use sp_runtime::{
	traits::{CheckedSub, Zero},
	BoundedVec, DispatchError,
};

use crate::pallet::*;

/// What a contract looks for on the market.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
	/// The product's class.
	pub claims: ClassId,
	/// The first interval.
	pub from: Interval,
	/// The last one.
	pub until: Interval,
	/// Steady or flexible.
	pub pace: Pace,
	/// How many chunks.
	pub chunks: u32,
	/// Hours that a chunk takes of all devices that do it.
	pub unit: MicroGpuHours,
}

impl Wanted {
	/// Hours of so many chunks.
	fn hours(&self, chunks: u32) -> Option<MicroGpuHours> {
		self.unit.0.checked_mul(chunks.into()).map(MicroGpuHours)
	}

	/// How many intervals.
	fn span(&self) -> u32 {
		self.until.since(self.from).saturating_add(1)
	}

	/// Every interval, from the first to the last.
	fn intervals(&self) -> impl Iterator<Item = Interval> {
		(self.from.0..=self.until.0).map(Interval)
	}
}

impl<T: Config> Pallet<T> {
	/// When how many chunks are done, and what the market wants for the hours.
	pub(crate) fn plan(wanted: &Wanted) -> Result<(Vec<Portion>, BalanceOf<T>), Error<T>> {
		let all = wanted.hours(wanted.chunks).ok_or(Error::<T>::Overflow)?;
		let (counts, cost) = match wanted.pace {
			Pace::Steady => {
				let each = wanted
					.chunks
					.checked_div(wanted.span())
					.filter(|each| each.checked_mul(wanted.span()) == Some(wanted.chunks))
					.ok_or(Error::<T>::Uneven)?;
				let hours = wanted.hours(each).ok_or(Error::<T>::Overflow)?;
				let (_, cost) =
					T::Market::quote_each(wanted.claims, wanted.from, wanted.until, hours)
						.map_err(Self::market_refused)?;
				(wanted.intervals().map(|interval| (interval, each)).collect(), cost)
			}
			Pace::Flexible => {
				let (fills, cost) =
					T::Market::quote_flexible(wanted.claims, wanted.from, wanted.until, all)
						.map_err(Self::market_refused)?;
				(Self::whole_chunks(wanted, &fills)?, cost)
			}
		};
		let plan = counts
			.into_iter()
			.filter(|(_, chunks)| *chunks > 0)
			.map(|(interval, chunks)| Portion { interval, chunks, resold: 0 })
			.collect();
		Ok((plan, cost))
	}

	/// Rounds the least-cost fills to whole chunks: down, and what is left over goes where most was
	/// cut off, as far as hours are for sale there. No interval's part differs from the least-cost one
	/// by more than a chunk, unless stock forces it.
	fn whole_chunks(
		wanted: &Wanted,
		fills: &[HourFill<BalanceOf<T>>],
	) -> Result<Vec<(Interval, u32)>, Error<T>> {
		let unit = wanted.unit.0;
		let mut counts = Vec::new();
		let mut cuts = Vec::new();
		let mut left = wanted.chunks;
		for interval in wanted.intervals() {
			let of = |fill: &&HourFill<BalanceOf<T>>| fill.interval == interval;
			let amount = fills.iter().find(of).map_or(0, |fill| fill.amount.0);
			let whole = amount.checked_div(unit).ok_or(Error::<T>::Overflow)?;
			let whole = u32::try_from(whole).map_err(|_| Error::<T>::Overflow)?.min(left);
			left = left.saturating_sub(whole);
			counts.push((interval, whole));
			cuts.push(amount.checked_rem(unit).unwrap_or(0));
		}
		// At most one round for each interval that was cut, and one for each chunk that is left then.
		let mut order: Vec<usize> = (0..counts.len()).collect();
		order.sort_by_key(|index| core::cmp::Reverse(cuts.get(*index).copied()));
		for patient in [false, true] {
			for index in &order {
				let Some((interval, count)) = counts.get_mut(*index) else { continue };
				while left > 0 {
					let more = count.checked_add(1).ok_or(Error::<T>::Overflow)?;
					let hours = wanted.hours(more).ok_or(Error::<T>::Overflow)?;
					let quote = T::Market::quote_each(wanted.claims, *interval, *interval, hours);
					if quote.is_err() {
						break;
					}
					*count = more;
					left = left.saturating_sub(1);
					if !patient {
						break;
					}
				}
			}
		}
		ensure!(left == 0, Error::<T>::NoHours);
		Ok(counts)
	}

	/// Buys a plan's hours for `client` and locks them. What was paid for each portion.
	pub(crate) fn buy(
		client: &T::AccountId,
		wanted: &Wanted,
		plan: &BoundedVec<Portion, T::MaxSpan>,
		max_price: BalanceOf<T>,
	) -> Result<Vec<BalanceOf<T>>, DispatchError> {
		let mut budget = max_price;
		let mut costs = Vec::new();
		// At most `MaxSpan`.
		for Portion { interval, chunks, .. } in plan {
			let hours = wanted.hours(*chunks).ok_or(Error::<T>::Overflow)?;
			let fills =
				T::Market::buy_each(client, wanted.claims, *interval, *interval, hours, budget)
					.map_err(Self::market_refused)?;
			let cost = fills.iter().fold(BalanceOf::<T>::zero(), |sum, fill| {
				sp_runtime::traits::Saturating::saturating_add(sum, fill.cost)
			});
			budget = budget.checked_sub(&cost).ok_or(Error::<T>::Overpriced)?;
			costs.push(cost);
			T::Claims::lock(HoldReason::Hours.into(), wanted.claims, *interval, client, hours)
				.map_err(|_| Error::<T>::ClaimsRefused)?;
		}
		Ok(costs)
	}

	/// A refusal of the market as a named error of this pallet.
	pub(crate) fn market_refused(refusal: MarketError) -> Error<T> {
		match refusal {
			MarketError::OutOfStock | MarketError::NotOpen => Error::<T>::NoHours,
			MarketError::Overpriced => Error::<T>::Overpriced,
			MarketError::Underpriced => Error::<T>::Underpriced,
			MarketError::GateClosed => Error::<T>::GateClosed,
			MarketError::Funds => Error::<T>::Funds,
			_ => Error::<T>::MarketRefused,
		}
	}
}
