//! A node that is being followed.

use std::time::{Duration, Instant};

use jsonrpsee::core::client::Subscription;
use pogcs_light_core::finality::{Follower, Progress};
use serde_json::{json, Value};
use tokio::time::timeout;

use super::{node::Node, sync};
use crate::{error::Error, events::Events, hexed};

/// How long a node may have nothing new before the next one is tried.
pub const STALE: Duration = Duration::from_secs(60);
/// The longest wait between two attempts to connect.
const LONGEST_WAIT: u64 = 30;

/// A connection, and what it announces.
pub struct Session {
	node: Node,
	news: Subscription<String>,
	progress: Instant,
}

impl Session {
	/// Connects, without believing anything.
	pub async fn connect(url: &str, events: &mut Events) -> Result<Self, Error> {
		let node = Node::connect(url).await?;
		let text = format!("connected to {url}, which is not trusted");
		events.note("peer", text, Value::Null);
		let news = node.subscribe().await?;
		Ok(Self { node, news, progress: Instant::now() })
	}

	/// The node.
	pub fn node(&self) -> &Node {
		&self.node
	}

	/// Verifies all that is final by now.
	pub async fn catch_up(
		&mut self,
		follower: &mut Follower,
		events: &mut Events,
	) -> Result<(), Error> {
		let begin = Instant::now();
		let first = follower.head().number;
		let say = |follower: &Follower, progress| tell(events, follower, progress);
		sync::catch_up(&self.node, &mut self.news, follower, say).await?;
		sync::complete_head(&self.node, follower).await?;
		let head = follower.head().number;
		let seconds = begin.elapsed().as_secs_f64();
		events.note(
			"synced",
			format!("verified finality from block {first} to {head} in {seconds:.2} s"),
			json!({ "from": first, "to": head, "seconds": seconds }),
		);
		self.progress = Instant::now();
		Ok(())
	}

	/// Waits for news, at most for `wait`; whether the head moved. A node that has had none for too long
	/// is an error.
	pub async fn next(
		&mut self,
		follower: &mut Follower,
		events: &mut Events,
		wait: Duration,
	) -> Result<bool, Error> {
		let closed = |node: &Node| Error::Link(format!("{} closed the connection", node.url()));
		let progress = match timeout(wait, self.news.next()).await {
			Ok(Some(Ok(justification))) => {
				sync::follow(&self.node, follower, &justification).await?
			}
			Ok(_) => return Err(closed(&self.node)),
			Err(_) => sync::step(&self.node, follower).await?,
		};
		match progress {
			Some(progress) => {
				self.progress = Instant::now();
				tell(events, follower, progress);
				Ok(true)
			}
			None if !self.node.is_connected() => Err(closed(&self.node)),
			None if self.progress.elapsed() > STALE => {
				Err(Error::Link(format!("{} has nothing newly finalised", self.node.url())))
			}
			None => Ok(false),
		}
	}
}

/// Which node is next, and how long to wait before it is asked: from node to node, and slower when
/// none of them answers.
#[derive(Debug, Default)]
pub struct Turns {
	attempts: usize,
}

impl Turns {
	/// The index of the node to ask now.
	pub fn index(&self, nodes: usize) -> usize {
		self.attempts.checked_rem(nodes).unwrap_or_default()
	}

	/// Whether each was asked once.
	pub fn is_over(&self, nodes: usize) -> bool {
		self.attempts.saturating_add(1) >= nodes
	}

	/// Goes on to the next one, which is asked after this time. `lasted` is how long the last one was
	/// followed.
	pub fn next(&mut self, nodes: usize, lasted: Duration) -> Duration {
		let from = if lasted > STALE { self.index(nodes) } else { self.attempts };
		self.attempts = from.saturating_add(1);
		let round = self.attempts.checked_div(nodes).unwrap_or_default().min(5);
		Duration::from_secs((1u64 << round).min(LONGEST_WAIT))
	}
}

/// Notes what has become final.
fn tell(events: &mut Events, follower: &Follower, progress: Progress) {
	let head = *follower.head();
	let hash = hexed::show(head.hash);
	if let Some(set) = progress.new_set {
		let voters = follower.set().authorities().len();
		let text = format!("block {}: finality set {set} of {voters} voters", head.number);
		events.note("set", text, json!({ "set": set, "voters": voters }));
	}
	let text = format!("block {} {hash} is final", head.number);
	events.note("finalised", text, json!({ "number": head.number, "hash": hash }));
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn nodes_should_be_asked_in_turn_and_slower_when_none_answers() {
		let mut turns = Turns::default();
		let mut seen = Vec::new();
		for _ in 0..6 {
			let index = turns.index(2);
			seen.push((index, turns.next(2, Duration::ZERO).as_secs()));
		}
		assert_eq!(seen, [(0, 1), (1, 2), (0, 2), (1, 4), (0, 4), (1, 8)]);
		for _ in 0..20 {
			assert!(turns.next(2, Duration::ZERO).as_secs() <= LONGEST_WAIT);
		}
		// One that was followed for long is left for the next one at once.
		assert_eq!(turns.next(2, STALE * 2).as_secs(), 1);
		assert!(turns.is_over(2) && !Turns::default().is_over(2));
	}
}
