//! Evaluating a timed challenge on all cores, in the background.
//!
//! A challenge is a number of leaves and a seed. Its subtrees are independent of each other, so each
//! thread takes the next one until none is left. Their roots are kept; what is opened later is
//! evaluated again.

use std::{
	num::NonZeroU32,
	sync::{
		atomic::{AtomicBool, AtomicU32, Ordering},
		Arc,
	},
	thread::{self, JoinHandle},
	time::{Duration, Instant},
};

use pogcs_primitives::challenge::{Seed, Tree, Work};

/// How often a finished evaluation is looked for.
const LOOK: Duration = Duration::from_millis(20);

struct Running {
	seed: Seed,
	begun: Instant,
	stop: Arc<AtomicBool>,
	thread: JoinHandle<Option<Tree>>,
}

struct Done {
	seed: Seed,
	tree: Tree,
}

/// What came of an evaluation.
pub struct Finished {
	/// How long it took.
	pub seconds: f64,
	/// How many leaves it evaluated in a second.
	pub rate: f64,
}

/// One evaluation at a time, and the tree of the last.
pub struct Benchmark {
	threads: usize,
	bytes: usize,
	running: Option<(Running, NonZeroU32)>,
	done: Option<Done>,
}

impl Benchmark {
	/// Evaluates with `threads`, or as many as there are cores, in `megabytes` of memory.
	pub fn new(threads: Option<usize>, megabytes: usize) -> Self {
		let cores = || thread::available_parallelism().map_or(1, usize::from);
		let threads = threads.unwrap_or_else(cores).max(1);
		let bytes = megabytes.saturating_mul(1024 * 1024);
		Self { threads, bytes, running: None, done: None }
	}

	/// Whether this seed is being evaluated, or was.
	pub fn has(&self, seed: &Seed) -> bool {
		self.running.as_ref().is_some_and(|(running, _)| running.seed == *seed)
			|| self.tree(seed).is_some()
	}

	/// Whether anything is being evaluated.
	pub fn is_busy(&self) -> bool {
		self.running.is_some()
	}

	/// Begins with a challenge, in place of another one that may be under way.
	pub fn start(&mut self, seed: Seed, count: NonZeroU32) {
		if self.has(&seed) {
			return;
		}
		self.stop();
		let stop = Arc::new(AtomicBool::new(false));
		let (threads, bytes, told) = (self.threads, self.bytes, stop.clone());
		let thread =
			thread::spawn(move || evaluate(Work::within(seed, count, bytes), threads, &told));
		self.running = Some((Running { seed, begun: Instant::now(), stop, thread }, count));
	}

	/// Ends what is under way. Its threads end after the subtrees that they have begun.
	pub fn stop(&mut self) {
		if let Some((running, _)) = self.running.take() {
			running.stop.store(true, Ordering::Relaxed);
		}
	}

	/// Looks whether it is done.
	pub fn poll(&mut self) -> Option<Finished> {
		let (running, count) = self.running.take_if(|(of, _)| of.thread.is_finished())?;
		let seconds = running.begun.elapsed().as_secs_f64();
		let tree = running.thread.join().ok().flatten()?;
		self.done = Some(Done { seed: running.seed, tree });
		Some(Finished { seconds, rate: f64::from(count.get()) / seconds.max(f64::MIN_POSITIVE) })
	}

	/// Waits until it is done, at most as long as `most`.
	pub async fn wait(&mut self, most: Duration) -> Option<Finished> {
		let end = Instant::now() + most;
		while self.is_busy() && Instant::now() < end {
			if let Some(finished) = self.poll() {
				return Some(finished);
			}
			tokio::time::sleep(LOOK).await;
		}
		None
	}

	/// The tree of this seed, once evaluated.
	pub fn tree(&self, seed: &Seed) -> Option<&Tree> {
		self.done.as_ref().filter(|done| done.seed == *seed).map(|done| &done.tree)
	}

	/// The root of the challenge that was evaluated last.
	pub fn root(&self) -> Option<[u8; 32]> {
		self.done.as_ref().map(|done| done.tree.root())
	}
}

impl Drop for Benchmark {
	fn drop(&mut self) {
		self.stop();
	}
}

/// Evaluates all subtrees with so many threads; `None` if it was told to stop.
fn evaluate(work: Work, threads: usize, stop: &AtomicBool) -> Option<Tree> {
	let (count, next) = (work.subtrees(), AtomicU32::new(0));
	let take = || {
		let mut mine = Vec::new();
		while !stop.load(Ordering::Relaxed) {
			// Each thread adds one beyond the end at most, and there are fewer than 2^32 - 2^16.
			let number = next.fetch_add(1, Ordering::Relaxed);
			if number >= count {
				break;
			}
			mine.push((number, work.subtree(number)));
		}
		mine
	};
	let mut parts: Vec<_> = thread::scope(|scope| {
		let threads: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
		threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
	});
	parts.sort_unstable_by_key(|(number, _)| *number);
	// With subtrees missing there is no tree.
	work.finish(parts.into_iter().map(|(_, root)| root).collect())
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_primitives::challenge::{verify, Kernel};

	fn leaves(count: u32) -> NonZeroU32 {
		NonZeroU32::new(count).unwrap()
	}

	#[tokio::test]
	async fn tree_should_be_the_one_that_the_chain_verifies_when_evaluated_by_many_threads() {
		let count = leaves(37);
		for threads in [1, 3, 8] {
			let mut benchmark = Benchmark::new(Some(threads), 1);
			let seed = Seed([5; 32]);
			benchmark.start(seed, count);
			assert!(benchmark.has(&seed) && benchmark.tree(&seed).is_none());
			let finished = benchmark.wait(Duration::from_secs(60)).await.unwrap();
			assert!(finished.seconds > 0.0 && finished.rate > 0.0);
			let tree = benchmark.tree(&seed).unwrap();
			assert_eq!(tree.root(), Work::new(seed, count, 0).run().root());
			let nodes = tree.open(&[9; 32]);
			let kernel = Kernel::new(seed);
			assert_eq!(verify(&kernel, count, &tree.root(), &[9; 32], &nodes), Ok(()));
			assert_eq!(benchmark.root(), Some(tree.root()));
			assert!(!benchmark.is_busy() && benchmark.tree(&Seed([6; 32])).is_none());
		}
	}

	#[tokio::test]
	async fn evaluation_should_be_given_up_when_another_begins() {
		let mut benchmark = Benchmark::new(Some(2), 1);
		// Far more than can be done here.
		benchmark.start(Seed([1; 32]), leaves(2_000_000));
		assert!(benchmark.wait(Duration::from_millis(50)).await.is_none());
		benchmark.start(Seed([2; 32]), leaves(3));
		assert!(!benchmark.has(&Seed([1; 32])));
		assert!(benchmark.wait(Duration::from_secs(60)).await.is_some());
		assert!(benchmark.tree(&Seed([2; 32])).is_some());
		assert!(
			evaluate(Work::new(Seed([1; 32]), leaves(8), 0), 1, &AtomicBool::new(true)).is_none()
		);
	}
}
