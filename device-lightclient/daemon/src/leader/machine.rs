//! What a leader does, without doing it: a state machine that is told what devices hand in and what
//! the chain has, and says what to write, to send and to forget. No I/O, no clock.
//!
//! An interval's reports go this way while the next intervals run:
//!
//! ```text
//! collecting ──▶ sealed ──▶ submitted ──▶ drawn ──▶ shown ──▶ forgotten
//!  reports come    tree on    on chain      places    deposit    when reports of the
//!  in, each is     disk                     known     is back    interval can no longer
//!  promised                                                      be opened
//! ```
//!
//! Each time it looks at the chain anew, so that a lost extrinsic or a restart comes right by itself.
//! What it must remember is in [`Saved`] and in the files of the shelf.
//!
//! **What is promised is kept**, as far as it lies with the leader: it takes no report that it could not
//! pay the deposit for, none that the chain would not believe, and none that is not on disk.

use std::collections::{BTreeMap, BTreeSet};

use codec::{Decode, Encode};
use pogcs_light_core::{
	batch::{Batch, BatchState, BATCH_DEPOSIT, CHECKS, MOST_SKIPPED, REPORT_DEPOSIT, RETENTION},
	crypto::blake2_256,
	tasks::{Elapsed, Fate, InFlight, Settled},
	AccountId, Balance, BlockNumber,
};
use pogcs_primitives::{
	batch::{draw, Node},
	DeviceId, Interval,
};

use super::{
	refusal::Refusal,
	shelf::{Reports, Signed},
};

/// What has to be left on the account for fees: one token.
const RESERVE: Balance = 1_000_000_000_000;
/// How many batches of others are looked through at a time for its own.
const MOST_SEARCHED: u64 = 256;
/// For how many intervals a batch that came to nothing is remembered.
const REMEMBERED: u32 = 3;
/// How often a device may hand in the report of an interval.
const TRIES: u32 = 8;
/// No device takes more than this part of what is opened in an interval.
const SHARES: u32 = 4;
/// The most reports that wait to be opened.
const MOST_ASKED: usize = 4_096;

/// What the leader was configured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
	/// The account that submits.
	pub account: AccountId,
	/// The most reports of a batch.
	pub most: usize,
	/// After so many hundredths of the interval the batch is closed.
	pub submit_after: u8,
	/// How many reports it opens on demand in an interval.
	pub opens: u32,
}

/// Something that it does on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Deed {
	/// Submit the batch of an interval.
	Submit(Interval),
	/// Show what was drawn from it.
	Show(Interval),
	/// Put one of its reports on record.
	Open(Interval, DeviceId),
}

impl std::fmt::Display for Deed {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Submit(of) => write!(f, "submit the batch of interval {of}"),
			Self::Show(of) => write!(f, "show what was drawn from the batch of interval {of}"),
			Self::Open(of, device) => {
				write!(f, "open the report of device {device} of interval {of}")
			}
		}
	}
}

/// A batch that is closed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Round {
	/// The interval that its reports are of.
	pub interval: Interval,
	/// Their root.
	pub root: Node,
	/// How far it is.
	pub stage: Stage,
}

/// How far a batch is that is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Stage {
	/// Its tree is on disk; it is not seen on chain. Its number is at least this.
	Sealed(u64),
	/// It is on chain under this number.
	Submitted(u64),
	/// The interval with this randomness has drawn from it.
	Drawn(u64, [u8; 32]),
	/// What was drawn was shown.
	Shown(u64),
	/// It came to nothing.
	Lost(Loss),
}

/// Why a batch came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Loss {
	/// It was not included while its interval could be reported.
	Late,
	/// What was drawn was not shown in time.
	Voided,
}

impl Round {
	/// Its number on chain, while it stands there.
	pub fn batch(&self) -> Option<u64> {
		match self.stage {
			Stage::Submitted(batch) | Stage::Drawn(batch, _) | Stage::Shown(batch) => Some(batch),
			Stage::Sealed(_) | Stage::Lost(_) => None,
		}
	}

	/// The first number that it can have on chain.
	pub fn from(&self) -> Option<u64> {
		match self.stage {
			Stage::Sealed(from) => Some(from),
			_ => self.batch(),
		}
	}

	/// The places that were drawn from it, in order.
	pub fn places(&self) -> Option<Vec<u64>> {
		let Stage::Drawn(batch, randomness) = self.stage else { return None };
		let all = self.root.places()?;
		Some((0..CHECKS).map(|index| draw(&randomness, batch, index, all, blake2_256)).collect())
	}
}

/// What survives a restart, besides the shelf.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Saved {
	/// Batches that are closed, oldest first.
	pub rounds: Vec<Round>,
	/// What is to be opened.
	pub asked: Vec<(DeviceId, Interval)>,
	/// What is on its way.
	pub in_flight: InFlight<Deed>,
}

/// What the chain has, all of one final block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
	/// That block.
	pub head: BlockNumber,
	/// The interval that runs.
	pub current: Interval,
	/// How far it is.
	pub elapsed: Option<Elapsed>,
	/// How many extrinsics of the account were included.
	pub nonce: u32,
	/// What the account can spend.
	pub free: Balance,
	/// The number that the next batch gets.
	pub next_batch: u64,
	/// Batches that were looked up; nothing of one that is not there.
	pub batches: Vec<(u64, Option<Batch>)>,
	/// Randomness of intervals that have some, as far as it was looked up.
	pub randomness: Vec<(Interval, [u8; 32])>,
	/// What was asked to be opened and is on record.
	pub on_record: Vec<(DeviceId, Interval)>,
}

impl Seen {
	fn batch(&self, number: u64) -> Option<&Option<Batch>> {
		self.batches.iter().find(|(of, _)| *of == number).map(|(_, batch)| batch)
	}
}

/// What has to be looked up before the next step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
	/// Batches.
	pub batches: Vec<u64>,
	/// Randomness of intervals.
	pub randomness: Vec<Interval>,
	/// Whether these are on record.
	pub records: Vec<(DeviceId, Interval)>,
}

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
	/// Write the tree of the reports that were collected, and say its root with [`Machine::sealed`].
	Seal(Interval),
	/// Send this.
	Send(Deed),
	/// Forget the files of an interval.
	Discard(Interval),
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
	/// Reports of an interval can be handed in.
	Opened(Interval),
	/// A batch is closed with so many reports.
	Sealed(Interval, u32),
	/// It is on chain.
	Submitted(Interval, u64),
	/// So many reports were drawn from it.
	Drawn(Interval, u64),
	/// They were shown, and the deposit is free.
	Shown(Interval, u64),
	/// It came to nothing.
	Lost(Interval, Loss),
	/// Reports were promised, and no batch of them was made: the leader was off, or had no money.
	Broken(Interval, usize),
	/// A report is on record.
	OnRecord(DeviceId, Interval),
}

impl News {
	/// Whether something went wrong.
	pub fn is_bad(&self) -> bool {
		matches!(self, Self::Lost(..) | Self::Broken(..))
	}
}

impl std::fmt::Display for News {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Opened(of) => write!(f, "takes reports of interval {of}"),
			Self::Sealed(of, count) => {
				write!(f, "the batch of interval {of} is closed with {count} reports")
			}
			Self::Submitted(of, batch) => {
				write!(f, "the batch of interval {of} stands on chain as batch {batch}")
			}
			Self::Drawn(of, batch) => write!(
				f,
				"reports were drawn from batch {batch} (interval {of}): they have to be shown"
			),
			Self::Shown(_, batch) => write!(
				f,
				"what was drawn from batch {batch} was shown: it is sound, and the deposit is free"
			),
			Self::Lost(of, Loss::Late) => write!(
				f,
				"the batch of interval {of} was not included in time: its devices have to report by \
				 themselves"
			),
			Self::Lost(of, Loss::Voided) => write!(
				f,
				"the batch of interval {of} is void, because what was drawn was not shown in time: the \
				 deposit is lost"
			),
			Self::Broken(of, count) => write!(
				f,
				"{count} reports of interval {of} were promised and not submitted in time: their devices \
				 report by themselves"
			),
			Self::OnRecord(device, of) => {
				write!(f, "the report of device {device} of interval {of} is on record")
			}
		}
	}
}

/// What came of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
	/// To do, in this order.
	pub orders: Vec<Order>,
	/// What became of what was sent.
	pub settled: Settled<Deed>,
	/// What happened.
	pub news: Vec<News>,
}

/// The reports of the interval that has just ended.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Collection {
	interval: Interval,
	reports: Reports,
	tries: BTreeMap<DeviceId, u32>,
	/// No more are taken: the tree is being written.
	closed: bool,
}

/// The leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
	settings: Settings,
	/// Where the chain stood at the last step; nothing is taken before the first.
	current: Option<Interval>,
	head: BlockNumber,
	next_batch: u64,
	free: Balance,
	collection: Option<Collection>,
	rounds: BTreeMap<Interval, Round>,
	asked: BTreeSet<(DeviceId, Interval)>,
	/// How many it has promised to open in this interval, for whom.
	opened: BTreeMap<DeviceId, u32>,
	/// What the chain did not let it open.
	unopenable: BTreeSet<(DeviceId, Interval)>,
	in_flight: InFlight<Deed>,
}

impl Machine {
	/// With what it remembers.
	pub fn new(settings: Settings, saved: Saved) -> Self {
		let Saved { rounds, asked, in_flight } = saved;
		Self {
			settings,
			current: None,
			head: 0,
			next_batch: 0,
			free: 0,
			collection: None,
			rounds: rounds.into_iter().map(|round| (round.interval, round)).collect(),
			asked: asked.into_iter().collect(),
			opened: BTreeMap::new(),
			unopenable: BTreeSet::new(),
			in_flight,
		}
	}

	/// What has to survive a restart.
	pub fn saved(&self) -> Saved {
		Saved {
			rounds: self.rounds.values().cloned().collect(),
			asked: self.asked.iter().copied().collect(),
			in_flight: self.in_flight.clone(),
		}
	}

	/// Takes up the reports that were collected before a restart.
	pub fn resume(&mut self, interval: Interval, reports: Reports) {
		if !reports.is_empty() && !self.rounds.contains_key(&interval) {
			let tries = BTreeMap::new();
			self.collection = Some(Collection { interval, reports, tries, closed: false });
		}
	}

	/// The interval whose reports can be handed in now.
	pub fn open(&self) -> Option<Interval> {
		self.collection.as_ref().filter(|of| !of.closed).map(|of| of.interval)
	}

	/// How many reports are collected.
	pub fn collected(&self) -> usize {
		self.collection.as_ref().map_or(0, |of| of.reports.len())
	}

	/// What it can spend, by the last final block.
	pub fn free(&self) -> Balance {
		self.free
	}

	/// The interval that runs, by the last final block.
	pub fn current(&self) -> Option<Interval> {
		self.current
	}

	/// Batches that are closed, oldest first.
	pub fn rounds(&self) -> impl Iterator<Item = &Round> {
		self.rounds.values()
	}

	/// The batch of an interval.
	pub fn round(&self, interval: Interval) -> Option<&Round> {
		self.rounds.get(&interval)
	}

	/// How many reports the account can pay the deposit for.
	pub fn affords(&self) -> usize {
		let left = self.free.saturating_sub(RESERVE).saturating_sub(BATCH_DEPOSIT);
		usize::try_from(left / REPORT_DEPOSIT).unwrap_or(usize::MAX)
	}

	/// Whether reports of `interval` are taken now, whoever's they are.
	pub fn admits(&self, interval: Interval) -> Result<(), Refusal> {
		let Some(current) = self.current else { return Err(Refusal::Behind) };
		if interval >= current {
			return Err(Refusal::NotEnded(interval));
		}
		match self.open() {
			Some(open) if open == interval => Ok(()),
			_ => Err(Refusal::Closed(interval)),
		}
	}

	/// Takes a report that was found to be good; whether it is a new one. It may be promised once it is
	/// on disk.
	pub fn take(&mut self, signed: Signed) -> Result<bool, Refusal> {
		self.admits(signed.report.interval)?;
		let (room, money) = (self.settings.most, self.affords());
		let Some(collection) = &mut self.collection else { return Err(Refusal::Behind) };
		let device = signed.report.device;
		let tries = collection.tries.entry(device).or_default();
		*tries = tries.saturating_add(1);
		if *tries > TRIES {
			return Err(Refusal::TooOften);
		}
		match collection.reports.get(&device) {
			Some(before) if *before == signed => return Ok(false),
			Some(_) => return Err(Refusal::Another),
			None => {}
		}
		if collection.reports.len() >= room {
			return Err(Refusal::Full);
		}
		if collection.reports.len() >= money {
			return Err(Refusal::Poor);
		}
		collection.reports.insert(device, signed);
		Ok(true)
	}

	/// Gives a report up that could not be written to disk. Nothing was promised.
	pub fn give_up(&mut self, device: DeviceId, interval: Interval) {
		if let Some(of) = self.collection.as_mut().filter(|of| of.interval == interval) {
			if !of.closed {
				of.reports.remove(&device);
			}
		}
	}

	/// Promises to open a report, if there is a batch that has it.
	pub fn ask(&mut self, device: DeviceId, interval: Interval) -> Result<(), Refusal> {
		let round = self.rounds.get(&interval).ok_or(Refusal::NoBatch(interval))?;
		match round.stage {
			Stage::Sealed(_) => return Err(Refusal::NotYet(interval)),
			Stage::Lost(_) => return Err(Refusal::NoBatch(interval)),
			_ => {}
		}
		if self.asked.contains(&(device, interval)) {
			return Ok(());
		}
		if self.unopenable.contains(&(device, interval)) {
			return Err(Refusal::Unopenable);
		}
		let all = self.opened.values().copied().fold(0, u32::saturating_add);
		let full = all >= self.settings.opens || self.asked.len() >= MOST_ASKED;
		let own = self.opened.get(&device).copied().unwrap_or_default();
		if full || own >= self.settings.opens.div_ceil(SHARES) {
			return Err(Refusal::NoMoreOpens);
		}
		self.opened.insert(device, own.saturating_add(1));
		self.asked.insert((device, interval));
		Ok(())
	}

	/// The reports of the batch that is to be sealed. From now on none is taken.
	pub fn seal(&mut self, interval: Interval) -> Option<Reports> {
		let of = self.collection.as_mut().filter(|of| of.interval == interval)?;
		of.closed = true;
		Some(of.reports.clone())
	}

	/// The tree is on disk.
	pub fn sealed(&mut self, interval: Interval, root: Node) -> News {
		self.collection = self.collection.take().filter(|of| of.interval != interval);
		let stage = Stage::Sealed(self.next_batch);
		self.rounds.insert(interval, Round { interval, root, stage });
		News::Sealed(interval, root.count)
	}

	/// The tree could not be written: reports are taken again, and it is tried again.
	pub fn unsealed(&mut self, interval: Interval) {
		if let Some(of) = self.collection.as_mut().filter(|of| of.interval == interval) {
			of.closed = false;
		}
	}

	/// The nonce for what is sent next.
	pub fn nonce(&self, account: u32) -> u32 {
		self.in_flight.next_nonce(account)
	}

	/// Something was sent, in an extrinsic that dies at block `death`.
	pub fn sent(&mut self, deed: Deed, nonce: u32, death: BlockNumber) {
		self.in_flight.sent(deed, nonce, death);
	}

	/// The network did not take it; it is tried again later and later.
	pub fn refused(&mut self, deed: Deed) {
		self.in_flight.refused(deed, self.head);
	}

	/// A report that the chain did not let it open is not tried again: it costs a fee each time.
	pub fn drop_ask(&mut self, device: DeviceId, interval: Interval) {
		self.asked.remove(&(device, interval));
		self.unopenable.insert((device, interval));
	}

	/// What has to be looked up, if the chain's next batch gets the number `next` and `current` runs.
	pub fn wanted(&self, current: Interval, next: u64) -> Wanted {
		let mut wanted = Wanted::default();
		for round in self.rounds.values() {
			match round.stage {
				Stage::Sealed(from) => {
					wanted.batches.extend(from..next.min(from.saturating_add(MOST_SEARCHED)));
				}
				Stage::Submitted(batch) => {
					wanted.batches.push(batch);
					// The interval after the one in which it was submitted draws, or a later one.
					let first = round.interval.0.saturating_add(2);
					let end = current.0.min(first.saturating_add(MOST_SKIPPED));
					wanted.randomness.extend((first..end).map(Interval));
				}
				Stage::Drawn(batch, _) => wanted.batches.push(batch),
				Stage::Shown(_) | Stage::Lost(_) => {}
			}
		}
		wanted.batches.sort_unstable();
		wanted.batches.dedup();
		wanted.randomness.sort_unstable();
		wanted.randomness.dedup();
		wanted.records.extend(self.asked.iter().copied());
		wanted
	}

	/// One step: what the chain has, and what to do.
	pub fn step(&mut self, seen: &Seen) -> Step {
		let mut step = Step::default();
		if self.current != Some(seen.current) {
			self.opened.clear();
		}
		(self.current, self.head) = (Some(seen.current), seen.head);
		(self.next_batch, self.free) = (seen.next_batch, seen.free);
		for round in self.rounds.values_mut() {
			advance(round, &self.settings.account, seen, &mut step.news);
		}
		for (device, interval) in &seen.on_record {
			if self.asked.remove(&(*device, *interval)) {
				step.news.push(News::OnRecord(*device, *interval));
			}
		}
		let (rounds, asked) = (&self.rounds, &self.asked);
		step.settled = self
			.in_flight
			.settle_by(seen.head, seen.nonce, |deed| fate(deed, rounds, asked, seen.current));
		self.forget(seen.current, &mut step.orders);
		self.collect(seen, &mut step);
		self.plan(seen, &mut step.orders);
		step
	}

	/// Opens the collection of the interval that has just ended, and closes it when it is time.
	fn collect(&mut self, seen: &Seen, step: &mut Step) {
		let Some(closed) = seen.current.checked_sub(1) else { return };
		if let Some(old) = self.collection.take_if(|of| of.interval != closed) {
			if !old.reports.is_empty() {
				step.news.push(News::Broken(old.interval, old.reports.len()));
			}
			step.orders.push(Order::Discard(old.interval));
		}
		if self.rounds.contains_key(&closed) {
			return;
		}
		let late = seen.elapsed.is_some_and(|of| of.reached(self.settings.submit_after));
		let affords = self.affords();
		let of = self.collection.get_or_insert_with(|| {
			if !late {
				step.news.push(News::Opened(closed));
			}
			let (reports, tries) = (Reports::new(), BTreeMap::new());
			Collection { interval: closed, reports, tries, closed: late }
		});
		of.closed = late;
		if late && !of.reports.is_empty() && of.reports.len() <= affords {
			step.orders.push(Order::Seal(closed));
		}
	}

	/// What to send now.
	fn plan(&self, seen: &Seen, orders: &mut Vec<Order>) {
		let mut deeds = Vec::new();
		for round in self.rounds.values() {
			match round.stage {
				Stage::Drawn(..) => deeds.push(Deed::Show(round.interval)),
				Stage::Sealed(_) if round.interval.checked_add(1) == Some(seen.current) => {
					deeds.push(Deed::Submit(round.interval));
				}
				_ => {}
			}
		}
		// A device's oldest first: the ledger of its battery takes them in their order.
		let mut last = None;
		for (device, interval) in &self.asked {
			if last != Some(*device) {
				deeds.push(Deed::Open(*interval, *device));
			}
			last = Some(*device);
		}
		deeds.retain(|deed| self.in_flight.may_send(deed, seen.head));
		orders.extend(deeds.into_iter().map(Order::Send));
	}

	/// Forgets what is over.
	fn forget(&mut self, current: Interval, orders: &mut Vec<Order>) {
		self.rounds.retain(|interval, round| {
			let age = current.since(*interval);
			let keep = match round.stage {
				Stage::Lost(_) => age <= REMEMBERED,
				// The chain removes it when a report of its interval can be opened no more.
				_ => age <= RETENTION,
			};
			if !keep {
				orders.push(Order::Discard(*interval));
			}
			keep
		});
		let rounds = &self.rounds;
		self.asked.retain(|(_, interval)| {
			rounds.get(interval).is_some_and(|round| !matches!(round.stage, Stage::Lost(_)))
		});
		self.unopenable.retain(|(_, interval)| rounds.contains_key(interval));
	}
}

/// What the chain shows of a deed.
fn fate(
	deed: &Deed,
	rounds: &BTreeMap<Interval, Round>,
	asked: &BTreeSet<(DeviceId, Interval)>,
	current: Interval,
) -> Fate {
	let stage = |interval: &Interval| rounds.get(interval).map(|round| round.stage);
	match deed {
		Deed::Submit(of) => match stage(of) {
			Some(Stage::Sealed(_)) if of.checked_add(1) == Some(current) => Fate::Open,
			Some(Stage::Sealed(_) | Stage::Lost(_)) | None => Fate::Gone,
			Some(_) => Fate::Done,
		},
		Deed::Show(of) => match stage(of) {
			Some(Stage::Drawn(..)) => Fate::Open,
			Some(Stage::Shown(_)) => Fate::Done,
			_ => Fate::Gone,
		},
		Deed::Open(of, device) if asked.contains(&(*device, *of)) => Fate::Open,
		Deed::Open(of, _) => match stage(of) {
			Some(Stage::Lost(_)) | None => Fate::Gone,
			Some(_) => Fate::Done,
		},
	}
}

/// Moves a batch to where the chain has it.
fn advance(round: &mut Round, account: &AccountId, seen: &Seen, news: &mut Vec<News>) {
	let interval = round.interval;
	if let Stage::Sealed(from) = round.stage {
		let is_own = |batch: &Batch| {
			batch.leader == *account && batch.interval == interval && batch.root == round.root
		};
		let found = seen
			.batches
			.iter()
			.find(|(number, batch)| *number >= from && batch.as_ref().is_some_and(is_own));
		let searched = seen.next_batch.min(from.saturating_add(MOST_SEARCHED));
		match found {
			Some((number, _)) => {
				round.stage = Stage::Submitted(*number);
				news.push(News::Submitted(interval, *number));
			}
			None if searched < seen.next_batch => round.stage = Stage::Sealed(searched),
			// The state in which its time is over does not have it: it never comes.
			None if interval.0.saturating_add(1) < seen.current.0 => {
				round.stage = Stage::Lost(Loss::Late);
				news.push(News::Lost(interval, Loss::Late));
			}
			None => round.stage = Stage::Sealed(searched.max(from)),
		}
	}
	let (Stage::Submitted(number) | Stage::Drawn(number, _)) = round.stage else { return };
	match seen.batch(number) {
		Some(Some(batch)) if batch.state == BatchState::Sound => {
			round.stage = Stage::Shown(number);
			news.push(News::Shown(interval, number));
		}
		Some(Some(batch)) if !batch.is_void(seen.head) => {
			if !matches!(round.stage, Stage::Submitted(_)) {
				return;
			}
			let drawn = batch
				.drawing(seen.current)
				.find_map(|of| seen.randomness.iter().find(|(interval, _)| *interval == of));
			if let Some((_, randomness)) = drawn {
				round.stage = Stage::Drawn(number, *randomness);
				news.push(News::Drawn(interval, number));
			}
		}
		Some(_) => {
			round.stage = Stage::Lost(Loss::Voided);
			news.push(News::Lost(interval, Loss::Voided));
		}
		// It was not looked up.
		None => {}
	}
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
