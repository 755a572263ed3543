//! Many reports under one root.

use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::InspectHold, Hooks},
	weights::Weight,
};
use pogcs_primitives::{
	batch::Node, records::DeviceState, traits::Energy as _, wire::EnergyReport, DeviceId, Interval,
	MilliWattHours,
};
use proptest::prelude::*;
use sp_runtime::{DispatchResult, TokenError};

use crate::{
	mock::{Reports, *},
	BatchState, Batches, Error, Event, FirstBatch, FirstPending, HoldReason, NextBatch, Opening,
};

const AT: Interval = Interval(9);

/// A chain with devices 20 to 59, and their reports of interval 9.
fn fleet() -> Reports {
	let mut devices = Registered::get();
	devices.extend((20..60).map(|id| (DeviceId(id), OWNER, id)));
	Registered::set(devices);
	Reports::new((20..60).map(|id| EnergyReport { device: DeviceId(id), ..report() }).collect())
}

fn submit(reports: &Reports) -> u64 {
	let batch = NextBatch::<Test>::get();
	assert_ok!(Energy::submit_batch(RuntimeOrigin::signed(LEADER), closed(), reports.root()));
	batch
}

fn show(batch: u64, openings: Vec<Opening>) -> DispatchResult {
	let openings = openings.try_into().expect("as many as are drawn");
	Energy::show_batch(RuntimeOrigin::signed(LEADER), batch, openings)
}

fn open(batch: u64, opening: Opening) -> DispatchResult {
	open_by(LEADER, batch, opening)
}

fn open_by(who: u64, batch: u64, opening: Opening) -> DispatchResult {
	Energy::open_report(RuntimeOrigin::signed(who), batch, Box::new(opening))
}

fn deposit() -> u128 {
	Balances::balance_on_hold(&HoldReason::Batch.into(), &LEADER)
}

fn idle() {
	Energy::on_idle(1, Weight::MAX);
	Energy::do_try_state().expect("every invariant holds after the sweep");
}

#[test]
fn batch_should_hold_a_deposit_when_submitted() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		let root = reports.root();
		System::assert_last_event(
			Event::BatchSubmitted {
				batch,
				leader: LEADER,
				interval: AT,
				root,
				due: 1 + CHECK_BLOCKS,
				deposit: 180,
			}
			.into(),
		);
		assert_eq!((root.count, root.generation), (40, mwh(40_000)));
		assert_eq!(deposit(), 180);
		// None of its reports is on record by that.
		assert_eq!(Energy::totals_of(AT), None);
	});
}

#[test]
fn batch_should_be_refused_when_its_root_makes_no_sense() {
	new_test_ext().build_and_execute(|| {
		let root = fleet().root();
		let submit =
			|interval, root| Energy::submit_batch(RuntimeOrigin::signed(LEADER), interval, root);
		assert_noop!(submit(Interval(8), root), Error::<Test>::PastInterval);
		assert_noop!(submit(Interval(10), root), Error::<Test>::FutureInterval);
		for count in [0, 65] {
			assert_noop!(submit(AT, Node { count, ..root }), Error::<Test>::BadSize);
		}
		let endless = Node { generation: MilliWattHours(u64::MAX), ..root };
		assert_noop!(submit(AT, endless), Error::<Test>::BadRoot);
		let backwards = Node { first: DeviceId(61), ..root };
		assert_noop!(submit(AT, backwards), Error::<Test>::BadRoot);
		use frame_support::traits::fungible::Mutate;
		Balances::set_balance(&LEADER, 100);
		assert_noop!(submit(AT, root), TokenError::FundsUnavailable);
	});
}

#[test]
fn deposit_should_come_back_when_what_was_drawn_is_shown() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		// Neither the interval in which it was submitted draws, nor the next one before it is over.
		for _ in 0..2 {
			assert_eq!(Energy::drawn(batch), None);
			assert_noop!(show(batch, vec![]), Error::<Test>::NotDrawn);
			pass(1);
		}
		let drawn = reports.drawn(batch);
		assert_eq!(drawn.len(), CHECKS as usize);
		assert_noop!(show(batch, drawn[1..].to_vec()), Error::<Test>::OtherReports);
		let mut swapped = drawn.clone();
		swapped.swap(0, 1);
		assert_ne!(swapped, drawn);
		assert_noop!(show(batch, swapped), Error::<Test>::OtherReports);
		assert_ok!(show(batch, drawn.clone()));
		System::assert_last_event(Event::BatchSound { batch, leader: LEADER }.into());
		assert_eq!(deposit(), 0);
		assert_noop!(show(batch, drawn), Error::<Test>::AlreadyShown);
		// It is not voided later.
		System::set_block_number(1_000);
		idle();
		assert_eq!(Energy::batch(batch).map(|b| b.state), Some(BatchState::Sound));
		assert_eq!((FirstPending::<Test>::get(), FirstBatch::<Test>::get()), (1, 0));
	});
}

#[test]
fn deposit_should_be_lost_when_nothing_is_shown_in_time() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		pass(2);
		System::set_block_number(1 + CHECK_BLOCKS);
		idle();
		assert_eq!(deposit(), 180);
		System::set_block_number(2 + CHECK_BLOCKS);
		// Void at once, before anybody sweeps.
		assert_noop!(show(batch, reports.drawn(batch)), Error::<Test>::Void);
		assert_noop!(open(batch, reports.opening(0)), Error::<Test>::Void);
		idle();
		System::assert_last_event(Event::BatchVoided { batch, leader: LEADER, lost: 180 }.into());
		assert_eq!((deposit(), Slashed::get()), (0, 180));
		assert_eq!(Batches::<Test>::get(batch), None);
		assert_noop!(open(batch, reports.opening(0)), Error::<Test>::UnknownBatch);
	});
}

#[test]
fn batch_should_not_be_voided_when_the_chain_stood_still() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		// Intervals go by without blocks.
		Now::set(Interval(14));
		idle();
		assert_ok!(show(batch, reports.drawn(batch)));
	});
}

#[test]
fn next_interval_should_draw_when_the_one_that_should_has_no_block() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		// Interval 11 should have drawn.
		SilentUntil::set(Interval(12));
		Now::set(Interval(12));
		assert_noop!(show(batch, vec![]), Error::<Test>::NotDrawn);
		Now::set(Interval(13));
		assert_ok!(show(batch, reports.drawn(batch)));
	});
}

#[test]
fn deposit_should_come_back_when_nothing_was_ever_drawn() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		let most = 11 + crate::batch_impls::MOST_SKIPPED;
		SilentUntil::set(Interval(most));
		Now::set(Interval(most + 5));
		assert_eq!(Energy::drawn(batch), None);
		System::set_block_number(2 + CHECK_BLOCKS);
		assert_noop!(show(batch, vec![]), Error::<Test>::Void);
		idle();
		System::assert_last_event(Event::BatchVoided { batch, leader: LEADER, lost: 0 }.into());
		assert_eq!((deposit(), Slashed::get()), (0, 0));
		assert_eq!(Balances::free_balance(LEADER), RICH);
		assert_eq!(Batches::<Test>::get(batch), None);
	});
}

#[test]
fn opening_should_be_refused_when_it_is_a_strangers() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		let own = |index: u32| account_of(DeviceId(20 + index));
		// Also another device of the same owner's.
		for who in [STRANGER, PAYER, OTHER_OWNER, own(1)] {
			assert_noop!(open_by(who, batch, reports.opening(0)), Error::<Test>::NotOpener);
		}
		for (index, who) in [OWNER, MANAGER, LEADER, own(3)].into_iter().enumerate() {
			assert_ok!(open_by(who, batch, reports.opening(index)));
		}
		let mut gone = reports.opening(4);
		gone.report.device = NO_DEVICE;
		assert_noop!(open(batch, gone), Error::<Test>::UnknownDevice);
	});
}

#[test]
fn leader_should_lose_when_a_drawn_report_is_a_lie() {
	new_test_ext().build_and_execute(|| {
		let _ = fleet();
		let honest = |id| EnergyReport { device: DeviceId(id), ..report() };
		let with = |lie: EnergyReport, by| {
			let mut signed: Vec<_> =
				(20..59).map(|id| (honest(id), sign(&honest(id), &key_of(DeviceId(id))))).collect();
			signed.push((lie, sign(&lie, &key_of(by))));
			Reports::of(signed)
		};
		// So large that every draw falls on it.
		let huge = EnergyReport { generation: mwh(1 << 60), ..honest(59) };
		let nobodys = EnergyReport { device: NO_DEVICE, ..huge };
		let dark = EnergyReport { generation: mwh(MAX_GENERATION), ..honest(59) };
		for (reports, error) in [
			(with(huge, DeviceId(59)), Error::<Test>::TooLarge),
			(with(nobodys, NO_DEVICE), Error::<Test>::UnknownDevice),
			(with(dark, DeviceId(58)), Error::<Test>::BadSignature),
		] {
			let batch = submit(&reports);
			let drawn = Now::get();
			pass(2);
			assert_noop!(show(batch, reports.drawn(batch)), error);
			Now::set(drawn);
		}
		assert_eq!(deposit(), 3 * 180);
		pass(2);
		System::set_block_number(100);
		idle();
		assert_eq!((deposit(), Slashed::get()), (0, 3 * 180));
	});
}

#[test]
fn leader_should_keep_its_deposit_when_a_device_changed_its_key_since() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		pass(2);
		let drawn = reports.drawn(batch);
		// All devices have new keys, and none of the old signatures is good.
		Registered::mutate(|devices| devices.iter_mut().for_each(|(_, _, seed)| *seed += 1_000));
		assert_noop!(show(batch, drawn.clone()), Error::<Test>::BadSignature);
		// A leader knew of those who changed theirs while the interval ran.
		Since::set(AT);
		assert_noop!(show(batch, drawn.clone()), Error::<Test>::BeforeRegistration);
		Since::set(Interval(10));
		assert_ok!(show(batch, drawn));
		// Their reports are lost all the same.
		assert_noop!(open(batch, reports.opening(0)), Error::<Test>::BeforeRegistration);
	});
}

#[test]
fn leader_should_keep_its_deposit_when_a_device_moved_into_the_dark_since() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		pass(2);
		let drawn = reports.drawn(batch);
		SkyShare::set(Some(0));
		assert_noop!(show(batch, drawn.clone()), Error::<Test>::NoSun);
		Since::set(Interval(11));
		assert_ok!(show(batch, drawn));
	});
}

#[test]
fn report_should_be_put_on_record_when_it_is_opened() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		let device = DeviceId(25);
		assert_ok!(open(batch, reports.opening(5)));
		System::assert_last_event(Event::Opened { batch, device }.into());
		assert_eq!(Energy::record(device, AT).map(|r| r.available), Some(mwh(900)));
		assert_ok!(Energy::draw_down(device, AT, mwh(300)));
		assert_noop!(open(batch, reports.opening(5)), Error::<Test>::AlreadyReported);
		// A task may need it days later, when the batch is sound.
		pass(2);
		assert_ok!(show(batch, reports.drawn(batch)));
		pass(RETENTION - 3);
		System::set_block_number(1_000);
		assert_ok!(open(batch, reports.opening(6)));
		idle();
		pass(1);
		assert_noop!(open(batch, reports.opening(7)), Error::<Test>::PastInterval);
		idle();
		assert_noop!(open(batch, reports.opening(7)), Error::<Test>::UnknownBatch);
	});
}

#[test]
fn opening_should_be_refused_when_it_is_not_in_the_batch() {
	new_test_ext().build_and_execute(|| {
		let reports = fleet();
		let batch = submit(&reports);
		let good = reports.opening(5);
		assert_noop!(open(7, good.clone()), Error::<Test>::UnknownBatch);
		let mut other = good.clone();
		other.report.generation = mwh(1_001);
		assert_noop!(open(batch, other), Error::<Test>::BadPath);
		let mut resigned = good.clone();
		resigned.signature[0] ^= 1;
		assert_noop!(open(batch, resigned), Error::<Test>::BadPath);
		let mut moved = good.clone();
		moved.path = reports.opening(6).path;
		assert_noop!(open(batch, moved), Error::<Test>::BadPath);
		let mut short = good.clone();
		short.path.pop();
		assert_noop!(open(batch, short), Error::<Test>::BadPath);
		let mut long = good.clone();
		long.path.try_push(good.path[0]).expect("there is room");
		assert_noop!(open(batch, long), Error::<Test>::BadPath);
		let mut later = good;
		later.report.interval = Interval(8);
		assert_noop!(open(batch, later), Error::<Test>::OtherInterval);
	});
}

#[test]
fn opened_report_should_be_refused_when_it_would_be_if_sent() {
	new_test_ext().build_and_execute(|| {
		let mut devices = Registered::get();
		devices.push((DeviceId(20), OWNER, 20));
		Registered::set(devices);
		let good = EnergyReport { device: DeviceId(20), ..report() };
		let unbacked = EnergyReport { green_draw: mwh(901), ..good };
		let reports = Reports::new(vec![unbacked]);
		let batch = submit(&reports);
		assert_noop!(open(batch, reports.opening(0)), Error::<Test>::UnbackedDraw);
		let forged = Reports::of(vec![(good, sign(&good, &key_of(DEVICE)))]);
		let batch = submit(&forged);
		assert_noop!(open(batch, forged.opening(0)), Error::<Test>::BadSignature);
		let valid = Reports::new(vec![good]);
		let batch = submit(&valid);
		State::set(DeviceState::Suspended);
		assert_noop!(open(batch, valid.opening(0)), Error::<Test>::Suspended);
		State::set(DeviceState::Online);
		assert_ok!(open(batch, valid.opening(0)));
		// The same report in another leader's batch is nothing new.
		let twin = submit(&valid);
		assert_noop!(open(twin, valid.opening(0)), Error::<Test>::AlreadyReported);
	});
}

#[test]
fn battery_should_not_count_when_a_later_interval_is_on_record() {
	new_test_ext().build_and_execute(|| {
		// Interval 8 fills the battery and is in a batch; 9 empties it and is reported.
		Now::set(Interval(9));
		let charging = metered(1_000_000, 1_000_000, 0, 0);
		let reports = Reports::new(vec![charging]);
		let batch = submit(&reports);
		pass(1);
		assert_ok!(send(metered(100, 100, 0, 0)));
		let before = Energy::battery(DEVICE);
		assert_ok!(open(batch, reports.opening(0)));
		// What went in is nobody's: neither in the battery nor the owner's.
		assert_eq!(Energy::battery(DEVICE), before);
		assert_eq!(Energy::claimable(DEVICE, Interval(8)), Some((wh(0), wh(0))));
		let totals = Energy::totals_of(Interval(8)).expect("it is on record");
		assert_eq!((totals.charged, totals.kept), (mwh(1_000_000), mwh(0)));
	});
}

#[test]
fn battery_should_count_when_batches_are_opened_in_order() {
	new_test_ext().build_and_execute(|| {
		let reports = Reports::new(vec![metered(1_000, 1_000, 0, 0)]);
		let batch = submit(&reports);
		pass(1);
		assert_ok!(open(batch, reports.opening(0)));
		assert_ok!(send(metered(0, 0, 900, 900)));
		assert_eq!(Energy::record(DEVICE, Interval(10)).map(|r| r.available), Some(mwh(900)));
	});
}

#[test]
fn batches_should_be_swept_in_bounded_steps_when_there_are_many() {
	new_test_ext().build_and_execute(|| {
		use crate::WeightInfo;
		let reports = fleet();
		for _ in 0..3 {
			submit(&reports);
		}
		System::set_block_number(100);
		let step = <() as WeightInfo>::sweep_look() + <() as WeightInfo>::sweep_batch();
		for left in [2, 1, 0] {
			assert!(Energy::on_idle(1, step).all_lte(step));
			assert_eq!(Batches::<Test>::iter().count(), left);
			Energy::do_try_state().expect("every invariant holds after each step");
		}
		assert_eq!(FirstPending::<Test>::get(), 3);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	/// Whatever part of a batch is made up, the chance that it is not found is what was promised.
	#[test]
	fn lies_should_be_found_when_they_are_a_large_part_of_the_energy(luck in any::<[u8; 32]>()) {
		new_test_ext().build_and_execute(|| {
			let _ = fleet();
			Luck::set(luck);
			let honest = |id| EnergyReport { device: DeviceId(id), ..report() };
			let lie = EnergyReport { generation: mwh(MAX_GENERATION), ..honest(59) };
			// One of forty devices says 5 kWh in place of 1 Wh: 99.2 % of the energy.
			let mut signed: Vec<_> = (20..59)
				.map(|id| (honest(id), sign(&honest(id), &key_of(DeviceId(id)))))
				.collect();
			signed.push((lie, [0; 64]));
			let reports = Reports::of(signed);
			let batch = submit(&reports);
			pass(2);
			// It is missed with a probability of 4 in a thousand million.
			assert_noop!(show(batch, reports.drawn(batch)), Error::<Test>::BadSignature);
		});
	}
}
