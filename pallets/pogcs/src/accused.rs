//! What an accusation needs: who sat where in past sets, taking stake, taking weight.
//!
//! The history holds the keys themselves. A proof of membership, as `pallet_session::historical`
//! makes it, is made from the keys registered when it is made, so that one authority which changes
//! its keys in time spoils the proofs against all of them.

use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
	BoundedVec,
};
use pogcs_primitives::Interval;
use sp_consensus_grandpa::SetId;
use sp_consensus_pogcs::{ConsensusLog, ENGINE_ID};
use sp_runtime::{
	traits::{Saturating, Zero},
	DigestItem, DispatchError, Perbill,
};

use crate::{
	types::FinalitySet, Authors, BalanceOf, Barred, Config, CurrentAuthor, CurrentInterval, Event,
	GenesisSlot, History, HistoryKept, HoldReason, NoSet, Pallet, SeatOf, SeatsOf, Slashed,
	Validators, VoterHistory, VotersKept,
};

/// How many outdated sets of each kind are forgotten in a block that opens an epoch. Two, so that
/// what a pause of the chain made old at once is gone after a few epochs.
const FORGOTTEN_AT_ONCE: usize = 2;

impl<T: Config> Pallet<T> {
	/// The set of the epoch that `slot` belongs to, with that epoch.
	///
	/// An epoch that passed without a block belongs to the set that was announced last before it,
	/// which is the one of the next epoch that had a block.
	///
	/// # Errors
	/// An epoch that has not come, or that is `EvidenceEpochs` ago or longer.
	pub fn authors_at(slot: u64) -> Result<(Interval, SeatsOf<T>), NoSet> {
		if GenesisSlot::<T>::get().is_none_or(|genesis| slot < genesis) {
			return Err(NoSet::Unknown);
		}
		let interval = Self::interval_at(slot);
		if interval > CurrentInterval::<T>::get() {
			return Err(NoSet::NotYet);
		}
		// Before looking for the next set kept: to an old slot that would be somebody else's.
		if !Self::is_recent(interval) {
			return Err(NoSet::TooOld);
		}
		let mut kept = HistoryKept::<T>::get().into_iter();
		let interval = kept.find(|kept| *kept >= interval).ok_or(NoSet::Unknown)?;
		let seats = History::<T>::get(interval).ok_or(NoSet::Unknown)?;
		Ok((interval, seats))
	}

	/// The finality set with this id.
	///
	/// # Errors
	/// A set that has not come, or whose last epoch is `EvidenceEpochs` ago or longer.
	pub fn voters_of(set: SetId) -> Result<SeatsOf<T>, NoSet> {
		if set > T::Finality::set_id() {
			return Err(NoSet::NotYet);
		}
		if !Self::is_recent_set(set) {
			return Err(NoSet::TooOld);
		}
		VoterHistory::<T>::get(set).ok_or(NoSet::Unknown)
	}

	/// Whether somebody can still be accused of what was done in `interval`.
	pub fn is_recent(interval: Interval) -> bool {
		CurrentInterval::<T>::get().since(interval) < T::EvidenceEpochs::get()
	}

	/// Whether somebody can still be accused of what was done in the finality set with this id.
	pub fn is_recent_set(set: SetId) -> bool {
		let kept = VotersKept::<T>::get();
		kept.into_iter().any(|(id, last)| id == set && Self::is_recent(last))
	}

	/// Takes up to `amount` of what `who` has on hold: stake first, then what waits to be withdrawn,
	/// newest first. `share` of it goes to the reporter, the rest is burnt.
	///
	/// Taking less than `amount` is not an error: others took it before.
	///
	/// # Errors
	/// What is on hold is not what the books say.
	pub fn slash(
		who: &T::AccountId,
		amount: BalanceOf<T>,
		reporter: Option<&T::AccountId>,
		share: Perbill,
	) -> Result<Slashed<BalanceOf<T>>, DispatchError> {
		let (taken, stake) = Validators::<T>::mutate(who, |entry| {
			let Some(validator) = entry.as_mut() else { return Default::default() };
			let mut left = amount;
			let unlocking = validator.unlocking.iter_mut().rev().map(|(_, part)| part);
			for part in core::iter::once(&mut validator.stake).chain(unlocking) {
				let taken = left.min(*part);
				*part = part.saturating_sub(taken);
				left = left.saturating_sub(taken);
			}
			validator.unlocking.retain(|(_, part)| !part.is_zero());
			(amount.saturating_sub(left), validator.stake)
		});
		let reason = HoldReason::Stake.into();
		let reward = share.mul_floor(taken);
		let rewarded = match reporter {
			// A reporter whose account cannot take it, because it is gone, goes without: the slash
			// must not fail for that.
			Some(reporter) if !reward.is_zero() => T::Currency::transfer_on_hold(
				&reason,
				who,
				reporter,
				reward,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)
			.unwrap_or_default(),
			_ => Zero::zero(),
		};
		let burnt = taken.saturating_sub(rewarded);
		T::Currency::burn_held(&reason, who, burnt, Precision::Exact, Fortitude::Force)?;
		Self::deposit_event(Event::Slashed { validator: who.clone(), taken, rewarded, stake });
		Ok(Slashed { taken, rewarded })
	}

	/// Takes all weight of `who` for `epochs` epochs, and bars it from authoring at once.
	///
	/// Who has left already has no weight to lose.
	pub fn cool(who: &T::AccountId, epochs: u32) {
		let now = CurrentInterval::<T>::get();
		let until = Interval(now.0.saturating_add(epochs));
		let cooled = Validators::<T>::mutate(who, |entry| {
			entry.as_mut().map(|validator| {
				validator.cooling_until = validator.cooling_until.max(until);
				validator.average = 0;
				validator.delivered = Default::default();
				validator.cooling_until
			})
		});
		if let Some(until) = cooled {
			Self::deposit_event(Event::Cooled { validator: who.clone(), until });
		}
		let authors = Authors::<T>::get();
		let place = (0u32..).zip(&authors).find(|(_, author)| *author == who);
		if let Some((place, _)) = place {
			let barred = Barred::<T>::get();
			// The last one of a set goes on: nobody else could open the epoch in which it is gone.
			let others = authors.len().saturating_sub(barred.len());
			if others > 1 && !barred.contains(&place) {
				let mut places = barred.into_inner();
				places.push(place);
				Self::bar(places, &[place]);
			}
		}
	}

	/// Makes `places` of the running set the barred ones, and tells the engine of those that are
	/// `new`.
	fn bar(mut places: Vec<u32>, new: &[u32]) {
		places.sort_unstable();
		Barred::<T>::put(BoundedVec::truncate_from(places));
		let authors = Authors::<T>::get();
		for place in new {
			let log = ConsensusLog::Disabled(*place);
			let log = DigestItem::Consensus(ENGINE_ID, codec::Encode::encode(&log));
			frame_system::Pallet::<T>::deposit_log(log);
			let validator = usize::try_from(*place).ok().and_then(|at| authors.get(at).cloned());
			if let Some(validator) = validator {
				Self::deposit_event(Event::AuthorBarred { validator, place: *place });
			}
		}
	}

	/// Bars whoever is cooling in the set that has just taken over: it was announced before.
	///
	/// All but the heaviest, if all are: somebody must go on until the next set.
	pub(crate) fn bar_cooling(seats: &[SeatOf<T>]) {
		let now = CurrentInterval::<T>::get();
		let cooling = |seat: &SeatOf<T>| {
			Validators::<T>::get(&seat.account).is_some_and(|validator| validator.is_cooling(now))
		};
		let mut places: Vec<_> = (0u32..).zip(seats).filter(|(_, seat)| cooling(seat)).collect();
		if places.len() == seats.len() {
			let heaviest = places.iter().max_by_key(|(_, seat)| seat.weight).map(|(at, _)| *at);
			places.retain(|(at, _)| Some(*at) != heaviest);
		}
		let places: Vec<_> = places.into_iter().map(|(at, _)| at).collect();
		Self::bar(places.clone(), &places);
	}

	/// Refuses the block if its author is barred: this panics on purpose, while the block is being
	/// initialised, which makes the block invalid (the same rule as BABE's).
	pub(crate) fn refuse_barred() {
		if let Some(author) = CurrentAuthor::<T>::get() {
			assert!(
				!Barred::<T>::get().contains(&author),
				"the author at place {author} of the set is barred for an offence",
			);
		}
	}

	/// Remembers the set of the epoch that opens and that the finality set goes on in it, and
	/// forgets what is too old to accuse anybody of.
	pub(crate) fn remember_authors(interval: Interval, seats: SeatsOf<T>) {
		History::<T>::insert(interval, seats);
		HistoryKept::<T>::mutate(|kept| {
			for _ in 0..FORGOTTEN_AT_ONCE {
				let oldest = kept.first().filter(|oldest| !Self::is_recent(**oldest));
				if oldest.is_none() {
					break;
				}
				History::<T>::remove(kept.remove(0));
			}
			// There is room: as many epochs as fit are recent, and this one is the newest.
			let _ = kept.try_push(interval);
		});
	}

	/// Remembers a new finality set, from the epoch `interval` on.
	pub(crate) fn remember_voters(set: SetId, interval: Interval, seats: SeatsOf<T>) {
		VoterHistory::<T>::insert(set, seats);
		VotersKept::<T>::mutate(|kept| {
			for _ in 0..FORGOTTEN_AT_ONCE {
				let oldest = kept.first().filter(|(_, last)| !Self::is_recent(*last));
				let Some((oldest, _)) = oldest.copied() else { break };
				VoterHistory::<T>::remove(oldest);
				kept.remove(0);
			}
			// There is room: each set had an epoch of its own, and as many epochs as fit are recent.
			let _ = kept.try_push((set, interval));
		});
	}

	/// The finality set that votes goes on in the epoch `interval`.
	pub(crate) fn extend_voters(interval: Interval) {
		VotersKept::<T>::mutate(|kept| {
			if let Some((_, last)) = kept.last_mut() {
				*last = interval;
			}
		});
	}

	/// Keeps on hold whatever stands behind the running sets until nobody can be accused any more of
	/// what they do in the epoch that has just opened.
	///
	/// As a rule `UnbondingEpochs` is longer than that and this does nothing. It matters where a set
	/// outlives its plan: because too few others have weight, because the chain was down, because
	/// finality refused a change.
	pub(crate) fn keep_exposed(authors: &[SeatOf<T>]) {
		let now = CurrentInterval::<T>::get();
		let until = Interval(now.0.saturating_add(T::EvidenceEpochs::get()));
		let voters = VoterHistory::<T>::get(T::Finality::set_id()).unwrap_or_default();
		let mut exposed = BTreeMap::<&T::AccountId, BalanceOf<T>>::new();
		for seat in authors.iter().chain(&voters) {
			let most = exposed.entry(&seat.account).or_default();
			*most = seat.stake.max(*most);
		}
		for (account, exposed) in exposed {
			let Some(mut validator) = Validators::<T>::get(account) else { continue };
			let mut missing = exposed.saturating_sub(validator.stake);
			let mut changed = false;
			for (withdrawable, part) in validator.unlocking.iter_mut().rev() {
				if missing.is_zero() {
					break;
				}
				missing = missing.saturating_sub(*part);
				changed |= *withdrawable < until;
				*withdrawable = until.max(*withdrawable);
			}
			if changed {
				Validators::<T>::insert(account, validator);
			}
		}
	}
}
