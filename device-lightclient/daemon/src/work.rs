//! The work itself: running models and proving what they computed.

use std::{fs, path::PathBuf};

use codec::Encode;
use pogcs_light_core::{energy::IntervalLog, tasks::Job};
use pogcs_primitives::{
	records::ChunkState, wire::Submission, workload::digits, Commitment, MilliWattHours,
};
use pogcs_proof::{verify, Secret};
use pogcs_zk::{dev_keys, prove, Model, ProvingKey, Request};

use crate::error::Error;

/// The models and the proving key of this device.
pub struct Worker {
	models: Vec<(Commitment, Model)>,
	proving: ProvingKey,
	verifying: Vec<u8>,
}

/// A finished proof, and what to tell of it.
pub struct Proved {
	/// What is submitted.
	pub submission: Submission,
	/// The digits that the network read.
	pub digits: Vec<u8>,
	/// How long proving took, in seconds.
	pub seconds: f64,
}

impl Worker {
	/// Loads the models and the key; makes and caches the development key if none is named.
	pub fn load(models: &[PathBuf], proving_key: Option<&PathBuf>) -> Result<Self, Error> {
		let failed = |path: &PathBuf, words: String| Error::File(path.clone(), words);
		let mut loaded = vec![Model::digits()];
		for path in models {
			let bytes = crate::files::read(path)?;
			let bytes = bytes.as_slice().try_into().map_err(|_| {
				failed(path, format!("a model has {} bytes", pogcs_zk::network::MODEL_BYTES))
			})?;
			loaded.push(Model::from_bytes(bytes));
		}
		let (proving, verifying) = match proving_key {
			Some(path) => {
				let bytes = fs::read(path).map_err(|error| failed(path, error.to_string()))?;
				let key = ProvingKey::from_bytes(&bytes)
					.map_err(|error| failed(path, error.to_string()))?;
				let verifying = key.verifying_key();
				(key, verifying)
			}
			None => dev_keys().map_err(|error| Error::Work(error.to_string()))?,
		};
		let models = loaded.into_iter().map(|model| (model.commitment(), model)).collect();
		Ok(Self { models, proving, verifying })
	}

	fn model(&self, commitment: &Commitment) -> Result<&Model, Error> {
		let found = self.models.iter().find(|(known, _)| known == commitment);
		found.map(|(_, model)| model).ok_or_else(|| {
			Error::Work(
				"this device does not have the task's model: add its file to `models`".into(),
			)
		})
	}

	/// Runs a chunk; the commitment binds the device to everything that the network computed.
	pub fn run(&self, job: &Job) -> Result<Commitment, Error> {
		let run = self.model(&job.model.commitment)?.run(&job.chunk.input);
		run.work_commitment()
			.ok_or_else(|| Error::Work("the model's values leave their range".into()))
	}

	/// Proves a chunk, and checks the proof the way that the chain will.
	pub fn prove(
		&self,
		secret: &Secret,
		chain: &[u8; 32],
		job: &Job,
		log: &IntervalLog,
		green: MilliWattHours,
	) -> Result<Proved, Error> {
		let ChunkState::Committed { interval, work, .. } = &job.chunk.state else {
			return Err(Error::Work("the chunk is not committed".into()));
		};
		let challenge =
			job.randomness.ok_or_else(|| Error::Work("there is no randomness yet".into()))?;
		let request = Request {
			secret: secret.clone(),
			chain: *chain,
			task: job.assignment.task,
			chunk: job.assignment.chunk,
			interval: *interval,
			model: self.model(&job.model.commitment)?.clone(),
			input: job.chunk.input,
			challenge,
			green_supply: log.green().supply,
			green_draw: log.green().draw,
			green,
			work: job.model.work,
		};
		let witness = request.witness();
		if witness.statement.work_commitment != *work {
			return Err(Error::Work("the chunk was committed with another result".into()));
		}
		let begin = std::time::Instant::now();
		let proof = prove(&self.proving, &witness).map_err(|e| Error::Work(e.to_string()))?;
		let seconds = begin.elapsed().as_secs_f64();
		verify(&self.verifying, &proof, &witness.statement.encode())
			.map_err(|reason| Error::Work(format!("the proof would be refused: {reason}")))?;
		let statement = &witness.statement;
		Ok(Proved {
			submission: Submission {
				proof,
				scores: statement.scores,
				green,
				nullifier: statement.nullifier,
			},
			digits: digits(&statement.scores).to_vec(),
			seconds,
		})
	}
}
