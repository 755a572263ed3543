//! Packing small integers into field elements.
//!
//! An integer of `b` bits takes `b` bits of an element, the first integer the lowest; an element
//! takes as many as 253 bits hold, which keeps it below the field's order. Signed integers are
//! shifted by half of their range first ([`offset_i8`], [`offset_i24`]). Packing is injective
//! because each integer is known to be in range: here it is checked, in the circuit it is proven.

use alloc::vec::Vec;
use ark_bn254::Fr;
use ark_ff::BigInt;

use crate::Reason;

/// Bits of an element that packing uses: the largest number of bits that is always canonical.
pub const ELEMENT_BITS: usize = 253;
/// Bits of a pixel.
pub const PIXEL_BITS: usize = 5;
/// Bits of a weight.
pub const WEIGHT_BITS: usize = 8;
/// Bits of a pre-activation or a score.
pub const SCORE_BITS: usize = 24;
/// Bits of an energy reading.
pub const READING_BITS: usize = 32;

/// How many integers of `bits` bits one element holds.
pub const fn per_element(bits: usize) -> usize {
	match ELEMENT_BITS.checked_div(bits) {
		Some(count) => count,
		None => 0,
	}
}

/// Packs `values`, each below `2^bits`; `bits` is 1 to 64.
///
/// Fails with [`Reason::OutOfRange`] if a value is too large, or `bits` is.
pub fn pack(bits: usize, values: impl IntoIterator<Item = u64>) -> Result<Vec<Fr>, Reason> {
	if !(1..=64).contains(&bits) {
		return Err(Reason::OutOfRange);
	}
	let largest = u64::MAX >> (64 - bits);
	let mut elements = Vec::new();
	let mut limbs = [0u64; 4];
	let mut used = 0;
	for value in values {
		if value > largest {
			return Err(Reason::OutOfRange);
		}
		if used + bits > ELEMENT_BITS {
			elements.push(Fr::new(BigInt(limbs)));
			limbs = [0; 4];
			used = 0;
		}
		// `used` stays below 253, so that the low word exists; the high one need not.
		let shifted = u128::from(value) << (used % 64);
		let (low, high) = halves(shifted);
		let mut words = limbs.iter_mut().skip(used / 64);
		if let Some(word) = words.next() {
			*word |= low;
		}
		if let Some(word) = words.next() {
			*word |= high;
		}
		used += bits;
	}
	if used > 0 {
		elements.push(Fr::new(BigInt(limbs)));
	}
	Ok(elements)
}

/// An int8 shifted to 0..=255.
pub fn offset_i8(value: i8) -> u64 {
	// Flipping the sign bit of two's complement adds 128.
	u64::from(value.to_le_bytes()[0] ^ 0x80)
}

/// A signed 24-bit integer shifted to 0..2^24, or [`Reason::OutOfRange`].
pub fn offset_i24(value: i32) -> Result<u64, Reason> {
	let shifted = i64::from(value) + (1 << 23);
	u64::try_from(shifted).ok().filter(|v| *v < 1 << 24).ok_or(Reason::OutOfRange)
}

fn halves(value: u128) -> (u64, u64) {
	let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value.to_le_bytes();
	(u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes([i, j, k, l, m, n, o, p]))
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::{BigInteger, PrimeField};
	use proptest::prelude::*;

	fn unpack(bits: usize, elements: &[Fr], count: usize) -> Vec<u64> {
		let words = elements.iter().flat_map(|element| {
			let all = element.into_bigint().to_bits_le();
			(0..per_element(bits))
				.map(|k| (0..bits).map(|i| u64::from(all[k * bits + i]) << i).sum())
				.collect::<Vec<u64>>()
		});
		words.take(count).collect()
	}

	proptest! {
		#[test]
		fn packing_should_be_reversible_when_values_fit(
			bits in 1usize..=64,
			values in proptest::collection::vec(any::<u64>(), 0..80),
		) {
			let values: Vec<u64> = values.iter().map(|v| v >> (64 - bits)).collect();
			let elements = pack(bits, values.iter().copied()).unwrap();
			prop_assert_eq!(elements.len(), values.len().div_ceil(per_element(bits)));
			prop_assert_eq!(unpack(bits, &elements, values.len()), values);
		}
	}

	#[test]
	fn packing_should_fail_when_a_value_is_too_large() {
		assert_eq!(pack(5, [31, 32]), Err(Reason::OutOfRange));
		assert_eq!(pack(65, [0]), Err(Reason::OutOfRange));
		assert_eq!(pack(0, [0]), Err(Reason::OutOfRange));
	}

	#[test]
	fn offsets_should_span_the_range_when_signed() {
		assert_eq!((offset_i8(-128), offset_i8(0), offset_i8(127)), (0, 128, 255));
		assert_eq!(offset_i24(-(1 << 23)), Ok(0));
		assert_eq!(offset_i24((1 << 23) - 1), Ok((1 << 24) - 1));
		assert_eq!(offset_i24(1 << 23), Err(Reason::OutOfRange));
		assert_eq!(offset_i24(i32::MIN), Err(Reason::OutOfRange));
	}
}
