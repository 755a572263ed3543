//! Random entry (B3).

use std::collections::BTreeMap;

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{records::PoolKind, traits::IntervalClock, DeviceId, Interval, PoolId};
use sp_runtime::DispatchResult;

use crate::mock::*;

/// The round that the first application in interval 20 opens closes with 22; 25 draws it.
const CLOSES: u32 = 22;
const DRAWS: u32 = 25;

fn found_lottery(places: u32) -> PoolId {
	let lottery = Condition::Lottery { places, applications: 2 };
	found_with(PoolKind::Green, terms(), vec![lottery], None)
}

fn apply(device: DeviceId) -> DispatchResult {
	Pools::apply(signed(owner_of(device)), POOL, device)
}

fn draw() -> DispatchResult {
	Pools::draw(signed(STRANGER), POOL)
}

fn claim(device: DeviceId) -> DispatchResult {
	Pools::claim(signed(STRANGER), device)
}

fn end_round() -> DispatchResult {
	Pools::end_round(signed(STRANGER), POOL)
}

/// So many home devices of Alice's, all of which applied.
fn crowd(count: u32) -> Vec<DeviceId> {
	let devices: Vec<_> = (0..count).map(|index| DeviceId(100 + index)).collect();
	for device in &devices {
		place(*device, ALICE, HOME);
		assert_ok!(apply(*device));
	}
	devices
}

/// Brings a round with these applicants to where winners can join, and says who won.
fn play(devices: &[DeviceId]) -> Vec<DeviceId> {
	at(DRAWS + 1);
	assert_ok!(draw());
	for device in devices {
		assert_ok!(claim(*device));
	}
	at(DRAWS + 4);
	Lowest::<Test>::get(POOL).iter().map(|ticket| ticket.device).collect()
}

#[test]
fn apply_should_open_a_round_when_none_runs() {
	on_chain(|| {
		found_lottery(2);
		assert_ok!(apply(A));
		System::assert_last_event(
			Event::Applied {
				pool: POOL,
				round: 0,
				device: A,
				closes: Interval(CLOSES),
				deposit: 50,
			}
			.into(),
		);
		assert_eq!(on_hold(HoldReason::Application, ALICE), 50);
		at(CLOSES);
		assert_ok!(apply(B));
		let round = Pools::round(POOL).unwrap();
		assert_eq!((round.applicants, round.places, round.draw), (2, 2, None));
		at(CLOSES + 1);
		assert_noop!(apply(C), Error::<Test>::RoundClosed);
	});
}

#[test]
fn apply_should_be_refused_when_it_cannot_win() {
	on_chain(|| {
		let other = found(PoolKind::Energy);
		let lottery = Condition::Lottery { places: 1, applications: 2 };
		let since = Condition::BenchmarkSince(Interval(5));
		let pool = found_with(PoolKind::Green, terms(), vec![lottery, since], None);
		let apply = |device| Pools::apply(signed(owner_of(device)), pool, device);
		assert_noop!(Pools::apply(signed(BOB), pool, A), Error::<Test>::NotYours);
		assert_noop!(Pools::apply(signed(ALICE), PoolId(9), A), Error::<Test>::UnknownPool);
		assert_noop!(Pools::apply(signed(ALICE), other, A), Error::<Test>::NoLottery);
		assert_noop!(apply(REGIONAL), Error::<Test>::WrongClass);
		assert_noop!(apply(CENTRAL), Error::<Test>::NoPanel);
		// Spam has to be devices that meet what is asked for.
		assert_noop!(apply(A), Error::<Test>::BenchmarkTooOld);
		Passed::set(vec![(A, Interval(5)), (B, Interval(5))]);
		assert_ok!(join(other, B));
		assert_noop!(apply(B), Error::<Test>::AlreadyMember);
		assert_ok!(apply(A));
	});
}

#[test]
fn apply_should_be_refused_when_the_device_has_applied() {
	on_chain(|| {
		found_lottery(1);
		let other = found_lottery(1);
		assert_ok!(apply(A));
		assert_noop!(apply(A), Error::<Test>::AlreadyApplied);
		assert_noop!(Pools::apply(signed(MANAGER), POOL, A), Error::<Test>::AlreadyApplied);
		assert_noop!(Pools::apply(signed(ALICE), other, A), Error::<Test>::AlreadyApplied);
	});
}

#[test]
fn retract_should_give_the_deposit_back_when_applications_are_open() {
	on_chain(|| {
		found_lottery(1);
		assert_noop!(Pools::retract(signed(ALICE), A), Error::<Test>::NotApplied);
		assert_ok!(apply(A));
		assert_noop!(Pools::retract(signed(BOB), A), Error::<Test>::NotYours);
		assert_ok!(Pools::retract(signed(ALICE), A));
		System::assert_last_event(Event::Retracted { pool: POOL, device: A, deposit: 50 }.into());
		assert_eq!((free(ALICE), Pools::application(A)), (RICH, None));
		assert_eq!(Pools::round(POOL).unwrap().applicants, 0);
		assert_ok!(apply(A));
		// Who sees that it lost must not be the first to know: nobody gets out while it is drawn.
		at(CLOSES + 1);
		assert_noop!(Pools::retract(signed(ALICE), A), Error::<Test>::RoundRunning);
		at(DRAWS + 1);
		assert_ok!(draw());
		assert_noop!(Pools::retract(signed(ALICE), A), Error::<Test>::RoundRunning);
	});
}

#[test]
fn draw_should_wait_for_randomness_that_no_applicant_knew() {
	on_chain(|| {
		found_lottery(1);
		assert_noop!(Pools::draw(signed(STRANGER), PoolId(9)), Error::<Test>::UnknownPool);
		assert_noop!(draw(), Error::<Test>::NoRound);
		assert_ok!(apply(A));
		assert_noop!(claim(A), Error::<Test>::TooEarly);
		at(DRAWS);
		assert_noop!(draw(), Error::<Test>::TooEarly);
		at(DRAWS + 1);
		assert_ok!(draw());
		let drawn = Pools::round(POOL).unwrap().draw.unwrap();
		assert_eq!(drawn.of, Interval(DRAWS));
		assert_eq!(Some(drawn.seed), World::randomness_of(Interval(DRAWS)));
		assert_eq!(drawn.claims_until, Interval(DRAWS + 3));
		assert_eq!(drawn.take_until, Interval(DRAWS + 6));
		assert_noop!(draw(), Error::<Test>::AlreadyDrawn);
	});
}

#[test]
fn draw_should_find_the_same_seed_whenever_it_is_called() {
	let seed_at = |interval| {
		let mut found = None;
		on_chain(|| {
			found_lottery(1);
			assert_ok!(apply(A));
			// The chain was down then.
			Skipped::set(vec![Interval(DRAWS), Interval(DRAWS + 1)]);
			at(DRAWS + 2);
			assert_noop!(draw(), Error::<Test>::TooEarly);
			at(interval);
			assert_ok!(draw());
			found = Pools::round(POOL).unwrap().draw.map(|draw| (draw.of, draw.seed));
		});
		found
	};
	let first = seed_at(DRAWS + 3);
	assert_eq!(first.map(|(of, _)| of), Some(Interval(DRAWS + 2)));
	// Whoever waits has nothing to choose from.
	for later in DRAWS + 4..=DRAWS + 8 {
		assert_eq!(seed_at(later), first);
	}
}

#[test]
fn round_should_have_no_winners_when_nobody_draws_it_in_time() {
	on_chain(|| {
		found_lottery(1);
		assert_ok!(apply(A));
		at(DRAWS + 8);
		assert_noop!(end_round(), Error::<Test>::RoundRunning);
		at(DRAWS + 9);
		assert_noop!(draw(), Error::<Test>::TooLate);
		assert_noop!(apply(B), Error::<Test>::RoundOver);
		assert_ok!(end_round());
		System::assert_last_event(
			Event::RoundEnded { pool: POOL, round: 0, drawn: false, forfeited: 0 }.into(),
		);
		assert_noop!(end_round(), Error::<Test>::NoRound);
		assert_noop!(claim(A), Error::<Test>::NoRound);
		assert_ok!(Pools::retract(signed(ALICE), A));
		assert_eq!(free(ALICE), RICH);
	});
}

#[test]
fn claim_should_list_the_lowest_tickets_when_there_are_many() {
	on_chain(|| {
		found_lottery(3);
		let devices = crowd(12);
		at(DRAWS + 1);
		assert_eq!(Pools::ticket(devices[0]), None);
		assert_ok!(draw());
		// In whatever order: the result is the three lowest.
		let mut tickets: Vec<_> =
			devices.iter().map(|device| Pools::ticket(*device).unwrap()).collect();
		for device in devices.iter().rev() {
			assert_ok!(claim(*device));
			assert!(Lowest::<Test>::get(POOL).is_sorted());
		}
		tickets.sort();
		assert_eq!(Lowest::<Test>::get(POOL).into_inner(), tickets[..3].to_vec());
		for (rank, ticket) in tickets[..3].iter().enumerate() {
			assert_eq!(Pools::rank(ticket.device), Some(rank as u32));
		}
		assert_eq!(Pools::rank(tickets[7].device), Some(3));
		assert_noop!(claim(devices[0]), Error::<Test>::AlreadyClaimed);
	});
}

#[test]
fn claim_should_be_refused_when_it_is_over() {
	on_chain(|| {
		found_lottery(1);
		assert_noop!(claim(A), Error::<Test>::NotApplied);
		assert_ok!(apply(A));
		at(DRAWS + 1);
		assert_ok!(draw());
		at(DRAWS + 4);
		assert_noop!(claim(A), Error::<Test>::TooLate);
		// Nobody claimed, nobody waits.
		assert_ok!(end_round());
		assert_ok!(Pools::retract(signed(ALICE), A));
	});
}

#[test]
fn winner_should_join_when_claims_are_over() {
	on_chain(|| {
		found_lottery(1);
		let devices = [A, B, C];
		for device in devices {
			assert_ok!(apply(device));
		}
		assert_noop!(join(POOL, A), Error::<Test>::NotDrawn);
		at(DRAWS + 1);
		assert_ok!(draw());
		assert_ok!(claim(A));
		// The only one so far, but others may be lower.
		assert_noop!(join(POOL, A), Error::<Test>::StillClaiming);
		assert_ok!(claim(B));
		assert_ok!(claim(C));
		at(DRAWS + 4);
		let winner = Lowest::<Test>::get(POOL)[0].device;
		for loser in devices.into_iter().filter(|device| *device != winner) {
			assert_noop!(join(POOL, loser), Error::<Test>::NotWinner);
		}
		assert_ok!(join(POOL, winner));
		assert_eq!(on_hold(HoldReason::Application, owner_of(winner)), 0);
		assert_eq!(Pools::application(winner), None);
		// The round is over at once; losers get everything back.
		assert_ok!(end_round());
		for loser in devices.into_iter().filter(|device| *device != winner) {
			assert_noop!(join(POOL, loser), Error::<Test>::NotWinner);
			assert_ok!(Pools::retract(signed(owner_of(loser)), loser));
			assert_eq!(free(owner_of(loser)), RICH);
		}
	});
}

#[test]
fn join_should_be_refused_when_the_lot_was_won_elsewhere() {
	on_chain(|| {
		found_lottery(1);
		let other = found_lottery(1);
		assert_noop!(join(POOL, A), Error::<Test>::NotDrawn);
		assert_ok!(apply(A));
		assert_eq!(play(&[A]), vec![A]);
		assert_noop!(join(other, A), Error::<Test>::NotDrawn);
		assert_ok!(join(POOL, A));
	});
}

#[test]
fn winner_should_lose_the_deposit_when_it_does_not_join() {
	on_chain(|| {
		found_lottery(1);
		assert_ok!(apply(A));
		assert_eq!(play(&[A]), vec![A]);
		at(DRAWS + 6);
		assert_noop!(end_round(), Error::<Test>::RoundRunning);
		at(DRAWS + 7);
		assert_noop!(join(POOL, A), Error::<Test>::NotWinner);
		assert_ok!(end_round());
		System::assert_has_event(
			Event::PlaceForfeited { pool: POOL, device: A, deposit: 50 }.into(),
		);
		System::assert_last_event(
			Event::RoundEnded { pool: POOL, round: 0, drawn: true, forfeited: 1 }.into(),
		);
		assert_eq!((insured(), free(ALICE)), (50, RICH - 50));
		// The next round is another one.
		assert_ok!(apply(A));
		assert_eq!(Pools::round(POOL).unwrap().number, 1);
	});
}

#[test]
fn places_should_be_no_more_than_are_free_when_drawn() {
	on_chain(|| {
		let lottery = Condition::Lottery { places: 3, applications: 2 };
		let terms = Terms { capacity: 1, ..terms() };
		found_with(PoolKind::Green, terms, vec![lottery], None);
		for device in [A, B] {
			assert_ok!(apply(device));
		}
		let winners = play(&[A, B]);
		assert_eq!(winners.len(), 1);
		assert_ok!(join(POOL, winners[0]));
		// With no place free a round has no winners.
		assert_ok!(end_round());
		assert_ok!(apply(C));
		at(DRAWS + 10);
		assert_ok!(draw());
		assert_ok!(claim(C));
		assert_eq!(Lowest::<Test>::decode_len(POOL), None);
		at(DRAWS + 13);
		assert_ok!(end_round());
		assert_ok!(Pools::retract(signed(CAROL), C));
	});
}

#[test]
fn ticket_should_not_depend_on_when_or_by_whom_it_was_applied_for() {
	let tickets = |first: DeviceId, second: DeviceId, wait: u32| {
		let mut found = BTreeMap::new();
		on_chain(|| {
			found_lottery(1);
			// Somebody else opens the round, so that all rounds are the same one.
			assert_ok!(apply(C));
			assert_ok!(apply(first));
			at(20 + wait);
			assert_ok!(apply(second));
			at(DRAWS + 1);
			assert_ok!(draw());
			found = [A, B].into_iter().map(|device| (device, Pools::ticket(device))).collect();
		});
		found
	};
	let early = tickets(A, B, 0);
	assert_eq!(tickets(B, A, 0), early);
	assert_eq!(tickets(A, B, 2), early);
	assert_eq!(tickets(B, A, 2), early);
}

#[test]
fn winners_should_be_drawn_evenly_when_many_rounds_are_played() {
	// 8 devices, 2 places, 400 draws: each should win 100 times. A chi-square test with seven
	// degrees of freedom; 24.3 is exceeded once in a thousand.
	let mut wins = BTreeMap::<DeviceId, f64>::new();
	new_test_ext().execute_with(|| {
		found_lottery(2);
		for salt in 0..400 {
			at(20);
			Salt::set(salt);
			let winners = play(&crowd(8));
			assert_eq!(winners.len(), 2);
			for winner in winners {
				*wins.entry(winner).or_default() += 1.0;
			}
			at(DRAWS + 7);
			assert_ok!(end_round());
			for index in 0..8 {
				let _ = Pools::retract(signed(ALICE), DeviceId(100 + index));
			}
		}
	});
	let chi: f64 = (0..8)
		.map(|index| wins.get(&DeviceId(100 + index)).copied().unwrap_or(0.0))
		// The two places of a draw exclude each other: the variance is 3/4 of the count, not 7/8.
		.map(|won| (won - 100.0).powi(2) / 100.0 * (7.0 / 6.0))
		.sum();
	assert!(chi < 24.3, "wins are {wins:?}, chi-square is {chi}");
}
