//! Forgetting old shortfalls.

use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{records::PoolKind, Interval};

use crate::mock::*;

fn idle(limit: Weight) -> Weight {
	Pools::on_idle(1, limit)
}

/// Shortfalls of 21 to 24; the one of 24 is not settled.
fn missed() {
	let pool = found(PoolKind::Green);
	join(pool, A).unwrap();
	let (from, until) = (Interval(21), Interval(24));
	Pools::promise(signed(ALICE), A, from, until, Units(100)).unwrap();
	at(28);
	for interval in 21..=23 {
		settle(A, interval).unwrap();
	}
}

fn kept() -> Vec<u32> {
	let mut kept: Vec<_> = Ledger::<Test>::iter_keys().map(|(interval, _)| interval.0).collect();
	kept.sort();
	kept
}

#[test]
fn sweep_should_forget_shortfalls_when_they_are_old() {
	on_chain(|| {
		missed();
		idle(Weight::MAX);
		assert_eq!(kept(), [21, 22, 23, 24]);
		// Three intervals of delivery and five of retention.
		at(30);
		idle(Weight::MAX);
		assert_eq!(kept(), [22, 23, 24]);
		System::assert_last_event(Event::Swept { interval: Interval(21), class: HOME }.into());
		at(99);
		idle(Weight::MAX);
		assert_eq!(kept(), Vec::<u32>::new());
		assert_eq!(SweptUntil::<Test>::get(), Interval(91));
		// Who settles that late is settled all the same.
		assert_ok!(settle(A, 24));
		assert_eq!(settled(A, 24).penalty, 50);
		assert_eq!(kept(), Vec::<u32>::new());
	});
}

#[test]
fn sweep_should_go_on_where_it_stopped_when_weight_runs_out() {
	on_chain(|| {
		missed();
		at(99);
		let step = <() as WeightInfo>::sweep_step();
		let look = <() as WeightInfo>::sweep_look();
		assert_eq!(idle(Weight::zero()), Weight::zero());
		assert_eq!(kept().len(), 4);
		// 22 intervals to the first entry, and one step for it.
		let used = idle(look.saturating_add(step.saturating_mul(22)));
		assert_eq!(used, look.saturating_add(step.saturating_mul(22)));
		assert_eq!(kept(), [22, 23, 24]);
		let mut blocks = 0;
		while SweptUntil::<Test>::get() < Interval(91) {
			idle(look.saturating_add(step));
			blocks += 1;
		}
		assert_eq!((kept().len(), blocks), (0, 73));
	});
}
