//! Ed25519 and the hashes, each under one name.

use codec::Decode;
use ed25519_zebra::{Signature as ZebraSignature, SigningKey, VerificationKey};
use pogcs_primitives::wire::{PublicKey, Signature};
use zeroize::Zeroize;

use crate::Hash;

/// Blake2b with 256 bits of output.
pub fn blake2_256(bytes: &[u8]) -> Hash {
	sp_crypto_hashing::blake2_256(bytes)
}

/// Whether `signature` over `message` is `key`'s, by the rules of ZIP 215 that the nodes apply.
pub fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
	match VerificationKey::try_from(*key) {
		Ok(key) => key.verify(&ZebraSignature::from(*signature), message).is_ok(),
		Err(_) => false,
	}
}

/// The device's secret. It has no way out but signatures; it is erased when dropped.
pub struct DeviceKey {
	secret: SigningKey,
	public: PublicKey,
}

impl Drop for DeviceKey {
	fn drop(&mut self) {
		self.secret.zeroize();
	}
}

impl core::fmt::Debug for DeviceKey {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.debug_struct("DeviceKey").field("public", &self.public).finish_non_exhaustive()
	}
}

impl DeviceKey {
	/// The key of a 32-byte ed25519 seed.
	pub fn from_seed(seed: [u8; 32]) -> Self {
		let secret = SigningKey::from(seed);
		let public = VerificationKey::from(&secret).into();
		Self { secret, public }
	}

	/// The public key, which is also the device's account.
	pub fn public(&self) -> PublicKey {
		self.public
	}

	/// Signs `message`.
	pub fn sign(&self, message: &[u8]) -> Signature {
		self.secret.sign(message).into()
	}
}

/// Decodes all of `bytes` or nothing.
pub fn decode_exactly<T: Decode>(bytes: &[u8]) -> Option<T> {
	let mut input = bytes;
	let value = T::decode(&mut input).ok()?;
	input.is_empty().then_some(value)
}

#[cfg(test)]
mod tests {
	use super::*;
	use hex_literal::hex;

	/// RFC 8032, section 7.1, test 2.
	#[test]
	fn signature_should_match_the_published_vector_when_signing() {
		let key = DeviceKey::from_seed(hex!(
			"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
		));
		assert_eq!(
			key.public(),
			hex!("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
		);
		let signature = key.sign(&[0x72]);
		assert_eq!(
			signature,
			hex!(
				"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
				"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
			)
		);
		assert!(verify(&key.public(), &[0x72], &signature));
		assert!(!verify(&key.public(), &[0x73], &signature));
	}

	#[test]
	fn signature_should_be_refused_when_the_key_is_no_point() {
		let mut key = [0xff; 32];
		key[0] = 2;
		assert!(!verify(&key, b"", &[0; 64]));
	}
}
