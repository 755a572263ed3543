//! The maths, with properties.

use pogcs_primitives::Interval;
use proptest::prelude::*;

use crate::{
	math::{median, outcome, Outcome},
	mock::carbon_policy,
	types::*,
};

fn levels(values: &[i64]) -> Vec<Level> {
	let mut sorted: Vec<_> = values.iter().copied().map(Level).collect();
	sorted.sort_unstable();
	sorted
}

#[test]
fn median_should_be_the_middle_or_round_up_between_two() {
	let median = |values: &[i64]| median(&levels(values)).map(|level| level.0);
	assert_eq!(median(&[]), None);
	assert_eq!(median(&[7]), Some(7));
	assert_eq!(median(&[3, 1, 2]), Some(2));
	assert_eq!(median(&[1, 2]), Some(2));
	assert_eq!(median(&[-1, -2]), Some(-1));
	assert_eq!(median(&[-3, -2]), Some(-2));
	assert_eq!(median(&[-1, 2]), Some(1));
	assert_eq!(median(&[i64::MAX, i64::MAX]), Some(i64::MAX));
	assert_eq!(median(&[i64::MIN, i64::MIN]), Some(i64::MIN));
	assert_eq!(median(&[i64::MIN, i64::MAX]), Some(0));
}

#[test]
fn outcome_should_not_overflow_when_values_are_extreme() {
	let policy = Policy {
		least: Level(i64::MIN),
		most: Level(i64::MAX),
		max_step: Distance(u64::MAX),
		tolerance: Distance(u64::MAX),
		..carbon_policy()
	};
	let last =
		Accepted { interval: Interval(0), level: Level(i64::MIN), submissions: 3, agreeing: 3 };
	let sorted = levels(&[i64::MIN, i64::MAX, i64::MAX]);
	let Outcome::Accepted { value, jump } =
		outcome(&policy, Some(last), Interval(u32::MAX), &sorted)
	else {
		panic!("a quorum submitted, and any step is allowed");
	};
	assert_eq!((value.level, value.agreeing, jump), (Level(i64::MAX), 3, false));
}

/// Honest values, fewer lies than those, and a shuffle of both.
fn some_lie() -> impl Strategy<Value = (Vec<i64>, Vec<i64>)> {
	prop::collection::vec(-1_000i64..1_000, 1..8).prop_flat_map(|honest| {
		let lies = prop::collection::vec(any::<i64>(), 0..honest.len());
		(Just(honest), lies)
	})
}

proptest! {
	#[test]
	fn median_should_lie_in_the_honest_range_when_less_than_half_lie(
		(honest, lies) in some_lie(),
	) {
		let all = levels(&[honest.clone(), lies].concat());
		let found = median(&all).unwrap().0;
		prop_assert!(*honest.iter().min().unwrap() <= found);
		prop_assert!(found <= *honest.iter().max().unwrap());
	}

	#[test]
	fn accepted_value_should_be_within_a_step_or_confirmed(
		values in prop::collection::vec(0i64..1_000, 0..8),
		last in prop::option::of((0u32..5, 0i64..1_000)),
		quorum in 2u32..5,
		more in 1u32..3,
		tolerance in 0u64..100,
		max_step in 1u64..200,
	) {
		let policy = Policy {
			quorum,
			jump_quorum: quorum + more,
			tolerance: Distance(tolerance),
			max_step: Distance(max_step),
			..carbon_policy()
		};
		let interval = Interval(5);
		let last = last.map(|(at, level)| Accepted {
			interval: Interval(at),
			level: Level(level),
			submissions: 9,
			agreeing: 9,
		});
		let sorted = levels(&values);
		let near = |of: i64| values.iter().filter(|v| v.abs_diff(of) <= tolerance).count() as u32;
		let within = |of: i64| last.is_some_and(|last| {
			of.abs_diff(last.level.0) <= max_step * u64::from(5 - last.interval.0)
		});
		match outcome(&policy, last, interval, &sorted) {
			Outcome::Accepted { value, jump } => {
				prop_assert!(value.submissions >= quorum);
				prop_assert_eq!(value.submissions as usize, values.len());
				prop_assert_eq!(value.agreeing, near(value.level.0));
				prop_assert_eq!(jump, !within(value.level.0));
				prop_assert!(!jump || value.agreeing >= quorum + more);
				prop_assert_eq!(Some(value.level), median(&sorted));
			},
			Outcome::Refused(Refusal::NoQuorum { submissions }) => {
				prop_assert!(submissions < quorum);
			},
			Outcome::Refused(Refusal::Unconfirmed { median, agreeing }) => {
				prop_assert!(!within(median.0));
				prop_assert!(agreeing < quorum + more);
			},
			Outcome::Refused(Refusal::OutOfBounds { .. }) => {
				prop_assert!(false, "every value is within bounds");
			},
		}
	}
}
