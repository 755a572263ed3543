use super::*;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::{PI, TAU};

/// 2024-06-20 and 2024-12-21, midnight UTC: the solstices.
const JUNE: u64 = 1_718_841_600;
const DECEMBER: u64 = 1_734_739_200;
const HOUR: u64 = 3_600;

fn at(latitude: f64, longitude: f64) -> Place {
	Place::from_degrees_e7((latitude * 1e7) as i32, (longitude * 1e7) as i32).unwrap()
}

fn span(start: u64, seconds: u32) -> Span {
	Span::new(Moment(start), seconds).unwrap()
}

fn float(value: Fixed) -> f64 {
	value.to_bits() as f64 / Fixed::ONE.to_bits() as f64
}

fn any_place(rng: &mut ChaCha8Rng) -> Place {
	at(rng.gen_range(-90.0..=90.0), rng.gen_range(-180.0..=180.0))
}

/// Spencer's formulas once more.
fn reference(place: Place, seconds: u64) -> f64 {
	let g = TAU * ((seconds - 1_577_822_400) % 31_556_925) as f64 / 31_556_925.0;
	let declination = 0.006918 - 0.399912 * g.cos() + 0.070257 * g.sin()
		- 0.006758 * (2.0 * g).cos()
		+ 0.000907 * (2.0 * g).sin()
		- 0.002697 * (3.0 * g).cos()
		+ 0.00148 * (3.0 * g).sin();
	let equation = 0.000075 + 0.001868 * g.cos()
		- 0.032077 * g.sin()
		- 0.014615 * (2.0 * g).cos()
		- 0.040849 * (2.0 * g).sin();
	let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
	let hour_angle =
		TAU * (seconds % 86_400) as f64 / 86_400.0 + radians(place.longitude_e7()) + equation - PI;
	let latitude = radians(place.latitude_e7());
	latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos()
}

/// The bound's mean over a span, sampled every few seconds: what the steps must cover.
fn sampled(place: Place, start: u64, seconds: u32) -> f64 {
	let samples = seconds.min(3_000);
	let sum: f64 = (0..samples)
		.map(|n| {
			let moment = Moment(start + u64::from(n) * u64::from(seconds) / u64::from(samples));
			sky::most(cos_zenith(place, moment), Sun::at(moment).irradiance) as f64
		})
		.sum();
	sum / f64::from(samples)
}

#[test]
fn cos_zenith_should_agree_with_floats_when_random() {
	let mut rng = ChaCha8Rng::seed_from_u64(4);
	for _ in 0..100_000 {
		let (place, seconds) = (any_place(&mut rng), rng.gen_range(FIRST..LAST));
		let off = float(cos_zenith(place, Moment(seconds))) - reference(place, seconds);
		assert!(off.abs() < 1e-13, "{place:?} {seconds} {off:e}");
	}
}

#[test]
fn drift_should_cover_what_declination_and_equation_change_in_half_a_step() {
	let mut rng = ChaCha8Rng::seed_from_u64(5);
	for _ in 0..100_000 {
		let (place, seconds) = (any_place(&mut rng), rng.gen_range(FIRST..LAST - 600));
		let sun = Sun::at(Moment(seconds));
		let later = Moment(seconds + 300);
		let path = Path::of(&sin_cos(place.latitude()), &sun);
		let held = path.cos_zenith(hour_angle(place, &sun, later));
		let change = float(cos_zenith(place, later).minus(held)).abs();
		assert!(change < float(DRIFT), "{place:?} {seconds} {change:e}");
	}
}

#[test]
fn output_should_cover_every_moment_when_the_span_is_random() {
	let mut rng = ChaCha8Rng::seed_from_u64(6);
	for round in 0..400u32 {
		let place = any_place(&mut rng);
		let seconds = rng.gen_range(1..=[60, 3_600, 21_600, DAY][round as usize % 4]);
		let start = rng.gen_range(FIRST..LAST - u64::from(DAY));
		let found = f64::from(most_output(place, span(start, seconds)).0);
		let exact = sampled(place, start, seconds);
		assert!(found >= exact, "{place:?} {start} {seconds}: {found} {exact}");
		// And by no more than the sun can climb in a step, or, over many steps, than the bound rises
		// and falls in a day.
		let most = (7e6 * 600.0 / f64::from(seconds)).min(950_000.0);
		assert!(found < exact + most, "{place:?} {start} {seconds}: {found} {exact}");
	}
}

#[test]
fn output_should_be_nothing_when_it_is_night() {
	// Midnight by the sun, at all latitudes where the sun is then 6 degrees down.
	for latitude in -60..=60 {
		for longitude in [-180, -123, -45, 0, 77, 180i64] {
			let midnight = JUNE + (-240 * longitude).rem_euclid(86_400) as u64;
			let place = at(f64::from(latitude), longitude as f64);
			let found = most_output(place, span(midnight - 300, 600));
			assert_eq!(found, PartsPerMillion(0), "{latitude} {longitude}");
		}
	}
	// A second at noon is never nothing between the polar circles, nor any whole day.
	for latitude in -66..=66 {
		for start in [JUNE, DECEMBER] {
			let place = at(f64::from(latitude), 0.0);
			assert!(most_output(place, span(start + 12 * HOUR, 1)).0 > 900_000);
			assert!(most_output(place, span(start, DAY)).0 > 0);
		}
	}
}

#[test]
fn output_should_be_nothing_when_it_is_polar_night() {
	// Longyearbyen, 78 degrees north: at noon the sun stays 11 degrees down.
	let (north, south) = (at(78.22, 15.65), at(-78.22, 15.65));
	assert_eq!(most_output(north, span(DECEMBER, DAY)), PartsPerMillion(0));
	assert_eq!(most_output(south, span(JUNE, DAY)), PartsPerMillion(0));
	assert_eq!(most_output(at(90.0, 0.0), span(DECEMBER, DAY)), PartsPerMillion(0));
	// Tromsø, 69.6 degrees: 3 degrees down at noon, a glow.
	let found = most_output(at(69.65, 18.96), span(DECEMBER + 10 * HOUR, 3_600));
	assert!(found.0 > 50_000 && found.0 < 250_000, "{found:?}");
}

#[test]
fn output_should_be_the_same_all_day_when_at_the_pole() {
	let pole = at(90.0, 0.0);
	let first = most_output(pole, span(JUNE, 3_600)).0;
	for hour in 1..24 {
		let found = most_output(pole, span(JUNE + hour * HOUR, 3_600)).0;
		assert!(found.abs_diff(first) < 1_000, "{hour}: {found} {first}");
	}
	assert!(first > 2_000_000);
}

#[test]
fn output_should_be_greatest_at_noon_when_a_day_is_cut_into_hours() {
	let berlin = at(52.52, 13.40);
	let hours: Vec<u32> =
		(0..24).map(|hour| most_output(berlin, span(JUNE + hour * HOUR, 3_600)).0).collect();
	// Noon by the sun is at 11:08 UTC.
	let noon = hours.iter().enumerate().max_by_key(|(_, found)| **found).unwrap().0;
	assert!(noon == 10 || noon == 11, "{hours:?}");
	// Four hours of night, even in June.
	assert!(hours.iter().filter(|found| **found == 0).count() >= 2, "{hours:?}");
	// A whole day's bound is its hours' mean, but for rounding.
	let mean = hours.iter().map(|found| u64::from(*found)).sum::<u64>() / 24;
	let day = u64::from(most_output(berlin, span(JUNE, DAY)).0);
	assert!(day.abs_diff(mean) <= 1, "{day} {mean}");
}

#[test]
fn output_should_follow_the_sun_when_the_year_is_a_leap_year() {
	// 29 February and 1 March of 2024 and 2096: between the days before and after.
	for start in [1_709_164_800u64, 3_981_225_600] {
		let days: Vec<u32> = (0..4)
			.map(|day| most_output(at(48.0, 0.0), span(start - 86_400 + day * 86_400, DAY)).0)
			.collect();
		assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{days:?}");
		assert!(days.windows(2).all(|pair| pair[1] - pair[0] < 15_000), "{days:?}");
	}
}

#[test]
fn energy_should_round_up_when_not_whole() {
	let noon = span(JUNE + 12 * HOUR, 1);
	let share = u64::from(most_output(at(0.0, 0.0), noon).0);
	// 5 kW for a second are 1.4 mWh.
	let found = most_energy(at(0.0, 0.0), noon, MilliWatts(5_000_000));
	assert_eq!(found, MilliWattHours((5_000_000 * share).div_ceil(3_600_000_000)));
	assert_eq!(most_energy(at(0.0, 0.0), noon, MilliWatts(0)), MilliWattHours(0));
	let most = most_energy(at(0.0, 0.0), span(JUNE, DAY), MilliWatts(u64::MAX));
	assert_eq!(most, MilliWattHours(u64::MAX));
	assert_eq!(most_energy(at(0.0, 0.0), span(JUNE, 60), MilliWatts(u64::MAX)), MilliWattHours(0));
}

#[test]
fn span_should_be_refused_when_too_long_or_out_of_range() {
	assert!(Span::new(Moment(FIRST), 1).is_some());
	assert!(Span::new(Moment(LAST - 86_400), DAY).is_some());
	for (start, seconds) in [
		(FIRST, 0),
		(FIRST, DAY + 1),
		(FIRST - 1, 60),
		(LAST, 1),
		(LAST - 59, 60),
		(u64::MAX, 60),
		(0, 60),
	] {
		assert_eq!(Span::new(Moment(start), seconds), None, "{start} {seconds}");
	}
}

proptest! {
	#[test]
	fn output_should_not_panic_when_given_anything(
		latitude in -900_000_000i32..=900_000_000, longitude in -1_800_000_000i32..=1_800_000_000,
		start: u64, seconds: u32, rated: u64,
	) {
		let place = Place::from_degrees_e7(latitude, longitude).unwrap();
		let _ = cos_zenith(place, Moment(start));
		let start = FIRST + start % (LAST - FIRST);
		if let Some(span) = Span::new(Moment(start), 1 + seconds % DAY) {
			let share = most_output(place, span);
			prop_assert!(share.0 < 3_400_000);
			let _ = most_energy(place, span, MilliWatts(rated));
		}
	}

	#[test]
	fn output_should_never_be_less_when_a_span_is_cut(
		latitude in -900_000_000i32..=900_000_000, longitude in -1_800_000_000i32..=1_800_000_000,
		start in FIRST..LAST - 90_000, steps in 1u32..72, more in 1u32..40_000,
	) {
		// Cut where a step ends: the parts' bounds add up to the whole's.
		let place = Place::from_degrees_e7(latitude, longitude).unwrap();
		let first = steps * STEP;
		let energy = |start, seconds| {
			u64::from(most_output(place, span(start, seconds)).0) * u64::from(seconds)
		};
		let whole = energy(start, first + more);
		let parts = energy(start, first) + energy(start + u64::from(first), more);
		prop_assert!(whole.abs_diff(parts) <= 2 * u64::from(DAY));
	}
}
