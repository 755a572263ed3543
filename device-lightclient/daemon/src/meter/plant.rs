//! A panel, a battery that only the panel charges, and the compute load, on one bus.
//!
//! In each of an interval's 32 parts the panel feeds compute first, then the battery, and what is
//! left goes out to the house; the battery fills in for compute when the panel is short. Energy on
//! its way into the battery is not counted until it comes out, so no mWh is counted twice, and
//! compute never draws more than panel and battery supply: without sun it waits.
//!
//! A schedule of the home may give [`Orders`]: how much of the surplus the battery takes, and how much
//! of it the house gets.

use pogcs_home_energy::panel::Panel;
use pogcs_light_core::energy::Reading;
use pogcs_primitives::{wire::READINGS, Interval};
use serde::Deserialize;

/// The plant, and how the chain's intervals map to its days.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlantConfig {
	/// Degrees north.
	pub latitude: f64,
	/// Day of the year at interval 0, 1 to 365.
	pub start_day: f64,
	/// Hour at interval 0, local mean solar time.
	pub start_hour: f64,
	/// How long the chain's interval lasts, in seconds.
	pub interval_seconds: f64,
	/// How many of the plant's seconds pass in one second: 60 lets a minute stand for an hour.
	pub time_scale: f64,
	/// The panel's power at 1,000 W/m2, in watts.
	pub panel_watts: f64,
	/// What cables, heat and inverter leave of it.
	pub performance: f64,
	/// Cloud cover in eighths, about which the weather varies.
	pub cloud_okta: f64,
	/// The battery's capacity, in watt-hours.
	pub battery_wh: f64,
	/// Its charge when the device is first started, in watt-hours.
	pub battery_start_wh: f64,
	/// The most power in or out of it, in watts.
	pub battery_watts: f64,
	/// What of the energy put in is stored.
	pub charge_efficiency: f64,
	/// What of the energy taken out reaches the bus.
	pub discharge_efficiency: f64,
	/// What compute draws while it runs, in watts.
	pub compute_watts: f64,
	/// The weather's seed.
	pub seed: u64,
}

impl Default for PlantConfig {
	fn default() -> Self {
		Self {
			latitude: 45.0,
			start_day: 172.0,
			start_hour: 9.0,
			interval_seconds: 60.0,
			time_scale: 60.0,
			panel_watts: 800.0,
			performance: 0.82,
			cloud_okta: 2.0,
			battery_wh: 2_000.0,
			battery_start_wh: 800.0,
			battery_watts: 600.0,
			charge_efficiency: 0.96,
			discharge_efficiency: 0.96,
			compute_watts: 300.0,
			seed: 1,
		}
	}
}

impl PlantConfig {
	/// Its panel.
	pub fn panel(&self) -> Panel {
		Panel {
			latitude: self.latitude,
			start_day: self.start_day,
			watts: self.panel_watts,
			performance: self.performance,
			seed: self.seed,
		}
	}

	/// Whether the numbers describe a plant; the words say what does not.
	pub fn check(&self) -> Result<(), &'static str> {
		let fraction = |value: f64| value > 0.0 && value <= 1.0;
		if !(-90.0..=90.0).contains(&self.latitude) {
			return Err("meter.latitude has to be from -90 to 90");
		}
		if !(self.interval_seconds > 0.0 && self.time_scale > 0.0) {
			return Err("meter.interval_seconds and meter.time_scale have to be positive");
		}
		if ![self.performance, self.charge_efficiency, self.discharge_efficiency]
			.into_iter()
			.all(fraction)
		{
			return Err("the meter's efficiencies have to be above 0 and at most 1");
		}
		let amounts = [
			self.panel_watts,
			self.battery_wh,
			self.battery_start_wh,
			self.battery_watts,
			self.compute_watts,
		];
		if !amounts.iter().all(|amount| (0.0..=1e9).contains(amount)) {
			return Err("the meter's watts and watt-hours have to be from 0 to 1e9");
		}
		Ok(())
	}
}

/// One simulated interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
	/// The 32 readings.
	pub readings: [Reading; READINGS],
	/// The battery's charge after it, in mWh.
	pub charge: u64,
}

impl Simulated {
	/// Energy that compute drew, in mWh.
	pub fn drawn(&self) -> u64 {
		self.readings.iter().map(|reading| u64::from(reading.draw)).sum()
	}

	/// Renewable energy supplied, in mWh.
	pub fn generated(&self) -> u64 {
		self.readings.iter().map(|reading| u64::from(reading.generation)).sum()
	}
}

/// What the home's schedule asks of the battery in one interval, in mWh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
	/// The most of the panel's surplus that it takes.
	pub store: u64,
	/// What it gives to the house, beside what compute draws.
	pub release: u64,
}

impl Orders {
	/// Without a schedule the battery takes all the surplus and serves compute only.
	pub const NONE: Self = Self { store: u64::MAX, release: 0 };
}

/// The plant. It has no state: the charge is handed in and out, so that it can be stored.
#[derive(Clone, Debug)]
pub struct Plant {
	config: PlantConfig,
	panel: Panel,
	orders: Orders,
}

impl Plant {
	/// A plant of checked numbers.
	pub fn new(config: PlantConfig) -> Self {
		let panel = config.panel();
		Self { config, panel, orders: Orders::NONE }
	}

	/// The same plant under such orders.
	pub fn under(&self, orders: Orders) -> Self {
		Self { orders, ..self.clone() }
	}

	/// The charge of the first start, in mWh.
	pub fn start_charge(&self) -> u64 {
		to_mwh(self.config.battery_start_wh.min(self.config.battery_wh) * 1_000.0)
	}

	/// Runs one interval. `wanted` is what compute would draw, in mWh, and `ceiling` the most that
	/// the interval may supply: above it the inverter turns down what goes out to the house.
	pub fn simulate(
		&self,
		interval: Interval,
		charge: u64,
		wanted: u64,
		ceiling: u64,
	) -> Simulated {
		let config = &self.config;
		let hours = self.part_seconds() / 3_600.0;
		let mut readings = [Reading::default(); READINGS];
		let mut charge = charge as f64;
		let (mut left, mut room) = (wanted as f64, ceiling as f64);
		let (mut to_store, mut to_release) = (self.orders.store as f64, self.orders.release as f64);
		for (part, reading) in readings.iter_mut().enumerate() {
			let panel = self.generated(interval, part, Self::weather);
			let flow = config.battery_watts * hours * 1_000.0;

			let asked = left.min(config.compute_watts * hours * 1_000.0).min(room);
			let direct = asked.min(panel);
			let out = (asked - direct).min(flow).min(charge * config.discharge_efficiency);
			// A part's draw is rounded down and its generation covers it, so that readings add up.
			let draw = (direct + out).floor();
			charge -= (draw - direct).max(0.0) / config.discharge_efficiency;
			let surplus = (panel - direct).max(0.0);
			let space = (config.battery_wh * 1_000.0 - charge).max(0.0);
			let stored = surplus.min(flow).min(space / config.charge_efficiency).min(to_store);
			charge += stored * config.charge_efficiency;
			let released = to_release
				.min((flow - stored - out).max(0.0))
				.min(charge * config.discharge_efficiency)
				.min((room - draw).max(0.0))
				.floor();
			charge -= released / config.discharge_efficiency;
			let house = (surplus - stored).min((room - draw - released).max(0.0)).floor();
			reading.draw = to_u32(draw);
			reading.generation = to_u32(draw + house + released);
			left -= draw;
			room -= draw + house + released;
			to_store -= stored;
			to_release -= released;
		}
		Simulated { readings, charge: to_mwh(charge) }
	}

	/// The most that compute could draw in the interval, in mWh: the device's own forecast.
	pub fn forecast(&self, interval: Interval, charge: u64, ceiling: u64) -> u64 {
		self.simulate(interval, charge, u64::MAX, ceiling).drawn()
	}

	/// What the panel gives in an interval, in mWh, whatever becomes of it.
	pub fn panel_output(&self, interval: Interval) -> u64 {
		to_mwh((0..READINGS).map(|part| self.generated(interval, part, Self::weather)).sum())
	}

	/// What it would give under a clear sky.
	pub fn clear_output(&self, interval: Interval) -> u64 {
		to_mwh((0..READINGS).map(|part| self.generated(interval, part, |_, _, _, _| 0.0)).sum())
	}

	/// The plant's seconds in one part of an interval.
	fn part_seconds(&self) -> f64 {
		self.config.interval_seconds * self.config.time_scale / READINGS as f64
	}

	/// What the panel gives in one part of an interval under such a cloud cover, in mWh.
	fn generated(
		&self,
		interval: Interval,
		part: usize,
		okta: impl Fn(&Self, Interval, usize, f64) -> f64,
	) -> f64 {
		let config = &self.config;
		let part_seconds = self.part_seconds();
		let begin = config.start_hour * 3_600.0
			+ f64::from(interval.0) * config.interval_seconds * config.time_scale;
		let seconds = begin + (part as f64 + 0.5) * part_seconds;
		let okta = okta(self, interval, part, seconds / 3_600.0);
		// mWh: W * h * 1000.
		self.panel.power(seconds, okta) * (part_seconds / 3_600.0) * 1_000.0
	}

	/// Cloud cover over one part.
	fn weather(&self, interval: Interval, part: usize, hours: f64) -> f64 {
		self.panel.okta(self.config.cloud_okta, hours, interval.0.into(), part as u64)
	}
}

fn to_mwh(value: f64) -> u64 {
	// A float-to-integer cast saturates and takes no number for 0.
	value.max(0.0) as u64
}

fn to_u32(value: f64) -> u32 {
	value.max(0.0) as u32
}

#[cfg(test)]
mod tests {
	use super::*;

	fn plant(change: impl Fn(&mut PlantConfig)) -> Plant {
		let mut config = PlantConfig::default();
		change(&mut config);
		assert_eq!(config.check(), Ok(()));
		Plant::new(config)
	}

	const NOON: Interval = Interval(3);
	const MIDNIGHT: Interval = Interval(15);

	#[test]
	fn draw_should_never_exceed_generation_when_any_interval() {
		for start in [0, 1_000, 800_000, 2_000_000] {
			let plant = plant(|_| ());
			let mut charge = start;
			for interval in 0..48 {
				let run = plant.simulate(Interval(interval), charge, u64::MAX, u64::MAX);
				let mut log = pogcs_light_core::energy::IntervalLog::new(Interval(interval));
				for reading in run.readings {
					assert!(reading.draw <= reading.generation);
					log.push(reading).unwrap();
				}
				assert!(run.charge <= 2_000_000);
				charge = run.charge;
			}
		}
	}

	#[test]
	fn energy_should_be_conserved_when_the_battery_is_ideal() {
		let plant = plant(|config| {
			config.charge_efficiency = 1.0;
			config.discharge_efficiency = 1.0;
		});
		let idle = plant.simulate(NOON, 0, 0, u64::MAX);
		let busy = plant.simulate(NOON, 0, 100_000, u64::MAX);
		let total = |run: &Simulated| run.generated() + run.charge;
		assert!(total(&idle).abs_diff(total(&busy)) <= 100, "{} {}", total(&idle), total(&busy));
		assert!(busy.drawn().abs_diff(100_000) <= 32);
	}

	#[test]
	fn compute_should_live_on_the_battery_when_it_is_night() {
		let plant = plant(|_| ());
		let run = plant.simulate(MIDNIGHT, 800_000, 200_000, u64::MAX);
		assert!(run.drawn() > 199_000 && run.drawn() <= 200_000);
		assert_eq!(run.generated(), run.drawn());
		// 200 Wh on the bus cost 200 / 0.96 Wh of charge.
		assert!(run.charge.abs_diff(800_000 - 208_333) < 1_000, "{}", run.charge);
		assert_eq!(plant.simulate(MIDNIGHT, 0, 200_000, u64::MAX).generated(), 0);
	}

	#[test]
	fn house_should_get_less_when_the_class_has_a_ceiling() {
		let plant = plant(|config| config.battery_wh = 0.0);
		let free = plant.simulate(NOON, 0, 50_000, u64::MAX);
		assert!(free.generated() > 300_000, "{}", free.generated());
		let capped = plant.simulate(NOON, 0, 50_000, 100_000);
		assert!(capped.generated() <= 100_000);
		assert!(capped.drawn() > 0);
	}

	#[test]
	fn run_should_repeat_when_the_seed_is_the_same() {
		let (one, two) = (plant(|_| ()), plant(|config| config.seed = 2));
		assert_eq!(one.simulate(NOON, 5, 9, 1 << 40), one.simulate(NOON, 5, 9, 1 << 40));
		assert_ne!(one.simulate(NOON, 5, 9, 1 << 40), two.simulate(NOON, 5, 9, 1 << 40));
	}

	#[test]
	fn forecast_should_be_kept_when_compute_asks_for_it() {
		let plant = plant(|_| ());
		for interval in [NOON, MIDNIGHT] {
			let promised = plant.forecast(interval, 500_000, u64::MAX);
			let run = plant.simulate(interval, 500_000, promised, u64::MAX);
			assert!(run.drawn() + 32 >= promised, "{} {promised}", run.drawn());
		}
	}

	#[test]
	fn battery_should_follow_when_the_schedule_gives_orders() {
		let plant = plant(|_| ());
		let free = plant.simulate(NOON, 500_000, 0, u64::MAX);
		let held = plant.under(Orders { store: 100_000, release: 0 });
		let run = held.simulate(NOON, 500_000, 0, u64::MAX);
		// 100 Wh less 4 %; the house gets the rest of the surplus.
		assert!(run.charge.abs_diff(596_000) < 100, "{}", run.charge);
		assert!(run.generated() > free.generated());

		let given = plant.under(Orders { store: 0, release: 96_000 });
		let run = given.simulate(MIDNIGHT, 500_000, 0, u64::MAX);
		assert!(run.generated().abs_diff(96_000) <= 1, "{}", run.generated());
		assert!(run.charge.abs_diff(400_000) < 100, "{}", run.charge);
		assert_eq!(given.simulate(MIDNIGHT, 0, 0, u64::MAX).generated(), 0);
		let capped = given.simulate(MIDNIGHT, 500_000, 0, 50_000);
		assert!(capped.generated() <= 50_000);
	}

	#[test]
	fn panel_output_should_be_all_that_is_used_when_nothing_is_turned_down() {
		let plant = plant(|config| config.battery_wh = 0.0);
		let run = plant.simulate(NOON, 0, 0, u64::MAX);
		assert!(plant.panel_output(NOON).abs_diff(run.generated()) <= 32);
		assert!(plant.clear_output(NOON) > plant.panel_output(NOON));
		assert_eq!(plant.clear_output(MIDNIGHT), 0);
	}

	#[test]
	fn config_should_be_refused_when_it_describes_no_plant() {
		for change in [
			(|c: &mut PlantConfig| c.latitude = 91.0) as fn(&mut PlantConfig),
			|c| c.time_scale = 0.0,
			|c| c.performance = 1.1,
			|c| c.charge_efficiency = f64::NAN,
			|c| c.panel_watts = -1.0,
		] {
			let mut config = PlantConfig::default();
			change(&mut config);
			assert!(config.check().is_err());
		}
	}
}
