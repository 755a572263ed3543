//! The timed challenge: looking ahead of finality for its seed, and answering it in time.
//!
//! The chain takes the root for some blocks after the one that makes the seed. Evaluating takes most of
//! them, and finality some more, so the device begins with a seed whose block is authored and not
//! final. It takes no node's word for more than the work: challenge and seed are proven in the state of
//! that very block, and the extrinsic with the root is *born in it*. Its signature covers the block's
//! hash, so it counts only on a chain that has the block, and on such a chain challenge and seed are
//! what the chain itself made. A made-up block costs an evaluation that comes to nothing, and an
//! extrinsic that no chain takes.
//!
//! The opening has more time, and waits for finality as everything else does.

use pogcs_light_core::{
	calls::Call,
	extrinsic::Mortality,
	keys as places,
	registry::Challenge,
	tasks::{Action, View},
	BlockNumber, Hash,
};
use pogcs_primitives::{challenge::Seed, records::DeviceState, DeviceId};
use serde_json::{json, Value};

use super::Agent;
use crate::{
	chain::{node::Node, proven::Proven, view::Surroundings},
	error::Error,
};

/// The most blocks above the final one that are looked through.
const MOST_AHEAD: BlockNumber = 256;
/// So many evaluations of one challenge begin with blocks that are not final: a node that shows
/// another one every second does not keep the device from ever finishing.
const GUESSES: u32 = 4;

/// What is remembered between two looks.
#[derive(Default)]
pub(super) struct Ahead {
	/// The last final view, and the throughput of the device's class.
	watch: Option<(View, u32)>,
	/// The newest block that was looked at.
	best: Option<Hash>,
	/// The evaluation that is asked for.
	step: Option<Step>,
	/// How many evaluations of the challenge with this draw began with blocks that are not final.
	guesses: (BlockNumber, u32),
	/// What the root that was sent last counts on.
	sent: Option<Bound>,
	/// The newest block when it was sent.
	tried: Option<Hash>,
}

/// What the root is to be made of.
#[derive(Clone, Copy)]
struct Step {
	challenge: Challenge,
	seed: Seed,
	bound: Bound,
}

/// The seed and, unless that is final, the block that made it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Bound {
	draw: BlockNumber,
	seed: Seed,
	block: Option<Hash>,
}

impl Bound {
	/// Whether an extrinsic that counts on this counts where `other` is so.
	fn covers(&self, other: &Self) -> bool {
		let same = self.block.is_none() || other.block.is_none() || self.block == other.block;
		self.draw == other.draw && self.seed == other.seed && same
	}
}

impl Agent {
	/// Whether something may be asked for before it is final.
	pub(super) fn looks_ahead(&self) -> bool {
		self.ahead.watch.is_some()
	}

	/// Takes note of a final view, and of what it asks for.
	pub(super) fn watch_challenge(&mut self, view: &View, around: &Surroundings, works: bool) {
		if let Some((before, _)) = self.ahead.watch.take() {
			self.tell_lost(&before, view);
		}
		// What was final then may be answered now; what was not is looked up again.
		(self.ahead.step, self.ahead.best) = (None, None);
		let (Some((id, _)), Some(registration)) = (&view.device, &view.registration) else {
			return;
		};
		let throughput = around.class.map_or(0, |class| class.throughput);
		let running = registration.running(view.head);
		if let (Some(challenge), Some(drawn)) = (running, registration.drawn) {
			if let Some((seed, _)) = challenge.committed {
				// After a restart, to be able to open it.
				self.evaluate(*id, challenge, Seed(seed));
			} else if works {
				let seed = challenge.seed(self.state.follower.genesis(), *id, &drawn);
				let bound = Bound { draw: challenge.draw, seed, block: None };
				self.ahead.step = Some(Step { challenge: *challenge, seed, bound });
			}
		}
		let waits = running.is_some_and(|challenge| challenge.committed.is_none());
		if works && (waits || view.state() == Some(DeviceState::Pending)) {
			self.ahead.watch = Some((view.clone(), throughput));
		}
	}

	/// Looks at the newest block for a seed, begins with it, and sends the root when it is there.
	pub(super) async fn look_ahead(&mut self, node: &Node) -> Result<(), Error> {
		self.tell_evaluated();
		let Some((view, throughput)) = self.ahead.watch.take() else { return Ok(()) };
		let result = self.look(node, &view, throughput).await;
		self.ahead.watch = Some((view, throughput));
		result
	}

	async fn look(&mut self, node: &Node, view: &View, throughput: u32) -> Result<(), Error> {
		let Some((id, _)) = view.device else { return Ok(()) };
		// What is final is not looked up again.
		let is_final = self.ahead.step.is_some_and(|step| step.bound.block.is_none());
		let best = node.best_hash().await?;
		if !is_final && self.ahead.best != Some(best) {
			self.ahead.step = self.read_step(node, &best, id, throughput).await?;
			self.ahead.best = Some(best);
		}
		let Some(step) = self.ahead.step else { return Ok(()) };
		if !self.benchmark.has(&step.seed) {
			let draw = step.challenge.draw;
			if step.bound.block.is_some() {
				if self.ahead.guesses.0 != draw {
					self.ahead.guesses = (draw, 0);
				}
				if self.ahead.guesses.1 >= GUESSES {
					return Ok(());
				}
				self.ahead.guesses.1 = self.ahead.guesses.1.saturating_add(1);
			}
			self.evaluate(id, &step.challenge, step.seed);
		}
		self.send_root(node, view, id, &step, best).await
	}

	/// What the newest block says of this device's challenge, if that asks for a root.
	async fn read_step(
		&self,
		node: &Node,
		best: &Hash,
		id: DeviceId,
		throughput: u32,
	) -> Result<Option<Step>, Error> {
		let head = *self.state.follower.head();
		let newest = node.header(best).await?;
		let ahead = newest.number.saturating_sub(head.number);
		if ahead == 0 || ahead > MOST_AHEAD {
			return Ok(None);
		}
		let newer = Proven::new(node, newest.hash, newest.state_root);
		let place = places::challenge(id);
		let asked = newer.get::<Challenge>(place.clone()).await?.filter(|challenge| {
			let lasts = challenge.committed.is_none() && challenge.runs(newest.number);
			// What is final by now is read from what is final.
			lasts && head.number < challenge.draw && challenge.draw <= newest.number
		});
		let Some(asked) = asked else { return Ok(None) };
		// By parent hashes down to the final block: what does not lead there is no chain that this
		// device follows. The block that makes the seed is on the way.
		let mut at = newest;
		let mut made = (at.number == asked.draw).then(|| at.clone());
		for _ in 1..ahead {
			at = node.header(&at.parent_hash).await?;
			if at.number == asked.draw {
				made = Some(at.clone());
			}
		}
		if at.parent_hash != head.hash {
			return Err(Error::Answer("its newest block does not follow the final one".into()));
		}
		let Some(made) = made else { return Ok(None) };
		let state = Proven::new(node, made.hash, made.state_root);
		let Some(challenge) = state.get::<Challenge>(place).await? else { return Ok(None) };
		let drawn = state.get::<[u8; 32]>(places::block_randomness(made.number)).await?;
		let Some(drawn) = drawn else { return Ok(None) };
		let asks = challenge.committed.is_none() && challenge.draw == made.number;
		if !asks || !challenge.is_plausible(throughput) {
			return Ok(None);
		}
		let seed = challenge.seed(self.state.follower.genesis(), id, &drawn);
		let bound = Bound { draw: made.number, seed, block: Some(made.hash) };
		Ok(Some(Step { challenge, seed, bound }))
	}

	/// Begins to evaluate, unless it has.
	fn evaluate(&mut self, id: DeviceId, challenge: &Challenge, seed: Seed) {
		if self.benchmark.has(&seed) {
			return;
		}
		let (count, draw) = (challenge.count, challenge.draw);
		let text = format!("evaluating the {count} leaves of device {id}'s timed challenge");
		let data = json!({ "action": "evaluate", "leaves": count.get(), "block": draw });
		self.events.note("challenge", text, data);
		self.benchmark.start(seed, count);
	}

	/// Sends the root of `step`, if it is there and has not been sent for it.
	async fn send_root(
		&mut self,
		node: &Node,
		view: &View,
		id: DeviceId,
		step: &Step,
		best: Hash,
	) -> Result<(), Error> {
		let Some(root) = self.benchmark.tree(&step.seed).map(|tree| tree.root()) else {
			return Ok(());
		};
		let action = Action::CommitChallenge(step.challenge.draw);
		if self.ahead.tried == Some(best) {
			return Ok(());
		}
		if self.state.in_flight.contains(&action) {
			// One that was born in a block that this chain does not have is of no use on it: another
			// one takes its place.
			let void = self.ahead.sent.is_some_and(|sent| !sent.covers(&step.bound));
			if !void {
				return Ok(());
			}
		}
		self.ahead.tried = Some(best);
		let head = *self.state.follower.head();
		let mortality = match step.bound.block {
			Some(birth_hash) => {
				let period = step.challenge.until.saturating_sub(step.challenge.draw);
				Mortality { birth: step.challenge.draw, birth_hash, period }
			}
			None => {
				Mortality { birth: head.number, birth_hash: head.hash, period: self.config.period }
			}
		};
		self.ahead.sent = Some(step.bound);
		let call = Call::CommitChallenge { device: id, root };
		match self.send(node, &action, &call, view, mortality).await {
			// It is tried again with the next block, while there is time.
			Err(error @ Error::Refused(_)) => {
				self.state.in_flight.withdraw(&action);
				self.refused_by_network(&action, &error);
				Ok(())
			}
			other => other,
		}
	}

	/// Tells that an evaluation has ended.
	pub(super) fn tell_evaluated(&mut self) {
		if let Some(finished) = self.benchmark.poll() {
			self.tell_finished(&finished);
		}
	}

	pub(super) fn tell_finished(&mut self, finished: &crate::benchmark::Finished) {
		let text = format!(
			"evaluated the timed challenge in {:.1} s, {:.0} leaves in a second",
			finished.seconds, finished.rate
		);
		let data = json!({ "seconds": finished.seconds, "rate": finished.rate });
		self.events.note("challenge", text, data);
	}

	/// Tells that a challenge ran out, once.
	fn tell_lost(&mut self, before: &View, view: &View) {
		let ran = before.registration.as_ref().and_then(|of| of.running(before.head)).copied();
		let Some(registration) = view.registration.as_ref() else { return };
		let over = registration.running(view.head).is_none();
		if let (Some(ran), true, None) = (ran, over, registration.standing.benched) {
			self.benchmark.stop();
			let text = format!(
				"the timed challenge ran out at block {} and was not passed: if that happens again, \
				 look at what else keeps the processor busy, and at the link to the node",
				ran.until
			);
			self.events.note("lost", text, Value::Null);
		}
	}
}
