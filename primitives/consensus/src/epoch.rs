//! An epoch, which is a delivery interval, and the engine's configuration.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

use crate::{digest::NextEpoch, AuthorityKey, Randomness, Weight};

/// What the engine must know before the first block. Read from the state, never from a node's
/// settings.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Configuration {
	/// Length of a slot, in milliseconds.
	pub slot_duration: u64,
	/// Slots of an epoch.
	pub epoch_length: u64,
	/// The share of slots that have a primary author if all are at work; at most one half.
	pub c: (u64, u64),
	/// Authorities of the first two epochs.
	pub authorities: Vec<(AuthorityKey, Weight)>,
	/// Randomness of the first two epochs.
	pub randomness: Randomness,
}

/// One epoch as the engine sees it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Epoch {
	/// Index since genesis; the delivery interval of the same number.
	pub index: u64,
	/// Its first slot.
	pub start_slot: u64,
	/// Its slots.
	pub duration: u64,
	/// Who may author, with weights.
	pub authorities: Vec<(AuthorityKey, Weight)>,
	/// Its randomness.
	pub randomness: Randomness,
	/// The share of slots with a primary author.
	pub c: (u64, u64),
}

impl Epoch {
	/// Epoch 0, which opens with the slot of the first block.
	pub fn genesis(config: &Configuration, slot: u64) -> Self {
		Self {
			index: 0,
			start_slot: slot,
			duration: config.epoch_length,
			authorities: config.authorities.clone(),
			randomness: config.randomness,
			c: config.c,
		}
	}

	/// The first slot after it.
	pub fn end_slot(&self) -> u64 {
		self.start_slot.saturating_add(self.duration)
	}

	/// The epoch that `next` announced in this one.
	pub fn increment(&self, next: NextEpoch) -> Self {
		Self {
			index: self.index.saturating_add(1),
			start_slot: self.end_slot(),
			duration: self.duration,
			authorities: next.authorities,
			randomness: next.randomness,
			c: self.c,
		}
	}

	/// The same set at the epoch that `slot` falls in: what a chain that was down for whole
	/// epochs resumes with. Itself if `slot` is inside or before it.
	pub fn at_slot(&self, slot: u64) -> Self {
		let skipped = slot
			.checked_sub(self.start_slot)
			.and_then(|s| s.checked_div(self.duration))
			.unwrap_or(0);
		Self {
			index: self.index.saturating_add(skipped),
			start_slot: self.start_slot.saturating_add(skipped.saturating_mul(self.duration)),
			..self.clone()
		}
	}

	/// The index under which a claim to `slot` signs.
	pub fn index_at(&self, slot: u64) -> u64 {
		slot.checked_sub(self.start_slot)
			.and_then(|s| s.checked_div(self.duration))
			.unwrap_or(0)
			.saturating_add(self.index)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn epoch() -> Epoch {
		let config = Configuration {
			slot_duration: 3_000,
			epoch_length: 20,
			c: (1, 4),
			authorities: alloc::vec![(AuthorityKey([1; 32]), 1)],
			randomness: [0; 32],
		};
		Epoch::genesis(&config, 1_000)
	}

	#[test]
	fn epoch_should_move_on_with_its_set_when_epochs_are_skipped() {
		let moved = epoch().at_slot(1_065);
		assert_eq!((moved.index, moved.start_slot, moved.end_slot()), (3, 1_060, 1_080));
		assert_eq!(moved.authorities, epoch().authorities);
		assert_eq!(epoch().index_at(1_065), 3);
	}

	#[test]
	fn epoch_should_stay_when_the_slot_is_inside_or_before_it() {
		assert_eq!(epoch().at_slot(1_019), epoch());
		assert_eq!(epoch().at_slot(5), epoch());
	}
}
