//! How members change their pool.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{DeviceState, PoolKind},
	units::GramsPerKwh,
	DeviceId, Interval, PoolId,
};
use sp_runtime::{DispatchResult, Permill};

use crate::mock::*;

fn change_notice(notice: u32) -> ChangeOf<Test> {
	Change::Terms(Terms { notice, ..terms() })
}

fn propose(device: DeviceId, change: ChangeOf<Test>) -> DispatchResult {
	Pools::propose(signed(owner_of(device)), device, change)
}

fn vote(device: DeviceId, proposal: u32, aye: bool) -> DispatchResult {
	Pools::vote(signed(owner_of(device)), device, proposal, aye)
}

fn close(proposal: u32) -> DispatchResult {
	Pools::close_proposal(signed(STRANGER), POOL, proposal)
}

fn enact() -> DispatchResult {
	Pools::enact(signed(STRANGER), POOL)
}

/// Works for a member in an interval: promises ahead and delivers.
fn work(device: DeviceId, interval: u32, amount: u64) {
	at(interval - 1);
	promise(device, interval, amount).unwrap();
	at(interval);
	deliver(device, interval, amount);
}

/// A, B and C did 500, 300 and 200 in the period that ends with interval 29. Now it is 30.
fn worked() {
	let pool = found(PoolKind::Green);
	for (device, amount) in [(A, 500), (B, 300), (C, 200)] {
		join(pool, device).unwrap();
		work(device, 25, amount);
	}
	at(30);
}

#[test]
fn propose_should_open_a_vote_when_the_member_worked() {
	on_chain(|| {
		worked();
		assert_ok!(propose(B, change_notice(7)));
		System::assert_last_event(
			Event::Proposed {
				pool: POOL,
				proposal: 0,
				device: B,
				change: change_notice(7),
				period: 2,
				total: Units(1_000),
				ends: Interval(35),
			}
			.into(),
		);
		assert_eq!(on_hold(HoldReason::Proposal, BOB), 60);
		assert_eq!(Pools::weight(A, 0), Units(500));
		assert_eq!(Pools::weight(A, 1), Units(0));
	});
}

#[test]
fn propose_should_be_refused_when_the_member_has_no_say() {
	on_chain(|| {
		assert_noop!(propose(A, change_notice(7)), Error::<Test>::NotMember);
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		work(A, 25, 100);
		// The period in which it worked is not over.
		assert_noop!(propose(A, change_notice(7)), Error::<Test>::NoWeight);
		at(30);
		let other = Pools::propose(signed(BOB), A, change_notice(7));
		assert_noop!(other, Error::<Test>::NotYours);
		assert_ok!(propose(A, change_notice(7)));
		at(40);
		assert_noop!(propose(A, change_notice(7)), Error::<Test>::NoWeight);
	});
	on_chain(|| {
		at(5);
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		// There was no period before the first.
		assert_noop!(propose(A, change_notice(7)), Error::<Test>::NoWeight);
	});
}

#[test]
fn propose_should_be_refused_when_the_change_is_out_of_bounds() {
	on_chain(|| {
		worked();
		let unsound = conditions(vec![Condition::Stake(0)]);
		let twice = conditions(vec![Condition::Stake(1), Condition::Stake(1)]);
		let fee = Permill::from_percent(21);
		for (change, error) in [
			(change_notice(0), Error::<Test>::BadNotice),
			(Change::Terms(Terms { leader_fee: fee, ..terms() }), Error::<Test>::BadFee),
			(Change::Terms(Terms { guests: 1, ..terms() }), Error::<Test>::NoGuests),
			(
				Change::Terms(Terms { reserve_price: 1_001, ..terms() }),
				Error::<Test>::BadReservePrice,
			),
			(Change::Conditions(unsound), Error::<Test>::BadCondition),
			(Change::Conditions(twice), Error::<Test>::ConditionTwice),
			(Change::Leader(Some(REGIONAL)), Error::<Test>::NotCandidate),
		] {
			assert_noop!(propose(A, change), error);
		}
	});
}

#[test]
fn propose_should_be_refused_when_there_are_too_many() {
	on_chain(|| {
		worked();
		assert_ok!(propose(A, change_notice(7)));
		// One member fills the list alone no more than once.
		assert_noop!(propose(A, change_notice(8)), Error::<Test>::TooManyProposals);
		assert_ok!(propose(B, change_notice(8)));
		assert_noop!(propose(C, change_notice(9)), Error::<Test>::TooManyProposals);
	});
}

#[test]
fn change_should_hold_when_it_was_agreed_upon_and_waited_for() {
	on_chain(|| {
		worked();
		assert_ok!(propose(C, change_notice(7)));
		assert_ok!(vote(A, 0, true));
		System::assert_last_event(
			Event::Voted { pool: POOL, proposal: 0, device: A, aye: true, weight: Units(500) }
				.into(),
		);
		assert_ok!(vote(B, 0, false));
		at(35);
		assert_noop!(close(0), Error::<Test>::VoteOpen);
		at(36);
		assert_ok!(close(0));
		System::assert_last_event(
			Event::ProposalClosed { pool: POOL, proposal: 0, passed: true, quorum: true }.into(),
		);
		assert_eq!(on_hold(HoldReason::Proposal, CAROL), 0);
		assert_eq!(Pools::pool(POOL).unwrap().terms.notice, 3);
		at(39);
		assert_noop!(enact(), Error::<Test>::NotYet);
		at(40);
		assert_ok!(enact());
		System::assert_last_event(Event::Enacted { pool: POOL, change: change_notice(7) }.into());
		assert_eq!(Pools::pool(POOL).unwrap().terms.notice, 7);
		assert_noop!(enact(), Error::<Test>::NothingPending);
		assert_noop!(Pools::enact(signed(BOB), PoolId(9)), Error::<Test>::UnknownPool);
	});
}

#[test]
fn change_should_fail_when_more_work_is_against_it() {
	on_chain(|| {
		worked();
		assert_ok!(propose(A, change_notice(7)));
		// Two members against one, and a tie of work.
		assert_ok!(vote(A, 0, true));
		assert_ok!(vote(B, 0, false));
		assert_ok!(vote(C, 0, false));
		at(36);
		assert_ok!(close(0));
		System::assert_last_event(
			Event::ProposalClosed { pool: POOL, proposal: 0, passed: false, quorum: true }.into(),
		);
		// Enough voted, so who proposed loses nothing.
		assert_eq!(on_hold(HoldReason::Proposal, ALICE) + insured(), 0);
		assert_eq!(Pending::<Test>::get(POOL), None);
	});
}

#[test]
fn deposit_should_be_lost_when_too_few_vote() {
	on_chain(|| {
		worked();
		assert_ok!(propose(B, change_notice(7)));
		// 300 of 1,000, and 400 are needed.
		assert_ok!(vote(B, 0, true));
		at(36);
		assert_ok!(close(0));
		System::assert_last_event(
			Event::ProposalClosed { pool: POOL, proposal: 0, passed: false, quorum: false }.into(),
		);
		assert_eq!(insured(), 60);
		assert_noop!(close(0), Error::<Test>::UnknownProposal);
		assert_noop!(Pools::close_proposal(signed(BOB), PoolId(9), 0), Error::<Test>::UnknownPool);
	});
}

#[test]
fn vote_should_be_refused_when_it_does_not_count() {
	on_chain(|| {
		worked();
		place(DeviceId(50), ALICE, HOME);
		let fresh = DeviceId(50);
		assert_noop!(vote(A, 0, true), Error::<Test>::UnknownProposal);
		assert_ok!(propose(A, change_notice(7)));
		assert_noop!(vote(fresh, 0, true), Error::<Test>::NotMember);
		assert_ok!(join(POOL, fresh));
		// Work done since counts for later votes.
		work(fresh, 32, 900);
		assert_noop!(vote(fresh, 0, true), Error::<Test>::NoWeight);
		assert_noop!(Pools::vote(signed(BOB), A, 0, true), Error::<Test>::NotYours);
		assert_ok!(vote(A, 0, true));
		assert_noop!(vote(A, 0, true), Error::<Test>::AlreadyVoted);
		assert_noop!(vote(A, 0, false), Error::<Test>::AlreadyVoted);
		at(36);
		assert_noop!(vote(B, 0, true), Error::<Test>::VoteOver);
	});
}

#[test]
fn vote_should_weigh_the_same_when_cast_in_the_next_period() {
	on_chain(|| {
		worked();
		at(38);
		work(A, 39, 50);
		assert_ok!(propose(B, change_notice(7)));
		at(40);
		work(A, 41, 50);
		at(44);
		assert_ok!(vote(A, 0, true));
		assert_eq!(Proposals::<Test>::get(POOL, 0).map(|p| p.ayes), Some(Units(500)));
	});
}

#[test]
fn late_work_should_count_for_the_period_in_which_it_was_verified() {
	on_chain(|| {
		worked();
		at(28);
		assert_ok!(promise(C, 29, 400));
		at(30);
		assert_ok!(propose(A, change_notice(7)));
		let total = Proposals::<Test>::get(POOL, 0).unwrap().total;
		// Verified after the vote began, it changes neither the sum nor the vote.
		deliver(C, 29, 400);
		assert_eq!(Pools::weight(C, 0), Units(200));
		assert_eq!(total, Units(1_000));
	});
}

#[test]
fn votes_of_closed_proposals_should_make_room_when_there_are_new_ones() {
	on_chain(|| {
		worked();
		for round in 0..4 {
			let interval = 30 + round * 10;
			at(interval);
			assert_ok!(propose(A, change_notice(7)));
			assert_ok!(propose(B, change_notice(8)));
			for proposal in [2 * round, 2 * round + 1] {
				assert_ok!(vote(A, proposal, false));
			}
			work(A, interval + 2, 400);
			work(B, interval + 2, 100);
			at(interval + 6);
			for proposal in [2 * round, 2 * round + 1] {
				assert_ok!(close(proposal));
			}
		}
		assert!(Pools::member(A).unwrap().1.voted.len() <= 2);
	});
}

#[test]
fn conditions_should_wait_when_a_round_of_the_lottery_runs() {
	on_chain(|| {
		let lottery = || Condition::Lottery { places: 1, applications: 2 };
		let pool = found_with(PoolKind::Green, terms(), vec![lottery()], None);
		assert_ok!(Pools::apply(signed(ALICE), pool, A));
		at(26);
		assert_ok!(Pools::draw(signed(ALICE), pool));
		assert_ok!(Pools::claim(signed(ALICE), A));
		at(29);
		assert_ok!(join(pool, A));
		assert_ok!(Pools::end_round(signed(ALICE), pool));
		work(A, 31, 100);
		at(40);
		let stricter = Condition::CarbonPerKwh(GramsPerKwh(1));
		let new = conditions(vec![lottery(), stricter]);
		assert_ok!(propose(A, Change::Conditions(new.clone())));
		assert_ok!(vote(A, 0, true));
		at(44);
		assert_ok!(Pools::apply(signed(BOB), pool, B));
		at(46);
		assert_ok!(close(0));
		at(51);
		// Who applied under these conditions enters under them.
		assert_noop!(enact(), Error::<Test>::RoundRunning);
		assert_ok!(Pools::draw(signed(ALICE), pool));
		assert_ok!(Pools::claim(signed(ALICE), B));
		at(54);
		assert_ok!(join(pool, B));
		assert_ok!(Pools::end_round(signed(ALICE), pool));
		// And no new round keeps what was agreed upon from coming.
		assert_noop!(Pools::apply(signed(CAROL), pool, C), Error::<Test>::ConditionsChanging);
		assert_ok!(enact());
		assert_eq!(Pools::conditions(pool), new);
		assert_noop!(Pools::apply(signed(CAROL), pool, C), Error::<Test>::TooMuchCarbonPerKwh);
	});
}

#[test]
fn second_change_should_wait_when_one_is_pending() {
	on_chain(|| {
		worked();
		assert_ok!(propose(A, change_notice(7)));
		assert_ok!(propose(B, change_notice(8)));
		for proposal in [0, 1] {
			assert_ok!(vote(A, proposal, true));
		}
		at(36);
		assert_ok!(close(0));
		assert_noop!(close(1), Error::<Test>::ChangePending);
		at(40);
		assert_ok!(enact());
		assert_ok!(close(1));
		at(44);
		assert_ok!(enact());
		assert_eq!(Pools::pool(POOL).unwrap().terms.notice, 8);
	});
}

#[test]
fn leader_should_lapse_when_it_stands_down_before_the_change_holds() {
	on_chain(|| {
		worked();
		assert_ok!(Pools::stand(signed(LEAD), POOL, REGIONAL));
		assert_ok!(propose(A, Change::Leader(Some(REGIONAL))));
		assert_ok!(vote(A, 0, true));
		at(36);
		assert_ok!(close(0));
		assert_ok!(Pools::stand_down(signed(LEAD), POOL, REGIONAL));
		at(40);
		assert_ok!(enact());
		System::assert_last_event(Event::Lapsed { pool: POOL }.into());
		assert_eq!(Pools::pool(POOL).unwrap().leader, None);
	});
}

#[test]
fn leader_should_change_when_members_say_so() {
	on_chain(|| {
		worked();
		assert_ok!(Pools::stand(signed(LEAD), POOL, REGIONAL));
		assert_ok!(propose(A, Change::Leader(Some(REGIONAL))));
		assert_ok!(vote(A, 0, true));
		at(36);
		assert_ok!(close(0));
		at(40);
		assert_ok!(enact());
		assert_eq!(Pools::pool(POOL).unwrap().leader, Some(REGIONAL));
		work(A, 42, 100);
		at(50);
		change(REGIONAL, |info| info.state = DeviceState::Suspended);
		assert_ok!(propose(A, Change::Leader(None)));
		assert_ok!(vote(A, 1, true));
		at(56);
		assert_ok!(close(1));
		at(60);
		assert_ok!(enact());
		assert_eq!(Pools::pool(POOL).unwrap().leader, None);
	});
}

#[test]
fn change_should_fail_when_its_majority_is_small() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		for (device, amount) in [(A, 599), (B, 401)] {
			assert_ok!(join(pool, device));
			work(device, 25, amount);
		}
		at(30);
		assert_ok!(propose(A, change_notice(7)));
		assert_ok!(propose(B, change_notice(8)));
		assert_ok!(vote(A, 0, true));
		assert_ok!(vote(B, 0, false));
		assert_ok!(vote(A, 1, true));
		at(36);
		// Who does most of the work has its way only if others let it.
		assert_ok!(close(0));
		System::assert_last_event(
			Event::ProposalClosed { pool: POOL, proposal: 0, passed: false, quorum: true }.into(),
		);
		assert_ok!(close(1));
		System::assert_last_event(
			Event::ProposalClosed { pool: POOL, proposal: 1, passed: true, quorum: true }.into(),
		);
	});
}
