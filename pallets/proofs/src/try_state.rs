//! What must always hold.

use frame_support::ensure;
use sp_runtime::TryRuntimeError;

use crate::{dispatchable_impls::hash_of, pallet::*};

impl<T: Config> Pallet<T> {
	/// Each key is a good one, known by its hash, with an id that was given out; and no hash names
	/// a key that is not there.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (key, record) in Keys::<T>::iter() {
			ensure!(key < NextKey::<T>::get(), "a key has an id that was given out");
			ensure!(pogcs_proof::check_key(&record.bytes).is_ok(), "a key is one");
			ensure!(KeyByHash::<T>::get(hash_of(&record.bytes)) == Some(key), "by its hash");
		}
		ensure!(
			KeyByHash::<T>::iter().all(|(_, key)| Keys::<T>::contains_key(key)),
			"a hash names a key"
		);
		Ok(())
	}
}
