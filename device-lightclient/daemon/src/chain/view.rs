//! What the device decides by, all of one finalised block and all proven.

use codec::{Compact, Decode};
use pogcs_light_core::{
	keys,
	registry::{
		Challenge, HandOver, Maker, Parameters, Registration, Rescue, Standing, Suspension, Window,
	},
	tasks::{newest_tasks, Action, Device, Job, Offer, Task, View},
	AccountId, BlockNumber,
};
use pogcs_primitives::{
	ledger::Stored,
	records::{
		Assignment, BatteryRecord, ChunkRecord, ChunkState, ClassRecord, EnergyRecord, ModelRecord,
	},
	DeviceId, Interval, PoolId, TaskId,
};

use super::proven::{decode, Proven};
use crate::error::Error;

/// The most chunks of one task that are looked at.
const CHUNKS: u32 = 64;

/// What is proven besides the view.
pub struct Surroundings {
	/// The runtime's spec version; `None` in the state of genesis.
	pub spec_version: Option<u32>,
	/// The device's class.
	pub class: Option<ClassRecord>,
	/// What the chain knows to be in the device's battery.
	pub stored: Stored,
}

/// Reads the view of `account`'s device, without offers.
pub async fn read(
	state: &Proven<'_>,
	head: BlockNumber,
	account: &AccountId,
) -> Result<(View, Surroundings), Error> {
	let first = [
		keys::current_interval(),
		keys::account(account),
		keys::last_runtime_upgrade(),
		keys::device_by_key(account),
	];
	let mut values = state.read_all(&first).await?.into_iter();
	let mut next = || values.next().flatten();
	let current = start::<Interval>(next())?.unwrap_or_default();
	let nonce = start::<u32>(next())?.unwrap_or_default();
	let spec_version = start::<Compact<u32>>(next())?.map(|version| version.0);
	let id = start::<DeviceId>(next())?;

	let mut view = View {
		head,
		current,
		nonce,
		device: None,
		registration: None,
		reported: false,
		jobs: Vec::new(),
		offers: Vec::new(),
	};
	let (mut class, mut stored) = (None, Stored::default());
	if let Some(id) = id {
		if let Some(device) = state.get::<Device>(keys::device(id)).await? {
			class = state.get::<ClassRecord>(keys::class(device.class)).await?;
			if let Some(closed) = current.checked_sub(1) {
				let report = state.get::<EnergyRecord>(keys::energy_report(id, closed)).await?;
				view.reported = report.is_some();
			}
			if let Some(battery) = state.get::<BatteryRecord>(keys::battery(id)).await? {
				stored = battery.stored;
			}
			view.jobs = jobs(state, id).await?;
			view.registration = registration(state, id, &device, head).await?;
			view.device = Some((id, device));
		}
	}
	Ok((view, Surroundings { spec_version, class, stored }))
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
		jobs.push(Job { assignment, task, chunk, model, energy, randomness });
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
	let mut offers = Vec::new();
	for (task_id, task) in ids.into_iter().zip(tasks) {
		let Some(task) = task else { continue };
		if task.class != device.class || task.unpaid == 0 || task.deadline <= view.current {
			continue;
		}
		let Some(model) = state.get::<ModelRecord>(keys::model(task.model)).await? else {
			continue;
		};
		let chunks = task.chunks.min(CHUNKS);
		let places: Vec<_> = (0..chunks).map(|chunk| keys::chunk(task_id, chunk)).collect();
		let records = state.get_all::<ChunkRecord>(&places).await?;
		for (chunk, record) in (0u32..).zip(records) {
			if record.is_some_and(|record| record.state == ChunkState::Open) {
				let assignment = Assignment { task: task_id, chunk };
				offers.push(Offer { assignment, task: task.clone(), model });
			}
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

/// Whether an action that the chain no longer asks for has taken effect.
pub async fn took_effect(state: &Proven<'_>, view: &View, action: &Action) -> Result<bool, Error> {
	let Some((id, _)) = &view.device else { return Ok(false) };
	Ok(match action {
		Action::Report(interval) => {
			state.get::<EnergyRecord>(keys::energy_report(*id, *interval)).await?.is_some()
		}
		Action::Prove(at, ..) => {
			let chunk = state.get::<ChunkRecord>(keys::chunk(at.task, at.chunk)).await?;
			chunk.is_some_and(
				|chunk| matches!(chunk.state, ChunkState::Paid { device, .. } if device == *id),
			)
		}
		Action::Commit(_) | Action::Accept(_) => false,
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
