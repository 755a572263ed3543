//! Weights, rows and scenes on this device: what comes with the program, files that were named, and a
//! directory whose files have their BLAKE2b-256 as their name (`b2sum -l 256`).

use std::{
	borrow::Cow,
	fs::File,
	io::Read,
	path::{Path, PathBuf},
};

use pogcs_primitives::jobs::MAX_CONTENT;
use pogcs_workloads::{
	contents::{Contents, Shelf},
	samples, Hash, Need, Source,
};

use crate::error::Error;

/// What this device has.
pub struct Store {
	shelf: Shelf,
	directory: Option<PathBuf>,
}

impl Store {
	/// What comes with the program, and what is in `directory`.
	pub fn new(directory: Option<PathBuf>) -> Self {
		Self { shelf: samples::shelf(), directory }
	}

	/// Takes bytes up, and says by what hash a job names them.
	pub fn put(&mut self, bytes: Vec<u8>) -> Hash {
		self.shelf.put(bytes)
	}

	/// Whether something large is here, by its name and size alone: whether it is what its name says
	/// is seen when it is read.
	pub fn has(&self, need: &Need) -> bool {
		let Source::Content(hash) = need.source else { return true };
		if self.shelf.find(&hash, need.bytes).is_some() {
			return true;
		}
		let Some(directory) = &self.directory else { return false };
		let found = std::fs::metadata(directory.join(hex::encode(hash)));
		found.is_ok_and(|file| file.is_file() && file.len() == need.bytes)
	}

	/// Takes a file up; says by what hash a job names it, and how many bytes it has.
	pub fn add(&mut self, path: &Path) -> Result<(Hash, u64), Error> {
		let bytes = read(path)?;
		let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
		Ok((self.put(bytes), length))
	}
}

/// Reads a content: nothing is larger than what a job can name.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
	let failed = |error: std::io::Error| Error::File(path.to_owned(), error.to_string());
	let file = File::open(path).map_err(failed)?;
	let mut bytes = Vec::new();
	file.take(MAX_CONTENT + 1).read_to_end(&mut bytes).map_err(failed)?;
	if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_CONTENT {
		let words = "it is larger than the 64 MiB that a job can name: split it over several jobs";
		return Err(Error::File(path.to_owned(), words.into()));
	}
	Ok(bytes)
}

impl Contents for Store {
	fn find(&self, hash: &Hash, bytes: u64) -> Option<Cow<'_, [u8]>> {
		if let Some(found) = self.shelf.find(hash, bytes) {
			return Some(found);
		}
		let file = File::open(self.directory.as_ref()?.join(hex::encode(hash))).ok()?;
		// One byte more than asked for shows that it is another file; what was read is checked.
		let mut read = Vec::new();
		file.take(bytes.saturating_add(1)).read_to_end(&mut read).ok()?;
		Some(Cow::Owned(read))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::directory;
	use pogcs_light_core::crypto::blake2_256;
	use pogcs_workloads::What;

	#[test]
	fn content_should_be_found_by_its_hash_when_it_is_in_the_directory() {
		let place = directory("contents");
		let store = Store::new(Some(place.clone()));
		let hash = blake2_256(b"weights");
		assert!(store.find(&hash, 7).is_none());
		std::fs::write(place.join(hex::encode(hash)), b"weights").unwrap();
		assert_eq!(store.find(&hash, 7).as_deref(), Some(&b"weights"[..]));
		let need = |hash, bytes| Need { what: What::Weights, source: Source::Content(hash), bytes };
		assert!(store.has(&need(hash, 7)) && !store.has(&need(hash, 8)));
		assert!(!store.has(&need([1; 32], 7)) && !Store::new(None).has(&need(hash, 7)));
		let seed = Need { what: What::Weights, source: Source::Seed([1; 32]), bytes: 9 };
		assert!(store.has(&seed));
		let digits = pogcs_workloads::digits::WEIGHTS;
		assert!(Store::new(None).has(&need(blake2_256(digits), digits.len() as u64)));
		// A longer file is not read to its end.
		std::fs::write(place.join(hex::encode(hash)), [0; 100]).unwrap();
		assert_eq!(store.find(&hash, 7).map(|bytes| bytes.len()), Some(8));
	}

	#[test]
	fn file_should_be_refused_when_larger_than_a_job_can_name() {
		let path = directory("large").join("rows");
		let file = File::create(&path).unwrap();
		file.set_len(MAX_CONTENT).unwrap();
		assert_eq!(u64::try_from(read(&path).unwrap().len()).unwrap(), MAX_CONTENT);
		file.set_len(MAX_CONTENT + 1).unwrap();
		let mut store = Store::new(None);
		assert!(store.add(&path).unwrap_err().to_string().contains("64 MiB"));
		assert!(store.add(&path.with_extension("none")).is_err());
		file.set_len(9).unwrap();
		assert_eq!(store.add(&path).unwrap(), (blake2_256(&[0; 9]), 9));
	}
}
