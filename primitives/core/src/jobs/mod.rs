//! Jobs that a client can ask for (D1): what a job says, what a chunk of it is, what it counts for
//! and how its result is named.
//!
//! A [`Job`] is small and of fixed size. What is large (weights, rows of data, a scene) is named by
//! its [`Source`]: the hash of its bytes, or a seed that it is made from. How large it has to be
//! follows from the job, so that nobody reserves memory for more than that.
//!
//! A job is done in chunks, each by itself. All integers, all orders and all roundings of the three
//! kinds are defined in the crate `pogcs-workloads`: whoever runs a chunk gets the same [`Receipt`],
//! and the chain compares [`Receipt::result`]s.
//!
//! # What a chunk counts for
//! Operations are counted as the reference card's data sheet counts them, in multiplications and
//! additions of 8 bits. One of 32 bits counts as [`WIDE`] of those: the same sheet has 624 * 10^12 int8
//! and 19.5 * 10^12 32-bit operations a second (and a product of 32 bits is 16 products of 8 bits and
//! their sums). [`Job::operations`] is the most that a chunk can take, as a function of the parameters
//! alone: what has to be bought. [`Receipt::operations`] is what was done. Both agree for training
//! and inference; a ray that meets the sky at once takes fewer steps than it may.

mod network;
mod render;
#[cfg(test)]
mod tests;

pub use network::{Inference, Network, Training};
pub use render::{Camera, Rendering, MAX_SHAPES, MAX_SIDE, SHAPE_BYTES, SHAPE_OPERATIONS};

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::num::NonZeroU64;
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

use crate::MicroGpuHours;

/// BLAKE2b with 256 bits of output.
pub type Hash = [u8; 32];

/// The most bytes of one content: weights, data, scene.
pub const MAX_CONTENT: u64 = 64 * 1024 * 1024;
/// The most bytes of a chunk's output.
pub const MAX_OUTPUT: u64 = 64 * 1024 * 1024;
/// The most chunks of a job.
pub const MAX_CHUNKS: u32 = 1 << 16;
/// Operations of 8 bits that one of 32 bits counts as: 624 / 19.5.
pub const WIDE: u64 = 32;
/// What the reference card does in a millionth of an hour, in operations of 8 bits: 624 * 10^12 a
/// second ("NVIDIA A100 Tensor Core GPU", datasheet of June 2021, INT8 without sparsity), for 3.6 ms.
pub const OPERATIONS_PER_MICRO_GPU_HOUR: u64 = 624_000_000_000_000 / 1_000_000 * 3_600;

const JOB_CONTEXT: &[u8] = b"pogcs/job/1";
const RESULT_CONTEXT: &[u8] = b"pogcs/job/result/1";

/// Derives what every wire type of a job has.
macro_rules! wire {
	($(#[$doc:meta])* $vis:vis $keyword:ident $name:ident $body:tt) => {
		$(#[$doc])*
		#[derive(
			Clone,
			Copy,
			Debug,
			PartialEq,
			Eq,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
		)]
		$vis $keyword $name $body
	};
}
pub(crate) use wire;

wire! {
	/// Where something large comes from.
	pub enum Source {
		/// The bytes with this BLAKE2b-256. Whoever does not have them cannot take the work on.
		#[codec(index = 0)]
		Content(Hash),
		/// Made from this seed: random first weights, a set of made-up rows, a made-up scene.
		#[codec(index = 1)]
		Seed(Hash),
	}
}

wire! {
	/// What is to be done.
	pub enum Job {
		/// Epochs of stochastic gradient descent.
		#[codec(index = 0)]
		Training(Training),
		/// A trained int8 network on rows of input.
		#[codec(index = 1)]
		Inference(Inference),
		/// A picture.
		#[codec(index = 2)]
		Rendering(Rendering),
	}
}

wire! {
	/// The kind of a job, for who admits or prices kinds.
	#[derive(PartialOrd, Ord)]
	pub enum JobKind {
		/// [`Job::Training`].
		#[codec(index = 0)]
		Training,
		/// [`Job::Inference`].
		#[codec(index = 1)]
		Inference,
		/// [`Job::Rendering`].
		#[codec(index = 2)]
		Rendering,
	}
}

/// Why a job is not taken. Each has words that say what to change.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum JobFlaw {
	/// A number that counts something is zero.
	#[codec(index = 0)]
	Nothing,
	/// The network's shape is beyond its bounds.
	#[codec(index = 1)]
	Shape,
	/// Weights, data, scene or output are larger than is allowed.
	#[codec(index = 2)]
	TooLarge,
	/// More chunks than a job can have, or than there are rows.
	#[codec(index = 3)]
	TooManyChunks,
	/// A number is beyond what its arithmetic is exact for.
	#[codec(index = 4)]
	OutOfRange,
	/// The camera looks nowhere.
	#[codec(index = 5)]
	Camera,
}

impl core::fmt::Display for JobFlaw {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Nothing => "a size or count of the job is zero: give each at least one",
			Self::Shape => {
				"the network's shape is out of bounds: 1 to 16 hidden layers, 2 to 256 outputs, and where \
				 it is trained at most 8,192 inputs and neurons in a layer"
			}
			Self::TooLarge => {
				"weights, data, scene or output of the job would be above 64 MiB: use smaller ones, or \
				 several jobs"
			}
			Self::TooManyChunks => {
				"the job has more chunks than rows, or more than 65,536: make the chunks larger"
			}
			Self::OutOfRange => {
				"a number of the job is beyond the range that its arithmetic is exact in: see the \
				 bounds in the documentation of its kind"
			}
			Self::Camera => {
				"the camera looks nowhere: its eye, its target and the direction up must not lie on one \
				 line"
			}
		})
	}
}

/// What doing one chunk gave.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Receipt {
	/// BLAKE2b-256 of the output's bytes.
	pub output: Hash,
	/// The operations that were done, counted by whoever ran it: all honest runs count alike.
	pub operations: u64,
}

impl Receipt {
	/// The receipt of an output.
	pub fn new(output: &[u8], operations: u64) -> Self {
		Self { output: blake2_256(output), operations }
	}

	/// Whether the operations can be those of this chunk: of a picture at least one look for each ray,
	/// of all else exactly as many as the job says.
	pub fn is_plausible(&self, job: &Job, chunk: u32) -> bool {
		let Some(most) = job.operations(chunk) else { return false };
		let least = match job {
			Job::Training(_) | Job::Inference(_) => Some(most),
			Job::Rendering(job) => job.least_operations(chunk),
		};
		least.is_some_and(|least| (least..=most).contains(&self.operations))
	}

	/// The name of this result of this chunk: equal if and only if job, chunk, output and operations
	/// are. A commitment to it has to be bound to the device beside: it is the same for all.
	pub fn result(&self, job: &Job, chunk: u32) -> Hash {
		blake2_256(&(RESULT_CONTEXT, job.hash(), chunk, self.operations, self.output).encode())
	}
}

impl Job {
	/// Its kind.
	pub const fn kind(&self) -> JobKind {
		match self {
			Self::Training(_) => JobKind::Training,
			Self::Inference(_) => JobKind::Inference,
			Self::Rendering(_) => JobKind::Rendering,
		}
	}

	/// Its name: domain-separated BLAKE2b-256 of its encoding.
	pub fn hash(&self) -> Hash {
		blake2_256(&(JOB_CONTEXT, self).encode())
	}

	/// Whether it can be done: everything else here counts on it.
	///
	/// # Errors
	/// What of it is out of bounds.
	pub fn check(&self) -> Result<(), JobFlaw> {
		match self {
			Self::Training(job) => job.check(),
			Self::Inference(job) => job.check(),
			Self::Rendering(job) => job.check(),
		}?;
		let chunks = self.chunks();
		if chunks == 0 || chunks > MAX_CHUNKS {
			return Err(JobFlaw::TooManyChunks);
		}
		// The first chunk is never smaller than another one.
		if self.output_bytes(0).is_none_or(|bytes| bytes > MAX_OUTPUT)
			|| self.operations(0).is_none()
		{
			return Err(JobFlaw::TooLarge);
		}
		Ok(())
	}

	/// How many chunks it has; nothing of a job that [`Self::check`] refuses.
	pub fn chunks(&self) -> u32 {
		match self {
			Self::Training(job) => job.chunks(),
			Self::Inference(job) => job.chunks(),
			Self::Rendering(job) => job.chunks(),
		}
	}

	/// The most operations of 8 bits that a chunk takes. `None` if there is no such chunk, or they are
	/// more than can be counted. The first chunk's are never fewer than another's.
	pub fn operations(&self, chunk: u32) -> Option<u64> {
		match self {
			Self::Training(job) => job.operations(chunk),
			Self::Inference(job) => job.operations(chunk),
			Self::Rendering(job) => job.operations(chunk),
		}
	}

	/// Bytes of a chunk's output. `None` if there is no such chunk.
	pub fn output_bytes(&self, chunk: u32) -> Option<u64> {
		match self {
			Self::Training(job) => job.output_bytes(chunk),
			Self::Inference(job) => job.output_bytes(chunk),
			Self::Rendering(job) => job.output_bytes(chunk),
		}
	}

	/// What has to be bought for a chunk, rounded up, if a µGPU-h is `unit` operations:
	/// [`OPERATIONS_PER_MICRO_GPU_HOUR`], or on a development chain the operations of a leaf of the
	/// timed challenge. At least one.
	pub fn cost(&self, chunk: u32, unit: NonZeroU64) -> Option<MicroGpuHours> {
		let operations = self.operations(chunk)?;
		Some(MicroGpuHours(operations.div_ceil(unit.get()).max(1)))
	}
}

/// What operations that were done count for, rounded down: nobody gains weight by many small chunks.
pub fn credit(operations: u64, unit: NonZeroU64) -> MicroGpuHours {
	MicroGpuHours(operations.checked_div(unit.get()).unwrap_or(0))
}

/// Rows of part `index` of `rows` rows in `parts` parts: the first one, and how many. The first parts
/// have one more if they do not come out even.
pub(crate) fn part(rows: u32, parts: u32, index: u32) -> Option<(u32, u32)> {
	if index >= parts {
		return None;
	}
	let (even, more) = (rows.checked_div(parts)?, rows.checked_rem(parts)?);
	let first = index.checked_mul(even)?.checked_add(index.min(more))?;
	Some((first, even.checked_add(u32::from(index < more))?))
}
