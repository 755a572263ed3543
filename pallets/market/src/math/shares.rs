//! What shares of a lane are worth.

use pogcs_math::mul_div;

use crate::types::Balance;

/// What part of the least deposit is as many shares as nobody can hold less than.
///
/// As many of a lane's shares are nobody's, for ever, from its first deposit on. Who wants to round a later
/// deposit away must make each share worth as much as that deposit, and so give this many times that
/// to shares that are nobody's.
pub const LEAST_PART: Balance = 1_000;

/// The price at which a lane takes deposits: `shares` for each `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
	/// So many shares,
	pub shares: Balance,
	/// for so much money.
	pub value: Balance,
}

impl Rate {
	/// At what rate `deposits` get shares of a lane that is worth `value` and has `shares`. `None` if
	/// they cannot: it has shares that are worth nothing, or the smallest deposit would get fewer than
	/// anybody can hold.
	pub fn of(shares: Balance, value: Balance, deposits: Balance, least: Balance) -> Option<Self> {
		let fewest = least / LEAST_PART;
		let rate = if shares == 0 {
			// A share for a planck, but for those that are nobody's.
			Self { shares: deposits.checked_sub(fewest)?, value: deposits }
		} else {
			Self { shares, value }
		};
		(rate.minted(least)? >= fewest && rate.minted(deposits).is_some()).then_some(rate)
	}

	/// The shares that `money` gets, rounded down.
	pub fn minted(&self, money: Balance) -> Option<Balance> {
		Some(mul_div(money, self.shares, self.value)?.down)
	}
}

/// What `shares` of all `outstanding` ones are paid of `value`, rounded down.
pub fn paid(shares: Balance, outstanding: Balance, value: Balance) -> Option<Balance> {
	Some(mul_div(shares, value, outstanding)?.down)
}
