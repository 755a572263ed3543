//! Reading and writing the engine's digest items.

use codec::{Decode, Encode};
use sp_application_crypto::RuntimeAppPublic;
use sp_consensus_pogcs::{
	AuthoritySignature, Claim, ConsensusLog, NextEpoch, PreDigest, VrfOutput, ENGINE_ID,
};
use sp_runtime::{
	traits::{Block as BlockT, Header, Zero},
	DigestItem,
};

use crate::Error;

/// The item that a block's author puts first.
pub fn pre_runtime(claim: &PreDigest) -> DigestItem {
	DigestItem::PreRuntime(ENGINE_ID, claim.encode())
}

/// The item that a block's author puts last.
pub fn seal(signature: &AuthoritySignature) -> DigestItem {
	DigestItem::Seal(ENGINE_ID, signature.encode())
}

/// The signature in a seal, if the item is one.
pub fn as_seal(item: &DigestItem) -> Option<AuthoritySignature> {
	match item {
		DigestItem::Seal(ENGINE_ID, data) => {
			let signature = AuthoritySignature::decode(&mut &data[..]).ok()?;
			(signature.encode() == *data).then_some(signature)
		}
		_ => None,
	}
}

/// The author's claim.
///
/// The genesis block has no author; a claim of nobody to slot 0 stands for it.
///
/// # Errors
/// No claim or more than one.
pub fn find_claim<B: BlockT>(header: &B::Header) -> Result<PreDigest, Error<B>> {
	if header.number().is_zero() {
		let vrf = VrfOutput { pre_output: [0; 32], proof: [0; 64] };
		return Ok(PreDigest::Fallback(Claim { authority: 0, slot: 0, vrf }));
	}
	let mut found = None;
	for item in header.digest().logs() {
		if let DigestItem::PreRuntime(ENGINE_ID, data) = item {
			let mut input = &data[..];
			let claim = PreDigest::decode(&mut input).map_err(|_| Error::NoClaim)?;
			// Trailing bytes would give one claim several encodings.
			if !input.is_empty() {
				return Err(Error::NoClaim);
			}
			if found.replace(claim).is_some() {
				return Err(Error::MultipleClaims);
			}
		}
	}
	found.ok_or(Error::NoClaim)
}

/// The epoch that a header announces, if any.
///
/// # Errors
/// More than one.
pub fn find_next_epoch<B: BlockT>(header: &B::Header) -> Result<Option<NextEpoch>, Error<B>> {
	let mut found = None;
	for item in header.digest().logs() {
		if let DigestItem::Consensus(ENGINE_ID, data) = item {
			if let Ok(ConsensusLog::NextEpoch(next)) = ConsensusLog::decode(&mut &data[..]) {
				if found.replace(next).is_some() {
					return Err(Error::MultipleEpochs);
				}
			}
		}
	}
	Ok(found)
}

/// The key type under which authors' keys lie in the keystore.
pub fn key_type() -> sp_core::crypto::KeyTypeId {
	<sp_consensus_pogcs::AuthorityId as RuntimeAppPublic>::ID
}
