//! What a justification says. Decoding believes nothing of it.

use alloc::vec::Vec;
use pogcs_primitives::wire::{PublicKey, Signature};

use crate::{
	headers::{Header, MAX_AUTHORITIES},
	reader::{ReadError, Reader},
	BlockNumber, Hash,
};

/// The most bytes that a justification may have.
pub const MAX_JUSTIFICATION: usize = 512 * 1024;
/// The most precommits: each voter's, and a second one of each that equivocated.
pub const MAX_PRECOMMITS: usize = 2 * MAX_AUTHORITIES;
/// The most headers between the lowest and the highest block that was voted for.
pub const MAX_ANCESTRY: usize = 512;

/// One voter's signed vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precommit {
	/// The block it votes for.
	pub target_hash: Hash,
	/// That block's height.
	pub target_number: BlockNumber,
	/// The voter's signature over [`super::vote_payload`].
	pub signature: Signature,
	/// The voter.
	pub id: PublicKey,
}

/// `sp_consensus_grandpa::GrandpaJustification`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Justification {
	/// The round in which the votes were cast.
	pub round: u64,
	/// The block that is claimed to be final.
	pub target_hash: Hash,
	/// Its height.
	pub target_number: BlockNumber,
	/// The votes.
	pub precommits: Vec<Precommit>,
	/// The headers that link the blocks voted for to the lowest of them.
	pub ancestry: Vec<Header>,
}

impl Justification {
	/// Reads a justification from where `reader` stands.
	pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
		let start = reader.position();
		let round = reader.u64()?;
		let target_hash = reader.array()?;
		let target_number = reader.u32()?;
		let count = reader.count(MAX_PRECOMMITS, 132)?;
		let mut precommits = Vec::with_capacity(count);
		for _ in 0..count {
			precommits.push(Precommit {
				target_hash: reader.array()?,
				target_number: reader.u32()?,
				signature: reader.array()?,
				id: reader.array()?,
			});
		}
		let count = reader.count(MAX_ANCESTRY, 98)?;
		let mut ancestry = Vec::with_capacity(count);
		for _ in 0..count {
			ancestry.push(Header::read(reader)?);
			if reader.since(start).len() > MAX_JUSTIFICATION {
				return Err(ReadError::TooLong);
			}
		}
		Ok(Self { round, target_hash, target_number, precommits, ancestry })
	}

	/// Decodes all of `bytes` as one justification.
	pub fn decode(bytes: &[u8]) -> Result<Self, ReadError> {
		if bytes.len() > MAX_JUSTIFICATION {
			return Err(ReadError::TooLong);
		}
		let mut reader = Reader::new(bytes);
		let justification = Self::read(&mut reader)?;
		reader.finish()?;
		Ok(justification)
	}
}
