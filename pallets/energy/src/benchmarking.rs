//! What the call and the sweep cost.

use frame_benchmarking::v2::*;
use frame_support::{traits::Get, weights::WeightMeter};
use frame_system::RawOrigin;
use pogcs_primitives::{
	records::EnergyRecord,
	traits::{Devices, IntervalClock},
	wire::EnergyReport,
	Commitment, DeviceId, Interval, MilliWattHours,
};
use sp_core::crypto::KeyTypeId;

use crate::*;

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"benc");
const ROOT: Commitment = Commitment([1; 32]);

#[benchmarks]
mod benchmarks {
	use super::*;

	fn record() -> EnergyRecord {
		let amount = MilliWattHours(1_000);
		EnergyRecord { generation: amount, compute_draw: amount, root: ROOT, available: amount }
	}

	#[benchmark]
	fn report() -> Result<(), BenchmarkError> {
		let payer: T::AccountId = whitelisted_caller();
		let key = sp_io::crypto::ed25519_generate(KEY_TYPE, None);
		let device = T::Devices::create_for_benchmark(&payer, key.0, ROOT);
		T::Clock::set_for_benchmark(Interval(10), [1; 32]);
		let metered = EnergyReport {
			device,
			interval: Interval(9),
			generation: MilliWattHours(1_000),
			compute_draw: MilliWattHours(900),
			root: ROOT,
		};
		let payload = metered.signing_payload(&Pallet::<T>::chain_id());
		let signature = sp_io::crypto::ed25519_sign(KEY_TYPE, &key, &payload)
			.ok_or(BenchmarkError::Stop("the key was just generated"))?;
		#[extrinsic_call]
		_(RawOrigin::Signed(payer), metered, signature.0);
		assert!(Reports::<T>::contains_key(device, Interval(9)));
		Ok(())
	}

	#[benchmark]
	fn sweep_look() -> Result<(), BenchmarkError> {
		T::Clock::set_for_benchmark(Interval(10), [1; 32]);
		SweptUntil::<T>::put(Interval(10));
		#[block]
		{
			Pallet::<T>::sweep(&mut WeightMeter::new());
		}
		assert_eq!(SweptUntil::<T>::get(), Interval(10));
		Ok(())
	}

	#[benchmark]
	fn sweep_step() -> Result<(), BenchmarkError> {
		let at = Interval(1);
		T::Clock::set_for_benchmark(Interval(T::Retention::get().saturating_add(2)), [1; 32]);
		SweptUntil::<T>::put(at);
		for device in 0..100 {
			let device = DeviceId(device);
			Pallet::<T>::insert(device, at, record())
				.map_err(|_| BenchmarkError::Stop("little is reported"))?;
		}
		#[block]
		{
			Pallet::<T>::sweep_step(at, &mut WeightMeter::new());
		}
		assert_eq!(Reporters::<T>::iter_key_prefix(at).count(), 99);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
