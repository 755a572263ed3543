//! Jobs, contents and onlookers that mean no good.

use super::run_with;
use crate::{
	contents::{Contents, Shelf},
	samples, Failure, Hash, Job, JobFlaw, Progress, Setting, Source, Workload,
};
use alloc::{borrow::Cow, string::ToString, vec::Vec};
use core::ops::ControlFlow;
use pogcs_primitives::jobs::{Camera, Inference, Network, Rendering, Training};
use proptest::prelude::*;

/// Answers whatever it is asked with the same bytes.
struct Liar(Vec<u8>);

impl Contents for Liar {
	fn find(&self, _: &Hash, _: u64) -> Option<Cow<'_, [u8]>> {
		Some(Cow::Borrowed(&self.0))
	}
}

fn jobs() -> [Job; 3] {
	[
		Job::Training(samples::digits_training()),
		Job::Inference(samples::digits_inference()),
		Job::Rendering(samples::still_life()),
	]
}

#[test]
fn content_should_be_refused_when_missing_or_forged() {
	for job in jobs() {
		let failure = run_with(&job, 0, &Shelf::default()).unwrap_err();
		assert!(matches!(failure, Failure::Missing(_)), "{failure}");
		assert!(failure.to_string().contains("get the file from the client"), "{failure}");
		let need = job.needs().into_iter().find(|need| matches!(need.source, Source::Content(_)));
		let right = usize::try_from(need.unwrap().bytes).unwrap();
		for length in [0, 7, right, right + 1] {
			let failure = run_with(&job, 0, &Liar(alloc::vec![1; length])).unwrap_err();
			assert!(matches!(failure, Failure::Forged(_)), "{failure}");
		}
	}
}

#[test]
fn chunk_should_be_refused_when_there_is_none_or_memory_is_short() {
	for job in jobs() {
		let shelf = samples::shelf();
		let chunks = job.chunks();
		for chunk in [chunks, u32::MAX] {
			let failure = run_with(&job, chunk, &shelf).unwrap_err();
			assert_eq!(failure, Failure::NoSuchChunk { chunk, chunks });
		}
		let mut watch = |_: Progress| ControlFlow::Continue(());
		let memory = job.memory() - 1;
		let mut setting = Setting { contents: &shelf, memory, watch: &mut watch };
		assert_eq!(job.run(0, &mut setting), Err(Failure::Memory(memory + 1)));
	}
}

#[test]
fn job_should_be_refused_before_anything_is_looked_for() {
	struct Untouched;
	impl Contents for Untouched {
		fn find(&self, _: &Hash, _: u64) -> Option<Cow<'_, [u8]>> {
			panic!("a job out of bounds is not looked after")
		}
	}
	let job = Inference { rows: u32::MAX, ..samples::digits_inference() };
	assert_eq!(run_with(&job, 0, &Untouched), Err(Failure::Flaw(JobFlaw::TooLarge)));
	let job = Training { rows: u32::MAX, ..samples::digits_training() };
	assert_eq!(run_with(&job, 0, &Untouched), Err(Failure::Flaw(JobFlaw::TooLarge)));
}

#[test]
fn chunk_should_stop_when_told_to() {
	let shelf = samples::shelf();
	for job in jobs() {
		let mut steps = 0u64;
		let mut watch = |progress: Progress| {
			steps += 1;
			if progress.done == 3 {
				return ControlFlow::Break(());
			}
			ControlFlow::Continue(())
		};
		let mut setting = Setting { contents: &shelf, memory: u64::MAX, watch: &mut watch };
		assert_eq!(job.run(0, &mut setting), Err(Failure::Stopped));
		assert_eq!(steps, 4);
	}
}

fn any_source() -> impl Strategy<Value = Source> {
	prop_oneof![any::<Hash>().prop_map(Source::Content), any::<Hash>().prop_map(Source::Seed)]
}

fn edges() -> impl Strategy<Value = i32> {
	prop_oneof![
		any::<i32>(),
		-70_000i32..70_000,
		(0u32..32).prop_map(|bits| 1i32.wrapping_shl(bits))
	]
}

fn small<T: TryFrom<u32> + Default>() -> impl Strategy<Value = T>
where
	T: core::fmt::Debug,
{
	prop_oneof![9 => 0u32..9, 1 => any::<u32>()]
		.prop_map(|number| T::try_from(number).unwrap_or_default())
}

fn any_network() -> impl Strategy<Value = Network> {
	(small(), small(), small(), small()).prop_map(|(inputs, width, depth, outputs)| Network {
		inputs,
		width,
		depth,
		outputs,
	})
}

fn any_job() -> impl Strategy<Value = Job> {
	let training = (
		(any_network(), any_source(), any_source(), small(), small(), small(), any::<u32>()),
		(small(), any::<u32>(), 0u8..12, any::<Hash>()),
	)
		.prop_map(|((network, weights, data, rows, parts, epochs, before), rest)| {
			let (batch, rate, scale, seed) = rest;
			Job::Training(Training {
				network,
				weights,
				data,
				rows,
				parts,
				epochs,
				before,
				batch,
				rate,
				scale,
				seed,
			})
		});
	let inference =
		(any_network(), any_source(), any_source(), small(), small(), any::<u8>(), 0u8..30)
			.prop_map(|(network, weights, data, rows, batch, bias, shift)| {
				Job::Inference(Inference { network, weights, data, rows, batch, bias, shift })
			});
	let point = || (edges(), edges(), edges()).prop_map(|(x, y, z)| [x, y, z]);
	let rendering = (
		(any_source(), small(), point(), point(), 0u32..2 << 20, point()),
		(small(), small(), small(), 0u8..6, small(), small(), 0u8..40),
	)
		.prop_map(|((scene, shapes, eye, target, zoom, light), rest)| {
			let (width, height, tile, grid, steps, shadow, probes) = rest;
			let camera = Camera { eye, target, zoom };
			Job::Rendering(Rendering {
				scene,
				shapes,
				camera,
				light,
				width,
				height,
				tile,
				grid,
				steps,
				shadow,
				probes,
			})
		});
	prop_oneof![training, inference, rendering]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1_500))]

	/// Nothing panics, and every answer is an output of the right size or words.
	#[test]
	fn job_should_end_in_a_result_or_in_words_when_hostile(
		job in any_job(), chunk in small::<u32>(), bytes in prop::collection::vec(any::<u8>(), 0..300),
	) {
		// At most so many steps: what is accepted may be a year's work.
		let mut left = 40u32;
		let mut watch = |_: Progress| match left.checked_sub(1) {
			Some(less) => { left = less; ControlFlow::Continue(()) }
			None => ControlFlow::Break(()),
		};
		let liar = Liar(bytes);
		let mut setting = Setting { contents: &liar, memory: 16 << 20, watch: &mut watch };
		match job.run(chunk, &mut setting) {
			Ok(output) => {
				let length = u64::try_from(output.bytes.len()).unwrap();
				prop_assert_eq!(Some(length), job.output_bytes(chunk));
				prop_assert!(Some(output.operations) <= job.operations(chunk));
				prop_assert!(length <= job.memory());
			}
			Err(failure) => prop_assert!(failure.to_string().len() > 20),
		}
	}

	/// Shapes at the edges of what is allowed do no harm.
	#[test]
	fn scene_should_be_rendered_when_its_numbers_are_extreme(
		shapes in prop::collection::vec((0u8..5, any::<[u8; 5]>(), any::<[u32; 6]>()), 1..5),
		eye in any::<[u32; 3]>(), light in any::<[u32; 3]>(), far: bool,
	) {
		let bits = if far { 26 } else { 20 };
		let signed = |word: u32| {
			let middle = 1i32 << (bits - 1);
			i32::try_from(word >> (32 - bits)).unwrap() - middle
		};
		let mut scene = Vec::new();
		for (kind, looks, numbers) in &shapes {
			scene.push(*kind);
			scene.extend(looks);
			scene.extend(numbers[..3].iter().flat_map(|word| signed(*word).to_le_bytes()));
			scene.extend(numbers[3..].iter().flat_map(|word| (word >> (32 - bits)).to_le_bytes()));
		}
		let mut shelf = Shelf::default();
		let job = Rendering {
			scene: shelf.source(scene),
			shapes: u16::try_from(shapes.len()).unwrap(),
			camera: Camera { eye: eye.map(signed), target: [3, -1, 2], zoom: 1 << 16 },
			light: light.map(signed),
			width: 6, height: 5, tile: 8, grid: 1,
			..samples::still_life()
		};
		prop_assume!(job.check().is_ok());
		prop_assert_eq!(run_with(&job, 0, &shelf), run_with(&job, 0, &shelf));
	}
}
