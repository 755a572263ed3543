//! Products and quotients of whole numbers.

use primitive_types::{U256, U512};

use crate::Bounds;

/// `floor` and `ceil` of `a * b / c`, with a product of 256 bits.
///
/// `None` if `c` is 0, or the upper does not fit.
pub fn mul_div(a: u128, b: u128, c: u128) -> Option<Bounds<u128>> {
	// Most products fit, and the short division is several times faster.
	if let Some(product) = a.checked_mul(b) {
		let down = product.checked_div(c)?;
		return Some(Bounds {
			down,
			up: if product.is_multiple_of(c) { down } else { down.checked_add(1)? },
		});
	}
	let Bounds { down, up } = quotient(U256::from(a).full_mul(b.into()), c.into())?;
	Some(Bounds { down: u128::try_from(down).ok()?, up: u128::try_from(up).ok()? })
}

/// `floor` and `ceil` of `dividend / divisor`. `None` if `divisor` is 0, or the upper does not fit.
pub(crate) fn quotient(dividend: U512, divisor: U256) -> Option<Bounds<U256>> {
	// The division of 256 bits is several times faster.
	let (down, exact) = match U256::try_from(dividend) {
		Ok(dividend) => {
			let down = dividend.checked_div(divisor)?;
			(down, down.checked_mul(divisor)? == dividend)
		}
		Err(_) => {
			let down = U256::try_from(dividend.checked_div(divisor.into())?).ok()?;
			(down, down.full_mul(divisor) == dividend)
		}
	};
	Some(Bounds { down, up: if exact { down } else { down.checked_add(U256::one())? } })
}
