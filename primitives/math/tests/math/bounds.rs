//! `down <= exact <= up`, and how far apart.

use crate::oracle::{exact, power_of_two, Exact, Function, Random, Worst};
use pogcs_math::{exp, exp_neg, expm1, ln, ln1p, one_minus_exp_neg, pow, Bounds, Fixed};

/// Compares at 20,000 points. `examples/error.rs` compares at a million.
fn should_hold(function: Function) {
	let mut random = Random::new(20_000);
	let mut worst = Worst::default();
	while worst.points < 20_000 {
		let (x, y) = function.sample(&mut random);
		worst.add(function, x, y).unwrap();
	}
	assert!(worst.relative <= 1e-15, "{worst:?}");
	assert!(worst.units <= 2, "{worst:?}");
}

#[test]
fn exp_should_hold_the_exact_value_within_1e_15() {
	should_hold(Function::Exp);
}

#[test]
fn exp_neg_should_hold_the_exact_value_within_1e_15() {
	should_hold(Function::ExpNeg);
}

#[test]
fn expm1_should_hold_the_exact_value_within_1e_15() {
	should_hold(Function::Expm1);
}

#[test]
fn one_minus_exp_neg_should_hold_the_exact_value_within_1e_15() {
	should_hold(Function::OneMinusExpNeg);
}

#[test]
fn ln_should_hold_the_exact_value_within_1e_15() {
	should_hold(Function::Ln);
}

#[test]
fn ln1p_should_hold_the_exact_value_within_1e_15() {
	should_hold(Function::Ln1p);
}

#[test]
fn pow_should_hold_the_exact_value_within_1e_15() {
	should_hold(Function::Pow);
}

/// `x` moved by a few units.
fn around(x: Fixed) -> impl Iterator<Item = Fixed> {
	(0..5).flat_map(move |units| {
		let distance = Fixed::from_parts([units, 0, 0, 0]);
		[x.saturating_sub(distance), x.saturating_add(distance)]
	})
}

#[test]
fn functions_should_hold_the_exact_value_at_the_seams() {
	let mut worst = Worst::default();
	let ln_2 = ln(Fixed::from_int(2)).unwrap().down.magnitude();
	for n in 0..128 {
		let whole = Fixed::from_int(1 << n);
		let binade = ln_2.mul(Fixed::from_int(n)).unwrap().down;
		let fraction = Fixed::ONE.div(whole).unwrap().down;
		for x in [whole, fraction, binade].into_iter().flat_map(around) {
			for (_, function) in Function::ALL {
				let y = match function {
					Function::Pow => fraction,
					_ => Fixed::ZERO,
				};
				let zero_to_ln = function == Function::Ln || function == Function::Pow;
				if !(x.is_zero() && zero_to_ln) {
					worst.add(function, x, y).unwrap();
				}
			}
		}
	}
	assert!(worst.relative <= 1e-15, "{worst:?}");
	assert!(worst.units <= 2, "{worst:?}");
}

#[test]
fn pow_should_hold_the_exact_value_when_the_exponent_is_huge() {
	let mut worst = Worst::default();
	for base in around(Fixed::ONE).filter(|base| *base != Fixed::ONE) {
		for n in 100..128 {
			worst.add(Function::Pow, base, Fixed::from_int(1 << n)).unwrap();
		}
		worst.add(Function::Pow, base, Fixed::MAX).unwrap();
	}
	assert!(worst.points > 200 && worst.relative <= 1e-15, "{worst:?}");
}

#[test]
fn functions_should_be_exact_where_the_value_is_plain() {
	let one = Bounds::exact(Fixed::ONE);
	let zero = Bounds::exact(Fixed::ZERO);
	assert_eq!(exp(Fixed::ZERO), Some(one));
	assert_eq!(exp_neg(Fixed::ZERO), one);
	assert_eq!(expm1(Fixed::ZERO), Some(zero));
	assert_eq!(one_minus_exp_neg(Fixed::ZERO), zero);
	assert_eq!(ln(Fixed::ONE).unwrap(), zero.map(Into::into));
	assert_eq!(ln1p(Fixed::ZERO), Some(zero));
	for x in [Fixed::ZERO, Fixed::UNIT, Fixed::ONE, Fixed::MAX] {
		assert_eq!(pow(x, Fixed::ZERO), Some(one));
		assert_eq!(pow(Fixed::ONE, x), Some(one));
	}
	assert_eq!(pow(Fixed::ZERO, Fixed::UNIT), Some(zero));
	assert_eq!(pow(Fixed::ZERO, Fixed::MAX), Some(zero));
}

#[test]
fn functions_should_refuse_what_does_not_fit() {
	assert_eq!(ln(Fixed::ZERO), None);
	assert_eq!(ln1p(Fixed::MAX), None);
	for x in [Fixed::from_int(89), Fixed::from_int(128), Fixed::from_int(u128::MAX), Fixed::MAX] {
		assert_eq!(exp(x), None);
		assert_eq!(expm1(x), None);
	}
	assert_eq!(pow(Fixed::MAX, Fixed::from_int(2)), None);
	assert_eq!(pow(Fixed::from_int(2), Fixed::from_int(128)), None);
	assert_eq!(pow(Fixed::from_int(2), Fixed::MAX), None);
	assert!(pow(Fixed::from_int(2), Fixed::from_int(127)).is_some());
}

#[test]
fn exp_should_fit_up_to_128_binades() {
	// The largest number whose power fits lies within a few units below 128 ln 2.
	let limit = ln(Fixed::MAX).unwrap().down.magnitude();
	let largest: Exact = power_of_two(128);
	assert!(exact(limit) < largest.ln());
	let below = limit.saturating_sub(Fixed::UNIT);
	assert!(exp(below).unwrap().up <= Fixed::MAX);
	assert_eq!(exp(limit.saturating_add(Fixed::from_parts([4, 0, 0, 0]))), None);
}

#[test]
fn powers_should_vanish_upwards_of_nothing_when_too_small_to_tell() {
	let vanishing = Bounds { down: Fixed::ZERO, up: Fixed::UNIT };
	for x in [Fixed::from_int(89), Fixed::from_int(128), Fixed::from_int(1 << 100), Fixed::MAX] {
		assert_eq!(exp_neg(x), vanishing);
		let almost_one = Bounds { down: Fixed::ONE.saturating_sub(Fixed::UNIT), up: Fixed::ONE };
		assert_eq!(one_minus_exp_neg(x), almost_one);
	}
	assert_eq!(pow(Fixed::UNIT, Fixed::from_int(2)), Some(vanishing));
	assert_eq!(pow(Fixed::UNIT, Fixed::MAX), Some(vanishing));
}
