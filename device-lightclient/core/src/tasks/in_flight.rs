//! The extrinsics that are on their way, so that none is sent twice while it can still arrive.

use alloc::vec::Vec;
use codec::{Decode, Encode};

use super::{Action, Fate, View};
use crate::BlockNumber;

/// The longest wait after a refusal, in blocks.
const LONGEST_WAIT: BlockNumber = 256;
/// The wait after the first refusal, in blocks; each further one doubles it.
const FIRST_WAIT: BlockNumber = 2;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Sent<A> {
	action: A,
	nonce: u32,
	death: BlockNumber,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Refused<A> {
	action: A,
	times: u32,
	not_before: BlockNumber,
}

/// What became of the extrinsics that were on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled<A = Action> {
	/// Took effect.
	pub done: Vec<A>,
	/// Are no longer asked for; whether they took effect is to be looked up.
	pub gone: Vec<A>,
	/// Were included and failed: the nonce is used up and the chain still asks for them.
	pub failed: Vec<A>,
	/// Cannot be included any more.
	pub expired: Vec<A>,
}

impl<A> Default for Settled<A> {
	fn default() -> Self {
		Self { done: Vec::new(), gone: Vec::new(), failed: Vec::new(), expired: Vec::new() }
	}
}

/// A bounded queue with back-off: of a device's actions, or of a leader's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct InFlight<A = Action> {
	sent: Vec<Sent<A>>,
	refused: Vec<Refused<A>>,
}

impl<A> Default for InFlight<A> {
	fn default() -> Self {
		Self { sent: Vec::new(), refused: Vec::new() }
	}
}

impl InFlight {
	/// Looks what became of a device's actions in the state of a finalised block.
	pub fn settle(&mut self, view: &View) -> Settled {
		self.settle_by(view.head, view.nonce, |action| action.fate(view))
	}
}

impl<A: Copy + PartialEq> InFlight<A> {
	/// The most that are on their way at a time, and the most refusals that are remembered.
	pub const MOST: usize = 64;

	/// Whether `action` may be sent at block `head`: it is not on its way, there is room, and it
	/// has waited long enough since it was last refused.
	pub fn may_send(&self, action: &A, head: BlockNumber) -> bool {
		let waits = self.refused.iter().any(|of| of.action == *action && of.not_before > head);
		!waits && !self.contains(action) && self.sent.len() < Self::MOST
	}

	/// The nonce for the next extrinsic, above all that are on their way.
	pub fn next_nonce(&self, account: u32) -> u32 {
		self.sent.iter().map(|sent| sent.nonce.saturating_add(1)).fold(account, u32::max)
	}

	/// Notes that `action` was sent in an extrinsic that dies at block `death`.
	pub fn sent(&mut self, action: A, nonce: u32, death: BlockNumber) {
		self.sent.retain(|sent| sent.action != action);
		self.sent.push(Sent { action, nonce, death });
	}

	/// Forgets an extrinsic that can be included nowhere, and that it was ever refused: its nonce is
	/// free, and another one may take its place at once.
	pub fn withdraw(&mut self, action: &A) {
		self.sent.retain(|sent| sent.action != *action);
		self.refused.retain(|of| of.action != *action);
	}

	/// The nonce of `action`, if it is on its way.
	pub fn nonce_of(&self, action: &A) -> Option<u32> {
		self.sent.iter().find(|sent| sent.action == *action).map(|sent| sent.nonce)
	}

	/// Notes that the network or the chain refused it; it is tried again later and later.
	pub fn refused(&mut self, action: A, head: BlockNumber) {
		self.sent.retain(|sent| sent.action != action);
		let times = match self.refused.iter().find(|of| of.action == action) {
			Some(of) => of.times.saturating_add(1),
			None => 1,
		};
		self.refused.retain(|of| of.action != action);
		if self.refused.len() >= Self::MOST {
			self.refused.remove(0);
		}
		let wait = FIRST_WAIT.checked_shl(times.min(16)).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
		self.refused.push(Refused { action, times, not_before: head.saturating_add(wait) });
	}

	/// Looks what became of them in the state of the finalised block `head`, in which the account has
	/// had `nonce` extrinsics included.
	pub fn settle_by(
		&mut self,
		head: BlockNumber,
		nonce: u32,
		fate: impl Fn(&A) -> Fate,
	) -> Settled<A> {
		let mut settled = Settled::default();
		self.sent.retain(|sent| {
			let list = match fate(&sent.action) {
				Fate::Done => &mut settled.done,
				Fate::Gone => &mut settled.gone,
				Fate::Open if sent.nonce < nonce => &mut settled.failed,
				Fate::Open if head >= sent.death => &mut settled.expired,
				Fate::Open => return true,
			};
			list.push(sent.action);
			false
		});
		self.refused.retain(|of| fate(&of.action) == Fate::Open);
		for action in &settled.failed {
			self.refused(*action, head);
		}
		settled
	}

	/// Whether `action` is on its way.
	pub fn contains(&self, action: &A) -> bool {
		self.sent.iter().any(|sent| sent.action == *action)
	}

	/// How many are on their way.
	pub fn len(&self) -> usize {
		self.sent.len()
	}

	/// Whether none is.
	pub fn is_empty(&self) -> bool {
		self.sent.is_empty()
	}
}
