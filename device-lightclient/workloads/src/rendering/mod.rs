//! Rendering: a picture of distance fields, ray-marched in fixed point.
//!
//! All numbers have 16 fractional bits in 64. Each pixel is by itself: it depends on the job and the
//! scene, not on the tile that it is in. A ray goes forward by the distance to the scene (Hart, "Sphere
//! Tracing", 1996) until that is a hair. Then: the surface's direction by four more looks, soft shadow
//! by a march towards the light, ambient occlusion by looks along the surface's direction (both after
//! I. Quilez), the light, and the haze of the distance.

mod scene;

pub use scene::{hash as scene_hash, made_up, Kind, Shape, STILL_LIFE};

use alloc::vec::Vec;

use pogcs_primitives::jobs::{Rendering, Source};

use crate::{
	contents::fetch,
	fixed::{Fix, Vector},
	room, zeroes, Failure, Job, Need, Output, Setting, What, Workload,
};
use scene::Scene;

/// So near a ray has met the scene: a hair, and more of it farther away.
const HAIR: Fix = Fix(24);
const HAIR_SHIFT: u32 = 11;
/// A ray that is farther has met the sky.
const FAR: Fix = Fix::whole(256);
/// A shadow farther than this is none.
const SHADOW_FAR: Fix = Fix::whole(32);
/// The least and the longest step towards the light.
const SHADOW_LEAST: Fix = Fix(512);
const SHADOW_LONGEST: Fix = Fix(1 << 15);
/// How hard a shadow's edge is.
const HARDNESS: Fix = Fix::whole(12);
/// Half the way between the looks that give a surface's direction.
const NUDGE: Fix = Fix(256);
/// How far the last probe of the ambient occlusion is from the surface.
const PROBE: Fix = Fix(1 << 15);
/// So far away, half of what is seen is haze.
const HAZE: Fix = Fix::whole(56);

/// Light of the sun, of the sky and of the ground.
const SUN: Vector = Vector([Fix(85_000), Fix(76_000), Fix(62_000)]);
const SKY: Vector = Vector([Fix(17_000), Fix(23_500), Fix(32_000)]);
const GROUND: Vector = Vector([Fix(9_000), Fix(7_500), Fix(5_500)]);
/// The sky at the horizon and overhead.
const HORIZON: Vector = Vector([Fix(45_000), Fix(51_000), Fix(57_000)]);
const ZENITH: Vector = Vector([Fix(8_500), Fix(19_500), Fix(40_000)]);

/// Where the rays of a picture begin and go.
struct Lens {
	eye: Vector,
	right: Vector,
	up: Vector,
	forward: Vector,
}

impl Lens {
	fn new(job: &Rendering) -> Self {
		let eye = Vector::new(job.camera.eye);
		let towards = Vector::new(job.camera.target) - eye;
		let forward = towards.direction();
		let [x, _, z] = towards.0;
		let right = Vector([z, Fix::ZERO, -x]).direction();
		let up = forward.cross(right);
		Self { eye, right, up, forward: forward * Fix(job.camera.zoom.into()) }
	}

	/// The direction of ray `(x, y)` of a grid of `width` by `height`.
	fn ray(&self, x: i64, y: i64, width: i64, height: i64) -> Vector {
		let twice = |value: i64| value.wrapping_mul(2).wrapping_add(1);
		let across = Fix::ratio(twice(x).wrapping_sub(width), height);
		let down = Fix::ratio(twice(y).wrapping_sub(height), height);
		(self.forward + self.right * across - self.up * down).direction()
	}
}

/// One picture's rays, and the looks that they took.
struct Marcher<'a> {
	job: &'a Rendering,
	scene: &'a Scene,
	light: Vector,
	looks: u64,
}

impl Marcher<'_> {
	fn distance(&mut self, at: Vector) -> Fix {
		self.looks = self.looks.wrapping_add(1);
		self.scene.distance(at)
	}

	/// How far the ray goes until it meets the scene.
	fn march(&mut self, from: Vector, along: Vector) -> Option<Fix> {
		let mut gone = Fix::ZERO;
		for _ in 0..self.job.steps {
			let left = self.distance(from + along * gone);
			if left < HAIR + (gone >> HAIR_SHIFT) {
				return Some(gone);
			}
			gone = gone + left;
			if gone > FAR {
				return None;
			}
		}
		None
	}

	/// Where the surface looks: the corners of a tetrahedron, weighed by their distances.
	fn normal(&mut self, at: Vector) -> Vector {
		let (plus, minus) = (Fix::ONE, -Fix::ONE);
		let corners =
			[[plus, minus, minus], [minus, minus, plus], [minus, plus, minus], [plus, plus, plus]];
		let mut sum = Vector::default();
		for corner in corners.map(Vector) {
			sum = sum + corner * self.distance(at + corner * NUDGE);
		}
		sum.direction()
	}

	/// How much of the light gets here.
	fn lit(&mut self, from: Vector) -> Fix {
		let mut lit = Fix::ONE;
		let mut gone = SHADOW_LEAST;
		for _ in 0..self.job.shadow {
			let left = self.distance(from + self.light * gone);
			if left < HAIR {
				return Fix::ZERO;
			}
			lit = lit.min((left * HARDNESS).over(gone));
			gone = gone + left.clamp(SHADOW_LEAST, SHADOW_LONGEST);
			if gone > SHADOW_FAR {
				break;
			}
		}
		// Smooth at both ends.
		let lit = lit.unit();
		lit.squared() * (Fix::whole(3) - (lit << 1))
	}

	/// How open the surface is to the sky.
	fn open(&mut self, at: Vector, normal: Vector) -> Fix {
		let probes = i64::from(self.job.probes);
		let (mut hidden, mut weight, mut all) = (Fix::ZERO, Fix::ONE, Fix::ZERO);
		for probe in 1..=probes {
			let away = PROBE * Fix::ratio(probe, probes);
			let missing = (away - self.distance(at + normal * away)).max(Fix::ZERO);
			hidden = hidden + missing.over(away) * weight;
			all = all + weight;
			weight = weight * Fix(52_429);
		}
		if probes == 0 {
			return Fix::ONE;
		}
		(Fix::ONE - hidden.over(all)).unit()
	}

	/// The light that comes along a ray.
	fn ray(&mut self, from: Vector, along: Vector) -> Vector {
		let up = along.0[1];
		let sky = mixed(HORIZON, ZENITH, up.max(Fix::ZERO).root());
		let Some(gone) = self.march(from, along) else {
			// The sun itself.
			let towards = along.dot(self.light).max(Fix::ZERO);
			return sky + SUN * (power(towards, 8) >> 2);
		};
		let at = from + along * gone;
		let normal = self.normal(at);
		let off = at + normal * (HAIR + HAIR + (gone >> HAIR_SHIFT));
		let surface = self.scene.surface(at);
		let open = self.open(at, normal);
		let facing = normal.dot(self.light);
		let mut light = SKY * ((Fix::ONE + normal.0[1]) >> 1) * open
			+ GROUND * ((Fix::ONE - normal.0[1]) >> 1) * open;
		let mut shine = Fix::ZERO;
		if facing > Fix::ZERO {
			let lit = self.lit(off) * facing;
			light = light + SUN * lit;
			let half = (self.light - along).direction();
			shine = power(normal.dot(half).max(Fix::ZERO), 5) * lit * surface.shine;
		}
		let seen = surface.colour.times(light) + SUN * shine;
		let far = gone.over(HAZE).squared();
		mixed(seen, sky, far.over(Fix::ONE + far))
	}

	/// The pixel at `(x, y)`: the mean of its rays, three bytes.
	fn pixel(&mut self, lens: &Lens, x: i64, y: i64) -> [u8; 3] {
		let grid = i64::from(self.job.grid);
		let (width, height) = (i64::from(self.job.width), i64::from(self.job.height));
		let fine = |value: i64| value.wrapping_mul(grid);
		let mut sum = Vector::default();
		for down in 0..grid {
			for across in 0..grid {
				let (x, y) = (fine(x).wrapping_add(across), fine(y).wrapping_add(down));
				let along = lens.ray(x, y, fine(width), fine(height));
				// Bright spots count once in a pixel, not for many.
				sum = sum + self.ray(lens.eye, along).map(Fix::unit);
			}
		}
		let mean = |value: Fix| value.over(Fix::whole(grid.wrapping_mul(grid)));
		// Screens take the root of the light.
		sum.0.map(|value| {
			let shown = mean(value).unit().root() * Fix::whole(255) + (Fix::ONE >> 1);
			u8::try_from(shown.floor()).unwrap_or(u8::MAX)
		})
	}
}

/// From `from` to `to`.
fn mixed(from: Vector, to: Vector, share: Fix) -> Vector {
	from + (to - from) * share
}

/// `value` squared `times` times.
fn power(value: Fix, times: u32) -> Fix {
	(0..times).fold(value, |value, _| value.squared())
}

/// A picture that is put together of chunks, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
	job: Rendering,
	pixels: Vec<u8>,
}

impl Picture {
	/// A black one.
	///
	/// # Errors
	/// A job that is out of bounds, or too little memory.
	pub fn new(job: &Rendering) -> Result<Self, Failure> {
		job.check()?;
		let pixels = u64::from(job.width).saturating_mul(job.height.into()).saturating_mul(3);
		Ok(Self { job: *job, pixels: zeroes(pixels)? })
	}

	/// Puts a chunk's output where it belongs. `false` if there is no such chunk, or the output has
	/// another size.
	pub fn put(&mut self, chunk: u32, output: &[u8]) -> bool {
		let Some([left, top, width, height]) = self.job.area(chunk) else { return false };
		let [left, top, width, height] = [left, top, width, height].map(usize::from);
		let row = width.saturating_mul(3);
		if output.len() != row.saturating_mul(height) {
			return false;
		}
		let line = usize::from(self.job.width).saturating_mul(3);
		let lines = self.pixels.chunks_exact_mut(line).skip(top);
		for (line, row) in lines.zip(output.chunks_exact(row)) {
			let own = line.iter_mut().skip(left.saturating_mul(3));
			own.zip(row).for_each(|(to, from)| *to = *from);
		}
		true
	}

	/// Three bytes for each pixel, row by row.
	pub fn pixels(&self) -> &[u8] {
		&self.pixels
	}

	/// Pixels from left to right, and from top to bottom.
	pub fn size(&self) -> (u16, u16) {
		(self.job.width, self.job.height)
	}
}

fn need(job: &Rendering) -> Need {
	Need { what: What::Scene, source: job.scene, bytes: job.scene_bytes() }
}

impl Workload for Rendering {
	fn job(&self) -> Job {
		Job::Rendering(*self)
	}

	fn needs(&self) -> Vec<Need> {
		alloc::vec![need(self)]
	}

	/// The scene as it comes and as it is used, and the tile.
	fn memory(&self) -> u64 {
		let output = self.job().output_bytes(0).unwrap_or(u64::MAX);
		let scene = u64::from(self.shapes).saturating_mul(256);
		self.scene_bytes().saturating_add(scene).saturating_add(output)
	}

	fn compute(&self, chunk: u32, setting: &mut Setting) -> Result<Output, Failure> {
		let no_chunk = || Failure::NoSuchChunk { chunk, chunks: self.chunks() };
		let [left, top, width, height] = self.area(chunk).ok_or_else(no_chunk)?;
		let scene = match &self.scene {
			Source::Seed(seed) => Scene::read(&made_up(seed, self.shapes))?,
			Source::Content(hash) => Scene::read(&fetch(setting.contents, need(self), hash)?)?,
		};
		let lens = Lens::new(self);
		let light = Vector::new(self.light).direction();
		let mut marcher = Marcher { job: self, scene: &scene, light, looks: 0 };
		let mut bytes = room(self.job().output_bytes(chunk).unwrap_or(0))?;
		let of = u64::from(width).saturating_mul(height.into());
		let mut done = 0u64;
		setting.step(done, of)?;
		for y in (0..height).map(|row| i64::from(top.saturating_add(row))) {
			for x in (0..width).map(|column| i64::from(left.saturating_add(column))) {
				bytes.extend(marcher.pixel(&lens, x, y));
				done = done.saturating_add(1);
				setting.step(done, of)?;
			}
		}
		let operations = marcher.looks.saturating_mul(self.look());
		Ok(Output { bytes, operations })
	}
}
