#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchable_impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod verifier_impls;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{Commitment, KeyId, TaskId};
	use sp_core::H256;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The most bytes of a verifying key.
	pub const MAX_KEY_BYTES: u32 = 1_024;

	/// The bytes of a verifying key.
	pub type KeyBytes = BoundedVec<u8, ConstU32<MAX_KEY_BYTES>>;

	/// A verifying key in the registry.
	#[derive(
		Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
	)]
	pub struct KeyRecord {
		/// The key, compressed.
		pub bytes: KeyBytes,
		/// Whether proofs under it are accepted.
		pub active: bool,
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Who registers keys and takes them out of use.
		type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Blake2-256 hashes of the keys whose toxic waste is public.
		type DevelopmentKeys: Get<Vec<H256>>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Whether development keys are accepted: set at genesis, for development chains only.
	#[pallet::storage]
	pub type AllowDevelopmentKeys<T: Config> = StorageValue<_, bool, ValueQuery>;

	/// The id that the next key gets.
	#[pallet::storage]
	pub type NextKey<T: Config> = StorageValue<_, KeyId, ValueQuery>;

	/// Verifying keys.
	#[pallet::storage]
	pub type Keys<T: Config> = StorageMap<_, Twox64Concat, KeyId, KeyRecord, OptionQuery>;

	/// Which key has these bytes, by their blake2-256 hash: a key is registered once.
	#[pallet::storage]
	pub type KeyByHash<T: Config> = StorageMap<_, Identity, H256, KeyId, OptionQuery>;

	/// Nullifiers of accepted proofs, with the task and chunk that they were accepted for.
	#[pallet::storage]
	pub type Nullifiers<T: Config> =
		StorageMap<_, Blake2_128Concat, Commitment, (TaskId, u32), OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A verifying key was registered and is in use.
		KeyRegistered {
			/// Its id.
			key: KeyId,
			/// Blake2-256 of its bytes.
			hash: H256,
		},
		/// A key was put into use, or taken out of it.
		KeySwitched {
			/// Which.
			key: KeyId,
			/// Whether it is in use now.
			active: bool,
		},
		/// A proof was accepted.
		Verified {
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// The key it was verified under.
			key: KeyId,
			/// Its nullifier, now spent.
			nullifier: Commitment,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The bytes are no verifying key of the task circuit: send it compressed and whole.
		MalformedKey,
		/// The key would accept false proofs: run the ceremony again.
		DegenerateKey,
		/// The key's secrets are public, and this chain is no development chain.
		DevelopmentKey,
		/// The same key has been registered before.
		Duplicate,
		/// There is no such key.
		UnknownKey,
		/// All ids are taken.
		Exhausted,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Whether development keys are accepted.
		pub allow_development_keys: bool,
		/// Keys in use from the first block.
		pub keys: Vec<Vec<u8>>,
		/// Nothing of the runtime is configured.
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			AllowDevelopmentKeys::<T>::put(self.allow_development_keys);
			for key in &self.keys {
				let key = KeyBytes::try_from(key.clone()).expect("a genesis key fits");
				Pallet::<T>::do_register_key(key).expect("a genesis key is one");
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Checks a verifying key and puts it into use.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_key())]
		pub fn register_key(origin: OriginFor<T>, key: KeyBytes) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_register_key(key)
		}

		/// Puts a key into use, or takes it out of it. Proofs already accepted stay so.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::set_active())]
		pub fn set_active(origin: OriginFor<T>, key: KeyId, active: bool) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_active(key, active)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Whether a nullifier is spent, and on which chunk of which task.
		pub fn spent_on(nullifier: Commitment) -> Option<(TaskId, u32)> {
			Nullifiers::<T>::get(nullifier)
		}
	}
}
