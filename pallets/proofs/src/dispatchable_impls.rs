//! Registering keys.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::KeyId;
use pogcs_proof::{check_key, Reason};
use sp_core::H256;
use sp_runtime::DispatchResult;

use crate::pallet::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_key(bytes: KeyBytes) -> DispatchResult {
		check_key(&bytes).map_err(|reason| match reason {
			Reason::DegenerateKey => Error::<T>::DegenerateKey,
			_ => Error::<T>::MalformedKey,
		})?;
		let hash = hash_of(&bytes);
		ensure!(
			AllowDevelopmentKeys::<T>::get() || !T::DevelopmentKeys::get().contains(&hash),
			Error::<T>::DevelopmentKey
		);
		ensure!(!KeyByHash::<T>::contains_key(hash), Error::<T>::Duplicate);
		let key = NextKey::<T>::get();
		NextKey::<T>::put(KeyId(key.0.checked_add(1).ok_or(Error::<T>::Exhausted)?));
		KeyByHash::<T>::insert(hash, key);
		Keys::<T>::insert(key, KeyRecord { bytes, active: true });
		Self::deposit_event(Event::KeyRegistered { key, hash });
		Ok(())
	}

	pub(crate) fn do_set_active(key: KeyId, active: bool) -> DispatchResult {
		Keys::<T>::try_mutate(key, |record| {
			record.as_mut().ok_or(Error::<T>::UnknownKey)?.active = active;
			Self::deposit_event(Event::KeySwitched { key, active });
			Ok(())
		})
	}
}

/// What a key is known by.
pub(crate) fn hash_of(bytes: &[u8]) -> H256 {
	sp_io::hashing::blake2_256(bytes).into()
}
