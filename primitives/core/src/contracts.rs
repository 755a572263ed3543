//! Demand contracts that buy their hours: what stands on chain, and how work that no circuit fits is
//! checked by doing it more than once.
//!
//! # Answers in layers
//! A device that did a chunk has its result's name ([`Receipt::result`](crate::jobs::Receipt::result)).
//! It commits to its *answer* with a salt and under its own number, so that another's commitment is of
//! no use to anybody, and opens it when nobody can commit any more. If answers differ, a further
//! device is drawn, and everybody can read what was opened. So that the further device cannot take one
//! of those answers for its own, answers come in layers of a hash chain:
//!
//! ```text
//! result ─▶ answer 3 ─▶ answer 2 ─▶ answer 1 ─▶ answer 0        ─▶: blake2_256, with a context
//! ```
//!
//! Round `n` compares answers of layer `n`. Who opened layer 0 opens layer 1 beside the further device,
//! after that one committed. Whoever knows only answer 0 cannot make answer 1 of it.

use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

use crate::{
	jobs::{Hash, Job, Source},
	units::GramsPerGpuHour,
	ClassId, DeviceId, Interval, MicroGpuHours, MilligramsCo2, PoolId, TaskId,
};

/// The most further devices that are drawn for a chunk, one after the other.
pub const MAX_FURTHER: u8 = 3;
/// How many intervals before a round's own its draw must be fixed. In the next interval nobody knows
/// the seed yet: its blocks make it. In the one after that devices enter. Then the work is done.
pub const DRAW_LEAD: u32 = 3;

const TICKET_CONTEXT: &[u8] = b"pogcs/replica/ticket/1";
const ANSWER_CONTEXT: &[u8] = b"pogcs/replica/answer/1";
const COMMITMENT_CONTEXT: &[u8] = b"pogcs/replica/commitment/1";

/// Derives what every record here has.
macro_rules! record {
	($item:item) => {
		#[derive(
			Clone,
			Debug,
			PartialEq,
			Eq,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
		)]
		$item
	};
}

record! {
	/// When the hours of a contract are.
	#[derive(Copy)]
	pub enum Pace {
		/// As many in each interval from the first to the last.
		#[codec(index = 0)]
		Steady,
		/// Where they cost least.
		#[codec(index = 1)]
		Flexible,
	}
}

record! {
	/// How the work of a contract is verified.
	#[derive(Copy)]
	pub enum Method {
		/// Each chunk is proven by one device. The task of the same number has the model and inputs.
		#[codec(index = 0)]
		Proof {
			/// The model.
			model: u32,
		},
		/// Each chunk is done by several devices, and their answers are compared.
		#[codec(index = 1)]
		Replication {
			/// What is to be done.
			job: Job,
			/// The contract's chunk 0 is this chunk of the job.
			first: u32,
			/// How many devices do each chunk.
			copies: u8,
		},
	}
}

impl Method {
	/// How many devices do each chunk, if nothing goes wrong.
	pub fn copies(&self) -> u8 {
		match self {
			Self::Proof { .. } => 1,
			Self::Replication { copies, .. } => *copies,
		}
	}

	/// Whether anybody who reads the chain has all that the work takes. Otherwise it takes content
	/// that whoever asked for the work may or may not hand out.
	pub fn is_open(&self) -> bool {
		match self {
			Self::Proof { .. } => true,
			Self::Replication { job, .. } => {
				let sources = match job {
					Job::Training(job) => [job.weights, job.data],
					Job::Inference(job) => [job.weights, job.data],
					Job::Rendering(job) => [job.scene; 2],
				};
				sources.iter().all(|source| matches!(source, Source::Seed(_)))
			}
		}
	}
}

record! {
	/// Chunks of a contract that are done in one interval.
	#[derive(Copy)]
	pub struct Portion {
		/// When.
		pub interval: Interval,
		/// How many. The first portion has the first chunks.
		pub chunks: u32,
		/// How many of these, the last ones, were given up and their hours sold again.
		pub resold: u32,
	}
}

/// When a chunk is to be done, or nothing if there is no such chunk or it was given up.
pub fn hour_of(plan: &[Portion], chunk: u32) -> Option<Interval> {
	let mut rest = chunk;
	for portion in plan {
		if rest < portion.chunks {
			let kept = portion.chunks.saturating_sub(portion.resold);
			return (rest < kept).then_some(portion.interval);
		}
		rest = rest.saturating_sub(portion.chunks);
	}
	None
}

record! {
	/// Storage `Tasks::Contracts`: twox64-concat of [`TaskId`]. `Plan` is a list of [`Portion`]s, in
	/// the order of their intervals.
	pub struct ContractRecord<AccountId, Balance, Plan> {
		/// Who asked for the work, and holds the claims.
		pub client: AccountId,
		/// The class of devices that may do it.
		pub class: ClassId,
		/// The class of the claims that it is done on.
		pub claims: ClassId,
		/// Whether these are claims on green compute.
		pub green: bool,
		/// How it is verified.
		pub method: Method,
		/// How many chunks it was opened with.
		pub chunks: u32,
		/// Hours that one chunk takes of each device that does it.
		pub work: MicroGpuHours,
		/// How its hours were chosen.
		pub pace: Pace,
		/// The first interval in which it could be done.
		pub earliest: Interval,
		/// The last one.
		pub deadline: Interval,
		/// No device delivers work that emits more.
		pub carbon: Option<GramsPerGpuHour>,
		/// When it was opened.
		pub opened: Interval,
		/// What the owner of each device that delivers a chunk gets beside the pool's income.
		pub tip: Balance,
		/// What is on hold for each chunk, so that further devices can be paid.
		pub reserve: Balance,
		/// The deposit for the storage.
		pub deposit: Balance,
		/// When which chunks are done.
		pub plan: Plan,
		/// How many chunks are neither over nor given up.
		pub left: u32,
		/// How many intervals of the plan are not settled.
		pub bookings: u32,
		/// Whether its chunks are over, and their storage is free.
		pub cleared: bool,
	}
}

record! {
	/// Storage `Tasks::Bookings`: twox64-concat of [`TaskId`], then twox64-concat of [`Interval`]: what
	/// became of the hours that a contract bought of an interval.
	///
	/// In the end `bought = resold + delivered + missed + unasked`, with `missed = asked - delivered`
	/// and `unasked = bought - resold - asked`.
	#[derive(Copy, Default)]
	pub struct Booking<Balance> {
		/// Hours that were bought.
		pub bought: MicroGpuHours,
		/// What they cost.
		pub cost: Balance,
		/// Hours that were sold again before their interval.
		pub resold: MicroGpuHours,
		/// Hours that were asked for while they could be delivered.
		pub asked: MicroGpuHours,
		/// Claims that were redeemed: a device bound itself to have used the hours.
		pub redeemed: MicroGpuHours,
		/// Hours whose work was verified.
		pub delivered: MicroGpuHours,
	}
}

record! {
	/// A device that would do a chunk.
	pub struct Entrant<AccountId> {
		/// Its ticket: the lowest are drawn.
		pub ticket: Hash,
		/// Which device.
		pub device: DeviceId,
		/// Whose it is. Two of one owner are never drawn for one chunk.
		pub owner: AccountId,
		/// The pool that it is in. Two of one pool are drawn only if there are no others.
		pub pool: Option<PoolId>,
	}
}

record! {
	/// Why a device that gave the right answer is not counted as having delivered.
	#[derive(Copy)]
	pub enum Unfit {
		/// It metered less compute, or less green energy that was left, than the work takes.
		#[codec(index = 0)]
		Energy,
		/// Its energy emitted more than the contract allows.
		#[codec(index = 1)]
		Carbon,
	}
}

record! {
	/// One device doing one chunk.
	pub struct Run<AccountId, Balance> {
		/// Which device.
		pub device: DeviceId,
		/// Whose it is.
		pub owner: AccountId,
		/// Whose money is on hold for it.
		pub by: AccountId,
		/// How much.
		pub bond: Balance,
		/// The round that it came in: 0 if it used hours of the contract.
		pub round: u8,
		/// Whether it had entered, so that chance chose it. Otherwise its answer is compared and does
		/// not count.
		pub drawn: bool,
		/// [`commitment`] to its answer in that round.
		pub commitment: Hash,
		/// What it answered last, and in which layer.
		pub answer: Option<(u8, Hash)>,
		/// Why it does not count as delivered, if so.
		pub unfit: Option<Unfit>,
		/// What its energy emitted.
		pub carbon: MilligramsCo2,
	}
}

record! {
	/// What became of a chunk that several devices did.
	#[derive(Copy)]
	pub enum Outcome {
		/// More than half of those that were drawn, and two at least, gave this answer.
		#[codec(index = 0)]
		Agreed {
			/// Its layer.
			layer: u8,
			/// The answer.
			answer: Hash,
		},
		/// All gave this answer, and nobody else could be found to check it.
		#[codec(index = 1)]
		Unchecked {
			/// Its layer.
			layer: u8,
			/// The answer.
			answer: Hash,
		},
		/// Answers differ, and nobody can say which is right.
		#[codec(index = 2)]
		Void,
		/// Nobody did it.
		#[codec(index = 3)]
		Missed,
	}
}

record! {
	/// Storage `Tasks::Replicated`: twox64-concat of [`TaskId`], then twox64-concat of the chunk
	/// (`u32`). A chunk without an entry waits for its first interval, and nobody has entered yet.
	pub struct ReplicatedChunk<Entrants, Runs> {
		/// The round: 0 with the contract's own hours, then one for each further device.
		pub round: u8,
		/// The interval in which the work of this round is done.
		pub interval: Interval,
		/// When that was fixed: the seed of its draw is of a later interval.
		pub since: Interval,
		/// How many places of the first round are asked for: all if anybody can do the work, else as
		/// many as somebody answered for, or took.
		pub asked: u8,
		/// Who would do it in this round, the lowest tickets first.
		pub entrants: Entrants,
		/// Who did it, in all rounds.
		pub runs: Runs,
		/// What became of it, once it is over.
		pub outcome: Option<Outcome>,
	}
}

/// A device's ticket for a round of a chunk. Nothing of it can be chosen once `seed` is known.
pub fn ticket(seed: &Hash, task: TaskId, chunk: u32, round: u8, device: DeviceId) -> Hash {
	(TICKET_CONTEXT, seed, task, chunk, round, device).using_encoded(blake2_256)
}

/// The answer of `layer`, of a device whose result has this name.
pub fn answer(result: &Hash, layer: u8) -> Hash {
	let mut answer = *result;
	for _ in layer..=MAX_FURTHER {
		answer = next_layer(&answer);
	}
	answer
}

fn next_layer(answer: &Hash) -> Hash {
	(ANSWER_CONTEXT, answer).using_encoded(blake2_256)
}

/// Whether `later`, an answer of layer `layer`, is of the same result as `earlier`, one of a lower
/// layer.
pub fn continues(earlier: (u8, &Hash), later: (u8, &Hash)) -> bool {
	let (from, earlier) = earlier;
	let (layer, later) = later;
	if layer <= from || layer > MAX_FURTHER {
		return false;
	}
	let mut hash = *later;
	for _ in from..layer {
		hash = next_layer(&hash);
	}
	hash == *earlier
}

/// What binds a device to its answer. Another device's commitment to the same answer is another one.
pub fn commitment(task: TaskId, chunk: u32, device: DeviceId, answer: &Hash, salt: &Hash) -> Hash {
	(COMMITMENT_CONTEXT, task, chunk, device, answer, salt).using_encoded(blake2_256)
}

/// Which of `entrants`, sorted by ticket and each of another owner, are drawn for so many places:
/// the lowest tickets of different pools first, then the lowest of the rest.
pub fn drawn<AccountId>(entrants: &[Entrant<AccountId>], places: usize) -> Vec<DeviceId> {
	let mut pools = BTreeSet::new();
	let (mut first, mut rest) = (Vec::new(), Vec::new());
	for entrant in entrants {
		let list = match entrant.pool {
			Some(pool) if !pools.insert(pool) => &mut rest,
			_ => &mut first,
		};
		list.push(entrant.device);
	}
	first.append(&mut rest);
	first.truncate(places);
	first
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const TASK: TaskId = TaskId(7);

	fn entrants(list: &[(u8, Option<u32>)]) -> Vec<Entrant<u8>> {
		let mut entrants: Vec<_> = list
			.iter()
			.zip(1u32..)
			.map(|((ticket, pool), id)| Entrant {
				ticket: [*ticket; 32],
				device: DeviceId(id),
				owner: 0,
				pool: pool.map(PoolId),
			})
			.collect();
		entrants.sort_by_key(|entrant| entrant.ticket);
		entrants
	}

	#[test]
	fn chunk_should_have_the_hour_of_its_portion_until_it_is_given_up() {
		let portion = |at, chunks, resold| Portion { interval: Interval(at), chunks, resold };
		let plan = [portion(5, 2, 0), portion(7, 3, 1), portion(9, 1, 0)];
		let hours: Vec<_> = (0..7).map(|chunk| hour_of(&plan, chunk).map(|at| at.0)).collect();
		assert_eq!(hours, [Some(5), Some(5), Some(7), Some(7), None, Some(9), None]);
		assert_eq!(hour_of(&[], 0), None);
	}

	#[test]
	fn answers_should_chain_from_the_result_to_layer_nought() {
		let result = [9; 32];
		assert_ne!(answer(&result, MAX_FURTHER), result);
		for from in 0..=MAX_FURTHER {
			for layer in 0..=MAX_FURTHER {
				let (earlier, later) = (answer(&result, from), answer(&result, layer));
				assert_eq!(continues((from, &earlier), (layer, &later)), layer > from);
				assert!(!continues((from, &earlier), (layer, &answer(&[8; 32], layer))));
			}
		}
		// Past the last layer there is the result, which nobody is to give away.
		let last = answer(&result, MAX_FURTHER);
		assert!(!continues((MAX_FURTHER, &last), (MAX_FURTHER + 1, &result)));
	}

	#[test]
	fn commitment_should_be_another_for_every_device_chunk_answer_and_salt() {
		let base = commitment(TASK, 1, DeviceId(2), &[3; 32], &[4; 32]);
		assert_eq!(base, commitment(TASK, 1, DeviceId(2), &[3; 32], &[4; 32]));
		for other in [
			commitment(TaskId(8), 1, DeviceId(2), &[3; 32], &[4; 32]),
			commitment(TASK, 2, DeviceId(2), &[3; 32], &[4; 32]),
			commitment(TASK, 1, DeviceId(3), &[3; 32], &[4; 32]),
			commitment(TASK, 1, DeviceId(2), &[5; 32], &[4; 32]),
			commitment(TASK, 1, DeviceId(2), &[3; 32], &[5; 32]),
		] {
			assert_ne!(base, other);
		}
	}

	#[test]
	fn hashes_should_be_what_another_implementation_finds() {
		// Computed with Python's hashlib, from what the documentation says: contexts have their length
		// before them, numbers are little-endian.
		let hex =
			|hash: Hash| hash.iter().map(|byte| alloc::format!("{byte:02x}")).collect::<Vec<_>>();
		for (found, expected) in [
			(
				answer(&[9; 32], 1),
				"dc2b7605186bda535239e5386c056635eed932a08b86a1d0b30cc1d852b92773",
			),
			(
				commitment(TASK, 1, DeviceId(2), &[3; 32], &[4; 32]),
				"d18afcc8435dbc0f69a8350d093a4caffcd189df4d8b29584557eaf488714522",
			),
			(
				ticket(&[5; 32], TASK, 1, 2, DeviceId(9)),
				"d883a98d2e6e753f41e5c1f59344b36916976050f7ca4e713296e32d4e1906ee",
			),
		] {
			assert_eq!(hex(found).concat(), expected);
		}
	}

	#[test]
	fn draw_should_take_other_pools_first_and_then_the_lowest() {
		let ids = |list: &[(u8, Option<u32>)], places| -> Vec<u32> {
			drawn(&entrants(list), places).into_iter().map(|device| device.0).collect()
		};
		assert_eq!(ids(&[(1, Some(1)), (2, Some(1)), (3, Some(2))], 2), [1, 3]);
		// Nobody else is there.
		assert_eq!(ids(&[(1, Some(1)), (2, Some(1))], 2), [1, 2]);
		// Those in no pool are not in one pool.
		assert_eq!(ids(&[(3, None), (2, None), (1, Some(1))], 2), [3, 2]);
		assert_eq!(ids(&[], 2), [] as [u32; 0]);
	}

	#[test]
	fn tickets_should_be_spread_evenly_over_devices() {
		// Of 3,000 draws among ten devices each is first about 300 times, with a standard deviation
		// of 16.
		let mut first = [0u32; 10];
		for seed in 0..3_000u32 {
			let seed = blake2_256(&seed.to_le_bytes());
			let lowest = (0..10u32)
				.min_by_key(|id| ticket(&seed, TASK, 0, 0, DeviceId(*id)))
				.expect("there are ten");
			first[lowest as usize] += 1;
		}
		assert!(first.iter().all(|count| (220..380).contains(count)), "{first:?}");
	}

	#[test]
	fn job_should_be_open_when_all_of_it_is_made_from_seeds() {
		use crate::jobs::{Inference, Job};
		let job = |weights, data| Method::Replication {
			job: Job::Inference(Inference::digits(weights, data, 8)),
			first: 0,
			copies: 2,
		};
		let (seed, content) = (Source::Seed([1; 32]), Source::Content([2; 32]));
		assert!(job(seed, seed).is_open());
		assert!(!job(content, seed).is_open() && !job(seed, content).is_open());
		assert!(Method::Proof { model: 0 }.is_open());
		assert_eq!((Method::Proof { model: 0 }.copies(), job(seed, seed).copies()), (1, 2));
	}

	proptest! {
		#[test]
		fn draw_should_fill_its_places_once_and_mix_pools_as_far_as_it_can(
			list in prop::collection::vec((any::<u8>(), prop::option::of(0u32..4)), 0..9),
			places in 0usize..6,
		) {
			let entrants = entrants(&list);
			let devices = drawn(&entrants, places);
			prop_assert_eq!(devices.len(), places.min(entrants.len()));
			let once: BTreeSet<_> = devices.iter().collect();
			prop_assert_eq!(once.len(), devices.len());
			let pool = |device: &DeviceId| {
				entrants.iter().find(|entrant| entrant.device == *device).and_then(|e| e.pool)
			};
			let kinds = |devices: &[DeviceId]| {
				let alone = devices.iter().filter(|device| pool(device).is_none()).count();
				alone + devices.iter().filter_map(pool).collect::<BTreeSet<_>>().len()
			};
			let all: Vec<_> = entrants.iter().map(|entrant| entrant.device).collect();
			prop_assert_eq!(kinds(&devices), places.min(kinds(&all)));
		}
	}
}
