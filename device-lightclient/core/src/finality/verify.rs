//! Each check of a justification, by name.

use alloc::{collections::BTreeMap, vec, vec::Vec};
use codec::Encode;

use super::{justification::Precommit, AuthoritySet, Justification};
use crate::{crypto, headers::Header, BlockNumber, Hash};

/// Why a justification is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
	/// It is for another block than the one that was asked for.
	WrongTarget,
	/// It has no votes.
	NoVotes,
	/// Somebody outside the set voted.
	UnknownVoter,
	/// The same vote stands in it twice.
	DuplicateVote,
	/// One voter has more than the two votes that prove an equivocation.
	TooManyVotes,
	/// A signature is not by this voter, for this vote, in this round of this set.
	BadSignature,
	/// A vote is for a block that the enclosed headers do not link to the lowest one voted for.
	BrokenAncestry,
	/// A vote and the header it is for disagree on the height.
	WrongNumber,
	/// A header is enclosed that no vote needs, or twice.
	UnusedHeader,
	/// The votes for the target do not exceed two thirds of the weight.
	TooLittleWeight,
}

impl core::fmt::Display for VerifyError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::WrongTarget => "the justification is for another block",
			Self::NoVotes => "the justification has no votes",
			Self::UnknownVoter => "somebody outside the finality set voted",
			Self::DuplicateVote => "a vote is counted twice",
			Self::TooManyVotes => "one voter has more than two votes",
			Self::BadSignature => "a vote's signature is wrong, or from another set or round",
			Self::BrokenAncestry => "a vote's block is not linked to the others",
			Self::WrongNumber => "a vote names a wrong height",
			Self::UnusedHeader => "a header is enclosed that no vote needs",
			Self::TooLittleWeight => "the votes do not exceed two thirds of the weight",
		})
	}
}

impl core::error::Error for VerifyError {}

/// The bytes that a voter signs: `sp_consensus_grandpa::localized_payload` of a precommit.
pub fn vote_payload(target: &Hash, number: BlockNumber, round: u64, set_id: u64) -> Vec<u8> {
	// Message::{Prevote, Precommit, PrimaryPropose}: a precommit is the variant 1.
	(1u8, target, number, round, set_id).encode()
}

impl AuthoritySet {
	/// Whether `justification` makes the block `hash` at height `number` final.
	pub fn verify(
		&self,
		justification: &Justification,
		hash: &Hash,
		number: BlockNumber,
	) -> Result<(), VerifyError> {
		if justification.target_hash != *hash || justification.target_number != number {
			return Err(VerifyError::WrongTarget);
		}
		let lowest = justification
			.precommits
			.iter()
			.min_by_key(|vote| vote.target_number)
			.ok_or(VerifyError::NoVotes)?;
		let mut ancestry = Ancestry::new(&justification.ancestry)?;

		// For each voter the position of its votes: at most two.
		let mut votes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
		for (index, vote) in justification.precommits.iter().enumerate() {
			let voter = self.position(&vote.id).ok_or(VerifyError::UnknownVoter)?;
			let earlier = votes.entry(voter).or_default();
			if earlier.iter().any(|i| same_vote(justification.precommits.get(*i), vote)) {
				return Err(VerifyError::DuplicateVote);
			}
			if earlier.len() >= 2 {
				return Err(VerifyError::TooManyVotes);
			}
			earlier.push(index);
		}

		// Signatures cost most: they come after everything that is cheap to refuse.
		let mut for_target = vec![false; justification.precommits.len()];
		for (vote, supports) in justification.precommits.iter().zip(for_target.iter_mut()) {
			*supports = ancestry.walk(vote, lowest, hash, number)?;
		}
		if ancestry.used.iter().any(|used| !used) {
			return Err(VerifyError::UnusedHeader);
		}

		// Equivocators count for every block, but not for one that nobody voted for.
		if !for_target.contains(&true) {
			return Err(VerifyError::TooLittleWeight);
		}
		let mut weight = 0u64;
		for (voter, indices) in &votes {
			let supports = match indices.as_slice() {
				[only] => for_target.get(*only).copied().unwrap_or(false),
				_ => true,
			};
			if let (true, Some(authority)) = (supports, self.authorities().get(*voter)) {
				weight = weight.saturating_add(authority.weight);
			}
		}
		if weight < self.threshold() {
			return Err(VerifyError::TooLittleWeight);
		}

		for vote in &justification.precommits {
			let payload =
				vote_payload(&vote.target_hash, vote.target_number, justification.round, self.id());
			if !crypto::verify(&vote.id, &payload, &vote.signature) {
				return Err(VerifyError::BadSignature);
			}
		}
		Ok(())
	}
}

fn same_vote(earlier: Option<&Precommit>, vote: &Precommit) -> bool {
	earlier.is_some_and(|earlier| {
		earlier.target_hash == vote.target_hash && earlier.target_number == vote.target_number
	})
}

/// The enclosed headers, found by hash, and which of them a vote needed.
struct Ancestry<'a> {
	headers: BTreeMap<Hash, (usize, &'a Header)>,
	used: Vec<bool>,
}

impl<'a> Ancestry<'a> {
	fn new(headers: &'a [Header]) -> Result<Self, VerifyError> {
		let mut found = BTreeMap::new();
		for (index, header) in headers.iter().enumerate() {
			if found.insert(header.hash, (index, header)).is_some() {
				return Err(VerifyError::UnusedHeader);
			}
		}
		Ok(Self { headers: found, used: vec![false; headers.len()] })
	}

	/// Walks from a vote's block down to the lowest one voted for; says whether the commit's
	/// target lies on the way.
	fn walk(
		&mut self,
		vote: &Precommit,
		lowest: &Precommit,
		target: &Hash,
		target_number: BlockNumber,
	) -> Result<bool, VerifyError> {
		let (mut at, mut number) = (vote.target_hash, vote.target_number);
		let mut passed = false;
		loop {
			if at == *target {
				if number != target_number {
					return Err(VerifyError::WrongNumber);
				}
				passed = true;
			}
			if at == lowest.target_hash {
				if number != lowest.target_number {
					return Err(VerifyError::WrongNumber);
				}
				return Ok(passed);
			}
			let (index, header) =
				self.headers.get(&at).copied().ok_or(VerifyError::BrokenAncestry)?;
			if header.number != number {
				return Err(VerifyError::WrongNumber);
			}
			if let Some(used) = self.used.get_mut(index) {
				*used = true;
			}
			at = header.parent_hash;
			// Heights fall with each step, so the walk ends: below the lowest there is nothing.
			number = number
				.checked_sub(1)
				.filter(|number| *number >= lowest.target_number)
				.ok_or(VerifyError::BrokenAncestry)?;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::crypto::DeviceKey;
	use crate::testing::chain::*;

	const ROUND: u64 = 3;
	const SET: u64 = 5;

	fn set(weights: &[u64]) -> (Vec<DeviceKey>, AuthoritySet) {
		voters(SET, weights)
	}

	#[test]
	fn justification_should_be_believed_when_more_than_two_thirds_vote() {
		let (keys, set) = set(&[1, 1, 1, 1]);
		let chain = chain(3);
		let block = &chain[0];
		let good = justify(ROUND, SET, block, &keys[..3], block, &[]);
		assert_eq!(set.verify(&good, &block.hash, block.number), Ok(()));
		let few = justify(ROUND, SET, block, &keys[..2], block, &[]);
		assert_eq!(set.verify(&few, &block.hash, block.number), Err(VerifyError::TooLittleWeight));
	}

	#[test]
	fn weight_should_decide_when_voters_are_unequal() {
		let (keys, set) = set(&[70, 10, 10, 10]);
		let chain = chain(1);
		let block = &chain[0];
		let heavy = justify(ROUND, SET, block, &keys[..1], block, &[]);
		assert_eq!(set.verify(&heavy, &block.hash, block.number), Ok(()));
		let light = justify(ROUND, SET, block, &keys[1..], block, &[]);
		assert_eq!(
			set.verify(&light, &block.hash, block.number),
			Err(VerifyError::TooLittleWeight)
		);
	}

	#[test]
	fn votes_for_descendants_should_count_when_linked() {
		let (keys, set) = set(&[1, 1, 1]);
		let chain = chain(3);
		let mut good = justify(ROUND, SET, &chain[0], &keys[..2], &chain[0], &[]);
		good.precommits.push(sign_vote(&keys[2], ROUND, SET, &chain[2]));
		good.ancestry = vec![chain[1].clone(), chain[2].clone()];
		assert_eq!(set.verify(&good, &chain[0].hash, 1), Ok(()));

		let mut broken = good.clone();
		broken.ancestry.remove(0);
		assert_eq!(set.verify(&broken, &chain[0].hash, 1), Err(VerifyError::BrokenAncestry));

		let mut twice = good.clone();
		twice.ancestry.push(chain[1].clone());
		assert_eq!(set.verify(&twice, &chain[0].hash, 1), Err(VerifyError::UnusedHeader));

		let mut unused = justify(ROUND, SET, &chain[0], &keys, &chain[0], &[]);
		unused.ancestry = vec![chain[1].clone()];
		assert_eq!(set.verify(&unused, &chain[0].hash, 1), Err(VerifyError::UnusedHeader));
	}

	#[test]
	fn votes_below_the_target_should_not_count_when_single() {
		let (keys, set) = set(&[1, 1, 1]);
		let chain = chain(2);
		// Two vote for block 1, one for block 2, and the commit claims block 2.
		let mut claim = justify(ROUND, SET, &chain[1], &keys[..1], &chain[1], &[]);
		claim.precommits.push(sign_vote(&keys[1], ROUND, SET, &chain[0]));
		claim.precommits.push(sign_vote(&keys[2], ROUND, SET, &chain[0]));
		claim.ancestry = vec![chain[1].clone()];
		assert_eq!(set.verify(&claim, &chain[1].hash, 2), Err(VerifyError::TooLittleWeight));
	}

	#[test]
	fn equivocator_should_count_once_when_it_voted_twice() {
		let (keys, set) = set(&[1, 1, 1, 1]);
		let chain = chain(2);
		let mut claim = justify(ROUND, SET, &chain[0], &keys[..2], &chain[0], &[]);
		claim.precommits.push(sign_vote(&keys[1], ROUND, SET, &chain[1]));
		claim.ancestry = vec![chain[1].clone()];
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::TooLittleWeight));
		claim.precommits.push(sign_vote(&keys[2], ROUND, SET, &chain[0]));
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Ok(()));
	}

	#[test]
	fn equivocators_should_not_carry_a_block_when_nobody_voted_for_it() {
		let (keys, set) = set(&[1]);
		let chain = chain(3);
		let mut claim = justify(ROUND, SET, &chain[0], &keys, &chain[1], &[]);
		claim.precommits.push(sign_vote(&keys[0], ROUND, SET, &chain[2]));
		claim.ancestry = vec![chain[2].clone()];
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::TooLittleWeight));
	}

	#[test]
	fn third_vote_should_be_refused_when_one_voter_has_two() {
		let (keys, set) = set(&[1, 1, 1]);
		let chain = chain(3);
		let mut claim = justify(ROUND, SET, &chain[0], &keys, &chain[0], &[]);
		claim.precommits.push(sign_vote(&keys[0], ROUND, SET, &chain[1]));
		claim.precommits.push(sign_vote(&keys[0], ROUND, SET, &chain[2]));
		claim.ancestry = vec![chain[1].clone(), chain[2].clone()];
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::TooManyVotes));
	}

	#[test]
	fn duplicate_should_be_refused_when_a_vote_is_repeated() {
		let (keys, set) = set(&[1, 1, 1]);
		let chain = chain(1);
		let mut claim = justify(ROUND, SET, &chain[0], &keys, &chain[0], &[]);
		claim.precommits.push(claim.precommits[0].clone());
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::DuplicateVote));
	}

	#[test]
	fn justification_should_be_refused_when_for_another_block() {
		let (keys, set) = set(&[1]);
		let chain = chain(2);
		let claim = justify(ROUND, SET, &chain[0], &keys, &chain[0], &[]);
		assert_eq!(set.verify(&claim, &chain[1].hash, 1), Err(VerifyError::WrongTarget));
		assert_eq!(set.verify(&claim, &chain[0].hash, 2), Err(VerifyError::WrongTarget));
	}

	#[test]
	fn justification_should_be_refused_when_empty_or_by_strangers() {
		let (keys, set) = set(&[1]);
		let chain = chain(1);
		let mut claim = justify(ROUND, SET, &chain[0], &keys, &chain[0], &[]);
		claim.precommits.push(sign_vote(&DeviceKey::from_seed([99; 32]), ROUND, SET, &chain[0]));
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::UnknownVoter));
		claim.precommits.clear();
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::NoVotes));
	}

	#[test]
	fn signature_should_be_refused_when_from_another_set_or_round() {
		let (keys, set) = set(&[1, 1, 1]);
		let chain = chain(1);
		// An outdated set is not a valid set.
		for (round, id) in [(ROUND, SET - 1), (ROUND, SET + 1), (ROUND + 1, SET)] {
			let mut claim = justify(round, id, &chain[0], &keys, &chain[0], &[]);
			claim.round = ROUND;
			assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::BadSignature));
		}
		let mut forged = justify(ROUND, SET, &chain[0], &keys, &chain[0], &[]);
		forged.precommits[2].signature[7] ^= 1;
		assert_eq!(set.verify(&forged, &chain[0].hash, 1), Err(VerifyError::BadSignature));
	}

	#[test]
	fn number_should_be_refused_when_it_is_not_the_headers() {
		let (keys, set) = set(&[1, 1, 1]);
		let chain = chain(2);
		let mut claim = justify(ROUND, SET, &chain[0], &keys[..2], &chain[0], &[]);
		let mut high = sign_vote(&keys[2], ROUND, SET, &chain[1]);
		high.target_number = 9;
		claim.precommits.push(high);
		claim.ancestry = vec![chain[1].clone()];
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::WrongNumber));

		let mut claim = justify(ROUND, SET, &chain[0], &keys, &chain[0], &[]);
		claim.precommits[1].target_number = 2;
		assert_eq!(set.verify(&claim, &chain[0].hash, 1), Err(VerifyError::WrongNumber));
	}
}
