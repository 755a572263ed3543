//! Chunks of contracts that several devices do, as the pallet has them: who may do one and when, and
//! what this device does about it.
//!
//! A chunk's way: *enter* in the interval before its own, if the device owes hours of it; if chance
//! draws it, run the chunk in its interval and *commit* to the answer; *open* the answer when the
//! interval is over and its energy is on record; *conclude*, when all answers are open. Who entered and
//! was not drawn stands in after a part of the interval, and then anybody able may, for the tip.

use alloc::vec::Vec;
use pogcs_primitives::{
	contracts::{self, drawn, hour_of, ticket, Method, Portion, ReplicatedChunk},
	jobs,
	records::{Assignment, DeviceState, EnergyRecord},
	units::GramsPerGpuHour,
	ClassId, DeviceId, Interval, MicroGpuHours, MilliWattHours,
};

use super::{Action, Device, Fate, Hold, Own, Plan, View};
use crate::{AccountId, Balance, BlockNumber, Hash};

/// A contract as this chain stores it.
pub type Contract = contracts::ContractRecord<AccountId, Balance, Vec<Portion>>;
/// A device that would do a chunk, as this chain stores it.
pub type Entrant = contracts::Entrant<AccountId>;
/// One device doing one chunk, as this chain stores it.
pub type Run = contracts::Run<AccountId, Balance>;
/// A chunk that several devices do, as this chain stores it.
pub type Replicated = ReplicatedChunk<Vec<Entrant>, Vec<Run>>;

/// How many of the lowest tickets the chain keeps.
pub const MOST_ENTRANTS: usize = 8;
/// How many intervals before the draw's own are tried, if it passed without a block.
pub const SEEDS: u32 = 4;
/// Who did a chunk concludes it in turn, so that they do not all pay for it: each has so many blocks.
const TURN: BlockNumber = 4;

/// What the runtime has as constants, and a device counts on. A test of the daemon compares it with the
/// runtime's source; that the runtime is the one that the image was built for is what the metadata hash
/// is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
	/// After so many hundredths of the interval who entered stands in, and then anybody able.
	pub open_after: u8,
	/// For how many intervals after the work answers are opened.
	pub open_time: u32,
	/// What is on hold while the device is bound, whatever the work's size.
	pub min_bond: Balance,
	/// What is on hold beside for each GPU-hour.
	pub bond_per_gpu_hour: Balance,
	/// The most chunks that a device is bound to at a time.
	pub most_bound: usize,
	/// Work that takes a milliwatt-hour at least.
	pub work_per_mwh: u64,
}

impl Rules {
	/// Those of the PoGCS runtime.
	pub const POGCS: Self = Self {
		open_after: 33,
		open_time: 2,
		min_bond: 100_000_000_000,
		bond_per_gpu_hour: 100_000_000_000_000,
		most_bound: 8,
		work_per_mwh: 10,
	};

	/// The least energy that so much work takes.
	pub fn energy(&self, work: MicroGpuHours) -> MilliWattHours {
		MilliWattHours(work.0.div_ceil(self.work_per_mwh.max(1)))
	}

	/// What is on hold while the device is bound to an answer.
	pub fn bond(&self, work: MicroGpuHours) -> Balance {
		let part = self.bond_per_gpu_hour.saturating_mul(work.0.into()).div_ceil(1_000_000);
		part.saturating_add(self.min_bond)
	}
}

/// A chunk that several devices do, with all that the chain knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
	/// Which chunk.
	pub at: Assignment,
	/// Who asked for it: nobody who could check it.
	pub client: AccountId,
	/// What is to be done.
	pub job: jobs::Job,
	/// Which chunk of the job it is.
	pub part: u32,
	/// The class of devices that may do it.
	pub class: ClassId,
	/// The class of the claims that it is done on.
	pub claims: ClassId,
	/// Whether on green compute.
	pub green: bool,
	/// The most that it may emit.
	pub carbon: Option<GramsPerGpuHour>,
	/// Hours that it takes of each device.
	pub work: MicroGpuHours,
	/// How many devices do it.
	pub copies: u8,
	/// What the owner of each of them gets beside the pool's income.
	pub tip: Balance,
	/// The interval of the contract's own hours.
	pub hour: Interval,
	/// Where it is.
	pub record: Replicated,
	/// What the draw of this round is made from, once it is known.
	pub seed: Option<Hash>,
	/// Hours of this product and the round's interval that this device owes.
	pub owed: MicroGpuHours,
	/// This device's energy in the interval of the contract's own hours, once it is on record.
	pub energy: Option<EnergyRecord>,
}

impl Replica {
	/// The chunk of a contract; `None` if several devices do not do it, it was given up, or it is over
	/// and forgotten.
	pub fn new(at: Assignment, contract: &Contract, record: Option<Replicated>) -> Option<Self> {
		let Method::Replication { job, first, copies } = contract.method else { return None };
		if contract.cleared {
			return None;
		}
		let hour = hour_of(&contract.plan, at.chunk)?;
		Some(Self {
			at,
			client: contract.client,
			job,
			part: first.checked_add(at.chunk)?,
			class: contract.class,
			claims: contract.claims,
			green: contract.green,
			carbon: contract.carbon,
			work: contract.work,
			copies,
			tip: contract.tip,
			hour,
			record: record.unwrap_or_else(|| Replicated {
				round: 0,
				interval: hour,
				since: contract.opened,
				asked: if contract.method.is_open() { copies } else { 0 },
				entrants: Vec::new(),
				runs: Vec::new(),
				outcome: None,
			}),
			seed: None,
			owed: MicroGpuHours::ZERO,
			energy: None,
		})
	}

	/// The intervals whose randomness the draw of this round can be made from: the first that has any
	/// is taken.
	pub fn seeds(&self) -> impl Iterator<Item = Interval> + '_ {
		(0..SEEDS)
			.filter_map(move |back| self.record.interval.checked_sub(back.saturating_add(2)))
			.filter(move |interval| *interval > self.record.since)
	}

	/// What this device did of it.
	pub fn run(&self, device: DeviceId) -> Option<&Run> {
		self.record.runs.iter().find(|run| run.device == device)
	}

	/// Whether the device entered in this round and was not pushed out.
	fn is_listed(&self, device: DeviceId) -> bool {
		self.record.entrants.iter().any(|entrant| entrant.device == device)
	}

	/// How many devices do it in this round.
	fn places(&self) -> usize {
		if self.record.round == 0 {
			self.copies.into()
		} else {
			1
		}
	}

	/// Whether all places of this round are taken.
	fn is_taken(&self) -> bool {
		let here = self.record.runs.iter().filter(|run| run.round == self.record.round);
		here.count() >= self.places()
	}

	/// Whether chance drew the device, as far as devices have entered.
	pub fn is_drawn(&self, device: DeviceId) -> bool {
		drawn(&self.record.entrants, self.places()).contains(&device)
	}

	/// Whether a device of that owner did it before, so that it cannot be asked for a further answer.
	fn is_used(&self, owner: &AccountId) -> bool {
		self.record.runs.iter().any(|run| run.owner == *owner)
	}

	/// Whether something of this round can be compared.
	fn has_newcomers(&self) -> bool {
		self.record.runs.iter().any(|run| run.round == self.record.round)
	}

	/// Whether the chain awaits an answer of `run`, in time or not.
	fn is_awaited(&self, run: &Run, now: Interval) -> bool {
		now > self.record.interval
			&& match run.answer {
				None => true,
				Some((layer, _)) => layer < self.record.round && self.has_newcomers(),
			}
	}

	/// Whether answers of this round can still be opened.
	fn is_open(&self, now: Interval, rules: &Rules) -> bool {
		now > self.record.interval && now.since(self.record.interval) <= rules.open_time
	}

	/// Whether the chain would compare answers now.
	fn is_ready(&self, now: Interval, rules: &Rules) -> bool {
		let layer = |run: &Run| run.answer.map(|(layer, _)| layer);
		let round = Some(self.record.round);
		let all = self.record.runs.iter().all(|run| layer(run) == round);
		now > self.record.interval && (all || !self.has_newcomers() || !self.is_open(now, rules))
	}

	/// Whether the list has room for this ticket, beside those of other owners.
	fn admits(&self, owner: &AccountId, ticket: &Hash) -> bool {
		let entrants = &self.record.entrants;
		match entrants.iter().find(|entrant| entrant.owner == *owner) {
			Some(other) => *ticket < other.ticket,
			None if entrants.len() < MOST_ENTRANTS => true,
			None => entrants.last().is_some_and(|last| *ticket < last.ticket),
		}
	}

	/// The device's ticket in this round.
	fn ticket(&self, device: DeviceId) -> Option<Hash> {
		let Assignment { task, chunk } = self.at;
		Some(ticket(&self.seed?, task, chunk, self.record.round, device))
	}

	/// Whether the device's work of `interval` hangs on its report.
	pub(super) fn needs_report(&self, device: DeviceId, interval: Interval) -> bool {
		let run = self.run(device).filter(|run| run.round == 0 && run.answer.is_none());
		run.is_some() && self.hour == interval && self.record.outcome.is_none()
	}
}

/// What the chain shows of an action about a chunk that several devices do.
pub(super) fn fate(action: &Action, view: &View) -> Fate {
	let (at, round) = match action {
		Action::Enter(at, round)
		| Action::CommitAnswer(at, round)
		| Action::OpenAnswer(at, round)
		| Action::Conclude(at, round) => (at, *round),
		_ => return Fate::Gone,
	};
	let found = view.replicas.iter().find(|replica| replica.at == *at);
	let (Some(replica), Some((id, device))) = (found, &view.device) else { return Fate::Gone };
	let (record, run) = (&replica.record, replica.run(*id));
	let stands = record.outcome.is_none() && record.round == round;
	match action {
		Action::Enter(..) if run.is_some() || stands && replica.is_listed(*id) => Fate::Done,
		Action::Enter(..) => {
			let room = replica.ticket(*id).is_none_or(|of| replica.admits(&device.owner, &of));
			if stands && view.current < record.interval && room {
				Fate::Open
			} else {
				Fate::Gone
			}
		}
		Action::CommitAnswer(..) if run.is_some() => Fate::Done,
		Action::CommitAnswer(..) => {
			if stands && view.current == record.interval && !replica.is_taken() {
				Fate::Open
			} else {
				Fate::Gone
			}
		}
		Action::OpenAnswer(..) => match run.and_then(|run| run.answer) {
			Some((layer, _)) if layer >= round => Fate::Done,
			_ if stands && run.is_some() && replica.is_open(view.current, &Rules::POGCS) => {
				Fate::Open
			}
			// It was judged before the time to open was over: then all were open.
			_ if record.outcome.is_some() && replica.is_open(view.current, &Rules::POGCS) => {
				Fate::Done
			}
			_ => Fate::Gone,
		},
		_ if record.outcome.is_some() || record.round > round => Fate::Done,
		_ => Fate::Open,
	}
}

/// The device's part in chunks that several devices do.
pub(super) struct Turns<'a> {
	pub(super) view: &'a View,
	pub(super) own: &'a Own<'a>,
	pub(super) id: DeviceId,
	pub(super) device: &'a Device,
	pub(super) state: DeviceState,
}

impl Turns<'_> {
	/// Answers to open, and rounds to conclude: also by a device that takes nothing new.
	pub(super) fn finish(&self, plan: &mut Plan) {
		let (now, rules) = (self.view.current, &self.own.rules);
		let mut concludes = Vec::new();
		for replica in self.view.replicas.iter().filter(|of| of.record.outcome.is_none()) {
			let Some(run) = replica.run(self.id) else { continue };
			let (at, round) = (replica.at, replica.record.round);
			if now <= replica.record.interval {
				plan.holds.push(if run.round < round {
					Hold::FurtherAsked(at, replica.record.interval)
				} else {
					Hold::Bound(at, replica.record.interval)
				});
			} else if replica.is_awaited(run, now) && replica.is_open(now, rules) {
				self.open(replica, run, plan);
			}
			if replica.is_ready(now, rules) {
				if self.has_turn(replica) {
					concludes.push(Action::Conclude(at, round));
				}
			} else if !replica.is_awaited(run, now) && now > replica.record.interval {
				plan.holds.push(Hold::AwaitingOthers(at));
			}
		}
		plan.actions.extend(concludes);
	}

	/// An answer that is to be opened now.
	fn open(&self, replica: &Replica, run: &Run, plan: &mut Plan) {
		let (at, round) = (replica.at, replica.record.round);
		let Some(answer) = self.own.answers.get(&at) else {
			// Everything but the key was lost: the result can be had again, and so can the salt.
			plan.runs.push(at);
			plan.holds.push(Hold::Recomputing(at));
			return;
		};
		if !answer.opens(self.id, run, round) {
			plan.holds.push(Hold::AnswerLost(at));
		} else if run.round == 0 && run.answer.is_none() && replica.energy.is_none() {
			let hour = replica.hour;
			plan.holds.push(if hour.checked_add(1) == Some(self.view.current) {
				Hold::AwaitingReport(at, hour)
			} else {
				Hold::AnswerUnreported(at, hour)
			});
		} else {
			plan.actions.push(Action::OpenAnswer(at, round));
		}
	}

	/// Whether it is this device's turn to conclude.
	fn has_turn(&self, replica: &Replica) -> bool {
		let runs = &replica.record.runs;
		let Some(mine) = runs.iter().position(|run| run.device == self.id) else { return false };
		let turn = u64::from(self.view.head.checked_div(TURN).unwrap_or_default());
		let (Ok(mine), Ok(all)) = (u64::try_from(mine), u64::try_from(runs.len())) else {
			return false;
		};
		turn.checked_rem(all) == Some(mine)
	}

	/// Chunks to run and to commit to in this interval. `forecast` is the green energy that is left of
	/// it; what is promised here is taken off.
	pub(super) fn work(&self, forecast: &mut u64, plan: &mut Plan) {
		let (view, own, now) = (self.view, self.own, self.view.current);
		let all = || view.replicas.iter().filter(|of| of.record.outcome.is_none());
		let bound = all().filter(|of| of.run(self.id).is_some());
		let mut carried = 0usize;
		let mut room = own.rules.most_bound;
		for replica in bound {
			room = room.saturating_sub(1);
			if replica.record.interval == now {
				carried = carried.saturating_add(1);
				*forecast = forecast.saturating_sub(own.rules.energy(replica.work).0);
			}
		}
		let mut free = view.free;
		let here = all().filter(|of| of.record.interval == now && of.run(self.id).is_none());
		// Those that chance drew it for come first.
		let (first, rest): (Vec<_>, Vec<_>) = here.partition(|of| of.is_drawn(self.id));
		for replica in first.into_iter().chain(rest) {
			if !self.may_do(replica, plan) {
				continue;
			}
			let (at, round) = (replica.at, replica.record.round);
			if carried >= own.capacity || room == 0 {
				break;
			}
			let (need, bond) = (own.rules.energy(replica.work), own.rules.bond(replica.work));
			if own.lacking.contains(&at) {
				plan.holds.push(Hold::Lacking(at));
				continue;
			}
			// What it draws from the grid is nobody's forecast.
			if replica.green && *forecast < need.0 {
				plan.holds.push(Hold::EnergyShort(at, need, MilliWattHours(*forecast)));
				continue;
			}
			if free <= bond {
				plan.holds.push(Hold::BondShort(at, bond, free));
				continue;
			}
			free = free.saturating_sub(bond);
			*forecast = forecast.saturating_sub(need.0);
			carried = carried.saturating_add(1);
			room = room.saturating_sub(1);
			if own.answers.get(&at).is_some() {
				plan.actions.push(Action::CommitAnswer(at, round));
			} else {
				plan.runs.push(at);
				plan.holds.push(Hold::Computing(at, now));
			}
		}
	}

	/// Whether the device may do a chunk of this interval, and would.
	fn may_do(&self, replica: &Replica, plan: &mut Plan) -> bool {
		let (id, at, round) = (self.id, replica.at, replica.record.round);
		let listed = replica.is_listed(id);
		let taken = replica.is_taken() || round > 0 && replica.is_used(&self.device.owner);
		if taken || replica.class != self.device.class {
			return false;
		}
		let able = matches!(self.state, DeviceState::Online | DeviceState::Running)
			|| listed && self.state == DeviceState::Leaving;
		if !able {
			return false;
		}
		if replica.is_drawn(id) {
			return true;
		}
		let late = self.view.elapsed.is_some_and(|of| of.reached(self.own.rules.open_after));
		if listed && !late {
			plan.holds.push(Hold::NotDrawn(at));
		}
		// A further device that nobody drew cannot come; one that owes nothing works for the tip.
		let worth = listed || round == 0 && self.is_worth(replica);
		late && worth
	}

	/// Whether a chunk that chance did not give to this device is worth its while.
	fn is_worth(&self, replica: &Replica) -> bool {
		replica.owed >= replica.work || replica.tip > 0 && replica.tip >= self.own.least_reward
	}

	/// Chunks of the next interval to enter for.
	pub(super) fn enter(&self, plan: &mut Plan) {
		let (view, own) = (self.view, self.own);
		let Some(next) = view.current.checked_add(1) else { return };
		let open = |of: &&Replica| {
			of.record.outcome.is_none()
				&& of.record.interval == next
				&& of.class == self.device.class
				&& of.client != self.device.owner
		};
		let candidates: Vec<_> = view.replicas.iter().filter(open).collect();
		// By kind of claims: what is entered for one is not owed twice.
		let mut promised: Vec<(ClassId, u64)> = Vec::new();
		let mut entered = 0usize;
		for replica in candidates.iter().filter(|of| of.is_listed(self.id)) {
			entered = entered.saturating_add(1);
			if replica.record.round == 0 {
				add(&mut promised, replica.claims, replica.work);
			}
			plan.holds.push(Hold::Entered(replica.at, next));
		}
		for replica in candidates.into_iter().filter(|of| !of.is_listed(self.id)) {
			if entered >= own.capacity {
				break;
			}
			let (at, round) = (replica.at, replica.record.round);
			if replica.is_used(&self.device.owner) {
				continue;
			}
			if round == 0 {
				let taken = promised.iter().find(|(of, _)| *of == replica.claims);
				let taken = taken.map_or(0, |(_, work)| *work);
				if replica.owed.0.saturating_sub(taken) < replica.work.0 {
					continue;
				}
			}
			if own.lacking.contains(&at) {
				plan.holds.push(Hold::Lacking(at));
				continue;
			}
			let Some(ticket) = replica.ticket(self.id) else {
				plan.holds.push(Hold::NoSeed(at));
				continue;
			};
			if !replica.admits(&self.device.owner, &ticket) {
				plan.holds.push(Hold::Outdrawn(at));
				continue;
			}
			if round == 0 {
				add(&mut promised, replica.claims, replica.work);
			}
			entered = entered.saturating_add(1);
			plan.actions.push(Action::Enter(at, round));
		}
	}
}

/// Adds work to what is promised of a kind of claims.
fn add(promised: &mut Vec<(ClassId, u64)>, claims: ClassId, work: MicroGpuHours) {
	match promised.iter_mut().find(|(of, _)| *of == claims) {
		Some((_, sum)) => *sum = sum.saturating_add(work.0),
		None => promised.push((claims, work.0)),
	}
}

#[cfg(test)]
mod tests;
