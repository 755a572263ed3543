use super::*;
use crate::{
	answers::{Answer, Answers, News},
	tasks::{decide, Elapsed, Route},
};
use alloc::{string::ToString, vec};
use pogcs_primitives::{
	contracts::{answer, commitment, Outcome, Pace, Unfit},
	jobs::{Inference, Network, Source},
	records::DeviceRecord,
	CellId, Commitment, MilligramsCo2, PoolId, TaskId,
};

const ME: DeviceId = DeviceId(4);
const OWNER: AccountId = [1; 32];
const WORK: u64 = 500;
const NOW: u32 = 10;
const SEED: Hash = [9; 32];
const AT: Assignment = Assignment { task: TaskId(7), chunk: 1 };

static NONE: Answers = Answers::empty();

fn job() -> jobs::Job {
	let network = Network { inputs: 8, width: 8, depth: 1, outputs: 4 };
	let seed = Source::Seed([3; 32]);
	jobs::Job::Inference(Inference {
		network,
		weights: seed,
		data: seed,
		rows: 8,
		batch: 2,
		bias: 1,
		shift: 7,
	})
}

fn contract(hour: u32) -> Contract {
	Contract {
		client: [8; 32],
		class: ClassId(1),
		claims: ClassId(1),
		green: true,
		method: Method::Replication { job: job(), first: 1, copies: 2 },
		chunks: 3,
		work: MicroGpuHours(WORK),
		pace: Pace::Flexible,
		earliest: Interval(hour),
		deadline: Interval(hour),
		carbon: None,
		opened: Interval(hour.saturating_sub(4)),
		tip: 0,
		reserve: 10,
		deposit: 1,
		plan: vec![Portion { interval: Interval(hour), chunks: 3, resold: 1 }],
		left: 2,
		bookings: 1,
		cleared: false,
	}
}

/// A chunk whose work is done in `hour`, of which this device owes enough for two.
fn replica(hour: u32) -> Replica {
	let mut replica = Replica::new(AT, &contract(hour), None).expect("a chunk");
	replica.seed = Some(SEED);
	replica.owed = MicroGpuHours(2 * WORK);
	replica
}

fn entrant(device: u32, ticket: u8) -> Entrant {
	let owner = if DeviceId(device) == ME { OWNER } else { [device as u8 + 100; 32] };
	Entrant { ticket: [ticket; 32], device: DeviceId(device), owner, pool: Some(PoolId(device)) }
}

fn run(device: u32, round: u8, given: Option<(u8, Hash)>) -> Run {
	let owner = if DeviceId(device) == ME { OWNER } else { [device as u8 + 100; 32] };
	Run {
		device: DeviceId(device),
		owner,
		by: owner,
		bond: 1,
		round,
		drawn: true,
		commitment: [0; 32],
		answer: given,
		unfit: None,
		carbon: MilligramsCo2(0),
	}
}

fn energy() -> EnergyRecord {
	EnergyRecord {
		generation: MilliWattHours(1_000),
		compute_draw: MilliWattHours(1_000),
		green_supply: MilliWattHours(1_000),
		green_draw: MilliWattHours(1_000),
		root: Commitment([0; 32]),
		available: MilliWattHours(1_000),
		carbon: MilligramsCo2(0),
		cell: CellId(0),
	}
}

fn view(replicas: Vec<Replica>, slots: u64) -> View {
	View {
		head: 100,
		nonce: 0,
		current: Interval(NOW),
		device: Some((
			ME,
			DeviceRecord {
				owner: OWNER,
				manager: None,
				key: [2; 32],
				maker: [3; 32],
				certified_until: None,
				class: ClassId(1),
				cell: CellId(0),
				validator: [4; 32],
				commitment: Commitment([5; 32]),
				state: DeviceState::Online,
				deposit: 1,
				since: Interval(0),
			},
		)),
		registration: None,
		reported: true,
		jobs: vec![],
		offers: vec![],
		quota: None,
		free: 10_000_000_000_000,
		elapsed: Some(Elapsed { slots, of: 20 }),
		batched: vec![],
		replicas,
	}
}

fn own(answers: &Answers) -> Own<'_> {
	Own {
		logs: &[],
		forecast: MilliWattHours(1_000),
		capacity: 4,
		least_reward: 5,
		asks: true,
		root: None,
		route: Route::Own,
		opens: &[],
		rules: Rules::POGCS,
		answers,
		lacking: &[],
	}
}

fn mine(result: u8) -> Answer {
	Answer {
		at: AT,
		result: [result; 32],
		salt: [6; 32],
		interval: Interval(NOW),
		energy: MilliWattHours(50),
		sent: false,
		bound: false,
		opened: None,
	}
}

/// One answer, as it was kept.
fn kept(result: u8) -> Answers {
	let mut answers = Answers::empty();
	answers.keep(mine(result));
	answers
}

fn bound_run(result: u8, round: u8) -> Run {
	Run { commitment: mine(result).commitment(ME, round), ..run(ME.0, round, None) }
}

#[test]
fn replica_should_be_as_the_pallet_has_it_when_nobody_entered() {
	let replica = replica(NOW + 1);
	assert_eq!((replica.part, replica.hour), (2, Interval(NOW + 1)));
	assert_eq!((replica.record.round, replica.record.interval), (0, Interval(NOW + 1)));
	assert_eq!((replica.record.asked, replica.client), (2, [8; 32]));
	// Its draw is made from what blocks fixed after it was opened, in the interval two before.
	let seeds: Vec<_> = replica.seeds().collect();
	assert_eq!(seeds, [Interval(NOW - 1), Interval(NOW - 2)]);
	let at = |chunk| Assignment { chunk, ..AT };
	assert!(Replica::new(at(2), &contract(5), None).is_none(), "it was sold again");
	assert!(Replica::new(at(3), &contract(5), None).is_none(), "there is none");
	let cleared = Contract { cleared: true, ..contract(5) };
	assert!(Replica::new(AT, &cleared, None).is_none());
	let proven = Contract { method: Method::Proof { model: 0 }, ..contract(5) };
	assert!(Replica::new(AT, &proven, None).is_none());
}

#[test]
fn device_should_enter_when_it_owes_hours_of_the_next_interval() {
	let plan = decide(&view(vec![replica(NOW + 1)], 1), &own(&NONE));
	assert_eq!(plan.actions, [Action::Enter(AT, 0)]);
	// Not before, and not after.
	for hour in [NOW + 2, NOW] {
		let plan = decide(&view(vec![replica(hour)], 1), &own(&NONE));
		assert!(plan.actions.is_empty(), "{plan:?}");
	}
	let poor = Replica { owed: MicroGpuHours(WORK - 1), ..replica(NOW + 1) };
	assert!(decide(&view(vec![poor], 1), &own(&NONE)).actions.is_empty());
	let other = Replica { class: ClassId(2), ..replica(NOW + 1) };
	assert!(decide(&view(vec![other], 1), &own(&NONE)).actions.is_empty());
	let own_work = Replica { client: OWNER, ..replica(NOW + 1) };
	assert!(decide(&view(vec![own_work], 1), &own(&NONE)).actions.is_empty());
	let over = Some(Outcome::Missed);
	let mut decided = replica(NOW + 1);
	decided.record.outcome = over;
	assert!(decide(&view(vec![decided], 1), &own(&NONE)).actions.is_empty());
}

#[test]
fn device_should_enter_no_more_than_it_owes() {
	let chunks: Vec<_> = (0..3)
		.map(|chunk| Replica { at: Assignment { chunk, ..AT }, ..replica(NOW + 1) })
		.collect();
	let plan = decide(&view(chunks.clone(), 1), &own(&NONE));
	assert_eq!(plan.actions.len(), 2);
	// One is entered: room for one.
	let mut chunks = chunks;
	chunks[2].record.entrants = vec![entrant(ME.0, 50)];
	let plan = decide(&view(chunks, 1), &own(&NONE));
	assert_eq!(plan.actions, [Action::Enter(Assignment { chunk: 0, ..AT }, 0)]);
	assert!(plan.holds.contains(&Hold::Entered(Assignment { chunk: 2, ..AT }, Interval(NOW + 1))));
	// What is of other claims is not owed twice either.
	let lacking = [AT];
	let own = Own { lacking: &lacking, ..own(&NONE) };
	let plan = decide(&view(vec![replica(NOW + 1)], 1), &own);
	assert_eq!((plan.actions.len(), plan.holds), (0, vec![Hold::Lacking(AT)]));
}

#[test]
fn device_should_not_pay_to_be_refused_when_its_ticket_is_high() {
	let list =
		|highest: u8| (1..=8).map(move |n| entrant(n + 10, if n == 8 { highest } else { n as u8 }));
	let with = |entrants: Vec<Entrant>| {
		let mut replica = replica(NOW + 1);
		replica.record.entrants = entrants;
		decide(&view(vec![replica], 1), &own(&NONE))
	};
	let ticket = replica(NOW + 1).ticket(ME).unwrap();
	assert!(ticket > [0; 32] && ticket < [255; 32]);
	assert_eq!(with(list(255).collect()).actions, [Action::Enter(AT, 0)]);
	let mut low = list(8).collect::<Vec<_>>();
	low.iter_mut().for_each(|entrant| entrant.ticket = [0; 32]);
	assert_eq!(with(low.clone()).holds, [Hold::Outdrawn(AT)]);
	// Another device of this owner has a lower one.
	let other = Entrant { owner: OWNER, ..entrant(20, 0) };
	assert_eq!(with(vec![other.clone()]).holds, [Hold::Outdrawn(AT)]);
	let higher = Entrant { ticket: [255; 32], ..other };
	assert_eq!(with(vec![higher]).actions, [Action::Enter(AT, 0)]);
	// The chain stood still.
	let seedless = Replica { seed: None, ..replica(NOW + 1) };
	assert_eq!(decide(&view(vec![seedless], 1), &own(&NONE)).holds, [Hold::NoSeed(AT)]);
}

#[test]
fn device_should_run_and_commit_when_it_is_drawn() {
	let mut drawn = replica(NOW);
	drawn.record.entrants = vec![entrant(ME.0, 1), entrant(12, 2), entrant(13, 3)];
	let plan = decide(&view(vec![drawn.clone()], 0), &own(&NONE));
	assert_eq!((plan.runs, plan.actions), (vec![AT], vec![]));
	assert_eq!(plan.holds, [Hold::Computing(AT, Interval(NOW))]);
	let answers = kept(1);
	let plan = decide(&view(vec![drawn.clone()], 0), &own(&answers));
	assert_eq!((plan.runs, plan.actions), (vec![], vec![Action::CommitAnswer(AT, 0)]));
	// Both places are taken.
	drawn.record.runs = vec![run(12, 0, None), run(13, 0, None)];
	let plan = decide(&view(vec![drawn], 19), &own(&answers));
	assert_eq!(plan.actions, []);
}

#[test]
fn device_should_stand_in_when_the_drawn_do_not_come() {
	let mut replica = replica(NOW);
	replica.owed = MicroGpuHours(0);
	replica.record.entrants = vec![entrant(12, 1), entrant(13, 2), entrant(ME.0, 3)];
	let answers = kept(1);
	let plan =
		|replica: &Replica, slots| decide(&view(vec![replica.clone()], slots), &own(&answers));
	assert_eq!(plan(&replica, 6).holds, [Hold::NotDrawn(AT)]);
	assert_eq!(plan(&replica, 7).actions, [Action::CommitAnswer(AT, 0)]);
	// It did not enter: for hours that it owes, or for a tip that is worth it.
	replica.record.entrants.pop();
	assert_eq!(plan(&replica, 19).actions, []);
	replica.tip = 4;
	assert_eq!(plan(&replica, 19).actions, []);
	replica.tip = 5;
	assert_eq!(plan(&replica, 19).actions, [Action::CommitAnswer(AT, 0)]);
	assert_eq!(plan(&replica, 6).actions, []);
	(replica.tip, replica.owed) = (0, MicroGpuHours(WORK));
	assert_eq!(plan(&replica, 19).actions, [Action::CommitAnswer(AT, 0)]);
	// Nobody who was not drawn is a further device.
	replica.record.round = 1;
	assert_eq!(plan(&replica, 19).actions, []);
}

#[test]
fn device_should_not_begin_when_energy_money_or_content_is_missing() {
	let mut drawn = replica(NOW);
	drawn.record.entrants = vec![entrant(ME.0, 1)];
	let short = Own { forecast: MilliWattHours(49), ..own(&NONE) };
	let plan = decide(&view(vec![drawn.clone()], 0), &short);
	let hold = Hold::EnergyShort(AT, MilliWattHours(50), MilliWattHours(49));
	assert_eq!((plan.runs, plan.holds), (vec![], vec![hold]));
	// What may come from the grid is no matter of the sun.
	let any = Replica { green: false, ..drawn.clone() };
	assert_eq!(decide(&view(vec![any], 0), &short).runs, [AT]);

	let bond = Rules::POGCS.bond(MicroGpuHours(WORK));
	assert_eq!(bond, 100_000_000_000 + 50_000_000_000);
	assert_eq!(Rules::POGCS.bond(MicroGpuHours(1)), 100_100_000_000);
	let poor = View { free: bond, ..view(vec![drawn.clone()], 0) };
	let plan = decide(&poor, &own(&NONE));
	assert_eq!((plan.runs, plan.holds), (vec![], vec![Hold::BondShort(AT, bond, bond)]));
	let lacking = [AT];
	let plan = decide(&view(vec![drawn.clone()], 0), &Own { lacking: &lacking, ..own(&NONE) });
	assert_eq!((plan.runs, plan.holds), (vec![], vec![Hold::Lacking(AT)]));
	let idle = Own { capacity: 0, ..own(&NONE) };
	assert!(decide(&view(vec![drawn], 0), &idle).runs.is_empty());
}

#[test]
fn device_should_open_when_the_interval_is_over_and_on_record() {
	let answers = kept(1);
	let mut replica = replica(NOW - 1);
	replica.record.runs = vec![bound_run(1, 0), run(12, 0, None)];
	let plan = |replica: &Replica| decide(&view(vec![replica.clone()], 1), &own(&answers));
	assert_eq!(plan(&replica).holds, [Hold::AwaitingReport(AT, Interval(NOW - 1))]);
	replica.energy = Some(energy());
	assert_eq!(plan(&replica).actions, [Action::OpenAnswer(AT, 0)]);
	// It is opened: the other one is awaited.
	replica.record.runs[0].answer = Some((0, answer(&[1; 32], 0)));
	assert_eq!(plan(&replica).holds, [Hold::AwaitingOthers(AT)]);
	assert!(plan(&replica).actions.is_empty());

	// In the interval itself nothing is shown.
	let mut early = self::replica(NOW);
	early.record.runs = vec![bound_run(1, 0)];
	early.energy = Some(energy());
	let view = view(vec![early], 19);
	let plan = decide(&view, &own(&answers));
	assert_eq!((plan.actions, plan.holds), (vec![], vec![Hold::Bound(AT, Interval(NOW))]));
	// Its report must not go by a leader, and the device does not leave.
	assert!(view.works_on(Interval(NOW)) && !view.works_on(Interval(NOW - 1)) && view.owes());
}

#[test]
fn device_should_say_so_when_an_answer_cannot_be_opened() {
	let mut replica = replica(NOW - 2);
	replica.record.runs = vec![bound_run(1, 0), run(12, 0, None)];
	let say = |replica: &Replica, answers: &Answers| {
		let plan = decide(&view(vec![replica.clone()], 1), &own(answers));
		assert!(plan.actions.is_empty(), "{plan:?}");
		(plan.holds, plan.runs)
	};
	let unreported = Hold::AnswerUnreported(AT, Interval(NOW - 2));
	assert_eq!(say(&replica, &kept(1)), (vec![unreported], vec![]));
	assert!(unreported.is_final() && unreported.to_string().contains("was not reported in time"));
	replica.energy = Some(energy());
	assert_eq!(say(&replica, &kept(2)), (vec![Hold::AnswerLost(AT)], vec![]));
	// All is lost but the key: it is computed again.
	assert_eq!(say(&replica, &NONE), (vec![Hold::Recomputing(AT)], vec![AT]));
}

#[test]
fn further_answers_should_be_opened_in_their_layer_when_somebody_new_came() {
	let answers = kept(1);
	let mut replica = replica(NOW - 5);
	let mut opened = bound_run(1, 0);
	opened.answer = Some((0, answer(&[1; 32], 0)));
	replica.record.runs = vec![opened, run(12, 0, Some((0, [7; 32])))];
	(replica.record.round, replica.record.interval) = (1, Interval(NOW + 1));
	let plan = |replica: &Replica| decide(&view(vec![replica.clone()], 1), &own(&answers));
	assert_eq!(plan(&replica).holds, [Hold::FurtherAsked(AT, Interval(NOW + 1))]);
	replica.record.interval = Interval(NOW - 1);
	// Nobody came: there is nothing to open, and the answers that stand are compared.
	let none = decide(&View { head: 100, ..view(vec![replica.clone()], 1) }, &own(&answers));
	assert_eq!(none.actions, []);
	let turn = decide(&View { head: 96, ..view(vec![replica.clone()], 1) }, &own(&answers));
	assert_eq!(turn.actions, [Action::Conclude(AT, 1)]);
	replica.record.runs.push(run(13, 1, None));
	assert_eq!(plan(&replica).actions, [Action::OpenAnswer(AT, 1)]);
	let next = answers.get(&AT).unwrap().layer(1);
	assert!(pogcs_primitives::contracts::continues((0, &answer(&[1; 32], 0)), (1, &next)));
	// A further device itself shows the layer of its own round.
	let mut further = self::replica(NOW - 1);
	(further.record.round, further.hour) = (1, Interval(NOW - 4));
	further.record.runs = vec![bound_run(1, 1)];
	assert_eq!(plan(&further).actions, [Action::OpenAnswer(AT, 1)]);
}

#[test]
fn round_should_be_concluded_by_one_device_at_a_time() {
	let answers = kept(1);
	let mut replica = replica(NOW - 1);
	let given = Some((0, answer(&[1; 32], 0)));
	replica.record.runs = vec![run(12, 0, given), run(ME.0, 0, given)];
	let at =
		|head| decide(&View { head, ..view(vec![replica.clone()], 1) }, &own(&answers)).actions;
	let turns: Vec<_> = (0..16).map(|head| !at(head).is_empty()).collect();
	let expected: Vec<_> = (0..16).map(|head| head / 4 % 2 == 1).collect();
	assert_eq!(turns, expected);
	assert_eq!(at(4), [Action::Conclude(AT, 0)]);
	// Another one is silent: not before the time to open is over.
	replica.record.runs[0].answer = None;
	for (interval, ready) in [(NOW - 2, false), (NOW - 3, true)] {
		replica.record.interval = Interval(interval);
		let view = View { head: 4, ..view(vec![replica.clone()], 1) };
		assert_eq!(!decide(&view, &own(&answers)).actions.is_empty(), ready, "{interval}");
	}
}

#[test]
fn suspended_device_should_open_what_it_is_bound_to_and_take_nothing_new() {
	let answers = kept(1);
	let mut bound = replica(NOW - 1);
	bound.record.runs = vec![bound_run(1, 0), run(12, 0, None)];
	bound.energy = Some(energy());
	let next = Replica { at: Assignment { chunk: 0, ..AT }, ..replica(NOW + 1) };
	let mut view = view(vec![bound, next], 1);
	let device = |view: &mut View, state| view.device.as_mut().unwrap().1.state = state;
	device(&mut view, DeviceState::Suspended);
	assert_eq!(decide(&view, &own(&answers)).actions, [Action::OpenAnswer(AT, 0)]);
	// Who entered and is leaving does its part.
	let mut listed = replica(NOW);
	listed.record.entrants = vec![entrant(ME.0, 1)];
	view.replicas = vec![listed, Replica { at: Assignment { chunk: 0, ..AT }, ..replica(NOW + 1) }];
	view.registration = None;
	device(&mut view, DeviceState::Leaving);
	assert_eq!(decide(&view, &own(&answers)).actions, [Action::CommitAnswer(AT, 0)]);
	device(&mut view, DeviceState::Pending);
	assert!(decide(&view, &own(&answers)).actions.is_empty());
}

#[test]
fn fate_should_follow_the_chain() {
	let fate = |action: Action, replica: Replica| action.fate(&view(vec![replica], 1));
	let (enter, commit) = (Action::Enter(AT, 0), Action::CommitAnswer(AT, 0));
	assert_eq!(fate(enter, replica(NOW + 1)), Fate::Open);
	assert_eq!(fate(enter, replica(NOW)), Fate::Gone);
	let mut listed = replica(NOW + 1);
	listed.record.entrants = vec![entrant(ME.0, 1)];
	assert_eq!(fate(enter, listed), Fate::Done);
	let mut full = replica(NOW + 1);
	full.record.entrants = (1..=8).map(|n| entrant(n + 10, 0)).collect();
	assert_eq!(fate(enter, full), Fate::Gone);

	assert_eq!(fate(commit, replica(NOW)), Fate::Open);
	assert_eq!(fate(commit, replica(NOW - 1)), Fate::Gone);
	let mut bound = replica(NOW - 1);
	bound.record.runs = vec![bound_run(1, 0)];
	assert_eq!(fate(commit, bound.clone()), Fate::Done);
	assert_eq!(fate(enter, bound.clone()), Fate::Done);
	let open = Action::OpenAnswer(AT, 0);
	assert_eq!(fate(open, bound.clone()), Fate::Open);
	bound.record.runs[0].answer = Some((0, [1; 32]));
	assert_eq!(fate(open, bound.clone()), Fate::Done);
	assert_eq!(fate(Action::OpenAnswer(AT, 1), bound.clone()), Fate::Gone);
	let conclude = Action::Conclude(AT, 0);
	assert_eq!(fate(conclude, bound.clone()), Fate::Open);
	bound.record.runs.clear();
	bound.record.outcome = Some(Outcome::Void);
	assert_eq!(
		(fate(open, bound.clone()), fate(conclude, bound.clone())),
		(Fate::Done, Fate::Done)
	);
	bound.record.interval = Interval(NOW - 3);
	assert_eq!(fate(open, bound), Fate::Gone);
	assert_eq!(open.fate(&view(vec![], 1)), Fate::Gone);
}

#[test]
fn owner_should_be_told_what_became_of_an_answer() {
	let end = |outcome, bound: bool, opened: bool, current: u32| {
		let mut answers = Answers::new(vec![Answer {
			sent: true,
			bound,
			opened: opened.then_some(0),
			..mine(1)
		}]);
		let mut replica = replica(NOW);
		replica.record.outcome = Some(outcome);
		let view = View { current: Interval(current), ..view(vec![replica], 1) };
		answers.look(&view, 2);
		assert!(answers.get(&AT).is_none());
		assert_eq!(answers.take_changed(), [AT]);
		let news = answers.take_news();
		assert_eq!(news.len(), 1);
		news[0]
	};
	let agreed = |result| Outcome::Agreed { layer: 0, answer: answer(&[result; 32], 0) };
	let unchecked = Outcome::Unchecked { layer: 1, answer: answer(&[1; 32], 1) };
	assert_eq!(end(agreed(1), true, true, NOW + 1), News::Agreed(AT));
	assert_eq!(end(agreed(1), true, false, NOW + 1), News::Agreed(AT));
	assert_eq!(end(agreed(1), true, false, NOW + 3), News::Late(AT));
	assert_eq!(end(agreed(1), false, false, NOW + 1), News::Over(AT));
	assert_eq!(end(agreed(2), true, true, NOW + 1), News::Wrong(AT));
	assert_eq!(end(unchecked, true, true, NOW + 3), News::Unchecked(AT));
	assert_eq!(end(Outcome::Void, true, true, NOW + 1), News::Void(AT));
	assert_eq!(end(Outcome::Missed, true, false, NOW + 3), News::Late(AT));
	assert!(News::Wrong(AT).is_bad() && !News::Agreed(AT).is_bad());
	assert_eq!(
		News::Wrong(AT).to_string(),
		"chunk 1 of task 7: other devices gave another answer, and the bond is lost. Run `pogcs-device \
		 work check`: if it finds nothing, look whether this is the newest release"
	);
}

#[test]
fn answer_should_be_followed_until_the_chunk_is_over() {
	let mut answers = kept(1);
	assert_eq!(answers.take_news(), [News::Computed(AT)]);
	let mut bound = replica(NOW);
	bound.record.runs = vec![bound_run(1, 0)];
	let mut look = |replica: Option<&Replica>, current: u32| {
		let replicas = replica.into_iter().cloned().collect();
		answers.look(&View { current: Interval(current), ..view(replicas, 1) }, 2);
		answers.take_news()
	};
	assert_eq!(look(Some(&bound), NOW), []);
	bound.record.runs[0].answer = Some((0, [1; 32]));
	bound.record.runs[0].unfit = Some(Unfit::Energy);
	assert_eq!(look(Some(&bound), NOW + 1), [News::Unfit(AT, Unfit::Energy)]);
	assert_eq!(look(Some(&bound), NOW + 1), []);
	bound.record.runs[0].answer = Some((1, [1; 32]));
	assert_eq!(look(Some(&bound), NOW + 5), [News::Opened(AT, 1)]);
	// A further layer was not opened: it is bound no more.
	bound.record.runs.clear();
	assert_eq!(look(Some(&bound), NOW + 9), [News::Late(AT)]);
	assert_eq!(look(Some(&bound), NOW + 9), []);

	// A result that nobody was told of is dropped when its hour has passed, or its chunk is forgotten.
	for (replica, current) in [(Some(replica(NOW)), NOW + 1), (None, NOW)] {
		let mut answers = kept(1);
		answers.take_news();
		let replicas = replica.into_iter().collect();
		answers.look(&View { current: Interval(current), ..view(replicas, 1) }, 2);
		assert_eq!(answers.take_news(), [News::Unused(AT)]);
		assert_eq!(answers.energy(Interval(NOW)), MilliWattHours(0));
	}
	assert_eq!(kept(1).energy(Interval(NOW)), MilliWattHours(50));
}

/// What `scripts/lib/js/loop/answers.mjs` gives for it.
#[test]
fn answer_should_be_what_clients_compute_elsewhere() {
	let expected =
		hex_literal::hex!("e65533b865d6d8bcecb484090600a8fe8944d33313c28fe6e8283a5e325a8d49");
	assert_eq!(answer(&[9; 32], 0), expected);
}

#[test]
fn commitment_should_be_what_the_pallet_checks() {
	let mine = mine(1);
	let expected = commitment(AT.task, AT.chunk, ME, &answer(&[1; 32], 2), &[6; 32]);
	assert_eq!(mine.commitment(ME, 2), expected);
	assert!(mine.opens(ME, &bound_run(1, 2), 2) && !mine.opens(ME, &bound_run(1, 2), 1));
}
