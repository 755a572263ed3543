//! Flexible fills against an interior-point solver of another make, which knows nothing of levels or
//! water: minimise the sum of `c_h (t_h - 1)` over `t_h >= e^(d_h / D_h)`, `sum d_h = amount` and
//! `0 <= d_h <= stock_h`, with exponential cones.

use clarabel::{algebra::CscMatrix, solver::*};
use proptest::{
	prelude::*,
	strategy::ValueTree,
	test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::math::{self, search};

/// One hour: what its reserve is and, in what it takes to move its price, how much is for sale.
#[derive(Clone, Copy, Debug)]
struct Hour {
	reserve: u128,
	depth: u64,
	stock: u64,
	fee: u32,
}

fn book() -> impl Strategy<Value = (Vec<Hour>, f64)> {
	let hour = (
		// About 100 units of money and 100 GPU-hours deep, up to a thousand times more or less.
		(10.0f64..17.0).prop_map(|log| 10f64.powf(log) as u128),
		(6.0f64..9.0).prop_map(|log| 10f64.powf(log) as u64),
		0.0f64..2.0,
		0u32..30_000,
	);
	let hour = hour.prop_map(|(reserve, depth, part, fee)| Hour {
		reserve,
		depth,
		stock: (depth as f64 * part) as u64,
		fee,
	});
	let hours = prop_oneof![
		15 => prop::collection::vec(hour.clone(), 1..25),
		1 => prop::collection::vec(hour, 168),
	];
	(hours, 0.01f64..0.99)
}

/// What it costs to buy `d` of an hour, with its fee.
fn cost(hour: &Hour, d: f64) -> f64 {
	let fee = 1.0 + f64::from(hour.fee) / 1e6;
	fee * hour.reserve as f64 * (d / hour.depth as f64).exp_m1()
}

/// The solver's optimum, in parts of each depth. `None` if it does not converge.
fn solve(hours: &[Hour], amount: f64) -> Option<Vec<f64>> {
	let n = hours.len();
	let depth = |h: usize| hours[h].depth as f64;
	let largest = (0..n).map(depth).fold(0.0, f64::max);
	let dearest = hours.iter().map(|hour| hour.reserve as f64).fold(0.0, f64::max);
	// Variables x_h = d_h / D_h, then t_h. Rows are A z + s = b with s in the cones.
	let mut q = vec![0.0; n];
	q.extend(
		hours.iter().map(|hour| (1.0 + f64::from(hour.fee) / 1e6) * hour.reserve as f64 / dearest),
	);
	let mut rows: Vec<Vec<(usize, f64)>> = Vec::new();
	let mut b = Vec::new();
	rows.push((0..n).map(|h| (h, depth(h) / largest)).collect());
	b.push(amount / largest);
	for (h, hour) in hours.iter().enumerate() {
		rows.push(vec![(h, -1.0)]);
		b.push(0.0);
		rows.push(vec![(h, 1.0)]);
		b.push(hour.stock as f64 / depth(h));
	}
	for h in 0..n {
		// (x, 1, t) in the exponential cone: e^x <= t.
		rows.push(vec![(h, -1.0)]);
		b.push(0.0);
		rows.push(vec![]);
		b.push(1.0);
		rows.push(vec![(n + h, -1.0)]);
		b.push(0.0);
	}
	let (mut i, mut j, mut v) = (Vec::new(), Vec::new(), Vec::new());
	for (row, entries) in rows.iter().enumerate() {
		for (column, value) in entries {
			i.push(row);
			j.push(*column);
			v.push(*value);
		}
	}
	let a = CscMatrix::new_from_triplets(rows.len(), 2 * n, i, j, v);
	let p = CscMatrix::zeros((2 * n, 2 * n));
	let mut cones = vec![ZeroConeT(1), NonnegativeConeT(2 * n)];
	cones.extend((0..n).map(|_| ExponentialConeT()));
	let settings = DefaultSettings { verbose: false, ..Default::default() };
	let mut solver = DefaultSolver::new(&p, &q, &a, &b, &cones, settings);
	solver.solve();
	matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved)
		.then(|| solver.solution.x[..n].to_vec())
}

/// The books are the same in every run: what is compared is two ways to one number, and a book on
/// which the solver does not converge says nothing.
#[test]
fn flexible_fill_should_be_the_optimum_that_a_solver_finds_when_books_are_random() {
	let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[17; 32]);
	let mut runner = TestRunner::new_with_rng(Config::default(), rng);
	let strategy = book();
	let (mut compared, mut tried) = (0, 0);
	while compared < 1_000 {
		tried += 1;
		assert!(tried < 1_200, "the solver found {compared} of {tried} optima only");
		let (hours, part) = strategy.new_tree(&mut runner).unwrap().current();
		let stock: u64 = hours.iter().map(|hour| hour.stock).sum();
		let amount = (stock as f64 * part) as u64;
		if amount < 1_000 {
			continue;
		}
		let vessels: Vec<_> = hours
			.iter()
			.map(|hour| search::Vessel {
				level: math::level(hour.reserve, hour.depth.into()).unwrap()
					+ math::lift(hour.fee).unwrap(),
				depth: hour.depth,
				stock: hour.stock,
			})
			.collect();
		let Some(found) = solve(&hours, amount as f64) else { continue };
		let taken = search::fill(&vessels, amount, 10).expect("there is enough, and no dust");
		assert_eq!(taken.iter().sum::<u64>(), amount);
		let ours: f64 = hours.iter().zip(&taken).map(|(hour, d)| cost(hour, *d as f64)).sum();
		// The solver meets its constraints to 1e-8 only: what it found is put right first, by taking
		// the difference where it costs the least, so that it is a feasible split.
		let mut split: Vec<f64> = hours
			.iter()
			.zip(&found)
			.map(|(hour, x)| (x * hour.depth as f64).clamp(0.0, hour.stock as f64))
			.collect();
		let mut off = amount as f64 - split.iter().sum::<f64>();
		for (hour, d) in hours.iter().zip(split.iter_mut()) {
			let to = (*d + off).clamp(0.0, hour.stock as f64);
			off -= to - *d;
			*d = to;
		}
		let theirs: f64 = hours.iter().zip(&split).map(|(hour, d)| cost(hour, *d)).sum();
		// Whole units and the least holding: ten units of each hour at its price.
		let rounding: f64 = hours
			.iter()
			.map(|hour| 20.0 * hour.reserve as f64 / hour.depth as f64 * 8.0)
			.sum::<f64>();
		assert!(
			ours <= theirs * (1.0 + 1e-9) + rounding,
			"the solver is cheaper: {theirs} < {ours} on {hours:?} for {amount}"
		);
		assert!(
			theirs <= ours * (1.0 + 1e-6) + rounding,
			"the solver is not near: {theirs} > {ours} on {hours:?} for {amount}"
		);
		compared += 1;
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	/// No split that anybody thinks of is cheaper, up to rounding.
	#[test]
	fn flexible_fill_should_never_be_dearer_than_a_split_that_is_drawn(
		(hours, part) in book(),
		weights in prop::collection::vec(prop::collection::vec(0.0f64..1.0, 168), 8),
	) {
		let stock: u64 = hours.iter().map(|hour| hour.stock).sum();
		let amount = (stock as f64 * part) as u64;
		prop_assume!(amount >= 1_000);
		let vessels: Vec<_> = hours
			.iter()
			.map(|hour| search::Vessel {
				level: math::level(hour.reserve, hour.depth.into()).unwrap()
					+ math::lift(hour.fee).unwrap(),
				depth: hour.depth,
				stock: hour.stock,
			})
			.collect();
		let taken = search::fill(&vessels, amount, 10).unwrap();
		let paid = |hour: &Hour, d: u64| {
			let price = math::buy_cost(hour.reserve, hour.depth, d).unwrap();
			price + math::fee(price, hour.fee).unwrap()
		};
		let ours: u128 = hours.iter().zip(&taken).map(|(hour, d)| paid(hour, *d)).sum();
		let unit: f64 = hours
			.iter()
			.map(|hour| 20.0 * hour.reserve as f64 / hour.depth as f64 * 8.0)
			.sum();
		for weights in weights {
			// Fill in the drawn proportions, and what does not fit wherever there is room.
			let all: f64 = hours.iter().zip(&weights).map(|(h, w)| h.stock as f64 * w).sum();
			let scale = amount as f64 / all.max(1.0);
			let mut missing = amount;
			let mut split: Vec<u64> = hours
				.iter()
				.zip(&weights)
				.map(|(hour, weight)| {
					let wish = (hour.stock as f64 * weight * scale) as u64;
					let part = wish.min(hour.stock).min(missing);
					missing -= part;
					part
				})
				.collect();
			for (hour, d) in hours.iter().zip(split.iter_mut()) {
				let more = (hour.stock - *d).min(missing);
				*d += more;
				missing -= more;
			}
			prop_assert_eq!(missing, 0);
			let theirs: u128 = hours.iter().zip(&split).map(|(hour, d)| paid(hour, *d)).sum();
			prop_assert!(ours as f64 <= theirs as f64 * (1.0 + 1e-12) + unit, "{} {}", ours, theirs);
		}
	}
}
