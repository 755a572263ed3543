//! Answers to chunks that several devices do: what this device computed, what it is bound to, and what
//! it takes to show it.
//!
//! A device that shows two different answers to one chunk, or cannot show the one that it is bound to,
//! loses its bond. So an answer is written down before its commitment is sent, and the first one
//! stands: whatever is computed later, by a memory that has become faulty or by a program that was
//! replaced, changes nothing. The salt follows from the device's key: who has lost everything but the
//! key runs the chunk again and can still open what it is bound to.
//!
//! [`Answers`] is free of I/O: it is told results and what stands on chain, and says what to write down
//! and what to tell.

use alloc::{collections::BTreeMap, vec::Vec};
use codec::{Decode, Encode};
use pogcs_primitives::{
	contracts::{answer, commitment, continues, Outcome, Unfit},
	records::Assignment,
	wire::ChainId,
	DeviceId, Interval, MilliWattHours, TaskId,
};

use crate::{
	crypto::{blake2_256, DeviceKey},
	tasks::{Replica, Run, View},
	Hash,
};

/// For how many intervals an answer is kept whose chunk is not seen to be over: longer than results are
/// taken.
const KEPT: u32 = 60;
/// The most answers that are kept.
pub const MOST: usize = 64;

const SALT_CONTEXT: &[u8] = b"pogcs/device/salt/1";

/// The salt of this device's commitments to a chunk: nobody else can make it, and it cannot be lost.
///
/// Ed25519 signatures of one message by one key are all the same (RFC 8032, 5.1.6); this one is shown to
/// nobody.
pub fn salt(key: &DeviceKey, chain: &ChainId, at: &Assignment) -> Hash {
	let signature = key.sign(&(SALT_CONTEXT, chain, at).encode());
	blake2_256(&(SALT_CONTEXT, signature).encode())
}

/// A result that this device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Answer {
	/// Which chunk.
	pub at: Assignment,
	/// The name of the result.
	pub result: Hash,
	/// What hides it.
	pub salt: Hash,
	/// The interval in which it was computed.
	pub interval: Interval,
	/// The energy that counts for it.
	pub energy: MilliWattHours,
	/// Whether a commitment to it may be on chain.
	pub sent: bool,
	/// Whether the chain was seen to have one.
	pub bound: bool,
	/// The layer that the chain was seen to have of it.
	pub opened: Option<u8>,
}

impl Answer {
	/// What binds the device to it in a round.
	pub fn commitment(&self, device: DeviceId, round: u8) -> Hash {
		let Assignment { task, chunk } = self.at;
		commitment(task, chunk, device, &self.layer(round), &self.salt)
	}

	/// What is shown in a round.
	pub fn layer(&self, round: u8) -> Hash {
		answer(&self.result, round)
	}

	/// Whether the chain takes this for what the device is bound to, if it is opened in `round`.
	pub fn opens(&self, device: DeviceId, run: &Run, round: u8) -> bool {
		match &run.answer {
			None => run.commitment == self.commitment(device, round),
			Some((layer, earlier)) => continues((*layer, earlier), (round, &self.layer(round))),
		}
	}

	/// Whether this is the answer that stands.
	fn agrees(&self, layer: u8, with: &Hash) -> bool {
		self.layer(layer) == *with
	}
}

/// What the owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
	/// A chunk was computed.
	Computed(Assignment),
	/// A chunk was computed again, with another result: the machine is not sound.
	Differs(Assignment),
	/// The chain has the answer.
	Opened(Assignment, u8),
	/// The work does not count as delivered.
	Unfit(Assignment, Unfit),
	/// The answer stands: what was delivered counts.
	Agreed(Assignment),
	/// The answer is the only one; it counts, without a tip.
	Unchecked(Assignment),
	/// Another answer stands: the bond is lost.
	Wrong(Assignment),
	/// The answer was not opened in time: the bond is lost.
	Late(Assignment),
	/// Answers differ, and nobody can say which is right: bonds come back, nothing counts.
	Void(Assignment),
	/// The chunk is over; what became of it was not seen.
	Over(Assignment),
	/// It was computed, and the chunk went to others.
	Unused(Assignment),
}

impl News {
	/// Whether something went wrong.
	pub fn is_bad(&self) -> bool {
		matches!(self, Self::Differs(_) | Self::Unfit(..) | Self::Wrong(_) | Self::Late(_))
	}

	/// Which chunk it is about.
	pub fn at(&self) -> Assignment {
		match self {
			Self::Computed(at)
			| Self::Differs(at)
			| Self::Opened(at, _)
			| Self::Unfit(at, _)
			| Self::Agreed(at)
			| Self::Unchecked(at)
			| Self::Wrong(at)
			| Self::Late(at)
			| Self::Void(at)
			| Self::Over(at)
			| Self::Unused(at) => *at,
		}
	}
}

impl core::fmt::Display for News {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		let Assignment { task, chunk } = self.at();
		write!(f, "chunk {chunk} of task {task}: ")?;
		f.write_str(match self {
			Self::Computed(_) => "computed",
			Self::Differs(_) => {
				"computed again, with another result. The first one stands. This machine does not \
				 compute soundly: run `pogcs-device work check`, and look at its memory, its clock and \
				 its cooling"
			}
			Self::Opened(_, layer) => return write!(f, "the answer is open (layer {layer})"),
			Self::Unfit(_, Unfit::Energy) => {
				"the answer is open, and does not count as delivered: the interval had less energy \
				 than the work takes"
			}
			Self::Unfit(_, Unfit::Carbon) => {
				"the answer is open, and does not count as delivered: the interval's energy emitted \
				 more than the contract allows"
			}
			Self::Agreed(_) => "the answer stands: what was delivered counts, and the bond is back",
			Self::Unchecked(_) => {
				"nobody else answered: what was delivered counts, without a tip, and the bond is back"
			}
			Self::Wrong(_) => {
				"other devices gave another answer, and the bond is lost. Run `pogcs-device work \
				 check`: if it finds nothing, look whether this is the newest release"
			}
			Self::Late(_) => {
				"the answer was not opened in time, and the bond is lost. Was the device off, or its \
				 account empty?"
			}
			Self::Void(_) => {
				"answers differ and nobody can say which is right: the bond is back, and nothing counts"
			}
			Self::Over(_) => "over; what became of it was not seen",
			Self::Unused(_) => "computed, and other devices were bound to it before",
		})
	}
}

/// All answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
	list: BTreeMap<(TaskId, u32), Answer>,
	changed: Vec<Assignment>,
	news: Vec<News>,
}

fn key(at: &Assignment) -> (TaskId, u32) {
	(at.task, at.chunk)
}

impl Answers {
	/// None.
	pub const fn empty() -> Self {
		Self { list: BTreeMap::new(), changed: Vec::new(), news: Vec::new() }
	}

	/// With what was written down before.
	pub fn new(list: Vec<Answer>) -> Self {
		let list = list.into_iter().map(|answer| (key(&answer.at), answer)).collect();
		Self { list, ..Self::empty() }
	}

	/// The answer to a chunk.
	pub fn get(&self, at: &Assignment) -> Option<&Answer> {
		self.list.get(&key(at))
	}

	/// All chunks that have one: what stands on chain of them is to be looked at.
	pub fn watched(&self) -> Vec<Assignment> {
		self.list.values().map(|answer| answer.at).collect()
	}

	/// How many the device was seen to be bound to.
	pub fn bound(&self) -> usize {
		self.list.values().filter(|answer| answer.bound).count()
	}

	/// The energy of all that was computed in an interval.
	pub fn energy(&self, interval: Interval) -> MilliWattHours {
		let of = self.list.values().filter(|answer| answer.interval == interval);
		MilliWattHours(of.fold(0, |sum, answer| sum.saturating_add(answer.energy.0)))
	}

	/// Takes a result up. The first one of a chunk stands.
	pub fn keep(&mut self, answer: Answer) {
		let at = answer.at;
		match self.list.get(&key(&at)) {
			Some(first) if first.result == answer.result => {}
			Some(_) => self.news.push(News::Differs(at)),
			None => {
				if !self.make_room() {
					return;
				}
				let new = Answer { sent: false, bound: false, opened: None, ..answer };
				self.list.insert(key(&at), new);
				self.changed.push(at);
				self.news.push(News::Computed(at));
			}
		}
	}

	/// The oldest that nobody was told of goes; never one that the device may be bound to.
	fn make_room(&mut self) -> bool {
		if self.list.len() < MOST {
			return true;
		}
		let unsent = self.list.values().filter(|answer| !answer.sent);
		let oldest = unsent.min_by_key(|answer| answer.interval).map(|answer| answer.at);
		if let Some(at) = &oldest {
			self.forget(at);
		}
		oldest.is_some()
	}

	fn forget(&mut self, at: &Assignment) {
		self.list.remove(&key(at));
		self.changed.push(*at);
	}

	/// The commitment to send. What changed has to be written down before it is sent.
	pub fn bind(&mut self, at: &Assignment, device: DeviceId, round: u8) -> Option<Hash> {
		let answer = self.list.get_mut(&key(at))?;
		if !answer.sent {
			answer.sent = true;
			self.changed.push(*at);
		}
		Some(answer.commitment(device, round))
	}

	/// Looks what stands on chain: `view` has all of [`Self::watched`] that there is.
	pub fn look(&mut self, view: &View, open_time: u32) {
		let Some((device, _)) = view.device else { return };
		for at in self.watched() {
			let replica = view.replicas.iter().find(|replica| replica.at == at);
			let Some(answer) = self.list.get_mut(&key(&at)) else { continue };
			let Some(replica) = replica else {
				// The contract's chunks are over and their storage is free.
				let news = if answer.sent { News::Over(at) } else { News::Unused(at) };
				self.news.push(news);
				self.forget(&at);
				continue;
			};
			if let Some(outcome) = replica.record.outcome {
				let news = told(answer, replica, outcome, view, open_time);
				self.news.push(news);
				self.forget(&at);
				continue;
			}
			let run = replica.record.runs.iter().find(|run| run.device == device);
			if run.is_some() && !answer.bound {
				(answer.sent, answer.bound) = (true, true);
				self.changed.push(at);
			}
			let layer = run.and_then(|run| run.answer).map(|(layer, _)| layer);
			if let (Some(run), Some(layer)) = (run, layer.filter(|of| Some(*of) != answer.opened)) {
				answer.opened = Some(layer);
				self.changed.push(at);
				self.news.push(match run.unfit {
					Some(unfit) if run.round == 0 && layer == 0 => News::Unfit(at, unfit),
					_ => News::Opened(at, layer),
				});
			}
			let over = view.current.since(answer.interval) > KEPT;
			// Nobody was told of it, and the chunk's time has passed without this device.
			let unused = run.is_none() && !answer.sent && replica.record.interval < view.current;
			// Who was silent for too long is bound no more.
			let late = run.is_none() && answer.bound;
			if late || over || unused {
				self.news.push(match (late, answer.sent) {
					(true, _) => News::Late(at),
					(_, true) => News::Over(at),
					_ => News::Unused(at),
				});
				self.forget(&at);
			}
		}
	}

	/// The chunks whose answer changed since it was last asked; those without one are forgotten.
	pub fn take_changed(&mut self) -> Vec<Assignment> {
		core::mem::take(&mut self.changed)
	}

	/// What happened since it was last asked.
	pub fn take_news(&mut self) -> Vec<News> {
		core::mem::take(&mut self.news)
	}
}

/// What a chunk's end means for this device.
fn told(answer: &Answer, of: &Replica, outcome: Outcome, view: &View, open_time: u32) -> News {
	let at = answer.at;
	if !answer.bound {
		return if answer.sent { News::Over(at) } else { News::Unused(at) };
	}
	// Judged before the time to open was over, all answers were opened.
	let early = view.current.since(of.record.interval) <= open_time;
	let opened = early || answer.opened.is_some();
	match outcome {
		Outcome::Agreed { .. } | Outcome::Unchecked { .. } | Outcome::Missed if !opened => {
			News::Late(at)
		}
		Outcome::Agreed { layer, answer: with } if answer.agrees(layer, &with) => News::Agreed(at),
		Outcome::Unchecked { layer, answer: with } if answer.agrees(layer, &with) => {
			News::Unchecked(at)
		}
		Outcome::Agreed { .. } | Outcome::Unchecked { .. } => News::Wrong(at),
		Outcome::Void => News::Void(at),
		Outcome::Missed => News::Late(at),
	}
}

#[cfg(test)]
mod tests;
