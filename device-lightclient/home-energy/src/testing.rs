//! Homes, hours and wishes for the tests.

use pogcs_primitives::MilliWattHours;
use proptest::prelude::*;

use crate::{
	flow::{Given, State, Store, Wish},
	site::{Battery, Car, Compute, Grid, Site},
	tariff::Prices,
	units::{MilliWatts, PerMillion, Price},
};

/// The home of the year's comparison.
pub fn site() -> Site {
	Site::example()
}

/// A home for sums in the head: a battery of 5 kWh and 2 kW without losses whose wear costs 0.03,
/// green compute of 1 kW that earns 0.20, no car, a large grid.
pub fn plain() -> Site {
	Site {
		battery: Battery {
			capacity: MilliWattHours(5_000_000),
			charge_power: MilliWatts(2_000_000),
			discharge_power: MilliWatts(2_000_000),
			charge_efficiency: PerMillion::ONE,
			discharge_efficiency: PerMillion::ONE,
			wear: Price(30_000),
			grid_charging: true,
		},
		compute: Compute {
			power: MilliWatts(1_000_000),
			least: PerMillion(0),
			most: PerMillion::ONE,
			revenue: Price(200_000),
			green: true,
		},
		car: None,
		grid: Grid { import: MilliWatts(100_000_000), export: MilliWatts(100_000_000) },
		..Site::example()
	}
}

/// An hour's prices, in millionths.
pub fn flat(import: i64, export: i64) -> Prices {
	Prices { import: Price(import), export: Price(export) }
}

fn any_battery() -> impl Strategy<Value = Battery> {
	let power = 0u64..6_000_000;
	let efficiency = 500_000u32..=1_000_000;
	let wear = 0i64..100_000;
	(0u64..12_000_000, power.clone(), power, efficiency.clone(), efficiency, wear, any::<bool>())
		.prop_map(|(capacity, charge, discharge, into, out, wear, grid_charging)| Battery {
			capacity: MilliWattHours(capacity),
			charge_power: MilliWatts(charge),
			discharge_power: MilliWatts(discharge),
			charge_efficiency: PerMillion(into),
			discharge_efficiency: PerMillion(out),
			wear: Price(wear),
			grid_charging,
		})
}

fn any_compute() -> impl Strategy<Value = Compute> {
	(0u64..2_000_000, 0u32..=500_000, 500_000u32..=1_000_000, 0i64..500_000, any::<bool>())
		.prop_map(|(power, least, most, revenue, green)| Compute {
			power: MilliWatts(power),
			least: PerMillion(if green { 0 } else { least }),
			most: PerMillion(most),
			revenue: Price(revenue),
			green,
		})
}

fn any_car() -> impl Strategy<Value = Option<Car>> {
	let car = (0u64..4_000_000, 0u32..24, 0u32..24, 0u64..=100).prop_map(
		|(power, from, ready, percent)| {
			let mut car = Car { need: MilliWattHours(0), power: MilliWatts(power), from, ready };
			car.need.0 = power * u64::from(car.hours_left(from)) * percent / 100;
			car
		},
	);
	prop::option::of(car)
}

/// Any home; its grid may be too small.
pub fn any_site() -> impl Strategy<Value = Site> {
	(any_battery(), any_compute(), any_car(), 1_000_000u64..12_000_000, 0u64..6_000_000).prop_map(
		|(battery, compute, car, import, export)| Site {
			battery,
			compute,
			car,
			grid: Grid { import: MilliWatts(import), export: MilliWatts(export) },
			..Site::example()
		},
	)
}

/// Any home whose grid is large enough for whatever it does.
pub fn any_well_connected_site() -> impl Strategy<Value = Site> {
	any_site().prop_map(|site| Site {
		grid: Grid { import: MilliWatts(20_000_000), ..site.grid },
		..site
	})
}

/// Any sun and house, often none.
pub fn any_given() -> impl Strategy<Value = Given> {
	let panel = prop_oneof![Just(0), 0u64..8_000_000];
	(panel, 0u64..3_000_000).prop_map(|(panel, house)| Given {
		panel: MilliWattHours(panel),
		house: MilliWattHours(house),
	})
}

/// Any prices that do not pay for going round, in tenths of a cent.
pub fn any_prices() -> impl Strategy<Value = Prices> {
	(-100i64..500, 0i64..300)
		.prop_map(|(import, less)| flat(import * 1_000, (import - less) * 1_000))
}

/// Any wish, possible or not.
pub fn any_wish() -> impl Strategy<Value = Wish> {
	let energy = || prop_oneof![Just(0), Just(u64::MAX), 0u64..8_000_000].prop_map(MilliWattHours);
	(energy(), energy(), energy(), energy(), energy()).prop_map(
		|(compute, car, charge, discharge, export)| Wish {
			compute,
			car,
			charge,
			discharge,
			export,
		},
	)
}

/// A state that this home can be in at the beginning of `hour`: so much of its battery green and
/// grey, and so much of the car's need left, in percent.
pub fn state(site: &Site, hour: u32, green: u64, grey: u64, car: u64) -> State {
	let part = |percent: u64| MilliWattHours(site.battery.capacity.0 * percent / 200);
	let grey = if site.battery.grid_charging { part(grey) } else { MilliWattHours(0) };
	let car = site.car.as_ref().map_or(0, |at| at.need.min(at.still(hour)).0 * car / 100);
	State { store: Store { green: part(green), grey }, car: MilliWattHours(car) }.at(site, hour)
}
