//! The samples of `pogcs-workloads`, for a machine of 32 bits with another compiler behind it than the
//! one that the tests are built for. `tests/portable` runs them in Node.js; elsewhere this crate is empty.

#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod exports;
