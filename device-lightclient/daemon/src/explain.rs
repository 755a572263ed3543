//! Why the chain refused an extrinsic, in the words of the pallet.
//!
//! The refusal itself is read from proven events. The words are this program's own for the pallets that
//! a device has to do with; for others they come from the node's metadata, which is not proven: they
//! are shown to a person and nothing is decided by them.

use codec::Decode;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use pogcs_light_core::{crypto::blake2_256, finality::Head, keys, Hash};
use scale_info::TypeDef;

use crate::{
	chain::{node::Node, proven::Proven},
	error::Error,
	refusals,
};

/// How far back an extrinsic is looked for.
const BLOCKS: usize = 80;
/// What precedes a module error in the events: `System` is pallet 0, `ExtrinsicFailed` its event
/// 1, and `DispatchError::Module` the error's variant 3.
const FAILED: [u8; 3] = [0, 1, 3];

/// Which error of which pallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleError {
	/// The pallet's index.
	pub pallet: u8,
	/// The error's index.
	pub error: u8,
}

/// Finds the block of an extrinsic that failed, and says why it failed; `None` if it is not found
/// among the last blocks or failed otherwise.
pub async fn explain(node: &Node, head: &Head, extrinsic: &Hash) -> Result<Option<String>, Error> {
	let mut hash = head.hash;
	for _ in 0..BLOCKS {
		// Hash-linked from the finalised head down: these headers are final.
		let header = node.header(&hash).await?;
		let found = node.extrinsics(&hash).await?.iter().position(|e| blake2_256(e) == *extrinsic);
		if let Some(index) = found {
			let state = Proven::new(node, hash, header.state_root);
			let key = keys::prefix("System", "Events");
			let Some(events) = state.read_all(&[key]).await?.pop().flatten() else {
				return Ok(None);
			};
			let Some(error) = find_error(&events, index) else { return Ok(None) };
			if let Some(refusal) = refusals::find(error.pallet, error.error) {
				return Ok(Some(refusal.to_string()));
			}
			let metadata = node.metadata().await.unwrap_or_default();
			return Ok(Some(
				words(&metadata, error)
					.unwrap_or_else(|| format!("error {} of pallet {}", error.error, error.pallet)),
			));
		}
		if header.number == 0 {
			break;
		}
		hash = header.parent_hash;
	}
	Ok(None)
}

/// Looks for the module error of the extrinsic at `index` in encoded events, without knowing the
/// other events: `Phase::ApplyExtrinsic` with that index, then [`FAILED`], pallet and error.
fn find_error(events: &[u8], index: usize) -> Option<ModuleError> {
	let mut pattern = vec![0u8];
	pattern.extend_from_slice(&u32::try_from(index).ok()?.to_le_bytes());
	pattern.extend_from_slice(&FAILED);
	let at = events.windows(pattern.len()).position(|window| window == pattern)?;
	let rest = events.get(at.checked_add(pattern.len())?..)?;
	match rest {
		[pallet, error, ..] => Some(ModuleError { pallet: *pallet, error: *error }),
		_ => None,
	}
}

/// The pallet's own words for an error: its name and its documentation.
fn words(metadata: &[u8], error: ModuleError) -> Option<String> {
	let metadata = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).ok()?;
	let RuntimeMetadata::V14(metadata) = metadata.1 else { return None };
	let pallet = metadata.pallets.iter().find(|pallet| pallet.index == error.pallet)?;
	let errors = metadata.types.resolve(pallet.error.as_ref()?.ty.id)?;
	let TypeDef::Variant(variants) = &errors.type_def else { return None };
	let variant = variants.variants.iter().find(|variant| variant.index == error.error)?;
	Some(format!("{}.{}: {}", pallet.name, variant.name, variant.docs.join(" ").trim()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;

	#[test]
	fn error_should_be_found_when_the_extrinsic_failed() {
		let mut events = vec![8u8];
		// Extrinsic 0 succeeded, extrinsic 1 failed with error 5 of pallet 33.
		events.extend((0u8, 0u32, 0u8, 0u8, [1u8; 4], 0u8).encode());
		events.extend((0u8, 1u32, 0u8, 1u8, 3u8, 33u8, [5u8, 0, 0, 0], [9u8; 6]).encode());
		assert_eq!(find_error(&events, 1), Some(ModuleError { pallet: 33, error: 5 }));
		assert_eq!(find_error(&events, 0), None);
		assert_eq!(find_error(&events, 2), None);
		assert_eq!(find_error(&[], 0), None);
	}

	#[test]
	fn words_should_be_none_when_the_metadata_is_nonsense() {
		assert_eq!(words(&[1, 2, 3], ModuleError { pallet: 0, error: 0 }), None);
	}
}
