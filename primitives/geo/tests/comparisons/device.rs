//! What the device's own model generates, on planes of any tilt, against the bound.

use pogcs_geo::{sun::most_output, Moment, Place, Span};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

// The file itself: a copy would drift.
#[path = "../../../../device-lightclient/home-energy/src/sun.rs"]
mod sun;

/// 2020-01-01.
const FIRST: u64 = 1_577_836_800;
const YEARS: u64 = 100;

/// A plane's tilt from the horizontal and the bearing that it faces, from south to west, in radians.
#[derive(Clone, Copy, Debug)]
struct Plane {
	tilt: f64,
	bearing: f64,
}

/// The device's clock at a place: day of the year, and local mean solar time.
fn moment(place: Place, seconds: f64) -> sun::Moment {
	let longitude = f64::from(place.longitude_e7()) / 1e7;
	let local = seconds - FIRST as f64 + 240.0 * longitude;
	sun::Moment {
		latitude: f64::from(place.latitude_e7()) / 1e7,
		day: (local / sun::DAY).rem_euclid(365.2425).floor() + 1.0,
		seconds: local.rem_euclid(sun::DAY),
	}
}

/// Irradiance in suns of 1,000 W/m2 under a clear sky: direct light after A. Meinel and M. Meinel,
/// "Applied solar energy", 1976, with E. Laue's altitude; the rest of the device's model as light of
/// the sky and of snow, which throws nine tenths back.
fn suns(moment: &sun::Moment, plane: Plane, altitude: f64) -> f64 {
	let sine = moment.cos_zenith();
	if sine <= 0.0 {
		return 0.0;
	}
	let degrees = sine.asin().to_degrees();
	let mass = 1.0 / (sine + 0.505_72 * (degrees + 6.079_95).powf(-1.636_4));
	let clear = 0.7f64.powf(mass.powf(0.678));
	// Laue's formula leaves light at the horizon that no air mass stops; it is meant for a high sun.
	let beam = 1.353 * ((1.0 - 0.14 * altitude) * clear + 0.14 * altitude * clear.sqrt());
	let global = (moment.irradiance(0.0) / 1_000.0).max(beam * sine);
	let sky = global - beam * sine + 0.1 * beam * sine;

	let (latitude, declination) = (moment.latitude.to_radians(), moment.declination());
	let hour_angle =
		std::f64::consts::TAU * ((moment.seconds + moment.equation_of_time()) / sun::DAY - 0.5);
	let south =
		hour_angle.cos() * latitude.sin() * declination.cos() - declination.sin() * latitude.cos();
	let west = hour_angle.sin() * declination.cos();
	let facing = sine * plane.tilt.cos()
		+ plane.tilt.sin() * (south * plane.bearing.cos() + west * plane.bearing.sin());
	let open = (1.0 + plane.tilt.cos()) / 2.0;
	beam * facing.max(0.0) + sky * open + 0.9 * global * (1.0 - open)
}

/// The mean over a span.
fn mean(place: Place, span: Span, plane: Plane, altitude: f64) -> f64 {
	let samples = 200;
	let sum: f64 = (0..samples)
		.map(|n| {
			let part = (f64::from(n) + 0.5) / f64::from(samples);
			let seconds = span.start().0 as f64 + part * f64::from(span.seconds());
			suns(&moment(place, seconds), plane, altitude)
		})
		.sum();
	sum / f64::from(samples)
}

fn any_span(rng: &mut ChaCha8Rng, most: u32) -> Span {
	let start = FIRST + rng.gen_range(0..YEARS * 365 * 86_400);
	Span::new(Moment(start), rng.gen_range(1..=most)).unwrap()
}

fn any_place(rng: &mut ChaCha8Rng) -> Place {
	let latitude = rng.gen_range(-900_000_000..=900_000_000);
	Place::from_degrees_e7(latitude, rng.gen_range(-1_800_000_000..=1_800_000_000)).unwrap()
}

#[test]
fn device_should_never_exceed_the_bound_when_its_panel_lies_flat() {
	let mut rng = ChaCha8Rng::seed_from_u64(21);
	for round in 0..20_000u32 {
		let place = any_place(&mut rng);
		let span = any_span(&mut rng, [1, 60, 3_600, 86_400][round as usize % 4]);
		let samples = 50;
		let sum: f64 = (0..samples)
			.map(|n| {
				let part = (f64::from(n) + 0.5) / f64::from(samples) * f64::from(span.seconds());
				moment(place, span.start().0 as f64 + part).irradiance(0.0) / 1_000.0
			})
			.sum();
		let (found, bound) = (sum / f64::from(samples), most_output(place, span).0);
		assert!(found * 1e6 <= f64::from(bound), "{place:?} {span:?}: {found} {bound}");
	}
}

#[test]
fn panel_should_never_exceed_the_bound_when_tilted_any_way() {
	let mut rng = ChaCha8Rng::seed_from_u64(22);
	for round in 0..20_000u32 {
		let place = any_place(&mut rng);
		let span = any_span(&mut rng, [1, 60, 3_600, 86_400][round as usize % 4]);
		let plane = Plane {
			tilt: rng.gen_range(0.0..=std::f64::consts::FRAC_PI_2),
			bearing: rng.gen_range(0.0..std::f64::consts::TAU),
		};
		let altitude = rng.gen_range(0.0..5.0);
		// Freezing, and better than printed.
		let found = 1.2 * mean(place, span, plane, altitude);
		let bound = f64::from(most_output(place, span).0) / 1e6;
		assert!(found <= bound, "{place:?} {span:?} {plane:?} {altitude}: {found} {bound}");
	}
}

#[test]
fn panel_should_never_exceed_the_bound_when_steep_and_facing_a_low_sun() {
	let mut rng = ChaCha8Rng::seed_from_u64(23);
	let mut low = 0;
	for _ in 0..200_000 {
		let place = any_place(&mut rng);
		let span = any_span(&mut rng, 1);
		let now = moment(place, span.start().0 as f64);
		if !(0.0..0.2).contains(&now.cos_zenith()) {
			continue;
		}
		low += 1;
		let bound = f64::from(most_output(place, span).0) / 1e6;
		for bearing in 0..16 {
			let plane =
				Plane { tilt: 1.4, bearing: f64::from(bearing) * std::f64::consts::PI / 8.0 };
			let found = 1.2 * suns(&now, plane, 2.0);
			assert!(found <= bound, "{place:?} {span:?} {plane:?}: {found} {bound}");
		}
	}
	assert!(low > 10_000, "{low}");
}

#[test]
fn bound_should_be_within_reason_when_a_panel_tracks_the_sun_through_a_clear_day() {
	// A bound that nobody meets would refuse nobody. Under a clear sky a tracking panel in the
	// lowlands makes from a quarter to three fifths of it.
	for (latitude, longitude, start) in [
		(0.0, 20.0, 1_711_000_800u64),
		(35.0, -120.0, 1_718_841_600),
		(52.5, 13.4, 1_718_841_600),
		(52.5, 13.4, 1_734_739_200),
		(-34.0, 151.0, 1_734_739_200),
	] {
		let place =
			Place::from_degrees_e7((latitude * 1e7) as i32, (longitude * 1e7) as i32).unwrap();
		let span = Span::new(Moment(start), 86_400).unwrap();
		let samples = 1_440;
		let sum: f64 = (0..samples)
			.map(|n| {
				let now = moment(place, start as f64 + 60.0 * f64::from(n));
				(0..16)
					.flat_map(|b| [0.0, 0.3, 0.6, 0.9, 1.2, 1.5].map(|tilt| (b, tilt)))
					.map(|(b, tilt)| {
						let bearing = f64::from(b) * std::f64::consts::PI / 8.0;
						suns(&now, Plane { tilt, bearing }, 0.2)
					})
					.fold(0.0, f64::max)
			})
			.sum();
		let share = sum / f64::from(samples) / (f64::from(most_output(place, span).0) / 1e6);
		assert!((0.2..0.6).contains(&share), "{latitude} {start}: {share}");
	}
}
