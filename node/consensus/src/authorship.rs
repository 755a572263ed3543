//! Which of a keystore's keys may author a slot.

use sp_consensus::Error as ConsensusError;
use sp_consensus_pogcs::{
	election::{fallback_author, primary_threshold, score, total_weight},
	vrf::sign_data,
	AuthorityId, Claim, Epoch, PreDigest, VrfOutput,
};
use sp_consensus_slots::Slot;
use sp_core::{crypto::ByteArray, sr25519};
use sp_keystore::Keystore;
use sp_runtime::DigestItem;

use crate::digest::{key_type, seal};

/// A claim to `slot` by one of the keystore's keys, primary if possible, with the key.
///
/// Two of our keys that both win: the one that stands first in the set claims.
pub fn claim_slot(
	slot: Slot,
	epoch: &Epoch,
	keystore: &dyn Keystore,
) -> Option<(PreDigest, AuthorityId)> {
	let data = sign_data(&epoch.randomness, *slot, epoch.index_at(*slot));
	let total = total_weight(&epoch.authorities);
	let fallback = fallback_author(&epoch.randomness, *slot, &epoch.authorities);
	let mut claim = None;
	for (index, (key, weight)) in (0u32..).zip(&epoch.authorities) {
		let public = sr25519::Public::from_raw(key.0);
		if !keystore.has_keys(&[(public.to_raw_vec(), key_type())]) {
			continue;
		}
		let Ok(Some(signature)) = keystore.sr25519_vrf_sign(key_type(), &public, &data) else {
			continue;
		};
		let vrf = VrfOutput::from(&signature);
		let primary = score(&vrf.pre_output) < primary_threshold(epoch.c, *weight, total);
		let entry = Claim { authority: index, slot: *slot, vrf };
		if primary {
			return Some((PreDigest::Primary(entry), (*key).into()));
		}
		if fallback == Some(index) {
			claim = Some((PreDigest::Fallback(entry), (*key).into()));
		}
	}
	claim
}

/// The seal of the header with this hash: its author's signature.
///
/// # Errors
/// A keystore that cannot sign, or that no longer has the author's key.
pub fn sign_header(
	hash: &[u8],
	author: AuthorityId,
	keystore: &dyn Keystore,
) -> Result<DigestItem, ConsensusError> {
	let public = sr25519::Public::from(author);
	let signature = keystore
		.sr25519_sign(key_type(), &public, hash)
		.map_err(|e| ConsensusError::CannotSign(e.to_string()))?
		.ok_or_else(|| {
			ConsensusError::CannotSign(format!(
				"the key {} has left the keystore",
				sp_core::hexdisplay::HexDisplay::from(&public.as_slice())
			))
		})?;
	Ok(seal(&signature.into()))
}

#[cfg(test)]
mod tests {
	use sp_consensus_pogcs::AuthorityKey;
	use sp_core::Pair;
	use sp_keystore::testing::MemoryKeystore;

	use super::*;
	use crate::verifier::check_claim;

	type Block = sp_runtime::generic::Block<
		sp_runtime::generic::Header<u32, sp_runtime::traits::BlakeTwo256>,
		sp_runtime::OpaqueExtrinsic,
	>;

	fn keystore(seeds: &[&str]) -> MemoryKeystore {
		let keystore = MemoryKeystore::new();
		for seed in seeds {
			keystore.sr25519_generate_new(key_type(), Some(seed)).unwrap();
		}
		keystore
	}

	fn key(seed: &str) -> AuthorityKey {
		AuthorityKey(sr25519::Pair::from_string(seed, None).unwrap().public().0)
	}

	fn epoch(weights: &[(&str, u64)]) -> Epoch {
		Epoch {
			index: 5,
			start_slot: 100,
			duration: 1_000,
			authorities: weights.iter().map(|(seed, weight)| (key(seed), *weight)).collect(),
			randomness: [7; 32],
			c: (1, 4),
		}
	}

	#[test]
	fn every_slot_should_have_an_author_who_passes_verification_when_all_keys_are_here() {
		let epoch = epoch(&[("//Alice", 60_000), ("//Bob", 5_000), ("//Carol", 535)]);
		let keystore = keystore(&["//Alice", "//Bob", "//Carol"]);
		let mut primaries = 0;
		for slot in 100..300u64 {
			let (claim, _) = claim_slot(slot.into(), &epoch, &keystore).unwrap();
			check_claim::<Block>(&claim, &epoch).unwrap();
			primaries += u32::from(claim.is_primary());
		}
		assert!(primaries > 20 && primaries < 90, "{primaries} of 200 slots had a primary");
	}

	#[test]
	fn claim_slot_should_find_nothing_when_the_key_is_elsewhere() {
		let epoch = epoch(&[("//Alice", 1)]);
		assert!(claim_slot(100.into(), &epoch, &keystore(&["//Bob"])).is_none());
	}

	#[test]
	fn check_claim_should_refuse_when_the_claim_was_changed() {
		let epoch_here = epoch(&[("//Alice", 30_000), ("//Bob", 30_000)]);
		let keystore = keystore(&["//Alice", "//Bob"]);
		let mut seen = (false, false);
		for slot in 100..200u64 {
			let (claim, _) = claim_slot(slot.into(), &epoch_here, &keystore).unwrap();
			let refused = |claim: &PreDigest, epoch: &Epoch| {
				assert!(check_claim::<Block>(claim, epoch).is_err());
			};
			let changed = |change: &dyn Fn(&mut Claim)| {
				let mut claim = claim.clone();
				match &mut claim {
					PreDigest::Primary(inner) | PreDigest::Fallback(inner) => change(inner),
				}
				claim
			};
			refused(&changed(&|c| c.slot += 1), &epoch_here);
			refused(&changed(&|c| c.authority = 1 - c.authority), &epoch_here);
			refused(&changed(&|c| c.authority = 9), &epoch_here);
			refused(&changed(&|c| c.vrf.proof[3] ^= 1), &epoch_here);
			refused(&changed(&|c| c.vrf.pre_output = [0xff; 32]), &epoch_here);
			let other_randomness = Epoch { randomness: [8; 32], ..epoch_here.clone() };
			refused(&claim, &other_randomness);
			let other_epoch = Epoch { index: 6, ..epoch_here.clone() };
			refused(&claim, &other_epoch);
			match &claim {
				PreDigest::Primary(inner) => {
					seen.0 = true;
					// A primary at a weight that does not win.
					let light = epoch(&[("//Alice", 1), ("//Bob", 1), ("//Carol", 60_000)]);
					refused(&PreDigest::Primary(inner.clone()), &light);
				}
				PreDigest::Fallback(inner) => {
					seen.1 = true;
					refused(&PreDigest::Primary(inner.clone()), &epoch_here);
				}
			}
		}
		assert_eq!(seen, (true, true), "both kinds of claim were tried");
	}
}
