//! Reports: whether they are to be believed, and what they put on record.

use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{
	ledger::{Battery, Flows, Stored},
	records::{BatteryRecord, DeviceState, EnergyRecord},
	traits::{DeliveredEnergy, DeviceInfo, Devices, GridOracle, IntervalClock, Lifecycle},
	units::GramsPerKwh,
	wire::{ChainId, EnergyReport, PublicKey, Signature, READINGS},
	CellId, Interval, MilliWattHours,
};
use sp_core::ed25519;
use sp_runtime::{
	traits::{Verify, Zero},
	DispatchResult,
};

use crate::{pallet::*, surroundings::*, types::*};

/// The largest sum of an interval's readings of one kind, each of which is below 2^32 mWh.
const LARGEST_SUM: MilliWattHours = MilliWattHours(0xffff_ffff * 32);
const _: () = assert!(READINGS == 32, "the largest sum is that of 32 readings");

const MILLION: u128 = 1_000_000;

/// Whether `signature` over `message` is `signer`'s.
fn signed_by(signer: PublicKey, message: &[u8], signature: &Signature) -> bool {
	ed25519::Signature::from_raw(*signature).verify(message, &ed25519::Public::from_raw(signer))
}

impl<T: Config> Pallet<T> {
	/// The genesis hash, which never leaves storage.
	pub(crate) fn chain_id() -> ChainId {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).into()
	}

	/// A report of the interval that has just ended. Without a signature it is the device's because
	/// its account sent it.
	pub(crate) fn do_report(
		report: &EnergyReport,
		signature: Option<&Signature>,
	) -> DispatchResult {
		Self::ensure_just_ended(report.interval)?;
		Self::take(report, signature)
	}

	/// Puts a report on record, of whatever interval.
	pub(crate) fn take(report: &EnergyReport, signature: Option<&Signature>) -> DispatchResult {
		let EnergyReport { device, interval, .. } = *report;
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(
			!matches!(info.state, DeviceState::Suspended | DeviceState::Retired),
			Error::<T>::Suspended
		);
		// A device that was deregistered and came back would otherwise report, under its new id,
		// an interval that it has reported under the old one.
		ensure!(interval > info.since, Error::<T>::BeforeRegistration);
		ensure!(!Reports::<T>::contains_key(device, interval), Error::<T>::AlreadyReported);
		Self::ensure_plausible(report, &info)?;
		Self::ensure_sunny(report, &info)?;

		let before = Batteries::<T>::get(device);
		// One that comes after a later one, as out of a batch, finds a battery that has moved on.
		let in_order = before.is_none_or(|battery| interval > battery.through);
		let battery = Battery::from(&info.record);
		let grid = Self::grid_carbon(info.cell, interval);
		let stored = before.map(|battery| battery.stored).unwrap_or_default();
		let flows = Flows::from(report);
		let settled = if in_order {
			stored.settle(&flows, &battery, grid)
		} else {
			// What went in is nobody's: it will not come out again.
			Stored::default().settle(&flows, &Battery::default(), grid)
		};
		ensure!(report.green_supply <= settled.most_supply, Error::<T>::UnbackedSupply);
		let shares =
			settled.shares(report.generation, report.green_draw).ok_or(Error::<T>::UnbackedDraw)?;
		if let Some(signature) = signature {
			Self::ensure_signed_by_device(report, signature, &info)?;
		}

		let carbon =
			settled.carbon(&shares, report.compute_draw, info.record.carbon, &battery, grid);
		let record = EnergyRecord {
			generation: report.generation,
			compute_draw: report.compute_draw,
			green_supply: report.green_supply,
			green_draw: report.green_draw,
			root: report.root,
			available: report.green_draw,
			carbon,
			cell: info.cell,
		};
		let surplus = Surplus { production: shares.surplus, storage: shares.surplus_stored };
		let all_surplus =
			shares.surplus.checked_add(shares.surplus_stored).ok_or(Error::<T>::Overflow)?;
		let totals = Totals {
			reports: 1,
			generation: record.generation,
			compute_draw: record.compute_draw,
			green: record.green_draw,
			charged: settled.charged,
			kept: settled.kept,
			released: settled.released,
			lost: settled.lost,
			surplus: all_surplus,
			carbon,
			..Totals::default()
		};
		Self::insert(device, interval, record, surplus, &totals)?;
		if in_order && (before.is_some() || settled.after != Stored::default()) {
			let battery = BatteryRecord { stored: settled.after, through: interval };
			Batteries::<T>::insert(device, battery);
		}
		Self::deposit_event(Event::Reported {
			device,
			interval,
			generation: record.generation,
			compute_draw: record.compute_draw,
			available: record.available,
			surplus: all_surplus,
			carbon,
		});
		if record.available != MilliWattHours::ZERO || all_surplus != MilliWattHours::ZERO {
			T::Lifecycle::earned(device);
		}
		// Once for each interval of a device: an interval comes on record once, and is not taken any
		// more when its record has been removed.
		T::Delivered::metered(device, interval, all_surplus);
		Ok(())
	}

	pub(crate) fn ensure_just_ended(interval: Interval) -> Result<(), Error<T>> {
		let current = T::Clock::current();
		ensure!(interval < current, Error::<T>::FutureInterval);
		ensure!(interval.checked_add(1) == Some(current), Error::<T>::PastInterval);
		Ok(())
	}

	/// Whether a device of this class can have metered this.
	pub(crate) fn ensure_plausible(
		report: &EnergyReport,
		info: &DeviceInfo<T::AccountId>,
	) -> Result<(), Error<T>> {
		for sum in [
			report.generation,
			report.storage_in,
			report.storage_out,
			report.grid_import,
			report.grid_export,
			report.compute_draw,
			report.green_supply,
			report.green_draw,
		] {
			ensure!(sum <= LARGEST_SUM, Error::<T>::TooLarge);
		}
		ensure!(report.root.is_canonical(), Error::<T>::NonCanonicalRoot);
		ensure!(report.green_draw <= report.green_supply, Error::<T>::DrawAboveSupply);
		ensure!(Flows::from(report).rest().is_some(), Error::<T>::NotConserved);
		ensure!(report.compute_draw <= info.record.max_draw, Error::<T>::ImplausibleDraw);
		let battery = Battery::from(&info.record);
		ensure!(
			report.storage_out <= battery.most_out(report.storage_in)
				&& battery.takes(report.storage_in, report.storage_out),
			Error::<T>::ImplausibleStorage
		);
		ensure!(report.generation <= info.record.max_generation, Error::<T>::Implausible);
		Ok(())
	}

	/// Whether the sun can have given this where the device stands.
	pub(crate) fn ensure_sunny(
		report: &EnergyReport,
		info: &DeviceInfo<T::AccountId>,
	) -> Result<(), Error<T>> {
		let most = Self::ceiling(info, report.interval).ok_or(Error::<T>::UnknownSky)?;
		ensure!(report.generation <= most, Error::<T>::NoSun);
		Ok(())
	}

	/// The most that a device can generate in an interval, by its class and by the sun.
	pub(crate) fn ceiling(
		info: &DeviceInfo<T::AccountId>,
		interval: Interval,
	) -> Option<MilliWattHours> {
		let rated = info.record.max_generation;
		let share = T::Sky::most_output(info.cell, T::SolarClock::span(interval)?)?;
		let most = u128::from(rated.0).saturating_mul(u128::from(share.0)).div_ceil(MILLION);
		Some(rated.min(MilliWattHours(u64::try_from(most).unwrap_or(u64::MAX))))
	}

	pub(crate) fn ensure_signed_by_device(
		report: &EnergyReport,
		signature: &Signature,
		info: &DeviceInfo<T::AccountId>,
	) -> Result<(), Error<T>> {
		let payload = report.signing_payload(&Self::chain_id());
		ensure!(signed_by(info.key, &payload, signature), Error::<T>::BadSignature);
		Ok(())
	}

	/// What the grid's electricity emits in a cell; the dirty default where nobody knows.
	fn grid_carbon(cell: CellId, interval: Interval) -> GramsPerKwh {
		Self::zone_about(cell)
			.and_then(|zone| T::Grid::carbon(zone, interval))
			.unwrap_or_else(T::DefaultCarbon::get)
	}
}
