//! Cells of the H3 grid, in integers.

pub(crate) mod face;
pub(crate) mod ijk;
mod index;
mod local;
mod step;
pub(crate) mod tables;

use pogcs_primitives::CellId;

/// How fine a grid is: 0, with 122 cells on the globe, to 15, with cells of about a square metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resolution(u8);

impl Resolution {
	/// The coarsest.
	pub const COARSEST: Self = Self(0);
	/// The finest.
	pub const FINEST: Self = Self(index::FINEST);

	/// A resolution, or `None` above 15.
	pub const fn new(resolution: u8) -> Option<Self> {
		if resolution <= index::FINEST {
			Some(Self(resolution))
		} else {
			None
		}
	}

	/// As a number.
	pub const fn get(self) -> u8 {
		self.0
	}
}

/// A cell that exists on the globe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(u64);

/// Whether `cell` is a cell of resolution 15 that exists on the globe.
pub fn is_finest(cell: CellId) -> bool {
	Cell::new(cell).is_some_and(|cell| cell.resolution() == Resolution::FINEST)
}

impl Cell {
	/// The cell of an index, or `None` if there is no such cell on the globe.
	pub fn new(id: CellId) -> Option<Self> {
		index::is_valid(id.0).then_some(Self(id.0))
	}

	/// Its index.
	pub const fn id(self) -> CellId {
		CellId(self.0)
	}

	/// Its resolution.
	pub fn resolution(self) -> Resolution {
		Resolution(index::resolution(self.0))
	}

	/// Whether it is one of the twelve pentagons of its resolution.
	pub fn is_pentagon(self) -> bool {
		index::is_pentagon(self.0)
	}

	/// The cell of a coarser resolution that it belongs to; itself at its own. `None` at a finer one.
	///
	/// Hexagons do not divide into hexagons: a cell's children stick out a little over its edges.
	pub fn parent(self, at: Resolution) -> Option<Self> {
		(at <= self.resolution()).then(|| Self(index::parent(self.0, at.0)))
	}

	/// Whether `other` belongs to this cell, or is this cell.
	pub fn is_ancestor_of(self, other: Self) -> bool {
		other.parent(self.resolution()) == Some(self)
	}

	/// Whether both belong to the same cell at a resolution; never at one that is finer than either.
	pub fn shares_ancestor(self, other: Self, at: Resolution) -> bool {
		let parent = self.parent(at);
		parent.is_some() && parent == other.parent(at)
	}

	/// The cells that share an edge with it: 6, or 5 of a pentagon.
	pub fn neighbours(self) -> impl Iterator<Item = Self> {
		(1..=6).filter_map(move |direction| step::neighbour(self.0, direction)).map(Self)
	}

	/// The cell that it belongs to at a resolution, and that one's neighbours: 7 cells, or 6 about a
	/// pentagon. `None` at a finer resolution.
	pub fn disk(self, at: Resolution) -> Option<impl Iterator<Item = Self>> {
		self.parent(at).map(|centre| core::iter::once(centre).chain(centre.neighbours()))
	}

	/// The least number of steps, from neighbour to neighbour, between the cells that both belong to
	/// at a resolution.
	///
	/// `None` where H3 gives no answer: at a resolution finer than either cell, between cells whose
	/// base cells do not touch (more than some thousand kilometres), and across a pentagon. An answer
	/// is exact, and the same in both directions if there is one in both.
	pub fn grid_distance(self, other: Self, at: Resolution) -> Option<u32> {
		local::distance(self.parent(at)?.0, other.parent(at)?.0)
	}

	/// Where its centre lies on a face of the icosahedron.
	pub(crate) fn address(self) -> face::Address {
		face::Address::of(self.0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	// Computed with the reference library: h3 4.5.0, latlng_to_cell(.., 15).
	const SINGAPORE: u64 = 0x8f65_2636_d876_620;
	const BERLIN: u64 = 0x8f1f_1d48_945d_998;
	const SYDNEY: u64 = 0x8fbe_0e35_c272_530;
	const PENTAGON: u64 = 0x8f08_0000_0000_000;

	#[test]
	fn cell_should_be_finest_when_of_resolution_15() {
		for index in [SINGAPORE, BERLIN, SYDNEY, PENTAGON, PENTAGON | 2] {
			assert!(is_finest(CellId(index)), "{index:x}");
		}
	}

	#[test]
	fn cell_should_not_be_finest_when_coarser() {
		// The parent of SINGAPORE at resolution 14.
		let parent = CellId(0x8e65_2636_d876_627);
		assert!(!is_finest(parent));
		assert_eq!(Cell::new(parent).map(Cell::resolution), Resolution::new(14));
	}

	#[test]
	fn cell_should_not_be_finest_when_malformed() {
		let with = |shift: u32, bits: u64| CellId(SINGAPORE ^ (bits << shift));
		for (cell, why) in [
			(CellId(0), "nothing"),
			(CellId(u64::MAX), "all bits"),
			(with(63, 1), "reserved bit"),
			(with(59, 3), "mode"),
			(with(56, 1), "reserved bits"),
			(CellId((SINGAPORE & !(0x7f << 45)) | (122 << 45)), "base cell"),
			(CellId(SINGAPORE | 7), "digit 7"),
			(CellId(PENTAGON | 1), "missing sequence of a pentagon"),
		] {
			assert!(!is_finest(cell), "{why}");
			assert_eq!(Cell::new(cell), None, "{why}");
		}
	}

	#[test]
	fn cell_should_not_exist_when_unused_digits_are_set() {
		// Resolution 5 of H3's documentation, and the same with a digit of resolution 6 or 15.
		let coarse = 0x8528_3473_ffff_fff;
		assert!(Cell::new(CellId(coarse)).is_some());
		assert_eq!(Cell::new(CellId(coarse ^ (7 << 27))), None);
		assert_eq!(Cell::new(CellId(coarse ^ 1)), None);
	}

	#[test]
	fn parent_should_not_exist_when_finer() {
		let cell = Cell::new(CellId(0x8528_3473_ffff_fff)).unwrap();
		assert_eq!(cell.parent(Resolution(6)), None);
		assert_eq!(cell.parent(Resolution(5)), Some(cell));
		assert!(cell.disk(Resolution(6)).is_none());
		assert_eq!(cell.grid_distance(cell, Resolution(6)), None);
		assert!(!cell.shares_ancestor(cell, Resolution(6)));
	}

	#[test]
	fn resolution_should_be_refused_when_above_15() {
		assert_eq!(Resolution::new(15), Some(Resolution::FINEST));
		assert_eq!(Resolution::new(16), None);
	}
}
