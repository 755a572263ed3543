//! The keys file: the device's ed25519 seed and the entropy of the secret that its proofs know.

use std::path::Path;

use pogcs_light_core::crypto::DeviceKey;
use pogcs_primitives::Commitment;
use pogcs_proof::{device_commitment, Secret};
use rand::{rngs::OsRng, RngCore};
use serde::{Deserialize, Serialize};

use crate::{error::Error, files, hexed};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
	seed: String,
	proof_entropy: String,
}

/// What the device keeps to itself. Owner and manager keys are never here.
pub struct Keys {
	/// Signs reports and extrinsics; its public half is the device's account.
	pub device: DeviceKey,
	/// What the proofs know.
	pub secret: Secret,
}

impl Keys {
	/// Makes new keys and stores them where only the owner of the file can read them. A `seed` is
	/// for tests and development chains only: the proof's entropy is then derived from it.
	pub fn create(path: &Path, seed: Option<[u8; 32]>) -> Result<Self, Error> {
		let (seed, entropy) = match seed {
			Some(seed) => {
				let entropy = pogcs_light_core::crypto::blake2_256(
					&[&b"pogcs/development-entropy"[..], &seed].concat(),
				);
				(seed, entropy)
			}
			None => (random()?, random()?),
		};
		let stored = Stored { seed: hexed::show(seed), proof_entropy: hexed::show(entropy) };
		let text =
			serde_json::to_vec_pretty(&stored).map_err(|error| Error::Config(error.to_string()))?;
		files::create_secret(path, &text)?;
		Ok(Self::from_bytes(seed, entropy))
	}

	/// Loads the keys; refuses a file that others can read.
	pub fn load(path: &Path) -> Result<Self, Error> {
		if files::is_exposed(path)? {
			return Err(Error::Exposed(path.to_owned()));
		}
		let stored: Stored = serde_json::from_slice(&files::read(path)?)
			.map_err(|error| Error::File(path.to_owned(), error.to_string()))?;
		let seed = hexed::parse_array(&stored.seed, "the seed")?;
		Ok(Self::from_bytes(seed, hexed::parse_array(&stored.proof_entropy, "the entropy")?))
	}

	fn from_bytes(seed: [u8; 32], entropy: [u8; 32]) -> Self {
		Self { device: DeviceKey::from_seed(seed), secret: Secret::from_entropy(&entropy) }
	}

	/// What stands for the secret in the registry.
	pub fn commitment(&self) -> Commitment {
		device_commitment(&self.secret)
	}
}

fn random() -> Result<[u8; 32], Error> {
	let mut bytes = [0; 32];
	OsRng
		.try_fill_bytes(&mut bytes)
		.map_err(|error| Error::Config(format!("this machine has no randomness: {error}")))?;
	Ok(bytes)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	#[test]
	fn keys_should_return_when_stored_and_be_refused_when_exposed() {
		let directory = crate::testing::directory("keys");
		let path = directory.join("device.keys");
		let made = Keys::create(&path, None).unwrap();
		let loaded = Keys::load(&path).unwrap();
		assert_eq!(made.device.public(), loaded.device.public());
		assert_eq!(made.commitment(), loaded.commitment());
		assert!(Keys::create(&path, None).is_err(), "keys are never overwritten");
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		assert!(matches!(Keys::load(&path), Err(Error::Exposed(_))));
	}
}
