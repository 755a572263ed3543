use super::run;
use crate::{samples, Hex};
use alloc::format;

/// `cargo test -p pogcs-workloads golden -- --nocapture` prints them, should a definition change; then
/// the numbers in the contexts of `primitives/core/src/jobs` have to change with it.
#[test]
fn samples_should_have_their_golden_results_when_run() {
	let mut wrong = 0;
	for sample in samples::all() {
		let output = run(&sample.job, sample.chunk).unwrap();
		let result = output.receipt().result(&sample.job, sample.chunk);
		if result != sample.result {
			wrong += 1;
			std::println!("{}: {}", sample.name, Hex(&result));
		}
	}
	assert_eq!(wrong, 0);
}

#[test]
fn samples_should_be_of_all_kinds_and_differ() {
	let all = samples::all();
	for kind in [crate::JobKind::Training, crate::JobKind::Inference, crate::JobKind::Rendering] {
		assert_eq!(all.iter().filter(|sample| sample.job.kind() == kind).count(), 2);
	}
	let mut results: alloc::vec::Vec<_> = all.iter().map(|sample| sample.result).collect();
	results.sort();
	results.dedup();
	assert_eq!(results.len(), all.len(), "{}", format!("{results:?}"));
}
