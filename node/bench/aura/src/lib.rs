//! The peer: a node of the SDK's own engine, Aura with GRANDPA, that has everything else as
//! `pogcs-node` has it: database, executor, host functions, pool, voter.
//!
//! | module | concern |
//! |---|---|
//! | [`cli`] | what the command line takes, and the one chain that there is |
//! | [`service`] | database, pool, import queue, network, authoring, finality |

#![forbid(unsafe_code)]

pub mod cli;
pub mod service;

pub use pogcs_bench_aura_runtime as runtime;
