//! Powers.

use primitive_types::U256;

use crate::{
	kernel::{Logarithm, Power, LOGARITHM_ERROR},
	Bounds, Fixed,
};

/// `base^exponent`, with `0^0 = 1`. `None` if it does not fit.
///
/// `up - down` is at most two units, or `(exponent + 1) 2^-181` of the value where that is more: less
/// than 2^-52, whatever the exponent.
pub fn pow(base: Fixed, exponent: Fixed) -> Option<Bounds<Fixed>> {
	if exponent.is_zero() || base == Fixed::ONE {
		return Some(Bounds::exact(Fixed::ONE));
	}
	if base.is_zero() {
		return Some(Bounds::exact(Fixed::ZERO));
	}
	let logarithm = Logarithm::of(base.0, Fixed::FRACTION_BITS)?;
	// t = |exponent * ln base|, rounded down
	let t = U256::try_from(logarithm.down.full_mul(exponent.0) >> Fixed::FRACTION_BITS).ok();
	let spread = spread(exponent);
	if logarithm.negative {
		return Some(Power::fixed_below_one(t.and_then(|t| Power::of_negative(t, spread))));
	}
	Power::of(t?, spread)?.fixed()
}

/// By how much `exponent * ln base` may be too small, in units of 2^-192: the logarithm's error
/// times the exponent, and two units that are rounded off.
fn spread(exponent: Fixed) -> U256 {
	const BITS: u32 = Fixed::FRACTION_BITS - LOGARITHM_ERROR.ilog2();
	(exponent.0 >> BITS).saturating_add(2.into())
}
