//! The natural logarithm.

use crate::{
	exp::{shift_up, GUARD},
	kernel::Logarithm,
	Bounds, Fixed, SignedFixed,
};

/// `ln x`, with `up - down` at most two units. `None` if `x` is 0.
pub fn ln(x: Fixed) -> Option<Bounds<SignedFixed>> {
	if x == Fixed::ONE {
		return Some(Bounds::exact(SignedFixed::ZERO));
	}
	let Logarithm { negative, down, up } = Logarithm::of(x.0, Fixed::FRACTION_BITS)?;
	let near = SignedFixed::new(negative, Fixed(down >> GUARD));
	let far = SignedFixed::new(negative, Fixed(shift_up(up, GUARD)));
	Some(if negative { Bounds { down: far, up: near } } else { Bounds { down: near, up: far } })
}

/// `ln(1 + x)`, with `up - down` at most two units. `None` if `1 + x` does not fit.
///
/// Near 0 it is two units as well, since `1 + x` is exact.
pub fn ln1p(x: Fixed) -> Option<Bounds<Fixed>> {
	Some(ln(Fixed::ONE.checked_add(x)?)?.map(SignedFixed::magnitude))
}
