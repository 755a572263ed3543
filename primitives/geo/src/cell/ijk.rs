//! Hexagons of a plane by three axes, 120 degrees apart.

/// A hexagon. Moving by one along all three axes leads back to the same one; in normal form no
/// coordinate is negative and one is 0.
///
/// Within a face and its neighbours coordinates stay below 2^25 at the finest resolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ijk {
	pub(crate) i: i32,
	pub(crate) j: i32,
	pub(crate) k: i32,
}

impl Ijk {
	pub(super) const fn new(i: i32, j: i32, k: i32) -> Self {
		Self { i, j, k }
	}

	/// One step in a direction: the bits of a digit are its coordinates.
	pub(super) fn step(digit: u8) -> Self {
		let axis = |bit: u8| i32::from(digit & bit != 0);
		Self::new(axis(4), axis(2), axis(1))
	}

	pub(super) fn plus(self, other: Self) -> Self {
		Self::new(
			self.i.saturating_add(other.i),
			self.j.saturating_add(other.j),
			self.k.saturating_add(other.k),
		)
	}

	pub(super) fn times(self, factor: i32) -> Self {
		Self::new(
			self.i.saturating_mul(factor),
			self.j.saturating_mul(factor),
			self.k.saturating_mul(factor),
		)
	}

	pub(super) fn normal(self) -> Self {
		let least = self.i.min(self.j).min(self.k);
		Self::new(
			self.i.saturating_sub(least),
			self.j.saturating_sub(least),
			self.k.saturating_sub(least),
		)
	}

	/// Where it lies when each axis is replaced by a vector.
	fn mapped(self, i: Self, j: Self, k: Self) -> Self {
		i.times(self.i).plus(j.times(self.j)).plus(k.times(self.k)).normal()
	}

	/// The hexagon at its centre in the next finer grid, which is turned one way at the odd
	/// resolutions and the other way at the even ones.
	pub(super) fn finer(self, resolution: u8) -> Self {
		if resolution % 2 == 1 {
			self.mapped(Self::new(3, 0, 1), Self::new(1, 3, 0), Self::new(0, 1, 3))
		} else {
			self.mapped(Self::new(3, 1, 0), Self::new(0, 3, 1), Self::new(1, 0, 3))
		}
	}

	/// Turned 60 degrees counter-clockwise about the origin.
	pub(super) fn turned(self) -> Self {
		self.mapped(Self::new(1, 1, 0), Self::new(0, 1, 1), Self::new(1, 0, 1))
	}

	/// Turned 60 degrees clockwise about the origin.
	pub(super) fn turned_back(self) -> Self {
		self.mapped(Self::new(1, 0, 1), Self::new(1, 1, 0), Self::new(0, 1, 1))
	}

	/// How many steps lead to another hexagon.
	pub(super) fn distance(self, other: Self) -> u32 {
		let way = self.plus(other.times(-1)).normal();
		way.i.max(way.j).max(way.k).unsigned_abs()
	}
}
