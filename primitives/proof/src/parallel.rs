//! Work shared out over the cores, where there are threads. Results do not depend on how many.

use alloc::vec::Vec;

/// Cuts `items` into as many runs as there are cores, works on each, and returns the results in
/// order. `work` gets the index of its first item as well. There is always at least one run.
#[cfg(feature = "std")]
pub fn map_runs<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
	/// A thread costs about as much as this many items are worth.
	const FEWEST: usize = 4;

	let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
	let length = items.len().div_ceil(cores).max(FEWEST);
	let mut runs = items.chunks(length).enumerate();
	let Some((_, first)) = runs.next() else { return alloc::vec![work(0, items)] };
	let work = &work;
	std::thread::scope(|scope| {
		let rest: Vec<_> = runs
			.map(|(index, run)| {
				let at = index * length;
				let spawned =
					std::thread::Builder::new().spawn_scoped(scope, move || work(at, run));
				(at, run, spawned)
			})
			.collect();
		let mut results = alloc::vec![work(0, first)];
		for (at, run, spawned) in rest {
			// A thread that could not be had, or died, leaves its work to this one.
			let result = spawned.ok().and_then(|thread| thread.join().ok());
			results.push(result.unwrap_or_else(|| work(at, run)));
		}
		results
	})
}

/// Without threads there is one run.
#[cfg(not(feature = "std"))]
pub fn map_runs<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
	alloc::vec![work(0, items)]
}

#[cfg(all(test, feature = "std"))]
mod tests {
	use super::*;

	#[test]
	fn runs_should_cover_all_items_in_order_when_shared_out() {
		for length in 0..70usize {
			let items: Vec<usize> = (0..length).collect();
			let runs = map_runs(&items, |at, run| {
				assert_eq!(run.first().copied().unwrap_or(0), at);
				run.to_vec()
			});
			assert!(!runs.is_empty());
			assert_eq!(runs.concat(), items);
		}
	}
}
