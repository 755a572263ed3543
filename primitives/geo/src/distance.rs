//! Great-circle distances.

use crate::{
	trig::{atan2, sin_cos},
	Place,
};

/// A length, in metres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metres(pub u32);

/// The circumference, in micrometres, of the sphere whose surface is as large as that of the WGS 84
/// ellipsoid (H3's globe too): its radius is 6,371,007.180918475 m.
const CIRCUMFERENCE: u128 = 40_030_218_711_083;
const MICROMETRES: u128 = 1_000_000;
/// More than the error of the angle: eight roundings of 2^-52, times the radius.
const SLACK: u128 = 1;

/// The great-circle distance between two places, rounded up: at least the exact one on the sphere,
/// and less than 1 m and 3 µm more. The same in both directions.
///
/// T. Vincenty's formula for the sphere ("Direct and inverse solutions of geodesics on the
/// ellipsoid", Survey Review 23(176), 1975), which, other than the haversine, loses no precision
/// between antipodes. The globe itself differs from the sphere by up to 0.56 % of the distance.
pub fn between(a: Place, b: Place) -> Metres {
	if a == b {
		return Metres(0);
	}
	let (a, b) = (a.min(b), a.max(b));
	let (sin_a, cos_a) = sin_cos(a.latitude());
	let (sin_b, cos_b) = sin_cos(b.latitude());
	let (sin, cos) = sin_cos(b.longitude().minus(a.longitude()));
	let across = cos_b.times(sin);
	let along = cos_a.times(sin_b).minus(sin_a.times(cos_b).times(cos));
	let towards = sin_a.times(sin_b).plus(cos_a.times(cos_b).times(cos));
	let angle = atan2(across.hypot(along), towards).magnitude();
	let turn = u128::from(angle).saturating_mul(CIRCUMFERENCE);
	let micrometres = (turn >> 64).saturating_add(1).saturating_add(SLACK);
	Metres(u32::try_from(micrometres.div_ceil(MICROMETRES)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use rand::{Rng, SeedableRng};
	use rand_chacha::ChaCha8Rng;

	fn at(latitude: i32, longitude: i32) -> Place {
		Place::from_degrees_e7(latitude, longitude).unwrap()
	}

	/// Haversine near, its complement far: each where it is precise.
	fn reference(a: Place, b: Place) -> f64 {
		let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
		let (p, q) = (radians(a.latitude_e7()), radians(b.latitude_e7()));
		let l = radians(b.longitude_e7()) - radians(a.longitude_e7());
		let near = ((q - p) / 2.0).sin().powi(2) + p.cos() * q.cos() * (l / 2.0).sin().powi(2);
		let far = ((q + p) / 2.0).sin().powi(2) + p.cos() * q.cos() * (l / 2.0).cos().powi(2);
		2.0 * 6_371_007.180_918_475 * near.sqrt().atan2(far.sqrt())
	}

	fn check(a: Place, b: Place) {
		let (found, exact) = (f64::from(between(a, b).0), reference(a, b));
		// A float's own error is some nanometres.
		assert!(found > exact - 1e-7 && found < exact + 1.0 + 3e-6, "{a:?} {b:?} {found} {exact}");
	}

	#[test]
	fn distance_should_round_up_the_exact_one_when_random() {
		let mut rng = ChaCha8Rng::seed_from_u64(3);
		for round in 0..100_000 {
			let a = at(
				rng.gen_range(-900_000_000..=900_000_000),
				rng.gen_range(-1_800_000_000..=1_800_000_000),
			);
			// Anywhere, or within some reach: from a centimetre to the globe.
			let reach = 1i64 << (round % 31);
			let mut near = |value: i32, end: i64| {
				let near = (i64::from(value) + rng.gen_range(-reach..=reach)).clamp(-end, end);
				i32::try_from(near).unwrap()
			};
			let b = at(near(a.latitude_e7(), 900_000_000), near(a.longitude_e7(), 1_800_000_000));
			check(a, b);
			// And as near to the antipode as `b` is to `a`.
			let beyond = if b.longitude_e7() > 0 { -1_800_000_000 } else { 1_800_000_000 };
			check(a, at(-b.latitude_e7(), b.longitude_e7() + beyond));
		}
	}

	#[test]
	fn distance_should_be_that_of_an_arc_when_on_a_great_circle() {
		// A quarter of the circumference is 10,007,554.68 m.
		assert_eq!(between(at(0, 0), at(0, 900_000_000)), Metres(10_007_555));
		assert_eq!(between(at(0, 0), at(900_000_000, 0)), Metres(10_007_555));
		assert_eq!(between(at(900_000_000, 0), at(-900_000_000, 0)), Metres(20_015_110));
		assert_eq!(between(at(0, -900_000_000), at(0, 900_000_000)), Metres(20_015_110));
		// Across the antimeridian: 0.02 degrees of the equator are 2,223.9 m.
		assert_eq!(between(at(0, 1_799_900_000), at(0, -1_799_900_000)), Metres(2_224));
	}

	#[test]
	fn distance_should_match_published_ones_when_between_cities() {
		// Berlin to Tokyo, 8,918 km by the great circle; New York to London, 5,570 km.
		let near =
			|found: Metres, km: u32| assert!(found.0.abs_diff(km * 1_000) < 5_000, "{found:?}");
		near(between(at(525_167_000, 133_833_000), at(356_839_000, 1_397_744_000)), 8_918);
		near(between(at(407_128_000, -740_060_000), at(515_074_000, -1_278_000)), 5_570);
	}

	proptest! {
		#[test]
		fn distance_should_be_a_metric(
			latitudes in prop::array::uniform3(-900_000_000i32..=900_000_000),
			longitudes in prop::array::uniform3(-1_800_000_000i32..=1_800_000_000),
		) {
			let [a, b, c] = [0, 1, 2].map(|n| at(latitudes[n], longitudes[n]));
			prop_assert_eq!(between(a, b), between(b, a));
			prop_assert_eq!(between(a, b) == Metres(0), a == b);
			// Rounded up, a detour is never shorter; 3 µm of error can cost a metre.
			prop_assert!(between(a, c).0 <= between(a, b).0 + between(b, c).0 + 1);
		}
	}
}
