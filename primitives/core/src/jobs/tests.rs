use super::*;
use crate::challenge::MULTIPLICATIONS;
use codec::DecodeAll;
use proptest::prelude::*;

fn training() -> Training {
	Training {
		network: Network::DIGITS,
		weights: Source::Seed([1; 32]),
		data: Source::Seed([2; 32]),
		rows: 1_347,
		parts: 4,
		epochs: 2,
		before: 0,
		batch: 16,
		rate: 6_554,
		scale: 4,
		seed: [3; 32],
	}
}

fn inference() -> Inference {
	Inference::digits(Source::Content([1; 32]), Source::Content([2; 32]), 450)
}

fn rendering() -> Rendering {
	Rendering {
		scene: Source::Seed([4; 32]),
		shapes: 5,
		camera: Camera { eye: [0, 1 << 16, -5 << 16], target: [0; 3], zoom: 2 << 16 },
		light: [1, 2, -1],
		width: 100,
		height: 70,
		tile: 32,
		grid: 2,
		steps: 128,
		shadow: 64,
		probes: 5,
	}
}

fn jobs() -> [Job; 3] {
	[Job::Training(training()), Job::Inference(inference()), Job::Rendering(rendering())]
}

fn unit(operations: u64) -> NonZeroU64 {
	NonZeroU64::new(operations).unwrap()
}

#[test]
fn job_should_come_back_when_encoded() {
	for (kind, job) in
		[JobKind::Training, JobKind::Inference, JobKind::Rendering].iter().zip(jobs())
	{
		assert_eq!(job.check(), Ok(()));
		assert_eq!(job.kind(), *kind);
		let bytes = job.encode();
		assert!(bytes.len() <= Job::max_encoded_len());
		assert_eq!(Job::decode_all(&mut &bytes[..]), Ok(job));
	}
	assert!(Job::max_encoded_len() <= 160, "{}", Job::max_encoded_len());
}

#[test]
fn digits_should_be_the_circuits_shape() {
	use crate::workload::{CLASSES, HIDDEN, PIXELS};
	let weights = u64::try_from(HIDDEN * (PIXELS + 1) + CLASSES * (HIDDEN + 1)).unwrap();
	assert_eq!(Network::DIGITS.weights(), weights);
	assert!(inference().is_provable());
	assert!(!Inference { shift: 8, ..inference() }.is_provable());
}

#[test]
fn operations_should_be_counted_by_hand_when_small() {
	// 450 rows in fours: 112 chunks and one of two rows.
	let job = Job::Inference(inference());
	assert_eq!(job.chunks(), 113);
	assert_eq!(job.operations(0), Some(4 * 1_210 * 2));
	assert_eq!(job.operations(112), Some(2 * 1_210 * 2));
	assert_eq!(job.output_bytes(112), Some(2 * 10 * 4));
	assert_eq!(job.operations(113), None);

	// 1,347 rows in four parts: 337, 337, 337, 336; 22 batches of 16, or 21.
	let job = Job::Training(training());
	let row = 1_210 * 4 + 170 * 2;
	assert_eq!(job.operations(0), Some((337 * row + 22 * 1_210) * 2 * 32));
	assert_eq!(job.operations(3), Some((336 * row + 21 * 1_210) * 2 * 32));
	assert_eq!(job.operations(4), None);

	// 4 x 3 tiles; the last is 4 by 6 pixels, of four rays.
	let job = Job::Rendering(rendering());
	assert_eq!(job.chunks(), 12);
	assert_eq!(rendering().area(11), Some([96, 64, 4, 6]));
	let look = 5 * 64 * 32;
	assert_eq!(job.operations(11), Some(4 * 6 * 4 * (128 + 4 + 64 + 5) * look));
	assert_eq!(job.operations(12), None);
}

#[test]
fn cost_should_round_up_and_credit_down() {
	let leaf = unit(u64::try_from(2 * MULTIPLICATIONS).unwrap());
	let card = unit(OPERATIONS_PER_MICRO_GPU_HOUR);
	let job = Job::Training(training());
	let operations = job.operations(0).unwrap();
	assert_eq!(job.cost(0, card), Some(MicroGpuHours(1)));
	assert_eq!(credit(operations, card), MicroGpuHours(0));
	assert_eq!(job.cost(0, leaf), Some(MicroGpuHours(operations / leaf.get() + 1)));
	assert_eq!(credit(operations, leaf), MicroGpuHours(operations / leaf.get()));
	assert_eq!(job.cost(4, card), None);
	// Four seconds of the card.
	assert_eq!(credit(4 * 624_000_000_000_000, card), MicroGpuHours(1_111));
}

#[test]
fn job_should_be_refused_when_out_of_bounds() {
	let flaws = [
		(Job::Training(Training { rows: 0, ..training() }), JobFlaw::Nothing),
		(Job::Training(Training { parts: 0, ..training() }), JobFlaw::Nothing),
		(Job::Training(Training { batch: 0, ..training() }), JobFlaw::Nothing),
		(Job::Training(Training { rate: 0, ..training() }), JobFlaw::Nothing),
		(Job::Training(Training { rate: u32::MAX, ..training() }), JobFlaw::OutOfRange),
		(Job::Training(Training { scale: 9, ..training() }), JobFlaw::OutOfRange),
		(Job::Training(Training { scale: 1, ..training() }), JobFlaw::OutOfRange),
		(Job::Training(Training { before: u32::MAX, ..training() }), JobFlaw::OutOfRange),
		(Job::Training(Training { parts: 1_348, ..training() }), JobFlaw::TooManyChunks),
		(Job::Training(Training { rows: u32::MAX, ..training() }), JobFlaw::TooLarge),
		(Job::Inference(Inference { batch: 0, ..inference() }), JobFlaw::Nothing),
		(Job::Inference(Inference { shift: 25, ..inference() }), JobFlaw::OutOfRange),
		(Job::Inference(Inference { rows: 1 << 20, ..inference() }), JobFlaw::TooManyChunks),
		(
			Job::Inference(Inference { rows: 1 << 21, batch: 1 << 10, ..inference() }),
			JobFlaw::TooLarge,
		),
		(Job::Rendering(Rendering { tile: 0, ..rendering() }), JobFlaw::Nothing),
		(Job::Rendering(Rendering { shapes: 257, ..rendering() }), JobFlaw::TooLarge),
		(Job::Rendering(Rendering { width: 8_193, ..rendering() }), JobFlaw::TooLarge),
		(
			Job::Rendering(Rendering { width: 8_192, height: 8_192, tile: 8, ..rendering() }),
			JobFlaw::TooManyChunks,
		),
		(Job::Rendering(Rendering { grid: 5, ..rendering() }), JobFlaw::OutOfRange),
		(Job::Rendering(Rendering { light: [0; 3], ..rendering() }), JobFlaw::OutOfRange),
		(Job::Rendering(Rendering { light: [i32::MIN, 0, 0], ..rendering() }), JobFlaw::OutOfRange),
		(
			Job::Rendering(Rendering {
				camera: Camera { eye: [0, 5, 0], ..rendering().camera },
				..rendering()
			}),
			JobFlaw::Camera,
		),
	];
	for (job, flaw) in flaws {
		assert_eq!(job.check(), Err(flaw), "{job:?}");
	}
	for network in [
		Network { depth: 0, ..Network::DIGITS },
		Network { depth: 17, ..Network::DIGITS },
		Network { outputs: 1, ..Network::DIGITS },
		Network { outputs: 257, ..Network::DIGITS },
	] {
		let job = Job::Inference(Inference { network, ..inference() });
		assert_eq!(job.check(), Err(JobFlaw::Shape));
	}
	let network = Network { inputs: 8_193, ..Network::DIGITS };
	let job = Job::Training(Training { network, ..training() });
	assert_eq!(job.check(), Err(JobFlaw::Shape));
	let network = Network { inputs: u16::MAX, width: u16::MAX, ..Network::DIGITS };
	let job = Job::Inference(Inference { network, rows: 1, ..inference() });
	assert_eq!(job.check(), Err(JobFlaw::TooLarge));
}

#[test]
fn receipt_should_be_implausible_when_it_counts_what_cannot_be() {
	let plausible = |job: &Job, chunk, operations| {
		Receipt { output: [0; 32], operations }.is_plausible(job, chunk)
	};
	for job in jobs() {
		let most = job.operations(0).unwrap();
		assert!(plausible(&job, 0, most) && !plausible(&job, 0, most + 1));
		assert!(!plausible(&job, job.chunks(), 0));
		assert_eq!(plausible(&job, 0, most - 1), job.kind() == JobKind::Rendering);
	}
	let least = 4 * 6 * 4 * 5 * 64 * 32;
	let job = Job::Rendering(rendering());
	assert!(plausible(&job, 11, least) && !plausible(&job, 11, least - 1));
}

#[test]
fn result_should_differ_when_anything_in_it_does() {
	let [first, second, _] = jobs();
	let receipt = Receipt::new(b"output", 7);
	let result = receipt.result(&first, 0);
	assert_eq!(Receipt::new(b"output", 7).result(&first, 0), result);
	assert_ne!(receipt.result(&second, 0), result);
	assert_ne!(receipt.result(&first, 1), result);
	assert_ne!(Receipt::new(b"output", 8).result(&first, 0), result);
	assert_ne!(Receipt::new(b"outputs", 7).result(&first, 0), result);
	assert_ne!(first.hash(), second.hash());
}

fn any_source() -> impl Strategy<Value = Source> {
	prop_oneof![
		any::<[u8; 32]>().prop_map(Source::Content),
		any::<[u8; 32]>().prop_map(Source::Seed)
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn hostile_bytes_should_be_refused_or_bounded(bytes in prop::collection::vec(any::<u8>(), 0..160)) {
		let Ok(job) = Job::decode(&mut &bytes[..]) else { return Ok(()) };
		let accepted = job.check().is_ok();
		for chunk in [0, 1, job.chunks().wrapping_sub(1), job.chunks(), u32::MAX] {
			let operations = job.operations(chunk);
			let bytes = job.output_bytes(chunk);
			if accepted {
				prop_assert_eq!(operations.is_some(), chunk < job.chunks());
				prop_assert_eq!(bytes.is_some(), chunk < job.chunks());
				prop_assert!(operations <= job.operations(0));
				prop_assert!(bytes.unwrap_or(0) <= MAX_OUTPUT);
			}
		}
	}

	#[test]
	fn rows_should_be_in_exactly_one_part(
		rows in 1u32..5_000, parts in 1u16..300, batch in 1u32..300, data in any_source(),
	) {
		let job = Training { rows, parts, data, ..training() };
		if job.check().is_ok() {
			let mut next = 0;
			for chunk in 0..job.chunks() {
				let (first, count) = job.part(chunk).unwrap();
				prop_assert!(count > 0);
				prop_assert_eq!(first, next);
				next = first + count;
			}
			prop_assert_eq!(next, rows);
		}
		let job = Inference { rows, batch, data, ..inference() };
		let mut next = 0;
		for chunk in 0..job.chunks() {
			let (first, count) = job.part(chunk).unwrap();
			prop_assert_eq!(first, next);
			next = first + count;
		}
		prop_assert_eq!((next, job.part(job.chunks())), (rows, None));
	}

	#[test]
	fn pixels_should_be_in_exactly_one_tile(
		width in 1u16..90, height in 1u16..90, tile in 1u16..100,
	) {
		let job = Rendering { width, height, tile, ..rendering() };
		let mut seen = alloc::vec![0u8; usize::from(width) * usize::from(height)];
		for chunk in 0..job.chunks() {
			let [left, top, columns, rows] = job.area(chunk).unwrap();
			for y in top..top + rows {
				for x in left..left + columns {
					seen[usize::from(y) * usize::from(width) + usize::from(x)] += 1;
				}
			}
		}
		prop_assert!(seen.iter().all(|count| *count == 1));
		prop_assert_eq!(job.area(job.chunks()), None);
	}
}
