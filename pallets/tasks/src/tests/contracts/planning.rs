//! Whole chunks of least cost.

use frame_support::assert_noop;
use proptest::prelude::*;

use super::*;

const FROM: u32 = 12;
const CHUNK: u64 = 1_000;

fn plan(task: TaskId) -> Vec<(u32, u32)> {
	let portions = Tasks::plan_of_contract(task);
	portions.into_iter().map(|portion| (portion.interval.0, portion.chunks)).collect()
}

fn over(chunks: usize, until: u32) -> RequirementOf<Test> {
	Requirement { deadline: Interval(until), ..requirement(proven(chunks), FROM) }
}

#[test]
fn chunks_should_not_be_cut_when_the_least_cost_would_cut_them() {
	on_chain(|| {
		// 3,000 hours would be split evenly, 1,500 and 1,500.
		promise(DEVICE, CLASS, 12, 9_000, 1);
		promise(DEVICE, CLASS, 13, 9_000, 1);
		let plan = plan(ask(over(3, 13)));
		assert_eq!(plan.iter().map(|(_, chunks)| chunks).sum::<u32>(), 3);
		assert!(plan == [(12, 1), (13, 2)] || plan == [(12, 2), (13, 1)], "{plan:?}");
	});
}

#[test]
fn chunks_should_go_elsewhere_when_an_interval_has_not_enough_for_a_whole_one() {
	on_chain(|| {
		// The cheapest hours are 900, which is no chunk.
		promise(DEVICE, CLASS, 12, 900, 1);
		promise(DEVICE, CLASS, 13, 2_000, 50);
		assert_eq!(plan(ask(over(2, 13))), [(13, 2)]);
	});
}

#[test]
fn chunks_should_be_refused_when_hours_are_there_and_none_are_whole() {
	on_chain(|| {
		for interval in 12..=15 {
			promise(DEVICE, CLASS, interval, 900, 1);
		}
		assert_noop!(try_ask(over(1, 15)), Error::<Test>::NoHours);
	});
}

/// The least that so many chunks cost, tried out.
fn least(prices: &[(u128, u64)], chunks: u32) -> Option<u128> {
	let cost = |price: u128, chunks: u32| -> u128 {
		let hours = u64::from(chunks) * CHUNK;
		(0..hours / STEP).map(|step| (price + u128::from(step)) * u128::from(STEP)).sum()
	};
	match prices {
		[] => (chunks == 0).then_some(0),
		[(price, stock), rest @ ..] => (0..=chunks)
			.filter(|here| u64::from(*here) * CHUNK <= *stock)
			.filter_map(|here| Some(cost(*price, here) + least(rest, chunks - here)?))
			.min(),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn plan_should_have_every_chunk_and_cost_little_more_than_the_least(
		books in prop::collection::vec((1u128..12, 0u64..5), 1..5),
		chunks in 1u32..5,
	) {
		on_chain(|| {
			// Stock in whole chunks, so that what has no plan has no hours.
			let books: Vec<_> = books.iter().map(|(price, stock)| (*price, stock * CHUNK)).collect();
			for (interval, (price, stock)) in (FROM..).zip(&books) {
				if *stock > 0 {
					promise(DEVICE, CLASS, interval, *stock, *price);
				}
			}
			let until = FROM + books.len() as u32 - 1;
			let before = free(BUYER);
			let asked = over(chunks as usize, until);
			match least(&books, chunks) {
				None => {
					assert_noop!(try_ask(asked), Error::<Test>::NoHours);
				}
				Some(least) => {
					let task = ask(asked);
					let plan = plan(task);
					assert_eq!(plan.iter().map(|(_, chunks)| chunks).sum::<u32>(), chunks);
					let held = on_hold(HoldReason::Storage, BUYER);
					let cost = before - free(BUYER) - held;
					assert!(cost >= least);
					// Each interval is off by less than a chunk, and a chunk costs two steps more than
					// the one before it.
					let slack = plan.len() as u128 * u128::from(CHUNK) * 4;
					assert!(cost <= least + slack, "{cost} for {least}");
				}
			}
		});
	}
}
