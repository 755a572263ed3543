//! What the core asks of the machine that it runs on. A gateway implements it over an operating
//! system, a firmware over flash, a timer and a serial line; the core calls nothing else.

use alloc::vec::Vec;

use crate::{
	storage::{Answer, Proof, ProofError},
	store::Slot,
	Hash,
};

/// Why the machine could not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformError {
	/// Storage failed or is worn out.
	Storage,
	/// The link is down, or the peer did not answer in time.
	Link,
	/// The peer answered with nonsense: it should be dropped.
	Peer,
	/// There is no randomness.
	Entropy,
}

/// Storage: two slots.
pub trait Slots {
	/// What stands in one slot; `None` if it was never written.
	fn read(&mut self, slot: Slot) -> Result<Option<Vec<u8>>, PlatformError>;

	/// Replaces one slot. A power cut may leave that slot torn, and must leave the other whole.
	fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), PlatformError>;
}

/// Clock, storage, randomness, link.
pub trait Platform: Slots {
	/// Milliseconds since the machine started; never goes back.
	fn uptime_ms(&self) -> u64;

	/// Fills `bytes` with randomness fit for keys.
	fn random(&mut self, bytes: &mut [u8]) -> Result<(), PlatformError>;

	/// Asks the gateway for the nodes that prove `keys` in the state of `block`.
	fn read_proof(&mut self, block: &Hash, keys: &[Vec<u8>])
		-> Result<Vec<Vec<u8>>, PlatformError>;

	/// Hands an extrinsic over to the network. It says nothing about its fate: that is read from
	/// proven state.
	fn submit(&mut self, extrinsic: &[u8]) -> Result<(), PlatformError>;
}

/// Why state could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadStateError {
	/// The machine or the link failed.
	Platform(PlatformError),
	/// The gateway's proof is no proof: it should be dropped.
	Proof(ProofError),
	/// The proof does not reach a key: ask another gateway.
	Incomplete,
}

/// The values of `keys` in the state of the finalised block `block`, whose header names `root`;
/// `None` where the trie proves that there is none.
pub fn read_state(
	platform: &mut impl Platform,
	block: &Hash,
	root: &Hash,
	keys: &[Vec<u8>],
) -> Result<Vec<Option<Vec<u8>>>, ReadStateError> {
	let nodes = platform.read_proof(block, keys).map_err(ReadStateError::Platform)?;
	let proof = Proof::new(nodes.iter().map(Vec::as_slice)).map_err(ReadStateError::Proof)?;
	keys.iter()
		.map(|key| match proof.read(root, key).map_err(ReadStateError::Proof)? {
			Answer::Present(value) => Ok(Some(value)),
			Answer::Absent => Ok(None),
			Answer::Incomplete => Err(ReadStateError::Incomplete),
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::trie::build;
	use alloc::vec;

	struct Gateway(Result<Vec<Vec<u8>>, PlatformError>);

	impl Slots for Gateway {
		fn read(&mut self, _: Slot) -> Result<Option<Vec<u8>>, PlatformError> {
			Ok(None)
		}
		fn write(&mut self, _: Slot, _: &[u8]) -> Result<(), PlatformError> {
			Ok(())
		}
	}

	impl Platform for Gateway {
		fn uptime_ms(&self) -> u64 {
			0
		}
		fn random(&mut self, _: &mut [u8]) -> Result<(), PlatformError> {
			Err(PlatformError::Entropy)
		}
		fn read_proof(&mut self, _: &Hash, _: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, PlatformError> {
			self.0.clone()
		}
		fn submit(&mut self, _: &[u8]) -> Result<(), PlatformError> {
			Ok(())
		}
	}

	#[test]
	fn state_should_be_read_when_the_gateway_proves_it_and_only_then() {
		let pairs = [(b"a".to_vec(), vec![1; 40]), (b"b".to_vec(), vec![2])];
		let (root, nodes) = build(&pairs);
		let keys = [b"a".to_vec(), b"c".to_vec()];
		let read = |answer| read_state(&mut Gateway(answer), &[0; 32], &root, &keys);
		assert_eq!(read(Ok(nodes.clone())), Ok(vec![Some(vec![1; 40]), None]));
		assert_eq!(read(Ok(nodes[1..].to_vec())), Err(ReadStateError::Incomplete));
		let link = PlatformError::Link;
		assert_eq!(read(Err(link)), Err(ReadStateError::Platform(link)));
		let large = vec![vec![0; crate::storage::MAX_PROOF + 1]];
		assert_eq!(read(Ok(large)), Err(ReadStateError::Proof(ProofError::TooLarge)));
	}
}
