//! Two votes in one round.

use frame_support::{assert_noop, assert_ok};
use pallet_pogcs::VoterHistory;
use pogcs_primitives::Interval;
use sp_runtime::DispatchError;

use crate::{mock::*, Error, Event, Period};

#[test]
fn a_voter_for_two_blocks_should_lose_stake_weight_and_its_place() {
	on_chain(|| {
		assert_ok!(report_votes(votes(4, 0, 9)));
		assert_eq!(lost(4), 90);
		let found = System::events().into_iter().find_map(|record| match record.event {
			RuntimeEvent::Accountability(Event::Equivocated { offender, period, .. }) => {
				Some((offender, period))
			}
			_ => None,
		});
		assert_eq!(found, Some((4, Period::VoterSet(0))));
		let validator = pallet_pogcs::Validators::<Test>::get(4).unwrap();
		assert_eq!(validator.cooling_until, Interval(COOLING));
		assert_eq!(pallet_pogcs::Barred::<Test>::get().into_inner(), [place_of(4, START)]);
	});
}

#[test]
fn weights_and_stake_should_be_those_with_which_the_set_was_made() {
	on_chain(|| {
		assert_ok!(Pogcs::bond(RuntimeOrigin::signed(4), 9_000));
		open_epoch(1);
		assert_ok!(report_votes(votes(4, 0, 9)));
		assert_eq!(STAKE + 9_000 - held(4), 90, "set 0 was made with a stake of 1,000");
		open_epoch(2);
		open_epoch(3);
		// Cooling: it is not in set 1, which follows epoch 2.
		assert!(VoterHistory::<Test>::get(1).unwrap().iter().all(|seat| seat.account != 4));
	});
}

#[test]
fn a_voter_should_be_caught_in_a_set_that_was_replaced_and_under_a_key_that_it_has_changed() {
	on_chain(|| {
		pallet_session::NextKeys::<Test>::insert(4, keys(44));
		(1..=5).for_each(open_epoch);
		assert_eq!(Sets::get(), 2);
		assert_ok!(report_votes(votes(4, 0, 9)));
		assert_eq!(lost(4), 90);
	});
}

#[test]
fn one_authority_should_pay_for_blocks_and_for_votes() {
	on_chain(|| {
		assert_ok!(report_votes(votes(4, 0, 9)));
		assert_ok!(report_blocks(blocks(4, START + 1)));
		assert_eq!(lost(4), 180);
	});
}

#[test]
fn a_report_should_be_refused_when_it_is_known() {
	on_chain(|| {
		assert_ok!(report_votes(votes(4, 0, 9)));
		assert_noop!(report_votes(votes(4, 0, 9)), Error::<Test>::Known);
		// Once a set, not once a round.
		assert_noop!(report_votes(votes(4, 0, 10)), Error::<Test>::Known);
	});
}

#[test]
fn a_report_should_be_refused_when_the_set_is_too_old_or_has_not_come() {
	on_chain(|| {
		assert_noop!(report_votes(votes(4, 1, 9)), Error::<Test>::UnknownSet);
		(1..=5).for_each(open_epoch);
		assert_noop!(report_votes(votes(4, 3, 9)), Error::<Test>::UnknownSet);
		open_epoch(6);
		// Set 0 voted until epoch 1.
		assert_noop!(report_votes(votes(4, 0, 9)), Error::<Test>::TooOld);
		assert_ok!(report_votes(votes(4, 1, 9)));
	});
}

#[test]
fn an_innocent_voter_should_not_be_accused_with_the_votes_of_another() {
	on_chain(|| {
		assert_noop!(report_votes(votes_as(5, 4, 0, 9, (1, 2))), Error::<Test>::BadVotes);
		assert_noop!(report_votes(votes_as(77, 77, 0, 9, (1, 2))), Error::<Test>::UnknownKey);
		assert_eq!(lost(5), 0);
	});
}

#[test]
fn a_report_should_be_refused_when_the_votes_prove_nothing() {
	on_chain(|| {
		// The same vote twice.
		assert_noop!(report_votes(votes_as(4, 4, 0, 9, (1, 1))), Error::<Test>::BadVotes);
		// Votes of another set.
		(1..=2).for_each(open_epoch);
		let old = votes(4, 0, 9);
		let mut bytes = codec::Encode::encode(&old);
		bytes[0] = 1;
		let moved = codec::Decode::decode(&mut &bytes[..]).unwrap();
		assert_noop!(report_votes(moved), Error::<Test>::BadVotes);
	});
}

#[test]
fn a_report_should_be_refused_when_nobody_authorised_it() {
	on_chain(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(REPORTER)] {
			let proof = Box::new(votes(4, 0, 9));
			let refused = Accountability::report_vote_equivocation(origin, proof).unwrap_err();
			assert_eq!(refused.error, DispatchError::BadOrigin);
		}
	});
}
