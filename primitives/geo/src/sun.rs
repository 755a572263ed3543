//! The most that the sun gives a solar panel.

mod sky;
mod spencer;

use pogcs_primitives::{units::MilliWatts, MilliWattHours};

use crate::{
	trig::{sin_cos, Angle},
	Fixed, Place,
};
use spencer::Sun;

const DAY: u32 = 86_400;
/// 2020-01-01 and 2121-01-01: between them the sun is where Spencer's formulas say.
const FIRST: u64 = 1_577_836_800;
const LAST: u64 = 4_765_132_800;
/// The longest time over which the sun's height is taken to be the greatest that it has in it.
const STEP: u32 = 600;
/// No more steps than this: those of a day.
const STEPS: u32 = DAY / STEP;
/// What the sine of the sun's height can differ from the middle of a step to its ends because
/// declination and equation of time change, in units of 2^-60: 5 * 10^-5, ten seconds of arc.
const DRIFT: Fixed = Fixed::from_bits(57_646_075_230_342);
/// What rounding takes from the middle of a step to its ends: two units of an angle.
const ROUNDING: u64 = 2;

/// A time, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u64);

/// A time of at most a day within the years 2020 to 2120.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
	start: Moment,
	seconds: u32,
}

impl Span {
	/// From a start and a length in seconds. `None` unless 1 to 86,400, all of it from 2020-01-01 to
	/// 2120-12-31, UTC.
	pub fn new(start: Moment, seconds: u32) -> Option<Self> {
		let end = start.0.checked_add(u64::from(seconds))?;
		let fits = (1..=DAY).contains(&seconds) && start.0 >= FIRST && end <= LAST;
		fits.then_some(Self { start, seconds })
	}

	/// When it begins.
	pub const fn start(self) -> Moment {
		self.start
	}

	/// How long it is.
	pub const fn seconds(self) -> u32 {
		self.seconds
	}
}

/// A share, in millionths. It may be more than all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartsPerMillion(pub u32);

/// The cosine of the angle between the sun's centre and the zenith, which is the sine of the sun's
/// height: negative when it is below the horizon. Without refraction, and seen from the globe's
/// centre. Off by less than 0.005 from 2020 to 2120.
pub fn cos_zenith(place: Place, moment: Moment) -> Fixed {
	let sun = Sun::at(moment);
	Path::of(&sin_cos(place.latitude()), &sun).cos_zenith(hour_angle(place, &sun, moment))
}

/// The most that a panel at `place` can generate in `span`, as a share of what it would at rated
/// power all that time; rounded up. It holds for any tilt and orientation, at the edge of a cloud and
/// for a sun-tracking panel. Exactly nothing while the sun's centre stays 6 degrees and 10 seconds of
/// arc below the horizon.
///
/// The span is cut into steps of at most ten minutes, at most 144. In a step the sun is taken to
/// stand as high as it stands at its highest in that step: with the declination held, the height only
/// depends on the hour angle, and grows towards noon, so that its maximum is at noon if noon is
/// within, and else at the end that is nearer to noon. What declination and equation of time change
/// in half a step is added.
pub fn most_output(place: Place, span: Span) -> PartsPerMillion {
	let latitude = sin_cos(place.latitude());
	let mut sum = 0u64;
	let mut done = 0u32;
	for _ in 0..STEPS {
		let seconds = span.seconds.saturating_sub(done).min(STEP);
		if seconds == 0 {
			break;
		}
		let from = span.start.0.saturating_add(u64::from(done));
		let most = most_in_step(place, &latitude, from, seconds);
		sum = sum.saturating_add(most.saturating_mul(u64::from(seconds)));
		done = done.saturating_add(seconds);
	}
	// Not zero: see `Span::new`.
	let share = sum.div_ceil(u64::from(span.seconds.max(1)));
	PartsPerMillion(u32::try_from(share).unwrap_or(u32::MAX))
}

/// The most energy that a panel of `rated` power at `place` can generate in `span`; rounded up.
pub fn most_energy(place: Place, span: Span, rated: MilliWatts) -> MilliWattHours {
	let share = u128::from(most_output(place, span).0);
	let seconds = u128::from(span.seconds);
	// Below 2^64 * 2^32 * 2^17, and an hour of a million parts is 3.6 * 10^9.
	let energy = u128::from(rated.0).saturating_mul(share).saturating_mul(seconds);
	MilliWattHours(u64::try_from(energy.div_ceil(3_600_000_000)).unwrap_or(u64::MAX))
}

/// The most, in millionths of rated power, at any time in `seconds` from `from`.
fn most_in_step(place: Place, latitude: &(Fixed, Fixed), from: u64, seconds: u32) -> u64 {
	let before = seconds / 2;
	let middle = Moment(from.saturating_add(u64::from(before)));
	let sun = Sun::at(middle);
	let after = seconds.saturating_sub(before);
	let half = Angle::from_fraction(u64::from(after), u64::from(DAY)).to_bits();
	let reach = half.saturating_add(ROUNDING);
	let nearest = hour_angle(place, &sun, middle).magnitude().saturating_sub(reach);
	let highest = Path::of(latitude, &sun).cos_zenith(Angle::from_bits(nearest)).plus(DRIFT);
	sky::most(highest, sun.irradiance)
}

/// How far the sun is past its highest.
fn hour_angle(place: Place, sun: &Sun, moment: Moment) -> Angle {
	Angle::from_fraction(moment.0, u64::from(DAY))
		.plus(place.longitude())
		.plus(sun.equation_of_time)
		.minus(Angle::HALF)
}

/// The two parts of the sine of the sun's height: one that stays, one that goes with the hour angle.
struct Path {
	stays: Fixed,
	turns: Fixed,
}

impl Path {
	/// From the latitude's sine and cosine.
	fn of((sin_latitude, cos_latitude): &(Fixed, Fixed), sun: &Sun) -> Self {
		let (sin_declination, cos_declination) = sin_cos(sun.declination);
		Self {
			stays: sin_declination.times(*sin_latitude),
			// Not negative, but for rounding at the poles.
			turns: cos_declination.times(*cos_latitude).max(Fixed::ZERO),
		}
	}

	fn cos_zenith(&self, hour_angle: Angle) -> Fixed {
		let (_, cos) = sin_cos(hour_angle);
		self.stays.plus(self.turns.times(cos))
	}
}

#[cfg(test)]
mod tests;
