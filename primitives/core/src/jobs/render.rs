//! Rendering.

use super::{wire, JobFlaw, Source, MAX_CONTENT, WIDE};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The longest side of a picture.
pub const MAX_SIDE: u16 = 8_192;
/// The most shapes of a scene.
pub const MAX_SHAPES: u16 = 256;
/// Bytes of a shape: its kind, how softly it joins the others, how it shines, and three of colour;
/// its place, three, and its size, three, of four bytes each.
pub const SHAPE_BYTES: u64 = 6 + 6 * 4;
/// Operations of 32 bits that the distance to one shape counts as: moving the point, three squares
/// or comparisons, a root of 32 steps, and joining it to the others.
pub const SHAPE_OPERATIONS: u64 = 64;

/// The edge of a tile.
const MAX_TILE: u16 = 1_024;
/// Rays through a pixel: at most 4 x 4.
const MAX_GRID: u8 = 4;
/// Steps of a ray, and of its shadow.
const MAX_STEPS: u16 = 1_024;
/// Probes of the ambient occlusion.
const MAX_PROBES: u8 = 32;
/// Distances that a surface's direction takes.
const NORMAL: u64 = 4;
/// Coordinates are below 2^10.
const MAX_COORDINATE: u32 = 1 << 26;
/// The zoom is from 1/16 to 16.
const LEAST_ZOOM: u32 = 1 << 12;
const MAX_ZOOM: u32 = 1 << 20;

wire! {
	/// From where the scene is seen; all in 2^-16.
	pub struct Camera {
		/// Where it is.
		pub eye: [i32; 3],
		/// What it looks at. Up is the second axis.
		pub target: [i32; 3],
		/// Distance of the picture from the eye, in half its height.
		pub zoom: u32,
	}
}

wire! {
	/// A picture of a scene of distance fields, ray-marched, with soft shadows and ambient occlusion.
	/// A chunk is a tile, row by row; the output is three bytes for each pixel.
	pub struct Rendering {
		/// The scene: its shapes, [`SHAPE_BYTES`] each.
		pub scene: Source,
		/// How many shapes.
		pub shapes: u16,
		/// From where it is seen.
		pub camera: Camera,
		/// Where the light comes from, in 2^-16: a direction, of any length.
		pub light: [i32; 3],
		/// Pixels from left to right.
		pub width: u16,
		/// Pixels from top to bottom.
		pub height: u16,
		/// Pixels of a tile's edge; the last ones may be smaller.
		pub tile: u16,
		/// Rays through a pixel, in each direction: 1 to 4.
		pub grid: u8,
		/// Steps that a ray takes at most.
		pub steps: u16,
		/// Steps towards the light at most; 0 for no shadows.
		pub shadow: u16,
		/// Probes of the ambient occlusion; 0 for none.
		pub probes: u8,
	}
}

/// A direction or place within bounds.
fn within(point: &[i32; 3]) -> bool {
	point.iter().all(|value| value.unsigned_abs() < MAX_COORDINATE)
}

impl Rendering {
	pub(super) fn check(&self) -> Result<(), JobFlaw> {
		let counts = [self.shapes, self.width, self.height, self.tile, self.steps];
		if counts.contains(&0) || self.grid == 0 {
			return Err(JobFlaw::Nothing);
		}
		if self.shapes > MAX_SHAPES
			|| self.width.max(self.height) > MAX_SIDE
			|| self.tile > MAX_TILE
			|| self.scene_bytes() > MAX_CONTENT
		{
			return Err(JobFlaw::TooLarge);
		}
		let Camera { eye, target, zoom } = &self.camera;
		if self.grid > MAX_GRID
			|| self.steps.max(self.shadow) > MAX_STEPS
			|| self.probes > MAX_PROBES
			|| !(LEAST_ZOOM..=MAX_ZOOM).contains(zoom)
			|| !within(eye)
			|| !within(target)
			|| !within(&self.light)
			|| self.light == [0; 3]
		{
			return Err(JobFlaw::OutOfRange);
		}
		let [x, _, z] = [0, 1, 2].map(|axis| eye.get(axis) == target.get(axis));
		if x && z {
			return Err(JobFlaw::Camera);
		}
		Ok(())
	}

	/// Bytes of the scene.
	pub fn scene_bytes(&self) -> u64 {
		u64::from(self.shapes).saturating_mul(SHAPE_BYTES)
	}

	/// Tiles in a row.
	pub fn columns(&self) -> u32 {
		u32::from(self.width).div_ceil(u32::from(self.tile.max(1)))
	}

	/// The pixels of a chunk: left, top, width, height.
	pub fn area(&self, chunk: u32) -> Option<[u16; 4]> {
		let columns = self.columns();
		let (row, column) = (chunk.checked_div(columns)?, chunk.checked_rem(columns)?);
		let begin = |index: u32| {
			let begin = index.checked_mul(u32::from(self.tile))?;
			u16::try_from(begin).ok()
		};
		let (left, top) = (begin(column)?, begin(row)?);
		let width = self.width.checked_sub(left)?.min(self.tile);
		let height = self.height.checked_sub(top)?.min(self.tile);
		(width > 0 && height > 0).then_some([left, top, width, height])
	}

	pub(super) fn chunks(&self) -> u32 {
		let rows = u32::from(self.height).div_ceil(u32::from(self.tile.max(1)));
		self.columns().saturating_mul(rows)
	}

	/// Operations of one look at the distance to the scene.
	pub fn look(&self) -> u64 {
		u64::from(self.shapes).saturating_mul(SHAPE_OPERATIONS).saturating_mul(WIDE)
	}

	fn rays(&self, chunk: u32) -> Option<u64> {
		let [_, _, width, height] = self.area(chunk)?;
		let pixels = u64::from(width).checked_mul(u64::from(height))?;
		pixels.checked_mul(u64::from(self.grid))?.checked_mul(u64::from(self.grid))
	}

	/// Every ray may take all its steps, meet something at the last, and take all steps to the light.
	pub(super) fn operations(&self, chunk: u32) -> Option<u64> {
		let looks = u64::from(self.steps)
			.checked_add(NORMAL)?
			.checked_add(u64::from(self.shadow))?
			.checked_add(u64::from(self.probes))?;
		self.rays(chunk)?.checked_mul(looks)?.checked_mul(self.look())
	}

	/// Every ray looks once.
	pub(super) fn least_operations(&self, chunk: u32) -> Option<u64> {
		self.rays(chunk)?.checked_mul(self.look())
	}

	pub(super) fn output_bytes(&self, chunk: u32) -> Option<u64> {
		let [_, _, width, height] = self.area(chunk)?;
		u64::from(width).checked_mul(u64::from(height))?.checked_mul(3)
	}
}
