use super::*;
use crate::registry::{Challenge, Intent, Standing};
use alloc::{string::ToString, vec};
use core::num::NonZeroU32;
use pogcs_primitives::{CellId, ClassId, Commitment, KeyId, MicroGpuHours, MilligramsCo2};
use proptest::prelude::*;

const ME: DeviceId = DeviceId(4);
const NEED: u64 = 100;
static NONE: Answers = Answers::empty();

fn device(state: DeviceState) -> Device {
	DeviceRecord {
		owner: [1; 32],
		manager: None,
		key: [2; 32],
		maker: [3; 32],
		certified_until: None,
		class: ClassId(1),
		cell: CellId(0),
		validator: [4; 32],
		commitment: Commitment([5; 32]),
		state,
		deposit: 1,
		since: Interval(0),
	}
}

fn task(deadline: u32) -> Task {
	TaskRecord {
		client: [6; 32],
		model: 0,
		class: ClassId(1),
		reward_per_chunk: 10,
		deposit: 1,
		chunks: 2,
		unpaid: 2,
		deadline: Interval(deadline),
	}
}

fn model() -> ModelRecord {
	ModelRecord {
		commitment: Commitment([7; 32]),
		key: KeyId(0),
		work: MicroGpuHours(1),
		energy: MilliWattHours(NEED),
	}
}

fn at(chunk: u32) -> Assignment {
	Assignment { task: TaskId(9), chunk }
}

fn energy(available: u64) -> Option<EnergyRecord> {
	Some(EnergyRecord {
		generation: MilliWattHours(available),
		compute_draw: MilliWattHours(available),
		green_supply: MilliWattHours(available),
		green_draw: MilliWattHours(available),
		root: Commitment([0; 32]),
		available: MilliWattHours(available),
		carbon: MilligramsCo2(0),
		cell: CellId(0),
	})
}

fn job(chunk: u32, state: ChunkState) -> Job {
	Job {
		assignment: at(chunk),
		task: task(20),
		chunk: ChunkRecord { input: [0; 256], state },
		model: model(),
		energy: energy(NEED),
		randomness: Some([8; 32]),
		hour: None,
	}
}

fn committed(chunk: u32, interval: u32) -> Job {
	let work = Commitment([9; 32]);
	job(
		chunk,
		ChunkState::Committed { device: ME, interval: Interval(interval), work, given: false },
	)
}

fn assigned(chunk: u32) -> Job {
	job(chunk, ChunkState::Assigned { device: ME, interval: Interval(9), given: false })
}

fn given(chunk: u32) -> Job {
	job(chunk, ChunkState::Assigned { device: ME, interval: Interval(9), given: true })
}

fn offer(chunk: u32) -> Offer {
	Offer { assignment: at(chunk), task: task(20), model: model(), hour: None }
}

fn view(jobs: Vec<Job>, offers: Vec<Offer>) -> View {
	View {
		head: 100,
		nonce: 7,
		current: Interval(10),
		device: Some((ME, device(DeviceState::Online))),
		registration: None,
		reported: true,
		jobs,
		offers,
		quota: None,
		free: 1_000,
		elapsed: None,
		batched: vec![],
		replicas: vec![],
	}
}

const LOGS: [Interval; 3] = [Interval(7), Interval(8), Interval(9)];

fn own(forecast: u64) -> Own<'static> {
	Own {
		logs: &LOGS,
		forecast: MilliWattHours(forecast),
		capacity: 4,
		least_reward: 5,
		asks: true,
		root: None,
		route: Route::Own,
		opens: &[],
		rules: Rules::POGCS,
		answers: &NONE,
		lacking: &[],
	}
}

/// A view of a device in `state` that the registry knows nothing else about.
fn registered(state: DeviceState, benched: bool) -> View {
	let mut view = view(vec![], vec![offer(1)]);
	view.device = Some((ME, device(state)));
	view.registration = Some(Registration::new(Standing {
		intent: Intent::Offer,
		benched: benched.then_some(Interval(3)),
		lapsed: false,
		work: 0,
		placed: Interval(0),
		tried: None,
	}));
	view
}

fn challenge(committed: Option<Hash>) -> Challenge {
	let count = NonZeroU32::new(100).unwrap();
	Challenge { count, draw: 98, until: 108, committed: committed.map(|root| ([1; 32], root)) }
}

#[test]
fn device_should_only_wait_when_unregistered_or_suspended() {
	let mut unknown = view(vec![assigned(0)], vec![offer(1)]);
	unknown.device = None;
	let plan = decide(&unknown, &own(1_000));
	assert_eq!((plan.actions, plan.holds), (vec![], vec![Hold::NotRegistered]));

	let mut stopped = view(vec![assigned(0)], vec![offer(1)]);
	stopped.device = Some((ME, device(DeviceState::Suspended)));
	let plan = decide(&stopped, &own(1_000));
	assert_eq!((plan.actions, plan.holds), (vec![], vec![Hold::Suspended]));
}

#[test]
fn report_should_come_first_when_the_interval_is_not_reported() {
	let mut due = view(vec![committed(0, 8), assigned(1)], vec![offer(2)]);
	due.reported = false;
	let plan = decide(&due, &own(1_000));
	let expected = [
		Action::Report(Interval(9)),
		Action::Prove(at(0), Interval(8), MilliWattHours(NEED)),
		Action::Commit(at(1)),
		Action::Accept(at(2)),
	];
	assert_eq!(plan.actions, expected);
	assert_eq!(plan.holds, []);

	let none = Own { logs: &[], ..own(1_000) };
	due.jobs.clear();
	assert!(decide(&due, &none).holds.contains(&Hold::NoReadings(Interval(9))));
	// Registered in interval 0: it starts with interval 1, which is the first that it reports.
	due.current = Interval(0);
	let plan = decide(&due, &none);
	assert_eq!((plan.actions, plan.holds), (vec![], vec![Hold::JustRegistered(Interval(0))]));
	due.current = Interval(1);
	assert_eq!(decide(&due, &none).holds, []);
}

#[test]
fn report_should_be_left_to_the_leader_when_the_route_says_so() {
	let mut due = view(vec![], vec![]);
	due.reported = false;
	let through = |route| decide(&due, &Own { route, ..own(0) });
	assert_eq!(through(Route::Own).actions, [Action::Report(Interval(9))]);
	for (route, hold) in [
		(Route::Leader, Hold::WithLeader(Interval(9))),
		(Route::Batched(4), Hold::InBatch(Interval(9), 4)),
	] {
		let plan = through(route);
		assert_eq!((plan.actions, plan.holds), (vec![], vec![hold]));
		// It stands on record already: there is nothing to wait for.
		let reported = View { reported: true, ..due.clone() };
		assert_eq!(decide(&reported, &Own { route, ..own(0) }), Plan::default());
	}
}

#[test]
fn reports_should_be_opened_before_a_later_one_is_sent() {
	let mut due = view(vec![], vec![]);
	due.reported = false;
	let opens = [Interval(6), Interval(8)];
	let plan = decide(&due, &Own { opens: &opens, ..own(0) });
	let expected = [
		Action::OpenReport(Interval(6)),
		Action::OpenReport(Interval(8)),
		Action::Report(Interval(9)),
	];
	assert_eq!(plan.actions, expected);
	assert_eq!(plan.actions[0].to_string(), "open the report of interval 6 out of its batch");
}

#[test]
fn fate_should_follow_the_batch_when_a_report_is_being_opened() {
	let open = Action::OpenReport(Interval(8));
	let mut view = view(vec![], vec![]);
	assert_eq!(open.fate(&view), Fate::Gone);
	let root = crate::batch::leaf(&crate::testing::reports::report(4, 8), &[0; 64]);
	let batch = crate::testing::reports::batch([1; 32], 8, root);
	let seen = |batch, on_record| Batched { interval: Interval(8), batch, on_record };
	view.batched = vec![seen(Some(batch), false)];
	assert_eq!(open.fate(&view), Fate::Open);
	view.head = batch.due;
	assert_eq!(open.fate(&view), Fate::Gone, "it is void");
	view.batched = vec![seen(None, true)];
	assert_eq!(open.fate(&view), Fate::Done);
	view.batched = vec![seen(None, false)];
	assert_eq!(open.fate(&view), Fate::Gone);
}

#[test]
fn interval_should_be_as_far_as_its_slots_when_asked() {
	let elapsed = |slots| Elapsed { slots, of: 20 };
	assert!(elapsed(0).reached(0) && !elapsed(0).reached(1));
	assert!(!elapsed(13).reached(70) && elapsed(14).reached(70));
	assert!(elapsed(u64::MAX).reached(100));
	// Of what has no length, everything has passed.
	assert!(Elapsed { slots: 0, of: 0 }.reached(100));
	assert_eq!(Elapsed::new(5, 20, Interval(3), 70), Some(elapsed(5)));
	assert_eq!(Elapsed::new(5, 20, Interval(3), 64), None);
}

#[test]
fn proof_should_wait_or_be_given_up_when_something_is_missing() {
	let judge = |job: Job| decide(&view(vec![job], vec![]), &own(0)).holds;
	assert_eq!(judge(committed(0, 10)), [Hold::AwaitingEnd(at(0), Interval(10))]);
	let mut unreported = committed(0, 9);
	unreported.energy = None;
	assert_eq!(judge(unreported), [Hold::AwaitingReport(at(0), Interval(9))]);
	let mut missed = committed(0, 8);
	missed.energy = None;
	assert_eq!(judge(missed), [Hold::ReportMissed(at(0), Interval(8))]);
	assert_eq!(judge(committed(0, 6)), [Hold::ReadingsLost(at(0), Interval(6))]);
	let mut short = committed(0, 9);
	short.energy = energy(99);
	let (need, have) = (MilliWattHours(100), MilliWattHours(99));
	assert_eq!(judge(short), [Hold::EnergyMissed(at(0), need, have)]);
	let mut early = committed(0, 9);
	early.randomness = None;
	assert_eq!(judge(early), [Hold::AwaitingRandomness(at(0), Interval(9))]);
	let mut late = committed(0, 9);
	late.task.deadline = Interval(9);
	assert_eq!(judge(late), [Hold::DeadlinePassed(at(0), Interval(9))]);
}

#[test]
fn energy_should_be_used_once_when_two_proofs_share_an_interval() {
	let mut first = committed(0, 9);
	first.energy = energy(150);
	let mut second = committed(1, 9);
	second.energy = energy(150);
	let plan = decide(&view(vec![first, second], vec![]), &own(0));
	assert_eq!(plan.actions, [Action::Prove(at(0), Interval(9), MilliWattHours(NEED))]);
	let left = MilliWattHours(50);
	assert_eq!(plan.holds, [Hold::EnergyMissed(at(1), MilliWattHours(NEED), left)]);
}

#[test]
fn commitment_should_wait_when_the_forecast_is_short_or_time_is_up() {
	let jobs = vec![committed(0, 10), assigned(1), assigned(2)];
	let plan = decide(&view(jobs, vec![]), &own(250));
	assert_eq!(plan.actions, [Action::Commit(at(1))]);
	let short = Hold::EnergyShort(at(2), MilliWattHours(NEED), MilliWattHours(50));
	assert!(plan.holds.contains(&short));
	assert!(!short.is_final());

	let mut late = assigned(0);
	late.task.deadline = Interval(10);
	let plan = decide(&view(vec![late], vec![]), &own(1_000));
	assert_eq!(plan.actions, []);
	assert_eq!(plan.holds, [Hold::DeadlinePassed(at(0), Interval(10))]);
	assert!(plan.holds[0].is_final());
}

#[test]
fn offer_should_be_left_when_it_does_not_suit() {
	let mut class = offer(0);
	class.task.class = ClassId(2);
	let mut late = offer(1);
	late.task.deadline = Interval(10);
	let mut cheap = offer(2);
	cheap.task.reward_per_chunk = 4;
	let plan = decide(&view(vec![], vec![class, late, cheap, offer(3)]), &own(1_000));
	assert_eq!(plan.actions, [Action::Accept(at(3))]);

	let offers = vec![offer(0), offer(1), offer(2)];
	// What its leader gave it takes up room as what it took itself.
	let plan = decide(&view(vec![assigned(7), given(8)], offers.clone()), &own(10_000));
	assert_eq!(plan.actions.len(), 4, "capacity is four");
	let plan = decide(&view(vec![], offers.clone()), &own(99));
	assert_eq!(plan.actions, []);
	assert!(matches!(plan.holds[..], [Hold::EnergyShort(..)]));

	let mut leaving = view(vec![assigned(7)], offers);
	leaving.device = Some((ME, device(DeviceState::Leaving)));
	let plan = decide(&leaving, &own(1_000));
	assert_eq!(plan.actions, [Action::Commit(at(7))]);
	assert_eq!(plan.holds, [Hold::Leaving]);
}

#[test]
fn challenge_should_be_asked_for_when_pending_and_told_to() {
	let mut pending = registered(DeviceState::Pending, false);
	let plan = decide(&pending, &own(1_000));
	assert_eq!(plan.actions, [Action::RequestChallenge]);
	assert_eq!(plan.holds, [Hold::Pending], "it accepts nothing before");

	let silent = Own { asks: false, ..own(1_000) };
	assert_eq!(decide(&pending, &silent).holds, [Hold::ChallengeUnasked, Hold::Pending]);

	// A try in this interval: the next one is for later.
	pending.registration.as_mut().unwrap().standing.tried = Some(Interval(10));
	let plan = decide(&pending, &own(1_000));
	assert_eq!(plan.actions, []);
	assert_eq!(plan.holds, [Hold::ChallengeLater(Interval(11)), Hold::Pending]);

	let online = registered(DeviceState::Online, true);
	assert_eq!(decide(&online, &own(1_000)).actions, [Action::Accept(at(1))]);
	// Registered in this very interval, it can be asked for all the same.
	let mut fresh = registered(DeviceState::Pending, false);
	fresh.device.as_mut().unwrap().1.since = Interval(10);
	assert_eq!(decide(&fresh, &own(0)).actions, [Action::RequestChallenge]);
}

#[test]
fn challenge_should_be_opened_when_drawn_and_evaluated() {
	let mut view = registered(DeviceState::Pending, false);
	let set = |view: &mut View, head, challenge, drawn| {
		view.head = head;
		let registration = view.registration.as_mut().unwrap();
		(registration.challenge, registration.drawn) = (Some(challenge), drawn);
	};
	let evaluated = Own { root: Some([7; 32]), ..own(0) };
	let first = |view: &View| decide(view, &evaluated).holds[0];

	set(&mut view, 97, challenge(None), None);
	assert_eq!(first(&view), Hold::AwaitingSeed(98));
	set(&mut view, 98, challenge(None), Some([2; 32]));
	assert_eq!(first(&view), Hold::Evaluating(108));
	set(&mut view, 97, challenge(Some([7; 32])), None);
	assert_eq!(first(&view), Hold::AwaitingSamples(98));
	set(&mut view, 98, challenge(Some([7; 32])), Some([2; 32]));
	assert_eq!(decide(&view, &evaluated).actions, [Action::OpenChallenge(98)]);
	// Started again, it has to evaluate the same once more.
	assert_eq!(decide(&view, &own(0)).holds[0], Hold::Evaluating(108));
	// Too late: it asks for another one.
	set(&mut view, 108, challenge(Some([7; 32])), Some([2; 32]));
	assert_eq!(decide(&view, &evaluated).actions, [Action::RequestChallenge]);
	// Demanded of a device that is leaving.
	let mut leaving = registered(DeviceState::Leaving, false);
	set(&mut leaving, 98, challenge(Some([7; 32])), Some([2; 32]));
	assert_eq!(decide(&leaving, &evaluated).actions, [Action::OpenChallenge(98)]);
}

#[test]
fn fate_should_follow_the_challenge_when_one_is_under_way() {
	let mut view = registered(DeviceState::Pending, false);
	assert_eq!(Action::RequestChallenge.fate(&view), Fate::Open);
	// The root was sent for a challenge that is not final yet.
	assert_eq!(Action::CommitChallenge(101).fate(&view), Fate::Open);
	assert_eq!(Action::CommitChallenge(98).fate(&view), Fate::Gone);
	view.registration.as_mut().unwrap().challenge = Some(challenge(None));
	assert_eq!(Action::RequestChallenge.fate(&view), Fate::Done);
	assert_eq!(Action::CommitChallenge(98).fate(&view), Fate::Open);
	let next = Challenge { draw: 103, ..challenge(Some([7; 32])) };
	view.registration.as_mut().unwrap().challenge = Some(next);
	assert_eq!(Action::CommitChallenge(98).fate(&view), Fate::Done);
	assert_eq!(Action::OpenChallenge(103).fate(&view), Fate::Open);
	view.head = 108;
	assert_eq!(Action::OpenChallenge(103).fate(&view), Fate::Gone);
	view.registration.as_mut().unwrap().standing.benched = Some(Interval(10));
	assert_eq!(Action::OpenChallenge(103).fate(&view), Fate::Done);
	view.device.as_mut().unwrap().1.state = DeviceState::Online;
	view.registration.as_mut().unwrap().challenge = None;
	assert_eq!(Action::RequestChallenge.fate(&view), Fate::Gone);
}

#[test]
fn in_flight_should_free_the_nonce_when_an_extrinsic_is_withdrawn() {
	let mut in_flight = InFlight::default();
	in_flight.sent(Action::CommitChallenge(98), 7, 200);
	assert_eq!(in_flight.next_nonce(7), 8);
	assert_eq!(in_flight.nonce_of(&Action::CommitChallenge(98)), Some(7));
	assert_eq!(in_flight.nonce_of(&Action::CommitChallenge(99)), None);
	in_flight.withdraw(&Action::CommitChallenge(98));
	assert_eq!(in_flight.next_nonce(7), 7);
	assert!(in_flight.may_send(&Action::CommitChallenge(98), 0));
}

#[test]
fn leaving_device_should_report_only_while_something_hangs_on_it() {
	let mut leaving = registered(DeviceState::Leaving, true);
	leaving.reported = false;
	let plan = decide(&leaving, &own(1_000));
	assert_eq!((plan.actions, plan.holds), (vec![], vec![Hold::NothingOwed]));

	let report = [Action::Report(Interval(9))];
	leaving.registration.as_mut().unwrap().standing.work = 1;
	assert_eq!(decide(&leaving, &own(1_000)).actions, report);
	leaving.registration.as_mut().unwrap().standing.work = 0;
	leaving.registration.as_mut().unwrap().pool = Some(pogcs_primitives::PoolId(4));
	assert_eq!(decide(&leaving, &own(1_000)).actions, report);
	leaving.registration.as_mut().unwrap().pool = None;
	leaving.jobs = vec![committed(0, 9)];
	assert_eq!(decide(&leaving, &own(1_000)).actions[..1], report);
}

#[test]
fn suspended_device_should_prove_what_it_committed_and_nothing_else() {
	let mut stopped = registered(DeviceState::Suspended, true);
	stopped.reported = false;
	stopped.jobs = vec![committed(0, 8), assigned(1)];
	let plan = decide(&stopped, &own(1_000));
	assert_eq!(plan.actions, [Action::Prove(at(0), Interval(8), MilliWattHours(NEED))]);
	assert_eq!(plan.holds, [Hold::Suspended]);
	// A certificate that ran out stops a device at once, whatever its record still says.
	stopped.device.as_mut().unwrap().1.state = DeviceState::Running;
	stopped.device.as_mut().unwrap().1.certified_until = Some(Interval(9));
	assert_eq!(decide(&stopped, &own(1_000)).holds, [Hold::Suspended]);
}

#[test]
fn job_should_be_dropped_when_it_belongs_to_another() {
	let other = DeviceId(5);
	for state in [
		ChunkState::Open,
		ChunkState::Assigned { device: other, interval: Interval(9), given: false },
		ChunkState::Committed {
			device: other,
			interval: Interval(9),
			work: Commitment([0; 32]),
			given: false,
		},
	] {
		let plan = decide(&view(vec![job(0, state)], vec![]), &own(1_000));
		assert_eq!((plan.actions, plan.holds), (vec![], vec![Hold::TakenAway(at(0))]));
	}
}

#[test]
fn in_flight_should_be_settled_when_done_failed_or_expired() {
	let (commit, accept) = (Action::Commit(at(0)), Action::Accept(at(1)));
	let mut in_flight = InFlight::default();
	in_flight.sent(commit, 7, 110);
	assert_eq!(in_flight.next_nonce(7), 8);
	assert_eq!(in_flight.next_nonce(12), 12);
	in_flight.sent(accept, 8, 105);
	let mut both = view(vec![assigned(0)], vec![offer(1)]);
	both.head = 104;
	assert_eq!(in_flight.settle(&both), Settled::default());
	assert!(!in_flight.may_send(&accept, 104));

	// Nonce 7 was used and the chunk is still not committed.
	both.nonce = 8;
	assert_eq!(in_flight.settle(&both).failed, [commit]);
	assert!(!in_flight.may_send(&commit, 107));
	assert!(in_flight.may_send(&commit, 108));

	both.head = 105;
	assert_eq!(in_flight.settle(&both).expired, [accept]);
	assert!(in_flight.may_send(&accept, 105));

	in_flight.sent(commit, 9, 200);
	assert_eq!(in_flight.settle(&view(vec![committed(0, 10)], vec![])).done, [commit]);
	assert!(in_flight.is_empty());
}

#[test]
fn in_flight_should_back_off_when_refused_again() {
	let action = Action::Accept(at(1));
	let mut in_flight = InFlight::default();
	for wait in [4, 8, 16, 32, 64, 128, 256, 256] {
		in_flight.refused(action, 1_000);
		assert!(!in_flight.may_send(&action, 1_000 + wait - 1));
		assert!(in_flight.may_send(&action, 1_000 + wait));
	}
	for chunk in 0..64 {
		in_flight.sent(Action::Commit(at(chunk)), chunk, 200);
	}
	assert_eq!(in_flight.len(), InFlight::<Action>::MOST);
	assert!(!in_flight.may_send(&Action::Commit(at(64)), 2_000));
}

#[test]
fn fate_should_follow_the_chain_when_an_action_is_under_way() {
	let report = Action::Report(Interval(9));
	let mut due = view(vec![committed(0, 9), assigned(1)], vec![offer(2)]);
	due.reported = false;
	assert_eq!(report.fate(&due), Fate::Open);
	due.reported = true;
	assert_eq!(report.fate(&due), Fate::Done);
	due.current = Interval(11);
	assert_eq!(report.fate(&due), Fate::Gone);

	let prove = |chunk| Action::Prove(at(chunk), Interval(9), MilliWattHours(1));
	assert_eq!(prove(0).fate(&due), Fate::Open);
	assert_eq!(prove(3).fate(&due), Fate::Gone);
	assert_eq!(Action::Commit(at(0)).fate(&due), Fate::Done);
	assert_eq!(Action::Commit(at(1)).fate(&due), Fate::Open);
	assert_eq!(Action::Commit(at(3)).fate(&due), Fate::Gone);
	assert_eq!(Action::Accept(at(1)).fate(&due), Fate::Done);
	assert_eq!(Action::Accept(at(2)).fate(&due), Fate::Open);
	assert_eq!(Action::Accept(at(3)).fate(&due), Fate::Gone);
	let mut in_flight = InFlight::default();
	in_flight.sent(prove(3), 7, 200);
	assert_eq!(in_flight.settle(&due).gone, [prove(3)]);
}

#[test]
fn words_should_name_the_chunk_when_shown() {
	let hold = Hold::EnergyShort(at(3), MilliWattHours(5), MilliWattHours(1));
	assert_eq!(
		hold.to_string(),
		"chunk 3 of task 9: needs 5 mWh of green energy and this interval promises 1 mWh"
	);
	let action = Action::Prove(at(3), Interval(7), MilliWattHours(5));
	assert_eq!(action.to_string(), "prove chunk 3 of task 9 with 5 mWh of interval 7");
}

#[test]
fn newest_tasks_should_come_first_when_bounded() {
	assert_eq!(newest_tasks(TaskId(5), 3).collect::<Vec<_>>(), [TaskId(4), TaskId(3), TaskId(2)]);
	assert_eq!(newest_tasks(TaskId(0), 3).count(), 0);
}

proptest! {
	#[test]
	fn plan_should_never_promise_more_energy_than_forecast_when_any(
		forecast in 0u64..2_000, assigned_count in 0u32..6, offers in 0u32..6, capacity in 0usize..8,
	) {
		let jobs = (0..assigned_count).map(assigned).collect();
		let offers = (100..100 + offers).map(offer).collect();
		let own = Own { capacity, ..own(forecast) };
		let plan = decide(&view(jobs, offers), &own);
		let promised = plan.actions.iter().filter(|action| {
			matches!(action, Action::Commit(_) | Action::Accept(_))
		}).count() as u64;
		prop_assert!(promised * NEED <= forecast);
		let accepted = plan.actions.iter().filter(|a| matches!(a, Action::Accept(_))).count();
		prop_assert!(accepted == 0 || accepted + assigned_count as usize <= capacity);
	}
}
