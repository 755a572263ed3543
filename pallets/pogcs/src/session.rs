//! The session pallet plans one session ahead with the keys registered then, which is the lookback
//! that the engine needs: a session is an epoch.

use alloc::vec::Vec;
use frame_support::BoundedVec;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_session::{SessionHandler, SessionManager, ShouldEndSession};
use pogcs_primitives::Interval;
use sp_consensus_grandpa::{AuthorityId as GrandpaId, AuthorityList, KEY_TYPE as GRANDPA_KEY_TYPE};
use sp_consensus_pogcs::{crypto::KEY_TYPE, AuthorityId, AuthorityKey};
use sp_core::{crypto::KeyTypeId, ed25519};
use sp_runtime::traits::{OpaqueKeys, SaturatedConversion};
use sp_staking::SessionIndex;

use crate::{
	types::FinalitySet, Authorities, Authors, Barred, BlocksMade, Config, CurrentEra,
	CurrentInterval, Event, NextAuthorities, NextSeats, Pallet, Parameters, Planned, Seat, SeatOf,
	SeatsOf,
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

/// The seats of a session's validators: authorship keys, with weights and stake as planned.
fn seated<T: Config, Ks: OpaqueKeys>(session: &[(T::AccountId, Ks)]) -> SeatsOf<T> {
	let planned = Planned::<T>::get();
	let seats = session.iter().filter_map(|(account, keys)| {
		let key = AuthorityKey::from(keys.get::<AuthorityId>(KEY_TYPE)?).0;
		let (_, weight, stake) = planned.iter().find(|(other, ..)| other == account)?;
		Some(Seat { account: account.clone(), key, weight: *weight, stake: *stake })
	});
	BoundedVec::truncate_from(seats.collect())
}

/// The same seats with the keys that the accounts vote with; who has none has no seat.
fn voting<T: Config, Ks: OpaqueKeys>(
	seats: &[SeatOf<T>],
	session: &[(T::AccountId, Ks)],
) -> SeatsOf<T> {
	let seats = seats.iter().filter_map(|seat| {
		let (_, keys) = session.iter().find(|(account, _)| *account == seat.account)?;
		let key = ed25519::Public::from(keys.get::<GrandpaId>(GRANDPA_KEY_TYPE)?).0;
		Some(Seat { key, ..seat.clone() })
	});
	BoundedVec::truncate_from(seats.collect())
}

/// Keys and weights of a set, as the engine is told.
fn authorities<T: Config>(
	seats: &[SeatOf<T>],
) -> BoundedVec<(AuthorityKey, u64), T::MaxValidators> {
	let keys = seats.iter().map(|seat| (AuthorityKey(seat.key), seat.weight));
	BoundedVec::truncate_from(keys.collect())
}

impl<T: Config> Pallet<T> {
	/// The finality set follows the weights of the epoch that opens an era, without whoever is
	/// barred from authoring in it.
	///
	/// An era that had no block is passed over: the first epoch of a later one opens it.
	fn follow_era<Ks: OpaqueKeys>(seats: &[SeatOf<T>], session: &[(T::AccountId, Ks)]) {
		let interval = CurrentInterval::<T>::get();
		let era = interval.0.checked_div(Parameters::<T>::get().epochs_per_era).unwrap_or(0);
		let index = T::Finality::session();
		if era == CurrentEra::<T>::get() {
			Self::extend_voters(interval);
			return T::Finality::extend(index);
		}
		let barred = Barred::<T>::get();
		let places = (0u32..).zip(seats).filter(|(place, _)| !barred.contains(place));
		let seats: Vec<_> = places.map(|(_, seat)| seat.clone()).collect();
		let seats = voting::<T, Ks>(&seats, session);
		let voters: AuthorityList = seats
			.iter()
			.map(|seat| (ed25519::Public::from_raw(seat.key).into(), seat.weight))
			.collect();
		let count: u32 = voters.len().saturated_into();
		if T::Finality::change(voters, index).is_ok() {
			CurrentEra::<T>::put(era);
			Self::remember_voters(T::Finality::set_id(), interval, seats);
			Self::deposit_event(Event::EraOpened { era, voters: count });
		} else {
			Self::extend_voters(interval);
			T::Finality::extend(index);
			Self::deposit_event(Event::FinalityChangeFailed { era });
		}
	}
}

impl<T: Config> SessionHandler<T::AccountId> for Pallet<T> {
	const KEY_TYPE_IDS: &'static [KeyTypeId] = &[KEY_TYPE, GRANDPA_KEY_TYPE];

	fn on_genesis_session<Ks: OpaqueKeys>(validators: &[(T::AccountId, Ks)]) {
		let seats = seated::<T, Ks>(validators);
		Self::seat(&seats);
		NextAuthorities::<T>::put(authorities::<T>(&seats));
		NextSeats::<T>::put(&seats);
		let epoch = Interval::default();
		Self::remember_voters(T::Finality::set_id(), epoch, voting::<T, Ks>(&seats, validators));
		Self::remember_authors(epoch, seats);
	}

	fn on_new_session<Ks: OpaqueKeys>(
		_changed: bool,
		validators: &[(T::AccountId, Ks)],
		queued: &[(T::AccountId, Ks)],
	) {
		// The set announced an epoch ago takes over, with the weights it was announced with: the
		// plan in storage is already the one after it.
		let next = seated::<T, Ks>(queued);
		NextAuthorities::<T>::put(authorities::<T>(&next));
		let seats = NextSeats::<T>::get();
		NextSeats::<T>::put(next);
		Self::seat(&seats);
		Self::open_epoch();
		Self::bar_cooling(&seats);
		Self::refuse_barred();
		Self::follow_era(&seats, validators);
		Self::keep_exposed(&seats);
		Self::remember_authors(CurrentInterval::<T>::get(), seats);
	}

	fn on_disabled(_: u32) {
		// The session pallet has nobody disabled: offences come by `cool`, which tells the engine.
	}
}

impl<T: Config> Pallet<T> {
	/// Makes `seats` the running set, none of whose authors has made a block yet.
	fn seat(seats: &[SeatOf<T>]) {
		Authorities::<T>::put(authorities::<T>(seats));
		let accounts = seats.iter().map(|seat| seat.account.clone());
		Authors::<T>::put(BoundedVec::truncate_from(accounts.collect()));
		BlocksMade::<T>::put(BoundedVec::truncate_from(alloc::vec![0; seats.len()]));
	}
}
