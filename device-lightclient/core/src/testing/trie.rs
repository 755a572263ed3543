//! Builds a state trie the way a node does (layout version 1), to make proofs from.

use alloc::{vec, vec::Vec};
use codec::{Compact, Encode};

use crate::{crypto::blake2_256, Hash};

/// The root of the trie with these pairs, and all of its nodes. Keys may come in any order.
pub fn build(pairs: &[(Vec<u8>, Vec<u8>)]) -> (Hash, Vec<Vec<u8>>) {
	let mut list: Vec<(Vec<u8>, Vec<u8>)> = pairs
		.iter()
		.map(|(key, value)| {
			(key.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).collect(), value.clone())
		})
		.collect();
	list.sort();
	let mut nodes = Vec::new();
	let root = if list.is_empty() { vec![0] } else { node(&list, &mut nodes) };
	let hash = blake2_256(&root);
	nodes.push(root);
	(hash, nodes)
}

fn node(list: &[(Vec<u8>, Vec<u8>)], nodes: &mut Vec<Vec<u8>>) -> Vec<u8> {
	let (first, last) = (&list[0].0, &list[list.len() - 1].0);
	let shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
	let partial = &first[..shared];
	let value = (first.len() == shared).then(|| list[0].1.as_slice());
	let rest = if value.is_some() { &list[1..] } else { list };
	let hashed = value.is_some_and(|value| value.len() > 32);
	let mut out = match (rest.is_empty(), value.is_some(), hashed) {
		(true, _, false) => header(partial, 0x40, 0x3f),
		(true, _, true) => header(partial, 0x20, 0x1f),
		(false, false, _) => header(partial, 0x80, 0x3f),
		(false, true, false) => header(partial, 0xc0, 0x3f),
		(false, true, true) => header(partial, 0x10, 0x0f),
	};
	let mut bitmap = 0u16;
	let mut children = Vec::new();
	for nibble in 0u8..16 {
		let group: Vec<_> = rest
			.iter()
			.filter(|(key, _)| key[shared] == nibble)
			.map(|(key, value)| (key[shared + 1..].to_vec(), value.clone()))
			.collect();
		if group.is_empty() {
			continue;
		}
		bitmap |= 1 << nibble;
		let child = node(&group, nodes);
		if child.len() >= 32 {
			blake2_256(&child).to_vec().encode_to(&mut children);
			nodes.push(child);
		} else {
			child.encode_to(&mut children);
		}
	}
	if !rest.is_empty() {
		out.extend(bitmap.to_le_bytes());
	}
	match value {
		Some(value) if hashed => {
			out.extend(blake2_256(value));
			nodes.push(value.to_vec());
		}
		Some(value) => {
			Compact(value.len() as u32).encode_to(&mut out);
			out.extend(value);
		}
		None => {}
	}
	out.extend(children);
	out
}

fn header(partial: &[u8], prefix: u8, mask: u8) -> Vec<u8> {
	let mut out = Vec::new();
	let full = usize::from(mask);
	if partial.len() < full {
		out.push(prefix | partial.len() as u8);
	} else {
		out.push(prefix | mask);
		let mut left = partial.len() - full;
		while left >= 255 {
			out.push(255);
			left -= 255;
		}
		out.push(left as u8);
	}
	let padded: Vec<u8> =
		if partial.len() % 2 == 1 { [&[0], partial].concat() } else { partial.to_vec() };
	out.extend(padded.chunks(2).map(|pair| pair[0] << 4 | pair[1]));
	out
}
