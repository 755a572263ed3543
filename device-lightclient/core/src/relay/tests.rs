use super::*;
use crate::{
	batch::leaf,
	crypto::{blake2_256, DeviceKey},
	tasks::{Batched, Elapsed},
	testing::reports::*,
};
use alloc::{string::ToString, vec};
use pogcs_primitives::{
	batch::Tree,
	records::{Assignment, ChunkRecord, ChunkState, ModelRecord, TaskRecord},
	ClassId, Commitment, DeviceId, KeyId, MicroGpuHours, MilliWattHours, TaskId,
};
use proptest::prelude::*;

use crate::tasks::Job;

const CHAIN: ChainId = [7; 32];
const ME: u32 = 6;
const SETTINGS: Settings = Settings { until: 70, most_open: 4 };

fn leader() -> DeviceKey {
	DeviceKey::from_seed([0x1e; 32])
}

/// Interval 10 runs, and so many of its 20 slots have passed.
fn view(slots: u64) -> View {
	View {
		head: 200,
		nonce: 0,
		current: Interval(10),
		device: Some((DeviceId(ME), device(ME))),
		registration: None,
		reported: false,
		jobs: vec![],
		offers: vec![],
		quota: None,
		free: 1_000,
		elapsed: Some(Elapsed { slots, of: 20 }),
		batched: vec![],
		replicas: vec![],
	}
}

fn with_work(mut view: View, interval: u32) -> View {
	let work = Commitment::default();
	let (device, interval) = (DeviceId(ME), Interval(interval));
	let task = TaskRecord {
		client: [6; 32],
		model: 0,
		class: ClassId(1),
		reward_per_chunk: 10,
		deposit: 1,
		chunks: 1,
		unpaid: 1,
		deadline: Interval(30),
	};
	let model = ModelRecord {
		commitment: work,
		key: KeyId(0),
		work: MicroGpuHours(1),
		energy: MilliWattHours(5),
	};
	let state = ChunkState::Committed { device, interval, work, given: false };
	view.jobs.push(Job {
		assignment: Assignment { task: TaskId(0), chunk: 0 },
		task,
		chunk: ChunkRecord { input: [0; 256], state },
		model,
		energy: None,
		randomness: None,
		hour: None,
	});
	view
}

/// This device's report among those of its neighbours, and the batch of all.
fn batched(interval: u32, change: impl Fn(&mut EnergyReport)) -> (Opening, Batch) {
	let reports: Vec<_> = (ME - 3..ME + 3)
		.map(|id| {
			let mut report = report(id, interval);
			if id == ME {
				change(&mut report);
			}
			(report, crate::energy::sign_report(&key(id), &CHAIN, &report))
		})
		.collect();
	let leaves = reports.iter().map(|(report, signature)| leaf(report, signature)).collect();
	let tree = Tree::new(leaves, blake2_256).unwrap();
	let (report, signature) = reports[3];
	let opening = Opening { report, signature, path: tree.path(3).unwrap() };
	(opening, batch(leader().public(), interval, *tree.root().unwrap()))
}

fn relay() -> Relay {
	Relay::new(SETTINGS, vec![])
}

/// A relay whose reports of these intervals stand in batches of the same number, each having put so
/// much into the battery.
fn standing(intervals: &[(u32, u64)]) -> Relay {
	let handed = intervals
		.iter()
		.map(|(interval, stored)| {
			let (opening, _) = batched(*interval, |report| {
				report.storage_in = MilliWattHours(*stored);
				report.generation = MilliWattHours(stored + 1_000);
				report.green_supply = MilliWattHours(1_000);
			});
			let stage =
				Stage::Stands { batch: (*interval).into(), path: opening.path, sound: false };
			Handed { report: opening.report, signature: opening.signature, stage }
		})
		.collect();
	Relay::new(SETTINGS, handed)
}

fn ledger(green: u64) -> Ledger {
	let (level, green) = (MilliWattHours(green), MilliWattHours(green));
	let stored = Stored { level, green, ..Stored::default() };
	Ledger { stored, through: None, battery: Battery::from(&class()) }
}

fn took(opening: &Opening) -> Reply {
	let leaf = leaf(&opening.report, &opening.signature).hash;
	Reply::Took(Receipt::sign(&leader(), &CHAIN, leaf), 40)
}

/// Hands the report over and takes the leader's promise.
fn promised() -> (Relay, Opening, Batch) {
	let mut relay = relay();
	relay.look(&view(1), &[]);
	assert_eq!(relay.wants(&view(1)), Some(Interval(9)));
	assert_eq!(relay.route(&view(1)), Route::Leader);
	let (opening, batch) = batched(9, |_| {});
	relay.hand(opening.report, opening.signature);
	assert_eq!(relay.wants(&view(1)), None);
	assert_eq!(relay.ask(&view(1), &[]), Some(Ask::HandIn(Interval(9))));
	relay.asks(&view(1));
	assert_eq!(relay.ask(&view(1), &[]), None, "once in a slot");
	relay.reply(&CHAIN, 200, Ask::HandIn(Interval(9)), took(&opening));
	assert_eq!(relay.take_news(), [News::Promised(Interval(9))]);
	(relay, opening, batch)
}

#[test]
fn report_should_stand_when_its_batch_was_seen_on_chain() {
	let (mut relay, opening, batch) = promised();
	// The leader closes its batch when 40 hundredths have passed.
	assert_eq!(relay.ask(&view(7), &[]), None);
	assert_eq!(relay.ask(&view(8), &[]), Some(Ask::Path(Interval(9))));
	let told = Told { path: opening.path.clone(), from: 4 };
	relay.reply(&CHAIN, 200, Ask::Path(Interval(9)), Reply::Told(told));
	assert!(relay.seeks());
	assert_eq!(relay.candidates(4), Vec::<u64>::new());
	assert_eq!(relay.candidates(6), [4, 5]);
	assert_eq!(relay.candidates(1_000).len(), 64);
	// Another one's batch, another root: it does not stand.
	let other = Batch { root: leaf(&report(1, 9), &[0; 64]), ..batch };
	relay.look(&view(11), &[(4, other)]);
	assert_eq!(relay.route(&view(11)), Route::Leader);
	relay.look(&view(12), &[(4, other), (5, batch)]);
	assert_eq!(relay.route(&view(12)), Route::Batched(5));
	assert_eq!(relay.take_news(), [News::Stands(Interval(9), 5)]);
	assert_eq!(relay.opening(Interval(9)), Some((5, opening)));
	// It does not go by itself any more.
	relay.look(&view(19), &[]);
	assert_eq!(relay.route(&view(19)), Route::Batched(5));
	assert_eq!((relay.standing(), relay.seeks()), (1, false));
}

#[test]
fn device_should_report_by_itself_when_no_batch_stands_in_time() {
	let (mut relay, opening, _) = promised();
	relay.look(&view(13), &[]);
	assert_eq!(relay.route(&view(13)), Route::Leader);
	relay.look(&view(14), &[]);
	assert_eq!(relay.route(&view(14)), Route::Own);
	assert_eq!(relay.take_news(), [News::Alone(Interval(9), Alone::Late)]);
	// Told, and not on chain: that is no batch.
	let told = Told { path: opening.path, from: 4 };
	relay.reply(&CHAIN, 200, Ask::Path(Interval(9)), Reply::Told(told));
	relay.look(&view(15), &[]);
	assert_eq!(relay.route(&view(15)), Route::Own);
	// Once it is on record nothing is left of it.
	let reported = View { reported: true, ..view(18) };
	relay.look(&reported, &[]);
	assert!(relay.handed(Interval(9)).is_none());
	assert!(relay.take_changed().contains(&Interval(9)));
}

#[test]
fn device_should_report_by_itself_when_the_leader_refuses_or_lies() {
	let lies: [(&str, fn(&Opening) -> Reply); 3] = [
		("said: go away", |_| Reply::Refused("go away".into())),
		("not for this report", |_| took(&batched(8, |_| {}).0)),
		("not for this report", |of| {
			let Reply::Took(receipt, after) = took(of) else { unreachable!() };
			Reply::Took(Receipt { leader: key(1).public(), ..receipt }, after)
		}),
	];
	for (words, lie) in lies {
		let mut relay = relay();
		relay.look(&view(1), &[]);
		let (opening, _) = batched(9, |_| {});
		relay.hand(opening.report, opening.signature);
		relay.reply(&CHAIN, 200, Ask::HandIn(Interval(9)), lie(&opening));
		assert_eq!(relay.route(&view(2)), Route::Own);
		assert_eq!(relay.wants(&view(2)), None);
		let news = relay.take_news();
		assert!(news[0].is_bad() && news[0].to_string().contains(words), "{news:?}");
		// The next interval begins anew.
		let next = View { current: Interval(11), ..view(0) };
		relay.look(&next, &[]);
		assert_eq!((relay.wants(&next), relay.route(&next)), (Some(Interval(10)), Route::Leader));
	}
	// A path of another tree leads somewhere, but to no root on chain; one that leads nowhere is
	// noticed at once.
	let (mut relay, opening, _) = promised();
	let backwards = opening.path.iter().map(|step| Step { left: !step.left, ..*step }).collect();
	let told = Told { path: backwards, from: 0 };
	relay.reply(&CHAIN, 200, Ask::Path(Interval(9)), Reply::Told(told));
	assert_eq!(relay.take_news(), [News::Alone(Interval(9), Alone::BadPath)]);
}

#[test]
fn answer_should_change_nothing_when_it_is_to_another_question_or_not_now() {
	let (mut relay, ..) = promised();
	let before = relay.clone();
	for (ask, reply) in [
		(Ask::HandIn(Interval(9)), Reply::Later("soon".into())),
		(Ask::Path(Interval(9)), Reply::Opens),
		(Ask::Path(Interval(5)), Reply::Told(Told { path: vec![], from: 0 })),
		(Ask::HandIn(Interval(5)), took(&batched(5, |_| {}).0)),
		(Ask::Open(Interval(9)), Reply::Later("soon".into())),
	] {
		relay.reply(&CHAIN, 200, ask, reply);
	}
	assert_eq!(relay, before);
}

#[test]
fn device_should_go_its_own_way_when_the_leader_cannot_serve_it() {
	let stopped = |state| {
		let mut view = view(1);
		view.device.as_mut().unwrap().1.state = state;
		view
	};
	let mut fresh = view(1);
	fresh.device.as_mut().unwrap().1.since = Interval(9);
	let clockless = View { elapsed: None, ..view(1) };
	for view in [
		with_work(view(1), 9),
		stopped(DeviceState::Leaving),
		stopped(DeviceState::Suspended),
		View { device: None, ..view(1) },
		View { current: Interval(0), ..view(1) },
		fresh,
		clockless,
	] {
		let mut relay = relay();
		relay.look(&view, &[]);
		assert_eq!((relay.wants(&view), relay.route(&view)), (None, Route::Own));
		assert_eq!(relay.ask(&view, &[]), None);
	}
	// Work of another interval is no reason.
	let mut relay = relay();
	relay.look(&with_work(view(1), 10), &[]);
	assert_eq!(relay.route(&with_work(view(1), 10)), Route::Leader);
}

#[test]
fn devices_should_not_all_come_at_once() {
	let at = |id: u32| {
		let mut relay = relay();
		let with = |slots| {
			let mut view = view(slots);
			view.device.as_mut().unwrap().0 = DeviceId(id);
			view.elapsed = Some(Elapsed { slots, of: 1_200 });
			view
		};
		relay.look(&with(0), &[]);
		let (opening, _) = batched(9, |_| {});
		relay.hand(opening.report, opening.signature);
		(0..240).find(|slots| relay.ask(&with(*slots), &[]).is_some())
	};
	assert_eq!((at(0), at(1), at(199), at(200)), (Some(0), Some(1), Some(199), Some(0)));
}

#[test]
fn leader_should_be_asked_later_when_a_path_is_still_missing() {
	let (mut relay, opening, batch) = promised();
	let next = View { current: Interval(11), ..view(0) };
	relay.look(&next, &[]);
	assert_eq!(relay.ask(&next, &[]), Some(Ask::Path(Interval(9))));
	let told = Told { path: opening.path, from: 4 };
	relay.reply(&CHAIN, 220, Ask::Path(Interval(9)), Reply::Told(told));
	relay.look(&next, &[(4, batch)]);
	assert_eq!(relay.take_news(), [News::Stands(Interval(9), 4)]);

	let (mut relay, ..) = promised();
	let refused = Reply::Refused("there is none".into());
	relay.look(&next, &[]);
	relay.reply(&CHAIN, 220, Ask::Path(Interval(9)), refused);
	assert_eq!(relay.take_news(), [News::Dropped(Interval(9))]);
	assert_eq!(relay.route(&next), Route::Leader, "that says nothing of this interval");

	let (mut relay, ..) = promised();
	relay.look(&View { current: Interval(14), ..view(0) }, &[]);
	assert_eq!(relay.take_news(), [News::Dropped(Interval(9))]);
}

#[test]
fn next_report_should_count_on_what_stands() {
	let relay = standing(&[(5, 400_000), (7, 100_000)]);
	let ledger = ledger(1_000);
	// Nine tenths of what went in.
	assert_eq!(relay.base(&ledger, |_| true).green, MilliWattHours(451_000));
	assert_eq!(relay.base(&ledger, |of| of == Interval(7)).green, MilliWattHours(91_000));
	assert_eq!(relay.base(&ledger, |_| false), ledger.stored);
	// A later one is on record: what the earlier one stored is nobody's.
	let moved = Ledger { through: Some(Interval(6)), ..ledger };
	assert_eq!(relay.base(&moved, |_| true).green, MilliWattHours(91_000));
	// No more than are opened at a time.
	let relay = standing(&[(3, 1_000), (4, 1_000), (5, 1_000), (6, 1_000), (7, 1_000)]);
	assert_eq!(relay.base(&ledger, |_| true).green, MilliWattHours(1_000 + 4 * 900));
}

#[test]
fn what_stands_should_be_opened_before_the_device_reports_by_itself() {
	let relay = standing(&[(5, 400_000), (7, 100_000)]);
	let opens = |view: &View, own| relay.opens(view, &ledger(0), own, false);
	assert_eq!(opens(&view(1), true).now, [Interval(5), Interval(7)]);
	assert_eq!(opens(&view(1), false), Opens::default());
	let poor = View { free: 0, ..view(1) };
	assert_eq!(opens(&poor, true), Opens::default());
	// Nothing green came into the battery: nothing hangs on the order.
	let idle = standing(&[(5, 0), (7, 0)]);
	assert_eq!(idle.opens(&view(1), &ledger(0), true, false), Opens::default());
	// One that the chain did not take is not tried again.
	let mut relay = relay;
	relay.unopened(Interval(5));
	assert_eq!(relay.opens(&view(1), &ledger(0), true, false).now, [Interval(7)]);
}

#[test]
fn leader_should_be_asked_to_open_when_energy_for_work_is_missing() {
	let mut relay = standing(&[(5, 400_000), (7, 100_000)]);
	let mut view = View { reported: true, ..view(15) };
	relay.look(&view, &[]);
	let opens = |relay: &Relay, view: &View| relay.opens(view, &ledger(0), false, true);
	let first = opens(&relay, &view);
	assert_eq!((&first.wished[..], first.now.len()), (&[Interval(5), Interval(7)][..], 0));
	assert_eq!(relay.ask(&view, &first.wished), Some(Ask::Open(Interval(5))));
	relay.reply(&CHAIN, 200, Ask::Open(Interval(5)), Reply::Opens);
	assert_eq!(relay.ask(&view, &first.wished), Some(Ask::Open(Interval(7))));
	relay.reply(&CHAIN, 200, Ask::Open(Interval(7)), Reply::Refused("no more today".into()));
	// The second would come before the first.
	assert_eq!(opens(&relay, &view).now, []);
	assert_eq!(relay.watched(false, |_| false), [(Interval(5), 5), (Interval(7), 7)]);
	view.head = 210;
	assert_eq!(opens(&relay, &view).now, [Interval(5), Interval(7)]);
	view.batched = vec![Batched { interval: Interval(5), batch: None, on_record: true }];
	relay.look(&view, &[]);
	assert_eq!(relay.take_news(), [News::OnRecord(Interval(5))]);
	assert_eq!(opens(&relay, &view).now, [Interval(7)]);
}

#[test]
fn report_should_be_taken_out_when_its_batch_is_about_to_be_void() {
	let mut relay = standing(&[(5, 400_000), (6, 0), (7, 0)]);
	let (_, batch) = batched(6, |_| {});
	let mut view = view(1);
	let mut seen = |head, due, state| {
		view.head = head;
		let batch = Batch { due, state, ..batch };
		view.batched =
			vec![Batched { interval: Interval(6), batch: Some(batch), on_record: false }];
		relay.look(&view, &[]);
		relay.opens(&view, &ledger(0), false, false).now
	};
	assert_eq!(seen(200, 211, BatchState::Pending), []);
	// What the battery got before it comes first.
	assert_eq!(seen(201, 211, BatchState::Pending), [Interval(5), Interval(6)]);
	assert_eq!(seen(202, 211, BatchState::Sound), []);
	assert_eq!(relay.watched(false, |_| false).len(), 2, "it cannot be voided any more");
	assert_eq!(relay.watched(true, |_| false).len(), 3);
	assert_eq!(relay.watched(false, |of| of == Interval(6)).len(), 3);

	let gone = Batched { interval: Interval(7), batch: None, on_record: false };
	view.batched = vec![gone];
	relay.look(&view, &[]);
	let news = relay.take_news();
	assert_eq!(news, [News::Voided(Interval(7), 7)]);
	assert!(news[0].to_string().contains("interval 7 is lost"));
}

#[test]
fn old_reports_should_be_forgotten_when_nobody_can_open_them() {
	let mut relay = standing(&[(5, 0), (6, 0)]);
	let late = View { current: Interval(5 + RETENTION + 2), reported: true, ..view(0) };
	relay.look(&late, &[]);
	assert_eq!((relay.handed(Interval(5)).is_some(), relay.standing()), (false, 1));
	assert!(relay.take_changed().contains(&Interval(5)));
}

proptest! {
	/// Whatever a leader says and a chain shows, a report that is not seen in a batch on chain is sent
	/// by the device while there is time.
	#[test]
	fn report_should_be_on_chain_or_with_the_device_whatever_the_leader_does(
		moves in prop::collection::vec((0u8..9, any::<u8>()), 0..40), submits in any::<bool>(),
	) {
		let mut relay = relay();
		let (opening, batch) = batched(9, |_| {});
		let other = batched(9, |report| report.generation = MilliWattHours(7_777));
		let mut slot = 0;
		for (kind, number) in moves {
			let now = view(slot);
			let seen: &[(u64, Batch)] =
				if submits && slot > 8 { &[(3, batch)] } else { &[(2, other.1)] };
			relay.look(&now, seen);
			if relay.wants(&now).is_some() {
				relay.hand(opening.report, opening.signature);
			}
			let ask = relay.ask(&now, &[Interval(9)]).unwrap_or(Ask::Path(Interval(9)));
			let path = match number % 3 {
				0 => opening.path.clone(),
				1 => other.0.path.clone(),
				_ => vec![],
			};
			let reply = match kind {
				0 => took(&opening),
				1 => took(&other.0),
				2 | 3 => Reply::Told(Told { path, from: number.into() }),
				4 => Reply::Refused("no".into()),
				5 => Reply::Later("soon".into()),
				6 => Reply::Opens,
				_ => { slot = (slot + 1).min(19); continue }
			};
			relay.reply(&CHAIN, 200, ask, reply);
		}
		let end = view(14);
		let seen = [(3, batch)];
		relay.look(&end, &seen[..usize::from(submits)]);
		match relay.route(&end) {
			Route::Own => {}
			Route::Batched(number) => {
				prop_assert!(submits && number == 3);
				let (_, opening) = relay.opening(Interval(9)).expect("it stands");
				prop_assert!(opening.is_in(&batch));
			}
			Route::Leader => prop_assert!(false, "nobody sends it"),
		}
	}

	#[test]
	fn handed_should_return_when_stored(
		number in any::<u64>(), sound in any::<bool>(), kind in 0u8..4,
	) {
		let (opening, _) = batched(9, |_| {});
		let Reply::Took(receipt, after) = took(&opening) else { unreachable!() };
		let path = opening.path.clone();
		let stage = match kind {
			0 => Stage::Handing,
			1 => Stage::Promised(receipt, after),
			2 => Stage::Told(Told { path, from: number }),
			_ => Stage::Stands { batch: number, path, sound },
		};
		let handed = Handed { report: opening.report, signature: opening.signature, stage };
		let bytes = codec::Encode::encode(&handed);
		prop_assert_eq!(crate::crypto::decode_exactly::<Handed>(&bytes), Some(handed));
	}
}
