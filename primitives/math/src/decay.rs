//! The factor of an exponential moving average.

use primitive_types::U256;

use crate::unit::{exp_neg, FRACTION};

/// `ln 2` in units of 2^-192, rounded down: the digits of OEIS A002162.
const LN_2: U256 = U256([0x40f343267298b62d, 0xc9e3b39803f2f6af, 0xb17217f7d1cf79ab, 0]);

/// `2^(-1/half_life)` in units of 2^-64, rounded down, off by less than 2 units.
///
/// A quantity multiplied by it each period has halved after `half_life` periods. `None` for a
/// half-life of zero.
pub fn half_life_decay(half_life: u32) -> Option<u64> {
	if half_life == 0 {
		return None;
	}
	let factor = exp_neg(LN_2 / U256::from(half_life)) >> (FRACTION - 64);
	// e^-x < 1 for x > 0, so only the rounding of a half-life of billions could reach 2^64.
	Some(u64::try_from(factor).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn half_life_decay_should_halve_after_that_many_steps() {
		for half_life in [1u32, 2, 3, 4, 24, 168, 8_760] {
			let factor = half_life_decay(half_life).unwrap();
			let mut value = 1u128 << 127;
			for _ in 0..half_life {
				// value * factor / 2^64, in two halves so that nothing overflows
				let (high, low) = (value >> 64, value & u128::from(u64::MAX));
				value = high * u128::from(factor) + ((low * u128::from(factor)) >> 64);
			}
			let half = 1u128 << 126;
			let off = value.abs_diff(half);
			assert!(off < half >> 45, "half-life {half_life}: off by {off}");
		}
	}

	#[test]
	fn half_life_decay_should_refuse_when_zero() {
		assert_eq!(half_life_decay(0), None);
	}
}
