//! Sunlight on a horizontal plane, from published formulas.
//!
//! * Declination and equation of time: J. W. Spencer, "Fourier series representation of the
//!   position of the sun", Search 2(5), 1971, p. 172.
//! * Clear sky: B. Haurwitz, "Insolation in relation to cloudiness and cloud density", J. Meteor.
//!   2, 1945, with the coefficients given by M. Reno, C. Hansen and J. Stein, SAND2012-2389.
//! * Clouds: F. Kasten and G. Czeplak, "Solar and terrestrial radiation dependent on the amount
//!   and type of cloud", Solar Energy 24, 1980: `G = G_clear * (1 - 0.75 * (N/8)^3.4)`.

use std::f64::consts::PI;

/// Seconds of a day.
pub const DAY: f64 = 86_400.0;

/// Where and when: what the sun's height depends on.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
	/// Degrees north.
	pub latitude: f64,
	/// Day of the year, 1 to 365.
	pub day: f64,
	/// Seconds since midnight, local mean solar time.
	pub seconds: f64,
}

impl Moment {
	/// Spencer's day angle, in radians.
	fn angle(&self) -> f64 {
		2.0 * PI * (self.day - 1.0) / 365.0
	}

	/// The sun's declination, in radians.
	pub fn declination(&self) -> f64 {
		let g = self.angle();
		0.006918 - 0.399912 * g.cos() + 0.070257 * g.sin() - 0.006758 * (2.0 * g).cos()
			+ 0.000907 * (2.0 * g).sin()
			- 0.002697 * (3.0 * g).cos()
			+ 0.00148 * (3.0 * g).sin()
	}

	/// Apparent less mean solar time, in seconds.
	pub fn equation_of_time(&self) -> f64 {
		let g = self.angle();
		let radians = 0.000075 + 0.001868 * g.cos()
			- 0.032077 * g.sin()
			- 0.014615 * (2.0 * g).cos()
			- 0.040849 * (2.0 * g).sin();
		radians * DAY / (2.0 * PI)
	}

	/// Cosine of the angle between the sun and the zenith; negative at night.
	pub fn cos_zenith(&self) -> f64 {
		let apparent = self.seconds + self.equation_of_time();
		let hour_angle = 2.0 * PI * (apparent / DAY - 0.5);
		let (latitude, declination) = (self.latitude.to_radians(), self.declination());
		latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos()
	}

	/// Global horizontal irradiance in W/m2 under `okta` eighths of cloud.
	pub fn irradiance(&self, okta: f64) -> f64 {
		let cos = self.cos_zenith();
		if cos <= 0.0 {
			return 0.0;
		}
		let clear = 1_098.0 * cos * (-0.059 / cos).exp();
		clear * (1.0 - 0.75 * (okta.clamp(0.0, 8.0) / 8.0).powf(3.4))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn at(latitude: f64, day: f64, hour: f64) -> Moment {
		Moment { latitude, day, seconds: hour * 3_600.0 }
	}

	#[test]
	fn declination_should_match_the_almanac_when_a_solstice_or_equinox() {
		let degrees = |day| at(0.0, day, 12.0).declination().to_degrees();
		assert!((degrees(172.0) - 23.45).abs() < 0.1);
		assert!((degrees(355.0) + 23.45).abs() < 0.1);
		assert!(degrees(80.0).abs() < 0.6);
	}

	#[test]
	fn equation_of_time_should_match_the_almanac_when_it_peaks() {
		// About +16.4 minutes on 3 November and -14.2 on 11 February.
		let minutes = |day| at(0.0, day, 12.0).equation_of_time() / 60.0;
		assert!((minutes(307.0) - 16.4).abs() < 0.5);
		assert!((minutes(42.0) + 14.2).abs() < 0.5);
	}

	#[test]
	fn irradiance_should_match_the_formula_when_the_sky_is_clear() {
		// The sun in the zenith: 1098 * exp(-0.059).
		let noon = at(23.45, 172.0, 12.0);
		assert!((noon.irradiance(0.0) - 1_098.0 * (-0.059f64).exp()).abs() < 2.0);
		assert_eq!(at(50.0, 172.0, 0.0).irradiance(0.0), 0.0);
		// A covered sky lets a quarter through.
		assert!((noon.irradiance(8.0) / noon.irradiance(0.0) - 0.25).abs() < 1e-9);
	}

	#[test]
	fn day_should_be_longer_when_it_is_summer() {
		let lit =
			|day| (0..240).filter(|i| at(48.0, day, *i as f64 / 10.0).cos_zenith() > 0.0).count();
		assert!(lit(172.0) > 155 && lit(172.0) < 165, "{}", lit(172.0));
		assert!(lit(355.0) > 75 && lit(355.0) < 85, "{}", lit(355.0));
	}
}
