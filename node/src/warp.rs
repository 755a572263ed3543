//! Where warp sync goes on with a state.
//!
//! The SDK's warp sync puts the headers of its proof into the database: the last block of every
//! finality set. Where the newest justified block is the child of such a header, its state cannot be
//! imported: the client, whose database has the parent, would finalise everything from genesis up to
//! it first, and the headers between are not there. The node then falls back to a full sync, of blocks
//! on states that it will never have. So the state is that of the parent instead: the same proof shows
//! it to be final, and its own parent is not in the database.

use std::{error::Error, sync::Arc};

use sc_network_sync::strategy::warp::{
	EncodedProof, VerificationResult, Verifier, WarpSyncProvider,
};
use sp_runtime::{
	traits::{Block as BlockT, Header as _},
	Justifications,
};

type Fragment<B> = (<B as BlockT>::Header, Justifications);

/// A warp sync provider whose target is never the child of a header of its own proof.
pub struct SeparateTarget<B>(Arc<dyn WarpSyncProvider<B>>);

impl<B: BlockT> SeparateTarget<B> {
	/// Over the provider that makes and checks the proofs.
	pub fn new(inner: Arc<dyn WarpSyncProvider<B>>) -> Self {
		Self(inner)
	}
}

impl<B: BlockT> WarpSyncProvider<B> for SeparateTarget<B> {
	fn generate(&self, start: B::Hash) -> Result<EncodedProof, Box<dyn Error + Send + Sync>> {
		self.0.generate(start)
	}

	fn create_verifier(&self) -> Box<dyn Verifier<B>> {
		Box::new(SeparateVerifier { inner: self.0.create_verifier(), held: None })
	}
}

struct SeparateVerifier<B: BlockT> {
	inner: Box<dyn Verifier<B>>,
	/// The last header of a part of the proof: the next part may show it to be the target's parent.
	held: Option<Fragment<B>>,
}

impl<B: BlockT> Verifier<B> for SeparateVerifier<B> {
	fn verify(
		&mut self,
		proof: &EncodedProof,
	) -> Result<VerificationResult<B>, Box<dyn Error + Send + Sync>> {
		let result = self.inner.verify(proof)?;
		let held = self.held.take().into_iter();
		Ok(match result {
			VerificationResult::Partial(mut fragments) => {
				self.held = fragments.pop();
				VerificationResult::Partial(held.chain(fragments).collect())
			}
			VerificationResult::Complete(target, fragments) => {
				let (target, fragments) = separate::<B>(target, held.chain(fragments).collect());
				VerificationResult::Complete(target, fragments)
			}
		})
	}

	fn next_proof_context(&self) -> B::Hash {
		self.inner.next_proof_context()
	}

	fn status(&self) -> Option<String> {
		self.inner.status()
	}
}

/// The target, or the first of the fragments below it whose parent is no fragment, and the fragments
/// below that.
fn separate<B: BlockT>(
	mut target: B::Header,
	mut fragments: Vec<Fragment<B>>,
) -> (B::Header, Vec<Fragment<B>>) {
	// The target's own header is in its state's import, not among the headers.
	fragments.retain(|(header, _)| header.number() < target.number());
	while let Some((parent, _)) =
		fragments.pop_if(|(header, _)| header.hash() == *target.parent_hash())
	{
		target = parent;
	}
	(target, fragments)
}

#[cfg(test)]
mod tests {
	use std::sync::Mutex;

	use pogcs_runtime::opaque::{Block, Header};
	use sp_runtime::traits::{BlakeTwo256, Hash as _};

	use super::*;

	/// Hands out what it was given, whatever the proof.
	struct Scripted(Vec<VerificationResult<Block>>);

	impl Verifier<Block> for Scripted {
		fn verify(
			&mut self,
			_: &EncodedProof,
		) -> Result<VerificationResult<Block>, Box<dyn Error + Send + Sync>> {
			if self.0.is_empty() {
				return Err("no more".into());
			}
			Ok(self.0.remove(0))
		}

		fn next_proof_context(&self) -> sp_core::H256 {
			BlakeTwo256::hash(b"context")
		}

		fn status(&self) -> Option<String> {
			None
		}
	}

	struct Provider(Mutex<Option<Vec<VerificationResult<Block>>>>);

	impl WarpSyncProvider<Block> for Provider {
		fn generate(&self, _: sp_core::H256) -> Result<EncodedProof, Box<dyn Error + Send + Sync>> {
			Ok(EncodedProof(vec![7]))
		}

		fn create_verifier(&self) -> Box<dyn Verifier<Block>> {
			let script = self.0.lock().ok().and_then(|mut script| script.take());
			Box::new(Scripted(script.unwrap_or_default()))
		}
	}

	/// Headers 0 to `length`, one chain.
	fn chain(length: u32) -> Vec<Header> {
		let mut headers: Vec<Header> = Vec::new();
		for number in 0..=length {
			let parent = headers.last().map(Header::hash).unwrap_or_default();
			headers.push(Header::new(
				number,
				Default::default(),
				Default::default(),
				parent,
				Default::default(),
			));
		}
		headers
	}

	fn fragments(headers: &[Header], numbers: &[usize]) -> Vec<Fragment<Block>> {
		let justifications = || Justifications::from((*b"FRNK", vec![1]));
		numbers.iter().map(|number| (headers[*number].clone(), justifications())).collect()
	}

	/// Numbers of the headers to be imported for each part, and of the target.
	fn run(script: Vec<VerificationResult<Block>>) -> (Vec<Vec<u32>>, Option<u32>) {
		let parts = script.len();
		let provider = SeparateTarget::new(Arc::new(Provider(Mutex::new(Some(script)))));
		let proof = provider.generate(Default::default()).unwrap();
		let mut verifier = provider.create_verifier();
		let (mut imported, mut target) = (Vec::new(), None);
		for _ in 0..parts {
			let headers = match verifier.verify(&proof).unwrap() {
				VerificationResult::Partial(headers) => headers,
				VerificationResult::Complete(header, headers) => {
					target = Some(header.number);
					headers
				}
			};
			imported.push(headers.iter().map(|(header, _)| header.number).collect());
		}
		assert!(verifier.verify(&proof).is_err());
		(imported, target)
	}

	#[test]
	fn target_should_stay_when_its_parent_is_not_in_the_proof() {
		let headers = chain(40);
		let script = VerificationResult::Complete(
			headers[34].clone(),
			fragments(&headers, &[10, 20, 32, 34]),
		);
		assert_eq!(run(vec![script]), (vec![vec![10, 20, 32]], Some(34)));
	}

	#[test]
	fn target_should_be_the_last_block_of_the_set_when_that_is_its_parent() {
		let headers = chain(40);
		for (shown, kept, target) in [
			(vec![10, 20, 32, 33], vec![10, 20], 32),
			// Sets of one block each.
			(vec![10, 31, 32, 33], vec![10], 31),
			(vec![1, 2, 3], vec![], 1),
			(vec![20, 32], vec![20], 32),
		] {
			let newest = headers[shown[shown.len() - 1]].clone();
			let script = VerificationResult::Complete(newest, fragments(&headers, &shown));
			assert_eq!(run(vec![script]), (vec![kept], Some(target)));
		}
	}

	#[test]
	fn target_should_be_the_last_block_of_the_set_when_that_came_with_an_earlier_part() {
		let headers = chain(40);
		let script = vec![
			VerificationResult::Partial(fragments(&headers, &[5, 10])),
			VerificationResult::Partial(fragments(&headers, &[20, 32])),
			VerificationResult::Complete(headers[33].clone(), fragments(&headers, &[33])),
		];
		assert_eq!(run(script), (vec![vec![5], vec![10, 20], vec![]], Some(32)));
	}
}
