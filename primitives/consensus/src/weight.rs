//! From verified work and stake to weight.
//!
//! ```text
//! G_v = exponential moving average of verified green compute
//! W_v = min(kappa * S_v, G_v)
//! q_v = floor(65535 * W_v / sum W)          zero is dropped
//! ```
//!
//! While `sum W` is below a floor `F`, the genesis validators share `F - sum W` evenly: bootstrap
//! weight, which fades as real work arrives and is gone when `sum W` reaches `F`.
//!
//! Quantities are in µGPU-h with [`PRECISION`] fractional bits, so that an average of small
//! deliveries does not round to nothing. Everything rounds down: nobody gains by rounding.

use alloc::vec::Vec;
use pogcs_math::half_life_decay;
use pogcs_primitives::{units::GramsPerKwh, MicroGpuHours};

use crate::Weight;

/// Fractional bits of an average and of a weight before it is scaled.
pub const PRECISION: u32 = 20;

/// The largest scaled weight.
pub const FULL: u128 = 65_535;

/// `a * b / 2^64`, rounded down, in halves so that no step overflows; saturates at the top.
fn mul_fraction(a: u128, b: u64) -> u128 {
	let (high, low) = (a >> 64, a & u128::from(u64::MAX));
	(high * u128::from(b)).saturating_add((low * u128::from(b)) >> 64)
}

/// The average after an epoch in which `delivered` was verified.
///
/// `G' = G * d + D * (1 - d)` with `d = 2^(-1/half_life)`. A half-life of zero forgets at once.
pub fn average(previous: u128, delivered: MicroGpuHours, half_life: u32) -> u128 {
	let decay = half_life_decay(half_life).unwrap_or(0);
	let delivered = u128::from(delivered.0) << PRECISION;
	// 2^64 - decay fits unless decay is 0, where everything is taken from the delivery.
	let fresh = match decay {
		0 => delivered,
		_ => mul_fraction(delivered, decay.wrapping_neg()),
	};
	mul_fraction(previous, decay).saturating_add(fresh)
}

/// Green compute scaled by carbon efficiency: `work * reference / max(reference, carbon)`.
///
/// Energy at or below the reference intensity counts in full and never more than that, so that an
/// intensity that somebody understates buys no weight; dirtier energy counts for less.
pub fn carbon_scaled(
	work: MicroGpuHours,
	carbon: GramsPerKwh,
	reference: GramsPerKwh,
) -> MicroGpuHours {
	let divisor = carbon.0.max(reference.0).max(1);
	let scaled = u128::from(work.0) * u128::from(reference.0.max(1)) / u128::from(divisor);
	MicroGpuHours(u64::try_from(scaled).unwrap_or(work.0))
}

/// `min(kappa * stake, average)`: neither claims without stake nor stake without work weigh.
///
/// `kappa` is in µGPU-h per planck, as a ratio `(numerator, denominator)`.
pub fn capped(average: u128, stake: u128, kappa: (u64, u64)) -> u128 {
	let (numerator, denominator) = (u128::from(kappa.0), u128::from(kappa.1.max(1)));
	// Whole part and remainder apart, so that a large stake does not overflow; a cap that would
	// not fit is no cap.
	let whole = (stake / denominator).checked_mul(numerator);
	let rest = (stake % denominator).saturating_mul(numerator) / denominator;
	let cap = whole
		.and_then(|whole| whole.checked_add(rest))
		.and_then(|cap| cap.checked_mul(1 << PRECISION))
		.unwrap_or(u128::MAX);
	average.min(cap)
}

/// One candidate for the next set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
	/// `W_v`, see [`capped`].
	pub earned: u128,
	/// Whether it shares the bootstrap weight.
	pub genesis: bool,
}

/// What each candidate weighs: `(earned part, bootstrap part)`, and scaled to [`FULL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
	/// Weight from verified work.
	pub earned: u128,
	/// Weight lent while the network is young.
	pub bootstrap: u128,
	/// `q_v`; zero if it weighs too little to count.
	pub scaled: Weight,
}

/// The scaled weights of all candidates, in order. `floor` has [`PRECISION`] fractional bits.
pub fn shares(candidates: &[Candidate], floor: u128) -> Vec<Share> {
	let earned = candidates.iter().fold(0u128, |sum, c| sum.saturating_add(c.earned));
	let genesis = candidates.iter().filter(|c| c.genesis).fold(0u128, |n, _| n.saturating_add(1));
	let lent = floor.saturating_sub(earned).checked_div(genesis).unwrap_or(0);
	let with_lent = |c: &Candidate| c.earned.saturating_add(if c.genesis { lent } else { 0 });
	let total = candidates.iter().fold(0u128, |sum, c| sum.saturating_add(with_lent(c)));
	candidates
		.iter()
		.map(|candidate| Share {
			earned: candidate.earned,
			bootstrap: if candidate.genesis { lent } else { 0 },
			scaled: scaled(with_lent(candidate), total),
		})
		.collect()
}

/// `floor(65535 * weight / total)`.
fn scaled(weight: u128, total: u128) -> Weight {
	// Both lose the same low bits if the product would not fit.
	let shift = 128u32.saturating_sub(total.leading_zeros()).saturating_sub(112);
	let (weight, total) = (weight >> shift, total >> shift);
	let value = (weight * FULL).checked_div(total).unwrap_or(0);
	Weight::try_from(value.min(FULL)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn average_should_halve_after_its_half_life_when_no_work_comes() {
		let start = 1_000_000u128 << PRECISION;
		let mut average_now = start;
		for _ in 0..24 {
			average_now = average(average_now, MicroGpuHours(0), 24);
		}
		assert!(average_now.abs_diff(start / 2) < 1_000);
	}

	#[test]
	fn average_should_settle_at_the_delivery_when_it_is_steady() {
		let mut average_now = 0;
		for _ in 0..2_000 {
			average_now = average(average_now, MicroGpuHours(500), 24);
		}
		assert!((500u128 << PRECISION) - average_now < 1 << 8);
	}

	#[test]
	fn carbon_scaled_should_never_exceed_the_work() {
		let work = MicroGpuHours(1_000);
		let at = |g| carbon_scaled(work, GramsPerKwh(g), GramsPerKwh(41)).0;
		assert_eq!((at(0), at(41), at(82), at(410)), (1_000, 1_000, 500, 100));
	}

	#[test]
	fn capped_should_need_both_stake_and_work() {
		let one = 1u128 << PRECISION;
		assert_eq!(capped(5 * one, 0, (1, 1)), 0);
		assert_eq!(capped(0, u128::MAX, (1, 1)), 0);
		assert_eq!(capped(5 * one, 6, (1, 2)), 3 * one);
		assert_eq!(capped(5 * one, u128::MAX, (u64::MAX, 1)), 5 * one);
	}

	#[test]
	fn shares_should_fade_the_bootstrap_when_work_arrives() {
		let candidate = |earned, genesis| Candidate { earned, genesis };
		let young = shares(&[candidate(0, true), candidate(0, true), candidate(0, false)], 100);
		assert_eq!(young.iter().map(|s| s.scaled).collect::<Vec<_>>(), [32_767, 32_767, 0]);
		let growing = shares(&[candidate(0, true), candidate(50, false)], 100);
		assert_eq!((growing[0].bootstrap, growing[1].earned), (50, 50));
		let grown = shares(&[candidate(25, true), candidate(75, false)], 100);
		assert_eq!((grown[0].bootstrap, grown[0].scaled, grown[1].scaled), (0, 16_383, 49_151));
	}

	#[test]
	fn shares_should_be_nothing_when_nobody_has_weight() {
		assert_eq!(shares(&[Candidate { earned: 0, genesis: false }], 100)[0].scaled, 0);
		assert!(shares(&[], 100).is_empty());
	}

	proptest! {
		#[test]
		fn shares_should_sum_to_at_most_full(
			earned in prop::collection::vec(any::<u128>().prop_map(|e| e >> 8), 1..50),
			floor in any::<u128>(),
		) {
			let candidates: Vec<_> =
				earned.iter().map(|e| Candidate { earned: *e, genesis: e % 2 == 0 }).collect();
			let sum: u128 = shares(&candidates, floor >> 8).iter().map(|s| u128::from(s.scaled)).sum();
			prop_assert!(sum <= FULL);
		}

		#[test]
		fn capped_should_never_exceed_work_or_cap(
			average in any::<u128>(), stake in any::<u64>(), n in 0u64..1_000_000, d in 1u64..1_000_000,
		) {
			let weight = capped(average, u128::from(stake), (n, d));
			prop_assert!(weight <= average);
			prop_assert!((weight >> PRECISION) <= u128::from(stake) * u128::from(n) / u128::from(d));
		}
	}
}
