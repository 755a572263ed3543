#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod dispatchable_impls;
mod registry_impls;
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
pub use pogcs_geo::cell::is_finest;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Mutate, MutateHold},
			StorageVersion,
		},
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		records::{ClassRecord, DeviceState},
		traits::{IntervalClock, Obligations, Validators},
		units::GramsPerKwh,
		wire::{MakerCertificate, PublicKey, Signature},
		CellId, ClassId, Commitment, DeviceId, MilliWattHours,
	};

	use crate::{types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the registry needs.
	#[pallet::config]
	pub trait Config: frame_system::Config<Hash: Into<[u8; 32]>> {
		/// The currency of deposits.
		type Currency: Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// Who admits makers, sets classes and suspends devices.
		type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The chain's clock.
		type Clock: IntervalClock;

		/// Who is a validator.
		type Validators: Validators<Self::AccountId>;

		/// Who knows what a device still owes.
		type Obligations: Obligations;

		/// What the owner has on hold for each device: the price of a false identity.
		#[pallet::constant]
		type Deposit: Get<BalanceOf<Self>>;

		/// The longest name of a maker, in bytes.
		#[pallet::constant]
		type MaxNameLength: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Deposit for a registered device.
		Registration,
	}

	/// Makers by their ed25519 key.
	#[pallet::storage]
	pub type Makers<T: Config> = StorageMap<_, Blake2_128Concat, PublicKey, MakerRecord<T>>;

	/// Classes of devices.
	#[pallet::storage]
	pub type Classes<T: Config> = StorageMap<_, Twox64Concat, ClassId, ClassRecord>;

	/// The registry.
	#[pallet::storage]
	pub type Devices<T: Config> = StorageMap<_, Twox64Concat, DeviceId, DeviceRecordOf<T>>;

	/// The id that the next device gets.
	#[pallet::storage]
	pub type NextDevice<T: Config> = StorageValue<_, DeviceId, ValueQuery>;

	/// Devices by owner.
	#[pallet::storage]
	pub type Owned<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		DeviceId,
		(),
		OptionQuery,
	>;

	/// Which device has a key.
	#[pallet::storage]
	pub type ByKey<T: Config> = StorageMap<_, Blake2_128Concat, PublicKey, DeviceId>;

	/// Which device occupies a cell.
	#[pallet::storage]
	pub type ByCell<T: Config> = StorageMap<_, Blake2_128Concat, CellId, DeviceId>;

	/// Which device has a commitment.
	#[pallet::storage]
	pub type ByCommitment<T: Config> = StorageMap<_, Blake2_128Concat, Commitment, DeviceId>;

	/// Devices that governance stopped, and why.
	#[pallet::storage]
	pub type Suspensions<T: Config> = StorageMap<_, Twox64Concat, DeviceId, SuspensionReason>;

	/// Makers and classes that stand from the first block.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Key and name of each maker.
		pub makers: Vec<(PublicKey, Vec<u8>)>,
		/// Each class, its carbon intensity and the most that one device supplies in an interval.
		pub classes: Vec<(ClassId, GramsPerKwh, MilliWattHours)>,
		/// Nothing of the runtime is configured.
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (key, name) in &self.makers {
				let name = NameOf::<T>::try_from(name.clone()).expect("a maker's name fits");
				Makers::<T>::insert(key, MakerRecord { name, active: true });
			}
			for (class, carbon, max_generation) in &self.classes {
				Classes::<T>::insert(
					class,
					ClassRecord { carbon: *carbon, max_generation: *max_generation },
				);
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A maker's certificates count from now on.
		MakerRegistered {
			/// Its ed25519 key.
			maker: PublicKey,
			/// Its name.
			name: NameOf<T>,
		},
		/// A maker's certificates no longer count.
		MakerRevoked {
			/// Its ed25519 key.
			maker: PublicKey,
		},
		/// A class was made or changed.
		ClassSet {
			/// Which.
			class: ClassId,
			/// Carbon intensity of the energy its panel supplies.
			carbon: GramsPerKwh,
			/// The most that one device supplies in one interval.
			max_generation: MilliWattHours,
		},
		/// A device is in the registry.
		Registered {
			/// Its id.
			device: DeviceId,
			/// Who is paid for its work.
			owner: T::AccountId,
			/// Its ed25519 key.
			key: PublicKey,
			/// Its class.
			class: ClassId,
			/// Where it stands.
			cell: CellId,
			/// The validator that its work gives weight to.
			validator: T::AccountId,
			/// What the owner has on hold for it.
			deposit: BalanceOf<T>,
		},
		/// A device's work gives weight to another validator from now on.
		Bound {
			/// Which device.
			device: DeviceId,
			/// The validator.
			validator: T::AccountId,
		},
		/// A device's owner changed its state.
		StateSet {
			/// Which device.
			device: DeviceId,
			/// The state before.
			from: DeviceState,
			/// The state now.
			to: DeviceState,
		},
		/// Governance stopped a device.
		Suspended {
			/// Which device.
			device: DeviceId,
			/// Why.
			reason: SuspensionReason,
		},
		/// Governance let a device go on: it is Leaving until its owner says otherwise.
		Reinstated {
			/// Which device.
			device: DeviceId,
		},
		/// A device left the registry; its key, cell and commitment are free.
		Deregistered {
			/// Which device.
			device: DeviceId,
			/// Who owned it.
			owner: T::AccountId,
			/// What the owner got back.
			deposit: BalanceOf<T>,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// This maker is registered already.
		MakerExists,
		/// No maker with this key. Ask governance to register it, or check the certificate.
		UnknownMaker,
		/// This maker's certificates no longer count. The device needs another maker's.
		RevokedMaker,
		/// No such class. Governance must set it first.
		UnknownClass,
		/// A class needs a greatest generation above zero.
		EmptyClass,
		/// The maker did not sign this key and class. Take the certificate from the device as is.
		BadCertificate,
		/// The device did not sign this owner, commitment and chain. Ask it for a new consent.
		BadConsent,
		/// Not an H3 cell of resolution 15.
		BadCell,
		/// The commitment is not a canonical element of the BN254 scalar field.
		NonCanonical,
		/// A device with this key is registered. Deregister it first.
		KeyTaken,
		/// Another device stands in this cell. Give the cell that this one really stands in.
		CellTaken,
		/// Another device has this commitment. Let the device choose a new secret.
		CommitmentTaken,
		/// This account is not a validator. Choose one that has bonded stake.
		NotValidator,
		/// No such device.
		UnknownDevice,
		/// Only the device's owner may do this.
		NotOwner,
		/// The device is bound to this validator, or in this state, already.
		Unchanged,
		/// Governance stopped this device; see `Suspensions` for the reason.
		Stopped,
		/// Governance has not stopped this device.
		NotStopped,
		/// Set the device to Leaving or Suspended first.
		StillOnline,
		/// The device has accepted work. Finish it or have it released first.
		Obliged,
		/// There are no more device ids.
		Exhausted,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxNameLength::get() > 0, "a maker needs a name");
			assert!(
				T::Deposit::get() > BalanceOf::<T>::default(),
				"without a deposit a false identity costs nothing"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes certificates by `maker` count. Also brings back one that was revoked.
		///
		/// Origin: `ForceOrigin`. Event: `MakerRegistered`. Error: `MakerExists`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_maker())]
		pub fn register_maker(
			origin: OriginFor<T>,
			maker: PublicKey,
			name: NameOf<T>,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_register_maker(maker, name)
		}

		/// Makes certificates by `maker` count no longer. Its registered devices stay.
		///
		/// Origin: `ForceOrigin`. Event: `MakerRevoked`. Errors: `UnknownMaker`, `RevokedMaker`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::revoke_maker())]
		pub fn revoke_maker(origin: OriginFor<T>, maker: PublicKey) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_revoke_maker(maker)
		}

		/// Makes or changes a class.
		///
		/// Origin: `ForceOrigin`. Event: `ClassSet`. Error: `EmptyClass`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_class())]
		pub fn set_class(
			origin: OriginFor<T>,
			class: ClassId,
			record: ClassRecord,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_class(class, record)
		}

		/// Registers a certified device in the caller's name and holds the deposit.
		///
		/// - `certificate`: as the maker left it in the device.
		/// - `cell`: where the device stands, an H3 cell of resolution 15.
		/// - `validator`: who gets the weight of its work.
		/// - `commitment`: the device's Poseidon commitment to its secret.
		/// - `consent`: the device's signature over `wire::consent_payload`.
		///
		/// Origin: signed, the owner. Event: `Registered`. Errors: `BadCell`, `NonCanonical`,
		/// `UnknownMaker`, `RevokedMaker`, `UnknownClass`, `KeyTaken`, `CellTaken`,
		/// `CommitmentTaken`, `NotValidator`, `BadCertificate`, `BadConsent`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			certificate: MakerCertificate,
			cell: CellId,
			validator: T::AccountId,
			commitment: Commitment,
			consent: Signature,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_register(owner, certificate, cell, validator, commitment, consent)
		}

		/// Lets the device's work give weight to `validator` from now on.
		///
		/// Origin: signed, the owner. Event: `Bound`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Unchanged`, `NotValidator`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::bind())]
		pub fn bind(
			origin: OriginFor<T>,
			device: DeviceId,
			validator: T::AccountId,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_bind(owner, device, validator)
		}

		/// Moves the device to another state of its life.
		///
		/// Origin: signed, the owner. Event: `StateSet`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Stopped`, `Unchanged`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_state())]
		pub fn set_state(
			origin: OriginFor<T>,
			device: DeviceId,
			state: DeviceState,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_set_state(owner, device, state)
		}

		/// Takes the device out of the registry and gives the deposit back.
		///
		/// Origin: signed, the owner. Event: `Deregistered`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Stopped`, `StillOnline`, `Obliged`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::deregister())]
		pub fn deregister(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_deregister(owner, device)
		}

		/// Stops a device: it takes, reports and proves nothing, and its owner cannot undo it.
		///
		/// Origin: `ForceOrigin`. Event: `Suspended`. Errors: `UnknownDevice`, `Stopped`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::suspend())]
		pub fn suspend(
			origin: OriginFor<T>,
			device: DeviceId,
			reason: SuspensionReason,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_suspend(device, reason)
		}

		/// Lets a stopped device go on, as Leaving.
		///
		/// Origin: `ForceOrigin`. Event: `Reinstated`. Errors: `UnknownDevice`, `NotStopped`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::reinstate())]
		pub fn reinstate(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_reinstate(device)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A device, or nothing if there is none of this id.
		pub fn device_record(device: DeviceId) -> Option<DeviceRecordOf<T>> {
			Devices::<T>::get(device)
		}

		/// The ids of an owner's devices, in ascending order.
		pub fn devices_of(owner: T::AccountId) -> Vec<DeviceId> {
			let mut devices: Vec<_> = Owned::<T>::iter_key_prefix(owner).collect();
			devices.sort_unstable();
			devices
		}

		/// The device with this ed25519 key.
		pub fn device_by_key(key: PublicKey) -> Option<DeviceId> {
			ByKey::<T>::get(key)
		}

		/// The device that stands in this cell.
		pub fn occupant(cell: CellId) -> Option<DeviceId> {
			ByCell::<T>::get(cell)
		}

		/// Why governance stopped a device, or nothing if it did not.
		pub fn suspension(device: DeviceId) -> Option<SuspensionReason> {
			Suspensions::<T>::get(device)
		}
	}
}
