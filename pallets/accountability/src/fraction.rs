//! What an offence costs.

use sp_runtime::{PerThing, Perbill, Rounding};

/// `min(1, max(least, (3 * weight / total)^2))`: the part of the stake that each offender loses when
/// offenders who weigh `weight` together were caught in a set that weighs `total`.
///
/// One third of the weight is where equivocation can break finality, and where it costs everything.
/// Below it the cost falls with the square, so that a single misconfigured machine loses little and
/// many that act together lose much. The share rounds up.
pub fn slash_fraction(weight: u64, total: u64, least: Perbill) -> Perbill {
	// An offender outside any set, or of all of it: everything.
	let share = Perbill::from_rational_with_rounding(weight, total, Rounding::Up);
	let share = share.unwrap_or(Perbill::one());
	let tripled = Perbill::from_parts(share.deconstruct().saturating_mul(3));
	tripled.square().max(least)
}
