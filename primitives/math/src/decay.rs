//! The factor of an exponential moving average.

use primitive_types::U256;

use crate::kernel::{times_ln_2, Power, FRACTION};

/// `2^(-1/half_life)` in units of 2^-64, rounded down, off by less than 2 units.
///
/// A quantity multiplied by it each period has halved after `half_life` periods. `None` for a
/// half-life of zero.
pub fn half_life_decay(half_life: u32) -> Option<u64> {
	let t = times_ln_2(1).checked_div(half_life.into())?;
	let power = Power::of_negative(t, U256::zero())?;
	let bits = power.exponent.unsigned_abs().saturating_add(FRACTION - 64);
	// e^-t is below 1, if only by a rounding.
	Some(u64::try_from(power.down >> bits).unwrap_or(u64::MAX))
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
