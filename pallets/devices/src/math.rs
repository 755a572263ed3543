//! Formulas, without storage.

use sp_runtime::traits::AtLeast32BitUnsigned;

use crate::parameters::{Crowding, PlaceRules};

/// What the others near cost.
///
/// Every device of a cluster pays for those that came before it, so `n` of them together pay with
/// the square of `n`. Sums that do not fit are held at the largest amount, which nobody has.
fn surcharge<Balance: AtLeast32BitUnsigned + Copy>(
	crowding: &Crowding<Balance>,
	others: u32,
) -> Balance {
	crowding.step.saturating_mul(others.saturating_sub(crowding.free).into())
}

/// The deposit of a device among so many others near and far.
pub fn price<Balance: AtLeast32BitUnsigned + Copy>(
	base: Balance,
	rules: &PlaceRules<Balance>,
	near: u32,
	far: u32,
) -> Balance {
	base.saturating_add(surcharge(&rules.near, near)).saturating_add(surcharge(&rules.far, far))
}

/// Whether among so many others no more are taken.
pub fn is_crowded<Balance>(rules: &PlaceRules<Balance>, near: u32, far: u32) -> bool {
	near >= rules.near.most || far >= rules.far.most
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn rules(free: u32, step: u128, most: u32) -> PlaceRules<u128> {
		PlaceRules {
			near: Crowding { free, step, most },
			far: Crowding { free: most, step: 1, most },
			metres_per_interval: 1,
			cooldown: 1,
		}
	}

	#[test]
	fn price_should_rise_with_each_other_beyond_the_free_ones() {
		let rules = PlaceRules {
			near: Crowding { free: 2, step: 10, most: 5 },
			far: Crowding { free: 4, step: 1, most: 100 },
			metres_per_interval: 1,
			cooldown: 1,
		};
		let quote = |near, far| price(100u128, &rules, near, far);
		assert_eq!(quote(0, 0), 100);
		assert_eq!(quote(2, 4), 100);
		assert_eq!(quote(3, 5), 111);
		assert_eq!(quote(4, 99), 100 + 20 + 95);
		assert!(!is_crowded(&rules, 4, 99));
		assert!(is_crowded(&rules, 5, 5));
		assert!(is_crowded(&rules, 0, 100));
	}

	#[test]
	fn price_should_be_out_of_reach_when_it_does_not_fit() {
		assert_eq!(price(1u128, &rules(0, u128::MAX, 5), 2, 0), u128::MAX);
		assert_eq!(price(u128::MAX, &rules(0, 1, 5), 2, 0), u128::MAX);
	}

	proptest! {
		#[test]
		fn price_should_never_fall_when_others_come(
			base in 1..1_000u128, free in 0..10u32, step in 1..1_000u128, near in 0..99u32,
		) {
			let rules = rules(free, step, 100);
			prop_assert!(price(base, &rules, near, 0) <= price(base, &rules, near + 1, 0));
		}

		#[test]
		fn a_cluster_should_pay_at_least_the_ordered_sum_however_it_comes_and_goes(
			// Whether a device comes, goes, or has its deposit priced anew.
			steps in prop::collection::vec((0..3u8, any::<prop::sample::Index>()), 1..80),
		) {
			let rules = rules(3, 7, 200);
			let quote = |others: usize| price(50u128, &rules, u32::try_from(others).unwrap(), 0);
			let mut paid = Vec::new();
			for (step, which) in steps {
				match step {
					0 => paid.push(quote(paid.len())),
					1 if !paid.is_empty() => { paid.swap_remove(which.index(paid.len())); },
					2 if !paid.is_empty() => {
						let at = which.index(paid.len());
						paid[at] = quote(paid.len() - 1);
					},
					_ => (),
				}
				let ordered: u128 = (0..paid.len()).map(quote).sum();
				prop_assert!(paid.iter().sum::<u128>() >= ordered);
			}
		}
	}
}
