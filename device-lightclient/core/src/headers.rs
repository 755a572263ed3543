//! Block headers and the finality set changes that their digests announce.
//!
//! Decoding follows `sp_runtime::generic::Header` with `u32` numbers and blake2-256.

use alloc::vec::Vec;
use codec::{Compact, Decode, Encode};
use pogcs_primitives::wire::PublicKey;

use crate::{
	crypto::blake2_256,
	reader::{ReadError, Reader},
	BlockNumber, Hash,
};

/// The most bytes that a header may have. One with both lists of 1,024 authorities has 85 kB.
pub const MAX_HEADER: usize = 128 * 1024;
/// The most digest items that a header may have.
pub const MAX_DIGEST_ITEMS: usize = 64;
/// The most authorities that a finality set may have.
pub const MAX_AUTHORITIES: usize = 1_024;

/// Four bytes that name a consensus engine.
pub type EngineId = [u8; 4];
/// The finality engine, as in `sp-consensus-grandpa`.
pub const GRANDPA_ENGINE: EngineId = *b"FRNK";

/// One item of a header's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DigestItem {
	/// What the author says before the block's execution.
	PreRuntime(EngineId, Vec<u8>),
	/// What the runtime tells a consensus engine.
	Consensus(EngineId, Vec<u8>),
	/// The author's signature.
	Seal(EngineId, Vec<u8>),
	/// Opaque bytes.
	Other(Vec<u8>),
	/// The runtime's code or heap changed.
	RuntimeUpdated,
}

impl DigestItem {
	fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
		let tag = reader.u8()?;
		Ok(match tag {
			0 => Self::Other(reader.bytes(MAX_HEADER)?.to_vec()),
			4 => Self::Consensus(reader.array()?, reader.bytes(MAX_HEADER)?.to_vec()),
			5 => Self::Seal(reader.array()?, reader.bytes(MAX_HEADER)?.to_vec()),
			6 => Self::PreRuntime(reader.array()?, reader.bytes(MAX_HEADER)?.to_vec()),
			8 => Self::RuntimeUpdated,
			_ => return Err(ReadError::Malformed),
		})
	}
}

/// A header, with its hash taken over the very bytes that were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
	/// Blake2-256 of the encoded header.
	pub hash: Hash,
	/// Hash of the header before it.
	pub parent_hash: Hash,
	/// Its height.
	pub number: BlockNumber,
	/// Root of the state trie after it.
	pub state_root: Hash,
	/// Root of its extrinsics.
	pub extrinsics_root: Hash,
	/// What consensus engines wrote.
	pub digest: Vec<DigestItem>,
}

impl Header {
	/// Reads a header from where `reader` stands.
	pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
		let start = reader.position();
		let parent_hash = reader.array()?;
		let number = reader.compact()?;
		let state_root = reader.array()?;
		let extrinsics_root = reader.array()?;
		let items = reader.count(MAX_DIGEST_ITEMS, 1)?;
		let mut digest = Vec::with_capacity(items);
		for _ in 0..items {
			digest.push(DigestItem::read(reader)?);
			if reader.since(start).len() > MAX_HEADER {
				return Err(ReadError::TooLong);
			}
		}
		let hash = blake2_256(reader.since(start));
		Ok(Self { hash, parent_hash, number, state_root, extrinsics_root, digest })
	}

	/// Decodes all of `bytes` as one header.
	pub fn decode(bytes: &[u8]) -> Result<Self, ReadError> {
		if bytes.len() > MAX_HEADER {
			return Err(ReadError::TooLong);
		}
		let mut reader = Reader::new(bytes);
		let header = Self::read(&mut reader)?;
		reader.finish()?;
		Ok(header)
	}

	/// The change of the finality set that this header announces, if any.
	///
	/// A forced change takes precedence over a scheduled one, and the first of its kind counts, as
	/// in `sp-consensus-grandpa`.
	pub fn set_change(&self) -> Result<Option<SetChange>, ReadError> {
		let mut found: Option<SetChange> = None;
		for item in &self.digest {
			let DigestItem::Consensus(GRANDPA_ENGINE, log) = item else { continue };
			let Some(change) = SetChange::decode(log)? else { continue };
			let better = match &found {
				None => true,
				Some(old) => change.forced_from.is_some() && old.forced_from.is_none(),
			};
			if better {
				found = Some(change);
			}
		}
		Ok(found)
	}

	/// The bytes after the tag of the first `PreRuntime` item of `engine`.
	pub fn pre_runtime(&self, engine: EngineId) -> Option<&[u8]> {
		self.digest.iter().find_map(|item| match item {
			DigestItem::PreRuntime(id, bytes) if *id == engine => Some(bytes.as_slice()),
			_ => None,
		})
	}
}

/// Encodes a header from its parts, as a node does; `digest` holds encoded items.
///
/// A JSON transport hands a header over in parts: their hash tells whether they belong together.
pub fn encode_header(
	parent_hash: &Hash,
	number: BlockNumber,
	state_root: &Hash,
	extrinsics_root: &Hash,
	digest: &[Vec<u8>],
) -> Vec<u8> {
	let items = u32::try_from(digest.len()).unwrap_or(u32::MAX);
	let mut bytes =
		(parent_hash, Compact(number), state_root, extrinsics_root, Compact(items)).encode();
	for item in digest {
		bytes.extend_from_slice(item);
	}
	bytes
}

/// A voter and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Authority {
	/// Its ed25519 key.
	pub key: PublicKey,
	/// Its voting weight.
	pub weight: u64,
}

/// A change of the finality set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetChange {
	/// `Some(n)` if the change is forced; `n` is the last block that its makers saw finalised.
	pub forced_from: Option<BlockNumber>,
	/// How many blocks after the announcement it takes effect.
	pub delay: BlockNumber,
	/// The next set.
	pub authorities: Vec<Authority>,
}

impl SetChange {
	/// Decodes a GRANDPA consensus log; `None` for a log that changes no set.
	pub fn decode(log: &[u8]) -> Result<Option<Self>, ReadError> {
		let mut reader = Reader::new(log);
		let forced_from = match reader.u8()? {
			1 => None,
			2 => Some(reader.u32()?),
			// A disabled authority and the old pause and resume do not change the set.
			3..=5 => return Ok(None),
			_ => return Err(ReadError::Malformed),
		};
		let authorities = read_authorities(&mut reader)?;
		let delay = reader.u32()?;
		reader.finish()?;
		Ok(Some(Self { forced_from, delay, authorities }))
	}
}

/// Reads a list of voters: 40 bytes each.
pub fn read_authorities(reader: &mut Reader<'_>) -> Result<Vec<Authority>, ReadError> {
	let count = reader.count(MAX_AUTHORITIES, 40)?;
	let mut authorities = Vec::with_capacity(count);
	for _ in 0..count {
		authorities.push(Authority { key: reader.array()?, weight: reader.u64()? });
	}
	Ok(authorities)
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;
	use proptest::prelude::*;

	fn scheduled(weight: u64, delay: u32) -> Vec<u8> {
		(1u8, vec![Authority { key: [7; 32], weight }], delay).encode()
	}

	fn forced(weight: u64) -> Vec<u8> {
		(2u8, 5u32, vec![Authority { key: [7; 32], weight }], 3u32).encode()
	}

	fn header(items: &[Vec<u8>]) -> Vec<u8> {
		encode_header(&[1; 32], 70_000, &[2; 32], &[3; 32], items)
	}

	fn consensus(log: Vec<u8>) -> Vec<u8> {
		(4u8, GRANDPA_ENGINE, log).encode()
	}

	#[test]
	fn header_should_decode_when_whole() {
		let pre = (6u8, *b"PGCS", vec![1u8, 2]).encode();
		let seal = (5u8, *b"PGCS", vec![9u8; 64]).encode();
		let bytes = header(&[pre, vec![8], (0u8, vec![1u8]).encode(), seal]);
		let decoded = Header::decode(&bytes).expect("well formed");
		assert_eq!(decoded.number, 70_000);
		assert_eq!(decoded.state_root, [2; 32]);
		assert_eq!(decoded.hash, blake2_256(&bytes));
		assert_eq!(decoded.digest.len(), 4);
		assert_eq!(decoded.pre_runtime(*b"PGCS"), Some(&[1u8, 2][..]));
		assert_eq!(decoded.pre_runtime(*b"BABE"), None);
	}

	#[test]
	fn header_should_be_refused_when_anything_is_wrong() {
		let good = header(&[]);
		assert_eq!(Header::decode(&good[..good.len() - 1]), Err(ReadError::Truncated));
		assert_eq!(Header::decode(&[&good[..], &[0]].concat()), Err(ReadError::Trailing));
		assert_eq!(Header::decode(&header(&[vec![1]])), Err(ReadError::Malformed));
		assert_eq!(Header::decode(&header(&vec![vec![8]; 65])), Err(ReadError::TooLong));
		assert_eq!(Header::decode(&vec![0; MAX_HEADER + 1]), Err(ReadError::TooLong));
	}

	#[test]
	fn set_change_should_prefer_the_first_forced_when_several() {
		let bytes = header(&[
			consensus(scheduled(1, 0)),
			consensus(forced(2)),
			consensus(forced(3)),
			(4u8, *b"PGCS", forced(9)).encode(),
		]);
		let change = Header::decode(&bytes).unwrap().set_change().unwrap().unwrap();
		assert_eq!(change.forced_from, Some(5));
		assert_eq!(change.delay, 3);
		assert_eq!(change.authorities, [Authority { key: [7; 32], weight: 2 }]);
	}

	#[test]
	fn set_change_should_be_none_when_the_log_changes_no_set() {
		let bytes = header(&[consensus((3u8, 1u64).encode()), consensus((4u8, 1u32).encode())]);
		assert_eq!(Header::decode(&bytes).unwrap().set_change(), Ok(None));
	}

	#[test]
	fn set_change_should_be_refused_when_malformed() {
		assert_eq!(SetChange::decode(&[9]), Err(ReadError::Malformed));
		assert_eq!(SetChange::decode(&[]), Err(ReadError::Truncated));
		let mut long = scheduled(1, 0);
		long.push(0);
		assert_eq!(SetChange::decode(&long), Err(ReadError::Trailing));
		let many = (1u8, Compact(1_025u32)).encode();
		assert_eq!(SetChange::decode(&many), Err(ReadError::TooLong));
	}

	proptest! {
		#[test]
		fn decoders_should_not_panic_when_bytes_are_random(bytes: Vec<u8>) {
			let _ = Header::decode(&bytes);
			let _ = SetChange::decode(&bytes);
		}

		#[test]
		fn header_should_not_panic_when_a_byte_is_changed(at in 0usize..200, to: u8) {
			let mut bytes = header(&[consensus(scheduled(1, 0))]);
			if let Some(byte) = bytes.get_mut(at) {
				*byte = to;
			}
			if let Ok(header) = Header::decode(&bytes) {
				let _ = header.set_change();
			}
		}
	}
}
