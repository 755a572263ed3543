//! Benchmarks of the pallet's calls. `prove` verifies a real proof: the sample of the circuit's
//! folder, around which the chain's state is laid.

use alloc::{boxed::Box, vec, vec::Vec};
use codec::Decode;
use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Mutate, EnsureOrigin, Get};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use pogcs_primitives::{
	records::{ChunkState, ModelRecord},
	traits::{Devices, Energy, IntervalClock, TaskProofs},
	wire::Submission,
	workload::{Images, BATCH, PIXELS},
	ClassId, Commitment, DeviceId, Interval, MicroGpuHours, MilliWattHours, TaskId,
};
use pogcs_proof::Statement;
use sp_runtime::traits::{Bounded, Saturating, Zero};

use super::*;

/// What `pogcs-zk sample` and `pogcs-zk prove` wrote: a proof under the development key.
const PROOF: &[u8; 128] = include_bytes!("../../../zk-circuits/sample/proof.bin");
/// And what it proves.
const STATEMENT: &[u8] = include_bytes!("../../../zk-circuits/sample/statement.scale");

/// Where the benchmarks begin; devices are there since interval 0.
const NOW: Interval = Interval(10);
/// The last interval in which a benchmark's task can be proven.
const DEADLINE: Interval = Interval(13);
const BLANK: Images = [0; BATCH * PIXELS];

fn stop<E>(what: &'static str) -> impl Fn(E) -> BenchmarkError {
	move |_| BenchmarkError::Stop(what)
}

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who = account(name, 0, 0);
	T::Currency::set_balance(&who, BalanceOf::<T>::max_value() / 4u32.into());
	who
}

/// A device of class 0, as which any task of this file can be done.
fn device<T: Config>(owner: &T::AccountId, index: u8) -> DeviceId {
	T::Devices::create_for_benchmark(owner, [index; 32], Commitment([index; 32]))
}

fn record<T: Config>() -> ModelRecord {
	ModelRecord {
		commitment: Commitment([1; 32]),
		key: T::Proofs::create_for_benchmark(),
		work: MicroGpuHours(1_000),
		energy: MilliWattHours(100),
	}
}

/// Registers `record` and opens a task of these inputs, with the randomness and the clock at `NOW`.
fn opened<T: Config>(
	record: ModelRecord,
	class: ClassId,
	inputs: Vec<Images>,
	deadline: Interval,
) -> Result<(T::AccountId, TaskId), BenchmarkError> {
	let client = rich::<T>("client");
	let model = NextModel::<T>::get();
	Pallet::<T>::do_register_model(record)?;
	let task = NextTask::<T>::get();
	let reward = T::MinReward::get().saturating_mul(2u32.into());
	let inputs = inputs.try_into().map_err(stop("a task has at most MaxChunks"))?;
	Pallet::<T>::do_open(client.clone(), model, class, inputs, reward, deadline)?;
	Ok((client, task))
}

fn blank<T: Config>(chunks: u32) -> Result<(T::AccountId, TaskId), BenchmarkError> {
	T::Clock::set_for_benchmark(NOW, [1; 32]);
	opened::<T>(record::<T>(), ClassId::default(), blanks(chunks), DEADLINE)
}

fn blanks(chunks: u32) -> Vec<Images> {
	(0..chunks).map(|_| BLANK).collect()
}

/// An open task for devices of `class`, which can be accepted now and for as long as a task can last.
pub(crate) fn create<T: Config>(class: ClassId, chunks: u32) -> TaskId {
	let deadline = T::Clock::current().checked_add(T::MaxHorizon::get()).unwrap_or_default();
	opened::<T>(record::<T>(), class, blanks(chunks), deadline)
		.map(|(_, task)| task)
		.expect("a benchmark opens tasks of at most MaxChunks, for a class that there is")
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
		// Its class is the task's.
		device::<T>(&client, 1);
		let model = NextModel::<T>::get();
		Pallet::<T>::do_register_model(record::<T>())?;
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		let inputs: Inputs<T> = blanks(n).try_into().map_err(stop("at most MaxChunks"))?;
		let task = NextTask::<T>::get();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(client),
			model,
			ClassId::default(),
			inputs,
			T::MinReward::get(),
			DEADLINE,
		);
		assert!(Tasks::<T>::contains_key(task));
		Ok(())
	}

	#[benchmark]
	fn accept() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = device::<T>(&owner, 1);
		let (_, task) = blank::<T>(1)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, task, 0);
		assert!(Assignments::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = device::<T>(&owner, 1);
		let (_, task) = blank::<T>(1)?;
		Pallet::<T>::do_accept(owner.clone(), device, task, 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), task, 0);
		assert!(!Assignments::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn commit() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = device::<T>(&owner, 1);
		let (_, task) = blank::<T>(1)?;
		Pallet::<T>::do_accept(owner.clone(), device, task, 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), task, 0, Commitment([3; 32]));
		Ok(())
	}

	/// Verifies the sample's proof, for which chain, task, device, model and energy are what the
	/// sample says.
	#[benchmark]
	fn prove() -> Result<(), BenchmarkError> {
		let sample = Statement::from_bytes(STATEMENT).map_err(stop("the sample can be read"))?;
		let genesis = T::Hash::decode(&mut &sample.chain[..]).map_err(stop("a hash"))?;
		frame_system::BlockHash::<T>::insert(BlockNumberFor::<T>::zero(), genesis);
		NextTask::<T>::put(sample.task);
		let owner = rich::<T>("owner");
		let device = T::Devices::create_for_benchmark(&owner, [1; 32], sample.device);
		let (interval, chunk) = (sample.interval, sample.chunk);
		let after = interval.checked_add(1).unwrap_or_default();
		T::Clock::set_for_benchmark(interval, [1; 32]);
		let model = ModelRecord {
			commitment: sample.model,
			work: sample.work,
			energy: sample.green,
			..record::<T>()
		};
		let chunks = usize::try_from(T::MaxChunks::get()).map_err(stop("small"))?;
		let (_, task) = opened::<T>(model, ClassId::default(), vec![sample.input; chunks], after)?;
		Pallet::<T>::do_accept(owner.clone(), device, task, chunk)?;
		Pallet::<T>::do_commit(owner.clone(), task, chunk, sample.work_commitment)?;
		T::Energy::create_for_benchmark(
			device,
			interval,
			sample.green_supply,
			sample.green_draw,
			sample.energy_root,
		);
		T::Clock::set_for_benchmark(after, sample.challenge);
		let submission = Box::new(Submission {
			proof: *PROOF,
			scores: sample.scores,
			green: sample.green,
			nullifier: sample.nullifier,
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), task, chunk, submission);
		let state = Chunks::<T>::get(task, chunk).map(|entry| entry.state);
		assert!(matches!(state, Some(ChunkState::Paid { .. })));
		Ok(())
	}

	/// The dearest end of a task: each chunk is with another device.
	#[benchmark]
	fn expire(n: Linear<1, { T::MaxChunks::get() }>) -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let devices: Vec<_> = (1u8..).zip(0..n).map(|(i, _)| device::<T>(&owner, i)).collect();
		let (client, task) = blank::<T>(n)?;
		for (chunk, device) in (0u32..).zip(devices) {
			Pallet::<T>::do_accept(owner.clone(), device, task, chunk)?;
		}
		T::Clock::set_for_benchmark(DEADLINE.checked_add(1).unwrap_or_default(), [1; 32]);
		#[extrinsic_call]
		_(RawOrigin::Signed(client), task);
		assert!(!Tasks::<T>::contains_key(task));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
