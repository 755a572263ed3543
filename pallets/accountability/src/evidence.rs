//! Is the evidence good: who did what in which set.

use codec::Encode;
use frame_support::{ensure, traits::Get};
use pallet_pogcs::{NoSet, Pallet as Pogcs, SeatOf};
use sp_consensus_pogcs::equivocation::{check_equivocation, Flaw};
use sp_core::ed25519;

use crate::{
	types::{BlockEquivocation, Charge, Period, VoteEquivocation},
	Cases, Config, Error, Pallet,
};

impl<T: Config> From<Flaw> for Error<T> {
	fn from(flaw: Flaw) -> Self {
		match flaw {
			Flaw::SameHeader => Self::SameHeader,
			Flaw::NoClaim => Self::NoClaim,
			Flaw::OtherSlot => Self::OtherSlot,
			Flaw::OtherAuthority => Self::OtherAuthority,
			Flaw::BadSeal => Self::BadSeal,
		}
	}
}

impl<T: Config> From<NoSet> for Error<T> {
	fn from(no_set: NoSet) -> Self {
		match no_set {
			NoSet::TooOld => Self::TooOld,
			NoSet::NotYet | NoSet::Unknown => Self::UnknownSet,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Checks evidence of two blocks. What is cheap to look up comes before signatures.
	pub(crate) fn check_blocks(proof: &BlockEquivocation<T>) -> Result<Charge<T>, Error<T>> {
		Self::check_size(proof)?;
		let (interval, seats) = Pogcs::<T>::authors_at(*proof.slot)?;
		let period = Period::Epoch(interval);
		let key = sp_consensus_pogcs::AuthorityKey::from(proof.offender.clone()).0;
		let place = seats.iter().position(|seat| seat.key == key).ok_or(Error::<T>::UnknownKey)?;
		let charge = Self::charge(period, &seats, place)?;
		let claimed = check_equivocation(proof)?;
		// A header that claims somebody else's place is one that no node ever took for a block.
		ensure!(usize::try_from(claimed) == Ok(place), Error::<T>::UnknownKey);
		Ok(charge)
	}

	/// Checks evidence of two votes. What is cheap to look up comes before signatures.
	pub(crate) fn check_votes(proof: &VoteEquivocation<T>) -> Result<Charge<T>, Error<T>> {
		Self::check_size(proof)?;
		let seats = Pogcs::<T>::voters_of(proof.set_id())?;
		let period = Period::VoterSet(proof.set_id());
		let key = ed25519::Public::from(proof.offender().clone()).0;
		let place = seats.iter().position(|seat| seat.key == key).ok_or(Error::<T>::UnknownKey)?;
		let charge = Self::charge(period, &seats, place)?;
		let valid = sp_consensus_grandpa::check_equivocation_proof(proof.clone());
		ensure!(valid, Error::<T>::BadVotes);
		Ok(charge)
	}

	fn check_size(proof: &impl Encode) -> Result<(), Error<T>> {
		let most = usize::try_from(T::MaxEvidence::get()).unwrap_or(usize::MAX);
		ensure!(proof.encoded_size() <= most, Error::<T>::TooLarge);
		Ok(())
	}

	/// The charge against the seat at `place`, unless it is punished for the period already.
	fn charge(period: Period, seats: &[SeatOf<T>], place: usize) -> Result<Charge<T>, Error<T>> {
		let seat = seats.get(place).ok_or(Error::<T>::UnknownKey)?.clone();
		let known = Cases::<T>::get(period).is_some_and(|case| {
			case.offenders.iter().any(|offender| offender.account == seat.account)
		});
		ensure!(!known, Error::<T>::Known);
		let total = seats.iter().fold(0u64, |sum, seat| sum.saturating_add(seat.weight));
		Ok(Charge { period, seat, total })
	}

	/// Who had `authority` as its authorship key in the epoch of `slot`, if it can still be accused.
	pub fn owner_of_author(
		slot: u64,
		authority: sp_consensus_pogcs::AuthorityId,
	) -> Option<T::AccountId> {
		let key = sp_consensus_pogcs::AuthorityKey::from(authority).0;
		let (_, seats) = Pogcs::<T>::authors_at(slot).ok()?;
		seats.into_iter().find(|seat| seat.key == key).map(|seat| seat.account)
	}

	/// Who had `authority` as its voting key in the finality set, if it can still be accused.
	pub fn owner_of_voter(
		set: sp_consensus_grandpa::SetId,
		authority: sp_consensus_grandpa::AuthorityId,
	) -> Option<T::AccountId> {
		let key = ed25519::Public::from(authority).0;
		let seats = Pogcs::<T>::voters_of(set).ok()?;
		seats.into_iter().find(|seat| seat.key == key).map(|seat| seat.account)
	}
}
