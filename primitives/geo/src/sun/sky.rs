//! The most that comes through the sky to a plane of any tilt and orientation.
//!
//! In units of the solar constant, at the mean distance of the sun at the height `h`:
//!
//! * **Beam**: what the cleanest and driest air lets through, `exp(-0.8662 m d(m))`, where a Linke
//!   turbidity of 1 is the least that the definition allows (C. Rigollier, O. Bauer, L. Wald, "On the
//!   clear sky model of the ESRA", Solar Energy 68(1), 2000, with the optical depth `d` of F. Kasten,
//!   "The Linke turbidity factor based on improved values of the integral Rayleigh optical
//!   thickness", Solar Energy 56(3), 1996). The air mass `m` is that of F. Kasten and A. Young,
//!   "Revised optical air mass tables and approximation formula", Applied Optics 28, 1989, with half
//!   the air of sea level, as at 5,500 m, above the highest town; the sun is taken to stand 0.6
//!   degrees higher than it does, for refraction. It meets the plane at a right angle.
//! * **Clouds, sky and ground**: `sin h`, all that falls on the horizontal outside the atmosphere.
//!   The brightest edges of clouds double the direct light on the horizontal: P. Emck and M. Richter,
//!   "An upper threshold of enhanced global shortwave irradiance in the troposphere", J. Appl.
//!   Meteor. Climatol. 47, 2008, who measured 1,832 W/m2, as much as 170 % of the clear sky's; G.
//!   Yordanov, T. Saetre, O.-M. Midtgård, "Extreme overirradiance events in Norway: 1.6 suns measured
//!   close to 60°N", Solar Energy 115, 2015, think 2,000 W/m2 possible near the equator.
//! * **Twilight**: 0.05 more, for the sky's own light at a low sun.
//!
//! Their sum is multiplied by 1.361, the solar constant in kW/m2 (G. Kopp, J. Lean, "A new, lower
//! value of total solar irradiance", Geophys. Res. Lett. 38, 2011), since a panel is rated at 1 kW/m2,
//! and by 1.2 for the panel: cells at -15 °C, in full sun at an air of -40 °C, give 14 % more than at
//! the 25 °C of the rating (0.35 % for each degree), and makers allow themselves up to 5 % more than
//! they print.
//!
//! Below -1 degree, where the sun's upper limb has set even with refraction, the bound falls to a
//! glow at -3 degrees, since a mountain sees the sun longer, and to nothing at -6, the end of civil
//! twilight: then it is too dark to read (3 lux, 0.03 W/m2) and too dark to start a converter.

use crate::Fixed;

/// The sine of the sun's height in units of 2^-30, and the bound there in millionths of rated power.
///
/// Between these heights it is interpolated. That is above the formula everywhere, by at most 4 %:
/// the test below holds it to that.
#[rustfmt::skip]
const KNOTS: [(i64, u64); 10] = [
	(-112_236_583, 0),          // -6 degrees
	(-56_195_305, 150_000),     // -3
	(-18_739_379, 890_000),     // -1
	(0, 980_000),               // 0
	(37_473_049, 1_200_000),    // 2
	(93_582_766, 1_430_000),    // 5
	(186_453_311, 1_700_000),   // 10
	(367_241_333, 2_080_000),   // 20
	(690_187_940, 2_650_000),   // 40
	(1_073_741_824, 3_260_000), // 90
];

const MILLION: u64 = 1_000_000;

/// The most, in millionths of rated power, when the sine of the sun's height is at most `sine` and
/// the irradiance outside the atmosphere is `irradiance` times its mean; rounded up.
pub(super) fn most(sine: Fixed, irradiance: Fixed) -> u64 {
	let sine = (sine.to_bits() >> 30).saturating_add(1);
	let millionths = (i128::from(irradiance.to_bits()).saturating_mul(1_000_000)
		>> Fixed::FRACTION)
		.saturating_add(1);
	let millionths = u64::try_from(millionths).unwrap_or(0);
	at_mean_distance(sine).saturating_mul(millionths).div_ceil(MILLION)
}

/// The same at the mean distance, for a sine in units of 2^-30.
fn at_mean_distance(sine: i64) -> u64 {
	// Each interval adds its whole rise when the sine is above it, and a part when it is within.
	KNOTS.into_iter().zip(KNOTS.into_iter().skip(1)).fold(0, |most, (lower, upper)| {
		let width = upper.0.abs_diff(lower.0).max(1);
		let part = if sine > lower.0 { sine.abs_diff(lower.0).min(width) } else { 0 };
		let rise = upper.1.saturating_sub(lower.1).saturating_mul(part);
		most.saturating_add(rise.div_ceil(width))
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The formula of the module's documentation, by which the knots were chosen.
	fn formula(degrees: f64) -> f64 {
		let apparent = (degrees + 0.6).max(0.0);
		let mass =
			0.5 / (apparent.to_radians().sin() + 0.505_72 * (apparent + 6.079_95).powf(-1.636_4));
		let depth = if mass <= 20.0 {
			1.0 / (6.629_6 + 1.751_3 * mass - 0.120_2 * mass.powi(2) + 0.006_5 * mass.powi(3)
				- 0.000_13 * mass.powi(4))
		} else {
			1.0 / (10.4 + 0.718 * mass)
		};
		let beam = (-0.866_2 * mass * depth).exp();
		1.361 * 1.2 * (beam + degrees.to_radians().sin() + 0.05)
	}

	fn bound(degrees: f64) -> f64 {
		let sine = Fixed::from_bits((degrees.to_radians().sin() * 2f64.powi(60)) as i64);
		most(sine, Fixed::ONE) as f64 / 1e6
	}

	#[test]
	fn bound_should_hold_the_formula_when_the_sun_is_above_the_horizon() {
		for step in -1_000..=90_000 {
			let degrees = f64::from(step) / 1_000.0;
			let (bound, formula) = (bound(degrees), formula(degrees));
			assert!(bound > formula, "{degrees}: {bound} {formula}");
			assert!(bound < formula * 1.04, "{degrees}: {bound} {formula}");
		}
	}

	#[test]
	fn bound_should_rise_with_the_sun() {
		let mut last = 0;
		for step in -1_000..=1_001i64 {
			let found = at_mean_distance(step * 1_073_742);
			assert!(found >= last);
			last = found;
		}
		assert_eq!(last, 3_260_000);
	}

	#[test]
	fn bound_should_be_nothing_when_civil_twilight_has_ended() {
		assert_eq!(most(Fixed::ONE.negated(), Fixed::ONE), 0);
		assert_eq!(bound(-6.000_001), 0.0);
		assert!(bound(-5.999) > 0.0);
	}

	#[test]
	fn knots_should_be_the_sines_of_their_heights() {
		let degrees = [-6.0, -3.0, -1.0, 0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 90.0f64];
		for (knot, degrees) in KNOTS.into_iter().zip(degrees) {
			assert_eq!(knot.0, (degrees.to_radians().sin() * 2f64.powi(30)).round() as i64);
		}
	}

	#[test]
	fn bound_should_hold_what_was_measured_when_clouds_were_brightest() {
		// Ecuador, sun near the zenith, horizontal: 1,832 W/m2. Norway, 58 degrees north, June:
		// 1,600 W/m2 in the plane of a panel, the sun at 55 degrees at most.
		assert!(bound(85.0) > 1.2 * 1.832);
		assert!(bound(40.0) > 1.2 * 1.6);
		// "At least two suns may be possible" within 30 degrees of the equator.
		assert!(bound(60.0) > 1.2 * 2.0);
	}
}
