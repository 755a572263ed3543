//! Numbers in `[0, 1)`, with the few operations that the series need.
//!
//! `U256` would do, but multiplies to 512 bits and shifts word by word. These are several times
//! faster, and there is nothing in them that could panic.

/// `[0, 1)` with 64 bits a limb, the least significant limb first. With three limbs, of which most
/// have it, a unit is 2^-192.
pub(crate) type Fraction<const N: usize = 3> = [u64; N];

/// `a + b`, modulo 1, and whether that went over 1.
pub(crate) fn add<const N: usize>(a: Fraction<N>, b: Fraction<N>) -> (Fraction<N>, bool) {
	let (mut sum, mut carry) = ([0; N], false);
	for i in 0..N {
		(sum[i], carry) = a[i].carrying_add(b[i], carry);
	}
	(sum, carry)
}

/// `a - b`, and one unit less if `borrow`, modulo 1; and whether that went below 0.
pub(crate) fn sub(a: Fraction, b: Fraction, mut borrow: bool) -> (Fraction, bool) {
	let mut rest = [0; 3];
	for i in 0..3 {
		(rest[i], borrow) = a[i].borrowing_sub(b[i], borrow);
	}
	(rest, borrow)
}

/// `a * 2^-bits`, rounded down, for `0 < bits < 64`.
pub(crate) fn shift([a, b, c]: Fraction, bits: u32) -> Fraction {
	let up = 64 - bits;
	[(a >> bits) | (b << up), (b >> bits) | (c << up), c >> bits]
}

/// `a * b`, rounded down, and at most `2 N - 1` units below: products that only reach below the
/// last limb are left out.
pub(crate) fn mul<const N: usize>(a: Fraction<N>, b: Fraction<N>) -> Fraction<N> {
	let mut product = [0; N];
	for i in 0..N {
		let (_, mut carry) = a[i].carrying_mul(b[N - 1 - i], 0);
		for k in 0..i {
			(product[k], carry) = a[i].carrying_mul_add(b[N - i + k], product[k], carry);
		}
		product[i] = carry;
	}
	product
}

#[cfg(test)]
mod tests {
	use super::*;
	use primitive_types::{U256, U512};
	use proptest::prelude::*;

	fn wide([a, b, c]: Fraction) -> U256 {
		U256([a, b, c, 0])
	}

	proptest! {
		#[test]
		fn mul_should_be_below_the_exact_product_by_few_units(a: Fraction, b: Fraction) {
			let exact = U256::try_from(wide(a).full_mul(wide(b)) >> 192).unwrap();
			let found = wide(mul(a, b));
			prop_assert!(found <= exact && exact - found <= U256::from(5));
		}

		#[test]
		fn mul_of_two_limbs_should_be_below_the_exact_product_by_few_units(a: u128, b: u128) {
			let limbs = |n: u128| [u64::try_from(n & u128::from(u64::MAX)).unwrap(), (n >> 64) as u64];
			let exact: U512 = U256::from(a).full_mul(U256::from(b)) >> 128;
			let [low, high] = mul(limbs(a), limbs(b));
			let found = U512::from(u128::from(high) << 64 | u128::from(low));
			prop_assert!(found <= exact && exact - found <= U512::from(3));
		}

		#[test]
		fn add_and_sub_should_agree_with_whole_numbers(a: Fraction, b: Fraction) {
			let one = U256::one() << 192;
			let (sum, over) = add(a, b);
			prop_assert_eq!(wide(sum) + if over { one } else { U256::zero() }, wide(a) + wide(b));
			let (rest, under) = sub(a, b, false);
			prop_assert_eq!(wide(rest) + wide(b), wide(a) + if under { one } else { U256::zero() });
			let (more, over) = add(b, [1, 0, 0]);
			prop_assert!(over || sub(a, b, true) == sub(a, more, false));
		}

		#[test]
		fn shift_should_divide_by_a_power_of_two(a: Fraction, bits in 1u32..64) {
			prop_assert_eq!(wide(shift(a, bits)), wide(a) >> bits);
		}
	}
}
