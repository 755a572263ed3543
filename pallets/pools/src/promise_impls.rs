//! Promising hours ahead, and taking them back while nobody has bought them.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	traits::{ClaimsError, HourClaims, IntervalClock, Maintenance},
	DeviceId, Interval, MicroGpuHours, PoolId,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{math, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_promise(
		who: T::AccountId,
		device: DeviceId,
		from: Interval,
		until: Interval,
		amount: Units,
	) -> DispatchResult {
		let info = Self::run_by(&who, device)?;
		let (pool, mut member) = Self::membership(device).ok_or(Error::<T>::NotMember)?;
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		ensure!(member.state == MemberState::Online, Error::<T>::NotOnline);
		ensure!(Self::is_online(&info), Error::<T>::Offline);
		ensure!(!Self::stands_by(&record, &member), Error::<T>::Idle);
		ensure!(from <= until && until.since(from) < T::MaxSpan::get(), Error::<T>::BadRange);
		let now = T::Clock::current();
		ensure!(from > now, Error::<T>::Past);
		ensure!(until.since(now) <= T::Horizon::get(), Error::<T>::TooFar);
		if let Some(hours) = member.hours {
			ensure!(from >= hours.from && until <= hours.until, Error::<T>::OutsideHours);
		}
		ensure!(amount >= T::MinPromise::get(), Error::<T>::Dust);
		Self::ensure_meets(pool, device, &info)?;

		let most = Self::most(record.kind, info.record);
		let floor = Units(T::EqualShareFloor::get().mul_ceil(most.0));
		let deposit = math::deposit(amount, record.terms.penalty).ok_or(Error::<T>::Overflow)?;
		let mut held: Balance = 0;
		// At most `MaxSpan`.
		for interval in (from.0..=until.0).map(Interval) {
			ensure!(!T::Maintenance::in_maintenance(device, interval), Error::<T>::InMaintenance);
			let mut promise = match Promises::<T>::get(device, interval) {
				Some(promise) => {
					ensure!(promise.by == who, Error::<T>::OtherDepositor);
					promise
				}
				None => {
					member.promises =
						member.promises.checked_add(1).ok_or(Error::<T>::TooManyPromises)?;
					Self::open_promise(pool, &mut record, interval)?;
					PromiseOf::<T> {
						by: who.clone(),
						deposit: 0,
						promised: Units::ZERO,
						delivered: Units::ZERO,
						led: Units::ZERO,
						done: Units::ZERO,
						floor,
						earned: 0,
						rate: 0,
					}
				}
			};
			let rate = Self::count_promise(pool, &record, interval, amount)?;
			// What was paid in before these units were promised is not theirs.
			promise.earned = math::earned(&promise, rate).ok_or(Error::<T>::Overflow)?;
			promise.rate = rate;
			promise.promised = promise.promised.checked_add(amount).ok_or(Error::<T>::Overflow)?;
			ensure!(promise.promised <= most, Error::<T>::BeyondCapability);
			promise.deposit = promise.deposit.checked_add(deposit).ok_or(Error::<T>::Overflow)?;
			Promises::<T>::insert(device, interval, promise);
			held = held.checked_add(deposit).ok_or(Error::<T>::Overflow)?;
		}
		ensure!(member.promises <= T::MaxPromises::get(), Error::<T>::TooManyPromises);
		Self::hold(HoldReason::Promise, &who, held)?;
		Members::<T>::insert(pool, device, member);
		Pools::<T>::insert(pool, record);
		Self::deposit_event(Event::Promised { pool, device, from, until, amount, deposit: held });
		Ok(())
	}

	/// Counts one more promise in the pool's book and in the ledger.
	pub(crate) fn open_promise(
		pool: PoolId,
		record: &mut PoolRecordOf<T>,
		interval: Interval,
	) -> DispatchResult {
		let mut book = match Books::<T>::get(pool, interval) {
			Some(book) => book,
			None => {
				record.books = record.books.checked_add(1).ok_or(Error::<T>::Overflow)?;
				Book {
					promised: Units::ZERO,
					delivered: Units::ZERO,
					promises: 0,
					revenue: 0,
					rate: 0,
					common: 0,
					kept: 0,
					left: 0,
					leader: record.leader,
					leader_fee: record.terms.leader_fee,
					missed: None,
				}
			}
		};
		book.promises = book.promises.checked_add(1).ok_or(Error::<T>::Overflow)?;
		Books::<T>::insert(pool, interval, book);
		if let Some(class) = record.claims {
			let mut entry = Ledger::<T>::get(interval, class).unwrap_or_default();
			entry.open = entry.open.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ledger::<T>::insert(interval, class, entry);
		}
		Ok(())
	}

	/// Adds to what is promised in the pool's book and in the ledger, and makes claims for it.
	/// Returns the book's rate.
	fn count_promise(
		pool: PoolId,
		record: &PoolRecordOf<T>,
		interval: Interval,
		amount: Units,
	) -> Result<u128, DispatchError> {
		let rate = Books::<T>::try_mutate(pool, interval, |book| {
			let book = book.as_mut().ok_or(Error::<T>::NothingPromised)?;
			book.promised = book.promised.checked_add(amount).ok_or(Error::<T>::Overflow)?;
			Ok::<_, DispatchError>(book.rate)
		})?;
		if let Some(class) = record.claims {
			Ledger::<T>::try_mutate(interval, class, |entry| {
				let entry = entry.as_mut().ok_or(Error::<T>::NothingPromised)?;
				entry.promised = entry.promised.checked_add(amount).ok_or(Error::<T>::Overflow)?;
				Ok::<_, DispatchError>(())
			})?;
			let amount = MicroGpuHours(amount.0);
			T::Claims::mint(class, interval, &Self::account(pool), amount)
				.map_err(Self::claims_refused)?;
		}
		Ok(rate)
	}

	/// A refusal of the ledger of claims as a named error of this pallet.
	fn claims_refused(refusal: ClaimsError) -> Error<T> {
		match refusal {
			ClaimsError::Closed => Error::<T>::ClaimsClosed,
			ClaimsError::Insufficient => Error::<T>::Sold,
			_ => Error::<T>::ClaimsRefused,
		}
	}

	pub(crate) fn do_take_back(
		who: T::AccountId,
		device: DeviceId,
		interval: Interval,
		amount: Units,
	) -> DispatchResult {
		let (pool, mut member) = Self::membership(device).ok_or(Error::<T>::NotMember)?;
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		let mut promise = Promises::<T>::get(device, interval).ok_or(Error::<T>::NotPromised)?;
		Self::may_end(&who, &promise.by, device)?;
		ensure!(interval > T::Clock::current(), Error::<T>::Past);
		ensure!(amount > Units::ZERO, Error::<T>::Empty);
		let left = promise.promised.checked_sub(amount).ok_or(Error::<T>::NotPromised)?;
		ensure!(left == Units::ZERO || left >= T::MinPromise::get(), Error::<T>::Dust);
		if let Some(class) = record.claims {
			let amount = MicroGpuHours(amount.0);
			T::Claims::burn(class, interval, &Self::account(pool), amount)
				.map_err(Self::claims_refused)?;
		}

		// Rounded down: what stays covers what stays promised.
		let deposit =
			math::share(promise.deposit, amount, promise.promised).ok_or(Error::<T>::Overflow)?;
		Self::release(HoldReason::Promise, &promise.by, deposit)?;
		let ended = u32::from(left == Units::ZERO);
		Books::<T>::try_mutate_exists(pool, interval, |entry| {
			let book = entry.as_mut().ok_or(Error::<T>::NothingPromised)?;
			book.promised = book.promised.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
			book.promises = book.promises.saturating_sub(ended);
			// What these units earned is not theirs any more: those that stay share it. Or one
			// could promise before a sale, take part of it, and take the promise back.
			let earned = math::earned(&promise, book.rate).ok_or(Error::<T>::Overflow)?;
			let lost =
				math::share_up(earned, amount, promise.promised).ok_or(Error::<T>::Overflow)?;
			promise.earned = earned.checked_sub(lost).ok_or(Error::<T>::Overflow)?;
			promise.rate = book.rate;
			promise.promised = left;
			promise.deposit = promise.deposit.checked_sub(deposit).ok_or(Error::<T>::Overflow)?;
			if book.promised > Units::ZERO {
				book.rate =
					math::raised(book.rate, lost, book.promised).ok_or(Error::<T>::Overflow)?;
			}
			// With money in it, it waits for `close_book` or for another promise.
			if book.promises == 0 && book.left == 0 {
				*entry = None;
				record.books = record.books.saturating_sub(1);
			}
			Ok::<_, DispatchError>(())
		})?;
		if ended > 0 {
			Promises::<T>::remove(device, interval);
			member.promises = member.promises.saturating_sub(1);
			Members::<T>::insert(pool, device, member);
		} else {
			Promises::<T>::insert(device, interval, promise);
		}
		if let Some(class) = record.claims {
			Ledger::<T>::try_mutate_exists(interval, class, |entry| {
				let sums = entry.as_mut().ok_or(Error::<T>::NothingPromised)?;
				sums.promised = sums.promised.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
				sums.open = sums.open.saturating_sub(ended);
				if sums.open == 0 {
					*entry = None;
				}
				Ok::<_, DispatchError>(())
			})?;
		}
		Pools::<T>::insert(pool, record);
		Self::deposit_event(Event::TakenBack { pool, device, interval, amount, deposit });
		Ok(())
	}
}
