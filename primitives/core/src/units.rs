//! One unit for each quantity. A public signature never takes a bare integer for one of these.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

macro_rules! unit {
	($(#[$doc:meta])* $name:ident, $symbol:literal) => {
		$(#[$doc])*
		#[derive(
			Clone,
			Copy,
			Debug,
			Default,
			PartialEq,
			Eq,
			PartialOrd,
			Ord,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
			Serialize,
			Deserialize,
		)]
		pub struct $name(pub u64);

		impl $name {
			/// Nothing of it.
			pub const ZERO: Self = Self(0);

			/// The sum, or `None` on overflow.
			pub fn checked_add(self, other: Self) -> Option<Self> {
				self.0.checked_add(other.0).map(Self)
			}

			/// The difference, or `None` if `other` is larger.
			pub fn checked_sub(self, other: Self) -> Option<Self> {
				self.0.checked_sub(other.0).map(Self)
			}

			/// The sum, held at the largest value.
			pub fn saturating_add(self, other: Self) -> Self {
				Self(self.0.saturating_add(other.0))
			}
		}

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				write!(f, concat!("{} ", $symbol), self.0)
			}
		}
	};
}

unit!(
	/// Energy, in milliwatt-hours.
	MilliWattHours,
	"mWh"
);
unit!(
	/// Energy, in whole watt-hours: what a certificate counts in.
	WattHours,
	"Wh"
);
unit!(
	/// Power, in milliwatts.
	MilliWatts,
	"mW"
);
unit!(
	/// Compute, in millionths of an hour of the reference card.
	MicroGpuHours,
	"µGPU-h"
);
unit!(
	/// Greenhouse gas, in milligrams of CO2 equivalent.
	MilligramsCo2,
	"mg CO2e"
);

impl MilliWattHours {
	/// The whole watt-hours in it, rounded down: no certificate is issued for a part of one.
	pub const fn whole(self) -> WattHours {
		WattHours(self.0 / 1_000)
	}
}

impl WattHours {
	/// The same energy in milliwatt-hours, held at the largest value.
	pub const fn milli(self) -> MilliWattHours {
		MilliWattHours(self.0.saturating_mul(1_000))
	}
}

/// Carbon intensity of electricity, in grams of CO2e per kWh (the same number as mg per Wh).
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct GramsPerKwh(pub u32);

impl GramsPerKwh {
	/// Carbon of `energy` at this intensity, rounded up: a claim never looks cleaner than it is.
	///
	/// mg = mWh * g/kWh / 1000, since 1 g/kWh = 1 mg/Wh.
	pub fn of(self, energy: MilliWattHours) -> MilligramsCo2 {
		let mg = (u128::from(energy.0) * u128::from(self.0)).div_ceil(1_000);
		MilligramsCo2(u64::try_from(mg).unwrap_or(u64::MAX))
	}
}

/// Price of electricity, in millionths of a currency's unit per kWh. Below zero when whoever takes
/// electricity is paid for it.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct MicrosPerKwh(pub i64);

/// Carbon efficiency of compute (A5), in grams of CO2e per GPU-hour.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct GramsPerGpuHour(pub u64);

/// Grams of CO2e per GPU-hour (A5), rounded up; `None` if no compute was done.
pub fn grams_per_gpu_hour(carbon: MilligramsCo2, work: MicroGpuHours) -> Option<u64> {
	// (mg / 1000) / (µGPU-h / 1e6) = mg * 1000 / µGPU-h
	if work.0 == 0 {
		return None;
	}
	let grams = (u128::from(carbon.0) * 1_000).div_ceil(u128::from(work.0));
	Some(u64::try_from(grams).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn carbon_should_round_up_when_not_whole() {
		assert_eq!(GramsPerKwh(41).of(MilliWattHours(1)), MilligramsCo2(1));
		assert_eq!(GramsPerKwh(41).of(MilliWattHours(1_000)), MilligramsCo2(41));
		assert_eq!(GramsPerKwh(41).of(MilliWattHours(0)), MilligramsCo2(0));
		assert_eq!(GramsPerKwh(u32::MAX).of(MilliWattHours(u64::MAX)), MilligramsCo2(u64::MAX));
	}

	#[test]
	fn watt_hours_should_round_down_when_not_whole() {
		assert_eq!(MilliWattHours(1_999).whole(), WattHours(1));
		assert_eq!(MilliWattHours(999).whole(), WattHours(0));
		assert_eq!(WattHours(2).milli(), MilliWattHours(2_000));
		assert_eq!(WattHours(u64::MAX).milli(), MilliWattHours(u64::MAX));
	}

	#[test]
	fn grams_per_gpu_hour_should_be_unknown_when_no_work_was_done() {
		assert_eq!(grams_per_gpu_hour(MilligramsCo2(5), MicroGpuHours(0)), None);
		// 300 W for an hour at 41 g/kWh: 12.3 g, rounded up.
		let carbon = GramsPerKwh(41).of(MilliWattHours(300_000));
		assert_eq!(grams_per_gpu_hour(carbon, MicroGpuHours(1_000_000)), Some(13));
	}
}
