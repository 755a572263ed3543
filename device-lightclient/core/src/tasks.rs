//! What is assigned to this device and what it owes next.
//!
//! [`decide`] is a pure function of proven chain state and of the device's own meter. It never
//! remembers what it wanted: each time it looks at the chain again, so that a lost extrinsic, a
//! restart or a chunk that was taken away all come right by themselves.
//!
//! A chunk's way: *accept* it, run it and *commit* to the result in an interval with enough green
//! energy, *report* that interval's readings while the next one lasts, and *prove* the chunk as
//! soon as the chain has drawn the interval's randomness.
//!
//! Chunks of contracts that several devices do go another way: [`contracts`].
//!
//! Before any of it the device proves its class's throughput: it *requests* a timed challenge, unless
//! one was demanded of it, evaluates it as soon as the seed is there and *commits* to the root, which
//! cannot wait for finality and so is not decided here, and *opens* the leaves that were drawn.

pub mod contracts;
mod in_flight;

pub use contracts::{Contract, Entrant, Replica, Replicated, Rules, Run};
pub use in_flight::{InFlight, Settled};

use alloc::vec::Vec;
use codec::{Decode, Encode};
use pogcs_primitives::{
	records::{
		Assignment, ChunkRecord, ChunkState, DeviceRecord, DeviceState, EnergyRecord, ModelRecord,
		TaskRecord,
	},
	DeviceId, Interval, MicroGpuHours, MilliWattHours, TaskId,
};

use crate::{
	answers::Answers,
	batch::{Batch, Quota},
	registry::Registration,
	AccountId, Balance, BlockNumber, Hash,
};

/// The device as this chain stores it.
pub type Device = DeviceRecord<AccountId, Balance>;
/// A task as this chain stores it.
pub type Task = TaskRecord<AccountId, Balance>;

/// A chunk that this device has accepted, with all that the chain knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
	/// Which chunk.
	pub assignment: Assignment,
	/// Its task.
	pub task: Task,
	/// Its input and state.
	pub chunk: ChunkRecord,
	/// The model to run.
	pub model: ModelRecord,
	/// This device's energy in the interval of the commitment, once reported.
	pub energy: Option<EnergyRecord>,
	/// The randomness of the interval of the commitment, once drawn.
	pub randomness: Option<[u8; 32]>,
	/// The only interval in which it can be committed, if a contract's hours pay for it.
	pub hour: Option<Interval>,
}

/// When a contract's chunk that is proven can be taken, and by whom first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
	/// The only interval in which it can be.
	pub interval: Interval,
	/// Hours of that interval that this device owes and has no work for.
	pub owed: MicroGpuHours,
}

/// A chunk that nobody has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
	/// Which chunk.
	pub assignment: Assignment,
	/// Its task.
	pub task: Task,
	/// The model to run.
	pub model: ModelRecord,
	/// When it can be accepted, if a contract's hours pay for it.
	pub hour: Option<Hour>,
}

/// How far the interval is that runs, by the chain's own slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
	/// Slots that have passed.
	pub slots: u64,
	/// Slots that it has.
	pub of: u64,
}

impl Elapsed {
	/// From where the chain's clock stands. `None` if `slot` is before the interval.
	pub fn new(genesis: u64, of: u64, current: Interval, slot: u64) -> Option<Self> {
		let begin = u64::from(current.0).checked_mul(of)?.checked_add(genesis)?;
		Some(Self { slots: slot.checked_sub(begin)?, of })
	}

	/// Whether so many hundredths of it have passed.
	pub fn reached(&self, percent: u8) -> bool {
		u128::from(self.slots).saturating_mul(100)
			>= u128::from(self.of).saturating_mul(percent.into())
	}
}

/// What the chain has of a report that this device handed to a leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batched {
	/// Of which interval.
	pub interval: Interval,
	/// The batch that has it, while there is one.
	pub batch: Option<Batch>,
	/// Whether the interval is on record.
	pub on_record: bool,
}

/// Proven chain state, all of one finalised block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
	/// That block's height.
	pub head: BlockNumber,
	/// How many extrinsics of the device's account were included.
	pub nonce: u32,
	/// The interval being delivered.
	pub current: Interval,
	/// This device's id and record; `None` while it is not registered.
	pub device: Option<(DeviceId, Device)>,
	/// What else the registry has about it.
	pub registration: Option<Registration>,
	/// Whether the chain has this device's report of the interval before the current one.
	pub reported: bool,
	/// What the device has accepted.
	pub jobs: Vec<Job>,
	/// What it could accept.
	pub offers: Vec<Offer>,
	/// Reports that are paid for ahead.
	pub quota: Option<Quota>,
	/// What the device's account can spend.
	pub free: Balance,
	/// How far the interval is; nothing where the chain does not say.
	pub elapsed: Option<Elapsed>,
	/// What has become of reports that were handed to a leader, as far as it was looked at.
	pub batched: Vec<Batched>,
	/// Chunks that several devices do: those that this device is bound to, that it has an answer to, or
	/// that it could do.
	pub replicas: Vec<Replica>,
}

impl View {
	/// The device's state as other pallets see it.
	pub fn state(&self) -> Option<DeviceState> {
		let (_, device) = self.device.as_ref()?;
		Some(self.registration.as_ref().map_or(device.state, |registration| {
			registration.seen(device.state, device.certified_until, self.current)
		}))
	}

	/// Whether something hangs on the device's going on: work, or a pool that it is a member of.
	pub fn owes(&self) -> bool {
		let registered =
			self.registration.as_ref().is_none_or(|of| of.standing.work > 0 || of.pool.is_some());
		registered || !self.jobs.is_empty() || self.is_bound()
	}

	/// Whether the device is bound to an answer that is not judged.
	fn is_bound(&self) -> bool {
		let Some((id, _)) = &self.device else { return false };
		let open = |of: &&Replica| of.record.outcome.is_none();
		self.replicas.iter().filter(open).any(|of| of.run(*id).is_some())
	}

	/// How many reports this device can send without a fee.
	pub fn prepaid(&self) -> u32 {
		match (&self.device, &self.quota) {
			(Some((_, device)), Some(quota)) => quota.of(&device.key),
			_ => 0,
		}
	}

	/// Whether work of this device is bound to `interval`: its proof, or its answer, needs the interval on
	/// record.
	pub fn works_on(&self, interval: Interval) -> bool {
		let Some((id, _)) = &self.device else { return false };
		let committed = self.jobs.iter().any(|job| {
			matches!(
				&job.chunk.state,
				ChunkState::Committed { device, interval: of, .. }
					if device == id && *of == interval
			)
		});
		committed || self.replicas.iter().any(|of| of.needs_report(*id, interval))
	}
}

/// Which way the closed interval's report goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
	/// The device sends it.
	#[default]
	Own,
	/// It is with the leader, and there is time.
	Leader,
	/// It stands in this batch.
	Batched(u64),
}

/// What the device knows of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own<'a> {
	/// The closed intervals whose readings it still has.
	pub logs: &'a [Interval],
	/// Green energy that the current interval can still supply to compute, by its own forecast.
	pub forecast: MilliWattHours,
	/// How many chunks it takes on at a time.
	pub capacity: usize,
	/// The least reward for a chunk that it works for.
	pub least_reward: Balance,
	/// Whether it asks for a timed challenge by itself.
	pub asks: bool,
	/// The root of the challenge that it has evaluated and can open.
	pub root: Option<Hash>,
	/// Which way the closed interval's report goes.
	pub route: Route,
	/// Reports to take out of their batches now, oldest first.
	pub opens: &'a [Interval],
	/// What the runtime has as constants.
	pub rules: Rules,
	/// What it answered to chunks that several devices do.
	pub answers: &'a Answers,
	/// Chunks that it cannot do: what they are made of is not here, or this machine is too small.
	pub lacking: &'a [Assignment],
}

/// Something to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Action {
	/// Report the readings of a closed interval.
	Report(Interval),
	/// Prove a chunk with this much green energy of that interval.
	Prove(Assignment, Interval, MilliWattHours),
	/// Run a chunk and commit to the result.
	Commit(Assignment),
	/// Accept a chunk.
	Accept(Assignment),
	/// Ask for a timed challenge.
	RequestChallenge,
	/// Send the root of the challenge whose seed this block made.
	CommitChallenge(BlockNumber),
	/// Open the leaves that this block drew.
	OpenChallenge(BlockNumber),
	/// Put the report of an interval on record, out of the batch that has it.
	OpenReport(Interval),
	/// Give a chunk back that can no longer be committed.
	Release(Assignment),
	/// Enter for a chunk that several devices do, in this round.
	Enter(Assignment, u8),
	/// Commit to the answer to it.
	CommitAnswer(Assignment, u8),
	/// Open that answer.
	OpenAnswer(Assignment, u8),
	/// Have the answers compared.
	Conclude(Assignment, u8),
}

impl Action {
	/// What the chain shows of it.
	pub fn fate(&self, view: &View) -> Fate {
		let job = |at: &Assignment| view.jobs.iter().find(|job| job.assignment == *at);
		let state = |at: &Assignment| job(at).map(|job| &job.chunk.state);
		match self {
			Self::Report(interval) if interval.checked_add(1) != Some(view.current) => Fate::Gone,
			Self::Report(_) if view.reported => Fate::Done,
			Self::Report(_) => Fate::Open,
			Self::Prove(at, ..) => match state(at) {
				Some(ChunkState::Committed { .. }) => Fate::Open,
				_ => Fate::Gone,
			},
			Self::Commit(at) => match state(at) {
				Some(ChunkState::Committed { .. }) => Fate::Done,
				Some(ChunkState::Assigned { .. }) => Fate::Open,
				_ => Fate::Gone,
			},
			Self::Accept(at) if job(at).is_some() => Fate::Done,
			Self::Accept(at) if view.offers.iter().any(|offer| offer.assignment == *at) => {
				Fate::Open
			}
			Self::Accept(_) => Fate::Gone,
			Self::Release(at) => match state(at) {
				Some(ChunkState::Assigned { .. }) => Fate::Open,
				_ => Fate::Done,
			},
			Self::Enter(..)
			| Self::CommitAnswer(..)
			| Self::OpenAnswer(..)
			| Self::Conclude(..) => contracts::fate(self, view),
			Self::OpenReport(of) => {
				let found = view.batched.iter().find(|seen| seen.interval == *of);
				match found.map(|seen| (seen.on_record, &seen.batch)) {
					Some((true, _)) => Fate::Done,
					Some((false, Some(batch))) if !batch.is_void(view.head) => Fate::Open,
					_ => Fate::Gone,
				}
			}
			Self::RequestChallenge | Self::CommitChallenge(_) | Self::OpenChallenge(_) => {
				match &view.registration {
					Some(registration) => self.fate_of_challenge(view, registration),
					None => Fate::Gone,
				}
			}
		}
	}

	fn fate_of_challenge(&self, view: &View, registration: &Registration) -> Fate {
		let running = registration.running(view.head);
		match self {
			Self::RequestChallenge if running.is_some() => Fate::Done,
			Self::RequestChallenge if view.state() == Some(DeviceState::Pending) => Fate::Open,
			// It was sent for a challenge that may not be final yet.
			Self::CommitChallenge(draw) if view.head < *draw => Fate::Open,
			Self::CommitChallenge(draw) => match registration.challenge {
				Some(challenge) if challenge.committed.is_some() && challenge.draw > *draw => {
					Fate::Done
				}
				_ => match running {
					Some(challenge) if challenge.draw == *draw => Fate::Open,
					_ => Fate::Gone,
				},
			},
			Self::OpenChallenge(_) if registration.standing.benched.is_some() => Fate::Done,
			Self::OpenChallenge(draw) => match running {
				Some(challenge) if challenge.draw == *draw => Fate::Open,
				_ => Fate::Gone,
			},
			_ => Fate::Gone,
		}
	}
}

/// What the chain shows of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
	/// It is still to be done.
	Open,
	/// It has taken effect.
	Done,
	/// There is nothing left to be done, and the view does not tell whether it took effect.
	Gone,
}

impl core::fmt::Display for Action {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Report(interval) => write!(f, "report the energy of interval {interval}"),
			Self::Prove(Assignment { task, chunk }, interval, energy) => {
				write!(f, "prove chunk {chunk} of task {task} with {energy} of interval {interval}")
			}
			Self::Commit(Assignment { task, chunk }) => {
				write!(f, "run chunk {chunk} of task {task} and commit to its result")
			}
			Self::Accept(Assignment { task, chunk }) => {
				write!(f, "accept chunk {chunk} of task {task}")
			}
			Self::RequestChallenge => f.write_str("ask for the timed challenge"),
			Self::CommitChallenge(draw) => {
				write!(f, "commit to the challenge that block {draw} made")
			}
			Self::OpenChallenge(draw) => write!(f, "open the leaves that block {draw} drew"),
			Self::OpenReport(of) => write!(f, "open the report of interval {of} out of its batch"),
			Self::Release(Assignment { task, chunk }) => {
				write!(f, "give chunk {chunk} of task {task} back")
			}
			Self::Enter(Assignment { task, chunk }, _) => {
				write!(f, "enter for chunk {chunk} of task {task}")
			}
			Self::CommitAnswer(Assignment { task, chunk }, _) => {
				write!(f, "commit to the answer to chunk {chunk} of task {task}")
			}
			Self::OpenAnswer(Assignment { task, chunk }, layer) => {
				write!(f, "open the answer to chunk {chunk} of task {task} (layer {layer})")
			}
			Self::Conclude(Assignment { task, chunk }, _) => {
				write!(f, "have the answers to chunk {chunk} of task {task} compared")
			}
		}
	}
}

/// Why something cannot be done now, for the owner to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
	/// The device's key is not registered.
	NotRegistered,
	/// The device is suspended.
	Suspended,
	/// The device has to pass the timed challenge before it is given work.
	Pending,
	/// The challenge begins with what this block fixes.
	AwaitingSeed(BlockNumber),
	/// The challenge is evaluated; the chain takes the answer up to this block.
	Evaluating(BlockNumber),
	/// The root is there; this block draws the leaves to open.
	AwaitingSamples(BlockNumber),
	/// The last try was short of time: the next can be asked for in this interval.
	ChallengeLater(Interval),
	/// A challenge can be asked for, and this device was told not to.
	ChallengeUnasked,
	/// The device is leaving and owes nothing: it reports nothing more.
	NothingOwed,
	/// The device was registered in this interval and starts with the next.
	JustRegistered(Interval),
	/// The device is leaving and accepts nothing new.
	Leaving,
	/// No readings of the interval that is to be reported.
	NoReadings(Interval),
	/// The report is with the leader, whose batch is not on chain yet.
	WithLeader(Interval),
	/// The report stands in this batch of a leader.
	InBatch(Interval, u64),
	/// The committed interval has not ended.
	AwaitingEnd(Assignment, Interval),
	/// The energy report is not in the chain yet.
	AwaitingReport(Assignment, Interval),
	/// The interval's randomness is not in the chain.
	AwaitingRandomness(Assignment, Interval),
	/// The forecast does not cover the chunk: wait for sun.
	EnergyShort(Assignment, MilliWattHours, MilliWattHours),
	/// The committed interval supplied less than the chunk needs: it cannot be paid any more.
	EnergyMissed(Assignment, MilliWattHours, MilliWattHours),
	/// The committed interval was not reported in time: the chunk cannot be paid any more.
	ReportMissed(Assignment, Interval),
	/// The readings of the committed interval are lost: the chunk cannot be proven.
	ReadingsLost(Assignment, Interval),
	/// There is no time left for commitment and proof.
	DeadlinePassed(Assignment, Interval),
	/// The chunk now belongs to nobody or to another device.
	TakenAway(Assignment),
	/// The only interval in which the chunk could be committed has passed: it is given back.
	HourPassed(Assignment, Interval),
	/// The device entered: the draw is over when this interval begins.
	Entered(Assignment, Interval),
	/// Other devices have lower tickets.
	Outdrawn(Assignment),
	/// What the draw is made from is not known.
	NoSeed(Assignment),
	/// Chance drew others; the device stands in if they do not come.
	NotDrawn(Assignment),
	/// What the chunk is made of is not here.
	Lacking(Assignment),
	/// The chunk is being computed; its commitment is due in this interval.
	Computing(Assignment, Interval),
	/// The device's account has less than the bond.
	BondShort(Assignment, Balance, Balance),
	/// The device is bound to its answer, which can be opened when this interval is over.
	Bound(Assignment, Interval),
	/// A further device is asked in this interval.
	FurtherAsked(Assignment, Interval),
	/// The device has opened its answer, and others have not.
	AwaitingOthers(Assignment),
	/// The answer was lost and is computed again.
	Recomputing(Assignment),
	/// The answer is not the one that the device is bound to.
	AnswerLost(Assignment),
	/// The interval of the work was not reported in time: the answer cannot be opened.
	AnswerUnreported(Assignment, Interval),
}

impl Hold {
	/// Whether waiting cannot help any more.
	pub fn is_final(&self) -> bool {
		matches!(
			self,
			Self::EnergyMissed(..)
				| Self::ReportMissed(..)
				| Self::ReadingsLost(..)
				| Self::DeadlinePassed(..)
				| Self::TakenAway(..)
				| Self::HourPassed(..)
				| Self::AnswerLost(..)
				| Self::AnswerUnreported(..)
		)
	}
}

impl core::fmt::Display for Hold {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		let name = |f: &mut core::fmt::Formatter<'_>, at: &Assignment| {
			write!(f, "chunk {} of task {}: ", at.chunk, at.task)
		};
		match self {
			Self::NotRegistered => f.write_str(
				"this device's key is not registered: the owner has to call Devices.register",
			),
			Self::Suspended => f.write_str(
				"the device is suspended: it proves what it has committed to, and nothing else",
			),
			Self::Pending => f.write_str(
				"the device takes no work before it has passed the timed challenge of its class",
			),
			Self::AwaitingSeed(block) => {
				write!(f, "the timed challenge begins with block {block}")
			}
			Self::Evaluating(until) => write!(
				f,
				"the timed challenge is being evaluated; the chain takes the answer up to block {until}"
			),
			Self::AwaitingSamples(block) => {
				write!(f, "the challenge's root is there; block {block} draws what is to be opened")
			}
			Self::ChallengeLater(interval) => write!(
				f,
				"the last timed challenge was not passed; the next can be asked for in interval \
				 {interval}"
			),
			Self::ChallengeUnasked => f.write_str(
				"the timed challenge has to be asked for: call devices.requestChallenge, or set \
				 request_challenge = true in the configuration",
			),
			Self::NothingOwed => f.write_str(
				"the device is leaving and owes nothing: it reports nothing more, since each report \
				 would begin its notice anew",
			),
			Self::JustRegistered(interval) => write!(
				f,
				"the device was registered in interval {interval}: it starts work with the next"
			),
			Self::Leaving => f.write_str("the device is leaving and accepts nothing new"),
			Self::NoReadings(interval) => write!(
				f,
				"there are no readings of interval {interval} to report: was the meter off?"
			),
			Self::WithLeader(interval) => write!(
				f,
				"the report of interval {interval} is with the leader; if its batch is not on chain in \
				 time, the device reports by itself"
			),
			Self::InBatch(interval, batch) => {
				write!(f, "the report of interval {interval} stands in batch {batch} of the leader")
			}
			Self::AwaitingEnd(at, interval) => {
				name(f, at)?;
				write!(f, "done; it can be proven once interval {interval} has ended")
			},
			Self::AwaitingReport(at, interval) => {
				name(f, at)?;
				write!(f, "waits for the energy report of interval {interval}")
			},
			Self::AwaitingRandomness(at, interval) => {
				name(f, at)?;
				write!(f, "waits for the randomness of interval {interval}")
			},
			Self::EnergyShort(at, need, have) => {
				name(f, at)?;
				write!(f, "needs {need} of green energy and this interval promises {have}")
			},
			Self::EnergyMissed(at, need, have) => {
				name(f, at)?;
				write!(f, "cannot be paid: it needs {need} and its interval has {have} left")
			},
			Self::ReportMissed(at, interval) => {
				name(f, at)?;
				write!(f, "cannot be paid: interval {interval} was not reported in time")
			},
			Self::ReadingsLost(at, interval) => {
				name(f, at)?;
				write!(f, "cannot be proven: the readings of interval {interval} are lost")
			},
			Self::DeadlinePassed(at, deadline) => {
				name(f, at)?;
				write!(f, "no time is left before its deadline, interval {deadline}")
			},
			Self::TakenAway(at) => {
				name(f, at)?;
				f.write_str("it is no longer assigned to this device")
			},
			Self::HourPassed(at, hour) => {
				name(f, at)?;
				write!(f, "its hour, interval {hour}, has passed: the device gives it back")
			},
			Self::Entered(at, interval) => {
				name(f, at)?;
				write!(f, "the device entered; chance has chosen when interval {interval} begins")
			},
			Self::Outdrawn(at) => {
				name(f, at)?;
				f.write_str("other devices, or another one of this owner, have lower tickets")
			},
			Self::NoSeed(at) => {
				name(f, at)?;
				f.write_str("what the draw is made from is not known: the chain stood still")
			},
			Self::NotDrawn(at) => {
				name(f, at)?;
				f.write_str("chance drew other devices; this one stands in if they do not come")
			},
			Self::Lacking(at) => {
				name(f, at)?;
				f.write_str(
					"what it is made of is not here or no use, or [work] allows it too little: put the \
					 file into the folder `contents`, or leave it to others",
				)
			},
			Self::Computing(at, interval) => {
				name(f, at)?;
				write!(f, "is being computed; the answer is due in interval {interval}")
			},
			Self::BondShort(at, bond, free) => {
				name(f, at)?;
				write!(
					f,
					"takes a bond of {bond} plancks, and the device's account has {free}: send it \
					 money"
				)
			},
			Self::Bound(at, interval) => {
				name(f, at)?;
				write!(f, "done; the answer is opened when interval {interval} is over")
			},
			Self::FurtherAsked(at, interval) => {
				name(f, at)?;
				write!(f, "answers differ, or too few came: a further device is asked in interval \
				 {interval}")
			},
			Self::AwaitingOthers(at) => {
				name(f, at)?;
				f.write_str("the answer is open; others are awaited")
			},
			Self::Recomputing(at) => {
				name(f, at)?;
				f.write_str("the answer was lost and is computed again")
			},
			Self::AnswerLost(at) => {
				name(f, at)?;
				f.write_str(
					"the answer that the device is bound to cannot be found again, and the bond is \
					 lost: was its key changed, or does it not compute soundly?",
				)
			},
			Self::AnswerUnreported(at, interval) => {
				name(f, at)?;
				write!(
					f,
					"the answer cannot be opened, and the bond is lost: interval {interval} was not \
					 reported in time"
				)
			},
		}
	}
}

/// What to do now, most urgent first, and why the rest has to wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
	/// To do now.
	pub actions: Vec<Action>,
	/// What waits.
	pub holds: Vec<Hold>,
	/// Chunks that several devices do and that are to be computed now, most urgent first.
	pub runs: Vec<Assignment>,
}

/// Decides. Actions come in the order of what is lost by waiting: a report has one interval, a
/// proof has until its deadline, a commitment this interval's energy.
pub fn decide(view: &View, own: &Own<'_>) -> Plan {
	let mut plan = Plan::default();
	let Some((id, device)) = &view.device else {
		plan.holds.push(Hold::NotRegistered);
		return plan;
	};
	let state = view.state().unwrap_or(device.state);
	if let Some(registration) = &view.registration {
		benchmark(view, own, registration, state, &mut plan);
	}
	let turns = contracts::Turns { view, own, id: *id, device, state };
	if state == DeviceState::Suspended {
		plan.holds.push(Hold::Suspended);
		// What it is bound to anybody may open.
		turns.finish(&mut plan);
		// What it committed to before can still be proven and paid.
		let mut proofs = Proofs { drawn: Vec::new() };
		for job in &view.jobs {
			match &job.chunk.state {
				ChunkState::Committed { device, interval, .. } if device == id => {
					match proofs.judge(view, own, job, *interval) {
						Ok(action) => plan.actions.push(action),
						Err(hold) => plan.holds.push(hold),
					}
				}
				_ => {}
			}
		}
		return plan;
	}
	if view.current <= device.since {
		// The chain counts its meter from the first whole interval on.
		plan.holds.push(Hold::JustRegistered(device.since));
		return plan;
	}
	let closed = view.current.checked_sub(1).filter(|closed| *closed > device.since);
	if state == DeviceState::Leaving && !view.owes() {
		plan.holds.push(Hold::NothingOwed);
		return plan;
	}
	// Before any later report: the battery's ledger takes them in their order.
	plan.actions.extend(own.opens.iter().copied().map(Action::OpenReport));
	if let (false, Some(closed)) = (view.reported, closed) {
		match own.route {
			_ if !own.logs.contains(&closed) => plan.holds.push(Hold::NoReadings(closed)),
			Route::Own => plan.actions.push(Action::Report(closed)),
			Route::Leader => plan.holds.push(Hold::WithLeader(closed)),
			Route::Batched(batch) => plan.holds.push(Hold::InBatch(closed, batch)),
		}
	}

	turns.finish(&mut plan);
	let mut proofs = Proofs { drawn: Vec::new() };
	let mut commits = Vec::new();
	let mut forecast = own.forecast.0;
	let mut carried = 0usize;
	for job in &view.jobs {
		let at = job.assignment;
		match &job.chunk.state {
			ChunkState::Committed { device, interval, .. } if device == id => {
				match proofs.judge(view, own, job, *interval) {
					Ok(action) => plan.actions.push(action),
					Err(hold) => plan.holds.push(hold),
				}
				carried = carried.saturating_add(1);
				if *interval == view.current {
					// What is committed to this interval has its energy already promised.
					forecast = forecast.saturating_sub(job.model.energy.0);
				}
			}
			ChunkState::Assigned { device, .. } if device == id => commits.push(job),
			ChunkState::Paid { device, .. } if device == id => {}
			_ => plan.holds.push(Hold::TakenAway(at)),
		}
	}
	turns.work(&mut forecast, &mut plan);
	for job in commits {
		let at = job.assignment;
		carried = carried.saturating_add(1);
		if let Some(hour) = job.hour.filter(|hour| *hour != view.current) {
			plan.holds.push(Hold::HourPassed(at, hour));
			plan.actions.push(Action::Release(at));
			continue;
		}
		// The proof comes in a later interval than the commitment, at the earliest the next.
		if view.current >= job.task.deadline {
			plan.holds.push(Hold::DeadlinePassed(at, job.task.deadline));
		} else if forecast < job.model.energy.0 {
			let have = MilliWattHours(forecast);
			plan.holds.push(Hold::EnergyShort(at, job.model.energy, have));
		} else {
			forecast = forecast.saturating_sub(job.model.energy.0);
			plan.actions.push(Action::Commit(at));
		}
	}

	let refuses = match state {
		DeviceState::Online | DeviceState::Running => None,
		DeviceState::Pending => Some(Hold::Pending),
		_ => Some(Hold::Leaving),
	};
	if let Some(hold) = refuses {
		plan.holds.push(hold);
		return plan;
	}
	turns.enter(&mut plan);
	let late = view.elapsed.is_some_and(|of| of.reached(own.rules.open_after));
	let mut taken = 0u64;
	for offer in &view.offers {
		let reward = offer.task.reward_per_chunk;
		let owed =
			offer.hour.is_some_and(|hour| hour.owed.0.saturating_sub(taken) >= offer.model.work.0);
		let worth = match offer.hour {
			None => reward >= own.least_reward,
			// The pool's income pays for what is owed; for the rest there is the tip alone.
			Some(hour) if hour.interval != view.current => false,
			Some(_) => owed || late && reward > 0 && reward >= own.least_reward,
		};
		let suits = offer.task.class == device.class && offer.task.deadline > view.current && worth;
		if carried >= own.capacity {
			break;
		}
		if !suits {
			continue;
		}
		if forecast < offer.model.energy.0 {
			let have = MilliWattHours(forecast);
			plan.holds.push(Hold::EnergyShort(offer.assignment, offer.model.energy, have));
			break;
		}
		forecast = forecast.saturating_sub(offer.model.energy.0);
		carried = carried.saturating_add(1);
		if owed {
			taken = taken.saturating_add(offer.model.work.0);
		}
		plan.actions.push(Action::Accept(offer.assignment));
	}
	plan
}

/// What the timed challenge asks for now. Its root is not decided here: the chain wants it sooner than
/// the seed's block is final.
fn benchmark(
	view: &View,
	own: &Own<'_>,
	registration: &Registration,
	state: DeviceState,
	plan: &mut Plan,
) {
	if let Some(challenge) = registration.running(view.head) {
		let draw = challenge.draw;
		match (challenge.committed, registration.drawn) {
			(None, _) if view.head < draw => plan.holds.push(Hold::AwaitingSeed(draw)),
			(Some(_), None) => plan.holds.push(Hold::AwaitingSamples(draw)),
			(Some((_, root)), Some(_)) if own.root == Some(root) => {
				plan.actions.push(Action::OpenChallenge(draw));
			}
			_ => plan.holds.push(Hold::Evaluating(challenge.until)),
		}
	} else if state == DeviceState::Pending {
		let next = registration.next_try();
		if view.current < next {
			plan.holds.push(Hold::ChallengeLater(next));
		} else if own.asks {
			plan.actions.push(Action::RequestChallenge);
		} else {
			plan.holds.push(Hold::ChallengeUnasked);
		}
	}
}

/// Keeps count of the energy that the proofs of this plan use up, interval by interval.
struct Proofs {
	drawn: Vec<(Interval, u64)>,
}

impl Proofs {
	fn judge(
		&mut self,
		view: &View,
		own: &Own<'_>,
		job: &Job,
		interval: Interval,
	) -> Result<Action, Hold> {
		let at = job.assignment;
		let need = job.model.energy;
		if view.current > job.task.deadline {
			return Err(Hold::DeadlinePassed(at, job.task.deadline));
		}
		if interval >= view.current {
			return Err(Hold::AwaitingEnd(at, interval));
		}
		let Some(energy) = &job.energy else {
			// Only the interval just closed can still be reported.
			return Err(if interval.checked_add(1) == Some(view.current) {
				Hold::AwaitingReport(at, interval)
			} else {
				Hold::ReportMissed(at, interval)
			});
		};
		if !own.logs.contains(&interval) {
			return Err(Hold::ReadingsLost(at, interval));
		}
		let drawn = self.drawn.iter().find(|(of, _)| *of == interval).map_or(0, |(_, mwh)| *mwh);
		let left = MilliWattHours(energy.available.0.saturating_sub(drawn));
		if left < need {
			return Err(Hold::EnergyMissed(at, need, left));
		}
		if job.randomness.is_none() {
			return Err(Hold::AwaitingRandomness(at, interval));
		}
		match self.drawn.iter_mut().find(|(of, _)| *of == interval) {
			Some((_, mwh)) => *mwh = mwh.saturating_add(need.0),
			None => self.drawn.push((interval, need.0)),
		}
		Ok(Action::Prove(at, interval, need))
	}
}

/// Which chunks of which tasks to look at for offers: the newest tasks first, at most `most`.
pub fn newest_tasks(next: TaskId, most: u64) -> impl Iterator<Item = TaskId> {
	(next.0.saturating_sub(most)..next.0).rev().map(TaskId)
}

#[cfg(test)]
mod tests;
