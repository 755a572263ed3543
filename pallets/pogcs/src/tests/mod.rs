//! One file for each behaviour.

mod absence;
mod accused;
mod epochs;
mod exposure;
mod maintenance;
mod staking;
mod weights;
