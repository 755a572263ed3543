//! What can be wrong with a block.

use sp_consensus_slots::Slot;
use sp_runtime::traits::Block as BlockT;

/// Why a block was refused, or why the engine could not go on.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each message says what its variant means
pub enum Error<B: BlockT> {
	#[error("the header has more than one claim")]
	MultipleClaims,
	#[error("the header has no claim")]
	NoClaim,
	#[error("the header announces more than one epoch")]
	MultipleEpochs,
	#[error("header {0:?} has no seal")]
	Unsealed(B::Hash),
	#[error("header {0:?} has a seal of another kind or length")]
	BadSeal(B::Hash),
	#[error("the seal of {0:?} is not its author's signature")]
	BadSignature(B::Hash),
	#[error("header {0:?} is for a slot too far in the future; check the clock of this machine")]
	TooFarInFuture(B::Hash),
	#[error("the claim names authority {0}, which the epoch does not have")]
	NoSuchAuthority(u32),
	#[error("the slot belongs to authority {expected}, not to {found}")]
	WrongAuthor { expected: u32, found: u32 },
	#[error("nobody may author slot {0}: the epoch's authorities have no weight")]
	NobodyExpected(Slot),
	#[error("the VRF output is not its author's for this slot, epoch and randomness")]
	BadVrf,
	#[error("the VRF output does not win the slot at the author's weight")]
	AboveThreshold,
	#[error("slot {1} does not come after the parent's slot {0}")]
	SlotMustIncrease(Slot, Slot),
	#[error("the parent {0:?} is unknown")]
	UnknownParent(B::Hash),
	#[error("where {0:?} stands in fork choice is missing from the database")]
	NoStanding(B::Hash),
	#[error("the first block of an epoch must announce the next: {0:?} does not")]
	EpochExpected(B::Hash),
	#[error("only the first block of an epoch announces the next: {0:?} is none")]
	EpochUnexpected(B::Hash),
	#[error("no epoch is known for a child of {0:?}")]
	NoEpoch(B::Hash),
	#[error("the tree of epochs: {0}")]
	ForkTree(String),
	#[error(transparent)]
	Client(#[from] sp_blockchain::Error),
	#[error("the inherents: {0}")]
	Inherents(String),
	#[error(transparent)]
	Runtime(#[from] sp_api::ApiError),
}

impl<B: BlockT> From<Error<B>> for String {
	fn from(error: Error<B>) -> Self {
		error.to_string()
	}
}

impl<B: BlockT> From<Error<B>> for sp_consensus::Error {
	fn from(error: Error<B>) -> Self {
		Self::ClientImport(error.to_string())
	}
}
