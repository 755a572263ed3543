//! Builds and signs extrinsics offline: version 4, ed25519, mortal, bound to the runtime's
//! metadata hash, so that old firmware fails safely after an upgrade.
//!
//! The order of the extensions is the runtime's `TxExtension`, see [`EXTENSIONS`].

use alloc::vec::Vec;
use codec::{Compact, Decode, Encode};

use crate::{
	crypto::{blake2_256, DeviceKey},
	AccountId, Balance, BlockNumber, Hash,
};

/// The runtime's extensions by the names that its metadata gives them, in their order. Those that
/// put bytes into the extrinsic or under the signature are found in [`Signing`].
pub const EXTENSIONS: [&str; 11] = [
	"AuthorizeCall",
	"CheckNonZeroSender",
	"CheckSpecVersion",
	"CheckTxVersion",
	"CheckGenesis",
	"CheckMortality",
	"CheckNonce",
	"CheckWeight",
	"ChargeTransactionPayment",
	"CheckMetadataHash",
	"WeightReclaim",
];

/// The longest life of an extrinsic: above it an era's start is not exact.
pub const MAX_PERIOD: u32 = 4_096;

/// From when and for how many blocks an extrinsic can be included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Mortality {
	/// The block that it is bound to; the finalised head.
	pub birth: BlockNumber,
	/// That block's hash.
	pub birth_hash: Hash,
	/// For how many blocks it can be included: made a power of two from 4 to [`MAX_PERIOD`].
	pub period: u32,
}

impl Mortality {
	fn rounded(&self) -> u32 {
		self.period.clamp(4, MAX_PERIOD).checked_next_power_of_two().unwrap_or(MAX_PERIOD)
	}

	/// The first block in which it cannot be included any more.
	pub fn death(&self) -> BlockNumber {
		self.birth.saturating_add(self.rounded())
	}

	/// `sp_runtime::generic::Era::Mortal`: log2 of the period less one in the low four bits, the
	/// birth modulo the period above them.
	fn encode_era(&self) -> [u8; 2] {
		let period = self.rounded();
		let phase = self.birth.checked_rem(period).unwrap_or_default();
		let phase = u16::try_from(phase).unwrap_or_default();
		let exponent = u16::try_from(period.trailing_zeros()).unwrap_or_default();
		(exponent.saturating_sub(1) | phase << 4).to_le_bytes()
	}
}

/// What a signature is bound to besides the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signing {
	/// The runtime's spec version.
	pub spec_version: u32,
	/// The runtime's transaction version.
	pub transaction_version: u32,
	/// Hash of block 0.
	pub genesis: Hash,
	/// Its life.
	pub mortality: Mortality,
	/// How many extrinsics the account has had included.
	pub nonce: u32,
	/// What is paid above the fee, in plancks.
	pub tip: Balance,
	/// The runtime's metadata hash (RFC-78), which binds the signature to the layout that calls
	/// have there; `None` signs for any layout.
	pub metadata_hash: Option<Hash>,
}

impl Signing {
	/// What goes into the extrinsic. The last byte is the mode of `CheckMetadataHash`: 1 tells the
	/// runtime to put its own metadata hash under the signature before it verifies.
	fn explicit(&self) -> Vec<u8> {
		let mode = u8::from(self.metadata_hash.is_some());
		(self.mortality.encode_era(), Compact(self.nonce), Compact(self.tip), mode).encode()
	}

	/// What is signed without going into it.
	fn implicit(&self) -> Vec<u8> {
		(
			self.spec_version,
			self.transaction_version,
			self.genesis,
			self.mortality.birth_hash,
			self.metadata_hash,
		)
			.encode()
	}

	/// The bytes that the account's key signs for `call`.
	pub fn payload(&self, call: &[u8]) -> Vec<u8> {
		let payload = [call, &self.explicit(), &self.implicit()].concat();
		if payload.len() > 256 {
			blake2_256(&payload).to_vec()
		} else {
			payload
		}
	}

	/// The extrinsic, ready to be submitted. `call` is encoded.
	pub fn sign(&self, key: &DeviceKey, call: &[u8]) -> Vec<u8> {
		let signer: AccountId = key.public();
		let signature = key.sign(&self.payload(call));
		// 0x84: signed, version 4; MultiAddress::Id; MultiSignature::Ed25519.
		let mut body = (0x84u8, 0u8, signer, 0u8, signature).encode();
		body.extend_from_slice(&self.explicit());
		body.extend_from_slice(call);
		body.encode()
	}
}

/// The hash under which the network knows an extrinsic.
pub fn hash(extrinsic: &[u8]) -> Hash {
	blake2_256(extrinsic)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::crypto::verify;

	fn signing(metadata_hash: Option<Hash>) -> Signing {
		Signing {
			spec_version: 100,
			transaction_version: 2,
			genesis: [1; 32],
			mortality: Mortality { birth: 1_234, birth_hash: [2; 32], period: 64 },
			nonce: 70,
			tip: 5,
			metadata_hash,
		}
	}

	#[test]
	fn era_should_match_the_sdk_when_encoded() {
		// Examples of `sp_runtime::generic::era`: mortal(64, 42) and mortal(32768, 20000) scaled
		// to the periods that are exact here.
		let era = |birth, period| Mortality { birth, birth_hash: [0; 32], period }.encode_era();
		assert_eq!(era(42, 64), [5 + 42 % 16 * 16, 42 / 16]);
		assert_eq!(era(64 + 42, 64), era(42, 64));
		assert_eq!(era(7, 5), [2 + 7 * 16, 0]);
		assert_eq!(era(4_095, 100_000), [0xfb, 0xff]);
		assert_eq!(Mortality { birth: 10, birth_hash: [0; 32], period: 60 }.death(), 74);
	}

	#[test]
	fn extrinsic_should_hold_all_parts_when_signed() {
		let key = DeviceKey::from_seed([7; 32]);
		let call = [9u8, 0, 1, 2];
		let bytes = signing(Some([3; 32])).sign(&key, &call);
		let body = Vec::<u8>::decode(&mut &bytes[..]).unwrap();
		assert_eq!(&body[..2], &[0x84, 0]);
		assert_eq!(&body[2..34], &key.public());
		assert_eq!(body[34], 0);
		// Era, compact nonce 70, compact tip 5, metadata hash on.
		let era = signing(None).mortality.encode_era();
		assert_eq!(&body[99..105], &[era[0], era[1], 0x19, 0x01, 20, 1]);
		assert_eq!(&body[105..], &call);
		let mut payload = call.to_vec();
		payload.extend(&body[99..105]);
		payload.extend((100u32, 2u32, [1u8; 32], [2u8; 32], Some([3u8; 32])).encode());
		let signature: [u8; 64] = body[35..99].try_into().unwrap();
		assert!(verify(&key.public(), &payload, &signature));
	}

	#[test]
	fn metadata_hash_should_be_signed_last_and_only_when_there_is_one() {
		let call = [9u8, 0];
		let with = signing(Some([3; 32])).payload(&call);
		let without = signing(None).payload(&call);
		// Call, era of two bytes, nonce of two, tip of one, mode; two versions, two hashes, option.
		let (mode, fixed) = (2 + 2 + 2 + 1, 4 + 4 + 32 + 32);
		assert_eq!((with[mode], without[mode]), (1, 0));
		assert_eq!(with[..mode], without[..mode]);
		let option = mode + 1 + fixed;
		assert_eq!(with[mode + 1..option], without[mode + 1..option]);
		assert_eq!(with[option..], Some([3u8; 32]).encode());
		assert_eq!(without[option..], [0]);
	}

	#[test]
	fn extrinsic_should_have_mode_zero_when_there_is_no_metadata_hash() {
		let key = DeviceKey::from_seed([7; 32]);
		let bytes = signing(None).sign(&key, &[9, 0]);
		let body = Vec::<u8>::decode(&mut &bytes[..]).unwrap();
		assert_eq!(body[104], 0);
		let signature: [u8; 64] = body[35..99].try_into().unwrap();
		assert!(verify(&key.public(), &signing(None).payload(&[9, 0]), &signature));
		// A runtime that puts its hash under the signature does not take it.
		let bound = signing(Some([3; 32])).payload(&[9, 0]);
		assert!(!verify(&key.public(), &bound, &signature));
	}

	#[test]
	fn payload_should_be_hashed_when_longer_than_256_bytes() {
		let signing = signing(None);
		let fixed = signing.payload(&[]).len();
		assert_eq!(signing.payload(&alloc::vec![0; 256 - fixed]).len(), 256);
		assert_eq!(signing.payload(&alloc::vec![0; 257 - fixed]).len(), 32);
	}

	#[test]
	fn payload_should_differ_when_any_bound_value_differs() {
		let base = signing(Some([3; 32]));
		let mut others = [base; 8];
		others[0].spec_version = 101;
		others[1].transaction_version = 3;
		others[2].genesis = [9; 32];
		others[3].mortality.birth_hash = [9; 32];
		others[4].nonce = 71;
		others[5].tip = 6;
		others[6].metadata_hash = Some([4; 32]);
		others[7].metadata_hash = None;
		for other in others {
			assert_ne!(other.payload(&[1]), base.payload(&[1]));
		}
	}
}
