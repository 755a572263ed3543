//! What the device decides by, all of one finalised block and all proven.

use std::collections::{BTreeMap, BTreeSet};

use codec::{Compact, Decode};
use pogcs_light_core::{
	batch::{Batch, Quota},
	keys,
	registry::{
		Challenge, HandOver, Maker, Parameters, Registration, Rescue, Standing, Suspension, Window,
	},
	tasks::{
		newest_tasks, Action, Batched, Contract, Device, Elapsed, Hour, Job, Offer, Replica,
		Replicated, Task, View,
	},
	AccountId, Balance, BlockNumber,
};
use pogcs_primitives::{
	contracts::{hour_of, Method},
	ledger::Stored,
	records::{
		Assignment, BatteryRecord, ChunkRecord, ChunkState, ClassRecord, EnergyRecord, ModelRecord,
		PoolKind,
	},
	ClassId, DeviceId, Interval, MicroGpuHours, PoolId, TaskId,
};

use super::proven::{decode, Proven};
use crate::error::Error;

/// The most chunks of one task that are looked at.
const CHUNKS: u32 = 64;
/// For how many intervals after its hour a contract's chunk is looked at: as long as further devices may
/// be asked.
const FURTHER: u32 = 48;

/// What is proven besides the view.
pub struct Surroundings {
	/// The runtime's spec version; `None` in the state of genesis.
	pub spec_version: Option<u32>,
	/// The device's class.
	pub class: Option<ClassRecord>,
	/// What the chain knows to be in the device's battery.
	pub stored: Stored,
	/// The last interval that counts in that.
	pub through: Option<Interval>,
}

/// What everybody who acts on this chain looks at: where it stands, and its own account.
pub struct Base {
	/// The interval being delivered.
	pub current: Interval,
	/// How many extrinsics of the account were included.
	pub nonce: u32,
	/// What it can spend.
	pub free: Balance,
	/// The runtime's spec version; `None` in the state of genesis.
	pub spec_version: Option<u32>,
	/// The slot of block 1.
	pub genesis_slot: Option<u64>,
	/// Slots of an interval; `None` where the chain does not say.
	pub interval_slots: Option<u64>,
	/// How far the interval is.
	pub elapsed: Option<Elapsed>,
}

/// Nonce, three counts of references, and what is free: the start of `System::Account`.
type AccountStart = (u32, [u32; 3], Balance);

/// Reads it.
pub async fn read_base(state: &Proven<'_>, account: &AccountId) -> Result<Base, Error> {
	let places = [
		keys::current_interval(),
		keys::account(account),
		keys::last_runtime_upgrade(),
		keys::genesis_slot(),
		keys::current_slot(),
		keys::chain_parameters(),
	];
	let mut values = state.read_all(&places).await?.into_iter();
	let mut next = || values.next().flatten();
	let current = start::<Interval>(next())?.unwrap_or_default();
	let (nonce, _, free) = start::<AccountStart>(next())?.unwrap_or_default();
	let spec_version = start::<Compact<u32>>(next())?.map(|version| version.0);
	let genesis_slot = start::<u64>(next())?;
	let slot = start::<u64>(next())?;
	let interval_slots = start::<u64>(next())?;
	let elapsed = match (genesis_slot, interval_slots, slot) {
		(Some(genesis), Some(slots), Some(slot)) => Elapsed::new(genesis, slots, current, slot),
		_ => None,
	};
	Ok(Base { current, nonce, free, spec_version, genesis_slot, interval_slots, elapsed })
}

/// Reads the view of `account`'s device, without offers.
pub async fn read(
	state: &Proven<'_>,
	head: BlockNumber,
	account: &AccountId,
) -> Result<(View, Surroundings), Error> {
	let Base { current, nonce, free, spec_version, elapsed, .. } =
		read_base(state, account).await?;
	let id = state.read_all(&[keys::device_by_key(account)]).await?.pop().flatten();
	let id = start::<DeviceId>(id)?;

	let mut view = View {
		head,
		current,
		nonce,
		device: None,
		registration: None,
		reported: false,
		jobs: Vec::new(),
		offers: Vec::new(),
		quota: None,
		free,
		elapsed,
		batched: Vec::new(),
		replicas: Vec::new(),
	};
	let (mut class, mut stored, mut through) = (None, Stored::default(), None);
	if let Some(id) = id {
		if let Some(device) = state.get::<Device>(keys::device(id)).await? {
			class = state.get::<ClassRecord>(keys::class(device.class)).await?;
			if let Some(closed) = current.checked_sub(1) {
				let report = state.get::<EnergyRecord>(keys::energy_report(id, closed)).await?;
				view.reported = report.is_some();
			}
			if let Some(battery) = state.get::<BatteryRecord>(keys::battery(id)).await? {
				(stored, through) = (battery.stored, Some(battery.through));
			}
			view.quota = state.get::<Quota>(keys::quota(id)).await?;
			view.jobs = jobs(state, id).await?;
			view.registration = registration(state, id, &device, head).await?;
			view.device = Some((id, device));
		}
	}
	Ok((view, Surroundings { spec_version, class, stored, through }))
}

/// What the registry has about a device besides its record.
async fn registration(
	state: &Proven<'_>,
	id: DeviceId,
	device: &Device,
	head: BlockNumber,
) -> Result<Option<Registration>, Error> {
	let places = [
		keys::standing(id),
		keys::suspension(id),
		keys::rescue(id),
		keys::hand_over(id),
		keys::challenge(id),
		keys::maintenances(id),
		keys::pool_of(id),
		keys::maker(&device.maker),
		keys::registry_parameters(),
	];
	let mut values = state.read_all(&places).await?.into_iter();
	let mut next = || values.next().flatten();
	let Some(standing) = whole::<Standing>(next())? else { return Ok(None) };
	let mut found = Registration::new(standing);
	found.suspension = whole::<Suspension>(next())?;
	found.rescue = whole::<Rescue>(next())?;
	found.offer = whole::<HandOver>(next())?;
	found.challenge = whole::<Challenge>(next())?;
	found.windows = whole::<Vec<Window>>(next())?.unwrap_or_default();
	found.pool = whole::<PoolId>(next())?;
	found.maker = whole::<Maker>(next())?;
	found.rules = whole::<Parameters>(next())?;
	if let Some(challenge) = found.challenge.filter(|of| of.draw <= head) {
		found.drawn = state.get(keys::block_randomness(challenge.draw)).await?;
	}
	Ok(Some(found))
}

async fn jobs(state: &Proven<'_>, id: DeviceId) -> Result<Vec<Job>, Error> {
	let list: Vec<Assignment> = state.get(keys::assignments(id)).await?.unwrap_or_default();
	let mut jobs = Vec::with_capacity(list.len());
	for assignment in list {
		let Some(task) = state.get::<Task>(keys::task(assignment.task)).await? else { continue };
		let place = keys::chunk(assignment.task, assignment.chunk);
		let Some(chunk) = state.get::<ChunkRecord>(place).await? else { continue };
		let Some(model) = state.get::<ModelRecord>(keys::model(task.model)).await? else {
			continue;
		};
		let (mut energy, mut randomness) = (None, None);
		if let ChunkState::Committed { interval, .. } = &chunk.state {
			energy = state.get(keys::energy_report(id, *interval)).await?;
			randomness = state.get(keys::interval_randomness(*interval)).await?;
		}
		let contract = state.get::<Contract>(keys::contract(assignment.task)).await?;
		let hour = contract.and_then(|of| hour_of(&of.plan, assignment.chunk));
		jobs.push(Job { assignment, task, chunk, model, energy, randomness, hour });
	}
	Ok(jobs)
}

/// Reads the open chunks of the newest `scan` tasks that this device could do.
pub async fn read_offers(state: &Proven<'_>, view: &mut View, scan: u64) -> Result<(), Error> {
	let Some((id, device)) = &view.device else { return Ok(()) };
	let next_task = state.read_all(&[keys::next_task()]).await?.pop().flatten();
	let next_task = start::<TaskId>(next_task)?.unwrap_or_default();
	let ids: Vec<TaskId> = newest_tasks(next_task, scan).collect();
	let places: Vec<_> = ids.iter().map(|id| keys::task(*id)).collect();
	let tasks = state.get_all::<Task>(&places).await?;
	let owed = read_owed(state, view, view.current).await?;
	let underway = state.get::<MicroGpuHours>(keys::underway(*id, view.current)).await?;
	let underway = underway.unwrap_or_default();
	let mut offers = Vec::new();
	for (task_id, task) in ids.into_iter().zip(tasks) {
		let Some(task) = task else { continue };
		if task.class != device.class || task.unpaid == 0 || task.deadline <= view.current {
			continue;
		}
		let Some(model) = state.get::<ModelRecord>(keys::model(task.model)).await? else {
			continue;
		};
		let contract = state.get::<Contract>(keys::contract(task_id)).await?;
		let chunks = task.chunks.min(CHUNKS);
		let places: Vec<_> = (0..chunks).map(|chunk| keys::chunk(task_id, chunk)).collect();
		let records = state.get_all::<ChunkRecord>(&places).await?;
		for (chunk, record) in (0u32..).zip(records) {
			if !record.is_some_and(|record| record.state == ChunkState::Open) {
				continue;
			}
			let assignment = Assignment { task: task_id, chunk };
			let hour = match &contract {
				None => None,
				Some(contract) => {
					// What was given up is nobody's to take.
					let Some(interval) = hour_of(&contract.plan, chunk) else { continue };
					let owed = owed.of(contract.claims).0.saturating_sub(underway.0);
					Some(Hour { interval, owed: MicroGpuHours(owed) })
				}
			};
			offers.push(Offer { assignment, task: task.clone(), model, hour });
		}
	}
	// Devices begin at different places, so that they do not all run for the same chunk.
	if !offers.is_empty() {
		let first = usize::try_from(id.0).unwrap_or_default() % offers.len();
		offers.rotate_left(first);
	}
	view.offers = offers;
	Ok(())
}

/// Hours that a device owes in an interval, and of which claims.
struct Owed(Option<(ClassId, MicroGpuHours)>);

impl Owed {
	/// What it owes of these claims.
	fn of(&self, claims: ClassId) -> MicroGpuHours {
		self.0.filter(|(class, _)| *class == claims).map(|(_, hours)| hours).unwrap_or_default()
	}
}

/// Founder, deposit, kind, class, and the class of the claims: the start of `Pools::Pools`.
type PoolStart = (AccountId, Balance, PoolKind, ClassId, Option<ClassId>);
/// Whose money is on hold and how much, what is promised, and delivered: the start of
/// `Pools::Promises`.
type PromiseStart = (AccountId, Balance, MicroGpuHours, MicroGpuHours);

/// Reads it.
async fn read_owed(state: &Proven<'_>, view: &View, interval: Interval) -> Result<Owed, Error> {
	let Some((id, _)) = &view.device else { return Ok(Owed(None)) };
	let Some(pool) = view.registration.as_ref().and_then(|of| of.pool) else {
		return Ok(Owed(None));
	};
	let places = [keys::pool(pool), keys::promise(*id, interval)];
	let mut values = state.read_all(&places).await?.into_iter();
	let mut next = || values.next().flatten();
	let claims = start::<PoolStart>(next())?.and_then(|(.., claims)| claims);
	let promise = start::<PromiseStart>(next())?;
	Ok(Owed(claims.zip(promise).map(|(claims, (.., promised, delivered))| {
		(claims, promised.checked_sub(delivered).unwrap_or_default())
	})))
}

/// Reads the chunks that several devices do and that concern this one: what it is bound to, what is in
/// `watched`, and what it could do of the newest `scan` tasks, now or in the next interval.
pub async fn read_replicas(
	state: &Proven<'_>,
	view: &mut View,
	watched: &[Assignment],
	scan: u64,
) -> Result<(), Error> {
	let Some((id, device)) = &view.device else { return Ok(()) };
	let (id, current) = (*id, view.current);
	let next = current.checked_add(1).unwrap_or(current);
	let places = [keys::engagements(id), keys::next_task()];
	let mut values = state.read_all(&places).await?.into_iter();
	let engaged = whole::<Vec<Assignment>>(values.next().flatten())?.unwrap_or_default();
	let next_task = start::<TaskId>(values.next().flatten())?.unwrap_or_default();
	let mine: BTreeSet<_> = engaged.iter().chain(watched).map(|at| (at.task, at.chunk)).collect();

	let mut tasks: BTreeSet<_> = newest_tasks(next_task, scan).collect();
	tasks.extend(mine.iter().map(|(task, _)| *task));
	let places: Vec<_> = tasks.iter().map(|task| keys::contract(*task)).collect();
	let found = state.get_all::<Contract>(&places).await?;
	let contracts: BTreeMap<_, _> =
		tasks.into_iter().zip(found).filter_map(|(task, of)| Some((task, of?))).collect();
	let mut chunks = mine.clone();
	for (task, contract) in &contracts {
		let replicated = matches!(contract.method, Method::Replication { .. });
		if contract.class != device.class || !replicated || contract.left == 0 {
			continue;
		}
		chunks.extend((0..contract.chunks.min(CHUNKS)).filter_map(|chunk| {
			let hour = hour_of(&contract.plan, chunk)?;
			(hour <= next && current.since(hour) <= FURTHER).then_some((*task, chunk))
		}));
	}
	let places: Vec<_> =
		chunks.iter().map(|(task, chunk)| keys::replicated(*task, *chunk)).collect();
	let records = state.get_all::<Replicated>(&places).await?;
	let mut replicas = Vec::new();
	for ((task, chunk), record) in chunks.into_iter().zip(records) {
		let at = Assignment { task, chunk };
		let replica = contracts.get(&task).and_then(|of| Replica::new(at, of, record));
		let Some(replica) = replica else { continue };
		let is_mine = mine.contains(&(task, chunk));
		let is_near = replica.record.outcome.is_none() && replica.record.interval >= current;
		if is_mine || is_near {
			replicas.push(replica);
		}
	}

	let at = |interval| replicas.iter().any(|of| of.record.interval == interval);
	let (is_now, is_next) = (at(current), at(next));
	let mut owed = Vec::new();
	for interval in [is_now.then_some(current), is_next.then_some(next)].into_iter().flatten() {
		owed.push((interval, read_owed(state, view, interval).await?));
	}
	let mut seeds: BTreeMap<Interval, Option<[u8; 32]>> = BTreeMap::new();
	for replica in &mut replicas {
		let interval = replica.record.interval;
		if let Some((_, owed)) = owed.iter().find(|(of, _)| *of == interval) {
			replica.owed = owed.of(replica.claims);
		}
		if interval == next {
			for of in replica.seeds().collect::<Vec<_>>() {
				if !seeds.contains_key(&of) {
					seeds.insert(of, state.get(keys::interval_randomness(of)).await?);
				}
				replica.seed = seeds.get(&of).copied().flatten();
				if replica.seed.is_some() {
					break;
				}
			}
		}
		if replica.run(id).is_some() {
			replica.energy = state.get(keys::energy_report(id, replica.hour)).await?;
		}
	}
	// Devices begin at different places, so that they do not all run for the same chunk.
	if !replicas.is_empty() {
		let first = usize::try_from(id.0).unwrap_or_default() % replicas.len();
		replicas.rotate_left(first);
	}
	view.replicas = replicas;
	Ok(())
}

/// Reads what has become of reports that stand in these batches.
pub async fn read_batched(
	state: &Proven<'_>,
	view: &mut View,
	watched: &[(Interval, u64)],
) -> Result<(), Error> {
	let Some((id, _)) = view.device else { return Ok(()) };
	let places: Vec<_> = watched
		.iter()
		.flat_map(|(interval, batch)| [keys::energy_report(id, *interval), keys::batch(*batch)])
		.collect();
	let mut values = state.read_all(&places).await?.into_iter();
	for (interval, _) in watched {
		let on_record = values.next().flatten().is_some();
		let batch = whole::<Batch>(values.next().flatten())?;
		view.batched.push(Batched { interval: *interval, batch, on_record });
	}
	Ok(())
}

/// Reads those of these batches that there are.
pub async fn read_batches(state: &Proven<'_>, ids: &[u64]) -> Result<Vec<(u64, Batch)>, Error> {
	let places: Vec<_> = ids.iter().map(|id| keys::batch(*id)).collect();
	let found = state.get_all::<Batch>(&places).await?;
	Ok(ids.iter().copied().zip(found).filter_map(|(id, batch)| Some((id, batch?))).collect())
}

/// The number that the next batch gets.
pub async fn read_next_batch(state: &Proven<'_>) -> Result<u64, Error> {
	Ok(state.get(keys::next_batch()).await?.unwrap_or_default())
}

/// Whether an action that the chain no longer asks for has taken effect.
pub async fn took_effect(state: &Proven<'_>, view: &View, action: &Action) -> Result<bool, Error> {
	let Some((id, _)) = &view.device else { return Ok(false) };
	Ok(match action {
		Action::Report(interval) | Action::OpenReport(interval) => {
			state.get::<EnergyRecord>(keys::energy_report(*id, *interval)).await?.is_some()
		}
		Action::Prove(at, ..) => {
			let chunk = state.get::<ChunkRecord>(keys::chunk(at.task, at.chunk)).await?;
			chunk.is_some_and(
				|chunk| matches!(chunk.state, ChunkState::Paid { device, .. } if device == *id),
			)
		}
		Action::Commit(_) | Action::Accept(_) => false,
		// It is no longer there: somebody did what there was to do.
		Action::Release(_) | Action::Conclude(..) => true,
		// What the view does not show did not come in time.
		Action::Enter(..) | Action::CommitAnswer(..) | Action::OpenAnswer(..) => false,
		// The view tells all that there is to know of a challenge.
		Action::RequestChallenge | Action::CommitChallenge(_) | Action::OpenChallenge(_) => false,
	})
}

/// Decodes a whole value.
fn whole<T: Decode>(value: Option<Vec<u8>>) -> Result<Option<T>, Error> {
	value.map(|bytes| decode(&bytes)).transpose()
}

/// Decodes the start of a value: what stands after it does not concern the device.
fn start<T: Decode>(value: Option<Vec<u8>>) -> Result<Option<T>, Error> {
	value
		.map(|bytes| T::decode(&mut &bytes[..]))
		.transpose()
		.map_err(|_| Error::Work("the chain stores a value that this image does not know".into()))
}
