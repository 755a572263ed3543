//! What the daemon keeps over a restart, in the core's two-slot store.

use codec::{Decode, Encode};
use pogcs_light_core::{
	energy::IntervalLog,
	finality::{Checkpoint, Follower},
	store::Store,
	tasks::{Action, InFlight},
	Hash,
};
use pogcs_primitives::Interval;

use crate::{error::Error, files::FileSlots};

/// How many intervals' readings are kept: a chunk is proven within them or never.
const LOGS: usize = 48;
/// How many extrinsic hashes are kept, to look up why one failed.
const HASHES: usize = 64;

/// Counts since the device was first started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Totals {
	/// Intervals reported.
	pub reported: u64,
	/// Chunks accepted.
	pub accepted: u64,
	/// Chunks committed.
	pub committed: u64,
	/// Chunks proven and paid.
	pub proven: u64,
	/// Extrinsics that the chain or the network refused.
	pub refused: u64,
	/// Extrinsics that were never included.
	pub expired: u64,
	/// Timed challenges passed.
	pub passed: u64,
}

/// Everything that survives.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct State {
	/// Where the device stands on the chain.
	pub follower: Follower,
	/// The battery's charge after the last metered interval, in mWh.
	pub charge: u64,
	/// The readings of the last closed intervals, oldest first.
	pub logs: Vec<IntervalLog>,
	/// What is on its way.
	pub in_flight: InFlight,
	/// The extrinsics that carried it.
	pub hashes: Vec<(Action, Hash)>,
	/// Counts.
	pub totals: Totals,
}

impl State {
	/// The state of a device that was never started.
	pub fn new(checkpoint: Checkpoint, charge: u64) -> Result<Self, Error> {
		Ok(Self {
			follower: Follower::new(checkpoint)?,
			charge,
			logs: Vec::new(),
			in_flight: InFlight::default(),
			hashes: Vec::new(),
			totals: Totals::default(),
		})
	}

	/// Loads the state, or starts at the checkpoint. A checkpoint above the stored head replaces
	/// it: that is how a new image leads past a forced change.
	pub fn load(
		slots: &mut FileSlots,
		checkpoint: Checkpoint,
		charge: u64,
	) -> Result<(Store, Self), Error> {
		let (store, stored) = Store::load::<Self>(slots)?;
		let mut state = match stored {
			Some(state) => state,
			None => Self::new(checkpoint.clone(), charge)?,
		};
		let genesis = *state.follower.genesis();
		if genesis != checkpoint.genesis || checkpoint.number > state.follower.head().number {
			state.follower.rebase(checkpoint)?;
		}
		Ok((store, state))
	}

	/// Notes a metered interval.
	pub fn keep(&mut self, log: IntervalLog) {
		if self.logs.len() >= LOGS {
			self.logs.remove(0);
		}
		self.logs.push(log);
	}

	/// The readings of an interval.
	pub fn log(&self, interval: Interval) -> Option<&IntervalLog> {
		self.logs.iter().find(|log| log.interval() == interval)
	}

	/// The readings of an interval, to be settled.
	pub fn log_mut(&mut self, interval: Interval) -> Option<&mut IntervalLog> {
		self.logs.iter_mut().find(|log| log.interval() == interval)
	}

	/// Notes the extrinsic that carries an action.
	pub fn sent(&mut self, action: Action, nonce: u32, death: u32, hash: Hash) {
		self.in_flight.sent(action, nonce, death);
		self.hashes.retain(|(of, _)| *of != action);
		if self.hashes.len() >= HASHES {
			self.hashes.remove(0);
		}
		self.hashes.push((action, hash));
	}

	/// The extrinsic that carried an action last.
	pub fn hash_of(&self, action: &Action) -> Option<Hash> {
		self.hashes.iter().find(|(of, _)| of == action).map(|(_, hash)| *hash)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_light_core::headers::Authority;

	fn checkpoint(number: u32) -> Checkpoint {
		Checkpoint {
			genesis: [1; 32],
			hash: [number as u8; 32],
			number,
			set_id: 0,
			authorities: vec![Authority { key: [2; 32], weight: 1 }],
		}
	}

	#[test]
	fn state_should_return_when_stored_and_move_when_the_image_is_newer() {
		let mut slots = FileSlots::new(&crate::testing::directory("state")).unwrap();
		let (mut store, mut state) = State::load(&mut slots, checkpoint(0), 5).unwrap();
		assert_eq!(state.charge, 5);
		for interval in 0..60 {
			state.keep(IntervalLog::new(Interval(interval)));
		}
		assert_eq!(state.logs.len(), LOGS);
		assert!(state.log(Interval(11)).is_none() && state.log(Interval(12)).is_some());
		state.charge = 9;
		store.save(&mut slots, &state).unwrap();

		let (_, again) = State::load(&mut slots, checkpoint(0), 5).unwrap();
		assert_eq!(again, state);
		let (_, moved) = State::load(&mut slots, checkpoint(8), 5).unwrap();
		assert_eq!((moved.follower.head().number, moved.charge), (8, 9));
		let other = Checkpoint { genesis: [7; 32], ..checkpoint(8) };
		assert!(matches!(State::load(&mut slots, other, 5), Err(Error::Follow(_))));
	}
}
