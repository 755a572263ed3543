//! A regional node that splits tasks over a pool's members (B8, D2).

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{DeviceState, PoolKind},
	traits::Places,
	DeviceId, Interval, MicroGpuHours, PoolId, TaskId,
};
use sp_runtime::DispatchResult;

use crate::mock::*;

const TASK: TaskId = TaskId(3);

/// A pool with a leader; A and B promised 300 and 200 for interval 25.
fn led() {
	let pool = found_with(PoolKind::Green, terms(), vec![], Some(REGIONAL));
	for (device, amount) in [(A, 300), (B, 200)] {
		join(pool, device).unwrap();
		promise(device, 25, amount).unwrap();
	}
}

fn split(parts: &[(u32, DeviceId)]) -> DispatchResult {
	split_by(LEAD, REGIONAL, parts)
}

fn split_by(who: AccountId, leader: DeviceId, parts: &[(u32, DeviceId)]) -> DispatchResult {
	let parts = parts.to_vec().try_into().unwrap();
	Pools::split(signed(who), POOL, leader, TASK, parts)
}

#[test]
fn stand_should_hold_a_deposit_when_the_node_is_large_enough() {
	on_chain(|| {
		let region = World::ancestor(BERLIN, 3).unwrap();
		let pool = found_with(PoolKind::Green, terms(), vec![Condition::Region(region)], None);
		let stand = |who| Pools::stand(signed(who), pool, REGIONAL);
		assert_noop!(stand(ALICE), Error::<Test>::NotYours);
		assert_noop!(Pools::stand(signed(ALICE), pool, A), Error::<Test>::TooSmall);
		assert_noop!(Pools::stand(signed(LEAD), PoolId(9), REGIONAL), Error::<Test>::UnknownPool);
		change(REGIONAL, |info| info.cell = SYDNEY);
		assert_noop!(stand(LEAD), Error::<Test>::WrongRegion);
		change(REGIONAL, |info| {
			info.cell = BERLIN;
			info.state = DeviceState::Leaving;
		});
		assert_noop!(stand(LEAD), Error::<Test>::Offline);
		change(REGIONAL, |info| info.state = DeviceState::Online);
		assert_ok!(stand(LEAD));
		System::assert_last_event(Event::Stood { pool, device: REGIONAL, deposit: 200 }.into());
		assert_eq!(on_hold(HoldReason::Lead, LEAD), 200);
		assert_noop!(stand(LEAD), Error::<Test>::AlreadyStands);
		// To stand is not to lead.
		assert_eq!(Pools::pool(pool).unwrap().leader, None);
	});
}

#[test]
fn stand_down_should_give_the_deposit_back_when_asked_for() {
	on_chain(|| {
		led();
		let down = |who| Pools::stand_down(signed(who), POOL, REGIONAL);
		assert_noop!(down(ALICE), Error::<Test>::NotYours);
		assert_noop!(Pools::stand_down(signed(ALICE), POOL, A), Error::<Test>::NotCandidate);
		assert_noop!(
			Pools::stand_down(signed(LEAD), PoolId(9), REGIONAL),
			Error::<Test>::UnknownPool
		);
		assert_ok!(down(LEAD));
		System::assert_last_event(
			Event::StoodDown { pool: POOL, device: REGIONAL, deposit: 200 }.into(),
		);
		assert_eq!(Pools::pool(POOL).unwrap().leader, None);
		assert_eq!(on_hold(HoldReason::Lead, LEAD), 0);
		at(25);
		assert_noop!(split(&[(0, A)]), Error::<Test>::NotLeader);
	});
}

#[test]
fn candidate_should_not_keep_a_deserted_pool_from_being_dissolved() {
	on_chain(|| {
		place(DeviceId(21), ALICE, REGION_CLASS);
		let pool = found(PoolKind::Green);
		assert_ok!(Pools::stand(signed(ALICE), pool, DeviceId(21)));
		assert_noop!(Pools::dissolve(signed(LEAD), pool), Error::<Test>::NotEmpty);
		assert_ok!(Pools::stand_down(signed(LEAD), pool, DeviceId(21)));
		assert_eq!(free(ALICE), RICH);
		assert_ok!(Pools::dissolve(signed(LEAD), pool));
	});
}

#[test]
fn split_should_give_chunks_to_members_when_the_leader_says_so() {
	on_chain(|| {
		led();
		at(25);
		assert_ok!(split(&[(0, A), (1, B), (2, A)]));
		for (chunk, device) in [(0, A), (1, B), (2, A)] {
			assert_eq!(chunk_of(TASK, chunk), Some(device));
			let work = MicroGpuHours(CHUNK);
			System::assert_has_event(
				Event::Assigned { pool: POOL, device, task: TASK, chunk, work }.into(),
			);
		}
		assert_eq!(Pools::promised(A, Interval(25)).map(|p| p.led), Some(Units(200)));
		// The node itself may do it, too: its key is an account.
		assert_ok!(split_by(1_020, REGIONAL, &[(3, B)]));
	});
}

#[test]
fn split_should_be_refused_when_it_is_not_the_leaders() {
	on_chain(|| {
		led();
		assert_noop!(split(&[]), Error::<Test>::Empty);
		// Nothing is promised for this interval, so nobody leads in it.
		assert_noop!(split(&[(0, A)]), Error::<Test>::NotLeader);
		at(25);
		assert_noop!(split_by(ALICE, REGIONAL, &[(0, A)]), Error::<Test>::NotYours);
		assert_noop!(split_by(ALICE, A, &[(0, A)]), Error::<Test>::NotLeader);
		assert_noop!(split_by(ALICE, DeviceId(77), &[(0, A)]), Error::<Test>::UnknownDevice);
		change(REGIONAL, |info| info.state = DeviceState::Suspended);
		assert_noop!(split(&[(0, A)]), Error::<Test>::NotLeader);
	});
}

#[test]
fn split_should_be_refused_when_a_member_cannot_take_it() {
	on_chain(|| {
		led();
		assert_ok!(join(POOL, C));
		at(25);
		assert_noop!(split(&[(0, REGIONAL)]), Error::<Test>::NotMember);
		assert_noop!(split(&[(0, C)]), Error::<Test>::NotPromised);
		assert_noop!(split(&[(64, A)]), Error::<Test>::UnknownChunk);
		assert_noop!(split(&[(0, A), (0, B)]), Error::<Test>::ChunkTaken);
		// B promised two chunks' worth.
		assert_noop!(split(&[(0, B), (1, B), (2, B)]), Error::<Test>::BeyondPromise);
		change(A, |info| info.state = DeviceState::Suspended);
		assert_noop!(split(&[(0, A)]), Error::<Test>::DeviceUnable);
		assert_ok!(split(&[(0, B), (1, B)]));
	});
}

#[test]
fn fee_should_be_paid_for_work_that_the_leader_gave() {
	on_chain(|| {
		led();
		assert_ok!(pay_in(POOL, 25, 5_000));
		at(25);
		assert_ok!(split(&[(0, A), (1, A), (2, B)]));
		// A does what it got and 100 more; B does nothing of what it got.
		deliver_given(A, 25, 100);
		deliver(A, 25, 100);
		deliver_given(A, 25, 100);
		at(29);
		assert_ok!(settle(A, 25));
		// 3,000 for 300 units, of which 200 were led: a tenth of 2,000.
		let of_a = settled(A, 25);
		assert_eq!((of_a.income, of_a.fee), (2_800, 200));
		assert_ok!(settle(B, 25));
		let of_b = settled(B, 25);
		assert_eq!((of_b.income, of_b.fee, of_b.penalty), (0, 0, 100));
		assert_eq!(free(LEAD), RICH - 1_000 - LEAST - 200 + 200);
	});
}

#[test]
fn fee_should_be_that_of_the_first_promise_when_terms_change() {
	on_chain(|| {
		led();
		assert_ok!(pay_in(POOL, 25, 5_000));
		// As if members had agreed upon a higher fee and another leader since.
		crate::pallet::Pools::<Test>::mutate(POOL, |record| {
			let record = record.as_mut().unwrap();
			record.terms.leader_fee = sp_runtime::Permill::from_percent(20);
			record.leader = None;
		});
		at(25);
		assert_ok!(split(&[(0, A)]));
		deliver_given(A, 25, 100);
		deliver(A, 25, 200);
		at(29);
		assert_ok!(settle(A, 25));
		assert_eq!(settled(A, 25).fee, 100);
	});
}

#[test]
fn fee_should_stay_with_the_pool_when_the_leader_is_gone() {
	on_chain(|| {
		led();
		assert_ok!(pay_in(POOL, 25, 5_000));
		at(25);
		assert_ok!(split(&[(0, A)]));
		deliver_given(A, 25, 100);
		deliver(A, 25, 200);
		deliver(B, 25, 200);
		remove(REGIONAL);
		at(29);
		assert_ok!(settle(A, 25));
		assert_ok!(settle(B, 25));
		assert_eq!((settled(A, 25).income, settled(A, 25).fee), (2_900, 0));
		assert_eq!(Pools::pool(POOL).unwrap().reserve, 100);
	});
}

#[test]
fn fee_should_not_be_paid_when_the_member_let_go_of_what_it_was_given() {
	on_chain(|| {
		led();
		assert_ok!(pay_in(POOL, 25, 5_000));
		at(25);
		// The leader gives A rubbish for all that it promised. A lets go of it and finds work itself.
		assert_ok!(split(&[(0, A), (1, A), (2, A)]));
		deliver(A, 25, 300);
		at(29);
		assert_ok!(settle(A, 25));
		assert_eq!((settled(A, 25).income, settled(A, 25).fee), (3_000, 0));
	});
}
