//! The plan: a linear programme over the next hours, of which the first is carried out and the rest
//! is planned anew an hour later (model predictive control).
//!
//! The solver is [`microlp`](https://docs.rs/microlp), a simplex in Rust, by way of `good_lp`. There
//! are no integer variables: that the battery does not charge and discharge at once is a matter of
//! *time* (below), and that the home does not buy and sell at once follows from the prices.
//!
//! For each hour, in kWh on the bus:
//!
//! | variable | from 0 to |
//! |---|---|
//! | `import`, `export` | the grid's limits |
//! | `curtailed` | what the panel is expected to give |
//! | `compute` | from the least to the most that it draws |
//! | `car`, where it is plugged in | its power |
//! | `charge`, `discharge` of each part of the battery | its powers; from the panel no more than it is expected to give |
//! | `store` of each part after the hour | the capacity |
//!
//! | constraint | what it says |
//! |---|---|
//! | `balance` | panel + import + discharges = house + compute + car + charges + export + curtailed |
//! | `green` | what only the panel may feed does not exceed panel + green discharge: the green charge, what is curtailed, and compute if it has to be green |
//! | `time` | charges / charge power + discharges / discharge power <= 1: one after the other within the hour |
//! | `store` | store after = store before + efficiency * charge - discharge / efficiency, for each part |
//! | `capacity` | the parts together fit into the cells |
//! | `car` | over each stay, what it needs; over a stay that outlasts the plan, what the hours after it could not give |
//!
//! The battery has two parts, green and grey, where compute has to be green and the battery may be
//! charged from the grid; otherwise one.
//!
//! It minimises import - export - compute's revenue + wear - **what the leftover is worth**: each kWh
//! in the cells at the end counts as what it spares later, [`LEFTOVER`] of the mean import price of
//! the plan's hours, less discharging's loss and wear. Without it every plan would end with an empty
//! battery.

use good_lp::{
	constraint, microlp, variable, variables, Constraint, Expression, ProblemVariables,
	ResolutionError, Solution, SolverModel, Variable,
};
use pogcs_primitives::MilliWattHours;

use crate::{
	flow::{Given, State, Store, Wish},
	site::{Site, SiteError},
	tariff::Prices,
	units::{kwh, mwh, MilliWatts},
};

/// The most hours that are planned at once.
pub const LONGEST: usize = 168;
/// What of the mean import price a leftover kWh is worth: about what it costs to fill the battery again
/// in a cheap hour. Anything from half to nine tenths gave years of other seeds within 2 %.
pub const LEFTOVER: f64 = 0.7;

/// What is known or expected of the hours to come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
	/// The first hour, counted from a midnight.
	pub hour: u32,
	/// Prices, hour by hour.
	pub prices: Vec<Prices>,
	/// Sun and house, hour by hour.
	pub given: Vec<Given>,
}

/// What is to be done in one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetPoint {
	/// Counted from a midnight.
	pub hour: u32,
	/// Its prices.
	pub prices: Prices,
	/// What is expected of sun and house.
	pub given: Given,
	/// From the grid.
	pub import: MilliWattHours,
	/// To the grid.
	pub export: MilliWattHours,
	/// Turned down.
	pub curtailed: MilliWattHours,
	/// Into the battery.
	pub charge: MilliWattHours,
	/// Out of the battery.
	pub discharge: MilliWattHours,
	/// Into compute.
	pub compute: MilliWattHours,
	/// Into the car.
	pub car: MilliWattHours,
	/// What the battery holds after it.
	pub store: MilliWattHours,
}

/// Hour by hour what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
	/// The hours in order; never empty.
	pub hours: Vec<SetPoint>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
	/// The site is none.
	#[error(transparent)]
	Site(#[from] SiteError),
	/// There is no hour to plan.
	#[error("there is no hour to plan")]
	Empty,
	/// There are more hours than [`LONGEST`].
	#[error("{0} hours are too many: {LONGEST} at most")]
	TooLong(usize),
	/// Prices and forecasts are of different numbers of hours.
	#[error("there are prices of {prices} hours and forecasts of {forecasts}")]
	Lengths {
		/// Hours with prices.
		prices: usize,
		/// Hours with forecasts.
		forecasts: usize,
	},
	/// An hour pays more for energy than it costs: going round would earn without end.
	#[error("hour {0} pays more for energy than it costs")]
	RoundTrip(u32),
	/// A forecast is larger than a site can be.
	#[error("the forecast of hour {0} is larger than a megawatt")]
	TooLarge(u32),
	/// The battery holds more than it can.
	#[error("the battery holds more than its capacity")]
	Overfull,
	/// The car needs more than its hours can give.
	#[error("the car needs more than the hours that are left can give it")]
	CarLate,
	/// No schedule keeps all the limits.
	#[error("no schedule keeps all the limits")]
	Infeasible,
	/// The solver gave up.
	#[error("the solver gave up: {0}")]
	Solver(String),
}

/// The cheapest schedule for these hours from this state.
pub fn plan(site: &Site, state: &State, outlook: &Outlook) -> Result<Schedule, PlanError> {
	check(site, state, outlook)?;
	let mut vars = variables!();
	let parts = parts(site, state);
	let hours: Vec<Hour> = (outlook.hour..)
		.zip(outlook.prices.iter().zip(&outlook.given))
		.map(|(hour, (prices, given))| Hour::new(&mut vars, site, &parts, hour, *prices, *given))
		.collect();
	let mut model = vars.minimise(objective(site, &hours)).using(microlp);
	let mut before: Vec<Expression> =
		parts.iter().map(|part| Expression::from(kwh(part.start))).collect();
	for hour in &hours {
		model.add_constraint(hour.balance());
		model.add_constraint(hour.green(site));
		if let Some(time) = hour.time(site) {
			model.add_constraint(time);
		}
		for store in hour.store(site, before) {
			model.add_constraint(store);
		}
		if hour.parts.len() > 1 {
			model.add_constraint(hour.capacity(site));
		}
		before = hour.parts.iter().map(|part| part.store.into()).collect();
	}
	for stay in car(site, state, &hours) {
		model.add_constraint(stay);
	}
	let solution = model.solve().map_err(|error| match error {
		ResolutionError::Infeasible => PlanError::Infeasible,
		other => PlanError::Solver(other.to_string()),
	})?;
	let hours = hours.iter().map(|hour| hour.set_point(&solution)).collect::<Result<_, _>>()?;
	Ok(Schedule { hours })
}

fn check(site: &Site, state: &State, outlook: &Outlook) -> Result<(), PlanError> {
	site.check()?;
	let (prices, forecasts) = (outlook.prices.len(), outlook.given.len());
	if prices != forecasts {
		return Err(PlanError::Lengths { prices, forecasts });
	}
	if prices == 0 {
		return Err(PlanError::Empty);
	}
	if prices > LONGEST {
		return Err(PlanError::TooLong(prices));
	}
	for (hour, (prices, given)) in (outlook.hour..).zip(outlook.prices.iter().zip(&outlook.given)) {
		if prices.export > prices.import {
			return Err(PlanError::RoundTrip(hour));
		}
		if given.panel.0.max(given.house.0) > crate::site::LARGEST {
			return Err(PlanError::TooLarge(hour));
		}
	}
	if state.store.total() > site.battery.capacity {
		return Err(PlanError::Overfull);
	}
	if state.car > site.car.as_ref().map_or(MilliWattHours(0), |car| car.still(outlook.hour)) {
		return Err(PlanError::CarLate);
	}
	Ok(())
}

/// A part of the battery that the plan tells apart.
struct Part {
	start: MilliWattHours,
	/// Whether the panel alone charges it.
	panel_only: bool,
	/// Whether green compute may run on it.
	green: bool,
}

/// Green and grey where that matters, everything in one otherwise.
fn parts(site: &Site, state: &State) -> Vec<Part> {
	let Store { green, grey } = state.store;
	let (battery, compute) = (&site.battery, &site.compute);
	if battery.capacity.0 == 0 {
		return Vec::new();
	}
	if compute.green && (battery.grid_charging || grey.0 > 0) {
		vec![
			Part { start: green, panel_only: true, green: true },
			Part { start: grey, panel_only: false, green: false },
		]
	} else {
		let panel_only = !battery.grid_charging;
		vec![Part { start: state.store.total(), panel_only, green: true }]
	}
}

/// The variables of one part of the battery in one hour.
struct PartHour {
	charge: Variable,
	discharge: Variable,
	store: Variable,
	panel_only: bool,
	green: bool,
}

/// The variables of one hour.
struct Hour {
	hour: u32,
	prices: Prices,
	given: Given,
	import: Variable,
	export: Variable,
	curtailed: Variable,
	compute: Variable,
	car: Option<Variable>,
	parts: Vec<PartHour>,
}

impl Hour {
	fn new(
		vars: &mut ProblemVariables,
		site: &Site,
		parts: &[Part],
		hour: u32,
		prices: Prices,
		given: Given,
	) -> Self {
		let mut add = |least: u64, most: u64| {
			let (least, most) = (kwh(MilliWattHours(least)), kwh(MilliWattHours(most)));
			vars.add(variable().min(least).max(most))
		};
		let (battery, compute) = (&site.battery, &site.compute);
		let car = site.car.as_ref().filter(|car| car.hours_left(hour) > 0);
		let parts = parts
			.iter()
			.map(|part| {
				let most = match (part.panel_only, battery.grid_charging) {
					(true, _) => battery.charge_power.0.min(given.panel.0),
					(false, true) => battery.charge_power.0,
					(false, false) => 0,
				};
				PartHour {
					charge: add(0, most),
					discharge: add(0, battery.discharge_power.0),
					store: add(0, battery.capacity.0),
					panel_only: part.panel_only,
					green: part.green,
				}
			})
			.collect();
		Self {
			hour,
			prices,
			given,
			import: add(0, site.grid.import.0),
			export: add(0, site.grid.export.0),
			curtailed: add(0, given.panel.0),
			compute: add(compute.least_draw(), compute.most_draw()),
			car: car.map(|car| add(0, car.power.0)),
			parts,
		}
	}

	fn charges(&self) -> Expression {
		self.parts.iter().map(|part| part.charge).sum()
	}

	fn discharges(&self) -> Expression {
		self.parts.iter().map(|part| part.discharge).sum()
	}

	fn car(&self) -> Expression {
		self.car.into_iter().sum()
	}

	fn balance(&self) -> Constraint {
		let came = kwh(self.given.panel) + self.import + self.discharges();
		let went = kwh(self.given.house)
			+ self.compute
			+ self.car()
			+ self.charges()
			+ self.export
			+ self.curtailed;
		constraint!(came == went)
	}

	fn green(&self, site: &Site) -> Constraint {
		let from_panel: Expression =
			self.parts.iter().filter(|part| part.panel_only).map(|part| part.charge).sum();
		let mut fed = from_panel + self.curtailed;
		let mut green = Expression::from(kwh(self.given.panel));
		if site.compute.green {
			fed += self.compute;
			green += self
				.parts
				.iter()
				.filter(|part| part.green)
				.map(|part| part.discharge)
				.sum::<Expression>();
		}
		constraint!(fed <= green)
	}

	fn time(&self, site: &Site) -> Option<Constraint> {
		let share = |power: MilliWatts| match power.0 {
			// What cannot flow takes no time.
			0 => 0.0,
			_ => 1.0 / kwh(power.for_an_hour()),
		};
		let (into, out) = (share(site.battery.charge_power), share(site.battery.discharge_power));
		(!self.parts.is_empty())
			.then(|| constraint!(into * self.charges() + out * self.discharges() <= 1.0))
	}

	fn store(&self, site: &Site, before: Vec<Expression>) -> Vec<Constraint> {
		let battery = &site.battery;
		let (into, out) =
			(battery.charge_efficiency.fraction(), 1.0 / battery.discharge_efficiency.fraction());
		self.parts
			.iter()
			.zip(before)
			.map(|(part, before)| {
				constraint!(part.store == before + into * part.charge - out * part.discharge)
			})
			.collect()
	}

	fn capacity(&self, site: &Site) -> Constraint {
		let held: Expression = self.parts.iter().map(|part| part.store).sum();
		constraint!(held <= kwh(site.battery.capacity))
	}

	fn set_point(&self, solution: &impl Solution) -> Result<SetPoint, PlanError> {
		let value = |expression: Expression| {
			let value = expression.eval_with(solution);
			// The simplex leaves crumbs.
			let whole = |value: f64| mwh(if value < 1e-6 { 0.0 } else { value });
			match value.is_finite() {
				true => Ok(whole(value)),
				false => Err(PlanError::Solver("a value is no number".into())),
			}
		};
		let held = self.parts.iter().map(|part| part.store).sum();
		Ok(SetPoint {
			hour: self.hour,
			prices: self.prices,
			given: self.given,
			import: value(self.import.into())?,
			export: value(self.export.into())?,
			curtailed: value(self.curtailed.into())?,
			charge: value(self.charges())?,
			discharge: value(self.discharges())?,
			compute: value(self.compute.into())?,
			car: value(self.car())?,
			store: value(held)?,
		})
	}
}

/// What a kWh in the cells is worth at the end of hours with these prices.
pub(crate) fn leftover(site: &Site, prices: &[Prices]) -> f64 {
	let mean =
		prices.iter().map(|prices| prices.import.units()).sum::<f64>() / prices.len().max(1) as f64;
	let battery = &site.battery;
	let worth = (LEFTOVER * mean - battery.wear.units()) * battery.discharge_efficiency.fraction();
	worth.max(0.0)
}

fn objective(site: &Site, hours: &[Hour]) -> Expression {
	let mut cost = Expression::from(0.0);
	for hour in hours {
		cost += hour.prices.import.units() * hour.import;
		cost -= hour.prices.export.units() * hour.export;
		cost -= site.compute.revenue.units() * hour.compute;
		cost += site.battery.wear.units() * hour.discharges();
	}
	let prices: Vec<Prices> = hours.iter().map(|hour| hour.prices).collect();
	let worth = leftover(site, &prices);
	if let Some(last) = hours.last() {
		for part in &last.parts {
			cost -= worth * part.store;
		}
	}
	cost
}

/// What the car has to get, stay by stay.
fn car(site: &Site, state: &State, hours: &[Hour]) -> Vec<Constraint> {
	let Some(car) = &site.car else { return Vec::new() };
	let mut stays = Vec::new();
	let mut need = kwh(state.car);
	let mut got = Expression::from(0.0);
	for (index, hour) in hours.iter().enumerate() {
		if index > 0 && car.arrives(hour.hour) {
			need = kwh(car.need);
		}
		let Some(charge) = hour.car else { continue };
		got += charge;
		let after = car.hours_left(hour.hour) - 1;
		let all = std::mem::replace(&mut got, Expression::from(0.0));
		if after == 0 {
			stays.push(constraint!(all == need));
		} else if index + 1 == hours.len() {
			let later = kwh(car.power.for_an_hour()) * f64::from(after);
			let least = (need - later).max(0.0);
			stays.push(constraint!(all.clone() >= least));
			stays.push(constraint!(all <= need));
		} else {
			got = all;
		}
	}
	stays
}

impl SetPoint {
	/// What to wish for when the hour turns out as `given`: the set points, corrected by what the
	/// grid was not meant to balance. In an hour in which nothing was to be bought, the battery makes
	/// up for a lack of sun; in one in which nothing was to be sold, it takes what there is too much,
	/// and then compute does. In all others the grid balances.
	pub fn wish(&self, site: &Site, given: &Given) -> Wish {
		let came = given.panel.0.saturating_add(self.discharge.0);
		let went = [given.house, self.compute, self.car, self.charge]
			.iter()
			.fold(0, |sum: u64, flow| sum.saturating_add(flow.0));
		let (mut charge, mut discharge, mut compute) =
			(self.charge.0, self.discharge.0, self.compute.0);
		if went > came && self.import.0 == 0 {
			let short = went - came;
			let less = short.min(charge);
			charge -= less;
			discharge = discharge.saturating_add(short - less);
		}
		if came > went && self.export.0 == 0 {
			let spare = came - went;
			let less = spare.min(discharge);
			discharge -= less;
			let room = self.room(site);
			let more = (spare - less).min(room.saturating_sub(charge));
			charge = charge.saturating_add(more);
			compute = compute.saturating_add(spare - less - more);
		}
		Wish {
			compute: MilliWattHours(compute),
			car: self.car,
			charge: MilliWattHours(charge),
			discharge: MilliWattHours(discharge),
			export: worthwhile(&self.prices),
		}
	}

	/// What the battery could be charged with in this hour, by the plan.
	fn room(&self, site: &Site) -> u64 {
		let battery = &site.battery;
		let before = kwh(self.store) - battery.charge_efficiency.fraction() * kwh(self.charge)
			+ kwh(self.discharge) / battery.discharge_efficiency.fraction();
		let space = (kwh(battery.capacity) - before) / battery.charge_efficiency.fraction();
		mwh(space).0.min(battery.charge_power.0)
	}
}

/// The most that is worth sending out: nothing when one has to pay for it.
pub(crate) fn worthwhile(prices: &Prices) -> MilliWattHours {
	MilliWattHours(if prices.export.0 < 0 { 0 } else { u64::MAX })
}

#[cfg(test)]
mod tests;
