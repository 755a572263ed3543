//! Metering: an interval is simulated when it has closed, with the load that the chain has
//! recorded for it.

use pogcs_light_core::{
	energy::IntervalLog,
	tasks::{Action, View},
};
use pogcs_primitives::{ledger::Battery, records::ChunkState, Interval, MilliWattHours};
use serde_json::json;

use super::Agent;
use crate::{chain::view::Surroundings, error::Error, home::cells, meter::Orders};

/// The most intervals that are metered after the fact, as when the device was off.
const MOST: u32 = 48;
/// How many intervals before its deadline a chunk no longer waits for a better hour.
const URGENT: u32 = 2;

impl Agent {
	/// Meters the intervals that have closed since the last look.
	pub(super) fn meter_closed(&mut self, view: &View, around: &Surroundings) -> Result<(), Error> {
		let Some(closed) = view.current.checked_sub(1) else { return Ok(()) };
		let first = match self.state.logs.last() {
			Some(last) if last.interval() >= closed => return Ok(()),
			Some(last) => Interval(last.interval().0.saturating_add(1)),
			None => closed,
		};
		let first = first.max(closed.saturating_sub(MOST));
		for index in first.0..=closed.0 {
			let interval = Interval(index);
			let wanted = load(view, interval, self.toil.energy(interval));
			let ceiling = ceiling(around);
			let orders = self.orders(interval, around);
			let plant = self.plant.under(orders);
			let run = plant.simulate(interval, self.state.charge, wanted, ceiling);
			if let Some(home) = &mut self.home {
				home.close(interval);
			}
			let mut log = IntervalLog::new(interval);
			for reading in run.readings {
				log.push(reading).map_err(|error| Error::Work(error.to_string()))?;
			}
			self.state.charge = run.charge;
			let text = format!(
				"interval {interval}: {} Wh from the panel, {} Wh from the grid, {} Wh drawn by \
				 compute, battery at {} Wh",
				run.generated() / 1_000,
				run.imported() / 1_000,
				run.drawn() / 1_000,
				run.charge / 1_000
			);
			let data = json!({
				"interval": index,
				"generation_mwh": run.generated(),
				"import_mwh": run.imported(),
				"export_mwh": run.exported(),
				"draw_mwh": run.drawn(),
				"charge_mwh": run.charge,
			});
			self.events.note("interval", text, data);
			self.state.keep(log);
		}
		Ok(())
	}

	/// Green energy that the current interval can supply to compute, in mWh, beyond what commits
	/// on their way have been promised. The home's schedule may leave it less, but never so little
	/// that an accepted chunk is lost.
	pub(super) fn forecast(&mut self, view: &View, around: &Surroundings) -> u64 {
		let orders = self.orders(view.current, around);
		let plant = self.plant.under(orders);
		let supply = plant.forecast(
			view.current,
			self.state.charge,
			ceiling(around),
			&around.stored,
			&battery(around),
		);
		let supply = supply.min(around.class.map_or(u64::MAX, |class| class.max_draw.0));
		let allowed = match &self.home {
			Some(home) if !is_urgent(view) => home.compute(view.current),
			_ => u64::MAX,
		};
		// The last parts of an interval round down: what is promised is promised safely.
		supply.min(allowed).saturating_sub(64)
	}

	/// What the home's schedule asks of the battery in `interval`, which begins with the charge that
	/// the state has now. Without a plan the battery takes what it can, as without a home.
	fn orders(&mut self, interval: Interval, around: &Surroundings) -> Orders {
		let Some(home) = &mut self.home else { return Orders::NONE };
		let store = cells(self.state.charge, &around.stored);
		match home.orders(&self.plant, interval, store) {
			Ok(orders) => orders,
			Err(error) => {
				let text = format!("interval {interval} is not scheduled: {error}");
				self.events.note("home", text, json!({ "interval": interval.0 }));
				Orders::NONE
			}
		}
	}

	/// Whether an action is worth sending now.
	pub(super) fn is_due(&self, action: &Action, view: &View) -> bool {
		self.state.in_flight.may_send(action, view.head)
	}
}

/// What this device's compute draws in `interval`: the energy of the chunks committed to it, and of those
/// that it computed for a comparison, with a little more where there are any, since readings are rounded
/// down.
fn load(view: &View, interval: Interval, computed: MilliWattHours) -> u64 {
	let Some((id, _)) = &view.device else { return 0 };
	let promised = view
		.jobs
		.iter()
		.filter(|job| {
			matches!(
				&job.chunk.state,
				ChunkState::Committed { device, interval: of, .. }
					if device == id && *of == interval
			)
		})
		.map(|job| job.model.energy.0)
		.fold(computed.0, u64::saturating_add);
	match promised {
		0 => 0,
		some => some.saturating_add(32),
	}
}

/// Whether a chunk of this device has to be committed in this interval or the next, or chance drew it for
/// one of this interval.
fn is_urgent(view: &View) -> bool {
	let Some((id, _)) = &view.device else { return false };
	view.jobs.iter().any(|job| {
		let mine = matches!(&job.chunk.state, ChunkState::Assigned { device, .. } if device == id);
		mine && job.task.deadline.saturating_sub(URGENT) <= view.current
	}) || view.replicas.iter().any(|of| {
		// Its hour is this one or none.
		let mine = of.run(*id).is_some() || of.is_drawn(*id);
		mine && of.record.interval == view.current
	})
}

/// The most that a panel of the class may generate in one interval.
fn ceiling(around: &Surroundings) -> u64 {
	around.class.map_or(u64::MAX, |class| class.max_generation.0)
}

/// The battery as the chain sees it. Without a class nothing is kept, and nothing is green.
pub(super) fn battery(around: &Surroundings) -> Battery {
	around.class.as_ref().map(Battery::from).unwrap_or_default()
}
