//! Fixed-point numbers with 128 whole and 128 fractional bits.

use core::cmp::Ordering;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use primitive_types::{U256, U512};
use scale_info::TypeInfo;

use crate::{int::quotient, Bounds};

/// A number in `[0, 2^128)`, in units of 2^-128.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Fixed(pub(crate) U256);

/// `value / 2^128` between whole numbers. `None` if the upper does not fit.
fn whole(value: U256) -> Option<Bounds<u128>> {
	let down = value >> 128;
	let up = if value.low_u128() == 0 { down } else { down.checked_add(U256::one())? };
	Some(Bounds { down: u128::try_from(down).ok()?, up: u128::try_from(up).ok()? })
}

impl Fixed {
	/// Fractional bits.
	pub const FRACTION_BITS: u32 = 128;
	/// 0.
	pub const ZERO: Self = Self(U256([0; 4]));
	/// 2^-128, the smallest number above 0: one unit.
	pub const UNIT: Self = Self(U256([1, 0, 0, 0]));
	/// 1.
	pub const ONE: Self = Self(U256([0, 0, 1, 0]));
	/// `2^128 - 2^-128`, the largest.
	pub const MAX: Self = Self(U256([u64::MAX; 4]));

	/// From units of 2^-128, the least significant limb first.
	pub const fn from_parts(limbs: [u64; 4]) -> Self {
		Self(U256(limbs))
	}

	/// In units of 2^-128, the least significant limb first.
	pub const fn to_parts(self) -> [u64; 4] {
		self.0 .0
	}

	/// A whole number.
	pub fn from_int(n: u128) -> Self {
		Self(U256::from(n) << 128)
	}

	/// `n / d`. `None` if `d` is 0.
	pub fn from_ratio(n: u128, d: u128) -> Option<Bounds<Self>> {
		Some(quotient((U256::from(n) << 128).into(), d.into())?.map(Self))
	}

	/// Whether this is 0.
	pub const fn is_zero(self) -> bool {
		let [a, b, c, d] = self.to_parts();
		a == 0 && b == 0 && c == 0 && d == 0
	}

	/// Rounded down to a whole number.
	pub fn floor(self) -> u128 {
		(self.0 >> 128).low_u128()
	}

	/// Rounded up to a whole number. `None` above `2^128 - 1`.
	pub fn ceil(self) -> Option<u128> {
		whole(self.0).map(|bounds| bounds.up)
	}

	/// `self + other`, exactly. `None` if it does not fit.
	pub fn checked_add(self, other: Self) -> Option<Self> {
		self.0.checked_add(other.0).map(Self)
	}

	/// `self - other`, exactly. `None` if it is below 0.
	pub fn checked_sub(self, other: Self) -> Option<Self> {
		self.0.checked_sub(other.0).map(Self)
	}

	/// `self + other`, or the largest number.
	pub fn saturating_add(self, other: Self) -> Self {
		Self(self.0.saturating_add(other.0))
	}

	/// `self - other`, or 0.
	pub fn saturating_sub(self, other: Self) -> Self {
		Self(self.0.saturating_sub(other.0))
	}

	/// `self * other`, within one unit. `None` if it does not fit.
	#[allow(clippy::should_implement_trait)] // An operator has no bounds.
	pub fn mul(self, other: Self) -> Option<Bounds<Self>> {
		let product = self.0.full_mul(other.0);
		let down = U256::try_from(product >> 128).ok()?;
		let exact = product.low_u128() == 0;
		let up = if exact { down } else { down.checked_add(U256::one())? };
		Some(Bounds { down: Self(down), up: Self(up) })
	}

	/// `self / other`, within one unit. `None` if it does not fit, or `other` is 0.
	#[allow(clippy::should_implement_trait)] // An operator has no bounds.
	pub fn div(self, other: Self) -> Option<Bounds<Self>> {
		Some(quotient(U512::from(self.0) << 128, other.0)?.map(Self))
	}

	/// `floor` and `ceil` of `self * n`. `None` if the upper does not fit.
	pub fn mul_int(self, n: u128) -> Option<Bounds<u128>> {
		let product = self.0.full_mul(n.into());
		whole(U256::try_from(product).ok()?)
	}

	/// `self / n`, within one unit. `None` if `n` is 0.
	pub fn div_int(self, n: u128) -> Option<Bounds<Self>> {
		Some(quotient(self.0.into(), n.into())?.map(Self))
	}
}

/// A number in `(-2^128, 2^128)`, in units of 2^-128. There is one zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SignedFixed {
	negative: bool,
	magnitude: Fixed,
}

impl SignedFixed {
	/// 0.
	pub const ZERO: Self = Self { negative: false, magnitude: Fixed::ZERO };

	/// `magnitude`, or `-magnitude` if `negative`.
	pub const fn new(negative: bool, magnitude: Fixed) -> Self {
		Self { negative: negative && !magnitude.is_zero(), magnitude }
	}

	/// Whether this is below 0.
	pub const fn is_negative(self) -> bool {
		self.negative
	}

	/// Without its sign.
	pub const fn magnitude(self) -> Fixed {
		self.magnitude
	}

	/// This, if it is not below 0.
	pub fn non_negative(self) -> Option<Fixed> {
		(!self.negative).then_some(self.magnitude)
	}

	/// `-self`.
	pub const fn negate(self) -> Self {
		Self::new(!self.negative, self.magnitude)
	}

	/// `self + other`, exactly. `None` if it does not fit.
	pub fn checked_add(self, other: Self) -> Option<Self> {
		if self.negative == other.negative {
			let magnitude = self.magnitude.checked_add(other.magnitude)?;
			return Some(Self::new(self.negative, magnitude));
		}
		Some(match self.magnitude.checked_sub(other.magnitude) {
			Some(magnitude) => Self::new(self.negative, magnitude),
			None => Self::new(other.negative, other.magnitude.saturating_sub(self.magnitude)),
		})
	}

	/// `self - other`, exactly. `None` if it does not fit.
	pub fn checked_sub(self, other: Self) -> Option<Self> {
		self.checked_add(other.negate())
	}
}

impl From<Fixed> for SignedFixed {
	fn from(magnitude: Fixed) -> Self {
		Self::new(false, magnitude)
	}
}

impl Ord for SignedFixed {
	fn cmp(&self, other: &Self) -> Ordering {
		match (self.negative, other.negative) {
			(false, false) => self.magnitude.cmp(&other.magnitude),
			(true, true) => other.magnitude.cmp(&self.magnitude),
			(false, true) => Ordering::Greater,
			(true, false) => Ordering::Less,
		}
	}
}

impl PartialOrd for SignedFixed {
	fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
		Some(self.cmp(other))
	}
}
