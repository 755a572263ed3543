//! Where a cell's centre lies on a face of the icosahedron, after `_h3ToFaceIjk` of H3 (h3Index.c,
//! faceijk.c).

use super::{
	ijk::Ijk,
	index,
	tables::{HOMES, NEXT_FACES},
};

const I: u8 = 4;
const IK: u8 = 5;

/// A hexagon of a face's plane, at an even resolution, where the axes are the face's own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Address {
	/// The face, 0 to 19.
	pub(crate) face: u8,
	/// Where on it.
	pub(crate) at: Ijk,
	/// How many of its hexagons are as wide as a base cell.
	pub(crate) unit: i32,
}

impl Address {
	/// The centre of a cell.
	///
	/// A cell is addressed from its base cell's face, but its centre may lie beyond that face's
	/// edge, and the projection is from the face that it lies on.
	pub(crate) fn of(cell: u64) -> Self {
		let on_pentagon = index::is_on_pentagon(cell);
		let mut cell = cell;
		if on_pentagon && index::first_step(cell) == IK {
			cell = index::turned_back(cell);
		}
		let resolution = index::resolution(cell);
		let Some(home) = HOMES.get(usize::from(index::base(cell))) else {
			return Self::default();
		};
		let mut at = within_base(cell, home.at);
		// An odd resolution's axes are turned against the face's: take the centre's hexagon in the
		// next finer grid.
		let even = resolution.saturating_add(resolution % 2);
		if even != resolution {
			at = at.finer(even);
		}
		let unit = (0..even / 2).fold(1i32, |unit, _| unit.saturating_mul(7));
		let mut address = Self { face: home.face, at, unit };
		let moved = address.cross_edge(on_pentagon && index::first_step(cell) == I);
		// About a pentagon five faces meet, and a second edge may have to be crossed.
		let mut crossings = if moved && on_pentagon { 5 } else { 0u8 };
		while crossings > 0 && address.cross_edge(false) {
			crossings = crossings.saturating_sub(1);
		}
		address
	}

	/// Goes over to the neighbouring face if the hexagon lies beyond the edge; whether it did.
	fn cross_edge(&mut self, about_pentagon: bool) -> bool {
		// A face's corners lie two base cells from its centre.
		let edge = self.unit.saturating_mul(2);
		let Ijk { i, j, k } = self.at;
		if i.saturating_add(j).saturating_add(k) <= edge {
			return false;
		}
		let beyond = match (k > 0, j > 0) {
			(false, _) => 0,
			(true, false) => 1,
			(true, true) => 2usize,
		};
		if beyond == 1 && about_pentagon {
			// Turn about the pentagon, which is at the corner, over the part that it does not have.
			let corner = Ijk::new(edge, 0, 0);
			self.at = self.at.plus(corner.times(-1)).turned_back().plus(corner);
		}
		let next = NEXT_FACES.get(usize::from(self.face)).and_then(|faces| faces.get(beyond));
		let Some(next) = next else { return false };
		let turned = (0..next.turns).fold(self.at, |at, _| at.turned());
		self.at = turned.plus(next.origin.times(self.unit)).normal();
		self.face = next.face;
		true
	}
}

/// Where a cell lies in the plane of its base cell, whose centre is at `origin` at resolution 0.
pub(super) fn within_base(cell: u64, origin: Ijk) -> Ijk {
	(1..=index::resolution(cell)).fold(origin, |at, resolution| {
		at.finer(resolution).plus(Ijk::step(index::digit(cell, resolution))).normal()
	})
}
