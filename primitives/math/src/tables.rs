//! Constants, which the compiler computes from their series.

use crate::fraction::Fraction;

/// Steps of the reduction: what they leave for a series is below `2^-STEPS`.
pub(crate) const STEPS: usize = 32;

/// `ln(1 + 2^-k)` for `k` from 1, rounded down.
pub(crate) const LOGARITHMS: [Fraction; STEPS] = {
	let mut table = [[0; 3]; STEPS];
	let mut k = 0;
	while k < STEPS {
		table[k] = top(mercator(k + 1));
		k += 1;
	}
	table
};

/// `ln 2` in units of 2^-256, rounded down, the least significant limb first.
pub(crate) const LN_2: [u64; 4] = {
	// -ln(1 - 1/2), the series of which has but one sign.
	let mut sum = [0; LIMBS];
	let mut j = 1;
	while j <= PLACES {
		sum = add(sum, power_over(j, j));
		j += 1;
	}
	[sum[2], sum[3], sum[4], sum[5]]
};

/// `1/2!, 1/3!, 1/4!, 1/5!`, rounded down: `(e^s - 1) / s = 1 + s/2! + s^2/3! + ...`
pub(crate) const EXPONENTIAL: [Fraction; 4] = {
	[top(power_over(0, 2)), top(power_over(0, 6)), top(power_over(0, 24)), top(power_over(0, 120))]
};

/// `1/2, 1/3, 1/4, 1/5`, rounded down: `-ln(1 - s) / s = 1 + s/2 + s^2/3 + ...`
pub(crate) const LOGARITHM: [Fraction; 4] = {
	[top(power_over(0, 2)), top(power_over(0, 3)), top(power_over(0, 4)), top(power_over(0, 5))]
};

/// Limbs of the numbers in here, the least significant first: one whole, and 384 fractional bits,
/// so that hundreds of roundings do not reach the 256 that are taken.
const LIMBS: usize = 7;

/// Fractional bits.
const PLACES: usize = 64 * (LIMBS - 1);

/// A number of these limbs.
type Long = [u64; LIMBS];

/// The first 192 fractional bits.
const fn top(long: Long) -> Fraction {
	[long[3], long[4], long[5]]
}

/// `ln(1 + 2^-k) = 2^-k - 2^-2k / 2 + 2^-3k / 3 - ...`
const fn mercator(k: usize) -> Long {
	let (mut plus, mut minus) = ([0; LIMBS], [0; LIMBS]);
	let mut j = 1;
	while j * k <= PLACES {
		let term = power_over(j * k, j);
		if j % 2 == 1 {
			plus = add(plus, term);
		} else {
			minus = add(minus, term);
		}
		j += 1;
	}
	sub(plus, minus)
}

/// `2^-places / divisor`, rounded down.
const fn power_over(places: usize, divisor: usize) -> Long {
	let divisor = long(divisor);
	let mut quotient = [0; LIMBS];
	let mut rest = 0;
	let mut i = LIMBS;
	while i > 0 {
		i -= 1;
		let bit = PLACES - places;
		let limb: u64 = if bit / 64 == i { 1 << (bit % 64) } else { 0 };
		// By halves, so that what is divided fits.
		let high = (rest << 32) | (limb >> 32);
		let low = ((high % divisor) << 32) | (limb & 0xffff_ffff);
		quotient[i] = ((high / divisor) << 32) | (low / divisor);
		rest = low % divisor;
	}
	quotient
}

/// A small number as a limb: constants have no `From`.
const fn long(small: usize) -> u64 {
	let (mut limb, mut count) = (0, 0);
	while count < small {
		limb += 1;
		count += 1;
	}
	limb
}

const fn add(a: Long, b: Long) -> Long {
	let (mut sum, mut carry) = ([0; LIMBS], false);
	let mut i = 0;
	while i < LIMBS {
		let (partial, over) = a[i].overflowing_add(b[i]);
		let (total, again) = if carry { partial.overflowing_add(1) } else { (partial, false) };
		(sum[i], carry) = (total, over || again);
		i += 1;
	}
	sum
}

/// `a - b`, which is `a + !b` and one unit.
const fn sub(a: Long, b: Long) -> Long {
	let (mut complement, mut unit) = ([0; LIMBS], [0; LIMBS]);
	let mut i = 0;
	while i < LIMBS {
		complement[i] = !b[i];
		i += 1;
	}
	unit[0] = 1;
	add(add(a, complement), unit)
}

#[cfg(test)]
mod tests {
	use super::*;
	use dashu_float::FBig;

	/// `floor(value * 2^bits)`, limb by limb.
	fn floor<const N: usize>(value: &FBig, bits: isize) -> [u64; N] {
		let power = |n: isize| FBig::from_parts(1.into(), n);
		let mut rest = (value * power(bits)).floor();
		let mut limbs = [0; N];
		for limb in &mut limbs {
			let above = (&rest * power(-64)).floor();
			*limb = u64::try_from((&rest - &above * power(64)).to_int().value()).unwrap();
			rest = above;
		}
		assert_eq!(rest, number(0));
		limbs
	}

	fn number(n: u8) -> FBig {
		FBig::from(n).with_precision(600).value()
	}

	#[test]
	fn constants_should_be_those_of_the_library_to_the_last_bit() {
		assert_eq!(LN_2, floor(&number(2).ln(), 256));
		for (k, logarithm) in (1..).zip(LOGARITHMS) {
			let small = number(1) * FBig::from_parts(1.into(), -k);
			assert_eq!(logarithm, floor(&small.ln_1p(), 192), "{k}");
		}
		let mut factorial = number(1);
		for (k, (exponential, logarithm)) in (2u8..).zip(EXPONENTIAL.iter().zip(&LOGARITHM)) {
			factorial *= number(k);
			assert_eq!(*exponential, floor(&(number(1) / &factorial), 192), "{k}");
			assert_eq!(*logarithm, floor(&(number(1) / number(k)), 192), "{k}");
		}
	}
}
