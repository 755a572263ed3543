//! Where the large things are that jobs name by their hash.

use alloc::{borrow::Cow, collections::BTreeMap, vec::Vec};

use pogcs_primitives::jobs::{Hash, Source};
use sp_crypto_hashing::blake2_256;

use crate::{Failure, Need};

/// Finds contents by their hash. What it answers is checked: it need not be trusted.
pub trait Contents {
	/// The bytes with this BLAKE2b-256, if they are here. There are `bytes` of them: no more has to be
	/// read.
	fn find(&self, hash: &Hash, bytes: u64) -> Option<Cow<'_, [u8]>>;
}

/// Contents in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf(BTreeMap<Hash, Vec<u8>>);

impl Shelf {
	/// Puts bytes on it, and returns what they are found by.
	pub fn put(&mut self, bytes: Vec<u8>) -> Hash {
		let hash = blake2_256(&bytes);
		self.0.insert(hash, bytes);
		hash
	}

	/// The same, as a job names it.
	pub fn source(&mut self, bytes: Vec<u8>) -> Source {
		Source::Content(self.put(bytes))
	}
}

impl Contents for Shelf {
	fn find(&self, hash: &Hash, _: u64) -> Option<Cow<'_, [u8]>> {
		self.0.get(hash).map(|bytes| Cow::Borrowed(&bytes[..]))
	}
}

/// What `need` names, if it is a content: of the right size and hash.
pub(crate) fn fetch<'a>(
	contents: &'a dyn Contents,
	need: Need,
	hash: &Hash,
) -> Result<Cow<'a, [u8]>, Failure> {
	let bytes = contents.find(hash, need.bytes).ok_or(Failure::Missing(need))?;
	let is_whole = u64::try_from(bytes.len()) == Ok(need.bytes);
	if !is_whole || blake2_256(&bytes) != *hash {
		return Err(Failure::Forged(need));
	}
	Ok(bytes)
}
