//! Epochs, randomness, eras.

use pogcs_primitives::{
	traits::{BlockRandomness, IntervalClock},
	Interval,
};

use crate::{mock::*, *};

#[test]
fn the_first_block_should_announce_epoch_1() {
	on_chain(|| {
		assert_eq!(Pogcs::current(), Interval(0));
		let next = announced().unwrap();
		assert_eq!(next.authorities.len(), 3);
		assert_eq!(next.randomness, [9; 32]);
		assert_eq!(Pogcs::current_epoch().start_slot, START);
		assert_eq!(Pogcs::current_epoch().index_at(START + 25), 2);
	});
}

#[test]
fn only_the_first_block_of_an_epoch_should_announce_the_next() {
	on_chain(|| {
		block_at(START + 1);
		assert_eq!(announced(), None);
		block_at(START + EPOCH - 1);
		assert_eq!(announced(), None);
		block_at(START + EPOCH + 2);
		let next = announced().unwrap();
		assert_eq!(Pogcs::current(), Interval(1));
		// What is announced is what the epoch then has.
		open_epoch(2);
		let current = Pogcs::current_epoch();
		assert_eq!((current.authorities, current.randomness), (next.authorities, next.randomness));
	});
}

#[test]
fn randomness_should_be_fixed_by_the_blocks_of_an_interval_and_known_after_it() {
	let run = |slots: &[u64]| {
		let mut found = None;
		on_chain(|| {
			slots.iter().for_each(|slot| block_at(START + slot));
			assert_eq!(Pogcs::randomness_of(Interval(0)), None);
			open_epoch(1);
			found = Pogcs::randomness_of(Interval(0));
			assert_eq!(found, Some(Pogcs::next_epoch().randomness));
			assert_ne!(found, Some(Pogcs::current_epoch().randomness));
		});
		found.unwrap()
	};
	assert_eq!(run(&[2, 5]), run(&[2, 5]));
	assert_ne!(run(&[2, 5]), run(&[2, 6]));
	assert_ne!(run(&[2, 5]), run(&[2]));
}

#[test]
fn randomness_should_be_forgotten_when_it_is_older_than_the_history() {
	on_chain(|| {
		(1..=5).for_each(open_epoch);
		assert_eq!(Pogcs::randomness_of(Interval(0)), None);
		assert!((1..5).all(|i| Pogcs::randomness_of(Interval(i)).is_some()));
		assert_eq!(Pogcs::randomness_of(Interval(5)), None);
	});
}

#[test]
fn the_chain_should_resume_with_the_announced_set_when_epochs_were_skipped() {
	on_chain(|| {
		let next = announced().unwrap();
		open_epoch(7);
		assert_eq!(Pogcs::current(), Interval(7));
		assert_eq!(Pogcs::current_epoch().authorities, next.authorities);
		assert_eq!(Pogcs::current_epoch().start_slot, START + 70);
		assert!(announced().is_some());
		// The randomness of the interval that ran is kept, of those skipped there is none.
		assert!(Pogcs::randomness_of(Interval(0)).is_some());
		assert_eq!(Pogcs::randomness_of(Interval(3)), None);
	});
}

#[test]
fn the_finality_set_should_follow_only_where_an_era_opens() {
	on_chain(|| {
		open_epoch(1);
		assert!(FINALITY.with_borrow(Vec::is_empty));
		open_epoch(2);
		let sets = FINALITY.with_borrow(Clone::clone);
		assert_eq!(sets.len(), 1);
		let (voters, session) = &sets[0];
		assert_eq!(*session, 2);
		let weights: Vec<_> = voters.iter().map(|(_, weight)| *weight).collect();
		let authors: Vec<_> = Authorities::<Test>::get().iter().map(|(_, w)| *w).collect();
		assert_eq!(weights, authors);
		let mut expected: Vec<_> = (1..4).map(|who| keys(who).grandpa).collect();
		let mut found: Vec<_> = voters.iter().map(|(key, _)| key.clone()).collect();
		expected.sort();
		found.sort();
		assert_eq!(found, expected);
		// An era without a block is passed over.
		open_epoch(7);
		assert_eq!(FINALITY.with_borrow(Vec::len), 2);
		assert_eq!(CurrentEra::<Test>::get(), 3);
	});
}

#[test]
fn a_change_that_finality_refuses_should_be_tried_again() {
	on_chain(|| {
		REFUSE.set(true);
		open_epoch(2);
		System::assert_has_event(Event::FinalityChangeFailed { era: 1 }.into());
		assert_eq!(CurrentEra::<Test>::get(), 0);
		REFUSE.set(false);
		open_epoch(3);
		assert_eq!(CurrentEra::<Test>::get(), 1);
		assert_eq!(FINALITY.with_borrow(Vec::len), 1);
	});
}

#[test]
fn the_author_should_be_found_by_its_place_in_the_set() {
	use codec::Encode;
	use frame_support::traits::FindAuthor;
	use sp_consensus_pogcs::{Claim, PreDigest, VrfOutput, ENGINE_ID};
	on_chain(|| {
		let find = |authority| {
			let vrf = VrfOutput { pre_output: [0; 32], proof: [0; 64] };
			let digest = PreDigest::Primary(Claim { authority, slot: START, vrf }).encode();
			Pogcs::find_author([(ENGINE_ID, &digest[..])])
		};
		let authors = Authors::<Test>::get();
		assert_eq!(find(1), Some(authors[1]));
		assert_eq!(find(3), None);
	});
}

#[test]
#[should_panic(expected = "the time set lies in the block's slot")]
fn a_time_outside_the_slot_should_invalidate_the_block() {
	use frame_support::traits::OnTimestampSet;
	on_chain(|| {
		Pogcs::on_timestamp_set(START * 3_000 + 2_999);
		Pogcs::on_timestamp_set(START * 3_000 + 3_000);
	});
}

#[test]
fn randomness_of_a_block_should_hold_all_before_it_when_the_block_is_closed() {
	let run = |slots: &[u64]| {
		let mut found = Vec::new();
		on_chain(|| {
			slots.iter().for_each(|slot| block_at(START + slot));
			let last = System::block_number();
			assert_eq!(Pogcs::randomness_of_block(last + 1), None);
			found = (1..=last).filter_map(Pogcs::randomness_of_block).collect();
		});
		found
	};
	let (one, other) = (run(&[2, 5, 7]), run(&[3, 5, 7]));
	assert_eq!(one, run(&[2, 5, 7]));
	assert!(one.len() >= 3 && one.len() == other.len());
	let changed: Vec<_> = one.iter().zip(&other).map(|(one, other)| one != other).collect();
	assert!(changed.ends_with(&[true, true, true]), "{changed:?}");
	// The first block of an epoch goes on with the chain of the epoch before it.
	let (one, other) = (run(&[2, EPOCH + 1]), run(&[3, EPOCH + 1]));
	assert_ne!(one.last(), other.last());
}

#[test]
fn randomness_of_a_block_should_be_forgotten_when_it_is_older_than_the_history() {
	on_chain(|| {
		(2..14).for_each(|slot| block_at(START + slot));
		let last = System::block_number();
		let kept: Vec<_> =
			(1..=last).filter(|n| Pogcs::randomness_of_block(*n).is_some()).collect();
		assert_eq!(kept, (last - 7..=last).collect::<Vec<_>>());
	});
}
