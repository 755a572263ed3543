//! Contracts that buy their hours.

mod answering;
mod asking;
mod attacking;
mod concluding;
mod delivering;
mod entering;
mod judging;
mod matching;
mod model;
mod odds;
mod opening;
mod planning;
mod refunding;
mod refusing;
mod reselling;

use pogcs_primitives::{
	contracts::{answer, commitment, Pace},
	jobs::{Hash, Inference, Job, Network, Receipt, Source},
	Commitment, DeviceId, Interval, TaskId,
};
use sp_runtime::DispatchResult;

use crate::{
	mock::{Tasks, *},
	*,
};

/// Hours of a chunk of [`job`], by each device: 1,000 rows of 1,210 weights, two operations each, at
/// 10,000 a µGPU-h.
pub const WORK: u64 = 242;
/// What a device has on hold for it: 20, and 2.42 rounded up.
pub const BOND: u128 = 23;
/// What a further device gets.
pub const FURTHER: u128 = 11;
/// The first interval in which work that begins to be asked for now can be drawn by lot.
pub const HOUR: u32 = 13;

/// A job of four chunks that anybody can do.
pub fn job() -> Job {
	Job::Inference(Inference {
		network: Network::DIGITS,
		weights: Source::Seed([1; 32]),
		data: Source::Seed([2; 32]),
		rows: 4_000,
		batch: 1_000,
		bias: 16,
		shift: 7,
	})
}

/// The same, with rows that somebody must have.
pub fn job_with_content() -> Job {
	let Job::Inference(inner) = job() else { unreachable!() };
	Job::Inference(Inference { data: Source::Content([3; 32]), ..inner })
}

pub fn proven(chunks: usize) -> Work<Inputs<Test>> {
	Work::Proven { model: 0, inputs: vec![images(); chunks].try_into().unwrap() }
}

pub fn replicated(chunks: u32, copies: u8) -> Work<Inputs<Test>> {
	Work::Replicated { job: job(), first: 0, chunks, copies }
}

/// Green work of `CLASS` in one interval, for a high price and no tip.
pub fn requirement(work: Work<Inputs<Test>>, interval: u32) -> RequirementOf<Test> {
	Requirement {
		work,
		class: CLASS,
		green: true,
		earliest: Interval(interval),
		deadline: Interval(interval),
		pace: Pace::Flexible,
		carbon: None,
		max_price: 10_000_000,
		tip: 0,
	}
}

pub fn try_ask(requirement: RequirementOf<Test>) -> DispatchResult {
	Tasks::open_contract(signed(BUYER), Box::new(requirement))
}

pub fn ask(requirement: RequirementOf<Test>) -> TaskId {
	let task = NextTask::<Test>::get();
	try_ask(requirement).unwrap();
	task
}

/// A contract of one chunk that is proven, in the next interval, for which `DEVICE` owes hours.
pub fn ask_proven() -> TaskId {
	promise(DEVICE, CLASS, 11, 3_000, 1);
	ask(requirement(proven(1), 11))
}

pub fn owner(device: DeviceId) -> u64 {
	OWNERS + u64::from(device.0 - FLEET)
}

/// Lets the first `n` devices of the fleet promise hours of `HOUR`.
pub fn promise_all(n: u32) {
	for device in (0..n).map(fleet) {
		promise(device, CLASS, HOUR, 1_000, 1);
	}
}

/// A contract for `chunks` chunks that `copies` devices do each in `HOUR`, for which the first six of
/// the fleet owe hours.
pub fn ask_replicated(chunks: u32, copies: u8) -> TaskId {
	promise_all(6);
	ask(requirement(replicated(chunks, copies), HOUR))
}

pub fn enter(device: DeviceId, task: TaskId, chunk: u32) -> DispatchResult {
	Tasks::enter(signed(owner(device)), device, task, chunk)
}

/// The name of a result: what honest devices find.
pub fn truth() -> Hash {
	Receipt::new(b"output", 7).result(&job(), 0)
}

/// A result that is wrong, in the way of this number.
pub fn lie(number: u8) -> Hash {
	Receipt::new(&[number], 7).result(&job(), 0)
}

pub fn salt(device: DeviceId) -> Hash {
	[device.0 as u8; 32]
}

/// Binds a device to its answer of this layer, whatever came before.
pub fn bind(
	device: DeviceId,
	task: TaskId,
	chunk: u32,
	result: &Hash,
	layer: u8,
) -> DispatchResult {
	let bound = commitment(task, chunk, device, &answer(result, layer), &salt(device));
	Tasks::commit_answer(signed(owner(device)), device, task, chunk, bound)
}

/// Opens a device's answer of this layer.
pub fn open(
	device: DeviceId,
	task: TaskId,
	chunk: u32,
	result: &Hash,
	layer: u8,
) -> DispatchResult {
	let answer = answer(result, layer);
	Tasks::open_answer(signed(STRANGER), device, task, chunk, answer, salt(device))
}

pub fn conclude(task: TaskId, chunk: u32) -> DispatchResult {
	Tasks::conclude(signed(STRANGER), task, chunk)
}

pub fn chunk_of(task: TaskId, chunk: u32) -> ReplicatedOf<Test> {
	Tasks::replicated_chunk(task, chunk).unwrap()
}

/// Enters the first `n` devices of the fleet for a chunk, in the interval before its round's, and goes
/// on to the round's. Who was drawn.
pub fn draw(n: u32, task: TaskId, chunk: u32) -> Vec<DeviceId> {
	let interval = Tasks::round(task, chunk).unwrap().0;
	at(interval.0 - 1);
	for device in (0..n).map(fleet) {
		// Some have done it before.
		let _ = enter(device, task, chunk);
	}
	at(interval.0);
	Tasks::round(task, chunk).unwrap().1
}

/// Lets the drawn devices do a chunk, honestly, and open what they found. Not concluded.
pub fn done(task: TaskId, chunk: u32) -> Vec<DeviceId> {
	let drawn = draw(6, task, chunk);
	for device in &drawn {
		bind(*device, task, chunk, &truth(), 0).unwrap();
	}
	at(HOUR + 1);
	for device in &drawn {
		open(*device, task, chunk, &truth(), 0).unwrap();
	}
	drawn
}

/// Brings a proven chunk of a contract to its proof.
pub fn deliver_proven(device: DeviceId, task: TaskId, chunk: u32) {
	let hour = Now::get();
	Tasks::accept(signed(KEY), device, task, chunk).unwrap();
	Tasks::commit(signed(KEY), task, chunk, Commitment([5; 32])).unwrap();
	at(hour.0 + 1);
	Available::set(Some(1_000));
	Tasks::prove(signed(STRANGER), task, chunk, Box::new(submission())).unwrap();
	at(hour.0);
}

pub fn refund(task: TaskId, interval: u32) -> DispatchResult {
	Tasks::refund(signed(STRANGER), task, Interval(interval))
}
