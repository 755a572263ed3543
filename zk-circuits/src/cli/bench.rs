//! Figures of this machine, as `{"name", "value", "unit"}`.

use std::{
	fs,
	process::Command,
	time::{Duration, Instant},
};

use codec::Encode;
use pogcs_proof::{verify, verify_batch};
use pogcs_zk::{dev_keys, prove, Request};
use serde_json::json;

use super::Outcome;

const VERIFICATIONS: usize = 101;
const BATCHES: usize = 11;
const BATCH: usize = 64;
const PROOFS: usize = 5;

/// Measures the verifier here and the prover in a process of its own, whose memory is then its own.
pub fn run(json: bool) -> Outcome {
	let (key, verifying) = dev_keys().map_err(|error| error.to_string())?;
	let mut request = Request::sample();
	let mut items = Vec::new();
	for chunk in 0..8 {
		request.chunk = chunk;
		let witness = request.witness();
		let proof = prove(&key, &witness).map_err(|error| error.to_string())?;
		items.push((proof.to_vec(), witness.statement.encode()));
	}
	drop(key);

	let (proof, statement) = &items[0];
	let single = median(VERIFICATIONS, || verify(&verifying, proof, statement).is_ok())?;
	// Eight proofs over and over cost what 64 different ones do: nothing is shared between entries.
	let many: Vec<(&[u8], &[u8])> =
		items.iter().cycle().take(BATCH).map(|(p, s)| (&p[..], &s[..])).collect();
	let batch = median(BATCHES, || verify_batch(&verifying, &many).is_ok())?;
	let per_proof = batch / u32::try_from(BATCH).unwrap_or(1);
	report("groth16_verify_host_ms", millis(single), "ms", json);
	report("groth16_batch64_per_proof_ms", millis(per_proof), "ms", json);

	let mut child = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
	let output = child.arg("bench-prove").output().map_err(|error| error.to_string())?;
	if !output.status.success() {
		return Err(String::from_utf8_lossy(&output.stderr).into_owned());
	}
	let figures: serde_json::Value =
		serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
	for (name, unit) in [("prove_s", "s"), ("prove_peak_mb", "MB")] {
		match figures[name].as_f64() {
			Some(value) => report(name, value, unit, json),
			None => eprintln!("{name} cannot be measured on this system"),
		}
	}
	Ok(())
}

/// Loads the key, proves, and prints the time and the most memory that was ever resident.
pub fn prove_once() -> Outcome {
	let (key, _) = dev_keys().map_err(|error| error.to_string())?;
	let witness = Request::sample().witness();
	let taken = median(PROOFS, || prove(&key, &witness).is_ok())?;
	println!("{}", json!({ "prove_s": taken.as_secs_f64(), "prove_peak_mb": peak_megabytes() }));
	Ok(())
}

fn median(count: usize, mut work: impl FnMut() -> bool) -> Result<Duration, String> {
	let mut times = Vec::with_capacity(count);
	for _ in 0..count {
		let start = Instant::now();
		if !work() {
			return Err("a measured call failed".into());
		}
		times.push(start.elapsed());
	}
	times.sort_unstable();
	times.get(count / 2).copied().ok_or_else(|| "nothing was measured".into())
}

fn millis(duration: Duration) -> f64 {
	duration.as_secs_f64() * 1_000.0
}

/// `VmHWM` of Linux, which counts in kibibytes.
fn peak_megabytes() -> Option<f64> {
	let status = fs::read_to_string("/proc/self/status").ok()?;
	let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
	let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
	Some(kib * 1_024.0 / 1_000_000.0)
}

fn report(name: &str, value: f64, unit: &str, as_json: bool) {
	if as_json {
		println!("{}", json!({ "name": name, "value": value, "unit": unit }));
	} else {
		println!("{name}: {value:.3} {unit}");
	}
}
