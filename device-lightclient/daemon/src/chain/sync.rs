//! From the checkpoint to the newest finalised block.

use std::time::Duration;

use jsonrpsee::core::client::Subscription;
use pogcs_light_core::{
	finality::{FollowError, Follower, Justification, Progress, MAX_JUSTIFICATION},
	headers::Header,
	reader::Reader,
	BlockNumber, Hash,
};
use tokio::time::timeout;

use super::node::Node;
use crate::{error::Error, hexed};

/// The most headers that one finality proof may have: an era of an hour-long interval has 14,400.
const MAX_HEADERS: usize = 100_000;
/// Up to so many blocks at once, a justification is followed header by header.
const SHORT_GAP: BlockNumber = 128;
/// Up to so many blocks at once, headers of one set are followed: three and a half days at three seconds.
pub(super) const MAX_GAP: BlockNumber = 100_000;
/// How long [`catch_up`] waits for the justification that proves the present set's last blocks.
const ANNOUNCEMENT: Duration = Duration::from_secs(30);

/// `sc_consensus_grandpa::FinalityProof`.
struct FinalityProof {
	justification: Justification,
	headers: Vec<Header>,
}

impl FinalityProof {
	fn decode(bytes: &[u8]) -> Result<Self, Error> {
		let unusable = |error| Error::Answer(format!("a finality proof: {error}"));
		let mut reader = Reader::new(bytes);
		reader.array::<32>().map_err(unusable)?;
		let justification = reader.bytes(MAX_JUSTIFICATION).map_err(unusable)?;
		let justification = Justification::decode(justification).map_err(unusable)?;
		let count = reader.count(MAX_HEADERS, 98).map_err(unusable)?;
		let mut headers = Vec::with_capacity(count);
		for _ in 0..count {
			headers.push(Header::read(&mut reader).map_err(unusable)?);
		}
		reader.finish().map_err(unusable)?;
		Ok(Self { justification, headers })
	}
}

/// Learns the head's state root from its header, if it is not known.
pub async fn complete_head(node: &Node, follower: &mut Follower) -> Result<Hash, Error> {
	if let Some(root) = follower.head().state_root {
		return Ok(root);
	}
	let header = node.header(&follower.head().hash).await?;
	follower.complete_head(&header)?;
	Ok(header.state_root)
}

/// Everything that is final by now: the sets that have ended by their proofs, one [`step`] each,
/// and the blocks of the present set by the next justification. A node proves nothing of its first
/// set on request while that lasts, which is for ever where no weight changes.
pub async fn catch_up(
	node: &Node,
	news: &mut Subscription<String>,
	follower: &mut Follower,
	mut tell: impl FnMut(&Follower, Progress),
) -> Result<(), Error> {
	while let Some(progress) = step(node, follower).await? {
		tell(follower, progress);
	}
	let newest = node.header(&node.finalised_hash().await?).await?.number;
	if newest <= follower.head().number {
		return Ok(());
	}
	match timeout(ANNOUNCEMENT, news.next()).await {
		Ok(Some(Ok(justification))) => {
			if let Some(progress) = follow(node, follower, &justification).await? {
				tell(follower, progress);
			}
		}
		Ok(_) => return Err(Error::Link(format!("{} closed the connection", node.url()))),
		// Finality stands still: what is proven so far is what there is.
		Err(_) => {}
	}
	Ok(())
}

/// One step: the rest of the set that finalises the head's child, or what the present set has
/// finalised so far. `None` if the node has nothing newer.
pub async fn step(node: &Node, follower: &mut Follower) -> Result<Option<Progress>, Error> {
	let next = follower.head().number.saturating_add(1);
	let Some(bytes) = node.prove_finality(next).await? else { return Ok(None) };
	let proof = FinalityProof::decode(&bytes)?;
	let target = proof.justification.target_number;
	if target < next {
		return Ok(None);
	}
	// The proof has the headers above the block that was asked for; that one itself comes by hash.
	let hash = match proof.headers.first() {
		Some(first) => first.parent_hash,
		None => proof.justification.target_hash,
	};
	let first = node.header(&hash).await?;
	let headers = std::iter::once(first).chain(proof.headers);
	match follower.advance_along(headers, &proof.justification) {
		Ok(progress) => Ok(Some(progress)),
		Err(error) => Err(explain(node, follower, error).await),
	}
}

/// Follows a justification as it comes in. Where blocks of many sets may lie between, [`step`] goes
/// first; what it cannot prove is the present set's, and followed to the justification's block.
pub async fn follow(
	node: &Node,
	follower: &mut Follower,
	encoded: &str,
) -> Result<Option<Progress>, Error> {
	let bytes = hexed::parse(encoded, "a justification")?;
	let justification = Justification::decode(&bytes)
		.map_err(|error| Error::Answer(format!("a justification: {error}")))?;
	let head = *follower.head();
	let gap = justification.target_number.saturating_sub(head.number);
	if gap == 0 {
		return Ok(None);
	}
	if gap > SHORT_GAP {
		if let Some(progress) = step(node, follower).await? {
			return Ok(Some(progress));
		}
		if gap > MAX_GAP {
			return Err(Error::Behind(gap));
		}
		let headers =
			node.headers(head.number.saturating_add(1)..=justification.target_number).await?;
		return match follower.advance_along(headers, &justification) {
			Ok(progress) => Ok(Some(progress)),
			Err(error) => Err(explain(node, follower, error).await),
		};
	}
	// Backwards by parent hash, so that a wrong header is noticed at once.
	let mut headers = Vec::new();
	let mut hash = justification.target_hash;
	for _ in 0..gap {
		let header = node.header(&hash).await?;
		hash = header.parent_hash;
		headers.push(header);
	}
	headers.reverse();
	let error = match follower.advance_along(headers, &justification) {
		Ok(progress) => return Ok(Some(progress)),
		Err(error) => error,
	};
	// A set change in between means that this justification is a later set's: catch up in steps.
	match step(node, follower).await? {
		Some(progress) => Ok(Some(progress)),
		None => Err(explain(node, follower, error).await),
	}
}

/// Tells a lying node from a chain whose finality set was changed by force.
async fn explain(node: &Node, follower: &Follower, error: FollowError) -> Error {
	let head = follower.head().number;
	let mut headers = Vec::new();
	for number in head.saturating_add(1)..=head.saturating_add(SHORT_GAP) {
		let Ok(Some(hash)) = node.block_hash(number).await else { break };
		let Ok(header) = node.header(&hash).await else { break };
		headers.push(header);
	}
	match follower.foresee(&headers) {
		Ok(Some(notice)) => Error::Forced(notice.announced),
		_ => Error::Follow(error),
	}
}
