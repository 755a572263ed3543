//! Benchmarks of the pallet's calls.

use frame_benchmarking::v2::*;
use frame_support::traits::EnsureOrigin;

use super::*;

/// The development key, which any chain may measure with.
pub(crate) const KEY: &[u8] = include_bytes!("../../../zk-circuits/keys/development.vk");
/// What `pogcs-zk sample` and `pogcs-zk prove` wrote: a proof under that key, and what it proves.
const PROOF: &[u8] = include_bytes!("../../../zk-circuits/sample/proof.bin");
const STATEMENT: &[u8] = include_bytes!("../../../zk-circuits/sample/statement.scale");

fn root<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_key() -> Result<(), BenchmarkError> {
		AllowDevelopmentKeys::<T>::put(true);
		// The genesis may have registered it.
		let _ = KeyByHash::<T>::clear(u32::MAX, None);
		let before = NextKey::<T>::get();
		let origin = root::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, KeyBytes::truncate_from(KEY.to_vec()));
		assert!(Keys::<T>::contains_key(before));
		Ok(())
	}

	#[benchmark]
	fn set_active() -> Result<(), BenchmarkError> {
		use pogcs_primitives::traits::TaskProofs;
		let key = Pallet::<T>::create_for_benchmark();
		let origin = root::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, key, false);
		assert!(!Keys::<T>::get(key).expect("just made").active);
		Ok(())
	}

	/// One verification alone, as this runtime does it: by itself, or by asking its host.
	#[benchmark]
	fn verify_proof() {
		let verdict;
		#[block]
		{
			verdict = pogcs_proof::onchain::verify(KEY, PROOF, STATEMENT);
		}
		assert_eq!(verdict, Ok(()));
	}
}
