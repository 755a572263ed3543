//! What the tasks pallet asks: verify a proof and spend its nullifier.

use codec::Encode;
use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	traits::{Refusal, TaskProofs},
	KeyId,
};
use pogcs_proof::{onchain, Reason, Statement};

use crate::{dispatchable_impls::hash_of, pallet::*};

impl<T: Config> TaskProofs<Statement, Reason> for Pallet<T> {
	fn is_usable(key: KeyId) -> bool {
		Keys::<T>::get(key).is_some_and(|record| record.active)
	}

	fn verify_and_consume(
		key: KeyId,
		proof: &[u8],
		statement: &Statement,
	) -> Result<(), Refusal<Reason>> {
		let record = Keys::<T>::get(key).ok_or(Refusal::UnknownKey)?;
		ensure!(record.active, Refusal::InactiveKey);
		// A chain that stops being a development chain stops accepting its keys.
		ensure!(
			AllowDevelopmentKeys::<T>::get()
				|| !T::DevelopmentKeys::get().contains(&hash_of(&record.bytes)),
			Refusal::DevelopmentKey
		);
		ensure!(!Nullifiers::<T>::contains_key(statement.nullifier), Refusal::Spent);
		// The verifier also refuses a nullifier that is not canonical, before it computes anything.
		onchain::verify(&record.bytes, proof, &statement.encode()).map_err(Refusal::Invalid)?;
		Nullifiers::<T>::insert(statement.nullifier, (statement.task, statement.chunk));
		Self::deposit_event(Event::Verified {
			task: statement.task,
			chunk: statement.chunk,
			key,
			nullifier: statement.nullifier,
		});
		Ok(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark() -> KeyId {
		let bytes = KeyBytes::truncate_from(crate::benchmarking::KEY.to_vec());
		AllowDevelopmentKeys::<T>::put(true);
		if let Some(key) = KeyByHash::<T>::get(hash_of(&bytes)) {
			return key;
		}
		let key = NextKey::<T>::get();
		Self::do_register_key(bytes).expect("the development key is one");
		key
	}
}
