//! In which zone of the grid a place is, as governance says.

use frame_support::{ensure, traits::Get};
use pogcs_geo::{Cell, Resolution};
use pogcs_primitives::{CellId, ZoneId};
use sp_runtime::DispatchResult;

use crate::pallet::*;

/// The finest cells that can be put into a zone: about 17 km across.
pub const FINEST_ZONED: u8 = 5;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_zone(cell: CellId, zone: Option<ZoneId>) -> DispatchResult {
		let known = Cell::new(cell).ok_or(Error::<T>::BadCell)?;
		ensure!(known.resolution().get() <= FINEST_ZONED, Error::<T>::BadCell);
		if let Some(zone) = zone {
			let is_new = !Zones::<T>::contains_key(cell);
			ensure!(!is_new || Zones::<T>::count() < T::MaxZoned::get(), Error::<T>::TooManyZoned);
			Zones::<T>::insert(cell, zone);
		} else {
			ensure!(Zones::<T>::take(cell).is_some(), Error::<T>::NotZoned);
		}
		Self::deposit_event(Event::ZoneSet { cell, zone });
		Ok(())
	}

	/// The zone of the smallest cell about `cell` that is in one.
	pub(crate) fn zone_about(cell: CellId) -> Option<ZoneId> {
		let cell = Cell::new(cell)?;
		(0..=FINEST_ZONED)
			.rev()
			.filter_map(|resolution| cell.parent(Resolution::new(resolution)?))
			.find_map(|about| Zones::<T>::get(about.id()))
	}
}
