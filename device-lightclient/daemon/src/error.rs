//! What can go wrong, in words that say what to do.

use std::path::PathBuf;

use pogcs_light_core::{finality::FollowError, storage::ProofError, store::StoreError};

/// A failure of the daemon.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// A file.
	#[error("{0}: {1}")]
	File(PathBuf, String),
	/// The configuration.
	#[error("the configuration is wrong: {0}")]
	Config(String),
	/// The keys file is open to others.
	#[error("{0} can be read by others: run chmod 600 on it")]
	Exposed(PathBuf),
	/// The stored state.
	#[error("{0}; remove the state directory to start again from the checkpoint")]
	Store(#[from] StoreError),
	/// The link to a node.
	#[error("the node cannot be reached: {0}")]
	Link(String),
	/// The link to the leader that batches reports.
	#[error("the leader cannot be reached: {0}")]
	Leader(String),
	/// A node's answer makes no sense.
	#[error("the node's answer is not usable: {0}")]
	Answer(String),
	/// Bytes in hex that are none, in a file, an argument or a node's answer.
	#[error("{0}")]
	Hex(String),
	/// A node's answer contradicts what is proven.
	#[error("the node is not believed: {0}")]
	Follow(FollowError),
	/// More blocks of one finality set than are followed without a proof of it.
	#[error(
		"the node says that {0} blocks are final since this device's checkpoint and proves none of \
		 them: if every node says so, write a new checkpoint file with `pogcs-device checkpoint`"
	)]
	Behind(u32),
	/// A storage proof.
	#[error("the node is not believed: {0}")]
	Proof(ProofError),
	/// A storage proof that leaves out what was asked for.
	#[error("the node left out a part of the proof that was asked for")]
	Incomplete,
	/// The network refused an extrinsic.
	#[error("the network refused it: {0}")]
	Refused(String),
	/// Work or proof failed.
	#[error("{0}")]
	Work(String),
	/// The runtime is not the one that the checkpoint was written for.
	#[error(
		"the chain's runtime is now version {now} and this device's checkpoint is for {built}, so it \
		 signs nothing: install the release of pogcs-device for version {now}, write a new \
		 checkpoint file with `pogcs-device checkpoint`, and start the device again"
	)]
	Upgraded {
		/// The chain's.
		now: u32,
		/// The checkpoint's.
		built: u32,
	},
	/// A runtime that this program does not know.
	#[error(
		"the chain's runtime is not the one that this program was written for ({0}): \
		 install the release of pogcs-device for that runtime"
	)]
	Foreign(String),
	/// The metadata is not the one that the owner expects.
	#[error(
		"the node's metadata has the hash {computed} and --metadata-hash expects {expected}: one of \
		 them is of another runtime; ask another node, or look where the expected hash comes from"
	)]
	MetadataHash {
		/// Of the node's metadata.
		computed: String,
		/// What was expected.
		expected: String,
	},
	/// A consent that the device does not sign.
	#[error(
		"the device does not sign a consent until interval {until}: it verified that interval {current} \
		 runs, and consents to at most {most} more (the lesser of consent_ahead in the configuration \
		 and the chain's own rule)"
	)]
	Consent {
		/// What was asked for.
		until: u32,
		/// The interval that it verified.
		current: u32,
		/// How many more it consents to.
		most: u32,
	},
	/// A forced change of the finality set.
	#[error(
		"the finality set was changed by force at block {0}: \
		 this device needs a new checkpoint from its maker"
	)]
	Forced(u32),
}

impl Error {
	/// Whether another node might do better.
	pub fn is_peer(&self) -> bool {
		matches!(
			self,
			Self::Link(_)
				| Self::Answer(_)
				| Self::Hex(_)
				| Self::Behind(_)
				| Self::Follow(_)
				| Self::Proof(_)
				| Self::Incomplete
		)
	}
}

impl From<FollowError> for Error {
	fn from(error: FollowError) -> Self {
		Self::Follow(error)
	}
}

impl From<ProofError> for Error {
	fn from(error: ProofError) -> Self {
		Self::Proof(error)
	}
}
