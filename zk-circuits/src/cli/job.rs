//! A job in JSON: bytes in hexadecimal, energy in mWh, work in µGPU-h.

use pogcs_primitives::{Interval, MicroGpuHours, MilliWattHours, TaskId};
use pogcs_proof::Secret;
use pogcs_zk::{network::MODEL_BYTES, Model, Request};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
	secret: String,
	chain: String,
	task: u64,
	chunk: u32,
	interval: u32,
	/// All weights; the shipped network if left out.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	model: Option<String>,
	input: String,
	challenge: String,
	green_supply: Vec<u32>,
	green_draw: Vec<u32>,
	green: u64,
	work: u64,
}

/// The sample job.
pub fn sample() -> Result<String, String> {
	let request = Request::sample();
	let job = Job {
		secret: hex::encode(request.secret.to_bytes()),
		chain: hex::encode(request.chain),
		task: request.task.0,
		chunk: request.chunk,
		interval: request.interval.0,
		model: None,
		input: hex::encode(request.input),
		challenge: hex::encode(request.challenge),
		green_supply: request.green_supply.to_vec(),
		green_draw: request.green_draw.to_vec(),
		green: request.green.0,
		work: request.work.0,
	};
	serde_json::to_string_pretty(&job).map_err(|error| error.to_string())
}

/// Reads a job, naming the field that is wrong.
pub fn read(text: &str) -> Result<Request, String> {
	let job: Job = serde_json::from_str(text).map_err(|error| format!("the job: {error}"))?;
	let model = match &job.model {
		Some(text) => Model::from_bytes(&bytes::<MODEL_BYTES>("model", text)?),
		None => Model::digits(),
	};
	let readings = |name, values: Vec<u32>| {
		let count = values.len();
		values.try_into().map_err(|_| format!("{name}: 32 readings expected, found {count}"))
	};
	Ok(Request {
		secret: Secret::from_bytes(&bytes("secret", &job.secret)?)
			.map_err(|reason| format!("secret: {reason}"))?,
		chain: bytes("chain", &job.chain)?,
		task: TaskId(job.task),
		chunk: job.chunk,
		interval: Interval(job.interval),
		model,
		input: bytes("input", &job.input)?,
		challenge: bytes("challenge", &job.challenge)?,
		green_supply: readings("green_supply", job.green_supply)?,
		green_draw: readings("green_draw", job.green_draw)?,
		green: MilliWattHours(job.green),
		work: MicroGpuHours(job.work),
	})
}

fn bytes<const N: usize>(name: &str, text: &str) -> Result<[u8; N], String> {
	let text = text.strip_prefix("0x").unwrap_or(text);
	let bytes = hex::decode(text).map_err(|error| format!("{name}: {error}"))?;
	let count = bytes.len();
	bytes.try_into().map_err(|_| format!("{name}: {N} bytes expected, found {count}"))
}
