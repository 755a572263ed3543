//! Commands. Each ends with a line that says what was done, or with one that says what to do.

mod bench;
mod job;

use std::{
	fs,
	path::{Path, PathBuf},
};

use clap::{Parser, Subcommand};
use codec::Encode;
use pogcs_proof::{check_key, verify, Statement};
use pogcs_zk::{circuit, dev_keys, keys::cache_path, prove, snarkjs, DEVELOPMENT_KEY};

/// What went wrong, in words for whoever typed the command.
pub type Outcome = Result<(), String>;

#[derive(Parser)]
#[command(name = "pogcs-zk", version, about = "Keys and proofs of PoGCS tasks")]
struct Arguments {
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Make the development keys, or find them in the cache
	Setup {
		/// Where to write the verifying key
		#[arg(long)]
		out: Option<PathBuf>,
	},
	/// Write a job to fill in: what a device knows of a chunk that it has done
	Sample {
		/// Where to write it
		#[arg(long, default_value = "job.json")]
		out: PathBuf,
	},
	/// Run the network of a job and prove it with the development key
	Prove {
		/// The job: see `sample`
		#[arg(long, default_value = "job.json")]
		job: PathBuf,
		/// Where to write the proof, 128 bytes
		#[arg(long, default_value = "proof.bin")]
		proof: PathBuf,
		/// Where to write the statement, SCALE-encoded
		#[arg(long, default_value = "statement.scale")]
		statement: PathBuf,
	},
	/// Verify a proof
	Verify {
		/// The verifying key; the development key if left out
		#[arg(long)]
		key: Option<PathBuf>,
		/// The proof
		#[arg(long, default_value = "proof.bin")]
		proof: PathBuf,
		/// The statement, SCALE-encoded
		#[arg(long, default_value = "statement.scale")]
		statement: PathBuf,
	},
	/// Write verification_key.json, proof.json and public.json for `snarkjs groth16 verify`
	Export {
		/// The verifying key; the development key if left out
		#[arg(long)]
		key: Option<PathBuf>,
		/// The proof
		#[arg(long, default_value = "proof.bin")]
		proof: PathBuf,
		/// The statement, SCALE-encoded
		#[arg(long, default_value = "statement.scale")]
		statement: PathBuf,
		/// The directory to write to
		#[arg(long, default_value = ".")]
		out: PathBuf,
	},
	/// Turn a ceremony's verification_key.json into the bytes that the chain registers
	Import {
		/// What snarkjs wrote
		#[arg(long, default_value = "verification_key.json")]
		key: PathBuf,
		/// Where to write the verifying key
		#[arg(long, default_value = "verifying.vk")]
		out: PathBuf,
	},
	/// Measure verifier and prover on this machine
	Bench {
		/// What to measure; everything if left out
		names: Vec<bench::Name>,
		/// Print one JSON object a line
		#[arg(long)]
		json: bool,
	},
	/// Prove once and print the figures of this process (`bench` starts it)
	#[command(hide = true)]
	BenchProve,
}

/// Runs the command that was typed.
pub fn run() -> Outcome {
	match Arguments::parse().command {
		Command::Setup { out } => setup(out.as_deref()),
		Command::Sample { out } => {
			write(&out, job::sample()?.as_bytes())?;
			println!("wrote {}; fill it in, then run `pogcs-zk prove`", out.display());
			Ok(())
		}
		Command::Prove { job, proof, statement } => prove_job(&job, &proof, &statement),
		Command::Verify { key, proof, statement } => {
			verify(&key_bytes(key.as_deref())?, &read(&proof)?, &read(&statement)?)
				.map_err(|reason| format!("refused: {reason}"))?;
			println!("the proof is valid");
			Ok(())
		}
		Command::Export { key, proof, statement, out } => {
			export(&key_bytes(key.as_deref())?, &read(&proof)?, &read(&statement)?, &out)
		}
		Command::Import { key, out } => import(&key, &out),
		Command::Bench { names, json } => bench::run(&names, json),
		Command::BenchProve => bench::prove_once(),
	}
}

fn setup(out: Option<&Path>) -> Outcome {
	let (_, key) = dev_keys().map_err(|error| error.to_string())?;
	println!("circuit: {} constraints", circuit::shape().constraints());
	if let Ok(path) = cache_path() {
		println!("proving key: {}", path.display());
	}
	match out {
		Some(out) => {
			write(out, &key)?;
			println!("verifying key: {}", out.display());
		}
		None => println!("verifying key: {}", hex::encode(&key)),
	}
	println!("these are development keys: anybody can forge proofs with them");
	Ok(())
}

fn prove_job(job: &Path, proof_out: &Path, statement_out: &Path) -> Outcome {
	let witness = job::read(&text(job)?)?.witness();
	let (key, _) = dev_keys().map_err(|error| error.to_string())?;
	let proof = prove(&key, &witness).map_err(|error| error.to_string())?;
	write(proof_out, &proof)?;
	write(statement_out, &witness.statement.encode())?;
	let digits = pogcs_primitives::workload::digits(&witness.statement.scores);
	println!("the images show {digits:?}");
	println!("wrote {} and {}", proof_out.display(), statement_out.display());
	Ok(())
}

fn export(key: &[u8], proof: &[u8], statement: &[u8], out: &Path) -> Outcome {
	let input = Statement::from_bytes(statement)
		.and_then(|statement| statement.public_input())
		.map_err(|reason| reason.to_string())?;
	let files = [
		("verification_key.json", snarkjs::export_key(key)),
		("proof.json", snarkjs::export_proof(proof)),
		("public.json", snarkjs::export_input(input)),
	];
	for (name, text) in files {
		write(&out.join(name), text.map_err(|error| error.to_string())?.as_bytes())?;
	}
	println!("now run `snarkjs groth16 verify verification_key.json public.json proof.json`");
	Ok(())
}

fn import(from: &Path, out: &Path) -> Outcome {
	let key = snarkjs::import_key(&text(from)?).map_err(|error| error.to_string())?;
	check_key(&key).map_err(|reason| format!("the chain would not take this key: {reason}"))?;
	write(out, &key)?;
	println!("wrote {}, {} bytes", out.display(), key.len());
	Ok(())
}

fn key_bytes(path: Option<&Path>) -> Result<Vec<u8>, String> {
	path.map_or_else(|| Ok(DEVELOPMENT_KEY.to_vec()), read)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
	fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn text(path: &Path) -> Result<String, String> {
	fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
	fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
