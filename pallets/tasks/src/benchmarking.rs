//! Benchmarks of the pallet's calls. `prove` is measured by the runtime's own benchmark, where a real
//! proof can be made.

use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Mutate, EnsureOrigin};
use frame_system::RawOrigin;
use pogcs_primitives::{
	records::ModelRecord,
	traits::{Devices, IntervalClock, TaskProofs},
	workload::{BATCH, PIXELS},
	ClassId, Commitment, DeviceId, Interval, MicroGpuHours, MilliWattHours, TaskId,
};
use sp_runtime::traits::{Bounded, Saturating};

use super::*;

fn record<T: Config>() -> ModelRecord {
	ModelRecord {
		commitment: Commitment([1; 32]),
		key: T::Proofs::create_for_benchmark(),
		work: MicroGpuHours(1_000),
		energy: MilliWattHours(100),
	}
}

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who = account(name, 0, 0);
	T::Currency::set_balance(&who, BalanceOf::<T>::max_value() / 4u32.into());
	who
}

fn opened<T: Config>(chunks: u32) -> Result<(T::AccountId, TaskId), BenchmarkError> {
	let client = rich::<T>("client");
	let model = NextModel::<T>::get();
	Pallet::<T>::do_register_model(record::<T>())?;
	T::Clock::set_for_benchmark(Interval(10));
	let task = NextTask::<T>::get();
	let inputs = (0..chunks).map(|_| [0; BATCH * PIXELS]).collect::<alloc::vec::Vec<_>>();
	let reward = T::MinReward::get().saturating_mul(2u32.into());
	Pallet::<T>::do_open(
		client.clone(),
		model,
		ClassId::default(),
		inputs.try_into().map_err(|_| BenchmarkError::Weightless)?,
		reward,
		Interval(12),
	)?;
	Ok((client, task))
}

fn device<T: Config>(owner: &T::AccountId) -> DeviceId {
	T::Devices::create_for_benchmark(owner, [7; 32], Commitment([2; 32]))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_model() -> Result<(), BenchmarkError> {
		let origin =
			T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let record = record::<T>();
		let model = NextModel::<T>::get();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, record);
		assert!(Models::<T>::contains_key(model));
		Ok(())
	}

	#[benchmark]
	fn open(n: Linear<1, { T::MaxChunks::get() }>) -> Result<(), BenchmarkError> {
		let client = rich::<T>("client");
		let model = NextModel::<T>::get();
		Pallet::<T>::do_register_model(record::<T>())?;
		let inputs = (0..n).map(|_| [0; BATCH * PIXELS]).collect::<alloc::vec::Vec<_>>();
		let inputs: Inputs<T> = inputs.try_into().map_err(|_| BenchmarkError::Weightless)?;
		let task = NextTask::<T>::get();
		let deadline = T::Clock::current().checked_add(1).unwrap_or_default();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(client),
			model,
			ClassId::default(),
			inputs,
			T::MinReward::get(),
			deadline,
		);
		assert!(Tasks::<T>::contains_key(task));
		Ok(())
	}

	#[benchmark]
	fn accept() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = device::<T>(&owner);
		let (_, task) = opened::<T>(1)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, task, 0);
		assert!(Assignments::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = device::<T>(&owner);
		let (_, task) = opened::<T>(1)?;
		Pallet::<T>::do_accept(owner.clone(), device, task, 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), task, 0);
		assert!(!Assignments::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn commit() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = device::<T>(&owner);
		let (_, task) = opened::<T>(1)?;
		Pallet::<T>::do_accept(owner.clone(), device, task, 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), task, 0, Commitment([3; 32]));
		Ok(())
	}

	#[benchmark]
	fn expire(n: Linear<1, { T::MaxChunks::get() }>) -> Result<(), BenchmarkError> {
		let (client, task) = opened::<T>(n)?;
		T::Clock::set_for_benchmark(Interval(13));
		#[extrinsic_call]
		_(RawOrigin::Signed(client), task);
		assert!(!Tasks::<T>::contains_key(task));
		Ok(())
	}
}
