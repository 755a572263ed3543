//! From work and stake to a set.

use frame_support::assert_ok;
use pogcs_primitives::{traits::WorkCredit, units::GramsPerKwh, Interval, MicroGpuHours};
use sp_consensus_pogcs::AuthorityKey;

use crate::{mock::*, *};

const CLEAN: GramsPerKwh = GramsPerKwh(41);

fn credit(who: AccountId, work: u64) {
	<Pogcs as WorkCredit<_>>::credit(&who, MicroGpuHours(work), CLEAN);
}

fn next_weight(who: AccountId) -> u64 {
	let key: AuthorityKey = keys(who).pogcs.into();
	NextAuthorities::<Test>::get().iter().find(|(k, _)| *k == key).map_or(0, |(_, w)| *w)
}

fn join(who: AccountId, stake: Balance) {
	assert_ok!(Pogcs::bond(RuntimeOrigin::signed(who), stake));
	// Proving that one owns the keys is the session pallet's business; here they just stand.
	pallet_session::NextKeys::<Test>::insert(who, keys(who));
}

#[test]
fn genesis_validators_should_share_the_bootstrap_weight_when_nobody_works() {
	on_chain(|| {
		open_epoch(1);
		assert_eq!((1..4).map(next_weight).collect::<Vec<_>>(), [21_845; 3]);
	});
}

#[test]
fn weight_should_move_to_whoever_delivers_two_epochs_later() {
	on_chain(|| {
		credit(2, 600);
		open_epoch(1);
		assert!(next_weight(2) > next_weight(1), "announced in the epoch after the work");
		let now: Vec<_> = Authorities::<Test>::get().iter().map(|(_, w)| *w).collect();
		assert_eq!(now, [21_845; 3], "and not yet in force");
		open_epoch(2);
		let now = Authorities::<Test>::get();
		assert!(now.iter().any(|(_, w)| *w > 21_845));
	});
}

#[test]
fn bootstrap_weight_should_be_gone_when_the_floor_is_reached() {
	on_chain(|| {
		// Half-life 2: a steady 2,000 is an average above 1,000 after two epochs.
		for epoch in 1..=8 {
			credit(1, 900);
			credit(2, 900);
			open_epoch(epoch);
		}
		assert_eq!(next_weight(3), 0);
		assert!(next_weight(1) > 32_000 && next_weight(1) == next_weight(2));
		let has_set_planned = System::events().iter().any(|record| {
			matches!(record.event, RuntimeEvent::Pogcs(Event::SetPlanned { bootstrap: 0, .. }))
		});
		assert!(has_set_planned);
	});
}

#[test]
fn stake_should_cap_weight() {
	on_chain(|| {
		join(4, 100);
		for epoch in 1..=12 {
			credit(1, 1_000);
			credit(4, 1_000_000);
			open_epoch(epoch);
		}
		// A million µGPU-h behind a stake of 100 weigh 100; a stake of 1,000 lets 1,000 weigh.
		let ratio = next_weight(1) / next_weight(4);
		assert!((9..=10).contains(&ratio), "{ratio}");
	});
}

#[test]
fn stake_alone_should_weigh_nothing() {
	on_chain(|| {
		join(4, 50_000);
		(1..4).for_each(open_epoch);
		assert_eq!(next_weight(4), 0);
	});
}

#[test]
fn a_worker_without_session_keys_should_not_enter_the_set() {
	on_chain(|| {
		assert_ok!(Pogcs::bond(RuntimeOrigin::signed(4), 1_000));
		credit(4, 1_000);
		open_epoch(1);
		assert_eq!(next_weight(4), 0);
	});
}

#[test]
fn dirty_compute_should_count_for_less() {
	on_chain(|| {
		<Pogcs as WorkCredit<_>>::credit(&1, MicroGpuHours(500), GramsPerKwh(410));
		assert_eq!(Validators::<Test>::get(1).unwrap().delivered, MicroGpuHours(50));
		System::assert_last_event(
			Event::WorkCredited {
				validator: 1,
				work: MicroGpuHours(500),
				counted: MicroGpuHours(50),
			}
			.into(),
		);
	});
}

#[test]
fn credit_to_nobody_should_change_nothing() {
	on_chain(|| {
		credit(77, 500);
		assert!(!Validators::<Test>::contains_key(77));
	});
}

#[test]
fn averages_should_not_decay_when_the_chain_was_down() {
	on_chain(|| {
		credit(1, 500);
		open_epoch(1);
		let before = Validators::<Test>::get(1).unwrap().average;
		open_epoch(50);
		let after = Validators::<Test>::get(1).unwrap().average;
		// One epoch ran (number 1), however many did not.
		assert!(after * 10 > before * 7 && after < before);
		assert_eq!(CurrentInterval::<Test>::get(), Interval(50));
	});
}

#[test]
fn the_last_set_should_stay_when_too_few_weigh_anything() {
	on_chain(|| {
		for who in 1..4 {
			assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(who), 1_000));
		}
		open_epoch(1);
		System::assert_has_event(Event::SetKept { candidates: 0 }.into());
		assert_eq!((1..4).map(next_weight).collect::<Vec<_>>(), [21_845; 3]);
		open_epoch(2);
		assert_eq!(Authorities::<Test>::get().len(), 3);
	});
}

#[test]
fn weights_should_be_told_with_where_they_come_from() {
	on_chain(|| {
		credit(2, 400);
		open_epoch(1);
		let list = Pogcs::validator_weights(|who| Some(keys(*who).pogcs.into()));
		let two = list.iter().find(|v| v.validator == 2).unwrap();
		assert_eq!((two.stake, two.cap, two.delivered, two.genesis), (1_000, 1_000, 0, true));
		assert!(two.average > 100 && two.average < 120, "{}", two.average);
		assert!(two.next > two.current);
	});
}
