//! One hour on the bus: what was wished for, cut to what is possible, to the milliwatt-hour.
//!
//! The panel feeds compute first, then the battery, and what is left goes to the house, as in the
//! device's plant. What the battery got from the panel is green and what it got from the grid is
//! grey: the two are kept apart, so that green compute never runs on the grid by way of the battery.
//! The house is served from the grey part first.
//!
//! An hour is long enough to charge *and* discharge, one after the other: the battery's shares of it
//! add up to one hour at most. Within an hour the grid's meter sees the difference only.

use pogcs_primitives::MilliWattHours;

use crate::{
	site::{Battery, Site, LARGEST},
	tariff::Prices,
	units::Money,
};

/// What the battery's cells hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Store {
	/// From the panel.
	pub green: MilliWattHours,
	/// From the grid.
	pub grey: MilliWattHours,
}

impl Store {
	/// Both.
	pub fn total(&self) -> MilliWattHours {
		MilliWattHours(self.green.0.saturating_add(self.grey.0))
	}
}

/// What one hour leaves to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
	/// The battery.
	pub store: Store,
	/// What the car still needs before it has to be ready.
	pub car: MilliWattHours,
}

impl State {
	/// The same at the beginning of `hour`: a car may have come or gone.
	pub fn at(self, site: &Site, hour: u32) -> Self {
		let car = match &site.car {
			Some(car) if car.arrives(hour) => car.need,
			Some(car) if car.hours_left(hour) > 0 => self.car,
			_ => MilliWattHours(0),
		};
		Self { car, ..self }
	}

	/// What the battery can give to the bus in an hour.
	pub(crate) fn available(&self, battery: &Battery) -> u64 {
		let (green, grey) = self.parts_out(battery);
		(green + grey).min(battery.discharge_power.0)
	}

	/// What its parts can give, whatever the time.
	fn parts_out(&self, battery: &Battery) -> (u64, u64) {
		let efficiency = battery.discharge_efficiency;
		(efficiency.of(self.store.green.0), efficiency.of(self.store.grey.0))
	}
}

/// What nobody decides: sun and house.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
	/// What the panel can supply.
	pub panel: MilliWattHours,
	/// What the house draws.
	pub house: MilliWattHours,
}

/// What is decided. All of it is cut to what is possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
	/// What compute draws.
	pub compute: MilliWattHours,
	/// What the car draws.
	pub car: MilliWattHours,
	/// What the battery is charged with, on the bus's side.
	pub charge: MilliWattHours,
	/// What the battery gives to the bus.
	pub discharge: MilliWattHours,
	/// The most that may go out to the grid; what is above it stays in the panel.
	pub export: MilliWattHours,
}

/// What flowed in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flows {
	/// What the panel could supply.
	pub panel: MilliWattHours,
	/// What of it was turned down.
	pub curtailed: MilliWattHours,
	/// From the grid.
	pub import: MilliWattHours,
	/// To the grid.
	pub export: MilliWattHours,
	/// Into the house.
	pub house: MilliWattHours,
	/// Into compute.
	pub compute: MilliWattHours,
	/// Into the car.
	pub car: MilliWattHours,
	/// Into the battery from the panel.
	pub charge_green: MilliWattHours,
	/// Into the battery from the grid.
	pub charge_grey: MilliWattHours,
	/// Out of the battery's green part.
	pub discharge_green: MilliWattHours,
	/// Out of the battery's grey part.
	pub discharge_grey: MilliWattHours,
	/// Lost in charging and discharging.
	pub lost: MilliWattHours,
}

impl Flows {
	/// Both together.
	pub fn plus(&self, other: &Self) -> Self {
		let sum = |one: MilliWattHours, two| one.saturating_add(two);
		Self {
			panel: sum(self.panel, other.panel),
			curtailed: sum(self.curtailed, other.curtailed),
			import: sum(self.import, other.import),
			export: sum(self.export, other.export),
			house: sum(self.house, other.house),
			compute: sum(self.compute, other.compute),
			car: sum(self.car, other.car),
			charge_green: sum(self.charge_green, other.charge_green),
			charge_grey: sum(self.charge_grey, other.charge_grey),
			discharge_green: sum(self.discharge_green, other.discharge_green),
			discharge_grey: sum(self.discharge_grey, other.discharge_grey),
			lost: sum(self.lost, other.lost),
		}
	}
}

/// An hour that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
	/// The house draws more than grid, panel and battery can give.
	#[error("the house lacks {0}: grid, panel and battery together do not give it")]
	Overloaded(MilliWattHours),
	/// Sun or house are larger than a site can be.
	#[error("sun or house are larger than a megawatt")]
	TooLarge,
	/// The car needs more than the hours that are left can give.
	#[error("the car needs more than the hours that are left can give it")]
	CarLate,
	/// More is stored than the battery holds.
	#[error("the battery holds {0} more than its capacity")]
	Overfull(MilliWattHours),
	/// Energy appeared or vanished.
	#[error("energy is not conserved: {came} came and {went} went")]
	Unbalanced {
		/// What came, with what was stored before.
		came: MilliWattHours,
		/// What went, with what is stored after.
		went: MilliWattHours,
	},
	/// A flow passed its limit.
	#[error("a limit was passed: {0}")]
	Limit(&'static str),
}

/// Runs `hour` from the state at its beginning (see [`State::at`]): the flows, and the state after.
///
/// What is cut, in this order, when the grid cannot give enough: charging, compute, the car; then the
/// battery helps. When the grid takes too little, the battery gives less and the panel is turned
/// down.
pub fn settle(
	site: &Site,
	hour: u32,
	before: &State,
	given: &Given,
	wish: &Wish,
) -> Result<(Flows, State), FlowError> {
	if given.panel.0.max(given.house.0) > LARGEST {
		return Err(FlowError::TooLarge);
	}
	let over = before.store.total().0.saturating_sub(site.battery.capacity.0);
	if over > 0 {
		return Err(FlowError::Overfull(MilliWattHours(over)));
	}
	if before.car > site.car.as_ref().map_or(MilliWattHours(0), |car| car.still(hour)) {
		return Err(FlowError::CarLate);
	}
	let draft = Draft::new(site, hour, before, given, wish)
		.within_import()?
		.within_export(wish.export.0.min(site.grid.export.0));
	let (flows, after) = draft.finish();
	check(site, hour, before, &flows, &after)?;
	Ok((flows, after))
}

/// The hour while limits are applied to it, all in mWh.
struct Draft<'a> {
	site: &'a Site,
	before: &'a State,
	panel: u64,
	house: u64,
	/// What the battery's grey part can give to the bus.
	grey: u64,
	car_floor: u64,
	compute: u64,
	car: u64,
	charge: u64,
	discharge: u64,
	import: u64,
	export: u64,
	curtailed: u64,
}

impl<'a> Draft<'a> {
	fn new(site: &'a Site, hour: u32, before: &'a State, given: &Given, wish: &Wish) -> Self {
		let battery = &site.battery;
		let (car_floor, car_most) = match &site.car {
			Some(car) => {
				let most = car.most(hour, before.car.0);
				(car.urgent(hour, before.car.0).min(most), most)
			}
			None => (0, 0),
		};
		let (green, grey) = before.parts_out(battery);
		let discharge = wish.discharge.0.min(before.available(battery));
		let (panel, compute) = (given.panel.0, &site.compute);
		let mut draw = wish.compute.0.clamp(compute.least_draw(), compute.most_draw());
		if compute.green {
			draw = draw.min(panel + discharge.min(green));
		}
		let mut draft = Self {
			site,
			before,
			panel,
			house: given.house.0,
			grey,
			car_floor,
			compute: draw,
			car: wish.car.0.clamp(car_floor, car_most),
			charge: 0,
			discharge,
			import: 0,
			export: 0,
			curtailed: 0,
		};
		let mut charge = wish.charge.0.min(draft.room()).min(most_charge(battery, discharge));
		if !battery.grid_charging {
			charge = charge.min(draft.panel_for_battery());
		}
		draft.charge = charge;
		draft
	}

	/// What compute has straight from the panel.
	fn panel_for_compute(&self) -> u64 {
		self.compute.min(self.panel)
	}

	/// What the panel leaves to the battery.
	fn panel_for_battery(&self) -> u64 {
		self.panel - self.panel_for_compute()
	}

	/// What must come out of the green part.
	fn green_for_compute(&self) -> u64 {
		if self.site.compute.green {
			self.compute - self.panel_for_compute()
		} else {
			0
		}
	}

	/// What comes out of the green and of the grey part: the grey one first, but for what must be
	/// green.
	fn discharges(&self) -> (u64, u64) {
		let grey = (self.discharge - self.green_for_compute()).min(self.grey);
		(self.discharge - grey, grey)
	}

	/// What goes into the green and into the grey part.
	fn charges(&self) -> (u64, u64) {
		let green = self.charge.min(self.panel_for_battery());
		(green, self.charge - green)
	}

	/// What comes out of the cells for these discharges.
	fn taken(&self) -> (u64, u64) {
		let efficiency = self.site.battery.discharge_efficiency;
		let (green, grey) = self.discharges();
		(efficiency.whole_of(green), efficiency.whole_of(grey))
	}

	/// What can be put in before the cells are full, whatever is taken out meanwhile.
	fn room(&self) -> u64 {
		let battery = &self.site.battery;
		let space = u128::from(battery.capacity.0 - self.before.store.total().0);
		let most = space * 1_000_000 / u128::from(battery.charge_efficiency.0);
		u64::try_from(most).unwrap_or(u64::MAX)
	}

	fn demand(&self) -> u64 {
		self.house + self.car + self.compute + self.charge
	}

	fn supply(&self) -> u64 {
		self.panel + self.discharge
	}

	fn within_import(mut self) -> Result<Self, FlowError> {
		let limit = self.site.grid.import.0;
		let over =
			|draft: &Self| draft.demand().saturating_sub(draft.supply()).saturating_sub(limit);
		self.charge -= over(&self).min(self.charge);
		let least = self.site.compute.least_draw();
		self.compute -= over(&self).min(self.compute.saturating_sub(least));
		self.car -= over(&self).min(self.car - self.car_floor);
		let most = self.before.available(&self.site.battery);
		self.discharge += over(&self).min(most - self.discharge);
		// What is charged and what is discharged now share the hour anew.
		self.charge = self.charge.min(most_charge(&self.site.battery, self.discharge));
		match over(&self) {
			0 => {
				self.import = self.demand().saturating_sub(self.supply());
				Ok(self)
			}
			short => Err(FlowError::Overloaded(MilliWattHours(short))),
		}
	}

	fn within_export(mut self, limit: u64) -> Self {
		let surplus = |draft: &Self| draft.supply().saturating_sub(draft.demand());
		let over = surplus(&self).saturating_sub(limit);
		self.discharge -= over.min(self.discharge - self.green_for_compute());
		self.export = surplus(&self).min(limit);
		self.curtailed = surplus(&self) - self.export;
		self
	}

	fn finish(self) -> (Flows, State) {
		let battery = &self.site.battery;
		let (charge_green, charge_grey) = self.charges();
		let (discharge_green, discharge_grey) = self.discharges();
		let (taken_green, taken_grey) = self.taken();
		let stored_green = battery.charge_efficiency.of(charge_green);
		let stored_grey = battery.charge_efficiency.of(charge_grey);
		let lost = (charge_green - stored_green)
			+ (charge_grey - stored_grey)
			+ (taken_green - discharge_green)
			+ (taken_grey - discharge_grey);
		let flows = Flows {
			panel: MilliWattHours(self.panel),
			curtailed: MilliWattHours(self.curtailed),
			import: MilliWattHours(self.import),
			export: MilliWattHours(self.export),
			house: MilliWattHours(self.house),
			compute: MilliWattHours(self.compute),
			car: MilliWattHours(self.car),
			charge_green: MilliWattHours(charge_green),
			charge_grey: MilliWattHours(charge_grey),
			discharge_green: MilliWattHours(discharge_green),
			discharge_grey: MilliWattHours(discharge_grey),
			lost: MilliWattHours(lost),
		};
		let store = &self.before.store;
		let after = State {
			store: Store {
				green: MilliWattHours(store.green.0 - taken_green + stored_green),
				grey: MilliWattHours(store.grey.0 - taken_grey + stored_grey),
			},
			car: MilliWattHours(self.before.car.0 - self.car),
		};
		(flows, after)
	}
}

/// What can be charged in what of the hour a discharge leaves.
fn most_charge(battery: &Battery, discharge: u64) -> u64 {
	let (into, out) = (battery.charge_power.0, battery.discharge_power.0);
	if out == 0 {
		return into;
	}
	let most = u128::from(into) * u128::from(out - discharge.min(out)) / u128::from(out);
	u64::try_from(most).unwrap_or(u64::MAX)
}

/// Energy is conserved, exactly, and nothing passes its limit. It looks at the outcome only and
/// trusts nothing of how it came about.
fn check(
	site: &Site,
	hour: u32,
	before: &State,
	flows: &Flows,
	after: &State,
) -> Result<(), FlowError> {
	let charge = flows.charge_green.0 + flows.charge_grey.0;
	let discharge = flows.discharge_green.0 + flows.discharge_grey.0;
	let spent = flows.house.0 + flows.compute.0 + flows.car.0 + flows.export.0 + flows.curtailed.0;
	let balance = |came: u64, went: u64| match came == went {
		true => Ok(()),
		false => {
			Err(FlowError::Unbalanced { came: MilliWattHours(came), went: MilliWattHours(went) })
		}
	};
	balance(flows.panel.0 + flows.import.0 + discharge, spent + charge)?;
	balance(
		before.store.total().0 + flows.panel.0 + flows.import.0,
		after.store.total().0 + spent + flows.lost.0,
	)?;
	balance(before.car.0, after.car.0 + flows.car.0)?;

	let battery = &site.battery;
	let green = flows.panel.0 - flows.curtailed.0 + flows.discharge_green.0;
	let (into, out) = (battery.charge_power.0, battery.discharge_power.0);
	let time = u128::from(charge) * u128::from(out) + u128::from(discharge) * u128::from(into);
	let car = site.car.as_ref();
	let limits = [
		("the grid gives too much", flows.import.0 <= site.grid.import.0),
		("the grid takes too much", flows.export.0 <= site.grid.export.0),
		("the battery is overfull", after.store.total() <= battery.capacity),
		("the battery is charged too fast", charge <= into),
		("the battery is discharged too fast", discharge <= out),
		("the battery needs more than the hour", time <= u128::from(into) * u128::from(out)),
		(
			"the battery was charged from the grid",
			battery.grid_charging || flows.charge_grey.0 == 0,
		),
		("compute draws too little", flows.compute.0 >= site.compute.least_draw()),
		("compute draws too much", flows.compute.0 <= site.compute.most_draw()),
		(
			"compute is not green",
			!site.compute.green || flows.compute.0 + flows.charge_green.0 <= green,
		),
		(
			"the car draws too much",
			flows.car.0 <= car.map_or(0, |car| car.most(hour, before.car.0)),
		),
		(
			"the car will not be ready",
			flows.car.0 >= car.map_or(0, |car| car.urgent(hour, before.car.0)),
		),
	];
	match limits.iter().find(|(_, kept)| !kept) {
		Some((words, _)) => Err(FlowError::Limit(words)),
		None => Ok(()),
	}
}

/// What an hour costs and earns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
	/// Paid for what came from the grid.
	pub import: Money,
	/// Got for what went to the grid; negative when the grid had to be paid to take it.
	pub export: Money,
	/// Earned by compute.
	pub compute: Money,
	/// The battery's wear.
	pub wear: Money,
}

impl Bill {
	/// The bill of these flows at these prices.
	pub fn of(site: &Site, prices: &Prices, flows: &Flows) -> Self {
		let out = MilliWattHours(flows.discharge_green.0 + flows.discharge_grey.0);
		Self {
			import: prices.import.cost(flows.import),
			export: prices.export.income(flows.export),
			compute: site.compute.revenue.income(flows.compute),
			wear: site.battery.wear.cost(out),
		}
	}

	/// What is left to pay.
	pub fn cost(&self) -> Money {
		self.import.plus(self.wear).minus(self.export).minus(self.compute)
	}

	/// Both together.
	pub fn plus(&self, other: &Self) -> Self {
		Self {
			import: self.import.plus(other.import),
			export: self.export.plus(other.export),
			compute: self.compute.plus(other.compute),
			wear: self.wear.plus(other.wear),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		site::Car,
		testing::{any_given, any_site, any_wish, plain, site},
		units::{MilliWatts, PerMillion, Price},
	};
	use proptest::prelude::*;

	const KWH: u64 = 1_000_000;

	fn given(panel: u64, house: u64) -> Given {
		Given { panel: MilliWattHours(panel), house: MilliWattHours(house) }
	}

	fn wish(charge: u64, discharge: u64) -> Wish {
		Wish {
			charge: MilliWattHours(charge),
			discharge: MilliWattHours(discharge),
			export: MilliWattHours(u64::MAX),
			..Wish::default()
		}
	}

	#[test]
	fn battery_should_return_less_than_it_took_when_emptied_again() {
		// 1 kWh in at 90 %, and out at 80 %: 0.9 kWh in the cells, 0.72 kWh on the bus.
		let mut site = plain();
		site.battery.charge_efficiency = PerMillion(900_000);
		site.battery.discharge_efficiency = PerMillion(800_000);
		let start = State::default();
		let (flows, full) = settle(&site, 0, &start, &given(KWH, 0), &wish(KWH, 0)).unwrap();
		assert_eq!(flows.charge_green, MilliWattHours(KWH));
		assert_eq!(full.store.green, MilliWattHours(900_000));
		assert_eq!(flows.lost, MilliWattHours(100_000));

		let (flows, empty) = settle(&site, 1, &full, &given(0, KWH), &wish(0, KWH)).unwrap();
		assert_eq!(flows.discharge_green, MilliWattHours(720_000));
		assert_eq!(flows.import, MilliWattHours(280_000));
		assert_eq!((empty.store.total(), flows.lost), (MilliWattHours(0), MilliWattHours(180_000)));
		let prices = Prices { import: Price(300_000), export: Price(100_000) };
		let bill = Bill::of(&site, &prices, &flows);
		// 0.28 kWh at 0.30, and 0.72 kWh of wear at 0.03.
		assert_eq!((bill.import, bill.wear), (Money(84_000), Money(21_600)));
		assert_eq!(bill.cost(), Money(105_600));
	}

	#[test]
	fn compute_should_wait_when_only_grey_energy_is_there() {
		let site = plain();
		let grey = Store { green: MilliWattHours(0), grey: MilliWattHours(2 * KWH) };
		let before = State { store: grey, ..State::default() };
		let asked = Wish { compute: MilliWattHours(KWH), ..wish(0, KWH) };
		let (flows, _) = settle(&site, 0, &before, &given(0, KWH), &asked).unwrap();
		assert_eq!((flows.compute, flows.discharge_grey), (MilliWattHours(0), MilliWattHours(KWH)));

		let green = Store { green: MilliWattHours(2 * KWH), grey: MilliWattHours(2 * KWH) };
		let before = State { store: green, ..State::default() };
		let asked = Wish { compute: MilliWattHours(KWH), ..wish(0, 2 * KWH) };
		let (flows, _) = settle(&site, 0, &before, &given(0, KWH), &asked).unwrap();
		assert_eq!(flows.compute, MilliWattHours(KWH));
		assert_eq!((flows.discharge_green, flows.discharge_grey), (flows.compute, flows.house));
	}

	#[test]
	fn hour_should_be_shared_when_the_battery_is_charged_and_discharged() {
		// 2 kW either way: after 1 kWh out, half an hour is left for 1 kWh in.
		let site = plain();
		let store = Store { green: MilliWattHours(3 * KWH), grey: MilliWattHours(0) };
		let before = State { store, ..State::default() };
		let (flows, _) = settle(&site, 0, &before, &given(0, 0), &wish(2 * KWH, KWH)).unwrap();
		assert_eq!(flows.discharge_green, MilliWattHours(KWH));
		assert_eq!(flows.charge_grey, MilliWattHours(KWH));
	}

	#[test]
	fn grid_should_keep_its_limits_when_more_is_wished_for() {
		let mut site = plain();
		site.grid.import = MilliWatts(KWH);
		site.grid.export = MilliWatts(KWH);
		let (flows, _) =
			settle(&site, 0, &State::default(), &given(0, 600_000), &wish(2 * KWH, 0)).unwrap();
		assert_eq!((flows.import.0, flows.charge_grey.0), (KWH, 400_000));
		let (flows, _) =
			settle(&site, 0, &State::default(), &given(3 * KWH, 0), &wish(0, 0)).unwrap();
		assert_eq!((flows.export.0, flows.curtailed.0), (KWH, 2 * KWH));
		let short = settle(&site, 0, &State::default(), &given(0, KWH + 5), &wish(0, 0));
		assert_eq!(short, Err(FlowError::Overloaded(MilliWattHours(5))));
		let store = Store { green: MilliWattHours(0), grey: MilliWattHours(5 * KWH) };
		let before = State { store, ..State::default() };
		let saved = settle(&site, 0, &before, &given(0, KWH + 5), &wish(0, 0)).unwrap().0;
		assert_eq!((saved.import.0, saved.discharge_grey.0), (KWH, 5));
		let overfull = Store { green: MilliWattHours(5 * KWH + 1), grey: MilliWattHours(0) };
		let before = State { store: overfull, ..State::default() };
		let refused = settle(&site, 0, &before, &given(0, 0), &wish(0, 0));
		assert_eq!(refused, Err(FlowError::Overfull(MilliWattHours(1))));
		let refused = settle(&site, 0, &State::default(), &given(u64::MAX, 0), &wish(0, 0));
		assert_eq!(refused, Err(FlowError::TooLarge));
	}

	#[test]
	fn car_should_be_charged_when_it_cannot_wait_any_longer() {
		let mut site = plain();
		let (need, power) = (MilliWattHours(5 * KWH), MilliWatts(2 * KWH));
		site.car = Some(Car { need, power, from: 18, ready: 7 });
		assert_eq!(State::default().at(&site, 18).car, need);
		let run = |hour, left| {
			let state = State { car: MilliWattHours(left), ..State::default() };
			settle(&site, hour, &state, &given(0, 0), &wish(0, 0)).map(|(flows, _)| flows.car.0)
		};
		assert_eq!(run(27, 5 * KWH), Ok(0));
		assert_eq!(run(28, 5 * KWH), Ok(KWH));
		assert_eq!(run(29, 4 * KWH), Ok(2 * KWH));
		assert_eq!(run(29, 5 * KWH), Err(FlowError::CarLate));
	}

	#[test]
	fn check_should_name_what_is_wrong_when_flows_are_made_up() {
		let site = site();
		let before = State::default();
		let (flows, after) = settle(&site, 12, &before, &given(KWH, KWH), &wish(0, 0)).unwrap();
		assert_eq!(check(&site, 12, &before, &flows, &after), Ok(()));
		let free = Flows { export: MilliWattHours(1), ..flows };
		assert!(matches!(
			check(&site, 12, &before, &free, &after),
			Err(FlowError::Unbalanced { .. })
		));
		let burnt = State { store: Store { green: MilliWattHours(1), ..after.store }, ..after };
		assert!(matches!(
			check(&site, 12, &before, &flows, &burnt),
			Err(FlowError::Unbalanced { .. })
		));
		let grey = Flows {
			compute: MilliWattHours(9),
			panel: MilliWattHours(0),
			import: MilliWattHours(KWH + 9),
			..flows
		};
		assert_eq!(
			check(&site, 12, &before, &grey, &after),
			Err(FlowError::Limit("compute is not green"))
		);
	}

	proptest! {
		#[test]
		fn flows_should_conserve_energy_and_keep_limits_when_anything_is_wished_for(
			site in any_site(),
			hours in prop::collection::vec((any_given(), any_wish()), 1..72),
		) {
			let mut state = State::default();
			for (hour, (given, wish)) in (0u32..).zip(&hours) {
				state = state.at(&site, hour);
				// `settle` checks conservation and limits itself, and these again by name.
				match settle(&site, hour, &state, given, wish) {
					Ok((flows, after)) => {
						prop_assert_eq!(check(&site, hour, &state, &flows, &after), Ok(()));
						prop_assert_eq!((flows.panel, flows.house), (given.panel, given.house));
						state = after;
					}
					Err(FlowError::Overloaded(_)) => {
						let supply = given.panel.0 + site.grid.import.0;
						let car = site.car.as_ref().map_or(0, |car| car.power.0);
						prop_assert!(given.house.0 + car + site.compute.least_draw() > supply);
						break;
					}
					Err(error) => prop_assert!(false, "{}", error),
				}
			}
		}
	}
}
