//! Becoming a member, leaving, and being suspended in between (A3).

use frame_support::{ensure, traits::Get, BoundedVec};
use pogcs_primitives::{
	records::PoolKind,
	traits::{DeviceInfo, IntervalClock},
	DeviceId, PoolId,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_join(who: T::AccountId, pool: PoolId, device: DeviceId) -> DispatchResult {
		let info = Self::run_by(&who, device)?;
		let record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		Self::ensure_member(pool, &record, device, &info)?;
		ensure!(record.members < record.terms.capacity, Error::<T>::Full);
		if Self::lottery_of(pool).is_some() {
			Self::take_place(pool, device)?;
		}
		Self::admit(who, pool, record, device, info, None)
	}

	pub(crate) fn do_join_by_hour(
		who: T::AccountId,
		pool: PoolId,
		device: DeviceId,
		hours: Hours,
	) -> DispatchResult {
		let info = Self::run_by(&who, device)?;
		Self::welcome(who, pool, device, info, hours)
	}

	/// Makes a device without a panel a guest.
	pub(crate) fn welcome(
		who: T::AccountId,
		pool: PoolId,
		device: DeviceId,
		info: DeviceInfo<T::AccountId>,
		hours: Hours,
	) -> DispatchResult {
		let record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		ensure!(!PoolOf::<T>::contains_key(device), Error::<T>::AlreadyMember);
		ensure!(Self::is_online(&info), Error::<T>::Offline);
		ensure!(!Self::has_panel(&info.record), Error::<T>::HasPanel);
		// Terms of other kinds allow none, but what is at stake is what buyers take for green.
		ensure!(record.kind == PoolKind::Compute && record.terms.guests > 0, Error::<T>::NoGuests);
		ensure!(record.guests < record.terms.guests, Error::<T>::Full);
		let now = T::Clock::current();
		ensure!(hours.from > now, Error::<T>::Past);
		ensure!(
			hours.from <= hours.until && hours.until.since(hours.from) < T::MaxGuestHours::get(),
			Error::<T>::BadRange
		);
		ensure!(hours.until.since(now) <= T::Horizon::get(), Error::<T>::TooFar);
		Self::ensure_meets(pool, device, &info)?;
		Self::admit(who, pool, record, device, info, Some(hours))
	}

	fn admit(
		who: T::AccountId,
		pool: PoolId,
		mut record: PoolRecordOf<T>,
		device: DeviceId,
		info: DeviceInfo<T::AccountId>,
		hours: Option<Hours>,
	) -> DispatchResult {
		let (deposit, stake) = (T::MemberDeposit::get(), Self::stake_of(pool));
		let both = deposit.checked_add(stake).ok_or(Error::<T>::Overflow)?;
		Self::hold(HoldReason::Membership, &who, both)?;
		let count = if hours.is_some() { &mut record.guests } else { &mut record.members };
		*count = count.checked_add(1).ok_or(Error::<T>::Overflow)?;
		Pools::<T>::insert(pool, record);
		PoolOf::<T>::insert(device, pool);
		Members::<T>::insert(
			pool,
			device,
			MemberOf::<T> {
				owner: info.owner.clone(),
				by: who.clone(),
				deposit,
				stake,
				since: T::Clock::current(),
				state: MemberState::Online,
				hours,
				promises: 0,
				strikes: 0,
				work: Recent::default(),
				voted: BoundedVec::new(),
			},
		);
		Self::deposit_event(Event::Joined {
			pool,
			device,
			owner: info.owner,
			by: who,
			deposit,
			stake,
			hours,
		});
		Ok(())
	}

	/// A membership that `who` may change.
	fn own_membership(
		who: &T::AccountId,
		device: DeviceId,
	) -> Result<(PoolId, MemberOf<T>), DispatchError> {
		let (pool, member) = Self::membership(device).ok_or(Error::<T>::NotMember)?;
		// A device that left the registry has no manager any more, and must be let go all the same.
		ensure!(*who == member.owner || Self::run_by(who, device).is_ok(), Error::<T>::NotYours);
		Ok((pool, member))
	}

	pub(crate) fn do_leave(who: T::AccountId, device: DeviceId) -> DispatchResult {
		let (pool, mut member) = Self::own_membership(&who, device)?;
		ensure!(!matches!(member.state, MemberState::Leaving { .. }), Error::<T>::AlreadyLeaving);
		let record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		let noticed =
			T::Clock::current().checked_add(record.terms.notice).ok_or(Error::<T>::Overflow)?;
		// Or leaving and coming back would be shorter than a suspension.
		let until = match member.state {
			MemberState::Suspended { until } => until.max(noticed),
			_ => noticed,
		};
		member.state = MemberState::Leaving { until };
		Members::<T>::insert(pool, device, member);
		Self::deposit_event(Event::LeaveBegun { pool, device, until });
		Ok(())
	}

	pub(crate) fn do_resume(who: T::AccountId, device: DeviceId) -> DispatchResult {
		let (pool, mut member) = Self::own_membership(&who, device)?;
		let MemberState::Suspended { until } = member.state else {
			return Err(Error::<T>::NotSuspended.into());
		};
		ensure!(T::Clock::current() > until, Error::<T>::StillSuspended);
		member.state = MemberState::Online;
		member.strikes = 0;
		Members::<T>::insert(pool, device, member);
		Self::deposit_event(Event::Resumed { pool, device });
		Ok(())
	}

	pub(crate) fn do_exit(device: DeviceId) -> DispatchResult {
		let (pool, member) = Self::membership(device).ok_or(Error::<T>::NotMember)?;
		ensure!(member.promises == 0, Error::<T>::PromisesOpen);
		let now = T::Clock::current();
		if let MemberState::Suspended { until } = member.state {
			ensure!(now > until, Error::<T>::StillSuspended);
		}
		let noticed = matches!(member.state, MemberState::Leaving { until } if now > until);
		let stayed = member.hours.is_some_and(|hours| now > hours.until);
		ensure!(noticed || stayed || Self::is_idle(&member), Error::<T>::NoticeNotOver);
		let released = member.deposit.checked_add(member.stake).ok_or(Error::<T>::Overflow)?;
		Self::release(HoldReason::Membership, &member.by, released)?;
		Pools::<T>::mutate(pool, |record| {
			if let Some(record) = record {
				let guest = member.hours.is_some();
				let count = if guest { &mut record.guests } else { &mut record.members };
				*count = count.saturating_sub(1);
			}
		});
		PoolOf::<T>::remove(device);
		Members::<T>::remove(pool, device);
		Self::deposit_event(Event::Exited { pool, device, released });
		Ok(())
	}

	/// Whether a member lets the others work: it delivered nothing for long, and they did in the
	/// period before this one. It would be paid for standing by as long as they deliver what buyers
	/// ask for, and could never be shown out while it promises.
	pub(crate) fn stands_by(record: &PoolRecordOf<T>, member: &MemberOf<T>) -> bool {
		let before = Self::period().checked_sub(1);
		let worked = before.is_some_and(|period| record.votes.of(period) > 0);
		worked && member.hours.is_none() && Self::is_idle(member)
	}

	/// Whether a member did nothing in this period and in two whole ones before it. Or places could
	/// be taken to keep others out.
	fn is_idle(member: &MemberOf<T>) -> bool {
		let period = Self::period();
		let joined = member.since.0.checked_div(T::Period::get()).unwrap_or(0);
		let none = |back| period.checked_sub(back).is_some_and(|at| member.work.of(at) == 0);
		period.saturating_sub(joined) > 2 && none(0) && none(1) && none(2)
	}

	/// Notes whether a member missed, and suspends it if it did so too often. Returns until when.
	pub(crate) fn strike(member: &mut MemberOf<T>, missed: bool) -> Option<MemberState> {
		if !missed {
			member.strikes = member.strikes.saturating_sub(1);
			return None;
		}
		member.strikes = member.strikes.saturating_add(1);
		if member.strikes < T::MaxStrikes::get() || member.state != MemberState::Online {
			return None;
		}
		// At the end of the clock it stays suspended.
		let until = T::Clock::current()
			.checked_add(T::SuspensionTime::get())
			.unwrap_or(pogcs_primitives::Interval(u32::MAX));
		member.state = MemberState::Suspended { until };
		Some(member.state)
	}
}
