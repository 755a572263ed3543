//! State of a finalised block, by storage proof.

use codec::{Decode, DecodeAll};
use pogcs_light_core::{
	storage::{Answer, Proof},
	Hash,
};

use super::node::Node;
use crate::error::Error;

/// How many keys are asked for at once.
const AT_ONCE: usize = 64;

/// One finalised block's state, read through a node that is not trusted.
pub struct Proven<'a> {
	node: &'a Node,
	block: Hash,
	root: Hash,
}

impl<'a> Proven<'a> {
	/// The state of `block`, whose header names `root`.
	pub fn new(node: &'a Node, block: Hash, root: Hash) -> Self {
		Self { node, block, root }
	}

	/// The values of `keys`, in their order; `None` where the trie proves that there is none.
	pub async fn read_all(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, Error> {
		let mut values = Vec::with_capacity(keys.len());
		for keys in keys.chunks(AT_ONCE) {
			let nodes = self.node.read_proof(keys, &self.block).await?;
			let proof = Proof::new(nodes.iter().map(Vec::as_slice))?;
			for key in keys {
				values.push(match proof.read(&self.root, key)? {
					Answer::Present(value) => Some(value),
					Answer::Absent => None,
					Answer::Incomplete => return Err(Error::Incomplete),
				});
			}
		}
		Ok(values)
	}

	/// The decoded values of `keys`.
	pub async fn get_all<T: Decode>(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<T>>, Error> {
		let values = self.read_all(keys).await?;
		values.into_iter().map(|value| value.map(|bytes| decode(&bytes)).transpose()).collect()
	}

	/// The decoded value of one key.
	pub async fn get<T: Decode>(&self, key: Vec<u8>) -> Result<Option<T>, Error> {
		Ok(self.get_all(&[key]).await?.pop().flatten())
	}
}

/// Decodes a proven value. That it does not decode is nobody's lie: the runtime stores another
/// type than this image knows.
pub fn decode<T: Decode>(bytes: &[u8]) -> Result<T, Error> {
	T::decode_all(&mut &bytes[..]).map_err(|_| {
		Error::Work("the chain stores a record that this image does not know: update it".into())
	})
}
