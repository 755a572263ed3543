//! Two blocks for one slot.

use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::Interval;
use sp_consensus_pogcs::ENGINE_ID;
use sp_core::Pair;
use sp_runtime::{DigestItem, DispatchError, Perbill};

use crate::{mock::*, Error, Event, Period};

const SLOT: u64 = START + 3;

#[test]
fn an_author_of_two_blocks_should_lose_stake_weight_and_its_place() {
	on_chain(|| {
		let issuance = Balances::total_issuance();
		assert_ok!(report_blocks(blocks(4, SLOT)));
		// A tenth of the weight: (3 / 10)^2.
		assert_eq!(lost(4), 90);
		assert_eq!(Balances::total_issuance(), issuance - 90, "nobody reported: all is burnt");
		System::assert_has_event(
			Event::Equivocated {
				offender: 4,
				period: Period::Epoch(Interval(0)),
				weight: 6_553,
				total: 65_530,
				fraction: Perbill::from_percent(9),
				reporter: None,
			}
			.into(),
		);
		let validator = pallet_pogcs::Validators::<Test>::get(4).unwrap();
		assert_eq!((validator.cooling_until, validator.average), (Interval(COOLING), 0));
		assert_eq!(pallet_pogcs::Barred::<Test>::get().into_inner(), [place_of(4, SLOT)]);
		for other in (1..=VALIDATORS).filter(|who| *who != 4) {
			assert_eq!(lost(other), 0);
		}
	});
}

#[test]
fn an_author_should_be_caught_in_a_past_epoch_and_under_a_key_that_it_has_changed() {
	on_chain(|| {
		pallet_session::NextKeys::<Test>::insert(4, keys(44));
		(1..=4).for_each(open_epoch);
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(lost(4), 90);
	});
}

#[test]
fn an_author_should_be_caught_whatever_others_do_with_keys_and_stake() {
	on_chain(|| {
		pallet_session::NextKeys::<Test>::insert(5, keys(55));
		assert_ok!(Pogcs::bond(RuntimeOrigin::signed(6), 1));
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(4), 900));
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(lost(4), 90, "of what it stood with in the epoch");
	});
}

#[test]
fn a_report_should_be_refused_when_it_is_known() {
	on_chain(|| {
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_noop!(report_blocks(blocks(4, SLOT)), Error::<Test>::Known);
		// Once an epoch, not once a slot.
		assert_noop!(report_blocks(blocks(4, SLOT + 1)), Error::<Test>::Known);
		open_epoch(1);
		assert_ok!(report_blocks(blocks(4, START + EPOCH)));
		assert_eq!(lost(4), 180);
	});
}

#[test]
fn a_report_should_be_refused_when_it_is_too_old_or_too_early() {
	on_chain(|| {
		let proof = blocks(4, SLOT);
		(1..=4).for_each(open_epoch);
		let mut early = proof.clone();
		early.slot = (START + 5 * EPOCH).into();
		assert_noop!(report_blocks(early.clone()), Error::<Test>::UnknownSet);
		early.slot = (START - 1).into();
		assert_noop!(report_blocks(early), Error::<Test>::UnknownSet);
		open_epoch(5);
		assert_noop!(report_blocks(proof), Error::<Test>::TooOld);
	});
}

#[test]
fn a_report_should_be_refused_when_the_key_has_no_seat_or_another_one() {
	on_chain(|| {
		let mut stranger = blocks(4, SLOT);
		stranger.offender = author_pair(77).public().into();
		assert_noop!(report_blocks(stranger), Error::<Test>::UnknownKey);
		// Sealed by 4 under the place of 5: no node took either for a block.
		let mut misplaced = blocks(4, SLOT);
		misplaced.first_header = header(SLOT, place_of(5, SLOT), 1, &author_pair(4));
		misplaced.second_header = header(SLOT, place_of(5, SLOT), 2, &author_pair(4));
		assert_noop!(report_blocks(misplaced), Error::<Test>::UnknownKey);
	});
}

#[test]
fn an_innocent_authority_should_not_be_accused_with_the_blocks_of_another() {
	on_chain(|| {
		let mut framed = blocks(4, SLOT);
		framed.offender = author_pair(5).public().into();
		assert_noop!(report_blocks(framed), Error::<Test>::BadSeal);
		// Two honest blocks for two slots.
		let mut honest = blocks(5, SLOT);
		honest.second_header = header(SLOT + 1, place_of(5, SLOT), 2, &author_pair(5));
		assert_noop!(report_blocks(honest), Error::<Test>::OtherSlot);
		// One honest block, and one made up in its author's name.
		let mut made_up = blocks(5, SLOT);
		made_up.second_header = header(SLOT, place_of(5, SLOT), 2, &author_pair(4));
		assert_noop!(report_blocks(made_up), Error::<Test>::BadSeal);
		// One honest block, and the same with a longer seal.
		let mut longer = blocks(5, SLOT);
		longer.second_header = longer.first_header.clone();
		if let Some(DigestItem::Seal(ENGINE_ID, data)) = longer.second_header.digest.logs.last_mut()
		{
			data.push(0);
		}
		assert_noop!(report_blocks(longer), Error::<Test>::BadSeal);
	});
}

#[test]
fn a_report_should_be_refused_when_the_headers_prove_nothing() {
	on_chain(|| {
		let mut same = blocks(4, SLOT);
		same.second_header = same.first_header.clone();
		assert_noop!(report_blocks(same), Error::<Test>::SameHeader);
		let mut two_authors = blocks(4, SLOT);
		two_authors.second_header = header(SLOT, place_of(5, SLOT), 2, &author_pair(5));
		assert_noop!(report_blocks(two_authors), Error::<Test>::OtherAuthority);
		let mut claimless = blocks(4, SLOT);
		claimless.second_header.digest.logs.remove(0);
		assert_noop!(report_blocks(claimless), Error::<Test>::NoClaim);
	});
}

#[test]
fn a_report_should_be_refused_when_it_is_too_long() {
	on_chain(|| {
		let mut long = blocks(4, SLOT);
		long.first_header.digest.logs.insert(1, DigestItem::Other(vec![0; 4_096]));
		assert!(long.encoded_size() > 4_096);
		assert_noop!(report_blocks(long), Error::<Test>::TooLarge);
	});
}

#[test]
fn a_report_should_be_refused_when_nobody_authorised_it() {
	on_chain(|| {
		let proof = || Box::new(blocks(4, SLOT));
		let origins =
			[RuntimeOrigin::none(), RuntimeOrigin::signed(REPORTER), RuntimeOrigin::root()];
		for origin in origins {
			let refused = Accountability::report_block_equivocation(origin, proof()).unwrap_err();
			assert_eq!(refused.error, DispatchError::BadOrigin);
		}
		assert_eq!(lost(4), 0);
	});
}
