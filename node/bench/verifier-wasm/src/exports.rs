//! The two entry points. An argument is the SCALE encoding of key, proof and statement; the answer
//! is the encoding of whether the proof is good.

// The calling convention of runtimes: the host hands over an address.
#![allow(unsafe_code)]

extern crate alloc;

use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, Encode};
use pogcs_proof::{host, onchain::builtin, Reason};
// Linked for its allocator and its panic handler.
use sp_io as _;

type Verify = fn(&[u8], &[u8], &[u8]) -> Result<(), Reason>;

fn answer(data: *const u8, length: usize, verify: Verify) -> u64 {
	// SAFETY: the executor has put `length` bytes there for this call.
	let argument = unsafe { core::slice::from_raw_parts(data, length) };
	let good = <(Vec<u8>, Vec<u8>, Vec<u8>)>::decode(&mut &argument[..])
		.is_ok_and(|(key, proof, statement)| verify(&key, &proof, &statement).is_ok());
	// The instance is thrown away once the executor has read the answer.
	let answer = Box::leak(good.encode().into_boxed_slice());
	(answer.len() as u64) << 32 | answer.as_ptr() as u64
}

/// Verifies with the code of this runtime.
#[no_mangle]
pub extern "C" fn inside(data: *const u8, length: usize) -> u64 {
	answer(data, length, builtin::verify)
}

/// Verifies with the host function.
#[no_mangle]
pub extern "C" fn by_host(data: *const u8, length: usize) -> u64 {
	answer(data, length, host::verify)
}
