//! The checkpoint file that comes with the image: where the device starts, and which runtime it
//! was built for.

use std::path::Path;

use pogcs_light_core::{
	extrinsic::{Mortality, Signing},
	finality::Checkpoint,
	headers::Authority,
	Hash,
};
use serde::{Deserialize, Serialize};

use crate::{error::Error, files, hexed};

/// The JSON form. Written by `pogcs-device checkpoint` or by whoever builds the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointFile {
	/// Hash of block 0.
	pub genesis_hash: String,
	/// Hash of the block to start from.
	pub hash: String,
	/// Its height.
	pub number: u32,
	/// Number of the set that finalises what follows it.
	pub set_id: u64,
	/// That set: keys and weights.
	pub authorities: Vec<(String, u64)>,
	/// The runtime's spec version.
	pub spec_version: u32,
	/// The runtime's transaction version.
	pub transaction_version: u32,
	/// The runtime's metadata hash, which signatures are bound to; null binds them to none.
	pub metadata_hash: Option<String>,
}

/// The file, decoded.
#[derive(Clone, Debug)]
pub struct Image {
	/// Where to start.
	pub checkpoint: Checkpoint,
	/// The runtime's spec version.
	pub spec_version: u32,
	/// The runtime's transaction version.
	pub transaction_version: u32,
	/// The runtime's metadata hash; without one, signatures are not bound to a layout of calls.
	pub metadata_hash: Option<Hash>,
}

impl Image {
	/// What a signature is bound to: this runtime on this chain.
	pub fn signing(&self, mortality: Mortality, nonce: u32) -> Signing {
		Signing {
			spec_version: self.spec_version,
			transaction_version: self.transaction_version,
			genesis: self.checkpoint.genesis,
			mortality,
			nonce,
			tip: 0,
			metadata_hash: self.metadata_hash,
		}
	}

	/// What keeps from signing anything while `now` is the runtime's version; nothing is known in the
	/// state of genesis.
	pub fn trouble(&self, now: Option<u32>) -> Option<Error> {
		let (now, built) = (now?, self.spec_version);
		(now != built).then_some(Error::Upgraded { now, built })
	}
}

impl CheckpointFile {
	/// Reads the file.
	pub fn load(path: &Path) -> Result<Image, Error> {
		let file: Self = serde_json::from_slice(&files::read(path)?)
			.map_err(|error| Error::File(path.to_owned(), error.to_string()))?;
		file.decode().map_err(|error| Error::File(path.to_owned(), error.to_string()))
	}

	/// Writes the file.
	pub fn save(&self, path: &Path) -> Result<(), Error> {
		let mut text = serde_json::to_vec_pretty(self)
			.map_err(|error| Error::File(path.to_owned(), error.to_string()))?;
		text.push(b'\n');
		files::replace(path, &text, 0o644)
	}

	fn decode(&self) -> Result<Image, Error> {
		let mut authorities = Vec::with_capacity(self.authorities.len());
		for (key, weight) in &self.authorities {
			let key = hexed::parse_array(key, "an authority's key")?;
			authorities.push(Authority { key, weight: *weight });
		}
		let metadata_hash = match &self.metadata_hash {
			Some(text) => Some(hexed::parse_array(text, "metadata_hash")?),
			None => None,
		};
		Ok(Image {
			checkpoint: Checkpoint {
				genesis: hexed::parse_array(&self.genesis_hash, "genesis_hash")?,
				hash: hexed::parse_array(&self.hash, "hash")?,
				number: self.number,
				set_id: self.set_id,
				authorities,
			},
			spec_version: self.spec_version,
			transaction_version: self.transaction_version,
			metadata_hash,
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn checkpoint_should_return_when_saved() {
		let file = CheckpointFile {
			genesis_hash: hexed::show([1; 32]),
			hash: hexed::show([2; 32]),
			number: 3,
			set_id: 4,
			authorities: vec![(hexed::show([5; 32]), 6)],
			spec_version: 7,
			transaction_version: 8,
			metadata_hash: Some(hexed::show([9; 32])),
		};
		let path = crate::testing::directory("checkpoint").join("checkpoint.json");
		file.save(&path).unwrap();
		let image = CheckpointFile::load(&path).unwrap();
		assert_eq!(image.checkpoint.hash, [2; 32]);
		assert_eq!(image.checkpoint.authorities, [Authority { key: [5; 32], weight: 6 }]);
		assert_eq!(image.metadata_hash, Some([9; 32]));

		let short = CheckpointFile { hash: "0x12".into(), ..file };
		short.save(&path).unwrap();
		assert!(matches!(CheckpointFile::load(&path), Err(Error::File(..))));
	}
}
