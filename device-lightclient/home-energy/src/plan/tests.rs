//! The plan against sums in the head, against the greedy rule, and against bad input.

use proptest::prelude::*;

use super::*;
use crate::{
	flow::{settle, Bill},
	rules,
	site::Car,
	testing::{any_given, any_prices, any_well_connected_site, flat, plain, site, state},
	units::{PerMillion, Price},
};

const KWH: u64 = 1_000_000;

fn outlook(hour: u32, prices: &[Prices], given: &[(u64, u64)]) -> Outlook {
	Outlook {
		hour,
		prices: prices.to_vec(),
		given: given
			.iter()
			.map(|(panel, house)| Given {
				panel: MilliWattHours(*panel),
				house: MilliWattHours(*house),
			})
			.collect(),
	}
}

fn each(schedule: &Schedule, pick: impl Fn(&SetPoint) -> MilliWattHours) -> Vec<u64> {
	schedule.hours.iter().map(|hour| pick(hour).0).collect()
}

#[test]
fn battery_should_be_filled_in_the_cheap_hour_when_the_spread_pays_for_loss_and_wear() {
	// 1 kWh in the cells costs 0.10 / 0.8 = 0.125 and brings 0.5 * (0.40 - 0.03) = 0.185.
	let mut site = plain();
	site.battery.capacity = MilliWattHours(KWH);
	site.battery.charge_efficiency = PerMillion(800_000);
	site.battery.discharge_efficiency = PerMillion(500_000);
	let prices = [flat(100_000, 0), flat(400_000, 0)];
	let hours = outlook(0, &prices, &[(0, 0), (0, KWH)]);
	let schedule = plan(&site, &State::default(), &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.charge), [1_250_000, 0]);
	assert_eq!(each(&schedule, |hour| hour.discharge), [0, 500_000]);
	assert_eq!(each(&schedule, |hour| hour.import), [1_250_000, 500_000]);
	assert_eq!(each(&schedule, |hour| hour.store), [KWH, 0]);

	// At 0.24 it would bring 0.105: it is left alone.
	let prices = [flat(100_000, 0), flat(240_000, 0)];
	let hours = outlook(0, &prices, &[(0, 0), (0, KWH)]);
	let schedule = plan(&site, &State::default(), &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.charge), [0, 0]);
	assert_eq!(each(&schedule, |hour| hour.import), [0, KWH]);
}

#[test]
fn leftover_should_be_kept_when_it_is_worth_more_than_the_hour_pays() {
	// Worth 0.7 * 0.30 - 0.03 = 0.18 a kWh: sold at 0.20 it brings 0.17, used for 0.30 it brings 0.27.
	let site = plain();
	assert!((leftover(&site, &[flat(300_000, 200_000)]) - 0.18).abs() < 1e-9);
	let store = Store { green: MilliWattHours(0), grey: MilliWattHours(2 * KWH) };
	let state = State { store, ..State::default() };
	let hours = outlook(0, &[flat(300_000, 200_000)], &[(0, KWH / 2)]);
	let schedule = plan(&site, &state, &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.discharge), [KWH / 2]);
	assert_eq!(each(&schedule, |hour| hour.store), [3 * KWH / 2]);
}

#[test]
fn car_should_be_charged_in_the_cheapest_hours_when_it_stays_for_several() {
	let mut site = plain();
	site.battery.capacity = MilliWattHours(0);
	let (need, power) = (MilliWattHours(3 * KWH), MilliWatts(2 * KWH));
	site.car = Some(Car { need, power, from: 18, ready: 22 });
	let prices = [30, 10, 20, 5, 1].map(|cents| flat(cents * 10_000, 0));
	let hours = outlook(18, &prices, &[(0, 0); 5]);
	let schedule = plan(&site, &State { car: need, ..State::default() }, &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.car), [0, KWH, 0, 2 * KWH, 0]);

	// Of a stay that the plan does not see the end of, what the hours after it cannot give.
	let hours = outlook(18, &prices[..2], &[(0, 0); 2]);
	let schedule = plan(&site, &State { car: need, ..State::default() }, &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.car), [0, 0]);
	let late = outlook(20, &prices[2..3], &[(0, 0)]);
	let schedule = plan(&site, &State { car: need, ..State::default() }, &late).unwrap();
	assert_eq!(each(&schedule, |hour| hour.car), [KWH]);
}

#[test]
fn compute_should_wait_for_green_energy_when_it_has_to_be_green() {
	// Sun in the first hour only. Compute earns 0.20, less 0.03 of wear in the second hour; selling
	// brings 0.05.
	let site = plain();
	let hours = outlook(0, &[flat(150_000, 50_000); 2], &[(3 * KWH, 0), (0, 0)]);
	let schedule = plan(&site, &State::default(), &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.compute), [KWH, KWH]);
	assert_eq!(each(&schedule, |hour| hour.import), [0, 0]);
	let grey = Store { green: MilliWattHours(0), grey: MilliWattHours(KWH) };
	let night = outlook(0, &[flat(10_000, 0)], &[(0, 0)]);
	let schedule = plan(&site, &State { store: grey, ..State::default() }, &night).unwrap();
	assert_eq!(each(&schedule, |hour| hour.compute), [0]);

	// What need not be green buys while it earns more than that costs.
	let mut site = plain();
	site.compute.green = false;
	let hours = outlook(0, &[flat(150_000, 0), flat(250_000, 0)], &[(0, 0), (0, 0)]);
	let schedule = plan(&site, &State::default(), &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.compute)[0], KWH);
}

#[test]
fn panel_should_be_turned_down_when_the_grid_wants_to_be_paid() {
	let mut site = plain();
	site.battery.capacity = MilliWattHours(0);
	let hours = outlook(0, &[flat(100_000, -20_000)], &[(5 * KWH, KWH)]);
	let schedule = plan(&site, &State::default(), &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.curtailed), [3 * KWH]);
	assert_eq!(each(&schedule, |hour| hour.export), [0]);
}

#[test]
fn battery_should_balance_when_sun_differs_in_an_hour_without_trade() {
	let site = plain();
	let point = SetPoint {
		given: Given { panel: MilliWattHours(2 * KWH), house: MilliWattHours(KWH) },
		charge: MilliWattHours(KWH),
		store: MilliWattHours(KWH),
		prices: flat(300_000, 80_000),
		..SetPoint::default()
	};
	let now = |panel| Given { panel: MilliWattHours(panel), ..point.given };
	let wish = |panel| {
		let wish = point.wish(&site, &now(panel));
		(wish.charge.0, wish.discharge.0, wish.compute.0)
	};
	assert_eq!(wish(2 * KWH), (KWH, 0, 0));
	assert_eq!(wish(KWH / 2), (0, KWH / 2, 0));
	// 2 kW at most into the battery, and the rest to compute.
	assert_eq!(wish(7 * KWH / 2), (2 * KWH, 0, KWH / 2));
	// Where the plan sells or buys, the grid balances.
	let trading = SetPoint { import: MilliWattHours(1), export: MilliWattHours(1), ..point };
	assert_eq!(trading.wish(&site, &now(KWH / 2)).charge.0, KWH);
	assert_eq!(trading.wish(&site, &now(4 * KWH)).charge.0, KWH);
}

#[test]
fn plan_should_be_refused_by_name_when_its_input_is_bad() {
	let fine = outlook(0, &[flat(300_000, 80_000)], &[(KWH, KWH)]);
	let start = State::default();
	let refused = |site: &Site, state: &State, outlook: &Outlook| {
		plan(site, state, outlook).expect_err("no plan")
	};
	let mut broken = site();
	broken.battery.wear.0 = -1;
	assert_eq!(refused(&broken, &start, &fine), PlanError::Site(SiteError::Wear));
	assert_eq!(refused(&site(), &start, &outlook(0, &[], &[])), PlanError::Empty);
	let long = outlook(0, &[flat(1, 0); 169], &[(0, 0); 169]);
	assert_eq!(refused(&site(), &start, &long), PlanError::TooLong(169));
	let uneven = outlook(0, &[flat(1, 0); 2], &[(0, 0)]);
	let error = PlanError::Lengths { prices: 2, forecasts: 1 };
	assert_eq!(refused(&site(), &start, &uneven), error);
	let round = outlook(7, &[flat(1, 0), flat(1, 2)], &[(0, 0); 2]);
	assert_eq!(refused(&site(), &start, &round), PlanError::RoundTrip(8));
	let large = outlook(7, &[flat(1, 0)], &[(u64::MAX, 0)]);
	assert_eq!(refused(&site(), &start, &large), PlanError::TooLarge(7));
	let store = Store { green: MilliWattHours(u64::MAX), grey: MilliWattHours(1) };
	assert_eq!(refused(&site(), &State { store, ..start }, &fine), PlanError::Overfull);
	let late = State { car: MilliWattHours(100 * KWH), ..start };
	assert_eq!(refused(&site(), &late, &fine), PlanError::CarLate);
	let mut small = plain();
	small.grid.import = MilliWatts(KWH / 2);
	let dark = outlook(0, &[flat(300_000, 0)], &[(0, KWH)]);
	assert_eq!(refused(&small, &start, &dark), PlanError::Infeasible);
}

/// What these hours cost when `decide` decides, less what is left in the battery; in units.
fn cost(
	site: &Site,
	start: State,
	outlook: &Outlook,
	mut decide: impl FnMut(usize, u32, &State) -> Wish,
) -> f64 {
	let (mut state, mut bill) = (start, Bill::default());
	let hours = outlook.prices.iter().zip(&outlook.given);
	for ((index, (prices, given)), hour) in hours.enumerate().zip(outlook.hour..) {
		if index > 0 {
			state = state.at(site, hour);
		}
		let wish = decide(index, hour, &state);
		let (flows, after) = settle(site, hour, &state, given, &wish).expect("an hour");
		bill = bill.plus(&Bill::of(site, prices, &flows));
		state = after;
	}
	bill.cost().units() - leftover(site, &outlook.prices) * kwh(state.store.total())
}

fn any_day() -> impl Strategy<Value = (Site, State, Outlook)> {
	let hours = prop::collection::vec((any_prices(), any_given()), 1..40);
	let percent = || 0u64..=100;
	let stored = (percent(), percent(), percent());
	(any_well_connected_site(), 0u32..48, stored, hours).prop_map(
		|(site, hour, (green, grey, car), hours)| {
			let (prices, given) = hours.into_iter().unzip();
			let state = state(&site, hour, green, grey, car);
			(site, state, Outlook { hour, prices, given })
		},
	)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	/// Rounding to mWh and to millionths may cost a little each hour.
	#[test]
	fn plan_should_cost_no_more_than_greedy_when_the_forecast_is_right(
		(site, start, outlook) in any_day(),
	) {
		let schedule = plan(&site, &start, &outlook).expect("a plan");
		let planned = cost(&site, start, &outlook, |index, _, _| {
			schedule.hours[index].wish(&site, &outlook.given[index])
		});
		let greedy = cost(&site, start, &outlook, |index, hour, state| {
			rules::greedy(&site, hour, state, &outlook.given[index], &outlook.prices[index..])
		});
		let crumbs = 1e-5 * outlook.prices.len() as f64;
		prop_assert!(planned <= greedy + crumbs, "{planned} and {greedy}");
	}

	#[test]
	fn plan_should_repeat_when_asked_again((site, start, outlook) in any_day()) {
		prop_assert_eq!(plan(&site, &start, &outlook), plan(&site, &start, &outlook));
	}
}

#[test]
fn prices_of_a_megawatt_hour_should_be_planned_when_they_are_extreme() {
	let prices = [Prices { import: Price(1_000_000_000), export: Price(-1_000_000_000) }; 4];
	let hours = outlook(0, &prices, &[(KWH, KWH), (0, 0), (9 * KWH, 0), (0, 2 * KWH)]);
	let schedule = plan(&plain(), &State::default(), &hours).unwrap();
	assert_eq!(each(&schedule, |hour| hour.export), [0; 4]);
}
