//! The verifier beside the nodes' own: encodings are those of `finality-grandpa`, and both agree on
//! which commits hold.

use codec::{Compact, Decode, Encode};
use finality_grandpa::{
	validate_commit, voter_set::VoterSet, Chain, Commit, Error, Message,
	Precommit as GrandpaPrecommit, SignedPrecommit,
};
use pogcs_light_core::{
	crypto::DeviceKey,
	finality::{vote_payload, AuthoritySet, Justification},
	headers::{encode_header, Authority, Header},
};
use proptest::prelude::*;

type Hash = [u8; 32];
type GrandpaCommit = Commit<Hash, u32, [u8; 64], Hash>;

/// A tree of blocks on a root at height 1: the parent of each is given by its index.
struct Tree(Vec<(Header, Vec<u8>)>);

impl Tree {
	fn new(parents: &[usize]) -> Self {
		let mut blocks: Vec<(Header, Vec<u8>)> = Vec::new();
		for index in 0..=parents.len() {
			let (parent, number) = match index {
				0 => ([0; 32], 1),
				_ => {
					let above = &blocks[parents[index - 1] % index].0;
					(above.hash, above.number + 1)
				}
			};
			let bytes = encode_header(&parent, number, &[index as u8; 32], &[0; 32], &[]);
			blocks.push((Header::decode(&bytes).unwrap(), bytes));
		}
		Self(blocks)
	}

	fn get(&self, hash: &Hash) -> Option<&(Header, Vec<u8>)> {
		self.0.iter().find(|(header, _)| header.hash == *hash)
	}

	fn descends(&self, block: &Hash, from: &Hash) -> bool {
		let mut at = *block;
		while let Some((header, _)) = self.get(&at) {
			if at == *from {
				return true;
			}
			at = header.parent_hash;
		}
		false
	}
}

impl Chain<Hash, u32> for Tree {
	fn ancestry(&self, base: Hash, block: Hash) -> Result<Vec<Hash>, Error> {
		let mut route = Vec::new();
		let mut at = block;
		while at != base {
			let (header, _) = self.get(&at).ok_or(Error::NotDescendent)?;
			at = header.parent_hash;
			route.push(at);
		}
		route.pop();
		Ok(route)
	}
}

fn commit(
	tree: &Tree,
	keys: &[DeviceKey],
	target: usize,
	votes: &[(usize, usize)],
) -> GrandpaCommit {
	let precommits = votes
		.iter()
		.map(|(voter, block)| {
			let (header, key) = (&tree.0[*block].0, &keys[*voter]);
			SignedPrecommit {
				precommit: GrandpaPrecommit {
					target_hash: header.hash,
					target_number: header.number,
				},
				signature: key.sign(&vote_payload(&header.hash, header.number, 1, 2)),
				id: key.public(),
			}
		})
		.collect();
	let target = &tree.0[target].0;
	Commit { target_hash: target.hash, target_number: target.number, precommits }
}

/// The headers that link all votes to the lowest one, as a node encloses them.
fn enclosed<'a>(tree: &'a Tree, votes: &[(usize, usize)]) -> Vec<&'a (Header, Vec<u8>)> {
	let blocks = votes.iter().map(|(_, block)| &tree.0[*block].0);
	let Some(lowest) = blocks.clone().min_by_key(|block| block.number) else { return Vec::new() };
	let mut headers: Vec<&(Header, Vec<u8>)> = Vec::new();
	for block in blocks {
		let mut at = block.hash;
		while let Some(entry) = tree.get(&at).filter(|entry| entry.0.number > lowest.number) {
			if !headers.iter().any(|known| known.0.hash == at) {
				headers.push(entry);
			}
			at = entry.0.parent_hash;
		}
	}
	headers
}

#[test]
fn payload_should_be_the_nodes_when_a_precommit_is_signed() {
	let vote = GrandpaPrecommit { target_hash: [7u8; 32], target_number: 9u32 };
	let theirs = (Message::Precommit(vote), 4u64, 5u64).encode();
	assert_eq!(vote_payload(&[7; 32], 9, 4, 5), theirs);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn verdict_should_be_the_nodes_when_votes_are_random(
		parents in proptest::collection::vec(0usize..8, 1..6),
		weights in proptest::collection::vec(1u64..5, 4),
		chosen in proptest::collection::vec(proptest::option::weighted(0.8, 0usize..6), 4),
		second in 0usize..6,
		equivocates: bool,
		target in 0usize..6,
	) {
		let tree = Tree::new(&parents);
		let size = tree.0.len();
		let keys: Vec<_> = (1u8..5).map(|seed| DeviceKey::from_seed([seed; 32])).collect();
		let mut votes: Vec<(usize, usize)> = chosen
			.iter()
			.enumerate()
			.filter_map(|(voter, block)| block.map(|block| (voter, block % size)))
			.collect();
		// At most one voter equivocates, and less than a third of the weight does.
		let total: u64 = weights.iter().sum();
		if let (true, Some((voter, block))) = (equivocates, votes.first().copied()) {
			if block != second % size && 3 * weights[voter] < total {
				votes.push((voter, second % size));
			}
		}
		let target = target % size;
		let theirs = commit(&tree, &keys, target, &votes);
		let headers = enclosed(&tree, &votes);

		// What a node encodes is what the device decodes.
		let mut bytes = (1u64, theirs.clone(), Compact(headers.len() as u32)).encode();
		headers.iter().for_each(|(_, header)| bytes.extend(header));
		let justification = Justification::decode(&bytes).unwrap();
		prop_assert_eq!(justification.precommits.len(), votes.len());

		let list: Vec<_> = keys.iter().map(|key| key.public()).zip(weights.clone()).collect();
		let voters = VoterSet::new(list.clone()).unwrap();
		let list = list.into_iter().map(|(key, weight)| Authority { key, weight }).collect();
		let set = AuthoritySet::new(2, list).unwrap();
		prop_assert_eq!(set.threshold(), voters.threshold().get());

		let (hash, number) = (theirs.target_hash, theirs.target_number);
		let ours = set.verify(&justification, &hash, number);
		let holds = |at: usize| {
			validate_commit(&commit(&tree, &keys, at, &votes), &voters, &tree)
				.is_ok_and(|result| result.is_valid())
		};
		if holds(target) {
			prop_assert_eq!(ours, Ok(()));
		}
		// The nodes want the highest block that the votes carry; the device also believes the
		// same votes for a block below it.
		if ours.is_ok() {
			let carried = (0..size).any(|at| tree.descends(&tree.0[at].0.hash, &hash) && holds(at));
			prop_assert!(carried);
		}
	}
}

#[test]
fn set_change_should_decode_when_encoded_by_the_sdks_layout() {
	// ConsensusLog::ScheduledChange (1) { next_authorities: Vec<(key, u64)>, delay: u32 }.
	let log = (1u8, vec![([3u8; 32], 9u64)], 4u32).encode();
	let change = pogcs_light_core::headers::SetChange::decode(&log).unwrap().unwrap();
	assert_eq!(change.authorities, [Authority { key: [3; 32], weight: 9 }]);
	assert_eq!((change.delay, change.forced_from), (4, None));
	assert_eq!(<(Hash, u64)>::decode(&mut &change.authorities[0].encode()[..]), Ok(([3; 32], 9)));
}
