//! The order of submissions never matters, and what was said of an interval stands.

use std::collections::{BTreeMap, BTreeSet};

use pogcs_primitives::{
	grid::{Quantity, Reading},
	units::{GramsPerKwh, MicrosPerKwh},
	Interval,
};
use proptest::prelude::*;
use sp_runtime::{Perbill, StateVersion};

use crate::{mock::*, types::*, History, Rounds};

/// One interval: who says what of which quantity, and whether blocks have weight to spare after it.
#[derive(Clone, Debug)]
struct Said {
	submissions: Vec<(u64, Quantity, u32)>,
	idle: bool,
	pass: u32,
}

fn said() -> impl Strategy<Value = Said> {
	let grams = prop_oneof![6 => 100u32..121, 1 => 300u32..400];
	let quantity = prop_oneof![Just(Quantity::Carbon), Just(Quantity::Price)];
	let submissions = prop::collection::vec((1..=FEEDERS, quantity, grams), 0..14);
	(submissions, any::<bool>(), prop_oneof![8 => Just(1u32), 1 => 2u32..4])
		.prop_map(|(submissions, idle, pass)| Said { submissions, idle, pass })
}

fn say((who, quantity, amount): (u64, Quantity, u32)) -> bool {
	let reading = match quantity {
		Quantity::Carbon => Reading::Carbon(GramsPerKwh(amount)),
		Quantity::Price => Reading::Price(MicrosPerKwh(amount.into())),
	};
	submit_of(who, Now::get(), reading).is_ok()
}

/// Whose submissions to what were taken in one interval.
type Taken = BTreeMap<(u64, Quantity), bool>;

/// Plays the intervals with each one's submissions in the order that `arrange` gives them.
///
/// Of several submissions by a feeder to a feed only the first is kept beforehand: a second one is
/// refused, so that these would differ with their order.
fn play(
	intervals: &[Said],
	mut arrange: impl FnMut(&mut Vec<(u64, Quantity, u32)>),
) -> (Vec<Taken>, Vec<u8>) {
	new_test_ext().execute_with(|| {
		let mut taken = vec![];
		for said in intervals {
			let mut seen = BTreeSet::new();
			let mut submissions = said.submissions.clone();
			submissions.retain(|(who, quantity, _)| seen.insert((*who, *quantity)));
			arrange(&mut submissions);
			let of = |one: &(u64, Quantity, u32)| ((one.0, one.1), say(*one));
			taken.push(submissions.iter().map(of).collect());
			pass(said.pass);
			if said.idle {
				idle();
			}
			// Which event came first is all that may differ.
			System::reset_events();
		}
		(taken, sp_io::storage::root(StateVersion::V1))
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn state_should_be_the_same_when_submissions_come_in_any_order(
		intervals in prop::collection::vec(said(), 1..12),
		seed in any::<u64>(),
	) {
		let as_given = play(&intervals, |_| ());
		let reversed = play(&intervals, |submissions| submissions.reverse());
		let mut state = seed;
		let shuffled = play(&intervals, |submissions| {
			submissions.sort_by_cached_key(|_| {
				state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
				state >> 33
			});
		});
		prop_assert_eq!(&as_given, &reversed);
		prop_assert_eq!(&as_given, &shuffled);
	}

	#[test]
	fn answer_should_stand_until_it_is_forgotten_whatever_happens(
		intervals in prop::collection::vec((said(), 0u8..12, 1..=FEEDERS), 1..24),
	) {
		new_test_ext().build_and_execute(|| {
			let mut told = BTreeMap::<Interval, Option<u32>>::new();
			for (said, deed, who) in intervals {
				let root = RuntimeOrigin::root();
				// Whether they are refused does not matter here.
				let _ = match deed {
					0 => Oracle::accuse(root, CARBON, who),
					1 => Oracle::judge(root, CARBON, who, Perbill::zero()),
					2 => Oracle::judge(root, CARBON, who, Perbill::from_percent(10)),
					3 => Oracle::unassign(root, CARBON, who),
					4 => Oracle::assign(root, CARBON, who),
					5 => Oracle::bond(RuntimeOrigin::signed(who)),
					6 => Oracle::resume(RuntimeOrigin::signed(who), CARBON),
					7 => Oracle::set_feed(
						root,
						CARBON,
						Policy { quorum: 2, jump_quorum: 3, ..carbon_policy() },
					),
					_ => Ok(()),
				};
				for one in &said.submissions {
					say(*one);
				}
				Oracle::do_try_state().expect("every invariant holds at every interval");
				pass(said.pass);
				if said.idle {
					idle();
				}
				let now = Now::get();
				// Kept for certain: no later value can have taken the place of the oldest that
				// might stand in for it.
				let kept = HISTORY - carbon_policy().staleness;
				for back in 1..kept {
					let Some(interval) = now.checked_sub(back) else { break };
					let found = carbon(interval);
					let before = told.entry(interval).or_insert(found);
					assert_eq!(*before, found, "the answer of {interval} changed by {now}");
				}
			}
			for feed in [CARBON, PRICE] {
				assert!(History::<Test>::iter_key_prefix(feed).count() <= HISTORY as usize);
			}
			assert!(Rounds::<Test>::iter().count() <= 2);
		});
	}

	#[test]
	fn lone_liar_should_never_move_the_value_out_of_the_honest_range(
		honest in prop::collection::vec(prop::collection::vec(90u32..111, 4), 1..20),
		lies in prop::collection::vec(0u32..=1_000, 20),
	) {
		new_test_ext().build_and_execute(|| {
			for (values, lie) in honest.iter().zip(lies) {
				// Refused once it has lied too often.
				let _ = submit(5, lie);
				let told = carbon(round(values)).expect("the honest are enough for any step");
				let (least, most) = (values.iter().min().unwrap(), values.iter().max().unwrap());
				assert!(*least <= told && told <= *most);
			}
			idle();
			// Nor does it make the honest look like liars: they differ less than the tolerance.
			assert_eq!((1..5).map(score).sum::<u32>(), 0);
		});
	}
}
