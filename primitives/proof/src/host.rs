//! The host function: the node's verifier, one coarse call at a time.

// The macro's glue between the runtime and its host is unsafe code.
#![allow(unsafe_code)]

use alloc::vec::Vec;
use codec::Encode;
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndRead, PassFatPointerAndWrite},
	runtime_interface,
};

use crate::{batch::Refusals, reason::from_code, Reason};

/// What the host writes for a proof that is good, so that a buffer it never wrote to, which is
/// zeros, refuses everything.
const GOOD: u8 = 255;

/// Verification of task proofs by the node. Deterministic, and total for any bytes.
#[runtime_interface]
pub trait TaskProofs {
	/// Verifies one proof of a SCALE-encoded statement: 0, or the code of a [`crate::Reason`].
	fn verify(
		key: PassFatPointerAndRead<&[u8]>,
		proof: PassFatPointerAndRead<&[u8]>,
		statement: PassFatPointerAndRead<&[u8]>,
	) -> u8 {
		crate::reason::to_code(crate::verify(key, proof, statement))
	}

	/// Verifies a SCALE-encoded list of pairs of a proof and a statement. Writes a byte for each:
	/// 255 for a good one, or the code of a [`crate::Reason`]; nothing if the list cannot be read.
	fn verify_batch(
		key: PassFatPointerAndRead<&[u8]>,
		items: PassFatPointerAndRead<&[u8]>,
		codes: PassFatPointerAndWrite<&mut [u8]>,
	) {
		write_codes(key, items, codes);
	}
}

#[cfg(not(substrate_runtime))]
fn write_codes(key: &[u8], items: &[u8], codes: &mut [u8]) {
	use codec::Decode;

	let Ok(items) = <Vec<(Vec<u8>, Vec<u8>)>>::decode(&mut &items[..]) else { return };
	if items.len() != codes.len() {
		return;
	}
	codes.fill(GOOD);
	let refused = crate::onchain::builtin::verify_batch(key, &items).err().unwrap_or_default();
	for (index, reason) in refused {
		let slot = usize::try_from(index).ok().and_then(|index| codes.get_mut(index));
		if let Some(code) = slot {
			*code = reason.code();
		}
	}
}

/// Verifies one proof of a SCALE-encoded statement in the host: see [`crate::verify()`].
pub fn verify(key: &[u8], proof: &[u8], statement: &[u8]) -> Result<(), Reason> {
	from_code(task_proofs::verify(key, proof, statement))
}

/// Verifies many in the host, each a proof and a SCALE-encoded statement: see
/// [`crate::verify_batch`].
pub fn verify_batch(key: &[u8], items: &[(Vec<u8>, Vec<u8>)]) -> Result<(), Refusals> {
	let mut codes = alloc::vec![0u8; items.len()];
	task_proofs::verify_batch(key, &items.encode(), &mut codes);
	let refused: Refusals = (0u32..)
		.zip(&codes)
		.filter(|(_, code)| **code != GOOD)
		.map(|(index, code)| (index, Reason::from_code(*code).unwrap_or(Reason::UnknownCode)))
		.collect();
	if refused.is_empty() {
		Ok(())
	} else {
		Err(refused)
	}
}
