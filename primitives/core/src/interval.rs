//! The delivery interval, which is also the consensus epoch.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Index of a delivery interval since genesis.
///
/// How long one lasts is a property of the chain (a number of slots), never of this type.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Interval(pub u32);

impl Interval {
	/// The interval `n` after this one, or `None` past the end of the clock.
	pub fn checked_add(self, n: u32) -> Option<Self> {
		self.0.checked_add(n).map(Self)
	}

	/// The interval `n` before this one, or `None` before genesis.
	pub fn checked_sub(self, n: u32) -> Option<Self> {
		self.0.checked_sub(n).map(Self)
	}

	/// The interval `n` before this one; genesis if there is none.
	pub fn saturating_sub(self, n: u32) -> Self {
		Self(self.0.saturating_sub(n))
	}

	/// How many intervals lie between `earlier` and this one; 0 if `earlier` is later.
	pub fn since(self, earlier: Self) -> u32 {
		self.0.saturating_sub(earlier.0)
	}
}

impl core::fmt::Display for Interval {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "{}", self.0)
	}
}
