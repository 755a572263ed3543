//! A small chain whose voters' keys are known.

use alloc::vec::Vec;
use codec::Encode;

use crate::{
	crypto::DeviceKey,
	finality::{vote_payload, AuthoritySet, Justification, Precommit},
	headers::{encode_header, Authority, Header, GRANDPA_ENGINE},
};

/// A set with these weights, and its keys.
pub fn voters(id: u64, weights: &[u64]) -> (Vec<DeviceKey>, AuthoritySet) {
	voters_from(1, id, weights)
}

/// The same with other keys.
pub fn voters_from(seed: u8, id: u64, weights: &[u64]) -> (Vec<DeviceKey>, AuthoritySet) {
	let keys: Vec<_> = (0..weights.len())
		.map(|i| DeviceKey::from_seed([seed.wrapping_add(i as u8); 32]))
		.collect();
	let list = keys
		.iter()
		.zip(weights)
		.map(|(key, weight)| Authority { key: key.public(), weight: *weight })
		.collect();
	(keys, AuthoritySet::new(id, list).expect("a set"))
}

/// The log of a scheduled (`forced_from` is none) or a forced change.
pub fn change_log(next: &AuthoritySet, delay: u32, forced_from: Option<u32>) -> Vec<u8> {
	let list = next.authorities().to_vec();
	match forced_from {
		None => (1u8, list, delay).encode(),
		Some(median) => (2u8, median, list, delay).encode(),
	}
}

/// An encoded header with these GRANDPA logs.
pub fn header_bytes(parent: &[u8; 32], number: u32, logs: &[Vec<u8>]) -> Vec<u8> {
	let items: Vec<_> = logs.iter().map(|log| (4u8, GRANDPA_ENGINE, log).encode()).collect();
	encode_header(parent, number, &[number as u8; 32], &[0; 32], &items)
}

/// The same, decoded.
pub fn child(parent: &[u8; 32], number: u32, logs: &[Vec<u8>]) -> Header {
	Header::decode(&header_bytes(parent, number, logs)).expect("a header")
}

/// Blocks 1..=`count` on a parent of zeroes.
pub fn chain(count: u32) -> Vec<Header> {
	let mut headers: Vec<Header> = Vec::new();
	for number in 1..=count {
		let parent = headers.last().map_or([0; 32], |header| header.hash);
		headers.push(child(&parent, number, &[]));
	}
	headers
}

/// A vote.
pub fn sign_vote(key: &DeviceKey, round: u64, set: u64, block: &Header) -> Precommit {
	Precommit {
		target_hash: block.hash,
		target_number: block.number,
		signature: key.sign(&vote_payload(&block.hash, block.number, round, set)),
		id: key.public(),
	}
}

/// A justification for `target` in which everybody votes for `voted`.
pub fn justify(
	round: u64,
	set: u64,
	target: &Header,
	keys: &[DeviceKey],
	voted: &Header,
	ancestry: &[Header],
) -> Justification {
	Justification {
		round,
		target_hash: target.hash,
		target_number: target.number,
		precommits: keys.iter().map(|key| sign_vote(key, round, set, voted)).collect(),
		ancestry: ancestry.to_vec(),
	}
}

/// Its encoding; `ancestry` holds encoded headers.
pub fn encode_justification(justification: &Justification, ancestry: &[Vec<u8>]) -> Vec<u8> {
	let precommits: Vec<_> = justification
		.precommits
		.iter()
		.map(|vote| (vote.target_hash, vote.target_number, vote.signature, vote.id))
		.collect();
	let mut bytes = (
		justification.round,
		justification.target_hash,
		justification.target_number,
		precommits,
		codec::Compact(ancestry.len() as u32),
	)
		.encode();
	for header in ancestry {
		bytes.extend_from_slice(header);
	}
	bytes
}
