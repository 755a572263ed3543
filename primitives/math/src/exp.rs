//! The exponential.

use primitive_types::U256;

use crate::{
	kernel::{Power, FRACTION},
	Bounds, Fixed,
};

/// Bits that the kernel has more than [`Fixed`].
pub(crate) const GUARD: u32 = FRACTION - Fixed::FRACTION_BITS;

/// From 0 to one unit: what is too small to tell.
const VANISHING: Bounds<Fixed> = Bounds { down: Fixed::ZERO, up: Fixed::UNIT };

/// `value * 2^-bits`, rounded up.
pub(crate) fn shift_up(value: U256, bits: u32) -> U256 {
	let down = value >> bits;
	if down << bits == value {
		down
	} else {
		down.saturating_add(U256::one())
	}
}

impl Power {
	/// In units of 2^-128. `None` if it does not fit.
	pub(crate) fn fixed(self) -> Option<Bounds<Fixed>> {
		let shift = self.exponent.saturating_sub(GUARD.cast_signed());
		let bits = shift.unsigned_abs();
		let (down, up) = if shift < 0 {
			(self.down >> bits, shift_up(self.up, bits))
		} else if bits <= self.up.leading_zeros() {
			(self.down << bits, self.up << bits)
		} else {
			return None;
		};
		Some(Bounds { down: Fixed(down), up: Fixed(up) })
	}

	/// A power of a negative number, which is below 1.
	pub(crate) fn fixed_below_one(power: Option<Self>) -> Bounds<Fixed> {
		let bounds = power.and_then(Self::fixed).unwrap_or(VANISHING);
		Bounds { down: bounds.down, up: bounds.up.min(Fixed::ONE) }
	}
}

/// `x` in the units of the kernel. `None` from 2^64 on.
fn kernel(x: Fixed) -> Option<U256> {
	(x.0.leading_zeros() >= GUARD).then(|| x.0 << GUARD)
}

/// `e^x`. `None` if it does not fit: from `128 ln 2 = 88.72...` on.
///
/// `up - down` is at most two units, or 2^-182 of the value where that is more.
pub fn exp(x: Fixed) -> Option<Bounds<Fixed>> {
	if x.is_zero() {
		return Some(Bounds::exact(Fixed::ONE));
	}
	Power::of(kernel(x)?, U256::zero())?.fixed()
}

/// `e^-x`, with `up - down` at most two units.
pub fn exp_neg(x: Fixed) -> Bounds<Fixed> {
	if x.is_zero() {
		return Bounds::exact(Fixed::ONE);
	}
	Power::fixed_below_one(kernel(x).and_then(|x| Power::of_negative(x, U256::zero())))
}

/// `e^x - 1`. `None` if `e^x` does not fit.
///
/// `up - down` is at most two units, or 2^-181 of the value where that is more. Near 0 that is two
/// units as well: 1 is a whole number of units, and to subtract it loses nothing.
pub fn expm1(x: Fixed) -> Option<Bounds<Fixed>> {
	Some(exp(x)?.map(|end| end.saturating_sub(Fixed::ONE)))
}

/// `1 - e^-x`, with `up - down` at most two units, near 0 as well.
pub fn one_minus_exp_neg(x: Fixed) -> Bounds<Fixed> {
	let Bounds { down, up } = exp_neg(x);
	Bounds { down: Fixed::ONE.saturating_sub(up), up: Fixed::ONE.saturating_sub(down) }
}
