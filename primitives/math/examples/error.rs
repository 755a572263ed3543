//! Compares each function with an arbitrary-precision library at many points, a million if nothing
//! else is asked for, and prints what it found: a line of JSON per function.
//!
//! ```sh
//! cargo run --release -p pogcs-math --example error [-- POINTS]
//! ```

#[path = "../tests/math/oracle.rs"]
mod oracle;

use oracle::{Function, Random, Worst};

fn main() -> Result<(), String> {
	let points = match std::env::args().nth(1) {
		None => 1_000_000,
		Some(points) => points.parse().map_err(|_| format!("{points}: not a number of points"))?,
	};
	let threads: Vec<_> = Function::ALL
		.map(|(name, function)| std::thread::spawn(move || measure(name, function, points)))
		.into();
	for thread in threads {
		println!("{}", thread.join().map_err(|_| "a comparison has panicked")??);
	}
	Ok(())
}

fn measure(name: &str, function: Function, points: u64) -> Result<String, String> {
	let mut random = Random::new(points);
	let mut worst = Worst::default();
	while worst.points < points {
		let (x, y) = function.sample(&mut random);
		worst.add(function, x, y)?;
	}
	let Worst { points, relative, units } = worst;
	Ok(format!(
		r#"{{"function":"{name}","points":{points},"max_rel_error":{relative:e},"max_units":{units}}}"#
	))
}
