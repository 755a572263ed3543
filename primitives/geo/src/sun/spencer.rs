//! Where the sun is: J. W. Spencer, "Fourier series representation of the position of the sun",
//! Search 2(5), 1971, p. 172.

use super::Moment;
use crate::{
	trig::{sin_cos, Angle},
	Fixed,
};

/// The mean tropical year, to the second.
const YEAR: u64 = 31_556_925;
/// When Spencer's day angle is 0: 2019-12-31 20:00 UTC.
///
/// He counts whole days of the calendar, which the sun is up to a day before or behind, because of
/// leap days. Counted in tropical years from here, his declination is off by less than 0.06 degrees
/// and his equation of time by less than 50 seconds from 2020 to 2120; by the calendar it would be
/// 0.56 degrees.
const EPOCH: u64 = 1_577_822_400;

/// The sun at a moment.
pub(super) struct Sun {
	pub(super) declination: Angle,
	/// Apparent less mean solar time.
	pub(super) equation_of_time: Angle,
	/// Irradiance outside the atmosphere over that at the mean distance: `(r0/r)^2`.
	pub(super) irradiance: Fixed,
}

impl Sun {
	pub(super) fn at(moment: Moment) -> Self {
		let day_angle = Angle::from_fraction(moment.0.saturating_sub(EPOCH), YEAR);
		let (sin, cos) = sin_cos(day_angle);
		let double = |number: Fixed| number.plus(number);
		let sin_2 = double(sin.times(cos));
		let cos_2 = Fixed::ONE.minus(double(sin.times(sin)));
		let sin_3 = sin_2.times(cos).plus(cos_2.times(sin));
		let cos_3 = cos_2.times(cos).minus(sin_2.times(sin));
		let declination = Fixed::weighted(&[
			(6_918, Fixed::ONE),
			(-399_912, cos),
			(70_257, sin),
			(-6_758, cos_2),
			(907, sin_2),
			(-2_697, cos_3),
			(1_480, sin_3),
		]);
		let equation = Fixed::weighted(&[
			(75, Fixed::ONE),
			(1_868, cos),
			(-32_077, sin),
			(-14_615, cos_2),
			(-40_849, sin_2),
		]);
		let irradiance = Fixed::weighted(&[
			(1_000_110, Fixed::ONE),
			(34_221, cos),
			(1_280, sin),
			(719, cos_2),
			(77, sin_2),
		]);
		Self {
			declination: Angle::from_radians(declination),
			equation_of_time: Angle::from_radians(equation),
			irradiance,
		}
	}
}
