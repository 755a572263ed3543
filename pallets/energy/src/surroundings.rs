//! Where the sun stands: what the runtime knows and this pallet asks for.

use core::marker::PhantomData;

use frame_support::traits::Get;
use pogcs_primitives::{CellId, Interval};

/// A stretch of real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
	/// Its beginning, in Unix seconds.
	pub start: u64,
	/// Its length in seconds.
	pub seconds: u32,
}

/// When an interval was, for the sun.
pub trait SolarClock {
	/// The time that `interval` stands for; `None` beyond the end of the clock.
	fn span(interval: Interval) -> Option<Span>;
}

/// A clock on which interval 0 begins at `Start` and each stands for `Seconds`. On a chain of hours
/// these are the genesis and 3,600. On one whose minute stands for an hour they are the day that it
/// plays and 3,600.
pub struct SteadyClock<Start, Seconds>(PhantomData<(Start, Seconds)>);

impl<Start: Get<u64>, Seconds: Get<u32>> SolarClock for SteadyClock<Start, Seconds> {
	fn span(interval: Interval) -> Option<Span> {
		let seconds = Seconds::get();
		let since = u64::from(interval.0).checked_mul(u64::from(seconds))?;
		Some(Span { start: Start::get().checked_add(since)?, seconds })
	}
}

/// The sky over a cell.
pub trait ClearSky {
	/// The most that a panel in `cell` can generate in `span`, whichever way it faces, in millionths
	/// of what it would at its rated power all the time; rounded up. `None` if the cell is none, or
	/// the sun's place at that time is not known.
	fn most_output(cell: CellId, span: Span) -> Option<u32>;
}
