//! Figures of this machine, in the lines that `scripts/bench --json` prints.

use std::{
	fs,
	process::Command,
	time::{Duration, Instant},
};

use clap::ValueEnum;
use codec::Encode;
use pogcs_proof::{verify, verify_batch};
use pogcs_zk::{dev_keys, prove, Request};
use serde_json::json;

use super::Outcome;

const VERIFICATIONS: usize = 101;
const BATCHES: usize = 11;
const BATCH: usize = 64;
const PROOFS: usize = 5;

/// What this command measures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
	/// Verifying one proof
	#[value(name = "groth16_verify_host_ms")]
	Verify,
	/// Verifying 64 proofs at once, for each of them
	#[value(name = "groth16_batch64_per_proof_ms")]
	VerifyBatch,
	/// Making a proof
	#[value(name = "prove_s")]
	Prove,
	/// The most memory that making a proof takes
	#[value(name = "prove_peak_mb")]
	ProveMemory,
}

/// Measures the verifier here and the prover in a process of its own, whose memory is then its own.
pub fn run(names: &[Name], json: bool) -> Outcome {
	let wanted = |name| names.is_empty() || names.contains(&name);
	if wanted(Name::Verify) || wanted(Name::VerifyBatch) {
		let (verifying, items) = proofs()?;
		if wanted(Name::Verify) {
			let (proof, statement) = items.first().ok_or("there is no proof to verify")?;
			let single = median(VERIFICATIONS, || verify(&verifying, proof, statement).is_ok())?;
			report(Name::Verify, millis(single), "ms", json);
		}
		if wanted(Name::VerifyBatch) {
			// Eight proofs over and over cost what 64 different ones do: nothing is shared between
			// entries.
			let many: Vec<(&[u8], &[u8])> =
				items.iter().cycle().take(BATCH).map(|(p, s)| (&p[..], &s[..])).collect();
			let batch = median(BATCHES, || verify_batch(&verifying, &many).is_ok())?;
			let per_proof = batch / u32::try_from(BATCH).unwrap_or(1);
			report(Name::VerifyBatch, millis(per_proof), "ms", json);
		}
	}
	if wanted(Name::Prove) || wanted(Name::ProveMemory) {
		let mut child = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
		let output = child.arg("bench-prove").output().map_err(|error| error.to_string())?;
		if !output.status.success() {
			return Err(String::from_utf8_lossy(&output.stderr).into_owned());
		}
		let figures: serde_json::Value =
			serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
		for (name, unit) in [(Name::Prove, "s"), (Name::ProveMemory, "MB")] {
			match figures[label(name)].as_f64() {
				Some(value) if wanted(name) => report(name, value, unit, json),
				Some(_) => {}
				None => eprintln!("{} cannot be measured on this system", label(name)),
			}
		}
	}
	Ok(())
}

/// The compressed verifying key, and eight different proofs with their statements.
#[allow(clippy::type_complexity)]
fn proofs() -> Result<(Vec<u8>, Vec<(Vec<u8>, Vec<u8>)>), String> {
	let (key, verifying) = dev_keys().map_err(|error| error.to_string())?;
	let mut request = Request::sample();
	let mut items = Vec::new();
	for chunk in 0..8 {
		request.chunk = chunk;
		let witness = request.witness();
		let proof = prove(&key, &witness).map_err(|error| error.to_string())?;
		items.push((proof.to_vec(), witness.statement.encode()));
	}
	Ok((verifying, items))
}

/// Loads the key, proves, and prints the time and the most memory that was ever resident.
pub fn prove_once() -> Outcome {
	let (key, _) = dev_keys().map_err(|error| error.to_string())?;
	let witness = Request::sample().witness();
	let taken = median(PROOFS, || prove(&key, &witness).is_ok())?;
	println!(
		"{}",
		json!({
			label(Name::Prove): taken.as_secs_f64(),
			label(Name::ProveMemory): peak_megabytes(),
		})
	);
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

/// The name as it is typed and printed.
fn label(name: Name) -> String {
	name.to_possible_value().map_or_else(String::new, |value| value.get_name().into())
}

fn report(name: Name, value: f64, unit: &str, as_json: bool) {
	let name = label(name);
	if as_json {
		let none = serde_json::Value::Null;
		println!(
			"{}",
			json!({
				"name": name, "value": value, "unit": unit,
				"peer": none, "peer_value": none, "ratio": none,
				"command": format!("scripts/bench {name}"),
			})
		);
	} else {
		println!("{name}: {value:.3} {unit}");
	}
}
