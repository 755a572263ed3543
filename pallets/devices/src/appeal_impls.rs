//! Being stopped, and what can be done about it.

use frame_support::ensure;
use pogcs_primitives::{records::StateReason, traits::IntervalClock, DeviceId, Interval};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// A suspension that begins now.
	fn fresh_suspension(reason: StateReason) -> Result<SuspensionOf<T>, Error<T>> {
		let term = Parameters::<T>::get().terms.appeal;
		let appeal_until = Self::after(T::Clock::current(), term)?;
		Ok(Suspension { reason, appeal_until, appeal: Appeal::None })
	}

	/// Stops a device that is not stopped.
	pub(crate) fn stop(entry: Entry<T>, reason: StateReason) -> DispatchResult {
		let device = entry.id;
		let suspension = Self::fresh_suspension(reason)?;
		Suspensions::<T>::insert(device, suspension);
		Self::forget_offer(device);
		let appeal_until = suspension.appeal_until;
		Self::deposit_event(Event::Stopped { device, reason, appeal_until });
		Self::settle(entry, reason);
		Ok(())
	}

	/// Lets a stopped device go on. If its maker took its certificate back while it was stopped for
	/// something else, it is stopped for that now.
	pub(crate) fn lift(entry: Entry<T>, reason: StateReason) -> DispatchResult {
		let suspension = Suspensions::<T>::take(entry.id).ok_or(Error::<T>::NotStopped)?;
		if let Appeal::Open { bond, .. } = suspension.appeal {
			Self::release(HoldReason::Appeal, &entry.record.owner, bond)?;
		}
		if suspension.reason == StateReason::CertificateRevoked {
			match reason {
				StateReason::AppealUpheld => Self::overrule(&entry.record, true),
				StateReason::AppealUndecided | StateReason::Reinstated => {
					Self::overrule(&entry.record, false)
				}
				// The maker itself gave it back, or the key is another.
				_ => (),
			}
		}
		let vouched = entry.record.certified_until.is_some();
		if vouched && Self::is_revoked(&entry.record.maker, &entry.record.key) {
			return Self::stop(entry, StateReason::CertificateRevoked);
		}
		Self::settle(entry, reason);
		Ok(())
	}

	/// Why a device was stopped.
	fn suspension_of(device: DeviceId) -> Result<SuspensionOf<T>, Error<T>> {
		Suspensions::<T>::get(device).ok_or(Error::<T>::NotStopped)
	}

	/// The bond and the deadline of a device's open appeal.
	fn open_appeal(device: DeviceId) -> Result<(BalanceOf<T>, Interval), Error<T>> {
		match Self::suspension_of(device)?.appeal {
			Appeal::Open { bond, deadline, .. } => Ok((bond, deadline)),
			Appeal::None | Appeal::Rejected { .. } => Err(Error::<T>::NoAppeal),
		}
	}

	pub(crate) fn do_suspend(device: DeviceId, reason: SuspensionReason) -> DispatchResult {
		let entry = Self::entry(device)?;
		Self::ensure_not_stopped(device)?;
		Self::stop(entry, reason.into())
	}

	pub(crate) fn do_reinstate(device: DeviceId) -> DispatchResult {
		Self::lift(Self::entry(device)?, StateReason::Reinstated)
	}

	pub(crate) fn do_appeal(
		owner: T::AccountId,
		device: DeviceId,
		evidence: [u8; 32],
	) -> DispatchResult {
		Self::owned(&owner, device)?;
		let suspension = Self::suspension_of(device)?;
		ensure!(suspension.appeal == Appeal::None, Error::<T>::AppealMade);
		let now = T::Clock::current();
		ensure!(now <= suspension.appeal_until, Error::<T>::AppealOver);
		let parameters = Parameters::<T>::get();
		let bond = parameters.deposits.appeal;
		let deadline = Self::after(now, parameters.terms.decision)?;
		Self::hold(HoldReason::Appeal, &owner, bond)?;
		let appeal = Appeal::Open { bond, evidence, deadline };
		Suspensions::<T>::insert(device, Suspension { appeal, ..suspension });
		Self::deposit_event(Event::Appealed { device, evidence, bond, deadline });
		Ok(())
	}

	pub(crate) fn do_decide_appeal(device: DeviceId, upheld: bool) -> DispatchResult {
		let entry = Self::entry(device)?;
		let (bond, deadline) = Self::open_appeal(device)?;
		let at = T::Clock::current();
		ensure!(at <= deadline, Error::<T>::Decided);
		if upheld {
			let slashed = Zero::zero();
			Self::deposit_event(Event::AppealDecided { device, upheld, slashed });
			return Self::lift(entry, StateReason::AppealUpheld);
		}
		let suspension = Self::suspension_of(device)?;
		let appeal = Appeal::Rejected { at };
		Suspensions::<T>::insert(device, Suspension { appeal, ..suspension });
		let lost = Self::slash(HoldReason::Appeal, &entry.record.owner, bond);
		let slashed = lost.saturating_add(Self::forfeit_rescue(&entry)?);
		Self::deposit_event(Event::AppealDecided { device, upheld, slashed });
		Self::abandon_rescue(entry);
		Ok(())
	}

	pub(crate) fn do_close_appeal(device: DeviceId) -> DispatchResult {
		let entry = Self::entry(device)?;
		let (_, deadline) = Self::open_appeal(device)?;
		ensure!(T::Clock::current() > deadline, Error::<T>::Undecided);
		Self::lift(entry, StateReason::AppealUndecided)
	}

	pub(crate) fn do_expel(device: DeviceId) -> DispatchResult {
		let entry = Self::entry(device)?;
		let suspension = Self::suspension_of(device)?;
		let decided = suspension.final_since(T::Clock::current());
		ensure!(decided.is_some(), Error::<T>::NotFinal);
		Self::ensure_free(&entry)?;
		let lost = Self::forfeit_rescue(&entry)?;
		let deposit = entry.record.deposit;
		Self::retire(entry, deposit, lost, suspension.reason, true)
	}
}
