//! What the asset oracle knows of a zone of the electricity grid (B4).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

use crate::{
	units::{GramsPerKwh, MicrosPerKwh},
	ZoneId,
};

/// What can be known of a zone.
#[derive(
	Clone,
	Copy,
	Debug,
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
#[serde(rename_all = "camelCase")]
pub enum Quantity {
	/// Carbon intensity of the electricity that is drawn from the grid.
	#[codec(index = 0)]
	Carbon,
	/// Price of the electricity that is drawn from the grid.
	#[codec(index = 1)]
	Price,
}

/// One value of a quantity, in its own unit.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Reading {
	/// Carbon intensity.
	#[codec(index = 0)]
	Carbon(GramsPerKwh),
	/// Price, in the zone's currency.
	#[codec(index = 1)]
	Price(MicrosPerKwh),
}

impl Reading {
	/// What it is a value of.
	pub fn quantity(&self) -> Quantity {
		match self {
			Self::Carbon(_) => Quantity::Carbon,
			Self::Price(_) => Quantity::Price,
		}
	}
}

/// One quantity of one zone: what feeders are admitted to and values are kept of.
#[derive(
	Clone,
	Copy,
	Debug,
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
pub struct FeedId {
	/// The zone.
	pub zone: ZoneId,
	/// The quantity.
	pub quantity: Quantity,
}

/// A currency by its ISO 4217 letters, such as `EUR`.
#[derive(
	Clone,
	Copy,
	Debug,
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
pub struct CurrencyCode(pub [u8; 3]);

impl CurrencyCode {
	/// Whether it is three capital letters.
	pub fn is_well_formed(&self) -> bool {
		self.0.iter().all(u8::is_ascii_uppercase)
	}
}

/// A price of electricity with the currency that it is in: one without the other means nothing.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct ElectricityPrice {
	/// How much.
	pub amount: MicrosPerKwh,
	/// Of what.
	pub currency: CurrencyCode,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn currency_should_be_well_formed_when_three_capital_letters() {
		assert!(CurrencyCode(*b"EUR").is_well_formed());
		assert!(!CurrencyCode(*b"eUR").is_well_formed());
		assert!(!CurrencyCode(*b"E1R").is_well_formed());
		assert!(!CurrencyCode([0; 3]).is_well_formed());
	}

	#[test]
	fn reading_should_name_its_quantity_when_asked() {
		assert_eq!(Reading::Carbon(GramsPerKwh(1)).quantity(), Quantity::Carbon);
		assert_eq!(Reading::Price(MicrosPerKwh(-1)).quantity(), Quantity::Price);
	}
}
