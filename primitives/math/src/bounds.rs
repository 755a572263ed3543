//! Both ends of a rounding.

/// An interval that has the exact value in it: `down <= exact <= up`.
///
/// Whoever must round one way takes that end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds<T> {
	/// At most the exact value.
	pub down: T,
	/// At least the exact value.
	pub up: T,
}

impl<T: Copy> Bounds<T> {
	/// A value that is exact.
	pub const fn exact(value: T) -> Self {
		Self { down: value, up: value }
	}
}

impl<T> Bounds<T> {
	/// Both ends through a function that does not fall.
	pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Bounds<U> {
		Bounds { down: f(self.down), up: f(self.up) }
	}
}
