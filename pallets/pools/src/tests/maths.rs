//! Who gets what, for any numbers.

use proptest::prelude::*;
use sp_runtime::Permill;

use crate::mock::*;

/// A promise as it stands when its interval is final.
#[derive(Clone, Debug)]
struct Kept {
	promised: u64,
	delivered: u64,
	led: u64,
	penalty: u128,
	/// When it was made: before which payments.
	since: usize,
}

fn kept() -> impl Strategy<Value = Kept> {
	(1u64..1 << 40, 0.0f64..1.2, 0.0f64..1.0, 1u128..1 << 60, 0usize..3).prop_map(
		|(promised, part, led, penalty, since)| Kept {
			promised,
			delivered: ((promised as f64 * part) as u64).min(promised),
			led: (promised as f64 * led) as u64,
			penalty,
			since,
		},
	)
}

fn book(promised: u64, delivered: u64, fee: u32) -> Book {
	Book {
		promised: Units(promised),
		delivered: Units(delivered),
		promises: 0,
		revenue: 0,
		rate: 0,
		common: 0,
		kept: 0,
		left: 0,
		leader: None,
		leader_fee: Permill::from_parts(fee),
		missed: None,
	}
}

fn promise_of(kept: &Kept, rate: u128) -> Promise<AccountId> {
	Promise {
		by: ALICE,
		deposit: math::deposit(Units(kept.promised), kept.penalty).unwrap(),
		promised: Units(kept.promised),
		delivered: Units(kept.delivered),
		led: Units(kept.led),
		done: Units(kept.led.min(kept.delivered)),
		floor: Units(kept.promised),
		earned: 0,
		rate,
	}
}

proptest! {
	#[test]
	fn settlements_should_pay_no_more_than_came_in(
		members in prop::collection::vec(kept(), 1..12),
		payments in prop::array::uniform3(0u128..1 << 70),
		common in 0u128..1 << 70,
		owed in 0.0f64..1.0,
		fee in 0u32..=1_000_000,
	) {
		// Promises are made in three waves, and each payment comes after one.
		let mut rates = [0u128; 3];
		let (mut rate, mut came) = (0, common);
		for wave in 0..3 {
			rates[wave] = rate;
			let so_far: u64 = members.iter().filter(|m| m.since <= wave).map(|m| m.promised).sum();
			if so_far > 0 {
				rate = math::raised(rate, payments[wave], Units(so_far)).unwrap();
				came += payments[wave];
			}
		}
		let promised: u64 = members.iter().map(|m| m.promised).sum();
		let delivered: u64 = members.iter().map(|m| m.delivered).sum();
		let mut book = book(promised, delivered, fee);
		book.rate = rate;
		book.common = common;
		book.kept = members.iter().filter(|m| m.delivered == m.promised).count() as u32;
		let owed = (promised as f64 * owed) as u64;
		let missed = Units(owed.saturating_sub(delivered));

		let (mut out, mut all_missed) = (0u128, 0u64);
		for member in &members {
			let promise = promise_of(member, rates[member.since]);
			let found = math::settlement(&book, &promise, missed, false).unwrap();
			// Nobody misses more than it left undone, nor loses more than is on hold for it.
			prop_assert!(found.missed.0 <= member.promised - member.delivered);
			prop_assert!(found.penalty <= promise.deposit);
			let owes = math::deposit(found.missed, member.penalty).unwrap();
			prop_assert!(found.penalty >= owes);
			out += found.income + found.fee + found.forfeited;
			all_missed += found.missed.0;
			let excused = math::settlement(&book, &promise, missed, true).unwrap();
			prop_assert_eq!(excused.penalty, 0);
			prop_assert_eq!(excused.income, found.income);
		}
		let common_left = if book.kept == 0 { common } else { 0 };
		prop_assert!(out + common_left <= came);
		// What the pool missed is borne in full, and by rounding no more than a unit each too much.
		prop_assert!(all_missed >= missed.0);
		prop_assert!(all_missed <= missed.0 + members.len() as u64);
	}

	#[test]
	fn payments_should_be_shared_whole_but_for_rounding_when_all_is_kept(
		members in prop::collection::vec(kept(), 1..12),
		payment in 0u128..1 << 70,
	) {
		let promised: u64 = members.iter().map(|m| m.promised).sum();
		let rate = math::raised(0, payment, Units(promised)).unwrap();
		let mut book = book(promised, promised, 0);
		book.rate = rate;
		let mut out = 0u128;
		for member in &members {
			let member = Kept { delivered: member.promised, ..member.clone() };
			let promise = Promise { floor: Units(u64::MAX), ..promise_of(&member, 0) };
			let found = math::settlement(&book, &promise, Units(0), false).unwrap();
			prop_assert_eq!(found.forfeited + found.penalty + found.fee, 0);
			// In proportion to what it promised, off by less than the rate's rounding.
			let exact = payment as f64 * (member.promised as f64 / promised as f64);
			prop_assert!((found.income as f64 - exact).abs() <= 1.0 + exact * 1e-9);
			out += found.income;
		}
		// Below 2^45 units each planck's part is lost once, below one planck for a member.
		prop_assert!(out <= payment);
		prop_assert!(payment - out <= 1 + members.len() as u128);
	}

	#[test]
	fn income_should_not_rise_when_another_misses(
		members in prop::collection::vec(kept(), 2..8),
		payment in 0u128..1 << 70,
		owed in 0.0f64..1.0,
	) {
		let promised: u64 = members.iter().map(|m| m.promised).sum();
		let owed = (promised as f64 * owed) as u64;
		let income = |members: &[Kept]| {
			let delivered: u64 = members.iter().map(|m| m.delivered).sum();
			let mut book = book(promised, delivered, 0);
			book.rate = math::raised(0, payment, Units(promised)).unwrap();
			let missed = Units(owed.saturating_sub(delivered));
			let promise = Promise { floor: Units(u64::MAX), ..promise_of(&members[0], 0) };
			math::settlement(&book, &promise, missed, false).unwrap()
		};
		let before = income(&members);
		let mut sabotaged = members.clone();
		for other in &mut sabotaged[1..] {
			other.delivered = 0;
		}
		let after = income(&sabotaged);
		prop_assert!(after.income <= before.income);
	}

	#[test]
	fn deposit_should_cover_when_part_of_it_was_taken_back(
		promised in 2u64..1 << 40, part in 0.0f64..1.0, penalty in 1u128..1 << 60,
	) {
		let back = ((promised as f64 * part) as u64).clamp(1, promised - 1);
		let deposit = math::deposit(Units(promised), penalty).unwrap();
		let released = math::share(deposit, Units(back), Units(promised)).unwrap();
		let owes = math::deposit(Units(promised - back), penalty).unwrap();
		prop_assert!(deposit - released >= owes);
	}

	#[test]
	fn recent_sums_should_match_a_list(
		adds in prop::collection::vec((0u32..4, 0u64..1_000), 1..40),
	) {
		let (mut recent, mut list) = (Recent::default(), vec![0u64; 200]);
		let mut period = 0u32;
		for (step, amount) in adds {
			period += step;
			recent.add(period, amount);
			list[period as usize] += amount;
			for back in 0..3 {
				if let Some(at) = period.checked_sub(back) {
					prop_assert_eq!(recent.of(at), list[at as usize]);
				}
			}
			prop_assert_eq!(recent.of(period + 1), 0);
			if let Some(old) = period.checked_sub(3) {
				prop_assert_eq!(recent.of(old), 0);
			}
		}
	}
}

#[test]
fn payment_should_be_refused_when_the_rate_would_overflow() {
	assert_eq!(math::raised(0, u128::MAX, Units(1)), None);
	assert_eq!(math::raised(u128::MAX, 1, Units(1)), None);
	assert_eq!(math::raised(0, 1, Units(0)), None);
	assert!(math::raised(0, 1 << 79, Units(1)).is_some());
}
