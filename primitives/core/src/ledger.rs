//! How the energy of one device and interval is shared out: what of it was green, what compute drew
//! of that, and what the battery holds afterwards. Pure maths, the same in the chain and in the
//! device.
//!
//! Whose electrons compute drew cannot be metered. The rule that stands for it, in this order:
//!
//! 1. Generation feeds compute: `direct = min(generation, compute_draw)`.
//! 2. What is left of it feeds the battery: `charged = min(generation - direct, storage_in)`. The
//!    rest of `storage_in` came from the grid.
//! 3. The battery keeps `efficiency` of what goes in. All losses are taken here, so that its level
//!    is what can still come out.
//! 4. What comes out is green in the share that the battery's content is. More than the ledger knows
//!    of is not green: nobody metered how it got in.
//! 5. Green energy out of the battery feeds compute as far as generation did not.
//!
//! A mWh of generation is in exactly one place: with compute, in the battery, or with the owner. One
//! that went into the battery is nothing until it comes out, and then at most once. Every division
//! rounds so that less is green and more carbon is emitted.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{
	records::ClassRecord, units::GramsPerKwh, wire::EnergyReport, MilliWattHours, MilligramsCo2,
};

const MILLION: u64 = 1_000_000;

/// `a * b / c`, rounded down; nothing if `c` is 0.
fn mul_div(a: u64, b: u64, c: u64) -> u64 {
	let product = u128::from(a).saturating_mul(u128::from(b));
	u64::try_from(product.checked_div(u128::from(c)).unwrap_or_default()).unwrap_or(u64::MAX)
}

/// `a * b / c`, rounded up; nothing if `c` is 0.
fn mul_div_up(a: u64, b: u64, c: u64) -> u64 {
	if c == 0 {
		return 0;
	}
	let product = u128::from(a).saturating_mul(u128::from(b));
	u64::try_from(product.div_ceil(u128::from(c))).unwrap_or(u64::MAX)
}

/// What went through the bus of one site in one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flows {
	/// What the panel generated.
	pub generation: MilliWattHours,
	/// What went into the battery.
	pub storage_in: MilliWattHours,
	/// What came out of the battery.
	pub storage_out: MilliWattHours,
	/// What came from the grid.
	pub grid_import: MilliWattHours,
	/// What went to the grid.
	pub grid_export: MilliWattHours,
	/// What compute drew.
	pub compute_draw: MilliWattHours,
}

impl From<&EnergyReport> for Flows {
	fn from(report: &EnergyReport) -> Self {
		Self {
			generation: report.generation,
			storage_in: report.storage_in,
			storage_out: report.storage_out,
			grid_import: report.grid_import,
			grid_export: report.grid_export,
			compute_draw: report.compute_draw,
		}
	}
}

impl Flows {
	/// What the household drew and what was lost on the way: what came in less what is accounted
	/// for. `None` if more is accounted for than came in, which no site can do.
	pub fn rest(&self) -> Option<MilliWattHours> {
		let sum = |a: MilliWattHours, b: MilliWattHours, c: MilliWattHours| {
			u128::from(a.0).saturating_add(u128::from(b.0)).saturating_add(u128::from(c.0))
		};
		let came = sum(self.generation, self.storage_out, self.grid_import);
		let went = sum(self.storage_in, self.grid_export, self.compute_draw);
		let rest = came.checked_sub(went)?;
		Some(MilliWattHours(u64::try_from(rest).unwrap_or(u64::MAX)))
	}
}

/// The battery of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Battery {
	/// What it holds.
	pub capacity: MilliWattHours,
	/// What of the energy that goes in comes out, in parts per million.
	pub efficiency: u32,
}

impl From<&ClassRecord> for Battery {
	fn from(class: &ClassRecord) -> Self {
		Self { capacity: class.storage, efficiency: class.storage_efficiency }
	}
}

impl Battery {
	/// What stays of `energy` that goes in, rounded down.
	pub fn kept(&self, energy: MilliWattHours) -> MilliWattHours {
		MilliWattHours(mul_div(energy.0, self.parts(), MILLION))
	}

	/// What had to go in for `energy` to come out, rounded up.
	pub fn needed(&self, energy: MilliWattHours) -> MilliWattHours {
		MilliWattHours(mul_div_up(energy.0, MILLION, self.parts()))
	}

	/// The most that can come out in an interval in which `storage_in` goes in.
	pub fn most_out(&self, storage_in: MilliWattHours) -> MilliWattHours {
		self.capacity.saturating_add(self.kept(storage_in))
	}

	/// Whether so much can go in while `storage_out` comes out.
	pub fn takes(&self, storage_in: MilliWattHours, storage_out: MilliWattHours) -> bool {
		self.kept(storage_in) <= self.capacity.saturating_add(storage_out)
	}

	/// A battery gives no more than it took.
	fn parts(&self) -> u64 {
		u64::from(self.efficiency).min(MILLION)
	}
}

/// What the ledger knows to be in a device's battery. `green <= level`.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Stored {
	/// What can come out of it.
	pub level: MilliWattHours,
	/// What of that is green.
	pub green: MilliWattHours,
	/// Carbon of the rest, from the hours in which it was charged.
	pub carbon: MilligramsCo2,
}

/// One interval, shared out.
///
/// `generation = direct + charged + what is left for the owner`, and `released` is what of the
/// battery's green energy came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
	/// Generation that fed compute.
	pub direct: MilliWattHours,
	/// Generation that went into the battery, at the bus.
	pub charged: MilliWattHours,
	/// What of it the battery kept.
	pub kept: MilliWattHours,
	/// Green energy that came out of the battery.
	pub released: MilliWattHours,
	/// What of it compute can have drawn.
	pub stored: MilliWattHours,
	/// Green energy that the ledger struck off because the battery cannot have held it.
	pub lost: MilliWattHours,
	/// Energy of other origin that came out of the battery.
	pub other: MilliWattHours,
	/// Its carbon.
	pub other_carbon: MilligramsCo2,
	/// The most that the draw readings may add up to.
	pub most_draw: MilliWattHours,
	/// The most that the supply readings may add up to.
	pub most_supply: MilliWattHours,
	/// What the battery holds afterwards.
	pub after: Stored,
}

impl Stored {
	/// Shares out one interval. `grid` is the grid's carbon intensity in it.
	pub fn settle(&self, flows: &Flows, battery: &Battery, grid: GramsPerKwh) -> Settled {
		let Flows { generation, storage_in, storage_out, compute_draw, .. } = *flows;
		let direct = generation.0.min(compute_draw.0);
		let charged = generation.0.saturating_sub(direct).min(storage_in.0);

		let all_kept = battery.kept(storage_in).0;
		// `charged <= storage_in`, so no more is kept of it than of all.
		let kept = battery.kept(MilliWattHours(charged)).0;
		let level = self.level.0.saturating_add(all_kept);
		let green = self.green.0.saturating_add(kept).min(level);
		let carbon = self
			.carbon
			.saturating_add(grid.of(MilliWattHours(storage_in.0.saturating_sub(charged))))
			.0;

		let out = storage_out.0.min(level);
		// Down, so that green energy is not drained faster than the whole.
		let released = mul_div(out, green, level);
		let other = out.saturating_sub(released);
		let other_carbon = mul_div_up(carbon, other, level.saturating_sub(green)).min(carbon);

		let level = level.saturating_sub(out);
		let green = green.saturating_sub(released);
		// More than it can hold: something came out that nobody reported. The green part goes
		// first, so that a silent hour never pays.
		let excess = level.saturating_sub(battery.capacity.0);
		let lost = green.min(excess);
		let (level, green) = (level.saturating_sub(excess), green.saturating_sub(lost));
		let carbon = if level == green { 0 } else { carbon.saturating_sub(other_carbon) };

		let stored = released.min(compute_draw.0.saturating_sub(direct));
		Settled {
			direct: MilliWattHours(direct),
			charged: MilliWattHours(charged),
			kept: MilliWattHours(kept),
			released: MilliWattHours(released),
			stored: MilliWattHours(stored),
			lost: MilliWattHours(lost),
			other: MilliWattHours(other),
			other_carbon: MilligramsCo2(other_carbon),
			most_draw: MilliWattHours(direct.saturating_add(stored)),
			most_supply: MilliWattHours(
				generation.0.saturating_sub(charged).saturating_add(released),
			),
			after: Stored {
				level: MilliWattHours(level),
				green: MilliWattHours(green),
				carbon: MilligramsCo2(carbon),
			},
		}
	}
}

/// What one interval's green energy is for, given what the device says that compute drew of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
	/// Generation that compute drew.
	pub direct: MilliWattHours,
	/// Green energy out of the battery that compute drew.
	pub stored: MilliWattHours,
	/// Generation that is the owner's.
	pub surplus: MilliWattHours,
	/// Green energy out of the battery that is the owner's.
	pub surplus_stored: MilliWattHours,
}

impl Settled {
	/// Splits `green_draw`, generation first. `None` if it is more than compute can have drawn.
	pub fn shares(&self, generation: MilliWattHours, green_draw: MilliWattHours) -> Option<Shares> {
		let direct = self.direct.min(green_draw);
		let stored = green_draw.checked_sub(direct)?;
		if stored > self.stored {
			return None;
		}
		Some(Shares {
			direct,
			stored,
			surplus: generation.checked_sub(self.charged)?.checked_sub(direct)?,
			surplus_stored: self.released.checked_sub(stored)?,
		})
	}

	/// Carbon of all that compute drew.
	///
	/// Its green part at the intensity of the class, with what was lost on the way through the
	/// battery; of the rest, as much as came out of the battery with the carbon of the hours in
	/// which it was charged, and what is left at the grid's intensity of this interval.
	pub fn carbon(
		&self,
		shares: &Shares,
		compute_draw: MilliWattHours,
		class: GramsPerKwh,
		battery: &Battery,
		grid: GramsPerKwh,
	) -> MilligramsCo2 {
		let rest = compute_draw.0.saturating_sub(shares.direct.0).saturating_sub(shares.stored.0);
		let other = rest.min(self.other.0);
		class
			.of(shares.direct)
			.saturating_add(class.of(battery.needed(shares.stored)))
			.saturating_add(MilligramsCo2(mul_div_up(self.other_carbon.0, other, self.other.0)))
			.saturating_add(grid.of(MilliWattHours(rest.saturating_sub(other))))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const GRID: GramsPerKwh = GramsPerKwh(500);
	const SUN: GramsPerKwh = GramsPerKwh(40);
	const BATTERY: Battery = Battery { capacity: MilliWattHours(10_000), efficiency: 900_000 };

	fn mwh(value: u64) -> MilliWattHours {
		MilliWattHours(value)
	}

	fn flows(generation: u64, storage_in: u64, storage_out: u64, compute_draw: u64) -> Flows {
		Flows {
			generation: mwh(generation),
			storage_in: mwh(storage_in),
			storage_out: mwh(storage_out),
			compute_draw: mwh(compute_draw),
			grid_import: mwh(storage_in + compute_draw),
			grid_export: mwh(0),
		}
	}

	fn stored(level: u64, green: u64, carbon: u64) -> Stored {
		Stored { level: mwh(level), green: mwh(green), carbon: MilligramsCo2(carbon) }
	}

	#[test]
	fn rest_should_be_none_when_more_goes_than_comes() {
		let site = Flows { grid_import: mwh(100), ..flows(1_000, 300, 50, 500) };
		assert_eq!(site.rest(), Some(mwh(350)));
		let exact = Flows { grid_export: mwh(350), ..site };
		assert_eq!(exact.rest(), Some(mwh(0)));
		assert_eq!(Flows { grid_export: mwh(351), ..site }.rest(), None);
		let huge = Flows { generation: mwh(u64::MAX), storage_out: mwh(u64::MAX), ..site };
		assert_eq!(huge.rest(), Some(mwh(u64::MAX)));
	}

	#[test]
	fn generation_should_feed_compute_then_battery_when_there_is_sun() {
		let settled = stored(0, 0, 0).settle(&flows(1_000, 600, 0, 700), &BATTERY, GRID);
		assert_eq!((settled.direct, settled.charged), (mwh(700), mwh(300)));
		// 300 of 600 are from the grid: 150 mg; a tenth is lost of both.
		assert_eq!(settled.kept, mwh(270));
		assert_eq!(settled.after, stored(540, 270, 150));
		assert_eq!((settled.most_draw, settled.most_supply), (mwh(700), mwh(700)));
	}

	#[test]
	fn battery_should_give_the_share_that_it_holds_when_it_discharges() {
		let settled = stored(1_000, 333, 70).settle(&flows(0, 0, 500, 400), &BATTERY, GRID);
		// 166.5, down.
		assert_eq!((settled.released, settled.other), (mwh(166), mwh(334)));
		assert_eq!(settled.other_carbon, MilligramsCo2(36));
		assert_eq!(settled.after, stored(500, 167, 34));
		assert_eq!(
			(settled.stored, settled.most_draw, settled.most_supply),
			(mwh(166), mwh(166), mwh(166))
		);
		let shares = settled.shares(mwh(0), mwh(100)).expect("less than the most");
		assert_eq!(
			(shares.direct, shares.stored, shares.surplus_stored),
			(mwh(0), mwh(100), mwh(66))
		);
		assert_eq!(settled.shares(mwh(0), mwh(167)), None);
		// 100 / 0.9, up: 112 mWh at 40; 300 of 334 with 36 mg of their charging hours: 33; none from
		// the grid.
		let carbon = settled.carbon(&shares, mwh(400), SUN, &BATTERY, GRID);
		assert_eq!(carbon, MilligramsCo2(5 + 33));
	}

	#[test]
	fn battery_should_give_nothing_green_when_more_comes_out_than_went_in() {
		let settled = stored(100, 100, 0).settle(&flows(0, 0, 500, 500), &BATTERY, GRID);
		assert_eq!((settled.released, settled.other), (mwh(100), mwh(0)));
		assert_eq!(settled.after, stored(0, 0, 0));
		let shares = settled.shares(mwh(0), mwh(100)).expect("it holds that");
		// 112 mWh of sun and 400 at the grid's intensity.
		let carbon = settled.carbon(&shares, mwh(500), SUN, &BATTERY, GRID);
		assert_eq!(carbon, MilligramsCo2(5 + 200));
	}

	#[test]
	fn green_energy_should_go_first_when_the_battery_overflows() {
		let settled = stored(9_000, 5_000, 80).settle(&flows(0, 2_000, 0, 0), &BATTERY, GRID);
		assert_eq!(settled.lost, mwh(800));
		assert_eq!(settled.after, stored(10_000, 4_200, 80 + 1_000));
		let none = Battery::default();
		let settled = stored(9_000, 5_000, 80).settle(&flows(0, 0, 0, 0), &none, GRID);
		assert_eq!((settled.lost, settled.after), (mwh(5_000), Stored::default()));
	}

	#[test]
	fn carbon_should_be_that_of_the_charging_hour_when_it_was_dirty() {
		let dirty = stored(0, 0, 0).settle(&flows(0, 1_000, 0, 0), &BATTERY, GramsPerKwh(900));
		let clean = dirty.after.settle(&flows(0, 0, 900, 900), &BATTERY, GramsPerKwh(10));
		let shares = clean.shares(mwh(0), mwh(0)).expect("nothing is green");
		let carbon = clean.carbon(&shares, mwh(900), SUN, &BATTERY, GramsPerKwh(10));
		assert_eq!(carbon, MilligramsCo2(900));
	}

	proptest! {
		#[test]
		fn energy_should_be_in_one_place_when_settled(
			generation in 0u64..5_000, storage_in in 0u64..5_000, storage_out in 0u64..20_000,
			compute in 0u64..5_000, level in 0u64..12_000, green in 0u64..12_000,
			carbon in 0u64..10_000, capacity in 0u64..12_000, efficiency in 0u32..=1_000_000,
			claim in 0u64..=1_000,
		) {
			let before = stored(level, green.min(level), carbon);
			let battery = Battery { capacity: mwh(capacity), efficiency };
			let flows = flows(generation, storage_in, storage_out, compute);
			let settled = before.settle(&flows, &battery, GRID);
			let after = settled.after;
			prop_assert!(after.green <= after.level && after.level <= battery.capacity);
			prop_assert!(settled.kept <= settled.charged);
			// What goes into the battery's green content comes out once, or is struck off.
			prop_assert_eq!(
				before.green.0 + settled.kept.0,
				after.green.0 + settled.released.0 + settled.lost.0
			);
			let green_draw = mwh(settled.most_draw.0 * claim / 1_000);
			let shares = settled.shares(mwh(generation), green_draw).expect("below the most");
			// All green energy that came to the bus is somewhere, and nowhere twice.
			prop_assert_eq!(
				generation + settled.released.0,
				shares.direct.0 + shares.stored.0 + settled.charged.0 + shares.surplus.0
					+ shares.surplus_stored.0
			);
			prop_assert_eq!(shares.direct.0 + shares.stored.0, green_draw.0);
			prop_assert!(settled.most_draw <= settled.most_supply);
			prop_assert!(settled.most_draw.0 <= compute);
			prop_assert_eq!(settled.shares(mwh(generation), mwh(settled.most_draw.0 + 1)), None);
			// Carbon that came in with grid energy is never lost while such energy is left.
			let charged = GRID.of(mwh(storage_in - settled.charged.0)).0;
			if after.level > after.green {
				prop_assert_eq!(carbon + charged, after.carbon.0 + settled.other_carbon.0);
			}
		}

		#[test]
		fn green_energy_should_never_grow_when_it_goes_through_the_battery_again_and_again(
			steps in prop::collection::vec((0u64..3_000, 0u64..3_000, 0u64..3_000, 0u64..3_000), 1..60),
			efficiency in 0u32..=1_000_000,
		) {
			let battery = Battery { capacity: mwh(4_000), efficiency };
			let mut now = Stored::default();
			let (mut generated, mut used) = (0u64, 0u64);
			for (generation, storage_in, storage_out, compute) in steps {
				let settled = now.settle(&flows(generation, storage_in, storage_out, compute), &battery, GRID);
				generated += generation;
				let shares = settled.shares(mwh(generation), settled.most_draw).expect("the most");
				used += settled.most_draw.0 + shares.surplus.0 + shares.surplus_stored.0;
				now = settled.after;
				prop_assert!(used + now.green.0 <= generated);
			}
		}

		#[test]
		fn settling_should_not_panic_when_numbers_are_anything(
			numbers in any::<[u64; 9]>(), efficiency in any::<u32>(), intensity in any::<u32>(),
		) {
			let [a, b, c, d, e, f, g, h, i] = numbers.map(mwh);
			let flows = Flows {
				generation: a,
				storage_in: b,
				storage_out: c,
				grid_import: d,
				grid_export: e,
				compute_draw: f,
			};
			let before = Stored { level: g, green: g.min(h), carbon: MilligramsCo2(i.0) };
			let battery = Battery { capacity: h, efficiency };
			let grid = GramsPerKwh(intensity);
			let settled = before.settle(&flows, &battery, grid);
			prop_assert!(settled.after.green <= settled.after.level);
			if let Some(shares) = settled.shares(a, settled.most_draw) {
				settled.carbon(&shares, f, grid, &battery, grid);
			}
			flows.rest();
		}
	}
}
