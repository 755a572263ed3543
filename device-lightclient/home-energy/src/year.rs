//! A year of hours: the same sun, house and prices for each policy, energy accounted for to the mWh.
//!
//! The panel stands under the sky of the device's own simulator. Its mean cloud cover changes from day
//! to day, which the planner cannot know: a day's cover keeps a part of the day before's, about a mean
//! that is greyer in winter. The house is a household's ordinary curve with days and hours that
//! differ. Both are made up, and repeat for the same seed.

use std::f64::consts::PI;

use pogcs_primitives::MilliWattHours;

use crate::{
	experience::Experience,
	flow::{settle, Bill, FlowError, Flows, Given, State, Store},
	panel::Panel,
	plan::{plan, Outlook},
	random::normal,
	rules,
	site::{Site, DAY},
	tariff::{known_until, DayAhead, Prices},
	units::mwh,
};

/// Hours of a year.
pub const YEAR: u32 = 8_760;
/// How many hours each plan covers. Plans of 36 and 48 hours cost about the same in other seeds' years:
/// most of what they see beyond a day is guessed.
pub const HORIZON: u32 = 24;

/// Mean cloud cover in eighths, and how much more of it there is in winter.
const OKTA: (f64, f64) = (6.0, 0.9);
/// Standard deviation of a day's cover, and what of it stays until the next day.
const COVER: (f64, f64) = (2.4, 0.55);

/// What the house draws at each hour of the day, against its mean: small at night, a morning, a noon
/// and an evening.
const HOUSE: [f64; 24] = [
	0.60, 0.50, 0.45, 0.43, 0.45, 0.55, 0.85, 1.15, 1.15, 1.05, 1.00, 1.10, 1.25, 1.15, 1.00, 0.95,
	1.05, 1.30, 1.60, 1.70, 1.55, 1.30, 1.05, 0.80,
];
/// How much more it draws in winter, how its days differ, and its hours.
const HOUSE_VARIES: (f64, f64, f64) = (0.15, 0.12, 0.25);

/// Everything that happens to a home in a year, and a few days more to look ahead into.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
	given: Vec<Given>,
	clear: Vec<MilliWattHours>,
	prices: Vec<Prices>,
}

impl World {
	/// The world of a seed.
	pub fn new(site: &Site, seed: u64) -> Self {
		let hours = YEAR + 3 * DAY;
		let sky = Sky::new(&site.panel, seed, hours / DAY + 2);
		let market = DayAhead::new(seed, site.panel.start_day);
		let house = |hour| house(site, seed, hour);
		Self {
			given: (0..hours)
				.map(|hour| Given { panel: sky.energy(&site.panel, hour), house: house(hour) })
				.collect(),
			clear: (0..hours).map(|hour| site.panel.clear_energy(hour)).collect(),
			prices: (0..hours).map(|hour| market.prices(hour)).collect(),
		}
	}

	/// Sun and house of an hour.
	pub fn given(&self, hour: u32) -> Given {
		self.given.get(hour as usize).copied().unwrap_or_default()
	}

	/// Prices of an hour.
	pub fn prices(&self, hour: u32) -> Prices {
		self.prices.get(hour as usize).copied().unwrap_or_default()
	}

	/// What a clear sky would give in an hour.
	pub fn clear(&self, hour: u32) -> MilliWattHours {
		self.clear.get(hour as usize).copied().unwrap_or_default()
	}

	/// The prices that are out at the beginning of `hour`.
	fn known(&self, hour: u32) -> Vec<Prices> {
		(hour..known_until(hour)).map(|hour| self.prices(hour)).collect()
	}

	/// The future itself.
	fn future(&self, hour: u32) -> Outlook {
		let hours = hour..hour + HORIZON;
		Outlook {
			hour,
			prices: hours.clone().map(|hour| self.prices(hour)).collect(),
			given: hours.map(|hour| self.given(hour)).collect(),
		}
	}
}

/// The mean cloud cover at each noon, from that before time began on.
struct Sky {
	okta: Vec<f64>,
}

impl Sky {
	fn new(panel: &Panel, seed: u64, days: u32) -> Self {
		let (deviation, stays) = COVER;
		let mut off = 0.0;
		let okta = (0..days)
			.map(|day| {
				let shock = deviation * (1.0 - stays * stays).sqrt();
				off = stays * off + shock * normal(seed ^ 0x0073_6b79, u64::from(day));
				OKTA.0 + OKTA.1 * winter(panel, day) + off
			})
			.collect();
		Self { okta }
	}

	/// Cover passes from one noon's to the next one's.
	fn energy(&self, panel: &Panel, hour: u32) -> MilliWattHours {
		let day = |day: u32| self.okta.get(day as usize).copied().unwrap_or(OKTA.0);
		let since = hour + DAY / 2;
		let (noon, passed) = (since / DAY, f64::from(since % DAY) / f64::from(DAY));
		panel.energy(hour, day(noon) + passed * (day(noon + 1) - day(noon)))
	}
}

/// 1 in the middle of winter, -1 in the middle of summer, of the north.
fn winter(panel: &Panel, day: u32) -> f64 {
	(2.0 * PI * (f64::from(day) + panel.start_day - 1.0 - 14.0) / 365.0).cos()
}

fn house(site: &Site, seed: u64, hour: u32) -> MilliWattHours {
	let (season, days, hours) = HOUSE_VARIES;
	let shape = HOUSE.get((hour % DAY) as usize).copied().unwrap_or(1.0);
	let day = 1.0 + days * normal(seed ^ 0x0064_6179, u64::from(hour / DAY));
	let noise = 1.0 + hours * normal(seed ^ 0x686f_7572, u64::from(hour));
	let year = 1.0 + season * winter(&site.panel, hour / DAY);
	mwh(site.house.0 as f64 / 1e6 * shape * year * day.max(0.3) * noise.max(0.2))
}

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
	/// No schedule: [`rules::nothing`].
	Nothing,
	/// Surplus first: [`rules::greedy`].
	Greedy,
	/// The plan, with the device's own forecast and with prices as they come out.
	Plan,
	/// The plan, knowing sun, house and prices of all the hours that it covers.
	Foresight,
}

impl Policy {
	/// All of them.
	pub const ALL: [Self; 4] = [Self::Nothing, Self::Greedy, Self::Plan, Self::Foresight];
}

/// What became of some hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
	/// What was paid and earned.
	pub bill: Bill,
	/// What flowed, summed.
	pub flows: Flows,
	/// What is left in the battery. It counts for nothing in the bill.
	pub left: Store,
	/// Hours in which there was no plan and the greedy rule stood in.
	pub unplanned: u32,
}

/// Runs a policy over the first `hours` of a world, from an empty battery.
pub fn run(site: &Site, world: &World, policy: Policy, hours: u32) -> Result<Outcome, FlowError> {
	let mut outcome = Outcome::default();
	let mut state = State::default();
	let mut experience = Experience::new(site);
	for hour in 0..hours {
		state = match (hour, &site.car) {
			// Time begins with the car as it stands in the middle of a stay.
			(0, Some(car)) if car.hours_left(0) > 0 => State { car: first(site), ..state },
			_ => state.at(site, hour),
		};
		let (given, prices) = (world.given(hour), world.prices(hour));
		let greedy = || rules::greedy(site, hour, &state, &given, &world.known(hour));
		let follow = |outlook| match plan(site, &state, &outlook) {
			Ok(schedule) => schedule.hours.first().map(|now| now.wish(site, &given)),
			Err(_) => None,
		};
		let wish = match policy {
			Policy::Nothing => Some(rules::nothing(site, hour, &state, &given)),
			Policy::Greedy => Some(greedy()),
			Policy::Plan => {
				let clear: Vec<_> = (hour..hour + HORIZON).map(|hour| world.clear(hour)).collect();
				follow(experience.outlook(hour, &clear, &world.known(hour)))
			}
			Policy::Foresight => follow(world.future(hour)),
		};
		let wish = wish.unwrap_or_else(|| {
			outcome.unplanned += 1;
			greedy()
		});
		let (flows, after) = settle(site, hour, &state, &given, &wish)?;
		experience.learn(hour, world.clear(hour), &given, &prices);
		outcome.bill = outcome.bill.plus(&Bill::of(site, &prices, &flows));
		outcome.flows = outcome.flows.plus(&flows);
		state = after;
	}
	outcome.left = state.store;
	Ok(outcome)
}

/// What the car needs at the very beginning.
fn first(site: &Site) -> MilliWattHours {
	site.car.as_ref().map_or(MilliWattHours(0), |car| car.need.min(car.still(0)))
}

/// Percent of `before`'s cost that `after` saves. Nothing is a percentage of a cost that is none.
pub fn saving_percent(before: &Bill, after: &Bill) -> Option<f64> {
	let (before, after) = (before.cost().0, after.cost().0);
	(before > 0).then(|| (before - after) as f64 / before as f64 * 100.0)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{testing::site, units::kwh};

	#[test]
	fn world_should_be_of_the_published_size_when_a_year_is_made() {
		for seed in 1..4 {
			let site = site();
			let world = World::new(&site, seed);
			let sum = |pick: fn(Given) -> MilliWattHours| -> f64 {
				(0..YEAR).map(|hour| kwh(pick(world.given(hour)))).sum()
			};
			// About 1,000 kWh from a kW of panels, a little less as they lie flat.
			let yielded = sum(|given| given.panel) / (site.panel.watts / 1_000.0);
			assert!((850.0..1_100.0).contains(&yielded), "{yielded}");
			let house = sum(|given| given.house);
			assert!((3_300.0..3_700.0).contains(&house), "{house}");
			assert_eq!(world, World::new(&site, seed));
		}
		assert_ne!(World::new(&site(), 1), World::new(&site(), 2));
	}

	#[test]
	fn month_should_be_cheaper_when_it_is_planned() {
		let site = site();
		let world = World::new(&site, 1);
		let cost = |policy| {
			let outcome = run(&site, &world, policy, 30 * DAY).expect("hours");
			assert_eq!(outcome.unplanned, 0);
			outcome.bill.cost()
		};
		let [nothing, greedy, planned, foresight] = Policy::ALL.map(cost);
		assert!(greedy < nothing && planned < greedy && foresight < planned);
		assert_eq!(cost(Policy::Plan), planned);
	}

	#[test]
	fn energy_should_be_conserved_to_the_milliwatt_hour_when_a_year_is_summed() {
		let site = site();
		let world = World::new(&site, 3);
		for policy in [Policy::Nothing, Policy::Greedy] {
			let Outcome { flows, left, .. } = run(&site, &world, policy, YEAR).expect("hours");
			let spent = [flows.house, flows.compute, flows.car, flows.export, flows.curtailed];
			let went: u64 = spent.iter().map(|flow| flow.0).sum::<u64>() + flows.lost.0;
			assert_eq!(flows.panel.0 + flows.import.0, went + left.total().0);
			// It had one night at the beginning, and one each day; the last is not over.
			let nights = flows.car.0 as f64 / 6e6;
			assert!((365.0..=366.0).contains(&nights), "{nights}");
		}
	}

	#[test]
	fn greedy_should_stand_in_when_there_is_no_plan() {
		let mut site = site();
		let world = World::new(&site, 1);
		// Wear that earns money is refused by the plan; the rules do not look at it.
		site.battery.wear.0 = -1;
		let planned = run(&site, &world, Policy::Plan, 48).expect("hours");
		let greedy = run(&site, &world, Policy::Greedy, 48).expect("hours");
		assert_eq!(planned.unplanned, 48);
		assert_eq!((planned.bill, planned.flows), (greedy.bill, greedy.flows));
	}

	#[test]
	fn saving_should_be_none_when_there_was_no_cost() {
		use crate::units::Money;
		let bill = |import| Bill { import: Money(import), ..Bill::default() };
		assert_eq!(saving_percent(&bill(200), &bill(150)), Some(25.0));
		assert_eq!(saving_percent(&bill(0), &bill(-5)), None);
	}
}
