//! The tree over the leaves: built by the device with bounded memory, verified by the chain.

use super::{sample, Hash, Kernel, Seed, SAMPLES};
use alloc::vec::Vec;
use core::num::NonZeroU32;
use sp_crypto_hashing::blake2_256;

/// Levels below the root of the largest tree.
pub const MAX_DEPTH: u8 = 32;

const MISSING: Hash = [0; 32];

fn node(left: &Hash, right: &Hash) -> Hash {
	let mut bytes = [0u8; 64];
	let (low, high) = bytes.split_at_mut(32);
	low.copy_from_slice(left);
	high.copy_from_slice(right);
	blake2_256(&bytes)
}

/// Levels below the root of the tree over `count` leaves.
pub fn depth(count: NonZeroU32) -> u8 {
	let last = count.get().saturating_sub(1);
	u8::try_from(u32::BITS.saturating_sub(last.leading_zeros())).unwrap_or(MAX_DEPTH)
}

/// How many nodes an opening has.
pub fn path_nodes(count: NonZeroU32) -> usize {
	SAMPLES.saturating_mul(usize::from(depth(count)))
}

/// Where the leaves below `level` levels end that stand before place `number` of that level.
fn first_leaf(number: u64, level: u8) -> u64 {
	number.checked_shl(u32::from(level)).unwrap_or(u64::MAX)
}

/// Why an opening is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
	/// It has too many or too few nodes.
	Length,
	/// It does not lead from the drawn leaves to the root.
	Mismatch,
}

/// Whether `nodes` lead from the leaves that `randomness` draws, which are evaluated here, to
/// `root`.
///
/// # Errors
/// An opening of another length, or of other leaves.
pub fn verify(
	kernel: &Kernel,
	count: NonZeroU32,
	root: &Hash,
	randomness: &[u8; 32],
	nodes: &[Hash],
) -> Result<(), Flaw> {
	if nodes.len() != path_nodes(count) {
		return Err(Flaw::Length);
	}
	let depth = usize::from(depth(count));
	for (place, index) in sample(kernel.seed(), root, randomness, count).into_iter().enumerate() {
		let mut hash = kernel.leaf(index);
		for (level, sibling) in
			(0u32..).zip(nodes.iter().skip(place.saturating_mul(depth)).take(depth))
		{
			let is_right = index.checked_shr(level).unwrap_or(0) & 1 == 1;
			hash = if is_right { node(sibling, &hash) } else { node(&hash, sibling) };
		}
		if hash != *root {
			return Err(Flaw::Mismatch);
		}
	}
	Ok(())
}

/// The work of one challenge, cut into subtrees of equal size.
///
/// Subtrees can be evaluated in any order, and side by side. Nothing is kept but their roots, so
/// what is needed of memory is 64 bytes for each; to open a leaf its subtree is evaluated again.
#[derive(Clone)]
pub struct Work {
	kernel: Kernel,
	count: NonZeroU32,
	height: u8,
	/// Roots of subtrees without a leaf, by height.
	missing: Vec<Hash>,
}

impl Work {
	/// The work on `count` leaves, in subtrees of `2^height`; at most the whole.
	pub fn new(seed: Seed, count: NonZeroU32, height: u8) -> Self {
		let mut missing = Vec::with_capacity(usize::from(MAX_DEPTH).saturating_add(1));
		let mut hash = MISSING;
		for _ in 0..=MAX_DEPTH {
			missing.push(hash);
			hash = node(&hash, &hash);
		}
		Self { kernel: Kernel::new(seed), count, height: height.min(depth(count)), missing }
	}

	/// The work on `count` leaves in subtrees so large that the tree takes at most `bytes`.
	pub fn within(seed: Seed, count: NonZeroU32, bytes: usize) -> Self {
		// 32 bytes for each root, and as much again for the levels above them.
		let most = u64::try_from(bytes).unwrap_or(u64::MAX).checked_div(64).unwrap_or(0).max(1);
		let mut height = 0u8;
		while height < MAX_DEPTH && u64::from(count.get()).div_ceil(first_leaf(1, height)) > most {
			height = height.saturating_add(1);
		}
		Self::new(seed, count, height)
	}

	/// How many subtrees there are.
	pub fn subtrees(&self) -> u32 {
		let leaves = first_leaf(1, self.height);
		u32::try_from(u64::from(self.count.get()).div_ceil(leaves)).unwrap_or(u32::MAX)
	}

	/// How many leaves each subtree has, the last one perhaps fewer.
	pub fn leaves(&self) -> u64 {
		first_leaf(1, self.height)
	}

	/// Evaluates the subtree with this number: the root of it.
	pub fn subtree(&self, number: u32) -> Hash {
		self.root_of(first_leaf(u64::from(number), self.height), self.height)
	}

	/// Evaluates everything, one subtree after the other.
	pub fn run(self) -> Tree {
		let roots = (0..self.subtrees()).map(|number| self.subtree(number)).collect();
		Tree::of(self, roots)
	}

	/// The tree over the roots of all subtrees, in their order. `None` if they are too many or too
	/// few.
	pub fn finish(self, roots: Vec<Hash>) -> Option<Tree> {
		(u32::try_from(roots.len()) == Ok(self.subtrees())).then(|| Tree::of(self, roots))
	}

	fn missing(&self, level: u8) -> Hash {
		self.missing.get(usize::from(level)).copied().unwrap_or(MISSING)
	}

	/// The root of the subtree of `2^level` leaves from `first` on. Recurs `level` times deep.
	fn root_of(&self, first: u64, level: u8) -> Hash {
		match u32::try_from(first) {
			Ok(index) if index < self.count.get() => match level.checked_sub(1) {
				None => self.kernel.leaf(index),
				Some(below) => {
					let half = first_leaf(1, below);
					let left = self.root_of(first, below);
					node(&left, &self.root_of(first.saturating_add(half), below))
				}
			},
			_ => self.missing(level),
		}
	}
}

/// The tree of one challenge.
#[derive(Clone)]
pub struct Tree {
	work: Work,
	/// From the subtrees' roots up; the last has one node.
	levels: Vec<Vec<Hash>>,
}

impl Tree {
	fn of(work: Work, roots: Vec<Hash>) -> Self {
		let top = depth(work.count);
		let mut levels = Vec::new();
		let mut level = roots;
		for height in work.height..top {
			let missing = work.missing(height);
			let above = level
				.chunks(2)
				.map(|pair| {
					let right = pair.get(1).unwrap_or(&missing);
					node(pair.first().unwrap_or(&missing), right)
				})
				.collect();
			levels.push(core::mem::replace(&mut level, above));
		}
		levels.push(level);
		Self { work, levels }
	}

	/// Its root.
	pub fn root(&self) -> Hash {
		self.levels.last().and_then(|level| level.first()).copied().unwrap_or(MISSING)
	}

	/// What opens the leaves that `randomness` draws.
	pub fn open(&self, randomness: &[u8; 32]) -> Vec<Hash> {
		let work = &self.work;
		let mut nodes = Vec::with_capacity(path_nodes(work.count));
		for index in sample(work.kernel.seed(), &self.root(), randomness, work.count) {
			for level in 0..depth(work.count) {
				nodes.push(self.sibling(index, level));
			}
		}
		nodes
	}

	/// The node beside the one above leaf `index` at `level`.
	fn sibling(&self, index: u32, level: u8) -> Hash {
		let beside = index.checked_shr(u32::from(level)).unwrap_or(0) ^ 1;
		match level.checked_sub(self.work.height) {
			None => self.work.root_of(first_leaf(u64::from(beside), level), level),
			Some(above) => self
				.levels
				.get(usize::from(above))
				.zip(usize::try_from(beside).ok())
				.and_then(|(nodes, place)| nodes.get(place))
				.copied()
				.unwrap_or_else(|| self.work.missing(level)),
		}
	}
}
