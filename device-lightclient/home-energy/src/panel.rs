//! A panel under a sky: what it generates, and what it would under a clear one.
//!
//! Weather is a mean cloud cover with two slow waves and some noise about it, the same for the same
//! seed; [`sun`](crate::sun) says what reaches the panel.

use pogcs_primitives::MilliWattHours;

use crate::{
	random::unit,
	sun::{Moment, DAY},
	units::mwh,
};

/// Parts of an hour in which the sun is looked at.
const PARTS: u32 = 8;

/// A panel and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
	/// Degrees north.
	pub latitude: f64,
	/// Day of the year in which time begins, 1 to 365.
	pub start_day: f64,
	/// Its power at 1,000 W/m2, in watts.
	pub watts: f64,
	/// What cables, heat and inverter leave of it.
	pub performance: f64,
	/// The weather's seed.
	pub seed: u64,
}

impl Panel {
	/// Whether the numbers describe a panel; the words say what does not.
	pub fn check(&self) -> Result<(), &'static str> {
		if !(-90.0..=90.0).contains(&self.latitude) {
			return Err("latitude has to be from -90 to 90");
		}
		if !(1.0..=366.0).contains(&self.start_day) {
			return Err("the first day has to be from 1 to 366");
		}
		if !(0.0..=1e6).contains(&self.watts) {
			return Err("the panel's watts have to be from 0 to 1e6");
		}
		if !(self.performance > 0.0 && self.performance <= 1.0) {
			return Err("the panel's performance has to be above 0 and at most 1");
		}
		Ok(())
	}

	/// Cloud cover in eighths about a mean of `okta`, `hours` after time began; `part` of `interval`
	/// names the moment for the noise.
	pub fn okta(&self, okta: f64, hours: f64, interval: u64, part: u64) -> f64 {
		let phase = unit(self.seed, 0, 0) * 24.0;
		let slow = ((hours + phase) / 7.0).sin() + 0.5 * ((hours + phase) / 2.3).sin();
		let noise = unit(self.seed, interval + 1, part) - 0.5;
		okta + 1.2 * slow + noise
	}

	/// Its power in watts, `seconds` after the midnight in which time began, under `okta` eighths of
	/// cloud.
	pub fn power(&self, seconds: f64, okta: f64) -> f64 {
		let days = self.start_day - 1.0 + (seconds / DAY).floor();
		let moment = Moment {
			latitude: self.latitude,
			day: days.rem_euclid(365.0) + 1.0,
			seconds: seconds.rem_euclid(DAY),
		};
		self.watts * self.performance * moment.irradiance(okta) / 1_000.0
	}

	/// What it generates in `hour`, counted from that midnight, in weather about a mean of `okta`.
	pub fn energy(&self, hour: u32, okta: f64) -> MilliWattHours {
		self.hour(hour, |panel, part, seconds| {
			panel.okta(okta, seconds / 3_600.0, u64::from(hour), u64::from(part))
		})
	}

	/// What it would generate in `hour` if there were no cloud.
	pub fn clear_energy(&self, hour: u32) -> MilliWattHours {
		self.hour(hour, |_, _, _| 0.0)
	}

	fn hour(&self, hour: u32, okta: impl Fn(&Self, u32, f64) -> f64) -> MilliWattHours {
		let mut watts = 0.0;
		for part in 0..PARTS {
			let hours = f64::from(hour) + (f64::from(part) + 0.5) / f64::from(PARTS);
			let seconds = hours * 3_600.0;
			watts += self.power(seconds, okta(self, part, seconds));
		}
		mwh(watts / f64::from(PARTS) / 1_000.0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::units::kwh;

	fn panel() -> Panel {
		Panel { latitude: 48.0, start_day: 1.0, watts: 1_000.0, performance: 0.82, seed: 1 }
	}

	#[test]
	fn year_should_yield_what_clear_skies_do_when_there_is_no_cloud() {
		// Clear-sky irradiation on a plane at 48 degrees north is about 1,850 kWh/m2 a year.
		let panel = panel();
		let year: f64 = (0..8_760).map(|hour| kwh(panel.clear_energy(hour))).sum();
		assert!((1_400.0..1_750.0).contains(&year), "{year}");
	}

	#[test]
	fn energy_should_fall_and_repeat_when_clouds_come() {
		let panel = panel();
		let noon = 24 * 170 + 12;
		assert_eq!(panel.energy(noon, 3.0), panel.energy(noon, 3.0));
		assert!(panel.energy(noon, 8.0) < panel.energy(noon, 5.0));
		assert!(panel.energy(noon, 5.0) < panel.clear_energy(noon));
		assert_eq!(panel.energy(24 * 170, 0.0), MilliWattHours(0));
	}
}
