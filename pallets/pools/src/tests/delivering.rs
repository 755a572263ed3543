//! What counts against promises.

use frame_support::assert_ok;
use pogcs_primitives::{records::PoolKind, Interval};

use crate::mock::*;

fn joined(kind: PoolKind) {
	let pool = found(kind);
	join(pool, A).unwrap();
	promise(A, 25, 200).unwrap();
}

fn delivered() -> u64 {
	let promise = Pools::promised(A, Interval(25)).unwrap();
	let book = Pools::book(POOL, Interval(25)).unwrap();
	assert_eq!(book.delivered, promise.delivered);
	promise.delivered.0
}

#[test]
fn work_should_count_when_it_was_promised() {
	on_chain(|| {
		joined(PoolKind::Green);
		at(25);
		deliver(A, 25, 70);
		System::assert_last_event(
			Event::Delivered { pool: POOL, device: A, interval: Interval(25), counted: Units(70) }
				.into(),
		);
		// Proofs may come later.
		at(28);
		deliver(A, 25, 80);
		assert_eq!(delivered(), 150);
		assert_eq!(Pools::ledger(HOME, Interval(25)).unwrap().delivered, Units(150));
		assert_eq!(Pools::member(A).unwrap().1.work.of(2), 150);
		assert_eq!(Pools::pool(POOL).unwrap().votes.of(2), 150);
	});
}

#[test]
fn work_should_count_no_further_than_promised() {
	on_chain(|| {
		joined(PoolKind::Green);
		at(25);
		deliver(A, 25, 900);
		assert_eq!(delivered(), 200);
		deliver(A, 25, 1);
		assert_eq!(delivered(), 200);
		assert_eq!(Pools::member(A).unwrap().1.work.of(2), 200);
	});
}

#[test]
fn work_should_not_count_when_it_is_of_another_interval_or_nobodys() {
	on_chain(|| {
		joined(PoolKind::Green);
		at(24);
		deliver(A, 25, 10);
		at(25);
		deliver(A, 24, 10);
		deliver(B, 25, 10);
		at(29);
		deliver(A, 25, 10);
		assert_eq!(delivered(), 0);
	});
}

#[test]
fn work_should_not_count_when_it_is_for_oneself() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(Pools::join(signed(MANAGER), pool, A));
		assert_ok!(promise(A, 25, 200));
		at(25);
		tell(A, ALICE, 25, 10, true);
		tell(A, MANAGER, 25, 10, true);
		assert_eq!(delivered(), 0);
		tell(A, BOB, 25, 10, true);
		assert_eq!(delivered(), 10);
	});
}

#[test]
fn work_should_not_count_as_green_when_it_is_not() {
	on_chain(|| {
		joined(PoolKind::Green);
		at(25);
		tell(A, CLIENT, 25, 10, false);
		meter(A, 25, 10);
		assert_eq!(delivered(), 0);
	});
	on_chain(|| {
		joined(PoolKind::Compute);
		at(25);
		tell(A, CLIENT, 25, 10, false);
		tell(A, CLIENT, 25, 10, true);
		meter(A, 25, 10);
		assert_eq!(delivered(), 20);
	});
}

#[test]
fn energy_should_count_when_the_pool_is_of_energy() {
	on_chain(|| {
		joined(PoolKind::Energy);
		at(26);
		deliver(A, 25, 10);
		assert_eq!(delivered(), 0);
		meter(A, 25, 150);
		assert_eq!(delivered(), 150);
		// No GPU-hour of it.
		assert_eq!(Pools::carbon(POOL), None);
	});
}

#[test]
fn carbon_should_be_known_when_work_was_delivered() {
	on_chain(|| {
		joined(PoolKind::Green);
		assert_eq!(Pools::carbon(POOL), None);
		at(25);
		// 2 mg for each millionth of a GPU-hour are 2,000 g for a GPU-hour.
		deliver(A, 25, 150);
		assert_eq!(Pools::carbon(POOL), Some(GramsPerGpuHour(2_000)));
		// Of work that counts in part the carbon counts in part.
		deliver(A, 25, 500);
		assert_eq!(Pools::carbon(POOL), Some(GramsPerGpuHour(2_000)));
		at(39);
		assert_eq!(Pools::carbon(POOL), Some(GramsPerGpuHour(2_000)));
		at(40);
		assert_eq!(Pools::carbon(POOL), None);
	});
}

#[test]
fn work_should_not_count_when_the_book_is_closed() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		assert_ok!(join(pool, A));
		assert_ok!(join(pool, B));
		assert_ok!(promise(A, 25, 200));
		assert_ok!(promise(B, 25, 200));
		at(29);
		assert_ok!(settle(B, 25));
		// As if the clock had gone back.
		at(28);
		deliver(A, 25, 10);
		at(29);
		assert_eq!(delivered(), 0);
	});
}
