//! Read proofs of the state trie: the base-16 trie of `sp-trie`, SCALE node codec, with values
//! inline or (state version 1) behind their hash.
//!
//! Whoever sends a proof can leave nodes out but cannot lie: each node is named by its hash, and
//! the root by a finalised header. So "absent" is only said where the trie itself shows that there
//! is nothing, and a node that is missing from the proof is "incomplete", never "absent".

use alloc::{collections::BTreeMap, vec::Vec};

use crate::{
	crypto::blake2_256,
	reader::{ReadError, Reader},
	Hash,
};

/// The most bytes of one proof.
pub const MAX_PROOF: usize = 512 * 1024;
/// The most nodes of one proof.
pub const MAX_NODES: usize = 4_096;
/// The longest key that is looked up, in bytes.
pub const MAX_KEY: usize = 512;

/// What a proof says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
	/// The key has this value.
	Present(Vec<u8>),
	/// The key has no value.
	Absent,
	/// The proof does not reach the key: ask again, or ask somebody else.
	Incomplete,
}

/// Why a proof cannot be used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
	/// More bytes or nodes than allowed.
	TooLarge,
	/// The key is longer than [`MAX_KEY`].
	KeyTooLong,
	/// A node is not one that the trie could have.
	Malformed,
}

impl core::fmt::Display for ProofError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::TooLarge => "the storage proof is larger than allowed",
			Self::KeyTooLong => "the storage key is longer than allowed",
			Self::Malformed => "the storage proof has a malformed node",
		})
	}
}

impl core::error::Error for ProofError {}

impl From<ReadError> for ProofError {
	fn from(_: ReadError) -> Self {
		Self::Malformed
	}
}

/// The nodes of one proof, found by hash. It borrows them: nothing is copied.
#[derive(Debug)]
pub struct Proof<'a> {
	nodes: BTreeMap<Hash, &'a [u8]>,
}

impl<'a> Proof<'a> {
	/// Takes the nodes of a `state_getReadProof` answer, in any order.
	pub fn new<I>(nodes: I) -> Result<Self, ProofError>
	where
		I: IntoIterator<Item = &'a [u8]>,
	{
		let mut found = BTreeMap::new();
		let (mut bytes, mut count) = (0usize, 0usize);
		for node in nodes {
			bytes = bytes.saturating_add(node.len());
			count = count.saturating_add(1);
			if bytes > MAX_PROOF || count > MAX_NODES {
				return Err(ProofError::TooLarge);
			}
			found.insert(blake2_256(node), node);
		}
		Ok(Self { nodes: found })
	}

	/// Looks `key` up in the trie with that root.
	pub fn read(&self, root: &Hash, key: &[u8]) -> Result<Answer, ProofError> {
		if key.len() > MAX_KEY {
			return Err(ProofError::KeyTooLong);
		}
		let mut path = Path { bytes: key, at: 0 };
		let Some(mut node) = self.nodes.get(root).copied() else { return Ok(Answer::Incomplete) };
		// Each turn uses up at least one nibble of the key, so the walk ends.
		loop {
			match Node::decode(node)?.descend(&mut path) {
				Step::Found(Value::Inline(value)) => return Ok(Answer::Present(value.to_vec())),
				Step::Found(Value::Hashed(hash)) => {
					return Ok(match self.nodes.get(&hash) {
						Some(value) => Answer::Present(value.to_vec()),
						None => Answer::Incomplete,
					})
				}
				Step::Nothing => return Ok(Answer::Absent),
				Step::Child(Child::Inline(child)) => node = child,
				Step::Child(Child::Hashed(hash)) => match self.nodes.get(&hash) {
					Some(child) => node = child,
					None => return Ok(Answer::Incomplete),
				},
			}
		}
	}
}

/// The nibbles of a key, high one first.
struct Path<'a> {
	bytes: &'a [u8],
	at: usize,
}

impl Path<'_> {
	fn next(&mut self) -> Option<u8> {
		let byte = self.bytes.get(self.at / 2)?;
		let nibble = if self.at.is_multiple_of(2) { byte >> 4 } else { byte & 0xf };
		self.at = self.at.saturating_add(1);
		Some(nibble)
	}

	fn is_used_up(&self) -> bool {
		self.at >= self.bytes.len().saturating_mul(2)
	}
}

enum Value<'a> {
	Inline(&'a [u8]),
	Hashed(Hash),
}

enum Child<'a> {
	Inline(&'a [u8]),
	Hashed(Hash),
}

enum Step<'a> {
	Found(Value<'a>),
	Child(Child<'a>),
	Nothing,
}

/// A node of the trie; `Empty` is only ever the root of a trie without keys.
struct Node<'a> {
	/// The part of the key that it shortens: bytes, and the number of nibbles in them.
	partial: &'a [u8],
	nibbles: usize,
	value: Option<Value<'a>>,
	children: Vec<(u8, Child<'a>)>,
	empty: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
	Leaf,
	Branch,
	BranchWithValue,
	HashedLeaf,
	HashedBranch,
}

impl<'a> Node<'a> {
	fn decode(bytes: &'a [u8]) -> Result<Self, ProofError> {
		let mut reader = Reader::new(bytes);
		let first = reader.u8()?;
		let (kind, mask) = match first {
			0 => {
				reader.finish()?;
				return Ok(Self {
					partial: &[],
					nibbles: 0,
					value: None,
					children: Vec::new(),
					empty: true,
				});
			}
			_ if first >> 6 == 0b01 => (Kind::Leaf, 0x3f),
			_ if first >> 6 == 0b10 => (Kind::Branch, 0x3f),
			_ if first >> 6 == 0b11 => (Kind::BranchWithValue, 0x3f),
			_ if first >> 5 == 0b001 => (Kind::HashedLeaf, 0x1f),
			_ if first >> 4 == 0b0001 => (Kind::HashedBranch, 0x0f),
			_ => return Err(ProofError::Malformed),
		};
		let nibbles = read_length(first, mask, &mut reader)?;
		let partial = reader.take(nibbles.div_ceil(2))?;
		if nibbles % 2 == 1 && partial.first().is_some_and(|byte| byte >> 4 != 0) {
			return Err(ProofError::Malformed);
		}
		let bitmap = match kind {
			Kind::Leaf | Kind::HashedLeaf => 0,
			_ => match u16::from_le_bytes(reader.array()?) {
				0 => return Err(ProofError::Malformed),
				bitmap => bitmap,
			},
		};
		let value = match kind {
			Kind::Branch => None,
			Kind::Leaf | Kind::BranchWithValue => Some(Value::Inline(reader.bytes(MAX_PROOF)?)),
			Kind::HashedLeaf | Kind::HashedBranch => Some(Value::Hashed(reader.array()?)),
		};
		let mut children = Vec::new();
		for index in (0u8..16).filter(|index| bitmap >> index & 1 == 1) {
			let bytes = reader.bytes(32)?;
			let child = match <Hash>::try_from(bytes) {
				Ok(hash) => Child::Hashed(hash),
				Err(_) => Child::Inline(bytes),
			};
			children.push((index, child));
		}
		reader.finish()?;
		Ok(Self { partial, nibbles, value, children, empty: false })
	}

	fn descend(self, path: &mut Path<'_>) -> Step<'a> {
		if self.empty {
			return Step::Nothing;
		}
		// An odd number of nibbles has its padding in front.
		let mut own = Path { bytes: self.partial, at: self.nibbles % 2 };
		while let Some(nibble) = own.next() {
			if path.next() != Some(nibble) {
				return Step::Nothing;
			}
		}
		if path.is_used_up() {
			return self.value.map_or(Step::Nothing, Step::Found);
		}
		let Some(next) = path.next() else { return Step::Nothing };
		match self.children.into_iter().find(|(index, _)| *index == next) {
			Some((_, child)) => Step::Child(child),
			None => Step::Nothing,
		}
	}
}

/// The number of nibbles: in the header byte, and if that is full in bytes that follow it.
fn read_length(first: u8, mask: u8, reader: &mut Reader<'_>) -> Result<usize, ProofError> {
	let mut length = usize::from(first & mask);
	if length < usize::from(mask) {
		return Ok(length);
	}
	length = length.saturating_sub(1);
	loop {
		let more = reader.u8()?;
		if more < 255 {
			length = length.saturating_add(usize::from(more)).saturating_add(1);
			break;
		}
		length = length.saturating_add(255);
		if length > 2 * MAX_KEY {
			return Err(ProofError::Malformed);
		}
	}
	if length > 2 * MAX_KEY {
		return Err(ProofError::Malformed);
	}
	Ok(length)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::trie::build;
	use alloc::{vec, vec::Vec};
	use hex_literal::hex;
	use proptest::prelude::*;

	fn refs(nodes: &[Vec<u8>]) -> impl Iterator<Item = &[u8]> {
		nodes.iter().map(Vec::as_slice)
	}

	#[test]
	fn root_should_match_the_published_one_when_the_trie_is_empty() {
		let (root, nodes) = build(&[]);
		assert_eq!(root, hex!("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"));
		let proof = Proof::new(refs(&nodes)).unwrap();
		assert_eq!(proof.read(&root, b"any"), Ok(Answer::Absent));
	}

	/// The vectors of `sp-trie`'s own tests, by which the builder of the other tests is checked too.
	#[test]
	fn node_should_be_read_when_it_is_one_of_the_sdks_vectors() {
		let one: &[u8] = &[0x42, 0xaa, 4, 0xbb];
		let two: &[u8] =
			&[0x80, 0x12, 0, 20, 0x43, 0x03, 0x14, 4, 0xff, 20, 0x43, 0x08, 0x19, 4, 0xfe];
		assert_eq!(build(&[(vec![0xaa], vec![0xbb])]), (blake2_256(one), vec![one.to_vec()]));
		let pairs = [(vec![0x48, 0x19], vec![0xfe]), (vec![0x13, 0x14], vec![0xff])];
		assert_eq!(build(&pairs), (blake2_256(two), vec![two.to_vec()]));

		let proof = Proof::new([one, two]).unwrap();
		let read = |node, key: &[u8]| proof.read(&blake2_256(node), key).unwrap();
		assert_eq!(read(one, &[0xaa]), Answer::Present(vec![0xbb]));
		assert_eq!(read(one, &[0xab]), Answer::Absent);
		assert_eq!(read(two, &[0x13, 0x14]), Answer::Present(vec![0xff]));
		assert_eq!(read(two, &[0x48, 0x19]), Answer::Present(vec![0xfe]));
		assert_eq!(read(two, &[0x48]), Answer::Absent);
	}

	#[test]
	fn three_answers_should_be_told_apart_when_nodes_are_missing() {
		let long = vec![5u8; 100];
		let pairs = [
			(b"alpha".to_vec(), b"1".to_vec()),
			(b"alphabet".to_vec(), long.clone()),
			(b"beta".to_vec(), vec![3; 40]),
			(b"b".to_vec(), b"4".to_vec()),
		];
		let (root, nodes) = build(&pairs);
		let proof = Proof::new(refs(&nodes)).unwrap();
		for (key, value) in &pairs {
			assert_eq!(proof.read(&root, key), Ok(Answer::Present(value.clone())));
		}
		for key in [&b"alph"[..], b"alphas", b"alphabets", b"c", b""] {
			assert_eq!(proof.read(&root, key), Ok(Answer::Absent));
		}
		// The value's own node is left out.
		let without: Vec<_> = nodes.iter().filter(|node| **node != long).cloned().collect();
		assert_eq!(without.len(), nodes.len() - 1);
		let proof = Proof::new(refs(&without)).unwrap();
		assert_eq!(proof.read(&root, b"alphabet"), Ok(Answer::Incomplete));
		// No node at all, or another root.
		assert_eq!(Proof::new([]).unwrap().read(&root, b"c"), Ok(Answer::Incomplete));
		assert_eq!(proof.read(&[1; 32], b"b"), Ok(Answer::Incomplete));
	}

	#[test]
	fn changed_node_should_never_be_believed_when_the_root_is_known() {
		let pairs: Vec<_> = (0u8..40).map(|i| (vec![i, i, 7], vec![i; 50])).collect();
		let (root, mut nodes) = build(&pairs);
		for node in &mut nodes {
			if let Some(last) = node.last_mut() {
				*last ^= 1;
			}
		}
		let proof = Proof::new(refs(&nodes)).unwrap();
		for (key, _) in &pairs {
			assert_eq!(proof.read(&root, key), Ok(Answer::Incomplete));
		}
	}

	#[test]
	fn proof_should_be_refused_when_too_large() {
		let big = vec![0u8; MAX_PROOF + 1];
		assert_eq!(Proof::new([&big[..]]).err(), Some(ProofError::TooLarge));
		let many = vec![vec![0u8; 1]; MAX_NODES + 1];
		assert_eq!(Proof::new(refs(&many)).err(), Some(ProofError::TooLarge));
		let proof = Proof::new([]).unwrap();
		assert_eq!(proof.read(&[0; 32], &[0; MAX_KEY + 1]), Err(ProofError::KeyTooLong));
	}

	#[test]
	fn node_should_be_refused_when_malformed() {
		let bad: [&[u8]; 9] = [
			&[],
			&[0, 0],
			&[0b0000_0001],
			&[0x41, 0xff, 0x00],
			&[0x40, 4],
			&[0x40, 0, 0],
			&[0x80, 0, 0],
			&[0x80, 1, 0],
			&[0x7f, 255, 255, 255, 255, 255],
		];
		for node in bad {
			let proof = Proof::new([node]).unwrap();
			let root = blake2_256(node);
			assert_eq!(proof.read(&root, b"k"), Err(ProofError::Malformed), "{node:?}");
		}
	}

	proptest! {
		#[test]
		fn every_key_should_be_found_when_the_proof_is_whole(
			pairs in proptest::collection::btree_map(
				proptest::collection::vec(0u8..4, 0..40),
				proptest::collection::vec(any::<u8>(), 0..70),
				0..40,
			),
			other in proptest::collection::vec(0u8..4, 0..40),
		) {
			let list: Vec<_> = pairs.clone().into_iter().collect();
			let (root, nodes) = build(&list);
			let proof = Proof::new(refs(&nodes)).unwrap();
			for (key, value) in &pairs {
				prop_assert_eq!(proof.read(&root, key), Ok(Answer::Present(value.clone())));
			}
			let expected = pairs.get(&other).map_or(Answer::Absent, |v| Answer::Present(v.clone()));
			prop_assert_eq!(proof.read(&root, &other), Ok(expected));
		}

		#[test]
		fn read_should_not_panic_when_nodes_are_random(
			nodes: Vec<Vec<u8>>, key: Vec<u8>, root in 0usize..4,
		) {
			let proof = Proof::new(refs(&nodes)).unwrap();
			let root = nodes.get(root).map_or([0; 32], |node| blake2_256(node));
			let _ = proof.read(&root, &key);
		}
	}
}
