//! `pogcs-device work`: runs jobs here, and says what they gave and what they count for.

use std::{
	io::{IsTerminal, Write},
	path::{Path, PathBuf},
	sync::Arc,
	time::{Duration, Instant},
};

use clap::{Args, Subcommand};
use codec::{DecodeAll, Encode};
use pogcs_light_core::crypto::blake2_256;
use pogcs_primitives::jobs::{Camera, Inference, Network, Rendering, Source, Training};
use pogcs_workloads::{
	digits, inference,
	rendering::{self, Picture},
	samples, training, Job,
};
use serde_json::{json, Value};

use super::{
	contents::{self, Store},
	picture,
	runner::{Done, Limits, Runner},
	scene::Scene,
	words,
};
use crate::{config::WorkConfig, error::Error, files, hexed};

/// How often what runs is looked after: chunks can be short.
const LOOK: Duration = Duration::from_millis(2);
/// How often progress is told where nobody sees a line change.
const TELL: Duration = Duration::from_secs(10);

/// Runs a job on this machine.
#[derive(Subcommand)]
pub enum Work {
	/// Trains a network; without data, on the handwritten digits that come with the program.
	Train(Train),
	/// Runs an int8 network; without weights and data, the digits' own.
	Infer(Infer),
	/// Renders a picture; without a scene, of things on a table.
	Render(Render),
	/// Runs a job as the chain has it.
	Job(Raw),
	/// Runs jobs whose results are known, to see that this machine computes as all others do.
	Check(Check),
}

/// What all have in common.
#[derive(Args)]
pub struct How {
	/// Takes contents and limits from the `[work]` section of this file.
	#[arg(long)]
	config: Option<PathBuf>,
	/// A directory of weights, rows and scenes, each file named by its BLAKE2b-256 in hex.
	#[arg(long)]
	contents: Option<PathBuf>,
	/// Chunks at a time; without it, as many as there are cores.
	#[arg(long)]
	threads: Option<usize>,
	/// The memory that all chunks at a time may take.
	#[arg(long)]
	memory_mb: Option<u64>,
	/// The time that a chunk may take.
	#[arg(long)]
	minutes: Option<u64>,
	/// Prints job, results and operations as JSON.
	#[arg(long)]
	json: bool,
}

/// Options of `work train`.
#[derive(Args)]
pub struct Train {
	/// Inputs, hidden layers of one width, outputs.
	#[arg(long, default_value = "64-16-10")]
	network: String,
	/// The rows: the inputs, a byte each, and the answer, one byte.
	#[arg(long)]
	data: Option<PathBuf>,
	/// Instead of data, so many made-up rows.
	#[arg(long, conflicts_with = "data")]
	made_up_rows: Option<u32>,
	/// Rows that nothing is learnt from, to see what was learnt.
	#[arg(long)]
	test: Option<PathBuf>,
	/// The first weights, as `work train` has written them; without them, random ones.
	#[arg(long)]
	weights: Option<PathBuf>,
	/// What weights, made-up rows and their order are drawn from, 32 bytes in hex.
	#[arg(long)]
	seed: Option<String>,
	/// How often to ask for a job, each with the weights that came of the one before.
	#[arg(long, default_value_t = 1)]
	rounds: u32,
	/// Epochs of one job.
	#[arg(long, default_value_t = 1)]
	epochs: u16,
	/// Epochs that came before.
	#[arg(long, default_value_t = 0)]
	before: u32,
	/// Parts, each trained by itself; their mean is what comes of the round.
	#[arg(long, default_value_t = 1)]
	parts: u16,
	/// Rows of a batch.
	#[arg(long, default_value_t = 8)]
	batch: u16,
	/// The learning rate.
	#[arg(long, default_value_t = 0.1)]
	rate: f64,
	/// Inputs are divided by 2 to this power; without it, 4 for the digits and 8 for other data.
	#[arg(long)]
	scale: Option<u8>,
	/// Where the new weights are written.
	#[arg(long, default_value = "weights.bin")]
	out: PathBuf,
	#[command(flatten)]
	how: How,
}

/// Options of `work infer`.
#[derive(Args)]
pub struct Infer {
	/// Inputs, hidden layers of one width, outputs.
	#[arg(long, default_value = "64-16-10")]
	network: String,
	/// The weights, int8, layer by layer and row by row, the bias last in each row.
	#[arg(long)]
	weights: Option<PathBuf>,
	/// The rows, a byte for each input.
	#[arg(long)]
	data: Option<PathBuf>,
	/// Instead of data, and of weights that are not named, made-up ones: so many rows.
	#[arg(long, conflicts_with = "data")]
	made_up_rows: Option<u32>,
	/// What made-up weights and rows are drawn from, 32 bytes in hex.
	#[arg(long)]
	seed: Option<String>,
	/// Rows of a chunk.
	#[arg(long, default_value_t = 4)]
	batch: u32,
	/// What the bias of the first layer multiplies.
	#[arg(long, default_value_t = 16)]
	bias: u8,
	/// How far a sum is shifted to make a hidden value.
	#[arg(long, default_value_t = 7)]
	shift: u8,
	/// Where the answers and scores are written, a line for each row.
	#[arg(long, default_value = "scores.txt")]
	out: PathBuf,
	#[command(flatten)]
	how: How,
}

/// Options of `work render`.
#[derive(Args)]
pub struct Render {
	/// The scene, in TOML.
	#[arg(long)]
	scene: Option<PathBuf>,
	/// Instead of a scene, a made-up one of so many shapes.
	#[arg(long, conflicts_with = "scene")]
	made_up_shapes: Option<u16>,
	/// What a made-up scene is drawn from, 32 bytes in hex.
	#[arg(long)]
	seed: Option<String>,
	/// Pixels from left to right.
	#[arg(long, default_value_t = 640)]
	width: u16,
	/// Pixels from top to bottom.
	#[arg(long, default_value_t = 400)]
	height: u16,
	/// Pixels of a tile's edge: a tile is a chunk.
	#[arg(long, default_value_t = 64)]
	tile: u16,
	/// Rays through a pixel, in each direction.
	#[arg(long, default_value_t = 2)]
	grid: u8,
	/// Steps of a ray at most.
	#[arg(long, default_value_t = 160)]
	steps: u16,
	/// Steps towards the light at most; 0 for no shadows.
	#[arg(long, default_value_t = 64)]
	shadow: u16,
	/// Probes of the ambient occlusion; 0 for none.
	#[arg(long, default_value_t = 5)]
	probes: u8,
	/// The picture: PNG, or PPM if it is named so.
	#[arg(long, default_value = "picture.png")]
	out: PathBuf,
	#[command(flatten)]
	how: How,
}

/// Options of `work job`.
#[derive(Args)]
pub struct Raw {
	/// The job's SCALE encoding in hex.
	#[arg(long)]
	scale: String,
	/// One chunk; without it, all.
	#[arg(long)]
	chunk: Option<u32>,
	/// Files that the job names by their hash.
	#[arg(long)]
	content: Vec<PathBuf>,
	/// Where the outputs are written, one after the other; a whole picture as PNG.
	#[arg(long)]
	out: Option<PathBuf>,
	#[command(flatten)]
	how: How,
}

/// Options of `work check`.
#[derive(Args)]
pub struct Check {
	/// Prints the results as JSON.
	#[arg(long)]
	json: bool,
}

impl Work {
	/// Runs it.
	pub async fn run(self) -> Result<(), Error> {
		match self {
			Self::Train(args) => train(args).await,
			Self::Infer(args) => infer(args).await,
			Self::Render(args) => render(args).await,
			Self::Job(args) => raw(args).await,
			Self::Check(args) => check(&args),
		}
	}
}

fn wrong(words: impl Into<String>) -> Error {
	Error::Work(words.into())
}

fn failed(failure: pogcs_workloads::Failure) -> Error {
	Error::Work(failure.to_string())
}

/// `inputs-width-..-width-outputs`.
fn network(text: &str) -> Result<Network, Error> {
	let form = || {
		wrong(format!(
			"the network {text} should be like 64-16-10: inputs, hidden layers all of one width, outputs"
		))
	};
	let sizes: Result<Vec<u16>, _> = text.split('-').map(str::parse).collect();
	let sizes = sizes.map_err(|_| form())?;
	let [inputs, hidden @ .., outputs] = &sizes[..] else { return Err(form()) };
	let width = *hidden.first().ok_or_else(form)?;
	if hidden.iter().any(|other| *other != width) {
		return Err(form());
	}
	let depth = u8::try_from(hidden.len()).map_err(|_| form())?;
	Ok(Network { inputs: *inputs, width, depth, outputs: *outputs })
}

fn seed(text: Option<&String>) -> Result<[u8; 32], Error> {
	text.map_or(Ok([0; 32]), |text| hexed::parse_array(text, "the seed"))
}

/// How many rows of `row` bytes a file has.
fn rows(path: &Path, bytes: u64, row: u64) -> Result<u32, Error> {
	let count = bytes.checked_div(row).and_then(|count| u32::try_from(count).ok());
	count.filter(|count| *count > 0 && bytes % row == 0).ok_or_else(|| {
		let words = format!("its {bytes} bytes are not rows of {row} bytes each");
		Error::File(path.to_owned(), words)
	})
}

/// What runs chunks here, and where it says how far it is.
struct Bench {
	runner: Runner,
	store: Arc<Store>,
	threads: Option<usize>,
	limits: Limits,
	json: bool,
}

/// What came of the chunks of a job.
struct Account {
	job: Job,
	done: Vec<(u32, Done)>,
	seconds: f64,
}

impl How {
	fn store(&self) -> Result<(Store, WorkConfig), Error> {
		let config = match &self.config {
			Some(path) => crate::config::Config::load(path)?.work,
			None => WorkConfig::default(),
		};
		let directory = self.contents.clone().or_else(|| config.contents.clone());
		Ok((Store::new(directory), config))
	}

	fn bench(&self, store: Store, config: &WorkConfig) -> Bench {
		let store = Arc::new(store);
		let memory = self.memory_mb.unwrap_or(config.memory_mb).saturating_mul(1 << 20);
		let minutes = self.minutes.unwrap_or(config.minutes);
		let time = Duration::from_secs(minutes.saturating_mul(60));
		let threads = self.threads.or(config.threads);
		let limits = Limits { memory, time };
		let runner = Runner::new(store.clone(), limits, threads);
		Bench { runner, store, threads, limits, json: self.json }
	}
}

impl Bench {
	/// Another store of the same kind: contents that came to be since.
	fn with(&mut self, store: Store) {
		self.store = Arc::new(store);
		self.runner = Runner::new(self.store.clone(), self.limits, self.threads);
	}

	/// Runs these chunks, tells how far it is, and stops when it is told to.
	async fn run(&mut self, job: &Job, chunks: &[u32]) -> Result<Account, Error> {
		job.check().map_err(|flaw| wrong(flaw.to_string()))?;
		let mut teller = Teller::new(job, chunks.len());
		let begin = Instant::now();
		let mut waiting = chunks.iter().copied().peekable();
		let mut done: Vec<(u32, Done)> = Vec::new();
		let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
		while waiting.peek().is_some() || self.runner.is_busy() {
			while let Some(finished) = self.runner.poll() {
				// What is left of a job that was given up.
				if finished.job != *job {
					continue;
				}
				match finished.result {
					Ok(result) => done.push((finished.chunk, result)),
					Err(trouble) => {
						self.runner.stop();
						return Err(wrong(format!("chunk {}: {trouble}", finished.chunk)));
					}
				}
			}
			while waiting.next_if(|chunk| self.runner.start(*job, *chunk)).is_some() {}
			let finished = u32::try_from(done.len()).unwrap_or(u32::MAX);
			teller.tell(f64::from(finished) + self.runner.share());
			tokio::select! {
				() = tokio::time::sleep(LOOK) => {}
				_ = &mut interrupt => {
					self.runner.stop();
					teller.end();
					return Err(wrong("it was stopped before it was done; nothing is written"));
				}
			}
		}
		teller.end();
		done.sort_unstable_by_key(|(chunk, _)| *chunk);
		Ok(Account { job: *job, done, seconds: begin.elapsed().as_secs_f64() })
	}

	async fn run_all(&mut self, job: &Job) -> Result<Account, Error> {
		job.check().map_err(|flaw| wrong(flaw.to_string()))?;
		let chunks: Vec<u32> = (0..job.chunks()).collect();
		self.run(job, &chunks).await
	}
}

/// Says how far it is: on a terminal in a line that changes, elsewhere now and then.
struct Teller {
	all: f64,
	begin: Instant,
	told: Option<Instant>,
	in_place: bool,
}

impl Teller {
	fn new(job: &Job, chunks: usize) -> Self {
		eprintln!("{}", words::job(job));
		let all = f64::from(u32::try_from(chunks).unwrap_or(u32::MAX));
		Self { all, begin: Instant::now(), told: None, in_place: std::io::stderr().is_terminal() }
	}

	fn tell(&mut self, done: f64) {
		let often = if self.in_place { Duration::from_millis(200) } else { TELL };
		let since = self.told.unwrap_or(self.begin);
		if since.elapsed() < often {
			return;
		}
		self.told = Some(Instant::now());
		let share = (done / self.all).clamp(0.0, 1.0);
		let gone = self.begin.elapsed().as_secs_f64();
		let left = if share > 0.0 { gone / share - gone } else { 0.0 };
		let line = format!("{:5.1} %, {gone:.0} s gone, about {left:.0} s to go", share * 100.0);
		if self.in_place {
			eprint!("\r{line}  ");
			let _ = std::io::stderr().flush();
		} else {
			eprintln!("{line}");
		}
	}

	fn end(&self) {
		if self.in_place && self.told.is_some() {
			eprintln!();
		}
	}
}

impl Account {
	fn operations(&self) -> u64 {
		self.done.iter().fold(0, |sum, (_, done)| sum.saturating_add(done.output.operations))
	}

	fn chunks(&self) -> Vec<u32> {
		self.done.iter().map(|(chunk, _)| *chunk).collect()
	}

	/// One name for the results of all chunks, in their order.
	fn results(&self) -> [u8; 32] {
		let all: Vec<u8> = self.done.iter().flat_map(|(_, done)| done.result).collect();
		blake2_256(&all)
	}

	fn words(&self) -> String {
		let job = &self.job;
		let mut lines = vec![
			format!("job {}", hexed::show(job.hash())),
			format!("as the chain has it: {}", hexed::show(job.encode())),
		];
		match &self.done[..] {
			[(chunk, done)] => {
				lines.push(format!("result of chunk {chunk}: {}", hexed::show(done.result)));
				lines.push(format!("its output: {}", hexed::show(done.receipt.output)));
			}
			all => {
				let name = hexed::show(self.results());
				lines.push(format!("results of all {} chunks, hashed together: {name}", all.len()));
			}
		}
		lines.push(format!(
			"Done in {:.2} s: {} operations, which count for {}.",
			self.seconds,
			words::thousands(self.operations()),
			words::hours(self.operations()),
		));
		lines.push(words::cost(job, &self.chunks()));
		lines.join("\n")
	}

	fn json(&self) -> Value {
		let chunks = self.done.iter().map(|(chunk, done)| {
			json!({
				"chunk": chunk,
				"result": hexed::show(done.result),
				"output": hexed::show(done.receipt.output),
				"operations": done.output.operations,
				"seconds": done.seconds,
			})
		});
		json!({
			"job": hexed::show(self.job.hash()),
			"scale": hexed::show(self.job.encode()),
			"results": hexed::show(self.results()),
			"operations": self.operations(),
			"seconds": self.seconds,
			"chunks": chunks.collect::<Vec<_>>(),
		})
	}

	/// Prints what came of it, and `more`.
	fn tell(&self, as_json: bool, more: &str, data: &Value) {
		if as_json {
			let mut value = self.json();
			value["more"] = data.clone();
			println!("{value}");
		} else {
			println!("{}\n{more}", self.words());
		}
	}
}

/// Rows by which it is seen what was learnt.
fn held_out(args: &Train, network: &Network, seed: &[u8; 32]) -> Result<Option<Vec<u8>>, Error> {
	if let Some(path) = &args.test {
		let bytes = contents::read(path)?;
		let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
		rows(path, length, u64::from(network.inputs) + 1)?;
		return Ok(Some(bytes));
	}
	let Network { inputs, outputs, .. } = *network;
	if let Some(first) = args.made_up_rows {
		let places = first..first.saturating_add(500);
		let row = |place| training::made_up_row(seed, inputs, outputs, place);
		return Ok(Some(places.flat_map(row).collect()));
	}
	Ok(args.data.is_none().then(|| digits::TEST.to_vec()))
}

async fn train(args: Train) -> Result<(), Error> {
	let network = network(&args.network)?;
	let seed = seed(args.seed.as_ref())?;
	let (mut store, config) = args.how.store()?;
	let row = u64::from(network.inputs) + 1;
	let (data, count) = match (&args.data, args.made_up_rows) {
		(Some(path), _) => {
			let (hash, bytes) = store.add(path)?;
			(Source::Content(hash), rows(path, bytes, row)?)
		}
		(None, Some(count)) => (Source::Seed(seed), count),
		(None, None) => {
			if (network.inputs, network.outputs) != (64, 10) {
				return Err(wrong(
					"the digits have 64 inputs and 10 answers: for another network, name --data or \
					 --made-up-rows",
				));
			}
			let samples = samples::digits_training();
			(samples.data, samples.rows)
		}
	};
	let weights = match &args.weights {
		Some(path) => Source::Content(store.add(path)?.0),
		None => Source::Seed(seed),
	};
	let is_digits = args.data.is_none() && args.made_up_rows.is_none();
	// What is below 0 or no number becomes 0, and what is too large the largest; both are refused.
	let rate = (args.rate * 65_536.0).round() as u32;
	let scale = args.scale.unwrap_or(if is_digits { 4 } else { 8 });
	let mut job = Training {
		network,
		weights,
		data,
		rows: count,
		parts: args.parts,
		epochs: args.epochs,
		before: args.before,
		batch: args.batch,
		rate,
		scale,
		seed,
	};
	let held_out = held_out(&args, &network, &seed)?;
	let mut bench = args.how.bench(store, &config);
	for round in 0..args.rounds.max(1) {
		let account = bench.run_all(&Job::Training(job)).await?;
		let parts: Vec<(u32, &[u8])> = account
			.done
			.iter()
			.filter_map(|(chunk, done)| Some((job.part(*chunk)?.1, &done.output.bytes[..])))
			.collect();
		let mean = match &parts[..] {
			[(_, only)] => only.to_vec(),
			parts => {
				training::average(parts).ok_or_else(|| wrong("the parts do not fit together"))?
			}
		};
		let (learnt, data) = match &held_out {
			Some(rows) => {
				let (right, all) = training::right(&job, &mean, rows).map_err(failed)?;
				let share = f64::from(right) * 100.0 / f64::from(all.max(1));
				let text = format!(
					"It now reads {right} of {all} rows right that nothing was learnt from ({share:.1} %)."
				);
				(text, json!({ "right": right, "all": all }))
			}
			None => ("Name --test to see what it learnt.".to_owned(), Value::Null),
		};
		files::replace(&args.out, &mean, 0o644)?;
		let more = format!("{learnt}\nThe new weights are in {}.", args.out.display());
		account.tell(bench.json, &more, &data);
		if round + 1 < args.rounds {
			let (mut store, _) = args.how.store()?;
			if let Some(path) = &args.data {
				store.add(path)?;
			}
			job.weights = Source::Content(store.put(mean));
			job.before = job.before.saturating_add(u32::from(job.epochs));
			bench.with(store);
		}
	}
	Ok(())
}

async fn infer(args: Infer) -> Result<(), Error> {
	let network = network(&args.network)?;
	let seed = seed(args.seed.as_ref())?;
	let (mut store, config) = args.how.store()?;
	let known = samples::digits_inference();
	let weights = match (&args.weights, args.made_up_rows) {
		(Some(path), _) => Source::Content(store.add(path)?.0),
		(None, Some(_)) => Source::Seed(seed),
		(None, None) => known.weights,
	};
	let (data, count) = match (&args.data, args.made_up_rows) {
		(Some(path), _) => {
			let (hash, bytes) = store.add(path)?;
			(Source::Content(hash), rows(path, bytes, network.inputs.into())?)
		}
		(None, Some(count)) => (Source::Seed(seed), count),
		(None, None) => (known.data, known.rows),
	};
	let is_known = args.weights.is_none() && args.made_up_rows.is_none();
	if (is_known || data == known.data) && network != Network::DIGITS {
		return Err(wrong(
			"the program has weights and rows of the network 64-16-10: for another one, name --weights \
			 and --data, or --made-up-rows",
		));
	}
	let Infer { batch, bias, shift, .. } = args;
	let job = Inference { network, weights, data, rows: count, batch, bias, shift };
	let mut bench = args.how.bench(store, &config);
	let account = bench.run_all(&Job::Inference(job)).await?;
	let output: Vec<u8> =
		account.done.iter().flat_map(|(_, done)| done.output.bytes.iter().copied()).collect();
	let answers = inference::answers(&output, network.outputs);
	let mut text = String::new();
	let scores = inference::scores(&output);
	for (answer, scores) in answers.iter().zip(scores.chunks_exact(network.outputs.into())) {
		let scores: Vec<String> = scores.iter().map(i32::to_string).collect();
		text.push_str(&format!("{answer}: {}\n", scores.join(" ")));
	}
	files::replace(&args.out, text.as_bytes(), 0o644)?;
	let written = format!("Answers and scores are in {}.", args.out.display());
	let (more, data) = if data == known.data {
		let expected = digits::answers(digits::TEST);
		let right = answers.iter().zip(&expected).filter(|(a, b)| **a == u16::from(**b)).count();
		let all = expected.len();
		let text = format!("{right} of {all} digits are read right.\n{written}");
		(text, json!({ "right": right, "all": all }))
	} else {
		(written, Value::Null)
	};
	account.tell(bench.json, &more, &data);
	Ok(())
}

async fn render(args: Render) -> Result<(), Error> {
	let (mut store, config) = args.how.store()?;
	let known = samples::still_life();
	let mut job = Rendering {
		width: args.width,
		height: args.height,
		tile: args.tile,
		grid: args.grid,
		steps: args.steps,
		shadow: args.shadow,
		probes: args.probes,
		..known
	};
	if let Some(path) = &args.scene {
		let Scene { shapes, camera, light } = Scene::load(path)?;
		job.shapes = u16::try_from(shapes.len())
			.map_err(|_| wrong("the scene has more shapes than a job can have: 256"))?;
		job.scene = Source::Content(store.put(rendering::scene_hash(&shapes).0));
		(job.camera, job.light) = (camera, light);
	} else if let Some(shapes) = args.made_up_shapes {
		job.scene = Source::Seed(seed(args.seed.as_ref())?);
		job.shapes = shapes;
		job.camera = Camera { eye: [3 << 16, 4 << 16, -9 << 16], ..job.camera };
	}
	let mut bench = args.how.bench(store, &config);
	let account = bench.run_all(&Job::Rendering(job)).await?;
	picture::write(&assembled(&job, &account)?, &args.out)?;
	let more = format!("The picture is in {}.", args.out.display());
	account.tell(bench.json, &more, &Value::Null);
	Ok(())
}

fn assembled(job: &Rendering, account: &Account) -> Result<Picture, Error> {
	let mut picture = Picture::new(job).map_err(failed)?;
	for (chunk, done) in &account.done {
		if !picture.put(*chunk, &done.output.bytes) {
			return Err(wrong(format!("the tile {chunk} does not fit the picture")));
		}
	}
	Ok(picture)
}

async fn raw(args: Raw) -> Result<(), Error> {
	let bytes = hexed::parse(&args.scale, "the job")?;
	let job = Job::decode_all(&mut &bytes[..])
		.map_err(|_| wrong("this is no job: a job is the SCALE encoding of one, in hex"))?;
	let (mut store, config) = args.how.store()?;
	for path in &args.content {
		store.add(path)?;
	}
	let mut bench = args.how.bench(store, &config);
	let account = match args.chunk {
		Some(chunk) => bench.run(&job, &[chunk]).await?,
		None => bench.run_all(&job).await?,
	};
	let more = match (&args.out, &job, args.chunk) {
		(None, ..) => "Name --out to keep the output.".to_owned(),
		(Some(path), Job::Rendering(job), None) => {
			picture::write(&assembled(job, &account)?, path)?;
			format!("The picture is in {}.", path.display())
		}
		(Some(path), ..) => {
			let outputs = account.done.iter().flat_map(|(_, done)| &done.output.bytes);
			files::replace(path, &outputs.copied().collect::<Vec<u8>>(), 0o644)?;
			format!("The output is in {}.", path.display())
		}
	};
	account.tell(bench.json, &more, &Value::Null);
	Ok(())
}

fn check(args: &Check) -> Result<(), Error> {
	let store = Store::new(None);
	let limits = Limits { memory: 64 << 20, time: Duration::from_secs(600) };
	let mut wrong_ones = 0u32;
	for sample in samples::all() {
		let (job, chunk) = (&sample.job, sample.chunk);
		let done = super::runner::run(job, chunk, &store, &limits, &Default::default())
			.map_err(|trouble| wrong(format!("{}: {trouble}", sample.name)))?;
		let is_right = done.result == sample.result;
		wrong_ones += u32::from(!is_right);
		if args.json {
			let result = hexed::show(done.result);
			println!("{}", json!({ "name": sample.name, "result": result, "right": is_right }));
		} else {
			let verdict = if is_right { "as everywhere" } else { "NOT as everywhere" };
			println!("{verdict}: {} ({:.2} s)", sample.name, done.seconds);
		}
	}
	if wrong_ones > 0 {
		return Err(wrong(format!(
			"{wrong_ones} results differ from what every sound machine gets: look for faulty memory or an \
			 overclocked processor before this device takes work on, for it would be paid for none of it"
		)));
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::directory;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(subcommand)]
		work: Work,
	}

	async fn work(words: &str) -> Result<(), Error> {
		let line = Line::try_parse_from(words.split_whitespace());
		line.unwrap_or_else(|error| panic!("{error}")).work.run().await
	}

	#[tokio::test]
	async fn work_should_write_what_was_computed_when_it_is_asked_for() {
		let place = directory("work");
		let at = |name: &str| place.join(name).display().to_string();

		work(&format!("x train --out {} --rounds 2 --parts 2 --json", at("w.bin"))).await.unwrap();
		let weights = std::fs::read(at("w.bin")).unwrap();
		let job = samples::digits_training();
		let (right, _) = training::right(&job, &weights, digits::TEST).unwrap();
		assert!(right > 300, "{right}");
		// Going on from the file is going on.
		work(&format!("x train --weights {} --before 2 --out {}", at("w.bin"), at("v.bin")))
			.await
			.unwrap();
		assert_ne!(std::fs::read(at("v.bin")).unwrap(), weights);

		work(&format!("x infer --out {}", at("s.txt"))).await.unwrap();
		let lines = std::fs::read_to_string(at("s.txt")).unwrap();
		let first = lines.lines().next().unwrap();
		assert_eq!((lines.lines().count(), first.split(' ').count()), (450, 11));

		let size = "--width 20 --height 12 --tile 8 --grid 1";
		work(&format!("x render {size} --out {}", at("p.ppm"))).await.unwrap();
		let scene = concat!(env!("CARGO_MANIFEST_DIR"), "/scenes/still-life.toml");
		work(&format!("x render {size} --scene {scene} --out {}", at("q.ppm"))).await.unwrap();
		let picture = std::fs::read(at("p.ppm")).unwrap();
		assert_eq!(picture.len(), b"P6\n20 12\n255\n".len() + 20 * 12 * 3);
		assert_eq!(picture, std::fs::read(at("q.ppm")).unwrap());

		// The same job as the chain has it, on one thread.
		let job = Rendering { width: 20, height: 12, tile: 8, grid: 1, ..samples::still_life() };
		let scale = hexed::show(Job::Rendering(job).encode());
		work(&format!("x job --scale {scale} --threads 1 --out {}", at("r.ppm"))).await.unwrap();
		assert_eq!(picture, std::fs::read(at("r.ppm")).unwrap());
		work(&format!("x job --scale {scale} --chunk 5 --out {}", at("t.bin"))).await.unwrap();
		assert_eq!(std::fs::read(at("t.bin")).unwrap().len(), 4 * 4 * 3);
	}

	#[tokio::test]
	async fn work_should_be_refused_in_words_when_it_cannot_be_done() {
		let place = directory("refused");
		let file = place.join("rows");
		std::fs::write(&file, [1; 66]).unwrap();
		let file = file.display();
		let missing = hexed::show(
			Job::Rendering(Rendering { scene: Source::Content([9; 32]), ..samples::still_life() })
				.encode(),
		);
		let whole = hexed::show(Job::Inference(samples::digits_inference()).encode());
		for (line, words) in [
			("train --network 64".to_owned(), "64-16-10"),
			("train --network 64-16-15-10".to_owned(), "one width"),
			("train --network 60-16-10".to_owned(), "--made-up-rows"),
			("train --rate 0".to_owned(), "zero"),
			("train --rate 17".to_owned(), "range"),
			("train --parts 2000".to_owned(), "more chunks than rows"),
			("train --seed 0x12".to_owned(), "32 bytes"),
			(format!("train --data {file}"), "rows of 65 bytes"),
			(format!("train --weights {file}"), "another size"),
			("train --memory-mb 0".to_owned(), "memory"),
			("infer --network 64-17-10".to_owned(), "--weights"),
			("infer --shift 25".to_owned(), "range"),
			("infer --data /nowhere/rows".to_owned(), "/nowhere/rows"),
			("render --grid 5".to_owned(), "range"),
			("render --width 0".to_owned(), "zero"),
			("render --minutes 0".to_owned(), "give it more time"),
			(format!("render --scene {file}"), "TOML"),
			("job --scale 0x05".to_owned(), "SCALE"),
			(format!("job --scale {whole}00"), "SCALE"),
			(format!("job --scale {missing}"), "get the file from the client"),
			(format!("job --scale {whole} --chunk 113"), "there is no chunk 113"),
		] {
			let out = place.join("out").display().to_string();
			let error = work(&format!("x {line} --out {out}")).await.unwrap_err().to_string();
			assert!(error.contains(words), "{line}: {error}");
			assert!(!place.join("out").exists(), "{line}");
		}
	}

	#[test]
	fn check_should_pass_on_this_machine() {
		check(&Check { json: false }).unwrap();
		check(&Check { json: true }).unwrap();
	}
}
