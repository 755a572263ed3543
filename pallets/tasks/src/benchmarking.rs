//! Benchmarks of the pallet's calls. `prove` verifies a real proof: the sample of the circuit's
//! folder, around which the chain's state is laid. What a contract's chunk takes is never less than
//! what a task's with a reward does, so chunks here are contracts'.

use alloc::{boxed::Box, vec, vec::Vec};
use codec::Decode;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Mutate, EnsureOrigin, Get},
	weights::WeightMeter,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use pogcs_primitives::{
	contracts::{answer, commitment, Booking, Entrant, Method, Pace, Portion, MAX_FURTHER},
	jobs::{Hash, Inference, Job, Source},
	records::{Assignment, ChunkState, ModelRecord, PoolKind, TaskRecord},
	traits::{
		Devices, Energy, HourClaims, HourLedger, HourMarket, IntervalClock, Lifecycle,
		PromisedHours, Shortfalls, TaskProofs,
	},
	wire::Submission,
	workload::{Images, BATCH, PIXELS},
	ClassId, Commitment, DeviceId, Interval, MicroGpuHours, MilliWattHours, MilligramsCo2, PoolId,
	TaskId,
};
use pogcs_proof::Statement;
use sp_runtime::{
	traits::{Bounded, Convert, Saturating, Zero},
	SaturatedConversion,
};

use super::*;

/// What `pogcs-zk sample` and `pogcs-zk prove` wrote: a proof under the development key.
const PROOF: &[u8; 128] = include_bytes!("../../../zk-circuits/sample/proof.bin");
/// And what it proves.
const STATEMENT: &[u8] = include_bytes!("../../../zk-circuits/sample/statement.scale");

/// Where the benchmarks begin; devices are there since interval 0.
const NOW: Interval = Interval(10);
/// The last interval in which a benchmark's task with a reward can be proven.
const DEADLINE: Interval = Interval(13);
/// The interval of a benchmark's contract.
const HOUR: Interval = Interval(20);
const BLANK: Images = [0; BATCH * PIXELS];
const SEED: Hash = [1; 32];
const RESULT: Hash = [2; 32];
const SALT: Hash = [3; 32];

fn stop<E>(what: &'static str) -> impl Fn(E) -> BenchmarkError {
	move |_| BenchmarkError::Stop(what)
}

fn rich<T: Config>(name: &'static str, index: u32) -> T::AccountId {
	let who = account(name, index, 0);
	// Many of them can be there at once.
	T::Currency::set_balance(&who, BalanceOf::<T>::max_value() / 1_000_000u32.into());
	who
}

fn now<T: Config>(interval: Interval) {
	T::Clock::set_for_benchmark(interval, SEED);
}

/// A device of class 0, as which any task of this file can be done.
fn device<T: Config>(owner: &T::AccountId, index: u8) -> DeviceId {
	T::Devices::create_for_benchmark(owner, [index; 32], Commitment([index; 32]))
}

fn record<T: Config>() -> ModelRecord {
	ModelRecord {
		commitment: Commitment([1; 32]),
		key: T::Proofs::create_for_benchmark(),
		work: T::MaxChunkWork::get(),
		energy: MilliWattHours(100),
	}
}

/// Registers `record` and opens a task of these inputs with a reward.
fn opened<T: Config>(
	record: ModelRecord,
	class: ClassId,
	inputs: Vec<Images>,
	deadline: Interval,
) -> Result<(T::AccountId, TaskId), BenchmarkError> {
	let client = rich::<T>("client", 0);
	let model = NextModel::<T>::get();
	Pallet::<T>::do_register_model(record)?;
	let task = NextTask::<T>::get();
	let reward = T::MinReward::get().saturating_mul(2u32.into());
	let inputs = inputs.try_into().map_err(stop("a task has at most MaxChunks"))?;
	Pallet::<T>::do_open(client.clone(), model, class, inputs, reward, deadline)?;
	Ok((client, task))
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

fn claims<T: Config>() -> Result<ClassId, BenchmarkError> {
	T::ClaimClass::convert((PoolKind::Green, ClassId::default()))
		.ok_or(BenchmarkError::Stop("pools sell green compute"))
}

/// A job of as many chunks as a contract may have.
fn job<T: Config>() -> Job {
	let (weights, data) = (Source::Seed([1; 32]), Source::Seed([2; 32]));
	Job::Inference(Inference::digits(weights, data, T::MaxChunks::get().saturating_mul(4)))
}

fn replication<T: Config>() -> Method {
	let copies = T::MaxCopies::get().saturated_into();
	Method::Replication { job: job::<T>(), first: 0, copies }
}

/// A contract whose hours are all of `interval`, with its hours bought and locked, and for work that is
/// proven its task. The clock is an interval before.
fn contract<T: Config>(
	method: Method,
	work: MicroGpuHours,
	inputs: Vec<Images>,
	chunks: u32,
	interval: Interval,
) -> Result<(T::AccountId, TaskId, ContractOf<T>), BenchmarkError> {
	let client = rich::<T>("client", 0);
	now::<T>(interval.saturating_sub(1));
	let claims = claims::<T>()?;
	let plan = vec![Portion { interval, chunks, resold: 0 }];
	let replicated = matches!(method, Method::Replication { .. });
	let contract = ContractOf::<T> {
		client: client.clone(),
		class: ClassId::default(),
		claims,
		green: true,
		method,
		chunks,
		work,
		pace: Pace::Flexible,
		earliest: interval,
		deadline: interval,
		carbon: None,
		opened: Interval(0),
		tip: T::MinReward::get(),
		reserve: if replicated { Pallet::<T>::bond(work)? } else { Zero::zero() },
		deposit: T::DepositPerContract::get(),
		plan: plan.try_into().map_err(stop("a contract has an hour"))?,
		left: if replicated { chunks } else { 0 },
		bookings: 1,
		cleared: false,
	};
	let task = NextTask::<T>::get();
	NextTask::<T>::put(TaskId(task.0.saturating_add(1)));
	Pallet::<T>::hold_for(&client, HoldReason::Storage, contract.deposit)?;
	if replicated {
		let held = Pallet::<T>::held_for_chunks(&contract, chunks)?;
		Pallet::<T>::hold_for(&client, HoldReason::Reward, held)?;
	} else {
		let record = TaskRecord {
			client: client.clone(),
			model: NextModel::<T>::get().saturating_sub(1),
			class: ClassId::default(),
			reward_per_chunk: contract.tip,
			deposit: T::DepositPerChunk::get(),
			chunks,
			unpaid: chunks,
			deadline: interval.checked_add(T::ResultTime::get()).unwrap_or_default(),
		};
		let inputs = inputs.try_into().map_err(stop("a task has at most MaxChunks"))?;
		Pallet::<T>::insert_task(task, record, inputs)?;
	}
	let hours = Pallet::<T>::hours_of(&contract, chunks)?;
	T::Claims::mint(claims, interval, &client, hours).map_err(stop("the interval is ahead"))?;
	T::Claims::lock(HoldReason::Hours.into(), claims, interval, &client, hours)
		.map_err(stop("the claims are free"))?;
	let booking = Booking { bought: hours, asked: hours, ..Default::default() };
	Bookings::<T>::insert(task, interval, booking);
	Asked::<T>::insert(interval, claims, hours);
	Contracts::<T>::insert(task, &contract);
	Ok((client, task, contract))
}

/// A contract of proven work by a model that was just registered. It is its hour.
fn proven<T: Config>(chunks: u32) -> Result<(T::AccountId, TaskId), BenchmarkError> {
	let record = record::<T>();
	let model = NextModel::<T>::get();
	Pallet::<T>::do_register_model(record)?;
	let method = Method::Proof { model };
	let (client, task, _) = contract::<T>(method, record.work, blanks(chunks), chunks, HOUR)?;
	now::<T>(HOUR);
	Ok((client, task))
}

/// A device that owes all the hours that a chunk can take.
fn owing<T: Config>(index: u8) -> Result<(T::AccountId, DeviceId), BenchmarkError> {
	let owner = rich::<T>("owner", index.into());
	let device = device::<T>(&owner, index);
	T::Promised::set_for_benchmark(device, claims::<T>()?, HOUR, T::MaxChunkWork::get());
	Ok((owner, device))
}

/// As many entrants as are kept, whose tickets are as high as can be.
fn entrants<T: Config>() -> EntrantsOf<T> {
	let entrants = (0..MAX_ENTRANTS).map(|index| Entrant {
		ticket: [255; 32],
		device: DeviceId(u32::MAX.saturating_sub(index)),
		owner: account("entrant", index, 0),
		pool: Some(PoolId(index)),
	});
	EntrantsOf::<T>::truncate_from(entrants.collect())
}

/// A run that answers right in its round, with its bond on hold and on its device's list.
fn run<T: Config>(
	owner: T::AccountId,
	device: DeviceId,
	task: TaskId,
	round: u8,
) -> Result<RunOf<T>, BenchmarkError> {
	let bond = Pallet::<T>::bond(T::MaxChunkWork::get())?;
	Pallet::<T>::hold_for(&owner, HoldReason::Bond, bond)?;
	Engagements::<T>::try_append(device, Assignment { task, chunk: 0 })
		.map_err(stop("the device has nothing else"))?;
	T::Lifecycle::begin(device);
	let answer = answer(&RESULT, round);
	Ok(RunOf::<T> {
		device,
		owner: owner.clone(),
		by: owner,
		bond,
		round,
		drawn: true,
		commitment: commitment(task, 0, device, &answer, &SALT),
		answer: None,
		unfit: None,
		carbon: MilligramsCo2(1),
	})
}

fn requirement<T: Config>(
	until: Interval,
	inputs: Vec<Images>,
) -> Result<RequirementOf<T>, BenchmarkError> {
	let model = NextModel::<T>::get();
	Pallet::<T>::do_register_model(record::<T>())?;
	let inputs = inputs.try_into().map_err(stop("at most MaxChunks"))?;
	Ok(Requirement {
		work: Work::Proven { model, inputs },
		class: ClassId::default(),
		green: true,
		earliest: HOUR,
		deadline: until,
		pace: Pace::Flexible,
		carbon: None,
		max_price: BalanceOf::<T>::max_value(),
		tip: T::MinReward::get(),
	})
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
		let client = rich::<T>("client", 0);
		// Its class is the task's.
		device::<T>(&client, 1);
		let model = NextModel::<T>::get();
		Pallet::<T>::do_register_model(record::<T>())?;
		now::<T>(NOW);
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
		let (owner, device) = owing::<T>(1)?;
		let (_, task) = proven::<T>(1)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, task, 0);
		assert!(Assignments::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let (owner, device) = owing::<T>(1)?;
		let (_, task) = proven::<T>(1)?;
		Pallet::<T>::do_accept(owner.clone(), device, task, 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), task, 0);
		assert!(!Assignments::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn commit() -> Result<(), BenchmarkError> {
		let (owner, device) = owing::<T>(1)?;
		let (_, task) = proven::<T>(1)?;
		Pallet::<T>::do_accept(owner.clone(), device, task, 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), task, 0, Commitment([3; 32]));
		let booking = Bookings::<T>::get(task, HOUR);
		assert!(booking.is_some_and(|booking| booking.redeemed > MicroGpuHours::ZERO));
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
		let owner = rich::<T>("owner", 0);
		let device = T::Devices::create_for_benchmark(&owner, [1; 32], sample.device);
		let (interval, chunk) = (sample.interval, sample.chunk);
		let after = interval.checked_add(1).unwrap_or_default();
		let model = ModelRecord {
			commitment: sample.model,
			work: sample.work,
			energy: sample.green,
			..record::<T>()
		};
		let method = Method::Proof { model: NextModel::<T>::get() };
		Pallet::<T>::do_register_model(model)?;
		let chunks = T::MaxChunks::get();
		let inputs = (0..chunks).map(|_| sample.input).collect();
		let (_, task, contract) = contract::<T>(method, sample.work, inputs, chunks, interval)?;
		T::Promised::set_for_benchmark(device, contract.claims, interval, sample.work);
		now::<T>(interval);
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
		let mut devices = Vec::new();
		for (index, _) in (1u8..).zip(0..n) {
			devices.push(owing::<T>(index)?);
		}
		let (client, task) = proven::<T>(n)?;
		for (chunk, (owner, device)) in (0u32..).zip(devices) {
			Pallet::<T>::do_accept(owner, device, task, chunk)?;
		}
		let after = T::ResultTime::get().saturating_add(1);
		now::<T>(HOUR.checked_add(after).unwrap_or_default());
		#[extrinsic_call]
		_(RawOrigin::Signed(client), task);
		assert!(!Tasks::<T>::contains_key(task));
		Ok(())
	}

	#[benchmark]
	fn open_contract(
		n: Linear<1, { T::MaxSpan::get() }>,
		m: Linear<1, { T::MaxChunks::get() }>,
	) -> Result<(), BenchmarkError> {
		let client = rich::<T>("client", 0);
		device::<T>(&client, 1);
		now::<T>(HOUR.saturating_sub(1));
		let until = HOUR.checked_add(n.saturating_sub(1)).unwrap_or_default();
		let all = T::MaxChunkWork::get().0.saturating_mul(T::MaxChunks::get().into());
		T::Market::create_for_benchmark(claims::<T>()?, HOUR, until, MicroGpuHours(all));
		let requirement = Box::new(requirement::<T>(until, blanks(m))?);
		let task = NextTask::<T>::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(client), requirement);
		assert!(Contracts::<T>::contains_key(task));
		Ok(())
	}

	#[benchmark]
	fn resell(n: Linear<1, { T::MaxChunks::get() }>) -> Result<(), BenchmarkError> {
		let client = rich::<T>("client", 0);
		device::<T>(&client, 1);
		now::<T>(HOUR.saturating_sub(1));
		let all = T::MaxChunkWork::get().0.saturating_mul(T::MaxChunks::get().into());
		T::Market::create_for_benchmark(claims::<T>()?, HOUR, HOUR, MicroGpuHours(all));
		let requirement = requirement::<T>(HOUR, blanks(n))?;
		let task = NextTask::<T>::get();
		Pallet::<T>::do_open_contract(client.clone(), requirement)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(client), task, HOUR, n, Zero::zero());
		assert!(!Bookings::<T>::contains_key(task, HOUR));
		Ok(())
	}

	#[benchmark]
	fn enter() -> Result<(), BenchmarkError> {
		let (owner, device) = owing::<T>(1)?;
		let method = replication::<T>();
		let (_, task, _) = contract::<T>(method, T::MaxChunkWork::get(), vec![], 1, HOUR)?;
		let (_, mut record) = Pallet::<T>::replicated(task, 0)?;
		record.entrants = entrants::<T>();
		Replicated::<T>::insert(task, 0, record);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, task, 0);
		let record = Replicated::<T>::get(task, 0);
		assert!(record.is_some_and(|of| of.entrants.iter().any(|one| one.device == device)));
		Ok(())
	}

	#[benchmark]
	fn commit_answer() -> Result<(), BenchmarkError> {
		let (owner, device) = owing::<T>(1)?;
		let method = replication::<T>();
		let (_, task, _) = contract::<T>(method, T::MaxChunkWork::get(), vec![], 1, HOUR)?;
		let (_, mut record) = Pallet::<T>::replicated(task, 0)?;
		record.entrants = entrants::<T>();
		record.entrants.pop();
		let first = Entrant { ticket: [0; 32], device, owner: owner.clone(), pool: None };
		record.entrants.try_insert(0, first).map_err(stop("there is room"))?;
		Replicated::<T>::insert(task, 0, record);
		now::<T>(HOUR);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, task, 0, [4; 32]);
		assert!(Engagements::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn open_answer() -> Result<(), BenchmarkError> {
		let (owner, device) = owing::<T>(1)?;
		let method = replication::<T>();
		let (_, task, _) = contract::<T>(method, T::MaxChunkWork::get(), vec![], 1, HOUR)?;
		let (_, mut record) = Pallet::<T>::replicated(task, 0)?;
		let run = run::<T>(owner.clone(), device, task, 0)?;
		record.runs.try_push(run).map_err(stop("there is room"))?;
		Replicated::<T>::insert(task, 0, record);
		let most = MilliWattHours(u64::MAX / 4);
		T::Energy::create_for_benchmark(device, HOUR, most, most, Commitment([7; 32]));
		now::<T>(HOUR.checked_add(1).unwrap_or_default());
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, task, 0, answer(&RESULT, 0), SALT);
		let record = Replicated::<T>::get(task, 0);
		assert!(record.is_some_and(|of| of.runs.iter().all(|run| run.answer.is_some())));
		Ok(())
	}

	/// All copies and all further devices; one of the copies was wrong, and pays the others.
	#[benchmark]
	fn conclude() -> Result<(), BenchmarkError> {
		let work = T::MaxChunkWork::get();
		let mut devices = Vec::new();
		let rounds = (0..T::MaxCopies::get()).map(|_| 0u8).chain(1..=MAX_FURTHER);
		for (index, round) in (1u8..).zip(rounds) {
			let (owner, device) = owing::<T>(index)?;
			devices.push((owner, device, round));
		}
		let method = replication::<T>();
		let (_, task, contract) = contract::<T>(method, work, vec![], 1, HOUR)?;
		let (_, mut record) = Pallet::<T>::replicated(task, 0)?;
		let layer = MAX_FURTHER;
		let mut wrong = true;
		for (owner, device, round) in devices {
			let mut run = run::<T>(owner, device, task, round)?;
			let given = if wrong { [9; 32] } else { answer(&RESULT, layer) };
			wrong = false;
			run.answer = Some((layer, given));
			if round == 0 {
				Pallet::<T>::count_underway(device, HOUR, work, true);
			}
			record.runs.try_push(run).map_err(stop("there is room"))?;
		}
		record.round = layer;
		let last = HOUR.checked_add(T::ResultTime::get()).unwrap_or_default();
		record.interval = last.saturating_sub(1);
		Replicated::<T>::insert(task, 0, record);
		Pallet::<T>::try_book(task, HOUR, |booking| {
			booking.redeemed = booking.asked;
			Some(())
		})?;
		now::<T>(last);
		#[extrinsic_call]
		_(RawOrigin::Signed(contract.client), task, 0);
		assert!(Pallet::<T>::answer_of(task, 0).is_some());
		Ok(())
	}

	#[benchmark]
	fn refund() -> Result<(), BenchmarkError> {
		let method = replication::<T>();
		let work = T::MaxChunkWork::get();
		let (client, task, mut contract) = contract::<T>(method, work, vec![], 1, HOUR)?;
		let held = Pallet::<T>::held_for_chunks(&contract, 1)?;
		Pallet::<T>::release_for(&client, HoldReason::Reward, held)?;
		contract.left = 0;
		contract.cleared = true;
		let claims = contract.claims;
		Contracts::<T>::insert(task, contract);
		let insurance = T::InsuranceAccount::get();
		let due = T::MinReward::get();
		T::Currency::set_balance(&insurance, BalanceOf::<T>::max_value() / 1_000_000u32.into());
		let missed = Bookings::<T>::get(task, HOUR).unwrap_or_default().asked;
		T::Shortfalls::set_for_benchmark(claims, HOUR, missed, due);
		let after = T::ResultTime::get().saturating_add(1);
		now::<T>(HOUR.checked_add(after).unwrap_or_default());
		#[extrinsic_call]
		_(RawOrigin::Signed(client), task, HOUR);
		assert!(!Contracts::<T>::contains_key(task));
		Ok(())
	}

	#[benchmark]
	fn sweep_look() {
		let mut meter = WeightMeter::with_limit(T::WeightInfo::sweep_look());
		#[block]
		{
			Pallet::<T>::sweep(&mut meter);
		}
	}

	#[benchmark]
	fn sweep_step() {
		Asked::<T>::insert(Interval(1), ClassId(1), MicroGpuHours(1));
		let mut meter = WeightMeter::new();
		#[block]
		{
			let _ = Pallet::<T>::sweep_step(Interval(1), &mut meter);
		}
		assert!(!Asked::<T>::contains_key(Interval(1), ClassId(1)));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
