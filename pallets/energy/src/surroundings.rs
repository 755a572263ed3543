//! Where the sun stands: what the runtime knows and this pallet asks for.

use core::marker::PhantomData;

use frame_support::traits::Get;
use pogcs_geo::{sun, Cell, Place};
pub use pogcs_geo::{Moment, PartsPerMillion, Span};
use pogcs_primitives::{CellId, Interval};

/// When an interval was, for the sun.
pub trait SolarClock {
	/// The time that `interval` stands for; `None` where the sun's place is not known any more.
	fn span(interval: Interval) -> Option<Span>;
}

/// A clock on which interval 0 begins at `Start`, in Unix seconds, and each stands for `Seconds`. On
/// a chain of hours these are the genesis and 3,600. On one whose minute stands for an hour they are
/// the day that it plays and 3,600.
pub struct SteadyClock<Start, Seconds>(PhantomData<(Start, Seconds)>);

impl<Start: Get<u64>, Seconds: Get<u32>> SolarClock for SteadyClock<Start, Seconds> {
	fn span(interval: Interval) -> Option<Span> {
		let seconds = Seconds::get();
		let since = u64::from(interval.0).checked_mul(u64::from(seconds))?;
		Span::new(Moment(Start::get().checked_add(since)?), seconds)
	}
}

/// The sky over a cell.
pub trait ClearSky {
	/// The most that a panel in `cell` can generate in `span`, whichever way it faces, as a share of
	/// what it would at its rated power all the time; rounded up. `None` if there is no such cell.
	fn most_output(cell: CellId, span: Span) -> Option<PartsPerMillion>;
}

/// The sky as [`pogcs_geo::sun`] knows it.
pub struct GeoSky;

impl ClearSky for GeoSky {
	fn most_output(cell: CellId, span: Span) -> Option<PartsPerMillion> {
		Some(sun::most_output(Place::of(Cell::new(cell)?), span))
	}
}
