//! What the device expects of the sun, of the house and of prices that are not out yet, from what it
//! metered itself.
//!
//! The sun: how much a clear sky would give is geometry; what is learned is the **clearness**, the
//! share of it that came. A forecast is the mean clearness, moved towards the last hours' by as much
//! as those have told of later ones so far: for each number of hours ahead a regression through the
//! origin, updated with each metered hour. That is the usual clear-sky-index persistence with
//! damping, fitted on the device itself.
//!
//! House and prices: the mean of the same hour of the day, newer days counting more.

use pogcs_primitives::MilliWattHours;

use crate::{
	site::DAY,
	units::{kwh, mwh},
};

/// How many hours ahead clearness is told apart.
const LEADS: usize = 48;
/// The clearness that is assumed before anything was metered.
const PRIOR: f64 = 0.6;
/// What an hour of full sun changes in the mean: about three weeks are remembered.
const MEAN_STEP: f64 = 1.0 / 150.0;
/// What it changes in the clearness of the last hours: a few of them are remembered.
const RECENT_STEP: f64 = 0.4;
/// What is forgotten of the regressions in an hour of sun: a season is remembered.
const FORGET: f64 = 0.999;
/// What the regressions weigh before anything was metered.
const PRIOR_WEIGHT: f64 = 0.1;

/// The share of a clear sky's energy that comes, learned hour by hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Clearness {
	mean: f64,
	recent: f64,
	/// `recent` as it stood before each of the last hours, the newest first.
	past: [f64; LEADS],
	/// For each number of hours ahead: how the last hours' deviation went with the later one.
	together: [f64; LEADS],
	alone: [f64; LEADS],
	/// The most that a clear sky has given in an hour, in kWh.
	brightest: f64,
}

impl Default for Clearness {
	fn default() -> Self {
		Self {
			mean: PRIOR,
			recent: PRIOR,
			past: [PRIOR; LEADS],
			together: [0.0; LEADS],
			alone: [0.0; LEADS],
			brightest: 0.0,
		}
	}
}

impl Clearness {
	/// Learns from the hour that just closed: what a clear sky would have given, and what came.
	pub fn learn(&mut self, clear: MilliWattHours, came: MilliWattHours) {
		self.past.rotate_right(1);
		if let Some(newest) = self.past.first_mut() {
			*newest = self.recent;
		}
		let sky = kwh(clear);
		self.brightest = self.brightest.max(sky);
		if sky <= 0.0 {
			return;
		}
		// An hour of little sun says little.
		let weight = sky / self.brightest;
		let now = (kwh(came) / sky).clamp(0.0, 1.2);
		let leads = self.together.iter_mut().zip(&mut self.alone).zip(&self.past);
		for ((together, alone), past) in leads {
			let then = past - self.mean;
			*together = *together * FORGET + weight * then * (now - self.mean);
			*alone = *alone * FORGET + weight * then * then;
		}
		self.mean += MEAN_STEP * weight * (now - self.mean);
		self.recent += RECENT_STEP * weight * (now - self.recent);
	}

	/// What is expected of an hour of which a clear sky would make `clear`: 0 hours ahead is the hour
	/// that begins now.
	pub fn expect(&self, ahead: usize, clear: MilliWattHours) -> MilliWattHours {
		let at = ahead.min(LEADS - 1);
		let (Some(together), Some(alone)) = (self.together.get(at), self.alone.get(at)) else {
			return clear;
		};
		// Until there is experience, half of a deviation is believed to last half a day.
		let prior = 0.5f64.powf(at as f64 / 12.0);
		let damping = (together + PRIOR_WEIGHT * prior) / (alone + PRIOR_WEIGHT);
		let share = self.mean + damping.clamp(0.0, 1.0) * (self.recent - self.mean);
		mwh(kwh(clear) * share.clamp(0.0, 1.0))
	}
}

/// The mean of each hour of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct HourOfDay {
	means: [Option<f64>; DAY as usize],
	first: f64,
}

/// What a new day counts in the mean: about a week is remembered.
const DAY_STEP: f64 = 0.15;

impl HourOfDay {
	/// With what is assumed of every hour before it was seen.
	pub fn new(first: f64) -> Self {
		Self { means: [None; DAY as usize], first }
	}

	/// Learns the value of an hour.
	pub fn learn(&mut self, hour: u32, value: f64) {
		if let Some(mean) = self.means.get_mut((hour % DAY) as usize) {
			*mean = Some(mean.map_or(value, |old| old + DAY_STEP * (value - old)));
		}
	}

	/// What is expected of an hour.
	pub fn expect(&self, hour: u32) -> f64 {
		let mean = self.means.get((hour % DAY) as usize).copied().flatten();
		mean.unwrap_or(self.first)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{testing::site, year::World};

	const DAYS: u32 = 365;

	/// Mean absolute errors in kWh over the lit hours of a year, `ahead` hours ahead: ours, and that
	/// of the naive forecast, which expects the same as in the same hour of the last day known.
	fn errors(seed: u64, ahead: u32) -> (f64, f64) {
		let mut site = site();
		site.panel.seed = seed;
		let world = World::new(&site, seed);
		let came = |hour: u32| world.given(hour).panel;
		let mut clearness = Clearness::default();
		let (mut ours, mut naive, mut lit) = (0.0, 0.0, 0.0);
		for now in 0..DAYS * DAY {
			let hour = now + ahead;
			let clear = site.panel.clear_energy(hour);
			// The first two weeks are for learning.
			if now > 14 * DAY && clear.0 > 0 && hour < DAYS * DAY {
				let days_back = ahead / DAY + 1;
				let actual = kwh(came(hour));
				ours += (kwh(clearness.expect(ahead as usize, clear)) - actual).abs();
				naive += (kwh(came(hour - days_back * DAY)) - actual).abs();
				lit += 1.0;
			}
			clearness.learn(site.panel.clear_energy(now), came(now));
		}
		(ours / lit, naive / lit)
	}

	#[test]
	fn forecast_should_beat_naive_persistence_when_a_year_is_looked_at() {
		for seed in [1, 2] {
			for (ahead, at_most) in [(0, 0.5), (6, 0.92), (23, 0.98), (30, 0.98)] {
				let (ours, naive) = errors(seed, ahead);
				println!("seed {seed}, {ahead} h ahead: {ours:.3} kWh, naive {naive:.3} kWh");
				assert!(ours < at_most * naive, "{ahead} h ahead: {ours} and {naive}");
			}
		}
	}

	#[test]
	fn house_should_be_expected_better_than_by_yesterday_when_a_year_is_looked_at() {
		let site = site();
		let world = World::new(&site, 1);
		let drawn = |hour| kwh(world.given(hour).house);
		let mut house = HourOfDay::new(kwh(site.house));
		let (mut ours, mut naive) = (0.0, 0.0);
		for hour in 0..DAYS * DAY {
			if hour >= DAY {
				ours += (house.expect(hour) - drawn(hour)).abs();
				naive += (drawn(hour - DAY) - drawn(hour)).abs();
			}
			house.learn(hour, drawn(hour));
		}
		assert!(ours < 0.85 * naive, "{ours} and {naive}");
	}

	#[test]
	fn forecast_should_not_change_when_the_future_does() {
		// What is expected depends on what was learned only: two worlds that part after an hour give
		// the same forecast in it.
		let clear = mwh(2.0);
		let mut one = Clearness::default();
		(0..50).for_each(|hour| one.learn(clear, mwh(f64::from(hour % 3) * 0.7)));
		let mut two = one.clone();
		assert_eq!(one.expect(5, clear), two.expect(5, clear));
		one.learn(clear, mwh(0.1));
		two.learn(clear, mwh(1.9));
		assert!(one.expect(0, clear) < two.expect(0, clear));
	}

	#[test]
	fn clearness_should_be_found_when_it_never_changes() {
		let mut clearness = Clearness::default();
		(0..2_000).for_each(|_| clearness.learn(mwh(2.0), mwh(0.5)));
		for ahead in [0, 12, 47, 100] {
			let expected = kwh(clearness.expect(ahead, mwh(4.0)));
			assert!((expected - 1.0).abs() < 0.01, "{expected}");
		}
		assert_eq!(clearness.expect(3, mwh(0.0)), MilliWattHours(0));
	}

	#[test]
	fn hour_of_day_should_be_remembered_when_it_was_seen() {
		let mut house = HourOfDay::new(0.4);
		assert_eq!(house.expect(7), 0.4);
		house.learn(7, 1.0);
		house.learn(31, 2.0);
		assert_eq!((house.expect(7), house.expect(8)), (1.15, 0.4));
	}
}
