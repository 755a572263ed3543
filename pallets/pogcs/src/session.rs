//! The session pallet plans one session ahead with the keys registered then, which is the lookback
//! that the engine needs: a session is an epoch.

use alloc::vec::Vec;
use frame_support::BoundedVec;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_session::{SessionHandler, SessionManager, ShouldEndSession};
use sp_consensus_grandpa::{AuthorityId as GrandpaId, KEY_TYPE as GRANDPA_KEY_TYPE};
use sp_consensus_pogcs::{crypto::KEY_TYPE, AuthorityId, AuthorityKey};
use sp_core::crypto::KeyTypeId;
use sp_runtime::traits::{OpaqueKeys, SaturatedConversion};
use sp_staking::SessionIndex;

use crate::{
	types::{FinalitySet, Voters},
	Authorities, Authors, Config, CurrentEra, CurrentInterval, Event, NextAuthorities, Pallet,
	Parameters, Planned,
};

impl<T: Config> sp_runtime::BoundToRuntimeAppPublic for Pallet<T> {
	type Public = AuthorityId;
}

impl<T: Config> ShouldEndSession<BlockNumberFor<T>> for Pallet<T> {
	fn should_end_session(_: BlockNumberFor<T>) -> bool {
		Self::epoch_is_over()
	}
}

impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		Some(Self::plan_set())
	}

	fn end_session(_: SessionIndex) {
		Self::settle_epoch();
	}

	fn start_session(_: SessionIndex) {}
}

/// Keeps the historical session pallet's record beside the set; the full identification of a
/// validator is its stake at the time, which the accountability chapter will read.
impl<T: Config> pallet_session::historical::SessionManager<T::AccountId, u128> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, u128)>> {
		<Self as SessionManager<T::AccountId>>::new_session(index).map(|accounts| {
			accounts
				.into_iter()
				.map(|account| {
					let stake = crate::Validators::<T>::get(&account).map_or(0, |v| v.stake.into());
					(account, stake)
				})
				.collect()
		})
	}

	fn start_session(index: SessionIndex) {
		<Self as SessionManager<T::AccountId>>::start_session(index);
	}

	fn end_session(index: SessionIndex) {
		<Self as SessionManager<T::AccountId>>::end_session(index);
	}
}

/// Authorship keys of a session's validators with the weights planned for them.
fn weighed<T: Config, Ks: OpaqueKeys>(
	session: &[(T::AccountId, Ks)],
) -> Vec<(T::AccountId, AuthorityKey, u64)> {
	let planned = Planned::<T>::get();
	session
		.iter()
		.filter_map(|(account, keys)| {
			let key = keys.get::<AuthorityId>(KEY_TYPE)?;
			let (_, weight) = planned.iter().find(|(other, _)| other == account)?;
			Some((account.clone(), key.into(), *weight))
		})
		.collect()
}

impl<T: Config> Pallet<T> {
	/// The finality set follows the weights of the epoch that opens an era.
	///
	/// An era that had no block is passed over: the first epoch of a later one opens it.
	fn follow_era<Ks: OpaqueKeys>(session: &[(T::AccountId, Ks)]) {
		let era = CurrentInterval::<T>::get()
			.0
			.checked_div(Parameters::<T>::get().epochs_per_era)
			.unwrap_or(0);
		let index = T::Finality::session();
		if era == CurrentEra::<T>::get() {
			return T::Finality::extend(index);
		}
		let authors = Authors::<T>::get();
		let authorities = Authorities::<T>::get();
		let voters: Voters = session
			.iter()
			.filter_map(|(account, keys)| {
				let key = keys.get::<GrandpaId>(GRANDPA_KEY_TYPE)?;
				let place = authors.iter().position(|other| other == account)?;
				authorities.get(place).map(|(_, weight)| (key, *weight))
			})
			.collect();
		let count: u32 = voters.len().saturated_into();
		if T::Finality::change(voters, index).is_ok() {
			CurrentEra::<T>::put(era);
			Self::deposit_event(Event::EraOpened { era, voters: count });
		} else {
			T::Finality::extend(index);
			Self::deposit_event(Event::FinalityChangeFailed { era });
		}
	}
}

impl<T: Config> SessionHandler<T::AccountId> for Pallet<T> {
	const KEY_TYPE_IDS: &'static [KeyTypeId] = &[KEY_TYPE, GRANDPA_KEY_TYPE];

	fn on_genesis_session<Ks: OpaqueKeys>(validators: &[(T::AccountId, Ks)]) {
		let set = weighed::<T, Ks>(validators);
		let keys: Vec<_> = set.iter().map(|(_, key, weight)| (*key, *weight)).collect();
		let keys = BoundedVec::truncate_from(keys);
		Authors::<T>::put(BoundedVec::truncate_from(
			set.into_iter().map(|(account, ..)| account).collect(),
		));
		Authorities::<T>::put(&keys);
		NextAuthorities::<T>::put(keys);
	}

	fn on_new_session<Ks: OpaqueKeys>(
		_changed: bool,
		validators: &[(T::AccountId, Ks)],
		queued: &[(T::AccountId, Ks)],
	) {
		// The set announced an epoch ago takes over, with the weights it was announced with: the
		// plan in storage is already the one after it.
		Authorities::<T>::put(NextAuthorities::<T>::get());
		Authors::<T>::put(BoundedVec::truncate_from(
			validators.iter().map(|(account, _)| account.clone()).collect(),
		));
		let next: Vec<_> =
			weighed::<T, Ks>(queued).into_iter().map(|(_, key, weight)| (key, weight)).collect();
		NextAuthorities::<T>::put(BoundedVec::truncate_from(next));
		Self::open_epoch();
		Self::follow_era(validators);
	}

	fn on_disabled(index: u32) {
		let log = sp_consensus_pogcs::ConsensusLog::Disabled(index);
		frame_system::Pallet::<T>::deposit_log(sp_runtime::DigestItem::Consensus(
			sp_consensus_pogcs::ENGINE_ID,
			codec::Encode::encode(&log),
		));
	}
}
