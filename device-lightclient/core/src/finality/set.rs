//! A finality set: voters, weights and the number that signatures are bound to.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use pogcs_primitives::wire::PublicKey;

use crate::{crypto::blake2_256, headers::Authority, Hash};

/// Why a list of voters is no set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetError {
	/// Nobody in it has any weight.
	Empty,
	/// The weights add up to more than a `u64` holds.
	Overweight,
}

impl core::fmt::Display for SetError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Empty => "the finality set is empty",
			Self::Overweight => "the finality set's weights overflow",
		})
	}
}

impl core::error::Error for SetError {}

/// The voters in charge of finality, in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct AuthoritySet {
	id: u64,
	authorities: Vec<Authority>,
	total: u64,
}

impl AuthoritySet {
	/// Makes a set. Voters without weight are dropped, and a key that is listed twice has the sum
	/// of its weights: the voter set of the nodes is built so.
	pub fn new(id: u64, mut authorities: Vec<Authority>) -> Result<Self, SetError> {
		authorities.retain(|authority| authority.weight > 0);
		authorities.sort_by_key(|authority| authority.key);
		let mut merged: Vec<Authority> = Vec::with_capacity(authorities.len());
		let mut total = 0u64;
		for authority in authorities {
			total = total.checked_add(authority.weight).ok_or(SetError::Overweight)?;
			match merged.last_mut() {
				Some(last) if last.key == authority.key => {
					last.weight = last.weight.saturating_add(authority.weight)
				}
				_ => merged.push(authority),
			}
		}
		if merged.is_empty() {
			return Err(SetError::Empty);
		}
		Ok(Self { id, authorities: merged, total })
	}

	/// How many set changes lie between genesis and this set.
	pub fn id(&self) -> u64 {
		self.id
	}

	/// The voters, ordered by key.
	pub fn authorities(&self) -> &[Authority] {
		&self.authorities
	}

	/// The least weight that finalises: `total - (total - 1) / 3`, which is more than two thirds.
	pub fn threshold(&self) -> u64 {
		self.total.saturating_sub(self.total.saturating_sub(1) / 3)
	}

	/// Where `key` stands in [`AuthoritySet::authorities`].
	pub fn position(&self, key: &PublicKey) -> Option<usize> {
		self.authorities.binary_search_by_key(key, |authority| authority.key).ok()
	}

	/// A hash of id and voters, short enough to read out and compare.
	pub fn hash(&self) -> Hash {
		blake2_256(&self.encode())
	}
}

impl Decode for AuthoritySet {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let (id, authorities, total) = <(u64, Vec<Authority>, u64)>::decode(input)?;
		let set = Self::new(id, authorities).map_err(|_| codec::Error::from("no finality set"))?;
		if set.total != total {
			return Err("finality set with a wrong total".into());
		}
		Ok(set)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	fn authority(key: u8, weight: u64) -> Authority {
		Authority { key: [key; 32], weight }
	}

	#[test]
	fn set_should_merge_and_drop_when_keys_repeat_or_weigh_nothing() {
		let list = vec![authority(2, 3), authority(1, 0), authority(2, 4), authority(0, 1)];
		let set = AuthoritySet::new(7, list).unwrap();
		assert_eq!(set.authorities(), [authority(0, 1), authority(2, 7)]);
		assert_eq!(set.position(&[2; 32]), Some(1));
		assert_eq!(set.position(&[1; 32]), None);
		assert_eq!(AuthoritySet::decode(&mut &set.encode()[..]), Ok(set));
	}

	#[test]
	fn set_should_be_refused_when_empty_or_overweight() {
		assert_eq!(AuthoritySet::new(0, vec![]), Err(SetError::Empty));
		assert_eq!(AuthoritySet::new(0, vec![authority(1, 0)]), Err(SetError::Empty));
		let heavy = vec![authority(1, u64::MAX), authority(2, 1)];
		assert_eq!(AuthoritySet::new(0, heavy), Err(SetError::Overweight));
		let wrong = (0u64, vec![authority(1, 5)], 6u64).encode();
		assert!(AuthoritySet::decode(&mut &wrong[..]).is_err());
	}

	#[test]
	fn threshold_should_exceed_two_thirds_when_any_total() {
		for total in 1u64..200 {
			let set = AuthoritySet::new(0, vec![authority(1, total)]).unwrap();
			assert!(3 * set.threshold() > 2 * total);
			assert!(3 * (set.threshold() - 1) <= 2 * total);
		}
	}
}
