//! Where devices stand: one on a site, dearer where many are near, no faster than devices travel.

use frame_support::ensure;
use pogcs_geo::{distance, Cell, Place, Resolution};
use pogcs_primitives::{traits::IntervalClock, CellId, DeviceId, Interval};
use sp_runtime::DispatchResult;

use crate::{math, pallet::*, types::*};

const fn resolution(number: u8) -> Resolution {
	match Resolution::new(number) {
		Some(resolution) => resolution,
		None => panic!("there are resolutions 0 to 15"),
	}
}

/// About 300 m², the land of a house.
const SITE: Resolution = resolution(12);
/// About 0.1 km², some streets.
const NEAR: Resolution = resolution(9);
/// About 5 km², a small town.
const FAR: Resolution = resolution(7);

/// A cell of the finest resolution.
pub(crate) fn finest(cell: CellId) -> Option<Cell> {
	Cell::new(cell).filter(|cell| cell.resolution() == Resolution::FINEST)
}

impl<T: Config> Pallet<T> {
	/// The site of a cell of the finest resolution.
	pub(crate) fn site_of(cell: CellId) -> Option<CellId> {
		finest(cell)?.parent(SITE).map(Cell::id)
	}

	/// The cells whose devices are counted.
	pub(crate) fn counted_in(cell: CellId) -> impl Iterator<Item = CellId> {
		[NEAR, FAR].into_iter().filter_map(move |at| finest(cell)?.parent(at).map(Cell::id))
	}

	/// Gives a device its cell.
	pub(crate) fn claim(device: DeviceId, cell: CellId) -> Result<(), Error<T>> {
		let site = Self::site_of(cell).ok_or(Error::<T>::BadCell)?;
		BySite::<T>::insert(site, device);
		Self::counted_in(cell).for_each(|around| {
			Density::<T>::mutate(around, |count| *count = count.saturating_add(1));
		});
		Ok(())
	}

	/// Frees a cell.
	pub(crate) fn unclaim(cell: CellId) {
		if let Some(site) = Self::site_of(cell) {
			BySite::<T>::remove(site);
		}
		Self::counted_in(cell).for_each(|around| {
			Density::<T>::mutate_exists(around, |count| {
				*count = count.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
			});
		});
	}

	/// How many devices stand in the cell of a resolution around this one and in its neighbours: an
	/// edge between cells hides nobody.
	fn devices_about(cell: Cell, at: Resolution) -> u32 {
		cell.disk(at)
			.into_iter()
			.flatten()
			.fold(0u32, |sum, around| sum.saturating_add(Density::<T>::get(around.id())))
	}

	/// Refuses a cell on whose site another device stands.
	fn ensure_vacant(cell: Cell) -> Result<(), Error<T>> {
		let occupant = cell.parent(SITE).and_then(|site| BySite::<T>::get(site.id()));
		let Some(occupant) = occupant.and_then(Devices::<T>::get) else { return Ok(()) };
		let same = occupant.cell == cell.id();
		Err(if same { Error::<T>::CellTaken } else { Error::<T>::SiteTaken })
	}

	/// How many devices stand near and far.
	fn others(cell: Cell) -> [u32; 2] {
		[NEAR, FAR].map(|at| Self::devices_about(cell, at))
	}

	/// What it costs to come here.
	pub(crate) fn price(cell: CellId) -> Result<BalanceOf<T>, Error<T>> {
		let cell = finest(cell).ok_or(Error::<T>::BadCell)?;
		Self::ensure_vacant(cell)?;
		let parameters = Parameters::<T>::get();
		let [near, far] = Self::others(cell);
		ensure!(!math::is_crowded(&parameters.place, near, far), Error::<T>::Crowded);
		Ok(math::price(parameters.deposits.registration, &parameters.place, near, far))
	}

	/// What it costs a device to stand where it does. However many came near since, it may stay.
	pub(crate) fn price_in_place(entry: &Entry<T>) -> Result<BalanceOf<T>, Error<T>> {
		let cell = finest(entry.record.cell).ok_or(Error::<T>::BadCell)?;
		let parameters = Parameters::<T>::get();
		// It is counted itself.
		let [near, far] = Self::others(cell).map(|count| count.saturating_sub(1));
		Ok(math::price(parameters.deposits.registration, &parameters.place, near, far))
	}

	/// What it costs to come here, for who wants to know.
	pub(crate) fn quote(cell: CellId) -> Option<BalanceOf<T>> {
		Self::price(cell).ok()
	}

	/// How far a device may move now, in metres; nothing if it came a short while ago.
	pub(crate) fn reach(standing: &Standing) -> Option<u32> {
		let rules = Parameters::<T>::get().place;
		let stood = T::Clock::current().since(standing.placed);
		(stood >= rules.cooldown).then(|| rules.metres_per_interval.saturating_mul(stood))
	}

	pub(crate) fn do_move_device(
		owner: T::AccountId,
		device: DeviceId,
		cell: CellId,
		max_deposit: BalanceOf<T>,
	) -> DispatchResult {
		let mut entry = Self::owned(&owner, device)?;
		Self::ensure_not_stopped(device)?;
		Self::ensure_free(&entry)?;
		let from = entry.record.cell;
		ensure!(from != cell, Error::<T>::Unchanged);
		let (old, new) = finest(from).zip(finest(cell)).ok_or(Error::<T>::BadCell)?;
		let reach = Self::reach(&entry.standing).ok_or(Error::<T>::TooSoon)?;
		let metres = distance::between(Place::of(old), Place::of(new)).0;
		ensure!(metres <= reach, Error::<T>::TooFar);
		// It does not stand in its own way, nor raise its own price.
		Self::unclaim(from);
		let deposit = Self::price(cell)?;
		ensure!(deposit <= max_deposit, Error::<T>::Dearer);
		Self::refit(HoldReason::Registration, &owner, entry.record.deposit, deposit)?;
		Self::claim(device, cell)?;
		Self::forget_offer(device);
		let now: Interval = T::Clock::current();
		entry.record.cell = cell;
		entry.record.deposit = deposit;
		// What it meters counts for one place, so the interval of the move counts for none.
		entry.record.since = now;
		entry.standing.placed = now;
		Standings::<T>::insert(device, entry.standing);
		Devices::<T>::insert(device, entry.record);
		Self::deposit_event(Event::Moved { device, from, to: cell, metres, deposit });
		Ok(())
	}

	pub(crate) fn do_reprice(
		owner: T::AccountId,
		device: DeviceId,
		max_deposit: BalanceOf<T>,
	) -> DispatchResult {
		let mut entry = Self::owned(&owner, device)?;
		// What a suspension may still take stays where it is.
		Self::ensure_not_stopped(device)?;
		let to = Self::price_in_place(&entry)?;
		ensure!(to <= max_deposit, Error::<T>::Dearer);
		let from = core::mem::replace(&mut entry.record.deposit, to);
		ensure!(from != to, Error::<T>::Unchanged);
		Self::refit(HoldReason::Registration, &owner, from, to)?;
		Devices::<T>::insert(device, entry.record);
		Self::deposit_event(Event::Repriced { device, from, to });
		Ok(())
	}
}
