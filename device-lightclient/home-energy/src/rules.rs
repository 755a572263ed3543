//! The rules that the plan is compared with. Both see the hour as it happens, which the plan does
//! not: a fast controller behind the meter can do so.
//!
//! **Nothing** is a home that schedules nothing. Compute draws what the panel gives as it comes, up to
//! full load (never less than its least share); the battery is not used; the car charges at full
//! power from the moment at which it is plugged in until it has what it needs; everything else is
//! bought, and what is left is sold, at whatever price.
//!
//! **Greedy** serves the house first, and the car in the cheapest of the hours of its stay whose
//! prices are known, as few of them as suffice. The panel's surplus over these goes to compute, then
//! to the battery, then to the grid, unless the grid has to be paid for taking it. Whenever the panel
//! is short, the battery gives what it has: to house and car, and then to compute at full load. It
//! never charges from the grid. This is what self-consumption controllers do.

use pogcs_primitives::MilliWattHours;

use crate::{
	flow::{Given, State, Wish},
	plan::worthwhile,
	site::Site,
	tariff::Prices,
};

/// No schedule.
pub fn nothing(site: &Site, hour: u32, state: &State, given: &Given) -> Wish {
	let car = site.car.as_ref().map_or(0, |car| car.most(hour, state.car.0));
	Wish {
		compute: given.panel,
		car: MilliWattHours(car),
		export: MilliWattHours(u64::MAX),
		..Wish::default()
	}
}

/// Surplus first. `known` are the prices that are out, this hour's first.
pub fn greedy(site: &Site, hour: u32, state: &State, given: &Given, known: &[Prices]) -> Wish {
	let car = cheap_charging(site, hour, state, known);
	let fixed = given.house.0.saturating_add(car);
	let surplus = given.panel.0.saturating_sub(fixed);
	let short = fixed.saturating_sub(given.panel.0);
	let spare = state.available(&site.battery).saturating_sub(short);
	let compute = site.compute.most_draw().min(surplus.saturating_add(spare));
	Wish {
		compute: MilliWattHours(compute),
		car: MilliWattHours(car),
		charge: MilliWattHours(surplus.saturating_sub(compute)),
		discharge: MilliWattHours(short.saturating_add(compute.saturating_sub(surplus))),
		export: known.first().map_or(MilliWattHours(u64::MAX), worthwhile),
	}
}

/// What the car gets now, if it is charged in the cheapest hours known of those that it stays.
fn cheap_charging(site: &Site, hour: u32, state: &State, known: &[Prices]) -> u64 {
	let Some(car) = &site.car else { return 0 };
	let most = car.most(hour, state.car.0);
	if most == 0 {
		return 0;
	}
	let Some(now) = known.first() else { return most };
	let stay = known.iter().take(car.hours_left(hour) as usize);
	let cheaper = stay.filter(|prices| prices.import < now.import).count() as u64;
	// What the cheaper hours to come cannot give is taken now.
	most.min(state.car.0.saturating_sub(car.power.0.saturating_mul(cheaper)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		flow::{settle, Store},
		site::Car,
		testing::{flat, plain},
		units::{MilliWatts, Price},
	};

	const KWH: u64 = 1_000_000;

	fn given(panel: u64, house: u64) -> Given {
		Given { panel: MilliWattHours(panel), house: MilliWattHours(house) }
	}

	#[test]
	fn nothing_should_leave_the_battery_alone_when_there_is_surplus_or_lack() {
		let site = plain();
		let store = Store { green: MilliWattHours(KWH), grey: MilliWattHours(0) };
		let state = State { store, ..State::default() };
		for (panel, compute, export, import) in [(5 * KWH, KWH, 3 * KWH, 0), (0, 0, 0, KWH)] {
			let now = given(panel, KWH);
			let wish = nothing(&site, 0, &state, &now);
			let (flows, after) = settle(&site, 0, &state, &now, &wish).unwrap();
			assert_eq!(after, state);
			assert_eq!(
				(flows.compute.0, flows.export.0, flows.import.0),
				(compute, export, import)
			);
		}
	}

	#[test]
	fn greedy_should_serve_house_compute_battery_and_grid_in_turn_when_there_is_sun() {
		// The house draws 1, compute 1 at full load, the battery takes 2 in an hour.
		let site = plain();
		let start = State::default();
		let cases = [
			(0, 0, 0, 0, KWH),
			(3 * KWH / 2, KWH / 2, 0, 0, 0),
			(3 * KWH, KWH, KWH, 0, 0),
			(6 * KWH, KWH, 2 * KWH, 2 * KWH, 0),
		];
		for (panel, compute, charge, export, import) in cases {
			let now = given(panel, KWH);
			let wish = greedy(&site, 0, &start, &now, &[flat(300_000, 80_000)]);
			let (flows, _) = settle(&site, 0, &start, &now, &wish).unwrap();
			assert_eq!((flows.compute.0, flows.charge_green.0), (compute, charge));
			assert_eq!((flows.export.0, flows.import.0), (export, import));
		}
	}

	#[test]
	fn greedy_should_run_house_and_then_compute_on_the_battery_when_it_is_night() {
		let site = plain();
		for (held, compute, import) in [(3 * KWH / 2, KWH / 2, 0), (KWH / 2, 0, KWH / 2)] {
			let store = Store { green: MilliWattHours(held), grey: MilliWattHours(0) };
			let state = State { store, ..State::default() };
			let now = given(0, KWH);
			let wish = greedy(&site, 0, &state, &now, &[flat(300_000, 80_000)]);
			let (flows, after) = settle(&site, 0, &state, &now, &wish).unwrap();
			assert_eq!((flows.compute.0, flows.import.0), (compute, import));
			assert_eq!(after.store.total().0, 0);
		}
	}

	#[test]
	fn greedy_should_turn_the_panel_down_when_the_grid_would_have_to_be_paid() {
		let site = plain();
		let now = given(6 * KWH, KWH);
		let wish = greedy(&site, 0, &State::default(), &now, &[flat(100_000, -10_000)]);
		let (flows, _) = settle(&site, 0, &State::default(), &now, &wish).unwrap();
		assert_eq!((flows.export.0, flows.curtailed.0), (0, 2 * KWH));
	}

	#[test]
	fn greedy_should_charge_the_car_in_the_cheapest_hours_when_it_knows_them() {
		let mut site = plain();
		let (need, power) = (MilliWattHours(3 * KWH), MilliWatts(2 * KWH));
		site.car = Some(Car { need, power, from: 18, ready: 22 });
		let prices =
			[30, 10, 20, 5].map(|price| Prices { import: Price(price * 10_000), export: Price(0) });
		let mut state = State::default().at(&site, 18);
		let mut got = Vec::new();
		for (hour, at) in (18..22).zip(0..) {
			let car = cheap_charging(&site, hour, &state, &prices[at..]);
			state.car.0 -= car;
			got.push(car);
		}
		assert_eq!(got, [0, KWH, 0, 2 * KWH]);
	}
}
