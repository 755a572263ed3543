//! A panel, a battery, the compute load and a house, on one bus with a meter to the grid.
//!
//! In each of an interval's 32 parts the panel feeds compute first, then the battery, then the house,
//! and what is left goes out to the grid; the battery fills in for compute when the panel is short,
//! and the grid for the house. Compute never draws more than panel and battery supply: without sun it
//! waits. All of it is metered; what of it was green is not the plant's to say
//! ([`pogcs_primitives::ledger`]).
//!
//! The battery may be charged from the grid too, at night by the clock or as a schedule of the home
//! gives [`Orders`]: how much of the surplus the battery takes, what it buys, and what the house gets
//! of it. What it bought is not green when it comes out, so that compute can promise less.

use pogcs_home_energy::panel::Panel;
use pogcs_light_core::energy::{green_draw, Reading};
use pogcs_primitives::{
	ledger::{Battery, Stored},
	wire::READINGS,
	Interval,
};
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
	/// What the house draws, in watts, where no schedule says so.
	pub house_watts: f64,
	/// What the battery buys from the grid at night, in watts, where no schedule says so.
	pub night_charge_watts: f64,
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
			house_watts: 250.0,
			night_charge_watts: 0.0,
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
			self.house_watts,
			self.night_charge_watts,
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
		self.sum(|reading| reading.compute)
	}

	/// What the panel generated, in mWh.
	pub fn generated(&self) -> u64 {
		self.sum(|reading| reading.generation)
	}

	/// What came from the grid, in mWh.
	pub fn imported(&self) -> u64 {
		self.sum(|reading| reading.grid_import)
	}

	/// What went to the grid, in mWh.
	pub fn exported(&self) -> u64 {
		self.sum(|reading| reading.grid_export)
	}

	fn sum(&self, part: fn(&Reading) -> u32) -> u64 {
		self.readings.iter().map(part).map(u64::from).sum()
	}
}

/// What the home's schedule asks of the battery in one interval, in mWh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
	/// The most of the panel's surplus that it takes.
	pub store: u64,
	/// What it gives to the house, beside what compute draws.
	pub release: u64,
	/// What it buys from the grid; without a schedule, by the clock.
	pub buy: Option<u64>,
	/// What the house draws, with all that is plugged in; without a schedule, what it always does.
	pub house: Option<u64>,
}

impl Orders {
	/// Without a schedule the battery takes all the surplus and serves compute only.
	pub const NONE: Self = Self { store: u64::MAX, release: 0, buy: None, house: None };
}

/// The hours of the day in which electricity is cheap, where no schedule knows better.
const NIGHT: std::ops::Range<f64> = 0.0..6.0;

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
	/// the panel may generate: above it the inverter turns it down.
	pub fn simulate(
		&self,
		interval: Interval,
		charge: u64,
		wanted: u64,
		ceiling: u64,
	) -> Simulated {
		let config = &self.config;
		let hours = self.part_seconds() / 3_600.0;
		// mWh: W * h * 1000.
		let energy = |watts: f64| watts * hours * 1_000.0;
		let (into, out_of) = (config.charge_efficiency, config.discharge_efficiency);
		let capacity = config.battery_wh * 1_000.0;
		let mut readings = [Reading::default(); READINGS];
		let mut charge = charge as f64;
		let (mut left, mut room) = (wanted as f64, ceiling as f64);
		let (mut to_store, mut to_release) = (self.orders.store as f64, self.orders.release as f64);
		let mut to_buy = self.orders.buy.map(|all| all as f64);
		let mut to_house = self.orders.house.map(|all| all as f64);
		for (part, reading) in readings.iter_mut().enumerate() {
			// Everything that is metered is a whole number, so that it adds up.
			let panel = self.generated(interval, part, Self::weather).min(room).floor();
			let flow = energy(config.battery_watts);

			let asked = left.min(energy(config.compute_watts)).floor();
			let direct = asked.min(panel);
			let out = (asked - direct).min(flow).min(charge * out_of).floor();
			charge -= out / out_of;
			let surplus = panel - direct;
			let space = (capacity - charge).max(0.0) / into;
			let stored = surplus.min(flow - out).min(space).min(to_store).floor();
			let night = match to_buy {
				Some(all) => all,
				None if NIGHT.contains(&self.hour_of_day(interval, part)) => {
					energy(config.night_charge_watts)
				}
				None => 0.0,
			};
			let bought = night.min(flow - out - stored).min(space - stored).max(0.0).floor();
			charge = (charge + (stored + bought) * into).min(capacity);
			let released =
				to_release.min(flow - stored - bought - out).min(charge * out_of).max(0.0).floor();
			charge -= released / out_of;
			// What is left of an order goes into the parts that are left.
			let parts_left = (READINGS - part) as f64;
			let house = to_house.map_or(energy(config.house_watts), |all| all / parts_left).floor();

			let came = panel + out + released;
			let went = direct + out + stored + bought + house;
			*reading = Reading {
				generation: to_u32(panel),
				storage_in: to_u32(stored + bought),
				storage_out: to_u32(out + released),
				grid_import: to_u32(went - came),
				grid_export: to_u32(came - went),
				compute: to_u32(direct + out),
			};
			left -= direct + out;
			room -= panel;
			to_store -= stored;
			to_release -= released;
			to_buy = to_buy.map(|all| all - bought);
			to_house = to_house.map(|all| all - house);
		}
		Simulated { readings, charge: to_mwh(charge) }
	}

	/// The most that compute can draw in the interval so that all of it is green, in mWh: the
	/// device's own forecast. `stored` is what the chain knows to be in the battery, which is less
	/// green than it seems where the grid charged it, or nobody knows who did.
	pub fn forecast(
		&self,
		interval: Interval,
		charge: u64,
		ceiling: u64,
		stored: &Stored,
		battery: &Battery,
	) -> u64 {
		let all = self.simulate(interval, charge, u64::MAX, ceiling).drawn();
		let is_green = |wanted: u64| {
			let run = self.simulate(interval, charge, wanted, ceiling);
			green_draw(&run.readings, stored, battery).0 >= run.drawn()
		};
		if is_green(all) {
			return all;
		}
		// The more compute draws from a mixed battery, the more of it is not green.
		let (mut good, mut bad) = (0, all);
		while bad - good > 1 {
			let middle = good + (bad - good) / 2;
			if is_green(middle) {
				good = middle;
			} else {
				bad = middle;
			}
		}
		good
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
		let seconds = self.middle(interval, part);
		let okta = okta(self, interval, part, seconds / 3_600.0);
		// mWh: W * h * 1000.
		self.panel.power(seconds, okta) * (self.part_seconds() / 3_600.0) * 1_000.0
	}

	/// The middle of one part, in the plant's seconds since the midnight before interval 0.
	fn middle(&self, interval: Interval, part: usize) -> f64 {
		let config = &self.config;
		let begin = config.start_hour * 3_600.0
			+ f64::from(interval.0) * config.interval_seconds * config.time_scale;
		begin + (part as f64 + 0.5) * self.part_seconds()
	}

	fn hour_of_day(&self, interval: Interval, part: usize) -> f64 {
		(self.middle(interval, part) / 3_600.0).rem_euclid(24.0)
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
	use pogcs_geo::{
		sun::{most_energy, Moment, Span},
		Cell, Place,
	};
	use pogcs_light_core::energy::IntervalLog;
	use pogcs_primitives::{
		units::{GramsPerKwh, MilliWatts},
		CellId, DeviceId, MilliWattHours,
	};

	fn plant(change: impl Fn(&mut PlantConfig)) -> Plant {
		let mut config = PlantConfig::default();
		change(&mut config);
		assert_eq!(config.check(), Ok(()));
		Plant::new(config)
	}

	const NOON: Interval = Interval(3);
	const DARK: Interval = Interval(14);
	/// The hour after midnight, in which the grid is cheap.
	const CHEAP: Interval = Interval(15);

	/// The battery as its class describes it: a little worse than it is.
	const CLASS: Battery = Battery { capacity: MilliWattHours(2_000_000), efficiency: 900_000 };

	fn green(level: u64) -> Stored {
		let level = MilliWattHours(level);
		Stored { level, green: level, ..Stored::default() }
	}

	/// Two days with all that can happen, metered and shared out as the chain does it.
	fn two_days(plant: &Plant, start: u64) {
		let (mut charge, mut stored) = (start, Stored::default());
		for index in 0..48 {
			let interval = Interval(index);
			let wanted = plant.forecast(interval, charge, u64::MAX, &stored, &CLASS);
			let run = plant.simulate(interval, charge, wanted, u64::MAX);
			let mut log = IntervalLog::new(interval);
			for reading in run.readings {
				assert!(reading.grid_import == 0 || reading.grid_export == 0);
				log.push(reading).unwrap();
			}
			log.settle(&stored, &CLASS);
			let report = log.report(DeviceId(1));
			// What was promised is green, to the last mWh.
			assert_eq!(report.green_draw, report.compute_draw);
			assert!(report.compute_draw.0 + 32 >= wanted);
			assert!(run.charge <= 2_000_000);
			charge = run.charge;
			stored = stored.settle(&log.flows(), &CLASS, GramsPerKwh(0)).after;
			// The ledger never has more than the cells.
			assert!(stored.level.0 <= charge.max(1) + 100, "{} {charge}", stored.level);
		}
	}

	#[test]
	fn compute_should_be_green_when_it_draws_what_was_forecast() {
		for start in [0, 1_000, 800_000, 2_000_000] {
			two_days(&plant(|_| ()), start);
			two_days(&plant(|config| config.night_charge_watts = 500.0), start);
			let orders = Orders {
				store: 200_000,
				release: 100_000,
				buy: Some(50_000),
				house: Some(300_000),
			};
			two_days(&plant(|_| ()).under(orders), start);
		}
	}

	#[test]
	fn energy_should_be_conserved_when_the_battery_is_ideal() {
		let plant = plant(|config| {
			config.charge_efficiency = 1.0;
			config.discharge_efficiency = 1.0;
			config.night_charge_watts = 300.0;
		});
		for (interval, wanted) in [(NOON, 0), (NOON, 100_000), (DARK, 100_000), (CHEAP, 50_000)] {
			let run = plant.simulate(interval, 500_000, wanted, u64::MAX);
			let house: u64 = run.readings.iter().map(|r| r.rest().expect("balanced")).sum();
			// 250 W for an hour, each of 32 parts rounded down.
			assert!(house.abs_diff(250_000) <= 32, "{house}");
			let came = run.generated() + run.imported() + 500_000;
			let went = run.drawn() + run.exported() + house + run.charge;
			assert!(came.abs_diff(went) <= 1, "{came} {went}");
		}
	}

	#[test]
	fn compute_should_live_on_the_battery_when_it_is_night() {
		let plant = plant(|_| ());
		let run = plant.simulate(DARK, 800_000, 200_000, u64::MAX);
		assert!(run.drawn() > 199_000 && run.drawn() <= 200_000);
		assert_eq!(run.generated(), 0);
		// The house lives on the grid.
		assert!(run.imported().abs_diff(250_000) <= 32);
		// 200 Wh on the bus cost 200 / 0.96 Wh of charge.
		assert!(run.charge.abs_diff(800_000 - 208_333) < 1_000, "{}", run.charge);
		assert_eq!(plant.simulate(DARK, 0, 200_000, u64::MAX).drawn(), 0);
	}

	#[test]
	fn battery_should_charge_from_the_grid_when_it_is_told_to() {
		let plant = plant(|config| {
			config.night_charge_watts = 100.0;
			config.house_watts = 0.0;
		});
		// Hour 9 and hour 0.
		assert_eq!(plant.simulate(Interval(0), 500_000, 0, 0).imported(), 0);
		let run = plant.simulate(CHEAP, 500_000, 0, u64::MAX);
		assert!(run.imported().abs_diff(100_000) <= 32);
		assert!(run.charge.abs_diff(596_000) < 100, "{}", run.charge);
		let full = plant.simulate(CHEAP, 2_000_000, 0, u64::MAX);
		assert_eq!((full.imported(), full.charge), (0, 2_000_000));
	}

	#[test]
	fn panel_should_be_turned_down_when_the_class_has_a_ceiling() {
		let plant = plant(|config| config.battery_wh = 0.0);
		let free = plant.simulate(NOON, 0, 50_000, u64::MAX);
		assert!(free.generated() > 300_000, "{}", free.generated());
		assert!(free.exported() > 0);
		let capped = plant.simulate(NOON, 0, 50_000, 100_000);
		assert_eq!(capped.generated(), 100_000);
		assert!(capped.drawn() > 0);
	}

	/// The devices of the local chain, as `scripts/lib/js/loop/sites.mjs` configures them.
	#[test]
	fn chain_should_believe_the_panel_when_both_have_the_same_sun() {
		// 2026-06-21, 8 o'clock UTC.
		const START: u64 = 1_782_028_800;
		for (latitude, longitude, cell) in [
			(36.84, -2.46, 0x8f38246162120ab),
			(-33.92, 18.42, 0x8fad36151106cd4),
			(30.66, 104.07, 0x8f40e3ce88f58e8),
			(33.45, -112.07, 0x8f29b6d30b45a21),
		] {
			let plant = plant(|config| {
				config.latitude = latitude;
				config.start_hour = (8.0_f64 + longitude / 15.0).rem_euclid(24.0);
			});
			let place = Place::of(Cell::new(CellId(cell)).unwrap());
			let mut lit = 0;
			for index in 0u32..48 {
				let begin = Moment(START + u64::from(index) * 3_600);
				let span = Span::new(begin, 3_600).unwrap();
				let most = most_energy(place, span, MilliWatts(800_000)).0;
				let made =
					plant.panel_output(Interval(index)).max(plant.clear_output(Interval(index)));
				assert!(made <= most, "{latitude} {index}: {made} of {most}");
				lit += u32::from(made > 0);
			}
			assert!((18..36).contains(&lit), "{latitude}: {lit} hours of light in two days");
		}
	}

	#[test]
	fn run_should_repeat_when_the_seed_is_the_same() {
		let (one, two) = (plant(|_| ()), plant(|config| config.seed = 2));
		assert_eq!(one.simulate(NOON, 5, 9, 1 << 40), one.simulate(NOON, 5, 9, 1 << 40));
		assert_ne!(one.simulate(NOON, 5, 9, 1 << 40), two.simulate(NOON, 5, 9, 1 << 40));
	}

	#[test]
	fn forecast_should_be_less_when_the_battery_is_not_green() {
		let plant = plant(|_| ());
		let of = |stored: Stored| plant.forecast(DARK, 500_000, u64::MAX, &stored, &CLASS);
		// All that compute can draw in the hour.
		let all = of(green(500_000));
		assert!(all > 299_000, "{all}");
		// The cells are full and nobody knows with what: it is no green compute.
		assert_eq!(of(Stored::default()), 0);
		// Half and half: whatever it draws, half of it is not green.
		let half = Stored { green: MilliWattHours(250_000), ..green(500_000) };
		assert!(of(half) <= 1, "{}", of(half));
		// By day the panel alone gives something.
		let sunny = plant.forecast(NOON, 500_000, u64::MAX, &Stored::default(), &CLASS);
		assert!(sunny > 290_000, "{sunny}");
	}

	#[test]
	fn battery_should_follow_when_the_schedule_gives_orders() {
		let plant = plant(|config| config.house_watts = 0.0);
		let orders = Orders { store: 0, release: 0, buy: Some(0), house: Some(0) };
		let held = plant.under(Orders { store: 100_000, ..orders });
		let run = held.simulate(NOON, 500_000, 0, u64::MAX);
		// 100 Wh less 4 %; the grid gets the rest of the surplus.
		assert!(run.charge.abs_diff(596_000) < 100, "{}", run.charge);
		assert!(run.exported().abs_diff(run.generated() - 100_000) <= 1);

		let given = plant.under(Orders { release: 96_000, house: Some(96_000), ..orders });
		let run = given.simulate(DARK, 500_000, 0, u64::MAX);
		// The battery gives at once what the house takes over the hour.
		assert!(run.charge.abs_diff(400_000) < 100, "{}", run.charge);
		assert_eq!(run.imported(), run.exported());
		assert_eq!(given.simulate(DARK, 0, 0, u64::MAX).imported(), 96_000);

		let bought = plant.under(Orders { buy: Some(100_000), ..orders });
		let run = bought.simulate(NOON, 500_000, 0, u64::MAX);
		assert!(run.charge.abs_diff(596_000) < 100, "{}", run.charge);
	}

	#[test]
	fn panel_output_should_be_all_that_is_used_when_nothing_is_turned_down() {
		let plant = plant(|config| config.battery_wh = 0.0);
		let run = plant.simulate(NOON, 0, 0, u64::MAX);
		assert!(plant.panel_output(NOON).abs_diff(run.generated()) <= 32);
		assert!(plant.clear_output(NOON) > plant.panel_output(NOON));
		assert_eq!(plant.clear_output(DARK), 0);
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
