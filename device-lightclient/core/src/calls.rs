//! The calls that a device makes, and nothing else: four of its work, three of its benchmark.
//!
//! Where a call stands in the runtime is data, not code: [`CallIndices`] of the chain that the
//! image was built for. The metadata hash in each signature makes a runtime in which they moved
//! refuse the extrinsic; a test of the runtime compares [`CallIndices::POGCS`] with itself.

use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, Encode};
use pogcs_primitives::{
	wire::{EnergyReport, Signature, Submission},
	Commitment, DeviceId, TaskId,
};

use crate::Hash;

/// Index of the pallet in the runtime and of the call in the pallet.
pub type CallIndex = [u8; 2];

/// Where the calls stand in the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CallIndices {
	/// `Energy::report`.
	pub report: CallIndex,
	/// `Tasks::accept`.
	pub accept: CallIndex,
	/// `Tasks::commit`.
	pub commit: CallIndex,
	/// `Tasks::prove`.
	pub prove: CallIndex,
	/// `Devices::request_challenge`.
	pub request_challenge: CallIndex,
	/// `Devices::commit_challenge`.
	pub commit_challenge: CallIndex,
	/// `Devices::open_challenge`.
	pub open_challenge: CallIndex,
}

impl CallIndices {
	/// Those of the PoGCS runtime.
	pub const POGCS: Self = Self {
		report: [31, 0],
		accept: [33, 2],
		commit: [33, 4],
		prove: [33, 5],
		request_challenge: [30, 21],
		commit_challenge: [30, 22],
		open_challenge: [30, 23],
	};

	/// Pallet, call and index of each, by the names that the runtime's metadata gives them.
	pub const fn named(&self) -> [(&'static str, &'static str, CallIndex); 7] {
		[
			("Energy", "report", self.report),
			("Tasks", "accept", self.accept),
			("Tasks", "commit", self.commit),
			("Tasks", "prove", self.prove),
			("Devices", "request_challenge", self.request_challenge),
			("Devices", "commit_challenge", self.commit_challenge),
			("Devices", "open_challenge", self.open_challenge),
		]
	}
}

/// A call with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
	/// Reports an interval's metering.
	Report {
		/// What was metered.
		report: EnergyReport,
		/// The device's signature under it.
		signature: Signature,
	},
	/// Takes a chunk on.
	Accept {
		/// This device.
		device: DeviceId,
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
	},
	/// Binds the device to a chunk's result before the challenge is known.
	Commit {
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
		/// Commitment to everything that the network computed.
		work: Commitment,
	},
	/// Proves a chunk.
	Prove {
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
		/// Proof and result.
		submission: Box<Submission>,
	},
	/// Asks for a timed challenge.
	RequestChallenge {
		/// This device.
		device: DeviceId,
	},
	/// Says that all leaves of the challenge are evaluated.
	CommitChallenge {
		/// This device.
		device: DeviceId,
		/// The Merkle root over them.
		root: Hash,
	},
	/// Opens the leaves that were drawn.
	OpenChallenge {
		/// This device.
		device: DeviceId,
		/// What leads from each of them to the root.
		nodes: Vec<Hash>,
	},
}

impl Call {
	/// The encoded call.
	pub fn encode(&self, indices: &CallIndices) -> Vec<u8> {
		match self {
			Self::Report { report, signature } => (indices.report, report, signature).encode(),
			Self::Accept { device, task, chunk } => (indices.accept, device, task, chunk).encode(),
			Self::Commit { task, chunk, work } => (indices.commit, task, chunk, work).encode(),
			Self::Prove { task, chunk, submission } => {
				(indices.prove, task, chunk, submission).encode()
			}
			Self::RequestChallenge { device } => (indices.request_challenge, device).encode(),
			Self::CommitChallenge { device, root } => {
				(indices.commit_challenge, device, root).encode()
			}
			Self::OpenChallenge { device, nodes } => {
				(indices.open_challenge, device, nodes).encode()
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_primitives::{Interval, MilliWattHours};

	#[test]
	fn call_should_start_with_its_index_when_encoded() {
		let indices = CallIndices {
			report: [1, 2],
			accept: [3, 4],
			commit: [5, 6],
			prove: [7, 8],
			request_challenge: [9, 10],
			commit_challenge: [11, 12],
			open_challenge: [13, 14],
		};
		let device = DeviceId(1);
		let request = Call::RequestChallenge { device }.encode(&indices);
		assert_eq!(request, [9, 10, 1, 0, 0, 0]);
		let commit = Call::CommitChallenge { device, root: [7; 32] }.encode(&indices);
		assert_eq!((&commit[..6], &commit[6..]), (&[11, 12, 1, 0, 0, 0][..], &[7; 32][..]));
		let nodes = alloc::vec![[8; 32], [9; 32]];
		let open = Call::OpenChallenge { device, nodes }.encode(&indices);
		// A list starts with its length, compact.
		assert_eq!((&open[..7], open.len()), (&[13, 14, 1, 0, 0, 0, 8][..], 7 + 64));
		let accept = Call::Accept { device: DeviceId(1), task: TaskId(2), chunk: 3 };
		assert_eq!(accept.encode(&indices), [3, 4, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]);
		let work = Commitment([9; 32]);
		let commit = Call::Commit { task: TaskId(2), chunk: 3, work }.encode(&indices);
		assert_eq!((&commit[..2], commit.len()), (&[5, 6][..], 2 + 8 + 4 + 32));
		let report = EnergyReport {
			device: DeviceId(1),
			interval: Interval(2),
			generation: MilliWattHours(3),
			storage_in: MilliWattHours(4),
			storage_out: MilliWattHours(5),
			grid_import: MilliWattHours(6),
			grid_export: MilliWattHours(7),
			compute_draw: MilliWattHours(8),
			green_supply: MilliWattHours(9),
			green_draw: MilliWattHours(10),
			root: Commitment([5; 32]),
		};
		let call = Call::Report { report, signature: [6; 64] }.encode(&indices);
		assert_eq!((&call[..2], call.len()), (&[1, 2][..], 2 + 4 + 4 + 8 * 8 + 32 + 64));
		let submission = Submission {
			proof: [1; 128],
			scores: [0; 40],
			green: MilliWattHours(1),
			nullifier: Commitment([2; 32]),
		};
		let call = Call::Prove { task: TaskId(2), chunk: 3, submission: Box::new(submission) }
			.encode(&indices);
		assert_eq!((&call[..2], call.len()), (&[7, 8][..], 2 + 8 + 4 + 128 + 160 + 8 + 32));
	}
}
