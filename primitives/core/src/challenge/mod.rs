//! The timed challenge: how a device shows that something as fast as its class says answers with
//! its key (B1, B3).
//!
//! 1. The chain fixes a [`Seed`] that nobody knew before, and a number of leaves: as many as the
//!    class evaluates in the time that is given.
//! 2. The device evaluates the [`Kernel`], a small int8 network, once for each leaf, builds the
//!    Merkle tree over the results ([`Work`], [`Tree`]) and sends its root before the time is over.
//! 3. Later randomness draws [`SAMPLES`] leaves ([`sample`]). The device sends what leads from each
//!    of them to the root; the chain evaluates these leaves itself and [`verify`]s.
//!
//! Whoever left out a share `s` of the leaves gets through with a chance of `(1 - s)^16`: a tenth,
//! 19 %; a half, 1 in 65,536. It says that something that fast stood behind the key in that moment,
//! not what, nor where: fast hardware can be rented.
//!
//! # The kernel
//! `block(d, i, n)` is BLAKE2b-512 of `seed || d || i || n`, where `d` and `n` are one byte and `i`
//! is four, little-endian. Its 64 bytes are read as numbers of -128..=127.
//! - Row `r` of the weights, a matrix of 64 by 64, is `block(0, r, 0)`.
//! - Column `c` of the input of leaf `i`, a matrix of 64 by 8, is `block(1, i, c)`.
//! - Four times the matrix is replaced by weights * matrix, of each sum of 32 bits only bits 8 to 15.
//! - The leaf is BLAKE2b-256 of `seed || 2 || i || 0` and the eight columns one after the other.
//!
//! # The tree
//! The fewest levels that hold the leaves; a missing leaf is 32 zero bytes; a node is BLAKE2b-256 of
//! its two children. An opening is the siblings from the leaf up, for each drawn leaf in turn.

mod kernel;
mod tree;

pub use kernel::{Kernel, MULTIPLICATIONS};
pub use tree::{depth, path_nodes, verify, Flaw, Tree, Work, MAX_DEPTH};

use crate::{wire::ChainId, DeviceId};
use codec::Encode;
use core::num::NonZeroU32;
use sp_crypto_hashing::blake2_256;

/// BLAKE2b with 256 bits of output.
pub type Hash = [u8; 32];

/// How many leaves are drawn.
pub const SAMPLES: usize = 16;

const SEED_CONTEXT: &[u8] = b"pogcs/challenge/seed/1";
const DRAW_CONTEXT: &[u8] = b"pogcs/challenge/draw/1";

/// What the kernel of one challenge is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl Seed {
	/// The seed of `device`'s challenge: no two devices can share the work, nor two chains.
	pub fn new(chain: &ChainId, device: DeviceId, randomness: &[u8; 32]) -> Self {
		Self(blake2_256(&(SEED_CONTEXT, chain, device, randomness).encode()))
	}
}

/// The leaves that `randomness` draws, out of `count`. They are drawn independently of each other,
/// so one can come twice.
pub fn sample(
	seed: &Seed,
	root: &Hash,
	randomness: &[u8; 32],
	count: NonZeroU32,
) -> [u32; SAMPLES] {
	let mut drawn = [0u32; SAMPLES];
	for (place, index) in (0u8..).zip(drawn.iter_mut()) {
		let hash = blake2_256(&(DRAW_CONTEXT, seed.0, root, randomness, place).encode());
		let [a, b, c, d, e, f, g, h, ..] = hash;
		// Of 64 bits: what the remainder favours is less than one in 2^32.
		let number = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
		let remainder = number.checked_rem(u64::from(count.get())).unwrap_or(0);
		*index = u32::try_from(remainder).unwrap_or(0);
	}
	drawn
}

#[cfg(test)]
mod tests;
