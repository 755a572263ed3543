//! Prints what a call of each function takes, in nanoseconds: a line of JSON per function. The least of
//! many rounds over the same random arguments, so that what else the machine does counts little.
//!
//! ```sh
//! cargo run --release -p pogcs-math --example speed
//! ```

#[path = "../tests/math/oracle.rs"]
#[allow(dead_code)]
mod oracle;

use oracle::{Function, Random};
use pogcs_math::{mul_div, one_minus_pow, Fixed, Ratio};
use std::{hint::black_box, time::Instant};

const CALLS: usize = 4_096;
const ROUNDS: u32 = 200;

fn main() {
	let mut random = Random::new(1);
	for (name, function) in Function::ALL {
		let points: Vec<_> = (0..CALLS).map(|_| function.sample(&mut random)).collect();
		measure(name, |i| function.bounds(points[i].0, points[i].1));
	}
	let pairs: Vec<(Fixed, Fixed)> =
		(0..CALLS).map(|_| (random.of_bits(100..=190), random.of_bits(100..=190))).collect();
	measure("mul", |i| pairs[i].0.mul(pairs[i].1));
	measure("div", |i| pairs[i].0.div(pairs[i].1));
	measure("mul_int", |i| pairs[i].0.mul_int(u128::MAX >> 64));
	measure("mul_div", |i| mul_div(pairs[i].0.floor(), 1 << 60, 977));
	measure("mul_div_256", |i| mul_div(1 << 100, 1 << 60, (1 << 90) + pairs[i].0.floor()));
	let quarter = Ratio { numerator: 1, denominator: 4 };
	measure("one_minus_pow", |i| {
		one_minus_pow(quarter, Ratio { numerator: i as u64, denominator: 65_535 })
	});
}

fn measure<T>(name: &str, call: impl Fn(usize) -> T) {
	let round = || {
		let start = Instant::now();
		for i in 0..CALLS {
			black_box(call(black_box(i)));
		}
		start.elapsed().as_nanos() as f64 / CALLS as f64
	};
	let least = (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min);
	println!(r#"{{"function":"{name}","ns":{least:.0}}}"#);
}
