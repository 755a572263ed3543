//! Running chunks: one after the other, or some at a time in the background.

use std::{
	ops::ControlFlow,
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc,
	},
	thread::{self, JoinHandle},
	time::{Duration, Instant},
};

use pogcs_workloads::{
	contents::Contents, Failure, Hash, Job, Output, Progress, Receipt, Setting, Workload,
};

/// What a chunk may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Bytes of memory, of all chunks that run at a time.
	pub memory: u64,
	/// Time of a chunk.
	pub time: Duration,
}

/// A chunk that was done.
#[derive(Clone, Debug)]
pub struct Done {
	/// What it gave.
	pub output: Output,
	/// What the chain compares.
	pub receipt: Receipt,
	/// The name of the result.
	pub result: Hash,
	/// How long it took, in seconds.
	pub seconds: f64,
}

/// Why a chunk was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
	/// The workload's words.
	#[error("{0}")]
	Failure(Failure),
	/// It took too long.
	#[error(
		"the chunk was not done in {} s, the most that it was given: give it more time, or leave it \
		 to a faster device", .0.as_secs()
	)]
	Time(Duration),
	/// Its thread ended, which is a fault of this program.
	#[error("the chunk's thread ended without a result: tell the makers of pogcs-device")]
	Lost,
}

/// How far a chunk is, seen from another thread.
#[derive(Debug, Default)]
pub struct Gauge {
	stop: AtomicBool,
	done: AtomicU64,
	of: AtomicU64,
}

impl Gauge {
	/// Rows or pixels that are done, and all of them.
	pub fn read(&self) -> (u64, u64) {
		(self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
	}

	/// Has the chunk end as soon as it looks.
	pub fn stop(&self) {
		self.stop.store(true, Ordering::Relaxed);
	}
}

/// Runs a chunk here and now.
///
/// # Errors
/// Why there is no result; also when `gauge` was told to stop, and when the time was up.
pub fn run(
	job: &Job,
	chunk: u32,
	contents: &dyn Contents,
	limits: &Limits,
	gauge: &Gauge,
) -> Result<Done, Trouble> {
	let begin = Instant::now();
	let mut late = false;
	let mut watch = |progress: Progress| {
		gauge.done.store(progress.done, Ordering::Relaxed);
		gauge.of.store(progress.of, Ordering::Relaxed);
		late = begin.elapsed() > limits.time;
		if late || gauge.stop.load(Ordering::Relaxed) {
			return ControlFlow::Break(());
		}
		ControlFlow::Continue(())
	};
	let mut setting = Setting { contents, memory: limits.memory, watch: &mut watch };
	let output = job.run(chunk, &mut setting);
	let output = output.map_err(|failure| match failure {
		Failure::Stopped if late => Trouble::Time(limits.time),
		other => Trouble::Failure(other),
	})?;
	let receipt = output.receipt();
	let result = receipt.result(job, chunk);
	Ok(Done { output, receipt, result, seconds: begin.elapsed().as_secs_f64() })
}

struct Running {
	job: Job,
	chunk: u32,
	memory: u64,
	gauge: Arc<Gauge>,
	thread: JoinHandle<Result<Done, Trouble>>,
}

/// A chunk that has ended.
pub struct Finished {
	/// Its job.
	pub job: Job,
	/// Which one.
	pub chunk: u32,
	/// What came of it.
	pub result: Result<Done, Trouble>,
}

/// Chunks in the background: asked for with [`Self::start`], looked after with [`Self::poll`].
pub struct Runner {
	contents: Arc<dyn Contents + Send + Sync>,
	limits: Limits,
	threads: usize,
	running: Vec<Running>,
}

impl Runner {
	/// With `threads`, or as many as there are cores.
	pub fn new(
		contents: Arc<dyn Contents + Send + Sync>,
		limits: Limits,
		threads: Option<usize>,
	) -> Self {
		let cores = || thread::available_parallelism().map_or(1, usize::from);
		let threads = threads.unwrap_or_else(cores).max(1);
		Self { contents, limits, threads, running: Vec::new() }
	}

	/// Begins with a chunk; `false` if there is no room for it now. One that can never be done is
	/// begun, and ends at once in words.
	pub fn start(&mut self, job: Job, chunk: u32) -> bool {
		if self.running.iter().any(|running| (running.job, running.chunk) == (job, chunk)) {
			return true;
		}
		let memory = job.memory();
		let taken = self.running.iter().fold(memory, |sum, one| sum.saturating_add(one.memory));
		let is_short = !self.running.is_empty() && taken > self.limits.memory;
		if is_short || self.running.len() >= self.threads {
			return false;
		}
		let gauge = Arc::new(Gauge::default());
		let (contents, limits, told) = (self.contents.clone(), self.limits, gauge.clone());
		let thread = thread::spawn(move || run(&job, chunk, &*contents, &limits, &told));
		self.running.push(Running { job, chunk, memory, gauge, thread });
		true
	}

	/// Whether a chunk of this job can ever be run here.
	pub fn fits(&self, job: &Job) -> bool {
		job.memory() <= self.limits.memory
	}

	/// Whether anything runs.
	pub fn is_busy(&self) -> bool {
		!self.running.is_empty()
	}

	/// How far what runs is: the sum of its parts.
	pub fn share(&self) -> f64 {
		let share = |running: &Running| match running.gauge.read() {
			(_, 0) => 0.0,
			(done, of) => done as f64 / of as f64,
		};
		self.running.iter().map(share).sum()
	}

	/// A chunk that has ended since, if one has.
	pub fn poll(&mut self) -> Option<Finished> {
		let index = self.running.iter().position(|running| running.thread.is_finished())?;
		let Running { job, chunk, thread, .. } = self.running.swap_remove(index);
		let result = thread.join().unwrap_or(Err(Trouble::Lost));
		Some(Finished { job, chunk, result })
	}

	/// Ends all that runs, at the next row or pixel.
	pub fn stop(&mut self) {
		self.running.iter().for_each(|running| running.gauge.stop());
	}
}

impl Drop for Runner {
	fn drop(&mut self) {
		self.stop();
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::jobs::contents::Store;
	use pogcs_primitives::{
		jobs::{Inference, Network, Rendering, Source, Training},
		workload::digits,
	};
	use pogcs_workloads::{inference::answers, samples};
	use pogcs_zk::Model;

	const LIMITS: Limits = Limits { memory: 64 << 20, time: Duration::from_secs(60) };

	fn here(job: &Job, chunk: u32, limits: &Limits) -> Result<Done, Trouble> {
		run(job, chunk, &Store::new(None), limits, &Gauge::default())
	}

	/// Hours of work.
	fn endless() -> Job {
		let network = Network { inputs: 700, width: 700, depth: 4, outputs: 10 };
		Job::Training(Training {
			network,
			data: Source::Seed([1; 32]),
			rows: 1_000,
			epochs: u16::MAX,
			scale: 8,
			..samples::digits_training()
		})
	}

	fn wait(runner: &mut Runner) -> Finished {
		loop {
			if let Some(finished) = runner.poll() {
				return finished;
			}
			assert!(runner.is_busy());
			thread::sleep(Duration::from_millis(5));
		}
	}

	#[test]
	fn result_should_be_the_one_that_everybody_gets_when_a_sample_is_run() {
		for sample in samples::all() {
			let done = here(&sample.job, sample.chunk, &LIMITS).unwrap();
			assert_eq!(done.result, sample.result, "{}", sample.name);
			assert_eq!(done.receipt.result(&sample.job, sample.chunk), sample.result);
		}
	}

	/// What a device runs for a comparison is what the circuit's own network computes.
	#[test]
	fn scores_should_be_those_that_the_circuit_proves_when_digits_are_read() {
		let model = Model::digits();
		let images = pogcs_workloads::digits::pixels(pogcs_workloads::digits::TEST);
		let job = Job::Inference(samples::digits_inference());
		assert_eq!(&model.to_bytes(), pogcs_workloads::digits::WEIGHTS);
		for (chunk, images) in (0..).zip(images.chunks_exact(256)) {
			let run = model.run(images.try_into().unwrap());
			let done = here(&job, chunk, &LIMITS).unwrap();
			let scores: Vec<u8> = run.scores.iter().flat_map(|score| score.to_le_bytes()).collect();
			assert_eq!(done.output.bytes, scores);
			let read = answers(&done.output.bytes, 10);
			assert_eq!(read, digits(&run.scores).map(u16::from));
		}
		// And of a network that nobody trained.
		let mut bytes = [0u8; 1_210];
		let mut images = [0u8; 4 * 64];
		let noise = (1u32..).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]);
		bytes.iter_mut().chain(&mut images).zip(noise).for_each(|(to, from)| *to = from);
		images.iter_mut().for_each(|pixel| *pixel %= 17);
		let mut store = Store::new(None);
		let weights = Source::Content(store.put(bytes.to_vec()));
		let data = Source::Content(store.put(images.to_vec()));
		let job = Inference::digits(weights, data, 4);
		assert!(job.is_provable());
		let done = run(&Job::Inference(job), 0, &store, &LIMITS, &Gauge::default()).unwrap();
		let expected = Model::from_bytes(&bytes).run(&images).scores;
		assert_eq!(pogcs_workloads::inference::scores(&done.output.bytes), expected);
	}

	#[test]
	fn chunk_should_end_in_words_when_it_takes_too_long_or_too_much() {
		let short = Limits { time: Duration::from_millis(30), ..LIMITS };
		let long = Job::Training(Training { epochs: u16::MAX, ..samples::digits_training() });
		let begin = Instant::now();
		let trouble = here(&long, 0, &short).unwrap_err();
		assert_eq!(trouble, Trouble::Time(short.time));
		assert!(trouble.to_string().contains("give it more time"), "{trouble}");
		// Not after all epochs, which take minutes.
		assert!(begin.elapsed() < Duration::from_secs(60));
		let small = Limits { memory: 1 << 20, ..LIMITS };
		let trouble = here(&endless(), 0, &small).unwrap_err();
		assert!(matches!(trouble, Trouble::Failure(Failure::Memory(_))), "{trouble}");
		let missing =
			Job::Rendering(Rendering { scene: Source::Content([9; 32]), ..samples::still_life() });
		let trouble = here(&missing, 0, &LIMITS).unwrap_err();
		assert!(trouble.to_string().contains("0x0909"), "{trouble}");
	}

	#[test]
	fn runner_should_do_what_it_was_asked_for_and_stop_when_told() {
		let mut runner = Runner::new(Arc::new(Store::new(None)), LIMITS, Some(2));
		let narrow = Limits { memory: endless().memory() - 1, ..LIMITS };
		let narrow = Runner::new(Arc::new(Store::new(None)), narrow, None);
		assert!(runner.fits(&endless()) && !narrow.fits(&endless()));
		let samples = samples::all();
		assert!(runner.start(samples[2].job, samples[2].chunk));
		assert!(runner.start(samples[0].job, samples[0].chunk));
		// Asking again is not asking twice.
		assert!(runner.start(samples[0].job, samples[0].chunk));
		assert!(!runner.start(samples[1].job, samples[1].chunk));
		for _ in 0..2 {
			let finished = wait(&mut runner);
			let sample = samples.iter().find(|sample| sample.job == finished.job).unwrap();
			assert_eq!(finished.chunk, sample.chunk);
			assert_eq!(finished.result.unwrap().result, sample.result);
		}
		assert!(!runner.is_busy() && runner.poll().is_none());

		assert!(runner.start(endless(), 0));
		// Together they would take more memory than there is.
		let other = Job::Training(Training { seed: [7; 32], ..samples::digits_training() });
		let Job::Training(huge) = endless() else { panic!("it trains") };
		let huge = Job::Training(Training { seed: [7; 32], ..huge });
		assert!(endless().memory() * 2 > LIMITS.memory);
		assert!(!runner.start(huge, 0));
		assert!(runner.start(other, 0));
		runner.stop();
		let ends: Vec<_> = (0..2).map(|_| wait(&mut runner)).collect();
		let endless_end = ends.into_iter().find(|end| end.job == endless()).unwrap();
		assert_eq!(endless_end.result.unwrap_err(), Trouble::Failure(Failure::Stopped));
	}
}
