//! Handing reports to a leader that batches them, and going without it in time.
//!
//! A leader puts the root of many reports on chain in one transaction. It is not trusted: its word
//! that a report is going to be in its batch is worth nothing until the batch stands. So each
//! interval's report goes this way:
//!
//! 1. The device signs it and hands it over. The leader answers with a signed [`Receipt`].
//! 2. When it has closed its batch it tells the [`Told`] path from the report to the root.
//! 3. The device looks for a batch with that root *on chain*, by storage proof. Once it has seen it the
//!    report **stands**: it can be put on record by the device itself, as long as reports of that
//!    interval are kept, whatever the leader does.
//! 4. If it does not stand when [`Settings::until`] of the interval has passed, the device reports by
//!    itself, as it would without a leader. Reporting twice does no harm.
//!
//! An interval to which work is bound goes the device's own way: the proof needs it on record.
//!
//! What stands in a batch is not on record, so the chain's ledger of the battery does not have it.
//! The device signs the next report on top of what stands, and whatever it sends by itself comes
//! after what stands has been opened, oldest first, if that put green energy into the battery.
//!
//! A batch whose leader does not show what was drawn becomes void. The device takes its report out
//! before that.
//!
//! [`Relay`] is free of I/O: it is told what the chain and the leader say, and says what to ask the
//! leader for, what to open, and which way the report goes.

use alloc::{
	collections::{BTreeMap, BTreeSet},
	string::String,
	vec::Vec,
};
use codec::{Decode, Encode};
use pogcs_primitives::{
	batch::Step,
	ledger::{Battery, Flows, Stored},
	records::DeviceState,
	units::GramsPerKwh,
	wire::{ChainId, EnergyReport, Signature},
	Interval,
};

use crate::{
	batch::{Batch, BatchState, Opening, Receipt, RETENTION},
	tasks::{Route, View},
	BlockNumber,
};

/// How many batches are looked through for one with the right root.
const MOST_SEARCHED: u64 = 64;
/// How many intervals later a leader may still tell where a report stands.
const LATE: u32 = 3;
/// For how many blocks the leader may take its time to open a report, before the device does.
const PATIENCE: BlockNumber = 10;

/// What the owner has configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
	/// Hundredths of the interval after which the device reports by itself.
	pub until: u8,
	/// The most reports that it opens at a time.
	pub most_open: usize,
}

/// A report that was handed to a leader.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Handed {
	/// What the device says.
	pub report: EnergyReport,
	/// Its signature.
	pub signature: Signature,
	/// How far it is.
	pub stage: Stage,
}

/// How far a report is that was handed to a leader.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Stage {
	/// It is not known to have arrived.
	Handing,
	/// The leader has promised to include it, and says after how many hundredths of the interval it
	/// closes its batch.
	Promised(Receipt, u8),
	/// The leader has told where it stands; no such batch was seen on chain.
	Told(Told),
	/// It stands in a batch that was seen on chain.
	Stands {
		/// The batch's number.
		batch: u64,
		/// The way to its root.
		path: Vec<Step>,
		/// Whether what was drawn from it was shown.
		sound: bool,
	},
}

/// Where a leader says that a report stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Told {
	/// The way to the root.
	pub path: Vec<Step>,
	/// The first number that its batch can have.
	pub from: u64,
}

/// What the leader is to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
	/// To take this interval's report.
	HandIn(Interval),
	/// To tell where it stands.
	Path(Interval),
	/// To put it on record.
	Open(Interval),
}

/// What the leader answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
	/// It took the report, and closes its batch after so many hundredths of the interval.
	Took(Receipt, u8),
	/// It told where the report stands.
	Told(Told),
	/// It is going to put the report on record.
	Opens,
	/// Not now, in its words or the link's: ask again.
	Later(String),
	/// No, in its words.
	Refused(String),
}

/// Why the device goes without its leader in an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alone {
	/// The leader said no.
	Refused(String),
	/// Its receipt is for something else, or not signed by it.
	BadReceipt,
	/// The path that it told leads nowhere.
	BadPath,
	/// There is no batch with the report in time.
	Late,
}

impl core::fmt::Display for Alone {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Refused(words) => write!(f, "the leader said: {words}"),
			Self::BadReceipt => f.write_str("the leader's receipt is not for this report"),
			Self::BadPath => f.write_str("the path that the leader told leads nowhere"),
			Self::Late => f.write_str("no batch with it is on chain in time"),
		}
	}
}

/// What the owner is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
	/// The leader promised to include the report.
	Promised(Interval),
	/// The report stands in this batch.
	Stands(Interval, u64),
	/// The device reports by itself.
	Alone(Interval, Alone),
	/// A report that stood in a batch is on record.
	OnRecord(Interval),
	/// The batch was voided before the report was opened.
	Voided(Interval, u64),
	/// The leader never told where the report stands.
	Dropped(Interval),
}

impl News {
	/// Whether something went wrong.
	pub fn is_bad(&self) -> bool {
		matches!(self, Self::Alone(..) | Self::Voided(..) | Self::Dropped(_))
	}
}

impl core::fmt::Display for News {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Promised(of) => {
				write!(f, "the leader has promised to include the report of interval {of}")
			}
			Self::Stands(of, batch) => {
				write!(f, "the report of interval {of} stands in batch {batch}: seen on chain")
			}
			Self::Alone(of, why) => {
				write!(f, "the device reports interval {of} by itself: {why}")
			}
			Self::OnRecord(of) => write!(f, "interval {of} is on record"),
			Self::Voided(of, batch) => write!(
				f,
				"batch {batch} was voided, since its leader did not show what was drawn: interval {of} \
				 is lost"
			),
			Self::Dropped(of) => write!(
				f,
				"the leader never told where the report of interval {of} stands: if the device did not \
				 report it by itself, it is lost"
			),
		}
	}
}

/// What the chain knows of the device's battery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
	/// What is in it.
	pub stored: Stored,
	/// The last interval that counts in that.
	pub through: Option<Interval>,
	/// What the class's battery can do.
	pub battery: Battery,
}

impl Ledger {
	/// What is in it after these reports.
	fn after(&self, reports: &[(Interval, &Handed)]) -> Stored {
		reports.iter().fold(self.stored, |stored, (_, of)| {
			// The grid's carbon is the chain's to count.
			stored.settle(&Flows::from(&of.report), &self.battery, GramsPerKwh(0)).after
		})
	}

	/// Whether they put green energy into it.
	fn gains(&self, reports: &[(Interval, &Handed)]) -> bool {
		self.after(reports).green > self.stored.green
	}
}

/// The reports that are with a leader, and what is to be done about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
	settings: Settings,
	handed: BTreeMap<Interval, Handed>,
	/// The interval that is to be reported.
	closed: Option<Interval>,
	/// Whether the device goes without its leader in it.
	alone: bool,
	/// The slot of the running interval in which the leader was last asked.
	last: Option<(Interval, u64)>,
	/// When the leader was asked to open a report; nothing if it said no.
	asked: BTreeMap<Interval, Option<BlockNumber>>,
	/// What cannot be opened.
	hopeless: BTreeSet<Interval>,
	changed: BTreeSet<Interval>,
	news: Vec<News>,
}

impl Relay {
	/// With what was handed over before the device was started.
	pub fn new(settings: Settings, handed: Vec<Handed>) -> Self {
		Self {
			settings,
			handed: handed.into_iter().map(|of| (of.report.interval, of)).collect(),
			closed: None,
			alone: false,
			last: None,
			asked: BTreeMap::new(),
			hopeless: BTreeSet::new(),
			changed: BTreeSet::new(),
			news: Vec::new(),
		}
	}

	/// What was handed over of `interval`, to be written down; nothing if it can be forgotten.
	pub fn handed(&self, interval: Interval) -> Option<&Handed> {
		self.handed.get(&interval)
	}

	/// How many reports stand in batches.
	pub fn standing(&self) -> usize {
		self.stands().count()
	}

	/// The intervals of which something changed since this was last asked.
	pub fn take_changed(&mut self) -> BTreeSet<Interval> {
		core::mem::take(&mut self.changed)
	}

	/// What happened since this was last asked.
	pub fn take_news(&mut self) -> Vec<News> {
		core::mem::take(&mut self.news)
	}

	/// The batches to look up, with their intervals: those that may still be voided and those that are
	/// being opened; all when an interval has just begun.
	pub fn watched(&self, all: bool, opening: impl Fn(Interval) -> bool) -> Vec<(Interval, u64)> {
		self.stands()
			.filter(|(interval, _, sound)| {
				all || !sound || opening(*interval) || self.asked.contains_key(interval)
			})
			.map(|(interval, batch, _)| (interval, batch))
			.collect()
	}

	/// The batches among which those have to be that were told of, if the chain's next one gets the
	/// number `next`.
	pub fn candidates(&self, next: u64) -> Vec<u64> {
		let mut found: Vec<u64> = self
			.handed
			.values()
			.filter_map(|of| match &of.stage {
				Stage::Told(told) => Some(told.from..told.from.saturating_add(MOST_SEARCHED)),
				_ => None,
			})
			.flat_map(|range| range.start..range.end.min(next))
			.collect();
		found.sort_unstable();
		found.dedup();
		found
	}

	/// Whether it looks for a batch.
	pub fn seeks(&self) -> bool {
		self.handed.values().any(|of| matches!(of.stage, Stage::Told(_)))
	}

	/// Takes note of what the chain has.
	pub fn look(&mut self, view: &View, batches: &[(u64, Batch)]) {
		for seen in &view.batched {
			let Some(Handed { stage: Stage::Stands { batch, sound, .. }, .. }) =
				self.handed.get_mut(&seen.interval)
			else {
				continue;
			};
			let number = *batch;
			match &seen.batch {
				_ if seen.on_record => {
					self.news.push(News::OnRecord(seen.interval));
					self.forget(seen.interval);
				}
				Some(batch) if !batch.is_void(view.head) => {
					let shown = batch.state == BatchState::Sound;
					if shown != *sound {
						*sound = shown;
						self.changed.insert(seen.interval);
					}
				}
				_ => {
					self.news.push(News::Voided(seen.interval, number));
					self.forget(seen.interval);
				}
			}
		}
		self.find(batches, view.head);
		let Some(closed) = view.current.checked_sub(1) else { return };
		self.age(closed);
		if self.closed != Some(closed) {
			(self.closed, self.alone) = (Some(closed), false);
		}
		if view.reported {
			self.forget(closed);
			return;
		}
		let late = view.elapsed.is_none_or(|elapsed| elapsed.reached(self.settings.until));
		if late && !self.alone && self.is_for(view, closed) && !self.has(closed) {
			self.go_alone(closed, Alone::Late);
		}
	}

	/// Finds what was told of among batches that are on chain.
	fn find(&mut self, batches: &[(u64, Batch)], head: BlockNumber) {
		for (interval, of) in &mut self.handed {
			let Stage::Told(told) = &mut of.stage else { continue };
			let path = core::mem::take(&mut told.path);
			let opening = Opening { report: of.report, signature: of.signature, path };
			let found =
				batches.iter().find(|(_, batch)| !batch.is_void(head) && opening.is_in(batch));
			let Some((number, batch)) = found else {
				told.path = opening.path;
				continue;
			};
			let sound = batch.state == BatchState::Sound;
			of.stage = Stage::Stands { batch: *number, path: opening.path, sound };
			self.changed.insert(*interval);
			self.news.push(News::Stands(*interval, *number));
		}
	}

	/// Forgets what is too old to come to anything.
	fn age(&mut self, closed: Interval) {
		let old: Vec<_> = self
			.handed
			.iter()
			.filter(|(interval, of)| match of.stage {
				Stage::Stands { .. } => closed.since(**interval) > RETENTION,
				_ => closed.since(**interval) > LATE,
			})
			.map(|(interval, of)| (*interval, matches!(of.stage, Stage::Stands { .. })))
			.collect();
		for (interval, stood) in old {
			if !stood {
				self.news.push(News::Dropped(interval));
			}
			self.forget(interval);
		}
		self.hopeless.retain(|interval| closed.since(*interval) <= RETENTION);
	}

	/// The interval whose report is to be made and handed over now: see [`Relay::hand`].
	pub fn wants(&self, view: &View) -> Option<Interval> {
		let closed = view.current.checked_sub(1)?;
		let wanted = !view.reported
			&& !self.alone
			&& self.is_for(view, closed)
			&& !self.handed.contains_key(&closed);
		wanted.then_some(closed)
	}

	/// Takes a report that is to be handed over.
	pub fn hand(&mut self, report: EnergyReport, signature: Signature) {
		let handed = Handed { report, signature, stage: Stage::Handing };
		self.changed.insert(report.interval);
		self.handed.insert(report.interval, handed);
	}

	/// Whether the leader can take the report of `closed` at all.
	fn is_for(&self, view: &View, closed: Interval) -> bool {
		let Some((_, device)) = &view.device else { return false };
		let state = view.state().unwrap_or(device.state);
		let stays =
			matches!(state, DeviceState::Pending | DeviceState::Online | DeviceState::Running);
		stays && closed > device.since && !view.works_on(closed)
	}

	/// Which way the closed interval's report goes.
	pub fn route(&self, view: &View) -> Route {
		let Some(closed) = view.current.checked_sub(1) else { return Route::Own };
		match self.handed.get(&closed).map(|of| &of.stage) {
			_ if !self.is_for(view, closed) => Route::Own,
			Some(Stage::Stands { batch, .. }) => Route::Batched(*batch),
			_ if self.alone => Route::Own,
			_ => Route::Leader,
		}
	}

	/// What to ask the leader for now; `wished` are the reports that it is to open, oldest first.
	pub fn ask(&self, view: &View, wished: &[Interval]) -> Option<Ask> {
		let closed = view.current.checked_sub(1)?;
		let (id, _) = view.device.as_ref()?;
		let elapsed = view.elapsed?;
		// Not all devices of a leader at once, and none without end.
		let spread = |share: u64| {
			let slots = elapsed.of.checked_div(share).unwrap_or_default().max(1);
			u64::from(id.0).checked_rem(slots).unwrap_or_default()
		};
		let pause = elapsed.of.checked_div(100).unwrap_or_default().max(1);
		let rests = self.last.is_some_and(|(interval, slots)| {
			interval == view.current && elapsed.slots < slots.saturating_add(pause)
		});
		if rests {
			return None;
		}
		let waits = |interval: &Interval, after: u8| {
			let begin = u128::from(elapsed.of).saturating_mul(after.into()).div_ceil(100);
			let begin = u64::try_from(begin).unwrap_or(u64::MAX).saturating_add(spread(20));
			*interval == closed && elapsed.slots < begin
		};
		let now = self.handed.iter().rev().find_map(|(interval, of)| match &of.stage {
			Stage::Handing if *interval == closed => {
				let due = elapsed.slots >= spread(6) && !self.alone;
				due.then_some(Ask::HandIn(*interval))
			}
			Stage::Handing => Some(Ask::Path(*interval)),
			Stage::Promised(_, after) if !waits(interval, *after) => Some(Ask::Path(*interval)),
			_ => None,
		});
		let open = || wished.iter().find(|of| !self.asked.contains_key(of)).copied();
		now.or_else(|| open().map(Ask::Open))
	}

	/// Takes note that the leader is being asked.
	pub fn asks(&mut self, view: &View) {
		self.last = view.elapsed.map(|elapsed| (view.current, elapsed.slots));
	}

	/// Takes the leader's answer.
	pub fn reply(&mut self, chain: &ChainId, head: BlockNumber, ask: Ask, reply: Reply) {
		match (ask, reply) {
			(Ask::Open(interval), Reply::Opens) => {
				self.asked.insert(interval, Some(head));
			}
			(Ask::Open(interval), Reply::Refused(_)) => {
				self.asked.insert(interval, None);
			}
			(_, Reply::Later(_)) => {}
			(Ask::HandIn(interval), Reply::Took(receipt, after)) => {
				let Some(of) = self.handed.get_mut(&interval) else { return };
				if receipt.is_for(chain, &of.report, &of.signature) {
					// It cannot make the device wait for longer than it would.
					of.stage = Stage::Promised(receipt, after.min(self.settings.until));
					self.changed.insert(interval);
					self.news.push(News::Promised(interval));
				} else {
					self.give_up(interval, Alone::BadReceipt);
				}
			}
			(Ask::Path(interval), Reply::Told(told)) => {
				let Some(of) = self.handed.get_mut(&interval) else { return };
				if matches!(of.stage, Stage::Told(_) | Stage::Stands { .. }) {
					return;
				}
				let Told { path, from } = told;
				let opening = Opening { report: of.report, signature: of.signature, path };
				if opening.shown().is_some() {
					of.stage = Stage::Told(Told { path: opening.path, from });
					self.changed.insert(interval);
				} else {
					self.give_up(interval, Alone::BadPath);
				}
			}
			(Ask::HandIn(interval) | Ask::Path(interval), Reply::Refused(words)) => {
				self.give_up(interval, Alone::Refused(words));
			}
			// An answer to another question is none.
			_ => {}
		}
	}

	/// Takes note that the chain did not let a report be opened.
	pub fn unopened(&mut self, interval: Interval) {
		self.hopeless.insert(interval);
	}

	/// The reports to open, oldest first, so that what stands in batches counts in the battery. Those
	/// that the leader is asked for first are `wished`.
	///
	/// - `own`: the device is about to send the closed interval's report by itself.
	/// - `short`: it lacks green energy for work.
	pub fn opens(&self, view: &View, ledger: &Ledger, own: bool, short: bool) -> Opens {
		let all = self.pending(ledger);
		let mut opens = Opens::default();
		if (own || short) && ledger.gains(&all) {
			let all = all.iter().map(|(of, _)| *of).collect();
			if own {
				opens.now = all;
				return opens.paid(view);
			}
			opens.wished = all;
			// In their order: one that the leader takes its time for holds up those after it.
			opens.now = opens
				.wished
				.iter()
				.take_while(|of| match self.asked.get(of) {
					None => false,
					Some(None) => true,
					Some(Some(at)) => view.head >= at.saturating_add(PATIENCE),
				})
				.copied()
				.collect();
		}
		if let Some(last) = self.threatened(view) {
			let before: Vec<_> = all.into_iter().filter(|(of, _)| *of < last).collect();
			if ledger.gains(&before) {
				opens.now.extend(before.iter().map(|(of, _)| *of));
			}
			opens.now.push(last);
			opens.now.sort_unstable();
			opens.now.dedup();
		}
		opens.paid(view)
	}

	/// The newest report that is worth something and whose batch is about to be void.
	fn threatened(&self, view: &View) -> Option<Interval> {
		let notice = view.elapsed.map_or(0, |elapsed| elapsed.of / 2);
		let notice = BlockNumber::try_from(notice).unwrap_or(BlockNumber::MAX);
		let closing = |batch: &Batch| {
			batch.state == BatchState::Pending
				&& !batch.is_void(view.head)
				&& view.head.saturating_add(notice) >= batch.due
		};
		view.batched
			.iter()
			.filter(|seen| !seen.on_record && seen.batch.as_ref().is_some_and(closing))
			.map(|seen| seen.interval)
			.filter(|of| !self.hopeless.contains(of))
			.filter(|of| self.handed.get(of).is_some_and(|of| of.report.green_supply.0 > 0))
			.max()
	}

	/// What stands and has not been opened, as far as it can count in the battery: oldest first, the
	/// newest [`Settings::most_open`] of it.
	fn pending(&self, ledger: &Ledger) -> Vec<(Interval, &Handed)> {
		let mut list: Vec<_> = self
			.handed
			.iter()
			.filter(|(of, handed)| {
				matches!(handed.stage, Stage::Stands { .. })
					&& !self.hopeless.contains(of)
					&& ledger.through.is_none_or(|through| **of > through)
			})
			.map(|(of, handed)| (*of, handed))
			.collect();
		list.drain(..list.len().saturating_sub(self.settings.most_open));
		list
	}

	/// What is in the battery if those reports that `counts` are opened.
	pub fn base(&self, ledger: &Ledger, counts: impl Fn(Interval) -> bool) -> Stored {
		let counted: Vec<_> =
			self.pending(ledger).into_iter().filter(|(of, _)| counts(*of)).collect();
		ledger.after(&counted)
	}

	/// The report of `interval` and its batch, if it stands in one.
	pub fn opening(&self, interval: Interval) -> Option<(u64, Opening)> {
		let Handed { report, signature, stage: Stage::Stands { batch, path, .. } } =
			self.handed.get(&interval)?
		else {
			return None;
		};
		let (report, signature) = (*report, *signature);
		Some((*batch, Opening { report, signature, path: path.clone() }))
	}

	fn has(&self, interval: Interval) -> bool {
		let of = self.handed.get(&interval);
		of.is_some_and(|of| matches!(of.stage, Stage::Stands { .. }))
	}

	fn stands(&self) -> impl Iterator<Item = (Interval, u64, bool)> + '_ {
		self.handed.iter().filter_map(|(interval, of)| match of.stage {
			Stage::Stands { batch, sound, .. } => Some((*interval, batch, sound)),
			_ => None,
		})
	}

	/// What the leader says of this interval counts no more.
	fn give_up(&mut self, interval: Interval, why: Alone) {
		self.forget(interval);
		if self.closed == Some(interval) {
			self.go_alone(interval, why);
		} else {
			self.news.push(News::Dropped(interval));
		}
	}

	fn go_alone(&mut self, interval: Interval, why: Alone) {
		self.news.push(News::Alone(interval, why));
		self.alone = true;
	}

	fn forget(&mut self, interval: Interval) {
		if self.handed.remove(&interval).is_some() {
			self.changed.insert(interval);
		}
		self.asked.remove(&interval);
	}
}

/// What to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opens {
	/// By the device itself, oldest first.
	pub now: Vec<Interval>,
	/// By the leader, oldest first.
	pub wished: Vec<Interval>,
}

impl Opens {
	/// Opening costs a fee: without money the device opens nothing.
	fn paid(mut self, view: &View) -> Self {
		if view.free == 0 {
			self.now.clear();
		}
		self
	}
}

#[cfg(test)]
mod tests;
