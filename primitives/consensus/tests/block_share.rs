//! The long-run share of blocks follows weight, for primary and fallback slots both.
//!
//! The lottery is run as the engine runs it, with a random number in the place of a VRF output,
//! which is what a VRF output is to everybody else.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sp_consensus_pogcs::{
	election::{fallback_author, primary_threshold, score, total_weight},
	AuthorityKey, Weight,
};

const SLOTS: u64 = 10_000;
const C: (u64, u64) = (1, 4);

struct Outcome {
	primary: Vec<u64>,
	fallback: Vec<u64>,
}

fn simulate(weights: &[Weight], seed: u64) -> Outcome {
	let mut random = ChaCha8Rng::seed_from_u64(seed);
	let authorities: Vec<_> =
		(0u8..).zip(weights).map(|(i, w)| (AuthorityKey([i; 32]), *w)).collect();
	let total = total_weight(&authorities);
	let thresholds: Vec<_> =
		weights.iter().map(|weight| primary_threshold(C, *weight, total)).collect();
	let mut outcome = Outcome { primary: vec![0; weights.len()], fallback: vec![0; weights.len()] };
	let randomness: [u8; 32] = random.gen();
	for slot in 0..SLOTS {
		// Of several primaries the one with the lower output is built upon.
		let winner = thresholds
			.iter()
			.enumerate()
			.map(|(index, threshold)| (score(&random.gen()), index, *threshold))
			.filter(|(score, _, threshold)| score < threshold)
			.min();
		match winner {
			Some((_, index, _)) => outcome.primary[index] += 1,
			None => {
				let index = fallback_author(&randomness, slot, &authorities).unwrap();
				outcome.fallback[index as usize] += 1;
			}
		}
	}
	outcome
}

/// Pearson's statistic of `counts` against shares proportional to `expected`.
fn chi_square(counts: &[u64], expected: &[f64]) -> f64 {
	let total: u64 = counts.iter().sum();
	let sum: f64 = expected.iter().sum();
	counts
		.iter()
		.zip(expected)
		.map(|(count, share)| {
			let expected = total as f64 * share / sum;
			(*count as f64 - expected).powi(2) / expected
		})
		.sum()
}

/// Critical values at p = 0.001 for 3, 4, 5 and 9 degrees of freedom (NIST/SEMATECH e-Handbook,
/// table 1.3.6.7.4).
fn critical(degrees: usize) -> f64 {
	match degrees {
		3 => 16.266,
		4 => 18.467,
		5 => 20.515,
		9 => 27.877,
		_ => unreachable!("no such case in this file"),
	}
}

const CASES: [&[Weight]; 4] = [
	&[16_384, 16_384, 16_384, 16_383],
	&[40_000, 15_000, 8_000, 2_000, 535],
	&[60_000, 3_000, 1_500, 500, 300, 235],
	&[6_553, 6_553, 6_553, 6_553, 6_553, 6_553, 6_553, 6_553, 6_553, 6_553],
];

#[test]
fn blocks_should_follow_weight_when_weights_are_skewed() {
	for (seed, weights) in (1u64..).zip(CASES) {
		let outcome = simulate(weights, seed);
		let shares: Vec<f64> = weights.iter().map(|w| *w as f64).collect();
		let all: Vec<_> =
			outcome.primary.iter().zip(&outcome.fallback).map(|(p, f)| p + f).collect();
		assert_eq!(all.iter().sum::<u64>(), SLOTS);
		let limit = critical(weights.len() - 1);

		let fallback = chi_square(&outcome.fallback, &shares);
		assert!(fallback < limit, "fallback of {weights:?}: {fallback} >= {limit}");

		// Winning alone grows a little more slowly than weight, because `1 - (1-c)^q` is concave,
		// and ties go to the lower output. The exact share of primaries is the integral of the
		// race; over all slots the difference is below what 10,000 slots can show.
		let together = chi_square(&all, &shares);
		assert!(together < limit, "all of {weights:?}: {together} >= {limit}");
		let primary = chi_square(&outcome.primary, &primary_shares(weights));
		assert!(primary < limit, "primary of {weights:?}: {primary} >= {limit}");
	}
}

/// The chance of each to have the lowest winning output, by numerical integration of
/// `P(i wins at x) = prod_{j != i} (1 - min(x, T_j))` over `x` in `0..T_i`.
fn primary_shares(weights: &[Weight]) -> Vec<f64> {
	let total: u64 = weights.iter().sum();
	let chance = |w: u64| 1.0 - 0.75f64.powf(w as f64 / total as f64);
	let chances: Vec<_> = weights.iter().map(|w| chance(*w)).collect();
	const STEPS: u32 = 2_000;
	(0..weights.len())
		.map(|i| {
			let step = chances[i] / f64::from(STEPS);
			(0..STEPS)
				.map(|n| {
					let x = (f64::from(n) + 0.5) * step;
					let others = chances.iter().enumerate().filter(|(j, _)| *j != i);
					others.map(|(_, t)| 1.0 - x.min(*t)).product::<f64>() * step
				})
				.sum()
		})
		.collect()
}

#[test]
fn chi_square_should_fail_when_fallback_ignores_weight() {
	// The fault this engine must not repeat: a fallback author drawn evenly.
	let weights = CASES[1];
	let even = vec![SLOTS / weights.len() as u64; weights.len()];
	let shares: Vec<f64> = weights.iter().map(|w| *w as f64).collect();
	assert!(chi_square(&even, &shares) > critical(weights.len() - 1));
}

#[test]
fn a_quarter_of_slots_should_have_a_primary_when_c_is_a_quarter() {
	let outcome = simulate(CASES[1], 9);
	let primaries: u64 = outcome.primary.iter().sum();
	// Five standard deviations of a binomial of 10,000 at 1/4 are 217.
	assert!(primaries.abs_diff(SLOTS / 4) < 217, "{primaries}");
}

#[test]
fn nobody_should_author_when_nobody_has_weight() {
	assert_eq!(fallback_author(&[0; 32], 1, &[(AuthorityKey([1; 32]), 0)]), None);
	assert_eq!(fallback_author(&[0; 32], 1, &[]), None);
	assert_eq!(primary_threshold(C, 0, 10), 0);
	assert_eq!(primary_threshold(C, 0, 0), 0);
}
