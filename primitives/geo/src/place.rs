//! Latitude and longitude, and where a cell's centre is.

use crate::{
	cell::{ijk::Ijk, tables::FRAMES, Cell},
	trig::{atan2, Angle},
	Fixed,
};

/// A quarter and half a turn, in degrees times 10^7.
const POLE: i32 = 900_000_000;
const ANTIMERIDIAN: i32 = 1_800_000_000;

/// A point of the globe, to about a centimetre. Each point has one form: longitudes are above -180
/// degrees, and a pole's is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
	latitude: i32,
	longitude: i32,
}

impl Place {
	/// From degrees north and east, times 10^7. `None` beyond 90 degrees north or south or 180
	/// degrees east or west.
	pub fn from_degrees_e7(latitude: i32, longitude: i32) -> Option<Self> {
		if latitude.unsigned_abs() > POLE.unsigned_abs()
			|| longitude.unsigned_abs() > ANTIMERIDIAN.unsigned_abs()
		{
			return None;
		}
		let longitude = if latitude.unsigned_abs() == POLE.unsigned_abs() {
			0
		} else if longitude == ANTIMERIDIAN.saturating_neg() {
			ANTIMERIDIAN
		} else {
			longitude
		};
		Some(Self { latitude, longitude })
	}

	/// The centre of a cell, off by less than 10^-7 degrees in latitude, and in longitude by as
	/// little on the ground.
	///
	/// H3 projects each face of the icosahedron from the globe's centre onto a plane (gnomonic
	/// projection), and lays its grid on that plane. So a cell's centre lies in the direction of a
	/// sum of the plane's three vectors with whole coefficients: integers all the way, and angles
	/// only at the end.
	pub fn of(cell: Cell) -> Self {
		let address = cell.address();
		let Some(frame) = FRAMES.get(usize::from(address.face)) else {
			return Self { latitude: 0, longitude: 0 };
		};
		let Ijk { i, j, k } = address.at;
		let (i, j) = (i128::from(i.saturating_sub(k)), i128::from(j.saturating_sub(k)));
		let unit = i128::from(address.unit);
		let along = |centre: i64, axis_i: i64, axis_j: i64| {
			let offset = i
				.saturating_mul(i128::from(axis_i))
				.saturating_add(j.saturating_mul(i128::from(axis_j)));
			let offset = offset.checked_div(unit).unwrap_or(0);
			Fixed::narrowed(offset.saturating_add(i128::from(centre)))
		};
		let [[x, y, z], [x_i, y_i, z_i], [x_j, y_j, z_j]] = [frame.centre, frame.i, frame.j];
		let (x, y, z) = (along(x, x_i, x_j), along(y, y_i, y_j), along(z, z_i, z_j));
		let latitude = atan2(z, x.hypot(y)).degrees_e7().clamp(POLE.saturating_neg(), POLE);
		let longitude = atan2(y, x).degrees_e7();
		Self::from_degrees_e7(latitude, longitude).unwrap_or(Self { latitude, longitude: 0 })
	}

	/// Degrees north, times 10^7.
	pub const fn latitude_e7(self) -> i32 {
		self.latitude
	}

	/// Degrees east, times 10^7.
	pub const fn longitude_e7(self) -> i32 {
		self.longitude
	}

	/// The latitude as an angle.
	pub fn latitude(self) -> Angle {
		Angle::from_degrees_e7(self.latitude)
	}

	/// The longitude as an angle.
	pub fn longitude(self) -> Angle {
		Angle::from_degrees_e7(self.longitude)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn place_should_be_refused_when_off_the_globe() {
		assert_eq!(Place::from_degrees_e7(POLE + 1, 0), None);
		assert_eq!(Place::from_degrees_e7(i32::MIN, 0), None);
		assert_eq!(Place::from_degrees_e7(0, ANTIMERIDIAN + 1), None);
		assert_eq!(Place::from_degrees_e7(0, i32::MIN), None);
	}

	#[test]
	fn place_should_have_one_form_when_written_in_two_ways() {
		let at = |latitude, longitude| Place::from_degrees_e7(latitude, longitude).unwrap();
		assert_eq!(at(5, -ANTIMERIDIAN), at(5, ANTIMERIDIAN));
		assert_eq!(at(-POLE, 123), at(-POLE, -5));
	}

	proptest! {
		#[test]
		fn place_should_keep_its_degrees_when_on_the_globe(
			latitude in -899_999_999i32..900_000_000, longitude in -1_799_999_999i32..=1_800_000_000,
		) {
			let place = Place::from_degrees_e7(latitude, longitude).unwrap();
			prop_assert_eq!((place.latitude_e7(), place.longitude_e7()), (latitude, longitude));
		}
	}
}
