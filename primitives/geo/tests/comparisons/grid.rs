use std::collections::{HashMap, HashSet, VecDeque};

use h3o::{CellIndex, LatLng};
use pogcs_geo::{distance, Cell, Place, Resolution};
use pogcs_primitives::CellId;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn cell(index: u64) -> Cell {
	Cell::new(CellId(index)).unwrap()
}

fn at(resolution: u8) -> Resolution {
	Resolution::new(resolution).unwrap()
}

fn ours(index: CellIndex) -> Cell {
	cell(u64::from(index))
}

fn theirs(cell: Cell) -> CellIndex {
	CellIndex::try_from(cell.id().0).unwrap()
}

/// All cells of a resolution.
fn all(resolution: u8) -> impl Iterator<Item = CellIndex> {
	let resolution = h3o::Resolution::try_from(resolution).unwrap();
	CellIndex::base_cells().flat_map(move |base| base.children(resolution))
}

/// Any cell; one in three about a pentagon, and some of those close to its centre.
fn any(rng: &mut ChaCha8Rng, resolution: u8) -> Cell {
	const PENTAGONS: [u64; 12] = [4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117];
	loop {
		let about = rng.gen_range(0..3) == 0;
		let base = if about { PENTAGONS[rng.gen_range(0..12)] } else { rng.gen_range(0..122) };
		let zeros = if about { rng.gen_range(0..=resolution) } else { 0 };
		let mut index = (1 << 59) | (u64::from(resolution) << 52) | (base << 45);
		for place in 1..=15u8 {
			let digit = match place {
				_ if place > resolution => 7,
				_ if place <= zeros => 0,
				_ => rng.gen_range(0..7),
			};
			index |= digit << (3 * (15 - place));
		}
		if let Some(cell) = Cell::new(CellId(index)) {
			return cell;
		}
	}
}

fn sorted(cells: impl Iterator<Item = u64>) -> Vec<u64> {
	let mut cells: Vec<u64> = cells.collect();
	cells.sort_unstable();
	cells
}

fn check_neighbours(cell: Cell) {
	let found = sorted(cell.neighbours().map(|cell| cell.id().0));
	let ring: Vec<CellIndex> = theirs(cell).grid_ring(1);
	assert_eq!(found, sorted(ring.into_iter().map(u64::from)), "{:x}", cell.id().0);
	assert_eq!(found.len(), if cell.is_pentagon() { 5 } else { 6 });
}

fn check_centre(cell: Cell) {
	let place = Place::of(cell);
	let centre = LatLng::from(theirs(cell));
	let latitude = (f64::from(place.latitude_e7()) - centre.lat() * 1e7).abs();
	let longitude = (f64::from(place.longitude_e7()) - centre.lng() * 1e7).rem_euclid(3.6e9);
	let across = longitude.min(3.6e9 - longitude) * centre.lat_radians().cos();
	assert!(latitude < 1.0 && across < 1.0, "{:x} {place:?} {centre}", cell.id().0);
}

#[test]
fn cell_should_be_as_in_the_documentation_when_an_example_of_it() {
	// h3geo.org, "Hierarchical grid functions", "Grid traversal functions", "Indexing functions".
	let example = cell(0x8528_3473_ffff_fff);
	assert_eq!(example.parent(at(4)), Some(cell(0x8428_347f_ffff_fff)));
	assert_eq!(example.grid_distance(cell(0x8528_342b_ffff_fff), at(5)), Some(2));
	let place = Place::of(cell(0x8928_342e_20ff_fff));
	assert_eq!((place.latitude_e7(), place.longitude_e7()), (375_012_466, -1_225_003_039));
	// Snowflake's documentation of H3_GRID_DISK.
	let disk = cell(617_540_519_050_084_351).disk(at(9)).unwrap();
	assert_eq!(
		sorted(disk.map(|cell| cell.id().0)),
		[
			617_540_519_050_084_351,
			617_540_519_050_346_495,
			617_540_519_050_608_639,
			617_540_519_050_870_783,
			617_540_519_051_132_927,
			617_540_519_051_395_071,
			617_540_519_051_657_215,
		]
	);
	// Computed with the reference library, h3 4.5.0: a pentagon near Norway.
	let pentagon = cell(0x8108_3fff_ffff_fff);
	assert!(pentagon.is_pentagon());
	assert_eq!(
		sorted(pentagon.neighbours().map(|cell| cell.id().0)),
		[
			0x8108_bfff_ffff_fff,
			0x8108_ffff_ffff_fff,
			0x8109_3fff_ffff_fff,
			0x8109_7fff_ffff_fff,
			0x8109_bfff_ffff_fff,
		]
	);
	assert_eq!(Place::of(pentagon).latitude_e7(), 647_000_001);
	assert_eq!(Place::of(pentagon).longitude_e7(), 105_361_991);
}

#[test]
fn validity_should_agree_with_h3o_when_any_bits() {
	let mut rng = ChaCha8Rng::seed_from_u64(11);
	for round in 0..300_000 {
		let resolution = rng.gen_range(0..=15);
		let mut index = any(&mut rng, resolution).id().0;
		for _ in 0..round % 4 {
			index ^= 1 << rng.gen_range(0..64);
		}
		for index in [index, rng.gen()] {
			let valid = CellIndex::try_from(index).is_ok();
			assert_eq!(Cell::new(CellId(index)).is_some(), valid, "{index:x}");
		}
	}
}

#[test]
fn parent_should_agree_with_h3o_when_random() {
	let mut rng = ChaCha8Rng::seed_from_u64(12);
	for _ in 0..20_000 {
		let resolution = rng.gen_range(0..=15);
		let cell = any(&mut rng, resolution);
		assert_eq!(cell.resolution(), at(resolution));
		assert_eq!(cell.is_pentagon(), theirs(cell).is_pentagon());
		for coarser in 0..=resolution {
			let parent = cell.parent(at(coarser)).unwrap();
			let expected = theirs(cell).parent(coarser.try_into().unwrap()).unwrap();
			assert_eq!(parent, ours(expected));
			assert!(parent.is_ancestor_of(cell));
			assert!(parent.shares_ancestor(cell, at(coarser)));
			assert_eq!(cell.is_ancestor_of(parent), coarser == resolution);
		}
	}
}

#[test]
fn neighbours_should_agree_with_h3o_when_any_cell_of_a_coarse_grid() {
	for resolution in 0..=4 {
		all(resolution).for_each(|index| check_neighbours(ours(index)));
	}
}

#[test]
fn neighbours_should_agree_with_h3o_when_random() {
	let mut rng = ChaCha8Rng::seed_from_u64(13);
	for _ in 0..30_000 {
		let resolution = rng.gen_range(0..=15);
		check_neighbours(any(&mut rng, resolution));
	}
}

#[test]
fn neighbours_should_have_each_other_when_walking_about_a_pentagon() {
	for base in CellIndex::base_cells().filter(|base| base.is_pentagon()) {
		for resolution in [1, 2, 9, 15] {
			let centre = ours(base.center_child(resolution.try_into().unwrap()).unwrap());
			for near in centre.neighbours().chain([centre]) {
				for next in near.neighbours() {
					assert!(next.neighbours().any(|back| back == near));
				}
			}
		}
	}
}

#[test]
fn centre_should_agree_with_h3o_when_any_cell_of_a_coarse_grid() {
	for resolution in 0..=4 {
		all(resolution).for_each(|index| check_centre(ours(index)));
	}
}

#[test]
fn centre_should_agree_with_h3o_when_random() {
	let mut rng = ChaCha8Rng::seed_from_u64(14);
	for _ in 0..30_000 {
		let resolution = rng.gen_range(0..=15);
		check_centre(any(&mut rng, resolution));
	}
}

#[test]
fn centre_should_lie_in_its_cell_when_of_the_finest() {
	let mut rng = ChaCha8Rng::seed_from_u64(15);
	for _ in 0..10_000 {
		let cell = any(&mut rng, 15);
		let place = Place::of(cell);
		let degrees = |e7: i32| f64::from(e7) / 1e7;
		let centre =
			LatLng::new(degrees(place.latitude_e7()), degrees(place.longitude_e7())).unwrap();
		assert_eq!(ours(centre.to_cell(h3o::Resolution::Fifteen)), cell);
	}
}

#[test]
fn distance_should_agree_with_h3o_when_between_centres() {
	let mut rng = ChaCha8Rng::seed_from_u64(16);
	for _ in 0..10_000 {
		let (a, b) = (any(&mut rng, 15), any(&mut rng, 15));
		let exact = LatLng::from(theirs(a)).distance_m(LatLng::from(theirs(b)));
		let found = f64::from(distance::between(Place::of(a), Place::of(b)).0);
		// Places are whole units of 10^-7 degrees: 1.1 cm.
		assert!(found > exact - 0.02 && found < exact + 1.02, "{found} {exact}");
	}
}

#[test]
fn grid_distance_should_agree_with_h3o_when_any_pair_of_a_coarse_grid() {
	for resolution in 0..=1 {
		let cells: Vec<CellIndex> = all(resolution).collect();
		for a in &cells {
			for b in &cells {
				let expected = a.grid_distance(*b).ok().map(|steps| steps.unsigned_abs());
				let found = ours(*a).grid_distance(ours(*b), at(resolution));
				assert_eq!(found, expected, "{a} {b}");
			}
		}
	}
}

#[test]
fn grid_distance_should_agree_with_h3o_when_random_and_near() {
	let mut rng = ChaCha8Rng::seed_from_u64(17);
	let mut answers = 0;
	for _ in 0..30_000 {
		let resolution = rng.gen_range(2..=15);
		let a = any(&mut rng, resolution);
		// A walk, and then any descendant of the cell where it ends.
		let coarse = rng.gen_range(0..=resolution);
		let mut b = a.parent(at(coarse)).unwrap();
		for _ in 0..rng.gen_range(0..4) {
			let neighbours: Vec<Cell> = b.neighbours().collect();
			b = neighbours[rng.gen_range(0..neighbours.len())];
		}
		let children = theirs(b).children_count(resolution.try_into().unwrap());
		let b = theirs(b).child_at(rng.gen_range(0..children), resolution.try_into().unwrap());
		let b = ours(b.unwrap());
		let expected = theirs(a).grid_distance(theirs(b)).ok().map(|steps| steps.unsigned_abs());
		assert_eq!(a.grid_distance(b, at(resolution)), expected);
		answers += u32::from(expected.is_some());
	}
	assert!(answers > 15_000, "{answers}");
}

#[test]
fn grid_distance_should_be_the_least_number_of_steps_when_there_is_one() {
	let mut rng = ChaCha8Rng::seed_from_u64(18);
	for _ in 0..60 {
		let start = any(&mut rng, 3);
		let mut steps = HashMap::from([(start, 0u32)]);
		let mut queue = VecDeque::from([start]);
		while let Some(cell) = queue.pop_front() {
			let next = steps[&cell] + 1;
			for neighbour in cell.neighbours().filter(|_| next <= 40) {
				steps.entry(neighbour).or_insert_with(|| {
					queue.push_back(neighbour);
					next
				});
			}
		}
		for (cell, least) in &steps {
			let found = start.grid_distance(*cell, at(3));
			assert!(found.is_none_or(|found| found == *least), "{start:?} {cell:?}");
			let back = cell.grid_distance(start, at(3));
			assert!(back.is_none_or(|found| found == *least), "{cell:?} {start:?}");
		}
		let neighbours: HashSet<Cell> = start.neighbours().collect();
		assert!(neighbours.iter().all(|cell| steps[cell] == 1));
	}
}
