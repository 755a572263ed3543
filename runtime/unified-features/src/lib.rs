//! Nothing but dependencies.
//!
//! The runtime's build script runs the runtime once, to find its metadata hash: it needs the wasm
//! executor, and so does the node. Cargo decides on the features of a crate separately for build
//! scripts and for programs, and one feature that differs in one small crate has everything above it
//! compiled twice: Cranelift, Wasmtime, the primitives of the SDK, some ten minutes on two cores.
//!
//! This crate asks for the sum of the features. It is a dependency of the build script and of the
//! node, so both sides agree.
//!
//! `node scripts/lib/js/built-twice.mjs` tells which crates would be built twice. When there are many
//! after dependencies have changed, write `[dependencies]` anew with its `--toml`.

#![no_std]
#![forbid(unsafe_code)]
