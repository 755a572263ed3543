//! What a device and its maker sign. The device, the node and the runtime share these definitions.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{workload::Scores, ClassId, Commitment, DeviceId, Interval, MilliWattHours};

/// Readings of one kind in one interval: the interval is cut into this many equal parts.
pub const READINGS: usize = 32;

/// The bytes of an ed25519 public key.
pub type PublicKey = [u8; 32];

/// The bytes of an ed25519 signature.
pub type Signature = [u8; 64];

/// The genesis hash: what is signed for one chain means nothing on another.
pub type ChainId = [u8; 32];

/// A Groth16 proof over BN254: A, B and C, each compressed.
pub type ProofBytes = [u8; 128];

const CONSENT_CONTEXT: &[u8] = b"pogcs/consent/1";
const REPORT_CONTEXT: &[u8] = b"pogcs/report/1";
const CERTIFICATE_CONTEXT: &[u8] = b"pogcs/maker/1";

/// What a device metered in one interval.
///
/// `generation` is renewable energy that reached the device's bus in the interval, straight from
/// the panel or out of a battery that only the panel charges. Energy on its way *into* the
/// battery is not counted until it comes out, so no mWh is counted twice.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct EnergyReport {
	/// Who reports.
	pub device: DeviceId,
	/// The interval that was metered.
	pub interval: Interval,
	/// Renewable energy supplied: the sum of the 32 generation readings.
	pub generation: MilliWattHours,
	/// Energy that compute drew: the sum of the 32 draw readings.
	pub compute_draw: MilliWattHours,
	/// Commitment to all 64 readings.
	pub root: Commitment,
}

impl EnergyReport {
	/// The bytes that the device's key signs.
	pub fn signing_payload(&self, chain: &ChainId) -> Vec<u8> {
		(REPORT_CONTEXT, chain, self).encode()
	}
}

/// A maker's word that `device_key` was born inside a device of `class`.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct MakerCertificate {
	/// The maker's ed25519 key, as registered on chain.
	pub maker: PublicKey,
	/// The device's ed25519 key.
	pub device_key: PublicKey,
	/// What the maker built.
	pub class: ClassId,
	/// The maker's signature over [`MakerCertificate::signing_payload`].
	pub signature: Signature,
}

impl MakerCertificate {
	/// The bytes that the maker's key signs.
	///
	/// The maker's own key is part of them, so that one maker's signature is never another's. The
	/// chain is not: a device is built before the chain it joins is known.
	pub fn signing_payload(maker: &PublicKey, device_key: &PublicKey, class: ClassId) -> Vec<u8> {
		(CERTIFICATE_CONTEXT, maker, device_key, class).encode()
	}
}

/// The bytes that a device's key signs to let `owner` register it.
///
/// Without this anybody who has seen the maker's certificate could register somebody else's
/// device. The commitment is part of it, so that the secret which the device's proofs know is the
/// one that the device chose, not one that its owner keeps outside it.
pub fn consent_payload<AccountId: Encode>(
	chain: &ChainId,
	owner: &AccountId,
	commitment: &Commitment,
) -> Vec<u8> {
	(CONSENT_CONTEXT, chain, owner, commitment).encode()
}

/// What proves one chunk of work. Everything else that the proof binds, the chain knows itself.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Submission {
	/// The proof.
	pub proof: ProofBytes,
	/// The network's scores.
	pub scores: Scores,
	/// Green energy of the commitment's interval that the proof uses up.
	pub green: MilliWattHours,
	/// Marks the chunk as done by this device: a second payment would need the same one.
	pub nullifier: Commitment,
}
