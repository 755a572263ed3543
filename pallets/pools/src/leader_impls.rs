//! A regional node that leads a pool of home nodes and splits tasks over them (B8, D2).

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	traits::{Devices, Dispatch, DispatchRefusal, IntervalClock},
	DeviceId, PoolId, TaskId,
};
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_stand(who: T::AccountId, pool: PoolId, device: DeviceId) -> DispatchResult {
		let info = Self::run_by(&who, device)?;
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		ensure!(!Candidates::<T>::contains_key(pool, device), Error::<T>::AlreadyStands);
		ensure!(Self::is_online(&info), Error::<T>::Offline);
		ensure!(info.record.throughput >= T::MinLeaderThroughput::get(), Error::<T>::TooSmall);
		Self::ensure_region(pool, &info)?;
		let deposit = T::LeaderDeposit::get();
		Self::hold(HoldReason::Lead, &who, deposit)?;
		record.candidates = record.candidates.checked_add(1).ok_or(Error::<T>::Overflow)?;
		Pools::<T>::insert(pool, record);
		Candidates::<T>::insert(pool, device, Candidate { by: who, deposit });
		Self::deposit_event(Event::Stood { pool, device, deposit });
		Ok(())
	}

	pub(crate) fn do_stand_down(
		who: T::AccountId,
		pool: PoolId,
		device: DeviceId,
	) -> DispatchResult {
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		let candidate = Candidates::<T>::get(pool, device).ok_or(Error::<T>::NotCandidate)?;
		// Or a candidate could keep a pool that nobody uses from being dissolved.
		if !Self::is_deserted(&record) {
			Self::may_end(&who, &candidate.by, device)?;
		}
		Self::release(HoldReason::Lead, &candidate.by, candidate.deposit)?;
		Candidates::<T>::remove(pool, device);
		record.candidates = record.candidates.saturating_sub(1);
		if record.leader == Some(device) {
			record.leader = None;
		}
		Pools::<T>::insert(pool, record);
		Self::deposit_event(Event::StoodDown { pool, device, deposit: candidate.deposit });
		Ok(())
	}

	pub(crate) fn do_split(
		who: T::AccountId,
		pool: PoolId,
		leader: DeviceId,
		task: TaskId,
		parts: &[(u32, DeviceId)],
	) -> DispatchResult {
		ensure!(!parts.is_empty(), Error::<T>::Empty);
		let info = T::Devices::device(leader).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(
			Self::runs(&who, &info) || who == T::DeviceAccount::convert(info.key),
			Error::<T>::NotYours
		);
		ensure!(
			Self::is_online(&info) && Candidates::<T>::contains_key(pool, leader),
			Error::<T>::NotLeader
		);
		let now = T::Clock::current();
		// Who led when this interval was first promised for leads in it: members knew the fee.
		let leads = Books::<T>::get(pool, now).is_some_and(|book| book.leader == Some(leader));
		ensure!(leads, Error::<T>::NotLeader);
		// At most `MaxParts`.
		for (chunk, device) in parts {
			ensure!(PoolOf::<T>::get(device) == Some(pool), Error::<T>::NotMember);
			let work =
				T::Dispatch::assign(*device, task, *chunk).map_err(|refusal| match refusal {
					DispatchRefusal::Unknown => Error::<T>::UnknownChunk,
					DispatchRefusal::Taken => Error::<T>::ChunkTaken,
					DispatchRefusal::Unable => Error::<T>::DeviceUnable,
				})?;
			Promises::<T>::try_mutate(device, now, |promise| {
				let promise = promise.as_mut().ok_or(Error::<T>::NotPromised)?;
				let led = promise.led.checked_add(Units(work.0)).ok_or(Error::<T>::Overflow)?;
				ensure!(led <= promise.promised, Error::<T>::BeyondPromise);
				promise.led = led;
				Ok::<_, Error<T>>(())
			})?;
			Self::deposit_event(Event::Assigned {
				pool,
				device: *device,
				task,
				chunk: *chunk,
				work,
			});
		}
		Ok(())
	}
}
