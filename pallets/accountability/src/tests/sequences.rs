//! Whatever validators do with their stake, an offence costs what it should.

use pallet_pogcs::{HistoryKept, VotersKept};
use proptest::prelude::*;

use crate::{mock::*, types::Charge, Cases, Period};

#[derive(Clone, Debug)]
enum Step {
	Bond(AccountId, Balance),
	Unbond(AccountId, Balance),
	Withdraw(AccountId),
	Pass(u64),
	Author(Option<AccountId>),
	/// Who, how many sets back, and whether by votes.
	Offend(AccountId, usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
	let who = || 1..=VALIDATORS;
	prop_oneof![
		3 => (who(), 1..2_000u128).prop_map(|(who, amount)| Step::Bond(who, amount)),
		5 => (who(), 1..1_500u128).prop_map(|(who, amount)| Step::Unbond(who, amount)),
		4 => who().prop_map(Step::Withdraw),
		6 => Just(Step::Pass(1)),
		1 => (2..14u64).prop_map(Step::Pass),
		1 => prop_oneof![Just(None), Just(Some(REPORTER)), who().prop_map(Some)]
			.prop_map(Step::Author),
		4 => (who(), 0..5usize, any::<bool>())
			.prop_map(|(who, back, votes)| Step::Offend(who, back, votes)),
	]
}

/// The set that is `back` places before the newest one kept.
fn period(back: usize, votes: bool) -> Option<(Period, Vec<pallet_pogcs::SeatOf<Test>>)> {
	if votes {
		let (set, _) = VotersKept::<Test>::get().into_iter().rev().nth(back)?;
		Some((Period::VoterSet(set), Pogcs::voters_of(set).ok()?.into_inner()))
	} else {
		let interval = HistoryKept::<Test>::get().into_iter().rev().nth(back)?;
		let (interval, seats) = Pogcs::authors_at(START + u64::from(interval.0) * EPOCH).ok()?;
		Some((Period::Epoch(interval), seats.into_inner()))
	}
}

/// Charges `who` as if its signatures had been checked. `None` if there is nothing to charge it for.
fn charge(who: AccountId, back: usize, votes: bool) -> Option<Charge<Test>> {
	let (period, seats) = period(back, votes)?;
	let known = Cases::<Test>::get(period)
		.is_some_and(|case| case.offenders.iter().any(|offender| offender.account == who));
	let seat = seats.iter().find(|seat| seat.account == who)?.clone();
	let total = seats.iter().map(|seat| seat.weight).sum();
	(!known).then_some(Charge { period, seat, total })
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn an_offence_should_cost_its_part_unless_it_was_taken_before(
		steps in prop::collection::vec(step(), 1..80),
	) {
		on_chain(|| {
			let mut epoch = 0;
			// What each validator has lost, ever.
			let mut taken = [0u128; VALIDATORS as usize + 1];
			let mut issuance = Balances::total_issuance();
			for step in steps {
				// Calls may be refused: the property is about whatever state follows.
				match step {
					Step::Bond(who, amount) => {
						let _ = Pogcs::bond(RuntimeOrigin::signed(who), amount);
					},
					Step::Unbond(who, amount) => {
						let _ = Pogcs::unbond(RuntimeOrigin::signed(who), amount);
					},
					Step::Withdraw(who) => {
						let _ = Pogcs::withdraw(RuntimeOrigin::signed(who));
					},
					Step::Pass(epochs) => {
						epoch += epochs;
						open_epoch(epoch);
					},
					Step::Author(author) => Author::set(author),
					Step::Offend(who, back, votes) => {
						let Some(charge) = charge(who, back, votes) else { continue };
						let period = charge.period;
						let before = Cases::<Test>::get(period).unwrap_or_default();
						let stakes = (1..=VALIDATORS).map(held).collect::<Vec<_>>();
						let paid = Author::get().map_or(0, Balances::free_balance);
						Accountability::punish(charge).unwrap();
						let case = Cases::<Test>::get(period).unwrap();
						assert!(case.fraction >= before.fraction);
						let (mut all, mut rewards) = (0, 0);
						for offender in &case.offenders {
							let who = offender.account as usize;
							let due = case.fraction.mul_ceil(offender.stake);
							let old = before.offenders.iter().find(|o| o.account == offender.account);
							let more = due - old.map_or(0, |old| old.claimed);
							let had = stakes[who - 1];
							let lost = had - held(offender.account);
							assert_eq!(lost, more.min(had), "what is asked for, or all there is");
							assert!(
								had + taken[who] >= offender.stake,
								"what it stood with is there, or was taken"
							);
							taken[who] += lost;
							all += lost;
							rewards += lost / 10;
						}
						let innocent = Author::get()
							.filter(|author| case.offenders.iter().all(|o| o.account != *author));
						let rewards = if innocent.is_some() { rewards } else { 0 };
						assert_eq!(Author::get().map_or(0, Balances::free_balance), paid + rewards);
						issuance -= all - rewards;
						for other in 1..=VALIDATORS {
							let guilty = case.offenders.iter().any(|o| o.account == other);
							assert!(guilty || held(other) == stakes[other as usize - 1]);
						}
					},
				}
				assert_eq!(Balances::total_issuance(), issuance);
				Pogcs::do_try_state().unwrap();
				Accountability::do_try_state().unwrap();
			}
		});
	}
}
