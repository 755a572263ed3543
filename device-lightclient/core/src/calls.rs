//! The calls that a device makes, and nothing else: its reports, its work, proven or compared, and its
//! benchmark; and the two of a leader that batches reports.
//!
//! Where a call stands in the runtime is data, not code: [`CallIndices`] of the chain that the
//! image was built for. The metadata hash in each signature makes a runtime in which they moved
//! refuse the extrinsic; a test of the runtime compares [`CallIndices::POGCS`] with itself.

use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, Encode};
use pogcs_primitives::{
	batch::Node,
	wire::{EnergyReport, Signature, Submission},
	Commitment, DeviceId, Interval, TaskId,
};

use crate::{batch::Opening, Hash};

/// Index of the pallet in the runtime and of the call in the pallet.
pub type CallIndex = [u8; 2];

/// Where the calls stand in the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CallIndices {
	/// `Energy::report`.
	pub report: CallIndex,
	/// `Energy::report_prepaid`.
	pub report_prepaid: CallIndex,
	/// `Energy::submit_batch`.
	pub submit_batch: CallIndex,
	/// `Energy::show_batch`.
	pub show_batch: CallIndex,
	/// `Energy::open_report`.
	pub open_report: CallIndex,
	/// `Tasks::accept`.
	pub accept: CallIndex,
	/// `Tasks::commit`.
	pub commit: CallIndex,
	/// `Tasks::prove`.
	pub prove: CallIndex,
	/// `Tasks::release`.
	pub release: CallIndex,
	/// `Tasks::enter`.
	pub enter: CallIndex,
	/// `Tasks::commit_answer`.
	pub commit_answer: CallIndex,
	/// `Tasks::open_answer`.
	pub open_answer: CallIndex,
	/// `Tasks::conclude`.
	pub conclude: CallIndex,
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
		report_prepaid: [31, 1],
		submit_batch: [31, 5],
		show_batch: [31, 6],
		open_report: [31, 7],
		accept: [33, 2],
		commit: [33, 4],
		prove: [33, 5],
		release: [33, 3],
		enter: [33, 10],
		commit_answer: [33, 11],
		open_answer: [33, 12],
		conclude: [33, 13],
		request_challenge: [30, 21],
		commit_challenge: [30, 22],
		open_challenge: [30, 23],
	};

	/// Pallet, call and index of each, by the names that the runtime's metadata gives them.
	pub const fn named(&self) -> [(&'static str, &'static str, CallIndex); 16] {
		[
			("Energy", "report", self.report),
			("Energy", "report_prepaid", self.report_prepaid),
			("Energy", "submit_batch", self.submit_batch),
			("Energy", "show_batch", self.show_batch),
			("Energy", "open_report", self.open_report),
			("Tasks", "accept", self.accept),
			("Tasks", "commit", self.commit),
			("Tasks", "prove", self.prove),
			("Tasks", "release", self.release),
			("Tasks", "enter", self.enter),
			("Tasks", "commit_answer", self.commit_answer),
			("Tasks", "open_answer", self.open_answer),
			("Tasks", "conclude", self.conclude),
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
	/// The same without a fee, for one that was paid for ahead. The extrinsic's signature stands for
	/// the report's.
	ReportPrepaid {
		/// What was metered.
		report: EnergyReport,
	},
	/// Puts the root of many reports on record.
	SubmitBatch {
		/// The interval that they are of.
		interval: Interval,
		/// Their root.
		root: Node,
	},
	/// Shows the reports that were drawn from a batch.
	ShowBatch {
		/// Its number.
		batch: u64,
		/// They, in the order in which they were drawn.
		openings: Vec<Opening>,
	},
	/// Puts one report of a batch on record.
	OpenReport {
		/// The batch's number.
		batch: u64,
		/// The report and the way to it.
		opening: Box<Opening>,
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
	/// Gives a chunk back.
	Release {
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
	},
	/// Would do a chunk that several devices do.
	Enter {
		/// This device.
		device: DeviceId,
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
	},
	/// Binds the device to its answer.
	CommitAnswer {
		/// This device.
		device: DeviceId,
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
		/// What hides the answer.
		commitment: Hash,
	},
	/// Opens it.
	OpenAnswer {
		/// This device.
		device: DeviceId,
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
		/// The answer, of the layer that is asked for.
		answer: Hash,
		/// What hid it.
		salt: Hash,
	},
	/// Has the answers compared.
	Conclude {
		/// The task.
		task: TaskId,
		/// Which of its chunks.
		chunk: u32,
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
			Self::ReportPrepaid { report } => (indices.report_prepaid, report).encode(),
			Self::SubmitBatch { interval, root } => (indices.submit_batch, interval, root).encode(),
			Self::ShowBatch { batch, openings } => (indices.show_batch, batch, openings).encode(),
			Self::OpenReport { batch, opening } => (indices.open_report, batch, opening).encode(),
			Self::Accept { device, task, chunk } => (indices.accept, device, task, chunk).encode(),
			Self::Commit { task, chunk, work } => (indices.commit, task, chunk, work).encode(),
			Self::Prove { task, chunk, submission } => {
				(indices.prove, task, chunk, submission).encode()
			}
			Self::Release { task, chunk } => (indices.release, task, chunk).encode(),
			Self::Enter { device, task, chunk } => (indices.enter, device, task, chunk).encode(),
			Self::CommitAnswer { device, task, chunk, commitment } => {
				(indices.commit_answer, device, task, chunk, commitment).encode()
			}
			Self::OpenAnswer { device, task, chunk, answer, salt } => {
				(indices.open_answer, device, task, chunk, answer, salt).encode()
			}
			Self::Conclude { task, chunk } => (indices.conclude, task, chunk).encode(),
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
			report_prepaid: [15, 16],
			submit_batch: [17, 18],
			show_batch: [19, 20],
			open_report: [21, 22],
			release: [23, 24],
			enter: [25, 26],
			commit_answer: [27, 28],
			open_answer: [29, 30],
			conclude: [31, 32],
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
		let (device, task, chunk) = (DeviceId(1), TaskId(2), 3);
		let place = [2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0];
		let release = Call::Release { task, chunk }.encode(&indices);
		assert_eq!((&release[..2], &release[2..]), (&[23, 24][..], &place[..]));
		let enter = Call::Enter { device, task, chunk }.encode(&indices);
		assert_eq!((&enter[..6], &enter[6..]), (&[25, 26, 1, 0, 0, 0][..], &place[..]));
		let bind = Call::CommitAnswer { device, task, chunk, commitment: [4; 32] }.encode(&indices);
		assert_eq!((&bind[..6], &bind[6..18]), (&[27, 28, 1, 0, 0, 0][..], &place[..]));
		assert_eq!(bind[18..], [4; 32]);
		let open = Call::OpenAnswer { device, task, chunk, answer: [5; 32], salt: [6; 32] };
		let open = open.encode(&indices);
		assert_eq!((&open[..6], &open[6..18]), (&[29, 30, 1, 0, 0, 0][..], &place[..]));
		assert_eq!((&open[18..50], &open[50..]), (&[5; 32][..], &[6; 32][..]));
		let conclude = Call::Conclude { task, chunk }.encode(&indices);
		assert_eq!((&conclude[..2], &conclude[2..]), (&[31, 32][..], &place[..]));
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
		let call = Call::ReportPrepaid { report }.encode(&indices);
		assert_eq!((&call[..2], call.len()), (&[15, 16][..], 2 + 4 + 4 + 8 * 8 + 32));

		let node = crate::batch::leaf(&report, &[6; 64]);
		let call = Call::SubmitBatch { interval: Interval(2), root: node }.encode(&indices);
		assert_eq!((&call[..6], call.len()), (&[17, 18, 2, 0, 0, 0][..], 6 + 32 + 3 * 4 + 2 * 8));
		let path = alloc::vec![pogcs_primitives::batch::Step { left: true, node }];
		let opening = Opening { report, signature: [6; 64], path };
		let length = 104 + 64 + 1 + 61;
		let openings = alloc::vec![opening.clone(), opening.clone()];
		let call = Call::ShowBatch { batch: 3, openings }.encode(&indices);
		assert_eq!((&call[..3], call.len()), (&[19, 20, 3][..], 2 + 8 + 1 + 2 * length));
		let call = Call::OpenReport { batch: 3, opening: Box::new(opening) }.encode(&indices);
		assert_eq!((&call[..3], call.len()), (&[21, 22, 3][..], 2 + 8 + length));
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
