//! What the device has learned, and the outlook that it makes of it.

use pogcs_primitives::MilliWattHours;

use crate::{
	flow::Given,
	forecast::{Clearness, HourOfDay},
	plan::Outlook,
	site::Site,
	tariff::Prices,
	units::{kwh, mwh, Price},
};

/// Everything learned of sun, house and prices.
#[derive(Clone, Debug, PartialEq)]
pub struct Experience {
	clearness: Clearness,
	house: HourOfDay,
	import: HourOfDay,
	export: HourOfDay,
}

impl Experience {
	/// Of a home that was never metered.
	pub fn new(site: &Site) -> Self {
		Self {
			clearness: Clearness::default(),
			house: HourOfDay::new(kwh(site.house)),
			import: HourOfDay::new(0.0),
			export: HourOfDay::new(0.0),
		}
	}

	/// Learns from an hour that has closed: what a clear sky would have given in it, what was metered
	/// and what the prices were.
	pub fn learn(&mut self, hour: u32, clear: MilliWattHours, given: &Given, prices: &Prices) {
		self.clearness.learn(clear, given.panel);
		self.house.learn(hour, kwh(given.house));
		self.import.learn(hour, prices.import.units());
		self.export.learn(hour, prices.export.units());
	}

	/// What is expected from `hour` on. `clear` is what a clear sky would give in each hour to plan,
	/// and `known` are the prices that are out; those after them are expected to be what they are at
	/// that hour of the day.
	pub fn outlook(&self, hour: u32, clear: &[MilliWattHours], known: &[Prices]) -> Outlook {
		let ahead = (hour..).zip(clear).enumerate();
		let given = ahead
			.clone()
			.map(|(ahead, (hour, clear))| Given {
				panel: self.clearness.expect(ahead, *clear),
				house: mwh(self.house.expect(hour)),
			})
			.collect();
		let prices = ahead
			.map(|(ahead, (hour, _))| known.get(ahead).copied().unwrap_or_else(|| self.price(hour)))
			.collect();
		Outlook { hour, prices, given }
	}

	fn price(&self, hour: u32) -> Prices {
		let micro = |units: f64| Price((units * 1e6).round() as i64);
		let import = micro(self.import.expect(hour));
		Prices { import, export: micro(self.export.expect(hour)).min(import) }
	}
}
