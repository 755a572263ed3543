//! Jobs whose results are compared: training, inference and rendering by `pogcs-workloads`.
//!
//! [`runner`] is what the device's loop calls for the chunks of contracts; [`command`] runs whole jobs
//! from the command line, for clients and for whoever wants to see what a device does.

pub mod command;
pub mod contents;
pub mod runner;

mod picture;
mod scene;
mod words;
