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
struct Sent {
	action: Action,
	nonce: u32,
	death: BlockNumber,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Refused {
	action: Action,
	times: u32,
	not_before: BlockNumber,
}

/// What became of the extrinsics that were on their way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
	/// Took effect.
	pub done: Vec<Action>,
	/// Are no longer asked for; whether they took effect is to be looked up.
	pub gone: Vec<Action>,
	/// Were included and failed: the nonce is used up and the chain still asks for them.
	pub failed: Vec<Action>,
	/// Cannot be included any more.
	pub expired: Vec<Action>,
}

/// A bounded queue with back-off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct InFlight {
	sent: Vec<Sent>,
	refused: Vec<Refused>,
}

impl InFlight {
	/// The most that are on their way at a time, and the most refusals that are remembered.
	pub const MOST: usize = 64;

	/// Whether `action` may be sent at block `head`: it is not on its way, there is room, and it
	/// has waited long enough since it was last refused.
	pub fn may_send(&self, action: &Action, head: BlockNumber) -> bool {
		let waits = self.refused.iter().any(|of| of.action == *action && of.not_before > head);
		!waits && !self.contains(action) && self.sent.len() < Self::MOST
	}

	/// The nonce for the next extrinsic, above all that are on their way.
	pub fn next_nonce(&self, account: u32) -> u32 {
		self.sent.iter().map(|sent| sent.nonce.saturating_add(1)).fold(account, u32::max)
	}

	/// Notes that `action` was sent in an extrinsic that dies at block `death`.
	pub fn sent(&mut self, action: Action, nonce: u32, death: BlockNumber) {
		self.sent.retain(|sent| sent.action != action);
		self.sent.push(Sent { action, nonce, death });
	}

	/// Forgets an extrinsic that can be included nowhere, and that it was ever refused: its nonce is
	/// free, and another one may take its place at once.
	pub fn withdraw(&mut self, action: &Action) {
		self.sent.retain(|sent| sent.action != *action);
		self.refused.retain(|of| of.action != *action);
	}

	/// The nonce of `action`, if it is on its way.
	pub fn nonce_of(&self, action: &Action) -> Option<u32> {
		self.sent.iter().find(|sent| sent.action == *action).map(|sent| sent.nonce)
	}

	/// Notes that the network or the chain refused it; it is tried again later and later.
	pub fn refused(&mut self, action: Action, head: BlockNumber) {
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

	/// Looks what became of them in the state of a finalised block.
	pub fn settle(&mut self, view: &View) -> Settled {
		let mut settled = Settled::default();
		self.sent.retain(|sent| {
			let list = match sent.action.fate(view) {
				Fate::Done => &mut settled.done,
				Fate::Gone => &mut settled.gone,
				Fate::Open if sent.nonce < view.nonce => &mut settled.failed,
				Fate::Open if view.head >= sent.death => &mut settled.expired,
				Fate::Open => return true,
			};
			list.push(sent.action);
			false
		});
		self.refused.retain(|of| of.action.fate(view) == Fate::Open);
		for action in &settled.failed {
			self.refused(*action, view.head);
		}
		settled
	}

	/// Whether `action` is on its way.
	pub fn contains(&self, action: &Action) -> bool {
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
