//! Files that survive a power cut, and files that nobody else may read.

use std::{
	fs::{self, File, OpenOptions},
	io::{ErrorKind, Read, Write},
	os::unix::fs::{MetadataExt, OpenOptionsExt},
	path::{Path, PathBuf},
};

use pogcs_light_core::{
	platform::{PlatformError, Slots},
	store::Slot,
};

use crate::error::Error;

/// The largest file that is read.
const MOST: u64 = 4 * 1024 * 1024;

/// Reads a file of bounded size.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
	let failed = |error: std::io::Error| Error::File(path.to_owned(), error.to_string());
	let mut bytes = Vec::new();
	File::open(path).map_err(failed)?.take(MOST).read_to_end(&mut bytes).map_err(failed)?;
	Ok(bytes)
}

/// Writes beside the file and renames, so that a reader sees the old or the new one, whole.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
	let failed = |error: std::io::Error| Error::File(path.to_owned(), error.to_string());
	let mut beside = path.as_os_str().to_owned();
	beside.push(".new");
	let beside = PathBuf::from(beside);
	let mut file = OpenOptions::new()
		.write(true)
		.create(true)
		.truncate(true)
		.mode(mode)
		.open(&beside)
		.map_err(failed)?;
	file.write_all(bytes).map_err(failed)?;
	file.sync_all().map_err(failed)?;
	fs::rename(&beside, path).map_err(failed)
}

/// The same, and returns only when the new file's name is on the disk as well: for what must be there
/// before something else is done.
pub fn keep(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
	let failed = |error: std::io::Error| Error::File(path.to_owned(), error.to_string());
	replace(path, bytes, mode)?;
	let directory = path.parent().unwrap_or(Path::new("."));
	File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)
}

/// Creates a file that only its owner can read; refuses to overwrite one.
pub fn create_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
	let failed = |error: std::io::Error| Error::File(path.to_owned(), error.to_string());
	let mut file =
		OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
	file.write_all(bytes).map_err(failed)?;
	file.sync_all().map_err(failed)
}

/// Whether others than the owner can read or write the file.
pub fn is_exposed(path: &Path) -> Result<bool, Error> {
	let failed = |error: std::io::Error| Error::File(path.to_owned(), error.to_string());
	Ok(fs::metadata(path).map_err(failed)?.mode() & 0o077 != 0)
}

/// The core's two slots as two files.
#[derive(Clone, Debug)]
pub struct FileSlots {
	directory: PathBuf,
}

impl FileSlots {
	/// Slots in `directory`, which is made if it is missing.
	pub fn new(directory: &Path) -> Result<Self, Error> {
		fs::create_dir_all(directory)
			.map_err(|error| Error::File(directory.to_owned(), error.to_string()))?;
		Ok(Self { directory: directory.to_owned() })
	}

	fn path(&self, slot: Slot) -> PathBuf {
		self.directory.join(match slot {
			Slot::A => "state.a",
			Slot::B => "state.b",
		})
	}
}

impl Slots for FileSlots {
	fn read(&mut self, slot: Slot) -> Result<Option<Vec<u8>>, PlatformError> {
		match fs::read(self.path(slot)) {
			Ok(bytes) => Ok(Some(bytes)),
			Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
			Err(_) => Err(PlatformError::Storage),
		}
	}

	fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), PlatformError> {
		let write = || -> std::io::Result<()> {
			let mut file = OpenOptions::new()
				.write(true)
				.create(true)
				.truncate(true)
				.mode(0o600)
				.open(self.path(slot))?;
			file.write_all(bytes)?;
			file.sync_all()
		};
		write().map_err(|_| PlatformError::Storage)
	}
}
