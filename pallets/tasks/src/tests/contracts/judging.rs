//! What answers say.

use proptest::prelude::*;

use crate::verdict::{judge, Opened, Verdict};

fn opened(list: &[(u8, bool)]) -> Vec<Opened> {
	list.iter().map(|(answer, drawn)| Opened { answer: [*answer; 32], drawn: *drawn }).collect()
}

fn agreed(answer: u8) -> Verdict {
	Verdict::Agreed([answer; 32])
}

#[test]
fn verdict_should_be_that_of_more_than_half_and_of_two_at_least() {
	const YES: bool = true;
	let cases: [(&[(u8, bool)], Verdict, Verdict); 12] = [
		(&[], Verdict::Missed, Verdict::Missed),
		(&[(1, YES)], Verdict::Further, Verdict::Unchecked([1; 32])),
		(&[(1, YES), (1, YES)], agreed(1), agreed(1)),
		(&[(1, YES), (2, YES)], Verdict::Further, Verdict::Void),
		(&[(1, YES), (2, YES), (2, YES)], agreed(2), agreed(2)),
		(&[(1, YES), (2, YES), (3, YES)], Verdict::Further, Verdict::Void),
		// Two of four are no more than half.
		(&[(1, YES), (2, YES), (3, YES), (1, YES)], Verdict::Further, Verdict::Void),
		(&[(1, YES), (2, YES), (3, YES), (1, YES), (1, YES)], agreed(1), agreed(1)),
		// Who was not drawn has no vote, for or against.
		(&[(1, false), (1, false)], Verdict::Further, Verdict::Unchecked([1; 32])),
		(&[(1, YES), (1, false)], Verdict::Further, Verdict::Unchecked([1; 32])),
		(&[(1, YES), (2, false)], Verdict::Further, Verdict::Void),
		(&[(2, false), (2, false), (1, YES), (1, YES)], agreed(1), agreed(1)),
	];
	for (list, verdict, at_last) in cases {
		let opened = opened(list);
		assert_eq!(judge(&opened, false), verdict, "{list:?}");
		assert_eq!(judge(&opened, true), at_last, "{list:?}");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn verdict_should_not_depend_on_order_and_follow_the_votes(
		list in prop::collection::vec((0u8..4, any::<bool>()), 0..9), turn in 0usize..9, last: bool,
	) {
		let one = opened(&list);
		let mut other = one.clone();
		if !other.is_empty() {
			let turn = turn % other.len();
			other.rotate_left(turn);
			other.reverse();
		}
		let verdict = judge(&one, last);
		prop_assert_eq!(verdict, judge(&other, last));
		let votes: Vec<_> = one.iter().filter(|one| one.drawn).collect();
		let most = (0u8..4)
			.map(|answer| votes.iter().filter(|one| one.answer == [answer; 32]).count())
			.max()
			.unwrap();
		let decided = most >= 2 && most * 2 > votes.len();
		prop_assert_eq!(matches!(verdict, Verdict::Agreed(_)), decided);
		if let Verdict::Agreed(answer) = verdict {
			let count = votes.iter().filter(|one| one.answer == answer).count();
			prop_assert_eq!(count, most);
		}
		if last {
			prop_assert_ne!(verdict, Verdict::Further);
		}
		if let Verdict::Unchecked(answer) = verdict {
			prop_assert!(one.iter().all(|one| one.answer == answer));
		}
	}
}
