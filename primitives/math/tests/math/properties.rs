//! What holds for all arguments.

use codec::{Decode, Encode, MaxEncodedLen};
use num_bigint::BigUint;
use pogcs_math::{
	exp, exp_neg, expm1, ln, ln1p, mul_div, one_minus_exp_neg, pow, Bounds, Fixed, SignedFixed,
};
use proptest::prelude::*;

/// Any number, all magnitudes alike.
fn fixed() -> impl Strategy<Value = Fixed> {
	of_bits(256)
}

/// Any number below `2^(bits - 128)`, all magnitudes alike.
fn of_bits(bits: usize) -> impl Strategy<Value = Fixed> {
	(any::<[u64; 4]>(), 0..bits)
		.prop_map(|(limbs, places)| Fixed::from_parts((primitive(limbs) >> (255 - places)).0))
}

/// Any whole number, all magnitudes alike.
fn whole() -> impl Strategy<Value = u128> {
	(any::<u128>(), 0u32..128).prop_map(|(n, places)| n >> places)
}

fn primitive(limbs: [u64; 4]) -> primitive_types::U256 {
	primitive_types::U256(limbs)
}

fn big(x: Fixed) -> BigUint {
	let bytes: Vec<u8> = x.to_parts().iter().flat_map(|limb| limb.to_le_bytes()).collect();
	BigUint::from_bytes_le(&bytes)
}

/// Whether the bounds are those of `n / d` in whole numbers.
fn is_quotient(bounds: Bounds<BigUint>, n: BigUint, d: BigUint) -> bool {
	bounds.down == &n / &d && bounds.up == (n + &d - 1u8) / d
}

fn one() -> BigUint {
	BigUint::from(1u8) << 128
}

/// `a + b` for both ends.
fn sum(a: Bounds<Fixed>, b: Bounds<Fixed>) -> Bounds<Fixed> {
	Bounds { down: a.down.saturating_add(b.down), up: a.up.saturating_add(b.up) }
}

/// `a * b` for both ends. `None` if it does not fit.
fn product(a: Bounds<Fixed>, b: Bounds<Fixed>) -> Option<Bounds<Fixed>> {
	Some(Bounds { down: a.down.mul(b.down)?.down, up: a.up.mul(b.up)?.up })
}

/// Whether there is a number that both hold.
fn meet<T: Ord>(a: Bounds<T>, b: Bounds<T>) -> bool {
	a.down <= b.up && b.down <= a.up
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn mul_div_should_be_the_floor_and_the_ceiling(a in whole(), b in whole(), c in whole()) {
		let exact = BigUint::from(a) * BigUint::from(b);
		match mul_div(a, b, c) {
			Some(bounds) => prop_assert!(is_quotient(bounds.map(Into::into), exact, c.into())),
			None => prop_assert!(c == 0 || exact > BigUint::from(c) * u128::MAX),
		}
	}

	#[test]
	fn from_ratio_should_be_the_floor_and_the_ceiling(n in whole(), d in whole()) {
		match Fixed::from_ratio(n, d) {
			Some(bounds) => prop_assert!(is_quotient(bounds.map(big), BigUint::from(n) << 128, d.into())),
			None => prop_assert_eq!(d, 0),
		}
	}

	#[test]
	fn mul_should_be_the_floor_and_the_ceiling(a in fixed(), b in fixed()) {
		let exact = big(a) * big(b);
		match a.mul(b) {
			Some(bounds) => prop_assert!(is_quotient(bounds.map(big), exact, one())),
			None => prop_assert!(exact > big(Fixed::MAX) << 128),
		}
	}

	#[test]
	fn div_should_be_the_floor_and_the_ceiling(a in fixed(), b in fixed()) {
		let exact = big(a) << 128;
		match a.div(b) {
			Some(bounds) => prop_assert!(is_quotient(bounds.map(big), exact, big(b))),
			None => prop_assert!(b.is_zero() || exact > big(Fixed::MAX) * big(b)),
		}
	}

	#[test]
	fn mul_int_should_be_the_floor_and_the_ceiling(a in fixed(), n in whole()) {
		let exact = big(a) * n;
		match a.mul_int(n) {
			Some(bounds) => prop_assert!(is_quotient(bounds.map(Into::into), exact, one())),
			None => prop_assert!(exact > BigUint::from(u128::MAX) << 128),
		}
	}

	#[test]
	fn div_int_should_be_the_floor_and_the_ceiling(a in fixed(), n in whole()) {
		match a.div_int(n) {
			Some(bounds) => prop_assert!(is_quotient(bounds.map(big), big(a), n.into())),
			None => prop_assert_eq!(n, 0),
		}
	}

	#[test]
	fn floor_and_ceil_should_be_next_to_the_number(a in fixed()) {
		prop_assert_eq!(BigUint::from(a.floor()), big(a) >> 128);
		match a.ceil() {
			Some(ceil) => prop_assert_eq!(BigUint::from(ceil), (big(a) + one() - 1u8) >> 128),
			None => prop_assert!(a.floor() == u128::MAX && a != Fixed::from_int(u128::MAX)),
		}
	}

	#[test]
	fn fixed_should_add_and_subtract_exactly(a in fixed(), b in fixed()) {
		match a.checked_add(b) {
			Some(sum) => {
				prop_assert_eq!(big(sum), big(a) + big(b));
				prop_assert_eq!(sum.checked_sub(b), Some(a));
				prop_assert_eq!(a.saturating_add(b), sum);
			},
			None => prop_assert_eq!(a.saturating_add(b), Fixed::MAX),
		}
		prop_assert_eq!(a.checked_sub(b).is_some(), a >= b);
		prop_assert_eq!(a.saturating_sub(b), a.checked_sub(b).unwrap_or(Fixed::ZERO));
	}

	#[test]
	fn signed_fixed_should_order_and_add_as_numbers_do(
		a in of_bits(255), b in of_bits(255), minus_a: bool, minus_b: bool,
	) {
		let number = |x: Fixed, minus: bool| {
			let magnitude = num_bigint::BigInt::from(big(x));
			if minus { -magnitude } else { magnitude }
		};
		let (x, y) = (SignedFixed::new(minus_a, a), SignedFixed::new(minus_b, b));
		let (m, n) = (number(a, minus_a), number(b, minus_b));
		prop_assert_eq!(x.cmp(&y), m.cmp(&n));
		let sum = x.checked_add(y).unwrap();
		prop_assert_eq!(number(sum.magnitude(), sum.is_negative()), &m + &n);
		let difference = x.checked_sub(y).unwrap();
		prop_assert_eq!(number(difference.magnitude(), difference.is_negative()), m - n);
		prop_assert_eq!(x.checked_sub(x), Some(SignedFixed::ZERO));
		prop_assert_eq!(x.non_negative().is_some(), x >= SignedFixed::ZERO);
	}

	#[test]
	fn fixed_should_be_what_was_encoded(x in fixed()) {
		let bytes = x.encode();
		prop_assert_eq!(bytes.len(), Fixed::max_encoded_len());
		prop_assert_eq!(Fixed::decode(&mut &bytes[..]), Ok(x));
		prop_assert_eq!(Fixed::from_parts(x.to_parts()), x);
	}

	/// The bounds of the smaller argument are below those of the larger, but for a unit in which
	/// both may be rounded apart.
	#[test]
	fn functions_should_not_fall_where_they_rise(x in of_bits(134), step in of_bits(134)) {
		let y = x.saturating_add(step);
		let rises = |small: Option<Bounds<SignedFixed>>, large: Option<Bounds<SignedFixed>>| {
			let unit = SignedFixed::from(Fixed::UNIT);
			match (small, large) {
				(Some(small), Some(large)) => {
					small.down <= large.down.checked_add(unit).unwrap()
						&& small.up <= large.up.checked_add(unit).unwrap()
				},
				(small, large) => small.is_some() || large.is_none(),
			}
		};
		let signed = |bounds: Bounds<Fixed>| bounds.map(SignedFixed::from);
		let falls = |bounds: Bounds<Fixed>| {
			let Bounds { down, up } = signed(bounds).map(SignedFixed::negate);
			Bounds { down: up, up: down }
		};
		prop_assume!(!x.is_zero());
		prop_assert!(rises(exp(x).map(signed), exp(y).map(signed)));
		prop_assert!(rises(Some(falls(exp_neg(x))), Some(falls(exp_neg(y)))));
		prop_assert!(rises(expm1(x).map(signed), expm1(y).map(signed)));
		prop_assert!(rises(Some(signed(one_minus_exp_neg(x))), Some(signed(one_minus_exp_neg(y)))));
		prop_assert!(rises(ln(x), ln(y)));
		prop_assert!(rises(ln1p(x).map(signed), ln1p(y).map(signed)));
		let half = Fixed::from_parts([0, 1 << 63, 0, 0]);
		prop_assert!(rises(pow(x, half).map(signed), pow(y, half).map(signed)));
	}

	#[test]
	fn ln_should_undo_exp(x in of_bits(134)) {
		if let Some(power) = exp(x) {
			let (low, high) = (ln(power.down).unwrap(), ln(power.up).unwrap());
			prop_assert!(low.down <= SignedFixed::from(x) && SignedFixed::from(x) <= high.up);
		}
		let power = exp_neg(x);
		let minus_x = SignedFixed::new(true, x);
		prop_assert!(minus_x <= ln(power.up).unwrap().up);
		prop_assert!(power.down.is_zero() || ln(power.down).unwrap().down <= minus_x);
	}

	#[test]
	fn exp_should_undo_ln(x in fixed()) {
		prop_assume!(!x.is_zero());
		let Bounds { down, up } = ln(x).unwrap();
		let power = |t: SignedFixed| match t.non_negative() {
			Some(t) => exp(t),
			None => Some(exp_neg(t.magnitude())),
		};
		prop_assert!(power(down).unwrap().down <= x);
		if let Some(power) = power(up) {
			prop_assert!(x <= power.up);
		}
	}

	#[test]
	fn exp_of_a_sum_should_be_the_product(a in of_bits(133), b in of_bits(133)) {
		let whole = exp(a.saturating_add(b));
		let parts = exp(a).zip(exp(b)).and_then(|(a, b)| product(a, b));
		if let Some((whole, parts)) = whole.zip(parts) {
			prop_assert!(meet(whole, parts));
		}
		let whole = exp_neg(a.saturating_add(b));
		prop_assert!(meet(whole, product(exp_neg(a), exp_neg(b)).unwrap()));
	}

	#[test]
	fn ln_of_a_product_should_be_the_sum(a in of_bits(192), b in of_bits(192)) {
		prop_assume!(!a.is_zero() && !b.is_zero());
		let both = a.mul(b).unwrap();
		prop_assume!(!both.down.is_zero());
		let (x, y) = (ln(a).unwrap(), ln(b).unwrap());
		let whole = Bounds { down: ln(both.down).unwrap().down, up: ln(both.up).unwrap().up };
		let parts = Bounds {
			down: x.down.checked_add(y.down).unwrap(),
			up: x.up.checked_add(y.up).unwrap(),
		};
		prop_assert!(meet(whole, parts));
	}

	#[test]
	fn reciprocals_should_multiply_to_one(x in of_bits(134)) {
		if let Some(product) = exp(x).and_then(|power| product(power, exp_neg(x))) {
			prop_assert!(product.down <= Fixed::ONE && Fixed::ONE <= product.up);
		}
	}

	/// A trade of the market that is split: what the parts cost, each at the price that the ones
	/// before have left, is what the whole costs, but for roundings that favour the pool.
	#[test]
	fn a_split_purchase_should_cost_the_whole_and_never_less(
		reserve in 1u128..1 << 100, a in of_bits(128), b in of_bits(128),
	) {
		let cost = |reserve: u128, kd: Fixed| expm1(kd).unwrap().up.mul_int(reserve).unwrap().up;
		let whole = cost(reserve, a.checked_add(b).unwrap());
		let first = cost(reserve, a);
		let second = cost(reserve + first, b);
		// The second part is paid on what the first was rounded up by, too: at most e times that.
		prop_assert!(first + second >= whole.saturating_sub(1));
		prop_assert!(first + second <= whole + 7);
	}

	#[test]
	fn a_split_sale_should_bring_the_whole_and_never_more(
		reserve in 1u128..1 << 100, a in of_bits(128), b in of_bits(128),
	) {
		let price = |reserve: u128, kd: Fixed| one_minus_exp_neg(kd).down.mul_int(reserve).unwrap().down;
		let whole = price(reserve, a.checked_add(b).unwrap());
		let first = price(reserve, a);
		let second = price(reserve - first, b);
		prop_assert!(first + second <= whole + 1);
		prop_assert!(first + second + 4 >= whole);
	}

	#[test]
	fn pow_should_agree_with_multiplication(x in of_bits(160), n in 1u128..4) {
		let mut exact = Some(Bounds::exact(x));
		for _ in 1..n {
			exact = exact.and_then(|power| product(power, Bounds::exact(x)));
		}
		match (pow(x, Fixed::from_int(n)), exact) {
			(Some(power), Some(exact)) => prop_assert!(meet(power, exact)),
			(power, exact) => prop_assert_eq!(power.is_some(), exact.is_some()),
		}
	}

	#[test]
	fn pow_of_a_root_should_be_the_number(x in of_bits(256), n in 1u128..200) {
		let Bounds { down, up } = Fixed::from_ratio(1, n).unwrap();
		let (low, high) = (pow(x, down).unwrap(), pow(x, up).unwrap());
		let root = Bounds { down: low.down.min(high.down), up: low.up.max(high.up) };
		let back = |root: Fixed| pow(root, Fixed::from_int(n));
		if let Some(back) = back(root.up) {
			prop_assert!(x <= back.up);
		}
		prop_assert!(back(root.down).unwrap().down <= x);
	}

	#[test]
	fn powers_of_one_base_should_multiply(x in of_bits(140), a in of_bits(130), b in of_bits(130)) {
		let whole = pow(x, a.checked_add(b).unwrap());
		let parts = pow(x, a).zip(pow(x, b)).and_then(|(a, b)| product(a, b));
		if let Some((whole, parts)) = whole.zip(parts) {
			prop_assert!(meet(whole, parts));
		}
	}

	#[test]
	fn expm1_should_be_what_exp_is_above_one(x in of_bits(134)) {
		if let Some((less, power)) = expm1(x).zip(exp(x)) {
			prop_assert_eq!(sum(less, Bounds::exact(Fixed::ONE)), power);
			// 1 + x <= e^x
			prop_assert!(less.up >= x);
		}
		// 1 - e^-x <= x
		prop_assert!(one_minus_exp_neg(x).down <= x);
	}

	#[test]
	fn functions_should_never_panic(x in fixed(), y in fixed(), n: u128) {
		let _ = (exp(x), exp_neg(x), expm1(x), one_minus_exp_neg(x), ln(x), ln1p(x), pow(x, y));
		let _ = (x.mul(y), x.div(y), x.mul_int(n), x.div_int(n), x.ceil(), x.floor());
	}
}
