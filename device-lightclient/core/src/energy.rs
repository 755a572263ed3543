//! The interval log: what went through the site's bus in each of 32 parts, the green readings that
//! follow from it by the chain's rule, and what is reported of them.

use codec::{Decode, Encode};
use pogcs_primitives::{
	ledger::{Battery, Flows, Settled, Stored},
	units::GramsPerKwh,
	wire::{ChainId, EnergyReport, Signature, READINGS},
	DeviceId, Interval, MilliWattHours,
};

use crate::crypto::DeviceKey;

/// One part of an interval, metered at the bus, in mWh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Reading {
	/// What the panel generated.
	pub generation: u32,
	/// What went into the battery.
	pub storage_in: u32,
	/// What came out of the battery.
	pub storage_out: u32,
	/// What came from the grid.
	pub grid_import: u32,
	/// What went to the grid.
	pub grid_export: u32,
	/// What compute drew.
	pub compute: u32,
}

impl Reading {
	/// What the household drew and what was lost; `None` if more went than came.
	pub fn rest(&self) -> Option<u64> {
		let sum = |parts: [u32; 3]| parts.into_iter().map(u64::from).sum::<u64>();
		sum([self.generation, self.storage_out, self.grid_import]).checked_sub(sum([
			self.storage_in,
			self.grid_export,
			self.compute,
		]))
	}
}

/// The readings that the device's proofs open: green energy that was there, and what of it compute
/// drew.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Green {
	/// Renewable energy that was there for compute.
	pub supply: [u32; READINGS],
	/// What of it compute drew.
	pub draw: [u32; READINGS],
}

impl Green {
	const NONE: Self = Self { supply: [0; READINGS], draw: [0; READINGS] };
}

/// Why a reading was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyError {
	/// All 32 parts are metered.
	Full,
	/// More energy is accounted for than came in: the meters contradict each other.
	Unbalanced,
}

impl core::fmt::Display for EnergyError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Full => "the interval's 32 readings are all taken",
			Self::Unbalanced => "more energy is accounted for than came in",
		})
	}
}

impl core::error::Error for EnergyError {}

/// The readings of one interval as they come in. It is stored after each of them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct IntervalLog {
	interval: Interval,
	readings: [Reading; READINGS],
	taken: u8,
	green: Green,
}

impl IntervalLog {
	/// A log without readings.
	pub fn new(interval: Interval) -> Self {
		Self { interval, readings: [Reading::default(); READINGS], taken: 0, green: Green::NONE }
	}

	/// The interval that is metered.
	pub fn interval(&self) -> Interval {
		self.interval
	}

	/// How many parts are metered.
	pub fn taken(&self) -> u8 {
		self.taken
	}

	/// The green readings, as they were last settled.
	pub fn green(&self) -> &Green {
		&self.green
	}

	/// The sums.
	pub fn flows(&self) -> Flows {
		flows(&self.readings)
	}

	/// Notes the next part.
	pub fn push(&mut self, reading: Reading) -> Result<(), EnergyError> {
		let slot = self.readings.get_mut(usize::from(self.taken)).ok_or(EnergyError::Full)?;
		if reading.rest().is_none() {
			return Err(EnergyError::Unbalanced);
		}
		*slot = reading;
		self.taken = self.taken.saturating_add(1);
		Ok(())
	}

	/// Shares the interval out by the chain's rule, over what the chain knows to be in the battery.
	/// Done again before each attempt to report, until a report stands.
	pub fn settle(&mut self, stored: &Stored, battery: &Battery) {
		self.green = share_out(&self.readings, stored, battery);
	}

	/// What is reported once the interval is over and settled. A part that was never metered, as after
	/// a power cut, counts nothing.
	pub fn report(&self, device: DeviceId) -> EnergyReport {
		let Flows { generation, storage_in, storage_out, grid_import, grid_export, compute_draw } =
			self.flows();
		EnergyReport {
			device,
			interval: self.interval,
			generation,
			storage_in,
			storage_out,
			grid_import,
			grid_export,
			compute_draw,
			green_supply: sum(self.green.supply),
			green_draw: sum(self.green.draw),
			root: pogcs_proof::energy_root(&self.green.supply, &self.green.draw),
		}
	}
}

/// Green energy that compute would have of these readings, by the chain's rule.
pub fn green_draw(
	readings: &[Reading; READINGS],
	stored: &Stored,
	battery: &Battery,
) -> MilliWattHours {
	settled(readings, stored, battery).most_draw
}

fn sum(parts: [u32; READINGS]) -> MilliWattHours {
	MilliWattHours(parts.into_iter().map(u64::from).sum())
}

fn flows(readings: &[Reading; READINGS]) -> Flows {
	let sum =
		|part: fn(&Reading) -> u32| MilliWattHours(readings.iter().map(part).map(u64::from).sum());
	Flows {
		generation: sum(|reading| reading.generation),
		storage_in: sum(|reading| reading.storage_in),
		storage_out: sum(|reading| reading.storage_out),
		grid_import: sum(|reading| reading.grid_import),
		grid_export: sum(|reading| reading.grid_export),
		compute_draw: sum(|reading| reading.compute),
	}
}

fn settled(readings: &[Reading; READINGS], stored: &Stored, battery: &Battery) -> Settled {
	// The grid's carbon is the chain's to count.
	stored.settle(&flows(readings), battery, GramsPerKwh(0))
}

/// Spreads what the rule gives for the whole interval over its parts: what compute drew first, then
/// where more was there, until it is used up.
fn share_out(readings: &[Reading; READINGS], stored: &Stored, battery: &Battery) -> Green {
	let settled = settled(readings, stored, battery);
	let mut draw = settled.most_draw.0;
	let mut spare = settled.most_supply.0.saturating_sub(draw);
	let mut green = Green::NONE;
	for ((reading, supply), drawn) in readings.iter().zip(&mut green.supply).zip(&mut green.draw) {
		let take = |left: &mut u64, most: u32| {
			let taken = u32::try_from(*left).map_or(most, |left| left.min(most));
			*left = left.saturating_sub(u64::from(taken));
			taken
		};
		*drawn = take(&mut draw, reading.compute);
		let there = reading
			.generation
			.saturating_add(reading.storage_out)
			.saturating_sub(reading.storage_in);
		*supply = drawn.saturating_add(take(&mut spare, there.saturating_sub(*drawn)));
	}
	green
}

/// The device's signature under its report, for one chain.
pub fn sign_report(key: &DeviceKey, chain: &ChainId, report: &EnergyReport) -> Signature {
	key.sign(&report.signing_payload(chain))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::crypto::verify;
	use pogcs_primitives::MilligramsCo2;
	use proptest::prelude::*;

	const BATTERY: Battery = Battery { capacity: MilliWattHours(1_000_000), efficiency: 900_000 };

	fn sunny(generation: u32, compute: u32) -> Reading {
		Reading { generation, compute, ..Reading::default() }
	}

	fn log() -> IntervalLog {
		let mut log = IntervalLog::new(Interval(9));
		for part in 0u32..32 {
			log.push(sunny(100 + part, 50)).unwrap();
		}
		log.settle(&Stored::default(), &BATTERY);
		log
	}

	#[test]
	fn report_should_sum_and_commit_when_the_interval_is_full() {
		let log = log();
		let report = log.report(DeviceId(4));
		assert_eq!(report.interval, Interval(9));
		assert_eq!(report.generation, MilliWattHours(32 * 100 + 31 * 16));
		assert_eq!(report.compute_draw, MilliWattHours(1_600));
		assert_eq!(report.green_supply, report.generation);
		assert_eq!(report.green_draw, MilliWattHours(1_600));
		let mut other = IntervalLog::new(Interval(9));
		other.push(sunny(3_696, 1_600)).unwrap();
		other.settle(&Stored::default(), &BATTERY);
		// The same sums from other readings are another commitment.
		let again = other.report(DeviceId(4));
		assert_eq!(
			(again.green_supply, again.green_draw),
			(report.green_supply, report.green_draw)
		);
		assert_ne!(again.root, report.root);
	}

	#[test]
	fn reading_should_be_refused_when_full_or_unbalanced() {
		let mut full = log();
		assert_eq!(full.push(Reading::default()), Err(EnergyError::Full));
		let mut log = IntervalLog::new(Interval(0));
		let balanced = Reading {
			generation: 10,
			storage_in: 3,
			storage_out: 2,
			grid_import: 5,
			grid_export: 4,
			compute: 10,
		};
		assert_eq!(balanced.rest(), Some(0));
		for refused in [
			Reading { compute: 11, ..balanced },
			Reading { grid_export: 5, ..balanced },
			Reading { storage_in: 4, ..balanced },
		] {
			assert_eq!(log.push(refused), Err(EnergyError::Unbalanced));
		}
		assert_eq!(log.taken(), 0);
		log.push(balanced).unwrap();
		assert_eq!(log.taken(), 1);
	}

	#[test]
	fn battery_should_give_what_the_chain_knows_when_it_is_night() {
		let mut log = IntervalLog::new(Interval(9));
		for _ in 0..32 {
			let night = Reading { storage_out: 50, compute: 40, ..Reading::default() };
			log.push(night).unwrap();
		}
		// Half of the battery is the grid's, whatever the device thinks of it.
		let half = Stored {
			level: MilliWattHours(4_000),
			green: MilliWattHours(2_000),
			carbon: MilligramsCo2(9),
		};
		for (stored, supply, draw) in [
			(Stored::default(), 0, 0),
			(half, 800, 800),
			(Stored { green: half.level, ..half }, 1_600, 1_280),
		] {
			log.settle(&stored, &BATTERY);
			let report = log.report(DeviceId(4));
			assert_eq!(report.green_supply, MilliWattHours(supply));
			assert_eq!(report.green_draw, MilliWattHours(draw));
		}
	}

	#[test]
	fn signature_should_be_for_one_chain_when_a_report_is_signed() {
		let key = DeviceKey::from_seed([3; 32]);
		let report = log().report(DeviceId(4));
		let signature = sign_report(&key, &[1; 32], &report);
		assert!(verify(&key.public(), &report.signing_payload(&[1; 32]), &signature));
		assert!(!verify(&key.public(), &report.signing_payload(&[2; 32]), &signature));
	}

	proptest! {
		#[test]
		fn report_should_be_what_the_chain_takes_when_readings_are_any(
			parts in prop::collection::vec(
				(0u32..3_000, 0u32..3_000, 0u32..3_000, 0u32..3_000, 0u32..500), 0..=32,
			),
			level in 0u64..1_000_000, share in 0u64..=100,
		) {
			let mut log = IntervalLog::new(Interval(9));
			for (generation, storage_in, storage_out, compute, house) in parts {
				let (came, went) = (generation + storage_out, storage_in + compute + house);
				log.push(Reading {
					generation,
					storage_in,
					storage_out,
					compute,
					grid_import: went.saturating_sub(came),
					grid_export: came.saturating_sub(went),
				}).unwrap();
			}
			let stored = Stored {
				level: MilliWattHours(level),
				green: MilliWattHours(level * share / 100),
				carbon: MilligramsCo2(0),
			};
			log.settle(&stored, &BATTERY);
			let report = log.report(DeviceId(4));
			let flows = Flows::from(&report);
			prop_assert!(flows.rest().is_some());
			let settled = stored.settle(&flows, &BATTERY, GramsPerKwh(7));
			// All that the chain would allow of the draw, and none beyond the supply.
			prop_assert_eq!(report.green_draw, settled.most_draw);
			prop_assert!(report.green_supply <= settled.most_supply);
			prop_assert!(report.green_draw <= report.green_supply);
			for (supply, draw) in log.green().supply.iter().zip(&log.green().draw) {
				prop_assert!(draw <= supply);
			}
		}
	}
}
