//! What the engine itself costs for one header: finding the claim, its right (VRF, threshold or
//! draw), and the seal, given the epoch. Nothing of it should grow much with the number of authorities.

use std::{hint::black_box, time::Instant};

use codec::Encode;
use pogcs_runtime::opaque::{Block, Header};
use sc_consensus_pogcs::{
	authorship::{claim_slot, sign_header},
	digest::{find_claim, key_type, pre_runtime},
	verifier::check_header,
};
use sp_consensus_pogcs::{AuthorityKey, Epoch, Weight};
use sp_core::H256;
use sp_keystore::{testing::MemoryKeystore, Keystore};
use sp_runtime::{generic::Digest, traits::Header as _};

use crate::{figure::median, Error};

/// Headers of an epoch.
const HEADERS: u64 = 16;

/// How often each of them is checked.
const ROUNDS: u32 = 127;

/// Scaled weights sum to at most this.
const FULL: Weight = 65_535;

const START: u64 = 1_000;

/// Everybody has the same.
fn equal(count: u32) -> Vec<Weight> {
	vec![FULL / Weight::from(count); usize::try_from(count).unwrap_or_default()]
}

/// The first has half, and each other one a share that falls with its rank.
fn skewed(count: u32) -> Vec<Weight> {
	let ranks = || (2..=Weight::from(count)).map(|rank| FULL / rank);
	let sum: Weight = ranks().sum();
	let rest = ranks().map(|share| (share * (FULL / 2) / sum.max(1)).max(1));
	std::iter::once(FULL / 2).chain(rest).collect()
}

/// An epoch with these weights, and a sealed header for each of its slots.
fn epoch(weights: Vec<Weight>) -> Result<(Epoch, Vec<Header>), Error> {
	let keystore = MemoryKeystore::new();
	let mut authorities = Vec::with_capacity(weights.len());
	for (index, weight) in (0u32..).zip(weights) {
		// A raw seed: the keystore derives the key anew for each signature.
		let seed = index.using_encoded(sp_crypto_hashing::blake2_256);
		let seed = format!("0x{}", hex::encode(seed));
		let key = keystore
			.sr25519_generate_new(key_type(), Some(&seed))
			.map_err(|error| format!("the keystore does not take {seed}: {error}"))?;
		authorities.push((AuthorityKey(key.0), weight));
	}
	let randomness = b"pogcs-bench".using_encoded(sp_crypto_hashing::blake2_256);
	let epoch = Epoch {
		index: 7,
		start_slot: START,
		duration: HEADERS,
		authorities,
		randomness,
		c: (1, 4),
	};
	let mut headers = Vec::new();
	for slot in START..START + HEADERS {
		let (claim, author) = claim_slot(slot.into(), &epoch, &keystore)
			.ok_or_else(|| format!("nobody may author slot {slot}"))?;
		let digest = Digest { logs: vec![pre_runtime(&claim)] };
		let root = H256::repeat_byte(1);
		let mut header = Header::new(1, root, root, root, digest);
		let seal = sign_header(header.hash().as_ref(), author, &keystore)?;
		header.digest_mut().push(seal);
		headers.push(header);
	}
	Ok((epoch, headers))
}

/// Checks a header as the verifier does once it knows the epoch.
fn check(header: Header, known: &Epoch) -> Result<(), Error> {
	// The verifier takes its copy of the epoch out of the tree of epochs.
	let epoch = known.clone();
	let claim = find_claim::<Block>(&header)?;
	black_box(check_header::<Block>(header, &claim, &epoch)?);
	Ok(())
}

/// The medians for epochs of each of these numbers of authorities, in microseconds: for the costlier
/// of equal and skewed weights, both of which are told on stderr.
///
/// # Errors
/// A header that is refused.
pub fn microseconds<const N: usize>(counts: [u32; N]) -> Result<[f64; N], Error> {
	let mut lanes = Vec::new();
	for count in counts {
		lanes.push((count, "equal", epoch(equal(count))?, Vec::new()));
		lanes.push((count, "skewed", epoch(skewed(count))?, Vec::new()));
	}
	for _ in 0..ROUNDS {
		for (_, _, (epoch, headers), times) in &mut lanes {
			for header in headers {
				let header = header.clone();
				let start = Instant::now();
				check(header, epoch)?;
				times.push(start.elapsed());
			}
		}
	}
	let mut medians = Vec::new();
	for (count, weights, _, times) in lanes {
		let microseconds = median(times)? * 1_000.0;
		eprintln!("{count} authorities of {weights} weight: {microseconds:.1} us");
		medians.push(microseconds);
	}
	Ok(std::array::from_fn(|at| medians[2 * at].max(medians[2 * at + 1])))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn weights_should_sum_to_about_the_whole_when_equal_or_skewed() {
		for count in [4, 1_000] {
			for weights in [equal(count), skewed(count)] {
				assert_eq!(weights.len(), usize::try_from(count).unwrap());
				assert!(weights.iter().all(|weight| *weight > 0));
				let sum: Weight = weights.iter().sum();
				assert!((FULL * 9 / 10..=FULL * 11 / 10).contains(&sum), "{sum}");
			}
		}
		assert!(skewed(1_000)[0] > 100 * skewed(1_000)[999]);
	}

	#[test]
	fn check_should_refuse_a_header_when_it_is_not_the_sealed_one() {
		let (epoch, headers) = epoch(skewed(4)).unwrap();
		for header in headers {
			check(header.clone(), &epoch).unwrap();
			let other = Header { state_root: H256::zero(), ..header };
			assert!(check(other, &epoch).is_err());
		}
	}
}
