//! The calls.

use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{
	records::{DeviceState, EnergyRecord},
	traits::{Devices, IntervalClock},
	wire::{ChainId, EnergyReport, PublicKey, Signature, READINGS},
	Interval, MilliWattHours,
};
use sp_core::ed25519;
use sp_runtime::{
	traits::{Verify, Zero},
	DispatchResult,
};

use crate::pallet::*;

/// The largest sum of an interval's readings of one kind, each of which is below 2^32 mWh.
const LARGEST_SUM: MilliWattHours = MilliWattHours(0xffff_ffff * 32);
const _: () = assert!(READINGS == 32, "the largest sum is that of 32 readings");

/// Whether `signature` over `message` is `signer`'s.
fn signed_by(signer: PublicKey, message: &[u8], signature: Signature) -> bool {
	ed25519::Signature::from_raw(signature).verify(message, &ed25519::Public::from_raw(signer))
}

impl<T: Config> Pallet<T> {
	/// The genesis hash, which never leaves storage.
	pub(crate) fn chain_id() -> ChainId {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).into()
	}

	pub(crate) fn do_report(report: EnergyReport, signature: Signature) -> DispatchResult {
		Self::ensure_just_ended(report.interval)?;
		let device = T::Devices::device(report.device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(device.state != DeviceState::Suspended, Error::<T>::Suspended);
		// A device that was deregistered and came back would otherwise report, under its new id,
		// an interval that it has reported under the old one.
		ensure!(report.interval > device.since, Error::<T>::BeforeRegistration);
		ensure!(
			!Reports::<T>::contains_key(report.device, report.interval),
			Error::<T>::AlreadyReported
		);
		ensure!(report.generation <= device.max_generation, Error::<T>::Implausible);
		for sum in [report.generation, report.compute_draw] {
			ensure!(sum <= LARGEST_SUM, Error::<T>::Implausible);
		}
		ensure!(report.root.is_canonical(), Error::<T>::NonCanonicalRoot);
		ensure!(
			signed_by(device.key, &report.signing_payload(&Self::chain_id()), signature),
			Error::<T>::BadSignature
		);

		let EnergyReport { device, interval, generation, compute_draw, root } = report;
		let available = generation.min(compute_draw);
		let record = EnergyRecord { generation, compute_draw, root, available };
		Self::insert(device, interval, record)?;
		Self::deposit_event(Event::Reported {
			device,
			interval,
			generation,
			compute_draw,
			available,
		});
		Ok(())
	}

	fn ensure_just_ended(interval: Interval) -> Result<(), Error<T>> {
		let current = T::Clock::current();
		ensure!(interval < current, Error::<T>::FutureInterval);
		ensure!(interval.checked_add(1) == Some(current), Error::<T>::PastInterval);
		Ok(())
	}

	/// Renewable energy that compute drew, whether proofs have used it since or not.
	pub(crate) fn green(record: &EnergyRecord) -> MilliWattHours {
		record.generation.min(record.compute_draw)
	}
}
