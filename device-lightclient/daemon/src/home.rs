//! The home that the device keeps house for, if `[home]` says that there is one: its schedule decides
//! when compute may run and when the plant's battery charges and discharges.
//!
//! The tariff is simulated like the plant: the house is what the configuration says, the car is taken to
//! follow the plan, and both draw from the plant's bus. A driver for a real meter would keep its
//! readings; the simulated one is simply asked again for its past, so nothing is stored here.

use pogcs_home_energy::{
	experience::Experience,
	flow::{Given, State, Store},
	plan::{plan, PlanError, Schedule, SetPoint},
	site::{Battery, Car, Compute, Grid, Site, DAY},
	tariff::{known_until, DayAhead, Retail},
	units::{MilliWatts, PerMillion, Price},
	year::HORIZON,
};
use pogcs_primitives::{ledger::Stored, Interval, MilliWattHours};
use serde::Deserialize;

use crate::{
	error::Error,
	meter::{Orders, Plant, PlantConfig},
};

/// How many intervals back the device learns from.
const MEMORY: u32 = 28 * DAY;

/// The section `[home]`. Money is in units of the tariff's currency.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HomeConfig {
	/// What the house draws, in watts.
	pub house_watts: f64,
	/// The most from the grid, in watts.
	pub import_watts: f64,
	/// The most into the grid, in watts.
	pub export_watts: f64,
	/// What compute is expected to earn with a kWh.
	pub compute_per_kwh: f64,
	/// What a kWh out of the battery costs in wear.
	pub wear_per_kwh: f64,
	/// What is paid for a kWh beyond the market's price.
	pub fees_per_kwh: f64,
	/// The tax on all of it, as a share.
	pub tax: f64,
	/// Whether the battery may be charged from the grid. What comes out of it is then green in part
	/// only, and compute can promise less.
	pub grid_charging: bool,
	/// The seed of the simulated market.
	pub market_seed: u64,
	/// A car.
	pub car: Option<CarConfig>,
}

/// The section `[home.car]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarConfig {
	/// What it needs each day, in watt-hours.
	pub need_wh: f64,
	/// The most power into it, in watts.
	pub watts: f64,
	/// The hour of the day in which it comes.
	pub from: u32,
	/// The hour of the day before which it leaves.
	pub ready: u32,
}

impl Default for HomeConfig {
	fn default() -> Self {
		let retail = Retail::default();
		Self {
			house_watts: 400.0,
			import_watts: 11_000.0,
			export_watts: 6_000.0,
			compute_per_kwh: 0.30,
			wear_per_kwh: 0.05,
			fees_per_kwh: retail.fees,
			tax: retail.tax,
			grid_charging: false,
			market_seed: 1,
			car: None,
		}
	}
}

/// The home, and what it has planned for the current interval.
#[derive(Clone, Debug)]
pub struct Home {
	site: Site,
	market: DayAhead,
	start_hour: u32,
	now: Option<(Interval, SetPoint)>,
	/// What the car needs at the beginning of an interval.
	car: Option<(Interval, MilliWattHours)>,
}

impl Home {
	/// The home of a checked plant.
	pub fn new(config: &HomeConfig, meter: &PlantConfig) -> Result<Self, Error> {
		let wrong = |words: &str| Error::Config(words.into());
		if meter.interval_seconds * meter.time_scale != 3_600.0 {
			return Err(wrong(
				"[home] plans hours: meter.interval_seconds * meter.time_scale has to be 3600",
			));
		}
		if !(0.0..24.0).contains(&meter.start_hour) || meter.start_hour.fract() != 0.0 {
			return Err(wrong(
				"[home] plans hours: meter.start_hour has to be a whole one, 0 to 23",
			));
		}
		let money = [config.compute_per_kwh, config.wear_per_kwh, config.fees_per_kwh, config.tax];
		if !money.iter().all(|value| (0.0..=1_000.0).contains(value)) {
			return Err(wrong("the home's prices and tax have to be from 0 to 1000"));
		}
		let car = config.car.as_ref().map(|car| Car {
			need: MilliWattHours(milli(car.need_wh)),
			power: MilliWatts(milli(car.watts)),
			from: car.from,
			ready: car.ready,
		});
		let power = MilliWatts(milli(meter.battery_watts));
		let site = Site {
			panel: meter.panel(),
			battery: Battery {
				capacity: MilliWattHours(milli(meter.battery_wh)),
				charge_power: power,
				discharge_power: power,
				charge_efficiency: share(meter.charge_efficiency),
				discharge_efficiency: share(meter.discharge_efficiency),
				wear: price(config.wear_per_kwh),
				grid_charging: config.grid_charging,
			},
			compute: Compute {
				power: MilliWatts(milli(meter.compute_watts)),
				least: PerMillion(0),
				most: PerMillion::ONE,
				revenue: price(config.compute_per_kwh),
				green: true,
			},
			car,
			house: MilliWattHours(watts(config.house_watts)?),
			grid: Grid {
				import: MilliWatts(watts(config.import_watts)?),
				export: MilliWatts(watts(config.export_watts)?),
			},
		};
		site.check().map_err(|error| Error::Config(error.to_string()))?;
		let retail = Retail { fees: config.fees_per_kwh, tax: config.tax };
		let market = DayAhead { seed: config.market_seed, start_day: meter.start_day, retail };
		let start_hour = meter.start_hour as u32;
		Ok(Self { site, market, start_hour, now: None, car: None })
	}

	/// The hour of an interval, counted from the midnight before interval 0.
	fn hour(&self, interval: Interval) -> u32 {
		interval.0.saturating_add(self.start_hour)
	}

	/// Goes on with what the car needed in `interval` when the device was last asked.
	pub fn resume(&mut self, interval: Interval, car: u64) {
		self.car = Some((interval, MilliWattHours(car)));
	}

	/// The schedule from `interval` on, which begins with this in the battery.
	pub fn schedule(
		&self,
		plant: &Plant,
		interval: Interval,
		store: Store,
	) -> Result<Schedule, PlanError> {
		let mut experience = Experience::new(&self.site);
		for index in interval.0.saturating_sub(MEMORY)..interval.0 {
			let (past, hour) = (Interval(index), self.hour(Interval(index)));
			let panel = MilliWattHours(plant.panel_output(past));
			let given = Given { panel, house: self.site.house };
			let clear = MilliWattHours(plant.clear_output(past));
			experience.learn(hour, clear, &given, &self.market.prices(hour));
		}
		let hour = self.hour(interval);
		let clear: Vec<_> = (0..HORIZON)
			.map(|ahead| Interval(interval.0.saturating_add(ahead)))
			.map(|interval| MilliWattHours(plant.clear_output(interval)))
			.collect();
		let known: Vec<_> =
			(hour..known_until(hour)).map(|hour| self.market.prices(hour)).collect();
		let state = State { store, car: self.car_at(interval) }.at(&self.site, hour);
		plan(&self.site, &state, &experience.outlook(hour, &clear, &known))
	}

	/// What the car needs at the beginning of an interval; all that it can still get where that is not
	/// known.
	fn car_at(&self, interval: Interval) -> MilliWattHours {
		let Some(car) = &self.site.car else { return MilliWattHours(0) };
		let most = car.still(self.hour(interval));
		match self.car {
			Some((at, left)) if at == interval => left.min(most),
			_ => car.need.min(most),
		}
	}

	/// What the battery is to do in `interval`, which begins with this in it. An interval is planned
	/// once.
	pub fn orders(
		&mut self,
		plant: &Plant,
		interval: Interval,
		store: Store,
	) -> Result<Orders, PlanError> {
		let point = match self.now {
			Some((of, point)) if of == interval => point,
			_ => {
				self.now = None;
				let schedule = self.schedule(plant, interval, store)?;
				let point = schedule.hours.first().copied().ok_or(PlanError::Empty)?;
				self.now = Some((interval, point));
				point
			}
		};
		Ok(orders(&point, self.site.battery.grid_charging))
	}

	/// What compute may draw in an interval, in mWh; without a plan, all that there is.
	pub fn compute(&self, interval: Interval) -> u64 {
		match &self.now {
			Some((of, point)) if *of == interval => point.compute.0,
			_ => u64::MAX,
		}
	}

	/// An interval is over: the car has what was planned for it.
	pub fn close(&mut self, interval: Interval) {
		let left = self.car_at(interval).0;
		let got = match self.now.take() {
			Some((of, point)) if of == interval => point.car.0,
			_ => 0,
		};
		let next = Interval(interval.0.saturating_add(1));
		self.car = Some((next, MilliWattHours(left.saturating_sub(got))));
	}

	/// What the car still needs, in mWh.
	pub fn car(&self) -> u64 {
		self.car.map_or(0, |(_, left)| left.0)
	}

	/// The current interval, in words.
	pub fn words(&self) -> Option<String> {
		let (interval, point) = self.now.as_ref()?;
		let wh = |energy: MilliWattHours| energy.0 / 1_000;
		Some(format!(
			"in interval {interval} compute may draw {} Wh, the battery takes {} Wh and gives {} Wh, the \
			 car gets {} Wh",
			wh(point.compute),
			wh(point.charge),
			wh(point.discharge),
			wh(point.car)
		))
	}

	/// The next 24 hours for the owner.
	pub fn table(
		&self,
		plant: &Plant,
		interval: Interval,
		store: Store,
	) -> Result<String, PlanError> {
		let schedule = self.schedule(plant, interval, store)?;
		let mut out = format!(
			"Plan from interval {interval} on; battery at {} Wh. Energy in Wh, prices in hundredths per \
			 kWh.\n{:>5} {:>7} {:>7} {:>6} {:>6} {:>7} {:>8} {:>8} {:>6} {:>7} {:>7}\n",
			store.total().0 / 1_000,
			"hour",
			"buy at",
			"sell at",
			"sun",
			"house",
			"compute",
			"battery",
			"then at",
			"car",
			"bought",
			"sold",
		);
		let wh = |energy: MilliWattHours| energy.0 / 1_000;
		let cents = |price: Price| price.0 as f64 / 1e4;
		for point in schedule.hours.iter().take(DAY as usize) {
			let battery = match (wh(point.charge), wh(point.discharge)) {
				(0, 0) => "-".into(),
				(into, 0) => format!("+{into}"),
				(0, out) => format!("-{out}"),
				(into, out) => format!("+{into}-{out}"),
			};
			out.push_str(&format!(
				"{:>2}:00 {:>7.1} {:>7.1} {:>6} {:>6} {:>7} {battery:>8} {:>8} {:>6} {:>7} {:>7}\n",
				point.hour % DAY,
				cents(point.prices.import),
				cents(point.prices.export),
				wh(point.given.panel),
				wh(point.given.house),
				wh(point.compute),
				wh(point.store),
				wh(point.car),
				wh(point.import),
				wh(point.export),
			));
		}
		out.push_str(
			"Sun and house are forecasts, and so are prices that are not out yet. Each hour is planned \
			 anew.\n",
		);
		Ok(out)
	}
}

/// What the cells hold, told apart as the chain does: what it does not know of, nobody has proven to be
/// green.
pub fn cells(charge: u64, stored: &Stored) -> Store {
	let share = |part: u64| u128::from(charge) * u128::from(part);
	let green = share(stored.green.0).checked_div(u128::from(stored.level.0)).unwrap_or(0);
	// The green part is no more than the level, and so no more than the charge.
	let green = u64::try_from(green).unwrap_or(charge).min(charge);
	Store { green: MilliWattHours(green), grey: MilliWattHours(charge - green) }
}

/// A set point as orders for the plant: in an hour in which nothing was to be sold the battery takes
/// whatever surplus there is; what it gives beyond compute's share is the house's, and the car counts
/// as the house.
fn orders(point: &SetPoint, grid_charging: bool) -> Orders {
	let store = if point.export.0 == 0 { u64::MAX } else { point.charge.0 };
	let for_compute = point.compute.0.saturating_sub(point.given.panel.0);
	let surplus = point.given.panel.0.saturating_sub(point.compute.0);
	let buy = if grid_charging { point.charge.0.saturating_sub(surplus) } else { 0 };
	Orders {
		store,
		release: point.discharge.0.saturating_sub(for_compute),
		buy: Some(buy),
		house: Some(point.given.house.0.saturating_add(point.car.0)),
	}
}

/// Thousandths of a checked number.
fn milli(value: f64) -> u64 {
	// A float-to-integer cast saturates and takes no number for 0; the site's check refuses the rest.
	(value * 1_000.0).round().max(0.0) as u64
}

fn watts(value: f64) -> Result<u64, Error> {
	if (0.0..=1e6).contains(&value) {
		Ok(milli(value))
	} else {
		Err(Error::Config("the home's watts have to be from 0 to 1e6".into()))
	}
}

fn share(value: f64) -> PerMillion {
	PerMillion((value * 1e6).round() as u32)
}

fn price(value: f64) -> Price {
	Price((value * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn config() -> HomeConfig {
		HomeConfig {
			car: Some(CarConfig { need_wh: 4_000.0, watts: 2_000.0, from: 18, ready: 7 }),
			..HomeConfig::default()
		}
	}

	fn green(charge: u64) -> Store {
		Store { green: MilliWattHours(charge), grey: MilliWattHours(0) }
	}

	fn home() -> (Home, Plant) {
		let meter = PlantConfig::default();
		(Home::new(&config(), &meter).unwrap(), Plant::new(meter))
	}

	#[test]
	fn home_should_be_refused_when_its_hours_or_numbers_are_wrong() {
		let meter = PlantConfig::default();
		let refused = |config: &HomeConfig, meter: &PlantConfig| {
			Home::new(config, meter).expect_err("no home").to_string()
		};
		let short = PlantConfig { time_scale: 1.0, ..meter.clone() };
		assert!(refused(&config(), &short).contains("has to be 3600"));
		let half = PlantConfig { start_hour: 9.5, ..meter.clone() };
		assert!(refused(&config(), &half).contains("has to be a whole one"));
		let dark = HomeConfig { house_watts: f64::NAN, ..config() };
		assert!(refused(&dark, &meter).contains("watts have to be"));
		let free = HomeConfig { tax: -0.1, ..config() };
		assert!(refused(&free, &meter).contains("prices and tax"));
		let mut late = config();
		late.car = Some(CarConfig { need_wh: 4_000.0, watts: 100.0, from: 18, ready: 7 });
		assert!(refused(&late, &meter).contains("the car needs more"));
	}

	#[test]
	fn schedule_should_repeat_and_keep_the_battery_green_when_made_again() {
		let (home, plant) = home();
		let schedule = home.schedule(&plant, Interval(40), green(800_000)).unwrap();
		assert_eq!(schedule, home.schedule(&plant, Interval(40), green(800_000)).unwrap());
		assert_eq!(schedule.hours.len(), 24);
		for point in &schedule.hours {
			assert!(point.charge <= point.given.panel, "the panel alone charges it");
			assert!(point.store.0 <= 2_000_000);
		}
	}

	#[test]
	fn car_should_have_what_it_needs_when_its_stay_is_over() {
		let (mut home, plant) = home();
		// Interval 9 is the hour from 18 to 19; the car leaves at the beginning of interval 22.
		let mut got = 0;
		for index in 9..22 {
			let interval = Interval(index);
			home.orders(&plant, interval, green(0)).unwrap();
			got += home.now.map_or(0, |(_, point)| point.car.0);
			home.close(interval);
		}
		assert!(home.car() <= 13 && got + 13 >= 4_000_000, "{got} and {}", home.car());

		// Taken up again where it was left.
		home.resume(Interval(12), 1_000_000);
		let schedule = home.schedule(&plant, Interval(12), green(0)).unwrap();
		let rest: u64 = schedule.hours.iter().take(10).map(|point| point.car.0).sum();
		assert!(rest.abs_diff(1_000_000) <= 10, "{rest}");
	}

	#[test]
	fn orders_should_leave_compute_its_share_when_the_battery_gives() {
		let energy = MilliWattHours;
		let point = SetPoint {
			given: Given { panel: energy(100), house: energy(500) },
			compute: energy(300),
			discharge: energy(450),
			..SetPoint::default()
		};
		let expected = Orders { store: u64::MAX, release: 250, buy: Some(0), house: Some(500) };
		assert_eq!(orders(&point, false), expected);
		let selling = SetPoint { export: energy(1), charge: energy(70), ..point };
		assert_eq!(orders(&selling, false), Orders { store: 70, ..expected });
		// The car is a part of the house.
		let parked = SetPoint { car: energy(40), ..point };
		assert_eq!(orders(&parked, false), Orders { house: Some(540), ..expected });
	}

	#[test]
	fn orders_should_buy_what_the_panel_does_not_give_when_the_grid_may_charge() {
		let energy = MilliWattHours;
		let point = SetPoint {
			given: Given { panel: energy(100), house: energy(0) },
			compute: energy(30),
			charge: energy(200),
			..SetPoint::default()
		};
		assert_eq!(orders(&point, true).buy, Some(130));
		assert_eq!(orders(&point, false).buy, Some(0));
		let config = HomeConfig { grid_charging: true, ..HomeConfig::default() };
		// A day of cheap and dear hours, and hardly a panel: something is bought.
		let dark = PlantConfig { panel_watts: 1.0, ..PlantConfig::default() };
		let home = Home::new(&config, &dark).unwrap();
		let schedule = home.schedule(&Plant::new(dark), Interval(10), green(0)).unwrap();
		assert!(schedule.hours.iter().any(|point| point.charge.0 > 10_000));
	}

	#[test]
	fn cells_should_be_grey_when_the_chain_does_not_know_what_is_in_them() {
		let energy = MilliWattHours;
		let stored = |level, green| Stored {
			level: energy(level),
			green: energy(green),
			..Stored::default()
		};
		let store = |green, grey| Store { green: energy(green), grey: energy(grey) };
		assert_eq!(cells(800, &stored(0, 0)), store(0, 800));
		assert_eq!(cells(800, &stored(600, 600)), store(800, 0));
		assert_eq!(cells(800, &stored(600, 150)), store(200, 600));
		assert_eq!(cells(0, &stored(600, 150)), store(0, 0));
	}

	#[test]
	fn table_should_show_a_day_when_asked_for() {
		let (home, plant) = home();
		let table = home.table(&plant, Interval(5), green(800_000)).unwrap();
		assert_eq!(table.lines().count(), 2 + 24 + 1, "{table}");
		assert!(table.contains("14:00") && table.contains("battery at 800 Wh"), "{table}");
	}
}
