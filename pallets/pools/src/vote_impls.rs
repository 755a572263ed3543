//! How members change their pool: proposals, votes weighed by work, and time to leave before a
//! change holds.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{traits::IntervalClock, DeviceId, PoolId};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// A member of a pool that `who` speaks for.
	fn voice(who: &T::AccountId, device: DeviceId) -> Result<(PoolId, MemberOf<T>), DispatchError> {
		Self::run_by(who, device)?;
		Self::membership(device).ok_or_else(|| Error::<T>::NotMember.into())
	}

	pub(crate) fn do_propose(
		who: T::AccountId,
		device: DeviceId,
		change: ChangeOf<T>,
	) -> DispatchResult {
		let (pool, member) = Self::voice(&who, device)?;
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		// The last whole period, which nobody can add to any more.
		let period = Self::period().checked_sub(1).ok_or(Error::<T>::NoWeight)?;
		ensure!(member.work.of(period) > 0, Error::<T>::NoWeight);
		ensure!(
			record.proposals < T::MaxProposals::get()
				// At most `MaxProposals`.
				&& Proposals::<T>::iter_prefix_values(pool).all(|other| other.device != device),
			Error::<T>::TooManyProposals
		);
		match &change {
			Change::Terms(terms) => Self::ensure_terms(record.kind, terms)?,
			Change::Conditions(conditions) => Self::ensure_conditions(conditions)?,
			Change::Leader(Some(leader)) => {
				ensure!(Candidates::<T>::contains_key(pool, leader), Error::<T>::NotCandidate);
			}
			Change::Leader(None) => {}
		}
		let ends =
			T::Clock::current().checked_add(T::VotingTime::get()).ok_or(Error::<T>::Overflow)?;
		let deposit = T::ProposalDeposit::get();
		Self::hold(HoldReason::Proposal, &who, deposit)?;
		let number = record.next_proposal;
		record.next_proposal = number.checked_add(1).ok_or(Error::<T>::Exhausted)?;
		record.proposals = record.proposals.checked_add(1).ok_or(Error::<T>::Overflow)?;
		let total = Units(record.votes.of(period));
		Pools::<T>::insert(pool, record);
		Proposals::<T>::insert(
			pool,
			number,
			ProposalOf::<T> {
				device,
				by: who,
				deposit,
				change: change.clone(),
				period,
				total,
				ayes: Units::ZERO,
				nays: Units::ZERO,
				ends,
			},
		);
		Self::deposit_event(Event::Proposed {
			pool,
			proposal: number,
			device,
			change,
			period,
			total,
			ends,
		});
		Ok(())
	}

	pub(crate) fn do_vote(
		who: T::AccountId,
		device: DeviceId,
		number: u32,
		aye: bool,
	) -> DispatchResult {
		let (pool, mut member) = Self::voice(&who, device)?;
		let mut proposal = Proposals::<T>::get(pool, number).ok_or(Error::<T>::UnknownProposal)?;
		ensure!(T::Clock::current() <= proposal.ends, Error::<T>::VoteOver);
		ensure!(!member.voted.contains(&number), Error::<T>::AlreadyVoted);
		let weight = Units(member.work.of(proposal.period));
		ensure!(weight > Units::ZERO, Error::<T>::NoWeight);
		let side = if aye { &mut proposal.ayes } else { &mut proposal.nays };
		*side = side.checked_add(weight).ok_or(Error::<T>::Overflow)?;
		// At most `MaxProposals` are open, so there is room once those closed are gone.
		member.voted.retain(|voted| Proposals::<T>::contains_key(pool, voted));
		member.voted.try_push(number).map_err(|_| Error::<T>::Overflow)?;
		Proposals::<T>::insert(pool, number, proposal);
		Members::<T>::insert(pool, device, member);
		Self::deposit_event(Event::Voted { pool, proposal: number, device, aye, weight });
		Ok(())
	}

	pub(crate) fn do_close_proposal(pool: PoolId, number: u32) -> DispatchResult {
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		let proposal = Proposals::<T>::get(pool, number).ok_or(Error::<T>::UnknownProposal)?;
		let now = T::Clock::current();
		ensure!(now > proposal.ends, Error::<T>::VoteOpen);
		let voted = proposal.ayes.saturating_add(proposal.nays);
		// Rounded up.
		let needed = T::Quorum::get().mul_ceil(proposal.total.0);
		let quorum = voted.0 >= needed;
		let passed = quorum && proposal.ayes.0 >= T::Majority::get().mul_ceil(voted.0);
		if passed {
			ensure!(!Pending::<T>::contains_key(pool), Error::<T>::ChangePending);
			let from = now.checked_add(T::ChangeDelay::get()).ok_or(Error::<T>::Overflow)?;
			Pending::<T>::insert(pool, PendingChange { change: proposal.change, from });
		}
		if quorum {
			Self::release(HoldReason::Proposal, &proposal.by, proposal.deposit)?;
		} else {
			Self::forfeit(HoldReason::Proposal, &proposal.by, proposal.deposit);
		}
		Proposals::<T>::remove(pool, number);
		record.proposals = record.proposals.saturating_sub(1);
		Pools::<T>::insert(pool, record);
		Self::deposit_event(Event::ProposalClosed { pool, proposal: number, passed, quorum });
		Ok(())
	}

	/// Whether a change would alter a lottery that runs: what its winners have won.
	pub(crate) fn waits_for_round(change: &ChangeOf<T>) -> bool {
		matches!(change, Change::Terms(_) | Change::Conditions(_))
	}

	pub(crate) fn do_enact(pool: PoolId) -> DispatchResult {
		let mut record = Pools::<T>::get(pool).ok_or(Error::<T>::UnknownPool)?;
		let PendingChange { change, from } =
			Pending::<T>::get(pool).ok_or(Error::<T>::NothingPending)?;
		ensure!(T::Clock::current() >= from, Error::<T>::NotYet);
		ensure!(
			!Self::waits_for_round(&change) || !Rounds::<T>::contains_key(pool),
			Error::<T>::RoundRunning
		);
		Pending::<T>::remove(pool);
		match &change {
			Change::Terms(terms) => record.terms = terms.clone(),
			Change::Conditions(conditions) => Conditions::<T>::insert(pool, conditions),
			Change::Leader(leader) => {
				if leader.is_some_and(|leader| !Candidates::<T>::contains_key(pool, leader)) {
					Self::deposit_event(Event::Lapsed { pool });
					return Ok(());
				}
				record.leader = *leader;
			}
		}
		Pools::<T>::insert(pool, record);
		Self::deposit_event(Event::Enacted { pool, change });
		Ok(())
	}

	/// The vote that a member has on a proposal.
	pub(crate) fn vote_weight(device: DeviceId, number: u32) -> Units {
		let weight = || {
			let (pool, member) = Self::membership(device)?;
			let proposal = Proposals::<T>::get(pool, number)?;
			Some(Units(member.work.of(proposal.period)))
		};
		weight().unwrap_or_default()
	}
}
