use super::{run, run_with};
use crate::{
	contents::Shelf,
	rendering::{scene_hash, Kind, Picture, Shape},
	samples, Source,
};
use alloc::vec::Vec;
use pogcs_primitives::jobs::{Camera, Rendering};
use proptest::prelude::*;

fn picture(job: &Rendering, chunks: impl Iterator<Item = u32>, contents: &Shelf) -> Picture {
	let mut picture = Picture::new(job).unwrap();
	for chunk in chunks {
		assert!(picture.put(chunk, &run_with(job, chunk, contents).unwrap().bytes));
	}
	picture
}

fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
	let (width, _) = picture.size();
	let at = (y * usize::from(width) + x) * 3;
	picture.pixels()[at..at + 3].try_into().unwrap()
}

/// A white ball of radius 1 at the origin, seen from five away, lit from the upper left.
fn ball() -> (Rendering, Shelf) {
	let ball = Shape {
		kind: Kind::Sphere,
		soft: 0,
		shine: 0,
		colour: [255; 3],
		place: [0; 3],
		size: [1 << 16, 0, 0],
	};
	let mut shelf = Shelf::default();
	let scene = shelf.source(scene_hash(&[ball]).0);
	let job = Rendering {
		scene,
		shapes: 1,
		camera: Camera { eye: [0, 0, -5 << 16], target: [0; 3], zoom: 2 << 16 },
		light: [-1, 1, -1],
		width: 61,
		height: 41,
		tile: 64,
		grid: 1,
		..samples::still_life()
	};
	(job, shelf)
}

#[test]
fn ball_should_be_where_geometry_puts_it() {
	let (job, shelf) = ball();
	let picture = picture(&job, 0..1, &shelf);
	// Its rim is seen at tan(asin(1/5)) * 2 = 0.408 of half the height: 8.4 of 20.5 pixels.
	let sky = pixel(&picture, 2, 20);
	let is_ball = |x: usize| pixel(&picture, x, 20) != pixel(&picture, x.min(2), 20);
	assert_eq!((0..61).filter(|x| is_ball(*x)).collect::<Vec<_>>(), (22..=38).collect::<Vec<_>>());
	// Blue of the sky, and lighter where the light comes from.
	assert!(sky[2] > sky[0]);
	let bright = |x, y| pixel(&picture, x, y).map(u32::from).iter().sum::<u32>();
	assert!(bright(26, 16) > bright(34, 24) + 150, "{} {}", bright(26, 16), bright(34, 24));
	// Turned by half a turn it looks the same from the other side.
	let turned = Rendering {
		camera: Camera { eye: [0, 0, 5 << 16], ..job.camera },
		light: [1, 1, 1],
		..job
	};
	let other = self::picture(&turned, 0..1, &shelf);
	// But for the rounding, which is always down.
	let pairs = || other.pixels().iter().zip(picture.pixels());
	assert!(pairs().all(|(left, right)| left.abs_diff(*right) <= 2));
	assert!(pairs().filter(|(left, right)| left != right).count() < 500);
}

#[test]
fn shadow_should_fall_away_from_the_light() {
	let (job, _) = ball();
	let ground = Shape {
		kind: Kind::Ground,
		soft: 0,
		shine: 0,
		colour: [255; 3],
		place: [0; 3],
		size: [0; 3],
	};
	let ball =
		Shape { kind: Kind::Sphere, place: [0, 1 << 17, 0], size: [1 << 16, 0, 0], ..ground };
	let mut shelf = Shelf::default();
	let scene = shelf.source(scene_hash(&[ground, ball]).0);
	let camera = Camera { eye: [0, 6 << 16, -(12 << 16)], target: [0; 3], ..job.camera };
	let job = Rendering { scene, shapes: 2, camera, light: [-1, 1, 0], ..job };
	let lit = picture(&job, 0..1, &shelf);
	let bright = |picture: &Picture, x, y| pixel(picture, x, y).map(u32::from).iter().sum::<u32>();
	// Beneath the ball, two to the right of it; the same place to the left is lit.
	let right = (31..45).map(|x| bright(&lit, x, 20)).min().unwrap();
	let left = (16..30).map(|x| bright(&lit, x, 20)).min().unwrap();
	assert!(left > right + 150, "{left} {right}");
	let without = picture(&Rendering { shadow: 0, ..job }, 0..1, &shelf);
	let right = (31..45).map(|x| bright(&without, x, 20)).min().unwrap();
	assert!(left < right + 60, "{left} {right}");
	let sum = |picture: &Picture| picture.pixels().iter().map(|byte| u64::from(*byte)).sum::<u64>();
	assert!(sum(&without) > sum(&lit));
	// Occlusion darkens the ground where the ball touches it, and nothing that stands free.
	let open = picture(&Rendering { shadow: 0, probes: 0, ..job }, 0..1, &shelf);
	assert_eq!(sum(&open), sum(&without));
	let low = Shape { place: [0, 1 << 16, 0], ..ball };
	let job = Rendering { scene: shelf.source(scene_hash(&[ground, low]).0), shadow: 0, ..job };
	let (with, open) =
		[job.probes, 0].map(|probes| picture(&Rendering { probes, ..job }, 0..1, &shelf)).into();
	assert!(sum(&open) > sum(&with) + 200, "{} {}", sum(&open), sum(&with));
}

#[test]
fn operations_should_be_those_that_were_done() {
	let (job, shelf) = ball();
	let all = run_with(&job, 0, &shelf).unwrap();
	let most = crate::Job::Rendering(job).operations(0).unwrap();
	assert!(all.operations > job.look() * 61 * 41 && all.operations < most / 4);
	// Without the ball, there is only sky: fewer.
	let away = Rendering { camera: Camera { target: [0, 0, -10 << 16], ..job.camera }, ..job };
	assert!(run_with(&away, 0, &shelf).unwrap().operations < all.operations / 2);
	// Of all tiles together as of the whole.
	let tiles = Rendering { tile: 9, ..job };
	let chunks = crate::Job::Rendering(tiles).chunks();
	let sum =
		(0..chunks).map(|chunk| run_with(&tiles, chunk, &shelf).unwrap().operations).sum::<u64>();
	assert_eq!(sum, all.operations);
}

#[test]
fn picture_should_refuse_what_does_not_fit() {
	let (job, _) = ball();
	let mut picture = Picture::new(&job).unwrap();
	assert!(!picture.put(1, &[0; 3]));
	assert!(!picture.put(0, &[0; 3]));
	assert!(picture.put(0, &[7; 61 * 41 * 3]));
	assert!(Picture::new(&Rendering { width: 0, ..job }).is_err());
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(12))]

	/// The picture is the same whatever the tiles and their order.
	#[test]
	fn picture_should_be_the_same_when_split_otherwise(
		width in 5u16..24, height in 5u16..20, tile in 3u16..26, turn in 0u32..100, seed: [u8; 32],
		x in -9i32..9, y in 1i32..6, shapes in 1u16..9, grid in 1u8..3,
	) {
		let job = Rendering {
			scene: Source::Seed(seed), shapes, width, height, grid, tile: 64,
			camera: Camera { eye: [x << 16, y << 16, -7 << 16], target: [0; 3], zoom: 100_000 },
			..samples::still_life()
		};
		let whole = run(&job, 0).unwrap().bytes;
		let split = Rendering { tile, ..job };
		let chunks = crate::Job::Rendering(split).chunks();
		let shuffled = (0..chunks).map(|chunk| (chunk * 7 + turn) % chunks);
		let mut order: Vec<u32> = shuffled.chain(0..chunks).collect();
		let mut seen = alloc::collections::BTreeSet::new();
		order.retain(|chunk| seen.insert(*chunk));
		let found = picture(&split, order.into_iter(), &Shelf::default());
		prop_assert_eq!(found.pixels(), &whole[..]);
	}
}
