//! What `pogcs-node` is made of, for programs that open a chain as the node does.
//!
//! | module | concern |
//! |---|---|
//! | [`chain_spec`] | the chains that `--chain` names |
//! | [`cli`] | what the command line takes |
//! | [`command`] | running what it asks for |
//! | [`overlay`] | what a program made from this library puts over the node's parts |
//! | [`process`] | memory and open files, for Prometheus |
//! | [`rpc`] | RPC methods |
//! | [`service`] | database, pool, import queue, network, authoring, finality |
//! | [`warp`] | where warp sync goes on with a state |

#![forbid(unsafe_code)]

pub mod chain_spec;
pub mod cli;
pub mod command;
pub mod overlay;
pub mod process;
pub mod rpc;
pub mod service;
pub mod warp;
