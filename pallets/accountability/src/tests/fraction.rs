//! What an offence costs, as a formula.

use proptest::prelude::*;
use sp_runtime::Perbill;

use crate::slash_fraction;

const LEAST: Perbill = Perbill::from_percent(5);

#[test]
fn fraction_should_be_what_the_design_says() {
	let at = |weight| slash_fraction(weight, 1_000, LEAST).deconstruct();
	assert_eq!(at(0), LEAST.deconstruct());
	assert_eq!(at(1), LEAST.deconstruct());
	// (3 * 0.074)^2 is below the least part, (3 * 0.075)^2 above it.
	assert_eq!(at(74), LEAST.deconstruct());
	assert_eq!(at(75), 50_625_000);
	assert_eq!(at(100), 90_000_000);
	assert_eq!(at(200), 360_000_000);
	assert_eq!(at(333), 998_001_000);
	assert_eq!(at(334), 1_000_000_000);
	assert_eq!(at(1_000), 1_000_000_000);
}

#[test]
fn fraction_should_be_everything_when_the_set_makes_no_sense() {
	assert_eq!(slash_fraction(1, 0, LEAST), Perbill::one());
	assert_eq!(slash_fraction(0, 0, LEAST), Perbill::one());
	assert_eq!(slash_fraction(2, 1, LEAST), Perbill::one());
}

proptest! {
	#[test]
	fn fraction_should_grow_with_the_weight_and_stay_within_bounds(
		total in 1..=6_553_500u64, a in 0..=6_553_500u64, b in 0..=6_553_500u64,
	) {
		let (less, more) = (a.min(b).min(total), a.max(b).min(total));
		let (low, high) = (slash_fraction(less, total, LEAST), slash_fraction(more, total, LEAST));
		prop_assert!(LEAST <= low && low <= high);
		if more >= total.div_ceil(3) {
			prop_assert_eq!(high, Perbill::one());
		}
	}

	/// Off by no more than rounding: the share is rounded up by a billionth at most, and the square
	/// down.
	#[test]
	fn fraction_should_be_the_square_of_three_times_the_share(
		total in 1..=6_553_500u64, weight in 0..=6_553_500u64,
	) {
		let weight = weight.min(total);
		let billion = 1_000_000_000u128;
		let exact = 9 * u128::from(weight).pow(2) * billion / u128::from(total).pow(2);
		let exact = exact.clamp(LEAST.deconstruct().into(), billion);
		let found = u128::from(slash_fraction(weight, total, LEAST).deconstruct());
		prop_assert!(found + 1 >= exact && found <= exact + 8, "{found} for {exact}");
	}
}
