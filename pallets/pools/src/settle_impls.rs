//! Money in, and what becomes of it once an interval is final.

use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation, Get},
};
use pogcs_primitives::{
	records::PoolKind,
	traits::{Devices, HourDemand, IntervalClock, Maintenance},
	DeviceId, Interval, MicroGpuHours, PoolId,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{math, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_pay_in(
		from: T::AccountId,
		pool: PoolId,
		interval: Interval,
		amount: Balance,
		shares: Shares,
	) -> DispatchResult {
		// A pool that pays itself gives nothing.
		let account = Self::account(pool);
		ensure!(amount > 0 && from != account, Error::<T>::Empty);
		ensure!(Pools::<T>::contains_key(pool), Error::<T>::UnknownPool);
		let mut book = Books::<T>::get(pool, interval)
			.filter(|book| book.promised > Units::ZERO)
			.ok_or(Error::<T>::NothingPromised)?;
		ensure!(book.missed.is_none() && !Self::is_final(interval), Error::<T>::BookClosed);
		let add = |sum: Balance| sum.checked_add(amount).ok_or(Error::<T>::Overflow);
		book.left = add(book.left)?;
		match shares {
			Shares::ByWork => {
				book.revenue = add(book.revenue)?;
				book.rate =
					math::raised(book.rate, amount, book.promised).ok_or(Error::<T>::Overflow)?;
			}
			Shares::Equal => book.common = add(book.common)?,
		}
		T::Currency::transfer(&from, &account, amount, Preservation::Preserve)?;
		Books::<T>::insert(pool, interval, book);
		Self::deposit_event(Event::PaidIn { pool, interval, from, amount, shares });
		Ok(())
	}

	/// Whether nothing can be verified for `interval` any more.
	pub(crate) fn is_final(interval: Interval) -> bool {
		T::Clock::current().since(interval) > T::DeliveryLag::get()
	}

	/// What buyers are owed of a pool's interval and did not get.
	fn missed_of(pool: PoolId, kind: PoolKind, interval: Interval, book: &Book) -> Units {
		let owed = match kind {
			PoolKind::Energy => book.promised,
			PoolKind::Compute | PoolKind::Green => {
				let promised = MicroGpuHours(book.promised.0);
				Units(T::Demand::owed(pool, interval, promised).0).min(book.promised)
			}
		};
		owed.saturating_sub(book.delivered)
	}

	/// Fixes what a pool missed in an interval, if it is not fixed yet.
	fn close(
		pool: PoolId,
		kind: PoolKind,
		interval: Interval,
		book: &mut Book,
	) -> Result<Units, DispatchError> {
		if let Some(missed) = book.missed {
			return Ok(missed);
		}
		let missed = Self::missed_of(pool, kind, interval, book);
		book.missed = Some(missed);
		if book.kept == 0 {
			// Nobody kept a promise that an equal share is for.
			Self::insure(pool, book.common)?;
			book.left = book.left.checked_sub(book.common).ok_or(Error::<T>::Overflow)?;
			book.common = 0;
		}
		Self::deposit_event(Event::BookClosed {
			pool,
			interval,
			promised: book.promised,
			delivered: book.delivered,
			missed,
		});
		Ok(missed)
	}

	pub(crate) fn do_close_book(pool: PoolId, interval: Interval) -> DispatchResult {
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::NothingPromised)?;
		let mut book = Books::<T>::get(pool, interval).ok_or(Error::<T>::NothingPromised)?;
		ensure!(Self::is_final(interval), Error::<T>::NotFinal);
		ensure!(book.promises == 0, Error::<T>::Unsettled);
		Self::close(pool, record.kind, interval, &mut book)?;
		Self::insure(pool, book.left)?;
		Books::<T>::remove(pool, interval);
		record.books = record.books.saturating_sub(1);
		Pools::<T>::insert(pool, record);
		Ok(())
	}

	pub(crate) fn do_settle(device: DeviceId, intervals: &[Interval]) -> DispatchResult {
		ensure!(!intervals.is_empty(), Error::<T>::Empty);
		let (pool, mut member) = Self::membership(device).ok_or(Error::<T>::NotMember)?;
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		// At most `MaxSettle`.
		for interval in intervals {
			Self::settle_one(pool, &mut record, device, &mut member, *interval)?;
		}
		Members::<T>::insert(pool, device, member);
		Pools::<T>::insert(pool, record);
		Ok(())
	}

	fn settle_one(
		pool: PoolId,
		record: &mut PoolRecordOf<T>,
		device: DeviceId,
		member: &mut MemberOf<T>,
		interval: Interval,
	) -> DispatchResult {
		let promise = Promises::<T>::take(device, interval).ok_or(Error::<T>::NotPromised)?;
		ensure!(Self::is_final(interval), Error::<T>::NotFinal);
		let mut book = Books::<T>::get(pool, interval).ok_or(Error::<T>::NothingPromised)?;
		let missed = Self::close(pool, record.kind, interval, &mut book)?;
		let excused = T::Maintenance::in_maintenance(device, interval);
		let mut settled =
			math::settlement(&book, &promise, missed, excused).ok_or(Error::<T>::Overflow)?;
		let excused = excused && settled.missed > Units::ZERO;

		// The deposit.
		Self::forfeit(HoldReason::Promise, &promise.by, settled.penalty);
		let rest = promise.deposit.checked_sub(settled.penalty).ok_or(Error::<T>::Overflow)?;
		Self::release(HoldReason::Promise, &promise.by, rest)?;

		// The income.
		let leader = book.leader.and_then(T::Devices::device).map(|info| info.owner);
		settled.fee = leader.map_or(0, |leader| Self::pay(pool, &leader, settled.fee));
		settled.income = Self::pay(pool, &member.owner, settled.income);
		Self::insure(pool, settled.forfeited)?;
		let gone = [settled.fee, settled.income, settled.forfeited];
		book.left = gone
			.iter()
			.try_fold(book.left, |left, part| left.checked_sub(*part))
			.ok_or(Error::<T>::Overflow)?;

		// The books.
		book.promises = book.promises.saturating_sub(1);
		if book.promises == 0 {
			record.reserve = record.reserve.saturating_add(book.left);
			record.books = record.books.saturating_sub(1);
			Books::<T>::remove(pool, interval);
		} else {
			Books::<T>::insert(pool, interval, book);
		}
		Self::enter(interval, record, &settled, excused);
		member.promises = member.promises.saturating_sub(1);
		let state = Self::strike(member, settled.missed > Units::ZERO && !excused);
		Self::deposit_event(Event::Settled {
			pool,
			device,
			interval,
			settlement: settled,
			excused,
		});
		if let Some(MemberState::Suspended { until }) = state {
			Self::deposit_event(Event::Suspended { pool, device, until });
		}
		Ok(())
	}

	/// Enters a settlement into the ledger. Once all is settled only a shortfall stays there.
	fn enter(interval: Interval, record: &PoolRecordOf<T>, settled: &Settlement, excused: bool) {
		let Some(class) = record.claims else { return };
		Ledger::<T>::mutate_exists(interval, class, |entry| {
			// It is swept if it was settled too late.
			let Some(sums) = entry else { return };
			sums.open = sums.open.saturating_sub(1);
			sums.missed = sums.missed.saturating_add(settled.missed);
			if excused {
				sums.excused = sums.excused.saturating_add(settled.missed);
			}
			sums.penalties = sums.penalties.saturating_add(settled.penalty);
			let covered = math::covered(settled.penalty, settled.missed, T::MinPenalty::get());
			sums.covered = sums.covered.saturating_add(covered.unwrap_or_default());
			sums.forfeited = sums.forfeited.saturating_add(settled.forfeited);
			if sums.open == 0 && sums.missed == Units::ZERO {
				*entry = None;
			}
		});
	}

	/// What settling a promise would do if nothing more were delivered.
	pub(crate) fn preview(device: DeviceId, interval: Interval) -> Option<Settlement> {
		let (pool, _) = Self::membership(device)?;
		let record = Pools::<T>::get(pool)?;
		let promise = Promises::<T>::get(device, interval)?;
		let book = Books::<T>::get(pool, interval)?;
		let missed =
			book.missed.unwrap_or_else(|| Self::missed_of(pool, record.kind, interval, &book));
		let excused = T::Maintenance::in_maintenance(device, interval);
		math::settlement(&book, &promise, missed, excused)
	}
}
