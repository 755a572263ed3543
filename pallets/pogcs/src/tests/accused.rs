//! Past sets, slashing, cooling, barring.

use frame_support::{
	assert_ok,
	traits::{fungible::InspectHold, FindAuthor},
};
use pogcs_primitives::{traits::WorkCredit, units::GramsPerKwh, Interval, MicroGpuHours};
use sp_consensus_pogcs::ConsensusLog;
use sp_runtime::{DigestItem, Perbill};

use crate::{mock::*, *};

const NOTHING: Perbill = Perbill::zero();

fn held(who: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::Stake.into(), &who)
}

/// The place of `who` in the set that runs.
fn place_of(who: AccountId) -> u32 {
	let authors = Authors::<Test>::get();
	authors.iter().position(|author| *author == who).unwrap().try_into().unwrap()
}

/// What the last block told the engine of authorities that lost their place.
fn disabled() -> Vec<u32> {
	let logs = System::digest().logs;
	let logs = logs.iter().filter_map(|item| match item {
		DigestItem::Consensus(sp_consensus_pogcs::ENGINE_ID, data) => {
			codec::Decode::decode(&mut &data[..]).ok()
		}
		_ => None,
	});
	logs.filter_map(|log| match log {
		ConsensusLog::Disabled(place) => Some(place),
		_ => None,
	})
	.collect()
}

fn next_accounts() -> Vec<AccountId> {
	NextSeats::<Test>::get().into_iter().map(|seat| seat.account).collect()
}

#[test]
fn a_past_set_should_be_known_with_keys_weights_and_stake() {
	on_chain(|| {
		assert_ok!(Pogcs::bond(RuntimeOrigin::signed(2), 500));
		open_epoch(1);
		open_epoch(2);
		let stake_in = |slot: u64| {
			let (_, seats) = Pogcs::authors_at(slot).unwrap();
			seats.into_iter().find(|seat| seat.account == 2).unwrap().stake
		};
		assert_eq!(stake_in(START), 1_000);
		assert_eq!(stake_in(START + EPOCH), 1_000, "planned before the bond");
		assert_eq!(stake_in(START + 2 * EPOCH), 1_500);
		let (interval, seats) = Pogcs::authors_at(START + EPOCH - 1).unwrap();
		assert_eq!(interval, Interval(0));
		let seat = seats.iter().find(|seat| seat.account == 2).unwrap();
		let key: sp_consensus_pogcs::AuthorityKey = keys(2).pogcs.into();
		assert_eq!((seat.key, seat.weight), (key.0, 21_845));
	});
}

#[test]
fn a_past_set_should_keep_its_keys_when_they_are_changed() {
	on_chain(|| {
		// Registered after the set of epoch 1 was planned: too late for that set.
		pallet_session::NextKeys::<Test>::insert(2, keys(22));
		open_epoch(1);
		let key: sp_consensus_pogcs::AuthorityKey = keys(2).pogcs.into();
		let (_, seats) = Pogcs::authors_at(START + EPOCH).unwrap();
		assert!(seats.iter().any(|seat| seat.account == 2 && seat.key == key.0));
	});
}

#[test]
fn a_set_should_be_refused_when_it_is_too_old_has_not_come_or_never_was() {
	on_chain(|| {
		(1..=5).for_each(open_epoch);
		assert_eq!(Pogcs::authors_at(START + EPOCH - 1), Err(NoSet::TooOld));
		assert!(Pogcs::authors_at(START + EPOCH).is_ok());
		assert_eq!(Pogcs::authors_at(START + 6 * EPOCH), Err(NoSet::NotYet));
		assert_eq!(Pogcs::authors_at(START - 1), Err(NoSet::Unknown));
		assert_eq!(HistoryKept::<Test>::get().len(), 5);
		assert!(!History::<Test>::contains_key(Interval(0)), "and it is forgotten");
	});
}

#[test]
fn an_epoch_without_a_block_should_belong_to_the_set_announced_before_it() {
	on_chain(|| {
		open_epoch(1);
		open_epoch(4);
		let (interval, seats) = Pogcs::authors_at(START + 2 * EPOCH).unwrap();
		assert_eq!(interval, Interval(4));
		assert_eq!(Some(seats), History::<Test>::get(Interval(4)));
	});
}

#[test]
fn what_a_pause_made_old_should_be_refused_and_forgotten_by_and_by() {
	on_chain(|| {
		(1..=4).for_each(open_epoch);
		open_epoch(50);
		assert_eq!(Pogcs::authors_at(START + 4 * EPOCH), Err(NoSet::TooOld));
		assert_eq!(HistoryKept::<Test>::get().len(), 4, "two of five are forgotten");
		open_epoch(51);
		open_epoch(52);
		assert_eq!(
			HistoryKept::<Test>::get().into_inner(),
			[Interval(50), Interval(51), Interval(52)]
		);
	});
}

#[test]
fn a_finality_set_should_be_known_until_its_last_epoch_is_too_old() {
	on_chain(|| {
		// Eras of two epochs: set 0 votes in epochs 0 and 1.
		(1..=5).for_each(open_epoch);
		let seats = Pogcs::voters_of(0).unwrap();
		let key: sp_core::ed25519::Public = keys(3).grandpa.into();
		assert!(seats.iter().any(|seat| seat.account == 3 && seat.key == key.0));
		assert_eq!(Pogcs::voters_of(3), Err(NoSet::NotYet));
		open_epoch(6);
		assert_eq!(Pogcs::voters_of(0), Err(NoSet::TooOld));
		assert!(Pogcs::voters_of(1).is_ok());
		assert!(Pogcs::voters_of(3).is_ok());
	});
}

#[test]
fn a_finality_set_that_goes_on_should_stay_known() {
	on_chain(|| {
		REFUSE.set(true);
		(1..=20).for_each(open_epoch);
		assert!(Pogcs::voters_of(0).is_ok(), "it still votes");
		REFUSE.set(false);
		open_epoch(21);
		open_epoch(24);
		assert!(Pogcs::voters_of(0).is_ok());
		open_epoch(25);
		assert_eq!(Pogcs::voters_of(0), Err(NoSet::TooOld));
	});
}

#[test]
fn slash_should_take_stake_first_and_then_the_newest_unlocking() {
	on_chain(|| {
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(1), 300));
		open_epoch(1);
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(1), 400));
		let issuance = Balances::total_issuance();
		assert_eq!(Pogcs::slash(&1, 500, None, NOTHING).unwrap().taken, 500);
		let validator = Validators::<Test>::get(1).unwrap();
		assert_eq!(validator.stake, 0);
		assert_eq!(
			validator.unlocking.iter().map(|(_, part)| *part).collect::<Vec<_>>(),
			[300, 200]
		);
		assert_eq!((held(1), Balances::total_issuance()), (500, issuance - 500));
		System::assert_last_event(
			Event::Slashed { validator: 1, taken: 500, rewarded: 0, stake: 0 }.into(),
		);
		// What is not there cannot be taken.
		let slashed = Pogcs::slash(&1, 1_000, None, NOTHING).unwrap();
		assert_eq!((slashed.taken, held(1)), (500, 0));
		assert_eq!(Pogcs::slash(&1, 1_000, None, NOTHING).unwrap().taken, 0);
		assert_eq!(Pogcs::slash(&77, 1_000, None, NOTHING).unwrap().taken, 0);
	});
}

#[test]
fn slash_should_give_the_reporter_its_share_and_burn_the_rest() {
	on_chain(|| {
		let (issuance, free) = (Balances::total_issuance(), Balances::free_balance(5));
		let slashed = Pogcs::slash(&1, 333, Some(&5), Perbill::from_percent(10)).unwrap();
		assert_eq!(slashed, Slashed { taken: 333, rewarded: 33 });
		assert_eq!(Balances::free_balance(5), free + 33);
		assert_eq!(Balances::total_issuance(), issuance - 300);
		assert_eq!(held(1), 667);
	});
}

#[test]
fn slash_should_burn_everything_when_the_share_rounds_to_nothing() {
	on_chain(|| {
		let issuance = Balances::total_issuance();
		let slashed = Pogcs::slash(&1, 9, Some(&5), Perbill::from_percent(10)).unwrap();
		assert_eq!(slashed, Slashed { taken: 9, rewarded: 0 });
		assert_eq!(Balances::total_issuance(), issuance - 9);
	});
}

#[test]
fn cool_should_take_weight_now_and_the_place_in_the_sets_planned_from_now_on() {
	on_chain(|| {
		// Not the first of the set, which is the author of every block here.
		let who = Authors::<Test>::get()[2];
		for epoch in 1..=3 {
			<Pogcs as WorkCredit<_>>::credit(&who, MicroGpuHours(2_000), GramsPerKwh(41));
			open_epoch(epoch);
		}
		<Pogcs as WorkCredit<_>>::credit(&who, MicroGpuHours(2_000), GramsPerKwh(41));
		Pogcs::cool(&who, 4);
		System::assert_has_event(Event::Cooled { validator: who, until: Interval(7) }.into());
		let cooled = Validators::<Test>::get(who).unwrap();
		assert_eq!((cooled.average, cooled.delivered), (0, MicroGpuHours(0)));
		open_epoch(4);
		assert!(Authors::<Test>::get().contains(&who), "announced before");
		assert!(!next_accounts().contains(&who));
		open_epoch(5);
		assert!(!next_accounts().contains(&who), "planned for 6");
		open_epoch(6);
		assert!(next_accounts().contains(&who), "a genesis validator again");
		// A second offence does not shorten the first one's time.
		Pogcs::cool(&who, 9);
		Pogcs::cool(&who, 1);
		assert_eq!(Validators::<Test>::get(who).unwrap().cooling_until, Interval(15));
	});
}

#[test]
fn cool_should_leave_the_weights_of_others_and_of_the_past_alone() {
	on_chain(|| {
		open_epoch(1);
		let before = History::<Test>::get(Interval(1));
		Pogcs::cool(&1, 4);
		assert_eq!(History::<Test>::get(Interval(1)), before);
		assert_eq!(Authorities::<Test>::get().iter().map(|(_, w)| *w).sum::<u64>(), 3 * 21_845);
	});
}

#[test]
fn cool_should_tell_the_engine_once_an_epoch_and_end_with_the_sets_that_have_the_author() {
	on_chain(|| {
		open_block(START + 1, 0);
		let place = place_of(2);
		Pogcs::cool(&2, 4);
		Pogcs::cool(&2, 4);
		assert_eq!(disabled(), [place]);
		System::assert_has_event(Event::AuthorBarred { validator: 2, place }.into());
		close_block();
		// In epoch 1 it has a place still; the author of the first block must be another one.
		let other = u32::from(place == 0);
		block_by(START + EPOCH, other);
		assert_eq!(disabled(), [place_of(2)]);
		open_epoch(2);
		assert!(disabled().is_empty());
		assert!(Barred::<Test>::get().is_empty());
	});
}

#[test]
#[should_panic(expected = "is barred for an offence")]
fn a_block_of_a_barred_author_should_be_refused() {
	on_chain(|| {
		let place = place_of(2);
		Pogcs::cool(&2, 4);
		block_by(START + 1, place);
	});
}

#[test]
#[should_panic(expected = "is barred for an offence")]
fn a_barred_author_should_not_open_the_next_epoch_either() {
	on_chain(|| {
		let place = NextSeats::<Test>::get().iter().position(|seat| seat.account == 2).unwrap();
		Pogcs::cool(&2, 4);
		block_by(START + EPOCH, place.try_into().unwrap());
	});
}

#[test]
fn others_should_author_when_one_is_barred() {
	on_chain(|| {
		Pogcs::cool(&2, 4);
		for place in (0..3).filter(|place| *place != place_of(2)) {
			block_by(START + 1 + u64::from(place), place);
		}
	});
}

#[test]
fn the_last_author_should_not_be_barred() {
	on_chain(|| {
		for who in [1, 2, 3] {
			Pogcs::cool(&who, 4);
		}
		assert_eq!(Barred::<Test>::get().len(), 2);
		block_by(START + 1, place_of(3));
		// Nobody is left to plan with, so the set stays, and one of it goes on: all weigh the same,
		// and the last of the heaviest is taken.
		block_by(START + EPOCH, 2);
		assert_eq!(Barred::<Test>::get().into_inner(), [0, 1]);
		System::assert_has_event(Event::SetKept { candidates: 0 }.into());
	});
}

#[test]
fn a_barred_authority_should_not_be_in_the_next_finality_set() {
	on_chain(|| {
		open_epoch(1);
		Pogcs::cool(&2, 4);
		let other = (0..3).find(|place| NextSeats::<Test>::get()[*place as usize].account != 2);
		block_by(START + 2 * EPOCH, other.unwrap());
		assert!(Authors::<Test>::get().contains(&2), "the set of epoch 2 was announced before");
		let accounts: Vec<_> =
			Pogcs::voters_of(1).unwrap().into_iter().map(|seat| seat.account).collect();
		assert_eq!(accounts.len(), 2);
		assert!(!accounts.contains(&2));
	});
}

#[test]
fn a_validator_slashed_to_nothing_should_leave_when_its_cooling_is_over() {
	on_chain(|| {
		assert_ok!(Pogcs::bond(RuntimeOrigin::signed(4), 100));
		assert_ok!(Pogcs::slash(&4, 100, None, NOTHING));
		Pogcs::cool(&4, 3);
		open_epoch(2);
		assert!(Validators::<Test>::get(4).is_some_and(|v| v.cooling_until == Interval(3)));
		open_epoch(3);
		open_epoch(4);
		assert_eq!(Validators::<Test>::get(4), None);
		assert_eq!(Validators::<Test>::count(), 3);
	});
}

#[test]
fn the_author_of_a_block_that_opens_an_epoch_should_be_one_of_the_new_set() {
	use codec::Encode;
	use sp_consensus_pogcs::{Claim, PreDigest, VrfOutput, ENGINE_ID};
	on_chain(|| {
		let find = |slot, authority| {
			let vrf = VrfOutput { pre_output: [0; 32], proof: [0; 64] };
			let digest = PreDigest::Primary(Claim { authority, slot, vrf }).encode();
			Pogcs::find_author([(ENGINE_ID, &digest[..])])
		};
		NextSeats::<Test>::mutate(|seats| seats.retain(|seat| seat.account == 3));
		NextAuthorities::<Test>::mutate(|set| {
			let key: sp_consensus_pogcs::AuthorityKey = keys(3).pogcs.into();
			set.retain(|(other, _)| *other == key);
		});
		assert_eq!(find(START + 1, 0), Authors::<Test>::get().first().copied());
		assert_eq!(find(START + EPOCH, 0), Some(3));
		assert_eq!(find(START + EPOCH, 1), None);
	});
}
