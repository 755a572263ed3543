//! Founding and dissolving pools.

use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::Preservation,
		Get,
	},
};
use pogcs_primitives::{records::PoolKind, traits::Devices, ClassId, DeviceId, PoolId};
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create(
		creator: T::AccountId,
		kind: PoolKind,
		class: ClassId,
		terms: Terms,
		conditions: ConditionsOf<T>,
		leader: Option<DeviceId>,
	) -> DispatchResult {
		ensure!(T::Devices::has_class(class), Error::<T>::UnknownClass);
		let claims = match kind {
			// What a certificate will be made for when it is metered needs no claim as well (G1).
			PoolKind::Energy => None,
			PoolKind::Compute | PoolKind::Green => {
				Some(T::ClaimClass::convert((kind, class)).ok_or(Error::<T>::UnknownClass)?)
			}
		};
		Self::ensure_terms(kind, &terms)?;
		Self::ensure_conditions(&conditions)?;
		let pool = NextPool::<T>::get();
		NextPool::<T>::put(PoolId(pool.0.checked_add(1).ok_or(Error::<T>::Exhausted)?));

		let deposit = T::PoolDeposit::get();
		let account = Self::account(pool);
		Self::hold(HoldReason::Pool, &creator, deposit)?;
		// Or the first payment, if it is small, could not be made.
		T::Currency::transfer(&creator, &account, Self::least(), Preservation::Preserve)?;
		Conditions::<T>::insert(pool, conditions);
		Pools::<T>::insert(
			pool,
			PoolRecordOf::<T> {
				creator: creator.clone(),
				deposit,
				kind,
				class,
				claims,
				terms,
				leader: None,
				members: 0,
				guests: 0,
				candidates: 0,
				books: 0,
				proposals: 0,
				next_proposal: 0,
				next_round: 0,
				reserve: 0,
				votes: Recent::default(),
				work: Recent::default(),
				carbon: Recent::default(),
			},
		);
		Self::deposit_event(Event::Created {
			pool,
			creator: creator.clone(),
			kind,
			class,
			claims,
			account,
			deposit,
		});
		if let Some(device) = leader {
			Self::do_stand(creator, pool, device)?;
			Pools::<T>::mutate(pool, |record| {
				if let Some(record) = record {
					record.leader = leader;
				}
			});
			Self::deposit_event(Event::Enacted { pool, change: Change::Leader(leader) });
		}
		Ok(())
	}

	pub(crate) fn do_dissolve(creator: T::AccountId, pool: PoolId) -> DispatchResult {
		let record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		ensure!(creator == record.creator, Error::<T>::NotCreator);
		ensure!(
			Self::is_deserted(&record)
				&& record.candidates == 0
				&& record.proposals == 0
				&& !Rounds::<T>::contains_key(pool),
			Error::<T>::NotEmpty
		);
		let account = Self::account(pool);
		let all = T::Currency::balance(&account);
		let lent = Self::least().min(all);
		let left = all.saturating_sub(lent);
		Self::insure(pool, left)?;
		T::Currency::transfer(&account, &creator, lent, Preservation::Expendable)?;
		Self::release(HoldReason::Pool, &creator, record.deposit)?;
		Conditions::<T>::remove(pool);
		Pending::<T>::remove(pool);
		Pools::<T>::remove(pool);
		Self::deposit_event(Event::Dissolved { pool, deposit: record.deposit, left });
		Ok(())
	}

	/// Whether a pool has no members and owes nothing.
	pub(crate) fn is_deserted(record: &PoolRecordOf<T>) -> bool {
		record.members == 0 && record.guests == 0 && record.books == 0
	}
}
