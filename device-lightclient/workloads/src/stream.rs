//! Numbers made from a seed.
//!
//! `key` is BLAKE2b-256 of `"pogcs/workloads/seed/1" || domain || seed || number`, where `domain` has
//! eight bytes and `number` eight, little-endian. Block `n` is BLAKE2b-512 of `key || n`, `n` in eight
//! bytes, little-endian. A number of 32 bits is the next four bytes, little-endian.

use pogcs_primitives::jobs::Hash;
use sp_crypto_hashing::{blake2_256, blake2_512};

const CONTEXT: &[u8; 22] = b"pogcs/workloads/seed/1";
const BLOCK: usize = 64;

/// Bytes and numbers from a seed.
pub struct Stream {
	key: Hash,
	next: u64,
	block: [u8; BLOCK],
	used: usize,
}

impl Stream {
	/// The stream of this `number` in this domain.
	pub fn new(domain: &[u8; 8], seed: &Hash, number: u64) -> Self {
		let mut bytes = [0; 22 + 8 + 32 + 8];
		let number = number.to_le_bytes();
		let parts = CONTEXT.iter().chain(domain).chain(seed).chain(&number);
		bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
		Self { key: blake2_256(&bytes), next: 0, block: [0; BLOCK], used: BLOCK }
	}

	fn refill(&mut self) {
		let mut bytes = [0; 32 + 8];
		let number = self.next.to_le_bytes();
		bytes.iter_mut().zip(self.key.iter().chain(&number)).for_each(|(to, from)| *to = *from);
		self.block = blake2_512(&bytes);
		self.next = self.next.wrapping_add(1);
		self.used = 0;
	}

	/// The next byte.
	pub fn byte(&mut self) -> u8 {
		if self.used >= BLOCK {
			self.refill();
		}
		let byte = self.block.get(self.used).copied().unwrap_or(0);
		self.used = self.used.saturating_add(1);
		byte
	}

	/// The next 32 bits.
	pub fn word(&mut self) -> u32 {
		u32::from_le_bytes([(); 4].map(|()| self.byte()))
	}

	/// A number below `limit`, or 0: the upper half of the product with 32 bits.
	pub fn below(&mut self, limit: u32) -> u32 {
		let product = u64::from(self.word()).wrapping_mul(u64::from(limit));
		u32::try_from(product >> 32).unwrap_or(0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn stream_should_match_another_implementation_when_read() {
		// Python: hashlib.blake2b(..., digest_size=32) for the key, 64 for the blocks.
		let mut stream = Stream::new(b"weights\0", &[7; 32], 3);
		let words = [(); 18].map(|()| stream.word());
		assert_eq!([words[0], words[1], words[15], words[16], words[17]], VECTOR);
	}

	const VECTOR: [u32; 5] = [0xe53a2690, 0xc207acc6, 0x8608672d, 0x3e5b5ed6, 0x719a1fb6];

	#[test]
	fn numbers_should_be_below_the_limit_and_of_every_size() {
		let mut stream = Stream::new(b"test\0\0\0\0", &[0; 32], 0);
		let mut seen = [0u32; 10];
		for _ in 0..10_000 {
			seen[usize::try_from(stream.below(10)).unwrap()] += 1;
		}
		assert!(seen.iter().all(|count| (850..1_150).contains(count)), "{seen:?}");
		assert_eq!(stream.below(0), 0);
	}
}
