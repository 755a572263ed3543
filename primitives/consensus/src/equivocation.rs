//! Evidence that an authority sealed two blocks for one slot.
//!
//! Ported from `sp_consensus_babe::check_equivocation_proof`, with each check named, and stricter
//! where a lax reading would let a third party make a second header out of an honest one: a seal
//! with a trailing byte decodes to the same signature and has another hash.

use codec::{Decode, Encode};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::{traits::Header, DigestItem};

use crate::{AuthorityId, AuthoritySignature, Claim, PreDigest, ENGINE_ID};

/// Two headers that one authority sealed for one slot.
pub type EquivocationProof<H> = sp_consensus_slots::EquivocationProof<H, AuthorityId>;

/// Why two headers prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
	/// Both are the same block.
	SameHeader,
	/// One does not have exactly one claim to a slot.
	NoClaim,
	/// One claims another slot than the evidence names.
	OtherSlot,
	/// They claim different places in the set.
	OtherAuthority,
	/// One is not sealed by the accused key.
	BadSeal,
}

/// Checks that the accused key sealed two different headers for the slot, and tells the place in the
/// epoch's set that both claim. Whether that place was the key's is for the caller to check.
///
/// Not checked: that the authority had won the slot. Sealing twice is the offence, and whoever may
/// not author a slot at all is not better for doing it twice.
///
/// # Errors
/// The first [`Flaw`] found.
pub fn check_equivocation<H: Header>(proof: &EquivocationProof<H>) -> Result<u32, Flaw> {
	let (first, second) = (&proof.first_header, &proof.second_header);
	if first.hash() == second.hash() {
		return Err(Flaw::SameHeader);
	}
	let (one, other) = (claim(first)?, claim(second)?);
	if one.slot != *proof.slot || other.slot != *proof.slot {
		return Err(Flaw::OtherSlot);
	}
	if one.authority != other.authority {
		return Err(Flaw::OtherAuthority);
	}
	check_seal(first.clone(), &proof.offender)?;
	check_seal(second.clone(), &proof.offender)?;
	Ok(one.authority)
}

/// The one claim of a header, in its only encoding: what the engine would read.
fn claim<H: Header>(header: &H) -> Result<Claim, Flaw> {
	let mut claims = header.digest().logs().iter().filter_map(|item| match item {
		DigestItem::PreRuntime(ENGINE_ID, data) => Some(data),
		_ => None,
	});
	let (Some(data), None) = (claims.next(), claims.next()) else { return Err(Flaw::NoClaim) };
	let mut input = &data[..];
	let digest = PreDigest::decode(&mut input).map_err(|_| Flaw::NoClaim)?;
	if !input.is_empty() {
		return Err(Flaw::NoClaim);
	}
	Ok(digest.claim().clone())
}

/// The last item is the key's signature over the header without it, in its only encoding.
///
/// Nobody but the holder of the key can make a second valid seal of one header: sr25519 signatures
/// are not malleable, and other encodings are refused.
fn check_seal<H: Header>(mut header: H, key: &AuthorityId) -> Result<(), Flaw> {
	let Some(DigestItem::Seal(ENGINE_ID, data)) = header.digest_mut().pop() else {
		return Err(Flaw::BadSeal);
	};
	let signature = AuthoritySignature::decode(&mut &data[..]).map_err(|_| Flaw::BadSeal)?;
	let sealed = signature.encode() == data && key.verify(&header.hash().as_ref(), &signature);
	sealed.then_some(()).ok_or(Flaw::BadSeal)
}

#[cfg(test)]
mod tests {
	use alloc::{vec, vec::Vec};
	use sp_core::{sr25519::Pair, Pair as _, H256};
	use sp_runtime::{generic, traits::BlakeTwo256, Digest};

	use super::*;
	use crate::VrfOutput;

	type TestHeader = generic::Header<u32, BlakeTwo256>;

	const SLOT: u64 = 77;

	fn pair(seed: u8) -> Pair {
		Pair::from_seed(&[seed; 32])
	}

	fn claimed(authority: u32, slot: u64) -> DigestItem {
		let vrf = VrfOutput { pre_output: [1; 32], proof: [2; 64] };
		let claim = Claim { authority, slot, vrf };
		DigestItem::PreRuntime(ENGINE_ID, PreDigest::Fallback(claim).encode())
	}

	/// A header that differs by its parent.
	fn header(parent: u8, logs: Vec<DigestItem>) -> TestHeader {
		let (root, parent) = (H256::zero(), H256::repeat_byte(parent));
		TestHeader::new(5, root, root, parent, Digest { logs })
	}

	fn sealed(mut header: TestHeader, by: &Pair) -> TestHeader {
		let signature = AuthoritySignature::from(by.sign(header.hash().as_ref()));
		header.digest_mut().push(DigestItem::Seal(ENGINE_ID, signature.encode()));
		header
	}

	fn block(parent: u8) -> TestHeader {
		sealed(header(parent, vec![claimed(3, SLOT)]), &pair(1))
	}

	fn evidence(first: TestHeader, second: TestHeader) -> Result<u32, Flaw> {
		let (offender, slot) = (pair(1).public().into(), SLOT.into());
		check_equivocation(&EquivocationProof {
			offender,
			slot,
			first_header: first,
			second_header: second,
		})
	}

	#[test]
	fn evidence_should_tell_the_place_when_one_key_sealed_two_blocks() {
		assert_eq!(evidence(block(1), block(2)), Ok(3));
		// One content under two seals is two blocks too, and only the key's holder can make them.
		let content = || header(1, vec![claimed(3, SLOT)]);
		let (one, two) = (sealed(content(), &pair(1)), sealed(content(), &pair(1)));
		assert_ne!(one.hash(), two.hash(), "sr25519 signs at random");
		assert_eq!(evidence(one, two), Ok(3));
	}

	#[test]
	fn evidence_should_be_refused_when_both_are_one_block() {
		let block = block(1);
		assert_eq!(evidence(block.clone(), block), Err(Flaw::SameHeader));
	}

	#[test]
	fn evidence_should_be_refused_when_slots_or_places_differ() {
		let other = |authority, slot| sealed(header(2, vec![claimed(authority, slot)]), &pair(1));
		assert_eq!(evidence(block(1), other(3, SLOT + 1)), Err(Flaw::OtherSlot));
		assert_eq!(evidence(other(3, SLOT + 1), other(3, SLOT + 2)), Err(Flaw::OtherSlot));
		assert_eq!(evidence(block(1), other(4, SLOT)), Err(Flaw::OtherAuthority));
	}

	#[test]
	fn evidence_should_be_refused_when_a_header_has_no_single_claim() {
		let with = |logs| sealed(header(2, logs), &pair(1));
		let twice = with(vec![claimed(3, SLOT), claimed(3, SLOT)]);
		let mut long = claimed(3, SLOT);
		if let DigestItem::PreRuntime(_, data) = &mut long {
			data.push(0);
		}
		for bad in [with(vec![]), twice, with(vec![long])] {
			assert_eq!(evidence(block(1), bad.clone()), Err(Flaw::NoClaim));
			assert_eq!(evidence(bad, block(1)), Err(Flaw::NoClaim));
		}
	}

	#[test]
	fn evidence_should_be_refused_when_a_seal_is_missing_foreign_or_lengthened() {
		let unsealed = || header(2, vec![claimed(3, SLOT)]);
		let foreign = sealed(unsealed(), &pair(2));
		let mut lengthened = block(1);
		if let Some(DigestItem::Seal(_, data)) = lengthened.digest_mut().logs.last_mut() {
			data.push(0);
		}
		let mut moved = block(2);
		moved.set_parent_hash(H256::repeat_byte(9));
		for bad in [unsealed(), foreign, lengthened, moved] {
			assert_eq!(evidence(block(1), bad.clone()), Err(Flaw::BadSeal));
			assert_eq!(evidence(bad, block(1)), Err(Flaw::BadSeal));
		}
	}
}
