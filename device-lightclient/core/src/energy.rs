//! The interval log: 32 readings of generation and 32 of compute draw, and what is reported of
//! them.

use codec::{Decode, Encode};
use pogcs_primitives::{
	wire::{ChainId, EnergyReport, Signature, READINGS},
	DeviceId, Interval, MilliWattHours,
};

use crate::crypto::DeviceKey;

/// One part of an interval, metered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Reading {
	/// Renewable energy that reached the bus, in mWh (see [`EnergyReport`]).
	pub generation: u32,
	/// Energy that compute drew, in mWh.
	pub draw: u32,
}

/// Why a reading was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyError {
	/// All 32 parts are metered.
	Full,
	/// More was drawn than renewable energy supplied: it would be no green compute. The parts so
	/// far count, so that a part may draw what an earlier one left.
	Overdrawn,
}

impl core::fmt::Display for EnergyError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Full => "the interval's 32 readings are all taken",
			Self::Overdrawn => "compute drew more than renewable energy supplied",
		})
	}
}

impl core::error::Error for EnergyError {}

/// The readings of one interval as they come in. It is stored after each of them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct IntervalLog {
	interval: Interval,
	generation: [u32; READINGS],
	draw: [u32; READINGS],
	taken: u8,
}

impl IntervalLog {
	/// A log without readings.
	pub fn new(interval: Interval) -> Self {
		Self { interval, generation: [0; READINGS], draw: [0; READINGS], taken: 0 }
	}

	/// The interval that is metered.
	pub fn interval(&self) -> Interval {
		self.interval
	}

	/// How many parts are metered.
	pub fn taken(&self) -> u8 {
		self.taken
	}

	/// The generation readings, in mWh.
	pub fn generation(&self) -> &[u32; READINGS] {
		&self.generation
	}

	/// The draw readings, in mWh.
	pub fn draw(&self) -> &[u32; READINGS] {
		&self.draw
	}

	/// The sums: generation and draw.
	pub fn totals(&self) -> (MilliWattHours, MilliWattHours) {
		let sum = |values: &[u32]| MilliWattHours(values.iter().copied().map(u64::from).sum());
		(sum(&self.generation), sum(&self.draw))
	}

	/// Notes the next part.
	pub fn push(&mut self, reading: Reading) -> Result<(), EnergyError> {
		let at = usize::from(self.taken);
		let (generated, drawn) = self.totals();
		let (Some(generation), Some(draw)) = (self.generation.get_mut(at), self.draw.get_mut(at))
		else {
			return Err(EnergyError::Full);
		};
		let drawn = drawn.0.saturating_add(u64::from(reading.draw));
		if drawn > generated.0.saturating_add(u64::from(reading.generation)) {
			return Err(EnergyError::Overdrawn);
		}
		*generation = reading.generation;
		*draw = reading.draw;
		self.taken = self.taken.saturating_add(1);
		Ok(())
	}

	/// What is reported once the interval is over. A part that was never metered, as after a power
	/// cut, counts nothing.
	pub fn report(&self, device: DeviceId) -> EnergyReport {
		let (generation, compute_draw) = self.totals();
		let root = pogcs_proof::energy_root(&self.generation, &self.draw);
		EnergyReport { device, interval: self.interval, generation, compute_draw, root }
	}
}

/// The device's signature under its report, for one chain.
pub fn sign_report(key: &DeviceKey, chain: &ChainId, report: &EnergyReport) -> Signature {
	key.sign(&report.signing_payload(chain))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::crypto::verify;

	fn log() -> IntervalLog {
		let mut log = IntervalLog::new(Interval(9));
		for part in 0u32..32 {
			log.push(Reading { generation: 100 + part, draw: 50 }).unwrap();
		}
		log
	}

	#[test]
	fn report_should_sum_and_commit_when_the_interval_is_full() {
		let log = log();
		let report = log.report(DeviceId(4));
		assert_eq!(report.interval, Interval(9));
		assert_eq!(report.generation, MilliWattHours(32 * 100 + 31 * 16));
		assert_eq!(report.compute_draw, MilliWattHours(1_600));
		let mut other = IntervalLog::new(Interval(9));
		other.push(Reading { generation: 3_696, draw: 1_600 }).unwrap();
		// The same sums from other readings are another commitment.
		assert_eq!(other.report(DeviceId(4)).generation, report.generation);
		assert_ne!(other.report(DeviceId(4)).root, report.root);
	}

	#[test]
	fn reading_should_be_refused_when_full_or_overdrawn() {
		let mut full = log();
		assert_eq!(full.push(Reading::default()), Err(EnergyError::Full));
		let mut log = IntervalLog::new(Interval(0));
		log.push(Reading { generation: 10, draw: 4 }).unwrap();
		let refused = log.push(Reading { generation: 0, draw: 7 });
		assert_eq!(refused, Err(EnergyError::Overdrawn));
		assert_eq!(log.taken(), 1);
		log.push(Reading { generation: 0, draw: 6 }).unwrap();
	}

	#[test]
	fn signature_should_be_for_one_chain_when_a_report_is_signed() {
		let key = DeviceKey::from_seed([3; 32]);
		let report = log().report(DeviceId(4));
		let signature = sign_report(&key, &[1; 32], &report);
		assert!(verify(&key.public(), &report.signing_payload(&[1; 32]), &signature));
		assert!(!verify(&key.public(), &report.signing_payload(&[2; 32]), &signature));
	}
}
