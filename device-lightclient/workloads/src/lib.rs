#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

pub mod contents;
pub mod digits;
pub mod inference;
pub mod rendering;
pub mod samples;
pub mod training;

mod fixed;
mod stream;

#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::{fmt, ops::ControlFlow};

pub use pogcs_primitives::jobs::{Hash, Job, JobFlaw, JobKind, Receipt, Source};

use contents::Contents;

/// How far a chunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
	/// Rows or pixels that are done.
	pub done: u64,
	/// All of them.
	pub of: u64,
}

/// Told how far a chunk is, and says whether to go on.
pub type Watch<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// What a chunk is run with.
pub struct Setting<'a> {
	/// Where weights, rows and scenes are.
	pub contents: &'a dyn Contents,
	/// The most memory that it may take, in bytes.
	pub memory: u64,
	/// Looks on.
	pub watch: &'a mut Watch<'a>,
}

impl Setting<'_> {
	/// Tells how far it is.
	///
	/// # Errors
	/// [`Failure::Stopped`] if it is not to go on.
	fn step(&mut self, done: u64, of: u64) -> Result<(), Failure> {
		match (self.watch)(Progress { done, of }) {
			ControlFlow::Continue(()) => Ok(()),
			ControlFlow::Break(()) => Err(Failure::Stopped),
		}
	}
}

/// What a chunk gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
	/// The new weights, the scores, the pixels.
	pub bytes: Vec<u8>,
	/// The operations of 8 bits that were done, counted as the job counts them.
	pub operations: u64,
}

impl Output {
	/// What the chain compares.
	pub fn receipt(&self) -> Receipt {
		Receipt::new(&self.bytes, self.operations)
	}
}

/// Something large that a job names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
	/// What it is.
	pub what: What,
	/// Where it comes from.
	pub source: Source,
	/// How many bytes it has.
	pub bytes: u64,
}

/// What something large is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
	/// The weights of a network.
	Weights,
	/// Rows of data.
	Rows,
	/// The shapes of a scene.
	Scene,
}

impl fmt::Display for What {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Weights => "weights",
			Self::Rows => "rows",
			Self::Scene => "scene",
		})
	}
}

/// Why a chunk gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
	/// The job cannot be done by anybody.
	Flaw(JobFlaw),
	/// The job has no such chunk.
	NoSuchChunk {
		/// What was asked for.
		chunk: u32,
		/// How many it has.
		chunks: u32,
	},
	/// It takes more memory than there is for it, in bytes.
	Memory(u64),
	/// A content is not here.
	Missing(Need),
	/// A content has another size or hash.
	Forged(Need),
	/// A content has the right hash and is no use: nobody can do the job.
	Useless(What, &'static str),
	/// It was stopped.
	Stopped,
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("0x")?;
		self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
	}
}

impl fmt::Display for Need {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { what, source, bytes } = self;
		match source {
			Source::Content(hash) => write!(f, "{what} {} of {bytes} bytes", Hex(hash)),
			Source::Seed(seed) => write!(f, "{what} of {bytes} bytes made from {}", Hex(seed)),
		}
	}
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Flaw(flaw) => flaw.fmt(f),
			Self::NoSuchChunk { chunk, chunks } => {
				write!(f, "there is no chunk {chunk}: the job has {chunks}, counted from 0")
			}
			Self::Memory(bytes) => write!(
				f,
				"the job takes up to {} MiB of memory, more than there is for it: allow more, or leave it \
				 to another device",
				bytes.div_ceil(1 << 20)
			),
			Self::Missing(need) => write!(
				f,
				"the job's {need} are not here: get the file from the client and put it among the \
				 device's contents"
			),
			Self::Forged(need) => write!(
				f,
				"what is here as the job's {need} has another size or hash: get the file again"
			),
			Self::Useless(what, words) => {
				write!(f, "the job's {what} cannot be used, by nobody: {words}")
			}
			Self::Stopped => f.write_str("the chunk was stopped before it was done"),
		}
	}
}

impl core::error::Error for Failure {}

impl From<JobFlaw> for Failure {
	fn from(flaw: JobFlaw) -> Self {
		Self::Flaw(flaw)
	}
}

/// Something that is done in chunks, with the same result for everybody.
pub trait Workload {
	/// What the chain has of it.
	fn job(&self) -> Job;

	/// What it names.
	fn needs(&self) -> Vec<Need>;

	/// The most memory that a chunk takes, in bytes, what it names included.
	fn memory(&self) -> u64;

	/// Computes a chunk of a job that is within bounds. [`Self::run`] calls it.
	///
	/// # Errors
	/// Why there is no output.
	fn compute(&self, chunk: u32, setting: &mut Setting) -> Result<Output, Failure>;

	/// Whether it can be done.
	///
	/// # Errors
	/// What of it is out of bounds.
	fn check(&self) -> Result<(), JobFlaw> {
		self.job().check()
	}

	/// How many chunks it has.
	fn chunks(&self) -> u32 {
		self.job().chunks()
	}

	/// Runs a chunk. Nothing is allocated before the job is known to be within bounds.
	///
	/// # Errors
	/// Why there is no output.
	fn run(&self, chunk: u32, setting: &mut Setting) -> Result<Output, Failure> {
		self.check()?;
		let chunks = self.chunks();
		if chunk >= chunks {
			return Err(Failure::NoSuchChunk { chunk, chunks });
		}
		let memory = self.memory();
		if memory > setting.memory {
			return Err(Failure::Memory(memory));
		}
		self.compute(chunk, setting)
	}
}

impl Workload for Job {
	fn job(&self) -> Job {
		*self
	}

	fn needs(&self) -> Vec<Need> {
		match self {
			Self::Training(job) => job.needs(),
			Self::Inference(job) => job.needs(),
			Self::Rendering(job) => job.needs(),
		}
	}

	fn memory(&self) -> u64 {
		match self {
			Self::Training(job) => job.memory(),
			Self::Inference(job) => job.memory(),
			Self::Rendering(job) => job.memory(),
		}
	}

	fn compute(&self, chunk: u32, setting: &mut Setting) -> Result<Output, Failure> {
		match self {
			Self::Training(job) => job.compute(chunk, setting),
			Self::Inference(job) => job.compute(chunk, setting),
			Self::Rendering(job) => job.compute(chunk, setting),
		}
	}
}

/// Room for `count` values, or words about it: nothing aborts where memory is short.
fn room<T>(count: u64) -> Result<Vec<T>, Failure> {
	let short = || Failure::Memory(count.saturating_mul(8));
	let count = usize::try_from(count).map_err(|_| short())?;
	let mut room = Vec::new();
	room.try_reserve_exact(count).map_err(|_| short())?;
	Ok(room)
}

/// `count` zeroes, or words about it.
fn zeroes<T: Clone + Default>(count: u64) -> Result<Vec<T>, Failure> {
	let mut room = room(count)?;
	// What was reserved; `room` has refused what does not fit.
	room.resize(usize::try_from(count).unwrap_or(0), T::default());
	Ok(room)
}
