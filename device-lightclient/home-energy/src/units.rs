//! Power, money and shares. Energy is [`MilliWattHours`], as everywhere.
//!
//! Money is in millionths of whatever currency the tariff has; nothing here knows which. Amounts
//! are rounded against the home: what it pays up, what it is paid down.

use pogcs_primitives::MilliWattHours;

/// The whole, in millionths.
const WHOLE: u64 = 1_000_000;

/// Power, in milliwatts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MilliWatts(pub u64);

impl MilliWatts {
	/// What flows in an hour.
	pub fn for_an_hour(self) -> MilliWattHours {
		MilliWattHours(self.0)
	}
}

/// A share, in millionths of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerMillion(pub u32);

impl PerMillion {
	/// The whole.
	pub const ONE: Self = Self(1_000_000);

	/// This share of `value`, rounded down.
	pub(crate) fn of(self, value: u64) -> u64 {
		narrow(u128::from(value) * u128::from(self.0) / u128::from(WHOLE))
	}

	/// The least value of which this share is `part` at least. A share of nothing has none: then
	/// the largest number.
	pub(crate) fn whole_of(self, part: u64) -> u64 {
		match self.0 {
			0 => u64::MAX,
			share => narrow((u128::from(part) * u128::from(WHOLE)).div_ceil(u128::from(share))),
		}
	}

	/// As a fraction of 1.
	pub(crate) fn fraction(self) -> f64 {
		f64::from(self.0) / 1e6
	}
}

/// Money, in millionths of the tariff's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

impl Money {
	/// In units of the currency, to be shown.
	pub fn units(self) -> f64 {
		self.0 as f64 / 1e6
	}

	pub(crate) fn plus(self, other: Self) -> Self {
		Self(self.0.saturating_add(other.0))
	}

	pub(crate) fn minus(self, other: Self) -> Self {
		Self(self.0.saturating_sub(other.0))
	}
}

/// A price, in millionths of the tariff's currency for a kilowatt-hour; it may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(pub i64);

impl Price {
	/// What is paid for `energy`, rounded up.
	pub fn cost(self, energy: MilliWattHours) -> Money {
		let income = Self(self.0.saturating_neg()).income(energy);
		Money(income.0.saturating_neg())
	}

	/// What is got for `energy`, rounded down.
	pub fn income(self, energy: MilliWattHours) -> Money {
		let exact = i128::from(self.0) * i128::from(energy.0);
		// A year of any house is far from the limit; beyond it the sum stands still.
		Money(i64::try_from(exact.div_euclid(i128::from(WHOLE))).unwrap_or(i64::MAX))
	}

	/// In units of the currency.
	pub(crate) fn units(self) -> f64 {
		self.0 as f64 / 1e6
	}
}

/// Energy in kWh, for the solver and for people.
pub(crate) fn kwh(energy: MilliWattHours) -> f64 {
	energy.0 as f64 / 1e6
}

/// The nearest whole mWh; what is below 0 is 0.
pub(crate) fn mwh(kwh: f64) -> MilliWattHours {
	// A float-to-integer cast saturates and takes no number for 0.
	MilliWattHours((kwh * 1e6).round().max(0.0) as u64)
}

fn narrow(value: u128) -> u64 {
	u64::try_from(value).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn money_should_round_against_the_home_when_not_whole() {
		let energy = MilliWattHours(1_500_001);
		assert_eq!(Price(300_000).cost(energy), Money(450_001));
		assert_eq!(Price(300_000).income(energy), Money(450_000));
		// Paid for taking, and paying for giving.
		assert_eq!(Price(-300_000).cost(energy), Money(-450_000));
		assert_eq!(Price(-300_000).income(energy), Money(-450_001));
	}

	#[test]
	fn share_should_never_make_energy_when_taken_and_taken_back() {
		let share = PerMillion(960_000);
		for part in [0, 1, 24, 25, 959_999, 1_000_003] {
			let whole = share.whole_of(part);
			assert!(whole >= part && share.of(whole) >= part);
			assert!(share.of(part) <= part);
		}
		assert_eq!(PerMillion(0).whole_of(1), u64::MAX);
		assert_eq!(PerMillion::ONE.whole_of(7), 7);
	}
}
