//! Who made no block.

use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use pogcs_primitives::Interval;

use crate::{mock::*, *};

/// Somebody who did not make block 1, which the first of the set does.
fn absentee() -> AccountId {
	Authors::<Test>::get()[2]
}

/// An epoch of `EPOCH` slots in which everybody but `who` makes two blocks in each slot: as many as
/// it takes for five to be expected of three authorities.
fn epoch_without(index: u64, who: AccountId) {
	if index > 0 {
		let opens = NextSeats::<Test>::get().iter().position(|seat| seat.account != who).unwrap();
		block_by(START + index * EPOCH, opens.try_into().unwrap());
	}
	for slot in 1..EPOCH {
		for place in 0..Pogcs::current_epoch().authorities.len().try_into().unwrap() {
			if Authors::<Test>::get()[place as usize] != who {
				block_by(START + index * EPOCH + slot, place);
			}
		}
	}
}

fn duty(who: AccountId) -> Duty {
	Validators::<Test>::get(who).unwrap().duty
}

fn is_next(who: AccountId) -> bool {
	NextSeats::<Test>::get().iter().any(|seat| seat.account == who)
}

#[test]
fn who_made_no_block_should_leave_the_next_set_until_it_says_that_it_is_back() {
	on_chain(|| {
		let who = absentee();
		epoch_without(0, who);
		let blocks = 18 + 1;
		block_by(START + EPOCH, 0);
		System::assert_has_event(
			Event::MarkedAbsent { validator: who, interval: Interval(0), expected: 6, blocks }
				.into(),
		);
		assert_eq!(duty(who), Duty::Absent);
		assert!(Authors::<Test>::get().contains(&who), "the set of epoch 1 was announced before");
		assert!(!is_next(who));
		assert_ok!(Pogcs::return_to_duty(RuntimeOrigin::signed(who)));
		System::assert_last_event(Event::Returned { validator: 2 }.into());
		assert_eq!(duty(who), Duty::Back(Interval(1)));
		// It is not marked for the epoch in which it came back.
		epoch_without(1, who);
		open_epoch(2);
		assert_eq!(duty(who), Duty::Back(Interval(1)));
		assert!(is_next(who));
		assert!(!Authors::<Test>::get().contains(&who));
		// If it is not there after all, it is marked again.
		epoch_without(3, who);
		open_epoch(4);
		assert_eq!(duty(who), Duty::Absent);
	});
}

#[test]
fn absence_should_cost_no_stake() {
	on_chain(|| {
		let who = absentee();
		let held = || Balances::balance_on_hold(&HoldReason::Stake.into(), &who);
		epoch_without(0, who);
		block_by(START + EPOCH, 0);
		assert_eq!((duty(who), held()), (Duty::Absent, 1_000));
	});
}

#[test]
fn nobody_should_be_marked_when_fewer_than_five_blocks_were_expected() {
	on_chain(|| {
		// 14 blocks by a set of three: 4.67 of each.
		for slot in 1..14 {
			block_at(START + slot % EPOCH);
		}
		open_epoch(1);
		assert!([1, 2, 3].into_iter().all(|who| duty(who) == Duty::Present));
	});
	on_chain(|| {
		for slot in 1..16 {
			block_at(START + slot % EPOCH);
		}
		let authors = Authors::<Test>::get();
		open_epoch(1);
		let duties: Vec<_> = authors.into_iter().map(duty).collect();
		assert_eq!(duties, [Duty::Present, Duty::Absent, Duty::Absent]);
	});
}

#[test]
fn one_block_should_be_enough() {
	on_chain(|| {
		let who = absentee();
		epoch_without(0, who);
		block_by(START + EPOCH - 1, 2);
		open_epoch(1);
		assert_eq!(duty(who), Duty::Present);
	});
}

#[test]
fn the_first_block_of_an_epoch_should_count_for_that_epoch() {
	on_chain(|| {
		open_epoch(1);
		assert_eq!(BlocksMade::<Test>::get().into_inner(), [1, 0, 0]);
		block_by(START + EPOCH + 1, 2);
		assert_eq!(BlocksMade::<Test>::get().into_inner(), [1, 0, 1]);
	});
}

#[test]
fn who_is_barred_should_not_be_marked_absent() {
	on_chain(|| {
		let who = absentee();
		Pogcs::cool(&who, 4);
		epoch_without(0, who);
		let other = NextSeats::<Test>::get().iter().position(|seat| seat.account != who).unwrap();
		block_by(START + EPOCH, other.try_into().unwrap());
		assert_eq!(duty(who), Duty::Present);
	});
}

#[test]
fn the_last_set_should_stay_when_too_many_are_absent() {
	on_chain(|| {
		for slot in 1..20 {
			block_at(START + slot % EPOCH);
		}
		open_epoch(1);
		System::assert_has_event(Event::SetKept { candidates: 1 }.into());
		assert!(is_next(1) && is_next(2) && is_next(3));
	});
}

#[test]
fn return_to_duty_should_refuse_who_was_not_marked() {
	on_chain(|| {
		assert_noop!(Pogcs::return_to_duty(RuntimeOrigin::signed(2)), Error::<Test>::OnDuty);
		assert_noop!(Pogcs::return_to_duty(RuntimeOrigin::signed(7)), Error::<Test>::NotBonded);
		let bad = sp_runtime::DispatchError::BadOrigin;
		assert_noop!(Pogcs::return_to_duty(RuntimeOrigin::none()), bad);
	});
}
