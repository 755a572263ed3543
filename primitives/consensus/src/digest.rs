//! What a header carries: `PreRuntime(PreDigest)` first, logs, `Seal` last.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

use crate::{Randomness, Weight};

/// The bytes of an authority's sr25519 key.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct AuthorityKey(pub [u8; 32]);

/// A VRF output and its proof, as they stand in a header.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct VrfOutput {
	/// The sr25519 pre-output, a Ristretto point that key and input alone determine.
	pub pre_output: [u8; 32],
	/// The proof that it is so.
	pub proof: [u8; 64],
}

/// An authority's claim to a slot.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Claim {
	/// Index in the epoch's authorities.
	pub authority: u32,
	/// The slot claimed.
	pub slot: u64,
	/// What proves a primary claim, and what both kinds add to the randomness.
	pub vrf: VrfOutput,
}

/// The claim of a block's author.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum PreDigest {
	/// The author won the slot by its VRF output.
	#[codec(index = 1)]
	Primary(Claim),
	/// The author is the one drawn for the slot.
	#[codec(index = 2)]
	Fallback(Claim),
}

impl PreDigest {
	/// The claim, whichever kind it is.
	pub fn claim(&self) -> &Claim {
		match self {
			Self::Primary(claim) | Self::Fallback(claim) => claim,
		}
	}

	/// Whether it was won by VRF.
	pub fn is_primary(&self) -> bool {
		matches!(self, Self::Primary(_))
	}
}

/// Announced in the first block of an epoch: who authors the next one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NextEpoch {
	/// Authorities and their weights, none of them zero.
	pub authorities: Vec<(AuthorityKey, Weight)>,
	/// Randomness of that epoch.
	pub randomness: Randomness,
}

/// What the runtime tells the engine in a digest.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum ConsensusLog {
	/// The next epoch.
	#[codec(index = 1)]
	NextEpoch(NextEpoch),
	/// An authority that lost its place for cause: the engine takes no more blocks of it in the
	/// epoch that runs.
	#[codec(index = 2)]
	Disabled(u32),
}
