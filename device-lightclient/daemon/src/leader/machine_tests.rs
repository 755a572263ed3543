use super::*;
use pogcs_light_core::{
	batch::{leaf, MOST_SKIPPED},
	testing::reports::signed,
};
use pogcs_primitives::batch::Tree;
use proptest::prelude::*;

const CHAIN: [u8; 32] = [7; 32];
const ME: AccountId = [0x1e; 32];
const SLOTS: u64 = 20;
const TOKEN: Balance = 1_000_000_000_000;
const SETTINGS: Settings = Settings { account: ME, most: 5, submit_after: 40, opens: 5 };

fn report_of(device: u32, interval: u32) -> Signed {
	let (report, signature) = signed(&CHAIN, device, interval);
	Signed { report, signature }
}

fn tree(reports: &Reports) -> Tree {
	let leaves = reports.values().map(|of| leaf(&of.report, &of.signature)).collect();
	Tree::new(leaves, blake2_256).expect("in order")
}

/// A final block in interval `current`, of which so many slots have passed.
fn seen(current: u32, slots: u64) -> Seen {
	Seen {
		head: current * 20 + u32::try_from(slots).unwrap(),
		current: Interval(current),
		elapsed: Some(Elapsed { slots, of: SLOTS }),
		nonce: 0,
		free: 100 * TOKEN,
		next_batch: 4,
		batches: vec![],
		randomness: vec![],
		on_record: vec![],
	}
}

/// A machine that takes reports of interval 9.
fn machine() -> Machine {
	let mut machine = Machine::new(SETTINGS, Saved::default());
	let step = machine.step(&seen(10, 0));
	assert_eq!(step.news, [News::Opened(Interval(9))]);
	assert_eq!(step.orders, []);
	machine
}

/// One that has a batch of two reports of interval 9, on its way.
fn submitted() -> (Machine, Node) {
	let mut machine = machine();
	for device in [3, 8] {
		assert_eq!(machine.take(report_of(device, 9)), Ok(true));
	}
	assert_eq!(machine.step(&seen(10, 7)).orders, []);
	assert_eq!(machine.step(&seen(10, 8)).orders, [Order::Seal(Interval(9))]);
	let reports = machine.seal(Interval(9)).unwrap();
	let root = *tree(&reports).root().unwrap();
	assert_eq!(machine.sealed(Interval(9), root), News::Sealed(Interval(9), 2));
	let submit = Deed::Submit(Interval(9));
	assert_eq!(machine.step(&seen(10, 8)).orders, [Order::Send(submit)]);
	machine.sent(submit, 0, 1_000);
	assert_eq!(machine.step(&seen(10, 9)).orders, []);
	(machine, root)
}

fn batch(root: Node, state: BatchState) -> Batch {
	Batch {
		leader: ME,
		interval: Interval(9),
		root,
		drawn_by: Interval(11),
		due: 300,
		deposit: 1,
		state,
	}
}

#[test]
fn reports_should_be_taken_while_the_batch_is_open() {
	let mut machine = Machine::new(SETTINGS, Saved::default());
	assert_eq!(machine.take(report_of(1, 9)), Err(Refusal::Behind));
	machine.step(&seen(10, 0));
	assert_eq!(machine.take(report_of(1, 10)), Err(Refusal::NotEnded(Interval(10))));
	assert_eq!(machine.take(report_of(1, 8)), Err(Refusal::Closed(Interval(8))));
	assert_eq!(machine.take(report_of(1, 9)), Ok(true));
	assert_eq!(machine.take(report_of(1, 9)), Ok(false), "it has it already");
	let mut other = report_of(1, 9);
	other.report.green_draw.0 -= 1;
	assert_eq!(machine.take(other), Err(Refusal::Another));
	for _ in 0..5 {
		let _ = machine.take(report_of(1, 9));
	}
	assert_eq!(machine.take(report_of(1, 9)), Err(Refusal::TooOften));
	for device in 2..=5 {
		assert_eq!(machine.take(report_of(device, 9)), Ok(true));
	}
	assert_eq!(machine.take(report_of(6, 9)), Err(Refusal::Full));
	// One that could not be written makes room.
	machine.give_up(DeviceId(5), Interval(9));
	assert_eq!(machine.take(report_of(6, 9)), Ok(true));
	machine.step(&seen(10, 8));
	machine.give_up(DeviceId(6), Interval(9));
	assert_eq!(machine.collected(), 5, "it may be in the tree by now");
	assert_eq!(machine.take(report_of(7, 9)), Err(Refusal::Closed(Interval(9))));
}

#[test]
fn reports_should_be_refused_when_the_deposit_is_not_there() {
	let mut machine = machine();
	let poor = |free| Seen { free, ..seen(10, 1) };
	// A batch, one report, and something for fees.
	machine.step(&poor(11 * TOKEN + TOKEN / 100 - 1));
	assert_eq!(machine.take(report_of(1, 9)), Err(Refusal::Poor));
	machine.step(&poor(11 * TOKEN + TOKEN / 100));
	assert_eq!(machine.affords(), 1);
	assert_eq!(machine.take(report_of(1, 9)), Ok(true));
	assert_eq!(machine.take(report_of(2, 9)), Err(Refusal::Poor));
	// It was spent meanwhile: nothing is submitted that the chain would refuse.
	assert_eq!(machine.step(&Seen { free: TOKEN, ..seen(10, 9) }).orders, []);
	assert_eq!(machine.step(&seen(10, 10)).orders, [Order::Seal(Interval(9))]);
	let step = machine.step(&seen(11, 0));
	assert_eq!(step.news, [News::Broken(Interval(9), 1), News::Opened(Interval(10))]);
	assert_eq!(step.orders, [Order::Discard(Interval(9))]);
}

#[test]
fn batch_should_go_its_way_when_the_chain_takes_it() {
	let (mut machine, root) = submitted();
	// Others submit, too.
	let mut other = batch(leaf(&report_of(1, 9).report, &[0; 64]), BatchState::Pending);
	other.leader = [1; 32];
	let pending = batch(root, BatchState::Pending);
	assert_eq!(machine.wanted(Interval(10), 6).batches, [4, 5]);
	let included = Seen {
		next_batch: 6,
		nonce: 1,
		batches: vec![(4, Some(other)), (5, Some(pending))],
		..seen(10, 12)
	};
	let step = machine.step(&included);
	assert_eq!(step.news, [News::Submitted(Interval(9), 5)]);
	assert_eq!(step.settled.done, [Deed::Submit(Interval(9))]);
	assert_eq!(step.orders, []);

	// The interval after the running one draws, once it is over.
	assert_eq!(machine.wanted(Interval(11), 6).randomness, []);
	let wanted = machine.wanted(Interval(12), 6);
	assert_eq!((&wanted.batches[..], &wanted.randomness[..]), (&[5][..], &[Interval(11)][..]));
	let at = |current, slots, batch| Seen {
		next_batch: 6,
		nonce: 1,
		batches: vec![(5, batch)],
		..seen(current, slots)
	};
	assert_eq!(machine.step(&at(11, 0, Some(pending))).orders, []);
	let drawn = Seen { randomness: vec![(Interval(11), [3; 32])], ..at(12, 0, Some(pending)) };
	let step = machine.step(&drawn);
	assert!(step.news.contains(&News::Drawn(Interval(9), 5)), "{:?}", step.news);
	let show = Deed::Show(Interval(9));
	assert!(step.orders.contains(&Order::Send(show)));
	let places = machine.round(Interval(9)).unwrap().places().unwrap();
	let all = root.places().unwrap();
	let expected: Vec<_> = (0..16).map(|index| draw(&[3; 32], 5, index, all, blake2_256)).collect();
	assert_eq!(places, expected);

	machine.sent(show, 1, 1_000);
	let step = machine.step(&at(12, 1, Some(pending)));
	assert!(!step.orders.contains(&Order::Send(show)), "once is enough");
	let step = machine.step(&at(12, 4, Some(batch(root, BatchState::Sound))));
	assert!(step.news.contains(&News::Shown(Interval(9), 5)));
	assert_eq!(step.settled.done, [show]);
	// Nothing of it is looked up any more, and it can be opened.
	assert_eq!(machine.wanted(Interval(12), 6).batches, Vec::<u64>::new());
	assert_eq!(machine.round(Interval(9)).unwrap().batch(), Some(5));

	// Until reports of its interval are kept no longer.
	let last = at(9 + RETENTION, 0, None);
	assert!(!machine.step(&last).orders.contains(&Order::Discard(Interval(9))));
	let step = machine.step(&at(10 + RETENTION, 0, None));
	assert!(step.orders.contains(&Order::Discard(Interval(9))));
	assert!(machine.round(Interval(9)).is_none());
}

#[test]
fn draw_should_be_that_of_the_first_interval_with_randomness() {
	let (mut machine, root) = submitted();
	let pending = Some(batch(root, BatchState::Pending));
	let at = |current, randomness| Seen {
		next_batch: 5,
		batches: vec![(4, pending)],
		randomness,
		..seen(current, 0)
	};
	machine.step(&at(10, vec![]));
	// No block fell into interval 11.
	machine.step(&at(13, vec![(Interval(12), [4; 32])]));
	let stage = machine.round(Interval(9)).unwrap().stage;
	assert_eq!(stage, Stage::Drawn(4, [4; 32]));
	let wanted = submitted_and_seen().wanted(Interval(1_000), 5).randomness;
	assert_eq!(wanted.len(), usize::try_from(MOST_SKIPPED).unwrap());
}

fn submitted_and_seen() -> Machine {
	let (mut machine, root) = submitted();
	let batches = vec![(4, Some(batch(root, BatchState::Pending)))];
	machine.step(&Seen { next_batch: 5, batches, ..seen(10, 12) });
	machine
}

#[test]
fn batch_should_be_lost_when_it_comes_too_late_or_is_voided() {
	// Not included while the interval could be reported.
	let (mut machine, _) = submitted();
	let over = Seen { nonce: 1, ..seen(11, 0) };
	let step = machine.step(&over);
	assert!(step.news.contains(&News::Lost(Interval(9), Loss::Late)), "{:?}", step.news);
	assert_eq!(step.settled.gone, [Deed::Submit(Interval(9))]);
	assert_eq!(machine.ask(DeviceId(3), Interval(9)), Err(Refusal::NoBatch(Interval(9))));
	let later = machine.step(&seen(9 + REMEMBERED + 1, 0));
	assert!(later.orders.contains(&Order::Discard(Interval(9))));

	// Gone, or standing past its time.
	for batch in [None, Some(Batch { due: 240, ..batch(submitted().1, BatchState::Pending) })] {
		let mut machine = submitted_and_seen();
		let batches = vec![(4, batch)];
		let step = machine.step(&Seen { next_batch: 5, batches, ..seen(12, 0) });
		assert!(step.news.contains(&News::Lost(Interval(9), Loss::Voided)), "{:?}", step.news);
	}
}

#[test]
fn batch_should_be_searched_among_any_number_of_others() {
	let (mut machine, root) = submitted();
	let next = 4 + 2 * MOST_SEARCHED + 10;
	let mine = next - 1;
	let mut steps = 0;
	while machine.round(Interval(9)).unwrap().batch().is_none() {
		let wanted = machine.wanted(Interval(11), next).batches;
		assert!(wanted.len() as u64 <= MOST_SEARCHED);
		let batches = wanted
			.into_iter()
			.map(|number| (number, (number == mine).then(|| batch(root, BatchState::Pending))))
			.collect();
		// The interval is over, and as long as not all were looked at, nothing is lost.
		machine.step(&Seen { next_batch: next, batches, ..seen(11, 0) });
		steps += 1;
		assert!(steps < 9);
	}
	assert_eq!(machine.round(Interval(9)).unwrap().batch(), Some(mine));
}

#[test]
fn report_should_be_opened_on_demand_oldest_first_and_no_more_than_agreed() {
	let (machine, _) = submitted();
	let mut early = machine;
	assert_eq!(early.ask(DeviceId(3), Interval(9)), Err(Refusal::NotYet(Interval(9))));
	let mut machine = submitted_and_seen();
	// Other batches with reports of the same device.
	for of in [8, 10].map(Interval) {
		let round = Round { interval: of, root: submitted().1, stage: Stage::Shown(7) };
		machine.rounds.insert(of, round);
	}
	assert_eq!(machine.ask(DeviceId(3), Interval(10)), Ok(()));
	assert_eq!(machine.ask(DeviceId(3), Interval(9)), Ok(()));
	assert_eq!(machine.ask(DeviceId(3), Interval(9)), Ok(()), "it is promised already");
	// A part for each, and an end for all.
	assert_eq!(machine.ask(DeviceId(3), Interval(8)), Err(Refusal::NoMoreOpens));
	let mut others = machine.clone();
	for device in [20, 21, 22] {
		assert_eq!(others.ask(DeviceId(device), Interval(9)), Ok(()));
	}
	assert_eq!(others.ask(DeviceId(23), Interval(9)), Err(Refusal::NoMoreOpens));
	let root = submitted().1;
	let at = |slots, on_record| Seen {
		next_batch: 5,
		batches: vec![(4, Some(batch(root, BatchState::Pending)))],
		on_record,
		..seen(11, slots)
	};
	let (first, second) =
		(Deed::Open(Interval(9), DeviceId(3)), Deed::Open(Interval(10), DeviceId(3)));
	// A new interval: others can ask, too.
	let step = machine.step(&at(0, vec![]));
	assert_eq!(step.orders, [Order::Send(first)]);
	assert_eq!(machine.ask(DeviceId(8), Interval(9)), Ok(()));
	machine.sent(first, 1, 1_000);
	let step = machine.step(&at(1, vec![(DeviceId(3), Interval(9))]));
	assert_eq!(step.settled.done, [first]);
	assert!(step.news.contains(&News::OnRecord(DeviceId(3), Interval(9))));
	let others = [Order::Send(second), Order::Send(Deed::Open(Interval(9), DeviceId(8)))];
	assert_eq!(step.orders, others);
	// What the chain does not take is not tried for ever.
	machine.drop_ask(DeviceId(3), Interval(10));
	assert_eq!(machine.step(&at(2, vec![])).orders, others[1..]);
	assert_eq!(machine.ask(DeviceId(3), Interval(10)), Err(Refusal::Unopenable));
}

#[test]
fn machine_should_go_on_where_it_was_when_started_again() {
	let mut machine = machine();
	for device in [3, 8] {
		machine.take(report_of(device, 9)).unwrap();
	}
	// Before the batch was closed: the journal has the reports.
	let reports: Reports = [3, 8].map(|id| (DeviceId(id), report_of(id, 9))).into();
	let mut again = Machine::new(SETTINGS, machine.saved());
	again.resume(Interval(9), reports.clone());
	assert_eq!(again.step(&seen(10, 8)).orders, [Order::Seal(Interval(9))]);
	assert_eq!(again.seal(Interval(9)), Some(reports.clone()));

	// After: what is on its way is not sent again, and the journal is not needed.
	let (machine, _) = submitted();
	let bytes = codec::Encode::encode(&machine.saved());
	let saved = codec::DecodeAll::decode_all(&mut &bytes[..]).unwrap();
	let mut again = Machine::new(SETTINGS, saved);
	again.resume(Interval(9), reports);
	assert_eq!(again.step(&seen(10, 10)).orders, []);
	assert_eq!(again.collected(), 0);

	// After its interval: what was promised was not kept.
	let mut late = Machine::new(SETTINGS, Saved::default());
	late.resume(Interval(9), [(DeviceId(3), report_of(3, 9))].into());
	let step = late.step(&seen(11, 0));
	assert!(step.news.contains(&News::Broken(Interval(9), 1)));
	assert!(step.orders.contains(&Order::Discard(Interval(9))));
}

#[test]
fn batch_should_be_written_again_when_the_disk_failed() {
	let mut machine = machine();
	machine.take(report_of(3, 9)).unwrap();
	assert_eq!(machine.step(&seen(10, 8)).orders, [Order::Seal(Interval(9))]);
	machine.seal(Interval(9)).unwrap();
	machine.unsealed(Interval(9));
	assert_eq!(machine.step(&seen(10, 9)).orders, [Order::Seal(Interval(9))]);
}

/// An extrinsic that was sent.
#[derive(Clone)]
struct Sent {
	deed: Deed,
	root: Option<Node>,
	places: Option<Vec<u64>>,
	nonce: u32,
	death: u32,
}

/// What the chain has after a block.
#[derive(Clone, Default)]
struct Block {
	head: u32,
	slot: u64,
	nonce: u32,
	free: Balance,
	batches: Vec<Option<Batch>>,
	randomness: BTreeMap<Interval, [u8; 32]>,
	on_record: BTreeSet<(DeviceId, Interval)>,
}

impl Block {
	fn current(&self) -> Interval {
		Interval(u32::try_from(self.slot / SLOTS).unwrap())
	}

	/// What the pallet does.
	fn execute(&mut self, sent: &Sent) {
		let current = self.current();
		let mine = |batches: &[Option<Batch>], of: Interval| {
			batches.iter().position(|batch| batch.is_some_and(|batch| batch.interval == of))
		};
		match sent.deed {
			Deed::Submit(of) if of.checked_add(1) == Some(current) => {
				let root = sent.root.expect("a root");
				let deposit = BATCH_DEPOSIT + REPORT_DEPOSIT * Balance::from(root.count);
				assert!(self.free >= deposit, "the leader knows what it can pay");
				assert_eq!(mine(&self.batches, of), None, "two batches of one interval");
				self.free -= deposit;
				self.batches.push(Some(Batch {
					leader: ME,
					interval: of,
					root,
					drawn_by: Interval(current.0 + 1),
					due: self.head + 80,
					deposit,
					state: BatchState::Pending,
				}));
			}
			Deed::Submit(_) => {}
			Deed::Show(of) => {
				// It may have been voided since the leader last saw it.
				let Some(number) = mine(&self.batches, of) else { return };
				let randomness = self.drawing(number).expect("it is drawn");
				let batch = self.batches[number].as_mut().expect("it stands");
				let all = batch.root.places().expect("few");
				let expected: Vec<_> = (0..CHECKS)
					.map(|index| draw(&randomness, number as u64, index, all, blake2_256))
					.collect();
				assert_eq!(sent.places.as_ref(), Some(&expected), "other reports");
				assert_eq!(batch.state, BatchState::Pending);
				batch.state = BatchState::Sound;
				self.free += std::mem::take(&mut batch.deposit);
			}
			Deed::Open(of, device) => {
				if mine(&self.batches, of).is_some() {
					self.on_record.insert((device, of));
				}
			}
		}
	}

	fn drawing(&self, number: usize) -> Option<[u8; 32]> {
		let batch = self.batches[number].as_ref()?;
		batch.drawing(self.current()).find_map(|of| self.randomness.get(&of)).copied()
	}

	fn seen(&self, wanted: Wanted) -> Seen {
		let found = |number: u64| self.batches.get(usize::try_from(number).ok()?).copied()?;
		let slots = self.slot % SLOTS;
		Seen {
			head: self.head,
			current: self.current(),
			elapsed: Some(Elapsed { slots, of: SLOTS }),
			nonce: self.nonce,
			free: self.free,
			next_batch: self.batches.len() as u64,
			batches: wanted.batches.into_iter().map(|of| (of, found(of))).collect(),
			randomness: wanted
				.randomness
				.into_iter()
				.filter_map(|of| Some((of, *self.randomness.get(&of)?)))
				.collect(),
			on_record: wanted
				.records
				.into_iter()
				.filter(|of| self.on_record.contains(of))
				.collect(),
		}
	}
}

/// What happens in a block.
#[derive(Clone, Debug)]
struct Luck {
	/// Slots without an author before it.
	empty: u64,
	/// How many extrinsics it takes.
	takes: usize,
	/// Who hands in a report.
	device: Option<u32>,
	/// Who wants which of its reports opened.
	opens: Option<(u32, u32)>,
	/// The leader is started again.
	restart: bool,
	/// The leader does not look.
	blind: bool,
}

fn luck(kind: bool) -> impl Strategy<Value = Luck> {
	let bad = if kind { 0.0 } else { 0.15 };
	(
		if kind { 0u64..1 } else { 0u64..4 },
		if kind { 3usize..4 } else { 0usize..3 },
		proptest::option::of(1u32..8),
		proptest::option::weighted(0.1, (1u32..8, 1u32..6)),
		proptest::bool::weighted(bad),
		proptest::bool::weighted(bad),
	)
		.prop_map(|(empty, takes, device, opens, restart, blind)| Luck {
			empty,
			takes,
			device,
			opens,
			restart,
			blind,
		})
}

/// How it stands in the end.
struct Ending {
	promised: BTreeSet<(Interval, DeviceId)>,
	block: Block,
	pool: Vec<Sent>,
	news: Vec<News>,
	machine: Machine,
}

/// Runs a leader on a chain whose finality is two blocks behind.
fn play(days: &[Luck]) -> Ending {
	let mut block = Block { slot: SLOTS, free: 1_000 * TOKEN, ..Block::default() };
	let mut past = vec![block.clone()];
	let mut pool: Vec<Sent> = Vec::new();
	let mut machine = Machine::new(SETTINGS, Saved::default());
	let mut disk: BTreeMap<Interval, Reports> = BTreeMap::new();
	let mut journal: BTreeMap<Interval, Reports> = BTreeMap::new();
	let mut saved = Saved::default();
	let (mut promised, mut news) = (BTreeSet::new(), Vec::new());
	for luck in days {
		let before = block.current();
		block.slot += 1 + luck.empty;
		block.head += 1;
		if block.current() != before {
			// Fixed by the blocks of the interval that has ended.
			block.randomness.insert(before, blake2_256(&before.0.to_le_bytes()));
		}
		pool.retain(|sent| sent.death > block.head && sent.nonce >= block.nonce);
		pool.sort_by_key(|sent| sent.nonce);
		for _ in 0..luck.takes {
			let Some(at) = pool.iter().position(|sent| sent.nonce == block.nonce) else { break };
			let sent = pool.remove(at);
			block.nonce += 1;
			block.execute(&sent);
		}
		for batch in &mut block.batches {
			// The sweep.
			if batch.is_some_and(|of| of.state == BatchState::Pending && block.head > of.due) {
				*batch = None;
			}
		}
		past.push(block.clone());

		if luck.restart {
			machine = Machine::new(SETTINGS, saved.clone());
			for (interval, reports) in &journal {
				machine.resume(*interval, reports.clone());
			}
		}
		if let (Some(device), Some(of)) = (luck.device, machine.open()) {
			let signed = report_of(device, of.0);
			if machine.take(signed) == Ok(true) {
				journal.entry(of).or_default().insert(DeviceId(device), signed);
				promised.insert((of, DeviceId(device)));
			}
		}
		if let Some((device, interval)) = luck.opens {
			let (device, interval) = (DeviceId(device), Interval(interval));
			if disk.get(&interval).is_some_and(|reports| reports.contains_key(&device)) {
				let _ = machine.ask(device, interval);
			}
		}
		if luck.blind {
			continue;
		}
		let last = &past[past.len().saturating_sub(3)];
		for _ in 0..3 {
			let wanted = machine.wanted(last.current(), last.batches.len() as u64);
			let step = machine.step(&last.seen(wanted));
			news.extend(step.news);
			saved = machine.saved();
			let mut sealed = false;
			for order in step.orders {
				match order {
					Order::Seal(of) => {
						let reports = machine.seal(of).expect("they were collected");
						let root = *tree(&reports).root().expect("some");
						disk.insert(of, reports);
						news.push(machine.sealed(of, root));
						saved = machine.saved();
						journal.remove(&of);
						sealed = true;
					}
					Order::Discard(of) => {
						journal.remove(&of);
						disk.remove(&of);
					}
					Order::Send(deed) => {
						let of = match deed {
							Deed::Submit(of) | Deed::Show(of) | Deed::Open(of, _) => of,
						};
						let round = machine.round(of).expect("it is closed");
						let (root, places) = (Some(round.root), round.places());
						let (nonce, death) = (machine.nonce(last.nonce), last.head + 64);
						machine.sent(deed, nonce, death);
						saved = machine.saved();
						pool.retain(|sent| sent.nonce != nonce);
						pool.push(Sent { deed, root, places, nonce, death });
					}
				}
			}
			if !sealed {
				break;
			}
		}
		// All that is promised of a closed batch is in it.
		for (of, reports) in &disk {
			for (interval, device) in &promised {
				assert!(interval != of || reports.contains_key(device), "{of} {device}");
			}
		}
		assert!(machine.saved().rounds.len() < 200);
	}
	Ending { promised, block, pool, news, machine }
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]
	/// Whatever is lost, late or started again: the chain never sees two batches of an interval, other
	/// reports than were drawn, or one that the leader cannot pay (all asserted in the model); and what is
	/// promised of an interval is under the root on chain, or nothing is.
	#[test]
	fn leader_should_do_nothing_wrong_whatever_happens(
		days in prop::collection::vec(luck(false), 60..260),
	) {
		let Ending { block, .. } = play(&days);
		for batch in block.batches.iter().flatten() {
			prop_assert!(batch.root.count >= 1 && batch.root.count <= 5);
		}
	}

	/// Where every extrinsic is taken and the leader is always there, every promise is kept, every batch
	/// is shown in time, and the whole deposit is back.
	#[test]
	fn leader_should_keep_every_promise_when_nothing_goes_wrong(
		days in prop::collection::vec(luck(true), 160..260),
	) {
		let Ending { promised, mut block, mut pool, news, mut machine } = play(&days);
		prop_assert!(!news.iter().any(News::is_bad), "{news:?}");
		for (interval, device) in &promised {
			let done = interval.0 + 5 < block.current().0;
			let batch = block.batches.iter().flatten().find(|batch| batch.interval == *interval);
			if done {
				let batch = batch.expect("it was submitted");
				prop_assert_eq!(batch.state, BatchState::Sound, "{} {}", interval, device);
				prop_assert_eq!(batch.deposit, 0);
			}
		}
		// Nobody hands anything in any more: nothing is on hold in the end.
		pool.sort_by_key(|sent| sent.nonce);
		for sent in pool.drain(..) {
			block.nonce += 1;
			block.execute(&sent);
		}
		let end = block.current().0 + 6;
		while block.current().0 < end {
			block.slot += 1;
			block.head += 1;
			let ended = block.slot / SLOTS - 1;
			let interval = Interval(u32::try_from(ended).unwrap());
			block.randomness.entry(interval).or_insert([9; 32]);
			let wanted = machine.wanted(block.current(), block.batches.len() as u64);
			for order in machine.step(&block.seen(wanted)).orders {
				match order {
					Order::Send(deed) => {
						let of = match deed {
							Deed::Submit(of) | Deed::Show(of) | Deed::Open(of, _) => of,
						};
						let round = machine.round(of).expect("closed");
						let (root, places) = (Some(round.root), round.places());
						machine.sent(deed, machine.nonce(block.nonce), block.head + 64);
						let sent = Sent { deed, root, places, nonce: 0, death: 0 };
						block.execute(&sent);
						block.nonce += 1;
					}
					Order::Seal(of) => {
						let reports = machine.seal(of).expect("collected");
						machine.sealed(of, *tree(&reports).root().expect("some"));
					}
					Order::Discard(_) => {}
				}
			}
		}
		let held: Balance = block.batches.iter().flatten().map(|batch| batch.deposit).sum();
		prop_assert_eq!((held, block.free), (0, 1_000 * TOKEN));
	}
}
