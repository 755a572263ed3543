//! Being away, declared ahead and within a quota.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{traits::Maintenance, DeviceId, Interval};
use proptest::prelude::*;
use sp_runtime::DispatchResult;

use crate::{mock::*, parameters::MaintenanceRules, Error, Event, Window};

const RULES: MaintenanceRules = PARAMETERS.maintenance;

fn declare(from: u32, intervals: u32) -> DispatchResult {
	let origin = RuntimeOrigin::signed(OWNER);
	Devices::declare_maintenance(origin, DEVICE, Interval(from), intervals)
}

fn cancel() -> DispatchResult {
	Devices::cancel_maintenance(RuntimeOrigin::signed(OWNER), DEVICE)
}

fn away(interval: u32) -> bool {
	Devices::in_maintenance(DEVICE, Interval(interval))
}

#[test]
fn device_should_be_away_when_it_said_so_in_time() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(declare(7, 3));
		System::assert_last_event(
			Event::MaintenanceDeclared {
				device: DEVICE,
				from: Interval(7),
				until: Interval(10),
				used: 3,
			}
			.into(),
		);
		let seen: Vec<_> = (5..12).map(away).collect();
		assert_eq!(seen, [false, false, true, true, true, false, false]);
		assert!(!Devices::in_maintenance(DeviceId(1), Interval(8)));
		// Whoever asks later is answered too.
		pass(20);
		assert!(away(8));
	});
}

#[test]
fn declaration_should_be_refused_when_late_or_empty_or_far_ahead() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(declare(6, 1), Error::<Test>::BadWindow);
		assert_noop!(declare(7, 0), Error::<Test>::BadWindow);
		assert_noop!(declare(5 + RULES.ahead + RULES.period + 1, 1), Error::<Test>::BadWindow);
		assert_noop!(declare(7, u32::MAX), Error::<Test>::Overflow);
		assert_ok!(declare(7, 2));
		// Not into what is declared, nor before it.
		assert_noop!(declare(8, 1), Error::<Test>::BadWindow);
		assert_ok!(declare(9, 1));
	});
}

#[test]
fn declaration_should_be_refused_when_the_quota_is_spent() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(declare(7, RULES.quota + 1), Error::<Test>::QuotaSpent);
		assert_ok!(declare(7, 4));
		assert_noop!(declare(20, 3), Error::<Test>::QuotaSpent);
		assert_ok!(declare(20, 2));
		// The quota is for any stretch of a period: as the first window leaves it, room comes.
		Now::set(Interval(30));
		assert_noop!(declare(36, 4), Error::<Test>::QuotaSpent);
		assert_ok!(declare(37, 4));
		assert_noop!(declare(41, 1), Error::<Test>::QuotaSpent);
		assert_ok!(declare(51, 1));
	});
}

#[test]
fn declaration_should_be_refused_when_too_many_windows_would_be_kept() {
	new_test_ext().build_and_execute(|| {
		online();
		for n in 0..4 {
			assert_ok!(declare(7 + 2 * n, 1));
		}
		assert_noop!(declare(20, 1), Error::<Test>::TooManyWindows);
		// What is a period ago is forgotten.
		Now::set(Interval(8 + RULES.period));
		assert_ok!(declare(50, 1));
		assert!(!away(7));
		assert!(away(9));
	});
}

#[test]
fn maintenance_should_be_off_when_cancelled_before_it_begins() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_noop!(cancel(), Error::<Test>::NoMaintenance);
		assert_ok!(declare(7, 6));
		assert_ok!(cancel());
		System::assert_last_event(
			Event::MaintenanceCancelled { device: DEVICE, until: Interval(7) }.into(),
		);
		assert_eq!(Devices::maintenance(DEVICE), vec![]);
		assert_ok!(declare(7, 6));
	});
}

#[test]
fn maintenance_should_end_early_when_cancelled_in_it() {
	new_test_ext().build_and_execute(|| {
		online();
		assert_ok!(declare(7, 6));
		pass(3);
		assert_ok!(cancel());
		// The interval that runs is used up.
		assert!(away(8) && !away(9));
		assert_noop!(cancel(), Error::<Test>::NoMaintenance);
		assert_ok!(declare(10, 4));
		assert_noop!(declare(14, 1), Error::<Test>::QuotaSpent);
	});
}

#[test]
fn maintenance_should_be_refused_when_sent_by_another() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(declare(7, 1), Error::<Test>::UnknownDevice);
		assert_noop!(cancel(), Error::<Test>::UnknownDevice);
		online();
		let other = || RuntimeOrigin::signed(OTHER);
		assert_noop!(
			Devices::declare_maintenance(other(), DEVICE, Interval(7), 1),
			Error::<Test>::NotOperator
		);
		assert_noop!(Devices::cancel_maintenance(other(), DEVICE), Error::<Test>::NotOperator);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn any_stretch_of_a_period_should_have_the_quota_at_most(
		steps in prop::collection::vec((0..4u32, 0..12u32, 1..5u32, any::<bool>()), 1..60),
	) {
		new_test_ext().build_and_execute(|| {
			online();
			// The intervals that were away when they ran.
			let mut taken = Vec::new();
			for (time, ahead, length, off) in steps {
				for _ in 0..time {
					taken.push(u32::from(away(Now::get().0)));
					pass(1);
				}
				// Refusals are part of it.
				let _ = if off { cancel() } else { declare(Now::get().0 + ahead, length) };
			}
			for _ in 0..50 {
				taken.push(u32::from(away(Now::get().0)));
				pass(1);
			}
			for stretch in taken.windows(RULES.period as usize) {
				assert!(stretch.iter().sum::<u32>() <= RULES.quota);
			}
		});
	}

	#[test]
	fn overlap_should_be_the_intervals_that_lie_in_both(
		from in 0..40u32, length in 1..20u32, start in 0..40u32, end in 0..60u32,
	) {
		let window = Window { from: Interval(from), until: Interval(from + length) };
		let both = (start..end).filter(|interval| window.covers(Interval(*interval))).count();
		let overlap = window.overlap(Interval(start), Interval(end));
		prop_assert_eq!(usize::try_from(overlap), Ok(both));
	}
}
