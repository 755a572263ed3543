//! What the VRF signs, and the check of a claim.

use codec::{Decode, Encode};
use sp_core::sr25519::vrf::{VrfSignData, VrfSignature, VrfTranscript};

use crate::{digest::VrfOutput, Randomness};

/// The transcript of a claim: it binds slot, epoch and randomness.
pub fn sign_data(randomness: &Randomness, slot: u64, epoch_index: u64) -> VrfSignData {
	VrfTranscript::new(
		b"PoGCS slot",
		&[
			(b"slot", &slot.to_le_bytes()),
			(b"epoch", &epoch_index.to_le_bytes()),
			(b"randomness", randomness),
		],
	)
	.into()
}

impl From<&VrfSignature> for VrfOutput {
	fn from(signature: &VrfSignature) -> Self {
		Self { pre_output: *signature.pre_output.0.as_bytes(), proof: signature.proof.0.to_bytes() }
	}
}

impl VrfOutput {
	/// The signature these bytes stand for, or `None` if they are no point and scalars.
	pub fn signature(&self) -> Option<VrfSignature> {
		VrfSignature::decode(&mut &self.encode()[..]).ok()
	}
}
