//! A dynamic tariff: what a kilowatt-hour costs and brings in each hour, and from when on that is
//! known.
//!
//! **The prices are made up.** [`DayAhead`] imitates the shape of the day-ahead auctions of central
//! Europe: a morning and an evening peak, a dip at noon that the sun digs from spring to autumn, dear
//! winters, cheap weekends, calm and stormy spells of some days, and noise, all of it the same for the
//! same seed. Its level is set by what was published of the German auction of 2024: a mean of 79.6
//! EUR/MWh and almost 460 hours below zero (FfE, "German electricity prices on EPEX Spot 2024"). The
//! hours' shape, the spells and the noise are our own, and no market data is in here.
//!
//! As in those auctions, the next day's prices are known from 13 o'clock on.

use std::f64::consts::PI;

use crate::{
	random::{normal, unit},
	site::DAY,
	units::Price,
};

/// The hour of the day at which the next day's prices are out.
const PUBLISHED: u32 = 13;

/// Prices of one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
	/// Paid for a kilowatt-hour from the grid.
	pub import: Price,
	/// Got for a kilowatt-hour into the grid.
	pub export: Price,
}

/// The first hour whose prices are not known at the beginning of `now`. Both are counted from a
/// midnight.
pub fn known_until(now: u32) -> u32 {
	let midnight = now - now % DAY;
	midnight + if now % DAY >= PUBLISHED { 2 * DAY } else { DAY }
}

/// What is added to the auction's price before a home pays it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retail {
	/// Grid fees, levies and the supplier's margin, per kWh.
	pub fees: f64,
	/// Value-added tax on all of it.
	pub tax: f64,
}

impl Default for Retail {
	/// 14 ct and 19 %, so that a kWh costs 26 ct in the mean: our assumption, of the size that German
	/// households see.
	fn default() -> Self {
		Self { fees: 0.14, tax: 0.19 }
	}
}

/// A day-ahead market that repeats for the same seed. What goes out earns the auction's price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayAhead {
	/// The seed.
	pub seed: u64,
	/// Day of the year in which time begins, 1 to 365.
	pub start_day: f64,
	/// What a home pays beyond the auction's price.
	pub retail: Retail,
}

/// The auction's mean, EUR/MWh.
const MEAN: f64 = 79.0;
/// How far the middle of winter is above it, and of summer below.
const SEASON: f64 = 14.0;
/// What the hours of the day are above or below it where the sun does nothing.
const HOURS: [f64; 24] = [
	-16.0, -19.0, -21.0, -22.0, -20.0, -12.0, 2.0, 16.0, 20.0, 12.0, 6.0, 3.0, 1.0, 0.0, 2.0, 6.0,
	14.0, 26.0, 36.0, 38.0, 28.0, 14.0, 2.0, -8.0,
];
/// How deep the sun digs at noon in the middle of summer.
const DIP: f64 = 90.0;
/// What a Saturday and a Sunday are below a working day.
const WEEKEND: [f64; 2] = [8.0, 20.0];
/// Standard deviation of a day's level, mostly wind, and what of it stays until the next day.
const SPELL: (f64, f64) = (30.0, 0.65);
/// Standard deviation of an hour's noise.
const NOISE: f64 = 7.0;

impl DayAhead {
	/// A market with the retail prices of the default.
	pub fn new(seed: u64, start_day: f64) -> Self {
		Self { seed, start_day, retail: Retail::default() }
	}

	/// The auction's price of an hour counted from the first midnight, in EUR/MWh.
	pub fn spot(&self, hour: u32) -> f64 {
		let day = hour / DAY;
		let clock = f64::from(hour % DAY);
		// 1 in the middle of January, -1 in the middle of July.
		let date = f64::from(day) + self.start_day - 1.0;
		let winter = (2.0 * PI * (date - 14.0) / 365.0).cos();
		let sun = DIP * (0.55 - 0.45 * winter) * self.sunny(day);
		let noon = (-((clock - 12.5) / 3.0).powi(2)).exp();
		let weekend = match day % 7 {
			5 => WEEKEND[0],
			6 => WEEKEND[1],
			_ => 0.0,
		};
		let shape = HOURS.get(hour as usize % 24).copied().unwrap_or_default();
		let noise = NOISE * normal(self.seed ^ 0x6e6f_6973, u64::from(hour));
		MEAN + LIFT + SEASON * winter + shape - sun * noon - weekend + self.spell(day) + noise
	}

	/// How sunny the whole country is, 0.4 to 1.6.
	fn sunny(&self, day: u32) -> f64 {
		0.4 + 1.2 * unit(self.seed ^ 0x0073_756e, u64::from(day), 0)
	}

	/// The level of a day: what is left of the shocks of the last two weeks.
	fn spell(&self, day: u32) -> f64 {
		let (deviation, stays) = SPELL;
		let shocks: f64 = (0..14u32)
			.map(|ago| {
				stays.powi(ago as i32) * normal(self.seed, u64::from(day) + 14 - u64::from(ago))
			})
			.sum();
		deviation * (1.0 - stays * stays).sqrt() * shocks
	}

	/// Prices of an hour counted from the first midnight.
	pub fn prices(&self, hour: u32) -> Prices {
		let spot = self.spot(hour) / 1_000.0;
		let import = (spot + self.retail.fees) * (1.0 + self.retail.tax);
		let micro = |units: f64| Price((units * 1e6).round() as i64);
		// A contract never buys for more than it sells for: nothing is earned by going round.
		Prices { import: micro(import), export: micro(spot.min(import)) }
	}
}

/// What sun and weekends take away in the mean of a year, so that [`MEAN`] is the mean.
const LIFT: f64 = 11.5;

#[cfg(test)]
mod tests {
	use super::*;

	const YEAR: u32 = 8_760;

	fn mean(market: &DayAhead, pick: impl Fn(u32) -> bool) -> f64 {
		let hours: Vec<f64> =
			(0..YEAR).filter(|hour| pick(*hour)).map(|hour| market.spot(hour)).collect();
		hours.iter().sum::<f64>() / hours.len() as f64
	}

	#[test]
	fn prices_should_have_the_published_level_when_a_year_is_made() {
		for seed in 1..4 {
			let market = DayAhead::new(seed, 1.0);
			let all = mean(&market, |_| true);
			assert!((all - 79.6).abs() < 6.0, "{all}");
			let negative = (0..YEAR).filter(|hour| market.spot(*hour) < 0.0).count();
			assert!((300..620).contains(&negative), "{negative}");
		}
	}

	#[test]
	fn prices_should_have_peaks_and_a_dip_when_summer_and_winter_are_compared() {
		let market = DayAhead::new(1, 1.0);
		let summer = |clock| mean(&market, |h| h % 24 == clock && (150..240).contains(&(h / 24)));
		let winter = |clock| mean(&market, |h| h % 24 == clock && h / 24 < 60);
		assert!(summer(13) + 50.0 < summer(8) && summer(13) + 60.0 < summer(19));
		assert!(winter(3) + 25.0 < winter(8) && winter(13) < winter(18));
		assert!(mean(&market, |h| h / 24 % 7 == 6) + 10.0 < mean(&market, |h| h / 24 % 7 == 2));
	}

	#[test]
	fn prices_should_repeat_and_never_pay_for_going_round_when_any_hour() {
		let (one, two) = (DayAhead::new(1, 1.0), DayAhead::new(2, 1.0));
		for hour in 0..YEAR {
			let prices = one.prices(hour);
			assert!(prices.export <= prices.import);
			assert_eq!(prices, one.prices(hour));
		}
		assert_ne!(one.prices(5), two.prices(5));
	}

	#[test]
	fn tomorrow_should_be_known_when_it_is_13_o_clock() {
		assert_eq!([0, 12, 13, 23, 24].map(known_until), [24, 24, 48, 48, 48]);
	}
}
