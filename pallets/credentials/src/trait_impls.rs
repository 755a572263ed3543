//! What other pallets ask.

use pogcs_primitives::{traits::Credentials as CredentialsTrait, CredentialKind};

use crate::pallet::*;

impl<T: Config> CredentialsTrait<T::AccountId> for Pallet<T> {
	fn has(who: &T::AccountId, issuer: &T::AccountId, kind: CredentialKind) -> bool {
		Self::stands(who, issuer, kind)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_for_benchmark(who: &T::AccountId, issuer: &T::AccountId, kind: CredentialKind) {
		crate::benchmarking::create::<T>(who, issuer, kind).expect("whoever has the money can");
	}
}
