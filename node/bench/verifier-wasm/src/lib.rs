//! A runtime that does nothing but verify one proof: by itself (`inside`), and by asking its host
//! (`by_host`). `pogcs-bench` runs both in the node's executor, so that they differ in nothing else.
//!
//! `scripts/bench` builds it with the flags of a runtime; elsewhere this crate is empty.

#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod exports;
