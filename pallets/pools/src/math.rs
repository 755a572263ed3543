//! Who gets what: pure functions. Deposits and penalties are rounded up, income down.

use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding as mul_div, Permill, Rounding,
};

use crate::types::{Balance, Book, Promise, Settlement, Units};

/// Units that a penalty is quoted for: a GPU-hour, a kWh. Also what a `Permill` is a part of.
const MILLION: u128 = 1_000_000;

/// Fractional bits of a book's rate. Less than 2^64 units are promised, so that of one payment less
/// than 2^16 plancks are lost to rounding; and what is paid in can be 2^79 plancks before a rate
/// over a single unit overflows, which is refused.
const RATE_BITS: u32 = 48;

/// What missing `units` costs at `penalty` per million, rounded up.
pub fn deposit(units: Units, penalty: Balance) -> Option<Balance> {
	mul_div(u128::from(units.0), penalty, MILLION, Rounding::Up)
}

/// What of a `penalty` for `missed` units every pool takes for as many, at `least` per million:
/// rounded down.
pub fn covered(penalty: Balance, missed: Units, least: Balance) -> Option<Balance> {
	let all = mul_div(u128::from(missed.0), least, MILLION, Rounding::Down)?;
	Some(all.min(penalty))
}

/// `amount * part / whole`, rounded down. Nothing of nothing.
pub fn share(amount: Balance, part: Units, whole: Units) -> Option<Balance> {
	if whole == Units::ZERO {
		return Some(0);
	}
	mul_div(amount, u128::from(part.0), u128::from(whole.0), Rounding::Down)
}

/// `amount * part / whole`, rounded up; `None` of nothing.
pub fn share_up(amount: Balance, part: Units, whole: Units) -> Option<Balance> {
	mul_div(amount, u128::from(part.0), u128::from(whole.0), Rounding::Up)
}

/// `amount * rate`, rounded down.
pub fn fee(amount: Balance, rate: Permill) -> Option<Balance> {
	mul_div(amount, u128::from(rate.deconstruct()), MILLION, Rounding::Down)
}

/// The rate of a book after `amount` was shared over the `promised` units.
pub fn raised(rate: u128, amount: Balance, promised: Units) -> Option<u128> {
	let scale = 1u128.checked_shl(RATE_BITS)?;
	rate.checked_add(mul_div(amount, scale, u128::from(promised.0), Rounding::Down)?)
}

/// What a promise's part of the revenue comes to at the book's `rate`.
pub fn earned<AccountId>(promise: &Promise<AccountId>, rate: u128) -> Option<Balance> {
	let since = rate.checked_sub(promise.rate)?;
	let scale = 1u128.checked_shl(RATE_BITS)?;
	let more = mul_div(since, u128::from(promise.promised.0), scale, Rounding::Down)?;
	promise.earned.checked_add(more)
}

/// What a member missed of the `missed` units that its pool missed: in the proportion of what it
/// did not deliver to what all did not deliver, rounded up. Never more than it did not deliver,
/// because the pool misses at most what its members did not deliver.
fn missed_by<AccountId>(book: &Book, promise: &Promise<AccountId>, missed: Units) -> Option<Units> {
	let gap = promise.promised.saturating_sub(promise.delivered);
	if missed == Units::ZERO || gap == Units::ZERO {
		return Some(Units::ZERO);
	}
	let gaps = book.promised.saturating_sub(book.delivered);
	let part = share_up(u128::from(missed.0), gap, gaps)?;
	u64::try_from(part).ok().map(Units)
}

/// What settling `promise` does, once `missed` is what the pool missed in the whole interval.
///
/// Each promised unit has earned its part of what was paid in while it was promised. That is paid
/// for the units that were not missed, and what is not paid is the buyers'. With everything promised
/// being owed this is a price for each unit delivered. That others miss never raises a member's
/// income. The leader's fee is taken from the income of those units only that were delivered by work
/// which the leader gave.
pub fn settlement<AccountId>(
	book: &Book,
	promise: &Promise<AccountId>,
	missed: Units,
	excused: bool,
) -> Option<Settlement> {
	let missed = missed_by(book, promise, missed)?;
	let kept = promise.promised.checked_sub(missed)?;
	let penalty = if excused || missed == Units::ZERO {
		0
	} else {
		share_up(promise.deposit, missed, promise.promised)?
	};
	let full = earned(promise, book.rate)?;
	let paid = share(full, kept, promise.promised)?;
	let led = share(paid, promise.done.min(kept), kept)?;
	let fee = fee(led, book.leader_fee)?;
	let common =
		if is_equal(promise) { book.common.checked_div(u128::from(book.kept))? } else { 0 };
	Some(Settlement {
		missed,
		penalty,
		income: paid.checked_sub(fee)?.checked_add(common)?,
		fee,
		forfeited: full.checked_sub(paid)?,
	})
}

/// Whether a promise is kept, and large enough for an equal share.
pub fn is_equal<AccountId>(promise: &Promise<AccountId>) -> bool {
	promise.promised >= promise.floor && promise.delivered >= promise.promised
}
