//! What there is at home: panel, battery, compute, a car, the house and the grid's connection.

use pogcs_primitives::MilliWattHours;

use crate::{
	panel::Panel,
	units::{MilliWatts, PerMillion, Price},
};

/// The largest power and energy that a site may name, in mW and mWh: a megawatt. Sums of a year
/// then stay far below what integers hold, and kWh in a float are exact to the mWh.
pub const LARGEST: u64 = 1_000_000_000;

/// Hours of a day.
pub const DAY: u32 = 24;

/// A home.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
	/// What generates.
	pub panel: Panel,
	/// What stores.
	pub battery: Battery,
	/// What earns.
	pub compute: Compute,
	/// What can wait.
	pub car: Option<Car>,
	/// What the house draws in an ordinary hour, assumed as long as nothing was metered.
	pub house: MilliWattHours,
	/// What connects it.
	pub grid: Grid,
}

/// A battery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Battery {
	/// What its cells hold.
	pub capacity: MilliWattHours,
	/// The most power into it, on the bus's side.
	pub charge_power: MilliWatts,
	/// The most power out of it, on the bus's side.
	pub discharge_power: MilliWatts,
	/// What of the energy put in reaches the cells.
	pub charge_efficiency: PerMillion,
	/// What of the energy taken from the cells reaches the bus.
	pub discharge_efficiency: PerMillion,
	/// What a kilowatt-hour that comes out costs in wear.
	pub wear: Price,
	/// Whether it may be charged from the grid too.
	pub grid_charging: bool,
}

/// Compute that earns by what it draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compute {
	/// What it draws at full load.
	pub power: MilliWatts,
	/// The least share of full load at which it runs.
	pub least: PerMillion,
	/// The largest share of full load at which there is work for it.
	pub most: PerMillion,
	/// What it earns with a kilowatt-hour.
	pub revenue: Price,
	/// Whether it may draw renewable energy only, straight from the panel or by the battery.
	pub green: bool,
}

/// A load that has to have its energy by some hour of each day, and does not mind when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Car {
	/// What it needs each time.
	pub need: MilliWattHours,
	/// The most power into it.
	pub power: MilliWatts,
	/// The hour of the day in which it is plugged in, 0 to 23.
	pub from: u32,
	/// The hour of the day before which it has to be ready, 0 to 23. The same as `from`: a whole
	/// day.
	pub ready: u32,
}

/// The connection to the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
	/// The most power from the grid.
	pub import: MilliWatts,
	/// The most power into the grid.
	pub export: MilliWatts,
}

/// Why a site is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
	/// The panel's numbers describe none.
	#[error("{0}")]
	Panel(&'static str),
	/// A power or an energy is larger than [`LARGEST`].
	#[error("a power or an energy is larger than a megawatt for an hour")]
	TooLarge,
	/// An efficiency is 0 or above 1.
	#[error("the battery's efficiencies have to be above 0 and at most 1")]
	Efficiency,
	/// Wear earns money.
	#[error("the battery's wear cannot be negative")]
	Wear,
	/// The least share is above the largest one, or that one above 1.
	#[error("compute's shares have to rise from the least to the most, which is at most 1")]
	Shares,
	/// Compute that has to be green is asked to run whether there is sun or not.
	#[error("compute that has to be green cannot have a least share: nobody can promise sun")]
	LeastGreen,
	/// An hour of the day is none.
	#[error("the car's hours have to be from 0 to 23")]
	CarHours,
	/// The car cannot get what it needs in its hours.
	#[error("the car needs more than its power gives in the hours that it is plugged in")]
	CarNeed,
}

impl Site {
	/// The home of the year's comparison: 6 kW of panels flat on a roof at 48 degrees north, 10 kWh of
	/// battery whose wear costs 5 ct/kWh (400 a kWh of capacity, 8,000 cycles), two cards of 300 W
	/// that earn 9 ct in an hour each and must be green, a car that drives on 6 kWh a day, a house of
	/// 3,500 kWh a year.
	pub fn example() -> Self {
		Self {
			panel: Panel {
				latitude: 48.0,
				start_day: 1.0,
				watts: 6_000.0,
				performance: 0.82,
				seed: 1,
			},
			battery: Battery {
				capacity: MilliWattHours(10_000_000),
				charge_power: MilliWatts(5_000_000),
				discharge_power: MilliWatts(5_000_000),
				charge_efficiency: PerMillion(960_000),
				discharge_efficiency: PerMillion(960_000),
				wear: Price(50_000),
				grid_charging: true,
			},
			compute: Compute {
				power: MilliWatts(600_000),
				least: PerMillion(0),
				most: PerMillion::ONE,
				revenue: Price(300_000),
				green: true,
			},
			car: Some(Car {
				need: MilliWattHours(6_000_000),
				power: MilliWatts(3_700_000),
				from: 18,
				ready: 7,
			}),
			house: MilliWattHours(400_000),
			grid: Grid { import: MilliWatts(11_000_000), export: MilliWatts(6_000_000) },
		}
	}

	/// Whether the numbers describe a home.
	pub fn check(&self) -> Result<(), SiteError> {
		self.panel.check().map_err(SiteError::Panel)?;
		let battery = &self.battery;
		let car = self.car.as_ref();
		let amounts = [
			battery.capacity.0,
			battery.charge_power.0,
			battery.discharge_power.0,
			self.compute.power.0,
			self.house.0,
			self.grid.import.0,
			self.grid.export.0,
			car.map_or(0, |car| car.need.0),
			car.map_or(0, |car| car.power.0),
		];
		if amounts.iter().any(|amount| *amount > LARGEST) {
			return Err(SiteError::TooLarge);
		}
		let fraction = |share: PerMillion| share.0 > 0 && share <= PerMillion::ONE;
		if !fraction(battery.charge_efficiency) || !fraction(battery.discharge_efficiency) {
			return Err(SiteError::Efficiency);
		}
		if battery.wear < Price(0) {
			return Err(SiteError::Wear);
		}
		let compute = &self.compute;
		if compute.least > compute.most || compute.most > PerMillion::ONE {
			return Err(SiteError::Shares);
		}
		if compute.green && compute.least > PerMillion(0) {
			return Err(SiteError::LeastGreen);
		}
		if let Some(car) = car {
			if car.from >= DAY || car.ready >= DAY {
				return Err(SiteError::CarHours);
			}
			if car.need.0 > car.power.0 * u64::from(car.window()) {
				return Err(SiteError::CarNeed);
			}
		}
		Ok(())
	}
}

impl Compute {
	/// The least that it draws in an hour.
	pub(crate) fn least_draw(&self) -> u64 {
		self.least.of(self.power.0)
	}

	/// The most that it draws in an hour.
	pub(crate) fn most_draw(&self) -> u64 {
		self.most.of(self.power.0)
	}
}

impl Car {
	/// For how many hours it is plugged in.
	fn window(&self) -> u32 {
		match (self.ready + DAY - self.from) % DAY {
			0 => DAY,
			hours => hours,
		}
	}

	/// How many of its hours are left from the beginning of `hour` on, that one included; 0 when it
	/// is not there. Hours are counted from a midnight.
	pub fn hours_left(&self, hour: u32) -> u32 {
		let since = (hour % DAY + DAY - self.from) % DAY;
		self.window().saturating_sub(since)
	}

	/// Whether it is plugged in at the beginning of `hour`.
	pub fn arrives(&self, hour: u32) -> bool {
		hour % DAY == self.from
	}

	/// What it can still get from the beginning of `hour` on.
	pub fn still(&self, hour: u32) -> MilliWattHours {
		MilliWattHours(self.power.0.saturating_mul(self.hours_left(hour).into()))
	}

	/// What it must have in `hour` if it still needs `left`: what the hours after cannot give.
	pub(crate) fn urgent(&self, hour: u32, left: u64) -> u64 {
		let after = u64::from(self.hours_left(hour).saturating_sub(1));
		left.saturating_sub(self.power.0.saturating_mul(after))
	}

	/// The most that it takes in `hour` if it still needs `left`.
	pub(crate) fn most(&self, hour: u32, left: u64) -> u64 {
		if self.hours_left(hour) == 0 {
			0
		} else {
			left.min(self.power.0)
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::site;

	#[test]
	fn site_should_be_refused_by_name_when_its_numbers_describe_none() {
		let cases: [(fn(&mut Site), SiteError); 9] = [
			(|s| s.battery.capacity.0 = LARGEST + 1, SiteError::TooLarge),
			(|s| s.battery.charge_efficiency.0 = 0, SiteError::Efficiency),
			(|s| s.battery.discharge_efficiency.0 = 1_000_001, SiteError::Efficiency),
			(|s| s.battery.wear.0 = -1, SiteError::Wear),
			(|s| s.compute.most.0 = 1_000_001, SiteError::Shares),
			(|s| s.compute.least.0 = 1, SiteError::LeastGreen),
			(|s| s.car.iter_mut().for_each(|car| car.ready = 24), SiteError::CarHours),
			(|s| s.car.iter_mut().for_each(|car| car.need.0 *= 100), SiteError::CarNeed),
			(|s| s.panel.latitude = 91.0, SiteError::Panel("latitude has to be from -90 to 90")),
		];
		assert_eq!(site().check(), Ok(()));
		for (change, error) in cases {
			let mut site = site();
			change(&mut site);
			assert_eq!(site.check(), Err(error));
		}
	}

	#[test]
	fn car_should_be_there_in_its_hours_when_they_pass_midnight() {
		let car = Car { need: MilliWattHours(5), power: MilliWatts(2), from: 18, ready: 7 };
		assert_eq!(car.hours_left(17), 0);
		assert_eq!(car.hours_left(18), 13);
		assert_eq!(car.hours_left(24), 7);
		assert_eq!(car.hours_left(30), 1);
		assert_eq!(car.hours_left(31), 0);
		assert!(car.arrives(42) && !car.arrives(43));
		// In its last three hours it must have one more than the two after can give.
		assert_eq!((car.still(28), car.still(31)), (MilliWattHours(6), MilliWattHours(0)));
		assert_eq!((car.urgent(28, 5), car.urgent(27, 5)), (1, 0));
		assert_eq!((car.most(28, 5), car.most(28, 1), car.most(31, 5)), (2, 1, 0));
		let whole = Car { ready: 18, ..car };
		assert_eq!((whole.hours_left(18), whole.hours_left(17)), (24, 1));
	}
}
