//! Training and inference of networks.
//!
//! ```text
//! hidden(0) = f(W(0) * [row; 1])      width    x (inputs + 1)
//! hidden(n) = f(W(n) * [hidden; 1])   width    x (width + 1), depth - 1 times
//! scores    =   W(d) * [hidden; 1]    outputs  x (width + 1)
//! ```

use super::{part, wire, JobFlaw, Source, MAX_CONTENT, WIDE};
use crate::workload;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most hidden layers.
const MAX_DEPTH: u8 = 16;
/// A row's answer is one byte.
const MAX_OUTPUTS: u16 = 256;
/// The most inputs and the widest layer that are trained: no sum then leaves 64 bits.
const MAX_TRAINED: u16 = 8_192;
/// The steepest learning rate: 16.
const MAX_RATE: u32 = 16 << 16;
/// The bits by which an input byte is scaled down: inputs are below 64.
const MIN_SCALE: u8 = 2;
const MAX_SCALE: u8 = 8;
/// The most bits by which a sum of an int8 layer is shifted.
const MAX_SHIFT: u8 = 24;
/// Bytes of a weight that is being trained.
const TRAINED: u64 = 4;

wire! {
	/// The shape of a network whose hidden layers are all of one width.
	pub struct Network {
		/// Bytes of a row of input.
		pub inputs: u16,
		/// Neurons of each hidden layer.
		pub width: u16,
		/// Hidden layers, 1 to 16.
		pub depth: u8,
		/// Scores of a row, 2 to 256.
		pub outputs: u16,
	}
}

impl Network {
	/// The digits network, whose inference the first circuit proves.
	pub const DIGITS: Self = Self { inputs: 64, width: 16, depth: 1, outputs: 10 };

	fn check(&self) -> Result<(), JobFlaw> {
		if self.inputs == 0 || self.width == 0 {
			return Err(JobFlaw::Nothing);
		}
		let outputs = (2..=MAX_OUTPUTS).contains(&self.outputs);
		if !(1..=MAX_DEPTH).contains(&self.depth) || !outputs {
			return Err(JobFlaw::Shape);
		}
		Ok(())
	}

	/// Weights of the first layer, biases included.
	pub fn first(&self) -> u64 {
		u64::from(self.inputs).saturating_add(1).saturating_mul(u64::from(self.width))
	}

	/// All weights, biases included.
	pub fn weights(&self) -> u64 {
		let width = u64::from(self.width);
		let column = width.saturating_add(1);
		let between = u64::from(self.depth).saturating_sub(1).saturating_mul(width);
		let rows = between.saturating_add(u64::from(self.outputs));
		self.first().saturating_add(rows.saturating_mul(column))
	}
}

wire! {
	/// Stochastic gradient descent in small batches: each chunk trains the same first weights on its
	/// part of the rows, and its output is the weights that it came to. With one part it is the
	/// ordinary algorithm; with several, the client averages what comes back, and asks for the next
	/// round (McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized
	/// Data", 2017).
	pub struct Training {
		/// Its shape: at most 8,192 inputs, and as many neurons in a layer.
		pub network: Network,
		/// The first weights, four bytes each, or a seed for random ones.
		pub weights: Source,
		/// The rows: `inputs` bytes and the answer, one byte.
		pub data: Source,
		/// How many rows.
		pub rows: u32,
		/// How many parts they are split into, a chunk each.
		pub parts: u16,
		/// How often each part is gone through.
		pub epochs: u16,
		/// Epochs that came before: the order of the rows goes on from there.
		pub before: u32,
		/// Rows of a batch.
		pub batch: u16,
		/// The learning rate, in 2^-16.
		pub rate: u32,
		/// Input bytes are divided by 2 to this power, 2 to 8.
		pub scale: u8,
		/// What the order of the rows is drawn from.
		pub seed: [u8; 32],
	}
}

impl Training {
	pub(super) fn check(&self) -> Result<(), JobFlaw> {
		self.network.check()?;
		if [self.rows, self.rate].contains(&0) || [self.parts, self.epochs, self.batch].contains(&0)
		{
			return Err(JobFlaw::Nothing);
		}
		let last = self.before.checked_add(u32::from(self.epochs));
		let scaled = (MIN_SCALE..=MAX_SCALE).contains(&self.scale);
		if self.rate > MAX_RATE || !scaled || last.is_none() {
			return Err(JobFlaw::OutOfRange);
		}
		if self.network.inputs.max(self.network.width) > MAX_TRAINED {
			return Err(JobFlaw::Shape);
		}
		if u32::from(self.parts) > self.rows {
			return Err(JobFlaw::TooManyChunks);
		}
		if self.weights_bytes() > MAX_CONTENT || self.data_bytes() > MAX_CONTENT {
			return Err(JobFlaw::TooLarge);
		}
		Ok(())
	}

	/// Bytes of the weights.
	pub fn weights_bytes(&self) -> u64 {
		self.network.weights().saturating_mul(TRAINED)
	}

	/// Bytes of a row: the inputs and the answer.
	pub fn row_bytes(&self) -> u64 {
		u64::from(self.network.inputs).saturating_add(1)
	}

	/// Bytes of all rows.
	pub fn data_bytes(&self) -> u64 {
		u64::from(self.rows).saturating_mul(self.row_bytes())
	}

	/// The rows of a chunk: the first one, and how many.
	pub fn part(&self, chunk: u32) -> Option<(u32, u32)> {
		part(self.rows, u32::from(self.parts), chunk)
	}

	pub(super) fn chunks(&self) -> u32 {
		u32::from(self.parts)
	}

	/// For each row and weight a multiplication and an addition forward, as many for the weight's
	/// gradient, and as many to lead the error back through all layers but the first; for each batch and
	/// weight one step.
	pub(super) fn operations(&self, chunk: u32) -> Option<u64> {
		let (_, rows) = self.part(chunk)?;
		let batches = rows.div_ceil(u32::from(self.batch.max(1)));
		let weights = self.network.weights();
		let back = weights.saturating_sub(self.network.first());
		let row = weights.checked_mul(4)?.checked_add(back.checked_mul(2)?)?;
		let epoch = row
			.checked_mul(u64::from(rows))?
			.checked_add(weights.checked_mul(u64::from(batches))?)?;
		epoch.checked_mul(u64::from(self.epochs))?.checked_mul(WIDE)
	}

	pub(super) fn output_bytes(&self, chunk: u32) -> Option<u64> {
		self.part(chunk).map(|_| self.weights_bytes())
	}
}

wire! {
	/// An int8 network on rows of input. A hidden value is `clamp(max(sum, 0) >> shift, 0, 127)`; what
	/// the bias of the first layer multiplies is `bias`, of the others 127. The output is the scores,
	/// four bytes each, of the chunk's rows.
	pub struct Inference {
		/// Its shape.
		pub network: Network,
		/// The weights, a byte each, layer by layer and row by row, the bias last in each row.
		pub weights: Source,
		/// The rows, `inputs` bytes each.
		pub data: Source,
		/// How many rows.
		pub rows: u32,
		/// Rows of a chunk; the last chunk may have fewer.
		pub batch: u32,
		/// What the first layer's bias multiplies.
		pub bias: u8,
		/// How far a sum is shifted to make a hidden value, at most 24.
		pub shift: u8,
	}
}

impl Inference {
	/// The network whose inference the first circuit proves, in chunks as the circuit has them.
	pub const fn digits(weights: Source, data: Source, rows: u32) -> Self {
		Self { network: Network::DIGITS, weights, data, rows, batch: 4, bias: 16, shift: 7 }
	}

	/// Whether each chunk, if it is full and its inputs are at most [`workload::MAX_PIXEL`], is what
	/// the first circuit proves: for it a proof can take the place of a second run.
	pub fn is_provable(&self) -> bool {
		*self == Self::digits(self.weights, self.data, self.rows)
	}

	pub(super) fn check(&self) -> Result<(), JobFlaw> {
		self.network.check()?;
		if [self.rows, self.batch].contains(&0) {
			return Err(JobFlaw::Nothing);
		}
		if self.shift > MAX_SHIFT {
			return Err(JobFlaw::OutOfRange);
		}
		if self.weights_bytes() > MAX_CONTENT || self.data_bytes() > MAX_CONTENT {
			return Err(JobFlaw::TooLarge);
		}
		Ok(())
	}

	/// Bytes of the weights.
	pub fn weights_bytes(&self) -> u64 {
		self.network.weights()
	}

	/// Bytes of all rows.
	pub fn data_bytes(&self) -> u64 {
		u64::from(self.rows).saturating_mul(u64::from(self.network.inputs))
	}

	/// The rows of a chunk: the first one, and how many.
	pub fn part(&self, chunk: u32) -> Option<(u32, u32)> {
		let first = chunk.checked_mul(self.batch)?;
		let rows = self.rows.checked_sub(first)?.min(self.batch);
		(rows > 0).then_some((first, rows))
	}

	pub(super) fn chunks(&self) -> u32 {
		self.rows.div_ceil(self.batch.max(1))
	}

	/// A multiplication and an addition for each row and weight.
	pub(super) fn operations(&self, chunk: u32) -> Option<u64> {
		let (_, rows) = self.part(chunk)?;
		self.network.weights().checked_mul(2)?.checked_mul(u64::from(rows))
	}

	pub(super) fn output_bytes(&self, chunk: u32) -> Option<u64> {
		let (_, rows) = self.part(chunk)?;
		Some(u64::from(rows).saturating_mul(u64::from(self.network.outputs)).saturating_mul(4))
	}
}

// The circuit's shape, written as numbers above, since `u16::try_from` is not const.
const _: () = assert!(
	workload::PIXELS == 64
		&& workload::HIDDEN == 16
		&& workload::CLASSES == 10
		&& workload::BATCH == 4
		&& workload::MAX_PIXEL == 16
);
