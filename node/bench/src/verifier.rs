//! Verifying a proof inside a runtime, run by the node's executor, and by the host function, called
//! from the same runtime in the same way.

use std::{borrow::Cow, fs, path::Path, time::Instant};

use codec::{Decode, Encode};
use pogcs_node::service::HostFunctions;
use pogcs_zk::{dev_keys, prove, Request};
use sc_service::config::ExecutorConfiguration;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use sp_state_machine::BasicExternalities;

use crate::{figure::median, Error};

const CALLS: usize = 51;

/// What the runtime exports: see `verifier-wasm`.
const EXPORTS: [&str; 2] = ["inside", "by_host"];

/// The medians in milliseconds, of the runtime's own code and of the host function.
///
/// # Errors
/// No such file, or a runtime that refuses a good proof.
pub fn milliseconds(wasm: &Path) -> Result<[f64; 2], Error> {
	let code =
		fs::read(wasm).map_err(|error| format!("cannot read {}: {error}", wasm.display()))?;
	let (key, verifying) = dev_keys()?;
	let witness = Request::sample().witness();
	let proof = prove(&key, &witness)?;
	drop(key);
	let argument = (verifying, proof.to_vec(), witness.statement.encode()).encode();

	let executor =
		sc_service::new_wasm_executor::<HostFunctions>(&ExecutorConfiguration::default());
	let fetcher = WrappedRuntimeCode(Cow::Borrowed(&code));
	let hash = sp_crypto_hashing::blake2_256(&code).to_vec();
	let runtime = RuntimeCode { code_fetcher: &fetcher, heap_pages: None, hash };
	let mut ext = BasicExternalities::default();
	let mut call = |export: &str| -> Result<(), Error> {
		let context = CallContext::Onchain { import: true };
		let (answer, _) = executor.call(&mut ext, &runtime, export, &argument, context);
		match bool::decode(&mut &answer?[..]) {
			Ok(true) => Ok(()),
			_ => Err(format!("`{export}` of {} refuses a good proof", wasm.display()).into()),
		}
	};

	let mut times = [Vec::with_capacity(CALLS), Vec::with_capacity(CALLS)];
	// The first call compiles the runtime, the first by the host prepares the key.
	for export in EXPORTS {
		call(export)?;
	}
	// In turns, so that whatever slows the machine slows both.
	for _ in 0..CALLS {
		for (export, times) in EXPORTS.iter().zip(&mut times) {
			let start = Instant::now();
			call(export)?;
			times.push(start.elapsed());
		}
	}
	let [inside, by_host] = times;
	Ok([median(inside)?, median(by_host)?])
}
