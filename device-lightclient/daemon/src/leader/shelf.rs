//! What a leader keeps on disk: the reports of a batch as they come in, and then the batch's tree.
//!
//! * `N.journal`: reports of interval `N`, each with a checksum, appended and forced to the disk before
//!   anything is promised. A power cut costs at most what was not promised.
//! * `N.tree`: those reports in the order of their devices, and all levels of nodes above them. All
//!   records have the same length, so that one report and its path are read without the rest; a batch of
//!   a hundred thousand takes no memory once it is written.
//!
//! Nothing that is read is believed: an opening is handed out only if it leads to the batch's root.

use std::{
	collections::BTreeMap,
	fs::{self, File, OpenOptions},
	io::{BufWriter, ErrorKind, Read, Seek, SeekFrom, Write},
	os::unix::fs::OpenOptionsExt,
	path::{Path, PathBuf},
};

use codec::{Decode, DecodeAll, Encode};
use pogcs_light_core::{
	batch::{leaf, Opening, MOST_REPORTS},
	crypto::blake2_256,
};
use pogcs_primitives::{
	batch::{Node, Step},
	wire::{EnergyReport, Signature},
	DeviceId, Interval,
};

use crate::error::Error;

/// A report with its device's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Signed {
	/// What the device says.
	pub report: EnergyReport,
	/// Its signature.
	pub signature: Signature,
}

/// The reports of one interval, in the order of their devices.
pub type Reports = BTreeMap<DeviceId, Signed>;

const MAGIC: [u8; 8] = *b"PGCSTRE1";
/// Magic, interval, number of reports.
const HEAD: u64 = 16;
/// A report and its signature.
const RECORD: usize = 104 + 64;
/// A node.
const NODE: usize = 32 + 3 * 4 + 2 * 8;
/// A record's checksum in the journal.
const CHECK: usize = 8;
/// The most bytes of a journal that are read.
const MOST_JOURNAL: u64 = (RECORD + CHECK) as u64 * MOST_REPORTS as u64 * 2;

/// The folder.
#[derive(Clone, Debug)]
pub struct Shelf {
	folder: PathBuf,
}

/// Sizes of all levels, leaves first.
fn levels(leaves: u64) -> Vec<u64> {
	let mut sizes = vec![leaves];
	let mut size = leaves;
	while size > 1 {
		size = size.div_ceil(2);
		sizes.push(size);
	}
	sizes
}

fn check(record: &[u8]) -> [u8; CHECK] {
	let mut out = [0; CHECK];
	out.iter_mut().zip(blake2_256(record)).for_each(|(to, from)| *to = from);
	out
}

impl Shelf {
	/// A shelf in `folder`, which is made if it is missing.
	pub fn new(folder: &Path) -> Result<Self, Error> {
		fs::create_dir_all(folder)
			.map_err(|error| Error::File(folder.to_owned(), error.to_string()))?;
		Ok(Self { folder: folder.to_owned() })
	}

	fn journal_path(&self, interval: Interval) -> PathBuf {
		self.folder.join(format!("{interval}.journal"))
	}

	fn tree_path(&self, interval: Interval) -> PathBuf {
		self.folder.join(format!("{interval}.tree"))
	}

	/// Appends reports to their interval's journal. When this returns they are on the disk.
	pub fn append(&self, interval: Interval, reports: &[Signed]) -> Result<(), Error> {
		let path = self.journal_path(interval);
		let failed = |error: std::io::Error| Error::File(path.clone(), error.to_string());
		let mut bytes = Vec::with_capacity(reports.len().saturating_mul(RECORD + CHECK));
		for signed in reports {
			let record = signed.encode();
			bytes.extend_from_slice(&record);
			bytes.extend_from_slice(&check(&record));
		}
		let mut file =
			OpenOptions::new().append(true).create(true).mode(0o600).open(&path).map_err(failed)?;
		// What a power cut left of the last one is cut off, or all after it would be shifted.
		let length = file.metadata().map_err(failed)?.len();
		let torn = length % (RECORD + CHECK) as u64;
		if torn > 0 {
			file.set_len(length.saturating_sub(torn)).map_err(failed)?;
		}
		file.write_all(&bytes).map_err(failed)?;
		file.sync_all().map_err(failed)
	}

	/// The reports in an interval's journal, the first of each device.
	pub fn journal(&self, interval: Interval) -> Result<Reports, Error> {
		let path = self.journal_path(interval);
		let failed = |error: std::io::Error| Error::File(path.clone(), error.to_string());
		let mut bytes = Vec::new();
		match File::open(&path) {
			Ok(file) => file.take(MOST_JOURNAL).read_to_end(&mut bytes).map_err(failed)?,
			Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Reports::new()),
			Err(error) => return Err(failed(error)),
		};
		let mut reports = Reports::new();
		for entry in bytes.chunks_exact(RECORD + CHECK) {
			let (record, sum) = entry.split_at(RECORD);
			if check(record) != *sum {
				continue;
			}
			let Ok(signed) = Signed::decode_all(&mut &record[..]) else { continue };
			if signed.report.interval == interval {
				reports.entry(signed.report.device).or_insert(signed);
			}
		}
		Ok(reports)
	}

	/// Writes the tree over `reports`. The root. When this returns the tree is on the disk; the journal
	/// still is, too, until it is known to whom the tree belongs.
	pub fn seal(&self, interval: Interval, reports: &Reports) -> Result<Node, Error> {
		let path = self.tree_path(interval);
		let failed = |error: std::io::Error| Error::File(path.clone(), error.to_string());
		let wrong = || Error::Work(format!("the sums of interval {interval} do not fit"));
		let count = u32::try_from(reports.len()).map_err(|_| wrong())?;
		let beside = path.with_extension("tree.new");
		let file = OpenOptions::new()
			.write(true)
			.create(true)
			.truncate(true)
			.mode(0o600)
			.open(&beside)
			.map_err(failed)?;
		let mut file = BufWriter::new(file);
		let mut write = |bytes: &[u8]| file.write_all(bytes).map_err(failed);
		write(&(MAGIC, interval, count).encode())?;
		let mut level = Vec::with_capacity(reports.len());
		for signed in reports.values() {
			write(&signed.encode())?;
			level.push(leaf(&signed.report, &signed.signature));
		}
		loop {
			for node in &level {
				write(&node.encode())?;
			}
			if level.len() <= 1 {
				break;
			}
			let mut above = Vec::with_capacity(level.len().div_ceil(2));
			for pair in level.chunks(2) {
				above.push(match pair {
					[left, right] => Node::join(left, right, blake2_256).ok_or_else(wrong)?,
					[alone] => *alone,
					_ => return Err(wrong()),
				});
			}
			level = above;
		}
		let root = level.first().copied().ok_or_else(wrong)?;
		root.places().ok_or_else(wrong)?;
		let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
		file.sync_all().map_err(failed)?;
		fs::rename(&beside, &path).map_err(failed)?;
		// The renaming itself has to survive, too.
		File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
		Ok(root)
	}

	/// The report of a device in a batch, and its way to `root`.
	pub fn opening(
		&self,
		interval: Interval,
		root: &Node,
		device: DeviceId,
	) -> Result<Option<Opening>, Error> {
		let mut tree = Tree::open(self.tree_path(interval), interval)?;
		let (mut low, mut high) = (0, tree.count);
		while low < high {
			let middle = low.midpoint(high);
			match tree.record(middle)?.report.device.cmp(&device) {
				std::cmp::Ordering::Less => low = middle.saturating_add(1),
				std::cmp::Ordering::Greater => high = middle,
				std::cmp::Ordering::Equal => return tree.prove(middle, root).map(Some),
			}
		}
		Ok(None)
	}

	/// The report that fills a place under `root`, and its way there.
	pub fn at(&self, interval: Interval, root: &Node, place: u64) -> Result<Opening, Error> {
		let mut tree = Tree::open(self.tree_path(interval), interval)?;
		let damaged = tree.damaged();
		let (mut index, mut place) = (0u64, place);
		for level in (0..tree.sizes.len().saturating_sub(1)).rev() {
			let left = index.saturating_mul(2);
			let places = tree.node(level, left)?.places();
			index = match place.checked_sub(places.ok_or_else(|| tree.damaged())?) {
				None => left,
				Some(rest) => {
					place = rest;
					left.saturating_add(1)
				}
			};
			if tree.sizes.get(level).is_none_or(|size| index >= *size) {
				return Err(damaged);
			}
		}
		// Past the last place there is no report.
		if tree.node(0, index)?.places().is_none_or(|places| place >= places) {
			return Err(damaged);
		}
		tree.prove(index, root)
	}

	/// The intervals that have a journal.
	pub fn journals(&self) -> Result<Vec<Interval>, Error> {
		let failed = |error: std::io::Error| Error::File(self.folder.clone(), error.to_string());
		let mut found = Vec::new();
		for entry in fs::read_dir(&self.folder).map_err(failed)? {
			let name = entry.map_err(failed)?.file_name();
			let number = name.to_str().and_then(|name| name.strip_suffix(".journal"));
			found.extend(number.and_then(|number| number.parse().ok()).map(Interval));
		}
		found.sort_unstable();
		Ok(found)
	}

	/// Forgets everything about an interval.
	pub fn discard(&self, interval: Interval) {
		self.drop_journal(interval);
		let _ = fs::remove_file(self.tree_path(interval));
	}

	/// Forgets the journal of an interval whose tree is written.
	pub fn drop_journal(&self, interval: Interval) {
		// What is left of it does no harm: its tree is there, or its interval is over.
		let _ = fs::remove_file(self.journal_path(interval));
	}
}

/// A tree that is being read.
struct Tree {
	path: PathBuf,
	file: File,
	count: u64,
	sizes: Vec<u64>,
}

impl Tree {
	fn open(path: PathBuf, interval: Interval) -> Result<Self, Error> {
		let failed = |error: std::io::Error| Error::File(path.clone(), error.to_string());
		let mut file = File::open(&path).map_err(failed)?;
		let mut head = [0; HEAD as usize];
		file.read_exact(&mut head).map_err(failed)?;
		let damaged = || Error::File(path.clone(), "the tree is damaged".into());
		let (magic, of, count) =
			<([u8; 8], Interval, u32)>::decode(&mut &head[..]).map_err(|_| damaged())?;
		if magic != MAGIC || of != interval || !(1..=MOST_REPORTS).contains(&count) {
			return Err(damaged());
		}
		let count = u64::from(count);
		Ok(Self { path, file, count, sizes: levels(count) })
	}

	fn damaged(&self) -> Error {
		Error::File(self.path.clone(), "the tree is damaged".into())
	}

	fn read<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Error> {
		let mut bytes = [0; N];
		self.file
			.seek(SeekFrom::Start(at))
			.and_then(|_| self.file.read_exact(&mut bytes))
			.map_err(|error| Error::File(self.path.clone(), error.to_string()))?;
		Ok(bytes)
	}

	fn record(&mut self, index: u64) -> Result<Signed, Error> {
		let at = index.saturating_mul(RECORD as u64).saturating_add(HEAD);
		let bytes = self.read::<RECORD>(at)?;
		Signed::decode_all(&mut &bytes[..]).map_err(|_| self.damaged())
	}

	fn node(&mut self, level: usize, index: u64) -> Result<Node, Error> {
		let below: u64 = self.sizes.iter().take(level).sum();
		let nodes = below.saturating_add(index).saturating_mul(NODE as u64);
		let records = self.count.saturating_mul(RECORD as u64);
		let bytes = self.read::<NODE>(HEAD.saturating_add(records).saturating_add(nodes))?;
		Node::decode_all(&mut &bytes[..]).map_err(|_| self.damaged())
	}

	/// The report at `index` and its way to `root`.
	fn prove(&mut self, index: u64, root: &Node) -> Result<Opening, Error> {
		let Signed { report, signature } = self.record(index)?;
		let mut path = Vec::new();
		let mut at = index;
		for level in 0..self.sizes.len() {
			let other = at ^ 1;
			// The last one of an uneven level is its own parent.
			if self.sizes.get(level).is_some_and(|size| other < *size) {
				path.push(Step { left: other < at, node: self.node(level, other)? });
			}
			at /= 2;
		}
		let opening = Opening { report, signature, path };
		if opening.shown().map(|shown| shown.root) != Some(*root) {
			return Err(self.damaged());
		}
		Ok(opening)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::directory;
	use pogcs_light_core::testing::reports::{report, signed};
	use pogcs_primitives::{batch, MilliWattHours};
	use proptest::prelude::*;

	const AT: Interval = Interval(9);

	fn reports(ids: impl IntoIterator<Item = u32>) -> Reports {
		ids.into_iter()
			.map(|id| {
				let (report, signature) = signed(&[7; 32], id, AT.0);
				(report.device, Signed { report, signature })
			})
			.collect()
	}

	fn shelf(name: &str) -> Shelf {
		Shelf::new(&directory(&format!("shelf-{name}"))).unwrap()
	}

	#[test]
	fn record_and_node_should_have_the_lengths_that_they_are_read_with() {
		let all = reports([3]);
		let signed = all[&DeviceId(3)];
		assert_eq!(signed.encode().len(), RECORD);
		assert_eq!(leaf(&signed.report, &signed.signature).encode().len(), NODE);
		assert_eq!((MAGIC, AT, 3u32).encode().len() as u64, HEAD);
	}

	#[test]
	fn journal_should_return_what_was_appended_when_the_power_went_at_any_byte() {
		let shelf = shelf("journal");
		assert!(shelf.journal(AT).unwrap().is_empty());
		let all: Vec<_> = reports(1..=4).into_values().collect();
		shelf.append(AT, &all[..2]).unwrap();
		shelf.append(AT, &all[2..]).unwrap();
		assert_eq!(shelf.journal(AT).unwrap(), reports(1..=4));
		let whole = fs::read(shelf.journal_path(AT)).unwrap();
		let entry = RECORD + CHECK;
		for end in 0..whole.len() {
			fs::write(shelf.journal_path(AT), &whole[..end]).unwrap();
			let count = u32::try_from(end / entry).unwrap();
			assert_eq!(shelf.journal(AT).unwrap(), reports(1..=count), "{end}");
			if end % 40 == 3 {
				// What comes after a torn record is read.
				let five: Vec<_> = reports([5]).into_values().collect();
				shelf.append(AT, &five).unwrap();
				assert_eq!(shelf.journal(AT).unwrap(), reports((1..=count).chain([5])), "{end}");
			}
		}
		// A damaged record costs itself; another interval's is none.
		let mut damaged = whole.clone();
		damaged[entry + 20] ^= 1;
		fs::write(shelf.journal_path(AT), &damaged).unwrap();
		assert_eq!(shelf.journal(AT).unwrap(), reports([1, 3, 4]));
		assert_eq!(shelf.journals().unwrap(), [AT]);
		fs::rename(shelf.journal_path(AT), shelf.journal_path(Interval(8))).unwrap();
		assert!(shelf.journal(Interval(8)).unwrap().is_empty());
	}

	#[test]
	fn tree_should_be_refused_when_it_is_damaged_or_missing() {
		let shelf = shelf("damaged");
		let all = reports(1..=7);
		let root = shelf.seal(AT, &all).unwrap();
		assert!(shelf.tree_path(AT).exists());
		let whole = fs::read(shelf.tree_path(AT)).unwrap();
		for (at, device) in
			[(0, 1), (5, 1), (9, 1), (13, 1), (20, 1), (HEAD as usize + 7 * RECORD + NODE + 3, 1)]
		{
			let mut bytes = whole.clone();
			bytes[at] ^= 0x55;
			fs::write(shelf.tree_path(AT), &bytes).unwrap();
			let found = shelf.opening(AT, &root, DeviceId(device));
			assert!(!matches!(found, Ok(Some(_))), "{at}");
		}
		for end in [0, 10, 16, 100, whole.len() - 1] {
			fs::write(shelf.tree_path(AT), &whole[..end]).unwrap();
			for device in 1..=7 {
				if let Ok(Some(opening)) = shelf.opening(AT, &root, DeviceId(device)) {
					assert_eq!(opening.shown().unwrap().root, root);
				}
			}
			assert!(shelf.at(AT, &root, u64::MAX).is_err());
		}
		fs::write(shelf.tree_path(AT), &whole).unwrap();
		assert!(shelf.opening(AT, &root, DeviceId(8)).unwrap().is_none());
		assert!(shelf.opening(AT, &root, DeviceId(0)).unwrap().is_none());
		let other = leaf(&report(1, 9), &[0; 64]);
		assert!(shelf.opening(AT, &other, DeviceId(1)).is_err());
		shelf.discard(AT);
		assert!(!shelf.tree_path(AT).exists() && shelf.opening(AT, &root, DeviceId(1)).is_err());
		assert!(shelf.seal(AT, &Reports::new()).is_err());
	}

	#[test]
	fn batch_should_be_refused_when_its_sums_do_not_fit() {
		let shelf = shelf("sums");
		let mut all = reports([1, 2]);
		for signed in all.values_mut() {
			signed.report.generation = MilliWattHours(u64::MAX);
		}
		assert!(matches!(shelf.seal(AT, &all), Err(Error::Work(_))));
		assert!(!shelf.tree_path(AT).exists());
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(24))]
		/// What the file says is what `pogcs_primitives::batch::Tree` says, in whatever size.
		#[test]
		fn file_should_say_what_the_tree_says_when_it_has_any_number_of_reports(
			ids in prop::collection::btree_set(1u32..4_000, 1..70),
		) {
			let shelf = shelf("same");
			let all = reports(ids.iter().copied());
			let leaves: Vec<_> =
				all.values().map(|signed| leaf(&signed.report, &signed.signature)).collect();
			let tree = batch::Tree::new(leaves.clone(), blake2_256).expect("in order");
			let root = shelf.seal(AT, &all).unwrap();
			prop_assert_eq!(Some(&root), tree.root());
			let mut place = 0;
			for (index, (device, signed)) in all.iter().enumerate() {
				let expected = Opening {
					report: signed.report,
					signature: signed.signature,
					path: tree.path(index).expect("it is there"),
				};
				let found = shelf.opening(AT, &root, *device).unwrap();
				prop_assert_eq!(found.as_ref(), Some(&expected));
				let end = place + leaves[index].places().expect("few");
				for place in [place, end - 1] {
					prop_assert_eq!(&shelf.at(AT, &root, place).unwrap(), &expected);
				}
				place = end;
			}
			prop_assert_eq!(root.places(), Some(place));
			prop_assert!(shelf.at(AT, &root, place).is_err());
		}
	}
}
