mod golden;
mod hostile;
mod inference;
mod rendering;
mod training;

use core::ops::ControlFlow;

use crate::{contents::Contents, samples, Failure, Output, Progress, Setting, Workload};

/// Runs a chunk with what comes with the program.
fn run(work: &dyn Workload, chunk: u32) -> Result<Output, Failure> {
	run_with(work, chunk, &samples::shelf())
}

fn run_with(work: &dyn Workload, chunk: u32, contents: &dyn Contents) -> Result<Output, Failure> {
	let mut last = None;
	let mut watch = |progress: Progress| {
		assert!(progress.done <= progress.of);
		last = Some(progress);
		ControlFlow::Continue(())
	};
	let mut setting = Setting { contents, memory: u64::MAX, watch: &mut watch };
	let output = work.run(chunk, &mut setting)?;
	// It said when it was done, and gave what the job says.
	assert!(last.is_some_and(|last| last.done == last.of && last.of > 0));
	let bytes = u64::try_from(output.bytes.len()).unwrap();
	assert_eq!(Some(bytes), work.job().output_bytes(chunk));
	assert!(output.receipt().is_plausible(&work.job(), chunk));
	Ok(output)
}
