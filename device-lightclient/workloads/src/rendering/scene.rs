//! A scene: shapes, each with its place, its size and its looks.
//!
//! A shape has [`SHAPE_BYTES`](pogcs_primitives::jobs::SHAPE_BYTES): kind, softness, shine, and three of colour, one byte each; its place and
//! its size, three numbers each of four bytes, little-endian, in 2^-16.

use alloc::vec::Vec;

use pogcs_primitives::jobs::Hash;
use sp_crypto_hashing::blake2_256;

use crate::{
	fixed::{length, Fix, Vector},
	room,
	stream::Stream,
	Failure, What,
};

/// Coordinates and sizes are below 2^10.
const MAX: u32 = 1 << 26;
/// Bytes of a shape.
const BYTES: usize = 30;
/// Softness is in parts of 64.
const SOFT: i64 = 64;

/// What a shape is. Its size says the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
	/// A sphere: radius.
	Sphere,
	/// A box: half its edges.
	Block,
	/// A ring that lies: radius of the ring, and of its tube.
	Ring,
	/// A cylinder that stands: radius, and half its height.
	Column,
	/// The ground below a height, in squares of this edge; 0 for none.
	Ground,
}

/// A shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
	/// What it is.
	pub kind: Kind,
	/// How softly it joins the shapes before it, in 64ths; 0 for an edge.
	pub soft: u8,
	/// How it shines.
	pub shine: u8,
	/// Red, green, blue, as on a screen.
	pub colour: [u8; 3],
	/// Its middle, in 2^-16.
	pub place: [i32; 3],
	/// Its size, in 2^-16.
	pub size: [i32; 3],
}

impl Shape {
	/// Its bytes in a scene.
	pub fn bytes(&self) -> [u8; BYTES] {
		let kind = match self.kind {
			Kind::Sphere => 0,
			Kind::Block => 1,
			Kind::Ring => 2,
			Kind::Column => 3,
			Kind::Ground => 4,
		};
		let mut bytes = [0; BYTES];
		let [red, green, blue] = self.colour;
		let looks = [kind, self.soft, self.shine, red, green, blue];
		let numbers = self.place.iter().chain(&self.size).flat_map(|number| number.to_le_bytes());
		let all = looks.into_iter().chain(numbers);
		bytes.iter_mut().zip(all).for_each(|(to, from)| *to = from);
		bytes
	}

	fn read(bytes: &[u8; BYTES]) -> Result<Self, &'static str> {
		let mut next = bytes.iter().copied();
		let [kind, soft, shine, red, green, blue] = [(); 6].map(|()| next.next().unwrap_or(0));
		let kind = match kind {
			0 => Kind::Sphere,
			1 => Kind::Block,
			2 => Kind::Ring,
			3 => Kind::Column,
			4 => Kind::Ground,
			_ => return Err("a shape is of a kind that there is not"),
		};
		let mut number = || i32::from_le_bytes([(); 4].map(|()| next.next().unwrap_or(0)));
		let place = [(); 3].map(|()| number());
		let size = [(); 3].map(|()| number());
		if place.iter().chain(&size).any(|number| number.unsigned_abs() >= MAX) {
			return Err("a shape's place or size is not below 1024");
		}
		if size.iter().any(|number| *number < 0) {
			return Err("a shape's size is negative");
		}
		Ok(Self { kind, soft, shine, colour: [red, green, blue], place, size })
	}
}

/// What a surface looks like.
#[derive(Clone, Copy)]
pub struct Surface {
	pub colour: Vector,
	pub shine: Fix,
}

/// A shape as it is computed with.
struct Solid {
	kind: Kind,
	soft: Fix,
	place: Vector,
	size: Vector,
	surface: Surface,
}

impl Solid {
	fn new(shape: &Shape) -> Self {
		// A screen's byte is the root of its light.
		let light = |byte: u8| Fix::ratio(byte.into(), 255).squared();
		let [red, green, blue] = shape.colour.map(light);
		Self {
			kind: shape.kind,
			soft: Fix::ratio(shape.soft.into(), SOFT),
			place: Vector::new(shape.place),
			size: Vector::new(shape.size),
			surface: Surface {
				colour: Vector([red, green, blue]),
				shine: Fix::ratio(shape.shine.into(), 255),
			},
		}
	}

	/// The distance is not less: without a root, for those that are far.
	fn at_least(&self, at: Vector) -> Fix {
		let ([x, y, z], [first, second, third]) = ((at - self.place).map(Fix::abs).0, self.size.0);
		match self.kind {
			Kind::Sphere => x.max(y).max(z) - first,
			Kind::Block => (x - first).max(y - second).max(z - third),
			Kind::Ring => (x.max(z) - first).max(y) - second,
			Kind::Column => (x.max(z) - first).max(y - second),
			Kind::Ground => self.distance(at),
		}
	}

	fn distance(&self, at: Vector) -> Fix {
		let from = at - self.place;
		let ([x, y, z], [first, second, _]) = (from.0, self.size.0);
		match self.kind {
			Kind::Sphere => from.length() - first,
			Kind::Block => {
				let over = from.map(Fix::abs) - self.size;
				let [a, b, c] = over.0;
				over.map(|value| value.max(Fix::ZERO)).length() + a.max(b).max(c).min(Fix::ZERO)
			}
			Kind::Ring => length([length([x, z]) - first, y]) - second,
			Kind::Column => {
				let (out, above) = (length([x, z]) - first, y.abs() - second);
				let outside = [out, above].map(|value| value.max(Fix::ZERO));
				length(outside) + out.max(above).min(Fix::ZERO)
			}
			Kind::Ground => y,
		}
	}

	fn looks(&self, at: Vector) -> Surface {
		let Surface { mut colour, shine } = self.surface;
		let edge = self.size.0[0];
		if self.kind == Kind::Ground && edge > Fix::ZERO {
			let [x, _, z] = (at - self.place).0.map(|value| value.over(edge).0 >> 16);
			if x.wrapping_add(z) & 1 == 1 {
				colour = colour.map(|value| value >> 1);
			}
		}
		Surface { colour, shine }
	}
}

/// The shapes of a scene, in their order.
pub struct Scene(Vec<Solid>);

impl Scene {
	/// Reads a scene.
	pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
		let (shapes, _) = bytes.as_chunks::<BYTES>();
		let count = u64::try_from(shapes.len()).unwrap_or(u64::MAX);
		let mut solids = room(count)?;
		for shape in shapes {
			let shape = Shape::read(shape).map_err(|words| Failure::Useless(What::Scene, words))?;
			solids.push(Solid::new(&shape));
		}
		Ok(Self(solids))
	}

	/// How far the scene is.
	pub fn distance(&self, at: Vector) -> Fix {
		let mut solids = self.0.iter();
		let Some(first) = solids.next() else { return Fix::MAX };
		solids.fold(first.distance(at), |near, solid| {
			// What is too far to join changes nothing.
			if solid.at_least(at) - near >= solid.soft {
				return near;
			}
			joined(near, solid.distance(at), solid.soft)
		})
	}

	/// What the scene looks like where it is met: as the nearest shape does.
	pub fn surface(&self, at: Vector) -> Surface {
		let nearest = self.0.iter().min_by_key(|solid| solid.distance(at));
		nearest.map_or(Surface { colour: Vector::default(), shine: Fix::ZERO }, |of| of.looks(at))
	}
}

/// The nearer one; where both are about as near, rounded off by up to a quarter of `soft`.
fn joined(left: Fix, right: Fix, soft: Fix) -> Fix {
	let near = left.min(right);
	let overlap = soft - (left - right).abs();
	if overlap <= Fix::ZERO {
		return near;
	}
	near - (overlap.squared().over(soft) >> 2)
}

const fn whole(number: i32) -> i32 {
	number.wrapping_shl(16)
}

/// A scene to try: things on a table.
pub const STILL_LIFE: [Shape; 8] = [
	Shape {
		kind: Kind::Ground,
		soft: 0,
		shine: 20,
		colour: [186, 178, 160],
		place: [0, 0, 0],
		size: [whole(1), 0, 0],
	},
	Shape {
		kind: Kind::Sphere,
		soft: 0,
		shine: 200,
		colour: [214, 62, 48],
		place: [whole(-1), whole(1), 0],
		size: [whole(1), 0, 0],
	},
	Shape {
		kind: Kind::Sphere,
		soft: 40,
		shine: 200,
		colour: [236, 140, 40],
		place: [1 << 13, 39_322, -whole(1)],
		size: [39_322, 0, 0],
	},
	Shape {
		kind: Kind::Ring,
		soft: 0,
		shine: 255,
		colour: [226, 190, 74],
		place: [whole(2), 19_661, -(1 << 15)],
		size: [52_429, 19_661, 0],
	},
	Shape {
		kind: Kind::Block,
		soft: 0,
		shine: 60,
		colour: [52, 118, 180],
		place: [98_304, 49_152, 117_965],
		size: [58_982, 49_152, 39_322],
	},
	Shape {
		kind: Kind::Sphere,
		soft: 24,
		shine: 120,
		colour: [112, 186, 214],
		place: [98_304, 111_411, 117_965],
		size: [36_045, 0, 0],
	},
	Shape {
		kind: Kind::Column,
		soft: 0,
		shine: 40,
		colour: [88, 150, 92],
		place: [whole(-3), 78_643, 91_750],
		size: [26_214, 78_643, 0],
	},
	Shape {
		kind: Kind::Sphere,
		soft: 48,
		shine: 90,
		colour: [150, 204, 104],
		place: [whole(-3), 183_501, 91_750],
		size: [45_875, 0, 0],
	},
];

/// The bytes of a scene.
fn bytes(shapes: &[Shape]) -> Vec<u8> {
	shapes.iter().flat_map(Shape::bytes).collect()
}

/// The bytes of a scene, and the hash by which a job names it.
pub fn hash(shapes: &[Shape]) -> (Vec<u8>, Hash) {
	let bytes = bytes(shapes);
	let hash = blake2_256(&bytes);
	(bytes, hash)
}

/// The bytes of a made-up scene: the ground, and shapes that stand on it, within eight of the middle.
pub fn made_up(seed: &Hash, shapes: u16) -> Vec<u8> {
	let mut stream = Stream::new(b"scene\0\0\0", seed, 0);
	let mut all = Vec::new();
	for index in 0..shapes {
		let mut number = |least: u32, most: u32| {
			let drawn = least.wrapping_add(stream.below(most.wrapping_sub(least)));
			i32::try_from(drawn).unwrap_or(0)
		};
		let kind = match number(0, 4) {
			0 => Kind::Sphere,
			1 => Kind::Block,
			2 => Kind::Ring,
			_ => Kind::Column,
		};
		let (across, along) = (number(0, 1 << 20), number(0, 1 << 20));
		let (first, second, third) =
			(number(1 << 14, 1 << 16), number(1 << 13, 1 << 15), number(1 << 14, 1 << 16));
		let [red, green, blue] = [(); 3].map(|()| u8::try_from(number(40, 240)).unwrap_or(0));
		let shine = u8::try_from(number(0, 256)).unwrap_or(0);
		let middle = 1 << 19;
		let height = if kind == Kind::Sphere { first } else { second };
		let mut shape = Shape {
			kind,
			soft: 8,
			shine,
			colour: [red, green, blue],
			place: [across.wrapping_sub(middle), height, along.wrapping_sub(middle)],
			size: [first, second, third],
		};
		if index == 0 {
			shape.kind = Kind::Ground;
			(shape.soft, shape.place, shape.size) = (0, [0; 3], [1 << 16, 0, 0]);
		}
		all.extend(shape.bytes());
	}
	all
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_primitives::jobs::SHAPE_BYTES;
	use proptest::prelude::*;

	#[test]
	fn shape_should_come_back_when_written() {
		assert_eq!(u64::try_from(BYTES), Ok(SHAPE_BYTES));
		for shape in STILL_LIFE {
			assert_eq!(Shape::read(&shape.bytes()), Ok(shape));
		}
	}

	#[test]
	fn scene_should_be_refused_when_a_shape_is_no_good() {
		let good = STILL_LIFE[1];
		let mut kind = good.bytes();
		kind[0] = 5;
		let far = Shape { place: [0, 0, i32::MIN], ..good }.bytes();
		let large = Shape { size: [1 << 26, 0, 0], ..good }.bytes();
		let negative = Shape { size: [-1, 0, 0], ..good }.bytes();
		for bytes in [kind, far, large, negative] {
			let scene = [&good.bytes()[..], &bytes].concat();
			assert!(matches!(Scene::read(&scene), Err(Failure::Useless(What::Scene, _))));
		}
		assert!(Scene::read(&good.bytes()).is_ok());
	}

	#[test]
	fn distance_should_be_worked_out_by_hand_when_simple() {
		let at = |x, y, z| Vector([x, y, z].map(Fix::whole));
		let of = |kind, size: [i64; 3]| {
			let size = size.map(|size| i32::try_from(size << 16).unwrap());
			Solid::new(&Shape {
				kind,
				soft: 0,
				shine: 0,
				colour: [0; 3],
				place: [1 << 16, 0, 0],
				size,
			})
		};
		let cases = [
			(of(Kind::Sphere, [2, 0, 0]), at(4, 4, 0), Fix::whole(3)),
			(of(Kind::Block, [1, 2, 3]), at(5, 6, 3), Fix::whole(5)),
			(of(Kind::Block, [1, 2, 3]), at(1, 1, 0), Fix::whole(-1)),
			(of(Kind::Ring, [5, 1, 0]), at(4, 0, 4), Fix::whole(-1)),
			(of(Kind::Column, [1, 2, 0]), at(5, 6, 0), Fix::whole(5)),
			(of(Kind::Ground, [1, 0, 0]), at(7, -3, 7), Fix::whole(-3)),
		];
		for (solid, at, expected) in cases {
			assert_eq!(solid.distance(at), expected, "{:?}", solid.kind);
		}
		assert_eq!(joined(Fix::ONE, Fix::ONE, Fix::ONE), Fix(49_152));
		assert_eq!(joined(Fix::ONE, Fix::whole(3), Fix::ONE), Fix::ONE);
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(2_000))]

		/// Leaving out what is far is leaving out nothing.
		#[test]
		fn distance_should_be_that_to_all_shapes(
			seed: [u8; 32], shapes in 1u16..20, at in any::<[i32; 3]>(), bits in 5u32..14,
		) {
			let bytes = made_up(&seed, shapes);
			let scene = Scene::read(&bytes).unwrap();
			let at = Vector::new(at.map(|value| value >> bits));
			let mut solids = scene.0.iter();
			let first = solids.next().unwrap().distance(at);
			let all = solids.fold(first, |near, solid| joined(near, solid.distance(at), solid.soft));
			prop_assert_eq!(scene.distance(at), all);
			for solid in &scene.0 {
				prop_assert!(solid.at_least(at) <= solid.distance(at));
			}
		}
	}
}
