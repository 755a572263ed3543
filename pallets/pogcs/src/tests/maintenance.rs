//! Being away as announced.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::Interval;

use crate::{mock::*, *};

fn declare(from: u32, epochs: u32) -> sp_runtime::DispatchResult {
	Pogcs::declare_maintenance(RuntimeOrigin::signed(2), Interval(from), epochs)
}

fn cancel() -> sp_runtime::DispatchResult {
	Pogcs::cancel_maintenance(RuntimeOrigin::signed(2))
}

fn quota() -> Quota {
	Validators::<Test>::get(2).unwrap().quota
}

/// Opens the epochs `from..=to` and tells for each whether 2 is in its set.
fn served(from: u64, to: u64) -> Vec<bool> {
	(from..=to)
		.map(|epoch| {
			open_epoch(epoch);
			Authors::<Test>::get().contains(&2)
		})
		.collect()
}

#[test]
fn maintenance_should_cover_exactly_the_epochs_declared() {
	on_chain(|| {
		assert_ok!(declare(2, 2));
		let (from, until) = (Interval(2), Interval(4));
		System::assert_last_event(
			Event::MaintenanceDeclared { validator: 2, from, until, used: 2 }.into(),
		);
		assert_eq!(served(1, 5), [true, false, false, true, true]);
	});
}

#[test]
fn maintenance_should_not_be_an_absence_when_the_set_had_to_stay() {
	on_chain(|| {
		assert_ok!(declare(2, 3));
		assert_ok!(Pogcs::declare_maintenance(RuntimeOrigin::signed(3), Interval(2), 3));
		open_epoch(1);
		System::assert_has_event(Event::SetKept { candidates: 1 }.into());
		for slot in 0..20 {
			block_at(START + 2 * EPOCH + slot % EPOCH);
		}
		open_epoch(3);
		assert_eq!(Validators::<Test>::get(2).unwrap().duty, Duty::Present);
	});
}

#[test]
fn declare_should_refuse_when_the_set_is_announced_already() {
	on_chain(|| {
		assert_noop!(declare(0, 1), Error::<Test>::TooSoon);
		assert_noop!(declare(1, 1), Error::<Test>::TooSoon);
		assert_noop!(declare(2, 0), Error::<Test>::Zero);
		assert_noop!(declare(u32::MAX, 1), Error::<Test>::Overflow);
		assert_noop!(
			Pogcs::declare_maintenance(RuntimeOrigin::signed(7), Interval(2), 1),
			Error::<Test>::NotBonded
		);
		let bad = sp_runtime::DispatchError::BadOrigin;
		assert_noop!(Pogcs::declare_maintenance(RuntimeOrigin::none(), Interval(2), 1), bad);
	});
}

#[test]
fn declare_should_refuse_a_second_declaration_until_the_first_is_over() {
	on_chain(|| {
		assert_ok!(declare(2, 1));
		assert_noop!(declare(4, 1), Error::<Test>::Declared);
		open_epoch(2);
		assert_noop!(declare(4, 1), Error::<Test>::Declared);
		open_epoch(3);
		assert_ok!(declare(5, 1));
	});
}

#[test]
fn declare_should_refuse_more_than_the_quota_of_a_period() {
	on_chain(|| {
		assert_noop!(declare(2, 4), Error::<Test>::QuotaSpent);
		assert_noop!(declare(2, u32::MAX - 2), Error::<Test>::QuotaSpent);
		assert_ok!(declare(2, 2));
		open_epoch(4);
		assert_noop!(declare(6, 2), Error::<Test>::QuotaSpent);
		assert_ok!(declare(6, 1));
		open_epoch(19);
		assert_noop!(declare(21, 1), Error::<Test>::QuotaSpent);
		// The period counts from the first maintenance in it.
		assert_ok!(declare(22, 3));
		assert_eq!(quota(), Quota { since: Interval(22), used: 3 });
	});
}

#[test]
fn cancel_should_give_everything_back_when_no_set_was_planned_without_it() {
	on_chain(|| {
		assert_ok!(declare(3, 3));
		open_epoch(1);
		assert_ok!(cancel());
		System::assert_last_event(
			Event::MaintenanceCancelled { validator: 2, back: Interval(3), used: 0 }.into(),
		);
		assert_eq!(served(2, 4), [true; 3]);
		assert_noop!(cancel(), Error::<Test>::NoMaintenance);
	});
}

#[test]
fn cancel_should_bring_back_as_early_as_the_lookback_allows() {
	on_chain(|| {
		assert_ok!(declare(2, 3));
		open_epoch(1);
		assert_ok!(cancel());
		System::assert_last_event(
			Event::MaintenanceCancelled { validator: 2, back: Interval(3), used: 1 }.into(),
		);
		assert_eq!(served(2, 4), [false, true, true]);
	});
}

#[test]
fn cancel_should_refuse_when_it_would_change_nothing() {
	on_chain(|| {
		assert_noop!(cancel(), Error::<Test>::NoMaintenance);
		assert_ok!(declare(2, 1));
		open_epoch(1);
		assert_noop!(cancel(), Error::<Test>::NoMaintenance);
		open_epoch(5);
		assert_noop!(cancel(), Error::<Test>::NoMaintenance);
		assert_noop!(Pogcs::cancel_maintenance(RuntimeOrigin::signed(7)), Error::<Test>::NotBonded);
		let bad = sp_runtime::DispatchError::BadOrigin;
		assert_noop!(Pogcs::cancel_maintenance(RuntimeOrigin::none()), bad);
	});
}

#[test]
fn cancel_should_not_renew_the_quota() {
	on_chain(|| {
		assert_ok!(declare(2, 3));
		open_epoch(5);
		// A declaration in the next period and its cancelling leave this period's account alone.
		assert_ok!(declare(22, 3));
		assert_ok!(cancel());
		assert_eq!(quota(), Quota { since: Interval(2), used: 3 });
		assert_noop!(declare(7, 1), Error::<Test>::QuotaSpent);
	});
}
