//! Who may author a slot.
//!
//! A **primary** author won the slot by its VRF output, with a chance that grows with its weight and
//! does not change if it splits its weight over several keys. A slot without a primary goes to
//! one **fallback** author, drawn over the cumulative weights, so that weight decides there too.

use alloc::vec::Vec;
use codec::Encode;
use pogcs_math::{one_minus_pow, Ratio};
use sp_crypto_hashing::blake2_256;

use crate::{AuthorityKey, Randomness, Weight};

/// A VRF score must be below this to win: `T(q) = 2^128 * (1 - (1 - c)^(q/total))`.
///
/// The lower end of a bracket not wider than two units of 2^-128 (`one_minus_pow`), so the chance
/// of a slot is off by less than 2^-126. Zero weight or zero total: 0, which nothing is below.
/// `c` above one half is refused at genesis; here it gives 0.
pub fn primary_threshold(c: (u64, u64), weight: Weight, total: Weight) -> u128 {
	let (Some(c), Some(share)) = (Ratio::new(c.0, c.1), Ratio::new(weight, total)) else {
		return 0;
	};
	one_minus_pow(c, share).map_or(0, |chance| chance.down)
}

/// The number that a VRF output stands for in the lottery.
///
/// A pre-output is a curve point, whose bytes are not evenly spread; a hash of it is. Key and
/// input determine the point, so there is nothing to choose.
pub fn score(pre_output: &[u8; 32]) -> u128 {
	let hash = (b"pogcs/score", pre_output).using_encoded(blake2_256);
	let mut low = [0u8; 16];
	low.copy_from_slice(&hash[..16]);
	u128::from_le_bytes(low)
}

/// The sum of all weights; saturates, which a set of 16-bit weights never reaches.
pub fn total_weight(authorities: &[(AuthorityKey, Weight)]) -> Weight {
	authorities.iter().fold(0, |sum, (_, weight)| sum.saturating_add(*weight))
}

/// The one fallback author of `slot`: an index into `authorities`, drawn over cumulative weights.
///
/// `None` if nobody has weight. The draw is `floor(hash * total / 2^128)`, biased by less than
/// `total / 2^128`.
pub fn fallback_author(
	randomness: &Randomness,
	slot: u64,
	authorities: &[(AuthorityKey, Weight)],
) -> Option<u32> {
	let total = total_weight(authorities);
	if total == 0 {
		return None;
	}
	let hash = (b"pogcs/fallback", randomness, slot).using_encoded(blake2_256);
	let mut high = [0u8; 8];
	let mut low = [0u8; 8];
	high.copy_from_slice(&hash[..8]);
	low.copy_from_slice(&hash[8..16]);
	// (high * 2^64 + low) * total / 2^128 in 128 bits.
	let (high, low) = (u64::from_be_bytes(high), u64::from_be_bytes(low));
	let carry = (u128::from(low) * u128::from(total)) >> 64;
	let drawn = (u128::from(high) * u128::from(total) + carry) >> 64;
	let mut passed: u128 = 0;
	for (index, (_, weight)) in (0u32..).zip(authorities) {
		passed = passed.saturating_add(u128::from(*weight));
		if drawn < passed {
			return Some(index);
		}
	}
	None
}

/// Randomness of the next epoch: a hash of the last one's with what its blocks revealed.
pub fn next_randomness(
	previous: &Randomness,
	epoch_index: u64,
	outputs: &[[u8; 32]],
) -> Randomness {
	let mut bytes: Vec<u8> = (b"pogcs/randomness", previous, epoch_index).encode();
	outputs.iter().for_each(|output| bytes.extend_from_slice(output));
	blake2_256(&bytes)
}
