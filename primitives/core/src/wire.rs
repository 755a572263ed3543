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

const CONSENT_CONTEXT: &[u8] = b"pogcs/consent/2";
const ROTATION_CONTEXT: &[u8] = b"pogcs/rotate/1";
const RESCUE_CONTEXT: &[u8] = b"pogcs/rescue/1";
const REPORT_CONTEXT: &[u8] = b"pogcs/report/2";
const CERTIFICATE_CONTEXT: &[u8] = b"pogcs/maker/2";

/// What a device metered in one interval, in whole at its site's bus.
///
/// Energy is kept: what comes in (`generation`, `storage_out`, `grid_import`) is at least what is
/// accounted for (`storage_in`, `grid_export`, `compute_draw`); the rest is the household's and
/// losses. Whose electrons compute drew cannot be metered: the chain shares them out by a fixed
/// rule, and the device's readings say no more than that rule gives.
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
	/// What the panel generated.
	pub generation: MilliWattHours,
	/// What went into the battery, at the bus.
	pub storage_in: MilliWattHours,
	/// What came out of the battery, at the bus.
	pub storage_out: MilliWattHours,
	/// What came from the grid.
	pub grid_import: MilliWattHours,
	/// What went to the grid.
	pub grid_export: MilliWattHours,
	/// What compute drew, from whatever source.
	pub compute_draw: MilliWattHours,
	/// Renewable energy that was there for compute: the sum of the 32 supply readings.
	pub green_supply: MilliWattHours,
	/// What of it compute drew: the sum of the 32 draw readings.
	pub green_draw: MilliWattHours,
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
	/// The last interval in which the maker stands by it. Then a device needs a new certificate.
	pub expires: Interval,
	/// The maker's signature over [`MakerCertificate::signing_payload`].
	pub signature: Signature,
}

impl MakerCertificate {
	/// The bytes that the maker's key signs.
	///
	/// The maker's own key is part of them, so that one maker's signature is never another's. The
	/// chain is not: a device is built before the chain it joins is known.
	pub fn signing_payload(
		maker: &PublicKey,
		device_key: &PublicKey,
		class: ClassId,
		expires: Interval,
	) -> Vec<u8> {
		(CERTIFICATE_CONTEXT, maker, device_key, class, expires).encode()
	}
}

/// A device's word that an owner may register it.
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
pub struct Consent {
	/// The last interval in which it counts.
	pub until: Interval,
	/// The device's signature over [`consent_payload`].
	pub signature: Signature,
}

/// The bytes that a device's key signs to let `owner` register it.
///
/// Without this anybody who has seen the maker's certificate could register somebody else's
/// device. The commitment is part of it, so that the secret which the device's proofs know is the
/// one that the device chose, not one that its owner keeps outside it. So is the last interval in
/// which it counts: it stands on chain for everybody to copy, and whoever sold a device could
/// otherwise register it again as soon as its new owner takes it out of the registry.
pub fn consent_payload<AccountId: Encode>(
	chain: &ChainId,
	owner: &AccountId,
	commitment: &Commitment,
	until: Interval,
) -> Vec<u8> {
	(CONSENT_CONTEXT, chain, owner, commitment, until).encode()
}

/// The bytes that a device's key signs to hand over to `new_key`, where no maker vouches for it.
pub fn rotation_payload(chain: &ChainId, device: DeviceId, new_key: &PublicKey) -> Vec<u8> {
	(ROTATION_CONTEXT, chain, device, new_key).encode()
}

/// The bytes that a device's key signs to vouch for itself under `owner`, in place of a maker.
pub fn rescue_payload<AccountId: Encode>(
	chain: &ChainId,
	device: DeviceId,
	owner: &AccountId,
) -> Vec<u8> {
	(RESCUE_CONTEXT, chain, device, owner).encode()
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
