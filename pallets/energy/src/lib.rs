#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

#[cfg(any(feature = "std", feature = "try-runtime"))]
extern crate alloc;

mod dispatchable_impls;
mod ledger_impls;
mod sweep_impls;
mod types;
pub mod weights;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use frame_support::{pallet_prelude::*, traits::StorageVersion, weights::WeightMeter};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		records::EnergyRecord,
		traits::{Devices, IntervalClock},
		wire::{EnergyReport, Signature},
		DeviceId, Interval, MilliWattHours,
	};

	use crate::{types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the ledger needs.
	#[pallet::config]
	pub trait Config: frame_system::Config<Hash: Into<[u8; 32]>> {
		/// The device registry.
		type Devices: Devices<Self::AccountId>;

		/// The chain's clock.
		type Clock: IntervalClock;

		/// For how many intervals after its own a report can be used; then it is removed. Must be
		/// at least as long as a proof may take.
		#[pallet::constant]
		type Retention: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// What each device metered in each interval.
	#[pallet::storage]
	pub type Reports<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		DeviceId,
		Twox64Concat,
		Interval,
		EnergyRecord,
		OptionQuery,
	>;

	/// Who reported in each interval, so that its reports can be found when they are to go.
	#[pallet::storage]
	pub type Reporters<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Interval, Twox64Concat, DeviceId, (), OptionQuery>;

	/// Sums of each interval whose reports stand.
	#[pallet::storage]
	pub type IntervalTotals<T: Config> = StorageMap<_, Twox64Concat, Interval, Totals, ValueQuery>;

	/// Sums of all intervals that were swept.
	#[pallet::storage]
	pub type SweptTotals<T: Config> = StorageValue<_, Totals, ValueQuery>;

	/// The first interval that is not swept: nothing of an earlier one stands.
	#[pallet::storage]
	pub type SweptUntil<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A device's interval is on record.
		Reported {
			/// Which device.
			device: DeviceId,
			/// The interval that was metered.
			interval: Interval,
			/// Renewable energy supplied.
			generation: MilliWattHours,
			/// Energy that compute drew.
			compute_draw: MilliWattHours,
			/// Green energy that proofs may use.
			available: MilliWattHours,
		},
		/// A proof used up green energy: its certificate is retired.
		Retired {
			/// Which device.
			device: DeviceId,
			/// The interval that the energy is of.
			interval: Interval,
			/// How much.
			amount: MilliWattHours,
			/// What is left of that interval.
			left: MilliWattHours,
		},
		/// All reports of an interval were removed.
		Swept {
			/// Which interval.
			interval: Interval,
			/// Its sums.
			totals: Totals,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The interval ended too long ago: only the one that has just ended can be reported.
		PastInterval,
		/// The interval has not ended yet. Report it when the next one has begun.
		FutureInterval,
		/// The device has reported this interval.
		AlreadyReported,
		/// No such device.
		UnknownDevice,
		/// The device is suspended. Its owner or governance must let it go on first.
		Suspended,
		/// The device was registered during or after this interval. Start with the next one.
		BeforeRegistration,
		/// The device's key did not sign this report for this chain.
		BadSignature,
		/// More than a device of this class can supply, or than 32 readings can add up to.
		Implausible,
		/// The root is not a canonical element of the BN254 scalar field.
		NonCanonicalRoot,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::sweep(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(T::Retention::get() > 0, "a report must outlast the interval it is made in");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Puts on record what a device metered in the interval that has just ended.
		///
		/// - `report`: what the device says.
		/// - `signature`: by the device's key, over `EnergyReport::signing_payload`.
		///
		/// Origin: signed, anybody. Event: `Reported`. Errors: `PastInterval`, `FutureInterval`,
		/// `UnknownDevice`, `Suspended`, `BeforeRegistration`, `AlreadyReported`, `Implausible`,
		/// `NonCanonicalRoot`, `BadSignature`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::report())]
		pub fn report(
			origin: OriginFor<T>,
			report: EnergyReport,
			signature: Signature,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_report(report, signature)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What a device metered in an interval, and what is left of it.
		pub fn record(device: DeviceId, interval: Interval) -> Option<EnergyRecord> {
			Reports::<T>::get(device, interval)
		}

		/// The sums of one interval, or nothing if nobody reported it or it was swept.
		pub fn totals_of(interval: Interval) -> Option<Totals> {
			IntervalTotals::<T>::try_get(interval).ok()
		}

		/// The interval that can be reported now, or nothing in the first one.
		pub fn reportable() -> Option<Interval> {
			T::Clock::current().checked_sub(1)
		}
	}
}
