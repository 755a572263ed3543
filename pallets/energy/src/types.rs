//! What only this pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use pogcs_primitives::MilliWattHours;
use scale_info::TypeInfo;

/// Sums over many reports.
///
/// `retired <= green <= generation`, and `green - retired` is what proofs may still use.
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
pub struct Totals {
	/// How many reports.
	pub reports: u64,
	/// Renewable energy supplied.
	pub generation: MilliWattHours,
	/// Energy that compute drew.
	pub compute_draw: MilliWattHours,
	/// Renewable energy that compute drew.
	pub green: MilliWattHours,
	/// Green energy that proofs used up.
	pub retired: MilliWattHours,
}

impl Totals {
	/// The sum, or `None` if any part of it overflows.
	pub fn checked_add(&self, other: &Self) -> Option<Self> {
		Some(Self {
			reports: self.reports.checked_add(other.reports)?,
			generation: self.generation.checked_add(other.generation)?,
			compute_draw: self.compute_draw.checked_add(other.compute_draw)?,
			green: self.green.checked_add(other.green)?,
			retired: self.retired.checked_add(other.retired)?,
		})
	}
}
