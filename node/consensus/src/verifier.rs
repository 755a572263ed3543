//! Checking headers: the claim, its author's signature, the slot.

use std::sync::Arc;

use sc_consensus::{block_import::BlockImportParams, import_queue::Verifier};
use sc_consensus_epochs::{descendent_query, ViableEpochDescriptor};
use sp_blockchain::{HeaderBackend, HeaderMetadata};
use sp_consensus::BlockOrigin;
use sp_consensus_pogcs::{
	election::{fallback_author, primary_threshold, score, total_weight},
	vrf::sign_data,
	AuthorityId, AuthorityPair, Epoch, PreDigest,
};
use sp_consensus_slots::Slot;
use sp_core::{crypto::VrfPublic, sr25519, Pair};
use sp_runtime::{
	traits::{Block as BlockT, Header, NumberFor},
	DigestItem,
};
use sp_timestamp::Timestamp;

use crate::{
	digest::{as_seal, find_claim},
	Error, Intermediate, PogcsLink, INTERMEDIATE_KEY, LOG_TARGET,
};

/// Whether the author of `claim` may author its slot in `epoch`.
///
/// # Errors
/// An authority outside the set, a VRF output of another key, slot, epoch or randomness, a primary
/// that does not win at its weight, a fallback that was not drawn.
pub fn check_claim<B: BlockT>(claim: &PreDigest, epoch: &Epoch) -> Result<AuthorityId, Error<B>> {
	let inner = claim.claim();
	let (key, weight) = usize::try_from(inner.authority)
		.ok()
		.and_then(|index| epoch.authorities.get(index))
		.ok_or(Error::NoSuchAuthority(inner.authority))?;

	// The cheap checks first: a flood of headers then costs no curve operations.
	match claim {
		PreDigest::Primary(_) => {
			let threshold = primary_threshold(epoch.c, *weight, total_weight(&epoch.authorities));
			if score(&inner.vrf.pre_output) >= threshold {
				return Err(Error::AboveThreshold);
			}
		}
		PreDigest::Fallback(_) => {
			let expected = fallback_author(&epoch.randomness, inner.slot, &epoch.authorities)
				.ok_or(Error::NobodyExpected(inner.slot.into()))?;
			if expected != inner.authority {
				return Err(Error::WrongAuthor { expected, found: inner.authority });
			}
		}
	}

	let data = sign_data(&epoch.randomness, inner.slot, epoch.index_at(inner.slot));
	let signature = inner.vrf.signature().ok_or(Error::BadVrf)?;
	if !sr25519::Public::from_raw(key.0).vrf_verify(&data, &signature) {
		return Err(Error::BadVrf);
	}
	Ok((*key).into())
}

/// Takes the seal off a header and checks claim and signature. Returns header, seal and author.
///
/// # Errors
/// As [`check_claim`]; a seal that is missing, or is not the author's signature of this header.
pub fn check_header<B: BlockT>(
	mut header: B::Header,
	claim: &PreDigest,
	epoch: &Epoch,
) -> Result<(B::Header, DigestItem, AuthorityId), Error<B>> {
	let hash = header.hash();
	let seal = header.digest_mut().pop().ok_or(Error::Unsealed(hash))?;
	let signature = as_seal(&seal).ok_or(Error::BadSeal(hash))?;
	let author = check_claim::<B>(claim, epoch)?;
	if !AuthorityPair::verify(&signature, header.hash(), &author) {
		return Err(Error::BadSignature(hash));
	}
	Ok((header, seal, author))
}

/// Whether a block is taken without looking at its claim, because something else proved it:
/// blocks below finality that fill a gap, a whole state, blocks of a warp proof.
pub(crate) fn is_proven_otherwise<B: BlockT>(
	client: &impl HeaderBackend<B>,
	block: &BlockImportParams<B>,
) -> bool {
	block.origin == BlockOrigin::WarpSync
		|| block.with_state()
		|| fills_gap(client, *block.header.number())
}

/// Whether a block of this number lies in the gap that warp sync left.
pub(crate) fn fills_gap<B: BlockT>(client: &impl HeaderBackend<B>, number: NumberFor<B>) -> bool {
	client.info().block_gap.is_some_and(|gap| gap.start <= number && number <= gap.end)
}

/// The epoch of a child of `parent` in `slot`, and where it stands in the tree of epochs.
///
/// # Errors
/// A parent whose epochs are not known.
pub fn epoch_of_child<B, C>(
	link: &PogcsLink<B>,
	client: &C,
	parent: B::Hash,
	parent_number: NumberFor<B>,
	slot: Slot,
) -> Result<(ViableEpochDescriptor<B::Hash, NumberFor<B>, crate::Epoch>, Epoch), Error<B>>
where
	B: BlockT,
	C: HeaderMetadata<B, Error = sp_blockchain::Error> + HeaderBackend<B>,
{
	let changes = link.epoch_changes.shared_data();
	let descriptor = changes
		.epoch_descriptor_for_child_of(descendent_query(client), &parent, parent_number, slot)
		.map_err(|e| Error::ForkTree(e.to_string()))?
		.ok_or(Error::NoEpoch(parent))?;
	let epoch = changes
		.viable_epoch(&descriptor, |slot| link.genesis(slot))
		.ok_or(Error::NoEpoch(parent))?
		.as_ref()
		.0
		.clone();
	Ok((descriptor, epoch))
}

/// Verifies headers for the import queue.
pub struct PogcsVerifier<B: BlockT, C> {
	client: Arc<C>,
	link: PogcsLink<B>,
}

impl<B: BlockT, C> PogcsVerifier<B, C> {
	/// A verifier that shares its epochs with import.
	pub fn new(client: Arc<C>, link: PogcsLink<B>) -> Self {
		Self { client, link }
	}
}

#[async_trait::async_trait]
impl<B, C> Verifier<B> for PogcsVerifier<B, C>
where
	B: BlockT,
	C: HeaderMetadata<B, Error = sp_blockchain::Error> + HeaderBackend<B> + Send + Sync,
{
	async fn verify(
		&self,
		mut block: BlockImportParams<B>,
	) -> Result<BlockImportParams<B>, String> {
		let hash = block.header.hash();
		if is_proven_otherwise(&*self.client, &block) {
			return Ok(block);
		}
		let claim = find_claim::<B>(&block.header)?;
		let slot = Slot::from(claim.claim().slot);
		// One slot of grace for clocks that differ a little.
		let now = Slot::from_timestamp(Timestamp::current(), self.link.slot_duration());
		if slot > now {
			self.link.metrics.early();
		}
		if slot > now + 1 {
			return Err(Error::<B>::TooFarInFuture(hash).into());
		}
		let parent = *block.header.parent_hash();
		let number = *block.header.number();
		let parent_number = number - sp_runtime::traits::One::one();
		let (epoch_descriptor, epoch) =
			epoch_of_child(&self.link, &*self.client, parent, parent_number, slot)?;
		let metrics = &self.link.metrics;
		metrics.epoch(&epoch, slot);
		let (header, seal, author) =
			metrics.header_check(|| check_header::<B>(block.header, &claim, &epoch))?;
		metrics.arrived(block.origin, slot, self.link.slot_duration());
		log::trace!(target: LOG_TARGET, "checked {hash:?} of slot {slot}");
		block.header = header;
		block.post_digests.push(seal);
		block.post_hash = Some(hash);
		block.insert_intermediate(INTERMEDIATE_KEY, Intermediate::<B> { epoch_descriptor, author });
		Ok(block)
	}
}
